/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * One piece, a simulated provider, chain and journal, around the real decisions: every crash point
 * with every answer of the provider, every lag of the chain and every competing transaction. In
 * each of them at most one payload of the piece lands, nothing is signed for what is on chain, and
 * the piece is on chain in the end.
 */
#include <setjmp.h>

#include "commit/reuse/reuse_rule.h"
#include "commit/submission/submission.h"
#include "support/test.h"

enum {
    EPOCH = 30000,
    POLL = EPOCH / 2,
    PAYLOADS = 12,
    CRASHES = 12,
    HORIZON_EPOCHS = 2000,
    LATE_EPOCHS = 300,
    NEVER = 0,
};

/* ---- what is enumerated ---- */

/* What the provider does with the first request; a second provider is always KIND. */
enum answer {
    KIND,
    SLOW,          /* it lands after 40 epochs */
    LOST,          /* never sent to the chain: the provider says "failed" */
    STUCK,         /* never sent, "pending" for ever; the next request is good */
    LIAR,          /* says "failed", and it lands all the same */
    MUTE,          /* it lands, and the provider never answers again */
    DEAD,          /* the same, but nothing is sent */
    ERROR_SENT,    /* 500, and it lands */
    ERROR_UNSENT,  /* 500; the next request is good */
    PROXY_SENT,    /* 502, and it lands */
    REFUSES,       /* a definite refusal */
    REFUSES_LATER, /* 502, then definite refusals */
    ANSWERS
};
enum lag { NO_LAG, ONE_EPOCH, SIX_EPOCHS, TWO_NODES, FAR_BEHIND, LAGS };
enum second { AGREES, LAGS_TOO, DENIES, SECONDS };
enum rival {
    NO_RIVAL,
    OTHER_MACHINE_BEFORE, /* the piece is in the data set already */
    OTHER_MACHINE_AFTER,
    EARLIER_LANDED, /* an abandoned payload has landed after all */
    EARLIER_LATE,   /* it lands while the new one is on its way */
    EARLIER_NEVER,
    RIVALS
};
enum fall { KILLED, KILLED_FOR_LONG, STOPPED, FALLS };

struct scenario {
    enum answer answer;
    bool lists;
    enum lag lag;
    enum second second;
    enum rival rival;
    enum fall fall;
    int crash_at; /* 0: no crash */
};

/* ---- the world ---- */

enum kept { SIGNED, SENDING, SENT, LANDED, ABANDONED };

struct payload {
    /* the journal */
    enum kept kept;
    int nonce;
    int64_t added_ms;
    int64_t sent_ms;
    /* the truth */
    int provider;
    int requests;
    int64_t lands_ms; /* NEVER: no transaction is on its way */
    int64_t landed_ms;
};

static struct world {
    struct scenario is;
    int64_t now_ms;
    int64_t foreign_ms; /* when another machine's transaction lands; NEVER: none */
    struct payload payloads[PAYLOADS];
    int count;
    int nonces;
    int provider;
    int steps;
    int asks;
    bool is_stopping;
    bool foreign_kept; /* the journal knows that the piece is on chain, by another machine */
    int64_t unmatched_ms;
    jmp_buf crash;
    struct sl_submission submission; /* memory: lost in a crash */
} w;

static size_t scenarios, decisions, row_hits[SL_SUBMISSION_RULES];
static uint8_t visited[SL_SUBMISSION_STATE_COUNT][1U << SL_FACT_COUNT];

static void broken(const char *rule)
{
    fail_msg("%s: answer %d, lists %d, lag %d, second %d, rival %d, fall %d, crash %d", rule,
             (int)w.is.answer, w.is.lists, (int)w.is.lag, (int)w.is.second, (int)w.is.rival,
             (int)w.is.fall, w.is.crash_at);
}

/* A point at which the program may end. */
static void step(void)
{
    if (++w.steps != w.is.crash_at)
        return;
    if (w.is.fall == STOPPED)
        w.is_stopping = true;
    else
        longjmp(w.crash, 1);
}

static struct payload *user_of(int nonce, int64_t at_ms)
{
    for (int i = 0; i < w.count; i++) {
        struct payload *payload = &w.payloads[i];
        if (payload->nonce == nonce && payload->landed_ms != NEVER && payload->landed_ms <= at_ms)
            return payload;
    }
    return NULL;
}

/* The chain takes what is due, oldest first; a nonce is used once. */
static void pass(int64_t ms)
{
    int landed = 0;
    w.now_ms += ms;
    for (;;) {
        struct payload *next = NULL;
        for (int i = 0; i < w.count; i++) {
            struct payload *payload = &w.payloads[i];
            if (payload->lands_ms != NEVER && payload->lands_ms <= w.now_ms &&
                (next == NULL || payload->lands_ms < next->lands_ms))
                next = payload;
        }
        if (next == NULL)
            break;
        if (user_of(next->nonce, w.now_ms) == NULL)
            next->landed_ms = next->lands_ms;
        next->lands_ms = NEVER;
    }
    for (int i = 0; i < w.count; i++)
        landed += w.payloads[i].landed_ms != NEVER;
    if (landed > 1)
        broken("two payloads of one piece have landed");
}

static int64_t lag_ms(void)
{
    static const int epochs[LAGS] = {0, 1, 6, 8, 25};
    const bool is_fresh = w.is.lag == TWO_NODES && w.asks++ % 2 == 0;
    return is_fresh ? 0 : (int64_t)epochs[w.is.lag] * EPOCH;
}

/* ---- the provider ---- */

static bool is_silent(int provider)
{
    const bool asked = w.count > 0 && w.payloads[w.count - 1].requests > 0;
    return provider == 0 && (w.is.answer == MUTE || w.is.answer == DEAD) && asked;
}

/* What the first request to the first provider does: rc, and after how many epochs it lands. */
static int first_answer(struct sl_err *err, int *epochs)
{
    static const int lands[ANSWERS] = {
        [KIND] = 1, [SLOW] = 40, [LIAR] = 12, [MUTE] = 6, [ERROR_SENT] = 3, [PROXY_SENT] = 3};
    *epochs = lands[w.is.answer];
    if (w.is.answer == MUTE || w.is.answer == DEAD)
        return sl_err_set(err, SL_ENET, "silent");
    if (w.is.answer == REFUSES)
        return sl_err_set(err, SL_EREVERT, "refused");
    if (w.is.answer < MUTE)
        return SL_OK;
    sl_err_set(err, SL_ESERVER, "failed");
    err->detail = w.is.answer == ERROR_SENT || w.is.answer == ERROR_UNSENT ? 500 : 502;
    return SL_ESERVER;
}

static int request(struct payload *payload, struct sl_err *err)
{
    int epochs = 1;
    int rc = SL_OK;
    const bool is_first = payload->requests++ == 0;
    if (is_silent(payload->provider) && !is_first)
        return sl_err_set(err, SL_ENET, "silent");
    if (user_of(payload->nonce, w.now_ms) != NULL)
        return 1;
    if (payload->provider == 0 && is_first)
        rc = first_answer(err, &epochs);
    else if (payload->provider == 0 && w.is.answer == REFUSES_LATER)
        return sl_err_set(err, SL_EREVERT, "refused");
    if (epochs > 0 && payload->lands_ms == NEVER)
        payload->lands_ms = w.now_ms + (int64_t)epochs * EPOCH;
    return rc;
}

static enum sl_provider_word provider_word(const struct payload *payload)
{
    if (payload->landed_ms != NEVER)
        return w.is.lists || payload->provider != 0 ? SL_PROVIDER_DONE : SL_PROVIDER_PENDING;
    if (user_of(payload->nonce, w.now_ms) != NULL)
        return SL_PROVIDER_FAILED;
    if (payload->provider == 0 && (w.is.answer == LOST || w.is.answer == LIAR))
        return SL_PROVIDER_FAILED;
    return SL_PROVIDER_PENDING;
}

/* ---- the executor: the actions of settle.c, in this world ---- */

static void send(struct payload *payload)
{
    struct sl_err answer = {0};
    const bool is_first = payload->kept == SIGNED;
    step();
    if (is_first)
        payload->kept = SENDING;
    payload->sent_ms = w.now_ms;
    step();
    const int rc = request(payload, &answer);
    step();
    if (rc == SL_OK)
        payload->kept = SENT;
    step();
    if (is_first)
        sl_submission_on_first_request(&w.submission, rc, true, &answer, w.now_ms);
    else
        sl_submission_on_repeat(&w.submission, rc, &answer, w.now_ms);
}

static void ask_provider(const struct payload *payload)
{
    const int rc = w.is_stopping ? SL_ECANCELED : is_silent(payload->provider) ? SL_ENET : SL_OK;
    sl_submission_on_provider(&w.submission, rc, provider_word(payload), w.now_ms);
}

static void ask_chain(const struct payload *payload, enum sl_submission_action action)
{
    const int64_t seen_ms = w.now_ms - lag_ms();
    const struct payload *user = user_of(payload->nonce, seen_ms);
    enum sl_nonce_word word = SL_NONCE_UNUSED;
    if (w.is_stopping) {
        sl_submission_on_nonce(&w.submission, SL_ECANCELED, SL_NONCE_NO_ANSWER, action, w.now_ms);
        return;
    }
    sl_submission_on_block(&w.submission, seen_ms, w.now_ms);
    if (user != NULL && user->landed_ms > w.now_ms - lag_ms()) /* the pieces: another node */
        word = SL_NONCE_UNMATCHED;
    else if (user != NULL)
        word = user == payload ? SL_NONCE_OURS : SL_NONCE_OTHERS;
    sl_submission_on_nonce(&w.submission, SL_OK, word, action, w.now_ms);
}

static void ask_listing(const struct payload *payload)
{
    const bool lists = payload->provider != 0 || w.is.lists;
    sl_submission_on_listing(&w.submission, is_silent(payload->provider) ? SL_ENET : lists,
                             w.now_ms);
}

static void ask_second(const struct payload *payload)
{
    const int64_t since_ms = w.now_ms - payload->landed_ms;
    const bool knows =
        w.is.second == AGREES || (w.is.second == LAGS_TOO && since_ms > INT64_C(15) * EPOCH);
    sl_submission_on_second(&w.submission, knows, w.now_ms);
}

static bool perform(struct payload *payload, enum sl_submission_action action)
{
    if (action == SL_ACTION_SEND)
        send(payload);
    else if (action == SL_ACTION_ASK_PROVIDER)
        ask_provider(payload);
    else if (action == SL_ACTION_PING_PROVIDER)
        sl_submission_on_ping(&w.submission, is_silent(payload->provider) ? SL_ENET : SL_OK,
                              w.now_ms);
    else if (action == SL_ACTION_REPORT_SILENCE)
        sl_submission_on_reported(&w.submission);
    else if (action == SL_ACTION_ASK_CHAIN || action == SL_ACTION_RECHECK_CHAIN)
        ask_chain(payload, action);
    else if (action == SL_ACTION_ASK_LISTING)
        ask_listing(payload);
    else if (action == SL_ACTION_ASK_SECOND)
        ask_second(payload);
    else
        return false;
    return true;
}

static enum sl_submission_action look(struct payload *payload)
{
    enum { MOST_ACTIONS = 12 };
    enum sl_submission_action action;
    int actions = 0;
    sl_submission_begin_look(&w.submission);
    do {
        const struct sl_submission_view view =
            sl_submission_view(&w.submission, w.now_ms, w.now_ms - payload->added_ms);
        row_hits[sl_submission_match(sl_submission_rules, view) - sl_submission_rules]++;
        visited[view.state][view.facts] = 1;
        decisions++;
        action = sl_submission_decide(view);
        if (++actions > MOST_ACTIONS)
            broken("a look does not end");
    } while (perform(payload, action));
    sl_submission_end_look(&w.submission);
    return action;
}

/* True when the program has to start again: it was told to stop, or the nodes contradict. */
static bool settle(struct payload *payload, bool is_left)
{
    const struct sl_submission_times times = {EPOCH, INT64_C(30) * EPOCH, INT64_C(30) * EPOCH};
    const struct sl_submission_start start = {payload->kept != SIGNED, payload->sent_ms, is_left,
                                              payload->kept == SENT};
    enum sl_submission_action action;
    sl_submission_begin(&w.submission, &times, &start);
    while ((action = look(payload)) == SL_ACTION_WAIT) {
        if (w.is_stopping)
            return true;
        if (w.now_ms > (int64_t)HORIZON_EPOCHS * EPOCH)
            broken("a payload is waited for without end");
        pass(POLL);
    }
    if (action == SL_ACTION_STOP)
        return true;
    step();
    payload->kept = action == SL_ACTION_CONFIRM ? LANDED : ABANDONED;
    if (action == SL_ACTION_CONFIRM && payload->landed_ms == NEVER)
        broken("confirmed, and not on chain");
    w.provider = 1; /* what failed is tried elsewhere */
    step();
    return false;
}

/* ---- the lane ---- */

static enum sl_earlier_word earlier_word(const struct payload *earlier, struct payload **user)
{
    const int64_t seen_ms = w.now_ms - lag_ms();
    *user = user_of(earlier->nonce, seen_ms);
    if (*user == NULL)
        return SL_EARLIER_UNUSED;
    if ((*user)->landed_ms > w.now_ms - lag_ms())
        return SL_EARLIER_UNMATCHED;
    return (*user)->kept == ABANDONED ? SL_EARLIER_ABANDONED : SL_EARLIER_KNOWN;
}

/* 0: gather again; else the nonce to sign with. */
static int reuse(void)
{
    int nonce = 0;
    for (int i = w.count - 1; i >= 0; i--) {
        struct payload *user = NULL;
        if (w.payloads[i].kept != ABANDONED || w.payloads[i].sent_ms == NEVER)
            continue;
        const enum sl_earlier_word word = earlier_word(&w.payloads[i], &user);
        w.unmatched_ms = word != SL_EARLIER_UNMATCHED ? NEVER
                         : w.unmatched_ms != NEVER    ? w.unmatched_ms
                                                      : w.now_ms;
        const bool is_long =
            word == SL_EARLIER_UNMATCHED && w.now_ms - w.unmatched_ms >= INT64_C(10) * EPOCH;
        const enum sl_reuse_action action = sl_reuse_decide(word, is_long);
        if (action == SL_REUSE_REFUSE)
            broken("a node that is behind is taken for a lost piece");
        if (action == SL_REUSE_ADOPT)
            user->kept = LANDED;
        if (action == SL_REUSE_ADOPT || action == SL_REUSE_WAIT_FOR_NODE)
            return 0;
        if (action == SL_REUSE_SAME_NONCE && nonce == 0)
            nonce = w.payloads[i].nonce;
    }
    w.foreign_kept = w.foreign_ms != NEVER && w.foreign_ms <= w.now_ms - lag_ms();
    if (w.foreign_kept)
        return 0;
    return nonce != 0 ? nonce : ++w.nonces;
}

static struct payload *sign(int nonce)
{
    if (w.count == PAYLOADS)
        broken("signed too often");
    for (int i = 0; i < w.count; i++) {
        if (w.payloads[i].landed_ms != NEVER && w.payloads[i].nonce != nonce)
            broken("signed with another nonce for what is on chain");
        if (w.payloads[i].kept < LANDED)
            broken("signed while another payload is open");
    }
    step();
    struct payload *payload = &w.payloads[w.count++];
    *payload = (struct payload){.nonce = nonce, .added_ms = w.now_ms, .provider = w.provider};
    step();
    return payload;
}

/* True when the program has to start again. */
static bool lane_goes_on(void)
{
    for (int i = 0; i < w.count; i++) {
        if (w.payloads[i].kept < LANDED)
            return settle(&w.payloads[i], true);
    }
    const int nonce = reuse();
    if (nonce != 0)
        return settle(sign(nonce), false);
    pass(POLL);
    return false;
}

static bool is_over(void)
{
    bool over = w.foreign_kept;
    for (int i = 0; i < w.count; i++)
        over = over || w.payloads[i].kept == LANDED;
    return over;
}

/* ---- scenarios ---- */

static void begin(const struct scenario *scenario)
{
    w = (struct world){.is = *scenario, .now_ms = INT64_C(100) * EPOCH};
    const bool earlier = scenario->rival >= EARLIER_LANDED;
    if (scenario->rival == OTHER_MACHINE_BEFORE)
        w.foreign_ms = w.now_ms - INT64_C(40) * EPOCH;
    if (scenario->rival == OTHER_MACHINE_AFTER)
        w.foreign_ms = w.now_ms + EPOCH;
    if (!earlier)
        return;
    w.payloads[w.count++] = (struct payload){
        .kept = ABANDONED, .nonce = ++w.nonces, .sent_ms = EPOCH, .provider = 1, .added_ms = EPOCH};
    if (scenario->rival == EARLIER_LANDED)
        w.payloads[0].landed_ms = w.now_ms - EPOCH;
    if (scenario->rival == EARLIER_LATE)
        w.payloads[0].lands_ms = w.now_ms + EPOCH / 2;
}

/* The program runs until it ends. False: the piece has its end. */
static bool program(void)
{
    if (setjmp(w.crash) != 0) {
        pass(w.is.fall == KILLED_FOR_LONG ? INT64_C(240) * EPOCH : POLL);
        return true;
    }
    while (!is_over()) {
        if (w.now_ms > (int64_t)HORIZON_EPOCHS * EPOCH)
            broken("the piece is lost");
        if (lane_goes_on())
            return true;
    }
    return false;
}

static void play(const struct scenario *scenario)
{
    bool contradicted = false;
    begin(scenario);
    scenarios++;
    while (!contradicted && program()) {
        contradicted = w.submission.is_contradicted;
        w.is_stopping = false;
    }
    if (contradicted && scenario->second != DENIES)
        broken("stopped without a reason");
    pass((int64_t)LATE_EPOCHS * EPOCH); /* what was abandoned may land only now */
    for (int i = 0; i < w.count; i++) {
        if (w.payloads[i].kept == LANDED && w.payloads[i].landed_ms == NEVER)
            broken("the journal says landed, and it is not on chain");
    }
}

/* All falls and crash points of one scenario. */
static void play_crashes(struct scenario scenario)
{
    scenario.crash_at = 0;
    play(&scenario);
    for (int fall = 0; fall < FALLS; fall++) {
        scenario.fall = (enum fall)fall;
        for (scenario.crash_at = 1; scenario.crash_at <= CRASHES; scenario.crash_at++)
            play(&scenario);
    }
}

static void print_visited(void)
{
    size_t states = 0;
    for (size_t i = 0; i < SL_SUBMISSION_STATE_COUNT; i++) {
        for (size_t facts = 0; facts < 1U << SL_FACT_COUNT; facts++)
            states += visited[i][facts];
    }
    print_message("%zu scenarios, %zu decisions, %zu states\n", scenarios, decisions, states);
}

static void every_crash_answer_lag_and_rival_keeps_the_invariants(void **state)
{
    enum { BASE = (int)ANSWERS * 2 * (int)LAGS * (int)SECONDS * (int)RIVALS };
    (void)state;
    for (int i = 0; i < BASE; i++) {
        int rest = i;
        struct scenario scenario = {0};
        scenario.answer = (enum answer)(rest % ANSWERS);
        rest /= ANSWERS;
        scenario.lists = rest % 2 != 0;
        rest /= 2;
        scenario.lag = (enum lag)(rest % LAGS);
        rest /= LAGS;
        scenario.second = (enum second)(rest % SECONDS);
        scenario.rival = (enum rival)(rest / SECONDS);
        play_crashes(scenario);
    }
    print_visited();
    for (size_t i = 0; i + 1 < SL_SUBMISSION_RULES; i++) {
        if (row_hits[i] == 0)
            fail_msg("no scenario needs the row \"%s\"", sl_submission_rules[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_crash_answer_lag_and_rival_keeps_the_invariants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
