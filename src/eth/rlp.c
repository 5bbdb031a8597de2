/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/rlp.h"

#include <string.h>

enum {
    STRING = 0x80,
    LIST = 0xc0,
    SHORT = 55, /* a longer content has its length behind the first byte */
    HEADER_BYTES = 9
};

static size_t header(uint8_t out[static HEADER_BYTES], uint8_t kind, size_t len)
{
    if (len <= SHORT) {
        out[0] = (uint8_t)(kind + len);
        return 1;
    }
    size_t n = 0;
    for (size_t rest = len; rest > 0; rest >>= 8)
        n++;
    out[0] = (uint8_t)(kind + SHORT + n);
    for (size_t i = 0; i < n; i++)
        out[n - i] = (uint8_t)(len >> (8 * i));
    return n + 1;
}

void sl_rlp_bytes(struct sl_buf *buf, const void *data, size_t len)
{
    uint8_t head[HEADER_BYTES];
    const uint8_t *bytes = data;
    if (len != 1 || bytes[0] >= STRING)
        sl_buf_add(buf, head, header(head, STRING, len));
    sl_buf_add(buf, data, len);
}

void sl_rlp_u256(struct sl_buf *buf, struct sl_u256 value)
{
    uint8_t be[32];
    size_t zeros = 0;
    sl_u256_to_be(be, value);
    while (zeros < sizeof be && be[zeros] == 0)
        zeros++;
    sl_rlp_bytes(buf, be + zeros, sizeof be - zeros);
}

void sl_rlp_u64(struct sl_buf *buf, uint64_t value)
{
    sl_rlp_u256(buf, sl_u256(value));
}

size_t sl_rlp_list(struct sl_buf *buf)
{
    return buf->len;
}

void sl_rlp_list_end(struct sl_buf *buf, size_t mark)
{
    uint8_t head[HEADER_BYTES];
    if (buf->failed != SL_OK)
        return;
    const size_t len = buf->len - mark;
    const size_t n = header(head, LIST, len);
    sl_buf_add(buf, head, n); /* grows by the header; now the content makes room for it */
    if (buf->failed != SL_OK)
        return;
    memmove(buf->data + mark + n, buf->data + mark, len);
    memcpy(buf->data + mark, head, n);
}

/* The length that stands in `n` bytes behind the first one: no leading zero, and really long. */
static int long_length(uint64_t *out, const struct sl_rlp *from, size_t n, struct sl_err *err)
{
    uint64_t len = 0;
    if (from->left - 1 < n)
        return sl_err_set(err, SL_EFORMAT, "RLP: the data ends inside a length");
    for (size_t i = 1; i <= n; i++)
        len = len << 8 | from->at[i];
    if (from->at[1] == 0 || len <= SHORT)
        return sl_err_set(err, SL_EFORMAT, "RLP: a length is not in its shortest form");
    *out = len;
    return SL_OK;
}

/* Takes one item off `from`: its kind (STRING or LIST) and its content. */
static int item(uint8_t *kind, struct sl_rlp *content, struct sl_rlp *from, struct sl_err *err)
{
    if (from->left == 0)
        return sl_err_set(err, SL_EFORMAT, "RLP: the data ends where an item should be");
    const uint8_t first = from->at[0];
    size_t head = first < STRING ? 0 : 1;
    uint64_t len = 1;
    *kind = first < LIST ? STRING : LIST;
    if (first >= STRING) {
        const size_t low = (size_t)(first - *kind);
        len = low;
        if (low > SHORT) {
            head += low - SHORT;
            const int rc = long_length(&len, from, low - SHORT, err);
            if (rc < 0)
                return rc;
        }
    }
    if (len > from->left - head)
        return sl_err_set(err, SL_EFORMAT, "RLP: the data ends inside an item");
    content->at = from->at + head;
    content->left = (size_t)len;
    if (first == STRING + 1 && content->at[0] < STRING)
        return sl_err_set(err, SL_EFORMAT, "RLP: a single byte is not in its shortest form");
    from->at = content->at + len;
    from->left -= head + (size_t)len;
    return SL_OK;
}

int sl_rlp_read_list(struct sl_rlp *inside, struct sl_rlp *outside, struct sl_err *err)
{
    uint8_t kind = 0;
    struct sl_rlp rest = *outside;
    const int rc = item(&kind, inside, &rest, err);
    if (rc < 0)
        return rc;
    if (kind != LIST)
        return sl_err_set(err, SL_EFORMAT, "RLP: a string where a list should be");
    *outside = rest;
    return SL_OK;
}

int sl_rlp_read_bytes(const uint8_t **data, size_t *len, struct sl_rlp *from, struct sl_err *err)
{
    uint8_t kind = 0;
    struct sl_rlp content = {0};
    struct sl_rlp rest = *from;
    const int rc = item(&kind, &content, &rest, err);
    if (rc < 0)
        return rc;
    if (kind != STRING)
        return sl_err_set(err, SL_EFORMAT, "RLP: a list where a string should be");
    *from = rest;
    *data = content.at;
    *len = content.left;
    return SL_OK;
}

int sl_rlp_read_u256(struct sl_u256 *out, struct sl_rlp *from, struct sl_err *err)
{
    const uint8_t *data = NULL;
    size_t len = 0;
    struct sl_rlp rest = *from;
    const int rc = sl_rlp_read_bytes(&data, &len, &rest, err);
    if (rc < 0)
        return rc;
    if (len > 0 && data[0] == 0)
        return sl_err_set(err, SL_EFORMAT, "RLP: an integer with leading zeros");
    if (!sl_u256_from_be(out, data, len))
        return sl_err_set(err, SL_EFORMAT, "RLP: an integer of %zu bytes", len);
    *from = rest;
    return SL_OK;
}

int sl_rlp_read_u64(uint64_t *out, struct sl_rlp *from, struct sl_err *err)
{
    struct sl_u256 value = sl_u256(0);
    struct sl_rlp rest = *from;
    const int rc = sl_rlp_read_u256(&value, &rest, err);
    if (rc < 0)
        return rc;
    if (!sl_u256_to_u64(out, value))
        return sl_err_set(err, SL_EFORMAT, "RLP: an integer above 64 bits");
    *from = rest;
    return SL_OK;
}
