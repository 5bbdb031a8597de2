/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <string.h>

#include "sluice/hex.h"
#include "sluice/json.h"
#include "sluice/path.h"

#include "key_bytes.h"
#include "keystore/keystore_crypto.h"

enum { SALT_BYTES = 32 };

static void write_hex(struct sl_jw *w, const char *key, const uint8_t *bytes, size_t len)
{
    char hex[2 * SL_KDF_MAX_SALT + 1];
    sl_hex_encode(hex, bytes, len);
    sl_jw_str(w, key, hex);
}

static void write_crypto(struct sl_jw *w, const struct sl_kdf *kdf,
                         const uint8_t iv[static SL_CIPHER_IV_BYTES],
                         const uint8_t ciphertext[static SL_KEY_BYTES],
                         const uint8_t mac[static 32])
{
    sl_jw_object(w, "crypto");
    sl_jw_str(w, "cipher", "aes-128-ctr");
    sl_jw_object(w, "cipherparams");
    write_hex(w, "iv", iv, SL_CIPHER_IV_BYTES);
    sl_jw_end_object(w);
    write_hex(w, "ciphertext", ciphertext, SL_KEY_BYTES);
    sl_jw_str(w, "kdf", "scrypt");
    sl_jw_object(w, "kdfparams");
    sl_jw_u64(w, "dklen", SL_KDF_BYTES);
    sl_jw_u64(w, "n", kdf->n);
    sl_jw_u64(w, "r", kdf->r);
    sl_jw_u64(w, "p", kdf->p);
    write_hex(w, "salt", kdf->salt, kdf->salt_len);
    sl_jw_end_object(w);
    write_hex(w, "mac", mac, 32);
    sl_jw_end_object(w);
}

static int write_encrypted(struct sl_jw *w, const struct sl_key *key, const struct sl_kdf *kdf,
                           const char *password, size_t password_len, struct sl_err *err)
{
    uint8_t derived[SL_KDF_BYTES];
    uint8_t iv[SL_CIPHER_IV_BYTES];
    uint8_t ciphertext[SL_KEY_BYTES];
    uint8_t mac[32];
    sl_random(iv, sizeof iv);
    int rc = sl_kdf_derive(derived, kdf, password, password_len, err);
    if (rc == SL_OK)
        rc = sl_keystore_cipher(ciphertext, sl_key_bytes(key), derived, iv, err);
    if (rc == SL_OK) {
        sl_keystore_mac(mac, derived, ciphertext);
        write_crypto(w, kdf, iv, ciphertext, mac);
    }
    sl_wipe(derived, sizeof derived);
    sl_wipe_stack();
    return rc;
}

int sl_keystore_write(struct sl_buf *json, const struct sl_key *key, const char *password,
                      size_t password_len, unsigned log2_n, struct sl_err *err)
{
    struct sl_kdf kdf = {.scrypt = true, .r = 8, .p = 1, .salt_len = SALT_BYTES};
    struct sl_jw w = {0};
    char id[SL_UUID_CHARS];
    if (log2_n < 1 || log2_n > SL_KEYSTORE_LOG2_N)
        return sl_err_set(err, SL_EINVAL, "a keystore cost of 2^%u", log2_n);
    kdf.n = UINT64_C(1) << log2_n;
    sl_random(kdf.salt, kdf.salt_len);
    sl_uuid(id);
    sl_jw_object(&w, NULL);
    sl_jw_u64(&w, "version", 3);
    sl_jw_str(&w, "id", id);
    write_hex(&w, "address", sl_key_address(key)->bytes, SL_ADDRESS_BYTES);
    int rc = write_encrypted(&w, key, &kdf, password, password_len, err);
    sl_jw_end_object(&w);
    if (rc == SL_OK) {
        sl_buf_add(json, w.buf.data, w.buf.len);
        if (w.buf.failed != SL_OK || json->failed != SL_OK)
            rc = sl_err_set(err, SL_ENOMEM, "write a keystore: out of memory");
    }
    sl_jw_free(&w);
    return rc;
}
