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

/* Ctrl-C works everywhere, also in a question or a line. */
static void interrupt(struct sl_ui_input *ui)
{
    struct sl_model *model = ui->model;
    const bool twice = model->prompt.interrupt_ms != INT64_MIN &&
                       model->now_ms - model->prompt.interrupt_ms <= INTERRUPT_TWICE_MS;
    model->prompt.interrupt_ms = model->now_ms;
    model->prompt.kind = SL_PROMPT_NONE;
    model->panes.url_shown = false;
    if (twice) {
        model->prompt.confirm = SL_CONFIRM_NONE;
        sl_ui_stop(ui, SL_STOP_NOW);
    } else {
        sl_ui_quit(ui);
    }
}

static void answer_quit(struct sl_ui_input *ui, int32_t key)
{
    if (key == 'f')
        sl_ui_stop(ui, SL_STOP_DRAIN);
    else if (key == 's')
        sl_ui_stop(ui, SL_STOP_NOW);
}

static void answer(struct sl_ui_input *ui, int32_t key)
{
    struct sl_model *model = ui->model;
    const enum sl_confirm confirm = model->prompt.confirm;
    const bool known = confirm == SL_CONFIRM_QUIT ? key == 'f' || key == 's' : key == 'y';
    if (!known && key != SL_KEY_ESC && key != 'n' && key != 'q')
        return; /* a key without a meaning is not an answer */
    model->prompt.confirm = SL_CONFIRM_NONE;
    model->changed = true;
    if (confirm == SL_CONFIRM_QUIT)
        answer_quit(ui, key);
    else if (known && confirm == SL_CONFIRM_PAY)
        sl_tui_wallet_agreed(ui);
    else if (known && confirm == SL_CONFIRM_ADD)
        sl_tui_add_agreed(ui);
    else if (known)
        sl_jobs_confirmed(ui, confirm);
}

/* ---- lines ---- */

static void search_typed(struct sl_model *model)
{
    if (model->prompt.line.len >= sizeof model->view.needle)
        return;
    memcpy(model->view.needle, model->prompt.line.text, model->prompt.line.len + 1);
    if (model->view.needle[0] != '\0')
        (void)sl_view_search(model, 1, true);
}

static void prompt_done(struct sl_ui_input *ui)
{
    struct sl_model *model = ui->model;
    const enum sl_prompt_kind prompt = model->prompt.kind;
    model->prompt.kind = SL_PROMPT_NONE;
    if (prompt == SL_PROMPT_COMMAND)
        sl_tui_command_run(ui, model->prompt.line.text);
    else if (prompt != SL_PROMPT_SEARCH)
        sl_limits_typed(ui, prompt, model->prompt.line.text);
    else if (model->view.needle[0] != '\0' && !sl_view_search(model, 1, true))
        sl_model_notify(model, SL_LEVEL_WARNING, "no path in this list contains %s",
                        model->view.needle);
}

static void prompt_key(struct sl_ui_input *ui, int32_t key)
{
    struct sl_model *model = ui->model;
    model->changed = true;
    if (key == SL_KEY_ENTER) {
        prompt_done(ui);
        return;
    }
    const bool leave = key == SL_KEY_BACKSPACE && model->prompt.line.len == 0;
    if (key == SL_KEY_ESC || leave) {
        if (model->prompt.kind == SL_PROMPT_SEARCH)
            model->view.needle[0] = '\0';
        model->prompt.kind = SL_PROMPT_NONE;
        return;
    }
    if (sl_line_edit_key(&model->prompt.line, key) && model->prompt.kind == SL_PROMPT_SEARCH)
        search_typed(model);
}

/* ---- actions ---- */

static void move(struct sl_model *model, long by)
{
    if (model->panes.shown == SL_PANE_QUEUE) {
        sl_view_move(model, by);
        return;
    }
    int *scroll = &model->panes.scroll[model->panes.shown];
    const long to = *scroll + by;
    *scroll = to < 0 ? 0 : to > FAR ? FAR : (int)to; /* the renderer stops at the end */
}

static bool act_move(struct sl_model *model, enum sl_action action)
{
    const long page = model->view.page > 1 ? (long)model->view.page : 1;
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

/* In the queue, `back` clears one thing at a time; in the end it follows the uploads again. */
static void back(struct sl_ui_input *ui)
{
    struct sl_model *model = ui->model;
    if (model->panes.shown != SL_PANE_QUEUE) {
        sl_ui_show(ui, model->panes.shown == SL_PANE_DETAILS ? SL_PANE_QUEUE : model->panes.before);
    } else if (sl_jobs_stop_checks(ui) > 0) {
        return;
    } else if (model->selection.range_id != 0) {
        model->selection.range_id = 0;
    } else if (model->selection.marked_count > 0) {
        sl_tui_marks_clear(model);
    } else if (model->view.needle[0] != '\0') {
        model->view.needle[0] = '\0';
    } else if (model->view.show != SL_SHOW_ALL) {
        model->view.show = SL_SHOW_ALL;
        model->view.stale = true;
    } else {
        model->selection.follow = true;
    }
}

static void search_again(struct sl_model *model, int step)
{
    if (model->view.needle[0] != '\0' && !sl_view_search(model, step, false))
        sl_model_notify(model, SL_LEVEL_WARNING, "no path in this list contains %s",
                        model->view.needle);
}

static void next_show(struct sl_model *model)
{
    static const int round[] = {SL_SHOW_ALL,   SL_SHOW_ACTIVE,   SL_JOB_QUEUED, SL_JOB_FAILED,
                                SL_JOB_STORED, SL_JOB_CONFIRMED, SL_JOB_PAUSED};
    const size_t count = sizeof round / sizeof round[0];
    size_t i = 0;
    while (i < count && round[i] != model->view.show)
        i++;
    model->view.show = round[(i + 1) % count];
    model->view.stale = true;
}

static void next_sort(struct sl_model *model)
{
    model->view.sort = (enum sl_sort)((model->view.sort + 1) % SL_SORT_COUNT);
    model->view.stale = true;
    sl_model_notify(model, SL_LEVEL_NOTE, "sorted by %s", sl_view_sort_name(model->view.sort));
}

static void show_or_add(struct sl_ui_input *ui, int pane)
{
    if (pane == SL_PANE_ADD)
        sl_tui_add_open(ui);
    else if (pane == SL_PANE_WALLET)
        sl_tui_wallet_open(ui);
    else
        sl_ui_show(ui, (enum sl_pane)pane);
}

static bool act_pane(struct sl_ui_input *ui, enum sl_action action)
{
    struct sl_model *model = ui->model;
    switch ((int)action) {
    case SL_ACT_DETAILS:
    case SL_ACT_PANE_DETAILS:
        model->selection.follow = false; /* stay on this file until the user selects another one */
        sl_ui_show(ui, SL_PANE_DETAILS);
        return true;
    case SL_ACT_PANE_QUEUE:
        sl_ui_show(ui, SL_PANE_QUEUE);
        return true;
    case SL_ACT_ADD:
    case SL_ACT_PANE_ADD:
        sl_tui_add_open(ui);
        return true;
    case SL_ACT_WALLET:
        sl_tui_wallet_open(ui);
        return true;
    case SL_ACT_REFRESH:
        sl_tui_wallet_refresh(ui);
        return true;
    case SL_ACT_PAY:
        sl_tui_wallet_pay(ui);
        return true;
    case SL_ACT_PANE_LOG:
        sl_ui_show(ui, SL_PANE_LOG);
        return true;
    case SL_ACT_HELP:
        sl_ui_show(ui, SL_PANE_HELP);
        return true;
    case SL_ACT_PANE_NEXT:
        show_or_add(ui, ((int)model->panes.shown + 1) % SL_PANE_COUNT);
        return true;
    case SL_ACT_PANE_PREVIOUS:
        show_or_add(ui, ((int)model->panes.shown + SL_PANE_COUNT - 1) % SL_PANE_COUNT);
        return true;
    case SL_ACT_BACK:
        back(ui);
        return true;
    default:
        return false;
    }
}

static void act_screen(struct sl_ui_input *ui, enum sl_action action)
{
    struct sl_model *model = ui->model;
    switch ((int)action) {
    case SL_ACT_SEARCH:
        sl_ui_prompt(ui, SL_PROMPT_SEARCH);
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
        sl_ui_prompt(ui, SL_PROMPT_COMMAND);
        break;
    case SL_ACT_THEME:
        ui->request(ui->ctx, SL_UI_THEME, "");
        break;
    case SL_ACT_COMPACT:
        model->panes.compact = !model->panes.compact;
        break;
    case SL_ACT_MOUSE:
        model->panes.mouse = !model->panes.mouse;
        ui->request(ui->ctx, SL_UI_MOUSE, model->panes.mouse ? "on" : "");
        sl_model_notify(model, SL_LEVEL_NOTE, "mouse %s", model->panes.mouse ? "on" : "off");
        break;
    case SL_ACT_REDRAW:
        ui->request(ui->ctx, SL_UI_REDRAW, "");
        break;
    case SL_ACT_SUSPEND:
        ui->request(ui->ctx, SL_UI_SUSPEND, "");
        break;
    case SL_ACT_QUIT:
        sl_ui_quit(ui);
        break;
    default:
        sl_jobs_act(ui, action);
        break;
    }
}

static void pane_key(struct sl_ui_input *ui, int32_t key)
{
    struct sl_model *model = ui->model;
    const int32_t first = model->prompt.stroke;
    model->prompt.stroke = SL_KEY_NONE;
    model->selection.pinned_id = 0;
    const enum sl_action action = sl_keymap_find(model->keys, model->panes.shown, first, key);
    model->changed = true;
    if (action == SL_ACT_PREFIX)
        model->prompt.stroke = key;
    else if (action != SL_ACT_NONE && !act_move(model, action) && !act_pane(ui, action))
        act_screen(ui, action);
}

/* Keys that are not characters work in lines and questions too. */
static bool works_everywhere(struct sl_ui_input *ui, int32_t key)
{
    const enum sl_action action = sl_keymap_find(ui->model->keys, SL_PANE_QUEUE, SL_KEY_NONE, key);
    if (key >= ' ' || (action != SL_ACT_SUSPEND && action != SL_ACT_REDRAW))
        return false;
    act_screen(ui, action);
    return true;
}

/* A key hides the last note; warnings and errors stay for a while. */
static void hide_notice(struct sl_model *model)
{
    const struct sl_notice *notice = sl_model_notice(model, 0);
    if (notice != NULL && notice->level == SL_LEVEL_NOTE)
        model->notices.until_ms = model->now_ms;
}

/* Any key hides the URL. A key that means "back" does nothing else. */
static bool hide_url(struct sl_model *model, int32_t key)
{
    const enum sl_action action = sl_keymap_find(model->keys, model->panes.shown, SL_KEY_NONE, key);
    if (!model->panes.url_shown || key == SL_KEY_CTRL('c'))
        return false;
    model->panes.url_shown = false;
    model->changed = true;
    return action == SL_ACT_BACK || action == SL_ACT_SHOW_URL || action == SL_ACT_QUIT;
}

void sl_dispatch_key(struct sl_ui_input *ui, int32_t key)
{
    struct sl_model *model = ui->model;
    sl_view_update(model);
    hide_notice(model);
    if (key == SL_KEY_CTRL('c'))
        interrupt(ui);
    else if (works_everywhere(ui, key))
        model->changed = true;
    else if (hide_url(model, key))
        return;
    else if (model->prompt.confirm != SL_CONFIRM_NONE)
        answer(ui, key);
    else if (model->prompt.kind != SL_PROMPT_NONE)
        prompt_key(ui, key);
    else if (model->panes.shown == SL_PANE_ADD)
        sl_tui_add_key(ui, key);
    else
        pane_key(ui, key);
}

void sl_dispatch_wheel(struct sl_ui_input *ui, long lines)
{
    struct sl_model *model = ui->model;
    sl_view_update(model);
    model->panes.url_shown = false;
    if (model->prompt.confirm == SL_CONFIRM_NONE && model->prompt.kind == SL_PROMPT_NONE)
        move(model, lines);
    model->changed = true;
}

void sl_dispatch_click(struct sl_ui_input *ui, long place)
{
    struct sl_model *model = ui->model;
    const bool busy =
        model->prompt.confirm != SL_CONFIRM_NONE || model->prompt.kind != SL_PROMPT_NONE;
    model->panes.url_shown = false;
    model->changed = true;
    if (busy || model->panes.shown != SL_PANE_QUEUE || place < 0)
        return;
    model->selection.follow = false;
    sl_view_select(model, (size_t)place);
}

/* Only the first line of the paste goes into the line, without control characters. */
static void paste_into_line(struct sl_model *model, const char *text, size_t len)
{
    for (size_t i = 0; i < len && text[i] != '\n' && text[i] != '\r'; i++) {
        if ((unsigned char)text[i] >= 0x20 && text[i] != 0x7F)
            sl_line_edit_insert(&model->prompt.line, text + i, 1);
    }
    if (model->prompt.kind == SL_PROMPT_SEARCH)
        search_typed(model);
}

void sl_dispatch_paste(struct sl_ui_input *ui, const char *text, size_t len)
{
    struct sl_model *model = ui->model;
    sl_view_update(model);
    model->changed = true;
    model->panes.url_shown = false;
    if (model->prompt.confirm != SL_CONFIRM_NONE)
        return; /* a paste is not an answer */
    if (model->prompt.kind != SL_PROMPT_NONE)
        paste_into_line(model, text, len);
    else
        sl_tui_add_pasted(ui, text, len);
}
