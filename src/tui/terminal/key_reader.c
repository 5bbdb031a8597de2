/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "terminal/key_reader.h"

#include <string.h>
#include <wchar.h>

#include <curses.h>

#include "terminal/keys.h"

enum { KEY_PASTE = KEY_MAX + 1, KEY_PASTE_END, ESC = 27, ESC_WAIT_MS = 50, PASTE_WAIT_MS = 1000 };
/* SEQUENCE_WAIT_MS: a packet boundary may cut a sequence that has begun */
enum { SEQUENCE_WAIT_MS = 100, CONTROL_MOST = 64, TEXT_MOST = 4096, PASTE_MOST_BYTES = 1 << 20 };

static WINDOW *input; /* a pad, because reading from a pad never draws */

void sl_tui_input_open(void)
{
    set_escdelay(ESC_WAIT_MS);
    input = newpad(1, 1);
    keypad(input, TRUE);
    nodelay(input, TRUE);
    define_key("\033[200~", KEY_PASTE);
    define_key("\033[201~", KEY_PASTE_END);
}

void sl_tui_input_close(void)
{
    delwin(input);
    input = NULL;
}

/* ---- keys ---- */

static int32_t key_of_code(wint_t code)
{
    static const struct {
        int curses;
        int32_t key;
    } map[] = {
        {KEY_UP, SL_KEY_UP},         {KEY_DOWN, SL_KEY_DOWN},           {KEY_LEFT, SL_KEY_LEFT},
        {KEY_RIGHT, SL_KEY_RIGHT},   {KEY_HOME, SL_KEY_HOME},           {KEY_END, SL_KEY_END},
        {KEY_PPAGE, SL_KEY_PAGE_UP}, {KEY_NPAGE, SL_KEY_PAGE_DOWN},     {KEY_IC, SL_KEY_INSERT},
        {KEY_DC, SL_KEY_DELETE},     {KEY_BACKSPACE, SL_KEY_BACKSPACE}, {KEY_BTAB, SL_KEY_BACKTAB},
        {KEY_ENTER, SL_KEY_ENTER}};
    for (size_t i = 0; i < sizeof map / sizeof map[0]; i++) {
        if (map[i].curses == (int)code)
            return map[i].key;
    }
    if ((int)code >= KEY_F(1) && (int)code <= KEY_F(12))
        return SL_KEY_F1 + ((int)code - KEY_F(1));
    return SL_KEY_NONE;
}

static int32_t key_of_char(wint_t c)
{
    if (c == 8 || c == 127)
        return SL_KEY_BACKSPACE;
    return c == '\n' ? SL_KEY_ENTER : (int32_t)c;
}

/* Everything up to the end mark is text, even bytes that look like keys. */
static void read_paste(struct sl_buf *paste)
{
    wint_t c = 0;
    paste->cap = PASTE_MOST_BYTES;
    wtimeout(input, PASTE_WAIT_MS);
    for (;;) {
        const int got = wget_wch(input, &c);
        if (got == ERR || (got == KEY_CODE_YES && (int)c == KEY_PASTE_END))
            break;
        char text[SL_KEY_TEXT] = {(char)c, '\0'};
        if (got == KEY_CODE_YES)
            continue;
        if (c > 0x7F)
            sl_stroke_name(text, (int32_t)c);
        else if (c == '\r')
            text[0] = '\n';
        sl_buf_add(paste, text, c > 0x7F ? strlen(text) : 1);
    }
    wtimeout(input, 0);
}

void sl_tui_input_mouse(bool on)
{
    mouseinterval(0); /* report a press at once, without waiting for a second one */
    mousemask(on ? BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED : 0, NULL);
}

static enum sl_input read_mouse(int32_t *row)
{
    MEVENT event;
    *row = SL_KEY_NONE;
    if (getmouse(&event) != OK)
        return SL_INPUT_KEY; /* a key with no meaning here */
    if ((event.bstate & BUTTON4_PRESSED) != 0)
        return SL_INPUT_WHEEL_UP;
    if ((event.bstate & BUTTON5_PRESSED) != 0)
        return SL_INPUT_WHEEL_DOWN;
    *row = event.y;
    return SL_INPUT_CLICK;
}

/* ---- sequences without a meaning here ---- */

/* Read the next character if it arrives in time. `code`: curses knows it as a key. */
static bool next_char(wint_t *c, bool *code, int wait_ms)
{
    wtimeout(input, wait_ms);
    const int got = wget_wch(input, c);
    wtimeout(input, 0);
    *code = got == KEY_CODE_YES;
    return got != ERR;
}

/* Skip ESC [ parameters, up to the letter or sign that ends the sequence (ECMA-48, 5.4). */
static void skip_control(void)
{
    wint_t c = 0;
    bool code = false;
    for (int i = 0; i < CONTROL_MOST && next_char(&c, &code, SEQUENCE_WAIT_MS); i++) {
        if (code || c < 0x20 || (c >= 0x40 && c <= 0x7E))
            return;
    }
}

/* Skip a text such as ESC ] ..., up to BEL or ESC \. */
static void skip_text(void)
{
    wint_t c = 0, before = 0;
    bool code = false;
    for (int i = 0; i < TEXT_MOST && next_char(&c, &code, SEQUENCE_WAIT_MS); i++) {
        if (c == '\a' || (before == ESC && c == '\\'))
            return;
        before = c;
    }
}

/* If nothing follows an ESC, it was the key. Otherwise skip the rest: a sequence that curses does
 * not know, or a key with Alt, must not act as commands. */
static bool skip_sequence(void)
{
    wint_t c = 0;
    bool code = false;
    if (!next_char(&c, &code, 0))
        return false;
    if (!code && c == ESC && !next_char(&c, &code, 0)) { /* Esc was pressed twice */
        unget_wch(ESC);
        return false;
    }
    if (code)
        return true;
    if (c == '[')
        skip_control();
    else if (c == 'O' || c == 'N')
        (void)next_char(&c, &code, SEQUENCE_WAIT_MS);
    else if (c == ']' || c == 'P' || c == '_' || c == '^' || c == 'X')
        skip_text();
    return true;
}

enum sl_input sl_tui_input_read(int32_t *key, struct sl_buf *paste)
{
    wint_t c = 0;
    const int got = wget_wch(input, &c);
    *key = SL_KEY_NONE;
    if (got == ERR)
        return SL_INPUT_NONE;
    if (got != KEY_CODE_YES && c == ESC && skip_sequence())
        return SL_INPUT_KEY;
    if (got == KEY_CODE_YES && (int)c == KEY_PASTE) {
        sl_buf_clear(paste);
        read_paste(paste);
        return SL_INPUT_PASTE;
    }
    if (got == KEY_CODE_YES && (int)c == KEY_MOUSE)
        return read_mouse(key);
    *key = got == KEY_CODE_YES ? key_of_code(c) : key_of_char(c);
    return SL_INPUT_KEY;
}
