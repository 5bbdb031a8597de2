/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/base32.h"
#include "sluice/base64.h"
#include "sluice/buf.h"
#include "sluice/clock.h"
#include "sluice/err.h"
#include "sluice/hex.h"
#include "sluice/path.h"

#include "support/test.h"
#include "support/tmp.h"

static void error_text_carries_its_chain_of_contexts(void **state)
{
    (void)state;
    struct sl_err err = {0};
    assert_int_equal(sl_err_sys(&err, 2, "open %s", "/x"), SL_ENOENT);
    sl_err_ctx(&err, "hash %d", 7);
    assert_string_equal(err.text, "hash 7: open /x: No such file or directory");
    assert_int_equal(err.detail, 2);
    assert_int_equal(sl_err_class_of(err.code), SL_CLASS_USER);
    assert_int_equal(sl_err_set(NULL, SL_EIO, "nobody listens"), SL_EIO);
}

static void every_error_name_leads_back_to_its_code(void **state)
{
    (void)state;
#define CHECK(code, value, cls, name, text)                                                        \
    assert_int_equal(sl_err_code_of_name(sl_err_name(code)), code);                                \
    assert_int_equal(sl_err_class_of(code), cls);
    SL_ERR_CODES(CHECK)
#undef CHECK
    assert_string_equal(sl_err_name(SL_OK), "ok");
    assert_string_equal(sl_err_name(-9999), "unknown");
}

static void hex_goes_both_ways_and_refuses_what_is_no_hex(void **state)
{
    (void)state;
    uint8_t out[4];
    char text[9];
    assert_int_equal(sl_hex_decode(out, sizeof out, "0xDEADbeef", 10, NULL), 4);
    sl_hex_encode(text, out, 4);
    assert_string_equal(text, "deadbeef");
    assert_int_equal(sl_hex_decode(out, sizeof out, "", 0, NULL), 0);
    assert_int_equal(sl_hex_decode(out, sizeof out, "abc", 3, NULL), SL_EFORMAT);
    assert_int_equal(sl_hex_decode(out, sizeof out, "zz", 2, NULL), SL_EFORMAT);
    assert_int_equal(sl_hex_decode(out, sizeof out, "0011223344", 10, NULL), SL_EFORMAT);
}

static void base32_goes_both_ways_for_every_length(void **state)
{
    (void)state;
    uint8_t bytes[40];
    uint8_t back[40];
    char text[80];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 37 + 200);
    for (size_t len = 0; len <= sizeof bytes; len++) {
        sl_base32_encode(text, bytes, len);
        assert_int_equal(strlen(text), SL_BASE32_CHARS(len));
        assert_int_equal(sl_base32_decode(back, sizeof back, text, strlen(text), NULL), (int)len);
        assert_memory_equal(back, bytes, len);
    }
    sl_base32_encode(text, (const uint8_t *)"foobar", 6);
    assert_string_equal(text, "mzxw6ytboi"); /* RFC 4648 section 10, lower case */
}

static void base32_refuses_bad_lengths_letters_and_stray_bits(void **state)
{
    (void)state;
    uint8_t out[16];
    static const char *const bad[] = {"a", "aaa", "aaaaaa", "MZXW", "mz1w", "mzxw6ytboj", "my=="};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(sl_base32_decode(out, sizeof out, bad[i], strlen(bad[i]), NULL),
                         SL_EFORMAT);
    assert_int_equal(sl_base32_decode(out, 2, "mzxw6", 5, NULL), SL_EFORMAT);
}

static void buffer_grows_and_its_cap_holds(void **state)
{
    (void)state;
    struct sl_buf buf = {.cap = 1000};
    for (int i = 0; i < 100; i++)
        sl_buf_printf(&buf, "%09d,", i);
    assert_int_equal(buf.failed, SL_OK);
    assert_int_equal(buf.len, 1000);
    assert_int_equal(strlen(buf.data), 1000);
    sl_buf_str(&buf, "x");
    assert_int_equal(buf.failed, SL_EOVERFLOW);
    assert_int_equal(buf.len, 1000);
    sl_buf_clear(&buf);
    sl_buf_str(&buf, "again");
    assert_string_equal(buf.data, "again");
    sl_buf_free(&buf);
}

static void times_are_rfc3339_in_utc(void **state)
{
    (void)state;
    char text[SL_RFC3339_CHARS];
    sl_rfc3339(text, 0);
    assert_string_equal(text, "1970-01-01T00:00:00.000Z");
    sl_rfc3339(text, INT64_C(1893455999999));
    assert_string_equal(text, "2029-12-31T23:59:59.999Z");
    sl_rfc3339(text, -1);
    assert_string_equal(text, "1969-12-31T23:59:59.999Z");
}

static void folders_are_made_and_files_written_whole(void **state)
{
    (void)state;
    char dir[SL_PATH_BYTES];
    char deep[SL_PATH_BYTES];
    char file[SL_PATH_BYTES];
    char *text = NULL;
    size_t len = 0;
    struct stat st;
    sl_tmp_make(dir);
    assert_int_equal(sl_path_join(deep, sizeof deep, dir, "a/b//c", NULL), SL_OK);
    assert_int_equal(sl_path_make(deep, 0700, NULL), SL_OK);
    assert_int_equal(sl_path_make(deep, 0700, NULL), SL_OK);
    assert_int_equal(stat(deep, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    assert_int_equal(sl_path_join(file, sizeof file, deep, "f", NULL), SL_OK);
    assert_int_equal(sl_file_write_atomic(file, "one", 3, 0600, NULL), SL_OK);
    assert_int_equal(sl_file_write_atomic(file, "second", 6, 0600, NULL), SL_OK);
    assert_int_equal(sl_file_read(&text, &len, file, 6, NULL), SL_OK);
    assert_string_equal(text, "second");
    assert_int_equal(len, 6);
    free(text);
    assert_int_equal(sl_file_read(&text, &len, file, 5, NULL), SL_ETOOBIG);
    assert_int_equal(sl_file_read(&text, &len, deep, 5, NULL), SL_EFILETYPE);
    struct sl_err err = {0};
    assert_int_equal(sl_path_join(deep, sizeof deep, file, "x", NULL), SL_OK);
    assert_int_equal(sl_path_make(deep, 0700, &err), SL_ENOENT); /* ENOTDIR */
    assert_non_null(strstr(err.text, deep));
    sl_tmp_remove(dir);
}

static void a_new_file_is_never_written_over_another(void **state)
{
    (void)state;
    char dir[SL_PATH_BYTES], file[SL_PATH_BYTES];
    char *text = NULL;
    size_t len = 0;
    struct stat st;
    struct sl_err err = {0};
    sl_tmp_make(dir);
    assert_int_equal(sl_path_join(file, sizeof file, dir, "f", NULL), SL_OK);
    assert_int_equal(sl_file_write_new(file, "one", 3, 0600, NULL), SL_OK);
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(st.st_nlink, 1);
    assert_int_equal(sl_file_write_new(file, "two", 3, 0600, &err), SL_EHELD);
    assert_non_null(strstr(err.text, file));
    assert_int_equal(sl_file_read(&text, &len, file, 6, NULL), SL_OK);
    assert_string_equal(text, "one");
    free(text);
    assert_int_equal(unlink(file), 0);
    assert_int_equal(rmdir(dir), 0); /* nothing is left beside it */
    assert_int_equal(sl_file_write_new(file, "one", 3, 0600, NULL), SL_ENOENT);
}

/* A file under the formerly used temporary name is not overwritten, nor is the target of a link in
 * its place. A name may have as many bytes as a file system takes. */
static void a_file_is_written_through_no_link_and_under_any_name(void **state)
{
    (void)state;
    char dir[SL_PATH_BYTES], file[SL_PATH_BYTES], other[SL_PATH_BYTES], link[SL_PATH_BYTES];
    char name[256];
    char *text = NULL;
    size_t len = 0;
    sl_tmp_make(dir);
    snprintf(name, sizeof name, "%0255d", 7);
    assert_int_equal(sl_path_join(file, sizeof file, dir, name, NULL), SL_OK);
    assert_int_equal(sl_file_write_new(file, "new", 3, 0600, NULL), SL_OK);
    assert_int_equal(sl_path_join(other, sizeof other, dir, "other", NULL), SL_OK);
    assert_int_equal(sl_file_write_atomic(other, "mine", 4, 0600, NULL), SL_OK);
    assert_int_equal(unlink(file), 0);
    assert_int_equal(symlink(other, file), 0);
    assert_int_equal(sl_file_write_atomic(file, "again", 5, 0600, NULL), SL_OK);
    assert_int_equal(sl_path_join(file, sizeof file, dir, "f", NULL), SL_OK);
    snprintf(name, sizeof name, "f.tmp-%ld", (long)getpid());
    assert_int_equal(sl_path_join(link, sizeof link, dir, name, NULL), SL_OK);
    assert_int_equal(symlink(other, link), 0);
    assert_int_equal(sl_file_write_atomic(file, "more", 4, 0600, NULL), SL_OK);
    assert_int_equal(sl_file_read(&text, &len, other, 100, NULL), SL_OK);
    assert_string_equal(text, "mine");
    free(text);
    sl_tmp_remove(dir);
}

static void base64_goes_both_ways_for_every_length(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "A", "AB", "ABC", "A===", "AB=C", "AB==AB==", "AB!=", "AC==A", "AB=", "AB==", "ABD="};
    uint8_t bytes[64];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 37 + 200);
    for (size_t len = 0; len <= sizeof bytes; len++) {
        struct sl_buf text = {0}, back = {0};
        sl_base64_encode(&text, bytes, len);
        assert_int_equal(text.len, (len + 2) / 3 * 4);
        assert_int_equal(sl_base64_decode(&back, len > 0 ? text.data : "", NULL), SL_OK);
        assert_int_equal(back.len, len);
        assert_memory_equal(back.data != NULL ? back.data : "", bytes, len);
        sl_buf_free(&text);
        sl_buf_free(&back);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct sl_buf back = {0};
        if (sl_base64_decode(&back, bad[i], NULL) != SL_EFORMAT)
            fail_msg("%s", bad[i]);
        sl_buf_free(&back);
    }
}

static void a_time_is_read_in_the_form_that_is_written(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "2001-09-09T01:46:40Z",
                                      "2001-02-29T00:00:00.000Z",
                                      "2001-09-09T24:00:00.000Z",
                                      "2001-09-09T01:46:40.000z",
                                      "2001-09-09T01:46:40.000+"};
    int64_t ms = 0;
    char text[SL_RFC3339_CHARS];
    sl_rfc3339(text, 1000000000123);
    assert_true(sl_rfc3339_parse(&ms, text));
    assert_int_equal(ms, 1000000000123);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(sl_rfc3339_parse(&ms, bad[i]));
}

static void a_tilde_in_front_of_a_path_is_the_home_folder(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    char long_path[SL_PATH_BYTES + 1];
    assert_int_equal(setenv("HOME", "/home/ann", 1), 0);
    assert_int_equal(sl_path_expand_home(path, "~/keys/a", NULL), SL_OK);
    assert_string_equal(path, "/home/ann/keys/a");
    assert_int_equal(sl_path_expand_home(path, "~bob/a", NULL), SL_OK);
    assert_string_equal(path, "~bob/a");
    memset(long_path, 'x', SL_PATH_BYTES);
    long_path[SL_PATH_BYTES] = '\0';
    assert_int_equal(sl_path_expand_home(path, long_path, NULL), SL_EOVERFLOW);
}

static void state_dir_moves_all_three_folders(void **state)
{
    (void)state;
    struct sl_paths paths;
    assert_int_equal(sl_paths_find(&paths, "/srv/sluice/", NULL), SL_OK);
    assert_string_equal(paths.config, "/srv/sluice/config");
    assert_string_equal(paths.state, "/srv/sluice/state");
    assert_string_equal(paths.data, "/srv/sluice/data");
    assert_int_equal(setenv("HOME", "/home/ann", 1), 0);
    assert_int_equal(setenv("XDG_STATE_HOME", "relative", 1), 0);
    assert_int_equal(setenv("XDG_DATA_HOME", "/data", 1), 0);
    assert_int_equal(unsetenv("XDG_CONFIG_HOME"), 0);
    assert_int_equal(sl_paths_find(&paths, NULL, NULL), SL_OK);
    assert_string_equal(paths.config, "/home/ann/.config/sluice");
    assert_string_equal(paths.state, "/home/ann/.local/state/sluice");
    assert_string_equal(paths.data, "/data/sluice");
    assert_int_equal(unsetenv("HOME"), 0);
    assert_int_equal(sl_paths_find(&paths, NULL, NULL), SL_ECONFIG);
}

static void uuids_are_version_4_and_differ(void **state)
{
    (void)state;
    char a[SL_UUID_CHARS];
    char b[SL_UUID_CHARS];
    sl_uuid(a);
    sl_uuid(b);
    assert_int_equal(strlen(a), 36);
    assert_int_equal(a[14], '4');
    assert_string_not_equal(a, b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(error_text_carries_its_chain_of_contexts),
        cmocka_unit_test(every_error_name_leads_back_to_its_code),
        cmocka_unit_test(hex_goes_both_ways_and_refuses_what_is_no_hex),
        cmocka_unit_test(base64_goes_both_ways_for_every_length),
        cmocka_unit_test(a_time_is_read_in_the_form_that_is_written),
        cmocka_unit_test(a_file_is_written_through_no_link_and_under_any_name),
        cmocka_unit_test(base32_goes_both_ways_for_every_length),
        cmocka_unit_test(base32_refuses_bad_lengths_letters_and_stray_bits),
        cmocka_unit_test(buffer_grows_and_its_cap_holds),
        cmocka_unit_test(times_are_rfc3339_in_utc),
        cmocka_unit_test(folders_are_made_and_files_written_whole),
        cmocka_unit_test(a_new_file_is_never_written_over_another),
        cmocka_unit_test(a_tilde_in_front_of_a_path_is_the_home_folder),
        cmocka_unit_test(state_dir_moves_all_three_folders),
        cmocka_unit_test(uuids_are_version_4_and_differ),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
