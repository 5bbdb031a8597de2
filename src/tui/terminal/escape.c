/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "terminal/escape.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void add_base64(struct sl_buf *out, const char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const size_t len = strlen(text);
    for (size_t i = 0; i < len; i += 3) {
        uint32_t group = 0;
        for (size_t k = 0; k < 3; k++)
            group = group << 8 | (i + k < len ? (unsigned char)text[i + k] : 0U);
        char four[4];
        for (size_t k = 0; k < 4; k++)
            four[k] = digits[group >> (18 - 6 * k) & 0x3F];
        for (size_t k = len - i + 1; k < 4; k++)
            four[k] = '=';
        sl_buf_add(out, four, sizeof four);
    }
}

void sl_escape_clipboard(struct sl_buf *out, const char *text, bool tmux)
{
    /* tmux's passthrough doubles every escape character */
    sl_buf_str(out, tmux ? "\033Ptmux;\033\033]52;c;" : "\033]52;c;");
    add_base64(out, text);
    sl_buf_str(out, tmux ? "\a\033\\" : "\a");
}

bool sl_escape_has_title(const char *term)
{
    static const char *const families[] = {"xterm", "tmux", "rxvt",    "alacritty", "foot",
                                           "st-",   "vte",  "konsole", "wezterm",   "gnome"};
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
        if (strncmp(term, families[i], strlen(families[i])) == 0)
            return true;
    }
    return false;
}

const char *sl_escape_stand_in(const char *term)
{
    static const char *const newer[] = {"xterm",   "alacritty", "foot",   "wezterm", "ghostty",
                                        "kitty",   "konsole",   "vte",    "gnome",   "st-",
                                        "contour", "rio",       "mintty", "iterm",   "putty"};
    if (strncmp(term, "tmux", 4) == 0 || strncmp(term, "screen", 6) == 0)
        return "screen";
    for (size_t i = 0; i < sizeof newer / sizeof newer[0]; i++) {
        if (strncmp(term, newer[i], strlen(newer[i])) == 0)
            return "xterm-256color";
    }
    return NULL;
}

static bool is_set(const char *value)
{
    return value != NULL && value[0] != '\0';
}

/* Whether a version such as "1.2.0-x" is at least major.minor. */
static bool is_since(const char *version, long major, long minor)
{
    char *end = NULL;
    const long first = is_set(version) ? strtol(version, &end, 10) : -1;
    const long second = end != NULL && *end == '.' ? strtol(end + 1, NULL, 10) : 0;
    return first > major || (first == major && second >= minor);
}

bool sl_escape_has_progress(const struct sl_terminal_signs *signs)
{
    if (is_set(signs->tmux))
        return false;
    if (is_set(signs->wt_session))
        return true;
    if (is_set(signs->con_emu_ansi) && strcmp(signs->con_emu_ansi, "ON") == 0)
        return true;
    if (is_since(signs->vte_version, 8000, 0))
        return true;
    return is_set(signs->program) && strcmp(signs->program, "ghostty") == 0 &&
           is_since(signs->version, 1, 2);
}
