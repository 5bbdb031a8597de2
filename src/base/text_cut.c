/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Cutting text to columns: a cluster (a base with the marks on it) is never split. */
#include <string.h>

#include "sluice/text.h"

enum { EXTENSION_COLUMNS = 8 };

/* The bytes of the cluster at `text` and its columns. 0 at the end. */
static size_t cluster(int *columns, const char *text, size_t len)
{
    int32_t cp;
    size_t n = sl_text_next(&cp, text, len);
    *columns = n > 0 ? sl_text_columns(cp) : 0;
    while (n < len) {
        const size_t more = sl_text_next(&cp, text + n, len - n);
        if (sl_text_columns(cp) != 0)
            break;
        n += more;
    }
    return n;
}

struct writer {
    char *out;
    size_t cap;
    size_t used;
    int columns;
    bool full; /* sticky: once a cluster did not fit, nothing behind it may */
};

/* Appends whole clusters of `text`, at most `columns` of them wide. */
static void append(struct writer *w, const char *text, size_t len, int columns)
{
    while (len > 0 && !w->full) {
        int wide;
        const size_t n = cluster(&wide, text, len);
        if (wide > columns)
            return;
        if (w->used + n >= w->cap) {
            w->full = true;
            return;
        }
        memcpy(w->out + w->used, text, n);
        w->used += n;
        w->columns += wide;
        columns -= wide;
        text += n;
        len -= n;
    }
}

static int finish(struct writer *w)
{
    if (w->cap > 0)
        w->out[w->used] = '\0';
    return w->columns;
}

static int width_of(const char *text, size_t len)
{
    int columns = 0;
    while (len > 0) {
        int wide;
        const size_t n = cluster(&wide, text, len);
        columns += wide;
        text += n;
        len -= n;
    }
    return columns;
}

/* Where the longest tail of whole clusters begins that is at most `columns` wide. */
static size_t tail_start(const char *text, size_t len, int columns)
{
    int rest = width_of(text, len);
    size_t at = 0;
    while (at < len && rest > columns) {
        int wide;
        at += cluster(&wide, text + at, len - at);
        rest -= wide;
    }
    return at;
}

/* Columns of the extension with its dot; 0 when there is none or it is too long to be one. */
static int extension_columns(const char *text)
{
    const char *dot = strrchr(text, '.');
    if (dot == NULL || dot == text || dot[1] == '\0' || strchr(dot, '/') != NULL)
        return 0;
    const int columns = width_of(dot, strlen(dot));
    return columns <= EXTENSION_COLUMNS ? columns : 0;
}

static int cut(struct writer w, const char *text, int columns, bool ascii, bool middle)
{
    const size_t len = strlen(text);
    const char *dots = ascii ? "..." : "\xe2\x80\xa6";
    const int room = columns - (ascii ? 3 : 1); /* for text beside the ellipsis */
    if (width_of(text, len) <= columns) {
        append(&w, text, len, columns);
        return finish(&w);
    }
    if (room <= 0) {
        append(&w, dots, strlen(dots), columns);
        return finish(&w);
    }
    size_t tail = len;
    if (middle) {
        const int extension = extension_columns(text);
        const int half = room / 2;
        tail = tail_start(text, len, extension > half && extension < room ? extension : half);
    }
    const int tail_columns = width_of(text + tail, len - tail);
    append(&w, text, tail, room - tail_columns);
    append(&w, dots, strlen(dots), columns);
    append(&w, text + tail, len - tail, tail_columns);
    return finish(&w);
}

int sl_text_cut_middle(char *out, size_t cap, const char *text, int columns, bool ascii)
{
    return cut((struct writer){.out = out, .cap = cap}, text, columns, ascii, true);
}

int sl_text_cut_end(char *out, size_t cap, const char *text, int columns, bool ascii)
{
    return cut((struct writer){.out = out, .cap = cap}, text, columns, ascii, false);
}
