/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* pull.h - POST /pdp/piece/pull: pieces to fetch from another provider. Private to devnet. */
#ifndef SL_DEVNET_PULL_H
#define SL_DEVNET_PULL_H

#include "http/server.h"

void sl_devnet_pull(struct sl_devnet_request *request);

#endif
