/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * plan.h - into which parts a file is cut. Arithmetic only.
 *
 * A file is cut at multiples of a shard of 127 * 2^k bytes, so that the PieceCIDs of its parts
 * combine to that of the whole file. Each part costs a fee and each part that is on its way is lost
 * by a crash, so parts are large, and of a file of some gigabytes few go at a time. A rest that is
 * too short for a piece goes with half of the shard in front of it.
 */
#ifndef SL_PLAN_H
#define SL_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "sluice/err.h"

struct sl_plan_ask {
    uint64_t file_bytes;
    uint64_t split_bytes;      /* as struct sl_engine_options */
    uint64_t rate_bytes_per_s; /* of one stream to the provider; 0: not known */
    int64_t limit_ms;          /* that the provider allows for one request */
    uint64_t least_bytes;      /* no smaller parts for a slow line */
};

/** Bytes of a shard, or 0: the file is one piece. */
uint64_t sl_plan_shard(const struct sl_plan_ask *ask);

/** How many parts of a file are on their way at a time: three, or what is an eighth of the file. */
uint32_t sl_plan_at_once(uint64_t file_bytes, uint64_t shard_bytes);

/** SL_ETOOSMALL, SL_ETOOBIG when a file cannot be stored with this `split_bytes`. */
int sl_plan_check(uint64_t file_bytes, uint64_t split_bytes, struct sl_err *err) SL_MUST_CHECK;

/** The largest 127 * 2^k not above `bytes` and the limit of a piece; at least 127. */
uint64_t sl_shard_floor(uint64_t bytes);

/** What to try after `bytes` in one piece failed: about a quarter, not below `least_bytes`; 0: it
 * is small enough. */
uint64_t sl_plan_smaller(uint64_t bytes, uint64_t least_bytes);

/**
 * Shard size that cuts `bytes` into pieces which a provider cannot mistake for another length. The
 * result is two pieces, the first a whole shard, or three. A file of `zeros` alone gives two equal
 * pieces, whose root no other cut of zeros has. 0: too short to cut. Not always 127 * 2^k.
 */
uint64_t sl_plan_apart(uint64_t bytes, bool zeros);

uint64_t sl_plan_count(uint64_t file_bytes, uint64_t shard_bytes);

/** Part `index` of the file. */
struct sl_plan_range {
    uint64_t offset_bytes;
    uint64_t size_bytes;
};
struct sl_plan_range sl_plan_range(uint64_t file_bytes, uint64_t shard_bytes, uint64_t index);

/** Whether every part but the last is a whole shard: their PieceCIDs combine as they are. */
bool sl_plan_is_even(uint64_t file_bytes, uint64_t shard_bytes);

#endif
