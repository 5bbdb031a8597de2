/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The current state of the chain and of its accounts. */
#include "node/rpc_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "chain/ledger_chain.h"
#include "chain/ledger_mempool.h"
#include "node/rpc_call.h"
#include "node/rpc_value.h"

void sl_devnet_eth_chain_id(struct sl_devnet_call *call)
{
    sl_devnet_append_u64(call->out, "result", sl_ledger_chain_id(call->ledger));
}

/* The newest block; false after sl_devnet_call_err(). */
static bool newest(struct sl_devnet_call *call, struct sl_ledger_block *block)
{
    struct sl_err err = {0};
    if (sl_ledger_block(call->ledger, block, SL_LEDGER_PENDING, &err) > 0)
        return true;
    sl_devnet_call_err(call, &err);
    return false;
}

void sl_devnet_eth_block_number(struct sl_devnet_call *call)
{
    struct sl_ledger_block block;
    if (newest(call, &block))
        sl_devnet_append_u64(call->out, "result", block.number);
}

void sl_devnet_eth_get_balance(struct sl_devnet_call *call)
{
    struct sl_address owner;
    struct sl_u256 fil, usdfc;
    struct sl_err err;
    if (!sl_devnet_param_address(call, &owner, sl_devnet_param(call, 0)))
        return;
    if (sl_ledger_balance(call->ledger, &fil, &usdfc, &owner, &err) < 0)
        sl_devnet_call_err(call, &err);
    else
        sl_devnet_append_quantity(call->out, "result", fil);
}

void sl_devnet_eth_get_transaction_count(struct sl_devnet_call *call)
{
    struct sl_address owner;
    uint64_t nonce = 0;
    struct sl_err err;
    const char *tag = sl_json_str(sl_devnet_param(call, 1));
    if (!sl_devnet_param_address(call, &owner, sl_devnet_param(call, 0)))
        return;
    const bool pending = tag != NULL && strcmp(tag, "pending") == 0;
    if (sl_ledger_nonce(call->ledger, &nonce, &owner, pending, &err) < 0)
        sl_devnet_call_err(call, &err);
    else
        sl_devnet_append_u64(call->out, "result", nonce);
}

/* No machine runs here: contracts show one byte, the one that stops it. */
void sl_devnet_eth_get_code(struct sl_devnet_call *call)
{
    struct sl_address address;
    if (!sl_devnet_param_address(call, &address, sl_devnet_param(call, 0)))
        return;
    const char *code = sl_ledger_has_code(call->ledger, &address) ? "0xfe" : "0x";
    sl_jw_str(call->out, "result", code);
}

void sl_devnet_eth_max_priority_fee(struct sl_devnet_call *call)
{
    sl_devnet_append_quantity(call->out, "result", sl_ledger_priority_fee());
}

void sl_devnet_eth_gas_price(struct sl_devnet_call *call)
{
    struct sl_ledger_block block;
    if (!newest(call, &block))
        return;
    struct sl_u256 price = block.base_fee;
    if (sl_u256_add(&price, price, sl_ledger_priority_fee()))
        sl_devnet_append_quantity(call->out, "result", price);
    else
        sl_devnet_call_fail(call, SL_DEVNET_RPC_FAILED, "fees overflow");
}

void sl_devnet_eth_accounts(struct sl_devnet_call *call)
{
    sl_jw_array(call->out, "result");
    sl_jw_end_array(call->out);
}

void sl_devnet_eth_syncing(struct sl_devnet_call *call)
{
    sl_jw_bool(call->out, "result", false);
}

void sl_devnet_net_version(struct sl_devnet_call *call)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, sl_ledger_chain_id(call->ledger));
    sl_jw_str(call->out, "result", text);
}

void sl_devnet_client_version(struct sl_devnet_call *call)
{
    sl_jw_str(call->out, "result", "sluice/" SL_VERSION "/local");
}
