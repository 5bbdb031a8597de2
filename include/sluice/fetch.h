/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * fetch.h - downloads a file from its pieces and verifies it. Layer: fetch.
 *
 * Nothing that a provider sends is trusted. Every byte is hashed as it arrives. A piece counts only
 * if its PieceCID, length included, is the expected one, and a file gets its name only when all of
 * its pieces count. Pieces come over several connections, and so do ranges of large pieces (127 *
 * 2^k bytes, whose roots combine). The thread that receives a range hashes it, so memory does not
 * grow with the file.
 *
 * Every piece has an ordered list of addresses. The fetch asks a few of them at a time and uses the
 * first one that has the piece. An interrupted transfer continues where it stopped (`Range`, `If-
 * Range`). After a failure or wrong bytes, the next address is used. If bytes from several
 * addresses are wrong together, the piece is fetched again from one address at a time.
 *
 * Received bytes are in ".NAME.part" beside the target, with a table of what has arrived. A later
 * run hashes them again, never trusts them, and continues.
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
    int max_attempts;      /* failures in a row before an address is no longer used; 0: 5 */
    int64_t retry_base_ms; /* first wait, doubled each time with jitter; 0: 500 ms */
    int64_t retry_cap_ms;  /* longest wait; 0: 30 s */
    int64_t ask_ms;  /* an address that has not said by then whether it has the piece is tried last;
                        0: 10 s */
    int64_t slow_ms; /* an address slower than 4 KiB a second over this time is dropped for an
                        untried one; 0: 30 s */
    uint64_t segment_bytes; /* smallest range, 127 * 2^k; 0: 127 * 2^19 (66,584,576) */
    uint64_t seed;          /* of the jitter; 0: random */
    struct sl_http_options http;
};

/** A piece of the file and its addresses, best first. Everything is borrowed. */
struct sl_fetch_part {
    struct sl_piece_id piece;
    const char *const *urls; /* absolute; GET gives the bytes of the piece */
    size_t url_count;
};

/** A file and its pieces, in order. */
struct sl_fetch_file {
    const struct sl_fetch_part *parts;
    size_t part_count;
    struct sl_piece_id whole; /* for a file of one part: of that part */
};

struct sl_fetch_progress {
    uint64_t have_bytes; /* on disk (or read), hashed or still to be hashed; may decrease when bytes
                            turn out wrong */
    uint64_t total_bytes;    /* of the file */
    uint64_t received_bytes; /* received over the network, including bytes that were discarded */
};

/** Called from time to time on the thread of sl_fetch_save() and the other functions below. */
typedef void (*sl_fetch_progress_fn)(void *ctx, const struct sl_fetch_progress *progress);

/** What a fetch did; also filled when it failed. */
struct sl_fetch_result {
    uint64_t received_bytes;
    uint64_t resumed_bytes; /* left by an earlier run */
    unsigned failures;      /* transfers that broke off, were refused, or delivered wrong bytes */
    const char *from;       /* the address that the last part came from; borrowed from the file */
    bool was_there;         /* the target already had these bytes; nothing was done */
};

struct sl_fetch;

/** One thread runs one fetch at a time. Owned, sl_fetch_free(). Call sl_http_global_init() first.
 * Errors: SL_EINVAL (segment_bytes), SL_ENOMEM, SL_ECONFIG. */
int sl_fetch_new(struct sl_fetch **out, const struct sl_fetch_options *options,
                 struct sl_err *err) SL_MUST_CHECK;
void sl_fetch_free(struct sl_fetch *fetch);

/** Between fetches: change http.public_only. */
void sl_fetch_set_public_only(struct sl_fetch *fetch, bool public_only);

/** Any thread: the running fetch and all later ones end with SL_ECANCELED at once. A later run can
 * continue with the received bytes. */
void sl_fetch_cancel(struct sl_fetch *fetch);

/** `fn` may be NULL; called about every `interval_ms`. */
void sl_fetch_watch(struct sl_fetch *fetch, sl_fetch_progress_fn fn, void *ctx, int interval_ms);

/**
 * Whether the parts make up the whole file. 0: yes, their roots combine to the file's root. That
 * can be shown for one part, and for shards of 127 * 2^k bytes that begin at multiples of their
 * size, where the last may have any size. 1: the byte counts match, but only the bytes can prove it
 * (a file is cut like this if its rest is too short for a piece). Sends no request. Errors:
 * SL_EFORMAT.
 */
int sl_fetch_check_parts(const struct sl_fetch_file *file, struct sl_err *err) SL_MUST_CHECK;

/** SL_EFORMAT: all parts arrived, but together they are not the file. */
int sl_fetch_not_whole(struct sl_err *err);

/** Where the file goes: NAME in the open folder `dir_fd` (AT_FDCWD: the working directory). */
struct sl_fetch_target {
    int dir_fd;
    const char *name; /* no slashes, except a path in front of the name with AT_FDCWD */
    unsigned mode;    /* permissions of the finished file; 0: 0600 */
    bool force;       /* replace a file with other bytes */
};

/**
 * Get the file. When this returns 0, the file is on disk under its name; it never has its name
 * before all of it was verified. Errors: SL_EREFUSED (another file has the name; see `force`),
 * SL_EFILETYPE (the name is not a file), SL_EHELD (another sluice is getting it), SL_ENOSPC (also
 * before any request), SL_EFORMAT (sl_fetch_check_parts()), SL_ECANCELED, SL_EIO, SL_EACCES,
 * SL_ENOENT (no such folder). When no address is left: SL_ENOTFOUND (no address has it),
 * SL_EMISMATCH (wrong bytes), SL_ENET, SL_ESTALLED, SL_EBUSY, SL_ESERVER, SL_EPROTO, SL_EREFUSED.
 */
int sl_fetch_save(struct sl_fetch *fetch, const struct sl_fetch_file *file,
                  const struct sl_fetch_target *target, struct sl_fetch_result *result,
                  struct sl_err *err) SL_MUST_CHECK;

/**
 * Get one part into the open file `fd`, from its start, overwriting what is there. It is verified
 * when this returns 0. For callers that pass a file on part by part. Errors: those of
 * sl_fetch_save().
 */
int sl_fetch_spool(struct sl_fetch *fetch, const struct sl_fetch_part *part, int fd,
                   struct sl_fetch_result *result, struct sl_err *err) SL_MUST_CHECK;

/** Download the whole file and keep nothing: 0 if every part is correct. Errors: those of the
 * addresses, SL_ECANCELED. */
int sl_fetch_verify(struct sl_fetch *fetch, const struct sl_fetch_file *file,
                    struct sl_fetch_result *result, struct sl_err *err) SL_MUST_CHECK;

/**
 * Compare about `bytes` of the piece at `url` with the local file `fd`, where the piece starts at
 * `offset`. It compares ranges of up to 64 KiB at random places, including the first and the last.
 * Returns 0 when they are equal; *compared (may be NULL) is the number of bytes compared. Errors:
 * SL_EMISMATCH, SL_ECHANGED (the local file is too short), those of the addresses, SL_ECANCELED.
 */
int sl_fetch_sample(struct sl_fetch *fetch, const char *url, const struct sl_piece_id *piece,
                    int fd, uint64_t offset, uint64_t bytes, uint64_t *compared,
                    struct sl_err *err) SL_MUST_CHECK;

#endif
