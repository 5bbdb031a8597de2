/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * journal_removal.h - the files that need a piece of a data set, and what they lose by a removal.
 * Layer: store.
 *
 * A file needs its piece or, if split, each of its parts. It has as many copies as its part with
 * the fewest, counted by provider on the chain that it was committed on. If a part has no copy
 * left, the file's bytes are lost: the job becomes SL_JOB_DELETED. Errors of all: as journal.h.
 */
#ifndef SL_JOURNAL_REMOVAL_H
#define SL_JOURNAL_REMOVAL_H

#include "sluice/journal_commit.h"

/** Pieces to remove from one data set. Borrowed for the call. */
struct sl_journal_removal {
    uint64_t chain_id;
    uint64_t data_set_id;
    const uint64_t *ids; /* NULL: all pieces */
    size_t count;
    /* data sets that have ended on chain, whatever the journal says: copies there do not count */
    const uint64_t *ended;
    size_t ended_count;
};

/** What one file loses by a removal. Borrowed for the call. */
struct sl_journal_loss {
    struct sl_job job; /* the job as it is now */
    const char *path;
    unsigned copies; /* copies before; 0: a file that is not finished */
    unsigned left;   /* copies after */
    unsigned pieces; /* pieces that the file needs */
    unsigned lost;   /* pieces without any copy left; 0: the file loses a copy, not its bytes */
    bool shared;     /* another file needs one of the lost pieces too */
};

/** Non-zero stops. The callback may change nothing. */
typedef int (*sl_journal_loss_fn)(void *ctx, const struct sl_journal_loss *loss);

/**
 * What each file would lose, by job number; changes nothing. Cancelled and deleted jobs need no
 * pieces. Returns the callback's non-zero value, or 0. Errors also: SL_EINVAL (the journal is open
 * for reading, or inside a transaction: the removal is tried out in one).
 */
int sl_journal_each_loss(struct sl_journal *journal, const struct sl_journal_removal *removal,
                         sl_journal_loss_fn fn, void *ctx, struct sl_err *err) SL_MUST_CHECK;

/**
 * These piece ids, or all pieces if `ids` is NULL, are gone from a data set: they no longer count
 * as copies. Files that lost their bytes become SL_JOB_DELETED; files that lost a copy have one
 * copy less. Unknown ids are ignored. Errors also: SL_EINVAL (inside a transaction of the journal).
 */
int sl_journal_pieces_gone(struct sl_journal *journal, uint64_t chain_id, uint64_t data_set_id,
                           const uint64_t *ids, size_t count, struct sl_err *err) SL_MUST_CHECK;

/** The piece that landed under this id, even if it was removed since. Returns 1, or 0 when the
 * journal does not know it. */
int sl_journal_piece_at(struct sl_journal *journal, uint64_t chain_id, uint64_t data_set_id,
                        uint64_t piece_id, struct sl_piece_id *piece,
                        struct sl_err *err) SL_MUST_CHECK;

/** A data set that commits of this journal landed in. A plain value. */
struct sl_journal_data_set {
    uint64_t id;
    struct sl_u256 provider_id;
    struct sl_u256 client_data_set_id;
};
typedef int (*sl_journal_data_set_fn)(void *ctx, const struct sl_journal_data_set *set);
/** All data sets of a chain, once each, by id. Non-zero stops; returns that value, or 0. */
int sl_journal_each_data_set(struct sl_journal *journal, uint64_t chain_id,
                             sl_journal_data_set_fn fn, void *ctx,
                             struct sl_err *err) SL_MUST_CHECK;

#endif
