/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Transactions: accept them, look them up, and return their receipts. */
#include "node/rpc_transactions.h"

#include "chain/ledger_chain.h"
#include "chain/ledger_mempool.h"
#include "chain/ledger_read.h"
#include "node/rpc_call.h"
#include "node/rpc_logs.h"
#include "node/rpc_value.h"

enum { BLOOM_BYTES = 256 };

void sl_devnet_eth_send_raw(struct sl_devnet_call *call)
{
    struct sl_buf raw = {.cap = SL_LEDGER_CALL_BYTES};
    uint8_t hash[SL_LEDGER_HASH_BYTES];
    struct sl_err err;
    if (sl_devnet_param_bytes(call, &raw, sl_devnet_param(call, 0))) {
        if (sl_ledger_submit(call->ledger, hash, (const uint8_t *)raw.data, raw.len, &err) < 0)
            sl_devnet_call_err(call, &err);
        else
            sl_jw_hex(call->out, "result", hash, sizeof hash);
    }
    sl_buf_free(&raw);
}

static void append_receipt(struct sl_devnet_call *call, const struct sl_ledger_receipt *receipt)
{
    struct sl_jw *w = call->out;
    sl_jw_object(w, "result");
    sl_jw_hex(w, "transactionHash", receipt->tx_hash, SL_LEDGER_HASH_BYTES);
    sl_devnet_append_u64(w, "transactionIndex", receipt->index);
    sl_jw_hex(w, "blockHash", receipt->block_hash, SL_LEDGER_HASH_BYTES);
    sl_devnet_append_u64(w, "blockNumber", receipt->block);
    sl_devnet_append_address(w, "from", &receipt->from);
    sl_devnet_append_address(w, "to", &receipt->to);
    sl_devnet_append_zeros(w, "root", SL_LEDGER_HASH_BYTES);
    sl_devnet_append_u64(w, "status", receipt->ok);
    sl_jw_null(w, "contractAddress");
    sl_devnet_append_u64(w, "cumulativeGasUsed", receipt->gas_used);
    sl_devnet_append_u64(w, "gasUsed", receipt->gas_used);
    sl_devnet_append_quantity(w, "effectiveGasPrice", receipt->gas_price);
    sl_devnet_append_zeros(w, "logsBloom", BLOOM_BYTES);
    sl_devnet_append_logs(call, "logs", receipt->logs, receipt->log_count);
    sl_devnet_append_u64(w, "type", 2);
    sl_jw_end_object(w);
}

void sl_devnet_eth_receipt(struct sl_devnet_call *call)
{
    uint8_t hash[SL_LEDGER_HASH_BYTES];
    struct sl_ledger_receipt receipt = {0};
    struct sl_err err;
    if (!sl_devnet_param_hash(call, hash, sl_devnet_param(call, 0)))
        return;
    const int found = sl_ledger_receipt(call->ledger, &receipt, hash, &err);
    if (found > 0 && !sl_devnet_is_too_old(call, receipt.block))
        append_receipt(call, &receipt);
    else if (found >= 0)
        sl_jw_null(call->out, "result");
    else
        sl_devnet_call_err(call, &err);
    sl_ledger_receipt_free(&receipt);
}

/* Where a transaction stands: in a block, or waiting. False when the ledger failed. */
static bool append_place(struct sl_devnet_call *call, const struct sl_ledger_tx *tx)
{
    struct sl_ledger_block block;
    struct sl_err err = {0};
    if (tx->block == SL_LEDGER_PENDING) {
        sl_jw_null(call->out, "blockHash");
        sl_jw_null(call->out, "blockNumber");
        sl_jw_null(call->out, "transactionIndex");
        return true;
    }
    if (sl_ledger_block(call->ledger, &block, tx->block, &err) <= 0)
        return false;
    sl_jw_hex(call->out, "blockHash", block.hash, sizeof block.hash);
    sl_devnet_append_u64(call->out, "blockNumber", tx->block);
    sl_devnet_append_u64(call->out, "transactionIndex", tx->index);
    return true;
}

static void append_signature(struct sl_jw *w, const struct sl_buf *signature)
{
    struct sl_u256 r = sl_u256(0), s = sl_u256(0);
    uint64_t parity = 0;
    if (signature->len == SL_SIGNATURE_BYTES) {
        const uint8_t *bytes = (const uint8_t *)signature->data;
        (void)!sl_u256_from_be(&r, bytes, 32);
        (void)!sl_u256_from_be(&s, bytes + 32, 32);
        parity = bytes[64] == 28;
    }
    sl_devnet_append_u64(w, "v", parity);
    sl_devnet_append_u64(w, "yParity", parity);
    sl_devnet_append_quantity(w, "r", r);
    sl_devnet_append_quantity(w, "s", s);
}

static void append_tx(struct sl_devnet_call *call, const struct sl_ledger_tx *tx)
{
    struct sl_jw *w = call->out;
    sl_jw_object(w, "result");
    sl_jw_hex(w, "hash", tx->hash, sizeof tx->hash);
    sl_devnet_append_u64(w, "chainId", sl_ledger_chain_id(call->ledger));
    sl_devnet_append_u64(w, "nonce", tx->nonce);
    (void)append_place(call, tx);
    sl_devnet_append_address(w, "from", &tx->from);
    sl_devnet_append_address(w, "to", &tx->to);
    sl_devnet_append_quantity(w, "value", tx->value);
    sl_devnet_append_u64(w, "type", 2);
    sl_jw_hex(w, "input", tx->data.data, tx->data.len);
    sl_devnet_append_u64(w, "gas", tx->gas_limit);
    sl_devnet_append_quantity(w, "maxFeePerGas", tx->max_fee);
    sl_devnet_append_quantity(w, "maxPriorityFeePerGas", tx->max_priority_fee);
    sl_devnet_append_quantity(w, "gasPrice", tx->max_fee);
    sl_jw_array(w, "accessList");
    sl_jw_end_array(w);
    append_signature(w, &tx->signature);
    sl_jw_end_object(w);
}

void sl_devnet_eth_transaction(struct sl_devnet_call *call)
{
    uint8_t hash[SL_LEDGER_HASH_BYTES];
    struct sl_ledger_tx tx = {0};
    struct sl_err err;
    if (!sl_devnet_param_hash(call, hash, sl_devnet_param(call, 0)))
        return;
    const int found = sl_ledger_transaction(call->ledger, &tx, hash, &err);
    if (found > 0)
        append_tx(call, &tx);
    else if (found == 0)
        sl_jw_null(call->out, "result");
    else
        sl_devnet_call_err(call, &err);
    sl_ledger_tx_free(&tx);
}
