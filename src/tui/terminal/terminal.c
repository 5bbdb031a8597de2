/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "terminal/terminal.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>

#undef columns /* term.h defines these everyday words as macros */
#undef lines
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include <curses.h>

#include "sluice/locale.h"

#include "terminal/escape.h"
#include "terminal/key_reader.h"
#include "terminal/signals.h"

enum { RESTORE_BYTES = 256, SYNC_CELLS = 400 };

static const char no_progress[] = "\033]9;4;0\033\\";
static const char paste_on[] = "\033[?2004h", paste_off[] = "\033[?2004l";

/* One terminal per process: curses keeps its own state in globals too. */
static struct {
    SCREEN *screen;
    struct sl_grid shown;
    bool all; /* draw every cell with the next frame */
    bool titled;
    bool has_progress;
    int percent; /* shown in the taskbar, -1: none */
    char title[128];
    bool mono;
    bool direct;
    int colours;
    attr_t attrs[2][SL_ROLE_COUNT];
    int pairs[2][SL_ROLE_COUNT];
} term;

/* The handler of deadly signals gives the terminal back without curses. */
static volatile sig_atomic_t active;
static struct termios cooked;
static char restore_text[RESTORE_BYTES];
static size_t restore_len;

static void write_raw(const char *text, size_t len)
{
    while (active && len > 0) {
        const ssize_t n = write(STDOUT_FILENO, text, len);
        if (n <= 0)
            return; /* the terminal accepts no bytes */
        text += n;
        len -= (size_t)n;
    }
}

static void restore_at_once(void)
{
    write_raw(restore_text, restore_len);
    if (active)
        tcsetattr(STDIN_FILENO, TCSANOW, &cooked);
    active = 0;
}

/* Skips padding such as "$<5>", which only tputs() understands. */
static void add_restore(const char *text)
{
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): terminfo's word for "no text" */
    if (text == NULL || text == (char *)-1)
        return;
    while (*text != '\0' && restore_len + 1 < sizeof restore_text) {
        if (text[0] == '$' && text[1] == '<') {
            const char *end = strchr(text, '>');
            if (end == NULL)
                return;
            text = end + 1;
            continue;
        }
        restore_text[restore_len++] = *text++;
    }
}

static void prepare_restore(void)
{
    char cap[8];
    restore_len = 0;
    add_restore(paste_off);
    add_restore("\033[?1006l\033[?1000l"); /* turn the mouse off */
    add_restore(tigetstr(strcpy(cap, "sgr0")));
    add_restore(tigetstr(strcpy(cap, "cnorm")));
    add_restore(tigetstr(strcpy(cap, "rmkx")));
    add_restore(tigetstr(strcpy(cap, "rmcup")));
    if (term.titled)
        add_restore("\033[23;0t");
    if (term.has_progress)
        add_restore(no_progress);
}

/* ---- open and close ---- */

static void choose_colours(enum sl_tui_color color)
{
    char cap[4] = "RGB";
    const char *no_color = getenv("NO_COLOR"); /* NOLINT(concurrency-mt-unsafe) */
    const bool refused = no_color != NULL && no_color[0] != '\0';
    term.mono = color == SL_COLOR_NEVER || (color == SL_COLOR_AUTO && refused) || !has_colors();
    if (term.mono)
        return;
    start_color();
    use_default_colors();
    term.direct = tigetflag(cap) > 0 && COLORS > 256;
    term.colours = COLORS >= 256 ? 256 : COLORS >= 16 ? 16 : 8;
    if (color == SL_COLOR_16 && term.colours > 16)
        term.colours = 16;
}

/* NULL: this machine does not know the name. newterm() would leak for such a name. */
static SCREEN *open_as(const char *name)
{
    char known[64];
    int found = 0;
    if (name == NULL)
        return NULL;
    snprintf(known, sizeof known, "%s", name);
    if (setupterm(known, STDOUT_FILENO, &found) != OK)
        return NULL;
    del_curterm(cur_term);
    return newterm(known, stdout, stdin);
}

/* With --color truecolor, try the terminal's direct-colour description first. */
static SCREEN *open_screen(const char *name, enum sl_tui_color color)
{
    SCREEN *screen = NULL;
    char direct[64];
    if (color == SL_COLOR_TRUE && strstr(name, "-direct") == NULL) {
        snprintf(direct, sizeof direct, "%.*s-direct", (int)strcspn(name, "-"), name);
        screen = open_as(direct);
    }
    if (screen == NULL)
        screen = open_as(name);
    return screen != NULL ? screen : open_as(sl_escape_stand_in(name));
}

static void set_modes(void)
{
    raw();
    noecho();
    nonl();
    leaveok(stdscr, FALSE);
    sl_tui_input_open();
    curs_set(0);
}

/* NOLINTBEGIN(concurrency-mt-unsafe): nothing sets them */
static bool has_progress(void)
{
    const struct sl_terminal_signs signs = {.tmux = getenv("TMUX"),
                                            .wt_session = getenv("WT_SESSION"),
                                            .con_emu_ansi = getenv("ConEmuANSI"),
                                            .vte_version = getenv("VTE_VERSION"),
                                            .program = getenv("TERM_PROGRAM"),
                                            .version = getenv("TERM_PROGRAM_VERSION")};
    return sl_escape_has_progress(&signs);
}
/* NOLINTEND(concurrency-mt-unsafe) */

int sl_term_open(enum sl_tui_color color, struct sl_err *err)
{
    static bool at_exit;
    const char *name = getenv("TERM"); /* NOLINT(concurrency-mt-unsafe): nothing sets it */
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return sl_err_set(err, SL_EUSAGE,
                          "the screen needs a terminal; in scripts, use `sluice upload`");
    if (name == NULL || name[0] == '\0' || strcmp(name, "dumb") == 0)
        return sl_err_set(err, SL_EUSAGE,
                          "TERM is %s: no screen can be drawn; set it to your terminal's type",
                          name == NULL || name[0] == '\0' ? "not set" : "'dumb'");
    sl_locale_set();
    if (tcgetattr(STDIN_FILENO, &cooked) != 0)
        return sl_err_set(err, SL_EUSAGE,
                          "the screen needs a terminal; in scripts, use `sluice upload`");
    const int rc = sl_signals_open(restore_at_once, err);
    if (rc != SL_OK)
        return rc;
    memset(&term, 0, sizeof term);
    use_env(FALSE); /* sl_term_resize() reads the size below */
    use_tioctl(
        TRUE); /* otherwise curses reads it from terminfo, which has none for the Linux console */
    term.screen = open_screen(name, color);
    if (term.screen == NULL) {
        sl_signals_close();
        return sl_err_set(
            err, SL_EUSAGE,
            "TERM is '%.60s', which this machine does not know: try TERM=xterm-256color", name);
    }
    sl_signals_catch_suspend(true); /* newterm() installed its own handler */
    choose_colours(color);
    set_modes();
    term.titled = sl_escape_has_title(name);
    term.has_progress = has_progress();
    term.percent = -1;
    prepare_restore();
    active = 1;
    if (!at_exit)
        at_exit = atexit(sl_term_close) == 0;
    write_raw(paste_on, sizeof paste_on - 1);
    if (term.titled)
        write_raw("\033[22;0t", 7);
    sl_term_resize();
    return SL_OK;
}

void sl_term_close(void)
{
    if (term.screen == NULL)
        return;
    if (active) {
        sl_term_progress(-1);
        write_raw(paste_off, sizeof paste_off - 1);
        endwin();
        if (term.titled)
            write_raw("\033[23;0t", 7);
    }
    active = 0;
    sl_tui_input_close();
    delscreen(term.screen);
    term.screen = NULL;
    sl_grid_fini(&term.shown);
    sl_signals_close();
}

/* A hangup may be only a signal: do not leave a working terminal raw and painted. Do not wait for
 * a terminal that accepts no bytes. */
bool sl_term_abandon(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    const bool there = active && tcgetpgrp(STDIN_FILENO) == getpgrp() && poll(&out, 1, 0) == 1 &&
                       out.revents == POLLOUT;
    if (there)
        restore_at_once();
    active = 0;
    return there;
}

bool sl_term_utf8(void)
{
    return sl_locale_is_utf8();
}

/* ---- size ---- */

static int size_from(unsigned short asked, const char *variable, int otherwise)
{
    if (asked > 0)
        return asked;
    const char *text = getenv(variable); /* NOLINT(concurrency-mt-unsafe): nothing sets it */
    const long number = text != NULL ? strtol(text, NULL, 10) : 0;
    return number > 0 && number <= SL_GRID_MAX ? (int)number : otherwise;
}

void sl_term_size(int *rows, int *cols)
{
    struct winsize size = {0};
    (void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
    *rows = size_from(size.ws_row, "LINES", 24);
    *cols = size_from(size.ws_col, "COLUMNS", 80);
}

void sl_term_resize(void)
{
    int rows = 0, cols = 0;
    sl_term_size(&rows, &cols);
    resizeterm(rows, cols);
    sl_term_redraw();
}

void sl_term_redraw(void)
{
    term.all = true;
}

/* ---- themes ---- */

static int mapped(int32_t colour)
{
    if (colour == SL_COLOUR_DEFAULT)
        return -1;
    if (!term.direct)
        return sl_colour_near(colour, term.colours);
    if (colour < 8)
        return colour; /* direct-colour descriptions keep the first eight */
    return colour < 256 ? sl_colour_rgb(colour) : colour & 0xFFFFFF;
}

static attr_t attrs_of(const struct sl_style *style)
{
    attr_t attrs = 0;
    attrs |= (style->attrs & SL_ATTR_BOLD) != 0 ? A_BOLD : 0;
    attrs |= (style->attrs & SL_ATTR_DIM) != 0 ? A_DIM : 0;
    attrs |= (style->attrs & SL_ATTR_REVERSE) != 0 ? A_REVERSE : 0;
    attrs |= (style->attrs & SL_ATTR_UNDERLINE) != 0 ? A_UNDERLINE : 0;
    return attrs;
}

static void prepare_role(const struct sl_theme *theme, int role, int selected)
{
    const struct sl_style style = sl_theme_style(theme, role, selected);
    const int pair = 1 + role * 2 + selected;
    attr_t attrs = attrs_of(&style);
    int fg = term.mono ? -1 : mapped(style.fg), bg = term.mono ? -1 : mapped(style.bg);
    /* with few colours, dark tones turn black: reverse a background, keep a text in its default */
    if (selected && style.bg != SL_COLOUR_DEFAULT && bg <= 0 && !term.direct) {
        attrs |= A_REVERSE;
        bg = -1;
    }
    if (fg == 0 && style.fg != 0 && !term.direct)
        fg = -1;
    term.attrs[selected][role] = attrs;
    term.pairs[selected][role] = 0;
    if ((fg < 0 && bg < 0) || term.mono || pair >= COLOR_PAIRS)
        return;
    if (init_extended_pair(pair, fg, bg) == OK)
        term.pairs[selected][role] = pair;
}

void sl_term_theme(const struct sl_theme *theme)
{
    for (int role = 0; role < SL_ROLE_COUNT; role++) {
        prepare_role(theme, role, 0);
        prepare_role(theme, role, 1);
    }
    term.all = true;
}

/* ---- frames ---- */

/* A character that the C library measures differently would shift the line: draw "?" instead. */
static void write_cell(int row, int col, const struct sl_cell *cell)
{
    wchar_t text[SL_CELL_POINTS + 1] = {0};
    for (int i = 0; i < SL_CELL_POINTS; i++)
        text[i] = (wchar_t)cell->points[i];
    if (wcwidth(text[0]) != cell->width) {
        text[0] = L'?';
        text[1] = L'\0';
    }
    int pair = term.pairs[cell->selected][cell->role];
    cchar_t out;
    setcchar(&out, text, term.attrs[cell->selected][cell->role], (short)pair, &pair);
    mvadd_wch(row, col, &out);
    if (cell->width == 2 && text[0] == L'?')
        mvadd_wch(row, col + 1, &out);
}

static int write_changes(const struct sl_grid *grid)
{
    int changed = 0;
    const size_t count = (size_t)grid->rows * (size_t)grid->cols;
    for (size_t i = 0; i < count; i++) {
        const struct sl_cell *cell = &grid->cells[i];
        if (!term.all && memcmp(cell, &term.shown.cells[i], sizeof *cell) == 0)
            continue;
        changed++;
        if (cell->width > 0)
            write_cell((int)(i / (size_t)grid->cols), (int)(i % (size_t)grid->cols), cell);
        term.shown.cells[i] = *cell;
    }
    return changed;
}

static bool same_size(const struct sl_grid *grid)
{
    if (term.shown.rows == grid->rows && term.shown.cols == grid->cols)
        return true;
    sl_grid_fini(&term.shown);
    term.all = true;
    return sl_grid_init(&term.shown, grid->rows, grid->cols, NULL) == SL_OK;
}

void sl_term_show(const struct sl_grid *grid)
{
    if (!active || !same_size(grid))
        return;
    if (term.all)
        clear(); /* the next refresh draws every cell */
    const int changed = write_changes(grid);
    const bool cursor =
        grid->cursor_row != term.shown.cursor_row || grid->cursor_col != term.shown.cursor_col;
    if (changed == 0 && !cursor && !term.all)
        return;
    if (cursor || term.all)
        curs_set(grid->cursor_row >= 0 ? 1 : 0);
    leaveok(stdscr,
            grid->cursor_row < 0); /* a hidden cursor stays where the last cell was written */
    if (grid->cursor_row >= 0)
        move(grid->cursor_row, grid->cursor_col);
    /* show a large frame at once if the terminal can; a few cells are not worth the bytes */
    const bool sync = term.titled && changed > SYNC_CELLS;
    if (sync)
        write_raw("\033[?2026h", 8);
    refresh();
    if (sync)
        write_raw("\033[?2026l", 8);
    term.shown.cursor_row = grid->cursor_row;
    term.shown.cursor_col = grid->cursor_col;
    term.all = false;
}

void sl_term_title(const char *title)
{
    if (!term.titled || !active || strncmp(title, term.title, sizeof term.title - 1) == 0)
        return;
    char out[sizeof term.title + 8];
    snprintf(term.title, sizeof term.title, "%s", title);
    const int len = snprintf(out, sizeof out, "\033]2;%s\a", term.title);
    write_raw(out, (size_t)len);
}

void sl_term_progress(int percent)
{
    char out[32];
    if (!term.has_progress || percent == term.percent)
        return;
    term.percent = percent;
    const int len = percent < 0 ? snprintf(out, sizeof out, "%s", no_progress)
                                : snprintf(out, sizeof out, "\033]9;4;1;%d\033\\", percent);
    write_raw(out, (size_t)len);
}

bool sl_term_copy(const char *text, enum sl_tui_clipboard how)
{
    if (how == SL_CLIP_OFF)
        return false;
    struct sl_buf out = {0};
    sl_escape_clipboard(&out, text, how == SL_CLIP_TMUX);
    const bool made = !out.failed;
    if (made)
        write_raw(out.data, out.len);
    sl_buf_free(&out);
    return made;
}

void sl_term_bell(void)
{
    write_raw("\a", 1);
}

void sl_term_suspend(void)
{
    sl_term_progress(-1);
    write_raw(paste_off, sizeof paste_off - 1);
    def_prog_mode();
    endwin();
    sl_signals_catch_suspend(false);
    raise(SIGTSTP); /* stops this thread, so that nothing runs before the stop */
    sl_signals_catch_suspend(true);
}

bool sl_term_resume(void)
{
    if (!active || tcgetpgrp(STDIN_FILENO) != getpgrp())
        return false; /* writing from the background would stop the process */
    reset_prog_mode();
    write_raw(paste_on, sizeof paste_on - 1);
    sl_term_resize();
    return true;
}
