/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A data set whose payer lets a contract decide: the payer's signature does not add to it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/abi.h"
#include "sluice/hex.h"
#include "sluice/tx.h"

#include "chain_kit.h"
#include "support/test.h"

static uint64_t next_nonce(const struct chain *chain)
{
    char me[SL_ADDRESS_CHARS], params[128];
    struct sl_answer answer = {0};
    struct sl_json *root = NULL;
    struct sl_u256 nonce;
    sl_address_text(me, sl_key_address(chain->key));
    snprintf(params, sizeof params, "[\"%s\",\"pending\"]", me);
    chain_rpc(chain, "eth_getTransactionCount", params, &answer);
    assert_int_equal(sl_json_parse(&root, answer.body.data, answer.body.len, NULL), SL_OK);
    const char *text = sl_json_str(sl_json_get(root, "result"));
    assert_non_null(text);
    assert_int_equal(sl_u256_parse_hex(&nonce, text, strlen(text), NULL), SL_OK);
    sl_json_free(root);
    sl_answer_free(&answer);
    return nonce.limb[0];
}

static void set_authorizer(struct chain *chain, uint64_t data_set, const struct sl_address *who)
{
    struct sl_abi_writer w = {0};
    struct sl_buf raw = {0};
    struct sl_answer answer = {0};
    uint8_t hash[SL_TX_HASH_BYTES];
    sl_abi_call(&w, "setDataSetAuthorizer(uint256,address)");
    sl_abi_put_u64(&w, data_set);
    sl_abi_put_address(&w, who);
    assert_int_equal(sl_abi_end(&w, NULL), SL_OK);
    const struct sl_tx tx = {.chain_id = 31415926,
                             .nonce = next_nonce(chain),
                             .max_priority_fee = sl_u256(200000),
                             .max_fee = sl_u256(10000000),
                             .gas_limit = 100000000,
                             .to = chain->fwss,
                             .data = (const uint8_t *)w.buf.data,
                             .data_len = w.buf.len};
    assert_int_equal(sl_tx_sign(&raw, hash, &tx, chain->key, NULL), SL_OK);
    char *send = malloc(2 * raw.len + 16);
    assert_non_null(send);
    memcpy(send, "[\"0x", 5);
    sl_hex_encode(send + 4, (const uint8_t *)raw.data, raw.len);
    memcpy(send + 4 + 2 * raw.len, "\"]", 3);
    chain_rpc(chain, "eth_sendRawTransaction", send, &answer);
    if (strstr(answer.body.data, "\"result\":\"0x") == NULL)
        fail_msg("%s", answer.body.data);
    chain_blocks(chain, 2);
    free(send);
    sl_answer_free(&answer);
    sl_buf_free(&raw);
    sl_abi_free(&w);
}

static void an_add_to_a_set_with_an_authorizer_is_refused(void **state)
{
    struct chain *chain = *state;
    const struct sl_address none = {{0}};
    char first[SL_PIECE_CID_CHARS], cid[SL_PIECE_CID_CHARS], path[128], location[256] = "";
    char word[SL_U256_HEX_CHARS];
    uint64_t client_id;
    struct sl_buf body = {0};
    struct sl_answer answer = {0};
    const uint64_t id = chain_data_set(chain, 0, 1, first, &client_id);
    snprintf(path, sizeof path, "/pdp/data-sets/%" PRIu64 "/pieces", id);
    chain_store(chain, cid, 2);
    set_authorizer(chain, id, &chain->usdfc);
    chain_view(chain, word, &chain->view, "getDataSetAuthorizer(uint256)", id);
    assert_string_not_equal(word, "0x0");
    chain_add_body(chain, &body, client_id, (const char *const[]){cid}, 1);
    sl_peer_ask(chain->kit.url, "POST", path, NULL, body.data, body.len, &answer);
    assert_int_equal(answer.status, 500);
    static const char refusal[] = "chain: message execution failed (exit=[33], revert reason=[0x";
    if (strncmp(answer.body.data, refusal, sizeof refusal - 1) != 0)
        fail_msg("%s", answer.body.data);
    set_authorizer(chain, id, &none);
    chain_expect(chain, "the same, when the payer's word counts again", "POST", path, body.data,
                 201, "", location);
    sl_answer_free(&answer);
    sl_buf_free(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_add_to_a_set_with_an_authorizer_is_refused, chain_setup,
                                        chain_teardown),
    };
    return cmocka_run_group_tests_name("devnet authorizer", tests, NULL, NULL);
}
