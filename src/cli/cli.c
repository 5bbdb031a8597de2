/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/cli.h"

#include "sluice/secret.h"

#include "commands.h"
#include "ending.h"
#include "output/exit.h"
#include "process.h"
#include "setup/keys.h"

static enum sl_exit run(const struct sl_args *args)
{
    if (args->help != NULL)
        return sl_run_help(args);
    if (args->version != NULL)
        return sl_run_version();
    switch (args->command) {
    case SL_CMD_LINE_SCREEN:
        return sl_run_screen(args);
    case SL_CMD_LINE_UPLOAD:
        return sl_run_upload(args);
    case SL_CMD_LINE_WATCH:
        return sl_run_watch(args);
    case SL_CMD_LINE_CID:
        return sl_run_cid(args);
    case SL_CMD_LINE_GET:
        return sl_run_get(args);
    case SL_CMD_LINE_VERIFY:
        return sl_run_verify(args);
    case SL_CMD_LINE_EXPORT:
        return sl_run_export(args);
    case SL_CMD_LINE_STATUS:
        return sl_run_status(args);
    case SL_CMD_LINE_RESUME:
        return sl_run_resume(args);
    case SL_CMD_LINE_RETRY:
        return sl_run_retry(args);
    case SL_CMD_LINE_CANCEL:
        return sl_run_cancel(args);
    case SL_CMD_LINE_FORGET:
        return sl_run_forget(args);
    case SL_CMD_LINE_WALLET:
        return sl_run_wallet(args);
    case SL_CMD_LINE_COST:
        return sl_run_cost(args);
    case SL_CMD_LINE_PROVIDERS:
        return sl_run_providers(args);
    case SL_CMD_LINE_DATASETS:
        return sl_run_datasets(args);
    case SL_CMD_LINE_PIECES:
        return sl_run_pieces(args);
    case SL_CMD_LINE_RM:
        return sl_run_rm(args);
    case SL_CMD_LINE_DOCTOR:
        return sl_run_doctor(args);
    case SL_CMD_LINE_CONFIG:
        return sl_run_config(args);
    case SL_CMD_LINE_SERVE:
        return sl_run_serve(args);
    case SL_CMD_LINE_HELP:
    case SL_CMD_LINE_COUNT:
        break;
    }
    return sl_run_help(args);
}

int sl_cli_main(int argc, char **argv)
{
    sl_process_prepare();
    sl_secret_no_dumps();
    sl_keys_take();
    struct sl_args args = {0};
    struct sl_err err = {0};
    const bool json = sl_ending_is_json(argc, argv);
    int rc = sl_keys_refuse_words(argc, argv, &err);
    if (rc == SL_OK)
        rc = sl_args_parse(&args, argc, argv, &err);
    const enum sl_exit status = rc < 0 ? sl_exit_with(&err) : run(&args);
    if (json && args.help == NULL && args.version == NULL)
        sl_ending_tell(args.command, status);
    sl_args_free(&args);
    sl_keys_forget();
    return (int)status;
}
