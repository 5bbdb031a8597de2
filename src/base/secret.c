/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* explicit_bzero, MAP_ANONYMOUS, MADV_DONTDUMP */
#define _DEFAULT_SOURCE // NOLINT(bugprone-reserved-identifier): this is how libc is asked
#include "sluice/secret.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

struct sl_secret {
    size_t mapped; /* bytes of the mapping, this header included */
    size_t len;
    uint8_t bytes[];
};

int sl_secret_new(struct sl_secret **out, size_t len, struct sl_err *err)
{
    if (len > SL_SECRET_MAX_BYTES)
        return sl_err_set(err, SL_EINVAL, "a secret of %zu bytes is too large", len);
    const size_t mapped = sizeof(struct sl_secret) + len + 1;
    struct sl_secret *secret =
        mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (secret == MAP_FAILED)
        return sl_err_sys(err, errno, "memory for a secret");
    /* Both are best effort: a small RLIMIT_MEMLOCK must not keep people from their wallet. */
    (void)mlock(secret, mapped);
    (void)madvise(secret, mapped, MADV_DONTDUMP);
    secret->mapped = mapped;
    secret->len = len;
    *out = secret;
    return SL_OK;
}

int sl_secret_copy(struct sl_secret **out, const void *bytes, size_t len, struct sl_err *err)
{
    const int rc = sl_secret_new(out, len, err);
    if (rc == SL_OK && len > 0)
        memcpy((*out)->bytes, bytes, len);
    return rc;
}

void sl_secret_free(struct sl_secret *secret)
{
    if (secret == NULL)
        return;
    const size_t mapped = secret->mapped;
    sl_wipe(secret, mapped);
    munmap(secret, mapped); /* unlocks too */
    sl_wipe_stack();
}

uint8_t *sl_secret_bytes(struct sl_secret *secret)
{
    return secret->bytes;
}

const uint8_t *sl_secret_peek(const struct sl_secret *secret)
{
    return secret->bytes;
}

size_t sl_secret_len(const struct sl_secret *secret)
{
    return secret->len;
}

void sl_secret_cut(struct sl_secret *secret, size_t len)
{
    assert(len <= secret->len);
    sl_wipe(secret->bytes + len, secret->len - len);
    secret->len = len;
}

void sl_wipe(void *bytes, size_t len)
{
    if (len > 0)
        explicit_bzero(bytes, len);
}

/* Deeper than scrypt's calls, with the registers of AVX-512 saved below them. */
enum { STACK_WIPED = 32 * 1024 };

#if defined(__has_attribute)
#if __has_attribute(zero_call_used_regs)
#define ZERO_REGISTERS __attribute__((zero_call_used_regs("all")))
#endif
#endif
#ifndef ZERO_REGISTERS
#define ZERO_REGISTERS
#endif

/* AddressSanitizer would give it an array somewhere else. */
__attribute__((noinline, no_sanitize("address"))) ZERO_REGISTERS void sl_wipe_stack(void)
{
    uint8_t below[STACK_WIPED];
    sl_wipe(below, sizeof below);
}

#if defined(__has_feature)
#define ADDRESS_SANITIZER __has_feature(address_sanitizer)
#elif defined(__SANITIZE_ADDRESS__)
#define ADDRESS_SANITIZER 1
#else
#define ADDRESS_SANITIZER 0
#endif

void sl_secret_no_dumps(void)
{
    const struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
#if !ADDRESS_SANITIZER /* LeakSanitizer attaches to the process, which this would forbid */
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

bool sl_equal_secretly(const void *a, const void *b, size_t len)
{
    const uint8_t *x = a;
    const uint8_t *y = b;
    unsigned different = 0;
    for (size_t i = 0; i < len; i++)
        different |= (unsigned)(x[i] ^ y[i]);
    return different == 0;
}
