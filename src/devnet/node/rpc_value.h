/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* rpc_value.h - parameters and values of JSON-RPC. Private to devnet. */
#ifndef SL_DEVNET_RPC_VALUE_H
#define SL_DEVNET_RPC_VALUE_H

#include "node/rpc_call.h"

/* ---- parameters: NULL or false after a sl_devnet_call_fail() ---- */

/** Parameter `index`, NULL when there is none. */
const struct sl_json *sl_devnet_param(const struct sl_devnet_call *call, size_t index);

bool sl_devnet_param_address(struct sl_devnet_call *call, struct sl_address *out,
                             const struct sl_json *value);
bool sl_devnet_param_hash(struct sl_devnet_call *call, uint8_t out[static SL_LEDGER_HASH_BYTES],
                          const struct sl_json *value);
bool sl_devnet_param_quantity(struct sl_devnet_call *call, struct sl_u256 *out,
                              const struct sl_json *value);

/** Bytes, appended to *out. */
bool sl_devnet_param_bytes(struct sl_devnet_call *call, struct sl_buf *out,
                           const struct sl_json *value);

/** A block tag or number; absent, "latest", "pending", "safe" and "finalized" are the newest. */
bool sl_devnet_param_block(struct sl_devnet_call *call, uint64_t *number,
                           const struct sl_json *value);
void sl_devnet_append_quantity(struct sl_jw *w, const char *key, struct sl_u256 value);
void sl_devnet_append_u64(struct sl_jw *w, const char *key, uint64_t value);

/** Lower case, as nodes write them. */
void sl_devnet_append_address(struct sl_jw *w, const char *key, const struct sl_address *address);
void sl_devnet_append_log(struct sl_jw *w, const struct sl_ledger_log *log,
                          const uint8_t block_hash[static SL_LEDGER_HASH_BYTES]);

/** logsBloom and other fields that are all zero here. */
void sl_devnet_append_zeros(struct sl_jw *w, const char *key, size_t bytes);

#endif
