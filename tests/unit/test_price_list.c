/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Which known list a node's prices are compared with, and which prices are doubted. */
#include <string.h>

#include "sluice/costs.h"

#include "support/test.h"

/* The two known lists; each agrees best with itself. */
static struct sl_prices list_of(bool newer)
{
    struct sl_prices told = {.lockup_epochs = sl_u256(86400)};
    struct sl_prices known;
    if (!newer) { /* version 1.3 has a separate fee for adding pieces */
        told.add_fee = sl_u256(500000000000000);
        told.piece_fee = sl_u256(300000000000000);
    }
    sl_prices_known(&known, &told, false);
    return known;
}

static struct sl_u256 times(struct sl_u256 value, uint64_t by)
{
    struct sl_u256 out;
    assert_true(sl_u256_mul(&out, value, sl_u256(by)));
    return out;
}

static struct sl_u256 part(struct sl_u256 value, uint64_t by)
{
    struct sl_u256 out;
    assert_true(sl_u256_div(&out, value, sl_u256(by)));
    return out;
}

static void each_network_is_held_against_the_list_that_it_charges(void **state)
{
    (void)state;
    const struct sl_prices older = list_of(false);
    const struct sl_prices newer = list_of(true);
    struct sl_prices told = older;
    struct sl_prices known;
    struct sl_price_doubt doubt;
    assert_true(sl_prices_differ(&doubt, &older, &newer));
    told.data_set_per_month = sl_u256(1); /* wrong; the other prices identify the list */
    told.reserve_target = sl_u256(1);
    sl_prices_known(&known, &told, false);
    assert_false(sl_prices_differ(&doubt, &known, &older));
    sl_prices_known(&known, &told, true); /* a public network no longer charges the older list */
    assert_false(sl_prices_differ(&doubt, &known, &newer));
}

static void a_price_is_doubted_beyond_a_factor_of_twenty_either_way(void **state)
{
    (void)state;
    const struct sl_prices known = list_of(true);
    struct sl_prices told = known;
    struct sl_price_doubt doubt;
    assert_false(sl_prices_are_odd(&doubt, &told, &known));
    told.reserve_target = times(known.reserve_target, SL_PRICE_FACTOR);
    told.data_set_per_month = part(known.data_set_per_month, SL_PRICE_FACTOR);
    assert_false(sl_prices_are_odd(&doubt, &told, &known));
    told.reserve_target = times(known.reserve_target, SL_PRICE_FACTOR + 1);
    assert_true(sl_prices_are_odd(&doubt, &told, &known));
    assert_string_equal(doubt.name, "the reserve of a data set");
    assert_non_null(strstr(doubt.told, " USDFC"));
    told = known;
    told.lockup_epochs = part(known.lockup_epochs, SL_PRICE_FACTOR + 1);
    assert_true(sl_prices_are_odd(&doubt, &told, &known));
    assert_non_null(strstr(doubt.other, " epochs"));
    told = known;
    told.piece_fee = sl_u256(0);
    assert_true(sl_prices_are_odd(&doubt, &told, &known));
    told.piece_fee = sl_u256_max();
    assert_true(sl_prices_are_odd(&doubt, &told, &known));
}

static void a_limit_is_held_against_the_larger_of_both_prices(void **state)
{
    (void)state;
    const struct sl_prices known = list_of(true);
    struct sl_prices told = known;
    struct sl_prices larger;
    assert_false(sl_prices_larger(&larger, &told, &known));
    told.create_fee = times(known.create_fee, 2);
    assert_false(sl_prices_larger(&larger, &told, &known));
    assert_int_equal(sl_u256_cmp(larger.create_fee, told.create_fee), 0);
    told.cdn_lockup = part(known.cdn_lockup, 2);
    assert_true(sl_prices_larger(&larger, &told, &known));
    assert_int_equal(sl_u256_cmp(larger.cdn_lockup, known.cdn_lockup), 0);
    assert_int_equal(sl_u256_cmp(larger.create_fee, told.create_fee), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_network_is_held_against_the_list_that_it_charges),
        cmocka_unit_test(a_price_is_doubted_beyond_a_factor_of_twenty_either_way),
        cmocka_unit_test(a_limit_is_held_against_the_larger_of_both_prices),
    };
    return cmocka_run_group_tests_name("price list", tests, NULL, NULL);
}
