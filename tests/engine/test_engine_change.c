/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Files that change between queue and upload, and while they are read. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/rig.h"
#include "support/test.h"

enum { BIG = 32000000 };

/* The upload of a.bin stands still in the middle while `change` happens, then goes on. */
static struct rig *changed_while_read(void (*change)(struct rig *rig, const char *path))
{
    struct rig *rig = rig_started();
    rig_fault(rig, "{'match':'PUT ','action':'stall','after_bytes':1000000,'times':1}");
    rig_add(rig, rig_file(rig, "a.bin", BIG, 1));
    rig_wait_bytes(rig, "a.bin", 500000);
    change(rig, rig_path(rig, "a.bin"));
    rig_fault(rig, NULL);
    rig_wait_idle(rig);
    return rig;
}

static void assert_refused(struct rig *rig, const char *word)
{
    const struct sl_job *job = &rig_job(rig, "a.bin")->job;
    assert_int_equal(job->state, SL_JOB_FAILED);
    assert_int_equal(job->err.code, SL_ECHANGED);
    if (strstr(job->err.text, word) == NULL)
        fail_msg("'%s' does not say '%s'", job->err.text, word);
    /* the bytes that were sent are no piece at the provider */
    sl_tmp_file(NULL, rig->dir, "sent", BIG, 1);
    char sent[SL_PATH_BYTES];
    assert_int_equal(sl_path_join(sent, sizeof sent, rig->dir, "sent", NULL), SL_OK);
    const struct sl_piece_id piece = rig_piece(sent);
    assert_false(rig_provider_has(rig, &piece));
    rig_free(rig);
}

static void shrink(struct rig *rig, const char *path)
{
    (void)rig;
    assert_int_equal(truncate(path, 400000), 0);
}

static void grow(struct rig *rig, const char *path)
{
    (void)rig;
    FILE *file = fopen(path, "ab");
    assert_non_null(file);
    assert_int_equal(fputs("more", file) < 0, 0);
    assert_int_equal(fclose(file), 0);
}

static void rewrite(struct rig *rig, const char *path)
{
    (void)rig;
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    const struct timespec later[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = st.st_mtim.tv_sec + 10}};
    assert_int_equal(utimensat(AT_FDCWD, path, later, 0), 0);
}

static void change_secretly(struct rig *rig, const char *path)
{
    (void)rig;
    sl_tmp_change_secretly(path, 100, "behind");
    sl_tmp_change_secretly(path, BIG - 100, "ahead");
}

static void change_the_mode(struct rig *rig, const char *path)
{
    (void)rig;
    assert_int_equal(chmod(path, 0640), 0);
}

static void replace(struct rig *rig, const char *path)
{
    char old[SL_PATH_BYTES];
    char other[SL_PATH_BYTES];
    snprintf(old, sizeof old, "%s", path);
    snprintf(other, sizeof other, "%s", rig_file(rig, "b.bin", BIG, 2));
    assert_int_equal(rename(other, old), 0);
}

static void vanish(struct rig *rig, const char *path)
{
    (void)rig;
    assert_int_equal(unlink(path), 0);
}

static void a_file_that_shrinks_is_not_stored(void **state)
{
    (void)state;
    assert_refused(changed_while_read(shrink), "shrank");
}

static void a_file_that_grows_is_not_stored(void **state)
{
    (void)state;
    assert_refused(changed_while_read(grow), "grew");
}

static void a_file_that_is_written_to_is_not_stored(void **state)
{
    (void)state;
    assert_refused(changed_while_read(rewrite), "written");
}

static void a_file_that_is_written_to_with_its_time_set_back_is_not_stored(void **state)
{
    (void)state;
    assert_refused(changed_while_read(change_secretly), "written");
}

/* This moves the change time but no byte, so the bytes are compared. */
static void a_file_whose_mode_changes_is_stored_all_the_same(void **state)
{
    (void)state;
    struct rig *rig = changed_while_read(change_the_mode);
    rig_assert_stored(rig, "a.bin");
    rig_engine_stop(rig); /* the journal has the new mark */
    rig_fault(rig, "{'match':'PUT ','action':'status','status':403}");
    rig_engine(rig);
    rig_add(rig, rig_path(rig, "a.bin"));
    rig_wait_idle(rig);
    assert_int_equal(rig->job_count, 1);
    assert_true(rig_job(rig, "a.bin")->job.already_stored);
    rig_free(rig);
}

static void a_file_that_is_replaced_is_not_stored(void **state)
{
    (void)state;
    assert_refused(changed_while_read(replace), "another file");
}

static void a_file_that_vanishes_is_not_stored(void **state)
{
    (void)state;
    assert_refused(changed_while_read(vanish), "vanished");
}

static void a_changed_file_added_again_takes_its_job_over(void **state)
{
    (void)state;
    struct rig *rig = changed_while_read(grow);
    rig_add(rig, rig_path(rig, "a.bin"));
    rig_wait_idle(rig);
    assert_int_equal(rig->job_count, 1);
    rig_assert_stored(rig, "a.bin");
    assert_int_equal(rig_job(rig, "a.bin")->job.file.size_bytes, BIG + 4);
    rig_free(rig);
}

/* Queued, then changed, then started. */
static struct rig *changed_while_queued(void (*change)(struct rig *rig, const char *path))
{
    struct rig *rig = rig_started();
    rig_send(rig, SL_CMD_PAUSE_ALL, 0, 0);
    rig_add(rig, rig_file(rig, "a.bin", 500000, 1));
    rig_wait_idle(rig);
    change(rig, rig_path(rig, "a.bin"));
    rig_send(rig, SL_CMD_RESUME_ALL, 0, 0);
    rig_wait_left(rig, "a.bin", SL_JOB_PAUSED);
    rig_wait_idle(rig);
    return rig;
}

static void a_queued_file_that_changed_is_uploaded_as_it_is_now(void **state)
{
    (void)state;
    struct rig *rig = changed_while_queued(grow);
    rig_assert_stored(rig, "a.bin");
    assert_int_equal(rig_job(rig, "a.bin")->job.file.size_bytes, 500004);
    rig_engine_stop(rig); /* and the journal knows: nothing is uploaded again */
    rig_fault(rig, "{'match':'PUT ','action':'status','status':403}");
    rig_engine(rig);
    rig_add(rig, rig_path(rig, "a.bin"));
    rig_wait_idle(rig);
    assert_true(rig_job(rig, "a.bin")->job.already_stored);
    rig_free(rig);
}

static struct rig *stored(uint64_t bytes)
{
    struct rig *rig = rig_started();
    rig_add(rig, rig_file(rig, "a.bin", bytes, 1));
    rig_wait_idle(rig);
    rig_assert_stored(rig, "a.bin");
    return rig;
}

static int jobs_that_are_there(const struct rig *rig)
{
    int count = 0;
    for (int i = 0; i < rig->job_count; i++)
        count += !rig->jobs[i].gone;
    return count;
}

/* Jobs are told in no certain order. */
static const struct rig_job *the_job_that_is_there(const struct rig *rig)
{
    int i = 0;
    while (i < rig->job_count && rig->jobs[i].gone)
        i++;
    assert_true(i < rig->job_count);
    return &rig->jobs[i];
}

static void a_stored_file_that_changed_with_its_time_set_back_is_stored_anew(void **state)
{
    (void)state;
    struct rig *rig = stored(500000);
    sl_tmp_change_secretly(rig_path(rig, "a.bin"), 1000, "other");
    rig_add(rig, rig_path(rig, "a.bin"));
    rig_wait_idle(rig);
    assert_int_equal(jobs_that_are_there(rig), 2); /* the earlier version is stored too */
    rig_assert_stored(rig, "a.bin");
    rig_free(rig);
}

/* If only the change time moved, the file is read once, and no second job appears. */
static void a_stored_file_whose_mode_changed_is_compared_and_not_sent(void **state)
{
    (void)state;
    struct rig *rig = stored(500000);
    const int64_t id = rig_job(rig, "a.bin")->job.id;
    rig_fault(rig, "{'match':'PUT ','action':'status','status':403}");
    assert_int_equal(chmod(rig_path(rig, "a.bin"), 0640), 0);
    for (int i = 0; i < 2; i++) {
        rig_add(rig, rig_path(rig, "a.bin"));
        rig_wait_idle(rig);
        assert_int_equal(jobs_that_are_there(rig), 1);
        const struct sl_job *left = &the_job_that_is_there(rig)->job;
        assert_int_equal(left->id, id);
        assert_int_equal(left->state, SL_JOB_STORED);
        assert_true(left->already_stored);
        assert_int_equal(rig->job_count, 2); /* the second time, its mark is known */
    }
    rig_free(rig);
}

/* The provider has every byte when the run ends, so the next run does not open the file. */
static struct rig *left_accepted(void)
{
    struct rig *rig = rig_new();
    rig->options.run_earlier = true;
    rig_provider(rig);
    rig_engine(rig);
    rig_fault(rig, "{'match':'GET /pdp/piece','action':'status','status':404}");
    rig_add(rig, rig_file(rig, "a.bin", 500000, 1));
    rig_wait_state(rig, "a.bin", SL_JOB_ACCEPTED);
    rig_engine_stop(rig);
    rig_fault(rig, NULL);
    return rig;
}

static void a_file_that_changed_after_its_run_was_cut_is_stored_as_it_is_now(void **state)
{
    (void)state;
    struct rig *rig = left_accepted();
    sl_tmp_change_secretly(rig_path(rig, "a.bin"), 1000, "other");
    rig_engine(rig);
    rig_wait_state(rig, "a.bin", SL_JOB_STORED);
    rig_assert_stored(rig, "a.bin");
    rig_free(rig);
}

static void a_file_that_went_after_its_run_was_cut_is_finished(void **state)
{
    (void)state;
    struct rig *rig = left_accepted();
    assert_int_equal(unlink(rig_path(rig, "a.bin")), 0);
    rig_engine(rig);
    rig_wait_state(rig, "a.bin", SL_JOB_STORED);
    rig_free(rig);
}

/* An older sluice kept no change time: the file is read once more, and not sent. */
static void a_stored_file_of_an_older_journal_is_compared_once(void **state)
{
    (void)state;
    struct rig *rig = stored(500000);
    struct sl_err err = {0};
    struct sl_journal *journal = NULL;
    struct sl_job job = rig_job(rig, "a.bin")->job;
    rig_engine_stop(rig);
    assert_true(job.file.ctime_ns != 0);
    job.file.ctime_ns = 0;
    if (sl_journal_open(&journal, rig->state, SL_JOURNAL_WRITE, &rig->options.clock, &err) < 0 ||
        sl_journal_replan(journal, &job, &err) < 0)
        fail_msg("%s", err.text);
    sl_journal_close(journal);
    rig_fault(rig, "{'match':'PUT ','action':'status','status':403}");
    rig_engine(rig);
    rig_add(rig, rig_path(rig, "a.bin"));
    rig_wait_idle(rig);
    assert_int_equal(jobs_that_are_there(rig), 1);
    const struct sl_job *left = &the_job_that_is_there(rig)->job;
    assert_int_equal(left->id, job.id);
    assert_true(left->already_stored);
    assert_true(left->file.ctime_ns != 0);
    rig_free(rig);
}

/* Anyone who may write into the folder can put a link in place of the file, or of its folder. */
static void become_a_link(struct rig *rig, const char *path)
{
    char secret[SL_PATH_BYTES];
    assert_int_equal(sl_path_join(secret, sizeof secret, rig->dir, "secret", NULL), SL_OK);
    sl_tmp_file(NULL, rig->dir, "secret", 500000, 9);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink(secret, path), 0);
}

static void a_link_that_takes_the_place_of_a_queued_file_is_not_followed(void **state)
{
    (void)state;
    struct rig *rig = changed_while_queued(become_a_link);
    assert_int_equal(rig_job(rig, "a.bin")->job.state, SL_JOB_FAILED);
    assert_int_equal(rig_job(rig, "a.bin")->job.err.code, SL_ECHANGED);
    assert_int_equal(rig_provider_files(rig, "pieces"), 0);
    rig_free(rig);
}

static void a_link_that_was_named_is_followed_to_the_same_file_only(void **state)
{
    (void)state;
    struct rig *rig = rig_started();
    char target[SL_PATH_BYTES];
    snprintf(target, sizeof target, "%s", rig_file(rig, "a.bin", 500000, 1));
    const char *path = rig_path(rig, "link");
    assert_int_equal(symlink(target, path), 0);
    rig_send(rig, SL_CMD_PAUSE_ALL, 0, 0);
    rig_add(rig, path);
    rig_wait_idle(rig);
    sl_tmp_change_secretly(target, 100, "other"); /* the same file with other bytes */
    rig_send(rig, SL_CMD_RESUME_ALL, 0, 0);
    rig_wait_state(rig, "link", SL_JOB_STORED);
    rig_assert_stored(rig, "link");
    rig_free(rig);
}

static void a_queued_file_that_vanished_fails_with_its_reason(void **state)
{
    (void)state;
    struct rig *rig = changed_while_queued(vanish);
    assert_int_equal(rig_job(rig, "a.bin")->job.state, SL_JOB_FAILED);
    assert_int_equal(rig_job(rig, "a.bin")->job.err.code, SL_ENOENT);
    rig_free(rig);
}

static void become_a_fifo(struct rig *rig, const char *path)
{
    (void)rig;
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
}

static void a_queued_file_that_became_a_fifo_blocks_nothing(void **state)
{
    (void)state;
    struct rig *rig = changed_while_queued(become_a_fifo);
    assert_int_equal(rig_job(rig, "a.bin")->job.state, SL_JOB_FAILED);
    assert_int_equal(rig_job(rig, "a.bin")->job.err.code, SL_EFILETYPE);
    rig_free(rig);
}

static void become_tiny(struct rig *rig, const char *path)
{
    (void)rig;
    assert_int_equal(truncate(path, 100), 0);
}

static void a_queued_file_that_became_too_small_is_refused(void **state)
{
    (void)state;
    struct rig *rig = changed_while_queued(become_tiny);
    assert_int_equal(rig_job(rig, "a.bin")->job.state, SL_JOB_FAILED);
    assert_int_equal(rig_job(rig, "a.bin")->job.err.code, SL_ETOOSMALL);
    rig_free(rig);
}

static void a_file_added_again_before_its_upload_is_one_job_with_the_new_content(void **state)
{
    (void)state;
    struct rig *rig = rig_started();
    rig_send(rig, SL_CMD_PAUSE_ALL, 0, 0);
    rig_add(rig, rig_file(rig, "a.bin", 500000, 1));
    rig_add(rig, rig_file(rig, "a.bin", 600000, 2));
    rig_wait_idle(rig);
    assert_int_equal(rig->job_count, 1);
    assert_int_equal(rig_job(rig, "a.bin")->job.file.size_bytes, 600000);
    rig_send(rig, SL_CMD_RESUME_ALL, 0, 0);
    rig_wait_state(rig, "a.bin", SL_JOB_STORED);
    rig_assert_stored(rig, "a.bin");
    rig_free(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_shrinks_is_not_stored),
        cmocka_unit_test(a_file_that_grows_is_not_stored),
        cmocka_unit_test(a_file_that_is_written_to_is_not_stored),
        cmocka_unit_test(a_file_that_is_written_to_with_its_time_set_back_is_not_stored),
        cmocka_unit_test(a_file_whose_mode_changes_is_stored_all_the_same),
        cmocka_unit_test(a_file_that_is_replaced_is_not_stored),
        cmocka_unit_test(a_file_that_vanishes_is_not_stored),
        cmocka_unit_test(a_changed_file_added_again_takes_its_job_over),
        cmocka_unit_test(a_queued_file_that_changed_is_uploaded_as_it_is_now),
        cmocka_unit_test(a_stored_file_that_changed_with_its_time_set_back_is_stored_anew),
        cmocka_unit_test(a_stored_file_whose_mode_changed_is_compared_and_not_sent),
        cmocka_unit_test(a_file_that_changed_after_its_run_was_cut_is_stored_as_it_is_now),
        cmocka_unit_test(a_file_that_went_after_its_run_was_cut_is_finished),
        cmocka_unit_test(a_stored_file_of_an_older_journal_is_compared_once),
        cmocka_unit_test(a_link_that_takes_the_place_of_a_queued_file_is_not_followed),
        cmocka_unit_test(a_link_that_was_named_is_followed_to_the_same_file_only),
        cmocka_unit_test(a_queued_file_that_vanished_fails_with_its_reason),
        cmocka_unit_test(a_queued_file_that_became_a_fifo_blocks_nothing),
        cmocka_unit_test(a_queued_file_that_became_too_small_is_refused),
        cmocka_unit_test(a_file_added_again_before_its_upload_is_one_job_with_the_new_content),
    };
    return cmocka_run_group_tests_name("engine: change", tests, NULL, NULL);
}
