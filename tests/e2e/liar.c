/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "liar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_BYTES = 4096 };

const char *liar_name(enum lie lie)
{
#define LIE_NAME(id, name) [id] = (name),
    static const char *const names[] = {LIES(LIE_NAME)};
#undef LIE_NAME
    return names[lie];
}

static uint64_t draw(struct liar *liar)
{
    liar->random ^= liar->random << 13;
    liar->random ^= liar->random >> 7;
    liar->random ^= liar->random << 17;
    return liar->random;
}

static size_t below(struct liar *liar, size_t n)
{
    return n == 0 ? 0 : (size_t)(draw(liar) % n);
}

struct answer {
    size_t from;
    size_t len;
    bool ranged;
    bool is_head;
};

static enum lie pick(struct liar *liar)
{
    if (liar->lies == 0 || below(liar, 100) >= liar->percent)
        return LIE_NONE;
    liar->lies--;
    const enum lie lie =
        liar->only != LIE_NONE ? liar->only : (enum lie)(1 + below(liar, LIE_COUNT - 1));
    atomic_fetch_add(&liar->told[lie], 1);
    return lie;
}

static void take_range(const struct liar *liar, struct answer *answer, const char *head)
{
    unsigned long from, to;
    const char *at = strstr(head, "\r\nRange: bytes=");
    answer->is_head = strncmp(head, "HEAD", 4) == 0;
    answer->len = liar->len;
    if (at == NULL || sscanf(at, "\r\nRange: bytes=%lu-%lu", &from, &to) != 2)
        return;
    answer->ranged = true;
    answer->from = from < liar->len ? from : liar->len - 1;
    answer->len = (to < liar->len ? to + 1 : liar->len) - answer->from;
}

static void send_head(struct sl_tcp_conn *conn, const struct liar *liar,
                      const struct answer *answer, enum lie lie, size_t length)
{
    char head[512], range[128] = "", size[64];
    const size_t shift = lie == LIE_RANGE ? 7 : 0;
    if (answer->ranged && lie != LIE_NO_RANGE)
        snprintf(range, sizeof range, "Content-Range: bytes %zu-%zu/%zu\r\n", answer->from + shift,
                 answer->from + answer->len - 1 + shift, liar->len + shift);
    snprintf(size, sizeof size,
             lie == LIE_CHUNKS ? "Transfer-Encoding: chunked\r\n" : "Content-Length: %zu\r\n",
             length);
    snprintf(head, sizeof head, "HTTP/1.1 %s\r\nETag: \"%s\"\r\n%s%sConnection: close\r\n\r\n",
             answer->ranged ? "206 Partial Content" : "200 OK",
             lie == LIE_ETAG ? "another" : "this", size, range);
    (void)sl_tcp_send(conn, head);
}

static void send_short(struct sl_tcp_conn *conn, const char *status)
{
    char head[256];
    snprintf(head, sizeof head, "HTTP/1.1 %s\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno\n",
             status);
    (void)sl_tcp_send(conn, head);
}

static void send_body(struct sl_tcp_conn *conn, struct liar *liar, const struct answer *answer,
                      enum lie lie)
{
    const size_t cut = below(liar, answer->len);
    uint8_t *body = malloc(answer->len + 64);
    if (body == NULL)
        return;
    memcpy(body, liar->bytes + answer->from, answer->len);
    memset(body + answer->len, 7, 64);
    if (lie == LIE_CORRUPT)
        body[cut] ^= (uint8_t)(1U << below(liar, 8));
    if (lie == LIE_OTHER)
        memset(body + cut, 0, answer->len - cut);
    if (lie == LIE_SHIFTED)
        memmove(body, body + 1, answer->len - 1);
    if (lie == LIE_CHUNKS) {
        char chunk[32];
        snprintf(chunk, sizeof chunk, "%zx\r\n", cut + 1);
        (void)sl_tcp_send(conn, chunk);
        (void)sl_tcp_send_bytes(conn, body, cut + 1);
        (void)sl_tcp_send(conn, "\r\n0\r\n\r\n");
    } else if (lie == LIE_TRUNCATE || lie == LIE_STALL || lie == LIE_RESET) {
        (void)sl_tcp_send_bytes(conn, body, cut);
    } else if (lie == LIE_SLOW) {
        for (size_t at = 0; at < answer->len; at += 100)
            (void)sl_tcp_send_bytes(conn, body + at,
                                    answer->len - at < 100 ? answer->len - at : 100);
    } else {
        (void)sl_tcp_send_bytes(conn, body, answer->len + (lie == LIE_LONGER ? 64 : 0));
    }
    free(body);
}

static void serve(struct sl_tcp_conn *conn, struct liar *liar, struct answer *answer, enum lie lie)
{
    size_t length = answer->len;
    if (lie == LIE_WHOLE)
        *answer = (struct answer){.len = liar->len, .is_head = answer->is_head};
    if (lie == LIE_WHOLE)
        length = liar->len;
    if (lie == LIE_LENGTH)
        length = below(liar, 2) == 0 ? answer->len / 2 : answer->len + 5;
    if (lie == LIE_LONGER)
        length += 64;
    if (lie == LIE_EMPTY)
        length = 0;
    send_head(conn, liar, answer, lie, length);
    if (!answer->is_head && lie != LIE_EMPTY)
        send_body(conn, liar, answer, lie);
    if (lie == LIE_STALL)
        sl_tcp_signal(conn);
    if (lie == LIE_STALL)
        (void)sl_tcp_wait_closed(conn);
    if (lie == LIE_RESET)
        sl_tcp_reset(conn);
}

static void script(struct sl_tcp_conn *conn, void *ctx)
{
    struct liar *liar = ctx;
    char head[HEAD_BYTES];
    struct answer answer = {0};
    if (!sl_tcp_read_head(conn, head, sizeof head))
        return;
    atomic_fetch_add(&liar->requests, 1);
    snprintf(liar->last_head, sizeof liar->last_head, "%s", head);
    take_range(liar, &answer, head);
    atomic_fetch_add(&liar->gets, !answer.is_head);
    const enum lie lie = pick(liar);
    if (lie == LIE_STATUS)
        send_short(conn, below(liar, 2) == 0 ? "500 Internal Server Error" : "403 Forbidden");
    else if (lie == LIE_MISSING)
        send_short(conn, "404 Not Found");
    else if (lie == LIE_BUSY)
        send_short(conn, "429 Too Many Requests\r\nRetry-After: 0");
    else if (lie == LIE_GARBAGE)
        (void)sl_tcp_send(conn, "SSH-2.0-OpenSSH_9.2\r\n");
    else if (lie != LIE_DROP)
        serve(conn, liar, &answer, lie);
}

void liar_start(struct liar *liar)
{
    liar->random |= 1;
    liar->server = sl_tcp_start(script, liar);
    sl_tcp_url(liar->server, liar->url, sizeof liar->url, "/piece/x");
}

void liar_stop(struct liar *liar)
{
    sl_tcp_stop(liar->server);
    liar->server = NULL;
}
