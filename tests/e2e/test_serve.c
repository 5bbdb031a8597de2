/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built `sluice serve`: what it says, what it keeps, how it ends. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "binary_kit.h"
#include "support/peer.h"

/* Reads the first line of stdout. */
static cJSON *first_line(struct sl_child *child)
{
    struct sl_buf line = {.cap = 1 << 20};
    char c = '\0';
    while (c != '\n' && read(child->out, &c, 1) == 1)
        sl_buf_add(&line, &c, 1);
    cJSON *json = cJSON_Parse(line.data != NULL ? line.data : "");
    if (json == NULL)
        fail_msg("no object: %s", line.data != NULL ? line.data : "nothing");
    sl_buf_free(&line);
    return json;
}

static void end(struct sl_child *child, int signal)
{
    struct sl_ran ran;
    assert_int_equal(kill(child->pid, signal), 0);
    sl_child_end(child, &ran);
    assert_int_equal(ran.status, 0);
    assert_string_equal(
        ran.err.data != NULL ? ran.err.data : "",
        "sluice: every user of this machine can read what is stored here, because the "
        "URLs contain no secret\n");
    sl_ran_free(&ran);
}

static void start(struct sl_child *child, const char *dir)
{
    sl_child_start(child, &bin_home, NULL,
                   SL_ARGV("serve", "--json", "--listen", "127.0.0.1:0", "--dir", dir,
                           "--local-min-free", "1"));
}

static void it_says_where_everything_is_and_ends_by_a_signal(void **state)
{
    (void)state;
    char dir[SL_PATH_BYTES];
    struct sl_child child;
    struct sl_answer answer = {0};
    assert_int_equal(sl_path_join(dir, sizeof dir, bin_home.dir, "net", NULL), 0);
    start(&child, dir);
    cJSON *ready = first_line(&child);
    assert_string_equal(bin_str(ready, "type"), "ready");
    assert_int_equal(bin_number(ready, "chainId"), 31415926);
    const cJSON *providers = cJSON_GetObjectItem(ready, "providers");
    assert_int_equal(cJSON_GetArraySize(providers), 3);
    const cJSON *one;
    cJSON_ArrayForEach(one, providers)
    {
        sl_peer_ask(bin_str(one, "url"), "GET", "/pdp/ping", NULL, NULL, 0, &answer);
        assert_int_equal(answer.status, 200);
    }
    struct stat st;
    assert_int_equal(stat(bin_str(ready, "devnetInfo"), &st), 0);
    end(&child, SIGTERM);
    cJSON_Delete(ready);
    sl_answer_free(&answer);
}

static void the_next_run_goes_on_with_the_same_key(void **state)
{
    (void)state;
    char dir[SL_PATH_BYTES];
    struct sl_child child;
    assert_int_equal(sl_path_join(dir, sizeof dir, bin_home.dir, "net", NULL), 0);
    start(&child, dir);
    cJSON *first = first_line(&child);
    end(&child, SIGINT);
    start(&child, dir);
    cJSON *second = first_line(&child);
    assert_string_equal(bin_str(first, "client"), bin_str(second, "client"));
    end(&child, SIGINT);
    cJSON_Delete(first);
    cJSON_Delete(second);
}

static void a_folder_is_served_once(void **state)
{
    (void)state;
    char dir[SL_PATH_BYTES];
    struct sl_child child;
    struct sl_ran ran;
    assert_int_equal(sl_path_join(dir, sizeof dir, bin_home.dir, "net", NULL), 0);
    start(&child, dir);
    cJSON *ready = first_line(&child);
    RUN(&ran, "serve", "--listen", "127.0.0.1:0", "--dir", dir);
    assert_int_not_equal(ran.status, 0);
    bin_assert_says(&ran.err, "another sluice");
    sl_ran_free(&ran);
    end(&child, SIGTERM);
    cJSON_Delete(ready);
}

/* Starts, ends; returns what it said on stderr beside its usual line. */
static char *said_with(const char *dir, const char *option, const char *profile, const char *is)
{
    static char said[1000];
    struct sl_child child;
    struct sl_ran ran;
    sl_child_start(&child, &bin_home, NULL,
                   SL_ARGV("serve", "--json", "--listen", "127.0.0.1:0", "--dir", dir,
                           "--local-min-free", "1", option, profile));
    cJSON *ready = first_line(&child);
    assert_string_equal(bin_str(ready, "profile"), is);
    cJSON_Delete(ready);
    assert_int_equal(kill(child.pid, SIGTERM), 0);
    sl_child_end(&child, &ran);
    assert_int_equal(ran.status, 0);
    snprintf(said, sizeof said, "%s", strchr(ran.err.data, '\n') + 1);
    sl_ran_free(&ran);
    return said;
}

static void a_folder_keeps_its_contracts_and_says_so(void **state)
{
    (void)state;
    char old[SL_PATH_BYTES], new[SL_PATH_BYTES];
    assert_int_equal(sl_path_join(old, sizeof old, bin_home.dir, "old", NULL), 0);
    assert_int_equal(sl_path_join(new, sizeof new, bin_home.dir, "new", NULL), 0);
    assert_string_equal(said_with(old, "--profile", "1.3", "1.3"), "");
    assert_string_equal(said_with(old, "--profile", "1.3", "1.3"), "");
    assert_non_null(
        strstr(said_with(old, "--profile", "today", "1.3"), "with the contracts of 1.3"));
    assert_string_equal(said_with(new, "--profile", "today", "today"), "");
    assert_non_null(strstr(said_with(new, "--profile", "1.3", "today"), "with today's contracts"));
    assert_string_equal(said_with(old, "--migrate", NULL, "today"), "");
    assert_string_equal(said_with(old, "--profile", "today", "today"), "");
}

static void a_built_in_network_of_1_3_is_named_until_it_is_migrated(void **state)
{
    (void)state;
    char dir[SL_PATH_BYTES];
    struct sl_ran ran;
    assert_int_equal(sl_path_join(dir, sizeof dir, bin_home.state, "data/local", NULL), 0);
    assert_int_equal(sl_path_make(dir, 0700, NULL), 0);
    assert_string_equal(said_with(dir, "--profile", "1.3", "1.3"), "");
    RUN(&ran, "wallet", "status", "--network", "local");
    bin_assert_status(&ran, SL_EXIT_OK);
    bin_assert_says(&ran.err, "made with the contracts of 1.3");
    bin_assert_says(&ran.err, "serve --migrate --dir ");
    sl_ran_free(&ran);
    assert_string_equal(said_with(dir, "--migrate", NULL, "today"), "");
    RUN(&ran, "wallet", "status", "--network", "local");
    bin_assert_status(&ran, SL_EXIT_OK);
    assert_null(strstr(ran.err.data != NULL ? ran.err.data : "", "1.3"));
    sl_ran_free(&ran);
}

static void bad_options_are_refused(void **state)
{
    (void)state;
    REFUSED(SL_EXIT_USAGE, "unexpected argument", "serve", "now");
    REFUSED(SL_EXIT_USAGE, "--epoch", "serve", "--epoch", "0");
    REFUSED(SL_EXIT_USAGE, "--providers", "serve", "--providers", "17");
    REFUSED(SL_EXIT_USAGE, "--listen", "serve", "--listen", "127.0.0.1:99999");
    REFUSED(SL_EXIT_USAGE, "--chain-id", "serve", "--chain-id", "x");
    REFUSED(SL_EXIT_USAGE, "--profile", "serve", "--profile", "1.2");
    REFUSED(SL_EXIT_USAGE, "--migrate", "serve", "--profile", "1.3", "--migrate");
    REFUSED(SL_EXIT_USAGE, "--fund", "serve", "--fund", "0x12:5");
    REFUSED(SL_EXIT_USAGE, "loopback", "serve", "--listen", "0.0.0.0:0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BIN_TEST(it_says_where_everything_is_and_ends_by_a_signal),
        BIN_TEST(the_next_run_goes_on_with_the_same_key),
        BIN_TEST(a_folder_is_served_once),
        BIN_TEST(a_folder_keeps_its_contracts_and_says_so),
        BIN_TEST(a_built_in_network_of_1_3_is_named_until_it_is_migrated),
        BIN_TEST(bad_options_are_refused),
    };
    return cmocka_run_group_tests_name("serve", tests, NULL, NULL);
}
