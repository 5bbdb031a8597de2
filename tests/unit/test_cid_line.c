/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The lines of a list of PieceCIDs: what is written is read back, anything else is refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands/library/cid_line.h"
#include "cli/output/output.h"
#include "support/test.h"

static struct sl_piece_id some_piece(void)
{
    struct sl_piece_id id = {.payload_bytes = 1000, .height = sl_piece_height(1000)};
    for (size_t i = 0; i < sizeof id.root; i++)
        id.root[i] = (uint8_t)(i + 1);
    return id;
}

static void assert_read_back(const char *path, bool v1)
{
    char cid[SL_PIECE_CID_CHARS];
    const struct sl_piece_id id = some_piece();
    struct sl_cid_line line = {0};
    struct sl_buf text = {0};
    if (v1)
        sl_piece_cid_v1(cid, id.root);
    else
        sl_piece_cid(cid, &id);
    sl_output_cid_line(&text, cid, path);
    assert_int_equal(sl_cid_line_parse(&line, text.data, text.len - 1, NULL), SL_OK);
    assert_string_equal(line.path, path);
    assert_int_equal(line.v1, v1);
    if (v1)
        assert_memory_equal(line.piece.root, id.root, sizeof id.root);
    else
        assert_true(sl_piece_id_equal(&line.piece, &id));
    sl_buf_free(&text);
}

static void every_name_is_read_back_as_it_was_written(void **state)
{
    (void)state;
    static const char *const paths[] = {
        "a",    "-",     " two  blanks ", "*star",           "\\", "a\\nb", "a\nb\r", "\x1b[2J\x7f",
        "\xff", "\\x41", "ü/\xc3/",       "\xe2\x80\xaevkm", "#"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        assert_read_back(paths[i], false);
        assert_read_back(paths[i], true);
    }
    char every[256];
    for (int c = 1; c < 256; c++)
        every[c - 1] = (char)c;
    every[255] = '\0';
    assert_read_back(every, false);
    char longest[SL_PATH_BYTES];
    memset(longest, '\x01', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_read_back(longest, false);
}

static void assert_refused(const char *before, const char *behind, size_t len, const char *words)
{
    char text[2 * SL_PATH_BYTES], cid[SL_PIECE_CID_CHARS];
    const struct sl_piece_id id = some_piece();
    struct sl_cid_line line = {0};
    struct sl_err err = {0};
    sl_piece_cid(cid, &id);
    const size_t front = (size_t)snprintf(text, sizeof text, "%s%s", before, cid);
    memcpy(text + front, behind, len);
    assert_int_equal(sl_cid_line_parse(&line, text, front + len, &err), SL_EFORMAT);
    if (strstr(err.text, words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", err.text, words);
}

#define REFUSED(before, behind, words) assert_refused(before, behind, sizeof(behind) - 1, words)

static void what_was_not_written_by_sluice_is_refused(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES + 2] = "  ";
    REFUSED("", "", "no PieceCID and name");
    REFUSED("", " a", "no two blanks");
    REFUSED("", "  ", "no name");
    REFUSED("", " ", "no two blanks");
    REFUSED("", "  a\0b", "NUL");
    REFUSED("\\", "  a\\", "no escape");
    REFUSED("\\", "  a\\t", "no escape");
    REFUSED("\\", "  a\\x4", "no escape");
    REFUSED("\\", "  a\\xg0", "no escape");
    REFUSED("\\", "  a\\x00", "NUL");
    REFUSED(" ", "  a", "");
    REFUSED("x", "  a", "");
    memset(path + 2, 'a', SL_PATH_BYTES);
    assert_refused("", path, sizeof path, "too long");
}

static void an_asterisk_may_stand_for_the_second_blank(void **state)
{
    (void)state;
    char text[256], cid[SL_PIECE_CID_CHARS];
    const struct sl_piece_id id = some_piece();
    struct sl_cid_line line = {0};
    sl_piece_cid(cid, &id);
    const int len = snprintf(text, sizeof text, "%s *a\\b", cid);
    assert_int_equal(sl_cid_line_parse(&line, text, (size_t)len, NULL), SL_OK);
    assert_string_equal(line.path, "a\\b");
}

static void lines_end_with_or_without_a_carriage_return_and_may_be_too_long(void **state)
{
    (void)state;
    char line[SL_CID_LINE_BYTES];
    size_t len = 0;
    bool whole = false;
    FILE *list = tmpfile();
    assert_non_null(list);
    fputs("one\r\n\ntwo\n", list);
    for (size_t i = 0; i < (size_t)2 * SL_CID_LINE_BYTES; i++)
        fputc('x', list);
    fputs("\nlast", list);
    rewind(list);
    static const char *const want[] = {"one", "", "two", NULL, "last"};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        assert_int_equal(sl_cid_line_read(line, &len, &whole, list, NULL), 1);
        assert_int_equal(whole, want[i] != NULL);
        if (want[i] != NULL)
            assert_string_equal(line, want[i]);
    }
    assert_int_equal(sl_cid_line_read(line, &len, &whole, list, NULL), 0);
    (void)fclose(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_name_is_read_back_as_it_was_written),
        cmocka_unit_test(what_was_not_written_by_sluice_is_refused),
        cmocka_unit_test(an_asterisk_may_stand_for_the_second_blank),
        cmocka_unit_test(lines_end_with_or_without_a_carriage_return_and_may_be_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
