/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Parameters and values of JSON-RPC: quantities, bytes, addresses, blocks. */
#include "node/rpc_value.h"

#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"

#include "node/rpc_call.h"

const struct sl_json *sl_devnet_param(const struct sl_devnet_call *call, size_t index)
{
    if (!sl_json_is_array(call->params))
        return NULL;
    const struct sl_json *at = sl_json_first(call->params);
    while (at != NULL && index-- > 0)
        at = sl_json_next(at);
    return at;
}

/* "0x" and hex digits into exactly `len` bytes. */
static bool fixed_bytes(struct sl_devnet_call *call, uint8_t *out, size_t len,
                        const struct sl_json *value, const char *what)
{
    const char *text = sl_json_str(value);
    if (text != NULL && strncmp(text, "0x", 2) == 0 && strlen(text) == 2 + 2 * len &&
        sl_hex_decode(out, len, text, 2 + 2 * len, NULL) == (int)len)
        return true;
    sl_devnet_call_fail(call, SL_DEVNET_RPC_PARAMS, "invalid argument: no %s", what);
    return false;
}

bool sl_devnet_param_address(struct sl_devnet_call *call, struct sl_address *out,
                             const struct sl_json *value)
{
    return fixed_bytes(call, out->bytes, SL_ADDRESS_BYTES, value, "address");
}

bool sl_devnet_param_hash(struct sl_devnet_call *call, uint8_t out[static SL_LEDGER_HASH_BYTES],
                          const struct sl_json *value)
{
    return fixed_bytes(call, out, SL_LEDGER_HASH_BYTES, value, "hash");
}

bool sl_devnet_param_quantity(struct sl_devnet_call *call, struct sl_u256 *out,
                              const struct sl_json *value)
{
    const char *text = sl_json_str(value);
    if (text != NULL && sl_u256_parse_hex(out, text, strlen(text), NULL) == SL_OK)
        return true;
    sl_devnet_call_fail(call, SL_DEVNET_RPC_PARAMS, "invalid argument: no quantity");
    return false;
}

bool sl_devnet_param_bytes(struct sl_devnet_call *call, struct sl_buf *out,
                           const struct sl_json *value)
{
    const char *text = sl_json_str(value);
    const size_t len = text != NULL ? strlen(text) : 0;
    uint8_t *bytes = len >= 2 ? malloc(len / 2) : NULL;
    const int n = bytes != NULL && strncmp(text, "0x", 2) == 0
                      ? sl_hex_decode(bytes, len / 2, text, len, NULL)
                      : -1;
    if (n > 0)
        sl_buf_add(out, bytes, (size_t)n);
    free(bytes);
    if (n < 0 || out->failed != SL_OK)
        sl_devnet_call_fail(call, SL_DEVNET_RPC_PARAMS, "invalid argument: no bytes in hex");
    return n >= 0 && out->failed == SL_OK;
}

bool sl_devnet_param_block(struct sl_devnet_call *call, uint64_t *number,
                           const struct sl_json *value)
{
    static const char *const newest[] = {"latest", "pending", "safe", "finalized"};
    const char *text = sl_json_str(value);
    struct sl_u256 quantity;
    *number = SL_LEDGER_PENDING;
    if (value == NULL || sl_json_is_null(value))
        return true;
    for (size_t i = 0; text != NULL && i < sizeof newest / sizeof newest[0]; i++) {
        if (strcmp(text, newest[i]) == 0)
            return true;
    }
    if (text != NULL && strcmp(text, "earliest") == 0) {
        *number = 0;
        return true;
    }
    if (!sl_devnet_param_quantity(call, &quantity, value))
        return false;
    if (sl_u256_to_u64(number, quantity))
        return true;
    sl_devnet_call_fail(call, SL_DEVNET_RPC_PARAMS, "invalid argument: no such block");
    return false;
}

void sl_devnet_append_quantity(struct sl_jw *w, const char *key, struct sl_u256 value)
{
    char text[SL_U256_HEX_CHARS];
    sl_u256_hex(text, value);
    sl_jw_str(w, key, text);
}

void sl_devnet_append_u64(struct sl_jw *w, const char *key, uint64_t value)
{
    sl_devnet_append_quantity(w, key, sl_u256(value));
}

void sl_devnet_append_address(struct sl_jw *w, const char *key, const struct sl_address *address)
{
    sl_jw_hex(w, key, address->bytes, SL_ADDRESS_BYTES);
}

void sl_devnet_append_zeros(struct sl_jw *w, const char *key, size_t bytes)
{
    static const uint8_t zeros[256];
    sl_jw_hex(w, key, zeros, bytes < sizeof zeros ? bytes : sizeof zeros);
}

void sl_devnet_append_log(struct sl_jw *w, const struct sl_ledger_log *log,
                          const uint8_t block_hash[static SL_LEDGER_HASH_BYTES])
{
    sl_jw_object(w, NULL);
    sl_devnet_append_address(w, "address", &log->address);
    sl_jw_hex(w, "data", log->data, log->data_len);
    sl_jw_array(w, "topics");
    for (size_t i = 0; i < log->topic_count; i++)
        sl_jw_hex(w, NULL, log->topics[i], SL_LEDGER_HASH_BYTES);
    sl_jw_end_array(w);
    sl_jw_bool(w, "removed", false);
    sl_devnet_append_u64(w, "logIndex", log->index);
    sl_devnet_append_u64(w, "transactionIndex", log->tx_index);
    sl_jw_hex(w, "transactionHash", log->tx_hash, SL_LEDGER_HASH_BYTES);
    sl_jw_hex(w, "blockHash", block_hash, SL_LEDGER_HASH_BYTES);
    sl_devnet_append_u64(w, "blockNumber", log->block);
    sl_jw_end_object(w);
}
