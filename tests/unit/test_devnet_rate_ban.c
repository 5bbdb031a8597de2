/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Five requests for data sets that are not there within a minute block an address. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "devnet/provider/rate_ban.h"
#include "support/test.h"

static struct sl_devnet_rate_bans rate_bans;

static int setup(void **state)
{
    (void)state;
    sl_devnet_rate_bans_init(&rate_bans);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    sl_devnet_rate_bans_fini(&rate_bans);
    return 0;
}

static const struct sockaddr *v4(const char *text)
{
    static struct sockaddr_in address;
    address = (struct sockaddr_in){.sin_family = AF_INET};
    assert_int_equal(inet_pton(AF_INET, text, &address.sin_addr), 1);
    return (const struct sockaddr *)&address;
}

static const struct sockaddr *v6(const char *text)
{
    static struct sockaddr_in6 address;
    address = (struct sockaddr_in6){.sin6_family = AF_INET6};
    assert_int_equal(inet_pton(AF_INET6, text, &address.sin6_addr), 1);
    return (const struct sockaddr *)&address;
}

static void the_fifth_in_a_minute_blocks_for_five_minutes(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(sl_devnet_rate_ban_count(&rate_bans, v4("127.0.0.1"), i * 15000), 0);
    assert_int_equal(sl_devnet_rate_ban_left_s(&rate_bans, v4("127.0.0.1"), 45000), 0);
    assert_int_equal(sl_devnet_rate_ban_count(&rate_bans, v4("127.0.0.1"), 60000), 300);
    assert_int_equal(sl_devnet_rate_ban_left_s(&rate_bans, v4("127.0.0.1"), 60001), 300);
    assert_int_equal(sl_devnet_rate_ban_left_s(&rate_bans, v4("127.0.0.1"), 359999), 1);
    assert_int_equal(sl_devnet_rate_ban_left_s(&rate_bans, v4("127.0.0.1"), 360000), 0);
}

static void five_in_more_than_a_minute_do_not(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++)
        assert_int_equal(sl_devnet_rate_ban_count(&rate_bans, v4("127.0.0.1"), i * 15001), 0);
}

static void addresses_are_counted_by_themselves(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        assert_int_equal(sl_devnet_rate_ban_count(&rate_bans, v4("127.0.0.1"), i), 0);
        assert_int_equal(sl_devnet_rate_ban_count(&rate_bans, v4("127.0.0.2"), i), 0);
        assert_int_equal(sl_devnet_rate_ban_count(&rate_bans, v6("::1"), i), 0);
    }
    assert_int_equal(sl_devnet_rate_ban_count(&rate_bans, v4("127.0.0.1"), 10), 300);
    assert_int_equal(sl_devnet_rate_ban_left_s(&rate_bans, v4("127.0.0.2"), 10), 0);
    assert_int_equal(sl_devnet_rate_ban_left_s(&rate_bans, v6("::1"), 10), 0);
}

static void one_network_of_version_six_is_one_address(void **state)
{
    (void)state;
    static const char *const texts[] = {"2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8::4",
                                        "2001:db8::5"};
    int64_t seconds = 0;
    for (int i = 0; i < 5; i++)
        seconds = sl_devnet_rate_ban_count(&rate_bans, v6(texts[i]), i);
    assert_int_equal(seconds, 300);
    assert_int_equal(sl_devnet_rate_ban_left_s(&rate_bans, v6("2001:db8:0:1::1"), 10), 0);
}

static void many_addresses_push_out_the_oldest(void **state)
{
    (void)state;
    char text[INET_ADDRSTRLEN];
    for (int i = 0; i < 5; i++)
        (void)sl_devnet_rate_ban_count(&rate_bans, v4("127.0.0.1"), i);
    for (int i = 0; i < SL_DEVNET_OFFENDERS; i++) {
        snprintf(text, sizeof text, "127.0.1.%d", i);
        assert_int_equal(sl_devnet_rate_ban_count(&rate_bans, v4(text), 10), 0);
    }
    assert_int_equal(sl_devnet_rate_ban_left_s(&rate_bans, v4("127.0.0.1"), 10), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        T(the_fifth_in_a_minute_blocks_for_five_minutes),
        T(five_in_more_than_a_minute_do_not),
        T(addresses_are_counted_by_themselves),
        T(one_network_of_version_six_is_one_address),
        T(many_addresses_push_out_the_oldest),
#undef T
    };
    return cmocka_run_group_tests_name("devnet rate ban", tests, NULL, NULL);
}
