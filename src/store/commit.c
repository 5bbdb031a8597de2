/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Signed commits: kept before they are sent, until it is known what became of them. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "change.h"
#include "read.h"

static const char *const states[SL_JOURNAL_COMMIT_STATE_COUNT] = {
#define STATE_NAME(id, name) [id] = (name),
    SL_JOURNAL_COMMIT_STATES(STATE_NAME)
#undef STATE_NAME
};

enum { WORD_BYTES = 32 };

/* ---- changes ---- */

/* `word` has to live until the call has run. */
static void bind_u256(struct sl_db_call *call, uint8_t word[static WORD_BYTES],
                      struct sl_u256 value)
{
    sl_u256_to_be(word, value);
    sl_db_bytes(call, word, WORD_BYTES);
}

static void bind_progress(struct sl_db_call *call, const struct sl_journal_commit *commit)
{
    sl_db_text(call, states[commit->state]);
    sl_db_text(call, commit->tx);
    sl_db_u64(call, commit->data_set_id);
    sl_db_u64(call, commit->first_piece_id);
    sl_db_int(call, commit->sent_ms);
    sl_db_int(call, commit->changed_ms);
    sl_db_error(call, &commit->err);
}

static int write_commit(struct sl_journal *journal, const struct sl_journal_commit *commit,
                        const void *payload, size_t len, struct sl_err *err)
{
    uint8_t provider[WORD_BYTES], client[WORD_BYTES], nonce[WORD_BYTES], cost[WORD_BYTES];
    uint8_t fees[WORD_BYTES];
    struct sl_db_call call = sl_db_call(journal, SL_DB_ADD_COMMIT);
    sl_db_u64(&call, commit->chain_id);
    sl_db_bytes(&call, commit->payer, sizeof commit->payer);
    sl_db_int(&call, commit->copy);
    bind_u256(&call, provider, commit->provider_id);
    sl_db_text(&call, commit->service_url);
    sl_db_int(&call, commit->creates);
    bind_u256(&call, client, commit->client_data_set_id);
    bind_u256(&call, nonce, commit->nonce);
    bind_u256(&call, cost, commit->cost);
    bind_u256(&call, fees, commit->fees);
    sl_db_bytes(&call, payload, len);
    sl_db_int(&call, commit->added_ms);
    bind_progress(&call, commit);
    const int rc = sl_db_run(&call, "save a commit", err);
    return rc < 0 ? rc : SL_OK;
}

static int write_pieces(struct sl_journal *journal, const struct sl_journal_commit *commit,
                        struct sl_err *err)
{
    int rc = SL_OK;
    for (size_t i = 0; i < commit->count && rc >= 0; i++) {
        char cid[SL_PIECE_CID_CHARS];
        struct sl_db_call call = sl_db_call(journal, SL_DB_ADD_COMMIT_PIECE);
        sl_piece_cid(cid, &commit->pieces[i]);
        sl_db_int(&call, commit->id);
        sl_db_int(&call, (int64_t)i);
        sl_db_text(&call, cid);
        rc = sl_db_run(&call, "save a commit", err);
    }
    return rc < 0 ? rc : SL_OK;
}

int sl_journal_put_commit(struct sl_journal *journal, struct sl_journal_commit *commit,
                          const void *payload, size_t len, struct sl_err *err)
{
    if (journal->in_transaction) /* it would not be on disk when this returns */
        return sl_err_set(err, SL_EINVAL, "save a commit: inside of another change");
    if (commit->count < 1 || commit->count > SL_JOURNAL_COMMIT_PIECES)
        return sl_err_set(err, SL_EINVAL, "save a commit of %zu pieces", commit->count);
    if (len == 0 || len > SL_JOURNAL_PAYLOAD_BYTES)
        return sl_err_set(err, SL_EOVERFLOW, "save a commit of %zu bytes", len);
    const int64_t now_ms = sl_wall_ms(&journal->clock);
    commit->state = SL_JOURNAL_COMMIT_SIGNED;
    commit->added_ms = commit->changed_ms = now_ms;
    int rc = sl_db_begin_change(journal, err);
    if (rc < 0)
        return rc;
    rc = write_commit(journal, commit, payload, len, err);
    commit->id = sqlite3_last_insert_rowid(journal->db);
    if (rc == SL_OK)
        rc = write_pieces(journal, commit, err);
    rc = sl_db_end_change(journal, rc, err);
    if (rc < 0)
        commit->id = 0; /* else it would be that of the commit before */
    return rc;
}

int sl_journal_update_commit(struct sl_journal *journal, struct sl_journal_commit *commit,
                             struct sl_err *err)
{
    if ((unsigned)commit->state >= SL_JOURNAL_COMMIT_STATE_COUNT)
        return sl_err_set(err, SL_EINVAL, "change a commit: no such state");
    const int64_t before_ms = commit->changed_ms;
    commit->changed_ms = sl_wall_ms(&journal->clock);
    int rc = sl_db_begin_change(journal, err);
    if (rc < 0)
        return rc;
    struct sl_db_call call = sl_db_call(journal, SL_DB_SET_COMMIT);
    bind_progress(&call, commit);
    sl_db_int(&call, commit->id);
    rc = sl_db_run(&call, "change a commit", err);
    if (rc == 0)
        rc = sl_err_set(err, SL_EINVAL, "change a commit: %lld is not in the journal",
                        (long long)commit->id);
    rc = sl_db_end_change(journal, rc < 0 ? rc : SL_OK, err);
    if (rc < 0)
        commit->changed_ms = before_ms;
    return rc;
}

/* ---- reading ---- */

static bool take_u256(struct sl_db_call *call, struct sl_u256 *out)
{
    uint8_t word[WORD_BYTES];
    return sl_db_copy_bytes(call, word, sizeof word) && sl_u256_from_be(out, word, sizeof word);
}

static bool read_number(struct sl_db_call *call, unsigned *out)
{
    const int64_t value = sl_db_next_int(call);
    *out = (unsigned)value;
    return value >= 0 && value <= INT_MAX;
}

static bool read_state(struct sl_db_call *call, enum sl_journal_commit_state *out)
{
    size_t len;
    const char *name = sl_db_next_text(call, &len);
    for (unsigned i = 0; name != NULL && i < SL_JOURNAL_COMMIT_STATE_COUNT; i++) {
        if (strcmp(name, states[i]) == 0) {
            *out = (enum sl_journal_commit_state)i;
            return true;
        }
    }
    return false;
}

/* A row of SL_DB_COMMIT_COLUMNS; *payload is borrowed until the next. */
static bool read_commit(struct sl_db_call *call, struct sl_journal_commit *commit,
                        const void **payload, size_t *len)
{
    *commit = (struct sl_journal_commit){.id = sl_db_next_int(call)};
    commit->chain_id = sl_db_next_u64(call);
    bool good = sl_db_copy_bytes(call, commit->payer, sizeof commit->payer);
    good = read_number(call, &commit->copy) && good;
    good = take_u256(call, &commit->provider_id) && good;
    good = sl_db_copy_text(call, commit->service_url, sizeof commit->service_url) && good;
    commit->creates = sl_db_next_int(call) != 0;
    good = take_u256(call, &commit->client_data_set_id) && good;
    good = take_u256(call, &commit->nonce) && good;
    good = take_u256(call, &commit->cost) && good;
    good = take_u256(call, &commit->fees) && good;
    commit->added_ms = sl_db_next_int(call);
    good = read_state(call, &commit->state) && good;
    good = sl_db_copy_text(call, commit->tx, sizeof commit->tx) && good;
    commit->data_set_id = sl_db_next_u64(call);
    commit->first_piece_id = sl_db_next_u64(call);
    commit->sent_ms = sl_db_next_int(call);
    commit->changed_ms = sl_db_next_int(call);
    good = sl_db_next_error(call, &commit->err) && good;
    *payload = sl_db_next_bytes(call, len);
    return good && *payload != NULL && *len <= SL_JOURNAL_PAYLOAD_BYTES && sl_db_sound(call);
}

static int read_pieces(struct sl_journal *journal, struct sl_journal_commit *commit,
                       struct sl_err *err)
{
    struct sl_db_call call = sl_db_call(journal, SL_DB_COMMIT_PIECES);
    int rc;
    sl_db_int(&call, commit->id);
    while ((rc = sl_db_row(&call, "read the commits", err)) == 1) {
        size_t len;
        const char *cid = sl_db_next_text(&call, &len);
        if (cid == NULL || commit->count == SL_JOURNAL_COMMIT_PIECES ||
            sl_piece_parse(&commit->pieces[commit->count], cid, len, NULL) < 0) {
            rc = sl_db_damaged(journal, "read the commits", err);
            break;
        }
        commit->count++;
    }
    sl_db_end(&call);
    return rc;
}

static int walk(struct sl_journal *journal, struct sl_db_call *call, sl_journal_commit_fn fn,
                void *ctx, struct sl_err *err)
{
    struct sl_journal_commit commit;
    const void *payload;
    size_t len;
    int rc;
    while ((rc = sl_db_row(call, "read the commits", err)) == 1) {
        if (read_commit(call, &commit, &payload, &len))
            rc = read_pieces(journal, &commit, err);
        else
            rc = sl_db_damaged(journal, "read the commits", err);
        if (rc == SL_OK)
            rc = fn(ctx, &commit, payload, len);
        if (rc != 0)
            break;
    }
    sl_db_end(call);
    return rc;
}

int sl_journal_each_commit(struct sl_journal *journal, bool open, sl_journal_commit_fn fn,
                           void *ctx, struct sl_err *err)
{
    struct sl_db_call call = sl_db_call(journal, open ? SL_DB_OPEN_COMMITS : SL_DB_EACH_COMMIT);
    return walk(journal, &call, fn, ctx, err);
}

int sl_journal_latest_commits(struct sl_journal *journal, sl_journal_commit_fn fn, void *ctx,
                              struct sl_err *err)
{
    struct sl_db_call call = sl_db_call(journal, SL_DB_LATEST_COMMITS);
    return walk(journal, &call, fn, ctx, err);
}

int sl_journal_abandoned_commits(struct sl_journal *journal, const struct sl_piece_id *piece,
                                 sl_journal_commit_fn fn, void *ctx, struct sl_err *err)
{
    char cid[SL_PIECE_CID_CHARS];
    struct sl_db_call call = sl_db_call(journal, SL_DB_VOID_COMMITS);
    sl_piece_cid(cid, piece);
    sl_db_text(&call, cid);
    return walk(journal, &call, fn, ctx, err);
}

int sl_journal_creations(struct sl_journal *journal, sl_journal_commit_fn fn, void *ctx,
                         struct sl_err *err)
{
    struct sl_db_call call = sl_db_call(journal, SL_DB_CREATIONS);
    return walk(journal, &call, fn, ctx, err);
}

int sl_journal_commits_of_nonce(struct sl_journal *journal, struct sl_u256 nonce,
                                sl_journal_commit_fn fn, void *ctx, struct sl_err *err)
{
    uint8_t word[WORD_BYTES];
    struct sl_db_call call = sl_db_call(journal, SL_DB_COMMITS_OF_NONCE);
    bind_u256(&call, word, nonce);
    return walk(journal, &call, fn, ctx, err);
}

int sl_journal_known_ids(struct sl_journal *journal, uint64_t chain_id, uint64_t data_set_id,
                         uint64_t *to, struct sl_err *err)
{
    struct sl_db_call call = sl_db_call(journal, SL_DB_KNOWN_IDS);
    int rc;
    sl_db_u64(&call, data_set_id);
    sl_db_u64(&call, chain_id);
    *to = 0;
    while ((rc = sl_db_row(&call, "read the commits", err)) == 1) {
        const uint64_t first = sl_db_next_u64(&call);
        const uint64_t count = sl_db_next_u64(&call);
        if (first > *to)
            break; /* a gap */
        if (first + count > *to)
            *to = first + count;
    }
    sl_db_end(&call);
    return rc < 0 ? rc : SL_OK;
}

/* ---- copies ---- */

static bool read_copy(struct sl_db_call *call, struct sl_journal_copy *copy)
{
    *copy = (struct sl_journal_copy){.chain_id = sl_db_next_u64(call)};
    bool good = sl_db_copy_bytes(call, copy->payer, sizeof copy->payer);
    good = read_number(call, &copy->copy) && good;
    good = take_u256(call, &copy->provider_id) && good;
    good = sl_db_copy_text(call, copy->service_url, sizeof copy->service_url) && good;
    copy->data_set_id = sl_db_next_u64(call);
    copy->piece_id = sl_db_next_u64(call);
    good = sl_db_copy_text(call, copy->tx, sizeof copy->tx) && good;
    copy->landed_ms = sl_db_next_int(call);
    copy->has_cdn = sl_db_next_int(call) != 0;
    return good && sl_db_sound(call);
}

int sl_journal_each_copy(struct sl_journal *journal, const struct sl_piece_id *piece,
                         sl_journal_copy_fn fn, void *ctx, struct sl_err *err)
{
    struct sl_journal_copy copy;
    char cid[SL_PIECE_CID_CHARS];
    struct sl_db_call call = sl_db_call(journal, SL_DB_COPIES);
    int rc;
    sl_piece_cid(cid, piece);
    sl_db_text(&call, cid);
    while ((rc = sl_db_row(&call, "read the copies", err)) == 1) {
        rc = read_copy(&call, &copy) ? fn(ctx, &copy)
                                     : sl_db_damaged(journal, "read the copies", err);
        if (rc != 0)
            break;
    }
    sl_db_end(&call);
    return rc;
}

int sl_journal_note_cdn(struct sl_journal *journal, uint64_t chain_id, uint64_t data_set_id,
                        bool has_cdn, struct sl_err *err)
{
    struct sl_db_call call = sl_db_call(journal, has_cdn ? SL_DB_NOTE_CDN : SL_DB_FORGET_CDN);
    sl_db_u64(&call, chain_id);
    sl_db_u64(&call, data_set_id);
    const int rc = sl_db_run(&call, "note which data sets the CDN serves", err);
    return rc < 0 ? rc : SL_OK;
}
