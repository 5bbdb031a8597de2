/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* keystore_crypto.h - key derivation, cipher and check sum of keystore files. */
#ifndef SL_ETH_KEYSTORE_CRYPTO_H
#define SL_ETH_KEYSTORE_CRYPTO_H

#include "sluice/key.h"

enum {
    SL_KDF_BYTES = 32, /* 16 of the cipher's key, 16 that go into the check sum */
    SL_KDF_MAX_SALT = 256,
    SL_CIPHER_IV_BYTES = 16
};

/** What a file asks for; checked by sl_kdf_check() before sl_kdf_derive(). */
struct sl_kdf {
    bool scrypt; /* else pbkdf2 with HMAC-SHA-256 */
    uint64_t n;  /* scrypt */
    uint64_t r;
    uint64_t p;
    uint64_t rounds; /* pbkdf2 */
    uint8_t salt[SL_KDF_MAX_SALT];
    size_t salt_len;
};

/** SL_EFORMAT for values that have no meaning, SL_ETOOBIG for bombs. */
int sl_kdf_check(const struct sl_kdf *kdf, struct sl_err *err) SL_MUST_CHECK;

/** The caller wipes `derived`. Errors: SL_ENOMEM. */
int sl_kdf_derive(uint8_t derived[static SL_KDF_BYTES], const struct sl_kdf *kdf,
                  const char *password, size_t password_len, struct sl_err *err) SL_MUST_CHECK;

/** AES-128-CTR with the first half of `derived`; both directions are the same. */
int sl_keystore_cipher(uint8_t out[static SL_KEY_BYTES], const uint8_t in[static SL_KEY_BYTES],
                       const uint8_t derived[static SL_KDF_BYTES],
                       const uint8_t iv[static SL_CIPHER_IV_BYTES],
                       struct sl_err *err) SL_MUST_CHECK;

/** keccak256(second half of `derived` || ciphertext). */
void sl_keystore_mac(uint8_t mac[static 32], const uint8_t derived[static SL_KDF_BYTES],
                     const uint8_t ciphertext[static SL_KEY_BYTES]);

#endif
