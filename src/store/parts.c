/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Parts of files that are split, equal files, and how fast a provider is. */
#include <limits.h>

#include "change.h"
#include "read.h"

/* ---- parts ---- */

static int write_part(struct sl_journal *journal, int64_t job_id, const struct sl_job_part *part,
                      struct sl_err *err)
{
    char cid[SL_PIECE_CID_CHARS];
    if (part->has_piece)
        sl_piece_cid(cid, &part->piece);
    struct sl_db_call call = sl_db_call(journal, SL_DB_PUT_PART);
    sl_db_text(&call, sl_job_state_name(part->state));
    sl_db_text(&call, part->has_piece ? cid : NULL);
    sl_db_u64(&call, part->size_bytes);
    sl_db_int(&call, job_id);
    sl_db_int(&call, part->id);
    sl_db_u64(&call, part->offset_bytes);
    return sl_db_run(&call, "save a part of a job", err);
}

int sl_journal_put_part(struct sl_journal *journal, int64_t job_id, const struct sl_job_part *part,
                        struct sl_err *err)
{
    if (part->id <= 0 || (unsigned)part->state >= SL_JOB_STATE_COUNT)
        return sl_err_set(err, SL_EINVAL, "save a part of a job: no such part or state");
    int rc = sl_db_begin_change(journal, err);
    if (rc < 0)
        return rc;
    rc = write_part(journal, job_id, part, err);
    return sl_db_end_change(journal, rc < 0 ? rc : SL_OK, err);
}

int sl_journal_drop_parts(struct sl_journal *journal, int64_t job_id, int part_id,
                          struct sl_err *err)
{
    int rc = sl_db_begin_change(journal, err);
    if (rc < 0)
        return rc;
    struct sl_db_call call = sl_db_call(journal, part_id != 0 ? SL_DB_DROP_PART : SL_DB_DROP_PARTS);
    sl_db_int(&call, job_id);
    if (part_id != 0)
        sl_db_int(&call, part_id);
    rc = sl_db_run(&call, "drop parts of a job", err);
    return sl_db_end_change(journal, rc < 0 ? rc : SL_OK, err);
}

static bool read_part(struct sl_db_call *call, struct sl_job_part *part)
{
    *part = (struct sl_job_part){0};
    bool good = sl_db_next_state(call, &part->state);
    good = sl_db_next_piece(call, &part->has_piece, &part->piece) && good;
    part->size_bytes = sl_db_next_u64(call);
    const int64_t id = sl_db_next_int(call);
    part->offset_bytes = sl_db_next_u64(call);
    part->id = id > 0 && id <= INT_MAX ? (int)id : 0;
    return good && part->id != 0 && part->size_bytes <= SL_PIECE_MAX_BYTES && sl_db_sound(call);
}

int sl_journal_each_part(struct sl_journal *journal, int64_t job_id, sl_journal_part_fn fn,
                         void *ctx, struct sl_err *err)
{
    struct sl_job_part part;
    struct sl_db_call call = sl_db_call(journal, SL_DB_EACH_PART);
    sl_db_int(&call, job_id);
    int rc;
    while ((rc = sl_db_row(&call, "read the parts of a job", err)) == 1) {
        if (read_part(&call, &part))
            rc = fn(ctx, &part);
        else
            rc = sl_db_damaged(journal, "read the parts of a job", err);
        if (rc != 0)
            break;
    }
    sl_db_end(&call);
    return rc;
}

/* ---- equal files ---- */

int sl_journal_find_twin(struct sl_journal *journal, const struct sl_job *of, const char *url,
                         struct sl_job *job, struct sl_err *err)
{
    char cid[SL_PIECE_CID_CHARS];
    if (of->has_piece)
        sl_piece_cid(cid, &of->piece);
    struct sl_db_call call = sl_db_call(journal, of->has_piece ? SL_DB_TWIN_OF_PIECE : SL_DB_TWIN);
    sl_db_u64(&call, of->file.size_bytes);
    sl_db_text(&call, url);
    sl_db_int(&call, of->id);
    if (of->has_piece)
        sl_db_text(&call, cid);
    const int rc = sl_db_next_job(&call, job, err);
    sl_db_end(&call);
    return rc;
}

/* ---- rates ---- */

int sl_journal_set_rate(struct sl_journal *journal, const char *url, uint64_t bytes_per_s,
                        struct sl_err *err)
{
    int64_t id = 0;
    int rc = sl_db_begin_change(journal, err);
    if (rc < 0)
        return rc;
    rc = sl_db_provider(journal, url, &id, err);
    if (rc == SL_OK) {
        struct sl_db_call call = sl_db_call(journal, SL_DB_SET_RATE);
        sl_db_u64(&call, bytes_per_s);
        sl_db_text(&call, url);
        rc = sl_db_run(&call, "save the rate of a provider", err);
    }
    return sl_db_end_change(journal, rc < 0 ? rc : SL_OK, err);
}

int sl_journal_rate(struct sl_journal *journal, const char *url, uint64_t *bytes_per_s,
                    struct sl_err *err)
{
    struct sl_db_call call = sl_db_call(journal, SL_DB_RATE);
    sl_db_text(&call, url);
    const int rc = sl_db_row(&call, "read the rate of a provider", err);
    *bytes_per_s = rc == 1 ? sl_db_next_u64(&call) : 0;
    sl_db_end(&call);
    return rc < 0 ? rc : SL_OK;
}
