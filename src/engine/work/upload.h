/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * upload.h - one attempt at one piece: open, plan, send, finalize. Worker thread.
 *
 * A file of one piece is hashed while it is sent, in a session that its PieceCID finalizes. A piece
 * whose PieceCID is known (a part of a file, or a file that was hashed before) is declared first:
 * what the provider has already is not sent.
 *
 * A lost answer is never taken for a failure before the provider was asked again: after the last
 * byte of a PUT whose answer is missing, finalize tells whether it was recorded; a finalize whose
 * answer is missing is repeated, and "unknown session" then means that it was done. A session that
 * a PUT of ours still holds, because the provider did not notice its end, is left for a new one.
 */
#ifndef SL_UPLOAD_H
#define SL_UPLOAD_H

#include <stdatomic.h>

#include "sluice/board.h"
#include "sluice/clock.h"
#include "sluice/path.h"
#include "sluice/ring.h"
#include "sluice/sp.h"

#include "policy/throttle.h"
#include "work/file_progress.h"
#include "work/source.h"

typedef void (*sl_planned_fn)(void *ctx);

/** How far an attempt was after some time. */
struct sl_upload_pace {
    int64_t moving_ms;
    uint64_t bytes; /* acknowledged */
};

struct sl_upload {
    /* immutable: the worker's, reused over attempts */
    struct sl_sp *sp;
    struct sl_ring *ring;   /* of struct sl_progress */
    struct sl_board *board; /* for other processes; NULL: none reads the progress */
    unsigned board_slot;
    struct sl_clock clock;
    sl_planned_fn planned; /* called once when `file` was found changed, with the new mark in it */
    void *planned_ctx;
    const struct sl_guarded *guarded; /* files never to be opened */
    struct sl_source source;

    /* any thread */
    atomic_bool hold;         /* send nothing more until sl_sp_unpause(), keep the connection */
    _Atomic int64_t moved_ms; /* when the peer last acknowledged more of it; 0: not yet */
    struct sl_throttle throttle;

    /* in: what to upload */
    int64_t job_id;
    int attempt;
    struct sl_file_mark file; /* also out: as it was uploaded */
    int part;                 /* 0: the whole file, as one piece */
    uint64_t offset_bytes;    /* of the part; its PieceCID is known */
    uint64_t size_bytes;
    struct sl_total *total; /* of the file whose part it is, a reference; else NULL */
    int64_t limit_ms;       /* what the provider allows for one request */
    char path[SL_PATH_BYTES];

    /* in and out */
    bool has_piece; /* in: known from an earlier attempt at the same file */
    struct sl_piece_id piece;

    /* out */
    bool reached;  /* the provider answered at least once, and after a broken connection again */
    bool there;    /* nothing was sent: the provider had it */
    bool too_slow; /* broken off: the provider's time limit would have passed */
    bool changed;  /* the file is not the one that was planned: `file` is what it is now */
    uint64_t rate_bytes_per_s; /* of the bytes that moved; 0: not measured */
    uint64_t acked_bytes;

    /* while it runs */
    int64_t begun_ms;
    int64_t hold_ms; /* when the hold began, 0: none */
    int64_t held_ms;
    struct sl_upload_pace pace[2]; /* [1] the newest mark, [0] that of half of its time */
    int64_t close_ms;              /* when it is looked again how much the kernel should take */
    uint64_t counted_sent;         /* put into `total` so far */
    uint64_t counted_acked;
};

/** Returns 0: the provider accepted the piece (not yet "parked"). Errors, `err` is not NULL:
 * SL_EALIKE (it stores the same bytes with more or fewer zeros at the end: cut the file elsewhere);
 * SL_EBUSY with sl_sp_is_claimed() (another upload holds the piece or a fresh session: try later);
 * those of the calls above. */
int sl_engine_upload_run(struct sl_upload *upload, struct sl_err *err) SL_MUST_CHECK;

#endif
