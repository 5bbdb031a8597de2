/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Which nonce a batch is signed with. A payload that has left this program may land at any time,
 * whatever its provider says and however long ago it was: until the chain tells that its nonce is
 * used, what is signed anew for one of its pieces has the same nonce, so that one of both lands at
 * most. The client's own id of a data set is a nonce, too: what would make a data set has that of
 * the one that would have made it before.
 */
#include <stdlib.h>

#include "sluice/log.h"

#include "inside.h"

enum {
    NONCES_MAX = 64,
    CREATIONS_MAX = 16,
    SIBLINGS_MAX = 32,
    BEHIND_EPOCHS = 10, /* as far as nodes behind one address may be apart */
};

/* ---- whose is it? ---- */

struct siblings {
    const struct sl_lane *lane;
    struct sl_journal_commit *records;
    size_t count;
};

static int take_sibling(void *ctx, const struct sl_journal_commit *record, const void *payload,
                        size_t len)
{
    struct siblings *siblings = ctx;
    (void)payload;
    (void)len;
    if (sl_commit_is_own(&siblings->lane->commit->options, record) &&
        siblings->count < SIBLINGS_MAX)
        siblings->records[siblings->count++] = *record;
    return 0;
}

int sl_lane_is_landed_as(struct sl_journal_commit *record, struct sl_lane *lane,
                         const struct sl_nonce_use *use, struct sl_err *err)
{
    uint64_t data_set_id;
    if (!sl_u256_to_u64(&data_set_id, use->data_set_id) || use->next_piece_id < record->count ||
        (record->data_set_id != 0 && record->data_set_id != data_set_id))
        return 0;
    const uint64_t first = use->next_piece_id - record->count;
    const int rc = sl_chain_are_pieces(lane->chain, use->data_set_id, first, record->pieces,
                                       record->count, err);
    if (rc != 1)
        return rc;
    record->data_set_id = data_set_id;
    record->first_piece_id = first;
    return 1;
}

int sl_lane_whose(struct sl_journal_commit *out, struct sl_lane *lane, struct sl_u256 nonce,
                  const struct sl_nonce_use *use, struct sl_err *err)
{
    struct siblings siblings = {.lane = lane,
                                .records = calloc(SIBLINGS_MAX, sizeof *siblings.records)};
    if (siblings.records == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for the commits of the journal");
    int rc = sl_journal_commits_of_nonce(lane->journal, nonce, take_sibling, &siblings, err);
    for (size_t i = 0; rc == 0 && i < siblings.count; i++) {
        rc = sl_lane_is_landed_as(&siblings.records[i], lane, use, err);
        if (rc == 1)
            *out = siblings.records[i];
    }
    free(siblings.records);
    return rc;
}

/* ---- what was given up with these pieces ---- */

struct abandoned {
    struct sl_u256 nonce;
    struct sl_piece_set pieces; /* of the batch, that were signed with it */
    size_t payloads;            /* that the first of those is in */
    struct sl_nonce_use use;
};

struct recalling {
    struct sl_lane *lane;
    struct sl_batch *batch;
    size_t piece; /* of the batch, that is asked for */
    size_t count;
    struct abandoned list[NONCES_MAX];
};

static int take_given_up(void *ctx, const struct sl_journal_commit *record, const void *payload,
                         size_t len)
{
    struct recalling *r = ctx;
    size_t i = 0;
    (void)payload;
    (void)len;
    if (!sl_lane_owns(r->lane, record))
        return 0;
    while (i < r->count && sl_u256_cmp(r->list[i].nonce, record->nonce) != 0)
        i++;
    if (i == NONCES_MAX)
        return SL_EOVERFLOW;
    if (i == r->count)
        r->list[r->count++] = (struct abandoned){.nonce = record->nonce};
    sl_piece_set_put(&r->list[i].pieces, r->piece);
    r->list[i].payloads += sl_piece_set_first(&r->list[i].pieces) == r->piece;
    return 0;
}

/* The pieces from this place on wait for another batch. */
static void leave_rest(struct recalling *r, size_t from)
{
    struct sl_piece_set rest = {0};
    for (size_t i = from; i < r->batch->record.count; i++)
        sl_piece_set_put(&rest, i);
    sl_batch_leave_out(r->lane, r->batch, &rest);
}

static int find_given_up(struct recalling *r, struct sl_err *err)
{
    int rc = SL_OK;
    for (r->piece = 0; rc == SL_OK && r->piece < r->batch->record.count; r->piece++)
        rc = sl_journal_abandoned_commits(r->lane->journal, &r->batch->record.pieces[r->piece],
                                          take_given_up, r, err);
    if (rc != SL_EOVERFLOW)
        return rc;
    if (r->piece == 1) /* the first one has too many of its own */
        return sl_err_set(err, rc, "these pieces were signed too often, and never landed");
    leave_rest(r, r->piece - 1);
    return SL_OK;
}

static int ask(struct recalling *r, struct sl_err *err)
{
    struct sl_u256 nonces[NONCES_MAX];
    struct sl_nonce_use uses[NONCES_MAX];
    for (size_t i = 0; i < r->count; i++)
        nonces[i] = r->list[i].nonce;
    const int rc = sl_chain_nonces(uses, NULL, r->lane->chain, &r->lane->commit->options.payer,
                                   nonces, r->count, err);
    for (size_t i = 0; rc == SL_OK && i < r->count; i++)
        r->list[i].use = uses[i];
    return rc;
}

/* Its pieces are not there: a node behind the one that told of the nonce says so for a while. */
static int is_odd(struct sl_lane *lane, struct sl_err *err)
{
    const int64_t now_ms = sl_lane_now_ms(lane);
    if (lane->chain_inconsistent_since_ms == 0)
        lane->chain_inconsistent_since_ms = now_ms;
    if (now_ms - lane->chain_inconsistent_since_ms < BEHIND_EPOCHS * lane->commit->options.epoch_ms)
        return sl_err_set(err, SL_EBUSY, "the node does not know yet what has landed");
    return sl_err_set(err, SL_EFORMAT,
                      "what was signed for these pieces before has landed, and the chain does not "
                      "show them where it did: look for them with `sluice pieces`; nothing is "
                      "signed twice");
}

/* 1: what was given up has landed all the same, and is told. */
static int take_landed(struct recalling *r, const struct abandoned *abandoned, struct sl_err *err)
{
    struct sl_lane *lane = r->lane;
    struct sl_batch landed = {0};
    int rc = sl_lane_whose(&landed.record, lane, abandoned->nonce, &abandoned->use, err);
    if (rc < 0)
        return rc;
    if (rc == 0)
        return is_odd(lane, err);
    lane->chain_inconsistent_since_ms = 0;
    if (landed.record.state != SL_JOURNAL_COMMIT_ABANDONED)
        return 0;                    /* the others of this nonce cannot land any more */
    sl_batch_let_go(lane, r->batch); /* telling takes items out */
    landed.record.state = SL_JOURNAL_COMMIT_LANDED;
    landed.record.err = (struct sl_err){0};
    rc = sl_batch_save(lane, &landed, err);
    if (rc < 0)
        return rc;
    sl_log(SL_LOG_WARN, SL_LOG_COMMIT, "copy %u: commit %lld was given up and has landed after all",
           lane->copy + 1, (long long)landed.record.id);
    sl_batch_reserve(lane, &landed);
    sl_lane_landed(lane, &landed);
    return 1;
}

/* The one nonce of the batch, which is that of its first piece that has one. Pieces that have
 * another one wait for their turn. */
static void take_nonce(struct recalling *r)
{
    struct sl_batch *batch = r->batch;
    const struct abandoned *taken = NULL;
    struct sl_piece_set others = {0};
    for (size_t p = 0; taken == NULL && p < batch->record.count; p++) {
        for (size_t i = 0; taken == NULL && i < r->count; i++) {
            if (!r->list[i].use.used && sl_piece_set_has(&r->list[i].pieces, p))
                taken = &r->list[i];
        }
    }
    if (taken == NULL)
        return;
    batch->nonce = taken->nonce;
    batch->abandoned = taken->payloads;
    for (size_t i = 0; i < r->count; i++) {
        if (&r->list[i] != taken && !r->list[i].use.used)
            sl_piece_set_add_except(&others, &r->list[i].pieces, &taken->pieces);
    }
    sl_batch_leave_out(r->lane, batch, &others);
}

static int recall_pieces(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    struct recalling *r = calloc(1, sizeof *r);
    if (r == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for the commits of the journal");
    r->lane = lane;
    r->batch = batch;
    int rc = find_given_up(r, err);
    if (rc == SL_OK && r->count > 0)
        rc = ask(r, err);
    for (size_t i = 0; rc == SL_OK && i < r->count; i++) {
        if (r->list[i].use.used)
            rc = take_landed(r, &r->list[i], err);
    }
    if (rc == SL_OK)
        take_nonce(r);
    free(r);
    return rc;
}

/* ---- what would have made a data set ---- */

struct creations {
    const struct sl_lane *lane;
    struct sl_journal_commit *records; /* newest first */
    size_t count;
};

static int take_creation(void *ctx, const struct sl_journal_commit *record, const void *payload,
                         size_t len)
{
    struct creations *creations = ctx;
    (void)payload;
    (void)len;
    if (sl_lane_owns(creations->lane, record) && creations->count < CREATIONS_MAX)
        creations->records[creations->count++] = *record;
    return 0;
}

/* The data set is there, though nobody has told of it yet. */
static void use_data_set(struct sl_lane *lane, const struct sl_journal_commit *record,
                         const struct sl_nonce_use *use)
{
    uint64_t data_set_id;
    if (sl_u256_cmp(record->provider_id, lane->target.provider_id) != 0 ||
        !sl_u256_to_u64(&data_set_id, use->data_set_id))
        return;
    lane->target.data_set = use->data_set_id;
    lane->target.client_data_set_id = record->client_data_set_id;
    lane->target.shown.data_set_id = data_set_id;
}

static void judge_creations(struct sl_lane *lane, struct sl_batch *batch,
                            const struct creations *creations, const struct sl_nonce_use *uses)
{
    for (size_t i = creations->count; i > 0; i--) { /* the newest has the last word */
        const struct sl_journal_commit *record = &creations->records[i - 1];
        const struct sl_nonce_use *client = &uses[2 * (i - 1)];
        const struct sl_nonce_use *nonce = &uses[2 * (i - 1) + 1];
        if (client->used && nonce->used)
            use_data_set(lane, record, client);
        else if (!client->used && !nonce->used)
            batch->client_data_set_id = record->client_data_set_id;
    }
}

static int recall_creations(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    struct sl_u256 nonces[2 * CREATIONS_MAX];
    struct sl_nonce_use uses[2 * CREATIONS_MAX];
    struct creations creations = {.lane = lane,
                                  .records = calloc(CREATIONS_MAX, sizeof *creations.records)};
    if (creations.records == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for the commits of the journal");
    int rc = sl_journal_creations(lane->journal, take_creation, &creations, err);
    for (size_t i = 0; i < creations.count; i++) {
        nonces[2 * i] = creations.records[i].client_data_set_id;
        nonces[2 * i + 1] = creations.records[i].nonce;
    }
    if (rc == SL_OK && creations.count > 0)
        rc = sl_chain_nonces(uses, NULL, lane->chain, &lane->commit->options.payer, nonces,
                             2 * creations.count, err);
    if (rc == SL_OK && creations.count > 0)
        judge_creations(lane, batch, &creations, uses);
    free(creations.records);
    /* one is there by now: what else is, was asked for too early */
    return rc == SL_OK ? !sl_u256_is_zero(lane->target.data_set) : rc;
}

int sl_batch_recall(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    const int rc = recall_pieces(lane, batch, err);
    if (rc != SL_OK || !sl_u256_is_zero(lane->target.data_set))
        return rc;
    return recall_creations(lane, batch, err);
}
