/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The node: its methods, its errors, its faults. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sluice/abi.h"
#include "sluice/hex.h"
#include "sluice/tx.h"

#include "chain_kit.h"
#include "support/test.h"

static void node_url(const struct chain *chain, char out[static 128])
{
    snprintf(out, 128, "%s", sl_devnet_rpc_url(chain->kit.net));
    *strstr(out, "/rpc/v1") = '\0';
}

/* `body` as it is. */
static void post(const struct chain *chain, const char *body, struct sl_answer *answer)
{
    char url[128];
    node_url(chain, url);
    sl_peer_ask(url, "POST", "/rpc/v1", NULL, body, strlen(body), answer);
}

static void simple_calls_answer_as_a_node_does(void **state)
{
    struct chain *chain = *state;
    static const struct {
        const char *body, *answer;
    } rows[] = {
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_chainId\",\"params\":[]}",
         "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x1df5e76\"}\n"},
        {"{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"net_version\"}",
         "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"result\":\"31415926\"}\n"},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_accounts\",\"params\":[]}",
         "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[]}\n"},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_syncing\",\"params\":[]}",
         "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":false}\n"},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_nothing\",\"params\":[]}",
         "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32601,\"message\":\"method "
         "'eth_nothing' not found\"}}\n"},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_getBalance\",\"params\":[\"0x12\"]}",
         "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32602,\"message\":\"invalid argument: "
         "no address\"}}\n"},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_getTransactionReceipt\",\"params\":"
         "[\"0x1111111111111111111111111111111111111111111111111111111111111111\"]}",
         "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":null}\n"},
        {"{", "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"Parse "
              "error\"}}\n"},
        {"[]", "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,\"message\":\"Invalid "
               "Request\"}}\n"},
        {"[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_chainId\"},{\"id\":2}]",
         "[{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x1df5e76\"},{\"jsonrpc\":\"2.0\",\"id\":2,"
         "\"error\":{\"code\":-32600,\"message\":\"Invalid Request\"}}]\n"},
    };
    struct sl_answer answer = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        post(chain, rows[i].body, &answer);
        assert_int_equal(answer.status, 200);
        assert_string_equal(answer.body.data, rows[i].answer);
    }
    sl_answer_free(&answer);
}

static void blocks_follow_the_clock(void **state)
{
    struct chain *chain = *state;
    struct sl_answer answer = {0};
    struct sl_json *root = NULL;
    struct sl_u256 first, second;
    chain_rpc(chain, "eth_blockNumber", "[]", &answer);
    assert_int_equal(sl_json_parse(&root, answer.body.data, answer.body.len, NULL), SL_OK);
    const char *text = sl_json_str(sl_json_get(root, "result"));
    assert_int_equal(sl_u256_parse_hex(&first, text, strlen(text), NULL), SL_OK);
    sl_json_free(root);
    chain_pass(chain, 10 * CHAIN_EPOCH_MS);
    chain_rpc(chain, "eth_blockNumber", "[]", &answer);
    assert_int_equal(sl_json_parse(&root, answer.body.data, answer.body.len, NULL), SL_OK);
    text = sl_json_str(sl_json_get(root, "result"));
    assert_int_equal(sl_u256_parse_hex(&second, text, strlen(text), NULL), SL_OK);
    sl_json_free(root);
    assert_true(sl_u256_sub(&second, second, first));
    assert_int_equal(second.limb[0], 10);
    sl_answer_free(&answer);
}

static void a_refusal_has_the_node_s_form(void **state)
{
    struct chain *chain = *state;
    char to[SL_ADDRESS_CHARS], params[512];
    struct sl_answer answer = {0};
    sl_address_text(to, &chain->pdp);
    /* getDataSetLeafCount(999) */
    snprintf(
        params, sizeof params,
        "[{\"to\":\"%s\",\"data\":\"0xa531998c00000000000000000000000000000000000000000000000000"
        "000000000003e7\"},\"latest\"]",
        to);
    static const char *const methods[] = {"eth_call", "eth_estimateGas"};
    for (size_t i = 0; i < 2; i++) {
        chain_rpc(chain, methods[i], params, &answer);
        assert_int_equal(answer.status, 200);
        static const char start[] =
            "{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"code\":3,\"message\":"
            "\"message execution failed (exit=[33], revert "
            "reason=[0x5d946944], vm error=[";
        if (strncmp(answer.body.data, start, sizeof start - 1) != 0)
            fail_msg("%s", answer.body.data);
        assert_non_null(strstr(answer.body.data, "\"data\":\"0x5d946944\"}}"));
    }
    sl_answer_free(&answer);
}

static uint64_t balance_of(struct chain *chain, const struct sl_address *owner)
{
    struct sl_abi_writer w = {0};
    char to[SL_ADDRESS_CHARS], data[128], params[512];
    struct sl_answer answer = {0};
    struct sl_json *root = NULL;
    struct sl_u256 value;
    uint64_t whole = 0;
    sl_abi_call(&w, "balanceOf(address)");
    sl_abi_put_address(&w, owner);
    assert_int_equal(sl_abi_end(&w, NULL), SL_OK);
    sl_hex_encode(data, (const uint8_t *)w.buf.data, w.buf.len);
    sl_address_text(to, &chain->usdfc);
    snprintf(params, sizeof params, "[{\"to\":\"%s\",\"data\":\"0x%s\"},\"latest\"]", to, data);
    chain_rpc(chain, "eth_call", params, &answer);
    assert_int_equal(sl_json_parse(&root, answer.body.data, answer.body.len, NULL), SL_OK);
    const char *text = sl_json_str(sl_json_get(root, "result"));
    assert_non_null(text);
    assert_int_equal(sl_u256_parse_hex(&value, text, strlen(text), NULL), SL_OK);
    assert_true(sl_u256_div(&value, value, sl_u256(UINT64_C(1000000000000000000))));
    assert_true(sl_u256_to_u64(&whole, value));
    sl_json_free(root);
    sl_answer_free(&answer);
    sl_abi_free(&w);
    return whole;
}

static void a_signed_transaction_is_included_and_told_of(void **state)
{
    struct chain *chain = *state;
    const struct sl_address friend = {{1, 2, 3}};
    struct sl_abi_writer w = {0};
    struct sl_buf raw = {0};
    struct sl_answer answer = {0};
    uint8_t hash[SL_TX_HASH_BYTES];
    char hex[2 * SL_TX_HASH_BYTES + 1], want[128];
    struct sl_json *root = NULL;
    chain_rpc(chain, "eth_getTransactionCount",
              "[\"0x0000000000000000000000000000000000000001\","
              "\"pending\"]",
              &answer);
    assert_non_null(strstr(answer.body.data, "\"result\":\"0x0\""));
    char me[SL_ADDRESS_CHARS], params[128];
    sl_address_text(me, sl_key_address(chain->key));
    snprintf(params, sizeof params, "[\"%s\",\"pending\"]", me);
    chain_rpc(chain, "eth_getTransactionCount", params, &answer);
    assert_int_equal(sl_json_parse(&root, answer.body.data, answer.body.len, NULL), SL_OK);
    struct sl_u256 nonce;
    const char *text = sl_json_str(sl_json_get(root, "result"));
    assert_int_equal(sl_u256_parse_hex(&nonce, text, strlen(text), NULL), SL_OK);
    sl_json_free(root);
    sl_abi_call(&w, "transfer(address,uint256)");
    sl_abi_put_address(&w, &friend);
    sl_abi_put_u256(&w, sl_u256(UINT64_C(3000000000000000000)));
    assert_int_equal(sl_abi_end(&w, NULL), SL_OK);
    const struct sl_tx tx = {.chain_id = 31415926,
                             .nonce = nonce.limb[0],
                             .max_priority_fee = sl_u256(200000),
                             .max_fee = sl_u256(10000000),
                             .gas_limit = 100000000,
                             .to = chain->usdfc,
                             .data = (const uint8_t *)w.buf.data,
                             .data_len = w.buf.len};
    assert_int_equal(sl_tx_sign(&raw, hash, &tx, chain->key, NULL), SL_OK);
    char *send = malloc(2 * raw.len + 16);
    assert_non_null(send);
    strcpy(send, "[\"0x");
    sl_hex_encode(send + 4, (const uint8_t *)raw.data, raw.len);
    strcat(send, "\"]");
    sl_hex_encode(hex, hash, sizeof hash);
    snprintf(want, sizeof want, "\"result\":\"0x%s\"", hex);
    for (int i = 0; i < 2; i++) { /* the same bytes again do no harm */
        chain_rpc(chain, "eth_sendRawTransaction", send, &answer);
        if (strstr(answer.body.data, want) == NULL)
            fail_msg("%s", answer.body.data);
    }
    snprintf(params, sizeof params, "[\"0x%s\"]", hex);
    chain_rpc(chain, "eth_getTransactionReceipt", params, &answer);
    assert_non_null(strstr(answer.body.data, "\"result\":null"));
    chain_rpc(chain, "eth_getTransactionByHash", params, &answer);
    assert_non_null(strstr(answer.body.data, "\"blockNumber\":null"));
    chain_pass(chain, CHAIN_EPOCH_MS);
    chain_rpc(chain, "eth_getTransactionReceipt", params, &answer);
    assert_non_null(strstr(answer.body.data, "\"status\":\"0x1\""));
    assert_non_null(strstr(answer.body.data, "0xddf252ad1be2c89b"));
    assert_int_equal(balance_of(chain, &friend), 3);
    chain_rpc(
        chain, "eth_getLogs",
        "[{\"fromBlock\":\"0x0\",\"toBlock\":\"latest\",\"topics\":[\"0xddf252ad1be2c89b69c2b0"
        "68fc378daa952ba7f163c4a11628f55a4df523b3ef\",null,\"0x000000000000000000000000010203"
        "0000000000000000000000000000000000\"]}]",
        &answer);
    assert_non_null(strstr(answer.body.data, hex));
    free(send);
    sl_buf_free(&raw);
    sl_abi_free(&w);
    sl_answer_free(&answer);
}

static void the_throwaway_key_has_money_and_is_kept_to_oneself(void **state)
{
    struct chain *chain = *state;
    char path[SL_PATH_BYTES];
    struct stat st;
    assert_int_equal(balance_of(chain, sl_key_address(chain->key)), 1000);
    assert_int_equal(sl_path_join(path, sizeof path, chain->kit.dir, "key", NULL), SL_OK);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(sl_devnet_info_path(chain->kit.net), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    chain_restart(chain); /* the coins are given once */
    assert_int_equal(balance_of(chain, sl_key_address(chain->key)), 1000);
}

static void faults_hit_methods(void **state)
{
    struct chain *chain = *state;
    struct kit node = chain->kit;
    char url[128];
    struct sl_answer answer = {0};
    node_url(chain, url);
    node.url = url;
    kit_fault(&node, "{\"match\":\"RPC eth_chainId\",\"times\":1,\"action\":\"status\","
                     "\"status\":429,\"retry_after_s\":3}");
    chain_rpc(chain, "eth_blockNumber", "[]", &answer);
    assert_int_equal(answer.status, 200);
    chain_rpc(chain, "eth_chainId", "[]", &answer);
    assert_int_equal(answer.status, 429);
    assert_string_equal(sl_answer_header(&answer, "Retry-After"), "3");
    chain_rpc(chain, "eth_chainId", "[]", &answer);
    assert_int_equal(answer.status, 200);
    kit_fault(&node, "{\"match\":\"RPC eth_chainId\",\"times\":1,\"action\":\"reset\"}");
    chain_rpc(chain, "eth_chainId", "[]", &answer);
    assert_int_equal(answer.status, 0);
    kit_fault(&node, "{\"match\":\"RPC eth_chainId\",\"times\":1,\"action\":\"drop\"}");
    chain_rpc(chain, "eth_chainId", "[]", &answer);
    assert_int_equal(answer.status, 0);
    chain_rpc(chain, "eth_chainId", "[]", &answer);
    assert_int_equal(answer.status, 200);
    sl_answer_free(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, chain_setup, chain_teardown)
        T(simple_calls_answer_as_a_node_does),
        T(blocks_follow_the_clock),
        T(a_refusal_has_the_node_s_form),
        T(a_signed_transaction_is_included_and_told_of),
        T(the_throwaway_key_has_money_and_is_kept_to_oneself),
        T(faults_hit_methods),
#undef T
    };
    return cmocka_run_group_tests_name("devnet rpc", tests, NULL, NULL);
}
