/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "support/chain_node.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"
#include "sluice/json.h"

#include "support/tcp_server.h"
#include "support/test.h"

enum { REQUEST_BYTES = 4 << 20, ENTRIES = 4096 };

struct entry {
    bool any;
    struct sl_address to;
    struct sl_buf call;
    struct sl_buf result;
    bool success;
    bool wavers;
};

struct sl_chain_node {
    struct sl_tcp_server *server;
    uint64_t chain_id;
    pthread_mutex_t lock; /* guards what follows */
    struct entry entries[ENTRIES];
    size_t count;
    char *say;
    bool hang;
    sl_chain_node_fn methods;
    void *methods_ctx;
    int requests;
    int calls;
    struct sl_buf last;
};

/* The longest entry that the data begins with, the last one of equal length. */
static struct entry *look_up(struct sl_chain_node *node, const struct sl_address *to,
                             const void *data, size_t len)
{
    struct entry *best = NULL;
    node->calls++;
    for (size_t i = 0; i < node->count; i++) {
        struct entry *entry = &node->entries[i];
        if ((entry->any || sl_address_equal(&entry->to, to)) && entry->call.len <= len &&
            memcmp(entry->call.data, data, entry->call.len) == 0 &&
            (best == NULL || entry->call.len >= best->call.len))
            best = entry;
    }
    if (best != NULL && best->wavers)
        best->result.data[best->result.len - 1]++;
    return best;
}

/* The answer to aggregate3, or false when the data is none. */
static bool aggregate(struct sl_chain_node *node, struct sl_buf *out, const uint8_t *data,
                      size_t len)
{
    static const char call[] = "((address target,bool allowFailure,bytes callData)[])";
    struct sl_abi_reader r;
    struct sl_abi_writer w = {0};
    uint8_t selector[SL_ABI_SELECTOR];
    sl_abi_selector(selector, "aggregate3((address,bool,bytes)[])");
    if (len < sizeof selector || memcmp(data, selector, sizeof selector) != 0)
        return false;
    sl_abi_read(&r, call, data + sizeof selector, len - sizeof selector);
    const size_t count = sl_abi_enter_list(&r);
    sl_abi_values(&w, "((bool success,bytes returnData)[])");
    sl_abi_open_list(&w, count);
    for (size_t i = 0; i < count; i++) {
        size_t inner_len;
        sl_abi_enter(&r);
        const struct sl_address to = sl_abi_get_address(&r);
        (void)sl_abi_get_bool(&r);
        const uint8_t *inner = sl_abi_get_bytes(&r, &inner_len);
        sl_abi_leave(&r);
        const struct entry *entry = look_up(node, &to, inner, inner_len);
        sl_abi_open(&w);
        sl_abi_put_bool(&w, entry != NULL && entry->success);
        sl_abi_put_bytes(&w, entry != NULL && entry->result.len > 0 ? entry->result.data : "",
                         entry != NULL ? entry->result.len : 0);
        sl_abi_close(&w);
    }
    sl_abi_close(&w);
    if (sl_abi_end(&w, NULL) == SL_OK)
        sl_buf_add(out, w.buf.data, w.buf.len);
    sl_abi_free(&w);
    return true;
}

static void put_hex(struct sl_buf *out, const void *data, size_t len)
{
    char *hex = malloc(2 * len + 1);
    if (hex == NULL)
        return;
    sl_hex_encode(hex, len > 0 ? data : (const uint8_t *)"", len);
    sl_buf_printf(out, "\"0x");
    sl_buf_str(out, hex);
    sl_buf_str(out, "\"");
    free(hex);
}

/* The result of eth_call for one message. */
static void call(struct sl_chain_node *node, struct sl_buf *out, const struct sl_json *message)
{
    const char *to_text = sl_json_str(sl_json_get(message, "to"));
    const char *hex = sl_json_str(sl_json_get(message, "data"));
    struct sl_address to = {{0}};
    struct sl_buf result = {0};
    const size_t cap = hex != NULL ? strlen(hex) / 2 + 1 : 1;
    uint8_t *data = malloc(cap);
    const int len =
        hex != NULL && data != NULL ? sl_hex_decode(data, cap, hex, strlen(hex), NULL) : -1;
    if (len >= 0 && to_text != NULL &&
        sl_address_parse(&to, to_text, strlen(to_text), NULL) == SL_OK &&
        !aggregate(node, &result, data, (size_t)len)) {
        const struct entry *entry = look_up(node, &to, data, (size_t)len);
        if (entry == NULL || !entry->success) {
            sl_buf_printf(out,
                          "\"error\":{\"code\":3,\"message\":\"execution reverted\",\"data\":");
            put_hex(out, entry != NULL ? entry->result.data : NULL,
                    entry != NULL ? entry->result.len : 0);
            sl_buf_str(out, "}}");
            free(data);
            return;
        }
        sl_buf_add(&result, entry->result.data, entry->result.len);
    }
    sl_buf_str(out, "\"result\":");
    put_hex(out, result.data, result.len);
    sl_buf_str(out, "}");
    sl_buf_free(&result);
    free(data);
}

static void put_said(struct sl_buf *out, const char *say, uint64_t id)
{
    const char *mark = strstr(say, "$ID");
    if (mark == NULL) {
        sl_buf_str(out, say);
        return;
    }
    sl_buf_add(out, say, (size_t)(mark - say));
    sl_buf_printf(out, "%llu", (unsigned long long)id);
    sl_buf_str(out, mark + 3);
}

enum next { ANSWER, HANG, HANG_UP };

static enum next answer(struct sl_chain_node *node, struct sl_buf *out, const char *body)
{
    struct sl_json *root = NULL;
    uint64_t id = 0;
    enum next next = ANSWER;
    if (sl_json_parse(&root, body, strlen(body), NULL) < 0)
        return ANSWER;
    (void)sl_json_u64(sl_json_get(root, "id"), &id);
    const char *method = sl_json_str(sl_json_get(root, "method"));
    node->requests++;
    sl_buf_clear(&node->last);
    sl_buf_str(&node->last, body);
    const bool is_call = method != NULL && strcmp(method, "eth_call") == 0;
    if (is_call && node->hang) {
        next = HANG;
    } else if (is_call && node->say != NULL) {
        put_said(out, node->say, id);
    } else {
        sl_buf_printf(out, "{\"jsonrpc\":\"2.0\",\"id\":%llu,", (unsigned long long)id);
        const bool is_id = method == NULL || strcmp(method, "eth_chainId") == 0;
        if (is_call)
            call(node, out, sl_json_first(sl_json_get(root, "params")));
        else if (!is_id && node->methods != NULL)
            next = node->methods(node->methods_ctx, out, method, sl_json_get(root, "params"))
                       ? ANSWER
                       : HANG_UP;
        else
            sl_buf_printf(out, "\"result\":\"0x%llx\"}", (unsigned long long)node->chain_id);
    }
    sl_json_free(root);
    return next;
}

static void serve(struct sl_tcp_conn *conn, void *ctx)
{
    struct sl_chain_node *node = ctx;
    char *request = malloc(REQUEST_BYTES);
    struct sl_buf out = {0};
    struct sl_buf whole = {0};
    while (request != NULL && sl_tcp_read_request(conn, request, REQUEST_BYTES)) {
        const char *body = strstr(request, "\r\n\r\n");
        sl_buf_clear(&out);
        pthread_mutex_lock(&node->lock);
        const enum next next = body != NULL ? answer(node, &out, body + 4) : HANG_UP;
        pthread_mutex_unlock(&node->lock);
        if (next == HANG_UP)
            break;
        if (next == HANG) {
            sl_tcp_signal(conn);
            sl_tcp_hang(conn);
            break;
        }
        sl_buf_clear(&whole); /* in one piece: a second packet would wait for the first one's ACK */
        sl_buf_printf(&whole, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", out.len);
        sl_buf_add(&whole, out.data, out.len);
        if (!sl_tcp_send_bytes(conn, whole.data, whole.len))
            break;
    }
    sl_buf_free(&out);
    sl_buf_free(&whole);
    free(request);
}

struct sl_chain_node *sl_chain_node_start(uint64_t chain_id)
{
    struct sl_chain_node *node = calloc(1, sizeof *node);
    assert_non_null(node);
    node->chain_id = chain_id;
    assert_int_equal(pthread_mutex_init(&node->lock, NULL), 0);
    node->server = sl_tcp_start(serve, node);
    return node;
}

void sl_chain_node_stop(struct sl_chain_node *node)
{
    sl_tcp_stop(node->server);
    for (size_t i = 0; i < node->count; i++) {
        sl_buf_free(&node->entries[i].call);
        sl_buf_free(&node->entries[i].result);
    }
    sl_buf_free(&node->last);
    pthread_mutex_destroy(&node->lock);
    free(node->say);
    free(node);
}

void sl_chain_node_url(struct sl_chain_node *node, char *out, size_t cap)
{
    sl_tcp_url(node->server, out, cap, "/rpc/v1");
}

void sl_chain_node_data(struct sl_chain_node *node, const struct sl_address *to,
                        const void *call_data, size_t call_len, const void *result,
                        size_t result_len, bool success)
{
    pthread_mutex_lock(&node->lock);
    assert_true(node->count < ENTRIES);
    struct entry *entry = &node->entries[node->count++];
    entry->any = to == NULL;
    if (to != NULL)
        entry->to = *to;
    sl_buf_add(&entry->call, call_data, call_len);
    sl_buf_add(&entry->result, result, result_len);
    entry->success = success;
    pthread_mutex_unlock(&node->lock);
}

void sl_chain_node_on(struct sl_chain_node *node, const struct sl_address *to,
                      struct sl_abi_writer *call_writer, struct sl_abi_writer *result)
{
    assert_int_equal(sl_abi_end(call_writer, NULL), SL_OK);
    assert_int_equal(sl_abi_end(result, NULL), SL_OK);
    sl_chain_node_data(node, to, call_writer->buf.data, call_writer->buf.len, result->buf.data,
                       result->buf.len, true);
    sl_abi_free(call_writer);
    sl_abi_free(result);
}

void sl_chain_node_bytes(struct sl_chain_node *node, const struct sl_address *to,
                         const char *signature, const void *data, size_t len, bool success)
{
    uint8_t selector[SL_ABI_SELECTOR];
    sl_abi_selector(selector, signature);
    sl_chain_node_data(node, to, selector, sizeof selector, data, len, success);
}

void sl_chain_node_waver(struct sl_chain_node *node, const char *signature)
{
    uint8_t selector[SL_ABI_SELECTOR];
    sl_abi_selector(selector, signature);
    pthread_mutex_lock(&node->lock);
    struct entry *last = NULL;
    for (size_t i = 0; i < node->count; i++) {
        if (memcmp(node->entries[i].call.data, selector, sizeof selector) == 0)
            last = &node->entries[i];
    }
    assert_true(last != NULL && last->result.len > 0);
    last->wavers = true;
    pthread_mutex_unlock(&node->lock);
}

void sl_chain_node_on_all(struct sl_chain_node *node, const struct sl_address *to,
                          const char *signature, struct sl_abi_writer *result)
{
    assert_int_equal(sl_abi_end(result, NULL), SL_OK);
    sl_chain_node_bytes(node, to, signature, result->buf.data, result->buf.len, true);
    sl_abi_free(result);
}

void sl_chain_node_say(struct sl_chain_node *node, const char *body)
{
    pthread_mutex_lock(&node->lock);
    free(node->say);
    node->say = body != NULL ? strdup(body) : NULL;
    pthread_mutex_unlock(&node->lock);
}

void sl_chain_node_methods(struct sl_chain_node *node, sl_chain_node_fn fn, void *ctx)
{
    pthread_mutex_lock(&node->lock);
    node->methods = fn;
    node->methods_ctx = ctx;
    pthread_mutex_unlock(&node->lock);
}

void sl_chain_node_hang(struct sl_chain_node *node)
{
    pthread_mutex_lock(&node->lock);
    node->hang = true;
    pthread_mutex_unlock(&node->lock);
}

void sl_chain_node_await_hang(struct sl_chain_node *node)
{
    sl_tcp_await(node->server, 1);
}

int sl_chain_node_requests(struct sl_chain_node *node)
{
    pthread_mutex_lock(&node->lock);
    const int count = node->requests;
    pthread_mutex_unlock(&node->lock);
    return count;
}

int sl_chain_node_calls(struct sl_chain_node *node)
{
    pthread_mutex_lock(&node->lock);
    const int count = node->calls;
    pthread_mutex_unlock(&node->lock);
    return count;
}

char *sl_chain_node_last(struct sl_chain_node *node)
{
    pthread_mutex_lock(&node->lock);
    char *copy = strdup(node->last.data != NULL ? node->last.data : "");
    pthread_mutex_unlock(&node->lock);
    return copy;
}
