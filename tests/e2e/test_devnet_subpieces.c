/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Pieces of several sub-pieces: when they fit together, and what a provider then fails to do. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chain_kit.h"
#include "devnet/pieces/aggregate.h"
#include "support/test.h"

enum { PATH_CHARS = 256 };

static void hash(struct sl_piece_id *out, const uint8_t *bytes, size_t len)
{
    struct sl_piece_hasher *hasher = sl_piece_hasher_new();
    assert_non_null(hasher);
    assert_int_equal(sl_piece_hasher_add(hasher, bytes, len, NULL), SL_OK);
    assert_int_equal(sl_piece_hasher_finish(hasher, out, NULL), SL_OK);
    sl_piece_hasher_free(hasher);
}

/* Full trees side by side are the tree of their bytes one behind the other. */
static void an_aggregate_is_the_piece_of_the_bytes_in_a_row(void **state)
{
    (void)state;
    static const size_t rows[][4] = {{508, 254, 127},      {127, 127, 127}, {1016, 127},
                                     {254, 254, 127, 127}, {508},           {2032, 1016, 127}};
    enum { ALL = 127 * 32 };
    uint8_t *bytes = kit_bytes(ALL, 3);
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        struct sl_piece_id parts[4], whole, want;
        size_t count = 0, at = 0;
        while (count < 4 && rows[r][count] != 0) {
            hash(&parts[count], bytes + at, rows[r][count]);
            at += rows[r][count++];
        }
        hash(&want, bytes, at);
        assert_int_equal(sl_devnet_aggregate(&whole, parts, count, NULL), SL_OK);
        assert_true(sl_piece_id_equal(&whole, &want));
    }
    struct sl_piece_id wrong[2];
    hash(&wrong[0], bytes, 127);
    hash(&wrong[1], bytes, 254);
    assert_int_equal(sl_devnet_aggregate(&wrong[0], wrong, 2, NULL), SL_EINVAL);
    wrong[0].height = wrong[1].height = SL_PIECE_HEIGHT_MAX;
    assert_int_equal(sl_devnet_aggregate(&wrong[0], wrong, 2, NULL), SL_EOVERFLOW);
    free(bytes);
}

/* The piece of two that lie side by side, its CID, and the piece in a request. */
static void two_in_one(struct chain *chain, struct sl_buf *out, char cid[static SL_PIECE_CID_CHARS],
                       const char *const parts[static 2])
{
    struct sl_piece_id ids[2], whole;
    (void)chain;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(sl_piece_parse(&ids[i], parts[i], strlen(parts[i]), NULL), SL_OK);
        ids[i].payload_bytes = sl_piece_capacity(ids[i].height); /* the trees are what counts */
    }
    assert_int_equal(sl_piece_combine(&whole, ids, 2, ids[0].payload_bytes, NULL), SL_OK);
    whole.payload_bytes = 2 * CHAIN_PIECE_BYTES;
    sl_piece_cid(cid, &whole);
    sl_buf_clear(out);
    sl_buf_printf(out,
                  "\"pieces\":[{\"pieceCid\":\"%s\",\"subPieces\":[{\"subPieceCid\":\"%s\"},"
                  "{\"subPieceCid\":\"%s\"}]}]",
                  cid, parts[0], parts[1]);
}

/* The known defect: the transaction leaves, and then nobody knows of it. */
static void a_piece_of_two_lands_and_is_tracked_nowhere(void **state)
{
    struct chain *chain = *state;
    char first[SL_PIECE_CID_CHARS], parts[2][SL_PIECE_CID_CHARS], cid[SL_PIECE_CID_CHARS];
    char path[PATH_CHARS], location[PATH_CHARS] = "", word[SL_U256_HEX_CHARS];
    const char *const list[] = {parts[0], parts[1]};
    struct sl_buf pieces = {0}, body = {0}, want = {0};
    uint64_t client_id;
    const uint64_t id = chain_data_set(chain, 0, 1, first, &client_id);
    chain_store(chain, parts[0], 2);
    chain_store(chain, parts[1], 3);
    two_in_one(chain, &pieces, cid, list);
    chain_add_body(chain, &body, client_id, (const char *const[]){cid}, 1);
    const char *extra = strstr(body.data, ",\"extraData\"");
    assert_non_null(extra);
    sl_buf_printf(&want, "{%s%s", pieces.data, extra);
    snprintf(path, sizeof path, "/pdp/data-sets/%" PRIu64 "/pieces", id);
    chain_expect(chain, "sent", "POST", path, want.data, 500, "Internal server error [eid: UUID]\n",
                 location);
    assert_string_equal(location, "");
    chain_blocks(chain, 2);
    chain_blocks(chain, 2);
    chain_view(chain, word, &chain->pdp, "getActivePieceCount(uint256)", id);
    assert_string_equal(word, "0x2");
    snprintf(path, sizeof path, "/pdp/data-sets/%" PRIu64 "/pieces/1", id);
    chain_expect(chain, "not known", "GET", path, "", 404, "Piece not found\n", location);
    snprintf(path, sizeof path, "/piece/%s", cid);
    chain_expect(chain, "not served", "GET", path, "", 404, "", location);
    sl_buf_free(&want);
    sl_buf_free(&body);
    sl_buf_free(&pieces);
}

static void sub_pieces_that_do_not_make_the_piece_are_refused(void **state)
{
    struct chain *chain = *state;
    char first[SL_PIECE_CID_CHARS], parts[2][SL_PIECE_CID_CHARS], cid[SL_PIECE_CID_CHARS];
    char small[SL_PIECE_CID_CHARS], path[PATH_CHARS], body[2048], none[PATH_CHARS];
    struct sl_answer answer = {0};
    uint64_t client_id;
    uint8_t *bytes = kit_bytes(200, 77);
    const uint64_t id = chain_data_set(chain, 0, 1, first, &client_id);
    chain_store(chain, parts[0], 2);
    chain_store(chain, parts[1], 3);
    kit_store(&chain->kit, small, bytes, 200);
    free(bytes);
    snprintf(path, sizeof path, "/pdp/data-sets/%" PRIu64 "/pieces", id);
    const struct {
        const char *whole, *a, *b, *text;
    } rows[] = {
        {first, parts[0], parts[1], "provided PieceCid does not match generated PieceCid"},
        {first, parts[0], parts[0], "duplicate subPieceCid in request"},
        {first, small, parts[0], "subPieces must be in descending order of size, piece 1 baga"},
        {"x", parts[0], small, "invalid provided PieceCid"},
        {first, parts[0], "", "subPieceCid is required for each subPiece"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        snprintf(body, sizeof body,
                 "{\"pieces\":[{\"pieceCid\":\"%s\",\"subPieces\":[{\"subPieceCid\":\"%s\"},"
                 "{\"subPieceCid\":\"%s\"}]}],\"extraData\":\"0x\"}",
                 rows[i].whole, rows[i].a, rows[i].b);
        sl_peer_ask(chain->kit.url, "POST", path, NULL, body, strlen(body), &answer);
        if (answer.status != 400 || strstr(answer.body.data, rows[i].text) == NULL)
            fail_msg("%s: %d %s", rows[i].text, answer.status, answer.body.data);
    }
    struct sl_buf pieces = {0}; /* the right tree under a wrong size */
    two_in_one(chain, &pieces, cid, (const char *const[]){parts[0], parts[1]});
    struct sl_piece_id whole;
    assert_int_equal(sl_piece_parse(&whole, cid, strlen(cid), NULL), SL_OK);
    whole.payload_bytes++;
    sl_piece_cid(cid, &whole);
    snprintf(body, sizeof body,
             "{\"pieces\":[{\"pieceCid\":\"%s\",\"subPieces\":[{\"subPieceCid\":\"%s\"},"
             "{\"subPieceCid\":\"%s\"}]}],\"extraData\":\"0x\"}",
             cid, parts[0], parts[1]);
    chain_expect(chain, "size", "POST", path, body, 400,
                 "Failed to process request: raw size mismatch: expected 2000, got 2001 [eid: "
                 "UUID]\n",
                 none);
    sl_buf_free(&pieces);
    sl_answer_free(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, chain_setup, chain_teardown)
        cmocka_unit_test(an_aggregate_is_the_piece_of_the_bytes_in_a_row),
        T(a_piece_of_two_lands_and_is_tracked_nowhere),
        T(sub_pieces_that_do_not_make_the_piece_are_refused),
#undef T
    };
    return cmocka_run_group_tests_name("devnet sub-pieces", tests, NULL, NULL);
}
