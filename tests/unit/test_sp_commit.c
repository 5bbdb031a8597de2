/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Commits and their status: what a provider's answers mean. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "provider/answer.h"
#include "sp_scene.h"
#include "support/test.h"

static int add(void)
{
    return sl_sp_add(f.sp, 3, &f.commit, f.tx, &f.err);
}

/* ---- commits ---- */

static void an_add_names_each_piece_as_its_only_part(void **state)
{
    (void)state;
    char cid[SL_PIECE_CID_CHARS];
    char want[2 * SL_PIECE_CID_CHARS + 64];
    answer(201, "Location: /pdp/data-sets/3/pieces/added/" TX "\r\n", "");
    assert_int_equal(add(), 0);
    assert_string_equal(f.tx, TX);
    assert_true(was_sent("POST /base/pdp/data-sets/3/pieces HTTP/1.1\r\n"));
    assert_true(was_sent("\"extraData\":\"0xaabb\""));
    sl_piece_cid(cid, &f.pieces[1]);
    snprintf(want, sizeof want, "{\"pieceCid\":\"%s\",\"subPieces\":[{\"subPieceCid\":\"%s\"}]}",
             cid, cid);
    assert_true(was_sent(want));
    assert_false(was_sent("recordKeeper"));
}

static void a_create_names_the_service_and_gives_its_own_hash(void **state)
{
    (void)state;
    answer(201, "Location: /pdp/data-sets/created/" TX "\r\n", "");
    assert_int_equal(sl_sp_create_and_add(f.sp, &f.fwss, &f.commit, f.tx, &f.err), 0);
    assert_string_equal(f.tx, TX);
    assert_true(was_sent("POST /base/pdp/data-sets/create-and-add HTTP/1.1\r\n"));
    assert_true(was_sent("\"recordKeeper\":\"0x0200000000000000000000000000000000000000\""));
    assert_true(was_sent("subPieceCid"));
    assert_int_equal(sl_sp_create(f.sp, &f.fwss, f.commit.extra_data, 2, f.tx, &f.err), 0);
    assert_true(was_sent("POST /base/pdp/data-sets HTTP/1.1\r\n"));
    assert_false(was_sent("pieces"));
}

static void a_used_nonce_means_that_it_landed_before(void **state)
{
    (void)state;
    answer(500, "", CHAIN(USED));
    assert_int_equal(add(), 1);
    assert_string_equal(f.tx, "");
    answer(500, "", CHAIN_OLD(USED));
    assert_int_equal(sl_sp_create_and_add(f.sp, &f.fwss, &f.commit, f.tx, &f.err), 1);
}

static void refusals_say_why_and_that_nothing_was_sent(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *header;
        const char *body;
        int code;
        const char *says;
    } cases[] = {
        {500, "", CHAIN(NO_FUNDS), SL_EMONEY, ""},
        {500, "", CHAIN_OLD(NO_FUNDS), SL_EMONEY, ""},
        {500, "", CHAIN(BAD_SIGNATURE), SL_EKEY, ""},
        {500, "", CHAIN(ENDED), SL_EREVERT, "terminated"},
        {500, "", CHAIN("none"), SL_EREVERT, "authorizer contract"},
        {500, "", CHAIN("none"), SL_EREVERT, "execution failed"},
        {500, "", CHAIN(LOCKUP), SL_EMONEY, "Deposit USDFC"},
        {500, "", CHAIN(UNAUTHORIZED), SL_EREVERT, "authorizer contract"},
        {500, "", CHAIN(NO_FUNCTION), SL_EREVERT, "does not know this function"},
        {401, "", "anonymous piece uploads are disabled; provide a registered service JWT\n",
         SL_EREFUSED, "anonymous piece uploads are disabled"},
        {400, "",
         "Failed to process request: failed to validate subPieces: subPiece CID baga6 not found "
         "or does not belong to service public [eid: 1]\n",
         SL_ENOTFOUND, "not parked"},
        {400, "", "Failed to process request: duplicate subPieceCid in request [eid: 1]\n",
         SL_EREFUSED, "duplicate"},
        {403, "", "recordKeeper address not allowed for public service [eid: 1]\n", SL_EREFUSED,
         "not allowed"},
        {404, "", "Data set not found [eid: 1]\n", SL_ENOTFOUND, "not found"},
        {404, "", "<html>404 Not Found</html>", SL_EREFUSED, "Not Found"},
        {409, "", "data set has been terminated due to unrecoverable proving failure\n",
         SL_EREFUSED, "terminated"},
        {429, "Retry-After: 300\r\n", "too many requests for unavailable data sets\n", SL_EBUSY,
         "too many"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        answer(cases[i].status, cases[i].header, cases[i].body);
        assert_int_equal(add(), cases[i].code);
        assert_int_equal(f.err.code, cases[i].code);
        assert_int_equal(f.err.detail, cases[i].status);
        assert_non_null(strstr(f.err.text, cases[i].says));
        assert_false(sl_sp_is_unclear(&f.err));
        assert_string_equal(f.tx, "");
    }
    assert_int_equal(f.err.wait_ms, 300000);
}

/* ---- too many pieces ---- */

static void a_refused_batch_says_how_many_pieces_may_come(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t count;
        size_t fewer;
    } cases[] = {
        {"piece count (40) exceeds the maximum allowed per AddPieces call (20) [eid: 1]\n", 40, 20},
        {"piece count (41) exceeds the maximum allowed per CreateDataSetAndAddPieces call (40)", 41,
         40},
        {"Validation error: piece count (40) exceeds the maximum allowed per pull (1)", 40, 1},
        {"addPieces packed size 65609 bytes exceeds the Filecoin 65536-byte message limit (226 "
         "pieces)",
         226, 113},
        {"exceeds the maximum allowed per AddPieces call (40)", 40, 20}, /* no help: half of it */
        {"exceeds the maximum allowed per AddPieces call (41)", 40, 20},
        {"exceeds the maximum allowed per AddPieces call (0)", 40, 20},
        {"exceeds the maximum allowed per AddPieces call (-1)", 40, 20},
        {"exceeds the maximum allowed per AddPieces call (18446744073709551617)", 40, 20},
        {"exceeds the maximum allowed per AddPieces call (99999999999999999999999)", 40, 20},
        {"exceeds the maximum allowed per AddPieces call (20", 40, 20},
        {"exceeds the maximum allowed per AddPieces call (7", 40, 20},
        {"exceeds the maximum allowed per AddPieces call ()", 40, 20},
        {"exceeds the maximum allowed per ", 3, 1},
        {"exceeds the maximum allowed per AddPieces call (1)", 1, 0}, /* nothing to divide */
        {"addPieces packed size 70000 bytes exceeds the Filecoin 65536-byte message limit", 1, 0},
        {"extraData size (5000 bytes) exceeds the maximum allowed limit for CreateDataSet (4096 "
         "bytes)",
         40, 0},
        {"piece data exceeds the maximum allowed size (1065353216 bytes)", 40, 0},
        {"At least one piece must be provided", 40, 0},
        {"", 40, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (sl_sp_fewer_pieces(cases[i].text, cases[i].count) != cases[i].fewer)
            fail_msg("%s", cases[i].text);
    }
}

static void every_kind_of_batch_keeps_the_limit_that_it_was_told(void **state)
{
    (void)state;
    struct sl_sp_pulled pulled;
    struct sl_sp_pull pull = {
        .data_set_id = 3, .fwss = f.fwss, .source_url = "https://x.example/", .commit = f.commit};
    answer(400, "",
           "piece count (2) exceeds the maximum allowed per AddPieces call (1) [eid: 1]\n");
    assert_int_equal(add(), SL_EREFUSED);
    assert_false(sl_sp_is_unclear(&f.err));
    assert_int_equal(sl_sp_most_pieces(f.sp), 1);
    answer(400, "", "At least one piece must be provided\n");
    assert_int_equal(add(), SL_EREFUSED);
    assert_int_equal(sl_sp_most_pieces(f.sp), 0); /* of the last one alone */
    answer(400, "",
           "piece count (2) exceeds the maximum allowed per CreateDataSetAndAddPieces call (1)\n");
    assert_int_equal(sl_sp_create_and_add(f.sp, &f.fwss, &f.commit, f.tx, &f.err), SL_EREFUSED);
    assert_int_equal(sl_sp_most_pieces(f.sp), 1);
    answer(500, "", "piece count (2) exceeds the maximum allowed per AddPieces call (1)\n");
    assert_int_equal(add(), SL_ESERVER); /* unclear: not taken for a refusal */
    assert_int_equal(sl_sp_most_pieces(f.sp), 0);
    answer(400, "", "Validation error: piece count (2) exceeds the maximum allowed per pull (1)\n");
    assert_int_equal(sl_sp_pull(f.sp, &pull, &pulled, &f.err), SL_EREFUSED);
    assert_int_equal(sl_sp_most_pieces(f.sp), 1);
}

static void what_may_have_been_sent_is_unclear(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *header;
        const char *body;
        int code;
    } cases[] = {
        {500, "", "Internal server error [eid: 1]\n", SL_ESERVER},
        {500, "", "chain: connection refused\n", SL_ESERVER},
        {502, "", "<html>bad gateway</html>", SL_ESERVER},
        {503, "", "", SL_EBUSY},
        {200, "", "", SL_EPROTO},
        {201, "", "", SL_EPROTO},
        {201, "Location: /pdp/data-sets/4/pieces/added/" TX "\r\n", "", SL_EPROTO},
        {201, "Location: /pdp/data-sets/3/pieces/added/0x1234\r\n", "", SL_EPROTO},
        {201, "Location: /pdp/data-sets/3/pieces/added/" TX "00\r\n", "", SL_EPROTO},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        answer(cases[i].status, cases[i].header, cases[i].body);
        assert_int_equal(add(), cases[i].code);
        assert_true(sl_sp_is_unclear(&f.err));
        assert_string_equal(f.tx, "");
    }
    sl_tcp_stop(f.server);
    assert_int_equal(add(), SL_ENET);
    assert_true(sl_sp_is_unclear(&f.err));
    f.server = sl_tcp_start(sp_scene_serve, &f.provider);
}

static void commits_that_no_provider_takes_are_not_sent(void **state)
{
    (void)state;
    f.commit.count = 0;
    assert_int_equal(add(), SL_EINVAL);
    f.commit.count = SL_SP_PIECES + 1;
    assert_int_equal(add(), SL_EINVAL);
    f.commit.count = 3;
    f.pieces[2] = f.pieces[0];
    assert_int_equal(add(), SL_EINVAL);
    assert_int_equal(sl_sp_create_and_add(f.sp, &f.fwss, &f.commit, f.tx, &f.err), SL_EINVAL);
    assert_false(sl_sp_is_unclear(&f.err));
    assert_int_equal(sl_tcp_accepted(f.server), 0);
}

/* ---- status ---- */

#define CREATED(created, status, ok, more)                                                         \
    "{\"createMessageHash\":\"" TX "\",\"dataSetCreated\":" created                                \
    ",\"service\":\"public\",\"txStatus\":\"" status "\",\"ok\":" ok more "}\n"

static struct sl_sp_created created(const char *body)
{
    struct sl_sp_created got;
    answer(200, "", body);
    if (sl_sp_created(f.sp, TX, &got, &f.err) < 0)
        fail_msg("%s", f.err.text);
    return got;
}

static void a_create_is_pending_then_included_then_done(void **state)
{
    (void)state;
    struct sl_sp_created got = created(CREATED("false", "pending", "null", ""));
    assert_int_equal(got.phase, SL_SP_PENDING);
    assert_false(got.included);
    assert_string_equal(got.tx, TX);
    assert_true(was_sent("GET /base/pdp/data-sets/created/" TX " HTTP/1.1\r\n"));
    got = created(CREATED("false", "confirmed", "true", ",\"confirmedTxHash\":\"" OTHER "\""));
    assert_int_equal(got.phase, SL_SP_PENDING);
    assert_true(got.included);
    assert_string_equal(got.tx, OTHER);
    got = created(CREATED("true", "confirmed", "true", ",\"dataSetId\":3"));
    assert_int_equal(got.phase, SL_SP_DONE);
    assert_int_equal(got.data_set_id, 3);
    got = created(CREATED("false", "confirmed", "false", ""));
    assert_int_equal(got.phase, SL_SP_FAILED); /* included, and reverted */
    got = created(CREATED("false", "failed", "false", ""));
    assert_int_equal(got.phase, SL_SP_FAILED); /* lost */
    answer(404, "", "Data set creation not found for given txHash\n");
    assert_int_equal(sl_sp_created(f.sp, TX, &got, &f.err), 0);
    assert_int_equal(got.phase, SL_SP_UNKNOWN);
}

#define ADDED(status, ok, added, more)                                                             \
    "{\"txHash\":\"" TX "\",\"txStatus\":\"" status "\",\"dataSetId\":3,\"pieceCount\":2,"         \
    "\"addMessageOk\":" ok ",\"piecesAdded\":" added more "}\n"
#define IDS(list) ",\"confirmedPieceIds\":[" list "]"

static struct sl_sp_added added(const char *body)
{
    struct sl_sp_added got;
    answer(200, "", body);
    if (sl_sp_added(f.sp, 3, TX, 2, &got, &f.err) < 0)
        fail_msg("%s", f.err.text);
    return got;
}

static void an_add_is_done_with_its_ids_and_failed_by_its_verdict(void **state)
{
    (void)state;
    struct sl_sp_added got = added(ADDED("pending", "null", "false", ""));
    assert_int_equal(got.phase, SL_SP_PENDING);
    got = added(ADDED("confirmed", "true", "false", ",\"confirmedTxHash\":\"" OTHER "\""));
    assert_int_equal(got.phase, SL_SP_PENDING);
    assert_string_equal(got.tx, OTHER);
    got = added(ADDED("confirmed", "true", "true", IDS("41,42")));
    assert_int_equal(got.phase, SL_SP_DONE);
    assert_int_equal(got.count, 2);
    assert_int_equal(got.piece_ids[1], 42);
    got = added(ADDED("confirmed", "false", "false", ""));
    assert_int_equal(got.phase, SL_SP_FAILED);
    got = added(ADDED("reorged", "null", "false", ""));
    assert_int_equal(got.phase, SL_SP_PENDING);
    answer(404, "", "Piece addition not found for given transaction\n"); /* right after a create */
    assert_int_equal(sl_sp_added(f.sp, 3, TX, 2, &got, &f.err), 0);
    assert_int_equal(got.phase, SL_SP_UNKNOWN);
    answer(500, "", "Inconsistent piecesAdded state for this transaction's pieces\n");
    assert_int_equal(sl_sp_added(f.sp, 3, TX, 2, &got, &f.err), SL_ESERVER);
    assert_int_equal(sl_sp_added(f.sp, 3, "0x12", 2, &got, &f.err), SL_EINVAL);
}

static void status_answers_of_another_form_are_refused(void **state)
{
    (void)state;
    static const char *const of_create[] = {
        "",
        "[]",
        "{}",
        "null",
        "{\"createMessageHash\":\"" TX "\"}",
        CREATED("true", "confirmed", "true", ""),
        CREATED("true", "confirmed", "true", ",\"dataSetId\":\"3\""),
        CREATED("true", "confirmed", "true", ",\"dataSetId\":-3"),
        CREATED("true", "confirmed", "true", ",\"dataSetId\":9007199254740993"),
        CREATED("null", "confirmed", "true", ""),
        CREATED("1", "pending", "null", ""),
        CREATED("false", "pending", "\"no\"", ""),
        CREATED("false", "pending", "null", ",\"confirmedTxHash\":\"0x12\""),
        CREATED("false", "pending", "null", ",\"ok\":true")};
    static const char *const of_add[] = {
        ADDED("confirmed", "true", "true", ""),
        ADDED("confirmed", "true", "true", IDS("41")),
        ADDED("confirmed", "true", "true", IDS("42,41")),
        ADDED("confirmed", "true", "true", IDS("1,2,3")),
        ADDED("confirmed", "true", "true", IDS("1,2.5")),
        ADDED("confirmed", "true", "true", ",\"confirmedPieceIds\":7"),
        ADDED("confirmed", "true", "null", IDS("1,2"))};
    struct sl_sp_created c;
    struct sl_sp_added a;
    for (size_t i = 0; i < sizeof of_create / sizeof of_create[0]; i++) {
        answer(200, "", of_create[i]);
        assert_int_equal(sl_sp_created(f.sp, TX, &c, &f.err), SL_EPROTO);
    }
    answer(200, "", CREATED("false", "pending", "null", ""));
    assert_int_equal(sl_sp_created(f.sp, OTHER, &c, &f.err), SL_EPROTO);
    for (size_t i = 0; i < sizeof of_add / sizeof of_add[0]; i++) {
        answer(200, "", of_add[i]);
        assert_int_equal(sl_sp_added(f.sp, 3, TX, 2, &a, &f.err), SL_EPROTO);
    }
    answer(200, "", ADDED("confirmed", "true", "true", IDS("41,42")));
    assert_int_equal(sl_sp_added(f.sp, 4, TX, 2, &a, &f.err), SL_EPROTO);
}

/* ---- what a provider has ---- */

static int count_ids(void *ctx, uint64_t piece_id, const struct sl_piece_id *piece,
                     struct sl_err *err)
{
    (void)err;
    assert_memory_equal(piece->root, f.pieces[0].root, sizeof piece->root);
    *(uint64_t *)ctx += piece_id;
    return 0;
}

static void a_data_set_s_pieces_are_listed_and_checked(void **state)
{
    (void)state;
    char v1[SL_PIECE_V1_CHARS];
    char cid[SL_PIECE_CID_CHARS];
    char body[512];
    uint64_t sum = 0;
    sl_piece_cid_v1(v1, f.pieces[0].root);
    sl_piece_cid(cid, &f.pieces[0]);
    snprintf(body, sizeof body, "{\"pieceId\":7,\"pieceCid\":\"%s\",\"subPieces\":[]}\n", v1);
    answer(200, "", body);
    assert_int_equal(sl_sp_has_piece(f.sp, 3, 7, &f.pieces[0], &f.err), 1);
    assert_true(was_sent("GET /base/pdp/data-sets/3/pieces/7 HTTP/1.1\r\n"));
    assert_int_equal(sl_sp_has_piece(f.sp, 3, 7, &f.pieces[1], &f.err), SL_EMISMATCH);
    snprintf(body, sizeof body, "{\"pieceId\":7,\"pieceCid\":\"%s\",\"subPieces\":[]}\n", cid);
    answer(200, "", body);
    assert_int_equal(sl_sp_has_piece(f.sp, 3, 7, &f.pieces[0], &f.err), 1);
    assert_int_equal(sl_sp_has_piece(f.sp, 3, 7, &f.pieces[1], &f.err), SL_EMISMATCH);
    struct sl_piece_id longer = f.pieces[0]; /* the same root, with more zeros at its end */
    longer.payload_bytes++;
    assert_int_equal(sl_sp_has_piece(f.sp, 3, 7, &longer, &f.err), SL_EMISMATCH);
    answer(200, "", "{\"pieceId\":7,\"pieceCid\":\"bafy\",\"subPieces\":[]}\n");
    assert_int_equal(sl_sp_has_piece(f.sp, 3, 7, &f.pieces[0], &f.err), SL_EPROTO);
    answer(404, "", "Piece not found\n");
    assert_int_equal(sl_sp_has_piece(f.sp, 3, 7, &f.pieces[0], &f.err), 0);
    snprintf(body, sizeof body,
             "{\"id\":3,\"pieces\":[{\"pieceId\":1,\"pieceCid\":\"%s\"},{\"pieceId\":5,"
             "\"pieceCid\":\"%s\"}],\"nextChallengeEpoch\":0}\n",
             cid, cid);
    answer(200, "", body);
    assert_int_equal(sl_sp_each_piece(f.sp, 3, count_ids, &sum, &f.err), 2);
    assert_int_equal(sum, 6);
    assert_int_equal(sl_sp_each_piece(f.sp, 4, count_ids, &sum, &f.err), SL_EPROTO);
    answer(404, "", "Data set not found\n");
    assert_int_equal(sl_sp_each_piece(f.sp, 3, count_ids, &sum, &f.err), SL_ENOTFOUND);
}

static void the_length_that_is_kept_for_a_root_is_told_by_the_piece_s_status(void **state)
{
    (void)state;
    static const char form[] = "{\"pieceCid\":\"%s\",\"status\":\"pending\"}\n";
    char body[512], v1[SL_PIECE_V1_CHARS], cid[SL_PIECE_CID_CHARS];
    struct sl_piece_id kept = f.pieces[0];
    uint64_t bytes = 0;
    kept.payload_bytes -= 7;
    sl_piece_cid(cid, &kept);
    snprintf(body, sizeof body, form, cid);
    answer(200, "", body);
    assert_int_equal(sl_sp_kept_bytes(f.sp, &f.pieces[0], &bytes, &f.err), 1);
    assert_int_equal(bytes, kept.payload_bytes);
    sl_piece_cid(cid, &f.pieces[0]);
    snprintf(body, sizeof body, "GET /base/pdp/piece/%s/status HTTP/1.1\r\n", cid);
    assert_true(was_sent(body));
    assert_int_equal(sl_sp_kept_bytes(f.sp, &f.pieces[1], &bytes, &f.err), 0); /* another root */
    sl_piece_cid_v1(v1, kept.root);
    snprintf(body, sizeof body, form, v1);
    answer(200, "", body);
    assert_int_equal(sl_sp_kept_bytes(f.sp, &f.pieces[0], &bytes, &f.err), 0);
    sl_piece_cid(cid, &kept); /* newer providers: one more member, and others are gone */
    snprintf(body, sizeof body, "{\"adCid\":null,\"x\":[{}],\"pieceCid\":\"%s\"}\n", cid);
    answer(200, "", body);
    assert_int_equal(sl_sp_kept_bytes(f.sp, &f.pieces[0], &bytes, &f.err), 1);
    answer(200, "", "{\"status\":\"pending\",\"adCid\":\"baga\"}\n");
    assert_int_equal(sl_sp_kept_bytes(f.sp, &f.pieces[0], &bytes, &f.err), 0);
    answer(404, "", "Piece not found or does not belong to service\n");
    assert_int_equal(sl_sp_kept_bytes(f.sp, &f.pieces[0], &bytes, &f.err), 0);
    answer(200, "", "<html>");
    assert_int_equal(sl_sp_kept_bytes(f.sp, &f.pieces[0], &bytes, &f.err), SL_EPROTO);
    answer(500, "", "Database error\n");
    assert_int_equal(sl_sp_kept_bytes(f.sp, &f.pieces[0], &bytes, &f.err), SL_ESERVER);
}

/* ---- a provider that does not answer ---- */

static void *cancel_once_it_hangs(void *ctx)
{
    (void)ctx;
    sl_tcp_await(f.server, 1);
    sl_sp_cancel(f.sp);
    return NULL;
}

static void a_commit_can_be_cancelled_at_once_and_is_unclear_then(void **state)
{
    (void)state;
    pthread_t thread;
    atomic_store(&f.provider.hang, true);
    assert_int_equal(pthread_create(&thread, NULL, cancel_once_it_hangs, NULL), 0);
    assert_int_equal(add(), SL_ECANCELED);
    assert_true(sl_sp_is_unclear(&f.err));
    pthread_join(thread, NULL);
    assert_int_equal(sl_sp_wait(f.sp, 3600000, &f.err), SL_ECANCELED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        sp_test(an_add_names_each_piece_as_its_only_part),
        sp_test(a_create_names_the_service_and_gives_its_own_hash),
        sp_test(a_used_nonce_means_that_it_landed_before),
        sp_test(refusals_say_why_and_that_nothing_was_sent),
        sp_test(a_refused_batch_says_how_many_pieces_may_come),
        sp_test(every_kind_of_batch_keeps_the_limit_that_it_was_told),
        sp_test(what_may_have_been_sent_is_unclear),
        sp_test(commits_that_no_provider_takes_are_not_sent),
        sp_test(a_create_is_pending_then_included_then_done),
        sp_test(an_add_is_done_with_its_ids_and_failed_by_its_verdict),
        sp_test(status_answers_of_another_form_are_refused),
        sp_test(a_data_set_s_pieces_are_listed_and_checked),
        sp_test(the_length_that_is_kept_for_a_root_is_told_by_the_piece_s_status),
        sp_test(a_commit_can_be_cancelled_at_once_and_is_unclear_then),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
