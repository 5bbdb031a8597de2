/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <string.h>
#include <unistd.h>

#include "engine/rig.h"
#include "support/sanitized.h"
#include "support/test.h"

/* More than the buffers of both sides can grow to: what is stalled cannot have gone whole. */
enum { BIG = 32000000 };

static void stored_despite(const char *fault, uint64_t bytes)
{
    struct rig *rig = rig_started();
    rig_fault(rig, fault);
    rig_add(rig, rig_file(rig, "a.bin", bytes, 1));
    rig_wait_idle(rig);
    rig_assert_stored(rig, "a.bin");
    rig_free(rig);
}

static void an_upload_survives_a_reset(void **state)
{
    (void)state;
    stored_despite("{'match':'PUT ','action':'reset','after_bytes':700000,'times':2}", 2000000);
}

static void an_upload_survives_errors_of_every_step(void **state)
{
    (void)state;
    stored_despite("{'match':'POST /pdp/piece/uploads','action':'status','status':500,'times':1}",
                   5000);
    stored_despite("{'match':'PUT ','action':'status','status':500,'times':2}", 5000);
    stored_despite("{'match':'POST /pdp/piece/uploads/','action':'status','status':500,'times':1}",
                   5000);
    stored_despite("{'match':'GET /pdp/piece','action':'status','status':500,'times':3}", 5000);
    stored_despite("{'match':'GET /pdp/piece','action':'drop','times':2}", 5000);
}

static void an_upload_survives_lost_answers(void **state)
{
    (void)state;
    struct rig *rig = rig_started();
    rig_fault(rig, "{'match':'POST /pdp/piece/uploads/','action':'drop','times':1}");
    rig_fault(rig, "{'match':'PUT ','action':'drop','times':1}");
    rig_add(rig, rig_file(rig, "a.bin", 500000, 1));
    rig_wait_idle(rig);
    rig_assert_stored(rig, "a.bin");
    /* neither lost answer is taken for a failure */
    assert_int_equal(rig_job(rig, "a.bin")->job.attempts, 1);
    assert_int_equal(rig_job(rig, "a.bin")->seen & (1u << SL_JOB_WAITING), 0);
    rig_free(rig);
}

#define CLAIM                                                                                      \
    "'action':'status','status':409,'body':'This piece is already being uploaded [eid: 1]'"

/* More often than a file may fail, and then it is free. */
static void a_piece_that_another_upload_has_claimed_is_waited_for(void **state)
{
    (void)state;
    struct rig *rig = rig_new();
    rig->options.max_attempts = 2;
    rig_provider(rig);
    rig_engine(rig);
    rig_fault(rig, "{'match':'PUT ','times':6," CLAIM "}");
    rig_add(rig, rig_file(rig, "a.bin", 5000, 1));
    rig_wait_idle(rig);
    rig_assert_stored(rig, "a.bin");
    assert_int_equal(rig_job(rig, "a.bin")->job.attempts, 1);
    rig_free(rig);
}

static void a_claim_that_never_ends_fails_the_file_in_the_end(void **state)
{
    (void)state;
    struct rig *rig = rig_new();
    rig->options.max_attempts = 2;
    rig->options.retry_base_ms = 1;
    rig->options.retry_cap_ms = 2;
    rig_provider(rig);
    rig_engine(rig);
    rig_fault(rig, "{'match':'PUT '," CLAIM "}");
    rig_add(rig, rig_file(rig, "a.bin", 5000, 1));
    rig_wait_idle(rig);
    const struct rig_job *job = rig_job(rig, "a.bin");
    assert_int_equal(job->job.state, SL_JOB_FAILED);
    assert_non_null(strstr(job->job.err.text, "already being uploaded"));
    rig_free(rig);
}

static void parts_wait_for_claims_too(void **state)
{
    (void)state;
    struct rig *rig = rig_split();
    rig->options.max_attempts = 2;
    rig_engine(rig);
    rig_fault(rig, "{'match':'PUT ','times':9," CLAIM "}");
    rig_add(rig, rig_file(rig, "a.bin", 3 * RIG_SHARD, 1));
    rig_wait_idle(rig);
    assert_int_equal(rig_job(rig, "a.bin")->job.state, SL_JOB_STORED);
    rig_free(rig);
}

static void a_provider_that_wants_a_login_says_so(void **state)
{
    (void)state;
    struct rig *rig = rig_started();
    rig_fault(rig, "{'match':'POST /pdp/piece','action':'status','status':401,'body':"
                   "'anonymous piece uploads are disabled; provide a registered service JWT'}");
    rig_add(rig, rig_file(rig, "a.bin", 5000, 1));
    rig_wait_idle(rig);
    const struct rig_job *job = rig_job(rig, "a.bin");
    assert_int_equal(job->job.state, SL_JOB_FAILED);
    assert_int_equal(job->job.attempts, 1);
    assert_non_null(strstr(job->job.err.text, "anonymous piece uploads are disabled"));
    rig_free(rig);
}

static void a_piece_that_is_listed_at_once_is_found_at_once(void **state)
{
    (void)state;
    struct rig *rig = rig_new();
    rig->options.park_poll_ms = 3600000; /* a second look would come too late */
    rig->net_options.park_delay_ms = -1; /* today's providers park in no time */
    rig_provider(rig);
    rig_engine(rig);
    rig_add(rig, rig_file(rig, "a.bin", 5000, 1));
    rig_wait_idle(rig);
    rig_assert_stored(rig, "a.bin");
    rig_free(rig);
}

static void a_put_that_was_not_recorded_is_sent_again(void **state)
{
    (void)state;
    /* all bytes are taken, then the connection is cut before they are recorded */
    stored_despite("{'match':'PUT ','action':'reset','after_bytes':500000,'times':1}", 500000);
}

static void a_stalled_upload_is_noticed_and_tried_again(void **state)
{
    (void)state;
    struct rig *rig = rig_new();
    rig->options.http.stall_ms = SL_SANITIZED ? 3000 : 300;
    rig->options.http.answer_ms = rig->options.http.stall_ms;
    rig->options.retry_base_ms = rig->options.retry_cap_ms = 60000; /* it is seen to wait */
    rig_provider(rig);
    rig_engine(rig);
    rig_fault(rig, "{'match':'PUT ','action':'stall','after_bytes':1000000,'times':1}");
    rig_add(rig, rig_file(rig, "a.bin", BIG, 1));
    const struct rig_job *job = rig_wait_state(rig, "a.bin", SL_JOB_WAITING);
    assert_int_equal(job->job.err.code, SL_ESTALLED);
    assert_int_equal(job->job.attempts, 1);
    assert_true(job->job.next_try_ms > 0);
    rig_send(rig, SL_CMD_RETRY, job->job.id, 0);
    rig_wait_idle(rig);
    rig_assert_stored(rig, "a.bin");
    rig_free(rig);
}

static void a_slow_provider_is_waited_for(void **state)
{
    (void)state;
    struct rig *rig = rig_started();
    rig_fault(rig, "{'match':'PUT ','action':'slow','bytes_per_s':2000000,'times':1}");
    rig_add(rig, rig_file(rig, "a.bin", 1500000, 1));
    rig_wait_idle(rig);
    rig_assert_stored(rig, "a.bin");
    assert_int_equal(rig_job(rig, "a.bin")->job.attempts, 1);
    rig_free(rig);
}

static void attempts_end_and_the_reason_stays(void **state)
{
    (void)state;
    struct rig *rig = rig_new();
    rig->options.max_attempts = 3;
    rig_provider(rig);
    rig_engine(rig);
    rig_fault(rig, "{'match':'PUT ','action':'status','status':500,'body':'no room'}");
    rig_add(rig, rig_file(rig, "a.bin", 5000, 1));
    rig_wait_idle(rig);
    struct rig_job *job = rig_job(rig, "a.bin");
    assert_int_equal(job->job.state, SL_JOB_FAILED);
    assert_int_equal(job->job.attempts, 3);
    assert_int_equal(job->job.err.code, SL_ESERVER);
    assert_non_null(strstr(job->job.err.text, "no room"));
    rig_engine_stop(rig); /* it is in the journal, too */
    rig_engine(rig);
    rig_wait_idle(rig);
    job = rig_job(rig, "a.bin");
    assert_int_equal(job->job.state, SL_JOB_FAILED);
    assert_non_null(strstr(job->job.err.text, "no room"));
    rig_fault(rig, NULL);
    rig_send(rig, SL_CMD_RETRY, job->job.id, 0);
    rig_wait_state(rig, "a.bin", SL_JOB_STORED);
    assert_int_equal(job->job.attempts, 1);
    assert_int_equal(job->job.err.code, SL_OK);
    rig_free(rig);
}

static void a_refusal_is_final_at_once(void **state)
{
    (void)state;
    struct rig *rig = rig_started();
    rig_fault(rig, "{'match':'PUT ','action':'status','status':403}");
    rig_add(rig, rig_file(rig, "a.bin", 5000, 1));
    rig_wait_idle(rig);
    assert_int_equal(rig_job(rig, "a.bin")->job.state, SL_JOB_FAILED);
    assert_int_equal(rig_job(rig, "a.bin")->job.attempts, 1);
    assert_int_equal(rig_job(rig, "a.bin")->job.err.code, SL_EREFUSED);
    rig_free(rig);
}

static void a_retry_waits_by_the_clock_and_as_long_as_the_peer_asks(void **state)
{
    (void)state;
    struct rig *rig = rig_new();
    rig->options.clock = sl_fake_clock(&rig->fake);
    rig_provider(rig);
    rig_engine(rig);
    rig_fault(rig, "{'match':'PUT ','action':'status','status':429,'retry_after_s':600,'times':1}");
    rig_add(rig, rig_file(rig, "a.bin", 5000, 1));
    struct rig_job *job = rig_wait_state(rig, "a.bin", SL_JOB_WAITING);
    assert_int_equal(job->job.err.code, SL_EBUSY);
    assert_true(job->job.next_try_ms >= sl_wall_ms(&rig->options.clock) + 600000);
    const int events = job->events;
    atomic_fetch_add(&rig->fake.now_ms, 599999);
    sl_engine_wake(rig->engine);
    rig_add(rig, rig_path(rig, "missing")); /* an answer after the engine looked at its clock */
    while (rig->rejected == 0)
        rig_read(rig);
    assert_int_equal(job->events, events);
    rig->ticking = true;
    rig_wait_state(rig, "a.bin", SL_JOB_STORED);
    rig_assert_stored(rig, "a.bin");
    rig_free(rig);
}

static void a_waiting_job_can_be_tried_now(void **state)
{
    (void)state;
    struct rig *rig = rig_started();
    rig_fault(rig, "{'match':'PUT ','action':'status','status':429,'retry_after_s':600,'times':1}");
    rig_add(rig, rig_file(rig, "a.bin", 5000, 1));
    struct rig_job *job = rig_wait_state(rig, "a.bin", SL_JOB_WAITING);
    rig_send(rig, SL_CMD_RETRY, job->job.id, 0);
    rig_wait_state(rig, "a.bin", SL_JOB_STORED);
    assert_int_equal(job->job.next_try_ms, 0);
    rig_free(rig);
}

static void a_job_that_waits_goes_on_waiting_after_a_restart(void **state)
{
    (void)state;
    struct rig *rig = rig_started();
    rig->options.run_earlier = true;
    rig_fault(rig, "{'match':'PUT ','action':'status','status':429,'retry_after_s':600,'times':1}");
    rig_add(rig, rig_file(rig, "a.bin", 5000, 1));
    const int64_t next = rig_wait_state(rig, "a.bin", SL_JOB_WAITING)->job.next_try_ms;
    rig_engine_stop(rig);
    rig_engine(rig);
    struct rig_job *job = rig_wait_state(rig, "a.bin", SL_JOB_WAITING);
    assert_int_equal(job->job.next_try_ms, next);
    assert_int_equal(job->job.err.code, SL_EBUSY);
    rig_send(rig, SL_CMD_RETRY, job->job.id, 0);
    rig_wait_state(rig, "a.bin", SL_JOB_STORED);
    rig_free(rig);
}

static void a_provider_that_is_away_costs_no_attempts(void **state)
{
    (void)state;
    struct rig *rig = rig_new();
    rig->options.max_attempts = 2;
    rig->options.parallel = 2;
    rig_provider(rig);
    rig_provider_stop(rig);
    rig_engine(rig);
    for (int i = 0; i < 5; i++)
        rig_file(rig, (const char *[]){"0", "1", "2", "3", "4"}[i], 5000, (uint64_t)i + 1);
    rig_add(rig, rig->media);
    struct rig_job *job = rig_wait_state(rig, "0", SL_JOB_WAITING);
    assert_int_equal(job->job.err.code, SL_ENET);
    const int events = job->events;
    while (job->events < events + 5) /* put off again and again */
        rig_read(rig);
    assert_int_equal(job->job.attempts, 0);
    assert_int_equal(rig_job(rig, "4")->job.state, SL_JOB_QUEUED); /* nobody else ran into it */
    rig_provider(rig);
    rig_wait_idle(rig);
    for (int i = 0; i < 5; i++)
        assert_int_equal(rig->jobs[i].job.state, SL_JOB_STORED);
    rig_free(rig);
}

static void a_provider_that_restarts_in_the_middle_gets_it_all(void **state)
{
    (void)state;
    struct rig *rig = rig_new();
    rig->options.max_attempts = 1; /* that it is away is no fault of the files */
    rig_provider(rig);
    rig_engine(rig);
    rig_fault(rig, "{'match':'PUT ','action':'stall','after_bytes':1000000}");
    rig_file(rig, "a.bin", BIG, 1);
    rig_file(rig, "b.bin", BIG / 2, 2);
    rig_add(rig, rig->media);
    rig_wait_bytes(rig, "a.bin", 500000);
    rig_wait_bytes(rig, "b.bin", 500000);
    rig_provider_stop(rig);
    rig_wait_state(rig, "a.bin", SL_JOB_WAITING);
    rig_wait_state(rig, "b.bin", SL_JOB_WAITING); /* each has seen that nobody is there */
    rig_provider(rig);
    rig_wait_idle(rig);
    rig_assert_stored(rig, "a.bin");
    rig_assert_stored(rig, "b.bin");
    rig_free(rig);
}

static void an_accepted_piece_is_watched_over_a_restart(void **state)
{
    (void)state;
    struct rig *rig = rig_new();
    rig->options.run_earlier = true;
    rig_provider(rig);
    rig_engine(rig);
    rig_fault(rig, "{'match':'GET /pdp/piece','action':'status','status':404}");
    rig_add(rig, rig_file(rig, "a.bin", 5000, 1));
    rig_wait_state(rig, "a.bin", SL_JOB_ACCEPTED);
    rig_engine_stop(rig);
    rig_fault(rig, NULL);
    rig_fault(rig, "{'match':'PUT ','action':'status','status':403}"); /* nothing is sent again */
    rig_engine(rig);
    rig_wait_state(rig, "a.bin", SL_JOB_STORED);
    rig_wait_idle(rig);
    rig_assert_stored(rig, "a.bin");
    assert_int_equal(rig_job(rig, "a.bin")->job.attempts, 1);
    rig_free(rig);
}

static void a_piece_that_is_never_listed_is_uploaded_again(void **state)
{
    (void)state;
    struct rig *rig = rig_new();
    rig->options.park_timeout_ms =
        SL_SANITIZED ? 2000 : 300; /* the second is listed in that time */
    rig->options.retry_base_ms = rig->options.retry_cap_ms = 1000; /* it is seen to wait */
    rig_provider(rig);
    rig_engine(rig);
    rig_fault(rig, "{'match':'GET /pdp/piece','action':'status','status':404}");
    rig_add(rig, rig_file(rig, "a.bin", 5000, 1));
    struct rig_job *job = rig_wait_state(rig, "a.bin", SL_JOB_WAITING);
    assert_int_equal(job->job.err.code, SL_ESERVER);
    rig_fault(rig, NULL);
    rig_wait_state(rig, "a.bin", SL_JOB_STORED);
    assert_int_equal(job->job.attempts, 2);
    rig_free(rig);
}

static void a_provider_without_room_is_told_to_the_person(void **state)
{
    (void)state;
    struct rig *rig = rig_new();
    rig->options.max_attempts = 2;
    rig->net_options.min_free_bytes = UINT64_MAX / 4;
    rig_provider(rig);
    rig_engine(rig);
    rig_add(rig, rig_file(rig, "a.bin", 5000, 1));
    rig_wait_idle(rig);
    assert_int_equal(rig_job(rig, "a.bin")->job.state, SL_JOB_FAILED);
    assert_int_equal(rig_job(rig, "a.bin")->job.err.code, SL_ESERVER);
    assert_int_equal(rig_provider_files(rig, "pieces") + rig_provider_files(rig, "tmp"), 0);
    rig_free(rig);
}

static void a_journal_that_fails_stops_everything_and_says_so(void **state)
{
    (void)state;
    struct rig *rig = rig_new();
    struct sl_err err = {0};
    struct sl_journal *journal = NULL;
    rig_provider(rig);
    assert_int_equal(
        sl_journal_open(&journal, rig->state, SL_JOURNAL_WRITE, &rig->options.clock, &err), SL_OK);
    sl_journal_close(journal);
    /* a reader's journal refuses every change */
    assert_int_equal(
        sl_journal_open(&journal, rig->state, SL_JOURNAL_READ, &rig->options.clock, &err), SL_OK);
    assert_int_equal(sl_engine_start(&rig->engine, &rig->options, journal, &err), SL_OK);
    rig_add(rig, rig_file(rig, "a.bin", 5000, 1));
    rig_wait_stopped(rig);
    assert_int_equal(rig->trouble, 1);
    assert_true(rig->trouble_err.code < 0);
    assert_int_equal(rig->job_count, 0); /* what is not in the journal is not shown */
    assert_int_equal(rig_provider_files(rig, "pieces"), 0);
    rig_free(rig);
}

static void a_url_that_is_none_is_refused(void **state)
{
    (void)state;
    struct rig *rig = rig_new();
    struct sl_err err = {0};
    struct sl_journal *journal = NULL;
    assert_int_equal(
        sl_journal_open(&journal, rig->state, SL_JOURNAL_WRITE, &rig->options.clock, &err), SL_OK);
    rig->options.provider_url = "ftp://example.com/";
    assert_int_equal(sl_engine_start(&rig->engine, &rig->options, journal, &err), SL_EFORMAT);
    assert_non_null(strstr(err.text, "provider"));
    assert_null(rig->engine);
    rig_free(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_upload_survives_a_reset),
        cmocka_unit_test(an_upload_survives_errors_of_every_step),
        cmocka_unit_test(an_upload_survives_lost_answers),
        cmocka_unit_test(a_piece_that_another_upload_has_claimed_is_waited_for),
        cmocka_unit_test(a_claim_that_never_ends_fails_the_file_in_the_end),
        cmocka_unit_test(parts_wait_for_claims_too),
        cmocka_unit_test(a_provider_that_wants_a_login_says_so),
        cmocka_unit_test(a_piece_that_is_listed_at_once_is_found_at_once),
        cmocka_unit_test(a_put_that_was_not_recorded_is_sent_again),
        cmocka_unit_test(a_stalled_upload_is_noticed_and_tried_again),
        cmocka_unit_test(a_slow_provider_is_waited_for),
        cmocka_unit_test(attempts_end_and_the_reason_stays),
        cmocka_unit_test(a_refusal_is_final_at_once),
        cmocka_unit_test(a_retry_waits_by_the_clock_and_as_long_as_the_peer_asks),
        cmocka_unit_test(a_waiting_job_can_be_tried_now),
        cmocka_unit_test(a_job_that_waits_goes_on_waiting_after_a_restart),
        cmocka_unit_test(a_provider_that_is_away_costs_no_attempts),
        cmocka_unit_test(a_provider_that_restarts_in_the_middle_gets_it_all),
        cmocka_unit_test(an_accepted_piece_is_watched_over_a_restart),
        cmocka_unit_test(a_piece_that_is_never_listed_is_uploaded_again),
        cmocka_unit_test(a_provider_without_room_is_told_to_the_person),
        cmocka_unit_test(a_journal_that_fails_stops_everything_and_says_so),
        cmocka_unit_test(a_url_that_is_none_is_refused),
    };
    return cmocka_run_group_tests_name("engine: faults", tests, NULL, NULL);
}
