/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* find.h - answers requests about the provider and about a piece. Private to devnet. */
#ifndef SL_DEVNET_FIND_H
#define SL_DEVNET_FIND_H

#include "http/server.h"

/* The handlers, by file. */
void sl_devnet_ping(struct sl_devnet_request *request);
void sl_devnet_health(struct sl_devnet_request *request);
void sl_devnet_version(struct sl_devnet_request *request);
void sl_devnet_find_piece(struct sl_devnet_request *request);
void sl_devnet_status(struct sl_devnet_request *request);

#endif
