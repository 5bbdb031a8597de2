/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* logging.h - the log file of the state folder. Private to cli. */
#ifndef SL_CLI_LOGGING_H
#define SL_CLI_LOGGING_H

#include "sluice/clock.h"
#include "sluice/config.h"

/** For the run that holds the state folder. Errors: as sl_log_open(), SL_EFORMAT (log_level). */
int sl_logging_open(const struct sl_config *config, const struct sl_clock *clock,
                    struct sl_err *err) SL_MUST_CHECK;

/** For a command that may run beside it: lines are appended to the same file, which only the holder
 * renames. A log that cannot be opened is no reason to fail, and no folder is made for one. */
void sl_logging_join(const struct sl_config *config, const struct sl_clock *clock);

#endif
