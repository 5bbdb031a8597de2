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

static void put(struct sl_owners *owners, const struct sl_piece_id *piece, int64_t job_id, int part,
                enum sl_need_kind kind)
{
    assert_int_equal(sl_owners_put(owners, piece, (struct sl_owner){job_id, part}, kind), SL_OK);
}

static size_t count_owners(const struct sl_owners *owners, const struct sl_piece_id *piece)
{
    struct sl_owner owner = {0}, before = {0};
    size_t all = 0;
    for (; sl_owners_next(owners, piece, &owner); before = owner, all++)
        assert_true(owner.job_id > before.job_id ||
                    (owner.job_id == before.job_id && owner.part > before.part));
    return all;
}

static void all_owners_of_a_piece_are_found_in_order(void **state)
{
    (void)state;
    struct sl_owners owners = {0};
    const struct sl_piece_id a = piece_of(1), b = piece_of(2);
    for (int i = 0; i < 300; i++) { /* in random order, some twice */
        put(&owners, &a, 1 + i * 7 % 20, 1 + i % 5, SL_NEED_BRINGS);
        put(&owners, i % 2 == 0 ? &b : &a, 30, i % 3, SL_NEED_COMMITS);
    }
    assert_int_equal(count_owners(&owners, &a), 20 * 5 / 5 + 3);
    assert_int_equal(count_owners(&owners, &b), 3);
    assert_int_equal(owners.committing, 6);
    assert_int_equal(owners.count, 2);
    for (int part = 0; part < 3; part++)
        sl_owners_remove(&owners, &b, (struct sl_owner){30, part});
    sl_owners_remove(&owners, &b, (struct sl_owner){30, 1}); /* it is not there: no error */
    assert_int_equal(count_owners(&owners, &b), 0);
    assert_int_equal(owners.committing, 3);
    assert_int_equal(owners.count, 1);
    sl_owners_free(&owners);
}

static bool end_copy(struct sl_owners *owners, const struct sl_piece_id *piece, int64_t job_id,
                     unsigned copy, bool landed, uint64_t serial, struct sl_need *out)
{
    const struct sl_err failed = {.code = SL_EREFUSED};
    const struct sl_copy_end end = {
        .copy = copy, .landed = landed, .serial = serial, .why = &failed};
    struct sl_err why;
    return sl_owners_end_copy(owners, piece, (struct sl_owner){job_id, 0}, &end, out, &why);
}

static void a_copy_ends_once_and_for_those_it_is_about(void **state)
{
    (void)state;
    struct sl_owners owners = {0};
    struct sl_need need;
    const struct sl_piece_id piece = piece_of(1);
    put(&owners, &piece, 1, 0, SL_NEED_COMMITS);
    const uint64_t first = owners.serial;
    put(&owners, &piece, 2, 0, SL_NEED_COMMITS);
    const uint64_t second = owners.serial;
    assert_true(end_copy(&owners, &piece, 1, 0, false, first, &need));
    assert_false(end_copy(&owners, &piece, 1, 0, false, first, &need)); /* reported twice */
    assert_false(end_copy(&owners, &piece, 2, 0, false, first, &need)); /* an earlier add */
    assert_true(end_copy(&owners, &piece, 2, 0, false, second, &need));
    assert_true(end_copy(&owners, &piece, 1, 1, true, 0, &need)); /* a landed copy stays landed */
    assert_true(end_copy(&owners, &piece, 1, 0, true, 0, &need)); /* it landed after all */
    assert_int_equal(need.ended, 3);
    assert_int_equal(need.landed, 3);
    put(&owners, &piece, 1, 0, SL_NEED_COMMITS); /* added again */
    assert_true(sl_owners_find(&owners, &piece, (struct sl_owner){1, 0}, &need));
    assert_int_equal(need.ended, 0);
    assert_false(
        end_copy(&owners, &piece, 3, 0, true, second, &need)); /* this owner has no entry */
    put(&owners, &piece, 2, 0, SL_NEED_WAITS);
    assert_false(end_copy(&owners, &piece, 2, 1, true, second, &need));
    sl_owners_free(&owners);
}

static void news_are_for_those_who_wait(void **state)
{
    (void)state;
    struct sl_owners owners = {0};
    struct sl_owner_news news;
    const struct sl_piece_id piece = piece_of(1);
    put(&owners, &piece, 1, 1, SL_NEED_BRINGS);
    assert_true(sl_owners_is_brought(&owners, &piece));
    assert_int_equal(sl_owners_queue_news(&owners, &piece, true), SL_OK);
    assert_false(sl_owners_next_news(&owners, &news)); /* no owner waits */
    put(&owners, &piece, 1, 2, SL_NEED_WAITS);
    sl_owners_remove(&owners, &piece, (struct sl_owner){1, 1});
    assert_false(sl_owners_is_brought(&owners, &piece));
    for (int i = 0; i < 40; i++)
        assert_int_equal(sl_owners_queue_news(&owners, &piece, i % 2 == 0), SL_OK);
    for (int i = 0; i < 40; i++) {
        assert_true(sl_owners_next_news(&owners, &news));
        assert_int_equal(news.listed, i % 2 == 0);
    }
    assert_false(sl_owners_next_news(&owners, &news));
    sl_owners_free(&owners);
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
        cmocka_unit_test(all_owners_of_a_piece_are_found_in_order),
        cmocka_unit_test(a_copy_ends_once_and_for_those_it_is_about),
        cmocka_unit_test(news_are_for_those_who_wait),
        cmocka_unit_test(a_part_can_always_go_on_but_when_it_is_on_chain),
    };
    return cmocka_run_group_tests_name("engine: owners", tests, NULL, NULL);
}
