/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * inih does the syntax. What it lets pass silently is refused here, line by line, before it sees
 * the line: cut long lines, continuation lines, unknown sections, text behind a section.
 */
#include "read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ini.h>

#include "sluice/trust.h"

#include "table.h"

enum { LINE_MAX_BYTES = 8192, FILE_MAX_BYTES = 256 * 1024, NAME_SHOWN = 100 };

struct reading {
    const char *name;
    const char *text;
    size_t len;
    size_t at;
    int line;
    int bad_line; /* of the first problem, which is in err; 0: none */
    struct sl_err err;
    struct sl_config trial; /* takes the values; moved over only when all was well */
    struct sl_buf keys;
    int key_lines; /* in it: each key stands on the line that it has in the file */
};

static int refuse(struct reading *in, int code, const char *what)
{
    if (in->bad_line == 0) {
        in->bad_line = in->line;
        sl_err_set(&in->err, code, "%s", what);
    }
    return code;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static size_t skip_blanks(const char *line, size_t len, size_t i)
{
    while (i < len && is_blank(line[i]))
        i++;
    return i;
}

/* Nothing, or a comment. */
static bool says_nothing(const char *line, size_t len, size_t from)
{
    const size_t i = skip_blanks(line, len, from);
    return i == len || line[i] == ';' || line[i] == '#';
}

static int check_section(struct reading *in, const char *line, size_t len)
{
    static const char *const sections[] = {"[sluice]", "[keys]"};
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        const size_t n = strlen(sections[i]);
        if (len < n || memcmp(line, sections[i], n) != 0)
            continue;
        if (says_nothing(line, len, n))
            return SL_OK;
        return refuse(in, SL_ECONFIG, "text behind the section: put it on a line of its own");
    }
    return refuse(in, SL_ECONFIG, "unknown section: there are [sluice] and [keys]");
}

static int check_line(struct reading *in, const char *line, size_t len)
{
    if (len > LINE_MAX_BYTES)
        return refuse(in, SL_ECONFIG, "the line is too long");
    for (size_t i = 0; i < len; i++) {
        if (((unsigned char)line[i] < ' ' && line[i] != '\t') || line[i] == '\x7f')
            return refuse(in, SL_ECONFIG, "a control character in the line");
    }
    if (says_nothing(line, len, 0))
        return SL_OK;
    if (is_blank(line[0]))
        return refuse(in, SL_ECONFIG, "the line starts with a blank: a value takes one line");
    return line[0] == '[' ? check_section(in, line, len) : SL_OK;
}

/* fgets() for inih, over memory. NULL ends the parse, also at the first problem. */
static char *next_line(char *out, int room, void *ctx)
{
    struct reading *in = ctx;
    if (in->at >= in->len || in->bad_line != 0)
        return NULL;
    const char *line = in->text + in->at;
    const char *end = memchr(line, '\n', in->len - in->at);
    const size_t whole = end != NULL ? (size_t)(end - line) + 1 : in->len - in->at;
    size_t len = whole - (end != NULL);
    if (len > 0 && line[len - 1] == '\r')
        len--;
    const size_t bom = in->at == 0 && len >= 3 && memcmp(line, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    in->line++;
    in->at += whole;
    if (check_line(in, line + bom, len - bom) < 0)
        return NULL;
    if (room < 2 || len - bom > (size_t)room - 2) {
        refuse(in, SL_ECONFIG, "the line is too long");
        return NULL;
    }
    memcpy(out, line + bom, len - bom);
    memcpy(out + (len - bom), "\n", 2);
    return out;
}

/* Both lines are named, the one at hand by the caller. */
static int set_twice(struct reading *in, const struct sl_option *option, const char *key,
                     const char *old_key)
{
    const char *before = in->trial.origins[option - sl_options].old_key;
    const int line = in->trial.origins[option - sl_options].line;
    if (before == old_key)
        return sl_err_set(&in->err, SL_ECONFIG, "%s is set twice: first on line %d", key, line);
    return sl_err_set(&in->err, SL_ECONFIG, "%s is set twice: first on line %d, as %s", key, line,
                      before != NULL ? before : option->key);
}

static int take_option(struct reading *in, const char *key, const char *value)
{
    const struct sl_option *option = sl_option_find(key);
    if (option == NULL)
        return sl_option_unknown(key, &in->err);
    const char *old_key = sl_option_old_key(key);
    if (in->trial.origins[option - sl_options].from == SL_FROM_FILE)
        return set_twice(in, option, key, old_key);
    sl_option_from(&in->trial, option, SL_FROM_FILE, in->line, old_key);
    const int rc = sl_option_parse(&in->trial, option, value, &in->err);
    if (rc < 0)
        sl_err_ctx(&in->err, "%s", key);
    return rc;
}

static int take_key(struct reading *in, const char *key, const char *value)
{
    const size_t len = strlen(key);
    for (const char *line = in->keys.data; line != NULL && *line != '\0';
         line = strchr(line, '\n') + 1) {
        if (strncmp(line, key, len) == 0 && strncmp(line + len, " = ", 3) == 0)
            return sl_err_set(&in->err, SL_ECONFIG, "the key '%.40s' is bound twice", key);
    }
    for (; in->key_lines < in->line - 1; in->key_lines++)
        sl_buf_str(&in->keys, "\n");
    sl_buf_printf(&in->keys, "%s = %s\n", key, value);
    in->key_lines++;
    return in->keys.failed < 0 ? sl_err_set(&in->err, in->keys.failed, "out of memory") : SL_OK;
}

static int take(void *ctx, const char *section, const char *key, const char *value)
{
    struct reading *in = ctx;
    if (in->bad_line != 0)
        return 0;
    int rc;
    if (section[0] == '\0')
        rc = sl_err_set(&in->err, SL_ECONFIG,
                        "'%.40s' stands before any section: put [sluice] above", key);
    else if (strcmp(section, "keys") == 0)
        rc = take_key(in, key, value);
    else
        rc = take_option(in, key, value);
    if (rc < 0)
        in->bad_line = in->line;
    return rc == SL_OK;
}

/* Run-time knobs of Debian's build of inih; its own buffer would cut lines at 200 bytes. */
static void tune_inih(void)
{
    ini_use_stack = false;
    ini_allow_realloc = true;
    ini_allow_multiline = false;
    ini_max_line = LINE_MAX_BYTES + 3;
    ini_initial_alloc = LINE_MAX_BYTES + 3;
}

static int parse(struct reading *in)
{
    tune_inih();
    const int rc = ini_parse_stream(next_line, in, take, in);
    if (in->bad_line != 0 && (rc <= 0 || in->bad_line <= rc))
        return in->err.code;
    if (rc == 0)
        return SL_OK;
    in->bad_line = rc > 0 ? rc : in->line;
    if (rc < 0)
        return sl_err_set(&in->err, SL_ENOMEM, "out of memory");
    return sl_err_set(&in->err, SL_ECONFIG, "expected `key = value` or a [section]");
}

static void swap_field(struct sl_config *a, struct sl_config *b, const struct sl_option *option)
{
    char field[sizeof(uint64_t)];
    memcpy(field, (char *)a + option->offset, option->size);
    memcpy((char *)a + option->offset, (char *)b + option->offset, option->size);
    memcpy((char *)b + option->offset, field, option->size);
}

/* The start of an over-long path says least: "...tail:12". */
static void say_where(struct reading *in)
{
    const size_t len = strlen(in->name);
    const bool cut = len > NAME_SHOWN;
    sl_err_ctx(&in->err, "%s%s:%d", cut ? "..." : "", in->name + (cut ? len - NAME_SHOWN : 0),
               in->bad_line);
}

static int apply(struct reading *in, struct sl_config *config, struct sl_buf *keys)
{
    if (keys != NULL && in->keys.len > 0) {
        sl_buf_add(keys, in->keys.data, in->keys.len);
        if (keys->failed < 0)
            return sl_err_set(&in->err, keys->failed, "out of memory");
    }
    for (size_t i = 0; i < sl_option_count; i++) {
        if (in->trial.origins[i].from != SL_FROM_FILE)
            continue;
        swap_field(config, &in->trial, &sl_options[i]);
        config->origins[i] = in->trial.origins[i];
    }
    return SL_OK;
}

int sl_config_read_text(struct sl_config *config, const char *name, const char *text, size_t len,
                        struct sl_buf *keys, struct sl_err *err)
{
    struct reading in = {.name = name, .text = text, .len = len};
    int rc = sl_config_defaults(&in.trial, &in.err);
    if (rc < 0)
        goto out;
    rc = parse(&in);
    if (rc == SL_OK)
        rc = apply(&in, config, keys);
    else
        say_where(&in);
    sl_buf_free(&in.keys);
    sl_config_free(&in.trial);
out:
    if (rc < 0 && err != NULL)
        *err = in.err;
    return rc;
}

int sl_config_read_file(struct sl_config *config, const char *path, struct sl_buf *keys,
                        struct sl_err *err)
{
    char *text = NULL;
    size_t len = 0;
    int rc = sl_file_read_trusted(&text, &len, "settings file", path, FILE_MAX_BYTES, err);
    if (rc == SL_OK)
        rc = sl_config_read_text(config, path, text, len, keys, err);
    free(text);
    return rc;
}
