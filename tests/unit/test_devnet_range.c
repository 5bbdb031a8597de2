/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <string.h>

#include "devnet/http/range.h"
#include "devnet/pieces/sniff.h"
#include "support/test.h"

static const struct range_case {
    const char *text;
    uint64_t size;
    enum sl_devnet_ranges kind;
    size_t count;
    struct sl_devnet_range first;
    struct sl_devnet_range last;
} range_cases[] = {
    {NULL, 100, SL_DEVNET_RANGES_WHOLE, 0, {0, 0}, {0, 0}},
    {"", 100, SL_DEVNET_RANGES_WHOLE, 0, {0, 0}, {0, 0}},
    {"bytes=0-0", 100, SL_DEVNET_RANGES_SOME, 1, {0, 1}, {0, 1}},
    {"bytes=0-99", 100, SL_DEVNET_RANGES_SOME, 1, {0, 100}, {0, 100}},
    {"bytes=10-19", 100, SL_DEVNET_RANGES_SOME, 1, {10, 10}, {10, 10}},
    {"bytes=90-1000", 100, SL_DEVNET_RANGES_SOME, 1, {90, 10}, {90, 10}},
    {"bytes=90-", 100, SL_DEVNET_RANGES_SOME, 1, {90, 10}, {90, 10}},
    {"bytes=-10", 100, SL_DEVNET_RANGES_SOME, 1, {90, 10}, {90, 10}},
    {"bytes=-1000", 100, SL_DEVNET_RANGES_SOME, 1, {0, 100}, {0, 100}},
    {"bytes= 1 - 2 ", 100, SL_DEVNET_RANGES_SOME, 1, {1, 2}, {1, 2}},
    {"bytes=0-9,20-29", 100, SL_DEVNET_RANGES_SOME, 2, {0, 10}, {20, 10}},
    {"bytes=0-9,,-1", 100, SL_DEVNET_RANGES_SOME, 2, {0, 10}, {99, 1}},
    {"bytes=0-9,200-", 100, SL_DEVNET_RANGES_SOME, 1, {0, 10}, {0, 10}},
    {"bytes=0-99,0-99", 100, SL_DEVNET_RANGES_WHOLE, 2, {0, 100}, {0, 100}},
    {"bytes=0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0",
     100,
     SL_DEVNET_RANGES_WHOLE,
     SL_DEVNET_RANGES_MAX,
     {0, 1},
     {0, 1}},
    {"bytes=100-", 100, SL_DEVNET_RANGES_NO_OVERLAP, 0, {0, 0}, {0, 0}},
    {"bytes=100-200,300-", 100, SL_DEVNET_RANGES_NO_OVERLAP, 0, {0, 0}, {0, 0}},
    {"bytes=-0", 100, SL_DEVNET_RANGES_NO_OVERLAP, 0, {0, 0}, {0, 0}},
    {"bytes=99999999999999999999999-", 100, SL_DEVNET_RANGES_NO_OVERLAP, 0, {0, 0}, {0, 0}},
    {"bytes=0-99999999999999999999999", 100, SL_DEVNET_RANGES_SOME, 1, {0, 100}, {0, 100}},
    {"bytes=", 100, SL_DEVNET_RANGES_WHOLE, 0, {0, 0}, {0, 0}},
    {"bytes=,", 100, SL_DEVNET_RANGES_WHOLE, 0, {0, 0}, {0, 0}},
    {"bytes=5", 100, SL_DEVNET_RANGES_INVALID, 0, {0, 0}, {0, 0}},
    {"bytes=-", 100, SL_DEVNET_RANGES_INVALID, 0, {0, 0}, {0, 0}},
    {"bytes=--5", 100, SL_DEVNET_RANGES_INVALID, 0, {0, 0}, {0, 0}},
    {"bytes=9-8", 100, SL_DEVNET_RANGES_INVALID, 0, {0, 0}, {0, 0}},
    {"bytes=a-b", 100, SL_DEVNET_RANGES_INVALID, 0, {0, 0}, {0, 0}},
    {"bytes=+1-2", 100, SL_DEVNET_RANGES_INVALID, 0, {0, 0}, {0, 0}},
    {"items=0-1", 100, SL_DEVNET_RANGES_INVALID, 0, {0, 0}, {0, 0}},
    {"bytes", 100, SL_DEVNET_RANGES_INVALID, 0, {0, 0}, {0, 0}},
};

static void every_form_of_range_is_understood_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof range_cases / sizeof range_cases[0]; i++) {
        const struct range_case *want = &range_cases[i];
        struct sl_devnet_range ranges[SL_DEVNET_RANGES_MAX] = {0};
        size_t count = 99;
        const enum sl_devnet_ranges kind =
            sl_devnet_ranges_parse(ranges, &count, want->text, want->size);
        if (kind != want->kind || count != want->count)
            fail_msg("'%s': kind %d, %zu ranges", want->text, (int)kind, count);
        if (count > 0) {
            assert_memory_equal(&ranges[0], &want->first, sizeof want->first);
            assert_memory_equal(&ranges[count - 1], &want->last, sizeof want->last);
        }
    }
}

static void media_types_come_from_the_first_bytes(void **state)
{
    (void)state;
    static const struct {
        const char *head;
        size_t len;
        const char *type;
    } heads[] = {
        {"\0\0\0\x18"
         "ftypmp42",
         12, "video/mp4"},
        {"\x1a\x45\xdf\xa3", 4, "video/webm"},
        {"\x89PNG\r\n\x1a\n", 8, "image/png"},
        {"\x89PNG\r\n\x1a", 7, "application/octet-stream"},
        {"hello, world\n", 13, "text/plain; charset=utf-8"},
        {"hello\0", 6, "application/octet-stream"},
        {"", 0, "text/plain; charset=utf-8"},
    };
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        assert_string_equal(sl_devnet_sniff((const uint8_t *)heads[i].head, heads[i].len)->type,
                            heads[i].type);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_of_range_is_understood_or_refused),
        cmocka_unit_test(media_types_come_from_the_first_bytes),
    };
    return cmocka_run_group_tests_name("devnet range", tests, NULL, NULL);
}
