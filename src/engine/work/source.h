/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * source.h - a file, or a range of it, read once from front to back and hashed on the way, and
 * proof that it did not change meanwhile. All reading and hashing of an upload happens behind these
 * calls; the hashing on a thread of its own, a little behind the reading.
 */
#ifndef SL_SOURCE_H
#define SL_SOURCE_H

#include <stddef.h>

#include "sluice/job.h"
#include "sluice/piece.h"

#include "work/hashing.h"
#include "work/open.h"

/** Worker thread only. Zero-initialise with fd = -1. */
struct sl_source {
    int fd;
    const char *path;           /* borrowed while open */
    struct sl_hashing *hashing; /* owned, reused over files */
    struct sl_file_mark mark;   /* as it was when opened */
    bool made_up;               /* its file system may not have real times of change */
    bool touched;               /* only the time of change moved... */
    struct sl_file_mark now;    /* ... and this is the new mark */
    uint64_t offset_bytes;      /* the range that is read: the whole file once opened */
    uint64_t size_bytes;        /* of the range */
    bool known;                 /* the PieceCID is known: read without hashing */
    uint64_t at_bytes;          /* read so far, from the start of the range */
};

/**
 * Open a regular file with sl_engine_job_file_open(), and note its mark with sl_file_mark_begin().
 * Errors: those of both, SL_ENOMEM; then nothing is left open.
 */
int sl_source_open(struct sl_source *source, const char *path, const struct sl_file_mark *known,
                   const struct sl_guarded *guarded, struct sl_err *err) SL_MUST_CHECK;

/** SL_ETOOSMALL or SL_ETOOBIG, with a text that names the limit, for what can be no piece. */
int sl_engine_piece_size_check(uint64_t size_bytes, struct sl_err *err) SL_MUST_CHECK;

/** Read only these bytes of the opened file, which must be in it; `known`: do not hash them. */
void sl_source_range(struct sl_source *source, uint64_t offset_bytes, uint64_t size_bytes,
                     bool known);

/** The next bytes, which are also hashed unless `known`; their number, 0 at the end of the range.
 * Errors: SL_EIO ..., SL_ECHANGED (shorter than it was). */
int sl_source_read(struct sl_source *source, void *out, size_t cap,
                   struct sl_err *err) SL_MUST_CHECK;

/** Bytes read and hashed so far; if `known`, read. */
uint64_t sl_source_hashed_bytes(const struct sl_source *source);

/** Start over from the first byte of the range. */
void sl_source_rewind(struct sl_source *source);

/**
 * Call after the last byte: gives the piece, unless it is `known`. Errors: SL_ECHANGED when the
 * open file, or the file at that path, is no longer the one that was opened. If `touched` is set as
 * well, the bytes may still be the same: *piece is valid, and sl_source_compare() finds out.
 */
int sl_source_finish(struct sl_source *source, struct sl_piece_id *piece,
                     struct sl_err *err) SL_MUST_CHECK;

/** Read the range once more and check that it still is this piece. `mark` then belongs to this
 * reading. Errors: SL_ECHANGED (another piece, or changed again), SL_EIO, SL_ENOMEM. */
int sl_source_compare(struct sl_source *source, const struct sl_piece_id *piece,
                      struct sl_err *err) SL_MUST_CHECK;

/** Close the file; the hasher and its thread stay for the next one. */
void sl_source_close(struct sl_source *source);
/** Close and free. */
void sl_source_fini(struct sl_source *source);

#endif
