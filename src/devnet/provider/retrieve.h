/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* retrieve.h - downloads of pieces. Private to devnet. */
#ifndef SL_DEVNET_RETRIEVE_H
#define SL_DEVNET_RETRIEVE_H

#include "http/server.h"

void sl_devnet_retrieve(struct sl_devnet_request *request);

#endif
