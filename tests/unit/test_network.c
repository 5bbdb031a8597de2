/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <string.h>

#include "sluice/network.h"

#include "support/test.h"

static void the_built_in_networks_are_whole(void **state)
{
    (void)state;
    struct sl_network main_net;
    struct sl_network test_net;
    char text[SL_ADDRESS_CHARS];
    assert_int_equal(sl_network_find(&main_net, "mainnet", NULL), SL_OK);
    assert_int_equal(sl_network_find(&test_net, "calibration", NULL), SL_OK);
    assert_int_equal(main_net.chain_id, 314);
    assert_int_equal(test_net.chain_id, 314159);
    assert_false(main_net.testnet);
    assert_true(test_net.testnet);
    assert_int_equal(main_net.url_count, 3);
    assert_string_equal(test_net.urls[0], "https://api.calibration.node.glif.io/rpc/v1");
    sl_address_text(text, &main_net.fwss);
    assert_string_equal(text, "0x8408502033C418E1bbC97cE9ac48E5528F371A9f");
    sl_address_text(text, &test_net.multicall3);
    assert_string_equal(text, "0xcA11bde05977b3631167028862bE2a173976CA11");
    sl_address_text(text, &main_net.former_view);
    assert_string_equal(text, "0xdDd8F083a3fe9C66547D46bee24e5AaF56BCa0ab");
    sl_address_text(text, &test_net.former_view);
    assert_string_equal(text, "0x9BF9e67e83EC8613883FDdDec4D3b38AEE937177");
    assert_true(sl_network_endorses(&test_net));
    assert_int_equal(sl_network_time(&main_net, 0), 1598306400);
    assert_int_equal(sl_network_time(&test_net, 2), 1667326440);
    assert_int_equal(sl_network_time(&test_net, UINT64_MAX), -1);
}

static void a_second_node_is_another_public_one_or_the_one_that_is_named(void **state)
{
    (void)state;
    struct sl_network network, second;
    assert_int_equal(sl_network_find(&network, "mainnet", NULL), SL_OK);
    assert_int_equal(sl_network_second(&second, &network, "", network.urls[1], NULL), SL_OK);
    assert_int_equal(second.url_count, network.url_count - 1);
    for (size_t i = 0; i < second.url_count; i++)
        assert_string_not_equal(second.urls[i], network.urls[1]);
    assert_int_equal(sl_network_use_rpc(&network, "https://example.org/rpc", NULL), SL_OK);
    assert_int_equal(sl_network_second(&second, &network, "", network.urls[0], NULL), SL_OK);
    assert_int_equal(second.url_count, 0);
    assert_int_equal(sl_network_second(&second, &network, "https://b.example.org/", "", NULL),
                     SL_OK);
    assert_int_equal(second.url_count, 1);
    assert_string_equal(second.urls[0], "https://b.example.org/");
    struct sl_err err = {0};
    assert_int_equal(sl_network_second(&second, &network, "b.example.org", "", &err), SL_ECONFIG);
    assert_non_null(strstr(err.text, "second_node"));
}

static void unknown_names_are_refused(void **state)
{
    (void)state;
    struct sl_network network;
    struct sl_err err;
    assert_int_equal(sl_network_find(&network, "Mainnet", &err), SL_ECONFIG);
    assert_int_equal(sl_network_find(&network, "", &err), SL_ECONFIG);
}

static const struct sl_network_texts good = {
    .name = "dev",
    .rpc_url = "http://127.0.0.1:5700/rpc/v1",
    .chain_id = "31415926",
    .fwss = "0x02925630df557f957f70e112ba06e50965417ca0",
};

static void a_network_can_be_described(void **state)
{
    (void)state;
    struct sl_network_texts texts = good;
    struct sl_network network;
    char text[SL_ADDRESS_CHARS];
    assert_int_equal(sl_network_define(&network, &texts, NULL), SL_OK);
    assert_string_equal(network.name, "dev");
    assert_int_equal(network.chain_id, 31415926);
    assert_int_equal(network.url_count, 1);
    assert_false(sl_network_endorses(&network));
    assert_int_equal(sl_network_time(&network, 5), -1);
    sl_address_text(text, &network.multicall3);
    assert_string_equal(text, "0xcA11bde05977b3631167028862bE2a173976CA11");
    texts.chain_id = "0x1df5e76";
    texts.endorsements = texts.multicall3 = good.fwss;
    assert_int_equal(sl_network_define(&network, &texts, NULL), SL_OK);
    assert_int_equal(network.chain_id, 31415926);
    assert_true(sl_network_endorses(&network));
    assert_true(sl_address_equal(&network.multicall3, &network.fwss));
}

static void expect_refused(const struct sl_network_texts *texts, const char *what)
{
    struct sl_network network;
    struct sl_err err;
    assert_int_equal(sl_network_define(&network, texts, &err), SL_ECONFIG);
    assert_int_equal(err.code, SL_ECONFIG);
    assert_non_null(strstr(err.text, what));
}

static void what_is_wrong_with_a_description_is_named(void **state)
{
    (void)state;
    struct sl_network_texts texts = good;
    texts.name = "";
    expect_refused(&texts, "name");
    texts = good;
    texts.name = "a name of more than thirty-one characters";
    expect_refused(&texts, "name");
    texts = good;
    texts.rpc_url = "ws://127.0.0.1/";
    expect_refused(&texts, "rpc_url");
    texts.rpc_url = NULL;
    expect_refused(&texts, "rpc_url");
    texts = good;
    texts.chain_id = "0";
    expect_refused(&texts, "chain_id");
    texts.chain_id = "18446744073709551616";
    expect_refused(&texts, "chain_id");
    texts.chain_id = "12a";
    expect_refused(&texts, "chain_id");
    texts.chain_id = NULL;
    expect_refused(&texts, "chain_id");
    texts = good;
    texts.fwss = "0x1234";
    expect_refused(&texts, "fwss");
    texts.fwss = NULL;
    expect_refused(&texts, "fwss");
    texts = good;
    texts.endorsements = "0x02925630DF557f957f70e112ba06e50965417ca0"; /* mistyped case */
    expect_refused(&texts, "endorsements");
}

static void the_cdn_serves_by_account_and_piece(void **state)
{
    (void)state;
    const char *cid = "bafkzcibcaac542av3szurbbscwuu3zjssvfwbpsvbjf6y3tukvlgl2nf5rha6pa";
    struct sl_network network;
    struct sl_piece_id piece;
    struct sl_err err;
    char url[256];
    assert_int_equal(sl_piece_parse(&piece, cid, strlen(cid), NULL), SL_OK);
    assert_int_equal(sl_network_find(&network, "calibration", NULL), SL_OK);
    assert_int_equal(sl_network_cdn_url(url, sizeof url, &network, &network.fwss, &piece, &err), 0);
    assert_string_equal(url,
                        "https://0x02925630df557F957f70E112bA06e50965417CA0.calibration.filbeam.io/"
                        "bafkzcibcaac542av3szurbbscwuu3zjssvfwbpsvbjf6y3tukvlgl2nf5rha6pa");
    assert_int_equal(sl_network_cdn_url(url, 40, &network, &network.fwss, &piece, &err),
                     SL_EOVERFLOW);
    network.cdn_domain[0] = '\0';
    assert_int_equal(sl_network_cdn_url(url, sizeof url, &network, &network.fwss, &piece, &err),
                     SL_ENOTFOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_built_in_networks_are_whole),
        cmocka_unit_test(a_second_node_is_another_public_one_or_the_one_that_is_named),
        cmocka_unit_test(unknown_names_are_refused),
        cmocka_unit_test(a_network_can_be_described),
        cmocka_unit_test(what_is_wrong_with_a_description_is_named),
        cmocka_unit_test(the_cdn_serves_by_account_and_piece),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
