/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/test.h"
#include "tui/model/answers.h"
#include "tui/screen.h"

static void the_queue_fits_every_width(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int rows;
        int cols;
    } sizes[] = {{"queue-160", 18, 160}, {"queue-140", 18, 140}, {"queue-100", 18, 100},
                 {"queue-80", 18, 80},   {"queue-60", 24, 60},   {"queue-40", 24, 40},
                 {"queue-40x6", 6, 40},  {"tiny", 5, 30}};
    struct screen screen;
    screen_init(&screen, "local");
    screen_example(&screen);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        screen_golden(&screen, sizes[i].name, sizes[i].rows, sizes[i].cols);
    screen_fini(&screen);
}

static void files_in_parts_show_how_many_are_there(void **state)
{
    (void)state;
    const uint64_t mb = 1000000;
    struct screen screen;
    screen_init(&screen, "local");
    const struct screen_job jobs[] = {
        {1, "/srv/video/GX010233.MP4", SL_JOB_UPLOADING, 3700 * mb, 1, false, NULL, 0},
        {2, "/srv/video/night-shoot.mkv", SL_JOB_HASHING, 1900 * mb, 0, false, NULL, 0},
        {3, "/srv/video/reel.mov", SL_JOB_CANCELLED, 2900 * mb, 1, false,
         "cancelled: 1 of its 3 parts are with the provider already", 0}};
    screen_split_job(&screen, jobs[0], (struct screen_parts){4, 3, 3200 * mb});
    screen_split_job(&screen, jobs[1], (struct screen_parts){2, 0, 0});
    screen_split_job(&screen, jobs[2], (struct screen_parts){3, 1, 1065 * mb});
    for (uint64_t i = 1; i <= 8; i++) {
        screen_tick(&screen, 500);
        screen_progress(&screen, 1, 1, 3200 * mb + i * 14 * mb);
    }
    const struct sl_progress hashed = {.job_id = 2, .hashed_bytes = 800 * mb};
    sl_model_on_progress(&screen.model, &hashed);
    screen_tick(&screen, 500);
    screen_golden(&screen, "parts-80", 12, 80);
    screen_key(&screen, '\r');
    screen_golden(&screen, "parts-details-80", 20, 80);
    screen_fini(&screen);
}

static void the_first_run_says_what_to_do(void **state)
{
    (void)state;
    struct screen screen;
    screen_init(&screen, "local");
    screen_golden(&screen, "empty-80", 16, 80);
    screen_golden(&screen, "empty-40", 12, 40);
    screen_fini(&screen);
    screen_init(&screen, "calibration");
    screen_golden(&screen, "empty-calibration-80", 16, 80);
    screen_fini(&screen);
}

static void followed_folders_are_told_at_the_top(void **state)
{
    (void)state;
    struct screen screen;
    screen_init(&screen, "local");
    screen.model.run.watched_folders = 1;
    screen_golden(&screen, "watching-empty-80", 16, 80);
    screen_golden(&screen, "watching-empty-40", 12, 40);
    screen.model.run.watched_folders = 3;
    screen_example(&screen);
    screen_golden(&screen, "watching-120", 18, 120);
    screen_golden(&screen, "watching-80", 18, 80);
    screen_golden(&screen, "watching-40x10", 10, 40);
    screen_fini(&screen);
}

static void ascii_needs_nothing_else(void **state)
{
    (void)state;
    struct screen screen;
    screen_init(&screen, "local");
    screen_example(&screen);
    screen.model.ascii = true;
    screen_keys(&screen, " ");
    screen_golden(&screen, "ascii-100", 18, 100);
    char *text = screen_text(&screen, 18, 100);
    for (const char *at = text; *at != '\0'; at++)
        assert_true((unsigned char)*at < 0x80);
    free(text);
    screen_fini(&screen);
}

static void hostile_names_stay_inside_their_cells(void **state)
{
    (void)state;
    static const char *const paths[] = {"/x/\033[31mred\033]0;owned\a.mp4",
                                        "/x/two\nlines\r.mkv",
                                        "/x/right\u202eto left.mov",
                                        "/x/film \U0001F3AC\U0001F468\u200d\U0001F469.mp4",
                                        "/x/日本語のとても長い映画の名前です.mkv",
                                        "/x/broken \xff\xfe\x80.mp4",
                                        "/x/e\u0301te\u0301.mov",
                                        "/x/\u200b\u2028\u00ad.mp4"};
    struct screen screen;
    screen_init(&screen, "net\033[1m");
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        screen_job(&screen, (struct screen_job){.id = (int64_t)i + 1,
                                                .path = paths[i],
                                                .state = i % 2 ? SL_JOB_FAILED : SL_JOB_QUEUED,
                                                .size = 1000 * (i + 1),
                                                .why = i % 2 ? "told \033[2J\u202e by\a" : NULL});
    screen_golden(&screen, "hostile-100", 16, 100);
    screen_golden(&screen, "hostile-50", 22, 50);
    screen_keys(&screen, "l");
    screen_golden(&screen, "hostile-details-60", 20, 60);
    screen_fini(&screen);
}

static void panes_look_as_agreed(void **state)
{
    (void)state;
    struct screen screen;
    screen_init(&screen, "local");
    screen_example(&screen);
    screen_keys(&screen, "l");
    screen_golden(&screen, "details-uploading-100", 32, 100);
    screen_keys(&screen, "hgl");
    screen_golden(&screen, "details-stored-60", 30, 60);
    screen_keys(&screen, "?");
    screen_golden(&screen, "help-80", 70, 80);
    screen_golden(&screen, "help-40", 14, 40);
    screen_keys(&screen, "L");
    screen_golden(&screen, "log-80", 14, 80);
    screen_fini(&screen);
}

static struct sl_u256 usdfc(uint64_t milli)
{
    struct sl_u256 out;
    assert_true(sl_u256_mul(&out, sl_u256(milli), sl_u256(UINT64_C(1000000000000000))));
    return out;
}

/* An account with 5.25 USDFC deposited, and a price of the example's queue. */
static struct sl_wallet wallet_example(const struct screen *screen)
{
    struct sl_wallet wallet = {.state = SL_WALLET_READ,
                               .test_money = true,
                               .epoch = 3218472,
                               .read_ms = SCREEN_WALL_MS + 251000,
                               .fil = usdfc(99125),
                               .usdfc = usdfc(500),
                               .deposited = usdfc(5250),
                               .locked = usdfc(1200),
                               .available = usdfc(4050),
                               .rate = sl_u256(UINT64_C(694444444444)),
                               .runway = sl_u256(UINT64_C(5832000)),
                               .approval = SL_WALLET_UNLIMITED};
    memset(wallet.address.bytes, 0x5b, sizeof wallet.address.bytes);
    wallet.price = (struct sl_queue_price){.load = screen->model.totals.due,
                                           .copies = 2,
                                           .wanted = 2,
                                           .month = usdfc(149),
                                           .fees = usdfc(20),
                                           .locked = usdfc(312),
                                           .runway = sl_u256(UINT64_C(1152000))};
    return wallet;
}

static void show_wallet(struct screen *screen, const struct sl_wallet *wallet)
{
    const struct sl_answer answer = {.type = SL_ANSWER_WALLET, .wallet = *wallet};
    sl_model_on_answer(&screen->model, &answer);
}

static void the_wallet_fits_every_width(void **state)
{
    (void)state;
    struct screen screen;
    screen_init(&screen, "calibration");
    screen_example(&screen);
    screen_keys(&screen, "w");
    screen_golden(&screen, "wallet-unread-80", 12, 80);
    const struct sl_wallet wallet = wallet_example(&screen);
    show_wallet(&screen, &wallet);
    screen_golden(&screen, "wallet-120", 40, 120);
    screen_golden(&screen, "wallet-80", 24, 80);
    screen_golden(&screen, "wallet-40x10", 10, 40);
    screen_keys(&screen, "G");
    screen_golden(&screen, "wallet-end-40x10", 10, 40);
    screen.model.ascii = true;
    screen_golden(&screen, "wallet-ascii-80", 24, 80);
    screen_fini(&screen);
}

static void the_wallet_says_what_is_missing_and_what_to_type(void **state)
{
    (void)state;
    struct screen screen;
    screen_init(&screen, "calibration");
    screen_example(&screen);
    screen_keys(&screen, "4");
    struct sl_wallet wallet = wallet_example(&screen);
    wallet.approval = SL_WALLET_NOT_APPROVED;
    wallet.fil = sl_u256(0);
    wallet.debt = usdfc(3);
    wallet.price.approval = true;
    wallet.price.deposit = usdfc(1250);
    screen.model.totals.unpaid = 2;
    show_wallet(&screen, &wallet);
    screen_golden(&screen, "wallet-missing-80", 30, 80);
    wallet.price.deposit = sl_u256(0);
    show_wallet(&screen, &wallet);
    char *text = screen_text(&screen, 40, 100);
    assert_non_null(strstr(text, "sluice wallet approve --network calibration"));
    free(text);
    const struct sl_wallet failed = {
        .state = SL_WALLET_FAILED,
        .err = {.code = SL_ENET, .text = "https://node.example: no answer\033[2J"}};
    show_wallet(&screen, &failed);
    screen_golden(&screen, "wallet-failed-80", 30, 80);
    const struct sl_wallet none = {
        .state = SL_WALLET_NONE,
        .err = {.text = "files go to one provider, named by its URL: there is no chain behind it"}};
    show_wallet(&screen, &none);
    screen_golden(&screen, "wallet-none-80", 12, 80);
    screen_fini(&screen);
}

static void show_check(struct screen *screen, int64_t id, enum sl_verify_state state,
                       const char *why)
{
    struct sl_answer answer = {.type = SL_ANSWER_VERIFY,
                               .verify = {.job_id = id,
                                          .state = state,
                                          .copies = 2,
                                          .good = state == SL_VERIFY_GOOD ? 2 : 1,
                                          .at = 2,
                                          .done_bytes = 43,
                                          .total_bytes = 60,
                                          .ended_ms = SCREEN_WALL_MS + 251000}};
    snprintf(answer.verify.why, sizeof answer.verify.why, "%s", why);
    sl_model_on_answer(&screen->model, &answer);
}

static void what_is_verified_says_how_far_and_how_it_ended(void **state)
{
    (void)state;
    static const char *const paths[] = {"/srv/title-card.mov", "/srv/alps-sunrise-4k.mp4",
                                        "/srv/GX010233.MP4", "/srv/interview-b-roll.mov",
                                        "/srv/reel.mov"};
    struct screen screen;
    screen_init(&screen, "calibration");
    for (int i = 0; i < 5; i++)
        screen_job(&screen, (struct screen_job){.id = i + 1,
                                                .path = paths[i],
                                                .state = SL_JOB_STORED,
                                                .size = 812000000,
                                                .piece = true});
    screen_keys(&screen, "AvA");
    screen_key(&screen, SL_KEY_ESC);
    screen_keys(&screen, "gv");
    show_check(&screen, 1, SL_VERIFY_GOOD, "");
    show_check(&screen, 2, SL_VERIFY_BAD, "pdp.example.org differs");
    show_check(&screen, 3, SL_VERIFY_UNCLEAR, "calib2.example.org unreachable: no answer in 30 s");
    show_check(&screen, 4, SL_VERIFY_RUNS, "");
    screen.model.notices.until_ms = INT64_MIN;
    screen_golden(&screen, "verify-120", 14, 120);
    screen_golden(&screen, "verify-80", 14, 80);
    screen_golden(&screen, "verify-40x10", 10, 40);
    screen_keys(&screen, "jl");
    screen.model.ascii = true;
    screen_golden(&screen, "verify-details-ascii-80", 20, 80);
    screen_fini(&screen);
}

static void add_entry(struct sl_listing *listing, const char *name, uint64_t size, bool marked)
{
    listing->entries = realloc(listing->entries, (listing->count + 1) * sizeof *listing->entries);
    assert_non_null(listing->entries);
    listing->entries[listing->count++] = (struct sl_entry){
        .name = strdup(name), .size_bytes = size, .folder = size == 0, .marked = marked};
}

static void the_add_pane_shows_a_folder(void **state)
{
    (void)state;
    struct screen screen;
    screen_init(&screen, "local");
    screen.model.panes.shown = SL_PANE_ADD;
    sl_line_edit_set(&screen.model.add.line, "/srv/video/");
    snprintf(screen.model.add.listing.folder, SL_PATH_BYTES, "/srv/video/");
    add_entry(&screen.model.add.listing, "raw", 0, false);
    add_entry(&screen.model.add.listing, "alps-sunrise-4k.mp4", 233100000, true);
    add_entry(&screen.model.add.listing, "night-shoot.mkv", 904000000, false);
    screen_golden(&screen, "add-line-80", 14, 80);
    screen.model.add.at = 1;
    screen_golden(&screen, "add-list-60", 14, 60);
    screen.model.add.listing.pasted = true;
    screen.model.add.listing.entries[2].missing = true;
    screen_golden(&screen, "add-pasted-80", 14, 80);
    screen_fini(&screen);
}

static void questions_and_lines_stand_at_the_bottom(void **state)
{
    (void)state;
    struct screen screen;
    screen_init(&screen, "local");
    screen_example(&screen);
    screen_keys(&screen, "q");
    screen_golden(&screen, "quit-100", 18, 100);
    screen_golden(&screen, "quit-40", 14, 40);
    screen_keys(&screen, "f");
    screen_golden(&screen, "finishing-80", 18, 80);
    screen.model.run.stop = SL_STOP_NO;
    screen_keys(&screen, "x");
    screen_golden(&screen, "cancel-80", 18, 80);
    screen_keys(&screen, "nAx");
    screen_golden(&screen, "cancel-many-80", 18, 80);
    screen_golden(&screen, "cancel-many-40", 14, 40);
    screen_keys(&screen, "n");
    screen_key(&screen, SL_KEY_ESC); /* no marks */
    screen_keys(&screen, ":parallel 5");
    screen_golden(&screen, "command-80", 18, 80);
    screen_key(&screen, SL_KEY_ESC);
    screen_keys(&screen, "/night");
    screen_golden(&screen, "search-80", 18, 80);
    screen_fini(&screen);
}

static void marks_filters_and_order_are_said(void **state)
{
    (void)state;
    struct screen screen;
    screen_init(&screen, "local");
    screen_example(&screen);
    screen_keys(&screen, "gVjjjssC");
    screen.model.notices.until_ms = INT64_MIN;
    screen_golden(&screen, "range-compact-80", 14, 80);
    screen_keys(&screen, "CVfff");
    screen_golden(&screen, "only-failed-80", 14, 80);
    screen_fini(&screen);
}

static void a_hundred_thousand_files_are_one_screen(void **state)
{
    (void)state;
    struct screen screen;
    screen_init(&screen, "local");
    for (int64_t id = 1; id <= 100000; id++) {
        char path[64];
        snprintf(path, sizeof path, "/srv/archive/clip-%06lld.mp4", (long long)id);
        screen_job(&screen, (struct screen_job){
                                .id = id, .path = path, .state = SL_JOB_QUEUED, .size = 5000000});
    }
    screen_golden(&screen, "many-top-100", 12, 100);
    screen_keys(&screen, "G");
    screen_golden(&screen, "many-end-100", 12, 100);
    screen_fini(&screen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_queue_fits_every_width),
        cmocka_unit_test(files_in_parts_show_how_many_are_there),
        cmocka_unit_test(the_first_run_says_what_to_do),
        cmocka_unit_test(followed_folders_are_told_at_the_top),
        cmocka_unit_test(ascii_needs_nothing_else),
        cmocka_unit_test(hostile_names_stay_inside_their_cells),
        cmocka_unit_test(panes_look_as_agreed),
        cmocka_unit_test(what_is_verified_says_how_far_and_how_it_ended),
        cmocka_unit_test(the_wallet_fits_every_width),
        cmocka_unit_test(the_wallet_says_what_is_missing_and_what_to_type),
        cmocka_unit_test(the_add_pane_shows_a_folder),
        cmocka_unit_test(questions_and_lines_stand_at_the_bottom),
        cmocka_unit_test(marks_filters_and_order_are_said),
        cmocka_unit_test(a_hundred_thousand_files_are_one_screen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
