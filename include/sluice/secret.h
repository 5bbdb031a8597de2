/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * secret.h - memory for keys and passwords. Layer: base. Any thread; one secret, one thread at a
 * time.
 *
 * A secret lives in pages of its own: locked against swapping when the system allows it, left out
 * of core dumps, wiped and unmapped when freed. There is no function that prints one, and none of
 * its bytes may go into an error or a log.
 */
#ifndef SL_SECRET_H
#define SL_SECRET_H

#include <stddef.h>
#include <stdint.h>

#include "sluice/err.h"

struct sl_secret;

enum { SL_SECRET_MAX_BYTES = 65536 };

/** `len` zero bytes (0 .. SL_SECRET_MAX_BYTES); *out is owned. Errors: SL_ENOMEM, SL_EINVAL. */
int sl_secret_new(struct sl_secret **out, size_t len, struct sl_err *err) SL_MUST_CHECK;

/** Like sl_secret_new(), filled from `bytes` (borrowed; the caller wipes them). */
int sl_secret_copy(struct sl_secret **out, const void *bytes, size_t len,
                   struct sl_err *err) SL_MUST_CHECK;

/** Wipe and free; NULL is fine. */
void sl_secret_free(struct sl_secret *secret);

/** Borrowed until sl_secret_free(). A zero byte stands behind the last one. */
uint8_t *sl_secret_bytes(struct sl_secret *secret);
const uint8_t *sl_secret_peek(const struct sl_secret *secret);
size_t sl_secret_len(const struct sl_secret *secret);

/** Keep only the first `len` bytes (len <= now); the rest is wiped. */
void sl_secret_cut(struct sl_secret *secret, size_t len);

/** Set `len` bytes to zero; no compiler removes this. */
void sl_wipe(void *bytes, size_t len);

/**
 * Set the 32 KiB of stack below the caller's frame to zero and, if built with GCC, the registers
 * that a call may change. Copies of a secret pass through vector registers; spills, lazy binding by
 * the dynamic linker and sanitizer runtimes leave them on the stack. So a function that handed a
 * secret to other code calls this before it returns. Freeing a secret does it too. Takes about 1
 * us.
 */
void sl_wipe_stack(void);

/**
 * Disable core files of this process, and keep other processes of the same user from reading its
 * memory. Call it before the first secret is read. Under AddressSanitizer only core files are
 * disabled, because the leak check must read the process.
 */
void sl_secret_no_dumps(void);

/** Compare in a time that does not depend on the content. */
bool sl_equal_secretly(const void *a, const void *b, size_t len) SL_MUST_CHECK;

#endif
