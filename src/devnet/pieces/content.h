/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* content.h - the body of a download: a piece's file, whole or in ranges, read as the socket
 * drains, and what a fault does to it. */
#ifndef SL_DEVNET_CONTENT_H
#define SL_DEVNET_CONTENT_H

#include "http/range.h"
#include "http/server.h"

/**
 * A response that sends the ranges of the file (count 0: all of it; several: multipart/byteranges
 * with `boundary` and `type` for each part). `fd` is given away, also on failure. NULL: out of
 * memory.
 */
struct MHD_Response *sl_devnet_content_new(struct sl_devnet_request *request, int fd, uint64_t size,
                                           const struct sl_devnet_range *ranges, size_t count,
                                           const char *boundary, const char *type);

#endif
