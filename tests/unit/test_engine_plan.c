/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Into which parts files are cut: arithmetic alone. */
#include <string.h>

#include "sluice/engine.h"
#include "sluice/piece.h"

#include "engine/plan.h"
#include "engine/split.h"
#include "engine/tasks.h"
#include "support/test.h"

#define SHARD UINT64_C(130048)
#define MB    UINT64_C(1040384) /* 127 * 2^13 */

static struct sl_plan_ask ask_of(uint64_t file_bytes, uint64_t split_bytes)
{
    return (struct sl_plan_ask){.file_bytes = file_bytes,
                                .split_bytes = split_bytes,
                                .limit_ms = INT64_C(1800000),
                                .least_bytes = MB};
}

static uint64_t shard_of(uint64_t file_bytes, uint64_t split_bytes, uint64_t rate)
{
    struct sl_plan_ask ask = ask_of(file_bytes, split_bytes);
    ask.rate_bytes_per_s = rate;
    return sl_plan_shard(&ask);
}

static void sizes_are_rounded_down_to_whole_trees(void **state)
{
    (void)state;
    assert_int_equal(sl_shard_floor(0), 127);
    assert_int_equal(sl_shard_floor(253), 127);
    assert_int_equal(sl_shard_floor(254), 254);
    assert_int_equal(sl_shard_floor(UINT64_C(1) << 30), SL_PIECE_MAX_BYTES);
    assert_int_equal(sl_shard_floor(SL_PIECE_MAX_BYTES - 1), SL_PIECE_MAX_BYTES / 2);
    assert_int_equal(sl_shard_floor(UINT64_MAX), SL_PIECE_MAX_BYTES);
}

static void what_fits_and_is_fast_enough_stays_whole(void **state)
{
    (void)state;
    assert_int_equal(shard_of(127, SL_SPLIT_AUTO, 0), 0);
    assert_int_equal(shard_of(SL_PIECE_MAX_BYTES, SL_SPLIT_AUTO, 0), 0);
    assert_int_equal(shard_of(SL_PIECE_MAX_BYTES, SL_SPLIT_AUTO, 2000000), 0);
    assert_int_equal(shard_of(UINT64_MAX, SL_SPLIT_NEVER, 1), 0);
    assert_int_equal(shard_of(SHARD, SHARD, 0), 0);
}

static void what_is_too_large_is_cut_so_that_a_crash_costs_little(void **state)
{
    (void)state;
    const struct {
        uint64_t file_bytes;
        uint64_t shard;
        uint32_t at_once;
    } cases[] = {
        {SL_PIECE_MAX_BYTES + 1, UINT64_C(127) << 21, 3},
        {UINT64_C(6000000000), UINT64_C(127) << 21, 3}, /* 23 parts, 800 MB of them on their way */
        {UINT64_C(20000000000), UINT64_C(127) << 22, 4},
        {UINT64_C(100000000000), SL_PIECE_MAX_BYTES, 11},
        {UINT64_C(1) << 40, SL_PIECE_MAX_BYTES, SL_PARALLEL_MAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const uint64_t bytes = cases[i].file_bytes;
        assert_int_equal(shard_of(bytes, SL_SPLIT_AUTO, 0), cases[i].shard);
        assert_int_equal(sl_plan_at_once(bytes, cases[i].shard), cases[i].at_once);
        assert_int_equal(sl_file_pieces(bytes, SL_SPLIT_AUTO).most_bytes, cases[i].shard);
    }
    assert_int_equal(sl_file_pieces(UINT64_C(6000000000), SL_SPLIT_AUTO).count, 23);
    assert_int_equal(sl_file_pieces(UINT64_C(6000000000), SL_PIECE_MAX_BYTES).count, 6);
    assert_int_equal(sl_file_pieces(SL_PIECE_MAX_BYTES, SL_SPLIT_AUTO).count, 1);
}

static void a_slow_line_gets_parts_it_can_bring_across_in_half_of_the_time(void **state)
{
    (void)state;
    /* 100 kB/s in 15 minutes: 90 MB, and 127 * 2^19 is 66.6 MB */
    assert_int_equal(shard_of(UINT64_C(200000000), SL_SPLIT_AUTO, 100000), UINT64_C(127) << 19);
    assert_int_equal(shard_of(UINT64_C(89000000), SL_SPLIT_AUTO, 100000), 0);
    /* not below the smallest */
    assert_int_equal(shard_of(UINT64_C(200000000), SL_SPLIT_AUTO, 10), MB);
    /* not more parts than are kept */
    const uint64_t shard = shard_of(UINT64_C(1) << 40, SL_SPLIT_AUTO, 10);
    assert_true(sl_plan_count(UINT64_C(1) << 40, shard) <= SL_PARTS_MAX);
}

static void a_size_that_a_person_gives_is_taken(void **state)
{
    (void)state;
    assert_int_equal(shard_of(3000000, 131072, 0), SHARD);
    assert_int_equal(shard_of(3000000, SHARD, 1), SHARD); /* whatever the rate is */
    assert_int_equal(shard_of(UINT64_C(3000000000), UINT64_MAX - 1, 0), SL_PIECE_MAX_BYTES);
}

static void what_cannot_be_stored_is_refused_with_the_limit(void **state)
{
    (void)state;
    struct sl_err err = {0};
    assert_int_equal(sl_plan_check(126, SL_SPLIT_AUTO, &err), SL_ETOOSMALL);
    assert_int_equal(sl_plan_check(127, SL_SPLIT_NEVER, &err), SL_OK);
    assert_int_equal(sl_plan_check(SL_PIECE_MAX_BYTES + 1, SL_SPLIT_NEVER, &err), SL_ETOOBIG);
    assert_non_null(strstr(err.text, "1065353216"));
    assert_non_null(strstr(err.text, "split = auto"));
    assert_int_equal(sl_plan_check(SL_PIECE_MAX_BYTES + 1, SL_SPLIT_AUTO, &err), SL_OK);
    assert_int_equal(sl_plan_check(UINT64_C(1) << 40, SHARD, &err), SL_ETOOBIG);
    assert_non_null(strstr(err.text, "larger `split`"));
}

static void a_failing_piece_is_quartered_until_it_is_small(void **state)
{
    (void)state;
    assert_int_equal(sl_plan_smaller(SL_PIECE_MAX_BYTES, MB), SL_PIECE_MAX_BYTES / 4);
    assert_int_equal(sl_plan_smaller(MB * 2, MB), MB);
    assert_int_equal(sl_plan_smaller(MB * 2 - 1, MB), 0);
    assert_int_equal(sl_plan_smaller(MB, MB), 0);
}

static void ranges_follow_each_other_and_none_is_too_small(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {SHARD + 1,     SHARD + 126, SHARD + 127,   2 * SHARD,
                                     3 * SHARD + 5, 3000000,     5 * SHARD - 1, SHARD * 7 + 126};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const uint64_t count = sl_plan_count(sizes[i], SHARD);
        uint64_t at = 0;
        for (uint64_t part = 0; part < count; part++) {
            const struct sl_plan_range range = sl_plan_range(sizes[i], SHARD, part);
            assert_int_equal(range.offset_bytes, at);
            assert_in_range(range.size_bytes, SL_PIECE_MIN_BYTES, SHARD);
            if (sl_plan_is_even(sizes[i], SHARD) && part + 1 < count)
                assert_int_equal(range.size_bytes, SHARD);
            at += range.size_bytes;
        }
        assert_int_equal(at, sizes[i]);
    }
    assert_false(sl_plan_is_even(SHARD + 126, SHARD));
    assert_true(sl_plan_is_even(SHARD + 127, SHARD));
}

/* ---- what became of each part ---- */

static struct sl_task *task_of(uint64_t file_bytes)
{
    const struct sl_job job = {.id = 1, .file.size_bytes = file_bytes};
    struct sl_task *task = sl_task_new(&job, "/film");
    assert_non_null(task);
    return task;
}

static void hash(struct sl_split *split, uint32_t at)
{
    const struct sl_piece_id piece = {.payload_bytes = split->parts[at].size_bytes};
    sl_part_set_piece(split, &split->parts[at], &piece);
}

static void parts_start_in_order_once_they_are_hashed_and_due(void **state)
{
    (void)state;
    struct sl_task *task = task_of(4 * SHARD);
    struct sl_split *split = sl_split_plan(task, SHARD);
    int64_t due_ms = 0;
    split->at_once = 2;
    assert_int_equal(split->count, 4);
    assert_null(sl_split_next(split, 0, &due_ms));
    assert_int_equal(due_ms, INT64_MAX);
    hash(split, 1);
    hash(split, 2);
    split->parts[1].due_ms = 500;
    assert_ptr_equal(sl_split_next(split, 0, &due_ms), &split->parts[2]);
    sl_part_set_state(split, &split->parts[2], SL_JOB_UPLOADING);
    assert_null(sl_split_next(split, 0, &due_ms));
    assert_int_equal(due_ms, 500);
    assert_ptr_equal(sl_split_next(split, 500, &due_ms), &split->parts[1]);
    split->at_once = 1; /* part 2 is on its way */
    assert_null(sl_split_next(split, 500, &due_ms));
    assert_int_equal(due_ms, INT64_MAX);
    split->at_once = 2;
    for (uint32_t i = 0; i < 4; i++)
        sl_part_set_state(split, &split->parts[i], SL_JOB_ACCEPTED);
    assert_true(sl_split_is_sent(split));
    sl_part_set_state(split, &split->parts[0], SL_JOB_QUEUED);
    hash(split, 0);
    assert_ptr_equal(sl_split_next(split, 0, &due_ms), &split->parts[0]);
    sl_split_free(split);
    sl_task_free(task);
}

static void a_part_is_cut_in_its_place(void **state)
{
    (void)state;
    struct sl_task *task = task_of(2 * MB + 300000);
    struct sl_split *split = sl_split_plan(task, MB);
    for (uint32_t i = 0; i < 3; i++)
        hash(split, i);
    assert_int_equal(sl_split_cut(split, &split->parts[1], MB / 4), SL_OK);
    assert_int_equal(sl_split_cut(split, sl_split_find(split, 3), SHARD), SL_OK);
    assert_int_equal(split->count, 8);
    assert_int_equal(split->with_piece, 1);
    assert_int_equal(split->in_state[SL_JOB_QUEUED], 8);
    uint64_t at = 0;
    for (uint32_t i = 0; i < split->count; i++) {
        assert_int_equal(split->parts[i].offset_bytes, at);
        at += split->parts[i].size_bytes;
    }
    assert_int_equal(at, task->file.size_bytes);
    assert_int_equal(split->parts[2].id, sl_job_part_child_id(2, 4, 1));
    assert_non_null(sl_split_find(split, sl_job_part_child_id(3, 4, 2)));
    sl_split_free(split);
    sl_task_free(task);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_rounded_down_to_whole_trees),
        cmocka_unit_test(what_fits_and_is_fast_enough_stays_whole),
        cmocka_unit_test(what_is_too_large_is_cut_so_that_a_crash_costs_little),
        cmocka_unit_test(a_slow_line_gets_parts_it_can_bring_across_in_half_of_the_time),
        cmocka_unit_test(a_size_that_a_person_gives_is_taken),
        cmocka_unit_test(what_cannot_be_stored_is_refused_with_the_limit),
        cmocka_unit_test(a_failing_piece_is_quartered_until_it_is_small),
        cmocka_unit_test(ranges_follow_each_other_and_none_is_too_small),
        cmocka_unit_test(parts_start_in_order_once_they_are_hashed_and_due),
        cmocka_unit_test(a_part_is_cut_in_its_place),
    };
    return cmocka_run_group_tests_name("engine: plans", tests, NULL, NULL);
}
