/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/key.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <secp256k1.h>
#include <secp256k1_recovery.h>

#include "sluice/hex.h"
#include "sluice/path.h"

#include "key_bytes.h"

struct sl_key {
    secp256k1_context *context; /* blinded with random bytes of its own */
    struct sl_secret *secret;
    secp256k1_pubkey public_key;
    struct sl_address address;
};

static void public_bytes(uint8_t x_y[static 64], const secp256k1_pubkey *public_key)
{
    uint8_t bytes[65];
    size_t len = sizeof bytes;
    const int fine = secp256k1_ec_pubkey_serialize(secp256k1_context_static, bytes, &len,
                                                   public_key, SECP256K1_EC_UNCOMPRESSED);
    assert(fine == 1 && len == sizeof bytes);
    memcpy(x_y, bytes + 1, 64);
}

static void address_of(struct sl_address *out, const secp256k1_pubkey *public_key)
{
    uint8_t x_y[64];
    public_bytes(x_y, public_key);
    sl_address_of_public_key(out, x_y);
}

static int fill(struct sl_key *key, const uint8_t *bytes, struct sl_err *err)
{
    uint8_t seed[32];
    key->context = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
    if (key->context == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for a key");
    sl_random(seed, sizeof seed);
    const int blinded = secp256k1_context_randomize(key->context, seed);
    sl_wipe(seed, sizeof seed);
    assert(blinded == 1);
    const int rc = sl_secret_copy(&key->secret, bytes, SL_KEY_BYTES, err);
    if (rc < 0)
        return rc;
    if (secp256k1_ec_pubkey_create(key->context, &key->public_key, sl_secret_peek(key->secret)) !=
        1)
        return sl_err_set(err, SL_EKEY, "these 32 bytes are not a private key: out of range");
    address_of(&key->address, &key->public_key);
    return SL_OK;
}

int sl_key_new(struct sl_key **out, const uint8_t *bytes, size_t len, struct sl_err *err)
{
    if (len != SL_KEY_BYTES)
        return sl_err_set(err, SL_EKEY, "a private key has 32 bytes, not %zu", len);
    struct sl_key *key = calloc(1, sizeof *key);
    if (key == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for a key");
    const int rc = fill(key, bytes, err);
    sl_wipe_stack();
    if (rc < 0) {
        sl_key_free(key);
        return rc;
    }
    *out = key;
    return SL_OK;
}

int sl_key_from_hex(struct sl_key **out, const char *text, size_t len, struct sl_err *err)
{
    uint8_t bytes[SL_KEY_BYTES];
    const int n = sl_hex_decode(bytes, sizeof bytes, text, len, NULL);
    const int rc = n == SL_KEY_BYTES ? sl_key_new(out, bytes, sizeof bytes, err)
                                     : sl_err_set(err, SL_EKEY, "a private key is 64 hex digits");
    sl_wipe(bytes, sizeof bytes);
    sl_wipe_stack();
    return rc;
}

int sl_key_generate(struct sl_key **out, struct sl_err *err)
{
    uint8_t bytes[SL_KEY_BYTES];
    do {
        sl_random(bytes, sizeof bytes);
    } while (secp256k1_ec_seckey_verify(secp256k1_context_static, bytes) != 1);
    const int rc = sl_key_new(out, bytes, sizeof bytes, err);
    sl_wipe(bytes, sizeof bytes);
    return rc;
}

void sl_key_free(struct sl_key *key)
{
    if (key == NULL)
        return;
    if (key->context != NULL)
        secp256k1_context_destroy(key->context);
    sl_secret_free(key->secret);
    free(key);
}

const struct sl_address *sl_key_address(const struct sl_key *key)
{
    return &key->address;
}

void sl_key_public(uint8_t x_y[static 64], const struct sl_key *key)
{
    public_bytes(x_y, &key->public_key);
}

const uint8_t *sl_key_bytes(const struct sl_key *key)
{
    return sl_secret_peek(key->secret);
}

int sl_key_sign(uint8_t signature[static SL_SIGNATURE_BYTES], const struct sl_key *key,
                const uint8_t digest[static SL_DIGEST_BYTES], struct sl_err *err)
{
    secp256k1_ecdsa_recoverable_signature made;
    uint8_t bytes[SL_SIGNATURE_BYTES];
    int recovery_id = 0;
    struct sl_address signer;
    const int made_one = secp256k1_ecdsa_sign_recoverable(key->context, &made, digest,
                                                          sl_secret_peek(key->secret), NULL, NULL);
    sl_wipe_stack();
    if (made_one != 1)
        return sl_err_set(err, SL_EKEY, "signing failed");
    secp256k1_ecdsa_recoverable_signature_serialize_compact(key->context, bytes, &recovery_id,
                                                            &made);
    bytes[64] = (uint8_t)(27 + recovery_id);
    const int rc = sl_key_recover(&signer, bytes, digest, err);
    if (rc < 0)
        return rc;
    if (!sl_address_equal(&signer, &key->address))
        return sl_err_set(err, SL_EKEY, "the new signature does not verify: faulty hardware?");
    memcpy(signature, bytes, sizeof bytes);
    return SL_OK;
}

int sl_key_recover(struct sl_address *out, const uint8_t signature[static SL_SIGNATURE_BYTES],
                   const uint8_t digest[static SL_DIGEST_BYTES], struct sl_err *err)
{
    const secp256k1_context *context = secp256k1_context_static;
    secp256k1_ecdsa_recoverable_signature parsed;
    secp256k1_pubkey public_key;
    const int v = signature[64];
    if (v != 0 && v != 1 && v != 27 && v != 28)
        return sl_err_set(err, SL_EKEY, "the signature has v = %d, not 27 or 28", v);
    if (secp256k1_ecdsa_recoverable_signature_parse_compact(context, &parsed, signature, v % 27) !=
            1 ||
        secp256k1_ecdsa_recover(context, &public_key, &parsed, digest) != 1)
        return sl_err_set(err, SL_EKEY, "no key made this signature");
    address_of(out, &public_key);
    return SL_OK;
}

bool sl_signature_is_low(const uint8_t signature[static SL_SIGNATURE_BYTES])
{
    secp256k1_ecdsa_signature parsed;
    return secp256k1_ecdsa_signature_parse_compact(secp256k1_context_static, &parsed, signature) ==
               1 &&
           secp256k1_ecdsa_signature_normalize(secp256k1_context_static, NULL, &parsed) == 0;
}
