/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Pasted text, key bindings and themes: the three texts that the screen reads from outside. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "tui/input/keymap.h"
#include "tui/input/paste.h"
#include "tui/terminal/keys.h"
#include "tui/terminal/theme.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void paste(const char *text, size_t len)
{
    char path[256];
    size_t at = 0, before = 0, got = 0;
    while ((got = sl_paste_next(path, sizeof path, text, len, &at, NULL)) > 0) {
        assert(got < sizeof path && strlen(path) == got);
        assert(at > before && at <= len);
        before = at;
    }
}

static void keys(const char *text, size_t len)
{
    struct sl_keymap map;
    struct sl_err err;
    sl_keymap_defaults(&map);
    if (sl_keymap_parse(&map, "fuzz", text, len, &err) < 0)
        return;
    for (int i = 0; i < map.count; i++) {
        char name[SL_KEY_TEXT];
        sl_stroke_name(name, map.bindings[i].first);
        assert(sl_stroke_parse(name, strlen(name)) == map.bindings[i].first);
    }
}

static void theme(const char *text, size_t len)
{
    struct sl_theme parsed = {0};
    struct sl_theme_report report;
    struct sl_err err;
    if (sl_theme_parse(&parsed, "fuzz", text, len, &report, &err) < 0)
        return;
    for (int i = 0; i < SL_ROLE_COUNT; i++)
        assert(parsed.roles[i].fg >= SL_COLOUR_DEFAULT && parsed.roles[i].fg < 2 * SL_COLOUR_RGB);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const char *text = (const char *)data + 1;
    void (*const parsers[])(const char *, size_t) = {paste, keys, theme};
    parsers[data[0] % 3](text, size - 1);
    return 0;
}
