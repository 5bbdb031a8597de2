/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Multicall3 against a node that reads the calls with the ABI reader and answers each by its data.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"
#include "sluice/multicall.h"

#include "support/tcp_server.h"
#include "support/test.h"

enum { TEXT = 65536 };

struct node {
    atomic_int requests;
    bool one_too_few;
    bool garbage;
};

/* Each call is answered with its own data; one whose data ends in an odd byte fails. */
static size_t answer(const struct node *node, struct sl_abi_writer *w, const uint8_t *call,
                     size_t len)
{
    struct sl_abi_reader r;
    sl_abi_read(&r, "((address,bool,bytes)[])", call + SL_ABI_SELECTOR, len - SL_ABI_SELECTOR);
    const size_t count = sl_abi_enter_list(&r);
    sl_abi_values(w, "((bool,bytes)[])");
    sl_abi_open_list(w, count - node->one_too_few);
    for (size_t i = 0; i < count - node->one_too_few; i++) {
        size_t data_len;
        sl_abi_enter(&r);
        sl_abi_skip(&r);
        const bool may_fail = sl_abi_get_bool(&r);
        const uint8_t *data = sl_abi_get_bytes(&r, &data_len);
        sl_abi_leave(&r);
        sl_abi_open(w);
        sl_abi_put_bool(w, may_fail && data_len > 0 && data[data_len - 1] % 2 == 0);
        sl_abi_put_bytes(w, data, data_len);
        sl_abi_close(w);
    }
    sl_abi_close(w);
    return sl_abi_end(w, NULL) == SL_OK ? w->buf.len : 0;
}

static bool reply(struct sl_tcp_conn *conn, const char *request, const char *result)
{
    char head[128];
    char id[24] = "0";
    const char *at = strstr(request, "\"id\":");
    struct sl_buf body = {0};
    if (at != NULL)
        (void)sscanf(at + 5, "%23[0-9]", id);
    sl_buf_printf(&body, "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":\"%s\"}", id, result);
    snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", body.len);
    const bool sent = sl_tcp_send(conn, head) && sl_tcp_send(conn, body.data);
    sl_buf_free(&body);
    return sent;
}

static void serve(struct sl_tcp_conn *conn, void *ctx)
{
    struct node *node = ctx;
    char *request = malloc(TEXT);
    char *result = malloc(2 * TEXT);
    uint8_t *call = malloc(TEXT);
    while (request != NULL && result != NULL && call != NULL &&
           sl_tcp_read_request(conn, request, TEXT)) {
        snprintf(result, 16, "0x%x", 31415926);
        const char *data = strstr(request, "\"data\":\"0x");
        if (data != NULL) {
            struct sl_abi_writer w = {0};
            const size_t digits = strspn(data + 10, "0123456789abcdef");
            const int len = sl_hex_decode(call, TEXT, data + 10, digits, NULL);
            atomic_fetch_add(&node->requests, 1);
            const size_t n = answer(node, &w, call, (size_t)len);
            snprintf(result, 3, "0x");
            sl_hex_encode(result + 2, (const uint8_t *)w.buf.data, node->garbage ? 40 : n);
            sl_abi_free(&w);
        }
        if (!reply(conn, request, result))
            break;
    }
    free(call);
    free(result);
    free(request);
}

static struct sl_rpc *client_of(struct sl_tcp_server *server)
{
    char url[64];
    const char *urls[] = {url};
    struct sl_rpc *rpc = NULL;
    sl_tcp_url(server, url, sizeof url, "/");
    const struct sl_rpc_options options = {
        .urls = urls, .url_count = 1, .chain_id = 31415926, .rounds = 1};
    assert_int_equal(sl_rpc_new(&rpc, &options, NULL), SL_OK);
    return rpc;
}

static void add_numbered(struct sl_multicall *calls, uint64_t number)
{
    struct sl_abi_writer args = {0};
    const struct sl_address to = {{0x42}};
    sl_abi_call(&args, "dataSetLive(uint256)");
    sl_abi_put_u64(&args, number);
    assert_int_equal(sl_multicall_add(calls, &to, &args), number);
}

static void many_calls_go_in_groups_and_each_fails_alone(void **state)
{
    (void)state;
    struct node node = {0};
    struct sl_tcp_server *server = sl_tcp_start(serve, &node);
    struct sl_rpc *rpc = client_of(server);
    struct sl_multicall calls = {0};
    const struct sl_address multicall3 = {{0xca}};
    for (int round = 1; round <= 2; round++) { /* the list is usable again after clear */
        for (uint64_t i = 0; i < 45; i++)
            add_numbered(&calls, i);
        assert_int_equal(sl_multicall_run(&calls, rpc, &multicall3, NULL), SL_OK);
        assert_int_equal(node.requests, 3 * round);
        for (uint64_t i = 0; i < 45; i++) {
            const uint8_t *data;
            size_t len;
            assert_int_equal(sl_multicall_result(&calls, i, &data, &len), i % 2 == 0);
            assert_int_equal(len, 36);
            assert_int_equal(data[35], i);
            struct sl_abi_reader r;
            sl_multicall_read(&r, &calls, i, "(bytes4)");
            (void)sl_abi_get_fixed(&r);
            assert_int_equal(sl_abi_done(&r, NULL), i % 2 == 0 ? SL_OK : SL_EPROTO);
        }
        sl_multicall_clear(&calls);
    }
    sl_multicall_free(&calls);
    sl_rpc_free(rpc);
    sl_tcp_stop(server);
}

static void an_answer_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    struct node nodes[] = {{.one_too_few = true}, {.garbage = true}};
    for (size_t i = 0; i < 2; i++) {
        struct sl_tcp_server *server = sl_tcp_start(serve, &nodes[i]);
        struct sl_rpc *rpc = client_of(server);
        struct sl_multicall calls = {0};
        struct sl_err err = {0};
        const struct sl_address multicall3 = {{0xca}};
        add_numbered(&calls, 0);
        add_numbered(&calls, 1);
        assert_int_equal(sl_multicall_run(&calls, rpc, &multicall3, &err), SL_EPROTO);
        assert_non_null(strstr(err.text, "Multicall3"));
        sl_multicall_free(&calls);
        sl_rpc_free(rpc);
        sl_tcp_stop(server);
    }
}

static void a_call_that_cannot_be_written_is_told_by_the_run(void **state)
{
    (void)state;
    struct sl_multicall calls = {0};
    struct sl_abi_writer args = {0};
    const struct sl_address to = {{1}};
    sl_abi_call(&args, "f(address)");
    sl_abi_put_u64(&args, 1);
    (void)sl_multicall_add(&calls, &to, &args);
    assert_int_equal(sl_multicall_run(&calls, NULL, &to, NULL), SL_EINVAL);
    sl_multicall_free(&calls);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_calls_go_in_groups_and_each_fails_alone),
        cmocka_unit_test(an_answer_that_does_not_fit_is_refused),
        cmocka_unit_test(a_call_that_cannot_be_written_is_told_by_the_run),
    };
    if (sl_http_global_init(NULL) < 0)
        return 1;
    return cmocka_run_group_tests_name("multicall", tests, NULL, NULL);
}
