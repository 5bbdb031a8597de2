/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <string.h>

#include "table.h"

enum { HELP_COLUMN = 30, HELP_WIDTH = 80, EXAMPLE_WIDTH = 90 };

/* Append `text` word by word, breaking before `width`; `at` is the column now. */
static void wrap(struct sl_buf *out, const char *text, size_t at, size_t indent, size_t width,
                 const char *lead)
{
    bool first = true;
    while (*text != '\0') {
        const size_t len = strcspn(text, " ");
        if (!first && at + 1 + len > width) {
            sl_buf_printf(out, "\n%s%*s", lead, (int)(indent - strlen(lead)), "");
            at = indent;
        } else if (!first) {
            sl_buf_str(out, " ");
            at++;
        }
        sl_buf_add(out, text, len);
        at += len;
        text += len;
        text += strspn(text, " ");
        first = false;
    }
}

static void describe(struct sl_buf *out, const struct sl_option *option)
{
    sl_buf_str(out, option->help);
    if (option->type == SL_OPT_ENUM)
        sl_buf_printf(out, " (one of: %s)", option->range);
    else if (option->type == SL_OPT_INT)
        sl_buf_printf(out, " (%s)", option->range);
}

static void describe_default(struct sl_buf *out, const struct sl_option *option)
{
    if (option->fallback[0] != '\0' && option->type != SL_OPT_BOOL)
        sl_buf_printf(out, " [%s]", option->fallback);
}

static void print_flag(struct sl_buf *out, const struct sl_option *option)
{
    static const char *const values[] = {
        [SL_OPT_STR] = " TEXT",   [SL_OPT_INT] = " N",   [SL_OPT_SIZE] = " SIZE",
        [SL_OPT_SPLIT] = " SIZE", [SL_OPT_MS] = " TIME", [SL_OPT_BOOL] = "",
        [SL_OPT_ENUM] = " WORD"};
    const size_t start = out->len;
    sl_buf_printf(out, "  --%s", option->type == SL_OPT_BOOL ? "[no-]" : "");
    for (const char *c = option->key; *c != '\0'; c++)
        sl_buf_add(out, *c == '_' ? "-" : c, 1);
    sl_buf_str(out, values[option->type]);
    const size_t at = out->len - start;
    if (at + 2 > HELP_COLUMN)
        sl_buf_printf(out, "\n%*s", HELP_COLUMN, "");
    else
        sl_buf_printf(out, "%*s", (int)(HELP_COLUMN - at), "");
}

static bool starts_group(size_t i)
{
    return i == 0 || strcmp(sl_options[i].group, sl_options[i - 1].group) != 0;
}

void sl_config_help(struct sl_buf *out)
{
    struct sl_buf text = {0};
    for (size_t i = 0; i < sl_option_count; i++) {
        if (starts_group(i))
            sl_buf_printf(out, "%sOptions, %s:\n", i == 0 ? "" : "\n", sl_options[i].group);
        sl_buf_clear(&text);
        describe(&text, &sl_options[i]);
        describe_default(&text, &sl_options[i]);
        print_flag(out, &sl_options[i]);
        wrap(out, text.data != NULL ? text.data : "", HELP_COLUMN, HELP_COLUMN, HELP_WIDTH, "");
        sl_buf_str(out, "\n");
    }
    sl_buf_free(&text);
}

static void print_comment(struct sl_buf *out, const struct sl_option *option)
{
    struct sl_buf text = {0};
    describe(&text, option);
    sl_buf_str(out, "# ");
    wrap(out, text.data != NULL ? text.data : "", 2, 2, EXAMPLE_WIDTH, "#");
    sl_buf_str(out, "\n");
    sl_buf_free(&text);
}

static void print_option(struct sl_buf *out, const struct sl_config *config,
                         const struct sl_option *option, bool example)
{
    struct sl_buf value = {0};
    if (example)
        sl_buf_str(&value, option->fallback);
    else
        sl_option_format(&value, config, option);
    const bool none = value.len == 0;
    sl_buf_printf(out, "%s%s =%s%s\n", example ? "#" : "", option->key, none ? "" : " ",
                  none ? "" : value.data);
    if (value.failed < 0)
        out->failed = value.failed;
    sl_buf_free(&value);
}

void sl_config_print(struct sl_buf *out, const struct sl_config *config, bool example)
{
    if (example)
        sl_buf_str(out, "# sluice configuration: copy to ~/.config/sluice/config.ini and take the\n"
                        "# `#` from what you want to change. The values shown are the defaults.\n"
                        "# One value a line; a `;` behind a blank starts a comment. See "
                        "sluice.ini(5).\n\n");
    sl_buf_str(out, "[sluice]\n");
    for (size_t i = 0; i < sl_option_count; i++) {
        if (starts_group(i))
            sl_buf_printf(out, "\n# ---- %s ----\n", sl_options[i].group);
        if (example) {
            sl_buf_str(out, "\n");
            print_comment(out, &sl_options[i]);
        }
        print_option(out, config, &sl_options[i], example);
    }
    if (example)
        sl_buf_str(out, "\n# ---- keys ----\n\n"
                        "# A line binds a key of the screen to an action: KEY = ACTION\n"
                        "[keys]\n");
}
