/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Pieces that differ only in the zeros at their end: providers know them by the same root. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sluice/sp.h"

#include "engine/rig.h"
#include "support/test.h"

enum { LONG = 100000 };

/* The file, with zeros appended or its end cut off. */
static const char *resized(struct rig *rig, const char *name, uint64_t bytes, uint64_t seed,
                           uint64_t size)
{
    const char *path = rig_file(rig, name, bytes, seed);
    assert_int_equal(truncate(path, (off_t)size), 0);
    return path;
}

struct checking {
    struct sl_sp *sp;
    int fd;
    uint64_t at;
};

/* The part's bytes are those of the file, and the provider stores this very length under its root.
 */
static int check_part(void *ctx, const struct sl_job_part *part)
{
    struct checking *checking = ctx;
    struct sl_piece_id piece;
    uint64_t kept = 0;
    assert_int_equal(part->state, SL_JOB_STORED);
    assert_int_equal(part->offset_bytes, checking->at);
    assert_int_equal(sl_piece_of_fd(&piece, checking->fd, part->offset_bytes, part->size_bytes,
                                    NULL, NULL, NULL),
                     SL_OK);
    assert_true(sl_piece_id_equal(&piece, &part->piece));
    assert_int_equal(sl_sp_kept_bytes(checking->sp, &piece, &kept, NULL), 1);
    assert_int_equal(kept, part->size_bytes);
    checking->at += part->size_bytes;
    return 0;
}

/* The file is stored unchanged, from the first byte to the last; ends the engine. */
static void assert_comes_back(struct rig *rig, const char *name)
{
    const struct rig_job *told = rig_job(rig, name);
    const struct sl_piece_id whole = rig_piece(rig_path(rig, name));
    struct sl_journal *journal = NULL;
    struct checking checking = {.fd = open(rig_path(rig, name), O_RDONLY | O_CLOEXEC)};
    uint64_t kept = 0;
    if (told->job.state != SL_JOB_STORED)
        fail_msg("%s is %s: %s", name, sl_job_state_name(told->job.state), told->job.err.text);
    assert_true(sl_piece_id_equal(&told->job.piece, &whole));
    const struct sl_job job = told->job;
    rig_engine_stop(rig);
    assert_int_equal(sl_sp_new(&checking.sp, rig->url, &(struct sl_http_options){0}, NULL), SL_OK);
    assert_int_equal(
        sl_journal_open(&journal, rig->state, SL_JOURNAL_READ, &rig->options.clock, NULL), SL_OK);
    if (job.parts > 0) {
        assert_int_equal(sl_journal_each_part(journal, job.id, check_part, &checking, NULL), 0);
        assert_int_equal(checking.at, job.file.size_bytes);
    } else {
        assert_int_equal(sl_sp_kept_bytes(checking.sp, &whole, &kept, NULL), 1);
        assert_int_equal(kept, job.file.size_bytes);
    }
    sl_journal_close(journal);
    sl_sp_free(checking.sp);
    close(checking.fd);
}

/* A provider that tells the length it keeps as soon as it has the piece: without a chain nobody
 * compares it later. */
static struct rig *rig_prompt(void)
{
    struct rig *rig = rig_new();
    rig->net_options.park_delay_ms = -1;
    rig_provider(rig);
    rig_engine(rig);
    return rig;
}

static void one_after_the_other(uint64_t first, uint64_t second)
{
    struct rig *rig = rig_prompt();
    rig_add(rig, resized(rig, "a.mov", LONG, 1, first));
    rig_wait_idle(rig);
    rig_add(rig, resized(rig, "b.mov", LONG, 1, second));
    rig_wait_idle(rig);
    assert_int_equal(rig->notes, 1);
    assert_non_null(strstr(rig->note.text, "zeros"));
    assert_non_null(strstr(rig->note.text, "stored in parts of"));
    assert_true(rig_job(rig, "b.mov")->job.parts > 1);
    assert_comes_back(rig, "b.mov");
    rig_engine(rig);
    rig_wait_idle(rig);
    assert_comes_back(rig, "a.mov");
    rig_free(rig);
}

static void a_file_that_is_a_stored_one_with_zeros_behind_it_is_stored_in_parts(void **state)
{
    (void)state;
    one_after_the_other(LONG, LONG + 500);
}

static void so_is_one_without_the_zeros_of_a_stored_one(void **state)
{
    (void)state;
    one_after_the_other(LONG + 500, LONG);
}

static void both_at_once_are_stored(void **state)
{
    (void)state;
    struct rig *rig = rig_prompt();
    (void)resized(rig, "a.mov", LONG, 1, LONG);
    (void)resized(rig, "b.mov", LONG, 1, LONG + 500);
    (void)resized(rig, "c.mov", LONG, 1, LONG + 7000);
    rig_add(rig, rig->media);
    rig_wait_idle(rig);
    static const char *const names[] = {"a.mov", "b.mov", "c.mov"};
    for (size_t i = 0; i < 3; i++) {
        assert_comes_back(rig, names[i]);
        rig_engine(rig);
        rig_wait_idle(rig);
    }
    rig_free(rig);
}

/* A recording with preallocated space: data, then only zeros to the end. */
static void sparse(uint64_t data, uint64_t size)
{
    struct rig *rig = rig_split();
    rig_engine(rig);
    rig_add(rig, resized(rig, "film", data, 1, size));
    rig_wait_idle(rig);
    assert_comes_back(rig, "film");
    rig_free(rig);
}

static void a_sparse_file_is_stored_in_parts(void **state)
{
    (void)state;
    sparse(RIG_SHARD + 1000, 5 * RIG_SHARD - 6);    /* an even number of zeros at the end */
    sparse(RIG_SHARD + 1000, 5 * RIG_SHARD - 1001); /* an odd number */
    sparse(RIG_SHARD + 1000, 5 * RIG_SHARD + 6);    /* too few for a piece of their own */
    sparse(5 * RIG_SHARD - 1000, 5 * RIG_SHARD);
    sparse(3 * RIG_SHARD + 1000, 5 * RIG_SHARD - 900);
}

static void a_file_of_zeros_is_stored_in_parts(void **state)
{
    (void)state;
    for (uint64_t less = 0; less < 400; less += 57)
        sparse(0, 4 * RIG_SHARD - less);
}

static void zeros_of_any_lengths_are_stored_beside_each_other(void **state)
{
    (void)state;
    struct rig *rig = rig_split();
    rig_engine(rig);
    static const uint64_t sizes[] = {3 * RIG_SHARD - 100, 3 * RIG_SHARD - 700, RIG_SHARD - 1,
                                     RIG_SHARD - 40,      RIG_SHARD,           2 * RIG_SHARD};
    char name[8];
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        snprintf(name, sizeof name, "%zu", i);
        rig_add(rig, resized(rig, name, 0, 1, sizes[i]));
        rig_wait_idle(rig);
        assert_comes_back(rig, name);
        rig_engine(rig);
        rig_wait_idle(rig);
    }
    rig_free(rig);
}

static void what_cannot_be_cut_says_so_and_is_tried_once(void **state)
{
    (void)state;
    struct rig *rig = rig_prompt();
    rig_add(rig, resized(rig, "a.txt", 200, 1, 200));
    rig_wait_idle(rig);
    rig_add(rig, resized(rig, "b.txt", 200, 1, 220));
    const struct rig_job *job = rig_wait_state(rig, "b.txt", SL_JOB_FAILED);
    assert_int_equal(job->job.err.code, SL_EALIKE);
    assert_int_equal(job->job.attempts, 1);
    assert_non_null(strstr(job->job.err.text, "20 fewer zeros at the end"));
    assert_non_null(strstr(job->job.err.text, "--provider"));
    rig_free(rig);
}

static void what_must_not_be_split_says_so(void **state)
{
    (void)state;
    struct rig *rig = rig_new();
    rig->options.split_bytes = SL_SPLIT_NEVER;
    rig_provider(rig);
    rig_engine(rig);
    rig_add(rig, resized(rig, "a.mov", LONG, 1, LONG));
    rig_wait_idle(rig);
    rig_add(rig, resized(rig, "b.mov", LONG, 1, LONG + 500));
    const struct rig_job *job = rig_wait_state(rig, "b.mov", SL_JOB_FAILED);
    assert_non_null(strstr(job->job.err.text, "split = auto"));
    rig_free(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_is_a_stored_one_with_zeros_behind_it_is_stored_in_parts),
        cmocka_unit_test(so_is_one_without_the_zeros_of_a_stored_one),
        cmocka_unit_test(both_at_once_are_stored),
        cmocka_unit_test(a_sparse_file_is_stored_in_parts),
        cmocka_unit_test(a_file_of_zeros_is_stored_in_parts),
        cmocka_unit_test(zeros_of_any_lengths_are_stored_beside_each_other),
        cmocka_unit_test(what_cannot_be_cut_says_so_and_is_tried_once),
        cmocka_unit_test(what_must_not_be_split_says_so),
    };
    return cmocka_run_group_tests_name("engine alike", tests, NULL, NULL);
}
