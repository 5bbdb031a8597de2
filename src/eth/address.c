/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/address.h"

#include <string.h>

#include "sluice/base32.h"
#include "sluice/hex.h"
#include "sluice/keccak.h"

#include "blake2b.h"

enum { DIGITS = 2 * SL_ADDRESS_BYTES, F4_CHECK_BYTES = 4, F4_PREFIX = 5 };

void sl_address_text(char out[static SL_ADDRESS_CHARS], const struct sl_address *address)
{
    uint8_t hash[SL_KECCAK_BYTES];
    char *digits = out + 2;
    out[0] = '0';
    out[1] = 'x';
    sl_hex_encode(digits, address->bytes, sizeof address->bytes);
    sl_keccak256(hash, digits, DIGITS);
    for (size_t i = 0; i < DIGITS; i++) {
        const unsigned nibble = i % 2 == 0 ? hash[i / 2] >> 4 : hash[i / 2] & 15;
        if (digits[i] >= 'a' && nibble >= 8)
            digits[i] = (char)(digits[i] - 'a' + 'A');
    }
}

static bool has_one_case(const char *digits)
{
    bool lower = false;
    bool upper = false;
    for (size_t i = 0; i < DIGITS; i++) {
        lower |= digits[i] >= 'a' && digits[i] <= 'f';
        upper |= digits[i] >= 'A' && digits[i] <= 'F';
    }
    return !(lower && upper);
}

static void f4_check(uint8_t check[static F4_CHECK_BYTES], const struct sl_address *address)
{
    /* protocol 4 (delegated), namespace 10 (the Ethereum address manager) */
    uint8_t message[2 + SL_ADDRESS_BYTES] = {0x04, 0x0a};
    memcpy(message + 2, address->bytes, SL_ADDRESS_BYTES);
    sl_blake2b(check, F4_CHECK_BYTES, message, sizeof message);
}

void sl_address_f4(char out[static SL_ADDRESS_F4_CHARS], const struct sl_address *address,
                   bool testnet)
{
    uint8_t bytes[SL_ADDRESS_BYTES + F4_CHECK_BYTES];
    memcpy(bytes, address->bytes, SL_ADDRESS_BYTES);
    f4_check(bytes + SL_ADDRESS_BYTES, address);
    memcpy(out, testnet ? "t410f" : "f410f", F4_PREFIX);
    sl_base32_encode(out + F4_PREFIX, bytes, sizeof bytes);
}

static int parse_f4(struct sl_address *out, const char *text, size_t len, struct sl_err *err)
{
    uint8_t bytes[SL_ADDRESS_BYTES + F4_CHECK_BYTES];
    uint8_t check[F4_CHECK_BYTES];
    struct sl_address address;
    const int n = sl_base32_decode(bytes, sizeof bytes, text + F4_PREFIX, len - F4_PREFIX, err);
    if (n < 0)
        return n;
    if (n != (int)sizeof bytes)
        return sl_err_set(err, SL_EFORMAT, "the address has the wrong length");
    memcpy(address.bytes, bytes, SL_ADDRESS_BYTES);
    f4_check(check, &address);
    if (memcmp(check, bytes + SL_ADDRESS_BYTES, sizeof check) != 0)
        return sl_err_set(err, SL_EFORMAT, "the address is mistyped: its checksum does not match");
    *out = address;
    return SL_OK;
}

int sl_address_parse(struct sl_address *out, const char *text, size_t len, struct sl_err *err)
{
    struct sl_address address;
    char right[SL_ADDRESS_CHARS];
    if (len > F4_PREFIX &&
        (memcmp(text, "f410f", F4_PREFIX) == 0 || memcmp(text, "t410f", F4_PREFIX) == 0))
        return parse_f4(out, text, len, err);
    if (len != DIGITS + 2 || text[0] != '0' || text[1] != 'x')
        return sl_err_set(err, SL_EFORMAT, "an address is 0x and 40 hex digits");
    const int n = sl_hex_decode(address.bytes, sizeof address.bytes, text, len, err);
    if (n < 0)
        return n;
    sl_address_text(right, &address);
    if (!has_one_case(text + 2) && memcmp(text, right, len) != 0)
        return sl_err_set(err, SL_EFORMAT,
                          "the address is mistyped: its capital letters do not match (EIP-55)");
    *out = address;
    return SL_OK;
}

void sl_address_of_public_key(struct sl_address *out, const uint8_t x_y[static 64])
{
    uint8_t hash[SL_KECCAK_BYTES];
    sl_keccak256(hash, x_y, 64);
    memcpy(out->bytes, hash + sizeof hash - SL_ADDRESS_BYTES, SL_ADDRESS_BYTES);
}

bool sl_address_equal(const struct sl_address *a, const struct sl_address *b)
{
    return memcmp(a->bytes, b->bytes, SL_ADDRESS_BYTES) == 0;
}

bool sl_address_is_zero(const struct sl_address *address)
{
    static const struct sl_address zero;
    return sl_address_equal(address, &zero);
}
