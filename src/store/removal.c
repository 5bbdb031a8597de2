/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Removals of pieces from a data set. The effect on files is found by doing the removal: a mere
 * question does it in a transaction that is rolled back.
 */
#include <stdlib.h>

#include "sluice/journal_commit.h"

#include "read.h"

enum { WORD_BYTES = 32 };

/* ---- jobs that need the pieces ---- */

struct affected {
    int64_t id;
    unsigned copies; /* copies before */
    unsigned holes;  /* pieces without a copy, before */
};

struct removing {
    struct sl_journal *journal;
    const struct sl_journal_removal *what;
    struct affected *jobs; /* by id, each once */
    size_t count;
    size_t room;
};

static int by_id(const void *a, const void *b)
{
    const struct affected *x = a;
    const struct affected *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

static int add_job(struct removing *r, int64_t id, struct sl_err *err)
{
    if (r->count == r->room) {
        const size_t room = r->room > 0 ? r->room * 2 : 64;
        struct affected *jobs = realloc(r->jobs, room * sizeof *jobs);
        if (jobs == NULL)
            return sl_err_set(err, SL_ENOMEM, "out of memory");
        r->jobs = jobs;
        r->room = room;
    }
    r->jobs[r->count++] = (struct affected){.id = id};
    return SL_OK;
}

/* Add the jobs that need the piece under this id; NULL: any piece of the data set. */
static int add_jobs(struct removing *r, const uint64_t *piece_id, struct sl_err *err)
{
    struct sl_db_call call =
        sl_db_call(r->journal, piece_id != NULL ? SL_DB_JOBS_OF_PIECE_AT : SL_DB_JOBS_OF_SET);
    int rc;
    sl_db_u64(&call, r->what->data_set_id);
    sl_db_u64(&call, r->what->chain_id);
    if (piece_id != NULL)
        sl_db_u64(&call, *piece_id);
    while ((rc = sl_db_row(&call, "look for files that need a piece", err)) == 1) {
        rc = add_job(r, sl_db_next_int(&call), err);
        if (rc < 0)
            break;
    }
    sl_db_end(&call);
    return rc;
}

static void keep_each_once(struct removing *r)
{
    size_t kept = 0;
    if (r->count > 0)
        qsort(r->jobs, r->count, sizeof *r->jobs, by_id);
    for (size_t i = 0; i < r->count; i++) {
        if (kept == 0 || r->jobs[kept - 1].id != r->jobs[i].id)
            r->jobs[kept++] = r->jobs[i];
    }
    r->count = kept;
}

/* Whether the job was committed on this chain, as far as known: data sets on several networks have
 * the same ids. */
static int is_on_chain(struct removing *r, int64_t job_id, struct sl_err *err)
{
    struct sl_db_call call = sl_db_call(r->journal, SL_DB_IS_ON_CHAIN);
    sl_db_int(&call, job_id);
    sl_db_u64(&call, r->what->chain_id);
    int rc = sl_db_row(&call, "look for the chain of a file", err);
    size_t len;
    if (rc == 1) {
        const char *word = sl_db_next_text(&call, &len);
        rc = word == NULL || word[0] == '1';
    }
    sl_db_end(&call);
    return rc;
}

struct left {
    unsigned pieces;
    unsigned copies;
    unsigned holes;
};

static int count_left(struct left *out, struct removing *r, int64_t job_id, struct sl_err *err)
{
    struct sl_db_call call = sl_db_call(r->journal, SL_DB_LEFT_OF_JOB);
    sl_db_int(&call, job_id);
    sl_db_u64(&call, r->what->chain_id);
    const int rc = sl_db_row(&call, "count the copies of a file", err);
    if (rc == 1) {
        out->pieces = (unsigned)sl_db_next_int(&call);
        out->copies = (unsigned)sl_db_next_int(&call);
        out->holes = (unsigned)sl_db_next_int(&call);
    }
    sl_db_end(&call);
    return rc < 0 ? rc : SL_OK;
}

static int find_jobs(struct removing *r, struct sl_err *err)
{
    const struct sl_journal_removal *what = r->what;
    int rc = what->ids == NULL ? add_jobs(r, NULL, err) : SL_OK;
    for (size_t i = 0; what->ids != NULL && i < what->count && rc == SL_OK; i++)
        rc = add_jobs(r, &what->ids[i], err);
    keep_each_once(r);
    size_t kept = 0;
    for (size_t i = 0; i < r->count && rc >= 0; i++) {
        struct affected *job = &r->jobs[i];
        struct left left = {0};
        rc = is_on_chain(r, job->id, err);
        if (rc <= 0)
            continue;
        rc = count_left(&left, r, job->id, err);
        job->copies = left.copies;
        job->holes = left.holes;
        r->jobs[kept++] = *job;
    }
    r->count = kept;
    return rc < 0 ? rc : SL_OK;
}

/* ---- the removal ---- */

static int set_gone(struct removing *r, uint64_t data_set_id, const uint64_t *piece_id,
                    struct sl_err *err)
{
    struct sl_db_call call =
        sl_db_call(r->journal, piece_id != NULL ? SL_DB_PIECE_GONE : SL_DB_SET_GONE);
    sl_db_int(&call, sl_wall_ms(&r->journal->clock));
    sl_db_u64(&call, data_set_id);
    sl_db_u64(&call, r->what->chain_id);
    if (piece_id != NULL)
        sl_db_u64(&call, *piece_id);
    const int rc = sl_db_run(&call, "note what was removed", err);
    return rc < 0 ? rc : SL_OK;
}

static int mark_removed(struct removing *r, struct sl_err *err)
{
    const struct sl_journal_removal *what = r->what;
    int rc = SL_OK;
    for (size_t i = 0; i < what->ended_count && rc == SL_OK; i++)
        rc = set_gone(r, what->ended[i], NULL, err);
    if (rc == SL_OK)
        rc = find_jobs(r, err);
    if (rc == SL_OK && what->ids == NULL)
        rc = set_gone(r, what->data_set_id, NULL, err);
    for (size_t i = 0; what->ids != NULL && i < what->count && rc == SL_OK; i++)
        rc = set_gone(r, what->data_set_id, &what->ids[i], err);
    return rc;
}

static int shares_loss(struct removing *r, int64_t job_id, struct sl_err *err)
{
    struct sl_db_call call = sl_db_call(r->journal, SL_DB_SHARES_LOSS);
    sl_db_int(&call, job_id);
    sl_db_u64(&call, r->what->chain_id);
    const int rc = sl_db_row(&call, "look for files that need a piece", err);
    sl_db_end(&call);
    return rc;
}

/* 1 and what the job lost, or 0 when it lost nothing. */
static int weigh(struct sl_journal_loss *out, struct removing *r, const struct affected *job,
                 char path[static SL_PATH_BYTES], struct sl_err *err)
{
    struct left left = {0};
    *out = (struct sl_journal_loss){.path = path, .copies = job->copies};
    int rc = sl_db_job(r->journal, job->id, &out->job, path, err);
    if (rc == 1)
        rc = count_left(&left, r, job->id, err);
    out->left = left.copies;
    out->pieces = left.pieces;
    out->lost = left.holes > job->holes ? left.holes - job->holes : 0;
    if (rc < 0 || (out->lost == 0 && out->left >= out->copies))
        return rc < 0 ? rc : 0;
    rc = out->lost > 0 ? shares_loss(r, job->id, err) : 0;
    out->shared = rc == 1;
    return rc < 0 ? rc : 1;
}

static int report_losses(struct removing *r, sl_journal_loss_fn fn, void *ctx, struct sl_err *err)
{
    int rc = SL_OK;
    for (size_t i = 0; i < r->count && rc == SL_OK; i++) {
        struct sl_journal_loss loss;
        char path[SL_PATH_BYTES];
        rc = weigh(&loss, r, &r->jobs[i], path, err);
        if (rc == 1)
            rc = fn(ctx, &loss);
    }
    return rc;
}

int sl_journal_each_loss(struct sl_journal *journal, const struct sl_journal_removal *removal,
                         sl_journal_loss_fn fn, void *ctx, struct sl_err *err)
{
    struct removing r = {.journal = journal, .what = removal};
    if (!journal->writer)
        return sl_err_set(err, SL_EINVAL, "try a removal: the journal is opened for reading");
    int rc = sl_journal_txn_begin(journal, err);
    if (rc < 0)
        return rc;
    rc = mark_removed(&r, err);
    if (rc == SL_OK)
        rc = report_losses(&r, fn, ctx, err);
    sl_journal_txn_rollback(journal);
    free(r.jobs);
    return rc;
}

/* ---- effects on jobs ---- */

static int lose_pieces(struct removing *r, int64_t job_id, struct sl_err *err)
{
    struct sl_db_call call = sl_db_call(r->journal, SL_DB_LOSE_PIECES);
    sl_db_int(&call, job_id);
    sl_db_u64(&call, r->what->chain_id);
    const int rc = sl_db_run(&call, "note what a file has lost", err);
    return rc < 0 ? rc : SL_OK;
}

static int delete_job(struct removing *r, struct sl_job *job, struct sl_err *err)
{
    job->state = SL_JOB_DELETED;
    job->err = (struct sl_err){0};
    job->copies.landed = 0;
    job->copies.data_set_id = job->copies.piece_id = 0;
    int rc = sl_journal_update(r->journal, job, NULL, err);
    if (rc == SL_OK)
        rc = sl_journal_set_copies(r->journal, job, err);
    return rc < 0 ? rc : lose_pieces(r, job->id, err);
}

/* The first remaining copy becomes the file's location. */
static int thin_job(struct removing *r, struct sl_job *job, unsigned left, struct sl_err *err)
{
    char url[SL_JOURNAL_URL_BYTES] = "";
    struct sl_db_call call = sl_db_call(r->journal, SL_DB_FIRST_COPY);
    sl_db_int(&call, job->id);
    sl_db_u64(&call, r->what->chain_id);
    int rc = sl_db_row(&call, "look for the copies of a file", err);
    if (rc == 1) {
        (void)sl_db_copy_text(&call, url, sizeof url);
        job->copies.data_set_id = sl_db_next_u64(&call);
        job->copies.piece_id = sl_db_next_u64(&call);
    }
    sl_db_end(&call);
    if (rc < 0 || left >= job->copies.landed)
        return rc < 0 ? rc : SL_OK;
    job->copies.landed = (uint8_t)left;
    sl_err_set(&job->err, SL_ENOTFOUND,
               "%u of %u copies: one was removed; `sluice retry` makes it again", left,
               (unsigned)job->copies.wanted);
    rc = sl_journal_update(r->journal, job, url, err);
    return rc < 0 ? rc : sl_journal_set_copies(r->journal, job, err);
}

static int note_loss(struct removing *r, const struct affected *affected, struct sl_err *err)
{
    struct sl_journal_loss loss;
    char path[SL_PATH_BYTES];
    const int rc = weigh(&loss, r, affected, path, err);
    const bool done = loss.job.state == SL_JOB_STORED || loss.job.state == SL_JOB_CONFIRMED;
    if (rc <= 0 || !done) /* the worker of an active job settles it */
        return rc < 0 ? rc : SL_OK;
    return loss.lost > 0 ? delete_job(r, &loss.job, err) : thin_job(r, &loss.job, loss.left, err);
}

int sl_journal_pieces_gone(struct sl_journal *journal, uint64_t chain_id, uint64_t data_set_id,
                           const uint64_t *ids, size_t count, struct sl_err *err)
{
    const struct sl_journal_removal what = {
        .chain_id = chain_id, .data_set_id = data_set_id, .ids = ids, .count = count};
    struct removing r = {.journal = journal, .what = &what};
    if (journal->in_transaction || !journal->writer)
        return sl_err_set(err, SL_EINVAL, "note what was removed: inside another change");
    int rc = sl_journal_txn_begin(journal, err);
    if (rc == SL_OK)
        rc = mark_removed(&r, err);
    for (size_t i = 0; i < r.count && rc == SL_OK; i++)
        rc = note_loss(&r, &r.jobs[i], err);
    if (rc == SL_OK)
        rc = sl_journal_txn_commit(journal, err);
    sl_journal_txn_rollback(journal);
    free(r.jobs);
    return rc;
}

/* ---- the journal's view of a data set ---- */

int sl_journal_piece_at(struct sl_journal *journal, uint64_t chain_id, uint64_t data_set_id,
                        uint64_t piece_id, struct sl_piece_id *piece, struct sl_err *err)
{
    struct sl_db_call call = sl_db_call(journal, SL_DB_PIECE_AT);
    bool has_piece = false;
    sl_db_u64(&call, data_set_id);
    sl_db_u64(&call, chain_id);
    sl_db_u64(&call, piece_id);
    int rc = sl_db_row(&call, "look for a piece", err);
    if (rc == 1 && !sl_db_next_piece(&call, &has_piece, piece))
        rc = sl_db_damaged(journal, "look for a piece", err);
    sl_db_end(&call);
    return rc;
}

static bool take_u256(struct sl_db_call *call, struct sl_u256 *out)
{
    uint8_t word[WORD_BYTES];
    return sl_db_copy_bytes(call, word, sizeof word) && sl_u256_from_be(out, word, sizeof word);
}

int sl_journal_each_data_set(struct sl_journal *journal, uint64_t chain_id,
                             sl_journal_data_set_fn fn, void *ctx, struct sl_err *err)
{
    struct sl_db_call call = sl_db_call(journal, SL_DB_DATA_SETS);
    int rc;
    sl_db_u64(&call, chain_id);
    while ((rc = sl_db_row(&call, "read the data sets", err)) == 1) {
        struct sl_journal_data_set set = {.id = sl_db_next_u64(&call)};
        const bool good = take_u256(&call, &set.provider_id);
        rc = take_u256(&call, &set.client_data_set_id) && good
                 ? fn(ctx, &set)
                 : sl_db_damaged(journal, "read the data sets", err);
        if (rc != 0)
            break;
    }
    sl_db_end(&call);
    return rc;
}
