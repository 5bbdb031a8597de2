/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdio.h>
#include <string.h>

#include "sluice/costs.h"
#include "sluice/text.h"

#include "input/keymap.h"
#include "render/render.h"
#include "terminal/keys.h"

enum { SPARK_COLUMNS = 24, SPARK_COLUMNS_NARROW = 10, ASK_BYTES = 512, COUNT_BYTES = 64 };

/* ---- header ---- */

static int total_percent(const struct sl_model *model)
{
    const double all = (double)model->totals.all_bytes;
    const int percent = all > 0 ? (int)((double)model->totals.done_bytes * 100.0 / all) : 0;
    const bool whole = model->totals.done_bytes == model->totals.all_bytes;
    return percent > 99 && !whole ? 99 : percent;
}

/* "limit 2.0 MB/s" at the right; returns the column it begins at. A narrow screen shows it only
 * when there is one. */
static int draw_limit(struct sl_grid *grid, const struct sl_model *model)
{
    char rate[SL_TEXT_SHORT], text[SL_TEXT_SHORT + 8];
    const bool on = model->limit_bytes_per_s > 0;
    const int end = grid->cols - 1;
    if (!on && (grid->cols < 80 || model->rows.count == 0))
        return end;
    sl_text_rate(rate, model->limit_bytes_per_s);
    snprintf(text, sizeof text, "%s %s", model->slow ? "slow" : "limit", on ? rate : "off");
    const int start = end - sl_text_width(text);
    sl_grid_put(grid, 0, start, end - start, on ? SL_ROLE_WARNING : SL_ROLE_DIM, text);
    return start - 2;
}

/* "watching 2 folders" where there is room for it */
static void draw_followed(struct sl_grid *grid, const struct sl_model *model, int col, int end)
{
    char text[COUNT_BYTES];
    if (model->followed == 0)
        return;
    snprintf(text, sizeof text, "watching %zu folder%s", model->followed,
             model->followed == 1 ? "" : "s");
    if (col + sl_text_width(text) >= end)
        snprintf(text, sizeof text, "watching %zu", model->followed);
    if (col + sl_text_width(text) < end)
        sl_grid_put(grid, 0, col, end - col, SL_ROLE_DIM, text);
}

static void draw_top_line(struct sl_grid *grid, const struct sl_model *model)
{
    char rate[SL_TEXT_SHORT];
    int col = 1 + sl_grid_put(grid, 0, 1, 12, SL_ROLE_TITLE, "sluice");
    col += 2 + sl_draw_bytes(grid, 0, col + 2, grid->cols / 3, SL_ROLE_NETWORK, model->network);
    if (model->stop != SL_STOP_NO)
        sl_grid_put(grid, 0, col + 2, grid->cols, SL_ROLE_WARNING,
                    model->stop == SL_STOP_DRAIN ? "finishing" : "stopping");
    const int end = draw_limit(grid, model);
    const int spark = grid->cols >= 100 ? SPARK_COLUMNS : SPARK_COLUMNS_NARROW;
    const int rates = model->rows.count == 0 ? 0 : grid->cols >= 80 ? 12 + spark : 11;
    if (model->stop == SL_STOP_NO)
        draw_followed(grid, model, col + 2, end - rates);
    if (model->rows.count == 0)
        return;
    sl_text_rate(rate, (uint64_t)model->rate.bytes_per_s);
    sl_grid_put_right(grid, 0, end - 11, end, SL_ROLE_RATE, rate);
    if (grid->cols >= 80)
        sl_draw_graph(grid, 0, end - 12 - spark, 1, spark, &model->graph);
}

/* A line of counts being written, or only measured. */
struct counts {
    struct sl_grid *grid;
    int col;
    int end;
    bool words; /* else signs */
    bool measure;
};

static void put_count(struct counts *at, size_t count, const char *word, const char *sign, int role)
{
    char text[COUNT_BYTES];
    if (count == 0)
        return;
    if (at->words)
        snprintf(text, sizeof text, "%zu %s  ", count, word);
    else
        snprintf(text, sizeof text, "%s%zu ", sign, count);
    if (!at->measure)
        sl_grid_put(at->grid, 1, at->col, at->end - at->col, role, text);
    at->col += sl_text_width(text);
}

/* Returns the column behind the last. */
static int put_counts(struct sl_grid *grid, const struct sl_model *model, int end, bool words,
                      bool measure)
{
    struct counts at = {grid, 1, end, words, measure};
    static const enum sl_job_state order[] = {
        SL_JOB_UPLOADING, SL_JOB_HASHING,   SL_JOB_ACCEPTED, SL_JOB_PARKED, SL_JOB_COMMITTING,
        SL_JOB_FAILED,    SL_JOB_WAITING,   SL_JOB_QUEUED,   SL_JOB_PAUSED, SL_JOB_STORED,
        SL_JOB_CONFIRMED, SL_JOB_CANCELLED, SL_JOB_DELETED};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        put_count(&at, model->totals.count[order[i]], sl_job_state_name(order[i]),
                  sl_job_state_sign(order[i], grid->ascii), sl_state_role(order[i]));
    put_count(&at, model->checked, "verifying", "v", SL_ROLE_UPLOADING);
    put_count(&at, model->rejected, "not queued", "!", sl_state_role(SL_JOB_FAILED));
    return at.col;
}

/* "3 uploading  14 queued", or signs for words where these do not all fit */
static void draw_counts(struct sl_grid *grid, const struct sl_model *model, int end)
{
    const bool words = put_counts(grid, model, end, true, true) <= end;
    put_counts(grid, model, end, words, false);
}

static void draw_totals_line(struct sl_grid *grid, const struct sl_model *model)
{
    char done[SL_TEXT_SHORT], all[SL_TEXT_SHORT], eta[SL_TEXT_SHORT], text[160];
    if (model->rows.count == 0)
        return;
    sl_text_size(done, model->totals.done_bytes);
    sl_text_size(all, model->totals.all_bytes);
    sl_text_duration(eta, model->live_count > 0 ? model->rate.eta_ms : -1);
    const bool foreseen = model->live_count > 0 && model->rate.eta_ms >= 0;
    if (grid->cols >= 80)
        snprintf(text, sizeof text, "%s of %s  %d%%%s%s", done, all, total_percent(model),
                 foreseen ? "  ETA " : "", foreseen ? eta : "");
    else
        snprintf(text, sizeof text, "%s %d%%%s%s", all, total_percent(model), foreseen ? " " : "",
                 foreseen ? eta : "");
    if (model->totals.all_bytes == 0)
        text[0] = '\0';
    const int start = grid->cols - 1 - sl_text_width(text);
    sl_grid_put(grid, 1, start, grid->cols, SL_ROLE_TEXT, text);
    draw_counts(grid, model, start);
}

/* What narrows or orders the list, at the right of the rule above it. */
static void draw_list_state(struct sl_grid *grid, const struct sl_model *model, int row)
{
    char text[160] = "";
    size_t len = 0;
    if (model->marked_count > 0)
        len += (size_t)snprintf(text, sizeof text, " %zu marked ", model->marked_count);
    if (model->show != SL_SHOW_ALL)
        len +=
            (size_t)snprintf(text + len, sizeof text - len, " only %s ", sl_show_name(model->show));
    if (model->sort != SL_SORT_QUEUE)
        len +=
            (size_t)snprintf(text + len, sizeof text - len, " by %s ", sl_sort_name(model->sort));
    if (model->view_count > model->page)
        snprintf(text + len, sizeof text - len, " %zu/%zu ", model->selected + 1,
                 model->view_count);
    sl_grid_put_right(grid, row, 1, grid->cols - 2, SL_ROLE_DIM, text);
}

static void draw_rule_above(struct sl_grid *grid, const struct sl_model *model, int row)
{
    static const char *const titles[SL_PANE_COUNT] = {"",         " details ", " add ",
                                                      " wallet ", " log ",     " keys "};
    sl_draw_rule(grid, row);
    sl_grid_put(grid, row, 2, grid->cols - 2, SL_ROLE_TITLE, titles[model->pane]);
    if (model->pane == SL_PANE_QUEUE)
        draw_list_state(grid, model, row);
}

/* ---- bottom: a question, a line under edit, a notice, or what keys do ---- */

static void draw_prompt(struct sl_grid *grid, const struct sl_model *model, int row)
{
    static const char *const leads[] = {
        [SL_PROMPT_COMMAND] = ":",
        [SL_PROMPT_SEARCH] = "/",
        [SL_PROMPT_LIMIT] = "limit for all (2M, 500k, off): ",
        [SL_PROMPT_LIMIT_FILE] = "limit for this (2M, 500k, off): ",
    };
    const int lead =
        sl_grid_put(grid, row, 1, grid->cols - 8, SL_ROLE_PROMPT, leads[model->prompt]);
    sl_draw_line(grid, row, 1 + lead, &model->line);
}

/* "key word" where it fits before `end`; returns the next column, or col when it does not fit */
static int put_hint(struct sl_grid *grid, int row, int col, int end, const char *key,
                    const char *word)
{
    const int width = sl_text_width(key) + 1 + sl_text_width(word);
    if (col + width > end || key[0] == '\0')
        return col;
    col += sl_grid_put(grid, row, col, end - col, SL_ROLE_KEY, key) + 1;
    return col + sl_grid_put(grid, row, col, end - col, SL_ROLE_HINT, word) + 2;
}

static int put_action(struct sl_grid *grid, const struct sl_model *model, int row, int col, int end,
                      enum sl_action action)
{
    char key[SL_KEY_TEXT];
    sl_keymap_keys_of(key, sizeof key, model->keys, action, 1);
    return put_hint(grid, row, col, end, key, sl_action_row(action)->hint);
}

/* An empty list has nothing to pause or to search in. */
static bool has_place(const struct sl_model *model, enum sl_action action)
{
    const unsigned context = sl_action_row(action)->context;
    const bool of_files = (context & ~(unsigned)SL_IN_JOBS) == 0;
    const struct sl_row *row = sl_view_row(model);
    const bool stored = row != NULL && sl_row_is_stored(row);
    const bool ended = row != NULL && sl_job_state_finished(row->state) && model->marked_count == 0;
    if ((action == SL_ACT_VERIFY || action == SL_ACT_SHOW_URL) && !stored)
        return false;
    if ((action == SL_ACT_PAUSE || action == SL_ACT_CANCEL) && ended)
        return false;
    if (action == SL_ACT_RETRY && stored && model->marked_count == 0)
        return false;
    return (context & 1U << model->pane) != 0 && (model->rows.count > 0 || !of_files) &&
           (action != SL_ACT_WALLET || model->pane != SL_PANE_WALLET);
}

/* What a person needs most comes first; quit and help stand at the right whatever the width. */
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
            col = put_action(grid, model, row, col, last - 2, order[i]);
    }
    col = put_action(grid, model, row, last, grid->cols - 1, SL_ACT_QUIT);
    put_action(grid, model, row, col, grid->cols, SL_ACT_HELP);
}

static void quit_question(char text[static ASK_BYTES], const struct sl_model *model, bool tight)
{
    const size_t running = model->totals.count[SL_JOB_UPLOADING];
    const size_t to_commit = sl_model_to_commit(model);
    if (running > 0)
        snprintf(text, ASK_BYTES, tight ? "%zu running" : "%zu upload%s running", running,
                 running == 1 ? " is" : "s are");
    else
        snprintf(text, ASK_BYTES, tight ? "%zu to commit" : "%zu file%s not on chain yet",
                 to_commit, to_commit == 1 ? " is" : "s are");
}

/* Which file, or how many: marks may lie where nobody sees them. */
static void loss_question(char text[static ASK_BYTES], const struct sl_model *model, int columns)
{
    enum { AROUND = 52, NAME_MOST = 40, NAME_BYTES = 1100 };
    const char *what = model->ask == SL_ASK_CANCEL ? "Cancel" : "Remove";
    const bool record = model->ask == SL_ASK_FORGET;
    const size_t count = model->asked_count;
    const char *loss = !record      ? "What was sent will be lost."
                       : count == 1 ? "Its record will be lost."
                                    : "Their records will be lost.";
    const struct sl_row *row = sl_rows_find(&model->rows, model->asked_id);
    if (columns < 72) {
        if (count > 1)
            snprintf(text, ASK_BYTES, "%s %zu, losing %s?", what, count,
                     record ? "records" : "bytes");
        else
            snprintf(text, ASK_BYTES, "%s, losing %s?", what, record ? "its record" : "sent bytes");
    } else if (model->marked_count == 0 && row != NULL) {
        const int room = columns - AROUND < NAME_MOST ? columns - AROUND : NAME_MOST;
        char name[NAME_BYTES], shown[ASK_BYTES / 2];
        sl_text_escape(name, sizeof name, row->path + row->name_at, row->path_len - row->name_at);
        sl_text_cut_middle(shown, sizeof shown, name, room, model->ascii);
        snprintf(text, ASK_BYTES, "%s %s? %s", what, shown, loss);
    } else {
        snprintf(text, ASK_BYTES, "%s %zu file%s? %s", what, count, count == 1 ? "" : "s", loss);
    }
}

/* All digits of what moves; the fee as well where there is room. */
static void pay_question(char text[static ASK_BYTES], const struct sl_model *model, int columns)
{
    enum { ANSWERS = 16 };
    char sum[SL_U256_AMOUNT_CHARS], fee[SL_U256_AMOUNT_CHARS], what[ASK_BYTES / 2];
    const struct sl_payment *payment = &model->paid.payment;
    const char *fil = model->wallet.test_money ? "tFIL" : "FIL";
    sl_u256_amount(sum, payment->amount, SL_TOKEN_DECIMALS, SL_TOKEN_DECIMALS);
    sl_u256_amount(fee, payment->most_fee, SL_TOKEN_DECIMALS, SL_TOKEN_DECIMALS);
    if (sl_u256_is_zero(payment->amount))
        snprintf(what, sizeof what, "Approve the storage service");
    else
        snprintf(what, sizeof what, "Deposit %s USDFC", sum);
    const char *more =
        payment->approve && !sl_u256_is_zero(payment->amount) ? " and approve the service" : "";
    const int n = snprintf(text, ASK_BYTES, "%s%s, fee at most %s %s?", what, more, fee, fil);
    if (n > columns - ANSWERS)
        snprintf(text, ASK_BYTES, "%s%s?", what, columns < 72 ? "" : more);
}

static void add_question(char text[static ASK_BYTES], const struct sl_model *model, int columns)
{
    enum { AROUND = 34, NAME_BYTES = 4 * SL_PATH_BYTES };
    char name[NAME_BYTES], shown[ASK_BYTES / 2];
    const int room = columns - AROUND > 8 ? columns - AROUND : 8;
    sl_text_escape(name, sizeof name, model->add_line.text, model->add_line.len);
    sl_text_cut_middle(shown, sizeof shown, name, room < 60 ? room : 60, model->ascii);
    snprintf(text, ASK_BYTES, "Add everything in %s?", shown);
}

/* A question with its answers, each key in its own role. */
static void draw_ask(struct sl_grid *grid, const struct sl_model *model, int row)
{
    static const char *const quit[][2] = {
        {"f", "finish these first"}, {"s", "stop now"}, {"Esc", "stay"}};
    static const char *const narrow[][2] = {{"f", "finish"}, {"s", "stop"}, {"Esc", "stay"}};
    static const char *const sure[][2] = {{"y", "yes"}, {"n", "no"}};
    const bool quits = model->ask == SL_ASK_QUIT, tight = grid->cols < 72;
    char text[ASK_BYTES];
    if (quits)
        quit_question(text, model, tight);
    else if (model->ask == SL_ASK_PAY)
        pay_question(text, model, grid->cols);
    else if (model->ask == SL_ASK_ADD)
        add_question(text, model, grid->cols);
    else
        loss_question(text, model, grid->cols);
    int col = 3 + sl_grid_put(grid, row, 1, grid->cols - 2, SL_ROLE_PROMPT, text);
    const char *const(*answers)[2] = quits ? (tight ? narrow : quit) : sure;
    for (size_t i = 0; i < (quits ? 3U : 2U); i++)
        col = put_hint(grid, row, col, grid->cols, answers[i][0], answers[i][1]);
}

static void draw_add_hints(struct sl_grid *grid, const struct sl_model *model, int row)
{
    static const char *const line[][2] = {
        {"Enter", "add"}, {"Tab", "complete"}, {"Up Down", "choose"}, {"Esc", "back"}};
    static const char *const list[][2] = {
        {"Space", "mark"}, {"Enter", "add or open"}, {"Left Right", "folder"}, {"Esc", "back"}};
    static const char *const pasted[][2] = {
        {"Enter", "add the marked"}, {"Space", "mark"}, {"Up Down", "choose"}, {"Esc", "back"}};
    const char *const(*hints)[2] = model->listing.pasted    ? pasted
                                   : model->listing_at >= 0 ? list
                                                            : line;
    int col = 1;
    for (size_t i = 0; i < 4; i++)
        col = put_hint(grid, row, col, grid->cols, hints[i][0], hints[i][1]);
}

static void draw_stopping(struct sl_grid *grid, const struct sl_model *model, int row)
{
    char text[ASK_BYTES];
    const size_t running = model->totals.count[SL_JOB_UPLOADING];
    if (model->stop == SL_STOP_DRAIN)
        snprintf(text, sizeof text, "finishing %zu upload%s; the rest is kept for next time",
                 running, running == 1 ? "" : "s");
    else
        snprintf(text, sizeof text, "stopping; the queue is kept for next time");
    sl_grid_put(grid, row, 1, grid->cols - 2, SL_ROLE_WARNING, text);
}

static void draw_notice(struct sl_grid *grid, const struct sl_notice *notice, int row)
{
    static const int roles[] = {SL_ROLE_NOTICE, SL_ROLE_WARNING, SL_ROLE_ERROR};
    static const char *const signs[] = {"", "! ", "!! "};
    char text[SL_NOTICE_BYTES + 8], cut[SL_NOTICE_BYTES + 16];
    snprintf(text, sizeof text, "%s%s", signs[notice->level], notice->text);
    sl_text_cut_end(cut, sizeof cut, text, grid->cols - 2, grid->ascii);
    sl_grid_put(grid, row, 1, grid->cols - 2, roles[notice->level], cut);
}

void sl_render_bottom(struct sl_grid *grid, const struct sl_model *model, int row)
{
    if (model->ask != SL_ASK_NONE) {
        draw_ask(grid, model, row);
    } else if (model->prompt != SL_PROMPT_NONE) {
        draw_prompt(grid, model, row);
    } else if (model->notice_until_ms > model->now_ms && model->notice_count > 0) {
        draw_notice(grid, sl_model_notice(model, 0), row);
    } else if (model->stop != SL_STOP_NO) {
        draw_stopping(grid, model, row);
    } else if (model->pane == SL_PANE_ADD) {
        draw_add_hints(grid, model, row);
    } else {
        draw_hints(grid, model, row);
    }
}

/* ---- the whole ---- */

static void draw_too_small(struct sl_grid *grid, const struct sl_model *model)
{
    char text[128];
    snprintf(text, sizeof text, "needs %dx%d%s", SL_MIN_COLS, SL_MIN_ROWS,
             model->live_count > 0 ? "; uploads go on" : "");
    sl_grid_put(grid, 0, 0, grid->cols, SL_ROLE_WARNING, text);
}

/* Rows above the list and below it; compact keeps the header's two lines and the bottom line. */
static struct sl_area area_of(const struct sl_model *model, int rows)
{
    const bool tight = model->compact || rows < 10;
    return (struct sl_area){.top = tight ? 2 : 3, .end = rows - (tight ? 1 : 2)};
}

size_t sl_screen_page(const struct sl_model *model, int rows, int cols)
{
    const struct sl_area area = area_of(model, rows);
    struct sl_columns columns;
    sl_columns_of(&columns, cols);
    int lines = area.end - area.top;
    if (columns.two_lines && !model->compact)
        lines /= 2;
    else if (!columns.two_lines && !model->compact)
        lines--;
    return lines > 1 ? (size_t)lines : 1;
}

long sl_screen_place(const struct sl_model *model, int rows, int cols, int row)
{
    const struct sl_area area = area_of(model, rows);
    struct sl_columns columns;
    sl_columns_of(&columns, cols);
    const int height = columns.two_lines && !model->compact ? 2 : 1;
    const int first = area.top + (!columns.two_lines && !model->compact); /* the headings */
    if (row < first || row >= area.end)
        return -1;
    const size_t place = model->top + (size_t)((row - first) / height);
    return place < model->view_count ? (long)place : -1;
}

void sl_screen_render(struct sl_grid *grid, const struct sl_model *model)
{
    static void (*const panes[SL_PANE_COUNT])(struct sl_grid *, const struct sl_model *,
                                              struct sl_area) = {sl_render_list, sl_render_details,
                                                                 sl_render_add,  sl_render_wallet,
                                                                 sl_render_log,  sl_render_help};
    grid->ascii = model->ascii;
    sl_grid_clear(grid, SL_ROLE_TEXT);
    if (grid->rows < SL_MIN_ROWS || grid->cols < SL_MIN_COLS) {
        draw_too_small(grid, model);
        return;
    }
    if (model->url_shown && sl_render_url(grid, model))
        return;
    const struct sl_area area = area_of(model, grid->rows);
    draw_top_line(grid, model);
    draw_totals_line(grid, model);
    if (area.top == 3) {
        draw_rule_above(grid, model, 2);
        sl_draw_rule(grid, grid->rows - 2);
    }
    panes[model->pane](grid, model, area);
    sl_render_bottom(grid, model, grid->rows - 1);
}

int sl_screen_percent(const struct sl_model *model)
{
    return sl_model_running(model) > 0 ? total_percent(model) : -1;
}

void sl_screen_title(char *out, size_t cap, const struct sl_model *model)
{
    char eta[SL_TEXT_SHORT];
    const size_t done = model->totals.count[SL_JOB_STORED] + model->totals.count[SL_JOB_CONFIRMED];
    if (sl_model_running(model) == 0) {
        snprintf(out, cap, "sluice");
        return;
    }
    /* whole minutes: a title that changes each second costs more than it tells */
    const int64_t minutes = (model->rate.eta_ms + 59999) / 60000;
    snprintf(eta, sizeof eta, "%lldm ", (long long)minutes);
    snprintf(out, cap, "%d%% %zu/%zu %s- sluice", total_percent(model), done, model->rows.count,
             model->rate.eta_ms >= 0 ? eta : "");
}
