/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * scrypt with r = 1 and any n. OpenSSL refuses n >= 2^(128 r / 8), as RFC 7914 section 2 says; that
 * bound is a mistake in the RFC (the algorithm reads its index from 1024 r bits), and several
 * Python tools write n = 262144 with r = 1. Proven by the vectors of RFC 7914 and keystore.json.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "keystore_crypto.h"

enum {
    SALSA_WORDS = 16,
    BLOCK_WORDS = 2 * SALSA_WORDS,               /* 2 r Salsa20 blocks */
    BLOCK_BYTES = BLOCK_WORDS * sizeof(uint32_t) /* 128 r */
};

struct block {
    uint32_t word[BLOCK_WORDS];
};

static uint32_t rotate(uint32_t x, unsigned bits)
{
    return x << bits | x >> (32 - bits);
}

static void quarter(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
    *b ^= rotate(*a + *d, 7);
    *c ^= rotate(*b + *a, 9);
    *d ^= rotate(*c + *b, 13);
    *a ^= rotate(*d + *c, 18);
}

/* The Salsa20/8 core, in place. */
static void salsa20_8(uint32_t block[static SALSA_WORDS])
{
    uint32_t x[SALSA_WORDS];
    memcpy(x, block, sizeof x);
    for (int round = 0; round < 4; round++) {
        quarter(&x[0], &x[4], &x[8], &x[12]);
        quarter(&x[5], &x[9], &x[13], &x[1]);
        quarter(&x[10], &x[14], &x[2], &x[6]);
        quarter(&x[15], &x[3], &x[7], &x[11]);
        quarter(&x[0], &x[1], &x[2], &x[3]);
        quarter(&x[5], &x[6], &x[7], &x[4]);
        quarter(&x[10], &x[11], &x[8], &x[9]);
        quarter(&x[15], &x[12], &x[13], &x[14]);
    }
    for (size_t i = 0; i < SALSA_WORDS; i++)
        block[i] += x[i];
}

static void mix_in(uint32_t *out, const uint32_t *in, size_t words)
{
    for (size_t i = 0; i < words; i++)
        out[i] ^= in[i];
}

/* scryptBlockMix: with r = 1 the order of the two halves stays as it is. */
static void block_mix(struct block *block)
{
    uint32_t *first = block->word;
    uint32_t *second = block->word + SALSA_WORDS;
    mix_in(first, second, SALSA_WORDS);
    salsa20_8(first);
    mix_in(second, first, SALSA_WORDS);
    salsa20_8(second);
}

static void load(struct block *out, const uint8_t in[static BLOCK_BYTES])
{
    for (size_t i = 0; i < BLOCK_WORDS; i++, in += 4)
        out->word[i] =
            (uint32_t)in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16 | (uint32_t)in[3] << 24;
}

static void store(uint8_t out[static BLOCK_BYTES], const struct block *in)
{
    for (size_t i = 0; i < BLOCK_BYTES; i++)
        out[i] = (uint8_t)(in->word[i / 4] >> (8 * (i % 4)));
}

/* scryptROMix. n is a power of two, so the low words of the last Salsa20 block give the index. */
static void ro_mix(uint8_t bytes[static BLOCK_BYTES], struct block *table, uint64_t n)
{
    struct block x;
    load(&x, bytes);
    for (uint64_t i = 0; i < n; i++) {
        table[i] = x;
        block_mix(&x);
    }
    for (uint64_t i = 0; i < n; i++) {
        const uint64_t low = x.word[SALSA_WORDS] | (uint64_t)x.word[SALSA_WORDS + 1] << 32;
        mix_in(x.word, table[low & (n - 1)].word, BLOCK_WORDS);
        block_mix(&x);
    }
    store(bytes, &x);
    sl_wipe(&x, sizeof x);
}

static bool stretch(uint8_t *out, size_t out_len, const char *password, size_t password_len,
                    const uint8_t *salt, size_t salt_len)
{
    return PKCS5_PBKDF2_HMAC(password, (int)password_len, salt, (int)salt_len, 1, EVP_sha256(),
                             (int)out_len, out) == 1;
}

int sl_scrypt_narrow(uint8_t derived[static SL_KDF_BYTES], const struct sl_kdf *kdf,
                     const char *password, size_t password_len, struct sl_err *err)
{
    const size_t bytes_len = (size_t)kdf->p * BLOCK_BYTES;
    const size_t table_len = (size_t)kdf->n * sizeof(struct block);
    uint8_t *bytes = malloc(bytes_len);
    struct block *table = malloc(table_len);
    bool fine = bytes != NULL && table != NULL &&
                stretch(bytes, bytes_len, password, password_len, kdf->salt, kdf->salt_len);
    for (uint64_t i = 0; fine && i < kdf->p; i++)
        ro_mix(bytes + i * BLOCK_BYTES, table, kdf->n);
    fine = fine && stretch(derived, SL_KDF_BYTES, password, password_len, bytes, bytes_len);
    if (bytes != NULL)
        sl_wipe(bytes, bytes_len);
    if (table != NULL)
        sl_wipe(table, table_len);
    free(table);
    free(bytes);
    return fine ? SL_OK : sl_err_set(err, SL_ENOMEM, "no memory to derive the key");
}
