/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Providers that failed: what the journal remembers of them, and for how long they cool down. */
#include <stdlib.h>
#include <string.h>

#include "sluice/journal_provider.h"

#include "journal_bench.h"
#include "store/db.h"
#include "support/test.h"

#define MINUTE_MS INT64_C(60000)

enum { CHAIN = 314159 };

static void provider_fails(struct bench *bench, uint64_t chain, struct sl_u256 id, const char *text)
{
    struct sl_err why = {0}, err = {0};
    sl_err_set(&why, SL_ENET, "%s", text);
    if (sl_journal_provider_failed(bench->journal, chain, id, &why, &err) < 0)
        fail_msg("%s", err.text);
}

struct found {
    size_t count;
    size_t stop_at;
    struct sl_journal_provider list[8];
};

static int take_provider(void *ctx, const struct sl_journal_provider *provider)
{
    struct found *found = ctx;
    assert_in_range(found->count, 0, 7);
    found->list[found->count++] = *provider;
    return found->count == found->stop_at ? 42 : 0;
}

static struct found look(struct bench *bench, uint64_t chain)
{
    struct found found = {0};
    struct sl_err err = {0};
    if (sl_journal_each_provider(bench->journal, chain, take_provider, &found, &err) < 0)
        fail_msg("%s", err.text);
    return found;
}

static int64_t left_ms(struct bench *bench)
{
    const struct found found = look(bench, CHAIN);
    assert_int_equal(found.count, 1);
    return found.list[0].cool_until_ms - sl_wall_ms(&bench->clock);
}

static void what_failed_is_remembered_by_chain_and_id(void **state)
{
    struct bench *bench = *state;
    struct sl_u256 large = sl_u256_max();
    provider_fails(bench, CHAIN, sl_u256(7), "no answer");
    provider_fails(bench, CHAIN, large, "a wrong PieceCID");
    provider_fails(bench, UINT64_MAX, sl_u256(7), "elsewhere");
    reopen(bench);
    const struct found found = look(bench, CHAIN);
    assert_int_equal(found.count, 2);
    assert_int_equal(sl_u256_cmp(found.list[0].provider_id, sl_u256(7)), 0);
    assert_int_equal(sl_u256_cmp(found.list[1].provider_id, large), 0);
    assert_int_equal(found.list[0].chain_id, CHAIN);
    assert_int_equal(found.list[0].failures, 1);
    assert_int_equal(found.list[0].err.code, SL_ENET);
    assert_string_equal(found.list[0].err.text, "no answer");
    assert_int_equal(found.list[0].failed_ms, sl_wall_ms(&bench->clock));
    assert_true(sl_journal_provider_cools(&found.list[0], sl_wall_ms(&bench->clock)));
    assert_string_equal(look(bench, UINT64_MAX).list[0].err.text, "elsewhere");
    assert_int_equal(look(bench, 1).count, 0);
}

static void each_failure_in_a_row_doubles_the_time_up_to_a_day(void **state)
{
    struct bench *bench = *state;
    static const int64_t minutes[] = {5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440, 1440};
    for (size_t i = 0; i < sizeof minutes / sizeof minutes[0]; i++) {
        provider_fails(bench, CHAIN, sl_u256(1), "x");
        assert_int_equal(left_ms(bench), minutes[i] * MINUTE_MS);
        bench->fake.now_ms += minutes[i] * MINUTE_MS - 1;
        assert_true(
            sl_journal_provider_cools(&look(bench, CHAIN).list[0], sl_wall_ms(&bench->clock)));
        bench->fake.now_ms += 1;
        assert_false(
            sl_journal_provider_cools(&look(bench, CHAIN).list[0], sl_wall_ms(&bench->clock)));
    }
}

static void what_fails_at_the_same_time_is_one_failure(void **state)
{
    struct bench *bench = *state;
    provider_fails(bench, CHAIN, sl_u256(1), "the first");
    bench->fake.now_ms += MINUTE_MS;
    provider_fails(bench, CHAIN, sl_u256(1), "the second");
    assert_int_equal(left_ms(bench), 4 * MINUTE_MS);
    assert_int_equal(look(bench, CHAIN).list[0].failures, 1);
    assert_string_equal(look(bench, CHAIN).list[0].err.text, "the second");
}

static void a_success_forgets_all_of_it(void **state)
{
    struct bench *bench = *state;
    provider_fails(bench, CHAIN, sl_u256(1), "x");
    provider_fails(bench, CHAIN, sl_u256(2), "y");
    bench->fake.now_ms += 6 * MINUTE_MS;
    provider_fails(bench, CHAIN, sl_u256(1), "x");
    assert_int_equal(sl_journal_provider_succeeded(bench->journal, CHAIN, sl_u256(1), NULL), 0);
    assert_int_equal(sl_journal_provider_succeeded(bench->journal, CHAIN, sl_u256(9), NULL), 0);
    assert_int_equal(look(bench, CHAIN).count, 1);
    provider_fails(bench, CHAIN, sl_u256(1), "x");
    assert_int_equal(look(bench, CHAIN).list[0].failures, 1);
}

static void a_clock_that_was_set_back_keeps_nobody_waiting(void **state)
{
    struct bench *bench = *state;
    provider_fails(bench, CHAIN, sl_u256(1), "x");
    bench->fake.wall_offset_ms -= 48 * 60 * MINUTE_MS;
    assert_false(sl_journal_provider_cools(&look(bench, CHAIN).list[0], sl_wall_ms(&bench->clock)));
    provider_fails(bench, CHAIN, sl_u256(1), "x");
    assert_int_equal(left_ms(bench), 10 * MINUTE_MS);
}

static void a_failure_goes_back_with_its_transaction(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(sl_journal_begin(bench->journal, NULL), SL_OK);
    provider_fails(bench, CHAIN, sl_u256(1), "x");
    sl_journal_rollback(bench->journal);
    assert_int_equal(look(bench, CHAIN).count, 0);
}

static void reading_stops_when_it_is_told_to_and_a_reader_changes_nothing(void **state)
{
    struct bench *bench = *state;
    const struct sl_err why = {.code = SL_ENET};
    struct found found = {.stop_at = 1};
    provider_fails(bench, CHAIN, sl_u256(1), "x");
    provider_fails(bench, CHAIN, sl_u256(2), "x");
    assert_int_equal(sl_journal_each_provider(bench->journal, CHAIN, take_provider, &found, NULL),
                     42);
    sl_journal_close(bench->journal);
    bench->journal = open_as(bench, SL_JOURNAL_READ);
    assert_int_equal(look(bench, CHAIN).count, 2);
    assert_int_equal(sl_journal_provider_failed(bench->journal, CHAIN, sl_u256(1), &why, NULL),
                     SL_EINVAL);
    assert_int_equal(sl_journal_provider_succeeded(bench->journal, CHAIN, sl_u256(1), NULL),
                     SL_EINVAL);
}

static void what_was_never_written_is_damage(void **state)
{
    struct bench *bench = *state;
    static const char *const harm[] = {
        "UPDATE provider_failures SET error = 'headache'",
        "PRAGMA ignore_check_constraints = 1; UPDATE provider_failures SET failures = 0",
        "PRAGMA ignore_check_constraints = 1; UPDATE provider_failures SET provider_id = x'01'",
    };
    for (size_t i = 0; i < sizeof harm / sizeof harm[0]; i++) {
        struct found found = {0};
        provider_fails(bench, CHAIN, sl_u256(1), "x");
        assert_int_equal(sl_db_exec(bench->journal, harm[i], "harm", NULL), SL_OK);
        assert_int_equal(
            sl_journal_each_provider(bench->journal, CHAIN, take_provider, &found, NULL),
            SL_EJOURNAL);
        assert_int_equal(sl_db_exec(bench->journal, "DELETE FROM provider_failures", "clean", NULL),
                         SL_OK);
    }
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(what_failed_is_remembered_by_chain_and_id),
        T(each_failure_in_a_row_doubles_the_time_up_to_a_day),
        T(what_fails_at_the_same_time_is_one_failure),
        T(a_success_forgets_all_of_it),
        T(a_clock_that_was_set_back_keeps_nobody_waiting),
        T(a_failure_goes_back_with_its_transaction),
        T(reading_stops_when_it_is_told_to_and_a_reader_changes_nothing),
        T(what_was_never_written_is_damage),
    };
    return cmocka_run_group_tests_name("providers that failed", tests, NULL, NULL);
}
