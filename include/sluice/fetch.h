/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * fetch.h - getting a file back: its pieces, downloaded and verified. Layer: fetch.
 *
 * Nothing that a provider sends is believed: every byte is hashed while it arrives, a piece counts
 * when its PieceCID is the one asked for, to the byte and to the length, and a file gets its name
 * when all of its pieces count. Pieces, and ranges of large ones (127 * 2^k bytes, whose roots
 * combine), come over several connections; each is hashed by the thread that receives it, so that
 * memory does not grow with the file.
 *
 * Every piece has an ordered list of addresses. Of several, a few are asked at a time who has it,
 * and the first that has wins; a break goes on where it was (`Range`, `If-Range`), a failure or
 * wrong bytes fall over to the next one, and when nobody can be blamed for wrong bytes the piece is
 * taken again from one address at a time. What is half there lies in ".NAME.part" beside the
 * target, with a table of what has come: a later run hashes it again, never trusts it, and goes on.
 *
 * Source: docs/PROTOCOL.md "Storage provider" (retrieval) and "PieceCID" (shards).
 */
#ifndef SL_FETCH_H
#define SL_FETCH_H

#include "sluice/clock.h"
#include "sluice/http.h"
#include "sluice/piece.h"

enum { SL_FETCH_PARALLEL_MAX = 16, SL_FETCH_PARALLEL_DEFAULT = 4 };

struct sl_fetch_options {
    int parallel;          /* connections at a time, 1 .. SL_FETCH_PARALLEL_MAX; 0: default */
    int max_attempts;      /* failures in a row of one address before it is given up; 0: 5 */
    int64_t retry_base_ms; /* first wait, doubled each time with jitter; 0: 500 ms */
    int64_t retry_cap_ms;  /* longest wait; 0: 30 s */
    int64_t ask_ms;        /* an address that does not say in this time whether it has the piece is
                              tried after the others; 0: 10 s */
    int64_t slow_ms; /* an address slower than 4 KiB a second over this time is left for an untried
                        one; 0: 30 s */
    uint64_t segment_bytes; /* least size of ranges, 127 * 2^k; 0: 127 * 2^19 (66,584,576) */
    uint64_t seed;          /* of the jitter; 0: random */
    struct sl_http_options http;
};

/** A piece of the file and where it may be had, best first. Everything is borrowed. */
struct sl_fetch_part {
    struct sl_piece_id piece;
    const char *const *urls; /* absolute; GET gives the bytes of the piece */
    size_t url_count;
};

/** A file: its pieces one after the other. */
struct sl_fetch_file {
    const struct sl_fetch_part *parts;
    size_t part_count;
    struct sl_piece_id whole; /* of one part: that part's */
};

struct sl_fetch_progress {
    uint64_t have_bytes;  /* on the disk (or read), hashed or to be hashed again; may go back when
                             something turns out wrong */
    uint64_t total_bytes; /* of the file */
    uint64_t received_bytes; /* that came over the network, those thrown away too */
};

/** Called now and then on the thread of sl_fetch_save() and friends. */
typedef void (*sl_fetch_progress_fn)(void *ctx, const struct sl_fetch_progress *progress);

/** What a fetch did; also filled when it failed. */
struct sl_fetch_result {
    uint64_t received_bytes;
    uint64_t resumed_bytes; /* that an earlier run had left */
    unsigned failures;      /* transfers that broke, were refused or brought wrong bytes */
    const char *from;       /* the address that the last part came from; borrowed from the file */
    bool was_there;         /* nothing was done: the target has these bytes already */
};

struct sl_fetch;

/** One fetch at a time, by one thread. Owned, sl_fetch_free(). sl_http_global_init() comes first.
 * Errors: SL_EINVAL (segment_bytes), SL_ENOMEM, SL_ECONFIG. */
int sl_fetch_new(struct sl_fetch **out, const struct sl_fetch_options *options,
                 struct sl_err *err) SL_MUST_CHECK;
void sl_fetch_free(struct sl_fetch *fetch);

/** Between fetches: change http.public_only. */
void sl_fetch_set_public_only(struct sl_fetch *fetch, bool public_only);

/** Any thread: the running fetch, and all later ones, end with SL_ECANCELED at once; what has come
 * can be gone on with. */
void sl_fetch_cancel(struct sl_fetch *fetch);

/** `fn` may be NULL; called about every `interval_ms`. */
void sl_fetch_watch(struct sl_fetch *fetch, sl_fetch_progress_fn fn, void *ctx, int interval_ms);

/**
 * Whether the parts make up the whole file. 0: yes, their roots combine to the file's root. This
 * can be shown for one part, and for shards of 127 * 2^k bytes that begin at multiples of their
 * size, the last of any size. 1: the byte counts agree, but only the bytes themselves can prove it
 * (a file whose rest is too short for a piece is cut this way). No request is sent. Errors:
 * SL_EFORMAT.
 */
int sl_fetch_check_parts(const struct sl_fetch_file *file, struct sl_err *err) SL_MUST_CHECK;

/** SL_EFORMAT: all parts came, but together they are not the file. */
int sl_fetch_not_whole(struct sl_err *err);

/** Where the file goes: NAME in the open folder `dir_fd` (AT_FDCWD: the working directory). */
struct sl_fetch_target {
    int dir_fd;
    const char *name; /* a name without slashes; with AT_FDCWD a path may be in front of it */
    unsigned mode;    /* permissions of the finished file; 0: 0600 */
    bool force;       /* in the place of a file of other bytes */
};

/**
 * Get the file. It is on the disk, under its name, when this returns 0, and never before all of it
 * was verified. Errors: SL_EREFUSED (another file has the name: not without `force`), SL_EFILETYPE
 * (something that is no file has it), SL_EHELD (another sluice is getting it), SL_ENOSPC (also
 * before anything is asked), SL_EFORMAT (sl_fetch_check_parts()), SL_ECANCELED, SL_EIO, SL_EACCES,
 * SL_ENOENT (no such folder); of the addresses, when none is left: SL_ENOTFOUND (nobody has it),
 * SL_EMISMATCH (wrong bytes), SL_ENET, SL_ESTALLED, SL_EBUSY, SL_ESERVER, SL_EPROTO, SL_EREFUSED.
 */
int sl_fetch_save(struct sl_fetch *fetch, const struct sl_fetch_file *file,
                  const struct sl_fetch_target *target, struct sl_fetch_result *result,
                  struct sl_err *err) SL_MUST_CHECK;

/**
 * Get one part into the open file `fd` from its start, verified when this returns 0; what stood
 * there is overwritten. For those who hand it on part by part. Errors: those of sl_fetch_save().
 */
int sl_fetch_spool(struct sl_fetch *fetch, const struct sl_fetch_part *part, int fd,
                   struct sl_fetch_result *result, struct sl_err *err) SL_MUST_CHECK;

/** Get all of the file and keep nothing: 0 when every part is what it should be. Errors: those of
 * the addresses, SL_ECANCELED. */
int sl_fetch_verify(struct sl_fetch *fetch, const struct sl_fetch_file *file,
                    struct sl_fetch_result *result, struct sl_err *err) SL_MUST_CHECK;

/**
 * Compare about `bytes` of the piece that `url` has with the local file `fd`, where the piece
 * starts at `offset`: ranges of up to 64 KiB at random places, the first and the last among them.
 * Returns 0 when they are equal; *compared (may be NULL) is how many were. Errors: SL_EMISMATCH,
 * SL_ECHANGED (the local file is too short), those of the addresses, SL_ECANCELED.
 */
int sl_fetch_sample(struct sl_fetch *fetch, const char *url, const struct sl_piece_id *piece,
                    int fd, uint64_t offset, uint64_t bytes, uint64_t *compared,
                    struct sl_err *err) SL_MUST_CHECK;

#endif
