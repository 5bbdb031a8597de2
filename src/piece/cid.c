/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* PieceCIDs as bytes and as text: CIDv1, base32. */
#include <string.h>

#include "sluice/base32.h"
#include "sluice/piece.h"

enum {
    V2_HEAD_BYTES = 5,    /* prefix and digest length */
    V2_FIXED_DIGEST = 33, /* height and root, behind the varint */
    VARINT_MAX_BYTES = 9, /* 63 bits */
    MULTIBASE_BASE32 = 'b',
};

/* CID version 1, codec raw, multihash 0x1011 (fr32-sha256-trunc254-padbintree) */
static const uint8_t v2_prefix[] = {0x01, 0x55, 0x91, 0x20};
/* CID version 1, codec 0xf101 (fil-commitment-unsealed), multihash 0x1012, 32 bytes */
static const uint8_t v1_prefix[] = {0x01, 0x81, 0xe2, 0x03, 0x92, 0x20, 0x20};

static size_t write_varint(uint8_t *out, uint64_t value)
{
    size_t n = 0;
    for (; value >= 0x80; value >>= 7)
        out[n++] = (uint8_t)(value | 0x80);
    out[n++] = (uint8_t)value;
    return n;
}

/* LEB128 in its shortest form, below 2^63. Returns the bytes taken, 0 if it is none. */
static size_t get_varint(uint64_t *out, const uint8_t *bytes, size_t len)
{
    uint64_t value = 0;
    for (size_t i = 0; i < len && i < VARINT_MAX_BYTES; i++) {
        value |= (uint64_t)(bytes[i] & 0x7f) << (7 * i);
        if ((bytes[i] & 0x80) != 0)
            continue;
        if (bytes[i] == 0 && i > 0)
            return 0; /* a shorter form exists */
        *out = value;
        return i + 1;
    }
    return 0;
}

size_t sl_piece_cid_bytes(uint8_t out[static SL_PIECE_CID_BYTES], const struct sl_piece_id *id)
{
    memcpy(out, v2_prefix, sizeof v2_prefix);
    size_t n = V2_HEAD_BYTES;
    n += write_varint(out + n, sl_piece_padding(id));
    out[n++] = id->height;
    memcpy(out + n, id->root, SL_PIECE_ROOT_BYTES);
    n += SL_PIECE_ROOT_BYTES;
    out[sizeof v2_prefix] = (uint8_t)(n - V2_HEAD_BYTES);
    return n;
}

void sl_piece_cid(char out[static SL_PIECE_CID_CHARS], const struct sl_piece_id *id)
{
    uint8_t bytes[SL_PIECE_CID_BYTES];
    const size_t n = sl_piece_cid_bytes(bytes, id);
    out[0] = MULTIBASE_BASE32;
    sl_base32_encode(out + 1, bytes, n);
}

void sl_piece_cid_v1(char out[static SL_PIECE_V1_CHARS],
                     const uint8_t root[static SL_PIECE_ROOT_BYTES])
{
    uint8_t bytes[SL_PIECE_V1_BYTES];
    memcpy(bytes, v1_prefix, sizeof v1_prefix);
    memcpy(bytes + sizeof v1_prefix, root, SL_PIECE_ROOT_BYTES);
    out[0] = MULTIBASE_BASE32;
    sl_base32_encode(out + 1, bytes, sizeof bytes);
}

/* `empty`: all bytes may be padding, as for an empty file. */
static int parse_bytes(struct sl_piece_id *out, const uint8_t *bytes, size_t len, bool empty,
                       struct sl_err *err)
{
    if (len < V2_HEAD_BYTES || memcmp(bytes, v2_prefix, sizeof v2_prefix) != 0)
        return sl_err_set(err, SL_EFORMAT, "not a PieceCID v2: another version, codec or hash");
    const uint8_t *digest = bytes + V2_HEAD_BYTES;
    const size_t digest_len = len - V2_HEAD_BYTES;
    if (bytes[sizeof v2_prefix] != digest_len)
        return sl_err_set(err, SL_EFORMAT, "PieceCID: digest of %zu bytes says it has %u",
                          digest_len, (unsigned)bytes[sizeof v2_prefix]);
    uint64_t padding = 0;
    const size_t varint = get_varint(&padding, digest, digest_len);
    if (varint == 0)
        return sl_err_set(err, SL_EFORMAT, "PieceCID: the padding is no minimal varint");
    if (digest_len - varint != V2_FIXED_DIGEST)
        return sl_err_set(err, SL_EFORMAT, "PieceCID: digest of %zu bytes where %zu are due",
                          digest_len, varint + V2_FIXED_DIGEST);
    const uint8_t height = digest[varint];
    if (height < SL_PIECE_HEIGHT_MIN || height > SL_PIECE_HEIGHT_MAX)
        return sl_err_set(err, SL_EFORMAT, "PieceCID: tree of height %u", (unsigned)height);
    const uint64_t capacity = sl_piece_capacity(height);
    const bool is_empty = empty && padding == capacity && height == SL_PIECE_HEIGHT_MIN;
    if (padding >= capacity && !is_empty)
        return sl_err_set(err, SL_EFORMAT, "PieceCID: nothing but padding");
    out->payload_bytes = capacity - padding;
    out->height = height;
    memcpy(out->root, digest + varint + 1, SL_PIECE_ROOT_BYTES);
    return SL_OK;
}

int sl_piece_parse_bytes(struct sl_piece_id *out, const uint8_t *bytes, size_t len,
                         struct sl_err *err)
{
    return parse_bytes(out, bytes, len, false, err);
}

/* Multibase base32 of at most `cap` bytes; returns their number. */
static int decode(uint8_t *out, size_t cap, const char *text, size_t len, struct sl_err *err)
{
    if (len == 0 || text[0] != MULTIBASE_BASE32)
        return sl_err_set(err, SL_EFORMAT, "not a PieceCID: it does not start with 'b'");
    const int n = sl_base32_decode(out, cap, text + 1, len - 1, err);
    if (n < 0)
        sl_err_ctx(err, "not a PieceCID");
    return n;
}

int sl_piece_parse(struct sl_piece_id *out, const char *text, size_t len, struct sl_err *err)
{
    uint8_t bytes[SL_PIECE_CID_BYTES] = {0};
    const int n = decode(bytes, sizeof bytes, text, len, err);
    return n < 0 ? n : sl_piece_parse_bytes(out, bytes, (size_t)n, err);
}

int sl_piece_parse_file(struct sl_piece_id *out, const char *text, size_t len, struct sl_err *err)
{
    uint8_t bytes[SL_PIECE_CID_BYTES] = {0};
    const int n = decode(bytes, sizeof bytes, text, len, err);
    return n < 0 ? n : parse_bytes(out, bytes, (size_t)n, true, err);
}

int sl_piece_parse_v1(uint8_t root[static SL_PIECE_ROOT_BYTES], const char *text, size_t len,
                      struct sl_err *err)
{
    uint8_t bytes[SL_PIECE_V1_BYTES] = {0};
    const int n = decode(bytes, sizeof bytes, text, len, err);
    if (n < 0)
        return n;
    if ((size_t)n != sizeof bytes || memcmp(bytes, v1_prefix, sizeof v1_prefix) != 0)
        return sl_err_set(err, SL_EFORMAT, "not a PieceCID v1: another codec, hash or length");
    memcpy(root, bytes + sizeof v1_prefix, SL_PIECE_ROOT_BYTES);
    return SL_OK;
}

int sl_piece_parse_either(struct sl_piece_id *out, const char *text, size_t len, struct sl_err *err)
{
    struct sl_piece_id older = {0};
    if (sl_piece_parse_v1(older.root, text, len, NULL) < 0)
        return sl_piece_parse(out, text, len, err);
    *out = older;
    return SL_OK;
}
