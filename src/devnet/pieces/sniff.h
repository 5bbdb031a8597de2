/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* sniff.h - a media type from the first bytes (a part of the WHATWG MIME Sniffing Standard). */
#ifndef SL_DEVNET_SNIFF_H
#define SL_DEVNET_SNIFF_H

#include <stddef.h>
#include <stdint.h>

enum { SL_DEVNET_SNIFF_BYTES = 512 };

struct sl_devnet_media {
    const char *type;
    const char *extension; /* NULL for types that are not offered under a file name */
};

/** Static; application/octet-stream when nothing fits. */
const struct sl_devnet_media *sl_devnet_sniff(const uint8_t *head, size_t len);

#endif
