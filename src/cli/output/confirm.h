/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* confirm.h - nothing is spent or deleted that a person has not agreed to. Private to cli. */
#ifndef SL_CLI_CONFIRM_H
#define SL_CLI_CONFIRM_H

#include "args.h"

/** Before anything is read, so that a script learns at once what it lacks: SL_EUSAGE when there is
 * no terminal to ask on, and neither --yes nor --dry-run. `what`: "before money moves". */
int sl_confirm_check(const struct sl_args *args, const char *what,
                     struct sl_err *err) SL_MUST_CHECK;

/** "go on? [y/N]"; only "y" and "yes" count. --yes: not asked. Errors: SL_ECANCELED. */
int sl_confirm_ask(const struct sl_args *args, struct sl_err *err) SL_MUST_CHECK;

#endif
