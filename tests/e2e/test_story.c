/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The log of the built sluice: it tells the whole story of a file, and no secret. And what the
 * doctor packs of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lying_node.h"
#include "served.h"

#define EPOCH    "--network-epoch", "100ms"
#define PASSWORD "c0rrect-h0rse"
#define SESSION  "1717171717171717171717171717171717171717171717171717171717171717"
#define RPC_KEY  "rpc-k3y-0f-m1ne"

/* Owned. */
static void read_file(char **text, const char *path)
{
    size_t len;
    assert_int_equal(sl_file_read(text, &len, path, (size_t)64 << 20, NULL), SL_OK);
}

static void read_log(char **text)
{
    char path[SL_PATH_BYTES];
    assert_int_equal(sl_path_join(path, sizeof path, bin_home.state, "state/sluice.log", NULL),
                     SL_OK);
    read_file(text, path);
}

/* ---- the story ---- */

/* The line behind `from` that has all of these words; fails the test when there is none. */
static const char *find_line(const char *from, const char *const *words)
{
    for (const char *line = from; *line != '\0'; line += strcspn(line, "\n") + 1) {
        size_t i = 0;
        const size_t len = strcspn(line, "\n");
        for (const char *at; words[i] != NULL; i++) {
            at = strstr(line, words[i]);
            if (at == NULL || at >= line + len)
                break;
        }
        if (words[i] == NULL)
            return line + len + (line[len] == '\n');
        if (line[len] == '\0')
            break;
    }
    fail_msg("no line with '%s' and '%s' in:\n%s", words[0], words[1], from);
    return from;
}

static void a_files_whole_story_is_in_the_log(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_ran ran;
    bin_file(path, "two\nlines.mkv", 300000, 1);
    RUN(&ran, "upload", path, EPOCH, "--copies", "1", "--log-level", "info");
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    char *log = NULL;
    read_log(&log);
    bin_assert_printable(&(struct sl_buf){.data = log, .len = strlen(log)});
    static const char *const story[][5] = {
        {" info engine: job=1 new -> queued ", "name=/", "two\\nlines.mkv"},
        {" info engine: job=1 queued -> uploading ", "name=/"},
        {" info provider: job=1 session ", " uuid="},
        {" info net: job=1 PUT http://127.0.0.1:", "-> 204, sent 300000,"},
        {" info provider: job=1 finalize ", "status=200"},
        {" info engine: job=1 uploading -> accepted ", "name=/"},
        {" info engine: job=1 accepted -> parked ", "(the provider lists the piece)"},
        {" info engine: job=1 parked -> committing ", "name=/"},
        {" info commit: commit=1 copy=1 provider=", " signed: pieces=1 nonce="},
        {" info commit: commit=1 copy=1 provider=", " sent: pieces=1", " tx=0x"},
        {" info engine: job=1 copy=1 landed data-set=", " tx=0x"},
        {" info engine: job=1 committing -> confirmed ", " data-set=", "name=/"},
    };
    const char *at = log;
    for (size_t i = 0; i < sizeof story / sizeof story[0]; i++)
        at = find_line(at, story[i]);
    free(log);
}

static void parts_of_a_split_file_are_in_the_log(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_ran ran;
    bin_file(path, "film.mkv", 300000, 1);
    RUN(&ran, "upload", path, EPOCH, "--copies", "1", "--split", "130048", "--log-level",
        "info,engine:debug");
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    char *log = NULL;
    read_log(&log);
    static const char *const story[][3] = {
        {" info engine: job=1 queued -> hashing ", "(to be hashed first)"},
        {" debug engine: job=1 part=1/3 queued -> uploading bytes=130048 ", "(a worker takes it)"},
        {" info provider: job=1 part=1/3 declare ", " status=201 uuid="},
        {" debug engine: job=1 part=1/3 accepted -> stored ", "(the provider lists the piece)"},
        {" info engine: job=1 committing -> confirmed ", " data-set="},
    };
    const char *at = log;
    for (size_t i = 0; i < sizeof story / sizeof story[0]; i++)
        at = find_line(at, story[i]);
    free(log);
}

/* ---- no secret ---- */

static void assert_clean(const char *log, const char *secret)
{
    assert_true(strlen(secret) >= 8);
    const char *at = strstr(log, secret);
    if (at != NULL)
        fail_msg("'%s' is in the log: %.300s", secret, at > log + 150 ? at - 150 : log);
}

static void upload_tracing(const char *name, uint64_t seed, const char *const *how)
{
    const char *argv[24] = {"upload", name, EPOCH, "--copies", "1", "--log-level", "trace"};
    struct sl_ran ran;
    size_t n = 8;
    bin_file((char[SL_PATH_BYTES]){0}, name, 3000, seed);
    for (; *how != NULL; how++)
        argv[n++] = *how;
    bin_run(&ran, argv);
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
}

static void read_word(char out[static 128], const char *dir, const char *name)
{
    char path[SL_PATH_BYTES];
    assert_int_equal(sl_path_join(path, sizeof path, dir, name, NULL), SL_OK);
    char *text = NULL;
    read_file(&text, path);
    const char *start = strncmp(text, "0x", 2) == 0 ? text + 2 : text;
    snprintf(out, 128, "%.*s", (int)strcspn(start, "\r\n"), start);
    free(text);
}

static void log_in(struct chain *chain)
{
    struct sl_key *key = NULL;
    char address[SL_ADDRESS_CHARS], payer[SL_ADDRESS_CHARS], text[256];
    assert_int_equal(sl_key_from_hex(&key, SESSION, strlen(SESSION), NULL), SL_OK);
    sl_address_text(address, sl_key_address(key));
    sl_address_text(payer, sl_key_address(chain->key));
    sl_key_free(key);
    RAN(SL_EXIT_OK, "", "", "wallet", "session", "login", address, "--yes");
    snprintf(text, sizeof text, "SESSION_KEY=0x%s\nWALLET_ADDRESS=%s\n", SESSION, payer);
    assert_int_equal(sl_file_write_atomic(".env", text, strlen(text), 0600, NULL), SL_OK);
}

static void no_secret_is_in_the_log_at_trace(void **state)
{
    struct chain *chain = *state;
    struct lying_node node = {0};
    char key[128], local[128], url[192];
    read_word(key, chain->kit.dir, "key");
    lying_node_start(&node, chain);
    snprintf(url, sizeof url, "http://127.0.0.1:%u/v2/" RPC_KEY "?token=" RPC_KEY,
             sl_tcp_port(node.server));
    upload_tracing("a", 1, SL_ARGV("--rpc-url", url));
    RAN(SL_EXIT_OK, "", "", "wallet", "import", "--keystore", "k", "--password-command",
        "echo " PASSWORD);
    upload_tracing(
        "b", 2,
        SL_ARGV("--key-file", "", "--keystore", "k", "--password-command", "echo " PASSWORD));
    log_in(chain);
    upload_tracing("c", 3, SL_ARGV("--key-file", ""));
    REFUSED(SL_EXIT_USAGE, "", "upload", "a", EPOCH, "--log-level", "trace", "--rpc-url",
            "http://me:" PASSWORD "@127.0.0.1:1/");
    lying_node_stop(&node);
    assert_int_equal(unlink(".env"), 0);
    upload_tracing("d", 4,
                   SL_ARGV("--network", "local", "--key-file", "", "--local-epoch", "100ms"));
    read_word(local, bin_home.state, "data/local/secret");

    char *log = NULL;
    read_log(&log);
    const char *const has[] = {" trace net: ", " debug net: ", " debug rpc: eth_", NULL};
    for (size_t i = 0; has[i] != NULL; i++)
        assert_non_null(strstr(log, has[i]));
    assert_non_null(strstr(log, "/... -> 200, sent "));
    const char *const secrets[] = {key, local, SESSION, PASSWORD, RPC_KEY};
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
        assert_clean(log, secrets[i]);
    free(log);
}

/* ---- the bundle ---- */

/* One name has one hash in every line. */
static void assert_one_hash(const char *text)
{
    static const char mark[] = " name=";
    const char *first = strstr(text, mark);
    assert_non_null(first);
    const size_t len = strcspn(first, "\n");
    for (const char *at = first; at != NULL; at = strstr(at + 1, mark)) {
        assert_int_equal(strcspn(at, "\n"), len);
        assert_memory_equal(at, first, len);
    }
}

static void a_bundle_has_versions_settings_counts_and_log_but_no_names(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct stat st;
    struct sl_ran ran;
    bin_file(path, "our-wedding.mkv", 3000, 1);
    RUN(&ran, "upload", path, EPOCH, "--copies", "1");
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "doctor", "--bundle", "b.txt", "--password-command", "echo " PASSWORD, "--rpc-url",
        "https://node.example/v2/" RPC_KEY, "--watch", bin_home.dir);
    bin_assert_status(&ran, SL_EXIT_OK);
    bin_assert_says(&ran.out, "b.txt will hold:");
    bin_assert_says(&ran.out, "jobs 1, commits 1");
    bin_assert_says(&ran.out, "file names: hashed");
    sl_ran_free(&ran);
    assert_int_equal(stat("b.txt", &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    char *text = NULL;
    read_file(&text, "b.txt");
    const char *const has[] = {"[versions]\nsluice ",
                               "\n[settings]\n",
                               "\nrpc_url = https://node.example/...\n",
                               "\npassword_command = (set)\n",
                               "\n[journal]\njobs confirmed: 1\ncommits landed: 1\n",
                               "\n[log]\n",
                               " info engine: job=1 new -> queued ",
                               ".mkv\n"};
    for (size_t i = 0; i < sizeof has / sizeof has[0]; i++) {
        if (strstr(text, has[i]) == NULL)
            fail_msg("'%s' is missing in:\n%s", has[i], text);
    }
    const char *const hidden[] = {"our-wedding", bin_home.dir, PASSWORD, RPC_KEY};
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
        assert_clean(text, hidden[i]);
    assert_one_hash(text);
    free(text);
}

static void a_bundle_replaces_nothing_and_has_names_only_when_told(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_ran ran;
    bin_file(path, "our-wedding.mkv", 3000, 1);
    RUN(&ran, "upload", path, EPOCH, "--copies", "1");
    sl_ran_free(&ran);
    assert_int_equal(sl_file_write_atomic("b.txt", "mine", 4, 0600, NULL), SL_OK);
    RUN(&ran, "doctor", "--bundle", "b.txt");
    bin_assert_says(&ran.err, "use --force to replace it");
    assert_int_not_equal(ran.status, SL_EXIT_OK);
    sl_ran_free(&ran);
    char *text = NULL;
    read_file(&text, "b.txt");
    assert_string_equal(text, "mine");
    free(text);
    RAN(SL_EXIT_OK, "file names: as they are", "", "doctor", "--bundle", "b.txt", "--force",
        "--names");
    read_file(&text, "b.txt");
    assert_non_null(strstr(text, "our-wedding.mkv\n"));
    free(text);
    RAN(SL_EXIT_USAGE, "", "--names works only with --bundle", "doctor", "--names");
    RAN(SL_EXIT_USAGE, "", "leave out --json", "doctor", "--bundle", "c.txt", "--json");
}

static void a_bundle_has_the_last_2000_lines_of_both_files(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_buf old = {0}, now = {0};
    struct sl_ran ran;
    assert_int_equal(sl_path_join(path, sizeof path, bin_home.state, "state", NULL), SL_OK);
    assert_int_equal(sl_path_make(path, 0700, NULL), SL_OK);
    for (int i = 0; i < 1500; i++)
        sl_buf_printf(&old, "old %d\n", i);
    for (int i = 0; i < 1500; i++)
        sl_buf_printf(&now, "now %d http://h/" RPC_KEY " \x1b[2J\n", i);
    assert_int_equal(sl_path_join(path, sizeof path, bin_home.state, "state/sluice.log.1", NULL),
                     SL_OK);
    assert_int_equal(sl_file_write_atomic(path, old.data, old.len, 0600, NULL), SL_OK);
    assert_int_equal(sl_path_join(path, sizeof path, bin_home.state, "state/sluice.log", NULL),
                     SL_OK);
    assert_int_equal(sl_file_write_atomic(path, now.data, now.len, 0600, NULL), SL_OK);
    RUN(&ran, "doctor", "--bundle", "b.txt");
    bin_assert_says(&ran.out, "the last lines of the log: 2000\n");
    sl_ran_free(&ran);
    char *text = NULL;
    read_file(&text, "b.txt");
    assert_non_null(strstr(text, "[log]\nold 1000\nold 1001\n"));
    assert_non_null(strstr(text, "old 1499\nnow 0 http://h/... \\x1b[2J\n"));
    assert_non_null(strstr(text, "now 1499 "));
    assert_non_null(strstr(text, "[journal]\nnothing was uploaded yet"));
    free(text);
    sl_buf_free(&old);
    sl_buf_free(&now);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED_TEST(a_files_whole_story_is_in_the_log),
        SERVED_TEST(parts_of_a_split_file_are_in_the_log),
        SERVED_TEST(no_secret_is_in_the_log_at_trace),
        SERVED_TEST(a_bundle_has_versions_settings_counts_and_log_but_no_names),
        SERVED_TEST(a_bundle_replaces_nothing_and_has_names_only_when_told),
        SERVED_TEST(a_bundle_has_the_last_2000_lines_of_both_files),
    };
    return cmocka_run_group_tests_name("story", tests, NULL, NULL);
}
