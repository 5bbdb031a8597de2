/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* aggregate.h - the piece that several pieces make when their trees stand side by side. */
#ifndef SL_DEVNET_AGGREGATE_H
#define SL_DEVNET_AGGREGATE_H

#include "sluice/piece.h"

/** `parts` (1 and more) from the largest tree to the smallest; zero trees fill what is left of the
 * whole. payload_bytes is the sum of theirs. Errors: SL_EINVAL (a tree larger than the one before
 * it), SL_EOVERFLOW (higher than SL_PIECE_HEIGHT_MAX), SL_ENOMEM. */
int sl_devnet_aggregate(struct sl_piece_id *out, const struct sl_piece_id *parts, size_t count,
                        struct sl_err *err) SL_MUST_CHECK;

#endif
