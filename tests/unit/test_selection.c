/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Which provider, which data set, which metadata: the golden vectors and the rules beyond them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/selection.h"

#include "support/test.h"
#include "support/vectors.h"

enum { ENTRIES = 16 };

static const cJSON *member(const cJSON *object, const char *key)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
    assert_non_null(value);
    return value;
}

static struct sl_u256 id_of(const char *text)
{
    struct sl_u256 out;
    assert_int_equal(sl_u256_parse_dec(&out, text, strlen(text), NULL), SL_OK);
    return out;
}

static bool flag(const cJSON *object, const char *key)
{
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, key));
}

/* [[key, value], ...]; borrowed from the tree. */
static size_t pairs_of(struct sl_metadata *out, const cJSON *list)
{
    const cJSON *pair = NULL;
    size_t count = 0;
    cJSON_ArrayForEach(pair, list)
    {
        assert_true(count < ENTRIES);
        out[count].key = cJSON_GetArrayItem(pair, 0)->valuestring;
        out[count++].value = cJSON_GetArrayItem(pair, 1)->valuestring;
    }
    return count;
}

static void expect_pairs(const cJSON *list, const struct sl_metadata *got, size_t count)
{
    assert_int_equal(cJSON_GetArraySize(list), count);
    for (size_t i = 0; i < count; i++) {
        const cJSON *pair = cJSON_GetArrayItem(list, (int)i);
        assert_string_equal(got[i].key, cJSON_GetArrayItem(pair, 0)->valuestring);
        assert_string_equal(got[i].value, cJSON_GetArrayItem(pair, 1)->valuestring);
    }
}

/* Providers and data sets of one case. */
struct scene {
    struct sl_provider *providers;
    struct sl_data_set *sets;
    struct sl_metadata (*metadata)[ENTRIES]; /* of the sets, then what is asked for */
    struct sl_selection selection;
};

static void open_scene(struct scene *scene, const cJSON *sets, const cJSON *metadata)
{
    const size_t count = (size_t)cJSON_GetArraySize(sets);
    *scene = (struct scene){.sets = calloc(count + 1, sizeof *scene->sets),
                            .metadata = calloc(count + 1, sizeof *scene->metadata)};
    for (size_t i = 0; i < count; i++) {
        const cJSON *told = cJSON_GetArrayItem(sets, (int)i);
        struct sl_data_set *set = &scene->sets[i];
        *set = (struct sl_data_set){.id = id_of(sl_vectors_str(told, "dataSetId")),
                                    .provider_id = id_of(sl_vectors_str(told, "providerId")),
                                    .end_epoch = id_of(sl_vectors_str(told, "pdpEndEpoch")),
                                    .live = flag(told, "live"),
                                    .managed = flag(told, "managed"),
                                    .leaves = sl_u256(flag(told, "hasActivePieces") ? 4 : 0),
                                    .metadata = scene->metadata[i],
                                    .metadata_known = true};
        set->metadata_count = pairs_of(scene->metadata[i], member(told, "metadata"));
    }
    scene->selection.data_sets = scene->sets;
    scene->selection.data_set_count = count;
    scene->selection.metadata = scene->metadata[count];
    scene->selection.metadata_count = pairs_of(scene->metadata[count], metadata);
}

static bool is_listed(const cJSON *list, const char *text)
{
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, list)
    {
        if (strcmp(one->valuestring, text) == 0)
            return true;
    }
    return false;
}

static void add_providers(struct scene *scene, const cJSON *ids, const cJSON *endorsed)
{
    const size_t count = (size_t)cJSON_GetArraySize(ids);
    scene->providers = calloc(count + 1, sizeof *scene->providers);
    for (size_t i = 0; i < count; i++) {
        const char *id = cJSON_GetArrayItem(ids, (int)i)->valuestring;
        scene->providers[i] = (struct sl_provider){
            .id = id_of(id), .approved = true, .endorsed = is_listed(endorsed, id)};
    }
    scene->selection.providers = scene->providers;
    scene->selection.provider_count = count;
}

/* Cases of the time before legacy data sets do not name a limit. */
static void set_limit(struct scene *scene, const cJSON *input)
{
    if (cJSON_HasObjectItem(input, "legacyPieceStorageIdLimit"))
        scene->selection.legacy_limit = sl_vectors_u64(input, "legacyPieceStorageIdLimit");
}

static void close_scene(struct scene *scene)
{
    free(scene->providers);
    free(scene->sets);
    free(scene->metadata);
}

static void expect_id(const cJSON *text, struct sl_u256 id)
{
    char got[SL_U256_DEC_CHARS];
    sl_u256_dec(got, id);
    assert_string_equal(got, text->valuestring);
}

/* ---- one function for each of the vectors ---- */

static void case_matches(const cJSON *input, const cJSON *output)
{
    struct sl_metadata a[ENTRIES];
    struct sl_metadata b[ENTRIES];
    const size_t a_count = pairs_of(a, member(input, "dataSetMetadata"));
    const size_t b_count = pairs_of(b, member(input, "requestedMetadata"));
    assert_int_equal(sl_metadata_equal(a, a_count, b, b_count), flag(output, "value"));
    assert_int_equal(sl_metadata_equal(b, b_count, a, a_count), flag(output, "value"));
}

static void case_data_sets(const cJSON *input, const cJSON *output)
{
    const struct sl_data_set *got[64];
    struct scene scene;
    open_scene(&scene, member(input, "dataSets"), member(input, "metadata"));
    set_limit(&scene, input);
    const cJSON *ids = member(output, "dataSetIds");
    const size_t count = sl_select_data_sets(got, 64, &scene.selection);
    assert_int_equal(count, cJSON_GetArraySize(ids));
    for (size_t i = 0; i < count; i++)
        expect_id(cJSON_GetArrayItem(ids, (int)i), got[i]->id);
    if (count > 1) { /* with less room the best ones stay */
        assert_int_equal(sl_select_data_sets(got, 1, &scene.selection), 1);
        expect_id(cJSON_GetArrayItem(ids, 0), got[0]->id);
    }
    close_scene(&scene);
}

static void expect_choice(const cJSON *location, const struct sl_choice *choice,
                          const struct sl_selection *selection)
{
    const cJSON *set = member(location, "dataSetId");
    expect_id(member(location, "providerId"), choice->provider->id);
    assert_int_equal(choice->provider->endorsed, flag(location, "endorsed"));
    if (cJSON_IsNull(set)) {
        assert_null(choice->data_set);
        expect_pairs(member(location, "dataSetMetadata"), selection->metadata,
                     selection->metadata_count);
    } else {
        expect_id(set, choice->data_set->id);
        expect_pairs(member(location, "dataSetMetadata"), choice->data_set->metadata,
                     choice->data_set->metadata_count);
    }
}

static void case_providers(const cJSON *input, const cJSON *output)
{
    const cJSON *excluded = member(input, "excludeProviderIds");
    const cJSON *endorsed = member(input, "endorsedIds");
    const cJSON *locations = member(output, "locations");
    struct sl_choice got[64];
    struct sl_u256 used[64];
    struct scene scene;
    const size_t used_count = (size_t)cJSON_GetArraySize(excluded);
    open_scene(&scene, member(input, "clientDataSets"), member(input, "metadata"));
    set_limit(&scene, input);
    add_providers(&scene, member(input, "providerIds"), endorsed);
    for (size_t i = 0; i < used_count; i++)
        used[i] = id_of(cJSON_GetArrayItem(excluded, (int)i)->valuestring);
    const int count =
        sl_select_ranked(got, (size_t)sl_vectors_u64(input, "count"), &scene.selection,
                         cJSON_GetArraySize(endorsed) > 0, used, used_count, NULL);
    assert_int_equal(count, cJSON_GetArraySize(locations));
    for (int i = 0; i < count; i++)
        expect_choice(cJSON_GetArrayItem(locations, i), &got[i], &scene.selection);
    close_scene(&scene);
}

static bool has_long_text(const struct sl_metadata *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(entries[i].key) > SL_METADATA_KEY_BYTES ||
            strlen(entries[i].value) > SL_METADATA_VALUE_BYTES)
            return true;
    }
    return false;
}

/* The vectors count UTF-16 units where the contract counts bytes: what fits only by their count is
 * refused. */
static void expect_entries(struct sl_metadata *entries, size_t count, size_t most,
                           const cJSON *output)
{
    const bool refused = cJSON_HasObjectItem(output, "error") || has_long_text(entries, count);
    assert_int_equal(sl_metadata_arrange(entries, count, most, NULL), refused ? SL_EFORMAT : SL_OK);
    if (!refused)
        expect_pairs(member(output, "entries"), entries, count);
}

static void case_set_entries(const cJSON *input, const cJSON *output)
{
    struct sl_metadata entries[ENTRIES];
    size_t count = pairs_of(entries, member(input, "metadata"));
    if (flag(input, "cdn"))
        assert_int_equal(sl_metadata_put(entries, &count, ENTRIES, SL_METADATA_CDN, "", NULL), 0);
    expect_entries(entries, count, SL_METADATA_DATA_SET_ENTRIES, output);
}

static void case_piece_entries(const cJSON *input, const cJSON *output)
{
    struct sl_metadata entries[ENTRIES];
    size_t count = pairs_of(entries, member(input, "metadata"));
    const char *root = sl_vectors_maybe(input, "ipfsRootCID");
    if (root != NULL)
        assert_int_equal(sl_metadata_put(entries, &count, ENTRIES, SL_METADATA_ROOT, root, NULL),
                         0);
    expect_entries(entries, count, SL_METADATA_PIECE_ENTRIES, output);
}

static void case_combine(const cJSON *input, const cJSON *output)
{
    struct sl_metadata asked[ENTRIES];
    struct sl_metadata got[SL_METADATA_DATA_SET_ENTRIES];
    size_t count;
    const size_t asked_count = pairs_of(asked, member(input, "metadata"));
    assert_int_equal(sl_metadata_combine(got, &count, asked, asked_count, flag(input, "withCDN"),
                                         sl_vectors_maybe(input, "source"), NULL),
                     SL_OK);
    expect_pairs(member(output, "metadata"), got, count);
}

static void case_object(const cJSON *input, const cJSON *output)
{
    const cJSON *keys = member(input, "keys");
    struct sl_metadata got[ENTRIES];
    size_t count = 0;
    for (int i = 0; i < cJSON_GetArraySize(keys); i++)
        assert_int_equal(
            sl_metadata_put(got, &count, ENTRIES, cJSON_GetArrayItem(keys, i)->valuestring,
                            cJSON_GetArrayItem(member(input, "values"), i)->valuestring, NULL),
            SL_OK);
    expect_pairs(member(output, "metadata"), got, count);
}

static const struct sl_vector_fn functions[] = {
    {"metadataMatches", case_matches},
    {"findMatchingDataSets", case_data_sets},
    {"selectProviders", case_providers},
    {"datasetMetadataObjectToEntry", case_set_entries},
    {"pieceMetadataObjectToEntry", case_piece_entries},
    {"combineMetadata", case_combine},
    {"metadataArrayToObject", case_object},
};

static void every_vector_of_selection_agrees(void **state)
{
    (void)state;
    sl_vectors_run("selection.json", functions, sizeof functions / sizeof functions[0]);
}

/* ---- beyond the vectors ---- */

/* The order was taken from ICU 78's root collation. */
static void keys_sort_as_javascript_sorts_them(void **state)
{
    (void)state;
    static const char *const lists[][SL_METADATA_DATA_SET_ENTRIES] = {
        {" ", "_", "-", ",", ";", ":", "!", "?", ".", "'"},
        {"\"", "(", ")", "[", "]", "{", "}", "@", "*", "/"},
        {"\\", "&", "#", "%", "`", "^", "+", "<", "=", ">"},
        {"|", "~", "$", "0", "9", "a", "A", "b", "z", "Z"},
        {"\u00e7a", "co", "cO", "Co", "CO", "c\u00f3", "C\u00f3", "c\u00f8d", "coo", "cp"},
        {"resume", "Resume", "resum\u00e9", "r\u00e9sume", "r\u00e9sum\u00e9", "resumes", "s"},
        {"ad", "ae", "\u00e6", "\u00c6", "af", "s", "ss", "\u00df", "st", "\u00fe"},
        {"o", "\u00f3", "\u00f2", "\u014f", "\u00f4", "\u00f6", "\u0151", "\u00f5", "\u00f8"},
        {"_", "\U0001f422", "0", "z", "\u03b1", "\u0430", "\u0410", "\u0431", "\u0411"},
        {"", "\x01", "\t", "a", "a\x02", "a1", "ab", "aB", "Ab", "ac"},
    };
    for (size_t l = 0; l < sizeof lists / sizeof lists[0]; l++) {
        struct sl_metadata entries[SL_METADATA_DATA_SET_ENTRIES];
        size_t count = 0;
        while (count < SL_METADATA_DATA_SET_ENTRIES && lists[l][count] != NULL)
            count++;
        for (size_t i = 0; i < count; i++) /* turned round, but equal ones stay in their order */
            entries[i] = (struct sl_metadata){lists[l][l == 9 ? i : count - 1 - i], ""};
        assert_int_equal(sl_metadata_arrange(entries, count, count, NULL), SL_OK);
        for (size_t i = 0; i < count; i++)
            assert_string_equal(entries[i].key, lists[l][i]);
    }
}

/* With only legacy data sets, or none, the order is as before. */
static void the_ends_of_the_limit_keep_the_order(void **state)
{
    (void)state;
    struct sl_data_set sets[4];
    const struct sl_data_set *got[4];
    struct sl_selection selection = {.data_sets = sets, .data_set_count = 4};
    static const uint64_t limits[] = {SL_ALL_COMPACT, SL_ALL_LEGACY, 3};
    static const uint64_t orders[][4] = {{2, 4, 1, 3}, {2, 4, 1, 3}, {4, 3, 2, 1}};
    for (size_t i = 0; i < 4; i++)
        sets[i] = (struct sl_data_set){.id = sl_u256(i + 1),
                                       .live = true,
                                       .managed = true,
                                       .metadata_known = true,
                                       .leaves = sl_u256(i % 2)};
    for (size_t l = 0; l < 3; l++) {
        selection.legacy_limit = limits[l];
        assert_int_equal(sl_select_data_sets(got, 4, &selection), 4);
        for (size_t i = 0; i < 4; i++)
            assert_int_equal(sl_u256_cmp(got[i]->id, sl_u256(orders[l][i])), 0);
    }
}

static const struct sl_offering any_size = {.min_piece_bytes = {{127}},
                                            .max_piece_bytes = {{1065353216}}};

static bool all_but(void *ctx, const struct sl_provider *provider)
{
    return sl_u256_cmp(provider->id, sl_u256(*(const uint64_t *)ctx)) != 0;
}

static void make_crowd(struct sl_provider *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        list[i] = (struct sl_provider){
            .id = sl_u256(i + 1), .approved = true, .endorsed = i % 2 == 1, .offering = any_size};
}

static void copies_go_to_distinct_providers_and_the_first_is_endorsed(void **state)
{
    (void)state;
    struct sl_provider crowd[4];
    struct sl_choice got[SL_COPIES_MAX];
    struct sl_err err;
    uint64_t dead = 2;
    make_crowd(crowd, 4);
    struct sl_selection selection = {.providers = crowd, .provider_count = 4};
    assert_int_equal(sl_select_copies(got, 3, &selection, all_but, &dead, &err), 3);
    assert_ptr_equal(got[0].provider, &crowd[3]);
    assert_ptr_equal(got[1].provider, &crowd[0]);
    assert_ptr_equal(got[2].provider, &crowd[2]);
    assert_int_equal(sl_select_copies(got, 9, &selection, all_but, &dead, &err), 3);
    crowd[3].endorsed = false;
    assert_int_equal(sl_select_copies(got, 1, &selection, all_but, &dead, &err), SL_ENOTFOUND);
    assert_int_equal(sl_select_copies(got, 0, &selection, all_but, &dead, &err), SL_EINVAL);
    const struct sl_u256 used[] = {sl_u256(1), sl_u256(3)};
    assert_int_equal(sl_select_another(got, &selection, used, 2, all_but, &dead, &err), SL_OK);
    assert_ptr_equal(got[0].provider, &crowd[3]);
    crowd[3].approved = false;
    assert_int_equal(sl_select_another(got, &selection, used, 2, all_but, &dead, &err),
                     SL_ENOTFOUND);
}

static void providers_that_do_not_take_the_sizes_are_passed_over(void **state)
{
    (void)state;
    struct sl_provider crowd[3];
    struct sl_choice got[3];
    struct sl_err err;
    make_crowd(crowd, 3);
    crowd[0].offering.max_piece_bytes = sl_u256(1000);
    crowd[1].offering.min_piece_bytes = sl_u256(500);
    const struct sl_selection selection = {
        .providers = crowd, .provider_count = 3, .least_bytes = 400, .most_bytes = 2000};
    assert_int_equal(sl_select_ranked(got, 3, &selection, false, NULL, 0, &err), 1);
    assert_ptr_equal(got[0].provider, &crowd[2]);
    assert_int_equal(sl_select_provider(got, &selection, sl_u256(1), &err), SL_ETOOBIG);
    assert_int_equal(sl_select_provider(got, &selection, sl_u256(2), &err), SL_ETOOSMALL);
}

static void a_seed_spreads_new_data_sets_but_never_loses_a_provider(void **state)
{
    (void)state;
    enum { CROWD = 20 };
    struct sl_provider crowd[CROWD];
    struct sl_choice got[CROWD];
    struct sl_data_set set = {.id = sl_u256(5),
                              .provider_id = sl_u256(7),
                              .live = true,
                              .managed = true,
                              .metadata_known = true};
    size_t first[CROWD + 1] = {0};
    make_crowd(crowd, CROWD);
    struct sl_selection selection = {
        .providers = crowd, .provider_count = CROWD, .data_sets = &set, .data_set_count = 1};
    for (selection.seed = 1; selection.seed <= 200; selection.seed++) {
        bool seen[CROWD + 1] = {false};
        assert_int_equal(sl_select_ranked(got, CROWD, &selection, false, NULL, 0, NULL), CROWD);
        assert_ptr_equal(got[0].data_set, &set);
        for (size_t i = 0; i < CROWD; i++) {
            uint64_t id;
            assert_true(sl_u256_to_u64(&id, got[i].provider->id));
            assert_false(seen[id]);
            seen[id] = true;
            first[id] += i == 1;
        }
    }
    assert_int_equal(first[7], 0);
    for (size_t id = 1; id <= CROWD; id++)
        assert_true(id == 7 || first[id] > 0);
}

static void providers_to_be_avoided_come_last_and_serve_when_nobody_else_is_left(void **state)
{
    (void)state;
    struct sl_provider crowd[4];
    struct sl_choice got[SL_COPIES_MAX];
    uint64_t dead = 0;
    const struct sl_u256 avoid[] = {sl_u256(1), sl_u256(2)};
    const struct sl_data_set set = {.id = sl_u256(7),
                                    .provider_id = sl_u256(2),
                                    .pdp_rail = sl_u256(1),
                                    .live = true,
                                    .managed = true,
                                    .metadata_known = true};
    static const uint64_t order[] = {3, 4, 2, 1}; /* of those two, the one with the data set */
    make_crowd(crowd, 4);
    struct sl_selection selection = {.providers = crowd,
                                     .provider_count = 4,
                                     .data_sets = &set,
                                     .data_set_count = 1,
                                     .avoid = avoid,
                                     .avoid_count = 2};
    assert_int_equal(sl_select_ranked(got, 4, &selection, false, NULL, 0, NULL), 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(got[i].provider->id.limb[0], order[i]);
    assert_ptr_equal(got[2].data_set, &set);
    assert_int_equal(sl_select_copies(got, 3, &selection, all_but, &dead, NULL), 3);
    assert_int_equal(got[0].provider->id.limb[0], 4); /* endorsed, and not avoided */
    assert_int_equal(got[1].provider->id.limb[0], 3);
    assert_int_equal(got[2].provider->id.limb[0], 2);
    dead = 4;
    assert_int_equal(sl_select_copies(got, 1, &selection, all_but, &dead, NULL), 1);
    assert_int_equal(got[0].provider->id.limb[0], 2); /* the only endorsed one that answers */
    selection.seed = 99;
    assert_int_equal(sl_select_ranked(got, 4, &selection, false, NULL, 0, NULL), 4);
    assert_int_equal(got[2].provider->id.limb[0], 2);
    assert_int_equal(got[3].provider->id.limb[0], 1);
}

static void wished_providers_come_first_among_those_without_a_data_set(void **state)
{
    (void)state;
    struct sl_provider crowd[6];
    struct sl_choice got[6];
    const struct sl_u256 prefer[] = {sl_u256(5), sl_u256(77), sl_u256(3)}; /* 77: unknown */
    const struct sl_data_set set = {.id = sl_u256(7),
                                    .provider_id = sl_u256(2),
                                    .live = true,
                                    .managed = true,
                                    .metadata_known = true};
    make_crowd(crowd, 6);
    struct sl_selection selection = {.providers = crowd,
                                     .provider_count = 6,
                                     .data_sets = &set,
                                     .data_set_count = 1,
                                     .prefer = prefer,
                                     .prefer_count = 3};
    for (selection.seed = 0; selection.seed < 20; selection.seed++) {
        assert_int_equal(sl_select_ranked(got, 6, &selection, false, NULL, 0, NULL), 6);
        assert_int_equal(got[0].provider->id.limb[0], 2);
        assert_int_equal(got[1].provider->id.limb[0], 5);
        assert_int_equal(got[2].provider->id.limb[0], 3);
    }
}

static void a_named_provider_gets_its_oldest_set_with_pieces(void **state)
{
    (void)state;
    struct sl_provider crowd[2];
    struct sl_choice got;
    struct sl_err err;
    struct sl_data_set sets[3];
    make_crowd(crowd, 2);
    for (size_t i = 0; i < 3; i++)
        sets[i] = (struct sl_data_set){.id = sl_u256(i + 1),
                                       .provider_id = sl_u256(1),
                                       .live = true,
                                       .managed = true,
                                       .metadata_known = true,
                                       .leaves = sl_u256(i)};
    const struct sl_selection selection = {
        .providers = crowd, .provider_count = 2, .data_sets = sets, .data_set_count = 3};
    assert_int_equal(sl_select_provider(&got, &selection, sl_u256(1), &err), SL_OK);
    assert_ptr_equal(got.data_set, &sets[1]);
    sets[1].metadata_known = false;
    assert_int_equal(sl_select_provider(&got, &selection, sl_u256(1), &err), SL_OK);
    assert_ptr_equal(got.data_set, &sets[2]);
    assert_int_equal(sl_select_provider(&got, &selection, sl_u256(2), &err), SL_OK);
    assert_null(got.data_set);
    assert_int_equal(sl_select_provider(&got, &selection, sl_u256(3), &err), SL_ENOTFOUND);
    crowd[0].approved = false;
    assert_int_equal(sl_select_provider(&got, &selection, sl_u256(1), &err), SL_EREFUSED);
}

static void a_named_data_set_has_to_be_ours_and_alive(void **state)
{
    (void)state;
    struct sl_provider crowd[1];
    struct sl_choice got;
    struct sl_err err;
    const struct sl_address payer = {{7}};
    const struct sl_data_set good = {
        .id = sl_u256(9), .provider_id = sl_u256(1), .live = true, .managed = true, .payer = payer};
    struct sl_data_set set = good;
    make_crowd(crowd, 1);
    const struct sl_selection selection = {
        .providers = crowd, .provider_count = 1, .data_sets = &set, .data_set_count = 1};
    assert_int_equal(sl_select_data_set(&got, &selection, sl_u256(9), &payer, &err), SL_OK);
    assert_ptr_equal(got.data_set, &set);
    assert_int_equal(sl_select_data_set(&got, &selection, sl_u256(8), &payer, &err), SL_ENOTFOUND);
    set.live = false;
    assert_int_equal(sl_select_data_set(&got, &selection, sl_u256(9), &payer, &err), SL_EREFUSED);
    set = good;
    set.managed = false;
    assert_int_equal(sl_select_data_set(&got, &selection, sl_u256(9), &payer, &err), SL_EREFUSED);
    set = good;
    set.end_epoch = sl_u256(1);
    assert_int_equal(sl_select_data_set(&got, &selection, sl_u256(9), &payer, &err), SL_EREFUSED);
    set = good;
    set.payer.bytes[3] = 1;
    assert_int_equal(sl_select_data_set(&got, &selection, sl_u256(9), &payer, &err), SL_EREFUSED);
    set = good;
    set.provider_id = sl_u256(44);
    assert_int_equal(sl_select_data_set(&got, &selection, sl_u256(9), &payer, &err), SL_ENOTFOUND);
}

static void repeated_keys_are_compared_as_they_are(void **state)
{
    (void)state;
    const struct sl_metadata a[] = {{"k", "1"}, {"k", "1"}, {"k", "2"}};
    const struct sl_metadata b[] = {{"k", "1"}, {"k", "2"}, {"k", "2"}};
    assert_false(sl_metadata_equal(a, 3, b, 3));
    assert_true(sl_metadata_equal(a, 3, a, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_of_selection_agrees),
        cmocka_unit_test(the_ends_of_the_limit_keep_the_order),
        cmocka_unit_test(keys_sort_as_javascript_sorts_them),
        cmocka_unit_test(copies_go_to_distinct_providers_and_the_first_is_endorsed),
        cmocka_unit_test(providers_that_do_not_take_the_sizes_are_passed_over),
        cmocka_unit_test(a_seed_spreads_new_data_sets_but_never_loses_a_provider),
        cmocka_unit_test(providers_to_be_avoided_come_last_and_serve_when_nobody_else_is_left),
        cmocka_unit_test(wished_providers_come_first_among_those_without_a_data_set),
        cmocka_unit_test(a_named_provider_gets_its_oldest_set_with_pieces),
        cmocka_unit_test(a_named_data_set_has_to_be_ours_and_alive),
        cmocka_unit_test(repeated_keys_are_compared_as_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
