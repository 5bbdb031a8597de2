/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* request.h - a request on its way: its body, faults, its answer. Private to devnet. */
#ifndef SL_DEVNET_REQUEST_H
#define SL_DEVNET_REQUEST_H

#include "http/server.h"

/** The HTTP library's callbacks; `ctx` is the struct sl_devnet_server. */
enum MHD_Result sl_devnet_request_handle(void *ctx, struct MHD_Connection *connection,
                                         const char *url, const char *method, const char *version,
                                         const char *data, size_t *len, void **slot);
void sl_devnet_request_completed(void *ctx, struct MHD_Connection *connection, void **slot,
                                 enum MHD_RequestTerminationCode how);

#endif
