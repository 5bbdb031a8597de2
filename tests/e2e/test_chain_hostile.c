/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Every command that asks the chain, against nodes that lie, break off, never end or never answer:
 * one clear error, the documented exit status, and nothing on standard output. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "binary_kit.h"
#include "unit/chain_scene.h"

#define PAYER "0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

enum { WORDS = 12 };

static struct scene scene;

/* All but the doctor, who tells on standard output what fails. */
static const char *const commands[][WORDS] = {
    {"providers", "--no-ping"},
    {"datasets"},
    {"datasets", "--address", PAYER},
    {"pieces", "1"},
    {"cost", "file"},
    {"cost", "file", "--key-file", ""},
    {"rm", "1", "0", "--dry-run"},
    {"rm", "1", "0", "--yes"},
    {"datasets", "terminate", "1", "--yes"},
    {"datasets", "terminate", "1", "--on-chain", "--yes"},
    {"wallet", "status"},
    {"wallet", "deposit", "1", "--dry-run"},
    {"wallet", "approve", "--yes"},
    {"wallet", "withdraw", "1", "--yes"},
    {"wallet", "session", "status", PAYER},
    {"wallet", "session", "login", PAYER, "--yes"},
    {"wallet", "session", "revoke", PAYER, "--dry-run"},
};

enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void write_settings(const char *url)
{
    static const char digits[] = "1717171717171717171717171717171717171717171717171717171717171717";
    char text[128];
    snprintf(text, sizeof text, "RPC_URL=%s\n", url);
    assert_int_equal(sl_file_write_atomic(".env", text, strlen(text), 0600, NULL), SL_OK);
    assert_int_equal(sl_file_write_atomic("key", digits, sizeof digits - 1, 0600, NULL), SL_OK);
}

static int setup(void **state)
{
    char url[64], path[SL_PATH_BYTES];
    if (bin_setup(state) != 0 || chdir(bin_home.dir) != 0)
        return -1;
    scene_open_known(&scene, "calibration");
    sl_chain_node_url(scene.node, url, sizeof url);
    write_settings(url);
    bin_file(path, "file", 1000, 1);
    return 0;
}

static int teardown(void **state)
{
    scene_close(&scene);
    return bin_teardown(state);
}

#define HOSTILE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

/* ---- what a command leaves ---- */

static void start(struct sl_child *child, size_t index, const char *network, const char *stall)
{
    const char *argv[WORDS + 8];
    size_t n = 0;
    while (n < WORDS && commands[index][n] != NULL) {
        argv[n] = commands[index][n];
        n++;
    }
    const char *const more[] = {"--network", network, "--stall-timeout", stall};
    memcpy(argv + n, more, sizeof more);
    n += sizeof more / sizeof more[0];
    argv[n] = NULL;
    sl_child_start(child, &bin_home, "SLUICE_KEY_FILE=key", argv);
}

/* One line on stderr, which is shown when it is not so. */
static void check_end(struct sl_child *child, size_t index, int status, const char *words)
{
    struct sl_ran ran;
    sl_child_end(child, &ran);
    bin_assert_printable(&ran.err);
    const char *end = strchr(ran.err.data, '\n');
    if (ran.status != status || ran.out.len != 0 || end == NULL || end[1] != '\0' ||
        strncmp(ran.err.data, "sluice: ", 8) != 0 || strstr(ran.err.data, words) == NULL)
        fail_msg("%s %s: status %d, not %d, of \"%s\":\n%s%s", commands[index][0],
                 commands[index][1] != NULL ? commands[index][1] : "", ran.status, status, words,
                 ran.out.data, ran.err.data);
    sl_ran_free(&ran);
}

/* Every `step`th command from `first` on. */
static void assert_some(size_t first, size_t step, int status, const char *words,
                        const char *network)
{
    for (size_t i = first; i < COMMANDS; i += step) {
        struct sl_child child;
        start(&child, i, network, "1m");
        check_end(&child, i, status, words);
    }
}

static void assert_all(int status, const char *words, const char *network)
{
    assert_some(0, 1, status, words, network);
}

static void assert_doctor_fails(int status, const char *words)
{
    struct sl_ran ran;
    RUN(&ran, "doctor", "--no-ping", "--network", "calibration");
    if (ran.status != status || strstr(ran.out.data, words) == NULL)
        fail_msg("doctor: status %d: %s", ran.status, ran.out.data);
    sl_ran_free(&ran);
}

/* ---- nodes ---- */

static void answers_of_a_wrong_form_end_every_command(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"result\":\"0x1234\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"result\":{\"a\":[1,2]}}",
        "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"result\":null}",
        "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"error\":{\"code\":-32000,\"message\":\"\\u001b[2Jx\"}}",
        "<html>nothing here</html>",
    };
    enum { BODIES = sizeof bodies / sizeof bodies[0] };
    sl_chain_node_say(scene.node, bodies[0]);
    assert_all(SL_EXIT_SOME_FAILED, "reading the chain", "calibration");
    for (size_t i = 1; i < BODIES; i++) { /* they are read in one place */
        sl_chain_node_say(scene.node, bodies[i]);
        assert_some(i, BODIES - 1, SL_EXIT_SOME_FAILED, "reading the chain", "calibration");
        assert_doctor_fails(SL_EXIT_SOME_FAILED, "fail  contracts ");
    }
}

static void answers_that_are_cut_or_without_end_are_not_taken(void **state)
{
    (void)state;
    enum { HUGE_BYTES = 9 << 20 };
    static const char head[] = "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"result\":\"0x";
    sl_chain_node_say(scene.node, head); /* which is asked for again a few times */
    assert_some(1, 4, SL_EXIT_SOME_FAILED, "reading the chain", "calibration");
    char *text = malloc(sizeof head + HUGE_BYTES + 3);
    assert_non_null(text);
    memcpy(text, head, sizeof head - 1);
    memset(text + sizeof head - 1, '0', HUGE_BYTES);
    memcpy(text + sizeof head - 1 + HUGE_BYTES, "\"}", 3);
    sl_chain_node_say(scene.node, text);
    free(text);
    assert_some(0, 7, SL_EXIT_SOME_FAILED, "reading the chain", "calibration");
    assert_doctor_fails(SL_EXIT_SOME_FAILED, "fail  contracts ");
}

static void a_node_of_another_chain_is_a_wrong_setting(void **state)
{
    (void)state;
    assert_all(SL_EXIT_USAGE, "chain", "mainnet");
}

static void contracts_that_answer_nothing_end_every_command(void **state)
{
    (void)state;
    sl_chain_node_say(scene.node, "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"result\":\"0x\"}");
    assert_all(SL_EXIT_SOME_FAILED, "reading the chain", "calibration");
}

/* Everything connects, nobody is there. All wait at the same time: a second is a second. */
static void a_node_that_never_answers_is_given_up(void **state)
{
    (void)state;
    char url[64];
    struct sl_child children[COMMANDS];
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(fd, 512), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    snprintf(url, sizeof url, "http://127.0.0.1:%u", (unsigned)ntohs(at.sin_port));
    write_settings(url);
    for (size_t i = 0; i < COMMANDS; i++)
        start(&children[i], i, "calibration", "1s");
    for (size_t i = 0; i < COMMANDS; i++)
        check_end(&children[i], i, SL_EXIT_TEMPORARY, "");
    close(fd);
}

static void a_node_that_is_not_there_is_a_temporary_failure(void **state)
{
    (void)state;
    struct sl_child children[COMMANDS];
    write_settings("http://127.0.0.1:1");
    for (size_t i = 0; i < COMMANDS; i++)
        start(&children[i], i, "calibration", "1s");
    for (size_t i = 0; i < COMMANDS; i++)
        check_end(&children[i], i, SL_EXIT_TEMPORARY, "");
    assert_doctor_fails(SL_EXIT_TEMPORARY, "fail  nodes ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOSTILE_TEST(answers_of_a_wrong_form_end_every_command),
        HOSTILE_TEST(answers_that_are_cut_or_without_end_are_not_taken),
        HOSTILE_TEST(a_node_of_another_chain_is_a_wrong_setting),
        HOSTILE_TEST(contracts_that_answer_nothing_end_every_command),
        HOSTILE_TEST(a_node_that_never_answers_is_given_up),
        HOSTILE_TEST(a_node_that_is_not_there_is_a_temporary_failure),
    };
    return cmocka_run_group_tests_name("hostile nodes", tests, NULL, NULL);
}
