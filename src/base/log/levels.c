/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The setting log_level. */
#include <string.h>

#include "sluice/buf.h"
#include "sluice/log.h"
#include "sluice/nearest.h"

enum { WORD_BYTES = 64 };

#define LEVEL_NAME(id, name)           name,
#define COMPONENT_NAME(id, name, text) name,
static const char *const levels[] = {SL_LOG_LEVELS(LEVEL_NAME)};
static const char *const components[] = {SL_LOG_COMPONENTS(COMPONENT_NAME)};
#undef LEVEL_NAME
#undef COMPONENT_NAME

struct sl_log_levels sl_log_levels(enum sl_log_level level)
{
    struct sl_log_levels out;
    for (size_t i = 0; i < SL_LOG_COMPONENT_COUNT; i++)
        out.of[i] = level;
    return out;
}

static int index_of(const char *const *names, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], word) == 0)
            return (int)i;
    }
    return -1;
}

/* With what was meant, or all that there are. */
static int unknown(const char *const *names, size_t count, const char *word, const char *what,
                   struct sl_err *err)
{
    struct sl_nearest nearest;
    struct sl_buf all = {0};
    sl_nearest_init(&nearest, word);
    for (size_t i = 0; i < count; i++) {
        sl_nearest_try(&nearest, names[i]);
        sl_buf_printf(&all, "%s%s", i > 0 ? ", " : "", names[i]);
    }
    if (nearest.best != NULL)
        sl_err_set(err, SL_EFORMAT, "'%s' is not a %s: did you mean '%s'?", word, what,
                   nearest.best);
    else
        sl_err_set(err, SL_EFORMAT, "'%s' is not a %s; one of: %s", word, what,
                   all.failed == SL_OK ? all.data : "");
    sl_buf_free(&all);
    return SL_EFORMAT;
}

/* One entry without blanks around it; `word` is cut at its colon. */
static int read_entry(struct sl_log_levels *out, char *word, struct sl_err *err)
{
    char *colon = strchr(word, ':');
    const char *level = colon != NULL ? colon + 1 : word;
    if (colon != NULL)
        *colon = '\0';
    const int component =
        colon != NULL ? index_of(components, SL_LOG_COMPONENT_COUNT, word) : SL_LOG_COMPONENT_COUNT;
    if (component < 0)
        return unknown(components, SL_LOG_COMPONENT_COUNT, word, "component", err);
    const int at = index_of(levels, SL_LOG_LEVEL_COUNT, level);
    if (at < 0 && colon == NULL && index_of(components, SL_LOG_COMPONENT_COUNT, word) >= 0)
        return sl_err_set(err, SL_EFORMAT, "'%s' needs a level: %s:debug", word, word);
    if (at < 0)
        return unknown(levels, SL_LOG_LEVEL_COUNT, level, "level", err);
    if (colon == NULL)
        *out = sl_log_levels((enum sl_log_level)at);
    else
        out->of[component] = (enum sl_log_level)at;
    return SL_OK;
}

int sl_log_levels_parse(struct sl_log_levels *out, const char *text, struct sl_err *err)
{
    struct sl_log_levels levels_now = sl_log_levels(SL_LOG_INFO);
    for (const char *at = text;; at++) {
        char word[WORD_BYTES];
        at += strspn(at, " \t");
        const size_t whole = strcspn(at, ",");
        size_t len = whole;
        while (len > 0 && (at[len - 1] == ' ' || at[len - 1] == '\t'))
            len--;
        if (len == 0)
            return sl_err_set(err, SL_EFORMAT, "a level is missing: 'info', or 'info,net:debug'");
        if (len >= sizeof word)
            return sl_err_set(err, SL_EFORMAT, "'%.40s...' is not a level", at);
        memcpy(word, at, len);
        word[len] = '\0';
        const int rc = read_entry(&levels_now, word, err);
        if (rc < 0)
            return rc;
        at += whole;
        if (*at == '\0')
            break;
    }
    *out = levels_now;
    return SL_OK;
}
