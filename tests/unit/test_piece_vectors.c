/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Every golden vector about pieces, but for the large inputs (test_piece_large). */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"
#include "sluice/piece.h"

#include "piece/fr32.h"
#include "piece/kernel.h"
#include "piece/tree.h"
#include "piece_cases.h"
#include "support/test.h"
#include "support/vectors.h"

static void every_piece_case_hashes_to_its_cid(void **state)
{
    (void)state;
    assert_true(sl_piece_cases_run(0, SL_LARGE_BYTES) > 0);
}

static void every_shard_case_combines_to_the_whole(void **state)
{
    (void)state;
    assert_true(sl_shard_cases_run(0, SL_LARGE_BYTES) > 0);
}

/* A number as the vectors write it; false for "-1" and other things that are no payload size. */
static bool is_count(const char *text)
{
    if (*text == '\0' || strlen(text) > 19)
        return false;
    while (isdigit((unsigned char)*text))
        text++;
    return *text == '\0';
}

/* The recorded parser is laxer than ours: it takes impossible sizes and heights, and base58. */
static bool ours_takes_it(const cJSON *one)
{
    const char *input = sl_vectors_str(one, "input");
    if (!cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(one, "ok")))
        return false;
    if (input[0] != 'b' && strncmp(input, "0x", 2) != 0)
        return false;
    const uint64_t height = sl_vectors_u64(one, "height");
    return is_count(sl_vectors_str(one, "size")) && height >= SL_PIECE_HEIGHT_MIN &&
           height <= SL_PIECE_HEIGHT_MAX;
}

static int parse_input(struct sl_piece_id *id, const char *input)
{
    if (strncmp(input, "0x", 2) != 0)
        return sl_piece_parse(id, input, strlen(input), NULL);
    uint8_t bytes[64];
    const int n = sl_hex_decode(bytes, sizeof bytes, input, strlen(input), NULL);
    return n < 0 ? n : sl_piece_parse_bytes(id, bytes, (size_t)n, NULL);
}

static void fields_are(const struct sl_piece_id *id, const cJSON *one)
{
    char text[SL_PIECE_CID_CHARS];
    char root[2 * SL_PIECE_ROOT_BYTES + 1];
    sl_piece_cid(text, id);
    assert_string_equal(text, sl_vectors_str(one, "canonical"));
    sl_hex_encode(root, id->root, sizeof id->root);
    assert_string_equal(root, sl_vectors_str(one, "rootHex") + 2);
    assert_int_equal(id->height, sl_vectors_u64(one, "height"));
    assert_int_equal(id->payload_bytes, sl_vectors_u64(one, "size"));
    assert_int_equal(sl_piece_padding(id), sl_vectors_u64(one, "padding"));
    assert_int_equal(UINT64_C(32) << id->height, sl_vectors_u64(one, "paddedSize"));
}

static void every_cid_is_parsed_or_refused(void **state)
{
    (void)state;
    cJSON *vectors = sl_vectors_load("piece-cid.json");
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, sl_vectors_list(vectors, "parse"))
    {
        struct sl_piece_id id = {.payload_bytes = 12345};
        print_message("%s\n", sl_vectors_str(one, "name"));
        const int rc = parse_input(&id, sl_vectors_str(one, "input"));
        if (ours_takes_it(one)) {
            assert_int_equal(rc, SL_OK);
            fields_are(&id, one);
        } else {
            assert_int_equal(rc, SL_EFORMAT);
            assert_int_equal(id.payload_bytes, 12345); /* untouched */
        }
    }
    cJSON_Delete(vectors);
}

static void every_size_has_its_height(void **state)
{
    (void)state;
    cJSON *vectors = sl_vectors_load("piece-cid.json");
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, sl_vectors_list(vectors, "sizing"))
    {
        const uint8_t height = sl_piece_height(sl_vectors_u64(one, "rawSize"));
        assert_int_equal(height, sl_vectors_u64(one, "height"));
        assert_int_equal(UINT64_C(32) << height, sl_vectors_u64(one, "paddedSize"));
    }
    cJSON_Delete(vectors);
}

static void every_zero_tree_has_its_root(void **state)
{
    (void)state;
    cJSON *vectors = sl_vectors_load("piece-cid.json");
    const cJSON *one = NULL;
    unsigned height = 0;
    cJSON_ArrayForEach(one, sl_vectors_list(vectors, "zeroRoots"))
    {
        char hex[2 * SL_NODE_BYTES + 1];
        assert_true(height <= SL_PIECE_HEIGHT_MAX);
        sl_hex_encode(hex, sl_zero_node(height++), SL_NODE_BYTES);
        assert_string_equal(hex, cJSON_GetStringValue(one) + 2);
    }
    cJSON_Delete(vectors);
}

static void every_quad_is_spread_as_recorded(void **state)
{
    (void)state;
    cJSON *vectors = sl_vectors_load("piece-cid.json");
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, sl_vectors_list(vectors, "fr32"))
    {
        size_t in_len = 0;
        size_t out_len = 0;
        uint8_t *in = sl_vectors_hex(one, "inputHex", &in_len);
        uint8_t *want = sl_vectors_hex(one, "expandedHex", &out_len);
        uint8_t *exact = malloc(in_len); /* so that a sanitizer sees a read behind the end */
        uint8_t *got = malloc(out_len);
        assert_non_null(exact);
        assert_non_null(got);
        memcpy(exact, in, in_len);
        assert_int_equal(in_len % SL_QUAD_BYTES, 0);
        assert_int_equal(in_len / SL_QUAD_BYTES * SL_QUAD_SPREAD_BYTES, out_len);
        sl_fr32(got, exact, in_len / SL_QUAD_BYTES);
        assert_memory_equal(got, want, out_len);
        free(in);
        free(want);
        free(exact);
        free(got);
    }
    cJSON_Delete(vectors);
}

static void every_pair_has_its_node(void **state)
{
    (void)state;
    cJSON *vectors = sl_vectors_load("piece-cid.json");
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, sl_vectors_list(vectors, "node"))
    {
        uint8_t pair[2 * SL_NODE_BYTES];
        uint8_t node[SL_NODE_BYTES];
        size_t len = 0;
        uint8_t *left = sl_vectors_hex(one, "left", &len);
        uint8_t *right = sl_vectors_hex(one, "right", &len);
        uint8_t *want = sl_vectors_hex(one, "node", &len);
        memcpy(pair, left, SL_NODE_BYTES);
        memcpy(pair + SL_NODE_BYTES, right, SL_NODE_BYTES);
        sl_kernel()->nodes(node, pair, 1);
        assert_memory_equal(node, want, SL_NODE_BYTES);
        free(left);
        free(right);
        free(want);
    }
    cJSON_Delete(vectors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cid_is_parsed_or_refused),
        cmocka_unit_test(every_size_has_its_height),
        cmocka_unit_test(every_zero_tree_has_its_root),
        cmocka_unit_test(every_quad_is_spread_as_recorded),
        cmocka_unit_test(every_pair_has_its_node),
        cmocka_unit_test(every_piece_case_hashes_to_its_cid),
        cmocka_unit_test(every_shard_case_combines_to_the_whole),
    };
    const char *forced = getenv("SLUICE_PIECE_KERNEL");
    if (forced != NULL && strcmp(forced, sl_piece_kernel()) != 0) {
        print_message("skipped: this CPU or build has no kernel '%s'\n", forced);
        return 77;
    }
    print_message("kernel: %s\n", sl_piece_kernel());
    return cmocka_run_group_tests_name("piece vectors", tests, NULL, NULL);
}
