/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What is known of pieces, put together to files, and manifests of them. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/copies.h"
#include "sluice/path.h"

#include "support/test.h"
#include "support/tmp.h"

enum { SHARD = 127 * 2, PARTS = 3, LAST = 150, TOTAL = 2 * SHARD + LAST };

struct cut {
    struct sl_piece_id parts[PARTS];
    struct sl_piece_id whole;
};

static struct sl_piece_id id_of(const uint8_t *bytes, size_t len)
{
    struct sl_piece_id id;
    struct sl_piece_hasher *hasher = sl_piece_hasher_new();
    assert_non_null(hasher);
    assert_int_equal(sl_piece_hasher_add(hasher, bytes, len, NULL), SL_OK);
    assert_int_equal(sl_piece_hasher_finish(hasher, &id, NULL), SL_OK);
    sl_piece_hasher_free(hasher);
    return id;
}

static struct cut cut_of(uint8_t seed)
{
    uint8_t bytes[TOTAL];
    struct cut out;
    for (size_t i = 0; i < TOTAL; i++)
        bytes[i] = (uint8_t)(i * 31 + seed);
    for (size_t i = 0; i < PARTS; i++)
        out.parts[i] = id_of(bytes + i * SHARD, i + 1 < PARTS ? SHARD : LAST);
    out.whole = id_of(bytes, TOTAL);
    return out;
}

static void add(struct sl_copies *copies, const struct sl_copy *copy)
{
    assert_int_equal(sl_copies_add(copies, copy, NULL), SL_OK);
}

static void add_part(struct sl_copies *copies, const struct cut *cut, uint32_t part,
                     const char *name, const char *url)
{
    add(copies, &(struct sl_copy){.name = name,
                                  .url = url,
                                  .piece = cut->parts[part - 1],
                                  .in_whole = true,
                                  .whole = cut->whole,
                                  .part = part,
                                  .parts = PARTS});
}

static void parts_in_any_order_make_up_their_whole(void **state)
{
    (void)state;
    const struct cut cut = cut_of(1), other = cut_of(2);
    struct sl_copies copies = {0};
    struct sl_wanted wanted;
    add_part(&copies, &cut, 3, "film", "http://b/3");
    add_part(&copies, &other, 1, "other", "http://b/x");
    add_part(&copies, &cut, 1, "film", "http://b/1");
    add_part(&copies, &cut, 2, "film", "http://b/2");
    add_part(&copies, &cut, 1, "film", "http://a/1");
    add_part(&copies, &cut, 1, "film", "http://b/1");
    assert_int_equal(sl_copies_file(&wanted, &copies, &cut.whole, NULL), 1);
    assert_int_equal(wanted.file.part_count, PARTS);
    assert_string_equal(wanted.name, "film");
    assert_int_equal(wanted.file.parts[0].url_count, 2);
    assert_string_equal(wanted.file.parts[0].urls[0], "http://b/1");
    assert_string_equal(wanted.file.parts[0].urls[1], "http://a/1");
    assert_string_equal(wanted.file.parts[2].urls[0], "http://b/3");
    sl_wanted_free(&wanted);
    assert_int_equal(sl_copies_file(&wanted, &copies, &cut.parts[1], NULL), 1);
    assert_int_equal(wanted.file.part_count, 1);
    assert_string_equal(wanted.name, "");
    sl_wanted_free(&wanted);
    sl_copies_free(&copies);
}

static void a_missing_part_is_named(void **state)
{
    (void)state;
    const struct cut cut = cut_of(1);
    struct sl_copies copies = {0};
    struct sl_wanted wanted;
    struct sl_err err = {0};
    add_part(&copies, &cut, 1, "film", "http://b/1");
    add_part(&copies, &cut, 3, "film", "http://b/3");
    assert_int_equal(sl_copies_file(&wanted, &copies, &cut.whole, &err), 0);
    assert_string_equal(err.text, "part 2 of 3 of it is not known");
    sl_copies_free(&copies);
}

static void parts_that_lie_make_no_file(void **state)
{
    (void)state;
    struct cut cut = cut_of(1);
    const struct cut other = cut_of(2);
    struct sl_copies copies = {0};
    struct sl_wanted wanted;
    struct sl_err err = {0};
    cut.parts[1] = other.parts[1];
    for (uint32_t i = 1; i <= PARTS; i++)
        add_part(&copies, &cut, i, "film", "http://b/1");
    assert_int_equal(sl_copies_file(&wanted, &copies, &cut.whole, &err), 0);
    assert_int_equal(err.code, SL_EFORMAT);
    /* four billion parts are not made room for */
    copies.list[0].parts = UINT32_MAX;
    assert_int_equal(sl_copies_file(&wanted, &copies, &cut.whole, &err), 0);
    sl_copies_free(&copies);
}

static void a_part_that_was_cut_again_is_put_together_too(void **state)
{
    (void)state;
    enum { BIG = 127 * 4, REST = 127 * 2 + 30, ALL = 2 * BIG + REST };
    static const struct {
        const char *label;
        size_t from, len;
    } rows[] = {{"3.2-2/3", 2 * BIG + 127 * 2, 30},
                {"1/3", 0, BIG},
                {"2.3-4/3", BIG + 127 * 2, 127},
                {"2.1-2/3", BIG, 127 * 2},
                {"2.4-4/3", BIG + 127 * 3, 127},
                {"3.1-2/3", 2 * BIG, 127 * 2},
                {"1.1-2/3", 0, 127 * 2}};
    uint8_t bytes[ALL];
    struct sl_copies copies = {0};
    struct sl_wanted wanted;
    struct sl_err err = {0};
    for (size_t i = 0; i < ALL; i++)
        bytes[i] = (uint8_t)(i * 7 + 3);
    const struct sl_piece_id all = id_of(bytes, ALL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sl_copy copy = {.name = "film",
                               .url = rows[i].label,
                               .piece = id_of(bytes + rows[i].from, rows[i].len),
                               .in_whole = true,
                               .whole = all};
        assert_true(sl_copy_label(&copy, rows[i].label));
        add(&copies, &copy);
    }
    if (sl_copies_file(&wanted, &copies, &all, &err) != 1)
        fail_msg("%s", err.text);
    static const char *const want[] = {"1/3",     "2.1-2/3", "2.3-4/3",
                                       "2.4-4/3", "3.1-2/3", "3.2-2/3"};
    assert_int_equal(wanted.file.part_count, sizeof want / sizeof want[0]);
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++)
        assert_string_equal(wanted.file.parts[i].urls[0], want[i]);
    sl_wanted_free(&wanted);
    sl_copies_free(&copies);
}

static void metadata_that_makes_no_sense_is_left_out(void **state)
{
    (void)state;
    const struct cut cut = cut_of(1);
    char cid[SL_PIECE_CID_CHARS];
    sl_piece_cid(cid, &cut.whole);
    static const struct {
        const char *part;
        bool right;
    } rows[] = {{"3/12", true},     {"12/12", true},     {"1/1", true},         {"13/12", false},
                {"0/12", false},    {"3/", false},       {"/3", false},         {"3", false},
                {"3.2-4/12", true}, {"3.5-4/12", false}, {"3.2-3/12", false},   {"3.0-4/12", false},
                {"3.2-4/12", true}, {"3.5-4/12", false}, {"3.2-3/12", false},   {"3.0-4/12", false},
                {"3/12x", false},   {"-1/2", false},     {"1/99999999", false}, {"01/2", false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sl_copy copy = {0};
        const struct sl_metadata entries[] = {
            {"filename", "film"}, {"part", rows[i].part}, {"whole", cid}};
        sl_copy_describe(&copy, entries, 3);
        if (copy.in_whole != rows[i].right)
            fail_msg("%s", rows[i].part);
        assert_string_equal(copy.name, "film");
    }
    struct sl_copy copy = {0};
    const struct sl_metadata bad[] = {{"part", "1/2"}, {"whole", "bafk"}};
    sl_copy_describe(&copy, bad, 2);
    assert_false(copy.in_whole);
    assert_string_equal(copy.name, "");
}

/* ---- names ---- */

static void hostile_names_are_seen(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool below;
    } rows[] = {
        {"film.mkv", true},    {"a/b/film.mkv", true}, {"", false},       {".", false},
        {"..", false},         {"../film", false},     {"a/../b", false}, {"/etc/passwd", false},
        {"a//b", false},       {"a/", false},          {"a/./b", false},  {"a/..", false},
        {"Ünïcode.mkv", true}, {"-rf", true},          {"a b", true},     {"...", true},
        {".nomedia", true},    {"a/.hidden/x", true},  {"a\nb", true},    {"a\x1b[2Jb", true},
        {"a\xff", true},       {"a\\b", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (sl_copies_name_is_below(rows[i].name) != rows[i].below)
            fail_msg("'%s'", rows[i].name);
    }
    assert_true(sl_copies_name_is_plain("film.mkv"));
    assert_false(sl_copies_name_is_plain("a/film.mkv"));
    assert_true(sl_copies_name_is_hidden(".nomedia"));
    assert_true(sl_copies_name_is_hidden("a/.ssh/x"));
    assert_false(sl_copies_name_is_hidden("a.b/film.mkv"));
}

static void folders_are_made_below_and_links_are_not_followed(void **state)
{
    (void)state;
    char dir[SL_PATH_BYTES], path[SL_PATH_BYTES];
    const char *base;
    struct stat st;
    struct sl_err err = {0};
    sl_tmp_make(dir);
    const int fd = open(dir, O_RDONLY | O_DIRECTORY);
    const int sub = sl_folder_below(&base, fd, "a/b/film", 0750, &err);
    assert_true(sub >= 0);
    assert_string_equal(base, "film");
    assert_int_equal(sl_path_join(path, sizeof path, dir, "a/b", NULL), SL_OK);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0750);
    close(sub);
    assert_int_equal(symlinkat("/tmp", fd, "link"), 0);
    assert_int_equal(sl_folder_below(&base, fd, "link/film", 0750, &err), SL_EFILETYPE);
    assert_int_equal(sl_folder_below(&base, fd, "../film", 0750, &err), SL_EFORMAT);
    close(fd);
    sl_tmp_remove(dir);
}

/* ---- manifests ---- */

static void a_manifest_comes_back_as_it_was_written(void **state)
{
    (void)state;
    const struct cut cut = cut_of(1);
    struct sl_copies copies = {0};
    struct sl_wanted wanted;
    struct sl_buf text = {0};
    struct sl_manifest manifest;
    struct sl_err err = {0};
    for (uint32_t i = 1; i <= PARTS; i++) {
        char url[128], cid[SL_PIECE_CID_CHARS];
        sl_piece_cid(cid, &cut.parts[i - 1]);
        snprintf(url, sizeof url, "http://%c/piece/%s", i == 1 ? 'a' : 'b', cid);
        add_part(&copies, &cut, i, "film", url);
    }
    copies.list[0].data_set_id = 7;
    copies.list[0].provider_id = 3;
    assert_int_equal(sl_copies_file(&wanted, &copies, &cut.whole, NULL), 1);
    const struct sl_manifest_entry entry = {.name = "trip/film \"1\"", .wanted = &wanted};
    sl_manifest_begin(&text, "local");
    sl_manifest_add(&text, &entry, true);
    sl_manifest_end(&text);
    assert_int_equal(text.failed, SL_OK);
    sl_wanted_free(&wanted);
    if (sl_manifest_parse(&manifest, text.data, text.len, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(manifest.count, 1);
    assert_string_equal(manifest.files[0].name, "trip/film \"1\"");
    assert_int_equal(sl_copies_file(&wanted, &manifest.copies, &manifest.files[0].whole, NULL), 1);
    assert_int_equal(wanted.file.part_count, PARTS);
    assert_int_equal(wanted.parts[0].copies[0]->data_set_id, 7);
    assert_int_equal(wanted.parts[0].copies[0]->provider_id, 3);
    sl_wanted_free(&wanted);
    sl_manifest_free(&manifest);
    sl_copies_free(&copies);
    sl_buf_free(&text);
}

static void hostile_manifests_are_refused(void **state)
{
    (void)state;
    const struct cut cut = cut_of(1);
    char cid[SL_PIECE_CID_CHARS];
    sl_piece_cid(cid, &cut.whole);
#define FILES(name, size, copies)                                                                  \
    "{\"manifest\":\"sluice\",\"v\":1,\"files\":[{\"name\":" name                                  \
    ",\"pieceCid\":\"CID\",\"size\":" size ",\"parts\":[{\"pieceCid\":\"CID\",\"copies\":" copies  \
    "}]}]}"
#define COPY "[{\"url\":\"http://a/piece/CID\"}]"
    static const struct {
        const char *text;
        bool right;
    } rows[] = {
        {FILES("\"a\"", "658", COPY), true},
        {FILES("\"../a\"", "658", COPY), false},
        {FILES("\"/a\"", "658", COPY), false},
        {FILES("\"a\\u001b\"", "658", COPY), true},
        {FILES("\"a\",\"nameBase64\":\"Lg==\"", "658", COPY), false},
        {FILES("\"a\",\"nameBase64\":\"Li4vYQ==\"", "658", COPY), false},
        {FILES("\"a\",\"nameBase64\":\"YQBi\"", "658", COPY), false},
        {FILES("\"a\",\"nameBase64\":\"!\"", "658", COPY), false},
        {FILES("\"a\",\"nameBase64\":\"Yf8=\"", "658", COPY), true},
        {FILES("\"a\",\"olderOf\":\"/b\"", "658", COPY), false},
        {FILES("\"a\",\"name\":\"b\"", "658", COPY), false},
        {FILES("7", "658", COPY), false},
        {FILES("\"a\"", "659", COPY), false},
        {FILES("\"a\"", "658", "[]"), false},
        {FILES("\"a\"", "658", "[{}]"), false},
        {FILES("\"a\"", "658", "{}"), false},
        {"{}", false},
        {"[]", false},
        {"{\"manifest\":\"sluice\",\"v\":2,\"files\":[]}", false},
        {"{\"manifest\":\"sluice\",\"v\":1}", false},
        {"{\"manifest\":\"sluice\",\"v\":1,\"files\":[]}", true},
        {"{\"manifest\":\"sluice\",\"v\":1,\"files\":[7]}", false},
        {"{\"manifest\":\"sluice\",\"v\":1,\"files\":[],\"files\":[]}", false},
        {"{\"manifest\":\"sluice\",\"v\":1,\"files\":[]", false},
        {"{\"manifest\":\"sluice\",\"v\":1,\"files\":[]]", false},
        {"{\"manifest\":\"sluice\",\"v\":1,\"files\":[]}x", false},
        {"", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sl_buf text = {0};
        struct sl_manifest manifest;
        struct sl_err err = {0};
        for (const char *at = rows[i].text; *at != '\0';) {
            const bool is_cid = strncmp(at, "CID\"", 4) == 0;
            sl_buf_add(&text, is_cid ? cid : at, is_cid ? strlen(cid) : 1);
            at += is_cid ? 3 : 1;
        }
        const int rc =
            sl_manifest_parse(&manifest, text.data != NULL ? text.data : "", text.len, &err);
        if ((rc == SL_OK) != rows[i].right)
            fail_msg("row %zu: %d %s", i, rc, err.text);
        sl_manifest_free(&manifest);
        sl_buf_free(&text);
    }
}

/* One file with one copy at this address; CID in the address stands for its PieceCID. */
static size_t copies_of(const char *url, size_t *left_out)
{
    const struct cut cut = cut_of(1);
    char cid[SL_PIECE_CID_CHARS], v1[SL_PIECE_V1_CHARS];
    struct sl_buf text = {0};
    struct sl_manifest manifest;
    struct sl_err err = {0};
    sl_piece_cid(cid, &cut.whole);
    sl_piece_cid_v1(v1, cut.whole.root);
    const size_t before = strcspn(url, "#");
    sl_buf_printf(&text,
                  "{\"manifest\":\"sluice\",\"v\":1,\"files\":[{\"name\":\"a\",\"pieceCid\":\"%s\","
                  "\"parts\":[{\"pieceCid\":\"%s\",\"copies\":[{\"url\":\"%.*s%s%s\"}]}]}]}",
                  cid, cid, (int)before, url,
                  url[before] == '#' ? (url[before + 1] == '1' ? v1 : cid) : "",
                  url[before] == '#' ? url + before + 2 : "");
    if (sl_manifest_parse(&manifest, text.data, text.len, &err) < 0)
        fail_msg("%s: %s", url, err.text);
    const size_t count = manifest.copies.count;
    *left_out = manifest.left_out;
    sl_manifest_free(&manifest);
    sl_buf_free(&text);
    return count;
}

/* "#2" is the PieceCID, "#1" its version 1 form. */
static void a_manifest_has_only_addresses_of_its_pieces(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        bool asked;
    } rows[] = {
        {"https://h/piece/#2", true},
        {"https://h/piece/#1", true},
        {"http://127.0.0.1:5/secret/piece/#2", true},
        {"https://0xab.calibration.filbeam.io/#2", true},
        {"http://127.0.0.1/#2", false},
        {"http://127.0.0.1/admin/shutdown?confirm=1", false},
        {"https://h/admin?x=/piece/#2", false},
        {"https://h/piece/#2?delete=1", false},
        {"https://h/piece/#2#", false},
        {"https://h/other/#2", false},
        {"https://h/piece/", false},
        {"", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t left_out = 0;
        if (copies_of(rows[i].url, &left_out) != rows[i].asked || left_out == rows[i].asked)
            fail_msg("%s", rows[i].url);
    }
}

static void add_bare(struct sl_copies *copies, const struct sl_piece_id *piece, const char *url)
{
    add(copies, &(struct sl_copy){.url = url,
                                  .piece = *piece,
                                  .unlabelled = true,
                                  .provider_id = 7,
                                  .data_set_id = 8,
                                  .piece_id = 9});
}

static void a_copy_without_a_label_takes_that_of_another(void **state)
{
    (void)state;
    const struct cut cut = cut_of(1);
    struct sl_copies copies = {0};
    struct sl_wanted wanted;
    size_t left;
    add_part(&copies, &cut, 1, "/a/film", "http://a/1");
    add_part(&copies, &cut, 2, "/a/film", "http://a/2");
    for (size_t i = 0; i < PARTS; i++)
        add_bare(&copies, &cut.parts[i], "http://b/x");
    add_bare(&copies, &cut.parts[2], "http://c/3");
    assert_int_equal(sl_copies_label(&left, &copies, &copies, NULL), SL_OK);
    assert_int_equal(left, 1); /* the third part, which is there twice */
    assert_int_equal(copies.count, 6);
    add_part(&copies, &cut, 3, "/a/film", "http://a/3");
    assert_int_equal(sl_copies_label(&left, &copies, &copies, NULL), SL_OK);
    assert_int_equal(left, 0);
    assert_int_equal(sl_copies_file(&wanted, &copies, &cut.whole, NULL), 1);
    assert_int_equal(wanted.file.parts[0].url_count, 2);
    assert_int_equal(wanted.file.parts[2].url_count, 3);
    assert_int_equal(wanted.parts[1].copies[1]->data_set_id, 8);
    sl_wanted_free(&wanted);
    sl_copies_free(&copies);
}

static void a_piece_of_several_files_is_labelled_for_each(void **state)
{
    (void)state;
    const struct cut cut = cut_of(1);
    struct sl_copies copies = {0}, journal = {0};
    struct sl_versions versions;
    size_t left;
    for (uint32_t part = 1; part <= PARTS; part++) {
        add_part(&journal, &cut, part, "/a/film", "http://gone/x");
        add_bare(&copies, &cut.parts[part - 1], "http://b/x");
    }
    add(&journal, &(struct sl_copy){.name = "/a/one", .url = "http://g", .piece = cut.parts[0]});
    add(&journal, &(struct sl_copy){.name = "/a/one", .url = "http://h", .piece = cut.parts[0]});
    assert_int_equal(sl_copies_label(&left, &copies, &journal, NULL), SL_OK);
    sl_copies_free(&journal);
    assert_int_equal(left, 0);
    assert_int_equal(copies.count, PARTS + 1);
    assert_int_equal(sl_versions_read(&versions, &copies, NULL, NULL), SL_OK);
    assert_int_equal(versions.count, 2);
    assert_string_equal(versions.list[0].name, "/a/film");
    assert_string_equal(versions.list[1].name, "/a/one");
    sl_versions_free(&versions);
    sl_copies_free(&copies);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_in_any_order_make_up_their_whole),
        cmocka_unit_test(a_missing_part_is_named),
        cmocka_unit_test(parts_that_lie_make_no_file),
        cmocka_unit_test(a_part_that_was_cut_again_is_put_together_too),
        cmocka_unit_test(a_copy_without_a_label_takes_that_of_another),
        cmocka_unit_test(a_piece_of_several_files_is_labelled_for_each),
        cmocka_unit_test(metadata_that_makes_no_sense_is_left_out),
        cmocka_unit_test(hostile_names_are_seen),
        cmocka_unit_test(folders_are_made_below_and_links_are_not_followed),
        cmocka_unit_test(a_manifest_comes_back_as_it_was_written),
        cmocka_unit_test(hostile_manifests_are_refused),
        cmocka_unit_test(a_manifest_has_only_addresses_of_its_pieces),
    };
    return cmocka_run_group_tests_name("copies", tests, NULL, NULL);
}
