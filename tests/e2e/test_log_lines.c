/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The log of the built sluice, command by command: one grep tells a file's story, every command
 * that talks to the network leaves its lines, and no secret is in any of them. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lying_node.h"
#include "served.h"
#include "support/pty.h"

#define EPOCH    "--network-epoch", "100ms"
#define PASSWORD "c0rrect-h0rse"
#define RPC_KEY  "rpc-k3y-0f-m1ne"

enum { PATIENCE_MS = 60000, LOG_BYTES = 64 << 20 };

/* Owned. "" when there is no log. */
static char *read_log(void)
{
    char path[SL_PATH_BYTES];
    char *text = NULL;
    size_t len;
    assert_int_equal(sl_path_join(path, sizeof path, bin_home.state, "state/sluice.log", NULL),
                     SL_OK);
    if (sl_file_read(&text, &len, path, LOG_BYTES, NULL) < 0)
        text = calloc(1, 1);
    assert_non_null(text);
    return text;
}

static bool line_has(const char *line, size_t len, const char *words)
{
    const char *at = strstr(line, words);
    return at != NULL && at < line + len;
}

/* The end of the first line that has both words; fails the test when there is none. */
static const char *after_line(const char *from, const char *words, const char *more)
{
    for (const char *line = from; *line != '\0';) {
        const size_t len = strcspn(line, "\n");
        if (line_has(line, len, words) && line_has(line, len, more))
            return line + len;
        line += len + (line[len] == '\n');
    }
    fail_msg("no line with '%s' and '%s' in:\n%s", words, more, from);
    return from;
}

/* What `grep -w job=ID` prints. Owned. */
static char *grep_job(const char *log, const char *job)
{
    struct sl_buf out = {0};
    for (const char *line = log; *line != '\0';) {
        const size_t len = strcspn(line, "\n");
        const char *at = strstr(line, job);
        if (at != NULL && at < line + len && strchr(" \n", at[strlen(job)]) != NULL) {
            sl_buf_add(&out, line, len);
            sl_buf_printf(&out, "\n");
        }
        line += len + (line[len] == '\n');
    }
    assert_non_null(out.data);
    return out.data;
}

static void upload(const char *name, uint64_t seed)
{
    char path[SL_PATH_BYTES];
    struct sl_ran ran;
    RUN(&ran, "upload", bin_file(path, name, 3000, seed), EPOCH, "--copies", "1");
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
}

static void one_grep_for_a_job_tells_its_whole_story(void **state)
{
    (void)state;
    upload("a.mkv", 1);
    upload("b.mkv", 2); /* job=2, which the grep must leave out */
    char *log = read_log();
    char *story = grep_job(log, "job=1");
    static const char *const steps[][2] = {
        {" new -> queued ", "a.mkv"},
        {" queued -> uploading ", "a.mkv"},
        {" net: job=1 PUT ", " sent 3000,"},
        {" provider: job=1 finalize ", " status=200"},
        {" uploading -> accepted ", "(the provider has all bytes)"},
        {" accepted -> parked ", "(the provider lists the piece)"},
        {" parked -> committing ", "a.mkv"},
        {" copy=1 sent ", " tx=0x"},
        {" copy=1 landed data-set=", " tx=0x"},
        {" committing -> confirmed ", " copies=1/1 data-set="},
    };
    const char *at = story;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        at = after_line(at, steps[i][0], steps[i][1]);
    assert_null(strstr(story, "b.mkv"));
    free(story);
    free(log);
}

/* Run, and find both words in one line that this run has added. */
static void assert_logs(const char *words, const char *more, const char *const *argv)
{
    struct sl_ran ran;
    char *log = read_log();
    const size_t before = strlen(log);
    free(log);
    bin_run(&ran, argv);
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    log = read_log();
    after_line(log + before, " info cli: sluice ", " starts: pid=");
    after_line(log + before, words, more);
    free(log);
}

static void every_command_that_asks_the_network_is_in_the_log(void **state)
{
    (void)state;
    upload("a.mkv", 1);
    assert_logs(" info net: POST http://", " -> 200, ", SL_ARGV("wallet"));
    assert_logs(" info net: POST http://", " -> 200, ",
                SL_ARGV("wallet", "deposit", "0.5", "--yes"));
    assert_logs(" info net: POST http://", " -> 200, ", SL_ARGV("providers"));
    assert_logs(" info net: POST http://", " -> 200, ", SL_ARGV("datasets"));
    assert_logs(" info net: POST http://", " -> 200, ", SL_ARGV("pieces", "1"));
    assert_logs(" info net: POST http://", " -> 200, ", SL_ARGV("cost", "a.mkv"));
    assert_logs(" info fetch: part=1/1 verified, from http://", "/piece/",
                SL_ARGV("get", "a.mkv", "-o", "back.mkv"));
    assert_logs(" info net: ", " -> 200, ", SL_ARGV("rm", "1", "0", "--yes"));
    assert_logs(" info cli: job=1 changed by sluice forget", "", SL_ARGV("forget", "1"));
}

static void commands_log_nothing_before_there_is_a_state_folder(void **state)
{
    (void)state;
    struct sl_ran ran;
    RUN(&ran, "wallet");
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    char *log = read_log();
    assert_string_equal(log, "");
    free(log);
}

/* ---- no secret ---- */

static void read_key(char out[static 128], const char *dir)
{
    char path[SL_PATH_BYTES];
    char *text = NULL;
    size_t len;
    assert_int_equal(sl_path_join(path, sizeof path, dir, "key", NULL), SL_OK);
    assert_int_equal(sl_file_read(&text, &len, path, 4096, NULL), SL_OK);
    const char *start = strncmp(text, "0x", 2) == 0 ? text + 2 : text;
    snprintf(out, 128, "%.*s", (int)strcspn(start, "\r\n"), start);
    free(text);
    assert_true(strlen(out) >= 64);
}

static void upload_get_and_wallet_leave_no_secret_at_trace(void **state)
{
    struct chain *chain = *state;
    struct lying_node node = {0};
    char key[128], url[192], path[SL_PATH_BYTES];
    read_key(key, chain->kit.dir);
    lying_node_start(&node, chain);
    snprintf(url, sizeof url, "http://127.0.0.1:%u/v2/" RPC_KEY "?token=" RPC_KEY,
             sl_tcp_port(node.server));
    bin_file(path, "a.mkv", 3000, 1);
#define TRACED "--log-level", "trace", "--rpc-url", url
#define LOCKED "--key-file", "", "--keystore", "k", "--password-command", "echo " PASSWORD
    RAN(SL_EXIT_OK, "", "", "wallet", "import", "--keystore", "k", "--password-command",
        "echo " PASSWORD, TRACED);
    RAN(SL_EXIT_OK, "", "", "upload", path, EPOCH, "--copies", "1", TRACED, LOCKED);
    RAN(SL_EXIT_OK, "", "", "get", "a.mkv", "-o", "back.mkv", TRACED);
    RAN(SL_EXIT_OK, "", "", "wallet", TRACED, LOCKED);
    RAN(SL_EXIT_OK, "", "", "wallet", "deposit", "0.5", "--yes", TRACED, LOCKED);
    lying_node_stop(&node);
    char *log = read_log();
    size_t runs = 0;
    for (const char *at = log; (at = strstr(at, " starts: pid=")) != NULL; at++)
        runs++;
    assert_true(runs >= 4);
    static const char *const has[] = {" trace net: ", " debug net: ", " eth_sendRawTransaction"};
    for (size_t i = 0; i < sizeof has / sizeof has[0]; i++)
        after_line(log, has[i], "");
    const char *const secrets[] = {key, PASSWORD, RPC_KEY};
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        const char *at = strstr(log, secrets[i]);
        if (at != NULL)
            fail_msg("'%s' is in the log: %.200s", secrets[i], at > log + 100 ? at - 100 : log);
    }
    free(log);
}

/* ---- watch and the screen ---- */

static void wait_words(int fd, const char *words)
{
    struct sl_buf text = {0};
    while (text.data == NULL || strstr(text.data, words) == NULL) {
        char bytes[4096];
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        if (poll(&ready, 1, PATIENCE_MS) != 1)
            fail_msg("'%s' was not printed: %s", words, text.data != NULL ? text.data : "");
        const ssize_t n = read(fd, bytes, sizeof bytes);
        if (n <= 0)
            fail_msg("the stream ended without '%s'", words);
        sl_buf_add(&text, bytes, (size_t)n);
    }
    sl_buf_free(&text);
}

static void a_watched_file_is_in_the_log_from_found_to_queued(void **state)
{
    (void)state;
    char in[SL_PATH_BYTES], path[SL_PATH_BYTES];
    struct sl_child child;
    struct sl_ran ran;
    bin_folder(in, "in");
    sl_child_start(&child, &bin_home, NULL,
                   SL_ARGV("watch", "--settle", "20ms", "--hold", "100ms", in));
    wait_words(child.err, "watching");
    bin_file(path, "in/a.mkv", 3000, 1);
    wait_words(child.out, "a.mkv");
    assert_int_equal(kill(child.pid, SIGTERM), 0);
    sl_child_end(&child, &ran);
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    char *log = read_log();
    const char *at = after_line(log, " info watch: found, ", "/in/a.mkv");
    at = after_line(at, " info watch: unchanged for long enough, ", "/in/a.mkv");
    at = after_line(at, " info engine: job=1 new -> queued ", "/in/a.mkv");
    after_line(at, " info cli: sluice ends", "");
    free(log);
}

static void the_screen_is_in_the_log_when_it_opens_and_closes(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    const char *const argv[] = {SL_BINARY_DIR "/sluice", "--state-dir", bin_home.state,
                                bin_file(path, "a.mkv", 3000, 1), NULL};
    struct sl_pty *pty = sl_pty_start(argv, NULL, 24, 100);
    sl_pty_wait_text(pty, "1 confirmed");
    sl_pty_send(pty, "q");
    assert_int_equal(sl_pty_wait_exit(pty), 0);
    sl_pty_free(pty);
    char *log = read_log();
    const char *at = after_line(log, " info tui: the screen opens", "");
    at = after_line(at, " info engine: job=1 committing -> confirmed ", "a.mkv");
    after_line(at, " info tui: the screen closes", "");
    free(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED_TEST(one_grep_for_a_job_tells_its_whole_story),
        SERVED_TEST(every_command_that_asks_the_network_is_in_the_log),
        SERVED_TEST(commands_log_nothing_before_there_is_a_state_folder),
        SERVED_TEST(upload_get_and_wallet_leave_no_secret_at_trace),
        BIN_TEST(a_watched_file_is_in_the_log_from_found_to_queued),
        BIN_TEST(the_screen_is_in_the_log_when_it_opens_and_closes),
    };
    return cmocka_run_group_tests_name("log_lines", tests, NULL, NULL);
}
