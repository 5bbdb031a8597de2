/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Pieces become pieces of data sets, exactly once, whatever becomes of requests, of transactions
 * and of the program. */
#include <sched.h>

#include "commit_rig.h"
#include "support/test.h"

static void land_in(struct commit_rig *rig, size_t pieces, size_t commits)
{
    rig_store(rig, pieces);
    rig_commit_all(rig, 1);
    rig_expect_landed(rig, 0);
    assert_int_equal(rig_commits(rig, SL_JOURNAL_COMMIT_LANDED), commits);
    assert_int_equal(rig_data_sets(rig), 1);
    assert_int_equal(rig_on_chain(rig, 0), 1);
    assert_int_equal(rig_on_chain(rig, rig->piece_count - 1), 1);
    assert_int_equal(rig->copies[rig->piece_count - 1][0].event.piece_id, rig->piece_count - 1);
}

/* 100 at first, then as many as fit with a short name each: 134. */
static void named_pieces_are_committed_as_many_as_fit(void **state)
{
    land_in(*state, 500, 4);
}

static void pieces_without_names_take_the_least_room(void **state)
{
    struct commit_rig *rig = *state;
    rig->unnamed = true;
    land_in(rig, 500, 2);
}

static void old_contracts_take_forty_at_a_time(void **state)
{
    struct commit_rig *rig = *state;
    rig_old_network(rig);
    land_in(rig, 82, 3);
}

/* A data set from before the change-over stays legacy: eighty, though the contracts are new. */
static void a_legacy_data_set_takes_eighty_at_a_time(void **state)
{
    struct commit_rig *rig = *state;
    rig_old_network(rig);
    land_in(rig, 3, 1);
    rig_close(rig);
    assert_int_equal(sl_devnet_migrate(rig->net, NULL), SL_OK);
    rig_forget(rig);
    land_in(rig, 170, 1 + 3);
}

static void what_has_landed_is_not_committed_again(void **state)
{
    struct commit_rig *rig = *state;
    rig_store(rig, 3);
    rig_commit_all(rig, 1);
    rig_add(rig, 0, 3); /* the same run: known from the journal */
    rig_close(rig);
    rig_forget(rig);
    rig_commit_all(rig, 1); /* another one */
    rig_expect_landed_once(rig, 1);
    assert_int_equal(rig_commits(rig, SL_JOURNAL_COMMIT_LANDED), 1);
    assert_int_equal(rig->copies[2][0].event.piece_id, 2);
    assert_true(rig->copies[2][0].event.data_set_id > 0);
}

static void later_pieces_go_to_the_same_data_set(void **state)
{
    struct commit_rig *rig = *state;
    rig_store(rig, 2);
    rig_commit_all(rig, 1);
    rig_close(rig);
    rig_store(rig, 2);
    rig_forget(rig);
    rig_commit_all(rig, 1);
    rig_expect_landed_once(rig, 1);
    assert_int_equal(rig_data_sets(rig), 1);
}

static void two_copies_are_on_two_providers(void **state)
{
    struct commit_rig *rig = *state;
    rig->options.copies = 2;
    rig_store(rig, 5);
    rig_commit_all(rig, 2);
    assert_int_equal(sl_commit_copies(rig->commit), 2);
    rig_expect_landed_once(rig, 2);
    assert_int_equal(rig_data_sets(rig), 2);
    assert_int_not_equal(rig->copies[0][0].event.data_set_id, rig->copies[0][1].event.data_set_id);
}

static void bytes_that_nobody_has_are_told_lost(void **state)
{
    struct commit_rig *rig = *state;
    rig_store(rig, 2);
    rig_invent(rig, 1);
    rig_commit_all(rig, 1);
    assert_int_equal(rig->copies[2][0].lost, 1);
    assert_int_equal(rig->copies[0][0].landed, 1);
    assert_int_equal(rig->copies[1][0].landed, 1);
    assert_int_equal(rig_on_chain(rig, 0), 1);
}

/* ---- unclear outcomes ---- */

static void faulty_commit(struct commit_rig *rig, const char *rule)
{
    rig_store(rig, 3);
    rig_fault(rig, 0, rule);
    rig_commit_all(rig, 1);
    rig_expect_landed_once(rig, 1);
    assert_int_equal(rig_data_sets(rig), 1);
}

static void a_lost_answer_is_settled_by_the_chain(void **state)
{
    faulty_commit(*state, "{\"match\":\"POST /pdp/data-sets\",\"times\":1,\"action\":\"drop\"}");
}

static void a_request_that_never_arrived_is_sent_again(void **state)
{
    faulty_commit(*state, "{\"match\":\"POST /pdp/data-sets\",\"times\":1,\"action\":\"reset\"}");
}

static void a_server_error_is_settled_by_the_chain(void **state)
{
    faulty_commit(*state, "{\"match\":\"POST /pdp/data-sets\",\"times\":1,\"action\":\"status\","
                          "\"status\":500,\"body\":\"Internal server error\"}");
}

static void what_a_server_error_left_unclear_is_repeated_within_seconds(void **state)
{
    struct commit_rig *rig = *state;
    rig->options.resend_ms = INT64_C(24) * 3600 * 1000;
    faulty_commit(rig, "{\"match\":\"POST /pdp/data-sets\",\"times\":3,\"action\":\"status\","
                       "\"status\":500,\"body\":\"chain: connection refused\"}");
    assert_int_equal(rig_commits(rig, SL_JOURNAL_COMMIT_ABANDONED), 0); /* the same bytes again */
}

static void a_transaction_that_is_lost_is_signed_anew(void **state)
{
    struct commit_rig *rig = *state;
    faulty_commit(rig, "{\"match\":\"POST /pdp/data-sets\",\"times\":1,\"action\":\"lose\","
                       "\"ms\":100}");
    assert_int_equal(rig_commits(rig, SL_JOURNAL_COMMIT_ABANDONED), 1);
}

static void a_transaction_that_reverts_is_signed_anew(void **state)
{
    struct commit_rig *rig = *state;
    faulty_commit(rig, "{\"match\":\"POST /pdp/data-sets\",\"times\":1,\"action\":\"fail\"}");
    assert_int_equal(rig_commits(rig, SL_JOURNAL_COMMIT_ABANDONED), 1);
}

static void a_transaction_that_waits_long_lands_once(void **state)
{
    faulty_commit(*state, "{\"match\":\"POST /pdp/data-sets\",\"times\":1,\"action\":\"hold\","
                          "\"ms\":1500}");
}

static void a_replaced_transaction_is_followed(void **state)
{
    faulty_commit(*state, "{\"match\":\"POST /pdp/data-sets\",\"times\":1,\"action\":\"replace\"}");
}

static void a_provider_that_records_late_is_waited_for(void **state)
{
    faulty_commit(*state, "{\"match\":\"POST /pdp/data-sets\",\"times\":1,\"action\":\"gap\","
                          "\"ms\":1000}");
}

static void busy_providers_are_given_time(void **state)
{
    faulty_commit(*state, "{\"match\":\"POST /pdp/data-sets\",\"times\":2,\"action\":\"status\","
                          "\"status\":429,\"body\":\"later\",\"retry_after_s\":1}");
}

/* ---- the program ends in the middle ---- */

static void leave_open(struct commit_rig *rig)
{
    rig_fault(rig, 0, "{\"match\":\"POST /pdp/data-sets\",\"times\":1,\"action\":\"drop\"}");
    rig_open(rig);
    rig_add(rig, 0, rig->piece_count);
    sl_commit_expect(rig->commit, false);
    while (rig_commits(rig, SL_JOURNAL_COMMIT_SENDING) == 0)
        sched_yield();
    rig_close(rig);
    rig_forget(rig);
}

static void after_a_crash_the_journal_says_what_to_do(void **state)
{
    struct commit_rig *rig = *state;
    rig_store(rig, 3);
    leave_open(rig);
    rig_commit_all(rig, 1);
    rig_expect_landed_once(rig, 1);
    assert_int_equal(rig_commits(rig, SL_JOURNAL_COMMIT_LANDED), 1);
    assert_int_equal(rig_commits(rig, SL_JOURNAL_COMMIT_SENDING), 0);
}

/* ---- pieces that come while what was left open lands ---- */

/* Time stands still for the lanes until the adding thread has asked for it, and for that thread
 * until the piece has landed: the worst moment to add it again. */
struct standstill {
    struct commit_rig *rig;
    struct sl_clock system;
    pthread_t adder;
    bool adding; /* under the rig's lock */
};

static int64_t standstill_now_ms(void *ctx)
{
    struct standstill *still = ctx;
    struct commit_rig *rig = still->rig;
    pthread_mutex_lock(&rig->lock);
    if (pthread_equal(pthread_self(), still->adder)) {
        still->adding = true;
        pthread_cond_broadcast(&rig->changed);
        while (rig->copies[0][0].landed == 0)
            pthread_cond_wait(&rig->changed, &rig->lock);
    }
    while (!still->adding)
        pthread_cond_wait(&rig->changed, &rig->lock);
    pthread_mutex_unlock(&rig->lock);
    return sl_now_ms(&still->system);
}

static int64_t standstill_wall_ms(void *ctx)
{
    const struct standstill *still = ctx;
    return sl_wall_ms(&still->system);
}

static void what_lands_while_it_is_added_again_is_committed_once(void **state)
{
    struct commit_rig *rig = *state;
    struct standstill still = {.rig = rig, .system = rig->clock, .adder = pthread_self()};
    rig_store(rig, 1);
    leave_open(rig);
    rig->options.clock = (struct sl_clock){
        .now_ms = standstill_now_ms, .wall_ms = standstill_wall_ms, .ctx = &still};
    rig_open(rig);
    rig_add(rig, 0, 1);
    sl_commit_expect(rig->commit, false);
    pthread_mutex_lock(&rig->lock);
    while (rig->copies[0][0].landed < 2)
        pthread_cond_wait(&rig->changed, &rig->lock);
    pthread_mutex_unlock(&rig->lock);
    assert_int_equal(rig_on_chain(rig, 0), 1);
    assert_int_equal(rig_commits(rig, SL_JOURNAL_COMMIT_LANDED), 1);
    rig->options.clock = rig->clock;
}

static int take_record(void *ctx, const struct sl_journal_commit *commit, const void *payload,
                       size_t len)
{
    struct sl_journal_commit *record = ctx;
    (void)payload;
    (void)len;
    *record = *commit;
    return 0;
}

static void what_this_run_left_open_is_settled_before_it_is_signed_anew(void **state)
{
    struct commit_rig *rig = *state;
    struct sl_journal_commit record;
    rig_store(rig, 2);
    rig_commit_all(rig, 1);
    assert_int_equal(sl_journal_each_commit(rig->journal, false, take_record, &record, NULL), 0);
    record.state = SL_JOURNAL_COMMIT_SENT; /* as when the node answered nonsense */
    assert_int_equal(sl_journal_update_commit(rig->journal, &record, NULL), SL_OK);
    rig_forget(rig);
    rig_add(rig, 0, 2);
    rig_wait(rig, 1);
    rig_expect_landed_once(rig, 1);
    assert_int_equal(rig_commits(rig, SL_JOURNAL_COMMIT_LANDED), 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        TEST(named_pieces_are_committed_as_many_as_fit),
        TEST(pieces_without_names_take_the_least_room),
        TEST(old_contracts_take_forty_at_a_time),
        TEST(a_legacy_data_set_takes_eighty_at_a_time),
        TEST(what_has_landed_is_not_committed_again),
        TEST(later_pieces_go_to_the_same_data_set),
        TEST(two_copies_are_on_two_providers),
        TEST(bytes_that_nobody_has_are_told_lost),
        TEST(a_lost_answer_is_settled_by_the_chain),
        TEST(a_request_that_never_arrived_is_sent_again),
        TEST(a_server_error_is_settled_by_the_chain),
        TEST(what_a_server_error_left_unclear_is_repeated_within_seconds),
        TEST(a_transaction_that_is_lost_is_signed_anew),
        TEST(a_transaction_that_reverts_is_signed_anew),
        TEST(a_transaction_that_waits_long_lands_once),
        TEST(a_replaced_transaction_is_followed),
        TEST(a_provider_that_records_late_is_waited_for),
        TEST(busy_providers_are_given_time),
        TEST(after_a_crash_the_journal_says_what_to_do),
        TEST(what_lands_while_it_is_added_again_is_committed_once),
        TEST(what_this_run_left_open_is_settled_before_it_is_signed_anew),
    };
    return cmocka_run_group_tests_name("commit", tests, NULL, NULL);
}
