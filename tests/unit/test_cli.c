/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sluice/config.h"
#include "sluice/tui.h"

#include "cli/args.h"
#include "cli/commands/account/wallet.h"
#include "cli/commands/queue/path_list.h"
#include "cli/output/job_totals.h"
#include "cli/output/json_lines.h"
#include "cli/output/output.h"
#include "support/fake_clock.h"
#include "support/test.h"
#include "support/tmp.h"

/* ---- the command line ---- */

enum { WORDS_MAX = 16 };

static int parse(struct sl_args *args, struct sl_err *err, const char *const *words)
{
    char *argv[WORDS_MAX] = {(char[]){"sluice"}};
    int argc = 1;
    for (; words[argc - 1] != NULL; argc++)
        argv[argc] = (char *)(uintptr_t)words[argc - 1];
    return sl_args_parse(args, argc, argv, err);
}

#define PARSE(args, err, ...) parse(args, err, (const char *const[]){__VA_ARGS__, NULL})

static void assert_usage(const char *message, const char *const *words)
{
    struct sl_args args;
    struct sl_err err = {0};
    assert_int_equal(parse(&args, &err, words), SL_EUSAGE);
    if (strstr(err.text, message) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", err.text, message);
    sl_args_free(&args);
}

#define USAGE(message, ...) assert_usage(message, (const char *const[]){__VA_ARGS__, NULL})

static void options_stand_before_between_and_behind_paths(void **state)
{
    (void)state;
    struct sl_args args;
    assert_int_equal(
        PARSE(&args, NULL, "--parallel", "2", "upload", "a", "--json", "b", "--stall-timeout=9s"),
        SL_OK);
    assert_int_equal(args.command, SL_CMD_LINE_UPLOAD);
    assert_int_equal(args.operand_count, 2);
    assert_string_equal(args.operands[0], "a");
    assert_string_equal(args.operands[1], "b");
    assert_non_null(args.json);
    assert_null(args.help);
    assert_int_equal(args.setting_count, 2);
    assert_string_equal(args.settings[0].key, "parallel");
    assert_string_equal(args.settings[0].value, "2");
    assert_string_equal(args.settings[1].key, "stall_timeout");
    assert_string_equal(args.settings[1].value, "9s");
    sl_args_free(&args);
}

static void switches_need_no_value_and_can_be_turned_off(void **state)
{
    (void)state;
    struct sl_args args;
    assert_int_equal(PARSE(&args, NULL, "--hidden", "--no-ascii", "--allow-http=no", "x"), SL_OK);
    assert_int_equal(args.command, SL_CMD_LINE_SCREEN);
    assert_int_equal(args.operand_count, 1);
    assert_string_equal(args.settings[0].value, "yes");
    assert_string_equal(args.settings[1].key, "ascii");
    assert_string_equal(args.settings[1].value, "no");
    assert_string_equal(args.settings[2].value, "no");
    sl_args_free(&args);
}

/* As from an unset variable in a script. */
static void what_is_empty_is_refused_whatever_the_command(void **state)
{
    (void)state;
    for (int i = SL_CMD_LINE_SCREEN + 1; i < SL_CMD_LINE_COUNT; i++)
        USAGE("is empty; is a variable in your script unset?",
              sl_command_name((enum sl_command_line)i), "a", "");
    USAGE("argument 1 of upload is empty", "upload", "");
    USAGE("argument 1 of sluice is empty", "");
    USAGE("--output: the value is empty", "get", "a", "--output=");
    USAGE("--state-dir: the value is empty", "upload", "a", "--state-dir", "");
}

static void two_dashes_end_the_options_and_the_commands(void **state)
{
    (void)state;
    struct sl_args args;
    assert_int_equal(PARSE(&args, NULL, "--", "upload", "--json", "-"), SL_OK);
    assert_int_equal(args.command, SL_CMD_LINE_SCREEN);
    assert_int_equal(args.operand_count, 3);
    assert_null(args.json);
    sl_args_free(&args);
    assert_int_equal(PARSE(&args, NULL, "upload", "--", "--json"), SL_OK);
    assert_int_equal(args.command, SL_CMD_LINE_UPLOAD);
    assert_string_equal(args.operands[0], "--json");
    sl_args_free(&args);
}

static void only_the_first_word_is_a_command(void **state)
{
    (void)state;
    struct sl_args args;
    assert_int_equal(PARSE(&args, NULL, "folder", "status"), SL_OK);
    assert_int_equal(args.command, SL_CMD_LINE_SCREEN);
    assert_int_equal(args.operand_count, 2);
    sl_args_free(&args);
}

static void unknown_and_misplaced_options_are_refused_with_a_hint(void **state)
{
    (void)state;
    USAGE("unknown option --paralel: did you mean --parallel?", "--paralel", "3");
    USAGE("did you mean --json?", "upload", "--jsno");
    USAGE("did you mean --state-dir?", "--state_dir", "x");
    USAGE("unknown option --xyzzy; see", "--xyzzy");
    USAGE("unknown option -x", "-x");
    USAGE("--parallel needs a value", "upload", "--parallel");
    USAGE("--json takes no value", "upload", "--json=1");
    USAGE("upload: unknown option --v1; see `sluice help upload`", "--v1", "upload", "a");
    USAGE("cid: unknown option --fps=3; see `sluice help cid`", "cid", "--fps=3", "a");
    USAGE("--no-parallel", "--no-parallel");
    USAGE("unknown option --aaaaaaaa", "--aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                                       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
}

static void help_and_version_win_over_what_does_not_fit(void **state)
{
    (void)state;
    struct sl_args args;
    assert_int_equal(PARSE(&args, NULL, "upload", "--v1", "-h"), SL_OK);
    assert_non_null(args.help);
    assert_int_equal(args.command, SL_CMD_LINE_UPLOAD);
    sl_args_free(&args);
}

/* ---- lists on standard input ---- */

static void assert_list(const char *input, size_t len, const char *const *want)
{
    int fds[2];
    struct sl_cli_path_list list = {0};
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(write(fds[1], input, len), len);
    close(fds[1]);
    assert_int_equal(sl_cli_path_list_read(&list, fds[0], NULL), SL_OK);
    close(fds[0]);
    const char *path = NULL;
    size_t n = 0;
    while ((path = sl_cli_path_list_next(&list, path)) != NULL) {
        assert_non_null(want[n]);
        assert_string_equal(path, want[n]);
        n++;
    }
    assert_null(want[n]);
    assert_int_equal(list.count, n);
    sl_cli_path_list_free(&list);
}

#define LIST(input, ...) assert_list(input, sizeof(input) - 1, (const char *const[]){__VA_ARGS__})

static void a_list_is_lines_or_with_a_nul_in_it_ends_with_nuls(void **state)
{
    (void)state;
    LIST("", NULL);
    LIST("\n\n", NULL);
    LIST("a\nb b\n", "a", "b b", NULL);
    LIST("a\n\nb", "a", "b", NULL);
    LIST("a\nb\0c\0", "a\nb", "c", NULL);
    LIST("a\0\0b", "a", "b", NULL);
    LIST("\0", NULL);
}

static void a_list_of_windows_is_read_as_it_was_meant(void **state)
{
    char dir[SL_PATH_BYTES], icon[SL_PATH_BYTES];
    struct sl_buf text = {0};
    struct sl_cli_path_list list = {0};
    struct sl_err err = {0};
    int fds[2];
    (void)state;
    LIST("\xef\xbb\xbf/a\r\n/b b\r\n\r\n", "/a", "/b b", NULL);
    LIST("/a\r", "/a", NULL);
    LIST("/a\rb\n", "/a\rb", NULL);
    LIST("/a\r\0\xef\xbb\xbf/b\0", "/a\r", "\xef\xbb\xbf/b", NULL); /* the exact bytes */
    sl_tmp_make(dir);
    sl_tmp_file(icon, dir, "Icon\r", 10, 1); /* as on a Mac */
    sl_buf_printf(&text, "%s\n", icon);
    assert_list(text.data, text.len, (const char *const[]){icon, NULL});
    sl_buf_free(&text);
    sl_tmp_remove(dir);
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(write(fds[1], "\xff\xfe/\0a\0", 6), 6);
    close(fds[1]);
    assert_int_equal(sl_cli_path_list_read(&list, fds[0], &err), SL_EFORMAT);
    assert_non_null(strstr(err.text, "UTF-16"));
    close(fds[0]);
    sl_cli_path_list_free(&list);
}

/* ---- names ---- */

static void assert_line(const char *path, const char *want)
{
    struct sl_buf out = {0};
    sl_output_cid_line(&out, "CID", path);
    assert_string_equal(out.data, want);
    sl_buf_free(&out);
}

static void a_name_that_does_not_print_is_quoted_so_that_it_can_be_read_back(void **state)
{
    (void)state;
    assert_line("/a b/ü.mkv", "CID  /a b/ü.mkv\n");
    assert_line("/a\\b", "\\CID  /a\\\\b\n");
    assert_line("/a\nb\rc", "\\CID  /a\\nb\\rc\n");
    assert_line("/\x1b[2J\x7f", "\\CID  /\\x1b[2J\\x7f\n");
    assert_line("/\xff\xc3\xbc", "\\CID  /\\xffü\n");
    assert_line("/\xc2\x9b"
                "2J",
                "\\CID  /\\xc2\\x9b2J\n");
    assert_line("/\xe2\x80\xae"
                "vkm",
                "\\CID  /\\xe2\\x80\\xaevkm\n");
}

/* Scripts look for the exact path, in any writing system. */
static void a_name_with_combining_signs_stands_as_it_is(void **state)
{
    (void)state;
    static const char *const names[] = {
        "ภาพยนตร์ที่ดี.mkv",
        "हिन्दी.mkv",
        "cafe\u0301.mkv",
        "\u2764\ufe0f.mp4",
        "\u0641\u0650\u064a\u0644\u0645.mkv",
        "d/\u1112\u1161\u11ab.mkv",
        "1\ufe0f\u20e3.mkv",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467.mkv", /* a family: one emoji made of three */
        "\u2764\ufe0f\u200d\U0001f525.mkv",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645.mkv", /* Persian needs a non-joiner */
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char want[128];
        snprintf(want, sizeof want, "CID  %s\n", names[i]);
        assert_line(names[i], want);
    }
    assert_line("\u0301x", "\\CID  \\xcc\\x81x\n"); /* a mark without a base */
    assert_line("a\u200db", "\\CID  a\\xe2\\x80\\x8db\n");
    assert_line("a\u202e\u0301", "\\CID  a\\xe2\\x80\\xae\\xcc\\x81\n");
}

static void json_carries_bytes_that_are_no_text_as_base64(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        const char *want;
    } rows[] = {
        {"/ü", "{\"path\":\"/ü\"}\n"},
        {"\xff", "{\"path\":\"\xef\xbf\xbd\",\"pathBase64\":\"/w==\"}\n"},
        {"a\xff", "{\"path\":\"a\xef\xbf\xbd\",\"pathBase64\":\"Yf8=\"}\n"},
        {"ab\xff", "{\"path\":\"ab\xef\xbf\xbd\",\"pathBase64\":\"YWL/\"}\n"},
        {"abc\xff", "{\"path\":\"abc\xef\xbf\xbd\",\"pathBase64\":\"YWJj/w==\"}\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sl_jw w = {0};
        sl_jw_object(&w, NULL);
        sl_cli_json_path(&w, rows[i].path);
        sl_cli_json_end(&w);
        assert_string_equal(w.buf.data, rows[i].want);
        sl_jw_free(&w);
    }
}

static void every_json_line_starts_with_version_time_and_type(void **state)
{
    (void)state;
    struct sl_fake_clock fake = {.wall_offset_ms = INT64_C(1769904000123)};
    const struct sl_clock clock = sl_fake_clock(&fake);
    struct sl_jw w = {0};
    sl_cli_json_begin(&w, "stored", &clock);
    sl_cli_json_end(&w);
    assert_string_equal(w.buf.data,
                        "{\"v\":1,\"ts\":\"2026-02-01T00:00:00.123Z\",\"type\":\"stored\"}\n");
    sl_jw_free(&w);
}

/* ---- totals of jobs ---- */

static bool feed(struct sl_cli_job_totals *totals, int64_t id, enum sl_job_state state,
                 uint64_t size, int attempts, int code)
{
    struct sl_event event = {.type = SL_EVENT_JOB,
                             .path = "/x",
                             .job = {.id = id,
                                     .state = state,
                                     .attempts = attempts,
                                     .file.size_bytes = size,
                                     .err.code = code}};
    bool ended = false;
    assert_non_null(sl_cli_job_totals_on_event(totals, &event, &ended));
    return ended;
}

static void an_upload_counts_once_whatever_its_way(void **state)
{
    (void)state;
    struct sl_cli_job_totals totals = {0};
    assert_false(feed(&totals, 7, SL_JOB_QUEUED, 1000, 0, 0));
    assert_false(feed(&totals, 3, SL_JOB_QUEUED, 500, 0, 0));
    assert_int_equal(totals.open, 2);
    assert_int_equal(totals.total_bytes, 1500);
    assert_false(feed(&totals, 7, SL_JOB_UPLOADING, 1000, 1, 0));
    sl_cli_job_totals_on_progress(
        &totals, &(struct sl_progress){.job_id = 7, .attempt = 1, .sent_bytes = 400});
    sl_cli_job_totals_on_progress(
        &totals, &(struct sl_progress){.job_id = 9, .attempt = 1, .sent_bytes = 400});
    assert_int_equal(totals.open_sent_bytes, 400);
    assert_int_equal(totals.running_count, 1);
    assert_false(feed(&totals, 7, SL_JOB_WAITING, 1000, 1, SL_ENET));
    assert_int_equal(totals.open_sent_bytes, 0);
    assert_int_equal(totals.running_count, 0);
    assert_false(feed(&totals, 7, SL_JOB_UPLOADING, 1000, 2, 0));
    sl_cli_job_totals_on_progress(
        &totals, &(struct sl_progress){.job_id = 7, .attempt = 1, .sent_bytes = 999});
    assert_int_equal(totals.open_sent_bytes, 0);
    assert_false(feed(&totals, 7, SL_JOB_ACCEPTED, 1000, 2, 0));
    assert_int_equal(totals.open_sent_bytes, 1000);
    assert_true(feed(&totals, 7, SL_JOB_STORED, 1000, 2, 0));
    assert_false(feed(&totals, 7, SL_JOB_STORED, 1000, 2, 0));
    assert_false(feed(&totals, 7, SL_JOB_ACCEPTED, 1000, 2, 0));
    assert_false(feed(&totals, 7, SL_JOB_STORED, 1000, 2, 0));
    assert_int_equal(totals.open, 1);
    assert_int_equal(totals.stored, 1);
    assert_int_equal(totals.stored_bytes, 1000);
    assert_int_equal(totals.uploaded_bytes, 1000);
    assert_int_equal(totals.open_sent_bytes, 0);
    sl_cli_job_totals_free(&totals);
}

static void jobs_in_any_order_keep_their_running_places(void **state)
{
    (void)state;
    struct sl_cli_job_totals totals = {0};
    for (int64_t id = 300; id > 0; id--)
        (void)feed(&totals, id, id % 100 == 0 ? SL_JOB_UPLOADING : SL_JOB_QUEUED, 10, 1, 0);
    assert_int_equal(totals.count, 300);
    assert_int_equal(totals.running_count, 3);
    for (size_t i = 0; i < totals.running_count; i++)
        assert_int_equal(totals.jobs[totals.running[i]].id % 100, 0);
    for (size_t i = 1; i < totals.count; i++)
        assert_true(totals.jobs[i - 1].id < totals.jobs[i].id);
    sl_cli_job_totals_free(&totals);
}

static void the_exit_status_says_what_kind_of_failure_it_was(void **state)
{
    (void)state;
    struct sl_cli_job_totals totals = {0};
    assert_int_equal(sl_cli_job_totals_exit(&totals), SL_EXIT_OK);
    sl_cli_job_totals_reject(&totals, SL_ENOENT);
    assert_int_equal(sl_cli_job_totals_exit(&totals), SL_EXIT_NO_FILE);
    assert_true(feed(&totals, 1, SL_JOB_FAILED, 10, 5, SL_ENET));
    assert_int_equal(sl_cli_job_totals_exit(&totals), SL_EXIT_SOME_FAILED);
    sl_cli_job_totals_free(&totals);
    assert_true(feed(&totals, 1, SL_JOB_FAILED, 10, 5, SL_ENET));
    assert_int_equal(sl_cli_job_totals_exit(&totals), SL_EXIT_TEMPORARY);
    assert_false(feed(&totals, 1, SL_JOB_QUEUED, 10, 0, 0));
    assert_int_equal(sl_cli_job_totals_exit(&totals), SL_EXIT_OK);
    assert_true(feed(&totals, 1, SL_JOB_FAILED, 10, 5, SL_EREFUSED));
    assert_int_equal(sl_cli_job_totals_exit(&totals), SL_EXIT_SOME_FAILED);
    sl_cli_job_totals_free(&totals);
}

/* ---- what is written by hand beside the tables ---- */

static char *read_source(const char *name)
{
    char path[SL_PATH_BYTES], *text = NULL;
    size_t len = 0;
    assert_int_equal(sl_path_join(path, sizeof path, SL_SOURCE_DIR, name, NULL), SL_OK);
    assert_int_equal(sl_file_read(&text, &len, path, 1 << 20, NULL), SL_OK);
    return text;
}

/* The key stands in the text, with this before it and its dashes in this form. */
static void assert_named(const char *text, const char *before, const char *key, const char *dash,
                         const char *file)
{
    struct sl_buf word = {0};
    sl_buf_str(&word, before);
    for (const char *c = key; *c != '\0'; c++)
        *c == '_' || *c == '-' ? sl_buf_str(&word, dash) : sl_buf_add(&word, c, 1);
    if (strstr(text, word.data) == NULL)
        fail_msg("%s does not name %s", file, word.data);
    sl_buf_free(&word);
}

static void every_option_stands_in_the_manual_and_the_completions(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        const char *before;
        const char *dash;
        bool flags;
        bool settings;
    } rows[] = {
        {"docs/sluice.1", "\\-\\-", "\\-", true, false},
        {"docs/sluice.ini.5", ".BR ", "_", false, true},
        {"completions/sluice.bash", "--", "-", true, true},
        {"completions/_sluice", "--", "-", true, true},
        {"completions/sluice.fish", "-l ", "-", true, true},
    };
#define FLAG_NAME(field, flag, value, commands, help) flag,
    static const char *const flags[] = {SL_FLAGS(FLAG_NAME)};
#undef FLAG_NAME
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *text = read_source(rows[i].file);
        for (size_t k = 0; rows[i].flags && k < sizeof flags / sizeof flags[0]; k++)
            assert_named(text, rows[i].before, flags[k], rows[i].dash, rows[i].file);
        const char *key;
        for (size_t k = 0; rows[i].settings && (key = sl_config_key_at(k)) != NULL; k++)
            assert_named(text, rows[i].before, key, rows[i].dash, rows[i].file);
        for (unsigned k = 1; k < SL_CMD_LINE_COUNT && rows[i].flags; k++)
            assert_named(text, "", sl_command_name((enum sl_command_line)k), "-", rows[i].file);
        free(text);
    }
}

/* The manual has an entry each, the completions all of them as one list. */
static void every_wallet_command_stands_in_the_manual_the_completions_and_the_help(void **state)
{
    (void)state;
    static const char *const completions[] = {"completions/sluice.bash", "completions/_sluice",
                                              "completions/sluice.fish"};
    struct sl_buf help = {0};
    struct sl_buf list = {0};
    const char *name;
    char *manual = read_source("docs/sluice.1");
    sl_wallet_help(&help);
    for (size_t i = 0; (name = sl_wallet_name_at(i)) != NULL; i++) {
        assert_named(help.data, "sluice wallet ", name, "-", "the help");
        assert_named(manual, ".B wallet ", name, "\\-", "docs/sluice.1");
        sl_buf_printf(&list, "%s%s", i > 0 ? " " : "", name);
    }
    for (size_t i = 0; i < sizeof completions / sizeof completions[0]; i++) {
        char *text = read_source(completions[i]);
        assert_named(text, "", list.data, "-", completions[i]);
        free(text);
    }
    free(manual);
    sl_buf_free(&help);
    sl_buf_free(&list);
}

/* The lines of the key help are "  KEYS  NAME  HELP" in columns. */
static void every_action_of_the_screen_stands_in_the_manual(void **state)
{
    (void)state;
    struct sl_buf help = {0};
    char *text = read_source("docs/sluice.ini.5");
    int actions = 0;
    sl_tui_key_help(&help);
    for (const char *line = help.data; *line != '\0'; line = strchr(line, '\n') + 1) {
        char name[64];
        if (strncmp(line, "  ", 2) != 0)
            continue;
        const char *word = line + 19;
        snprintf(name, sizeof name, "%.*s", (int)strcspn(word, " "), word);
        assert_named(text, ".BR ", name, "\\-", "docs/sluice.ini.5");
        actions++;
    }
    assert_true(actions > 0);
    free(text);
    sl_buf_free(&help);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_stand_before_between_and_behind_paths),
        cmocka_unit_test(switches_need_no_value_and_can_be_turned_off),
        cmocka_unit_test(two_dashes_end_the_options_and_the_commands),
        cmocka_unit_test(only_the_first_word_is_a_command),
        cmocka_unit_test(unknown_and_misplaced_options_are_refused_with_a_hint),
        cmocka_unit_test(help_and_version_win_over_what_does_not_fit),
        cmocka_unit_test(a_list_is_lines_or_with_a_nul_in_it_ends_with_nuls),
        cmocka_unit_test(a_list_of_windows_is_read_as_it_was_meant),
        cmocka_unit_test(what_is_empty_is_refused_whatever_the_command),
        cmocka_unit_test(a_name_that_does_not_print_is_quoted_so_that_it_can_be_read_back),
        cmocka_unit_test(a_name_with_combining_signs_stands_as_it_is),
        cmocka_unit_test(json_carries_bytes_that_are_no_text_as_base64),
        cmocka_unit_test(every_json_line_starts_with_version_time_and_type),
        cmocka_unit_test(an_upload_counts_once_whatever_its_way),
        cmocka_unit_test(jobs_in_any_order_keep_their_running_places),
        cmocka_unit_test(the_exit_status_says_what_kind_of_failure_it_was),
        cmocka_unit_test(every_option_stands_in_the_manual_and_the_completions),
        cmocka_unit_test(every_wallet_command_stands_in_the_manual_the_completions_and_the_help),
        cmocka_unit_test(every_action_of_the_screen_stands_in_the_manual),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
