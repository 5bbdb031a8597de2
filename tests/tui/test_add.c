/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The pane that adds files: browsing, completing, typing and pasting paths. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/test.h"
#include "support/tmp.h"
#include "tui/input/add.h"
#include "tui/screen.h"

static void the_add_pane_browses_completes_and_marks(void **state)
{
    struct screen *screen = *state;
    char dir[SL_PATH_BYTES], sub[SL_PATH_BYTES], keys[SL_PATH_BYTES], want[SL_PATH_BYTES];
    sl_tmp_make(dir);
    assert_int_equal(sl_path_join(sub, sizeof sub, dir, "clips", NULL), SL_OK);
    assert_int_equal(sl_path_make(sub, 0700, NULL), SL_OK);
    sl_tmp_file(NULL, sub, "one.mp4", 10, 1);
    sl_tmp_file(NULL, sub, "only.mp4", 10, 1);
    sl_tmp_file(NULL, sub, ".hidden", 10, 1);
    screen_keys(screen, "a");
    screen_key(screen, SL_KEY_CTRL('u'));
    snprintf(keys, sizeof keys, "%s/cl\t", dir);
    screen_keys(screen, keys);
    snprintf(want, sizeof want, "%s/clips/", dir);
    assert_string_equal(screen->model.add.line.text, want);
    assert_int_equal(screen->model.add.listing.count, 2);
    screen_keys(screen, "\t");
    snprintf(want, sizeof want, "%s/clips/on", dir);
    assert_string_equal(screen->model.add.line.text, want);
    screen_key(screen, SL_KEY_DOWN);
    screen_keys(screen, "  \r");
    assert_int_equal(screen->sent_count, 2);
    snprintf(want, sizeof want, "%s/clips/only.mp4", dir);
    assert_string_equal(screen->sent[1].path, want);
    assert_int_equal(screen->model.panes.shown, SL_PANE_QUEUE);
    sl_tmp_remove(dir);
}

static void a_whole_path_is_typed_behind_the_folder_that_stands_there(void **state)
{
    struct screen *screen = *state;
    screen_keys(screen, "a");
    assert_true(screen->model.add.line.len > 1);
    screen_keys(screen, "/");
    assert_string_equal(screen->model.add.line.text, "/");
    screen_keys(screen, "no/where\r");
    assert_int_equal(screen->model.panes.shown, SL_PANE_ADD); /* it can be put right */
    assert_string_equal(screen->model.add.line.text, "/no/where");
    assert_non_null(strstr(sl_model_notice(&screen->model, 0)->text, "there is no /no/where"));
    assert_int_equal(screen->sent_count, 0);
    screen_key(screen, SL_KEY_ESC);
    screen_keys(screen, "a~");
    assert_string_equal(screen->model.add.line.text, "~");
    screen_keys(screen, "/x~");
    assert_string_equal(screen->model.add.line.text, "~/x~");
}

static void enter_on_the_untouched_line_asks_before_a_folder_is_added(void **state)
{
    struct screen *screen = *state;
    char here[SL_PATH_BYTES];
    sl_listing_start(here, sizeof here);
    screen_keys(screen, "a\r");
    assert_int_equal(screen->sent_count, 0);
    assert_int_equal(screen->model.prompt.confirm, SL_CONFIRM_ADD);
    screen_keys(screen, "\r"); /* the same reflex answers nothing */
    assert_int_equal(screen->model.prompt.confirm, SL_CONFIRM_ADD);
    screen_keys(screen, "n");
    assert_int_equal(screen->sent_count, 0);
    assert_int_equal(screen->model.panes.shown, SL_PANE_ADD);
    screen_keys(screen, "\ry");
    assert_int_equal(screen->sent_count, 1);
    assert_string_equal(screen->sent[0].path, here);
}

static void a_pasted_relative_path_with_blanks_is_one_path(void **state)
{
    struct screen *screen = *state;
    char dir[SL_PATH_BYTES], before[SL_PATH_BYTES];
    static const char text[] = "my film (2019).mkv\n";
    static const char two[] = "a.mkv b.mkv";
    sl_tmp_make(dir);
    sl_tmp_file(NULL, dir, "my film (2019).mkv", 10, 1);
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(dir), 0);
    sl_dispatch_paste(&screen->ui, text, sizeof text - 1);
    assert_int_equal(screen->model.add.listing.count, 1);
    assert_string_equal(screen->model.add.listing.entries[0].name, "my film (2019).mkv");
    assert_false(screen->model.add.listing.entries[0].missing);
    sl_dispatch_paste(&screen->ui, two, sizeof two - 1);
    assert_int_equal(screen->model.add.listing.count, 2);
    assert_int_equal(chdir(before), 0);
    sl_tmp_remove(dir);
}

static void what_is_added_while_finishing_says_when_it_starts(void **state)
{
    struct screen *screen = *state;
    sl_ui_stop(&screen->ui, SL_STOP_DRAIN);
    sl_tui_add_path(&screen->ui, "/srv/a.mkv");
    assert_int_equal(screen->sent_count, 2);
    assert_int_equal(screen->sent[1].type, SL_CMD_ADD);
    assert_non_null(strstr(sl_model_notice(&screen->model, 0)->text, "starts with the next run"));
    sl_ui_stop(&screen->ui, SL_STOP_NOW);
    sl_tui_add_path(&screen->ui, "/srv/b.mkv");
    assert_int_equal(screen->sent_count, 3); /* only the stop command */
    assert_non_null(strstr(sl_model_notice(&screen->model, 0)->text, "/srv/b.mkv was not added"));
}

static void a_paste_is_never_a_key(void **state)
{
    struct screen *screen = *state;
    static const char text[] = "qqxd";
    screen_job(screen, (struct screen_job){
                           .id = 1, .path = "/srv/a.mp4", .state = SL_JOB_QUEUED, .size = 1000});
    sl_dispatch_paste(&screen->ui, text, sizeof text - 1);
    assert_int_equal(screen->sent_count, 0);
    assert_int_equal(screen->model.panes.shown, SL_PANE_ADD);
    assert_true(screen->model.add.listing.entries[0].missing);
    screen_keys(screen, "\r");
    assert_int_equal(screen->sent_count, 0); /* it is not here: nothing to add */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_SCREEN(the_add_pane_browses_completes_and_marks),
        ON_A_SCREEN(a_whole_path_is_typed_behind_the_folder_that_stands_there),
        ON_A_SCREEN(a_paste_is_never_a_key),
        ON_A_SCREEN(enter_on_the_untouched_line_asks_before_a_folder_is_added),
        ON_A_SCREEN(a_pasted_relative_path_with_blanks_is_one_path),
        ON_A_SCREEN(what_is_added_while_finishing_says_when_it_starts),
    };
    return cmocka_run_group_tests_name("the add pane", tests, NULL, NULL);
}
