/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <string.h>
#include <unistd.h>

#include "engine/rig.h"
#include "support/test.h"

enum { BIG = 32000000 }; /* more than sockets hold, so that a stalled provider is felt */

static const char stall[] = "{'match':'PUT ','action':'stall','after_bytes':1000000,'times':1}";
static const char stall_all[] = "{'match':'PUT ','action':'stall','after_bytes':100}";

/* One upload in the middle of its bytes. */
static struct rig_job *start_stalled(struct rig *rig, const char *name)
{
    rig_add(rig, rig_file(rig, name, BIG, 1));
    rig_wait_bytes(rig, name, 500000);
    return rig_job(rig, name);
}

static void a_paused_upload_keeps_its_place_and_its_connection(void **state)
{
    (void)state;
    struct rig *rig = rig_started();
    rig_fault(rig, stall);
    struct rig_job *job = start_stalled(rig, "a.bin");
    rig_send(rig, SL_CMD_PAUSE, job->job.id, 0);
    rig_wait_state(rig, "a.bin", SL_JOB_PAUSED);
    rig_fault(rig, NULL); /* the provider would go on */
    rig_add(rig, rig_file(rig, "b.bin", 1000, 2));
    rig_wait_state(rig, "b.bin", SL_JOB_STORED); /* the slot is free meanwhile */
    assert_int_equal(job->job.state, SL_JOB_PAUSED);
    rig_send(rig, SL_CMD_RESUME, job->job.id, 0);
    rig_wait_state(rig, "a.bin", SL_JOB_STORED);
    rig_assert_stored(rig, "a.bin");
    assert_int_equal(job->job.attempts, 1); /* the same attempt went on */
    rig_free(rig);
}

static void a_pause_that_lasts_lets_the_connection_go(void **state)
{
    (void)state;
    struct rig *rig = rig_new();
    rig->options.clock = sl_fake_clock(&rig->fake);
    rig->options.pause_hold_ms = 100000;
    rig->ticking = true;
    rig_provider(rig);
    rig_engine(rig);
    rig_fault(rig, stall);
    struct rig_job *job = start_stalled(rig, "a.bin");
    rig_send(rig, SL_CMD_PAUSE, job->job.id, 0);
    rig_wait_state(rig, "a.bin", SL_JOB_PAUSED);
    assert_true(job->job.held);
    atomic_fetch_add(&rig->fake.now_ms, 200000);
    sl_engine_wake(rig->engine);
    while (job->job.held) /* the face hears at once that the sent bytes are lost */
        rig_read(rig);
    rig_fault(rig, NULL); /* the provider reads on, to the end of the connection */
    while (rig_provider_files(rig, "tmp") > 0)
        rig_read(rig);
    assert_int_equal(job->job.state, SL_JOB_PAUSED);
    rig_send(rig, SL_CMD_RESUME, job->job.id, 0);
    rig_wait_state(rig, "a.bin", SL_JOB_STORED);
    rig_assert_stored(rig, "a.bin");
    rig_free(rig);
}

static void what_is_added_while_the_rest_is_finished_waits_for_the_next_run(void **state)
{
    (void)state;
    struct rig *rig = rig_started();
    rig->options.run_earlier = true;
    rig_fault(rig, stall);
    (void)start_stalled(rig, "a.bin");
    rig_send(rig, SL_CMD_STOP_DRAIN, 0, 0);
    rig_add(rig, rig_file(rig, "b.bin", 1000, 2));
    rig_wait_state(rig, "b.bin", SL_JOB_QUEUED);
    rig_send(rig, SL_CMD_PAUSE, rig_job(rig, "b.bin")->job.id, 0);
    rig_wait_state(rig, "b.bin", SL_JOB_PAUSED);
    rig_send(rig, SL_CMD_RESUME, rig_job(rig, "b.bin")->job.id, 0);
    rig_wait_state(rig, "b.bin", SL_JOB_QUEUED);
    rig_fault(rig, NULL);
    rig_wait_stopped(rig);
    const enum sl_job_state first = rig_job(rig, "a.bin")->job.state;
    assert_true(first == SL_JOB_ACCEPTED || first == SL_JOB_STORED);
    assert_int_equal(rig_job(rig, "b.bin")->job.state, SL_JOB_QUEUED);
    rig_engine_stop(rig);
    rig_engine(rig);
    rig_wait_state(rig, "b.bin", SL_JOB_STORED);
    rig_free(rig);
}

static void a_paused_job_survives_a_restart_paused(void **state)
{
    (void)state;
    struct rig *rig = rig_started();
    rig->options.run_earlier = true;
    rig_send(rig, SL_CMD_PAUSE_ALL, 0, 0);
    rig_add(rig, rig_file(rig, "a.bin", 5000, 1));
    rig_wait_idle(rig); /* paused jobs are no work */
    rig_engine_stop(rig);
    rig_engine(rig);
    rig_wait_idle(rig);
    struct rig_job *job = rig_job(rig, "a.bin");
    assert_int_equal(job->job.state, SL_JOB_PAUSED);
    rig_send(rig, SL_CMD_RESUME, job->job.id, 0);
    rig_wait_state(rig, "a.bin", SL_JOB_STORED);
    rig_free(rig);
}

static void all_are_paused_and_all_resumed(void **state)
{
    (void)state;
    struct rig *rig = rig_started();
    rig_fault(rig, stall_all);
    rig_file(rig, "a.bin", BIG / 8, 1);
    rig_file(rig, "b.bin", BIG / 8, 2);
    rig_file(rig, "c.bin", BIG / 8, 3);
    rig_file(rig, "d.bin", 1000, 4);
    rig_add(rig, rig->media);
    rig_wait_state(rig, "c.bin", SL_JOB_UPLOADING);
    rig_send(rig, SL_CMD_PAUSE_ALL, 0, 0);
    rig_wait_idle(rig);
    for (int i = 0; i < 4; i++)
        assert_int_equal(rig->jobs[i].job.state, SL_JOB_PAUSED);
    rig_fault(rig, NULL);
    rig_send(rig, SL_CMD_RESUME_ALL, 0, 0);
    rig_wait_state(rig, "d.bin", SL_JOB_STORED);
    rig_wait_idle(rig);
    for (int i = 0; i < 4; i++)
        assert_int_equal(rig->jobs[i].job.state, SL_JOB_STORED);
    rig_free(rig);
}

static void a_cancelled_upload_stops_at_once_and_leaves_nothing(void **state)
{
    (void)state;
    struct rig *rig = rig_started();
    rig_fault(rig, stall);
    struct rig_job *job = start_stalled(rig, "a.bin");
    rig_send(rig, SL_CMD_CANCEL, job->job.id, 0);
    rig_wait_state(rig, "a.bin", SL_JOB_CANCELLED);
    rig_wait_idle(rig);
    rig_fault(rig, NULL); /* the provider reads on, to the end of the connection */
    while (rig_provider_files(rig, "tmp") > 0)
        rig_read(rig);
    assert_int_equal(rig_provider_files(rig, "pieces"), 0);
    rig_send(rig, SL_CMD_RETRY, job->job.id, 0);
    rig_wait_state(rig, "a.bin", SL_JOB_STORED);
    rig_assert_stored(rig, "a.bin");
    assert_int_equal(job->job.attempts, 1);
    rig_free(rig);
}

static void a_removed_job_is_gone_for_good_but_its_file_stays(void **state)
{
    (void)state;
    struct rig *rig = rig_started();
    rig_fault(rig, stall);
    struct rig_job *job = start_stalled(rig, "a.bin");
    rig_send(rig, SL_CMD_REMOVE, job->job.id, 0);
    rig_wait_idle(rig);
    assert_true(job->gone);
    assert_int_equal(access(rig_path(rig, "a.bin"), F_OK), 0);
    rig_engine_stop(rig);
    rig_engine(rig);
    rig_wait_idle(rig);
    assert_int_equal(rig->job_count, 0);
    rig_free(rig);
}

static void a_moved_job_starts_in_its_new_place(void **state)
{
    (void)state;
    struct rig *rig = rig_new();
    rig->options.parallel = 1;
    rig_provider(rig);
    rig_engine(rig);
    rig_fault(rig, stall);
    struct rig_job *first = start_stalled(rig, "0.bin");
    rig_file(rig, "1.bin", 1000, 2);
    rig_file(rig, "2.bin", 1000, 3);
    rig_file(rig, "3.bin", 1000, 4);
    rig_add(rig, rig->media);
    rig_wait_state(rig, "3.bin", SL_JOB_QUEUED);
    assert_int_equal(rig->job_count, 4); /* the running one was not queued twice */
    rig_send(rig, SL_CMD_MOVE, rig_job(rig, "3.bin")->job.id, -2);
    rig_send(rig, SL_CMD_MOVE, rig_job(rig, "1.bin")->job.id, 1);
    rig_send(rig, SL_CMD_MOVE, rig_job(rig, "1.bin")->job.id, 5); /* is last already */
    rig_send(rig, SL_CMD_MOVE, first->job.id, 1);                 /* runs: means nothing */
    rig_send(rig, SL_CMD_CANCEL, first->job.id, 0);
    rig_wait_idle(rig);
    const struct sl_job *one = &rig_job(rig, "1.bin")->job;
    const struct sl_job *two = &rig_job(rig, "2.bin")->job;
    const struct sl_job *three = &rig_job(rig, "3.bin")->job;
    assert_true(three->rank < two->rank && two->rank < one->rank);
    assert_true(first->job.rank < three->rank);
    assert_int_equal(one->state, SL_JOB_STORED);
    rig_free(rig);
}

static bool three_run(struct rig *rig, const void *arg)
{
    int running = 0;
    for (int i = 0; i < rig->job_count; i++)
        running += rig->jobs[i].job.state == SL_JOB_UPLOADING;
    assert_true(running <= *(const int *)arg);
    return running == *(const int *)arg;
}

static void the_number_of_uploads_changes_at_once(void **state)
{
    (void)state;
    struct rig *rig = rig_new();
    rig->options.parallel = 1;
    rig_provider(rig);
    rig_engine(rig);
    rig_fault(rig, stall_all);
    char name[8] = "0";
    for (int i = 0; i < 6; i++) {
        name[0] = (char)('0' + i);
        rig_file(rig, name, BIG / 8, (uint64_t)i + 1);
    }
    rig_add(rig, rig->media);
    rig_wait(rig, three_run, &(int){1}, "one upload");
    rig_send(rig, SL_CMD_PARALLEL, 0, 3);
    rig_wait(rig, three_run, &(int){3}, "three uploads");
    rig_send(rig, SL_CMD_PARALLEL, 0, 1);
    rig_send(rig, SL_CMD_CANCEL, rig_job(rig, "0")->job.id, 0);
    rig_wait_state(rig, "0", SL_JOB_CANCELLED);
    rig_wait(rig, three_run, &(int){2}, "the others to go on");
    rig_fault(rig, NULL);
    rig_wait_idle(rig);
    for (int i = 1; i < 6; i++)
        assert_int_equal(rig->jobs[i].job.state, SL_JOB_STORED);
    rig_free(rig);
}

static void stop_now_aborts_and_the_next_run_goes_on(void **state)
{
    (void)state;
    struct rig *rig = rig_started();
    rig_fault(rig, stall);
    start_stalled(rig, "a.bin");
    rig_send(rig, SL_CMD_STOP_NOW, 0, 0);
    rig_wait_stopped(rig);
    assert_int_equal(rig_job(rig, "a.bin")->job.state, SL_JOB_QUEUED);
    assert_int_equal(rig_job(rig, "a.bin")->job.attempts, 0);
    rig_engine_stop(rig);
    rig_fault(rig, NULL); /* the provider reads on, to the end of the connection */
    while (rig_provider_files(rig, "tmp") > 0)
        continue;
    assert_int_equal(rig_provider_files(rig, "pieces"), 0);

    rig_engine(rig); /* without run_earlier: announced, not started, no work */
    rig_wait_idle(rig);
    struct rig_job *job = rig_job(rig, "a.bin");
    assert_int_equal(job->job.state, SL_JOB_QUEUED);
    rig_send(rig, SL_CMD_RESUME, job->job.id, 0);
    rig_wait_state(rig, "a.bin", SL_JOB_STORED);
    rig_assert_stored(rig, "a.bin");
    rig_free(rig);
}

static void an_earlier_job_is_taken_over_by_adding_its_file(void **state)
{
    (void)state;
    struct rig *rig = rig_started();
    rig_fault(rig, stall);
    start_stalled(rig, "a.bin");
    const int64_t id = rig_job(rig, "a.bin")->job.id;
    rig_engine_stop(rig);
    rig_engine(rig);
    rig_add(rig, rig_path(rig, "a.bin"));
    rig_wait_idle(rig);
    assert_int_equal(rig->job_count, 1);
    assert_int_equal(rig->scanned_files, 1);
    assert_int_equal(rig_job(rig, "a.bin")->job.id, id);
    rig_assert_stored(rig, "a.bin");
    rig_free(rig);
}

static void stop_drain_finishes_what_runs_and_starts_nothing(void **state)
{
    (void)state;
    struct rig *rig = rig_new();
    rig->options.parallel = 1;
    rig_provider(rig);
    rig_engine(rig);
    rig_fault(rig, stall);
    start_stalled(rig, "a.bin");
    rig_add(rig, rig_file(rig, "b.bin", 1000, 2));
    rig_wait_state(rig, "b.bin", SL_JOB_QUEUED);
    rig_send(rig, SL_CMD_STOP_DRAIN, 0, 0);
    rig_fault(rig, NULL);
    rig_wait_stopped(rig);
    const enum sl_job_state first = rig_job(rig, "a.bin")->job.state;
    assert_true(first == SL_JOB_ACCEPTED || first == SL_JOB_STORED);
    assert_int_equal(rig_job(rig, "b.bin")->job.state, SL_JOB_QUEUED);
    rig_engine_stop(rig);

    rig->options.run_earlier = true;
    rig_engine(rig);
    rig_wait_state(rig, "b.bin", SL_JOB_STORED);
    rig_wait_state(rig, "a.bin", SL_JOB_STORED);
    rig_assert_stored(rig, "a.bin");
    rig_free(rig);
}

static void a_drain_can_be_cut_short(void **state)
{
    (void)state;
    struct rig *rig = rig_started();
    rig_fault(rig, stall);
    start_stalled(rig, "a.bin");
    rig_send(rig, SL_CMD_STOP_DRAIN, 0, 0);
    rig_send(rig, SL_CMD_STOP_NOW, 0, 0);
    rig_wait_stopped(rig);
    assert_int_equal(rig_job(rig, "a.bin")->job.state, SL_JOB_QUEUED);
    rig_free(rig);
}

static void commands_that_make_no_sense_do_nothing(void **state)
{
    (void)state;
    struct rig *rig = rig_started();
    rig_add(rig, rig_file(rig, "a.bin", 1000, 1));
    rig_wait_idle(rig);
    const int64_t id = rig_job(rig, "a.bin")->job.id;
    const int events = rig_job(rig, "a.bin")->events;
    rig_send(rig, SL_CMD_PAUSE, id, 0);
    rig_send(rig, SL_CMD_RESUME, id, 0);
    rig_send(rig, SL_CMD_CANCEL, id, 0);
    rig_send(rig, SL_CMD_RETRY, id, 0);
    rig_send(rig, SL_CMD_MOVE, id, -1);
    rig_send(rig, SL_CMD_CANCEL, id + 1000, 0);
    rig_send(rig, SL_CMD_STOP_NOW, 0, 0);
    rig_wait_stopped(rig);
    assert_int_equal(rig_job(rig, "a.bin")->events, events);
    rig_assert_stored(rig, "a.bin");
    rig_free(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_paused_upload_keeps_its_place_and_its_connection),
        cmocka_unit_test(a_pause_that_lasts_lets_the_connection_go),
        cmocka_unit_test(what_is_added_while_the_rest_is_finished_waits_for_the_next_run),
        cmocka_unit_test(a_paused_job_survives_a_restart_paused),
        cmocka_unit_test(all_are_paused_and_all_resumed),
        cmocka_unit_test(a_cancelled_upload_stops_at_once_and_leaves_nothing),
        cmocka_unit_test(a_removed_job_is_gone_for_good_but_its_file_stays),
        cmocka_unit_test(a_moved_job_starts_in_its_new_place),
        cmocka_unit_test(the_number_of_uploads_changes_at_once),
        cmocka_unit_test(stop_now_aborts_and_the_next_run_goes_on),
        cmocka_unit_test(an_earlier_job_is_taken_over_by_adding_its_file),
        cmocka_unit_test(stop_drain_finishes_what_runs_and_starts_nothing),
        cmocka_unit_test(a_drain_can_be_cut_short),
        cmocka_unit_test(commands_that_make_no_sense_do_nothing),
    };
    return cmocka_run_group_tests_name("engine: control", tests, NULL, NULL);
}
