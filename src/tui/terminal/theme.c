/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "terminal/theme.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/path.h"
#include "sluice/trust.h"

enum { THEME_FILE_BYTES = 65536, LINE_BYTES = 256 };

static const char *const role_names[SL_ROLE_COUNT] = {
#define SL_ROLE_NAME_OF(id, name) [id] = (name),
    SL_ROLES(SL_ROLE_NAME_OF)
#undef SL_ROLE_NAME_OF
};

static int role_of(const char *name)
{
    for (int i = 0; i < SL_ROLE_COUNT; i++) {
        if (strcmp(role_names[i], name) == 0)
            return i;
    }
    return -1;
}

static bool parse_rgb(int32_t *out, const char *word)
{
    if (strlen(word) != 7 || strspn(word + 1, "0123456789abcdefABCDEF") != 6)
        return false;
    *out = SL_COLOUR_RGB | (int32_t)strtol(word + 1, NULL, 16);
    return true;
}

static bool parse_colour(int32_t *out, const char *word)
{
    static const char *const names[] = {"black", "red",     "green", "yellow",
                                        "blue",  "magenta", "cyan",  "white"};
    if (word[0] == '#')
        return parse_rgb(out, word);
    if (strcmp(word, "default") == 0) {
        *out = SL_COLOUR_DEFAULT;
        return true;
    }
    for (int i = 0; i < 8; i++) {
        if (strcmp(word, names[i]) == 0) {
            *out = i;
            return true;
        }
    }
    const size_t len = strlen(word);
    if (len == 0 || len > 3 || strspn(word, "0123456789") != len)
        return false;
    *out = (int32_t)strtol(word, NULL, 10);
    return *out <= 255;
}

static uint8_t attr_of(const char *word)
{
    static const struct {
        const char *name;
        uint8_t bit;
    } attrs[] = {{"bold", SL_ATTR_BOLD},
                 {"dim", SL_ATTR_DIM},
                 {"reverse", SL_ATTR_REVERSE},
                 {"underline", SL_ATTR_UNDERLINE}};
    for (size_t i = 0; i < sizeof attrs / sizeof attrs[0]; i++) {
        if (strcmp(attrs[i].name, word) == 0)
            return attrs[i].bit;
    }
    return 0;
}

/* Parse FOREGROUND [on BACKGROUND] [attributes]. Returns what is wrong, or NULL. */
static const char *parse_style(struct sl_style *out, char *value)
{
    struct sl_style style = {.fg = SL_COLOUR_DEFAULT, .bg = SL_COLOUR_DEFAULT};
    char *rest = NULL;
    const char *word = strtok_r(value, " \t", &rest);
    if (word == NULL)
        return "a colour is missing";
    if (!parse_colour(&style.fg, word))
        return "no such colour (#rrggbb, 0..255, a colour name or default)";
    word = strtok_r(NULL, " \t", &rest);
    if (word != NULL && strcmp(word, "on") == 0) {
        word = strtok_r(NULL, " \t", &rest);
        if (word == NULL || !parse_colour(&style.bg, word))
            return "a colour must follow 'on'";
        word = strtok_r(NULL, " \t", &rest);
    }
    for (; word != NULL; word = strtok_r(NULL, " \t", &rest)) {
        const uint8_t bit = attr_of(word);
        if (bit == 0)
            return "no such attribute (bold, dim, reverse, underline)";
        style.attrs |= bit;
    }
    *out = style;
    return NULL;
}

static char *trim(char *text)
{
    while (*text == ' ' || *text == '\t')
        text++;
    size_t len = strlen(text);
    while (len > 0 && isspace((unsigned char)text[len - 1]))
        text[--len] = '\0';
    return text;
}

struct parse {
    struct sl_theme theme;
    struct sl_theme_report report;
    bool seen[SL_ROLE_COUNT];
    bool in_roles;
};

/* Parse one trimmed line. Returns what is wrong with it, or NULL. */
static const char *parse_line(struct parse *parse, char *line)
{
    if (line[0] == '\0' || line[0] == '#' || line[0] == ';')
        return NULL;
    if (line[0] == '[') {
        if (strcmp(line, "[roles]") != 0 || parse->in_roles)
            return "a theme has one section: [roles]";
        parse->in_roles = true;
        return NULL;
    }
    char *equals = strchr(line, '=');
    if (!parse->in_roles || equals == NULL)
        return parse->in_roles ? "expected 'role = colour'" : "expected [roles] first";
    *equals = '\0';
    const char *name = trim(line);
    struct sl_style style;
    const char *wrong = parse_style(&style, trim(equals + 1));
    if (wrong != NULL)
        return wrong;
    const int role = role_of(name);
    if (role < 0) {
        if (parse->report.unknown++ == 0)
            snprintf(parse->report.first_unknown, sizeof parse->report.first_unknown, "%s", name);
        return NULL;
    }
    if (parse->seen[role])
        return "this role occurs twice";
    parse->seen[role] = true;
    parse->theme.roles[role] = style;
    return NULL;
}

static const char *parse_text_line(struct parse *parse, const char *start, size_t len)
{
    char line[LINE_BYTES];
    if (len >= sizeof line || memchr(start, '\0', len) != NULL)
        return "the line is too long or has a NUL";
    memcpy(line, start, len);
    line[len] = '\0';
    return parse_line(parse, trim(line));
}

int sl_theme_parse(struct sl_theme *theme, const char *name, const char *text, size_t len,
                   struct sl_theme_report *report, struct sl_err *err)
{
    struct parse parse = {.theme = *theme};
    int number = 0;
    for (size_t at = 0; at < len;) {
        const char *newline = memchr(text + at, '\n', len - at);
        const size_t line_len = newline != NULL ? (size_t)(newline - text) - at : len - at;
        number++;
        const char *wrong = parse_text_line(&parse, text + at, line_len);
        if (wrong != NULL)
            return sl_err_set(err, SL_ECONFIG, "theme %s:%d: %s", name, number, wrong);
        at += line_len + 1;
    }
    for (int i = 0; i < SL_ROLE_COUNT; i++)
        parse.report.missing += parse.seen[i] ? 0 : 1;
    *theme = parse.theme;
    snprintf(theme->name, sizeof theme->name, "%s", name);
    if (report != NULL)
        *report = parse.report;
    return SL_OK;
}

static const struct sl_theme_shipped *shipped_named(const char *name)
{
    for (const struct sl_theme_shipped *s = sl_themes_shipped; s->name != NULL; s++) {
        if (strcmp(s->name, name) == 0)
            return s;
    }
    return NULL;
}

static int load_file(struct sl_theme *theme, const char *name, const char *path,
                     struct sl_theme_report *report, struct sl_err *err)
{
    char *text = NULL;
    size_t len = 0;
    int rc = sl_file_read_trusted(&text, &len, "theme", path, THEME_FILE_BYTES, err);
    if (rc == SL_EACCES && err != NULL)
        err->code = SL_ECONFIG; /* the theme exists, so no other one may replace it */
    if (rc == SL_EACCES)
        rc = SL_ECONFIG;
    if (rc == SL_OK) {
        rc = sl_theme_parse(theme, path, text, len, report, err);
        snprintf(theme->name, sizeof theme->name, "%s", name);
    }
    free(text);
    return rc;
}

static int no_such_theme(const char *name, struct sl_err *err)
{
    char list[SL_ERR_TEXT_BYTES] = "";
    size_t len = 0;
    for (const struct sl_theme_shipped *s = sl_themes_shipped; s->name != NULL; s++) {
        if (len < sizeof list)
            len += (size_t)snprintf(list + len, sizeof list - len, " %s", s->name);
    }
    return sl_err_set(err, SL_ECONFIG, "no theme '%.60s'; there are:%s", name, list);
}

/* Load a theme from the user's folder. SL_ENOENT: no such theme. */
static int load_own(struct sl_theme *theme, const char *name, const char *dir,
                    struct sl_theme_report *report, struct sl_err *err)
{
    char file[SL_THEME_NAME_BYTES + 8], path[SL_PATH_BYTES];
    snprintf(file, sizeof file, "%.*s.ini", SL_THEME_NAME_BYTES - 1, name);
    if (dir == NULL || sl_path_join(path, sizeof path, dir, file, NULL) != SL_OK)
        return SL_ENOENT;
    return load_file(theme, name, path, report, err);
}

int sl_theme_load(struct sl_theme *theme, const char *name, const char *dir,
                  struct sl_theme_report *report, struct sl_err *err)
{
    const struct sl_theme_shipped *base = shipped_named("dark");
    struct sl_theme fresh = {0};
    int rc = sl_theme_parse(&fresh, base->name, base->text, strlen(base->text), report, err);
    if (rc != SL_OK)
        return rc;
    if (strchr(name, '/') != NULL) {
        rc = load_file(&fresh, name, name, report, err);
        if (rc < 0 && rc != SL_ENOMEM)
            rc = SL_ECONFIG; /* the user named it as a theme, whatever it is */
        if (rc == SL_ECONFIG && err != NULL)
            err->code = rc;
    } else {
        rc = load_own(&fresh, name, dir, report, err);
        const struct sl_theme_shipped *own = shipped_named(name);
        if (rc == SL_ENOENT && own != NULL)
            rc = sl_theme_parse(&fresh, name, own->text, strlen(own->text), report, err);
        else if (rc == SL_ENOENT)
            rc = no_such_theme(name, err);
    }
    if (rc == SL_OK)
        *theme = fresh;
    return rc;
}

const char *sl_theme_after(const char *name)
{
    const struct sl_theme_shipped *s = shipped_named(name);
    return s != NULL && s[1].name != NULL ? s[1].name : sl_themes_shipped[0].name;
}

struct sl_style sl_theme_style(const struct sl_theme *theme, int role, int selected)
{
    struct sl_style style = theme->roles[role];
    if (!selected)
        return style;
    const struct sl_style on = theme->roles[SL_ROLE_SELECTED];
    if (on.bg != SL_COLOUR_DEFAULT)
        style.bg = on.bg;
    if (on.fg != SL_COLOUR_DEFAULT)
        style.fg = on.fg;
    style.attrs |= on.attrs;
    return style;
}

/* ---- terminals with few colours ---- */

static const int32_t basic[16] = {0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x3465E4, 0xCD00CD,
                                  0x00CDCD, 0xE5E5E5, 0x7F7F7F, 0xFF5555, 0x55FF55, 0xFFFF55,
                                  0x7AA2FF, 0xFF55FF, 0x55FFFF, 0xFFFFFF};

int32_t sl_colour_rgb(int32_t index)
{
    if (index < 16)
        return basic[index];
    if (index >= 232) {
        const int32_t grey = 8 + (index - 232) * 10;
        return grey << 16 | grey << 8 | grey;
    }
    int32_t rgb = 0, rest = index - 16;
    for (int shift = 0; shift <= 16; shift += 8) {
        const int32_t step = rest % 6;
        rgb |= (step == 0 ? 0 : 55 + step * 40) << shift;
        rest /= 6;
    }
    return rgb;
}

static int32_t distance(int32_t a, int32_t b)
{
    int32_t sum = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
        const int32_t d = (a >> shift & 0xFF) - (b >> shift & 0xFF);
        sum += d * d;
    }
    return sum;
}

static int32_t nearest(int32_t rgb, int32_t from, int32_t to)
{
    int32_t best = from;
    for (int32_t i = from; i < to; i++) {
        if (distance(rgb, sl_colour_rgb(i)) < distance(rgb, sl_colour_rgb(best)))
            best = i;
    }
    return best;
}

int32_t sl_colour_near(int32_t colour, int colours)
{
    if (colour < colours)
        return colour;
    const int32_t rgb = (colour & SL_COLOUR_RGB) != 0 ? colour & 0xFFFFFF : sl_colour_rgb(colour);
    return colours >= 256 ? nearest(rgb, 16, 256) : nearest(rgb, 0, colours);
}
