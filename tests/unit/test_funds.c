/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The suggested deposit: sufficient, and easy to type. */
#include <string.h>

#include "sluice/chain.h"

#include "support/test.h"

static struct sl_u256 usdfc(const char *text)
{
    struct sl_u256 out;
    assert_int_equal(sl_u256_parse_amount(&out, text, strlen(text), SL_TOKEN_DECIMALS, NULL),
                     SL_OK);
    return out;
}

static void expect_rounded(const char *amount, const char *wanted)
{
    char text[SL_U256_AMOUNT_CHARS];
    sl_u256_amount(text, sl_funds_round_up(usdfc(amount)), SL_TOKEN_DECIMALS, SL_TOKEN_DECIMALS);
    assert_string_equal(text, wanted);
}

static void sums_are_rounded_up_to_what_a_person_types(void **state)
{
    (void)state;
    expect_rounded("0", "0");
    expect_rounded("0.000000000000000001", "0.01");
    expect_rounded("0.24800476837128320", "0.25");
    expect_rounded("0.25", "0.25");
    expect_rounded("0.99", "0.99");
    expect_rounded("0.990000000000000001", "1");
    expect_rounded("1.24", "1.3");
    expect_rounded("9.91", "10");
    expect_rounded("12.000000000000000001", "13");
    expect_rounded("123.4", "130");
    assert_int_equal(sl_u256_cmp(sl_funds_round_up(sl_u256_max()), sl_u256_max()), 0);
}

static void a_deposit_is_still_enough_a_day_later(void **state)
{
    (void)state;
    const struct sl_account account = {.rate = usdfc("0.0001")};
    const struct sl_cost_upload costs = {.deposit = usdfc("0.1"),
                                         .lockup.rate_delta = usdfc("0.0001")};
    assert_int_equal(sl_u256_cmp(sl_funds_deposit(&account, &costs), usdfc("0.68")), 0);
    assert_true(sl_u256_is_zero(
        sl_funds_deposit(&account, &(struct sl_cost_upload){.deposit = sl_u256(0)})));
}

static int check(struct sl_err *err, const struct sl_approval *approval, const char *deposit)
{
    const struct sl_chain_view view = {.approval = *approval,
                                       .prices.lockup_epochs = sl_u256(86400)};
    const struct sl_cost_upload costs = {.deposit = usdfc(deposit), .needs_approval = true};
    return sl_funds_check(&view, &costs, err);
}

static void one_command_is_named_that_does_it(void **state)
{
    (void)state;
    const struct sl_approval none = {.approved = false};
    const struct sl_approval given = {.approved = true,
                                      .rate_allowance = sl_u256_max(),
                                      .lockup_allowance = sl_u256_max(),
                                      .max_lockup_epochs = sl_u256(86400)};
    struct sl_err err = {0};
    assert_int_equal(check(&err, &given, "0"), SL_OK);
    assert_int_equal(check(&err, &none, "0"), SL_EMONEY);
    assert_non_null(strstr(err.text, "run `sluice wallet approve`"));
    assert_int_equal(check(&err, &given, "0.123"), SL_EMONEY);
    assert_non_null(strstr(err.text, "deposit at least 0.13 USDFC (sluice wallet deposit 0.13)"));
    assert_int_equal(check(&err, &none, "0.123"), SL_EMONEY);
    assert_non_null(strstr(err.text, "(sluice wallet deposit 0.13, which also lets the storage"));
    assert_null(strstr(err.text, "wallet approve"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_rounded_up_to_what_a_person_types),
        cmocka_unit_test(a_deposit_is_still_enough_a_day_later),
        cmocka_unit_test(one_command_is_named_that_does_it),
    };
    return cmocka_run_group_tests_name("funds", tests, NULL, NULL);
}
