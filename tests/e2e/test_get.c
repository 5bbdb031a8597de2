/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built `sluice get`, `verify` and `export` with the local network, and with a provider that
 * misbehaves on demand. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "binary_kit.h"
#include "localnet_kit.h"

enum { LEN = 300000 };

static struct kit *kit;

/* The working directory is an empty folder in the home. */
static int setup(void **state)
{
    char path[SL_PATH_BYTES];
    if (bin_setup(state) != 0 || kit_setup((void **)&kit) != 0)
        return -1;
    return chdir(bin_folder(path, "here"));
}

static int teardown(void **state)
{
    kit_teardown((void **)&kit);
    return chdir("/") != 0 || bin_teardown(state);
}

#define GET_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static void done(struct sl_ran *ran, int status)
{
    if (ran->status != status)
        fail_msg("status %d: %s%s", ran->status, ran->out.data, ran->err.data);
}

static void same_files(const char *a, const char *b)
{
    char *text[2];
    size_t len[2];
    assert_int_equal(sl_file_read(&text[0], &len[0], a, 1 << 24, NULL), SL_OK);
    assert_int_equal(sl_file_read(&text[1], &len[1], b, 1 << 24, NULL), SL_OK);
    assert_int_equal(len[0], len[1]);
    assert_memory_equal(text[0], text[1], len[0]);
    free(text[0]);
    free(text[1]);
}

static void upload(const char *path)
{
    struct sl_ran ran;
    RUN(&ran, "upload", "--local-min-free", "1", path);
    done(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
}

/* ---- the local network ---- */

static void what_was_uploaded_comes_back_by_name_and_by_piece_cid(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES], cid[SL_PIECE_CID_CHARS];
    struct sl_ran ran;
    upload(bin_file(path, "film.mkv", LEN, 1));
    bin_cid(cid, path);
    RUN(&ran, "get", "film.mkv");
    done(&ran, SL_EXIT_OK);
    bin_assert_says(&ran.out, cid);
    same_files("film.mkv", path);
    sl_ran_free(&ran);
    RUN(&ran, "get", cid, "-o", "again.mkv", "--json");
    done(&ran, SL_EXIT_OK);
    same_files("again.mkv", path);
    cJSON *lines = bin_lines(&ran.out);
    const cJSON *got = cJSON_GetArrayItem(lines, 0);
    assert_string_equal(bin_str(got, "type"), "got");
    assert_string_equal(bin_str(got, "path"), "again.mkv");
    assert_string_equal(bin_str(got, "pieceCid"), cid);
    assert_int_equal(bin_number(got, "receivedBytes"), LEN);
    assert_int_equal(bin_number(bin_last(lines), "got"), 1);
    cJSON_Delete(lines);
    sl_ran_free(&ran);
    RUN(&ran, "get", "film.mkv", path);
    done(&ran, SL_EXIT_OK);
    bin_assert_says(&ran.err, "is there already, and has these bytes");
    sl_ran_free(&ran);
}

static void verified_bytes_go_to_standard_output(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    char *want;
    size_t len;
    struct sl_ran ran;
    upload(bin_file(path, "film.mkv", LEN, 1));
    assert_int_equal(sl_file_read(&want, &len, path, 1 << 24, NULL), SL_OK);
    sl_run(&ran, &bin_home, NULL, 0, SL_ARGV("get", "-o", "-", "film.mkv", "film.mkv"));
    done(&ran, SL_EXIT_OK);
    assert_int_equal(ran.out.len, 2 * len);
    assert_memory_equal(ran.out.data, want, len);
    assert_memory_equal(ran.out.data + len, want, len);
    free(want);
    sl_ran_free(&ran);
}

static void a_file_of_other_bytes_is_not_overwritten(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_ran ran;
    upload(bin_file(path, "film.mkv", LEN, 1));
    assert_int_equal(sl_file_write_atomic("film.mkv", "mine", 4, 0600, NULL), SL_OK);
    REFUSED(SL_EXIT_SOME_FAILED, "--force", "get", "film.mkv");
    RUN(&ran, "get", "--force", "film.mkv");
    done(&ran, SL_EXIT_OK);
    same_files("film.mkv", path);
    sl_ran_free(&ran);
}

static void names_that_are_unknown_or_several_are_refused(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES], folder[SL_PATH_BYTES];
    bin_folder(folder, "a");
    upload(bin_file(path, "film.mkv", LEN, 1));
    upload(bin_file(path, "a/film.mkv", LEN, 2));
    REFUSED(SL_EXIT_NO_FILE, "nothing by this name is known", "get", "other.mkv");
    REFUSED(SL_EXIT_USAGE, "film.mkv is in 2 folders", "get", "film.mkv");
    REFUSED(SL_EXIT_USAGE, "not a PieceCID", "get", "bafkzcibwrong");
    REFUSED(SL_EXIT_USAGE, "not with --json", "get", "--json", "-o", "-", "film.mkv");
    REFUSED(SL_EXIT_USAGE, "for several give a folder", "get", "-o", "x", "film.mkv", "b");
    REFUSED(SL_EXIT_USAGE, "get needs", "get");
    REFUSED(SL_EXIT_USAGE, "verify needs", "verify");
    REFUSED(SL_EXIT_USAGE, "is no size", "verify", "--sample", "x", "film.mkv");
    REFUSED(SL_EXIT_USAGE, "numbers of data sets", "export", "film.mkv");
}

static void verify_looks_at_the_copy_and_at_the_local_file(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_ran ran;
    upload(bin_file(path, "film.mkv", LEN, 1));
    RUN(&ran, "verify", "--json", path);
    done(&ran, SL_EXIT_OK);
    cJSON *lines = bin_lines(&ran.out);
    assert_int_equal(bin_count(lines, "verified"), 2);
    assert_int_equal(bin_number(bin_last(lines), "ok"), 2);
    cJSON_Delete(lines);
    sl_ran_free(&ran);
    bin_file(path, "film.mkv", LEN, 2);
    RUN(&ran, "verify", path);
    done(&ran, SL_EXIT_SOME_FAILED);
    bin_assert_says(&ran.out, "differs      the local file");
    bin_assert_says(&ran.out, "ok           http://127.0.0.1");
    sl_ran_free(&ran);
    RUN(&ran, "verify", "--sample", "1M", path);
    done(&ran, SL_EXIT_SOME_FAILED);
    bin_assert_says(&ran.out, "differs      http://127.0.0.1");
    sl_ran_free(&ran);
}

static void all_comes_back_from_a_manifest(void **state)
{
    (void)state;
    char one[SL_PATH_BYTES], two[SL_PATH_BYTES], folder[SL_PATH_BYTES];
    struct sl_ran ran;
    bin_folder(folder, "trip");
    upload(bin_file(one, "film.mkv", LEN, 1));
    upload(bin_file(two, "trip/film.mkv", LEN, 2));
    RUN(&ran, "export", "-o", "films.json");
    done(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    REFUSED(SL_EXIT_SOME_FAILED, "--force", "export", "-o", "films.json");
    RUN(&ran, "get", "--manifest", "films.json", "-o", "back");
    done(&ran, SL_EXIT_OK);
    same_files("back/film.mkv", one);
    same_files("back/trip/film.mkv", two);
    sl_ran_free(&ran);
    RUN(&ran, "get", "--manifest", "films.json", "-o", "some", "trip/film.mkv");
    done(&ran, SL_EXIT_OK);
    same_files("some/trip/film.mkv", two);
    assert_int_equal(access("some/film.mkv", F_OK), -1);
    sl_ran_free(&ran);
    REFUSED(SL_EXIT_NO_FILE, "none of these names", "get", "--manifest", "films.json", "nothing");
}

static void a_file_in_parts_comes_back_whole(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES], cid[SL_PIECE_CID_CHARS];
    struct sl_ran ran;
    bin_file(path, "film.mkv", LEN, 1);
    bin_cid(cid, path);
    RUN(&ran, "upload", "--local-min-free", "1", "--split", "127KiB", path);
    done(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "get", "--json", cid);
    done(&ran, SL_EXIT_OK);
    same_files("film.mkv", path);
    cJSON *lines = bin_lines(&ran.out);
    assert_int_equal(bin_number(cJSON_GetArrayItem(lines, 0), "parts"), 3);
    cJSON_Delete(lines);
    sl_ran_free(&ran);
    RUN(&ran, "export", "-o", "films.json");
    done(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "get", "--manifest", "films.json", "-o", "back");
    done(&ran, SL_EXIT_OK);
    same_files("back/film.mkv", path);
    sl_ran_free(&ran);
    RUN(&ran, "verify", "--sample", "100K", path);
    done(&ran, SL_EXIT_OK);
    bin_assert_says(&ran.out, "ok           http://127.0.0.1");
    sl_ran_free(&ran);
}

/* The last bytes are too few for a piece of their own, and go with half of the shard before. */
static void a_file_with_a_short_rest_comes_back(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES], cid[SL_PIECE_CID_CHARS];
    struct sl_ran ran;
    bin_file(path, "film.mkv", 2 * (127 << 10) + 5, 1);
    bin_cid(cid, path);
    RUN(&ran, "upload", "--local-min-free", "1", "--split", "127KiB", path);
    done(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "get", cid);
    done(&ran, SL_EXIT_OK);
    same_files("film.mkv", path);
    sl_ran_free(&ran);
    sl_run(&ran, &bin_home, NULL, 0, SL_ARGV("get", "-o", "-", cid));
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_int_equal(ran.out.len, 2 * (127 << 10) + 5);
    sl_ran_free(&ran);
    RUN(&ran, "verify", path);
    done(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "export", "-o", "films.json");
    done(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "get", "--manifest", "films.json", "-o", "back");
    done(&ran, SL_EXIT_OK);
    same_files("back/film.mkv", path);
    sl_ran_free(&ran);
}

/* A recording with room that was taken for it in advance, and the same one closed. */
static void files_that_differ_in_zeros_at_the_end_come_back(void **state)
{
    (void)state;
    char a[SL_PATH_BYTES], b[SL_PATH_BYTES], zeros[SL_PATH_BYTES], cid[SL_PIECE_CID_CHARS];
    struct sl_ran ran;
    bin_file(a, "a.mov", 100000, 1);
    bin_file(b, "b.mov", 100000, 1);
    bin_file(zeros, "zeros", 0, 1);
    assert_int_equal(truncate(b, 100500), 0);
    assert_int_equal(truncate(zeros, 3 * (127 << 10) - 1001), 0);
    upload(a);
    RUN(&ran, "upload", "--local-min-free", "1", "--split", "127KiB", b, zeros);
    done(&ran, SL_EXIT_OK);
    bin_assert_says(&ran.err, "zeros");
    sl_ran_free(&ran);
    RUN(&ran, "get", "-o", ".", "a.mov", "b.mov", "zeros", "--force");
    done(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    same_files("a.mov", a);
    same_files("b.mov", b);
    same_files("zeros", zeros);
    bin_cid(cid, b);
    RUN(&ran, "get", "-o", "by-cid", cid);
    done(&ran, SL_EXIT_OK);
    same_files("by-cid", b);
    sl_ran_free(&ran);
}

/* Two files of the same bytes, and names that JSON, terminals or programs take for something else.
 */
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
    done(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "export", "-o", "all.json");
    done(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "get", "--manifest", "all.json", "-o", "back");
    done(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    for (size_t i = 0; i < COUNT; i++) {
        snprintf(back, sizeof back, "back/%s", names[i] + strlen("all/"));
        same_files(back, bin_file(path, names[i], 500, i < 2 ? 1 : i));
    }
    for (size_t i = 2; i < COUNT; i++) {
        RUN(&ran, "get", sl_path_base(names[i]));
        done(&ran, SL_EXIT_OK);
        sl_ran_free(&ran);
        same_files(sl_path_base(names[i]), bin_file(path, names[i], 500, i));
    }
}

/* 255 bytes are what a file system takes, and the name of what is half there is longer. */
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
    done(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "export", "-o", "all.json");
    done(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "get", "--manifest", "all.json", "-o", "back");
    done(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    for (int len = 248; len <= 255; len += 7) {
        snprintf(back, sizeof back, "back/%0*d.mkv", len - 4, len);
        snprintf(path, sizeof path, "%s/%s", dir, sl_path_base(back));
        same_files(back, path);
        RUN(&ran, "get", sl_path_base(back));
        done(&ran, SL_EXIT_OK);
        sl_ran_free(&ran);
        same_files(sl_path_base(back), path);
    }
}

/* What programs read when they start must not come from a list of films. */
static void a_manifest_writes_no_hidden_files_into_the_home_folder(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_ran ran;
    upload(bin_file(path, ".bashrc", LEN, 1));
    RUN(&ran, "export", "-o", "all.json");
    done(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    assert_int_equal(unlink(path), 0);
    REFUSED(SL_EXIT_SOME_FAILED, "no hidden files into the home folder", "get", "--manifest",
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
    uint8_t *bytes = kit_bytes(LEN, 7);
    unsigned port = 0;
    kit_store(kit, cid, bytes, LEN);
    free(bytes);
    assert_int_equal(sscanf(kit->url, "http://127.0.0.1:%u", &port), 1);
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
        done(&ran, own ? SL_EXIT_OK : SL_EXIT_SOME_FAILED);
        bin_assert_says(&ran.err, own ? "" : "refused");
        sl_ran_free(&ran);
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
        upload(bin_file(path, "film.mkv", LEN, i));
        bin_file(want[i], want[i], LEN, i);
    }
    RUN(&ran, "get", "film.mkv");
    done(&ran, SL_EXIT_OK);
    bin_assert_says(&ran.err, "version 3 of 3");
    same_files("film.mkv", want[3]);
    sl_ran_free(&ran);
    RUN(&ran, "export", "-o", "all.json");
    done(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "get", "--json", "--manifest", "all.json", "-o", "back");
    done(&ran, SL_EXIT_OK);
    same_files("back/film.mkv", want[3]);
    cJSON *lines = bin_lines(&ran.out);
    assert_int_equal(bin_count(lines, "got"), 1);
    cJSON_Delete(lines);
    sl_ran_free(&ran);
    RUN(&ran, "get", "--json", "--manifest", "all.json", "--versions", "-o", "all");
    done(&ran, SL_EXIT_OK);
    same_files("all/film.mkv", want[3]);
    lines = bin_lines(&ran.out);
    assert_int_equal(bin_count(lines, "got"), 3);
    for (int i = 1; i < 3; i++)
        assert_true(strncmp(bin_str(cJSON_GetArrayItem(lines, i), "path"), "film (20", 8) == 0);
    cJSON_Delete(lines);
    sl_ran_free(&ran);
    bin_cid(cid, want[1]);
    RUN(&ran, "get", "-o", "first.mkv", cid);
    done(&ran, SL_EXIT_OK);
    same_files("first.mkv", want[1]);
    sl_ran_free(&ran);
    REFUSED(SL_EXIT_NO_FILE, "the oldest is from", "get", "--at", "2001-09-09", "film.mkv");
    REFUSED(SL_EXIT_USAGE, "is no date", "get", "--at", "yesterday", "film.mkv");
    REFUSED(SL_EXIT_USAGE, "for 3 versions give a folder", "get", "--versions", "-o", "x",
            "film.mkv");
}

/* What was stored first, stored again, is the newest. */
static void a_version_that_returned_is_the_newest(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_ran ran;
    for (int i = 0; i < 3; i++)
        upload(bin_file(path, "film.mkv", LEN, i == 1 ? 2 : 1));
    RUN(&ran, "get", "film.mkv");
    done(&ran, SL_EXIT_OK);
    same_files("film.mkv", path);
    sl_ran_free(&ran);
    RUN(&ran, "export", "-o", "all.json");
    done(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "get", "--manifest", "all.json", "-o", "back");
    done(&ran, SL_EXIT_OK);
    same_files("back/film.mkv", path);
    sl_ran_free(&ran);
}

/* The time of a version is that of its line in the results. */
static void at_gets_what_was_the_newest_then(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES], date[64], first[SL_PATH_BYTES];
    struct sl_ran ran;
    bin_file(first, "want", LEN, 1);
    upload(bin_file(path, "film.mkv", LEN, 1));
    RUN(&ran, "status", "--json");
    done(&ran, SL_EXIT_OK);
    cJSON *lines = bin_lines(&ran.out);
    snprintf(date, sizeof date, "%s", bin_str(cJSON_GetArrayItem(lines, 0), "changed"));
    cJSON_Delete(lines);
    sl_ran_free(&ran);
    upload(bin_file(path, "film.mkv", LEN, 2));
    RUN(&ran, "export", "-o", "all.json");
    done(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "get", "--at", date, "film.mkv");
    done(&ran, SL_EXIT_OK);
    same_files("film.mkv", first);
    sl_ran_free(&ran);
    RUN(&ran, "get", "--at", date, "--manifest", "all.json", "-o", "back");
    done(&ran, SL_EXIT_OK);
    same_files("back/film.mkv", first);
    sl_ran_free(&ran);
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

/* ---- a provider that misbehaves ---- */

static void store(char cid[static SL_PIECE_CID_CHARS], size_t len, uint64_t seed)
{
    uint8_t *bytes = kit_bytes(len, seed);
    kit_store(kit, cid, bytes, len);
    free(bytes);
}

static void each_copy_has_its_verdict(void **state)
{
    (void)state;
    char cid[SL_PIECE_CID_CHARS], gone[SL_PIECE_CID_CHARS];
    uint8_t *bytes = kit_bytes(LEN, 8);
    struct sl_ran ran;
    store(cid, LEN, 7);
    kit_cid(gone, bytes, LEN);
    free(bytes);
    RUN(&ran, "verify", "--from", kit->url, cid);
    done(&ran, SL_EXIT_OK);
    bin_assert_says(&ran.out, "ok ");
    sl_ran_free(&ran);
    RUN(&ran, "verify", "--from", kit->url, gone);
    done(&ran, SL_EXIT_SOME_FAILED);
    bin_assert_says(&ran.out, "missing ");
    sl_ran_free(&ran);
    kit_fault(kit, "{\"match\":\"GET /piece\",\"action\":\"corrupt\",\"after_bytes\":1000}");
    RUN(&ran, "verify", "--from", kit->url, cid);
    done(&ran, SL_EXIT_SOME_FAILED);
    bin_assert_says(&ran.out, "differs ");
    sl_ran_free(&ran);
    RUN(&ran, "get", "--from", kit->url, cid);
    done(&ran, SL_EXIT_TEMPORARY);
    assert_int_equal(access(cid, F_OK), -1);
    sl_ran_free(&ran);
    RUN(&ran, "verify", "--from", "http://127.0.0.1:1", "--max-attempts", "1", cid);
    done(&ran, SL_EXIT_TEMPORARY);
    bin_assert_says(&ran.out, "unreachable ");
    sl_ran_free(&ran);
}

/* Asks until the provider has run into the rule. */
static void await_fault(void)
{
    bool hit = false;
    while (!hit) {
        struct sl_answer answer = {0};
        sl_peer_ask(kit->url, "GET", "/fault", NULL, NULL, 0, &answer);
        hit = strstr(answer.body.data, "\"hits\":1") != NULL;
        sl_answer_free(&answer);
    }
}

static void clear_faults(void)
{
    struct sl_answer answer = {0};
    sl_peer_ask(kit->url, "DELETE", "/fault", NULL, NULL, 0, &answer);
    sl_answer_free(&answer);
}

static void interrupted_it_goes_on_in_the_next_run(void **state)
{
    (void)state;
    char cid[SL_PIECE_CID_CHARS], part[SL_PATH_BYTES];
    struct sl_child child;
    struct sl_ran ran;
    struct stat st = {0};
    store(cid, LEN, 7);
    kit_fault(kit, "{\"match\":\"GET /piece\",\"action\":\"stall\",\"after_bytes\":200000}");
    sl_child_start(&child, &bin_home, NULL, SL_ARGV("get", "--from", kit->url, cid));
    await_fault();
    snprintf(part, sizeof part, ".%s.part", cid);
    while (stat(part, &st) != 0 || st.st_blocks * 512 < 180000) /* with its table */
        ;
    assert_int_equal(kill(child.pid, SIGINT), 0);
    sl_child_end(&child, &ran);
    done(&ran, SL_EXIT_WORK_LEFT);
    sl_ran_free(&ran);
    assert_int_equal(access(cid, F_OK), -1);
    assert_int_equal(st.st_mode & 0777, 0600);
    clear_faults();
    RUN(&ran, "get", "--json", "--from", kit->url, cid);
    done(&ran, SL_EXIT_OK);
    cJSON *lines = bin_lines(&ran.out);
    const cJSON *got = cJSON_GetArrayItem(lines, 0);
    assert_true(bin_number(got, "resumedBytes") > 100000);
    assert_int_equal(bin_number(got, "resumedBytes") + bin_number(got, "receivedBytes"), LEN);
    cJSON_Delete(lines);
    sl_ran_free(&ran);
    char again[SL_PIECE_CID_CHARS];
    bin_cid(again, cid);
    assert_string_equal(again, cid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GET_TEST(what_was_uploaded_comes_back_by_name_and_by_piece_cid),
        GET_TEST(verified_bytes_go_to_standard_output),
        GET_TEST(a_file_of_other_bytes_is_not_overwritten),
        GET_TEST(names_that_are_unknown_or_several_are_refused),
        GET_TEST(verify_looks_at_the_copy_and_at_the_local_file),
        GET_TEST(all_comes_back_from_a_manifest),
        GET_TEST(a_file_in_parts_comes_back_whole),
        GET_TEST(a_file_with_a_short_rest_comes_back),
        GET_TEST(files_that_differ_in_zeros_at_the_end_come_back),
        GET_TEST(every_file_that_was_stored_comes_back_from_the_manifest),
        GET_TEST(the_longest_names_come_back),
        GET_TEST(a_manifest_writes_no_hidden_files_into_the_home_folder),
        GET_TEST(a_manifest_of_a_public_network_asks_public_addresses_only),
        GET_TEST(the_newest_version_has_the_name_and_older_ones_their_date),
        GET_TEST(a_version_that_returned_is_the_newest),
        GET_TEST(at_gets_what_was_the_newest_then),
        GET_TEST(a_hostile_manifest_writes_nothing_outside),
        GET_TEST(each_copy_has_its_verdict),
        GET_TEST(interrupted_it_goes_on_in_the_next_run),
    };
    return cmocka_run_group_tests_name("get", tests, NULL, NULL);
}
