/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * journal_removal.h - who needs a piece of a data set, and what a removal takes from files.
 * Layer: store.
 *
 * A file needs its piece or, when it is in parts, each of its parts. It has as many copies as the
 * part with the fewest, counted by provider on the chain that it was committed on. With no copy of
 * one part left its bytes are lost: the job is SL_JOB_DELETED.
 * Errors of all: as journal.h.
 */
#ifndef SL_JOURNAL_REMOVAL_H
#define SL_JOURNAL_REMOVAL_H

#include "sluice/journal_commit.h"

/** Pieces to be removed from one data set. Borrowed for the call. */
struct sl_journal_removal {
    uint64_t chain_id;
    uint64_t data_set_id;
    const uint64_t *ids; /* NULL: all */
    size_t count;
    /* data sets that have ended on chain, whatever the journal says: no copies are counted there */
    const uint64_t *ended;
    size_t ended_count;
};

/** What a removal takes from one file. Borrowed for the call. */
struct sl_journal_loss {
    struct sl_job job; /* as it is now */
    const char *path;
    unsigned copies; /* before; 0: a file that is not finished */
    unsigned left;   /* after */
    unsigned pieces; /* that the file needs */
    unsigned lost;   /* of which no copy is left; 0: the file loses a copy, not its bytes */
    bool shared;     /* one of the lost pieces is needed by another file as well */
};

/** Non-zero stops. The callback may change nothing. */
typedef int (*sl_journal_loss_fn)(void *ctx, const struct sl_journal_loss *loss);

/**
 * What each file would lose, by job number; nothing is changed. Cancelled and deleted jobs need
 * nothing. Returns what the callback stopped with, or 0. Errors also: SL_EINVAL (opened for
 * reading, or inside of a transaction: it is tried out in one).
 */
int sl_journal_each_loss(struct sl_journal *journal, const struct sl_journal_removal *removal,
                         sl_journal_loss_fn fn, void *ctx, struct sl_err *err) SL_MUST_CHECK;

/**
 * These piece ids of a data set are gone from it, or all that it had when `ids` is NULL: they count
 * as copies no more. Files that lost their bytes become SL_JOB_DELETED, those that lost a copy have
 * one less. What is not known is passed over. Errors also: SL_EINVAL (inside of a transaction of
 * the journal).
 */
int sl_journal_pieces_gone(struct sl_journal *journal, uint64_t chain_id, uint64_t data_set_id,
                           const uint64_t *ids, size_t count, struct sl_err *err) SL_MUST_CHECK;

/** The piece that has landed under this id, removed since or not. Returns 1, or 0 when the journal
 * does not know it. */
int sl_journal_piece_at(struct sl_journal *journal, uint64_t chain_id, uint64_t data_set_id,
                        uint64_t piece_id, struct sl_piece_id *piece,
                        struct sl_err *err) SL_MUST_CHECK;

/** A data set that commits of this journal have landed in. A plain value. */
struct sl_journal_data_set {
    uint64_t id;
    struct sl_u256 provider_id;
    struct sl_u256 client_data_set_id;
};
typedef int (*sl_journal_data_set_fn)(void *ctx, const struct sl_journal_data_set *set);
/** All of a chain, once each, by id. Non-zero stops; returns that, or 0. */
int sl_journal_each_data_set(struct sl_journal *journal, uint64_t chain_id,
                             sl_journal_data_set_fn fn, void *ctx,
                             struct sl_err *err) SL_MUST_CHECK;

#endif
