/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "engine/core/timers.h"
#include "support/test.h"

enum { MANY = 1000 };

static void timers_are_due_in_order_and_not_before(void **state)
{
    (void)state;
    struct sl_timers timers = {0};
    struct sl_timer late = {0}, early = {0};
    assert_int_equal(sl_timers_reserve(&timers, 2, NULL), SL_OK);
    assert_int_equal(sl_timers_first_ms(&timers), INT64_MAX);
    assert_null(sl_timers_next_due(&timers, INT64_MAX));
    sl_timers_set(&timers, &late, SL_TIMER_HOLD, 20);
    sl_timers_set(&timers, &early, SL_TIMER_RETRY, 10);
    assert_int_equal(sl_timers_first_ms(&timers), 10);
    assert_null(sl_timers_next_due(&timers, 9));
    assert_ptr_equal(sl_timers_next_due(&timers, 10), &early);
    assert_int_equal(early.kind, SL_TIMER_RETRY);
    assert_null(sl_timers_next_due(&timers, 19));
    assert_int_equal(sl_timers_first_ms(&timers), 20);
    assert_ptr_equal(sl_timers_next_due(&timers, 30), &late);
    assert_int_equal(late.kind, SL_TIMER_HOLD);
    assert_null(sl_timers_next_due(&timers, INT64_MAX));
    sl_timers_free(&timers);
}

static void a_timer_that_is_set_again_moves(void **state)
{
    (void)state;
    struct sl_timers timers = {0};
    struct sl_timer moved = {0}, other = {0};
    assert_int_equal(sl_timers_reserve(&timers, 2, NULL), SL_OK);
    sl_timers_set(&timers, &moved, SL_TIMER_WAKE, 10);
    sl_timers_set(&timers, &other, SL_TIMER_WAKE, 20);
    sl_timers_set(&timers, &moved, SL_TIMER_PARTS, 30);
    assert_ptr_equal(sl_timers_next_due(&timers, 30), &other);
    assert_ptr_equal(sl_timers_next_due(&timers, 30), &moved);
    assert_int_equal(moved.kind, SL_TIMER_PARTS);
    sl_timers_set(&timers, &moved, SL_TIMER_WAKE, 40); /* after it was taken out */
    sl_timers_set(&timers, &moved, SL_TIMER_WAKE, 5);
    assert_int_equal(sl_timers_first_ms(&timers), 5);
    assert_ptr_equal(sl_timers_next_due(&timers, 5), &moved);
    assert_null(sl_timers_next_due(&timers, INT64_MAX));
    sl_timers_free(&timers);
}

static void a_cancelled_timer_is_never_due(void **state)
{
    (void)state;
    struct sl_timers timers = {0};
    struct sl_timer first = {0}, second = {0}, never = {0};
    assert_int_equal(sl_timers_reserve(&timers, 3, NULL), SL_OK);
    sl_timers_cancel(&timers, &first); /* not set */
    sl_timers_set(&timers, &first, SL_TIMER_WAKE, 1);
    sl_timers_set(&timers, &second, SL_TIMER_WAKE, 2);
    sl_timers_set(&timers, &never, SL_TIMER_WAKE, INT64_MAX);
    sl_timers_cancel(&timers, &first);
    sl_timers_cancel(&timers, &first);
    assert_int_equal(sl_timers_first_ms(&timers), 2);
    sl_timers_set(&timers, &second, SL_TIMER_WAKE, INT64_MAX);
    assert_int_equal(sl_timers_first_ms(&timers), INT64_MAX);
    assert_null(sl_timers_next_due(&timers, INT64_MAX));
    sl_timers_free(&timers);
}

static void timers_of_the_same_time_are_all_due(void **state)
{
    (void)state;
    struct sl_timers timers = {0};
    static struct sl_timer all[MANY];
    static bool seen[MANY];
    assert_int_equal(sl_timers_reserve(&timers, MANY, NULL), SL_OK);
    for (int i = 0; i < MANY; i++)
        sl_timers_set(&timers, &all[i], SL_TIMER_WAKE, 7);
    assert_null(sl_timers_next_due(&timers, 6));
    for (int i = 0; i < MANY; i++) {
        const struct sl_timer *due = sl_timers_next_due(&timers, 7);
        assert_non_null(due);
        assert_false(seen[due - all]);
        seen[due - all] = true;
    }
    assert_null(sl_timers_next_due(&timers, INT64_MAX));
    sl_timers_free(&timers);
}

/* Against a plain list of times. */
static void many_timers_set_moved_and_cancelled_are_due_in_order(void **state)
{
    (void)state;
    struct sl_timers timers = {0};
    static struct sl_timer all[MANY];
    static int64_t at_ms[MANY]; /* INT64_MAX: not set */
    uint64_t random = 1;
    size_t set = 0;
    assert_int_equal(sl_timers_reserve(&timers, MANY, NULL), SL_OK);
    for (int i = 0; i < MANY; i++)
        at_ms[i] = INT64_MAX;
    for (int step = 0; step < MANY * 20; step++) {
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
        const int i = (int)((random >> 33) % MANY);
        at_ms[i] = (random >> 20) % 4 == 0 ? INT64_MAX : (int64_t)(random >> 52);
        if (at_ms[i] == INT64_MAX)
            sl_timers_cancel(&timers, &all[i]);
        else
            sl_timers_set(&timers, &all[i], SL_TIMER_RETRY, at_ms[i]);
    }
    for (int i = 0; i < MANY; i++)
        set += at_ms[i] != INT64_MAX;
    int64_t last_ms = 0;
    const struct sl_timer *due = NULL;
    while ((due = sl_timers_next_due(&timers, INT64_MAX - 1)) != NULL) {
        assert_true(due >= all && due < all + MANY);
        int64_t *when_ms = &at_ms[due - all];
        assert_int_not_equal(*when_ms, INT64_MAX); /* set, and not taken out before */
        assert_true(*when_ms >= last_ms);
        last_ms = *when_ms;
        *when_ms = INT64_MAX;
        set--;
    }
    assert_int_equal(set, 0);
    sl_timers_free(&timers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timers_are_due_in_order_and_not_before),
        cmocka_unit_test(a_timer_that_is_set_again_moves),
        cmocka_unit_test(a_cancelled_timer_is_never_due),
        cmocka_unit_test(timers_of_the_same_time_are_all_due),
        cmocka_unit_test(many_timers_set_moved_and_cancelled_are_due_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
