/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Computes what a commit costs, and checks that the account can pay, before any bytes are sent. */
#include "money/money.h"

#include <stdio.h>

#include "sluice/chain.h"
#include "sluice/costs.h"

#include "lane/lane_io.h"
#include "money/prices.h"
#include "money/second.h"
#include "provider/candidates.h"

/* `call`: the pieces of the one call that is made; 0: what is made is not known yet. */
static int add_up(struct sl_cost_upload *out, const struct sl_chain_view *view,
                  const struct sl_prices *prices, const struct sl_cost_target *targets,
                  size_t count, uint64_t call, struct sl_err *err)
{
    struct sl_cost_terms terms = sl_cost_terms(prices);
    terms.batch_known = call > 0;
    terms.batch = call > 0 ? call : terms.batch;
    return sl_cost_upload(out, prices, &view->account, &view->account_state, &view->approval,
                          targets, count, &terms, err);
}

static int money_check(struct sl_sums *sums, const struct sl_commit *commit,
                       const struct sl_chain_view *view, const struct sl_cost_target *targets,
                       size_t count, uint64_t call, struct sl_err *err)
{
    struct sl_cost_upload costs;
    struct sl_cost_upload most;
    struct sl_prices prices;
    (void)sl_commit_limit_prices(&prices, commit, &view->prices);
    int rc = add_up(&costs, view, &view->prices, targets, count, call, err);
    if (rc == SL_OK)
        rc = add_up(&most, view, &prices, targets, count, call, err);
    if (rc < 0)
        return rc;
    sums->fees = costs.fees.total;
    sums->add_fees = costs.fees.add;
    sums->cost = sl_cost_spent(&costs);
    sums->most = sl_cost_spent(&most);
    return sl_funds_check(view, &costs, err);
}

int sl_money_check(struct sl_sums *sums, const struct sl_commit *commit,
                   const struct sl_chain_view *view, const struct sl_cost_target *targets,
                   size_t count, struct sl_err *err)
{
    return money_check(sums, commit, view, targets, count, 0, err);
}

/* Explains why a limit is reached that the node's own prices would not reach. */
static const char *by_known(const struct sl_sums *sums)
{
    return sl_u256_cmp(sums->most, sums->cost) > 0
               ? " (by the prices that this release knows, which are higher than the node's)"
               : "";
}

/* ---- the whole queue ---- */

struct queued {
    struct sl_u256 bytes;
    uint64_t pieces;
};

/* Count jobs that wait, and jobs that failed for lack of money. A file may be cut into parts of
 * this size. */
static int on_queued(void *ctx, const struct sl_job *job, const char *path,
                     const char *provider_url)
{
    enum { PART_BYTES = 127 << 20 };
    struct queued *queued = ctx;
    const bool waits = !sl_job_state_finished(job->state) ||
                       (job->state == SL_JOB_FAILED && job->err.code == SL_EMONEY);
    (void)path;
    (void)provider_url;
    if (!waits || job->file.size_bytes == 0)
        return 0;
    queued->pieces += 1 + job->file.size_bytes / PART_BYTES;
    return sl_u256_add(&queued->bytes, queued->bytes, sl_u256(job->file.size_bytes)) ? 0 : 1;
}

/* Other lanes' data sets: what they last saw of them, or what has landed there since. */
static void last_known(struct sl_cost_target *targets, struct sl_commit *commit)
{
    pthread_mutex_lock(&commit->lock);
    for (size_t i = 0; i < commit->lane_count; i++)
        targets[i] = commit->last[i];
    pthread_mutex_unlock(&commit->lock);
}

void sl_commit_price_queue(struct sl_commit *commit, struct sl_journal *journal,
                           const struct sl_chain_view *view, const struct sl_lane *lane,
                           struct sl_err *err)
{
    struct sl_cost_target targets[SL_COPIES_MAX];
    struct queued queued = {.bytes = sl_u256(0)};
    struct sl_err all = {0};
    struct sl_u256 leaves;
    struct sl_sums sums;
    if (err == NULL || sl_journal_each(journal, on_queued, &queued, NULL) != 0 ||
        queued.pieces == 0 || sl_cost_leaves(&leaves, queued.bytes, queued.pieces, NULL) < 0)
        return;
    last_known(targets, commit);
    for (size_t i = 0; i < commit->lane_count; i++) {
        if (lane != NULL && lane->copy == i)
            targets[i] = sl_target_cost(commit, &lane->target);
        targets[i].leaves = leaves;
        targets[i].pieces = queued.pieces;
    }
    if (sl_money_check(&sums, commit, view, targets, commit->lane_count, &all) == SL_EMONEY)
        *err = all;
}

/* The limit of the run counts what is on its way as spent. */
static int reserve(struct sl_commit *commit, const struct sl_sums *sums, struct sl_err *err)
{
    char text[SL_COST_CHARS];
    char spent[SL_COST_CHARS];
    char most[SL_COST_CHARS];
    struct sl_u256 sum;
    pthread_mutex_lock(&commit->lock);
    const struct sl_err overpaid = commit->overpaid;
    const struct sl_u256 before = commit->spent;
    const bool fits = overpaid.code == SL_OK && sl_u256_add(&sum, before, sums->most) &&
                      sl_spend_allows(&commit->options.limit, sum);
    if (fits)
        commit->spent = sum;
    pthread_mutex_unlock(&commit->lock);
    if (overpaid.code != SL_OK && err != NULL)
        *err = overpaid;
    if (overpaid.code != SL_OK || fits)
        return overpaid.code;
    sl_cost_text(text, sums->most);
    sl_cost_text(spent, before);
    sl_cost_text(most, commit->options.limit.most);
    return sl_err_set(err, SL_EMONEY,
                      "this commit needs %s%s and the run has spent %s: together more than "
                      "max_spend = %s; raise it to continue",
                      text, by_known(sums), spent, most);
}

static int batch_leaves(struct sl_u256 *out, const struct sl_batch *batch, struct sl_err *err)
{
    *out = sl_u256(0);
    for (size_t i = 0; i < batch->record.count; i++) {
        struct sl_u256 leaves;
        const struct sl_u256 bytes = sl_u256(batch->record.pieces[i].payload_bytes);
        const int rc = sl_cost_leaves(&leaves, bytes, 1, err);
        if (rc < 0 || !sl_u256_add(out, *out, leaves))
            return sl_err_set(err, SL_EOVERFLOW, "the sizes of the pieces are too large to add up");
    }
    return SL_OK;
}

/* The prices at the start were compared with a second node; compare prices again when they have
 * changed. */
static int compare_prices(struct sl_lane *lane, const struct sl_prices *told, struct sl_err *err)
{
    struct sl_price_doubt doubt;
    struct sl_commit_event event = {.type = SL_COMMIT_NOTE};
    if (!sl_prices_differ(&doubt, told, &lane->commit->money.prices))
        return SL_OK;
    const int rc = sl_commit_compare_prices(lane->commit, lane, lane->chain, told, &event.err, err);
    if (event.err.code != SL_OK)
        sl_lane_emit(lane, &event);
    return rc;
}

/* ---- one payload ---- */

/* The lane's data set as it is in this view: others may have added to it, or ended it. */
static int use_moment(struct sl_lane *lane, const struct sl_chain_view *view, struct sl_err *err)
{
    const struct sl_data_set *set = view->data_set_count == 1 ? &view->data_sets[0] : NULL;
    struct sl_target *target = &lane->target;
    struct sl_commit *commit = lane->commit;
    char id[SL_U256_DEC_CHARS];
    if (!sl_u256_is_zero(target->data_set) && (set == NULL || !sl_data_set_is_usable(set))) {
        sl_u256_dec(id, target->data_set);
        return sl_err_set(err, SL_EBUSY,
                          "data set %s takes no pieces now: it has ended, or the node "
                          "does not know it yet",
                          id);
    }
    if (set != NULL)
        sl_target_read_sums(target, set);
    pthread_mutex_lock(&commit->lock);
    commit->last[lane->copy] = sl_target_cost(commit, target);
    pthread_mutex_unlock(&commit->lock);
    return SL_OK;
}

static int read_moment(struct sl_chain_view **out, struct sl_lane *lane, struct sl_err *err)
{
    const struct sl_due_wish wish = {.payer = &lane->commit->options.payer,
                                     .data_set = lane->target.data_set,
                                     .pdp_rail = lane->target.pdp_rail};
    return sl_chain_read_due(out, lane->chain, &wish, err);
}

/* What the batch adds to the lane's data set. */
static int batch_target(struct sl_cost_target *out, const struct sl_lane *lane,
                        const struct sl_batch *batch, struct sl_err *err)
{
    *out = sl_target_cost(lane->commit, &lane->target);
    out->pieces = batch->record.count;
    return batch_leaves(&out->leaves, batch, err);
}

static int price_batch(struct sl_sums *sums, struct sl_lane *lane, struct sl_batch *batch,
                       const struct sl_chain_view *view, struct sl_err *err)
{
    struct sl_cost_target target;
    int rc = batch_target(&target, lane, batch, err);
    if (rc == SL_OK)
        rc = money_check(sums, lane->commit, view, &target, 1, target.pieces, err);
    if (rc == SL_EMONEY)
        sl_commit_price_queue(lane->commit, lane->journal, view, lane, err);
    if (rc == SL_OK)
        rc = sl_cost_after(&batch->after, &view->prices, &target, target.pieces, err);
    return rc;
}

int sl_lane_check_money(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    struct sl_chain_view *view = NULL;
    struct sl_sums sums;
    int rc = read_moment(&view, lane, err);
    if (rc == SL_OK)
        rc = use_moment(lane, view, err);
    if (rc == SL_OK)
        rc = sl_commit_check_prices(lane->commit, &view->prices, err);
    if (rc == SL_OK)
        rc = compare_prices(lane, &view->prices, err);
    if (rc == SL_OK)
        rc = price_batch(&sums, lane, batch, view, err);
    if (rc == SL_OK)
        rc = reserve(lane->commit, &sums, err);
    if (rc == SL_OK) {
        batch->is_reserved = true;
        batch->promised = sums.cost;
        batch->record.cost = sums.most;
        batch->record.fees = sums.fees;
    }
    sl_chain_view_free(view);
    return rc;
}

void sl_lane_explain_money(struct sl_lane *lane, const struct sl_batch *batch, struct sl_err *err)
{
    struct sl_chain_view *view = NULL;
    struct sl_cost_target target;
    struct sl_err now = {0};
    struct sl_sums sums;
    if (err == NULL || read_moment(&view, lane, NULL) < 0)
        return;
    if (use_moment(lane, view, NULL) == SL_OK &&
        batch_target(&target, lane, batch, NULL) == SL_OK &&
        money_check(&sums, lane->commit, view, &target, 1, target.pieces, &now) == SL_EMONEY) {
        sl_commit_price_queue(lane->commit, lane->journal, view, lane, &now);
        *err = now;
    }
    sl_chain_view_free(view);
}

void sl_lane_note_paid(struct sl_lane *lane, const struct sl_batch *batch)
{
    struct sl_commit *commit = lane->commit;
    if (!batch->is_reserved ||
        sl_u256_cmp(batch->record.provider_id, lane->target.provider_id) != 0)
        return;
    pthread_mutex_lock(&commit->lock);
    commit->last[lane->copy] = batch->after;
    pthread_mutex_unlock(&commit->lock);
}

/* ---- before the first byte ---- */

static int check_limit(const struct sl_commit *commit, const struct sl_sums *sums,
                       struct sl_err *err)
{
    char text[SL_COST_CHARS];
    char most[SL_COST_CHARS];
    if (sl_spend_allows(&commit->options.limit, sums->most))
        return SL_OK;
    sl_cost_text(text, sums->most);
    sl_cost_text(most, commit->options.limit.most);
    return sl_err_set(
        err, SL_EMONEY,
        "these uploads need %s for fees and lockups%s, more than max_spend = %s; raise "
        "it or queue fewer files",
        text, by_known(sums), most);
}

int sl_commit_preflight(struct sl_commit_price *out, const struct sl_commit *commit,
                        struct sl_u256 bytes, uint64_t pieces, struct sl_err *err)
{
    struct sl_cost_target targets[SL_COPIES_MAX];
    struct sl_sums sums = {0};
    const size_t copies = (size_t)commit->options.copies; /* other lanes: jobs of earlier runs */
    int rc = SL_OK;
    *out = (struct sl_commit_price){.available = commit->money.account_state.available};
    for (size_t i = 0; rc == SL_OK && i < copies; i++) {
        targets[i] = commit->start[i];
        struct sl_u256 month;
        targets[i].pieces = pieces;
        rc = sl_cost_leaves(&targets[i].leaves, bytes, pieces, err);
        if (rc == SL_OK)
            rc = sl_cost_month(&month, &commit->money.prices, &targets[i], err);
        if (rc == SL_OK && !sl_u256_add(&out->month, out->month, month))
            rc = sl_err_set(err, SL_EOVERFLOW, "the costs are too large to add up");
    }
    if (rc < 0)
        return rc;
    rc = sl_money_check(&sums, commit, &commit->money, targets, copies, err);
    out->fees = sums.fees;
    const struct sl_cost_fees fees = {.add = sums.add_fees};
    if (rc == SL_OK || rc == SL_EMONEY)
        (void)!sl_cost_advise(&out->advice, &commit->money.prices, &commit->stored, targets, copies,
                              &fees, NULL);
    if (!sl_u256_sub(&out->locked, sums.cost, sums.fees))
        out->locked = sl_u256(0);
    return rc < 0 ? rc : check_limit(commit, &sums, err);
}
