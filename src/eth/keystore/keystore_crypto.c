/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "keystore/keystore_crypto.h"

#include <limits.h>
#include <sodium/crypto_pwhash_scryptsalsa208sha256.h>

#include <openssl/evp.h>

#include "sluice/keccak.h"

/* Eight times the work of the costliest setting in use (scrypt with N = 2^18, r = 8), and some
 * seconds of pbkdf2. */
#define MOST_SCRYPT_WORK (UINT64_C(1) << 24)
#define MOST_ROUNDS      UINT64_C(10000000)

static int check_scrypt(const struct sl_kdf *kdf, struct sl_err *err)
{
    if (kdf->n < 2 || (kdf->n & (kdf->n - 1)) != 0 || kdf->r == 0 || kdf->p == 0)
        return sl_err_set(err, SL_EFORMAT, "the keystore has scrypt settings without a meaning");
    /* each factor first, so that the products below cannot overflow */
    if (kdf->n > MOST_SCRYPT_WORK || kdf->r > MOST_SCRYPT_WORK / kdf->n ||
        kdf->p > MOST_SCRYPT_WORK / (kdf->n * kdf->r) ||
        128 * kdf->r * (kdf->n + kdf->p + 2) > SL_KEYSTORE_MAX_MEMORY)
        return sl_err_set(err, SL_ETOOBIG,
                          "the keystore asks for too much memory or time (scrypt n %llu, r %llu, "
                          "p %llu): not opened",
                          (unsigned long long)kdf->n, (unsigned long long)kdf->r,
                          (unsigned long long)kdf->p);
    return SL_OK;
}

int sl_kdf_check(const struct sl_kdf *kdf, struct sl_err *err)
{
    if (kdf->scrypt)
        return check_scrypt(kdf, err);
    if (kdf->rounds == 0)
        return sl_err_set(err, SL_EFORMAT, "the keystore has no rounds of pbkdf2");
    if (kdf->rounds > MOST_ROUNDS)
        return sl_err_set(err, SL_ETOOBIG,
                          "the keystore asks for too much time (%llu rounds of pbkdf2): not opened",
                          (unsigned long long)kdf->rounds);
    return SL_OK;
}

/* libsodium's scrypt: OpenSSL insists on n < 2^(128 r / 8), a mistake in RFC 7914, and several
 * Python tools write n = 262144 with r = 1. */
static bool scrypt(uint8_t derived[static SL_KDF_BYTES], const struct sl_kdf *kdf,
                   const char *password, size_t password_len)
{
    return crypto_pwhash_scryptsalsa208sha256_ll((const uint8_t *)password, password_len, kdf->salt,
                                                 kdf->salt_len, kdf->n, (uint32_t)kdf->r,
                                                 (uint32_t)kdf->p, derived, SL_KDF_BYTES) == 0;
}

int sl_kdf_derive(uint8_t derived[static SL_KDF_BYTES], const struct sl_kdf *kdf,
                  const char *password, size_t password_len, struct sl_err *err)
{
    bool fine;
    if (password_len == 0)
        password = ""; /* an empty one may come without an address */
    if (password_len > INT_MAX)
        return sl_err_set(err, SL_EINVAL, "a password of %zu bytes", password_len);
    if (kdf->scrypt)
        fine = scrypt(derived, kdf, password, password_len);
    else
        fine = PKCS5_PBKDF2_HMAC(password, (int)password_len, kdf->salt, (int)kdf->salt_len,
                                 (int)kdf->rounds, EVP_sha256(), SL_KDF_BYTES, derived) == 1;
    return fine ? SL_OK : sl_err_set(err, SL_ENOMEM, "no memory to derive the key");
}

int sl_keystore_cipher(uint8_t out[static SL_KEY_BYTES], const uint8_t in[static SL_KEY_BYTES],
                       const uint8_t derived[static SL_KDF_BYTES],
                       const uint8_t iv[static SL_CIPHER_IV_BYTES], struct sl_err *err)
{
    int n = 0;
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    const bool fine = cipher != NULL &&
                      EVP_EncryptInit_ex(cipher, EVP_aes_128_ctr(), NULL, derived, iv) == 1 &&
                      EVP_EncryptUpdate(cipher, out, &n, in, SL_KEY_BYTES) == 1;
    EVP_CIPHER_CTX_free(cipher); /* wipes its copy of the key */
    return fine && n == SL_KEY_BYTES ? SL_OK : sl_err_set(err, SL_ENOMEM, "no memory for AES");
}

void sl_keystore_mac(uint8_t mac[static 32], const uint8_t derived[static SL_KDF_BYTES],
                     const uint8_t ciphertext[static SL_KEY_BYTES])
{
    struct sl_keccak hash;
    sl_keccak_init(&hash);
    sl_keccak_add(&hash, derived + 16, 16);
    sl_keccak_add(&hash, ciphertext, SL_KEY_BYTES);
    sl_keccak_end(mac, &hash);
    sl_wipe(&hash, sizeof hash);
}
