/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Answers of contracts from the golden vectors, read through the whole way from the node on. */
#include <stdlib.h>
#include <string.h>

#include "chain_scene.h"
#include "support/test.h"
#include "support/vectors.h"

static const cJSON *member(const cJSON *object, const char *key)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
    assert_non_null(value);
    return value;
}

static struct sl_u256 number(const char *text)
{
    struct sl_u256 out;
    assert_int_equal(sl_u256_parse_dec(&out, text, strlen(text), NULL), SL_OK);
    return out;
}

static void expect_number(const cJSON *object, const char *key, struct sl_u256 got)
{
    assert_int_equal(sl_u256_cmp(number(sl_vectors_str(object, key)), got), 0);
}

static void expect_address(const cJSON *object, const char *key, const struct sl_address *got)
{
    char text[SL_ADDRESS_CHARS];
    sl_address_text(text, got);
    assert_string_equal(text, sl_vectors_str(object, key));
}

/* The node answers the case's return data to exactly the case's call data. */
static void serve_case(struct scene *scene, const cJSON *one)
{
    size_t call_len;
    size_t len;
    uint8_t *call = sl_vectors_hex(one, "calldata", &call_len);
    uint8_t *data = sl_vectors_hex(one, "returnData", &len);
    sl_chain_node_data(scene->node, NULL, call, call_len, data, len, true);
    free(call);
    free(data);
}

/* The same answer whatever the arguments. */
static void serve_any(struct scene *scene, const cJSON *one)
{
    size_t len;
    uint8_t *data = sl_vectors_hex(one, "returnData", &len);
    sl_chain_node_bytes(scene->node, NULL, sl_vectors_str(one, "signature"), data, len, true);
    free(data);
}

static const char *argument(const cJSON *one, int index)
{
    const cJSON *value = cJSON_GetArrayItem(member(one, "args"), index);
    assert_non_null(value);
    return value->valuestring;
}

/* Runs `check` for every case of a function; there has to be one. */
static void for_each(const char *function,
                     void (*check)(struct scene *scene, const cJSON *one, const cJSON *parsed))
{
    cJSON *root = sl_vectors_load("abi.json");
    const cJSON *one = NULL;
    int count = 0;
    cJSON_ArrayForEach(one, sl_vectors_list(root, "cases"))
    {
        struct scene scene;
        if (strcmp(sl_vectors_str(one, "function"), function) != 0)
            continue;
        print_message("%s\n", sl_vectors_str(one, "id"));
        scene_open(&scene);
        scene_u64(&scene, NULL, "getBlockNumber()", 6000000);
        check(&scene, one, cJSON_GetObjectItemCaseSensitive(one, "sdkParsed"));
        scene_close(&scene);
        count++;
    }
    assert_true(count > 0);
    cJSON_Delete(root);
}

static void check_provider(struct scene *scene, const cJSON *one, const cJSON *parsed)
{
    const struct sl_u256 id = number(argument(one, 0));
    struct sl_chain_view *view;
    serve_case(scene, one);
    assert_int_equal(sl_chain_read_providers(&view, scene->chain, &id, 1, &scene->err), SL_OK);
    assert_int_equal(view->provider_count, parsed != NULL && cJSON_IsObject(parsed) ? 1 : 0);
    if (view->provider_count == 1) {
        const struct sl_provider *got = &view->providers[0];
        const cJSON *pdp = member(parsed, "pdp");
        expect_number(parsed, "id", got->id);
        expect_address(parsed, "serviceProvider", &got->service_provider);
        expect_address(parsed, "payee", &got->payee);
        assert_string_equal(got->name, sl_vectors_str(parsed, "name"));
        assert_string_equal(got->description, sl_vectors_str(parsed, "description"));
        assert_string_equal(got->offering.service_url, sl_vectors_str(pdp, "serviceURL"));
        expect_number(pdp, "maxPieceSizeInBytes", got->offering.max_piece_bytes);
        expect_number(pdp, "storagePricePerTibPerDay", got->offering.price_per_tib_day);
    }
    sl_chain_view_free(view);
}

static void providers_are_read_as_the_vectors_say(void **state)
{
    (void)state;
    for_each("getProviderWithProduct", check_provider);
}

static void check_pieces(struct scene *scene, const cJSON *one, const cJSON *parsed)
{
    const struct sl_u256 set = number(argument(one, 0));
    struct sl_piece_page *page;
    uint64_t from;
    uint64_t limit;
    struct sl_abi_writer none = scene_values("(uint256[])");
    assert_true(sl_u256_to_u64(&from, number(argument(one, 1))));
    assert_true(sl_u256_to_u64(&limit, number(argument(one, 2))));
    sl_abi_open_list(&none, 0);
    sl_abi_close(&none);
    sl_chain_node_on_all(scene->node, NULL, "getScheduledRemovals(uint256)", &none);
    serve_case(scene, one);
    assert_int_equal(
        sl_chain_pieces(&page, scene->chain, set, from, (size_t)limit, false, &scene->err), SL_OK);
    const cJSON *items = member(parsed, "items");
    assert_int_equal(page->count, cJSON_GetArraySize(items));
    for (size_t i = 0; i < page->count; i++) {
        char cid[SL_PIECE_CID_CHARS];
        const cJSON *item = cJSON_GetArrayItem(items, (int)i);
        assert_true(page->pieces[i].known);
        sl_piece_cid(cid, &page->pieces[i].piece);
        assert_string_equal(cid, sl_vectors_str(item, "cid"));
        expect_number(item, "id", sl_u256(page->pieces[i].id));
    }
    assert_int_equal(page->more, !cJSON_IsNull(member(parsed, "nextCursor")));
    if (page->more)
        expect_number(parsed, "nextCursor", sl_u256(page->next));
    sl_chain_piece_page_free(page);
}

static void pages_of_pieces_are_read_as_the_vectors_say(void **state)
{
    (void)state;
    for_each("getActivePiecesByCursor", check_pieces);
}

static struct sl_chain_view *read_money(struct scene *scene)
{
    const struct sl_chain_wish wish = {.what = SL_READ_MONEY, .payer = &scene->payer};
    struct sl_chain_view *view;
    if (sl_chain_read(&view, scene->chain, &wish, &scene->err) < 0)
        fail_msg("%s", scene->err.text);
    return view;
}

static void check_account(struct scene *scene, const cJSON *one, const cJSON *parsed)
{
    const cJSON *epoch = member(parsed, "currentEpoch");
    serve_any(scene, one);
    scene_u64(scene, NULL, "getBlockNumber()", strtoull(epoch->valuestring, NULL, 10));
    struct sl_chain_view *view = read_money(scene);
    expect_number(parsed, "funds", view->account.funds);
    expect_number(parsed, "lockupCurrent", view->account.lockup);
    expect_number(parsed, "lockupRate", view->account.rate);
    expect_number(parsed, "lockupLastSettledAt", view->account.settled_at);
    expect_number(parsed, "availableFunds", view->account_state.available);
    sl_chain_view_free(view);
}

static void accounts_are_read_as_the_vectors_say(void **state)
{
    (void)state;
    cJSON *root = sl_vectors_load("abi.json");
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, sl_vectors_list(root, "cases"))
    {
        struct scene scene;
        if (strcmp(sl_vectors_str(one, "function"), "accounts") != 0 ||
            !cJSON_HasObjectItem(one, "sdkParsed"))
            continue;
        scene_open(&scene);
        check_account(&scene, one, member(one, "sdkParsed"));
        scene_close(&scene);
    }
    cJSON_Delete(root);
}

static void check_approval(struct scene *scene, const cJSON *one, const cJSON *parsed)
{
    serve_any(scene, one);
    struct sl_chain_view *view = read_money(scene);
    assert_int_equal(view->approval.approved, cJSON_IsTrue(member(parsed, "isApproved")));
    expect_number(parsed, "rateAllowance", view->approval.rate_allowance);
    expect_number(parsed, "lockupAllowance", view->approval.lockup_allowance);
    expect_number(parsed, "rateUsage", view->approval.rate_usage);
    expect_number(parsed, "lockupUsage", view->approval.lockup_usage);
    expect_number(parsed, "maxLockupPeriod", view->approval.max_lockup_epochs);
    sl_chain_view_free(view);
}

static void approvals_are_read_as_the_vectors_say(void **state)
{
    (void)state;
    for_each("operatorApprovals", check_approval);
}

/* The functions of the account's money stand alone: nothing but their own answer is damaged. */
static bool is_of_money(const char *signature)
{
    return strcmp(signature, "getPriceList()") == 0 ||
           strcmp(signature, "accounts(address,address)") == 0 ||
           strcmp(signature, "operatorApprovals(address,address,address)") == 0;
}

static void damaged_answers_of_the_vectors_are_refused(void **state)
{
    (void)state;
    cJSON *root = sl_vectors_load("abi.json");
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, sl_vectors_list(root, "invalid"))
    {
        struct scene scene;
        struct sl_chain_view *view;
        if (!is_of_money(sl_vectors_str(one, "signature")))
            continue;
        scene_open(&scene);
        const struct sl_chain_wish wish = {.what = SL_READ_MONEY, .payer = &scene.payer};
        serve_any(&scene, one);
        assert_int_equal(sl_chain_read(&view, scene.chain, &wish, &scene.err), SL_EPROTO);
        scene_close(&scene);
    }
    cJSON_Delete(root);
}

/* Lists are asked for with offset and limit: answer exactly the first page. */
static void serve_first_page(struct scene *scene, const cJSON *one)
{
    const char *signature = sl_vectors_str(one, "signature");
    struct sl_abi_writer call = scene_call(signature);
    size_t len;
    uint8_t *data = sl_vectors_hex(one, "returnData", &len);
    if (strcmp(signature, "getClientDataSets(address,uint256,uint256)") == 0)
        sl_abi_put_address(&call, &scene->payer);
    sl_abi_put_u64(&call, 0);
    sl_abi_put_u64(&call, 101);
    assert_int_equal(sl_abi_end(&call, NULL), SL_OK);
    sl_chain_node_data(scene->node, NULL, call.buf.data, call.buf.len, data, len, true);
    sl_abi_free(&call);
    free(data);
}

static void damaged_lists_of_the_vectors_are_refused(void **state)
{
    (void)state;
    cJSON *root = sl_vectors_load("abi.json");
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, sl_vectors_list(root, "invalid"))
    {
        struct scene scene;
        struct sl_chain_view *view;
        const char *signature = sl_vectors_str(one, "signature");
        const bool ids = strcmp(signature, "getApprovedProviders(uint256,uint256)") == 0;
        if (!ids && strcmp(signature, "getClientDataSets(address,uint256,uint256)") != 0)
            continue;
        print_message("%s: %s\n", signature, sl_vectors_str(one, "what"));
        scene_open(&scene);
        scene_providers(&scene, 2, 2, 0);
        const struct sl_chain_wish wish = {.what = ids ? SL_READ_PROVIDERS : SL_READ_DATA_SETS,
                                           .payer = &scene.payer};
        serve_first_page(&scene, one);
        assert_int_equal(sl_chain_read(&view, scene.chain, &wish, &scene.err), SL_EPROTO);
        scene_close(&scene);
    }
    cJSON_Delete(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(providers_are_read_as_the_vectors_say),
        cmocka_unit_test(pages_of_pieces_are_read_as_the_vectors_say),
        cmocka_unit_test(accounts_are_read_as_the_vectors_say),
        cmocka_unit_test(approvals_are_read_as_the_vectors_say),
        cmocka_unit_test(damaged_answers_of_the_vectors_are_refused),
        cmocka_unit_test(damaged_lists_of_the_vectors_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
