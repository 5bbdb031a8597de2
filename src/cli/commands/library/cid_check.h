/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* cid_check.h - `sluice cid --check`. Private to cli. */
#ifndef SL_CLI_CID_CHECK_H
#define SL_CLI_CID_CHECK_H

#include "commands/library/cid_run.h"

/** Check the lists that the operands name. */
enum sl_exit sl_cid_check(struct sl_cid_run *run);

#endif
