/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * address.h - 20-byte addresses of accounts and contracts. Layer: eth.
 *
 * Source: EIP-55 (docs/PROTOCOL.md "Signing"; the f410 form of Filecoin); proven by
 * tests/data/vectors/address.json.
 */
#ifndef SL_ADDRESS_H
#define SL_ADDRESS_H

#include <stddef.h>
#include <stdint.h>

#include "sluice/err.h"

enum {
    SL_ADDRESS_BYTES = 20,
    SL_ADDRESS_CHARS = 43,   /* "0x", 40 digits and NUL */
    SL_ADDRESS_F4_CHARS = 45 /* "f410f", 39 characters and NUL */
};

/** A plain value. */
struct sl_address {
    uint8_t bytes[SL_ADDRESS_BYTES];
};

/**
 * "0x" and 40 hex digits: all of one case, or mixed in the one way that EIP-55 gives (a mistyped
 * letter is refused); or the f410f/t410f form with its checksum (either network letter).
 * Errors: SL_EFORMAT.
 */
int sl_address_parse(struct sl_address *out, const char *text, size_t len,
                     struct sl_err *err) SL_MUST_CHECK;

/** The EIP-55 form. */
void sl_address_text(char out[static SL_ADDRESS_CHARS], const struct sl_address *address);

/** The Filecoin form: "f410f..." or, on a test network, "t410f...". */
void sl_address_f4(char out[static SL_ADDRESS_F4_CHARS], const struct sl_address *address,
                   bool testnet);

/** The last 20 bytes of keccak256(X || Y) of an uncompressed public key without its first byte. */
void sl_address_of_public_key(struct sl_address *out, const uint8_t x_y[static 64]);

bool sl_address_equal(const struct sl_address *a, const struct sl_address *b);
bool sl_address_is_zero(const struct sl_address *address);

#endif
