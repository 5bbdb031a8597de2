/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* table.h - SL_OPTIONS as rows, and one value in and out of its field. Private to config. */
#ifndef SL_CONFIG_TABLE_H
#define SL_CONFIG_TABLE_H

#include "sluice/config.h"

enum sl_option_type {
    SL_OPT_STR,
    SL_OPT_INT,
    SL_OPT_SIZE,
    SL_OPT_SPLIT,
    SL_OPT_MS,
    SL_OPT_BOOL,
    SL_OPT_ENUM
};

struct sl_option {
    const char *key;
    enum sl_option_type type;
    size_t offset; /* of its field in struct sl_config */
    size_t size;
    const char *fallback;
    const char *range; /* "min..max" or the choices, one blank between */
    const char *group;
    const char *help;
};

extern const struct sl_option sl_options[];
extern const size_t sl_option_count;

/** The row of an ini key or an old key, NULL if there is none. */
const struct sl_option *sl_option_find(const char *key);

struct sl_old_key {
    const char *old_key;
    const char *key;
};
extern const struct sl_old_key sl_old_keys[];
extern const size_t sl_old_key_count;

/** The text of the table for an old key; NULL: it is none. */
const char *sl_option_old_key(const char *key);

/** Parse `value` into its field. Errors: SL_ECONFIG with what is allowed, SL_ENOMEM; the caller
 * names the option, as the flag, variable or line that it is. */
int sl_option_parse(struct sl_config *config, const struct sl_option *option, const char *value,
                    struct sl_err *err) SL_MUST_CHECK;

/** Whether the text of option `key` has the form that its parser accepts; free-text options always
 * do. Errors: SL_ECONFIG with the allowed values, SL_ENOMEM. */
int sl_option_check_text(const char *key, const char *value, struct sl_err *err) SL_MUST_CHECK;

/** Note the source of the value: for a file, also the line; `old_key` as in struct sl_config. */
void sl_option_from(struct sl_config *config, const struct sl_option *option, enum sl_origin from,
                    int line, const char *old_key);

/** Refuse a value that the same source sets by another key too: one of both is a mistake. Errors:
 * SL_ECONFIG, with both names as the source spells them. */
int sl_option_check_names(const struct sl_config *config, const struct sl_option *option,
                          enum sl_origin from, const char *old_key,
                          struct sl_err *err) SL_MUST_CHECK;

/** Append the field as text that sl_option_parse() reads back. */
void sl_option_format(struct sl_buf *out, const struct sl_config *config,
                      const struct sl_option *option);

/** SL_ECONFIG "unknown option `word`", with the nearest key. */
int sl_option_unknown(const char *word, struct sl_err *err);

#endif
