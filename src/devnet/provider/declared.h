/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* declared.h - uploads with a PieceCID that the client declares first. Private to devnet. */
#ifndef SL_DEVNET_DECLARED_H
#define SL_DEVNET_DECLARED_H

#include "http/server.h"

void sl_devnet_declared_new(struct sl_devnet_request *request);
void sl_devnet_declared_open(struct sl_devnet_request *request);
void sl_devnet_declared_done(struct sl_devnet_request *request);

#endif
