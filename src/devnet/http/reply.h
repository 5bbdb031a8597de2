/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * reply.h - an answer as a value: status, headers, body; and the two ways to send one.
 *
 * The forms of error bodies are the observed provider's: E carries an error id, P is bare, N is the
 * router's own text. Source: docs/PROTOCOL.md "Storage provider".
 */
#ifndef SL_DEVNET_REPLY_H
#define SL_DEVNET_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "sluice/buf.h"

struct MHD_Connection;
struct MHD_Response;

enum { SL_DEVNET_HEADERS_MAX = 12, SL_DEVNET_HEADER_CHARS = 224 };

struct sl_devnet_reply {
    unsigned status; /* 0: none yet */
    size_t header_count;
    struct sl_devnet_reply_header {
        const char *name; /* static */
        char value[SL_DEVNET_HEADER_CHARS];
    } headers[SL_DEVNET_HEADERS_MAX];
    struct sl_buf body;
    struct MHD_Response *content; /* the body of a piece instead of `body`; owned */
};

/** Status alone, no body. Forgets what was set before, as all of these. */
void sl_devnet_reply_status(struct sl_devnet_reply *reply, unsigned status);

/** A body of the given type, sent as it is. */
void sl_devnet_reply_text(struct sl_devnet_reply *reply, unsigned status, const char *type,
                          const char *text);

/** "<msg> [eid: <uuid>]\n" */
void sl_devnet_reply_error(struct sl_devnet_reply *reply, unsigned status, const char *fmt, ...)
    SL_PRINTF(3, 4);

/** "<msg>\n" */
void sl_devnet_reply_plain(struct sl_devnet_reply *reply, unsigned status, const char *fmt, ...)
    SL_PRINTF(3, 4);

/** 404 "404 page not found\n" */
void sl_devnet_reply_not_found(struct sl_devnet_reply *reply);

/** 200 with JSON and the newline behind it. */
void sl_devnet_reply_json(struct sl_devnet_reply *reply, const struct sl_buf *json);

void sl_devnet_reply_header(struct sl_devnet_reply *reply, const char *name, const char *fmt, ...)
    SL_PRINTF(3, 4);

/** Hand the reply to the HTTP library; false when the connection must be dropped. */
bool sl_devnet_reply_queue(struct sl_devnet_reply *reply, struct MHD_Connection *connection);

/**
 * Write the reply to the socket at once, while the client may still be sending, and close our
 * sending side. The body must then be read to its end, or the client could see a reset instead of
 * the answer. False when the socket did not take it whole.
 */
bool sl_devnet_reply_now(const struct sl_devnet_reply *reply, int fd);

void sl_devnet_reply_free(struct sl_devnet_reply *reply);

#endif
