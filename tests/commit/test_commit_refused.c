/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Data sets that end, providers that refuse, providers and nodes that are away: what can land
 * lands, the rest fails alone, and no data set is made for nothing. */
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "commit_rig.h"
#include "support/test.h"

/* ---- ended data sets and refusals ---- */

static void an_ended_data_set_is_replaced_by_a_new_one(void **state)
{
    struct commit_rig *rig = *state;
    rig_store(rig, 2);
    rig_commit_all(rig, 1);
    rig_close(rig);
    rig_store(rig, 2);
    rig_forget(rig);
    rig_fault(rig, 0, "{\"match\":\"POST /pdp/data-sets/1/pieces\",\"action\":\"end\"}");
    rig_open(rig);
    rig_add(rig, 0, 4);
    sl_commit_expect(rig->commit, false);
    rig_wait(rig, 1);
    /* the provider has thrown away what it was asked to add: it is uploaded again */
    assert_int_equal(rig->copies[2][0].lost + rig->copies[2][0].landed, 1);
    assert_int_equal(rig_on_chain(rig, 0), 1);
    for (size_t i = 2; i < 4; i++)
        rig_store_again(rig, i);
    rig_add(rig, 2, 2);
    rig_wait_note(rig, "data set 1 takes no more pieces");
}

static void a_named_data_set_that_ended_is_not_asked_again(void **state)
{
    struct commit_rig *rig = *state;
    rig_store(rig, 2);
    rig_commit_all(rig, 1);
    rig_close(rig);
    rig_store(rig, 2);
    rig_forget(rig);
    rig->options.data_set = sl_u256(1);
    rig_open(rig);
    rig_fault(rig, 0, "{\"match\":\"POST /pdp/data-sets/1/pieces\",\"action\":\"end\"}");
    rig_add(rig, 2, 2);
    sl_commit_expect(rig->commit, false);
    rig_wait_piece(rig, 2);
    rig_forget(rig);
    for (size_t i = 2; i < 4; i++)
        rig_store_again(rig, i);
    rig_add(rig, 2, 2);
    rig_wait_piece(rig, 2);
    assert_int_equal(rig->copies[2][0].failed, 1);
    assert_non_null(strstr(rig->copies[2][0].event.err.text, "Without --data-set"));
    assert_int_equal(rig_data_sets(rig), 1);
}

/* A data set with the first two pieces; then a run that is given the others. */
static void second_run(struct commit_rig *rig)
{
    rig_store(rig, 2);
    rig_commit_all(rig, 1);
    rig_close(rig);
    rig_forget(rig);
    rig_store(rig, 5);
    rig_open(rig);
}

static void a_piece_that_is_refused_fails_alone_and_makes_no_data_set(void **state)
{
    struct commit_rig *rig = *state;
    second_run(rig);
    /* the bytes of another piece and a zero more: the same root, so the provider has it */
    rig->pieces[4] = rig->pieces[0];
    rig->pieces[4].payload_bytes++;
    rig_add(rig, 0, 7);
    sl_commit_expect(rig->commit, false);
    rig_wait(rig, 1);
    assert_int_equal(rig->copies[4][0].failed, 1);
    assert_int_equal(rig->copies[4][0].event.err.code, SL_EALIKE);
    assert_non_null(strstr(rig->copies[4][0].event.err.text, "raw size mismatch"));
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(rig->copies[i][0].landed, i != 4);
    assert_int_equal(rig_data_sets(rig), 1);
}

/* An error that the provider would repeat for the next request. */
static void what_is_refused_for_good_is_signed_once(void **state)
{
    struct commit_rig *rig = *state;
    rig_store(rig, 1);
    rig_fault(rig, 0,
              "{\"match\":\"POST /pdp/data-sets\",\"action\":\"status\",\"status\":400,"
              "\"body\":\"Failed to process request: invalid height\"}");
    rig_commit_all(rig, 1);
    assert_int_equal(rig->copies[0][0].failed, 1);
    assert_non_null(strstr(rig->copies[0][0].event.err.text, "invalid height"));
    assert_int_equal(rig_commits(rig, SL_JOURNAL_COMMIT_ABANDONED), 1);
}

/* ---- smaller batches ---- */

static void fewer_pieces(struct commit_rig *rig, int at, const char *match, const char *words)
{
    char rule[512];
    snprintf(rule, sizeof rule,
             "{\"match\":\"%s\",\"times\":1,\"action\":\"status\",\"status\":400,\"body\":\"%s\"}",
             match, words);
    rig_fault(rig, at, rule);
}

static void expect_batches(struct commit_rig *rig, size_t copies, size_t landed, size_t refused)
{
    rig_expect_landed_once(rig, copies);
    assert_int_equal(rig_commits(rig, SL_JOURNAL_COMMIT_LANDED), landed);
    assert_int_equal(rig_commits(rig, SL_JOURNAL_COMMIT_ABANDONED), refused);
    assert_int_equal(rig_data_sets(rig), copies);
}

/* One refusal is enough to learn from, and nobody waits for the next batch. */
static void a_provider_that_takes_twenty_gets_twenty_from_then_on(void **state)
{
    struct commit_rig *rig = *state;
    rig->options.attempts = 1; /* a refused number is no failure of a piece */
    rig_store(rig, 82);
    fewer_pieces(rig, 0, "POST /pdp/data-sets",
                 "piece count (40) exceeds the maximum allowed per CreateDataSetAndAddPieces call "
                 "(20) [eid: 1]");
    rig_commit_all(rig, 1);
    expect_batches(rig, 1, 5, 1);
}

static void an_add_is_divided_as_well(void **state)
{
    struct commit_rig *rig = *state;
    rig_store(rig, 1);
    rig_commit_all(rig, 1);
    rig_close(rig);
    rig_forget(rig);
    rig_store(rig, 60);
    rig_open(rig);
    fewer_pieces(rig, 0, "POST /pdp/data-sets/1/pieces",
                 "piece count (40) exceeds the maximum allowed per AddPieces call (20) [eid: 1]");
    rig_add(rig, 0, 61);
    sl_commit_expect(rig->commit, false);
    rig_wait(rig, 1);
    expect_batches(rig, 1, 1 + 3, 1);
}

static void what_is_too_large_is_halved(void **state)
{
    struct commit_rig *rig = *state;
    rig_store(rig, 40);
    fewer_pieces(rig, 0, "POST /pdp/data-sets",
                 "addPieces packed size 65609 bytes exceeds the Filecoin 65536-byte message limit "
                 "(40 pieces)");
    fewer_pieces(rig, 0, "POST /pdp/data-sets",
                 "piece count (20) exceeds the maximum allowed per AddPieces call (400)");
    rig_commit_all(rig, 1);
    expect_batches(rig, 1, 4, 2);
}

/* Else it could make us sign forty times. */
static void a_provider_that_names_one_limit_after_another_is_soon_served(void **state)
{
    struct commit_rig *rig = *state;
    rig_store(rig, 40);
    fewer_pieces(rig, 0, "POST /pdp/data-sets",
                 "piece count (40) exceeds the maximum allowed per AddPieces call (39)");
    fewer_pieces(rig, 0, "POST /pdp/data-sets",
                 "piece count (39) exceeds the maximum allowed per AddPieces call (38)");
    rig_commit_all(rig, 1);
    expect_batches(rig, 1, 3, 2);
}

static void a_copy_is_fetched_in_smaller_batches_by_the_same_provider(void **state)
{
    struct commit_rig *rig = *state;
    rig->options.copies = 2;
    rig->options.attempts = 1;
    rig_store(rig, 40);
    rig_open(rig);
    const char *second = sl_commit_target(rig->commit, 1)->service_url;
    assert_string_equal(second, sl_devnet_provider_url(rig->net, 1));
    for (int most = 20; most > 5; most /= 2) { /* more refusals than a provider may have failures */
        char words[128];
        snprintf(words, sizeof words,
                 "Validation error: piece count (%d) exceeds the maximum allowed per pull (%d)",
                 2 * most, most);
        fewer_pieces(rig, 1, "POST /pdp/piece/pull", words);
    }
    rig_add(rig, 0, 40);
    sl_commit_expect(rig->commit, false);
    rig_wait(rig, 2);
    assert_string_equal(sl_commit_target(rig->commit, 1)->service_url,
                        sl_devnet_provider_url(rig->net, 1));
    expect_batches(rig, 2, 1 + 4, 2);
}

struct nonces {
    struct sl_u256 list[8]; /* oldest first */
    size_t count;
};

static int take_nonce(void *ctx, const struct sl_journal_commit *commit, const void *payload,
                      size_t len)
{
    struct nonces *nonces = ctx;
    (void)payload;
    (void)len;
    assert_true(nonces->count < 8);
    nonces->list[nonces->count++] = commit->nonce;
    return 0;
}

/* The refused request may have been sent all the same, whatever its provider says: it has the nonce
 * of the first of the smaller ones. */
static void a_divided_batch_cannot_land_beside_the_refused_one(void **state)
{
    struct commit_rig *rig = *state;
    rig_store(rig, 2);
    fewer_pieces(rig, 0, "POST /pdp/data-sets",
                 "piece count (2) exceeds the maximum allowed per CreateDataSetAndAddPieces call "
                 "(1)");
    rig_commit_all(rig, 1);
    expect_batches(rig, 1, 2, 1);
    struct nonces nonces = {0};
    assert_int_equal(sl_journal_each_commit(rig->journal, false, take_nonce, &nonces, NULL), 0);
    assert_int_equal(nonces.count, 3);
    assert_int_equal(sl_u256_cmp(nonces.list[0], nonces.list[1]), 0);
    assert_int_not_equal(sl_u256_cmp(nonces.list[0], nonces.list[2]), 0);
}

static void a_copy_whose_root_has_another_length_there_goes_to_another_provider(void **state)
{
    struct commit_rig *rig = *state;
    rig_more_providers(rig);
    rig->options.copies = 2;
    rig_store(rig, 1);
    rig_open(rig);
    const char *second = sl_commit_target(rig->commit, 1)->service_url;
    const int at = strcmp(second, sl_devnet_provider_url(rig->net, 1)) == 0 ? 1 : 2;
    assert_string_equal(second, sl_devnet_provider_url(rig->net, (size_t)at));
    rig_fault(rig, at,
              "{\"match\":\"POST /pdp/data-sets\",\"action\":\"status\",\"status\":400,"
              "\"body\":\"Failed to process request: raw size mismatch: expected 9, got 8\"}");
    rig_add(rig, 0, 1);
    sl_commit_expect(rig->commit, false);
    rig_wait(rig, 2);
    rig_expect_landed_once(rig, 2);
    assert_int_equal(rig_commits(rig, SL_JOURNAL_COMMIT_ABANDONED), 1); /* one request only */
}

static void a_provider_that_forbids_an_add_makes_no_data_set(void **state)
{
    struct commit_rig *rig = *state;
    second_run(rig);
    rig_fault(rig, 0,
              "{\"match\":\"POST /pdp/data-sets/1/pieces\",\"times\":2,\"action\":\"status\","
              "\"status\":403,\"body\":\"<html>Access denied</html>\"}");
    rig_add(rig, 0, 7);
    sl_commit_expect(rig->commit, false);
    rig_wait(rig, 1);
    rig_expect_landed_once(rig, 1);
    assert_int_equal(rig_data_sets(rig), 1);
}

/* Not even a start: no call that costs anything is made. */
static void a_limit_of_nothing_lets_nothing_be_spent(void **state)
{
    struct commit_rig *rig = *state;
    struct sl_err err = {0};
    const struct sl_u256 before = rig_available(rig);
    rig->options.limit = (struct sl_spend_limit){.is_set = true, .most = sl_u256(0)};
    assert_int_equal(
        sl_journal_open(&rig->journal, rig->state_dir, SL_JOURNAL_WRITE, &rig->clock, NULL), SL_OK);
    assert_int_equal(sl_commit_open(&rig->commit, &rig->options, rig->journal, &err), SL_EMONEY);
    assert_non_null(strstr(err.text, "max_spend = 0 USDFC"));
    assert_int_equal(sl_u256_cmp(rig_available(rig), before), 0);
}

/* ---- nodes and providers that are away ---- */

static void a_node_that_answers_for_another_service_makes_no_data_set(void **state)
{
    struct commit_rig *rig = *state;
    second_run(rig);
    rig_fault(rig, -1,
              "{\"match\":\"RPC eth_call\",\"times\":3,\"action\":\"status\",\"status\":404,"
              "\"body\":\"no Route matched with those values\"}");
    rig_add(rig, 0, 7);
    sl_commit_expect(rig->commit, false);
    rig_wait(rig, 1);
    rig_expect_landed_once(rig, 1);
    assert_int_equal(rig_data_sets(rig), 1);
}

static void a_node_that_is_away_costs_no_copy_its_provider(void **state)
{
    struct commit_rig *rig = *state;
    rig->options.copies = 2;
    rig->options.rpc.rounds = 1;
    rig_store(rig, 2);
    rig_open(rig);
    rig_fault(rig, -1,
              "{\"match\":\"RPC eth_call\",\"times\":24,\"action\":\"status\",\"status\":200,"
              "\"body\":\"<html>one moment, please</html>\"}");
    rig_add(rig, 0, 2);
    sl_commit_expect(rig->commit, false);
    rig_wait(rig, 2);
    rig_expect_landed_once(rig, 2);
    assert_int_equal(rig_data_sets(rig), 2);
    assert_string_equal(sl_commit_target(rig->commit, 1)->service_url,
                        sl_devnet_provider_url(rig->net, 1));
}

static void a_ping_that_breaks_off_moves_no_copy(void **state)
{
    struct commit_rig *rig = *state;
    rig->options.copies = 2;
    rig_store(rig, 2);
    rig_commit_all(rig, 2);
    rig_close(rig);
    rig_forget(rig);
    rig_store(rig, 1);
    rig_fault(rig, 0, "{\"match\":\"GET /pdp/ping\",\"times\":1,\"action\":\"reset\"}");
    rig_fault(rig, 1,
              "{\"match\":\"GET /pdp/ping\",\"times\":2,\"action\":\"status\",\"status\":502}");
    rig_commit_all(rig, 2);
    rig_expect_landed_once(rig, 2);
    assert_int_equal(rig_data_sets(rig), 2);
}

static void a_node_that_is_away_is_waited_for(void **state)
{
    struct commit_rig *rig = *state;
    rig_store(rig, 3);
    rig_open(rig);
    rig_fault(rig, -1, "{\"match\":\"RPC eth_call\",\"times\":12,\"action\":\"reset\"}");
    rig_add(rig, 0, 3);
    sl_commit_expect(rig->commit, false);
    rig_wait(rig, 1);
    rig_expect_landed_once(rig, 1);
}

/* Nothing of it comes through but what others fetch. */
static void provider_goes_away(struct commit_rig *rig)
{
    rig_fault(rig, 0, "{\"match\":\"GET /pdp\",\"action\":\"drop\"}");
    rig_fault(rig, 0, "{\"match\":\"POST /pdp\",\"action\":\"reset\"}");
}

static void pieces_at_a_provider_that_stays_away_are_told_lost_and_nothing_is_signed(void **state)
{
    struct commit_rig *rig = *state;
    rig_store(rig, 2);
    rig_open(rig);
    provider_goes_away(rig);
    rig_add(rig, 0, 2);
    sl_commit_expect(rig->commit, false);
    rig_wait(rig, 1);
    for (int i = 0; i < 2; i++)
        assert_int_equal(rig->copies[i][0].lost, 1);
    for (int state_ = 0; state_ < SL_JOURNAL_COMMIT_STATE_COUNT; state_++)
        assert_int_equal(rig_commits(rig, (enum sl_journal_commit_state)state_), 0);
    rig_no_faults(rig, 0);
    rig_forget(rig);
    rig_add(rig, 0, 2);
    rig_wait(rig, 1);
    rig_expect_landed_once(rig, 1);
}

static void a_provider_that_comes_back_costs_no_more_than_the_run_may_spend(void **state)
{
    struct commit_rig *rig = *state;
    struct sl_spend_limit *limit =
        &rig->options.limit; /* enough for two payloads, if it took two */
    limit->is_set = sl_u256_add(&limit->most, rig_sum(rig, 1, true), rig_sum(rig, 1, false));
    rig_store(rig, 2);
    rig_open(rig);
    rig_fault(rig, 0, "{\"match\":\"GET /pdp/ping\",\"times\":3,\"action\":\"drop\"}");
    rig_add(rig, 0, 2);
    sl_commit_expect(rig->commit, false);
    rig_wait(rig, 1); /* the cost of one payload was reserved, not that of each try */
    rig_expect_landed_once(rig, 1);
}

static void what_was_signed_for_a_provider_that_stays_away_holds_up_nobody(void **state)
{
    struct commit_rig *rig = *state;
    rig_store(rig, 2);
    rig_fault(rig, 0, "{\"match\":\"POST /pdp/data-sets\",\"action\":\"reset\"}");
    rig_open(rig);
    rig_add(rig, 0, 1);
    sl_commit_expect(rig->commit, false);
    while (rig_commits(rig, SL_JOURNAL_COMMIT_SENDING) == 0)
        sched_yield();
    rig_close(rig);
    rig_no_faults(rig, 0);
    provider_goes_away(rig);
    rig->options.provider = sl_u256(2);
    rig_open(rig);
    rig_add(rig, 0, 2);
    sl_commit_expect(rig->commit, false);
    rig_wait(rig, 1);
    for (size_t i = 0; i < 2; i++) /* other providers cannot fetch them from there */
        assert_int_equal(rig->copies[i][0].lost, 1);
    rig->at = 1;
    rig_forget(rig);
    for (size_t i = 0; i < 2; i++)
        rig_store_again(rig, i);
    rig_add(rig, 0, 2);
    rig_wait(rig, 1);
    rig_expect_landed_once(rig, 1);
    assert_int_equal(rig_commits(rig, SL_JOURNAL_COMMIT_SENDING), 0);
    assert_int_equal(rig_commits(rig, SL_JOURNAL_COMMIT_ABANDONED), 1);
    assert_int_equal(rig_data_sets(rig), 1);
}

/* ---- copies ---- */

static void a_copy_that_fails_goes_to_another_provider(void **state)
{
    struct commit_rig *rig = *state;
    rig->options.copies = 2;
    rig_close(rig);
    rig_store(rig, 2);
    rig_open(rig);
    const struct sl_commit_target *second = sl_commit_target(rig->commit, 1);
    const bool is_second = strcmp(second->service_url, sl_devnet_provider_url(rig->net, 1)) == 0;
    assert_true(is_second);
    rig_fault(rig, 1,
              "{\"match\":\"POST /pdp/piece/pull\",\"times\":3,\"action\":\"status\","
              "\"status\":400,\"body\":\"no\"}");
    rig_add(rig, 0, 2);
    sl_commit_expect(rig->commit, false);
    rig_wait(rig, 2);
    rig_expect_landed_once(rig, 2);
}

static void the_first_copy_is_safe_while_the_second_cannot_be_made(void **state)
{
    struct commit_rig *rig = *state;
    rig->options.copies = 2;
    rig_store(rig, 2);
    rig_fault(rig, 1,
              "{\"match\":\"POST /pdp/piece/pull\",\"action\":\"status\",\"status\":400,"
              "\"body\":\"no\"}");
    rig_commit_all(rig, 2);
    rig_expect_landed(rig, 0);
    assert_int_equal(rig->copies[0][1].failed, 1);
    assert_int_equal(rig_on_chain(rig, 0), 1);
    rig_no_faults(rig, 1);
    rig_close(rig);
    rig_forget(rig);
    rig_commit_all(rig, 2); /* the missing one alone is made */
    rig_expect_landed_once(rig, 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        TEST(an_ended_data_set_is_replaced_by_a_new_one),
        TEST(a_named_data_set_that_ended_is_not_asked_again),
        TEST(a_piece_that_is_refused_fails_alone_and_makes_no_data_set),
        TEST(what_is_refused_for_good_is_signed_once),
        TEST(a_provider_that_takes_twenty_gets_twenty_from_then_on),
        TEST(an_add_is_divided_as_well),
        TEST(what_is_too_large_is_halved),
        TEST(a_provider_that_names_one_limit_after_another_is_soon_served),
        TEST(a_copy_is_fetched_in_smaller_batches_by_the_same_provider),
        TEST(a_divided_batch_cannot_land_beside_the_refused_one),
        TEST(a_copy_whose_root_has_another_length_there_goes_to_another_provider),
        TEST(a_provider_that_forbids_an_add_makes_no_data_set),
        TEST(a_limit_of_nothing_lets_nothing_be_spent),
        TEST(a_node_that_answers_for_another_service_makes_no_data_set),
        TEST(a_node_that_is_away_costs_no_copy_its_provider),
        TEST(a_ping_that_breaks_off_moves_no_copy),
        TEST(a_node_that_is_away_is_waited_for),
        TEST(pieces_at_a_provider_that_stays_away_are_told_lost_and_nothing_is_signed),
        TEST(a_provider_that_comes_back_costs_no_more_than_the_run_may_spend),
        TEST(what_was_signed_for_a_provider_that_stays_away_holds_up_nobody),
        TEST(a_copy_that_fails_goes_to_another_provider),
        TEST(the_first_copy_is_safe_while_the_second_cannot_be_made),
    };
    return cmocka_run_group_tests_name("commit refused", tests, NULL, NULL);
}
