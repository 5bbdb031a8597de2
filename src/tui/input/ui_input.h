/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * ui_input.h - the targets of the user's input: the model, the engine, and the terminal. Private to
 * tui. Main thread.
 */
#ifndef SL_TUI_UI_INPUT_H
#define SL_TUI_UI_INPUT_H

#include "model/model.h"

enum sl_ui_request {
    SL_UI_COPY,    /* copy `text` to the clipboard */
    SL_UI_THEME,   /* use the theme named `text`; "": the next one */
    SL_UI_REDRAW,  /* redraw the screen */
    SL_UI_SUSPEND, /* suspend to the shell */
    SL_UI_MOUSE,   /* "on" or "" */
};

/** The callbacks lead to the engine, the terminal and the errands; tests record them. */
struct sl_ui_input {
    struct sl_model *model;
    void (*send)(void *ctx, enum sl_command_type type, int64_t job_id, int number,
                 const char *path);
    void (*request)(void *ctx, enum sl_ui_request request, const char *text);
    void (*errand)(void *ctx, const struct sl_errand *errand);
    void *ctx;
};

/** Change to another pane. */
void sl_ui_show(struct sl_ui_input *ui, enum sl_pane pane);

/** If the run is finishing, tell the user that new work begins with the next run. */
void sl_ui_note_next_run(struct sl_ui_input *ui);

/** Ask the engine to stop: SL_STOP_DRAIN or SL_STOP_NOW, each sent at most once. A screen that is
 * attached to another process's engine leaves instead. */
void sl_ui_stop(struct sl_ui_input *ui, enum sl_stop how);

/** Quit; asks first while uploads run or files are not on chain yet. */
void sl_ui_quit(struct sl_ui_input *ui);

/** Start an empty line at the bottom. */
void sl_ui_prompt(struct sl_ui_input *ui, enum sl_prompt_kind prompt);

#endif
