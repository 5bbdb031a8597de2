/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * asked.c - which copies count. An option that the user did not give restricts nothing. An explicit
 * option is met only by data sets whose metadata or place on chain matches it.
 */
#include <stdlib.h>
#include <string.h>

#include "inside.h"

enum { ROOM_MORE = 64 }; /* spare slots for data sets that this run creates */

static bool asks_metadata(const struct sl_commit *commit)
{
    const struct sl_commit_asked *asked = &commit->options.asked;
    return asked->with_cdn || asked->source || asked->metadata;
}

bool sl_commit_asks_place(const struct sl_commit *commit)
{
    return commit->options.asked.place && sl_commit_is_named(commit);
}

static bool is_asked(const struct sl_commit *commit, const char *key)
{
    const struct sl_commit_asked *asked = &commit->options.asked;
    if (strcmp(key, SL_METADATA_CDN) == 0)
        return asked->with_cdn;
    return strcmp(key, SL_METADATA_SOURCE) == 0 ? asked->source : asked->metadata;
}

static bool fits(const struct sl_commit *commit, const struct sl_data_set *set)
{
    if (!sl_data_set_is_usable(set) || !set->metadata_known ||
        (commit->options.asked.with_cdn && !sl_data_set_has_cdn(set)))
        return false;
    for (size_t i = 0; i < commit->metadata_count; i++) {
        const struct sl_metadata *want = &commit->metadata[i];
        const char *has = sl_metadata_get(set->metadata, set->metadata_count, want->key);
        if (is_asked(commit, want->key) && (has == NULL || strcmp(has, want->value) != 0))
            return false;
    }
    return true;
}

static int note_cdn(const struct sl_commit *commit, const struct sl_chain_view *view,
                    struct sl_err *err)
{
    int rc = sl_journal_txn_begin(commit->journal, err);
    for (size_t i = 0; i < view->data_set_count && rc == SL_OK; i++) {
        uint64_t id;
        if (sl_u256_to_u64(&id, view->data_sets[i].id))
            rc = sl_journal_note_cdn(commit->journal, commit->options.network.chain_id, id,
                                     sl_data_set_has_cdn(&view->data_sets[i]), err);
    }
    if (rc == SL_OK)
        rc = sl_journal_txn_commit(commit->journal, err);
    sl_journal_txn_rollback(commit->journal);
    return rc;
}

int sl_commit_find_fits(struct sl_commit *commit, const struct sl_chain_view *view,
                        struct sl_err *err)
{
    commit->fit_room = view->data_set_count + ROOM_MORE;
    commit->fits = calloc(commit->fit_room, sizeof *commit->fits);
    if (commit->fits == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for the data sets");
    for (size_t i = 0; i < view->data_set_count; i++) {
        const struct sl_data_set *set = &view->data_sets[i];
        if (fits(commit, set) && sl_u256_to_u64(&commit->fits[commit->fit_count], set->id))
            commit->fit_count++;
    }
    return note_cdn(commit, view, err);
}

void sl_commit_made(struct sl_lane *lane, uint64_t data_set_id)
{
    struct sl_commit *commit = lane->commit;
    pthread_mutex_lock(&commit->lock);
    if (commit->fit_count < commit->fit_room)
        commit->fits[commit->fit_count++] = data_set_id;
    pthread_mutex_unlock(&commit->lock);
    (void)!sl_journal_note_cdn(lane->journal, commit->options.network.chain_id, data_set_id,
                               commit->options.with_cdn, NULL);
}

/* Call with the lock held. */
static bool is_fit(const struct sl_commit *commit, uint64_t data_set_id)
{
    for (size_t i = 0; i < commit->fit_count; i++) {
        if (commit->fits[i] == data_set_id)
            return true;
    }
    return false;
}

/* Call with the lock held. With a named data set, a copy at that data set's provider counts only
 * inside that data set. */
static bool is_in_place(const struct sl_commit *commit, const struct sl_journal_copy *copy)
{
    const struct sl_u256 named = commit->options.data_set;
    return !sl_commit_asks_place(commit) || sl_u256_is_zero(named) ||
           sl_u256_cmp(copy->provider_id, commit->now[0]) != 0 ||
           sl_u256_cmp(sl_u256(copy->data_set_id), named) == 0;
}

bool sl_commit_counts(struct sl_commit *commit, const struct sl_journal_copy *copy)
{
    if (!sl_commit_is_own_copy(&commit->options, copy))
        return false;
    pthread_mutex_lock(&commit->lock);
    const bool counts =
        is_in_place(commit, copy) && (!asks_metadata(commit) || is_fit(commit, copy->data_set_id));
    pthread_mutex_unlock(&commit->lock);
    return counts;
}
