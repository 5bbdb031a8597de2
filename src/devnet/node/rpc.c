/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* POST /rpc/v1: a call or a batch of them, the table of methods, faults by method. */
#include "node/rpc.h"

#include <limits.h>
#include <string.h>

#include "block_timer.h"
#include "http/connection.h"
#include "node/rpc_blocks.h"
#include "node/rpc_call.h"
#include "node/rpc_execute.h"
#include "node/rpc_logs.h"
#include "node/rpc_state.h"
#include "node/rpc_transactions.h"

enum { BATCH_MAX = 100, ANSWER_BYTES = 16 << 20 };

static const struct {
    const char *name;
    sl_devnet_method_fn run;
} methods[] = {
    {"eth_call", sl_devnet_eth_call},
    {"eth_chainId", sl_devnet_eth_chain_id},
    {"eth_blockNumber", sl_devnet_eth_block_number},
    {"eth_getTransactionReceipt", sl_devnet_eth_receipt},
    {"eth_sendRawTransaction", sl_devnet_eth_send_raw},
    {"eth_estimateGas", sl_devnet_eth_estimate_gas},
    {"eth_getTransactionCount", sl_devnet_eth_get_transaction_count},
    {"eth_getBalance", sl_devnet_eth_get_balance},
    {"eth_getBlockByNumber", sl_devnet_eth_block_by_number},
    {"eth_getBlockByHash", sl_devnet_eth_block_by_hash},
    {"eth_getTransactionByHash", sl_devnet_eth_transaction},
    {"eth_getLogs", sl_devnet_eth_logs},
    {"eth_feeHistory", sl_devnet_eth_fee_history},
    {"eth_gasPrice", sl_devnet_eth_gas_price},
    {"eth_maxPriorityFeePerGas", sl_devnet_eth_max_priority_fee},
    {"eth_getCode", sl_devnet_eth_get_code},
    {"eth_accounts", sl_devnet_eth_accounts},
    {"eth_syncing", sl_devnet_eth_syncing},
    {"net_version", sl_devnet_net_version},
    {"web3_clientVersion", sl_devnet_client_version},
};

static void run_method(struct sl_devnet_call *call, const char *name)
{
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        if (strcmp(methods[i].name, name) == 0) {
            methods[i].run(call);
            return;
        }
    }
    sl_devnet_call_fail(call, SL_DEVNET_RPC_METHOD, "method '%.80s' not found", name);
}

static void append_error(struct sl_jw *w, const struct sl_devnet_call *call)
{
    sl_jw_object(w, "error");
    sl_jw_i64(w, "code", call->code);
    sl_jw_strn(w, "message", call->message.data, call->message.len);
    if (call->code == SL_DEVNET_RPC_REVERTED)
        sl_jw_hex(w, "data", call->data.data, call->data.len);
    sl_jw_end_object(w);
}

static void append_id(struct sl_jw *w, const struct sl_json *id)
{
    uint64_t number;
    if (sl_json_str(id) != NULL)
        sl_jw_str(w, "id", sl_json_str(id));
    else if (sl_json_u64(id, &number))
        sl_jw_u64(w, "id", number);
    else
        sl_jw_null(w, "id");
}

/* A fault that a rule wants for this method ("RPC eth_call"): in *own when it changes the answer of
 * this one call. False: no answer to this request. */
static bool fault_by_method(struct sl_devnet_request *request, const char *method,
                            struct sl_devnet_fault *own)
{
    struct sl_devnet_fault *fault = &request->fault;
    if (fault->action != SL_DEVNET_FAULT_NONE)
        return true;
    sl_devnet_faults_pick(&request->server->faults, fault, "RPC", method);
    if (fault->action >= SL_DEVNET_FAULT_LOOKBACK) {
        *own = *fault;
        *fault = (struct sl_devnet_fault){0};
        return true;
    }
    if (fault->action == SL_DEVNET_FAULT_RESET) {
        sl_devnet_reset(sl_devnet_socket(request));
        fault->action = SL_DEVNET_FAULT_DROP;
        return false;
    }
    if (fault->action == SL_DEVNET_FAULT_STATUS) {
        sl_devnet_reply_fault(request);
        return false;
    }
    if (fault->action != SL_DEVNET_FAULT_DELAY && fault->action != SL_DEVNET_FAULT_STALL)
        return true;
    const int64_t ms = fault->action == SL_DEVNET_FAULT_STALL ? -1
                       : fault->ms > INT_MAX                  ? INT_MAX
                                                              : (int64_t)fault->ms;
    if (sl_devnet_faults_wait(&request->server->faults, fault, sl_devnet_socket(request), ms) !=
        SL_DEVNET_WAIT_GONE)
        return true;
    fault->action = SL_DEVNET_FAULT_DROP;
    return false;
}

/* Answers one call of the request; false: no answer to the request. */
static bool answer(struct sl_devnet_request *request, struct sl_jw *w, const struct sl_json *json)
{
    const char *method = sl_json_str(sl_json_get(json, "method"));
    struct sl_devnet_call call = {
        .net = request->server->net,
        .ledger = request->server->net->ledger,
        .params = sl_json_get(json, "params"),
        .out = w,
    };
    if (method != NULL && !fault_by_method(request, method, &call.fault))
        return false;
    sl_jw_object(w, NULL);
    sl_jw_str(w, "jsonrpc", "2.0");
    append_id(w, sl_json_get(json, "id"));
    if (method == NULL)
        sl_devnet_call_fail(&call, SL_DEVNET_RPC_REQUEST, "Invalid Request");
    else
        run_method(&call, method);
    if (call.code != 0)
        append_error(w, &call);
    sl_jw_end_object(w);
    sl_buf_free(&call.message);
    sl_buf_free(&call.data);
    return true;
}

static void refuse(struct sl_jw *w, int code, const char *why)
{
    struct sl_devnet_call call = {0};
    sl_devnet_call_fail(&call, code, "%s", why);
    sl_jw_object(w, NULL);
    sl_jw_str(w, "jsonrpc", "2.0");
    sl_jw_null(w, "id");
    append_error(w, &call);
    sl_jw_end_object(w);
    sl_buf_free(&call.message);
}

static bool answer_all(struct sl_devnet_request *request, struct sl_jw *w,
                       const struct sl_json *root)
{
    if (!sl_json_is_array(root))
        return answer(request, w, root);
    if (sl_json_count(root) == 0 || sl_json_count(root) > BATCH_MAX) {
        refuse(w, SL_DEVNET_RPC_REQUEST, "Invalid Request");
        return true;
    }
    bool answered = true;
    sl_jw_array(w, NULL);
    for (const struct sl_json *at = sl_json_first(root); at != NULL && answered;
         at = sl_json_next(at))
        answered = answer(request, w, at);
    sl_jw_end_array(w);
    return answered;
}

void sl_devnet_rpc(struct sl_devnet_request *request)
{
    struct sl_json *root = NULL;
    struct sl_jw w = {.buf.cap = ANSWER_BYTES};
    bool answered = true;
    sl_devnet_catch_up(request->server->net);
    if (sl_json_parse(&root, request->json.len > 0 ? request->json.data : "", request->json.len,
                      NULL) < 0)
        refuse(&w, SL_DEVNET_RPC_PARSE, "Parse error");
    else
        answered = answer_all(request, &w, root);
    if (answered)
        sl_devnet_reply_json(&request->reply, &w.buf);
    sl_json_free(root);
    sl_jw_free(&w);
}
