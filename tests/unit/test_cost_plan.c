/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What `sluice cost` reckons with, over a scripted chain: data sets older than the prices, one that
 * was terminated, and price lists that cannot be. */
#include <stdlib.h>
#include <string.h>

#include "chain_scene.h"
#include "cli/commands/account/cost_plan.h"
#include "support/test.h"

enum { SETS = 2 };

static const uint64_t OLD_RATE = UINT64_C(277777804514);

struct rig {
    struct scene scene;
    struct sl_config config;
    struct sl_prices prices;
    struct sl_chain_view *view;
    struct sl_cli_cost_plan plan;
    struct sl_err err;
};

static struct sl_u256 usdfc(const char *text)
{
    struct sl_u256 out;
    assert_int_equal(sl_u256_parse_amount(&out, text, strlen(text), SL_TOKEN_DECIMALS, NULL),
                     SL_OK);
    return out;
}

static int setup(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);
    assert_non_null(rig);
    scene_open(&rig->scene);
    sl_prices_known(&rig->prices, &(struct sl_prices){.add_fee = sl_u256(0)}, true);
    scene_providers(&rig->scene, 3, 3, 0); /* the third is endorsed */
    rig->scene.reserve = usdfc("0.0736");
    scene_account(&rig->scene, usdfc("10"), sl_u256(2 * OLD_RATE));
    assert_int_equal(sl_config_defaults(&rig->config, NULL), SL_OK);
    rig->config.copies = 2;
    *state = rig;
    return 0;
}

static int teardown(void **state)
{
    struct rig *rig = *state;
    sl_chain_view_free(rig->view);
    sl_config_free(&rig->config);
    scene_close(&rig->scene);
    free(rig);
    return 0;
}

static void use_data_set(struct rig *rig, const char *id)
{
    free(rig->config.data_set);
    rig->config.data_set = strdup(id);
    assert_non_null(rig->config.data_set);
}

/* A piece of ten leaves in each copy. */
static int plan(struct rig *rig)
{
    const struct sl_chain_wish wish = {
        .what = SL_READ_PROVIDERS | SL_READ_DATA_SETS | SL_READ_MONEY, .payer = &rig->scene.payer};
    const struct sl_cli_provider_cooldown avoid = {.count = 0};
    struct sl_cli_cost_load load = {.split_bytes = 0};
    scene_prices(&rig->scene, &rig->prices);
    scene_data_sets(&rig->scene, SETS);
    for (uint64_t id = 1; id <= SETS; id++)
        scene_rail(&rig->scene, 1000 + id, sl_u256(OLD_RATE));
    sl_chain_view_free(rig->view);
    rig->view = NULL;
    assert_int_equal(sl_chain_read(&rig->view, rig->scene.chain, &wish, &rig->err), SL_OK);
    assert_int_equal(sl_cli_cost_load_add(&load, 300, NULL), SL_OK);
    return sl_cli_cost_plan_make(&rig->plan, &rig->config, &rig->scene.payer, rig->view, &avoid,
                                 &load, &rig->scene.network, &rig->err);
}

static void old_data_sets_are_priced_with_the_whole_difference(void **state)
{
    struct rig *rig = *state;
    use_data_set(rig, "1");
    assert_int_equal(plan(rig), SL_OK);
    assert_int_equal(rig->plan.copies, 2);
    assert_int_equal(sl_u256_cmp(rig->plan.choices[1].data_set->id, sl_u256(2)), 0);
    struct sl_u256 delta = sl_u256(UINT64_C(1388888900572) + UINT64_C(1388888903914));
    assert_true(sl_u256_sub(&delta, delta, sl_u256(2 * OLD_RATE)));
    assert_int_equal(sl_u256_cmp(rig->plan.costs.lockup.rate_delta, delta), 0);
    assert_true(sl_u256_cmp(rig->plan.month, usdfc("0.1919")) > 0);
    assert_true(sl_u256_cmp(rig->plan.month, usdfc("0.1921")) < 0);
    assert_true(rig->plan.advice.given[SL_ADVICE_FIXED]);
}

static void a_data_set_that_was_terminated_is_refused_and_not_priced(void **state)
{
    struct rig *rig = *state;
    rig->scene.end_epoch = SCENE_EPOCH + 1;
    use_data_set(rig, "1");
    assert_int_equal(plan(rig), SL_EREFUSED);
    assert_non_null(strstr(rig->err.text, "terminated"));
}

/* Every price in turn: each is named, and what cannot be added up has no price. */
static size_t name_odd_prices(struct rig *rig, struct sl_u256 odd)
{
    struct sl_u256 *const all[] = {
#define FIELD(field, decimals, name, older, newer) &rig->prices.field,
        SL_PRICES(FIELD)
#undef FIELD
    };
    size_t without_price = 0;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        const struct sl_u256 before = *all[i];
        *all[i] = odd;
        const int rc = plan(rig);
        assert_true(rig->plan.is_doubtful);
        if (rc != SL_OK) {
            without_price++;
            assert_int_equal(rc, SL_EOVERFLOW);
            assert_non_null(strstr(rig->err.text, "the node says that"));
            assert_non_null(strstr(rig->err.text, rig->plan.doubt.name));
        }
        *all[i] = before;
    }
    return without_price;
}

static void prices_that_cannot_be_are_named(void **state)
{
    struct rig *rig = *state;
    rig->config.with_cdn = true; /* new data sets, and every price counts */
    use_data_set(rig, "1");
    assert_int_equal(name_odd_prices(rig, sl_u256(0)), 0);
    assert_in_range(name_odd_prices(rig, sl_u256_max()), 5, 15);
    assert_in_range(name_odd_prices(rig, sl_u256_shr(sl_u256_max(), 1)), 1, 15);
    assert_int_equal(plan(rig), SL_OK);
    assert_false(rig->plan.is_doubtful);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define PLAN_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        PLAN_TEST(old_data_sets_are_priced_with_the_whole_difference),
        PLAN_TEST(a_data_set_that_was_terminated_is_refused_and_not_priced),
        PLAN_TEST(prices_that_cannot_be_are_named),
    };
    return cmocka_run_group_tests_name("cost plan", tests, NULL, NULL);
}
