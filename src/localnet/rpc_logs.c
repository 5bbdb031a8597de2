/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* eth_getLogs. */
#include <string.h>

#include "rpc.h"

enum { LOGS_MAX = 10000, LOG_BYTES_MAX = 8 << 20 };

/* The ledger may not be asked while it tells its logs: they are kept, their data in `bytes`. */
struct found {
    struct sl_buf logs;  /* struct sl_ledger_log, one behind the other */
    struct sl_buf bytes; /* their data in the same order */
};

struct filter {
    struct sl_ledger_log_filter ledger;
    struct sl_address address;
    uint8_t topics[SL_LEDGER_TOPICS][SL_LEDGER_HASH_BYTES];
};

/* A single value, or a list of one: what the ledger can look for. */
static const struct sl_json *only(const struct sl_json *value)
{
    return sl_json_is_array(value) && sl_json_count(value) == 1 ? sl_json_first(value) : value;
}

static bool read_filter(struct sl_ln_call *call, struct filter *filter)
{
    const struct sl_json *json = sl_ln_param(call, 0);
    const struct sl_json *address = only(sl_json_get(json, "address"));
    *filter = (struct filter){0};
    if (!sl_ln_param_block(call, &filter->ledger.from_block, sl_json_get(json, "fromBlock")) ||
        !sl_ln_param_block(call, &filter->ledger.to_block, sl_json_get(json, "toBlock")))
        return false;
    if (address != NULL && !sl_json_is_null(address)) {
        if (!sl_ln_param_address(call, &filter->address, address))
            return false;
        filter->ledger.address = &filter->address;
    }
    size_t i = 0;
    const struct sl_json *topics = sl_json_get(json, "topics");
    for (const struct sl_json *at = topics != NULL ? sl_json_first(topics) : NULL;
         at != NULL && i < SL_LEDGER_TOPICS; at = sl_json_next(at), i++) {
        const struct sl_json *topic = only(at);
        if (sl_json_is_null(topic))
            continue;
        if (!sl_ln_param_hash(call, filter->topics[i], topic))
            return false;
        filter->ledger.topics[i] = filter->topics[i];
    }
    return true;
}

static void keep_log(void *ctx, const struct sl_ledger_log *log)
{
    struct found *found = ctx;
    sl_buf_add(&found->logs, log, sizeof *log);
    if (log->data_len > 0)
        sl_buf_add(&found->bytes, log->data, log->data_len);
}

/* Newest blocks by number: the ledger takes no tags. */
static bool fix_tags(struct sl_ln_call *call, struct sl_ledger_log_filter *filter)
{
    struct sl_ledger_block head;
    struct sl_err err = {0};
    if (sl_ledger_block(call->ledger, &head, SL_LEDGER_PENDING, &err) <= 0) {
        sl_ln_call_err(call, &err);
        return false;
    }
    if (filter->from_block == SL_LEDGER_PENDING)
        filter->from_block = head.number;
    if (filter->to_block == SL_LEDGER_PENDING)
        filter->to_block = head.number;
    return true;
}

static void put_found(struct sl_ln_call *call, const struct found *found)
{
    const uint8_t *data = (const uint8_t *)found->bytes.data;
    struct sl_ledger_block block = {.number = SL_LEDGER_PENDING};
    sl_jw_array(call->out, "result");
    for (size_t at = 0; at < found->logs.len; at += sizeof(struct sl_ledger_log)) {
        struct sl_ledger_log log;
        memcpy(&log, found->logs.data + at, sizeof log);
        log.data = data;
        if (data != NULL)
            data += log.data_len;
        if (log.block != block.number &&
            sl_ledger_block(call->ledger, &block, log.block, NULL) <= 0)
            block = (struct sl_ledger_block){.number = log.block};
        sl_ln_put_log(call->out, &log, block.hash);
    }
    sl_jw_end_array(call->out);
}

void sl_ln_eth_logs(struct sl_ln_call *call)
{
    struct filter filter;
    struct found found = {.logs.cap = LOGS_MAX * sizeof(struct sl_ledger_log),
                          .bytes.cap = LOG_BYTES_MAX};
    struct sl_err err;
    if (!read_filter(call, &filter) || !fix_tags(call, &filter.ledger))
        return;
    if (sl_ledger_logs(call->ledger, &filter.ledger, keep_log, &found, &err) < 0)
        sl_ln_call_err(call, &err);
    else if (found.logs.failed != SL_OK || found.bytes.failed != SL_OK)
        sl_ln_call_fail(call, SL_LN_RPC_FAILED, "too many results");
    else
        put_found(call, &found);
    sl_buf_free(&found.logs);
    sl_buf_free(&found.bytes);
}
