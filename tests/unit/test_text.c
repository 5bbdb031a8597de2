/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <string.h>

#include "sluice/text.h"

#include "support/test.h"

static void assert_escapes(const char *in, size_t len, const char *want)
{
    char once[512];
    char twice[512];
    const size_t n = sl_text_escape(once, sizeof once, in, len);
    assert_string_equal(once, want);
    assert_int_equal(n, strlen(want));
    sl_text_escape(twice, sizeof twice, once, n);
    assert_string_equal(twice, want);
}
#define ESCAPES(in, want) assert_escapes(in, sizeof in - 1, want)

static void printable_text_stays_as_it_is(void **state)
{
    (void)state;
    ESCAPES("", "");
    ESCAPES("a b\\n c:\\dir", "a b\\n c:\\dir");
    ESCAPES("Zo\u00eb Zoe\u0308 \u65e5\u672c\u8a9e \u043c\u0438\u0440 \U0001f3ac\ufe0f",
            "Zo\u00eb Zoe\u0308 \u65e5\u672c\u8a9e \u043c\u0438\u0440 \U0001f3ac\ufe0f");
    ESCAPES("\u1112\u1161\u11ab\u1100\u1173\u11af", "\u1112\u1161\u11ab\u1100\u1173\u11af");
}

static void controls_and_broken_bytes_are_escaped(void **state)
{
    (void)state;
    ESCAPES("a\nb\tc\rd", "a\\nb\\tc\\rd");
    ESCAPES("\x1b[31m\x07\0\x7f", "\\x1b[31m\\x07\\x00\\x7f");
    ESCAPES("\xc2\x9b"
            "31m",
            "\\u{9b}31m");
    ESCAPES("\xff\xc3", "\\xff\\xc3");
    ESCAPES("\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80",
            "\\xc0\\xaf\\xed\\xa0\\x80\\xf4\\x90\\x80\\x80");
}

static void what_turns_or_hides_text_is_escaped(void **state)
{
    (void)state;
    ESCAPES("film\u202egpj.exe", "film\\u{202e}gpj.exe");
    ESCAPES("\u2066\u2069\u200e\u061c", "\\u{2066}\\u{2069}\\u{200e}\\u{61c}");
    ESCAPES("a\u200bb\u200dc\ufeff\u00ad\u2060", "a\\u{200b}b\\u{200d}c\\u{feff}\\u{ad}\\u{2060}");
    ESCAPES("\u2028\u2029", "\\u{2028}\\u{2029}");
    ESCAPES("\ue000\U00100000", "\\u{e000}\\u{100000}");
    ESCAPES("\u0378\ufdd0\U0001ffff", "\\u{378}\\u{fdd0}\\u{1ffff}");
    ESCAPES("a\u3164\u115f\u034f", "a\\u{3164}\\u{115f}\\u{34f}");
    ESCAPES("\U000e0041", "\\u{e0041}");
}

static void a_mark_needs_a_base_and_company_is_limited(void **state)
{
    (void)state;
    ESCAPES("\u0301x", "\\u{301}x");
    ESCAPES("\n\u0301", "\\n\\u{301}");
    ESCAPES("e\u0301\u0302", "e\u0301\u0302");
    ESCAPES("e\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0302",
            "e\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\\u{301}\\u{302}");
}

/* Joiners stay escaped where columns count, and are recognised where they do not. */
static void joiners_are_known_where_they_shape_text(void **state)
{
    (void)state;
    static const struct {
        int32_t last, joiner, next;
        bool joins;
    } rows[] = {
        {0x1f468, 0x200d, 0x1f4bb, true},  {0x2764, 0x200d, 0x1f525, true},
        {0x06cc, 0x200c, 0x062e, true},    {0x0915, 0x200d, 0x0937, true},
        {0x1f468, 0x200c, 0x1f4bb, false}, {'a', 0x200d, 'b', false},
        {0x06cc, 0x200c, 'b', false},      {0, 0x200d, 0x1f4bb, false},
        {0x1f468, 0x200d, -1, false},      {0x06cc, 0x202e, 0x062e, false},
        {0x06cc, 0x200b, 0x062e, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct sl_text_run run = {.last = rows[i].last, .marks_left = 8};
        assert_int_equal(sl_text_joins(&run, rows[i].joiner, rows[i].next), rows[i].joins);
    }
    ESCAPES("\U0001f468\u200d\U0001f4bb", "\U0001f468\\u{200d}\U0001f4bb");
}

static void escape_writes_whole_forms_only(void **state)
{
    (void)state;
    char out[16];
    for (size_t cap = 1; cap <= 12; cap++) {
        memset(out, 'z', sizeof out);
        const size_t n = sl_text_escape(out, cap, "\u65e5\x1b\u00e9", 6);
        assert_int_equal(n, cap > 9 ? 9 : cap > 7 ? 7 : cap > 3 ? 3 : 0);
        assert_int_equal(strlen(out), n);
        assert_int_equal(out[cap], 'z');
    }
    assert_int_equal(sl_text_escape(NULL, 0, "x", 1), 0);
}

static void widths_are_terminal_columns(void **state)
{
    (void)state;
    assert_int_equal(sl_text_width(""), 0);
    assert_int_equal(sl_text_width("abc"), 3);
    assert_int_equal(sl_text_width("Zoe\u0308"), 3);
    assert_int_equal(sl_text_width("\u65e5\u672c"), 4);
    assert_int_equal(sl_text_width("\U0001f3ac"), 2);
    assert_int_equal(sl_text_width("\uff21\u3000"), 4);
    assert_int_equal(sl_text_width("\u1112\u1161\u11ab"), 2);
    assert_int_equal(sl_text_columns('a'), 1);
    assert_int_equal(sl_text_columns(0x301), 0);
    assert_int_equal(sl_text_columns(0xd55c), 2);
    assert_int_equal(sl_text_columns(-1), 1);
}

static void decoding_tells_bytes_and_code_point(void **state)
{
    (void)state;
    int32_t cp = 7;
    assert_int_equal(sl_text_next(&cp, "", 0), 0);
    assert_int_equal(sl_text_next(&cp, "\u65e5x", 4), 3);
    assert_int_equal(cp, 0x65e5);
    assert_int_equal(sl_text_next(&cp, "\u65e5x", 2), 1);
    assert_int_equal(cp, -1);
}

static void assert_cut(const char *text, int columns, bool ascii, const char *middle,
                       const char *end)
{
    char out[128];
    assert_int_equal(sl_text_cut_middle(out, sizeof out, text, columns, ascii),
                     sl_text_width(middle));
    assert_string_equal(out, middle);
    assert_int_equal(sl_text_cut_end(out, sizeof out, text, columns, ascii), sl_text_width(end));
    assert_string_equal(out, end);
}

static void cutting_keeps_the_extension_and_whole_characters(void **state)
{
    (void)state;
    assert_cut("short.mkv", 9, false, "short.mkv", "short.mkv");
    assert_cut("holiday-in-norway-2024.mkv", 13, false, "holida\u202624.mkv", "holiday-in-n\u2026");
    assert_cut("holiday-in-norway-2024.mkv", 7, false, "ho\u2026.mkv", "holida\u2026");
    assert_cut("holiday-in-norway-2024.mkv", 9, true, "ho....mkv", "holida...");
    assert_cut("holiday-in-norway-2024.mkv", 4, false, "ho\u2026v", "hol\u2026");
    assert_cut("holiday", 1, false, "\u2026", "\u2026");
    assert_cut("holiday", 2, true, "..", "..");
    assert_cut("holiday", 0, false, "", "");
    assert_cut("holiday", -3, true, "", "");
    assert_cut("\u65e5\u672c\u8a9e\u6620\u753b", 6, false, "\u65e5\u2026\u753b",
               "\u65e5\u672c\u2026");
    assert_cut("e\u0301e\u0301e\u0301e\u0301", 3, false, "e\u0301\u2026e\u0301",
               "e\u0301e\u0301\u2026");
    assert_cut(".hidden-without-extension", 7, false, ".hi\u2026ion", ".hidde\u2026");
}

static void cutting_never_passes_the_buffer_or_splits(void **state)
{
    (void)state;
    char out[8];
    memset(out, 'z', sizeof out);
    assert_int_equal(sl_text_cut_middle(out, 5, "\u65e5\u672c", 9, false), 2);
    assert_string_equal(out, "\u65e5");
    assert_int_equal(out[5], 'z');
    assert_int_equal(sl_text_cut_end(NULL, 0, "abc", 2, false), 0);
}

static void sizes_and_rates_read_well(void **state)
{
    (void)state;
    static const struct {
        uint64_t bytes;
        const char *size;
        const char *rate;
    } rows[] = {{0, "0 B", "0 B/s"},
                {999, "999 B", "999 B/s"},
                {1000, "1.0 K", "1.0 KB/s"},
                {84200000, "84.2 M", "84.2 MB/s"},
                {233100000, "233.1 M", "233.1 MB/s"},
                {1900000000, "1.9 G", "1.9 GB/s"},
                {999949, "999.9 K", "999.9 KB/s"},
                {999950, "1.0 M", "1.0 MB/s"},
                {UINT64_C(12000000000000), "12.0 T", "12.0 TB/s"},
                {UINT64_MAX, "18.4 E", "18.4 EB/s"}};
    char out[SL_TEXT_SHORT];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        sl_text_size(out, rows[i].bytes);
        assert_string_equal(out, rows[i].size);
        assert_true(strlen(out) <= 7);
        sl_text_rate(out, rows[i].bytes);
        assert_string_equal(out, rows[i].rate);
    }
}

static void durations_read_well(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        const char *text;
    } rows[] = {{-1, "-"},
                {0, "0s"},
                {2999, "2s"},
                {59999, "59s"},
                {67000, "1:07"},
                {664000, "11:04"},
                {6730000, "1:52:10"},
                {86399999, "23:59:59"},
                {273600000, "3d 04h"},
                {INT64_MAX, "106751991167d 07h"}};
    char out[SL_TEXT_SHORT];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        sl_text_duration(out, rows[i].ms);
        assert_string_equal(out, rows[i].text);
    }
}

static void sizes_are_parsed_and_nonsense_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t bytes;
    } good[] = {{"0", 0},
                {"500", 500},
                {"500B", 500},
                {"10M", 10000000},
                {"10 MB", 10000000},
                {"1.5G", 1500000000},
                {"64KiB", 65536},
                {"2ki", 2048},
                {"3t", UINT64_C(3000000000000)},
                {"1.000001M", 1000001},
                {"18446744073709551615", UINT64_MAX}};
    static const char *const bad[] = {"",     "M",      "-1",  "1.5",       "1.", "1.G",
                                      "1X",   "1Kib",   "1KK", " 1",        "1 ", "1e3",
                                      "0x10", "1.2.3K", "1[",  "1.1234567G"};
    uint64_t bytes = 0;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_int_equal(sl_text_parse_size(&bytes, good[i].text, NULL), SL_OK);
        assert_int_equal(bytes, good[i].bytes);
    }
    bytes = 42;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(sl_text_parse_size(&bytes, bad[i], NULL), SL_EFORMAT);
    }
    assert_int_equal(sl_text_parse_size(&bytes, "18446744073709551616", NULL), SL_EOVERFLOW);
    assert_int_equal(sl_text_parse_size(&bytes, "20000000T", NULL), SL_EOVERFLOW);
    assert_int_equal(bytes, 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(printable_text_stays_as_it_is),
        cmocka_unit_test(controls_and_broken_bytes_are_escaped),
        cmocka_unit_test(what_turns_or_hides_text_is_escaped),
        cmocka_unit_test(a_mark_needs_a_base_and_company_is_limited),
        cmocka_unit_test(joiners_are_known_where_they_shape_text),
        cmocka_unit_test(escape_writes_whole_forms_only),
        cmocka_unit_test(widths_are_terminal_columns),
        cmocka_unit_test(decoding_tells_bytes_and_code_point),
        cmocka_unit_test(cutting_keeps_the_extension_and_whole_characters),
        cmocka_unit_test(cutting_never_passes_the_buffer_or_splits),
        cmocka_unit_test(sizes_and_rates_read_well),
        cmocka_unit_test(durations_read_well),
        cmocka_unit_test(sizes_are_parsed_and_nonsense_is_refused),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
