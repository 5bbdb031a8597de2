/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/test.h"
#include "support/tmp.h"

enum { WORDS_MAX = 64, VARIABLES_MAX = 32 };

extern char **environ;

void sl_home_make(struct sl_home *home)
{
    sl_tmp_make(home->dir);
    assert_int_equal(sl_path_join(home->state, sizeof home->state, home->dir, ".sl", NULL), 0);
}

void sl_home_remove(struct sl_home *home)
{
    sl_tmp_remove(home->dir);
}

static void make_pipe(int fds[2])
{
    assert_int_equal(pipe(fds), 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(fcntl(fds[i], F_SETFD, FD_CLOEXEC), 0);
}

/* Nothing of the person who runs the tests but what sanitizers need. */
static size_t copy_variables(char **out)
{
    static const char *const wanted[] = {"PATH=", "ASAN_", "UBSAN_", "TSAN_", "LSAN_", "LLVM_"};
    size_t n = 0;
    for (char **one = environ; *one != NULL; one++) {
        for (size_t i = 0; i < sizeof wanted / sizeof wanted[0] && n < VARIABLES_MAX - 4; i++) {
            if (strncmp(*one, wanted[i], strlen(wanted[i])) == 0)
                out[n++] = *one;
        }
    }
    return n;
}

void sl_child_start(struct sl_child *child, const struct sl_home *home, const char *variable,
                    const char *const *argv)
{
    int in[2], out[2], err[2];
    make_pipe(in);
    make_pipe(out);
    make_pipe(err);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);

    char home_text[SL_PATH_BYTES + 8], state_text[SL_PATH_BYTES + 32];
    snprintf(home_text, sizeof home_text, "HOME=%s", home->dir);
    snprintf(state_text, sizeof state_text, "SLUICE_STATE_DIR=%s", home->state);
    char *variables[VARIABLES_MAX] = {0};
    size_t n = copy_variables(variables);
    variables[n++] = home_text;
    variables[n++] = state_text;
    char epoch[] = "SLUICE_LOCAL_EPOCH=100ms"; /* nobody waits for blocks */
    variables[n++] = epoch;
    if (variable != NULL)
        variables[n++] = (char *)(uintptr_t)variable;

    char program[] = SL_BINARY_DIR "/sluice";
    char *words[WORDS_MAX] = {program};
    for (size_t i = 0; argv[i] != NULL && i < WORDS_MAX - 2; i++)
        words[i + 1] = (char *)(uintptr_t)argv[i];
    assert_int_equal(posix_spawn(&child->pid, program, &actions, NULL, words, variables), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    close(err[1]);
    child->in = in[1];
    child->out = out[0];
    child->err = err[0];
}

/* False at the end of the stream. */
static int read_some(struct sl_buf *out, int fd)
{
    char chunk[4096];
    const ssize_t n = read(fd, chunk, sizeof chunk);
    if (n < 0 && errno == EINTR)
        return 1;
    if (n <= 0)
        return 0;
    sl_buf_add(out, chunk, (size_t)n);
    return 1;
}

bool sl_child_has_ended(const struct sl_child *child)
{
    siginfo_t info = {0};
    assert_int_equal(waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT), 0);
    return info.si_pid != 0;
}

void sl_child_end(struct sl_child *child, struct sl_ran *ran)
{
    if (child->in >= 0)
        close(child->in);
    *ran = (struct sl_ran){0};
    sl_buf_str(&ran->out, "");
    sl_buf_str(&ran->err, "");
    struct pollfd fds[] = {{.fd = child->out, .events = POLLIN},
                           {.fd = child->err, .events = POLLIN}};
    struct sl_buf *streams[] = {&ran->out, &ran->err};
    while (fds[0].fd >= 0 || fds[1].fd >= 0) {
        if (poll(fds, 2, -1) < 0)
            continue;
        for (int i = 0; i < 2; i++) {
            if (fds[i].fd >= 0 && fds[i].revents != 0 && !read_some(streams[i], fds[i].fd)) {
                close(fds[i].fd);
                fds[i].fd = -1;
            }
        }
    }
    int status = 0;
    while (waitpid(child->pid, &status, 0) < 0)
        assert_int_equal(errno, EINTR);
    ran->status = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

void sl_run(struct sl_ran *ran, const struct sl_home *home, const void *input, size_t len,
            const char *const *argv)
{
    struct sl_child child;
    sl_child_start(&child, home, NULL, argv);
    for (size_t at = 0; at < len;) {
        const ssize_t n = write(child.in, (const char *)input + at, len - at);
        if (n <= 0)
            break; /* it does not want to read on */
        at += (size_t)n;
    }
    close(child.in);
    child.in = -1;
    sl_child_end(&child, ran);
}

void sl_ran_free(struct sl_ran *ran)
{
    sl_buf_free(&ran->out);
    sl_buf_free(&ran->err);
}
