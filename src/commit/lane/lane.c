/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A lane's thread: what was left open first, then one batch after the other. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sluice/journal_provider.h"
#include "sluice/log.h"

#include "commit_internal.h"

enum {
    POLLS_AN_EPOCH = 7, /* 4 s of 30 */
    POLL_MIN_MS = 20,
    BACKOFFS_AN_EPOCH = 15,
    BACKOFF_MOST_EPOCHS = 10,
    PROVIDER_FAILURES = 2, /* in a row, before a copy looks for another provider */
};

/* ---- time ---- */

int64_t sl_lane_now_ms(const struct sl_lane *lane)
{
    return sl_now_ms(&lane->commit->options.clock);
}

int64_t sl_lane_poll_ms(const struct sl_lane *lane)
{
    const int64_t poll_ms = lane->commit->options.epoch_ms / POLLS_AN_EPOCH;
    return poll_ms > POLL_MIN_MS ? poll_ms : POLL_MIN_MS;
}

/* Half of it is chance: lanes and programs must not ask in step. */
int64_t sl_lane_backoff_ms(struct sl_lane *lane, int tries, int64_t least_ms)
{
    const int64_t epoch_ms = lane->commit->options.epoch_ms;
    const int64_t most_ms = BACKOFF_MOST_EPOCHS * epoch_ms;
    int64_t bound_ms = epoch_ms / BACKOFFS_AN_EPOCH + 1;
    uint32_t random;
    for (int i = 1; i < tries && bound_ms < most_ms; i++)
        bound_ms *= 2;
    if (bound_ms > most_ms)
        bound_ms = most_ms;
    sl_random(&random, sizeof random);
    const int64_t wait_ms = bound_ms / 2 + (int64_t)(random % (uint64_t)(bound_ms / 2 + 1));
    return wait_ms > least_ms ? wait_ms : least_ms;
}

void sl_lane_sleep_until(struct sl_lane *lane, int64_t until_ms)
{
    struct timespec until;
    if (until_ms == INT64_MAX) {
        pthread_cond_wait(&lane->wake, &lane->commit->lock);
        return;
    }
    const int64_t wait_ms = until_ms - sl_lane_now_ms(lane);
    if (wait_ms <= 0)
        return;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(wait_ms / 1000);
    until.tv_nsec += (long)(wait_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    (void)pthread_cond_timedwait(&lane->wake, &lane->commit->lock, &until);
}

int sl_lane_wait(struct sl_lane *lane, int64_t wait_ms, struct sl_err *err)
{
    struct sl_commit *commit = lane->commit;
    const int64_t until_ms = sl_lane_now_ms(lane) + wait_ms;
    pthread_mutex_lock(&commit->lock);
    while (!commit->quit && !lane->woken && sl_lane_now_ms(lane) < until_ms)
        sl_lane_sleep_until(lane, until_ms);
    lane->woken = false;
    const bool quit = commit->quit;
    pthread_mutex_unlock(&commit->lock);
    return quit ? sl_err_set(err, SL_ECANCELED, "stopped") : SL_OK;
}

/* ---- the provider's client ---- */

bool sl_lane_is_silence(int code)
{
    return code == SL_ENET || code == SL_ESTALLED;
}

int sl_lane_client(struct sl_lane *lane, const char *url, struct sl_err *err)
{
    struct sl_commit *commit = lane->commit;
    struct sl_sp *sp = NULL;
    if (lane->sp != NULL && strcmp(lane->sp_url, url) == 0)
        return SL_OK;
    const size_t size = strlen(url) + 1;
    if (size > sizeof lane->sp_url)
        return sl_err_set(err, SL_EOVERFLOW, "the provider's URL is too long");
    const int rc = sl_sp_new(&sp, url, &commit->options.http, err);
    if (rc < 0)
        return rc;
    pthread_mutex_lock(&commit->lock);
    struct sl_sp *old = lane->sp;
    lane->sp = sp;
    memcpy(lane->sp_url, url, size);
    if (commit->quit)
        sl_sp_cancel(sp);
    pthread_mutex_unlock(&commit->lock);
    sl_sp_free(old);
    return SL_OK;
}

/* ---- telling ---- */

void sl_lane_tell_all(struct sl_lane *lane, const struct sl_batch *batch,
                      enum sl_commit_event_type type, const struct sl_err *err)
{
    const struct sl_journal_commit *record = &batch->record;
    struct sl_commit_event event = {.type = type, .batch = (unsigned)record->count};
    if (err != NULL)
        event.err = *err;
    memcpy(event.tx, record->tx, sizeof event.tx);
    event.data_set_id = record->data_set_id;
    for (size_t i = 0; i < record->count; i++) {
        event.piece = record->pieces[i];
        event.piece_id = record->first_piece_id + i;
        if (type == SL_COMMIT_LANDED || type == SL_COMMIT_FAILED)
            event.serial = sl_lane_drop(lane, &event.piece);
        sl_commit_tell(lane, &event);
    }
}

/* End an item of the batch; the batch no longer contains it. */
static void end_item(struct sl_lane *lane, struct sl_batch *batch, size_t at,
                     enum sl_commit_event_type type, const struct sl_err *err)
{
    struct sl_commit_event event = {.type = type, .piece = batch->items[at]->piece, .err = *err};
    batch->items[at] = NULL;
    event.serial = sl_lane_drop(lane, &event.piece);
    sl_commit_tell(lane, &event);
}

/* ---- a batch that landed ---- */

/* The next batches go to the data set that this one has made. */
static void learn_target(struct sl_lane *lane, const struct sl_batch *batch)
{
    const struct sl_journal_commit *record = &batch->record;
    struct sl_target *target = &lane->target;
    if (!record->creates || !sl_u256_is_zero(target->data_set) ||
        sl_u256_cmp(record->provider_id, target->provider_id) != 0)
        return;
    sl_commit_made(lane, record->data_set_id);
    target->data_set = sl_u256(record->data_set_id);
    target->client_data_set_id = record->client_data_set_id;
    target->shown.data_set_id = record->data_set_id;
}

void sl_lane_landed(struct sl_lane *lane, const struct sl_batch *batch)
{
    sl_batch_note(batch, "landed", NULL);
    learn_target(lane, batch);
    sl_lane_note_paid(lane, batch);
    sl_onchain_pieces_skip(&lane->onchain, &batch->record);
    lane->most = SL_COMMIT_PIECES;
    lane->trusted = batch->record.provider_id;
    if (sl_u256_cmp(batch->record.provider_id, lane->target.provider_id) == 0) {
        lane->provider_failures = 0; /* what lands for one that has gone says nothing of it */
        (void)!sl_journal_provider_succeeded(lane->journal, batch->record.chain_id,
                                             batch->record.provider_id, NULL);
    }
    sl_lane_tell_all(lane, batch, SL_COMMIT_LANDED, NULL);
}

/* ---- a batch that failed ---- */

/* The provider may have thrown the bytes away: 1 lost, 0 still there or not known. */
static bool is_lost(struct sl_lane *lane, const struct sl_item *item)
{
    return sl_lane_client(lane, item->url, NULL) == SL_OK &&
           sl_sp_find(lane->sp, &item->piece, NULL) == 0;
}

static bool may_have_lost(const struct sl_err *err)
{
    return err->code == SL_ENOTFOUND || err->code == SL_EREFUSED;
}

/* Those that wait on a person, or on nothing: no other try would end otherwise. */
static bool needs_a_person(const struct sl_err *err)
{
    return err->code == SL_EMONEY || err->code == SL_EKEY || err->code == SL_EJOURNAL ||
           err->code == SL_EFORMAT || err->code == SL_ECONFIG;
}

/* Our own way to the chain is away: no provider is to blame for that. */
static bool is_our_node(const struct sl_batch *batch, const struct sl_err *err)
{
    return batch->chain_failed &&
           (err->code == SL_EPROTO || sl_err_class_of(err->code) == SL_CLASS_RETRY);
}

/* One piece may be the reason that all were refused: 400 is what a provider says of such. */
static bool may_be_one(const struct sl_batch *batch, const struct sl_err *err)
{
    return batch->record.count > 1 && !batch->chain_failed &&
           (err->code == SL_EREVERT || err->code == SL_EALIKE ||
            (err->detail == 400 && may_have_lost(err)));
}

/* Errors that the provider would repeat for every further request. Not 404 and 409: they concern
 * the data set, and the lane takes another one. Not 403: a proxy may answer it for a while. */
static bool is_definite(const struct sl_err *err)
{
    static const int statuses[] = {400, 401, 405, 410, 413, 415, 422};
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        if (err->code == SL_EREFUSED && err->detail == statuses[i])
            return true;
    }
    return err->code == SL_EALIKE;
}

/* A definite refusal ends the first copy at once. Other copies can move to another provider, except
 * after SL_EALIKE. */
static bool is_over(const struct sl_lane *lane, const struct sl_err *err)
{
    return is_definite(err) && (lane->copy == 0 || err->code == SL_EALIKE);
}

/* This provider keeps the same root with another length; another provider may have room for this
 * one. */
static bool goes_elsewhere(struct sl_lane *lane, const struct sl_batch *batch,
                           const struct sl_err *err)
{
    return lane->copy > 0 && err->code == SL_EALIKE && !may_be_one(batch, err) &&
           sl_lane_replace(lane, NULL) == SL_OK;
}

/* The network is away, here or there: that is nobody's fault, and no try. Nor is what is tried
 * again with fewer pieces, which has an end of its own. */
static bool counts(const struct sl_lane *lane, const struct sl_batch *batch,
                   const struct sl_err *err)
{
    if (is_our_node(batch, err) || may_be_one(batch, err))
        return false;
    return lane->copy > 0 || (err->code != SL_ENET && err->code != SL_ESTALLED &&
                              err->code != SL_EBUSY && err->code != SL_ENOSPC);
}

/* Waits grow with what failed of the piece, and with what failed of the chain for all. */
static int64_t put_off_ms(struct sl_lane *lane, const struct sl_item *item,
                          const struct sl_err *err)
{
    const int tries = item->tries > lane->chain_failures ? item->tries : lane->chain_failures;
    return sl_lane_backoff_ms(lane, tries + 1, err->wait_ms);
}

/* Whether a copy could not be fetched for once, or is nowhere to be fetched from. */
static void give_up(struct sl_lane *lane, struct sl_batch *batch, size_t at,
                    const struct sl_err *err)
{
    struct sl_err why = *err;
    if (batch->pulls && err->code == SL_EMISMATCH && is_lost(lane, batch->items[at])) {
        (void)sl_err_set(&why, SL_EMISMATCH,
                         "%s does not have it any more, so no copy can be fetched from there",
                         batch->items[at]->url);
        why.detail = SL_COMMIT_SOURCE_LOST;
    }
    end_item(lane, batch, at, SL_COMMIT_FAILED, &why);
}

static void put_off(struct sl_lane *lane, struct sl_batch *batch, const struct sl_err *err)
{
    const bool one = !may_be_one(batch, err) && !goes_elsewhere(lane, batch, err);
    for (size_t i = 0; i < batch->record.count; i++) {
        struct sl_item *item = batch->items[i];
        if (item == NULL)
            continue;
        item->tries += counts(lane, batch, err);
        if (item->tries >= lane->commit->options.attempts || (one && is_over(lane, err))) {
            give_up(lane, batch, i, err);
            continue;
        }
        item->not_before_ms = sl_lane_now_ms(lane) + put_off_ms(lane, item, err);
        pthread_mutex_lock(&lane->commit->lock);
        item->in_batch = false;
        pthread_mutex_unlock(&lane->commit->lock);
    }
}

static void drop_lost(struct sl_lane *lane, struct sl_batch *batch, const struct sl_err *err)
{
    for (size_t i = 0; i < batch->record.count; i++) {
        if (!is_lost(lane, batch->items[i]))
            continue;
        end_item(lane, batch, i, SL_COMMIT_LOST, err);
    }
}

/* The provider's own word that this data set takes no more: unknown there, or terminated. A new one
 * costs money, so no other refusal counts as that. */
static bool refuses_data_set(const struct sl_batch *batch, const struct sl_err *err)
{
    return !batch->chain_failed && ((err->code == SL_ENOTFOUND && err->detail == 404) ||
                                    (err->code == SL_EREFUSED && err->detail == 409));
}

/* What to do otherwise next time. */
static void learn_from(struct sl_lane *lane, const struct sl_batch *batch, const struct sl_err *err)
{
    struct sl_err why = {0};
    if (sl_u256_is_zero(lane->target.provider_id))
        return; /* the lane has no provider to blame */
    if (may_be_one(batch, err))
        lane->most = batch->record.count / 2;
    if (refuses_data_set(batch, err))
        lane->excluded = lane->target.data_set;
    if (is_our_node(batch, err) || lane->copy == 0 || batch->is_gone || err->code == SL_EALIKE ||
        ++lane->provider_failures < PROVIDER_FAILURES)
        return;
    (void)!sl_journal_provider_failed(lane->journal, lane->commit->options.network.chain_id,
                                      lane->target.provider_id, err, NULL);
    if (sl_lane_replace(lane, &why) < 0)
        sl_log(SL_LOG_WARN, SL_LOG_COMMIT, "copy %u: no other provider: %s", lane->copy + 1,
               why.text);
}

static void lose_all(struct sl_lane *lane, struct sl_batch *batch, const struct sl_err *err)
{
    for (size_t i = 0; i < batch->record.count; i++) {
        if (batch->items[i] != NULL)
            end_item(lane, batch, i, SL_COMMIT_LOST, err);
    }
}

/* The provider that has the bytes stays away, and nothing was signed for it: they are as good as
 * lost. Uploaded again they are not sent if it is back by then, and go to another one if not. */
static void lose_patience(struct sl_lane *lane, struct sl_batch *batch, const struct sl_err *err)
{
    const int64_t now_ms = sl_lane_now_ms(lane);
    if (lane->provider_silent_since_ms == 0)
        lane->provider_silent_since_ms = now_ms;
    if (now_ms - lane->provider_silent_since_ms <
        PATIENCE_RESENDS * lane->commit->options.resend_ms)
        return;
    lose_all(lane, batch, err);
}

static void failed(struct sl_lane *lane, struct sl_batch *batch, const struct sl_err *err)
{
    const enum sl_journal_commit_state state = batch->record.state;
    const bool open = state == SL_JOURNAL_COMMIT_SENDING || state == SL_JOURNAL_COMMIT_SENT ||
                      state == SL_JOURNAL_COMMIT_LANDED;
    if (err->code == SL_ECANCELED)
        return; /* goes on from the journal next time */
    if (batch->is_superseded) {
        sl_batch_let_go(lane, batch);
        return;
    }
    sl_log(SL_LOG_WARN, SL_LOG_COMMIT, "copy %u, %zu pieces: %s", lane->copy + 1,
           batch->record.count, err->text);
    if (open || needs_a_person(err)) {
        sl_lane_tell_all(lane, batch, SL_COMMIT_FAILED, err);
        return;
    }
    if (batch->fewer > 0) {
        sl_batch_divide(lane, batch);
        return;
    }
    if (!batch->pulls && !batch->chain_failed && may_have_lost(err))
        drop_lost(lane, batch, err);
    if (batch->is_away)
        sl_lane_tell_all(lane, batch, SL_COMMIT_AWAY, err);
    if (batch->is_away)
        lose_patience(lane, batch, err);
    if (batch->is_gone && lane->copy == 0) /* this copy has another provider than the bytes */
        lose_all(lane, batch, err);
    learn_from(lane, batch, err);
    put_off(lane, batch, err);
}

/* ---- one batch ---- */

/* Whatever it answers, it is there. Errors: SL_ENET, SL_ESTALLED; SL_ECANCELED. */
static int look_for(struct sl_lane *lane, const char *url, struct sl_err *err)
{
    struct sl_err why = {0};
    int rc = sl_lane_client(lane, url, err);
    if (rc == SL_OK)
        rc = sl_sp_ping(lane->sp, &why);
    if (!sl_lane_is_silence(rc) && rc != SL_ECANCELED)
        return SL_OK;
    if (err != NULL)
        *err = why;
    return rc;
}

/* Nothing is signed for one who is not there: what was sent may land for ever after. */
static int look_for_provider(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    const int rc = look_for(lane, lane->target.shown.service_url, err);
    batch->is_away = sl_lane_is_silence(rc);
    if (rc == SL_OK)
        lane->provider_silent_since_ms = 0;
    return rc;
}

/* Nobody can fetch from one who is not there, and whose fault that is only who answers can tell. */
static int look_for_source(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    const char *url = batch->items[0]->url;
    int rc = look_for(lane, url, err);
    if (!sl_lane_is_silence(rc))
        return rc;
    rc = look_for_provider(lane, batch, err);
    batch->is_away = batch->is_away && lane->copy == 0; /* another copy is tried elsewhere */
    if (rc < 0)
        return rc;
    batch->is_gone = true;
    return sl_err_set(err, SL_ENET, "%s, which has the bytes, does not answer", url);
}

/* No provider answered when the run began: look for one now. 1: found, gather the batch again for
 * that provider. */
static int find_provider(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    if (!sl_u256_is_zero(lane->target.provider_id))
        return SL_OK;
    const int rc = sl_lane_replace(lane, err);
    batch->chain_failed = rc < 0 && rc != SL_ENOTFOUND;
    lane->chain_failures = batch->chain_failed ? lane->chain_failures + 1 : 0;
    return rc < 0 ? rc : 1;
}

/* 1: gather anew. */
static int prepare(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    int rc = find_provider(lane, batch, err);
    if (rc != SL_OK)
        return rc;
    rc = sl_lane_check_target(lane, err);
    if (rc == SL_OK)
        rc = sl_batch_recall(lane, batch, err);
    if (rc == SL_OK)
        rc = sl_batch_ask_data_set(lane, batch, err);
    batch->chain_failed = rc < 0;
    if (rc > 0)
        return rc;
    if (rc == SL_OK)
        rc = batch->pulls ? look_for_source(lane, batch, err) : look_for_provider(lane, batch, err);
    if (rc == SL_OK) { /* the last of what can fail without a void: it reserves the money */
        rc = sl_lane_check_money(lane, batch, err);
        batch->chain_failed = rc < 0;
    }
    lane->chain_failures = batch->chain_failed ? lane->chain_failures + 1 : 0;
    if (rc < 0)
        return rc;
    sl_lane_tell_all(lane, batch, SL_COMMIT_GATHERED, NULL);
    rc = sl_batch_sign(lane, batch, err);
    if (rc == SL_OK && batch->pulls) {
        rc = sl_batch_pull(lane, batch, err);
        batch->is_gone = lane->copy == 0 && rc < 0;
    }
    if (rc < 0) /* nothing was sent */
        sl_batch_void(lane, batch, err);
    return rc;
}

static void run(struct sl_lane *lane, struct sl_batch *batch)
{
    struct sl_err err = {0};
    int rc = sl_lane_sort_out(lane, batch, &err);
    if (rc == 0)
        return;
    if (rc > 0)
        rc = prepare(lane, batch, &err);
    if (rc > 0) {
        sl_batch_let_go(lane, batch);
        return;
    }
    if (rc == SL_OK) {
        rc = sl_batch_commit(lane, batch, &err);
        if (rc == SL_EMONEY)
            sl_lane_explain_money(lane, batch, &err);
    }
    if (rc == SL_OK)
        sl_lane_landed(lane, batch);
    else
        failed(lane, batch, &err);
}

/* ---- the thread ---- */

/* Without its journal a lane commits nothing: what comes is told why. */
static void refuse_all(struct sl_lane *lane, const struct sl_err *err)
{
    struct sl_batch batch = {0};
    while (sl_lane_gather(lane, &batch))
        sl_lane_tell_all(lane, &batch, SL_COMMIT_FAILED, err);
}

void *sl_lane_main(void *arg)
{
    struct sl_lane *lane = arg;
    struct sl_err err = {0};
    if (sl_lane_recover(lane, &err) < 0) {
        refuse_all(lane, &err);
        return NULL;
    }
    struct sl_batch batch = {0};
    while (sl_lane_gather(lane, &batch)) {
        if (batch.record.count > 0)
            run(lane, &batch);
        sl_log_about("%s", "");
        sl_orphans_look(lane);
        sl_buf_free(&batch.payload);
        batch = (struct sl_batch){0};
    }
    return NULL;
}
