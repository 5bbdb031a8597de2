/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Every operation against GMP on random and edge operands, and the texts both ways. */
#include <gmp.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/u256.h"

#include "support/test.h"

enum { ROUNDS = 20000 };

static uint64_t random_state = 88172645463325252U;

static uint64_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

/* Numbers of every length, many limbs all zeros or all ones: carries, borrows, digit corrections.
 */
static struct sl_u256 any_number(void)
{
    struct sl_u256 a = {{0}};
    const unsigned bits = (unsigned)(next_random() % 257);
    for (int i = 0; i < 4; i++) {
        const uint64_t kind = next_random() % 5;
        a.limb[i] = kind == 0   ? 0
                    : kind == 1 ? UINT64_MAX
                    : kind == 2 ? UINT64_C(0x8000000000000000)
                                : next_random();
    }
    return sl_u256_low(a, bits);
}

static void to_gmp(mpz_t z, struct sl_u256 a)
{
    mpz_import(z, 4, -1, 8, 0, 0, a.limb);
}

static void assert_result(bool fits, struct sl_u256 got, const mpz_t want)
{
    const bool expected = mpz_sgn(want) >= 0 && mpz_sizeinbase(want, 2) <= 256;
    assert_int_equal(fits, expected);
    if (!expected)
        return;
    mpz_t z;
    mpz_init(z);
    to_gmp(z, got);
    assert_int_equal(mpz_cmp(z, want), 0);
    mpz_clear(z);
}

static void assert_untouched(bool fits, struct sl_u256 got)
{
    if (!fits)
        assert_int_equal(sl_u256_cmp(got, sl_u256(4711)), 0);
}

static void sums_differences_and_products_match_gmp(void **state)
{
    (void)state;
    mpz_t x;
    mpz_t y;
    mpz_t z;
    mpz_inits(x, y, z, NULL);
    for (int i = 0; i < ROUNDS; i++) {
        const struct sl_u256 a = any_number();
        const struct sl_u256 b = any_number();
        struct sl_u256 out = sl_u256(4711);
        to_gmp(x, a);
        to_gmp(y, b);
        mpz_add(z, x, y);
        bool fits = sl_u256_add(&out, a, b);
        assert_result(fits, out, z);
        assert_untouched(fits, out);
        out = sl_u256(4711);
        mpz_sub(z, x, y);
        fits = sl_u256_sub(&out, a, b);
        assert_result(fits, out, z);
        assert_untouched(fits, out);
        out = sl_u256(4711);
        mpz_mul(z, x, y);
        fits = sl_u256_mul(&out, a, b);
        assert_result(fits, out, z);
        assert_untouched(fits, out);
        assert_int_equal(sl_u256_cmp(sl_u256_min_of(a, b), mpz_cmp(x, y) <= 0 ? a : b), 0);
        assert_int_equal(sl_u256_cmp(sl_u256_max_of(a, b), mpz_cmp(x, y) >= 0 ? a : b), 0);
        const int order = mpz_cmp(x, y);
        assert_int_equal(sl_u256_cmp(a, b), order < 0 ? -1 : order > 0 ? 1 : 0);
    }
    mpz_clears(x, y, z, NULL);
}

static void quotients_and_remainders_match_gmp(void **state)
{
    (void)state;
    mpz_t x;
    mpz_t y;
    mpz_t q;
    mpz_t r;
    mpz_inits(x, y, q, r, NULL);
    for (int i = 0; i < ROUNDS; i++) {
        const struct sl_u256 a = any_number();
        const struct sl_u256 b = any_number();
        struct sl_u256 quotient = sl_u256(4711);
        struct sl_u256 remainder = sl_u256(4711);
        struct sl_u256 up = sl_u256(4711);
        const bool fine = sl_u256_divmod(&quotient, &remainder, a, b);
        assert_int_equal(fine, !sl_u256_is_zero(b));
        assert_int_equal(sl_u256_div_up(&up, a, b), fine);
        if (!fine) {
            assert_untouched(fine, quotient);
            assert_untouched(fine, up);
            continue;
        }
        to_gmp(x, a);
        to_gmp(y, b);
        mpz_fdiv_qr(q, r, x, y);
        assert_result(true, quotient, q);
        assert_result(true, remainder, r);
        mpz_cdiv_q(q, x, y);
        assert_result(true, up, q);
    }
    mpz_clears(x, y, q, r, NULL);
}

static void products_divided_keep_all_512_bits(void **state)
{
    (void)state;
    mpz_t x;
    mpz_t y;
    mpz_t z;
    mpz_inits(x, y, z, NULL);
    int fitting = 0;
    for (int i = 0; i < ROUNDS; i++) {
        const struct sl_u256 a = any_number();
        const struct sl_u256 b = any_number();
        const struct sl_u256 c = any_number();
        struct sl_u256 out = sl_u256(4711);
        const bool fits = sl_u256_muldiv(&out, a, b, c);
        assert_untouched(fits, out);
        if (sl_u256_is_zero(c)) {
            assert_false(fits);
            continue;
        }
        to_gmp(x, a);
        to_gmp(y, b);
        mpz_mul(x, x, y);
        to_gmp(y, c);
        mpz_fdiv_q(z, x, y);
        assert_result(fits, out, z);
        fitting += fits;
    }
    assert_in_range(fitting, ROUNDS / 10, ROUNDS);
    mpz_clears(x, y, z, NULL);
}

static void shifts_and_cuts_match_gmp(void **state)
{
    (void)state;
    mpz_t x;
    mpz_t z;
    mpz_inits(x, z, NULL);
    for (unsigned bits = 0; bits <= 300; bits++) {
        const struct sl_u256 a = any_number();
        to_gmp(x, a);
        mpz_fdiv_q_2exp(z, x, bits);
        assert_result(true, sl_u256_shr(a, bits), z);
        mpz_fdiv_r_2exp(z, x, bits);
        assert_result(true, sl_u256_low(a, bits), z);
    }
    mpz_clears(x, z, NULL);
}

static void decimal_and_hex_texts_match_gmp_and_come_back(void **state)
{
    (void)state;
    mpz_t x;
    mpz_init(x);
    for (int i = 0; i < 2000; i++) {
        const struct sl_u256 a = i == 0 ? sl_u256(0) : i == 1 ? sl_u256_max() : any_number();
        struct sl_u256 back;
        char ours[SL_U256_DEC_CHARS];
        char theirs[SL_U256_DEC_CHARS];
        char hex[SL_U256_HEX_CHARS];
        to_gmp(x, a);
        sl_u256_dec(ours, a);
        assert_string_equal(ours, mpz_get_str(theirs, 10, x));
        assert_int_equal(sl_u256_parse_dec(&back, ours, strlen(ours), NULL), SL_OK);
        assert_int_equal(sl_u256_cmp(a, back), 0);
        sl_u256_hex(hex, a);
        assert_memory_equal(hex, "0x", 2);
        assert_string_equal(hex + 2, mpz_get_str(theirs, 16, x));
        assert_int_equal(sl_u256_parse_hex(&back, hex, strlen(hex), NULL), SL_OK);
        assert_int_equal(sl_u256_cmp(a, back), 0);
        uint8_t be[32];
        sl_u256_to_be(be, a);
        assert_true(sl_u256_from_be(&back, be, sizeof be));
        assert_int_equal(sl_u256_cmp(a, back), 0);
        for (unsigned decimals = 6; decimals <= 18; decimals += 12) {
            char amount[SL_U256_AMOUNT_CHARS];
            sl_u256_amount(amount, a, decimals, decimals);
            assert_int_equal(sl_u256_parse_amount(&back, amount, strlen(amount), decimals, NULL),
                             SL_OK);
            assert_int_equal(sl_u256_cmp(a, back), 0);
        }
    }
    mpz_clear(x);
}

static void nonsense_and_too_large_numbers_are_refused(void **state)
{
    (void)state;
    struct sl_u256 out = sl_u256(4711);
    static const struct {
        const char *text;
        int code;
    } dec[] = {{"", SL_EFORMAT},
               {"-1", SL_EFORMAT},
               {"1 ", SL_EFORMAT},
               {"0x1", SL_EFORMAT},
               {"115792089237316195423570985008687907853269984665640564039457584007913129639936",
                SL_EOVERFLOW}},
      hex[] = {
          {"", SL_EFORMAT},
          {"0x", SL_EFORMAT},
          {"1", SL_EFORMAT},
          {"0X1", SL_EFORMAT},
          {"0xg", SL_EFORMAT},
          {"0x@", SL_EFORMAT},
          {"0x10000000000000000000000000000000000000000000000000000000000000000", SL_EOVERFLOW}};
    for (size_t i = 0; i < sizeof dec / sizeof dec[0]; i++)
        assert_int_equal(sl_u256_parse_dec(&out, dec[i].text, strlen(dec[i].text), NULL),
                         dec[i].code);
    for (size_t i = 0; i < sizeof hex / sizeof hex[0]; i++)
        assert_int_equal(sl_u256_parse_hex(&out, hex[i].text, strlen(hex[i].text), NULL),
                         hex[i].code);
    const uint8_t long_one[33] = {0};
    assert_false(sl_u256_from_be(&out, long_one, sizeof long_one));
    uint64_t small = 5;
    assert_false(sl_u256_to_u64(&small, sl_u256_max()));
    assert_int_equal(small, 5);
    assert_untouched(false, out);
}

static void amounts_are_cut_never_rounded_up(void **state)
{
    (void)state;
    static const struct {
        const char *units;
        unsigned decimals;
        unsigned places;
        const char *text;
    } rows[] = {{"0", 18, 18, "0"},
                {"1", 18, 18, "0.000000000000000001"},
                {"1", 18, 6, "0"},
                {"1500000000000000000", 18, 18, "1.5"},
                {"1999999999999999999", 18, 2, "1.99"},
                {"1999999999999999999", 18, 0, "1"},
                {"12345678", 6, 6, "12.345678"},
                {"12000000", 6, 9, "12"},
                {"42", 0, 5, "42"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sl_u256 a;
        char text[SL_U256_AMOUNT_CHARS];
        assert_int_equal(sl_u256_parse_dec(&a, rows[i].units, strlen(rows[i].units), NULL), SL_OK);
        sl_u256_amount(text, a, rows[i].decimals, rows[i].places);
        assert_string_equal(text, rows[i].text);
    }
    char text[SL_U256_AMOUNT_CHARS];
    sl_u256_amount(text, sl_u256_max(), 77, 77);
    assert_int_equal(strlen(text), 79);
}

static void amounts_are_parsed_exactly_or_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned decimals;
        uint64_t units;
        int code;
    } rows[] = {{"1.5", 6, 1500000, SL_OK},
                {".5", 6, 500000, SL_OK},
                {"3.", 6, 3000000, SL_OK},
                {"007", 0, 7, SL_OK},
                {"1.50000000", 6, 1500000, SL_OK},
                {"0.000000000000000001", 18, 1, SL_OK},
                {"0.0000001", 6, 0, SL_EFORMAT},
                {"", 6, 0, SL_EFORMAT},
                {".", 6, 0, SL_EFORMAT},
                {"1.2.3", 6, 0, SL_EFORMAT},
                {"1,5", 6, 0, SL_EFORMAT},
                {"-1", 6, 0, SL_EFORMAT},
                {"1e3", 6, 0, SL_EFORMAT},
                {"115792089237316195423570985008687907853269984665640564039457584008", 18, 0,
                 SL_EOVERFLOW}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sl_u256 a = sl_u256(4711);
        const int rc =
            sl_u256_parse_amount(&a, rows[i].text, strlen(rows[i].text), rows[i].decimals, NULL);
        assert_int_equal(rc, rows[i].code);
        assert_int_equal(sl_u256_cmp(a, sl_u256(rc == SL_OK ? rows[i].units : 4711)), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_differences_and_products_match_gmp),
        cmocka_unit_test(quotients_and_remainders_match_gmp),
        cmocka_unit_test(products_divided_keep_all_512_bits),
        cmocka_unit_test(shifts_and_cuts_match_gmp),
        cmocka_unit_test(decimal_and_hex_texts_match_gmp_and_come_back),
        cmocka_unit_test(nonsense_and_too_large_numbers_are_refused),
        cmocka_unit_test(amounts_are_cut_never_rounded_up),
        cmocka_unit_test(amounts_are_parsed_exactly_or_refused),
    };
    return cmocka_run_group_tests_name("u256", tests, NULL, NULL);
}
