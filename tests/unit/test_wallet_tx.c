/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Own transactions through every misfortune: sent once, found again, paid more for, refused. */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sluice/abi.h"

#include "support/test.h"
#include "wallet_scene.h"

static int setup(void **state)
{
    static struct wallet_scene scene;
    wallet_open(&scene);
    *state = &scene;
    const struct sl_address *const payments = &scene.base.payments;
    sl_chain_node_bytes(scene.base.node, payments, "withdraw(address,uint256)", "", 0, true);
    return 0;
}

static int teardown(void **state)
{
    wallet_close(*state);
    return 0;
}

static struct sl_wallet_tx_call a_call(struct wallet_scene *scene)
{
    struct sl_wallet_tx_call call;
    assert_int_equal(sl_wallet_tx_withdraw(&call, &scene->payer, sl_u256(5), NULL), SL_OK);
    return call;
}

static int try_one(struct wallet_scene *scene, struct sl_wallet_tx_cost *cost, struct sl_err *err)
{
    struct sl_wallet_tx_call call = a_call(scene);
    const int rc = sl_wallet_tx_try(cost, &scene->sender, &call, err);
    sl_wallet_tx_call_free(&call);
    return rc;
}

static int send_one(struct wallet_scene *scene, struct sl_wallet_tx_result *result,
                    struct sl_err *err)
{
    struct sl_wallet_tx_cost cost;
    struct sl_wallet_tx_call call = a_call(scene);
    assert_int_equal(try_one(scene, &cost, err), SL_OK);
    const int rc = sl_wallet_tx_send(result, &scene->sender, &call, &cost, err);
    sl_wallet_tx_call_free(&call);
    return rc;
}

static void expect_landed(struct wallet_scene *scene)
{
    struct sl_wallet_tx_result result;
    struct sl_err err = {0};
    if (send_one(scene, &result, &err) < 0)
        fail_msg("%s", err.text);
}

/* ---- what it costs ---- */

static void the_fee_is_a_tip_and_twice_the_highest_base_fee(void **state)
{
    struct wallet_scene *scene = *state;
    struct sl_wallet_tx_cost cost;
    struct sl_err err = {0};
    assert_int_equal(try_one(scene, &cost, &err), SL_OK);
    assert_int_equal(cost.gas, 100000);
    assert_int_equal(sl_u256_cmp(cost.max_priority_fee, sl_u256(100)), 0);
    assert_int_equal(sl_u256_cmp(cost.max_fee, sl_u256(4100)), 0);
    assert_int_equal(sl_u256_cmp(cost.most, sl_u256(410000000)), 0);
    wallet_behave(scene, (struct wallet_ways){.no_history = true});
    assert_int_equal(try_one(scene, &cost, &err), SL_OK);
    assert_int_equal(sl_u256_cmp(cost.max_fee, sl_u256(2100)), 0);
}

static void a_fee_that_nobody_should_pay_is_refused(void **state)
{
    struct wallet_scene *scene = *state;
    struct sl_wallet_tx_cost cost;
    struct sl_err err = {0};
    wallet_behave(scene, (struct wallet_ways){.tip = "0xffffffffffff"});
    assert_int_equal(try_one(scene, &cost, &err), SL_EMONEY);
    assert_non_null(strstr(err.text, "more than the 1 that a transaction may cost"));
    wallet_behave(scene,
                  (struct wallet_ways){.tip = "0xfffffffffffffffffffffffffffffffffffffffffffffffff"
                                              "fffffffffffffff"});
    assert_int_equal(try_one(scene, &cost, &err), SL_EPROTO);
    wallet_behave(scene, (struct wallet_ways){.tip = "cheap"});
    assert_int_equal(try_one(scene, &cost, &err), SL_EPROTO);
    wallet_behave(scene, (struct wallet_ways){0});
    scene->sender.most_fee = sl_u256(410000000 - 1);
    assert_int_equal(try_one(scene, &cost, &err), SL_EMONEY);
    assert_int_equal(scene->sends, 0);
}

static void a_call_that_would_revert_is_told_why_and_not_sent(void **state)
{
    struct wallet_scene *scene = *state;
    struct sl_wallet_tx_cost cost;
    struct sl_err err = {0};
    struct sl_abi_writer w = scene_call("InsufficientUnlockedFunds(uint256,uint256)");
    sl_abi_put_u64(&w, 4);
    sl_abi_put_u64(&w, 5);
    assert_int_equal(sl_abi_end(&w, NULL), SL_OK);
    sl_chain_node_bytes(scene->base.node, &scene->base.payments, "withdraw(address,uint256)",
                        w.buf.data, w.buf.len, false);
    assert_int_equal(try_one(scene, &cost, &err), SL_EMONEY);
    assert_non_null(strstr(err.text, "withdraw 0.000000000000000005 USDFC"));
    assert_int_equal(scene->sends, 0);
    sl_abi_free(&w);
}

/* ---- the way ---- */

static void an_account_that_is_no_actor_is_told_to_get_fil(void **state)
{
    struct wallet_scene *scene = *state;
    struct sl_wallet_tx_cost cost;
    struct sl_err err = {0};
    wallet_behave(scene, (struct wallet_ways){.poor = true});
    sl_chain_node_say(scene->base.node, "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"error\":{\"code\":1,"
                                        "\"message\":\"failed to call: actor not found\"}}");
    assert_int_equal(try_one(scene, &cost, &err), SL_EMONEY);
    assert_non_null(strstr(err.text, "send some FIL to 0x"));
    wallet_behave(scene, (struct wallet_ways){.poor = false});
    assert_int_equal(try_one(scene, &cost, &err), SL_EREFUSED);
    assert_non_null(strstr(err.text, "actor not found"));
}

static void what_is_sent_lands_and_the_journal_knows(void **state)
{
    struct wallet_scene *scene = *state;
    struct sl_wallet_tx_result result;
    struct sl_err err = {0};
    assert_int_equal(send_one(scene, &result, &err), SL_OK);
    assert_int_equal(scene->sends, 1);
    assert_true(result.block > SCENE_EPOCH);
    assert_memory_equal(result.hash, scene->pool[0].hash, sizeof result.hash);
    assert_int_equal(sl_u256_cmp(result.fee, sl_u256(48)), 0);
    assert_int_equal(wallet_rows(scene, SL_JOURNAL_TX_LANDED), 1);
    assert_int_equal(wallet_event_count(scene, SL_WALLET_TX_SENT), 1);
    assert_int_equal(wallet_event_count(scene, SL_WALLET_TX_IN_BLOCK), 1);
    assert_int_equal(wallet_event_count(scene, SL_WALLET_TX_SETTLED), 1);
    assert_int_equal(sl_wallet_tx_settle(&scene->sender, &err), 0);
    expect_landed(scene);
    assert_int_equal(scene->pool_count, 2);
}

static void a_lost_answer_sends_the_same_bytes_again(void **state)
{
    struct wallet_scene *scene = *state;
    wallet_behave(scene, (struct wallet_ways){.lose_replies = 1});
    expect_landed(scene);
    assert_int_equal(scene->pool_count, 1);
    wallet_behave(scene, (struct wallet_ways){.drop_requests = 2});
    expect_landed(scene);
    assert_int_equal(scene->pool_count, 2);
    assert_int_equal(wallet_rows(scene, SL_JOURNAL_TX_LANDED), 2);
}

static void a_node_that_has_it_already_may_say_no(void **state)
{
    struct wallet_scene *scene = *state;
    wallet_behave(scene,
                  (struct wallet_ways){.lose_replies = 1, .refuse_known = true, .least_fee = 4101});
    expect_landed(scene); /* stuck until it pays more; every repetition was refused */
    assert_int_equal(wallet_rows(scene, SL_JOURNAL_TX_REFUSED), 0);
}

static void a_node_that_tells_another_hash_does_not_confuse(void **state)
{
    struct wallet_scene *scene = *state;
    wallet_behave(scene, (struct wallet_ways){.send_result = "\"0x1234\""});
    expect_landed(scene);
    assert_int_equal(scene->sends, 1);
}

static void what_no_node_takes_is_over(void **state)
{
    struct wallet_scene *scene = *state;
    struct sl_wallet_tx_result result;
    struct sl_err err = {0};
    wallet_behave(scene, (struct wallet_ways){.refuse = "nonce too low\\u001b[31m"});
    assert_int_equal(send_one(scene, &result, &err), SL_EREFUSED);
    assert_non_null(strstr(err.text, "nonce too low"));
    assert_null(strchr(err.text, '\033'));
    assert_int_equal(wallet_rows(scene, SL_JOURNAL_TX_REFUSED), 1);
    wallet_behave(scene, (struct wallet_ways){0});
    assert_int_equal(sl_wallet_tx_settle(&scene->sender, &err), 0);
    assert_int_equal(scene->pool_count, 0); /* never sent again */
    expect_landed(scene);
}

static void what_reverts_on_chain_is_told_with_its_reason(void **state)
{
    struct wallet_scene *scene = *state;
    struct sl_wallet_tx_cost cost;
    struct sl_wallet_tx_result result;
    struct sl_err err = {0};
    struct sl_wallet_tx_call call = a_call(scene);
    struct sl_abi_writer w = scene_call("InsufficientUnlockedFunds(uint256,uint256)");
    assert_int_equal(sl_wallet_tx_try(&cost, &scene->sender, &call, &err), SL_OK);
    sl_abi_put_u64(&w, 4);
    sl_abi_put_u64(&w, 5);
    assert_int_equal(sl_abi_end(&w, NULL), SL_OK);
    sl_chain_node_bytes(scene->base.node, &scene->base.payments, "withdraw(address,uint256)",
                        w.buf.data, w.buf.len, false);
    wallet_behave(scene, (struct wallet_ways){.revert = true});
    assert_int_equal(sl_wallet_tx_send(&result, &scene->sender, &call, &cost, &err), SL_EMONEY);
    assert_int_equal(wallet_rows(scene, SL_JOURNAL_TX_REVERTED), 1);
    sl_abi_free(&w);
    sl_wallet_tx_call_free(&call);
}

static void a_revert_without_a_reason_is_one_nevertheless(void **state)
{
    struct wallet_scene *scene = *state;
    struct sl_wallet_tx_result result;
    struct sl_err err = {0};
    wallet_behave(scene, (struct wallet_ways){.revert = true});
    assert_int_equal(send_one(scene, &result, &err), SL_EREVERT);
    assert_int_equal(wallet_rows(scene, SL_JOURNAL_TX_REVERTED), 1);
}

static void what_is_stuck_pays_a_quarter_more_for_the_same_nonce(void **state)
{
    struct wallet_scene *scene = *state;
    wallet_behave(scene, (struct wallet_ways){.least_fee = 6000});
    expect_landed(scene);
    assert_int_equal(scene->pool_count, 3);
    for (size_t i = 1; i < 3; i++) {
        const struct wallet_pool_tx *before = &scene->pool[i - 1];
        const struct wallet_pool_tx *after = &scene->pool[i];
        struct sl_u256 least;
        assert_int_equal(after->nonce, before->nonce);
        assert_true(sl_u256_muldiv(&least, before->max_fee, sl_u256(5), sl_u256(4)));
        assert_true(sl_u256_cmp(after->max_fee, least) >= 0);
        assert_true(sl_u256_muldiv(&least, before->max_priority_fee, sl_u256(5), sl_u256(4)));
        assert_true(sl_u256_cmp(after->max_priority_fee, least) >= 0);
    }
    assert_int_equal(wallet_event_count(scene, SL_WALLET_TX_FEE_RAISED), 2);
    assert_int_equal(wallet_rows(scene, SL_JOURNAL_TX_LANDED), 1);
    assert_int_equal(wallet_rows(scene, SL_JOURNAL_TX_REPLACED), 2);
}

static void patience_ends_and_the_next_run_goes_on(void **state)
{
    struct wallet_scene *scene = *state;
    struct sl_wallet_tx_result result;
    struct sl_err err = {0};
    scene->sender.most_fee = sl_u256(410000000); /* it cannot pay more */
    wallet_behave(scene, (struct wallet_ways){.least_fee = 5000});
    assert_int_equal(send_one(scene, &result, &err), SL_EBUSY);
    assert_int_equal(scene->pool_count, 1);
    assert_int_equal(wallet_rows(scene, SL_JOURNAL_TX_SIGNED), 1);
    assert_int_equal(send_one(scene, &result, &err), SL_EBUSY); /* not a second one */
    assert_int_equal(scene->pool_count, 1);
    wallet_crash(scene);
    wallet_behave(scene, (struct wallet_ways){0});
    assert_int_equal(sl_wallet_tx_settle(&scene->sender, &err), 1);
    assert_int_equal(scene->pool_count, 1);
    assert_int_equal(wallet_rows(scene, SL_JOURNAL_TX_LANDED), 1);
}

static void a_nonce_that_another_took_is_no_success(void **state)
{
    struct wallet_scene *scene = *state;
    struct sl_wallet_tx_result result;
    struct sl_err err = {0};
    wallet_behave(scene, (struct wallet_ways){.steal_nonce = true});
    assert_int_equal(send_one(scene, &result, &err), SL_EREFUSED);
    assert_non_null(strstr(err.text, "another transaction"));
    assert_int_equal(wallet_rows(scene, SL_JOURNAL_TX_REPLACED), 1);
}

/* Behind one address are several nodes: one knows that the nonce is used, the other is a minute
 * behind and has no receipt. */
static void a_receipt_that_comes_late_is_waited_for(void **state)
{
    struct wallet_scene *scene = *state;
    wallet_behave(scene, (struct wallet_ways){.late_receipts = 20, .look_ms = 4000});
    expect_landed(scene);
    assert_int_equal(wallet_rows(scene, SL_JOURNAL_TX_LANDED), 1);
    assert_int_equal(scene->pool_count, 1);
}

/* Tried and signed while all is well: a block later the node answers so. */
static void begin_then(struct wallet_scene *scene, struct wallet_ways ways)
{
    struct sl_wallet_tx_cost cost;
    struct sl_wallet_tx_call call = a_call(scene);
    struct sl_wallet_tx_result result;
    struct sl_err err = {0};
    assert_int_equal(try_one(scene, &cost, &err), SL_OK);
    wallet_behave(scene, (struct wallet_ways){.least_fee = 5000});
    scene->sender.patience_ms = 1;
    assert_int_equal(sl_wallet_tx_send(&result, &scene->sender, &call, &cost, &err), SL_EBUSY);
    scene->sender.patience_ms = 0;
    wallet_behave(scene, ways);
    if (sl_wallet_tx_settle(&scene->sender, &err) != 1)
        fail_msg("%s", err.text);
    sl_wallet_tx_call_free(&call);
    assert_int_equal(wallet_rows(scene, SL_JOURNAL_TX_LANDED), 1);
}

static void pages_and_refusals_do_not_end_the_wait(void **state)
{
    begin_then(*state, (struct wallet_ways){.pages = 6, .refuse_reads = 3});
}

/* ---- receipts of another world ---- */

static void receipts_that_are_not_ours_are_not_believed(void **state)
{
    struct wallet_scene *scene = *state;
    static const char *const receipts[] = {
        "{}",
        "{\"transactionHash\":\"0x00\",\"blockNumber\":\"0x1\",\"status\":\"0x1\"}",
        "{\"transactionHash\":"
        "\"0x1111111111111111111111111111111111111111111111111111111111111111\","
        "\"blockNumber\":\"0x1500\",\"status\":\"0x1\"}",
        "{\"transactionHash\":17,\"blockNumber\":[],\"status\":null}",
    };
    for (size_t i = 0; i < sizeof receipts / sizeof receipts[0]; i++) {
        struct sl_wallet_tx_result result;
        struct sl_err err = {0};
        wallet_behave(scene, (struct wallet_ways){.receipt = receipts[i]});
        assert_int_equal(send_one(scene, &result, &err), SL_EBUSY);
        assert_int_equal(wallet_rows(scene, SL_JOURNAL_TX_SIGNED), 1);
        assert_int_equal(wallet_rows(scene, SL_JOURNAL_TX_LANDED), i);
        wallet_behave(scene, (struct wallet_ways){0});
        assert_int_equal(sl_wallet_tx_settle(&scene->sender, &err),
                         1); /* an honest node knows the end */
    }
}

/* ---- crashes ---- */

/* A process dies when it has sent nothing, or when the node has it: `lose` of its answers. */
static void die_while_sending(struct wallet_scene *scene, struct wallet_ways ways)
{
    struct sl_wallet_tx_result result;
    struct sl_err err = {0};
    scene->sender.patience_ms =
        1; /* gives up at the first look: as dead as a process can be here */
    wallet_behave(scene, ways);
    assert_int_equal(send_one(scene, &result, &err), SL_EBUSY);
    scene->sender.patience_ms = 0;
    wallet_crash(scene);
    wallet_behave(scene, (struct wallet_ways){0});
}

static void after_a_crash_before_the_send_the_same_bytes_go_out(void **state)
{
    struct wallet_scene *scene = *state;
    struct sl_err err = {0};
    die_while_sending(scene, (struct wallet_ways){.drop_requests = 1});
    assert_int_equal(scene->pool_count, 0);
    assert_int_equal(wallet_rows(scene, SL_JOURNAL_TX_SIGNED), 1);
    assert_int_equal(sl_wallet_tx_settle(&scene->sender, &err), 1);
    assert_int_equal(scene->pool_count, 1);
    assert_int_equal(wallet_event_count(scene, SL_WALLET_TX_RESENT), 1);
    assert_int_equal(wallet_rows(scene, SL_JOURNAL_TX_LANDED), 1);
}

static void after_a_crash_behind_the_send_nothing_is_sent_twice(void **state)
{
    struct wallet_scene *scene = *state;
    struct sl_err err = {0};
    die_while_sending(scene, (struct wallet_ways){.lose_replies = 1, .least_fee = 5000});
    const int sends = scene->sends;
    assert_int_equal(scene->pool_count, 1);
    assert_int_equal(sl_wallet_tx_settle(&scene->sender, &err), 1);
    assert_int_equal(scene->pool_count, 1);
    assert_in_range(scene->sends, sends, sends + 1);
    assert_int_equal(wallet_rows(scene, SL_JOURNAL_TX_LANDED), 1);
}

static void after_a_crash_a_taken_nonce_ends_it(void **state)
{
    struct wallet_scene *scene = *state;
    struct sl_err err = {0};
    die_while_sending(scene, (struct wallet_ways){.drop_requests = 1});
    scene->nonce++;
    assert_int_equal(sl_wallet_tx_settle(&scene->sender, &err), 1);
    assert_int_equal(scene->pool_count, 0);
    assert_int_equal(wallet_rows(scene, SL_JOURNAL_TX_REPLACED), 1);
    expect_landed(scene);
}

static void after_a_crash_with_higher_fees_any_of_them_may_have_landed(void **state)
{
    struct wallet_scene *scene = *state;
    struct sl_wallet_tx_result result;
    struct sl_err err = {0};
    scene->sender.patience_ms = 8 * 60 * 1000;
    wallet_behave(scene, (struct wallet_ways){.least_fee = 100000});
    assert_int_equal(send_one(scene, &result, &err), SL_EBUSY);
    assert_int_equal(scene->pool_count, 2);
    wallet_crash(scene);
    wallet_behave(scene, (struct wallet_ways){0}); /* the first is mined */
    assert_int_equal(sl_wallet_tx_settle(&scene->sender, &err), 1);
    assert_true(scene->pool[0].block > 0);
    assert_int_equal(wallet_rows(scene, SL_JOURNAL_TX_LANDED), 1);
    assert_int_equal(wallet_rows(scene, SL_JOURNAL_TX_REPLACED), 1);
}

static void another_key_and_another_chain_are_left_alone(void **state)
{
    struct wallet_scene *scene = *state;
    struct sl_err err = {0};
    struct sl_journal_tx other = {.chain_id = 314, .what = "deposit 1 USDFC"};
    memcpy(other.sender, scene->base.payer.bytes, sizeof other.sender);
    assert_int_equal(sl_journal_put_tx(scene->sender.journal, &other, "x", 1, NULL), SL_OK);
    other.chain_id = SCENE_CHAIN_ID;
    other.sender[0] ^= 1;
    assert_int_equal(sl_journal_put_tx(scene->sender.journal, &other, "x", 1, NULL), SL_OK);
    assert_int_equal(sl_wallet_tx_settle(&scene->sender, &err), 0);
    expect_landed(scene);
    assert_int_equal(wallet_rows(scene, SL_JOURNAL_TX_SIGNED), 2);
}

static void cancelling_leaves_it_to_the_next_run(void **state)
{
    struct wallet_scene *scene = *state;
    struct sl_wallet_tx_cost cost;
    struct sl_wallet_tx_result result;
    struct sl_err err = {0};
    struct sl_wallet_tx_call call = a_call(scene);
    assert_int_equal(sl_wallet_tx_try(&cost, &scene->sender, &call, &err), SL_OK);
    sl_chain_cancel(scene->base.chain);
    assert_int_equal(sl_wallet_tx_send(&result, &scene->sender, &call, &cost, &err), SL_ECANCELED);
    assert_int_equal(scene->sends, 0);
    sl_wallet_tx_call_free(&call);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_fee_is_a_tip_and_twice_the_highest_base_fee),
        TEST(a_fee_that_nobody_should_pay_is_refused),
        TEST(a_call_that_would_revert_is_told_why_and_not_sent),
        TEST(an_account_that_is_no_actor_is_told_to_get_fil),
        TEST(what_is_sent_lands_and_the_journal_knows),
        TEST(a_lost_answer_sends_the_same_bytes_again),
        TEST(a_node_that_has_it_already_may_say_no),
        TEST(a_node_that_tells_another_hash_does_not_confuse),
        TEST(what_no_node_takes_is_over),
        TEST(what_reverts_on_chain_is_told_with_its_reason),
        TEST(a_revert_without_a_reason_is_one_nevertheless),
        TEST(what_is_stuck_pays_a_quarter_more_for_the_same_nonce),
        TEST(patience_ends_and_the_next_run_goes_on),
        TEST(a_nonce_that_another_took_is_no_success),
        TEST(a_receipt_that_comes_late_is_waited_for),
        TEST(pages_and_refusals_do_not_end_the_wait),
        TEST(receipts_that_are_not_ours_are_not_believed),
        TEST(after_a_crash_before_the_send_the_same_bytes_go_out),
        TEST(after_a_crash_behind_the_send_nothing_is_sent_twice),
        TEST(after_a_crash_a_taken_nonce_ends_it),
        TEST(after_a_crash_with_higher_fees_any_of_them_may_have_landed),
        TEST(another_key_and_another_chain_are_left_alone),
        TEST(cancelling_leaves_it_to_the_next_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
