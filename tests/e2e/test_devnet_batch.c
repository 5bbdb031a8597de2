/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* How much a provider takes in one commit: what fits into a message, or before today 40 pieces. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chain_kit.h"
#include "support/test.h"

enum { MOST = 406, SIGNED_MOST = 224, PATH_CHARS = 256 };

struct batch {
    char cids[MOST][SL_PIECE_CID_CHARS];
    const char *list[MOST];
    uint64_t data_set;
    uint64_t client_id;
    char path[PATH_CHARS];
};

/* A data set of one piece, and `count` more that are uploaded. Owned. */
static struct batch *batch_new(struct chain *chain, size_t count)
{
    struct batch *batch = calloc(1, sizeof *batch);
    char first[SL_PIECE_CID_CHARS];
    assert_non_null(batch);
    batch->data_set = chain_data_set(chain, 0, 1, first, &batch->client_id);
    for (size_t i = 0; i < count; i++) {
        chain_store(chain, batch->cids[i], 100 + i);
        batch->list[i] = batch->cids[i];
    }
    snprintf(batch->path, sizeof batch->path, "/pdp/data-sets/%" PRIu64 "/pieces", batch->data_set);
    return batch;
}

/* An add that is signed for its first `count` pieces: our own signer signs none that is too large,
 * and a provider looks at the size first. */
static void expect_add(struct chain *chain, struct batch *batch, size_t count, size_t more,
                       int status, const char *text, char location[static 256])
{
    struct sl_buf body = {0};
    struct sl_buf all = {0};
    chain_add_body(chain, &body, batch->client_id, batch->list, count);
    char *end = strstr(body.data, "],\"extraData\"");
    assert_non_null(end);
    sl_buf_add(&all, body.data, (size_t)(end - body.data));
    for (size_t i = count; i < count + more; i++)
        sl_buf_printf(&all, ",{\"pieceCid\":\"%s\",\"subPieces\":[{\"subPieceCid\":\"%s\"}]}",
                      batch->cids[i], batch->cids[i]);
    sl_buf_str(&all, end);
    chain_expect(chain, "an add", "POST", batch->path, all.data, status, text, location);
    sl_buf_free(&all);
    sl_buf_free(&body);
}

/* Packed: the calldata of PROTOCOL.md with the head of a CBOR byte string, 3 bytes or 5. */
static void an_add_is_refused_for_its_size_alone(void **state)
{
    struct chain *chain = *state;
    char location[PATH_CHARS] = "";
    struct batch *batch = batch_new(chain, MOST);
    expect_add(chain, batch, 224, 3, 400,
               "addPieces packed size 65511 bytes exceeds the Filecoin 65536-byte message limit"
               " (227 pieces) [eid: UUID]\n",
               location);
    expect_add(chain, batch, 224, 4, 400,
               "addPieces packed size 65673 bytes exceeds the Filecoin 65536-byte message limit"
               " (228 pieces) [eid: UUID]\n",
               location);
    chain->compact = true;
    expect_add(chain, batch, 404, 2, 400,
               "addPieces packed size 65479 bytes exceeds the Filecoin 65536-byte message limit"
               " (406 pieces) [eid: UUID]\n",
               location);
    chain_expect(chain, "no piece", "POST", batch->path, "{\"pieces\":[],\"extraData\":\"0x\"}",
                 400, "At least one piece must be provided [eid: UUID]\n", location);
    free(batch);
}

static void add_and_look(struct chain *chain, size_t count)
{
    char location[PATH_CHARS] = "";
    struct sl_answer answer = {0};
    struct sl_json *root = NULL;
    struct batch *batch = batch_new(chain, count);
    expect_add(chain, batch, count, 0, 201, "", location);
    chain_blocks(chain, 3);
    sl_peer_ask(chain->kit.url, "GET", location, NULL, NULL, 0, &answer);
    assert_int_equal(sl_json_parse(&root, answer.body.data, answer.body.len, NULL), SL_OK);
    const struct sl_json *ids = sl_json_get(root, "confirmedPieceIds");
    uint64_t want = 1;
    assert_int_equal(sl_json_count(ids), count);
    for (const struct sl_json *at = sl_json_first(ids); at != NULL; at = sl_json_next(at)) {
        uint64_t id = 0;
        assert_true(sl_json_u64(at, &id));
        assert_int_equal(id, want++);
    }
    sl_json_free(root);
    char path[PATH_CHARS];
    snprintf(path, sizeof path, "/pdp/data-sets/%" PRIu64, batch->data_set);
    sl_peer_ask(chain->kit.url, "GET", path, NULL, NULL, 0, &answer);
    assert_int_equal(sl_json_parse(&root, answer.body.data, answer.body.len, NULL), SL_OK);
    const struct sl_json *piece = sl_json_first(sl_json_get(root, "pieces"));
    for (size_t i = 0; i < count; i++) {
        piece = sl_json_next(piece);
        assert_string_equal(sl_json_str(sl_json_get(piece, "pieceCid")), batch->cids[i]);
    }
    sl_json_free(root);
    sl_answer_free(&answer);
    free(batch);
}

static void all_pieces_of_a_large_add_are_recorded_in_order(void **state)
{
    add_and_look(*state, 224);
}

static void as_many_again_fit_in_the_short_form(void **state)
{
    struct chain *chain = *state;
    chain->compact = true;
    add_and_look(chain, 404);
}

/* Pieces that need not exist: their commit is only simulated. */
static void pull_body(struct chain *chain, struct sl_buf *out, uint64_t data_set,
                      uint64_t client_id, size_t count, size_t signed_count)
{
    static char cids[MOST][SL_PIECE_CID_CHARS];
    const char *list[MOST] = {0};
    struct sl_buf add = {0};
    struct sl_json *root = NULL;
    struct sl_jw w = {0};
    for (size_t i = 0; i < count; i++) {
        uint8_t *bytes = kit_bytes(200, 5000 + i);
        kit_cid(cids[i], bytes, 200);
        free(bytes);
        list[i] = cids[i];
    }
    chain_add_body(chain, &add, client_id, list, signed_count);
    assert_int_equal(sl_json_parse(&root, add.data, add.len, NULL), SL_OK);
    sl_jw_object(&w, NULL);
    sl_jw_str(&w, "extraData", sl_json_str(sl_json_get(root, "extraData")));
    sl_jw_u64(&w, "dataSetId", data_set);
    sl_jw_array(&w, "pieces");
    for (size_t i = 0; i < count; i++) {
        sl_jw_object(&w, NULL);
        sl_jw_str(&w, "pieceCid", cids[i]);
        sl_jw_str(&w, "sourceUrl", "http://127.0.0.1:1/piece/x");
        sl_jw_end_object(&w);
    }
    sl_jw_end_array(&w);
    sl_jw_end_object(&w);
    sl_buf_clear(out);
    sl_buf_add(out, w.buf.data, w.buf.len);
    sl_json_free(root);
    sl_jw_free(&w);
    sl_buf_free(&add);
}

static void expect_pull(struct chain *chain, const struct batch *batch, size_t count, int status,
                        const char *text)
{
    struct sl_buf body = {0};
    char location[PATH_CHARS];
    pull_body(chain, &body, batch->data_set, batch->client_id, count,
              count < SIGNED_MOST ? count : SIGNED_MOST);
    chain_expect(chain, "a pull", "POST", "/pdp/piece/pull", body.data, status, text, location);
    sl_buf_free(&body);
}

static void a_pull_is_limited_by_its_message_and_the_queue(void **state)
{
    struct chain *chain = *state;
    struct batch *batch = batch_new(chain, 0);
    expect_pull(chain, batch, 227, 400,
                "addPieces packed size 65511 bytes exceeds the Filecoin 65536-byte message limit"
                " (227 pieces) [eid: UUID]\n");
    expect_pull(chain, batch, 121, 429, "pull queue backpressure\n");
    expect_pull(chain, batch, 41, 200, NULL);
    free(batch);
}

static void before_today_a_pull_had_forty_pieces(void **state)
{
    struct chain *chain = *state;
    struct batch *batch = batch_new(chain, 0);
    expect_pull(chain, batch, 41, 400,
                "Validation error: piece count (41) exceeds the maximum allowed per pull (40)"
                " [eid: UUID]\n");
    expect_pull(chain, batch, 40, 200, NULL);
    free(batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, chain_setup, chain_teardown)
        T(an_add_is_refused_for_its_size_alone),
        T(all_pieces_of_a_large_add_are_recorded_in_order),
        T(as_many_again_fit_in_the_short_form),
        T(a_pull_is_limited_by_its_message_and_the_queue),
        cmocka_unit_test_setup_teardown(before_today_a_pull_had_forty_pieces, chain_setup_1_3,
                                        chain_teardown),
#undef T
    };
    return cmocka_run_group_tests_name("devnet batch", tests, NULL, NULL);
}
