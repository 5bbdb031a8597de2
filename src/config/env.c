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

static int read_one(struct sl_config *config, const char *variable, struct sl_err *err)
{
    static const char prefix[] = "SLUICE_";
    if (strncmp(variable, prefix, sizeof prefix - 1) != 0)
        return SL_OK;
    for (size_t i = 0; i < sl_option_count; i++) {
        const char *value = value_of(variable + sizeof prefix - 1, sl_options[i].key);
        if (value == NULL)
            continue;
        const int rc = sl_option_parse(config, &sl_options[i], value, err);
        if (rc < 0)
            sl_err_ctx(err, "%.*s (environment)", (int)(value - variable) - 1, variable);
        else
            sl_option_from(config, &sl_options[i], SL_FROM_ENVIRONMENT, 0);
        return rc;
    }
    return SL_OK;
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
