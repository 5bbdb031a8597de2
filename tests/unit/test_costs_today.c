/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Costs of data sets that are older than the present prices: what their next add locks, and how
 * their small reserve is refilled. Numbers seen on the contracts of 1.4 after an upgrade of 1.3. */
#include <string.h>

#include "sluice/chain.h"
#include "sluice/costs.h"

#include "support/test.h"

enum { SET_4_LEAVES = 32, PIECE_LEAVES = 10 };

static const uint64_t SET_4_RATE = UINT64_C(277777804514);

static struct sl_u256 usdfc(const char *text)
{
    struct sl_u256 out;
    assert_int_equal(sl_u256_parse_amount(&out, text, strlen(text), SL_TOKEN_DECIMALS, NULL),
                     SL_OK);
    return out;
}

static void assert_usdfc(struct sl_u256 got, const char *wanted)
{
    char text[SL_U256_AMOUNT_CHARS];
    sl_u256_amount(text, got, SL_TOKEN_DECIMALS, SL_TOKEN_DECIMALS);
    assert_string_equal(text, wanted);
}

static struct sl_prices today(void)
{
    struct sl_prices prices;
    sl_prices_known(&prices, &(struct sl_prices){.add_fee = sl_u256(0)}, true);
    assert_usdfc(prices.data_set_per_month, "0.12");
    return prices;
}

/* Made under 1.3, with one piece; a piece of ten leaves is to be added. */
static struct sl_cost_target old_set(void)
{
    return (struct sl_cost_target){.leaves = sl_u256(PIECE_LEAVES),
                                   .current_leaves = sl_u256(SET_4_LEAVES),
                                   .reserve = usdfc("0.0742"),
                                   .rail_rate = sl_u256(SET_4_RATE),
                                   .rail_rate_known = true,
                                   .pieces = 1};
}

/* An account whose rate is that of these data sets. */
static struct sl_account account_of(size_t sets, const char *available)
{
    struct sl_account account = {.funds = usdfc(available), .settled_at = sl_u256(100)};
    assert_true(sl_u256_mul(&account.rate, sl_u256(SET_4_RATE), sl_u256(sets)));
    return account;
}

static struct sl_cost_upload costs_of(const struct sl_account *account,
                                      const struct sl_cost_target *targets, size_t count)
{
    const struct sl_prices prices = today();
    const struct sl_cost_terms terms = sl_cost_terms(&prices);
    struct sl_account_state state;
    struct sl_cost_upload costs;
    assert_int_equal(sl_account_state(&state, account, sl_u256(100), NULL), SL_OK);
    assert_int_equal(sl_cost_upload(&costs, &prices, account, &state, &(struct sl_approval){0},
                                    targets, count, &terms, NULL),
                     SL_OK);
    return costs;
}

/* Covered exactly by this sum, and not by one unit less. */
static void expect_need(const struct sl_cost_target *targets, size_t count, const char *need)
{
    struct sl_account account = account_of(count, need);
    struct sl_cost_upload costs = costs_of(&account, targets, count);
    assert_usdfc(costs.lockup.total, need);
    assert_true(sl_u256_is_zero(costs.deposit));
    assert_true(sl_u256_sub(&account.funds, account.funds, sl_u256(1)));
    costs = costs_of(&account, targets, count);
    assert_false(sl_u256_is_zero(costs.deposit));
}

static void the_first_add_to_an_old_data_set_locks_the_difference_of_the_rents(void **state)
{
    (void)state;
    const struct sl_cost_target target = old_set();
    const struct sl_account account = account_of(1, "0.075994164356095606");
    struct sl_cost_upload costs = costs_of(&account, &target, 1);
    struct sl_u256 flat;
    /* the rate after it was 1388888923967; 0.0959999976899136 of it is the rent alone */
    assert_int_equal(
        sl_u256_cmp(costs.lockup.rate_delta, sl_u256(UINT64_C(1388888923967) - SET_4_RATE)), 0);
    assert_usdfc(costs.lockup.streaming, "0.0960000007207392");
    assert_true(sl_u256_mul(&flat, sl_u256(UINT64_C(1388888888888) - SET_4_RATE), sl_u256(86400)));
    assert_usdfc(flat, "0.0959999976899136");
    assert_true(sl_u256_is_zero(costs.lockup.refill));
    assert_false(sl_u256_is_zero(costs.deposit)); /* the contract refused this add */
    expect_need(&target, 1, "0.0960000007207392");
}

static void two_copies_in_old_data_sets_need_it_twice(void **state)
{
    (void)state;
    const struct sl_cost_target targets[] = {old_set(), old_set()};
    const struct sl_account account = account_of(2, "0.08");
    const struct sl_cost_upload costs = costs_of(&account, targets, 2);
    assert_true(sl_u256_cmp(costs.deposit, usdfc("0.112")) > 0);
    expect_need(targets, 2, "0.1920000014414784");
}

static void a_month_in_an_old_data_set_grows_by_the_difference_too(void **state)
{
    (void)state;
    const struct sl_prices prices = today();
    struct sl_cost_target target = old_set();
    struct sl_u256 month;
    assert_int_equal(sl_cost_month(&month, &prices, &target, NULL), SL_OK);
    assert_true(sl_u256_cmp(month, usdfc("0.096")) > 0);
    assert_true(sl_u256_cmp(month, usdfc("0.0961")) < 0);
    target.rail_rate_known = false;
    assert_int_equal(sl_cost_month(&month, &prices, &target, NULL), SL_OK);
    assert_true(sl_u256_cmp(month, usdfc("0.0001")) < 0);
}

/* As a price list with lower prices would have it: nothing is given back by an add. */
static void a_rail_that_pays_more_than_the_list_locks_nothing(void **state)
{
    (void)state;
    struct sl_cost_target target = old_set();
    target.rail_rate = sl_u256(UINT64_C(2000000000000));
    const struct sl_account account = account_of(1, "0");
    struct sl_cost_upload costs = costs_of(&account, &target, 1);
    assert_true(sl_u256_is_zero(costs.lockup.total));
    target.rail_rate = sl_u256_max();
    const struct sl_prices prices = today();
    const struct sl_cost_terms terms = sl_cost_terms(&prices);
    assert_int_equal(sl_cost_lockup(&costs.lockup, &prices, &target, &terms, NULL), SL_EOVERFLOW);
}

/* A rail whose rate is that of the list: the same sum, known or not. */
static void a_known_rate_changes_nothing_for_a_data_set_of_today(void **state)
{
    (void)state;
    struct sl_cost_target target = old_set();
    const struct sl_account account = account_of(1, "0");
    target.rail_rate_known = false;
    const struct sl_cost_upload unknown = costs_of(&account, &target, 1);
    target.rail_rate_known = true;
    target.rail_rate = sl_u256(UINT64_C(1388888915625)); /* as read of a set with 32 leaves */
    const struct sl_cost_upload known = costs_of(&account, &target, 1);
    assert_int_equal(sl_u256_cmp(known.lockup.total, unknown.lockup.total), 0);
    assert_int_equal(sl_u256_cmp(known.deposit, unknown.deposit), 0);
}

/* Empty, its creation unpaid: the fees of both are due, and the reserve of 0.1 covers them. */
static void an_old_data_set_without_pieces_pays_its_creation_with_the_first_add(void **state)
{
    (void)state;
    const struct sl_prices prices = today();
    const struct sl_cost_target target = {.leaves = sl_u256(PIECE_LEAVES),
                                          .reserve = usdfc("0.1"),
                                          .pending = usdfc("0.025"),
                                          .rail_rate_known = true,
                                          .pieces = 1};
    struct sl_cost_target after;
    assert_int_equal(sl_cost_after(&after, &prices, &target, SL_COMMIT_PIECES, NULL), SL_OK);
    assert_usdfc(after.reserve, "0.064");
    assert_true(sl_u256_is_zero(after.pending));
    assert_int_equal(sl_u256_cmp(after.rail_rate, sl_u256(UINT64_C(1388888897230))), 0);
    assert_int_equal(sl_u256_cmp(after.current_leaves, sl_u256(PIECE_LEAVES)), 0);
    expect_need(&target, 1, "0.120000000720672");
}

/* The reserve is under what this fee and the threshold want together. */
static void a_small_reserve_is_refilled_from_the_account(void **state)
{
    (void)state;
    struct sl_cost_target target = old_set();
    target.rail_rate = sl_u256(UINT64_C(1388888915625));
    target.reserve = usdfc("0.035");
    const struct sl_account account = account_of(1, "0.1"); /* the rate, and not the refill */
    struct sl_cost_upload costs = costs_of(&account, &target, 1);
    assert_usdfc(costs.lockup.refill, "0.476"); /* 0.5 + 0.011 - 0.035 */
    assert_true(sl_u256_cmp(costs.deposit, usdfc("0.376")) > 0);
    expect_need(&target, 1, "0.4760000007207488");
    target.reserve = usdfc("0.036"); /* exactly the threshold: no refill */
    costs = costs_of(&account, &target, 1);
    assert_true(sl_u256_is_zero(costs.lockup.refill));
}

/* Adds of 1, 40, 80, 134, 224 and 404 pieces, one after the other, and the reserve after each. */
static void the_reserve_after_each_add_is_that_of_the_contract(void **state)
{
    (void)state;
    static const struct {
        uint64_t pieces;
        const char *reserve;
    } seen[] = {{1, "0.0398"}, {40, "0.5"},  {80, "0.252"}, {81, "0.5"},
                {134, "0.09"}, {224, "0.5"}, {404, "0.5"}};
    const struct sl_prices prices = today();
    struct sl_cost_target target = {.current_leaves = sl_u256(118), .reserve = usdfc("0.0508")};
    for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++) {
        target.pieces = seen[i].pieces;
        target.leaves = sl_u256(seen[i].pieces * PIECE_LEAVES);
        assert_int_equal(sl_cost_after(&target, &prices, &target, target.pieces, NULL), SL_OK);
        assert_usdfc(target.reserve, seen[i].reserve);
    }
}

static void a_data_set_that_was_terminated_has_no_price(void **state)
{
    (void)state;
    const struct sl_prices prices = today();
    const struct sl_cost_terms terms = sl_cost_terms(&prices);
    const struct sl_account account = account_of(1, "10");
    const struct sl_account_state now = {.available = usdfc("10"), .runway = sl_u256_max()};
    struct sl_cost_target target = old_set();
    struct sl_cost_upload costs;
    struct sl_err err = {0};
    target.end_epoch = sl_u256(1);
    assert_int_equal(sl_cost_upload(&costs, &prices, &account, &now, &(struct sl_approval){0},
                                    &target, 1, &terms, &err),
                     SL_EREFUSED);
    assert_non_null(strstr(err.text, "terminated"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_add_to_an_old_data_set_locks_the_difference_of_the_rents),
        cmocka_unit_test(two_copies_in_old_data_sets_need_it_twice),
        cmocka_unit_test(a_month_in_an_old_data_set_grows_by_the_difference_too),
        cmocka_unit_test(a_rail_that_pays_more_than_the_list_locks_nothing),
        cmocka_unit_test(a_known_rate_changes_nothing_for_a_data_set_of_today),
        cmocka_unit_test(an_old_data_set_without_pieces_pays_its_creation_with_the_first_add),
        cmocka_unit_test(a_small_reserve_is_refilled_from_the_account),
        cmocka_unit_test(the_reserve_after_each_add_is_that_of_the_contract),
        cmocka_unit_test(a_data_set_that_was_terminated_has_no_price),
    };
    return cmocka_run_group_tests_name("costs of today", tests, NULL, NULL);
}
