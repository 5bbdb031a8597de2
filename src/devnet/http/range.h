/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* range.h - the Range header (RFC 9110 section 14.1.2). Pure. */
#ifndef SL_DEVNET_RANGE_H
#define SL_DEVNET_RANGE_H

#include <stddef.h>
#include <stdint.h>

enum { SL_DEVNET_RANGES_MAX = 16 };

struct sl_devnet_range {
    uint64_t start;
    uint64_t length;
};

enum sl_devnet_ranges {
    SL_DEVNET_RANGES_WHOLE,      /* no header, or one that asks for too much: send everything */
    SL_DEVNET_RANGES_SOME,       /* *count of them */
    SL_DEVNET_RANGES_INVALID,    /* no such syntax */
    SL_DEVNET_RANGES_NO_OVERLAP, /* all behind the end */
};

/** Parse `text` (NULL: no header) for a body of `size` > 0 bytes. */
enum sl_devnet_ranges
sl_devnet_ranges_parse(struct sl_devnet_range out[static SL_DEVNET_RANGES_MAX], size_t *count,
                       const char *text, uint64_t size);

#endif
