/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The cost formulas against the golden vectors. */
#include <string.h>

#include "sluice/costs.h"
#include "sluice/data_set.h"

#include "support/test.h"
#include "support/vectors.h"

static struct sl_u256 number(const cJSON *object, const char *key)
{
    struct sl_u256 out;
    const char *text = sl_vectors_str(object, key);
    assert_int_equal(sl_u256_parse_dec(&out, text, strlen(text), NULL), SL_OK);
    return out;
}

static struct sl_u256 number_or(const cJSON *object, const char *key, struct sl_u256 otherwise)
{
    return cJSON_HasObjectItem(object, key) ? number(object, key) : otherwise;
}

static bool flag_or(const cJSON *object, const char *key, bool otherwise)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
    return value != NULL ? cJSON_IsTrue(value) : otherwise;
}

static void expect(const cJSON *object, const char *key, struct sl_u256 got)
{
    char text[SL_U256_DEC_CHARS];
    sl_u256_dec(text, got);
    assert_string_equal(text, sl_vectors_str(object, key));
}

static void expect_flag(const cJSON *object, const char *key, bool got)
{
    assert_true(cJSON_HasObjectItem(object, key));
    assert_int_equal(got, cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, key)));
}

static const cJSON *member(const cJSON *object, const char *key)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
    assert_non_null(value);
    return value;
}

static struct sl_prices prices_of(const cJSON *list)
{
    const cJSON *rates = member(list, "rates");
    const cJSON *fees = member(list, "fees");
    const cJSON *lockups = member(list, "lockups");
    return (struct sl_prices){
        .storage_per_tib_month = number(rates, "storagePerTibPerMonth"),
        .data_set_per_month = number(rates, "datasetFeePerMonth"),
        .create_fee = number(fees, "createDataSetFee"),
        .add_fee = number(fees, "addPiecesBaseFee"),
        .piece_fee = number(fees, "addPiecesPerPieceFee"),
        .reserve_target = number(lockups, "lifecycleReserveTarget"),
        .reserve_threshold = number(lockups, "replenishThreshold"),
        .lockup_epochs = number(lockups, "defaultLockupPeriod"),
        .cdn_lockup = number(lockups, "cdnLockupAmount"),
        .cache_miss_lockup = number(lockups, "cacheMissLockupAmount"),
    };
}

static struct sl_account account_of(const cJSON *input)
{
    return (struct sl_account){.funds = number(input, "funds"),
                               .lockup = number(input, "lockupCurrent"),
                               .rate = number(input, "lockupRate"),
                               .settled_at = number(input, "lockupLastSettledAt")};
}

static struct sl_approval approval_of(const cJSON *input)
{
    return (struct sl_approval){.approved = flag_or(input, "isApproved", false),
                                .rate_allowance = number(input, "rateAllowance"),
                                .lockup_allowance = number(input, "lockupAllowance"),
                                .rate_usage = number(input, "rateUsage"),
                                .lockup_usage = number(input, "lockupUsage"),
                                .max_lockup_epochs = number(input, "maxLockupPeriod")};
}

static struct sl_u256 leaves_of(const cJSON *sizes)
{
    const cJSON *size = NULL;
    struct sl_u256 sum = sl_u256(0);
    cJSON_ArrayForEach(size, sizes)
    {
        struct sl_u256 bytes, leaves;
        assert_int_equal(
            sl_u256_parse_dec(&bytes, size->valuestring, strlen(size->valuestring), NULL), SL_OK);
        assert_int_equal(sl_cost_leaves(&leaves, bytes, 1, NULL), SL_OK);
        assert_true(sl_u256_add(&sum, sum, leaves));
    }
    return sum;
}

static uint64_t count_of(const cJSON *sizes)
{
    return (uint64_t)cJSON_GetArraySize(sizes);
}

static struct sl_cost_target target_of(const cJSON *input)
{
    const cJSON *sizes = member(input, "pieceSizes");
    const char *reserve = cJSON_HasObjectItem(input, "currentReserveBalance")
                              ? "currentReserveBalance"
                              : "currentLifecycleReserveBalance";
    return (struct sl_cost_target){
        .leaves = leaves_of(sizes),
        .current_leaves = number_or(input, "dataSetLeafCount", sl_u256(0)),
        .reserve = number_or(input, reserve, sl_u256(0)),
        .pending = number_or(input, "pendingOneTimePayments", sl_u256(0)),
        .pieces = count_of(sizes),
        .is_new = flag_or(input, "isNewDataSet", true),
        .cdn = flag_or(input, "withCDN", false)};
}

static struct sl_cost_terms terms_of(const cJSON *input, const struct sl_prices *prices)
{
    struct sl_cost_terms terms = sl_cost_terms(prices);
    terms.batch = 1; /* as the SDK counts */
    terms.lockup_epochs = number_or(input, "lockupEpochs", terms.lockup_epochs);
    terms.month_epochs = number_or(input, "epochsPerMonth", terms.month_epochs);
    terms.extra_epochs = number_or(input, "extraRunwayEpochs", terms.extra_epochs);
    terms.buffer_epochs = number_or(input, "bufferEpochs", terms.buffer_epochs);
    return terms;
}

/* Whether the input has a negative number anywhere. */
static bool has_negative(const cJSON *value)
{
    const cJSON *at = NULL;
    bool negative = cJSON_IsString(value) && value->valuestring[0] == '-';
    cJSON_ArrayForEach(at, value) negative = negative || has_negative(at);
    return negative;
}

/* Whether "0", "" or [] stands where something must be added. */
static bool adds_nothing(const cJSON *sizes)
{
    const cJSON *size = NULL;
    bool nothing = cJSON_GetArraySize(sizes) == 0;
    cJSON_ArrayForEach(size, sizes) nothing = nothing || strcmp(size->valuestring, "0") == 0;
    return nothing;
}

static bool lacks(const cJSON *input, const char *key)
{
    return !cJSON_HasObjectItem(input, key);
}

static int price(const cJSON *input, const struct sl_cost_target *targets, size_t count)
{
    const struct sl_prices prices = prices_of(member(input, "priceList"));
    const struct sl_cost_terms terms = terms_of(input, &prices);
    const struct sl_account account = {.funds = sl_u256(0)};
    const struct sl_account_state state = {.available = sl_u256(0)};
    struct sl_cost_upload costs;
    return sl_cost_upload(&costs, &prices, &account, &state, &(struct sl_approval){0}, targets,
                          count, &terms, NULL);
}

static void expect_no_price_of_nothing(const cJSON *sizes)
{
    const struct sl_prices prices = {.add_fee = sl_u256(1)};
    struct sl_cost_target target = {.pieces = 0};
    struct sl_cost_fees fees;
    struct sl_u256 refill, leaves;
    assert_int_equal(sl_cost_leaves(&leaves, sl_u256(0), 1, NULL), SL_EINVAL);
    if (cJSON_GetArraySize(sizes) > 0)
        return;
    assert_int_equal(sl_cost_leaves(&leaves, sl_u256(127), 0, NULL), SL_EINVAL);
    assert_int_equal(sl_cost_fees(&fees, &prices, false, 0, 1, NULL), SL_EINVAL);
    assert_int_equal(sl_cost_refill(&refill, NULL, &prices, &target, 1, NULL), SL_EINVAL);
}

/* Cases that the reference refuses cannot all be put to our functions. So each must be of a known
 * kind; where one of our functions rejects such input, it must do so too. */
static void expect_refused(const cJSON *input)
{
    const cJSON *options = cJSON_GetObjectItemCaseSensitive(input, "options");
    const cJSON *target = options != NULL ? options : input;
    const cJSON *end = cJSON_GetObjectItemCaseSensitive(target, "pdpEndEpoch");
    struct sl_data_set set = {.live = true, .managed = true};
    struct sl_u256 none;
    if (has_negative(input)) {
        assert_int_not_equal(sl_u256_parse_dec(&none, "-1", 2, NULL), SL_OK);
    } else if (cJSON_IsString(end) && strcmp(end->valuestring, "0") != 0) {
        struct sl_cost_target ended = target_of(target);
        assert_true(sl_data_set_is_usable(&set));
        assert_int_equal(price(input, &ended, 1), SL_OK);
        set.end_epoch = ended.end_epoch = number(target, "pdpEndEpoch");
        assert_false(sl_data_set_is_usable(&set)); /* so it is never chosen */
        assert_int_equal(price(input, &ended, 1), SL_EREFUSED);
    } else if (!lacks(input, "contexts")) {
        assert_int_equal(cJSON_GetArraySize(member(input, "contexts")), 0);
        assert_int_equal(price(input, NULL, 0), SL_EINVAL);
    } else if (adds_nothing(member(target, "pieceSizes"))) {
        expect_no_price_of_nothing(member(target, "pieceSizes"));
    } else {
        /* an existing data set always has its numbers: one read gives both */
        assert_false(flag_or(target, "isNewDataSet", true));
        assert_true(lacks(target, "dataSetLeafCount") || lacks(target, "pdpEndEpoch") ||
                    (lacks(target, "currentReserveBalance") &&
                     lacks(target, "currentLifecycleReserveBalance")));
    }
}

static void expect_fees(const cJSON *output, const struct sl_cost_fees *fees)
{
    expect(output, "createDataSetFee", fees->create);
    expect(output, "addPiecesFee", fees->add);
    expect(output, "total", fees->total);
}

static void expect_lockup(const cJSON *output, const struct sl_cost_lockup *lockup)
{
    if (cJSON_HasObjectItem(output, "rateDeltaPerEpoch"))
        expect(output, "rateDeltaPerEpoch", lockup->rate_delta);
    expect(output, "streamingLockup", lockup->streaming);
    expect(output, "lifecycleLockup", lockup->reserve);
    if (cJSON_HasObjectItem(output, "reserveReplenishment"))
        expect(output, "reserveReplenishment", lockup->refill);
    expect(output, "cdnLockup", lockup->cdn);
    expect(output, "cacheMissLockup", lockup->cache_miss);
    expect(output, "total", lockup->total);
}

static void case_rate(const cJSON *input, const cJSON *output)
{
    const struct sl_prices prices = {.storage_per_tib_month =
                                         number(input, "storagePerTibPerMonth"),
                                     .data_set_per_month = number(input, "datasetFeePerMonth")};
    struct sl_cost_rate rate;
    assert_int_equal(sl_cost_rate(&rate, &prices, number(input, "sizeInBytes"),
                                  number(input, "epochsPerMonth"), NULL),
                     SL_OK);
    expect(output, "ratePerEpoch", rate.per_epoch);
    expect(output, "ratePerMonth", rate.per_month);
}

static void case_fees(const cJSON *input, const cJSON *output)
{
    const struct sl_prices prices = prices_of(member(input, "priceList"));
    const cJSON *sizes = member(input, "pieceSizes");
    struct sl_cost_fees fees;
    if (output == NULL) {
        expect_refused(input);
        return;
    }
    assert_int_equal(sl_cost_fees(&fees, &prices, flag_or(input, "isNewDataSet", true),
                                  count_of(sizes), 1, NULL),
                     SL_OK);
    expect_fees(output, &fees);
}

static void case_leaves(const cJSON *input, const cJSON *output)
{
    struct sl_u256 leaves;
    assert_int_equal(sl_cost_leaves(&leaves, number(input, "rawSize"), 1, NULL), SL_OK);
    expect(output, "value", leaves);
}

static void case_leaf_bytes(const cJSON *input, const cJSON *output)
{
    struct sl_u256 bytes;
    assert_int_equal(sl_cost_leaf_bytes(&bytes, number(input, "leafCount"), NULL), SL_OK);
    expect(output, "value", bytes);
}

static void case_all_leaves(const cJSON *input, const cJSON *output)
{
    if (output != NULL)
        expect(output, "value", leaves_of(member(input, "pieceSizes")));
    else
        expect_refused(input);
}

static void case_reserve(const cJSON *input, const cJSON *output)
{
    if (output == NULL) {
        expect_refused(input);
        return;
    }
    const struct sl_prices prices = prices_of(member(input, "priceList"));
    const struct sl_cost_target target = target_of(input);
    struct sl_u256 refill, left;
    assert_int_equal(sl_cost_refill(&refill, &left, &prices, &target, 1, NULL), SL_OK);
    expect(output, "replenishmentLockup", refill);
    expect(output, "finalReserveBalance", left);
}

static void case_lockup(const cJSON *input, const cJSON *output)
{
    if (output == NULL) {
        expect_refused(input);
        return;
    }
    const struct sl_prices prices = prices_of(member(input, "priceList"));
    const struct sl_cost_target target = target_of(input);
    const struct sl_cost_terms terms = terms_of(input, &prices);
    struct sl_cost_lockup lockup;
    assert_int_equal(sl_cost_lockup(&lockup, &prices, &target, &terms, NULL), SL_OK);
    expect_lockup(output, &lockup);
}

static void case_state(const cJSON *input, const cJSON *output)
{
    const struct sl_account account = account_of(input);
    struct sl_account_state state;
    assert_int_equal(sl_account_state(&state, &account, number(input, "currentEpoch"), NULL),
                     SL_OK);
    expect(output, "availableFunds", state.available);
    expect(output, "runwayInEpochs", state.runway);
    expect(output, "grossCoverageInEpochs", state.coverage);
}

static void case_debt(const cJSON *input, const cJSON *output)
{
    const struct sl_account account = account_of(input);
    struct sl_account_state state;
    assert_int_equal(sl_account_state(&state, &account, number(input, "currentEpoch"), NULL),
                     SL_OK);
    expect(output, "value", state.debt);
}

static void case_runway(const cJSON *input, const cJSON *output)
{
    struct sl_u256 price;
    assert_int_equal(sl_cost_runway(&price, number(input, "netRateAfterUpload"),
                                    number(input, "extraRunwayEpochs"), NULL),
                     SL_OK);
    expect(output, "value", price);
}

static void case_buffer(const cJSON *input, const cJSON *output)
{
    const char *raw = sl_vectors_str(input, "rawDepositNeeded");
    const bool is_short = raw[0] != '-' && strspn(raw, "0") != strlen(raw);
    const struct sl_account_state state = {.available = number(input, "availableFunds"),
                                           .runway = number(input, "runwayInEpochs")};
    struct sl_u256 buffer;
    assert_int_equal(sl_cost_buffer(&buffer, is_short, number(input, "netRateAfterUpload"), &state,
                                    number(input, "bufferEpochs"), NULL),
                     SL_OK);
    expect(output, "value", buffer);
}

static void case_deposit(const cJSON *input, const cJSON *output)
{
    if (output == NULL) {
        expect_refused(input);
        return;
    }
    const struct sl_prices prices = prices_of(member(input, "priceList"));
    const struct sl_cost_target target = target_of(input);
    const struct sl_cost_terms terms = terms_of(input, &prices);
    const struct sl_account account = {.rate = number(input, "currentLockupRate")};
    const struct sl_account_state state = {.available = number(input, "availableFunds"),
                                           .debt = number(input, "debt"),
                                           .runway = number(input, "runwayInEpochs")};
    struct sl_cost_upload costs;
    assert_int_equal(sl_cost_upload(&costs, &prices, &account, &state, &(struct sl_approval){0},
                                    &target, 1, &terms, NULL),
                     SL_OK);
    expect(output, "depositNeeded", costs.deposit);
    expect_lockup(member(output, "lockup"), &costs.lockup);
    expect_fees(member(output, "fees"), &costs.fees);
}

static void case_approved(const cJSON *input, const cJSON *output)
{
    const struct sl_approval approval = approval_of(member(input, "approval"));
    expect_flag(output, "approved",
                sl_approval_is_unlimited(&approval, number(input, "requiredMaxLockupPeriod")));
}

static void case_upload(const cJSON *input, const cJSON *output)
{
    if (output == NULL) {
        expect_refused(input);
        return;
    }
    const cJSON *options = member(input, "options");
    const cJSON *told = member(input, "account");
    const struct sl_account account = account_of(told);
    const struct sl_approval approval = approval_of(member(input, "approval"));
    const struct sl_prices prices = prices_of(member(input, "priceList"));
    const struct sl_cost_target target = target_of(options);
    const struct sl_cost_terms terms = terms_of(options, &prices);
    struct sl_account_state state;
    struct sl_cost_upload costs;
    assert_int_equal(sl_account_state(&state, &account, number(told, "currentEpoch"), NULL), SL_OK);
    assert_int_equal(
        sl_cost_upload(&costs, &prices, &account, &state, &approval, &target, 1, &terms, NULL),
        SL_OK);
    expect(member(output, "rates"), "perEpoch", costs.rate.per_epoch);
    expect(member(output, "rates"), "perMonth", costs.rate.per_month);
    expect_fees(member(output, "fees"), &costs.fees);
    expect_lockup(member(output, "lockups"), &costs.lockup);
    expect(output, "depositNeeded", costs.deposit);
    expect_flag(output, "needsFwssMaxApproval", costs.needs_approval);
    expect_flag(output, "ready", costs.ready);
}

/* Several data sets at once. */
static void case_contexts(const cJSON *input, const cJSON *output)
{
    const struct sl_prices prices = prices_of(member(input, "priceList"));
    const struct sl_cost_terms terms = terms_of(input, &prices);
    const cJSON *told = member(input, "account");
    const cJSON *context = NULL;
    const struct sl_account account = {.rate = number(told, "currentLockupRate")};
    const struct sl_account_state state = {.available = number(told, "availableFunds"),
                                           .debt = number(told, "debt"),
                                           .runway = number(told, "runwayInEpochs")};
    struct sl_cost_target targets[16];
    struct sl_cost_upload costs;
    size_t count = 0;
    if (output == NULL) {
        expect_refused(input);
        return;
    }
    cJSON_ArrayForEach(context, member(input, "contexts"))
    {
        const cJSON *set = member(context, "dataSet");
        const cJSON *sizes = member(context, "pieceSizes");
        struct sl_cost_target *target = &targets[count++];
        assert_true(count <= sizeof targets / sizeof targets[0]);
        *target = (struct sl_cost_target){.leaves = leaves_of(sizes),
                                          .pieces = count_of(sizes),
                                          .is_new = cJSON_IsNull(set),
                                          .cdn = flag_or(context, "withCDN", false)};
        if (target->is_new)
            continue;
        target->current_leaves = number(set, "leafCount");
        target->reserve = number(set, "lifecycleReserveBalance");
        target->pending = number_or(set, "pendingOneTimePayments", sl_u256(0));
    }
    assert_int_equal(sl_cost_upload(&costs, &prices, &account, &state, &(struct sl_approval){0},
                                    targets, count, &terms, NULL),
                     SL_OK);
    expect(member(output, "rates"), "perEpoch", costs.rate.per_epoch);
    expect_fees(member(output, "fees"), &costs.fees);
    expect_lockup(member(output, "lockups"), &costs.lockup);
    expect(output, "depositNeeded", costs.deposit);
}

static void case_days(const cJSON *input, const cJSON *output)
{
    expect(output, "hours", sl_epochs_hours(number(input, "epochs")));
    expect(output, "days", sl_epochs_days(number(input, "epochs")));
}

static const struct sl_vector_fn functions[] = {
    {"calculateEffectiveRate", case_rate},
    {"calculateUploadFees", case_fees},
    {"rawSizeToLeafCount", case_leaves},
    {"leafCountToRawSize", case_leaf_bytes},
    {"pieceSizesToLeafCount", case_all_leaves},
    {"calculateLifecycleReserveFunding", case_reserve},
    {"calculateUploadCosts", case_contexts},
    {"calculateAdditionalLockupRequired", case_lockup},
    {"resolveAccountState", case_state},
    {"calculateAccountDebt", case_debt},
    {"calculateRunwayAmount", case_runway},
    {"calculateBufferAmount", case_buffer},
    {"calculateDepositNeeded", case_deposit},
    {"isFwssMaxApproved", case_approved},
    {"getUploadCosts", case_upload},
    {"epochsToDays", case_days},
};

static void every_vector_of_costs_agrees(void **state)
{
    (void)state;
    sl_vectors_run("costs.json", functions, sizeof functions / sizeof functions[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_of_costs_agrees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
