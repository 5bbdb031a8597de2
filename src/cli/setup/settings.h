/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* settings.h - flags, environment, config.ini and defaults into one. Private to cli. */
#ifndef SL_CLI_SETTINGS_H
#define SL_CLI_SETTINGS_H

#include "sluice/buf.h"
#include "sluice/config.h"

#include "args.h"

struct sl_settings {
    struct sl_config config;
    bool limit_is_given;      /* max_spend came from its flag: it is meant for this run */
    char file[SL_PATH_BYTES]; /* the config.ini, there or not */
    struct sl_buf keys;       /* its [keys] */
};

/**
 * Resolve all; free with sl_settings_free(), after a failure too. The config.ini need not exist
 * unless it was named by --config or SLUICE_CONFIG. Errors: SL_ECONFIG, SL_EACCES, SL_ENOMEM ...
 */
int sl_settings_load(struct sl_settings *settings, const struct sl_args *args,
                     struct sl_err *err) SL_MUST_CHECK;
void sl_settings_free(struct sl_settings *settings);

#endif
