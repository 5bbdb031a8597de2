/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "output/copy_progress.h"

#include "sluice/sp.h"

#include "output/json_lines.h"
#include "output/output.h"

enum { COPIES_MOST = 16, URL_BYTES = SL_JOURNAL_URL_BYTES + SL_PIECE_CID_CHARS + 16 };

struct emitter {
    const struct sl_cli_copy_progress *progress;
    struct sl_job_totals_job *entry;
    const struct sl_event *event;
    struct sl_err err;
    bool broken; /* stdout failed */
    /* of a file in parts */
    uint32_t landed; /* copies of all parts looked at so far */
    uint32_t fresh;  /* of which a part landed since then */
    uint32_t of_part;
};

static bool was_emitted(uint16_t *entry, unsigned copy)
{
    const uint16_t bit = (uint16_t)(1U << copy);
    const bool before = copy >= COPIES_MOST || (*entry & bit) != 0;
    *entry |= copy < COPIES_MOST ? bit : 0;
    return before;
}

/* ---- lines ---- */

static void begin(struct sl_jw *w, const struct emitter *t, const char *type)
{
    char cid[SL_PIECE_CID_CHARS];
    sl_piece_cid(cid, &t->event->job.piece);
    sl_cli_json_begin(w, type, t->progress->clock);
    sl_cli_json_path(w, t->event->path);
    sl_jw_str(w, "pieceCid", cid);
}

static void end(struct sl_jw *w, struct emitter *t)
{
    sl_jw_i64(w, "id", t->event->job.id);
    sl_cli_json_end(w);
    t->broken = t->broken || !sl_output(&w->buf);
    sl_jw_free(w);
}

/* The first copy is the one that was uploaded: its line is "stored". */
static void emit_complete(struct emitter *t, unsigned copy, struct sl_u256 provider_id,
                          const char *service_url)
{
    struct sl_jw w = {0};
    char url[URL_BYTES];
    const struct sl_job *job = &t->event->job;
    if (copy == 0 || was_emitted(&t->entry->complete_emitted, copy))
        return;
    begin(&w, t, "copyComplete");
    sl_cli_json_u256(&w, "providerId", provider_id);
    if (sl_sp_retrieval_url(url, sizeof url, service_url, &job->piece, NULL) == SL_OK)
        sl_jw_str(&w, "retrievalUrl", url);
    end(&w, t);
}

/* ---- files in one piece ---- */

static bool has_piece(const struct sl_journal_commit *commit, const struct sl_piece_id *piece)
{
    for (size_t i = 0; i < commit->count; i++) {
        if (sl_piece_id_equal(&commit->pieces[i], piece))
            return true;
    }
    return false;
}

/* A provider gets the request to commit only once it has the pieces. */
static int on_commit(void *ctx, const struct sl_journal_commit *commit, const void *payload,
                     size_t len)
{
    struct emitter *t = ctx;
    (void)payload;
    (void)len;
    const bool asked =
        commit->state == SL_JOURNAL_COMMIT_SENDING || commit->state == SL_JOURNAL_COMMIT_SENT;
    if (asked && sl_cli_copies_owner_has(t->progress->of, commit->chain_id, commit->payer) &&
        has_piece(commit, &t->event->job.piece))
        emit_complete(t, commit->copy, commit->provider_id, commit->service_url);
    return t->broken;
}

static int on_copy(void *ctx, const struct sl_journal_copy *copy)
{
    struct emitter *t = ctx;
    struct sl_jw w = {0};
    if (copy->landed_ms < t->progress->since_ms ||
        !sl_cli_copies_owner_has(t->progress->of, copy->chain_id, copy->payer))
        return 0;
    emit_complete(t, copy->copy, copy->provider_id, copy->service_url);
    if (was_emitted(&t->entry->landed_emitted, copy->copy))
        return t->broken;
    begin(&w, t, "piecesConfirmed");
    sl_cli_copies_json_members(&w, t->progress->of, &t->event->job.piece, copy);
    end(&w, t);
    return t->broken;
}

static int emit_piece(struct emitter *t)
{
    struct sl_journal *reader = t->progress->reader;
    const struct sl_job *job = &t->event->job;
    int rc = SL_OK;
    if (job->copies.wanted > 1 && job->state == SL_JOB_COMMITTING)
        rc = sl_journal_each_commit(reader, true, on_commit, t, &t->err);
    if (rc == SL_OK && job->copies.landed > 0)
        rc = sl_journal_each_copy(reader, &job->piece, on_copy, t, &t->err);
    return rc;
}

/* ---- files in parts ---- */

static int on_part_copy(void *ctx, const struct sl_journal_copy *copy)
{
    struct emitter *t = ctx;
    if (copy->copy >= COPIES_MOST ||
        !sl_cli_copies_owner_has(t->progress->of, copy->chain_id, copy->payer))
        return 0;
    t->of_part |= 1U << copy->copy;
    if (copy->landed_ms >= t->progress->since_ms)
        t->fresh |= 1U << copy->copy;
    return 0;
}

static int on_part(void *ctx, const struct sl_job_part *part)
{
    struct emitter *t = ctx;
    t->of_part = 0;
    const int rc = part->has_piece ? sl_journal_each_copy(t->progress->reader, &part->piece,
                                                          on_part_copy, t, &t->err)
                                   : SL_OK;
    t->landed &= t->of_part;
    return rc;
}

static int emit_parts_copy(struct emitter *t, unsigned copy)
{
    struct sl_jw w = {0};
    if (copy > 0 && !was_emitted(&t->entry->complete_emitted, copy)) {
        begin(&w, t, "copyComplete");
        end(&w, t);
    }
    if (was_emitted(&t->entry->landed_emitted, copy))
        return SL_OK;
    begin(&w, t, "piecesConfirmed");
    const int rc = sl_cli_copies_json_parts(&w, t->progress->reader, t->progress->of,
                                            &t->event->job, copy, &t->err);
    end(&w, t);
    return rc;
}

static int emit_parts(struct emitter *t)
{
    const struct sl_job *job = &t->event->job;
    t->landed = UINT32_MAX;
    int rc = job->copies.landed > 0
                 ? sl_journal_each_part(t->progress->reader, job->id, on_part, t, &t->err)
                 : SL_OK;
    for (unsigned c = 0; rc == SL_OK && c < job->copies.wanted && job->copies.landed > 0; c++) {
        if ((t->landed & t->fresh & 1U << c) != 0)
            rc = emit_parts_copy(t, c);
    }
    return rc;
}

/* ---- the run ---- */

bool sl_cli_copy_progress_emit(const struct sl_cli_copy_progress *progress,
                               struct sl_job_totals_job *entry, const struct sl_event *event)
{
    const struct sl_job *job = &event->job;
    struct emitter t = {.progress = progress, .entry = entry, .event = event};
    const unsigned all = (1U << job->copies.wanted) - 1;
    if (!job->has_piece || job->copies.wanted == 0 || job->already_stored ||
        (entry->landed_emitted & all) == all ||
        (job->state != SL_JOB_COMMITTING && job->state != SL_JOB_CONFIRMED))
        return true;
    if ((job->parts > 0 ? emit_parts(&t) : emit_piece(&t)) < 0)
        sl_notice("%s: its copies cannot be read from the journal: %s", event->path, t.err.text);
    return !t.broken;
}
