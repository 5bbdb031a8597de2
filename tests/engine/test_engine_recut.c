/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* When files are cut, how small, and when what waits of them is cut again. */
#include <string.h>
#include <unistd.h>

#include "engine/rig.h"
#include "support/sanitized.h"
#include "support/test.h"

static void a_file_over_the_limit_is_refused_when_it_must_not_be_split(void **state)
{
    (void)state;
    struct rig *rig = rig_new();
    rig->options.split_bytes = SL_SPLIT_NEVER;
    rig_provider(rig);
    rig_engine(rig);
    const char *huge = rig_file(rig, "huge", 1, 1);
    assert_int_equal(truncate(huge, (off_t)SL_PIECE_MAX_BYTES + 1), 0);
    rig_add(rig, huge);
    rig_wait_idle(rig);
    assert_int_equal(rig->job_count, 0);
    assert_int_equal(rig->rejections[0].err.code, SL_ETOOBIG);
    assert_non_null(strstr(rig->rejections[0].err.text, "split = auto"));
    rig_free(rig);
}

static int look_for_split(void *ctx, const struct sl_history *line)
{
    *(bool *)ctx = *(bool *)ctx || strstr(line->err.text, "in parts of") != NULL;
    return 0;
}

/* Its history says that it was split smaller; the engine is ended for that. */
static void assert_said_so(struct rig *rig, int64_t job_id)
{
    struct sl_err err = {0};
    struct sl_journal *journal = NULL;
    bool said = false;
    rig_engine_stop(rig);
    assert_int_equal(
        sl_journal_open(&journal, rig->state, SL_JOURNAL_READ, &rig->options.clock, &err), SL_OK);
    assert_int_equal(sl_journal_history(journal, job_id, look_for_split, &said, &err), SL_OK);
    sl_journal_close(journal);
    assert_true(said);
}

static void a_piece_that_broke_off_twice_is_sent_in_parts_and_says_so(void **state)
{
    (void)state;
    struct rig *rig = rig_new();
    rig->options.split_least_bytes = RIG_SHARD;
    rig->options.parallel = 1;
    rig_provider(rig);
    rig_engine(rig);
    /* whatever is longer than this never arrives */
    rig_fault(rig, "{'match':'PUT ','action':'reset','after_bytes':600000}");
    rig_add(rig, rig_file(rig, "film", 10 * RIG_SHARD, 1));
    struct rig_job *job = rig_wait_state(rig, "film", SL_JOB_STORED);
    const struct sl_piece_id whole = rig_piece(rig_path(rig, "film"));
    assert_int_equal(job->job.shard_bytes, 2 * RIG_SHARD);
    assert_int_equal(job->job.parts_stored, 5);
    assert_true(sl_piece_id_equal(&job->job.piece, &whole));
    assert_said_so(rig, job->job.id);
    rig_free(rig);
}

static void a_file_of_a_few_of_the_smallest_parts_is_split_too(void **state)
{
    (void)state;
    struct rig *rig = rig_new();
    rig->options.split_least_bytes = RIG_SHARD;
    rig_provider(rig);
    rig_engine(rig);
    rig_fault(rig, "{'match':'PUT ','action':'reset','after_bytes':200000}");
    rig_add(rig, rig_file(rig, "film", 5 * RIG_SHARD, 1));
    struct rig_job *job = rig_wait_state(rig, "film", SL_JOB_STORED);
    assert_int_equal(job->job.parts_stored, 5);
    rig_free(rig);
}

static void a_part_that_broke_off_twice_is_cut_again(void **state)
{
    (void)state;
    struct rig *rig = rig_new();
    rig->options.split_least_bytes = RIG_SHARD;
    rig->options.parallel = 1;
    rig_provider(rig);
    rig_engine(rig);
    rig_fault(rig, "{'match':'PUT ','action':'reset','after_bytes':200000}");
    rig_add(rig, rig_file(rig, "film", 16 * RIG_SHARD, 1));
    rig_wait_state(rig, "film", SL_JOB_STORED);
    struct rig_job *job = rig_job(rig, "film");
    const struct sl_piece_id whole = rig_piece(rig_path(rig, "film"));
    assert_int_equal(job->job.shard_bytes, 4 * RIG_SHARD);
    assert_int_equal(job->job.parts_stored, 16);
    assert_true(sl_piece_id_equal(&job->job.piece, &whole));
    char label[SL_PART_LABEL_CHARS];
    bool cut = false;
    for (int i = 0; i < rig->part_count; i++) {
        sl_job_part_label(label, &rig->parts[i].job, rig->parts[i].part.id);
        cut = cut || strcmp(label, "1.2-4/4") == 0;
    }
    assert_true(cut);
    rig_free(rig);
}

static bool is_cut(struct rig *rig, const void *arg)
{
    const struct rig_job *job = rig_job(rig, arg);
    return job != NULL && job->job.parts > 1;
}

static struct rig_job *wait_cut(struct rig *rig)
{
    rig_wait(rig, is_cut, "film", "film to be in parts");
    return rig_job(rig, "film");
}

static void a_stream_too_slow_for_the_provider_is_broken_off_and_split(void **state)
{
    (void)state;
    struct rig *rig = rig_new();
    rig->options.split_least_bytes = RIG_SHARD;
    rig->options.request_limit_ms = SL_SANITIZED ? 4000 : 2000;
    rig->options.parallel = 1;
    rig_provider(rig);
    rig_engine(rig);
    rig_fault(rig, "{'match':'PUT ','action':'slow','bytes_per_s':800000}");
    rig_add(rig, rig_file(rig, "film", 64 * RIG_SHARD, 1));
    struct rig_job *job = wait_cut(rig);
    rig_fault(rig, NULL);
    rig_wait_state(rig, "film", SL_JOB_STORED);
    assert_int_equal(job->job.parts_stored, job->job.parts);
    assert_said_so(rig, job->job.id);
    rig_free(rig);
}

/* As if the last run had been killed while it was uploading. */
static void leave_uploading(struct rig *rig, const char *path)
{
    struct sl_err err = {0};
    struct sl_job job;
    struct sl_journal *journal = NULL;
    assert_int_equal(
        sl_journal_open(&journal, rig->state, SL_JOURNAL_WRITE, &rig->options.clock, &err), SL_OK);
    assert_int_equal(sl_journal_find_path(journal, path, &job, &err), 1);
    job.state = SL_JOB_UPLOADING;
    job.attempts++; /* the stop has taken it back */
    assert_int_equal(sl_journal_update(journal, &job, NULL, &err), SL_OK);
    sl_journal_close(journal);
}

static void after_a_kill_what_is_left_is_cut_smaller_and_that_is_said(void **state)
{
    (void)state;
    const int one = 1;
    struct rig *rig = rig_split();
    rig->options.split_bytes = 16 * RIG_SHARD;
    rig->options.parallel = 1;
    rig_engine(rig);
    const char *path = rig_file(rig, "film", 3 * 16 * RIG_SHARD - 1000, 1);
    rig_fault(rig, "{'match':'PUT ','skip':1,'action':'stall','after_bytes':70000}");
    rig_add(rig, path);
    rig_wait(rig, rig_has_parts, &one, "a part");
    rig_engine_stop(rig);
    rig_fault(rig, NULL);
    leave_uploading(rig, rig_path(rig, "film"));
    rig->options.split_bytes = SL_SPLIT_AUTO;
    rig->options.split_least_bytes = RIG_SHARD / 8;
    rig_engine(rig);
    struct rig_job *job = rig_wait_state(rig, "film", SL_JOB_STORED);
    const struct sl_piece_id whole = rig_piece(rig_path(rig, "film"));
    assert_int_equal(job->job.parts, 1 + 4 + 8); /* a quarter of the last is a bit less */
    assert_int_equal(job->job.parts_stored, 1 + 4 + 8);
    assert_true(sl_piece_id_equal(&job->job.piece, &whole));
    assert_int_equal(rig->notes, 1);
    assert_non_null(strstr(rig->note.text, "killed in the middle"));
    rig_free(rig);
}

/* One more run that is killed while it sends the file. */
static void killed_in_the_middle(struct rig *rig, const char *path)
{
    rig_engine(rig);
    rig_add(rig, path);
    rig_wait_state(rig, "film", SL_JOB_UPLOADING);
    assert_int_equal(rig->notes, 0);
    assert_int_equal(rig_job(rig, "film")->job.shard_bytes, 0);
    rig_engine_stop(rig);
    leave_uploading(rig, rig_path(rig, "film"));
}

static void a_whole_file_is_cut_after_the_second_kill_and_that_is_said(void **state)
{
    (void)state;
    struct rig *rig = rig_split();
    rig->options.split_bytes = SL_SPLIT_AUTO;
    rig->options.split_least_bytes = RIG_SHARD / 4;
    const char *path = rig_file(rig, "film", 16 * RIG_SHARD, 1);
    rig_fault(rig, "{'match':'PUT ','action':'stall','after_bytes':70000}");
    killed_in_the_middle(rig, path);
    killed_in_the_middle(rig, path);
    rig_fault(rig, NULL);
    rig_engine(rig);
    struct rig_job *job = rig_wait_state(rig, "film", SL_JOB_STORED);
    const struct sl_piece_id whole = rig_piece(rig_path(rig, "film"));
    assert_int_equal(job->job.parts_stored, 4);
    assert_true(sl_piece_id_equal(&job->job.piece, &whole));
    assert_int_equal(rig->notes, 1);
    assert_non_null(strstr(rig->note.text, "killed in the middle of it twice"));
    rig_free(rig);
}

/* The kernel takes megabytes that the line has not seen. */
static void a_slow_line_is_measured_by_what_has_arrived(void **state)
{
    (void)state;
    enum { RATE = 400000, LIMIT_MS = 4000 };
    struct rig *rig = rig_new();
    rig->options.split_least_bytes = RIG_SHARD;
    rig->options.request_limit_ms = rig->net_options.request_limit_ms = LIMIT_MS;
    rig->options.parallel = 1;
    rig_provider(rig);
    rig_engine(rig);
    rig_fault(rig, "{'match':'PUT ','action':'slow','bytes_per_s':400000}");
    rig_add(rig, rig_file(rig, "film", 24 * RIG_SHARD, 1));
    struct rig_job *job = wait_cut(rig);
    assert_int_equal(job->job.attempts, 1); /* it was not cut by the provider */
    assert_in_range(job->job.shard_bytes, RIG_SHARD, RATE * (LIMIT_MS / 2000));
    rig_fault(rig, NULL);
    rig_wait_state(rig, "film", SL_JOB_STORED);
    assert_said_so(rig, job->job.id);
    rig_free(rig);
}

/* As if another run had measured it. */
static void remember_rate(struct rig *rig, uint64_t bytes_per_s)
{
    struct sl_err err = {0};
    struct sl_journal *journal = NULL;
    assert_int_equal(
        sl_journal_open(&journal, rig->state, SL_JOURNAL_WRITE, &rig->options.clock, &err), SL_OK);
    assert_int_equal(sl_journal_set_rate(journal, rig->url, bytes_per_s, &err), SL_OK);
    sl_journal_close(journal);
}

static bool is_cut_again(struct rig *rig, const void *arg)
{
    return rig_job(rig, "film") != NULL && rig_job(rig, "film")->job.parts > *(const uint32_t *)arg;
}

static void when_a_part_was_too_slow_those_that_wait_are_cut_too(void **state)
{
    (void)state;
    enum { LIMIT_MS = 4000, FIRST = 6 };
    const uint32_t first = FIRST;
    struct rig *rig = rig_new();
    rig->options.split_least_bytes = RIG_SHARD;
    rig->options.request_limit_ms = LIMIT_MS;
    rig->options.parallel = 1;
    rig_provider(rig);
    remember_rate(rig, 16 * RIG_SHARD / (LIMIT_MS / 2000) + 1);
    rig_engine(rig);
    rig_fault(rig, "{'match':'PUT ','action':'slow','bytes_per_s':200000}");
    rig_add(rig, rig_file(rig, "film", FIRST * 16 * RIG_SHARD, 1));
    rig_wait(rig, is_cut_again, &first, "smaller parts");
    const uint32_t parts = rig_job(rig, "film")->job.parts;
    assert_int_equal(parts % FIRST, 0); /* all in the same way */
    rig_fault(rig, NULL);
    struct rig_job *job = rig_wait_state(rig, "film", SL_JOB_STORED);
    assert_int_equal(job->job.parts_stored, parts);
    assert_int_equal(job->job.attempts, 2); /* one was broken off */
    rig_free(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_over_the_limit_is_refused_when_it_must_not_be_split),
        cmocka_unit_test(a_piece_that_broke_off_twice_is_sent_in_parts_and_says_so),
        cmocka_unit_test(a_file_of_a_few_of_the_smallest_parts_is_split_too),
        cmocka_unit_test(a_part_that_broke_off_twice_is_cut_again),
        cmocka_unit_test(a_stream_too_slow_for_the_provider_is_broken_off_and_split),
        cmocka_unit_test(after_a_kill_what_is_left_is_cut_smaller_and_that_is_said),
        cmocka_unit_test(a_whole_file_is_cut_after_the_second_kill_and_that_is_said),
        cmocka_unit_test(a_slow_line_is_measured_by_what_has_arrived),
        cmocka_unit_test(when_a_part_was_too_slow_those_that_wait_are_cut_too),
    };
    return cmocka_run_group_tests_name("engine: recut", tests, NULL, NULL);
}
