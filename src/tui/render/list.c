/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "render/list.h"

#include <stdio.h>
#include <string.h>

#include "sluice/text.h"

#include "input/keymap.h"
#include "model/view.h"
#include "render/row_text.h"
#include "terminal/keys.h"
#include "terminal/theme.h"

enum {
    PERCENT = 5,
    RATE = 11,
    ETA = 9,
    STATE_TEXT = 700,
    NAME_COL = 4,
    CID_LEAST = 12,
    CID_SHORT = 13
};

/* ---- columns ---- */

void sl_columns_of(struct sl_columns *out, int cols)
{
    *out = (struct sl_columns){.two_lines = cols < 80};
    if (out->two_lines) {
        out->name = cols - 4 - 10;
        out->size_end = cols - 1;
        out->progress = 4;
        out->progress_end = cols - 1;
        return;
    }
    const int wide = cols >= 120;
    int end = cols - 1;
    if (wide) {
        out->provider_end = end;
        out->provider = end - (cols >= 150 ? 22 : 16);
        out->cid_end = out->provider - 2;
        out->cid = out->cid_end - (cols >= 150 ? 26 : 19);
        end = out->cid - 2;
    }
    out->name = end * 36 / 100;
    out->size_end = 4 + out->name + 9;
    out->progress = out->size_end + 2;
    out->progress_end = end;
}

/* ---- one file ---- */

static void draw_rate(struct sl_grid *grid, int y, int col, const struct sl_row *row)
{
    char text[SL_TEXT_SHORT] = "-";
    if (row->live != NULL && row->live->rate.samples > 0)
        sl_text_rate(text, (uint64_t)row->live->rate.bytes_per_s);
    sl_grid_write_right(grid, y, col, col + RATE, SL_ROLE_RATE, text);
}

/* Draw bar, percent, rate and ETA. A narrow field drops the ETA first, then the rate. */
static void draw_upload(struct sl_grid *grid, int y, int col, int end, const struct sl_row *row)
{
    const int percent = sl_row_percent(row);
    const int width = end - col;
    const bool with_eta = width >= 30, with_rate = width >= 22;
    const int bar = width - PERCENT - (with_rate ? RATE : 0) - (with_eta ? ETA : 0);
    char text[SL_TEXT_SHORT];
    sl_draw_bar(grid, y, col, bar, percent);
    snprintf(text, sizeof text, "%d%%", percent);
    sl_grid_write_right(grid, y, col + bar, col + bar + PERCENT, SL_ROLE_UPLOADING, text);
    if (with_rate && row->state == SL_JOB_HASHING)
        sl_grid_write_right(grid, y, col + bar + PERCENT, col + bar + PERCENT + RATE, SL_ROLE_DIM,
                            "hashing");
    else if (with_rate)
        draw_rate(grid, y, col + bar + PERCENT, row);
    if (row->state == SL_JOB_HASHING)
        return; /* a file being hashed sends nothing */
    sl_text_duration(text, row->live != NULL ? row->live->rate.eta_ms : -1);
    if (with_eta)
        sl_grid_write_right(grid, y, end - ETA, end, SL_ROLE_DIM, text);
}

/* Draw the progress of verifying: "verifying" in place of the rate, the copy in place of the
 * ETA. */
static void draw_check(struct sl_grid *grid, int y, int col, int end, const struct sl_check *check)
{
    const int percent = sl_row_check_percent(check);
    const int width = end - col;
    const bool with_copy = width >= 30, with_word = width >= 22;
    const int bar = width - PERCENT - (with_word ? RATE : 0) - (with_copy ? ETA : 0);
    char text[SL_TEXT_SHORT];
    sl_draw_bar(grid, y, col, bar, percent);
    snprintf(text, sizeof text, "%d%%", percent);
    sl_grid_write_right(grid, y, col + bar, col + bar + PERCENT, SL_ROLE_UPLOADING, text);
    if (with_word)
        sl_grid_write_right(grid, y, col + bar + PERCENT, col + bar + PERCENT + RATE, SL_ROLE_DIM,
                            "verifying");
    snprintf(text, sizeof text, check->at > 0 ? "copy %u/%u" : "local", check->at, check->copies);
    if (with_copy)
        sl_grid_write_right(grid, y, end - ETA, end, SL_ROLE_DIM, text);
}

static void draw_cid(struct sl_grid *grid, int y, int col, int end, const struct sl_row *row)
{
    char text[SL_PIECE_CID_CHARS], cut[2 * SL_PIECE_CID_CHARS];
    if (!row->has_piece || end - col < CID_LEAST)
        return;
    sl_piece_cid(text, &row->piece);
    sl_text_cut_middle(cut, sizeof cut, text, end - col, grid->ascii);
    sl_grid_write(grid, y, col, end - col, SL_ROLE_CID, cut);
}

/* Draw "bafkzcib…x4ka  set 1204 piece 17" if the word does not fit beside it: a confirmed file
 * always shows its PieceCID. */
static bool draw_placed(struct sl_grid *grid, int y, int col, int end, const struct sl_row *row,
                        int text_columns)
{
    char text[64];
    const bool whole = row->state == SL_JOB_CONFIRMED && row->check == NULL &&
                       row->copies_landed >= row->copies_wanted;
    if (!whole || !row->has_piece || end - col >= text_columns + 2 + CID_LEAST)
        return false;
    snprintf(text, sizeof text, "set %llu piece %llu", (unsigned long long)row->data_set_id,
             (unsigned long long)row->chain_piece_id);
    const int room = end - col - 2 - sl_text_width(text);
    const int cid = room < CID_LEAST ? CID_LEAST : room < CID_SHORT ? room : CID_SHORT;
    draw_cid(grid, y, col, col + cid, row);
    col += cid + 2;
    sl_grid_write(grid, y, col, end - col, sl_row_text_role(row), text);
    return true;
}

static void draw_progress(struct sl_grid *grid, int y, int col, int end,
                          const struct sl_model *model, const struct sl_row *row, bool with_cid)
{
    if (row->state == SL_JOB_UPLOADING || row->state == SL_JOB_HASHING) {
        draw_upload(grid, y, col, end, row);
        return;
    }
    if (row->check != NULL && row->check->state == SL_VERIFY_RUNS) {
        draw_check(grid, y, col, end, row->check);
        return;
    }
    char text[STATE_TEXT], safe[STATE_TEXT], cut[STATE_TEXT];
    sl_row_text(text, sizeof text, model, row);
    sl_text_escape(safe, sizeof safe, text, strlen(text));
    if (with_cid && draw_placed(grid, y, col, end, row, sl_text_width(safe)))
        return;
    sl_text_cut_end(cut, sizeof cut, safe, end - col, grid->ascii);
    col += 2 + sl_grid_write(grid, y, col, end - col, sl_row_text_role(row), cut);
    const bool answered = sl_job_state_delivered(row->state);
    if (answered && with_cid)
        draw_cid(grid, y, col, end, row);
}

/* Draw the selection, a mark, and the sign of the state, so that colour is never the only clue. */
static void draw_signs(struct sl_grid *grid, int y, const struct sl_model *model, size_t place)
{
    const struct sl_row *row = model->view.rows[place];
    if (place == model->selection.at)
        sl_grid_write(grid, y, 0, 1, SL_ROLE_TITLE, grid->ascii ? ">" : "▸");
    if (sl_view_marked(model, place))
        sl_grid_write(grid, y, 1, 1, SL_ROLE_MARK, grid->ascii ? "+" : "◆");
    sl_grid_write(grid, y, 2, 1, sl_state_role(row->state),
                  sl_job_state_sign(row->state, grid->ascii));
}

static int name_role(const struct sl_model *model, const struct sl_row *row)
{
    if (sl_view_matches(model, row))
        return SL_ROLE_MATCH;
    const bool over = row->state == SL_JOB_CANCELLED || row->state == SL_JOB_DELETED ||
                      row->state == SL_JOB_QUEUED;
    return over ? SL_ROLE_QUEUED : SL_ROLE_NAME;
}

static void draw_name(struct sl_grid *grid, int y, const struct sl_model *model,
                      const struct sl_row *row, int columns)
{
    char again[32] = "";
    if (row->parts > 0)
        snprintf(again, sizeof again, "%u/%u", (unsigned)row->parts_stored, (unsigned)row->parts);
    else if (row->state == SL_JOB_UPLOADING && row->attempts > 1)
        snprintf(again, sizeof again, "try %d", row->attempts);
    const int room = again[0] != '\0' ? columns - (int)strlen(again) - 1 : columns;
    const int used =
        sl_draw_bytes(grid, y, NAME_COL, room, name_role(model, row), row->path + row->name_at);
    if (again[0] != '\0')
        sl_grid_write(grid, y, NAME_COL + used + 1, columns,
                      row->parts > 0 ? SL_ROLE_DIM : SL_ROLE_WAITING, again);
}

static void draw_size(struct sl_grid *grid, int y, int end, const struct sl_row *row)
{
    char size[SL_TEXT_SHORT];
    sl_text_size(size, row->size_bytes);
    sl_grid_write_right(grid, y, end - 9, end, SL_ROLE_TEXT, size);
}

static void draw_wide_columns(struct sl_grid *grid, int y, const struct sl_columns *cols,
                              const struct sl_row *row)
{
    char host[SL_HOST_BYTES];
    draw_cid(grid, y, cols->cid, cols->cid_end, row);
    if (row->provider != NULL && row->attempts > 0) {
        sl_tui_host_of(host, row->provider);
        sl_draw_bytes(grid, y, cols->provider, cols->provider_end - cols->provider, SL_ROLE_DIM,
                      host);
    }
}

static void draw_row(struct sl_grid *grid, int y, const struct sl_columns *cols,
                     const struct sl_model *model, size_t place, bool one_line)
{
    const struct sl_row *row = model->view.rows[place];
    draw_signs(grid, y, model, place);
    if (cols->two_lines && one_line) { /* compact and narrow: name and progress share a line */
        const int name = (grid->cols - NAME_COL) / 2;
        draw_name(grid, y, model, row, name);
        draw_progress(grid, y, NAME_COL + name + 1, grid->cols - 1, model, row, true);
    } else {
        const int second = cols->two_lines ? 1 : 0;
        draw_name(grid, y, model, row, cols->name);
        draw_size(grid, y, cols->size_end, row);
        draw_progress(grid, y + second, cols->progress, cols->progress_end, model, row,
                      cols->cid == 0);
        if (second && place == model->selection.at)
            sl_grid_select(grid, y + 1);
    }
    if (cols->cid != 0)
        draw_wide_columns(grid, y, cols, row);
    if (place == model->selection.at)
        sl_grid_select(grid, y);
}

/* ---- the list ---- */

static void draw_headings(struct sl_grid *grid, int y, const struct sl_columns *cols)
{
    sl_grid_write(grid, y, NAME_COL, cols->name, SL_ROLE_HEADING, "Name");
    sl_grid_write_right(grid, y, NAME_COL, cols->size_end, SL_ROLE_HEADING, "Size");
    sl_grid_write(grid, y, cols->progress, 20, SL_ROLE_HEADING, "Progress");
    sl_grid_write_right(grid, y, cols->progress, cols->progress_end - ETA, SL_ROLE_HEADING, "Rate");
    sl_grid_write_right(grid, y, cols->progress, cols->progress_end, SL_ROLE_HEADING, "ETA");
    if (cols->cid != 0)
        sl_grid_write(grid, y, cols->cid, 20, SL_ROLE_HEADING, "PieceCID");
    if (cols->provider != 0)
        sl_grid_write(grid, y, cols->provider, 20, SL_ROLE_HEADING, "Provider");
}

static void draw_centred(struct sl_grid *grid, int y, int role, const char *text)
{
    char safe[256], cut[256];
    sl_text_escape(safe, sizeof safe, text, strlen(text));
    sl_text_cut_end(cut, sizeof cut, safe, grid->cols - 2, grid->ascii);
    sl_grid_write(grid, y, (grid->cols - sl_text_width(cut)) / 2, grid->cols, role, cut);
}

/* A first run: say what to do, in three lines. */
static void draw_welcome(struct sl_grid *grid, const struct sl_model *model, struct sl_area area)
{
    char key[SL_KEY_TEXT], line[200];
    const int y = area.top + (area.end - area.top - 4) / 2;
    const bool local = strcmp(model->network, "local") == 0;
    const bool narrow = grid->cols < 72;
    draw_centred(grid, y, SL_ROLE_TITLE, "Nothing to upload yet");
    sl_keymap_keys_of(key, sizeof key, model->keys, SL_ACT_ADD, 1);
    snprintf(line, sizeof line,
             narrow ? "%s adds files; or drop them here"
                    : "Press %s to add a file or a folder, or drop them on this window",
             key);
    draw_centred(grid, y + 2, SL_ROLE_TEXT, line);
    snprintf(line, sizeof line, "Network: %s%s", model->network,
             !local   ? ""
             : narrow ? " (built in, no account)"
                      : " (built in: files stay on this machine, no account needed)");
    draw_centred(grid, y + 3, SL_ROLE_DIM, line);
    snprintf(line, sizeof line,
             narrow ? "Files finished in %zu folder%s are added"
                    : "Files finished in %zu watched folder%s are added automatically",
             model->run.watched_folders, model->run.watched_folders == 1 ? "" : "s");
    if (model->run.watched_folders > 0)
        draw_centred(grid, y + 4, SL_ROLE_DIM, line);
}

static void draw_nothing_shown(struct sl_grid *grid, const struct sl_model *model,
                               struct sl_area area)
{
    char key[SL_KEY_TEXT], line[128];
    sl_keymap_keys_of(key, sizeof key, model->keys, SL_ACT_BACK, 1);
    snprintf(line, sizeof line, "No file is %s; %s shows all", sl_view_show_name(model->view.show),
             key);
    draw_centred(grid, area.top + (area.end - area.top) / 2, SL_ROLE_DIM, line);
}

void sl_render_list(struct sl_grid *grid, const struct sl_model *model, struct sl_area area)
{
    struct sl_columns cols;
    sl_columns_of(&cols, grid->cols);
    if (model->rows.count == 0) {
        draw_welcome(grid, model, area);
        return;
    }
    int y = area.top;
    if (!cols.two_lines && !model->panes.compact)
        draw_headings(grid, y++, &cols);
    if (model->view.count == 0) {
        draw_nothing_shown(grid, model, area);
        return;
    }
    const int height = cols.two_lines && !model->panes.compact ? 2 : 1;
    for (size_t i = model->view.top; i < model->view.count && y + height <= area.end; i++) {
        draw_row(grid, y, &cols, model, i, height == 1);
        y += height;
    }
}
