/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* eth_getLogs of today's nodes: how far it reaches, what it finds, how it lies when it is told to.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chain_kit.h"
#include "support/test.h"

enum { TEXT_CHARS = 256 };

/* The node of the chain as a kit, for faults. */
static struct kit node_of(const struct chain *chain, char url[static 128])
{
    struct kit node = chain->kit;
    snprintf(url, 128, "%s", sl_devnet_rpc_url(chain->kit.net));
    *strstr(url, "/rpc/v1") = '\0';
    node.url = url;
    return node;
}

static void fault(const struct chain *chain, const char *rule)
{
    char url[128];
    const struct kit node = node_of(chain, url);
    kit_fault(&node, rule);
}

static void clear(const struct chain *chain)
{
    char url[128];
    const struct kit node = node_of(chain, url);
    kit_clear(&node);
}

/* The parsed answer; owned. */
static struct sl_json *ask(const struct chain *chain, const char *method, const char *params)
{
    struct sl_answer answer = {0};
    struct sl_json *root = NULL;
    chain_rpc(chain, method, params, &answer);
    assert_int_equal(answer.status, 200);
    assert_int_equal(sl_json_parse(&root, answer.body.data, answer.body.len, NULL), SL_OK);
    sl_answer_free(&answer);
    return root;
}

static uint64_t quantity(const struct sl_json *value)
{
    struct sl_u256 number;
    uint64_t out = 0;
    const char *text = sl_json_str(value);
    assert_non_null(text);
    assert_int_equal(sl_u256_parse_hex(&number, text, strlen(text), NULL), SL_OK);
    assert_true(sl_u256_to_u64(&out, number));
    return out;
}

static uint64_t head_of(const struct chain *chain)
{
    struct sl_json *root = ask(chain, "eth_blockNumber", "[]");
    const uint64_t head = quantity(sl_json_get(root, "result"));
    sl_json_free(root);
    return head;
}

/* `text` NULL: answered with a list. */
static void expect_range(const struct chain *chain, uint64_t from, uint64_t to, int code,
                         const char *text)
{
    char params[TEXT_CHARS], have[TEXT_CHARS] = "";
    snprintf(params, sizeof params,
             "[{\"fromBlock\":\"0x%" PRIx64 "\",\"toBlock\":\"0x%" PRIx64 "\"}]", from, to);
    struct sl_answer answer = {0};
    chain_rpc(chain, "eth_getLogs", params, &answer);
    if (text != NULL)
        snprintf(have, sizeof have, "\"error\":{\"code\":%d,\"message\":\"%s\"}}", code, text);
    else
        snprintf(have, sizeof have, "\"result\":[");
    if (strstr(answer.body.data, have) == NULL)
        fail_msg("%s: %s", params, answer.body.data);
    sl_answer_free(&answer);
}

static void the_gateway_answers_for_360_epochs(void **state)
{
    struct chain *chain = *state;
    chain_pass(chain, INT64_C(4000) * CHAIN_EPOCH_MS);
    const uint64_t head = head_of(chain);
    expect_range(chain, head - 360, head, 0, NULL);
    expect_range(chain, head - 361, head, -32005, "block range exceeds maximum of 360 (got 361)");
}

static void a_chain_of_1_3_has_no_such_limit(void **state)
{
    struct chain *chain = *state;
    chain_pass(chain, INT64_C(4000) * CHAIN_EPOCH_MS);
    expect_range(chain, 0, head_of(chain), 0, NULL);
}

static void a_full_node_answers_for_a_day(void **state)
{
    struct chain *chain = *state;
    static const char text[] =
        "invalid epoch range: range between to and from blocks is too large (maximum: 2880)";
    chain_pass(chain, INT64_C(4000) * CHAIN_EPOCH_MS);
    const uint64_t head = head_of(chain);
    fault(chain, "{\"match\":\"RPC eth_getLogs\",\"action\":\"full\"}");
    expect_range(chain, head - 2880, head, 0, NULL);
    expect_range(chain, head - 2881, head, 1, text);
    clear(chain);
    fault(chain, "{\"match\":\"RPC eth_getLogs\",\"action\":\"full\",\"blocks\":50}");
    expect_range(chain, head - 50, head, 0, NULL);
    expect_range(chain, head - 51, head, 1,
                 "invalid epoch range: range between to and from blocks is too large (maximum: "
                 "50)");
}

static void what_is_too_old_is_refused(void **state)
{
    struct chain *chain = *state;
    static const char text[] = "bad tipset height: lookbacks of more than 24h0m0s are disallowed";
    chain_pass(chain, INT64_C(4000) * CHAIN_EPOCH_MS);
    const uint64_t head = head_of(chain);
    fault(chain, "{\"match\":\"RPC eth_getLogs\",\"action\":\"lookback\"}");
    expect_range(chain, head - 2880, head - 2600, 0, NULL);
    expect_range(chain, head - 2881, head - 2600, 1, text);
    clear(chain);
    fault(chain, "{\"match\":\"RPC eth_getLogs\",\"action\":\"lookback\",\"blocks\":10}");
    expect_range(chain, head - 10, head, 0, NULL);
    expect_range(chain, head - 11, head - 11, 1, text);
}

/* ---- a transaction with many logs ---- */

struct receipt {
    char tx[80];
    struct sl_json *root;
    const struct sl_json *logs;
    uint64_t block;
    const char *block_hash;
};

/* Of the create-and-add that the provider sent. */
static void read_receipt(struct receipt *out, struct chain *chain)
{
    struct sl_buf body = {0};
    char cids[3][SL_PIECE_CID_CHARS], location[256] = "", params[128];
    const char *list[3];
    uint64_t id;
    for (size_t i = 0; i < 3; i++) {
        chain_store(chain, cids[i], 700 + i);
        list[i] = cids[i];
    }
    chain_create_body(chain, &body, 0, list, 3, &id);
    chain_expect(chain, "create", "POST", "/pdp/data-sets/create-and-add", body.data, 201, "",
                 location);
    snprintf(out->tx, sizeof out->tx, "%s", strstr(location, "0x"));
    chain_blocks(chain, 2);
    snprintf(params, sizeof params, "[\"%s\"]", out->tx);
    out->root = ask(chain, "eth_getTransactionReceipt", params);
    const struct sl_json *receipt = sl_json_get(out->root, "result");
    out->logs = sl_json_get(receipt, "logs");
    out->block = quantity(sl_json_get(receipt, "blockNumber"));
    out->block_hash = sl_json_str(sl_json_get(receipt, "blockHash"));
    assert_non_null(out->block_hash);
    assert_int_equal(quantity(sl_json_get(receipt, "status")), 1);
    sl_buf_free(&body);
}

static const struct sl_json *log_at(const struct sl_json *logs, size_t index)
{
    const struct sl_json *at = sl_json_first(logs);
    while (at != NULL && index-- > 0)
        at = sl_json_next(at);
    assert_non_null(at);
    return at;
}

static const char *topic_of(const struct sl_json *log, size_t index)
{
    return sl_json_str(log_at(sl_json_get(log, "topics"), index));
}

static void assert_same(const struct sl_json *a, const struct sl_json *b)
{
    static const char *const keys[] = {"address",         "data",      "logIndex",
                                       "transactionHash", "blockHash", "blockNumber"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        assert_string_equal(sl_json_str(sl_json_get(a, keys[i])),
                            sl_json_str(sl_json_get(b, keys[i])));
}

static size_t count_topic(const struct sl_json *logs, const char *topic)
{
    size_t count = 0;
    for (const struct sl_json *at = sl_json_first(logs); at != NULL; at = sl_json_next(at))
        count += strcmp(topic_of(at, 0), topic) == 0;
    return count;
}

static const char piece_added[] =
    "0xe919e037e2ba38e953115496aafcfc43555ef39f79c2f5f996608a78628eabd7";

static void a_receipt_has_all_logs_in_order(void **state)
{
    struct chain *chain = *state;
    struct receipt receipt;
    char params[TEXT_CHARS];
    uint64_t last = 0;
    size_t i = 0;
    read_receipt(&receipt, chain);
    for (const struct sl_json *at = sl_json_first(receipt.logs); at != NULL;
         at = sl_json_next(at), i++) {
        assert_string_equal(sl_json_str(sl_json_get(at, "transactionHash")), receipt.tx);
        assert_string_equal(sl_json_str(sl_json_get(at, "blockHash")), receipt.block_hash);
        assert_int_equal(quantity(sl_json_get(at, "blockNumber")), receipt.block);
        const uint64_t index = quantity(sl_json_get(at, "logIndex"));
        assert_true(i == 0 || index == last + 1);
        last = index;
    }
    assert_int_equal(count_topic(receipt.logs, piece_added), 3);
    /* the ids of the pieces, in the order of the request */
    uint64_t want = 0;
    for (const struct sl_json *at = sl_json_first(receipt.logs); at != NULL;
         at = sl_json_next(at)) {
        if (strcmp(topic_of(at, 0), piece_added) == 0) {
            char word[80];
            snprintf(word, sizeof word, "0x%064" PRIx64, want++);
            assert_string_equal(topic_of(at, 2), word);
        }
    }
    snprintf(params, sizeof params, "[{\"blockHash\":\"%s\"}]", receipt.block_hash);
    struct sl_json *root = ask(chain, "eth_getLogs", params);
    const struct sl_json *logs = sl_json_get(root, "result");
    assert_int_equal(sl_json_count(logs), i);
    for (i = 0; i < sl_json_count(logs); i++)
        assert_same(log_at(logs, i), log_at(receipt.logs, i));
    sl_json_free(root);
    sl_json_free(receipt.root);
}

/* How many logs the rest of a filter finds in the receipt's block. */
static size_t found(const struct chain *chain, const struct receipt *receipt, const char *rest)
{
    char params[1024];
    snprintf(params, sizeof params,
             "[{\"fromBlock\":\"0x%" PRIx64 "\",\"toBlock\":\"0x%" PRIx64 "\"%s}]", receipt->block,
             receipt->block, rest);
    struct sl_json *root = ask(chain, "eth_getLogs", params);
    const struct sl_json *logs = sl_json_get(root, "result");
    if (!sl_json_is_array(logs))
        fail_msg("%s", params);
    const size_t count = sl_json_count(logs);
    sl_json_free(root);
    return count;
}

static void filters_name_contracts_and_topics(void **state)
{
    struct chain *chain = *state;
    struct receipt receipt;
    char fwss[SL_ADDRESS_CHARS], pdp[SL_ADDRESS_CHARS], rest[512];
    read_receipt(&receipt, chain);
    const size_t all = sl_json_count(receipt.logs);
    sl_address_text(fwss, &chain->fwss);
    sl_address_text(pdp, &chain->pdp);
    assert_int_equal(found(chain, &receipt, ""), all);
    assert_int_equal(found(chain, &receipt, ",\"address\":[],\"topics\":[]"), all);
    assert_int_equal(found(chain, &receipt, ",\"address\":null,\"topics\":[null,[],null]"), all);
    snprintf(rest, sizeof rest, ",\"address\":\"%s\"", fwss);
    const size_t of_fwss = found(chain, &receipt, rest);
    snprintf(rest, sizeof rest, ",\"address\":[\"%s\"]", pdp);
    const size_t of_pdp = found(chain, &receipt, rest);
    snprintf(rest, sizeof rest, ",\"address\":[\"%s\",\"%s\"]", pdp, fwss);
    assert_true(of_fwss >= 3 && of_pdp >= 2 && of_fwss + of_pdp < all);
    assert_int_equal(found(chain, &receipt, rest), of_fwss + of_pdp);
    snprintf(rest, sizeof rest, ",\"topics\":[\"%s\"]", piece_added);
    assert_int_equal(found(chain, &receipt, rest), 3);
    snprintf(rest, sizeof rest, ",\"topics\":[[\"%s\",\"0x%064d\"],null,\"0x%064d\"]", piece_added,
             7, 1);
    assert_int_equal(found(chain, &receipt, rest), 1);
    snprintf(rest, sizeof rest, ",\"topics\":[\"%s\",null,[\"0x%064d\",\"0x%064d\"]]", piece_added,
             0, 2);
    assert_int_equal(found(chain, &receipt, rest), 2);
    snprintf(rest, sizeof rest, ",\"address\":\"%s\",\"topics\":[\"%s\"]", pdp, piece_added);
    assert_int_equal(found(chain, &receipt, rest), 0);
    sl_json_free(receipt.root);
}

static void refused(const struct chain *chain, const char *params, const char *text)
{
    struct sl_json *root = ask(chain, "eth_getLogs", params);
    const char *have = sl_json_str(sl_json_get(sl_json_get(root, "error"), "message"));
    if (have == NULL || strcmp(have, text) != 0)
        fail_msg("%s: %s", params, have != NULL ? have : "answered");
    sl_json_free(root);
}

static void filters_that_are_none_are_refused(void **state)
{
    struct chain *chain = *state;
    static const char zeros[] =
        "0x0000000000000000000000000000000000000000000000000000000000000000";
    char params[512];
    refused(chain, "[{\"address\":\"0x12\"}]", "invalid argument: no address");
    refused(chain, "[{\"address\":[null]}]", "invalid argument: no address");
    refused(chain, "[{\"topics\":[\"0x12\"]}]", "invalid argument: no hash");
    refused(chain, "[{\"topics\":\"0x12\"}]", "invalid argument: no topics");
    refused(chain, "[{\"topics\":[null,null,null,null,null]}]", "invalid argument: no topics");
    refused(chain, "[{\"fromBlock\":\"0x5\",\"toBlock\":\"0x4\"}]",
            "invalid epoch range: to block (4) must be after from block (5)");
    snprintf(params, sizeof params, "[{\"blockHash\":\"%s\"}]", zeros);
    refused(chain, params, "failed to get tipset: no such block");
    snprintf(params, sizeof params, "[{\"blockHash\":\"%s\",\"toBlock\":\"latest\"}]", zeros);
    refused(chain, params, "must not specify block hash and from/to block");
}

static void tags_name_the_newest_block(void **state)
{
    struct chain *chain = *state;
    struct receipt receipt;
    char params[TEXT_CHARS];
    read_receipt(&receipt, chain);
    snprintf(params, sizeof params, "[{\"fromBlock\":\"0x%" PRIx64 "\",\"toBlock\":\"latest\"}]",
             receipt.block);
    struct sl_json *root = ask(chain, "eth_getLogs", params);
    assert_int_equal(count_topic(sl_json_get(root, "result"), piece_added), 3);
    sl_json_free(root);
    root = ask(chain, "eth_getLogs", "[{\"fromBlock\":\"latest\",\"toBlock\":\"latest\"}]");
    assert_int_equal(count_topic(sl_json_get(root, "result"), piece_added), 0);
    sl_json_free(root);
    root = ask(chain, "eth_getLogs", "[{}]");
    assert_int_equal(count_topic(sl_json_get(root, "result"), piece_added), 0);
    sl_json_free(root);
    sl_json_free(receipt.root);
}

static void a_node_may_be_told_to_lie_about_logs(void **state)
{
    struct chain *chain = *state;
    static const char *const rules[] = {
        "{\"match\":\"RPC eth_getLogs\",\"times\":1,\"action\":\"shuffle\"}",
        "{\"match\":\"RPC eth_getLogs\",\"times\":1,\"action\":\"twice\"}",
        "{\"match\":\"RPC eth_getLogs\",\"times\":1,\"action\":\"stray\"}",
    };
    struct receipt receipt;
    char params[TEXT_CHARS];
    read_receipt(&receipt, chain);
    const size_t all = sl_json_count(receipt.logs);
    snprintf(params, sizeof params, "[{\"blockHash\":\"%s\"}]", receipt.block_hash);
    for (size_t i = 0; i < 3; i++) {
        fault(chain, rules[i]);
        struct sl_json *root = ask(chain, "eth_getLogs", params);
        const struct sl_json *logs = sl_json_get(root, "result");
        assert_int_equal(sl_json_count(logs), i == 0 ? all : 2 * all);
        assert_same(log_at(logs, 0), log_at(receipt.logs, i == 0 ? all - 1 : 0));
        if (i == 1)
            assert_same(log_at(logs, 1), log_at(receipt.logs, 0));
        if (i == 2)
            assert_string_not_equal(sl_json_str(sl_json_get(log_at(logs, 1), "address")),
                                    sl_json_str(sl_json_get(log_at(receipt.logs, 0), "address")));
        sl_json_free(root);
        root = ask(chain, "eth_getLogs", params);
        assert_int_equal(sl_json_count(sl_json_get(root, "result")), all);
        sl_json_free(root);
    }
    fault(chain, "{\"match\":\"RPC eth_getTransactionReceipt\",\"action\":\"twice\"}");
    snprintf(params, sizeof params, "[\"%s\"]", receipt.tx);
    struct sl_json *root = ask(chain, "eth_getTransactionReceipt", params);
    assert_int_equal(sl_json_count(sl_json_get(sl_json_get(root, "result"), "logs")), 2 * all);
    sl_json_free(root);
    sl_json_free(receipt.root);
}

static void an_old_receipt_may_be_gone(void **state)
{
    struct chain *chain = *state;
    struct receipt receipt;
    char params[TEXT_CHARS];
    read_receipt(&receipt, chain);
    snprintf(params, sizeof params, "[\"%s\"]", receipt.tx);
    fault(chain, "{\"match\":\"RPC eth_getTransactionReceipt\",\"action\":\"lookback\","
                 "\"blocks\":20}");
    struct sl_json *root = ask(chain, "eth_getTransactionReceipt", params);
    assert_true(sl_json_is_object(sl_json_get(root, "result")));
    sl_json_free(root);
    chain_pass(chain, INT64_C(25) * CHAIN_EPOCH_MS);
    root = ask(chain, "eth_getTransactionReceipt", params);
    assert_true(sl_json_is_null(sl_json_get(root, "result")));
    sl_json_free(root);
    clear(chain);
    root = ask(chain, "eth_getTransactionReceipt", params);
    assert_true(sl_json_is_object(sl_json_get(root, "result")));
    sl_json_free(root);
    sl_json_free(receipt.root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, chain_setup, chain_teardown)
        T(the_gateway_answers_for_360_epochs),
        cmocka_unit_test_setup_teardown(a_chain_of_1_3_has_no_such_limit, chain_setup_1_3,
                                        chain_teardown),
        T(a_full_node_answers_for_a_day),
        T(what_is_too_old_is_refused),
        T(a_receipt_has_all_logs_in_order),
        T(filters_name_contracts_and_topics),
        T(filters_that_are_none_are_refused),
        T(tags_name_the_newest_block),
        T(a_node_may_be_told_to_lie_about_logs),
        T(an_old_receipt_may_be_gone),
#undef T
    };
    return cmocka_run_group_tests_name("devnet logs", tests, NULL, NULL);
}
