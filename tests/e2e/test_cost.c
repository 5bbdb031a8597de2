/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built `sluice cost` on a local network: the sums, where they come from, and how it ends. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "served.h"

static const char *amount(const cJSON *line, const char *object, const char *key)
{
    return bin_str(cJSON_GetObjectItem(line, object), key);
}

static void two_copies_of_a_file_are_priced_to_the_last_unit(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    bin_file(path, "a", 1048576, 1);
    cJSON *lines = LINES("cost", path);
    const cJSON *cost = served_line(lines, 0);
    assert_int_equal(cJSON_GetArraySize(lines), 1);
    assert_int_equal(bin_number(cost, "files"), 1);
    assert_int_equal(bin_number(cost, "pieces"), 1);
    assert_int_equal(bin_number(cost, "bytes"), 1048576);
    assert_int_equal(bin_number(cost, "copies"), 2);
    assert_string_equal(bin_str(cost, "perMonth"), "48004768371582030"); /* twice the table's */
    assert_string_equal(amount(cost, "fees", "total"), "51600000000000000");
    assert_string_equal(amount(cost, "lockup", "total"), "248004768371283200");
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
    RAN(SL_EXIT_SOME_FAILED, "files      1", "no: look at it: No such file", "cost", "in/a", "no");
    REFUSED(SL_EXIT_NO_FILE, "there is nothing to upload", "cost", "no");
    REFUSED(SL_EXIT_SOME_FAILED, "there is nothing to upload", "cost", "in/small");
    REFUSED(SL_EXIT_USAGE, "cost needs a path", "cost");
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
    assert_string_equal(amount(cost, "fees", "create"), "25000000000000000"); /* one of two */
    assert_string_equal(amount(cost, "lockup", "reserve"), "100000000000000000");
    cJSON_Delete(lines);
}

static void settings_of_an_upload_count(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    bin_file(path, "a", 1048576, 1);
    cJSON *lines = LINES("cost", path, "--copies", "1", "--with-cdn");
    const cJSON *cost = served_line(lines, 0);
    assert_int_equal(bin_number(cost, "copies"), 1);
    assert_string_equal(amount(cost, "lockup", "cdn"), "700000000000000000");
    assert_string_equal(amount(cost, "lockup", "cacheMiss"), "300000000000000000");
    cJSON_Delete(lines);
    lines = LINES("cost", path, "--provider", "2");
    const cJSON *sets = cJSON_GetObjectItem(served_line(lines, 0), "dataSets");
    assert_int_equal(bin_number(cJSON_GetArrayItem(sets, 0), "providerId"), 2);
    assert_int_equal(bin_number(cJSON_GetArrayItem(sets, 1), "providerId"), 1);
    cJSON_Delete(lines);
    RAN(SL_EXIT_OK, "copy 2", "warning: 5 copies are wanted, and providers are there for 2", "cost",
        path, "--copies", "5");
    RAN(SL_EXIT_OK, "copy 2", "more than max_spend allows", "cost", path, "--max-spend", "0.2");
    REFUSED(SL_EXIT_SOME_FAILED, "has not approved this provider", "cost", path, "--provider", "3");
    REFUSED(SL_EXIT_SOME_FAILED, "no such data set", "cost", path, "--data-set", "7");
    REFUSED(SL_EXIT_USAGE, "KEY=VALUE", "cost", path, "--metadata", "x");
}

static void what_is_missing_is_named_with_the_command_that_helps(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    bin_file(path, "a", 1048576, 1);
    RAN(SL_EXIT_MONEY, "deposit    0.2996047683712832 USDFC\napproval   needed\n",
        "0.2996047683712832 USDFC are missing: sluice wallet deposit 0.2996047683712832\n", "cost",
        path);
    RAN(SL_EXIT_MONEY, "\"approvalNeeded\":true,\"ready\":false",
        "the wallet is short of 0.2996047683712832 USDFC", "cost", "--json", path);
}

static void without_a_key_there_are_prices_all_the_same(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_ran ran;
    bin_file(path, "a", 1048576, 1);
    RUN(&ran, "cost", "--key-file", "", path);
    assert_int_equal(ran.status, SL_EXIT_OK);
    bin_assert_says(&ran.out, "fees       0.0516 USDFC, once\n");
    bin_assert_says(&ran.err, "no key is set");
    assert_null(strstr(ran.out.data, "deposit"));
    sl_ran_free(&ran);
    RAN(SL_EXIT_MONEY, "available  0 USDFC\n", "are missing", "cost", path, "--address",
        "0x1111111111111111111111111111111111111111");
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
    };
    return cmocka_run_group_tests_name("cost", tests, NULL, NULL);
}
