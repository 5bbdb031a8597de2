/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * peer.h - an HTTP client for tests that hides nothing: bytes go out as written, and an answer
 * tells how the connection ended. Only numeric hosts. A read that brings nothing for 30 s fails the
 * test.
 */
#ifndef SL_TEST_PEER_H
#define SL_TEST_PEER_H

#include <stdbool.h>
#include <stddef.h>

#include "sluice/buf.h"

/** Zero-initialise, free with sl_answer_free(). */
struct sl_answer {
    int status;         /* 0: no answer came */
    char head[4096];    /* status line and headers */
    struct sl_buf body; /* what came of it */
    bool whole;         /* as long as Content-Length says */
    bool reset;         /* the connection ended with a TCP reset */
};
void sl_answer_free(struct sl_answer *answer);

/** The value of a header, "" when absent; valid until the next call. */
const char *sl_answer_header(const struct sl_answer *answer, const char *name);

/** A connected socket; fails the test when nobody listens. The caller closes it. */
int sl_peer_connect(const char *url);

/** False when the other side does not take it any more. */
bool sl_peer_send(int fd, const void *data, size_t len);

/** Read one answer; one to HEAD has no body. Skips "100 Continue". */
void sl_peer_receive(int fd, struct sl_answer *answer, bool to_head);

/** Whether the other side has closed: nothing but the end comes. */
bool sl_peer_is_closed(int fd);

/** Write a request's head: `headers` are whole lines with CRLF or NULL. */
bool sl_peer_head(int fd, const char *method, const char *path, const char *headers,
                  unsigned long long content_length);

/** Connect, send, receive, close. */
void sl_peer_ask(const char *url, const char *method, const char *path, const char *headers,
                 const void *body, size_t len, struct sl_answer *answer);

#endif
