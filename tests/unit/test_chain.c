/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Reading the contracts in few round trips, and malformed answers. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
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

static void ready_to_upload_takes_at_most_six_round_trips(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_providers(&scene, 50, 50, 0);
    scene_data_sets(&scene, 20);
    struct sl_chain_view *view = read_all(&scene);
    assert_int_equal(view->provider_count, 50);
    assert_int_equal(view->data_set_count, 20);
    assert_in_range(sl_chain_node_requests(scene.node), 1, 6);
    assert_int_equal(sl_chain_node_requests(scene.node),
                     sl_rpc_round_trips(sl_chain_rpc(scene.chain)));
    print_message("%d round trips, %d calls\n", sl_chain_node_requests(scene.node),
                  sl_chain_node_calls(scene.node));
    sl_chain_view_free(view);
    /* The contracts' addresses are known by now. */
    const int before = sl_chain_node_requests(scene.node);
    sl_chain_view_free(read_all(&scene));
    assert_int_equal(sl_chain_node_requests(scene.node) - before, 2);
    scene_close(&scene);
}

static void a_view_tells_providers_sets_and_money(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_providers(&scene, 7, 5, 0);
    scene_data_sets(&scene, 6);
    struct sl_chain_view *view = read_all(&scene);
    assert_int_equal(view->epoch, SCENE_EPOCH);
    assert_int_equal(view->unix_s, SCENE_TIME);
    assert_string_equal(view->warning, "");
    const struct sl_provider *provider = &view->providers[2];
    assert_u64(provider->id, 3);
    assert_string_equal(provider->name, "provider 3");
    assert_string_equal(provider->offering.service_url, "https://p3.example/");
    assert_u64(provider->offering.max_piece_bytes, 1065353216);
    assert_true(provider->approved);
    assert_true(provider->endorsed);
    assert_false(view->providers[3].endorsed);
    assert_false(view->providers[5].approved);
    assert_int_equal(provider->payee.bytes[0], 103);
    const struct sl_data_set *sets = view->data_sets;
    assert_u64(sets[0].id, 1);
    assert_u64(sets[0].client_data_set_id, 70001);
    assert_u64(sets[0].leaves, 4);
    assert_true(sets[0].rail_rate_known);
    assert_u64(sets[0].rail_rate, UINT64_C(277777777778));
    assert_false(sets[3].rail_rate_known);
    assert_u64(sets[3].rail_rate, 0);
    assert_true(sl_address_equal(&sets[0].payer, &scene.payer));
    assert_string_equal(sl_metadata_get(sets[0].metadata, sets[0].metadata_count, "source"),
                        "sluice");
    assert_true(sl_data_set_is_usable(&sets[0]));
    assert_false(sl_data_set_is_usable(&sets[2]));
    assert_false(sets[3].live);
    assert_false(sets[4].managed);
    assert_u64(view->prices.lockup_epochs, 86400);
    assert_u64(view->prices.cdn_lockup_epochs, 14400);
    assert_u64(view->account.rate, 1000000);
    assert_u64(view->account_state.available, UINT64_C(8999999999900000000));
    assert_true(view->approval.approved);
    assert_u64(view->approval.lockup_usage, 8);
    assert_u64(view->token.balance, 42);
    assert_u64(view->token.allowance, 43);
    assert_u64(view->token.nonce, 44);
    assert_string_equal(view->token.name, "USDFC");
    assert_true(view->token.permits);
    assert_u64(view->fil, 45);
    assert_true(sl_chain_session_allows(view, SCENE_TIME + 60));
    assert_false(sl_chain_session_allows(view, SCENE_TIME + 61));
    sl_chain_view_free(view);
    scene_close(&scene);
}

static bool always(void *ctx, const struct sl_provider *provider)
{
    (void)ctx;
    (void)provider;
    return true;
}

static void from_a_view_a_provider_and_its_data_set_are_chosen(void **state)
{
    (void)state;
    const struct sl_metadata metadata = {"source", "sluice"};
    struct sl_choice got[2];
    struct scene scene;
    char url[SL_SERVICE_URL_BYTES];
    scene_open(&scene);
    scene_providers(&scene, 9, 9, 0);
    scene_data_sets(&scene, 7);
    struct sl_chain_view *view = read_all(&scene);
    const struct sl_selection selection = {.providers = view->providers,
                                           .provider_count = view->provider_count,
                                           .data_sets = view->data_sets,
                                           .data_set_count = view->data_set_count,
                                           .metadata = &metadata,
                                           .metadata_count = 1,
                                           .least_bytes = 127,
                                           .most_bytes = 1065353216};
    assert_int_equal(sl_select_copies(got, 2, &selection, always, NULL, &scene.err), 2);
    assert_u64(got[0].provider->id, 6); /* 3 is endorsed too, its data set is terminated */
    assert_u64(got[0].data_set->id, 6);
    assert_u64(got[1].data_set->id, 1);
    assert_int_equal(sl_offering_url(url, &got[0].provider->offering, NULL), SL_OK);
    assert_string_equal(url, "https://p6.example/");
    sl_chain_view_free(view);
    scene_close(&scene);
}

static void long_lists_are_paged_to_their_end(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene_providers(&scene, 120, 230, 0);
    scene_data_sets(&scene, 130);
    struct sl_chain_view *view = read_all(&scene);
    assert_int_equal(view->provider_count, 120);
    assert_true(view->providers[119].approved);
    assert_int_equal(view->data_set_count, 130);
    for (size_t i = 0; i < 130; i++)
        assert_u64(view->data_sets[i].id, i + 1);
    assert_in_range(sl_chain_node_requests(scene.node), 1, 12);
    sl_chain_view_free(view);
    scene_close(&scene);
}

static void one_odd_provider_does_not_break_the_list(void **state)
{
    (void)state;
    struct scene scene;
    struct sl_chain_view *view;
    scene_open(&scene);
    scene_providers(&scene, 5, 5, 3);
    assert_int_equal(read_what(&scene, SL_READ_PROVIDERS, &view), SL_OK);
    assert_int_equal(view->provider_count, 4);
    assert_int_equal(view->odd_providers, 1);
    assert_u64(view->providers[2].id, 4);
    sl_chain_view_free(view);
    scene_close(&scene);
}

static void a_token_of_another_domain_takes_no_permits(void **state)
{
    (void)state;
    struct scene scene;
    struct sl_chain_view *view;
    scene_open(&scene);
    scene_text(&scene, &scene.token, "version()", "2");
    assert_int_equal(read_what(&scene, SL_READ_MONEY, &view), SL_OK);
    assert_false(view->token.permits);
    sl_chain_view_free(view);
    sl_chain_node_bytes(scene.node, &scene.token, "nonces(address)", "", 0, false);
    assert_int_equal(read_what(&scene, SL_READ_MONEY, &view), SL_OK);
    assert_false(view->token.permits);
    sl_chain_view_free(view);
    scene_close(&scene);
}

static void sets_with_odd_metadata_are_kept_but_never_match(void **state)
{
    (void)state;
    struct scene scene;
    struct sl_chain_view *view;
    scene_open(&scene);
    scene_data_sets(&scene, 1);
    struct sl_abi_writer w = scene_values("(string[],string[])");
    sl_abi_open_list(&w, 1);
    sl_abi_put_strn(&w, "sour\0ce", 7);
    sl_abi_close(&w);
    sl_abi_open_list(&w, 1);
    sl_abi_put_str(&w, "sluice");
    sl_abi_close(&w);
    sl_chain_node_on_all(scene.node, &scene.view, "getAllDataSetMetadata(uint256)", &w);
    assert_int_equal(read_what(&scene, SL_READ_DATA_SETS, &view), SL_OK);
    assert_int_equal(view->data_set_count, 1);
    assert_false(view->data_sets[0].metadata_known);
    sl_chain_view_free(view);
    scene_close(&scene);
}

static void sets_and_providers_are_read_by_their_ids(void **state)
{
    (void)state;
    struct scene scene;
    struct sl_chain_view *view;
    const struct sl_u256 ids[] = {sl_u256(2), sl_u256(9)};
    scene_open(&scene);
    scene_data_sets(&scene, 2);
    for (uint64_t id = 2; id <= 9; id += 7) {
        struct sl_abi_writer call = scene_call("getDataSet(uint256)");
        struct sl_abi_writer w =
            scene_values("((uint256,uint256,uint256,address,address,address,uint256,uint256,"
                         "uint256,uint256,uint96,uint96,uint256))");
        sl_abi_put_u64(&call, id);
        if (id == 2) {
            scene_put_set(&w, &scene, id);
        } else { /* what the contract says of a set that does not exist */
            sl_abi_open(&w);
            for (int i = 0; i < 13; i++) {
                const struct sl_address none = {{0}};
                if (i >= 3 && i <= 5)
                    sl_abi_put_address(&w, &none);
                else
                    sl_abi_put_u64(&w, i == 12 ? id : 0);
            }
            sl_abi_close(&w);
        }
        sl_chain_node_on(scene.node, &scene.view, &call, &w);
    }
    assert_int_equal(sl_chain_read_data_sets(&view, scene.chain, ids, 2, &scene.err), SL_OK);
    assert_int_equal(view->data_set_count, 1);
    assert_u64(view->data_sets[0].id, 2);
    assert_true(view->data_sets[0].live);
    sl_chain_view_free(view);
    assert_int_equal(sl_chain_read_providers(&view, scene.chain, ids, 2, &scene.err), SL_OK);
    assert_int_equal(view->provider_count, 0);
    sl_chain_view_free(view);
    scene_close(&scene);
}

static void asking_for_an_account_that_is_not_given_is_refused(void **state)
{
    (void)state;
    struct scene scene;
    struct sl_chain_view *view;
    scene_open(&scene);
    const struct sl_chain_wish wish = {.what = SL_READ_MONEY};
    assert_int_equal(sl_chain_read(&view, scene.chain, &wish, &scene.err), SL_EINVAL);
    assert_null(view);
    scene_close(&scene);
}

/* ---- answers that no contract gives ---- */

static void a_wrong_chain_is_a_matter_of_configuration(void **state)
{
    (void)state;
    struct scene scene;
    struct sl_chain_view *view;
    scene_open(&scene);
    sl_chain_free(scene.chain);
    scene.network.chain_id = 314;
    const struct sl_rpc_options options = {.rounds = 1};
    assert_int_equal(sl_chain_new(&scene.chain, &scene.network, &options, &scene.err), SL_OK);
    assert_int_equal(read_what(&scene, SL_READ_MONEY, &view), SL_ECONFIG);
    scene_close(&scene);
}

static void a_wrong_service_address_is_a_matter_of_configuration(void **state)
{
    (void)state;
    struct scene scene;
    struct sl_chain_view *view;
    scene_open(&scene);
    sl_chain_free(scene.chain);
    scene.network.fwss = scene_address(0x99);
    const struct sl_rpc_options options = {.rounds = 1};
    assert_int_equal(sl_chain_new(&scene.chain, &scene.network, &options, &scene.err), SL_OK);
    assert_int_equal(read_what(&scene, SL_READ_MONEY, &view), SL_ECONFIG);
    assert_non_null(strstr(scene.err.text, "0x9999999999999999999999999999999999999999"));
    sl_chain_node_bytes(scene.node, &scene.network.fwss, "viewContractAddress()", "", 0, true);
    assert_int_equal(read_what(&scene, SL_READ_MONEY, &view), SL_ECONFIG);
    scene_close(&scene);
}

static void nonsense_at_the_start_is_no_matter_of_configuration(void **state)
{
    (void)state;
    struct scene scene;
    struct sl_chain_view *view;
    scene_open(&scene);
    sl_chain_node_say(scene.node, "<html>busy</html>");
    assert_int_equal(read_what(&scene, SL_READ_MONEY, &view), SL_EPROTO);
    sl_chain_node_say(scene.node, NULL);
    assert_int_equal(read_what(&scene, SL_READ_MONEY, &view), SL_OK);
    sl_chain_view_free(view);
    scene_close(&scene);
}

static void nonsense_is_an_error_of_the_protocol(void **state)
{
    (void)state;
    static const char *const answers[] = {
        "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"result\":\"0x\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"result\":\"0x20\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"result\":7}",
        "{\"jsonrpc\":\"2.0\",\"id\":99999,\"result\":\"0x\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":$ID}",
        "<html>busy</html>",
        "",
    };
    struct scene scene;
    struct sl_chain_view *view;
    scene_open(&scene);
    scene_providers(&scene, 2, 2, 0);
    assert_int_equal(read_what(&scene, SL_READ_PROVIDERS, &view), SL_OK);
    sl_chain_view_free(view);
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        sl_chain_node_say(scene.node, answers[i]);
        assert_int_equal(read_what(&scene, SL_READ_PROVIDERS, &view), SL_EPROTO);
        assert_null(view);
        assert_true(strlen(scene.err.text) > 0);
    }
    sl_chain_node_say(scene.node, NULL);
    assert_int_equal(read_what(&scene, SL_READ_PROVIDERS, &view), SL_OK);
    sl_chain_view_free(view);
    scene_close(&scene);
}

/* Every prefix of a right answer, and every right answer with one byte turned, ends with a view or
 * a clear error. */
static void damaged_answers_of_a_contract_are_clear_errors(void **state)
{
    (void)state;
    struct scene scene;
    struct sl_chain_view *view;
    uint8_t bytes[16 * 32];
    scene_open(&scene);
    memset(bytes, 0, sizeof bytes);
    memset(bytes + 12, 0x55, 20);
    for (size_t i = 1; i < 16; i++)
        bytes[i * 32 + 31] = (uint8_t)i;
    for (size_t len = 0; len < sizeof bytes; len += 16) {
        sl_chain_node_bytes(scene.node, &scene.view, "getPriceList()", bytes, len, true);
        assert_int_equal(read_what(&scene, SL_READ_MONEY, &view), SL_EPROTO);
    }
    sl_chain_node_bytes(scene.node, &scene.view, "getPriceList()", bytes, sizeof bytes, true);
    assert_int_equal(read_what(&scene, SL_READ_MONEY, &view), SL_OK);
    sl_chain_view_free(view);
    bytes[13] = 1; /* another token than that of the payments */
    sl_chain_node_bytes(scene.node, &scene.view, "getPriceList()", bytes, sizeof bytes, true);
    assert_int_equal(read_what(&scene, SL_READ_MONEY, &view), SL_EPROTO);
    scene_close(&scene);
}

static void a_list_that_promises_more_than_it_has_is_refused(void **state)
{
    (void)state;
    struct scene scene;
    struct sl_chain_view *view;
    uint8_t bytes[3 * 32];
    scene_open(&scene);
    scene_providers(&scene, 2, 2, 0);
    memset(bytes, 0, sizeof bytes);
    bytes[31] = 0x20;
    memset(bytes + 32 + 24, 0xff, 8);
    sl_chain_node_bytes(scene.node, &scene.endorsements, "getProviderIds()", bytes, sizeof bytes,
                        true);
    assert_int_equal(read_what(&scene, SL_READ_PROVIDERS, &view), SL_EPROTO);
    scene_close(&scene);
}

static void a_registry_that_never_ends_is_left_at_the_limit(void **state)
{
    (void)state;
    struct scene scene;
    struct sl_chain_view *view;
    scene_open(&scene);
    scene_providers(&scene, SL_PROVIDERS_MAX + 200, SL_PROVIDERS_MAX + 200, 0);
    assert_int_equal(read_what(&scene, SL_READ_PROVIDERS, &view), SL_OK);
    assert_int_equal(view->provider_count, SL_PROVIDERS_MAX);
    assert_non_null(strstr(view->warning, "too many providers"));
    sl_chain_view_free(view);
    scene_close(&scene);
}

static void a_refusal_tells_the_contract_s_reason(void **state)
{
    (void)state;
    struct scene scene;
    struct sl_chain_view *view;
    struct sl_abi_writer w = {0};
    scene_open(&scene);
    sl_abi_call(&w, "Error(string)");
    sl_abi_put_str(&w, "no prices today");
    assert_int_equal(sl_abi_end(&w, NULL), SL_OK);
    sl_chain_node_bytes(scene.node, &scene.view, "getPriceList()", w.buf.data, w.buf.len, false);
    sl_abi_free(&w);
    assert_int_equal(read_what(&scene, SL_READ_MONEY, &view), SL_EREVERT);
    assert_non_null(strstr(scene.err.text, "no prices today"));
    assert_non_null(strstr(scene.err.text, "price list"));
    sl_chain_node_bytes(scene.node, &scene.view, "getPriceList()", "", 0, false);
    assert_int_equal(read_what(&scene, SL_READ_MONEY, &view), SL_EREVERT);
    scene_close(&scene);
}

static void *cancel_once_it_hangs(void *ctx)
{
    struct scene *scene = ctx;
    sl_chain_node_await_hang(scene->node);
    sl_chain_cancel(scene->chain);
    return NULL;
}

static void a_read_that_gets_no_answer_can_be_cancelled(void **state)
{
    (void)state;
    struct scene scene;
    struct sl_chain_view *view;
    pthread_t thread;
    scene_open(&scene);
    sl_chain_node_hang(scene.node);
    assert_int_equal(pthread_create(&thread, NULL, cancel_once_it_hangs, &scene), 0);
    assert_int_equal(read_what(&scene, SL_READ_MONEY, &view), SL_ECANCELED);
    pthread_join(thread, NULL);
    assert_int_equal(read_what(&scene, SL_READ_MONEY, &view), SL_ECANCELED);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ready_to_upload_takes_at_most_six_round_trips),
        cmocka_unit_test(a_view_tells_providers_sets_and_money),
        cmocka_unit_test(from_a_view_a_provider_and_its_data_set_are_chosen),
        cmocka_unit_test(long_lists_are_paged_to_their_end),
        cmocka_unit_test(one_odd_provider_does_not_break_the_list),
        cmocka_unit_test(a_token_of_another_domain_takes_no_permits),
        cmocka_unit_test(sets_with_odd_metadata_are_kept_but_never_match),
        cmocka_unit_test(sets_and_providers_are_read_by_their_ids),
        cmocka_unit_test(asking_for_an_account_that_is_not_given_is_refused),
        cmocka_unit_test(a_wrong_chain_is_a_matter_of_configuration),
        cmocka_unit_test(a_wrong_service_address_is_a_matter_of_configuration),
        cmocka_unit_test(nonsense_at_the_start_is_no_matter_of_configuration),
        cmocka_unit_test(nonsense_is_an_error_of_the_protocol),
        cmocka_unit_test(damaged_answers_of_a_contract_are_clear_errors),
        cmocka_unit_test(a_list_that_promises_more_than_it_has_is_refused),
        cmocka_unit_test(a_registry_that_never_ends_is_left_at_the_limit),
        cmocka_unit_test(a_refusal_tells_the_contract_s_reason),
        cmocka_unit_test(a_read_that_gets_no_answer_can_be_cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
