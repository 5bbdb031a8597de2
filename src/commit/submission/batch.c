/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A batch: the payload that is signed, and its record in the journal. */
#include "submission/batch.h"

#include <stdio.h>
#include <string.h>

#include "sluice/eip712.h"
#include "sluice/journal.h"
#include "sluice/log.h"

#include "lane/lane_io.h"
#include "submission/labels.h"
#include "submission/notes.h"

/* ---- signing ---- */

static struct sl_u256 random_u256(void)
{
    uint8_t bytes[32];
    struct sl_u256 value = sl_u256(0);
    do {
        sl_random(bytes, sizeof bytes);
        (void)!sl_u256_from_be(&value, bytes, sizeof bytes);
    } while (sl_u256_is_zero(value));
    return value;
}

static struct sl_u256 or_random(struct sl_u256 taken)
{
    return sl_u256_is_zero(taken) ? random_u256() : taken;
}

static void fill_record(const struct sl_lane *lane, struct sl_batch *batch)
{
    struct sl_journal_commit *record = &batch->record;
    const struct sl_commit_options *options = &lane->commit->options;
    const struct sl_target *target = &lane->target;
    record->chain_id = options->network.chain_id;
    memcpy(record->payer, options->payer.bytes, sizeof record->payer);
    record->copy = lane->copy;
    record->provider_id = target->provider_id;
    snprintf(record->service_url, sizeof record->service_url, "%s", target->shown.service_url);
    record->creates = sl_u256_is_zero(target->data_set);
    record->data_set_id = target->shown.data_set_id;
    record->client_data_set_id =
        record->creates ? or_random(batch->client_data_set_id) : target->client_data_set_id;
    do { /* both are of one space: they must differ, and random ones do */
        record->nonce = or_random(batch->nonce);
    } while (sl_u256_cmp(record->nonce, record->client_data_set_id) == 0);
}

/* A pull is known by its payload, and one that has failed fails for ever. Zero words behind the
 * values, which no decoder reads, make it another one though nonce and pieces are the same. */
static void make_distinct(struct sl_batch *batch)
{
    static const uint8_t zeros[32];
    for (size_t i = 0; batch->pulls && i < batch->abandoned; i++)
        sl_buf_add(&batch->payload, zeros, sizeof zeros);
}

static int sign(const struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    const struct sl_commit *commit = lane->commit;
    const struct sl_journal_commit *record = &batch->record;
    const struct sl_domain domain =
        sl_domain_storage(record->chain_id, &commit->options.network.fwss);
    const struct sl_contracts *contracts;
    uint8_t cids[SL_COMMIT_PIECES][SL_PIECE_CID_BYTES];
    struct sl_signed_piece pieces[SL_COMMIT_PIECES];
    const int rc = sl_chain_contracts(lane->chain, &contracts, err);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < record->count; i++) {
        pieces[i] = (struct sl_signed_piece){.cid = cids[i],
                                             .metadata = batch->items[i]->metadata,
                                             .metadata_count = batch->items[i]->metadata_count};
        pieces[i].cid_len = sl_piece_cid_bytes(cids[i], &record->pieces[i]);
    }
    const struct sl_add_message add = {.client_data_set_id = record->client_data_set_id,
                                       .nonce = record->nonce,
                                       .pieces = pieces,
                                       .count = record->count,
                                       .compact = contracts->is_compact};
    const struct sl_create_message create = {.payer = commit->options.payer,
                                             .payee = lane->target.payee,
                                             .client_data_set_id = record->client_data_set_id,
                                             .metadata = commit->metadata,
                                             .metadata_count = commit->metadata_count};
    sl_buf_clear(&batch->payload);
    if (!record->creates)
        return sl_payload_add(&batch->payload, commit->options.key, &domain, &add, err);
    return sl_payload_create_and_add(&batch->payload, commit->options.key, &domain, &create, &add,
                                     err);
}

/* ---- journal ---- */

static void emit_journal_wait(struct sl_lane *lane)
{
    struct sl_commit_event event = {.type = SL_COMMIT_NOTE};
    if (sl_journal_is_changing())
        (void)sl_err_set(
            &event.err, SL_EJOURNAL,
            "the disk of the journal is slow: commits wait until the journal is written");
    else
        (void)sl_err_set(
            &event.err, SL_EJOURNAL,
            "another program has locked the journal, so commits wait; close programs that "
            "use the state folder (a backup, a database tool)");
    sl_log(SL_LOG_WARN, SL_LOG_COMMIT, "copy %u: %s", lane->copy + 1, event.err.text);
    sl_lane_emit(lane, &event);
}

/* A commit record protects money, so a locked journal is waited for, not skipped. 1: try again. */
static int wait_for_journal(struct sl_lane *lane, int64_t since_ms, int tries, struct sl_err *err)
{
    const int64_t most_ms = PATIENCE_RESENDS * lane->commit->options.resend_ms;
    if (!sl_journal_is_locked(err) || sl_lane_now_ms(lane) - since_ms >= most_ms)
        return err->code;
    if (tries == 1)
        emit_journal_wait(lane);
    const int rc = sl_lane_wait(lane, sl_lane_poll_ms(lane), err);
    return rc < 0 ? rc : 1;
}

static int write_record(struct sl_lane *lane, struct sl_batch *batch, bool is_new,
                        struct sl_err *err)
{
    struct sl_journal_commit *record = &batch->record;
    return is_new ? sl_journal_put_commit(lane->journal, record, batch->payload.data,
                                          batch->payload.len, err)
                  : sl_journal_update_commit(lane->journal, record, err);
}

static int keep(struct sl_lane *lane, struct sl_batch *batch, bool is_new, struct sl_err *err)
{
    const int64_t since_ms = sl_lane_now_ms(lane);
    struct sl_err why = {0};
    int tries = 0;
    int rc;
    do {
        rc = write_record(lane, batch, is_new, &why);
        if (rc < 0)
            rc = wait_for_journal(lane, since_ms, ++tries, &why);
    } while (rc > 0);
    if (rc < 0 && err != NULL)
        *err = why;
    return rc;
}

int sl_batch_sign(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    fill_record(lane, batch);
    const int rc = sign(lane, batch, err);
    make_distinct(batch);
    const int kept = rc < 0 ? rc : keep(lane, batch, true, err);
    sl_batch_note(batch, kept < 0 ? "not signed" : "signed", kept < 0 ? err : NULL);
    return kept;
}

int sl_batch_save(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    if (batch->record.state == SL_JOURNAL_COMMIT_LANDED)
        sl_batch_note_labels(lane, batch);
    return keep(lane, batch, false, err);
}

int sl_batch_note_landed(struct sl_lane *lane, struct sl_batch *batch, uint64_t piece_id,
                         struct sl_err *err)
{
    fill_record(lane, batch);
    sl_buf_str(&batch->payload, "not signed by this sluice");
    int rc = keep(lane, batch, true, err);
    batch->record.state = SL_JOURNAL_COMMIT_LANDED;
    batch->record.first_piece_id = piece_id;
    if (rc == SL_OK)
        rc = sl_batch_save(lane, batch, err);
    sl_buf_free(&batch->payload);
    return rc;
}

/* What this run has reserved for it is free again. */
static void give_back(struct sl_lane *lane, struct sl_batch *batch)
{
    struct sl_commit *commit = lane->commit;
    if (!batch->is_reserved)
        return;
    batch->is_reserved = false;
    pthread_mutex_lock(&commit->lock);
    if (!sl_u256_sub(&commit->spent, commit->spent, batch->record.cost))
        commit->spent = sl_u256(0);
    pthread_mutex_unlock(&commit->lock);
}

void sl_batch_reserve(struct sl_lane *lane, const struct sl_batch *batch)
{
    struct sl_commit *commit = lane->commit;
    pthread_mutex_lock(&commit->lock);
    if (!sl_u256_add(&commit->spent, commit->spent, batch->record.cost))
        commit->spent = sl_u256_max();
    pthread_mutex_unlock(&commit->lock);
}

void sl_batch_abandon(struct sl_lane *lane, struct sl_batch *batch, const struct sl_err *why)
{
    struct sl_err err = {0};
    give_back(lane, batch);
    if (batch->record.id == 0)
        return;
    batch->record.state = SL_JOURNAL_COMMIT_ABANDONED;
    batch->record.err = *why;
    sl_batch_note(batch, "abandoned", why);
    if (sl_batch_save(lane, batch, &err) < 0)
        sl_log(SL_LOG_ERROR, SL_LOG_COMMIT,
               "commit %lld is void, but the journal could not record that: %s",
               (long long)batch->record.id, err.text);
}

/* ---- items ---- */

static size_t less(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool is_limited(const struct sl_lane *lane)
{
    return lane->limit > 0 && sl_u256_cmp(lane->limited, lane->target.provider_id) == 0;
}

size_t sl_lane_limit(const struct sl_lane *lane)
{
    enum { FIRST = 100 };
    const uint64_t legacy_limit = lane->commit->legacy_limit;
    const bool is_trusted = sl_u256_cmp(lane->trusted, lane->target.provider_id) == 0;
    size_t most = is_trusted ? SL_COMMIT_PIECES : FIRST;
    if (is_limited(lane))
        most = less(most, lane->limit);
    if (legacy_limit ==
        SL_ALL_LEGACY) /* a contract from before the limit, whose logs grow too long */
        most = less(most, SL_COMMIT_OLD_PIECES);
    if (!sl_u256_is_zero(lane->target.data_set) &&
        sl_data_set_is_legacy(lane->target.data_set, legacy_limit))
        most = less(most, SL_ADD_LEGACY_PIECES);
    return most;
}

/* Without it the provider is asked again, which costs one more refusal. */
void sl_lane_recall_limit(struct sl_lane *lane)
{
    size_t pieces = 0;
    const struct sl_u256 provider_id = lane->target.provider_id;
    if (sl_u256_cmp(lane->limited, provider_id) == 0)
        return;
    lane->limited = provider_id;
    lane->limit = 0;
    if (sl_journal_provider_limit(lane->journal, lane->commit->options.network.chain_id,
                                  provider_id, &pieces, NULL) == 1)
        lane->limit = pieces;
}

/* Nothing was sent for it and no piece is to blame. Its nonce stays with its first pieces all the
 * same (nonce.c): only the provider says that nothing was sent. A provider that refuses its own
 * limit gets half of it: each refusal is one more payload with that nonce. */
void sl_batch_divide(struct sl_lane *lane, struct sl_batch *batch)
{
    const size_t half = batch->record.count / 2;
    if (is_limited(lane) && batch->fewer > half)
        batch->fewer = half;
    lane->limited = batch->record.provider_id;
    lane->limit = lane->most = batch->fewer;
    (void)!sl_journal_provider_takes(lane->journal, batch->record.chain_id,
                                     batch->record.provider_id, lane->limit, NULL);
    sl_log(SL_LOG_INFO, SL_LOG_COMMIT, "copy %u: %s takes at most %zu pieces in one commit",
           lane->copy + 1, batch->record.service_url, batch->fewer);
    sl_batch_let_go(lane, batch);
}

/* The others move up. */
void sl_batch_leave_out(struct sl_lane *lane, struct sl_batch *batch,
                        const struct sl_piece_set *pieces)
{
    struct sl_journal_commit *record = &batch->record;
    size_t kept = 0;
    pthread_mutex_lock(&lane->commit->lock);
    for (size_t i = 0; i < record->count; i++) {
        if (pieces == NULL || sl_piece_set_has(pieces, i)) {
            if (batch->items[i] != NULL)
                batch->items[i]->in_batch = false;
            continue;
        }
        batch->items[kept] = batch->items[i];
        record->pieces[kept++] = record->pieces[i];
    }
    record->count = kept;
    pthread_mutex_unlock(&lane->commit->lock);
}

void sl_batch_let_go(struct sl_lane *lane, struct sl_batch *batch)
{
    sl_batch_leave_out(lane, batch, NULL);
}

struct sl_sp_commit sl_batch_request(const struct sl_batch *batch)
{
    return (struct sl_sp_commit){.pieces = batch->record.pieces,
                                 .count = batch->record.count,
                                 .extra_data = (const uint8_t *)batch->payload.data,
                                 .extra_data_len = batch->payload.len};
}
