/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Warnings before money is spent: fixed fees that outweigh the storage, data sets that could be
 * one, and fees for many tiny pieces. */
#include <string.h>

#include "sluice/costs.h"

#include "support/test.h"

enum { SETS = 4 };

static const struct sl_metadata by_sluice = {"source", "sluice"};
static const struct sl_metadata by_another = {"source", "another"};

static struct sl_prices today(void)
{
    struct sl_prices prices;
    sl_prices_known(&prices, &(struct sl_prices){.add_fee = sl_u256(0)}, true);
    return prices;
}

static struct sl_data_set set_of(uint64_t id, uint64_t provider, uint64_t leaves)
{
    return (struct sl_data_set){.id = sl_u256(id),
                                .provider_id = sl_u256(provider),
                                .pdp_rail = sl_u256(id),
                                .live = true,
                                .managed = true,
                                .leaves = sl_u256(leaves),
                                .metadata = &by_sluice,
                                .metadata_count = 1,
                                .metadata_known = true};
}

static struct sl_stored stored_in(const struct sl_data_set *sets, size_t count)
{
    struct sl_stored stored;
    assert_int_equal(sl_stored_count(&stored, sets, count, NULL), SL_OK);
    return stored;
}

/* What is said to an account that has this and adds `pieces` pieces of `bytes` bytes each, in every
 * copy to a new data set. */
static struct sl_cost_advice advise(const struct sl_stored *stored, uint64_t pieces, uint64_t bytes,
                                    size_t copies)
{
    const struct sl_prices prices = today();
    const struct sl_cost_terms terms = sl_cost_terms(&prices);
    const struct sl_account account = {.funds = sl_u256(0)};
    const struct sl_account_state state = {.available = sl_u256(0)};
    struct sl_cost_target targets[SL_ADVICE_COUNT];
    struct sl_cost_upload costs;
    struct sl_cost_advice advice;
    struct sl_cost_target target = {.pieces = pieces, .is_new = true};
    assert_int_equal(sl_cost_leaves(&target.leaves, sl_u256(pieces * bytes), pieces, NULL), SL_OK);
    for (size_t i = 0; i < copies; i++)
        targets[i] = target;
    assert_int_equal(sl_cost_upload(&costs, &prices, &account, &state, &(struct sl_approval){0},
                                    targets, copies, &terms, NULL),
                     SL_OK);
    assert_int_equal(sl_cost_advise(&advice, &prices, stored, targets, copies, &costs.fees, NULL),
                     SL_OK);
    return advice;
}

static void expect_text(const struct sl_cost_advice *advice, enum sl_advice which,
                        const char *wanted)
{
    char text[SL_ADVICE_CHARS];
    assert_true(sl_advice_text(text, advice, which));
    assert_string_equal(text, wanted);
}

static void expect_none(const struct sl_cost_advice *advice, enum sl_advice which)
{
    char text[SL_ADVICE_CHARS];
    assert_false(sl_advice_text(text, advice, which));
    assert_string_equal(text, "");
}

static void data_sets_that_cost_more_than_what_is_in_them_are_named(void **state)
{
    (void)state;
    const struct sl_data_set sets[] = {set_of(1, 1, 33027), set_of(2, 2, 33027)};
    const struct sl_stored stored = stored_in(sets, 2);
    struct sl_cost_advice advice = advise(&stored, 1, 1048576, 1);
    expect_text(&advice, SL_ADVICE_FIXED,
                "3 data sets cost a fixed 0.36 USDFC a month, more than the storage in them "
                "(0.0000071 USDFC): each further data set costs the same, however small it is");
    expect_none(&advice, SL_ADVICE_SPARE);
    const struct sl_stored none = {.sets = 0};
    advice = advise(&none, 1, 1048576, 1);
    expect_text(&advice, SL_ADVICE_FIXED,
                "1 data set costs a fixed 0.12 USDFC a month, more than the storage in it "
                "(0.0000023 USDFC): each further data set costs the same, however small it is");
    advice = advise(&none, 60, 1065353216, 1); /* 60 GiB: 0.14 a month */
    expect_none(&advice, SL_ADVICE_FIXED);
}

static void data_sets_that_could_be_one_are_counted(void **state)
{
    (void)state;
    struct sl_data_set sets[SETS + 3];
    for (size_t i = 0; i < SETS; i++)
        sets[i] = set_of(i + 1, 7, 10);
    sets[1].metadata = &by_another; /* of another kind */
    sets[SETS] = set_of(5, 7, 0);   /* without pieces it costs nothing */
    sets[SETS + 1] = set_of(6, 7, 10);
    sets[SETS + 1].end_epoch = sl_u256(9); /* has ended */
    sets[SETS + 2] = set_of(7, 8, 10);
    struct sl_stored stored = stored_in(sets, SETS + 3);
    assert_int_equal(stored.sets, 5);
    assert_int_equal(stored.spare_sets, 2);
    struct sl_cost_advice advice = advise(&stored, 1, 1048576, 1);
    expect_text(&advice, SL_ADVICE_SPARE,
                "2 data sets are beside another of the same kind at the same provider, which "
                "costs a fixed 0.24 USDFC a month: see `sluice datasets`");
    sets[2].metadata_known = sets[3].metadata_known = false;
    stored = stored_in(sets, SETS + 3);
    assert_int_equal(stored.spare_sets, 0);
}

static void many_tiny_pieces_cost_more_than_a_year_of_storing_them(void **state)
{
    (void)state;
    const struct sl_stored none = {.sets = 0};
    struct sl_cost_advice advice = advise(&none, 300, 1000, 2);
    expect_text(&advice, SL_ADVICE_TINY,
                "adding 600 pieces costs 1.88 USDFC in fees (0.003 USDFC a piece, 0.008 USDFC a "
                "call), more than a year of storing them (0.000016 USDFC): put small files into "
                "archives first");
    advice = advise(&none, SL_MANY_PIECES - 1, 1000, 2);
    expect_none(&advice, SL_ADVICE_TINY);
    advice = advise(&none, 40, 1065353216, 2);
    expect_none(&advice, SL_ADVICE_TINY);
}

static void numbers_that_cannot_be_give_no_advice(void **state)
{
    (void)state;
    struct sl_prices prices = today();
    struct sl_cost_advice advice;
    const struct sl_cost_target target = {.leaves = sl_u256(5), .pieces = 20, .is_new = true};
    const struct sl_cost_fees fees = {.add = sl_u256_max()};
    const struct sl_stored stored = {.sets = UINT64_MAX};
    struct sl_data_set sets[] = {set_of(1, 1, 1), set_of(2, 1, 1)};
    struct sl_stored out;
    prices.data_set_per_month = sl_u256_max();
    assert_int_equal(sl_cost_advise(&advice, &prices, &stored, &target, 1, &fees, NULL),
                     SL_EOVERFLOW);
    for (int i = 0; i < SL_ADVICE_COUNT; i++)
        expect_none(&advice, (enum sl_advice)i);
    sets[0].leaves = sl_u256_max();
    assert_int_equal(sl_stored_count(&out, sets, 2, NULL), SL_EOVERFLOW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_sets_that_cost_more_than_what_is_in_them_are_named),
        cmocka_unit_test(data_sets_that_could_be_one_are_counted),
        cmocka_unit_test(many_tiny_pieces_cost_more_than_a_year_of_storing_them),
        cmocka_unit_test(numbers_that_cannot_be_give_no_advice),
    };
    return cmocka_run_group_tests_name("cost advice", tests, NULL, NULL);
}
