/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "node_between.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/abi.h"
#include "sluice/hex.h"

#include "support/peer.h"

enum { REQUEST_BYTES = 1 << 18, ANSWER_BYTES = 1 << 16, WORD = 64, WORDS = 5 };

static const char results[] = "((bool success,bytes returnData)[])";
static const char nonces_selector[] = "35b0e3f4";
static const char pieces_selector[] = "25bbbedf";
static const char set_selector[] = "bdaac056";
static const char sets_selector[] = "3208aa1f";

/* What an old block does not know. */
enum old { OLD_NONCES, OLD_PIECES, OLD_SET, OLD_SETS };

static bool use_one(atomic_int *count)
{
    return atomic_load(count) > 0 && atomic_fetch_sub(count, 1) > 0;
}

/* A time is below 2^40, a nonce's use is not: it names a piece. */
static void put_number(struct sl_abi_writer *w, const uint8_t *data, size_t len, uint64_t age_s)
{
    uint8_t word[32] = {0};
    struct sl_u256 value = sl_u256(0);
    uint64_t number = 0;
    (void)!sl_u256_from_be(&value, data, len < 32 ? len : 32);
    if (sl_u256_to_u64(&number, value) && number > 1000000000)
        sl_u256_to_be(word, sl_u256(number - age_s));
    sl_abi_put_bytes(w, word, sizeof word);
}

/* The result of one call as an old block would have it. */
static void put_old(struct sl_abi_writer *w, const uint8_t *data, size_t len, uint64_t age_s,
                    enum old what, bool last)
{
    static const uint8_t zeros[32 * 13]; /* of a data set */
    static const uint8_t no_sets[64] = {[31] = 32};
    sl_abi_open(w);
    sl_abi_put_bool(w, what != OLD_PIECES);
    if (what == OLD_NONCES)
        put_number(w, data, len, age_s);
    else if (what == OLD_PIECES)
        sl_abi_put_bytes(w, "", 0);
    else if (what == OLD_SET)
        sl_abi_put_bytes(w, zeros, len < sizeof zeros ? len : sizeof zeros);
    else if (last)
        sl_abi_put_bytes(w, no_sets, sizeof no_sets);
    else
        sl_abi_put_bytes(w, data, len);
    sl_abi_close(w);
}

/* The result of an eth_call, in place: text of the same length or shorter. */
static void make_old(char *hex, size_t len, uint64_t age_s, enum old what)
{
    static uint8_t bytes[ANSWER_BYTES];
    struct sl_abi_reader r;
    struct sl_abi_writer w = {0};
    const int n = sl_hex_decode(bytes, sizeof bytes, hex, len, NULL);
    if (n < 0)
        return;
    sl_abi_read(&r, results, bytes, (size_t)n);
    const size_t count = sl_abi_enter_list(&r);
    sl_abi_values(&w, results);
    sl_abi_open_list(&w, count);
    for (size_t i = 0; i < count; i++) {
        size_t data_len;
        sl_abi_enter(&r);
        (void)sl_abi_get_bool(&r);
        const uint8_t *data = sl_abi_get_bytes(&r, &data_len);
        sl_abi_leave(&r);
        put_old(&w, data, data_len, age_s, what, i + 2 == count); /* the last asks for the view */
    }
    sl_abi_close(&w);
    if (sl_abi_end(&w, NULL) == SL_OK && 2 * w.buf.len + 2 <= len) {
        sl_hex_encode(hex + 2, (const uint8_t *)w.buf.data, w.buf.len);
        hex[2 + 2 * w.buf.len] = '"';
        memset(hex + 3 + 2 * w.buf.len, ' ', len - 2 - 2 * w.buf.len);
    }
    sl_abi_free(&w);
}

static void change(struct node_between *node, char *body, const char *request)
{
    const bool nonces = strstr(request, nonces_selector) != NULL;
    char *hex = strstr(body, "\"0x");
    if (hex == NULL)
        return;
    const size_t len = strcspn(++hex, "\"");
    /* the nonce is asked for last but one, before the view: four words follow its own */
    const char *nonce = hex + (len > WORDS * WORD ? len - WORDS * WORD : 0);
    if (nonces && strspn(nonce, "0") < WORD)
        atomic_fetch_add(&node->used, 1);
    if (nonces && use_one(&node->old_nonces))
        make_old(hex, len, (uint64_t)atomic_load(&node->age_s), OLD_NONCES);
    else if (strstr(request, pieces_selector) != NULL && use_one(&node->old_pieces))
        make_old(hex, len, 0, OLD_PIECES);
    else if (strstr(request, set_selector) != NULL && use_one(&node->old_sets))
        make_old(hex, len, 0, OLD_SET);
    else if (strstr(request, sets_selector) != NULL && use_one(&node->old_sets))
        make_old(hex, len, 0, OLD_SETS);
}

/* The word that stands for a number in an answer. */
static void word_of(char out[static 65], struct sl_u256 value)
{
    uint8_t bytes[32];
    sl_u256_to_be(bytes, value);
    sl_hex_encode(out, bytes, sizeof bytes);
}

static void tell_low(const struct node_between *node, char *body)
{
    for (size_t i = 0; node->low_by != 0 && i < NODE_LOW; i++) {
        char high[65], low[65];
        struct sl_u256 less = sl_u256(0);
        if (sl_u256_is_zero(node->low[i]))
            continue;
        (void)!sl_u256_div(&less, node->low[i], sl_u256(node->low_by));
        word_of(high, node->low[i]);
        word_of(low, less);
        for (char *at = body; (at = strstr(at, high)) != NULL; at += 64)
            memcpy(at, low, 64);
    }
}

static void pass_on(struct node_between *node, struct sl_tcp_conn *conn, const char *body)
{
    char head[128];
    struct sl_answer answer = {0};
    const bool nonces = strstr(body, nonces_selector) != NULL;
    const char *text = "<html>checking your browser</html>";
    if (!nonces || !use_one(&node->pages)) {
        sl_peer_ask(node->behind, "POST", "/rpc/v1", "Content-Type: application/json\r\n", body,
                    strlen(body), &answer);
        sl_buf_add(&answer.body, "", 1);
        change(node, answer.body.data, body);
        tell_low(node, answer.body.data);
        text = answer.body.data;
    }
    snprintf(head, sizeof head,
             "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n", strlen(text));
    (void)(sl_tcp_send(conn, head) && sl_tcp_send(conn, text));
    sl_answer_free(&answer);
}

static void serve(struct sl_tcp_conn *conn, void *ctx)
{
    char *request = malloc(REQUEST_BYTES);
    if (request != NULL && sl_tcp_read_request(conn, request, REQUEST_BYTES)) {
        const char *body = strstr(request, "\r\n\r\n");
        if (body != NULL)
            pass_on(ctx, conn, body + 4);
    }
    free(request);
}

void node_between_start(struct node_between *node)
{
    node->server = sl_tcp_start(serve, node);
    sl_tcp_url(node->server, node->url, sizeof node->url, "/rpc/v1");
}

void node_between_stop(struct node_between *node)
{
    sl_tcp_stop(node->server);
}
