/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/rig.h"
#include "support/test.h"

static void a_folder_of_files_is_stored_under_the_right_names(void **state)
{
    (void)state;
    struct rig *rig = rig_started();
    char deep[SL_PATH_BYTES];
    snprintf(deep, sizeof deep, "%s/deep", rig->media);
    assert_int_equal(mkdir(deep, 0700), 0);
    rig_file(rig, "small.bin", 127, 1);
    rig_file(rig, "chunk.bin", 65536, 2);
    rig_file(rig, "odd.bin", 1000003, 3);
    rig_file(rig, "zeros.bin", 300000, 0);
    rig_file(rig, "deep/n\xc3\xa4me with \xff bytes", 70000, 4);
    rig_add(rig, rig->media);
    rig_wait_idle(rig);
    assert_int_equal(rig->job_count, 5);
    assert_int_equal(rig->scanned_files, 5);
    rig_assert_stored(rig, "small.bin");
    rig_assert_stored(rig, "chunk.bin");
    rig_assert_stored(rig, "odd.bin");
    rig_assert_stored(rig, "zeros.bin");
    assert_int_equal(rig_job(rig, "n\xc3\xa4me with \xff bytes")->job.state, SL_JOB_STORED);
    assert_int_equal(rig_provider_files(rig, "pieces"), 5);
    rig_free(rig);
}

static void what_can_be_no_piece_is_rejected_with_the_limit(void **state)
{
    (void)state;
    struct rig *rig = rig_started();
    rig_file(rig, "tiny.bin", 126, 1);
    rig_add(rig, rig_path(rig, "tiny.bin"));
    rig_add(rig, rig_path(rig, "missing"));
    rig_wait_idle(rig);
    assert_int_equal(rig->job_count, 0);
    assert_int_equal(rig->rejected, 2);
    assert_int_equal(rig->skipped, 0);
    assert_int_equal(rig->scanned_files, 0);
    assert_int_equal(rig->rejections[0].err.code, SL_ETOOSMALL);
    assert_non_null(strstr(rig->rejections[0].err.text, "127"));
    assert_string_equal(sl_path_base(rig->rejections[0].path), "tiny.bin");
    assert_int_equal(rig->rejections[0].request_id, 1);
    assert_int_equal(rig->rejections[1].err.code, SL_ENOENT);
    assert_int_equal(rig->rejections[1].request_id, 2);
    rig_free(rig);
}

static void what_holds_nothing_is_skipped_in_a_folder_and_rejected_when_it_is_named(void **state)
{
    (void)state;
    struct rig *rig = rig_started();
    rig_file(rig, "empty.bin", 0, 1);
    rig_file(rig, "tiny.bin", 126, 1);
    assert_int_equal(mkfifo(rig_path(rig, "fifo"), 0600), 0);
    rig_add(rig, rig->media);
    rig_wait_idle(rig);
    assert_int_equal(rig->skipped, 3);
    assert_int_equal(rig->rejected, 0);
    struct stat st;
    assert_int_equal(stat(rig_path(rig, "tiny.bin"), &st), 0);
    const struct sl_file_mark mark = sl_file_mark_of(&st);
    assert_int_equal(sl_engine_send_found(rig->engine, rig_path(rig, "tiny.bin"), &mark,
                                          ++rig->next_request, NULL),
                     SL_OK);
    rig_wait_idle(rig);
    assert_int_equal(rig->skipped, 4);
    assert_int_equal(rig->rejected, 0);
    rig_add(rig, rig_path(rig, "empty.bin"));
    rig_add(rig, rig_path(rig, "fifo"));
    rig_wait_idle(rig);
    assert_int_equal(rig->skipped, 4);
    assert_int_equal(rig->rejected, 2);
    assert_int_equal(rig->rejections[0].err.code, SL_ETOOSMALL);
    assert_int_equal(rig->rejections[1].err.code, SL_EFILETYPE);
    rig_free(rig);
}

static void a_stored_file_is_only_asked_about(void **state)
{
    (void)state;
    struct rig *rig = rig_started();
    const char *path = rig_file(rig, "a.bin", 500000, 1);
    rig_add(rig, path);
    rig_wait_idle(rig);
    rig_assert_stored(rig, "a.bin");
    assert_false(rig_job(rig, "a.bin")->job.already_stored);
    rig_engine_stop(rig);
    rig_fault(rig, "{'match':'PUT ','action':'status','status':500}");

    rig_engine(rig);
    rig_add(rig, path);
    rig_wait_idle(rig);
    assert_int_equal(rig->job_count, 1);
    assert_int_equal(rig->scanned_files, 1);
    rig_assert_stored(rig, "a.bin");
    assert_true(rig_job(rig, "a.bin")->job.already_stored);
    rig_free(rig);
}

static void a_stored_file_the_provider_lost_is_uploaded_again(void **state)
{
    (void)state;
    struct rig *rig = rig_started();
    const char *path = rig_file(rig, "a.bin", 500000, 1);
    rig_add(rig, path);
    rig_wait_idle(rig);
    rig_provider_stop(rig);
    sl_tmp_remove(rig->provider);
    rig_provider(rig);
    rig_add(rig, path);
    rig_wait_idle(rig);
    assert_int_equal(rig->job_count, 1);
    rig_assert_stored(rig, "a.bin");
    assert_false(rig_job(rig, "a.bin")->job.already_stored);
    rig_free(rig);
}

static void a_stored_file_with_other_content_is_a_new_job(void **state)
{
    (void)state;
    struct rig *rig = rig_started();
    rig_add(rig, rig_file(rig, "a.bin", 500000, 1));
    rig_wait_idle(rig);
    rig_add(rig, rig_file(rig, "a.bin", 400000, 2));
    rig_wait_idle(rig);
    assert_int_equal(rig->job_count, 2);
    rig_assert_stored(rig, "a.bin");
    assert_int_equal(rig->jobs[0].job.file.size_bytes, 500000);
    assert_int_equal(rig->jobs[0].job.state, SL_JOB_STORED);
    assert_true(rig->jobs[1].job.rank > rig->jobs[0].job.rank);
    rig_free(rig);
}

static void one_file_has_one_name(void **state)
{
    (void)state;
    struct rig *rig = rig_started();
    char odd[SL_PATH_BYTES];
    rig_add(rig, rig_file(rig, "a.bin", 5000, 1));
    rig_wait_idle(rig);
    snprintf(odd, sizeof odd, "%s//./media/./a.bin", rig->dir);
    rig_add(rig, odd);
    rig_wait_idle(rig);
    assert_int_equal(rig->job_count, 1);
    assert_string_equal(rig->jobs[0].path, rig_path(rig, "a.bin"));
    rig_free(rig);
}

/* Nothing reads events while it works; afterwards the face learns the newest of every job. */
static void a_face_that_never_looks_slows_nothing_and_misses_nothing(void **state)
{
    (void)state;
    enum { FILES = 300 }; /* more events than the ring has slots */
    struct rig *rig = rig_started();
    char name[32];
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "f%03d", i);
        rig_file(rig, name, 200, (uint64_t)i + 1);
    }
    rig_add(rig, rig->media);
    while (rig_provider_files(rig, "pieces") < FILES)
        (void)poll(NULL, 0, 20);
    rig_wait_idle(rig);
    assert_int_equal(rig->job_count, FILES);
    for (int i = 0; i < FILES; i++)
        assert_int_equal(rig->jobs[i].job.state, SL_JOB_STORED);
    rig_free(rig);
}

static bool readable(struct rig *rig)
{
    struct pollfd ready = {.fd = sl_engine_event_fd(rig->engine), .events = POLLIN};
    return poll(&ready, 1, 0) == 1;
}

static void the_descriptor_is_readable_while_events_wait(void **state)
{
    (void)state;
    struct rig *rig = rig_started();
    struct sl_event event;
    rig_add(rig, rig_file(rig, "a.bin", 5000, 1));
    rig_wait_idle(rig);
    assert_false(readable(rig));
    rig_send(rig, SL_CMD_REMOVE, rig->jobs[0].job.id, 0);
    struct pollfd ready = {.fd = sl_engine_event_fd(rig->engine), .events = POLLIN};
    assert_int_equal(poll(&ready, 1, 60000), 1);
    assert_true(sl_engine_next_event(rig->engine, &event));
    assert_int_equal(event.type, SL_EVENT_GONE);
    assert_false(sl_engine_next_event(rig->engine, &event));
    assert_false(readable(rig));
    rig_free(rig);
}

static void progress_reaches_the_size_and_never_passes_it(void **state)
{
    (void)state;
    enum { SIZE = 4000000 };
    struct rig *rig = rig_started();
    rig_add(rig, rig_file(rig, "a.bin", SIZE, 1));
    rig_wait_idle(rig);
    struct sl_progress progress = rig->progress;
    assert_int_equal(progress.job_id, rig->jobs[0].job.id);
    assert_int_equal(progress.attempt, 1);
    assert_true(progress.sent_bytes <= SIZE && progress.acked_bytes <= progress.sent_bytes);
    if (sl_engine_dropped(rig->engine) == 0) {
        assert_int_equal(progress.hashed_bytes, SIZE);
        assert_int_equal(progress.sent_bytes, SIZE);
        assert_int_equal(progress.acked_bytes, SIZE);
    }
    rig_free(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_of_files_is_stored_under_the_right_names),
        cmocka_unit_test(what_can_be_no_piece_is_rejected_with_the_limit),
        cmocka_unit_test(what_holds_nothing_is_skipped_in_a_folder_and_rejected_when_it_is_named),
        cmocka_unit_test(a_stored_file_is_only_asked_about),
        cmocka_unit_test(a_stored_file_the_provider_lost_is_uploaded_again),
        cmocka_unit_test(a_stored_file_with_other_content_is_a_new_job),
        cmocka_unit_test(one_file_has_one_name),
        cmocka_unit_test(a_face_that_never_looks_slows_nothing_and_misses_nothing),
        cmocka_unit_test(the_descriptor_is_readable_while_events_wait),
        cmocka_unit_test(progress_reaches_the_size_and_never_passes_it),
    };
    return cmocka_run_group_tests_name("engine: upload", tests, NULL, NULL);
}
