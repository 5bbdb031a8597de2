/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "http/gate.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "sluice/hex.h"
#include "sluice/path.h"
#include "sluice/secret.h"

#include "http/connection.h"

enum { FILE_BYTES = 64, HEX_CHARS = 2 * SL_DEVNET_SECRET_BYTES, ORIGIN_CHARS = 96 };

/* ---- the secret ---- */

static int make_secret(const char *path, struct sl_err *err)
{
    uint8_t bytes[SL_DEVNET_SECRET_BYTES];
    char line[HEX_CHARS + 2];
    sl_random(bytes, sizeof bytes);
    sl_hex_encode(line, bytes, sizeof bytes);
    line[HEX_CHARS] = '\n';
    line[HEX_CHARS + 1] = '\0';
    const int rc = sl_file_write_atomic(path, line, HEX_CHARS + 1, 0600, err);
    sl_wipe(bytes, sizeof bytes);
    sl_wipe(line, sizeof line);
    return rc;
}

int sl_devnet_secret_load(char out[static SL_DEVNET_SECRET_CHARS], const char *dir,
                          struct sl_err *err)
{
    char path[SL_PATH_BYTES];
    char *text = NULL;
    size_t len = 0;
    struct stat st;
    int rc = sl_path_join(path, sizeof path, dir, "secret", err);
    if (rc == SL_OK && lstat(path, &st) != 0)
        rc = make_secret(path, err);
    if (rc == SL_OK)
        rc = sl_file_read(&text, &len, path, FILE_BYTES, err);
    if (rc < 0 || text == NULL)
        return rc;
    if (len == HEX_CHARS + 1 && strspn(text, "0123456789abcdef") == HEX_CHARS &&
        text[HEX_CHARS] == '\n')
        snprintf(out, SL_DEVNET_SECRET_CHARS, "/%.*s", (int)HEX_CHARS, text);
    else
        rc = sl_err_set(err, SL_EFORMAT, "%s is damaged: remove it, and a new one is made", path);
    sl_wipe(text, len);
    free(text);
    return rc;
}

/* Compare the whole secret, however early the first difference, so that timing reveals nothing. */
static bool begins_with_secret(const char *path, const char *secret)
{
    const size_t len = strlen(secret);
    unsigned char differs = 0;
    if (strnlen(path, len) < len)
        return false;
    for (size_t i = 0; i < len; i++)
        differs |= (unsigned char)(path[i] ^ secret[i]);
    return differs == 0 && path[len] == '/';
}

void sl_devnet_public_url(char *out, size_t cap, const char *url)
{
    static const char loopback[] = "http://127.";
    const char *path =
        strncmp(url, loopback, sizeof loopback - 1) == 0 || strncmp(url, "http://[::1]:", 13) == 0
            ? strchr(url + sizeof "http://" - 1, '/')
            : NULL;
    const bool secret = path != NULL && strspn(path + 1, "0123456789abcdef") == HEX_CHARS &&
                        (path[1 + HEX_CHARS] == '/' || path[1 + HEX_CHARS] == '\0');
    snprintf(out, cap, "%.*s", secret ? (int)(path - url) : (int)strlen(url), url);
}

void sl_devnet_reply_location(struct sl_devnet_request *request, const char *fmt, ...)
{
    char path[SL_DEVNET_HEADER_CHARS];
    va_list args;
    va_start(args, fmt);
    vsnprintf(path, sizeof path, fmt, args);
    va_end(args);
    sl_devnet_reply_header(&request->reply, "Location", "%s%s", request->server->secret, path);
}

/* ---- hosts ---- */

/* "127.0.0.1", "localhost:5700", "[::1]:5700". */
static bool is_local(const char *host)
{
    char name[64];
    struct in_addr v4;
    const char *port = host[0] == '[' ? strchr(host, ']') : strchr(host, ':');
    const size_t len = port == NULL ? strlen(host) : (size_t)(port - host) + (*port == ']');
    if (len >= sizeof name)
        return false;
    memcpy(name, host, len);
    name[len] = '\0';
    return strcasecmp(name, "localhost") == 0 || strcmp(name, "[::1]") == 0 ||
           (inet_pton(AF_INET, name, &v4) == 1 && ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET);
}

/* "http://localhost:3000". A page from elsewhere, or from a file ("null"), is foreign. */
static bool is_local_origin(const char *origin)
{
    const char *host = strstr(origin, "://");
    return host != NULL && strlen(origin) < ORIGIN_CHARS && is_local(host + 3);
}

bool sl_devnet_gate(struct sl_devnet_request *request, const char **path)
{
    const struct sl_devnet_server *server = request->server;
    const char *host = sl_devnet_header(request, "Host");
    const char *origin = sl_devnet_header(request, "Origin");
    /* otherwise a page could reach this server through a host name of its own that resolves to
     * loopback */
    if (host != NULL && !is_local(host)) {
        sl_devnet_reply_plain(&request->reply, MHD_HTTP_FORBIDDEN, "Host is not of this machine");
        return false;
    }
    if (origin != NULL && !is_local_origin(origin)) {
        sl_devnet_reply_plain(&request->reply, MHD_HTTP_FORBIDDEN, "Origin is not of this machine");
        return false;
    }
    if (server->secret[0] == '\0')
        return true;
    if (begins_with_secret(*path, server->secret)) {
        *path += strlen(server->secret);
        return true;
    }
    if (server->with_faults && strcmp(*path, "/fault") == 0)
        return true;
    sl_devnet_reply_not_found(&request->reply);
    return false;
}
