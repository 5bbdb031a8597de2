/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * nearest.h - "did you mean": the candidate that is fewest edits away from a mistyped word.
 * Layer: base.
 */
#ifndef SL_NEAREST_H
#define SL_NEAREST_H

#include <stddef.h>

/** Plain value; words are borrowed. Initialise, try every candidate, read `best`. */
struct sl_nearest {
    const char *word;
    const char *best; /* NULL: nothing is near enough to be what was meant */
    size_t edits;     /* of best; while there is none, the most that still counts as near */
};

void sl_nearest_init(struct sl_nearest *nearest, const char *word);

/** An edit is a letter put in, left out, exchanged, or swapped with its neighbour; '-' and '_' are
 * the same. Words over 63 bytes are never near. */
void sl_nearest_try(struct sl_nearest *nearest, const char *candidate);

#endif
