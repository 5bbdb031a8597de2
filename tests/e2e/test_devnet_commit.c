/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Commits: the observed provider's dialogue, what it does behind it, and what faults do to it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chain_kit.h"
#include "support/test.h"

enum { BYTES = 1000, PATH_CHARS = 256 };

#define PENDING                                                                                    \
    "{\"createMessageHash\":\"HASH\",\"dataSetCreated\":false,\"service\":\"public\","             \
    "\"txStatus\":\"pending\",\"ok\":null}\n"
#define CONFIRMED                                                                                  \
    "{\"createMessageHash\":\"HASH\",\"dataSetCreated\":false,\"service\":\"public\","             \
    "\"txStatus\":\"confirmed\",\"ok\":true,\"confirmedTxHash\":\"HASH\"}\n"
#define CREATED                                                                                    \
    "{\"createMessageHash\":\"HASH\",\"dataSetCreated\":true,\"service\":\"public\","              \
    "\"txStatus\":\"confirmed\",\"ok\":true,\"dataSetId\":1,\"confirmedTxHash\":\"HASH\"}\n"

static void added_path(char out[static PATH_CHARS], uint64_t data_set, const char *location)
{
    snprintf(out, PATH_CHARS, "/pdp/data-sets/%" PRIu64 "/pieces/added/%s", data_set,
             strrchr(location, '/') + 1);
}

/* A POST that the chain has seen, or that is on its way to it: nothing is sent. */
static void expect_used(const struct chain *chain, const char *what, const char *path,
                        const char *body)
{
    struct sl_answer answer = {0};
    sl_peer_ask(chain->kit.url, "POST", path, NULL, body, strlen(body), &answer);
    if (answer.status != 500 ||
        strstr(answer.body.data, "chain: message execution failed (exit=[33], revert "
                                 "reason=[0xdb94c961") != answer.body.data)
        fail_msg("%s: %d %s", what, answer.status, answer.body.data);
    sl_answer_free(&answer);
}

static void a_data_set_is_created_step_by_step(void **state)
{
    struct chain *chain = *state;
    char cid[SL_PIECE_CID_CHARS], location[PATH_CHARS] = "", path[PATH_CHARS], want[1024];
    struct sl_buf body = {0};
    uint64_t id;
    chain_store(chain, cid, 1);
    chain_create_body(chain, &body, 0, (const char *const[]){cid}, 1, &id);
    chain_expect(chain, "good", "POST", "/pdp/data-sets/create-and-add", body.data, 201, "",
                 location);
    chain_expect(chain, "at once", "GET", location, "", 200, PENDING, path);
    expect_used(chain, "again while it is pending", "/pdp/data-sets/create-and-add", body.data);
    added_path(path, 1, location);
    chain_expect(chain, "added, too early", "GET", path, "", 404, "Data set not found\n", want);
    chain_pass(chain, CHAIN_EPOCH_MS);
    chain_expect(chain, "in a block", "GET", location, "", 200, PENDING, want);
    chain_pass(chain, CHAIN_EPOCH_MS);
    chain_expect(chain, "with one on top", "GET", location, "", 200, CONFIRMED, want);
    chain_pass(chain, CHAIN_WATCH_MS - 1);
    chain_expect(chain, "not recorded yet", "GET", location, "", 200, CONFIRMED, want);
    chain_pass(chain, 1);
    chain_expect(chain, "recorded", "GET", location, "", 200, CREATED, want);
    chain_expect(chain, "its pieces", "GET", path, "", 200,
                 "{\"txHash\":\"HASH\",\"txStatus\":\"confirmed\",\"dataSetId\":1,\"pieceCount\":1,"
                 "\"addMessageOk\":true,\"piecesAdded\":true,\"confirmedPieceIds\":[0],"
                 "\"confirmedTxHash\":\"HASH\"}\n",
                 want);
    struct sl_answer answer = {0};
    sl_peer_ask(chain->kit.url, "GET", "/pdp/data-sets/1", NULL, NULL, 0, &answer);
    snprintf(want, sizeof want,
             "{\"id\":1,\"pieces\":[{\"pieceId\":0,\"pieceCid\":\"%s\",\"subPieceCid\":\"%s\","
             "\"subPieceOffset\":0}],\"nextChallengeEpoch\":",
             cid, cid);
    assert_memory_equal(answer.body.data, want, strlen(want));
    sl_answer_free(&answer);
    chain_expect(chain, "one piece", "GET", "/pdp/data-sets/1/pieces/0", "", 200, NULL, path);
    chain_expect(chain, "no such piece", "GET", "/pdp/data-sets/1/pieces/1", "", 404,
                 "Piece not found\n", path);
    chain_expect(chain, "no such set", "GET", "/pdp/data-sets/2", "", 404, "Data set not found\n",
                 path);
    chain_expect(chain, "no number", "GET", "/pdp/data-sets/x", "", 400,
                 "Invalid data set ID format\n", path);
    expect_used(chain, "again after confirmation", "/pdp/data-sets/create-and-add", body.data);
    sl_buf_free(&body);
}

static void bad_requests_get_the_observed_answers(void **state)
{
    struct chain *chain = *state;
    char location[PATH_CHARS], cid[SL_PIECE_CID_CHARS], later[SL_PIECE_CID_CHARS];
    char keeper[SL_ADDRESS_CHARS], body[4096], want[1024];
    uint8_t *bytes = kit_bytes(BYTES, 99);
    kit_cid(later, bytes, BYTES);
    free(bytes);
    chain_store(chain, cid, 1);
    sl_address_text(keeper, &chain->fwss);
    const struct {
        const char *what, *keeper, *cid, *sub, *extra;
        int status;
        const char *reply; /* "%s": the CID */
    } rows[] = {
        {"no record keeper", "", cid, cid, "0x", 400,
         "recordKeeper address is required [eid: UUID]\n"},
        {"bad record keeper", "0x12", cid, cid, "0x", 400,
         "Invalid recordKeeper address [eid: UUID]\n"},
        {"record keeper not allowed", "0x0000000000000000000000000000000000000001", cid, cid, "0x",
         403, "recordKeeper address not allowed for public service [eid: UUID]\n"},
        {"odd hex", keeper, cid, cid, "0x123", 400,
         "Invalid extraData format (must be hex encoded) [eid: UUID]\n"},
        {"piece not uploaded", keeper, later, later, "0x", 400,
         "Failed to process request: failed to validate subPieces: subPiece CID %s not found or does"
         " not belong to service public [eid: UUID]\n"},
        {"no sub-piece", keeper, cid, "", "0x", 400,
         "Failed to process request: failed to validate subPieces: subPieceCid is required for each"
         " subPiece [eid: UUID]\n"},
        {"no extraData", keeper, cid, cid, "0x", 500, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        snprintf(body, sizeof body,
                 "{\"recordKeeper\":\"%s\",\"pieces\":[{\"pieceCid\":\"%s\",\"subPieces\":"
                 "[{\"subPieceCid\":\"%s\"}]}],\"extraData\":\"%s\"}",
                 rows[i].keeper, rows[i].cid, rows[i].sub, rows[i].extra);
        const char *slot = rows[i].reply != NULL ? strstr(rows[i].reply, "%s") : NULL;
        snprintf(want, sizeof want, "%.*s%s%s", slot != NULL ? (int)(slot - rows[i].reply) : 0,
                 rows[i].reply, slot != NULL ? later : "",
                 slot != NULL            ? slot + 2
                 : rows[i].reply != NULL ? rows[i].reply
                                         : "");
        chain_expect(chain, rows[i].what, "POST", "/pdp/data-sets/create-and-add", body,
                     rows[i].status, rows[i].reply != NULL ? want : NULL, location);
    }
    snprintf(body, sizeof body,
             "{\"recordKeeper\":\"%s\",\"pieces\":[{\"pieceCid\":\"%s\",\"subPieces\":"
             "[{\"subPieceCid\":\"%s\"}]},{\"pieceCid\":\"%s\",\"subPieces\":"
             "[{\"subPieceCid\":\"%s\"}]}],\"extraData\":\"0x\"}",
             keeper, cid, cid, cid, cid);
    chain_expect(chain, "same piece twice", "POST", "/pdp/data-sets/create-and-add", body, 400,
                 "Failed to process request: duplicate subPieceCid in request [eid: UUID]\n",
                 location);
    chain_expect(chain, "no JSON", "POST", "/pdp/data-sets/create-and-add", "{", 400, NULL,
                 location);
    chain_expect(chain, "status of a short hash", "GET", "/pdp/data-sets/created/0x1234", "", 400,
                 "Invalid txHash length\n", location);
    chain_expect(chain, "status of no hash", "GET",
                 "/pdp/data-sets/created/"
                 "zz11111111111111111111111111111111111111111111111111111111111111",
                 "", 400, "Invalid txHash format\n", location);
    chain_expect(chain, "status of an unknown hash", "GET",
                 "/pdp/data-sets/created/"
                 "0x1111111111111111111111111111111111111111111111111111111111111111",
                 "", 404, "Data set creation not found for given txHash\n", location);
}

static void a_wrong_signature_is_refused_with_the_chain_s_words(void **state)
{
    struct chain *chain = *state;
    char cid[SL_PIECE_CID_CHARS], location[PATH_CHARS];
    struct sl_buf body = {0};
    struct sl_answer answer = {0};
    uint64_t id;
    chain_store(chain, cid, 1);
    /* signed for the payee of another provider */
    chain_create_body(chain, &body, 1, (const char *const[]){cid}, 1, &id);
    chain_use(chain, 0);
    sl_peer_ask(chain->kit.url, "POST", "/pdp/data-sets/create-and-add", NULL, body.data, body.len,
                &answer);
    assert_int_equal(answer.status, 500);
    assert_non_null(strstr(
        answer.body.data, "chain: message execution failed (exit=[33], revert reason=[0x42d750dc"));
    assert_null(strstr(answer.body.data, "eid"));
    chain_create_body(chain, &body, 0, (const char *const[]){cid}, 1, &id);
    chain_expect(chain, "good", "POST", "/pdp/data-sets/create-and-add", body.data, 201, "",
                 location);
    chain_blocks(chain, 2);
    sl_peer_ask(chain->kit.url, "POST", "/pdp/data-sets/create-and-add", NULL, body.data, body.len,
                &answer);
    assert_int_equal(answer.status, 500);
    assert_non_null(strstr(answer.body.data, "revert reason=[0xdb94c961"));
    sl_answer_free(&answer);
    sl_buf_free(&body);
}

static void forty_pieces_go_in_one_add_and_no_more(void **state)
{
    struct chain *chain = *state;
    enum { MANY = 41 };
    char first[SL_PIECE_CID_CHARS], path[PATH_CHARS], location[PATH_CHARS] = "";
    static char cids[MANY][SL_PIECE_CID_CHARS];
    const char *list[MANY];
    struct sl_buf body = {0};
    struct sl_answer answer = {0};
    uint64_t client_id;
    const uint64_t id = chain_data_set(chain, 0, 1, first, &client_id);
    for (size_t i = 0; i < MANY; i++) {
        chain_store(chain, cids[i], 100 + i);
        list[i] = cids[i];
    }
    snprintf(path, sizeof path, "/pdp/data-sets/%" PRIu64 "/pieces", id);
    chain_add_body(chain, &body, client_id, list, 40);
    char *many = strdup(body.data); /* the same signature under one piece more is never looked at */
    assert_non_null(many);
    char *end = strstr(many, "],\"extraData\"");
    assert_non_null(end);
    struct sl_buf over = {0};
    sl_buf_add(&over, many, (size_t)(end - many));
    sl_buf_printf(&over, ",{\"pieceCid\":\"%s\",\"subPieces\":[{\"subPieceCid\":\"%s\"}]}%s",
                  cids[40], cids[40], end);
    chain_expect(chain, "41 pieces", "POST", path, over.data, 400,
                 "piece count (41) exceeds the maximum allowed per AddPieces call (40) [eid: "
                 "UUID]\n",
                 location);
    chain_expect(chain, "zero pieces", "POST", path, "{\"pieces\":[],\"extraData\":\"0x\"}", 400,
                 "At least one piece must be provided [eid: UUID]\n", location);
    chain_expect(chain, "40 pieces", "POST", path, body.data, 201, "", location);
    chain_blocks(chain, 2);
    chain_pass(chain, CHAIN_WATCH_MS);
    sl_peer_ask(chain->kit.url, "GET", location, NULL, NULL, 0, &answer);
    if (strstr(answer.body.data, "\"pieceCount\":40,\"addMessageOk\":true") == NULL)
        fail_msg("%s", answer.body.data);
    chain_pass(chain, CHAIN_WATCH_MS);
    sl_peer_ask(chain->kit.url, "GET", location, NULL, NULL, 0, &answer);
    assert_non_null(strstr(answer.body.data, "\"piecesAdded\":true,\"confirmedPieceIds\":[1,2,3,"));
    assert_non_null(strstr(answer.body.data, ",39,40]"));
    sl_answer_free(&answer);
    sl_buf_free(&over);
    sl_buf_free(&body);
    free(many);
}

static void missing_data_sets_cost_the_upload_and_then_the_address(void **state)
{
    struct chain *chain = *state;
    char cid[SL_PIECE_CID_CHARS], location[PATH_CHARS], body[1024], path[PATH_CHARS];
    struct sl_answer answer = {0};
    chain_store(chain, cid, 1);
    snprintf(path, sizeof path, "/pdp/piece?pieceCid=%s", cid);
    chain_expect(chain, "parked", "GET", path, "", 200, NULL, location);
    snprintf(body, sizeof body,
             "{\"pieces\":[{\"pieceCid\":\"%s\",\"subPieces\":[{\"subPieceCid\":\"%s\"}]}],"
             "\"extraData\":\"0x\"}",
             cid, cid);
    for (int i = 0; i < 4; i++)
        chain_expect(chain, "no such data set", "POST", "/pdp/data-sets/9999/pieces", body, 404,
                     "Data set not found [eid: UUID]\n", location);
    chain_expect(chain, "the upload is gone", "GET", path, "", 404, NULL, location);
    for (int i = 0; i < 2; i++)
        chain_expect(chain, "the fifth", "POST", "/pdp/data-sets/9999/pieces", body, 429,
                     "too many requests for unavailable data sets\n", location);
    sl_peer_ask(chain->kit.url, "GET", "/pdp/ping", NULL, NULL, 0, &answer);
    assert_int_equal(answer.status, 429);
    assert_string_equal(sl_answer_header(&answer, "Retry-After"), "300");
    snprintf(path, sizeof path, "/piece/%s", cid);
    chain_expect(chain, "downloads go on", "GET", path, "", 404, "", location);
    chain_pass(chain, 299001);
    sl_peer_ask(chain->kit.url, "GET", "/pdp/ping", NULL, NULL, 0, &answer);
    assert_string_equal(sl_answer_header(&answer, "Retry-After"), "1");
    chain_pass(chain, 999);
    chain_expect(chain, "over", "GET", "/pdp/ping", "", 200, "curio-pdp", location);
    sl_answer_free(&answer);
}

static void a_set_said_to_have_ended_answers_409_with_the_same_effects(void **state)
{
    struct chain *chain = *state;
    char first[SL_PIECE_CID_CHARS], cid[SL_PIECE_CID_CHARS], location[PATH_CHARS], path[PATH_CHARS];
    struct sl_buf body = {0};
    uint64_t client_id;
    const uint64_t id = chain_data_set(chain, 0, 1, first, &client_id);
    chain_store(chain, cid, 2);
    chain_add_body(chain, &body, client_id, (const char *const[]){cid}, 1);
    snprintf(path, sizeof path, "/pdp/data-sets/%" PRIu64 "/pieces", id);
    kit_fault(&chain->kit, "{\"match\":\"POST /pdp/data-sets\",\"times\":1,\"action\":\"end\"}");
    chain_expect(chain, "ended", "POST", path, body.data, 409,
                 "data set has been terminated due to unrecoverable proving failure\n", location);
    chain_expect(chain, "not uploaded any more", "POST", path, body.data, 400, NULL, location);
    sl_buf_free(&body);
}

static void an_add_or_a_create_that_is_repeated_is_refused_at_once(void **state)
{
    struct chain *chain = *state;
    char first[SL_PIECE_CID_CHARS], cid[SL_PIECE_CID_CHARS], path[PATH_CHARS];
    char location[PATH_CHARS], word[SL_U256_HEX_CHARS];
    struct sl_buf body = {0};
    uint64_t client_id;
    const uint64_t id = chain_data_set(chain, 0, 1, first, &client_id);
    chain_store(chain, cid, 2);
    chain_add_body(chain, &body, client_id, (const char *const[]){cid}, 1);
    snprintf(path, sizeof path, "/pdp/data-sets/%" PRIu64 "/pieces", id);
    chain_expect(chain, "add", "POST", path, body.data, 201, "", location);
    expect_used(chain, "again at once", path, body.data);
    chain_blocks(chain, 2);
    expect_used(chain, "again in a block", path, body.data);
    chain_view(chain, word, &chain->pdp, "getActivePieceCount(uint256)", id);
    assert_string_equal(word, "0x2");
    sl_buf_free(&body);
}

/* Adds one new piece under a fault; the path of its status. */
static void add_with(struct chain *chain, const char *fault, char location[static PATH_CHARS])
{
    char first[SL_PIECE_CID_CHARS], cid[SL_PIECE_CID_CHARS], path[PATH_CHARS];
    struct sl_buf body = {0};
    uint64_t client_id;
    const uint64_t id = chain_data_set(chain, 0, 1, first, &client_id);
    chain_store(chain, cid, 2);
    chain_add_body(chain, &body, client_id, (const char *const[]){cid}, 1);
    kit_fault(&chain->kit, fault);
    snprintf(path, sizeof path, "/pdp/data-sets/%" PRIu64 "/pieces", id);
    chain_expect(chain, fault, "POST", path, body.data, 201, "", location);
    sl_buf_free(&body);
}

#define ADD_STATUS(state, ok, added)                                                               \
    "{\"txHash\":\"HASH\",\"txStatus\":\"" state "\",\"dataSetId\":1,\"pieceCount\":1,"            \
    "\"addMessageOk\":" ok ",\"piecesAdded\":" added

static void a_transaction_that_reverts_is_confirmed_and_not_ok(void **state)
{
    struct chain *chain = *state;
    char location[PATH_CHARS], none[PATH_CHARS];
    add_with(chain, "{\"match\":\"POST /pdp/data-sets\",\"times\":1,\"action\":\"fail\"}",
             location);
    chain_expect(chain, "pending", "GET", location, "", 200,
                 ADD_STATUS("pending", "null", "false") "}\n", none);
    chain_blocks(chain, 2);
    chain_expect(chain, "reverted", "GET", location, "", 200,
                 ADD_STATUS("confirmed", "false", "false") ",\"confirmedTxHash\":\"HASH\"}\n",
                 none);
}

static void a_lost_transaction_is_failed(void **state)
{
    struct chain *chain = *state;
    char location[PATH_CHARS], none[PATH_CHARS];
    add_with(chain,
             "{\"match\":\"POST /pdp/data-sets\",\"times\":1,\"action\":\"lose\",\"ms\":3000}",
             location);
    chain_pass(chain, 2999);
    chain_expect(chain, "pending", "GET", location, "", 200,
                 ADD_STATUS("pending", "null", "false") "}\n", none);
    chain_pass(chain, 1);
    chain_expect(chain, "lost", "GET", location, "", 200,
                 ADD_STATUS("failed", "false", "false") "}\n", none);
}

static void a_held_transaction_comes_later(void **state)
{
    struct chain *chain = *state;
    char location[PATH_CHARS], none[PATH_CHARS];
    add_with(chain,
             "{\"match\":\"POST /pdp/data-sets\",\"times\":1,\"action\":\"hold\",\"ms\":10000}",
             location);
    chain_pass(chain, 9000);
    chain_expect(chain, "held", "GET", location, "", 200,
                 ADD_STATUS("pending", "null", "false") "}\n", none);
    chain_restart(chain); /* it is remembered */
    chain_pass(chain, 1000);
    chain_blocks(chain, 2);
    chain_blocks(chain, 2);
    chain_expect(chain, "there", "GET", location, "", 200,
                 ADD_STATUS("confirmed", "true",
                            "true") ",\"confirmedPieceIds\":[1],\"confirmedTxHash\":\"HASH\"}\n",
                 none);
}

static void a_replaced_transaction_keeps_its_first_hash(void **state)
{
    struct chain *chain = *state;
    char location[PATH_CHARS];
    struct sl_answer answer = {0};
    add_with(chain, "{\"match\":\"POST /pdp/data-sets\",\"times\":1,\"action\":\"replace\"}",
             location);
    chain_blocks(chain, 2);
    chain_blocks(chain, 2);
    sl_peer_ask(chain->kit.url, "GET", location, NULL, NULL, 0, &answer);
    const char *first = strrchr(location, '/') + 1;
    assert_non_null(strstr(answer.body.data, first));
    const char *other = strstr(answer.body.data, "\"confirmedTxHash\":\"");
    assert_non_null(other);
    assert_null(strstr(other, first));
    sl_answer_free(&answer);
}

static void a_dropped_answer_leaves_the_work_done(void **state)
{
    struct chain *chain = *state;
    char first[SL_PIECE_CID_CHARS], cid[SL_PIECE_CID_CHARS], path[PATH_CHARS];
    char word[SL_U256_HEX_CHARS];
    struct sl_buf body = {0};
    struct sl_answer answer = {0};
    uint64_t client_id;
    const uint64_t id = chain_data_set(chain, 0, 1, first, &client_id);
    chain_store(chain, cid, 2);
    chain_add_body(chain, &body, client_id, (const char *const[]){cid}, 1);
    kit_fault(&chain->kit, "{\"match\":\"POST /pdp/data-sets\",\"times\":1,\"action\":\"drop\"}");
    snprintf(path, sizeof path, "/pdp/data-sets/%" PRIu64 "/pieces", id);
    sl_peer_ask(chain->kit.url, "POST", path, NULL, body.data, body.len, &answer);
    assert_int_equal(answer.status, 0);
    chain_blocks(chain, 2);
    chain_view(chain, word, &chain->pdp, "getActivePieceCount(uint256)", id);
    assert_string_equal(word, "0x2");
    sl_answer_free(&answer);
    sl_buf_free(&body);
}

static void the_pieces_of_a_new_set_may_be_recorded_late(void **state)
{
    struct chain *chain = *state;
    char cid[SL_PIECE_CID_CHARS], location[PATH_CHARS] = "", path[PATH_CHARS], none[PATH_CHARS];
    struct sl_buf body = {0};
    uint64_t id;
    chain_store(chain, cid, 1);
    chain_create_body(chain, &body, 0, (const char *const[]){cid}, 1, &id);
    kit_fault(&chain->kit,
              "{\"match\":\"POST /pdp/data-sets\",\"times\":1,\"action\":\"gap\",\"ms\":5000}");
    chain_expect(chain, "good", "POST", "/pdp/data-sets/create-and-add", body.data, 201, "",
                 location);
    chain_blocks(chain, 2);
    chain_expect(chain, "confirmed", "GET", location, "", 200, CONFIRMED, none);
    chain_pass(chain, CHAIN_WATCH_MS);
    chain_expect(chain, "created", "GET", location, "", 200, CREATED, none);
    added_path(path, 1, location);
    chain_expect(chain, "gap", "GET", path, "", 404,
                 "Piece addition not found for given transaction\n", none);
    chain_pass(chain, 5000);
    chain_expect(chain, "after it", "GET", path, "", 200, NULL, none);
    sl_buf_free(&body);
}

static void uploads_that_nobody_commits_are_thrown_away(void **state)
{
    struct chain *chain = *state;
    char kept[SL_PIECE_CID_CHARS], loose[SL_PIECE_CID_CHARS], path[PATH_CHARS], none[PATH_CHARS];
    uint64_t client_id;
    (void)chain_data_set(chain, 0, 1, kept, &client_id);
    chain_store(chain, loose, 2);
    chain_pass(chain, INT64_C(60) * 60 * 1000 - 2 * KIT_PARK_MS);
    snprintf(path, sizeof path, "/pdp/piece?pieceCid=%s", loose);
    chain_restart(chain); /* cleans up when it starts */
    chain_expect(chain, "within an hour", "GET", path, "", 200, NULL, none);
    chain_pass(chain, 3 * KIT_PARK_MS);
    chain_restart(chain);
    chain_expect(chain, "after an hour", "GET", path, "", 404, NULL, none);
    snprintf(path, sizeof path, "/pdp/piece?pieceCid=%s", kept);
    chain_expect(chain, "committed", "GET", path, "", 200, NULL, none);
}

static void everything_is_there_after_a_restart(void **state)
{
    struct chain *chain = *state;
    char cid[SL_PIECE_CID_CHARS], none[PATH_CHARS], word[SL_U256_HEX_CHARS];
    uint64_t client_id;
    const uint64_t id = chain_data_set(chain, 1, 1, cid, &client_id);
    chain_restart(chain);
    chain_use(chain, 1);
    chain_expect(chain, "the provider knows it", "GET", "/pdp/data-sets/1", "", 200, NULL, none);
    chain_view(chain, word, &chain->pdp, "dataSetLive(uint256)", id);
    assert_string_equal(word, "0x1");
}

static void each_provider_has_its_own_data_sets(void **state)
{
    struct chain *chain = *state;
    char cid[SL_PIECE_CID_CHARS], none[PATH_CHARS];
    uint64_t client_id;
    (void)chain_data_set(chain, 1, 1, cid, &client_id);
    chain_expect(chain, "its own", "GET", "/pdp/data-sets/1", "", 200, NULL, none);
    chain_use(chain, 0);
    chain_expect(chain, "not of the first", "GET", "/pdp/data-sets/1", "", 404,
                 "Data set not found\n", none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, chain_setup, chain_teardown)
        T(a_data_set_is_created_step_by_step),
        T(bad_requests_get_the_observed_answers),
        T(a_wrong_signature_is_refused_with_the_chain_s_words),
        cmocka_unit_test_setup_teardown(forty_pieces_go_in_one_add_and_no_more, chain_setup_1_3,
                                        chain_teardown),
        T(an_add_or_a_create_that_is_repeated_is_refused_at_once),
        T(missing_data_sets_cost_the_upload_and_then_the_address),
        T(a_set_said_to_have_ended_answers_409_with_the_same_effects),
        T(a_transaction_that_reverts_is_confirmed_and_not_ok),
        T(a_lost_transaction_is_failed),
        T(a_held_transaction_comes_later),
        T(a_replaced_transaction_keeps_its_first_hash),
        T(a_dropped_answer_leaves_the_work_done),
        T(the_pieces_of_a_new_set_may_be_recorded_late),
        T(uploads_that_nobody_commits_are_thrown_away),
        T(everything_is_there_after_a_restart),
        T(each_provider_has_its_own_data_sets),
#undef T
    };
    return cmocka_run_group_tests_name("devnet commit", tests, NULL, NULL);
}
