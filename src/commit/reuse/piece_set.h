/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* piece_set.h - some of the pieces of a batch, by their places in it. Layer: commit, private. */
#ifndef SL_COMMIT_PIECE_SET_H
#define SL_COMMIT_PIECE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sluice/eip712.h"

enum { SL_PIECE_SET_WORDS = (SL_COMMIT_PIECES + 63) / 64 };

/** Plain value; {0} has none. Places are below SL_COMMIT_PIECES. */
struct sl_piece_set {
    uint64_t bits[SL_PIECE_SET_WORDS];
};

static inline bool sl_piece_set_has(const struct sl_piece_set *set, size_t place)
{
    return (set->bits[place / 64] >> (place % 64) & 1) != 0;
}

static inline void sl_piece_set_put(struct sl_piece_set *set, size_t place)
{
    set->bits[place / 64] |= UINT64_C(1) << (place % 64);
}

/** The lowest place of the set; SL_COMMIT_PIECES: it has none. */
static inline size_t sl_piece_set_first(const struct sl_piece_set *set)
{
    size_t place = 0;
    while (place < SL_COMMIT_PIECES && !sl_piece_set_has(set, place))
        place++;
    return place;
}

/** Add what `more` has and `except` has not. */
static inline void sl_piece_set_add_except(struct sl_piece_set *set,
                                           const struct sl_piece_set *more,
                                           const struct sl_piece_set *except)
{
    for (size_t i = 0; i < SL_PIECE_SET_WORDS; i++)
        set->bits[i] |= more->bits[i] & ~except->bits[i];
}

#endif
