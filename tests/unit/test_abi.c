/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the vectors do not say: wrong calls, hostile bytes, caps. Encodings: test_abi_vectors.c. */
#include <stdlib.h>
#include <string.h>

#include "sluice/abi.h"

#include "support/abi_walk.h"
#include "support/test.h"

static void a_writer_refuses_what_its_types_do_not_ask_for(void **state)
{
    (void)state;
    const struct sl_address address = {{1}};
    struct sl_err err = {0};
    struct sl_abi_writer w = {0};
    sl_abi_values(&w, "(uint256,bool)");
    sl_abi_put_u64(&w, 1);
    assert_int_equal(sl_abi_end(&w, &err), SL_EINVAL); /* one is missing */
    assert_non_null(strstr(err.text, "(uint256,bool)"));
    sl_abi_put_address(&w, &address);
    sl_abi_free(&w);
    sl_abi_values(&w, "(uint256,bool)");
    sl_abi_put_u64(&w, 1);
    sl_abi_put_u64(&w, 1); /* another type */
    assert_int_equal(sl_abi_end(&w, NULL), SL_EINVAL);
    sl_abi_free(&w);
    sl_abi_values(&w, "(uint8)");
    sl_abi_put_u64(&w, 256); /* does not fit */
    assert_int_equal(sl_abi_end(&w, NULL), SL_EINVAL);
    sl_abi_free(&w);
    sl_abi_values(&w, "(bytes32)");
    sl_abi_put_fixed(&w, "abc", 3);
    assert_int_equal(sl_abi_end(&w, NULL), SL_EINVAL);
    sl_abi_free(&w);
    sl_abi_values(&w, "(uint8)");
    sl_abi_put_u64(&w, 1);
    sl_abi_put_u64(&w, 1); /* one too many */
    assert_int_equal(sl_abi_end(&w, NULL), SL_EINVAL);
    sl_abi_free(&w);
    sl_abi_values(&w, "(uint8[])");
    sl_abi_open_list(&w, 2);
    sl_abi_put_u64(&w, 1);
    sl_abi_close(&w); /* an element is missing */
    assert_int_equal(sl_abi_end(&w, NULL), SL_EINVAL);
    sl_abi_free(&w);
    sl_abi_values(&w, "(uint8[])");
    sl_abi_open_list(&w, 0);
    assert_int_equal(sl_abi_end(&w, NULL), SL_EINVAL); /* not closed */
    sl_abi_close(&w);
    sl_abi_close(&w); /* closed twice */
    assert_int_equal(sl_abi_end(&w, NULL), SL_EINVAL);
    sl_abi_free(&w);
    sl_abi_values(&w, "(uint8[])");
    sl_abi_open_list(&w, SIZE_MAX / 16);
    assert_int_equal(sl_abi_end(&w, NULL), SL_EINVAL);
    sl_abi_free(&w);
    assert_int_equal(sl_abi_end(&w, NULL), SL_EINVAL); /* never begun */
}

static void malformed_types_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "uint8",
                                      "(",
                                      "(uint8",
                                      "(uint8,)",
                                      "(,uint8)",
                                      "(uint7)",
                                      "(uint264)",
                                      "(uint)",
                                      "(uint08)",
                                      "(bytes0)",
                                      "(bytes33)",
                                      "(int8)",
                                      "(uint8[2])",
                                      "(())",
                                      "(uint8)x",
                                      "(uint8))",
                                      "((uint8)",
                                      "([])",
                                      "(uint8[]",
                                      "(uint8 [])",
                                      "(x)",
                                      "(uint8[][][][][][][][])",
                                      "(((((((((uint8)))))))))"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct sl_abi_writer w = {0};
        struct sl_abi_reader r;
        const uint8_t data[32] = {0};
        sl_abi_values(&w, bad[i]);
        assert_int_equal(sl_abi_end(&w, NULL), SL_EINVAL);
        sl_abi_free(&w);
        sl_abi_read(&r, bad[i], data, sizeof data);
        sl_abi_read_all(&r);
        if (sl_abi_done(&r, NULL) != SL_EINVAL)
            fail_msg("\"%s\" is accepted", bad[i]);
    }
}

static void a_reader_tells_wrong_calls_from_wrong_data(void **state)
{
    (void)state;
    struct sl_abi_reader r;
    const uint8_t data[64] = {[31] = 2};
    sl_abi_read(&r, "(uint256 a,uint256 b)", data, sizeof data);
    assert_int_equal(sl_abi_get_u64(&r), 2);
    assert_false(sl_abi_get_bool(&r));
    assert_int_equal(sl_abi_done(&r, NULL), SL_EINVAL);
    assert_int_equal(sl_abi_get_u64(&r), 0);
    sl_abi_read(&r, "(bool)", data, sizeof data);
    assert_false(sl_abi_get_bool(&r));
    assert_int_equal(sl_abi_done(&r, NULL), SL_EPROTO);
    sl_abi_read(&r, "(uint256)", data, 31);
    assert_int_equal(sl_abi_get_u64(&r), 0);
    assert_int_equal(sl_abi_done(&r, NULL), SL_EPROTO);
    sl_abi_read(&r, "(uint256)", NULL, 0);
    assert_int_equal(sl_abi_done(&r, NULL), SL_EPROTO);
    sl_abi_read(&r, "()", NULL, 0);
    assert_int_equal(sl_abi_done(&r, NULL), SL_OK);
    sl_abi_read(&r, "(uint256)", data, sizeof data);
    sl_abi_leave(&r);
    assert_int_equal(sl_abi_done(&r, NULL), SL_EINVAL);
}

static void members_may_be_skipped_and_lists_left_early(void **state)
{
    (void)state;
    static const char types[] = "((string,uint256),(uint8,bool),uint256[],bytes4,uint256)";
    struct sl_abi_writer w = {0};
    struct sl_abi_reader r;
    sl_abi_values(&w, types);
    sl_abi_open(&w);
    sl_abi_put_str(&w, "abc");
    sl_abi_put_u64(&w, 1);
    sl_abi_close(&w);
    sl_abi_open(&w);
    sl_abi_put_u64(&w, 2);
    sl_abi_put_bool(&w, true);
    sl_abi_close(&w);
    sl_abi_open_list(&w, 3);
    for (uint64_t i = 0; i < 3; i++)
        sl_abi_put_u64(&w, 10 + i);
    sl_abi_close(&w);
    sl_abi_put_fixed(&w, "wxyz", 4);
    sl_abi_put_u64(&w, 99);
    assert_int_equal(sl_abi_end(&w, NULL), SL_OK);
    sl_abi_read(&r, types, (const uint8_t *)w.buf.data, w.buf.len);
    sl_abi_skip(&r);
    sl_abi_enter(&r);
    assert_int_equal(sl_abi_get_u64(&r), 2);
    sl_abi_leave(&r);
    assert_int_equal(sl_abi_enter_list(&r), 3);
    assert_int_equal(sl_abi_get_u64(&r), 10);
    sl_abi_leave(&r);
    assert_memory_equal(sl_abi_get_fixed(&r), "wxyz", 4);
    assert_int_equal(sl_abi_get_u64(&r), 99);
    assert_int_equal(sl_abi_next(&r), SL_ABI_NONE);
    assert_int_equal(sl_abi_done(&r, NULL), SL_OK);
    sl_abi_free(&w);
}

/* Five levels of lists whose elements all share one place: 50^5 values without a budget. */
static void data_that_repeats_itself_for_ever_ends(void **state)
{
    (void)state;
    enum { LEVELS = 5, COUNT = 50, BLOCK = 32 * (COUNT + 1) };
    static uint8_t data[32 + LEVELS * BLOCK];
    struct sl_abi_reader r;
    data[31] = 32;
    for (size_t level = 0; level < LEVELS; level++) {
        uint8_t *block = data + 32 + level * BLOCK;
        block[31] = COUNT;
        for (size_t i = 1; i <= COUNT; i++)
            sl_u256_to_be(block + 32 * i, sl_u256(32 * COUNT));
    }
    sl_abi_read(&r, "(uint256[][][][][])", data, sizeof data);
    sl_abi_read_all(&r);
    assert_int_equal(sl_abi_done(&r, NULL), SL_EPROTO);
    sl_abi_read(&r, "(uint256[][])", data, sizeof data);
    sl_abi_read_all(&r);
    assert_int_equal(sl_abi_done(&r, NULL), SL_OK);
}

static void any_single_corrupt_word_is_survived(void **state)
{
    (void)state;
    static const char types[] = "((uint256,(address,string,bytes)[],string[])[],uint256[],bytes)";
    static const uint64_t tries[] = {
        0, 1, 31, 32, 33, 64, 4096, UINT32_MAX, UINT64_MAX - 31, UINT64_MAX};
    const struct sl_address address = {{9}};
    struct sl_abi_writer w = {0};
    sl_abi_values(&w, types);
    sl_abi_open_list(&w, 2);
    for (int i = 0; i < 2; i++) {
        sl_abi_open(&w);
        sl_abi_put_u64(&w, 5);
        sl_abi_open_list(&w, 1);
        sl_abi_open(&w);
        sl_abi_put_address(&w, &address);
        sl_abi_put_str(&w, "a string that is longer than a single word");
        sl_abi_put_bytes(&w, "x", 1);
        sl_abi_close(&w);
        sl_abi_close(&w);
        sl_abi_open_list(&w, 1);
        sl_abi_put_str(&w, "");
        sl_abi_close(&w);
        sl_abi_close(&w);
    }
    sl_abi_close(&w);
    sl_abi_open_list(&w, 0);
    sl_abi_close(&w);
    sl_abi_put_bytes(&w, NULL, 0);
    assert_int_equal(sl_abi_end(&w, NULL), SL_OK);
    const size_t len = w.buf.len;
    uint8_t *data = malloc(len); /* exactly: ASan sees every read behind it */
    assert_non_null(data);
    for (size_t at = 0; at < len; at += 32) {
        for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
            struct sl_abi_reader r;
            memcpy(data, w.buf.data, len);
            sl_u256_to_be(data + at, sl_u256(tries[i]));
            sl_abi_read(&r, types, data, len);
            sl_abi_read_all(&r);
            const int rc = sl_abi_done(&r, NULL);
            assert_true(rc == SL_OK || rc == SL_EPROTO);
        }
    }
    free(data);
    sl_abi_free(&w);
}

static void a_cap_stops_the_writer(void **state)
{
    (void)state;
    struct sl_abi_writer w = {.buf = {.cap = 100}};
    sl_abi_values(&w, "(bytes)");
    sl_abi_put_bytes(&w, "0123456789012345678901234567890123456789", 40);
    assert_int_equal(sl_abi_end(&w, NULL), SL_EOVERFLOW);
    sl_abi_free(&w);
    assert_int_equal(w.buf.cap, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_writer_refuses_what_its_types_do_not_ask_for),
        cmocka_unit_test(malformed_types_are_refused),
        cmocka_unit_test(a_reader_tells_wrong_calls_from_wrong_data),
        cmocka_unit_test(members_may_be_skipped_and_lists_left_early),
        cmocka_unit_test(data_that_repeats_itself_for_ever_ends),
        cmocka_unit_test(any_single_corrupt_word_is_survived),
        cmocka_unit_test(a_cap_stops_the_writer),
    };
    return cmocka_run_group_tests_name("abi", tests, NULL, NULL);
}
