/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* help.h - the version text. `sluice help` itself is in commands.h. Private to cli. */
#ifndef SL_CLI_HELP_H
#define SL_CLI_HELP_H

#include "sluice/cli.h"

/** Print the version of sluice, and those of the libraries. */
enum sl_exit sl_run_version(void);

#endif
