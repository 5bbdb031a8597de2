/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Every change of a job, each of them whole or not at all, inside a transaction or on its own. */
#include "change.h"

#include <string.h>

/* ---- one change ---- */

static int run_plain(struct sl_journal *journal, enum sl_db_statement statement, const char *what,
                     struct sl_err *err)
{
    struct sl_db_call call = sl_db_call(journal, statement);
    const int rc = sl_db_run(&call, what, err);
    return rc < 0 ? rc : SL_OK;
}

int sl_db_begin_change(struct sl_journal *journal, struct sl_err *err)
{
    if (!journal->writer)
        return sl_err_set(err, SL_EINVAL, "change the journal: opened for reading");
    /* SQLite takes a whole transaction back after some failures: the rest must not go in alone */
    if (journal->in_transaction && sqlite3_get_autocommit(journal->db))
        return sl_err_set(err, SL_EJOURNAL, "change the journal: an earlier change failed: %s",
                          journal->path);
    return run_plain(journal, SL_DB_CHANGE, "change the journal", err);
}

int sl_db_end_change(struct sl_journal *journal, int rc, struct sl_err *err)
{
    if (rc >= 0)
        rc = run_plain(journal, SL_DB_KEEP, "change the journal", err);
    if (rc >= 0 || sqlite3_get_autocommit(journal->db))
        return rc;
    if (run_plain(journal, SL_DB_UNDO, "", NULL) == SL_OK)
        (void)!run_plain(journal, SL_DB_KEEP, "", NULL);
    return rc;
}

/* ---- rows ---- */

static int check_job(const struct sl_job *job, struct sl_err *err)
{
    if ((unsigned)job->state >= SL_JOB_STATE_COUNT)
        return sl_err_set(err, SL_EINVAL, "change the journal: no such state");
    return SL_OK;
}

static void bind_file(struct sl_db_call *call, const struct sl_file_mark *file)
{
    sl_db_u64(call, file->size_bytes);
    sl_db_int(call, file->mtime_ns);
    sl_db_u64(call, file->device);
    sl_db_u64(call, file->inode);
    sl_db_int(call, file->ctime_ns);
}

void sl_db_error(struct sl_db_call *call, const struct sl_err *why)
{
    sl_db_text(call, why->code != SL_OK ? sl_err_name(why->code) : NULL);
    sl_db_int(call, why->detail);
    sl_db_int(call, why->wait_ms);
    sl_db_text(call, why->text);
}

static void bind_progress(struct sl_db_call *call, const struct sl_job *job, int64_t changed_ms)
{
    sl_db_int(call, job->rank);
    sl_db_text(call, sl_job_state_name(job->state));
    sl_db_int(call, changed_ms);
    sl_db_int(call, job->next_try_ms);
    sl_db_int(call, job->attempts);
    sl_db_int(call, job->already_stored);
    sl_db_error(call, &job->err);
    sl_db_u64(call, job->shard_bytes);
    sl_db_int(call, job->limit_bytes_per_s);
}

static int write_piece(struct sl_journal *journal, enum sl_db_statement statement,
                       const struct sl_job *job, uint64_t size_bytes, int64_t job_id,
                       struct sl_err *err)
{
    char cid[SL_PIECE_CID_CHARS];
    if (job->has_piece)
        sl_piece_cid(cid, &job->piece);
    struct sl_db_call call = sl_db_call(journal, statement);
    sl_db_text(&call, sl_job_state_name(job->state));
    sl_db_text(&call, job->has_piece ? cid : NULL);
    sl_db_u64(&call, size_bytes);
    sl_db_int(&call, job_id);
    const int rc = sl_db_run(&call, "save the piece of a job", err);
    return rc < 0 ? rc : SL_OK;
}

static int write_history(struct sl_journal *journal, const struct sl_job *job, int64_t job_id,
                         enum sl_job_state from, int64_t at_ms, struct sl_err *err)
{
    struct sl_db_call call = sl_db_call(journal, SL_DB_ADD_HISTORY);
    sl_db_int(&call, job_id);
    sl_db_int(&call, at_ms);
    sl_db_text(&call, sl_job_state_name(from));
    sl_db_text(&call, sl_job_state_name(job->state));
    sl_db_error(&call, &job->err);
    const int rc = sl_db_run(&call, "save the history of a job", err);
    return rc < 0 ? rc : SL_OK;
}

/* ---- add ---- */

static int check_path(const char *path, struct sl_err *err)
{
    const size_t len = strlen(path);
    if (len == 0 || len >= SL_PATH_BYTES)
        return sl_err_set(err, SL_EOVERFLOW, "add to the journal: a path of %zu bytes", len);
    return SL_OK;
}

static int write_job(struct sl_journal *journal, const struct sl_job *job, const char *path,
                     int64_t now_ms, struct sl_err *err)
{
    struct sl_db_call call = sl_db_call(journal, SL_DB_ADD_JOB);
    sl_db_bytes(&call, path, strlen(path));
    bind_file(&call, &job->file);
    sl_db_int(&call, now_ms);
    bind_progress(&call, job, now_ms);
    sl_db_int(&call, job->copies.wanted);
    sl_db_int(&call, job->wish_id);
    const int rc = sl_db_run(&call, "add to the journal", err);
    return rc < 0 ? rc : SL_OK;
}

int sl_journal_add(struct sl_journal *journal, struct sl_job *job, const char *path,
                   struct sl_err *err)
{
    const int64_t now_ms = sl_wall_ms(&journal->clock);
    int64_t id = 0;
    int rc = check_job(job, err);
    if (rc == SL_OK)
        rc = check_path(path, err);
    if (rc == SL_OK)
        rc = sl_db_begin_change(journal, err);
    if (rc < 0)
        return rc;
    rc = write_job(journal, job, path, now_ms, err);
    if (rc == SL_OK) {
        id = sqlite3_last_insert_rowid(journal->db);
        rc = write_piece(journal, SL_DB_ADD_PIECE, job, job->file.size_bytes, id, err);
    }
    if (rc == SL_OK)
        rc = write_history(journal, job, id, job->state, now_ms, err);
    rc = sl_db_end_change(journal, rc, err);
    if (rc < 0)
        return rc;
    job->id = id;
    job->added_ms = job->changed_ms = now_ms;
    return SL_OK;
}

/* ---- update ---- */

struct stored {
    enum sl_job_state state;
    int64_t changed_ms;
};

static int no_such_job(int64_t job_id, struct sl_err *err)
{
    return sl_err_set(err, SL_EINVAL, "change the journal: there is no job %lld",
                      (long long)job_id);
}

static int read_stored(struct sl_journal *journal, int64_t job_id, struct stored *out,
                       struct sl_err *err)
{
    struct sl_db_call call = sl_db_call(journal, SL_DB_STATE_OF);
    sl_db_int(&call, job_id);
    int rc = sl_db_row(&call, "read a job", err);
    if (rc == 1) {
        size_t len;
        const char *name = sl_db_next_text(&call, &len);
        out->state = name != NULL ? sl_job_state_of_name(name) : SL_JOB_STATE_COUNT;
        out->changed_ms = sl_db_next_int(&call);
        rc = SL_OK;
        if (out->state == SL_JOB_STATE_COUNT)
            rc = sl_db_damaged(journal, "read a job", err);
    } else if (rc == 0) {
        rc = no_such_job(job_id, err);
    }
    sl_db_end(&call);
    return rc;
}

int sl_db_provider(struct sl_journal *journal, const char *url, int64_t *id, struct sl_err *err)
{
    *id = 0;
    if (url == NULL || url[0] == '\0')
        return SL_OK;
    struct sl_db_call add = sl_db_call(journal, SL_DB_ADD_PROVIDER);
    sl_db_text(&add, url);
    int rc = sl_db_run(&add, "save the provider of a job", err);
    if (rc < 0)
        return rc;
    struct sl_db_call find = sl_db_call(journal, SL_DB_PROVIDER);
    sl_db_text(&find, url);
    rc = sl_db_row(&find, "save the provider of a job", err);
    if (rc == 1)
        *id = sl_db_next_int(&find);
    sl_db_end(&find);
    return rc < 0 ? rc : SL_OK;
}

static int set_job(struct sl_journal *journal, const struct sl_job *job, const char *url,
                   int64_t changed_ms, struct sl_err *err)
{
    int64_t provider = 0;
    int rc = sl_db_provider(journal, url, &provider, err);
    if (rc < 0)
        return rc;
    struct sl_db_call call = sl_db_call(journal, SL_DB_SET_JOB);
    if (provider != 0)
        sl_db_int(&call, provider);
    else
        sl_db_text(&call, NULL); /* the stored one stays */
    bind_progress(&call, job, changed_ms);
    sl_db_int(&call, job->id);
    rc = sl_db_run(&call, "save a job", err);
    return rc < 0 ? rc : SL_OK;
}

static int set_file(struct sl_journal *journal, const struct sl_job *job, struct sl_err *err)
{
    struct sl_db_call call = sl_db_call(journal, SL_DB_SET_FILE);
    bind_file(&call, &job->file);
    sl_db_int(&call, job->id);
    const int rc = sl_db_run(&call, "save a job", err);
    return rc < 0 ? rc : SL_OK;
}

static bool is_stored(enum sl_job_state state)
{
    return state == SL_JOB_STORED || state == SL_JOB_CONFIRMED;
}

/* Everything of the job but its file mark. */
static int write_all(struct sl_journal *journal, const struct sl_job *job, const char *url,
                     int64_t *changed_ms, struct sl_err *err)
{
    struct stored stored = {.state = SL_JOB_STATE_COUNT};
    int rc = read_stored(journal, job->id, &stored, err);
    if (rc < 0)
        return rc;
    *changed_ms = stored.changed_ms;
    if (stored.state == SL_JOB_DELETED && is_stored(job->state))
        return SL_OK; /* another process has noted the removal; this one does not know yet */
    const bool moved = stored.state != job->state;
    *changed_ms = moved ? sl_wall_ms(&journal->clock) : stored.changed_ms;
    rc = set_job(journal, job, url, *changed_ms, err);
    if (rc == SL_OK)
        rc = write_piece(journal, SL_DB_SET_PIECE, job, job->file.size_bytes, job->id, err);
    if (rc == SL_OK && moved)
        rc = write_history(journal, job, job->id, stored.state, *changed_ms, err);
    return rc;
}

static int update(struct sl_journal *journal, struct sl_job *job, const char *url, bool with_file,
                  struct sl_err *err)
{
    int64_t changed_ms = 0;
    int rc = check_job(job, err);
    if (rc == SL_OK)
        rc = sl_db_begin_change(journal, err);
    if (rc < 0)
        return rc;
    rc = write_all(journal, job, url, &changed_ms, err);
    if (rc == SL_OK && with_file)
        rc = set_file(journal, job, err);
    rc = sl_db_end_change(journal, rc, err);
    if (rc == SL_OK)
        job->changed_ms = changed_ms;
    return rc;
}

int sl_journal_update(struct sl_journal *journal, struct sl_job *job, const char *provider_url,
                      struct sl_err *err)
{
    return update(journal, job, provider_url, false, err);
}

int sl_journal_set_copies(struct sl_journal *journal, const struct sl_job *job, struct sl_err *err)
{
    int rc = sl_db_begin_change(journal, err);
    if (rc < 0)
        return rc;
    struct sl_db_call call = sl_db_call(journal, SL_DB_SET_COPIES);
    sl_db_int(&call, job->copies.wanted);
    sl_db_int(&call, job->copies.landed);
    sl_db_u64(&call, job->copies.data_set_id);
    sl_db_u64(&call, job->copies.piece_id);
    sl_db_int(&call, job->wish_id);
    sl_db_int(&call, job->id);
    rc = sl_db_run(&call, "change a job", err);
    return sl_db_end_change(journal, rc < 0 ? rc : SL_OK, err);
}

int sl_journal_replan(struct sl_journal *journal, struct sl_job *job, struct sl_err *err)
{
    return update(journal, job, NULL, true, err);
}

int sl_journal_remove(struct sl_journal *journal, int64_t job_id, struct sl_err *err)
{
    int rc = sl_db_begin_change(journal, err);
    if (rc < 0)
        return rc;
    struct sl_db_call call = sl_db_call(journal, SL_DB_REMOVE_JOB);
    sl_db_int(&call, job_id);
    rc = sl_db_run(&call, "remove a job", err);
    if (rc == 0)
        rc = no_such_job(job_id, err);
    return sl_db_end_change(journal, rc < 0 ? rc : SL_OK, err);
}
