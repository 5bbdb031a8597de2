/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "chain_scene.h"

#include <stdio.h>
#include <string.h>

#include "support/test.h"

struct sl_address scene_address(uint8_t byte)
{
    struct sl_address out;
    memset(out.bytes, byte, sizeof out.bytes);
    return out;
}

struct sl_abi_writer scene_values(const char *types)
{
    struct sl_abi_writer w = {0};
    sl_abi_values(&w, types);
    return w;
}

struct sl_abi_writer scene_call(const char *signature)
{
    struct sl_abi_writer w = {0};
    sl_abi_call(&w, signature);
    return w;
}

void scene_u64(struct scene *scene, const struct sl_address *to, const char *signature,
               uint64_t value)
{
    struct sl_abi_writer w = scene_values("(uint256)");
    sl_abi_put_u64(&w, value);
    sl_chain_node_on_all(scene->node, to, signature, &w);
}

void scene_text(struct scene *scene, const struct sl_address *to, const char *signature,
                const char *text)
{
    struct sl_abi_writer w = scene_values("(string)");
    sl_abi_put_str(&w, text);
    sl_chain_node_on_all(scene->node, to, signature, &w);
}

static void address(struct scene *scene, const char *signature, struct sl_address *out,
                    uint8_t byte)
{
    struct sl_abi_writer w = scene_values("(address)");
    *out = scene_address(byte);
    sl_abi_put_address(&w, out);
    sl_chain_node_on_all(scene->node, &scene->fwss, signature, &w);
}

void scene_prices(struct scene *scene, const struct sl_prices *prices)
{
    const struct sl_u256 values[] = {prices->storage_per_tib_month,
                                     prices->data_set_per_month,
                                     prices->cdn_egress_per_tib,
                                     prices->cache_miss_egress_per_tib,
                                     prices->create_fee,
                                     prices->add_fee,
                                     prices->piece_fee,
                                     prices->remove_fee,
                                     prices->terminate_fee,
                                     prices->reserve_target,
                                     prices->reserve_threshold,
                                     prices->lockup_epochs,
                                     prices->cdn_lockup,
                                     prices->cache_miss_lockup,
                                     prices->cdn_lockup_epochs};
    static const size_t counts[] = {4, 5, 6};
    struct sl_abi_writer w = scene_values(
        "((address,(uint256,uint256,uint256,uint256),(uint256,uint256,uint256,uint256,uint256),"
        "(uint256,uint256,uint256,uint256,uint256,uint256)))");
    size_t at = 0;
    sl_abi_open(&w);
    sl_abi_put_address(&w, &scene->token);
    for (size_t g = 0; g < 3; g++) {
        sl_abi_open(&w);
        for (size_t i = 0; i < counts[g]; i++)
            sl_abi_put_u256(&w, values[at++]);
        sl_abi_close(&w);
    }
    sl_abi_close(&w);
    sl_chain_node_on_all(scene->node, &scene->view, "getPriceList()", &w);
}

static struct sl_u256 thousandths(uint64_t count)
{
    struct sl_u256 value;
    assert_true(sl_u256_mul(&value, sl_u256(count), sl_u256(1000000000000000)));
    return value;
}

static void prices(struct scene *scene)
{
    const struct sl_prices list = {.storage_per_tib_month = thousandths(2500),
                                   .data_set_per_month = thousandths(24),
                                   .cdn_egress_per_tib = thousandths(7000),
                                   .cache_miss_egress_per_tib = thousandths(7000),
                                   .create_fee = thousandths(25),
                                   .add_fee = thousandths(1),
                                   .piece_fee = thousandths(1),
                                   .remove_fee = thousandths(2),
                                   .terminate_fee = thousandths(1),
                                   .reserve_target = thousandths(100),
                                   .reserve_threshold = thousandths(5),
                                   .lockup_epochs = sl_u256(86400),
                                   .cdn_lockup = thousandths(700),
                                   .cache_miss_lockup = thousandths(300),
                                   .cdn_lockup_epochs = sl_u256(14400)};
    scene_prices(scene, &list);
}

void scene_account(struct scene *scene, struct sl_u256 available, struct sl_u256 rate)
{
    struct sl_abi_writer w = scene_values("(uint256,uint256,uint256,uint256)");
    sl_abi_put_u256(&w, available);
    sl_abi_put_u64(&w, 0);
    sl_abi_put_u256(&w, rate);
    sl_abi_put_u64(&w, SCENE_EPOCH);
    sl_chain_node_on_all(scene->node, &scene->payments, "accounts(address,address)", &w);
}

static void account(struct scene *scene)
{
    struct sl_abi_writer w = scene_values("(uint256,uint256,uint256,uint256)");
    sl_abi_put_u256(&w, thousandths(10000));
    sl_abi_put_u256(&w, thousandths(1000));
    sl_abi_put_u64(&w, 1000000);
    sl_abi_put_u64(&w, SCENE_EPOCH - 100);
    sl_chain_node_on_all(scene->node, &scene->payments, "accounts(address,address)", &w);
    w = scene_values("(bool,uint256,uint256,uint256,uint256,uint256)");
    sl_abi_put_bool(&w, true);
    for (int i = 0; i < 2; i++)
        sl_abi_put_u256(&w, sl_u256_max());
    sl_abi_put_u64(&w, 7);
    sl_abi_put_u64(&w, 8);
    sl_abi_put_u64(&w, 86400);
    sl_chain_node_on_all(scene->node, &scene->payments,
                         "operatorApprovals(address,address,address)", &w);
}

static void token(struct scene *scene)
{
    const struct sl_domain domain = {.name = "USDFC",
                                     .version = "1",
                                     .chain_id = scene->network.chain_id,
                                     .contract = scene->token};
    uint8_t separator[SL_HASH_BYTES];
    struct sl_abi_writer w = scene_values("(bytes32)");
    sl_domain_separator(separator, &domain);
    sl_abi_put_fixed(&w, separator, sizeof separator);
    sl_chain_node_on_all(scene->node, &scene->token, "DOMAIN_SEPARATOR()", &w);
    scene_u64(scene, &scene->token, "balanceOf(address)", 42);
    scene_u64(scene, &scene->token, "allowance(address,address)", 43);
    scene_u64(scene, &scene->token, "nonces(address)", 44);
    scene_text(scene, &scene->token, "name()", "USDFC");
    scene_text(scene, &scene->token, "version()", "1");
}

static void fill(struct scene *scene);

void scene_open(struct scene *scene)
{
    char url[64];
    *scene = (struct scene){.node = sl_chain_node_start(SCENE_CHAIN_ID)};
    sl_chain_node_url(scene->node, url, sizeof url);
    const struct sl_network_texts texts = {.name = "scene",
                                           .rpc_url = url,
                                           .chain_id = "31415926",
                                           .fwss = "0x1111111111111111111111111111111111111111",
                                           .endorsements =
                                               "0x8888888888888888888888888888888888888888"};
    assert_int_equal(sl_network_define(&scene->network, &texts, &scene->err), SL_OK);
    fill(scene);
}

void scene_open_known(struct scene *scene, const char *name)
{
    char url[64];
    *scene = (struct scene){0};
    assert_int_equal(sl_network_find(&scene->network, name, &scene->err), SL_OK);
    scene->node = sl_chain_node_start(scene->network.chain_id);
    sl_chain_node_url(scene->node, url, sizeof url);
    assert_int_equal(sl_network_use_rpc(&scene->network, url, &scene->err), SL_OK);
    fill(scene);
}

static void fill(struct scene *scene)
{
    scene->fwss = scene->network.fwss;
    scene->endorsements = scene->network.endorsements;
    scene->payer = scene_address(0xaa);
    scene->reserve = sl_u256(5);
    scene->session_key = scene_address(0xbb);
    address(scene, "viewContractAddress()", &scene->view, 0x22);
    address(scene, "pdpVerifierAddress()", &scene->verifier, 0x33);
    address(scene, "paymentsContractAddress()", &scene->payments, 0x44);
    address(scene, "usdfcTokenAddress()", &scene->token, 0x55);
    address(scene, "serviceProviderRegistry()", &scene->registry, 0x66);
    address(scene, "sessionKeyRegistry()", &scene->sessions, 0x77);
    scene_text(scene, &scene->fwss, "VERSION()", "1.3.1");
    scene_text(scene, &scene->verifier, "VERSION()", "3.4.0");
    const struct sl_address *const multicall3 = &scene->network.multicall3;
    scene_u64(scene, multicall3, "getBlockNumber()", SCENE_EPOCH);
    scene_u64(scene, multicall3, "getCurrentBlockTimestamp()", SCENE_TIME);
    scene_u64(scene, multicall3, "getEthBalance(address)", 45);
    scene_u64(scene, &scene->sessions, "authorizationExpiry(address,address,bytes32)",
              SCENE_TIME + 60);
    prices(scene);
    account(scene);
    token(scene);
    const struct sl_rpc_options options = {.rounds = 2, .backoff_base_ms = 1};
    assert_int_equal(sl_chain_new(&scene->chain, &scene->network, &options, &scene->err), SL_OK);
}

void scene_close(struct scene *scene)
{
    sl_chain_free(scene->chain);
    sl_chain_node_stop(scene->node);
}

/* ---- providers ---- */

static void put_provider(struct sl_abi_writer *w, uint64_t id, bool odd)
{
    static const char *const keys[] = {"serviceURL",
                                       "minPieceSizeInBytes",
                                       "maxPieceSizeInBytes",
                                       "storagePricePerTibPerDay",
                                       "minProvingPeriodInEpochs",
                                       "location",
                                       "paymentTokenAddress"};
    const struct sl_address service = scene_address((uint8_t)id);
    const struct sl_address payee = scene_address((uint8_t)(id + 100));
    const uint8_t number[] = {0x7f};
    const uint8_t large[] = {0x3f, 0x80, 0, 0};
    char text[64];
    sl_abi_open(w);
    sl_abi_put_u64(w, id);
    sl_abi_open(w);
    sl_abi_put_address(w, &service);
    sl_abi_put_address(w, &payee);
    snprintf(text, sizeof text, "provider %llu", (unsigned long long)id);
    sl_abi_put_str(w, text);
    sl_abi_put_str(w, "stores pieces");
    sl_abi_put_bool(w, true);
    sl_abi_close(w);
    sl_abi_open(w);
    sl_abi_put_u64(w, 0);
    sl_abi_open_list(w, 7);
    for (size_t i = 0; i < 7; i++)
        sl_abi_put_str(w, keys[i]);
    sl_abi_close(w);
    sl_abi_put_bool(w, true);
    sl_abi_close(w);
    sl_abi_open_list(w, odd ? 6 : 7);
    snprintf(text, sizeof text, "https://p%llu.example/", (unsigned long long)id);
    sl_abi_put_bytes(w, text, strlen(text));
    for (size_t i = 1; i < (odd ? 6U : 7U); i++)
        sl_abi_put_bytes(w, i == 2 ? large : number, i == 2 ? sizeof large : sizeof number);
    sl_abi_close(w);
    sl_abi_close(w);
}

static void provider_page(struct scene *scene, size_t offset, size_t count, uint64_t odd)
{
    struct sl_abi_writer call = scene_call("getProvidersByProductType(uint8,bool,uint256,uint256)");
    struct sl_abi_writer w = scene_values(
        "(((uint256,(address,address,string,string,bool),(uint8,string[],bool),bytes[])[],bool))");
    const size_t left = offset < count ? count - offset : 0;
    const size_t here = left < 50 ? left : 50;
    sl_abi_put_u64(&call, 0);
    sl_abi_put_bool(&call, true);
    sl_abi_put_u64(&call, offset);
    sl_abi_put_u64(&call, 50);
    sl_abi_open(&w);
    sl_abi_open_list(&w, here);
    for (size_t i = 0; i < here; i++)
        put_provider(&w, offset + i + 1, offset + i + 1 == odd);
    sl_abi_close(&w);
    sl_abi_put_bool(&w, left > here);
    sl_abi_close(&w);
    sl_chain_node_on(scene->node, &scene->registry, &call, &w);
}

static void approved_page(struct scene *scene, size_t offset, size_t count)
{
    struct sl_abi_writer call = scene_call("getApprovedProviders(uint256,uint256)");
    struct sl_abi_writer w = scene_values("(uint256[])");
    const size_t left = offset < count ? count - offset : 0;
    const size_t here = left < 101 ? left : 101;
    sl_abi_put_u64(&call, offset);
    sl_abi_put_u64(&call, 101);
    sl_abi_open_list(&w, here);
    for (size_t i = 0; i < here; i++)
        sl_abi_put_u64(&w, offset + i + 1);
    sl_abi_close(&w);
    sl_chain_node_on(scene->node, &scene->view, &call, &w);
}

void scene_providers(struct scene *scene, size_t count, size_t approved, uint64_t odd)
{
    struct sl_abi_writer w = scene_values("(uint256[])");
    for (size_t offset = 0; offset <= count + 50; offset += 50)
        provider_page(scene, offset, count, odd);
    for (size_t offset = 0; offset <= approved; offset += 100)
        approved_page(scene, offset, approved);
    sl_abi_open_list(&w, count / 3);
    for (size_t i = 1; i <= count / 3; i++)
        sl_abi_put_u64(&w, i * 3);
    sl_abi_close(&w);
    sl_chain_node_on_all(scene->node, &scene->endorsements, "getProviderIds()", &w);
}

void scene_provider(struct scene *scene, uint64_t id)
{
    struct sl_abi_writer call = scene_call("getProviderWithProduct(uint256,uint8)");
    struct sl_abi_writer w = scene_values(
        "((uint256,(address,address,string,string,bool),(uint8,string[],bool),bytes[]))");
    sl_abi_put_u64(&call, id);
    sl_abi_put_u64(&call, 0);
    put_provider(&w, id, false);
    sl_chain_node_on(scene->node, &scene->registry, &call, &w);
}

/* ---- data sets ---- */

void scene_put_set(struct sl_abi_writer *w, const struct scene *scene, uint64_t id)
{
    const struct sl_address payee = scene_address((uint8_t)(id + 100));
    const struct sl_address service = scene_address((uint8_t)id);
    sl_abi_open(w);
    sl_abi_put_u64(w, 1000 + id);
    sl_abi_put_u64(w, 0);
    sl_abi_put_u64(w, 0);
    sl_abi_put_address(w, &scene->payer);
    sl_abi_put_address(w, &payee);
    sl_abi_put_address(w, &service);
    sl_abi_put_u64(w, 0);
    sl_abi_put_u64(w, 70000 + id);
    sl_abi_put_u64(w, id == 3 ? SCENE_EPOCH + 10 : scene->end_epoch);
    sl_abi_put_u64(w, id);
    sl_abi_put_u256(w, scene->pending);
    sl_abi_put_u256(w, scene->reserve);
    sl_abi_put_u64(w, id);
    sl_abi_close(w);
}

static void set_page(struct scene *scene, size_t offset, size_t count)
{
    struct sl_abi_writer call = scene_call("getClientDataSets(address,uint256,uint256)");
    struct sl_abi_writer w =
        scene_values("((uint256,uint256,uint256,address,address,address,uint256,uint256,uint256,"
                     "uint256,uint96,uint96,uint256)[])");
    const size_t left = offset < count ? count - offset : 0;
    const size_t here = left < 101 ? left : 101;
    sl_abi_put_address(&call, &scene->payer);
    sl_abi_put_u64(&call, offset);
    sl_abi_put_u64(&call, 101);
    sl_abi_open_list(&w, here);
    for (size_t i = 0; i < here; i++) /* newest first: the list has no order */
        scene_put_set(&w, scene, count - offset - i);
    sl_abi_close(&w);
    sl_chain_node_on(scene->node, &scene->view, &call, &w);
}

static void answer_id(struct scene *scene, const struct sl_address *to, const char *signature,
                      uint64_t id, struct sl_abi_writer *w)
{
    struct sl_abi_writer call = scene_call(signature);
    sl_abi_put_u64(&call, id);
    sl_chain_node_on(scene->node, to, &call, w);
}

void scene_one_set(struct scene *scene, uint64_t id)
{
    struct sl_abi_writer w =
        scene_values("((uint256,uint256,uint256,address,address,address,uint256,uint256,uint256,"
                     "uint256,uint96,uint96,uint256))");
    scene_put_set(&w, scene, id);
    answer_id(scene, &scene->view, "getDataSet(uint256)", id, &w);
}

void scene_rail(struct scene *scene, uint64_t rail, struct sl_u256 rate)
{
    struct sl_abi_writer w =
        scene_values("((address,address,address,address,address,uint256,uint256,uint256,uint256,"
                     "uint256,uint256,address))");
    const struct sl_address *const parties[] = {&scene->token, &scene->payer, &scene->payer,
                                                &scene->fwss, &scene->fwss};
    const uint64_t behind[] = {86400, 5, SCENE_EPOCH, 0, 0};
    sl_abi_open(&w);
    for (size_t i = 0; i < 5; i++)
        sl_abi_put_address(&w, parties[i]);
    sl_abi_put_u256(&w, rate);
    for (size_t i = 0; i < 5; i++)
        sl_abi_put_u64(&w, behind[i]);
    sl_abi_put_address(&w, &scene->payer);
    sl_abi_close(&w);
    answer_id(scene, &scene->payments, "getRail(uint256)", rail, &w);
}

void scene_data_sets(struct scene *scene, size_t count)
{
    for (size_t offset = 0; offset <= count; offset += 100)
        set_page(scene, offset, count);
    struct sl_abi_writer w = scene_values("(bool)");
    sl_abi_put_bool(&w, true);
    sl_chain_node_on_all(scene->node, &scene->verifier, "dataSetLive(uint256)", &w);
    w = scene_values("(bool)");
    sl_abi_put_bool(&w, false);
    answer_id(scene, &scene->verifier, "dataSetLive(uint256)", 4, &w);
    w = scene_values("(address)");
    sl_abi_put_address(&w, &scene->fwss);
    sl_chain_node_on_all(scene->node, &scene->verifier, "getDataSetListener(uint256)", &w);
    w = scene_values("(address)");
    sl_abi_put_address(&w, &scene->view);
    answer_id(scene, &scene->verifier, "getDataSetListener(uint256)", 5, &w);
    for (uint64_t id = 1; id <= count; id++) {
        if (id == 4) /* what is not live refuses to tell */
            continue;
        scene_rail(scene, 1000 + id, sl_u256(UINT64_C(277777777777) + id));
        w = scene_values("(uint256)");
        sl_abi_put_u64(&w, id * 4);
        answer_id(scene, &scene->verifier, "getDataSetLeafCount(uint256)", id, &w);
    }
    w = scene_values("(string[],string[])");
    sl_abi_open_list(&w, 1);
    sl_abi_put_str(&w, "source");
    sl_abi_close(&w);
    sl_abi_open_list(&w, 1);
    sl_abi_put_str(&w, "sluice");
    sl_abi_close(&w);
    sl_chain_node_on_all(scene->node, &scene->view, "getAllDataSetMetadata(uint256)", &w);
}
