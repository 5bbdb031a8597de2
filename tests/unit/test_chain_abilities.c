/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The abilities of the contracts are found by calls, at the start and when the contracts change. */
#include <string.h>

#include "sluice/chain.h"
#include "sluice/selection.h"

#include "chain_scene.h"
#include "support/test.h"

static int read_what(struct scene *scene, unsigned what, struct sl_chain_view **view)
{
    const struct sl_chain_wish wish = {
        .what = what, .payer = &scene->payer, .session_key = &scene->session_key};
    return sl_chain_read(view, scene->chain, &wish, &scene->err);
}

static struct sl_chain_view *read_all(struct scene *scene)
{
    struct sl_chain_view *view;
    if (read_what(scene, SL_READ_ALL, &view) < 0)
        fail_msg("%s", scene->err.text);
    return view;
}

static void assert_u64(struct sl_u256 got, uint64_t want)
{
    uint64_t small;
    assert_true(sl_u256_to_u64(&small, got));
    assert_int_equal(small, want);
}

static const struct sl_contracts *contracts_of(struct scene *scene)
{
    const struct sl_contracts *contracts;
    if (sl_chain_contracts(scene->chain, &contracts, &scene->err) < 0)
        fail_msg("%s", scene->err.text);
    return contracts;
}

static void versions_are_shown_and_never_judged(void **state)
{
    (void)state;
    static const char *const versions[] = {
        "1.3.1", "1.5.0",       "99.0.0-rc1",
        "",      "\x1b[31mred", "a text that is far longer than any version"};
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        struct scene scene;
        struct sl_chain_view *view;
        scene_open(&scene);
        scene_text(&scene, &scene.fwss, "VERSION()", versions[i]);
        scene_text(&scene, &scene.verifier, "VERSION()", versions[i]);
        assert_int_equal(read_what(&scene, SL_READ_MONEY, &view), SL_OK);
        assert_string_equal(view->warning, "");
        const char *shown = strlen(versions[i]) < SL_VERSION_BYTES ? versions[i] : "";
        assert_string_equal(contracts_of(&scene)->fwss_version, shown);
        assert_string_equal(contracts_of(&scene)->verifier_version, shown);
        sl_chain_view_free(view);
        scene_close(&scene);
    }
    struct scene scene;
    struct sl_chain_view *view;
    scene_open(&scene);
    sl_chain_node_bytes(scene.node, &scene.fwss, "VERSION()", "", 0, false);
    sl_chain_node_bytes(scene.node, &scene.verifier, "VERSION()", "", 0, true);
    assert_int_equal(read_what(&scene, SL_READ_MONEY, &view), SL_OK);
    sl_chain_view_free(view);
    scene_close(&scene);
}

/* The answer of a node for a function, and whether the function then counts as present. */
static void check_compact(const void *answer, size_t len, bool success, bool is_there)
{
    struct scene scene;
    scene_open(&scene);
    sl_chain_node_bytes(scene.node, &scene.view, "getDataSetAuthorizer(uint256)", answer, len,
                        success);
    assert_int_equal(contracts_of(&scene)->is_compact, is_there);
    scene_close(&scene);
}

static void what_contracts_can_do_is_found_by_asking(void **state)
{
    (void)state;
    static const uint8_t word[32] = {0};
    static const uint8_t unknown[36] = {0x54, 0x16, 0xeb, 0x98}; /* FunctionNotFound(bytes4) */
    struct scene scene;
    scene_open(&scene); /* of 1.3: nothing of it is there */
    assert_false(contracts_of(&scene)->is_compact);
    assert_true(contracts_of(&scene)->legacy_limit == SL_ALL_LEGACY);
    scene_close(&scene);
    check_compact(word, sizeof word, true, true);
    check_compact(word, sizeof word, false, false);
    check_compact(unknown, sizeof unknown, false, false);
    check_compact("", 0, true, false); /* an address without code */
    check_compact(word, 31, true, false);
}

static void a_service_without_prices_is_none_that_we_know(void **state)
{
    (void)state;
    struct sl_chain_view *view;
    struct scene scene;
    scene_open(&scene);
    scene_providers(&scene, 1, 1, 0);
    sl_chain_node_bytes(scene.node, &scene.view, "getPriceList()", "", 0, false);
    assert_int_equal(read_what(&scene, SL_READ_PROVIDERS, &view), SL_EREVERT);
    assert_non_null(strstr(scene.err.text, "before 1.3"));
    scene_close(&scene);
}

static void limits_of_any_size_are_read(void **state)
{
    (void)state;
    static const struct {
        uint8_t word[32];
        uint64_t limit;
    } cases[] = {
        {{0}, SL_ALL_LEGACY},
        {{[31] = 1}, 1},
        {{[24] = 255, 255, 255, 255, 255, 255, 255, 255}, UINT64_MAX},
        {{[23] = 1}, SL_ALL_LEGACY}, /* 2^64: no such number comes from the contract */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene scene;
        scene_open(&scene);
        sl_chain_node_bytes(scene.node, &scene.verifier, "legacyPieceStorageIdLimit()",
                            cases[i].word, sizeof cases[i].word, true);
        assert_true(contracts_of(&scene)->legacy_limit == cases[i].limit);
        scene_close(&scene);
    }
}

/* ---- the view is exchanged while we run ---- */

static void name_view(struct scene *scene, uint8_t byte)
{
    const struct sl_address view = scene_address(byte);
    struct sl_abi_writer w = scene_values("(address)");
    sl_abi_put_address(&w, &view);
    sl_chain_node_on_all(scene->node, &scene->fwss, "viewContractAddress()", &w);
}

static void an_old_view_that_goes_on_answering_is_left(void **state)
{
    (void)state;
    struct sl_prices prices;
    struct scene scene;
    uint8_t bytes[16 * 32] = {0};
    scene_open(&scene);
    assert_int_equal(sl_chain_prices(&prices, scene.chain, &scene.err), SL_OK);
    assert_int_equal(prices.data_set_per_month.limb[0], UINT64_C(24000000000000000));
    memcpy(bytes + 12, scene.token.bytes, sizeof scene.token.bytes);
    for (size_t i = 1; i < 16; i++)
        bytes[i * 32 + 31] = 7;
    const struct sl_address fresh = scene_address(0x99);
    sl_chain_node_bytes(scene.node, &fresh, "getPriceList()", bytes, sizeof bytes, true);
    name_view(&scene, 0x99); /* the old one still tells the old prices */
    assert_int_equal(sl_chain_prices(&prices, scene.chain, &scene.err), SL_OK);
    assert_int_equal(prices.data_set_per_month.limb[0], 7);
    assert_true(sl_address_equal(&contracts_of(&scene)->view, &fresh));
    const int before = sl_chain_node_requests(scene.node);
    assert_int_equal(sl_chain_prices(&prices, scene.chain, &scene.err), SL_OK);
    assert_int_equal(sl_chain_node_requests(scene.node) - before, 1);
    name_view(&scene, 0); /* no answer that there can be: the known one is asked on */
    assert_int_equal(sl_chain_prices(&prices, scene.chain, &scene.err), SL_OK);
    scene_close(&scene);
}

static void nodes_that_never_agree_are_said_to(void **state)
{
    (void)state;
    struct sl_prices prices;
    struct scene scene;
    uint8_t bytes[16 * 32] = {0};
    scene_open(&scene);
    memcpy(bytes + 12, scene.token.bytes, sizeof scene.token.bytes);
    sl_chain_node_bytes(scene.node, NULL, "getPriceList()", bytes, sizeof bytes, true);
    sl_chain_node_waver(scene.node, "viewContractAddress()");
    assert_int_equal(sl_chain_prices(&prices, scene.chain, &scene.err), SL_EPROTO);
    assert_non_null(strstr(scene.err.text, "do not agree"));
    assert_in_range(sl_chain_node_requests(scene.node), 1, 16);
    scene_close(&scene);
}

/* ---- data sets that a contract decides about ---- */

static void a_data_set_with_an_authorizer_is_left_out_and_said_so(void **state)
{
    (void)state;
    const struct sl_metadata metadata = {"source", "sluice"};
    const struct sl_address none = {{0}};
    const struct sl_address decider = scene_address(0xcd);
    char text[SL_ADDRESS_CHARS];
    struct sl_choice choice;
    struct scene scene;
    scene_open(&scene);
    scene_providers(&scene, 9, 9, 0);
    scene_data_sets(&scene, 7);
    struct sl_abi_writer w = scene_values("(address)");
    sl_abi_put_address(&w, &none);
    sl_chain_node_on_all(scene.node, &scene.view, "getDataSetAuthorizer(uint256)", &w);
    struct sl_abi_writer call = scene_call("getDataSetAuthorizer(uint256)");
    sl_abi_put_u64(&call, 6);
    w = scene_values("(address)");
    sl_abi_put_address(&w, &decider);
    sl_chain_node_on(scene.node, &scene.view, &call, &w);
    struct sl_chain_view *view = read_all(&scene);
    assert_true(sl_address_equal(&view->data_sets[5].authorizer, &decider));
    assert_false(sl_data_set_is_usable(&view->data_sets[5]));
    assert_true(sl_data_set_is_usable(&view->data_sets[6]));
    assert_u64(view->data_sets[5].leaves, 24); /* the answers are told apart */
    assert_non_null(strstr(view->warning, "data set 6"));
    sl_address_text(text, &decider);
    assert_non_null(strstr(view->warning, text));
    const struct sl_selection selection = {.providers = view->providers,
                                           .provider_count = view->provider_count,
                                           .data_sets = view->data_sets,
                                           .data_set_count = view->data_set_count,
                                           .metadata = &metadata,
                                           .metadata_count = 1};
    assert_int_equal(sl_select_provider(&choice, &selection, sl_u256(6), &scene.err), SL_OK);
    assert_null(choice.data_set);
    assert_int_equal(sl_select_data_set(&choice, &selection, sl_u256(6), &scene.payer, &scene.err),
                     SL_EREFUSED);
    assert_non_null(strstr(scene.err.text, "authorizer"));
    sl_chain_view_free(view);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_are_shown_and_never_judged),
        cmocka_unit_test(what_contracts_can_do_is_found_by_asking),
        cmocka_unit_test(a_service_without_prices_is_none_that_we_know),
        cmocka_unit_test(limits_of_any_size_are_read),
        cmocka_unit_test(an_old_view_that_goes_on_answering_is_left),
        cmocka_unit_test(nodes_that_never_agree_are_said_to),
        cmocka_unit_test(a_data_set_with_an_authorizer_is_left_out_and_said_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
