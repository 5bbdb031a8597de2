/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Nothing is paid twice, also where an answer, a program or a provider is lost halfway. */
#include <sched.h>
#include <string.h>

#include "sluice/sp.h"

#include "commit_rig.h"
#include "support/test.h"
#include "support/tmp.h"

static void start(struct commit_rig *rig)
{
    rig_open(rig);
    rig_add(rig, 0, rig->piece_count);
    sl_commit_expect(rig->commit, false);
}

static void each_is_there_once(struct commit_rig *rig)
{
    for (size_t i = 0; i < rig->piece_count; i++)
        assert_int_equal(rig_on_chain(rig, i), 1);
}

/* ---- a journal that another program has locked ---- */

/* Locked until it is told that commits wait, or the first piece has ended. */
static void unlock_when_told(struct commit_rig *rig, struct sl_journal *locker)
{
    pthread_mutex_lock(&rig->lock);
    while (rig->notes == 0 && rig->copies[0][0].failed == 0)
        pthread_cond_wait(&rig->changed, &rig->lock);
    pthread_mutex_unlock(&rig->lock);
    sl_journal_txn_rollback(locker);
    sl_journal_close(locker);
}

static struct sl_journal *lock_journal(struct commit_rig *rig)
{
    struct sl_journal *locker = NULL;
    assert_int_equal(sl_journal_open_beside(&locker, rig->journal, NULL), SL_OK);
    assert_int_equal(sl_journal_txn_begin(locker, NULL), SL_OK);
    return locker;
}

static void a_locked_journal_is_waited_for_before_anything_is_sent(void **state)
{
    struct commit_rig *rig = *state;
    rig_store(rig, 2);
    rig_open(rig);
    struct sl_journal *locker = lock_journal(rig);
    rig_add(rig, 0, 2);
    sl_commit_expect(rig->commit, false);
    unlock_when_told(rig, locker);
    rig_wait(rig, 1);
    rig_expect_landed(rig, 0);
    each_is_there_once(rig);
}

static void a_locked_journal_is_waited_for_when_a_commit_has_landed(void **state)
{
    struct commit_rig *rig = *state;
    rig_store(rig, 2);
    rig_fault(rig, 0, "{\"match\":\"GET /pdp/data-sets\",\"action\":\"status\",\"status\":404}");
    start(rig);
    while (rig_on_chain(rig, 0) == 0)
        sched_yield();
    struct sl_journal *locker = lock_journal(rig);
    rig_no_faults(rig, 0);
    unlock_when_told(rig, locker);
    rig_wait(rig, 1);
    rig_expect_landed(rig, 0);
    each_is_there_once(rig);
    assert_int_equal(rig_commits(rig, SL_JOURNAL_COMMIT_LANDED), 1);
}

static void a_journal_that_stays_locked_ends_no_run(void **state)
{
    struct commit_rig *rig = *state;
    rig_store(rig, 1);
    rig_open(rig);
    struct sl_journal *locker = lock_journal(rig);
    rig_add(rig, 0, 1);
    sl_commit_expect(rig->commit, false);
    sl_commit_close(rig->commit); /* at once, whatever is locked */
    rig->commit = NULL;
    assert_int_equal(rig->copies[0][0].failed, 0);
    sl_journal_close(locker);
}

/* ---- a refusal that says nothing of what was sent before it ---- */

static int take_first_tx(void *ctx, const struct sl_journal_commit *commit, const void *payload,
                         size_t len)
{
    (void)payload;
    (void)len;
    memcpy(ctx, commit->tx, sizeof commit->tx);
    return 1;
}

static void wait_for_first_tx(struct commit_rig *rig, char tx[static SL_TX_HASH_CHARS])
{
    for (tx[0] = '\0'; tx[0] == '\0'; sched_yield()) {
        struct sl_journal *journal = NULL;
        assert_int_equal(
            sl_journal_open(&journal, rig->state_dir, SL_JOURNAL_READ, &rig->clock, NULL), SL_OK);
        assert_true(sl_journal_each_commit(journal, false, take_first_tx, tx, NULL) >= 0);
        sl_journal_close(journal);
    }
}

/* Until the provider has sent this transaction and knows what became of it. */
static void wait_for_end_of(struct commit_rig *rig, const char *tx)
{
    const struct sl_http_options http = {0};
    struct sl_sp_created created = {0};
    struct sl_sp *sp = NULL;
    assert_int_equal(sl_sp_new(&sp, sl_devnet_provider_url(rig->net, 0), &http, NULL), SL_OK);
    while (created.phase != SL_SP_DONE && created.phase != SL_SP_FAILED) {
        assert_int_equal(sl_sp_wait(sp, 20, NULL), SL_OK);
        assert_int_equal(sl_sp_created(sp, tx, &created, NULL), SL_OK);
    }
    sl_sp_free(sp);
}

/* The provider knows nothing of the request that it holds, and refuses it for some time. */
static void forgets_and_refuses(struct commit_rig *rig)
{
    rig->options.resend_ms = 3 * RIG_EPOCH_MS;
    rig_fault(rig, 0,
              "{\"match\":\"POST /pdp/data-sets\",\"times\":1,\"action\":\"hold\",\"ms\":2500}");
    rig_fault(rig, 0,
              "{\"match\":\"GET /pdp/data-sets/created\",\"action\":\"status\",\"status\":404,"
              "\"body\":\"Data set creation not found for given txHash\"}");
    rig_fault(rig, 0,
              "{\"match\":\"POST /pdp/data-sets\",\"times\":3,\"action\":\"status\","
              "\"status\":403,\"body\":\"no\"}");
}

static void what_lands_long_after_it_was_refused_is_paid_once(void **state)
{
    struct commit_rig *rig = *state;
    char tx[SL_TX_HASH_CHARS];
    rig_store(rig, 2);
    forgets_and_refuses(rig);
    start(rig);
    wait_for_first_tx(rig, tx);
    rig_wait(rig, 1);
    rig_expect_landed(rig, 0);
    rig_no_faults(rig, 0);
    wait_for_end_of(rig, tx);
    each_is_there_once(rig);
    assert_int_equal(rig_data_sets(rig), 1);
}

/* Given up, refused whenever it is signed anew, and then it lands. */
static void what_was_given_up_and_lands_is_known(void **state)
{
    struct commit_rig *rig = *state;
    char tx[SL_TX_HASH_CHARS];
    rig->options.attempts = 1000;
    rig_store(rig, 2);
    forgets_and_refuses(rig);
    rig_fault(rig, 0,
              "{\"match\":\"POST /pdp/data-sets\",\"action\":\"status\",\"status\":403,"
              "\"body\":\"no\"}");
    start(rig);
    wait_for_first_tx(rig, tx);
    while (rig_commits(rig, SL_JOURNAL_COMMIT_ABANDONED) == 0)
        sched_yield();
    rig_wait(rig, 1);
    rig_expect_landed(rig, 0);
    each_is_there_once(rig);
    assert_string_equal(rig->copies[0][0].event.tx, tx);
    assert_int_equal(rig_commits(rig, SL_JOURNAL_COMMIT_LANDED), 1);
    assert_int_equal(rig_data_sets(rig), 1);
}

/* ---- the limit of a run ---- */

static int take_last(void *ctx, const struct sl_journal_commit *commit, const void *payload,
                     size_t len)
{
    (void)payload;
    (void)len;
    *(struct sl_journal_commit *)ctx = *commit;
    return 0;
}

/* Given up now, and its cost was never a part of what this run may spend. */
static void what_an_earlier_run_signed_gives_nothing_back_to_this_one(void **state)
{
    struct commit_rig *rig = *state;
    struct sl_journal_commit record;
    rig->options.limit = (struct sl_spend_limit){.is_set = true, .most = rig_sum(rig, 1, true)};
    rig_store(rig, 1);
    start(rig); /* the whole limit; the next one would exceed it */
    rig_wait(rig, 1);
    rig_expect_landed(rig, 0);
    assert_int_equal(sl_journal_each_commit(rig->journal, false, take_last, &record, NULL), 0);
    rig_store(rig, 1);
    record.nonce = sl_u256(1);
    record.pieces[0] = rig->pieces[1];
    record.sent_ms = 0;
    assert_int_equal(sl_journal_put_commit(rig->journal, &record, "x", 1, NULL), SL_OK);
    rig_forget(rig);
    rig_add(rig, 0, 2);
    rig_wait(rig, 1);
    assert_int_equal(rig->copies[1][0].failed, 1);
    assert_int_equal(rig->copies[1][0].event.err.code, SL_EMONEY);
    assert_int_equal(rig_on_chain(rig, 1), 0);
}

/* ---- a journal that is lost ---- */

static void what_the_data_set_has_is_not_paid_for_again_without_its_journal(void **state)
{
    struct commit_rig *rig = *state;
    rig_store(rig, 3);
    start(rig);
    rig_wait(rig, 1);
    rig_close(rig);
    sl_tmp_remove(rig->state_dir);
    rig_forget(rig);
    rig_store(rig, 2);
    start(rig);
    rig_wait(rig, 1);
    rig_expect_landed(rig, 0);
    each_is_there_once(rig);
    assert_int_equal(rig_data_sets(rig), 1);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(rig->copies[i][0].event.piece_id, i);
    rig_close(rig);
    rig_forget(rig);
    start(rig); /* the new journal knows them now */
    rig_wait(rig, 1);
    rig_expect_landed(rig, 0);
    each_is_there_once(rig);
}

/* Of a proxy whose provider is away: not the provider's word on the data set. */
static void a_page_that_is_not_found_makes_no_data_set(void **state)
{
    struct commit_rig *rig = *state;
    rig_store(rig, 1);
    start(rig);
    rig_wait(rig, 1);
    rig_forget(rig);
    rig_store(rig, 2);
    rig_fault(rig, 0,
              "{\"match\":\"POST /pdp/data-sets/1/pieces\",\"times\":2,\"action\":\"status\","
              "\"status\":404,\"body\":\"<html>404 Not Found</html>\"}");
    rig_add(rig, 0, 3);
    rig_wait(rig, 1);
    rig_expect_landed(rig, 0);
    each_is_there_once(rig);
    assert_int_equal(rig_data_sets(rig), 1);
}

/* ---- more than one provider ---- */

static void use_providers(struct commit_rig *rig, unsigned count)
{
    struct sl_err err = {0};
    sl_devnet_stop(rig->net);
    sl_tmp_remove(rig->net_dir);
    rig->chain_options.providers = count;
    if (sl_devnet_start(&rig->net, &rig->net_options, &err) < 0)
        fail_msg("%s", err.text);
    rig->options.key = sl_devnet_key(rig->net);
    rig->options.payer = *sl_key_address(sl_devnet_key(rig->net));
    assert_int_equal(sl_devnet_network(rig->net, &rig->options.network, NULL), SL_OK);
}

/* Which provider has the second copy, by its place in the network. */
static int second_at(struct commit_rig *rig)
{
    const char *url = sl_commit_target(rig->commit, 1)->service_url;
    for (unsigned i = 0; i < rig->chain_options.providers; i++) {
        if (strcmp(url, sl_devnet_provider_url(rig->net, i)) == 0)
            return (int)i;
    }
    fail_msg("%s is none of them", url);
    return -1;
}

/* A seed by which the second copy goes elsewhere when nothing is known of it. */
static void use_another_seed(struct commit_rig *rig)
{
    rig_open(rig);
    const int before = second_at(rig);
    do {
        rig_close(rig);
        rig->options.seed++;
        rig_open(rig);
    } while (second_at(rig) == before);
    rig_close(rig);
}

static void a_data_set_that_was_asked_for_before_a_crash_is_not_made_elsewhere(void **state)
{
    struct commit_rig *rig = *state;
    const uint64_t seed = rig->options.seed;
    use_providers(rig, 5);
    rig->options.copies = 2;
    use_another_seed(rig);
    const uint64_t other_seed = rig->options.seed;
    rig->options.seed = seed;
    rig_store(rig, 2);
    rig_open(rig);
    const int at = second_at(rig);
    rig_fault(rig, at, "{\"match\":\"POST /pdp/data-sets\",\"action\":\"reset\"}");
    rig_add(rig, 0, 1);
    sl_commit_expect(rig->commit, false);
    rig_wait_piece(rig, 0);
    while (rig_commits(rig, SL_JOURNAL_COMMIT_SENDING) == 0)
        sched_yield();
    rig_close(rig); /* nobody knows whether it was asked for in time */
    rig_no_faults(rig, at);
    rig_forget(rig);
    rig->options.seed = other_seed;
    rig_open(rig);
    assert_int_equal(second_at(rig), at);
    rig_add(rig, 0, 2);
    sl_commit_expect(rig->commit, false);
    rig_wait(rig, 2);
    rig_expect_landed(rig, 0);
    rig_expect_landed(rig, 1);
    assert_int_equal(rig_data_sets(rig), 2);
}

/* It answers, and nothing comes of it: as one that is out of coins for the fees. */
static void a_provider_that_cannot_send_is_left_and_paid_nothing(void **state)
{
    struct commit_rig *rig = *state;
    use_providers(rig, 5);
    rig->options.copies = 2;
    rig->options.resend_ms = 3 * RIG_EPOCH_MS;
    rig_store(rig, 1);
    rig_open(rig);
    const int at = second_at(rig);
    rig_fault(rig, at,
              "{\"match\":\"POST /pdp/data-sets\",\"action\":\"status\",\"status\":500,"
              "\"body\":\"chain: mpool push: not enough funds: 0 < 1\"}");
    rig_add(rig, 0, 1);
    sl_commit_expect(rig->commit, false);
    rig_wait(rig, 2);
    rig_expect_landed(rig, 0);
    rig_expect_landed(rig, 1);
    assert_int_equal(rig_on_chain(rig, 0), 2);
    assert_int_equal(rig_data_sets(rig), 2);
}

/* It is there as the second copy of a run whose first one failed. */
static void a_provider_that_has_a_copy_gets_no_other_one_of_it(void **state)
{
    struct commit_rig *rig = *state;
    rig->options.copies = 2;
    rig->options.attempts = 2;
    rig_store(rig, 1);
    rig_fault(rig, 0,
              "{\"match\":\"POST /pdp/data-sets\",\"action\":\"status\",\"status\":403,"
              "\"body\":\"no\"}");
    start(rig);
    rig_wait(rig, 2);
    assert_int_equal(rig->copies[0][0].failed, 1);
    assert_int_equal(rig->copies[0][1].landed, 1);
    rig_close(rig);
    rig_forget(rig);
    rig->at = 1;
    rig->options.copies = 1;
    rig->options.provider = sl_u256(2);
    start(rig);
    rig_wait(rig, 1);
    rig_expect_landed(rig, 0);
    assert_int_equal(rig_on_chain(rig, 0), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_locked_journal_is_waited_for_before_anything_is_sent),
        TEST(a_locked_journal_is_waited_for_when_a_commit_has_landed),
        TEST(a_journal_that_stays_locked_ends_no_run),
        TEST(what_lands_long_after_it_was_refused_is_paid_once),
        TEST(what_was_given_up_and_lands_is_known),
        TEST(what_an_earlier_run_signed_gives_nothing_back_to_this_one),
        TEST(what_the_data_set_has_is_not_paid_for_again_without_its_journal),
        TEST(a_page_that_is_not_found_makes_no_data_set),
        TEST(a_data_set_that_was_asked_for_before_a_crash_is_not_made_elsewhere),
        TEST(a_provider_that_cannot_send_is_left_and_paid_nothing),
        TEST(a_provider_that_has_a_copy_gets_no_other_one_of_it),
    };
    return cmocka_run_group_tests_name("commit once", tests, NULL, NULL);
}
