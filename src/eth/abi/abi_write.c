/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Writing ABI values: heads are reserved when a tuple or list opens, tails follow at the end. */
#include <string.h>

#include "sluice/abi.h"

#include "abi/abi_type.h"

static bool failed(const struct sl_abi_writer *w)
{
    return w->wrong != NULL || w->buf.failed != SL_OK;
}

static void fail(struct sl_abi_writer *w, const char *wrong)
{
    if (w->wrong == NULL)
        w->wrong = wrong;
}

static void add_zeros(struct sl_abi_writer *w, size_t len)
{
    static const uint8_t zeros[8 * SL_ABI_WORD];
    while (len > 0 && w->buf.failed == SL_OK) {
        const size_t n = len < sizeof zeros ? len : sizeof zeros;
        sl_buf_add(&w->buf, zeros, n);
        len -= n;
    }
}

static void push(struct sl_abi_writer *w, struct sl_abi_frame frame)
{
    if (w->depth == SL_ABI_DEPTH)
        fail(w, "nested too deeply");
    else
        w->frames[w->depth++] = frame;
}

void sl_abi_values(struct sl_abi_writer *w, const char *types)
{
    const char *first = sl_abi_types_begin(types);
    w->signature = types;
    w->depth = 0;
    if (first == NULL) {
        fail(w, "malformed types");
        return;
    }
    push(w, (struct sl_abi_frame){.type = first, .base = w->buf.len, .slot = w->buf.len});
    add_zeros(w, sl_abi_members_words(first) * SL_ABI_WORD);
}

void sl_abi_call(struct sl_abi_writer *w, const char *signature)
{
    uint8_t selector[SL_ABI_SELECTOR];
    sl_abi_selector(selector, signature);
    sl_buf_add(&w->buf, selector, sizeof selector);
    sl_abi_values(w, signature);
}

/* The innermost frame, moved past its next value, which is of `kind`; NULL after a failure. */
static struct sl_abi_frame *next_slot(struct sl_abi_type *type, struct sl_abi_writer *w,
                                      enum sl_abi_kind kind)
{
    if (failed(w))
        return NULL;
    if (w->depth == 0) {
        fail(w, "a value outside of all");
        return NULL;
    }
    struct sl_abi_frame *frame = &w->frames[w->depth - 1];
    if (!sl_abi_frame_next(type, frame))
        fail(w, "one value too many");
    else if (sl_abi_type_kind(*type) != kind)
        fail(w, "a value of another type");
    return failed(w) ? NULL : frame;
}

static void write_word(struct sl_abi_writer *w, struct sl_abi_frame *frame,
                       const uint8_t word[static SL_ABI_WORD])
{
    memcpy(w->buf.data + frame->slot, word, SL_ABI_WORD);
    frame->slot += SL_ABI_WORD;
}

static void write_number(struct sl_abi_writer *w, struct sl_abi_frame *frame, struct sl_u256 value)
{
    uint8_t word[SL_ABI_WORD];
    sl_u256_to_be(word, value);
    write_word(w, frame, word);
}

void sl_abi_put_u256(struct sl_abi_writer *w, struct sl_u256 value)
{
    struct sl_abi_type type;
    struct sl_abi_frame *frame = next_slot(&type, w, SL_ABI_UINT);
    if (frame == NULL)
        return;
    const unsigned bits = sl_abi_type_size(type);
    if (sl_u256_cmp(sl_u256_low(value, bits), value) != 0)
        fail(w, "an integer that does not fit its type");
    else
        write_number(w, frame, value);
}

void sl_abi_put_u64(struct sl_abi_writer *w, uint64_t value)
{
    sl_abi_put_u256(w, sl_u256(value));
}

void sl_abi_put_bool(struct sl_abi_writer *w, bool value)
{
    struct sl_abi_type type;
    struct sl_abi_frame *frame = next_slot(&type, w, SL_ABI_BOOL);
    if (frame != NULL)
        write_number(w, frame, sl_u256(value ? 1 : 0));
}

void sl_abi_put_address(struct sl_abi_writer *w, const struct sl_address *value)
{
    struct sl_abi_type type;
    uint8_t word[SL_ABI_WORD] = {0};
    struct sl_abi_frame *frame = next_slot(&type, w, SL_ABI_ADDRESS);
    if (frame == NULL)
        return;
    memcpy(word + sizeof word - SL_ADDRESS_BYTES, value->bytes, SL_ADDRESS_BYTES);
    write_word(w, frame, word);
}

void sl_abi_put_fixed(struct sl_abi_writer *w, const void *bytes, size_t len)
{
    struct sl_abi_type type;
    uint8_t word[SL_ABI_WORD] = {0};
    struct sl_abi_frame *frame = next_slot(&type, w, SL_ABI_FIXED);
    if (frame == NULL)
        return;
    if (len != sl_abi_type_size(type)) {
        fail(w, "fixed bytes of another length");
        return;
    }
    memcpy(word, bytes, len);
    write_word(w, frame, word);
}

/* The offset of what is appended next, into the head. */
static void write_offset(struct sl_abi_writer *w, struct sl_abi_frame *frame)
{
    write_number(w, frame, sl_u256(w->buf.len - frame->base));
}

static void add_number(struct sl_abi_writer *w, size_t value)
{
    uint8_t word[SL_ABI_WORD];
    sl_u256_to_be(word, sl_u256(value));
    sl_buf_add(&w->buf, word, sizeof word);
}

static void write_tail(struct sl_abi_writer *w, enum sl_abi_kind kind, const void *bytes,
                       size_t len)
{
    struct sl_abi_type type;
    struct sl_abi_frame *frame = next_slot(&type, w, kind);
    if (frame == NULL)
        return;
    write_offset(w, frame);
    add_number(w, len);
    sl_buf_add(&w->buf, bytes, len);
    add_zeros(w, (SL_ABI_WORD - len % SL_ABI_WORD) % SL_ABI_WORD);
}

void sl_abi_put_bytes(struct sl_abi_writer *w, const void *bytes, size_t len)
{
    write_tail(w, SL_ABI_BYTES, bytes, len);
}

void sl_abi_put_strn(struct sl_abi_writer *w, const char *text, size_t len)
{
    write_tail(w, SL_ABI_STRING, text, len);
}

void sl_abi_put_str(struct sl_abi_writer *w, const char *text)
{
    write_tail(w, SL_ABI_STRING, text, strlen(text));
}

void sl_abi_open(struct sl_abi_writer *w)
{
    struct sl_abi_type type;
    struct sl_abi_frame *frame = next_slot(&type, w, SL_ABI_TUPLE);
    if (frame == NULL)
        return;
    const size_t words = sl_abi_members_words(type.at + 1);
    struct sl_abi_frame tuple = {.type = type.at + 1, .base = frame->base, .slot = frame->slot};
    if (!sl_abi_type_dynamic(type)) {
        frame->slot += words * SL_ABI_WORD; /* its members lie in this head */
    } else {
        write_offset(w, frame);
        tuple.base = w->buf.len;
        tuple.slot = w->buf.len;
        add_zeros(w, words * SL_ABI_WORD);
    }
    push(w, tuple);
}

void sl_abi_open_list(struct sl_abi_writer *w, size_t count)
{
    struct sl_abi_type type;
    struct sl_abi_frame *frame = next_slot(&type, w, SL_ABI_LIST);
    size_t head;
    if (frame == NULL)
        return;
    const struct sl_abi_type element = sl_abi_type_element(type);
    if (__builtin_mul_overflow(count, sl_abi_type_words(element) * SL_ABI_WORD, &head)) {
        fail(w, "a list without end");
        return;
    }
    write_offset(w, frame);
    add_number(w, count);
    push(w, (struct sl_abi_frame){.type = element.at,
                                  .type_end = element.end,
                                  .base = w->buf.len,
                                  .slot = w->buf.len,
                                  .left = count});
    add_zeros(w, head);
}

static bool complete(const struct sl_abi_writer *w)
{
    struct sl_abi_type type;
    return !sl_abi_frame_peek(&type, &w->frames[w->depth - 1]);
}

void sl_abi_close(struct sl_abi_writer *w)
{
    if (failed(w))
        return;
    if (w->depth < 2)
        fail(w, "closed more than was opened");
    else if (!complete(w))
        fail(w, "a value is missing");
    else
        w->depth--;
}

int sl_abi_end(struct sl_abi_writer *w, struct sl_err *err)
{
    if (!failed(w) && w->depth != 1)
        fail(w, "a tuple or list is not closed");
    if (!failed(w) && !complete(w))
        fail(w, "a value is missing");
    if (w->wrong != NULL)
        return sl_err_set(err, SL_EINVAL, "ABI: %s: %s", w->signature != NULL ? w->signature : "?",
                          w->wrong);
    if (w->buf.failed != SL_OK)
        return sl_err_set(err, w->buf.failed, "ABI: %s", sl_err_text(w->buf.failed));
    return SL_OK;
}

void sl_abi_free(struct sl_abi_writer *w)
{
    const size_t cap = w->buf.cap;
    sl_buf_free(&w->buf);
    *w = (struct sl_abi_writer){.buf = {.cap = cap}};
}
