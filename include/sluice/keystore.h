/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * keystore.h - private keys in files with a password: Web3 Secret Storage version 3. Layer: eth.
 *
 * Reads scrypt and pbkdf2 files of any wallet, and writes scrypt. Proven by
 * tests/data/vectors/keystore.json. Deriving a key takes about a second of one core, and the memory
 * that the file asks for, up to SL_KEYSTORE_MAX_MEMORY. Do not call it on a thread that draws.
 */
#ifndef SL_KEYSTORE_H
#define SL_KEYSTORE_H

#include <stddef.h>

#include "sluice/buf.h"
#include "sluice/key.h"

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
