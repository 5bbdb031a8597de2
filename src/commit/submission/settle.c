/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Settles a commit that may have been sent. Only the chain's answer for the nonce decides; the
 * provider's answer only says when to ask the chain.
 *
 *   nonce used             either the commit has landed, exactly once, whoever sent it and however
 *                          often; or another payload with this nonce has, and it never can
 *   silent for long        send the same bytes again: at most one of both can land
 *   error answered         send the same bytes again within seconds: the handler has ended, and
 *                          while the nonce is unused nothing that it sent has landed
 *   provider says failed   and the nonce stays unused for three epochs: give the commit up
 *   it refuses repeats     for half an hour: give the commit up
 *   it is away             for long: give the commit up
 *
 * A commit that was given up may still land, so it keeps its nonce: nonce.c.
 * "Unused" is true only for the block that the answer describes. Public nodes fall behind, and one
 * address may stand for several nodes. So the time of that block counts, not the time of the
 * answer.
 */
#include "submission/settle.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sluice/log.h"

#include "lane/items.h"
#include "lane/lane_io.h"
#include "money/second.h"
#include "reuse/nonce.h"
#include "reuse/ownership.h"
#include "submission/batch.h"
#include "submission/send.h"

enum {
    CHAIN_EVERY_EPOCHS = 4,
    FAILED_EPOCHS = 3,
    SILENT_EPOCHS = 4,
    SOON_AN_EPOCH = 15, /* 2 s of a 30 s epoch */
    SAY_AFTER_MS = 20000,
    BEHIND_EPOCHS = 10, /* as far as nodes behind one address may be apart */
    SECOND_EPOCHS = 20, /* how far two nodes may be apart */
};

/* What the provider says. */
enum word { NOTHING, PENDING, DONE, FAILED };

static int64_t epochs_ms(const struct sl_settling *s, int64_t epochs)
{
    return epochs * s->lane->commit->options.epoch_ms;
}

static void note_silence(struct sl_settling *s, int rc)
{
    if (!sl_lane_is_silence(rc))
        s->silent_since_ms = 0;
    else if (s->silent_since_ms == 0)
        s->silent_since_ms = sl_lane_now_ms(s->lane);
}

/* ---- the provider's word ---- */

static int word_of_phase(enum sl_sp_phase phase)
{
    switch (phase) {
    case SL_SP_DONE:
        return DONE;
    case SL_SP_FAILED:
        return FAILED;
    case SL_SP_PENDING:
        return PENDING;
    case SL_SP_UNKNOWN:
        break;
    }
    return NOTHING;
}

/* Of the data set first, while it is not there; of the pieces then. */
static int ask_provider(struct sl_settling *s, struct sl_err *err)
{
    struct sl_journal_commit *record = &s->batch->record;
    struct sl_sp_created created = {.phase = SL_SP_UNKNOWN};
    struct sl_sp_added added = {.phase = SL_SP_UNKNOWN};
    uint64_t data_set_id = record->data_set_id;
    if (record->tx[0] == '\0')
        return NOTHING;
    int rc = sl_lane_client(s->lane, record->service_url, err);
    if (rc == SL_OK && data_set_id == 0) {
        rc = sl_sp_created(s->lane->sp, record->tx, &created, err);
        if (rc < 0 || created.phase != SL_SP_DONE)
            return rc < 0 ? rc : word_of_phase(created.phase);
        data_set_id = created.data_set_id;
    }
    if (rc == SL_OK)
        rc = sl_sp_added(s->lane->sp, data_set_id, record->tx, record->count, &added, err);
    if (rc < 0)
        return rc;
    /* right after a creation the pieces are not known yet */
    return added.phase == SL_SP_UNKNOWN && record->creates ? PENDING : word_of_phase(added.phase);
}

/* ---- the chain's word ---- */

static int contradiction(struct sl_settling *s, const char *what, struct sl_err *err)
{
    s->contradicts = true;
    return sl_err_set(err, SL_EPROTO, "%s; nothing is sent again", what);
}

/* The pieces are not there. A node behind the one that told of the nonce says so for a while. */
static int other_pieces(struct sl_settling *s, uint64_t data_set_id, uint64_t first,
                        struct sl_err *err)
{
    char what[SL_ERR_TEXT_BYTES];
    const int64_t now_ms = sl_lane_now_ms(s->lane);
    if (s->chain_inconsistent_since_ms == 0)
        s->chain_inconsistent_since_ms = now_ms;
    if (now_ms - s->chain_inconsistent_since_ms < epochs_ms(s, BEHIND_EPOCHS))
        return sl_err_set(err, SL_EBUSY, "the node does not know yet what has landed");
    snprintf(what, sizeof what,
             "data set %" PRIu64 " has other pieces from id %" PRIu64
             " on than were signed: compare with `sluice pieces %" PRIu64 "`",
             data_set_id, first, data_set_id);
    return contradiction(s, what, err);
}

/* Not what was signed. Another payload with this nonce may have landed in its place. */
static int not_ours(struct sl_settling *s, const struct sl_nonce_use *use, struct sl_err *err)
{
    const struct sl_journal_commit *record = &s->batch->record;
    struct sl_journal_commit other;
    uint64_t data_set_id;
    const int rc = sl_lane_whose(&other, s->lane, record->nonce, use, err);
    if (rc < 0)
        return rc;
    s->is_superseded = rc == 1 && other.id != record->id;
    if (rc == 1)
        return SL_OK;
    if (!sl_u256_to_u64(&data_set_id, use->data_set_id) || use->next_piece_id < record->count ||
        (record->data_set_id != 0 && record->data_set_id != data_set_id))
        return contradiction(s,
                             "the chain tells of this commit what cannot be: no data set, or not "
                             "the one that was signed for",
                             err);
    return other_pieces(s, data_set_id, use->next_piece_id - record->count, err);
}

static int read_ids(struct sl_settling *s, const struct sl_nonce_use *use, struct sl_err *err)
{
    const int rc = sl_lane_is_landed_as(&s->batch->record, s->lane, use, err);
    if (rc <= 0)
        return rc < 0 ? rc : not_ours(s, use, err);
    s->landed = true;
    s->landed_ms = sl_lane_now_ms(s->lane);
    return SL_OK;
}

/* The block's time on our own clock. When that runs ahead of the chain's, everything only takes
 * longer. */
static void note_seen(struct sl_settling *s, uint64_t unix_s)
{
    const int64_t wall_ms = sl_wall_ms(&s->lane->commit->options.clock);
    const int64_t block_ms = unix_s < (uint64_t)wall_ms / 1000 ? (int64_t)unix_s * 1000 : wall_ms;
    s->asked_ms = sl_lane_now_ms(s->lane);
    s->seen_ms = s->asked_ms - (wall_ms - block_ms);
    if (s->told_behind || wall_ms - block_ms < epochs_ms(s, INT64_C(2) * BEHIND_EPOCHS))
        return;
    s->told_behind = true;
    sl_log(SL_LOG_WARN, SL_LOG_COMMIT,
           "the newest block of the node is %" PRId64
           " s old: it is behind, or the clock here is ahead; nothing is signed anew on its word",
           (wall_ms - block_ms) / 1000);
}

/* A use that is taken back (a reorganised chain) counts when it is seen after it was. */
static int ask_chain(struct sl_settling *s, struct sl_err *err)
{
    const struct sl_journal_commit *record = &s->batch->record;
    const struct sl_u256 nonces[] = {record->client_data_set_id, record->nonce};
    struct sl_nonce_use uses[2];
    uint64_t unix_s;
    const int rc = sl_chain_nonces(uses, &unix_s, s->lane->chain, &s->lane->commit->options.payer,
                                   nonces, 2, err);
    if (rc < 0)
        return rc;
    note_seen(s, unix_s);
    if (uses[1].used)
        return read_ids(s, &uses[1], err);
    s->landed = s->landed && s->seen_ms <= s->landed_ms;
    /* both are used at once, or neither is: another one has made the data set */
    s->is_superseded = !s->landed && record->creates && uses[0].used;
    return SL_OK;
}

/* ---- the second node ---- */

/* 1: the second node knows the pieces too; 0: not yet. It may lag behind, but no longer than
 * SECOND_EPOCHS. */
static int ask_second(struct sl_settling *s, struct sl_err *err)
{
    char what[SL_ERR_TEXT_BYTES];
    const struct sl_journal_commit *record = &s->batch->record;
    const int64_t now_ms = sl_lane_now_ms(s->lane);
    const int rc = s->is_witnessed ? 1 : sl_batch_ask_second(s->lane, s->batch, err);
    s->is_witnessed = rc == 1;
    if (rc != 0)
        return rc;
    if (s->denied_ms == 0)
        s->denied_ms = now_ms;
    if (now_ms - s->denied_ms < epochs_ms(s, SECOND_EPOCHS))
        return 0;
    snprintf(what, sizeof what,
             "one node says that data set %" PRIu64 " has the pieces from id %" PRIu64
             " on, and a second one does not know them: not confirmed. Try again with nodes that "
             "you trust (rpc_url, second_node)",
             record->data_set_id, record->first_piece_id);
    return contradiction(s, what, err);
}

/* ---- decisions ---- */

/* An error from the provider itself has ended the request. A proxy's 502 or 504 says nothing about
 * the handler behind it. Each such answer in a row doubles the wait. */
static void note_answer(struct sl_settling *s, const struct sl_err *answer)
{
    const struct sl_commit_options *options = &s->lane->commit->options;
    const bool ended =
        answer->code == SL_ESERVER && (answer->detail == 500 || answer->detail == 503);
    s->soon_ms = 0;
    if (!ended) {
        s->soon_count = 0;
        return;
    }
    s->soon_ms = options->epoch_ms / SOON_AN_EPOCH + 1;
    for (int i = 0; i < s->soon_count && s->soon_ms < options->resend_ms; i++)
        s->soon_ms *= 2;
    s->soon_count++;
}

/* Whether the time of the early retry had come at at_ms. */
static bool is_soon(const struct sl_settling *s, int64_t at_ms)
{
    return s->soon_ms != 0 && at_ms >= s->sent_ms + s->soon_ms;
}

static bool chain_is_worth_asking(const struct sl_settling *s, int word)
{
    const int64_t now_ms = sl_lane_now_ms(s->lane);
    const int64_t age_ms = now_ms - s->asked_ms;
    if (s->asked_ms == 0 || word == DONE || (is_soon(s, now_ms) && !is_soon(s, s->asked_ms)))
        return true;
    return age_ms >= epochs_ms(s, word == PENDING ? CHAIN_EVERY_EPOCHS : 1);
}

/* The provider does not list them for long: is it still on chain? */
static int give_up_listing(struct sl_settling *s, struct sl_err *err)
{
    const struct sl_journal_commit *record = &s->batch->record;
    const int rc = ask_chain(s, err);
    if (rc < 0 || !s->landed)
        return rc;
    sl_log(SL_LOG_WARN, SL_LOG_COMMIT,
           "data set %" PRIu64 ": pieces from id %" PRIu64
           " on are on chain, but the provider does not list them: it may not prove them",
           record->data_set_id, record->first_piece_id);
    return 1;
}

/* Who is not there lists nothing, and some blocks on top are enough. */
static bool is_waited_for(const struct sl_settling *s)
{
    const int64_t now_ms = sl_lane_now_ms(s->lane);
    const int64_t most_ms =
        s->silent_since_ms != 0 && now_ms - s->silent_since_ms >= epochs_ms(s, SILENT_EPOCHS)
            ? epochs_ms(s, SILENT_EPOCHS)
            : s->lane->commit->options.settle_ms;
    return now_ms - s->landed_ms <= most_ms;
}

/* Landed, and with a block on top that the provider waits for: then it lists the pieces. */
static int is_listed(struct sl_settling *s, int word, struct sl_err *err)
{
    const struct sl_journal_commit *record = &s->batch->record;
    int rc = word == DONE ? 1 : sl_lane_client(s->lane, record->service_url, err);
    if (rc == SL_OK)
        rc = sl_sp_has_piece(s->lane->sp, record->data_set_id, record->first_piece_id,
                             &record->pieces[0], err);
    note_silence(s, rc);
    if (rc != 1 && !is_waited_for(s))
        return give_up_listing(s, err);
    return rc;
}

static void send_again(struct sl_settling *s)
{
    struct sl_err err = {0};
    const int rc = sl_batch_send(s->lane, s->batch, &err);
    note_silence(s, rc);
    note_answer(s, &err);
    s->sent_ms = sl_lane_now_ms(s->lane);
    s->failed_ms = 0;
    s->refusal = (struct sl_err){0};
    if (rc < 0 && (err.code == SL_ESERVER || !sl_sp_is_unclear(&err)))
        s->refusal = err; /* answered, if not for certain */
    if (rc == 1)
        s->asked_ms = 0; /* the chain has seen it: ask at once */
}

/* No reason to wait for it any longer. It may land all the same: what is signed next for its pieces
 * has its nonce. */
static bool is_void(const struct sl_settling *s, int word, struct sl_err *err)
{
    const struct sl_commit_options *options = &s->lane->commit->options;
    const int64_t now_ms = sl_lane_now_ms(s->lane);
    if (s->is_superseded) {
        s->batch->is_superseded = true;
        sl_err_set(err, SL_EREVERT,
                   "another payload for the same has landed, and this one cannot any more");
        return true;
    }
    if (word == FAILED && s->failed_ms != 0 &&
        s->seen_ms - s->failed_ms >= epochs_ms(s, FAILED_EPOCHS)) {
        sl_err_set(err, SL_EREVERT,
                   "the provider's transaction failed or was lost: nothing was added or paid");
        return true;
    }
    if (s->refusal.code != SL_OK && s->seen_ms > s->sent_ms &&
        now_ms - s->started_ms >= PATIENCE_RESENDS * options->resend_ms) {
        *err = s->refusal;
        return true;
    }
    return false;
}

/* Nobody is there, the chain has seen nothing since, and it was signed long ago. */
static bool is_left_alone(const struct sl_settling *s, struct sl_err *err)
{
    const struct sl_commit_options *options = &s->lane->commit->options;
    const int64_t age_ms = sl_wall_ms(&options->clock) - s->batch->record.added_ms;
    if (s->silent_since_ms == 0 || s->seen_ms - s->silent_since_ms < epochs_ms(s, SILENT_EPOCHS) ||
        age_ms < PATIENCE_RESENDS * options->resend_ms)
        return false;
    sl_err_set(err, SL_ENET,
               "the provider does not answer, and what was signed for it has not landed: it is "
               "signed anew so that one of both can land at most");
    return true;
}

/* Of a request without a hash nobody can be asked but whether he is there. */
static void look_for_provider(struct sl_settling *s)
{
    const struct sl_journal_commit *record = &s->batch->record;
    if (record->tx[0] == '\0' && s->silent_since_ms != 0 &&
        sl_lane_client(s->lane, record->service_url, NULL) == SL_OK)
        note_silence(s, sl_sp_ping(s->lane->sp, NULL));
}

/* Report a wait that takes long. A silent provider that still receives uploads is also reported to
 * the engine, which looks for another one. */
static void tell_silence(struct sl_settling *s)
{
    const struct sl_journal_commit *record = &s->batch->record;
    const int64_t silent_since_ms =
        s->silent_since_ms != 0 ? sl_lane_now_ms(s->lane) - s->silent_since_ms : 0;
    struct sl_commit_event note = {.type = SL_COMMIT_NOTE};
    char id[SL_U256_DEC_CHARS];
    if (silent_since_ms < SAY_AFTER_MS) {
        s->told_silence = s->told_silence && silent_since_ms > 0;
        return;
    }
    if (s->told_silence)
        return;
    s->told_silence = true;
    sl_u256_dec(id, record->provider_id);
    sl_err_set(&note.err, SL_ENET,
               "waiting for provider %s at %.120s: no answer for %" PRId64
               "s; what was signed for it is looked for on the chain",
               id, record->service_url, silent_since_ms / 1000);
    sl_lane_emit(s->lane, &note);
    if (s->lane->copy == 0 && !sl_batch_is_orphan(s->lane, s->batch))
        sl_lane_emit_all(s->lane, s->batch, SL_COMMIT_AWAY, &note.err);
}

static bool is_time_to_repeat(const struct sl_settling *s, int word)
{
    const struct sl_commit_options *options = &s->lane->commit->options;
    const int64_t age_ms = sl_lane_now_ms(s->lane) - s->sent_ms;
    if (word == FAILED || word == DONE || s->asked_ms == 0)
        return false;
    if (word != PENDING && is_soon(s, s->asked_ms))
        return true;
    return age_ms >= (word == PENDING ? options->settle_ms : options->resend_ms);
}

/* ---- the loop ---- */

static int look(struct sl_settling *s, struct sl_err *err)
{
    struct sl_err why = {0};
    const int word = ask_provider(s, &why);
    int rc = word < 0 ? word : SL_OK;
    if (s->batch->record.tx[0] != '\0')
        note_silence(s, word);
    else
        look_for_provider(s);
    tell_silence(s);
    if (word == FAILED && s->failed_ms == 0)
        s->failed_ms = sl_lane_now_ms(s->lane);
    if (!s->landed && chain_is_worth_asking(s, word))
        rc = ask_chain(s, &why);
    s->failures = rc < 0 ? s->failures + 1 : 0;
    if (s->landed && rc != SL_ECANCELED)
        rc = is_listed(s, word, &why);
    if (s->landed && rc == 1)
        rc = ask_second(s, &why);
    if (s->contradicts || rc == SL_ECANCELED) {
        *err = why;
        return rc;
    }
    if (s->landed)
        return rc == 1;
    if ((rc == SL_OK && is_void(s, word, err)) || is_left_alone(s, err)) {
        sl_batch_abandon(s->lane, s->batch, err);
        return err->code;
    }
    if (rc < 0)
        return 0;
    if (is_time_to_repeat(s, word))
        send_again(s);
    return 0;
}

void sl_settle_begin(struct sl_settling *s, struct sl_lane *lane, struct sl_batch *batch)
{
    const int64_t now_ms = sl_lane_now_ms(lane);
    const int64_t age_ms = sl_wall_ms(&lane->commit->options.clock) - batch->record.sent_ms;
    const int64_t sent_ms = now_ms - (age_ms > 0 ? age_ms : 0); /* by the wall clock of that run */
    *s = (struct sl_settling){
        .lane = lane, .batch = batch, .started_ms = sent_ms, .sent_ms = sent_ms};
    note_answer(s, &batch->answer);
}

enum sl_step sl_settle_look(struct sl_settling *s, struct sl_err *err)
{
    const int rc = look(s, err);
    if (rc != 1)
        return rc < 0 ? SL_STEP_FAILED : SL_STEP_WAIT;
    sl_batch_check_paid(s->lane, s->batch);
    s->batch->record.state = SL_JOURNAL_COMMIT_LANDED;
    s->batch->record.err = (struct sl_err){0};
    return sl_batch_save(s->lane, s->batch, err) < 0 ? SL_STEP_FAILED : SL_STEP_PROCEED;
}

int64_t sl_settle_wait_ms(const struct sl_settling *s)
{
    return s->failures > 0 ? sl_lane_backoff_ms(s->lane, s->failures, 0) : sl_lane_poll_ms(s->lane);
}

int sl_batch_settle(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    struct sl_settling s;
    struct sl_err why = {0};
    enum sl_step step;
    sl_settle_begin(&s, lane, batch);
    while ((step = sl_settle_look(&s, &why)) == SL_STEP_WAIT) {
        if (sl_lane_wait(lane, sl_settle_wait_ms(&s), &why) < 0)
            break;
    }
    if (step == SL_STEP_PROCEED)
        return SL_OK;
    if (err != NULL)
        *err = why;
    return why.code;
}

int sl_batch_commit(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    struct sl_err why = {0};
    const int rc = sl_batch_send(lane, batch, &why);
    const bool asked = batch->record.state != SL_JOURNAL_COMMIT_SIGNED;
    if (rc < 0 && (!asked || !sl_sp_is_unclear(&why))) {
        sl_batch_abandon(lane, batch, &why);
        if (err != NULL)
            *err = why;
        return rc;
    }
    if (rc < 0)
        batch->answer = why;
    return sl_batch_settle(lane, batch, err);
}
