/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The ledger beside the observed cases: money, time, the pool, the death of its process. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sluice/tx.h"

#include "devnet/chain/ledger_chain.h"
#include "devnet/chain/ledger_internal.h"
#include "devnet/chain/ledger_mempool.h"
#include "devnet/chain/ledger_read.h"
#include "devnet/chain/ledger_state.h"
#include "support/sanitized.h"
#include "support/test.h"
#include "unit/ledger_kit.h"

/* ---- what must always hold ---- */

static struct sl_u256 sum_of(struct ledger_kit *kit, const char *sql)
{
    struct sl_u256 sum = {0};
    sqlite3_stmt *rows = NULL;
    sl_ledger_lock(kit->ledger);
    assert_int_equal(sl_ledger_db_walk(&kit->ledger->db, &rows, NULL, sql, ""), SL_OK);
    while (sl_ledger_db_next(&kit->ledger->db, rows, NULL) == 1)
        assert_true(sl_u256_add(&sum, sum, sl_ledger_db_u256(rows, 0)));
    sl_ledger_unlock(kit->ledger);
    return sum;
}

static uint64_t count_of(struct ledger_kit *kit, const char *sql)
{
    uint64_t count = 0;
    sl_ledger_lock(kit->ledger);
    assert_int_equal(sl_ledger_db_row(&kit->ledger->db, NULL, sql, "", "i", &count), 1);
    sl_ledger_unlock(kit->ledger);
    return count;
}

static void expect_sound(struct ledger_kit *kit)
{
    struct sl_u256 held = {0}, usdfc = {0};
    assert_int_equal(sl_u256_cmp(sum_of(kit, "SELECT fil FROM account"),
                                 sum_of(kit, "SELECT minted_fil FROM chain")),
                     0);
    assert_int_equal(sl_u256_cmp(sum_of(kit, "SELECT balance FROM token"),
                                 sum_of(kit, "SELECT supply FROM chain")),
                     0);
    /* what FilecoinPay holds is what its accounts have */
    assert_int_equal(sl_ledger_balance(kit->ledger, &held, &usdfc, &kit->at->pay, NULL), SL_OK);
    assert_int_equal(sl_u256_cmp(usdfc, sum_of(kit, "SELECT funds FROM pay_account")), 0);
    assert_int_equal(count_of(kit, "SELECT count(*) FROM pay_account WHERE lockup > funds"), 0);
    assert_int_equal(count_of(kit, "SELECT count(*) FROM pdp_set WHERE leaves <> (SELECT"
                                   " coalesce(sum(leaves), 0) FROM piece WHERE data_set ="
                                   " pdp_set.id)"),
                     0);
    assert_int_equal(count_of(kit, "SELECT count(*) FROM pdp_set"),
                     count_of(kit, "SELECT count(*) FROM data_set"));
    /* every nonce of a sender up to its account's has one transaction in a block */
    assert_int_equal(count_of(kit, "SELECT count(*) FROM account WHERE nonce <> (SELECT count(*)"
                                   " FROM tx WHERE sender = address AND block IS NOT NULL)"),
                     0);
    assert_int_equal(count_of(kit, "SELECT count(*) FROM block"
                                   " WHERE tx_count <> (SELECT count(*) FROM tx WHERE block ="
                                   " block.number)"),
                     0);
    assert_int_equal(count_of(kit, "SELECT max(number) FROM block"),
                     count_of(kit, "SELECT head FROM chain"));
}

/* ---- a random life ---- */

static uint64_t rolled(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static uint64_t next_number = 1;

static bool add_some(struct ledger_kit *kit, uint64_t set, size_t count)
{
    struct kit_piece pieces[KIT_PIECES];
    struct sl_abi_writer w = {0};
    static const struct sl_address nobody;
    struct kit_payload p = {.client_id = sl_u256(set != 0 ? 5000 + set : 0),
                            .nonce = sl_u256(1000000 + next_number++),
                            .pieces = pieces,
                            .count = count};
    for (size_t i = 0; i < count; i++)
        pieces[i] = kit_piece(127 + next_number * 1000, next_number * 100 + i);
    if (set == 0) {
        uint64_t next = count_of(kit, "SELECT next_set FROM chain");
        p.client_id = sl_u256(5000 + next);
    }
    kit_put_add(kit, &w, &p, set, set == 0 ? &kit->at->fwss : &nobody, SP1);
    return kit_send(kit, SP1, &kit->at->pdp, set == 0 ? kit_deposit_fil : sl_u256(0), &w);
}

static void withdraw_some(struct ledger_kit *kit, uint64_t amount)
{
    struct sl_abi_writer w = {0};
    sl_abi_call(&w, "withdraw(address,uint256)");
    sl_abi_put_address(&w, &kit->at->usdfc);
    sl_abi_put_u64(&w, amount);
    (void)kit_send(kit, CLIENT, &kit->at->pay, sl_u256(0), &w);
}

static void terminate_one(struct ledger_kit *kit, uint64_t set)
{
    struct sl_abi_writer w = {0};
    sl_abi_call(&w, "terminateService(uint256)");
    sl_abi_put_u64(&w, set);
    (void)kit_send(kit, CLIENT, &kit->at->fwss, sl_u256(0), &w);
}

static void remove_some(struct ledger_kit *kit, uint64_t set, uint64_t piece)
{
    struct sl_abi_writer w = {0};
    kit_put_remove(kit, &w, sl_u256(5000 + set), set, &piece, 1);
    (void)kit_send(kit, SP1, &kit->at->pdp, sl_u256(0), &w);
}

static void settle_one(struct ledger_kit *kit, uint64_t rail)
{
    struct sl_abi_writer w = {0};
    sl_abi_call(&w, "settleRail(uint256,uint256)");
    sl_abi_put_u64(&w, rail);
    sl_abi_put_u64(&w, kit_epoch(kit));
    (void)kit_send(kit, SP2, &kit->at->pay, sl_u256(0), &w);
}

static void do_something(struct ledger_kit *kit, uint64_t *state)
{
    const uint64_t what = rolled(state) % 16;
    const uint64_t set = rolled(state) % 6 + 1;
    if (what < 2)
        (void)add_some(kit, 0, rolled(state) % 3);
    else if (what < 7)
        (void)add_some(kit, set, rolled(state) % 5 + 1);
    else if (what < 9)
        (void)kit_deposit(kit, sl_u256(rolled(state) >> 4));
    else if (what < 11)
        withdraw_some(kit, rolled(state) >> 4);
    else if (what < 12)
        terminate_one(kit, set);
    else if (what < 14)
        remove_some(kit, set, rolled(state) % 4);
    else if (what < 15)
        settle_one(kit, set);
    else
        kit_skip(kit, rolled(state) % 60000 + 1);
}

static void no_sequence_of_operations_breaks_the_books(void **state)
{
    struct ledger_kit *kit = *state;
    uint64_t seed = 88172645463325252;
    assert_true(kit_deposit(kit, kit_dec("3000000000000000000")));
    for (int i = 0; i < (SL_SANITIZED ? 150 : 600); i++) {
        do_something(kit, &seed);
        expect_sound(kit);
    }
    assert_true(count_of(kit, "SELECT count(*) FROM tx WHERE ok = 1") > 20);
    assert_true(count_of(kit, "SELECT count(*) FROM tx WHERE ok = 0") > 5);
}

/* ---- time ---- */

static uint64_t view_u64(struct ledger_kit *kit, const struct sl_address *at, const char *call,
                         uint64_t id)
{
    struct sl_abi_writer w = {0};
    sl_abi_call(&w, call);
    sl_abi_put_u64(&w, id);
    struct sl_abi_reader r = kit_view(kit, at, "(uint256)", &w);
    return sl_abi_get_u64(&r);
}

static void a_provider_proves_and_is_paid(void **state)
{
    struct ledger_kit *kit = *state;
    const struct sl_address payee = kit_address(kit, SP1);
    assert_true(kit_deposit(kit, kit_dec("100000000000000000000")));
    assert_true(add_some(kit, 0, 1));
    const struct kit_account before = kit_account(kit, &payee);
    assert_int_equal(view_u64(kit, &kit->at->view, "getDataSetStatus(uint256)", 1), 0);
    assert_int_equal(view_u64(kit, &kit->at->view, "hasBeenProvenRecently(uint256)", 1), 0);
    kit_tick(kit);
    const uint64_t begun = kit_epoch(kit);
    assert_int_equal(view_u64(kit, &kit->at->view, "getDataSetStatus(uint256)", 1), 1);
    assert_int_equal(view_u64(kit, &kit->at->view, "provingDeadline(uint256)", 1), begun + 2880);
    assert_int_equal(view_u64(kit, &kit->at->pdp, "getNextChallengeEpoch(uint256)", 1),
                     begun + 2860);
    kit_skip(kit, 2870);
    assert_int_equal(view_u64(kit, &kit->at->view, "provenThisPeriod(uint256)", 1), 1);
    assert_int_equal(view_u64(kit, &kit->at->view, "hasBeenProvenRecently(uint256)", 1), 1);
    assert_int_equal(view_u64(kit, &kit->at->pdp, "getDataSetLastProvenEpoch(uint256)", 1),
                     begun + 2860);
    kit_skip(kit, 20);
    /* not in this period yet, but in the one before it */
    assert_int_equal(view_u64(kit, &kit->at->view, "provenThisPeriod(uint256)", 1), 0);
    assert_int_equal(view_u64(kit, &kit->at->view, "hasBeenProvenRecently(uint256)", 1), 1);
    kit_skip(kit, 2860);
    const struct kit_account after = kit_account(kit, &payee);
    /* 2880 epochs at 277,777 million a piece, less half a percent */
    assert_true(sl_u256_cmp(after.funds, before.funds) > 0);
    assert_int_equal(view_u64(kit, &kit->at->view, "provingDeadline(uint256)", 1),
                     begun + 2 * 2880);
    expect_sound(kit);
}

static void a_removal_is_applied_with_the_next_period(void **state)
{
    struct ledger_kit *kit = *state;
    assert_true(kit_deposit(kit, kit_dec("100000000000000000000")));
    assert_true(add_some(kit, 0, 3));
    const uint64_t leaves = view_u64(kit, &kit->at->pdp, "getDataSetLeafCount(uint256)", 1);
    remove_some(kit, 1, 1);
    assert_true(kit->receipt.ok);
    assert_int_equal(view_u64(kit, &kit->at->pdp, "getActivePieceCount(uint256)", 1), 3);
    kit_skip(kit, 2900);
    assert_int_equal(view_u64(kit, &kit->at->pdp, "getActivePieceCount(uint256)", 1), 2);
    assert_true(view_u64(kit, &kit->at->pdp, "getDataSetLeafCount(uint256)", 1) < leaves);
    expect_sound(kit);
}

static void a_terminated_set_is_paid_to_its_end_and_deleted(void **state)
{
    struct ledger_kit *kit = *state;
    const struct sl_address client = kit_address(kit, CLIENT);
    assert_true(kit_deposit(kit, kit_dec("100000000000000000000")));
    assert_true(add_some(kit, 0, 2));
    kit_tick(kit);
    terminate_one(kit, 1);
    assert_true(kit->receipt.ok);
    assert_false(add_some(kit, 1, 1));
    kit_skip(kit, 86400 + 2 * 2880);
    assert_int_equal(count_of(kit, "SELECT count(*) FROM data_set"), 0);
    const struct kit_account after = kit_account(kit, &client);
    assert_true(sl_u256_is_zero(after.lockup));
    assert_true(sl_u256_is_zero(after.rate));
    expect_sound(kit);
}

static void a_signed_termination_ends_at_once(void **state)
{
    struct ledger_kit *kit = *state;
    struct sl_abi_writer w = {0};
    struct sl_buf payload = {0};
    const struct sl_domain domain =
        sl_domain_storage(sl_ledger_chain_id(kit->ledger), &kit->at->fwss);
    assert_true(kit_deposit(kit, kit_dec("100000000000000000000")));
    assert_true(add_some(kit, 0, 2));
    assert_int_equal(sl_payload_terminate(&payload, kit->keys[CLIENT], &domain, sl_u256(1), NULL),
                     SL_OK);
    for (int by_provider = 0; by_provider < 2; by_provider++) {
        sl_abi_call(&w, "terminateService(uint256,bytes)");
        sl_abi_put_u64(&w, 1);
        sl_abi_put_bytes(&w, payload.data, payload.len);
        const bool ok = kit_send(kit, by_provider ? SP1 : SP2, &kit->at->fwss, sl_u256(0), &w);
        assert_int_equal(ok, by_provider);
        if (!ok)
            assert_true(kit_reverted(kit, "CallerNotServiceProvider(uint256,address,address)",
                                     "1,@sp1,@sp2"));
    }
    assert_int_equal(count_of(kit, "SELECT end_epoch FROM data_set"), kit_epoch(kit));
    kit_skip(kit, 3 * 2880);
    assert_int_equal(count_of(kit, "SELECT count(*) FROM data_set"), 0);
    expect_sound(kit);
    sl_buf_free(&payload);
}

static void the_chain_follows_the_clock(void **state)
{
    struct ledger_kit *kit = *state;
    int64_t wait_ms = 0;
    assert_int_equal(sl_ledger_catch_up(kit->ledger, &wait_ms, NULL), 0);
    assert_int_equal(wait_ms, 1000);
    kit->clock.now_ms += 2500;
    assert_int_equal(sl_ledger_catch_up(kit->ledger, &wait_ms, NULL), 1);
    assert_int_equal(kit_epoch(kit), 2);
    assert_int_equal(wait_ms, 500);
    struct sl_ledger_block block;
    assert_int_equal(sl_ledger_block(kit->ledger, &block, 1, NULL), 0); /* a null round */
    assert_int_equal(sl_ledger_block(kit->ledger, &block, 2, NULL), 1);
    assert_int_equal(block.timestamp_s, 1800000002);
}

/* ---- views ---- */

static void providers_are_listed_with_what_they_can(void **state)
{
    struct ledger_kit *kit = *state;
    struct sl_abi_writer w = {0};
    const struct sl_address payee = kit_address(kit, SP3_PAYEE);
    size_t len;
    sl_abi_call(&w, "getProvidersByProductType(uint8,bool,uint256,uint256)");
    sl_abi_put_u64(&w, 0);
    sl_abi_put_bool(&w, true);
    sl_abi_put_u64(&w, 2);
    sl_abi_put_u64(&w, 50);
    struct sl_abi_reader r = kit_view(kit, &kit->at->registry,
                                      "(((uint256,(address,address,string,string,bool),(uint8,"
                                      "string[],bool),bytes[])[],bool))",
                                      &w);
    sl_abi_enter(&r);
    assert_int_equal(sl_abi_enter_list(&r), 1);
    sl_abi_enter(&r);
    assert_int_equal(sl_abi_get_u64(&r), 3);
    sl_abi_enter(&r);
    sl_abi_skip(&r);
    const struct sl_address is = sl_abi_get_address(&r);
    assert_true(sl_address_equal(&is, &payee));
    sl_abi_leave(&r);
    sl_abi_enter(&r);
    sl_abi_skip(&r);
    assert_int_equal(sl_abi_enter_list(&r), 7);
    const char *key = sl_abi_get_str(&r, &len);
    assert_int_equal(len, 10);
    assert_memory_equal(key, "serviceURL", 10);
    sl_abi_leave(&r);
    assert_true(sl_abi_get_bool(&r));
    sl_abi_leave(&r);
    assert_int_equal(sl_abi_enter_list(&r), 7);
    const uint8_t *url = sl_abi_get_bytes(&r, &len);
    assert_memory_equal(url, "http://127.0.0.1:1", len);
    sl_abi_leave(&r);
    sl_abi_leave(&r);
    sl_abi_leave(&r);
    assert_false(sl_abi_get_bool(&r));
    assert_int_equal(sl_abi_done(&r, NULL), SL_OK);
}

static void put_call(struct sl_abi_writer *w, const struct sl_address *to, bool may_fail,
                     const char *call, uint64_t id)
{
    struct sl_abi_writer inner = {0};
    sl_abi_call(&inner, call);
    sl_abi_put_u64(&inner, id);
    assert_int_equal(sl_abi_end(&inner, NULL), SL_OK);
    sl_abi_open(w);
    sl_abi_put_address(w, to);
    sl_abi_put_bool(w, may_fail);
    sl_abi_put_bytes(w, inner.buf.data, inner.buf.len);
    sl_abi_close(w);
    sl_abi_free(&inner);
}

static void one_of_many_calls_may_fail_alone(void **state)
{
    struct ledger_kit *kit = *state;
    struct sl_abi_writer w = {0};
    size_t len;
    sl_abi_call(&w, "aggregate3((address,bool,bytes)[])");
    sl_abi_open_list(&w, 2);
    put_call(&w, &kit->at->pdp, true, "getDataSetLeafCount(uint256)", 7);
    put_call(&w, &kit->at->registry, false, "getProviderPayee(uint256)", 1);
    sl_abi_close(&w);
    struct sl_abi_reader r = kit_view(kit, &kit->at->multicall3, "((bool,bytes)[])", &w);
    assert_int_equal(sl_abi_enter_list(&r), 2);
    sl_abi_enter(&r);
    assert_false(sl_abi_get_bool(&r));
    (void)sl_abi_get_bytes(&r, &len);
    assert_int_equal(len, 4);
    sl_abi_leave(&r);
    sl_abi_enter(&r);
    assert_true(sl_abi_get_bool(&r));
    (void)sl_abi_get_bytes(&r, &len);
    assert_int_equal(len, 32);
    sl_abi_leave(&r);
    sl_abi_call(&w, "aggregate3((address,bool,bytes)[])");
    sl_abi_open_list(&w, 1);
    put_call(&w, &kit->at->pdp, false, "getDataSetLeafCount(uint256)", 7);
    sl_abi_close(&w);
    assert_false(kit_call(kit, CLIENT, &kit->at->multicall3, sl_u256(0), &w));
}

/* ---- the pool ---- */

static int submit(struct ledger_kit *kit, uint8_t *hash, uint64_t nonce, uint64_t tip,
                  uint64_t value, uint64_t chain_id)
{
    struct sl_buf raw = {0};
    struct sl_err err = {0};
    const struct sl_tx tx = {.chain_id = chain_id != 0 ? chain_id : sl_ledger_chain_id(kit->ledger),
                             .nonce = nonce,
                             .max_priority_fee = sl_u256(tip),
                             .max_fee = sl_u256(tip * 2),
                             .gas_limit = 20000000,
                             .to = kit_address(kit, SP2),
                             .value = sl_u256(value)};
    assert_int_equal(sl_tx_sign(&raw, hash, &tx, kit->keys[CLIENT], NULL), SL_OK);
    const int rc = sl_ledger_submit(kit->ledger, hash, (const uint8_t *)raw.data, raw.len, &err);
    sl_buf_free(&raw);
    return rc;
}

static void the_pool_keeps_order_and_refuses_what_a_node_refuses(void **state)
{
    struct ledger_kit *kit = *state;
    uint8_t first[32], second[32], other[32];
    struct sl_ledger_tx tx = {0};
    struct sl_ledger_receipt receipt = {0};
    assert_int_equal(submit(kit, second, 1, 1000, 2, 0), SL_OK);
    kit_tick(kit); /* nonce 0 is missing */
    assert_int_equal(sl_ledger_receipt(kit->ledger, &receipt, second, NULL), 0);
    assert_int_equal(submit(kit, first, 0, 1000, 1, 0), SL_OK);
    assert_int_equal(submit(kit, first, 0, 1000, 1, 0), SL_OK);
    assert_int_equal(submit(kit, other, 0, 1100, 1, 0), SL_EREFUSED);
    assert_int_equal(submit(kit, other, 0, 1250, 1, 0), SL_OK);
    assert_int_equal(submit(kit, other, 500, 1000, 1, 0), SL_EREFUSED);
    assert_int_equal(submit(kit, other, 2, 1000, 1, 1), SL_EREFUSED);
    kit_tick(kit);
    assert_int_equal(sl_ledger_receipt(kit->ledger, &receipt, first, NULL), 0); /* replaced */
    assert_int_equal(sl_ledger_transaction(kit->ledger, &tx, second, NULL), 1);
    assert_int_equal(tx.index, 1);
    assert_int_equal(tx.signature.len, 65);
    assert_int_equal(submit(kit, other, 0, 9000, 1, 0), SL_EREFUSED); /* used */
    expect_sound(kit);
    sl_ledger_tx_free(&tx);
    sl_ledger_receipt_free(&receipt);
}

/* ---- death ---- */

static void live_and_die(struct ledger_kit *kit, int ready)
{
    uint64_t seed = (uint64_t)getpid() * 2654435761U;
    for (int i = 0;; i++) {
        do_something(kit, &seed);
        if (i == 5 && write(ready, "x", 1) != 1)
            _exit(1);
    }
}

static void kill_one(struct ledger_kit *kit, unsigned spins)
{
    int ready[2];
    char byte;
    int status;
    assert_int_equal(pipe(ready), 0);
    kit_close(kit);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        kit_open(kit);
        live_and_die(kit, ready[1]);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    for (volatile unsigned i = 0; i < spins; i++)
        ;
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    close(ready[0]);
    close(ready[1]);
    kit_open(kit);
    expect_sound(kit);
}

static void a_killed_process_leaves_a_sound_ledger(void **state)
{
    struct ledger_kit *kit = *state;
    assert_true(kit_deposit(kit, kit_dec("100000000000000000000")));
    const char *wanted = getenv("SLUICE_TEST_KILLS"); /* more of them, for a long run */
    const unsigned kills = wanted != NULL ? (unsigned)strtoul(wanted, NULL, 10) : 6;
    for (unsigned i = 0; i < kills; i++)
        kill_one(kit, i % 37 * 400000);
}

/* ---- size ---- */

static void a_page_of_a_hundred_data_sets_is_read_by_index(void **state)
{
    struct ledger_kit *kit = *state;
    const struct sl_address client = kit_address(kit, CLIENT);
    const uint64_t sets = SL_SANITIZED ? 20 : 100;
    struct sl_abi_writer w = {0};
    assert_true(kit_deposit(kit, kit_dec("5000000000000000000000")));
    for (uint64_t i = 0; i < sets; i++) {
        assert_true(add_some(kit, 0, 20));
        for (int k = 0; k < 2; k++)
            assert_true(add_some(kit, i + 1, 40));
    }
    sl_abi_call(&w, "getClientDataSets(address,uint256,uint256)");
    sl_abi_put_address(&w, &client);
    sl_abi_put_u64(&w, 0);
    sl_abi_put_u64(&w, 101);
    assert_true(kit_call(kit, CLIENT, &kit->at->view, sl_u256(0), &w));
    assert_int_equal(kit->result.data.len, (2 + 13 * sets) * SL_ABI_WORD);
    expect_sound(kit);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, ledger_kit_setup, ledger_kit_teardown)
    const struct CMUnitTest tests[] = {
        TEST(no_sequence_of_operations_breaks_the_books),
        TEST(a_provider_proves_and_is_paid),
        TEST(a_removal_is_applied_with_the_next_period),
        TEST(a_terminated_set_is_paid_to_its_end_and_deleted),
        TEST(a_signed_termination_ends_at_once),
        TEST(the_chain_follows_the_clock),
        TEST(providers_are_listed_with_what_they_can),
        TEST(one_of_many_calls_may_fail_alone),
        TEST(the_pool_keeps_order_and_refuses_what_a_node_refuses),
        TEST(a_killed_process_leaves_a_sound_ledger),
        TEST(a_page_of_a_hundred_data_sets_is_read_by_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
