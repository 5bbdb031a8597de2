/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* collate.h - the order of texts that JavaScript's localeCompare() gives. Layer: foc, private. */
#ifndef SL_FOC_COLLATE_H
#define SL_FOC_COLLATE_H

/**
 * Compare: < 0, 0 or > 0. The root order of Unicode's collation, exact for ASCII, Latin-1 letters
 * and Latin Extended-A. Other code points are ordered by number: symbols before the digits, letters
 * after the Latin ones. Control characters are ignored, and so is everything after the first 128
 * code points.
 */
int sl_collate(const char *a, const char *b);

#endif
