/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Jobs and their history, out of the journal. Nothing that is read is believed unseen. */
#include "read.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* ---- values ---- */

bool sl_db_next_state(struct sl_db_call *call, enum sl_job_state *out)
{
    size_t len;
    const char *name = sl_db_next_text(call, &len);
    *out = name != NULL ? sl_job_state_of_name(name) : SL_JOB_STATE_COUNT;
    return *out != SL_JOB_STATE_COUNT;
}

static bool read_small(struct sl_db_call *call, int *out)
{
    const int64_t value = sl_db_next_int(call);
    *out = (int)value;
    return value >= INT_MIN && value <= INT_MAX;
}

bool sl_db_next_error(struct sl_db_call *call, struct sl_err *out)
{
    size_t len;
    const char *name = sl_db_next_text(call, &len);
    *out = (struct sl_err){.code = name != NULL ? sl_err_code_of_name(name) : SL_OK};
    const bool known = name == NULL || out->code != SL_OK;
    const bool small = read_small(call, &out->detail) && read_small(call, &out->wait_ms);
    const char *text = sl_db_next_text(call, &len);
    if (text != NULL)
        snprintf(out->text, sizeof out->text, "%s", text);
    return known && small;
}

bool sl_db_next_piece(struct sl_db_call *call, bool *has_piece, struct sl_piece_id *piece)
{
    size_t len;
    const char *cid = sl_db_next_text(call, &len);
    *has_piece = cid != NULL;
    return cid == NULL || sl_piece_parse(piece, cid, len, NULL) == SL_OK;
}

static bool read_count(struct sl_db_call *call, uint32_t *out)
{
    const int64_t value = sl_db_next_int(call);
    *out = (uint32_t)value;
    return value >= 0 && value <= UINT32_MAX;
}

static bool read_split(struct sl_db_call *call, struct sl_job *job)
{
    job->shard_bytes = sl_db_next_u64(call);
    bool good = job->shard_bytes <= SL_PIECE_MAX_BYTES;
    good = read_count(call, &job->parts) && good;
    good = read_count(call, &job->parts_stored) && good;
    job->sent_bytes = sl_db_next_u64(call);
    return good;
}

static bool read_copies(struct sl_db_call *call, struct sl_job_copies *copies)
{
    const int64_t wanted = sl_db_next_int(call);
    const int64_t landed = sl_db_next_int(call);
    copies->wanted = (uint8_t)wanted;
    copies->landed = (uint8_t)landed;
    copies->data_set_id = sl_db_next_u64(call);
    copies->piece_id = sl_db_next_u64(call);
    return wanted >= 0 && wanted <= UINT8_MAX && landed >= 0 && landed <= wanted;
}

/* ---- jobs ---- */

/* A row of SL_DB_JOB_COLUMNS. */
struct job_row {
    struct sl_job job;
    const char *provider_url; /* borrowed until the next row */
    char path[SL_PATH_BYTES];
};

static bool read_path(struct sl_db_call *call, char path[static SL_PATH_BYTES])
{
    size_t len;
    const void *bytes = sl_db_next_bytes(call, &len);
    if (bytes == NULL || len >= SL_PATH_BYTES || memchr(bytes, '\0', len) != NULL)
        return false;
    memcpy(path, bytes, len);
    path[len] = '\0';
    return true;
}

static bool read_job(struct sl_db_call *call, struct job_row *row)
{
    struct sl_job *job = &row->job;
    *job = (struct sl_job){.id = sl_db_next_int(call)};
    bool good = sl_db_next_state(call, &job->state);
    job->rank = sl_db_next_int(call);
    job->file.size_bytes = sl_db_next_u64(call);
    job->file.mtime_ns = sl_db_next_int(call);
    job->file.device = sl_db_next_u64(call);
    job->file.inode = sl_db_next_u64(call);
    job->file.ctime_ns = sl_db_next_int(call);
    job->added_ms = sl_db_next_int(call);
    job->changed_ms = sl_db_next_int(call);
    job->next_try_ms = sl_db_next_int(call);
    good = read_small(call, &job->attempts) && good;
    job->already_stored = sl_db_next_int(call) != 0;
    good = sl_db_next_error(call, &job->err) && good;
    good = sl_db_next_piece(call, &job->has_piece, &job->piece) && good;
    good = read_split(call, job) && good;
    good = read_copies(call, &job->copies) && good;
    job->wish_id = sl_db_next_int(call);
    good = read_count(call, &job->limit_bytes_per_s) && good;
    size_t len;
    const char *url = sl_db_next_text(call, &len);
    row->provider_url = url != NULL ? url : "";
    return read_path(call, row->path) && good && sl_db_sound(call);
}

static int next_job(struct sl_db_call *call, struct job_row *row, struct sl_err *err)
{
    const int rc = sl_db_row(call, "read the jobs", err);
    if (rc == 1 && !read_job(call, row)) {
        char what[48];
        snprintf(what, sizeof what, "read job %lld", (long long)row->job.id);
        return sl_db_damaged(call->journal, what, err);
    }
    return rc;
}

int sl_journal_each(struct sl_journal *journal, sl_journal_job_fn fn, void *ctx, struct sl_err *err)
{
    struct job_row row;
    struct sl_db_call call = sl_db_call(journal, SL_DB_EACH);
    int rc;
    while ((rc = next_job(&call, &row, err)) == 1) {
        rc = fn(ctx, &row.job, row.path, row.provider_url);
        if (rc != 0)
            break;
    }
    sl_db_end(&call);
    return rc;
}

int sl_journal_page(struct sl_journal *journal, struct sl_journal_place *after, size_t count,
                    sl_journal_job_fn fn, void *ctx, struct sl_err *err)
{
    struct job_row row;
    struct sl_db_call call = sl_db_call(journal, SL_DB_PAGE);
    size_t read = 0;
    int rc = 0;
    sl_db_int(&call, after->rank);
    sl_db_int(&call, after->id);
    sl_db_u64(&call, count);
    while (read < count && (rc = next_job(&call, &row, err)) == 1) {
        rc = fn(ctx, &row.job, row.path, row.provider_url);
        if (rc != 0)
            break;
        *after = (struct sl_journal_place){.rank = row.job.rank, .id = row.job.id};
        read++;
    }
    sl_db_end(&call);
    return rc != 0 ? rc : (int)read;
}

int sl_db_next_job(struct sl_db_call *call, struct sl_job *job, struct sl_err *err)
{
    struct job_row row;
    const int rc = next_job(call, &row, err);
    if (rc == 1)
        *job = row.job;
    return rc;
}

int sl_db_job(struct sl_journal *journal, int64_t id, struct sl_job *job,
              char path[static SL_PATH_BYTES], struct sl_err *err)
{
    struct job_row row;
    struct sl_db_call call = sl_db_call(journal, SL_DB_JOB);
    sl_db_int(&call, id);
    const int rc = next_job(&call, &row, err);
    if (rc == 1) {
        *job = row.job;
        memcpy(path, row.path, sizeof row.path);
    }
    sl_db_end(&call);
    return rc;
}

int sl_journal_find_path(struct sl_journal *journal, const char *path, struct sl_job *job,
                         struct sl_err *err)
{
    struct sl_db_call call = sl_db_call(journal, SL_DB_FIND_PATH);
    sl_db_bytes(&call, path, strlen(path));
    const int rc = sl_db_next_job(&call, job, err);
    sl_db_end(&call);
    return rc;
}

/* ---- owners ---- */

/* Columns of the owner; they follow those of its job. */
static bool read_owner(struct sl_db_call *call, struct sl_journal_owner *owner)
{
    const bool known = read_small(call, &owner->part) && owner->part >= 0;
    return sl_db_next_state(call, &owner->state) && known && sl_db_sound(call);
}

int sl_journal_each_owner(struct sl_journal *journal, const struct sl_piece_id *piece,
                          sl_journal_owner_fn fn, void *ctx, struct sl_err *err)
{
    char cid[SL_PIECE_CID_CHARS];
    struct job_row row;
    struct sl_db_call call = sl_db_call(journal, SL_DB_EACH_OWNER);
    int rc;
    sl_piece_cid(cid, piece);
    sl_db_text(&call, cid);
    while ((rc = next_job(&call, &row, err)) == 1) {
        struct sl_journal_owner owner = {.job = row.job};
        rc = read_owner(&call, &owner) ? fn(ctx, &owner, row.path)
                                       : sl_db_damaged(journal, "read who needs a piece", err);
        if (rc != 0)
            break;
    }
    sl_db_end(&call);
    return rc;
}

/* ---- history ---- */

static bool read_line(struct sl_db_call *call, struct sl_history *line)
{
    *line = (struct sl_history){.at_ms = sl_db_next_int(call)};
    const bool from = sl_db_next_state(call, &line->from);
    const bool to = sl_db_next_state(call, &line->to);
    return sl_db_next_error(call, &line->err) && from && to && sl_db_sound(call);
}

static int next_line(struct sl_db_call *call, struct sl_history *line, struct sl_err *err)
{
    const int rc = sl_db_row(call, "read the history", err);
    if (rc == 1 && !read_line(call, line))
        return sl_db_damaged(call->journal, "read the history", err);
    return rc;
}

int sl_journal_history(struct sl_journal *journal, int64_t job_id, sl_journal_history_fn fn,
                       void *ctx, struct sl_err *err)
{
    struct sl_history line;
    struct sl_db_call call = sl_db_call(journal, SL_DB_HISTORY);
    sl_db_int(&call, job_id);
    int rc;
    while ((rc = next_line(&call, &line, err)) == 1) {
        rc = fn(ctx, &line);
        if (rc != 0)
            break;
    }
    sl_db_end(&call);
    return rc;
}
