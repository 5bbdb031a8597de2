/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sluice/signer.h"
#include "sluice/text.h"

#include "table.h"

static const struct unit {
    const char *name;
    int64_t ms;
} units[] = {{"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}};

enum { UNIT_COUNT = sizeof units / sizeof units[0] };

static const char auto_or[] = "auto, ";

/* Whether a duration may be left to the program: "auto, min..max". */
static bool may_be_auto(const struct sl_option *option)
{
    return strncmp(option->range, auto_or, sizeof auto_or - 1) == 0;
}

/* The two ends of "min..max". */
static void range_of(const struct sl_option *option, int64_t *min, int64_t *max)
{
    char *end;
    *min = strtoll(option->range + (may_be_auto(option) ? sizeof auto_or - 1 : 0), &end, 10);
    *max = strtoll(end + strlen(".."), NULL, 10);
}

/* A whole decimal number at the start of `text`; NULL if there is none, else what is behind. */
static const char *number(int64_t *out, const char *text)
{
    if (text[0] < '0' || text[0] > '9')
        return NULL;
    char *end;
    errno = 0;
    *out = strtoll(text, &end, 10);
    return errno == 0 ? end : NULL;
}

static int parse_int(int *out, const struct sl_option *option, const char *value,
                     struct sl_err *err)
{
    int64_t min, max, n;
    range_of(option, &min, &max);
    const char *rest = number(&n, value);
    if (rest == NULL || rest[0] != '\0' || n < min || n > max)
        return sl_err_set(err, SL_ECONFIG, "'%.60s' is not a number from %" PRId64 " to %" PRId64,
                          value, min, max);
    *out = (int)n;
    return SL_OK;
}

static void print_ms(char out[static 32], int64_t ms)
{
    size_t i = 0;
    if (ms < 0) {
        snprintf(out, 32, "auto");
        return;
    }
    while (ms % units[i].ms != 0 || (ms == 0 && i + 1 < UNIT_COUNT))
        i++;
    snprintf(out, 32, "%" PRId64 "%s", ms / units[i].ms, units[i].name);
}

static int parse_ms(int64_t *out, const struct sl_option *option, const char *value,
                    struct sl_err *err)
{
    int64_t min, max, n;
    range_of(option, &min, &max);
    if (may_be_auto(option) && strcmp(value, "auto") == 0) {
        *out = -1;
        return SL_OK;
    }
    const char *unit = number(&n, value);
    for (size_t i = 0; unit != NULL && i < UNIT_COUNT; i++) {
        if (strcmp(unit, units[i].name) != 0 || n > max / units[i].ms || n * units[i].ms < min)
            continue;
        *out = n * units[i].ms;
        return SL_OK;
    }
    char low[32], high[32];
    print_ms(low, min);
    print_ms(high, max);
    return sl_err_set(err, SL_ECONFIG,
                      "'%.60s' is %s a duration from %s to %s (a number with ms, s, m or h)", value,
                      may_be_auto(option) ? "neither auto nor" : "not", low, high);
}

static int parse_size(uint64_t *out, const char *value, struct sl_err *err)
{
    if (sl_text_parse_size(out, value, NULL) < 0)
        return sl_err_set(err, SL_ECONFIG, "'%.60s' is not a size like 500M or 2GiB", value);
    return SL_OK;
}

/* 127 * 2^10: much smaller ones would be more trouble than they are worth. */
enum { SPLIT_LEAST_BYTES = 130048 };

static int parse_split(uint64_t *out, const char *value, struct sl_err *err)
{
    uint64_t bytes = 0;
    if (strcmp(value, "auto") == 0 || strcmp(value, "never") == 0) {
        *out = value[0] == 'a' ? 0 : UINT64_MAX;
        return SL_OK;
    }
    if (sl_text_parse_size(&bytes, value, NULL) < 0 || bytes < SPLIT_LEAST_BYTES ||
        bytes == UINT64_MAX)
        return sl_err_set(err, SL_ECONFIG,
                          "'%.60s' is neither auto, never nor a size of %d bytes or more", value,
                          SPLIT_LEAST_BYTES);
    *out = bytes;
    return SL_OK;
}

static int parse_bool(bool *out, const char *value, struct sl_err *err)
{
    static const char *const words[][2] = {
        {"no", "yes"}, {"false", "true"}, {"off", "on"}, {"0", "1"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        for (int truth = 0; truth < 2; truth++) {
            if (strcasecmp(value, words[i][truth]) == 0) {
                *out = truth != 0;
                return SL_OK;
            }
        }
    }
    return sl_err_set(err, SL_ECONFIG, "'%.60s' is neither yes nor no", value);
}

/* The choice number `index`: its start and length; NULL behind the last. */
static const char *choice(const char *choices, int index, size_t *len)
{
    for (; index > 0; index--) {
        choices += strcspn(choices, " ");
        choices += strspn(choices, " ");
    }
    *len = strcspn(choices, " ");
    return *len > 0 ? choices : NULL;
}

static int parse_enum(int *out, const struct sl_option *option, const char *value,
                      struct sl_err *err)
{
    size_t len;
    const char *word;
    for (int i = 0; (word = choice(option->range, i, &len)) != NULL; i++) {
        if (strlen(value) == len && memcmp(value, word, len) == 0) {
            *out = i;
            return SL_OK;
        }
    }
    return sl_err_set(err, SL_ECONFIG, "'%.60s' is none of: %s", value, option->range);
}

/* The whole value: a longer one with such digits in it may be a path or a URL. */
static bool is_key(const char *value)
{
    const char *digits = sl_config_key_seen(value);
    if (digits == NULL || digits[SL_KEY_HEX_CHARS] != '\0')
        return false;
    return digits == value || (digits == value + 2 && strncasecmp(value, "0x", 2) == 0);
}

/* Control bytes are refused: no option needs them, and they could not be written to a file. */
static int parse_str(char **out, const struct sl_option *option, const char *value,
                     struct sl_err *err)
{
    for (const char *c = value; *c != '\0'; c++) {
        if ((unsigned char)*c < ' ' || *c == '\x7f')
            return sl_err_set(err, SL_ECONFIG, "the value has a control character in it");
    }
    if (is_key(value))
        return sl_err_set(err, SL_ECONFIG,
                          "the value looks like a private key: no setting takes a key itself "
                          "(key_file and keystore name a file)");
    const int rc = sl_option_check_text(option->key, value, err);
    if (rc < 0)
        return rc;
    char *copy = strdup(value);
    if (copy == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    free(*out);
    *out = copy;
    return SL_OK;
}

static int parse_field(void *field, const struct sl_option *option, const char *value,
                       struct sl_err *err)
{
    switch (option->type) {
    case SL_OPT_STR:
        return parse_str(field, option, value, err);
    case SL_OPT_INT:
        return parse_int(field, option, value, err);
    case SL_OPT_SIZE:
        return parse_size(field, value, err);
    case SL_OPT_SPLIT:
        return parse_split(field, value, err);
    case SL_OPT_MS:
        return parse_ms(field, option, value, err);
    case SL_OPT_BOOL:
        return parse_bool(field, value, err);
    case SL_OPT_ENUM:
        return parse_enum(field, option, value, err);
    }
    return sl_err_set(err, SL_EINVAL, "option of no type");
}

int sl_option_parse(struct sl_config *config, const struct sl_option *option, const char *value,
                    struct sl_err *err)
{
    return parse_field((char *)config + option->offset, option, value, err);
}

static void format_size(struct sl_buf *out, uint64_t bytes)
{
    static const char *const names[] = {"", "KiB", "MiB", "GiB", "TiB"};
    size_t i = 0;
    while (i < 4 && bytes != 0 && bytes % 1024 == 0) {
        bytes /= 1024;
        i++;
    }
    sl_buf_printf(out, "%" PRIu64 "%s", bytes, names[i]);
}

static void format_split(struct sl_buf *out, uint64_t bytes)
{
    if (bytes == 0)
        sl_buf_str(out, "auto");
    else if (bytes == UINT64_MAX)
        sl_buf_str(out, "never");
    else
        format_size(out, bytes);
}

static void format_enum(struct sl_buf *out, const struct sl_option *option, int index)
{
    size_t len;
    const char *word = choice(option->range, index, &len);
    if (word != NULL)
        sl_buf_add(out, word, len);
}

void sl_option_format(struct sl_buf *out, const struct sl_config *config,
                      const struct sl_option *option)
{
    const void *field = (const char *)config + option->offset;
    char text[32];
    switch (option->type) {
    case SL_OPT_STR:
        sl_buf_str(out, *(char *const *)field);
        break;
    case SL_OPT_INT:
        sl_buf_printf(out, "%d", *(const int *)field);
        break;
    case SL_OPT_SIZE:
        format_size(out, *(const uint64_t *)field);
        break;
    case SL_OPT_SPLIT:
        format_split(out, *(const uint64_t *)field);
        break;
    case SL_OPT_MS:
        print_ms(text, *(const int64_t *)field);
        sl_buf_str(out, text);
        break;
    case SL_OPT_BOOL:
        sl_buf_str(out, *(const bool *)field ? "yes" : "no");
        break;
    case SL_OPT_ENUM:
        format_enum(out, option, *(const int *)field);
        break;
    }
}
