/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <ctype.h>
#include <string.h>

#include "table.h"

/* "SLUICE_STALL_TIMEOUT=30s" is of "stall_timeout"? Returns the value, or NULL. */
static const char *value_of(const char *variable, const char *key)
{
    for (; *key != '\0'; key++, variable++) {
        if (*variable != toupper((unsigned char)*key))
            return NULL;
    }
    return *variable == '=' ? variable + 1 : NULL;
}

/* The key or old key that the variable names, NULL if none; *value (out): its value. */
static const char *key_of(const char *variable, const char **value)
{
    static const char prefix[] = "SLUICE_";
    if (strncmp(variable, prefix, sizeof prefix - 1) != 0)
        return NULL;
    for (size_t i = 0; i < sl_option_count + sl_old_key_count; i++) {
        const char *key =
            i < sl_option_count ? sl_options[i].key : sl_old_keys[i - sl_option_count].old_key;
        *value = value_of(variable + sizeof prefix - 1, key);
        if (*value != NULL)
            return key;
    }
    return NULL;
}

static int read_one(struct sl_config *config, const char *variable, struct sl_err *err)
{
    const char *value;
    const char *key = key_of(variable, &value);
    if (key == NULL)
        return SL_OK;
    const struct sl_option *option = sl_option_find(key);
    const char *old_key = sl_option_old_key(key);
    int rc = sl_option_check_names(config, option, SL_FROM_ENVIRONMENT, old_key, err);
    if (rc == SL_OK)
        rc = sl_option_parse(config, option, value, err);
    if (rc < 0)
        sl_err_ctx(err, "%.*s (environment)", (int)(value - variable) - 1, variable);
    else
        sl_option_from(config, option, SL_FROM_ENVIRONMENT, 0, old_key);
    return rc;
}

int sl_config_read_env(struct sl_config *config, char *const *environ_list, struct sl_err *err)
{
    for (; *environ_list != NULL; environ_list++) {
        const int rc = read_one(config, *environ_list, err);
        if (rc < 0)
            return rc;
    }
    return SL_OK;
}
