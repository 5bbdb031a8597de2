/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Public nodes fall behind, several stand behind one address, and proxies answer for them: nothing
 * is signed twice and nothing is given up for that. */
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "sluice/sp.h"

#include "commit_rig.h"
#include "node_between.h"
#include "support/test.h"

static struct node_between node;

static int setup(void **state)
{
    if (rig_setup(state) != 0)
        return -1;
    struct commit_rig *rig = *state;
    node = (struct node_between){.behind = sl_devnet_rpc_url(rig->net)};
    static char behind[128];
    const char *path = strstr(node.behind, "/rpc/v1");
    assert_non_null(path);
    memcpy(behind, node.behind, (size_t)(path - node.behind));
    behind[path - node.behind] = '\0';
    node.behind = behind;
    node_between_start(&node);
    assert_int_equal(sl_network_use_rpc(&rig->options.network, node.url, NULL), SL_OK);
    return 0;
}

static int teardown(void **state)
{
    struct commit_rig *rig = *state;
    rig_close(rig);
    node_between_stop(&node);
    return rig_teardown(state);
}

static void begin(struct commit_rig *rig)
{
    rig_store(rig, 3);
    rig_open(rig);
    rig_add(rig, 0, 3);
    sl_commit_expect(rig->commit, false);
}

static void expect_one_commit(struct commit_rig *rig)
{
    rig_wait(rig, 1);
    rig_expect_landed(rig, 0);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(rig_on_chain(rig, i), 1);
    assert_int_equal(rig_data_sets(rig), 1);
    assert_int_equal(rig_commits(rig, SL_JOURNAL_COMMIT_ABANDONED), 0);
    assert_int_equal(rig_commits(rig, SL_JOURNAL_COMMIT_LANDED), 1);
}

static int take_tx(void *ctx, const struct sl_journal_commit *commit, const void *payload,
                   size_t len)
{
    (void)payload;
    (void)len;
    memcpy(ctx, commit->tx, sizeof commit->tx);
    return 0;
}

/* The hash of the one commit, once it has one. */
static void wait_for_tx(struct commit_rig *rig, char tx[static SL_TX_HASH_CHARS])
{
    struct sl_journal *journal = NULL;
    for (tx[0] = '\0'; tx[0] == '\0'; sched_yield()) {
        assert_int_equal(
            sl_journal_open(&journal, rig->state_dir, SL_JOURNAL_READ, &rig->clock, NULL), SL_OK);
        assert_int_equal(sl_journal_each_commit(journal, false, take_tx, tx, NULL), 0);
        sl_journal_close(journal);
    }
}

/* As when the provider had sent it twice: of the second it says that it failed, for the first has
 * landed. */
static void what_a_node_behind_calls_unused_is_not_signed_anew(void **state)
{
    struct commit_rig *rig = *state;
    char tx[SL_TX_HASH_CHARS];
    char rule[512];
    atomic_store(&node.old_nonces, 12);
    atomic_store(&node.age_s, 600);
    rig_fault(rig, 0,
              "{\"match\":\"POST /pdp/data-sets\",\"times\":1,\"action\":\"gap\",\"ms\":2000}");
    begin(rig);
    wait_for_tx(rig, tx);
    snprintf(
        rule, sizeof rule,
        "{\"match\":\"GET /pdp/data-sets/created\",\"action\":\"status\",\"status\":200,"
        "\"body\":\"{\\\"createMessageHash\\\":\\\"%s\\\",\\\"dataSetCreated\\\":false,"
        "\\\"service\\\":\\\"public\\\",\\\"txStatus\\\":\\\"confirmed\\\",\\\"ok\\\":false}\"}",
        tx);
    rig_fault(rig, 0, rule);
    while (atomic_load(&node.old_nonces) > 0)
        sched_yield();
    rig_no_faults(rig, 0);
    expect_one_commit(rig);
}

static void pieces_that_a_node_behind_does_not_know_are_asked_for_again(void **state)
{
    atomic_store(&node.old_pieces, 2);
    begin(*state);
    expect_one_commit(*state);
    assert_int_equal(atomic_load(&node.old_pieces), 0);
}

static void a_page_of_a_proxy_ends_nothing(void **state)
{
    struct commit_rig *rig = *state;
    rig->options.rpc.rounds = 1;
    atomic_store(&node.pages, 3);
    begin(rig);
    expect_one_commit(rig);
    assert_int_equal(atomic_load(&node.pages), 0);
}

/* The chain was reorganised: it lands a second time, before the provider lists it. */
static void a_commit_that_is_not_listed_for_long_is_asked_for_again(void **state)
{
    struct commit_rig *rig = *state;
    rig->options.settle_ms = 20 * RIG_EPOCH_MS;
    rig_fault(rig, 0,
              "{\"match\":\"POST /pdp/data-sets\",\"times\":1,\"action\":\"gap\",\"ms\":4000}");
    begin(rig);
    while (atomic_load(&node.used) == 0)
        sched_yield();
    atomic_store(&node.old_nonces, 2);
    expect_one_commit(rig);
    assert_int_equal(atomic_load(&node.old_nonces), 0);
}

static void a_data_set_that_a_node_behind_does_not_know_gets_no_brother(void **state)
{
    struct commit_rig *rig = *state;
    begin(rig);
    rig_wait(rig, 1);
    atomic_store(&node.old_sets, 4);
    rig_forget(rig);
    rig_store(rig, 2);
    rig_add(rig, 0, 5);
    rig_wait(rig, 1);
    rig_expect_landed(rig, 0);
    atomic_store(&node.old_sets, 0);
    assert_int_equal(rig_data_sets(rig), 1);
}

static void a_run_after_a_run_waits_for_a_node_behind(void **state)
{
    struct commit_rig *rig = *state;
    struct sl_commit *commit = NULL;
    struct sl_err err = {0};
    begin(rig);
    rig_wait(rig, 1);
    rig_close(rig);
    rig->options.epoch_ms = 30000; /* whatever the machine does meanwhile */
    atomic_store(&node.old_sets, 1);
    assert_int_equal(
        sl_journal_open(&rig->journal, rig->state_dir, SL_JOURNAL_WRITE, &rig->clock, &err), SL_OK);
    assert_int_equal(sl_commit_open(&commit, &rig->options, rig->journal, &err), SL_EBUSY);
    assert_non_null(strstr(err.text, "does not know data set 1 yet"));
    assert_int_equal(sl_commit_open(&commit, &rig->options, rig->journal, &err), SL_OK);
    assert_int_equal(sl_commit_target(commit, 0)->data_set_id, 1);
    sl_commit_close(commit);
}

/* ---- prices ---- */

/* Report the rent and the reserve of a data set this many times too low. */
static void tell_prices_low(struct commit_rig *rig, uint64_t by)
{
    node.low_by = 0;
    const struct sl_prices prices = rig_prices(rig);
    node.low[0] = prices.data_set_per_month;
    node.low[1] = prices.reserve_target;
    node.low_by = by;
}

static int open_only(struct commit_rig *rig, struct sl_err *err)
{
    assert_int_equal(
        sl_journal_open(&rig->journal, rig->state_dir, SL_JOURNAL_WRITE, &rig->clock, NULL), SL_OK);
    return sl_commit_open(&rig->commit, &rig->options, rig->journal, err);
}

static void prices_that_cannot_be_true_are_refused_with_both_numbers(void **state)
{
    struct commit_rig *rig = *state;
    struct sl_err err = {0};
    tell_prices_low(rig, 21);
    assert_int_equal(open_only(rig, &err), SL_EMONEY);
    assert_non_null(strstr(err.text, "the node says that a data set for a month is"));
    assert_non_null(strstr(err.text, "this release knows"));
    rig_close(rig);
    tell_prices_low(rig, 20); /* plausible: prices do change */
    assert_int_equal(open_only(rig, &err), SL_OK);
}

/* However low the reported prices are: nine tenths of the real cost are not enough, all of it is.
 */
static void a_limit_holds_whatever_the_node_says_of_prices(void **state)
{
    struct commit_rig *rig = *state;
    static const uint64_t by[] = {2, 20, UINT64_MAX};
    const struct sl_u256 all = rig_sum(rig, 3, true);
    const struct sl_u256 before = rig_available(rig);
    struct sl_err err = {0};
    rig->options.takes_odd_prices = true;
    rig->options.limit.is_set = true;
    assert_true(
        sl_u256_muldiv(&rig->options.limit.most, rig_sum(rig, 1, true), sl_u256(9), sl_u256(10)));
    for (size_t i = 0; i < sizeof by / sizeof by[0]; i++) {
        tell_prices_low(rig, by[i]);
        assert_int_equal(open_only(rig, &err), SL_EMONEY);
        assert_non_null(strstr(err.text, "by the prices that this release knows"));
        rig_close(rig);
    }
    assert_int_equal(sl_u256_cmp(rig_available(rig), before), 0);
    rig->options.limit.most = all;
    begin(rig);
    expect_one_commit(rig);
}

static void more_than_was_promised_ends_the_run(void **state)
{
    struct commit_rig *rig = *state;
    tell_prices_low(rig, 2);
    rig_store(rig, 2);
    rig_open(rig);
    rig_add(rig, 0, 1);
    sl_commit_expect(rig->commit, false);
    rig_wait_piece(rig, 0);
    assert_int_equal(rig->copies[0][0].landed, 1);
    assert_int_equal(rig->notes, 1);
    rig_add(rig, 1, 1);
    rig_wait(rig, 1);
    assert_int_equal(rig->copies[1][0].failed, 1);
    assert_int_equal(rig->copies[1][0].event.err.code, SL_EMONEY);
    assert_non_null(strstr(rig->copies[1][0].event.err.text, "its cost by the node's prices"));
    assert_int_equal(rig_on_chain(rig, 1), 0);
}

/* As the chain's own node reports it: exact to the last unit, with a new data set and without. */
static void what_is_promised_is_what_is_taken(void **state)
{
    struct commit_rig *rig = *state;
    const size_t counts[] = {1, 2, 3};
    size_t at = 0;
    struct sl_u256 before = rig_available(rig);
    rig_store(rig, 6);
    rig_open(rig);
    for (size_t i = 0; i < 3; at += counts[i++]) {
        rig_add(rig, at, counts[i]);
        sl_commit_expect(rig->commit, false);
        for (size_t k = 0; k < counts[i]; k++)
            rig_wait_piece(rig, at + k);
    }
    rig_expect_landed(rig, 0);
    assert_int_equal(rig->notes, 0);
    assert_true(sl_u256_cmp(rig_available(rig), before) < 0);
}

/* ---- a second node ---- */

static void prices_that_two_nodes_tell_differently_are_refused_with_both(void **state)
{
    struct commit_rig *rig = *state;
    struct sl_err err = {0};
    rig->options.second_node = sl_devnet_rpc_url(rig->net);
    tell_prices_low(rig, 2);
    assert_int_equal(open_only(rig, &err), SL_EMONEY);
    assert_non_null(strstr(err.text, "one node says that a data set for a month is"));
    assert_non_null(strstr(err.text, "a second one says"));
    rig_close(rig);
    node.low_by = 0;
    begin(rig);
    expect_one_commit(rig);
    assert_int_equal(rig->notes, 0);
}

/* The prices at the start were true; those at the batch are not. */
static void prices_that_change_during_the_run_are_compared_again(void **state)
{
    struct commit_rig *rig = *state;
    rig->options.second_node = sl_devnet_rpc_url(rig->net);
    rig_store(rig, 1);
    rig_open(rig);
    tell_prices_low(rig, 2);
    rig_add(rig, 0, 1);
    sl_commit_expect(rig->commit, false);
    rig_wait(rig, 1);
    assert_int_equal(rig->copies[0][0].failed, 1);
    assert_int_equal(rig->copies[0][0].event.err.code, SL_EMONEY);
    assert_int_equal(rig_data_sets(rig), 0);
}

/* The run's own node reports truthfully what landed; the second node is behind for a while. */
static void a_piece_is_confirmed_when_both_nodes_know_it(void **state)
{
    struct commit_rig *rig = *state;
    char own[SL_NETWORK_URL_BYTES];
    snprintf(own, sizeof own, "%s", sl_devnet_rpc_url(rig->net));
    rig->options.second_node = node.url;
    assert_int_equal(sl_network_use_rpc(&rig->options.network, own, NULL), SL_OK);
    atomic_store(&node.old_pieces, 5);
    begin(rig);
    expect_one_commit(rig);
    assert_int_equal(atomic_load(&node.old_pieces), 0);
}

static void a_piece_that_the_second_node_never_knows_is_not_confirmed(void **state)
{
    struct commit_rig *rig = *state;
    char own[SL_NETWORK_URL_BYTES];
    snprintf(own, sizeof own, "%s", sl_devnet_rpc_url(rig->net));
    rig->options.second_node = node.url;
    assert_int_equal(sl_network_use_rpc(&rig->options.network, own, NULL), SL_OK);
    atomic_store(&node.old_pieces, INT32_MAX);
    rig_store(rig, 1);
    rig_open(rig);
    rig_add(rig, 0, 1);
    sl_commit_expect(rig->commit, false);
    rig_wait(rig, 1);
    assert_int_equal(rig->copies[0][0].failed, 1);
    assert_non_null(strstr(rig->copies[0][0].event.err.text, "a second one does not know them"));
    assert_int_equal(rig_commits(rig, SL_JOURNAL_COMMIT_LANDED), 0);
}

static void say_nothing(struct sl_tcp_conn *conn, void *ctx)
{
    (void)ctx;
    sl_tcp_hang(conn);
}

static void a_second_node_that_is_silent_costs_some_seconds_and_a_word(void **state)
{
    struct commit_rig *rig = *state;
    struct sl_tcp_server *server = sl_tcp_start(say_nothing, NULL);
    char silent[128];
    sl_tcp_url(server, silent, sizeof silent, "/rpc/v1");
    rig->options.second_node = silent;
    const int64_t before_ms = sl_now_ms(&rig->clock);
    begin(rig);
    assert_true(sl_now_ms(&rig->clock) - before_ms >= 4000);
    assert_non_null(strstr(sl_commit_warning(rig->commit), "no second node answers"));
    expect_one_commit(rig);
    sl_tcp_stop(server);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(what_a_node_behind_calls_unused_is_not_signed_anew),
        TEST(pieces_that_a_node_behind_does_not_know_are_asked_for_again),
        TEST(a_page_of_a_proxy_ends_nothing),
        TEST(a_commit_that_is_not_listed_for_long_is_asked_for_again),
        TEST(a_data_set_that_a_node_behind_does_not_know_gets_no_brother),
        TEST(a_run_after_a_run_waits_for_a_node_behind),
        TEST(prices_that_cannot_be_true_are_refused_with_both_numbers),
        TEST(a_limit_holds_whatever_the_node_says_of_prices),
        TEST(more_than_was_promised_ends_the_run),
        TEST(what_is_promised_is_what_is_taken),
        TEST(prices_that_two_nodes_tell_differently_are_refused_with_both),
        TEST(prices_that_change_during_the_run_are_compared_again),
        TEST(a_piece_is_confirmed_when_both_nodes_know_it),
        TEST(a_piece_that_the_second_node_never_knows_is_not_confirmed),
        TEST(a_second_node_that_is_silent_costs_some_seconds_and_a_word),
    };
    return cmocka_run_group_tests_name("commit node", tests, NULL, NULL);
}
