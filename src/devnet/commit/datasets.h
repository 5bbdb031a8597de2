/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* datasets.h - answers requests about a data set. Private to devnet. */
#ifndef SL_DEVNET_DATASETS_H
#define SL_DEVNET_DATASETS_H

#include "http/server.h"

void sl_devnet_data_set_get(struct sl_devnet_request *request);
void sl_devnet_data_set_piece_get(struct sl_devnet_request *request);

#endif
