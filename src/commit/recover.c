/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * What the journal knows of pieces before anything is signed for them: commits that were left open
 * by an earlier run, or by this one when their outcome could not be read, and copies that have
 * landed. The lane asks on its own thread, on which alone its commits land: no answer grows old.
 */
#include <stdlib.h>
#include <string.h>

#include "sluice/log.h"

#include "inside.h"

enum { LANDED_MAX = 16 };

/* ---- copies that have landed ---- */

bool sl_commit_is_own_copy(const struct sl_commit_options *options,
                           const struct sl_journal_copy *copy)
{
    return copy->chain_id == options->network.chain_id &&
           memcmp(copy->payer, options->payer.bytes, sizeof copy->payer) == 0;
}

/* What has landed of a piece, a provider once. */
struct landed {
    struct sl_commit *commit;
    struct sl_journal_copy copies[LANDED_MAX];
    size_t count;
};

static int take_landed(void *ctx, const struct sl_journal_copy *copy)
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
    const int rc = sl_journal_each_copy(journal, piece, take_landed, &landed, err);
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

/* ---- commits that were left open ---- */

bool sl_commit_is_own(const struct sl_commit_options *options,
                      const struct sl_journal_commit *record)
{
    return record->chain_id == options->network.chain_id &&
           memcmp(record->payer, options->payer.bytes, sizeof record->payer) == 0;
}

/* By its provider: the numbers of copies are those of another run. By its number when none of the
 * lanes is there. */
bool sl_lane_owns(const struct sl_lane *lane, const struct sl_journal_commit *record)
{
    struct sl_commit *commit = lane->commit;
    size_t owner = record->copy;
    pthread_mutex_lock(&commit->lock);
    for (size_t i = commit->lane_count; i > 0; i--) {
        if (sl_u256_cmp(commit->now[i - 1], record->provider_id) == 0)
            owner = i - 1;
    }
    pthread_mutex_unlock(&commit->lock);
    return sl_commit_is_own(&commit->options, record) && owner == lane->copy;
}

struct left {
    struct left *next;
    struct sl_batch batch;
};

struct finding {
    const struct sl_lane *lane;
    struct left **tail;
};

static int take_left(void *ctx, const struct sl_journal_commit *record, const void *payload,
                     size_t len)
{
    struct finding *finding = ctx;
    const struct sl_lane *lane = finding->lane;
    if (!sl_lane_owns(lane, record))
        return 0;
    struct left *left = calloc(1, sizeof *left);
    if (left == NULL)
        return SL_ENOMEM;
    left->batch.record = *record;
    sl_buf_add(&left->batch.payload, payload, len);
    *finding->tail = left;
    finding->tail = &left->next;
    return left->batch.payload.failed;
}

static void free_left(struct left *list)
{
    while (list != NULL) {
        struct left *next = list->next;
        sl_buf_free(&list->batch.payload);
        free(list);
        list = next;
    }
}

static int find_left(struct left **list, struct sl_lane *lane, struct sl_err *err)
{
    struct finding finding = {.lane = lane, .tail = list};
    const int rc = sl_journal_each_commit(lane->journal, true, take_left, &finding, err);
    if (rc == SL_ENOMEM)
        sl_err_set(err, rc, "out of memory for the commits of the journal");
    return rc;
}

static void go_on_with(struct sl_lane *lane, struct sl_batch *batch)
{
    struct sl_err err = {0};
    sl_batch_note(batch, "left open by an earlier run", &batch->record.err);
    if (batch->record.state == SL_JOURNAL_COMMIT_SIGNED) {
        sl_err_set(&err, SL_ECANCELED, "the program ended before it was sent");
        sl_batch_void(lane, batch, &err);
        return;
    }
    sl_lane_tell_all(lane, batch, SL_COMMIT_GATHERED, NULL);
    if (sl_batch_is_orphan(lane, batch)) {
        sl_orphan_add(lane, batch);
        return;
    }
    if (sl_batch_settle(lane, batch, &err) == SL_OK)
        sl_lane_landed(lane, batch);
    else if (batch->record.state != SL_JOURNAL_COMMIT_ABANDONED && err.code != SL_ECANCELED)
        sl_lane_tell_all(lane, batch, SL_COMMIT_FAILED, &err);
}

static void go_on_with_all(struct sl_lane *lane, struct left *list)
{
    for (; list != NULL; list = list->next)
        go_on_with(lane, &list->batch);
    sl_log_about("%s", "");
}

int sl_lane_recover(struct sl_lane *lane, struct sl_err *err)
{
    struct left *list = NULL;
    const int rc = find_left(&list, lane, err);
    if (rc == SL_OK)
        go_on_with_all(lane, list);
    free_left(list);
    return rc;
}

/* ---- before a batch is signed ---- */

static bool has_piece(const struct sl_journal_commit *record, const struct sl_piece_id *piece)
{
    for (size_t i = 0; i < record->count; i++) {
        if (sl_piece_id_equal(&record->pieces[i], piece))
            return true;
    }
    return false;
}

static bool may_still_land(const struct left *list, const struct sl_journal_commit *batch)
{
    for (; list != NULL; list = list->next) {
        for (size_t i = 0; i < batch->count; i++) {
            if (has_piece(&list->batch.record, &batch->pieces[i]))
                return true;
        }
    }
    return false;
}

static unsigned copies_of(const struct sl_lane *lane, const struct sl_item *item)
{
    pthread_mutex_lock(&lane->commit->lock);
    const unsigned copies = item->copies;
    pthread_mutex_unlock(&lane->commit->lock);
    return copies;
}

/* 1: the copy is on chain already; the item is freed and LANDED was reported. */
static int tell_landed(struct sl_lane *lane, const struct sl_item *item, struct sl_err *err)
{
    const struct sl_piece_id piece = item->piece;
    struct sl_commit_event landed;
    int rc;
    do { /* repeat when an add that wants more copies arrived meanwhile: it counts existing copies
            differently */
        const unsigned copies = copies_of(lane, item);
        rc = sl_lane_has_landed(&landed, lane, lane->journal, &piece, copies, err);
        landed.copies = copies;
    } while (rc == 1 && !sl_lane_drop_wanted(lane, &piece, landed.copies, &landed.serial));
    if (rc == 1)
        sl_commit_tell(lane, &landed);
    return rc;
}

/* The others move up. */
static int leave_out_landed(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    struct sl_journal_commit *record = &batch->record;
    size_t kept = 0;
    for (size_t i = 0; i < record->count; i++) {
        const int rc = tell_landed(lane, batch->items[i], err);
        if (rc < 0)
            return rc;
        if (rc == 1)
            continue;
        batch->items[kept] = batch->items[i];
        record->pieces[kept++] = record->pieces[i];
    }
    record->count = kept;
    return kept > 0;
}

int sl_lane_sort_out(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    struct left *list = NULL;
    int rc = find_left(&list, lane, err);
    if (rc == SL_OK && may_still_land(list, &batch->record)) {
        sl_batch_let_go(lane, batch); /* what it becomes may take items out */
        go_on_with_all(lane, list);
    } else if (rc == SL_OK) {
        rc = leave_out_landed(lane, batch, err);
    }
    free_left(list);
    return rc;
}
