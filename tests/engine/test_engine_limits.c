/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/policy/bucket.h"
#include "engine/rig.h"
#include "support/test.h"

enum { BIG = 32000000, MINUTE_MS = 60000, STEP_MS = 5 };

static const char stall[] = "{'match':'PUT ','action':'stall','after_bytes':1000000,'times':1}";

/* Engine and connections on a clock that only the test moves. */
static struct rig *rig_frozen(void)
{
    struct rig *rig = rig_new();
    rig->options.clock = sl_fake_clock(&rig->fake);
    rig->options.http.clock = rig->options.clock;
    rig_provider(rig);
    return rig;
}

static void limit_to(struct rig *rig, const char *text)
{
    assert_int_equal(sl_timetable_parse(&rig->options.limit, text, NULL), SL_OK);
}

static uint64_t all_sent(struct rig *rig)
{
    uint64_t sent = 0;
    for (int i = 0; i < rig->job_count; i++)
        sent += rig->jobs[i].sent_bytes;
    return sent;
}

static bool has_sent(struct rig *rig, const void *arg)
{
    return all_sent(rig) >= *(const uint64_t *)arg;
}

/* The clock goes on until the first bytes have left. */
static struct rig_job *wait_first(struct rig *rig, const char *name)
{
    rig->ticking = true;
    rig_wait_bytes(rig, name, 1);
    rig->ticking = false;
    return rig_job(rig, name);
}

/* Moves the clock on and lets the streams catch up: in steps that the credit covers. A chunk is
 * reported as sent when the next one is asked for. */
static void run(struct rig *rig, int64_t ms, uint64_t rate, uint64_t unreported)
{
    const uint64_t from = all_sent(rig);
    for (int64_t done = STEP_MS; done <= ms; done += STEP_MS) {
        const uint64_t due = from + rate * (uint64_t)done / 1000;
        const uint64_t reached = due > unreported ? due - unreported : 0;
        atomic_fetch_add(&rig->fake.now_ms, STEP_MS);
        rig_wait(rig, has_sent, &reached, "the rate to be reached");
        assert_true(all_sent(rig) <= due + unreported + rate * SL_BUCKET_CREDIT_MS / 1000);
    }
}

static void no_limit(struct rig *rig, int64_t job_id)
{
    rig_send(rig, SL_CMD_LIMIT, job_id, 0);
    rig->ticking = true; /* whether a piece is parked is asked again after a while */
}

static void uploads_keep_to_the_limit_together(void **state)
{
    (void)state;
    const uint64_t rate = 6000000;
    struct rig *rig = rig_frozen();
    limit_to(rig, "6M");
    rig_engine(rig);
    rig_file(rig, "a.bin", BIG, 1);
    rig_file(rig, "b.bin", BIG, 2);
    rig_file(rig, "c.bin", BIG, 3);
    rig_add(rig, rig->media);
    (void)wait_first(rig, "a.bin");
    (void)wait_first(rig, "b.bin");
    (void)wait_first(rig, "c.bin");
    assert_int_equal(rig->limit, rate); /* it was told */
    run(rig, 600, rate, rate / 10);
    for (int i = 0; i < 3; i++) /* of 600 ms and the credit, each a third */
        assert_true(rig->jobs[i].sent_bytes > rate * 300 / 3000);
    no_limit(rig, 0);
    rig_wait_idle(rig); /* the clock stands, so nothing holds them any more */
    assert_int_equal(rig->limit, 0);
    rig_assert_stored(rig, "a.bin");
    rig_assert_stored(rig, "c.bin");
    rig_free(rig);
}

static bool b_is_limited(struct rig *rig, const void *arg)
{
    (void)arg;
    return rig_job(rig, "b.bin")->job.limit_bytes_per_s == 500000;
}

static void a_limit_holds_for_what_runs(void **state)
{
    (void)state;
    struct rig *rig = rig_frozen();
    rig_engine(rig);
    rig_fault(rig, stall);
    rig_add(rig, rig_file(rig, "a.bin", BIG, 1));
    rig_wait_bytes(rig, "a.bin", 500000);
    rig_send(rig, SL_CMD_LIMIT, 0, 1000000);
    rig_add(rig, rig_file(rig, "b.bin", BIG, 2));
    const struct rig_job *b = wait_first(rig, "b.bin");
    rig_fault(rig, NULL);
    const uint64_t before = b->sent_bytes;
    rig_send(rig, SL_CMD_LIMIT, b->job.id, 500000);
    run(rig, 200, 1000000, 200000);
    assert_true(b->sent_bytes - before < 500000 / 5 + 40000);
    rig_wait(rig, b_is_limited, NULL, "the limit of the job");
    no_limit(rig, 0);
    rig_wait_state(rig, "a.bin", SL_JOB_STORED);
    assert_int_equal(b->job.state, SL_JOB_UPLOADING); /* its own limit still holds */
    no_limit(rig, b->job.id);
    rig_wait_idle(rig);
    rig_assert_stored(rig, "b.bin");
    rig_free(rig);
}

static void a_limit_of_a_file_ends_with_it(void **state)
{
    (void)state;
    struct rig *rig = rig_frozen();
    rig->options.parallel = 1;
    rig_engine(rig);
    rig_fault(rig, stall);
    rig_add(rig, rig_file(rig, "a.bin", BIG, 1));
    rig_wait_bytes(rig, "a.bin", 500000);
    rig_add(rig, rig_file(rig, "b.bin", BIG, 2));
    rig_wait_state(rig, "b.bin", SL_JOB_QUEUED);
    const int64_t id = rig_job(rig, "a.bin")->job.id;
    rig_send(rig, SL_CMD_LIMIT, id, 1000);
    rig_send(rig, SL_CMD_CANCEL, id, 0);
    rig_fault(rig, NULL);
    rig_wait_bytes(rig, "b.bin", BIG - 1000000); /* in the same slot; the clock stands */
    rig->ticking = true;
    rig_wait_idle(rig);
    rig_assert_stored(rig, "b.bin");
    rig_free(rig);
}

static void a_limit_of_a_file_survives_a_restart(void **state)
{
    (void)state;
    struct rig *rig = rig_frozen();
    rig->options.run_earlier = true;
    rig_engine(rig);
    rig_fault(rig, stall);
    rig_add(rig, rig_file(rig, "b.bin", BIG, 1));
    rig_wait_bytes(rig, "b.bin", 500000);
    rig_send(rig, SL_CMD_LIMIT, rig_job(rig, "b.bin")->job.id, 500000);
    rig_wait(rig, b_is_limited, NULL, "the limit of the job");
    rig_engine_stop(rig);
    rig_fault(rig, NULL);
    rig_engine(rig);
    const struct rig_job *b = wait_first(rig, "b.bin");
    assert_int_equal(b->job.limit_bytes_per_s, 500000);
    run(rig, 200, 500000, 200000);
    no_limit(rig, b->job.id);
    rig_wait_idle(rig);
    rig_assert_stored(rig, "b.bin");
    rig_free(rig);
}

static void a_slow_stream_does_not_count_as_stalled(void **state)
{
    (void)state;
    struct rig *rig = rig_frozen();
    limit_to(rig, "1k");
    rig->options.http.stall_ms = 1000;
    rig_engine(rig);
    rig_add(rig, rig_file(rig, "a.bin", BIG / 100, 1));
    const struct rig_job *job = wait_first(rig, "a.bin");
    for (int i = 0; i < 5; i++) { /* each time longer than the stall rule allows */
        const uint64_t more = job->sent_bytes + 1;
        atomic_fetch_add(&rig->fake.now_ms, 3000);
        rig_wait_bytes(rig, "a.bin", more);
    }
    assert_int_equal(job->job.attempts, 1);
    no_limit(rig, 0);
    rig_wait_state(rig, "a.bin", SL_JOB_STORED);
    assert_int_equal(job->job.attempts, 1);
    rig_free(rig);
}

static bool limit_is(struct rig *rig, const void *arg)
{
    return rig->limits > 0 && rig->limit == *(const uint64_t *)arg;
}

static void slow_mode_is_switched_and_told(void **state)
{
    (void)state;
    struct rig *rig = rig_frozen();
    limit_to(rig, "5M");
    rig->options.slow_bytes_per_s = 70000;
    rig_engine(rig);
    rig_wait(rig, limit_is, &(uint64_t){5000000}, "the limit");
    rig_send(rig, SL_CMD_SLOW, 0, -1);
    rig_wait(rig, limit_is, &(uint64_t){70000}, "slow mode");
    rig_send(rig, SL_CMD_SLOW, 0, 1);
    rig_send(rig, SL_CMD_SLOW, 0, -1);
    rig_wait(rig, limit_is, &(uint64_t){5000000}, "the limit again");
    rig_send(rig, SL_CMD_SLOW, 0, 1);
    rig_wait(rig, limit_is, &(uint64_t){70000}, "slow mode");
    rig_send(rig, SL_CMD_LIMIT, 0, 9000000); /* a person's word ends it */
    rig_wait(rig, limit_is, &(uint64_t){9000000}, "the new limit");
    rig_free(rig);
}

/* Noon of a day in UTC. */
static void at_noon(struct rig *rig)
{
    setenv("TZ", "UTC0", 1);
    tzset();
    rig->fake.wall_offset_ms =
        INT64_C(1700049600000) + 12 * 3600000 - atomic_load(&rig->fake.now_ms);
    rig->fake.wall_offset_ms -= INT64_C(1700049600000) % 86400000;
}

static void move_clock(struct rig *rig, int64_t ms)
{
    atomic_fetch_add(&rig->fake.now_ms, ms);
    sl_engine_wake(rig->engine);
}

static void the_timetable_changes_the_limit_at_its_time(void **state)
{
    (void)state;
    struct rig *rig = rig_frozen();
    at_noon(rig);
    limit_to(rig, "08:00,2M 13:00,off 14:00,3M");
    rig_engine(rig);
    rig_wait(rig, limit_is, &(uint64_t){2000000}, "the morning's limit");
    move_clock(rig, 59 * MINUTE_MS);
    rig_send(rig, SL_CMD_LIMIT, 0, 7000000); /* until the next change */
    rig_wait(rig, limit_is, &(uint64_t){7000000}, "a person's limit");
    move_clock(rig, MINUTE_MS);
    rig_wait(rig, limit_is, &(uint64_t){0}, "one o'clock");
    move_clock(rig, 60 * MINUTE_MS);
    rig_wait(rig, limit_is, &(uint64_t){3000000}, "two o'clock");
    move_clock(rig, 18 * 60 * MINUTE_MS);
    rig_wait(rig, limit_is, &(uint64_t){2000000}, "the next morning");
    rig_free(rig);
}

static bool has_note(struct rig *rig, const void *arg)
{
    return rig->notes >= *(const int *)arg;
}

static void a_limit_does_not_break_what_is_under_way(void **state)
{
    (void)state;
    struct rig *rig = rig_frozen();
    limit_to(rig, "10k");
    rig->options.request_limit_ms = MINUTE_MS;
    rig_engine(rig);
    rig_add(rig, rig_file(rig, "small.bin", 10000, 2));
    (void)wait_first(rig, "small.bin");
    assert_int_equal(rig->notes, 0); /* a second is soon enough */
    rig_add(rig, rig_file(rig, "a.bin", BIG, 1));
    rig_wait_state(rig, "a.bin", SL_JOB_QUEUED);
    rig->ticking = true;
    rig_wait_state(rig, "small.bin", SL_JOB_ACCEPTED);
    assert_int_equal(rig->notes, 0); /* the large one was not started beside it */
    rig->ticking = false;
    rig_wait(rig, has_note, &(int){1}, "a note");
    assert_non_null(strstr(rig->note.text, "666.7 KB/s")); /* in 48 s */
    (void)wait_first(rig, "a.bin");
    run(rig, 400, 666667, 200000);
    rig_send(rig, SL_CMD_LIMIT, 0, 20000);
    no_limit(rig, 0);
    rig_wait_idle(rig);
    assert_int_equal(rig->notes, 1); /* said once */
    rig_assert_stored(rig, "a.bin");
    rig_free(rig);
}

static void it_stops_at_the_time_that_was_said(void **state)
{
    (void)state;
    struct rig *rig = rig_frozen();
    at_noon(rig);
    rig->options.stop_at_minute = 1 + 12 * 60 + 10;
    rig->options.http.stall_ms = 60 * MINUTE_MS;
    rig->options.request_limit_ms = 24 * 60 * MINUTE_MS; /* minutes without a byte are fine */
    rig_engine(rig);
    rig_fault(rig, stall);
    rig_add(rig, rig_file(rig, "a.bin", BIG, 1));
    rig_wait_bytes(rig, "a.bin", 500000);
    move_clock(rig, 9 * MINUTE_MS);
    rig_send(rig, SL_CMD_LIMIT, rig_job(rig, "a.bin")->job.id, 1000);
    rig_send(rig, SL_CMD_LIMIT, 0, 2000000);
    rig_wait(rig, limit_is, &(uint64_t){2000000}, "both limits to be heard");
    rig_fault(rig, NULL);
    move_clock(rig, MINUTE_MS);
    rig_wait_stopped(rig);
    assert_true(rig->notes >= 1);
    assert_int_equal(rig_job(rig, "a.bin")->job.state, SL_JOB_QUEUED);
    rig_free(rig);
}

static void what_is_nearly_through_is_finished_first(void **state)
{
    (void)state;
    struct rig *rig = rig_frozen();
    at_noon(rig);
    rig->fake.wall_offset_ms += MINUTE_MS - 10000;
    rig->options.parallel = 1;
    limit_to(rig, "100k");
    rig_engine(rig);
    rig_add(rig, rig_file(rig, "a.bin", 200000, 1));
    rig_add(rig, rig_file(rig, "b.bin", 200000, 2));
    (void)wait_first(rig, "a.bin");
    run(rig, 400, 100000, 10000);
    rig_send(rig, SL_CMD_STOP_AT, 0, 12 * 60 + 1);
    rig_send(rig, SL_CMD_LIMIT, 0, 90000);
    rig_wait(rig, limit_is, &(uint64_t){90000}, "both commands to be heard");
    move_clock(rig, 10000);
    rig_wait(rig, has_note, &(int){1}, "a note");
    if (strstr(rig->note.text, "finished") == NULL)
        fail_msg("%s", rig->note.text);
    no_limit(rig, 0);
    rig_wait_stopped(rig);
    assert_int_equal(rig_job(rig, "a.bin")->job.state, SL_JOB_ACCEPTED);
    assert_int_equal(rig_job(rig, "b.bin")->job.state, SL_JOB_QUEUED);
    rig_free(rig);
}

static void a_higher_priority_starts_first_and_outlives_a_restart(void **state)
{
    (void)state;
    struct rig *rig = rig_new();
    rig->options.parallel = 1;
    rig_provider(rig);
    rig_engine(rig);
    rig_fault(rig, stall);
    rig_add(rig, rig_file(rig, "0.bin", BIG, 1));
    rig_wait_bytes(rig, "0.bin", 500000);
    rig_file(rig, "1.bin", 1000, 2);
    rig_file(rig, "2.bin", 1000, 3);
    rig_file(rig, "3.bin", 1000, 4);
    rig_add(rig, rig->media);
    rig_wait_state(rig, "3.bin", SL_JOB_QUEUED);
    rig_send(rig, SL_CMD_PRIORITY, rig_job(rig, "3.bin")->job.id, 1);
    rig_send(rig, SL_CMD_PRIORITY, rig_job(rig, "1.bin")->job.id, -1);
    rig_send(rig, SL_CMD_MOVE, rig_job(rig, "2.bin")->job.id, -1); /* the first of its priority */
    rig_send(rig, SL_CMD_STOP_NOW, 0, 0);
    rig_wait_stopped(rig);
    rig_engine_stop(rig);
    rig_fault(rig, NULL);
    rig->options.run_earlier = true;
    rig_engine(rig);
    rig_wait_idle(rig);
    const struct sl_job *one = &rig_job(rig, "1.bin")->job;
    const struct sl_job *two = &rig_job(rig, "2.bin")->job;
    const struct sl_job *three = &rig_job(rig, "3.bin")->job;
    assert_int_equal(sl_rank_priority(three->rank), 1);
    assert_int_equal(sl_rank_priority(two->rank), 0);
    assert_int_equal(sl_rank_priority(one->rank), -1);
    assert_true(three->rank < two->rank && two->rank < one->rank);
    rig_add(rig, rig_file(rig, "4.bin", 1000, 5)); /* at the end of its priority */
    rig_wait_state(rig, "4.bin", SL_JOB_STORED);
    const int64_t rank = rig_job(rig, "4.bin")->job.rank;
    assert_true(rank > two->rank && rank < one->rank);
    rig_free(rig);
}

static void ranks_hold_priority_and_place(void **state)
{
    (void)state;
    for (int priority = -9; priority <= 9; priority++) {
        for (int64_t place = 1; place < 1000000; place = place * 3 + 1) {
            const int64_t rank = sl_rank_of(priority, place);
            assert_int_equal(sl_rank_priority(rank), priority);
            assert_int_equal(sl_rank_place(rank), place);
            assert_true(sl_rank_of(priority, place + 1) > rank);
            assert_true(priority == 9 || sl_rank_of(priority + 1, 1000000000) < rank);
        }
    }
    assert_int_equal(sl_rank_of(99, 5), sl_rank_of(9, 5));
    assert_int_equal(sl_rank_of(-99, 5), sl_rank_of(-9, 5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uploads_keep_to_the_limit_together),
        cmocka_unit_test(a_limit_holds_for_what_runs),
        cmocka_unit_test(a_limit_of_a_file_ends_with_it),
        cmocka_unit_test(a_limit_of_a_file_survives_a_restart),
        cmocka_unit_test(a_slow_stream_does_not_count_as_stalled),
        cmocka_unit_test(slow_mode_is_switched_and_told),
        cmocka_unit_test(the_timetable_changes_the_limit_at_its_time),
        cmocka_unit_test(a_limit_does_not_break_what_is_under_way),
        cmocka_unit_test(it_stops_at_the_time_that_was_said),
        cmocka_unit_test(what_is_nearly_through_is_finished_first),
        cmocka_unit_test(a_higher_priority_starts_first_and_outlives_a_restart),
        cmocka_unit_test(ranks_hold_priority_and_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
