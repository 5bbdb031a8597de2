/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "ending.h"

#include <string.h>

#include "output/json_lines.h"
#include "output/output.h"
#include "output/report_json.h"

bool sl_ending_is_json(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--json") == 0)
            return true;
    }
    return false;
}

static bool uploads(enum sl_command_line command)
{
    return command == SL_CMD_LINE_SCREEN || command == SL_CMD_LINE_UPLOAD ||
           command == SL_CMD_LINE_WATCH || command == SL_CMD_LINE_RESUME ||
           command == SL_CMD_LINE_RETRY;
}

void sl_ending_tell(enum sl_command_line command, enum sl_exit status)
{
    const struct sl_clock clock = sl_clock_system();
    const struct sl_job_totals nothing = {0};
    const struct sl_err *why = sl_exit_last();
    struct sl_err refused = {.code = SL_EUSAGE};
    if (sl_json_has_summary())
        return;
    if (why->code != SL_OK)
        refused = *why;
    if (uploads(command))
        (void)sl_json_summary(
            &clock, &nothing,
            &(struct sl_json_end){.status = status, .why = status != SL_EXIT_OK ? &refused : NULL});
    else if (status != SL_EXIT_OK && (why->code != SL_OK || !sl_output_any()))
        (void)sl_json_refusal(&clock, status, &refused);
}
