/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Which of several files with the same name is the newest, and what a name stands for; dates. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/copies.h"

#include "cli/lookup/version_names.h"
#include "support/test.h"

static struct sl_piece_id id_of(uint8_t number)
{
    struct sl_piece_id id = {.payload_bytes = 1000, .height = 7};
    memset(id.root, 0, sizeof id.root);
    id.root[0] = number;
    return id;
}

static void add(struct sl_copies *copies, const char *name, uint8_t number, uint64_t data_set,
                uint64_t piece)
{
    const struct sl_copy copy = {.name = name,
                                 .url = "u",
                                 .piece = id_of(number),
                                 .data_set_id = data_set,
                                 .piece_id = piece};
    assert_int_equal(sl_copies_add(copies, &copy, NULL), SL_OK);
}

static void add_job(struct sl_copies *copies, const char *name, uint8_t number, int64_t serial)
{
    const struct sl_copy copy = {.name = name,
                                 .url = "u",
                                 .piece = id_of(number),
                                 .serial = serial,
                                 .stored_ms = 1000 + serial};
    assert_int_equal(sl_copies_add(copies, &copy, NULL), SL_OK);
}

/* `want` has the piece numbers in order, a blank between files. */
static void expect(struct sl_copies *copies, const char *name, const char *want)
{
    struct sl_versions versions;
    struct sl_buf text = {0};
    assert_int_equal(sl_versions_read(&versions, copies, name, NULL), SL_OK);
    for (size_t i = 0, end = 0; i < versions.count; i++) {
        if (i == end) {
            sl_buf_str(&text, i > 0 ? " " : "");
            end = sl_versions_end(&versions, i);
        }
        sl_buf_printf(&text, "%d", versions.list[i].cid.root[0]);
    }
    assert_string_equal(text.data != NULL ? text.data : "", want);
    sl_buf_free(&text);
    sl_versions_free(&versions);
}

static void the_journal_tells_what_is_newer(void **state)
{
    (void)state;
    struct sl_copies copies = {0};
    add_job(&copies, "/a/film", 2, 12);
    add_job(&copies, "/a/film", 3, 11);
    add_job(&copies, "/a/film", 1, 10);
    expect(&copies, "film", "231");
    add_job(&copies, "/a/film", 1, 13); /* the first content returned */
    expect(&copies, "film", "123");
    sl_copies_free(&copies);
}

static void paths_of_one_name_are_several_files(void **state)
{
    (void)state;
    struct sl_copies copies = {0};
    add_job(&copies, "/a/film", 1, 10);
    add_job(&copies, "/a/film", 2, 11);
    add_job(&copies, "/b/film", 3, 12);
    add(&copies, "film", 3, 1, 0); /* the chain's name for a file with a known path */
    expect(&copies, "film", "21 3");
    expect(&copies, "/a/film", "21");
    expect(&copies, "b/film", "3");
    expect(&copies, "ilm", "");
    expect(&copies, NULL, "21 3");
    add(&copies, "film", 4, 1, 1); /* and for one without */
    expect(&copies, "film", "21 3 4");
    sl_copies_free(&copies);
}

/* Both are in data set 7, where 2 came later, though 1 also has a copy in a later data set. */
static void a_data_set_that_has_both_tells_what_is_newer(void **state)
{
    (void)state;
    struct sl_copies copies = {0};
    add(&copies, "film", 1, 7, 0);
    add(&copies, "film", 1, 8, 0);
    add(&copies, "film", 2, 7, 1);
    expect(&copies, "film", "21");
    sl_copies_free(&copies);
}

static void without_one_the_later_data_set_tells_it(void **state)
{
    (void)state;
    struct sl_copies copies = {0};
    add(&copies, "film", 1, 7, 5);
    add(&copies, "film", 2, 9, 0);
    add(&copies, "film", 3, 8, 1);
    expect(&copies, "film", "231");
    sl_copies_free(&copies);
}

/* Metadata holds 96 bytes of an escaped name. */
static void a_name_that_the_chain_has_cut_is_found(void **state)
{
    (void)state;
    struct sl_copies copies = {0};
    char name[256], on_chain[SL_METADATA_VALUE_BYTES + 1];
    snprintf(name, sizeof name, "%0250d.mkv", 7);
    sl_metadata_filename(on_chain, name);
    add(&copies, on_chain, 1, 7, 0);
    sl_metadata_filename(on_chain, "new\nline.mkv");
    add(&copies, on_chain, 2, 7, 1);
    expect(&copies, name, "1");
    expect(&copies, "new\nline.mkv", "2");
    expect(&copies, "elsewhere/new\nline.mkv", "");
    sl_copies_free(&copies);
}

/* ---- dates and names ---- */

static void dates_last_as_long_as_they_say(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t until_ms; /* 0: no date */
    } rows[] = {
        {"2001-09-09", 1000079999999},
        {"2001-09-09T01:46", 1000000019999},
        {"2001-09-09 01:46:40", 1000000000999},
        {"2001-09-09T01:46:40.250", 1000000000250},
        {"2001-09-09T01:46:40Z", 1000000000999},
        {"2001-02-29T01:00", 0},
        {"2001-13-01", 0},
        {"2001-09-09T24:00", 0},
        {"2001-09-09Z", 0},
        {"2001-09-09T01:46+01:00", 0},
        {"2001-9-9", 0},
        {"yesterday", 0},
        {"", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t until_ms = 0;
        const int rc = sl_date_parse(&until_ms, rows[i].text, NULL);
        if (rc != (rows[i].until_ms != 0 ? SL_OK : SL_EUSAGE) ||
            (rc == SL_OK && until_ms != rows[i].until_ms))
            fail_msg("%s: %d, %lld", rows[i].text, rc, (long long)until_ms);
    }
}

static void older_versions_have_their_date_in_their_name(void **state)
{
    (void)state;
    const struct sl_piece_id cid = id_of(1);
    char text[SL_PIECE_CID_CHARS], want[64], date[SL_DATE_CHARS], longest[300];
    sl_piece_cid(text, &cid);
    char *name = sl_version_name("a.b/film.mkv", 1000000000000, &cid, false);
    assert_string_equal(name, "a.b/film (2001-09-09 0146).mkv");
    free(name);
    name = sl_version_name(".nomedia", 0, &cid, false);
    snprintf(want, sizeof want, ".nomedia (%s)", text + strlen(text) - 8);
    assert_string_equal(name, want);
    free(name);
    snprintf(longest, sizeof longest, "a/%0251d.mkv", 7);
    name = sl_version_name(longest, 1000000000000, &cid, true);
    assert_true(sl_copies_name_is_below(name));
    assert_int_equal(strlen(name), 2 + 255);
    assert_string_equal(name + strlen(name) - 4, ".mkv");
    free(name);
    sl_date_text(date, 1000000000000);
    assert_string_equal(date, "2001-09-09 01:46");
    sl_date_text(date, 0);
    assert_string_equal(date, "-");
}

int main(void)
{
    assert_int_equal(setenv("TZ", "UTC", 1), 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_journal_tells_what_is_newer),
        cmocka_unit_test(paths_of_one_name_are_several_files),
        cmocka_unit_test(a_data_set_that_has_both_tells_what_is_newer),
        cmocka_unit_test(without_one_the_later_data_set_tells_it),
        cmocka_unit_test(a_name_that_the_chain_has_cut_is_found),
        cmocka_unit_test(dates_last_as_long_as_they_say),
        cmocka_unit_test(older_versions_have_their_date_in_their_name),
    };
    return cmocka_run_group_tests_name("versions", tests, NULL, NULL);
}
