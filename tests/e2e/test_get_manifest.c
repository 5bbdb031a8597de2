/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built `sluice export`, and `sluice get` of what a manifest lists and of the versions that a
 * name has had. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "get_kit.h"

/* ---- manifests ---- */

static void all_comes_back_from_a_manifest(void **state)
{
    (void)state;
    char one[SL_PATH_BYTES], two[SL_PATH_BYTES], folder[SL_PATH_BYTES];
    struct sl_ran ran;
    bin_folder(folder, "trip");
    get_upload(bin_file(one, "film.mkv", GET_LEN, 1));
    get_upload(bin_file(two, "trip/film.mkv", GET_LEN, 2));
    RUN(&ran, "export", "-o", "films.json");
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    REFUSED(SL_EXIT_SOME_FAILED, "--force", "export", "-o", "films.json");
    RUN(&ran, "get", "--manifest", "films.json", "-o", "back");
    bin_assert_status(&ran, SL_EXIT_OK);
    get_same_files("back/film.mkv", one);
    get_same_files("back/trip/film.mkv", two);
    sl_ran_free(&ran);
    RUN(&ran, "get", "--manifest", "films.json", "-o", "some", "trip/film.mkv");
    bin_assert_status(&ran, SL_EXIT_OK);
    get_same_files("some/trip/film.mkv", two);
    assert_int_equal(access("some/film.mkv", F_OK), -1);
    sl_ran_free(&ran);
    REFUSED(SL_EXIT_NO_FILE, "none of these names", "get", "--manifest", "films.json", "nothing");
}

/* Two files with the same bytes, and with names that JSON, terminals or programs misread. */
static void every_file_that_was_stored_comes_back_from_the_manifest(void **state)
{
    (void)state;
    static const char *const names[] = {
        "all/a/one.mkv",     "all/b/two.mkv",   "all/x\xfe.mkv",        "all/x\xff.mkv",
        "all/new\nline.mkv", "all/back\\slash", "all/.hidden/.nomedia", "all/ \x1b[2J.mkv"};
    enum { COUNT = sizeof names / sizeof names[0] };
    char dir[SL_PATH_BYTES], path[SL_PATH_BYTES], back[SL_PATH_BYTES];
    struct sl_ran ran;
    bin_folder(dir, "all");
    bin_folder(path, "all/a");
    bin_folder(path, "all/b");
    bin_folder(path, "all/.hidden");
    for (uint64_t i = 0; i < COUNT; i++)
        bin_file(path, names[i], 500, i < 2 ? 1 : i);
    RUN(&ran, "upload", "--hidden", dir);
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "export", "-o", "all.json");
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "get", "--manifest", "all.json", "-o", "back");
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    for (size_t i = 0; i < COUNT; i++) {
        snprintf(back, sizeof back, "back/%s", names[i] + strlen("all/"));
        get_same_files(back, bin_file(path, names[i], 500, i < 2 ? 1 : i));
    }
    for (size_t i = 2; i < COUNT; i++) {
        RUN(&ran, "get", sl_path_base(names[i]));
        bin_assert_status(&ran, SL_EXIT_OK);
        sl_ran_free(&ran);
        get_same_files(sl_path_base(names[i]), bin_file(path, names[i], 500, i));
    }
}

/* A file system takes names of 255 bytes, and the name of an unfinished file is longer. */
static void the_longest_names_come_back(void **state)
{
    (void)state;
    char dir[SL_PATH_BYTES], path[SL_PATH_BYTES], back[SL_PATH_BYTES];
    struct sl_ran ran;
    bin_folder(dir, "all");
    for (int len = 248; len <= 255; len += 7) {
        snprintf(back, sizeof back, "all/%0*d.mkv", len - 4, len);
        bin_file(path, back, 500, (uint64_t)len);
    }
    RUN(&ran, "upload", dir);
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "export", "-o", "all.json");
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "get", "--manifest", "all.json", "-o", "back");
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    for (int len = 248; len <= 255; len += 7) {
        snprintf(back, sizeof back, "back/%0*d.mkv", len - 4, len);
        snprintf(path, sizeof path, "%s/%s", dir, sl_path_base(back));
        get_same_files(back, path);
        RUN(&ran, "get", sl_path_base(back));
        bin_assert_status(&ran, SL_EXIT_OK);
        sl_ran_free(&ran);
        get_same_files(sl_path_base(back), path);
    }
}

/* Files that programs read at start must not come from a list of films. */
static void a_manifest_writes_no_hidden_files_into_the_home_folder(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_ran ran;
    get_upload(bin_file(path, ".bashrc", GET_LEN, 1));
    RUN(&ran, "export", "-o", "all.json");
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    assert_int_equal(unlink(path), 0);
    REFUSED(SL_EXIT_SOME_FAILED, "not written into the home folder", "get", "--manifest",
            "all.json", "-o", bin_home.dir);
    assert_int_equal(access(path, F_OK), -1);
}

/* Anybody can write a manifest: it must not reach into this machine or the network around it. */
static void a_manifest_of_a_public_network_asks_public_addresses_only(void **state)
{
    (void)state;
    static const char *const hosts[] = {"http://127.0.0.1", "https://127.0.0.1",
                                        "https://localhost", "https://[::1]"};
    char cid[SL_PIECE_CID_CHARS], host[64];
    unsigned port = 0;
    get_store(cid, GET_LEN, 7);
    assert_int_equal(sscanf(get_provider->url, "http://127.0.0.1:%u", &port), 1);
    for (size_t i = 0; i <= sizeof hosts / sizeof hosts[0]; i++) {
        const bool own = i == sizeof hosts / sizeof hosts[0];
        struct sl_buf text = {0};
        struct sl_ran ran;
        snprintf(host, sizeof host, "%s:%u", hosts[own ? 0 : i], port);
        sl_buf_printf(&text,
                      "{\"manifest\":\"sluice\",\"v\":1,\"network\":\"%s\",\"files\":[{\"name\":"
                      "\"film\",\"pieceCid\":\"%s\",\"parts\":[{\"pieceCid\":\"%s\",\"copies\":[{"
                      "\"url\":\"%s/piece/%s\"}]}]}]}",
                      own ? "mine" : "mainnet", cid, cid, host, cid);
        assert_int_equal(sl_file_write_atomic("m.json", text.data, text.len, 0600, NULL), SL_OK);
        sl_buf_free(&text);
        RUN(&ran, "get", "--manifest", "m.json", "-o", "back", "--max-attempts", "1");
        bin_assert_status(&ran, own ? SL_EXIT_OK : SL_EXIT_SOME_FAILED);
        bin_assert_says(&ran.err, own ? "" : "refused");
        sl_ran_free(&ran);
    }
}

static void a_hostile_manifest_writes_nothing_outside(void **state)
{
    (void)state;
    static const char *const names[] = {"../out", "/tmp/sluice-out", "a/../../out", "..", ""};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct sl_buf text = {0};
        sl_buf_printf(&text,
                      "{\"manifest\":\"sluice\",\"v\":1,\"files\":[{\"name\":\"%s\",\"pieceCid\":"
                      "\"bafkzcibd2aaqjvqqaeahzgfwhyck5ladmifpmgq4lv2j7vhy7fc5zvsaihwnmgil\","
                      "\"parts\":[]}]}",
                      names[i]);
        assert_int_equal(sl_file_write_atomic("bad.json", text.data, text.len, 0600, NULL), SL_OK);
        REFUSED(SL_EXIT_SOME_FAILED, "file 1 of the manifest", "get", "--manifest", "bad.json",
                "-o", "back");
        sl_buf_free(&text);
    }
}

/* ---- versions ---- */

static void the_newest_version_has_the_name_and_older_ones_their_date(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES], cid[SL_PIECE_CID_CHARS], want[4][SL_PATH_BYTES];
    struct sl_ran ran;
    for (uint64_t i = 1; i <= 3; i++) {
        snprintf(want[i], sizeof want[i], "want-%d", (int)i);
        get_upload(bin_file(path, "film.mkv", GET_LEN, i));
        bin_file(want[i], want[i], GET_LEN, i);
    }
    RUN(&ran, "get", "film.mkv");
    bin_assert_status(&ran, SL_EXIT_OK);
    bin_assert_says(&ran.err, "version 3 of 3");
    get_same_files("film.mkv", want[3]);
    sl_ran_free(&ran);
    RUN(&ran, "export", "-o", "all.json");
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "get", "--json", "--manifest", "all.json", "-o", "back");
    bin_assert_status(&ran, SL_EXIT_OK);
    get_same_files("back/film.mkv", want[3]);
    cJSON *lines = bin_lines(&ran.out);
    assert_int_equal(bin_count(lines, "got"), 1);
    cJSON_Delete(lines);
    sl_ran_free(&ran);
    RUN(&ran, "get", "--json", "--manifest", "all.json", "--versions", "-o", "all");
    bin_assert_status(&ran, SL_EXIT_OK);
    get_same_files("all/film.mkv", want[3]);
    lines = bin_lines(&ran.out);
    assert_int_equal(bin_count(lines, "got"), 3);
    for (int i = 1; i < 3; i++)
        assert_true(strncmp(bin_str(cJSON_GetArrayItem(lines, i), "path"), "film (20", 8) == 0);
    cJSON_Delete(lines);
    sl_ran_free(&ran);
    bin_cid(cid, want[1]);
    RUN(&ran, "get", "-o", "first.mkv", cid);
    bin_assert_status(&ran, SL_EXIT_OK);
    get_same_files("first.mkv", want[1]);
    sl_ran_free(&ran);
    REFUSED(SL_EXIT_NO_FILE, "the oldest is from", "get", "--at", "2001-09-09", "film.mkv");
    REFUSED(SL_EXIT_USAGE, "is not a date", "get", "--at", "yesterday", "film.mkv");
    REFUSED(SL_EXIT_USAGE, "for 3 versions, give a folder", "get", "--versions", "-o", "x",
            "film.mkv");
}

/* The oldest content, stored again, is the newest version. */
static void a_version_that_returned_is_the_newest(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_ran ran;
    for (int i = 0; i < 3; i++)
        get_upload(bin_file(path, "film.mkv", GET_LEN, i == 1 ? 2 : 1));
    RUN(&ran, "get", "film.mkv");
    bin_assert_status(&ran, SL_EXIT_OK);
    get_same_files("film.mkv", path);
    sl_ran_free(&ran);
    RUN(&ran, "export", "-o", "all.json");
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "get", "--manifest", "all.json", "-o", "back");
    bin_assert_status(&ran, SL_EXIT_OK);
    get_same_files("back/film.mkv", path);
    sl_ran_free(&ran);
}

/* The time of a version is the time of its result line. */
static void at_gets_what_was_the_newest_then(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES], date[64], first[SL_PATH_BYTES];
    struct sl_ran ran;
    bin_file(first, "want", GET_LEN, 1);
    get_upload(bin_file(path, "film.mkv", GET_LEN, 1));
    RUN(&ran, "status", "--json");
    bin_assert_status(&ran, SL_EXIT_OK);
    cJSON *lines = bin_lines(&ran.out);
    snprintf(date, sizeof date, "%s", bin_str(cJSON_GetArrayItem(lines, 0), "changed"));
    cJSON_Delete(lines);
    sl_ran_free(&ran);
    get_upload(bin_file(path, "film.mkv", GET_LEN, 2));
    RUN(&ran, "export", "-o", "all.json");
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "get", "--at", date, "film.mkv");
    bin_assert_status(&ran, SL_EXIT_OK);
    get_same_files("film.mkv", first);
    sl_ran_free(&ran);
    RUN(&ran, "get", "--at", date, "--manifest", "all.json", "-o", "back");
    bin_assert_status(&ran, SL_EXIT_OK);
    get_same_files("back/film.mkv", first);
    sl_ran_free(&ran);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GET_TEST(all_comes_back_from_a_manifest),
        GET_TEST(every_file_that_was_stored_comes_back_from_the_manifest),
        GET_TEST(the_longest_names_come_back),
        GET_TEST(a_manifest_writes_no_hidden_files_into_the_home_folder),
        GET_TEST(a_manifest_of_a_public_network_asks_public_addresses_only),
        GET_TEST(a_hostile_manifest_writes_nothing_outside),
        GET_TEST(the_newest_version_has_the_name_and_older_ones_their_date),
        GET_TEST(a_version_that_returned_is_the_newest),
        GET_TEST(at_gets_what_was_the_newest_then),
    };
    return cmocka_run_group_tests_name("get manifest", tests, NULL, NULL);
}
