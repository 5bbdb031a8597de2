/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* http_result.h - what became of a request: stall rule, timeout, result. Private to net. */
#ifndef SL_NET_HTTP_RESULT_H
#define SL_NET_HTTP_RESULT_H

#include "http_internal.h"

/** Whether head and body of a final answer are here, as far as its head tells. */
bool sl_http_transfer_answered(const struct sl_http_transfer *transfer);

/** Most ms to wait before the stall rule or the request's timeout must be looked at again; when one
 * of them has struck, its code and *err. */
int64_t sl_http_transfer_wait(struct sl_http_transfer *transfer, struct sl_err *err) SL_MUST_CHECK;

/** The result for what libcurl said at the end: 0, or a code and *err. */
int sl_http_transfer_result(struct sl_http_transfer *transfer, CURLcode code,
                            struct sl_err *err) SL_MUST_CHECK;

#endif
