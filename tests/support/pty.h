/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * pty.h - a program on a terminal of its own: keys in, the screen out, through libvterm.
 *
 * Between the test and the program stands a small shell of one job, as job control wants it: the
 * program can stop itself and go on. Waiting is for conditions, with poll(); a condition that does
 * not come up fails the test and shows the screen.
 */
#ifndef SL_TEST_PTY_H
#define SL_TEST_PTY_H

#include <stdbool.h>
#include <stddef.h>

struct sl_pty;

/** Start argv[0] with TERM=xterm-256color and LC_ALL=C.UTF-8, then `env` ("NAME=value", an empty
 * value unsets; NULL at the end; may be NULL). Owned, sl_pty_free(). */
struct sl_pty *sl_pty_start(const char *const *argv, const char *const *env, int rows, int cols);

/** Ends what still runs. */
void sl_pty_free(struct sl_pty *pty);

void sl_pty_send(struct sl_pty *pty, const char *bytes);

/** Wait until the screen shows the text (on one line), or shows it no more. */
void sl_pty_wait_text(struct sl_pty *pty, const char *text);
void sl_pty_wait_no_text(struct sl_pty *pty, const char *text);

/** Wait until the raw output holds these bytes, counted from the start. */
void sl_pty_wait_bytes(struct sl_pty *pty, const char *bytes);

/** Whether the screen shows the text now. */
bool sl_pty_shows(struct sl_pty *pty, const char *text);

/** The screen as text, lines without trailing blanks; borrowed until the next call. */
const char *sl_pty_screen(struct sl_pty *pty);

/** Everything written so far. */
const char *sl_pty_bytes(struct sl_pty *pty, size_t *len);

void sl_pty_resize(struct sl_pty *pty, int rows, int cols);

/** Wait until the program has stopped itself; let it go on. */
void sl_pty_wait_stopped(struct sl_pty *pty);
void sl_pty_continue(struct sl_pty *pty);

/** Wait for the end; returns the exit status, 128 + signal when a signal ended it. */
int sl_pty_wait_exit(struct sl_pty *pty);

/** Whether the terminal is in its usual mode: lines and echo. */
bool sl_pty_is_cooked(const struct sl_pty *pty);

/** A signal to the program. */
void sl_pty_signal(struct sl_pty *pty, int number);

/** Take the terminal away: hangs up. Only sl_pty_wait_exit() and _free() may follow. */
void sl_pty_hang_up(struct sl_pty *pty);

#endif
