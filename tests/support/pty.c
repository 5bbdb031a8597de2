/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "support/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <vterm.h>

#include "sluice/buf.h"
#include "sluice/clock.h"

#include "support/test.h"

enum { PATIENCE_MS = 60000, LOOK_MS = 50, STOPPED = 'S', ENDED = 'E' };

struct sl_pty {
    int master;
    int news;   /* from the shell: the program's pid, then STOPPED or ENDED with the status */
    int orders; /* to the shell: a byte lets the program go on */
    pid_t shell;
    pid_t program;
    bool stopped;
    bool ended;
    int status;
    VTerm *vterm;
    VTermScreen *screen;
    int rows;
    int cols;
    struct sl_buf text;
    struct sl_buf bytes;
};

/* ---- the shell of one job; runs in the child ---- */

struct news {
    int what; /* 0: it runs */
    int value;
};

static void tell(int fd, int what, int value)
{
    const struct news news = {what, value};
    if (write(fd, &news, sizeof news) != (ssize_t)sizeof news)
        _exit(126);
}

static void run_program(const char *const *argv, const char *const *env)
{
    setenv("TERM", "xterm-256color", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    for (size_t i = 0; env != NULL && env[i] != NULL; i++) {
        char name[64];
        const size_t len = strcspn(env[i], "=");
        snprintf(name, sizeof name, "%.*s", (int)len, env[i]);
        if (env[i][len] == '\0' || env[i][len + 1] == '\0')
            unsetenv(name);
        else
            setenv(name, env[i] + len + 1, 1);
    }
    char *copy[16] = {NULL};
    for (size_t i = 0; i < 15 && argv[i] != NULL; i++)
        copy[i] = strdup(argv[i]);
    execv(copy[0], copy);
    _exit(127);
}

static void mind_job(pid_t program, int news, int orders)
{
    int status = 0;
    tell(news, 0, program);
    while (waitpid(program, &status, WUNTRACED) == program) {
        if (!WIFSTOPPED(status)) {
            tell(news, ENDED, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
            _exit(0);
        }
        tcsetpgrp(STDIN_FILENO, getpgrp());
        tell(news, STOPPED, 0);
        char order = 0;
        if (read(orders, &order, 1) != 1)
            _exit(1);
        tcsetpgrp(STDIN_FILENO, program);
        kill(program, SIGCONT);
    }
    _exit(1);
}

static void run_shell(const char *const *argv, const char *const *env, int news, int orders)
{
    signal(SIGTTOU, SIG_IGN);
    const pid_t program = fork();
    if (program == 0) {
        setpgid(0, 0);
        tcsetpgrp(STDIN_FILENO, getpgrp());
        signal(SIGTTOU, SIG_DFL);
        run_program(argv, env);
    }
    signal(SIGHUP, SIG_IGN); /* the end of the program is told even without a terminal */
    setpgid(program, program);
    mind_job(program, news, orders);
}

/* ---- start and end ---- */

static void set_up_screen(struct sl_pty *pty)
{
    pty->vterm = vterm_new(pty->rows, pty->cols);
    vterm_set_utf8(pty->vterm, 1);
    pty->screen = vterm_obtain_screen(pty->vterm);
    vterm_screen_enable_altscreen(pty->screen, 1);
    vterm_screen_reset(pty->screen, 1);
}

struct sl_pty *sl_pty_start(const char *const *argv, const char *const *env, int rows, int cols)
{
    struct sl_pty *pty = calloc(1, sizeof *pty);
    int news[2], orders[2];
    const struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    assert_non_null(pty);
    assert_int_equal(pipe(news) | pipe(orders), 0);
    pty->rows = rows;
    pty->cols = cols;
    pty->shell = forkpty(&pty->master, NULL, NULL, &size);
    assert_true(pty->shell >= 0);
    if (pty->shell == 0) {
        const int ours[] = {news[1], orders[0]};
        close(news[0]);
        close(orders[1]);
        for (size_t i = 0; i < 2; i++)
            fcntl(ours[i], F_SETFD, FD_CLOEXEC);
        run_shell(argv, env, news[1], orders[0]);
    }
    close(news[1]);
    close(orders[0]);
    pty->news = news[0];
    pty->orders = orders[1];
    fcntl(pty->master, F_SETFD, FD_CLOEXEC);
    fcntl(pty->news, F_SETFD, FD_CLOEXEC);
    fcntl(pty->orders, F_SETFD, FD_CLOEXEC);
    set_up_screen(pty);
    return pty;
}

void sl_pty_free(struct sl_pty *pty)
{
    if (!pty->ended && pty->program > 0)
        kill(pty->program, SIGKILL);
    if (pty->master >= 0)
        close(pty->master);
    close(pty->orders);
    waitpid(pty->shell, NULL, 0);
    close(pty->news);
    vterm_free(pty->vterm);
    sl_buf_free(&pty->text);
    sl_buf_free(&pty->bytes);
    free(pty);
}

/* ---- reading ---- */

static void read_news(struct sl_pty *pty)
{
    struct news news;
    if (read(pty->news, &news, sizeof news) != (ssize_t)sizeof news) {
        pty->ended = true;
        pty->status = -1;
    } else if (news.what == 0) {
        pty->program = news.value;
    } else if (news.what == STOPPED) {
        pty->stopped = true;
    } else {
        pty->ended = true;
        pty->status = news.value;
    }
}

static bool read_output(struct sl_pty *pty)
{
    char bytes[4096];
    const ssize_t n = read(pty->master, bytes, sizeof bytes);
    if (n <= 0)
        return false;
    sl_buf_add(&pty->bytes, bytes, (size_t)n);
    vterm_input_write(pty->vterm, bytes, (size_t)n);
    return true;
}

/* Takes what there is, waiting at most `ms` for something. */
static void look(struct sl_pty *pty, int ms)
{
    struct pollfd fds[] = {{.fd = pty->master, .events = POLLIN},
                           {.fd = pty->ended ? -1 : pty->news, .events = POLLIN}};
    if (poll(fds, 2, ms) <= 0)
        return;
    if ((fds[0].revents & (POLLIN | POLLHUP)) != 0 && !read_output(pty) && fds[1].revents == 0)
        (void)poll(&fds[1], 1, ms);
    if ((fds[1].revents & (POLLIN | POLLHUP)) != 0)
        read_news(pty);
}

static void add_cell(struct sl_pty *pty, VTermPos at)
{
    VTermScreenCell cell;
    char text[8];
    vterm_screen_get_cell(pty->screen, at, &cell);
    if (cell.chars[0] == (uint32_t)-1)
        return; /* right half of a wide character */
    if (cell.chars[0] == 0)
        sl_buf_str(&pty->text, " ");
    for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i] != 0; i++) {
        const uint32_t p = cell.chars[i];
        if (p < 0x80)
            snprintf(text, sizeof text, "%c", (int)p);
        else if (p < 0x800)
            snprintf(text, sizeof text, "%c%c", (int)(0xC0 | p >> 6), (int)(0x80 | (p & 63)));
        else if (p < 0x10000)
            snprintf(text, sizeof text, "%c%c%c", (int)(0xE0 | p >> 12),
                     (int)(0x80 | (p >> 6 & 63)), (int)(0x80 | (p & 63)));
        else
            snprintf(text, sizeof text, "%c%c%c%c", (int)(0xF0 | p >> 18),
                     (int)(0x80 | (p >> 12 & 63)), (int)(0x80 | (p >> 6 & 63)),
                     (int)(0x80 | (p & 63)));
        sl_buf_str(&pty->text, text);
    }
}

const char *sl_pty_screen(struct sl_pty *pty)
{
    sl_buf_clear(&pty->text);
    for (int row = 0; row < pty->rows; row++) {
        for (int col = 0; col < pty->cols; col++)
            add_cell(pty, (VTermPos){.row = row, .col = col});
        while (pty->text.len > 0 && pty->text.data[pty->text.len - 1] == ' ')
            pty->text.data[--pty->text.len] = '\0';
        sl_buf_str(&pty->text, "\n");
    }
    return pty->text.data;
}

const char *sl_pty_bytes(struct sl_pty *pty, size_t *len)
{
    *len = pty->bytes.len;
    return pty->bytes.data;
}

bool sl_pty_shows(struct sl_pty *pty, const char *text)
{
    return strstr(sl_pty_screen(pty), text) != NULL;
}

/* ---- waiting ---- */

typedef bool (*condition_fn)(struct sl_pty *pty, const char *text);

static void wait_for(struct sl_pty *pty, condition_fn holds, const char *text, const char *what)
{
    const struct sl_clock clock = sl_clock_system();
    const int64_t until = sl_now_ms(&clock) + PATIENCE_MS;
    while (!holds(pty, text)) {
        if (sl_now_ms(&clock) > until)
            fail_msg("%s '%s'; the screen is:\n%s", what, text, sl_pty_screen(pty));
        look(pty, LOOK_MS);
    }
}

static bool shows_not(struct sl_pty *pty, const char *text)
{
    return !sl_pty_shows(pty, text);
}

static bool has_bytes(struct sl_pty *pty, const char *bytes)
{
    const size_t len = strlen(bytes);
    for (size_t i = 0; i + len <= pty->bytes.len; i++) {
        if (memcmp(pty->bytes.data + i, bytes, len) == 0)
            return true;
    }
    return false;
}

static bool has_stopped(struct sl_pty *pty, const char *text)
{
    (void)text;
    return pty->stopped || pty->ended;
}

static bool has_ended(struct sl_pty *pty, const char *text)
{
    (void)text;
    return pty->ended;
}

static bool has_begun(struct sl_pty *pty, const char *text)
{
    (void)text;
    return pty->program > 0 || pty->ended;
}

void sl_pty_wait_text(struct sl_pty *pty, const char *text)
{
    wait_for(pty, sl_pty_shows, text, "never shown:");
}

void sl_pty_wait_no_text(struct sl_pty *pty, const char *text)
{
    wait_for(pty, shows_not, text, "always shown:");
}

void sl_pty_wait_bytes(struct sl_pty *pty, const char *bytes)
{
    wait_for(pty, has_bytes, bytes, "never written:");
}

void sl_pty_wait_stopped(struct sl_pty *pty)
{
    wait_for(pty, has_stopped, "", "it never stopped");
    assert_false(pty->ended);
}

void sl_pty_continue(struct sl_pty *pty)
{
    pty->stopped = false;
    assert_int_equal(write(pty->orders, "c", 1), 1);
}

int sl_pty_wait_exit(struct sl_pty *pty)
{
    wait_for(pty, has_ended, "", "it never ended");
    while (pty->master >= 0 && read_output(pty)) {
    }
    return pty->status;
}

/* ---- doing ---- */

void sl_pty_send(struct sl_pty *pty, const char *bytes)
{
    const size_t len = strlen(bytes);
    assert_int_equal(write(pty->master, bytes, len), (ssize_t)len);
}

void sl_pty_resize(struct sl_pty *pty, int rows, int cols)
{
    const struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    pty->rows = rows;
    pty->cols = cols;
    vterm_set_size(pty->vterm, rows, cols);
    assert_int_equal(ioctl(pty->master, TIOCSWINSZ, &size), 0);
}

bool sl_pty_is_cooked(const struct sl_pty *pty)
{
    struct termios mode;
    assert_int_equal(tcgetattr(pty->master, &mode), 0);
    return (mode.c_lflag & ICANON) != 0 && (mode.c_lflag & ECHO) != 0;
}

void sl_pty_signal(struct sl_pty *pty, int number)
{
    wait_for(pty, has_begun, "", "it never began");
    assert_int_equal(kill(pty->program, number), 0);
}

void sl_pty_hang_up(struct sl_pty *pty)
{
    wait_for(pty, has_begun, "", "it never began");
    close(pty->master);
    pty->master = -1;
}
