/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Failover of the first copy: confirm the outage, choose a replacement, switch to it. */
#include <stdlib.h>
#include <string.h>

#include "sluice/journal.h"

#include "commit_internal.h"
#include "lane/lanes.h"
#include "money/money.h"
#include "provider/candidates.h"

struct sl_provider_search {
    /* immutable */
    struct sl_commit *commit;
    bool silent;

    /* the running thread's; the chain is cancelled from outside */
    struct sl_journal *journal;
    struct sl_chain *chain;
    struct sl_alive alive;
    struct sl_target target; /* after ANOTHER */
    bool endorsed;
};

enum sl_commit_verdict sl_commit_judge(bool chain_answers, bool silent, bool it_answers,
                                       bool another_answers)
{
    if (!chain_answers)
        return SL_VERDICT_LINE;
    if (silent && it_answers)
        return SL_VERDICT_BACK;
    return another_answers ? SL_VERDICT_ANOTHER : SL_VERDICT_ALONE;
}

/* ---- seeking ---- */

int sl_commit_provider_search_new(struct sl_provider_search **out, struct sl_commit *commit,
                                  bool silent, struct sl_err *err)
{
    struct sl_provider_search *search = calloc(1, sizeof *search);
    if (search == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory to look for another provider");
    search->commit = commit;
    search->silent = silent;
    int rc = sl_journal_open_beside(&search->journal, commit->journal, err);
    if (rc == SL_OK)
        rc = sl_commit_chain(&search->chain, commit, err);
    if (rc < 0) {
        sl_commit_provider_search_free(search);
        return rc;
    }
    *out = search;
    return SL_OK;
}

void sl_commit_provider_search_free(struct sl_provider_search *search)
{
    if (search == NULL)
        return;
    sl_chain_free(search->chain);
    sl_journal_close(search->journal);
    free(search);
}

void sl_commit_provider_search_cancel(struct sl_provider_search *search)
{
    sl_chain_cancel(search->chain);
}

/* Providers that the search must skip: those of all copies. `out` has space for providers to avoid.
 */
static size_t taken(struct sl_u256 out[static SL_COPIES_MAX], struct sl_commit *commit)
{
    pthread_mutex_lock(&commit->lock);
    for (size_t i = 0; i < commit->lane_count; i++)
        out[i] = commit->now[i];
    pthread_mutex_unlock(&commit->lock);
    return commit->lane_count;
}

static bool it_answers(struct sl_provider_search *search, const struct sl_chain_view *view)
{
    struct sl_u256 now[SL_COPIES_MAX];
    (void)taken(now, search->commit);
    for (size_t i = 0; i < view->provider_count; i++) {
        if (sl_u256_cmp(view->providers[i].id, now[0]) == 0)
            return sl_alive(&search->alive, &view->providers[i]);
    }
    return false;
}

/* As at the start: an endorsed one. 1: found, 0: none of them can be taken. */
static int choose_endorsed(struct sl_choice *out, struct sl_provider_search *search,
                           const struct sl_selection *selection, const struct sl_avoid *avoid,
                           struct sl_err *err)
{
    struct sl_u256 not_these[SL_COPIES_MAX + USED_MAX];
    struct sl_choice ranked[SL_PROVIDERS_MAX];
    size_t count = taken(not_these, search->commit);
    memcpy(not_these + count, avoid->ids, avoid->count * sizeof not_these[0]);
    count += avoid->count;
    const int found =
        sl_select_ranked(ranked, SL_PROVIDERS_MAX, selection, true, not_these, count, err);
    for (int i = 0; i < found; i++) {
        if (!sl_alive(&search->alive, ranked[i].provider))
            continue;
        *out = ranked[i];
        return 1;
    }
    return found < 0 ? found : 0;
}

/* One that is approved is better than none: the pieces are as safe, and others may pull from it. */
static int choose(struct sl_choice *out, struct sl_provider_search *search,
                  const struct sl_chain_view *view, struct sl_err *err)
{
    struct sl_selection selection = sl_commit_selection(search->commit, view);
    struct sl_u256 now[SL_COPIES_MAX];
    struct sl_avoid avoid;
    int rc = sl_avoid_read(&avoid, search->commit, search->journal, err);
    if (rc < 0)
        return rc;
    rc = choose_endorsed(out, search, &selection, &avoid, err);
    if (rc != 0)
        return rc < 0 ? rc : SL_OK;
    selection.avoid = avoid.ids;
    selection.avoid_count = avoid.count;
    return sl_select_another(out, &selection, now, taken(now, search->commit), sl_alive,
                             &search->alive, err);
}

/* The least that it takes: a data set there, if there is none, and one piece. */
static int can_pay(const struct sl_provider_search *search, const struct sl_chain_view *view,
                   struct sl_err *err)
{
    struct sl_cost_target target = sl_target_cost(search->commit, &search->target);
    struct sl_sums sums;
    target.pieces = 1;
    const int rc = sl_cost_leaves(&target.leaves, sl_u256(SL_PIECE_MIN_BYTES), 1, err);
    return rc < 0 ? rc : sl_money_check(&sums, search->commit, view, &target, 1, err);
}

static int find_another(struct sl_provider_search *search, const struct sl_chain_view *view,
                        struct sl_err *err)
{
    struct sl_choice choice;
    int rc = choose(&choice, search, view, err);
    if (rc == SL_OK)
        rc = sl_target_of(&search->target, &choice, err);
    if (rc == SL_OK)
        rc = can_pay(search, view, err);
    if (rc == SL_OK)
        search->endorsed = choice.provider->endorsed;
    return rc;
}

enum sl_commit_verdict sl_commit_provider_search_run(struct sl_provider_search *search,
                                                     struct sl_err *why)
{
    struct sl_commit *commit = search->commit;
    const struct sl_chain_wish wish = {.what = SL_READ_ALL,
                                       .payer = &commit->options.payer,
                                       .session_key = sl_key_address(commit->options.key)};
    struct sl_chain_view *view = NULL;
    int rc = sl_chain_read(&view, search->chain, &wish, why);
    if (rc == SL_OK)
        rc = sl_alive_ask(&search->alive, commit, view, why);
    if (rc < 0) {
        sl_chain_view_free(view);
        return sl_commit_judge(false, search->silent, false, false);
    }
    const bool answers = it_answers(search, view);
    rc = find_another(search, view, why);
    sl_chain_view_free(view);
    return sl_commit_judge(true, search->silent, answers, rc == SL_OK);
}

/* ---- going there ---- */

static void move_first_lane(struct sl_commit *commit, const struct sl_provider_search *search)
{
    struct sl_lane *lane = &commit->lanes[0];
    lane->target = search->target;
    lane->excluded = sl_u256(0);
    lane->provider_failures = 0;
    lane->data_set_missing_since_ms = 0;
    pthread_mutex_lock(&commit->lock);
    commit->now[0] = lane->target.provider_id;
    commit->last[0] = sl_target_cost(commit, &lane->target);
    bool known = false;
    for (size_t i = 0; i < commit->used_count; i++)
        known = known || sl_u256_cmp(commit->used[i], commit->now[0]) == 0;
    if (!known && commit->used_count < USED_MAX)
        commit->used[commit->used_count++] = commit->now[0];
    pthread_mutex_unlock(&commit->lock);
}

int sl_commit_move(struct sl_commit_moved *out, struct sl_commit *commit,
                   const struct sl_provider_search *search, const struct sl_err *why,
                   struct sl_err *err)
{
    sl_lanes_stop(commit);
    *out = (struct sl_commit_moved){.from = commit->lanes[0].target.shown,
                                    .to = search->target.shown,
                                    .endorsed = search->endorsed};
    (void)!sl_journal_provider_failed(commit->journal, commit->options.network.chain_id,
                                      commit->now[0], why, NULL);
    move_first_lane(commit, search);
    return sl_lanes_start(commit, err);
}
