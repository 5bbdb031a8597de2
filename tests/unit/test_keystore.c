/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"
#include "sluice/key.h"

#include "eth/keystore/keystore_crypto.h"
#include "support/memory_scan.h"
#include "support/test.h"
#include "support/vectors.h"

/* The file's text: `text` where given, else the object printed; owned, free(). */
static char *text_of(const cJSON *one_case)
{
    const char *text = sl_vectors_maybe(one_case, "text");
    char *out =
        text != NULL
            ? strdup(text)
            : cJSON_PrintUnformatted(cJSON_GetObjectItemCaseSensitive(one_case, "keystore"));
    assert_non_null(out);
    return out;
}

static void check_opened(const cJSON *one_case, const struct sl_key *key)
{
    char address[SL_ADDRESS_CHARS];
    struct sl_key *want = NULL;
    const char *secret = sl_vectors_str(one_case, "privateKey");
    assert_int_equal(sl_key_from_hex(&want, secret, strlen(secret), NULL), SL_OK);
    assert_true(sl_address_equal(sl_key_address(want), sl_key_address(key)));
    sl_address_text(address, sl_key_address(key));
    assert_string_equal(address, sl_vectors_str(one_case, "address"));
    sl_key_free(want);
}

/* Only a wrong password is SL_EKEY; the others are told apart by what a person can do. */
static bool refusal_fits(int rc, const char *reason)
{
    if (strcmp(reason, "mac does not match") == 0)
        return rc == SL_EKEY;
    return rc == SL_EFORMAT || rc == SL_ETOOBIG;
}

static void check_case(const cJSON *one_case)
{
    struct sl_key *key = NULL;
    struct sl_err err = {0};
    size_t len;
    char *text = text_of(one_case);
    uint8_t *password = sl_vectors_hex(one_case, "passwordHex", &len);
    const int rc = sl_keystore_read(&key, text, strlen(text), (const char *)password, len, &err);
    if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(one_case, "ok"))) {
        if (rc == SL_OK)
            check_opened(one_case, key);
        else
            fail_msg("%s: %s", sl_vectors_str(one_case, "id"), err.text);
    } else {
        assert_null(key);
        if (!refusal_fits(rc, sl_vectors_str(one_case, "reason")))
            fail_msg("%s: %d %s", sl_vectors_str(one_case, "id"), rc, err.text);
        /* a password must not come back in an error */
        assert_true(len < 4 || strstr(err.text, sl_vectors_str(one_case, "password")) == NULL);
    }
    sl_key_free(key);
    free(password);
    free(text);
}

static void every_vector_is_opened_or_refused(void **state)
{
    (void)state;
    cJSON *root = sl_vectors_load("keystore.json");
    const cJSON *one_case = NULL;
    cJSON_ArrayForEach(one_case, sl_vectors_list(root, "cases"))
    {
        check_case(one_case);
    }
    cJSON_Delete(root);
}

static void what_is_written_opens_with_its_password_alone(void **state)
{
    (void)state;
    static const char password[] = "p\xc3\xa4ss w\0rd";
    struct sl_key *key = NULL;
    struct sl_key *back = NULL;
    struct sl_buf json = {0};
    struct sl_address address;
    assert_int_equal(sl_key_generate(&key, NULL), SL_OK);
    assert_int_equal(sl_keystore_write(&json, key, password, sizeof password - 1, 10, NULL), SL_OK);
    assert_int_equal(sl_keystore_check(&address, json.data, json.len, NULL), 1);
    assert_true(sl_address_equal(&address, sl_key_address(key)));
    assert_int_equal(
        sl_keystore_read(&back, json.data, json.len, password, sizeof password - 1, NULL), SL_OK);
    assert_true(sl_address_equal(sl_key_address(back), sl_key_address(key)));
    sl_key_free(back);
    back = NULL;
    assert_int_equal(
        sl_keystore_read(&back, json.data, json.len, password, sizeof password - 2, NULL), SL_EKEY);
    assert_int_equal(sl_keystore_read(&back, json.data, json.len, NULL, 0, NULL), SL_EKEY);
    assert_null(back);
    struct sl_buf again = {0};
    assert_int_equal(sl_keystore_write(&again, key, password, 3, 1, NULL), SL_OK);
    assert_string_not_equal(again.data, json.data);
    assert_int_equal(sl_keystore_write(&again, key, password, 3, 0, NULL), SL_EINVAL);
    assert_int_equal(sl_keystore_write(&again, key, password, 3, 19, NULL), SL_EINVAL);
    sl_buf_free(&again);
    sl_buf_free(&json);
    sl_key_free(key);
}

static int check_kdf(const char *kdf, const char *params)
{
    char text[2048];
    struct sl_address address;
    snprintf(text, sizeof text,
             "{\"version\":3,\"crypto\":{\"cipher\":\"aes-128-ctr\",\"cipherparams\":{\"iv\":"
             "\"13c20dbf78087054deffbc26dda53706\"},\"ciphertext\":"
             "\"d6c9be470ec22198f0450262f7f0f66ff03a5d7117b29b929832164fef4ae061\",\"mac\":"
             "\"812c744806f3362ed66a3dc697024773cd331598df603c32bf6bfa5be9938224\","
             "\"kdf\":\"%s\",\"kdfparams\":{\"dklen\":32,%s}}}",
             kdf, params);
    return sl_keystore_check(&address, text, strlen(text), NULL);
}

static void bombs_are_refused_before_anything_is_computed(void **state)
{
    (void)state;
    static const struct {
        const char *kdf;
        const char *params;
        int want;
    } rows[] = {
        {"scrypt", "\"salt\":\"aa\",\"n\":262144,\"r\":8,\"p\":1", 0},
        {"scrypt", "\"salt\":\"aa\",\"n\":4096,\"r\":8,\"p\":6", 0},
        {"scrypt", "\"salt\":\"\",\"n\":2,\"r\":1,\"p\":1", 0},
        {"scrypt", "\"salt\":\"aa\",\"n\":524288,\"r\":8,\"p\":1", SL_ETOOBIG},
        {"scrypt", "\"salt\":\"aa\",\"n\":1073741824,\"r\":8,\"p\":1", SL_ETOOBIG},
        {"scrypt", "\"salt\":\"aa\",\"n\":4503599627370496,\"r\":8,\"p\":1", SL_ETOOBIG},
        {"scrypt", "\"salt\":\"aa\",\"n\":2,\"r\":9007199254740991,\"p\":1", SL_ETOOBIG},
        {"scrypt", "\"salt\":\"aa\",\"n\":2,\"r\":1,\"p\":9007199254740991", SL_ETOOBIG},
        {"scrypt", "\"salt\":\"aa\",\"n\":262144,\"r\":1,\"p\":8", 0},
        {"scrypt", "\"salt\":\"aa\",\"n\":262144,\"r\":1,\"p\":65", SL_ETOOBIG},
        {"scrypt", "\"salt\":\"aa\",\"n\":4194304,\"r\":1,\"p\":1", SL_ETOOBIG},
        {"scrypt", "\"salt\":\"aa\",\"n\":0,\"r\":8,\"p\":1", SL_EFORMAT},
        {"scrypt", "\"salt\":\"aa\",\"n\":1,\"r\":8,\"p\":1", SL_EFORMAT},
        {"scrypt", "\"salt\":\"aa\",\"n\":2,\"r\":8,\"p\":0", SL_EFORMAT},
        {"scrypt", "\"salt\":\"aa\",\"n\":-2,\"r\":8,\"p\":1", SL_EFORMAT},
        {"scrypt", "\"salt\":\"aa\",\"n\":2.5,\"r\":8,\"p\":1", SL_EFORMAT},
        {"scrypt", "\"salt\":\"aa\",\"n\":1e300,\"r\":8,\"p\":1", SL_EFORMAT},
        {"scrypt", "\"salt\":\"a\",\"n\":2,\"r\":8,\"p\":1", SL_EFORMAT},
        {"scrypt", "\"salt\":7,\"n\":2,\"r\":8,\"p\":1", SL_EFORMAT},
        {"pbkdf2", "\"salt\":\"aa\",\"prf\":\"hmac-sha256\",\"c\":262144", 0},
        {"pbkdf2", "\"salt\":\"aa\",\"prf\":\"hmac-sha256\",\"c\":10000001", SL_ETOOBIG},
        {"pbkdf2", "\"salt\":\"aa\",\"prf\":\"hmac-sha256\",\"c\":4294967297", SL_ETOOBIG},
        {"pbkdf2", "\"salt\":\"aa\",\"prf\":\"hmac-sha256\",\"c\":0", SL_EFORMAT},
        {"pbkdf2", "\"salt\":\"aa\",\"c\":5", SL_EFORMAT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (check_kdf(rows[i].kdf, rows[i].params) != rows[i].want)
            fail_msg("%s: %d", rows[i].params, check_kdf(rows[i].kdf, rows[i].params));
    }
    char salt[1100] = "\"n\":2,\"r\":8,\"p\":1,\"salt\":\"";
    const size_t at = strlen(salt);
    memset(salt + at, 'a', 600);
    memcpy(salt + at + 600, "\"", 2);
    assert_int_equal(check_kdf("scrypt", salt), SL_EFORMAT);
}

/* RFC 7914 section 12, its first 32 bytes; then an n beyond the RFC's bound for r = 1. */
static void scrypt_with_a_narrow_block_gives_what_others_compute(void **state)
{
    (void)state;
    static const char want[] = "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442";
    struct sl_kdf kdf = {.scrypt = true, .n = 16, .r = 1, .p = 1};
    uint8_t derived[SL_KDF_BYTES];
    char hex[2 * SL_KDF_BYTES + 1];
    assert_int_equal(sl_kdf_derive(derived, &kdf, "", 0, NULL), SL_OK);
    sl_hex_encode(hex, derived, sizeof derived);
    assert_string_equal(hex, want);
    kdf.n = 262144;
    assert_int_equal(sl_kdf_check(&kdf, NULL), SL_OK);
    assert_int_equal(sl_kdf_derive(derived, &kdf, "", 0, NULL), SL_OK);
}

static int address_in(const char *field)
{
    static const char crypto[] =
        "\"crypto\":{\"cipher\":\"aes-128-ctr\",\"cipherparams\":{\"iv\":"
        "\"13c20dbf78087054deffbc26dda53706\"},\"ciphertext\":"
        "\"d6c9be470ec22198f0450262f7f0f66ff03a5d7117b29b929832164fef4ae061\",\"mac\":"
        "\"812c744806f3362ed66a3dc697024773cd331598df603c32bf6bfa5be9938224\","
        "\"kdf\":\"scrypt\",\"kdfparams\":{\"dklen\":32,\"salt\":\"aa\",\"n\":2,\"r\":1,\"p\":1}}";
    char text[2048];
    struct sl_address address;
    snprintf(text, sizeof text, "{\"version\":3,%s%s}", field, crypto);
    return sl_keystore_check(&address, text, strlen(text), NULL);
}

static void the_address_is_known_without_the_password_where_the_file_names_it(void **state)
{
    (void)state;
    assert_int_equal(address_in("\"address\":\"f39fd6e51aad88f6f4ce6ab8827279cfffb92266\","), 1);
    assert_int_equal(address_in("\"address\":\"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\","), 1);
    assert_int_equal(address_in(""), 0);
    assert_int_equal(address_in("\"address\":null,"), 0);
    assert_int_equal(address_in("\"address\":\"\","), 0);
    assert_int_equal(address_in("\"address\":\"f39f\","), SL_EFORMAT);
    assert_int_equal(address_in("\"address\":7,"), SL_EFORMAT);
}

static void a_file_of_any_other_kind_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "{}",
                                      "[]",
                                      "null",
                                      "\"x\"",
                                      "{\"version\":3}",
                                      "{\"version\":\"3\",\"crypto\":{}}",
                                      "{\"version\":3,\"crypto\":[]}",
                                      "{\"version\":3,\"address\":\"12\",\"crypto\":{}}",
                                      "{\"version\":3,\"crypto\":{}} x"};
    struct sl_address address;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(sl_keystore_check(&address, bad[i], strlen(bad[i]), NULL), SL_EFORMAT);
    char *large = calloc(1, SL_KEYSTORE_MAX_BYTES + 2);
    assert_non_null(large);
    memset(large, ' ', SL_KEYSTORE_MAX_BYTES + 1);
    assert_int_equal(sl_keystore_check(&address, large, SL_KEYSTORE_MAX_BYTES + 1, NULL),
                     SL_EFORMAT);
    free(large);
}

static size_t hits_of(const char *masked_hex)
{
    uint8_t masked[SL_SCAN_BYTES];
    assert_int_equal(sl_hex_decode(masked, sizeof masked, masked_hex, 32, NULL), SL_SCAN_BYTES);
    return sl_memory_scan(masked);
}

static void no_byte_of_key_or_password_is_left_after_free(void **state)
{
    (void)state;
    static const char key_masked[] =
        "a1b2c3d4e5f60718293a4b5c6d7e8f900f1e2d3c4b5a69788796a5b4c3d2e1f0";
    static const char password_masked[] = "11223344556677889900aabbccddeeff";
    struct sl_secret *secret = NULL;
    struct sl_secret *password = NULL;
    struct sl_key *key = NULL;
    struct sl_buf json = {0};
    assert_int_equal(sl_secret_new(&secret, SL_KEY_BYTES, NULL), SL_OK);
    assert_int_equal(sl_secret_new(&password, SL_SCAN_BYTES, NULL), SL_OK);
    assert_int_equal(sl_hex_decode(sl_secret_bytes(secret), 32, key_masked, 64, NULL), 32);
    assert_int_equal(sl_hex_decode(sl_secret_bytes(password), 16, password_masked, 32, NULL), 16);
    for (size_t i = 0; i < SL_KEY_BYTES; i++)
        sl_secret_bytes(secret)[i] ^= SL_SCAN_MASK;
    for (size_t i = 0; i < SL_SCAN_BYTES; i++)
        sl_secret_bytes(password)[i] ^= SL_SCAN_MASK;
    const char *word = (const char *)sl_secret_peek(password);
    assert_int_equal(sl_key_new(&key, sl_secret_peek(secret), SL_KEY_BYTES, NULL), SL_OK);
    sl_secret_free(secret);
    assert_int_equal(sl_keystore_write(&json, key, word, SL_SCAN_BYTES, 8, NULL), SL_OK);
    sl_key_free(key);
    assert_int_equal(hits_of(key_masked), 0);
    assert_int_equal(sl_keystore_read(&key, json.data, json.len, word, SL_SCAN_BYTES, NULL), SL_OK);
    assert_int_equal(hits_of(key_masked), 1);
    assert_int_equal(hits_of(password_masked), 1);
    sl_key_free(key);
    sl_secret_free(password);
    assert_int_equal(hits_of(key_masked), 0);
    assert_int_equal(hits_of(password_masked), 0);
    sl_buf_free(&json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_is_opened_or_refused),
        cmocka_unit_test(what_is_written_opens_with_its_password_alone),
        cmocka_unit_test(bombs_are_refused_before_anything_is_computed),
        cmocka_unit_test(scrypt_with_a_narrow_block_gives_what_others_compute),
        cmocka_unit_test(the_address_is_known_without_the_password_where_the_file_names_it),
        cmocka_unit_test(a_file_of_any_other_kind_is_refused),
        cmocka_unit_test(no_byte_of_key_or_password_is_left_after_free),
    };
    return cmocka_run_group_tests_name("keystore", tests, NULL, NULL);
}
