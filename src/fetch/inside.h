/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * inside.h - one fetch while it runs: parts, their addresses, their segments, and who works on
 * what. Private to fetch.
 *
 * Workers take tasks under the lock and do them without it. A segment is a range of a part that one
 * worker receives and hashes; a part is judged when all of its segments are there.
 */
#ifndef SL_FETCH_INSIDE_H
#define SL_FETCH_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>

#include "sluice/fetch.h"

enum { SL_ETAG_BYTES = 192, SL_WRONG_MAX = 2 };

/** What is known of an address. */
enum sl_origin_state {
    SL_ORIGIN_NEW,     /* not asked */
    SL_ORIGIN_THERE,   /* it says that it has the piece */
    SL_ORIGIN_TROUBLE, /* it did not say: tried when nobody else is left */
    SL_ORIGIN_OUT      /* does not have it, has served wrong bytes, or failed too often */
};

/** An address of a part. */
struct sl_origin {
    const char *url;
    enum sl_origin_state state;
    int failures; /* in a row, without much coming in between */
    int wrong;    /* times that the whole part came from it alone and was not the piece */
    struct sl_err err;
    char etag[SL_ETAG_BYTES]; /* strong, for If-Range; "" if none was given */
};

enum sl_segment_state { SL_SEGMENT_OPEN, SL_SEGMENT_RUNNING, SL_SEGMENT_DONE };

struct sl_segment {
    uint64_t start; /* in the part */
    uint64_t bytes;
    uint64_t have; /* from its start on; its worker's alone while it runs */
    enum sl_segment_state state;
};

/** A part on its way. */
struct sl_part {
    const struct sl_fetch_part *want;
    uint64_t offset; /* in the file */
    struct sl_origin *origins;
    struct sl_segment *segments;
    struct sl_piece_id *roots; /* of the segments that are done */
    size_t segment_count;
    size_t segments_done;
    size_t current;   /* the origin that is asked for bytes */
    size_t asked;     /* origins that were asked whether they have it, from the first on */
    unsigned asking;  /* of those, still without an answer */
    unsigned running; /* segments that workers are at */
    bool ready;       /* `current` is chosen */
    bool mixed;       /* its bytes are not all of one origin: nobody can be blamed */
    bool pure;        /* so from now on all of it has to be from one */
    bool switching;   /* pure, and the origin failed: all over again once nobody is at it */
    bool done;        /* verified */
};

/** Where the bytes go. */
struct sl_sink {
    int fd;                /* -1: nowhere */
    uint64_t table_offset; /* of the table of what has come; 0: there is none */
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

/* ---- run.c ---- */

/** Lay out parts and segments. Free with sl_fetch_run_fini(), after a failure too. Errors:
 * SL_ENOMEM, SL_EFORMAT (no part, no address). */
int sl_fetch_run_init(struct sl_run *run, struct sl_fetch *fetch, const struct sl_fetch_part *parts,
                      size_t count, struct sl_err *err) SL_MUST_CHECK;
void sl_fetch_run_fini(struct sl_run *run);

/** Work until all is verified, one part cannot be had, or cancelled. */
int sl_fetch_run_all(struct sl_run *run, struct sl_fetch_result *result,
                     struct sl_err *err) SL_MUST_CHECK;

/* ---- part.c: called under the lock ---- */

enum sl_task_kind { SL_TASK_NONE, SL_TASK_ASK, SL_TASK_GET };
struct sl_task {
    enum sl_task_kind kind;
    struct sl_part *part;
    size_t origin;              /* ASK */
    struct sl_segment *segment; /* GET */
};

struct sl_task sl_fetch_part_task(struct sl_run *run, struct sl_part *part);

/** What an origin answered when it was asked. `why`: code 0 when it has the piece. */
void sl_fetch_part_answered(struct sl_run *run, struct sl_part *part, size_t origin,
                            const struct sl_err *why);

/** The segment is received and hashed. */
void sl_fetch_part_received(struct sl_run *run, struct sl_part *part, struct sl_segment *segment);

/**
 * A transfer of the segment from `origin` ended early, `moved` bytes after its start. Returns how
 * long to wait before going on with the part's current origin, or -1 when the worker has to leave
 * the segment (the part starts anew, or the run is over).
 */
int64_t sl_fetch_part_failed(struct sl_run *run, struct sl_part *part,
                             const struct sl_segment *segment, size_t origin, uint64_t moved,
                             const struct sl_err *why);

/** Whether an untried address other than the current one could supply bytes. */
bool sl_fetch_part_has_untried(const struct sl_part *part);

/** The worker leaves a segment that is not done. */
void sl_fetch_part_leave(struct sl_run *run, struct sl_part *part, struct sl_segment *segment);

/** End the run with this error; the first one counts. */
void sl_fetch_run_fail(struct sl_run *run, const struct sl_err *why);

/* ---- transfer.c: without the lock ---- */

struct sl_transfer {
    struct sl_run *run;
    struct sl_http *http;
    struct sl_http_response *response;
    struct sl_piece_hasher *hasher;
    const struct sl_part *part;
    struct sl_segment *segment;
    const char *url;
    char etag[SL_ETAG_BYTES]; /* in: known before; out: what this answer said */
    uint64_t moved;           /* bytes of the segment that this transfer brought */
    bool local_failure;       /* it was our own disk */
    bool may_leave;           /* another address is untried: a slow one may be left */
    /* of the running answer */
    bool judged;
    bool enough;   /* all of the segment is there; what follows is not wanted */
    uint64_t skip; /* bytes of the answer that come before what is wanted */
};

/** GET what is missing of the segment. 0 when it is complete. */
int sl_transfer_get(struct sl_transfer *t, struct sl_err *err) SL_MUST_CHECK;

/** HEAD: 0 when the address has a piece of this size. */
int sl_transfer_ask(struct sl_run *run, struct sl_http *http, struct sl_http_response *response,
                    const char *url, uint64_t bytes, struct sl_err *err) SL_MUST_CHECK;

/** Read a Content-Range of one range: "bytes FIRST-LAST/TOTAL", TOTAL may be "*" (UINT64_MAX). */
bool sl_content_range_parse(uint64_t *first, uint64_t *last, uint64_t *total, const char *text);

/** Check that an answer to a GET of a range has these bytes; *skip: how many come before them (a
 * server may send all). Errors: SL_EMISMATCH (another size), SL_EPROTO, those of the status. */
int sl_answer_check(uint64_t *skip, const struct sl_http_response *response, uint64_t first,
                    uint64_t total, struct sl_err *err) SL_MUST_CHECK;

/* ---- file.c: the file beside the target ---- */

struct sl_part_file {
    int dir_fd;
    bool own_dir; /* dir_fd is ours */
    int fd;
    char name[256];
    char part_name[256];
    uint64_t resumed_bytes;
};

/** Open or make ".NAME.part", lock it, see whether there is room, and read how much of each segment
 * has come. */
int sl_fetch_file_open(struct sl_part_file *file, struct sl_run *run,
                       const struct sl_fetch_target *target, const struct sl_piece_id *whole,
                       struct sl_err *err) SL_MUST_CHECK;
/** Whether the received bytes are the file, if its parts alone do not prove it. Errors: also
 * SL_EFORMAT. */
int sl_fetch_file_check(const struct sl_part_file *file, const struct sl_run *run,
                        const struct sl_piece_id *whole, struct sl_err *err) SL_MUST_CHECK;
/** All was verified: give it its name. */
int sl_fetch_file_commit(struct sl_part_file *file, const struct sl_run *run,
                         const struct sl_fetch_target *target, struct sl_err *err) SL_MUST_CHECK;
/** Close; what is not committed stays for the next run, unless there is nothing in it. */
void sl_fetch_file_close(struct sl_part_file *file, const struct sl_run *run);

/** Note in the table how much of the segment has come. Best effort: it is hashed again anyway. */
void sl_fetch_file_note(const struct sl_run *run, const struct sl_segment *segment);

/** 1 when the target has these very bytes, 0 when there is no such file; errors as
 * sl_fetch_save(). */
int sl_fetch_target_look(const struct sl_fetch_target *target, const struct sl_piece_id *whole,
                         struct sl_fetch *fetch, struct sl_err *err) SL_MUST_CHECK;

#endif
