/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * ui_input.h - what the user's input works on: the model, commands to the engine, and requests to
 * the terminal. Private to tui. Main thread.
 */
#ifndef SL_TUI_UI_INPUT_H
#define SL_TUI_UI_INPUT_H

#include "model/model.h"

enum sl_ui_request {
    SL_UI_COPY,    /* text to the terminal's clipboard */
    SL_UI_THEME,   /* the theme named `text`, the next one when it is "" */
    SL_UI_REDRAW,  /* everything anew */
    SL_UI_SUSPEND, /* back to the shell */
    SL_UI_MOUSE,   /* "on" or "" */
};

/** What the ui reaches out to; tests record it. */
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

/** While running work finishes: say that requested work begins with the next run. */
void sl_ui_note_next_run(struct sl_ui_input *ui);

/** The user, or a signal, asks to end: STOP_DRAIN or STOP_NOW, each sent at most once. */
void sl_ui_stop(struct sl_ui_input *ui, enum sl_stop how);

/** Leave; asks first while uploads run or files are not on chain. */
void sl_ui_quit(struct sl_ui_input *ui);

/** Begin a line at the bottom. */
void sl_ui_prompt(struct sl_ui_input *ui, enum sl_prompt_kind prompt);

#endif
