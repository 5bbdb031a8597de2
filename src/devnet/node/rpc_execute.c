/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* eth_call and eth_estimateGas. */
#include "node/rpc_execute.h"

#include "chain/ledger_call.h"
#include "node/rpc_call.h"
#include "node/rpc_value.h"

/* The state may be another one when the transaction runs: nodes put a quarter on top. */
enum { MARGIN = 4 };

/* Members that are absent stay zero. The data goes to `data`, from where the message borrows. */
static bool read_message(struct sl_devnet_call *call, struct sl_ledger_message *message,
                         struct sl_buf *data)
{
    const struct sl_json *json = sl_devnet_param(call, 0);
    const struct sl_json *from = sl_json_get(json, "from");
    const struct sl_json *value = sl_json_get(json, "value");
    const struct sl_json *input = sl_json_get(json, "data");
    if (input == NULL)
        input = sl_json_get(json, "input");
    *message = (struct sl_ledger_message){0};
    if (!sl_devnet_param_address(call, &message->to, sl_json_get(json, "to")) ||
        (from != NULL && !sl_json_is_null(from) &&
         !sl_devnet_param_address(call, &message->from, from)) ||
        (value != NULL && !sl_json_is_null(value) &&
         !sl_devnet_param_quantity(call, &message->value, value)) ||
        (input != NULL && !sl_json_is_null(input) && !sl_devnet_param_bytes(call, data, input)))
        return false;
    message->data = (const uint8_t *)data->data;
    message->data_len = data->len;
    return true;
}

static void reverted(struct sl_devnet_call *call, const struct sl_buf *data)
{
    struct sl_buf text = {0};
    sl_ledger_revert_text(&text, data->data, data->len);
    call->code = SL_DEVNET_RPC_REVERTED;
    sl_buf_add(&call->message, text.data, text.len);
    sl_buf_free(&text);
    if (data->len > 0)
        sl_buf_add(&call->data, data->data, data->len);
}

/* Runs the message; false when the call has failed. */
static bool execute(struct sl_devnet_call *call, struct sl_ledger_result *result, bool estimate)
{
    struct sl_buf data = {.cap = SL_LEDGER_CALL_BYTES};
    struct sl_ledger_message message;
    struct sl_err err;
    if (read_message(call, &message, &data)) {
        const int rc = estimate ? sl_ledger_estimate(call->ledger, result, &message, &err)
                                : sl_ledger_call(call->ledger, result, &message, &err);
        if (rc < 0)
            sl_devnet_call_err(call, &err);
        else if (result->reverted)
            reverted(call, &result->data);
    }
    sl_buf_free(&data);
    return call->code == 0;
}

void sl_devnet_eth_call(struct sl_devnet_call *call)
{
    struct sl_ledger_result result = {0};
    if (execute(call, &result, false))
        sl_jw_hex(call->out, "result", result.data.data, result.data.len);
    sl_ledger_result_free(&result);
}

void sl_devnet_eth_estimate_gas(struct sl_devnet_call *call)
{
    struct sl_ledger_result result = {0};
    if (execute(call, &result, true))
        sl_devnet_append_u64(call->out, "result", result.gas + result.gas / MARGIN);
    sl_ledger_result_free(&result);
}
