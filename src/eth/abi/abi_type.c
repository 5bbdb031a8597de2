/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "abi/abi_type.h"

#include <string.h>

#include "sluice/keccak.h"

static bool ends_type(char c)
{
    return c == '\0' || c == ',' || c == ')' || c == ' ';
}

/* Past the ")" that closes the "(" at `text`. */
static const char *past_tuple(const char *text)
{
    int open = 0;
    do {
        open += (*text == '(') - (*text == ')');
        text++;
    } while (open > 0 && *text != '\0');
    return text;
}

static struct sl_abi_type type_at(const char *text)
{
    const char *end = *text == '(' ? past_tuple(text) : text;
    while (!ends_type(*end))
        end++;
    return (struct sl_abi_type){text, end};
}

static const char *type_behind(struct sl_abi_type type)
{
    const char *at = type.end + strcspn(type.end, ",)"); /* a name may follow */
    at += *at == ',';
    return at + strspn(at, " ");
}

static bool is(struct sl_abi_type type, const char *name)
{
    const size_t len = (size_t)(type.end - type.at);
    return len == strlen(name) && memcmp(type.at, name, len) == 0;
}

/* The number behind `prefix`, 0 when there is none or it is above `most`. */
static unsigned number_behind(struct sl_abi_type type, const char *prefix, unsigned most)
{
    const size_t skip = strlen(prefix);
    const size_t len = (size_t)(type.end - type.at);
    unsigned value = 0;
    if (len <= skip || len > skip + 3 || memcmp(type.at, prefix, skip) != 0 || type.at[skip] == '0')
        return 0;
    for (const char *at = type.at + skip; at < type.end; at++) {
        if (*at < '0' || *at > '9')
            return 0;
        value = value * 10 + (unsigned)(*at - '0');
    }
    return value <= most ? value : 0;
}

enum sl_abi_kind sl_abi_type_kind(struct sl_abi_type type)
{
    if (type.end - type.at > 2 && type.end[-1] == ']' && type.end[-2] == '[')
        return SL_ABI_LIST;
    if (type.at[0] == '(')
        return type.end[-1] == ')' ? SL_ABI_TUPLE : SL_ABI_NONE;
    if (is(type, "address"))
        return SL_ABI_ADDRESS;
    if (is(type, "bool"))
        return SL_ABI_BOOL;
    if (is(type, "bytes"))
        return SL_ABI_BYTES;
    if (is(type, "string"))
        return SL_ABI_STRING;
    const unsigned bits = number_behind(type, "uint", 256);
    if (bits != 0 && bits % 8 == 0)
        return SL_ABI_UINT;
    return number_behind(type, "bytes", 32) != 0 ? SL_ABI_FIXED : SL_ABI_NONE;
}

unsigned sl_abi_type_size(struct sl_abi_type type)
{
    const unsigned bits = number_behind(type, "uint", 256);
    return bits != 0 ? bits : number_behind(type, "bytes", 32);
}

struct sl_abi_type sl_abi_type_element(struct sl_abi_type list)
{
    return (struct sl_abi_type){list.at, list.end - 2};
}

/* As deep as the tuples of a literal that sl_abi_types_begin() has measured. */
// NOLINTNEXTLINE(misc-no-recursion)
bool sl_abi_type_dynamic(struct sl_abi_type type)
{
    const enum sl_abi_kind kind = sl_abi_type_kind(type);
    if (kind == SL_ABI_BYTES || kind == SL_ABI_STRING || kind == SL_ABI_LIST)
        return true;
    if (kind != SL_ABI_TUPLE)
        return false;
    for (const char *at = type.at + 1; *at != ')';) {
        const struct sl_abi_type member = type_at(at);
        if (sl_abi_type_dynamic(member))
            return true;
        at = type_behind(member);
    }
    return false;
}

// NOLINTNEXTLINE(misc-no-recursion): as above
size_t sl_abi_type_words(struct sl_abi_type type)
{
    if (sl_abi_type_kind(type) != SL_ABI_TUPLE || sl_abi_type_dynamic(type))
        return 1;
    return sl_abi_members_words(type.at + 1);
}

// NOLINTNEXTLINE(misc-no-recursion): as above
size_t sl_abi_members_words(const char *first)
{
    size_t words = 0;
    while (*first != ')') {
        const struct sl_abi_type member = type_at(first);
        words += sl_abi_type_words(member);
        first = type_behind(member);
    }
    return words;
}

/* Behind a type: nothing, or a blank and a name. */
static bool name_fits(struct sl_abi_type type)
{
    const char *at = type.end + (*type.end == ' ');
    at += strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
    return *at == ',' || *at == ')';
}

static bool members_fit(const char **end, const char *first, int depth);

// NOLINTNEXTLINE(misc-no-recursion): `depth` bounds it
static bool type_fits(struct sl_abi_type type, int depth)
{
    const char *end;
    switch (sl_abi_type_kind(type)) {
    case SL_ABI_NONE:
        return false;
    case SL_ABI_LIST:
        return depth > 0 && type_fits(sl_abi_type_element(type), depth - 1);
    case SL_ABI_TUPLE:
        return depth > 0 && members_fit(&end, type.at + 1, depth - 1) && end + 1 == type.end &&
               type.at[1] != ')';
    case SL_ABI_UINT:
    case SL_ABI_ADDRESS:
    case SL_ABI_BOOL:
    case SL_ABI_FIXED:
    case SL_ABI_BYTES:
    case SL_ABI_STRING:
        return true;
    }
    return false;
}

// NOLINTNEXTLINE(misc-no-recursion): as above
static bool members_fit(const char **end, const char *first, int depth)
{
    const char *at = first;
    while (*at != ')') {
        const struct sl_abi_type type = type_at(at);
        if (!type_fits(type, depth) || !name_fits(type))
            return false;
        at = type_behind(type);
        if (*at == '\0' || (*at == ')' && type.end[strcspn(type.end, ",)")] == ','))
            return false;
    }
    *end = at;
    return true;
}

const char *sl_abi_types_begin(const char *signature)
{
    const char *open = strchr(signature, '(');
    const char *end;
    if (open == NULL || !members_fit(&end, open + 1, SL_ABI_DEPTH - 1) || end[1] != '\0')
        return NULL;
    return open + 1;
}

bool sl_abi_frame_peek(struct sl_abi_type *type, const struct sl_abi_frame *frame)
{
    if (frame->type_end != NULL) {
        *type = (struct sl_abi_type){frame->type, frame->type_end};
        return frame->left > 0;
    }
    *type = type_at(frame->type);
    return *frame->type != ')';
}

bool sl_abi_frame_next(struct sl_abi_type *type, struct sl_abi_frame *frame)
{
    if (!sl_abi_frame_peek(type, frame))
        return false;
    if (frame->type_end != NULL)
        frame->left--;
    else
        frame->type = type_behind(*type);
    return true;
}

/* Hashes the signature without the names of its parameters and the blanks behind its commas. */
void sl_abi_topic(uint8_t out[static SL_ABI_WORD], const char *signature)
{
    struct sl_keccak hash;
    bool name = false;
    sl_keccak_init(&hash);
    for (const char *at = signature; *at != '\0'; at++) {
        if (*at == ' ' && at > signature && at[-1] == ',')
            continue;
        if (*at == ' ')
            name = true;
        else if (*at == ',' || *at == ')')
            name = false;
        if (!name)
            sl_keccak_add(&hash, at, 1);
    }
    sl_keccak_end(out, &hash);
}

void sl_abi_selector(uint8_t out[static SL_ABI_SELECTOR], const char *signature)
{
    uint8_t hash[SL_ABI_WORD];
    sl_abi_topic(hash, signature);
    memcpy(out, hash, SL_ABI_SELECTOR);
}
