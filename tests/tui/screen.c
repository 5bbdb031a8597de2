/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "tui/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/buf.h"

#include "support/test.h"
#include "tui/input/wallet.h"

static void record(void *ctx, enum sl_command_type type, int64_t job_id, int number,
                   const char *path)
{
    struct screen *screen = ctx;
    assert_true(screen->sent_count < 32);
    screen->sent[screen->sent_count].type = type;
    screen->sent[screen->sent_count].job_id = job_id;
    screen->sent[screen->sent_count].number = number;
    snprintf(screen->sent[screen->sent_count].path, SL_PATH_BYTES, "%s", path != NULL ? path : "");
    screen->sent_count++;
}

static void request(void *ctx, enum sl_ui_request what, const char *text)
{
    static const char *const names[] = {"copy", "theme", "redraw", "suspend", "mouse"};
    struct screen *screen = ctx;
    snprintf(screen->requested, sizeof screen->requested, "%s %s", names[what], text);
}

static void run_errand(void *ctx, const struct sl_errand *errand)
{
    struct screen *screen = ctx;
    assert_true(screen->errand_count < 16);
    screen->errands[screen->errand_count++] = *errand;
}

void screen_init(struct screen *screen, const char *network)
{
    memset(screen, 0, sizeof *screen);
    sl_keymap_defaults(&screen->keys);
    assert_int_equal(sl_model_init(&screen->model, network, &screen->keys, NULL), SL_OK);
    screen->ui = (struct sl_ui_input){.model = &screen->model,
                                      .send = record,
                                      .request = request,
                                      .errand = run_errand,
                                      .ctx = screen};
    screen->model.view.page = 10;
    screen_tick(screen, 1000000);
}

void screen_fini(struct screen *screen)
{
    sl_model_fini(&screen->model);
}

int screen_start(void **state)
{
    struct screen *screen = calloc(1, sizeof *screen);
    assert_non_null(screen);
    screen_init(screen, "local");
    *state = screen;
    return 0;
}

int screen_end(void **state)
{
    screen_fini(*state);
    free(*state);
    return 0;
}

static int64_t wall_now(const struct screen *screen)
{
    return SCREEN_WALL_MS + screen->now_ms - 1000000;
}

void screen_tick(struct screen *screen, int64_t ms)
{
    screen->now_ms += ms;
    sl_model_tick(&screen->model, screen->now_ms, wall_now(screen));
    sl_tui_wallet_follow(&screen->ui);
}

void screen_event(struct screen *screen, const struct sl_event *event)
{
    assert_int_equal(sl_model_on_event(&screen->model, event, NULL), SL_OK);
}

void screen_job(struct screen *screen, struct screen_job job)
{
    screen_split_job(screen, job, (struct screen_parts){0, 0, 0});
}

void screen_split_job(struct screen *screen, struct screen_job job, struct screen_parts parts)
{
    static struct sl_event event;
    memset(&event, 0, sizeof event);
    event.type = SL_EVENT_JOB;
    event.job.id = event.job.rank = job.id;
    event.job.state = job.state;
    event.job.file.size_bytes = job.size;
    event.job.attempts = job.attempts;
    event.job.added_ms = SCREEN_WALL_MS;
    event.job.changed_ms = wall_now(screen);
    event.job.next_try_ms = job.next_try_ms > 0 ? wall_now(screen) + job.next_try_ms : 0;
    event.job.parts = parts.parts;
    event.job.parts_stored = parts.parts_stored;
    event.job.sent_bytes = parts.sent_bytes;
    event.job.has_piece = job.piece;
    event.job.piece.payload_bytes = job.size;
    event.job.piece.height = sl_piece_height(job.size);
    memset(event.job.piece.root, (int)(job.id * 37), SL_PIECE_ROOT_BYTES - 1);
    if (job.why != NULL)
        sl_err_set(&event.job.err, SL_EIO, "%s", job.why);
    snprintf(event.path, sizeof event.path, "%s", job.path);
    snprintf(event.provider_url, sizeof event.provider_url, "http://127.0.0.1:4801");
    screen_event(screen, &event);
}

void screen_progress(struct screen *screen, int64_t id, int attempt, uint64_t acked)
{
    const struct sl_progress progress = {.job_id = id,
                                         .attempt = attempt,
                                         .hashed_bytes = acked + 200000,
                                         .sent_bytes = acked + 100000,
                                         .acked_bytes = acked,
                                         .at_ms = screen->now_ms};
    sl_model_on_progress(&screen->model, &progress);
}

/* The example's files; every state comes up once the first ten half-seconds are over. */
static const struct screen_job example[] = {
    {1, "/srv/video/title-card.mov", SL_JOB_STORED, 14200000, 1, true, NULL, 0},
    {2, "/srv/video/alps-sunrise-4k.mp4", SL_JOB_UPLOADING, 233100000, 1, false, NULL, 0},
    {3, "/srv/video/GX010233.MP4", SL_JOB_UPLOADING, 812000000, 2, false, NULL, 0},
    {4, "/srv/video/interview-b-roll.mov", SL_JOB_ACCEPTED, 640000000, 1, true, NULL, 0},
    {5, "/srv/video/night-shoot.mkv", SL_JOB_WAITING, 904000000, 1, false,
     "upload: the connection was reset", 12000},
    {6, "/srv/video/corrupted.mkv", SL_JOB_FAILED, 210000000, 1, false,
     "the file changed while it was read", 0},
    {7, "/srv/video/harbour-timelapse.mp4", SL_JOB_PAUSED, 520000000, 0, false, NULL, 0},
    {8, "/srv/video/next-episode.mkv", SL_JOB_QUEUED, 440000000, 0, false, NULL, 0},
    {9, "/srv/video/outtakes.mp4", SL_JOB_CANCELLED, 38000000, 0, false, NULL, 0},
};
enum { EXAMPLES = sizeof example / sizeof example[0] };

void screen_example(struct screen *screen)
{
    const uint64_t mb = 1000000;
    for (int i = 0; i < EXAMPLES; i++) {
        struct screen_job job = example[i];
        job.state = i < 3 ? SL_JOB_UPLOADING : SL_JOB_QUEUED;
        job.piece = false;
        job.why = NULL;
        screen_job(screen, job);
    }
    for (uint64_t i = 1; i <= 10; i++) {
        screen_tick(screen, 500);
        screen_progress(screen, 1, 1, i * mb);
        screen_progress(screen, 2, 1, i * 14 * mb + (i % 3) * mb);
        screen_progress(screen, 3, 2, i * 15 * mb + (i % 4) * mb);
    }
    screen_tick(screen, 500);
    for (int i = 0; i < EXAMPLES; i++) {
        if (example[i].state != (i < 3 ? SL_JOB_UPLOADING : SL_JOB_QUEUED))
            screen_job(screen, example[i]);
    }
    screen_tick(screen, 500);
    screen->model.notices.until_ms = INT64_MIN; /* the hints instead of the last notice */
}

void screen_key(struct screen *screen, int32_t key)
{
    sl_dispatch_key(&screen->ui, key);
    screen_tick(screen, 0);
}

void screen_keys(struct screen *screen, const char *keys)
{
    for (; *keys != '\0'; keys++)
        screen_key(screen, *keys);
}

/* ---- grids as text ---- */

static void render(struct screen *screen, struct sl_grid *grid, int rows, int cols)
{
    assert_int_equal(sl_grid_init(grid, rows, cols, NULL), SL_OK);
    screen->model.view.page = sl_screen_page(&screen->model, rows, cols);
    sl_view_update(&screen->model);
    sl_screen_render(grid, &screen->model);
}

static void add_point(struct sl_buf *out, int32_t point)
{
    char text[SL_KEY_TEXT] = " ";
    if (point > ' ')
        sl_stroke_name(text, point);
    sl_buf_str(out, text);
}

static void trim_line(struct sl_buf *out)
{
    while (out->len > 0 && out->data[out->len - 1] == ' ')
        out->data[--out->len] = '\0';
    sl_buf_str(out, "\n");
}

static void dump_text(struct sl_buf *out, const struct sl_grid *grid)
{
    for (int row = 0; row < grid->rows; row++) {
        for (int col = 0; col < grid->cols; col++) {
            const struct sl_cell *cell = &grid->cells[row * grid->cols + col];
            for (int i = 0; i < SL_CELL_POINTS && cell->points[i] != 0; i++)
                add_point(out, cell->points[i]);
        }
        trim_line(out);
    }
}

/* '.' is the role `text`; letters for the others in the order of the table; '<' a selected row */
static void dump_roles(struct sl_buf *out, const struct sl_grid *grid)
{
    static const char letters[] = ".abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP";
    for (int row = 0; row < grid->rows; row++) {
        for (int col = 0; col < grid->cols; col++) {
            const struct sl_cell *cell = &grid->cells[row * grid->cols + col];
            const char text[2] = {letters[cell->role], '\0'};
            sl_buf_str(out, cell->points[0] == ' ' && cell->role == 0 ? " " : text);
        }
        trim_line(out);
        if (grid->cells[row * grid->cols].selected) {
            out->len--;
            sl_buf_str(out, " <\n");
        }
    }
}

char *screen_text(struct screen *screen, int rows, int cols)
{
    struct sl_grid grid;
    struct sl_buf out = {0};
    render(screen, &grid, rows, cols);
    dump_text(&out, &grid);
    sl_grid_fini(&grid);
    assert_int_equal(out.failed, 0);
    return out.data;
}

static void dump(struct sl_buf *out, const struct sl_grid *grid)
{
    dump_text(out, grid);
    sl_buf_printf(out, "-- roles, cursor %d,%d\n", grid->cursor_row, grid->cursor_col);
    dump_roles(out, grid);
    assert_int_equal(out->failed, 0);
}

void screen_golden(struct screen *screen, const char *name, int rows, int cols)
{
    struct sl_grid grid;
    struct sl_buf out = {0};
    char path[SL_PATH_BYTES];
    const char *update = getenv("SL_UPDATE_GOLDEN");
    snprintf(path, sizeof path, "%s/tests/golden/screens/%s.txt", SL_SOURCE_DIR, name);
    render(screen, &grid, rows, cols);
    dump(&out, &grid);
    sl_grid_fini(&grid);
    if (update != NULL && strcmp(update, "1") == 0) {
        assert_int_equal(sl_file_write_atomic(path, out.data, out.len, 0644, NULL), SL_OK);
    } else {
        char *golden = NULL;
        size_t len = 0;
        assert_int_equal(sl_file_read(&golden, &len, path, 1 << 20, NULL), SL_OK);
        if (strcmp(out.data, golden) != 0)
            print_message("%s is not:\n%s", path, out.data);
        assert_string_equal(out.data, golden);
        free(golden);
    }
    sl_buf_free(&out);
}
