/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built sluice reads a whole local network: providers, data sets, pieces, the doctor. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sluice/journal.h"

#include "served.h"

static void providers_are_listed_as_the_registry_has_them(void **state)
{
    struct chain *chain = *state;
    cJSON *lines = LINES("providers");
    assert_int_equal(bin_count(lines, "provider"), 2); /* the third is not approved */
    const cJSON *first = served_line(lines, 0);
    assert_int_equal(bin_number(first, "id"), 1);
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(first, "endorsed")));
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(served_line(lines, 1), "endorsed")));
    assert_string_equal(bin_str(first, "serviceUrl"), sl_devnet_provider_url(chain->kit.net, 0));
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(first, "alive")));
    assert_null(cJSON_GetObjectItem(first, "cooling"));
    cJSON_Delete(lines);
    RAN(SL_EXIT_OK, "local provider 1", "", "providers");
}

/* As an upload writes it. */
static void note_failure(uint64_t provider_id)
{
    char dir[SL_PATH_BYTES];
    struct sl_err why = {0}, err = {0};
    struct sl_journal *journal = NULL;
    const struct sl_clock clock = sl_clock_system();
    assert_int_equal(sl_path_join(dir, sizeof dir, bin_home.state, "state", NULL), SL_OK);
    sl_err_set(&why, SL_ENET, "it hung up");
    if (sl_journal_open(&journal, dir, SL_JOURNAL_WRITE, &clock, &err) < 0 ||
        sl_journal_provider_failed(journal, 31415926, sl_u256(provider_id), &why, &err) < 0)
        fail_msg("%s", err.text);
    sl_journal_close(journal);
}

static void a_provider_that_failed_is_shown_as_cooling(void **state)
{
    (void)state;
    note_failure(2);
    cJSON *lines = LINES("providers", "--no-ping");
    assert_null(cJSON_GetObjectItem(served_line(lines, 0), "cooling"));
    const cJSON *cooling = cJSON_GetObjectItem(served_line(lines, 1), "cooling");
    assert_int_equal(bin_number(cooling, "failures"), 1);
    assert_string_equal(bin_str(cooling, "code"), sl_err_name(SL_ENET));
    assert_string_equal(bin_str(cooling, "message"), "it hung up");
    cJSON_Delete(lines);
    RAN(SL_EXIT_OK, "approved, cooling", "provider 2 is in cooldown until ", "providers",
        "--no-ping");
}

static void data_sets_and_pieces_are_listed_as_they_were_made(void **state)
{
    struct chain *chain = *state;
    char cid[SL_PIECE_CID_CHARS], id[32];
    uint64_t client_id = 0;
    RAN(SL_EXIT_OK, "", "has no data sets on dev", "datasets");
    chain->mark = (struct sl_metadata){"source", "sluice"};
    snprintf(id, sizeof id, "%llu",
             (unsigned long long)chain_data_set(chain, 1, 1, cid, &client_id));
    cJSON *lines = LINES("datasets");
    const cJSON *set = served_line(lines, 0);
    assert_int_equal(bin_number(set, "providerId"), 2);
    assert_string_equal(bin_str(set, "state"), "live");
    assert_int_equal(bin_number(set, "pieces"), 1);
    assert_string_equal(bin_str(cJSON_GetObjectItem(set, "metadata"), "source"), "sluice");
    cJSON_Delete(lines);
    lines = LINES("pieces", id);
    assert_string_equal(bin_str(served_line(lines, 0), "pieceCid"), cid);
    assert_int_equal(bin_number(served_line(lines, 0), "size"), 1000);
    cJSON_Delete(lines);
    RAN(SL_EXIT_OK, cid, "", "pieces", id);
    REFUSED(SL_EXIT_SOME_FAILED, "there is no data set 99", "pieces", "99");
}

static void the_doctor_is_content(void **state)
{
    (void)state;
    struct sl_ran ran;
    RUN(&ran, "doctor");
    if (ran.status != SL_EXIT_OK || strstr(ran.out.data, "fail") != NULL ||
        strstr(ran.out.data, "warn") != NULL)
        fail_msg("status %d: %s", ran.status, ran.out.data);
    bin_assert_says(&ran.out, "ok    provider ");
    bin_assert_says(&ran.out, "ok    allowance ");
    sl_ran_free(&ran);
}

static void the_doctor_names_what_a_poor_account_lacks(void **state)
{
    const struct sl_prices prices = served_prices(*state);
    struct sl_u256 needed = prices.data_set_per_month; /* and the reserve, of a copy */
    char deposit[100], whole[SL_U256_AMOUNT_CHARS];
    struct sl_ran ran;
    assert_true(sl_u256_add(&needed, needed, prices.reserve_target) &&
                sl_u256_add(&needed, needed, needed));
    sl_u256_amount(whole, needed, 18, 0);
    snprintf(deposit, sizeof deposit, "sluice wallet deposit %s.", whole);
    RUN(&ran, "doctor");
    assert_int_equal(ran.status, SL_EXIT_MONEY); /* so that `doctor && upload` stops here */
    bin_assert_says(&ran.out, "fail  account ");
    bin_assert_says(&ran.out, deposit);
    sl_ran_free(&ran);
    char path[SL_PATH_BYTES]; /* an upload reports the same */
    bin_file(path, "a", 1000, 1);
    REFUSED(SL_EXIT_MONEY, deposit, "upload", path);
}

/* ---- the network that is built in ---- */

static void ask_the_built_in_network(void)
{
    RAN(SL_EXIT_OK, "network    local", "", "wallet", "status");
    RAN(SL_EXIT_OK, "local provider 1", "", "providers");
    RAN(SL_EXIT_OK, "ok    key        the local network has its own key", "", "doctor");
}

static void the_built_in_network_is_asked_like_any_other(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    bin_file(path, "a", 1000, 1);
    ask_the_built_in_network();
    RAN(SL_EXIT_OK, "copy 1     provider 1, a new data set\n", "", "cost", path);
    RAN(SL_EXIT_OK, "a\n", "", "upload", path, "--local-min-free", "1");
    cJSON *lines = LINES("datasets");
    assert_int_equal(bin_number(served_line(lines, 0), "pieces"), 1);
    cJSON_Delete(lines);
    RAN(SL_EXIT_OK, "copy 1     provider 1, data set 1\n", "", "cost", path);
    RAN(SL_EXIT_OK, "scheduled for removal\n", "", "rm", "1", "0", "--yes");
    RAN(SL_EXIT_OK, "deposit 1 USDFC: done", "", "wallet", "deposit", "1", "--yes");
}

static void a_built_in_network_that_another_sluice_runs_is_asked_there(void **state)
{
    (void)state;
    char dir[SL_PATH_BYTES], c = '\0';
    struct sl_child child;
    struct sl_ran ran;
    assert_int_equal(sl_path_join(dir, sizeof dir, bin_home.state, "data/local", NULL), SL_OK);
    sl_child_start(&child, &bin_home, NULL,
                   SL_ARGV("serve", "--json", "--listen", "127.0.0.1:0", "--dir", dir));
    while (c != '\n' && read(child.out, &c, 1) == 1)
        ;
    ask_the_built_in_network();
    assert_int_equal(kill(child.pid, SIGTERM), 0);
    sl_child_end(&child, &ran);
    assert_int_equal(ran.status, 0);
    sl_ran_free(&ran);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED_TEST(providers_are_listed_as_the_registry_has_them),
        SERVED_TEST(a_provider_that_failed_is_shown_as_cooling),
        SERVED_TEST(data_sets_and_pieces_are_listed_as_they_were_made),
        SERVED_TEST(the_doctor_is_content),
        cmocka_unit_test_setup_teardown(the_doctor_names_what_a_poor_account_lacks,
                                        served_poor_setup, served_teardown),
        BIN_TEST(the_built_in_network_is_asked_like_any_other),
        BIN_TEST(a_built_in_network_that_another_sluice_runs_is_asked_there),
    };
    return cmocka_run_group_tests_name("what the chain says", tests, NULL, NULL);
}
