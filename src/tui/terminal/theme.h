/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * theme.h - the colours and attributes of the screen's roles. Private to tui.
 *
 * A theme file has one section, [roles], with lines "role = FOREGROUND [on BACKGROUND] [bold dim
 * reverse underline]". Colours: #rrggbb, 0..255, black red green yellow blue magenta cyan white,
 * default. Lines that begin with '#' or ';' are comments. A role that the theme leaves out comes
 * from the theme `dark`.
 */
#ifndef SL_TUI_THEME_H
#define SL_TUI_THEME_H

#include <stddef.h>
#include <stdint.h>

#include "sluice/err.h"

/* X(id, name). The states follow the order of SL_JOB_STATES. At most 31 roles: together with the
 * selection they must fit into the 64 colour pairs of an 8-colour terminal. */
#define SL_ROLES(X)                                                                                \
    X(SL_ROLE_TEXT, "text")                                                                        \
    X(SL_ROLE_DIM, "dim")                                                                          \
    X(SL_ROLE_TITLE, "title")                                                                      \
    X(SL_ROLE_NETWORK, "network")                                                                  \
    X(SL_ROLE_RULE, "rule")                                                                        \
    X(SL_ROLE_HEADING, "heading")                                                                  \
    X(SL_ROLE_NAME, "name")                                                                        \
    X(SL_ROLE_SELECTED, "selected")                                                                \
    X(SL_ROLE_MARK, "mark")                                                                        \
    X(SL_ROLE_QUEUED, "queued")                                                                    \
    X(SL_ROLE_UPLOADING, "uploading")                                                              \
    X(SL_ROLE_ACCEPTED, "accepted")                                                                \
    X(SL_ROLE_STORED, "stored")                                                                    \
    X(SL_ROLE_PAUSED, "paused")                                                                    \
    X(SL_ROLE_WAITING, "waiting")                                                                  \
    X(SL_ROLE_FAILED, "failed")                                                                    \
    X(SL_ROLE_CANCELLED, "cancelled")                                                              \
    X(SL_ROLE_BAR, "bar")                                                                          \
    X(SL_ROLE_BAR_REST, "bar_rest")                                                                \
    X(SL_ROLE_SPARK, "spark")                                                                      \
    X(SL_ROLE_RATE, "rate")                                                                        \
    X(SL_ROLE_CID, "cid")                                                                          \
    X(SL_ROLE_KEY, "key")                                                                          \
    X(SL_ROLE_HINT, "hint")                                                                        \
    X(SL_ROLE_NOTICE, "notice")                                                                    \
    X(SL_ROLE_WARNING, "warning")                                                                  \
    X(SL_ROLE_ERROR, "error")                                                                      \
    X(SL_ROLE_PROMPT, "prompt")                                                                    \
    X(SL_ROLE_MATCH, "match")                                                                      \
    X(SL_ROLE_QR, "qr") /* dark on light on every terminal */

#define SL_ROLE_ENUM(id, name) id,
enum sl_role { SL_ROLES(SL_ROLE_ENUM) SL_ROLE_COUNT };
#undef SL_ROLE_ENUM

enum { SL_COLOUR_DEFAULT = -1, SL_COLOUR_RGB = 0x1000000, SL_THEME_NAME_BYTES = 64 };

enum { SL_ATTR_BOLD = 1, SL_ATTR_DIM = 2, SL_ATTR_REVERSE = 4, SL_ATTR_UNDERLINE = 8 };

/** Colours: SL_COLOUR_DEFAULT, 0..255 of the palette, or SL_COLOUR_RGB | 0xrrggbb. */
struct sl_style {
    int32_t fg;
    int32_t bg;
    uint8_t attrs;
};

struct sl_theme {
    char name[SL_THEME_NAME_BYTES];
    struct sl_style roles[SL_ROLE_COUNT];
};

/** Findings in a theme that are not errors. */
struct sl_theme_report {
    int unknown; /* lines for roles that do not exist */
    int missing; /* roles that the theme leaves out */
    char first_unknown[SL_THEME_NAME_BYTES];
};

/**
 * Read theme text into *theme, which already holds the values for missing roles. `report` may be
 * NULL. Errors: SL_ECONFIG, "NAME:LINE: what is wrong"; *theme is unchanged then.
 */
int sl_theme_parse(struct sl_theme *theme, const char *name, const char *text, size_t len,
                   struct sl_theme_report *report, struct sl_err *err) SL_MUST_CHECK;

/**
 * Load the theme `name`: a path if it has a slash, else DIR/name.ini (dir may be NULL), else a
 * shipped theme. Errors: SL_ECONFIG; for an unknown name, with the names of the shipped themes.
 */
int sl_theme_load(struct sl_theme *theme, const char *name, const char *dir,
                  struct sl_theme_report *report, struct sl_err *err) SL_MUST_CHECK;

/** The shipped theme after `name`, in a circle; the first one if `name` is not shipped. */
const char *sl_theme_after(const char *name);

/** The style of a cell of `role`; with `selected`, on the background of the selection. */
struct sl_style sl_theme_style(const struct sl_theme *theme, int role, int selected);

/**
 * The colour nearest to `colour` in a palette of `colours` (8, 16 or 256). The terminal's default
 * stays. With 256, the sixteen basic colours are left out, because their shades are unknown.
 */
int32_t sl_colour_near(int32_t colour, int colours);

/** 0xrrggbb of a palette colour 0..255. */
int32_t sl_colour_rgb(int32_t index);

/** The themes compiled in; the build makes them from themes/NAME.ini. The last has a NULL name. */
struct sl_theme_shipped {
    const char *name;
    const char *text;
};
extern const struct sl_theme_shipped sl_themes_shipped[];

#endif
