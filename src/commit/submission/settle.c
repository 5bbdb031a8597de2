/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The executor of submission.h: performs the actions that submission.h decides on, and reports
 * their results. The decisions and their reasons are in submission.h.
 */
#include "submission/settle.h"

#include <inttypes.h>
#include <stdio.h>

#include "sluice/log.h"

#include "lane/items.h"
#include "lane/lane_io.h"
#include "money/second.h"
#include "reuse/nonce.h"
#include "reuse/ownership.h"
#include "submission/batch.h"
#include "submission/send.h"

enum { TOLD_BEHIND_EPOCHS = 20 };

static int64_t now_ms(const struct sl_settling *s)
{
    return sl_lane_now_ms(s->lane);
}

/* ---- requests ---- */

/* When the last request left, on this run's clock; the record has it by the wall clock. */
static int64_t sent_at_ms(const struct sl_settling *s)
{
    const int64_t age_ms = sl_wall_ms(&s->lane->commit->options.clock) - s->batch->record.sent_ms;
    return now_ms(s) - (age_ms > 0 ? age_ms : 0);
}

static void do_send(struct sl_settling *s)
{
    struct sl_err answer = {0};
    const bool is_first = s->batch->record.state == SL_JOURNAL_COMMIT_SIGNED;
    const int rc = sl_batch_send(s->lane, s->batch, &answer);
    const bool left = s->batch->record.state != SL_JOURNAL_COMMIT_SIGNED;
    s->refusal = answer;
    if (is_first)
        sl_submission_on_first_request(&s->submission, rc, left, &answer, sent_at_ms(s));
    else
        sl_submission_on_repeat(&s->submission, rc, &answer, now_ms(s));
}

/* ---- the provider's word ---- */

static enum sl_provider_word word_of_phase(enum sl_sp_phase phase)
{
    switch (phase) {
    case SL_SP_DONE:
        return SL_PROVIDER_DONE;
    case SL_SP_FAILED:
        return SL_PROVIDER_FAILED;
    case SL_SP_PENDING:
        return SL_PROVIDER_PENDING;
    case SL_SP_UNKNOWN:
        break;
    }
    return SL_PROVIDER_KNOWS_NOTHING;
}

/* About the data set first, while it is not known; then about the pieces. */
static int read_provider_word(enum sl_provider_word *word, struct sl_settling *s,
                              struct sl_err *err)
{
    const struct sl_journal_commit *record = &s->batch->record;
    struct sl_sp_created created = {.phase = SL_SP_UNKNOWN};
    struct sl_sp_added added = {.phase = SL_SP_UNKNOWN};
    uint64_t data_set_id = record->data_set_id;
    int rc = sl_lane_client(s->lane, record->service_url, err);
    if (rc == SL_OK && data_set_id == 0) {
        rc = sl_sp_created(s->lane->sp, record->tx, &created, err);
        *word = word_of_phase(created.phase);
        if (rc < 0 || created.phase != SL_SP_DONE)
            return rc;
        data_set_id = created.data_set_id;
    }
    if (rc == SL_OK)
        rc = sl_sp_added(s->lane->sp, data_set_id, record->tx, record->count, &added, err);
    *word = word_of_phase(added.phase);
    if (added.phase == SL_SP_UNKNOWN && record->creates)
        *word = SL_PROVIDER_PENDING; /* right after a creation the pieces are not known yet */
    return rc;
}

static void do_ask_provider(struct sl_settling *s)
{
    enum sl_provider_word word = SL_PROVIDER_KNOWS_NOTHING;
    const int rc = read_provider_word(&word, s, &s->why);
    sl_submission_on_provider(&s->submission, rc, word, now_ms(s));
}

/* Without a transaction hash there is nothing to look up; only check that the provider answers. */
static void do_ping_provider(struct sl_settling *s)
{
    int rc = SL_ENET; /* no client is no sign of life */
    if (sl_lane_client(s->lane, s->batch->record.service_url, NULL) == SL_OK)
        rc = sl_sp_ping(s->lane->sp, NULL);
    sl_submission_on_ping(&s->submission, rc, now_ms(s));
}

/* A silent provider that still receives uploads is also reported to the engine, which looks for
 * another one. */
static void do_report_silence(struct sl_settling *s)
{
    const struct sl_journal_commit *record = &s->batch->record;
    struct sl_commit_event note = {.type = SL_COMMIT_NOTE};
    char id[SL_U256_DEC_CHARS];
    sl_u256_dec(id, record->provider_id);
    sl_err_set(&note.err, SL_ENET,
               "waiting for provider %s at %.120s: no answer for %" PRId64
               " s; sluice checks the chain for the commit signed for it",
               id, record->service_url, (now_ms(s) - s->submission.silent_since_ms) / 1000);
    sl_lane_emit(s->lane, &note);
    if (s->lane->copy == 0 && !sl_batch_is_orphan(s->lane, s->batch))
        sl_lane_emit_all(s->lane, s->batch, SL_COMMIT_AWAY, &note.err);
    sl_submission_on_reported(&s->submission);
}

/* Landed, and with a block on top that the provider waits for: then it lists the pieces. */
static void do_ask_listing(struct sl_settling *s)
{
    const struct sl_journal_commit *record = &s->batch->record;
    int rc = sl_lane_client(s->lane, record->service_url, &s->why);
    if (rc == SL_OK)
        rc = sl_sp_has_piece(s->lane->sp, record->data_set_id, record->first_piece_id,
                             &record->pieces[0], &s->why);
    sl_submission_on_listing(&s->submission, rc, now_ms(s));
}

/* ---- the chain's word ---- */

/* The block's time on our own clock. When that runs ahead of the chain's, everything only takes
 * longer. */
static void note_block(struct sl_settling *s, uint64_t unix_s)
{
    const struct sl_commit_options *options = &s->lane->commit->options;
    const int64_t wall_ms = sl_wall_ms(&options->clock);
    const int64_t block_ms = unix_s < (uint64_t)wall_ms / 1000 ? (int64_t)unix_s * 1000 : wall_ms;
    const int64_t asked_ms = now_ms(s);
    sl_submission_on_block(&s->submission, asked_ms - (wall_ms - block_ms), asked_ms);
    if (s->told_behind || wall_ms - block_ms < TOLD_BEHIND_EPOCHS * options->epoch_ms)
        return;
    s->told_behind = true;
    sl_log(
        SL_LOG_WARN, SL_LOG_COMMIT,
        "the newest block of the node is %" PRId64
        " s old: the node is behind, or the local clock is ahead; it cannot justify a new signature",
        (wall_ms - block_ms) / 1000);
}

/* The nonce is used, and not for what this record signed. Another payload with it may have landed.
 */
static int read_other_word(enum sl_nonce_word *word, struct sl_settling *s,
                           const struct sl_nonce_use *use, struct sl_err *err)
{
    const struct sl_journal_commit *record = &s->batch->record;
    struct sl_journal_commit other;
    uint64_t data_set_id;
    const int rc = sl_lane_whose(&other, s->lane, record->nonce, use, err);
    if (rc < 0)
        return rc;
    if (rc == 1)
        *word = other.id != record->id ? SL_NONCE_OTHERS : SL_NONCE_UNCLEAR;
    else if (!sl_u256_to_u64(&data_set_id, use->data_set_id) ||
             use->next_piece_id < record->count ||
             (record->data_set_id != 0 && record->data_set_id != data_set_id))
        *word = SL_NONCE_IMPOSSIBLE;
    else
        *word = SL_NONCE_UNMATCHED;
    return SL_OK;
}

static int read_nonce_word(enum sl_nonce_word *word, struct sl_settling *s,
                           struct sl_nonce_use *use, struct sl_err *err)
{
    struct sl_journal_commit *record = &s->batch->record;
    const struct sl_u256 nonces[] = {record->client_data_set_id, record->nonce};
    struct sl_nonce_use uses[2];
    uint64_t unix_s;
    int rc = sl_chain_nonces(uses, &unix_s, s->lane->chain, &s->lane->commit->options.payer, nonces,
                             2, err);
    if (rc < 0)
        return rc;
    note_block(s, unix_s);
    *use = uses[1];
    if (!use->used) { /* a new data set and its nonce are used at once, or neither is */
        *word = record->creates && uses[0].used ? SL_NONCE_DATA_SET_TAKEN : SL_NONCE_UNUSED;
        return SL_OK;
    }
    rc = sl_lane_is_landed_as(record, s->lane, use, err);
    if (rc == 0)
        return read_other_word(word, s, use, err);
    if (rc == 1)
        *word = SL_NONCE_OURS;
    return rc < 0 ? rc : SL_OK;
}

/* For the user: the chain's word is no outcome. */
static void explain_nonce(struct sl_settling *s, enum sl_nonce_word word,
                          const struct sl_nonce_use *use)
{
    const uint64_t count = s->batch->record.count;
    uint64_t id = 0;
    (void)!sl_u256_to_u64(&id, use->data_set_id);
    if (word == SL_NONCE_IMPOSSIBLE)
        sl_err_set(&s->why, SL_EPROTO,
                   "the chain reports an impossible outcome of this commit: no data set, or not "
                   "the one that it was signed for; nothing is sent again");
    else if (word == SL_NONCE_UNMATCHED && s->submission.is_contradicted)
        sl_err_set(&s->why, SL_EPROTO,
                   "data set %" PRIu64 " has other pieces from id %" PRIu64
                   " on than were signed; compare with `sluice pieces %" PRIu64
                   "`; nothing is sent again",
                   id, use->next_piece_id - count, id);
    else if (word == SL_NONCE_UNMATCHED)
        sl_err_set(&s->why, SL_EBUSY, "the node does not yet report which commit has landed");
}

static void ask_chain(struct sl_settling *s, enum sl_submission_action action)
{
    enum sl_nonce_word word = SL_NONCE_NO_ANSWER;
    struct sl_nonce_use use = {0};
    const int rc = read_nonce_word(&word, s, &use, &s->why);
    sl_submission_on_nonce(&s->submission, rc, word, action, now_ms(s));
    explain_nonce(s, word, &use);
}

static void do_ask_chain(struct sl_settling *s)
{
    ask_chain(s, SL_ACTION_ASK_CHAIN);
}

static void do_recheck_chain(struct sl_settling *s)
{
    const struct sl_journal_commit *record = &s->batch->record;
    ask_chain(s, SL_ACTION_RECHECK_CHAIN);
    if ((s->submission.look.facts & SL_FACT_LISTED) != 0)
        sl_log(SL_LOG_WARN, SL_LOG_COMMIT,
               "data set %" PRIu64 ": pieces from id %" PRIu64
               " on are on chain, but the provider does not list them: it may not prove them",
               record->data_set_id, record->first_piece_id);
}

static void do_ask_second(struct sl_settling *s)
{
    const struct sl_journal_commit *record = &s->batch->record;
    const int rc = sl_batch_ask_second(s->lane, s->batch, &s->why);
    sl_submission_on_second(&s->submission, rc, now_ms(s));
    if (s->submission.is_contradicted)
        sl_err_set(&s->why, SL_EPROTO,
                   "one node says that data set %" PRIu64 " has the pieces from id %" PRIu64
                   " on, but a second one does not know them: not confirmed. Try again with nodes "
                   "that you trust (rpc_url, second_node); nothing is sent again",
                   record->data_set_id, record->first_piece_id);
}

/* ---- ends ---- */

static void explain_abandoned(const struct sl_settling *s, enum sl_submission_action action,
                              struct sl_err *err)
{
    if (action == SL_ACTION_ABANDON_UNSENT)
        sl_err_set(err, SL_ECANCELED, "the program ended before the commit was sent");
    else if (action == SL_ACTION_ABANDON_FAILED)
        sl_err_set(err, SL_EREVERT,
                   "the provider's transaction failed or was lost: nothing was added or paid");
    else if (action == SL_ACTION_ABANDON_SILENT)
        sl_err_set(err, SL_ENET,
                   "the provider does not answer, and the commit signed for it has not landed; "
                   "it is signed again so that at most one of the two can land");
    else if (action == SL_ACTION_ABANDON_SUPERSEDED)
        sl_err_set(err, SL_EREVERT,
                   "another payload for the same pieces has landed, so this one no longer can");
    else
        *err = s->refusal;
}

static enum sl_step abandon(struct sl_settling *s, enum sl_submission_action action,
                            struct sl_err *err)
{
    explain_abandoned(s, action, err);
    s->batch->is_superseded = action == SL_ACTION_ABANDON_SUPERSEDED;
    sl_batch_abandon(s->lane, s->batch, err);
    return SL_STEP_FAILED;
}

static enum sl_step confirm(struct sl_settling *s, struct sl_err *err)
{
    sl_batch_check_paid(s->lane, s->batch);
    s->batch->record.state = SL_JOURNAL_COMMIT_LANDED;
    s->batch->record.err = (struct sl_err){0};
    return sl_batch_save(s->lane, s->batch, err) < 0 ? SL_STEP_FAILED : SL_STEP_PROCEED;
}

static enum sl_step end(struct sl_settling *s, enum sl_submission_action action, struct sl_err *err)
{
    if (action == SL_ACTION_CONFIRM)
        return confirm(s, err);
    if (action == SL_ACTION_STOP) {
        *err = s->why;
        return SL_STEP_FAILED;
    }
    if (action != SL_ACTION_WAIT)
        return abandon(s, action, err);
    sl_submission_end_look(&s->submission);
    return SL_STEP_WAIT;
}

/* ---- the loop ---- */

static enum sl_submission_action decide(const struct sl_settling *s)
{
    const int64_t age_ms = sl_wall_ms(&s->lane->commit->options.clock) - s->batch->record.added_ms;
    return sl_submission_decide(sl_submission_view(&s->submission, now_ms(s), age_ms));
}

enum sl_step sl_settle_look(struct sl_settling *s, struct sl_err *err)
{
    static void (*const actions[SL_ACTION_COUNT])(struct sl_settling *) = {
        [SL_ACTION_SEND] = do_send,
        [SL_ACTION_ASK_PROVIDER] = do_ask_provider,
        [SL_ACTION_PING_PROVIDER] = do_ping_provider,
        [SL_ACTION_REPORT_SILENCE] = do_report_silence,
        [SL_ACTION_ASK_CHAIN] = do_ask_chain,
        [SL_ACTION_ASK_LISTING] = do_ask_listing,
        [SL_ACTION_RECHECK_CHAIN] = do_recheck_chain,
        [SL_ACTION_ASK_SECOND] = do_ask_second,
    };
    enum sl_submission_action action;
    sl_submission_begin_look(&s->submission);
    while (actions[action = decide(s)] != NULL)
        actions[action](s);
    return end(s, action, err);
}

static void begin(struct sl_settling *s, struct sl_lane *lane, struct sl_batch *batch, bool is_left)
{
    const struct sl_commit_options *options = &lane->commit->options;
    const struct sl_journal_commit *record = &batch->record;
    const struct sl_submission_times times = {.epoch_ms = options->epoch_ms,
                                              .resend_ms = options->resend_ms,
                                              .settle_ms = options->settle_ms};
    *s = (struct sl_settling){.lane = lane, .batch = batch};
    const struct sl_submission_start start = {.is_sent = record->state != SL_JOURNAL_COMMIT_SIGNED,
                                              .sent_ms = sent_at_ms(s),
                                              .is_left = is_left,
                                              .has_tx = record->tx[0] != '\0'};
    sl_submission_begin(&s->submission, &times, &start);
}

void sl_settle_begin(struct sl_settling *s, struct sl_lane *lane, struct sl_batch *batch)
{
    begin(s, lane, batch, true);
}

int64_t sl_settle_wait_ms(const struct sl_settling *s)
{
    const int failures = s->submission.failures;
    return failures > 0 ? sl_lane_backoff_ms(s->lane, failures, 0) : sl_lane_poll_ms(s->lane);
}

static int settle(struct sl_settling *s, struct sl_err *err)
{
    struct sl_err why = {0};
    enum sl_step step;
    while ((step = sl_settle_look(s, &why)) == SL_STEP_WAIT) {
        if (sl_lane_wait(s->lane, sl_settle_wait_ms(s), &why) < 0)
            break;
    }
    if (step == SL_STEP_PROCEED)
        return SL_OK;
    if (err != NULL)
        *err = why;
    return why.code;
}

int sl_batch_settle(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    struct sl_settling s;
    begin(&s, lane, batch, true);
    return settle(&s, err);
}

int sl_batch_commit(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    struct sl_settling s;
    begin(&s, lane, batch, false);
    return settle(&s, err);
}
