/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* collate.h - the order of texts that JavaScript's localeCompare() gives. Layer: foc, private. */
#ifndef SL_FOC_COLLATE_H
#define SL_FOC_COLLATE_H

/**
 * < 0, 0, > 0. Root order of Unicode's collation: exact for ASCII, Latin-1 letters and Latin
 * Extended-A; other code points stand by their number, symbols before the digits, letters behind
 * the Latin ones. Control characters do not count. At most the first 128 code points are looked at.
 */
int sl_collate(const char *a, const char *b);

#endif
