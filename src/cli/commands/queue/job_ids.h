/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* job_ids.h - numbers of jobs on the command line, as `sluice status` shows them. Private to cli.
 */
#ifndef SL_CLI_JOB_IDS_H
#define SL_CLI_JOB_IDS_H

#include <stdint.h>

#include "args.h"

/** Whether all operands are numbers of jobs. Errors: SL_EUSAGE. */
int sl_args_check_ids(const struct sl_args *args, struct sl_err *err) SL_MUST_CHECK;

/** Whether an operand names it. `known` has an element for each operand: set for those. */
bool sl_args_name_id(const struct sl_args *args, bool *known, int64_t id);

/** Whether every operand was named. Errors: SL_ENOENT (the first that was not). */
int sl_args_check_known(const struct sl_args *args, const bool *known,
                        struct sl_err *err) SL_MUST_CHECK;

#endif
