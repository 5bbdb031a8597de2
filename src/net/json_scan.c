/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "json_scan.h"

#include <stdbool.h>
#include <string.h>

/* A cursor over the text. */
struct scan {
    const char *text;
    size_t len;
    size_t at;
    int depth;
    size_t tree_bytes; /* size of cJSON's tree for the text seen so far, or a little more */
};

/* The limit for a tree: a few times its text, plus an allowance for short texts. cJSON allocates 64
 * bytes for a value and each string separately, so "[0,0,0" would take forty times the size of its
 * text. */
enum { TREE_FACTOR = 6, TREE_LEAST = 1 << 18, VALUE_BYTES = 80, STRING_BYTES = 24 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool in_number(char c)
{
    return is_digit(c) || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

/* The character at the cursor, NUL at the end: no rule below takes a NUL. */
static char peek(const struct scan *s)
{
    if (s->at == s->len)
        return '\0';
    return s->text[s->at];
}

static bool accept(struct scan *s, char c)
{
    if (peek(s) != c)
        return false;
    s->at++;
    return true;
}

static bool accept_digits(struct scan *s)
{
    const size_t start = s->at;
    while (is_digit(peek(s)))
        s->at++;
    return s->at > start;
}

/* -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)? */
static bool number_is_good(struct scan *s)
{
    (void)accept(s, '-');
    if (!accept(s, '0') && !accept_digits(s))
        return false;
    if (accept(s, '.') && !accept_digits(s))
        return false;
    if (accept(s, 'e') || accept(s, 'E')) {
        if (!accept(s, '+'))
            (void)accept(s, '-');
        if (!accept_digits(s))
            return false;
    }
    return !in_number(peek(s));
}

/* From behind the opening quote to behind the closing one. Other bad escapes cJSON refuses. */
static const char *string_fault(struct scan *s)
{
    while (s->at < s->len) {
        const unsigned char c = (unsigned char)s->text[s->at];
        if (c < 0x20)
            return "a raw control character in a string";
        s->at++;
        s->tree_bytes++;
        if (c == '"')
            return NULL;
        if (c != '\\')
            continue;
        if (s->len - s->at >= 5 && memcmp(s->text + s->at, "u0000", 5) == 0)
            return "a NUL in a string";
        s->at++;
    }
    return "a string without an end";
}

static const char *nesting_fault(struct scan *s, char c)
{
    if (c == '[' || c == '{')
        s->depth++;
    else if (c == ']' || c == '}')
        s->depth--;
    s->at++;
    return s->depth > SL_JSON_DEPTH_MAX ? "nested too deep" : NULL;
}

static const char *token_fault(struct scan *s)
{
    const char c = s->text[s->at];
    if (c == ',' || c == '[' || c == '{') /* a value follows each of these, or one fewer */
        s->tree_bytes += VALUE_BYTES;
    if (c == '"') {
        s->at++;
        s->tree_bytes += STRING_BYTES;
        return string_fault(s);
    }
    if (in_number(c) && c != 'e' && c != 'E') /* the letter is part of true and false */
        return number_is_good(s) ? NULL : "not a number";
    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c > 0x7e)
        return "an unexpected byte";
    return nesting_fault(s, c);
}

int sl_json_scan(size_t *tree_bytes, const char *text, size_t len, struct sl_err *err)
{
    struct scan s = {.text = text, .len = len};
    while (s.at < s.len) {
        const char *why = token_fault(&s);
        if (why != NULL)
            return sl_err_set(err, SL_EFORMAT, "JSON: %s at byte %zu", why, s.at);
    }
    *tree_bytes = s.tree_bytes;
    return 0;
}

bool sl_json_tree_fits(size_t tree_bytes, size_t len)
{
    return tree_bytes <= TREE_LEAST || tree_bytes / TREE_FACTOR <= len;
}
