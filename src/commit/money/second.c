/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * A second node. A single lying node could make an account pay more than the node reports, or call
 * a piece stored that is not. So whatever costs money or ends in "confirmed" is compared with a
 * second node. If that node is silent, the run loses a few seconds and prints a note, but goes on.
 */
#include "money/second.h"

#include "sluice/costs.h"
#include "sluice/log.h"

#include "lane/lane_io.h"

enum {
    OWED_REMOVALS = 16,
    LIFE_MS = 5000, /* for all calls of one query */
    TRY_MS = 2400,  /* leaves time for another node */
    REST_MS = 10 * 60000,
};

/* ---- asking ---- */

static bool is_resting(struct sl_commit *commit)
{
    pthread_mutex_lock(&commit->lock);
    const int64_t from_ms = commit->second_from_ms;
    pthread_mutex_unlock(&commit->lock);
    return from_ms != 0 && sl_now_ms(&commit->options.clock) < from_ms;
}

/* 1: opened, the caller closes *out; 0: no second node can be queried. */
static int open_second(struct sl_chain **out, struct sl_commit *commit, struct sl_lane *lane,
                       struct sl_chain *chain, struct sl_err *err)
{
    const char *named = commit->options.second_node;
    struct sl_rpc_options options = commit->options.rpc;
    struct sl_network network;
    *out = NULL;
    if (is_resting(commit))
        return 0;
    int rc = sl_network_second(&network, &commit->options.network, named != NULL ? named : "",
                               sl_rpc_endpoint(sl_chain_rpc(chain)), err);
    if (rc < 0 || network.url_count == 0)
        return rc;
    options.rounds = 1;
    options.life_ms = LIFE_MS;
    options.timeout_ms = network.url_count == 1 ? LIFE_MS : TRY_MS;
    rc = sl_chain_new(out, &network, &options, err);
    if (rc < 0)
        return rc;
    pthread_mutex_lock(&commit->lock);
    if (lane != NULL)
        lane->second = *out;
    if (lane != NULL && commit->quit)
        sl_chain_cancel(*out);
    pthread_mutex_unlock(&commit->lock);
    return 1;
}

static void close_second(struct sl_commit *commit, struct sl_lane *lane, struct sl_chain *second)
{
    pthread_mutex_lock(&commit->lock);
    if (lane != NULL)
        lane->second = NULL;
    pthread_mutex_unlock(&commit->lock);
    sl_chain_free(second);
}

/* Do not query the second node again for a while: waiting for it with every batch would delay
 * uploads. */
static void note_silence(struct sl_commit *commit, struct sl_err *note, const struct sl_err *why)
{
    const int64_t from_ms = sl_now_ms(&commit->options.clock) + REST_MS;
    pthread_mutex_lock(&commit->lock);
    commit->second_from_ms = from_ms;
    pthread_mutex_unlock(&commit->lock);
    (void)sl_err_set(note, why->code,
                     "no second node answers; prices and confirmations rely on one node: "
                     "%.120s",
                     why->text);
    sl_log(SL_LOG_WARN, SL_LOG_COMMIT, "%s", note->text);
}

/* ---- prices ---- */

static int compare(const struct sl_prices *told, const struct sl_prices *other, struct sl_err *err)
{
    struct sl_price_doubt doubt;
    if (!sl_prices_differ(&doubt, told, other))
        return SL_OK;
    return sl_err_set(
        err, SL_EMONEY,
        "one node says that %s is %s, but a second one says %s. One of them is wrong or "
        "behind: try again in a few minutes, or set nodes that you trust (rpc_url, "
        "second_node)",
        doubt.name, doubt.told, doubt.other);
}

int sl_commit_compare_prices(struct sl_commit *commit, struct sl_lane *lane, struct sl_chain *chain,
                             const struct sl_prices *told, struct sl_err *note, struct sl_err *err)
{
    struct sl_chain *second;
    struct sl_prices other;
    struct sl_err why = {0};
    *note = (struct sl_err){0};
    int rc = open_second(&second, commit, lane, chain, err);
    if (rc <= 0)
        return rc;
    rc = sl_chain_prices(&other, second, &why);
    close_second(commit, lane, second);
    if (rc == SL_OK)
        return compare(told, &other, err);
    if (rc == SL_ECANCELED)
        return sl_err_set(err, rc, "stopped");
    note_silence(commit, note, &why);
    return SL_OK;
}

/* ---- payments ---- */

/* Prefer the second node's receipt: the first node made the promise. */
static int read_paid(struct sl_tx_paid *out, struct sl_lane *lane, const struct sl_batch *batch)
{
    const struct sl_journal_commit *record = &batch->record;
    const struct sl_u256 data_set = sl_u256(record->data_set_id);
    const struct sl_u256 epochs = lane->commit->money.prices.lockup_epochs;
    struct sl_chain *second;
    int rc = open_second(&second, lane->commit, lane, lane->chain, NULL);
    if (rc == 1) {
        rc = sl_chain_paid(out, second, record->tx, data_set, epochs, NULL);
        close_second(lane->commit, lane, second);
    }
    return rc == 1 ? rc : sl_chain_paid(out, lane->chain, record->tx, data_set, epochs, NULL);
}

/* Another client's pieces may land in between and change the rounding: 1 % more is not a lie. */
static bool is_more(struct sl_u256 took, struct sl_u256 promised)
{
    struct sl_u256 room = sl_u256(0);
    (void)!sl_u256_div(&room, promised, sl_u256(100));
    return !sl_u256_add(&room, room, promised) ? false : sl_u256_cmp(took, room) > 0;
}

/* The next commit also pays what the data set owed before, such as removal fees, which the promise
 * does not include. Amounts above OWED_REMOVALS removals are not believed. */
static struct sl_u256 owed_before(const struct sl_lane *lane)
{
    struct sl_u256 most;
    if (!sl_u256_mul(&most, lane->commit->money.prices.remove_fee, sl_u256(OWED_REMOVALS)))
        return lane->target.pending;
    return sl_u256_cmp(lane->target.pending, most) < 0 ? lane->target.pending : most;
}

static void stop_paying(struct sl_commit *commit, const struct sl_err *why, struct sl_u256 more)
{
    pthread_mutex_lock(&commit->lock);
    commit->overpaid = *why;
    if (!sl_u256_add(&commit->spent, commit->spent, more))
        commit->spent = sl_u256_max();
    pthread_mutex_unlock(&commit->lock);
}

void sl_batch_check_paid(struct sl_lane *lane, const struct sl_batch *batch)
{
    const struct sl_u256 promised =
        sl_u256_is_zero(batch->promised) ? batch->record.cost : batch->promised;
    struct sl_commit_event event = {.type = SL_COMMIT_NOTE};
    char took_text[SL_COST_CHARS], promised_text[SL_COST_CHARS];
    struct sl_tx_paid paid;
    struct sl_u256 took, more, most;
    if (sl_u256_is_zero(promised)) /* a batch of an earlier run that did not store its promise */
        return;
    if (read_paid(&paid, lane, batch) != 1 || !sl_u256_add(&took, paid.locked, paid.fees) ||
        !sl_u256_add(&most, promised, owed_before(lane)) || !is_more(took, most))
        return;
    sl_cost_text(took_text, took);
    sl_cost_text(promised_text, promised);
    (void)sl_err_set(&event.err, SL_EMONEY,
                     "a commit took %s instead of %s, its cost by the node's prices; this run "
                     "commits no more. Check `sluice wallet status`, and set rpc_url to a node "
                     "that you trust",
                     took_text, promised_text);
    stop_paying(lane->commit, &event.err,
                sl_u256_sub(&more, took, batch->record.cost) ? more : sl_u256(0));
    sl_log(SL_LOG_ERROR, SL_LOG_COMMIT, "%s", event.err.text);
    sl_lane_emit(lane, &event);
}

/* ---- pieces ---- */

int sl_batch_ask_second(struct sl_lane *lane, const struct sl_batch *batch, struct sl_err *err)
{
    const struct sl_journal_commit *record = &batch->record;
    struct sl_commit_event event = {.type = SL_COMMIT_NOTE};
    struct sl_chain *second;
    struct sl_err why = {0};
    int rc = open_second(&second, lane->commit, lane, lane->chain, err);
    if (rc <= 0)
        return rc < 0 ? rc : 1;
    rc = sl_chain_are_pieces(second, sl_u256(record->data_set_id), record->first_piece_id,
                             record->pieces, record->count, &why);
    close_second(lane->commit, lane, second);
    if (rc >= 0)
        return rc;
    if (rc == SL_ECANCELED)
        return sl_err_set(err, rc, "stopped");
    note_silence(lane->commit, &event.err, &why);
    sl_lane_emit(lane, &event);
    return 1;
}
