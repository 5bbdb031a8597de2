/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "model/events.h"

#include <stdlib.h>
#include <string.h>

#include "sluice/text.h"

#include "model/answers.h"
#include "model/view.h"

/* ---- totals ---- */

static bool has_bytes_left(enum sl_job_state state)
{
    return state == SL_JOB_QUEUED || state == SL_JOB_UPLOADING || state == SL_JOB_WAITING ||
           state == SL_JOB_HASHING;
}

/* The file failed only because money was missing. */
static bool is_unpaid(const struct sl_row *row)
{
    return row->state == SL_JOB_FAILED && row->err_code == SL_EMONEY;
}

/* The file still needs a transaction: the queue has to pay for it. */
static bool is_due(const struct sl_row *row)
{
    return is_unpaid(row) ||
           (!sl_job_state_finished(row->state) && row->state != SL_JOB_COMMITTING);
}

static uint64_t pieces_of(const struct sl_model *model, const struct sl_row *row)
{
    return row->parts > 0 ? row->parts
                          : sl_file_pieces(row->size_bytes, model->run.split_bytes).count;
}

/* Add a row to the totals (sign 1) or subtract it (-1). Call both around every change of a row. */
static void account(struct sl_model *model, const struct sl_row *row, int sign)
{
    if (row->state == SL_JOB_STATE_COUNT)
        return;
    struct sl_totals *totals = &model->totals;
    const uint64_t factor = sign > 0 ? 1 : UINT64_MAX; /* -1 in modular arithmetic */
    totals->count[row->state] += (size_t)factor;
    model->selection.marked_count += row->marked ? (size_t)factor : 0;
    if (row->earlier || row->state == SL_JOB_CANCELLED || row->state == SL_JOB_DELETED)
        return;
    totals->failed += row->state == SL_JOB_FAILED ? (size_t)factor : 0;
    const uint64_t done = sl_row_done_bytes(row);
    totals->all_bytes += factor * row->size_bytes;
    totals->done_bytes += factor * done;
    totals->unpaid += is_unpaid(row) ? (size_t)factor : 0;
    if (is_due(row)) {
        totals->due.files += factor;
        totals->due.bytes += factor * row->size_bytes;
        totals->due.pieces += factor * pieces_of(model, row);
    }
    if (has_bytes_left(row->state))
        totals->left_bytes += factor * (row->size_bytes - done);
}

/* ---- rows that upload ---- */

static bool live_add(struct sl_model *model, struct sl_row *row)
{
    if (model->uploads.count == model->uploads.cap) {
        const size_t cap = model->uploads.cap == 0 ? SL_PARALLEL_MAX : model->uploads.cap * 2;
        struct sl_row **live = realloc(model->uploads.rows, cap * sizeof(struct sl_row *));
        if (live == NULL)
            return false;
        model->uploads.rows = live;
        model->uploads.cap = cap;
    }
    model->uploads.rows[model->uploads.count++] = row;
    return true;
}

static void live_remove(struct sl_model *model, const struct sl_row *row)
{
    for (size_t i = 0; i < model->uploads.count; i++) {
        if (model->uploads.rows[i] == row) {
            model->uploads.rows[i] = model->uploads.rows[--model->uploads.count];
            return;
        }
    }
}

/* A failed attempt loses what it sent, except parts of a split file that arrived. */
static void lose_attempt(struct sl_row *row)
{
    struct sl_live *live = row->live;
    const uint64_t kept = row->sent_bytes;
    live->lost_bytes += live->acked_bytes > kept ? live->acked_bytes - kept : 0;
    live->hashed_bytes = 0;
    live->sent_bytes = live->acked_bytes = kept;
}

/* Start an attempt; what the one before sent is lost. */
static bool begin_attempt(struct sl_model *model, struct sl_row *row)
{
    if (row->live == NULL)
        row->live = calloc(1, sizeof *row->live);
    if (row->live == NULL)
        return false;
    struct sl_live *live = row->live;
    lose_attempt(row);
    live->attempt = row->attempts;
    sl_tui_rate_start(&live->rate, live->acked_bytes, model->now_ms);
    if (model->uploads.count == 0)
        sl_tui_rate_start(&model->uploads.rate, model->uploads.moved_bytes, model->now_ms);
    model->run.idle = false;
    model->alerts.worked = true;
    return true;
}

/* End an attempt: the provider answered, or the attempt failed. */
static void end_attempt(struct sl_model *model, struct sl_row *row)
{
    struct sl_live *live = row->live;
    if (live == NULL)
        return;
    const bool answered = sl_job_state_delivered(row->state);
    if (answered && !row->already_stored && row->size_bytes > live->acked_bytes)
        model->uploads.moved_bytes += row->size_bytes - live->acked_bytes;
    if (sl_job_state_finished(row->state)) {
        free(row->live);
        row->live = NULL;
    } else if (row->state == SL_JOB_WAITING || row->state == SL_JOB_QUEUED) {
        lose_attempt(row);
    }
}

/* ---- events ---- */

static void copy_why(struct sl_row *row, const struct sl_err *why)
{
    free(row->why);
    row->why = NULL;
    row->err_code = why->code;
    if (why->code == SL_OK)
        return;
    const size_t len = strnlen(why->text, sizeof why->text);
    row->why = calloc(1, len + 1);
    if (row->why != NULL)
        memcpy(row->why, why->text, len);
}

static void copy_copies(struct sl_row *row, const struct sl_job_copies *copies)
{
    row->copies_wanted = copies->wanted;
    row->copies_landed = copies->landed;
    row->batch = copies->batch;
    row->data_set_id = copies->data_set_id;
    row->chain_piece_id = copies->piece_id;
    free(row->tx);
    row->tx = copies->tx[0] != '\0' ? strdup(copies->tx) : NULL;
}

static void copy_job(struct sl_row *row, const struct sl_job *job)
{
    row->state = job->state;
    row->rank = job->rank;
    row->limit_bytes_per_s = job->limit_bytes_per_s;
    row->size_bytes = job->file.size_bytes;
    row->added_ms = job->added_ms;
    row->changed_ms = job->changed_ms;
    row->next_try_ms = job->next_try_ms;
    row->attempts = job->attempts;
    row->parts = job->parts;
    row->parts_stored = job->parts_stored;
    row->sent_bytes = job->sent_bytes;
    row->has_piece = job->has_piece;
    row->already_stored = job->already_stored;
    row->piece = job->piece;
    copy_copies(row, &job->copies);
    copy_why(row, &job->err);
}

static void notify_failure(struct sl_model *model, const struct sl_row *row, uint64_t lost_bytes)
{
    const char *name = row->path + row->name_at;
    const char *why = row->why != NULL ? row->why : sl_err_text(row->err_code);
    char lost[SL_TEXT_SHORT];
    sl_text_size(lost, lost_bytes);
    if (row->state == SL_JOB_FAILED) {
        model->alerts.bell = model->alerts.bell || !model->alerts.failed;
        model->alerts.failed = true;
        sl_model_notify(model, SL_LEVEL_ERROR, "%.80s failed: %s", name, why);
    } else if (row->state == SL_JOB_WAITING && lost_bytes > 0) {
        sl_model_notify(model, SL_LEVEL_WARNING, "%.80s: attempt %d lost %s: %s", name,
                        row->attempts, lost, why);
    } else if (row->state == SL_JOB_WAITING && row->attempts > 0) {
        sl_model_notify(model, SL_LEVEL_WARNING, "%.80s: attempt %d: %s", name, row->attempts, why);
    } else if (row->state == SL_JOB_WAITING) { /* the provider was unreachable: nothing was tried */
        sl_model_notify(model, SL_LEVEL_WARNING, "%.80s: %s", name, why);
    }
}

static bool is_live(enum sl_job_state state)
{
    return state == SL_JOB_UPLOADING || state == SL_JOB_HASHING;
}

/* Bring live data, view and history in line with the new state of the row. */
static bool follow_state(struct sl_model *model, struct sl_row *row, enum sl_job_state before)
{
    const bool up = is_live(row->state);
    const bool was_up = is_live(before);
    bool ok = true;
    if (up && (row->live == NULL || row->live->attempt != row->attempts))
        ok = begin_attempt(model, row);
    if (up && !was_up)
        ok = live_add(model, row) && ok;
    if (was_up && !up)
        live_remove(model, row);
    if (!up && row->state != before)
        end_attempt(model, row);
    if (row->state != before) {
        sl_row_step(row);
        if (model->view.sort == SL_SORT_STATE || model->view.show != SL_SHOW_ALL)
            model->view.stale = true;
        if (row->state == SL_JOB_WAITING || row->state == SL_JOB_ACCEPTED ||
            row->state == SL_JOB_PARKED || row->state == SL_JOB_COMMITTING)
            model->run.idle = false;
    }
    return ok;
}

/* A closed connection of a paused upload keeps only the parts that arrived. */
static void connection_closed(struct sl_model *model, struct sl_row *row)
{
    const uint64_t done = sl_row_done_bytes(row);
    char lost[SL_TEXT_SHORT];
    if (row->live == NULL || done <= row->sent_bytes)
        return;
    account(model, row, -1);
    lose_attempt(row);
    account(model, row, 1);
    sl_text_size(lost, done - row->sent_bytes);
    sl_model_notify(model, SL_LEVEL_NOTE,
                    "%.80s: the paused connection was closed; %s will be sent again",
                    row->path + row->name_at, lost);
}

static void on_tx(struct sl_model *model, const struct sl_event *event)
{
    struct sl_row *row = sl_rows_find(&model->rows, event->job.id);
    if (model->selection.tx_pending > 0)
        model->selection.tx_pending--;
    if (row == NULL || event->path[0] == '\0')
        return;
    free(row->tx);
    row->tx = strdup(event->path);
}

static int on_job(struct sl_model *model, const struct sl_event *event, struct sl_err *err)
{
    struct sl_row *row = sl_rows_find(&model->rows, event->job.id);
    const bool fresh = row == NULL;
    if (fresh)
        row = sl_rows_add(&model->rows, event->job.id, event->path);
    if (row == NULL)
        return sl_err_set(err, SL_ENOMEM, "screen: %s: out of memory", event->path);
    account(model, row, -1);
    const enum sl_job_state before = row->state;
    const int64_t rank = row->rank;
    const uint64_t lost = sl_row_done_bytes(row);
    const unsigned landed = row->copies_landed;
    copy_job(row, &event->job);
    const bool ok = follow_state(model, row, before);
    row->earlier = fresh ? sl_job_state_finished(row->state)
                         : row->earlier && sl_job_state_finished(row->state);
    account(model, row, 1);
    if (!sl_row_is_stored(row))
        sl_model_drop_check(model, row);
    if (row->state == SL_JOB_PAUSED && !event->job.held)
        connection_closed(model, row);
    if (row->copies_landed > landed)
        model->wallet.stale = true; /* a copy on chain changes the account */
    if (fresh)
        sl_view_append(model, row);
    else if (rank != row->rank && model->view.sort <= SL_SORT_STATE)
        model->view.stale = true;
    if (!fresh && row->state != before)
        notify_failure(model, row, lost);
    if (event->provider_url[0] != '\0')
        row->provider = sl_rows_provider(&model->rows, event->provider_url);
    return ok ? SL_OK : sl_err_set(err, SL_ENOMEM, "screen: %s: out of memory", row->path);
}

static void on_gone(struct sl_model *model, int64_t id)
{
    struct sl_row *row = sl_rows_find(&model->rows, id);
    if (row == NULL)
        return;
    account(model, row, -1);
    live_remove(model, row);
    sl_model_drop_check(model, row);
    if (row->view_at != SL_NOT_SHOWN)
        model->view.rows[row->view_at] = NULL; /* the next sl_view_update() closes the gap */
    model->view.stale = true;
    sl_rows_remove(&model->rows, row);
}

static void on_scanned(struct sl_model *model, const struct sl_event *event)
{
    const size_t refused = model->notices.rejected - model->notices.rejected_reported;
    model->run.adds_pending -= model->run.adds_pending > 0;
    model->notices.rejected_reported = model->notices.rejected;
    if (event->count > 0 && refused > 0)
        sl_model_notify(model, SL_LEVEL_WARNING, "%llu file%s queued, %zu not: see the log",
                        (unsigned long long)event->count, event->count == 1 ? "" : "s", refused);
    else if (event->count > 1)
        sl_model_notify(model, SL_LEVEL_NOTE, "%llu files queued",
                        (unsigned long long)event->count);
    if (event->links > 0)
        sl_model_notify(model, SL_LEVEL_NOTE,
                        "%llu link%s skipped: use --follow-links to follow them",
                        (unsigned long long)event->links, event->links == 1 ? "" : "s");
}

/* An attached screen keeps showing what has become of the files, until the user leaves it. */
static void on_stopped(struct sl_model *model)
{
    if (model->run.attached_pid == 0 || model->run.trouble.code < 0) {
        model->run.stop = SL_STOPPED;
        return;
    }
    model->run.has_ended = true;
    sl_model_notify(model, SL_LEVEL_NOTE, "the sluice that ran the uploads has ended");
}

int sl_model_on_event(struct sl_model *model, const struct sl_event *event, struct sl_err *err)
{
    model->changed = true;
    switch (event->type) {
    case SL_EVENT_JOB:
        return on_job(model, event, err);
    case SL_EVENT_TX:
        on_tx(model, event);
        break;
    case SL_EVENT_PART: /* the job's own events count its parts */
        break;
    case SL_EVENT_GONE:
        on_gone(model, event->job.id);
        break;
    case SL_EVENT_REJECTED:
        model->notices.rejected++;
        model->notices.refused += event->err.code != SL_ENOENT || event->count > 0;
        sl_model_notify(model, SL_LEVEL_ERROR, "%.80s not queued: %s", sl_path_base(event->path),
                        event->err.text);
        break;
    case SL_EVENT_SKIPPED:
        sl_model_notify(model, SL_LEVEL_NOTE, "%.80s skipped: %s", sl_path_base(event->path),
                        event->err.text);
        break;
    case SL_EVENT_SCANNED:
        on_scanned(model, event);
        break;
    case SL_EVENT_IDLE:
        model->run.idle = true;
        model->alerts.bell = model->alerts.bell || model->alerts.worked;
        model->alerts.worked = false;
        break;
    case SL_EVENT_LIMIT:
        model->run.limit_bytes_per_s = event->count;
        model->run.slow = event->request_id != 0;
        break;
    case SL_EVENT_DEFERRED:
        sl_model_notify(model, SL_LEVEL_WARNING,
                        "%.80s was queued with other options: continue it with `sluice resume`",
                        sl_path_base(event->path));
        break;
    case SL_EVENT_NOTE:
        sl_model_notify(model, SL_LEVEL_WARNING, "%.80s%s%s", sl_path_base(event->path),
                        event->path[0] != '\0' ? ": " : "", event->err.text);
        break;
    case SL_EVENT_TROUBLE:
        model->run.trouble = event->err;
        sl_model_notify(model, SL_LEVEL_ERROR, "%s", event->err.text);
        break;
    case SL_EVENT_STOPPED:
        on_stopped(model);
        break;
    }
    return SL_OK;
}

/* ---- progress and time ---- */

/* An attached screen meets uploads that are under way: what they sent before is no rate. */
static bool is_met_under_way(const struct sl_model *model, const struct sl_live *live)
{
    return model->run.attached_pid > 0 && live->acked_bytes == 0 && live->hashed_bytes == 0;
}

void sl_model_on_progress(struct sl_model *model, const struct sl_progress *progress)
{
    struct sl_row *row = sl_rows_find(&model->rows, progress->job_id);
    if (row == NULL || row->live == NULL || !is_live(row->state) ||
        progress->attempt != row->live->attempt)
        return;
    account(model, row, -1);
    struct sl_live *live = row->live;
    const uint64_t size = row->size_bytes;
    const uint64_t sent =
        progress->sent_bytes > row->sent_bytes ? progress->sent_bytes : row->sent_bytes;
    const uint64_t acked = progress->acked_bytes < size ? progress->acked_bytes : size;
    if (acked > live->acked_bytes && is_met_under_way(model, live))
        sl_tui_rate_start(&live->rate, acked, model->now_ms);
    else if (acked > live->acked_bytes)
        model->uploads.moved_bytes += acked - live->acked_bytes;
    live->acked_bytes = acked > live->acked_bytes ? acked : live->acked_bytes;
    live->sent_bytes = sent < size ? sent : size;
    live->hashed_bytes = progress->hashed_bytes < size ? progress->hashed_bytes : size;
    account(model, row, 1);
    model->changed = true;
}

static void sample_rates(struct sl_model *model)
{
    for (size_t i = 0; i < model->uploads.count; i++) {
        struct sl_row *row = model->uploads.rows[i];
        struct sl_live *live = row->live;
        if (live == NULL || !sl_tui_rate_sample(&live->rate, live->acked_bytes,
                                                row->size_bytes - live->acked_bytes, model->now_ms))
            continue;
        sl_graph_add(&live->graph, live->rate.bytes_per_s);
        model->changed = true;
    }
    if (sl_tui_rate_sample(&model->uploads.rate, model->uploads.moved_bytes,
                           model->totals.left_bytes, model->now_ms)) {
        sl_graph_add(&model->uploads.graph, model->uploads.rate.bytes_per_s);
        model->changed = true;
    }
}

static bool is_quiet(const struct sl_model *model)
{
    return model->uploads.count == 0 && (model->run.idle || model->uploads.rate.bytes_per_s < 1);
}

static void follow_uploads(struct sl_model *model)
{
    size_t first = SIZE_MAX;
    for (size_t i = 0; i < model->uploads.count; i++) {
        const uint32_t at = model->uploads.rows[i]->view_at;
        first = at != SL_NOT_SHOWN && at < first ? at : first;
    }
    if (first != SIZE_MAX && first != model->selection.at)
        sl_view_select(model, first);
}

void sl_model_tick(struct sl_model *model, int64_t now_ms, int64_t wall_ms)
{
    const bool next_second = wall_ms / 1000 != model->wall_ms / 1000;
    const bool notice = model->notices.until_ms > model->now_ms;
    model->now_ms = now_ms;
    model->wall_ms = wall_ms;
    if (next_second && model->totals.count[SL_JOB_WAITING] > 0)
        model->changed = true; /* a countdown */
    if (notice && model->notices.until_ms <= now_ms)
        model->changed = true;
    if (!is_quiet(model)) {
        sample_rates(model);
    } else if (model->uploads.rate.bytes_per_s > 0) {
        sl_tui_rate_start(&model->uploads.rate, model->uploads.moved_bytes, now_ms);
        model->changed = true;
    }
    sl_view_update(model);
    if (model->selection.follow)
        follow_uploads(model);
}

int sl_model_wait_ms(const struct sl_model *model, int frame_ms)
{
    if (model->uploads.count > 0)
        return frame_ms;
    int64_t wait = !is_quiet(model) ? SL_RATE_SAMPLE_MS : INT64_MAX;
    if (model->totals.count[SL_JOB_WAITING] > 0 && wait > 1000 - model->wall_ms % 1000)
        wait = 1000 - model->wall_ms % 1000;
    const int64_t notice = model->notices.until_ms > model->now_ms
                               ? model->notices.until_ms - model->now_ms
                               : INT64_MAX;
    wait = notice < wait ? notice : wait;
    return wait == INT64_MAX ? -1 : (int)wait;
}
