/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Passwords: of a command, or of a person at a terminal. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "sluice/signer.h"

enum { PASSWORD_BYTES = 4096 };

extern char **environ; /* POSIX has it in no header */

/* Read up to the end of the line or of the input. Returns the number of bytes, or < 0: a negated
 * errno. -ENODATA when there was no input at all; an empty line is an empty password. */
static ssize_t read_line(int fd, uint8_t *out, size_t cap)
{
    size_t len = 0;
    while (len < cap) {
        const ssize_t n = read(fd, out + len, 1);
        if (n < 0)
            return -errno;
        if (n == 0)
            return len > 0 ? (ssize_t)len : -ENODATA;
        if (out[len] == '\n')
            break;
        len++;
    }
    return (ssize_t)len;
}

static int drain(int fd)
{
    uint8_t rest[256];
    ssize_t n;
    do {
        n = read(fd, rest, sizeof rest);
    } while (n > 0 || (n < 0 && errno == EINTR));
    sl_wipe(rest, sizeof rest);
    return n < 0 ? errno : 0;
}

static int spawn_shell(pid_t *pid, const char *command, int out_fd)
{
    posix_spawn_file_actions_t actions;
    char shell[] = "/bin/sh";
    char flag[] = "-c";
    char *argv[] = {shell, flag, (char *)command, NULL};
    int rc = posix_spawn_file_actions_init(&actions);
    if (rc != 0)
        return rc;
    rc = posix_spawn_file_actions_adddup2(&actions, out_fd, STDOUT_FILENO);
    if (rc == 0)
        rc = posix_spawn(pid, shell, &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return rc;
}

static int wait_for(pid_t pid, struct sl_err *err)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            return sl_err_sys(err, errno, "password_command");
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return sl_err_set(err, SL_EKEY, "password_command failed (status %d)",
                          WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return SL_OK;
}

int sl_config_secret_of_command(struct sl_secret **out, const char *command, struct sl_err *err)
{
    struct sl_secret *secret = NULL;
    int ends[2];
    pid_t pid;
    int rc = sl_secret_new(&secret, PASSWORD_BYTES, err);
    if (rc < 0)
        return rc;
    if (pipe(ends) != 0) {
        rc = sl_err_sys(err, errno, "password_command");
        sl_secret_free(secret);
        return rc;
    }
    (void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    (void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    const int why = spawn_shell(&pid, command, ends[1]);
    close(ends[1]);
    ssize_t len = 0;
    if (why != 0) {
        rc = sl_err_sys(err, why, "password_command");
    } else {
        len = read_line(ends[0], sl_secret_bytes(secret), PASSWORD_BYTES);
        (void)drain(ends[0]); /* a command must not die of a closed pipe */
        rc = wait_for(pid, err);
    }
    close(ends[0]);
    if (rc == SL_OK && len < 0)
        rc = sl_err_set(err, SL_EKEY,
                        "password_command printed nothing: an empty password is an empty line");
    if (rc < 0) {
        sl_secret_free(secret);
        return rc;
    }
    sl_secret_cut(secret, (size_t)len);
    *out = secret;
    return SL_OK;
}

/* The signals that would leave a terminal without echo: held until it is restored. */
static void hold_signals(sigset_t *before)
{
    sigset_t held;
    sigemptyset(&held);
    sigaddset(&held, SIGINT);
    sigaddset(&held, SIGTERM);
    sigaddset(&held, SIGHUP);
    sigaddset(&held, SIGQUIT);
    sigaddset(&held, SIGTSTP);
    pthread_sigmask(SIG_BLOCK, &held, before);
}

/* Ctrl-C comes as a byte while ISIG is off, so that it can end the question. */
static ssize_t read_hidden(int fd, uint8_t *out, size_t cap)
{
    size_t len = 0;
    while (len < cap) {
        uint8_t byte;
        const ssize_t n = read(fd, &byte, 1);
        if (n <= 0)
            return n < 0 ? -errno : -EIO;
        if (byte == '\r' || byte == '\n')
            return (ssize_t)len;
        if (byte == 3 || (byte == 4 && len == 0))
            return -ECANCELED;
        if (byte == 21) /* Ctrl-U: all over again */
            len = 0;
        else if ((byte == 8 || byte == 127) && len > 0)
            len--;
        else if (byte != 8 && byte != 127)
            out[len++] = byte;
    }
    return -EOVERFLOW;
}

static ssize_t ask(int fd, const char *question, uint8_t *out, size_t cap)
{
    struct termios before;
    sigset_t signals;
    if (tcgetattr(fd, &before) != 0)
        return -errno;
    struct termios hidden = before;
    hidden.c_lflag &= (tcflag_t) ~(ECHO | ECHONL | ICANON | ISIG);
    hidden.c_cc[VMIN] = 1;
    hidden.c_cc[VTIME] = 0;
    hold_signals(&signals);
    ssize_t len = -EIO;
    if (tcsetattr(fd, TCSAFLUSH, &hidden) == 0) {
        if (write(fd, question, strlen(question)) >= 0)
            len = read_hidden(fd, out, cap);
        (void)!write(fd, "\n", 1);
        (void)tcsetattr(fd, TCSAFLUSH, &before);
    }
    pthread_sigmask(SIG_SETMASK, &signals, NULL);
    return len;
}

int sl_prompt_terminal(void *ctx, struct sl_secret **out, const char *question, struct sl_err *err)
{
    (void)ctx;
    struct sl_secret *secret = NULL;
    const int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return sl_err_set(err, SL_EKEY,
                          "the password cannot be asked for without a terminal: set "
                          "password_command");
    int rc = sl_secret_new(&secret, PASSWORD_BYTES, err);
    const ssize_t len =
        rc == SL_OK ? ask(fd, question, sl_secret_bytes(secret), PASSWORD_BYTES) : 0;
    close(fd);
    if (rc == SL_OK && len == -ECANCELED)
        rc = sl_err_set(err, SL_ECANCELED, "no password was given");
    else if (rc == SL_OK && len < 0)
        rc = sl_err_sys(err, (int)-len, "read the password");
    if (rc < 0) {
        sl_secret_free(secret);
        return rc;
    }
    sl_secret_cut(secret, (size_t)len);
    *out = secret;
    return SL_OK;
}
