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

static void put_state(struct sl_pen *pen, const struct sl_model *model, const struct sl_row *row)
{
    char text[200], tries[64] = "";
    if (row->attempts > 0)
        snprintf(tries, sizeof tries, ", attempt %d", row->attempts);
    snprintf(text, sizeof text, "%s %s%s%s", sl_job_state_sign(row->state, model->ascii),
             sl_job_state_word(row->state),
             row->already_stored ? " (the provider had it: nothing was sent)" : "", tries);
    sl_pen_field(pen, "State", sl_state_role(row->state), text);
    if (row->parts > 0) {
        snprintf(text, sizeof text, "%u of %u are with the provider", (unsigned)row->parts_stored,
                 (unsigned)row->parts);
        sl_pen_field(pen, "Parts", SL_ROLE_TEXT, text);
    }
    if (row->state == SL_JOB_DELETED)
        sl_pen_field(pen, "", SL_ROLE_DIM,
                     "its bytes were removed from the chain; add the file to store it again");
    if (row->why != NULL)
        sl_pen_bytes(pen, "Reason", SL_ROLE_ERROR, row->why);
}

static void put_order(struct sl_pen *pen, const struct sl_row *row)
{
    char text[SL_TEXT_SHORT];
    const int priority = sl_rank_priority(row->rank);
    snprintf(text, sizeof text, "%+d", priority);
    if (priority != 0 && !sl_job_state_finished(row->state))
        sl_pen_field(pen, "Priority", SL_ROLE_TEXT, text);
    sl_text_rate(text, row->limit_bytes_per_s);
    if (row->limit_bytes_per_s > 0 && !sl_job_state_finished(row->state))
        sl_pen_field(pen, "Limit", SL_ROLE_WARNING, text);
}

static void put_piece(struct sl_pen *pen, const struct sl_row *row)
{
    char cid[SL_PIECE_CID_CHARS], url[SL_ROW_URL_BYTES];
    if (row->has_piece) {
        sl_piece_cid(cid, &row->piece);
        sl_pen_field(pen, "PieceCID", SL_ROLE_CID, cid);
    } else {
        sl_pen_field(pen, "PieceCID", SL_ROLE_DIM, "known when all bytes were read");
    }
    if (row->provider == NULL)
        return;
    sl_pen_bytes(pen, "Provider", SL_ROLE_TEXT, row->provider);
    if (sl_row_url(url, row))
        sl_pen_bytes(pen, "Retrieval", SL_ROLE_CID, url);
}

static void put_chain(struct sl_pen *pen, const struct sl_row *row)
{
    char text[96];
    if (row->copies_wanted == 0)
        return;
    snprintf(text, sizeof text, "%u of %u on chain", row->copies_landed, row->copies_wanted);
    sl_pen_field(pen, "Copies", SL_ROLE_TEXT, text);
    if (row->data_set_id != 0) {
        snprintf(text, sizeof text, "data set %llu, piece %llu",
                 (unsigned long long)row->data_set_id, (unsigned long long)row->chain_piece_id);
        sl_pen_field(pen, "First copy", SL_ROLE_TEXT, text);
    }
    if (row->tx != NULL)
        sl_pen_bytes(pen, "Transaction", SL_ROLE_TEXT, row->tx);
}

static void put_check(struct sl_pen *pen, const struct sl_row *row)
{
    const struct sl_check *check = row->check;
    char when[SL_LOCAL_TIME_CHARS], text[96];
    if (check == NULL)
        return;
    if (check->state == SL_VERIFY_WAITS) {
        sl_pen_field(pen, "Verifying", SL_ROLE_DIM, "waits for others before it");
        return;
    }
    if (check->state == SL_VERIFY_RUNS) {
        snprintf(text, sizeof text, check->at > 0 ? "%d%%, copy %u of %u" : "%d%%, the local file",
                 sl_check_percent(check), check->at, check->copies);
        sl_pen_field(pen, "Verifying", SL_ROLE_UPLOADING, text);
        return;
    }
    sl_local_time(when, check->ended_ms);
    snprintf(text, sizeof text, "%s, %u of %u copies", when, check->good, check->copies);
    const bool bad = check->state == SL_VERIFY_BAD;
    const bool good = check->state == SL_VERIFY_GOOD;
    sl_pen_field(pen, "Verified", good ? SL_ROLE_STORED : SL_ROLE_TEXT, text);
    if (check->why != NULL)
        sl_pen_bytes(pen, "",
                     bad    ? SL_ROLE_FAILED
                     : good ? SL_ROLE_DIM
                            : SL_ROLE_WAITING,
                     check->why);
}

static void put_amount(struct sl_pen *pen, const char *label, uint64_t bytes, uint64_t size)
{
    char amount[SL_TEXT_SHORT], text[96];
    sl_text_size(amount, bytes);
    /* only the provider's answer makes 100 % */
    int percent = size > 0 ? (int)((double)bytes * 100.0 / (double)size) : 0;
    percent = percent > 100 ? 100 : percent;
    snprintf(text, sizeof text, "%8s  %3d%%", amount, percent);
    sl_pen_field(pen, label, SL_ROLE_TEXT, text);
}

static void put_transfer(struct sl_pen *pen, const struct sl_row *row)
{
    const struct sl_live *live = row->live;
    char text[SL_TEXT_SHORT];
    if (live == NULL)
        return;
    pen->y++;
    if (row->state == SL_JOB_UPLOADING || row->state == SL_JOB_PAUSED ||
        row->state == SL_JOB_HASHING) {
        if (sl_pen_visible(pen)) {
            sl_grid_put(pen->grid, pen->y, SL_PEN_LABEL, 11, SL_ROLE_DIM, "Progress");
            sl_draw_bar(pen->grid, pen->y, SL_PEN_VALUE,
                        pen->grid->cols - SL_PEN_VALUE - 2 < 50 ? pen->grid->cols - SL_PEN_VALUE - 2
                                                                : 50,
                        sl_row_percent(row));
        }
        pen->y++;
        put_amount(pen, "Read", live->hashed_bytes, row->size_bytes);
        put_amount(pen, "Sent", live->sent_bytes, row->size_bytes);
        put_amount(pen, "Received", live->acked_bytes, row->size_bytes);
    }
    if (live->lost_bytes > 0) {
        char lost[96];
        sl_text_size(text, live->lost_bytes);
        snprintf(lost, sizeof lost, "%s in attempts that failed; sent again", text);
        sl_pen_field(pen, "Lost", SL_ROLE_WARNING, lost);
    }
    if (live->graph.count == 0)
        return;
    sl_text_rate(text, (uint64_t)live->rate.bytes_per_s);
    sl_pen_field(pen, "Rate", SL_ROLE_RATE, text);
    if (pen->y >= pen->area.top && pen->y + GRAPH_ROWS <= pen->area.end) {
        const int room = pen->grid->cols - SL_PEN_VALUE - 2;
        int columns = live->graph.count < room ? live->graph.count : room;
        sl_draw_graph(pen->grid, pen->y, SL_PEN_VALUE, GRAPH_ROWS, columns, &live->graph);
    }
    pen->y += GRAPH_ROWS;
}

static void put_history(struct sl_pen *pen, const struct sl_model *model, const struct sl_row *row)
{
    char when[SL_LOCAL_TIME_CHARS], text[160];
    pen->y++;
    for (uint32_t i = 0; i < row->step_count; i++) {
        const struct sl_step *step = &row->steps[i];
        const enum sl_job_state state = (enum sl_job_state)step->state;
        sl_local_time(when, step->at_ms);
        snprintf(text, sizeof text, "%s  %s %s", when, sl_job_state_sign(state, model->ascii),
                 sl_job_state_word(state));
        const size_t len = strlen(text);
        if (state == SL_JOB_UPLOADING && step->attempts > 1)
            snprintf(text + len, sizeof text - len, ", attempt %d", step->attempts);
        sl_pen_field(pen, i == 0 ? "History" : "", sl_state_role(state), text);
    }
}

static void put_all(struct sl_pen *pen, const struct sl_model *model, const struct sl_row *row)
{
    char text[64], size[SL_TEXT_SHORT];
    sl_pen_bytes(pen, "Name", SL_ROLE_NAME, row->path + row->name_at);
    sl_pen_bytes(pen, "Path", SL_ROLE_TEXT, row->path);
    sl_text_size(size, row->size_bytes);
    snprintf(text, sizeof text, "%s (%llu bytes)", size, (unsigned long long)row->size_bytes);
    sl_pen_field(pen, "Size", SL_ROLE_TEXT, text);
    put_state(pen, model, row);
    put_order(pen, row);
    pen->y++;
    put_piece(pen, row);
    put_chain(pen, row);
    put_check(pen, row);
    put_transfer(pen, row);
    put_history(pen, model, row);
}

void sl_render_details(struct sl_grid *grid, const struct sl_model *model, struct sl_area area)
{
    const struct sl_row *row = sl_view_row(model);
    if (row == NULL) {
        sl_grid_put(grid, area.top + 1, SL_PEN_LABEL, grid->cols, SL_ROLE_DIM,
                    "No file is selected.");
        return;
    }
    struct sl_pen pen = sl_pen_measure(grid);
    put_all(&pen, model, row);
    pen = sl_pen_scrolled(&pen, area, model->scroll[SL_PANE_DETAILS]);
    put_all(&pen, model, row);
}
