/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* hex.h - bytes to hexadecimal text and back. Layer: base. */
#ifndef SL_HEX_H
#define SL_HEX_H

#include <stddef.h>
#include <stdint.h>

#include "sluice/err.h"

/** Lower case, no prefix; writes 2 * len characters and a NUL. */
void sl_hex_encode(char *out, const uint8_t *bytes, size_t len);

/**
 * Decode exactly `text_len` characters (any case, an optional leading "0x") into `out`.
 * Returns the number of bytes. Errors: SL_EFORMAT (odd count, other character, does not fit cap).
 */
int sl_hex_decode(uint8_t *out, size_t cap, const char *text, size_t text_len,
                  struct sl_err *err) SL_MUST_CHECK;

#endif
