/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The provider of the first copy is gone: whose fault that is, who has its place, and what becomes
 * of the pieces that it had. */
#include <sched.h>
#include <string.h>

#include "sluice/journal.h"

#include "commit_rig.h"
#include "support/test.h"
#include "support/tmp.h"

static const char everything_fails[] = "{\"match\":\"\",\"action\":\"status\",\"status\":503}";

/* A reset keeps what is asked for from being done, a drop what was read from being told. */
static void goes_away(struct commit_rig *rig, int at)
{
    rig_fault(rig, at, "{\"match\":\"POST /\",\"action\":\"reset\"}");
    rig_fault(rig, at, "{\"match\":\"\",\"action\":\"drop\"}");
}

/* ---- whose fault it is ---- */

static void the_provider_is_blamed_only_when_others_answer(void **state)
{
    (void)state;
    static const struct {
        bool chain, silent, it, another;
        enum sl_commit_verdict verdict;
    } rows[] = {
        {false, true, false, false, SL_VERDICT_LINE},
        {false, false, true, true, SL_VERDICT_LINE},
        {false, true, false, true, SL_VERDICT_LINE},
        {true, true, true, true, SL_VERDICT_BACK},
        {true, true, true, false, SL_VERDICT_BACK},
        {true, true, false, true, SL_VERDICT_ANOTHER},
        {true, true, false, false, SL_VERDICT_ALONE},
        {true, false, true, true, SL_VERDICT_ANOTHER}, /* it answers, and fails */
        {true, false, true, false, SL_VERDICT_ALONE},
        {true, false, false, true, SL_VERDICT_ANOTHER},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(
            sl_commit_judge(rows[i].chain, rows[i].silent, rows[i].it, rows[i].another),
            rows[i].verdict);
}

static enum sl_commit_verdict seek(struct commit_rig *rig, bool silent, struct sl_err *why)
{
    struct sl_provider_search *seek = NULL;
    assert_int_equal(sl_commit_provider_search_new(&seek, rig->commit, silent, NULL), SL_OK);
    const enum sl_commit_verdict verdict = sl_commit_provider_search_run(seek, why);
    sl_commit_provider_search_free(seek);
    return verdict;
}

static void what_is_found_depends_on_who_answers(void **state)
{
    struct commit_rig *rig = *state;
    struct sl_err why = {0};
    rig_open(rig);
    assert_int_equal(seek(rig, true, &why), SL_VERDICT_BACK);
    goes_away(rig, 0);
    assert_int_equal(seek(rig, true, &why), SL_VERDICT_ANOTHER);
    rig_fault(rig, 1, everything_fails);
    assert_int_equal(seek(rig, true, &why), SL_VERDICT_ALONE);
    assert_non_null(strstr(why.text, "no other approved provider answers"));
    goes_away(rig, -1);
    assert_int_equal(seek(rig, true, &why), SL_VERDICT_LINE);
    rig_no_faults(rig, -1);
    rig_no_faults(rig, 1);
    rig_no_faults(rig, 0);
    rig_fault(rig, 0, everything_fails);
    assert_int_equal(seek(rig, false, &why), SL_VERDICT_ANOTHER);
}

static void the_provider_of_another_copy_is_not_taken(void **state)
{
    struct commit_rig *rig = *state;
    struct sl_err why = {0};
    rig->options.copies = 2; /* of two that are approved */
    rig_open(rig);
    goes_away(rig, 0);
    assert_int_equal(seek(rig, true, &why), SL_VERDICT_ALONE);
}

static void a_search_that_is_cancelled_blames_nobody(void **state)
{
    struct commit_rig *rig = *state;
    struct sl_provider_search *seek = NULL;
    struct sl_err why = {0};
    rig_open(rig);
    goes_away(rig, 0);
    assert_int_equal(sl_commit_provider_search_new(&seek, rig->commit, true, NULL), SL_OK);
    sl_commit_provider_search_cancel(seek);
    assert_int_equal(sl_commit_provider_search_run(seek, &why), SL_VERDICT_LINE);
    sl_commit_provider_search_free(seek);
}

/* ---- the way there ---- */

static void move(struct commit_rig *rig)
{
    struct sl_provider_search *seek = NULL;
    struct sl_commit_moved moved;
    struct sl_err why = {0}, err = {0};
    (void)sl_err_set(&why, SL_ENET, "it was switched off");
    assert_int_equal(sl_commit_provider_search_new(&seek, rig->commit, true, NULL), SL_OK);
    assert_int_equal(sl_commit_provider_search_run(seek, &err), SL_VERDICT_ANOTHER);
    if (sl_commit_move(&moved, rig->commit, seek, &why, &err) < 0)
        fail_msg("%s", err.text);
    sl_commit_provider_search_free(seek);
    assert_string_equal(moved.from.service_url, sl_devnet_provider_url(rig->net, 0));
    assert_string_equal(moved.to.service_url, sl_devnet_provider_url(rig->net, 1));
    assert_false(moved.endorsed);
}

/* What the engine does with pieces that are told lost. */
static void send_anew(struct commit_rig *rig, size_t i)
{
    rig->at = 1;
    rig_store_again(rig, i);
    rig_add(rig, i, 1);
}

static void landed_once_each(struct commit_rig *rig)
{
    for (size_t i = 0; i < rig->piece_count; i++)
        assert_int_equal(rig_on_chain(rig, i), 1);
}

static int look_at_failure(void *ctx, const struct sl_journal_provider *provider)
{
    struct sl_journal_provider *out = ctx;
    *out = *provider;
    return 1;
}

static void pieces_of_a_provider_that_is_gone_are_told_lost_and_land_elsewhere(void **state)
{
    struct commit_rig *rig = *state;
    struct sl_journal_provider failure;
    rig_store(rig, 2);
    rig_open(rig);
    goes_away(rig, 0);
    move(rig);
    sl_commit_expect(rig->commit, false);
    rig_add(rig, 0, 2);
    rig_wait(rig, 1);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(rig->copies[i][0].lost, 1);
    rig_forget(rig);
    for (size_t i = 0; i < 2; i++)
        send_anew(rig, i);
    rig_wait(rig, 1);
    rig_expect_landed(rig, 0);
    landed_once_each(rig);
    assert_int_equal(sl_journal_each_provider(rig->journal, rig->options.network.chain_id,
                                              look_at_failure, &failure, NULL),
                     1);
    assert_int_equal(sl_u256_cmp(failure.provider_id, sl_u256(1)), 0);
    assert_string_equal(failure.err.text, "it was switched off");
}

/* It was asked to commit, and no answer came; then it is gone, and the others are not held up. */
static void what_may_land_is_not_signed_again_and_holds_up_nobody(void **state)
{
    struct commit_rig *rig = *state;
    rig_store(rig, 2);
    rig_open(rig);
    sl_commit_expect(rig->commit, false);
    rig_fault(rig, 0, "{\"match\":\"POST /pdp/data-sets\",\"action\":\"reset\"}");
    rig_add(rig, 0, 1);
    rig_wait_fault(rig, 0); /* it is noted before it leaves */
    assert_int_equal(rig_commits(rig, SL_JOURNAL_COMMIT_SENDING), 1);
    rig_no_faults(rig, 0);
    goes_away(rig, 0);
    move(rig);
    rig_add(rig, 0, 1);
    rig->at = 1;
    rig_store_again(rig, 1);
    rig_add(rig, 1, 1);
    while (rig_on_chain(rig, 1) == 0)
        sched_yield();
    assert_int_equal(rig_on_chain(rig, 0), 0);
    rig_no_faults(rig, 0); /* it is back, but the data set has been made elsewhere */
    rig_wait(rig, 1);
    if (rig->copies[0][0].landed == 0) { /* it was away for too long: it is given once more */
        rig_forget(rig);
        rig->at = 0;
        rig_store_again(rig, 0);
        rig_add(rig, 0, 2);
        rig_wait(rig, 1);
    }
    rig_expect_landed(rig, 0);
    landed_once_each(rig);
    assert_int_equal(rig_data_sets(rig), 1);
    assert_int_equal(rig_commits(rig, SL_JOURNAL_COMMIT_ABANDONED), 1);
}

/* Its transaction is on chain before it is gone: the chain alone says so. */
static void what_has_landed_at_a_provider_that_is_gone_is_known_from_the_chain(void **state)
{
    struct commit_rig *rig = *state;
    rig_store(rig, 1);
    rig_open(rig);
    sl_commit_expect(rig->commit, false);
    rig_fault(rig, 0, "{\"match\":\"GET /pdp\",\"action\":\"status\",\"status\":404}");
    rig_add(rig, 0, 1);
    while (rig_on_chain(rig, 0) == 0)
        sched_yield();
    rig_no_faults(rig, 0);
    goes_away(rig, 0);
    move(rig);
    rig_forget(rig); /* it may have been seen to land between the faults */
    rig_add(rig, 0, 1);
    rig_wait(rig, 1);
    /* once, or once more when it is given again after it has landed */
    assert_in_range(rig->copies[0][0].landed, 1, 2);
    assert_int_equal(rig->copies[0][0].lost + rig->copies[0][0].failed, 0);
    landed_once_each(rig);
    assert_int_equal(rig_data_sets(rig), 1);
}

static void a_copy_elsewhere_stays_where_it_is(void **state)
{
    struct commit_rig *rig = *state;
    struct sl_err err = {0};
    rig_more_providers(rig);
    rig->options.copies = 2;
    rig_store(rig, 1);
    rig_open(rig);
    sl_commit_expect(rig->commit, false);
    rig_add(rig, 0, 1);
    rig_wait(rig, 2);
    const uint64_t second = rig->copies[0][1].event.data_set_id;
    rig_store(rig, 1);
    const char *home = sl_commit_target(rig->commit, 1)->service_url;
    rig->at = strcmp(home, sl_devnet_provider_url(rig->net, 1)) == 0 ? 2 : 1;
    goes_away(rig, 0);
    struct sl_provider_search *seek_ = NULL;
    struct sl_commit_moved moved;
    assert_int_equal(sl_commit_provider_search_new(&seek_, rig->commit, true, NULL), SL_OK);
    assert_int_equal(sl_commit_provider_search_run(seek_, &err), SL_VERDICT_ANOTHER);
    assert_int_equal(sl_commit_move(&moved, rig->commit, seek_, &err, &err), SL_OK);
    sl_commit_provider_search_free(seek_);
    assert_string_equal(moved.to.service_url, sl_devnet_provider_url(rig->net, rig->at));
    rig_forget(rig);
    rig_store_again(rig, 1);
    rig_add(rig, 0, 2);
    rig_wait(rig, 2);
    rig_expect_landed(rig, 0);
    rig_expect_landed(rig, 1);
    assert_int_equal(rig->copies[1][1].event.data_set_id, second);
    assert_int_equal(rig_on_chain(rig, 0), 2);
    assert_int_equal(rig_on_chain(rig, 1), 2);
    assert_int_equal(rig_data_sets(rig), 3);
}

#define MOVE_TEST(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_provider_is_blamed_only_when_others_answer),
        MOVE_TEST(what_is_found_depends_on_who_answers),
        MOVE_TEST(the_provider_of_another_copy_is_not_taken),
        MOVE_TEST(a_search_that_is_cancelled_blames_nobody),
        MOVE_TEST(pieces_of_a_provider_that_is_gone_are_told_lost_and_land_elsewhere),
        MOVE_TEST(what_may_land_is_not_signed_again_and_holds_up_nobody),
        MOVE_TEST(what_has_landed_at_a_provider_that_is_gone_is_known_from_the_chain),
        MOVE_TEST(a_copy_elsewhere_stays_where_it_is),
    };
    return cmocka_run_group_tests_name("another first provider", tests, NULL, NULL);
}
