/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "render/header.h"

#include <stdio.h>

#include "sluice/text.h"

#include "render/draw.h"
#include "terminal/theme.h"

enum { SPARK_COLUMNS = 24, SPARK_COLUMNS_NARROW = 10, COUNT_BYTES = 64 };

int sl_render_total_percent(const struct sl_model *model)
{
    const double all = (double)model->totals.all_bytes;
    const int percent = all > 0 ? (int)((double)model->totals.done_bytes * 100.0 / all) : 0;
    const bool whole = model->totals.done_bytes == model->totals.all_bytes;
    return percent > 99 && !whole ? 99 : percent;
}

/* Draw "limit 2.0 MB/s" at the right; returns its first column. A narrow screen shows only a limit
 * that is on. */
static int draw_limit(struct sl_grid *grid, const struct sl_model *model)
{
    char rate[SL_TEXT_SHORT], text[SL_TEXT_SHORT + 8];
    const bool on = model->run.limit_bytes_per_s > 0;
    const int end = grid->cols - 1;
    if (!on && (grid->cols < 80 || model->rows.count == 0))
        return end;
    sl_text_rate(rate, model->run.limit_bytes_per_s);
    snprintf(text, sizeof text, "%s %s", model->run.slow ? "slow" : "limit", on ? rate : "off");
    const int start = end - sl_text_width(text);
    sl_grid_write(grid, 0, start, end - start, on ? SL_ROLE_WARNING : SL_ROLE_DIM, text);
    return start - 2;
}

/* Draw "watching 2 folders" if it fits. */
static void draw_followed(struct sl_grid *grid, const struct sl_model *model, int col, int end)
{
    char text[COUNT_BYTES];
    if (model->run.attached_pid > 0)
        snprintf(text, sizeof text,
                 model->run.has_ended ? "pid %lld has ended" : "attached to pid %lld",
                 (long long)model->run.attached_pid);
    else if (model->run.watched_folders > 0)
        snprintf(text, sizeof text, "watching %zu folder%s", model->run.watched_folders,
                 model->run.watched_folders == 1 ? "" : "s");
    else
        return;
    if (model->run.attached_pid == 0 && col + sl_text_width(text) >= end)
        snprintf(text, sizeof text, "watching %zu", model->run.watched_folders);
    if (col + sl_text_width(text) < end)
        sl_grid_write(grid, 0, col, end - col, SL_ROLE_DIM, text);
}

static void draw_top_line(struct sl_grid *grid, const struct sl_model *model)
{
    char rate[SL_TEXT_SHORT];
    int col = 1 + sl_grid_write(grid, 0, 1, 12, SL_ROLE_TITLE, "sluice");
    col += 2 + sl_draw_bytes(grid, 0, col + 2, grid->cols / 3, SL_ROLE_NETWORK, model->network);
    if (model->run.stop != SL_STOP_NO)
        sl_grid_write(grid, 0, col + 2, grid->cols, SL_ROLE_WARNING,
                      model->run.stop == SL_STOP_DRAIN ? "finishing" : "stopping");
    const int end = draw_limit(grid, model);
    const int spark = grid->cols >= 100 ? SPARK_COLUMNS : SPARK_COLUMNS_NARROW;
    const int rates = model->rows.count == 0 ? 0 : grid->cols >= 80 ? 12 + spark : 11;
    if (model->run.stop == SL_STOP_NO)
        draw_followed(grid, model, col + 2, end - rates);
    if (model->rows.count == 0)
        return;
    sl_text_rate(rate, (uint64_t)model->uploads.rate.bytes_per_s);
    sl_grid_write_right(grid, 0, end - 11, end, SL_ROLE_RATE, rate);
    if (grid->cols >= 80)
        sl_draw_graph(grid, 0, end - 12 - spark, 1, spark, &model->uploads.graph);
}

/* A line of counts that is drawn, or only measured. */
struct counts {
    struct sl_grid *grid;
    int col;
    int end;
    bool words; /* false: signs */
    bool measure;
};

static void append_count(struct counts *at, size_t count, const char *word, const char *sign,
                         int role)
{
    char text[COUNT_BYTES];
    if (count == 0)
        return;
    if (at->words)
        snprintf(text, sizeof text, "%zu %s  ", count, word);
    else
        snprintf(text, sizeof text, "%s%zu ", sign, count);
    if (!at->measure)
        sl_grid_write(at->grid, 1, at->col, at->end - at->col, role, text);
    at->col += sl_text_width(text);
}

/* Draw or measure the counts. Returns the column after the last. */
static int append_counts(struct sl_grid *grid, const struct sl_model *model, int end, bool words,
                         bool measure)
{
    struct counts at = {grid, 1, end, words, measure};
    static const enum sl_job_state order[] = {
        SL_JOB_UPLOADING, SL_JOB_HASHING,   SL_JOB_ACCEPTED, SL_JOB_PARKED, SL_JOB_COMMITTING,
        SL_JOB_FAILED,    SL_JOB_WAITING,   SL_JOB_QUEUED,   SL_JOB_PAUSED, SL_JOB_STORED,
        SL_JOB_CONFIRMED, SL_JOB_CANCELLED, SL_JOB_DELETED};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        append_count(&at, model->totals.count[order[i]], sl_job_state_name(order[i]),
                     sl_job_state_sign(order[i], grid->ascii), sl_state_role(order[i]));
    append_count(&at, model->totals.verifying, "verifying", "v", SL_ROLE_UPLOADING);
    append_count(&at, model->notices.rejected, "not queued", "!", sl_state_role(SL_JOB_FAILED));
    return at.col;
}

/* Draw "3 uploading  14 queued"; signs replace the words if these do not fit. */
static void draw_counts(struct sl_grid *grid, const struct sl_model *model, int end)
{
    const bool words = append_counts(grid, model, end, true, true) <= end;
    append_counts(grid, model, end, words, false);
}

static void draw_totals_line(struct sl_grid *grid, const struct sl_model *model)
{
    char done[SL_TEXT_SHORT], all[SL_TEXT_SHORT], eta[SL_TEXT_SHORT], text[160];
    if (model->rows.count == 0)
        return;
    sl_text_size(done, model->totals.done_bytes);
    sl_text_size(all, model->totals.all_bytes);
    sl_text_duration(eta, model->uploads.count > 0 ? model->uploads.rate.eta_ms : -1);
    const bool foreseen = model->uploads.count > 0 && model->uploads.rate.eta_ms >= 0;
    if (grid->cols >= 80)
        snprintf(text, sizeof text, "%s of %s  %d%%%s%s", done, all, sl_render_total_percent(model),
                 foreseen ? "  ETA " : "", foreseen ? eta : "");
    else
        snprintf(text, sizeof text, "%s %d%%%s%s", all, sl_render_total_percent(model),
                 foreseen ? " " : "", foreseen ? eta : "");
    if (model->totals.all_bytes == 0)
        text[0] = '\0';
    const int start = grid->cols - 1 - sl_text_width(text);
    sl_grid_write(grid, 1, start, grid->cols, SL_ROLE_TEXT, text);
    draw_counts(grid, model, start);
}

void sl_render_header(struct sl_grid *grid, const struct sl_model *model)
{
    draw_top_line(grid, model);
    draw_totals_line(grid, model);
}
