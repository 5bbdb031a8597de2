/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* devnet_info.h - what the network says about itself. Private to devnet. */
#ifndef SL_DEVNET_DEVNET_INFO_H
#define SL_DEVNET_DEVNET_INFO_H

#include "network.h"

/** devnet_info.c: write net->info_path; or read another process's file into an attached network. */
int sl_devnet_info_write(struct sl_devnet *net, struct sl_err *err) SL_MUST_CHECK;
int sl_devnet_info_read(struct sl_devnet *net, struct sl_err *err) SL_MUST_CHECK;

#endif
