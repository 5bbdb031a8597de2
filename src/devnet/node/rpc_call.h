/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * rpc_call.h - one JSON-RPC call at the node: its parameters, its answer.
 *
 * A method reads its parameters, then writes exactly one value under "result", or says what is
 * wrong. Errors look as those of a Filecoin node: code 1 for most, 3 with revert data for a
 * contract's refusal. Source: docs/PROTOCOL.md "JSON-RPC".
 */
#ifndef SL_DEVNET_RPC_CALL_H
#define SL_DEVNET_RPC_CALL_H

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

#endif
