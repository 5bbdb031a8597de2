/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdlib.h>
#include <string.h>

#include "sluice/revert.h"

#include "support/abi_json.h"
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

static void assert_same_error(const struct sl_revert *revert, const char *signature)
{
    uint8_t ours[SL_ABI_SELECTOR];
    uint8_t theirs[SL_ABI_SELECTOR];
    assert_non_null(revert->signature);
    sl_abi_selector(ours, revert->signature);
    sl_abi_selector(theirs, signature);
    assert_memory_equal(ours, theirs, sizeof ours);
    assert_int_equal(strcspn(revert->signature, "("), strcspn(signature, "("));
    assert_memory_equal(revert->signature, signature, strcspn(signature, "("));
}

static void assert_args(const struct sl_revert *revert, const cJSON *inputs, const cJSON *args)
{
    struct sl_abi_reader r;
    sl_revert_args(&r, revert);
    sl_abi_json_expect(&r, inputs, args);
    assert_int_equal(sl_abi_next(&r), SL_ABI_NONE);
    assert_int_equal(sl_abi_done(&r, NULL), SL_OK);
}

/* A sentence: ends like one, has no placeholder left. */
static void assert_readable(const struct sl_revert *revert)
{
    assert_true(strlen(revert->text) > 10);
    assert_null(strpbrk(revert->text, "{}"));
    assert_int_equal(sl_err_class_of(revert->code) == SL_CLASS_BUG, 0);
}

static void every_custom_error_has_its_name_and_arguments(void **state)
{
    (void)state;
    const cJSON *row = NULL;
    cJSON_ArrayForEach(row, sl_vectors_list(root, "errors"))
    {
        static struct sl_revert revert;
        size_t len;
        uint8_t *data = sl_vectors_hex(row, "data", &len);
        assert_true(sl_revert_decode(&revert, data, len));
        assert_same_error(&revert, sl_vectors_str(row, "signature"));
        assert_true(sl_revert_is(&revert, sl_vectors_str(row, "name")));
        assert_args(&revert, cJSON_GetObjectItemCaseSensitive(row, "inputs"),
                    cJSON_GetObjectItemCaseSensitive(row, "args"));
        assert_readable(&revert);
        free(data);
    }
}

static void standard_errors_are_told(void **state)
{
    (void)state;
    const cJSON *row = NULL;
    cJSON_ArrayForEach(row, sl_vectors_list(root, "standardErrors"))
    {
        static struct sl_revert revert;
        struct sl_abi_reader r;
        size_t len;
        uint8_t *data = sl_vectors_hex(row, "data", &len);
        const char *arg =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(row, "args")->child);
        assert_true(sl_revert_decode(&revert, data, len));
        assert_same_error(&revert, sl_vectors_str(row, "signature"));
        sl_revert_args(&r, &revert);
        if (sl_revert_is(&revert, "Error")) {
            const char *text = sl_abi_get_str(&r, &len);
            assert_int_equal(len, strlen(arg));
            assert_memory_equal(text, arg, len);
            assert_non_null(strstr(revert.text, arg));
        } else {
            assert_int_equal(sl_abi_get_u64(&r), strtoull(arg, NULL, 10));
        }
        assert_readable(&revert);
        free(data);
    }
}

static const cJSON *inputs_of(const char *contract, const char *signature)
{
    const cJSON *row = NULL;
    cJSON_ArrayForEach(row, sl_vectors_list(root, "errors"))
    {
        if (strcmp(sl_vectors_str(row, "signature"), signature) == 0 &&
            strcmp(sl_vectors_str(row, "contract"), contract) == 0)
            return cJSON_GetObjectItemCaseSensitive(row, "inputs");
    }
    fail_msg("no error %s of %s", signature, contract);
    return NULL;
}

/* The layout of sdkText tells what the others made of a message that names no custom error. */
static void check_message_without_name(bool found, const struct sl_revert *revert, const char *sdk)
{
    if (sdk[0] == '\n') {
        assert_true(found);
        assert_true(sl_revert_is(revert, "Error"));
        assert_non_null(strstr(revert->text, sdk + 1));
    } else if (strncmp(sdk, "Unable to decode", 16) == 0) {
        assert_true(found);
        assert_null(revert->signature);
    } else {
        assert_false(found);
    }
}

static void messages_of_providers_are_understood(void **state)
{
    (void)state;
    const cJSON *row = NULL;
    cJSON_ArrayForEach(row, sl_vectors_list(root, "providerErrors"))
    {
        static struct sl_revert revert;
        const char *body = sl_vectors_str(row, "body");
        const char *signature = sl_vectors_maybe(row, "signature");
        const bool found = sl_revert_find(&revert, body, strlen(body));
        if (signature == NULL) {
            check_message_without_name(found, &revert, sl_vectors_str(row, "sdkText"));
            continue;
        }
        assert_true(found);
        assert_same_error(&revert, signature);
        assert_args(&revert, inputs_of(sl_vectors_str(row, "contract"), signature),
                    cJSON_GetObjectItemCaseSensitive(row, "args"));
    }
}

static void money_errors_say_how_much_in_usdfc(void **state)
{
    (void)state;
    static struct sl_revert revert;
    struct sl_err err = {0};
    const struct sl_address payer = {{1}};
    struct sl_abi_writer w = {0};
    sl_abi_call(&w, "InsufficientLockupFunds(address,uint256,uint256)");
    sl_abi_put_address(&w, &payer);
    sl_abi_put_u64(&w, UINT64_C(124000000000000000));
    sl_abi_put_u64(&w, UINT64_C(5000000000000000));
    assert_int_equal(sl_abi_end(&w, NULL), SL_OK);
    assert_true(sl_revert_decode(&revert, (const uint8_t *)w.buf.data, w.buf.len));
    assert_non_null(strstr(revert.text, "0.005 USDFC available"));
    assert_non_null(strstr(revert.text, "needs 0.124 USDFC"));
    assert_non_null(strstr(revert.text, "0x0100000000000000000000000000000000000000"));
    assert_int_equal(sl_revert_err(&revert, &err), SL_EMONEY);
    assert_int_equal(err.code, SL_EMONEY);
    sl_abi_free(&w);
}

static void hostile_reasons_are_escaped_and_cut(void **state)
{
    (void)state;
    static struct sl_revert revert;
    static char message[100000] = "vm error=[Error(\x1b[31mred\n";
    assert_true(sl_revert_find(&revert, message, strlen(message)));
    assert_null(strpbrk(revert.text, "\x1b\n"));
    memset(message + strlen(message), 'x', sizeof message - 1 - strlen(message));
    assert_true(sl_revert_find(&revert, message, strlen(message)));
    assert_true(strlen(revert.text) < sizeof revert.text);
    memset(message + 10, '0', sizeof message - 11);
    message[11] = 'x';
    assert_true(sl_revert_find(&revert, message, strlen(message)));
    assert_null(revert.signature);
}

/* As any version of the proof contract says it. */
static bool is_not_live(const struct sl_revert *revert)
{
    static const char older[] = "Data set not live"; /* before PDPVerifier 3.4.0 */
    struct sl_abi_reader r;
    size_t len;
    if (sl_revert_is(revert, "DataSetNotLive") || sl_revert_is(revert, "DataSetNotFound"))
        return true;
    if (!sl_revert_is(revert, "Error"))
        return false;
    sl_revert_args(&r, revert);
    const char *text = sl_abi_get_str(&r, &len);
    return len == sizeof older - 1 && memcmp(text, older, len) == 0;
}

static void known_texts_say_what_to_do_and_keep_the_original(void **state)
{
    (void)state;
    static struct sl_revert revert;
    static const char debt[] =
        "vm error=[Error(invariant failure: insufficient funds to cover lockup "
        "after function execution)]";
    static const char dead[] = "revert reason=[Error(Data set not live)]";
    assert_true(sl_revert_find(&revert, debt, strlen(debt)));
    assert_int_equal(revert.code, SL_EMONEY);
    assert_non_null(strstr(revert.text, "Deposit USDFC"));
    assert_non_null(strstr(revert.text, "(invariant failure: "));
    assert_false(is_not_live(&revert));
    assert_true(sl_revert_find(&revert, dead, strlen(dead)));
    assert_true(is_not_live(&revert));
    assert_true(sl_revert_find(&revert, "0x5d946944", 10));
    assert_true(is_not_live(&revert));
    assert_true(sl_revert_find(&revert, "0x9a83803e", 10));
    assert_true(is_not_live(&revert));
    assert_true(sl_revert_find(&revert, "0xdeadbeef", 10));
    assert_false(is_not_live(&revert));
}

static void what_is_no_revert_is_not_one(void **state)
{
    (void)state;
    static struct sl_revert revert;
    static const char *const none[] = {"",
                                       "0",
                                       "0x",
                                       "0x08c379",
                                       "vm error=[",
                                       "vm error=[none]",
                                       "revert reason=[Error",
                                       "hello 0x08c379a0"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_false(sl_revert_find(&revert, none[i], strlen(none[i])));
    assert_true(sl_revert_find(&revert, "0x5d946944", 10));
    assert_true(sl_revert_is(&revert, "DataSetNotLive"));
    assert_false(sl_revert_is(&revert, "DataSetNot"));
    /* the arguments are missing */
    assert_true(sl_revert_find(&revert, "0xdae03403", 10));
    assert_null(revert.signature);
    assert_false(sl_revert_is(&revert, "InsufficientLockupFunds"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_custom_error_has_its_name_and_arguments),
        cmocka_unit_test(standard_errors_are_told),
        cmocka_unit_test(messages_of_providers_are_understood),
        cmocka_unit_test(money_errors_say_how_much_in_usdfc),
        cmocka_unit_test(hostile_reasons_are_escaped_and_cut),
        cmocka_unit_test(known_texts_say_what_to_do_and_keep_the_original),
        cmocka_unit_test(what_is_no_revert_is_not_one),
    };
    return cmocka_run_group_tests_name("revert", tests, load, unload);
}
