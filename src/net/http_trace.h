/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* http_trace.h - requests and answers in the log. Private to net. */
#ifndef SL_NET_HTTP_TRACE_H
#define SL_NET_HTTP_TRACE_H

#include "http_internal.h"

void sl_http_trace_begin(const struct sl_http_transfer *transfer);
void sl_http_trace_header(struct sl_http_transfer *transfer, const char *line, size_t len);
/** `err` may be NULL. */
void sl_http_trace_end(const struct sl_http_transfer *transfer, int rc, const struct sl_err *err);

#endif
