/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The socket of an engine: a server over a made-up engine, and clients, kind and hostile. */
#define _GNU_SOURCE /* struct ucred, SCM_RIGHTS helpers */ /* NOLINT(bugprone-reserved-identifier,cert-dcl37-c) \
                                                            */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/control.h"

#include "control/address.h"
#include "support/test.h"
#include "support/tmp.h"

enum { JOBS = 150, WAIT_MS = 20000, EVENTS_MAX = 8192, COMMANDS_MAX = 64 };

/* An engine that says what a test puts in, and keeps what it is told. */
struct made_up {
    struct sl_face face;
    pthread_mutex_t lock;
    int event_fd;
    int command_fd;
    struct sl_event *events[EVENTS_MAX];
    size_t first, count;
    struct sl_command commands[COMMANDS_MAX];
    size_t command_count;
};

static struct scene {
    char dir[SL_PATH_BYTES];
    struct sl_journal *journal;
    struct made_up engine;
    struct sl_board *board;
    struct sl_control_server *server;
    struct sl_control_client *client;
    struct sl_event event;
} s;

static int made_up_send(struct sl_face *face, const struct sl_command *command, struct sl_err *err)
{
    struct made_up *engine = (struct made_up *)(void *)face;
    const uint64_t one = 1;
    (void)err;
    pthread_mutex_lock(&engine->lock);
    assert_true(engine->command_count < COMMANDS_MAX);
    engine->commands[engine->command_count++] = *command;
    pthread_mutex_unlock(&engine->lock);
    assert_int_equal(write(engine->command_fd, &one, sizeof one), sizeof one);
    return SL_OK;
}

static int made_up_fd(const struct sl_face *face)
{
    return ((const struct made_up *)(const void *)face)->event_fd;
}

static bool made_up_next(struct sl_face *face, struct sl_event *event)
{
    struct made_up *engine = (struct made_up *)(void *)face;
    uint64_t count = 0;
    pthread_mutex_lock(&engine->lock);
    const bool got = engine->first < engine->count;
    if (got) {
        *event = *engine->events[engine->first];
        free(engine->events[engine->first++]);
    } else {
        (void)!read(engine->event_fd, &count, sizeof count);
    }
    pthread_mutex_unlock(&engine->lock);
    return got;
}

static bool made_up_progress(struct sl_face *face, struct sl_progress *progress)
{
    (void)face;
    (void)progress;
    return false;
}

static const struct sl_face_ops MADE_UP = {made_up_send, made_up_fd, made_up_next,
                                           made_up_progress};

static void tell(const struct sl_event *event)
{
    const uint64_t one = 1;
    struct sl_event *copy = malloc(sizeof *copy);
    assert_non_null(copy);
    *copy = *event;
    pthread_mutex_lock(&s.engine.lock);
    assert_true(s.engine.count < EVENTS_MAX);
    s.engine.events[s.engine.count++] = copy;
    pthread_mutex_unlock(&s.engine.lock);
    assert_int_equal(write(s.engine.event_fd, &one, sizeof one), sizeof one);
}

static void wait_readable(int fd)
{
    struct pollfd polled = {.fd = fd, .events = POLLIN};
    assert_int_equal(poll(&polled, 1, WAIT_MS), 1);
}

static struct sl_command next_command(void)
{
    uint64_t count = 0;
    wait_readable(s.engine.command_fd);
    assert_int_equal(read(s.engine.command_fd, &count, sizeof count), sizeof count);
    pthread_mutex_lock(&s.engine.lock);
    const struct sl_command command = s.engine.commands[s.engine.command_count - 1];
    pthread_mutex_unlock(&s.engine.lock);
    return command;
}

static void fill_journal(void)
{
    char path[64];
    assert_int_equal(sl_journal_txn_begin(s.journal, NULL), SL_OK);
    for (int i = 1; i <= JOBS; i++) {
        struct sl_job job = {.rank = i, .state = SL_JOB_QUEUED, .file = {.size_bytes = 1000}};
        snprintf(path, sizeof path, "/srv/%d.mkv", i);
        assert_int_equal(sl_journal_add(s.journal, &job, path, NULL), SL_OK);
    }
    assert_int_equal(sl_journal_txn_commit(s.journal, NULL), SL_OK);
}

static int set_up(void **state)
{
    (void)state;
    const struct sl_clock clock = sl_clock_system();
    memset(&s, 0, sizeof s);
    sl_tmp_make(s.dir);
    assert_int_equal(sl_journal_open(&s.journal, s.dir, SL_JOURNAL_WRITE, &clock, NULL), SL_OK);
    fill_journal();
    s.engine.face.ops = &MADE_UP;
    pthread_mutex_init(&s.engine.lock, NULL);
    s.engine.event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    s.engine.command_fd = eventfd(0, EFD_CLOEXEC | EFD_SEMAPHORE);
    assert_int_equal(sl_board_new(&s.board, NULL), SL_OK);
    const struct sl_control_options options = {.state_dir = s.dir,
                                               .network = "calibration",
                                               .account = "0x7E5F",
                                               .face = &s.engine.face,
                                               .board = s.board,
                                               .clock = clock};
    assert_int_equal(sl_control_start(&s.server, &options, NULL), SL_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    sl_control_close(s.client);
    sl_control_stop(s.server);
    while (s.engine.first < s.engine.count)
        free(s.engine.events[s.engine.first++]);
    sl_board_free(s.board);
    sl_journal_close(s.journal);
    close(s.engine.event_fd);
    close(s.engine.command_fd);
    sl_tmp_remove(s.dir);
    return 0;
}

static struct sl_control_client *connected(void)
{
    struct sl_control_client *client = NULL;
    struct sl_err err = {0};
    if (sl_control_connect(&client, s.dir, "screen", &err) < 0)
        fail_msg("%s", err.text);
    return client;
}

static const struct sl_event *next_event(struct sl_control_client *client)
{
    struct sl_face *face = sl_control_face(client);
    while (!sl_face_next_event(face, &s.event))
        wait_readable(sl_face_event_fd(face));
    return &s.event;
}

static void attach(struct sl_control_client *client)
{
    assert_int_equal(sl_control_attach(client, NULL), SL_OK);
    for (int i = 1; i <= JOBS; i++) {
        const struct sl_event *event = next_event(client);
        char path[64];
        snprintf(path, sizeof path, "/srv/%d.mkv", i);
        assert_int_equal(event->type, SL_EVENT_JOB);
        assert_string_equal(event->path, path);
    }
}

static void a_client_gets_all_jobs_and_then_each_change(void **state)
{
    (void)state;
    s.client = connected();
    assert_string_equal(sl_control_hello(s.client)->network, "calibration");
    assert_string_equal(sl_control_hello(s.client)->account, "0x7E5F");
    assert_int_equal(sl_control_hello(s.client)->pid, getpid());
    attach(s.client);
    tell(&(struct sl_event){
        .type = SL_EVENT_JOB, .job = {.id = 3, .state = SL_JOB_UPLOADING}, .path = "/srv/3.mkv"});
    tell(&(struct sl_event){.type = SL_EVENT_GONE, .job = {.id = 4}});
    const struct sl_event *event = next_event(s.client);
    assert_int_equal(event->type, SL_EVENT_JOB);
    assert_int_equal(event->job.state, SL_JOB_UPLOADING);
    assert_int_equal(next_event(s.client)->type, SL_EVENT_GONE);
    assert_int_equal(s.event.job.id, 4);
}

static void a_client_that_attached_to_nothing_hears_nothing(void **state)
{
    (void)state;
    s.client = connected();
    struct sl_progress got;
    tell(&(struct sl_event){.type = SL_EVENT_IDLE});
    assert_int_equal(sl_face_send_job(sl_control_face(s.client), SL_CMD_PAUSE_ALL, 0, 0, NULL), 0);
    assert_int_equal(next_command().type, SL_CMD_PAUSE_ALL);
    assert_false(sl_face_next_event(sl_control_face(s.client), &s.event));
    sl_board_write(s.board, 2, &(struct sl_progress){.job_id = 9, .sent_bytes = 77});
    assert_true(sl_control_next_progress(s.client, &got));
    assert_int_equal(got.sent_bytes, 77);
}

static void answers_to_an_add_reach_the_client_that_asked(void **state)
{
    (void)state;
    s.client = connected();
    struct sl_control_client *other = connected();
    attach(s.client);
    attach(other);
    assert_int_equal(sl_face_send_add(sl_control_face(s.client), "/srv/new", 5, NULL), SL_OK);
    const struct sl_command command = next_command();
    assert_string_equal(command.path, "/srv/new");
    assert_true(command.request_id >> 63 == 1); /* never one of the engine's own process */
    tell(
        &(struct sl_event){.type = SL_EVENT_SCANNED, .request_id = command.request_id, .count = 2});
    tell(&(struct sl_event){.type = SL_EVENT_LIMIT, .count = 1000});
    assert_int_equal(next_event(s.client)->type, SL_EVENT_SCANNED);
    assert_int_equal(s.event.request_id, 5);
    assert_int_equal(next_event(s.client)->type, SL_EVENT_LIMIT);
    assert_int_equal(next_event(other)->type, SL_EVENT_LIMIT);
    sl_control_close(other);
}

static void a_slow_client_gets_the_newest_state_of_each_job(void **state)
{
    (void)state;
    enum { CHANGES = 4000 };
    s.client = connected();
    struct sl_control_client *quick = connected();
    attach(s.client);
    attach(quick);
    assert_int_equal(sl_journal_txn_begin(s.journal, NULL), SL_OK);
    struct sl_job job;
    assert_int_equal(sl_journal_find_path(s.journal, "/srv/7.mkv", &job, NULL), 1);
    job.state = SL_JOB_PAUSED;
    assert_int_equal(sl_journal_update(s.journal, &job, NULL, NULL), SL_OK);
    assert_int_equal(sl_journal_remove(s.journal, 8, NULL), SL_OK);
    assert_int_equal(sl_journal_txn_commit(s.journal, NULL), SL_OK);
    for (int i = 0; i < CHANGES; i++) {
        struct sl_event change = {.type = SL_EVENT_JOB,
                                  .job = {.id = 7, .state = SL_JOB_UPLOADING},
                                  .path = "/srv/7.mkv"};
        memset(change.provider_url, 'u', sizeof change.provider_url - 1);
        change.job.attempts = i + 1;
        tell(&change);
        while (next_event(quick)->job.attempts != i + 1) /* reads all the time */
            ;
    }
    tell(&(struct sl_event){.type = SL_EVENT_GONE, .job = {.id = 8}});
    assert_int_equal(next_event(quick)->type, SL_EVENT_GONE);
    sl_control_close(quick);
    enum sl_job_state last = SL_JOB_QUEUED;
    bool gone = false;
    size_t changes = 0;
    while (!gone || last != SL_JOB_PAUSED) {
        const struct sl_event *event = next_event(s.client);
        gone = gone || (event->type == SL_EVENT_GONE && event->job.id == 8);
        if (event->type == SL_EVENT_JOB && event->job.id == 7) {
            last = event->job.state;
            changes++;
        }
    }
    assert_true(changes < CHANGES);
}

static void the_end_of_an_engine_is_told(void **state)
{
    (void)state;
    s.client = connected();
    attach(s.client);
    sl_control_stop(s.server);
    s.server = NULL;
    assert_int_equal(next_event(s.client)->type, SL_EVENT_STOPPED);
    struct sl_err err = {0};
    assert_int_equal(sl_face_send_job(sl_control_face(s.client), SL_CMD_PAUSE_ALL, 0, 0, &err),
                     SL_ENET);
    struct sl_control_client *none = NULL;
    assert_int_equal(sl_control_connect(&none, s.dir, "screen", &err), SL_ENOENT);
}

static void a_stale_socket_is_replaced_and_nothing_else(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES], dir[SL_PATH_BYTES];
    struct sl_err err = {0};
    sl_tmp_make(dir);
    const int left = sl_control_address_listen(dir, NULL);
    assert_true(left >= 0);
    close(left); /* as after a kill */
    assert_int_equal(sl_control_address_connect(dir, &err), SL_ENOENT);
    const int again = sl_control_address_listen(dir, NULL);
    assert_true(again >= 0);
    const int met = sl_control_address_connect(dir, &err);
    assert_true(met >= 0);
    close(met);
    close(again);
    sl_control_address_remove(dir);
    sl_tmp_file(path, dir, "engine.sock", 4, 1);
    assert_int_equal(sl_control_address_listen(dir, &err), SL_EFILETYPE);
    assert_int_equal(access(path, F_OK), 0);
    sl_control_address_remove(dir);
    assert_int_equal(access(path, F_OK), 0);
    sl_tmp_remove(dir);
}

static void a_folder_with_a_long_path_has_a_socket_too(void **state)
{
    (void)state;
    char dir[SL_PATH_BYTES], deep[SL_PATH_BYTES];
    struct stat st;
    sl_tmp_make(dir);
    snprintf(deep, sizeof deep, "%s/%0120d/%0120d", dir, 1, 2);
    assert_int_equal(sl_path_make(deep, 0700, NULL), SL_OK);
    const int fd = sl_control_address_listen(deep, NULL);
    assert_true(fd >= 0);
    const int met = sl_control_address_connect(deep, NULL);
    assert_true(met >= 0);
    assert_true(sl_control_address_is_own(met));
    strcat(deep, "/engine.sock");
    assert_int_equal(stat(deep, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    close(met);
    close(fd);
    sl_tmp_remove(dir);
}

/* ---- hostile clients: the server lets them go and serves the others ---- */

static int raw(void)
{
    struct sl_err err = {0};
    const int fd = sl_control_address_connect(s.dir, &err);
    assert_true(fd >= 0);
    return fd;
}

static void push(int fd, const char *text, size_t len)
{
    while (len > 0) {
        const ssize_t n = send(fd, text, len, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) {
            struct pollfd polled = {.fd = fd, .events = POLLOUT};
            assert_int_equal(poll(&polled, 1, WAIT_MS), 1);
            continue;
        }
        if (n < 0)
            return; /* let go already */
        text += n;
        len -= (size_t)n;
    }
}

/* Reads until the server closes; returns the bytes. */
static size_t drain(int fd, char *out, size_t cap)
{
    size_t len = 0;
    for (;;) {
        wait_readable(fd);
        const ssize_t n = read(fd, out + len, cap - len);
        if (n <= 0)
            break;
        len += (size_t)n;
        assert_true(len < cap);
    }
    close(fd);
    return len;
}

static void is_let_go(const char *text, size_t len)
{
    char out[65536];
    const int fd = raw();
    push(fd, text, len);
    (void)drain(fd, out, sizeof out);
}

static void garbage_ends_a_connection_and_nothing_else(void **state)
{
    (void)state;
    static char endless[SL_CONTROL_LINE_BYTES + 1];
    static const char *const texts[] = {
        "\n",
        "garbage\n",
        "{\"id\":1,\"do\":\"hello\",\"v\":1}{\n",
        "{\"do\":\"hello\",\"v\":1}\n",
        "{\"id\":1}\n",
        "{\"id\":1,\"do\":\"attach\"}\n", /* before hello */
        "[]\n",
    };
    memset(endless, 'x', sizeof endless);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        is_let_go(texts[i], strlen(texts[i]));
    is_let_go(endless, sizeof endless);
    s.client = connected();
    attach(s.client);
}

static void too_many_requests_end_a_connection(void **state)
{
    (void)state;
    char line[128];
    const int fd = raw();
    char *out = malloc(1 << 20);
    const char *hello = "{\"id\":0,\"do\":\"hello\",\"v\":1}\n";
    push(fd, hello, strlen(hello));
    for (int i = 1; i <= 20 * SL_CONTROL_REQUESTS_PER_S; i++) {
        const int len = snprintf(line, sizeof line, "{\"id\":%d,\"do\":\"nonsense\"}\n", i);
        push(fd, line, (size_t)len);
    }
    (void)drain(fd, out, 1 << 20);
    free(out);
    s.client = connected();
}

static void an_unknown_request_is_answered(void **state)
{
    (void)state;
    char out[4096] = "";
    const int fd = raw();
    const char *asks = "{\"id\":1,\"do\":\"hello\",\"v\":1}\n{\"id\":2,\"do\":\"dance\"}\n"
                       "{\"id\":3,\"do\":\"hello\",\"v\":9}\n";
    push(fd, asks, strlen(asks));
    assert_int_equal(shutdown(fd, SHUT_WR), 0);
    const size_t len = drain(fd, out, sizeof out - 1);
    out[len] = '\0';
    assert_non_null(strstr(out, "{\"re\":1,\"ok\":true}"));
    assert_non_null(strstr(out, "{\"re\":2,\"ok\":false,\"code\":\"usage\""));
    assert_non_null(strstr(out, "{\"re\":3,\"ok\":false,\"code\":\"protocol\""));
}

static size_t open_fds(void)
{
    size_t count = 0;
    for (int fd = 0; fd < 1024; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void descriptors_that_are_passed_are_closed(void **state)
{
    (void)state;
    enum { FDS = 200 };
    s.client = connected();
    attach(s.client);
    const size_t before = open_fds();
    const int fd = raw();
    int passed[FDS];
    char control[CMSG_SPACE(sizeof passed)] = {0};
    char hello[] = "{\"id\":1,\"do\":\"hello\",\"v\":1}\n{\"id\":2,\"do\":\"pause-all\"}\n";
    struct iovec bytes = {.iov_base = hello, .iov_len = sizeof hello - 1};
    struct msghdr msg = {.msg_iov = &bytes,
                         .msg_iovlen = 1,
                         .msg_control = control,
                         .msg_controllen = sizeof control};
    struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
    for (int i = 0; i < FDS; i++)
        passed[i] = STDIN_FILENO;
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof passed);
    memcpy(CMSG_DATA(c), passed, sizeof passed);
    assert_int_equal(sendmsg(fd, &msg, 0), sizeof hello - 1);
    assert_int_equal(next_command().type, SL_CMD_PAUSE_ALL); /* the message was read */
    assert_in_range(open_fds(), before, before + 3); /* the two ends and the board's, no more */
    close(fd);
}

static void more_clients_than_the_limit_wait_outside(void **state)
{
    (void)state;
    int fds[SL_CONTROL_CLIENTS + 4];
    s.client = connected();
    attach(s.client);
    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++)
        fds[i] = raw();
    tell(&(struct sl_event){.type = SL_EVENT_LIMIT, .count = 5});
    assert_int_equal(next_event(s.client)->type, SL_EVENT_LIMIT);
    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++)
        close(fds[i]);
    sl_control_close(s.client);
    s.client = connected(); /* there is room again */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        CASE(a_client_gets_all_jobs_and_then_each_change),
        CASE(a_client_that_attached_to_nothing_hears_nothing),
        CASE(answers_to_an_add_reach_the_client_that_asked),
        CASE(a_slow_client_gets_the_newest_state_of_each_job),
        CASE(the_end_of_an_engine_is_told),
        CASE(a_stale_socket_is_replaced_and_nothing_else),
        CASE(a_folder_with_a_long_path_has_a_socket_too),
        CASE(garbage_ends_a_connection_and_nothing_else),
        CASE(too_many_requests_end_a_connection),
        CASE(an_unknown_request_is_answered),
        CASE(descriptors_that_are_passed_are_closed),
        CASE(more_clients_than_the_limit_wait_outside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
