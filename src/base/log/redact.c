/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * URLs in log lines. What is shown of a path starts at the part that the protocol defines (pdp/...,
 * piece/...), for what stands in front of it may be a key: those of nodes are there, and the local
 * network keeps strangers out with one.
 */
#include "log/redact.h"

#include <string.h>

#include "sluice/log.h"

static const char hidden[] = "...";

/* Output that never overflows; what does not fit is dropped. */
struct text {
    char *at;
    size_t room; /* without the NUL */
    size_t len;
};

static void add(struct text *out, const char *text, size_t len)
{
    const size_t n = len < out->room ? len : out->room;
    memcpy(out->at + out->len, text, n);
    out->len += n;
    out->room -= n;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Bytes of the URL: up to a blank, a quote, or another byte that ends one in a text. */
static size_t url_len(const char *text, size_t len)
{
    size_t n = 0;
    while (n < len && (unsigned char)text[n] > ' ' && strchr("\"'<>\\`|", text[n]) == NULL)
        n++;
    return n;
}

static const char *last_of(const char *text, size_t len, const char *word)
{
    const size_t word_len = strlen(word);
    for (size_t i = len + 1; i-- > 0;) {
        if (len - i >= word_len && memcmp(text + i, word, word_len) == 0)
            return text + i;
    }
    return NULL;
}

/* The last segment, if it is a PieceCID: of the CDN, which has nothing else in its path. */
static const char *cid_of(const char *path, size_t len)
{
    size_t from = len;
    while (from > 0 && path[from - 1] != '/')
        from--;
    const bool starts = len - from > 50 && (memcmp(path + from, "bafk", 4) == 0 ||
                                            memcmp(path + from, "baga", 4) == 0);
    for (size_t i = from; starts && i < len; i++) {
        if (!((path[i] >= 'a' && path[i] <= 'z') || (path[i] >= '2' && path[i] <= '7')))
            return NULL;
    }
    return starts && from > 0 ? path + from - 1 : NULL;
}

size_t sl_log_shown_from(const char *path, size_t len)
{
    const char *at = last_of(path, len, "/pdp/");
    if (at == NULL)
        at = last_of(path, len, "/piece/");
    if (at == NULL)
        at = cid_of(path, len);
    return at != NULL ? (size_t)(at - path) : len;
}

static void add_path(struct text *out, const char *path, size_t len)
{
    const size_t from = sl_log_shown_from(path, len);
    if (from > 1) {
        add(out, "/", 1);
        add(out, hidden, strlen(hidden));
    } else if (from == len) {
        add(out, path, len);
    }
    add(out, path + from, len - from);
}

static void add_query(struct text *out, const char *query, size_t len)
{
    if (len == 0)
        return;
    if (len >= sizeof SL_LOG_KNOWN_QUERY - 1 &&
        memcmp(query, SL_LOG_KNOWN_QUERY, sizeof SL_LOG_KNOWN_QUERY - 1) == 0 &&
        memchr(query, '&', len) == NULL && memchr(query, '#', len) == NULL) {
        add(out, query, len);
        return;
    }
    add(out, query, 1);
    add(out, hidden, strlen(hidden));
}

/* `url` starts behind "://". */
static void add_url(struct text *out, const char *url, size_t len)
{
    size_t host = 0;
    for (size_t i = 0; i < len; i++) {
        if (url[i] == '@') /* wherever it stands: no parser may disagree with this one */
            host = i;
    }
    if (host > 0)
        add(out, hidden, strlen(hidden));
    url += host;
    len -= host;
    size_t path = 0;
    while (path < len && strchr("/?#", url[path]) == NULL)
        path++;
    size_t query = path;
    while (query < len && url[query] != '?' && url[query] != '#')
        query++;
    add(out, url, path);
    add_path(out, url + path, query - path);
    add_query(out, url + query, len - query);
}

size_t sl_log_redact(char *out, size_t cap, const char *text, size_t len)
{
    struct text to = {.at = out, .room = cap - 1};
    size_t done = 0;
    for (size_t i = 1; i + 3 <= len; i++) {
        if (memcmp(text + i, "://", 3) != 0 || !is_letter(text[i - 1]))
            continue;
        const size_t url = i + 3;
        const size_t n = url_len(text + url, len - url);
        add(&to, text + done, url - done);
        add_url(&to, text + url, n);
        done = url + n;
        i = done;
    }
    add(&to, text + done, len - done);
    out[to.len] = '\0';
    return to.len;
}
