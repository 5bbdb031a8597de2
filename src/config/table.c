/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "table.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/nearest.h"

#define ROW(field, key, type, def, range, group, help)                                             \
    {key,                                                                                          \
     SL_OPT_##type,                                                                                \
     offsetof(struct sl_config, field),                                                            \
     sizeof((struct sl_config *)NULL)->field,                                                      \
     def,                                                                                          \
     range,                                                                                        \
     group,                                                                                        \
     help},
const struct sl_option sl_options[] = {SL_OPTIONS(ROW)};
#undef ROW
const size_t sl_option_count = sizeof sl_options / sizeof sl_options[0];

const struct sl_option *sl_option_find(const char *key)
{
    for (size_t i = 0; i < sl_option_count; i++) {
        if (strcmp(sl_options[i].key, key) == 0)
            return &sl_options[i];
    }
    return NULL;
}

int sl_option_unknown(const char *word, struct sl_err *err)
{
    struct sl_nearest nearest;
    sl_nearest_init(&nearest, word);
    for (size_t i = 0; i < sl_option_count; i++)
        sl_nearest_try(&nearest, sl_options[i].key);
    if (nearest.best != NULL)
        return sl_err_set(err, SL_ECONFIG, "unknown option '%.60s': did you mean '%s'?", word,
                          nearest.best);
    return sl_err_set(err, SL_ECONFIG, "unknown option '%.60s'", word);
}

int sl_config_set(struct sl_config *config, const char *key, const char *value, const char *where,
                  struct sl_err *err)
{
    const struct sl_option *option = sl_option_find(key);
    const int rc =
        option != NULL ? sl_option_parse(config, option, value, err) : sl_option_unknown(key, err);
    if (rc < 0)
        sl_err_ctx(err, "%s", where);
    else
        sl_option_from(config, option, SL_FROM_FLAG, 0);
    return rc;
}

void sl_option_from(struct sl_config *config, const struct sl_option *option, enum sl_origin from,
                    int line)
{
    config->origins[option - sl_options].from = from;
    config->origins[option - sl_options].line = line;
}

enum sl_origin sl_config_origin(const struct sl_config *config, const char *key)
{
    const struct sl_option *option = sl_option_find(key);
    assert(option != NULL);
    return config->origins[option - sl_options].from;
}

/* Spell a key such as "keystore" as a variable, or as a flag. */
static void spell(char *out, size_t cap, const char *prefix, const char *key, bool upper)
{
    const size_t len = (size_t)snprintf(out, cap, "%s%s", prefix, key);
    for (size_t i = strlen(prefix); i < len && i < cap; i++) {
        if (upper)
            out[i] = (char)toupper((unsigned char)out[i]);
        else if (out[i] == '_')
            out[i] = '-';
    }
}

void sl_config_where(char out[static SL_CONFIG_WHERE_BYTES], const struct sl_config *config,
                     const char *key, const char *file)
{
    enum { SHOWN = 100 }; /* the start of a long path says least */
    const size_t len = strlen(file);
    const int line = config->origins[sl_option_find(key) - sl_options].line;
    switch (sl_config_origin(config, key)) {
    case SL_FROM_FLAG:
        spell(out, SL_CONFIG_WHERE_BYTES, "--", key, false);
        return;
    case SL_FROM_ENVIRONMENT:
        spell(out, SL_CONFIG_WHERE_BYTES, "SLUICE_", key, true);
        return;
    case SL_FROM_FILE:
        snprintf(out, SL_CONFIG_WHERE_BYTES, "%s%s:%d: %s", len > SHOWN ? "..." : "",
                 file + (len > SHOWN ? len - SHOWN : 0), line, key);
        return;
    case SL_FROM_DEFAULT:
        break;
    }
    snprintf(out, SL_CONFIG_WHERE_BYTES, "%s", key);
}

int sl_config_defaults(struct sl_config *config, struct sl_err *err)
{
    *config = (struct sl_config){0};
    for (size_t i = 0; i < sl_option_count; i++) {
        const int rc = sl_option_parse(config, &sl_options[i], sl_options[i].fallback, err);
        if (rc < 0) {
            sl_err_ctx(err, "%s", sl_options[i].key);
            sl_config_free(config);
            return rc;
        }
    }
    return SL_OK;
}

void sl_config_free(struct sl_config *config)
{
    for (size_t i = 0; i < sl_option_count; i++) {
        char **text = (void *)((char *)config + sl_options[i].offset);
        if (sl_options[i].type == SL_OPT_STR) {
            free(*text);
            *text = NULL;
        }
    }
}
