/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * json_scan.h - the lexical rules of JSON that cJSON does not enforce. Private to net. Source: RFC
 * 8259.
 *
 * cJSON 1.7.15 checks the structure of a text. But it accepts any byte up to 0x20 as white space,
 * raw control bytes in strings, a BOM, and numbers such as "01", "1." and "-.5". It cuts a string
 * at \u0000 and nests up to 1000 deep.
 */
#ifndef SL_NET_JSON_SCAN_H
#define SL_NET_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "sluice/err.h"

enum { SL_JSON_DEPTH_MAX = 64 };

/** 0 when no token of the text breaks these rules. *tree_bytes: about the size of its tree. Errors:
 * SL_EFORMAT with the byte's offset. */
int sl_json_scan(size_t *tree_bytes, const char *text, size_t len,
                 struct sl_err *err) SL_MUST_CHECK;

/** Whether a tree of this size is in proportion to its text. */
bool sl_json_tree_fits(size_t tree_bytes, size_t len);

#endif
