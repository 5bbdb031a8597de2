/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Before a batch: check that the lane's data set takes pieces; if not, choose another one. */
#include "provider/target.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "sluice/log.h"

#include "lane/lane_io.h"
#include "provider/candidates.h"

enum { BEHIND_EPOCHS = 10 }; /* as far as nodes behind one address may be apart */

static int read_all(struct sl_chain_view **out, struct sl_lane *lane, struct sl_err *err)
{
    const struct sl_chain_wish wish = {.what = SL_READ_PROVIDERS | SL_READ_DATA_SETS,
                                       .payer = &lane->commit->options.payer};
    return sl_chain_read(out, lane->chain, &wish, err);
}

/* A data set that another run created at this provider may have other metadata than this run asks
 * for. */
static bool is_of_our_kind(const struct sl_lane *lane, const struct sl_data_set *set)
{
    const struct sl_commit *commit = lane->commit;
    const bool named = lane->copy == 0 && !sl_u256_is_zero(commit->options.data_set);
    return named || !set->metadata_known ||
           sl_metadata_equal(set->metadata, set->metadata_count, commit->metadata,
                             commit->metadata_count);
}

static bool is_ours(const struct sl_lane *lane, const struct sl_data_set *set)
{
    return is_of_our_kind(lane, set) && sl_data_set_is_usable(set) &&
           sl_u256_cmp(set->id, lane->excluded) != 0 &&
           sl_u256_cmp(set->provider_id, lane->target.provider_id) == 0 &&
           sl_address_equal(&set->payer, &lane->commit->options.payer);
}

/* Another data set of the same provider: one with our metadata, or a new one. */
static int choose_data_set(struct sl_lane *lane, struct sl_err *err)
{
    struct sl_chain_view *view = NULL;
    struct sl_choice choice;
    int rc = read_all(&view, lane, err);
    if (rc < 0)
        return rc;
    struct sl_selection selection = sl_commit_selection(lane->commit, view);
    for (size_t i = 0; i < view->data_set_count; i++) {
        if (sl_u256_cmp(view->data_sets[i].id, lane->excluded) == 0)
            view->data_sets[i].live = false; /* in this snapshot: it is not to be chosen */
    }
    rc = sl_select_provider(&choice, &selection, lane->target.provider_id, err);
    if (rc == SL_OK)
        rc = sl_target_of(&lane->target, &choice, err);
    sl_chain_view_free(view);
    return rc;
}

/* The data set takes no more pieces: it was terminated, its provider refuses it, or a contract
 * decides about it now. Tell the user where the pieces go now. */
static void emit_ended(struct sl_lane *lane, uint64_t ended)
{
    struct sl_commit_event event = {.type = SL_COMMIT_NOTE};
    const uint64_t next = lane->target.shown.data_set_id;
    char where[48] = "a new data set";
    if (next != 0)
        snprintf(where, sizeof where, "data set %" PRIu64, next);
    (void)sl_err_set(&event.err, SL_EREFUSED,
                     "data set %" PRIu64
                     " takes no more pieces: it was terminated, or its provider "
                     "refuses it. New pieces go to %s",
                     ended, where);
    sl_lane_emit(lane, &event);
}

/* The data set existed earlier and nothing says that it ended: this node may be behind the node
 * that reported it. A new data set would waste money, so the lane waits for this one. */
static bool is_behind(struct sl_lane *lane, const struct sl_data_set *set)
{
    const int64_t now_ms = sl_lane_now_ms(lane);
    const bool has_ended =
        sl_u256_cmp(lane->target.data_set, lane->excluded) == 0 ||
        (set != NULL && (!sl_u256_is_zero(set->end_epoch) || (set->live && set->managed)));
    if (has_ended)
        return false;
    if (lane->data_set_missing_since_ms == 0)
        lane->data_set_missing_since_ms = now_ms;
    return now_ms - lane->data_set_missing_since_ms <
           BEHIND_EPOCHS * lane->commit->options.epoch_ms;
}

int sl_lane_check_target(struct sl_lane *lane, struct sl_err *err)
{
    struct sl_chain_view *view = NULL;
    const uint64_t ended = lane->target.shown.data_set_id; /* reported if this data set has ended */
    if (sl_u256_is_zero(lane->target.data_set))
        return SL_OK;
    int rc = sl_chain_read_data_sets(&view, lane->chain, &lane->target.data_set, 1, err);
    if (rc < 0)
        return rc;
    const struct sl_data_set *set = view->data_set_count == 1 ? &view->data_sets[0] : NULL;
    const bool good = set != NULL && is_ours(lane, set);
    const bool behind = !good && is_behind(lane, set);
    if (good) {
        lane->target.client_data_set_id = set->client_data_set_id;
        sl_target_read_sums(&lane->target, set);
    }
    sl_chain_view_free(view);
    if (behind)
        return sl_err_set(err, SL_EBUSY, "the node does not know the data set yet");
    lane->data_set_missing_since_ms = 0;
    if (good)
        return SL_OK;
    if (lane->copy == 0 && !sl_u256_is_zero(lane->commit->options.data_set))
        return sl_err_set(
            err, SL_ECONFIG,
            "data set %" PRIu64 " takes no more pieces: it was terminated, an authorizer "
            "was set, or its provider refuses it. Without --data-set, sluice uses another one",
            ended);
    rc = choose_data_set(lane, err);
    if (rc == SL_OK)
        emit_ended(lane, ended);
    return rc;
}

/* ---- another provider ---- */

static int choose_another(struct sl_choice *out, struct sl_lane *lane,
                          const struct sl_chain_view *view, struct sl_alive *alive,
                          struct sl_err *err)
{
    struct sl_commit *commit = lane->commit;
    struct sl_selection selection = sl_commit_selection(commit, view);
    struct sl_u256 used[USED_MAX];
    struct sl_avoid avoid;
    int rc = sl_avoid_read(&avoid, commit, lane->journal, err);
    if (rc < 0)
        return rc;
    selection.avoid = avoid.ids;
    selection.avoid_count = avoid.count;
    pthread_mutex_lock(&commit->lock);
    const size_t count = commit->used_count;
    for (size_t i = 0; i < count; i++)
        used[i] = commit->used[i];
    pthread_mutex_unlock(&commit->lock);
    rc = sl_select_another(out, &selection, used, count, sl_alive, alive, err);
    if (rc < 0 || count == USED_MAX)
        return rc < 0 ? rc : sl_err_set(err, SL_ENOTFOUND, "too many providers have failed");
    pthread_mutex_lock(&commit->lock);
    commit->used[commit->used_count++] = out->provider->id;
    commit->now[lane->copy] = out->provider->id;
    pthread_mutex_unlock(&commit->lock);
    return SL_OK;
}

int sl_lane_replace(struct sl_lane *lane, struct sl_err *err)
{
    struct sl_chain_view *view = NULL;
    struct sl_choice choice;
    struct sl_alive *alive = calloc(1, sizeof *alive);
    int rc = alive != NULL ? SL_OK : sl_err_set(err, SL_ENOMEM, "out of memory for the commits");
    if (rc == SL_OK)
        rc = read_all(&view, lane, err);
    if (rc == SL_OK)
        rc = sl_alive_ask(alive, lane->commit, view, err);
    if (rc == SL_OK)
        rc = choose_another(&choice, lane, view, alive, err);
    if (rc == SL_OK)
        rc = sl_target_of(&lane->target, &choice, err);
    if (rc == SL_OK)
        sl_log(SL_LOG_INFO, SL_LOG_COMMIT, "copy=%u goes to another provider: %.64s at %s",
               lane->copy + 1, lane->target.shown.name, lane->target.shown.service_url);
    if (rc == SL_OK)
        lane->provider_failures = 0;
    sl_chain_view_free(view);
    free(alive);
    return rc;
}
