/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Only the chain's word about the nonce decides what became of a payload. The provider's word only
 * says when to ask the chain.
 *
 * "Unused" is true only for the block that the answer describes. Public nodes fall behind, and one
 * address may stand for several nodes. So the time of that block counts (seen_ms), not the time of
 * the answer. An abandoned payload may still land, so it keeps its nonce: nonce.c.
 */
#include "submission/submission.h"

#include "sluice/sp.h"

enum {
    CHAIN_EVERY_EPOCHS = 4, /* while the provider says "pending" */
    FAILED_EPOCHS = 3,
    SILENT_EPOCHS = 4,
    SOON_AN_EPOCH = 15,      /* 2 s of a 30 s epoch */
    REPORT_AFTER_MS = 20000, /* of silence */
    BEHIND_EPOCHS = 10,      /* how far nodes behind one address may be apart */
    SECOND_EPOCHS = 20,      /* how far two nodes may be apart */
    PATIENCE_RESENDS = 2,    /* how many times resend_ms a hopeless payload is waited for */
};

/* ---- the decision ---- */

#define IN(state) (1U << SL_SUBMISSION_##state)
#define F(fact)   SL_FACT_##fact
#define OPEN      (IN(IN_FLIGHT) | IN(LANDED))
#define ANY       (OPEN | IN(SIGNED) | IN(REFUSED) | IN(SUPERSEDED) | IN(CONTRADICTED))

const struct sl_submission_rule sl_submission_rules[SL_SUBMISSION_RULES] = {
    {"the program ends", ANY, F(CANCELED), 0, SL_ACTION_STOP},
    {"impossible", IN(CONTRADICTED), 0, 0, SL_ACTION_STOP},

    {"left unsent", IN(SIGNED), F(LEFT), 0, SL_ACTION_ABANDON_UNSENT},
    {"first request", IN(SIGNED), 0, 0, SL_ACTION_SEND},
    {"refused at once", IN(REFUSED), 0, 0, SL_ACTION_ABANDON_REFUSED},
    {"superseded", IN(SUPERSEDED), 0, 0, SL_ACTION_ABANDON_SUPERSEDED},

    {"just sent", IN(IN_FLIGHT), F(SENT), 0, SL_ACTION_WAIT},
    {"provider first", OPEN, F(HAS_TX), F(PROVIDER_ASKED), SL_ACTION_ASK_PROVIDER},
    {"is it back?", OPEN, F(SILENT), F(HAS_TX) | F(PROVIDER_ASKED), SL_ACTION_PING_PROVIDER},
    {"long silence", OPEN, F(REPORT_DUE), 0, SL_ACTION_REPORT_SILENCE},

    {"list asked for", IN(LANDED), 0, F(LISTED) | F(LISTING_ASKED), SL_ACTION_ASK_LISTING},
    {"list overdue", IN(LANDED), F(LISTING_OVERDUE), F(LISTED) | F(RECHECKED),
     SL_ACTION_RECHECK_CHAIN},
    {"not listed yet", IN(LANDED), 0, F(LISTED), SL_ACTION_WAIT},
    {"landed for good", IN(LANDED), F(WITNESSED), 0, SL_ACTION_CONFIRM},
    {"second node asked", IN(LANDED), 0, F(SECOND_ASKED), SL_ACTION_ASK_SECOND},
    {"not witnessed yet", IN(LANDED), 0, 0, SL_ACTION_WAIT},

    {"chain is due", IN(IN_FLIGHT), F(CHAIN_DUE), F(CHAIN_ASKED), SL_ACTION_ASK_CHAIN},
    {"failed for long", IN(IN_FLIGHT), F(FAILED_LONG), F(NO_ANSWER), SL_ACTION_ABANDON_FAILED},
    {"refused for long", IN(IN_FLIGHT), F(REFUSED_LONG), F(NO_ANSWER), SL_ACTION_ABANDON_REFUSED},
    {"silent for long", IN(IN_FLIGHT), F(SILENT_LONG), 0, SL_ACTION_ABANDON_SILENT},
    {"no answer", IN(IN_FLIGHT), F(NO_ANSWER), 0, SL_ACTION_WAIT},
    {"repeat", IN(IN_FLIGHT), F(REPEAT_DUE), 0, SL_ACTION_SEND},
    {"nothing new", IN(IN_FLIGHT), 0, 0, SL_ACTION_WAIT},
    {.action = SL_ACTION_STOP}, /* the end; no view gets here */
};

#undef IN
#undef F
#undef OPEN
#undef ANY

const struct sl_submission_rule *sl_submission_match(const struct sl_submission_rule *rules,
                                                     struct sl_submission_view view)
{
    const struct sl_submission_rule *rule = rules;
    while (rule->name != NULL &&
           ((rule->states >> view.state & 1U) == 0 || (view.facts & rule->with) != rule->with ||
            (view.facts & rule->without) != 0))
        rule++;
    return rule;
}

enum sl_submission_action sl_submission_decide(struct sl_submission_view view)
{
    return sl_submission_match(sl_submission_rules, view)->action;
}

/* ---- the view ---- */

static int64_t epochs_ms(const struct sl_submission *s, int64_t epochs)
{
    return epochs * s->times.epoch_ms;
}

static int64_t patience_ms(const struct sl_submission *s)
{
    return PATIENCE_RESENDS * s->times.resend_ms;
}

static enum sl_submission_state state_of(const struct sl_submission *s)
{
    if (s->is_contradicted)
        return SL_SUBMISSION_CONTRADICTED;
    if (s->is_landed)
        return SL_SUBMISSION_LANDED;
    if (s->is_superseded)
        return SL_SUBMISSION_SUPERSEDED;
    if (s->is_refused)
        return SL_SUBMISSION_REFUSED;
    return s->is_sent ? SL_SUBMISSION_IN_FLIGHT : SL_SUBMISSION_SIGNED;
}

/* Whether the time of the early repeat had come at at_ms. */
static bool is_soon(const struct sl_submission *s, int64_t at_ms)
{
    return s->soon_ms != 0 && at_ms >= s->sent_ms + s->soon_ms;
}

static bool is_chain_due(const struct sl_submission *s, int64_t now_ms)
{
    const bool is_pending = s->look.word == SL_PROVIDER_PENDING;
    if (s->asked_ms == 0 || s->look.word == SL_PROVIDER_DONE ||
        (is_soon(s, now_ms) && !is_soon(s, s->asked_ms)))
        return true;
    return now_ms - s->asked_ms >= epochs_ms(s, is_pending ? CHAIN_EVERY_EPOCHS : 1);
}

static bool is_failed_long(const struct sl_submission *s)
{
    return s->look.word == SL_PROVIDER_FAILED && s->failed_ms != 0 &&
           s->seen_ms - s->failed_ms >= epochs_ms(s, FAILED_EPOCHS);
}

static bool is_refused_long(const struct sl_submission *s, int64_t now_ms)
{
    return s->has_refusal && s->seen_ms > s->sent_ms && now_ms - s->started_ms >= patience_ms(s);
}

static bool is_silent_long(const struct sl_submission *s, int64_t age_ms)
{
    return s->silent_since_ms != 0 &&
           s->seen_ms - s->silent_since_ms >= epochs_ms(s, SILENT_EPOCHS) &&
           age_ms >= patience_ms(s);
}

/* A repeat that was not preceded by a look at the chain proves nothing about the chain. */
static bool is_repeat_due(const struct sl_submission *s, int64_t now_ms)
{
    const bool is_pending = s->look.word == SL_PROVIDER_PENDING;
    if (s->look.word == SL_PROVIDER_FAILED || s->look.word == SL_PROVIDER_DONE || s->asked_ms == 0)
        return false;
    if (!is_pending && is_soon(s, s->asked_ms))
        return true;
    return now_ms - s->sent_ms >= (is_pending ? s->times.settle_ms : s->times.resend_ms);
}

/* A silent provider lists nothing; some blocks on top are enough then. */
static bool is_listing_overdue(const struct sl_submission *s, int64_t now_ms)
{
    const int64_t silent_ms = epochs_ms(s, SILENT_EPOCHS);
    const bool is_silent = s->silent_since_ms != 0 && now_ms - s->silent_since_ms >= silent_ms;
    return now_ms - s->landed_ms > (is_silent ? silent_ms : s->times.settle_ms);
}

static bool is_report_due(const struct sl_submission *s, int64_t now_ms)
{
    return !s->is_reported && s->silent_since_ms != 0 &&
           now_ms - s->silent_since_ms >= REPORT_AFTER_MS;
}

struct sl_submission_view sl_submission_view(const struct sl_submission *s, int64_t now_ms,
                                             int64_t age_ms)
{
    const struct {
        bool is_true;
        enum sl_submission_fact fact;
    } facts[] = {
        {s->is_left, SL_FACT_LEFT},
        {s->has_tx, SL_FACT_HAS_TX},
        {s->silent_since_ms != 0, SL_FACT_SILENT},
        {is_report_due(s, now_ms), SL_FACT_REPORT_DUE},
        {is_chain_due(s, now_ms), SL_FACT_CHAIN_DUE},
        {is_failed_long(s), SL_FACT_FAILED_LONG},
        {is_refused_long(s, now_ms), SL_FACT_REFUSED_LONG},
        {is_silent_long(s, age_ms), SL_FACT_SILENT_LONG},
        {is_repeat_due(s, now_ms), SL_FACT_REPEAT_DUE},
        {s->look.word == SL_PROVIDER_DONE, SL_FACT_LISTED},
        {is_listing_overdue(s, now_ms), SL_FACT_LISTING_OVERDUE},
        {s->is_witnessed, SL_FACT_WITNESSED},
    };
    struct sl_submission_view view = {.state = state_of(s), .facts = s->look.facts};
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
        view.facts |= facts[i].is_true ? (unsigned)facts[i].fact : 0;
    return view;
}

/* ---- what is known ---- */

void sl_submission_begin(struct sl_submission *s, const struct sl_submission_times *times,
                         const struct sl_submission_start *start)
{
    const int64_t sent_ms = start->sent_ms;
    *s = (struct sl_submission){.times = *times,
                                .is_sent = start->is_sent,
                                .is_left = start->is_left,
                                .has_tx = start->has_tx,
                                .started_ms = sent_ms,
                                .sent_ms = sent_ms};
}

void sl_submission_begin_look(struct sl_submission *s)
{
    s->look.facts = 0;
    s->look.word = SL_PROVIDER_KNOWS_NOTHING;
}

void sl_submission_end_look(struct sl_submission *s)
{
    s->failures = (s->look.facts & SL_FACT_NO_ANSWER) != 0 ? s->failures + 1 : 0;
}

static void note(struct sl_submission *s, enum sl_submission_fact fact, int rc)
{
    s->look.facts |= (unsigned)fact | (rc == SL_ECANCELED ? (unsigned)SL_FACT_CANCELED : 0);
}

bool sl_is_silence(int code)
{
    return code == SL_ENET || code == SL_ESTALLED;
}

static void note_silence(struct sl_submission *s, int rc, int64_t now_ms)
{
    if (!sl_is_silence(rc))
        s->silent_since_ms = 0;
    else if (s->silent_since_ms == 0)
        s->silent_since_ms = now_ms;
    s->is_reported = s->is_reported && s->silent_since_ms != 0;
}

/* An error from the provider itself has ended the request. A proxy's 502 or 504 says nothing about
 * the handler behind it. Each such answer in a row doubles the wait. */
static void note_answer(struct sl_submission *s, const struct sl_err *answer)
{
    const bool ended =
        answer->code == SL_ESERVER && (answer->detail == 500 || answer->detail == 503);
    s->soon_ms = 0;
    if (!ended) {
        s->soon_count = 0;
        return;
    }
    s->soon_ms = s->times.epoch_ms / SOON_AN_EPOCH + 1;
    for (int i = 0; i < s->soon_count && s->soon_ms < s->times.resend_ms; i++)
        s->soon_ms *= 2;
    s->soon_count++;
}

void sl_submission_on_first_request(struct sl_submission *s, int rc, bool left,
                                    const struct sl_err *answer, int64_t sent_ms)
{
    s->is_refused = rc < 0 && (!left || !sl_sp_is_unclear(answer));
    s->is_sent = !s->is_refused;
    s->has_tx = rc == SL_OK;
    s->started_ms = s->sent_ms = sent_ms;
    note_answer(s, answer);
}

void sl_submission_on_repeat(struct sl_submission *s, int rc, const struct sl_err *answer,
                             int64_t now_ms)
{
    note(s, SL_FACT_SENT, SL_OK); /* a cancelled repeat ends with the wait after it */
    note_silence(s, rc, now_ms);
    note_answer(s, answer);
    s->has_tx = s->has_tx || rc == SL_OK;
    s->sent_ms = now_ms;
    s->failed_ms = 0;
    s->has_refusal = rc < 0 && (answer->code == SL_ESERVER || !sl_sp_is_unclear(answer));
    if (rc == 1)
        s->asked_ms = 0; /* the chain has seen it: ask at once */
}

/* The chain's answer, if it is asked in this look, replaces that of the provider. */
static void note_result(struct sl_submission *s, int rc)
{
    const unsigned no_answer = SL_FACT_NO_ANSWER;
    s->look.facts = rc < 0 ? s->look.facts | no_answer : s->look.facts & ~no_answer;
}

void sl_submission_on_provider(struct sl_submission *s, int rc, enum sl_provider_word word,
                               int64_t now_ms)
{
    note(s, SL_FACT_PROVIDER_ASKED, rc);
    note_silence(s, rc, now_ms);
    note_result(s, rc);
    s->look.word = rc < 0 ? SL_PROVIDER_KNOWS_NOTHING : word;
    if (s->look.word == SL_PROVIDER_FAILED && s->failed_ms == 0)
        s->failed_ms = now_ms;
}

void sl_submission_on_ping(struct sl_submission *s, int rc, int64_t now_ms)
{
    note(s, SL_FACT_PROVIDER_ASKED, SL_OK);
    note_silence(s, rc, now_ms);
}

void sl_submission_on_reported(struct sl_submission *s)
{
    s->is_reported = true;
}

void sl_submission_on_block(struct sl_submission *s, int64_t seen_ms, int64_t now_ms)
{
    s->asked_ms = now_ms;
    s->seen_ms = seen_ms;
}

static void on_gone(struct sl_submission *s, bool is_superseded)
{
    s->is_landed = s->is_witnessed = false;
    s->is_superseded = is_superseded;
}

static void on_used(struct sl_submission *s, enum sl_nonce_word word, int64_t now_ms)
{
    if (word == SL_NONCE_OURS) {
        s->is_landed = true;
        s->landed_ms = now_ms;
    }
    if (word == SL_NONCE_OTHERS)
        on_gone(s, true);
    if (word == SL_NONCE_UNMATCHED && s->chain_inconsistent_since_ms == 0)
        s->chain_inconsistent_since_ms = now_ms;
    if (word == SL_NONCE_IMPOSSIBLE ||
        (word == SL_NONCE_UNMATCHED &&
         now_ms - s->chain_inconsistent_since_ms >= epochs_ms(s, BEHIND_EPOCHS)))
        s->is_contradicted = true;
}

/* A use that is taken back (a reorganised chain) counts when the block was seen after it. */
static void on_unused(struct sl_submission *s, bool data_set_is_taken)
{
    if (!s->is_landed || s->seen_ms > s->landed_ms)
        on_gone(s, data_set_is_taken);
}

void sl_submission_on_nonce(struct sl_submission *s, int rc, enum sl_nonce_word word,
                            enum sl_submission_action asked, int64_t now_ms)
{
    const bool is_recheck = asked == SL_ACTION_RECHECK_CHAIN;
    const int result = word == SL_NONCE_UNMATCHED ? SL_EBUSY : rc;
    note(s, is_recheck ? SL_FACT_RECHECKED : SL_FACT_CHAIN_ASKED, rc);
    if (!is_recheck || result >= 0)
        note_result(s, result);
    if (word == SL_NONCE_UNUSED || word == SL_NONCE_DATA_SET_TAKEN)
        on_unused(s, word == SL_NONCE_DATA_SET_TAKEN);
    else
        on_used(s, word, now_ms);
    if (is_recheck && result >= 0 && s->is_landed)
        note(s, SL_FACT_LISTED, SL_OK); /* on chain, and not waited for any longer */
}

void sl_submission_on_listing(struct sl_submission *s, int rc, int64_t now_ms)
{
    note(s, SL_FACT_LISTING_ASKED, rc);
    note_silence(s, rc, now_ms);
    if (rc == 1)
        note(s, SL_FACT_LISTED, SL_OK);
}

void sl_submission_on_second(struct sl_submission *s, int rc, int64_t now_ms)
{
    note(s, SL_FACT_SECOND_ASKED, rc);
    s->is_witnessed = rc == 1;
    if (rc != 0)
        return;
    if (s->denied_ms == 0)
        s->denied_ms = now_ms;
    s->is_contradicted = now_ms - s->denied_ms >= epochs_ms(s, SECOND_EPOCHS);
}
