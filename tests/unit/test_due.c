/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What decides whether a payload can be paid, in one round trip, from nodes that do not know the
 * data set, tell of another one, or answer nonsense. */
#include <string.h>

#include "sluice/chain.h"

#include "chain_scene.h"
#include "support/test.h"

#define assert_u64(value, wanted) assert_int_equal(sl_u256_cmp(value, sl_u256(wanted)), 0)

static void open_with_sets(struct scene *scene)
{
    scene_open(scene);
    scene_data_sets(scene, 5);
    for (uint64_t id = 1; id <= 5; id++)
        scene_one_set(scene, id);
}

static int read_due(struct sl_chain_view **view, struct scene *scene, uint64_t set, uint64_t rail)
{
    const struct sl_due_wish wish = {
        .payer = &scene->payer, .data_set = sl_u256(set), .pdp_rail = sl_u256(rail)};
    return sl_chain_read_due(view, scene->chain, &wish, &scene->err);
}

static void account_prices_and_data_set_come_in_one_round_trip(void **state)
{
    (void)state;
    struct scene scene;
    struct sl_chain_view *view = NULL;
    open_with_sets(&scene);
    assert_int_equal(read_due(&view, &scene, 2, 1002), SL_OK); /* finds the contracts too */
    sl_chain_view_free(view);
    const int before = sl_chain_node_requests(scene.node);
    assert_int_equal(read_due(&view, &scene, 2, 1002), SL_OK);
    assert_int_equal(sl_chain_node_requests(scene.node) - before, 1);
    assert_int_equal(view->epoch, SCENE_EPOCH);
    assert_u64(view->account_state.available, UINT64_C(8999999999900000000));
    assert_u64(view->prices.lockup_epochs, 86400);
    assert_true(view->approval.approved);
    assert_int_equal(view->data_set_count, 1);
    const struct sl_data_set *set = &view->data_sets[0];
    assert_u64(set->id, 2);
    assert_u64(set->leaves, 8);
    assert_u64(set->reserve, 5);
    assert_true(set->rail_rate_known);
    assert_u64(set->rail_rate, UINT64_C(277777777779));
    assert_true(sl_data_set_is_usable(set));
    sl_chain_view_free(view);
    scene_close(&scene);
}

static void a_new_data_set_is_not_asked_for(void **state)
{
    (void)state;
    struct scene scene;
    struct sl_chain_view *view = NULL;
    scene_open(&scene); /* knows no data sets at all */
    assert_int_equal(read_due(&view, &scene, 0, 0), SL_OK);
    assert_int_equal(view->data_set_count, 0);
    assert_u64(view->account.rate, 1000000);
    sl_chain_view_free(view);
    scene_close(&scene);
}

static void a_data_set_that_takes_no_pieces_is_told_as_such(void **state)
{
    (void)state;
    struct scene scene;
    struct sl_chain_view *view = NULL;
    open_with_sets(&scene);
    for (uint64_t id = 3; id <= 5; id++) { /* terminated, not live, of another listener */
        assert_int_equal(read_due(&view, &scene, id, 1000 + id), SL_OK);
        assert_int_equal(view->data_set_count, 1);
        assert_false(sl_data_set_is_usable(&view->data_sets[0]));
        assert_int_equal(view->data_sets[0].rail_rate_known, id != 4);
        sl_chain_view_free(view);
    }
    scene_close(&scene);
}

/* The rate of another rail says nothing about this data set. */
static void the_rate_of_another_rail_is_not_taken(void **state)
{
    (void)state;
    struct scene scene;
    struct sl_chain_view *view = NULL;
    open_with_sets(&scene);
    assert_int_equal(read_due(&view, &scene, 2, 1001), SL_OK);
    assert_false(view->data_sets[0].rail_rate_known);
    assert_u64(view->data_sets[0].rail_rate, 0);
    sl_chain_view_free(view);
    scene_close(&scene);
}

/* `set` is the node's answer for data set 1. */
static void tell_of(struct scene *scene, uint64_t set)
{
    struct sl_abi_writer call = scene_call("getDataSet(uint256)");
    struct sl_abi_writer w =
        scene_values("((uint256,uint256,uint256,address,address,address,uint256,uint256,uint256,"
                     "uint256,uint96,uint96,uint256))");
    const struct sl_address nobody = {{0}};
    sl_abi_put_u64(&call, 1);
    if (set != 0) {
        scene_put_set(&w, scene, set);
    } else {
        sl_abi_open(&w);
        for (int i = 0; i < 13; i++) {
            if (i >= 3 && i <= 5)
                sl_abi_put_address(&w, &nobody);
            else
                sl_abi_put_u64(&w, 0);
        }
        sl_abi_close(&w);
    }
    sl_chain_node_on(scene->node, &scene->view, &call, &w);
}

static void a_node_that_knows_another_data_set_or_none_is_seen_through(void **state)
{
    (void)state;
    struct scene scene;
    struct sl_chain_view *view = NULL;
    open_with_sets(&scene);
    tell_of(&scene, 2);
    assert_int_equal(read_due(&view, &scene, 1, 1001), SL_EPROTO);
    assert_non_null(strstr(scene.err.text, "another data set"));
    assert_null(view);
    tell_of(&scene, 0); /* as of a number that was never given */
    assert_int_equal(read_due(&view, &scene, 1, 1001), SL_OK);
    assert_int_equal(view->data_set_count, 0);
    sl_chain_view_free(view);
    scene_close(&scene);
}

/* Answers of one word where more belong, and refusals: nothing is made up. */
static void answers_that_are_cut_short_are_no_answers(void **state)
{
    (void)state;
    struct scene scene;
    struct sl_chain_view *view = NULL;
    const uint8_t word[32] = {[31] = 1};
    open_with_sets(&scene);
    struct sl_abi_writer call = scene_call("getRail(uint256)");
    sl_abi_put_u64(&call, 1001);
    struct sl_abi_writer short_rail = scene_values("(uint256)");
    sl_abi_put_u64(&short_rail, 7);
    sl_chain_node_on(scene.node, &scene.payments, &call, &short_rail);
    assert_int_equal(read_due(&view, &scene, 1, 1001), SL_OK);
    assert_false(view->data_sets[0].rail_rate_known);
    sl_chain_view_free(view);
    sl_chain_node_bytes(scene.node, &scene.view, "getPriceList()", word, sizeof word, true);
    assert_int_equal(read_due(&view, &scene, 1, 1001), SL_EPROTO);
    assert_null(view);
    sl_chain_node_bytes(scene.node, &scene.view, "getPriceList()", "", 0, false);
    assert_int_equal(read_due(&view, &scene, 1, 1001), SL_EREVERT);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(account_prices_and_data_set_come_in_one_round_trip),
        cmocka_unit_test(a_new_data_set_is_not_asked_for),
        cmocka_unit_test(a_data_set_that_takes_no_pieces_is_told_as_such),
        cmocka_unit_test(the_rate_of_another_rail_is_not_taken),
        cmocka_unit_test(a_node_that_knows_another_data_set_or_none_is_seen_through),
        cmocka_unit_test(answers_that_are_cut_short_are_no_answers),
    };
    return cmocka_run_group_tests_name("due", tests, NULL, NULL);
}
