/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/buf.h"
#include "sluice/path.h"
#include "sluice/tui.h"

#include "support/test.h"
#include "tui/input/keymap.h"
#include "tui/input/paste.h"
#include "tui/terminal/escape.h"
#include "tui/terminal/keys.h"
#include "tui/terminal/theme.h"

/* ---- themes ---- */

static void every_theme_names_every_role_and_no_other(void **state)
{
    (void)state;
    DIR *dir = opendir(SL_SOURCE_DIR "/themes");
    const struct dirent *found = NULL;
    int themes = 0;
    assert_non_null(dir);
    while ((found = readdir(dir)) != NULL) {
        char path[SL_PATH_BYTES], *text = NULL;
        size_t len = 0;
        struct sl_theme theme = {0};
        struct sl_theme_report report = {0};
        struct sl_err err = {0};
        if (strstr(found->d_name, ".ini") == NULL)
            continue;
        themes++;
        snprintf(path, sizeof path, "%s/themes/%s", SL_SOURCE_DIR, found->d_name);
        assert_int_equal(sl_file_read(&text, &len, path, 65536, NULL), SL_OK);
        if (sl_theme_parse(&theme, found->d_name, text, len, &report, &err) < 0)
            fail_msg("%s", err.text);
        if (report.unknown + report.missing > 0)
            fail_msg("%s: %d unknown roles (%s), %d missing", found->d_name, report.unknown,
                     report.first_unknown, report.missing);
        free(text);
    }
    closedir(dir);
    int shipped = 0;
    while (sl_themes_shipped[shipped].name != NULL)
        shipped++;
    assert_int_equal(shipped, themes);
}

static int parse_theme(struct sl_theme *theme, const char *text, struct sl_theme_report *report,
                       struct sl_err *err)
{
    return sl_theme_parse(theme, "x", text, strlen(text), report, err);
}

static void colours_and_attributes_are_read(void **state)
{
    (void)state;
    struct sl_theme theme = {0};
    struct sl_theme_report report;
    assert_int_equal(parse_theme(&theme,
                                 "; mine\n\n[roles]\r\n  text=#0a0B0c on 255 bold underline \n"
                                 "dim = default\nrule = cyan on default dim reverse\n"
                                 "sparkle = red\nglitter = red",
                                 &report, NULL),
                     SL_OK);
    assert_int_equal(theme.roles[SL_ROLE_TEXT].fg, SL_COLOUR_RGB | 0x0a0b0c);
    assert_int_equal(theme.roles[SL_ROLE_TEXT].bg, 255);
    assert_int_equal(theme.roles[SL_ROLE_TEXT].attrs, SL_ATTR_BOLD | SL_ATTR_UNDERLINE);
    assert_int_equal(theme.roles[SL_ROLE_DIM].fg, SL_COLOUR_DEFAULT);
    assert_int_equal(theme.roles[SL_ROLE_RULE].fg, 6);
    assert_int_equal(theme.roles[SL_ROLE_RULE].attrs, SL_ATTR_DIM | SL_ATTR_REVERSE);
    assert_int_equal(report.unknown, 2);
    assert_string_equal(report.first_unknown, "sparkle");
    assert_int_equal(report.missing, SL_ROLE_COUNT - 3);
}

static void a_bad_theme_says_its_line_and_changes_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *where;
    } bad[] = {{"text = red\n", "x:1: "},
               {"[roles]\n\ntext = purple\n", "x:3: "},
               {"[roles]\ntext = #12345\n", "x:2: "},
               {"[roles]\ntext = 256\n", "x:2: "},
               {"[roles]\ntext = red on\n", "x:2: "},
               {"[roles]\ntext = red blink\n", "x:2: "},
               {"[roles]\ntext = red\ntext = blue\n", "x:3: "},
               {"[roles]\ntext\n", "x:2: "},
               {"[roles]\ntext =\n", "x:2: "},
               {"[colours]\n", "x:1: "},
               {"[roles]\n[roles]\n", "x:2: "}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct sl_theme theme = {.name = "before"};
        struct sl_err err = {0};
        assert_int_equal(parse_theme(&theme, bad[i].text, NULL, &err), SL_ECONFIG);
        assert_non_null(strstr(err.text, bad[i].where));
        assert_string_equal(theme.name, "before");
    }
}

static void themes_are_found_by_name_and_go_round(void **state)
{
    (void)state;
    struct sl_theme theme;
    struct sl_err err = {0};
    assert_int_equal(sl_theme_load(&theme, "mono", "/nowhere", NULL, &err), SL_OK);
    assert_string_equal(theme.name, "mono");
    assert_int_equal(sl_theme_load(&theme, SL_SOURCE_DIR "/themes/light.ini", NULL, NULL, &err),
                     SL_OK);
    assert_int_equal(sl_theme_load(&theme, "nosuch", NULL, NULL, &err), SL_ECONFIG);
    assert_non_null(strstr(err.text, "dark"));
    const char *name = "dark";
    int steps = 0;
    do {
        name = sl_theme_after(name);
        steps++;
    } while (strcmp(name, "dark") != 0 && steps < 100);
    assert_in_range(steps, 3, 99);
}

static void few_colours_take_the_nearest(void **state)
{
    (void)state;
    assert_int_equal(sl_colour_near(SL_COLOUR_DEFAULT, 8), SL_COLOUR_DEFAULT);
    assert_int_equal(sl_colour_near(SL_COLOUR_RGB | 0xFF0000, 256), 196);
    assert_int_equal(sl_colour_near(SL_COLOUR_RGB | 0x080808, 256), 232);
    assert_int_equal(sl_colour_near(SL_COLOUR_RGB | 0xD00000, 8), 1);
    assert_int_equal(sl_colour_near(12, 16), 12);
    for (int32_t i = 16; i < 256; i++) /* every palette colour stands for itself */
        assert_int_equal(sl_colour_rgb(sl_colour_near(SL_COLOUR_RGB | sl_colour_rgb(i), 256)),
                         sl_colour_rgb(i));
}

/* ---- keys ---- */

static void every_default_key_does_something_and_one_thing(void **state)
{
    (void)state;
    struct sl_keymap map;
    sl_keymap_defaults(&map);
    assert_int_not_equal(map.count, 0);
    for (int i = 0; i < map.count; i++) {
        const struct sl_binding *a = &map.bindings[i];
        for (int k = 0; k < i; k++) {
            const struct sl_binding *b = &map.bindings[k];
            const unsigned both = sl_action_row((enum sl_action)a->action)->context &
                                  sl_action_row((enum sl_action)b->action)->context;
            assert_false(a->first == b->first && a->second == b->second && both != 0);
        }
    }
    for (int action = SL_ACT_NONE + 1; action < SL_ACT_COUNT; action++) {
        char keys[96];
        sl_keymap_keys_of(keys, sizeof keys, &map, (enum sl_action)action, 9);
        assert_string_equal(keys, sl_action_row((enum sl_action)action)->keys);
    }
}

static int parse_keys(struct sl_keymap *map, const char *text, struct sl_err *err)
{
    sl_keymap_defaults(map);
    return sl_keymap_parse(map, "config.ini", text, strlen(text), err);
}

static void keys_can_be_given_taken_and_freed(void **state)
{
    (void)state;
    struct sl_keymap map;
    assert_int_equal(parse_keys(&map,
                                "e = down\nctrl-k = up\n\n q=none \nSpace = details\n"
                                "= = sort\nz z = quit\nColon = log\r\n\xc3\xa9 = add",
                                NULL),
                     SL_OK);
    assert_int_equal(sl_keymap_find(&map, SL_PANE_QUEUE, 0, 'e'), SL_ACT_DOWN);
    assert_int_equal(sl_keymap_find(&map, SL_PANE_QUEUE, 0, 'j'), SL_ACT_DOWN);
    assert_int_equal(sl_keymap_find(&map, SL_PANE_QUEUE, 0, SL_KEY_CTRL('k')), SL_ACT_UP);
    assert_int_equal(sl_keymap_find(&map, SL_PANE_QUEUE, 0, 'q'), SL_ACT_NONE);
    assert_int_equal(sl_keymap_find(&map, SL_PANE_QUEUE, 0, ' '), SL_ACT_DETAILS);
    assert_int_equal(sl_keymap_find(&map, SL_PANE_QUEUE, 0, '='), SL_ACT_SORT);
    assert_int_equal(sl_keymap_find(&map, SL_PANE_QUEUE, 0, ':'), SL_ACT_PANE_LOG);
    assert_int_equal(sl_keymap_find(&map, SL_PANE_QUEUE, 0, 0xE9), SL_ACT_ADD);
    assert_int_equal(sl_keymap_find(&map, SL_PANE_QUEUE, 0, 'z'), SL_ACT_PREFIX);
    assert_int_equal(sl_keymap_find(&map, SL_PANE_QUEUE, 'z', 'z'), SL_ACT_QUIT);
    assert_int_equal(sl_keymap_find(&map, SL_PANE_QUEUE, 'z', 'y'), SL_ACT_NONE);
}

static void one_stroke_takes_the_place_of_two(void **state)
{
    (void)state;
    struct sl_keymap map;
    assert_int_equal(parse_keys(&map, "y = copy-cid", NULL), SL_OK);
    assert_int_equal(sl_keymap_find(&map, SL_PANE_QUEUE, 0, 'y'), SL_ACT_COPY_CID);
    assert_int_equal(parse_keys(&map, "j k = down", NULL), SL_OK);
    assert_int_equal(sl_keymap_find(&map, SL_PANE_QUEUE, 0, 'j'), SL_ACT_PREFIX);
}

static void bad_keys_say_their_line(void **state)
{
    (void)state;
    static const char *const bad[] = {"\nxx = down",  "\nj = fly",     "\nj down",
                                      "\na b c = up", "\nCtrl-1 = up", "\nF13 = up",
                                      "\n = up",      "\nj =",         "\n\x01 = up"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct sl_keymap map;
        struct sl_err err = {0};
        assert_int_equal(parse_keys(&map, bad[i], &err), SL_ECONFIG);
        assert_non_null(strstr(err.text, "config.ini:2: "));
        assert_int_equal(sl_keymap_find(&map, SL_PANE_QUEUE, 0, 'j'), SL_ACT_DOWN);
    }
}

static void the_key_help_has_every_action(void **state)
{
    (void)state;
    struct sl_buf help = {0};
    sl_tui_key_help(&help);
    assert_int_equal(help.failed, 0);
    for (int action = SL_ACT_NONE + 1; action < SL_ACT_COUNT; action++)
        assert_non_null(strstr(help.data, sl_action_row((enum sl_action)action)->help));
    sl_buf_free(&help);
}

/* ---- pasted paths ---- */

static void expect_paths(const char *text, const char *const *paths)
{
    char path[SL_PATH_BYTES];
    size_t at = 0;
    for (size_t i = 0; paths[i] != NULL; i++) {
        assert_int_equal(sl_paste_next(path, sizeof path, text, strlen(text), &at, NULL),
                         strlen(paths[i]));
        assert_string_equal(path, paths[i]);
    }
    assert_int_equal(sl_paste_next(path, sizeof path, text, strlen(text), &at, NULL), 0);
}

static void pasted_paths_come_in_every_dress(void **state)
{
    (void)state;
    expect_paths("/a/b.mp4", (const char *const[]){"/a/b.mp4", NULL});
    expect_paths(" /a/my film.mp4 \n", (const char *const[]){"/a/my film.mp4", NULL});
    expect_paths("/a/1 /b/2\n/c/3 x", (const char *const[]){"/a/1", "/b/2", "/c/3 x", NULL});
    expect_paths("'/a/it'\\''s here' \"/b/q\\\"q\"",
                 (const char *const[]){"/a/it's here", "/b/q\"q", NULL});
    expect_paths("/a/my\\ film.mp4", (const char *const[]){"/a/my film.mp4", NULL});
    expect_paths("file:///a/b%20c%C3%A9\r\nfile://host/d",
                 (const char *const[]){"/a/b c\xc3\xa9", "/d", NULL});
    expect_paths("a.mp4 b.mp4", (const char *const[]){"a.mp4", "b.mp4", NULL});
    expect_paths("", (const char *const[]){NULL});
    expect_paths(" \n\t ", (const char *const[]){NULL});
    expect_paths("file:///a%00b /c", (const char *const[]){"/c", NULL});
    expect_paths("'unclosed here", (const char *const[]){"unclosed here", NULL});
}

static void a_pasted_path_that_is_too_long_is_left_out(void **state)
{
    (void)state;
    char path[8];
    size_t at = 0;
    const char text[] = "/12345678\n/ok";
    assert_int_equal(sl_paste_next(path, sizeof path, text, sizeof text - 1, &at, NULL), 3);
    assert_string_equal(path, "/ok");
}

/* ---- escape sequences ---- */

static void the_clipboard_takes_base64(void **state)
{
    (void)state;
    struct sl_buf out = {0};
    sl_escape_clipboard(&out, "sluice", false);
    assert_string_equal(out.data, "\033]52;c;c2x1aWNl\a");
    sl_buf_clear(&out);
    sl_escape_clipboard(&out, "ab", false);
    assert_string_equal(out.data, "\033]52;c;YWI=\a");
    sl_buf_clear(&out);
    sl_escape_clipboard(&out, "a", true);
    assert_string_equal(out.data, "\033Ptmux;\033\033]52;c;YQ==\a\033\\");
    sl_buf_free(&out);
}

static void only_known_terminals_get_taskbar_progress(void **state)
{
    (void)state;
    static const struct {
        struct sl_terminal_signs signs;
        bool takes;
    } rows[] = {
        {{0}, false},
        {{.wt_session = "x"}, true},
        {{.wt_session = "x", .tmux = "/tmp/tmux"}, false},
        {{.con_emu_ansi = "ON"}, true},
        {{.con_emu_ansi = "OFF"}, false},
        {{.vte_version = "8002"}, true},
        {{.vte_version = "7006"}, false},
        {{.program = "ghostty", .version = "1.2.3"}, true},
        {{.program = "ghostty", .version = "1.1.3"}, false},
        {{.program = "ghostty"}, false},
        {{.program = "iTerm.app", .version = "3.6"}, false}, /* older ones show a message */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(sl_escape_has_progress(&rows[i].signs), rows[i].takes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_theme_names_every_role_and_no_other),
        cmocka_unit_test(colours_and_attributes_are_read),
        cmocka_unit_test(a_bad_theme_says_its_line_and_changes_nothing),
        cmocka_unit_test(themes_are_found_by_name_and_go_round),
        cmocka_unit_test(few_colours_take_the_nearest),
        cmocka_unit_test(every_default_key_does_something_and_one_thing),
        cmocka_unit_test(keys_can_be_given_taken_and_freed),
        cmocka_unit_test(one_stroke_takes_the_place_of_two),
        cmocka_unit_test(bad_keys_say_their_line),
        cmocka_unit_test(the_key_help_has_every_action),
        cmocka_unit_test(pasted_paths_come_in_every_dress),
        cmocka_unit_test(a_pasted_path_that_is_too_long_is_left_out),
        cmocka_unit_test(the_clipboard_takes_base64),
        cmocka_unit_test(only_known_terminals_get_taskbar_progress),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
