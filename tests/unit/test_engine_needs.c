/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Owners of a piece: all are found, in any number, and each gets its own events. */
#include <string.h>

#include "engine/jobs/machine.h"
#include "engine/jobs/owners.h"
#include "support/test.h"

static struct sl_piece_id piece_of(uint8_t byte)
{
    struct sl_piece_id piece = {.payload_bytes = 1000, .height = 5};
    memset(piece.root, byte, sizeof piece.root);
    return piece;
}

static void put(struct sl_needs *needs, const struct sl_piece_id *piece, int64_t job_id, int part,
                enum sl_need_kind kind)
{
    assert_int_equal(sl_needs_put(needs, piece, (struct sl_owner){job_id, part}, kind), SL_OK);
}

static size_t count_owners(const struct sl_needs *needs, const struct sl_piece_id *piece,
                           size_t most)
{
    struct sl_owner owners[4], after = {0};
    size_t count, all = 0;
    assert_in_range(most, 1, 4);
    while ((count = sl_needs_owners(needs, piece, after, owners, most)) > 0) {
        for (size_t i = 0; i < count; i++) {
            assert_true(owners[i].job_id > after.job_id ||
                        (owners[i].job_id == after.job_id && owners[i].part > after.part));
            after = owners[i];
        }
        all += count;
    }
    return all;
}

static void all_owners_of_a_piece_are_found_in_order_a_few_at_a_time(void **state)
{
    (void)state;
    struct sl_needs needs = {0};
    const struct sl_piece_id a = piece_of(1), b = piece_of(2);
    for (int i = 0; i < 300; i++) { /* in random order, some twice */
        put(&needs, &a, 1 + i * 7 % 20, 1 + i % 5, SL_NEED_BRINGS);
        put(&needs, i % 2 == 0 ? &b : &a, 30, i % 3, SL_NEED_COMMITS);
    }
    assert_int_equal(count_owners(&needs, &a, 1), 20 * 5 / 5 + 3);
    assert_int_equal(count_owners(&needs, &a, 4), 23);
    assert_int_equal(count_owners(&needs, &b, 3), 3);
    assert_int_equal(needs.committing, 6);
    assert_int_equal(needs.count, 2);
    for (int part = 0; part < 3; part++)
        sl_needs_remove(&needs, &b, (struct sl_owner){30, part});
    sl_needs_remove(&needs, &b, (struct sl_owner){30, 1}); /* it is not there: no error */
    assert_int_equal(count_owners(&needs, &b, 3), 0);
    assert_int_equal(needs.committing, 3);
    assert_int_equal(needs.count, 1);
    sl_needs_free(&needs);
}

static bool end_copy(struct sl_needs *needs, const struct sl_piece_id *piece, int64_t job_id,
                     unsigned copy, bool landed, uint64_t serial, struct sl_need *out)
{
    const struct sl_err failed = {.code = SL_EREFUSED};
    const struct sl_copy_end end = {
        .copy = copy, .landed = landed, .serial = serial, .why = &failed};
    struct sl_err why;
    return sl_needs_end_copy(needs, piece, (struct sl_owner){job_id, 0}, &end, out, &why);
}

static void a_copy_ends_once_and_for_those_it_is_about(void **state)
{
    (void)state;
    struct sl_needs needs = {0};
    struct sl_need need;
    const struct sl_piece_id piece = piece_of(1);
    put(&needs, &piece, 1, 0, SL_NEED_COMMITS);
    const uint64_t first = needs.serial;
    put(&needs, &piece, 2, 0, SL_NEED_COMMITS);
    const uint64_t second = needs.serial;
    assert_true(end_copy(&needs, &piece, 1, 0, false, first, &need));
    assert_false(end_copy(&needs, &piece, 1, 0, false, first, &need)); /* reported twice */
    assert_false(end_copy(&needs, &piece, 2, 0, false, first, &need)); /* an earlier add */
    assert_true(end_copy(&needs, &piece, 2, 0, false, second, &need));
    assert_true(end_copy(&needs, &piece, 1, 1, true, 0, &need)); /* a landed copy stays landed */
    assert_true(end_copy(&needs, &piece, 1, 0, true, 0, &need)); /* it landed after all */
    assert_int_equal(need.ended, 3);
    assert_int_equal(need.landed, 3);
    put(&needs, &piece, 1, 0, SL_NEED_COMMITS); /* added again */
    assert_true(sl_needs_find(&needs, &piece, (struct sl_owner){1, 0}, &need));
    assert_int_equal(need.ended, 0);
    assert_false(end_copy(&needs, &piece, 3, 0, true, second, &need)); /* this owner has no entry */
    put(&needs, &piece, 2, 0, SL_NEED_WAITS);
    assert_false(end_copy(&needs, &piece, 2, 1, true, second, &need));
    sl_needs_free(&needs);
}

static void news_are_for_those_who_wait(void **state)
{
    (void)state;
    struct sl_needs needs = {0};
    struct sl_need_news news;
    const struct sl_piece_id piece = piece_of(1);
    put(&needs, &piece, 1, 1, SL_NEED_BRINGS);
    assert_true(sl_needs_is_brought(&needs, &piece));
    assert_int_equal(sl_needs_tell(&needs, &piece, true), SL_OK);
    assert_false(sl_needs_next_news(&needs, &news)); /* no owner waits */
    put(&needs, &piece, 1, 2, SL_NEED_WAITS);
    sl_needs_remove(&needs, &piece, (struct sl_owner){1, 1});
    assert_false(sl_needs_is_brought(&needs, &piece));
    for (int i = 0; i < 40; i++)
        assert_int_equal(sl_needs_tell(&needs, &piece, i % 2 == 0), SL_OK);
    for (int i = 0; i < 40; i++) {
        assert_true(sl_needs_next_news(&needs, &news));
        assert_int_equal(news.listed, i % 2 == 0);
    }
    assert_false(sl_needs_next_news(&needs, &news));
    sl_needs_free(&needs);
}

/* From every state of a part, some input leads on, and no input loops in one state. */
static void a_part_can_always_go_on_but_when_it_is_on_chain(void **state)
{
    (void)state;
    bool reached[SL_JOB_STATE_COUNT] = {[SL_JOB_QUEUED] = true};
    for (int round = 0; round < SL_JOB_STATE_COUNT; round++) {
        for (int from = 0; from < SL_JOB_STATE_COUNT; from++) {
            int ways = 0;
            for (int input = 0; reached[from] && input < SL_INPUT_COUNT; input++) {
                const enum sl_job_state next =
                    sl_machine_next_part((enum sl_job_state)from, (enum sl_input)input);
                if (next == SL_JOB_STATE_COUNT)
                    continue;
                assert_int_not_equal(next, from);
                reached[next] = true;
                ways++;
            }
            assert_true(!reached[from] || ways > 0);
        }
    }
    assert_true(reached[SL_JOB_CONFIRMED]);
    assert_false(reached[SL_JOB_PAUSED] ||
                 reached[SL_JOB_CANCELLED]); /* only whole files have those */
    assert_int_equal(sl_machine_next_part(SL_JOB_CONFIRMED, SL_IN_MISSING), SL_JOB_STATE_COUNT);
    assert_int_equal(sl_machine_next_part(SL_JOB_QUEUED, SL_IN_CONFIRM), SL_JOB_STATE_COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_owners_of_a_piece_are_found_in_order_a_few_at_a_time),
        cmocka_unit_test(a_copy_ends_once_and_for_those_it_is_about),
        cmocka_unit_test(news_are_for_those_who_wait),
        cmocka_unit_test(a_part_can_always_go_on_but_when_it_is_on_chain),
    };
    return cmocka_run_group_tests_name("engine: needs", tests, NULL, NULL);
}
