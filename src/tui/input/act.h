/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * act.h - what keys and pasted text do: to the model, and as commands to the engine and wishes to
 * the terminal. Private to tui. Main thread.
 */
#ifndef SL_TUI_ACT_H
#define SL_TUI_ACT_H

#include "input/actions.h"
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

void sl_face_key(struct sl_face *face, int32_t key);
/** The wheel was turned by so many lines. */
void sl_face_wheel(struct sl_face *face, long lines);
/** A click on the file at this place of the view; -1: on none. */
void sl_face_click(struct sl_face *face, long place);
void sl_face_paste(struct sl_face *face, const char *text, size_t len);

/** The person, or a signal, asks to end: STOP_DRAIN or STOP_NOW, each sent at most once. */
void sl_face_stop(struct sl_face *face, enum sl_stop how);

/* ---- command.c ---- */

/** Leave; asks first while uploads run or files are not on chain. */
void sl_face_quit(struct sl_face *face);

/** Begin a line at the bottom. */
void sl_face_prompt(struct sl_face *face, enum sl_prompt prompt);

/** Run the text behind ':'. */
void sl_face_command(struct sl_face *face, const char *text);

/* ---- limits.c: rates, uploads at a time, priorities ---- */

/** False when the action is none of these. */
bool sl_limits_act(struct sl_face *face, enum sl_action action);
/** Whether it is for all uploads, and not for the selected one. */
bool sl_limits_are_for_all(enum sl_action action);
/** A rate was typed for one of the two prompts. */
void sl_limits_typed(struct sl_face *face, enum sl_prompt prompt, const char *text);
/** `:limit`, `:stop-at`, `:parallel` with what is behind them. */
void sl_limits_set(struct sl_face *face, const char *text);
void sl_limits_stop_at(struct sl_face *face, const char *text);
void sl_limits_parallel(struct sl_face *face, long number);

/* ---- wallet.c: the wallet pane ---- */

void sl_wallet_open(struct sl_face *face);
/** Read it again, whatever is under way. */
void sl_wallet_refresh(struct sl_face *face);
/** Ask what it costs to pay what is missing; the answer becomes a question. */
void sl_wallet_pay(struct sl_face *face);
/** That question was answered with yes. */
void sl_wallet_agreed(struct sl_face *face);
/** Each turn: while it is looked at, it follows the queue and what lands on the chain. */
void sl_wallet_follow(struct sl_face *face);

/* ---- add.c: the add pane ---- */

void sl_add_open(struct sl_face *face);
void sl_add_key(struct sl_face *face, int32_t key);
void sl_add_pasted(struct sl_face *face, const char *text, size_t len);
/** The user answered that question with yes: queue everything in the folder on the line. */
void sl_add_agreed(struct sl_face *face);
/** Queue one path as typed. */
void sl_add_path(struct sl_face *face, const char *typed);

/* ---- jobs.c: actions on the marked rows, or on the selected one ---- */

void sl_jobs_act(struct sl_face *face, enum sl_action action);
/** A question or a line begins that is for the selected row: it stays for that one. */
void sl_jobs_pin(struct sl_model *model);
/** Every requested transaction has been reported: copy them. */
void sl_jobs_tx_told(struct sl_face *face);
/** The command for each target that is not finished; their number. */
size_t sl_jobs_send(struct sl_face *face, enum sl_command_type type, int number);
/** Verify the targets no more; how many were. */
size_t sl_jobs_stop_checks(struct sl_face *face);
/** The question of cancel and remove was answered with yes. */
void sl_jobs_confirmed(struct sl_face *face, enum sl_ask ask);
/** Leave a pane for another one. */
void sl_face_show(struct sl_face *face, enum sl_pane pane);
/** While running work finishes: say that requested work begins with the next run. */
void sl_face_say_later(struct sl_face *face);

#endif
