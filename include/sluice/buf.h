/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * buf.h - a growing byte buffer with a sticky error. Layer: base.
 *
 * Write freely, and check `failed` once at the end. Set a cap for data from a peer.
 */
#ifndef SL_BUF_H
#define SL_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "sluice/err.h"

/** Zero-initialise (`struct sl_buf b = {0};`), optionally set cap, free with sl_buf_free(). */
struct sl_buf {
    char *data;  /* NUL-terminated once anything was written; owned */
    size_t len;  /* without the NUL */
    size_t size; /* allocated */
    size_t cap;  /* most bytes it may hold; 0 = no limit */
    int failed;  /* 0, SL_ENOMEM or SL_EOVERFLOW (over cap); further writes do nothing */
};

void sl_buf_add(struct sl_buf *buf, const void *data, size_t len);
void sl_buf_str(struct sl_buf *buf, const char *text);
void sl_buf_printf(struct sl_buf *buf, const char *fmt, ...) SL_PRINTF(2, 3);

/** Forget the content and the failure, keep the memory and the cap. */
void sl_buf_clear(struct sl_buf *buf);

/** Free the memory; the buffer is empty and usable again. */
void sl_buf_free(struct sl_buf *buf);

#endif
