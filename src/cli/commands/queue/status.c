/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sluice/devnet.h"
#include "sluice/journal.h"
#include "sluice/path.h"
#include "sluice/provider.h"
#include "sluice/text.h"

#include "args.h"
#include "commands.h"
#include "commands/queue/cancelled_onchain.h"
#include "commands/queue/live_progress.h"
#include "output/copies_json.h"
#include "output/json_lines.h"
#include "output/output.h"
#include "setup/settings.h"

enum { NAME_COLUMNS = 40, STATE_BYTES = 48 };

static const struct sl_copies_owner any_chain = {0};

struct status {
    struct sl_journal *journal;
    struct sl_clock clock;
    const struct sl_args
        *args;   /* with operands: these jobs in full; without: all jobs, a line each */
    bool *known; /* for each operand: such a job exists */
    bool json;
    struct sl_live_progress live;
    size_t found;
    char *folder;         /* a path from the list, whose... */
    size_t folder_length; /* ... first bytes, this many, are a folder that all paths share */
    bool broken;          /* stdout failed */
    struct sl_err err;
};

static bool in_full(const struct status *st)
{
    return st->args->operand_count > 0;
}

/* ---- JSON ---- */

static void add_err(struct sl_jw *w, const struct sl_err *err)
{
    if (err->code == SL_OK)
        return;
    sl_jw_str(w, "code", sl_err_name(err->code));
    sl_jw_str(w, "message", err->text);
}

static int json_history(void *ctx, const struct sl_history *line)
{
    struct sl_jw *w = ctx;
    sl_jw_object(w, NULL);
    sl_cli_json_time(w, "at", line->at_ms);
    sl_jw_str(w, "state", sl_job_state_name(line->to));
    add_err(w, &line->err);
    sl_jw_end_object(w);
    return SL_OK;
}

struct parts {
    struct sl_jw *w;     /* JSON, or ... */
    struct sl_buf *text; /* lines */
    const struct sl_job *job;
};

static int json_part(void *ctx, const struct sl_job_part *part)
{
    const struct parts *parts = ctx;
    char cid[SL_PIECE_CID_CHARS];
    char label[SL_PART_LABEL_CHARS];
    sl_job_part_label(label, parts->job, part->id);
    sl_jw_object(parts->w, NULL);
    sl_jw_str(parts->w, "part", label);
    sl_jw_str(parts->w, "state", sl_job_state_name(part->state));
    sl_jw_u64(parts->w, "offset", part->offset_bytes);
    sl_jw_u64(parts->w, "size", part->size_bytes);
    if (part->has_piece) {
        sl_piece_cid(cid, &part->piece);
        sl_jw_str(parts->w, "pieceCid", cid);
    }
    sl_jw_end_object(parts->w);
    return SL_OK;
}

static int json_parts(struct status *st, struct sl_jw *w, const struct sl_job *job)
{
    struct parts parts = {.w = w, .job = job};
    sl_jw_array(w, "pieces");
    const int rc = sl_journal_each_part(st->journal, job->id, json_part, &parts, &st->err);
    sl_jw_end_array(w);
    return rc;
}

/* Output that users paste elsewhere must not contain the local network's secret. */
static void json_provider(struct sl_jw *w, const char *provider_url)
{
    char url[SL_SERVICE_URL_BYTES];
    sl_devnet_public_url(url, sizeof url, provider_url);
    sl_jw_str(w, "providerUrl", url);
}

/* The same fields as in the progress lines of `upload --json`. */
static void json_progress(const struct status *st, struct sl_jw *w, const struct sl_job *job)
{
    const struct sl_progress *progress = sl_live_progress_find(&st->live, job);
    if (progress == NULL)
        return;
    sl_jw_u64(w, "sent", progress->sent_bytes);
    sl_jw_u64(w, "acknowledged", progress->acked_bytes);
    if (job->state == SL_JOB_HASHING)
        sl_jw_u64(w, "hashed", progress->hashed_bytes);
}

static int json_job(struct status *st, struct sl_buf *out, const struct sl_job *job,
                    const char *path, const char *provider_url)
{
    struct sl_jw w = {0};
    char cid[SL_PIECE_CID_CHARS];
    int rc = SL_OK;
    sl_cli_json_begin(&w, "job", &st->clock);
    sl_jw_i64(&w, "id", job->id);
    sl_jw_str(&w, "state", sl_job_state_name(job->state));
    sl_cli_json_path(&w, path);
    sl_jw_u64(&w, "size", job->file.size_bytes);
    if (job->has_piece) {
        sl_piece_cid(cid, &job->piece);
        sl_jw_str(&w, "pieceCid", cid);
    }
    json_progress(st, &w, job);
    if (job->shard_bytes > 0) {
        sl_jw_u64(&w, "parts", job->parts);
        sl_jw_u64(&w, "partsStored", job->parts_stored);
    }
    if (provider_url[0] != '\0')
        json_provider(&w, provider_url);
    sl_jw_i64(&w, "attempts", job->attempts);
    sl_cli_json_time(&w, "added", job->added_ms);
    sl_cli_json_time(&w, "changed", job->changed_ms);
    sl_cli_json_time(&w, "nextTry", job->next_try_ms);
    add_err(&w, &job->err);
    if (sl_job_missing_copies(job) > 0)
        sl_jw_u64(&w, "missingCopies", sl_job_missing_copies(job));
    if (job->state == SL_JOB_CONFIRMED)
        sl_jw_str(&w, "restorable",
                  sl_cli_copies_json_restorable(
                      sl_cli_copies_json_needs_journal(st->journal, job, path)));
    if (in_full(st) && job->shard_bytes > 0)
        rc = json_parts(st, &w, job);
    if (rc == SL_OK && in_full(st) && job->copies.wanted > 0 && job->has_piece)
        rc = sl_cli_copies_json_array(&w, st->journal, &any_chain, job, &st->err);
    if (rc == SL_OK && in_full(st)) {
        sl_jw_array(&w, "history");
        rc = sl_journal_history(st->journal, job->id, json_history, &w, &st->err);
        sl_jw_end_array(&w);
    }
    sl_cli_json_end(&w);
    *out = w.buf;
    return rc;
}

/* ---- text ---- */

static void pad(struct sl_buf *out, const char *text, int columns)
{
    sl_buf_str(out, text);
    sl_buf_printf(out, "%*s", columns > sl_text_width(text) ? columns - sl_text_width(text) : 0,
                  "");
}

static void add_note(struct sl_buf *out, const struct sl_job *job)
{
    char cid[SL_PIECE_CID_CHARS];
    if (job->err.code != SL_OK) {
        sl_output_escape(out, job->err.text);
    } else if (job->has_piece) {
        sl_piece_cid(cid, &job->piece);
        sl_buf_str(out, cid);
    }
}

/* Enough of the path to distinguish all listed files. */
static const char *name_of(const struct status *st, const char *path)
{
    return path + (st->folder_length > 1 ? st->folder_length : 0);
}

static void begin_row(struct sl_buf *out, const struct status *st, const char *id,
                      const char *state, const char *size, const char *path)
{
    struct sl_buf name = {0};
    sl_output_escape(&name, name_of(st, path));
    sl_buf_printf(out, "%6s  ", id);
    pad(out, state, 20);
    sl_buf_printf(out, " %7s  ", size);
    pad(out, name.data != NULL ? name.data : "", NAME_COLUMNS);
    sl_buf_str(out, "  ");
    sl_buf_free(&name);
}

/* "uploading 34 %" */
static void state_text(char text[static STATE_BYTES], const struct status *st,
                       const struct sl_job *job)
{
    const struct sl_progress *progress = sl_live_progress_find(&st->live, job);
    snprintf(text, STATE_BYTES, "%s", sl_job_state_word(job->state));
    if (progress != NULL)
        snprintf(text, STATE_BYTES, "%s %u %%", sl_job_state_word(job->state),
                 sl_live_progress_percent(progress, job));
}

static void add_job_row(struct sl_buf *out, const struct status *st, const struct sl_job *job,
                        const char *path)
{
    char size[SL_TEXT_SHORT], id[24], state[STATE_BYTES];
    sl_text_size(size, job->file.size_bytes);
    snprintf(id, sizeof id, "%" PRId64, job->id);
    state_text(state, st, job);
    begin_row(out, st, id, state, size, path);
    add_note(out, job);
    sl_buf_str(out, "\n");
}

static int add_history(void *ctx, const struct sl_history *line)
{
    struct sl_buf *out = ctx;
    char time[SL_LOCAL_TIME_CHARS];
    sl_local_time(time, line->at_ms);
    sl_buf_printf(out, "  %s  %s", time, sl_job_state_word(line->to));
    if (line->err.code != SL_OK) {
        sl_buf_str(out, ": ");
        sl_output_escape(out, line->err.text);
    }
    sl_buf_str(out, "\n");
    return SL_OK;
}

static void add_time(struct sl_buf *out, const char *label, int64_t wall_ms)
{
    char time[SL_LOCAL_TIME_CHARS];
    if (wall_ms == 0)
        return;
    sl_local_time(time, wall_ms);
    sl_buf_printf(out, "%-10s%s local time\n", label, time);
}

static int add_part(void *ctx, const struct sl_job_part *part)
{
    const struct parts *parts = ctx;
    char cid[SL_PIECE_CID_CHARS] = "";
    char label[SL_PART_LABEL_CHARS], size[SL_TEXT_SHORT];
    sl_job_part_label(label, parts->job, part->id);
    sl_text_size(size, part->size_bytes);
    if (part->has_piece)
        sl_piece_cid(cid, &part->piece);
    sl_buf_printf(parts->text, "  %-10s %-18s %8s  %s\n", label, sl_job_state_word(part->state),
                  size, cid);
    return SL_OK;
}

static int add_parts(struct status *st, struct sl_buf *out, const struct sl_job *job)
{
    struct parts parts = {.text = out, .job = job};
    sl_buf_printf(out, "%-10s%u of %u stored\n", "parts", (unsigned)job->parts_stored,
                  (unsigned)job->parts);
    return sl_journal_each_part(st->journal, job->id, add_part, &parts, &st->err);
}

static int add_details(struct status *st, struct sl_buf *out, const struct sl_job *job,
                       const char *path, const char *provider_url)
{
    char cid[SL_PIECE_CID_CHARS], state[STATE_BYTES];
    int rc = SL_OK;
    state_text(state, st, job);
    sl_buf_printf(out, "%-10s%" PRId64 "\n%-10s", "id", job->id, "file");
    sl_output_escape(out, path);
    sl_buf_printf(out, "\n%-10s%" PRIu64 " bytes\n%-10s%s\n", "size", job->file.size_bytes, "state",
                  state);
    if (job->err.code != SL_OK) {
        sl_buf_printf(out, "%-10s", "reason");
        sl_output_escape(out, job->err.text);
        sl_buf_str(out, "\n");
    }
    if (job->has_piece) {
        sl_piece_cid(cid, &job->piece);
        sl_buf_printf(out, "%-10s%s\n", "PieceCID", cid);
    }
    if (job->shard_bytes > 0)
        rc = add_parts(st, out, job);
    if (provider_url[0] != '\0') {
        sl_buf_printf(out, "%-10s", "provider");
        sl_output_escape(out, provider_url);
        sl_buf_str(out, "\n");
    }
    if (rc == SL_OK && job->copies.wanted > 0) {
        sl_buf_printf(out, "%-10s%d of %d on chain\n", "copies", job->copies.landed,
                      job->copies.wanted);
        if (job->has_piece)
            rc = sl_cli_copies_json_text(out, "          ", st->journal, &any_chain, &job->piece,
                                         &st->err);
    }
    if (job->state == SL_JOB_CONFIRMED)
        sl_buf_printf(out, "%-10s%s\n", "restore",
                      sl_cli_copies_json_needs_journal(st->journal, job, path)
                          ? "only with this journal; `sluice export` saves what is needed"
                          : "content and name from the key alone");
    sl_buf_printf(out, "%-10s%d\n", "attempts", job->attempts);
    add_time(out, "added", job->added_ms);
    add_time(out, "changed", job->changed_ms);
    add_time(out, "next try", job->next_try_ms);
    if (rc == SL_OK && (job->state == SL_JOB_CANCELLED || job->state == SL_JOB_DELETED))
        rc = sl_cancelled_onchain_text(out, st->journal, job, path, &st->err);
    if (rc < 0)
        return rc;
    sl_buf_str(out, "history\n");
    return sl_journal_history(st->journal, job->id, add_history, out, &st->err);
}

/* ---- the walk ---- */

static int end_entry(struct status *st, struct sl_buf *out, int rc)
{
    st->found++;
    if (rc == SL_OK && !sl_output(out)) {
        st->broken = true;
        rc = SL_EIO;
    }
    sl_buf_free(out);
    return rc;
}

static int show_job(void *ctx, const struct sl_job *job, const char *path, const char *provider_url)
{
    struct status *st = ctx;
    if (in_full(st) && !sl_args_name_id(st->args, st->known, job->id))
        return SL_OK;
    struct sl_buf out = {0};
    int rc = SL_OK;
    if (!st->json && in_full(st) && st->found > 0)
        sl_buf_str(&out, "\n");
    if (st->json)
        rc = json_job(st, &out, job, path, provider_url);
    else if (in_full(st))
        rc = add_details(st, &out, job, path, provider_url);
    else
        add_job_row(&out, st, job, path);
    return end_entry(st, &out, rc);
}

/* ---- paths that were not queued ---- */

/* A path that no longer exists is not reported, unless that was the reason. */
static bool is_there(const struct sl_journal_refused *refused)
{
    struct stat st;
    return refused->err.code == SL_ENOENT || lstat(refused->path, &st) == 0 || errno != ENOENT;
}

static void json_refused(const struct status *st, struct sl_buf *out,
                         const struct sl_journal_refused *refused)
{
    struct sl_jw w = {0};
    sl_cli_json_begin(&w, "refused", &st->clock);
    sl_cli_json_path(&w, refused->path);
    sl_jw_bool(&w, "skipped", refused->skipped);
    sl_cli_json_time(&w, "at", refused->at_ms);
    add_err(&w, &refused->err);
    sl_cli_json_end(&w);
    *out = w.buf;
}

static int show_refused(void *ctx, const struct sl_journal_refused *refused)
{
    struct status *st = ctx;
    struct sl_buf out = {0};
    if (!is_there(refused))
        return SL_OK;
    if (st->json) {
        json_refused(st, &out, refused);
    } else {
        begin_row(&out, st, "-", refused->skipped ? "skipped" : "not queued", "", refused->path);
        sl_output_escape(&out, refused->err.text);
        sl_buf_str(&out, "\n");
    }
    return end_entry(st, &out, SL_OK);
}

/* ---- the folder that all paths share ---- */

static int share_folder(struct status *st, const char *path)
{
    if (st->folder == NULL) {
        st->folder = strdup(path);
        st->folder_length = (size_t)(sl_path_base(path) - path);
        return st->folder != NULL ? SL_OK : sl_err_set(&st->err, SL_ENOMEM, "out of memory");
    }
    st->folder_length = sl_path_shared(st->folder, st->folder_length, path);
    return SL_OK;
}

static int share_job(void *ctx, const struct sl_job *job, const char *path, const char *url)
{
    (void)job;
    (void)url;
    return share_folder(ctx, path);
}

static int share_refused(void *ctx, const struct sl_journal_refused *refused)
{
    return is_there(refused) ? share_folder(ctx, refused->path) : SL_OK;
}

static int find_folder(struct status *st)
{
    const int rc = sl_journal_each(st->journal, share_job, st, &st->err);
    return rc < 0 ? rc : sl_journal_each_refused(st->journal, share_refused, st, &st->err);
}

/* ---- summary ---- */

static int print_list(struct status *st)
{
    int rc = !st->json && !in_full(st) ? find_folder(st) : SL_OK;
    if (rc == SL_OK)
        rc = sl_journal_each(st->journal, show_job, st, &st->err);
    if (rc == SL_OK && !in_full(st))
        rc = sl_journal_each_refused(st->journal, show_refused, st, &st->err);
    return rc;
}

static enum sl_exit print_all(struct status *st)
{
    const int rc = print_list(st);
    if (rc < 0)
        return st->broken ? sl_exit_no_output() : sl_exit_with(&st->err);
    if (st->found == 0 && !in_full(st))
        sl_notice("nothing is queued yet");
    return sl_args_check_known(st->args, st->known, &st->err) < 0 ? sl_exit_with(&st->err)
                                                                  : SL_EXIT_OK;
}

static enum sl_exit print_journal(struct status *st)
{
    struct sl_settings settings;
    enum sl_exit status;
    int rc = sl_settings_load(&settings, st->args, &st->err);
    if (rc == SL_OK)
        rc = sl_journal_open(&st->journal, settings.config.paths.state, SL_JOURNAL_READ, &st->clock,
                             &st->err);
    if (rc == SL_ENOENT && !in_full(st)) {
        sl_notice("nothing is queued yet: there is no journal in %s", settings.config.paths.state);
        status = SL_EXIT_OK;
    } else if (rc < 0) {
        status = sl_exit_with(&st->err);
    } else {
        sl_live_progress_read(&st->live, settings.config.paths.state);
        status = print_all(st);
    }
    sl_journal_close(st->journal);
    sl_settings_free(&settings);
    return status;
}

enum sl_exit sl_run_status(const struct sl_args *args)
{
    struct status st = {.args = args, .clock = sl_clock_system(), .json = args->json != NULL};
    if (sl_args_check_ids(args, &st.err) < 0)
        return sl_exit_with(&st.err);
    st.known = calloc(args->operand_count + 1, sizeof *st.known);
    if (st.known == NULL)
        return sl_exit_with(&(struct sl_err){.code = SL_ENOMEM});
    const enum sl_exit status = print_journal(&st);
    free(st.known);
    free(st.folder);
    return status;
}
