/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Offers of providers: the golden vectors and hostile entries. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"
#include "sluice/provider.h"

#include "support/test.h"
#include "support/vectors.h"

enum { LIST = 64 };

static const cJSON *member(const cJSON *object, const char *key)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
    assert_non_null(value);
    return value;
}

/* Parallel lists of keys and hex values. */
struct capabilities {
    struct sl_capability list[LIST];
    uint8_t values[LIST][512];
    size_t count;
};

/* Bytes of "0x..."; false for an odd number of digits. */
static bool unhex(uint8_t *out, size_t cap, size_t *len, const char *text)
{
    assert_memory_equal(text, "0x", 2);
    *len = (strlen(text) - 2) / 2;
    assert_true(*len <= cap);
    return strlen(text) % 2 == 0 && sl_hex_decode(out, cap, text, strlen(text), NULL) >= 0;
}

static void open_list(struct capabilities *out, const cJSON *keys, const cJSON *values)
{
    out->count = 0;
    for (int i = 0; i < cJSON_GetArraySize(values); i++) { /* a key without a value is none */
        struct sl_capability *entry = &out->list[out->count];
        entry->key = cJSON_GetArrayItem(keys, i)->valuestring;
        entry->value = out->values[out->count];
        assert_true(unhex(out->values[out->count], sizeof out->values[0], &entry->value_len,
                          cJSON_GetArrayItem(values, i)->valuestring));
        out->count++;
    }
}

static const struct sl_capability *last(const struct capabilities *in, const char *key)
{
    for (size_t i = in->count; i-- > 0;) {
        if (strcmp(in->list[i].key, key) == 0)
            return &in->list[i];
    }
    fail_msg("no %s", key);
    return NULL;
}

static void expect_hex(const cJSON *text, const uint8_t *value, size_t len)
{
    uint8_t bytes[512];
    size_t want;
    assert_true(unhex(bytes, sizeof bytes, &want, text->valuestring));
    assert_int_equal(len, want);
    if (len > 0)
        assert_memory_equal(value, bytes, len);
}

/* A number: whole in decimal, and as 256 bits or the largest of those. */
static void expect_number(const cJSON *output, const struct capabilities *in, const char *key,
                          struct sl_u256 got)
{
    char text[SL_CAPABILITY_TEXT];
    const struct sl_capability *entry = last(in, key);
    struct sl_u256 want;
    assert_int_equal(sl_capability_decimal(text, entry->value, entry->value_len, NULL), SL_OK);
    assert_string_equal(text, sl_vectors_str(output, key));
    if (sl_u256_parse_dec(&want, text, strlen(text), NULL) < 0)
        want = sl_u256_max();
    assert_int_equal(sl_u256_cmp(want, got), 0);
}

static void expect_offering(const cJSON *output, const struct capabilities *in,
                            const struct sl_offering *got)
{
    char text[SL_CAPABILITY_TEXT];
    const cJSON *peer = member(output, "ipniPeerId");
    assert_string_equal(got->service_url, sl_vectors_str(output, "serviceURL"));
    assert_string_equal(got->location, sl_vectors_str(output, "location"));
    expect_number(output, in, "minPieceSizeInBytes", got->min_piece_bytes);
    expect_number(output, in, "maxPieceSizeInBytes", got->max_piece_bytes);
    expect_number(output, in, "storagePricePerTibPerDay", got->price_per_tib_day);
    expect_number(output, in, "minProvingPeriodInEpochs", got->min_proving_epochs);
    expect_hex(member(output, "paymentTokenAddress"), got->payment_token.bytes, SL_ADDRESS_BYTES);
    assert_int_equal(got->ipni_piece, cJSON_IsTrue(member(output, "ipniPiece")));
    assert_int_equal(got->ipni_ipfs, cJSON_IsTrue(member(output, "ipniIpfs")));
    assert_int_equal(got->peer_id == NULL, cJSON_IsNull(peer));
    if (got->peer_id != NULL) {
        assert_int_equal(sl_peer_id_text(text, got->peer_id, got->peer_id_len, NULL), SL_OK);
        assert_string_equal(text, peer->valuestring);
    }
}

static void case_decode(const cJSON *input, const cJSON *output)
{
    static struct capabilities in;
    struct sl_capability extras[LIST];
    struct sl_offering got;
    open_list(&in, member(input, "capabilityKeys"), member(input, "capabilityValues"));
    /* The reader of the chain refuses lists of different lengths: see test_chain. */
    if (cJSON_GetArraySize(member(input, "capabilityKeys")) != (int)in.count) {
        assert_true(cJSON_HasObjectItem(output, "error"));
        return;
    }
    const int rc = sl_offering_decode(&got, in.list, in.count, NULL);
    assert_int_equal(rc, cJSON_HasObjectItem(output, "error") ? SL_EFORMAT : SL_OK);
    if (rc < 0)
        return;
    expect_offering(output, &in, &got);
    const cJSON *others = member(output, "extraCapabilities");
    const size_t count = sl_capability_extras(extras, in.list, in.count);
    assert_int_equal(count, cJSON_GetArraySize(others));
    for (size_t i = 0; i < count; i++) {
        const cJSON *pair = cJSON_GetArrayItem(others, (int)i);
        assert_string_equal(extras[i].key, cJSON_GetArrayItem(pair, 0)->valuestring);
        expect_hex(cJSON_GetArrayItem(pair, 1), extras[i].value, extras[i].value_len);
    }
}

static void case_address(const cJSON *input, const cJSON *output)
{
    uint8_t value[512];
    size_t len;
    assert_true(unhex(value, sizeof value, &len, sl_vectors_str(input, "value")));
    const struct sl_address got = sl_capability_address(value, len);
    expect_hex(member(output, "value"), got.bytes, sizeof got.bytes);
}

static struct sl_u256 number(const cJSON *object, const char *key)
{
    struct sl_u256 out;
    const char *text = sl_vectors_str(object, key);
    assert_int_equal(sl_u256_parse_dec(&out, text, strlen(text), NULL), SL_OK);
    return out;
}

static void offering_of(struct sl_offering *out, const cJSON *told)
{
    const char *token = sl_vectors_str(told, "paymentTokenAddress");
    *out = (struct sl_offering){
        .min_piece_bytes = number(told, "minPieceSizeInBytes"),
        .max_piece_bytes = number(told, "maxPieceSizeInBytes"),
        .price_per_tib_day = number(told, "storagePricePerTibPerDay"),
        .min_proving_epochs = number(told, "minProvingPeriodInEpochs"),
        .ipni_piece = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(told, "ipniPiece")),
        .ipni_ipfs = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(told, "ipniIpfs")),
        .peer_id = (const uint8_t *)sl_vectors_maybe(told, "ipniPeerId"),
        .peer_id_len = 1};
    snprintf(out->service_url, sizeof out->service_url, "%s", sl_vectors_str(told, "serviceURL"));
    snprintf(out->location, sizeof out->location, "%s", sl_vectors_str(told, "location"));
    assert_int_equal(sl_address_parse(&out->payment_token, token, strlen(token), NULL), SL_OK);
}

/* Extras are text, or "0x" and hex digits for bytes; an odd number of digits is no value that a
 * chain could hold, so it is left out on both sides. */
static size_t extras_of(struct capabilities *out, const cJSON *told)
{
    const cJSON *pair = NULL;
    out->count = 0;
    cJSON_ArrayForEach(pair, told)
    {
        const char *text = cJSON_GetArrayItem(pair, 1)->valuestring;
        struct sl_capability *entry = &out->list[out->count];
        *entry = (struct sl_capability){.key = cJSON_GetArrayItem(pair, 0)->valuestring,
                                        .value = (const uint8_t *)text,
                                        .value_len = strlen(text)};
        if (strncmp(text, "0x", 2) == 0) {
            entry->value = out->values[out->count];
            if (!unhex(out->values[out->count], sizeof out->values[0], &entry->value_len, text))
                continue;
        }
        out->count++;
    }
    return out->count;
}

static void case_encode(const cJSON *input, const cJSON *output)
{
    static struct capabilities extras;
    struct sl_capability_list got;
    struct sl_offering offering;
    offering_of(&offering, member(input, "offering"));
    extras_of(&extras, member(input, "capabilities"));
    const int rc = sl_offering_encode(&got, &offering, extras.list, extras.count, NULL);
    assert_int_equal(rc, cJSON_HasObjectItem(output, "error") ? SL_EFORMAT : SL_OK);
    if (rc < 0)
        return;
    const cJSON *value = NULL;
    size_t at = 0;
    int i = 0;
    cJSON_ArrayForEach(value, member(output, "capabilityValues"))
    {
        const cJSON *key = cJSON_GetArrayItem(member(output, "capabilityKeys"), i++);
        if (strlen(value->valuestring) % 2 != 0)
            continue;
        assert_true(at < got.count);
        assert_string_equal(got.entries[at].key, key->valuestring);
        expect_hex(value, got.entries[at].value, got.entries[at].value_len);
        at++;
    }
    assert_int_equal(at, got.count);
}

static const struct sl_vector_fn functions[] = {
    {"decodePDPOffering", case_decode},
    {"decodeAddressCapability", case_address},
    {"encodePDPCapabilities", case_encode},
};

static void every_vector_of_capabilities_agrees(void **state)
{
    (void)state;
    sl_vectors_run("capabilities.json", functions, sizeof functions / sizeof functions[0]);
}

static void texts_that_do_not_fit_or_hold_a_nul_are_refused(void **state)
{
    (void)state;
    uint8_t one[] = {1};
    uint8_t longer[SL_SERVICE_URL_BYTES];
    memset(longer, 'a', sizeof longer);
    struct sl_capability list[] = {{"serviceURL", (const uint8_t *)"https://h", 9},
                                   {"minPieceSizeInBytes", one, 1},
                                   {"maxPieceSizeInBytes", one, 1},
                                   {"storagePricePerTibPerDay", one, 1},
                                   {"minProvingPeriodInEpochs", one, 1},
                                   {"location", NULL, 0},
                                   {"paymentTokenAddress", NULL, 0}};
    const size_t count = sizeof list / sizeof list[0];
    struct sl_offering got;
    assert_int_equal(sl_offering_decode(&got, list, count, NULL), SL_OK);
    list[0] = (struct sl_capability){"serviceURL", longer, sizeof longer};
    assert_int_equal(sl_offering_decode(&got, list, count, NULL), SL_EFORMAT);
    list[0].value_len--;
    assert_int_equal(sl_offering_decode(&got, list, count, NULL), SL_OK);
    list[0] = (struct sl_capability){"serviceURL", (const uint8_t *)"https://a\0b", 11};
    assert_int_equal(sl_offering_decode(&got, list, count, NULL), SL_EFORMAT);
    assert_int_equal(sl_offering_decode(&got, NULL, 0, NULL), SL_EFORMAT);
}

static void addresses_are_trimmed_and_checked_before_use(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "not a url", "ftp://h/", "https://u:p@h/", "https://"};
    struct sl_offering offering = {.service_url = " https://sp.example.org:8443/base/ \n"};
    char url[SL_SERVICE_URL_BYTES];
    assert_int_equal(sl_offering_url(url, &offering, NULL), SL_OK);
    assert_string_equal(url, "https://sp.example.org:8443/base/");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(offering.service_url, sizeof offering.service_url, "%s", bad[i]);
        assert_int_equal(sl_offering_url(url, &offering, NULL), SL_EFORMAT);
    }
}

static void values_beyond_the_registry_s_limit_are_no_text(void **state)
{
    (void)state;
    uint8_t value[SL_CAPABILITY_BYTES + 1];
    char text[SL_CAPABILITY_TEXT];
    memset(value, 0xff, sizeof value);
    assert_int_equal(sl_capability_decimal(text, value, sizeof value - 1, NULL), SL_OK);
    assert_int_equal(strlen(text), 309);
    assert_int_equal(sl_peer_id_text(text, value, sizeof value - 1, NULL), SL_OK);
    assert_int_equal(sl_capability_decimal(text, value, sizeof value, NULL), SL_EFORMAT);
    assert_int_equal(sl_peer_id_text(text, value, sizeof value, NULL), SL_EFORMAT);
    memset(value, 0, sizeof value);
    assert_int_equal(sl_peer_id_text(text, value, sizeof value - 1, NULL), SL_OK);
    assert_int_equal(strlen(text), 129);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_of_capabilities_agrees),
        cmocka_unit_test(texts_that_do_not_fit_or_hold_a_nul_are_refused),
        cmocka_unit_test(addresses_are_trimmed_and_checked_before_use),
        cmocka_unit_test(values_beyond_the_registry_s_limit_are_no_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
