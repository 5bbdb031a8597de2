/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Hashing one file on several cores. */
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sluice/piece.h"

#include "support/test.h"
#include "support/tmp.h"

enum { FILE_BYTES = 5000003 };

static char dir[SL_PATH_BYTES];
static char path[SL_PATH_BYTES];
static int fd = -1;

static int make_file(void **state)
{
    (void)state;
    sl_tmp_make(dir);
    sl_tmp_file(path, dir, "noise", FILE_BYTES, 11);
    fd = open(path, O_RDWR | O_CLOEXEC);
    return fd < 0 ? -1 : 0;
}

static int drop_file(void **state)
{
    (void)state;
    close(fd);
    sl_tmp_remove(dir);
    return 0;
}

struct seen {
    pthread_t caller;
    bool elsewhere; /* asked on another thread */
    uint64_t calls;
    uint64_t last;
    uint64_t stop_at; /* 0: never */
};

static bool watch(void *ctx, uint64_t hashed_bytes)
{
    struct seen *seen = ctx;
    if (!pthread_equal(pthread_self(), seen->caller))
        seen->elsewhere = true;
    seen->calls++;
    seen->last = hashed_bytes;
    return seen->stop_at != 0 && hashed_bytes >= seen->stop_at;
}

static void any_number_of_threads_gives_the_same_piece(void **state)
{
    (void)state;
    static const uint64_t stretches[][2] = {
        {0, 0},           {1, 0},          {4999000, 0},   {0, 520192},
        {0, 520193},      {0, 1040384},    {777, 1040385}, {777, 2600960},
        {123456, 400000}, {FILE_BYTES, 0}, {6000000, 0},   {100, 99999999},
    };
    for (size_t i = 0; i < sizeof stretches / sizeof stretches[0]; i++) {
        struct sl_piece_id want;
        const uint64_t offset = stretches[i][0];
        const uint64_t limit = stretches[i][1];
        assert_int_equal(sl_piece_of_fd(&want, fd, offset, limit, NULL, NULL, NULL), SL_OK);
        for (unsigned threads = 0; threads < 6; threads++) {
            struct sl_piece_id id;
            struct seen seen = {.caller = pthread_self()};
            assert_int_equal(
                sl_piece_of_fd_threads(&id, fd, offset, limit, threads, watch, &seen, NULL), SL_OK);
            assert_true(sl_piece_id_equal(&id, &want));
            assert_false(seen.elsewhere);
            if (seen.calls > 0)
                assert_int_equal(seen.last, id.payload_bytes);
        }
    }
}

static void a_cancel_stops_all_threads(void **state)
{
    (void)state;
    for (unsigned threads = 1; threads < 5; threads++) {
        struct sl_piece_id id;
        struct sl_err err = {0};
        struct seen seen = {.caller = pthread_self(), .stop_at = 1};
        assert_int_equal(sl_piece_of_fd_threads(&id, fd, 0, 0, threads, watch, &seen, &err),
                         SL_ECANCELED);
        assert_int_equal(err.code, SL_ECANCELED);
    }
}

static void a_cancel_at_the_very_end_counts(void **state)
{
    (void)state;
    struct sl_piece_id id;
    struct seen seen = {.caller = pthread_self(), .stop_at = FILE_BYTES};
    assert_int_equal(sl_piece_of_fd_threads(&id, fd, 0, 0, 3, watch, &seen, NULL), SL_ECANCELED);
}

/* Cuts the file to nothing at the first progress. */
static bool shorten(void *ctx, uint64_t hashed_bytes)
{
    bool *done = ctx;
    (void)hashed_bytes;
    if (!*done)
        assert_int_equal(ftruncate(fd, 0), 0);
    *done = true;
    return false;
}

static void a_file_that_becomes_shorter_is_noticed(void **state)
{
    (void)state;
    struct sl_piece_id id;
    struct sl_err err = {0};
    char other[SL_PATH_BYTES];
    bool done = false;
    const int whole = fd;
    /* a hole so large that no thread is through before the first progress */
    sl_tmp_file(other, dir, "other", 0, 0);
    fd = open(other, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, (off_t)8 << 30), 0);
    assert_int_equal(sl_piece_of_fd_threads(&id, fd, 0, 0, 2, shorten, &done, &err), SL_ECHANGED);
    assert_non_null(strstr(err.text, "shorter"));
    close(fd);
    fd = whole;
}

static void a_descriptor_that_cannot_be_read_is_an_error(void **state)
{
    (void)state;
    struct sl_piece_id id;
    int pipes[2];
    const int write_only = open(path, O_WRONLY | O_CLOEXEC);
    assert_true(write_only >= 0);
    assert_int_equal(pipe(pipes), 0);
    assert_int_equal(sl_piece_of_fd_threads(&id, -1, 0, 0, 4, NULL, NULL, NULL), SL_EIO);
    assert_int_equal(sl_piece_of_fd_threads(&id, pipes[0], 0, 0, 4, NULL, NULL, NULL), SL_EIO);
    assert_int_equal(sl_piece_of_fd_threads(&id, write_only, 0, 0, 4, NULL, NULL, NULL), SL_EIO);
    close(pipes[0]);
    close(pipes[1]);
    close(write_only);
}

/* Change bytes behind and ahead of the reader once, and set the file's time back. */
static bool change_once(void *ctx, uint64_t hashed_bytes)
{
    bool *changed = ctx;
    (void)hashed_bytes;
    if (!*changed) {
        sl_tmp_change_secretly(path, 100, "behind");
        sl_tmp_change_secretly(path, FILE_BYTES - 100, "ahead");
    }
    *changed = true;
    return false;
}

static void a_change_with_its_time_set_back_is_noticed(void **state)
{
    (void)state;
    for (unsigned threads = 1; threads <= 2; threads++) {
        struct sl_piece_id piece, again;
        struct sl_err err = {0};
        bool changed = false;
        assert_int_equal(sl_piece_of_still_file(&piece, fd, threads, change_once, &changed, &err),
                         SL_ECHANGED);
        assert_true(changed);
        assert_int_equal(sl_piece_of_still_file(&piece, fd, threads, NULL, NULL, &err), SL_OK);
        assert_int_equal(sl_piece_of_fd(&again, fd, 0, 0, NULL, NULL, &err), SL_OK);
        assert_true(sl_piece_id_equal(&piece, &again));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_threads_gives_the_same_piece),
        cmocka_unit_test(a_cancel_stops_all_threads),
        cmocka_unit_test(a_cancel_at_the_very_end_counts),
        cmocka_unit_test(a_change_with_its_time_set_back_is_noticed),
        cmocka_unit_test(a_file_that_becomes_shorter_is_noticed),
        cmocka_unit_test(a_descriptor_that_cannot_be_read_is_an_error),
    };
    return cmocka_run_group_tests_name("piece threads", tests, make_file, drop_file);
}
