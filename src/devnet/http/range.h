/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* range.h - the Range header (RFC 9110 section 14.1.2). Pure. */
#ifndef SL_LOCALNET_RANGE_H
#define SL_LOCALNET_RANGE_H

#include <stddef.h>
#include <stdint.h>

enum { SL_LN_RANGES_MAX = 16 };

struct sl_ln_range {
    uint64_t start;
    uint64_t length;
};

enum sl_ln_ranges {
    SL_LN_RANGES_WHOLE,      /* no header, or one that asks for too much: send everything */
    SL_LN_RANGES_SOME,       /* *count of them */
    SL_LN_RANGES_INVALID,    /* no such syntax */
    SL_LN_RANGES_NO_OVERLAP, /* all behind the end */
};

/** Parse `text` (NULL: no header) for a body of `size` > 0 bytes. */
enum sl_ln_ranges sl_ln_ranges_parse(struct sl_ln_range out[static SL_LN_RANGES_MAX], size_t *count,
                                     const char *text, uint64_t size);

#endif
