/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * rpc.h - one JSON-RPC call at the node: its parameters, its answer.
 *
 * A method reads its parameters, then writes exactly one value under "result", or says what is
 * wrong. Errors look as those of a Filecoin node: code 1 for most, 3 with revert data for a
 * contract's refusal. Source: docs/PROTOCOL.md "JSON-RPC".
 */
#ifndef SL_DEVNET_RPC_H
#define SL_DEVNET_RPC_H

#include "sluice/json.h"

#include "chain/ledger.h"
#include "network.h"

enum {
    SL_DEVNET_RPC_REVERTED = 3,
    SL_DEVNET_RPC_FAILED = 1,
    SL_DEVNET_RPC_PARSE = -32700,
    SL_DEVNET_RPC_REQUEST = -32600,
    SL_DEVNET_RPC_METHOD = -32601,
    SL_DEVNET_RPC_PARAMS = -32602,
    SL_DEVNET_RPC_LIMIT = -32005,
};

/* Epochs of a day on the real networks. */
enum { SL_DEVNET_DAY_BLOCKS = 2880 };

struct sl_devnet_call {
    struct sl_devnet *net;
    struct sl_ledger *ledger;
    const struct sl_json *params;
    struct sl_devnet_fault fault; /* what a rule wants of this call's answer */
    struct sl_jw *out;
    int code; /* 0: answered */
    struct sl_buf message;
    struct sl_buf data; /* revert data */
};

typedef void (*sl_devnet_method_fn)(struct sl_devnet_call *call);

/** Say what is wrong; the first word counts. */
void sl_devnet_call_fail(struct sl_devnet_call *call, int code, const char *fmt, ...)
    SL_PRINTF(3, 4);
/** The ledger failed. */
void sl_devnet_call_err(struct sl_devnet_call *call, const struct sl_err *err);

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

/* ---- values ---- */

void sl_devnet_append_quantity(struct sl_jw *w, const char *key, struct sl_u256 value);
void sl_devnet_append_u64(struct sl_jw *w, const char *key, uint64_t value);
/** Lower case, as nodes write them. */
void sl_devnet_append_address(struct sl_jw *w, const char *key, const struct sl_address *address);
void sl_devnet_append_log(struct sl_jw *w, const struct sl_ledger_log *log,
                          const uint8_t block_hash[static SL_LEDGER_HASH_BYTES]);
/** An array of logs, as the call's fault wants it: called while the ledger is not. */
void sl_devnet_append_logs(struct sl_devnet_call *call, const char *key,
                           const struct sl_ledger_log *logs, size_t count);
/** Whether the call's fault hides a block of this number, for its age. False when the ledger
 * failed. */
bool sl_devnet_is_too_old(struct sl_devnet_call *call, uint64_t block);
/** logsBloom and other fields that are all zero here. */
void sl_devnet_append_zeros(struct sl_jw *w, const char *key, size_t bytes);

/* ---- the methods, by file ---- */

void sl_devnet_eth_chain_id(struct sl_devnet_call *call); /* rpc_state.c */
void sl_devnet_eth_block_number(struct sl_devnet_call *call);
void sl_devnet_eth_get_balance(struct sl_devnet_call *call);
void sl_devnet_eth_get_transaction_count(struct sl_devnet_call *call);
void sl_devnet_eth_get_code(struct sl_devnet_call *call);
void sl_devnet_eth_gas_price(struct sl_devnet_call *call);
void sl_devnet_eth_max_priority_fee(struct sl_devnet_call *call);
void sl_devnet_eth_accounts(struct sl_devnet_call *call);
void sl_devnet_eth_syncing(struct sl_devnet_call *call);
void sl_devnet_net_version(struct sl_devnet_call *call);
void sl_devnet_client_version(struct sl_devnet_call *call);
void sl_devnet_eth_call(struct sl_devnet_call *call); /* rpc_execute.c */
void sl_devnet_eth_estimate_gas(struct sl_devnet_call *call);
void sl_devnet_eth_block_by_number(struct sl_devnet_call *call); /* rpc_blocks.c */
void sl_devnet_eth_block_by_hash(struct sl_devnet_call *call);
void sl_devnet_eth_fee_history(struct sl_devnet_call *call);
void sl_devnet_eth_send_raw(struct sl_devnet_call *call); /* rpc_transactions.c */
void sl_devnet_eth_receipt(struct sl_devnet_call *call);
void sl_devnet_eth_transaction(struct sl_devnet_call *call);
void sl_devnet_eth_logs(struct sl_devnet_call *call); /* rpc_logs.c */

#endif
