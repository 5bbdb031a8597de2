/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* connection.h - what a handler may ask about its request, and the answers that depend on it.
 * Private to devnet. */
#ifndef SL_DEVNET_CONNECTION_H
#define SL_DEVNET_CONNECTION_H

#include "http/server.h"

/** How many more seconds the address of the client is blocked; 0: it is not. */
int64_t sl_devnet_blocked_s(const struct sl_devnet_request *request);

/** 429 for an address that is blocked (rate_ban.h). */
void sl_devnet_reply_throttled(struct sl_devnet_request *request);

/** Answer with the status of the fault that hit the request. */
void sl_devnet_reply_fault(struct sl_devnet_request *request);

/** The value of a request header, NULL when absent; borrowed from the connection. */
const char *sl_devnet_header(const struct sl_devnet_request *request, const char *name);

/** The socket of the request's connection. */
int sl_devnet_socket(const struct sl_devnet_request *request);

#endif
