/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* commands.h - what each command does; all return the exit status. Private to cli. */
#ifndef SL_CLI_COMMANDS_H
#define SL_CLI_COMMANDS_H

#include "sluice/cli.h"

#include "args.h"

enum sl_exit sl_run_screen(const struct sl_args *args);
enum sl_exit sl_run_upload(const struct sl_args *args);
enum sl_exit sl_run_watch(const struct sl_args *args);
enum sl_exit sl_run_cid(const struct sl_args *args);
enum sl_exit sl_run_get(const struct sl_args *args);
enum sl_exit sl_run_verify(const struct sl_args *args);
enum sl_exit sl_run_export(const struct sl_args *args);
enum sl_exit sl_run_status(const struct sl_args *args);
enum sl_exit sl_run_resume(const struct sl_args *args);
enum sl_exit sl_run_retry(const struct sl_args *args);
enum sl_exit sl_run_cancel(const struct sl_args *args);
enum sl_exit sl_run_forget(const struct sl_args *args);
enum sl_exit sl_run_wallet(const struct sl_args *args);
enum sl_exit sl_run_cost(const struct sl_args *args);
enum sl_exit sl_run_providers(const struct sl_args *args);
enum sl_exit sl_run_datasets(const struct sl_args *args);
/** `sluice datasets terminate DATASET`. */
enum sl_exit sl_run_terminate(const struct sl_args *args);
enum sl_exit sl_run_pieces(const struct sl_args *args);
enum sl_exit sl_run_rm(const struct sl_args *args);
enum sl_exit sl_run_doctor(const struct sl_args *args);
/** `sluice doctor --bundle FILE`. */
enum sl_exit sl_run_bundle(const struct sl_args *args);
enum sl_exit sl_run_config(const struct sl_args *args);
enum sl_exit sl_run_serve(const struct sl_args *args);

/** `sluice help [COMMAND]` and --help with any command. */
enum sl_exit sl_run_help(const struct sl_args *args);
enum sl_exit sl_run_version(void);

#endif
