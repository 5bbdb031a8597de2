/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "setup/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char **environ; /* POSIX declares it in no header */

/* The flag, else the variable if it says something, else NULL. */
static const char *flag_or_variable(const char *flag, const char *variable)
{
    if (flag != NULL)
        return flag;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): no thread yet */
    const char *value = getenv(variable);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

static int read_file(struct sl_settings *settings, const char *named, struct sl_err *err)
{
    int rc;
    if (named != NULL && strlen(named) >= sizeof settings->file)
        return sl_err_set(err, SL_ECONFIG, "--config: path too long");
    if (named != NULL) {
        memcpy(settings->file, named, strlen(named) + 1);
    } else {
        rc = sl_path_join(settings->file, sizeof settings->file, settings->config.paths.config,
                          "config.ini", err);
        if (rc < 0)
            return rc;
    }
    struct sl_err why = {0};
    rc = sl_config_read_file(&settings->config, settings->file, &settings->keys, &why);
    if (rc == SL_ENOENT && named == NULL)
        return SL_OK;
    if (rc < 0 && err != NULL) {
        *err = why;
        err->code = rc == SL_ENOMEM ? rc : SL_ECONFIG; /* whatever it is: no run without it */
    }
    return rc == SL_OK || rc == SL_ENOMEM ? rc : SL_ECONFIG;
}

static int apply_flags(struct sl_settings *settings, const struct sl_args *args, struct sl_err *err)
{
    for (size_t i = 0; i < args->setting_count; i++) {
        const struct sl_setting *one = &args->settings[i];
        char where[64];
        snprintf(where, sizeof where, "%.*s", (int)strcspn(one->flag, "="), one->flag);
        const int rc = sl_config_set(&settings->config, one->key, one->value, where, err);
        if (rc < 0)
            return rc;
        if (strcmp(one->key, "max_spend") == 0)
            settings->limit_is_given = one->value[0] != '\0';
    }
    return SL_OK;
}

int sl_settings_load(struct sl_settings *settings, const struct sl_args *args, struct sl_err *err)
{
    *settings = (struct sl_settings){0};
    struct sl_config *config = &settings->config;
    int rc = sl_config_defaults(config, err);
    if (rc == SL_OK)
        rc = sl_paths_find(&config->paths, flag_or_variable(args->state_dir, "SLUICE_STATE_DIR"),
                           err);
    if (rc == SL_OK)
        rc = read_file(settings, flag_or_variable(args->config_file, "SLUICE_CONFIG"), err);
    if (rc == SL_OK)
        rc = sl_config_read_env(config, environ, err);
    if (rc == SL_OK)
        rc = apply_flags(settings, args, err);
    return rc;
}

void sl_settings_free(struct sl_settings *settings)
{
    sl_config_free(&settings->config);
    sl_buf_free(&settings->keys);
}
