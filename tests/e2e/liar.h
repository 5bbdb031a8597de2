/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* liar.h - a provider that serves one piece and, as often as it is told, does it wrong: one way
 * after another by a seed. */
#ifndef SL_TEST_LIAR_H
#define SL_TEST_LIAR_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "support/tcp_server.h"

/* X(id, name) */
#define LIES(X)                                                                                    \
    X(LIE_NONE, "none")                                                                            \
    X(LIE_CORRUPT, "a bit is wrong")                                                               \
    X(LIE_OTHER, "other bytes")                                                                    \
    X(LIE_SHIFTED, "bytes of another place")                                                       \
    X(LIE_TRUNCATE, "closed early")                                                                \
    X(LIE_CHUNKS, "chunks that end early")                                                         \
    X(LIE_STALL, "stalled")                                                                        \
    X(LIE_RESET, "reset")                                                                          \
    X(LIE_SLOW, "little by little")                                                                \
    X(LIE_STATUS, "an error status")                                                               \
    X(LIE_MISSING, "not found")                                                                    \
    X(LIE_BUSY, "asked to wait")                                                                   \
    X(LIE_LENGTH, "a wrong Content-Length")                                                        \
    X(LIE_LONGER, "more bytes than there are")                                                     \
    X(LIE_ETAG, "a wrong ETag")                                                                    \
    X(LIE_WHOLE, "200 instead of 206")                                                             \
    X(LIE_RANGE, "a lying Content-Range")                                                          \
    X(LIE_NO_RANGE, "206 without Content-Range")                                                   \
    X(LIE_EMPTY, "an empty answer")                                                                \
    X(LIE_GARBAGE, "no HTTP")                                                                      \
    X(LIE_DROP, "nothing")

#define LIE_ENUM(id, name) id,
enum lie { LIES(LIE_ENUM) LIE_COUNT };
#undef LIE_ENUM

struct liar {
    const uint8_t *bytes; /* borrowed until liar_stop() */
    size_t len;
    unsigned percent; /* how many of a hundred requests are answered with a lie */
    unsigned lies;    /* the most of them; then it is honest */
    enum lie only;    /* the one lie it tells; LIE_NONE: any */
    uint64_t random;
    struct sl_tcp_server *server;
    char url[128];
    atomic_int requests;
    atomic_int gets;
    atomic_int told[LIE_COUNT];
    char last_head[1024]; /* of the last request; read it when liar_stop() returned */
};

/** Start serving at liar->url. */
void liar_start(struct liar *liar);
void liar_stop(struct liar *liar);
const char *liar_name(enum lie lie);

#endif
