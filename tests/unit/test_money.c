/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Money before bytes, over a scripted chain with the prices of today: what a commit needs is known
 * to the unit before the first byte and before each payload. Numbers seen on the contracts. */
#include <stdlib.h>
#include <string.h>

#include "sluice/costs.h"

#include "chain_scene.h"
#include "commit/commit_internal.h"
#include "commit/money/money.h"
#include "commit/provider/candidates.h"
#include "support/test.h"
#include "support/tmp.h"

enum { SETS = 2, TEN_LEAVES_BYTES = 300 };

static const uint64_t OLD_RATE = UINT64_C(277777804514);

struct rig {
    struct scene scene;
    struct sl_commit *commit;
    struct sl_chain_view *view;
    struct sl_lane *lane; /* the commit's first */
    struct sl_batch *batch;
    struct sl_err err;
    char dir[SL_PATH_BYTES];
};

static struct sl_u256 usdfc(const char *text)
{
    struct sl_u256 out;
    assert_int_equal(sl_u256_parse_amount(&out, text, strlen(text), SL_TOKEN_DECIMALS, NULL),
                     SL_OK);
    return out;
}

static struct sl_u256 minus_one(struct sl_u256 value)
{
    assert_true(sl_u256_sub(&value, value, sl_u256(1)));
    return value;
}

static void tell_sets(struct rig *rig)
{
    scene_data_sets(&rig->scene, SETS);
    for (uint64_t id = 1; id <= SETS; id++) {
        scene_one_set(&rig->scene, id);
        scene_rail(&rig->scene, 1000 + id, sl_u256(OLD_RATE));
    }
}

/* Two providers, a data set at each, made under 1.3. */
static int setup(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);
    struct sl_prices prices;
    assert_non_null(rig);
    rig->commit = calloc(1, sizeof *rig->commit);
    rig->batch = calloc(1, sizeof *rig->batch);
    assert_non_null(rig->commit);
    assert_non_null(rig->batch);
    sl_tmp_make(rig->dir);
    scene_open(&rig->scene);
    sl_prices_known(&prices, &(struct sl_prices){.add_fee = sl_u256(0)}, true);
    scene_prices(&rig->scene, &prices);
    scene_providers(&rig->scene, SETS, SETS, 0);
    rig->scene.reserve = usdfc("0.0736");
    tell_sets(rig);
    scene_account(&rig->scene, usdfc("10"), sl_u256(2 * OLD_RATE));
    pthread_mutex_init(&rig->commit->lock, NULL);
    rig->commit->options = (struct sl_commit_options){.network = rig->scene.network,
                                                      .payer = rig->scene.payer,
                                                      .copies = SETS,
                                                      .lanes = SETS,
                                                      .clock = sl_clock_system()};
    assert_int_equal(sl_journal_open(&rig->commit->journal, rig->dir, SL_JOURNAL_WRITE,
                                     &rig->commit->options.clock, NULL),
                     SL_OK);
    rig->lane = &rig->commit->lanes[0];
    *state = rig;
    return 0;
}

static int teardown(void **state)
{
    struct rig *rig = *state;
    sl_chain_view_free(rig->view);
    sl_journal_close(rig->commit->journal);
    pthread_mutex_destroy(&rig->commit->lock);
    scene_close(&rig->scene);
    sl_tmp_remove(rig->dir);
    free(rig->batch);
    free(rig->commit);
    free(rig);
    return 0;
}

/* As at the start of a run: everything is read, and each copy goes to a data set there is. */
static void start(struct rig *rig)
{
    const struct sl_chain_wish wish = {
        .what = SL_READ_ALL, .payer = &rig->scene.payer, .session_key = &rig->scene.session_key};
    struct sl_commit *commit = rig->commit;
    sl_chain_view_free(rig->view);
    rig->view = NULL;
    assert_int_equal(sl_chain_read(&rig->view, rig->scene.chain, &wish, &rig->err), SL_OK);
    commit->money.prices = rig->view->prices;
    commit->money.account = rig->view->account;
    commit->money.account_state = rig->view->account_state;
    commit->money.approval = rig->view->approval;
    commit->lane_count = SETS;
    for (size_t i = 0; i < SETS; i++) {
        const struct sl_choice choice = {.provider = &rig->view->providers[i],
                                         .data_set = &rig->view->data_sets[i]};
        struct sl_lane *lane = &commit->lanes[i];
        lane->commit = commit;
        lane->copy = (unsigned)i;
        lane->chain = rig->scene.chain;
        lane->journal = commit->journal;
        assert_int_equal(sl_target_of(&lane->target, &choice, &rig->err), SL_OK);
        commit->start[i] = commit->last[i] = sl_target_cost(commit, &lane->target);
    }
}

/* Whether an upload of a piece of ten leaves may begin with this account. */
static int may_begin(struct rig *rig, struct sl_u256 available, struct sl_u256 rate)
{
    struct sl_commit_price price;
    scene_account(&rig->scene, available, rate);
    start(rig);
    return sl_commit_preflight(&price, rig->commit, sl_u256(TEN_LEAVES_BYTES), 1, &rig->err);
}

/* Whether one payload with so many such pieces may be signed now, whatever was known at the start.
 */
static int may_sign_many(struct rig *rig, size_t pieces, struct sl_u256 available)
{
    scene_account(&rig->scene, available, sl_u256(2 * OLD_RATE));
    *rig->batch = (struct sl_batch){.record.count = pieces};
    for (size_t i = 0; i < pieces; i++)
        rig->batch->record.pieces[i].payload_bytes = TEN_LEAVES_BYTES;
    return sl_lane_check_money(rig->lane, rig->batch, &rig->err);
}

static int may_sign(struct rig *rig, struct sl_u256 available)
{
    return may_sign_many(rig, 1, available);
}

static struct sl_u256 need_of(const char *reserve_refill, size_t sets)
{
    /* sets 1 and 2 of the scene have 4 and 8 leaves; ten more are added to each */
    static const uint64_t rates[] = {UINT64_C(1388888900572), UINT64_C(1388888903914)};
    struct sl_u256 need = usdfc(reserve_refill);
    for (size_t i = 0; i < sets; i++) {
        struct sl_u256 more;
        assert_true(sl_u256_mul(&more, sl_u256(rates[i] - OLD_RATE), sl_u256(86400)));
        assert_true(sl_u256_add(&need, need, more));
    }
    return need;
}

static void two_old_data_sets_need_their_rent_before_the_first_byte(void **state)
{
    struct rig *rig = *state;
    const struct sl_u256 rate = sl_u256(2 * OLD_RATE);
    const struct sl_u256 need = need_of("0", 2);
    assert_int_equal(may_begin(rig, usdfc("0.08"), rate), SL_EMONEY);
    assert_non_null(strstr(rig->err.text, "the account has 0.08 USDFC available"));
    assert_non_null(strstr(rig->err.text, "deposit at least 0.13 USDFC"));
    assert_int_equal(may_begin(rig, need, rate), SL_OK);
    assert_int_equal(may_begin(rig, minus_one(need), rate), SL_EMONEY);
}

static void a_reserve_that_this_add_refills_is_needed_before_the_first_byte(void **state)
{
    struct rig *rig = *state;
    const struct sl_u256 rate = sl_u256(2 * OLD_RATE);
    rig->scene.reserve = usdfc("0.035");
    tell_sets(rig);
    rig->commit->options.copies = 1;
    const struct sl_u256 need = need_of("0.476", 1);                 /* 0.5 + 0.011 - 0.035 */
    assert_int_equal(may_begin(rig, usdfc("0.1"), rate), SL_EMONEY); /* the rent, no refill */
    assert_non_null(strstr(rig->err.text, "deposit at least 0.48 USDFC"));
    assert_int_equal(may_begin(rig, need, rate), SL_OK);
    assert_int_equal(may_begin(rig, minus_one(need), rate), SL_EMONEY);
    rig->scene.reserve = usdfc("0.0251"); /* a fee that is owed counts like one of this add */
    rig->scene.pending = usdfc("0.007");
    tell_sets(rig);
    const struct sl_u256 owed = need_of("0.4929", 1);
    assert_int_equal(may_begin(rig, owed, rate), SL_OK);
    assert_int_equal(may_begin(rig, minus_one(owed), rate), SL_EMONEY);
}

static void a_payload_is_checked_against_the_data_set_of_the_moment(void **state)
{
    struct rig *rig = *state;
    assert_int_equal(may_begin(rig, usdfc("10"), sl_u256(2 * OLD_RATE)), SL_OK);
    const struct sl_u256 need = need_of("0", 1);
    assert_int_equal(may_sign(rig, minus_one(need)), SL_EMONEY);
    assert_int_equal(may_sign(rig, need), SL_OK);
    assert_true(rig->batch->is_reserved);
    rig->scene.reserve =
        usdfc("0.035"); /* another machine added meanwhile: the reserve is used up */
    tell_sets(rig);
    scene_rail(&rig->scene, 1001, sl_u256(UINT64_C(1388888892230)));
    struct sl_u256 refill;
    assert_true(sl_u256_mul(&refill, sl_u256(1388888900572 - 1388888892230), sl_u256(86400)));
    assert_true(sl_u256_add(&refill, refill, usdfc("0.476")));
    assert_int_equal(may_sign(rig, minus_one(refill)), SL_EMONEY);
    assert_non_null(strstr(rig->err.text, "available"));
    assert_int_equal(may_sign(rig, refill), SL_OK);
    assert_int_equal(sl_u256_cmp(rig->lane->target.reserve, usdfc("0.035")), 0);
}

/* Forty pieces that are one call: its fee of 0.128 leaves the reserve above the threshold, and
 * those of forty calls would not. */
static void a_payload_is_priced_as_the_one_call_that_it_is(void **state)
{
    struct rig *rig = *state;
    struct sl_u256 need;
    rig->scene.reserve = usdfc("0.153");
    tell_sets(rig);
    assert_int_equal(may_begin(rig, usdfc("10"), sl_u256(2 * OLD_RATE)), SL_OK);
    assert_true(sl_u256_mul(&need, sl_u256(UINT64_C(1388889226448) - OLD_RATE), sl_u256(86400)));
    assert_int_equal(may_sign_many(rig, 40, minus_one(need)), SL_EMONEY);
    assert_int_equal(may_sign_many(rig, 40, need), SL_OK);
    assert_int_equal(sl_u256_cmp(rig->batch->after.reserve, usdfc("0.025")), 0);
    rig->scene.reserve = minus_one(usdfc("0.153"));
    tell_sets(rig);
    assert_true(sl_u256_add(&need, need, usdfc("0.475000000000000001")));
    assert_int_equal(may_sign_many(rig, 40, minus_one(need)), SL_EMONEY);
    assert_int_equal(may_sign_many(rig, 40, need), SL_OK);
}

static void the_moment_of_a_payload_is_one_round_trip(void **state)
{
    struct rig *rig = *state;
    assert_int_equal(may_begin(rig, usdfc("10"), sl_u256(2 * OLD_RATE)), SL_OK);
    const int before = sl_chain_node_requests(rig->scene.node);
    assert_int_equal(may_sign(rig, usdfc("10")), SL_OK);
    assert_int_equal(sl_chain_node_requests(rig->scene.node) - before, 1);
}

static void queue_a_file(struct rig *rig)
{
    struct sl_job job = {.file.size_bytes = TEN_LEAVES_BYTES, .copies.wanted = SETS};
    const int rc = sl_journal_add(rig->commit->journal, &job, "/films/alps.mkv", &rig->err);
    if (rc < 0)
        fail_msg("%s", rig->err.text);
}

/* Another payload of the account came first. The contract's own words have no number. */
static void what_the_chain_refuses_for_money_is_told_with_the_sum(void **state)
{
    struct rig *rig = *state;
    assert_int_equal(may_begin(rig, usdfc("10"), sl_u256(2 * OLD_RATE)), SL_OK);
    assert_int_equal(may_sign(rig, usdfc("10")), SL_OK);
    scene_account(&rig->scene, usdfc("0.05"), sl_u256(2 * OLD_RATE));
    struct sl_err err = {0};
    (void)sl_err_set(&err, SL_EMONEY, "does not cover what is locked");
    sl_lane_explain_money(rig->lane, rig->batch, &err);
    assert_int_equal(err.code, SL_EMONEY);
    assert_non_null(strstr(err.text, "the account has 0.05 USDFC available"));
    scene_account(&rig->scene, usdfc("10"), sl_u256(2 * OLD_RATE));
    (void)sl_err_set(&err, SL_EMONEY, "does not cover what is locked");
    sl_lane_explain_money(rig->lane, rig->batch, &err);
    assert_non_null(strstr(err.text, "does not cover"));
}

/* What has landed in the other copy's data set meanwhile is not asked for again. */
static void the_price_of_the_queue_knows_what_has_landed_in_the_other_copy(void **state)
{
    struct rig *rig = *state;
    queue_a_file(rig);
    assert_int_equal(may_begin(rig, usdfc("10"), sl_u256(2 * OLD_RATE)), SL_OK);
    assert_int_equal(may_sign(rig, usdfc("0.05")), SL_EMONEY);
    assert_non_null(strstr(rig->err.text, "deposit at least 0.16 USDFC"));
    rig->lane = &rig->commit->lanes[1];
    assert_int_equal(may_sign(rig, usdfc("10")), SL_OK);
    rig->batch->record.provider_id = rig->lane->target.provider_id;
    sl_lane_note_paid(rig->lane, rig->batch);
    rig->lane = &rig->commit->lanes[0];
    assert_int_equal(may_sign(rig, usdfc("0.05")), SL_EMONEY);
    assert_non_null(strstr(rig->err.text, "deposit at least 0.06 USDFC"));
}

/* Ended between the choice of the data set and its payload: no price, and no signature. */
static void a_data_set_that_ends_meanwhile_gets_no_payload(void **state)
{
    struct rig *rig = *state;
    assert_int_equal(may_begin(rig, usdfc("10"), sl_u256(2 * OLD_RATE)), SL_OK);
    rig->scene.end_epoch = SCENE_EPOCH + 1;
    tell_sets(rig);
    assert_int_equal(may_sign(rig, usdfc("10")), SL_EBUSY);
    assert_non_null(strstr(rig->err.text, "data set 1"));
    assert_false(rig->batch->is_reserved);
}

/* A new one has no data set to read; its prices are those of the moment all the same. */
static void a_new_data_set_needs_its_minimum_and_the_storage(void **state)
{
    struct rig *rig = *state;
    assert_int_equal(may_begin(rig, usdfc("10"), sl_u256(0)), SL_OK);
    struct sl_u256 need;
    rig->lane->target.data_set = sl_u256(0);
    assert_true(sl_u256_mul(&need, sl_u256(UINT64_C(1388888897230)), sl_u256(86400)));
    assert_true(sl_u256_add(&need, need, usdfc("0.5")));
    assert_int_equal(may_sign(rig, minus_one(need)), SL_EMONEY);
    assert_int_equal(may_sign(rig, need), SL_OK);
}

/* Every price in turn, as no list can have it. */
static void refuse_odd_prices(struct rig *rig, struct sl_u256 odd)
{
    struct sl_prices known;
    sl_prices_known(&known, &(struct sl_prices){.add_fee = sl_u256(0)}, true);
    struct sl_u256 *const all[] = {
#define FIELD(field, decimals, name, older, newer) &known.field,
        SL_PRICES(FIELD)
#undef FIELD
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        const struct sl_u256 before = *all[i];
        *all[i] = odd;
        scene_prices(&rig->scene, &known);
        rig->commit->options.takes_odd_prices = false;
        assert_int_equal(may_sign(rig, usdfc("10")), SL_EMONEY);
        assert_non_null(strstr(rig->err.text, "the node says that"));
        assert_non_null(strstr(rig->err.text, "this release knows"));
        assert_false(rig->batch->is_reserved);
        rig->commit->options.takes_odd_prices = true; /* as with --max-spend: the limit holds */
        assert_int_not_equal(may_sign(rig, usdfc("10")), SL_OK);
        assert_false(rig->batch->is_reserved);
        *all[i] = before;
    }
}

static void a_price_of_nothing_or_of_all_money_is_never_paid_on_a_guess(void **state)
{
    struct rig *rig = *state;
    assert_int_equal(may_begin(rig, usdfc("10"), sl_u256(2 * OLD_RATE)), SL_OK);
    rig->commit->options.limit = (struct sl_spend_limit){.is_set = true, .most = usdfc("0.09")};
    refuse_odd_prices(rig, sl_u256(0));
    refuse_odd_prices(rig, sl_u256_max());
    refuse_odd_prices(rig, sl_u256_shr(sl_u256_max(), 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define MONEY_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        MONEY_TEST(two_old_data_sets_need_their_rent_before_the_first_byte),
        MONEY_TEST(a_reserve_that_this_add_refills_is_needed_before_the_first_byte),
        MONEY_TEST(a_payload_is_checked_against_the_data_set_of_the_moment),
        MONEY_TEST(a_payload_is_priced_as_the_one_call_that_it_is),
        MONEY_TEST(the_moment_of_a_payload_is_one_round_trip),
        MONEY_TEST(what_the_chain_refuses_for_money_is_told_with_the_sum),
        MONEY_TEST(the_price_of_the_queue_knows_what_has_landed_in_the_other_copy),
        MONEY_TEST(a_data_set_that_ends_meanwhile_gets_no_payload),
        MONEY_TEST(a_price_of_nothing_or_of_all_money_is_never_paid_on_a_guess),
        MONEY_TEST(a_new_data_set_needs_its_minimum_and_the_storage),
    };
    return cmocka_run_group_tests_name("money", tests, NULL, NULL);
}
