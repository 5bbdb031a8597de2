/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the strict parser refuses, beyond the golden vectors. */
#include <string.h>

#include "sluice/base32.h"
#include "sluice/piece.h"

#include "piece_cases.h"
#include "support/test.h"

static struct sl_piece_id sample(uint64_t payload_bytes, uint8_t height)
{
    struct sl_piece_id id = {payload_bytes, height, {0}};
    for (size_t i = 0; i < sizeof id.root; i++)
        id.root[i] = (uint8_t)(i * 7 + 1);
    return id;
}

/* Parses as bytes and as text; both must agree. */
static int parse(struct sl_piece_id *id, const uint8_t *bytes, size_t len)
{
    char text[1 + SL_BASE32_CHARS(80) + 1] = "b";
    struct sl_piece_id other = *id;
    assert_true(len <= 80);
    sl_base32_encode(text + 1, bytes, len);
    const int rc = sl_piece_parse_bytes(id, bytes, len, NULL);
    assert_int_equal(sl_piece_parse(&other, text, strlen(text), NULL), rc);
    if (rc == SL_OK)
        assert_true(sl_piece_id_equal(&other, id));
    return rc;
}

static void every_height_and_padding_goes_there_and_back(void **state)
{
    (void)state;
    for (uint8_t height = SL_PIECE_HEIGHT_MIN; height <= SL_PIECE_HEIGHT_MAX; height++) {
        for (uint64_t payload = 1; payload <= sl_piece_capacity(height); payload *= 3) {
            const struct sl_piece_id id = sample(payload, height);
            struct sl_piece_id back = {0};
            uint8_t bytes[SL_PIECE_CID_BYTES];
            const size_t n = sl_piece_cid_bytes(bytes, &id);
            assert_int_equal(parse(&back, bytes, n), SL_OK);
            assert_true(sl_piece_id_equal(&back, &id));
            assert_int_equal(sl_piece_is_canonical(&back), sl_piece_height(payload) == height);
        }
    }
}

static void the_buffers_hold_the_longest_cid(void **state)
{
    (void)state;
    char text[SL_PIECE_CID_CHARS];
    uint8_t bytes[SL_PIECE_CID_BYTES];
    const struct sl_piece_id id = sample(1, SL_PIECE_HEIGHT_MAX);
    assert_true(sl_piece_cid_bytes(bytes, &id) <= sizeof bytes);
    sl_piece_cid(text, &id);
    assert_true(strlen(text) < sizeof text);
}

static void every_truncated_or_lengthened_cid_is_refused(void **state)
{
    (void)state;
    const struct sl_piece_id id = sample(1000, 10);
    struct sl_piece_id out = {0};
    uint8_t bytes[SL_PIECE_CID_BYTES + 1] = {0};
    const size_t n = sl_piece_cid_bytes(bytes, &id);
    for (size_t len = 0; len <= n + 1; len++)
        assert_int_equal(parse(&out, bytes, len), len == n ? SL_OK : SL_EFORMAT);
}

/* prefix, digest length, then the varint, height and root as given */
static size_t build(uint8_t *out, const uint8_t *varint, size_t varint_len, uint8_t height)
{
    const uint8_t head[] = {0x01, 0x55, 0x91, 0x20, (uint8_t)(varint_len + 33)};
    memcpy(out, head, sizeof head);
    memcpy(out + sizeof head, varint, varint_len);
    out[sizeof head + varint_len] = height;
    memset(out + sizeof head + varint_len + 1, 0x11, SL_PIECE_ROOT_BYTES);
    return sizeof head + varint_len + 1 + SL_PIECE_ROOT_BYTES;
}

static void varints_that_are_long_or_endless_are_refused(void **state)
{
    (void)state;
    static const struct {
        uint8_t bytes[11];
        size_t len;
        int rc;
    } rows[] = {
        {{0x00}, 1, SL_OK},
        {{0x80, 0x00}, 2, SL_EFORMAT},
        {{0x81, 0x00}, 2, SL_EFORMAT},
        {{0x81, 0x80, 0x00}, 3, SL_EFORMAT},
        {{0x80, 0x01}, 2, SL_OK},
        {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, 9, SL_EFORMAT},
        {{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01}, 10, SL_EFORMAT},
        {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 11, SL_EFORMAT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t bytes[64];
        struct sl_piece_id out = {0};
        const size_t n = build(bytes, rows[i].bytes, rows[i].len, 40);
        assert_int_equal(parse(&out, bytes, n), rows[i].rc);
    }
}

static void heights_and_paddings_outside_the_tree_are_refused(void **state)
{
    (void)state;
    const uint8_t none = 0;
    for (unsigned height = 0; height <= 255; height++) {
        uint8_t bytes[64];
        struct sl_piece_id out = {0};
        const size_t n = build(bytes, &none, 1, (uint8_t)height);
        const bool good = height >= SL_PIECE_HEIGHT_MIN && height <= SL_PIECE_HEIGHT_MAX;
        assert_int_equal(parse(&out, bytes, n), good ? SL_OK : SL_EFORMAT);
    }
    for (uint8_t padding = 0; padding < 0x80; padding++) {
        uint8_t bytes[64];
        struct sl_piece_id out = {0};
        const size_t n = build(bytes, &padding, 1, SL_PIECE_HEIGHT_MIN);
        assert_int_equal(parse(&out, bytes, n), padding < 127 ? SL_OK : SL_EFORMAT);
    }
}

static void other_text_is_refused_with_a_reason(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",         "b",
        "B",        "bafkzcib",
        "mAVWRICI", "0x0155",
        "b=======", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct sl_err err = {0};
        struct sl_piece_id out;
        uint8_t root[SL_PIECE_ROOT_BYTES];
        assert_int_equal(sl_piece_parse(&out, texts[i], strlen(texts[i]), &err), SL_EFORMAT);
        assert_non_null(strstr(err.text, "PieceCID"));
        assert_int_equal(sl_piece_parse_v1(root, texts[i], strlen(texts[i]), &err), SL_EFORMAT);
        assert_non_null(strstr(err.text, "PieceCID"));
    }
}

static void v1_and_v2_are_not_taken_for_each_other(void **state)
{
    (void)state;
    const struct sl_piece_id id = sample(1000, 5);
    struct sl_piece_id out;
    uint8_t root[SL_PIECE_ROOT_BYTES];
    char v1[SL_PIECE_V1_CHARS];
    char v2[SL_PIECE_CID_CHARS];
    sl_piece_cid_v1(v1, id.root);
    sl_piece_cid(v2, &id);
    assert_int_equal(sl_piece_parse(&out, v1, strlen(v1), NULL), SL_EFORMAT);
    assert_int_equal(sl_piece_parse_v1(root, v2, strlen(v2), NULL), SL_EFORMAT);
    assert_int_equal(sl_piece_parse_v1(root, v1, strlen(v1), NULL), SL_OK);
    assert_int_equal(sl_piece_parse_v1(root, v1, strlen(v1) - 1, NULL), SL_EFORMAT);
}

static void either_form_is_taken_where_both_may_come(void **state)
{
    (void)state;
    const struct sl_piece_id id = sample(1000, 5);
    struct sl_piece_id out;
    char v1[SL_PIECE_V1_CHARS];
    char v2[SL_PIECE_CID_CHARS];
    sl_piece_cid_v1(v1, id.root);
    sl_piece_cid(v2, &id);
    assert_int_equal(sl_piece_parse_either(&out, v2, strlen(v2), NULL), SL_OK);
    assert_true(sl_piece_id_equal(&out, &id));
    assert_int_equal(sl_piece_parse_either(&out, v1, strlen(v1), NULL), SL_OK);
    assert_memory_equal(out.root, id.root, sizeof out.root);
    assert_int_equal(out.height, 0);
    assert_int_equal(out.payload_bytes, 0);
    assert_int_equal(sl_piece_parse_either(&out, v1, strlen(v1) - 1, NULL), SL_EFORMAT);
    assert_int_equal(sl_piece_parse_either(&out, v2, strlen(v2) - 1, NULL), SL_EFORMAT);
    assert_int_equal(sl_piece_parse_either(&out, "", 0, NULL), SL_EFORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_height_and_padding_goes_there_and_back),
        cmocka_unit_test(the_buffers_hold_the_longest_cid),
        cmocka_unit_test(every_truncated_or_lengthened_cid_is_refused),
        cmocka_unit_test(varints_that_are_long_or_endless_are_refused),
        cmocka_unit_test(heights_and_paddings_outside_the_tree_are_refused),
        cmocka_unit_test(other_text_is_refused_with_a_reason),
        cmocka_unit_test(v1_and_v2_are_not_taken_for_each_other),
        cmocka_unit_test(either_form_is_taken_where_both_may_come),
    };
    return cmocka_run_group_tests_name("piece cid", tests, NULL, NULL);
}
