/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "input/keymap.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "terminal/keys.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Parse "j" or "y c" into one or two strokes. False: it is neither. */
static bool parse_strokes(struct sl_binding *out, const char *text, size_t len)
{
    int32_t keys[2] = {SL_KEY_NONE, SL_KEY_NONE};
    int count = 0;
    for (size_t at = 0; at < len;) {
        size_t end = at;
        while (end < len && !is_blank(text[end]))
            end++;
        if (end > at) {
            if (count == 2)
                return false;
            keys[count] = sl_stroke_parse(text + at, end - at);
            if (keys[count++] == SL_KEY_NONE)
                return false;
        }
        at = end + 1;
    }
    out->first = keys[0];
    out->second = keys[1];
    return count > 0;
}

static bool same_context(const struct sl_binding *a, const struct sl_binding *b)
{
    return (sl_action_row(a->action)->context & sl_action_row(b->action)->context) != 0;
}

static void remove_at(struct sl_keymap *map, int i)
{
    map->count--;
    memmove(&map->bindings[i], &map->bindings[i + 1],
            (size_t)(map->count - i) * sizeof map->bindings[0]);
}

/* Free the strokes, and what they would shadow: keys of two strokes and their first stroke. */
static void unbind(struct sl_keymap *map, const struct sl_binding *key)
{
    for (int i = map->count - 1; i >= 0; i--) {
        const struct sl_binding *b = &map->bindings[i];
        const bool shadows = key->second == SL_KEY_NONE || b->second == SL_KEY_NONE;
        if (b->first == key->first && (shadows || b->second == key->second) &&
            (key->action == SL_ACT_NONE || same_context(b, key)))
            remove_at(map, i);
    }
}

static bool bind(struct sl_keymap *map, const struct sl_binding *binding)
{
    if (map->count == SL_BINDINGS_MAX)
        return false;
    map->bindings[map->count++] = *binding;
    return true;
}

void sl_keymap_defaults(struct sl_keymap *map)
{
    map->count = 0;
    for (int action = SL_ACT_NONE + 1; action < SL_ACT_COUNT; action++) {
        const char *keys = sl_action_row((enum sl_action)action)->keys;
        while (*keys != '\0') {
            const char *comma = strstr(keys, ", ");
            const size_t len = comma != NULL ? (size_t)(comma - keys) : strlen(keys);
            struct sl_binding binding = {.action = (uint16_t)action};
            if (parse_strokes(&binding, keys, len))
                (void)bind(map, &binding);
            keys += comma != NULL ? len + 2 : len;
        }
    }
}

static int action_named(const char *name, size_t len)
{
    for (int i = SL_ACT_NONE + 1; i < SL_ACT_COUNT; i++) {
        const char *have = sl_action_row((enum sl_action)i)->name;
        if (strlen(have) == len && memcmp(have, name, len) == 0)
            return i;
    }
    return len == 4 && memcmp(name, "none", 4) == 0 ? SL_ACT_NONE : -1;
}

static void trim(const char **text, size_t *len)
{
    while (*len > 0 && is_blank(**text)) {
        ++*text;
        --*len;
    }
    while (*len > 0 && is_blank((*text)[*len - 1]))
        --*len;
}

/* Parse one line. Returns what is wrong with it, or NULL. */
static const char *parse_line(struct sl_keymap *map, const char *line, size_t len)
{
    trim(&line, &len);
    if (len == 0)
        return NULL;
    size_t equals = len; /* the last '=': an earlier one may be the key itself */
    while (equals > 0 && line[equals - 1] != '=')
        equals--;
    if (equals < 2)
        return "expected 'key = action'";
    const char *name = line + equals;
    size_t name_len = len - equals;
    trim(&name, &name_len);
    struct sl_binding binding = {0};
    if (!parse_strokes(&binding, line, equals - 1))
        return "no such key: use a character, Ctrl-D, Space, Enter, Up, F1 ..., or two keys and a space";
    const int action = action_named(name, name_len);
    if (action < 0)
        return "no such action: `sluice help keys` lists them";
    binding.action = (uint16_t)action;
    unbind(map, &binding);
    if (action != SL_ACT_NONE && !bind(map, &binding))
        return "too many keys: at most 256";
    return NULL;
}

int sl_keymap_parse(struct sl_keymap *map, const char *name, const char *text, size_t len,
                    struct sl_err *err)
{
    struct sl_keymap fresh = *map;
    int number = 0;
    for (size_t at = 0; at < len;) {
        const char *newline = memchr(text + at, '\n', len - at);
        const size_t line_len = newline != NULL ? (size_t)(newline - text) - at : len - at;
        number++;
        const char *wrong = parse_line(&fresh, text + at, line_len);
        if (wrong != NULL)
            return sl_err_set(err, SL_ECONFIG, "%s:%d: '%.*s': %s", name, number,
                              (int)(line_len < 60 ? line_len : 60), text + at, wrong);
        at += line_len + 1;
    }
    *map = fresh;
    return SL_OK;
}

enum sl_action sl_keymap_find(const struct sl_keymap *map, enum sl_pane pane, int32_t first,
                              int32_t key)
{
    for (int i = 0; i < map->count; i++) {
        const struct sl_binding *b = &map->bindings[i];
        if ((sl_action_row(b->action)->context & 1U << pane) == 0)
            continue;
        if (first != SL_KEY_NONE && b->first == first && b->second == key)
            return (enum sl_action)b->action;
        if (first == SL_KEY_NONE && b->first == key)
            return b->second != SL_KEY_NONE ? SL_ACT_PREFIX : (enum sl_action)b->action;
    }
    return SL_ACT_NONE;
}

void sl_keymap_keys_of(char *out, size_t cap, const struct sl_keymap *map, enum sl_action action,
                       int most)
{
    size_t len = 0;
    out[0] = '\0';
    for (int i = 0; i < map->count && most > 0; i++) {
        const struct sl_binding *b = &map->bindings[i];
        if (b->action != action)
            continue;
        char first[SL_KEY_TEXT], second[SL_KEY_TEXT] = "";
        sl_stroke_name(first, b->first);
        if (b->second != SL_KEY_NONE)
            sl_stroke_name(second, b->second);
        const int n = snprintf(out + len, cap - len, "%s%s%s%s", len > 0 ? ", " : "", first,
                               second[0] != '\0' ? " " : "", second);
        if (n < 0 || (size_t)n >= cap - len) {
            out[len] = '\0';
            return;
        }
        len += (size_t)n;
        most--;
    }
}
