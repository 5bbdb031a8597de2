/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* delete.h - scheduled removals of pieces. Private to devnet. */
#ifndef SL_DEVNET_DELETE_H
#define SL_DEVNET_DELETE_H

#include "http/server.h"

void sl_devnet_piece_delete(struct sl_devnet_request *request);

#endif
