/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * abi_json.h - values of tests/data/vectors/abi.json through the ABI writer and reader: parameters
 * are a list of {name, type, components}, values positional, tuples objects by component name.
 */
#ifndef SL_TEST_ABI_JSON_H
#define SL_TEST_ABI_JSON_H

#include <cjson/cJSON.h>

#include "sluice/abi.h"

/** abi.json; NUL characters in its strings, which the parser would cut, are kept as U+E000. */
cJSON *sl_abi_json_load(void);

/** The text of a value with its NUL characters; owned, free(). */
char *sl_abi_json_text(const cJSON *value, size_t *len);

/** "(uint256,(address,bool)[])" of a parameter list; owned, free(). */
char *sl_abi_json_types(const cJSON *parameters);

/** Writes all values; the writer was begun with the types. */
void sl_abi_json_put(struct sl_abi_writer *w, const cJSON *parameters, const cJSON *values);

/** Reads all values and fails the test where one differs; the reader was begun with the types. */
void sl_abi_json_expect(struct sl_abi_reader *r, const cJSON *parameters, const cJSON *values);

#endif
