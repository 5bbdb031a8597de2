/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Hashing on a thread of its own gives what hashing at once gives. */
#include <stdlib.h>
#include <string.h>

#include "engine/work/hashing.h"
#include "support/test.h"

enum { TOTAL_BYTES = 3000000 };

static uint8_t *noise(void)
{
    uint8_t *bytes = malloc(TOTAL_BYTES);
    uint64_t s = 88172645463325252U;
    assert_non_null(bytes);
    for (size_t i = 0; i < TOTAL_BYTES; i++) {
        s ^= s << 13;
        s ^= s >> 7;
        s ^= s << 17;
        bytes[i] = (uint8_t)s;
    }
    return bytes;
}

static struct sl_piece_id at_once(const uint8_t *bytes, size_t len)
{
    struct sl_piece_id id;
    struct sl_piece_hasher *hasher = sl_piece_hasher_new();
    assert_non_null(hasher);
    assert_int_equal(sl_piece_hasher_add(hasher, bytes, len, NULL), SL_OK);
    assert_int_equal(sl_piece_hasher_finish(hasher, &id, NULL), SL_OK);
    sl_piece_hasher_free(hasher);
    return id;
}

static struct sl_hashing *started(void)
{
    struct sl_hashing *hashing = NULL;
    assert_int_equal(sl_hashing_new(&hashing, NULL), SL_OK);
    return hashing;
}

/* In pieces of `step` bytes, which grow a little. */
static void give(struct sl_hashing *hashing, const uint8_t *bytes, size_t len, size_t step)
{
    for (size_t at = 0; at < len; step += 7) {
        size_t n = step % SL_HASHING_BYTES + 1;
        n = n < len - at ? n : len - at;
        memcpy(sl_hashing_buffer(hashing), bytes + at, n);
        sl_hashing_add(hashing, n);
        at += n;
    }
}

static void assert_finishes_as(struct sl_hashing *hashing, const uint8_t *bytes, size_t len)
{
    struct sl_piece_id id;
    const struct sl_piece_id want = at_once(bytes, len);
    assert_int_equal(sl_hashing_finish(hashing, &id, NULL), SL_OK);
    assert_true(sl_piece_id_equal(&id, &want));
    assert_int_equal(sl_hashing_bytes(hashing), len);
}

static void any_split_gives_what_hashing_at_once_gives(void **state)
{
    (void)state;
    static const size_t lens[] = {0, 1, 127, 65536, 65537, 400000, TOTAL_BYTES};
    uint8_t *bytes = noise();
    struct sl_hashing *hashing = started();
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        sl_hashing_reset(hashing);
        give(hashing, bytes, lens[i], i % 2 == 0 ? 1000 : SL_HASHING_BYTES - 1);
        assert_finishes_as(hashing, bytes, lens[i]);
    }
    sl_hashing_free(hashing);
    free(bytes);
}

static void starting_over_forgets_what_was_given(void **state)
{
    (void)state;
    uint8_t *bytes = noise();
    struct sl_hashing *hashing = started();
    for (size_t before = 0; before < 6; before++) {
        give(hashing, bytes + 5, before * SL_HASHING_BYTES, SL_HASHING_BYTES - 1);
        sl_hashing_reset(hashing);
        assert_int_equal(sl_hashing_bytes(hashing), 0);
        give(hashing, bytes, 500000, 30000);
        assert_finishes_as(hashing, bytes, 500000);
        sl_hashing_reset(hashing);
    }
    sl_hashing_free(hashing);
    free(bytes);
}

static void it_can_be_freed_in_the_middle(void **state)
{
    (void)state;
    uint8_t *bytes = noise();
    for (size_t buffers = 0; buffers < 5; buffers++) {
        struct sl_hashing *hashing = started();
        give(hashing, bytes, buffers * SL_HASHING_BYTES, SL_HASHING_BYTES - 1);
        sl_hashing_free(hashing);
    }
    sl_hashing_free(NULL);
    free(bytes);
}

static void a_stream_is_closed_once(void **state)
{
    (void)state;
    struct sl_piece_id id;
    struct sl_hashing *hashing = started();
    assert_int_equal(sl_hashing_finish(hashing, &id, NULL), SL_OK);
    assert_int_equal(sl_hashing_finish(hashing, &id, NULL), SL_EINVAL);
    sl_hashing_reset(hashing);
    assert_int_equal(sl_hashing_finish(hashing, &id, NULL), SL_OK);
    sl_hashing_free(hashing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_split_gives_what_hashing_at_once_gives),
        cmocka_unit_test(starting_over_forgets_what_was_given),
        cmocka_unit_test(it_can_be_freed_in_the_middle),
        cmocka_unit_test(a_stream_is_closed_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
