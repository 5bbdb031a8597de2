/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Limits, times, rates, priorities and the mouse: what keys and commands send, and what is shown.
 */
#include <stdlib.h>
#include <string.h>

#include "support/test.h"
#include "tui/screen.h"

static const uint64_t mb = 1000000;

static struct screen_job job(int64_t id, enum sl_job_state state, int attempts)
{
    return (struct screen_job){
        .id = id, .path = "/srv/a.mp4", .state = state, .size = 100 * mb, .attempts = attempts};
}

static void assert_sent(const struct screen *screen, int at, enum sl_command_type type,
                        int64_t job_id, int number)
{
    assert_true(screen->sent_count > at);
    assert_int_equal(screen->sent[at].type, type);
    assert_int_equal(screen->sent[at].job_id, job_id);
    assert_int_equal(screen->sent[at].number, number);
}

static void limits_are_typed_and_switched(void **state)
{
    struct screen *screen = *state;
    screen_job(screen, job(1, SL_JOB_UPLOADING, 1));
    screen_job(screen, job(2, SL_JOB_QUEUED, 0));
    screen_keys(screen, "u2M");
    screen_key(screen, SL_KEY_ENTER);
    assert_sent(screen, 0, SL_CMD_LIMIT, 0, 2000000);
    screen_keys(screen, "jUoff");
    screen_key(screen, SL_KEY_ENTER);
    assert_sent(screen, 1, SL_CMD_LIMIT, 2, 0);
    screen_keys(screen, "A");
    screen_keys(screen, "U500k");
    screen_key(screen, SL_KEY_ENTER);
    assert_sent(screen, 2, SL_CMD_LIMIT, 1, 500000);
    assert_sent(screen, 3, SL_CMD_LIMIT, 2, 500000);
    screen_keys(screen, "t");
    assert_sent(screen, 4, SL_CMD_SLOW, 0, -1);
    screen_keys(screen, "u");
    screen_key(screen, SL_KEY_ENTER); /* empty: nothing changes */
    screen_keys(screen, "ufast");
    screen_key(screen, SL_KEY_ENTER);
    assert_int_equal(screen->sent_count, 5);
    assert_non_null(strstr(sl_model_notice(&screen->model, 0)->text, "'fast' is no rate"));
}

static void commands_set_limits_and_times(void **state)
{
    struct screen *screen = *state;
    screen_keys(screen, ":limit 1.5M");
    screen_key(screen, SL_KEY_ENTER);
    screen_keys(screen, ":limit off");
    screen_key(screen, SL_KEY_ENTER);
    screen_keys(screen, ":slow");
    screen_key(screen, SL_KEY_ENTER);
    screen_keys(screen, ":stop-at 06:30");
    screen_key(screen, SL_KEY_ENTER);
    screen_keys(screen, ":stop-at off");
    screen_key(screen, SL_KEY_ENTER);
    screen_keys(screen, ":parallel 5");
    screen_key(screen, SL_KEY_ENTER);
    assert_sent(screen, 0, SL_CMD_LIMIT, 0, 1500000);
    assert_sent(screen, 1, SL_CMD_LIMIT, 0, 0);
    assert_sent(screen, 2, SL_CMD_SLOW, 0, -1);
    assert_sent(screen, 3, SL_CMD_STOP_AT, 0, 6 * 60 + 30);
    assert_sent(screen, 4, SL_CMD_STOP_AT, 0, -1);
    assert_sent(screen, 5, SL_CMD_PARALLEL, 0, 5);
    screen_keys(screen, ":stop-at noon");
    screen_key(screen, SL_KEY_ENTER);
    screen_keys(screen, ":parallel 17");
    screen_key(screen, SL_KEY_ENTER);
    assert_int_equal(screen->sent_count, 6);
    screen_keys(screen, ">><");
    assert_sent(screen, 6, SL_CMD_PARALLEL, 0, 6);
    assert_sent(screen, 7, SL_CMD_PARALLEL, 0, 7);
    assert_sent(screen, 8, SL_CMD_PARALLEL, 0, 6);
}

static void the_limit_stands_at_the_top(void **state)
{
    struct screen *screen = *state;
    screen_job(screen, job(1, SL_JOB_UPLOADING, 1));
    char *text = screen_text(screen, 20, 80);
    assert_non_null(strstr(text, "limit off\n"));
    free(text);
    screen_event(screen, &(struct sl_event){.type = SL_EVENT_LIMIT, .count = 2000000});
    text = screen_text(screen, 20, 60);
    assert_non_null(strstr(text, "limit 2.0 MB/s\n"));
    free(text);
    screen_event(screen,
                 &(struct sl_event){.type = SL_EVENT_LIMIT, .count = 500000, .request_id = 1});
    text = screen_text(screen, 20, 80);
    assert_non_null(strstr(text, "slow 500.0 KB/s\n"));
    free(text);
}

static void a_priority_is_raised_and_shown(void **state)
{
    struct screen *screen = *state;
    struct sl_event event = {.type = SL_EVENT_JOB, .path = "/m/a"};
    event.job.id = 1;
    event.job.rank = sl_rank_of(2, 7);
    event.job.file.size_bytes = 500;
    event.job.limit_bytes_per_s = 40000;
    screen_event(screen, &event);
    screen_keys(screen, "+--");
    assert_sent(screen, 0, SL_CMD_PRIORITY, 1, 1);
    assert_sent(screen, 1, SL_CMD_PRIORITY, 1, -1);
    assert_sent(screen, 2, SL_CMD_PRIORITY, 1, -1);
    screen_keys(screen, "l");
    char *text = screen_text(screen, 20, 80);
    assert_non_null(strstr(text, "Priority    +2"));
    assert_non_null(strstr(text, "Limit       40.0 KB/s"));
    free(text);
    screen_keys(screen, "h");
    screen_job(screen, job(1, SL_JOB_STORED, 1));
    screen_keys(screen, "+");
    assert_int_equal(screen->sent_count, 3);
}

static void the_mouse_scrolls_and_selects(void **state)
{
    struct screen *screen = *state;
    struct sl_model *model = &screen->model;
    for (int i = 1; i <= 30; i++)
        screen_job(screen, job(i, SL_JOB_QUEUED, 0));
    screen_keys(screen, "m");
    assert_string_equal(screen->requested, "mouse on");
    model->view.page = sl_screen_page(model, 20, 80);
    sl_view_update(model);
    assert_int_equal(sl_screen_place(model, 20, 80, 3), -1); /* the headings */
    assert_int_equal(sl_screen_place(model, 20, 80, 4), 0);
    assert_int_equal(sl_screen_place(model, 20, 80, 18), -1);
    assert_int_equal(sl_screen_place(model, 20, 60, 6), 1); /* two lines a file */
    sl_dispatch_click(&screen->ui, 5);
    assert_int_equal(model->selection.at, 5);
    sl_dispatch_click(&screen->ui, -1);
    sl_dispatch_wheel(&screen->ui, 3);
    assert_int_equal(model->selection.at, 8);
    sl_dispatch_wheel(&screen->ui, -30);
    assert_int_equal(model->selection.at, 0);
    screen_keys(screen, "q:");
    screen_keys(screen, "m");
    assert_true(model->panes.mouse); /* typed into the line */
}

static void an_attached_screen_does_not_count_what_was_sent_before_it_came(void **state)
{
    struct screen *screen = *state;
    struct sl_model *model = &screen->model;
    model->run.attached_pid = 7;
    screen_job(screen, (struct screen_job){.id = 1,
                                           .path = "/v/film.mkv",
                                           .state = SL_JOB_UPLOADING,
                                           .size = 1000 * mb,
                                           .attempts = 1});
    screen_progress(screen, 1, 1, 800 * mb);
    assert_int_equal(model->uploads.moved_bytes, 0);
    screen_progress(screen, 1, 1, 801 * mb);
    assert_int_equal(model->uploads.moved_bytes, mb);
    assert_int_equal(model->totals.done_bytes, 801 * mb);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_SCREEN(limits_are_typed_and_switched),
        ON_A_SCREEN(commands_set_limits_and_times),
        ON_A_SCREEN(the_limit_stands_at_the_top),
        ON_A_SCREEN(a_priority_is_raised_and_shown),
        ON_A_SCREEN(the_mouse_scrolls_and_selects),
        ON_A_SCREEN(an_attached_screen_does_not_count_what_was_sent_before_it_came),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
