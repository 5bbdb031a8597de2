/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Commits, pulls, removals and terminations: what a provider's answers mean. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "sluice/sp.h"

#include "support/tcp_server.h"
#include "support/test.h"

#define TX    "0x6a3da71f79c94a438a52d37ec93ce15d641a21b0753b7199606eb58904c5dde4"
#define OTHER "0xcdd2e502f08cbf241b36b36d3ecb33c191dcc107ee06684eca048a73195f5670"
#define BACKLOG                                                                                    \
    "message failed with backtrace:\\n00: f0169791 (method 3844450837) -- contract "               \
    "reverted at 75 (33)\\n (RetCode=33)"
/* The two orders in which nodes of providers put the revert. */
#define CHAIN(data)                                                                                \
    "chain: message execution failed (exit=[33], revert reason=[" data "], vm error=[" BACKLOG     \
    "])\n"
#define CHAIN_OLD(data)                                                                            \
    "chain: message execution failed (exit=[33], vm error=[" data "], revert reason=[none])\n"
#define USED "0xdb94c961000000000000000000000000000000000000000000000000000660e89fde9a88"
#define NO_FUNDS                                                                                   \
    "0xdae03403000000000000000000000000a0ee7a142d267c1f36714e4a8f75612f20a79720"                   \
    "00000000000000000000000000000000000000000000000001b88957d0260000"                             \
    "0000000000000000000000000000000000000000000000000000000000000000"
#define BAD_SIGNATURE                                                                              \
    "0x42d750dc00000000000000000000000090f79bf6eb2c4f870365e785982e1f101e93b906"                   \
    "0000000000000000000000009965507d1a55bcc2695c58ba16fb37d819b0a4dc"
#define ENDED "0x211a40c00000000000000000000000000000000000000000000000000000000000000007"

struct provider {
    char request[65536];
    char answer[8192];
    atomic_bool hang;
};

static void serve(struct sl_tcp_conn *conn, void *ctx)
{
    struct provider *provider = ctx;
    while (sl_tcp_read_request(conn, provider->request, sizeof provider->request)) {
        if (atomic_load(&provider->hang)) {
            sl_tcp_signal(conn);
            sl_tcp_hang(conn);
            return;
        }
        if (!sl_tcp_send(conn, provider->answer))
            break;
    }
}

struct fixture {
    struct provider provider;
    struct sl_tcp_server *server;
    struct sl_sp *sp;
    struct sl_piece_id pieces[3];
    struct sl_sp_commit commit;
    struct sl_address fwss;
    char tx[SL_TX_HASH_CHARS];
    struct sl_err err;
};

static struct fixture f;

static int start(void **state)
{
    char url[64];
    (void)state;
    f = (struct fixture){.fwss = {{0x02}}};
    f.server = sl_tcp_start(serve, &f.provider);
    sl_tcp_url(f.server, url, sizeof url, "/base/");
    assert_int_equal(sl_sp_new(&f.sp, url, &(struct sl_http_options){0}, &f.err), 0);
    for (size_t i = 0; i < 3; i++) {
        f.pieces[i].payload_bytes = 3000;
        f.pieces[i].height = sl_piece_height(3000);
        memset(f.pieces[i].root, (int)(i + 1), sizeof f.pieces[i].root);
    }
    f.commit = (struct sl_sp_commit){
        .pieces = f.pieces, .count = 2, .extra_data = (const uint8_t *)"\xaa\xbb", 2};
    return 0;
}

static int stop(void **state)
{
    (void)state;
    sl_sp_free(f.sp);
    sl_tcp_stop(f.server);
    return 0;
}

static void answer(int status, const char *header, const char *body)
{
    sl_tcp_sync(f.server); /* the script has read the one before */
    snprintf(f.provider.answer, sizeof f.provider.answer,
             "HTTP/1.1 %d X\r\n%sContent-Length: %zu\r\n\r\n%s", status, header, strlen(body),
             body);
    sl_tcp_sync(f.server);
}

static bool was_sent(const char *text)
{
    sl_tcp_sync(f.server);
    const bool found = strstr(f.provider.request, text) != NULL;
    sl_tcp_sync(f.server);
    return found;
}

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
        {500, "", CHAIN("none"), SL_EREVERT, "execution failed"},
        {400, "",
         "Failed to process request: failed to validate subPieces: subPiece CID baga6 not found "
         "or does not belong to service public [eid: 1]\n",
         SL_ENOTFOUND, "not parked"},
        {400, "", "Failed to process request: duplicate subPieceCid in request [eid: 1]\n",
         SL_EREFUSED, "duplicate"},
        {403, "", "recordKeeper address not allowed for public service [eid: 1]\n", SL_EREFUSED,
         "not allowed"},
        {404, "", "Data set not found [eid: 1]\n", SL_ENOTFOUND, "not found"},
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
    f.server = sl_tcp_start(serve, &f.provider);
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

/* ---- pulls ---- */

static int pull(uint64_t data_set_id, struct sl_sp_pulled *got)
{
    const struct sl_sp_pull request = {.data_set_id = data_set_id,
                                       .fwss = f.fwss,
                                       .source_url = "https://primary.example/",
                                       .commit = f.commit};
    return sl_sp_pull(f.sp, &request, got, &f.err);
}

/* The provider's order is not that of the request. */
static void answer_pull(const char *overall, const char *second, const char *first)
{
    char a[SL_PIECE_CID_CHARS];
    char b[SL_PIECE_CID_CHARS];
    char body[512];
    sl_piece_cid(a, &f.pieces[0]);
    sl_piece_cid(b, &f.pieces[1]);
    snprintf(body, sizeof body,
             "{\"status\":\"%s\",\"pieces\":[{\"pieceCid\":\"%s\",\"status\":\"%s\"},"
             "{\"pieceCid\":\"%s\",\"status\":\"%s\"}]}\n",
             overall, b, second, a, first);
    answer(200, "", body);
}

static void a_pull_tells_of_every_piece_in_the_order_asked(void **state)
{
    (void)state;
    struct sl_sp_pulled got;
    char url[SL_PIECE_CID_CHARS + 64];
    char cid[SL_PIECE_CID_CHARS];
    answer_pull("retrying", "retrying", "inProgress");
    assert_int_equal(pull(0, &got), 0);
    assert_int_equal(got.pieces[0], SL_PULL_RUNNING);
    assert_int_equal(got.pieces[1], SL_PULL_RETRYING);
    assert_false(got.finished);
    sl_piece_cid(cid, &f.pieces[0]);
    snprintf(url, sizeof url, "\"sourceUrl\":\"https://primary.example/piece/%s\"", cid);
    assert_true(was_sent(url));
    assert_true(was_sent("\"recordKeeper\":\"0x0200000000000000000000000000000000000000\""));
    assert_false(was_sent("dataSetId"));
    answer_pull("complete", "failed", "complete"); /* so it calls a mixed result */
    assert_int_equal(pull(9, &got), 0);
    assert_true(was_sent("\"dataSetId\":9"));
    assert_true(got.finished);
    assert_int_equal(got.complete, 1);
    assert_int_equal(got.failed, 1);
    assert_int_equal(got.pieces[1], SL_PULL_FAILED);
}

static void a_pull_that_is_refused_says_why(void **state)
{
    (void)state;
    struct sl_sp_pulled got;
    answer(429, "Retry-After: 60\r\n", "pull queue backpressure\n");
    assert_int_equal(pull(0, &got), SL_EBUSY);
    assert_int_equal(f.err.wait_ms, 60000);
    answer(400, "", CHAIN(NO_FUNDS));
    assert_int_equal(pull(0, &got), SL_EMONEY);
    answer(400, "", "Validation error: piece[0]: URL must use HTTPS scheme, got \"http\"\n");
    assert_int_equal(pull(0, &got), SL_EREFUSED);
    answer(404, "", "Data set not found\n");
    assert_int_equal(pull(3, &got), SL_ENOTFOUND);
    answer(200, "", "{\"status\":\"complete\",\"pieces\":[]}");
    assert_int_equal(pull(3, &got), SL_EPROTO);
    answer_pull("pending", "pending", "sleeping");
    assert_int_equal(pull(3, &got), SL_EPROTO);
    f.commit.count = 0;
    assert_int_equal(pull(3, &got), SL_EINVAL);
}

/* ---- removal and termination ---- */

static int delete_two(uint64_t second)
{
    const uint64_t ids[] = {7, second};
    return sl_sp_remove(f.sp, 3, ids, 2, f.commit.extra_data, 2, f.tx, &f.err);
}

static void a_removal_names_its_ids_and_gives_a_hash(void **state)
{
    (void)state;
    answer(200, "", "{\"txHash\":\"" TX "\"}\n");
    assert_int_equal(delete_two(9), 0);
    assert_string_equal(f.tx, TX);
    assert_true(was_sent("DELETE /base/pdp/data-sets/3/pieces/7 HTTP/1.1\r\n"));
    assert_true(was_sent("{\"extraData\":\"0xaabb\",\"pieceIds\":[7,9]}"));
    assert_int_equal(delete_two(7), SL_EINVAL);
    answer(200, "", "{}");
    assert_int_equal(delete_two(9), SL_EPROTO);
    answer(429, "",
           "data set 3 already has 35 scheduled removals queued (limit 35); retry after the next "
           "proving period flushes the queue\n");
    assert_int_equal(delete_two(9), SL_EBUSY);
    assert_int_equal(f.err.wait_ms, 0);
    answer(404, "", "One or more piece not found\n");
    assert_int_equal(delete_two(9), SL_ENOTFOUND);
    answer(500, "", CHAIN("Error(Piece ID already scheduled for removal)"));
    assert_int_equal(delete_two(9), SL_EREVERT);
    assert_non_null(strstr(f.err.text, "already scheduled"));
}

static struct sl_sp_termination terminate(int status, const char *body)
{
    struct sl_sp_termination got;
    answer(status, "", body);
    if (sl_sp_terminate(f.sp, 3, f.commit.extra_data, 2, &got, &f.err) < 0)
        fail_msg("%s", f.err.text);
    return got;
}

static struct sl_sp_termination termination(int status, const char *body)
{
    struct sl_sp_termination got;
    answer(status, "", body);
    if (sl_sp_termination(f.sp, 3, &got, &f.err) < 0)
        fail_msg("%s", f.err.text);
    return got;
}

static void a_termination_is_queued_sent_and_done(void **state)
{
    (void)state;
    struct sl_sp_termination got = terminate(202, "");
    assert_int_equal(got.state, SL_TERMINATION_QUEUED);
    assert_true(was_sent("POST /base/pdp/data-sets/3/terminate HTTP/1.1\r\n"));
    got = terminate(409, "{\"code\":1,\"message\":\"termination queued\","
                         "\"serviceTerminationEpoch\":null}\n");
    assert_int_equal(got.state, SL_TERMINATION_QUEUED);
    got = terminate(409, "{\"code\":0,\"message\":\"already terminated\","
                         "\"serviceTerminationEpoch\":77}\n");
    assert_int_equal(got.state, SL_TERMINATION_DONE);
    assert_int_equal(got.end_epoch, 77);
#define TERMINATION(tx, done, epoch)                                                               \
    "{\"terminationTxHash\":\"" tx "\",\"fwssTerminated\":" done                                   \
    ",\"serviceTerminationEpoch\":" epoch "}\n"
    assert_int_equal(termination(200, TERMINATION("", "null", "null")).state,
                     SL_TERMINATION_QUEUED);
    got = termination(200, TERMINATION(TX, "null", "null"));
    assert_int_equal(got.state, SL_TERMINATION_SENT);
    assert_string_equal(got.tx, TX);
    got = termination(200, TERMINATION("", "true", "78"));
    assert_int_equal(got.state, SL_TERMINATION_DONE);
    assert_int_equal(got.end_epoch, 78);
    assert_int_equal(termination(404, "Termination not found\n").state, SL_TERMINATION_NONE);
}

static void a_termination_that_cannot_be_is_refused(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *body;
        int code;
    } cases[] = {
        {503, "FWSS contract does not support client-requested termination\n", SL_EREFUSED},
        {404, "Data set not found\n", SL_ENOTFOUND},
        {400, "extraData is required for client-requested termination\n", SL_EREFUSED},
        {500, "Internal server error\n", SL_ESERVER},
        {409, "{\"code\":7}", SL_EPROTO},
        {409, "terminated", SL_EPROTO},
    };
    struct sl_sp_termination got;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        answer(cases[i].status, "", cases[i].body);
        assert_int_equal(sl_sp_terminate(f.sp, 3, f.commit.extra_data, 2, &got, &f.err),
                         cases[i].code);
    }
    answer(200, "", TERMINATION("0x12", "null", "null"));
    assert_int_equal(sl_sp_termination(f.sp, 3, &got, &f.err), SL_EPROTO);
    answer(200, "", TERMINATION("", "1", "null"));
    assert_int_equal(sl_sp_termination(f.sp, 3, &got, &f.err), SL_EPROTO);
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

#define sp_test(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        sp_test(an_add_names_each_piece_as_its_only_part),
        sp_test(a_create_names_the_service_and_gives_its_own_hash),
        sp_test(a_used_nonce_means_that_it_landed_before),
        sp_test(refusals_say_why_and_that_nothing_was_sent),
        sp_test(what_may_have_been_sent_is_unclear),
        sp_test(commits_that_no_provider_takes_are_not_sent),
        sp_test(a_create_is_pending_then_included_then_done),
        sp_test(an_add_is_done_with_its_ids_and_failed_by_its_verdict),
        sp_test(status_answers_of_another_form_are_refused),
        sp_test(a_data_set_s_pieces_are_listed_and_checked),
        sp_test(a_pull_tells_of_every_piece_in_the_order_asked),
        sp_test(a_pull_that_is_refused_says_why),
        sp_test(a_removal_names_its_ids_and_gives_a_hash),
        sp_test(a_termination_is_queued_sent_and_done),
        sp_test(a_termination_that_cannot_be_is_refused),
        sp_test(a_commit_can_be_cancelled_at_once_and_is_unclear_then),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
