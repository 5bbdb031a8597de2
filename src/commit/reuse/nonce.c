/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Chooses the nonce that a batch is signed with; reuse_rule.h gives the reasons. The client's own
 * id of a data set is a nonce, too. A payload that creates a data set takes the id of the earlier
 * payload for that data set.
 */
#include "reuse/nonce.h"

#include <stdlib.h>

#include "sluice/log.h"

#include "lane/lane_io.h"
#include "reuse/ownership.h"
#include "reuse/reuse_rule.h"
#include "submission/batch.h"
#include "submission/landed.h"

enum {
    NONCES_MAX = 64,
    CREATIONS_MAX = 16,
    SIBLINGS_MAX = 32,
    BEHIND_EPOCHS = 10, /* as far as nodes behind one address may be apart */
};

/* ---- which payload has used a nonce? ---- */

struct siblings {
    const struct sl_lane *lane;
    struct sl_journal_commit *records;
    size_t count;
};

static int on_sibling(void *ctx, const struct sl_journal_commit *record, const void *payload,
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
    int rc = sl_journal_commits_of_nonce(lane->journal, nonce, on_sibling, &siblings, err);
    for (size_t i = 0; rc == 0 && i < siblings.count; i++) {
        rc = sl_lane_is_landed_as(&siblings.records[i], lane, use, err);
        if (rc == 1)
            *out = siblings.records[i];
    }
    free(siblings.records);
    return rc;
}

/* ---- abandoned payloads of these pieces ---- */

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

static int on_abandoned(void *ctx, const struct sl_journal_commit *record, const void *payload,
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

static int find_abandoned(struct recalling *r, struct sl_err *err)
{
    int rc = SL_OK;
    for (r->piece = 0; rc == SL_OK && r->piece < r->batch->record.count; r->piece++)
        rc = sl_journal_abandoned_commits(r->lane->journal, &r->batch->record.pieces[r->piece],
                                          on_abandoned, r, err);
    if (rc != SL_EOVERFLOW)
        return rc;
    if (r->piece == 1) /* the first one has too many of its own */
        return sl_err_set(err, rc, "these pieces were signed too often without landing");
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

/* What the chain's use of the nonce says; *landed: the record that has used it. */
static int read_word(enum sl_earlier_word *word, struct sl_journal_commit *landed,
                     struct sl_lane *lane, const struct abandoned *abandoned, struct sl_err *err)
{
    *word = SL_EARLIER_UNUSED;
    if (!abandoned->use.used)
        return SL_OK;
    const int rc = sl_lane_whose(landed, lane, abandoned->nonce, &abandoned->use, err);
    if (rc == 0)
        *word = SL_EARLIER_UNMATCHED;
    else
        *word =
            landed->state == SL_JOURNAL_COMMIT_ABANDONED ? SL_EARLIER_ABANDONED : SL_EARLIER_KNOWN;
    return rc < 0 ? rc : SL_OK;
}

/* A node behind the one that reported the nonce does not show its pieces for a while. */
static bool is_behind_for_long(struct sl_lane *lane, enum sl_earlier_word word)
{
    const int64_t now_ms = sl_lane_now_ms(lane);
    if (word == SL_EARLIER_UNUSED)
        return false;
    if (word != SL_EARLIER_UNMATCHED)
        lane->chain_inconsistent_since_ms = 0;
    else if (lane->chain_inconsistent_since_ms == 0)
        lane->chain_inconsistent_since_ms = now_ms;
    return word == SL_EARLIER_UNMATCHED && now_ms - lane->chain_inconsistent_since_ms >=
                                               BEHIND_EPOCHS * lane->commit->options.epoch_ms;
}

/* An abandoned payload has landed after all. */
static enum sl_step adopt(struct recalling *r, struct sl_batch *landed, struct sl_err *err)
{
    struct sl_lane *lane = r->lane;
    sl_batch_let_go(lane, r->batch); /* the events remove items */
    landed->record.state = SL_JOURNAL_COMMIT_LANDED;
    landed->record.err = (struct sl_err){0};
    if (sl_batch_save(lane, landed, err) < 0)
        return SL_STEP_FAILED;
    sl_log(SL_LOG_WARN, SL_LOG_COMMIT,
           "copy %u: commit %lld was abandoned and has landed after all", lane->copy + 1,
           (long long)landed->record.id);
    sl_batch_reserve(lane, landed);
    sl_lane_on_landed(lane, landed);
    return SL_STEP_REGATHER;
}

static enum sl_step judge(struct recalling *r, const struct abandoned *abandoned,
                          struct sl_err *err)
{
    struct sl_batch landed = {0};
    enum sl_earlier_word word;
    if (read_word(&word, &landed.record, r->lane, abandoned, err) < 0)
        return SL_STEP_FAILED;
    switch (sl_reuse_decide(word, is_behind_for_long(r->lane, word))) {
    case SL_REUSE_ADOPT:
        return adopt(r, &landed, err);
    case SL_REUSE_WAIT_FOR_NODE:
        (void)sl_err_set(err, SL_EBUSY, "the node does not yet report which commit has landed");
        return SL_STEP_FAILED;
    case SL_REUSE_REFUSE:
        (void)sl_err_set(err, SL_EFORMAT,
                         "an earlier payload for these pieces has landed, but the chain does not "
                         "show the pieces; look for them with `sluice pieces`. Nothing is signed "
                         "twice");
        return SL_STEP_FAILED;
    case SL_REUSE_SAME_NONCE: /* choose_nonce() */
    case SL_REUSE_NO_MATTER:
    case SL_REUSE_ACTION_COUNT:
        break;
    }
    return SL_STEP_PROCEED;
}

/* The one nonce of the batch, which is that of its first piece that has one. Pieces that have
 * another one wait for their turn. */
static void choose_nonce(struct recalling *r)
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

static enum sl_step recall_pieces(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    struct recalling *r = calloc(1, sizeof *r);
    if (r == NULL) {
        (void)sl_err_set(err, SL_ENOMEM, "out of memory for the commits of the journal");
        return SL_STEP_FAILED;
    }
    r->lane = lane;
    r->batch = batch;
    int rc = find_abandoned(r, err);
    if (rc == SL_OK && r->count > 0)
        rc = ask(r, err);
    enum sl_step step = rc < 0 ? SL_STEP_FAILED : SL_STEP_PROCEED;
    for (size_t i = 0; step == SL_STEP_PROCEED && i < r->count; i++)
        step = judge(r, &r->list[i], err);
    if (step == SL_STEP_PROCEED)
        choose_nonce(r);
    free(r);
    return step;
}

/* ---- what would have made a data set ---- */

struct creations {
    const struct sl_lane *lane;
    struct sl_journal_commit *records; /* newest first */
    size_t count;
};

static int on_creation(void *ctx, const struct sl_journal_commit *record, const void *payload,
                       size_t len)
{
    struct creations *creations = ctx;
    (void)payload;
    (void)len;
    if (sl_lane_owns(creations->lane, record) && creations->count < CREATIONS_MAX)
        creations->records[creations->count++] = *record;
    return 0;
}

/* The data set exists, although no provider has reported it yet. */
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

static enum sl_step recall_creations(struct sl_lane *lane, struct sl_batch *batch,
                                     struct sl_err *err)
{
    struct sl_u256 nonces[2 * CREATIONS_MAX];
    struct sl_nonce_use uses[2 * CREATIONS_MAX];
    struct creations creations = {.lane = lane,
                                  .records = calloc(CREATIONS_MAX, sizeof *creations.records)};
    if (creations.records == NULL) {
        (void)sl_err_set(err, SL_ENOMEM, "out of memory for the commits of the journal");
        return SL_STEP_FAILED;
    }
    int rc = sl_journal_creations(lane->journal, on_creation, &creations, err);
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
    if (rc < 0)
        return SL_STEP_FAILED;
    /* a data set exists by now: look for the pieces in it */
    return sl_u256_is_zero(lane->target.data_set) ? SL_STEP_PROCEED : SL_STEP_REGATHER;
}

enum sl_step sl_batch_recall(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    const enum sl_step step = recall_pieces(lane, batch, err);
    if (step != SL_STEP_PROCEED || !sl_u256_is_zero(lane->target.data_set))
        return step;
    return recall_creations(lane, batch, err);
}
