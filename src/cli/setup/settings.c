/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "setup/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sluice/log.h"

#include "output/output.h"

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
        const int rc = sl_config_set(&settings->config, one->named, one->value, where, err);
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

void sl_settings_say_renamed(const struct sl_settings *settings)
{
    struct sl_buf text = {0};
    if (isatty(STDERR_FILENO) != 1)
        return;
    sl_config_add_renamed(&text, &settings->config, settings->file);
    for (const char *line = text.data; line != NULL && *line != '\0'; line = strchr(line, '\n') + 1)
        sl_notice("%.*s", (int)strcspn(line, "\n"), line);
    sl_buf_free(&text);
}

void sl_settings_free(struct sl_settings *settings)
{
    sl_config_free(&settings->config);
    sl_buf_free(&settings->keys);
}

/* ---- the log file that they name ---- */

static int open_log(const struct sl_config *config, bool beside, const struct sl_clock *clock,
                    struct sl_err *err)
{
    char path[SL_PATH_BYTES];
    struct sl_log_levels levels;
    int rc = sl_path_join(path, sizeof path, config->paths.state, "sluice.log", err);
    if (rc == SL_OK)
        rc = sl_log_levels_parse(&levels, config->log_level, err);
    if (rc == SL_OK)
        rc = beside ? sl_log_open_beside(path, &levels, clock, err)
                    : sl_log_open(path, &levels, clock, err);
    if (rc == SL_OK)
        sl_log(SL_LOG_INFO, SL_LOG_CLI,
               "sluice " SL_VERSION " starts: pid=%ld network=%s log_level=%s", (long)getpid(),
               config->network, config->log_level);
    return rc;
}

int sl_settings_open_log(const struct sl_config *config, const struct sl_clock *clock,
                         struct sl_err *err)
{
    return open_log(config, false, clock, err);
}

void sl_settings_join_log(const struct sl_config *config, const struct sl_clock *clock)
{
    if (!sl_log_is_on(SL_LOG_ERROR, SL_LOG_CLI))
        (void)!open_log(config, true, clock, NULL);
}
