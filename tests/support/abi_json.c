/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "support/abi_json.h"

#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"

#include "support/test.h"
#include "support/vectors.h"

#define NUL_STAND_IN "\xee\x80\x80"

cJSON *sl_abi_json_load(void)
{
    size_t len;
    char *text = sl_vectors_text("abi.json", &len);
    assert_null(strstr(text, "\\ue000"));
    assert_null(strstr(text, NUL_STAND_IN));
    for (char *at = text; (at = strstr(at, "\\u0000")) != NULL;)
        memcpy(at, "\\ue000", 6);
    cJSON *root = cJSON_ParseWithLength(text, len);
    assert_non_null(root);
    free(text);
    return root;
}

char *sl_abi_json_text(const cJSON *value, size_t *len)
{
    const char *from = cJSON_GetStringValue(value);
    assert_non_null(from);
    char *text = malloc(strlen(from) + 1);
    assert_non_null(text);
    size_t n = 0;
    while (*from != '\0') {
        const bool nul = strncmp(from, NUL_STAND_IN, 3) == 0;
        text[n++] = nul ? '\0' : *from;
        from += nul ? 3 : 1;
    }
    text[n] = '\0';
    *len = n;
    return text;
}

/* A parameter whose type is seen without its last (type length) "[]". */
struct parameter {
    const cJSON *item;
    const char *type;
    size_t len;
};

static struct parameter parameter_of(const cJSON *item)
{
    const char *type = sl_vectors_str(item, "type");
    return (struct parameter){item, type, strlen(type)};
}

static bool is_list(struct parameter p)
{
    return p.len > 2 && memcmp(p.type + p.len - 2, "[]", 2) == 0;
}

static struct parameter element_of(struct parameter p)
{
    p.len -= 2;
    return p;
}

static bool is(struct parameter p, const char *name)
{
    return p.len == strlen(name) && memcmp(p.type, name, p.len) == 0;
}

static bool begins(struct parameter p, const char *name)
{
    return p.len > strlen(name) && memcmp(p.type, name, strlen(name)) == 0;
}

static const cJSON *components_of(struct parameter p)
{
    return cJSON_GetObjectItemCaseSensitive(p.item, "components");
}

static const cJSON *member_of(const cJSON *values, const cJSON *item)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(values, sl_vectors_str(item, "name"));
    assert_non_null(value);
    return value;
}

static void types_text(struct sl_buf *buf, const cJSON *parameters)
{
    const cJSON *item = NULL;
    sl_buf_str(buf, "(");
    cJSON_ArrayForEach(item, parameters)
    {
        const char *type = sl_vectors_str(item, "type");
        if (item != parameters->child)
            sl_buf_str(buf, ",");
        if (strncmp(type, "tuple", 5) != 0) {
            sl_buf_str(buf, type);
            continue;
        }
        types_text(buf, cJSON_GetObjectItemCaseSensitive(item, "components"));
        sl_buf_str(buf, type + 5);
    }
    sl_buf_str(buf, ")");
}

char *sl_abi_json_types(const cJSON *parameters)
{
    struct sl_buf buf = {0};
    types_text(&buf, parameters);
    assert_int_equal(buf.failed, SL_OK);
    return buf.data;
}

static uint8_t *bytes_of(const cJSON *value, size_t *len)
{
    const char *text = cJSON_GetStringValue(value);
    assert_non_null(text);
    uint8_t *bytes = malloc(strlen(text));
    assert_non_null(bytes);
    const int n = sl_hex_decode(bytes, strlen(text), text, strlen(text), NULL);
    assert_true(n >= 0);
    *len = (size_t)n;
    return bytes;
}

/* Integers are decimal strings, small ones may be numbers. */
static struct sl_u256 number_of(const cJSON *value)
{
    struct sl_u256 number;
    const char *text = cJSON_GetStringValue(value);
    if (text == NULL) {
        assert_true(cJSON_IsNumber(value) && value->valuedouble >= 0);
        return sl_u256((uint64_t)value->valuedouble);
    }
    assert_int_equal(sl_u256_parse_dec(&number, text, strlen(text), NULL), SL_OK);
    return number;
}

static struct sl_address address_of(const cJSON *value)
{
    struct sl_address address;
    const char *text = cJSON_GetStringValue(value);
    assert_non_null(text);
    assert_int_equal(sl_address_parse(&address, text, strlen(text), NULL), SL_OK);
    return address;
}

static void put(struct sl_abi_writer *w, struct parameter p, const cJSON *value);

static void put_list(struct sl_abi_writer *w, struct parameter p, const cJSON *values)
{
    const cJSON *value = NULL;
    sl_abi_open_list(w, (size_t)cJSON_GetArraySize(values));
    cJSON_ArrayForEach(value, values)
    {
        put(w, element_of(p), value);
    }
    sl_abi_close(w);
}

static void put_tuple(struct sl_abi_writer *w, struct parameter p, const cJSON *value)
{
    const cJSON *item = NULL;
    sl_abi_open(w);
    cJSON_ArrayForEach(item, components_of(p))
    {
        put(w, parameter_of(item), member_of(value, item));
    }
    sl_abi_close(w);
}

static void put_hex(struct sl_abi_writer *w, struct parameter p, const cJSON *value)
{
    size_t len;
    uint8_t *bytes = bytes_of(value, &len);
    if (is(p, "bytes"))
        sl_abi_put_bytes(w, bytes, len);
    else
        sl_abi_put_fixed(w, bytes, len);
    free(bytes);
}

static void put_text(struct sl_abi_writer *w, const cJSON *value)
{
    size_t len;
    char *text = sl_abi_json_text(value, &len);
    sl_abi_put_strn(w, text, len);
    free(text);
}

static void put(struct sl_abi_writer *w, struct parameter p, const cJSON *value)
{
    if (is_list(p)) {
        put_list(w, p, value);
    } else if (is(p, "tuple")) {
        put_tuple(w, p, value);
    } else if (is(p, "address")) {
        const struct sl_address address = address_of(value);
        sl_abi_put_address(w, &address);
    } else if (is(p, "bool")) {
        sl_abi_put_bool(w, cJSON_IsTrue(value));
    } else if (is(p, "string")) {
        put_text(w, value);
    } else if (begins(p, "uint")) {
        sl_abi_put_u256(w, number_of(value));
    } else {
        put_hex(w, p, value);
    }
}

void sl_abi_json_put(struct sl_abi_writer *w, const cJSON *parameters, const cJSON *values)
{
    const cJSON *item = NULL;
    const cJSON *value = values->child;
    cJSON_ArrayForEach(item, parameters)
    {
        put(w, parameter_of(item), value);
        value = value->next;
    }
}

static void expect(struct sl_abi_reader *r, struct parameter p, const cJSON *value);

static void expect_list(struct sl_abi_reader *r, struct parameter p, const cJSON *values)
{
    const cJSON *value = NULL;
    assert_int_equal(sl_abi_enter_list(r), cJSON_GetArraySize(values));
    cJSON_ArrayForEach(value, values)
    {
        expect(r, element_of(p), value);
    }
    assert_int_equal(sl_abi_next(r), SL_ABI_NONE);
    sl_abi_leave(r);
}

static void expect_tuple(struct sl_abi_reader *r, struct parameter p, const cJSON *value)
{
    const cJSON *item = NULL;
    sl_abi_enter(r);
    cJSON_ArrayForEach(item, components_of(p))
    {
        expect(r, parameter_of(item), member_of(value, item));
    }
    sl_abi_leave(r);
}

static void expect_bytes(const void *got, size_t len, const cJSON *value)
{
    size_t want_len;
    uint8_t *want = bytes_of(value, &want_len);
    assert_int_equal(len, want_len);
    assert_memory_equal(got, want, len);
    free(want);
}

static void expect_text(struct sl_abi_reader *r, const cJSON *value)
{
    size_t len;
    size_t want_len;
    char *want = sl_abi_json_text(value, &want_len);
    const char *text = sl_abi_get_str(r, &len);
    assert_int_equal(len, want_len);
    assert_memory_equal(text, want, len);
    free(want);
}

static void expect(struct sl_abi_reader *r, struct parameter p, const cJSON *value)
{
    size_t len = 0;
    if (is_list(p)) {
        expect_list(r, p, value);
    } else if (is(p, "tuple")) {
        expect_tuple(r, p, value);
    } else if (is(p, "address")) {
        const struct sl_address got = sl_abi_get_address(r);
        const struct sl_address want = address_of(value);
        assert_true(sl_address_equal(&got, &want));
    } else if (is(p, "bool")) {
        assert_int_equal(sl_abi_get_bool(r), cJSON_IsTrue(value));
    } else if (is(p, "string")) {
        expect_text(r, value);
    } else if (begins(p, "uint")) {
        assert_int_equal(sl_u256_cmp(sl_abi_get_u256(r), number_of(value)), 0);
    } else if (is(p, "bytes")) {
        const uint8_t *bytes = sl_abi_get_bytes(r, &len);
        expect_bytes(bytes, len, value);
    } else {
        expect_bytes(sl_abi_get_fixed(r), (size_t)strtoul(p.type + 5, NULL, 10), value);
    }
}

void sl_abi_json_expect(struct sl_abi_reader *r, const cJSON *parameters, const cJSON *values)
{
    const cJSON *item = NULL;
    const cJSON *value = values->child;
    cJSON_ArrayForEach(item, parameters)
    {
        assert_non_null(value);
        expect(r, parameter_of(item), value);
        value = value->next;
    }
}
