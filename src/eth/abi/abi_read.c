/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Reading ABI values. Every access to the data goes through word_at() and span_at(). */
#include <string.h>

#include "sluice/abi.h"

#include "abi/abi_type.h"

/* Well-formed data names every value once; some encoders let equal ones share their place. */
enum { SPARE_READS = 8192 };

static const uint8_t zeros[SL_ABI_WORD];

static void fail(struct sl_abi_reader *r, const char *wrong)
{
    if (r->wrong == NULL)
        r->wrong = wrong;
}

static void misuse(struct sl_abi_reader *r, const char *wrong)
{
    if (r->wrong == NULL) {
        r->wrong = wrong;
        r->misused = true;
    }
}

static const uint8_t *span_at(struct sl_abi_reader *r, size_t at, size_t len)
{
    if (at > r->len || len > r->len - at) {
        fail(r, "the data is too short for what it promises");
        return NULL;
    }
    return r->data + at;
}

static const uint8_t *word_at(struct sl_abi_reader *r, size_t at)
{
    const uint8_t *word = span_at(r, at, SL_ABI_WORD);
    return word != NULL ? word : zeros;
}

/* An offset or a length; 0 after a failure. */
static size_t size_at(struct sl_abi_reader *r, size_t at)
{
    struct sl_u256 value = sl_u256(0);
    uint64_t small = 0;
    const bool fits = sl_u256_from_be(&value, word_at(r, at), SL_ABI_WORD) &&
                      sl_u256_to_u64(&small, value) && small <= r->len;
    if (!fits)
        fail(r, "an offset or length points outside of the data");
    return fits ? (size_t)small : 0;
}

static void push(struct sl_abi_reader *r, struct sl_abi_frame frame)
{
    if (r->depth == SL_ABI_DEPTH)
        misuse(r, "nested too deeply");
    else
        r->frames[r->depth++] = frame;
}

void sl_abi_read(struct sl_abi_reader *r, const char *types, const uint8_t *data, size_t len)
{
    const char *first = sl_abi_types_begin(types);
    *r =
        (struct sl_abi_reader){.data = data, .len = len, .budget = len / SL_ABI_WORD + SPARE_READS};
    if (first == NULL) {
        misuse(r, "malformed types");
        return;
    }
    if (len == 0 && *first != ')')
        fail(r, "no data at all: is there a contract at this address?");
    push(r, (struct sl_abi_frame){.type = first});
}

/* As in the writer; the head slot of the value goes to *slot. */
static struct sl_abi_frame *next_value(struct sl_abi_type *type, size_t *slot,
                                       struct sl_abi_reader *r, enum sl_abi_kind kind)
{
    if (r->wrong != NULL)
        return NULL;
    if (r->depth == 0) {
        misuse(r, "a value outside of all");
        return NULL;
    }
    struct sl_abi_frame *frame = &r->frames[r->depth - 1];
    if (!sl_abi_frame_next(type, frame))
        misuse(r, "read one value too many");
    else if (kind != SL_ABI_NONE && sl_abi_type_kind(*type) != kind)
        misuse(r, "read as another type");
    else if (r->budget-- == 0)
        fail(r, "the data points at itself");
    if (r->wrong != NULL)
        return NULL;
    *slot = frame->slot;
    frame->slot += sl_abi_type_words(*type) * SL_ABI_WORD;
    return frame;
}

/* The head word of a value that stands there itself. */
static const uint8_t *read_word(struct sl_abi_reader *r, enum sl_abi_kind kind)
{
    struct sl_abi_type type;
    size_t slot;
    return next_value(&type, &slot, r, kind) != NULL ? word_at(r, slot) : zeros;
}

/* Where the tail of a value begins. */
static size_t read_tail(struct sl_abi_type *type, struct sl_abi_reader *r, enum sl_abi_kind kind)
{
    size_t slot;
    const struct sl_abi_frame *frame = next_value(type, &slot, r, kind);
    return frame != NULL ? frame->base + size_at(r, slot) : 0;
}

struct sl_u256 sl_abi_get_u256(struct sl_abi_reader *r)
{
    struct sl_u256 value = sl_u256(0);
    const bool fits = sl_u256_from_be(&value, read_word(r, SL_ABI_UINT), SL_ABI_WORD);
    return fits ? value : sl_u256(0);
}

uint64_t sl_abi_get_u64(struct sl_abi_reader *r)
{
    uint64_t small = 0;
    if (!sl_u256_to_u64(&small, sl_abi_get_u256(r)))
        fail(r, "a number above 64 bits");
    return small;
}

bool sl_abi_get_bool(struct sl_abi_reader *r)
{
    const uint8_t *word = read_word(r, SL_ABI_BOOL);
    if (memcmp(word, zeros, SL_ABI_WORD - 1) != 0 || word[SL_ABI_WORD - 1] > 1)
        fail(r, "a boolean that is neither 0 nor 1");
    return r->wrong == NULL && word[SL_ABI_WORD - 1] == 1;
}

struct sl_address sl_abi_get_address(struct sl_abi_reader *r)
{
    struct sl_address address;
    const uint8_t *word = read_word(r, SL_ABI_ADDRESS);
    memcpy(address.bytes, word + SL_ABI_WORD - SL_ADDRESS_BYTES, SL_ADDRESS_BYTES);
    return address;
}

const uint8_t *sl_abi_get_fixed(struct sl_abi_reader *r)
{
    return read_word(r, SL_ABI_FIXED);
}

static const uint8_t *get_tail(struct sl_abi_reader *r, size_t *len, enum sl_abi_kind kind)
{
    struct sl_abi_type type;
    const size_t at = read_tail(&type, r, kind);
    *len = 0;
    if (r->wrong != NULL)
        return zeros;
    const size_t n = size_at(r, at);
    const uint8_t *bytes = r->wrong == NULL ? span_at(r, at + SL_ABI_WORD, n) : NULL;
    if (bytes == NULL)
        return zeros;
    *len = n;
    return bytes;
}

const uint8_t *sl_abi_get_bytes(struct sl_abi_reader *r, size_t *len)
{
    return get_tail(r, len, SL_ABI_BYTES);
}

const char *sl_abi_get_str(struct sl_abi_reader *r, size_t *len)
{
    return (const char *)get_tail(r, len, SL_ABI_STRING);
}

void sl_abi_enter(struct sl_abi_reader *r)
{
    struct sl_abi_type type;
    size_t slot;
    const struct sl_abi_frame *frame = next_value(&type, &slot, r, SL_ABI_TUPLE);
    if (frame == NULL)
        return;
    struct sl_abi_frame tuple = {.type = type.at + 1, .base = frame->base, .slot = slot};
    if (sl_abi_type_dynamic(type)) {
        tuple.base = frame->base + size_at(r, slot);
        tuple.slot = tuple.base;
    }
    push(r, tuple);
}

size_t sl_abi_enter_list(struct sl_abi_reader *r)
{
    struct sl_abi_type type;
    const size_t at = read_tail(&type, r, SL_ABI_LIST);
    if (r->wrong != NULL)
        return 0;
    const size_t count = size_at(r, at);
    const struct sl_abi_type element = sl_abi_type_element(type);
    const size_t base = at + SL_ABI_WORD;
    if (r->wrong == NULL && count > (r->len - base) / (sl_abi_type_words(element) * SL_ABI_WORD))
        fail(r, "a list longer than the data");
    if (r->wrong != NULL)
        return 0;
    push(r, (struct sl_abi_frame){.type = element.at,
                                  .type_end = element.end,
                                  .base = base,
                                  .slot = base,
                                  .left = count});
    return r->wrong == NULL ? count : 0;
}

void sl_abi_leave(struct sl_abi_reader *r)
{
    if (r->wrong != NULL)
        return;
    if (r->depth < 2)
        misuse(r, "left more than was entered");
    else
        r->depth--;
}

void sl_abi_skip(struct sl_abi_reader *r)
{
    struct sl_abi_type type;
    size_t slot;
    (void)next_value(&type, &slot, r, SL_ABI_NONE);
}

enum sl_abi_kind sl_abi_next(const struct sl_abi_reader *r)
{
    struct sl_abi_type type;
    if (r->wrong != NULL || r->depth == 0 || !sl_abi_frame_peek(&type, &r->frames[r->depth - 1]))
        return SL_ABI_NONE;
    return sl_abi_type_kind(type);
}

int sl_abi_done(const struct sl_abi_reader *r, struct sl_err *err)
{
    if (r->wrong == NULL)
        return SL_OK;
    return sl_err_set(err, r->misused ? SL_EINVAL : SL_EPROTO, "contract data: %s", r->wrong);
}
