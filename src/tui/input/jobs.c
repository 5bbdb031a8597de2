/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "input/jobs.h"

#include <stdio.h>
#include <string.h>

#include "sluice/buf.h"

#include "input/limits.h"
#include "input/marks.h"
#include "input/targets.h"
#include "model/answers.h"
#include "model/view.h"

enum { COPY_MOST_BYTES = 65536 };

static bool any_row(const struct sl_row *row)
{
    (void)row;
    return true;
}

static bool is_paused(const struct sl_row *row)
{
    return row->state == SL_JOB_PAUSED;
}

static bool can_pause(const struct sl_row *row)
{
    return row->state == SL_JOB_QUEUED || row->state == SL_JOB_UPLOADING ||
           row->state == SL_JOB_WAITING || row->state == SL_JOB_HASHING;
}

static bool can_retry(const struct sl_row *row)
{
    return row->state == SL_JOB_FAILED || row->state == SL_JOB_WAITING ||
           row->state == SL_JOB_CANCELLED;
}

static bool holds_bytes(const struct sl_row *row)
{
    return !sl_job_state_finished(row->state) && sl_row_done_bytes(row) > 0;
}

/* Some of the file is stored and paid for. */
static bool has_record(const struct sl_row *row)
{
    return sl_row_is_stored(row) || row->copies_landed > 0 || row->data_set_id != 0 ||
           (sl_job_state_finished(row->state) && row->parts_stored > 0);
}

static bool is_queued(const struct sl_row *row)
{
    return row->state == SL_JOB_QUEUED || row->state == SL_JOB_PAUSED ||
           row->state == SL_JOB_WAITING;
}

/* ---- verifying ---- */

static void send_check(struct sl_ui_input *ui, enum sl_errand_type type, const struct sl_row *row)
{
    const struct sl_errand errand = {
        .type = type, .job_id = row->id, .piece = row->piece, .path = row->path};
    ui->errand(ui->ctx, &errand);
}

size_t sl_jobs_stop_checks(struct sl_ui_input *ui)
{
    const struct sl_model *model = ui->model;
    size_t count = 0;
    for (size_t i = 0; i < model->view.count; i++) {
        if (sl_targets_have(model, i) && sl_row_is_checked(model->view.rows[i])) {
            send_check(ui, SL_ERRAND_STOP, model->view.rows[i]);
            count++;
        }
    }
    return count;
}

static void note_nothing_to(struct sl_model *model, const char *what)
{
    sl_model_notify(model, SL_LEVEL_NOTE, "nothing here to %s", what);
}

static void verify(struct sl_ui_input *ui)
{
    struct sl_model *model = ui->model;
    size_t stored = 0;
    for (size_t i = 0; i < model->view.count; i++) {
        struct sl_row *row = model->view.rows[i];
        if (!sl_targets_have(model, i) || !sl_row_is_stored(row))
            continue;
        stored++;
        if (!sl_row_is_checked(row) && sl_model_begin_check(model, row))
            send_check(ui, SL_ERRAND_VERIFY, row);
    }
    if (stored == 0)
        note_nothing_to(model, "verify: only stored files can be compared");
}

/* Pause whatever moves; if nothing moves, resume what is paused. */
static void pause_or_resume(struct sl_ui_input *ui)
{
    if (sl_targets_send(ui, SL_CMD_PAUSE, 0, can_pause) > 0)
        return;
    if (sl_targets_send(ui, SL_CMD_RESUME, 0, is_paused) > 0)
        sl_ui_note_next_run(ui);
    else
        note_nothing_to(ui->model, "pause");
}

static void pause_all(struct sl_ui_input *ui)
{
    const size_t *count = ui->model->totals.count;
    const bool moving = count[SL_JOB_QUEUED] + count[SL_JOB_UPLOADING] + count[SL_JOB_WAITING] +
                            count[SL_JOB_HASHING] >
                        0;
    ui->send(ui->ctx, moving ? SL_CMD_PAUSE_ALL : SL_CMD_RESUME_ALL, 0, 0, NULL);
    if (!moving)
        sl_ui_note_next_run(ui);
}

static void confirm_first(struct sl_model *model, enum sl_confirm confirm)
{
    sl_targets_pin(model);
    model->prompt.confirm = confirm;
    model->prompt.confirm_count = sl_targets_count(
        model, confirm == SL_CONFIRM_CANCEL ? sl_tui_target_is_unfinished : any_row);
}

/* Ask before a cancel or a remove that loses sent bytes, or the record of what is stored. */
static void confirm_or_do(struct sl_ui_input *ui, enum sl_confirm confirm)
{
    const bool stopped = sl_jobs_stop_checks(ui) > 0;
    if (stopped && confirm == SL_CONFIRM_CANCEL &&
        sl_targets_count(ui->model, sl_tui_target_is_unfinished) == 0)
        return;
    if (confirm == SL_CONFIRM_REMOVE && sl_targets_count(ui->model, has_record) > 0)
        confirm_first(ui->model, SL_CONFIRM_FORGET);
    else if (sl_targets_count(ui->model, holds_bytes) > 0)
        confirm_first(ui->model, confirm);
    else
        sl_jobs_confirmed(ui, confirm);
}

void sl_jobs_confirmed(struct sl_ui_input *ui, enum sl_confirm confirm)
{
    if (confirm == SL_CONFIRM_CANCEL &&
        sl_targets_send(ui, SL_CMD_CANCEL, 0, sl_tui_target_is_unfinished) == 0)
        note_nothing_to(ui->model, "cancel");
    else if (confirm == SL_CONFIRM_REMOVE || confirm == SL_CONFIRM_FORGET)
        (void)sl_targets_send(ui, SL_CMD_REMOVE, 0, any_row);
}

static void shift(struct sl_ui_input *ui, int by)
{
    const struct sl_row *row = sl_view_row(ui->model);
    if (row == NULL || !is_queued(row))
        note_nothing_to(ui->model, "move");
    else
        ui->send(ui->ctx, SL_CMD_MOVE, row->id, by, NULL);
}

/* ---- copying ---- */

enum { COPIED_CHARS = SL_ROW_URL_BYTES };

/* The text that the action copies for the row. False: the row has none. */
static bool copied_text(char out[static COPIED_CHARS], const struct sl_row *row,
                        enum sl_action action)
{
    if (action == SL_ACT_COPY_TX)
        snprintf(out, COPIED_CHARS, "%s", row->tx != NULL ? row->tx : "");
    else if (action == SL_ACT_COPY_URL)
        return sl_row_url(out, row);
    else if (row->has_piece)
        sl_piece_cid(out, &row->piece);
    else
        return false;
    return out[0] != '\0';
}

static void note_no_url(struct sl_model *model)
{
    const struct sl_row *row = sl_view_row(model);
    const bool parts = row != NULL && row->parts > 0;
    sl_model_notify(model, SL_LEVEL_NOTE,
                    parts
                        ? "stored in parts, which have no single URL; download it with `sluice get`"
                        : "the file gets a URL once it is stored");
}

static void show_url(struct sl_model *model)
{
    char url[SL_ROW_URL_BYTES];
    const struct sl_row *row = sl_view_row(model);
    if (row != NULL && sl_row_url(url, row))
        model->panes.url_shown = true;
    else
        note_no_url(model);
}

/* Only the journal has the transaction of a confirmed file. The copy follows once the engine has
 * reported it. */
static bool request_tx(struct sl_ui_input *ui)
{
    struct sl_model *model = ui->model;
    size_t asked = 0;
    for (size_t i = 0; i < model->view.count; i++) {
        const struct sl_row *row = model->view.rows[i];
        const bool on_chain = row->data_set_id != 0 || row->copies_landed > 0;
        if (!sl_targets_have(model, i) || row->tx != NULL || !on_chain)
            continue;
        ui->send(ui->ctx, SL_CMD_TX, row->id, 0, NULL);
        asked++;
    }
    model->selection.tx_pending = asked;
    if (asked > 0)
        sl_targets_pin(model);
    return asked > 0;
}

static void copy(struct sl_ui_input *ui, enum sl_action action)
{
    struct sl_model *model = ui->model;
    struct sl_buf text = {.cap = COPY_MOST_BYTES};
    char one[COPIED_CHARS];
    for (size_t i = 0; i < model->view.count; i++) {
        if (sl_targets_have(model, i) && copied_text(one, model->view.rows[i], action))
            sl_buf_printf(&text, "%s%s", text.len > 0 ? "\n" : "", one);
    }
    if (text.failed)
        sl_model_notify(model, SL_LEVEL_ERROR, "too much to copy at once: mark fewer files");
    else if (text.len == 0 && action == SL_ACT_COPY_URL)
        note_no_url(model);
    else if (text.len == 0)
        note_nothing_to(model, action == SL_ACT_COPY_TX
                                   ? "copy: no transaction is known yet"
                                   : "copy: the PieceCID is known once the file has been read");
    else
        ui->request(ui->ctx, SL_UI_COPY, text.data);
    sl_buf_free(&text);
}

void sl_jobs_on_tx(struct sl_ui_input *ui)
{
    copy(ui, SL_ACT_COPY_TX);
    ui->model->selection.pinned_id = 0;
}

void sl_jobs_act(struct sl_ui_input *ui, enum sl_action action)
{
    struct sl_model *model = ui->model;
    if (action != SL_ACT_RANGE && action != SL_ACT_MARK)
        sl_tui_marks_end_range(model);
    if (action != SL_ACT_PAUSE_ALL && !sl_limits_are_for_all(action))
        model->selection.follow = false; /* the next key acts on the same file */
    switch ((int)action) {
    case SL_ACT_MARK:
        sl_tui_marks_toggle(model);
        break;
    case SL_ACT_RANGE:
        sl_tui_marks_range(model);
        break;
    case SL_ACT_MARK_ALL:
    case SL_ACT_INVERT:
        sl_tui_marks_all(model, action == SL_ACT_INVERT);
        break;
    case SL_ACT_PAUSE:
        pause_or_resume(ui);
        break;
    case SL_ACT_PAUSE_ALL:
        pause_all(ui);
        break;
    case SL_ACT_RETRY:
        if (sl_targets_send(ui, SL_CMD_RETRY, 0, can_retry) > 0)
            sl_ui_note_next_run(ui);
        else
            note_nothing_to(model, "retry");
        break;
    case SL_ACT_CANCEL:
    case SL_ACT_REMOVE:
        confirm_or_do(ui, action == SL_ACT_CANCEL ? SL_CONFIRM_CANCEL : SL_CONFIRM_REMOVE);
        break;
    case SL_ACT_LATER:
    case SL_ACT_EARLIER:
        shift(ui, action == SL_ACT_LATER ? 1 : -1);
        break;
    case SL_ACT_VERIFY:
        verify(ui);
        break;
    case SL_ACT_SHOW_URL:
        show_url(model);
        break;
    case SL_ACT_COPY_TX:
        if (!request_tx(ui))
            copy(ui, action);
        break;
    case SL_ACT_COPY_CID:
    case SL_ACT_COPY_URL:
        copy(ui, action);
        break;
    default:
        (void)sl_limits_act(ui, action);
        break;
    }
}
