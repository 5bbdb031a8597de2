/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "chain/logs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"

enum { TX_BYTES = 32 };

struct sl_chain_log *sl_chain_log_new(struct sl_err *err)
{
    struct sl_chain_log *log = malloc(sizeof *log);
    if (log == NULL)
        sl_err_set(err, SL_ENOMEM, "no memory for a log");
    return log;
}

static bool read_topics(struct sl_log *out, const struct sl_json *topics)
{
    out->topic_count = 0;
    for (const struct sl_json *at = sl_json_first(topics); at != NULL; at = sl_json_next(at)) {
        const char *text = sl_json_str(at);
        if (out->topic_count == SL_LOG_TOPICS || text == NULL ||
            sl_hex_decode(out->topics[out->topic_count], SL_ABI_WORD, text, strlen(text), NULL) !=
                SL_ABI_WORD)
            return false;
        out->topic_count++;
    }
    return true;
}

bool sl_chain_log_from_json(struct sl_chain_log *out, const struct sl_json *json)
{
    const char *from = sl_json_str(sl_json_get(json, "address"));
    const char *data = sl_json_str(sl_json_get(json, "data"));
    bool removed = false;
    if (from == NULL || data == NULL || strlen(data) > 2 + 2 * (size_t)SL_LOG_DATA_BYTES ||
        (sl_json_bool(sl_json_get(json, "removed"), &removed) && removed) ||
        !read_topics(&out->log, sl_json_get(json, "topics")) ||
        sl_address_parse(&out->from, from, strlen(from), NULL) < 0)
        return false;
    const int n = sl_hex_decode(out->data, sizeof out->data, data, strlen(data), NULL);
    out->log.data = out->data;
    out->log.data_len = n > 0 ? (size_t)n : 0;
    return n >= 0;
}

bool sl_chain_log_is(const struct sl_chain_log *log, const struct sl_address *from,
                     const uint8_t topic[static SL_ABI_WORD])
{
    return log->log.topic_count > 0 && sl_address_equal(&log->from, from) &&
           memcmp(log->log.topics[0], topic, SL_ABI_WORD) == 0;
}

struct sl_u256 sl_chain_log_topic(const struct sl_chain_log *log, size_t index)
{
    struct sl_u256 out = sl_u256(0);
    if (index < log->log.topic_count)
        (void)!sl_u256_from_be(&out, log->log.topics[index], SL_ABI_WORD);
    return out;
}

int sl_chain_logs_each(const struct sl_json *logs, sl_chain_log_fn fn, void *ctx,
                       struct sl_err *err)
{
    int rc = SL_OK;
    size_t count = 0;
    struct sl_chain_log *log = sl_chain_log_new(err);
    if (log == NULL)
        return SL_ENOMEM;
    for (const struct sl_json *at = sl_json_first(logs);
         rc == SL_OK && at != NULL && count < SL_CHAIN_LOGS_MAX; at = sl_json_next(at), count++) {
        if (sl_chain_log_from_json(log, at))
            rc = fn(ctx, log);
    }
    free(log);
    return rc;
}

int sl_chain_receipt(struct sl_json **answer, const struct sl_json **logs, struct sl_chain *chain,
                     const char *tx, struct sl_err *err)
{
    uint8_t hash[TX_BYTES];
    char hex[2 * TX_BYTES + 1], params[2 * TX_BYTES + 8];
    struct sl_rpc_failure failure = {0};
    *answer = NULL;
    *logs = NULL;
    if (sl_hex_decode(hash, sizeof hash, tx, strlen(tx), NULL) != TX_BYTES)
        return 0;
    sl_hex_encode(hex, hash, sizeof hash);
    snprintf(params, sizeof params, "[\"0x%s\"]", hex);
    const int rc =
        sl_rpc_call(chain->rpc, "eth_getTransactionReceipt", params, answer, &failure, err);
    sl_rpc_failure_free(&failure);
    if (rc < 0)
        return rc == SL_EREFUSED ? 0 : rc; /* some nodes refuse a request for an unknown receipt */
    *logs = sl_json_get(sl_json_get(*answer, "result"), "logs");
    if (sl_json_is_array(*logs))
        return 1;
    sl_json_free(*answer);
    *answer = NULL;
    return 0;
}
