/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The rules of a submission: what each row decides, stated once more and independently; every view
 * that there can be; and that no action of the table could be another one unnoticed. */
#include <string.h>

#include "commit/reuse/reuse_rule.h"
#include "commit/submission/submission.h"
#include "support/test.h"

#define F(fact) SL_FACT_##fact

/* ---- each row by itself ---- */

/* For the row of this name: a view that it decides, and how. */
struct example {
    const char *name;
    enum sl_submission_state state;
    unsigned facts;
    enum sl_submission_action action;
};

static const struct example examples[] = {
    {"the program ends", SL_SUBMISSION_SIGNED, F(CANCELED), SL_ACTION_STOP},
    {"impossible", SL_SUBMISSION_CONTRADICTED, F(REPEAT_DUE), SL_ACTION_STOP},
    {"left unsent", SL_SUBMISSION_SIGNED, F(LEFT), SL_ACTION_ABANDON_UNSENT},
    {"first request", SL_SUBMISSION_SIGNED, 0, SL_ACTION_SEND},
    {"refused at once", SL_SUBMISSION_REFUSED, F(REPEAT_DUE), SL_ACTION_ABANDON_REFUSED},
    {"superseded", SL_SUBMISSION_SUPERSEDED, F(REPEAT_DUE), SL_ACTION_ABANDON_SUPERSEDED},
    {"just sent", SL_SUBMISSION_IN_FLIGHT, F(SENT) | F(REPEAT_DUE) | F(CHAIN_DUE), SL_ACTION_WAIT},
    {"provider first", SL_SUBMISSION_IN_FLIGHT, F(HAS_TX) | F(CHAIN_DUE), SL_ACTION_ASK_PROVIDER},
    {"is it back?", SL_SUBMISSION_IN_FLIGHT, F(SILENT) | F(CHAIN_DUE), SL_ACTION_PING_PROVIDER},
    {"long silence", SL_SUBMISSION_IN_FLIGHT, F(PROVIDER_ASKED) | F(SILENT) | F(REPORT_DUE),
     SL_ACTION_REPORT_SILENCE},
    {"list asked for", SL_SUBMISSION_LANDED, F(LISTING_OVERDUE), SL_ACTION_ASK_LISTING},
    {"list overdue", SL_SUBMISSION_LANDED, F(LISTING_ASKED) | F(LISTING_OVERDUE),
     SL_ACTION_RECHECK_CHAIN},
    {"not listed yet", SL_SUBMISSION_LANDED, F(LISTING_ASKED) | F(WITNESSED), SL_ACTION_WAIT},
    {"landed for good", SL_SUBMISSION_LANDED, F(LISTED) | F(WITNESSED), SL_ACTION_CONFIRM},
    {"second node asked", SL_SUBMISSION_LANDED, F(LISTED), SL_ACTION_ASK_SECOND},
    {"not witnessed yet", SL_SUBMISSION_LANDED, F(LISTED) | F(SECOND_ASKED), SL_ACTION_WAIT},
    {"chain is due", SL_SUBMISSION_IN_FLIGHT, F(CHAIN_DUE) | F(FAILED_LONG) | F(REPEAT_DUE),
     SL_ACTION_ASK_CHAIN},
    {"failed for long", SL_SUBMISSION_IN_FLIGHT, F(FAILED_LONG), SL_ACTION_ABANDON_FAILED},
    {"refused for long", SL_SUBMISSION_IN_FLIGHT, F(REFUSED_LONG) | F(REPEAT_DUE),
     SL_ACTION_ABANDON_REFUSED},
    {"silent for long", SL_SUBMISSION_IN_FLIGHT, F(SILENT_LONG) | F(NO_ANSWER) | F(PROVIDER_ASKED),
     SL_ACTION_ABANDON_SILENT},
    {"no answer", SL_SUBMISSION_IN_FLIGHT, F(NO_ANSWER) | F(REPEAT_DUE) | F(FAILED_LONG),
     SL_ACTION_WAIT},
    {"repeat", SL_SUBMISSION_IN_FLIGHT, F(REPEAT_DUE), SL_ACTION_SEND},
    {"nothing new", SL_SUBMISSION_IN_FLIGHT, F(CHAIN_ASKED) | F(CHAIN_DUE), SL_ACTION_WAIT},
};

enum { EXAMPLES = sizeof examples / sizeof examples[0] };

static bool holds(const struct example *example, const struct sl_submission_rule *rules)
{
    const struct sl_submission_view view = {example->state, example->facts};
    const struct sl_submission_rule *rule = sl_submission_match(rules, view);
    return rule->name != NULL && strcmp(rule->name, example->name) == 0 &&
           rule->action == example->action;
}

static void each_row_decides_as_stated(void **state)
{
    (void)state;
    assert_int_equal(EXAMPLES, SL_SUBMISSION_RULES - 1);
    for (size_t i = 0; i < EXAMPLES; i++) {
        assert_string_equal(sl_submission_rules[i].name, examples[i].name);
        if (!holds(&examples[i], sl_submission_rules))
            fail_msg("row \"%s\" does not decide as stated", examples[i].name);
    }
}

/* ---- every view ---- */

static enum sl_submission_action expect_landed(unsigned facts)
{
    if ((facts & F(LISTED)) == 0) {
        if ((facts & F(LISTING_ASKED)) == 0)
            return SL_ACTION_ASK_LISTING;
        const bool recheck = (facts & F(LISTING_OVERDUE)) != 0 && (facts & F(RECHECKED)) == 0;
        return recheck ? SL_ACTION_RECHECK_CHAIN : SL_ACTION_WAIT;
    }
    if ((facts & F(WITNESSED)) != 0)
        return SL_ACTION_CONFIRM;
    return (facts & F(SECOND_ASKED)) != 0 ? SL_ACTION_WAIT : SL_ACTION_ASK_SECOND;
}

static enum sl_submission_action expect_in_flight(unsigned facts)
{
    const bool answered = (facts & F(NO_ANSWER)) == 0;
    if ((facts & F(CHAIN_DUE)) != 0 && (facts & F(CHAIN_ASKED)) == 0)
        return SL_ACTION_ASK_CHAIN;
    if (answered && (facts & F(FAILED_LONG)) != 0)
        return SL_ACTION_ABANDON_FAILED;
    if (answered && (facts & F(REFUSED_LONG)) != 0)
        return SL_ACTION_ABANDON_REFUSED;
    if ((facts & F(SILENT_LONG)) != 0)
        return SL_ACTION_ABANDON_SILENT;
    return answered && (facts & F(REPEAT_DUE)) != 0 ? SL_ACTION_SEND : SL_ACTION_WAIT;
}

/* The questions that come before the decision about an open payload. */
static enum sl_submission_action expect_open(bool is_landed, unsigned facts)
{
    const bool asked = (facts & F(PROVIDER_ASKED)) != 0;
    if (!is_landed && (facts & F(SENT)) != 0)
        return SL_ACTION_WAIT;
    if (!asked && (facts & F(HAS_TX)) != 0)
        return SL_ACTION_ASK_PROVIDER;
    if (!asked && (facts & F(SILENT)) != 0)
        return SL_ACTION_PING_PROVIDER;
    if ((facts & F(REPORT_DUE)) != 0)
        return SL_ACTION_REPORT_SILENCE;
    return is_landed ? expect_landed(facts) : expect_in_flight(facts);
}

static enum sl_submission_action expect(enum sl_submission_state state, unsigned facts)
{
    if ((facts & F(CANCELED)) != 0)
        return SL_ACTION_STOP;
    switch (state) {
    case SL_SUBMISSION_SIGNED:
        return (facts & F(LEFT)) != 0 ? SL_ACTION_ABANDON_UNSENT : SL_ACTION_SEND;
    case SL_SUBMISSION_REFUSED:
        return SL_ACTION_ABANDON_REFUSED;
    case SL_SUBMISSION_SUPERSEDED:
        return SL_ACTION_ABANDON_SUPERSEDED;
    case SL_SUBMISSION_IN_FLIGHT:
    case SL_SUBMISSION_LANDED:
        return expect_open(state == SL_SUBMISSION_LANDED, facts);
    case SL_SUBMISSION_CONTRADICTED:
    case SL_SUBMISSION_STATE_COUNT:
        break;
    }
    return SL_ACTION_STOP;
}

static void every_view_is_decided_as_the_prose_says(void **state)
{
    size_t views = 0;
    (void)state;
    for (int at = 0; at < SL_SUBMISSION_STATE_COUNT; at++) {
        for (unsigned facts = 0; facts < 1U << SL_FACT_COUNT; facts++, views++) {
            const struct sl_submission_view view = {(enum sl_submission_state)at, facts};
            const enum sl_submission_action action = sl_submission_decide(view);
            if (sl_submission_match(sl_submission_rules, view)->name == NULL ||
                action != expect(view.state, facts))
                fail_msg("state %d, facts %x: action %d", at, facts, (int)action);
        }
    }
    print_message("%zu views: all decided as stated\n", views);
}

/* ---- no row is without a test ---- */

/* Of all examples, only that of the row fails. */
static void check_swap(size_t row, enum sl_submission_action action)
{
    struct sl_submission_rule rules[SL_SUBMISSION_RULES];
    memcpy(rules, sl_submission_rules, sizeof rules);
    rules[row].action = action;
    for (size_t i = 0; i < EXAMPLES; i++) {
        if (holds(&examples[i], rules) == (i == row))
            fail_msg("row \"%s\" with action %d: test \"%s\" is wrong",
                     sl_submission_rules[row].name, (int)action, examples[i].name);
    }
}

static void a_swapped_action_in_any_row_fails_the_test_of_that_row(void **state)
{
    size_t swaps = 0;
    (void)state;
    for (size_t row = 0; row < EXAMPLES; row++) {
        for (int action = 0; action < SL_ACTION_COUNT; action++) {
            if (action == (int)sl_submission_rules[row].action)
                continue;
            check_swap(row, (enum sl_submission_action)action);
            swaps++;
        }
    }
    print_message("%zu swapped actions: each fails the test of its row, and no other\n", swaps);
}

static void a_row_that_is_left_out_fails_its_test(void **state)
{
    struct sl_submission_rule rules[SL_SUBMISSION_RULES];
    (void)state;
    for (size_t row = 0; row < EXAMPLES; row++) {
        memcpy(rules, sl_submission_rules, sizeof rules);
        rules[row].states = 0;
        assert_false(holds(&examples[row], rules));
    }
}

/* ---- what an abandoned payload means for the next one ---- */

static void an_abandoned_payload_keeps_its_nonce_until_the_nonce_is_used(void **state)
{
    (void)state;
    for (int is_long = 0; is_long < 2; is_long++) {
        const bool at = is_long != 0;
        assert_int_equal(sl_reuse_decide(SL_EARLIER_UNUSED, at), SL_REUSE_SAME_NONCE);
        assert_int_equal(sl_reuse_decide(SL_EARLIER_ABANDONED, at), SL_REUSE_ADOPT);
        assert_int_equal(sl_reuse_decide(SL_EARLIER_KNOWN, at), SL_REUSE_NO_MATTER);
    }
    assert_int_equal(sl_reuse_decide(SL_EARLIER_UNMATCHED, false), SL_REUSE_WAIT_FOR_NODE);
    assert_int_equal(sl_reuse_decide(SL_EARLIER_UNMATCHED, true), SL_REUSE_REFUSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_decides_as_stated),
        cmocka_unit_test(every_view_is_decided_as_the_prose_says),
        cmocka_unit_test(a_swapped_action_in_any_row_fails_the_test_of_that_row),
        cmocka_unit_test(a_row_that_is_left_out_fails_its_test),
        cmocka_unit_test(an_abandoned_payload_keeps_its_nonce_until_the_nonce_is_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
