/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* http_result.h - what became of a request: stall rule, timeout, result. Private to net. */
#ifndef SL_NET_HTTP_RESULT_H
#define SL_NET_HTTP_RESULT_H

#include "http_internal.h"

/** Whether the final answer is complete, as far as its head tells. */
bool sl_http_transfer_answered(const struct sl_http_transfer *transfer);

/** How many ms to wait at most before checking the stall rule and the timeout again. If one of
 * them was exceeded: its code and *err. */
int64_t sl_http_transfer_wait(struct sl_http_transfer *transfer, struct sl_err *err) SL_MUST_CHECK;

/** The result for libcurl's final code: 0, or a code and *err. */
int sl_http_transfer_result(struct sl_http_transfer *transfer, CURLcode code,
                            struct sl_err *err) SL_MUST_CHECK;

#endif
