/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The JSON-RPC client against a node that answers what a test scripts, over real HTTP. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/rpc.h"

#include "support/tcp_server.h"
#include "support/test.h"

enum { ANSWERS = 12, TEXT = 4096 };

/* What the node does with one request after the chain id is known. */
struct answer {
    const char *status; /* "200 OK"; NULL ends the script: hang */
    const char *headers;
    const char *body; /* $ID stands for the id of the request */
};

struct node {
    const char *chain; /* answer to eth_chainId, a quantity in quotes */
    struct answer answers[ANSWERS];
    atomic_int used;
    atomic_int chain_asked;
    char last[TEXT];
};

static void put_id(char *out, size_t cap, const char *body, const char *request)
{
    const char *id = strstr(request, "\"id\":");
    char digits[24] = "0";
    if (id != NULL)
        (void)sscanf(id + 5, "%23[0-9]", digits);
    const char *mark = strstr(body, "$ID");
    if (mark == NULL)
        snprintf(out, cap, "%s", body);
    else
        snprintf(out, cap, "%.*s%s%s", (int)(mark - body), body, digits, mark + 3);
}

static void serve(struct sl_tcp_conn *conn, void *ctx)
{
    struct node *node = ctx;
    char request[TEXT];
    while (sl_tcp_read_request(conn, request, sizeof request)) {
        char chain[128];
        struct answer answer = {"200 OK", "", chain};
        snprintf(chain, sizeof chain, "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"result\":%s}",
                 node->chain);
        if (strstr(request, "eth_chainId") != NULL) {
            atomic_fetch_add(&node->chain_asked, 1);
        } else {
            answer = node->answers[atomic_fetch_add(&node->used, 1)];
            snprintf(node->last, sizeof node->last, "%s", request);
        }
        if (answer.status == NULL) {
            sl_tcp_signal(conn);
            sl_tcp_hang(conn);
            return;
        }
        char body[TEXT];
        char head[512];
        put_id(body, sizeof body, answer.body, request);
        snprintf(head, sizeof head, "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n", answer.status,
                 answer.headers != NULL ? answer.headers : "", strlen(body));
        if (!sl_tcp_send(conn, head) || !sl_tcp_send(conn, body))
            return;
    }
}

/* One or two nodes and a client that knows them in this order. */
struct bench {
    struct sl_tcp_server *servers[2];
    struct sl_rpc *rpc;
    struct sl_rpc_failure failure;
    struct sl_err err;
};

static void open_bench(struct bench *bench, struct node *first, struct node *second)
{
    static char urls[2][64];
    const char *list[] = {urls[0], urls[1]};
    struct node *const nodes[] = {first, second};
    memset(bench, 0, sizeof *bench);
    const size_t count = second != NULL ? 2 : 1;
    for (size_t i = 0; i < count; i++) {
        if (nodes[i]->chain == NULL)
            nodes[i]->chain = "\"0x4cb2f\"";
        bench->servers[i] = sl_tcp_start(serve, nodes[i]);
        sl_tcp_url(bench->servers[i], urls[i], sizeof urls[i], "/rpc/v1");
    }
    const struct sl_rpc_options options = {
        .urls = list, .url_count = count, .chain_id = 314159, .rounds = 3, .backoff_base_ms = 2};
    assert_int_equal(sl_rpc_new(&bench->rpc, &options, &bench->err), SL_OK);
}

static void close_bench(struct bench *bench)
{
    sl_rpc_free(bench->rpc);
    sl_rpc_failure_free(&bench->failure);
    for (size_t i = 0; i < 2; i++) {
        if (bench->servers[i] != NULL)
            sl_tcp_stop(bench->servers[i]);
    }
}

static int ask(struct bench *bench, struct sl_u256 *out)
{
    return sl_rpc_quantity(bench->rpc, "eth_blockNumber", "[]", out, &bench->failure, &bench->err);
}

#define RESULT(text) "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"result\":" text "}"
#define ERROR(text)  "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"error\":" text "}"

static void chain_id_is_asked_once_and_answers_are_read(void **state)
{
    (void)state;
    struct node node = {.answers = {{"200 OK", "", RESULT("\"0x10\"")},
                                    {"200 OK", "", RESULT("\"0xABcdef\"")},
                                    {"200 OK", "", RESULT("\"0x\"")}}};
    struct bench bench;
    struct sl_u256 got;
    struct sl_buf bytes = {0};
    open_bench(&bench, &node, NULL);
    assert_int_equal(ask(&bench, &got), SL_OK);
    assert_int_equal(sl_u256_cmp(got, sl_u256(16)), 0);
    assert_int_equal(sl_rpc_bytes(bench.rpc, "eth_call", "[{}]", &bytes, &bench.failure, NULL), 0);
    assert_int_equal(bytes.len, 3);
    assert_memory_equal(bytes.data, "\xab\xcd\xef", 3);
    assert_non_null(strstr(node.last, "\"method\":\"eth_call\",\"params\":[{}]"));
    assert_non_null(strstr(node.last, "Content-Type: application/json"));
    assert_int_equal(sl_rpc_bytes(bench.rpc, "eth_call", "[]", &bytes, &bench.failure, NULL), 0);
    assert_int_equal(bytes.len, 0);
    assert_int_equal(node.chain_asked, 1);
    assert_int_equal(sl_rpc_round_trips(bench.rpc), 4);
    sl_buf_free(&bytes);
    close_bench(&bench);
}

static void endpoint_of_another_chain_is_never_used(void **state)
{
    (void)state;
    struct node wrong = {.chain = "\"0x13a\""};
    struct node right = {
        .answers = {{"200 OK", "", RESULT("\"0x1\"")}, {"200 OK", "", RESULT("\"0x2\"")}}};
    struct bench bench;
    struct sl_u256 got;
    open_bench(&bench, &wrong, &right);
    assert_int_equal(ask(&bench, &got), SL_OK);
    assert_int_equal(ask(&bench, &got), SL_OK);
    assert_int_equal(sl_u256_cmp(got, sl_u256(2)), 0);
    assert_int_equal(wrong.used, 0);
    assert_int_equal(wrong.chain_asked, 1);
    close_bench(&bench);

    struct node lonely = {.chain = "\"0x13a\""};
    open_bench(&bench, &lonely, NULL);
    assert_int_equal(ask(&bench, &got), SL_ECONFIG);
    assert_non_null(strstr(bench.err.text, "serves chain 314, this network is chain 314159"));
    assert_int_equal(ask(&bench, &got), SL_ECONFIG);
    assert_int_equal(lonely.chain_asked, 1);
    close_bench(&bench);
}

static void what_may_pass_is_tried_again_and_elsewhere(void **state)
{
    (void)state;
    struct node shaky = {
        .answers = {{"503 Busy", "", "later"},
                    {"200 OK", "", ERROR("{\"code\":-32005,\"message\":\"slow down\"}")}}};
    struct node other = {.answers = {{"429 Too Many", "Retry-After: 0\r\n", ""},
                                     {"200 OK", "", "<html>a proxy</html>"},
                                     {"200 OK", "", RESULT("\"0x7\"")}}};
    struct bench bench;
    struct sl_u256 got;
    shaky.answers[2] = (struct answer){"403 No", "", ""};
    open_bench(&bench, &shaky, &other);
    assert_int_equal(ask(&bench, &got), SL_OK);
    assert_int_equal(sl_u256_cmp(got, sl_u256(7)), 0);
    assert_int_equal(shaky.used, 3);
    assert_int_equal(other.used, 3);
    assert_non_null(strstr(sl_rpc_endpoint(bench.rpc), "/rpc/v1"));
    close_bench(&bench);
}

static void what_one_endpoint_refuses_another_is_asked(void **state)
{
    (void)state;
    static const char *const refusals[][2] = {
        {"200 OK", ERROR("{\"code\":35,\"message\":\"not supported on the free tier\"}")},
        {"200 OK", ERROR("{\"code\":-32601,\"message\":\"method not found\"}")},
        {"404 Not Found", "no Route matched with those values"},
        {"401 Unauthorized", ERROR("{\"code\":-32000,\"message\":\"an API key is needed\"}")},
    };
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct node first = {.answers = {{refusals[i][0], "", refusals[i][1]},
                                         {refusals[i][0], "", refusals[i][1]}}};
        struct node second = {.answers = {{"200 OK", "", RESULT("\"0x7\"")},
                                          {refusals[i][0], "", refusals[i][1]},
                                          {"200 OK", "", RESULT("\"0x8\"")}}};
        struct bench bench;
        struct sl_u256 got;
        open_bench(&bench, &first, &second);
        assert_int_equal(ask(&bench, &got), SL_OK);
        assert_true(ask(&bench, &got) < 0); /* all refuse: nobody is asked twice */
        assert_int_equal(first.used, 2);
        assert_int_equal(second.used, 2);
        close_bench(&bench);
    }
}

/* Its limits are its own: the caller decides what is asked next, and of whom. */
static void one_endpoint_alone_answers_for_itself(void **state)
{
    (void)state;
    struct node first = {
        .answers = {{"503 Busy", "", "later"},
                    {"200 OK", "", ERROR("{\"code\":-32005,\"message\":\"range\"}")},
                    {"200 OK", "", ERROR("{\"code\":-32005,\"message\":\"rate limit hit\"}")},
                    {"200 OK", "", ERROR("{\"code\":429,\"message\":\"later\"}")},
                    {"200 OK", "", ERROR("{\"code\":-32601,\"message\":\"no\"}")},
                    {"500 No", "", "a"},
                    {"500 No", "", "b"},
                    {"500 No", "", "c"}}};
    struct node second = {.answers = {{"200 OK", "", RESULT("[]")}}};
    struct node wrong = {.chain = "\"0x13a\""};
    struct bench bench;
    struct sl_json *result = NULL;
    open_bench(&bench, &first, &second);
    assert_int_equal(sl_rpc_endpoint_count(bench.rpc), 2);
    assert_int_equal(sl_rpc_endpoint_index(bench.rpc), 0);
    assert_int_equal(
        sl_rpc_call_one(bench.rpc, 0, "eth_getLogs", "[]", &result, &bench.failure, &bench.err),
        SL_EREFUSED);
    assert_int_equal(bench.failure.code, -32005);
    assert_string_equal(bench.failure.message.data, "range");
    assert_int_equal(first.used, 2);
    assert_int_equal(
        sl_rpc_call_one(bench.rpc, 0, "eth_getLogs", "[]", &result, &bench.failure, &bench.err),
        SL_EREFUSED);
    assert_int_equal(bench.failure.code, -32601);
    assert_int_equal(first.used, 5);
    assert_int_equal(
        sl_rpc_call_one(bench.rpc, 0, "eth_getLogs", "[]", &result, &bench.failure, &bench.err),
        SL_ESERVER);
    assert_int_equal(bench.failure.code, 0);
    assert_int_equal(first.used, 8);
    assert_int_equal(second.used, 0);
    assert_int_equal(
        sl_rpc_call_one(bench.rpc, 1, "eth_getLogs", "[]", &result, &bench.failure, &bench.err),
        SL_OK);
    assert_true(sl_json_is_array(sl_json_get(result, "result")));
    sl_json_free(result);
    assert_int_equal(
        sl_rpc_call_one(bench.rpc, 2, "eth_getLogs", "[]", &result, &bench.failure, &bench.err),
        SL_ECONFIG);
    close_bench(&bench);
    open_bench(&bench, &wrong, NULL);
    for (int i = 0; i < 2; i++)
        assert_int_equal(
            sl_rpc_call_one(bench.rpc, 0, "eth_getLogs", "[]", &result, &bench.failure, &bench.err),
            SL_ECONFIG);
    assert_int_equal(wrong.chain_asked, 1);
    assert_int_equal(wrong.used, 0);
    close_bench(&bench);
}

static void what_refuses_a_transaction_has_the_last_word(void **state)
{
    (void)state;
    struct node first = {
        .answers = {{"200 OK", "", ERROR("{\"code\":1,\"message\":\"nonce too low\"}")}}};
    struct node second = {0};
    struct bench bench;
    struct sl_json *result = NULL;
    open_bench(&bench, &first, &second);
    assert_int_equal(sl_rpc_call(bench.rpc, "eth_sendRawTransaction", "[\"0x02\"]", &result,
                                 &bench.failure, &bench.err),
                     SL_EREFUSED);
    assert_int_equal(second.used, 0);
    close_bench(&bench);
}

static void tries_are_bounded_and_the_last_error_is_told(void **state)
{
    (void)state;
    struct node down = {.answers = {{"500 No", "", "a"}, {"500 No", "", "b"}, {"500 No", "", "c"}}};
    struct bench bench;
    struct sl_u256 got;
    open_bench(&bench, &down, NULL);
    assert_int_equal(ask(&bench, &got), SL_ESERVER);
    assert_int_equal(down.used, 3);
    assert_non_null(strstr(bench.err.text, "eth_blockNumber of http://127.0.0.1"));
    close_bench(&bench);
}

static void revert_is_final_and_its_data_found_wherever_it_is(void **state)
{
    (void)state;
    static const char *const errors[] = {
        ERROR("{\"code\":3,\"message\":\"execution reverted\",\"data\":\"0xdeadbeef\"}"),
        ERROR("{\"code\":-32000,\"message\":\"x\",\"data\":{\"data\":\"0xdeadbeef\"}}"),
        ERROR(
            "{\"code\":-32603,\"message\":\"x\",\"data\":{\"originalError\":{\"code\":3,\"data\":\"0xdeadbeef\"}}}"),
    };
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        struct node node = {.answers = {{"200 OK", "", errors[i]}}};
        struct bench bench;
        struct sl_u256 got;
        open_bench(&bench, &node, NULL);
        assert_int_equal(ask(&bench, &got), SL_EREVERT);
        assert_int_equal(node.used, 1);
        assert_int_equal(bench.failure.data.len, 4);
        assert_memory_equal(bench.failure.data.data, "\xde\xad\xbe\xef", 4);
        close_bench(&bench);
    }
    struct node lotus = {
        .answers = {{"500 Internal", "",
                     ERROR("{\"code\":1,\"message\":\"message execution failed (exit=[33], revert "
                           "reason=[0x42d750dc], vm error=[\\u001b[31mx])\"}")}}};
    struct bench bench;
    struct sl_u256 got;
    open_bench(&bench, &lotus, NULL);
    assert_int_equal(ask(&bench, &got), SL_EREVERT);
    assert_int_equal(bench.failure.code, 1);
    assert_non_null(strstr(bench.failure.message.data, "revert reason=[0x42d750dc]"));
    assert_null(strchr(bench.err.text, '\x1b'));
    close_bench(&bench);
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "",
        "[]",
        "{\"jsonrpc\":\"2.0\",\"id\":999999,\"result\":\"0x1\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":\"$ID\",\"result\":\"0x1\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":$ID}",
        RESULT("\"0x1\"") "x",
        RESULT("1"),
        RESULT("null"),
        RESULT("\"16\""),
        RESULT("\"0x\""),
        RESULT("\"0xg\""),
        RESULT("\"0x10000000000000000000000000000000000000000000000000000000000000000\""),
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct node node = {0};
        struct bench bench;
        struct sl_u256 got;
        for (size_t n = 0; n < 3; n++)
            node.answers[n] = (struct answer){"200 OK", "", bodies[i]};
        open_bench(&bench, &node, NULL);
        assert_int_equal(ask(&bench, &got), SL_EPROTO);
        close_bench(&bench);
    }
}

static void an_error_names_the_host_and_no_key_behind_it(void **state)
{
    (void)state;
    static const char *const urls[] = {"http://127.0.0.1:9/v1/SECRET?key=SECRET"};
    const struct sl_rpc_options options = {
        .urls = urls, .url_count = 1, .chain_id = 1, .rounds = 1};
    struct sl_rpc *rpc = NULL;
    struct sl_rpc_failure failure = {0};
    struct sl_err err = {0};
    struct sl_u256 got;
    assert_int_equal(sl_rpc_new(&rpc, &options, &err), SL_OK);
    assert_int_equal(sl_rpc_quantity(rpc, "eth_gasPrice", "[]", &got, &failure, &err), SL_ENET);
    assert_non_null(strstr(err.text, "eth_gasPrice of http://127.0.0.1:9: "));
    assert_null(strstr(err.text, "SECRET"));
    sl_rpc_free(rpc);
}

static void *cancel_when_reached(void *ctx)
{
    struct bench *bench = ctx;
    sl_tcp_await(bench->servers[0], 1);
    sl_rpc_cancel(bench->rpc);
    return NULL;
}

static void cancel_ends_a_waiting_call_at_once(void **state)
{
    (void)state;
    struct node node = {.answers = {{NULL, NULL, NULL}}};
    struct bench bench;
    struct sl_u256 got;
    pthread_t thread;
    open_bench(&bench, &node, NULL);
    assert_int_equal(pthread_create(&thread, NULL, cancel_when_reached, &bench), 0);
    assert_int_equal(ask(&bench, &got), SL_ECANCELED);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(ask(&bench, &got), SL_ECANCELED);
    close_bench(&bench);
}

static void messages_carry_from_to_data_and_value(void **state)
{
    (void)state;
    struct node node = {.answers = {{"200 OK", "", RESULT("\"0x00ff\"")},
                                    {"200 OK", "", RESULT("\"0x5208\"")},
                                    {"200 OK", "", RESULT("\"0x1ffffffffffffffff\"")}}};
    struct bench bench;
    struct sl_buf out = {0};
    uint64_t gas = 0;
    static const uint8_t data[] = {0xab, 0xcd};
    const struct sl_address from = {{0x11}};
    struct sl_rpc_message message = {.to = {{0x22}}, .data = data, .data_len = 2};
    open_bench(&bench, &node, NULL);
    assert_int_equal(sl_rpc_eth_call(bench.rpc, &message, &out, &bench.failure, NULL), SL_OK);
    assert_int_equal(out.len, 2);
    assert_non_null(strstr(node.last, "[{\"to\":\"0x2200000000000000000000000000000000000000\","
                                      "\"data\":\"0xabcd\"},\"latest\"]"));
    message.from = &from;
    message.value = sl_u256(255);
    assert_int_equal(sl_rpc_estimate_gas(bench.rpc, &message, &gas, &bench.failure, NULL), SL_OK);
    assert_int_equal(gas, 21000);
    assert_non_null(strstr(node.last, "\"from\":\"0x1100000000000000000000000000000000000000\""));
    assert_non_null(strstr(node.last, "\"value\":\"0xff\"}]"));
    assert_int_equal(sl_rpc_estimate_gas(bench.rpc, &message, &gas, &bench.failure, NULL),
                     SL_EPROTO);
    sl_buf_free(&out);
    close_bench(&bench);
}

static void endpoints_are_checked_before_use(void **state)
{
    (void)state;
    struct sl_rpc *rpc = NULL;
    struct sl_err err = {0};
    static const char *const bad[] = {"ftp://x/", "node", "https://user:pass@h/"};
    struct sl_rpc_options options = {.urls = bad, .url_count = 0, .chain_id = 1};
    assert_int_equal(sl_rpc_new(&rpc, &options, &err), SL_ECONFIG);
    options.url_count = 1;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        options.urls = &bad[i];
        assert_int_equal(sl_rpc_new(&rpc, &options, &err), SL_ECONFIG);
    }
    static const char *const plain[] = {"http://node.example/"};
    options.urls = plain;
    struct sl_rpc_failure failure = {0};
    struct sl_u256 got;
    assert_int_equal(sl_rpc_new(&rpc, &options, &err), SL_OK);
    assert_int_equal(sl_rpc_quantity(rpc, "eth_chainId", "[]", &got, &failure, &err), SL_ECONFIG);
    assert_non_null(strstr(err.text, "plain http is refused"));
    sl_rpc_free(rpc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chain_id_is_asked_once_and_answers_are_read),
        cmocka_unit_test(endpoint_of_another_chain_is_never_used),
        cmocka_unit_test(what_may_pass_is_tried_again_and_elsewhere),
        cmocka_unit_test(what_one_endpoint_refuses_another_is_asked),
        cmocka_unit_test(one_endpoint_alone_answers_for_itself),
        cmocka_unit_test(what_refuses_a_transaction_has_the_last_word),
        cmocka_unit_test(tries_are_bounded_and_the_last_error_is_told),
        cmocka_unit_test(revert_is_final_and_its_data_found_wherever_it_is),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(an_error_names_the_host_and_no_key_behind_it),
        cmocka_unit_test(cancel_ends_a_waiting_call_at_once),
        cmocka_unit_test(messages_carry_from_to_data_and_value),
        cmocka_unit_test(endpoints_are_checked_before_use),
    };
    if (sl_http_global_init(NULL) < 0)
        return 1;
    return cmocka_run_group_tests_name("rpc", tests, NULL, NULL);
}
