/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* devnet_info.h - describes the running network to people and to client libraries. Private to
 * devnet. */
#ifndef SL_DEVNET_DEVNET_INFO_H
#define SL_DEVNET_DEVNET_INFO_H

#include "network.h"

/** Write net->info_path, or read the file of another process into an attached network. */
int sl_devnet_info_write(struct sl_devnet *net, struct sl_err *err) SL_MUST_CHECK;
int sl_devnet_info_read(struct sl_devnet *net, struct sl_err *err) SL_MUST_CHECK;

#endif
