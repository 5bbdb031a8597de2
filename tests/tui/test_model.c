/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/buf.h"

#include "support/test.h"
#include "tui/input/jobs.h"
#include "tui/screen.h"
#include "tui/terminal/theme.h"

static const uint64_t mb = 1000000;

static struct screen_job job(int64_t id, enum sl_job_state state, int attempts)
{
    return (struct screen_job){
        .id = id, .path = "/srv/a.mp4", .state = state, .size = 100 * mb, .attempts = attempts};
}

static const struct sl_row *row(const struct screen *screen, int64_t id)
{
    const struct sl_row *found = sl_rows_find(&screen->model.rows, id);
    assert_non_null(found);
    return found;
}

/* ---- truth ---- */

static void a_bar_is_full_only_with_the_providers_answer(void **state)
{
    struct screen *screen = *state;
    screen_job(screen, job(1, SL_JOB_UPLOADING, 1));
    screen_progress(screen, 1, 1, 100 * mb);
    assert_int_equal(sl_row_percent(row(screen, 1)), 99);
    screen_progress(screen, 1, 1, 900 * mb); /* more bytes than the file has change nothing */
    assert_int_equal(sl_row_percent(row(screen, 1)), 99);
    assert_int_equal(screen->model.totals.left_bytes, 0);
    screen_job(screen, job(1, SL_JOB_ACCEPTED, 1));
    assert_int_equal(sl_row_percent(row(screen, 1)), 100);
}

static void records_of_an_older_attempt_are_void(void **state)
{
    struct screen *screen = *state;
    screen_job(screen, job(1, SL_JOB_UPLOADING, 2));
    screen_progress(screen, 1, 1, 80 * mb);
    assert_int_equal(row(screen, 1)->live->acked_bytes, 0);
    screen_progress(screen, 1, 2, 10 * mb);
    assert_int_equal(row(screen, 1)->live->acked_bytes, 10 * mb);
    screen_progress(screen, 1, 2, 5 * mb); /* late: totals never fall */
    assert_int_equal(row(screen, 1)->live->acked_bytes, 10 * mb);
}

static void parts_that_arrived_stay_when_one_fails(void **state)
{
    struct screen *screen = *state;
    struct screen_job film = job(1, SL_JOB_UPLOADING, 1);
    screen_split_job(screen, film, (struct screen_parts){5, 0, 0});
    screen_progress(screen, 1, 1, 70 * mb);
    assert_int_equal(row(screen, 1)->live->acked_bytes, 70 * mb);
    film.attempts = 2; /* what the failed part had moved is taken out */
    const struct screen_parts parts = {5, 2, 60 * mb};
    screen_split_job(screen, film, parts);
    assert_int_equal(row(screen, 1)->live->acked_bytes, 60 * mb);
    assert_int_equal(row(screen, 1)->live->lost_bytes, 10 * mb);
    screen_progress(screen, 1, 1, 71 * mb); /* of the earlier attempt */
    assert_int_equal(row(screen, 1)->live->acked_bytes, 60 * mb);
    screen_progress(screen, 1, 2, 65 * mb);
    assert_int_equal(sl_row_done_bytes(row(screen, 1)), 65 * mb);
    film.state = SL_JOB_WAITING;
    screen_split_job(screen, film, parts);
    assert_int_equal(sl_row_done_bytes(row(screen, 1)), 60 * mb);
}

static void hashing_moves_a_bar_and_no_bytes(void **state)
{
    struct screen *screen = *state;
    screen_job(screen, job(1, SL_JOB_HASHING, 0));
    const struct sl_progress progress = {.job_id = 1, .hashed_bytes = 30 * mb};
    sl_model_on_progress(&screen->model, &progress);
    assert_int_equal(sl_row_percent(row(screen, 1)), 30);
    assert_int_equal(sl_row_done_bytes(row(screen, 1)), 0);
    assert_int_equal(screen->model.uploads.moved_bytes, 0);
    screen_job(screen, job(1, SL_JOB_QUEUED, 0));
    assert_int_equal(screen->model.uploads.count, 0);
}

static void a_retry_says_what_was_lost(void **state)
{
    struct screen *screen = *state;
    screen_job(screen, job(1, SL_JOB_UPLOADING, 1));
    screen_progress(screen, 1, 1, 60 * mb);
    struct screen_job waits = job(1, SL_JOB_WAITING, 1);
    waits.why = "the line went dead";
    screen_job(screen, waits);
    assert_int_equal(row(screen, 1)->live->lost_bytes, 60 * mb);
    assert_non_null(strstr(sl_model_notice(&screen->model, 0)->text, "lost 60.0 M"));
    screen_job(screen, job(1, SL_JOB_UPLOADING, 2));
    assert_int_equal(row(screen, 1)->live->lost_bytes, 60 * mb);
    assert_int_equal(sl_row_done_bytes(row(screen, 1)), 0);
}

static void a_path_that_cannot_be_queued_is_named_and_counted(void **state)
{
    struct screen *screen = *state;
    struct sl_event event = {.type = SL_EVENT_REJECTED, .path = "/media/tiny\x1b.bin"};
    sl_err_set(&event.err, SL_ETOOSMALL, "40 bytes are too few");
    screen_job(screen, (struct screen_job){.id = 1, .path = "/m/a", .size = 500});
    screen_event(screen, &event);
    char *text = screen_text(screen, 20, 80);
    assert_non_null(strstr(text, "1 queued  1 not queued"));
    assert_non_null(strstr(text, "tiny\\x1b.bin not queued: 40 bytes are too few"));
    free(text);
    const struct sl_event scanned = {.type = SL_EVENT_SCANNED, .count = 1};
    screen_event(screen, &scanned);
    assert_string_equal(sl_model_notice(&screen->model, 0)->text,
                        "1 file queued, 1 not: see the log");
    screen_event(screen, &scanned); /* another folder */
    assert_int_equal(screen->model.notices.count, 2);
    screen_example(screen); /* too many states for words */
    text = screen_text(screen, 20, 60);
    assert_non_null(strstr(text, " !1"));
    free(text);
}

static void a_job_that_only_waits_for_its_provider_tells_no_attempt(void **state)
{
    struct screen *screen = *state;
    screen_job(screen, (struct screen_job){.id = 1, .path = "/m/a", .size = 500});
    screen_job(screen, (struct screen_job){.id = 1,
                                           .path = "/m/a",
                                           .size = 500,
                                           .state = SL_JOB_WAITING,
                                           .why = "Failed to connect"});
    assert_string_equal(sl_model_notice(&screen->model, 0)->text, "a: Failed to connect");
}

static void attempts_that_were_not_told_one_by_one_count_too(void **state)
{
    struct screen *screen = *state;
    screen_job(screen, job(1, SL_JOB_UPLOADING, 1));
    screen_progress(screen, 1, 1, 60 * mb);
    screen_job(screen, job(1, SL_JOB_UPLOADING, 3));
    assert_int_equal(row(screen, 1)->live->lost_bytes, 60 * mb);
    assert_int_equal(row(screen, 1)->live->acked_bytes, 0);
    screen_job(screen, job(1, SL_JOB_QUEUED, 0)); /* a retry counts from the start */
    screen_job(screen, job(1, SL_JOB_UPLOADING, 1));
    screen_progress(screen, 1, 1, 7 * mb);
    assert_int_equal(row(screen, 1)->live->acked_bytes, 7 * mb);
}

static void totals_are_the_sum_of_the_rows_whatever_happens(void **state)
{
    struct screen *screen = *state;
    uint64_t seed = 88172645463325252U;
    for (int step = 0; step < 20000; step++) {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        const int64_t id = (int64_t)(seed >> 8 & 63) + 1;
        const int attempts = (int)(seed >> 20 & 3);
        const unsigned what = seed >> 32 & 31;
        if (what < SL_JOB_STATE_COUNT) {
            screen_job(screen, job(id, (enum sl_job_state)what, attempts));
        } else if (what < 28) {
            screen_progress(screen, id, attempts, (seed >> 40 & 127) * mb);
        } else {
            const struct sl_event gone = {.type = SL_EVENT_GONE, .job = {.id = id}};
            screen_event(screen, &gone);
        }
        if (step % 64 == 0)
            screen_tick(screen, 300);
    }
    screen_tick(screen, 300);
    const struct sl_totals *totals = &screen->model.totals;
    uint64_t all = 0, done = 0;
    size_t counts[SL_JOB_STATE_COUNT] = {0}, live = 0;
    for (size_t i = 0; i < screen->model.rows.count; i++) {
        const struct sl_row *one = screen->model.rows.list[i];
        counts[one->state]++;
        live += one->state == SL_JOB_UPLOADING || one->state == SL_JOB_HASHING;
        if (one->earlier || one->state == SL_JOB_CANCELLED || one->state == SL_JOB_DELETED)
            continue;
        all += one->size_bytes;
        done += sl_row_done_bytes(one);
    }
    assert_memory_equal(counts, totals->count, sizeof counts);
    assert_int_equal(totals->all_bytes, all);
    assert_int_equal(totals->done_bytes, done);
    assert_int_equal(screen->model.uploads.count, live);
    assert_int_equal(screen->model.view.count, screen->model.rows.count);
}

static void what_earlier_runs_finished_is_no_part_of_the_total(void **state)
{
    struct screen *screen = *state;
    screen_job(screen, job(1, SL_JOB_STORED, 1));
    screen_job(screen, job(2, SL_JOB_FAILED, 1));
    screen_job(screen, job(3, SL_JOB_QUEUED, 0));
    assert_int_equal(screen->model.totals.all_bytes, 100 * mb);
    screen_job(screen, job(2, SL_JOB_QUEUED, 0));
    assert_int_equal(screen->model.totals.all_bytes, 200 * mb);
}

/* ---- rates ---- */

static void a_rate_is_smooth_and_a_burst_is_clamped(void **state)
{
    (void)state;
    struct sl_rate rate;
    sl_tui_rate_start(&rate, 0, 0);
    uint64_t bytes = 0;
    for (int64_t ms = 500; ms <= 20000; ms += 500)
        sl_tui_rate_sample(&rate, bytes += mb, 1000 * mb, ms);
    assert_true(rate.bytes_per_s > 1.99e6 && rate.bytes_per_s < 2.01e6);
    sl_tui_rate_sample(&rate, bytes += 500 * mb, 1000 * mb, 20500);
    assert_true(rate.bytes_per_s < 2.0e6 + 0.2 * 3 * 2.1e6);
    assert_int_equal(sl_tui_rate_sample(&rate, bytes, 0, 20900), 0); /* too early for a sample */
}

static void an_eta_bends_but_does_not_jump(void **state)
{
    (void)state;
    struct sl_rate rate;
    sl_tui_rate_start(&rate, 0, 0);
    uint64_t bytes = 0;
    for (int64_t ms = 500; ms <= 10000; ms += 500) {
        bytes += mb;
        sl_tui_rate_sample(&rate, bytes, 200 * mb - bytes, ms);
    }
    const int64_t before = rate.eta_ms;
    assert_in_range(before, 85000, 95000);
    sl_tui_rate_sample(&rate, bytes, 200 * mb - bytes, 10500); /* a hole in the flow */
    assert_in_range(rate.eta_ms, before, before + before / 10);
    for (int64_t ms = 11000; ms < 300000; ms += 500)
        sl_tui_rate_sample(&rate, bytes, 200 * mb - bytes, ms);
    assert_int_equal(rate.eta_ms, -1); /* nothing moves: no ETA */
}

static void nothing_ticks_when_nothing_happens(void **state)
{
    struct screen *screen = *state;
    screen_job(screen, job(1, SL_JOB_QUEUED, 0));
    screen_job(screen, job(1, SL_JOB_UPLOADING, 1));
    assert_int_equal(sl_model_wait_ms(&screen->model, 100), 100);
    screen_job(screen, job(1, SL_JOB_STORED, 1));
    const struct sl_event idle = {.type = SL_EVENT_IDLE};
    screen_event(screen, &idle);
    screen_tick(screen, 20000);
    assert_int_equal(sl_model_wait_ms(&screen->model, 100), -1);
    screen->model.changed = false;
    screen_tick(screen, 5000);
    assert_false(screen->model.changed);
}

/* ---- keys ---- */

static void marks_choose_what_a_key_is_for(void **state)
{
    struct screen *screen = *state;
    for (int64_t id = 1; id <= 5; id++)
        screen_job(screen, job(id, SL_JOB_QUEUED, 0));
    screen_keys(screen, "jp");
    assert_int_equal(screen->sent_count, 1);
    assert_int_equal(screen->sent[0].type, SL_CMD_PAUSE);
    assert_int_equal(screen->sent[0].job_id, 2);
    screen_keys(screen, "g  p");
    assert_int_equal(screen->sent_count, 3);
    assert_int_equal(screen->sent[1].job_id, 1);
    assert_int_equal(screen->sent[2].job_id, 2);
    screen->sent_count = 0;
    screen_keys(screen, "ix");
    assert_int_equal(screen->sent_count, 3);
    assert_int_equal(screen->sent[0].type, SL_CMD_CANCEL);
    assert_int_equal(screen->sent[0].job_id, 3);
    screen_key(screen, SL_KEY_ESC);
    assert_int_equal(screen->model.selection.marked_count, 0);
    screen->sent_count = 0;
    screen_keys(screen, "gjVjjp");
    assert_int_equal(screen->sent_count, 3);
    assert_int_equal(screen->sent[2].job_id, 4);
}

static void cancelling_asks_when_bytes_were_sent(void **state)
{
    struct screen *screen = *state;
    screen_job(screen, job(1, SL_JOB_UPLOADING, 1));
    screen_progress(screen, 1, 1, mb);
    screen_keys(screen, "xj");
    assert_int_equal(screen->model.prompt.confirm, SL_CONFIRM_CANCEL);
    screen_keys(screen, "n");
    assert_int_equal(screen->sent_count, 0);
    screen_keys(screen, "xy");
    assert_int_equal(screen->sent_count, 1);
    assert_int_equal(screen->sent[0].type, SL_CMD_CANCEL);
}

static void what_was_asked_about_is_what_is_cancelled(void **state)
{
    struct screen *screen = *state;
    screen_job(screen, job(1, SL_JOB_UPLOADING, 1));
    screen_job(screen, job(2, SL_JOB_UPLOADING, 1));
    screen_progress(screen, 1, 1, mb);
    screen_progress(screen, 2, 1, mb);
    screen_tick(screen, 300);
    screen_keys(screen, "x");
    screen_job(screen, job(1, SL_JOB_ACCEPTED, 1)); /* meanwhile */
    screen_tick(screen, 300);
    screen_keys(screen, "y");
    assert_int_equal(screen->sent_count, 1);
    assert_int_equal(screen->sent[0].job_id, 1);
    screen->model.view.show = SL_JOB_UPLOADING; /* the one asked about leaves the list */
    screen->model.view.stale = true;
    screen_tick(screen, 300);
    screen_job(screen, job(3, SL_JOB_UPLOADING, 1));
    screen_progress(screen, 3, 1, mb);
    screen_keys(screen, "gx");
    screen_job(screen, job(2, SL_JOB_ACCEPTED, 1));
    screen_tick(screen, 300);
    screen_keys(screen, "y");
    assert_int_equal(screen->sent_count, 1);
    screen_keys(screen, "xy");
    assert_int_equal(screen->sent_count, 2);
    assert_int_equal(screen->sent[1].job_id, 3);
}

static void the_key_that_paused_a_file_lets_it_go_on(void **state)
{
    struct screen *screen = *state;
    screen_job(screen, job(1, SL_JOB_UPLOADING, 1));
    screen_job(screen, job(2, SL_JOB_UPLOADING, 1));
    screen_tick(screen, 300);
    screen_keys(screen, "p");
    screen_job(screen, job(1, SL_JOB_PAUSED, 1));
    screen_tick(screen, 300);
    screen_keys(screen, "p");
    assert_int_equal(screen->sent[1].type, SL_CMD_RESUME);
    assert_int_equal(screen->sent[1].job_id, 1);
    screen_key(screen, SL_KEY_ESC);
    screen_tick(screen, 300);
    assert_int_equal(screen->model.selection.id, 2); /* the uploads are followed again */
    screen_key(screen, SL_KEY_ENTER);
    screen_job(screen, job(2, SL_JOB_ACCEPTED, 1));
    screen_job(screen, job(1, SL_JOB_UPLOADING, 1));
    screen_tick(screen, 300);
    assert_int_equal(screen->model.selection.id, 2); /* its details are read */
    screen_keys(screen, "P<u");
    assert_false(screen->model.selection.follow);
}

static void quitting_asks_only_when_uploads_run(void **state)
{
    struct screen *screen = *state;
    screen_job(screen, job(1, SL_JOB_UPLOADING, 1));
    screen_keys(screen, "q");
    assert_int_equal(screen->model.prompt.confirm, SL_CONFIRM_QUIT);
    screen_key(screen, SL_KEY_ESC);
    assert_int_equal(screen->sent_count, 0);
    screen_keys(screen, "qf");
    assert_int_equal(screen->sent[0].type, SL_CMD_STOP_DRAIN);
    screen_keys(screen, "qs");
    assert_int_equal(screen->sent[1].type, SL_CMD_STOP_NOW);
    screen_keys(screen, "q");
    assert_int_equal(screen->sent_count, 2); /* each at most once */
}

static void quitting_asks_while_files_are_not_on_chain(void **state)
{
    struct screen *screen = *state;
    screen_job(screen, job(1, SL_JOB_PARKED, 1));
    screen_keys(screen, "q");
    assert_int_equal(screen->model.prompt.confirm, SL_CONFIRM_QUIT);
    screen_key(screen, SL_KEY_ESC);
    screen_keys(screen, ":q\r");
    assert_int_equal(screen->model.prompt.confirm, SL_CONFIRM_QUIT);
    screen_key(screen, SL_KEY_ESC);
    screen_job(screen, job(1, SL_JOB_COMMITTING, 1));
    screen_keys(screen, "q");
    assert_int_equal(screen->model.prompt.confirm, SL_CONFIRM_QUIT);
    assert_int_equal(screen->sent_count, 0);
    assert_int_equal(sl_model_unfinished(&screen->model), 1); /* the run does not end in success */
    screen_key(screen, SL_KEY_ESC);
    screen_job(screen, job(1, SL_JOB_CONFIRMED, 1));
    screen_keys(screen, "q");
    assert_int_equal(screen->sent[0].type, SL_CMD_STOP_NOW);
    assert_int_equal(sl_model_unfinished(&screen->model), 0);
}

static void interrupt_twice_stops_now_and_slowly_asks_twice(void **state)
{
    struct screen *screen = *state;
    screen_job(screen, job(1, SL_JOB_UPLOADING, 1));
    screen_key(screen, SL_KEY_CTRL('c'));
    screen_tick(screen, 3000);
    screen_key(screen, SL_KEY_CTRL('c'));
    assert_int_equal(screen->sent_count, 0);
    screen_tick(screen, 1900);
    screen_key(screen, SL_KEY_CTRL('c'));
    assert_int_equal(screen->sent[0].type, SL_CMD_STOP_NOW);
}

static void commands_are_typed_behind_a_colon(void **state)
{
    struct screen *screen = *state;
    screen_keys(screen, ":parallel 7\r:theme light\r:add /srv/x y\r");
    assert_int_equal(screen->sent[0].type, SL_CMD_PARALLEL);
    assert_int_equal(screen->sent[0].number, 7);
    assert_string_equal(screen->requested, "theme light");
    assert_int_equal(screen->sent[1].type, SL_CMD_ADD);
    assert_string_equal(screen->sent[1].path, "/srv/x y");
    screen_keys(screen, ":parallel 17\r:parallel x\r:fly\r");
    assert_int_equal(screen->sent_count, 2);
    assert_int_equal(sl_model_notice(&screen->model, 0)->level, SL_LEVEL_ERROR);
    screen_keys(screen, ":sort name\r:filter failed\r");
    assert_int_equal(screen->model.view.sort, SL_SORT_NAME);
    assert_int_equal(screen->model.view.show, SL_JOB_FAILED);
}

static void copying_joins_the_marked(void **state)
{
    struct screen *screen = *state;
    struct screen_job stored = job(1, SL_JOB_STORED, 1);
    stored.piece = true;
    screen_job(screen, stored);
    stored.id = 2;
    screen_job(screen, stored);
    screen_keys(screen, "yc");
    assert_int_equal(strncmp(screen->requested, "copy bafkzcib", 13), 0);
    assert_null(strchr(screen->requested, '\n'));
    screen_keys(screen, "Ayc");
    assert_non_null(strstr(screen->requested, "\nbafkzcib"));
    screen_keys(screen, "yu");
    assert_non_null(strstr(screen->requested, "copy http://127.0.0.1:4801/piece/bafkzcib"));
    screen_keys(screen, "yt");
    assert_non_null(strstr(sl_model_notice(&screen->model, 0)->text, "no transaction is known"));
    struct sl_row *first = sl_rows_find(&screen->model.rows, 1);
    first->tx = strdup("0x82f0b2fb");
    screen_keys(screen, "yt");
    assert_string_equal(screen->requested, "copy 0x82f0b2fb");
}

static void report_tx(struct screen *screen, int64_t id, const char *tx)
{
    struct sl_event event = {.type = SL_EVENT_TX, .job = {.id = id}};
    snprintf(event.path, sizeof event.path, "%s", tx);
    screen_event(screen, &event);
    if (screen->model.selection.tx_pending == 0)
        sl_jobs_on_tx(&screen->ui);
}

static void the_transaction_of_a_confirmed_file_is_asked_for_and_copied(void **state)
{
    struct screen *screen = *state;
    for (int64_t id = 1; id <= 2; id++) {
        screen_job(screen, job(id, SL_JOB_CONFIRMED, 1));
        sl_rows_find(&screen->model.rows, id)->data_set_id = 1;
    }
    screen_keys(screen, "Ayt");
    assert_int_equal(screen->sent_count, 2);
    assert_int_equal(screen->sent[1].type, SL_CMD_TX);
    report_tx(screen, 1, "0xaa");
    assert_string_equal(screen->requested, "");
    report_tx(screen, 2, "0xbb");
    assert_string_equal(screen->requested, "copy 0xaa\n0xbb");
}

static void search_looks_at_whole_paths(void **state)
{
    struct screen *screen = *state;
    struct screen_job a = job(1, SL_JOB_CONFIRMED, 1), b = job(2, SL_JOB_CONFIRMED, 1);
    a.path = "/tv/Show A/S01E01.mkv";
    b.path = "/tv/Show B/S01E01.mkv";
    screen_job(screen, a);
    screen_job(screen, b);
    screen_keys(screen, "/show b\r");
    assert_int_equal(sl_view_row(&screen->model)->id, 2);
    screen_keys(screen, "/show c\r");
    assert_non_null(strstr(sl_model_notice(&screen->model, 0)->text, "show c"));
}

static void a_paused_upload_whose_connection_is_closed_starts_again_at_nothing(void **state)
{
    struct screen *screen = *state;
    struct sl_event event = {.type = SL_EVENT_JOB, .path = "/srv/a.mp4"};
    event.job = (struct sl_job){.id = 1, .state = SL_JOB_UPLOADING, .attempts = 1};
    event.job.file.size_bytes = 1000;
    screen_event(screen, &event);
    screen_progress(screen, 1, 1, 600);
    event.job.state = SL_JOB_PAUSED;
    event.job.held = true;
    screen_event(screen, &event);
    assert_int_equal(sl_row_done_bytes(sl_rows_find(&screen->model.rows, 1)), 600);
    event.job.held = false;
    screen_event(screen, &event);
    assert_int_equal(sl_row_done_bytes(sl_rows_find(&screen->model.rows, 1)), 0);
    assert_int_equal(screen->model.totals.done_bytes, 0);
    assert_non_null(strstr(sl_model_notice(&screen->model, 0)->text, "will be sent again"));
}

/* ---- drawing ---- */

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed >> 16;
}

/* Cells in a frame of untouched ones: nothing is written outside, no cell holds a control. */
static void check_render(struct screen *screen, int rows, int cols)
{
    struct sl_grid grid;
    assert_int_equal(sl_grid_init(&grid, rows, cols, NULL), SL_OK);
    screen->model.view.page = sl_screen_page(&screen->model, rows, cols);
    sl_view_update(&screen->model);
    sl_screen_render(&grid, &screen->model);
    for (int i = 0; i < rows * cols; i++) {
        const struct sl_cell *cell = &grid.cells[i];
        assert_true(cell->role < SL_ROLE_COUNT && cell->width <= 2);
        if (cell->width == 2) {
            assert_true(i % cols < cols - 1);
            assert_int_equal(cell[1].width, 0);
        }
        for (int k = 0; k < SL_CELL_POINTS; k++)
            assert_true(cell->points[k] == 0 || cell->points[k] >= 0x20);
    }
    assert_in_range(grid.cursor_row + 1, 0, (unsigned)rows);
    assert_in_range(grid.cursor_col, 0, (unsigned)cols - 1);
    sl_grid_fini(&grid); /* the sanitizer watches the borders of the cells */
}

static void any_model_is_drawn_inside_any_size(void **state)
{
    struct screen *screen = *state;
    uint64_t seed = 42;
    static const char *const names[] = {"/v/a.mp4",
                                        "/v/日本語の映画.mkv",
                                        "/v/\033[2J\n\xff.mov",
                                        "/v/e\u0301\u0301\u0301\u0301.mp4",
                                        "/",
                                        "/v/\U0001F3AC"};
    for (int step = 0; step < 1500; step++) {
        const uint64_t r = next_random(&seed);
        struct screen_job one =
            job((int64_t)(r & 31) + 1, (enum sl_job_state)(r >> 8 & 7), (int)(r >> 11 & 3));
        one.path = names[(r >> 13) % 6];
        one.size = r >> (r >> 16 & 31);
        one.piece = (r & 64) != 0 && one.size > 127;
        one.size = one.piece ? one.size % (1000 * mb) + 127 : one.size;
        one.why = (r & 128) != 0 ? "because \u202e\033]0;x\a" : NULL;
        screen_job(screen, one);
        screen_progress(screen, (int64_t)(r & 31) + 1, (int)(r >> 11 & 3), r >> 20);
        static const char keys[] = "jkgGVAi lh\tfsCT?L:/nN123456yc yuwr";
        screen->model.ascii = (r & 512) != 0;
        if (step % 3 == 0)
            screen_key(screen, keys[(r >> 9) % (sizeof keys - 1)]);
        if (screen->model.panes.shown == SL_PANE_ADD && step % 7 == 0)
            screen_key(screen, SL_KEY_ESC);
        screen_tick(screen, (int64_t)(r % 700));
        check_render(screen, (int)(next_random(&seed) % 60) + 1,
                     (int)(next_random(&seed) % 200) + 1);
        screen->sent_count = screen->errand_count = 0;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_SCREEN(a_bar_is_full_only_with_the_providers_answer),
        ON_A_SCREEN(records_of_an_older_attempt_are_void),
        ON_A_SCREEN(parts_that_arrived_stay_when_one_fails),
        ON_A_SCREEN(hashing_moves_a_bar_and_no_bytes),
        ON_A_SCREEN(a_retry_says_what_was_lost),
        ON_A_SCREEN(a_path_that_cannot_be_queued_is_named_and_counted),
        ON_A_SCREEN(a_job_that_only_waits_for_its_provider_tells_no_attempt),
        ON_A_SCREEN(attempts_that_were_not_told_one_by_one_count_too),
        ON_A_SCREEN(totals_are_the_sum_of_the_rows_whatever_happens),
        ON_A_SCREEN(what_earlier_runs_finished_is_no_part_of_the_total),
        ON_A_SCREEN(a_rate_is_smooth_and_a_burst_is_clamped),
        ON_A_SCREEN(an_eta_bends_but_does_not_jump),
        ON_A_SCREEN(nothing_ticks_when_nothing_happens),
        ON_A_SCREEN(marks_choose_what_a_key_is_for),
        ON_A_SCREEN(cancelling_asks_when_bytes_were_sent),
        ON_A_SCREEN(what_was_asked_about_is_what_is_cancelled),
        ON_A_SCREEN(the_key_that_paused_a_file_lets_it_go_on),
        ON_A_SCREEN(quitting_asks_only_when_uploads_run),
        ON_A_SCREEN(quitting_asks_while_files_are_not_on_chain),
        ON_A_SCREEN(interrupt_twice_stops_now_and_slowly_asks_twice),
        ON_A_SCREEN(commands_are_typed_behind_a_colon),
        ON_A_SCREEN(copying_joins_the_marked),
        ON_A_SCREEN(the_transaction_of_a_confirmed_file_is_asked_for_and_copied),
        ON_A_SCREEN(search_looks_at_whole_paths),
        ON_A_SCREEN(a_paused_upload_whose_connection_is_closed_starts_again_at_nothing),
        ON_A_SCREEN(any_model_is_drawn_inside_any_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
