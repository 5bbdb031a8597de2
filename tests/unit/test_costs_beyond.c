/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The cost formulas where no golden vector reaches: several copies, what an account can pay for
 * after an upload, limits and overflows, and the words in which people read sums and times. */
#include "sluice/costs.h"

#include "support/test.h"

static struct sl_u256 milli(uint64_t thousandths)
{
    struct sl_u256 out;
    assert_true(sl_u256_mul(&out, sl_u256(thousandths), sl_u256(UINT64_C(1000000000000000))));
    return out;
}

static struct sl_prices ordinary_prices(void)
{
    return (struct sl_prices){.storage_per_tib_month = milli(2500),
                              .data_set_per_month = milli(24),
                              .create_fee = milli(25),
                              .add_fee = sl_u256(500000000000000),
                              .piece_fee = sl_u256(300000000000000),
                              .reserve_target = milli(100),
                              .reserve_threshold = milli(5),
                              .lockup_epochs = sl_u256(86400),
                              .cdn_lockup = milli(700),
                              .cache_miss_lockup = milli(300)};
}

static struct sl_cost_target new_target(uint64_t bytes)
{
    struct sl_cost_target target = {.pieces = 1, .is_new = true};
    assert_int_equal(sl_cost_leaves(&target.leaves, sl_u256(bytes), 1, NULL), SL_OK);
    return target;
}

static void two_copies_cost_twice_and_one_account_pays(void **state)
{
    (void)state;
    const struct sl_prices prices = ordinary_prices();
    const struct sl_cost_terms terms = sl_cost_terms(&prices);
    const struct sl_account account = {.funds = sl_u256(0)};
    const struct sl_cost_target targets[] = {new_target(1065353216), new_target(1065353216)};
    struct sl_account_state now;
    struct sl_cost_upload costs;
    char text[SL_COST_CHARS];
    assert_int_equal(sl_account_state(&now, &account, sl_u256(100), NULL), SL_OK);
    assert_int_equal(sl_cost_upload(&costs, &prices, &account, &now, &(struct sl_approval){0},
                                    targets, 2, &terms, NULL),
                     SL_OK);
    sl_u256_amount(text, costs.deposit, 18, 18);
    assert_string_equal(text, "0.252844665527072"); /* fees are paid out of the reserves */
    sl_u256_amount(text, costs.rate.per_month, 18, 18);
    assert_string_equal(text, "0.05284466552734375");
    assert_true(costs.needs_approval);
    assert_false(costs.ready);
}

static void the_runway_after_an_upload_counts_deposit_and_lockup(void **state)
{
    (void)state;
    const struct sl_prices prices = ordinary_prices();
    const struct sl_cost_terms terms = sl_cost_terms(&prices);
    const struct sl_cost_target target = new_target(1065353216);
    struct sl_account account = {.funds = sl_u256(0)};
    struct sl_account_state now;
    struct sl_cost_upload costs;
    struct sl_u256 epochs;
    assert_int_equal(sl_account_state(&now, &account, sl_u256(100), NULL), SL_OK);
    assert_int_equal(sl_cost_upload(&costs, &prices, &account, &now, &(struct sl_approval){0},
                                    &target, 1, &terms, NULL),
                     SL_OK);
    assert_int_equal(sl_cost_runway_after(&epochs, &account, &now, &costs, NULL), SL_OK);
    assert_true(sl_u256_is_zero(epochs)); /* a deposit of what is missing, and no more */
    assert_true(sl_u256_add(&account.funds, costs.deposit, sl_u256(UINT64_C(305814036615) * 1000)));
    assert_int_equal(sl_account_state(&now, &account, sl_u256(100), NULL), SL_OK);
    assert_int_equal(sl_cost_upload(&costs, &prices, &account, &now, &(struct sl_approval){0},
                                    &target, 1, &terms, NULL),
                     SL_OK);
    assert_true(sl_u256_is_zero(costs.deposit));
    assert_int_equal(sl_cost_runway_after(&epochs, &account, &now, &costs, NULL), SL_OK);
    assert_int_equal(sl_u256_cmp(epochs, sl_u256(1000)), 0);
    costs = (struct sl_cost_upload){0};
    assert_int_equal(sl_cost_runway_after(&epochs, &account, &now, &costs, NULL), SL_OK);
    assert_int_equal(sl_u256_cmp(epochs, sl_u256_max()), 0); /* nothing is paid for */
}

/* One call after the other, as the contract does it. */
static uint64_t refill_by_hand(uint64_t *reserve, uint64_t fee, uint64_t target, uint64_t threshold)
{
    uint64_t more = 0;
    if (*reserve < fee + threshold) {
        more = target + fee - *reserve;
        *reserve = target + fee;
    }
    *reserve -= fee;
    return more;
}

static void the_reserve_is_filled_up_as_the_contract_does_it(void **state)
{
    (void)state;
    enum { BASE = 5, PIECE = 3, TARGET = 1000, THRESHOLD = 50, CREATE = 250, LEFT = 60 };
    const struct sl_prices prices = {.add_fee = sl_u256(BASE),
                                     .piece_fee = sl_u256(PIECE),
                                     .create_fee = sl_u256(CREATE),
                                     .reserve_target = sl_u256(TARGET),
                                     .reserve_threshold = sl_u256(THRESHOLD)};
    for (uint64_t batch = 1; batch <= 40; batch += 13) {
        for (uint64_t pieces = 1; pieces < 1500; pieces += 7) {
            const bool is_new = pieces % 2 == 0;
            const struct sl_cost_target target = {
                .pieces = pieces, .is_new = is_new, .reserve = sl_u256(LEFT)};
            uint64_t reserve = is_new ? TARGET : LEFT, sum = 0;
            for (uint64_t at = 0; at < pieces; at += batch) {
                const uint64_t in_call = pieces - at < batch ? pieces - at : batch;
                const uint64_t create = at == 0 && is_new ? CREATE : 0;
                sum += refill_by_hand(&reserve, BASE + PIECE * in_call + create, TARGET, THRESHOLD);
            }
            struct sl_u256 refill, left;
            assert_int_equal(sl_cost_refill(&refill, &left, &prices, &target, batch, NULL), SL_OK);
            assert_int_equal(sl_u256_cmp(refill, sl_u256(sum)), 0);
            assert_int_equal(sl_u256_cmp(left, sl_u256(reserve)), 0);
        }
    }
}

static void numbers_beyond_256_bits_are_errors(void **state)
{
    (void)state;
    const struct sl_prices prices = ordinary_prices();
    const struct sl_cost_terms terms = sl_cost_terms(&prices);
    struct sl_cost_target target = new_target(127);
    struct sl_account account = {.rate = sl_u256_max()};
    struct sl_account_state now;
    struct sl_cost_upload costs;
    struct sl_u256 price;
    struct sl_err err;
    assert_int_equal(sl_cost_runway(&price, sl_u256_max(), sl_u256(2), &err), SL_EOVERFLOW);
    assert_int_equal(sl_account_state(&now, &account, sl_u256(2), &err), SL_EOVERFLOW);
    target.leaves = sl_u256_max();
    account.rate = sl_u256(0);
    assert_int_equal(sl_account_state(&now, &account, sl_u256(2), &err), SL_OK);
    assert_int_equal(sl_cost_upload(&costs, &prices, &account, &now, &(struct sl_approval){0},
                                    &target, 1, &terms, &err),
                     SL_EOVERFLOW);
    target = new_target(127);
    target.pieces = UINT64_MAX;
    assert_int_equal(sl_cost_upload(&costs, &prices, &account, &now, &(struct sl_approval){0},
                                    &target, 1, &terms, &err),
                     SL_OK);
}

static void limited_approvals_are_measured_against_the_costs(void **state)
{
    (void)state;
    const struct sl_cost_upload costs = {
        .lockup = {.rate_delta = sl_u256(10), .total = sl_u256(100)},
        .fees = {.total = sl_u256(5)}};
    struct sl_approval approval = {.approved = true,
                                   .rate_allowance = sl_u256(30),
                                   .lockup_allowance = sl_u256(1105),
                                   .rate_usage = sl_u256(20),
                                   .lockup_usage = sl_u256(1000),
                                   .max_lockup_epochs = sl_u256(86400)};
    assert_true(sl_approval_allows(&approval, &costs, sl_u256(86400)));
    assert_false(sl_approval_allows(&approval, &costs, sl_u256(86401)));
    approval.rate_usage = sl_u256(21);
    assert_false(sl_approval_allows(&approval, &costs, sl_u256(86400)));
    approval.rate_usage = sl_u256_max();
    assert_false(sl_approval_allows(&approval, &costs, sl_u256(86400)));
    approval.rate_usage = sl_u256(20);
    approval.lockup_usage = sl_u256(1001);
    assert_false(sl_approval_allows(&approval, &costs, sl_u256(86400)));
    approval.lockup_usage = sl_u256(0);
    approval.approved = false;
    assert_false(sl_approval_allows(&approval, &costs, sl_u256(86400)));
}

static void a_new_data_set_needs_its_first_month_and_the_reserve(void **state)
{
    (void)state;
    const struct sl_prices prices = ordinary_prices();
    char text[SL_COST_CHARS];
    struct sl_u256 least;
    assert_int_equal(sl_cost_create_minimum(&least, &prices, false, NULL), SL_OK);
    sl_cost_text(text, least);
    assert_string_equal(text, "0.124 USDFC");
    assert_int_equal(sl_cost_create_minimum(&least, &prices, true, NULL), SL_OK);
    sl_cost_text(text, least);
    assert_string_equal(text, "1.124 USDFC");
}

static void sums_and_times_are_told_as_people_say_them(void **state)
{
    (void)state;
    char text[SL_RUNWAY_CHARS + SL_COST_CHARS];
    sl_cost_text(text, sl_u256(0));
    assert_string_equal(text, "0 USDFC");
    sl_cost_text(text, sl_u256(277777777777));
    assert_string_equal(text, "0.00000027 USDFC");
    sl_cost_text(text, sl_u256(1));
    assert_string_equal(text, "0.000000000000000001 USDFC");
    sl_runway_text(text, sl_u256_max());
    assert_string_equal(text, "without end");
    sl_runway_text(text, sl_u256(119));
    assert_string_equal(text, "less than an hour");
    sl_runway_text(text, sl_u256(120));
    assert_string_equal(text, "1 hour");
    sl_runway_text(text, sl_u256(5759));
    assert_string_equal(text, "47 hours");
    sl_runway_text(text, sl_u256(5760));
    assert_string_equal(text, "2 days");
    sl_runway_text(text, sl_u256(3649 * UINT64_C(2880)));
    assert_string_equal(text, "3649 days");
    sl_runway_text(text, sl_u256(3650 * UINT64_C(2880)));
    assert_string_equal(text, "10 years");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_copies_cost_twice_and_one_account_pays),
        cmocka_unit_test(the_runway_after_an_upload_counts_deposit_and_lockup),
        cmocka_unit_test(the_reserve_is_filled_up_as_the_contract_does_it),
        cmocka_unit_test(numbers_beyond_256_bits_are_errors),
        cmocka_unit_test(limited_approvals_are_measured_against_the_costs),
        cmocka_unit_test(a_new_data_set_needs_its_first_month_and_the_reserve),
        cmocka_unit_test(sums_and_times_are_told_as_people_say_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
