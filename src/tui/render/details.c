/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "render/details.h"

#include <stdio.h>
#include <string.h>

#include "sluice/clock.h"
#include "sluice/text.h"

#include "model/view.h"
#include "render/draw.h"
#include "render/pane_writer.h"
#include "terminal/theme.h"

enum { GRAPH_ROWS = 4 };

static void append_state(struct sl_pane_writer *pane, const struct sl_model *model,
                         const struct sl_row *row)
{
    char text[200], tries[64] = "";
    if (row->attempts > 0)
        snprintf(tries, sizeof tries, ", attempt %d", row->attempts);
    snprintf(text, sizeof text, "%s %s%s%s", sl_job_state_sign(row->state, model->ascii),
             sl_job_state_word(row->state),
             row->already_stored ? " (the provider had it: nothing was sent)" : "", tries);
    sl_pane_field(pane, "State", sl_state_role(row->state), text);
    if (row->parts > 0) {
        snprintf(text, sizeof text, "%u of %u are with the provider", (unsigned)row->parts_stored,
                 (unsigned)row->parts);
        sl_pane_field(pane, "Parts", SL_ROLE_TEXT, text);
    }
    if (row->state == SL_JOB_DELETED)
        sl_pane_field(pane, "", SL_ROLE_DIM,
                      "its bytes were removed from the chain; add the file to store it again");
    if (row->why != NULL)
        sl_pane_bytes(pane, "Reason", SL_ROLE_ERROR, row->why);
}

static void append_order(struct sl_pane_writer *pane, const struct sl_row *row)
{
    char text[SL_TEXT_SHORT];
    const int priority = sl_rank_priority(row->rank);
    snprintf(text, sizeof text, "%+d", priority);
    if (priority != 0 && !sl_job_state_finished(row->state))
        sl_pane_field(pane, "Priority", SL_ROLE_TEXT, text);
    sl_text_rate(text, row->limit_bytes_per_s);
    if (row->limit_bytes_per_s > 0 && !sl_job_state_finished(row->state))
        sl_pane_field(pane, "Limit", SL_ROLE_WARNING, text);
}

static void append_piece(struct sl_pane_writer *pane, const struct sl_row *row)
{
    char cid[SL_PIECE_CID_CHARS], url[SL_ROW_URL_BYTES];
    if (row->has_piece) {
        sl_piece_cid(cid, &row->piece);
        sl_pane_field(pane, "PieceCID", SL_ROLE_CID, cid);
    } else {
        sl_pane_field(pane, "PieceCID", SL_ROLE_DIM, "known once the file has been read");
    }
    if (row->provider == NULL)
        return;
    sl_pane_bytes(pane, "Provider", SL_ROLE_TEXT, row->provider);
    if (sl_row_url(url, row))
        sl_pane_bytes(pane, "Retrieval", SL_ROLE_CID, url);
}

static void append_chain(struct sl_pane_writer *pane, const struct sl_row *row)
{
    char text[96];
    if (row->copies_wanted == 0)
        return;
    snprintf(text, sizeof text, "%u of %u on chain", row->copies_landed, row->copies_wanted);
    sl_pane_field(pane, "Copies", SL_ROLE_TEXT, text);
    if (row->data_set_id != 0) {
        snprintf(text, sizeof text, "data set %llu, piece %llu",
                 (unsigned long long)row->data_set_id, (unsigned long long)row->chain_piece_id);
        sl_pane_field(pane, "First copy", SL_ROLE_TEXT, text);
    }
    if (row->tx != NULL)
        sl_pane_bytes(pane, "Transaction", SL_ROLE_TEXT, row->tx);
}

static void append_check(struct sl_pane_writer *pane, const struct sl_row *row)
{
    const struct sl_check *check = row->check;
    char when[SL_LOCAL_TIME_CHARS], text[96];
    if (check == NULL)
        return;
    if (check->state == SL_VERIFY_WAITS) {
        sl_pane_field(pane, "Verifying", SL_ROLE_DIM, "waits for earlier files");
        return;
    }
    if (check->state == SL_VERIFY_RUNS) {
        snprintf(text, sizeof text, check->at > 0 ? "%d%%, copy %u of %u" : "%d%%, the local file",
                 sl_row_check_percent(check), check->at, check->copies);
        sl_pane_field(pane, "Verifying", SL_ROLE_UPLOADING, text);
        return;
    }
    sl_local_time(when, check->ended_ms);
    snprintf(text, sizeof text, "%s, %u of %u copies", when, check->good, check->copies);
    const bool bad = check->state == SL_VERIFY_BAD;
    const bool good = check->state == SL_VERIFY_GOOD;
    sl_pane_field(pane, "Verified", good ? SL_ROLE_STORED : SL_ROLE_TEXT, text);
    if (check->why != NULL)
        sl_pane_bytes(pane, "",
                      bad    ? SL_ROLE_FAILED
                      : good ? SL_ROLE_DIM
                             : SL_ROLE_WAITING,
                      check->why);
}

static void append_amount(struct sl_pane_writer *pane, const char *label, uint64_t bytes,
                          uint64_t size)
{
    char amount[SL_TEXT_SHORT], text[96];
    sl_text_size(amount, bytes);
    /* without the provider's answer, no 100 % */
    int percent = size > 0 ? (int)((double)bytes * 100.0 / (double)size) : 0;
    percent = percent > 100 ? 100 : percent;
    snprintf(text, sizeof text, "%8s  %3d%%", amount, percent);
    sl_pane_field(pane, label, SL_ROLE_TEXT, text);
}

static void append_transfer(struct sl_pane_writer *pane, const struct sl_row *row)
{
    const struct sl_live *live = row->live;
    char text[SL_TEXT_SHORT];
    if (live == NULL)
        return;
    pane->y++;
    if (row->state == SL_JOB_UPLOADING || row->state == SL_JOB_PAUSED ||
        row->state == SL_JOB_HASHING) {
        if (sl_pane_line_shown(pane)) {
            sl_grid_write(pane->grid, pane->y, SL_LABEL_COL, 11, SL_ROLE_DIM, "Progress");
            sl_draw_bar(
                pane->grid, pane->y, SL_VALUE_COL,
                pane->grid->cols - SL_VALUE_COL - 2 < 50 ? pane->grid->cols - SL_VALUE_COL - 2 : 50,
                sl_row_percent(row));
        }
        pane->y++;
        append_amount(pane, "Read", live->hashed_bytes, row->size_bytes);
        append_amount(pane, "Sent", live->sent_bytes, row->size_bytes);
        append_amount(pane, "Received", live->acked_bytes, row->size_bytes);
    }
    if (live->lost_bytes > 0) {
        char lost[96];
        sl_text_size(text, live->lost_bytes);
        snprintf(lost, sizeof lost, "%s in attempts that failed; sent again", text);
        sl_pane_field(pane, "Lost", SL_ROLE_WARNING, lost);
    }
    if (live->graph.count == 0)
        return;
    sl_text_rate(text, (uint64_t)live->rate.bytes_per_s);
    sl_pane_field(pane, "Rate", SL_ROLE_RATE, text);
    if (pane->y >= pane->area.top && pane->y + GRAPH_ROWS <= pane->area.end) {
        const int room = pane->grid->cols - SL_VALUE_COL - 2;
        int columns = live->graph.count < room ? live->graph.count : room;
        sl_draw_graph(pane->grid, pane->y, SL_VALUE_COL, GRAPH_ROWS, columns, &live->graph);
    }
    pane->y += GRAPH_ROWS;
}

static void append_history(struct sl_pane_writer *pane, const struct sl_model *model,
                           const struct sl_row *row)
{
    char when[SL_LOCAL_TIME_CHARS], text[160];
    pane->y++;
    for (uint32_t i = 0; i < row->step_count; i++) {
        const struct sl_step *step = &row->steps[i];
        const enum sl_job_state state = (enum sl_job_state)step->state;
        sl_local_time(when, step->at_ms);
        snprintf(text, sizeof text, "%s  %s %s", when, sl_job_state_sign(state, model->ascii),
                 sl_job_state_word(state));
        const size_t len = strlen(text);
        if (state == SL_JOB_UPLOADING && step->attempts > 1)
            snprintf(text + len, sizeof text - len, ", attempt %d", step->attempts);
        sl_pane_field(pane, i == 0 ? "History" : "", sl_state_role(state), text);
    }
}

static void append_all(struct sl_pane_writer *pane, const struct sl_model *model,
                       const struct sl_row *row)
{
    char text[64], size[SL_TEXT_SHORT];
    sl_pane_bytes(pane, "Name", SL_ROLE_NAME, row->path + row->name_at);
    sl_pane_bytes(pane, "Path", SL_ROLE_TEXT, row->path);
    sl_text_size(size, row->size_bytes);
    snprintf(text, sizeof text, "%s (%llu bytes)", size, (unsigned long long)row->size_bytes);
    sl_pane_field(pane, "Size", SL_ROLE_TEXT, text);
    append_state(pane, model, row);
    append_order(pane, row);
    pane->y++;
    append_piece(pane, row);
    append_chain(pane, row);
    append_check(pane, row);
    append_transfer(pane, row);
    append_history(pane, model, row);
}

void sl_render_details(struct sl_grid *grid, const struct sl_model *model, struct sl_area area)
{
    const struct sl_row *row = sl_view_row(model);
    if (row == NULL) {
        sl_grid_write(grid, area.top + 1, SL_LABEL_COL, grid->cols, SL_ROLE_DIM,
                      "No file is selected.");
        return;
    }
    struct sl_pane_writer pane = sl_pane_measure(grid);
    append_all(&pane, model, row);
    pane = sl_pane_scrolled(&pane, area, model->panes.scroll[SL_PANE_DETAILS]);
    append_all(&pane, model, row);
}
