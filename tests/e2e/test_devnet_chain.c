/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The chain of an embedded local network as its owner reaches it: the description of the network,
 * the throwaway key and what that key has. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/chain.h"
#include "sluice/json.h"

#include "chain_kit.h"
#include "support/test.h"

/* What the throwaway key has, read as any client reads it; owned. */
static struct sl_chain_view *purse(const struct chain *chain)
{
    struct sl_network network;
    struct sl_chain *reader = NULL;
    struct sl_chain_view *view = NULL;
    struct sl_err err = {0};
    const struct sl_rpc_options options = {.http = {.allow_http = true}};
    const struct sl_chain_wish wish = {.what = SL_READ_MONEY | SL_READ_PROVIDERS,
                                       .payer = sl_key_address(sl_devnet_key(chain->kit.net))};
    assert_int_equal(sl_devnet_network(chain->kit.net, &network, NULL), SL_OK);
    if (sl_chain_new(&reader, &network, &options, &err) < 0 ||
        sl_chain_read(&view, reader, &wish, &err) < 0)
        fail_msg("%s", err.text);
    sl_chain_free(reader);
    return view;
}

static void the_network_is_described_well_enough_to_read_it(void **state)
{
    struct chain *chain = *state;
    struct sl_network network;
    assert_int_equal(sl_devnet_network(chain->kit.net, &network, NULL), SL_OK);
    assert_string_equal(network.name, "local");
    assert_int_equal(network.chain_id, 31415926);
    assert_int_equal(network.url_count, 1);
    assert_string_equal(network.urls[0], sl_devnet_rpc_url(chain->kit.net));
    assert_true(network.testnet && sl_network_endorses(&network));
    struct sl_chain_view *view = purse(chain);
    assert_string_equal(view->warning, "");
    assert_int_equal(view->provider_count, 3);
    assert_true(view->providers[0].endorsed && view->providers[0].approved);
    assert_false(view->providers[2].approved);
    sl_chain_view_free(view);
}

static void the_first_run_can_pay_at_once(void **state)
{
    struct chain *chain = *state;
    struct sl_u256 thousand;
    assert_int_equal(sl_u256_parse_amount(&thousand, "1000", 4, 18, NULL), SL_OK);
    struct sl_chain_view *view = purse(chain);
    assert_int_equal(sl_u256_cmp(view->account_state.available, thousand), 0);
    assert_int_equal(sl_u256_cmp(view->token.balance, thousand), 0);
    assert_true(view->approval.approved);
    assert_int_equal(sl_u256_cmp(view->approval.rate_allowance, sl_u256_max()), 0);
    assert_false(sl_u256_is_zero(view->fil));
    sl_chain_view_free(view);
}

static void the_key_stays_and_is_paid_once(void **state)
{
    struct chain *chain = *state;
    const struct sl_address first = *sl_key_address(sl_devnet_key(chain->kit.net));
    struct sl_chain_view *before = purse(chain);
    chain_restart(chain);
    assert_memory_equal(sl_key_address(sl_devnet_key(chain->kit.net)), &first, sizeof first);
    struct sl_chain_view *after = purse(chain);
    assert_int_equal(sl_u256_cmp(after->token.balance, before->token.balance), 0);
    assert_int_equal(sl_u256_cmp(after->account.funds, before->account.funds), 0);
    sl_chain_view_free(before);
    sl_chain_view_free(after);
}

/* Stop, forget what there was and start with other options. */
static void again(struct chain *chain)
{
    char path[SL_PATH_BYTES];
    sl_devnet_stop(chain->kit.net);
    static const char *const files[] = {"ledger.db", "ledger.db-wal", "ledger.db-shm", "key"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        assert_int_equal(sl_path_join(path, sizeof path, chain->kit.dir, files[i], NULL), SL_OK);
        remove(path);
    }
    assert_int_equal(sl_devnet_start(&chain->kit.net, &chain->kit.options, NULL), SL_OK);
}

/* Killed between two of its steps, the first run would leave a key with coins and nothing more. */
static void a_first_run_that_was_cut_short_is_made_good(void **state)
{
    struct chain *chain = *state;
    const struct sl_address payer = *sl_key_address(sl_devnet_key(chain->kit.net));
    chain->options.unfunded = true;
    again(chain);
    const struct sl_devnet_fund half = {.owner = *sl_key_address(sl_devnet_key(chain->kit.net))};
    struct sl_devnet_fund coins = half;
    assert_memory_not_equal(&payer, &half.owner, sizeof payer);
    assert_int_equal(sl_u256_parse_amount(&coins.fil, "1000", 4, 18, NULL), SL_OK);
    assert_int_equal(sl_u256_parse_amount(&coins.usdfc, "2000", 4, 18, NULL), SL_OK);
    chain->options.funds = &coins;
    chain->options.fund_count = 1;
    chain_restart(chain); /* the coins alone */
    chain->options.unfunded = false;
    chain->options.funds = NULL;
    chain->options.fund_count = 0;
    chain_restart(chain);
    struct sl_chain_view *view = purse(chain);
    assert_true(view->approval.approved);
    assert_false(sl_u256_is_zero(view->account_state.available));
    sl_chain_view_free(view);
}

static void a_key_without_money_is_a_key(void **state)
{
    struct chain *chain = *state;
    chain->options.unfunded = true;
    again(chain);
    struct sl_chain_view *view = purse(chain);
    assert_true(sl_u256_is_zero(view->account_state.available));
    assert_true(sl_u256_is_zero(view->token.balance));
    assert_true(sl_u256_is_zero(view->fil));
    assert_false(view->approval.approved);
    sl_chain_view_free(view);
}

static void without_a_chain_there_is_neither(void **state)
{
    struct chain *chain = *state;
    struct sl_network network;
    struct sl_err err = {0};
    chain->kit.options.chain = NULL;
    again(chain);
    assert_null(sl_devnet_key(chain->kit.net));
    assert_int_equal(sl_devnet_network(chain->kit.net, &network, &err), SL_ENOTFOUND);
    assert_non_null(strstr(err.text, "no chain"));
}

/* The address of the View in devnet-info.json, which programs read. */
static void described_view(const struct chain *chain, char out[static SL_ADDRESS_CHARS])
{
    char *text = NULL;
    size_t len = 0;
    struct sl_json *root = NULL;
    assert_int_equal(sl_file_read(&text, &len, sl_devnet_info_path(chain->kit.net), 1 << 16, NULL),
                     SL_OK);
    assert_int_equal(sl_json_parse(&root, text, len, NULL), SL_OK);
    const struct sl_json *at = sl_json_get(sl_json_get(root, "info"), "contracts");
    snprintf(out, SL_ADDRESS_CHARS, "%s", sl_json_str(sl_json_get(at, "fwss_state_view_addr")));
    sl_json_free(root);
    free(text);
}

static void expect_data_set_fee(const struct chain *chain, const char *usdfc)
{
    char text[SL_U256_AMOUNT_CHARS];
    struct sl_chain_view *view = purse(chain);
    sl_u256_amount(text, view->prices.data_set_per_month, 18, 18);
    assert_string_equal(text, usdfc);
    sl_chain_view_free(view);
}

static void a_network_of_1_3_becomes_todays_while_it_runs(void **state)
{
    struct chain *chain = *state;
    char cid[SL_PIECE_CID_CHARS], before[SL_ADDRESS_CHARS], after[SL_ADDRESS_CHARS];
    uint64_t client_id = 0;
    assert_int_equal(sl_devnet_profile_of(chain->kit.net), SL_DEVNET_1_3);
    assert_int_equal(chain_data_set(chain, 0, 1, cid, &client_id), 1);
    expect_data_set_fee(chain, "0.024");
    described_view(chain, before);
    assert_int_equal(sl_devnet_migrate(chain->kit.net, NULL), SL_OK);
    assert_int_equal(sl_devnet_migrate(chain->kit.net, NULL), SL_OK);
    assert_int_equal(sl_devnet_profile_of(chain->kit.net), SL_DEVNET_TODAY);
    described_view(chain, after);
    assert_string_not_equal(before, after);
    expect_data_set_fee(chain, "0.12");
    assert_int_equal(chain_data_set(chain, 0, 2, cid, &client_id), 2);
    chain->options.profile = SL_DEVNET_1_3;
    chain_restart(chain);
    assert_int_equal(sl_devnet_profile_of(chain->kit.net), SL_DEVNET_TODAY);
    expect_data_set_fee(chain, "0.12");
}

#define T(name) cmocka_unit_test_setup_teardown(name, chain_setup, chain_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(the_network_is_described_well_enough_to_read_it),
        T(the_first_run_can_pay_at_once),
        T(the_key_stays_and_is_paid_once),
        T(a_first_run_that_was_cut_short_is_made_good),
        T(a_key_without_money_is_a_key),
        T(without_a_chain_there_is_neither),
        cmocka_unit_test_setup_teardown(a_network_of_1_3_becomes_todays_while_it_runs,
                                        chain_setup_1_3, chain_teardown),
    };
    return cmocka_run_group_tests_name("the chain of an embedded local network", tests, NULL, NULL);
}
