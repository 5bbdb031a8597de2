/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* From PieceCIDs to the ids that may hold them. */
#include <string.h>

#include "commit/reuse/piece_index.h"
#include "support/test.h"

enum { PIECES = 5000 };

static struct sl_piece_id piece_of(uint64_t number)
{
    struct sl_piece_id piece = {.payload_bytes = 127, .height = 2};
    const uint64_t key = number * UINT64_C(0x9e3779b97f4a7c15);
    memcpy(piece.root, &key, sizeof key);
    return piece;
}

static size_t ids_of(uint64_t *out, size_t cap, const struct sl_piece_index *index,
                     const struct sl_piece_id *piece)
{
    size_t at = 0, count = 0;
    uint64_t id;
    while (sl_commit_piece_index_next(&id, &at, index, piece)) {
        assert_true(count < cap);
        out[count++] = id;
    }
    return count;
}

static void an_empty_index_has_nothing(void **state)
{
    (void)state;
    const struct sl_piece_id piece = piece_of(1);
    struct sl_piece_index index = {0};
    uint64_t id;
    assert_int_equal(ids_of(&id, 1, &index, &piece), 0);
    sl_commit_piece_index_free(&index);
}

static void every_piece_is_found_under_its_id_and_no_other_is(void **state)
{
    (void)state;
    struct sl_piece_index index = {0};
    uint64_t ids[2];
    for (uint64_t i = 0; i < PIECES; i++) {
        const struct sl_piece_id piece = piece_of(i);
        assert_int_equal(sl_commit_piece_index_add(&index, &piece, 100 + i, NULL), SL_OK);
    }
    assert_int_equal(index.count, PIECES);
    for (uint64_t i = 0; i < PIECES; i++) {
        const struct sl_piece_id piece = piece_of(i);
        assert_int_equal(ids_of(ids, 2, &index, &piece), 1);
        assert_int_equal(ids[0], 100 + i);
    }
    for (uint64_t i = PIECES; i < 2 * PIECES; i++) {
        const struct sl_piece_id piece = piece_of(i);
        assert_int_equal(ids_of(ids, 2, &index, &piece), 0);
    }
    sl_commit_piece_index_free(&index);
}

/* The same PieceCID may be in a data set several times, and other pieces may begin alike. */
static void all_candidates_come_one_after_the_other(void **state)
{
    (void)state;
    struct sl_piece_index index = {0};
    struct sl_piece_id piece = piece_of(7);
    uint64_t ids[1000];
    uint64_t sum = 0;
    for (uint64_t i = 0; i < 1000; i++) {
        piece.root[20] = (uint8_t)i;
        assert_int_equal(sl_commit_piece_index_add(&index, &piece, i, NULL), SL_OK);
    }
    assert_int_equal(ids_of(ids, 1000, &index, &piece), 1000);
    for (size_t i = 0; i < 1000; i++)
        sum += ids[i];
    assert_int_equal(sum, 999 * 1000 / 2);
    sl_commit_piece_index_free(&index);
}

static void a_root_that_begins_with_zeros_is_found(void **state)
{
    (void)state;
    const struct sl_piece_id zeros = {.payload_bytes = 127, .height = 2};
    const struct sl_piece_id one = piece_of(3);
    struct sl_piece_index index = {0};
    uint64_t id = 0;
    assert_int_equal(sl_commit_piece_index_add(&index, &one, 1, NULL), SL_OK);
    assert_int_equal(ids_of(&id, 1, &index, &zeros), 0);
    assert_int_equal(sl_commit_piece_index_add(&index, &zeros, 2, NULL), SL_OK);
    assert_int_equal(ids_of(&id, 1, &index, &zeros), 1);
    assert_int_equal(id, 2);
    sl_commit_piece_index_free(&index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_index_has_nothing),
        cmocka_unit_test(every_piece_is_found_under_its_id_and_no_other_is),
        cmocka_unit_test(all_candidates_come_one_after_the_other),
        cmocka_unit_test(a_root_that_begins_with_zeros_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
