/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "work/plan.h"

#include <inttypes.h>

#include "sluice/engine.h"
#include "sluice/piece.h"

#include "work/source.h"

enum {
    AT_RISK = 8, /* a crash costs at most this part of a file: what is on its way at a time, */
    STREAMS = 3, /* by as many streams as a line usually needs to be full */
};
#define RISK_LEAST (SL_PIECE_MIN_BYTES << 21) /* 266 MB: smaller parts cost more than they save */

uint64_t sl_shard_floor(uint64_t bytes)
{
    uint64_t shard = SL_PIECE_MIN_BYTES;
    while (shard * 2 <= bytes && shard * 2 <= SL_PIECE_MAX_BYTES)
        shard *= 2;
    return shard;
}

uint64_t sl_plan_count(uint64_t file_bytes, uint64_t shard_bytes)
{
    return file_bytes / shard_bytes + (file_bytes % shard_bytes != 0);
}

/* What a stream of the measured rate brings across in half of the provider's time. */
static uint64_t deliverable(const struct sl_plan_ask *ask)
{
    if (ask->rate_bytes_per_s == 0 || ask->limit_ms <= 0)
        return SL_PIECE_MAX_BYTES;
    const double bytes = (double)ask->rate_bytes_per_s * (double)ask->limit_ms / 2000;
    return bytes < (double)SL_PIECE_MAX_BYTES ? (uint64_t)bytes : SL_PIECE_MAX_BYTES;
}

/* Bytes of a part that may be lost. */
static uint64_t bearable(uint64_t file_bytes)
{
    const uint64_t bytes = file_bytes / AT_RISK / STREAMS;
    return bytes > RISK_LEAST ? bytes : RISK_LEAST;
}

static uint64_t auto_shard(const struct sl_plan_ask *ask)
{
    const uint64_t most = deliverable(ask);
    const uint64_t soon = bearable(ask->file_bytes);
    const uint64_t wanted = most < soon ? most : soon;
    uint64_t shard = sl_shard_floor(wanted > ask->least_bytes ? wanted : ask->least_bytes);
    if (ask->file_bytes <= most)
        return 0;
    while (sl_plan_count(ask->file_bytes, shard) > SL_PARTS_MAX && shard < SL_PIECE_MAX_BYTES)
        shard *= 2;
    return shard;
}

uint64_t sl_plan_shard(const struct sl_plan_ask *ask)
{
    if (ask->split_bytes == SL_SPLIT_NEVER)
        return 0;
    const uint64_t shard =
        ask->split_bytes == SL_SPLIT_AUTO ? auto_shard(ask) : sl_shard_floor(ask->split_bytes);
    return ask->file_bytes > shard ? shard : 0;
}

uint32_t sl_plan_at_once(uint64_t file_bytes, uint64_t shard_bytes)
{
    const uint64_t parts = file_bytes / AT_RISK / shard_bytes;
    return parts > STREAMS ? (uint32_t)(parts < SL_PARALLEL_MAX ? parts : SL_PARALLEL_MAX)
                           : STREAMS;
}

struct sl_file_pieces sl_file_pieces(uint64_t file_bytes, uint64_t split_bytes)
{
    const struct sl_plan_ask ask = {.file_bytes = file_bytes, .split_bytes = split_bytes};
    const uint64_t shard = sl_plan_shard(&ask);
    return shard == 0 ? (struct sl_file_pieces){1, file_bytes}
                      : (struct sl_file_pieces){sl_plan_count(file_bytes, shard), shard};
}

uint64_t sl_plan_smaller(uint64_t bytes, uint64_t least_bytes)
{
    const uint64_t quarter = bytes / 4;
    const uint64_t shard = sl_shard_floor(quarter > least_bytes ? quarter : least_bytes);
    return shard * 2 <= bytes ? shard : 0;
}

uint64_t sl_plan_apart(uint64_t bytes, bool zeros)
{
    const uint64_t least = SL_PIECE_MIN_BYTES;
    if (bytes < 2 * least)
        return 0;
    if (zeros && bytes % 2 == 0)
        return bytes / 2;
    if (zeros &&
        bytes >=
            3 * least) /* two equal pieces and the least piece, which exists in one length only */
        return (bytes - least) / 2;
    return bytes >= 4 * least ? sl_shard_floor(bytes - least) : bytes - least;
}

static int check_count(uint64_t file_bytes, uint64_t shard_bytes, struct sl_err *err)
{
    const uint64_t count = sl_plan_count(file_bytes, shard_bytes);
    if (count <= SL_PARTS_MAX)
        return SL_OK;
    return sl_err_set(err, SL_ETOOBIG,
                      "%" PRIu64 " bytes would be %" PRIu64
                      " parts, more than %d: use a larger `split`",
                      file_bytes, count, SL_PARTS_MAX);
}

int sl_plan_check(uint64_t file_bytes, uint64_t split_bytes, struct sl_err *err)
{
    if (file_bytes < SL_PIECE_MIN_BYTES)
        return sl_engine_piece_size_check(file_bytes, err);
    if (split_bytes != SL_SPLIT_NEVER)
        return check_count(file_bytes,
                           sl_shard_floor(split_bytes == SL_SPLIT_AUTO ? UINT64_MAX : split_bytes),
                           err);
    if (file_bytes <= SL_PIECE_MAX_BYTES)
        return SL_OK;
    return sl_err_set(err, SL_ETOOBIG,
                      "%" PRIu64 " bytes are too many for one piece, which has at most %" PRIu64
                      ": `split = auto` stores it in parts",
                      file_bytes, SL_PIECE_MAX_BYTES);
}

bool sl_plan_is_even(uint64_t file_bytes, uint64_t shard_bytes)
{
    const uint64_t rest = file_bytes % shard_bytes;
    return rest == 0 || rest >= SL_PIECE_MIN_BYTES || file_bytes < shard_bytes;
}

struct sl_plan_range sl_plan_range(uint64_t file_bytes, uint64_t shard_bytes, uint64_t index)
{
    const uint64_t count = sl_plan_count(file_bytes, shard_bytes);
    struct sl_plan_range range = {index * shard_bytes, shard_bytes};
    const bool even = sl_plan_is_even(file_bytes, shard_bytes);
    if (!even && index + 2 >= count) { /* the last two share a shard and the short rest */
        range.offset_bytes = (count - 2) * shard_bytes;
        range.size_bytes = shard_bytes / 2;
        if (index + 1 == count)
            range.offset_bytes += range.size_bytes;
    }
    if (index + 1 == count)
        range.size_bytes = file_bytes - range.offset_bytes;
    return range;
}
