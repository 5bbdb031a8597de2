/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* terminate.h - the end of a service, agreed on by its payer. Private to devnet. */
#ifndef SL_DEVNET_TERMINATE_H
#define SL_DEVNET_TERMINATE_H

#include "http/server.h"

void sl_devnet_terminate(struct sl_devnet_request *request);
void sl_devnet_terminate_status(struct sl_devnet_request *request);

#endif
