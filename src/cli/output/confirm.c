/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "output/confirm.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

int sl_confirm_check(const struct sl_args *args, const char *what, struct sl_err *err)
{
    if (args->yes != NULL || args->dry_run != NULL ||
        (isatty(STDIN_FILENO) && isatty(STDERR_FILENO)))
        return SL_OK;
    return sl_err_set(err, SL_EUSAGE, "there is no terminal to ask on %s: say --yes, or --dry-run",
                      what);
}

int sl_confirm_ask(const struct sl_args *args, struct sl_err *err)
{
    char answer[16] = "";
    if (args->yes != NULL)
        return SL_OK;
    fputs("sluice: go on? [y/N] ", stderr);
    fflush(stderr);
    if (fgets(answer, sizeof answer, stdin) != NULL &&
        (strcmp(answer, "y\n") == 0 || strcmp(answer, "yes\n") == 0))
        return SL_OK;
    return sl_err_set(err, SL_ECANCELED, "nothing was sent");
}
