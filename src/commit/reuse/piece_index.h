/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * piece_index.h - which ids may hold a piece: from PieceCIDs to piece ids. Layer: commit, private.
 *
 * Keeps 16 bytes a piece at a load of at most three quarters, and looks up in constant time. It
 * keeps eight bytes of a root only, so an answer is a candidate: compare the piece on chain.
 */
#ifndef SL_COMMIT_PIECE_INDEX_H
#define SL_COMMIT_PIECE_INDEX_H

#include "sluice/piece.h"

/** Zero-initialise, sl_commit_piece_index_free(). One thread. */
struct sl_piece_index {
    struct sl_piece_index_slot *slots; /* private */
    size_t size;                       /* a power of two; 0: none yet */
    size_t count;
};

/** Add an id; one PieceCID may have several. Errors: SL_ENOMEM (the index stays as it was). */
int sl_commit_piece_index_add(struct sl_piece_index *index, const struct sl_piece_id *piece,
                              uint64_t id, struct sl_err *err) SL_MUST_CHECK;

/**
 * The next id that may hold the piece. *at is 0 for the first one and belongs to the lookup; no add
 * in between. False: no further id.
 */
bool sl_commit_piece_index_next(uint64_t *id, size_t *at, const struct sl_piece_index *index,
                                const struct sl_piece_id *piece);

void sl_commit_piece_index_free(struct sl_piece_index *index);

#endif
