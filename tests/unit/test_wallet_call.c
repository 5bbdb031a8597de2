/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The calls of own transactions: bytes as the contracts read them, and what is refused unsent. */
#include <stdio.h>
#include <string.h>

#include "sluice/abi.h"

#include "support/test.h"
#include "wallet_scene.h"

static int setup(void **state)
{
    static struct wallet_scene scene;
    wallet_open(&scene);
    *state = &scene;
    return 0;
}

static int teardown(void **state)
{
    wallet_close(*state);
    return 0;
}

static void begin(struct sl_abi_reader *r, const struct sl_wallet_tx_call *call, const char *types,
                  uint32_t selector)
{
    const uint8_t *data = (const uint8_t *)call->data.data;
    assert_true(call->data.len >= 4);
    assert_int_equal((uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 |
                         data[3],
                     selector);
    sl_abi_read(r, types, data + 4, call->data.len - 4);
}

static void expect_address(struct sl_abi_reader *r, const struct sl_address *want)
{
    const struct sl_address got = sl_abi_get_address(r);
    assert_true(sl_address_equal(&got, want));
}

static void expect_max(struct sl_abi_reader *r)
{
    assert_int_equal(sl_u256_cmp(sl_abi_get_u256(r), sl_u256_max()), 0);
}

/* The arguments of a permit: whom would the token say has signed them? */
static void expect_permit(struct sl_abi_reader *r, const struct wallet_scene *scene,
                          uint64_t amount)
{
    uint8_t signature[SL_SIGNATURE_BYTES];
    uint8_t hash[SL_HASH_BYTES];
    uint8_t digest[SL_HASH_BYTES];
    struct sl_address signer;
    const struct sl_domain domain = {
        .name = "USDFC", .version = "1", .chain_id = SCENE_CHAIN_ID, .contract = scene->base.token};
    expect_address(r, &scene->base.token);
    expect_address(r, &scene->base.payer);
    assert_int_equal(sl_abi_get_u64(r), amount);
    const uint64_t deadline = sl_abi_get_u64(r);
    assert_int_equal(deadline, SCENE_TIME + 3600);
    signature[64] = (uint8_t)sl_abi_get_u64(r);
    memcpy(signature, sl_abi_get_fixed(r), 32);
    memcpy(signature + 32, sl_abi_get_fixed(r), 32);
    sl_hash_permit(hash, &scene->base.payer, &scene->base.payments, sl_u256(amount), sl_u256(44),
                   sl_u256(deadline));
    sl_message_digest(digest, &domain, hash);
    assert_in_range(signature[64], 27, 28);
    assert_int_equal(sl_key_recover(&signer, signature, digest, NULL), SL_OK);
    assert_true(sl_address_equal(&signer, &scene->base.payer));
}

static void a_deposit_carries_a_permit_that_the_token_accepts(void **state)
{
    struct wallet_scene *scene = *state;
    struct sl_wallet_tx_call call;
    struct sl_abi_reader r;
    assert_int_equal(sl_wallet_tx_deposit(&call, &scene->payer, sl_u256(42), false, NULL), SL_OK);
    assert_string_equal(call.what, "deposit 0.000000000000000042 USDFC");
    assert_true(sl_address_equal(&call.to, &scene->base.payments));
    begin(&r, &call, "(address,address,uint256,uint256,uint8,bytes32,bytes32)", 0x8ef59739);
    expect_permit(&r, scene, 42);
    assert_int_equal(sl_abi_done(&r, NULL), SL_OK);
    sl_wallet_tx_call_free(&call);
}

static void a_deposit_may_approve_the_service_at_once(void **state)
{
    struct wallet_scene *scene = *state;
    struct sl_wallet_tx_call call;
    struct sl_abi_reader r;
    assert_int_equal(sl_wallet_tx_deposit(&call, &scene->payer, sl_u256(5), true, NULL), SL_OK);
    begin(&r, &call,
          "(address,address,uint256,uint256,uint8,bytes32,bytes32,address,uint256,uint256,uint256)",
          0x7218b707);
    expect_permit(&r, scene, 5);
    expect_address(&r, &scene->base.fwss);
    expect_max(&r);
    expect_max(&r);
    assert_int_equal(sl_abi_get_u64(&r), 86400);
    assert_int_equal(sl_abi_done(&r, NULL), SL_OK);
    sl_wallet_tx_call_free(&call);
}

static void a_token_without_permits_takes_an_allowance_first(void **state)
{
    struct wallet_scene *scene = *state;
    struct sl_wallet_tx_call call;
    struct sl_abi_reader r;
    struct sl_err err = {0};
    scene->view->token.permits = false;
    assert_int_equal(sl_wallet_tx_deposit(&call, &scene->payer, sl_u256(5), true, &err),
                     SL_EREFUSED);
    sl_wallet_tx_call_free(&call);
    assert_int_equal(sl_wallet_tx_allow(&call, &scene->payer, sl_u256(5), NULL), SL_OK);
    assert_true(sl_address_equal(&call.to, &scene->base.token));
    begin(&r, &call, "(address,uint256)", 0x095ea7b3);
    expect_address(&r, &scene->base.payments);
    assert_int_equal(sl_abi_get_u64(&r), 5);
    sl_wallet_tx_call_free(&call);
    assert_int_equal(sl_wallet_tx_deposit_allowed(&call, &scene->payer, sl_u256(5), NULL), SL_OK);
    begin(&r, &call, "(address,address,uint256)", 0x8340f549);
    expect_address(&r, &scene->base.token);
    expect_address(&r, &scene->base.payer);
    assert_int_equal(sl_abi_get_u64(&r), 5);
    sl_wallet_tx_call_free(&call);
}

static void approvals_are_given_and_taken_back(void **state)
{
    struct wallet_scene *scene = *state;
    for (int approved = 0; approved < 2; approved++) {
        struct sl_wallet_tx_call call;
        struct sl_abi_reader r;
        assert_int_equal(sl_wallet_tx_approve(&call, &scene->payer, approved, NULL), SL_OK);
        begin(&r, &call, "(address,address,bool,uint256,uint256,uint256)", 0x875bc8b6);
        expect_address(&r, &scene->base.token);
        expect_address(&r, &scene->base.fwss);
        assert_int_equal(sl_abi_get_bool(&r), approved);
        if (approved) {
            expect_max(&r);
            expect_max(&r);
        } else {
            assert_int_equal(sl_abi_get_u64(&r), 0);
            assert_int_equal(sl_abi_get_u64(&r), 0);
        }
        assert_int_equal(sl_abi_get_u64(&r), approved ? 86400 : 0);
        assert_int_equal(sl_abi_done(&r, NULL), SL_OK);
        sl_wallet_tx_call_free(&call);
    }
}

static void more_than_there_is_is_refused_with_the_sums(void **state)
{
    struct wallet_scene *scene = *state;
    struct sl_wallet_tx_call call;
    struct sl_err err = {0};
    assert_int_equal(sl_wallet_tx_deposit(&call, &scene->payer, sl_u256(43), false, &err),
                     SL_EMONEY);
    assert_non_null(strstr(err.text, "0.000000000000000042"));
    assert_non_null(strstr(err.text, "0.000000000000000043"));
    assert_int_equal(sl_wallet_tx_allow(&call, &scene->payer, sl_u256(43), &err), SL_EMONEY);
    assert_int_equal(sl_wallet_tx_deposit_allowed(&call, &scene->payer, sl_u256(43), &err),
                     SL_EMONEY);
    struct sl_u256 more = scene->view->account_state.available;
    assert_true(sl_u256_add(&more, more, sl_u256(1)));
    assert_int_equal(sl_wallet_tx_withdraw(&call, &scene->payer, more, &err), SL_EMONEY);
    assert_non_null(strstr(err.text, "8.9999999999 USDFC can be withdrawn"));
    scene->view->account_state.debt = sl_u256(3);
    assert_int_equal(sl_wallet_tx_withdraw(&call, &scene->payer, sl_u256(1), &err), SL_EMONEY);
    assert_non_null(strstr(err.text, "owes 0.000000000000000003 USDFC"));
}

static void a_withdrawal_may_take_all_that_is_not_locked(void **state)
{
    struct wallet_scene *scene = *state;
    struct sl_wallet_tx_call call;
    struct sl_abi_reader r;
    const struct sl_u256 all = scene->view->account_state.available;
    assert_int_equal(sl_wallet_tx_withdraw(&call, &scene->payer, all, NULL), SL_OK);
    begin(&r, &call, "(address,uint256)", 0xf3fef3a3);
    expect_address(&r, &scene->base.token);
    assert_int_equal(sl_u256_cmp(sl_abi_get_u256(&r), all), 0);
    sl_wallet_tx_call_free(&call);
}

static void session_keys_get_the_four_permissions(void **state)
{
    struct wallet_scene *scene = *state;
    struct sl_wallet_tx_call call;
    struct sl_abi_reader r;
    for (int revoke = 0; revoke < 2; revoke++) {
        if (revoke)
            assert_int_equal(
                sl_wallet_tx_revoke(&call, &scene->payer, &scene->base.session_key, NULL), SL_OK);
        else
            assert_int_equal(
                sl_wallet_tx_login(&call, &scene->payer, &scene->base.session_key, 1234, NULL),
                SL_OK);
        assert_true(sl_address_equal(&call.to, &scene->base.sessions));
        begin(&r, &call,
              revoke ? "(address,bytes32[],string)" : "(address,uint256,bytes32[],string)",
              revoke ? 0xfd89202e : 0x0848f33f);
        expect_address(&r, &scene->base.session_key);
        if (!revoke)
            assert_int_equal(sl_abi_get_u64(&r), 1234);
        assert_int_equal(sl_abi_enter_list(&r), 4);
        for (int message = 0; message < 4; message++) {
            uint8_t want[SL_HASH_BYTES];
            sl_message_type_hash(want, (enum sl_message)message);
            assert_memory_equal(sl_abi_get_fixed(&r), want, sizeof want);
        }
        sl_abi_leave(&r);
        size_t len;
        assert_memory_equal(sl_abi_get_str(&r, &len), "sluice", 6);
        assert_int_equal(sl_abi_done(&r, NULL), SL_OK);
        sl_wallet_tx_call_free(&call);
    }
}

static void a_data_set_is_ended_at_the_service(void **state)
{
    struct wallet_scene *scene = *state;
    struct sl_wallet_tx_call call;
    struct sl_abi_reader r;
    assert_int_equal(sl_wallet_tx_terminate(&call, &scene->payer, sl_u256(77), NULL), SL_OK);
    assert_string_equal(call.what, "terminate data set 77");
    assert_true(sl_address_equal(&call.to, &scene->base.fwss));
    begin(&r, &call, "(uint256)", 0xb997a71e);
    assert_int_equal(sl_abi_get_u64(&r), 77);
    sl_wallet_tx_call_free(&call);
}

/* A node that wants the deposit for itself names its own contract. */
static void on_known_networks_money_goes_to_known_contracts_only(void **state)
{
    struct wallet_scene *scene = *state;
    static const char *const names[] = {"mainnet", "calibration"};
    for (size_t i = 0; i < 2; i++) {
        struct sl_network network;
        struct sl_wallet_tx_call call;
        struct sl_err err = {0};
        assert_int_equal(sl_network_find(&network, names[i], NULL), SL_OK);
        scene->payer.network = &network;
        assert_int_equal(sl_wallet_tx_deposit(&call, &scene->payer, sl_u256(1), true, &err),
                         SL_EPROTO);
        assert_non_null(strstr(err.text, "nothing was signed"));
        assert_int_equal(sl_wallet_tx_allow(&call, &scene->payer, sl_u256(1), NULL), SL_EPROTO);
        assert_int_equal(sl_wallet_tx_deposit_allowed(&call, &scene->payer, sl_u256(1), NULL),
                         SL_EPROTO);
        assert_int_equal(sl_wallet_tx_approve(&call, &scene->payer, true, NULL), SL_EPROTO);
        assert_int_equal(sl_wallet_tx_withdraw(&call, &scene->payer, sl_u256(1), NULL), SL_EPROTO);
        assert_int_equal(
            sl_wallet_tx_login(&call, &scene->payer, &scene->base.session_key, 1, NULL), SL_EPROTO);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_deposit_carries_a_permit_that_the_token_accepts),
        TEST(a_deposit_may_approve_the_service_at_once),
        TEST(a_token_without_permits_takes_an_allowance_first),
        TEST(approvals_are_given_and_taken_back),
        TEST(more_than_there_is_is_refused_with_the_sums),
        TEST(a_withdrawal_may_take_all_that_is_not_locked),
        TEST(session_keys_get_the_four_permissions),
        TEST(a_data_set_is_ended_at_the_service),
        TEST(on_known_networks_money_goes_to_known_contracts_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
