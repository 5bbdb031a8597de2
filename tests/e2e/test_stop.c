/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built sluice when it is stopped, killed, hung up on, or run twice. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "binary_kit.h"

enum { OPTIONS_BYTES = 512 };

/* ---- interruptions: a provider that takes the connection and never answers ---- */

static int listen_somewhere(char url[static 64])
{
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    assert_true(fd >= 0);
    assert_int_equal(fcntl(fd, F_SETFD, FD_CLOEXEC), 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    snprintf(url, 64, "http://127.0.0.1:%d", (int)ntohs(address.sin_port));
    return fd;
}

/* An upload that is under way when this returns. */
static void start_stuck(struct sl_child *child, int *listener, int *connection, const char *path,
                        const char *flag)
{
    char url[64];
    *listener = listen_somewhere(url);
    sl_child_start(child, &bin_home, NULL,
                   SL_ARGV("upload", path, "--network", "none", "--provider-url", url, flag));
    *connection = accept(*listener, NULL, NULL);
    assert_true(*connection >= 0);
}

static void end_stuck(struct sl_child *child, struct sl_ran *ran, int listener, int connection)
{
    sl_child_end(child, ran);
    bin_assert_printable(&ran->out);
    bin_assert_printable(&ran->err);
    close(connection);
    close(listener);
}

static void an_interrupt_saves_the_work_and_another_run_does_it(void **state)
{
    (void)state;
    static const int signals[] = {SIGINT, SIGTERM};
    char path[SL_PATH_BYTES];
    struct sl_ran ran;
    bin_file(path, "a.bin", 20000, 5);
    for (size_t i = 0; i < 2; i++) {
        struct sl_child child;
        int listener, connection;
        start_stuck(&child, &listener, &connection, path, "--json");
        assert_int_equal(kill(child.pid, signals[i]), 0);
        end_stuck(&child, &ran, listener, connection);
        assert_int_equal(ran.status, SL_EXIT_WORK_LEFT);
        cJSON *lines = bin_lines(&ran.out);
        assert_string_equal(bin_str(bin_last(lines), "type"), "summary");
        assert_int_equal(bin_number(bin_last(lines), "left"), 1);
        assert_int_equal(bin_count(lines, "stored"), 0);
        cJSON_Delete(lines);
        sl_ran_free(&ran);
    }
    RUN(&ran, "upload", path);
    assert_int_equal(ran.status, SL_EXIT_OK);
    bin_assert_says(&ran.out, path);
    sl_ran_free(&ran);
    RUN(&ran, "status", "--json");
    cJSON *lines = bin_lines(&ran.out);
    assert_int_equal(cJSON_GetArraySize(lines), 1);
    assert_string_equal(bin_str(bin_last(lines), "state"), "confirmed");
    cJSON_Delete(lines);
    sl_ran_free(&ran);
}

static void a_second_sluice_is_refused_while_status_works(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_child child;
    struct sl_ran ran;
    int listener, connection;
    bin_file(path, "a.bin", 20000, 5);
    start_stuck(&child, &listener, &connection, path, "--no-hidden");
    REFUSED(SL_EXIT_TEMPORARY, "another sluice", "upload", path);
    RUN(&ran, "status");
    assert_int_equal(ran.status, SL_EXIT_OK);
    bin_assert_says(&ran.out, "uploading");
    sl_ran_free(&ran);
    assert_int_equal(kill(child.pid, SIGTERM), 0);
    end_stuck(&child, &ran, listener, connection);
    assert_int_equal(ran.status, SL_EXIT_WORK_LEFT);
    sl_ran_free(&ran);
}

/*
 * A program that leaves at once joins none of its threads, which ThreadSanitizer calls a leak of
 * those that have just ended: it is told that this is meant, for as long as `saved` is not back.
 */
static void allow_unjoined_threads(char saved[static OPTIONS_BYTES])
{
    char options[2 * OPTIONS_BYTES];
    const char *now = getenv("TSAN_OPTIONS");
    snprintf(saved, OPTIONS_BYTES, "%s", now != NULL ? now : "");
    snprintf(options, sizeof options, "%s:report_thread_leaks=0", saved);
    assert_int_equal(setenv("TSAN_OPTIONS", options, 1), 0);
}

static void an_upload_that_is_killed_is_done_by_another_run(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_child child;
    struct sl_ran ran;
    int listener, connection;
    bin_file(path, "a.bin", 20000, 5);
    start_stuck(&child, &listener, &connection, path, "--json");
    assert_int_equal(kill(child.pid, SIGKILL), 0);
    end_stuck(&child, &ran, listener, connection);
    assert_int_equal(ran.status, 1000 + SIGKILL);
    sl_ran_free(&ran);

    char options[OPTIONS_BYTES];
    allow_unjoined_threads(options);
    start_stuck(&child, &listener, &connection, path, "--json");
    assert_int_equal(setenv("TSAN_OPTIONS", options, 1), 0);
    assert_int_equal(kill(child.pid, SIGINT), 0);
    assert_int_equal(kill(child.pid, SIGINT), 0); /* it may find both as one */
    end_stuck(&child, &ran, listener, connection);
    if (ran.status != SL_EXIT_KILLED && ran.status != SL_EXIT_WORK_LEFT)
        fail_msg("status %d: %s", ran.status, ran.err.data);
    sl_ran_free(&ran);

    RUN(&ran, "upload", path);
    assert_int_equal(ran.status, SL_EXIT_OK);
    bin_assert_says(&ran.out, path);
    sl_ran_free(&ran);
}

static void a_hangup_silences_the_upload_when_it_shall_go_on(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_child child;
    struct sl_ran ran;
    int listener, connection;
    bin_file(path, "a.bin", 20000, 5);
    start_stuck(&child, &listener, &connection, path, "--on-hangup=continue");
    assert_int_equal(kill(child.pid, SIGHUP), 0);
    assert_int_equal(kill(child.pid, SIGTERM), 0); /* taken after it, whatever comes first */
    end_stuck(&child, &ran, listener, connection);
    assert_int_equal(ran.status, SL_EXIT_WORK_LEFT);
    bin_assert_says(&ran.err, "warning: network none"); /* printed before it, and nothing else */
    assert_ptr_equal(strchr(ran.err.data, '\n'), ran.err.data + ran.err.len - 1);
    sl_ran_free(&ran);
}

static void a_hangup_stops_the_upload_when_it_shall(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_child child;
    struct sl_ran ran;
    int listener, connection;
    bin_file(path, "a.bin", 20000, 5);
    start_stuck(&child, &listener, &connection, path, "--on-hangup=stop");
    assert_int_equal(kill(child.pid, SIGHUP), 0);
    close(connection); /* draining waits for what runs: that fails now */
    close(listener);
    sl_child_end(&child, &ran);
    assert_int_equal(ran.status, SL_EXIT_WORK_LEFT);
    sl_ran_free(&ran);
}

static void a_reader_that_goes_away_stops_an_upload_which_says_so(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_child child;
    struct sl_ran ran;
    bin_file(path, "a.bin", 500, 1);
    static const char *const commands[] = {"upload", "cid"}; /* both read to the end first */
    for (size_t i = 0; i < 2; i++) {
        sl_child_start(&child, &bin_home, NULL, SL_ARGV(commands[i], "-"));
        close(child.out);
        child.out = open("/dev/null", O_RDONLY | O_CLOEXEC);
        assert_int_equal(write(child.in, path, strlen(path)), strlen(path));
        sl_child_end(&child, &ran);
        assert_int_equal(ran.status, SL_EXIT_SOME_FAILED);
        if (i == 0) /* nobody wants a word of `cid | head` */
            bin_assert_says(&ran.err, "cannot write to standard output");
        else
            assert_null(strstr(ran.err.data, "cannot write"));
        sl_ran_free(&ran);
    }
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN); /* a child may end before it has read all */
    const struct CMUnitTest tests[] = {
        BIN_TEST(an_interrupt_saves_the_work_and_another_run_does_it),
        BIN_TEST(a_second_sluice_is_refused_while_status_works),
        BIN_TEST(an_upload_that_is_killed_is_done_by_another_run),
        BIN_TEST(a_hangup_silences_the_upload_when_it_shall_go_on),
        BIN_TEST(a_hangup_stops_the_upload_when_it_shall),
        BIN_TEST(a_reader_that_goes_away_stops_an_upload_which_says_so),
    };
    return cmocka_run_group_tests_name("stop", tests, NULL, NULL);
}
