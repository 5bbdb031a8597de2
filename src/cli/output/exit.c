/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "output/exit.h"

#include <errno.h>

#include "output/output.h"

enum sl_exit sl_exit_of_code(int code)
{
    switch (code) {
    case SL_OK:
        return SL_EXIT_OK;
    case SL_ECONFIG:
    case SL_EUSAGE:
        return SL_EXIT_USAGE;
    case SL_ENOENT:
        return SL_EXIT_NO_FILE;
    case SL_EMONEY:
        return SL_EXIT_MONEY;
    case SL_EKEY:
        return SL_EXIT_KEY;
    case SL_EHELD:
        return SL_EXIT_TEMPORARY;
    default:
        break;
    }
    switch (sl_err_class_of(code)) {
    case SL_CLASS_RETRY:
        return SL_EXIT_TEMPORARY;
    case SL_CLASS_STOP:
        return SL_EXIT_WORK_LEFT;
    case SL_CLASS_USER:
    case SL_CLASS_FATAL:
    case SL_CLASS_BUG:
        break;
    }
    return SL_EXIT_SOME_FAILED;
}

static struct sl_err last; /* main thread only */

const struct sl_err *sl_exit_last(void)
{
    return &last;
}

enum sl_exit sl_exit_with(const struct sl_err *err)
{
    last = *err;
    sl_notice("%s", err->text[0] != '\0' ? err->text : sl_err_text(err->code));
    return sl_exit_of_code(err->code);
}

enum sl_exit sl_exit_no_output(void)
{
    if (sl_output_errno() != EPIPE) /* whoever has read enough wants no word about it */
        sl_notice("standard output takes no more: stopped");
    return SL_EXIT_SOME_FAILED;
}
