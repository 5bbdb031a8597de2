/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Pulls, removals and terminations: the meaning of a provider's answers. */
#include <stdio.h>
#include <string.h>

#include "sp_scene.h"
#include "support/test.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        sp_test(a_pull_tells_of_every_piece_in_the_order_asked),
        sp_test(a_pull_that_is_refused_says_why),
        sp_test(a_removal_names_its_ids_and_gives_a_hash),
        sp_test(a_termination_is_queued_sent_and_done),
        sp_test(a_termination_that_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
