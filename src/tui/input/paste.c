/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "input/paste.h"

#include <string.h>

#include "sluice/path.h"

struct out {
    char *data;
    size_t cap;
    size_t len;
    bool bad; /* too long, or contains a NUL */
};

static void append_char(struct out *out, char c)
{
    if (out->len + 1 >= out->cap || c == '\0')
        out->bad = true;
    else
        out->data[out->len++] = c;
}

static bool is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || is_line_end(c);
}

/* Read one word as a shell would. */
static size_t read_word(struct out *out, const char *text, size_t len, size_t at)
{
    char quote = '\0';
    for (; at < len; at++) {
        const char c = text[at];
        if (quote == '\0' && is_blank(c))
            break;
        if (quote == '\0' && (c == '\'' || c == '"'))
            quote = c;
        else if (c == quote)
            quote = '\0';
        else if (c == '\\' && quote != '\'' && at + 1 < len)
            append_char(out, text[++at]);
        else
            append_char(out, c);
    }
    return at;
}

/* An absolute line is one path if it contains no quotes or escapes: " /srv/my film.mkv". A
 * relative line may be a list of names; it is one path if such a file exists. */
static bool is_plain_line(const char *text, size_t len, size_t at, size_t *end,
                          sl_paste_there_fn is_there)
{
    char path[SL_PATH_BYTES];
    *end = at;
    while (*end < len && !is_line_end(text[*end]))
        ++*end;
    size_t last = *end;
    while (last > at && is_blank(text[last - 1]))
        last--;
    if (text[at] != '/') {
        if (last - at >= sizeof path || memchr(text + at, '\0', last - at) != NULL)
            return false;
        memcpy(path, text + at, last - at);
        path[last - at] = '\0';
        return is_there != NULL && is_there(path);
    }
    for (size_t i = at; i < *end; i++) {
        const bool quoting = text[i] == '\'' || text[i] == '"' || text[i] == '\\';
        const bool second = is_blank(text[i]) && i + 1 < *end && text[i + 1] == '/';
        if (quoting || second)
            return false;
    }
    return true;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Decode file:///a%20b and file://host/a in place; leave anything else as it is. */
static void decode_url(struct out *out)
{
    static const char scheme[] = "file://";
    const size_t skip = sizeof scheme - 1;
    if (out->len < skip || memcmp(out->data, scheme, skip) != 0)
        return;
    const char *slash = memchr(out->data + skip, '/', out->len - skip);
    if (slash == NULL) {
        out->bad = true;
        return;
    }
    size_t to = 0;
    for (size_t from = (size_t)(slash - out->data); from < out->len; from++) {
        char c = out->data[from];
        if (c == '%' && from + 2 < out->len && hex_digit(out->data[from + 1]) >= 0 &&
            hex_digit(out->data[from + 2]) >= 0) {
            c = (char)(hex_digit(out->data[from + 1]) * 16 + hex_digit(out->data[from + 2]));
            from += 2;
        }
        if (c == '\0')
            out->bad = true;
        out->data[to++] = c;
    }
    out->len = to;
}

size_t sl_paste_next(char *out, size_t cap, const char *text, size_t len, size_t *at,
                     sl_paste_there_fn is_there)
{
    for (;;) {
        while (*at < len && is_blank(text[*at]))
            ++*at;
        if (*at >= len || cap == 0)
            return 0;
        struct out path = {.data = out, .cap = cap};
        size_t end = 0;
        if (is_plain_line(text, len, *at, &end, is_there)) {
            for (size_t i = *at; i < end; i++)
                append_char(&path, text[i]);
            while (path.len > 0 && is_blank(path.data[path.len - 1]))
                path.len--;
        } else {
            end = read_word(&path, text, len, *at);
        }
        *at = end;
        decode_url(&path);
        if (!path.bad && path.len > 0) {
            out[path.len] = '\0';
            return path.len;
        }
    }
}
