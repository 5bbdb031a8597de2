/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * ui_input.h - what the user's input works on: the model, commands to the engine, and requests to
 * the terminal. Private to tui. Main thread.
 */
#ifndef SL_TUI_UI_INPUT_H
#define SL_TUI_UI_INPUT_H

#include "model/model.h"

enum sl_wish {
    SL_WISH_COPY,    /* text to the terminal's clipboard */
    SL_WISH_THEME,   /* the theme named `text`, the next one when it is "" */
    SL_WISH_REDRAW,  /* everything anew */
    SL_WISH_SUSPEND, /* back to the shell */
    SL_WISH_MOUSE,   /* "on" or "" */
};

/** What the face reaches out to; tests record it. */
struct sl_face {
    struct sl_model *model;
    void (*send)(void *ctx, enum sl_command_type type, int64_t job_id, int number,
                 const char *path);
    void (*wish)(void *ctx, enum sl_wish wish, const char *text);
    void (*errand)(void *ctx, const struct sl_errand *errand);
    void *ctx;
};

/** Change to another pane. */
void sl_face_show(struct sl_face *face, enum sl_pane pane);

/** While running work finishes: say that requested work begins with the next run. */
void sl_face_say_later(struct sl_face *face);

/** The user, or a signal, asks to end: STOP_DRAIN or STOP_NOW, each sent at most once. */
void sl_face_stop(struct sl_face *face, enum sl_stop how);

/** Leave; asks first while uploads run or files are not on chain. */
void sl_face_quit(struct sl_face *face);

/** Begin a line at the bottom. */
void sl_face_prompt(struct sl_face *face, enum sl_prompt prompt);

#endif
