/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * awaits.h - pieces that are being committed, and whose they are: found by PieceCID, since that is
 * what the commits tell of. Several jobs may wait for one piece. Engine thread only.
 */
#ifndef SL_AWAITS_H
#define SL_AWAITS_H

#include <stddef.h>

#include "sluice/job.h"

struct sl_await {
    struct sl_await *next; /* chain of the table */
    int64_t job_id;
    int part; /* 0: the whole file */
    struct sl_piece_id piece;
    uint32_t ended; /* bit by copy: nothing more will be told of it */
    uint32_t landed;
    struct sl_err why; /* of a copy that is missing; code 0: none */
    uint16_t batch;
    char tx[SL_JOB_TX_CHARS];
};

struct sl_awaits {
    struct sl_await **buckets;
    size_t bucket_count; /* a power of two, or 0 */
    size_t count;
};

/** A new entry, or the one that is there already; NULL: out of memory. Owned by the table. */
struct sl_await *sl_awaits_put(struct sl_awaits *awaits, const struct sl_piece_id *piece,
                               int64_t job_id, int part);
/** NULL when there is none. */
struct sl_await *sl_awaits_find(const struct sl_awaits *awaits, const struct sl_piece_id *piece,
                                int64_t job_id, int part);
void sl_awaits_remove(struct sl_awaits *awaits, const struct sl_piece_id *piece, int64_t job_id,
                      int part);

/** The first entry of a piece from `after` on (NULL: from the beginning); NULL at the end. `after`
 * must be in the table. */
struct sl_await *sl_awaits_of(const struct sl_awaits *awaits, const struct sl_piece_id *piece,
                              const struct sl_await *after);

void sl_awaits_free(struct sl_awaits *awaits);

#endif
