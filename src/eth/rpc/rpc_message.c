/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Messages that a node executes without sending them: eth_call and eth_estimateGas. */
#include <stdlib.h>

#include "sluice/hex.h"
#include "sluice/rpc.h"

static int write_params(struct sl_jw *w, const struct sl_rpc_message *message, const char *block,
                        struct sl_err *err)
{
    sl_jw_array(w, NULL);
    sl_jw_object(w, NULL);
    if (message->from != NULL)
        sl_jw_hex(w, "from", message->from->bytes, SL_ADDRESS_BYTES);
    sl_jw_hex(w, "to", message->to.bytes, SL_ADDRESS_BYTES);
    sl_jw_hex(w, "data", message->data, message->data_len);
    if (!sl_u256_is_zero(message->value)) {
        char value[SL_U256_HEX_CHARS];
        sl_u256_hex(value, message->value);
        sl_jw_str(w, "value", value);
    }
    sl_jw_end_object(w);
    if (block != NULL)
        sl_jw_str(w, NULL, block);
    sl_jw_end_array(w);
    return w->buf.failed == SL_OK ? SL_OK : sl_err_set(err, w->buf.failed, "rpc: out of memory");
}

static int call_at(struct sl_rpc *rpc, const struct sl_rpc_message *message, const char *block,
                   struct sl_buf *out, struct sl_rpc_failure *failure, struct sl_err *err)
{
    struct sl_jw params = {0};
    int rc = write_params(&params, message, block, err);
    if (rc == SL_OK)
        rc = sl_rpc_bytes(rpc, "eth_call", params.buf.data, out, failure, err);
    sl_jw_free(&params);
    return rc;
}

int sl_rpc_eth_call(struct sl_rpc *rpc, const struct sl_rpc_message *message, struct sl_buf *out,
                    struct sl_rpc_failure *failure, struct sl_err *err)
{
    return call_at(rpc, message, "latest", out, failure, err);
}

int sl_rpc_eth_call_at(struct sl_rpc *rpc, const struct sl_rpc_message *message, uint64_t block,
                       struct sl_buf *out, struct sl_rpc_failure *failure, struct sl_err *err)
{
    char quantity[SL_U256_HEX_CHARS];
    sl_u256_hex(quantity, sl_u256(block));
    return call_at(rpc, message, quantity, out, failure, err);
}

int sl_rpc_estimate_gas(struct sl_rpc *rpc, const struct sl_rpc_message *message, uint64_t *gas,
                        struct sl_rpc_failure *failure, struct sl_err *err)
{
    struct sl_jw params = {0};
    struct sl_u256 quantity;
    int rc = write_params(&params, message, NULL, err);
    if (rc == SL_OK)
        rc = sl_rpc_quantity(rpc, "eth_estimateGas", params.buf.data, &quantity, failure, err);
    sl_jw_free(&params);
    if (rc == SL_OK && !sl_u256_to_u64(gas, quantity))
        rc = sl_err_set(err, SL_EPROTO, "the gas estimate is beyond any limit");
    return rc;
}
