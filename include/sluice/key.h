/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * key.h - private keys, signatures, recovery, keystores. Layer: eth.
 *
 * secp256k1 with RFC 6979 nonces and low s, so the same digest always gives the same bytes.
 * Source: docs/PROTOCOL.md "Signing"; proven by address.json and eip712.json of
 * tests/data/vectors.
 */
#ifndef SL_KEY_H
#define SL_KEY_H

#include <stddef.h>
#include <stdint.h>

#include "sluice/address.h"
#include "sluice/buf.h"
#include "sluice/err.h"
#include "sluice/secret.h"

enum { SL_KEY_BYTES = 32, SL_DIGEST_BYTES = 32, SL_SIGNATURE_BYTES = 65 };

/** A private key in wiped memory with its address and a blinded signing context. Immutable: any
 * number of threads may sign with one at the same time. */
struct sl_key;

/**
 * Make a key from 32 big-endian bytes (borrowed; the caller wipes them); *out is owned. Errors:
 * SL_EKEY (not 32 bytes, zero, or not below the order of the curve), SL_ENOMEM.
 */
int sl_key_new(struct sl_key **out, const uint8_t *bytes, size_t len,
               struct sl_err *err) SL_MUST_CHECK;

/** From 64 hex digits, "0x" optional. Errors: SL_EKEY, SL_ENOMEM. */
int sl_key_from_hex(struct sl_key **out, const char *text, size_t len,
                    struct sl_err *err) SL_MUST_CHECK;

/** A fresh random key. */
int sl_key_generate(struct sl_key **out, struct sl_err *err) SL_MUST_CHECK;

/** Wipe and free; NULL is fine. */
void sl_key_free(struct sl_key *key);

/** Borrowed until sl_key_free(). */
const struct sl_address *sl_key_address(const struct sl_key *key);

/** The uncompressed public key without its leading 0x04. */
void sl_key_public(uint8_t x_y[static 64], const struct sl_key *key);

/**
 * Sign a digest: r || s || v with v 27 or 28. Before returning, recover the signer from the
 * signature and compare it with the key's own address: a computer that miscalculates must not leak
 * the key or spend wrongly. Errors: SL_EKEY.
 */
int sl_key_sign(uint8_t signature[static SL_SIGNATURE_BYTES], const struct sl_key *key,
                const uint8_t digest[static SL_DIGEST_BYTES], struct sl_err *err) SL_MUST_CHECK;

/**
 * The address that signed. Like the contracts, this accepts v of 0, 1, 27 and 28, and a high s (see
 * sl_signature_is_low()). Errors: SL_EKEY (another v, r or s out of range, no point on the curve).
 */
int sl_key_recover(struct sl_address *out, const uint8_t signature[static SL_SIGNATURE_BYTES],
                   const uint8_t digest[static SL_DIGEST_BYTES], struct sl_err *err) SL_MUST_CHECK;

/** Whether s is in the lower half of its range, as transactions must have it (EIP-2). */
bool sl_signature_is_low(const uint8_t signature[static SL_SIGNATURE_BYTES]);

/* ---- keystores ---- */

/*
 * Private keys in files with a password: Web3 Secret Storage version 3.
 *
 * Reads scrypt and pbkdf2 files of any wallet, and writes scrypt. Proven by
 * tests/data/vectors/keystore.json. Deriving a key takes about a second of one core, and the memory
 * that the file asks for, up to SL_KEYSTORE_MAX_MEMORY. Do not call it on a thread that draws.
 */

enum {
    SL_KEYSTORE_MAX_BYTES = 65536,   /* of a file */
    SL_KEYSTORE_LOG2_N = 18,         /* the cost that other wallets use: 256 MiB */
    SL_KEYSTORE_MAX_MEMORY = 1 << 29 /* bytes that a file may make us use */
};

/**
 * Decrypt. The password is `password_len` bytes as typed, without any normalisation; borrowed, as
 * the text. *out is owned.
 *
 * Errors: SL_EKEY (wrong password, or the encrypted part was changed: the two cannot be told
 * apart), SL_EFORMAT (no such file format, damaged, an unknown version, cipher or key derivation,
 * an address that is not the key's), SL_ETOOBIG (the file asks for more memory or time than any
 * honest one), SL_ENOMEM.
 */
int sl_keystore_read(struct sl_key **out, const char *json, size_t json_len, const char *password,
                     size_t password_len, struct sl_err *err) SL_MUST_CHECK;

/**
 * All checks of sl_keystore_read() that need no password. Returns 1 with the address that the file
 * names, 0 when it names none. Errors: SL_EFORMAT, SL_ETOOBIG, SL_ENOMEM.
 */
int sl_keystore_check(struct sl_address *address, const char *json, size_t json_len,
                      struct sl_err *err) SL_MUST_CHECK;

/**
 * Encrypt: append the file's text. `log2_n` is the cost, SL_KEYSTORE_LOG2_N except in tests (1 ..
 * 18). Errors: SL_EINVAL (log2_n), SL_ENOMEM.
 */
int sl_keystore_write(struct sl_buf *json, const struct sl_key *key, const char *password,
                      size_t password_len, unsigned log2_n, struct sl_err *err) SL_MUST_CHECK;

#endif
