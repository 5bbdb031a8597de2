/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Jobs and their history go into the journal and come back. */
#include <stdio.h>
#include <string.h>

#include "store/db.h"
#include "support/test.h"
#include "unit/journal_bench.h"

static void everything_of_a_job_survives(void **state)
{
    struct bench *bench = *state;
    struct sl_job job = a_job(-7);
    /* unsigned values beyond the signed range, bit for bit */
    job.file =
        (struct sl_file_mark){UINT64_MAX, INT64_MIN, UINT64_C(1) << 63, UINT64_MAX - 1, INT64_MAX};
    assert_int_equal(sl_journal_add(bench->journal, &job, "/a", NULL), SL_OK);
    assert_true(job.id > 0);
    assert_int_equal(job.added_ms, INT64_C(1800000001000));
    assert_int_equal(job.changed_ms, job.added_ms);
    assert_same_job(&read_all(bench->journal)->jobs[0], &job);

    bench->fake.now_ms += 500;
    job.state = SL_JOB_WAITING;
    job.rank = INT64_MAX;
    job.next_try_ms = INT64_C(1800000009999);
    job.attempts = 3;
    job.has_piece = true;
    job.already_stored = true;
    job.limit_bytes_per_s = UINT32_MAX;
    job.piece = piece_of(1000);
    (void)sl_err_set(&job.err, SL_EBUSY, "asked to \x1b[31m wait \xff\xfe '\"; DROP TABLE jobs;--");
    job.err.detail = -429;
    job.err.wait_ms = 17000;
    assert_int_equal(sl_journal_update(bench->journal, &job, "http://p/", NULL), SL_OK);
    assert_int_equal(job.changed_ms, INT64_C(1800000001500));
    reopen(bench);
    const struct all *all = read_all(bench->journal);
    assert_int_equal(all->count, 1);
    assert_same_job(&all->jobs[0], &job);
    assert_string_equal(all->paths[0], "/a");
    assert_string_equal(all->urls[0], "http://p/");
}

static void every_state_and_every_error_survives(void **state)
{
    struct bench *bench = *state;
    struct sl_job job = add(bench, "/a", 1);
    for (int s = 0; s < SL_JOB_STATE_COUNT; s++) {
        job.state = (enum sl_job_state)s;
        assert_int_equal(sl_journal_update(bench->journal, &job, NULL, NULL), SL_OK);
        assert_same_job(&read_all(bench->journal)->jobs[0], &job);
    }
#define CHECK(code_, value, cls, name, text_)                                                      \
    job.err.code = code_;                                                                          \
    assert_int_equal(sl_journal_update(bench->journal, &job, NULL, NULL), SL_OK);                  \
    assert_int_equal(read_all(bench->journal)->jobs[0].err.code, code_);
    SL_ERR_CODES(CHECK)
#undef CHECK
}

static void hostile_paths_come_back_byte_for_byte(void **state)
{
    struct bench *bench = *state;
    char longest[SL_PATH_BYTES];
    memset(longest, 0xff, sizeof longest);
    longest[0] = '/';
    longest[SL_PATH_BYTES - 1] = '\0';
    const char *const paths[] = {"/a\nb", "/\x1b]0;x\x07", "/\xc0\xaf", "/'; --", " ", longest};
    for (int i = 0; i < 6; i++)
        add(bench, paths[i], i);
    reopen(bench);
    const struct all *all = read_all(bench->journal);
    assert_int_equal(all->count, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_string_equal(all->paths[i], paths[i]);
        struct sl_job found;
        assert_int_equal(sl_journal_find_path(bench->journal, paths[i], &found, NULL), 1);
        assert_int_equal(found.id, all->jobs[i].id);
    }
    char longer[SL_PATH_BYTES + 1];
    memset(longer, 'x', sizeof longer);
    longer[SL_PATH_BYTES] = '\0';
    struct sl_job job = a_job(0);
    assert_int_equal(sl_journal_add(bench->journal, &job, longer, NULL), SL_EOVERFLOW);
    assert_int_equal(sl_journal_add(bench->journal, &job, "", NULL), SL_EOVERFLOW);
    assert_int_equal(read_all(bench->journal)->count, 6);
}

static void the_newest_job_of_a_path_is_found(void **state)
{
    struct bench *bench = *state;
    struct sl_job found = {0};
    assert_int_equal(sl_journal_find_path(bench->journal, "/a", &found, NULL), 0);
    const struct sl_job old = add(bench, "/a", 1);
    add(bench, "/b", 2);
    const struct sl_job new = add(bench, "/a", 0);
    assert_int_equal(sl_journal_find_path(bench->journal, "/a", &found, NULL), 1);
    assert_same_job(&found, &new);
    assert_int_equal(sl_journal_remove(bench->journal, new.id, NULL), SL_OK);
    assert_int_equal(sl_journal_find_path(bench->journal, "/a", &found, NULL), 1);
    assert_same_job(&found, &old);
    assert_int_equal(sl_journal_find_path(bench->journal, "/A", &found, NULL), 0);
}

static void jobs_come_by_rank_until_the_callback_stops(void **state)
{
    struct bench *bench = *state;
    add(bench, "/3", 3);
    add(bench, "/1", -1);
    add(bench, "/2", 2);
    add(bench, "/2b", 2);
    const struct all *all = read_all(bench->journal);
    static const char *const order[] = {"/1", "/2", "/2b", "/3"};
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(all->paths[i], order[i]);
    struct all some = {.stop_at = 2};
    assert_int_equal(sl_journal_each(bench->journal, take, &some, NULL), 42);
    assert_int_equal(some.count, 2);
    assert_int_equal(read_all(bench->journal)->count, 4); /* and can be asked again */
}

static int ask_again(void *ctx, const struct sl_job *job, const char *path, const char *url)
{
    (void)job;
    (void)path;
    (void)url;
    return sl_journal_each(ctx, ask_again, ctx, NULL);
}

static void the_list_cannot_be_asked_for_from_within(void **state)
{
    struct bench *bench = *state;
    add(bench, "/a", 1);
    assert_int_equal(sl_journal_each(bench->journal, ask_again, bench->journal, NULL), SL_EJOURNAL);
    assert_int_equal(read_all(bench->journal)->count, 1);
}

static void an_update_leaves_file_and_provider_alone_and_a_replan_writes_the_file(void **state)
{
    struct bench *bench = *state;
    struct sl_job job = add(bench, "/a", 1);
    assert_int_equal(sl_journal_update(bench->journal, &job, "https://one.example/", NULL), SL_OK);
    job.file.size_bytes = 77;
    job.file.mtime_ns = 78;
    assert_int_equal(sl_journal_update(bench->journal, &job, NULL, NULL), SL_OK);
    assert_int_equal(sl_journal_update(bench->journal, &job, "", NULL), SL_OK);
    const struct all *all = read_all(bench->journal);
    assert_int_equal(all->jobs[0].file.size_bytes, 1000);
    assert_int_equal(all->jobs[0].file.mtime_ns, 0);
    assert_string_equal(all->urls[0], "https://one.example/");
    assert_int_equal(sl_journal_replan(bench->journal, &job, NULL), SL_OK);
    all = read_all(bench->journal);
    assert_same_job(&all->jobs[0], &job);
    assert_string_equal(all->urls[0], "https://one.example/");
    assert_int_equal(sl_journal_update(bench->journal, &job, "https://two.example/", NULL), SL_OK);
    assert_string_equal(read_all(bench->journal)->urls[0], "https://two.example/");
}

static void a_piece_that_is_no_longer_known_is_forgotten(void **state)
{
    struct bench *bench = *state;
    struct sl_job job = add(bench, "/a", 1);
    job.has_piece = true;
    job.piece = piece_of(1000);
    assert_int_equal(sl_journal_update(bench->journal, &job, NULL, NULL), SL_OK);
    assert_true(read_all(bench->journal)->jobs[0].has_piece);
    job.has_piece = false;
    assert_int_equal(sl_journal_update(bench->journal, &job, NULL, NULL), SL_OK);
    assert_false(read_all(bench->journal)->jobs[0].has_piece);
}

static void jobs_that_are_not_there_are_refused(void **state)
{
    struct bench *bench = *state;
    struct sl_job job = a_job(1);
    job.id = 999;
    assert_int_equal(sl_journal_update(bench->journal, &job, "http://p/", NULL), SL_EINVAL);
    assert_int_equal(sl_journal_replan(bench->journal, &job, NULL), SL_EINVAL);
    assert_int_equal(sl_journal_remove(bench->journal, 999, NULL), SL_EINVAL);
    job.state = SL_JOB_STATE_COUNT;
    assert_int_equal(sl_journal_add(bench->journal, &job, "/a", NULL), SL_EINVAL);
    assert_int_equal(read_all(bench->journal)->count, 0);
}

/* ---- history ---- */

static void history_holds_every_change_of_state_and_nothing_else(void **state)
{
    struct bench *bench = *state;
    struct sl_job job = add(bench, "/a", 1);
    add(bench, "/b", 2);
    const int64_t start_ms = job.changed_ms;
    bench->fake.now_ms += 10;
    job.state = SL_JOB_UPLOADING;
    assert_int_equal(sl_journal_update(bench->journal, &job, NULL, NULL), SL_OK);
    bench->fake.now_ms += 10;
    job.attempts = 1; /* no change of state: no line, no new time */
    assert_int_equal(sl_journal_update(bench->journal, &job, NULL, NULL), SL_OK);
    assert_int_equal(job.changed_ms, start_ms + 10);
    bench->fake.now_ms += 10;
    job.state = SL_JOB_FAILED;
    (void)sl_err_set(&job.err, SL_EREFUSED, "no thanks");
    job.err.detail = 403;
    assert_int_equal(sl_journal_update(bench->journal, &job, NULL, NULL), SL_OK);
    reopen(bench);

    struct lines got = {0};
    assert_int_equal(sl_journal_history(bench->journal, job.id, take_line, &got, NULL), 0);
    assert_int_equal(got.count, 3);
    assert_int_equal(got.lines[0].from, SL_JOB_QUEUED);
    assert_int_equal(got.lines[0].to, SL_JOB_QUEUED);
    assert_int_equal(got.lines[0].at_ms, start_ms);
    assert_int_equal(got.lines[1].from, SL_JOB_QUEUED);
    assert_int_equal(got.lines[1].to, SL_JOB_UPLOADING);
    assert_int_equal(got.lines[1].at_ms, start_ms + 10);
    assert_int_equal(got.lines[1].err.code, SL_OK);
    assert_int_equal(got.lines[2].from, SL_JOB_UPLOADING);
    assert_int_equal(got.lines[2].to, SL_JOB_FAILED);
    assert_int_equal(got.lines[2].at_ms, start_ms + 30);
    assert_int_equal(got.lines[2].err.code, SL_EREFUSED);
    assert_int_equal(got.lines[2].err.detail, 403);
    assert_string_equal(got.lines[2].err.text, "no thanks");

    struct lines first = {.stop_at = 1};
    assert_int_equal(sl_journal_history(bench->journal, job.id, take_line, &first, NULL), -1234);
    assert_int_equal(first.count, 1);
}

static void a_removed_job_takes_its_history_and_its_id_with_it(void **state)
{
    struct bench *bench = *state;
    add(bench, "/a", 1);
    const struct sl_job gone = add(bench, "/b", 2);
    assert_int_equal(sl_journal_remove(bench->journal, gone.id, NULL), SL_OK);
    struct lines lines = {0};
    assert_int_equal(sl_journal_history(bench->journal, gone.id, take_line, &lines, NULL), 0);
    assert_int_equal(lines.count, 0);
    int64_t rows = -1;
    assert_int_equal(sl_db_ask(bench->journal,
                               "SELECT (SELECT count(*) FROM pieces) * 10 + "
                               "(SELECT count(*) FROM history)",
                               &rows, "count", NULL),
                     SL_OK);
    assert_int_equal(rows, 11);
    reopen(bench);
    assert_true(add(bench, "/c", 3).id > gone.id);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(everything_of_a_job_survives),
        TEST(every_state_and_every_error_survives),
        TEST(hostile_paths_come_back_byte_for_byte),
        TEST(the_newest_job_of_a_path_is_found),
        TEST(jobs_come_by_rank_until_the_callback_stops),
        TEST(the_list_cannot_be_asked_for_from_within),
        TEST(an_update_leaves_file_and_provider_alone_and_a_replan_writes_the_file),
        TEST(a_piece_that_is_no_longer_known_is_forgotten),
        TEST(jobs_that_are_not_there_are_refused),
        TEST(history_holds_every_change_of_state_and_nothing_else),
        TEST(a_removed_job_takes_its_history_and_its_id_with_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
