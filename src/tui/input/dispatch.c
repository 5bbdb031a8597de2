/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "input/dispatch.h"

#include <stdio.h>
#include <string.h>

#include "input/add.h"
#include "input/command.h"
#include "input/jobs.h"
#include "input/keymap.h"
#include "input/limits.h"
#include "input/marks.h"
#include "input/wallet.h"
#include "model/view.h"
#include "terminal/keys.h"

enum { INTERRUPT_TWICE_MS = 2000, FAR = 1000000 };

/* Ctrl-C means the same everywhere, also inside a question or a line. */
static void interrupt(struct sl_face *face)
{
    struct sl_model *model = face->model;
    const bool twice = model->interrupt_ms != INT64_MIN &&
                       model->now_ms - model->interrupt_ms <= INTERRUPT_TWICE_MS;
    model->interrupt_ms = model->now_ms;
    model->prompt = SL_PROMPT_NONE;
    model->url_shown = false;
    if (twice) {
        model->ask = SL_ASK_NONE;
        sl_face_stop(face, SL_STOP_NOW);
    } else {
        sl_face_quit(face);
    }
}

static void answer_quit(struct sl_face *face, int32_t key)
{
    if (key == 'f')
        sl_face_stop(face, SL_STOP_DRAIN);
    else if (key == 's')
        sl_face_stop(face, SL_STOP_NOW);
}

static void answer(struct sl_face *face, int32_t key)
{
    struct sl_model *model = face->model;
    const enum sl_ask ask = model->ask;
    const bool known = ask == SL_ASK_QUIT ? key == 'f' || key == 's' : key == 'y';
    if (!known && key != SL_KEY_ESC && key != 'n' && key != 'q')
        return; /* a stray key answers nothing */
    model->ask = SL_ASK_NONE;
    model->changed = true;
    if (ask == SL_ASK_QUIT)
        answer_quit(face, key);
    else if (known && ask == SL_ASK_PAY)
        sl_wallet_agreed(face);
    else if (known && ask == SL_ASK_ADD)
        sl_add_agreed(face);
    else if (known)
        sl_jobs_confirmed(face, ask);
}

/* ---- lines ---- */

static void search_typed(struct sl_model *model)
{
    if (model->line.len >= sizeof model->needle)
        return;
    memcpy(model->needle, model->line.text, model->line.len + 1);
    if (model->needle[0] != '\0')
        (void)sl_view_search(model, 1, true);
}

static void prompt_done(struct sl_face *face)
{
    struct sl_model *model = face->model;
    const enum sl_prompt prompt = model->prompt;
    model->prompt = SL_PROMPT_NONE;
    if (prompt == SL_PROMPT_COMMAND)
        sl_command_run(face, model->line.text);
    else if (prompt != SL_PROMPT_SEARCH)
        sl_limits_typed(face, prompt, model->line.text);
    else if (model->needle[0] != '\0' && !sl_view_search(model, 1, true))
        sl_model_say(model, SL_LEVEL_WARNING, "no path here contains %s", model->needle);
}

static void prompt_key(struct sl_face *face, int32_t key)
{
    struct sl_model *model = face->model;
    model->changed = true;
    if (key == SL_KEY_ENTER) {
        prompt_done(face);
        return;
    }
    const bool leave = key == SL_KEY_BACKSPACE && model->line.len == 0;
    if (key == SL_KEY_ESC || leave) {
        if (model->prompt == SL_PROMPT_SEARCH)
            model->needle[0] = '\0';
        model->prompt = SL_PROMPT_NONE;
        return;
    }
    if (sl_line_key(&model->line, key) && model->prompt == SL_PROMPT_SEARCH)
        search_typed(model);
}

/* ---- actions ---- */

static void move(struct sl_model *model, long by)
{
    if (model->pane == SL_PANE_QUEUE) {
        sl_view_move(model, by);
        return;
    }
    int *scroll = &model->scroll[model->pane];
    const long to = *scroll + by;
    *scroll = to < 0 ? 0 : to > FAR ? FAR : (int)to; /* the renderer stops at the end */
}

static bool act_move(struct sl_model *model, enum sl_action action)
{
    const long page = model->page > 1 ? (long)model->page : 1;
    const struct {
        enum sl_action action;
        long by;
    } moves[] = {{SL_ACT_DOWN, 1},
                 {SL_ACT_UP, -1},
                 {SL_ACT_HALF_DOWN, page / 2 + 1},
                 {SL_ACT_HALF_UP, -page / 2 - 1},
                 {SL_ACT_PAGE_DOWN, page},
                 {SL_ACT_PAGE_UP, -page},
                 {SL_ACT_TOP, -FAR},
                 {SL_ACT_BOTTOM, FAR}};
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) {
        if (moves[i].action == action) {
            move(model, moves[i].by);
            return true;
        }
    }
    return false;
}

/* In the queue `back` clears one thing at a time, at last it follows the uploads again. */
static void back(struct sl_face *face)
{
    struct sl_model *model = face->model;
    if (model->pane != SL_PANE_QUEUE) {
        sl_face_show(face, model->pane == SL_PANE_DETAILS ? SL_PANE_QUEUE : model->pane_before);
    } else if (sl_jobs_stop_checks(face) > 0) {
        return;
    } else if (model->range_id != 0) {
        model->range_id = 0;
    } else if (model->marked_count > 0) {
        sl_marks_clear(model);
    } else if (model->needle[0] != '\0') {
        model->needle[0] = '\0';
    } else if (model->show != SL_SHOW_ALL) {
        model->show = SL_SHOW_ALL;
        model->view_stale = true;
    } else {
        model->follow = true;
    }
}

static void search_again(struct sl_model *model, int step)
{
    if (model->needle[0] != '\0' && !sl_view_search(model, step, false))
        sl_model_say(model, SL_LEVEL_WARNING, "no path here contains %s", model->needle);
}

static void next_show(struct sl_model *model)
{
    static const int round[] = {SL_SHOW_ALL,   SL_SHOW_ACTIVE,   SL_JOB_QUEUED, SL_JOB_FAILED,
                                SL_JOB_STORED, SL_JOB_CONFIRMED, SL_JOB_PAUSED};
    const size_t count = sizeof round / sizeof round[0];
    size_t i = 0;
    while (i < count && round[i] != model->show)
        i++;
    model->show = round[(i + 1) % count];
    model->view_stale = true;
}

static void next_sort(struct sl_model *model)
{
    model->sort = (enum sl_sort)((model->sort + 1) % SL_SORT_COUNT);
    model->view_stale = true;
    sl_model_say(model, SL_LEVEL_NOTE, "sorted by %s", sl_sort_name(model->sort));
}

static void show_or_add(struct sl_face *face, int pane)
{
    if (pane == SL_PANE_ADD)
        sl_add_open(face);
    else if (pane == SL_PANE_WALLET)
        sl_wallet_open(face);
    else
        sl_face_show(face, (enum sl_pane)pane);
}

static bool act_pane(struct sl_face *face, enum sl_action action)
{
    struct sl_model *model = face->model;
    switch ((int)action) {
    case SL_ACT_DETAILS:
    case SL_ACT_PANE_DETAILS:
        model->follow = false; /* one file is read about until another is chosen */
        sl_face_show(face, SL_PANE_DETAILS);
        return true;
    case SL_ACT_PANE_QUEUE:
        sl_face_show(face, SL_PANE_QUEUE);
        return true;
    case SL_ACT_ADD:
    case SL_ACT_PANE_ADD:
        sl_add_open(face);
        return true;
    case SL_ACT_WALLET:
        sl_wallet_open(face);
        return true;
    case SL_ACT_REFRESH:
        sl_wallet_refresh(face);
        return true;
    case SL_ACT_PAY:
        sl_wallet_pay(face);
        return true;
    case SL_ACT_PANE_LOG:
        sl_face_show(face, SL_PANE_LOG);
        return true;
    case SL_ACT_HELP:
        sl_face_show(face, SL_PANE_HELP);
        return true;
    case SL_ACT_PANE_NEXT:
        show_or_add(face, ((int)model->pane + 1) % SL_PANE_COUNT);
        return true;
    case SL_ACT_PANE_PREVIOUS:
        show_or_add(face, ((int)model->pane + SL_PANE_COUNT - 1) % SL_PANE_COUNT);
        return true;
    case SL_ACT_BACK:
        back(face);
        return true;
    default:
        return false;
    }
}

static void act_screen(struct sl_face *face, enum sl_action action)
{
    struct sl_model *model = face->model;
    switch ((int)action) {
    case SL_ACT_SEARCH:
        sl_face_prompt(face, SL_PROMPT_SEARCH);
        break;
    case SL_ACT_NEXT:
    case SL_ACT_PREVIOUS:
        search_again(model, action == SL_ACT_NEXT ? 1 : -1);
        break;
    case SL_ACT_FILTER:
        next_show(model);
        break;
    case SL_ACT_SORT:
        next_sort(model);
        break;
    case SL_ACT_COMMAND:
        sl_face_prompt(face, SL_PROMPT_COMMAND);
        break;
    case SL_ACT_THEME:
        face->wish(face->ctx, SL_WISH_THEME, "");
        break;
    case SL_ACT_COMPACT:
        model->compact = !model->compact;
        break;
    case SL_ACT_MOUSE:
        model->mouse = !model->mouse;
        face->wish(face->ctx, SL_WISH_MOUSE, model->mouse ? "on" : "");
        sl_model_say(model, SL_LEVEL_NOTE, "mouse %s", model->mouse ? "on" : "off");
        break;
    case SL_ACT_REDRAW:
        face->wish(face->ctx, SL_WISH_REDRAW, "");
        break;
    case SL_ACT_SUSPEND:
        face->wish(face->ctx, SL_WISH_SUSPEND, "");
        break;
    case SL_ACT_QUIT:
        sl_face_quit(face);
        break;
    default:
        sl_jobs_act(face, action);
        break;
    }
}

static void pane_key(struct sl_face *face, int32_t key)
{
    struct sl_model *model = face->model;
    const int32_t first = model->stroke;
    model->stroke = SL_KEY_NONE;
    model->asked_id = 0;
    const enum sl_action action = sl_keymap_find(model->keys, model->pane, first, key);
    model->changed = true;
    if (action == SL_ACT_PREFIX)
        model->stroke = key;
    else if (action != SL_ACT_NONE && !act_move(model, action) && !act_pane(face, action))
        act_screen(face, action);
}

/* What is no character works in lines and questions too. */
static bool works_everywhere(struct sl_face *face, int32_t key)
{
    const enum sl_action action =
        sl_keymap_find(face->model->keys, SL_PANE_QUEUE, SL_KEY_NONE, key);
    if (key >= ' ' || (action != SL_ACT_SUSPEND && action != SL_ACT_REDRAW))
        return false;
    act_screen(face, action);
    return true;
}

/* A key shows that the last notice was read; errors stay a while. */
static void put_notice_away(struct sl_model *model)
{
    const struct sl_notice *notice = sl_model_notice(model, 0);
    if (notice != NULL && notice->level == SL_LEVEL_NOTE)
        model->notice_until_ms = model->now_ms;
}

/* The URL stands over everything: the next key puts it away. One that leads back does no more. */
static bool put_url_away(struct sl_model *model, int32_t key)
{
    const enum sl_action action = sl_keymap_find(model->keys, model->pane, SL_KEY_NONE, key);
    if (!model->url_shown || key == SL_KEY_CTRL('c'))
        return false;
    model->url_shown = false;
    model->changed = true;
    return action == SL_ACT_BACK || action == SL_ACT_SHOW_URL || action == SL_ACT_QUIT;
}

void sl_dispatch_key(struct sl_face *face, int32_t key)
{
    struct sl_model *model = face->model;
    sl_view_update(model);
    put_notice_away(model);
    if (key == SL_KEY_CTRL('c'))
        interrupt(face);
    else if (works_everywhere(face, key))
        model->changed = true;
    else if (put_url_away(model, key))
        return;
    else if (model->ask != SL_ASK_NONE)
        answer(face, key);
    else if (model->prompt != SL_PROMPT_NONE)
        prompt_key(face, key);
    else if (model->pane == SL_PANE_ADD)
        sl_add_key(face, key);
    else
        pane_key(face, key);
}

void sl_dispatch_wheel(struct sl_face *face, long lines)
{
    struct sl_model *model = face->model;
    sl_view_update(model);
    model->url_shown = false;
    if (model->ask == SL_ASK_NONE && model->prompt == SL_PROMPT_NONE)
        move(model, lines);
    model->changed = true;
}

void sl_dispatch_click(struct sl_face *face, long place)
{
    struct sl_model *model = face->model;
    const bool busy = model->ask != SL_ASK_NONE || model->prompt != SL_PROMPT_NONE;
    model->url_shown = false;
    model->changed = true;
    if (busy || model->pane != SL_PANE_QUEUE || place < 0)
        return;
    model->follow = false;
    sl_view_select(model, (size_t)place);
}

/* Into a line goes the first line of the paste, without control characters. */
static void paste_into_line(struct sl_model *model, const char *text, size_t len)
{
    for (size_t i = 0; i < len && text[i] != '\n' && text[i] != '\r'; i++) {
        if ((unsigned char)text[i] >= 0x20 && text[i] != 0x7F)
            sl_line_insert(&model->line, text + i, 1);
    }
    if (model->prompt == SL_PROMPT_SEARCH)
        search_typed(model);
}

void sl_dispatch_paste(struct sl_face *face, const char *text, size_t len)
{
    struct sl_model *model = face->model;
    sl_view_update(model);
    model->changed = true;
    model->url_shown = false;
    if (model->ask != SL_ASK_NONE)
        return; /* a paste is no answer */
    if (model->prompt != SL_PROMPT_NONE)
        paste_into_line(model, text, len);
    else
        sl_add_pasted(face, text, len);
}
