/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* commit_status.h - reports the outcome of a transaction. Private to devnet. */
#ifndef SL_DEVNET_COMMIT_STATUS_H
#define SL_DEVNET_COMMIT_STATUS_H

#include "http/server.h"

void sl_devnet_created_status(struct sl_devnet_request *request);
void sl_devnet_added_status(struct sl_devnet_request *request);

#endif
