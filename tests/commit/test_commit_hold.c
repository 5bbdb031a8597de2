/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* How long a parked piece waits for others before its batch is signed. The clock is moved by hand;
 * a piece that is added makes the lanes look at it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>

#include <cmocka.h>

#include "commit_rig.h"

enum { MINUTE_MS = 60000 };

struct leap {
    struct sl_clock system;
    atomic_llong ahead_ms;
};

static int64_t leap_now_ms(void *ctx)
{
    struct leap *leap = ctx;
    return sl_now_ms(&leap->system) + atomic_load(&leap->ahead_ms);
}

static int64_t leap_wall_ms(void *ctx)
{
    const struct leap *leap = ctx;
    return sl_wall_ms(&leap->system);
}

static void open_with(struct commit_rig *rig, struct leap *leap)
{
    leap->system = rig->clock;
    atomic_init(&leap->ahead_ms, 0);
    rig->options.clock =
        (struct sl_clock){.now_ms = leap_now_ms, .wall_ms = leap_wall_ms, .ctx = leap};
    rig_open(rig);
}

static void pass(struct leap *leap, int64_t minutes)
{
    atomic_fetch_add(&leap->ahead_ms, minutes * MINUTE_MS);
}

/* A piece that its provider has had for so many minutes. */
static void add_parked(struct commit_rig *rig, size_t i, int64_t minutes)
{
    const struct sl_commit_piece piece = {.piece = rig->pieces[i],
                                          .url = sl_devnet_provider_url(rig->net, rig->at),
                                          .parked_ms =
                                              sl_wall_ms(&rig->clock) - minutes * MINUTE_MS};
    assert_int_equal(sl_commit_add(rig->commit, &piece, NULL), SL_OK);
}

/* The lanes borrow the clock. */
static void close_with(struct commit_rig *rig)
{
    rig_close(rig);
    rig->options.clock = rig->clock;
}

static void the_first_parked_piece_waits_half_an_hour_for_others(void **state)
{
    struct commit_rig *rig = *state;
    struct leap leap;
    rig_store(rig, 4);
    open_with(rig, &leap);
    rig_add(rig, 0, 1);
    pass(&leap, 25);
    rig_add(rig, 1, 1);
    pass(&leap, 4);
    rig_add(rig, 2, 1);
    pass(&leap, 2);
    rig_add(rig, 3, 1);
    rig_wait_piece(rig, 0);
    sl_commit_expect(rig->commit, false);
    rig_wait(rig, 1);
    rig_expect_landed_once(rig, 1);
    for (size_t i = 1; i < 3; i++)
        assert_string_equal(rig->copies[i][0].event.tx, rig->copies[0][0].event.tx);
    close_with(rig);
}

static void nothing_waits_when_nothing_more_is_to_come(void **state)
{
    struct commit_rig *rig = *state;
    rig_store(rig, 1);
    rig_open(rig);
    rig_add(rig, 0, 1);
    sl_commit_expect(rig->commit, false);
    rig_wait(rig, 1);
    rig_expect_landed_once(rig, 1);
}

static void a_full_batch_leaves_at_once(void **state)
{
    enum { FIRST = 100 };
    struct commit_rig *rig = *state;
    rig_store(rig, FIRST);
    rig_open(rig);
    rig_add(rig, 0, FIRST);
    rig_wait(rig, 1);
    rig_expect_landed_once(rig, 1);
    assert_int_equal(rig_commits(rig, SL_JOURNAL_COMMIT_LANDED), 1);
}

static void a_piece_of_an_earlier_run_that_may_be_deleted_soon_leaves_at_once(void **state)
{
    struct commit_rig *rig = *state;
    rig_store(rig, 1);
    rig_open(rig);
    add_parked(rig, 0, 41);
    rig_wait(rig, 1);
    rig_expect_landed_once(rig, 1);
}

static void its_age_shortens_the_wait_of_the_others(void **state)
{
    struct commit_rig *rig = *state;
    struct leap leap;
    rig_store(rig, 3);
    open_with(rig, &leap);
    rig_add(rig, 0, 1);
    add_parked(rig, 1, 29);
    pass(&leap, 12);
    rig_add(rig, 2, 1);
    rig_wait_piece(rig, 0);
    sl_commit_expect(rig->commit, false);
    rig_wait(rig, 1);
    rig_expect_landed_once(rig, 1);
    close_with(rig);
}

/* A clock that was set back makes nothing older or younger than it is. */
static void a_piece_parked_in_the_future_waits_as_one_of_now(void **state)
{
    struct commit_rig *rig = *state;
    struct leap leap;
    rig_store(rig, 2);
    open_with(rig, &leap);
    add_parked(rig, 0, -600);
    pass(&leap, 31);
    rig_add(rig, 1, 1);
    rig_wait_piece(rig, 0);
    sl_commit_expect(rig->commit, false);
    rig_wait(rig, 1);
    rig_expect_landed_once(rig, 1);
    close_with(rig);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_first_parked_piece_waits_half_an_hour_for_others),
        TEST(nothing_waits_when_nothing_more_is_to_come),
        TEST(a_full_batch_leaves_at_once),
        TEST(a_piece_of_an_earlier_run_that_may_be_deleted_soon_leaves_at_once),
        TEST(its_age_shortens_the_wait_of_the_others),
        TEST(a_piece_parked_in_the_future_waits_as_one_of_now),
    };
    return cmocka_run_group_tests_name("commit_hold", tests, NULL, NULL);
}
