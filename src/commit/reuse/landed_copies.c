/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Finds the copies of a piece that the journal knows to be on chain, and their lanes in this run.
 */
#include "reuse/landed_copies.h"

#include <string.h>

#include "provider/asked.h"

enum { LANDED_MAX = 16 };

/* What has landed of a piece, a provider once. */
struct landed {
    struct sl_commit *commit;
    struct sl_journal_copy copies[LANDED_MAX];
    size_t count;
};

static int on_copy(void *ctx, const struct sl_journal_copy *copy)
{
    struct landed *landed = ctx;
    if (!sl_commit_counts(landed->commit, copy))
        return 0;
    for (size_t i = 0; i < landed->count; i++) {
        if (sl_u256_cmp(landed->copies[i].provider_id, copy->provider_id) == 0)
            return 0;
    }
    if (landed->count < LANDED_MAX)
        landed->copies[landed->count++] = *copy;
    return 0;
}

/* Whose provider it is: SL_COPIES_MAX when no lane is there. */
static size_t lane_at(const struct sl_u256 *now, size_t count, struct sl_u256 provider_id)
{
    for (size_t i = 0; i < count; i++) {
        if (sl_u256_cmp(now[i], provider_id) == 0)
            return i;
    }
    return SL_COPIES_MAX;
}

/* A copy is that of the lane that is at its provider, whatever number it had in another run: what
 * a provider has it is not paid for twice. Those at other providers make good for the lanes that
 * have none: of the same number first, then in their order. */
static const struct sl_journal_copy *copy_of(const struct landed *landed, const struct sl_u256 *now,
                                             size_t lanes, unsigned lane)
{
    const struct sl_journal_copy *of[SL_COPIES_MAX] = {NULL};
    bool taken[LANDED_MAX] = {false};
    for (size_t i = 0; i < landed->count; i++) {
        const size_t at = lane_at(now, lanes, landed->copies[i].provider_id);
        taken[i] = at < lanes;
        if (taken[i])
            of[at] = &landed->copies[i];
    }
    for (int round = 0; round < 2; round++) {
        for (size_t l = 0; l < lanes; l++) {
            for (size_t i = 0; of[l] == NULL && i < landed->count; i++) {
                if ((l == 0 && sl_commit_asks_place(landed->commit)) || taken[i] ||
                    (round == 0 && landed->copies[i].copy != l))
                    continue;
                taken[i] = true;
                of[l] = &landed->copies[i];
            }
        }
    }
    return of[lane];
}

int sl_lane_has_landed(struct sl_commit_event *event, const struct sl_lane *lane,
                       struct sl_journal *journal, const struct sl_piece_id *piece, unsigned copies,
                       struct sl_err *err)
{
    struct sl_commit *commit = lane->commit;
    struct landed landed = {.commit = commit};
    struct sl_u256 now[SL_COPIES_MAX];
    *event = (struct sl_commit_event){.type = SL_COMMIT_LANDED, .piece = *piece};
    const int rc = sl_journal_each_copy(journal, piece, on_copy, &landed, err);
    pthread_mutex_lock(&commit->lock);
    memcpy(now, commit->now, sizeof now);
    pthread_mutex_unlock(&commit->lock);
    if (rc < 0)
        return rc;
    const struct sl_journal_copy *copy = copy_of(&landed, now, copies, lane->copy);
    if (copy == NULL)
        return 0;
    event->data_set_id = copy->data_set_id;
    event->piece_id = copy->piece_id;
    memcpy(event->tx, copy->tx, sizeof event->tx);
    return 1;
}
