/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Every list of abi.json that is about encoding; reverts as people see them: test_revert.c. */
#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"

#include "support/abi_json.h"
#include "support/abi_walk.h"
#include "support/test.h"
#include "support/vectors.h"

static cJSON *root;

static int load(void **state)
{
    (void)state;
    root = sl_abi_json_load();
    return 0;
}

static int unload(void **state)
{
    (void)state;
    cJSON_Delete(root);
    return 0;
}

static void assert_selector(const cJSON *row, const char *key)
{
    uint8_t selector[SL_ABI_SELECTOR];
    char hex[2 * SL_ABI_SELECTOR + 3] = "0x";
    sl_abi_selector(selector, sl_vectors_str(row, "signature"));
    sl_hex_encode(hex + 2, selector, sizeof selector);
    assert_memory_equal(hex, sl_vectors_str(row, key), sizeof hex - 1);
}

static void assert_topic(const cJSON *row, const char *want)
{
    uint8_t topic[SL_ABI_WORD];
    char hex[2 * SL_ABI_WORD + 3] = "0x";
    sl_abi_topic(topic, sl_vectors_str(row, "signature"));
    sl_hex_encode(hex + 2, topic, sizeof topic);
    assert_string_equal(hex, want);
}

/* The bytes `want` (without its first `skip`) are what the values give, and give the values. */
static void assert_both_ways(const cJSON *parameters, const cJSON *values, const uint8_t *want,
                             size_t len)
{
    char *types = sl_abi_json_types(parameters);
    struct sl_abi_writer w = {0};
    struct sl_abi_reader r;
    sl_abi_values(&w, types);
    sl_abi_json_put(&w, parameters, values);
    assert_int_equal(sl_abi_end(&w, NULL), SL_OK);
    assert_int_equal(w.buf.len, len);
    if (len > 0)
        assert_memory_equal(w.buf.data, want, len);
    sl_abi_free(&w);
    sl_abi_read(&r, types, want, len);
    sl_abi_json_expect(&r, parameters, values);
    assert_int_equal(sl_abi_done(&r, NULL), SL_OK);
    free(types);
}

/* `data` is a selector and arguments, or only values when `skip` is 0. */
static void check(const cJSON *row, const char *data, size_t skip, const char *parameters,
                  const char *values)
{
    size_t len;
    uint8_t *bytes = sl_vectors_hex(row, data, &len);
    assert_true(len >= skip);
    assert_both_ways(cJSON_GetObjectItemCaseSensitive(row, parameters),
                     cJSON_GetObjectItemCaseSensitive(row, values), bytes + skip, len - skip);
    free(bytes);
}

static const cJSON *find_case(const char *id)
{
    const cJSON *row = NULL;
    cJSON_ArrayForEach(row, sl_vectors_list(root, "cases"))
    {
        if (strcmp(sl_vectors_str(row, "id"), id) == 0)
            return row;
    }
    fail_msg("no case %s", id);
    return NULL;
}

/* `list` of calls and their results. */
static void check_calls(const cJSON *list)
{
    const cJSON *row = NULL;
    cJSON_ArrayForEach(row, list)
    {
        assert_selector(row, "selector");
        assert_selector(row, "calldata");
        check(row, "calldata", SL_ABI_SELECTOR, "inputs", "args");
        if (cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(row, "outputs")) > 0)
            check(row, "returnData", 0, "outputs", "returns");
    }
}

static void calls_and_results_go_both_ways(void **state)
{
    (void)state;
    check_calls(sl_vectors_list(root, "cases"));
    /* Functions that only older contracts have; vectors of their time list them as cases. */
    check_calls(cJSON_GetObjectItemCaseSensitive(root, "legacyCases"));
}

static void a_multicall_carries_its_calls(void **state)
{
    (void)state;
    const cJSON *row = NULL;
    cJSON_ArrayForEach(row, sl_vectors_list(root, "cases"))
    {
        const cJSON *subcalls = cJSON_GetObjectItemCaseSensitive(row, "subcalls");
        const cJSON *id = NULL;
        struct sl_abi_reader r;
        size_t len;
        if (subcalls == NULL)
            continue;
        uint8_t *bytes = sl_vectors_hex(row, "calldata", &len);
        sl_abi_read(&r, "((address,bool,bytes)[])", bytes + SL_ABI_SELECTOR, len - SL_ABI_SELECTOR);
        assert_int_equal(sl_abi_enter_list(&r), cJSON_GetArraySize(subcalls));
        cJSON_ArrayForEach(id, subcalls)
        {
            size_t want_len;
            size_t call_len;
            uint8_t *want =
                sl_vectors_hex(find_case(cJSON_GetStringValue(id)), "calldata", &want_len);
            sl_abi_enter(&r);
            sl_abi_skip(&r);
            (void)sl_abi_get_bool(&r);
            const uint8_t *call = sl_abi_get_bytes(&r, &call_len);
            assert_int_equal(call_len, want_len);
            assert_memory_equal(call, want, want_len);
            sl_abi_leave(&r);
            free(want);
        }
        assert_int_equal(sl_abi_done(&r, NULL), SL_OK);
        free(bytes);
    }
}

static int read_exactly(const char *types, const uint8_t *data, size_t len)
{
    struct sl_abi_reader r;
    uint8_t *exact = malloc(len + (len == 0)); /* so that ASan sees a read behind the end */
    assert_non_null(exact);
    memcpy(exact, data, len);
    sl_abi_read(&r, types, exact, len);
    sl_abi_read_all(&r);
    free(exact);
    return sl_abi_done(&r, NULL);
}

static void malformed_results_are_refused(void **state)
{
    (void)state;
    const cJSON *row = NULL;
    cJSON_ArrayForEach(row, sl_vectors_list(root, "invalid"))
    {
        size_t len;
        uint8_t *data = sl_vectors_hex(row, "returnData", &len);
        char *types = sl_abi_json_types(cJSON_GetObjectItemCaseSensitive(row, "outputs"));
        assert_int_equal(read_exactly(types, data, len), SL_EPROTO);
        free(types);
        free(data);
    }
}

/* Makes of good data what the text says; fails the test when it says something new. */
static void spoil(uint8_t *data, size_t *len, const char *what)
{
    if (strcmp(what, "last byte missing") == 0) {
        (*len)--;
    } else if (strcmp(what, "uint8 is 256") == 0) {
        data[30] = 1;
        data[31] = 0;
    } else if (strcmp(what, "address with dirty upper bytes") == 0) {
        memset(data, 0xff, 12);
    } else {
        fail_msg("lenient: '%s' is not known here", what);
    }
}

static void oddities_that_do_not_matter_are_accepted(void **state)
{
    (void)state;
    const cJSON *row = NULL;
    cJSON_ArrayForEach(row, sl_vectors_list(root, "lenient"))
    {
        char id[200];
        size_t len;
        const char *text = cJSON_GetStringValue(row);
        const char *colon = strstr(text, ": ");
        assert_true(colon != NULL && colon - text < (ptrdiff_t)sizeof id);
        memcpy(id, text, (size_t)(colon - text));
        id[colon - text] = '\0';
        const cJSON *good = find_case(id);
        uint8_t *data = sl_vectors_hex(good, "returnData", &len);
        char *types = sl_abi_json_types(cJSON_GetObjectItemCaseSensitive(good, "outputs"));
        assert_int_equal(read_exactly(types, data, len), SL_OK);
        spoil(data, &len, colon + 2);
        assert_int_equal(read_exactly(types, data, len), SL_OK);
        free(types);
        free(data);
    }
}

static void every_signature_has_its_selector_or_topic(void **state)
{
    (void)state;
    const cJSON *row = NULL;
    cJSON_ArrayForEach(row, sl_vectors_list(root, "selectors"))
    {
        assert_selector(row, "selector");
    }
    cJSON_ArrayForEach(row, sl_vectors_list(root, "events"))
    {
        assert_topic(row, sl_vectors_str(row, "topic0"));
    }
}

/* The parameters of an event that are topics, or those that are data; and their values in `args`,
 * which are by name. References into the tree: owned, cJSON_Delete(). */
static void split_event(cJSON **parameters, cJSON **values, const cJSON *row, bool topics)
{
    const cJSON *input = NULL;
    const cJSON *args = cJSON_GetObjectItemCaseSensitive(row, "args");
    *parameters = cJSON_CreateArray();
    *values = cJSON_CreateArray();
    cJSON_ArrayForEach(input, sl_vectors_list(row, "inputs"))
    {
        cJSON *value = cJSON_GetObjectItemCaseSensitive(args, sl_vectors_str(input, "name"));
        assert_non_null(value);
        if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(input, "indexed")) != topics)
            continue;
        cJSON_AddItemReferenceToArray(*parameters, (cJSON *)input);
        cJSON_AddItemReferenceToArray(*values, value);
    }
}

static uint8_t *event_bytes(const cJSON *row, bool topics, size_t *len)
{
    const cJSON *topic = NULL;
    struct sl_buf hex = {0};
    uint8_t *bytes;
    if (!topics)
        return sl_vectors_hex(row, "data", len);
    sl_buf_str(&hex, "0x");
    /* the first topic names the event */
    for (topic = sl_vectors_list(row, "topics")->child->next; topic != NULL; topic = topic->next)
        sl_buf_str(&hex, cJSON_GetStringValue(topic) + 2);
    bytes = malloc(hex.len);
    assert_non_null(bytes);
    const int n = sl_hex_decode(bytes, hex.len, hex.data, hex.len, NULL);
    assert_true(n >= 0);
    *len = (size_t)n;
    sl_buf_free(&hex);
    return bytes;
}

static void logs_go_both_ways(void **state)
{
    (void)state;
    const cJSON *row = NULL;
    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(root, "logs"))
    {
        assert_topic(row, cJSON_GetStringValue(sl_vectors_list(row, "topics")->child));
        for (int topics = 0; topics < 2; topics++) {
            cJSON *parameters;
            cJSON *values;
            size_t len;
            uint8_t *bytes = event_bytes(row, topics == 1, &len);
            split_event(&parameters, &values, row, topics == 1);
            assert_both_ways(parameters, values, bytes, len);
            cJSON_Delete(parameters);
            cJSON_Delete(values);
            free(bytes);
        }
    }
}

static void custom_errors_go_both_ways(void **state)
{
    (void)state;
    const cJSON *row = NULL;
    cJSON_ArrayForEach(row, sl_vectors_list(root, "errors"))
    {
        uint8_t plain[SL_ABI_SELECTOR];
        uint8_t named[SL_ABI_SELECTOR];
        assert_selector(row, "selector");
        sl_abi_selector(plain, sl_vectors_str(row, "signature"));
        sl_abi_selector(named, sl_vectors_str(row, "withNames"));
        assert_memory_equal(plain, named, sizeof plain);
        check(row, "data", SL_ABI_SELECTOR, "inputs", "args");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_and_results_go_both_ways),
        cmocka_unit_test(a_multicall_carries_its_calls),
        cmocka_unit_test(malformed_results_are_refused),
        cmocka_unit_test(oddities_that_do_not_matter_are_accepted),
        cmocka_unit_test(every_signature_has_its_selector_or_topic),
        cmocka_unit_test(logs_go_both_ways),
        cmocka_unit_test(custom_errors_go_both_ways),
    };
    return cmocka_run_group_tests_name("abi vectors", tests, load, unload);
}
