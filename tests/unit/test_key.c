/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Addresses, keys and signatures. Signatures of many messages: test_eip712.c and test_tx.c. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"
#include "sluice/keccak.h"
#include "sluice/key.h"

#include "support/memory_scan.h"
#include "support/test.h"
#include "support/vectors.h"

static void every_key_has_its_public_key_and_address(void **state)
{
    (void)state;
    cJSON *root = sl_vectors_load("address.json");
    const cJSON *one_case = NULL;
    cJSON_ArrayForEach(one_case, sl_vectors_list(root, "cases"))
    {
        struct sl_key *key = NULL;
        struct sl_address parsed;
        uint8_t x_y[64];
        char text[SL_ADDRESS_CHARS];
        size_t len;
        const char *secret = sl_vectors_str(one_case, "privateKey");
        const char *address = sl_vectors_str(one_case, "address");
        uint8_t *want = sl_vectors_hex(one_case, "publicKey", &len);
        assert_int_equal(sl_key_from_hex(&key, secret, strlen(secret), NULL), SL_OK);
        sl_key_public(x_y, key);
        assert_int_equal(len, 65);
        assert_memory_equal(x_y, want + 1, 64);
        sl_address_text(text, sl_key_address(key));
        assert_string_equal(text, address);
        address = sl_vectors_str(one_case, "addressLower");
        assert_int_equal(sl_address_parse(&parsed, address, strlen(address), NULL), SL_OK);
        assert_true(sl_address_equal(&parsed, sl_key_address(key)));
        sl_key_free(key);
        free(want);
    }
    cJSON_Delete(root);
}

static void what_is_no_private_key_is_refused(void **state)
{
    (void)state;
    cJSON *root = sl_vectors_load("address.json");
    const cJSON *one_case = NULL;
    cJSON_ArrayForEach(one_case, sl_vectors_list(root, "invalidKeys"))
    {
        struct sl_key *key = NULL;
        struct sl_err err = {0};
        const char *secret = sl_vectors_str(one_case, "privateKey");
        assert_int_equal(sl_key_from_hex(&key, secret, strlen(secret), &err), SL_EKEY);
        assert_null(key);
        assert_true(strlen(secret) < 10 || strstr(err.text, secret + 2) == NULL);
    }
    cJSON_Delete(root);
}

static bool has_one_case(const char *text)
{
    return strpbrk(text + 2, "abcdef") == NULL || strpbrk(text + 2, "ABCDEF") == NULL;
}

static void mixed_case_addresses_must_match_their_checksum(void **state)
{
    (void)state;
    cJSON *root = sl_vectors_load("address.json");
    const cJSON *one_case = NULL;
    cJSON_ArrayForEach(one_case, sl_vectors_list(root, "checksums"))
    {
        struct sl_address address;
        char text[SL_ADDRESS_CHARS];
        const char *input = sl_vectors_str(one_case, "input");
        const bool strict = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(one_case, "validStrict"));
        const bool loose = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(one_case, "validLoose"));
        const int rc = sl_address_parse(&address, input, strlen(input), NULL);
        assert_int_equal(rc, strict || (loose && has_one_case(input)) ? SL_OK : SL_EFORMAT);
        if (rc < 0)
            continue;
        sl_address_text(text, &address);
        assert_string_equal(text, sl_vectors_str(one_case, "checksummed"));
    }
    cJSON_Delete(root);
}

static void filecoin_form_goes_both_ways_and_its_checksum_holds(void **state)
{
    (void)state;
    static const char eth[] = "0xd388ab098ed3e84c0d808776440b48f685198498";
    static const char want[] = "f410f2oekwcmo2pueydmaq53eic2i62crtbeyuzx2gmy";
    struct sl_address address;
    struct sl_address back;
    char text[SL_ADDRESS_F4_CHARS];
    assert_int_equal(sl_address_parse(&address, eth, strlen(eth), NULL), SL_OK);
    sl_address_f4(text, &address, false);
    assert_string_equal(text, want);
    sl_address_f4(text, &address, true);
    assert_string_equal(text + 1, want + 1);
    assert_int_equal(text[0], 't');
    assert_int_equal(sl_address_parse(&back, text, strlen(text), NULL), SL_OK);
    assert_true(sl_address_equal(&address, &back));
    for (size_t i = 5; i < strlen(want); i++) {
        memcpy(text, want, sizeof want);
        text[i] = text[i] == 'a' ? 'b' : 'a';
        assert_int_equal(sl_address_parse(&back, text, strlen(text), NULL), SL_EFORMAT);
    }
    assert_int_equal(sl_address_parse(&back, want, strlen(want) - 1, NULL), SL_EFORMAT);
    assert_int_equal(sl_address_parse(&back, "f410f", 5, NULL), SL_EFORMAT);
}

static void a_signature_leads_back_to_its_signer_only_for_its_digest(void **state)
{
    (void)state;
    struct sl_key *key = NULL;
    struct sl_address signer;
    uint8_t digest[32];
    uint8_t signature[SL_SIGNATURE_BYTES];
    assert_int_equal(sl_key_generate(&key, NULL), SL_OK);
    for (int i = 0; i < 50; i++) {
        sl_keccak256(digest, &i, sizeof i);
        assert_int_equal(sl_key_sign(signature, key, digest, NULL), SL_OK);
        assert_true(sl_signature_is_low(signature));
        assert_true(signature[64] == 27 || signature[64] == 28);
        assert_int_equal(sl_key_recover(&signer, signature, digest, NULL), SL_OK);
        assert_true(sl_address_equal(&signer, sl_key_address(key)));
        signature[64] = (uint8_t)(signature[64] - 27);
        assert_int_equal(sl_key_recover(&signer, signature, digest, NULL), SL_OK);
        assert_true(sl_address_equal(&signer, sl_key_address(key)));
        digest[0] ^= 1;
        assert_true(sl_key_recover(&signer, signature, digest, NULL) < 0 ||
                    !sl_address_equal(&signer, sl_key_address(key)));
    }
    sl_key_free(key);
}

static void *sign_many(void *arg)
{
    const struct sl_key *key = arg;
    for (int i = 0; i < 25; i++) {
        uint8_t digest[32];
        uint8_t signature[SL_SIGNATURE_BYTES];
        sl_keccak256(digest, &i, sizeof i);
        if (sl_key_sign(signature, key, digest, NULL) != SL_OK)
            return arg;
    }
    return NULL;
}

static void threads_may_share_a_key(void **state)
{
    (void)state;
    struct sl_key *key = NULL;
    pthread_t threads[4];
    assert_int_equal(sl_key_generate(&key, NULL), SL_OK);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, sign_many, key), 0);
    for (size_t i = 0; i < 4; i++) {
        void *failed = key;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    sl_key_free(key);
}

static void malformed_signatures_are_refused(void **state)
{
    (void)state;
    struct sl_address signer;
    const uint8_t digest[32] = {1};
    uint8_t signature[SL_SIGNATURE_BYTES] = {0};
    signature[64] = 27;
    assert_int_equal(sl_key_recover(&signer, signature, digest, NULL), SL_EKEY);
    memset(signature, 0xff, 64);
    assert_int_equal(sl_key_recover(&signer, signature, digest, NULL), SL_EKEY);
    assert_false(sl_signature_is_low(signature));
    memset(signature, 0x11, sizeof signature);
    for (int v = 0; v < 256; v++) {
        signature[64] = (uint8_t)v;
        const int rc = sl_key_recover(&signer, signature, digest, NULL);
        if (v != 0 && v != 1 && v != 27 && v != 28)
            assert_int_equal(rc, SL_EKEY);
    }
    /* s = n - 1 is in range but high */
    static const char high[] = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140";
    assert_int_equal(sl_hex_decode(signature + 32, 32, high, 64, NULL), 32);
    assert_false(sl_signature_is_low(signature));
}

static size_t hits_of(const char *masked_hex)
{
    uint8_t masked[SL_SCAN_BYTES];
    assert_int_equal(sl_hex_decode(masked, sizeof masked, masked_hex, 32, NULL), SL_SCAN_BYTES);
    return sl_memory_scan(masked);
}

/* The key is written down masked; its hex digits are unmasked only in memory that is wiped. */
static void no_byte_of_a_key_is_left_after_free(void **state)
{
    (void)state;
    static const char masked[] = "c0ffee1123581321345589144233377610987159725844181676510946171128";
    uint8_t bytes[32];
    char text[65];
    char text_masked[33];
    struct sl_key *key = NULL;
    uint8_t signature[SL_SIGNATURE_BYTES];
    const uint8_t digest[32] = {7};
    assert_int_equal(sl_hex_decode(bytes, sizeof bytes, masked, 64, NULL), 32);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] ^= SL_SCAN_MASK;
    sl_hex_encode(text, bytes, sizeof bytes);
    for (size_t i = 0; i < 16; i++)
        snprintf(text_masked + 2 * i, 3, "%02x", (unsigned)(text[i] ^ SL_SCAN_MASK));
    sl_wipe(bytes, sizeof bytes);
    assert_int_equal(sl_key_from_hex(&key, text, 64, NULL), SL_OK);
    assert_int_equal(hits_of(text_masked), 1);
    sl_wipe(text, sizeof text);
    assert_int_equal(hits_of(text_masked), 0);
    assert_int_equal(hits_of(masked), 1); /* the secret itself: the search does find it */
    assert_int_equal(sl_key_sign(signature, key, digest, NULL), SL_OK);
    assert_int_equal(hits_of(masked), 1);
    sl_key_free(key);
    assert_int_equal(hits_of(masked), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_has_its_public_key_and_address),
        cmocka_unit_test(what_is_no_private_key_is_refused),
        cmocka_unit_test(mixed_case_addresses_must_match_their_checksum),
        cmocka_unit_test(filecoin_form_goes_both_ways_and_its_checksum_holds),
        cmocka_unit_test(a_signature_leads_back_to_its_signer_only_for_its_digest),
        cmocka_unit_test(threads_may_share_a_key),
        cmocka_unit_test(malformed_signatures_are_refused),
        cmocka_unit_test(no_byte_of_a_key_is_left_after_free),
    };
    return cmocka_run_group_tests_name("key", tests, NULL, NULL);
}
