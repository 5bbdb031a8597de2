/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* commands.h - the function of each command; all return the exit status. Private to cli. */
#ifndef SL_CLI_COMMANDS_H
#define SL_CLI_COMMANDS_H

#include "sluice/cli.h"

#include "args.h"

/* X(id, function): one row for each command of SL_COMMANDS */
#define SL_COMMAND_FUNCTIONS(X)                                                                    \
    X(SL_CMD_LINE_SCREEN, sl_run_screen)                                                           \
    X(SL_CMD_LINE_UPLOAD, sl_run_upload)                                                           \
    X(SL_CMD_LINE_WATCH, sl_run_watch)                                                             \
    X(SL_CMD_LINE_CID, sl_run_cid)                                                                 \
    X(SL_CMD_LINE_GET, sl_run_get)                                                                 \
    X(SL_CMD_LINE_VERIFY, sl_run_verify)                                                           \
    X(SL_CMD_LINE_EXPORT, sl_run_export)                                                           \
    X(SL_CMD_LINE_STATUS, sl_run_status)                                                           \
    X(SL_CMD_LINE_RESUME, sl_run_resume)                                                           \
    X(SL_CMD_LINE_RETRY, sl_run_retry)                                                             \
    X(SL_CMD_LINE_CANCEL, sl_run_cancel)                                                           \
    X(SL_CMD_LINE_FORGET, sl_run_forget)                                                           \
    X(SL_CMD_LINE_COST, sl_run_cost)                                                               \
    X(SL_CMD_LINE_WALLET, sl_run_wallet)                                                           \
    X(SL_CMD_LINE_PROVIDERS, sl_run_providers)                                                     \
    X(SL_CMD_LINE_DATASETS, sl_run_datasets)                                                       \
    X(SL_CMD_LINE_PIECES, sl_run_pieces)                                                           \
    X(SL_CMD_LINE_RM, sl_run_rm)                                                                   \
    X(SL_CMD_LINE_DOCTOR, sl_run_doctor)                                                           \
    X(SL_CMD_LINE_CONFIG, sl_run_config)                                                           \
    X(SL_CMD_LINE_SERVE, sl_run_serve)                                                             \
    X(SL_CMD_LINE_HELP, sl_run_help)

#define SL_COMMAND_DECLARE(id, fn) enum sl_exit fn(const struct sl_args *args);
SL_COMMAND_FUNCTIONS(SL_COMMAND_DECLARE)
#undef SL_COMMAND_DECLARE

#endif
