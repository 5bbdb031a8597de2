/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/json.h"

#include "support/test.h"

static struct sl_json *parse(const char *text)
{
    struct sl_json *root = NULL;
    struct sl_err err = {0};
    if (sl_json_parse(&root, text, strlen(text), &err) < 0)
        fail_msg("%s: %s", text, err.text);
    return root;
}

static void a_tree_is_read_value_by_value(void **state)
{
    (void)state;
    struct sl_json *root = parse(" {\"a\":[1,2.5,\"x\\u00e9\\n\"],\"t\":true,\"f\":false,\n"
                                 "\"n\":null,\"o\":{},\"e\":-1e3,\"E\":\"\"}\r\n");
    assert_true(sl_json_is_object(root));
    assert_int_equal(sl_json_count(root), 7);
    const struct sl_json *a = sl_json_get(root, "a");
    assert_true(sl_json_is_array(a));
    assert_int_equal(sl_json_count(a), 3);
    assert_string_equal(sl_json_key(a), "a");
    uint64_t whole = 0;
    double number = 0;
    const struct sl_json *item = sl_json_first(a);
    assert_true(sl_json_u64(item, &whole));
    assert_int_equal(whole, 1);
    item = sl_json_next(item);
    assert_false(sl_json_u64(item, &whole));
    assert_true(sl_json_double(item, &number));
    assert_true(number == 2.5);
    item = sl_json_next(item);
    assert_string_equal(sl_json_str(item), "x\xc3\xa9\n");
    assert_null(sl_json_next(item));
    bool flag = false;
    assert_true(sl_json_bool(sl_json_get(root, "t"), &flag));
    assert_true(flag);
    assert_true(sl_json_bool(sl_json_get(root, "f"), &flag));
    assert_false(flag);
    assert_true(sl_json_is_null(sl_json_get(root, "n")));
    assert_null(sl_json_first(sl_json_get(root, "o")));
    assert_false(sl_json_u64(sl_json_get(root, "e"), &whole));
    assert_string_equal(sl_json_str(sl_json_get(root, "E")), "");
    assert_null(sl_json_get(root, "A"));
    sl_json_free(root);
}

static void a_missing_value_is_nothing_to_every_reader(void **state)
{
    (void)state;
    uint64_t whole = 0;
    double number = 0;
    bool flag = false;
    assert_null(sl_json_get(NULL, "a"));
    assert_null(sl_json_first(NULL));
    assert_null(sl_json_next(NULL));
    assert_null(sl_json_key(NULL));
    assert_null(sl_json_str(NULL));
    assert_false(sl_json_is_object(NULL) || sl_json_is_array(NULL) || sl_json_is_null(NULL));
    assert_false(sl_json_u64(NULL, &whole) || sl_json_double(NULL, &number) ||
                 sl_json_bool(NULL, &flag));
    assert_int_equal(sl_json_count(NULL), 0);
    sl_json_free(NULL);
}

static void integers_are_given_only_when_exact(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good;
        uint64_t value;
    } cases[] = {
        {"0", true, 0},
        {"9007199254740991", true, UINT64_C(9007199254740991)},
        {"9007199254740992", false, 0},
        {"9007199254740993", false, 0},
        {"18446744073709551615", false, 0},
        {"1e999", false, 0},
        {"-1", false, 0},
        {"0.5", false, 0},
        {"1e3", true, 1000},
        {"\"7\"", false, 0},
        {"true", false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sl_json *root = parse(cases[i].text);
        uint64_t value = 0;
        assert_int_equal(sl_json_u64(root, &value), cases[i].good);
        assert_true(value == cases[i].value);
        sl_json_free(root);
    }
}

static void what_is_not_strict_json_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        " ",
        "{} {}",
        "{}x",
        "nullx",
        "[1,]",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "[1 2]",
        "[",
        "]",
        "{\"a\":1",
        "\"abc",
        "\"\\\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\ud800\"",
        "\"a\\u0000b\"",
        "{\"a\\u0000\":1}",
        "\"tab\there\"",
        "01",
        "-",
        "1.",
        ".5",
        "-.5",
        "+1",
        "1e",
        "1-2",
        "0x10",
        "NaN",
        "Infinity",
        "True",
        "\xEF\xBB\xBF{}",
        "\x01{}",
        "{'a':1}",
        "// c\n1",
        "{\"a\":1,\"b\":{\"x\":1},\"a\":2}",
        "[[{\"k\":0,\"k\":0}]]",
        "{\"\":1,\"\\u0061\":2,\"a\":3}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct sl_json *root = NULL;
        struct sl_err err = {0};
        if (sl_json_parse(&root, bad[i], strlen(bad[i]), &err) != SL_EFORMAT)
            fail_msg("case %zu was taken: %s", i, bad[i]);
        assert_null(root);
        assert_int_not_equal(err.text[0], 0);
    }
    struct sl_json *root = NULL;
    assert_int_equal(sl_json_parse(&root, "{}\0garbage", 10, NULL), SL_EFORMAT);
    assert_int_equal(sl_json_parse(&root, "{}\0", 3, NULL), SL_EFORMAT);
    /* An escaped backslash before the same letters is no NUL. */
    root = parse("\"\\\\u0000\"");
    assert_string_equal(sl_json_str(root), "\\u0000");
    sl_json_free(root);
}

static void nesting_ends_at_sixty_four(void **state)
{
    (void)state;
    char text[300];
    struct sl_json *root = NULL;
    for (size_t depth = 64; depth <= 65; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        const int rc = sl_json_parse(&root, text, 2 * depth, NULL);
        assert_int_equal(rc, depth == 64 ? 0 : SL_EFORMAT);
        sl_json_free(root);
    }
}

static void the_text_needs_no_nul_behind_it(void **state)
{
    (void)state;
    static const char *const texts[] = {"12345", "\"abc\"", "true", "[1,2]"};
    for (size_t i = 0; i < 4; i++) {
        const size_t len = strlen(texts[i]);
        for (size_t cut = 0; cut <= len; cut++) {
            char *exact = malloc(cut + 1); /* the sanitizer watches its end */
            assert_non_null(exact);
            char *text = exact + 1;
            memcpy(text, texts[i], cut);
            struct sl_json *root = NULL;
            const int rc = sl_json_parse(&root, text, cut, NULL);
            assert_true(rc == 0 || rc == SL_EFORMAT);
            assert_true(cut < len || rc == 0);
            sl_json_free(root);
            free(exact);
        }
    }
}

static void a_great_object_is_checked_for_duplicates_quickly(void **state)
{
    (void)state;
    struct sl_jw w = {0};
    sl_jw_object(&w, NULL);
    for (unsigned i = 0; i < 50000; i++) {
        char key[32]; /* its text is in proportion to its tree */
        snprintf(key, sizeof key, "the key with number %u", i * 7919 % 50000);
        sl_jw_u64(&w, key, i);
    }
    sl_jw_end_object(&w);
    assert_int_equal(w.buf.failed, 0);
    struct sl_json *root = NULL;
    assert_int_equal(sl_json_parse(&root, w.buf.data, w.buf.len, NULL), 0);
    assert_int_equal(sl_json_count(root), 50000);
    sl_json_free(root);
    sl_jw_free(&w);
}

static int parse_repeated(const char *unit, size_t count)
{
    struct sl_buf text = {0};
    struct sl_json *root = NULL;
    sl_buf_str(&text, "[");
    for (size_t i = 0; i < count; i++)
        sl_buf_printf(&text, "%s%s", i > 0 ? "," : "", unit);
    sl_buf_str(&text, "]");
    const int rc = sl_json_parse(&root, text.data, text.len, NULL);
    sl_json_free(root);
    sl_buf_free(&text);
    return rc;
}

static void a_tree_is_not_much_larger_than_its_text(void **state)
{
    (void)state;
    static const char *const dense[] = {"0", "[]", "{}", "\"\"", "{\"\":0}", "[[0]]", "null"};
    for (size_t i = 0; i < sizeof dense / sizeof dense[0]; i++) {
        if (parse_repeated(dense[i], 100000) != SL_EFORMAT)
            fail_msg("%s", dense[i]);
        assert_int_equal(parse_repeated(dense[i], 500), SL_OK);
    }
    assert_int_equal(
        parse_repeated("{\"pieceCid\":\"bafkzcibcd4bdomn3tgwgrh3g532zopskstnbrd2n3sxfqbze7"
                       "rxt7vqn7veigmy\",\"pieceId\":12345}",
                       100000),
        SL_OK);
}

/* ---- a text without a tree ---- */

static void a_walk_finds_members_and_elements(void **state)
{
    (void)state;
    static const char text[] =
        " { \"a\" : [ 1 , {\"x\":\"],}\"} , [] ] ,\"b\":\"\\\"}\", \"c\" : {} } ";
    struct sl_json_member at[] = {{.key = "b"}, {.key = "a"}, {.key = "x"}};
    struct sl_json_slice key, value;
    struct sl_json_walk walk;
    assert_int_equal(sl_json_members(at, 3, (struct sl_json_slice){text, strlen(text)}, NULL), 0);
    assert_memory_equal(at[0].value.text, "\"\\\"}\"", 5);
    assert_int_equal(at[0].value.len, 5);
    assert_null(at[2].value.text);
    assert_int_equal(sl_json_walk(&walk, at[1].value, NULL), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(sl_json_walk_next(&walk, &key, &value, NULL), 1);
    assert_memory_equal(value.text, "[]", 2);
    assert_int_equal(sl_json_walk_next(&walk, &key, &value, NULL), 0);
}

static int members_of(const char *text)
{
    struct sl_json_member at[] = {{.key = "a"}};
    return sl_json_members(at, 1, (struct sl_json_slice){text, strlen(text)}, NULL);
}

static void a_walk_refuses_what_is_broken(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "",           "[]",          "7",          "{",         "{\"a\"",     "{\"a\":",
        "{\"a\":}",   "{\"a\":1",    "{\"a\":1,}", "{a:1}",     "{\"a\":1]",  "{\"a\":1}}",
        "{\"a\":1}x", "{\"a\":1,,}", "{,}",        "{\"a\" 1}", "{\"a\":\"}", "{\"a\":1,\"a\":2}"};
    assert_int_equal(members_of("{}"), 0);
    assert_int_equal(members_of("{\"b\":[1,2],\"a\":1}"), 0);
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        if (members_of(broken[i]) != SL_EFORMAT)
            fail_msg("%s", broken[i]);
    }
}

static void bytes_are_written_as_hex(void **state)
{
    (void)state;
    uint8_t bytes[150];
    struct sl_jw w = {0};
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i + 200);
    sl_jw_array(&w, NULL);
    sl_jw_hex(&w, NULL, NULL, 0);
    sl_jw_hex(&w, NULL, bytes, 2);
    sl_jw_hex(&w, NULL, bytes, sizeof bytes);
    sl_jw_end_array(&w);
    assert_int_equal(w.buf.failed, 0);
    assert_memory_equal(w.buf.data, "[\"0x\",\"0xc8c9\",\"0xc8c9ca", 23);
    assert_int_equal(w.buf.len, 1 + 4 + 1 + 8 + 1 + 2 + 2 + 2 * sizeof bytes + 1);
    assert_string_equal(w.buf.data + w.buf.len - 8, "5b5c5d\"]");
    sl_jw_free(&w);
}

static void a_written_value_is_compact_and_reads_back(void **state)
{
    (void)state;
    struct sl_jw w = {0};
    sl_jw_object(&w, NULL);
    sl_jw_str(&w, "s", "q\" b\\ n\n t\t r\r c\x01 d\x7f \xc2\x85 \xe2\x82\xac \xff.");
    sl_jw_strn(&w, "z", "a\0b", 3);
    sl_jw_str(&w, "null", NULL);
    sl_jw_array(&w, "list");
    sl_jw_u64(&w, NULL, 1);
    sl_jw_object(&w, NULL);
    sl_jw_end_object(&w);
    sl_jw_array(&w, NULL);
    sl_jw_end_array(&w);
    sl_jw_bool(&w, NULL, true);
    sl_jw_bool(&w, NULL, false);
    sl_jw_null(&w, NULL);
    sl_jw_end_array(&w);
    sl_jw_u64(&w, "max", UINT64_C(9007199254740991));
    sl_jw_u64(&w, "over", UINT64_C(9007199254740992));
    sl_jw_i64(&w, "neg", -5);
    sl_jw_i64(&w, "least", INT64_MIN);
    sl_jw_double(&w, "d", 0.1);
    sl_jw_double(&w, "third", 1.0 / 3);
    sl_jw_double(&w, "inf", (double)INFINITY);
    sl_jw_str(&w, "k\"", "\xc4\xa2"); /* ends in 0x22 as a code point: no quote */
    sl_jw_end_object(&w);
    assert_int_equal(w.buf.failed, 0);
    assert_string_equal(
        w.buf.data,
        "{\"s\":\"q\\\" b\\\\ n\\n t\\t r\\r c\\u0001 d\\u007f \\u0085 \xe2\x82\xac \xef\xbf\xbd.\","
        "\"z\":\"a\\u0000b\",\"null\":null,\"list\":[1,{},[],true,false,null],"
        "\"max\":9007199254740991,\"over\":\"9007199254740992\",\"neg\":-5,"
        "\"least\":\"-9223372036854775808\",\"d\":0.1,\"third\":0.33333333333333331,\"inf\":null,"
        "\"k\\\"\":\"\xc4\xa2\"}");
    sl_jw_free(&w);
    assert_null(w.buf.data);
}

/* A terminal would act on them, and show a name that is another. */
static void what_turns_text_around_is_written_as_a_number(void **state)
{
    (void)state;
    struct sl_jw w = {0};
    sl_jw_object(&w, NULL);
    sl_jw_str(&w, "s",
              "a\xe2\x80\xae"
              "b\xe2\x81\xa6"
              "c\xe2\x80\x8f"
              "d\xc2\x9b"
              "e\xe2\x80\xa8");
    sl_jw_end_object(&w);
    assert_string_equal(w.buf.data, "{\"s\":\"a\\u202eb\\u2066c\\u200fd\\u009be\\u2028\"}");
    sl_jw_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tree_is_read_value_by_value),
        cmocka_unit_test(a_missing_value_is_nothing_to_every_reader),
        cmocka_unit_test(integers_are_given_only_when_exact),
        cmocka_unit_test(what_is_not_strict_json_is_refused),
        cmocka_unit_test(nesting_ends_at_sixty_four),
        cmocka_unit_test(the_text_needs_no_nul_behind_it),
        cmocka_unit_test(a_great_object_is_checked_for_duplicates_quickly),
        cmocka_unit_test(a_tree_is_not_much_larger_than_its_text),
        cmocka_unit_test(a_walk_finds_members_and_elements),
        cmocka_unit_test(a_walk_refuses_what_is_broken),
        cmocka_unit_test(bytes_are_written_as_hex),
        cmocka_unit_test(a_written_value_is_compact_and_reads_back),
        cmocka_unit_test(what_turns_text_around_is_written_as_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
