/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built sluice on a network whose storage contract keeps no metadata of pieces: the journal
 * knows the names, and another machine says what it lacks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* Every manifest of the machine that stored the files has all of them, and each piece once. */
static void the_journal_names_what_the_chain_does_not(void **state)
{
    (void)state;
    char *text = NULL;
    size_t len;
    upload();
    RAN(SL_EXIT_OK, "", "", "export", "-o", "all.json");
    RAN(SL_EXIT_OK, "", "", "export", "-o", "set.json", "1");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(sl_file_read(&text, &len, i == 0 ? "all.json" : "set.json", 1 << 20, NULL),
                         SL_OK);
        cJSON *manifest = cJSON_ParseWithLength(text, len);
        const cJSON *files = cJSON_GetObjectItem(manifest, "files");
        assert_int_equal(cJSON_GetArraySize(files), 2);
        assert_string_equal(bin_str(cJSON_GetArrayItem(files, 0), "name"), "film.mkv");
        assert_int_equal(
            cJSON_GetArraySize(cJSON_GetObjectItem(cJSON_GetArrayItem(files, 0), "parts")), 3);
        assert_string_equal(bin_str(cJSON_GetArrayItem(files, 1), "name"), "small.mkv");
        cJSON_Delete(manifest);
        free(text);
    }
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED_TEST(the_journal_names_what_the_chain_does_not),
        SERVED_TEST(without_the_journal_the_lack_is_told),
    };
    return cmocka_run_group_tests_name("nameless", tests, NULL, NULL);
}
