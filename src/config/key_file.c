/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/signer.h"
#include "sluice/trust.h"

enum { PIPE_BYTES = 4096 }; /* a key with text around it */

/* A user who cannot change the mode is not asked to: root owns a mounted secret. */
static bool others_may_read(const struct stat *st)
{
    return st->st_uid == geteuid() && (st->st_mode & (S_IRWXG | S_IRWXO)) != 0;
}

/* Checked on the open file: what is read is what was checked. */
static int check_file(int fd, const char *path, const char *what, size_t *size, struct sl_err *err)
{
    struct stat st;
    struct sl_distrust distrust;
    if (fstat(fd, &st) != 0)
        return sl_err_sys(err, errno, "%s %s", what, path);
    const bool is_pipe = S_ISFIFO(st.st_mode) && sl_trust_is_nameless_pipe(fd);
    if (!S_ISREG(st.st_mode) && !is_pipe)
        return sl_err_set(err, SL_EFILETYPE, "%s %s is not a regular file", what, path);
    if (others_may_read(&st))
        return sl_err_set(err, SL_EKEY, "%s %s can be read by others: type chmod 600 '%s'", what,
                          path, path);
    if (!sl_trusted(&distrust, fd, path))
        return sl_distrust_err(err, what, path, &distrust);
    if (st.st_size < 0 || st.st_size > SL_SECRET_MAX_BYTES)
        return sl_err_set(err, SL_ETOOBIG, "%s %s is larger than %d bytes", what, path,
                          SL_SECRET_MAX_BYTES);
    *size = is_pipe ? PIPE_BYTES : (size_t)st.st_size;
    return is_pipe && fcntl(fd, F_SETFL, 0) != 0 ? sl_err_sys(err, errno, "%s %s", what, path)
                                                 : SL_OK;
}

static int read_all(int fd, uint8_t *out, size_t cap, size_t *len)
{
    *len = 0;
    while (*len < cap) {
        const ssize_t n = read(fd, out + *len, cap - *len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            return 0;
        *len += (size_t)n;
    }
    return 0;
}

static void trim(struct sl_secret *secret, size_t len)
{
    uint8_t *bytes = sl_secret_bytes(secret);
    size_t from = 0;
    while (len > 0 && isspace(bytes[len - 1]))
        len--;
    while (from < len && isspace(bytes[from]))
        from++;
    memmove(bytes, bytes + from, len - from);
    sl_secret_cut(secret, len - from);
}

const char *sl_config_key_seen(const char *text)
{
    while (*text != '\0') {
        const size_t len = strspn(text, "0123456789abcdefABCDEF");
        if (len == SL_KEY_HEX_CHARS)
            return text;
        text += len + (len == 0);
    }
    return NULL;
}

int sl_config_secret_read_file(struct sl_secret **out, const char *path, const char *what,
                               struct sl_err *err)
{
    struct sl_secret *secret = NULL;
    size_t size = 0;
    size_t len = 0;
    /* O_NONBLOCK: opening a FIFO must not wait for its writer */
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return sl_err_sys(err, errno, "%s %s", what, path);
    int rc = check_file(fd, path, what, &size, err);
    if (rc == SL_OK)
        rc = sl_secret_new(&secret, size, err);
    if (rc == SL_OK && read_all(fd, sl_secret_bytes(secret), size, &len) != 0)
        rc = sl_err_sys(err, errno, "%s %s", what, path);
    close(fd);
    if (rc < 0) {
        sl_secret_free(secret);
        return rc;
    }
    trim(secret, len);
    *out = secret;
    return SL_OK;
}
