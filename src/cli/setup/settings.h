/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * settings.h - merges flags, environment, config.ini and defaults; opens the log. Private to cli.
 */
#ifndef SL_CLI_SETTINGS_H
#define SL_CLI_SETTINGS_H

#include "sluice/buf.h"
#include "sluice/clock.h"
#include "sluice/config.h"

#include "args.h"

struct sl_settings {
    struct sl_config config;
    bool limit_is_given;      /* max_spend came from its flag: it is meant for this run */
    char file[SL_PATH_BYTES]; /* the path of config.ini, which may not exist */
    struct sl_buf keys;       /* its [keys] */
};

/**
 * Load the settings; free with sl_settings_free(), after a failure too. The config.ini need not
 * exist unless --config or SLUICE_CONFIG names it. Errors: SL_ECONFIG, SL_EACCES, SL_ENOMEM ...
 */
int sl_settings_load(struct sl_settings *settings, const struct sl_args *args,
                     struct sl_err *err) SL_MUST_CHECK;
/** On a terminal: which settings have another name now. */
void sl_settings_say_renamed(const struct sl_settings *settings);
void sl_settings_free(struct sl_settings *settings);

/** Open the log, for the run that holds the state folder. Errors: as sl_log_open(), SL_EFORMAT
 * (log_level). */
int sl_settings_open_log(const struct sl_config *config, const struct sl_clock *clock,
                         struct sl_err *err) SL_MUST_CHECK;

/** Append to the same log, for a command that may run beside that one; only the holder rotates it.
 * Failures are ignored, and no folder is created. */
void sl_settings_join_log(const struct sl_config *config, const struct sl_clock *clock);

#endif
