/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A batch has failed: decide which of its pieces are retried, when and where. */
#include "lane/outcome.h"

#include "sluice/journal.h"
#include "sluice/log.h"

#include "lane/items.h"
#include "lane/lane_io.h"
#include "provider/target.h"
#include "submission/batch.h"

enum { PROVIDER_FAILURES = 2 }; /* in a row, before a copy looks for another provider */

/* Whether the provider no longer has the bytes. False also when that is not known. */
static bool is_lost(struct sl_lane *lane, const struct sl_item *item)
{
    return sl_lane_client(lane, item->url, NULL) == SL_OK &&
           sl_sp_find(lane->sp, &item->piece, NULL) == 0;
}

static bool may_have_lost(const struct sl_err *err)
{
    return err->code == SL_ENOTFOUND || err->code == SL_EREFUSED;
}

/* Errors that a retry cannot fix: the user has to act. */
static bool needs_a_person(const struct sl_err *err)
{
    return err->code == SL_EMONEY || err->code == SL_EKEY || err->code == SL_EJOURNAL ||
           err->code == SL_EFORMAT || err->code == SL_ECONFIG;
}

/* Our own node cannot be reached: no provider is to blame. */
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

/* This provider stores the same root with another length; another provider may take this piece. */
static bool goes_elsewhere(struct sl_lane *lane, const struct sl_batch *batch,
                           const struct sl_err *err)
{
    return lane->copy > 0 && err->code == SL_EALIKE && !may_be_one(batch, err) &&
           sl_lane_replace(lane, NULL) == SL_OK;
}

/* A network failure is not an attempt. Neither is a retry with fewer pieces, which ends by itself.
 */
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

/* Tell a fetch that failed from a source that no longer has the piece. */
static void give_up(struct sl_lane *lane, struct sl_batch *batch, size_t at,
                    const struct sl_err *err)
{
    struct sl_err why = *err;
    if (batch->pulls && err->code == SL_EMISMATCH && is_lost(lane, batch->items[at])) {
        (void)sl_err_set(&why, SL_EMISMATCH,
                         "%s no longer has the piece, so no copy can be fetched from there",
                         batch->items[at]->url);
        why.detail = SL_COMMIT_SOURCE_LOST;
    }
    sl_lane_end_item(lane, batch, at, SL_COMMIT_FAILED, &why);
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
        sl_lane_end_item(lane, batch, i, SL_COMMIT_LOST, err);
    }
}

/* The provider's own word that this data set takes no more: unknown there, or terminated. A new one
 * costs money, so no other refusal counts as that. */
static bool refuses_data_set(const struct sl_batch *batch, const struct sl_err *err)
{
    return !batch->chain_failed && ((err->code == SL_ENOTFOUND && err->detail == 404) ||
                                    (err->code == SL_EREFUSED && err->detail == 409));
}

/* Choose differently next time. */
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
            sl_lane_end_item(lane, batch, i, SL_COMMIT_LOST, err);
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

void sl_lane_on_failed(struct sl_lane *lane, struct sl_batch *batch, const struct sl_err *err)
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
        sl_lane_emit_all(lane, batch, SL_COMMIT_FAILED, err);
        return;
    }
    if (batch->fewer > 0) {
        sl_batch_divide(lane, batch);
        return;
    }
    if (!batch->pulls && !batch->chain_failed && may_have_lost(err))
        drop_lost(lane, batch, err);
    if (batch->is_away)
        sl_lane_emit_all(lane, batch, SL_COMMIT_AWAY, err);
    if (batch->is_away)
        lose_patience(lane, batch, err);
    if (batch->is_gone && lane->copy == 0) /* this copy has another provider than the bytes */
        lose_all(lane, batch, err);
    learn_from(lane, batch, err);
    put_off(lane, batch, err);
}
