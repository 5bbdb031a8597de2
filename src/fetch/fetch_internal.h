/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * fetch_internal.h - the state of a running fetch: parts, addresses, segments. Private to fetch.
 *
 * Workers take tasks under the lock and do them without it. A segment is a range of a part that one
 * worker receives and hashes. A part is verified when all its segments are there.
 */
#ifndef SL_FETCH_INTERNAL_H
#define SL_FETCH_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "sluice/fetch.h"

enum { SL_ETAG_BYTES = 192, SL_WRONG_MAX = 2 };

/** What is known about an address. */
enum sl_origin_state {
    SL_ORIGIN_NEW,     /* not asked */
    SL_ORIGIN_THERE,   /* says that it has the piece */
    SL_ORIGIN_TROUBLE, /* gave no answer: tried last */
    SL_ORIGIN_OUT      /* does not have it, has served wrong bytes, or failed too often */
};

/** An address of a part. */
struct sl_origin {
    const char *url;
    enum sl_origin_state state;
    int failures; /* in a row, with few bytes in between */
    int wrong;    /* times that the whole part came from this address and was wrong */
    struct sl_err err;
    char etag[SL_ETAG_BYTES]; /* strong, for If-Range; "" if none was given */
};

enum sl_segment_state { SL_SEGMENT_OPEN, SL_SEGMENT_RUNNING, SL_SEGMENT_DONE };

struct sl_segment {
    uint64_t start; /* in the part */
    uint64_t bytes;
    uint64_t have; /* received from `start` on; only its worker uses this while it runs */
    enum sl_segment_state state;
};

/** A part that is being fetched. */
struct sl_part {
    const struct sl_fetch_part *want;
    uint64_t offset; /* in the file */
    struct sl_origin *origins;
    struct sl_segment *segments;
    struct sl_piece_id *roots; /* of the segments that are done */
    size_t segment_count;
    size_t segments_done;
    size_t current;   /* the origin that is asked for bytes */
    size_t asked;     /* the first `asked` origins were asked whether they have the part */
    unsigned asking;  /* of these, how many have not answered yet */
    unsigned running; /* segments in work */
    bool ready;       /* `current` is chosen */
    bool mixed;       /* its bytes come from several origins, so none can be blamed */
    bool pure;        /* fetch all of it from one origin */
    bool switching;   /* pure, and the origin failed: start again once no worker uses it */
    bool done;        /* verified */
};

/** Where the bytes go. */
struct sl_sink {
    int fd;                /* -1: nowhere */
    uint64_t table_offset; /* of the table of received ranges; 0: none */
};

struct sl_run {
    struct sl_fetch *fetch;
    struct sl_sink sink;
    struct sl_part *parts;
    size_t part_count;
    struct sl_origin *origins;   /* of all parts */
    struct sl_segment *segments; /* of all parts */
    struct sl_piece_id *roots;   /* of all segments */
    size_t segment_count;
    uint64_t segment_bytes;
    uint64_t total_bytes;
    atomic_uint_fast64_t have_bytes;
    atomic_uint_fast64_t received_bytes;

    pthread_mutex_t lock; /* of all below, and of the parts */
    pthread_cond_t changed;
    size_t parts_done;
    unsigned failures;
    const char *from;
    bool over; /* done, failed or cancelled: no more tasks */
    struct sl_err err;
    uint64_t random;
};

struct sl_fetch {
    struct sl_fetch_options options;
    struct sl_clock clock;
    struct sl_http *https[SL_FETCH_PARALLEL_MAX]; /* one a worker, kept for their connections */
    struct sl_http_response responses[SL_FETCH_PARALLEL_MAX];
    struct sl_piece_hasher *hashers[SL_FETCH_PARALLEL_MAX];
    sl_fetch_progress_fn progress;
    void *progress_ctx;
    int interval_ms;
    atomic_bool cancelled;
};

#endif
