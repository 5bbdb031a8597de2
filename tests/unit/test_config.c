/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sluice/config.h"
#include "sluice/nearest.h"

#include "config/read.h"
#include "support/test.h"
#include "support/tmp.h"

static int setup(void **state)
{
    struct sl_config *config = calloc(1, sizeof *config);
    *state = config;
    return config != NULL ? sl_config_defaults(config, NULL) : -1;
}

static int teardown(void **state)
{
    sl_config_free(*state);
    free(*state);
    return 0;
}

static int read_text(struct sl_config *config, const char *text, struct sl_err *err)
{
    return sl_config_read_text(config, "config.ini", text, strlen(text), NULL, err);
}

/* The text is refused, the message names this, and nothing of it was applied. */
static void assert_refused(struct sl_config *config, const char *text, const char *message)
{
    struct sl_err err = {0};
    struct sl_buf before = {0}, after = {0};
    sl_config_print(&before, config, false);
    assert_int_equal(read_text(config, text, &err), SL_ECONFIG);
    assert_int_equal(err.code, SL_ECONFIG);
    if (strstr(err.text, message) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", err.text, message);
    sl_config_print(&after, config, false);
    assert_string_equal(before.data, after.data);
    sl_buf_free(&before);
    sl_buf_free(&after);
}

/* Reading the settings refuses, with the line, every value that its later use would refuse. */
static void texts_with_a_form_are_checked_when_they_are_read(void **state)
{
    static const struct {
        const char *key, *bad, *message, *good;
    } rows[] = {
        {"limit", "10M:100k", "'10M:100k'", "08:00,2M 23:00,off"},
        {"limit", "08:00,2M 8:00,3M", "8:00", "off"},
        {"slow_limit", "fast", "'fast'", "500k"},
        {"slow_limit", "off", "slow mode needs a rate", "1M"},
        {"stop_at", "9pm", "'9pm'", "21:00"},
        {"stop_at", "25:00", "'25:00'", "6:30"},
        {"max_spend", "2 USDFC", "not an amount of USDFC", "0.25"},
        {"max_spend", "-1", "not an amount of USDFC", "0"},
        {"data_set", "first", "'first' is not a number", "7"},
        {"provider", "1.5", "'1.5' is not a number", "4"},
        {"metadata", "project", "no '='", "project=x,y=z"},
        {"source",
         "123456789012345678901234567890123456789012345678901234567890123456789012345678"
         "9012345678901234567890123456789012345678901234567890",
         "source", "films"},
        {"network", "", "a name is missing", "mainnet"},
        {"network", "a-network-with-a-name-that-is-too-long", "too long", "devnet"},
        {"network_chain_id", "testnet", "not the number of a chain", "31415926"},
        {"network_chain_id", "0", "not the number of a chain", "0x13a"},
        {"fwss", "0x12", "fwss", "0x02925630df557F957f70E112bA06e50965417CA0"},
        {"endorsements", "me", "endorsements", "0x02925630df557F957f70E112bA06e50965417CA0"},
        {"rpc_url", "node.example", "rpc_url", "https://node.example/rpc/v1"},
        {"provider_url", "ftp://sp.example", "provider_url", "https://sp.example"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[512];
        struct sl_err err = {0};
        snprintf(text, sizeof text, "[sluice]\nparallel = 2\n%s = %s\n", rows[i].key, rows[i].bad);
        assert_refused(*state, text, rows[i].message);
        assert_refused(*state, text, "config.ini:3");
        assert_int_equal(sl_config_set(*state, rows[i].key, rows[i].bad, "--x", &err), SL_ECONFIG);
        snprintf(text, sizeof text, "[sluice]\n%s = %s\n", rows[i].key, rows[i].good);
        if (read_text(*state, text, &err) < 0)
            fail_msg("%s: %s", text, err.text);
    }
}

static void assert_where(const struct sl_config *config, const char *key, const char *want)
{
    char where[SL_CONFIG_WHERE_BYTES];
    sl_config_where(where, config, key, "dir/config.ini");
    assert_string_equal(where, want);
}

static void the_origin_of_a_value_is_known(void **state)
{
    struct sl_config *config = *state;
    char *const environment[] = {(char[]){"SLUICE_KEYSTORE=e"}, NULL};
    assert_int_equal(sl_config_origin(config, "key_file"), SL_FROM_DEFAULT);
    assert_int_equal(read_text(config, "[sluice]\nkey_file = a\nkeystore = b\n", NULL), SL_OK);
    assert_int_equal(sl_config_origin(config, "key_file"), SL_FROM_FILE);
    assert_where(config, "keystore", "dir/config.ini:3: keystore");
    assert_int_equal(sl_config_read_env(config, environment, NULL), SL_OK);
    assert_int_equal(sl_config_origin(config, "keystore"), SL_FROM_ENVIRONMENT);
    assert_where(config, "keystore", "SLUICE_KEYSTORE");
    assert_int_equal(sl_config_set(config, "keystore", "f", "--keystore", NULL), SL_OK);
    assert_int_equal(sl_config_origin(config, "keystore"), SL_FROM_FLAG);
    assert_where(config, "key_file", "dir/config.ini:2: key_file");
    assert_where(config, "keystore", "--keystore");
    assert_where(config, "local_epoch", "local_epoch");
    assert_int_equal(sl_config_origin(config, "parallel"), SL_FROM_DEFAULT);
}

static void defaults_are_those_of_the_table(void **state)
{
    const struct sl_config *config = *state;
    assert_string_equal(config->network, "auto");
    assert_string_equal(config->provider_url, "");
    assert_int_equal(config->parallel, 3);
    assert_int_equal(config->connect_timeout_ms, 15000);
    assert_true(config->local_min_free == UINT64_C(1) << 30);
    assert_false(config->hidden);
    assert_int_equal(config->color, 0);
    assert_string_equal(config->log_level, "info");
}

static void a_file_sets_options_of_every_type(void **state)
{
    struct sl_config *config = *state;
    assert_int_equal(read_text(config,
                               "; comment\n# another\n[sluice]\n"
                               "provider_url = https://example.org/x ; kept apart\n"
                               "parallel=7\nlocal_min_free = 1.5G\nstall_timeout: 2m\n"
                               "hidden = Yes\ncolor = truecolor\n",
                               NULL),
                     SL_OK);
    assert_string_equal(config->provider_url, "https://example.org/x");
    assert_int_equal(config->parallel, 7);
    assert_true(config->local_min_free == UINT64_C(1500000000));
    assert_int_equal(config->stall_ms, 120000);
    assert_true(config->hidden);
    assert_int_equal(config->color, 4);
    assert_int_equal(config->max_attempts, 5);
}

static void a_bad_value_says_where_and_what_is_allowed(void **state)
{
    assert_refused(*state, "[sluice]\n\nparallel = 17\n",
                   "config.ini:3: parallel: '17' is not a number from 1 to 16");
    assert_refused(*state, "[sluice]\nparallel = -1\n", "config.ini:2");
    assert_refused(*state, "[sluice]\nparallel = 3x\n", "'3x'");
    assert_refused(*state, "[sluice]\nparallel =\n", "''");
    assert_refused(*state, "[sluice]\nparallel = 99999999999999999999\n", "1 to 16");
    assert_refused(*state, "[sluice]\nhidden = maybe\n", "'maybe' is neither yes nor no");
    assert_refused(*state, "[sluice]\ncolor = pink\n", "auto never 16 256 truecolor");
    assert_refused(*state, "[sluice]\ncolor =\n", "none of");
    assert_refused(*state, "[sluice]\ncolor = aut\n", "none of");
    assert_refused(*state, "[sluice]\nstall_timeout = 60\n", "from 1s to 1h");
    assert_refused(*state, "[sluice]\nstall_timeout = 999ms\n", "from 1s to 1h");
    assert_refused(*state, "[sluice]\nstall_timeout = 9223372036854775807h\n", "from 1s to 1h");
    assert_refused(*state, "[sluice]\nlocal_min_free = much\n", "500M");
    assert_refused(*state, "[sluice]\nlog_level = info,net:debgu\n",
                   "config.ini:2: log_level: 'debgu' is not a level: did you mean 'debug'?");
}

/* A typo costs money, so it is reported. */
static void what_data_sets_carry_is_checked_where_it_is_written(void **state)
{
    static const char *const bad[][2] = {
        {"=b", "an entry has no key"},
        {"a=b,=c", "an entry has no key"},
        {"a=b, =c", "an entry has no key"},
        {"a=b,a=c", "\"a\" twice"},
        {"a=b, a =b", "\"a\" twice"},
        {"a=b,,c=d", "no '=' in ''"},
        {"a=b,", "no '=' in ''"},
        {"album", "no '=' in 'album'"},
        {"withCDN=", "withCDN is reserved: use --with-cdn"},
        {"a=b,withcdn=yes", "withCDN is reserved"},
        {" withCDN =", "withCDN is reserved"},
        {"source=me", "source is reserved: use --source"},
        {"withIPFSIndexing=", "withIPFSIndexing is reserved"},
        {"ipfsRootCID=bafy", "ipfsRootCID is reserved"},
        {"k23456789012345678901234567890123=v", "33 bytes, at most 32"},
        {"a=1,b=,c=,d=,e=,f=,g=,h=,i=,j=,k=", "more than 10"},
    };
    struct sl_buf text = {0};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        sl_buf_clear(&text);
        sl_buf_printf(&text, "[sluice]\nfps = 5\nmetadata = %s\n", bad[i][0]);
        assert_refused(*state, text.data, bad[i][1]);
        assert_refused(*state, text.data, "config.ini:3: metadata");
    }
    sl_buf_clear(&text);
    sl_buf_printf(&text, "[sluice]\nmetadata = a=%0*d\n", 97, 0);
    assert_refused(*state, text.data, "97 bytes, at most 96");
    sl_buf_clear(&text);
    sl_buf_printf(&text, "[sluice]\nsource = %0*d\n", 97, 0);
    assert_refused(*state, text.data, "config.ini:2: source");
    sl_buf_free(&text);
    assert_int_equal(read_text(*state, "[sluice]\nmetadata = a=b=c, d=\nsource =\n", NULL), SL_OK);
}

static void a_limit_is_an_amount(void **state)
{
    static const char *const bad[] = {"much", "-1", "2 USDFC", "1e3", "0.0000000000000000001", "."};
    struct sl_buf text = {0};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        sl_buf_clear(&text);
        sl_buf_printf(&text, "[sluice]\nmax_spend = %s\n", bad[i]);
        assert_refused(*state, text.data, "config.ini:2: max_spend");
    }
    sl_buf_free(&text);
    assert_int_equal(read_text(*state, "[sluice]\nmax_spend = 0.00\n", NULL), SL_OK);
    assert_int_equal(read_text(*state, "[sluice]\nmax_spend =\n", NULL), SL_OK);
}

static void nothing_is_applied_when_a_later_line_is_bad(void **state)
{
    assert_refused(*state, "[sluice]\nparallel = 9\nnetwork = other\nfps = 0\n",
                   "config.ini:4: fps");
    assert_refused(*state, "[sluice]\nparallel = 9\nnonsense\n", "config.ini:3: expected");
    assert_refused(*state, "[sluice]\nparallel = 0\nnonsense\n", "config.ini:2: parallel");
    assert_refused(*state, "[sluice]\nnonsense\nparallel = 0\n", "config.ini:2: expected");
}

static void a_key_set_twice_is_refused_with_both_lines(void **state)
{
    assert_refused(*state, "[sluice]\nfps = 5\n; x\nfps = 5\n",
                   "config.ini:4: fps is set twice: first on line 2");
    assert_refused(*state, "[sluice]\nfps = 5\n[keys]\na = add\n[sluice]\nfps = 6\n",
                   "config.ini:6: fps is set twice: first on line 2");
    assert_refused(*state, "[keys]\na = add\nb = x\na = quit\n",
                   "config.ini:4: the key 'a' is bound twice");
}

static void an_unknown_key_gets_the_nearest_one(void **state)
{
    assert_refused(*state, "[sluice]\nparalel = 3\n",
                   "config.ini:2: unknown option 'paralel': did you mean 'parallel'?");
    assert_refused(*state, "[sluice]\nstall-timeout = 3s\n", "'stall_timeout'");
    assert_refused(*state, "[sluice]\nxyzzy_plugh = 3\n", "unknown option 'xyzzy_plugh'");
    struct sl_err err;
    assert_int_equal(sl_config_set(*state, "colour", "auto", "--colour", &err), SL_ECONFIG);
    assert_string_equal(err.text, "--colour: unknown option 'colour': did you mean 'color'?");
}

static void sections_are_known_and_stand_alone(void **state)
{
    assert_refused(*state, "[sluise]\nparallel = 3\n", "config.ini:1: unknown section");
    assert_refused(*state, "[sluice]\n[empty]\n", "config.ini:2: unknown section");
    assert_refused(*state, "[sluice\nparallel = 3\n", "config.ini:1");
    assert_refused(*state, "[sluice] parallel = 3\n", "config.ini:1: text behind the section");
    assert_refused(*state, "parallel = 3\n", "config.ini:1: 'parallel' stands before any section");
    assert_int_equal(read_text(*state, "[sluice] ; why\nparallel = 4\n[keys]\n", NULL), SL_OK);
    assert_int_equal(((struct sl_config *)*state)->parallel, 4);
}

static void an_indented_line_is_refused_and_an_indented_comment_is_not(void **state)
{
    assert_refused(*state, "[sluice]\nnetwork = local\n  parallel = 4\n",
                   "config.ini:3: the line starts with a blank");
    assert_refused(*state, "[sluice]\n\tparallel = 4\n", "config.ini:2");
    assert_int_equal(read_text(*state, "[sluice]\n  ; comment\n   \nparallel = 4\n", NULL), SL_OK);
}

static void long_lines_are_taken_whole_or_refused(void **state)
{
    struct sl_config *config = *state;
    struct sl_buf text = {0};
    sl_buf_str(&text, "[sluice]\nca_file = /");
    for (int i = 0; i < 4000; i++)
        sl_buf_str(&text, "x");
    sl_buf_str(&text, "\nparallel = 5\n");
    assert_int_equal(read_text(config, text.data, NULL), SL_OK);
    assert_int_equal(strlen(config->ca_file), 4001);
    assert_int_equal(config->parallel, 5);
    sl_buf_clear(&text);
    sl_buf_str(&text, "[sluice]\nparallel = 6\nca_file = /");
    for (int i = 0; i < 9000; i++)
        sl_buf_str(&text, "x");
    assert_refused(config, text.data, "config.ini:3: the line is too long");
    sl_buf_free(&text);
}

static void byte_order_mark_and_crlf_are_taken(void **state)
{
    struct sl_config *config = *state;
    assert_int_equal(
        read_text(config, "\xEF\xBB\xBF[sluice]\r\nparallel = 8\r\ntheme = mono", NULL), SL_OK);
    assert_int_equal(config->parallel, 8);
    assert_string_equal(config->theme, "mono");
}

static void a_key_where_the_name_of_its_file_belongs_is_refused_and_not_shown(void **state)
{
#define DIGITS "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF"
    static const char *const texts[] = {"[sluice]\nkey_file = " DIGITS "\n",
                                        "[sluice]\nkeystore = 0x" DIGITS "\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct sl_err err = {0};
        assert_refused(*state, texts[i], "looks like a private key");
        assert_int_equal(read_text(*state, texts[i], &err), SL_ECONFIG);
        assert_null(strstr(err.text, "ccddeeff"));
        assert_null(strstr(err.text, "CCDDEEFF"));
    }
    assert_int_equal(read_text(*state, "[sluice]\nkey_file = /k/" DIGITS "\n", NULL), SL_OK);
#undef DIGITS
}

static void control_bytes_are_refused(void **state)
{
    assert_refused(*state, "[sluice]\nnetwork = a\x1b[2Jb\n", "config.ini:2: a control character");
    assert_refused(*state, "[sluice]\nnetwork = a\rb\n", "config.ini:2: a control character");
    struct sl_err err = {0};
    static const char nul[] = "[sluice]\nfps = 5\0 0\n";
    assert_int_equal(sl_config_read_text(*state, "f", nul, sizeof nul - 1, NULL, &err), SL_ECONFIG);
    assert_string_equal(err.text, "f:2: a control character in the line");
    assert_int_equal(sl_config_set(*state, "network", "a\nb", "X", NULL), SL_ECONFIG);
}

static void key_bindings_are_kept_as_text_and_only_when_the_file_was_fine(void **state)
{
    struct sl_buf keys = {0};
    static const char good[] = "[keys]\nq = quit\n\nctrl-l=redraw\n";
    assert_int_equal(sl_config_read_text(*state, "f", good, strlen(good), &keys, NULL), SL_OK);
    assert_string_equal(keys.data, "\nq = quit\n\nctrl-l = redraw\n");
    static const char bad[] = "[keys]\nx = cancel\n[sluice]\nfps = no\n";
    assert_int_equal(sl_config_read_text(*state, "f", bad, strlen(bad), &keys, NULL), SL_ECONFIG);
    assert_string_equal(keys.data, "\nq = quit\n\nctrl-l = redraw\n");
    sl_buf_free(&keys);
}

static void the_environment_sets_what_it_names(void **state)
{
    struct sl_config *config = *state;
    char *good[] = {(char[]){"PATH=/bin"},           (char[]){"SLUICE_PARALLEL=2"},
                    (char[]){"SLUICE_OTHER=1"},      (char[]){"SLUICE_STALL_TIMEOUT=5s"},
                    (char[]){"SLUICE_PARALLEL_X=9"}, NULL};
    assert_int_equal(sl_config_read_env(config, good, NULL), SL_OK);
    assert_int_equal(config->parallel, 2);
    assert_int_equal(config->stall_ms, 5000);
    char *bad[] = {(char[]){"SLUICE_FPS=many"}, NULL};
    struct sl_err err;
    assert_int_equal(sl_config_read_env(config, bad, &err), SL_ECONFIG);
    assert_string_equal(err.text, "SLUICE_FPS (environment): 'many' is not a number from 1 to 60");
}

static void flags_are_the_keys_with_dashes(void **state)
{
    (void)state;
    bool takes_value = false;
    assert_string_equal(sl_config_key_of_flag("stall-timeout", &takes_value), "stall_timeout");
    assert_true(takes_value);
    assert_string_equal(sl_config_key_of_flag("hidden", &takes_value), "hidden");
    assert_false(takes_value);
    assert_null(sl_config_key_of_flag("stall_timeout", &takes_value));
    assert_null(sl_config_key_of_flag("stall", &takes_value));
    assert_null(sl_config_key_of_flag("", &takes_value));
}

static void a_time_may_be_left_to_the_program_where_that_is_said(void **state)
{
    struct sl_config *config = *state;
    struct sl_err err = {0};
    struct sl_buf text = {0};
    assert_int_equal(config->local_park_delay_ms, -1);
    sl_config_print(&text, config, false);
    assert_non_null(strstr(text.data, "\nlocal_park_delay = auto\n"));
    assert_int_equal(read_text(config, "[sluice]\nlocal_park_delay = 2s\n", NULL), SL_OK);
    assert_int_equal(config->local_park_delay_ms, 2000);
    assert_int_equal(read_text(config, "[sluice]\nlocal_park_delay = auto\n", NULL), SL_OK);
    assert_int_equal(config->local_park_delay_ms, -1);
    assert_int_equal(read_text(config, "[sluice]\nlocal_park_delay = soon\n", &err), SL_ECONFIG);
    assert_non_null(strstr(err.text, "'soon' is neither auto nor a duration from 0ms to 1h"));
    assert_int_equal(read_text(config, "[sluice]\nstall_timeout = auto\n", &err), SL_ECONFIG);
    sl_buf_free(&text);
}

static void what_is_printed_reads_back_the_same(void **state)
{
    struct sl_config *config = *state;
    assert_int_equal(read_text(config,
                               "[sluice]\nlocal_min_free = 1536\nstall_timeout = 90s\n"
                               "local_park_delay = 0ms\nascii = on\nclipboard = tmux\n",
                               NULL),
                     SL_OK);
    struct sl_buf first = {0}, second = {0};
    sl_config_print(&first, config, false);
    struct sl_config again;
    assert_int_equal(sl_config_defaults(&again, NULL), SL_OK);
    assert_int_equal(read_text(&again, first.data, NULL), SL_OK);
    sl_config_print(&second, &again, false);
    assert_string_equal(first.data, second.data);
    assert_non_null(strstr(first.data, "\nstall_timeout = 90s\n"));
    assert_non_null(strstr(first.data, "\nlocal_park_delay = 0ms\n"));
    assert_int_equal(again.local_park_delay_ms, 0);
    sl_config_free(&again);
    sl_buf_free(&first);
    sl_buf_free(&second);
}

static void the_example_file_is_the_table(void **state)
{
    char *text = NULL;
    size_t len = 0;
    struct sl_buf example = {0};
    sl_config_print(&example, *state, true);
    if (getenv("SL_UPDATE_GOLDEN") != NULL)
        assert_int_equal(sl_file_write_atomic(SL_SOURCE_DIR "/config.ini.example", example.data,
                                              example.len, 0644, NULL),
                         SL_OK);
    assert_int_equal(sl_file_read(&text, &len, SL_SOURCE_DIR "/config.ini.example", 65536, NULL),
                     SL_OK);
    assert_string_equal(text, example.data);
    sl_buf_free(&example);
    free(text);
}

/* Taking every `#` off an option of the example must give the defaults again. */
static void the_example_without_its_marks_sets_the_defaults(void **state)
{
    struct sl_buf example = {0}, text = {0}, before = {0}, after = {0};
    sl_config_print(&example, *state, true);
    sl_config_print(&before, *state, false);
    for (const char *line = example.data; *line != '\0'; line = strchr(line, '\n') + 1) {
        const char *start = line[0] == '#' && line[1] >= 'a' && line[1] <= 'z' ? line + 1 : line;
        sl_buf_add(&text, start, (size_t)(strchr(start, '\n') + 1 - start));
    }
    assert_int_equal(read_text(*state, text.data, NULL), SL_OK);
    sl_config_print(&after, *state, false);
    assert_string_equal(before.data, after.data);
    assert_non_null(strstr(text.data, "\nparallel = 3\n"));
    sl_buf_free(&example);
    sl_buf_free(&text);
    sl_buf_free(&before);
    sl_buf_free(&after);
}

static void help_names_every_option_and_fits_80_columns(void **state)
{
    (void)state;
    struct sl_buf help = {0};
    sl_config_help(&help);
    const char *key;
    for (size_t i = 0; (key = sl_config_key_at(i)) != NULL; i++) {
        char flag[64];
        snprintf(flag, sizeof flag, "%s ", key);
        for (char *c = flag; *c != '\0'; c++)
            *c = *c == '_' ? '-' : *c;
        assert_non_null(strstr(help.data, flag));
    }
    for (const char *line = help.data; *line != '\0'; line = strchr(line, '\n') + 1)
        assert_in_range(strcspn(line, "\n"), 0, 80);
    sl_buf_free(&help);
}

static void a_file_is_read_from_disk_with_its_path_in_errors(void **state)
{
    char dir[SL_PATH_BYTES], path[SL_PATH_BYTES];
    sl_tmp_make(dir);
    struct sl_err err;
    assert_int_equal(sl_path_join(path, sizeof path, dir, "config.ini", NULL), SL_OK);
    assert_int_equal(sl_config_read_file(*state, path, NULL, &err), SL_ENOENT);
    static const char text[] = "[sluice]\nfps = x\n";
    assert_int_equal(sl_file_write_atomic(path, text, strlen(text), 0600, NULL), SL_OK);
    assert_int_equal(sl_config_read_file(*state, path, NULL, &err), SL_ECONFIG);
    assert_non_null(strstr(err.text, "/config.ini:2: fps: "));
    assert_int_equal(sl_config_read_file(*state, dir, NULL, &err), SL_EFILETYPE);
    sl_tmp_remove(dir);
}

static const char *nearest(const char *word)
{
    static const char *const words[] = {"upload", "status", "config", "cid", "help"};
    struct sl_nearest near;
    sl_nearest_init(&near, word);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        sl_nearest_try(&near, words[i]);
    return near.best;
}

static void the_nearest_word_is_near(void **state)
{
    (void)state;
    assert_string_equal(nearest("uplaod"), "upload");
    assert_string_equal(nearest("stat"), "status");
    assert_string_equal(nearest("cdi"), "cid");
    assert_string_equal(nearest("help"), "help");
    assert_null(nearest("x"));
    assert_null(nearest(""));
    assert_null(nearest("elephant"));
    assert_null(nearest("0123456789012345678901234567890123456789012345678901234567890123456789"));
}

int main(void)
{
#define UNIT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        UNIT(texts_with_a_form_are_checked_when_they_are_read),
        UNIT(the_origin_of_a_value_is_known),
        UNIT(defaults_are_those_of_the_table),
        UNIT(a_file_sets_options_of_every_type),
        UNIT(a_bad_value_says_where_and_what_is_allowed),
        UNIT(what_data_sets_carry_is_checked_where_it_is_written),
        UNIT(a_limit_is_an_amount),
        UNIT(nothing_is_applied_when_a_later_line_is_bad),
        UNIT(a_key_set_twice_is_refused_with_both_lines),
        UNIT(an_unknown_key_gets_the_nearest_one),
        UNIT(sections_are_known_and_stand_alone),
        UNIT(an_indented_line_is_refused_and_an_indented_comment_is_not),
        UNIT(long_lines_are_taken_whole_or_refused),
        UNIT(byte_order_mark_and_crlf_are_taken),
        UNIT(a_key_where_the_name_of_its_file_belongs_is_refused_and_not_shown),
        UNIT(control_bytes_are_refused),
        UNIT(key_bindings_are_kept_as_text_and_only_when_the_file_was_fine),
        UNIT(the_environment_sets_what_it_names),
        UNIT(flags_are_the_keys_with_dashes),
        UNIT(what_is_printed_reads_back_the_same),
        UNIT(a_time_may_be_left_to_the_program_where_that_is_said),
        UNIT(the_example_file_is_the_table),
        UNIT(the_example_without_its_marks_sets_the_defaults),
        UNIT(help_names_every_option_and_fits_80_columns),
        UNIT(a_file_is_read_from_disk_with_its_path_in_errors),
        cmocka_unit_test(the_nearest_word_is_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
