/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built `sluice wallet` moves money on a whole local network. */
#include <stdio.h>
#include <string.h>

#include "served.h"

static void what_the_throwaway_key_has_is_told(void **state)
{
    (void)state;
    RAN(SL_EXIT_OK, "deposited  1000\n", "", "wallet", "status");
    RAN(SL_EXIT_OK, "approval   unlimited\n", "", "wallet", "status");
    cJSON *lines = LINES("wallet", "status");
    assert_string_equal(bin_str(served_line(lines, 0), "available"), "1000");
    assert_int_equal(bin_number(served_line(lines, 0), "chainId"), 31415926);
    cJSON_Delete(lines);
}

static void money_goes_in_and_comes_back(void **state)
{
    (void)state;
    RAN(SL_EXIT_OK, "deposit 5.25 USDFC: done, block ", "left: 994.75 USDFC in the wallet",
        "wallet", "deposit", "5.25", "--yes");
    RAN(SL_EXIT_OK, "deposited  1005.25\n", "", "wallet", "status");
    RAN(SL_EXIT_OK, "\"dryRun\":false", "sent: withdraw 1000 USDFC", "wallet", "withdraw", "1000",
        "--yes", "--json");
    RAN(SL_EXIT_OK, "deposited  5.25\n", "", "wallet", "status");
    RAN(SL_EXIT_MONEY, "", "", "wallet", "withdraw", "6", "--yes");
    RAN(SL_EXIT_OK, "would succeed, nothing was sent", "", "wallet", "withdraw", "1", "--dry-run");
    RAN(SL_EXIT_OK, "deposited  5.25\n", "", "wallet", "status");
}

static void the_approval_is_given_once_more(void **state)
{
    (void)state;
    RAN(SL_EXIT_OK, "approve the service: done", "without limit", "wallet", "approve", "--yes");
    RAN(SL_EXIT_OK, "approval   unlimited\n", "", "wallet", "status");
}

static void a_poor_key_can_do_nothing_and_is_told_why(void **state)
{
    (void)state;
    RAN(SL_EXIT_OK, "approval   none\n", "", "wallet", "status");
    RAN(SL_EXIT_MONEY, "", "USDFC", "wallet", "deposit", "1", "--yes");
    RAN(SL_EXIT_MONEY, "", "FIL", "wallet", "approve", "--yes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED_TEST(what_the_throwaway_key_has_is_told),
        SERVED_TEST(money_goes_in_and_comes_back),
        SERVED_TEST(the_approval_is_given_once_more),
        cmocka_unit_test_setup_teardown(a_poor_key_can_do_nothing_and_is_told_why,
                                        served_poor_setup, served_teardown),
    };
    return cmocka_run_group_tests_name("money on a local network", tests, NULL, NULL);
}
