/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built `sluice get` and `verify` with the local network, and with a provider that misbehaves
 * on demand. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "get_kit.h"

/* ---- the local network ---- */

static void what_was_uploaded_comes_back_by_name_and_by_piece_cid(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES], cid[SL_PIECE_CID_CHARS];
    struct sl_ran ran;
    get_upload(bin_file(path, "film.mkv", GET_LEN, 1));
    bin_cid(cid, path);
    RUN(&ran, "get", "film.mkv");
    bin_assert_status(&ran, SL_EXIT_OK);
    bin_assert_says(&ran.out, cid);
    get_same_files("film.mkv", path);
    sl_ran_free(&ran);
    RUN(&ran, "get", cid, "-o", "again.mkv", "--json");
    bin_assert_status(&ran, SL_EXIT_OK);
    get_same_files("again.mkv", path);
    cJSON *lines = bin_lines(&ran.out);
    const cJSON *got = cJSON_GetArrayItem(lines, 0);
    assert_string_equal(bin_str(got, "type"), "got");
    assert_string_equal(bin_str(got, "path"), "again.mkv");
    assert_string_equal(bin_str(got, "pieceCid"), cid);
    assert_int_equal(bin_number(got, "receivedBytes"), GET_LEN);
    assert_int_equal(bin_number(bin_last(lines), "got"), 1);
    cJSON_Delete(lines);
    sl_ran_free(&ran);
    RUN(&ran, "get", "film.mkv", path);
    bin_assert_status(&ran, SL_EXIT_OK);
    bin_assert_says(&ran.err, "already exists with the same content");
    sl_ran_free(&ran);
}

static void verified_bytes_go_to_standard_output(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    char *want;
    size_t len;
    struct sl_ran ran;
    get_upload(bin_file(path, "film.mkv", GET_LEN, 1));
    assert_int_equal(sl_file_read(&want, &len, path, 1 << 24, NULL), SL_OK);
    sl_run(&ran, &bin_home, NULL, 0, SL_ARGV("get", "-o", "-", "film.mkv", "film.mkv"));
    bin_assert_status(&ran, SL_EXIT_OK);
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
    get_upload(bin_file(path, "film.mkv", GET_LEN, 1));
    assert_int_equal(sl_file_write_atomic("film.mkv", "mine", 4, 0600, NULL), SL_OK);
    REFUSED(SL_EXIT_SOME_FAILED, "--force", "get", "film.mkv");
    RUN(&ran, "get", "--force", "film.mkv");
    bin_assert_status(&ran, SL_EXIT_OK);
    get_same_files("film.mkv", path);
    sl_ran_free(&ran);
}

static void names_that_are_unknown_or_several_are_refused(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES], folder[SL_PATH_BYTES];
    bin_folder(folder, "a");
    get_upload(bin_file(path, "film.mkv", GET_LEN, 1));
    get_upload(bin_file(path, "a/film.mkv", GET_LEN, 2));
    REFUSED(SL_EXIT_NO_FILE, "nothing by this name is known", "get", "other.mkv");
    REFUSED(SL_EXIT_USAGE, "film.mkv is in 2 folders", "get", "film.mkv");
    REFUSED(SL_EXIT_USAGE, "not a PieceCID", "get", "bafkzcibwrong");
    REFUSED(SL_EXIT_USAGE, "leave out --json", "get", "--json", "-o", "-", "film.mkv");
    REFUSED(SL_EXIT_USAGE, "for several, give a folder", "get", "-o", "x", "film.mkv", "b");
    REFUSED(SL_EXIT_USAGE, "get: give", "get");
    REFUSED(SL_EXIT_USAGE, "verify: give", "verify");
    REFUSED(SL_EXIT_USAGE, "is not a size", "verify", "--sample", "x", "film.mkv");
    REFUSED(SL_EXIT_USAGE, "is not a data set number", "export", "film.mkv");
}

static void verify_looks_at_the_copy_and_at_the_local_file(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_ran ran;
    get_upload(bin_file(path, "film.mkv", GET_LEN, 1));
    RUN(&ran, "verify", "--json", path);
    bin_assert_status(&ran, SL_EXIT_OK);
    cJSON *lines = bin_lines(&ran.out);
    assert_int_equal(bin_count(lines, "verified"), 2);
    assert_int_equal(bin_number(bin_last(lines), "ok"), 2);
    cJSON_Delete(lines);
    sl_ran_free(&ran);
    bin_file(path, "film.mkv", GET_LEN, 2);
    RUN(&ran, "verify", path);
    bin_assert_status(&ran, SL_EXIT_SOME_FAILED);
    bin_assert_says(&ran.out, "differs      the local file");
    bin_assert_says(&ran.out, "ok           http://127.0.0.1");
    sl_ran_free(&ran);
    RUN(&ran, "verify", "--sample", "1M", path);
    bin_assert_status(&ran, SL_EXIT_SOME_FAILED);
    bin_assert_says(&ran.out, "differs      http://127.0.0.1");
    sl_ran_free(&ran);
}

static void a_file_in_parts_comes_back_whole(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES], cid[SL_PIECE_CID_CHARS];
    struct sl_ran ran;
    bin_file(path, "film.mkv", GET_LEN, 1);
    bin_cid(cid, path);
    RUN(&ran, "upload", "--local-min-free", "1", "--split", "127KiB", path);
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "get", "--json", cid);
    bin_assert_status(&ran, SL_EXIT_OK);
    get_same_files("film.mkv", path);
    cJSON *lines = bin_lines(&ran.out);
    assert_int_equal(bin_number(cJSON_GetArrayItem(lines, 0), "parts"), 3);
    cJSON_Delete(lines);
    sl_ran_free(&ran);
    RUN(&ran, "export", "-o", "films.json");
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "get", "--manifest", "films.json", "-o", "back");
    bin_assert_status(&ran, SL_EXIT_OK);
    get_same_files("back/film.mkv", path);
    sl_ran_free(&ran);
    RUN(&ran, "verify", "--sample", "100K", path);
    bin_assert_status(&ran, SL_EXIT_OK);
    bin_assert_says(&ran.out, "ok           http://127.0.0.1");
    sl_ran_free(&ran);
}

/* The last bytes are too few for a piece of their own, so they go with half of the previous shard.
 */
static void a_file_with_a_short_rest_comes_back(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES], cid[SL_PIECE_CID_CHARS];
    struct sl_ran ran;
    bin_file(path, "film.mkv", 2 * (127 << 10) + 5, 1);
    bin_cid(cid, path);
    RUN(&ran, "upload", "--local-min-free", "1", "--split", "127KiB", path);
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "get", cid);
    bin_assert_status(&ran, SL_EXIT_OK);
    get_same_files("film.mkv", path);
    sl_ran_free(&ran);
    sl_run(&ran, &bin_home, NULL, 0, SL_ARGV("get", "-o", "-", cid));
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_int_equal(ran.out.len, 2 * (127 << 10) + 5);
    sl_ran_free(&ran);
    RUN(&ran, "verify", path);
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "export", "-o", "films.json");
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "get", "--manifest", "films.json", "-o", "back");
    bin_assert_status(&ran, SL_EXIT_OK);
    get_same_files("back/film.mkv", path);
    sl_ran_free(&ran);
}

/* A recording with preallocated space, and the same recording closed. */
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
    get_upload(a);
    RUN(&ran, "upload", "--local-min-free", "1", "--split", "127KiB", b, zeros);
    bin_assert_status(&ran, SL_EXIT_OK);
    bin_assert_says(&ran.err, "zeros");
    sl_ran_free(&ran);
    RUN(&ran, "get", "-o", ".", "a.mov", "b.mov", "zeros", "--force");
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    get_same_files("a.mov", a);
    get_same_files("b.mov", b);
    get_same_files("zeros", zeros);
    bin_cid(cid, b);
    RUN(&ran, "get", "-o", "by-cid", cid);
    bin_assert_status(&ran, SL_EXIT_OK);
    get_same_files("by-cid", b);
    sl_ran_free(&ran);
}

/* ---- PieceCIDs of version 1 ---- */

static void older_cid(char out[static SL_PIECE_V1_CHARS], const char *path)
{
    char cid[SL_PIECE_CID_CHARS];
    struct sl_piece_id piece;
    bin_cid(cid, path);
    assert_int_equal(sl_piece_parse(&piece, cid, strlen(cid), NULL), SL_OK);
    sl_piece_cid_v1(out, piece.root);
}

static void a_version_1_piece_cid_means_the_known_piece_with_its_root(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES], other[SL_PATH_BYTES], older[SL_PIECE_V1_CHARS];
    struct sl_ran ran;
    get_upload(bin_file(path, "film.mkv", GET_LEN, 1));
    older_cid(older, path);
    RUN(&ran, "get", older, "-o", "again.mkv");
    bin_assert_status(&ran, SL_EXIT_OK);
    get_same_files("again.mkv", path);
    sl_ran_free(&ran);
    RUN(&ran, "verify", older);
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "export", "-o", "list");
    bin_assert_status(&ran, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "get", "--manifest", "list", "-o", ".", older);
    bin_assert_status(&ran, SL_EXIT_OK);
    get_same_files("film.mkv", path);
    sl_ran_free(&ran);
    older_cid(older, bin_file(other, "other.mkv", GET_LEN, 2));
    REFUSED(SL_EXIT_NO_FILE, "use the version 2 form (bafkzcib...)", "get", older);
    RUN(&ran, "verify", older);
    bin_assert_status(&ran, SL_EXIT_NO_FILE);
    bin_assert_says(&ran.err, "use the version 2 form (bafkzcib...)");
    sl_ran_free(&ran);
}

static void a_version_1_piece_cid_of_two_pieces_is_refused_with_both(void **state)
{
    (void)state;
    char a[SL_PATH_BYTES], b[SL_PATH_BYTES], older[SL_PIECE_V1_CHARS];
    char cid_a[SL_PIECE_CID_CHARS], cid_b[SL_PIECE_CID_CHARS];
    bin_file(a, "a.mov", 100000, 1);
    bin_file(b, "b.mov", 100000, 1);
    assert_int_equal(truncate(b, 100500), 0);
    get_upload(a);
    get_upload(b);
    bin_cid(cid_a, a);
    bin_cid(cid_b, b);
    older_cid(older, a);
    REFUSED(SL_EXIT_USAGE, cid_a, "get", older);
    REFUSED(SL_EXIT_USAGE, cid_b, "get", older);
    REFUSED(SL_EXIT_USAGE, cid_b, "verify", older);
}

/* ---- a provider that misbehaves ---- */

static void each_copy_has_its_verdict(void **state)
{
    (void)state;
    char cid[SL_PIECE_CID_CHARS], gone[SL_PIECE_CID_CHARS];
    uint8_t *bytes = kit_bytes(GET_LEN, 8);
    struct sl_ran ran;
    get_store(cid, GET_LEN, 7);
    kit_cid(gone, bytes, GET_LEN);
    free(bytes);
    RUN(&ran, "verify", "--from", get_provider->url, cid);
    bin_assert_status(&ran, SL_EXIT_OK);
    bin_assert_says(&ran.out, "ok ");
    sl_ran_free(&ran);
    RUN(&ran, "verify", "--from", get_provider->url, gone);
    bin_assert_status(&ran, SL_EXIT_SOME_FAILED);
    bin_assert_says(&ran.out, "missing ");
    sl_ran_free(&ran);
    kit_fault(get_provider,
              "{\"match\":\"GET /piece\",\"action\":\"corrupt\",\"after_bytes\":1000}");
    RUN(&ran, "verify", "--from", get_provider->url, cid);
    bin_assert_status(&ran, SL_EXIT_SOME_FAILED);
    bin_assert_says(&ran.out, "differs ");
    sl_ran_free(&ran);
    RUN(&ran, "get", "--from", get_provider->url, cid);
    bin_assert_status(&ran, SL_EXIT_TEMPORARY);
    assert_int_equal(access(cid, F_OK), -1);
    sl_ran_free(&ran);
    RUN(&ran, "verify", "--from", "http://127.0.0.1:1", "--max-attempts", "1", cid);
    bin_assert_status(&ran, SL_EXIT_TEMPORARY);
    bin_assert_says(&ran.out, "unreachable ");
    sl_ran_free(&ran);
}

/* Asks until the provider has run into the rule. */
static void await_fault(void)
{
    bool hit = false;
    while (!hit) {
        struct sl_answer answer = {0};
        sl_peer_ask(get_provider->url, "GET", "/fault", NULL, NULL, 0, &answer);
        hit = strstr(answer.body.data, "\"hits\":1") != NULL;
        sl_answer_free(&answer);
    }
}

static void clear_faults(void)
{
    struct sl_answer answer = {0};
    sl_peer_ask(get_provider->url, "DELETE", "/fault", NULL, NULL, 0, &answer);
    sl_answer_free(&answer);
}

static void interrupted_it_goes_on_in_the_next_run(void **state)
{
    (void)state;
    char cid[SL_PIECE_CID_CHARS], part[SL_PATH_BYTES];
    struct sl_child child;
    struct sl_ran ran;
    struct stat st = {0};
    get_store(cid, GET_LEN, 7);
    kit_fault(get_provider,
              "{\"match\":\"GET /piece\",\"action\":\"stall\",\"after_bytes\":200000}");
    sl_child_start(&child, &bin_home, NULL, SL_ARGV("get", "--from", get_provider->url, cid));
    await_fault();
    snprintf(part, sizeof part, ".%s.part", cid);
    while (stat(part, &st) != 0 || st.st_blocks * 512 < 180000) /* with its table */
        ;
    assert_int_equal(kill(child.pid, SIGINT), 0);
    sl_child_end(&child, &ran);
    bin_assert_status(&ran, SL_EXIT_WORK_LEFT);
    sl_ran_free(&ran);
    assert_int_equal(access(cid, F_OK), -1);
    assert_int_equal(st.st_mode & 0777, 0600);
    clear_faults();
    RUN(&ran, "get", "--json", "--from", get_provider->url, cid);
    bin_assert_status(&ran, SL_EXIT_OK);
    cJSON *lines = bin_lines(&ran.out);
    const cJSON *got = cJSON_GetArrayItem(lines, 0);
    assert_true(bin_number(got, "resumedBytes") > 100000);
    assert_int_equal(bin_number(got, "resumedBytes") + bin_number(got, "receivedBytes"), GET_LEN);
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
        GET_TEST(a_file_in_parts_comes_back_whole),
        GET_TEST(a_file_with_a_short_rest_comes_back),
        GET_TEST(files_that_differ_in_zeros_at_the_end_come_back),
        GET_TEST(a_version_1_piece_cid_means_the_known_piece_with_its_root),
        GET_TEST(a_version_1_piece_cid_of_two_pieces_is_refused_with_both),
        GET_TEST(each_copy_has_its_verdict),
        GET_TEST(interrupted_it_goes_on_in_the_next_run),
    };
    return cmocka_run_group_tests_name("get", tests, NULL, NULL);
}
