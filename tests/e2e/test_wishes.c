/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built sluice: a file keeps its wish through retry and resume. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "served.h"

#define QUICK "--hold", "100ms", "--network-epoch", "100ms"

/* Providers 2 and 3 stop doing and answering anything, or work again. */
static void others_answer(struct chain *chain, bool answer)
{
    struct sl_answer ignored = {0};
    for (size_t i = 1; i < 3; i++) {
        chain_use(chain, i);
        if (answer) {
            sl_peer_ask(chain->kit.url, "DELETE", "/fault", NULL, NULL, 0, &ignored);
            sl_answer_free(&ignored);
        } else {
            kit_fault(&chain->kit, "{\"match\":\"\",\"action\":\"drop\"}");
        }
    }
    chain_use(chain, 0);
}

static const cJSON *line_of(const cJSON *lines, const char *type)
{
    const cJSON *line;
    cJSON_ArrayForEach(line, lines)
    {
        if (strcmp(bin_str(line, "type"), type) == 0)
            return line;
    }
    fail_msg("no %s line", type);
    return NULL;
}

/* Run one command and compare its status, and how many copies `confirmed` and `summary` report as
 * missing. */
static void expect_missing(int status, int missing, const char *const *argv)
{
    struct sl_ran ran;
    bin_run(&ran, argv);
    if (ran.status != status)
        fail_msg("status %d: %s", ran.status, ran.err.data);
    cJSON *lines = bin_lines(&ran.out);
    const cJSON *confirmed = line_of(lines, "confirmed");
    const cJSON *told = cJSON_GetObjectItem(confirmed, "missingCopies");
    assert_int_equal(told != NULL ? (int)told->valuedouble : 0, missing);
    assert_int_equal(bin_number(line_of(lines, "summary"), "missingCopies"), missing);
    cJSON_Delete(lines);
    sl_ran_free(&ran);
}

static size_t count_sets(void)
{
    cJSON *lines = LINES("datasets");
    const size_t sets = bin_count(lines, "dataSet");
    cJSON_Delete(lines);
    return sets;
}

static void a_copy_that_no_provider_was_there_for_is_made_later(void **state)
{
    struct chain *chain = *state;
    char path[SL_PATH_BYTES];
    bin_file(path, "film.mkv", 5000, 1);
    others_answer(chain, false);
    expect_missing(SL_EXIT_TEMPORARY, 1, SL_ARGV("upload", "--json", QUICK, "--copies", "2", path));
    RAN(SL_EXIT_OK, "1 of 2 copies", "", "status");
    RAN(SL_EXIT_OK, "\"missingCopies\":1", "", "status", "--json");
    /* the settings of the next run want fewer */
    expect_missing(SL_EXIT_TEMPORARY, 1, SL_ARGV("upload", "--json", QUICK, path));
    others_answer(chain, true);
    expect_missing(SL_EXIT_OK, 0, SL_ARGV("retry", "--json", QUICK));
    assert_int_equal(count_sets(), 2);
    RAN(SL_EXIT_OK, "", "nothing has failed", "retry");
}

/* A file of which one copy is on chain, and the other providers are there again. */
static void leave_one_copy(struct chain *chain, char path[static SL_PATH_BYTES], const char *shard)
{
    bin_file(path, "film.mkv", 300000, 1);
    others_answer(chain, false);
    RAN(SL_EXIT_TEMPORARY, "", "", "upload", QUICK, "--copies", "2", "--split", shard, path);
    others_answer(chain, true);
}

/* The first provider says that it has no piece, though the chain says that it does. */
static void lose_pieces(const struct chain *chain)
{
    kit_fault(&chain->kit, "{\"match\":\"GET /piece/\",\"action\":\"status\",\"status\":404}");
    kit_fault(&chain->kit, "{\"match\":\"GET /pdp/piece\",\"action\":\"status\",\"status\":404}");
}

static void a_missing_copy_of_a_file_that_is_gone_is_fetched_from_the_first_provider(void **state)
{
    char path[SL_PATH_BYTES];
    leave_one_copy(*state, path, "1M");
    assert_int_equal(unlink(path), 0);
    expect_missing(SL_EXIT_OK, 0, SL_ARGV("retry", "--json", QUICK));
}

static void a_missing_copy_that_nothing_is_left_to_make_from_is_no_temporary_failure(void **state)
{
    char path[SL_PATH_BYTES];
    leave_one_copy(*state, path, "1M");
    lose_pieces(*state);
    /* the file could be uploaded again */
    RAN(SL_EXIT_TEMPORARY, "", "no longer has the piece", "retry", QUICK);
    assert_int_equal(unlink(path), 0);
    RAN(SL_EXIT_SOME_FAILED, "", "1 of 2 copies: the file is gone", "retry", QUICK);
    expect_missing(SL_EXIT_SOME_FAILED, 1, SL_ARGV("retry", "--json", QUICK));
    RAN(SL_EXIT_OK, "1 of 2 copies: the file is gone", "", "status", "1");
    RAN(SL_EXIT_OK, "1 of 2 copies: the file is gone", "", "status", "--json");
    bin_file(path, "film.mkv", 6000, 2);
    RAN(SL_EXIT_SOME_FAILED, "", "1 of 2 copies: the file has changed", "retry", QUICK);
}

static void so_it_is_with_a_file_in_parts(void **state)
{
    char path[SL_PATH_BYTES];
    leave_one_copy(*state, path, "130048");
    lose_pieces(*state);
    assert_int_equal(unlink(path), 0);
    RAN(SL_EXIT_SOME_FAILED, "", "1 of 2 copies: the file is gone", "retry", QUICK);
}

static void options_alone_change_how_many_copies_are_wanted(void **state)
{
    char path[SL_PATH_BYTES];
    (void)state;
    bin_file(path, "film.mkv", 5000, 1);
    RAN(SL_EXIT_OK, "", "", "upload", QUICK, "--copies", "1", path);
    RAN(SL_EXIT_OK, "", "", "upload", QUICK, path); /* the default number is two */
    assert_int_equal(count_sets(), 1);
    RAN(SL_EXIT_OK, "", "", "upload", QUICK, "--copies", "2", path);
    assert_int_equal(count_sets(), 2);
    RAN(SL_EXIT_OK, "\"confirmed\"", "", "upload", "--json", QUICK, "--copies", "1", path);
    RAN(SL_EXIT_OK, "2 of 2 on chain", "", "status", "1");
}

static void more_copies_than_providers_are_refused_before_anything_is_sent(void **state)
{
    const struct chain *chain = *state;
    char path[SL_PATH_BYTES];
    bin_file(path, "film.mkv", 5000, 1);
    RAN(SL_EXIT_SOME_FAILED, "", "the network has 2 approved providers", "upload", QUICK,
        "--copies", "3", path);
    assert_int_equal(kit_count(&chain->kit, "pieces"), 0);
}

/* Kill it while no bytes of the file move. */
static void leave_unfinished(const struct chain *chain, int64_t id, const char *const *argv)
{
    struct sl_child child;
    struct sl_ran ran;
    char number[24];
    snprintf(number, sizeof number, "%lld", (long long)id);
    kit_fault(&chain->kit, "{\"match\":\"PUT \",\"action\":\"stall\"}");
    sl_child_start(&child, &bin_home, NULL, argv);
    do { /* until the journal has the job */
        RUN(&ran, "status", number);
        sl_ran_free(&ran);
    } while (ran.status != SL_EXIT_OK);
    assert_int_equal(kill(child.pid, SIGKILL), 0);
    sl_child_end(&child, &ran);
    sl_ran_free(&ran);
    struct sl_answer answer = {0};
    sl_peer_ask(chain->kit.url, "DELETE", "/fault", NULL, NULL, 0, &answer);
    sl_answer_free(&answer);
}

static size_t count_sets_of(const char *key, const char *value)
{
    cJSON *lines = LINES("datasets");
    const cJSON *line;
    size_t count = 0;
    cJSON_ArrayForEach(line, lines)
    {
        const cJSON *metadata = cJSON_GetObjectItem(line, "metadata");
        const cJSON *entry = cJSON_GetObjectItem(metadata, key);
        count += entry != NULL && strcmp(entry->valuestring, value) == 0;
    }
    cJSON_Delete(lines);
    return count;
}

static void resume_places_each_file_as_it_was_asked_for(void **state)
{
    const struct chain *chain = *state;
    char film[SL_PATH_BYTES], take[SL_PATH_BYTES];
    bin_file(film, "film.mkv", 5000, 1);
    bin_file(take, "take.mkv", 6000, 2);
    leave_unfinished(chain, 1,
                     SL_ARGV("upload", QUICK, "--copies", "1", "--metadata", "album=summer", film));
    leave_unfinished(chain, 2,
                     SL_ARGV("upload", QUICK, "--copies", "2", "--source", "studio", take));
    RAN(SL_EXIT_OK, "\"confirmed\"", "", "resume", "--json", QUICK, "--max-attempts", "4");
    assert_int_equal(count_sets_of("album", "summer"), 1);
    assert_int_equal(count_sets_of("source", "studio"), 2);
    assert_int_equal(count_sets(), 3);
    RAN(SL_EXIT_OK, "", "nothing is unfinished", "resume");
}

static void upload_goes_on_with_a_file_as_it_was_asked_for(void **state)
{
    const struct chain *chain = *state;
    char film[SL_PATH_BYTES], take[SL_PATH_BYTES];
    bin_file(film, "film.mkv", 5000, 1);
    bin_file(take, "take.mkv", 6000, 2);
    leave_unfinished(chain, 1,
                     SL_ARGV("upload", QUICK, "--copies", "1", "--metadata", "album=summer", film));
    RAN(SL_EXIT_OK, take, "", "upload", QUICK, "--source", "studio", "--copies", "1", take);
    assert_int_equal(count_sets_of("album", "summer"), 0);
    RAN(SL_EXIT_OK, film, "2 confirmed", "upload", QUICK, film, take);
    assert_int_equal(count_sets_of("album", "summer"), 1);
    assert_int_equal(count_sets_of("source", "studio"), 1);
}

/* ---- a start that has to wait ---- */

/* Set a fault of the node; NULL removes it. */
static void node_fault(const struct chain *chain, const char *rule)
{
    struct sl_answer answer = {0};
    char url[512];
    snprintf(url, sizeof url, "%s", sl_devnet_rpc_url(chain->kit.net));
    char *path = strstr(url, "/rpc/v1");
    if (path != NULL)
        *path = '\0';
    sl_peer_ask(url, rule != NULL ? "POST" : "DELETE", "/fault", NULL, rule,
                rule != NULL ? strlen(rule) : 0, &answer);
    assert_in_range(answer.status, 200, 299);
    sl_answer_free(&answer);
}

static void a_node_that_is_away_at_the_start_costs_a_wait(void **state)
{
    const struct chain *chain = *state;
    char path[SL_PATH_BYTES];
    bin_file(path, "film.mkv", 5000, 1);
    node_fault(chain, "{\"match\":\"\",\"times\":9,\"action\":\"reset\"}");
    RAN(SL_EXIT_OK, path, "retrying for 30 seconds", "upload", QUICK, "--copies", "1", path);
    node_fault(chain, "{\"match\":\"\",\"times\":5,\"action\":\"reset\"}");
    RAN(SL_EXIT_OK, "", "", "datasets");
}

/* It is killed while it waits for the node. */
static void what_was_named_is_queued_before_the_wait(void **state)
{
    const struct chain *chain = *state;
    char path[SL_PATH_BYTES];
    struct sl_child child;
    struct sl_ran ran;
    bin_file(path, "film.mkv", 5000, 1);
    node_fault(chain, "{\"match\":\"\",\"action\":\"reset\"}");
    sl_child_start(&child, &bin_home, NULL,
                   SL_ARGV("upload", QUICK, "--copies", "1", "--source", "studio", path));
    do {
        RUN(&ran, "status", "1");
        sl_ran_free(&ran);
    } while (ran.status != SL_EXIT_OK);
    assert_int_equal(kill(child.pid, SIGTERM), 0);
    sl_child_end(&child, &ran);
    assert_int_equal(ran.status, SL_EXIT_WORK_LEFT);
    sl_ran_free(&ran);
    node_fault(chain, NULL);
    RAN(SL_EXIT_OK, path, "", "resume", QUICK);
    assert_int_equal(count_sets_of("source", "studio"), 1);
}

static void providers_that_are_away_at_the_start_cost_a_wait(void **state)
{
    const struct chain *chain = *state;
    char path[SL_PATH_BYTES];
    bin_file(path, "film.mkv", 5000, 1);
    kit_fault(&chain->kit, "{\"match\":\"GET /pdp/ping\",\"times\":4,\"action\":\"drop\"}");
    RAN(SL_EXIT_OK, path, "retrying for 30 seconds", "upload", QUICK, "--copies", "1", path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED_TEST(a_copy_that_no_provider_was_there_for_is_made_later),
        SERVED_TEST(a_missing_copy_of_a_file_that_is_gone_is_fetched_from_the_first_provider),
        SERVED_TEST(a_missing_copy_that_nothing_is_left_to_make_from_is_no_temporary_failure),
        SERVED_TEST(so_it_is_with_a_file_in_parts),
        SERVED_TEST(options_alone_change_how_many_copies_are_wanted),
        SERVED_TEST(more_copies_than_providers_are_refused_before_anything_is_sent),
        SERVED_TEST(resume_places_each_file_as_it_was_asked_for),
        SERVED_TEST(upload_goes_on_with_a_file_as_it_was_asked_for),
        SERVED_TEST(a_node_that_is_away_at_the_start_costs_a_wait),
        SERVED_TEST(what_was_named_is_queued_before_the_wait),
        SERVED_TEST(providers_that_are_away_at_the_start_cost_a_wait),
    };
    return cmocka_run_group_tests_name("what was asked for", tests, NULL, NULL);
}
