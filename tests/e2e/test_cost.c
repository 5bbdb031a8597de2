/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built `sluice cost` on a local network: the sums, where they come from, and how it ends. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sluice/chain.h"
#include "sluice/selection.h"

#include "served.h"

static const char *amount(const cJSON *line, const char *object, const char *key)
{
    return bin_str(cJSON_GetObjectItem(line, object), key);
}

static void expect_sum(const char *text, struct sl_u256 wanted)
{
    char digits[SL_U256_DEC_CHARS];
    sl_u256_dec(digits, wanted);
    assert_string_equal(text, digits);
}

/* New data sets, each with a file of so many bytes in one piece, paid by an account that holds and
 * owes nothing. */
static struct sl_cost_upload costs_of(const struct sl_prices *prices, size_t copies, uint64_t bytes)
{
    const struct sl_cost_terms terms = sl_cost_terms(prices);
    const struct sl_account empty = {.funds = sl_u256(0)};
    struct sl_account_state state;
    struct sl_cost_target targets[SL_COPIES_MAX] = {{.pieces = 1, .is_new = true}};
    struct sl_cost_upload costs;
    assert_int_equal(sl_cost_leaves(&targets[0].leaves, sl_u256(bytes), 1, NULL), SL_OK);
    for (size_t i = 1; i < copies; i++)
        targets[i] = targets[0];
    assert_int_equal(sl_account_state(&state, &empty, sl_u256(1), NULL), SL_OK);
    assert_int_equal(sl_cost_upload(&costs, prices, &empty, &state, &(struct sl_approval){0},
                                    targets, copies, &terms, NULL),
                     SL_OK);
    return costs;
}

static void two_copies_of_a_file_are_priced_to_the_last_unit(void **state)
{
    const struct sl_prices prices = served_prices(*state);
    const struct sl_cost_upload costs = costs_of(&prices, 2, 1048576);
    char path[SL_PATH_BYTES];
    bin_file(path, "a", 1048576, 1);
    cJSON *lines = LINES("cost", path);
    const cJSON *cost = served_line(lines, 0);
    assert_int_equal(cJSON_GetArraySize(lines), 1);
    assert_int_equal(bin_number(cost, "files"), 1);
    assert_int_equal(bin_number(cost, "pieces"), 1);
    assert_int_equal(bin_number(cost, "bytes"), 1048576);
    assert_int_equal(bin_number(cost, "copies"), 2);
    expect_sum(bin_str(cost, "perMonth"), costs.rate.per_month);
    expect_sum(amount(cost, "fees", "total"), costs.fees.total);
    expect_sum(amount(cost, "lockup", "total"), costs.lockup.total);
    assert_string_equal(bin_str(cost, "deposit"), "0");
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(cost, "ready")));
    const cJSON *sets = cJSON_GetObjectItem(cost, "dataSets");
    assert_int_equal(bin_number(cJSON_GetArrayItem(sets, 0), "providerId"), 1);
    assert_int_equal(bin_number(cJSON_GetArrayItem(sets, 1), "providerId"), 2);
    cJSON_Delete(lines);
}

static void a_file_over_the_size_of_a_piece_is_several(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    bin_file(path, "big", 0, 1);
    assert_int_equal(truncate(path, INT64_C(1065353216) * 2 + 200), 0);
    cJSON *lines = LINES("cost", path);
    assert_int_equal(bin_number(served_line(lines, 0), "files"), 1);
    assert_int_equal(bin_number(served_line(lines, 0), "pieces"), 9);
    cJSON_Delete(lines);
    assert_int_equal(truncate(path, INT64_C(1065353216)), 0);
    lines = LINES("cost", path);
    assert_int_equal(bin_number(served_line(lines, 0), "pieces"), 1);
    cJSON_Delete(lines);
}

static void folders_are_walked_and_what_is_too_small_is_counted_out(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    bin_folder(path, "in");
    bin_file(path, "in/a", 1000, 1);
    bin_file(path, "in/empty", 0, 1);
    bin_file(path, "in/small", 126, 1);
    bin_file(path, "in/.hidden", 1000, 1);
    cJSON *lines = LINES("cost", "in");
    assert_int_equal(bin_count(lines, "failed"), 2);
    assert_string_equal(bin_str(served_line(lines, 0), "code"), "too_small");
    assert_int_equal(bin_number(bin_last(lines), "files"), 1);
    assert_int_equal(bin_number(bin_last(lines), "refused"), 2);
    cJSON_Delete(lines);
    lines = LINES("cost", "--hidden", "in");
    assert_int_equal(bin_number(bin_last(lines), "files"), 2);
    cJSON_Delete(lines);
    RAN(SL_EXIT_OK, "files      1, 1.0 K, in 1 piece\nrefused    2\n", "in/small: 126 bytes",
        "cost", "in");
    RAN(SL_EXIT_SOME_FAILED, "files      1", "no: there is no such file", "cost", "in/a", "no");
    REFUSED(SL_EXIT_NO_FILE, "there is nothing to upload", "cost", "no");
    REFUSED(SL_EXIT_SOME_FAILED, "there is nothing to upload", "cost", "in/small");
    REFUSED(SL_EXIT_USAGE, "cost: give a path", "cost");
}

static void a_list_on_standard_input_is_taken(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_ran ran;
    bin_file(path, "a", 1000, 1);
    bin_file(path, "b", 2000, 1);
    sl_run(&ran, &bin_home, "a\nb\n", 4, SL_ARGV("cost", "-"));
    assert_int_equal(ran.status, SL_EXIT_OK);
    bin_assert_says(&ran.out, "files      2, ");
    sl_ran_free(&ran);
}

static void a_data_set_that_an_upload_would_use_costs_no_new_one(void **state)
{
    struct chain *chain = *state;
    char path[SL_PATH_BYTES], cid[SL_PIECE_CID_CHARS];
    uint64_t client_id = 0;
    bin_file(path, "a", 1000, 1);
    chain->mark = (struct sl_metadata){"source", "sluice"};
    const uint64_t id = chain_data_set(chain, 0, 1, cid, &client_id);
    cJSON *lines = LINES("cost", path);
    const cJSON *cost = served_line(lines, 0);
    const cJSON *first = cJSON_GetArrayItem(cJSON_GetObjectItem(cost, "dataSets"), 0);
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(first, "new")));
    assert_int_equal(bin_number(first, "dataSetId"), id);
    const struct sl_prices prices = served_prices(chain);
    expect_sum(amount(cost, "fees", "create"), prices.create_fee); /* for one of two copies */
    expect_sum(amount(cost, "lockup", "reserve"), prices.reserve_target);
    cJSON_Delete(lines);
}

static void settings_of_an_upload_count(void **state)
{
    const struct sl_prices prices = served_prices(*state);
    char path[SL_PATH_BYTES];
    bin_file(path, "a", 1048576, 1);
    cJSON *lines = LINES("cost", path, "--copies", "1", "--with-cdn");
    const cJSON *cost = served_line(lines, 0);
    assert_int_equal(bin_number(cost, "copies"), 1);
    expect_sum(amount(cost, "lockup", "cdn"), prices.cdn_lockup);
    expect_sum(amount(cost, "lockup", "cacheMiss"), prices.cache_miss_lockup);
    cJSON_Delete(lines);
    lines = LINES("cost", path, "--provider", "2");
    const cJSON *sets = cJSON_GetObjectItem(served_line(lines, 0), "dataSets");
    assert_int_equal(bin_number(cJSON_GetArrayItem(sets, 0), "providerId"), 2);
    assert_int_equal(bin_number(cJSON_GetArrayItem(sets, 1), "providerId"), 1);
    cJSON_Delete(lines);
    RAN(SL_EXIT_OK, "copy 2",
        "warning: 5 copies are wanted, but providers are available for only 2", "cost", path,
        "--copies", "5");
    RAN(SL_EXIT_OK, "copy 2", "more than max_spend allows", "cost", path, "--max-spend", "0");
    REFUSED(SL_EXIT_SOME_FAILED, "has not approved this provider", "cost", path, "--provider", "3");
    REFUSED(SL_EXIT_SOME_FAILED, "no such data set", "cost", path, "--data-set", "7");
    REFUSED(SL_EXIT_USAGE, "KEY=VALUE", "cost", path, "--metadata", "x");
}

static void what_is_missing_is_named_with_the_command_that_helps(void **state)
{
    const struct sl_prices prices = served_prices(*state);
    const struct sl_cost_upload costs = costs_of(&prices, 2, 1048576);
    const struct sl_account empty = {.funds = sl_u256(0)};
    char path[SL_PATH_BYTES], sum[SL_U256_AMOUNT_CHARS], deposit[256], command[256], lacks[256];
    bin_file(path, "a", 1048576, 1);
    sl_u256_amount(sum, sl_funds_deposit(&empty, &costs), SL_TOKEN_DECIMALS, SL_TOKEN_DECIMALS);
    assert_true(strlen(sum) <= 4); /* as a person would type it */
    snprintf(deposit, sizeof deposit, "deposit    %s USDFC\napproval   needed\n", sum);
    snprintf(command, sizeof command,
             "deposit at least %s USDFC (sluice wallet deposit %s, which also lets", sum, sum);
    snprintf(lacks, sizeof lacks, "the wallet is %s USDFC short", sum);
    RAN(SL_EXIT_MONEY, deposit, command, "cost", path);
    RAN(SL_EXIT_MONEY, "\"approvalNeeded\":true,\"ready\":false", lacks, "cost", "--json", path);
}

static void without_a_key_there_are_prices_all_the_same(void **state)
{
    const struct sl_prices prices = served_prices(*state);
    const struct sl_cost_upload costs = costs_of(&prices, 2, 1048576);
    char path[SL_PATH_BYTES], sum[SL_COST_CHARS], fees[128];
    struct sl_ran ran;
    sl_cost_text(sum, costs.fees.total);
    snprintf(fees, sizeof fees, "fees       %s, once\n", sum);
    bin_file(path, "a", 1048576, 1);
    RUN(&ran, "cost", "--key-file", "", path);
    assert_int_equal(ran.status, SL_EXIT_OK);
    bin_assert_says(&ran.out, fees);
    bin_assert_says(&ran.err, "no key is set");
    assert_null(strstr(ran.out.data, "deposit"));
    sl_ran_free(&ran);
    RAN(SL_EXIT_MONEY, "available  0 USDFC\n", "deposit at least", "cost", path, "--address",
        "0x1111111111111111111111111111111111111111");
}

static const char *advice_in(const cJSON *cost, const char *code)
{
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, cJSON_GetObjectItem(cost, "advice"))
    {
        if (strcmp(bin_str(one, "code"), code) == 0)
            return bin_str(one, "message");
    }
    return NULL;
}

static void fees_that_outweigh_the_storage_are_told_with_their_numbers(void **state)
{
    const struct sl_prices prices = served_prices(*state);
    char path[SL_PATH_BYTES], name[32], sum[SL_COST_CHARS], words[128];
    struct sl_u256 two;
    bin_folder(path, "many");
    for (int i = 0; i < 12; i++) {
        snprintf(name, sizeof name, "many/f%02d", i);
        bin_file(path, name, 200 + (uint64_t)i, 1);
    }
    assert_true(sl_u256_mul(&two, prices.data_set_per_month, sl_u256(2)));
    sl_cost_text(sum, two);
    snprintf(words, sizeof words, "note: 2 data sets cost a fixed %s a month", sum);
    RAN(SL_EXIT_OK, "fees ", words, "cost", "many");
    RAN(SL_EXIT_OK, "fees ", "note: adding 24 pieces costs", "cost", "many");
    cJSON *lines = LINES("cost", "many");
    const cJSON *cost = served_line(lines, 0);
    assert_non_null(advice_in(cost, "fixed_fees"));
    assert_non_null(advice_in(cost, "tiny_pieces"));
    assert_null(advice_in(cost, "spare_data_sets"));
    assert_string_equal(amount(cost, "lockup", "refill"), "0");
    cJSON_Delete(lines);
    lines = LINES("cost", "many/f00");
    assert_null(advice_in(served_line(lines, 0), "tiny_pieces"));
    cJSON_Delete(lines);
}

/* The runway that `cost` reports is the runway that the account has after the upload. */
static void the_runway_that_is_told_is_the_one_that_results(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    for (int round = 0; round < 3;
         round++) { /* new data sets first; then data sets with pieces in them */
        char name[8];
        snprintf(name, sizeof name, "f%d", round);
        bin_file(path, name, 500000 + (uint64_t)round, 1);
        cJSON *told = LINES("cost", path);
        RAN(SL_EXIT_OK, "", "", "upload", path, "--network-epoch", "100ms");
        cJSON *then = LINES("wallet", "status");
        const cJSON *cost = served_line(told, 0);
        const cJSON *status = served_line(then, 0);
        const long long runway = strtoll(bin_str(cost, "runwayEpochs"), NULL, 10);
        const long long left = strtoll(bin_str(status, "runwayEpochs"), NULL, 10);
        const long long passed =
            (long long)bin_number(status, "epoch") - (long long)bin_number(cost, "epoch");
        assert_true(left <= runway);
        assert_true(left >= runway - passed - 1);
        cJSON_Delete(told);
        cJSON_Delete(then);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED_TEST(two_copies_of_a_file_are_priced_to_the_last_unit),
        SERVED_TEST(a_file_over_the_size_of_a_piece_is_several),
        SERVED_TEST(folders_are_walked_and_what_is_too_small_is_counted_out),
        SERVED_TEST(a_list_on_standard_input_is_taken),
        SERVED_TEST(a_data_set_that_an_upload_would_use_costs_no_new_one),
        SERVED_TEST(settings_of_an_upload_count),
        cmocka_unit_test_setup_teardown(what_is_missing_is_named_with_the_command_that_helps,
                                        served_poor_setup, served_teardown),
        SERVED_TEST(without_a_key_there_are_prices_all_the_same),
        SERVED_TEST(fees_that_outweigh_the_storage_are_told_with_their_numbers),
        SERVED_TEST(the_runway_that_is_told_is_the_one_that_results),
    };
    return cmocka_run_group_tests_name("cost", tests, NULL, NULL);
}
