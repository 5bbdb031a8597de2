/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* nearest.h - "did you mean": the candidate closest to a mistyped word. Layer: base. */
#ifndef SL_NEAREST_H
#define SL_NEAREST_H

#include <stddef.h>

/** Plain value; words are borrowed. Initialise, try every candidate, read `best`. */
struct sl_nearest {
    const char *word;
    const char *best; /* NULL: no candidate is near enough */
    size_t edits; /* of `best`; before one is found, the largest number that still counts as near */
};

void sl_nearest_init(struct sl_nearest *nearest, const char *word);

/** An edit inserts, deletes or replaces a letter, or swaps two neighbours; '-' and '_' are equal.
 * Words longer than 63 bytes are never near. */
void sl_nearest_try(struct sl_nearest *nearest, const char *candidate);

#endif
