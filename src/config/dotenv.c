/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "dotenv.h"

#include <ctype.h>
#include <string.h>

static bool is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

static bool is_quote(char c)
{
    return c == '\'' || c == '"' || c == '`';
}

static bool is_name(char c)
{
    return isalnum((unsigned char)c) != 0 || c == '_' || c == '.' || c == '-';
}

void sl_dotenv_begin(struct sl_dotenv *out, const char *text, size_t len)
{
    const bool bom = len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0;
    *out = (struct sl_dotenv){.at = text + (bom ? 3 : 0), .end = text + len, .line = 1};
}

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && is_blank(*at))
        at++;
    return at;
}

static const char *line_end(const char *at, const char *end)
{
    while (at < end && !is_line_end(*at))
        at++;
    return at;
}

/* Move to `at`, counting the lines passed. */
static void go_to(struct sl_dotenv *env, const char *at)
{
    for (; env->at < at; env->at++) {
        const bool in_pair = *env->at == '\r' && env->at + 1 < env->end && env->at[1] == '\n';
        env->line += is_line_end(*env->at) && !in_pair ? 1 : 0;
    }
}

/* Skip one white space character; CR LF counts as one. */
static const char *skip_one(const char *at, const char *end)
{
    return at + (*at == '\r' && at + 1 < end && at[1] == '\n' ? 2 : 1);
}

/* Skip `export` and the blanks after it; a name may begin with these letters. */
static const char *skip_export(const char *at, const char *end)
{
    static const char word[] = "export";
    const size_t len = sizeof word - 1;
    if ((size_t)(end - at) <= len || memcmp(at, word, len) != 0 || !is_blank(at[len]))
        return at;
    return skip_blanks(at + len, end);
}

/* Skip `=`, or `:` and one white space character, which may be the end of the line. NULL when the
 * line assigns nothing. */
static const char *skip_sign(const char *at, const char *end)
{
    if (at < end && *at == ':')
        return at + 1 < end && (is_blank(at[1]) || is_line_end(at[1])) ? skip_one(at + 1, end)
                                                                       : NULL;
    at = skip_blanks(at, end);
    return at < end && *at == '=' ? at + 1 : NULL;
}

/* Whether only blanks and a comment follow up to the end of the line. */
static bool ends_line(const char *at, const char *end)
{
    at = skip_blanks(at, end);
    return at == end || is_line_end(*at) || *at == '#';
}

/* The quote that closes the one at `open`: the first without a backslash, else the last one with a
 * backslash. NULL when there is none, or when text follows it. */
static const char *closing(const char *open, const char *end, bool *unclosed)
{
    const char *found = NULL;
    for (const char *at = open + 1; at < end; at++) {
        if (*at != *open)
            continue;
        found = at;
        if (at[-1] != '\\' || at - 1 == open)
            break;
    }
    *unclosed = found == NULL;
    return found != NULL && ends_line(found + 1, end) ? found : NULL;
}

/* A value up to the end of the line or a #. If its first and last characters are quotes, they are
 * removed, whatever stands between them. */
static const char *take_plain(struct sl_dotenv_entry *out, const char *at, const char *end)
{
    const char *from = at;
    while (at < end && !is_line_end(*at) && *at != '#')
        at++;
    const char *last = at;
    while (last > from && is_blank(last[-1]))
        last--;
    if (last - from >= 2 && is_quote(*from) && last[-1] == *from) {
        out->quote = *from++;
        last--;
    }
    out->value = from;
    out->value_len = (size_t)(last - from);
    return at;
}

/* A quoted value may begin on a later line. Returns where the value ends. */
static const char *take_value(struct sl_dotenv_entry *out, const char *at, const char *end)
{
    const char *open = at;
    while (open < end && (is_blank(*open) || is_line_end(*open)))
        open++;
    const bool quoted = open < end && is_quote(*open);
    const char *close = quoted ? closing(open, end, &out->unclosed) : NULL;
    at = skip_blanks(at, end);
    if (close == NULL) {
        out->unclosed = out->unclosed && at == open;
        return take_plain(out, at, end);
    }
    out->quote = *open;
    out->value = open + 1;
    out->value_len = (size_t)(close - open - 1);
    return close;
}

static bool take_line(struct sl_dotenv *env, struct sl_dotenv_entry *out)
{
    const char *name = skip_export(skip_blanks(env->at, env->end), env->end);
    const char *at = name;
    while (at < env->end && is_name(*at))
        at++;
    *out =
        (struct sl_dotenv_entry){.name = name, .name_len = (size_t)(at - name), .line = env->line};
    const char *value = at > name ? skip_sign(at, env->end) : NULL;
    if (value != NULL)
        at = take_value(out, value, env->end);
    const char *rest = line_end(at, env->end);
    go_to(env, rest < env->end ? rest + 1 : rest);
    return value != NULL;
}

bool sl_dotenv_next(struct sl_dotenv *env, struct sl_dotenv_entry *out)
{
    while (env->at < env->end) {
        if (take_line(env, out))
            return true;
    }
    return false;
}
