/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "piece_cases.h"

#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"

#include "support/test.h"
#include "support/vectors.h"

enum { CHUNK_BYTES = 1 << 20 };

static void root_is(const struct sl_piece_id *id, const cJSON *expected)
{
    char hex[2 * SL_PIECE_ROOT_BYTES + 1];
    sl_hex_encode(hex, id->root, sizeof id->root);
    assert_string_equal(hex, sl_vectors_str(expected, "rootHex") + 2);
    assert_int_equal(id->height, sl_vectors_u64(expected, "height"));
    assert_int_equal(sl_piece_padding(id), sl_vectors_u64(expected, "padding"));
}

static void text_is(const struct sl_piece_id *id, const char *expected)
{
    char text[SL_PIECE_CID_CHARS];
    struct sl_piece_id back = {0};
    sl_piece_cid(text, id);
    assert_string_equal(text, expected);
    const int rc = sl_piece_parse(&back, expected, strlen(expected), NULL);
    if (id->payload_bytes == 0) { /* nothing but padding: the parser refuses it */
        assert_int_equal(rc, SL_EFORMAT);
        return;
    }
    assert_int_equal(rc, SL_OK);
    assert_true(sl_piece_id_equal(&back, id));
    assert_true(sl_piece_is_canonical(&back));
}

static void v1_is(const struct sl_piece_id *id, const cJSON *expected)
{
    char text[SL_PIECE_V1_CHARS];
    uint8_t root[SL_PIECE_ROOT_BYTES];
    const char *v1 = sl_vectors_str(expected, "pieceCidV1");
    sl_piece_cid_v1(text, id->root);
    assert_string_equal(text, v1);
    assert_int_equal(sl_piece_parse_v1(root, v1, strlen(v1), NULL), SL_OK);
    assert_memory_equal(root, id->root, sizeof root);
}

static void bytes_are(const struct sl_piece_id *id, const cJSON *expected)
{
    uint8_t bytes[SL_PIECE_CID_BYTES];
    size_t len = 0;
    uint8_t *want = sl_vectors_hex(expected, "pieceCidV2Hex", &len);
    assert_int_equal(sl_piece_cid_bytes(bytes, id), len);
    assert_memory_equal(bytes, want, len);
    free(want);
}

static void hash_case(const cJSON *one)
{
    struct sl_vector_bytes gen;
    struct sl_piece_id id;
    struct sl_piece_hasher *hasher = sl_piece_hasher_new();
    uint8_t *chunk = malloc(CHUNK_BYTES);
    assert_non_null(hasher);
    assert_non_null(chunk);
    sl_vector_bytes_init(&gen, one);
    for (size_t n; (n = sl_vector_bytes_next(&gen, chunk, CHUNK_BYTES)) > 0;)
        assert_int_equal(sl_piece_hasher_add(hasher, chunk, n, NULL), SL_OK);
    assert_int_equal(sl_piece_hasher_finish(hasher, &id, NULL), SL_OK);
    free(chunk);
    sl_piece_hasher_free(hasher);

    assert_int_equal(id.payload_bytes, sl_vectors_u64(one, "size"));
    assert_int_equal(UINT64_C(32) << id.height, sl_vectors_u64(one, "paddedSize"));
    root_is(&id, one);
    text_is(&id, sl_vectors_str(one, "pieceCidV2"));
    v1_is(&id, one);
    bytes_are(&id, one);
}

/* Hashes the next `size` bytes of the generator as a piece of its own. */
static void hash_shard(struct sl_piece_id *id, struct sl_vector_bytes *gen, uint64_t size)
{
    struct sl_piece_hasher *hasher = sl_piece_hasher_new();
    uint8_t *chunk = malloc(CHUNK_BYTES);
    assert_non_null(hasher);
    assert_non_null(chunk);
    while (size > 0) {
        const size_t n = sl_vector_bytes_next(gen, chunk, size < CHUNK_BYTES ? size : CHUNK_BYTES);
        assert_true(n > 0);
        assert_int_equal(sl_piece_hasher_add(hasher, chunk, n, NULL), SL_OK);
        size -= n;
    }
    assert_int_equal(sl_piece_hasher_finish(hasher, id, NULL), SL_OK);
    free(chunk);
    sl_piece_hasher_free(hasher);
}

static void shard_case(const cJSON *one)
{
    const cJSON *shards = sl_vectors_list(one, "shards");
    const cJSON *whole = cJSON_GetObjectItemCaseSensitive(one, "whole");
    const size_t count = (size_t)cJSON_GetArraySize(shards);
    const uint64_t shard_bytes = sl_vectors_u64(one, "shardSize");
    struct sl_piece_id *ids = calloc(count, sizeof *ids);
    struct sl_vector_bytes gen;
    struct sl_piece_id id;
    size_t n = 0;
    assert_non_null(ids);
    assert_int_equal(count, sl_vectors_u64(one, "shardCount"));
    assert_int_equal(sl_piece_height(shard_bytes), sl_vectors_u64(one, "shardHeight"));
    sl_vector_bytes_init(&gen, one);
    for (const cJSON *shard = shards->child; shard != NULL; shard = shard->next) {
        assert_int_equal(gen.at, sl_vectors_u64(shard, "offset"));
        hash_shard(&ids[n], &gen, sl_vectors_u64(shard, "size"));
        root_is(&ids[n], shard);
        text_is(&ids[n], sl_vectors_str(shard, "pieceCidV2"));
        n++;
    }
    assert_int_equal(sl_piece_combine(&id, ids, count, shard_bytes, NULL), SL_OK);
    free(ids);
    assert_int_equal(id.payload_bytes, sl_vectors_u64(one, "size"));
    root_is(&id, whole);
    text_is(&id, sl_vectors_str(whole, "pieceCidV2"));
    v1_is(&id, whole);
}

static unsigned run(const char *file, void (*check)(const cJSON *), uint64_t min, uint64_t max)
{
    cJSON *vectors = sl_vectors_load(file);
    unsigned done = 0;
    for (const cJSON *one = sl_vectors_list(vectors, "cases")->child; one != NULL;
         one = one->next) {
        const uint64_t size = sl_vectors_u64(one, "size");
        if (size < min || size > max)
            continue;
        print_message("%s: %s\n", file, sl_vectors_str(one, "id"));
        check(one);
        done++;
    }
    cJSON_Delete(vectors);
    return done;
}

unsigned sl_piece_cases_run(uint64_t min_bytes, uint64_t max_bytes)
{
    return run("piece-cid.json", hash_case, min_bytes, max_bytes);
}

unsigned sl_shard_cases_run(uint64_t min_bytes, uint64_t max_bytes)
{
    return run("shards.json", shard_case, min_bytes, max_bytes);
}
