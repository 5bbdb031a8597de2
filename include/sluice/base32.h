/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * base32.h - RFC 4648 base32 as multibase 'b' writes it: lower case, no padding. Layer: base.
 */
#ifndef SL_BASE32_H
#define SL_BASE32_H

#include <stddef.h>
#include <stdint.h>

#include "sluice/err.h"

/** Characters that `len` bytes take, without NUL. */
#define SL_BASE32_CHARS(len) (((len)*8 + 4) / 5)

/** Writes SL_BASE32_CHARS(len) characters and a NUL. */
void sl_base32_encode(char *out, const uint8_t *bytes, size_t len);

/**
 * Strict: lower case only, no '=', no impossible length, unused low bits of the last character
 * zero. Returns the number of bytes. Errors: SL_EFORMAT (also when they do not fit cap).
 */
int sl_base32_decode(uint8_t *out, size_t cap, const char *text, size_t text_len,
                     struct sl_err *err) SL_MUST_CHECK;

#endif
