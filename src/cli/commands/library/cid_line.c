/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "commands/library/cid_line.h"

#include <errno.h>
#include <string.h>

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* What stands behind a backslash; returns the characters it takes, 0 if it is none of ours. */
static size_t unescape_one(char *out, const char *at, size_t len)
{
    if (len >= 1 && (*at == '\\' || *at == 'n' || *at == 'r')) {
        *out = (char)(*at == 'n' ? '\n' : *at == 'r' ? '\r' : '\\');
        return 1;
    }
    if (len < 3 || *at != 'x')
        return 0;
    const int high = hex_digit(at[1]), low = hex_digit(at[2]);
    if (high < 0 || low < 0)
        return 0;
    *out = (char)(unsigned char)(high << 4 | low);
    return 3;
}

static int take_path(char out[static SL_PATH_BYTES], const char *text, size_t len, bool escaped,
                     struct sl_err *err)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (escaped && c == '\\') {
            const size_t taken = unescape_one(&c, text + i + 1, len - i - 1);
            if (taken == 0)
                return sl_err_set(err, SL_EFORMAT, "a backslash before what is no escape");
            i += taken;
        }
        if (c == '\0')
            return sl_err_set(err, SL_EFORMAT, "a NUL byte in the name");
        if (n + 1 >= SL_PATH_BYTES)
            return sl_err_set(err, SL_EFORMAT, "the name is too long");
        out[n++] = c;
    }
    out[n] = '\0';
    return n > 0 ? SL_OK : sl_err_set(err, SL_EFORMAT, "no name");
}

static int take_cid(struct sl_cid_line *out, const char *text, size_t len, struct sl_err *err)
{
    static const char v1[] = "baga";
    out->v1 = len >= sizeof v1 - 1 && memcmp(text, v1, sizeof v1 - 1) == 0;
    return out->v1 ? sl_piece_parse_v1(out->piece.root, text, len, err)
                   : sl_piece_parse_file(&out->piece, text, len, err);
}

int sl_cid_line_parse(struct sl_cid_line *out, const char *line, size_t len, struct sl_err *err)
{
    const bool escaped = len > 0 && line[0] == '\\';
    const char *cid = line + escaped;
    len -= escaped;
    const char *blank = memchr(cid, ' ', len);
    if (blank == NULL)
        return sl_err_set(err, SL_EFORMAT, "no PieceCID and name");
    const size_t cid_len = (size_t)(blank - cid);
    if (len - cid_len < 2 || (blank[1] != ' ' && blank[1] != '*'))
        return sl_err_set(err, SL_EFORMAT, "no two blanks behind the PieceCID");
    const int rc = take_cid(out, cid, cid_len, err);
    return rc < 0 ? rc : take_path(out->path, blank + 2, len - cid_len - 2, escaped, err);
}

int sl_cid_line_read(char line[static SL_CID_LINE_BYTES], size_t *len, bool *whole, FILE *list,
                     struct sl_err *err)
{
    int c;
    *len = 0;
    *whole = true;
    errno = 0;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): the list belongs to this thread alone */
    while ((c = getc_unlocked(list)) != EOF && c != '\n') {
        if (*len + 1 < SL_CID_LINE_BYTES)
            line[(*len)++] = (char)c;
        else
            *whole = false;
    }
    if (ferror(list))
        return sl_err_sys(err, errno, "cannot read");
    const bool ended = c == EOF && *len == 0;
    if (*whole && *len > 0 && line[*len - 1] == '\r')
        (*len)--;
    line[*len] = '\0';
    return !ended;
}
