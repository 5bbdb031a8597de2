/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * upload.h - one attempt at one file: open, plan, send while hashing, finalize. Worker thread.
 *
 * A lost answer is never taken for a failure before the provider was asked again: after the last
 * byte of a PUT whose answer is missing, finalize tells whether it was recorded; a finalize whose
 * answer is missing is repeated, and "unknown session" then means that it was done.
 */
#ifndef SL_UPLOAD_H
#define SL_UPLOAD_H

#include <stdatomic.h>

#include "sluice/clock.h"
#include "sluice/path.h"
#include "sluice/ring.h"
#include "sluice/sp.h"

#include "source.h"
#include "throttle.h"

typedef void (*sl_planned_fn)(void *ctx);

struct sl_upload {
    /* immutable: the worker's, reused over attempts */
    struct sl_sp *sp;
    struct sl_ring *ring; /* of struct sl_progress */
    struct sl_clock clock;
    sl_planned_fn planned; /* called once when `file` was found changed, with the new mark in it */
    void *planned_ctx;
    struct sl_source source;

    /* any thread */
    atomic_bool hold; /* send nothing more until sl_sp_unpause(), keep the connection */
    struct sl_throttle throttle;

    /* in: what to upload */
    int64_t job_id;
    int attempt;
    struct sl_file_mark file; /* also out: as it was uploaded */
    char path[SL_PATH_BYTES];

    /* in and out */
    bool has_piece; /* in: known from an earlier attempt at the same file */
    struct sl_piece_id piece;

    /* out */
    bool reached; /* the provider answered at least once */
    uint64_t acked_bytes;
};

/** 0: the provider accepted the piece (that is not yet "parked"). */
int sl_upload_run(struct sl_upload *upload, struct sl_err *err) SL_MUST_CHECK;

#endif
