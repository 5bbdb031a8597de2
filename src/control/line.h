/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * line.h - lines of JSON over a Unix socket: bounded in both directions, never blocking.
 */
#ifndef SL_CONTROL_LINE_H
#define SL_CONTROL_LINE_H

#include "sluice/buf.h"
#include "sluice/control.h"

/** One end of a connection. Initialise with sl_control_line_init(). */
struct sl_line {
    int fd;          /* owned; -1: closed */
    char *in;        /* SL_CONTROL_LINE_BYTES + 1; owned */
    size_t in_start; /* the bytes in[in_start .. in_end) are not taken yet */
    size_t in_end;
    int passed_fd; /* a descriptor that came with a line; -1: none. Owned */
    struct sl_buf out;
    size_t out_sent;
};

/** `fd` is given, whatever the result. Errors: SL_ENOMEM. */
int sl_control_line_init(struct sl_line *line, int fd, struct sl_err *err) SL_MUST_CHECK;
void sl_control_line_free(struct sl_line *line);

/** Read what has arrived, once. 1: something came; 0: nothing is there now. Descriptors that came
 * are closed, unless `takes_fd` and none was passed before. Errors: SL_ENET (the peer has closed),
 * SL_EPROTO (a line longer than SL_CONTROL_LINE_BYTES). */
int sl_control_line_fill(struct sl_line *line, bool takes_fd, struct sl_err *err) SL_MUST_CHECK;
/** The next whole line without its newline, ended by NUL; borrowed until the next call of
 * sl_control_line_fill(). NULL: there is none now. */
char *sl_control_line_next(struct sl_line *line, size_t *len);

/** Bytes that wait to be sent. */
size_t sl_control_line_waiting(const struct sl_line *line);
/** Send what the socket takes now. Errors: SL_ENET (the peer is gone), SL_ENOMEM, SL_EOVERFLOW (out
 * was filled beyond its cap). */
int sl_control_line_flush(struct sl_line *line, struct sl_err *err) SL_MUST_CHECK;
/** Send one line at once, with a descriptor. The socket's buffer is empty. Errors: SL_ENET. */
int sl_control_line_send_fd(struct sl_line *line, const char *text, size_t len, int fd,
                            struct sl_err *err) SL_MUST_CHECK;

#endif
