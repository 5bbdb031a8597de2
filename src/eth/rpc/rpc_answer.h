/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* rpc_answer.h - what one JSON-RPC answer says. Private to the room. */
#ifndef SL_ETH_RPC_ANSWER_H
#define SL_ETH_RPC_ANSWER_H

#include "sluice/rpc.h"

/**
 * Read the HTTP answer to request `id`. *result is owned. Errors: SL_EREVERT, SL_EREFUSED with
 * *failure filled; SL_EPROTO; those of sl_http_status_err() when there is no JSON-RPC in it.
 */
int sl_rpc_read_answer(const struct sl_http_response *response, uint64_t id,
                       struct sl_json **result, struct sl_rpc_failure *failure,
                       struct sl_err *err) SL_MUST_CHECK;

/** Whether the same call may succeed later or at another endpoint. False for SL_OK. */
bool sl_rpc_may_pass(int code, const struct sl_rpc_failure *failure);

/** The "result" of an answer as a quantity, as bytes. Errors: SL_EPROTO. */
int sl_rpc_read_quantity(struct sl_u256 *out, const struct sl_json *answer,
                         struct sl_err *err) SL_MUST_CHECK;
int sl_rpc_read_bytes(struct sl_buf *out, const struct sl_json *answer,
                      struct sl_err *err) SL_MUST_CHECK;

#endif
