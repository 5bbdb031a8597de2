/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built sluice on a network whose storage contract keeps no metadata of pieces: the journal
 * knows the names, and another machine says what it lacks. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lying_node.h"
#include "served.h"

#define QUICK "--commit-after", "100ms", "--network-epoch", "100ms"

static void upload(void)
{
    char path[SL_PATH_BYTES];
    bin_file(path, "film.mkv", 300000, 1);
    bin_file(path, "small.mkv", 5000, 2);
    RAN(SL_EXIT_OK, "", "2 confirmed", "upload", QUICK, "--split", "130048", "film.mkv",
        "small.mkv");
}

static void leave_the_journal_behind(void)
{
    char from[SL_PATH_BYTES], lost[SL_PATH_BYTES], to[SL_PATH_BYTES];
    bin_folder(lost, "lost");
    assert_int_equal(sl_path_join(from, sizeof from, bin_home.state, "state", NULL), SL_OK);
    assert_int_equal(sl_path_join(to, sizeof to, lost, "state", NULL), SL_OK);
    assert_int_equal(rename(from, to), 0);
}

static void assert_same(const char *a, const char *b)
{
    char one[SL_PIECE_CID_CHARS], other[SL_PIECE_CID_CHARS];
    bin_cid(one, a);
    bin_cid(other, b);
    assert_string_equal(one, other);
}

/* Both files, the first one in three parts. */
static void assert_in_manifest(const char *path)
{
    char *text = NULL;
    size_t len;
    assert_int_equal(sl_file_read(&text, &len, path, 1 << 20, NULL), SL_OK);
    cJSON *manifest = cJSON_ParseWithLength(text, len);
    const cJSON *files = cJSON_GetObjectItem(manifest, "files");
    assert_int_equal(cJSON_GetArraySize(files), 2);
    assert_string_equal(bin_str(cJSON_GetArrayItem(files, 0), "name"), "film.mkv");
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(cJSON_GetArrayItem(files, 0), "parts")),
                     3);
    assert_string_equal(bin_str(cJSON_GetArrayItem(files, 1), "name"), "small.mkv");
    cJSON_Delete(manifest);
    free(text);
}

/* Every manifest of the machine that stored the files has all of them, and each piece once. */
static void the_journal_names_what_the_chain_does_not(void **state)
{
    (void)state;
    upload();
    RAN(SL_EXIT_OK, "", "", "export", "-o", "all.json");
    assert_in_manifest("all.json");
    RAN(SL_EXIT_OK, "", "", "export", "-o", "set.json", "1");
    assert_in_manifest("set.json");
    RAN(SL_EXIT_OK, "film.mkv", "", "verify", "film.mkv");
}

/* A node without logs. */
static void without_the_journal_the_lack_is_told(void **state)
{
    struct lying_node node = {.from = "eth_getLogs", .to = "eth_getLogx", .in_requests = true};
    upload();
    RAN(SL_EXIT_OK, "", "", "export", "-o", "all.json");
    leave_the_journal_behind();
    lying_node_start(&node, *state);
    RAN(SL_EXIT_SOME_FAILED, "", "keeps no piece metadata that can be read", "get", "small.mkv",
        "-o", "back.mkv", "--rpc-url", node.url);
    RAN(SL_EXIT_SOME_FAILED, "", "4 pieces are in the manifest under their PieceCIDs", "export",
        "-o", "bare.json", "--rpc-url", node.url);
    lying_node_stop(&node);
    RAN(SL_EXIT_OK, "", "", "get", "--manifest", "all.json", "-o", "back");
    assert_int_equal(access("back/film.mkv", F_OK), 0);
}

/* The receipts of commits name what the journal has forgotten. */
static void forgotten_files_are_named_by_their_receipts(void **state)
{
    (void)state;
    upload();
    RAN(SL_EXIT_OK, "", "", "forget", "1", "2");
    RAN(SL_EXIT_OK, "", "", "export", "-o", "all.json");
    assert_in_manifest("all.json");
    RAN(SL_EXIT_OK, "", "", "export", "-o", "set.json", "1");
    assert_in_manifest("set.json");
    RAN(SL_EXIT_OK, "film.mkv", "", "pieces", "1");
    RAN(SL_EXIT_OK, "", "", "get", "film.mkv", "-o", "back.mkv");
    assert_same("film.mkv", "back.mkv");
}

/* What no journal tells stands in the logs of the chain. */
static void the_logs_name_what_is_in_no_journal(void **state)
{
    char cid[SL_PIECE_CID_CHARS];
    (void)state;
    upload();
    leave_the_journal_behind();
    bin_cid(cid, "film.mkv");
    RAN(SL_EXIT_OK, "", "", "get", cid, "-o", "whole.mkv", "--search-logs");
    assert_same("film.mkv", "whole.mkv");
    RAN(SL_EXIT_OK, "", "", "get", "film.mkv", "-o", "back.mkv", "--search-logs");
    assert_same("film.mkv", "back.mkv");
    RAN(SL_EXIT_OK, "", "in the logs of", "export", "-o", "all.json", "--search-logs");
    assert_in_manifest("all.json");
    RAN(SL_EXIT_OK, "", "in the logs of", "export", "-o", "set.json", "1", "--search-logs");
    assert_in_manifest("set.json");
    RAN(SL_EXIT_OK, "small.mkv", "", "verify", "small.mkv", "--search-logs");
    RAN(SL_EXIT_NO_FILE, "", "nothing by this name is known", "get", "other.mkv", "--search-logs");
}

/* A short history is searched without being asked. */
static void young_data_sets_are_named_by_their_logs(void **state)
{
    (void)state;
    upload();
    leave_the_journal_behind();
    RAN(SL_EXIT_OK, "", "in the logs of", "get", "film.mkv", "-o", "back.mkv");
    assert_same("back.mkv", "film.mkv");
    RAN(SL_EXIT_OK, "small.mkv", "", "verify", "small.mkv");
    RAN(SL_EXIT_OK, "", "in the logs of", "export", "-o", "all.json");
    assert_in_manifest("all.json");
}

/* A piece that was stored without a name lacks none. */
static void a_piece_without_a_name_is_known_as_such(void **state)
{
    struct chain *chain = *state;
    char cid[SL_PIECE_CID_CHARS], id[32];
    uint64_t client_id = 0;
    const uint64_t set = chain_data_set(chain, 0, 1, cid, &client_id);
    snprintf(id, sizeof id, "%llu", (unsigned long long)set);
    RAN(SL_EXIT_OK, cid, "in the logs of", "export", id);
    RAN(SL_EXIT_OK, cid, "in the logs of", "export", id, "--search-logs");
    RAN(SL_EXIT_OK, cid, "in the logs of", "pieces", id, "--search-logs");
}

static void assert_pieces(const char *from, const char *option)
{
    cJSON *lines = LINES("pieces", "1", option);
    assert_int_equal(cJSON_GetArraySize(lines), 4);
    for (size_t i = 0; i < 4; i++) {
        const cJSON *line = served_line(lines, i);
        const cJSON *metadata = cJSON_GetObjectItem(line, "metadata");
        const char *name = bin_str(metadata, "filename");
        assert_string_equal(bin_str(line, "metadataFrom"), from);
        assert_true(strcmp(name, "film.mkv") == 0 || strcmp(name, "small.mkv") == 0);
        if (strcmp(name, "film.mkv") == 0)
            assert_non_null(strstr(bin_str(metadata, "part"), "/3"));
    }
    cJSON_Delete(lines);
}

static void pieces_are_listed_with_names_from_wherever_they_are_known(void **state)
{
    (void)state;
    upload();
    assert_pieces("journal", "--json");
    RAN(SL_EXIT_OK, "", "", "forget", "1", "2");
    assert_pieces("logs", "--json");
    leave_the_journal_behind();
    RAN(SL_EXIT_OK, "bafkzcib", "the metadata of 4 pieces cannot be read", "pieces", "1");
    RAN(SL_EXIT_OK, "bafkzcib", "--search-logs looks for it", "pieces", "1");
    assert_pieces("logs", "--search-logs");
}

/* Names may be missing, but never silently. */
static void a_node_without_logs_leaves_the_lack(void **state)
{
    struct lying_node node = {.from = "eth_getLogs", .to = "eth_getLogx", .in_requests = true};
    static const char *const said[] = {"the logs from epoch", "ended at epoch 1 of",
                                       "another node can be named with --rpc-url",
                                       "4 pieces are in the manifest under their PieceCIDs"};
    upload();
    leave_the_journal_behind();
    lying_node_start(&node, *state);
    for (int i = 0; i < 4; i++)
        RAN(SL_EXIT_SOME_FAILED, "", said[i], "export", "-o", "bare.json", "--force",
            "--search-logs", "--rpc-url", node.url);
    assert_true(atomic_load(&node.lies) > 0);
    RAN(SL_EXIT_SOME_FAILED, "", "4 without a name", "get", "small.mkv", "-o", "back.mkv",
        "--search-logs", "--rpc-url", node.url);
    assert_int_not_equal(access("back.mkv", F_OK), 0);
    lying_node_stop(&node);
}

/* The log of piece 0 claims to be that of piece 1: neither gets a name. */
static void a_log_that_names_another_content_names_nothing(void **state)
{
#define WORD(n) "0x000000000000000000000000000000000000000000000000000000000000000" n
    struct lying_node node = {.from = WORD("1") "\",\"" WORD("0") "\"]",
                              .to = WORD("1") "\",\"" WORD("1") "\"]"};
    upload();
    leave_the_journal_behind();
    lying_node_start(&node, *state);
    RAN(SL_EXIT_SOME_FAILED, "", "2 pieces are in the manifest under their PieceCIDs", "export",
        "-o", "half.json", "1", "--search-logs", "--rpc-url", node.url);
    assert_true(atomic_load(&node.lies) > 0);
    lying_node_stop(&node);
}

/* Asks until the node has run into the rule. */
static void await_fault(const struct kit *node)
{
    bool hit = false;
    while (!hit) {
        struct sl_answer answer = {0};
        sl_peer_ask(node->url, "GET", "/fault", NULL, NULL, 0, &answer);
        hit = strstr(answer.body.data, "\"hits\":1") != NULL;
        sl_answer_free(&answer);
    }
}

static void assert_interrupted(const struct chain *chain, const char *const *argv)
{
    struct kit node = chain->kit;
    struct sl_answer answer = {0};
    struct sl_child child;
    struct sl_ran ran;
    char url[128];
    snprintf(url, sizeof url, "%s", sl_devnet_rpc_url(chain->kit.net));
    *strstr(url, "/rpc/v1") = '\0';
    node.url = url;
    kit_fault(&node, "{\"match\":\"RPC eth_getLogs\",\"action\":\"stall\"}");
    sl_child_start(&child, &bin_home, NULL, argv);
    await_fault(&node);
    assert_int_equal(kill(child.pid, SIGINT), 0);
    sl_child_end(&child, &ran);
    bin_assert_status(&ran, SL_EXIT_WORK_LEFT);
    bin_assert_says(&ran.err, "ended at epoch 1 of");
    assert_int_equal(ran.out.len, 0);
    sl_ran_free(&ran);
    sl_peer_ask(url, "DELETE", "/fault", NULL, NULL, 0, &answer);
    sl_answer_free(&answer);
}

static void a_search_that_is_interrupted_says_how_far_it_came(void **state)
{
    upload();
    leave_the_journal_behind();
    assert_interrupted(*state, SL_ARGV("export", "--search-logs"));
    assert_interrupted(*state, SL_ARGV("pieces", "1", "--search-logs"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED_TEST(the_journal_names_what_the_chain_does_not),
        SERVED_TEST(without_the_journal_the_lack_is_told),
        SERVED_TEST(young_data_sets_are_named_by_their_logs),
        SERVED_TEST(forgotten_files_are_named_by_their_receipts),
        SERVED_TEST(the_logs_name_what_is_in_no_journal),
        SERVED_TEST(a_piece_without_a_name_is_known_as_such),
        SERVED_TEST(pieces_are_listed_with_names_from_wherever_they_are_known),
        SERVED_TEST(a_node_without_logs_leaves_the_lack),
        SERVED_TEST(a_log_that_names_another_content_names_nothing),
        SERVED_TEST(a_search_that_is_interrupted_says_how_far_it_came),
    };
    return cmocka_run_group_tests_name("nameless", tests, NULL, NULL);
}
