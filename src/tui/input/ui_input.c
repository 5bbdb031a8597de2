/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "input/ui_input.h"

void sl_ui_show(struct sl_ui_input *ui, enum sl_pane pane)
{
    struct sl_model *model = ui->model;
    if (model->panes.shown <= SL_PANE_DETAILS)
        model->panes.before = model->panes.shown;
    if (model->panes.shown != pane)
        model->panes.scroll[pane] = 0;
    model->panes.shown = pane;
    model->changed = true;
}

void sl_ui_note_next_run(struct sl_ui_input *ui)
{
    if (ui->model->run.stop == SL_STOP_DRAIN)
        sl_model_notify(ui->model, SL_LEVEL_NOTE,
                        "finishing running uploads: this is queued and starts with the next run");
}

void sl_ui_stop(struct sl_ui_input *ui, enum sl_stop how)
{
    struct sl_model *model = ui->model;
    if (model->run.stop >= how)
        return;
    model->changed = true;
    if (model->run.attached_pid > 0) { /* leaving stops nothing */
        model->run.stop = SL_STOPPED;
        return;
    }
    model->run.stop = how;
    ui->send(ui->ctx, how == SL_STOP_DRAIN ? SL_CMD_STOP_DRAIN : SL_CMD_STOP_NOW, 0, 0, NULL);
}

void sl_ui_quit(struct sl_ui_input *ui)
{
    struct sl_model *model = ui->model;
    /* queued files can wait; parked files must be committed in time */
    const size_t running = model->totals.count[SL_JOB_UPLOADING] + sl_model_to_commit(model);
    if (running > 0 && model->run.stop < SL_STOP_NOW && model->run.attached_pid == 0)
        model->prompt.confirm = SL_CONFIRM_QUIT;
    else
        sl_ui_stop(ui, SL_STOP_NOW);
    model->changed = true;
}

void sl_ui_prompt(struct sl_ui_input *ui, enum sl_prompt_kind prompt)
{
    struct sl_model *model = ui->model;
    model->prompt.kind = prompt;
    sl_line_edit_set(&model->prompt.line, "");
    if (prompt == SL_PROMPT_SEARCH)
        model->view.needle[0] = '\0';
}
