/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built `sluice wallet` with money: sums, consent, and a transaction on a scripted network. */
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sluice/cli.h"

#include "spawn.h"
#include "support/test.h"
#include "unit/wallet_scene.h"

static struct sl_home home;
static struct wallet_scene scene;

static int setup(void **state)
{
    char digits[2 * SL_KEY_BYTES + 1];
    (void)state;
    wallet_open(&scene);
    sl_chain_free(scene.base.chain); /* the node serves one connection at a time */
    scene.base.chain = NULL;
    const struct sl_address *const payments = &scene.base.payments;
    sl_chain_node_bytes(scene.base.node, payments, "withdraw(address,uint256)", "", 0, true);
    sl_chain_node_bytes(scene.base.node, payments,
                        "depositWithPermit(address,address,uint256,uint256,uint8,bytes32,bytes32)",
                        "", 0, true);
    sl_home_make(&home);
    for (size_t i = 0; i < SL_KEY_BYTES; i++)
        snprintf(digits + 2 * i, 3, "17");
    assert_int_equal(chdir(home.dir), 0);
    return sl_file_write_atomic("key", digits, strlen(digits), 0600, NULL);
}

static int teardown(void **state)
{
    (void)state;
    sl_home_remove(&home);
    wallet_close(&scene);
    return 0;
}

static void run(struct sl_ran *ran, const char *const *argv)
{
    struct sl_child child;
    sl_child_start(&child, &home, NULL, argv);
    sl_child_end(&child, ran);
}

#define SCENE                                                                                      \
    "--key-file", "key", "--network", "scene", "--network-chain-id", "31415926", "--fwss",         \
        "0x1111111111111111111111111111111111111111", "--rpc-url", scene.base.network.urls[0]

static void assert_ran(int status, const char *out, const char *err, const char *const *argv)
{
    struct sl_ran ran;
    run(&ran, argv);
    if (ran.status != status)
        fail_msg("status %d, not %d: %s", ran.status, status, ran.err.data);
    if (strstr(ran.out.data, out) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", ran.out.data, out);
    if (strstr(ran.err.data, err) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", ran.err.data, err);
    sl_ran_free(&ran);
}

#define RAN(status, out, err, ...) assert_ran(status, out, err, SL_ARGV(__VA_ARGS__))

static void status_tells_what_is_held_deposited_and_locked(void **state)
{
    (void)state;
    RAN(0, "deposited  10\n", "", "wallet", "status", SCENE);
    RAN(0, "USDFC      0.000000000000000042\n", "", "wallet", "status", SCENE);
    RAN(0, "available  8.9999999999\n", "", "wallet", "status", SCENE);
    RAN(0, "approval   unlimited\n", "", "wallet", "status", SCENE);
    RAN(0, "\"locked\":\"1.0000000001\"", "", "wallet", "status", "--json", SCENE);
    pthread_mutex_lock(&scene.lock);
    const int sends = scene.sends;
    pthread_mutex_unlock(&scene.lock);
    assert_int_equal(sends, 0);
}

static void what_is_missing_is_said_before_anything_is_read(void **state)
{
    (void)state;
    const int before = sl_chain_node_requests(scene.base.node);
    RAN(SL_EXIT_USAGE, "", "rpc_url, network_chain_id and fwss do not describe it", "wallet",
        "status", "--network", "elsewhere");
    RAN(SL_EXIT_KEY, "", "no key is set", "wallet", "status", "--network", "calibration");
    RAN(SL_EXIT_USAGE, "", "takes one AMOUNT", "wallet", "deposit", SCENE);
    RAN(SL_EXIT_USAGE, "", "the amount '1,5'", "wallet", "deposit", "1,5", "--yes", SCENE);
    RAN(SL_EXIT_USAGE, "", "moves nothing", "wallet", "withdraw", "0.0", "--yes", SCENE);
    RAN(SL_EXIT_USAGE, "", "say --yes, or --dry-run", "wallet", "withdraw", "1", SCENE);
    assert_int_equal(sl_chain_node_requests(scene.base.node), before);
}

static void a_dry_run_shows_the_sums_and_sends_nothing(void **state)
{
    (void)state;
    RAN(0, "would succeed, nothing was sent", "fee: at most 0.00000000041 FIL", "wallet",
        "withdraw", "2.5", "--dry-run", SCENE);
    RAN(0, "\"dryRun\":true", "left: 2.500000000000000042 USDFC in the wallet, 7.5 deposited",
        "wallet", "withdraw", "2.5", "--dry-run", "--json", SCENE);
    RAN(0, "deposit 0.000000000000000007 USDFC: would succeed", "", "wallet", "deposit",
        "0.000000000000000007", "--dry-run", SCENE);
    RAN(SL_EXIT_MONEY, "", "the wallet holds 0.000000000000000042 USDFC", "wallet", "deposit", "1",
        "--dry-run", SCENE);
    RAN(SL_EXIT_MONEY, "", "the rest is locked", "wallet", "withdraw", "9", "--dry-run", SCENE);
    pthread_mutex_lock(&scene.lock);
    const int sends = scene.sends;
    pthread_mutex_unlock(&scene.lock);
    assert_int_equal(sends, 0);
}

static void with_yes_it_is_sent_and_landed(void **state)
{
    (void)state;
    RAN(0, "withdraw 2.5 USDFC: done, block ", "sent: withdraw 2.5 USDFC", "wallet", "withdraw",
        "2.5", "--yes", SCENE);
    pthread_mutex_lock(&scene.lock); /* the node's thread still listens */
    const size_t count = scene.pool_count;
    const uint64_t block = scene.pool[0].block;
    pthread_mutex_unlock(&scene.lock);
    assert_int_equal(count, 1);
    assert_true(block > 0);
}

/* A token without permits: it is allowed to take, then it is deposited. */
static void begin_steps(void)
{
    struct scene *base = &scene.base;
    scene_u64(base, &base->token, "allowance(address,address)", 0);
    sl_chain_node_bytes(base->node, &base->token, "DOMAIN_SEPARATOR()", "", 0, false);
    struct sl_abi_writer yes = scene_values("(bool)");
    sl_abi_put_bool(&yes, true);
    sl_chain_node_on_all(base->node, &base->token, "approve(address,uint256)", &yes);
    sl_chain_node_bytes(base->node, &base->payments, "deposit(address,address,uint256)", "", 0,
                        true);
}

static size_t landed(void)
{
    size_t count = 0;
    pthread_mutex_lock(&scene.lock);
    for (size_t i = 0; i < scene.pool_count; i++)
        count += scene.pool[i].block > 0;
    pthread_mutex_unlock(&scene.lock);
    return count;
}

static void a_deposit_in_steps_ends_with_0_when_the_last_has_landed(void **state)
{
    (void)state;
    struct sl_child child;
    struct sl_ran ran;
    begin_steps();
    sl_child_start(&child, &home, NULL,
                   SL_ARGV("wallet", "deposit", "0.000000000000000007", "--yes", SCENE));
    while (landed() == 0 && !sl_child_has_ended(&child))
        sched_yield();
    scene_u64(&scene.base, &scene.base.token, "allowance(address,address)", 7);
    sl_child_end(&child, &ran);
    if (ran.status != SL_EXIT_OK)
        fail_msg("status %d: %s", ran.status, ran.err.data);
    assert_non_null(strstr(ran.out.data, "deposit 0.000000000000000007 USDFC: done, block "));
    assert_true(landed() >= 2);
    sl_ran_free(&ran);
}

/* What has landed is not done again without an end: another run may go on. */
static void a_deposit_in_steps_that_the_node_does_not_show_ends_with_5(void **state)
{
    (void)state;
    begin_steps();
    RAN(SL_EXIT_TEMPORARY, "done, block ",
        "not done yet, as the node does not show what has landed", "wallet", "deposit",
        "0.000000000000000007", "--yes", SCENE);
    assert_int_equal(landed(), 3);
}

static void a_step_that_lands_without_effect_ends_the_deposit(void **state)
{
    (void)state;
    begin_steps();
    wallet_behave(&scene, (struct wallet_ways){.revert = true});
    RAN(SL_EXIT_SOME_FAILED, "", "", "wallet", "deposit", "0.000000000000000007", "--yes", SCENE);
    assert_int_equal(landed(), 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(status_tells_what_is_held_deposited_and_locked),
        TEST(what_is_missing_is_said_before_anything_is_read),
        TEST(a_dry_run_shows_the_sums_and_sends_nothing),
        TEST(with_yes_it_is_sent_and_landed),
        TEST(a_deposit_in_steps_ends_with_0_when_the_last_has_landed),
        TEST(a_deposit_in_steps_that_the_node_does_not_show_ends_with_5),
        TEST(a_step_that_lands_without_effect_ends_the_deposit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
