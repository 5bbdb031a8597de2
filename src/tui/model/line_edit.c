/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "model/line_edit.h"

#include <stdio.h>
#include <string.h>

#include "terminal/keys.h"

void sl_line_edit_set(struct sl_line_edit *line, const char *text)
{
    snprintf(line->text, sizeof line->text, "%s", text);
    line->len = strlen(line->text);
    line->cursor = line->len;
}

bool sl_line_edit_insert(struct sl_line_edit *line, const char *bytes, size_t len)
{
    if (line->len + len >= sizeof line->text)
        return false;
    memmove(line->text + line->cursor + len, line->text + line->cursor,
            line->len - line->cursor + 1);
    memcpy(line->text + line->cursor, bytes, len);
    line->len += len;
    line->cursor += len;
    return true;
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

static size_t before(const struct sl_line_edit *line, size_t at)
{
    if (at > 0)
        at--;
    while (at > 0 && is_continuation(line->text[at]))
        at--;
    return at;
}

static size_t after(const struct sl_line_edit *line, size_t at)
{
    if (at < line->len)
        at++;
    while (at < line->len && is_continuation(line->text[at]))
        at++;
    return at;
}

static void cut(struct sl_line_edit *line, size_t from, size_t to)
{
    memmove(line->text + from, line->text + to, line->len - to + 1);
    line->len -= to - from;
    line->cursor = from;
}

/* Start of the word before the cursor; a slash ends a word, as in paths. */
static size_t word_start(const struct sl_line_edit *line)
{
    size_t at = line->cursor;
    while (at > 0 && (line->text[at - 1] == ' ' || line->text[at - 1] == '/'))
        at--;
    while (at > 0 && line->text[at - 1] != ' ' && line->text[at - 1] != '/')
        at--;
    return at;
}

static bool insert_point(struct sl_line_edit *line, int32_t key)
{
    if (key < 0x20 || key == 0x7F || key >= SL_KEY_UP)
        return false;
    char text[SL_KEY_TEXT] = " ";
    if (key != ' ')
        sl_stroke_name(text, key);
    sl_line_edit_insert(line, text, strlen(text));
    return true;
}

bool sl_line_edit_key(struct sl_line_edit *line, int32_t key)
{
    switch (key) {
    case SL_KEY_LEFT:
        line->cursor = before(line, line->cursor);
        return true;
    case SL_KEY_RIGHT:
        line->cursor = after(line, line->cursor);
        return true;
    case SL_KEY_HOME:
    case SL_KEY_CTRL('a'):
        line->cursor = 0;
        return true;
    case SL_KEY_END:
    case SL_KEY_CTRL('e'):
        line->cursor = line->len;
        return true;
    case SL_KEY_BACKSPACE:
        cut(line, before(line, line->cursor), line->cursor);
        return true;
    case SL_KEY_DELETE:
        cut(line, line->cursor, after(line, line->cursor));
        return true;
    case SL_KEY_CTRL('u'):
        cut(line, 0, line->cursor);
        return true;
    case SL_KEY_CTRL('k'):
        cut(line, line->cursor, line->len);
        return true;
    case SL_KEY_CTRL('w'):
        cut(line, word_start(line), line->cursor);
        return true;
    default:
        return insert_point(line, key);
    }
}
