/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built sluice on a network whose storage contract keeps no metadata of pieces: the journal
 * knows the names, and another machine says what it lacks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "served.h"

#define QUICK "--commit-after", "100ms", "--network-epoch", "100ms"

#define NAMELESS_TEST(f) cmocka_unit_test_setup_teardown(f, served_nameless_setup, served_teardown)

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

static void without_the_journal_the_lack_is_told(void **state)
{
    (void)state;
    upload();
    RAN(SL_EXIT_OK, "", "", "export", "-o", "all.json");
    leave_the_journal_behind();
    RAN(SL_EXIT_SOME_FAILED, "", "keeps no piece metadata that can be read", "get", "small.mkv",
        "-o", "back.mkv");
    RAN(SL_EXIT_SOME_FAILED, "", "4 pieces are in the manifest under their PieceCIDs", "export",
        "-o", "bare.json");
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
    (void)state;
    upload();
    leave_the_journal_behind();
    RAN(SL_EXIT_OK, "", "", "get", "film.mkv", "-o", "back.mkv", "--search-logs");
    assert_same("film.mkv", "back.mkv");
    RAN(SL_EXIT_OK, "", "in the logs of", "export", "-o", "all.json", "--search-logs");
    assert_in_manifest("all.json");
    RAN(SL_EXIT_OK, "", "in the logs of", "export", "-o", "set.json", "1", "--search-logs");
    assert_in_manifest("set.json");
    RAN(SL_EXIT_OK, "small.mkv", "", "verify", "small.mkv", "--search-logs");
    RAN(SL_EXIT_NO_FILE, "", "nothing by this name is known", "get", "other.mkv", "--search-logs");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        NAMELESS_TEST(the_journal_names_what_the_chain_does_not),
        NAMELESS_TEST(without_the_journal_the_lack_is_told),
        NAMELESS_TEST(forgotten_files_are_named_by_their_receipts),
        NAMELESS_TEST(the_logs_name_what_is_in_no_journal),
        NAMELESS_TEST(pieces_are_listed_with_names_from_wherever_they_are_known),
    };
    return cmocka_run_group_tests_name("nameless", tests, NULL, NULL);
}
