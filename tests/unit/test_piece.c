/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sluice/piece.h"

#include "piece/fr32.h"
#include "piece/kernel.h"
#include "piece/sha256.h"
#include "support/test.h"
#include "support/tmp.h"

enum { DATA_BYTES = 1 << 20 };

static uint8_t *data; /* DATA_BYTES of noise */

static uint64_t noise(uint64_t *s)
{
    *s ^= *s >> 12;
    *s ^= *s << 25;
    *s ^= *s >> 27;
    return *s * UINT64_C(0x2545F4914F6CDD1D);
}

static int make_data(void **state)
{
    (void)state;
    uint64_t s = 42;
    data = malloc(DATA_BYTES);
    if (data == NULL)
        return -1;
    for (size_t i = 0; i < DATA_BYTES; i++)
        data[i] = (uint8_t)(noise(&s) >> 32);
    return 0;
}

static int drop_data(void **state)
{
    (void)state;
    free(data);
    return 0;
}

static struct sl_piece_id hash(const uint8_t *bytes, size_t len)
{
    struct sl_piece_id id;
    struct sl_piece_hasher *hasher = sl_piece_hasher_new();
    assert_non_null(hasher);
    assert_int_equal(sl_piece_hasher_add(hasher, bytes, len, NULL), SL_OK);
    assert_int_equal(sl_piece_hasher_finish(hasher, &id, NULL), SL_OK);
    sl_piece_hasher_free(hasher);
    return id;
}

/* Straight from the definition, slow: leaf by leaf, bit by bit, one node at a time. */
static void define(uint8_t *nodes, const uint8_t *bytes, size_t len, uint8_t height)
{
    const size_t leaves = (size_t)1 << height;
    memset(nodes, 0, leaves * SL_NODE_BYTES);
    for (size_t bit = 0; bit < len * 8; bit++) {
        const size_t to = bit / 254 * 256 + bit % 254;
        if ((bytes[bit / 8] >> (bit % 8) & 1) != 0)
            nodes[to / 8] |= (uint8_t)(1U << (to % 8));
    }
    for (size_t count = leaves / 2; count > 0; count /= 2) {
        for (size_t i = 0; i < count; i++) {
            uint8_t pair[2 * SL_NODE_BYTES];
            memcpy(pair, nodes + i * sizeof pair, sizeof pair);
            sl_kernel_find("portable")->nodes(nodes + i * SL_NODE_BYTES, pair, 1);
        }
    }
}

static void the_root_is_the_one_of_the_definition(void **state)
{
    (void)state;
    static const size_t sizes[] = {0,     1,     126,   127,   128,   254,   255,    508,   1015,
                                   1016,  1017,  8000,  8127,  8128,  8129,  8254,   8255,  8256,
                                   8382,  8383,  9000,  9144,  9145,  16255, 16256,  16257, 24384,
                                   24385, 65023, 65024, 65025, 65151, 65536, 130048, 130049};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const uint8_t height = sl_piece_height(sizes[i]);
        uint8_t *nodes = malloc((size_t)SL_NODE_BYTES << height);
        assert_non_null(nodes);
        define(nodes, data, sizes[i], height);
        const struct sl_piece_id id = hash(data, sizes[i]);
        assert_int_equal(id.payload_bytes, sizes[i]);
        assert_int_equal(id.height, height);
        assert_memory_equal(id.root, nodes, SL_NODE_BYTES);
        free(nodes);
    }
}

static void any_split_of_the_stream_gives_the_same_root(void **state)
{
    (void)state;
    uint64_t s = 7;
    struct sl_piece_hasher *hasher = sl_piece_hasher_new();
    assert_non_null(hasher);
    for (unsigned round = 0; round < 40; round++) {
        const size_t len = noise(&s) % (round < 20 ? 40000 : 300000);
        const size_t longest = (size_t)1 << (noise(&s) % 17 + 1);
        struct sl_piece_id id;
        sl_piece_hasher_reset(hasher);
        for (size_t at = 0; at < len;) {
            size_t n = noise(&s) % (longest + 1);
            n = n < len - at ? n : len - at;
            assert_int_equal(sl_piece_hasher_add(hasher, data + at, n, NULL), SL_OK);
            at += n;
        }
        assert_int_equal(sl_piece_hasher_finish(hasher, &id, NULL), SL_OK);
        const struct sl_piece_id whole = hash(data, len);
        assert_true(sl_piece_id_equal(&id, &whole));
    }
    sl_piece_hasher_free(hasher);
}

static void a_finished_hasher_takes_nothing_until_reset(void **state)
{
    (void)state;
    struct sl_piece_hasher *hasher = sl_piece_hasher_new();
    struct sl_piece_id id;
    struct sl_piece_id again;
    assert_non_null(hasher);
    assert_int_equal(sl_piece_hasher_add(hasher, data, 5000, NULL), SL_OK);
    assert_int_equal(sl_piece_hasher_finish(hasher, &id, NULL), SL_OK);
    assert_int_equal(sl_piece_hasher_add(hasher, data, 1, NULL), SL_EINVAL);
    assert_int_equal(sl_piece_hasher_finish(hasher, &again, NULL), SL_EINVAL);
    sl_piece_hasher_reset(hasher);
    assert_int_equal(sl_piece_hasher_add(hasher, data, 5000, NULL), SL_OK);
    assert_int_equal(sl_piece_hasher_finish(hasher, &again, NULL), SL_OK);
    assert_true(sl_piece_id_equal(&id, &again));
    sl_piece_hasher_free(hasher);
    sl_piece_hasher_free(NULL);
}

static void trailing_zeros_keep_the_root_but_not_the_cid(void **state)
{
    (void)state;
    uint8_t bytes[1000] = {0};
    char one[SL_PIECE_CID_CHARS];
    char two[SL_PIECE_CID_CHARS];
    memcpy(bytes, data, 900);
    const struct sl_piece_id a = hash(bytes, 900);
    const struct sl_piece_id b = hash(bytes, 1000);
    assert_memory_equal(a.root, b.root, sizeof a.root);
    assert_false(sl_piece_id_equal(&a, &b));
    sl_piece_cid(one, &a);
    sl_piece_cid(two, &b);
    assert_string_not_equal(one, two);
}

static void shards_of_any_size_combine_to_the_whole(void **state)
{
    (void)state;
    uint64_t s = 3;
    for (unsigned round = 0; round < 30; round++) {
        const uint64_t shard = UINT64_C(127) << (noise(&s) % 10);
        const size_t len = noise(&s) % 200000 + 1;
        const size_t count = (len + shard - 1) / shard;
        struct sl_piece_id *ids = calloc(count, sizeof *ids);
        struct sl_piece_id id;
        assert_non_null(ids);
        for (size_t i = 0; i < count; i++)
            ids[i] = hash(data + i * shard, i + 1 < count ? shard : len - i * shard);
        assert_int_equal(sl_piece_combine(&id, ids, count, shard, NULL), SL_OK);
        const struct sl_piece_id whole = hash(data, len);
        assert_true(sl_piece_id_equal(&id, &whole));
        free(ids);
    }
}

static void shards_that_do_not_fit_together_are_refused(void **state)
{
    (void)state;
    struct sl_piece_id id;
    const struct sl_piece_id full = hash(data, 254);
    const struct sl_piece_id part = hash(data, 200);
    const struct sl_piece_id none = hash(data, 0);
    const struct sl_piece_id ids[3] = {full, part, full};
    const struct sl_piece_id ends_empty[2] = {full, none};
    struct sl_piece_id lies = full;
    lies.height = 9;
    assert_int_equal(sl_piece_combine(&id, ids, 0, 254, NULL), SL_EINVAL);
    assert_int_equal(sl_piece_combine(&id, ids, 3, 254, NULL), SL_EINVAL);
    assert_int_equal(sl_piece_combine(&id, ids, 2, 255, NULL), SL_EINVAL);
    assert_int_equal(sl_piece_combine(&id, ids, 2, 0, NULL), SL_EINVAL);
    assert_int_equal(sl_piece_combine(&id, ids, 2, 127, NULL), SL_EINVAL);
    assert_int_equal(sl_piece_combine(&id, ids, 2, UINT64_MAX, NULL), SL_EINVAL);
    assert_int_equal(sl_piece_combine(&id, ids, SIZE_MAX, 254, NULL), SL_EINVAL);
    assert_int_equal(sl_piece_combine(&id, ends_empty, 2, 254, NULL), SL_EINVAL);
    assert_int_equal(sl_piece_combine(&id, &lies, 1, 254, NULL), SL_EINVAL);
    assert_int_equal(sl_piece_combine(&id, ids, 2, 254, NULL), SL_OK);
}

static bool stop_after(void *ctx, uint64_t hashed_bytes)
{
    return hashed_bytes >= *(const uint64_t *)ctx;
}

static void a_file_hashes_like_its_bytes(void **state)
{
    (void)state;
    char dir[SL_PATH_BYTES];
    char path[SL_PATH_BYTES];
    struct sl_piece_id id;
    struct sl_err err = {0};
    uint64_t stop = UINT64_MAX;
    sl_tmp_make(dir);
    sl_tmp_file(path, dir, "noise", 700001, 5);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    uint8_t *bytes = malloc(700001);
    assert_true(fd >= 0);
    assert_non_null(bytes);
    assert_int_equal(pread(fd, bytes, 700001, 0), 700001);

    struct sl_piece_id want = hash(bytes, 700001);
    assert_int_equal(sl_piece_of_fd(&id, fd, 0, 0, NULL, NULL, &err), SL_OK);
    assert_true(sl_piece_id_equal(&id, &want));
    want = hash(bytes + 1000, 300003);
    assert_int_equal(sl_piece_of_fd(&id, fd, 1000, 300003, stop_after, &stop, &err), SL_OK);
    assert_true(sl_piece_id_equal(&id, &want));
    want = hash(bytes + 700000, 1); /* a limit behind the end is no limit */
    assert_int_equal(sl_piece_of_fd(&id, fd, 700000, 50, NULL, NULL, &err), SL_OK);
    assert_true(sl_piece_id_equal(&id, &want));
    stop = 1;
    assert_int_equal(sl_piece_of_fd(&id, fd, 0, 0, stop_after, &stop, &err), SL_ECANCELED);
    close(fd);
    assert_int_equal(sl_piece_of_fd(&id, fd, 0, 0, NULL, NULL, &err), SL_EIO);
    free(bytes);
    sl_tmp_remove(dir);
}

static void the_padding_schedule_is_the_one_of_a_64_byte_message(void **state)
{
    (void)state;
    uint32_t w[64] = {UINT32_C(0x80000000)};
    w[15] = 512;
    for (unsigned i = 16; i < 64; i++) {
        const uint32_t x = w[i - 15];
        const uint32_t y = w[i - 2];
        w[i] = w[i - 16] + w[i - 7] + ((x >> 7 | x << 25) ^ (x >> 18 | x << 14) ^ x >> 3) +
               ((y >> 17 | y << 15) ^ (y >> 19 | y << 13) ^ y >> 10);
    }
    for (unsigned i = 0; i < 64; i++)
        assert_int_equal(sl_sha256_pad[i], (uint32_t)(sl_sha256_k[i] + w[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_root_is_the_one_of_the_definition),
        cmocka_unit_test(any_split_of_the_stream_gives_the_same_root),
        cmocka_unit_test(a_finished_hasher_takes_nothing_until_reset),
        cmocka_unit_test(trailing_zeros_keep_the_root_but_not_the_cid),
        cmocka_unit_test(shards_of_any_size_combine_to_the_whole),
        cmocka_unit_test(shards_that_do_not_fit_together_are_refused),
        cmocka_unit_test(a_file_hashes_like_its_bytes),
        cmocka_unit_test(the_padding_schedule_is_the_one_of_a_64_byte_message),
    };
    return cmocka_run_group_tests_name("piece", tests, make_data, drop_data);
}
