/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* json_walk.c - iterates over objects and arrays without a tree: for texts that are too large for
 * one. */
#include <string.h>

#include "sluice/json.h"

#include "json_scan.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_space(struct sl_json_walk *walk)
{
    while (walk->at < walk->end && is_space(*walk->at))
        walk->at++;
}

static bool accept(struct sl_json_walk *walk, char c)
{
    skip_space(walk);
    if (walk->at == walk->end || *walk->at != c)
        return false;
    walk->at++;
    return true;
}

static int broken(struct sl_err *err)
{
    return sl_err_set(err, SL_EFORMAT, "JSON: broken");
}

int sl_json_walk(struct sl_json_walk *walk, struct sl_json_slice text, struct sl_err *err)
{
    *walk = (struct sl_json_walk){.at = text.text, .end = text.text + text.len};
    size_t tree_bytes; /* no tree is built */
    const int rc = sl_json_scan(&tree_bytes, text.text, text.len, err);
    if (rc < 0)
        return rc;
    if (accept(walk, '{'))
        walk->close = '}';
    else if (accept(walk, '['))
        walk->close = ']';
    else
        return sl_err_set(err, SL_EFORMAT, "JSON: neither an object nor an array");
    return SL_OK;
}

/* The scan has checked that every string ends. */
static void skip_string(struct sl_json_walk *walk)
{
    for (walk->at++; walk->at < walk->end && *walk->at != '"'; walk->at++) {
        if (*walk->at == '\\' && walk->end - walk->at > 1)
            walk->at++;
    }
    if (walk->at < walk->end)
        walk->at++;
}

/* Skip to the comma or bracket after the value. Here brackets only have to match in number; parsing
 * the value checks their kinds. */
static void skip_value(struct sl_json_walk *walk)
{
    size_t depth = 0;
    while (walk->at < walk->end) {
        const char c = *walk->at;
        if (depth == 0 && (c == ',' || c == ']' || c == '}'))
            return;
        if (c == '"') {
            skip_string(walk);
            continue;
        }
        depth += c == '[' || c == '{';
        depth -= c == ']' || c == '}';
        walk->at++;
    }
}

static int read_key(struct sl_json_walk *walk, struct sl_json_slice *key, struct sl_err *err)
{
    skip_space(walk);
    key->text = walk->at;
    if (walk->at == walk->end || *walk->at != '"')
        return broken(err);
    skip_string(walk);
    key->len = (size_t)(walk->at - key->text);
    return accept(walk, ':') ? SL_OK : broken(err);
}

static int end(struct sl_json_walk *walk, struct sl_err *err)
{
    skip_space(walk);
    return walk->at == walk->end ? 0
                                 : sl_err_set(err, SL_EFORMAT, "JSON: more text behind the value");
}

int sl_json_walk_next(struct sl_json_walk *walk, struct sl_json_slice *key,
                      struct sl_json_slice *value, struct sl_err *err)
{
    *key = *value = (struct sl_json_slice){0};
    if (accept(walk, walk->close))
        return end(walk, err);
    if (walk->started && !accept(walk, ','))
        return broken(err);
    walk->started = true;
    const int rc = walk->close == '}' ? read_key(walk, key, err) : SL_OK;
    if (rc < 0)
        return rc;
    skip_space(walk);
    value->text = walk->at;
    skip_value(walk);
    value->len = (size_t)(walk->at - value->text);
    return value->len > 0 && walk->at < walk->end ? 1 : broken(err);
}

static bool is_key(const struct sl_json_slice *key, const char *name)
{
    const size_t len = strlen(name);
    return key->len == len + 2 && memcmp(key->text + 1, name, len) == 0;
}

int sl_json_members(struct sl_json_member *members, size_t count, struct sl_json_slice object,
                    struct sl_err *err)
{
    struct sl_json_walk walk;
    struct sl_json_slice key, value;
    int rc = sl_json_walk(&walk, object, err);
    if (rc == SL_OK && walk.close != '}')
        rc = sl_err_set(err, SL_EFORMAT, "JSON: not an object");
    if (rc < 0)
        return rc;
    while ((rc = sl_json_walk_next(&walk, &key, &value, err)) == 1) {
        for (size_t i = 0; i < count; i++) {
            if (!is_key(&key, members[i].key))
                continue;
            if (members[i].value.text != NULL)
                return sl_err_set(err, SL_EFORMAT, "JSON: the key '%s' stands twice in an object",
                                  members[i].key);
            members[i].value = value;
        }
    }
    return rc;
}
