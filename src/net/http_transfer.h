/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* http_transfer.h - prepares one request for libcurl. Private to net. */
#ifndef SL_NET_HTTP_TRANSFER_H
#define SL_NET_HTTP_TRANSFER_H

#include "http_internal.h"

/** Prepares the easy handle. Errors: SL_EFORMAT, SL_ECONFIG, SL_EINVAL, SL_ENOMEM. */
int sl_http_transfer_init(struct sl_http_transfer *transfer, struct sl_http *http,
                          const struct sl_http_request *request, struct sl_http_response *response,
                          struct sl_err *err) SL_MUST_CHECK;
void sl_http_transfer_fini(struct sl_http_transfer *transfer);

/** SL_ECONFIG: the address is not on the public internet. */
int sl_http_not_public(struct sl_err *err);

#endif
