/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Any text as hex, number, amount, address: what is accepted comes back the same when written. */
#include <stdlib.h>
#include <string.h>

#include "sluice/address.h"
#include "sluice/hex.h"
#include "sluice/u256.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
    if (!ok)
        abort();
}

static void check_hex(const char *text, size_t len)
{
    uint8_t bytes[64];
    uint8_t again[64];
    char hex[2 * sizeof bytes + 1];
    const int n = sl_hex_decode(bytes, sizeof bytes, text, len, NULL);
    if (n < 0)
        return;
    sl_hex_encode(hex, bytes, (size_t)n);
    check(sl_hex_decode(again, sizeof again, hex, strlen(hex), NULL) == n);
    check(memcmp(bytes, again, (size_t)n) == 0);
}

static void check_numbers(const char *text, size_t len)
{
    struct sl_u256 value;
    struct sl_u256 again;
    char out[SL_U256_AMOUNT_CHARS];
    if (sl_u256_parse_dec(&value, text, len, NULL) == SL_OK) {
        sl_u256_dec(out, value);
        check(sl_u256_parse_dec(&again, out, strlen(out), NULL) == SL_OK);
        check(sl_u256_cmp(value, again) == 0);
    }
    if (sl_u256_parse_hex(&value, text, len, NULL) == SL_OK) {
        sl_u256_hex(out, value);
        check(sl_u256_parse_hex(&again, out, strlen(out), NULL) == SL_OK);
        check(sl_u256_cmp(value, again) == 0);
    }
    for (unsigned decimals = 0; decimals <= 18; decimals += 6) {
        if (sl_u256_parse_amount(&value, text, len, decimals, NULL) < 0)
            continue;
        sl_u256_amount(out, value, decimals, decimals);
        check(sl_u256_parse_amount(&again, out, strlen(out), decimals, NULL) == SL_OK);
        check(sl_u256_cmp(value, again) == 0);
    }
}

static void check_address(const char *text, size_t len)
{
    struct sl_address address;
    struct sl_address again;
    char out[SL_ADDRESS_F4_CHARS];
    if (sl_address_parse(&address, text, len, NULL) < 0)
        return;
    sl_address_text(out, &address);
    check(sl_address_parse(&again, out, strlen(out), NULL) == SL_OK);
    check(sl_address_equal(&address, &again));
    sl_address_f4(out, &address, true);
    check(sl_address_parse(&again, out, strlen(out), NULL) == SL_OK);
    check(sl_address_equal(&address, &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    check_hex(text, size);
    check_numbers(text, size);
    check_address(text, size);
    return 0;
}
