/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Blocks, and the fees of the last ones. */
#include "node/rpc_blocks.h"

#include "chain/ledger_chain.h"
#include "chain/ledger_mempool.h"
#include "node/rpc_call.h"
#include "node/rpc_value.h"

enum { ROOT_BYTES = 32, BLOOM_BYTES = 256, HISTORY_MAX = 1024 };

#define GAS_LIMIT UINT64_C(10000000000)

static void append_block(struct sl_jw *w, const struct sl_ledger_block *block)
{
    sl_jw_object(w, "result");
    sl_devnet_append_u64(w, "number", block->number);
    sl_jw_hex(w, "hash", block->hash, sizeof block->hash);
    sl_jw_hex(w, "parentHash", block->parent, sizeof block->parent);
    sl_devnet_append_u64(w, "timestamp", (uint64_t)block->timestamp_s);
    sl_devnet_append_quantity(w, "baseFeePerGas", block->base_fee);
    sl_devnet_append_u64(w, "gasUsed", block->gas_used);
    sl_devnet_append_u64(w, "gasLimit", GAS_LIMIT);
    sl_devnet_append_u64(w, "difficulty", 0);
    sl_devnet_append_u64(w, "totalDifficulty", 0);
    sl_devnet_append_u64(w, "size", 0);
    sl_jw_str(w, "extraData", "0x");
    sl_devnet_append_zeros(w, "nonce", 8);
    sl_devnet_append_zeros(w, "miner", SL_ADDRESS_BYTES);
    sl_devnet_append_zeros(w, "mixHash", ROOT_BYTES);
    sl_devnet_append_zeros(w, "sha3Uncles", ROOT_BYTES);
    sl_devnet_append_zeros(w, "stateRoot", ROOT_BYTES);
    sl_devnet_append_zeros(w, "receiptsRoot", ROOT_BYTES);
    sl_devnet_append_zeros(w, "transactionsRoot", ROOT_BYTES);
    sl_devnet_append_zeros(w, "logsBloom", BLOOM_BYTES);
    sl_jw_array(w, "transactions");
    sl_jw_end_array(w);
    sl_jw_array(w, "uncles");
    sl_jw_end_array(w);
    sl_jw_end_object(w);
}

void sl_devnet_eth_block_by_number(struct sl_devnet_call *call)
{
    uint64_t number;
    struct sl_ledger_block block, head;
    struct sl_err err = {0};
    if (!sl_devnet_param_block(call, &number, sl_devnet_param(call, 0)))
        return;
    const int found = sl_ledger_block(call->ledger, &block, number, &err);
    if (found > 0)
        append_block(call->out, &block);
    else if (found < 0 || sl_ledger_block(call->ledger, &head, SL_LEDGER_PENDING, &err) < 0)
        sl_devnet_call_err(call, &err);
    else if (number < head.number)
        sl_devnet_call_fail(call, 12, "requested epoch was a null round (%llu)",
                            (unsigned long long)number);
    else
        sl_devnet_call_fail(call, SL_DEVNET_RPC_FAILED,
                            "requested a future epoch (beyond 'latest'): %llu",
                            (unsigned long long)number);
}

void sl_devnet_eth_block_by_hash(struct sl_devnet_call *call)
{
    uint8_t hash[SL_LEDGER_HASH_BYTES];
    struct sl_ledger_block block;
    struct sl_err err;
    if (!sl_devnet_param_hash(call, hash, sl_devnet_param(call, 0)))
        return;
    const int found = sl_ledger_block_by_hash(call->ledger, &block, hash, &err);
    if (found > 0)
        append_block(call->out, &block);
    else if (found == 0)
        sl_jw_null(call->out, "result");
    else
        sl_devnet_call_err(call, &err);
}

/* The count may be a quantity or a number. */
static bool read_count(struct sl_devnet_call *call, uint64_t *count)
{
    const struct sl_json *value = sl_devnet_param(call, 0);
    struct sl_u256 quantity;
    if (!sl_json_u64(value, count) &&
        (!sl_devnet_param_quantity(call, &quantity, value) || !sl_u256_to_u64(count, quantity)))
        return false;
    if (*count > HISTORY_MAX) {
        sl_devnet_call_fail(call, SL_DEVNET_RPC_FAILED, "block count should be smaller than %d",
                            HISTORY_MAX);
        return false;
    }
    return true;
}

/* The base fee is the same in every block of a quiet chain; rewards are what everybody offers. */
void sl_devnet_eth_fee_history(struct sl_devnet_call *call)
{
    uint64_t count = 0, number = 0;
    struct sl_ledger_block block;
    struct sl_err err = {0};
    struct sl_jw *w = call->out;
    if (!read_count(call, &count) ||
        !sl_devnet_param_block(call, &number, sl_devnet_param(call, 1)))
        return;
    if (sl_ledger_block(call->ledger, &block, number, &err) <= 0) {
        sl_devnet_call_fail(call, SL_DEVNET_RPC_FAILED, "no such block");
        return;
    }
    if (count > block.number + 1)
        count = block.number + 1;
    const size_t percentiles = sl_json_count(sl_devnet_param(call, 2));
    sl_jw_object(w, "result");
    sl_devnet_append_u64(w, "oldestBlock", block.number + 1 - count);
    sl_jw_array(w, "baseFeePerGas");
    for (uint64_t i = 0; i <= count; i++)
        sl_devnet_append_quantity(w, NULL, block.base_fee);
    sl_jw_end_array(w);
    sl_jw_array(w, "gasUsedRatio");
    for (uint64_t i = 0; i < count; i++)
        sl_jw_u64(w, NULL, 0);
    sl_jw_end_array(w);
    sl_jw_array(w, "reward");
    for (uint64_t i = 0; i < count; i++) {
        sl_jw_array(w, NULL);
        for (size_t j = 0; j < percentiles; j++)
            sl_devnet_append_quantity(w, NULL, sl_ledger_priority_fee());
        sl_jw_end_array(w);
    }
    sl_jw_end_array(w);
    sl_jw_end_object(w);
}
