/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * eth_getLogs, and logs as an answer has them.
 *
 * Today's public nodes stand behind a gateway that answers for 360 epochs at once; a full node
 * answers for a day. Neither says so before it refuses. Source: docs/PROTOCOL.md "JSON-RPC".
 */
#include "node/rpc_logs.h"

#include <string.h>

#include "chain/ledger_chain.h"
#include "chain/ledger_read.h"
#include "node/rpc_call.h"
#include "node/rpc_value.h"

enum { LOGS_MAX = 10000, LOG_BYTES_MAX = 8 << 20, GATEWAY_BLOCKS = 360, ALTERNATIVES = 256 };

/* What is asked for: a log is meant when each part that names anything names the log's. */
struct filter {
    uint64_t from, to;
    struct sl_buf addresses;                /* one behind the other */
    struct sl_buf topics[SL_LEDGER_TOPICS]; /* likewise, by position */
};

/* The ledger may not be asked while it tells its logs: they are kept, their data in `bytes`. */
struct found {
    const struct filter *filter;
    struct sl_buf logs;  /* struct sl_ledger_log, one behind the other */
    struct sl_buf bytes; /* their data in the same order */
};

static void filter_free(struct filter *filter)
{
    sl_buf_free(&filter->addresses);
    for (size_t i = 0; i < SL_LEDGER_TOPICS; i++)
        sl_buf_free(&filter->topics[i]);
}

/* ---- what is asked for ---- */

/* One value of `len` bytes, or a list of alternatives; null and an empty list name nothing. */
static bool read_values(struct sl_devnet_call *call, struct sl_buf *out,
                        const struct sl_json *value, size_t len)
{
    const bool list = sl_json_is_array(value);
    if (value == NULL || sl_json_is_null(value))
        return true;
    out->cap = ALTERNATIVES * len;
    for (const struct sl_json *at = list ? sl_json_first(value) : value; at != NULL;
         at = list ? sl_json_next(at) : NULL) {
        uint8_t bytes[SL_LEDGER_HASH_BYTES];
        struct sl_address address;
        if (len == SL_ADDRESS_BYTES ? !sl_devnet_param_address(call, &address, at)
                                    : !sl_devnet_param_hash(call, bytes, at))
            return false;
        sl_buf_add(out, len == SL_ADDRESS_BYTES ? address.bytes : bytes, len);
    }
    if (out->failed != SL_OK)
        sl_devnet_call_fail(call, SL_DEVNET_RPC_PARAMS, "invalid argument: too many alternatives");
    return out->failed == SL_OK;
}

static bool read_topics(struct sl_devnet_call *call, struct filter *filter,
                        const struct sl_json *list)
{
    size_t i = 0;
    if (list == NULL || sl_json_is_null(list))
        return true;
    if (!sl_json_is_array(list) || sl_json_count(list) > SL_LEDGER_TOPICS) {
        sl_devnet_call_fail(call, SL_DEVNET_RPC_PARAMS, "invalid argument: no topics");
        return false;
    }
    for (const struct sl_json *at = sl_json_first(list); at != NULL; at = sl_json_next(at)) {
        if (!read_values(call, &filter->topics[i++], at, SL_LEDGER_HASH_BYTES))
            return false;
    }
    return true;
}

static bool newest(struct sl_devnet_call *call, uint64_t *number)
{
    struct sl_ledger_block head;
    struct sl_err err = {0};
    if (sl_ledger_block(call->ledger, &head, SL_LEDGER_PENDING, &err) <= 0) {
        sl_devnet_call_err(call, &err);
        return false;
    }
    *number = head.number;
    return true;
}

static bool read_block_hash(struct sl_devnet_call *call, struct filter *filter,
                            const struct sl_json *json)
{
    uint8_t hash[SL_LEDGER_HASH_BYTES];
    struct sl_ledger_block block;
    struct sl_err err = {0};
    if (sl_json_get(json, "fromBlock") != NULL || sl_json_get(json, "toBlock") != NULL) {
        sl_devnet_call_fail(call, SL_DEVNET_RPC_PARAMS,
                            "must not specify block hash and from/to block");
        return false;
    }
    if (!sl_devnet_param_hash(call, hash, sl_json_get(json, "blockHash")))
        return false;
    const int found = sl_ledger_block_by_hash(call->ledger, &block, hash, &err);
    if (found < 0)
        sl_devnet_call_err(call, &err);
    else if (found == 0)
        sl_devnet_call_fail(call, SL_DEVNET_RPC_FAILED, "failed to get tipset: no such block");
    filter->from = filter->to = found > 0 ? block.number : 0;
    return found > 0;
}

/* The ledger takes no tags, and ages are counted from the newest block. */
static bool read_range(struct sl_devnet_call *call, struct filter *filter,
                       const struct sl_json *json, uint64_t head)
{
    const struct sl_json *hash = sl_json_get(json, "blockHash");
    if (hash != NULL && !sl_json_is_null(hash))
        return read_block_hash(call, filter, json);
    if (!sl_devnet_param_block(call, &filter->from, sl_json_get(json, "fromBlock")) ||
        !sl_devnet_param_block(call, &filter->to, sl_json_get(json, "toBlock")))
        return false;
    if (filter->from == SL_LEDGER_PENDING)
        filter->from = head;
    if (filter->to == SL_LEDGER_PENDING)
        filter->to = head;
    return true;
}

/* ---- what a node refuses ---- */

static uint64_t fault_blocks(const struct sl_devnet_call *call)
{
    return call->fault.blocks != 0 ? call->fault.blocks : SL_DEVNET_DAY_BLOCKS;
}

bool sl_devnet_is_too_old(struct sl_devnet_call *call, uint64_t block)
{
    uint64_t head = 0;
    if (call->fault.action != SL_DEVNET_FAULT_LOOKBACK || !newest(call, &head))
        return false;
    return block < head && head - block > fault_blocks(call);
}

static bool check_range(struct sl_devnet_call *call, const struct filter *filter)
{
    const uint64_t blocks = filter->to > filter->from ? filter->to - filter->from : 0;
    const bool gateway =
        call->net->profile != SL_DEVNET_1_3 && call->fault.action != SL_DEVNET_FAULT_FULL;
    if (gateway && filter->from > filter->to)
        sl_devnet_call_fail(call, SL_DEVNET_RPC_FAILED,
                            "invalid epoch range: to block (%llu) must be after from block (%llu)",
                            (unsigned long long)filter->to, (unsigned long long)filter->from);
    else if (call->fault.action == SL_DEVNET_FAULT_FULL && blocks > fault_blocks(call))
        sl_devnet_call_fail(call, SL_DEVNET_RPC_FAILED,
                            "invalid epoch range: range between to and from blocks is too large"
                            " (maximum: %llu)",
                            (unsigned long long)fault_blocks(call));
    else if (gateway && blocks > GATEWAY_BLOCKS)
        sl_devnet_call_fail(call, SL_DEVNET_RPC_LIMIT,
                            "block range exceeds maximum of %d (got %llu)", GATEWAY_BLOCKS,
                            (unsigned long long)blocks);
    else if (sl_devnet_is_too_old(call, filter->from))
        sl_devnet_call_fail(call, SL_DEVNET_RPC_FAILED,
                            "bad tipset height: lookbacks of more than 24h0m0s are disallowed");
    return call->code == 0;
}

static bool read_filter(struct sl_devnet_call *call, struct filter *filter)
{
    const struct sl_json *json = sl_devnet_param(call, 0);
    uint64_t head = 0;
    return newest(call, &head) && read_range(call, filter, json, head) &&
           check_range(call, filter) &&
           read_values(call, &filter->addresses, sl_json_get(json, "address"), SL_ADDRESS_BYTES) &&
           read_topics(call, filter, sl_json_get(json, "topics"));
}

/* ---- what there is ---- */

static bool is_among(const struct sl_buf *values, const uint8_t *value, size_t len)
{
    for (size_t at = 0; at < values->len; at += len) {
        if (value != NULL && memcmp(values->data + at, value, len) == 0)
            return true;
    }
    return values->len == 0;
}

static bool is_meant(const struct filter *filter, const struct sl_ledger_log *log)
{
    if (!is_among(&filter->addresses, log->address.bytes, SL_ADDRESS_BYTES))
        return false;
    for (size_t i = 0; i < SL_LEDGER_TOPICS; i++) {
        if (!is_among(&filter->topics[i], i < log->topic_count ? log->topics[i] : NULL,
                      SL_LEDGER_HASH_BYTES))
            return false;
    }
    return true;
}

static void keep_log(void *ctx, const struct sl_ledger_log *log)
{
    struct found *found = ctx;
    if (!is_meant(found->filter, log))
        return;
    sl_buf_add(&found->logs, log, sizeof *log);
    if (log->data_len > 0)
        sl_buf_add(&found->bytes, log->data, log->data_len);
}

/* The kept logs point to the kept data. Returns their number. */
static size_t settle_logs(struct found *found, struct sl_ledger_log **logs)
{
    const size_t count = found->logs.len / sizeof(struct sl_ledger_log);
    const uint8_t *data = (const uint8_t *)found->bytes.data;
    *logs = (void *)found->logs.data; /* from malloc(): aligned for any type */
    for (size_t i = 0; i < count && data != NULL; i++) {
        (*logs)[i].data = data;
        data += (*logs)[i].data_len;
    }
    return count;
}

/* A log with all that a fault puts beside it. */
static void append_log(struct sl_devnet_call *call, const struct sl_ledger_log *log,
                       const uint8_t block_hash[static SL_LEDGER_HASH_BYTES])
{
    struct sl_ledger_log other = *log;
    sl_devnet_append_log(call->out, log, block_hash);
    if (call->fault.action == SL_DEVNET_FAULT_TWICE)
        sl_devnet_append_log(call->out, log, block_hash);
    if (call->fault.action != SL_DEVNET_FAULT_STRAY)
        return;
    for (size_t i = 0; i < SL_ADDRESS_BYTES; i++)
        other.address.bytes[i] ^= 0xff;
    sl_devnet_append_log(call->out, &other, block_hash);
}

void sl_devnet_append_logs(struct sl_devnet_call *call, const char *key,
                           const struct sl_ledger_log *logs, size_t count)
{
    struct sl_ledger_block block = {.number = SL_LEDGER_PENDING};
    sl_jw_array(call->out, key);
    for (size_t i = 0; i < count; i++) {
        const size_t place = call->fault.action == SL_DEVNET_FAULT_SHUFFLE ? count - 1 - i : i;
        const struct sl_ledger_log *log = &logs[place];
        if (log->block != block.number &&
            sl_ledger_block(call->ledger, &block, log->block, NULL) <= 0)
            block = (struct sl_ledger_block){.number = log->block};
        append_log(call, log, block.hash);
    }
    sl_jw_end_array(call->out);
}

static void find(struct sl_devnet_call *call, struct found *found)
{
    struct sl_ledger_log *logs = NULL;
    struct sl_err err = {0};
    const struct sl_ledger_log_filter range = {.from_block = found->filter->from,
                                               .to_block = found->filter->to};
    if (sl_ledger_logs(call->ledger, &range, keep_log, found, &err) < 0) {
        sl_devnet_call_err(call, &err);
    } else if (found->logs.failed != SL_OK || found->bytes.failed != SL_OK) {
        sl_devnet_call_fail(call, SL_DEVNET_RPC_FAILED, "too many results");
    } else {
        const size_t count = settle_logs(found, &logs);
        sl_devnet_append_logs(call, "result", logs, count);
    }
}

void sl_devnet_eth_logs(struct sl_devnet_call *call)
{
    struct filter filter = {0};
    struct found found = {.filter = &filter,
                          .logs.cap = LOGS_MAX * sizeof(struct sl_ledger_log),
                          .bytes.cap = LOG_BYTES_MAX};
    if (read_filter(call, &filter))
        find(call, &found);
    sl_buf_free(&found.logs);
    sl_buf_free(&found.bytes);
    filter_free(&filter);
}
