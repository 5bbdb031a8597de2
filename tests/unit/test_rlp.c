/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"
#include "sluice/rlp.h"

#include "support/test.h"

static void assert_written(struct sl_buf *buf, const char *want)
{
    char hex[4096];
    assert_int_equal(buf->failed, SL_OK);
    sl_hex_encode(hex, (const uint8_t *)buf->data, buf->len);
    assert_string_equal(hex, want);
    sl_buf_free(buf);
}

static void the_published_examples_are_written(void **state)
{
    (void)state;
    struct sl_buf buf = {0};
    sl_rlp_bytes(&buf, "dog", 3);
    assert_written(&buf, "83646f67");
    size_t list = sl_rlp_list(&buf);
    sl_rlp_bytes(&buf, "cat", 3);
    sl_rlp_bytes(&buf, "dog", 3);
    sl_rlp_list_end(&buf, list);
    assert_written(&buf, "c88363617483646f67");
    sl_rlp_bytes(&buf, NULL, 0);
    assert_written(&buf, "80");
    sl_rlp_u64(&buf, 0);
    sl_rlp_u64(&buf, 15);
    sl_rlp_u64(&buf, 127);
    sl_rlp_u64(&buf, 128);
    sl_rlp_u64(&buf, 1024);
    assert_written(&buf, "800f7f8180820400");
    sl_rlp_bytes(&buf, "", 1);
    assert_written(&buf, "00");
    /* [ [], [[]], [ [], [[]] ] ] */
    list = sl_rlp_list(&buf);
    sl_rlp_list_end(&buf, sl_rlp_list(&buf));
    size_t second = sl_rlp_list(&buf);
    sl_rlp_list_end(&buf, sl_rlp_list(&buf));
    sl_rlp_list_end(&buf, second);
    second = sl_rlp_list(&buf);
    sl_rlp_list_end(&buf, sl_rlp_list(&buf));
    const size_t third = sl_rlp_list(&buf);
    sl_rlp_list_end(&buf, sl_rlp_list(&buf));
    sl_rlp_list_end(&buf, third);
    sl_rlp_list_end(&buf, second);
    sl_rlp_list_end(&buf, list);
    assert_written(&buf, "c7c0c1c0c3c0c1c0");
}

static void strings_of_every_length_come_back(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 1, 2, 54, 55, 56, 57, 255, 256, 257, 65535, 65536, 70000};
    uint8_t *data = calloc(1, 70000);
    assert_non_null(data);
    memset(data, 0xab, 70000);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct sl_buf buf = {0};
        const size_t list = sl_rlp_list(&buf);
        sl_rlp_bytes(&buf, data, lengths[i]);
        sl_rlp_u256(&buf, sl_u256_max());
        sl_rlp_list_end(&buf, list);
        assert_int_equal(buf.failed, SL_OK);
        struct sl_rlp outside = {(const uint8_t *)buf.data, buf.len};
        struct sl_rlp inside;
        const uint8_t *bytes;
        size_t len;
        struct sl_u256 number;
        assert_int_equal(sl_rlp_read_list(&inside, &outside, NULL), SL_OK);
        assert_int_equal(outside.left, 0);
        assert_int_equal(sl_rlp_read_bytes(&bytes, &len, &inside, NULL), SL_OK);
        assert_int_equal(len, lengths[i]);
        assert_memory_equal(bytes, data, len);
        assert_int_equal(sl_rlp_read_u256(&number, &inside, NULL), SL_OK);
        assert_int_equal(sl_u256_cmp(number, sl_u256_max()), 0);
        assert_int_equal(inside.left, 0);
        sl_buf_free(&buf);
    }
    free(data);
}

static void every_other_spelling_is_refused(void **state)
{
    (void)state;
    static const char *const strings[] = {"",
                                          "8100",
                                          "817f",
                                          "b800",
                                          "b801ff",
                                          "b90001ff",
                                          "b8",
                                          "82ff",
                                          "b837",
                                          "bfffffffffffffffff",
                                          "c0",
                                          "c10f",
                                          "bf8000000000000000",
                                          "b90037",
                                          "f800"};
    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
        uint8_t raw[32];
        const int n = sl_hex_decode(raw, sizeof raw, strings[i], strlen(strings[i]), NULL);
        struct sl_rlp from = {raw, (size_t)n};
        const uint8_t *bytes;
        size_t len;
        assert_true(n >= 0);
        assert_int_equal(sl_rlp_read_bytes(&bytes, &len, &from, NULL), SL_EFORMAT);
        assert_int_equal(from.left, n); /* nothing was taken */
    }
    static const char *const numbers[] = {
        "00", "820001", "8a01000000000000000000",
        "a1010000000000000000000000000000000000000000000000000000000000000000"};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        uint8_t raw[40];
        const int n = sl_hex_decode(raw, sizeof raw, numbers[i], strlen(numbers[i]), NULL);
        struct sl_rlp from = {raw, (size_t)n};
        uint64_t value;
        assert_int_equal(sl_rlp_read_u64(&value, &from, NULL), SL_EFORMAT);
    }
    struct sl_rlp inside;
    struct sl_rlp outside = {(const uint8_t *)"\x83"
                                              "dog",
                             4};
    assert_int_equal(sl_rlp_read_list(&inside, &outside, NULL), SL_EFORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_examples_are_written),
        cmocka_unit_test(strings_of_every_length_come_back),
        cmocka_unit_test(every_other_spelling_is_refused),
    };
    return cmocka_run_group_tests_name("rlp", tests, NULL, NULL);
}
