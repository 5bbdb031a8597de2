/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/cli.h"

#include <string.h>

#include "sluice/log.h"
#include "sluice/secret.h"

#include "commands.h"
#include "help.h"
#include "output/json_lines.h"
#include "output/output.h"
#include "output/report_json.h"
#include "process.h"
#include "setup/keys.h"

/* ---- the last line of --json ---- */

/* Whether --json was given, even if other words are wrong. */
static bool is_json_wanted(int argc, char **argv)
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

/* With --json, every command ends with a `summary` line. A refused command has printed none, so
 * print its status, code and message; for an upload also its counts, all 0. */
static void print_last_line(enum sl_command_line command, enum sl_exit status)
{
    const struct sl_clock clock = sl_clock_system();
    const struct sl_cli_job_totals nothing = {0};
    const struct sl_err *why = sl_exit_last();
    struct sl_err refused = {.code = SL_EUSAGE};
    if (sl_cli_json_has_summary())
        return;
    if (why->code != SL_OK)
        refused = *why;
    if (uploads(command))
        (void)sl_cli_json_summary(
            &clock, &nothing,
            &(struct sl_cli_json_end){.status = status,
                                      .why = status != SL_EXIT_OK ? &refused : NULL});
    else if (status != SL_EXIT_OK && (why->code != SL_OK || !sl_output_any()))
        (void)sl_cli_json_refusal(&clock, status, &refused);
}

/* ---- commands ---- */

static enum sl_exit run_command(const struct sl_args *args)
{
    if (args->help != NULL)
        return sl_run_help(args);
    if (args->version != NULL)
        return sl_run_version();
    switch (args->command) {
#define RUN_COMMAND(id, fn)                                                                        \
    case id:                                                                                       \
        return fn(args);
        SL_COMMAND_FUNCTIONS(RUN_COMMAND)
#undef RUN_COMMAND
    case SL_CMD_LINE_COUNT:
        break;
    }
    return sl_run_help(args);
}

int sl_cli_main(int argc, char **argv)
{
    sl_process_prepare();
    sl_secret_no_dumps();
    sl_keys_read_env();
    struct sl_args args = {0};
    struct sl_err err = {0};
    const bool json = is_json_wanted(argc, argv);
    int rc = sl_keys_refuse_arguments(argc, argv, &err);
    if (rc == SL_OK)
        rc = sl_args_parse(&args, argc, argv, &err);
    const enum sl_exit status = rc < 0 ? sl_exit_with(&err) : run_command(&args);
    if (json && args.help == NULL && args.version == NULL)
        print_last_line(args.command, status);
    sl_log_close();
    sl_args_free(&args);
    sl_keys_forget();
    return (int)status;
}
