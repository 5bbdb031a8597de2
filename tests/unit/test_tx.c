/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"
#include "sluice/tx.h"

#include "support/test.h"
#include "support/vectors.h"

static void assert_hex(const void *bytes, size_t len, const char *want)
{
    char *hex = malloc(2 * len + 3);
    assert_non_null(hex);
    memcpy(hex, "0x", 2);
    sl_hex_encode(hex + 2, bytes, len);
    assert_string_equal(hex, want);
    free(hex);
}

static struct sl_u256 number(const cJSON *object, const char *key)
{
    struct sl_u256 value;
    const char *text = sl_vectors_str(object, key);
    assert_int_equal(sl_u256_parse_dec(&value, text, strlen(text), NULL), SL_OK);
    return value;
}

/* tx->data is owned by the caller. */
static void load(struct sl_tx *tx, const cJSON *fields)
{
    const char *to = sl_vectors_str(fields, "to");
    memset(tx, 0, sizeof *tx);
    tx->chain_id = sl_vectors_u64(fields, "chainId");
    tx->nonce = sl_vectors_u64(fields, "nonce");
    tx->max_priority_fee = number(fields, "maxPriorityFeePerGas");
    tx->max_fee = number(fields, "maxFeePerGas");
    tx->gas_limit = sl_vectors_u64(fields, "gas");
    assert_int_equal(sl_address_parse(&tx->to, to, strlen(to), NULL), SL_OK);
    tx->value = number(fields, "value");
    tx->data = sl_vectors_hex(fields, "data", &tx->data_len);
}

static void assert_same(const struct sl_tx *a, const struct sl_tx *b)
{
    assert_int_equal(a->chain_id, b->chain_id);
    assert_int_equal(a->nonce, b->nonce);
    assert_int_equal(sl_u256_cmp(a->max_priority_fee, b->max_priority_fee), 0);
    assert_int_equal(sl_u256_cmp(a->max_fee, b->max_fee), 0);
    assert_int_equal(a->gas_limit, b->gas_limit);
    assert_true(sl_address_equal(&a->to, &b->to));
    assert_int_equal(sl_u256_cmp(a->value, b->value), 0);
    assert_int_equal(a->data_len, b->data_len);
    assert_memory_equal(a->data, b->data, a->data_len);
}

static void check_case(const cJSON *one_case)
{
    struct sl_tx tx;
    struct sl_tx back;
    struct sl_address sender;
    struct sl_key *key = NULL;
    struct sl_buf buf = {0};
    uint8_t hash[SL_TX_HASH_BYTES];
    char from[SL_ADDRESS_CHARS];
    const char *secret = sl_vectors_str(one_case, "privateKey");
    load(&tx, cJSON_GetObjectItemCaseSensitive(one_case, "fields"));
    assert_int_equal(sl_key_from_hex(&key, secret, strlen(secret), NULL), SL_OK);
    sl_tx_unsigned(&buf, &tx);
    assert_int_equal(buf.failed, SL_OK);
    assert_hex(buf.data, buf.len, sl_vectors_str(one_case, "unsigned"));
    sl_buf_clear(&buf);
    assert_int_equal(sl_tx_sign(&buf, hash, &tx, key, NULL), SL_OK);
    assert_hex(buf.data, buf.len, sl_vectors_str(one_case, "signed"));
    assert_hex(hash, sizeof hash, sl_vectors_str(one_case, "hash"));
    memset(hash, 0, sizeof hash);
    assert_int_equal(sl_tx_read(&back, &sender, hash, (const uint8_t *)buf.data, buf.len, NULL),
                     SL_OK);
    assert_same(&back, &tx);
    sl_address_text(from, &sender);
    assert_string_equal(from, sl_vectors_str(one_case, "from"));
    assert_hex(hash, sizeof hash, sl_vectors_str(one_case, "hash"));
    sl_buf_free(&buf);
    sl_key_free(key);
    free((void *)tx.data);
}

static void every_vector_is_signed_to_the_same_bytes_and_read_back(void **state)
{
    (void)state;
    cJSON *root = sl_vectors_load("tx.json");
    const cJSON *one_case = NULL;
    cJSON_ArrayForEach(one_case, sl_vectors_list(root, "cases"))
    {
        check_case(one_case);
    }
    cJSON_Delete(root);
}

static void make(struct sl_buf *raw)
{
    static const char secret[] = "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
    struct sl_key *key = NULL;
    uint8_t hash[SL_TX_HASH_BYTES];
    const struct sl_tx tx = {.chain_id = 314159,
                             .nonce = 3,
                             .gas_limit = 21000,
                             .max_fee = sl_u256(1000),
                             .to = {{1, 2, 3}},
                             .data = (const uint8_t *)"some data of the call",
                             .data_len = 21};
    assert_int_equal(sl_key_from_hex(&key, secret, strlen(secret), NULL), SL_OK);
    assert_int_equal(sl_tx_sign(raw, hash, &tx, key, NULL), SL_OK);
    sl_key_free(key);
}

static int read_copy(const char *bytes, size_t len)
{
    struct sl_tx tx;
    struct sl_address sender;
    uint8_t hash[SL_TX_HASH_BYTES];
    uint8_t *exact = malloc(len + (len == 0)); /* so that ASan sees a read behind the end */
    assert_non_null(exact);
    memcpy(exact, bytes, len);
    const int rc = sl_tx_read(&tx, &sender, hash, exact, len, NULL);
    free(exact);
    return rc;
}

static void a_cut_or_longer_transaction_is_refused(void **state)
{
    (void)state;
    struct sl_buf raw = {0};
    make(&raw);
    assert_int_equal(read_copy(raw.data, raw.len), SL_OK);
    for (size_t len = 0; len < raw.len; len++)
        assert_int_equal(read_copy(raw.data, len), SL_EFORMAT);
    sl_buf_add(&raw, "", 1);
    assert_int_equal(read_copy(raw.data, raw.len), SL_EFORMAT);
    sl_buf_free(&raw);
}

static void a_changed_bit_never_keeps_the_sender(void **state)
{
    (void)state;
    struct sl_buf raw = {0};
    struct sl_tx tx;
    struct sl_address right;
    struct sl_address sender;
    uint8_t hash[SL_TX_HASH_BYTES];
    make(&raw);
    uint8_t *bytes = (uint8_t *)raw.data;
    assert_int_equal(sl_tx_read(&tx, &right, hash, bytes, raw.len, NULL), SL_OK);
    for (size_t bit = 0; bit < 8 * raw.len; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (sl_tx_read(&tx, &sender, hash, bytes, raw.len, NULL) == SL_OK)
            assert_false(sl_address_equal(&sender, &right));
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    sl_buf_free(&raw);
}

static void a_transaction_above_the_cap_is_not_signed(void **state)
{
    (void)state;
    struct sl_buf raw = {0};
    struct sl_key *key = NULL;
    uint8_t hash[SL_TX_HASH_BYTES];
    uint8_t *data = calloc(1, SL_TX_MAX_BYTES);
    assert_non_null(data);
    const struct sl_tx tx = {.data = data, .data_len = SL_TX_MAX_BYTES};
    assert_int_equal(sl_key_generate(&key, NULL), SL_OK);
    assert_int_equal(sl_tx_sign(&raw, hash, &tx, key, NULL), SL_EOVERFLOW);
    sl_key_free(key);
    sl_buf_free(&raw);
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_is_signed_to_the_same_bytes_and_read_back),
        cmocka_unit_test(a_cut_or_longer_transaction_is_refused),
        cmocka_unit_test(a_changed_bit_never_keeps_the_sender),
        cmocka_unit_test(a_transaction_above_the_cap_is_not_signed),
    };
    return cmocka_run_group_tests_name("tx", tests, NULL, NULL);
}
