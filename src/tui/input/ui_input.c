/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "input/ui_input.h"

void sl_face_show(struct sl_face *face, enum sl_pane pane)
{
    struct sl_model *model = face->model;
    if (model->pane <= SL_PANE_DETAILS)
        model->pane_before = model->pane;
    if (model->pane != pane)
        model->scroll[pane] = 0;
    model->pane = pane;
    model->changed = true;
}

void sl_face_say_later(struct sl_face *face)
{
    if (face->model->stop == SL_STOP_DRAIN)
        sl_model_say(face->model, SL_LEVEL_NOTE,
                     "finishing what runs: this is kept and starts with the next run");
}

void sl_face_stop(struct sl_face *face, enum sl_stop how)
{
    struct sl_model *model = face->model;
    if (model->stop >= how)
        return;
    model->stop = how;
    model->changed = true;
    face->send(face->ctx, how == SL_STOP_DRAIN ? SL_CMD_STOP_DRAIN : SL_CMD_STOP_NOW, 0, 0, NULL);
}

void sl_face_quit(struct sl_face *face)
{
    struct sl_model *model = face->model;
    /* what only waits to be parked needs nobody here, what is parked must be committed in time */
    const size_t running = model->totals.count[SL_JOB_UPLOADING] + sl_model_to_commit(model);
    if (running > 0 && model->stop < SL_STOP_NOW)
        model->ask = SL_ASK_QUIT;
    else
        sl_face_stop(face, SL_STOP_NOW);
    model->changed = true;
}

void sl_face_prompt(struct sl_face *face, enum sl_prompt prompt)
{
    struct sl_model *model = face->model;
    model->prompt = prompt;
    sl_line_set(&model->line, "");
    if (prompt == SL_PROMPT_SEARCH)
        model->needle[0] = '\0';
}
