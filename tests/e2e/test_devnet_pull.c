/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Copies from provider to provider, removals, and the end of a data set. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/abi.h"
#include "sluice/hex.h"
#include "sluice/tx.h"

#include "chain_kit.h"
#include "support/test.h"

enum { BYTES = 1000, PATH_CHARS = 256, ASKS = 20000 };

/* A pull of `cid` from the first provider by the second, for a new data set there. */
static void pull_body(struct chain *chain, struct sl_buf *out, const char *cid, const char *source)
{
    struct sl_buf create = {0};
    struct sl_json *root = NULL;
    uint64_t id;
    chain_create_body(chain, &create, 1, (const char *const[]){cid}, 1, &id);
    assert_int_equal(sl_json_parse(&root, create.data, create.len, NULL), SL_OK);
    sl_buf_clear(out);
    sl_buf_printf(out,
                  "{\"recordKeeper\":\"%s\",\"extraData\":\"%s\",\"pieces\":[{\"pieceCid\":\"%s\","
                  "\"sourceUrl\":\"%s\"}]}",
                  sl_json_str(sl_json_get(root, "recordKeeper")),
                  sl_json_str(sl_json_get(root, "extraData")), cid, source);
    sl_json_free(root);
    sl_buf_free(&create);
}

/* Repeats the request, as a client does, until the status is `wanted`. */
static void poll_until(const struct chain *chain, const char *body, const char *wanted)
{
    struct sl_answer answer = {0};
    char want[64];
    snprintf(want, sizeof want, "{\"status\":\"%s\"", wanted);
    for (int i = 0; i < ASKS; i++) {
        sl_peer_ask(chain->kit.url, "POST", "/pdp/piece/pull", NULL, body, strlen(body), &answer);
        if (answer.status != 200)
            fail_msg("%d %s", answer.status, answer.body.data);
        if (strncmp(answer.body.data, want, strlen(want)) == 0) {
            sl_answer_free(&answer);
            return;
        }
    }
    fail_msg("%s", answer.body.data);
}

static void stored_source(struct chain *chain, char cid[static SL_PIECE_CID_CHARS],
                          char source[static PATH_CHARS])
{
    uint8_t *bytes = kit_bytes(BYTES, 5);
    chain_use(chain, 0);
    kit_store(&chain->kit, cid, bytes, BYTES);
    free(bytes);
    snprintf(source, PATH_CHARS, "%s/piece/%s", chain->kit.url, cid);
}

static void a_piece_comes_over_from_the_other_provider(void **state)
{
    struct chain *chain = *state;
    char cid[SL_PIECE_CID_CHARS], source[PATH_CHARS], path[PATH_CHARS], none[PATH_CHARS];
    struct sl_buf body = {0};
    stored_source(chain, cid, source);
    pull_body(chain, &body, cid, source);
    chain_use(chain, 1);
    snprintf(path, sizeof path, "/pdp/piece?pieceCid=%s", cid);
    chain_expect(chain, "not there", "GET", path, "", 404, NULL, none);
    poll_until(chain, body.data, "complete");
    chain_pass(chain, KIT_PARK_MS);
    chain_expect(chain, "there", "GET", path, "", 200, NULL, none);
    sl_buf_free(&body);
}

static void a_source_without_it_fails_the_pull_for_good(void **state)
{
    struct chain *chain = *state;
    char cid[SL_PIECE_CID_CHARS], source[PATH_CHARS];
    struct sl_buf body = {0};
    stored_source(chain, cid, source);
    strcpy(strstr(source, "/piece/"), "/piece/none");
    pull_body(chain, &body, cid, source);
    chain_use(chain, 1);
    poll_until(chain, body.data, "failed");
    sl_buf_free(&body);
}

static void a_corrupt_source_is_not_taken(void **state)
{
    struct chain *chain = *state;
    char cid[SL_PIECE_CID_CHARS], source[PATH_CHARS], path[PATH_CHARS], none[PATH_CHARS];
    struct sl_buf body = {0};
    stored_source(chain, cid, source);
    kit_fault(&chain->kit, "{\"match\":\"GET /piece/\",\"action\":\"corrupt\",\"after_bytes\":7}");
    pull_body(chain, &body, cid, source);
    chain_use(chain, 1);
    poll_until(chain, body.data, "failed");
    snprintf(path, sizeof path, "/pdp/piece?pieceCid=%s", cid);
    chain_pass(chain, KIT_PARK_MS);
    chain_expect(chain, "not there", "GET", path, "", 404, NULL, none);
    sl_buf_free(&body);
}

static void a_failing_source_is_asked_again_after_a_while(void **state)
{
    struct chain *chain = *state;
    char cid[SL_PIECE_CID_CHARS], source[PATH_CHARS];
    struct sl_buf body = {0};
    stored_source(chain, cid, source);
    kit_fault(&chain->kit, "{\"match\":\"GET /piece/\",\"times\":1,\"action\":\"status\"}");
    pull_body(chain, &body, cid, source);
    chain_use(chain, 1);
    poll_until(chain, body.data, "retrying");
    chain_pass(chain, 30000);
    poll_until(chain, body.data, "complete");
    sl_buf_free(&body);
}

static void bad_pulls_are_refused(void **state)
{
    struct chain *chain = *state;
    char cid[SL_PIECE_CID_CHARS], source[PATH_CHARS], none[PATH_CHARS];
    struct sl_buf body = {0};
    stored_source(chain, cid, source);
    static const struct {
        const char *what, *body, *text;
    } rows[] = {
        {"nothing", "{}", "Validation error: extraData is required [eid: UUID]\n"},
        {"no keeper", "{\"extraData\":\"0x01\"}",
         "Validation error: recordKeeper is required when dataSetId is not provided or is 0 [eid: "
         "UUID]\n"},
        {"no pieces", "{\"extraData\":\"0x01\",\"recordKeeper\":\"0x0\"}",
         "Validation error: at least one piece is required [eid: UUID]\n"},
        {"no source",
         "{\"extraData\":\"0x01\",\"recordKeeper\":\"0x0\",\"pieces\":[{\"pieceCid\":\"x\"}]}",
         "Validation error: piece[0]: sourceUrl is required [eid: UUID]\n"},
        {"plain http to others",
         "{\"extraData\":\"0x01\",\"recordKeeper\":\"0x0\",\"pieces\":[{\"pieceCid\":\"x\","
         "\"sourceUrl\":\"http://192.0.2.1/piece/x\"}]}",
         "Validation error: piece[0]: URL must use HTTPS scheme, got \"http\" [eid: UUID]\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        chain_expect(chain, rows[i].what, "POST", "/pdp/piece/pull", rows[i].body, 400,
                     rows[i].text, none);
    sl_buf_free(&body);
}

/* A pull of `count` pieces that exist nowhere, from a source that never answers. */
static void pull_many(struct chain *chain, struct sl_buf *out, size_t count, uint64_t seed)
{
    static char cids[SL_COMMIT_OLD_PIECES][SL_PIECE_CID_CHARS];
    const char *list[SL_COMMIT_OLD_PIECES] = {NULL};
    struct sl_buf create = {0};
    struct sl_json *root = NULL;
    uint64_t id;
    for (size_t i = 0; i < count; i++) {
        uint8_t *bytes = kit_bytes(BYTES, seed + i);
        kit_cid(cids[i], bytes, BYTES);
        free(bytes);
        list[i] = cids[i];
    }
    chain_create_body(chain, &create, 1, list, count, &id);
    assert_int_equal(sl_json_parse(&root, create.data, create.len, NULL), SL_OK);
    sl_buf_clear(out);
    sl_buf_printf(out, "{\"recordKeeper\":\"%s\",\"extraData\":\"%s\",\"pieces\":[",
                  sl_json_str(sl_json_get(root, "recordKeeper")),
                  sl_json_str(sl_json_get(root, "extraData")));
    for (size_t i = 0; i < count; i++)
        sl_buf_printf(out, "%s{\"pieceCid\":\"%s\",\"sourceUrl\":\"%s/piece/%s\"}",
                      i > 0 ? "," : "", cids[i], sl_devnet_provider_url(chain->kit.net, 0),
                      cids[i]);
    sl_buf_str(out, "]}");
    sl_json_free(root);
    sl_buf_free(&create);
}

static void a_full_queue_says_when_to_come_back(void **state)
{
    struct chain *chain = *state;
    struct sl_buf body = {0}, late = {0};
    struct sl_answer answer = {0};
    chain_use(chain, 0);
    kit_fault(&chain->kit,
              "{\"match\":\"GET /piece/\",\"times\":0,\"action\":\"delay\",\"ms\":600000}");
    chain_use(chain, 1);
    for (uint64_t i = 0; i < 3; i++) { /* 120 pieces wait then */
        pull_many(chain, &body, SL_COMMIT_OLD_PIECES, 1000 + 100 * i);
        sl_peer_ask(chain->kit.url, "POST", "/pdp/piece/pull", NULL, body.data, body.len, &answer);
        if (answer.status != 200)
            fail_msg("%d %s", answer.status, answer.body.data);
    }
    static const struct {
        size_t pieces;
        const char *wait;
    } rows[] = {{1, "60"}, {9, "60"}, {10, "120"}, {SL_COMMIT_OLD_PIECES, "300"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        pull_many(chain, &late, rows[i].pieces, 5000);
        sl_peer_ask(chain->kit.url, "POST", "/pdp/piece/pull", NULL, late.data, late.len, &answer);
        assert_int_equal(answer.status, 429);
        assert_string_equal(answer.body.data, "pull queue backpressure\n");
        assert_string_equal(sl_answer_header(&answer, "Retry-After"), rows[i].wait);
    }
    sl_peer_ask(chain->kit.url, "POST", "/pdp/piece/pull", NULL, body.data, body.len, &answer);
    assert_int_equal(answer.status, 200); /* one that waits is told of all the same */
    sl_answer_free(&answer);
    sl_buf_free(&late);
    sl_buf_free(&body);
}

static void signed_extra(struct chain *chain, char *out, const struct sl_buf *payload)
{
    (void)chain;
    sl_hex_encode(out, (const uint8_t *)payload->data, payload->len);
}

static void removals_are_scheduled_and_seen(void **state)
{
    struct chain *chain = *state;
    char cid[SL_PIECE_CID_CHARS], path[PATH_CHARS], body[1024], hex[512], none[PATH_CHARS];
    struct sl_buf payload = {0};
    uint64_t client_id;
    const uint64_t id = chain_data_set(chain, 0, 1, cid, &client_id);
    const struct sl_u256 piece = sl_u256(0);
    assert_int_equal(sl_payload_remove(&payload, chain->key, &chain->domain, sl_u256(client_id),
                                       &piece, 1, NULL),
                     SL_OK);
    signed_extra(chain, hex, &payload);
    snprintf(body, sizeof body, "{\"extraData\":\"0x%s\",\"pieceIds\":[0]}", hex);
    chain_expect(chain, "no such set", "DELETE", "/pdp/data-sets/99/pieces/0", body, 404,
                 "Data set not found\n", none);
    chain_expect(chain, "no such piece", "DELETE", "/pdp/data-sets/1/pieces/5",
                 "{\"extraData\":\"0x\"}", 404, "One or more piece not found\n", none);
    snprintf(path, sizeof path, "/pdp/data-sets/%" PRIu64 "/pieces/0", id);
    chain_expect(chain, "delete", "DELETE", path, body, 200, "{\"txHash\":\"HASH\"}\n", none);
    chain_pass(chain, CHAIN_EPOCH_MS);
    chain_expect(chain, "again", "DELETE", path, body, 500, NULL, none);
    chain_expect(chain, "still there", "GET", path, "", 200, NULL, none);
    sl_buf_free(&payload);
}

/* A removal of `count` pieces from `first` on. */
static void removal_body(struct chain *chain, struct sl_buf *out, uint64_t client_id,
                         uint64_t first, size_t count)
{
    struct sl_u256 ids[SL_COMMIT_OLD_PIECES];
    struct sl_buf payload = {0};
    char hex[8192];
    for (size_t i = 0; i < count; i++)
        ids[i] = sl_u256(first + i);
    assert_int_equal(sl_payload_remove(&payload, chain->key, &chain->domain, sl_u256(client_id),
                                       ids, count, NULL),
                     SL_OK);
    assert_true(2 * payload.len < sizeof hex);
    signed_extra(chain, hex, &payload);
    sl_buf_clear(out);
    sl_buf_printf(out, "{\"extraData\":\"0x%s\",\"pieceIds\":[", hex);
    for (size_t i = 0; i < count; i++)
        sl_buf_printf(out, "%s%" PRIu64, i > 0 ? "," : "", first + i);
    sl_buf_str(out, "]}");
    sl_buf_free(&payload);
}

static void add_forty(struct chain *chain, uint64_t set, uint64_t client_id)
{
    static char cids[SL_COMMIT_OLD_PIECES][SL_PIECE_CID_CHARS];
    const char *list[SL_COMMIT_OLD_PIECES];
    struct sl_buf body = {0};
    struct sl_answer answer = {0};
    char path[PATH_CHARS], location[PATH_CHARS];
    for (size_t i = 0; i < SL_COMMIT_OLD_PIECES; i++) {
        uint8_t *bytes = kit_bytes(BYTES, 700 + i);
        kit_store(&chain->kit, cids[i], bytes, BYTES);
        free(bytes);
        list[i] = cids[i];
    }
    chain_add_body(chain, &body, client_id, list, SL_COMMIT_OLD_PIECES);
    snprintf(path, sizeof path, "/pdp/data-sets/%" PRIu64 "/pieces", set);
    chain_expect(chain, "add", "POST", path, body.data, 201, "", location);
    for (int i = 0; i < 3; i++) {
        chain_pass(chain, CHAIN_EPOCH_MS);
        chain_rpc(chain, "eth_blockNumber", "[]", &answer);
    }
    sl_answer_free(&answer);
    sl_buf_free(&body);
}

static void no_more_than_35_removals_wait(void **state)
{
    struct chain *chain = *state;
    char cid[SL_PIECE_CID_CHARS], path[PATH_CHARS], none[PATH_CHARS];
    struct sl_buf body = {0};
    uint64_t client_id;
    const uint64_t id = chain_data_set(chain, 0, 1, cid, &client_id);
    add_forty(chain, id, client_id);
    snprintf(path, sizeof path, "/pdp/data-sets/%" PRIu64 "/pieces/0", id);
    removal_body(chain, &body, client_id, 0, 36);
    chain_expect(chain, "36 in one call", "DELETE", path, body.data, 400,
                 "piece count (36) exceeds the maximum allowed per DeletePiece call (35)\n", none);
    removal_body(chain, &body, client_id, 0, 35);
    chain_expect(chain, "35", "DELETE", path, body.data, 200, "{\"txHash\":\"HASH\"}\n", none);
    chain_pass(chain, CHAIN_EPOCH_MS);
    removal_body(chain, &body, client_id, 35, 1);
    chain_expect(chain, "one more", "DELETE", path, body.data, 429,
                 "data set 1 already has 35 scheduled removals queued (limit 35); retry after the "
                 "next proving period flushes the queue\n",
                 none);
    sl_buf_free(&body);
}

static void a_termination_is_queued_sent_and_done(void **state)
{
    struct chain *chain = *state;
    char cid[SL_PIECE_CID_CHARS], path[PATH_CHARS], body[1024], hex[512], none[PATH_CHARS];
    struct sl_buf payload = {0};
    struct sl_answer answer = {0};
    uint64_t client_id;
    const uint64_t id = chain_data_set(chain, 0, 1, cid, &client_id);
    assert_int_equal(sl_payload_terminate(&payload, chain->key, &chain->domain, sl_u256(id), NULL),
                     SL_OK);
    signed_extra(chain, hex, &payload);
    snprintf(body, sizeof body, "{\"extraData\":\"0x%s\"}", hex);
    snprintf(path, sizeof path, "/pdp/data-sets/%" PRIu64 "/terminate", id);
    chain_expect(chain, "nothing known", "GET", path, "", 404, "Termination not found\n", none);
    chain_expect(chain, "without consent", "POST", path, "{}", 400,
                 "extraData is required for client-requested termination\n", none);
    chain_expect(chain, "no such set", "POST", "/pdp/data-sets/99/terminate", body, 404,
                 "Data set not found\n", none);
    chain_expect(chain, "queued", "POST", path, body, 202, "", none);
    chain_expect(chain, "twice", "POST", path, body, 409,
                 "{\"code\":1,\"message\":\"termination queued\",\"serviceTerminationEpoch\":null}"
                 "\n",
                 none);
    chain_expect(chain, "sent", "GET", path, "", 200,
                 "{\"terminationTxHash\":\"HASH\",\"fwssTerminated\":null,"
                 "\"serviceTerminationEpoch\":null}\n",
                 none);
    for (int i = 0; i < 3; i++) {
        chain_pass(chain, CHAIN_EPOCH_MS);
        chain_rpc(chain, "eth_blockNumber", "[]", &answer);
    }
    sl_peer_ask(chain->kit.url, "GET", path, NULL, NULL, 0, &answer);
    if (strstr(answer.body.data, "\"fwssTerminated\":true,\"serviceTerminationEpoch\":") == NULL)
        fail_msg("%s", answer.body.data);
    sl_peer_ask(chain->kit.url, "POST", path, NULL, body, strlen(body), &answer);
    assert_int_equal(answer.status, 409);
    assert_non_null(strstr(answer.body.data, "{\"code\":0,\"message\":\"already terminated\""));
    sl_answer_free(&answer);
    sl_buf_free(&payload);
}

/* terminateService(uint256) as a transaction of the payer's own. */
static void terminate_on_chain(struct chain *chain, uint64_t data_set)
{
    struct sl_abi_writer w = {0};
    struct sl_buf raw = {0};
    struct sl_answer answer = {0};
    uint8_t hash[SL_TX_HASH_BYTES];
    char params[1024] = "[\"0x";
    char me[SL_ADDRESS_CHARS];
    uint64_t nonce = 0;
    sl_address_text(me, sl_key_address(chain->key));
    snprintf(params, sizeof params, "[\"%s\",\"pending\"]", me);
    chain_rpc(chain, "eth_getTransactionCount", params, &answer);
    const char *at = strstr(answer.body.data, "\"result\":\"");
    assert_non_null(at);
    nonce = strtoull(at + 10, NULL, 16);
    sl_abi_call(&w, "terminateService(uint256)");
    sl_abi_put_u64(&w, data_set);
    assert_int_equal(sl_abi_end(&w, NULL), SL_OK);
    const struct sl_tx tx = {.chain_id = 31415926,
                             .nonce = nonce,
                             .max_priority_fee = sl_u256(200000),
                             .max_fee = sl_u256(10000000),
                             .gas_limit = 1000000000,
                             .to = chain->fwss,
                             .data = (const uint8_t *)w.buf.data,
                             .data_len = w.buf.len};
    assert_int_equal(sl_tx_sign(&raw, hash, &tx, chain->key, NULL), SL_OK);
    assert_true(2 * raw.len + 8 < sizeof params);
    snprintf(params, sizeof params, "[\"0x");
    sl_hex_encode(params + 4, (const uint8_t *)raw.data, raw.len);
    snprintf(params + 4 + 2 * raw.len, 3, "\"]");
    chain_rpc(chain, "eth_sendRawTransaction", params, &answer);
    if (strstr(answer.body.data, "\"result\"") == NULL)
        fail_msg("%s", answer.body.data);
    sl_answer_free(&answer);
    sl_buf_free(&raw);
    sl_abi_free(&w);
}

static void a_set_that_its_payer_ended_is_said_to_be_terminated(void **state)
{
    struct chain *chain = *state;
    char cid[SL_PIECE_CID_CHARS], path[PATH_CHARS];
    struct sl_answer answer = {0};
    uint64_t client_id;
    const uint64_t id = chain_data_set(chain, 0, 1, cid, &client_id);
    terminate_on_chain(chain, id);
    chain_pass(chain, CHAIN_EPOCH_MS);
    snprintf(path, sizeof path, "/pdp/data-sets/%" PRIu64 "/terminate", id);
    static const char body[] = "{\"extraData\":\"0x01\"}";
    sl_peer_ask(chain->kit.url, "POST", path, NULL, body, strlen(body), &answer);
    assert_int_equal(answer.status, 409);
    assert_non_null(strstr(answer.body.data, "{\"code\":0,\"message\":\"already terminated\""));
    sl_peer_ask(chain->kit.url, "GET", path, NULL, NULL, 0, &answer);
    assert_int_equal(answer.status, 200);
    assert_non_null(
        strstr(answer.body.data, "{\"terminationTxHash\":\"\",\"fwssTerminated\":true"));
    sl_answer_free(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, chain_setup, chain_teardown)
        T(a_piece_comes_over_from_the_other_provider),
        T(a_source_without_it_fails_the_pull_for_good),
        T(a_corrupt_source_is_not_taken),
        T(a_failing_source_is_asked_again_after_a_while),
        T(bad_pulls_are_refused),
        T(a_full_queue_says_when_to_come_back),
        T(removals_are_scheduled_and_seen),
        T(no_more_than_35_removals_wait),
        T(a_termination_is_queued_sent_and_done),
        T(a_set_that_its_payer_ended_is_said_to_be_terminated),
#undef T
    };
    return cmocka_run_group_tests_name("devnet pull", tests, NULL, NULL);
}
