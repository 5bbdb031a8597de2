/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* bundle.h - `sluice doctor --bundle FILE`. Private to cli. */
#ifndef SL_CLI_BUNDLE_H
#define SL_CLI_BUNDLE_H

#include "sluice/cli.h"

#include "args.h"

enum sl_exit sl_run_bundle(const struct sl_args *args);

#endif
