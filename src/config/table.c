/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "table.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/nearest.h"

enum { NAME_BYTES = 64 }; /* of a flag or variable */

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

#define OLD_KEY(old, key) {old, key},
const struct sl_old_key sl_old_keys[] = {SL_OPTION_OLD_KEYS(OLD_KEY)};
#undef OLD_KEY
const size_t sl_old_key_count = sizeof sl_old_keys / sizeof sl_old_keys[0];

static const struct sl_old_key *find_old(const char *key)
{
    for (size_t i = 0; i < sl_old_key_count; i++) {
        if (strcmp(sl_old_keys[i].old_key, key) == 0)
            return &sl_old_keys[i];
    }
    return NULL;
}

const struct sl_option *sl_option_find(const char *key)
{
    const struct sl_old_key *old = find_old(key);
    const char *now = old != NULL ? old->key : key;
    for (size_t i = 0; i < sl_option_count; i++) {
        if (strcmp(sl_options[i].key, now) == 0)
            return &sl_options[i];
    }
    return NULL;
}

const char *sl_option_old_key(const char *key)
{
    const struct sl_old_key *old = find_old(key);
    return old != NULL ? old->old_key : NULL;
}

const char *sl_config_key(const char *named)
{
    const struct sl_option *option = sl_option_find(named);
    return option != NULL ? option->key : NULL;
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
    const char *old_key = sl_option_old_key(key);
    int rc = option != NULL ? sl_option_check_names(config, option, SL_FROM_FLAG, old_key, err)
                            : sl_option_unknown(key, err);
    if (rc == SL_OK)
        rc = sl_option_parse(config, option, value, err);
    if (rc < 0)
        sl_err_ctx(err, "%s", where);
    else
        sl_option_from(config, option, SL_FROM_FLAG, 0, old_key);
    return rc;
}

void sl_option_from(struct sl_config *config, const struct sl_option *option, enum sl_origin from,
                    int line, const char *old_key)
{
    config->origins[option - sl_options].from = from;
    config->origins[option - sl_options].line = line;
    config->origins[option - sl_options].old_key = old_key;
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

/* As its source spells a key. */
static void spell_for(char *out, size_t cap, enum sl_origin from, const char *key)
{
    if (from == SL_FROM_FLAG)
        spell(out, cap, "--", key, false);
    else if (from == SL_FROM_ENVIRONMENT)
        spell(out, cap, "SLUICE_", key, true);
    else
        snprintf(out, cap, "%s", key);
}

int sl_option_check_names(const struct sl_config *config, const struct sl_option *option,
                          enum sl_origin from, const char *old_key, struct sl_err *err)
{
    const char *before = config->origins[option - sl_options].old_key;
    char one[NAME_BYTES], other[NAME_BYTES];
    if (config->origins[option - sl_options].from != from || before == old_key)
        return SL_OK;
    spell_for(one, sizeof one, from, before != NULL ? before : option->key);
    spell_for(other, sizeof other, from, old_key != NULL ? old_key : option->key);
    return sl_err_set(err, SL_ECONFIG, "%s and %s are the same setting: leave one of them out", one,
                      other);
}

void sl_config_add_renamed(struct sl_buf *out, const struct sl_config *config, const char *file)
{
    const char *slash = strrchr(file, '/');
    for (size_t i = 0; i < sl_option_count; i++) {
        const enum sl_origin from = config->origins[i].from;
        char was[NAME_BYTES], is[NAME_BYTES];
        if (config->origins[i].old_key == NULL)
            continue;
        spell_for(was, sizeof was, from, config->origins[i].old_key);
        spell_for(is, sizeof is, from, sl_options[i].key);
        if (from == SL_FROM_FILE)
            sl_buf_printf(out, "%s:%d: ", slash != NULL ? slash + 1 : file,
                          config->origins[i].line);
        sl_buf_printf(out, "%s is now %s\n", was, is);
    }
}

void sl_config_where(char out[static SL_CONFIG_WHERE_BYTES], const struct sl_config *config,
                     const char *key, const char *file)
{
    enum { SHOWN = 100 }; /* the start of a long path says least */
    const size_t len = strlen(file);
    const size_t row = (size_t)(sl_option_find(key) - sl_options);
    const enum sl_origin from = config->origins[row].from;
    const char *old_key = config->origins[row].old_key;
    const char *named = old_key != NULL ? old_key : key;
    if (from == SL_FROM_FILE)
        snprintf(out, SL_CONFIG_WHERE_BYTES, "%s%s:%d: %s", len > SHOWN ? "..." : "",
                 file + (len > SHOWN ? len - SHOWN : 0), config->origins[row].line, named);
    else
        spell_for(out, SL_CONFIG_WHERE_BYTES, from, named);
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
