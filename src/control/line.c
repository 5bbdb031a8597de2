/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#define _GNU_SOURCE /* MSG_CMSG_CLOEXEC */ /* NOLINT(bugprone-reserved-identifier,cert-dcl37-c) */
#include "line.h"

#include <errno.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MORE_FDS = 64 /* that are taken from one message, to be closed */ };

int sl_control_line_init(struct sl_line *line, int fd, struct sl_err *err)
{
    *line = (struct sl_line){.fd = fd, .passed_fd = -1};
    line->in = malloc(SL_CONTROL_LINE_BYTES + 1);
    if (line->in != NULL)
        return SL_OK;
    sl_control_line_free(line);
    return sl_err_set(err, SL_ENOMEM, "out of memory for a connection");
}

void sl_control_line_free(struct sl_line *line)
{
    if (line->fd >= 0)
        close(line->fd);
    if (line->passed_fd >= 0)
        close(line->passed_fd);
    free(line->in);
    sl_buf_free(&line->out);
    *line = (struct sl_line){.fd = -1, .passed_fd = -1};
}

/* ---- in ---- */

static void take_fds(struct sl_line *line, struct msghdr *msg, bool takes_fd)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        const size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd = -1;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
            if (takes_fd && line->passed_fd < 0)
                line->passed_fd = fd;
            else
                close(fd);
        }
    }
}

int sl_control_line_fill(struct sl_line *line, bool takes_fd, struct sl_err *err)
{
    if (line->in_start > 0) {
        memmove(line->in, line->in + line->in_start, line->in_end - line->in_start);
        line->in_end -= line->in_start;
        line->in_start = 0;
    }
    if (line->in_end == SL_CONTROL_LINE_BYTES)
        return sl_err_set(err, SL_EPROTO, "a line of more than %d bytes", SL_CONTROL_LINE_BYTES);
    alignas(struct cmsghdr) char control[CMSG_SPACE(MORE_FDS * sizeof(int))];
    struct iovec room = {.iov_base = line->in + line->in_end,
                         .iov_len = SL_CONTROL_LINE_BYTES - line->in_end};
    struct msghdr msg = {.msg_iov = &room,
                         .msg_iovlen = 1,
                         .msg_control = control,
                         .msg_controllen = sizeof control};
    const ssize_t n = recvmsg(line->fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return 0;
    if (n < 0)
        return sl_err_set(err, SL_ENET, "the connection broke");
    take_fds(line, &msg, takes_fd);
    if (n == 0)
        return sl_err_set(err, SL_ENET, "the other side has closed the connection");
    line->in_end += (size_t)n;
    return 1;
}

char *sl_control_line_next(struct sl_line *line, size_t *len)
{
    char *from = line->in + line->in_start;
    char *end = memchr(from, '\n', line->in_end - line->in_start);
    if (end == NULL)
        return NULL;
    *end = '\0';
    *len = (size_t)(end - from);
    line->in_start += *len + 1;
    return from;
}

/* ---- out ---- */

size_t sl_control_line_waiting(const struct sl_line *line)
{
    return line->out.len - line->out_sent;
}

int sl_control_line_flush(struct sl_line *line, struct sl_err *err)
{
    if (line->out.failed < 0)
        return sl_err_set(err, line->out.failed, "out of memory for a connection");
    while (sl_control_line_waiting(line) > 0) {
        const ssize_t n = send(line->fd, line->out.data + line->out_sent,
                               sl_control_line_waiting(line), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            break;
        if (n < 0)
            return sl_err_set(err, SL_ENET, "the other side has closed the connection");
        line->out_sent += (size_t)n;
    }
    if (sl_control_line_waiting(line) == 0) {
        sl_buf_clear(&line->out);
        line->out_sent = 0;
    } else if (line->out_sent > SL_CONTROL_LINE_BYTES) {
        memmove(line->out.data, line->out.data + line->out_sent, sl_control_line_waiting(line));
        line->out.len -= line->out_sent;
        line->out_sent = 0;
    }
    return SL_OK;
}

int sl_control_line_send_fd(struct sl_line *line, const char *text, size_t len, int fd,
                            struct sl_err *err)
{
    alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec bytes = {.iov_base = (void *)text, .iov_len = len};
    struct msghdr msg = {.msg_iov = &bytes,
                         .msg_iovlen = 1,
                         .msg_control = control,
                         .msg_controllen = sizeof control};
    struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(c), &fd, sizeof fd);
    const ssize_t n = sendmsg(line->fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
    return n == (ssize_t)len ? SL_OK
                             : sl_err_set(err, SL_ENET, "the other side has closed the connection");
}
