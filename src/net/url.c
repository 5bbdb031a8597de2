/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "url.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sluice/http.h"

enum { URL_MAX = 2048 };

bool sl_url_host_is_loopback(const char *host)
{
    struct in_addr v4;
    if (strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
        strcmp(host, "::1") == 0)
        return true;
    return inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127;
}

/* Printable ASCII without what browsers rewrite or strip: space, backslash, tab, newline. */
static bool chars_are_plain(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text <= ' ' || *text > '~' || strchr("\\\"<>^`{|}", *text) != NULL)
            return false;
    }
    return true;
}

/* Digits behind the host's colon, 1..65535; an empty port is refused. */
static bool port_is_good(const char *port, size_t len)
{
    unsigned value = 0;
    for (size_t i = 0; i < len; i++) {
        if (port[i] < '0' || port[i] > '9' || i == 5)
            return false;
        value = value * 10 + (unsigned)(port[i] - '0');
    }
    return len > 0 && value >= 1 && value <= 65535;
}

/* HOST or HOST:PORT; the host is a name, an IPv4 address or an IPv6 address in brackets. */
static bool authority_is_good(const char *text, size_t len)
{
    size_t host = 0;
    if (len > 0 && text[0] == '[') {
        const char *close = memchr(text, ']', len);
        if (close == NULL)
            return false;
        host = (size_t)(close - text) + 1;
        if (strspn(text + 1, "0123456789abcdefABCDEF:.") != host - 2)
            return false;
    } else {
        while (host < len && text[host] != ':' && strchr("@[]%", text[host]) == NULL)
            host++;
    }
    if (host == 0 || (text[0] == '[' && host < 4))
        return false;
    return host == len || (text[host] == ':' && port_is_good(text + host + 1, len - host - 1));
}

/* "." or ".." between slashes, plain or percent-encoded: it would leave the folder it names. */
static bool has_dot_segment(const char *path)
{
    size_t dots = 0;
    bool only_dots = true;
    for (;; path++) {
        if (*path == '/' || *path == '\0' || *path == '?' || *path == '#') {
            if (only_dots && (dots == 1 || dots == 2))
                return true;
            if (*path != '/')
                return false;
            dots = 0;
            only_dots = true;
        } else if (*path == '.') {
            dots++;
        } else if (strncasecmp(path, "%2e", 3) == 0) {
            dots++;
            path += 2;
        } else {
            only_dots = false;
        }
    }
}

/* A path with or without a leading slash, and a query: no scheme, no other host. */
static bool reference_is_good(const char *reference)
{
    const size_t segment = strcspn(reference, "/?#");
    return chars_are_plain(reference) && memchr(reference, ':', segment) == NULL &&
           strncmp(reference, "//", 2) != 0 && strchr(reference, '#') == NULL &&
           !has_dot_segment(reference);
}

/* Length of "http://" or "https://" at the start of `url`, 0 for anything else. */
static size_t scheme_len(const char *url)
{
    if (strncasecmp(url, "http://", 7) == 0)
        return 7;
    return strncasecmp(url, "https://", 8) == 0 ? 8 : 0;
}

bool sl_url_same_origin(const char *a, const char *b)
{
    const size_t scheme = scheme_len(a);
    const size_t len = scheme + strcspn(a + scheme, "/?#");
    return scheme > 0 && scheme == scheme_len(b) && len == scheme + strcspn(b + scheme, "/?#") &&
           strncasecmp(a, b, len) == 0;
}

int sl_url_resolve(char *out, size_t cap, const char *base, const char *reference,
                   struct sl_err *err)
{
    const size_t scheme = scheme_len(base);
    if (scheme == 0)
        return sl_err_set(err, SL_EFORMAT, "the URL does not start with http:// or https://");
    const size_t origin = scheme + strcspn(base + scheme, "/?#");
    if (!chars_are_plain(base) || !authority_is_good(base + scheme, origin - scheme))
        return sl_err_set(err, SL_EFORMAT, "the URL is not of the form https://host[:port]/path");
    if (!reference_is_good(reference))
        return sl_err_set(err, SL_EFORMAT, "not a path below the URL");
    size_t keep = origin;
    bool slash = reference[0] != '/';
    if (slash) { /* up to and with the last slash of the base's path */
        const size_t path = origin + strcspn(base + origin, "?#");
        for (size_t i = origin; i < path; i++) {
            if (base[i] == '/')
                keep = i + 1;
        }
        slash = keep == origin;
    }
    const int n = snprintf(out, cap, "%.*s%s%s", (int)keep, base, slash ? "/" : "", reference);
    if (n < 0 || (size_t)n >= cap)
        return sl_err_set(err, SL_EOVERFLOW, "the URL is too long");
    return 0;
}

/* The port after the host, or NULL: after the last colon that is not inside brackets. */
static const char *port_of(const char *authority, size_t len)
{
    for (size_t i = len; i > 0 && authority[i - 1] != ']'; i--) {
        if (authority[i - 1] == ':')
            return authority + i;
    }
    return NULL;
}

struct url_parts {
    bool secure;
    const char *host;
    size_t host_len;
    unsigned long port;
    const char *path;
};

/* For a URL from sl_url_resolve(). */
static struct url_parts parts_of(const char *url)
{
    const size_t scheme = scheme_len(url);
    const char *host = url + scheme;
    const size_t len = strcspn(host, "/?#");
    const char *port = port_of(host, len);
    const bool secure = scheme == strlen("https://");
    return (struct url_parts){.secure = secure,
                              .host = host,
                              .host_len = port != NULL ? (size_t)(port - host) - 1 : len,
                              .port = port != NULL ? strtoul(port, NULL, 10)
                                      : secure     ? 443
                                                   : 80,
                              .path = host + len};
}

bool sl_url_same(const char *a, const char *b)
{
    char a_url[URL_MAX], b_url[URL_MAX];
    if (sl_url_resolve(a_url, sizeof a_url, a, "x", NULL) < 0 ||
        sl_url_resolve(b_url, sizeof b_url, b, "x", NULL) < 0)
        return false;
    const struct url_parts one = parts_of(a_url), two = parts_of(b_url);
    return one.secure == two.secure && one.port == two.port && one.host_len == two.host_len &&
           strncasecmp(one.host, two.host, one.host_len) == 0 && strcmp(one.path, two.path) == 0;
}
