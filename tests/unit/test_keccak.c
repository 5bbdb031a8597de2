/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"
#include "sluice/keccak.h"

#include "support/test.h"
#include "support/vectors.h"

static void assert_digest(const cJSON *one_case, const uint8_t digest[static 32])
{
    char hex[67] = "0x";
    sl_hex_encode(hex + 2, digest, 32);
    assert_string_equal(hex, sl_vectors_str(one_case, "keccak256"));
}

static void hash_generated(const cJSON *one_case)
{
    struct sl_vector_bytes gen;
    struct sl_keccak hash;
    uint8_t some[1000];
    uint8_t digest[32];
    sl_vector_bytes_init(&gen, one_case);
    sl_keccak_init(&hash);
    for (size_t n = 0; (n = sl_vector_bytes_next(&gen, some, sizeof some)) > 0;)
        sl_keccak_add(&hash, some, n);
    sl_keccak_end(digest, &hash);
    assert_digest(one_case, digest);
}

static void every_vector_has_its_digest(void **state)
{
    (void)state;
    cJSON *root = sl_vectors_load("keccak256.json");
    const cJSON *one_case = NULL;
    cJSON_ArrayForEach(one_case, sl_vectors_list(root, "cases"))
    {
        uint8_t digest[32];
        size_t len;
        if (strcmp(sl_vectors_str(one_case, "kind"), "hex") != 0) {
            hash_generated(one_case);
            continue;
        }
        uint8_t *input = sl_vectors_hex(one_case, "inputHex", &len);
        sl_keccak256(digest, input, len);
        assert_digest(one_case, digest);
        free(input);
    }
    cJSON_Delete(root);
}

static void any_split_of_the_input_gives_the_same_digest(void **state)
{
    (void)state;
    uint8_t data[3 * SL_KECCAK_RATE + 1];
    uint8_t whole[32];
    uint8_t parts[32];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 7);
    sl_keccak256(whole, data, sizeof data);
    for (size_t cut = 0; cut <= sizeof data; cut++) {
        struct sl_keccak hash;
        sl_keccak_init(&hash);
        sl_keccak_add(&hash, data, cut);
        sl_keccak_add(&hash, data + cut, sizeof data - cut);
        sl_keccak_end(parts, &hash);
        assert_memory_equal(parts, whole, sizeof whole);
    }
    sl_keccak256(data + 5, data, sizeof data);
    assert_memory_equal(data + 5, whole, sizeof whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_has_its_digest),
        cmocka_unit_test(any_split_of_the_input_gives_the_same_digest),
    };
    return cmocka_run_group_tests_name("keccak", tests, NULL, NULL);
}
