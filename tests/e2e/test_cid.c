/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* `sluice cid`: files, folders and lists, beside sha256sum where both do the same. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sluice/cli.h"
#include "sluice/piece.h"

#include "spawn.h"
#include "support/pty.h"
#include "support/sanitized.h"
#include "support/test.h"
#include "support/tmp.h"

static struct sl_home home;
static char start_dir[SL_PATH_BYTES];

/* The tests work in the home folder: lists name files from there. */
static int setup(void **state)
{
    (void)state;
    sl_home_make(&home);
    assert_non_null(getcwd(start_dir, sizeof start_dir));
    return chdir(home.dir);
}

static int teardown(void **state)
{
    (void)state;
    const int rc = chdir(start_dir);
    sl_home_remove(&home);
    return rc;
}

static void file(const char *name, uint64_t len, uint64_t seed)
{
    char path[SL_PATH_BYTES];
    sl_tmp_file(path, home.dir, name, len, seed);
}

static void write_text(const char *name, const char *text, size_t len)
{
    FILE *out = fopen(name, "w");
    assert_non_null(out);
    assert_int_equal(fwrite(text, 1, len, out), len);
    assert_int_equal(fclose(out), 0);
}

static void run_with(struct sl_ran *ran, const char *const *argv)
{
    sl_run(ran, &home, NULL, 0, argv);
    for (size_t i = 0; i < ran->out.len + ran->err.len; i++) {
        const char c = i < ran->out.len ? ran->out.data[i] : ran->err.data[i - ran->out.len];
        if (((unsigned char)c < ' ' && c != '\n') || c == 0x7f)
            fail_msg("byte %02x", (unsigned char)c);
    }
}

#define RUN(ran, ...) run_with(ran, SL_ARGV("cid", __VA_ARGS__))

static void assert_says(const struct sl_buf *text, const char *words)
{
    if (strstr(text->data, words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", text->data, words);
}

static void assert_run(int status, const char *out, const char *err, const char *const *argv)
{
    struct sl_ran ran;
    run_with(&ran, argv);
    if (ran.status != status)
        fail_msg("status %d, not %d: %s%s", ran.status, status, ran.out.data, ran.err.data);
    assert_string_equal(ran.out.data, out);
    if (err[0] == '\0')
        assert_string_equal(ran.err.data, "");
    assert_says(&ran.err, err);
    sl_ran_free(&ran);
}

/* The status, all of stdout, and words on stderr ("": nothing). */
#define ENDS(status, out, err, ...) assert_run(status, out, err, SL_ARGV("cid", __VA_ARGS__))

/* Write what sluice prints to a file. */
static void list_to(const char *name, const char *const *argv)
{
    struct sl_ran ran;
    run_with(&ran, argv);
    assert_int_equal(ran.status, SL_EXIT_OK);
    write_text(name, ran.out.data, ran.out.len);
    sl_ran_free(&ran);
}

#define LIST(name, ...) list_to(name, SL_ARGV("cid", __VA_ARGS__))

/* ---- folders ---- */

static size_t lines_of(const struct sl_buf *text)
{
    size_t n = 0;
    for (size_t i = 0; i < text->len; i++)
        n += text->data[i] == '\n';
    return n;
}

static void a_folder_is_walked_in_order_and_links_in_a_circle_end(void **state)
{
    (void)state;
    struct sl_ran ran;
    assert_int_equal(mkdir("d", 0700), 0);
    assert_int_equal(mkdir("d/sub", 0700), 0);
    file("d/b", 500, 1);
    file("d/.hidden", 500, 2);
    file("d/sub/a", 500, 3);
    assert_int_equal(symlink("..", "d/sub/up"), 0);
    assert_int_equal(symlink("nowhere", "d/dangling"), 0);
    assert_int_equal(mkfifo("d/fifo", 0600), 0);
    RUN(&ran, "-r", "d/");
    assert_int_equal(ran.status, SL_EXIT_SOME_FAILED);
    assert_int_equal(lines_of(&ran.out), 3);
    const char *hidden = strstr(ran.out.data, "  d/.hidden\n");
    const char *b = strstr(ran.out.data, "  d/b\n");
    const char *a = strstr(ran.out.data, "  d/sub/a\n");
    assert_true(hidden != NULL && b != NULL && a != NULL && hidden < b && b < a);
    assert_int_equal(lines_of(&ran.err), 2);
    assert_says(&ran.err, "d/fifo: a FIFO, not a file");
    assert_says(&ran.err, "d/dangling: ");
    sl_ran_free(&ran);
    ENDS(SL_EXIT_SOME_FAILED, "", "a folder has no PieceCID; use -r to hash the files in it", "d");
    assert_int_equal(mkdir("empty", 0700), 0);
    ENDS(SL_EXIT_OK, "", "", "--recursive", "empty");
    ENDS(SL_EXIT_NO_FILE, "", "none: cannot open", "-r", "none");
}

/* An empty file has a PieceCID, though no piece: verify must accept what cid prints. */
static void empty_files_are_checked_as_they_were_listed(void **state)
{
    (void)state;
    assert_int_equal(mkdir("m", 0700), 0);
    file("m/.nomedia", 0, 1);
    file("m/film", 500, 1);
    LIST("list", "-r", "m");
    ENDS(SL_EXIT_OK, "m/.nomedia: OK\nm/film: OK\n", "", "-c", "list");
    file("m/.nomedia", 1, 1);
    ENDS(SL_EXIT_SOME_FAILED, "m/.nomedia: FAILED\nm/film: OK\n", "did NOT match", "-c", "list");
    file("m/.nomedia", 0, 1);
    file("m/film", 0, 1);
    ENDS(SL_EXIT_SOME_FAILED, "m/.nomedia: OK\nm/film: FAILED\n", "did NOT match", "-c", "list");
}

static void threads_do_not_change_a_piececid(void **state)
{
    (void)state;
    struct sl_ran one, other;
    file("big", 5000000, 7);
    RUN(&one, "--threads", "1", "big");
    static const char *const counts[] = {"0", "2", "7", "1024"};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        RUN(&other, "--threads", counts[i], "big");
        assert_string_equal(other.out.data, one.out.data);
        sl_ran_free(&other);
    }
    sl_ran_free(&one);
    static const char *const wrong[] = {"", "-1", "x", "1x", " 1", "1025", "99999999999999999999"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        ENDS(SL_EXIT_USAGE, "", "--threads: ", "--threads", wrong[i], "big");
}

static void failures_are_json_lines_too(void **state)
{
    (void)state;
    struct sl_ran ran;
    file("good", 500, 1);
    RUN(&ran, "--json", "none", "good");
    assert_int_equal(ran.status, SL_EXIT_NO_FILE);
    assert_string_equal(ran.err.data, "");
    assert_int_equal(lines_of(&ran.out), 2);
    assert_says(&ran.out, "\"type\":\"failed\",\"path\":\"none\",\"code\":\"no_such_file\"");
    assert_says(&ran.out,
                "\"type\":\"cid\",\"path\":\"good\",\"size\":500,\"pieceCid\":\"bafkzcib");
    sl_ran_free(&ran);
}

/* ---- lists ---- */

static const char *const hostile[] = {"plain", "new\nline", "back\\slash", "\x1b[2J",
                                      "\xff",  " blanks  ", "*star",       "#hash"};
enum { HOSTILE = sizeof hostile / sizeof hostile[0] };

static void a_list_that_sluice_printed_is_checked_whatever_the_names(void **state)
{
    (void)state;
    static const char *const lists[] = {"v2", "v1"};
    struct sl_ran ran;
    assert_int_equal(mkdir("d", 0700), 0);
    for (size_t i = 0; i < HOSTILE; i++) {
        char name[64];
        snprintf(name, sizeof name, "d/%s", hostile[i]);
        file(name, 300 + i, i + 1);
    }
    LIST("v2", "-r", "d");
    LIST("v1", "-r", "--v1", "d");
    for (size_t i = 0; i < 2; i++) {
        RUN(&ran, "-c", lists[i]);
        assert_int_equal(ran.status, SL_EXIT_OK);
        assert_string_equal(ran.err.data, "");
        assert_int_equal(lines_of(&ran.out), HOSTILE);
        assert_says(&ran.out, "d/plain: OK\n");
        assert_says(&ran.out, "\\d/new\\nline: OK\n");
        assert_says(&ran.out, "\\d/\\x1b[2J: OK\n");
        sl_ran_free(&ran);
        ENDS(SL_EXIT_OK, "", "", "--check", "--quiet", lists[i]);
    }
    file("d/\xff", 304, 99); /* the same size, other bytes */
    ENDS(SL_EXIT_SOME_FAILED, "\\d/\\xff: FAILED\n", "WARNING: 1 PieceCID did NOT match", "-c",
         "--quiet", "v2");
}

static void one_byte_more_less_or_other_is_found(void **state)
{
    (void)state;
    file("same", 100000, 1);
    file("longer", 100000, 2);
    file("shorter", 100000, 3);
    file("other", 100000, 4);
    LIST("list", "same", "longer", "shorter", "other");
    file("longer", 100001, 2);
    file("shorter", 99999, 3);
    file("other", 100000, 5);
    const char *const out = "same: OK\nlonger: FAILED\nshorter: FAILED\nother: FAILED\n";
    ENDS(SL_EXIT_SOME_FAILED, out, "WARNING: 3 PieceCIDs did NOT match", "-c", "list");
    ENDS(SL_EXIT_SOME_FAILED, "", "", "-c", "--status", "list");
    struct sl_ran ran;
    RUN(&ran, "-c", "--json", "list");
    assert_int_equal(ran.status, SL_EXIT_SOME_FAILED);
    assert_says(&ran.out, "\"type\":\"check\",\"path\":\"same\",\"ok\":true}");
    assert_says(&ran.out, "\"type\":\"check\",\"path\":\"other\",\"ok\":false}");
    sl_ran_free(&ran);
}

static void malformed_lines_are_named_by_number(void **state)
{
    (void)state;
    struct sl_ran ran;
    char *list = NULL;
    size_t len = 0;
    file("a", 500, 1);
    LIST("list", "a");
    assert_int_equal(sl_file_read(&list, &len, "list", 1000, NULL), 0);
    struct sl_buf text = {0};
    sl_buf_printf(&text, "# a comment\n%snonsense\n\n%.20s  a\n", list, list);
    sl_buf_add(&text, "x\0y\n", 4);
    write_text("list", text.data, text.len);
    RUN(&ran, "-c", "list");
    assert_int_equal(ran.status, SL_EXIT_OK); /* as sha256sum has it */
    assert_string_equal(ran.out.data, "a: OK\n");
    assert_says(&ran.err, "list:3: no PieceCID and name");
    assert_says(&ran.err, "list:4: ");
    assert_says(&ran.err, "list:5: ");
    assert_says(&ran.err, "list:6: ");
    assert_says(&ran.err, "WARNING: 4 lines are malformed");
    sl_ran_free(&ran);
    sl_buf_free(&text);
    free(list);
    write_text("list", "nothing\n", 8);
    ENDS(SL_EXIT_SOME_FAILED, "", "list: no line with a PieceCID and a name", "-c", "list");
    ENDS(SL_EXIT_NO_FILE, "", "none: cannot open", "-c", "none");
    ENDS(SL_EXIT_SOME_FAILED, "", "cannot read", "-c", ".");
}

static void a_list_comes_from_standard_input_too(void **state)
{
    (void)state;
    struct sl_ran ran;
    char *list = NULL;
    size_t len = 0;
    file("a", 500, 1);
    LIST("list", "a");
    assert_int_equal(sl_file_read(&list, &len, "list", 1000, NULL), 0);
    sl_run(&ran, &home, list, len, SL_ARGV("cid", "-c", "-"));
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_string_equal(ran.out.data, "a: OK\n");
    sl_ran_free(&ran);
    list[len - 2] = '-';
    sl_run(&ran, &home, list, len, SL_ARGV("cid", "-c", "-"));
    assert_int_equal(ran.status, SL_EXIT_SOME_FAILED);
    assert_says(&ran.err, "standard input:1: standard input is the list itself");
    sl_ran_free(&ran);
    free(list);
}

enum { MANY = SL_SANITIZED ? 1000 : 10000 };

static void many_files_are_listed_and_checked(void **state)
{
    (void)state;
    struct sl_ran ran;
    assert_int_equal(mkdir("d", 0700), 0);
    for (unsigned i = 0; i < MANY; i++) {
        char name[32], text[128];
        snprintf(name, sizeof name, "d/%u", i);
        const int len = snprintf(text, sizeof text, "%127u", i);
        write_text(name, text, (size_t)len);
    }
    LIST("list", "-r", "d");
    RUN(&ran, "-c", "list");
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_int_equal(lines_of(&ran.out), MANY);
    sl_ran_free(&ran);
    assert_int_equal(unlink("d/999"), 0);
    ENDS(SL_EXIT_OK, "", "", "-c", "--quiet", "--ignore-missing", "list");
    ENDS(SL_EXIT_SOME_FAILED, "d/999: FAILED open or read\n", "1 listed file could not be read",
         "-c", "--quiet", "list");
}

/* ---- sha256sum as the model ---- */

static int sha256sum_status(const char *words)
{
    char line[256];
    snprintf(line, sizeof line, "sha256sum %s >/dev/null 2>&1", words);
    /* NOLINTNEXTLINE(concurrency-mt-unsafe,cert-env33-c): no thread; words of this file */
    const int status = system(line);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void the_exit_status_of_a_check_is_that_of_sha256sum(void **state)
{
    (void)state;
    file("good", 500, 1);
    file("bad", 500, 2);
    file("gone", 500, 3);
    /* NOLINTNEXTLINE(concurrency-mt-unsafe,cert-env33-c) */
    assert_int_equal(system("for f in good bad gone; do sha256sum $f >sha.$f; done;"
                            "echo nonsense | cat sha.good - >sha.malformed; echo x >sha.none"),
                     0);
    static const char *const names[] = {"good", "bad", "gone"};
    for (size_t i = 0; i < 3; i++) {
        char list[16];
        snprintf(list, sizeof list, "cid.%s", names[i]);
        LIST(list, names[i]);
    }
    /* NOLINTNEXTLINE(concurrency-mt-unsafe,cert-env33-c) */
    assert_int_equal(
        system("echo nonsense | cat cid.good - >cid.malformed; echo x >cid.none; rm gone"), 0);
    file("bad", 500, 9);
    static const char *const flags[] = {NULL, "--quiet", "--status", "--ignore-missing"};
    static const char *const lists[] = {"good", "bad", "gone", "malformed", "none"};
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        for (size_t k = 0; k < sizeof lists / sizeof lists[0]; k++) {
            char words[128], list[32];
            struct sl_ran ran;
            snprintf(words, sizeof words, "-c %s sha.%s", flags[i] != NULL ? flags[i] : "",
                     lists[k]);
            snprintf(list, sizeof list, "cid.%s", lists[k]);
            RUN(&ran, "-c", list, flags[i]);
            const int want = sha256sum_status(words);
            if (ran.status != want)
                fail_msg("%s: status %d, sha256sum's is %d", words, ran.status, want);
            sl_ran_free(&ran);
        }
    }
}

static void options_that_do_not_go_together_are_refused(void **state)
{
    (void)state;
    ENDS(SL_EXIT_USAGE, "", "work only with --check", "--quiet", "a");
    ENDS(SL_EXIT_USAGE, "", "work only with --check", "--status", "a");
    ENDS(SL_EXIT_USAGE, "", "work only with --check", "--ignore-missing", "a");
    ENDS(SL_EXIT_USAGE, "", "leave out --v1 and --recursive", "-c", "-r", "a");
    ENDS(SL_EXIT_USAGE, "", "cid: give a list", "-c");
    ENDS(SL_EXIT_USAGE, "", "cid: give a file", "-r");
}

/* ---- on a terminal ---- */

/* A file of holes that nobody hashes to its end. */
static void endless(const char *name)
{
    file(name, 0, 0);
    assert_int_equal(truncate(name, (off_t)1 << 40), 0);
}

static struct sl_pty *start_on_terminal(const char *threads, const char *name)
{
    const char *const argv[] = {SL_BINARY_DIR "/sluice", "cid", "--threads", threads, name, NULL};
    return sl_pty_start(argv, NULL, 10, 100);
}

static void an_interrupt_ends_it_at_once_by_the_signal(void **state)
{
    (void)state;
    static const char *const threads[] = {"1", "2"};
    endless("endless");
    for (size_t i = 0; i < 2; i++) {
        struct sl_pty *pty = start_on_terminal(threads[i], "endless");
        sl_pty_wait_text(pty, "0/1 files");
        sl_pty_wait_text(pty, "of 1.1 T");
        sl_pty_wait_text(pty, "B/s  ETA");
        sl_pty_send(pty, "\x03");
        assert_int_equal(sl_pty_wait_exit(pty), SL_EXIT_KILLED);
        sl_pty_free(pty);
    }
}

static void a_file_that_changes_while_it_is_hashed_fails(void **state)
{
    (void)state;
    static const char *const threads[] = {"1", "2"};
    for (size_t i = 0; i < 2; i++) {
        endless("endless");
        struct sl_pty *pty = start_on_terminal(threads[i], "endless");
        sl_pty_wait_text(pty, "0/1 files");
        assert_int_equal(truncate("endless", 1000), 0);
        assert_int_equal(sl_pty_wait_exit(pty), SL_EXIT_SOME_FAILED);
        sl_pty_free(pty);
    }
}

/* What the dynamic linker brings before the first line runs: libraries of the network, and all that
 * these need, are left until somebody is spoken to. */
static void the_program_starts_without_the_libraries_of_the_network(void **state)
{
    (void)state;
    struct sl_child child;
    struct sl_ran ran;
    sl_child_start(&child, &home, "LD_TRACE_LOADED_OBJECTS=1", SL_ARGV("cid", "-"));
    sl_child_end(&child, &ran);
    assert_says(&ran.out, "libc.so");
    assert_null(strstr(ran.out.data, "libcurl"));
    assert_null(strstr(ran.out.data, "libmicrohttpd"));
    sl_ran_free(&ran);
}

int main(void)
{
#define E2E(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        E2E(the_program_starts_without_the_libraries_of_the_network),
        E2E(a_folder_is_walked_in_order_and_links_in_a_circle_end),
        E2E(empty_files_are_checked_as_they_were_listed),
        E2E(threads_do_not_change_a_piececid),
        E2E(failures_are_json_lines_too),
        E2E(a_list_that_sluice_printed_is_checked_whatever_the_names),
        E2E(one_byte_more_less_or_other_is_found),
        E2E(malformed_lines_are_named_by_number),
        E2E(a_list_comes_from_standard_input_too),
        E2E(many_files_are_listed_and_checked),
        E2E(the_exit_status_of_a_check_is_that_of_sha256sum),
        E2E(options_that_do_not_go_together_are_refused),
        E2E(an_interrupt_ends_it_at_once_by_the_signal),
        E2E(a_file_that_changes_while_it_is_hashed_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
