/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "devnet/pieces/body_writer.h"
#include "support/test.h"
#include "support/tmp.h"

enum { BLOCK_BYTES = 1 << 20 };

struct fixture {
    char dir[SL_PATH_BYTES];
    struct sl_devnet_space space;
    struct sl_devnet_body_writer writer;
    char *block;
};

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    sl_tmp_make(fixture->dir);
    fixture->space.min_free_bytes = 1;
    fixture->block = calloc(1, BLOCK_BYTES);
    assert_non_null(fixture->block);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    sl_devnet_body_writer_end(&fixture->writer);
    sl_tmp_remove(fixture->dir);
    free(fixture->block);
    free(fixture);
    return 0;
}

static void promises_are_kept_by_writing_and_taken_back_at_the_end(void **state)
{
    struct fixture *fixture = *state;
    struct sl_devnet_body_writer *writer = &fixture->writer;
    assert_int_equal(sl_devnet_body_writer_begin(writer, &fixture->space, fixture->dir, 1000, NULL),
                     SL_OK);
    assert_int_equal(atomic_load(&fixture->space.promised_bytes), 1000);
    assert_int_equal(sl_devnet_body_writer_add(writer, fixture->block, 400, NULL), SL_OK);
    assert_int_equal(atomic_load(&fixture->space.promised_bytes), 600);
    assert_int_equal(access(writer->path, F_OK), 0);
    char path[SL_PATH_BYTES];
    memcpy(path, writer->path, sizeof path);
    sl_devnet_body_writer_end(writer);
    assert_int_equal(atomic_load(&fixture->space.promised_bytes), 0);
    assert_int_equal(access(path, F_OK), -1);
}

static void what_others_were_promised_is_not_there(void **state)
{
    struct fixture *fixture = *state;
    atomic_store(&fixture->space.promised_bytes, UINT64_MAX / 2);
    assert_int_equal(
        sl_devnet_body_writer_begin(&fixture->writer, &fixture->space, fixture->dir, 1, NULL),
        SL_ENOSPC);
    sl_devnet_body_writer_end(&fixture->writer);
    assert_int_equal(atomic_load(&fixture->space.promised_bytes), UINT64_MAX / 2);
}

static void a_disk_that_fills_while_the_body_grows_ends_it(void **state)
{
    struct fixture *fixture = *state;
    struct sl_devnet_body_writer *writer = &fixture->writer;
    struct sl_err err = {0};
    assert_int_equal(
        sl_devnet_body_writer_begin(writer, &fixture->space, fixture->dir, UINT64_MAX, NULL),
        SL_OK);
    for (int i = 0; i < 20; i++)
        assert_int_equal(sl_devnet_body_writer_add(writer, fixture->block, BLOCK_BYTES, NULL),
                         SL_OK);
    atomic_store(&fixture->space.promised_bytes, UINT64_MAX / 2);
    int rc = SL_OK;
    for (int i = 0; i < 20 && rc == SL_OK; i++)
        rc = sl_devnet_body_writer_add(writer, fixture->block, BLOCK_BYTES, &err);
    assert_int_equal(rc, SL_ENOSPC);
}

static void a_write_that_fails_is_told(void **state)
{
    struct fixture *fixture = *state;
    struct sl_devnet_body_writer *writer = &fixture->writer;
    struct sl_err err = {0};
    struct rlimit before;
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(sl_devnet_body_writer_begin(writer, &fixture->space, fixture->dir, 5000, NULL),
                     SL_OK);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    const struct rlimit small = {.rlim_cur = 1000, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    const int rc = sl_devnet_body_writer_add(writer, fixture->block, 5000, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(rc, SL_ENOSPC);
    assert_non_null(strstr(err.text, "store a piece"));
}

static void a_folder_that_is_gone_is_told(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(
        sl_devnet_body_writer_begin(&fixture->writer, &fixture->space, "/nonexistent", 5, NULL),
        SL_ENOENT);
    sl_devnet_body_writer_end(&fixture->writer);
}

int main(void)
{
#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(promises_are_kept_by_writing_and_taken_back_at_the_end),
        WITH_FIXTURE(what_others_were_promised_is_not_there),
        WITH_FIXTURE(a_disk_that_fills_while_the_body_grows_ends_it),
        WITH_FIXTURE(a_write_that_fails_is_told),
        WITH_FIXTURE(a_folder_that_is_gone_is_told),
    };
#undef WITH_FIXTURE
    return cmocka_run_group_tests_name("devnet body writer", tests, NULL, NULL);
}
