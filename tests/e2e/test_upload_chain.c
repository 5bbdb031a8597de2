/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built sluice on a network with a chain: what it says of money and keys before a byte leaves,
 * and whom it believes. */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "served.h"

#define EPOCH "--network-epoch", "100ms"

/* Nothing was sent: the journal of the run has no job that began. */
static void expect_nothing_sent(void)
{
    struct sl_ran ran;
    RUN(&ran, "status");
    assert_string_equal(ran.out.data, "");
    sl_ran_free(&ran);
}

static void the_plan_and_its_price_are_told_before_the_upload(void **state)
{
    const struct sl_prices prices = served_prices(*state);
    char path[SL_PATH_BYTES], cid[SL_PIECE_CID_CHARS];
    struct sl_ran ran;
    struct sl_u256 fees = prices.create_fee; /* of a copy */
    assert_true(sl_u256_add(&fees, fees, prices.add_fee) &&
                sl_u256_add(&fees, fees, prices.piece_fee));
    bin_file(path, "film.mkv", 300000, 1);
    bin_cid(cid, path);
    RUN(&ran, "upload", path, EPOCH);
    if (ran.status != SL_EXIT_OK)
        fail_msg("status %d: %s", ran.status, ran.err.data);
    bin_assert_says(&ran.out, cid);
    bin_assert_says(&ran.err, "dev, paid by 0x");
    bin_assert_says(&ran.err, "copy 1: ");
    bin_assert_says(&ran.err, "copy 2: ");
    bin_assert_says(&ran.err, "a new data set");
    bin_assert_says(&ran.err, served_says("300.0 K in 1 file: ", prices.data_set_per_month, 2));
    bin_assert_says(&ran.err, served_says("USDFC a month, fees ", fees, 2));
    bin_assert_says(&ran.err, "1 confirmed, 300.0 K");
    sl_ran_free(&ran);
}

static void an_empty_account_sends_nothing_and_learns_what_to_deposit(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    bin_file(path, "film.mkv", 300000, 1);
    REFUSED(SL_EXIT_MONEY, "sluice wallet", "upload", path, EPOCH);
    expect_nothing_sent();
}

/* Deposit the sum that is reported as enough: then every copy of every file is uploaded. */
static void the_sum_that_is_named_is_enough_for_all(void **state)
{
    (void)state;
    static const char deposit[] = "sluice wallet deposit ";
    char path[SL_PATH_BYTES], sum[32];
    struct sl_ran ran;
    bin_folder(path, "in");
    for (int i = 0; i < 5; i++) {
        char name[16];
        snprintf(name, sizeof name, "in/%d.mkv", i);
        bin_file(path, name, 900000, (uint64_t)i + 1);
    }
    RAN(SL_EXIT_OK, "", "", "wallet", "withdraw", "999.9", "--yes"); /* 0.1 is left */
    RUN(&ran, "upload", "in", EPOCH);
    assert_int_equal(ran.status, SL_EXIT_MONEY);
    const char *at = strstr(ran.err.data, deposit);
    assert_non_null(at);
    snprintf(sum, sizeof sum, "%.*s", (int)strspn(at + strlen(deposit), "0123456789."),
             at + strlen(deposit));
    assert_in_range(strlen(sum), 1, 4);
    sl_ran_free(&ran);
    RAN(SL_EXIT_OK, "", "", "wallet", "deposit", sum, "--yes");
    RUN(&ran, "upload", "in", EPOCH);
    if (ran.status != SL_EXIT_OK)
        fail_msg("status %d after a deposit of %s: %s", ran.status, sum, ran.err.data);
    bin_assert_says(&ran.err, "5 confirmed");
    sl_ran_free(&ran);
}

static void no_more_is_spent_than_a_run_may(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_ran ran;
    bin_file(path, "film.mkv", 300000, 1);
    RUN(&ran, "upload", path, EPOCH, "--max-spend", "0.1");
    assert_int_equal(ran.status, SL_EXIT_MONEY);
    bin_assert_says(&ran.err, "max_spend");
    sl_ran_free(&ran);
    expect_nothing_sent();
}

static void a_run_that_may_spend_nothing_spends_nothing(void **state)
{
    (void)state;
    static const char *const nothing[] = {"0", "0.0", "0.00"};
    char path[SL_PATH_BYTES];
    bin_file(path, "film.mkv", 300000, 1);
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++)
        REFUSED(SL_EXIT_MONEY, "max_spend = 0 USDFC", "upload", path, EPOCH, "--max-spend",
                nothing[i]);
    expect_nothing_sent();
}

static void a_key_that_may_not_sign_is_refused(void **state)
{
    struct chain *chain = *state;
    char path[SL_PATH_BYTES], wallet[64], address[SL_ADDRESS_CHARS], dotenv[SL_PATH_BYTES];
    struct sl_buf text = {0};
    bin_file(path, "film.mkv", 300000, 1);
    sl_address_text(address, sl_key_address(chain->key));
    snprintf(wallet, sizeof wallet, "WALLET_ADDRESS=%s\n", address);
    sl_buf_printf(&text, "SESSION_KEY=%064d\n%s", 7, wallet);
    assert_int_equal(sl_path_join(dotenv, sizeof dotenv, bin_home.dir, ".env", NULL), 0);
    assert_int_equal(sl_file_write_atomic(dotenv, text.data, text.len, 0600, NULL), 0);
    REFUSED(SL_EXIT_KEY, "sluice wallet session login", "upload", path, EPOCH, "--key-file", "");
    sl_buf_free(&text);
    expect_nothing_sent();
}

/* The provider names another data set and other pieces: the chain's word counts. */
static void a_provider_that_lies_of_ids_is_not_believed(void **state)
{
    struct chain *chain = *state;
    char path[SL_PATH_BYTES];
    bin_file(path, "film.mkv", 300000, 1);
    kit_fault(&chain->kit,
              "{\"match\":\"GET /pdp/data-sets/created\",\"times\":2,\"action\":\"status\","
              "\"status\":200,\"body\":\"{\\\"createMessageHash\\\":\\\"0x00\\\","
              "\\\"dataSetCreated\\\":true,\\\"txStatus\\\":\\\"confirmed\\\",\\\"ok\\\":true,"
              "\\\"dataSetId\\\":4711}\"}");
    cJSON *lines = LINES("upload", path, EPOCH, "--copies", "1");
    assert_int_equal(bin_count(lines, "confirmed"), 1);
    const cJSON *line;
    cJSON_ArrayForEach(line, lines)
    {
        if (strcmp(bin_str(line, "type"), "confirmed") != 0)
            continue;
        const cJSON *copy = cJSON_GetArrayItem(cJSON_GetObjectItem(line, "copies"), 0);
        assert_int_equal(bin_number(copy, "dataSetId"), 1);
        assert_int_equal(bin_number(copy, "pieceId"), 0);
    }
    cJSON_Delete(lines);
}

static void a_provider_or_data_set_that_is_not_there_is_said(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    bin_file(path, "film.mkv", 300000, 1);
    REFUSED(SL_EXIT_SOME_FAILED, "99", "upload", path, EPOCH, "--provider", "99");
    REFUSED(SL_EXIT_SOME_FAILED, "4711", "upload", path, EPOCH, "--data-set", "4711");
    REFUSED(SL_EXIT_USAGE, "not an amount of USDFC", "upload", path, "--max-spend", "much");
    REFUSED(SL_EXIT_USAGE, "no '=' in 'title'", "upload", path, "--metadata", "title");
    REFUSED(SL_EXIT_USAGE, "reserved", "upload", path, "--json", "--metadata", "withCDN=");
    REFUSED(SL_EXIT_USAGE, "all that a data set can carry", "upload", path, "--metadata",
            "a=,b=,c=,d=,e=,f=,g=,h=,i=,j=");
}

static const cJSON *line_of(const cJSON *lines, const char *type, int nth)
{
    const cJSON *line;
    cJSON_ArrayForEach(line, lines)
    {
        if (strcmp(bin_str(line, "type"), type) == 0 && nth-- == 0)
            return line;
    }
    return NULL;
}

static void a_provider_by_its_url_commits_as_one_of_the_network(void **state)
{
    struct chain *chain = *state;
    char path[SL_PATH_BYTES], url[512];
    bin_file(path, "film.mkv", 300000, 1);
    REFUSED(SL_EXIT_USAGE, "no provider of the network dev has this address", "upload", path, EPOCH,
            "--provider-url", "https://provider.example/");
    REFUSED(SL_EXIT_USAGE, "name different providers", "upload", path, EPOCH, "--provider", "1",
            "--provider-url", sl_devnet_provider_url(chain->kit.net, 1));
    expect_nothing_sent();
    snprintf(url, sizeof url, "%s/", sl_devnet_provider_url(chain->kit.net, 1));
    memcpy(url, "HTTP", 4);
    cJSON *lines = LINES("upload", path, EPOCH, "--copies", "1", "--provider-url", url);
    const cJSON *line, *confirmed = NULL;
    cJSON_ArrayForEach(line, lines)
    {
        if (strcmp(bin_str(line, "type"), "confirmed") == 0)
            confirmed = line;
    }
    assert_non_null(confirmed);
    const cJSON *copy = cJSON_GetArrayItem(cJSON_GetObjectItem(confirmed, "copies"), 0);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(confirmed, "copies")), 1);
    assert_int_equal(bin_number(copy, "providerId"), 2);
    cJSON_Delete(lines);
}

static void without_a_chain_it_is_said_that_nothing_is_committed(void **state)
{
    const struct chain *chain = *state;
    char path[SL_PATH_BYTES];
    bin_file(path, "film.mkv", 300000, 1);
    RAN(SL_EXIT_OK, "", "nothing is committed", "upload", path, "--network", "none",
        "--provider-url", sl_devnet_provider_url(chain->kit.net, 0));
    REFUSED(SL_EXIT_USAGE, "--provider-url", "upload", path, "--network", "none");
}

static void each_copy_is_told_when_it_is_made_and_when_it_is_on_chain(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    bin_file(path, "film.mkv", 300000, 1);
    cJSON *lines = LINES("upload", path, EPOCH, "--copies", "2");
    assert_int_equal(bin_count(lines, "copyComplete"), 1);
    assert_int_equal(bin_count(lines, "piecesConfirmed"), 2);
    const cJSON *made = line_of(lines, "copyComplete", 0);
    const cJSON *confirmed = line_of(lines, "confirmed", 0);
    const cJSON *copies = cJSON_GetObjectItem(confirmed, "copies");
    const cJSON *second = cJSON_GetArrayItem(copies, 1);
    assert_string_equal(bin_str(made, "path"), path);
    assert_string_equal(bin_str(made, "pieceCid"), bin_str(confirmed, "pieceCid"));
    assert_int_equal(bin_number(made, "providerId"), bin_number(second, "providerId"));
    assert_string_equal(bin_str(made, "retrievalUrl"), bin_str(second, "retrievalUrl"));
    for (int i = 0; i < 2; i++) { /* in the order in which they landed */
        const cJSON *one = line_of(lines, "piecesConfirmed", i);
        const cJSON *copy = cJSON_GetArrayItem(copies, 0);
        if (bin_number(one, "providerId") == bin_number(second, "providerId"))
            copy = second;
        assert_int_equal(bin_number(one, "dataSetId"), bin_number(copy, "dataSetId"));
        assert_int_equal(bin_number(one, "pieceId"), bin_number(copy, "pieceId"));
        assert_string_equal(bin_str(one, "txHash"), bin_str(copy, "txHash"));
    }
    cJSON_Delete(lines);
    lines = LINES("upload", path, EPOCH, "--copies", "2"); /* it is there: nothing is made */
    assert_int_equal(bin_count(lines, "copyComplete") + bin_count(lines, "piecesConfirmed"), 0);
    cJSON_Delete(lines);
}

static void metadata_makes_a_data_set_of_its_own(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES], other[SL_PATH_BYTES];
    bin_file(path, "film.mkv", 300000, 1);
    bin_file(other, "other.mkv", 300000, 2);
    RAN(SL_EXIT_OK, "film.mkv", "", "upload", path, EPOCH, "--copies", "1");
    RAN(SL_EXIT_OK, "other.mkv", "a new data set", "upload", other, EPOCH, "--copies", "1",
        "--metadata", "album=summer");
    cJSON *lines = LINES("datasets");
    size_t sets = bin_count(lines, "dataSet");
    assert_int_equal(sets, 2);
    cJSON_Delete(lines);
}

/* How often the rules of the first provider were met. */
static int fault_hits(const struct kit *kit)
{
    struct sl_answer answer = {0};
    int hits = 0;
    sl_peer_ask(kit->url, "GET", "/fault", NULL, NULL, 0, &answer);
    cJSON *rules = cJSON_Parse(answer.body.data);
    const cJSON *rule;
    cJSON_ArrayForEach(rule, rules) hits += bin_number(rule, "hits");
    cJSON_Delete(rules);
    sl_answer_free(&answer);
    return hits;
}

/* A provider keeps a piece for about an hour: pieces that it has accepted are committed before the
 * run ends. */
static void a_run_that_ends_after_what_runs_commits_what_is_not_parked_yet(void **state)
{
    struct chain *chain = *state;
    char path[SL_PATH_BYTES];
    struct sl_child child;
    struct sl_ran ran;
    bin_file(path, "film.mkv", 300000, 1);
    kit_fault(&chain->kit, "{\"match\":\"GET /pdp/piece\",\"times\":4,\"action\":\"status\","
                           "\"status\":404,\"body\":\"not found\"}");
    sl_child_start(
        &child, &bin_home, NULL,
        SL_ARGV("upload", path, EPOCH, "--copies", "1", "--json", "--on-hangup", "stop"));
    while (fault_hits(&chain->kit) == 0 && !sl_child_has_ended(&child))
        sched_yield();
    assert_false(sl_child_has_ended(&child));
    assert_int_equal(kill(child.pid, SIGHUP), 0);
    sl_child_end(&child, &ran);
    if (ran.status != SL_EXIT_OK)
        fail_msg("status %d: %s", ran.status, ran.err.data);
    sl_ran_free(&ran);
    cJSON *lines = LINES("status");
    assert_string_equal(bin_str(served_line(lines, 0), "state"), "confirmed");
    cJSON_Delete(lines);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        SERVED_TEST(the_plan_and_its_price_are_told_before_the_upload),
        cmocka_unit_test_setup_teardown(an_empty_account_sends_nothing_and_learns_what_to_deposit,
                                        served_poor_setup, served_teardown),
        SERVED_TEST(the_sum_that_is_named_is_enough_for_all),
        SERVED_TEST(no_more_is_spent_than_a_run_may),
        SERVED_TEST(a_run_that_may_spend_nothing_spends_nothing),
        SERVED_TEST(a_key_that_may_not_sign_is_refused),
        SERVED_TEST(a_provider_that_lies_of_ids_is_not_believed),
        SERVED_TEST(a_provider_or_data_set_that_is_not_there_is_said),
        SERVED_TEST(a_provider_by_its_url_commits_as_one_of_the_network),
        SERVED_TEST(without_a_chain_it_is_said_that_nothing_is_committed),
        SERVED_TEST(each_copy_is_told_when_it_is_made_and_when_it_is_on_chain),
        SERVED_TEST(metadata_makes_a_data_set_of_its_own),
        SERVED_TEST(a_run_that_ends_after_what_runs_commits_what_is_not_parked_yet),
    };
    return cmocka_run_group_tests_name("upload with a chain", tests, NULL, NULL);
}
