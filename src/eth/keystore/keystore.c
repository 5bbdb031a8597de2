/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <string.h>

#include "sluice/hex.h"
#include "sluice/json.h"
#include "sluice/key.h"

#include "keystore/keystore_crypto.h"

enum { MAC_BYTES = 32 };

/* The parts of a file that we need, out of its JSON. */
struct file {
    struct sl_kdf kdf;
    uint8_t iv[SL_CIPHER_IV_BYTES];
    uint8_t ciphertext[SL_KEY_BYTES];
    uint8_t mac[MAC_BYTES];
    bool has_address;
    struct sl_address address;
};

static int malformed(struct sl_err *err, const char *what)
{
    return sl_err_set(err, SL_EFORMAT, "not a keystore that we can read: %s", what);
}

static bool is(const struct sl_json *value, const char *text)
{
    const char *got = sl_json_str(value);
    return got != NULL && strcmp(got, text) == 0;
}

/* Hex text of exactly `len` bytes. */
static bool exactly(uint8_t *out, size_t len, const struct sl_json *value)
{
    const char *text = sl_json_str(value);
    return text != NULL && sl_hex_decode(out, len, text, strlen(text), NULL) == (int)len;
}

static int parse_kdf(struct sl_kdf *kdf, const struct sl_json *crypto, struct sl_err *err)
{
    const struct sl_json *params = sl_json_get(crypto, "kdfparams");
    const char *salt = sl_json_str(sl_json_get(params, "salt"));
    uint64_t bytes = 0;
    if (salt == NULL || !sl_json_u64(sl_json_get(params, "dklen"), &bytes) || bytes != SL_KDF_BYTES)
        return malformed(err, "no salt, or a derived key that has not 32 bytes");
    const int n = sl_hex_decode(kdf->salt, sizeof kdf->salt, salt, strlen(salt), NULL);
    if (n < 0)
        return malformed(err, "the salt");
    kdf->salt_len = (size_t)n;
    kdf->scrypt = is(sl_json_get(crypto, "kdf"), "scrypt");
    if (kdf->scrypt) {
        if (!sl_json_u64(sl_json_get(params, "n"), &kdf->n) ||
            !sl_json_u64(sl_json_get(params, "r"), &kdf->r) ||
            !sl_json_u64(sl_json_get(params, "p"), &kdf->p))
            return malformed(err, "scrypt without n, r, p");
    } else if (!is(sl_json_get(crypto, "kdf"), "pbkdf2")) {
        return malformed(err, "the key derivation is neither scrypt nor pbkdf2");
    } else if (!is(sl_json_get(params, "prf"), "hmac-sha256") ||
               !sl_json_u64(sl_json_get(params, "c"), &kdf->rounds)) {
        return malformed(err, "pbkdf2 without hmac-sha256 and a number of rounds");
    }
    return sl_kdf_check(kdf, err);
}

static int parse_crypto(struct file *file, const struct sl_json *crypto, struct sl_err *err)
{
    if (!sl_json_is_object(crypto))
        return malformed(err, "no crypto part");
    if (!is(sl_json_get(crypto, "cipher"), "aes-128-ctr"))
        return malformed(err, "the cipher is not aes-128-ctr");
    if (!exactly(file->iv, sizeof file->iv, sl_json_get(sl_json_get(crypto, "cipherparams"), "iv")))
        return malformed(err, "the iv has not 16 bytes");
    if (!exactly(file->ciphertext, sizeof file->ciphertext, sl_json_get(crypto, "ciphertext")))
        return malformed(err, "the ciphertext has not 32 bytes");
    if (!exactly(file->mac, sizeof file->mac, sl_json_get(crypto, "mac")))
        return malformed(err, "the mac has not 32 bytes");
    return parse_kdf(&file->kdf, crypto, err);
}

/* NULL when the file has no address: the field is missing, null or empty. Other tools omit it to
 * keep the account private. */
static const struct sl_json *named_address(const struct sl_json *root)
{
    const struct sl_json *address = sl_json_get(root, "address");
    return address == NULL || sl_json_is_null(address) || is(address, "") ? NULL : address;
}

static int parse_root(struct file *file, const struct sl_json *root, struct sl_err *err)
{
    uint64_t version = 0;
    const struct sl_json *address = named_address(root);
    const struct sl_json *crypto = sl_json_get(root, "crypto");
    if (!sl_json_is_object(root) || !sl_json_u64(sl_json_get(root, "version"), &version))
        return malformed(err, "no version");
    if (version != 3)
        return malformed(err, "its version is not 3");
    if (address != NULL && !exactly(file->address.bytes, sizeof file->address.bytes, address))
        return malformed(err, "the address");
    file->has_address = address != NULL;
    return parse_crypto(file, crypto != NULL ? crypto : sl_json_get(root, "Crypto"), err);
}

static int parse(struct file *file, const char *json, size_t json_len, struct sl_err *err)
{
    struct sl_json *root = NULL;
    memset(file, 0, sizeof *file);
    if (json_len > SL_KEYSTORE_MAX_BYTES)
        return malformed(err, "too long");
    int rc = sl_json_parse(&root, json, json_len, err);
    if (rc < 0) {
        sl_err_ctx(err, "keystore");
        return rc;
    }
    rc = parse_root(file, root, err);
    sl_json_free(root);
    return rc;
}

int sl_keystore_check(struct sl_address *address, const char *json, size_t json_len,
                      struct sl_err *err)
{
    struct file file;
    const int rc = parse(&file, json, json_len, err);
    if (rc < 0)
        return rc;
    if (file.has_address)
        *address = file.address;
    return file.has_address ? 1 : 0;
}

/* The key in the file, before its address is looked at. `derived` is wiped by the caller. */
static int open_file(struct sl_key **out, const struct file *file,
                     const uint8_t derived[static SL_KDF_BYTES], struct sl_err *err)
{
    uint8_t mac[MAC_BYTES];
    uint8_t bytes[SL_KEY_BYTES];
    sl_keystore_mac(mac, derived, file->ciphertext);
    if (!sl_equal_secretly(mac, file->mac, sizeof mac))
        return sl_err_set(err, SL_EKEY, "wrong password (or the keystore was changed)");
    int rc = sl_keystore_cipher(bytes, file->ciphertext, derived, file->iv, err);
    if (rc == SL_OK)
        rc = sl_key_new(out, bytes, sizeof bytes, err);
    sl_wipe(bytes, sizeof bytes);
    return rc == SL_EKEY ? malformed(err, "it holds no private key") : rc;
}

int sl_keystore_read(struct sl_key **out, const char *json, size_t json_len, const char *password,
                     size_t password_len, struct sl_err *err)
{
    struct file file;
    uint8_t derived[SL_KDF_BYTES];
    struct sl_key *key = NULL;
    int rc = parse(&file, json, json_len, err);
    if (rc == SL_OK)
        rc = sl_kdf_derive(derived, &file.kdf, password, password_len, err);
    if (rc < 0)
        return rc;
    rc = open_file(&key, &file, derived, err);
    sl_wipe(derived, sizeof derived);
    sl_wipe_stack();
    if (rc < 0)
        return rc;
    if (file.has_address && !sl_address_equal(&file.address, sl_key_address(key))) {
        sl_key_free(key);
        return malformed(err, "damaged: its address is not that of its key");
    }
    *out = key;
    return SL_OK;
}
