/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "output/report_json.h"

#include "sluice/sp.h"

#include "output/json_lines.h"
#include "output/output.h"

static bool write_out(struct sl_jw *w)
{
    sl_cli_json_end(w);
    const bool ok = sl_output(&w->buf);
    sl_jw_free(w);
    return ok;
}

bool sl_cli_json_stored(const struct sl_clock *clock, const struct sl_event *event)
{
    const struct sl_job *job = &event->job;
    struct sl_jw w = {0};
    char cid[SL_PIECE_CID_CHARS];
    char url[SL_URL_BYTES + SL_PIECE_CID_CHARS];
    sl_piece_cid(cid, &job->piece);
    sl_cli_json_begin(&w, "stored", clock);
    sl_cli_json_path(&w, event->path);
    sl_jw_u64(&w, "size", job->file.size_bytes);
    sl_jw_str(&w, "pieceCid", cid);
    if (job->parts > 0) /* it is stored as these, not under the PieceCID of the whole */
        sl_jw_u64(&w, "parts", job->parts);
    else if (sl_sp_retrieval_url(url, sizeof url, event->provider_url, &job->piece, NULL) == SL_OK)
        sl_jw_str(&w, "retrievalUrl", url);
    if (job->already_stored)
        sl_jw_bool(&w, "alreadyStored", true);
    sl_jw_i64(&w, "id", job->id);
    return write_out(&w);
}

bool sl_cli_json_confirmed(const struct sl_clock *clock, const struct sl_event *event,
                           struct sl_journal *reader, const struct sl_copies_owner *of,
                           bool needs_journal)
{
    const struct sl_job *job = &event->job;
    struct sl_jw w = {0};
    struct sl_err err = {0};
    char cid[SL_PIECE_CID_CHARS];
    sl_piece_cid(cid, &job->piece);
    sl_cli_json_begin(&w, "confirmed", clock);
    sl_cli_json_path(&w, event->path);
    sl_jw_u64(&w, "size", job->file.size_bytes);
    if (sl_cli_copies_json_array(&w, reader, of, job, &err) < 0)
        sl_notice("%s: its copies are on chain, but cannot be read from the journal: %s",
                  event->path, err.text);
    sl_jw_str(&w, "pieceCid", cid); /* after those of the parts: line tools keep the last one */
    if (sl_job_missing_copies(job) > 0) {
        sl_jw_u64(&w, "missingCopies", sl_job_missing_copies(job));
        sl_jw_str(&w, "message", job->err.text);
    }
    if (job->already_stored)
        sl_jw_bool(&w, "alreadyStored", true);
    sl_jw_str(&w, "restorable", sl_cli_copies_json_restorable(needs_journal));
    sl_jw_i64(&w, "id", job->id);
    return write_out(&w);
}

bool sl_cli_json_added(const struct sl_clock *clock, const struct sl_event *event)
{
    struct sl_jw w = {0};
    char cid[SL_PIECE_CID_CHARS];
    sl_piece_cid(cid, &event->job.piece);
    sl_cli_json_begin(&w, "piecesAdded", clock);
    sl_cli_json_path(&w, event->path);
    sl_jw_str(&w, "pieceCid", cid);
    sl_jw_str(&w, "txHash", event->job.copies.tx);
    sl_jw_u64(&w, "batch", event->job.copies.batch);
    sl_jw_i64(&w, "id", event->job.id);
    return write_out(&w);
}

bool sl_cli_json_part(const struct sl_clock *clock, const struct sl_event *event)
{
    const struct sl_job_part *part = &event->part;
    struct sl_jw w = {0};
    char cid[SL_PIECE_CID_CHARS];
    char label[SL_PART_LABEL_CHARS];
    char url[SL_URL_BYTES + SL_PIECE_CID_CHARS];
    sl_piece_cid(cid, &part->piece);
    sl_job_part_label(label, &event->job, part->id);
    sl_cli_json_begin(&w, "stored", clock);
    sl_cli_json_path(&w, event->path);
    sl_jw_u64(&w, "size", part->size_bytes);
    sl_jw_str(&w, "pieceCid", cid);
    sl_jw_str(&w, "part", label);
    sl_jw_u64(&w, "offset", part->offset_bytes);
    if (sl_sp_retrieval_url(url, sizeof url, event->provider_url, &part->piece, NULL) == SL_OK)
        sl_jw_str(&w, "retrievalUrl", url);
    sl_jw_i64(&w, "id", event->job.id);
    return write_out(&w);
}

static bool write_why(const char *type, const struct sl_clock *clock, const char *path,
                      const struct sl_err *err)
{
    struct sl_jw w = {0};
    sl_cli_json_begin(&w, type, clock);
    sl_cli_json_path(&w, path);
    sl_jw_str(&w, "code", sl_err_name(err->code));
    sl_jw_str(&w, "message", err->text[0] != '\0' ? err->text : sl_err_text(err->code));
    return write_out(&w);
}

bool sl_cli_json_failed(const struct sl_clock *clock, const char *path, const struct sl_err *err)
{
    return write_why("failed", clock, path, err);
}

bool sl_cli_json_skipped(const struct sl_clock *clock, const struct sl_event *event)
{
    return write_why("skipped", clock, event->path, &event->err);
}

bool sl_cli_json_progress(const struct sl_clock *clock, struct sl_cli_job_totals *totals)
{
    for (size_t i = 0; i < totals->running_count; i++) {
        struct sl_job_totals_job *job = &totals->jobs[totals->running[i]];
        const uint64_t moved = job->sent_bytes + job->hashed_bytes;
        if (moved == job->emitted_bytes)
            continue;
        job->emitted_bytes = moved;
        struct sl_jw w = {0};
        sl_cli_json_begin(&w, "progress", clock);
        sl_cli_json_path(&w, job->path);
        sl_jw_u64(&w, "size", job->size_bytes);
        sl_jw_u64(&w, "sent", job->sent_bytes);
        sl_jw_u64(&w, "acknowledged", job->acked_bytes);
        if (job->state == SL_JOB_HASHING)
            sl_jw_u64(&w, "hashed", job->hashed_bytes);
        if (job->parts > 0) {
            sl_jw_u64(&w, "parts", job->parts);
            sl_jw_u64(&w, "partsStored", job->parts_stored);
        }
        sl_jw_i64(&w, "attempt", job->attempt);
        sl_jw_i64(&w, "id", job->id);
        if (!write_out(&w))
            return false;
    }
    return true;
}

static void add_status(struct sl_jw *w, enum sl_exit status, const struct sl_err *why)
{
    sl_jw_i64(w, "status", status);
    if (why == NULL)
        return;
    sl_jw_str(w, "code", sl_err_name(why->code));
    sl_jw_str(w, "message", why->text[0] != '\0' ? why->text : sl_err_text(why->code));
}

bool sl_cli_json_summary(const struct sl_clock *clock, const struct sl_cli_job_totals *totals,
                         const struct sl_cli_json_end *end)
{
    struct sl_jw w = {0};
    sl_cli_json_begin(&w, "summary", clock);
    sl_jw_u64(&w, "stored", totals->stored);
    sl_jw_u64(&w, "alreadyStored", totals->already_stored);
    sl_jw_u64(&w, "failed", totals->failed);
    sl_jw_u64(&w, "skipped", totals->skipped);
    sl_jw_u64(&w, "skippedLinks", totals->links);
    sl_jw_u64(&w, "left", end->left);
    sl_jw_u64(&w, "bytes", totals->stored_bytes);
    sl_jw_u64(&w, "uploadedBytes", totals->uploaded_bytes);
    sl_jw_u64(&w, "incomplete", totals->incomplete);
    sl_jw_u64(&w, "missingCopies", totals->missing_copies);
    sl_jw_u64(&w, "needJournal", end->need_journal);
    sl_cli_json_amount(&w, "fees", end->fees);
    sl_jw_double(&w, "seconds", end->seconds);
    add_status(&w, end->status, end->why);
    return write_out(&w);
}

bool sl_cli_json_refusal(const struct sl_clock *clock, enum sl_exit status,
                         const struct sl_err *why)
{
    struct sl_jw w = {0};
    sl_cli_json_begin(&w, "summary", clock);
    add_status(&w, status, why);
    return write_out(&w);
}
