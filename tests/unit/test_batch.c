/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The size of an add on chain: the golden vectors, and cases that they do not cover. */
#include <stdlib.h>
#include <string.h>

#include "sluice/base32.h"
#include "sluice/data_set.h"
#include "sluice/eip712.h"
#include "sluice/piece.h"

#include "support/test.h"
#include "support/vectors.h"

enum { ENTRIES = 16 };

static const cJSON *member(const cJSON *object, const char *key)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
    assert_non_null(value);
    return value;
}

/* [[key, value], ...]; borrowed from the tree. */
static size_t pairs_of(struct sl_metadata *out, const cJSON *list)
{
    const cJSON *pair = NULL;
    size_t count = 0;
    cJSON_ArrayForEach(pair, list)
    {
        assert_true(count < ENTRIES);
        out[count].key = cJSON_GetStringValue(cJSON_GetArrayItem(pair, 0));
        out[count].value = cJSON_GetStringValue(cJSON_GetArrayItem(pair, 1));
        assert_true(out[count].key != NULL && out[count].value != NULL);
        count++;
    }
    return count;
}

static struct sl_u256 number(const cJSON *object, const char *key)
{
    struct sl_u256 out;
    const char *text = sl_vectors_str(object, key);
    assert_int_equal(sl_u256_parse_dec(&out, text, strlen(text), NULL), SL_OK);
    return out;
}

/* One run of equal pieces; everything but `cid` is borrowed from the tree. */
struct run {
    uint8_t cid[64];
    struct sl_metadata metadata[ENTRIES];
    struct sl_signed_piece piece;
    uint64_t count;
};

static void read_run(struct run *run, const cJSON *one)
{
    /* The vectors invent PieceCIDs of any size, also of sizes that no piece has: decode only. */
    const char *text = sl_vectors_str(one, "pieceCid");
    assert_int_equal(text[0], 'b');
    const int len = sl_base32_decode(run->cid, sizeof run->cid, text + 1, strlen(text) - 1, NULL);
    assert_true(len > 0);
    run->count = sl_vectors_u64(one, "count");
    run->piece.cid = run->cid;
    run->piece.cid_len = (size_t)len;
    run->piece.metadata = run->metadata;
    run->piece.metadata_count = pairs_of(run->metadata, member(one, "metadata"));
}

static void begin(struct sl_add_size *size, const cJSON *input)
{
    struct sl_metadata entries[ENTRIES];
    struct sl_create_message create = {.metadata = entries};
    const char *kind = sl_vectors_str(input, "kind");
    if (strcmp(kind, "addPieces") == 0) {
        sl_add_size_init(size, NULL, true);
        return;
    }
    assert_string_equal(kind, "createDataSetAndAddPieces");
    create.metadata_count = pairs_of(entries, member(input, "dataSetMetadata"));
    if (cJSON_IsTrue(member(input, "cdn")))
        assert_int_equal(
            sl_metadata_put(entries, &create.metadata_count, ENTRIES, SL_METADATA_CDN, "", NULL),
            SL_OK);
    sl_add_size_init(size, &create, true);
}

static void read_size(struct sl_add_size *size, const cJSON *input)
{
    const cJSON *one = NULL;
    begin(size, input);
    cJSON_ArrayForEach(one, member(input, "pieces"))
    {
        struct run run = {0};
        read_run(&run, one);
        for (uint64_t i = 0; i < run.count; i++)
            sl_add_size_piece(size, &run.piece);
    }
}

/* Only an existing data set can be a legacy one. */
static bool is_legacy(const cJSON *input)
{
    if (sl_vectors_maybe(input, "dataSetId") == NULL ||
        sl_vectors_maybe(input, "legacyPieceStorageIdLimit") == NULL)
        return false;
    return sl_data_set_is_legacy(number(input, "dataSetId"),
                                 sl_vectors_u64(input, "legacyPieceStorageIdLimit"));
}

/* ---- one function for each of the vectors ---- */

static void case_size(const cJSON *input, const cJSON *output)
{
    struct sl_add_size size;
    read_size(&size, input);
    assert_int_equal(sl_add_size_bytes(&size), sl_vectors_u64(output, "value"));
}

static void case_fits(const cJSON *input, const cJSON *output)
{
    struct sl_add_size size;
    read_size(&size, input);
    if (cJSON_HasObjectItem(output, "calldataSize") && size.pieces > 0)
        assert_int_equal(sl_add_size_bytes(&size), sl_vectors_u64(output, "calldataSize"));
    assert_int_equal(sl_add_size_fits(&size, is_legacy(input)),
                     cJSON_IsTrue(member(output, "value")));
}

static void case_largest(const cJSON *input, const cJSON *output)
{
    struct sl_add_size size;
    struct run run = {0};
    uint64_t most = 0;
    assert_int_equal(cJSON_GetArraySize(member(input, "pieces")), 1);
    read_run(&run, cJSON_GetArrayItem(member(input, "pieces"), 0));
    begin(&size, input);
    for (;;) {
        sl_add_size_piece(&size, &run.piece);
        if (!sl_add_size_fits(&size, is_legacy(input)))
            break;
        most++;
    }
    assert_int_equal(most, sl_vectors_u64(output, "value"));
}

static const struct sl_vector_fn functions[] = {
    {"estimateAddPiecesCalldataSize", case_size},
    {"addPiecesFits", case_fits},
    {"largestBatch", case_largest},
};

static void every_vector_of_batches_agrees(void **state)
{
    (void)state;
    sl_vectors_run("batch.json", functions, sizeof functions / sizeof functions[0]);
}

/* ---- beyond the vectors ---- */

static void the_full_form_lists_every_piece(void **state)
{
    (void)state;
    const struct sl_signed_piece piece = {.cid = (const uint8_t *)"", .cid_len = 39};
    struct sl_add_size full;
    struct sl_add_size compact;
    sl_add_size_init(&full, NULL, false);
    sl_add_size_init(&compact, NULL, true);
    for (size_t pieces = 1; pieces <= 1000; pieces++) {
        sl_add_size_piece(&full, &piece);
        sl_add_size_piece(&compact, &piece);
        assert_int_equal(sl_add_size_bytes(&full), sl_add_size_bytes(&compact) + pieces * 128);
        assert_int_equal(sl_add_size_fits(&full, false), pieces <= 224);
        assert_int_equal(sl_add_size_fits(&compact, false), pieces <= 404);
        assert_int_equal(sl_add_size_fits(&compact, true), pieces <= 80);
    }
}

static void one_entry_lists_the_pieces_before_it_too(void **state)
{
    (void)state;
    const struct sl_metadata entry = {"k", "v"};
    const struct sl_signed_piece bare = {.cid = (const uint8_t *)"", .cid_len = 39};
    const struct sl_signed_piece named = {
        .cid = (const uint8_t *)"", .cid_len = 39, .metadata = &entry, .metadata_count = 1};
    struct sl_add_size compact;
    struct sl_add_size full;
    sl_add_size_init(&compact, NULL, true);
    sl_add_size_init(&full, NULL, false);
    for (int i = 0; i < 3; i++) {
        sl_add_size_piece(&compact, i == 2 ? &named : &bare);
        sl_add_size_piece(&full, i == 2 ? &named : &bare);
    }
    assert_int_equal(sl_add_size_bytes(&compact), sl_add_size_bytes(&full));
}

static void data_sets_below_the_limit_are_legacy(void **state)
{
    (void)state;
    const struct sl_u256 most = sl_u256(UINT64_MAX);
    assert_false(sl_data_set_is_legacy(sl_u256(1), SL_ALL_COMPACT));
    assert_true(sl_data_set_is_legacy(sl_u256(1558), 1559));
    assert_false(sl_data_set_is_legacy(sl_u256(1559), 1559));
    assert_true(sl_data_set_is_legacy(sl_u256(UINT64_MAX - 1), SL_ALL_LEGACY));
    assert_false(sl_data_set_is_legacy(most, 1559));
    /* A contract that has not changed over yet says 0 and means all. */
    assert_true(sl_legacy_limit(0) == SL_ALL_LEGACY);
    assert_true(sl_legacy_limit(1559) == 1559);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_of_batches_agrees),
        cmocka_unit_test(the_full_form_lists_every_piece),
        cmocka_unit_test(one_entry_lists_the_pieces_before_it_too),
        cmocka_unit_test(data_sets_below_the_limit_are_legacy),
    };
    return cmocka_run_group_tests_name("batch", tests, NULL, NULL);
}
