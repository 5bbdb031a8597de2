/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* base64.h - RFC 4648 section 4: the common alphabet, with padding. Layer: base. */
#ifndef SL_BASE64_H
#define SL_BASE64_H

#include "sluice/buf.h"

void sl_base64_encode(struct sl_buf *out, const void *data, size_t len);

/** Decode `text` and append the bytes. Strict: whole groups of four, padding only at the end, no
 * bits left over. Errors: SL_EFORMAT, SL_ENOMEM, SL_EOVERFLOW. */
int sl_base64_decode(struct sl_buf *out, const char *text, struct sl_err *err) SL_MUST_CHECK;

#endif
