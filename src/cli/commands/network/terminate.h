/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* terminate.h - `sluice datasets terminate DATASET`. Private to cli. */
#ifndef SL_CLI_TERMINATE_H
#define SL_CLI_TERMINATE_H

#include "sluice/cli.h"

#include "args.h"

enum sl_exit sl_run_terminate(const struct sl_args *args);

#endif
