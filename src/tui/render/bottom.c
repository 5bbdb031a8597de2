/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "render/bottom.h"

#include <stdio.h>
#include <string.h>

#include "sluice/costs.h"
#include "sluice/text.h"

#include "input/keymap.h"
#include "model/view.h"
#include "render/draw.h"
#include "terminal/keys.h"
#include "terminal/theme.h"

enum { QUESTION_BYTES = 512 };

static void draw_prompt(struct sl_grid *grid, const struct sl_model *model, int row)
{
    static const char *const leads[] = {
        [SL_PROMPT_COMMAND] = ":",
        [SL_PROMPT_SEARCH] = "/",
        [SL_PROMPT_LIMIT] = "limit for all (2M, 500k, off): ",
        [SL_PROMPT_LIMIT_FILE] = "limit for this (2M, 500k, off): ",
    };
    const int lead =
        sl_grid_write(grid, row, 1, grid->cols - 8, SL_ROLE_PROMPT, leads[model->prompt.kind]);
    sl_draw_line(grid, row, 1 + lead, &model->prompt.line);
}

/* Draw "key word" if it fits before `end`. Returns the next column, or col if it did not fit. */
static int append_hint(struct sl_grid *grid, int row, int col, int end, const char *key,
                       const char *word)
{
    const int width = sl_text_width(key) + 1 + sl_text_width(word);
    if (col + width > end || key[0] == '\0')
        return col;
    col += sl_grid_write(grid, row, col, end - col, SL_ROLE_KEY, key) + 1;
    return col + sl_grid_write(grid, row, col, end - col, SL_ROLE_HINT, word) + 2;
}

static int append_action(struct sl_grid *grid, const struct sl_model *model, int row, int col,
                         int end, enum sl_action action)
{
    char key[SL_KEY_TEXT];
    sl_keymap_keys_of(key, sizeof key, model->keys, action, 1);
    return append_hint(grid, row, col, end, key, sl_action_row(action)->hint);
}

/* Hide hints for actions that would do nothing here. */
static bool has_place(const struct sl_model *model, enum sl_action action)
{
    const unsigned context = sl_action_row(action)->context;
    const bool of_files = (context & ~(unsigned)SL_IN_JOBS) == 0;
    const struct sl_row *row = sl_view_row(model);
    const bool stored = row != NULL && sl_row_is_stored(row);
    const bool ended =
        row != NULL && sl_job_state_finished(row->state) && model->selection.marked_count == 0;
    if ((action == SL_ACT_VERIFY || action == SL_ACT_SHOW_URL) && !stored)
        return false;
    if ((action == SL_ACT_PAUSE || action == SL_ACT_CANCEL) && ended)
        return false;
    if (action == SL_ACT_RETRY && stored && model->selection.marked_count == 0)
        return false;
    return (context & 1U << model->panes.shown) != 0 && (model->rows.count > 0 || !of_files) &&
           (action != SL_ACT_WALLET || model->panes.shown != SL_PANE_WALLET);
}

/* The hints that matter most come first; quit and help always stand at the right. */
static void draw_hints(struct sl_grid *grid, const struct sl_model *model, int row)
{
    static const enum sl_action order[] = {
        SL_ACT_REFRESH, SL_ACT_ADD,      SL_ACT_PAUSE,    SL_ACT_DETAILS, SL_ACT_SEARCH,
        SL_ACT_CANCEL,  SL_ACT_VERIFY,   SL_ACT_SHOW_URL, SL_ACT_WALLET,  SL_ACT_RETRY,
        SL_ACT_MARK,    SL_ACT_COPY_CID, SL_ACT_FILTER};
    const int last = grid->cols - 15;
    int col = 1;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        if (has_place(model, order[i]))
            col = append_action(grid, model, row, col, last - 2, order[i]);
    }
    col = append_action(grid, model, row, last, grid->cols - 1, SL_ACT_QUIT);
    append_action(grid, model, row, col, grid->cols, SL_ACT_HELP);
}

static void quit_question(char text[static QUESTION_BYTES], const struct sl_model *model,
                          bool tight)
{
    const size_t running = model->totals.count[SL_JOB_UPLOADING];
    const size_t to_commit = sl_model_to_commit(model);
    if (running > 0)
        snprintf(text, QUESTION_BYTES, tight ? "%zu running" : "%zu upload%s running", running,
                 running == 1 ? " is" : "s are");
    else
        snprintf(text, QUESTION_BYTES, tight ? "%zu to commit" : "%zu file%s not on chain yet",
                 to_commit, to_commit == 1 ? " is" : "s are");
}

/* Name the file, or give the number: marked rows may lie outside the screen. */
static void loss_question(char text[static QUESTION_BYTES], const struct sl_model *model,
                          int columns)
{
    enum { AROUND = 52, NAME_MOST = 40, NAME_BYTES = 1100 };
    const char *what = model->prompt.confirm == SL_CONFIRM_CANCEL ? "Cancel" : "Remove";
    const bool record = model->prompt.confirm == SL_CONFIRM_FORGET;
    const size_t count = model->prompt.confirm_count;
    const char *loss = !record      ? "What was sent will be lost."
                       : count == 1 ? "Its record will be lost."
                                    : "Their records will be lost.";
    const struct sl_row *row = sl_rows_find(&model->rows, model->selection.pinned_id);
    if (columns < 72) {
        if (count > 1)
            snprintf(text, QUESTION_BYTES, "%s %zu, losing %s?", what, count,
                     record ? "records" : "bytes");
        else
            snprintf(text, QUESTION_BYTES, "%s, losing %s?", what,
                     record ? "its record" : "sent bytes");
    } else if (model->selection.marked_count == 0 && row != NULL) {
        const int room = columns - AROUND < NAME_MOST ? columns - AROUND : NAME_MOST;
        char name[NAME_BYTES], shown[QUESTION_BYTES / 2];
        sl_text_escape(name, sizeof name, row->path + row->name_at, row->path_len - row->name_at);
        sl_text_cut_middle(shown, sizeof shown, name, room, model->ascii);
        snprintf(text, QUESTION_BYTES, "%s %s? %s", what, shown, loss);
    } else {
        snprintf(text, QUESTION_BYTES, "%s %zu file%s? %s", what, count, count == 1 ? "" : "s",
                 loss);
    }
}

/* Show every digit of the amount; the fee too if it fits. */
static void pay_question(char text[static QUESTION_BYTES], const struct sl_model *model,
                         int columns)
{
    enum { ANSWERS = 16 };
    char sum[SL_U256_AMOUNT_CHARS], fee[SL_U256_AMOUNT_CHARS], what[QUESTION_BYTES / 2];
    const struct sl_payment *payment = &model->wallet.paid.payment;
    const char *fil = model->wallet.account.test_money ? "tFIL" : "FIL";
    sl_u256_amount(sum, payment->amount, SL_TOKEN_DECIMALS, SL_TOKEN_DECIMALS);
    sl_u256_amount(fee, payment->most_fee, SL_TOKEN_DECIMALS, SL_TOKEN_DECIMALS);
    if (sl_u256_is_zero(payment->amount))
        snprintf(what, sizeof what, "Approve the storage service");
    else
        snprintf(what, sizeof what, "Deposit %s USDFC", sum);
    const char *more =
        payment->approve && !sl_u256_is_zero(payment->amount) ? " and approve the service" : "";
    const int n = snprintf(text, QUESTION_BYTES, "%s%s, fee at most %s %s?", what, more, fee, fil);
    if (n > columns - ANSWERS)
        snprintf(text, QUESTION_BYTES, "%s%s?", what, columns < 72 ? "" : more);
}

static void add_question(char text[static QUESTION_BYTES], const struct sl_model *model,
                         int columns)
{
    enum { AROUND = 34, NAME_BYTES = 4 * SL_PATH_BYTES };
    char name[NAME_BYTES], shown[QUESTION_BYTES / 2];
    const int room = columns - AROUND > 8 ? columns - AROUND : 8;
    sl_text_escape(name, sizeof name, model->add.line.text, model->add.line.len);
    sl_text_cut_middle(shown, sizeof shown, name, room < 60 ? room : 60, model->ascii);
    snprintf(text, QUESTION_BYTES, "Add everything in %s?", shown);
}

/* Draw a question and its answers, each key in its own role. */
static void draw_confirm(struct sl_grid *grid, const struct sl_model *model, int row)
{
    static const char *const quit[][2] = {
        {"f", "finish these first"}, {"s", "stop now"}, {"Esc", "stay"}};
    static const char *const narrow[][2] = {{"f", "finish"}, {"s", "stop"}, {"Esc", "stay"}};
    static const char *const sure[][2] = {{"y", "yes"}, {"n", "no"}};
    const bool quits = model->prompt.confirm == SL_CONFIRM_QUIT, tight = grid->cols < 72;
    char text[QUESTION_BYTES];
    if (quits)
        quit_question(text, model, tight);
    else if (model->prompt.confirm == SL_CONFIRM_PAY)
        pay_question(text, model, grid->cols);
    else if (model->prompt.confirm == SL_CONFIRM_ADD)
        add_question(text, model, grid->cols);
    else
        loss_question(text, model, grid->cols);
    int col = 3 + sl_grid_write(grid, row, 1, grid->cols - 2, SL_ROLE_PROMPT, text);
    const char *const(*answers)[2] = quits ? (tight ? narrow : quit) : sure;
    for (size_t i = 0; i < (quits ? 3U : 2U); i++)
        col = append_hint(grid, row, col, grid->cols, answers[i][0], answers[i][1]);
}

static void draw_add_hints(struct sl_grid *grid, const struct sl_model *model, int row)
{
    static const char *const line[][2] = {
        {"Enter", "add"}, {"Tab", "complete"}, {"Up Down", "choose"}, {"Esc", "back"}};
    static const char *const list[][2] = {
        {"Space", "mark"}, {"Enter", "add or open"}, {"Left Right", "folder"}, {"Esc", "back"}};
    static const char *const pasted[][2] = {
        {"Enter", "add the marked"}, {"Space", "mark"}, {"Up Down", "choose"}, {"Esc", "back"}};
    const char *const(*hints)[2] = model->add.listing.pasted ? pasted
                                   : model->add.at >= 0      ? list
                                                             : line;
    int col = 1;
    for (size_t i = 0; i < 4; i++)
        col = append_hint(grid, row, col, grid->cols, hints[i][0], hints[i][1]);
}

static void draw_stopping(struct sl_grid *grid, const struct sl_model *model, int row)
{
    char text[QUESTION_BYTES];
    const size_t running = model->totals.count[SL_JOB_UPLOADING];
    if (model->run.stop == SL_STOP_DRAIN)
        snprintf(text, sizeof text, "finishing %zu upload%s; the rest is kept for next time",
                 running, running == 1 ? "" : "s");
    else
        snprintf(text, sizeof text, "stopping; the queue is kept for next time");
    sl_grid_write(grid, row, 1, grid->cols - 2, SL_ROLE_WARNING, text);
}

static void draw_notice(struct sl_grid *grid, const struct sl_notice *notice, int row)
{
    static const int roles[] = {SL_ROLE_NOTICE, SL_ROLE_WARNING, SL_ROLE_ERROR};
    static const char *const signs[] = {"", "! ", "!! "};
    char text[SL_NOTICE_BYTES + 8], cut[SL_NOTICE_BYTES + 16];
    snprintf(text, sizeof text, "%s%s", signs[notice->level], notice->text);
    sl_text_cut_end(cut, sizeof cut, text, grid->cols - 2, grid->ascii);
    sl_grid_write(grid, row, 1, grid->cols - 2, roles[notice->level], cut);
}

void sl_render_bottom(struct sl_grid *grid, const struct sl_model *model, int row)
{
    if (model->prompt.confirm != SL_CONFIRM_NONE) {
        draw_confirm(grid, model, row);
    } else if (model->prompt.kind != SL_PROMPT_NONE) {
        draw_prompt(grid, model, row);
    } else if (model->notices.until_ms > model->now_ms && model->notices.count > 0) {
        draw_notice(grid, sl_model_notice(model, 0), row);
    } else if (model->run.stop != SL_STOP_NO) {
        draw_stopping(grid, model, row);
    } else if (model->panes.shown == SL_PANE_ADD) {
        draw_add_hints(grid, model, row);
    } else {
        draw_hints(grid, model, row);
    }
}
