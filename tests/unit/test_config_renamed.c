/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Keys of earlier releases: they work, the new ones are told, and both at once are a mistake. */
#include <stdlib.h>
#include <string.h>

#include "sluice/config.h"

#include "config/read.h"
#include "support/test.h"

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

static void assert_refused(struct sl_config *config, const char *text, const char *message)
{
    struct sl_err err = {0};
    assert_int_equal(read_text(config, text, &err), SL_ECONFIG);
    if (strstr(err.text, message) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", err.text, message);
    assert_int_equal(sl_config_origin(config, "hold"), SL_FROM_DEFAULT);
}

static void assert_where(const struct sl_config *config, const char *key, const char *want)
{
    char where[SL_CONFIG_WHERE_BYTES];
    sl_config_where(where, config, key, "dir/config.ini");
    assert_string_equal(where, want);
}

static void assert_renamed(const struct sl_config *config, const char *want)
{
    struct sl_buf text = {0};
    sl_config_add_renamed(&text, config, "dir/config.ini");
    assert_string_equal(text.data != NULL ? text.data : "", want);
    sl_buf_free(&text);
}

static void an_old_key_sets_the_option_that_has_another_name_now(void **state)
{
    struct sl_config *config = *state;
    struct sl_buf text = {0};
    char *const environment[] = {(char[]){"SLUICE_COMMIT_AFTER=7s"}, NULL};
    bool takes_value = false;
    assert_renamed(config, "");
    assert_int_equal(read_text(config, "[sluice]\n\ncommit_after = 5s\n", NULL), SL_OK);
    assert_int_equal(config->hold_ms, 5000);
    assert_renamed(config, "config.ini:3: commit_after is now hold\n");
    assert_where(config, "hold", "dir/config.ini:3: commit_after");
    assert_int_equal(sl_config_read_env(config, environment, NULL), SL_OK);
    assert_int_equal(config->hold_ms, 7000);
    assert_renamed(config, "SLUICE_COMMIT_AFTER is now SLUICE_HOLD\n");
    assert_where(config, "hold", "SLUICE_COMMIT_AFTER");
    assert_string_equal(sl_config_key_of_flag("commit-after", &takes_value), "commit_after");
    assert_true(takes_value);
    assert_string_equal(sl_config_key("commit_after"), "hold");
    assert_int_equal(sl_config_set(config, "commit_after", "9s", "--commit-after", NULL), SL_OK);
    assert_int_equal(config->hold_ms, 9000);
    assert_renamed(config, "--commit-after is now --hold\n");
    sl_config_print(&text, config, false);
    assert_non_null(strstr(text.data, "\nhold = 9s\n"));
    assert_null(strstr(text.data, "commit_after"));
    sl_buf_free(&text);
}

static void a_new_key_that_overrides_an_old_one_leaves_nothing_to_say(void **state)
{
    struct sl_config *config = *state;
    assert_int_equal(read_text(config, "[sluice]\ncommit_after = 5s\n", NULL), SL_OK);
    assert_int_equal(sl_config_set(config, "hold", "1m", "--hold", NULL), SL_OK);
    assert_int_equal(config->hold_ms, 60000);
    assert_renamed(config, "");
}

static void an_old_key_beside_its_new_one_is_refused_with_both(void **state)
{
    struct sl_config *config = *state;
    struct sl_err err = {0};
    char *const environment[] = {(char[]){"SLUICE_HOLD=5m"}, (char[]){"SLUICE_COMMIT_AFTER=7s"},
                                 NULL};
    assert_refused(config, "[sluice]\nhold = 1m\n\ncommit_after = 5s\n",
                   "config.ini:4: commit_after is set twice: first on line 2, as hold");
    assert_refused(config, "[sluice]\ncommit_after = 5s\nhold = 1m\n",
                   "config.ini:3: hold is set twice: first on line 2, as commit_after");
    assert_refused(config, "[sluice]\ncommit_after = 5s\ncommit_after = 1m\n",
                   "config.ini:3: commit_after is set twice: first on line 2");
    assert_refused(config, "[sluice]\ncommit_after = soon\n", "config.ini:2: commit_after: 'soon'");
    assert_int_equal(sl_config_read_env(config, environment, &err), SL_ECONFIG);
    assert_string_equal(err.text,
                        "SLUICE_COMMIT_AFTER (environment): SLUICE_HOLD and "
                        "SLUICE_COMMIT_AFTER are the same setting: leave one of them out");
    assert_int_equal(sl_config_set(config, "commit_after", "9s", "--commit-after", NULL), SL_OK);
    assert_int_equal(sl_config_set(config, "commit_after", "8s", "--commit-after", NULL), SL_OK);
    assert_int_equal(sl_config_set(config, "hold", "9s", "--hold", &err), SL_ECONFIG);
    assert_string_equal(err.text,
                        "--hold: --commit-after and --hold are the same setting: leave one "
                        "of them out");
}

static void old_keys_name_options_and_are_not_suggested(void **state)
{
    struct sl_err err = {0};
#define OLD(old, now)                                                                              \
    assert_string_equal(sl_config_key(old), now);                                                  \
    assert_string_equal(sl_config_key(now), now);
    SL_OPTION_OLD_KEYS(OLD)
#undef OLD
    assert_null(sl_config_key("commit_afte"));
    assert_int_equal(sl_config_set(*state, "commit_afte", "9s", "--x", &err), SL_ECONFIG);
    assert_null(strstr(err.text, "commit_after"));
}

int main(void)
{
#define UNIT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        UNIT(an_old_key_sets_the_option_that_has_another_name_now),
        UNIT(a_new_key_that_overrides_an_old_one_leaves_nothing_to_say),
        UNIT(an_old_key_beside_its_new_one_is_refused_with_both),
        UNIT(old_keys_name_options_and_are_not_suggested),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
