/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "qr.h"

#include <string.h>

enum { WORDS_MAX = 346, CHECK_MAX = 30, MASKS = 8, POLYNOMIAL = 0x11D };

/* Of level L, by version: all codewords, blocks, and check words of each block. */
static const struct version {
    uint16_t words;
    uint8_t blocks;
    uint8_t check;
    uint8_t align[3]; /* where alignment patterns have their middle; 0: no more */
} versions[SL_QR_VERSION_MAX + 1] = {
    {0},
    {26, 1, 7, {0}},
    {44, 1, 10, {6, 18}},
    {70, 1, 15, {6, 22}},
    {100, 1, 20, {6, 26}},
    {134, 1, 26, {6, 30}},
    {172, 2, 18, {6, 34}},
    {196, 2, 20, {6, 22, 38}},
    {242, 2, 24, {6, 24, 42}},
    {292, 2, 30, {6, 26, 46}},
    {346, 4, 18, {6, 28, 50}},
};

static size_t data_words(int version)
{
    const struct version *v = &versions[version];
    return (size_t)v->words - (size_t)v->blocks * v->check;
}

/* ---- codewords ---- */

struct bits {
    uint8_t bytes[WORDS_MAX];
    size_t count; /* bits */
};

static void put_bits(struct bits *bits, unsigned value, int count)
{
    for (int i = count - 1; i >= 0; i--, bits->count++)
        bits->bytes[bits->count / 8] |= (uint8_t)((value >> i & 1U) << (7 - bits->count % 8));
}

static int count_bits(int version)
{
    return version < 10 ? 8 : 16;
}

static int version_for(size_t len)
{
    for (int version = 1; version <= SL_QR_VERSION_MAX; version++) {
        if (4 + (size_t)count_bits(version) + 8 * len <= 8 * data_words(version))
            return version;
    }
    return 0;
}

/* Mode, length, bytes, an end, and filling. */
static void put_data(struct bits *bits, int version, const char *text, size_t len)
{
    const size_t capacity = 8 * data_words(version);
    put_bits(bits, 4, 4);
    put_bits(bits, (unsigned)len, count_bits(version));
    for (size_t i = 0; i < len; i++)
        put_bits(bits, (unsigned char)text[i], 8);
    const size_t rest = capacity - bits->count;
    put_bits(bits, 0, rest < 4 ? (int)rest : 4);
    put_bits(bits, 0, (int)(-bits->count % 8));
    for (unsigned fill = 0xEC; bits->count < capacity; fill ^= 0xEC ^ 0x11)
        put_bits(bits, fill, 8);
}

static uint8_t multiply(uint8_t a, uint8_t b)
{
    unsigned product = 0;
    for (int i = 7; i >= 0; i--) {
        product = (product << 1) ^ ((product >> 7) * POLYNOMIAL);
        product ^= ((unsigned)b >> i & 1U) * a;
    }
    return (uint8_t)product;
}

/* The generator of `count` check words, without its leading 1. */
static void generator(uint8_t out[static CHECK_MAX], int count)
{
    uint8_t root = 1;
    memset(out, 0, CHECK_MAX);
    out[count - 1] = 1;
    for (int i = 0; i < count; i++) {
        for (int j = 0; j < count; j++) {
            out[j] = multiply(out[j], root);
            if (j + 1 < count)
                out[j] ^= out[j + 1];
        }
        root = multiply(root, 2);
    }
}

static void check_words(uint8_t out[static CHECK_MAX], const uint8_t *data, size_t len,
                        const uint8_t *divisor, int count)
{
    memset(out, 0, CHECK_MAX);
    for (size_t i = 0; i < len; i++) {
        const uint8_t factor = data[i] ^ out[0];
        memmove(out, out + 1, (size_t)count - 1);
        out[count - 1] = 0;
        for (int j = 0; j < count; j++)
            out[j] ^= multiply(divisor[j], factor);
    }
}

/* Words of all blocks take turns, data first; the blocks at the end may have one word more. */
static void interleave(uint8_t out[static WORDS_MAX], int version, const uint8_t *data)
{
    const struct version *v = &versions[version];
    const size_t all = data_words(version), blocks = v->blocks;
    const size_t least = all / blocks, longer = all % blocks;
    uint8_t divisor[CHECK_MAX], check[CHECK_MAX];
    generator(divisor, v->check);
    for (size_t b = 0; b < blocks; b++) {
        const bool extra = b >= blocks - longer;
        const size_t len = least + extra;
        check_words(check, data, len, divisor, v->check);
        for (size_t i = 0; i < least; i++)
            out[i * blocks + b] = data[i];
        if (extra)
            out[least * blocks + b - (blocks - longer)] = data[least];
        for (size_t i = 0; i < v->check; i++)
            out[all + i * blocks + b] = check[i];
        data += len;
    }
}

/* ---- modules ---- */

static void put_fixed(struct sl_qr *qr, int row, int col, bool dark)
{
    if (row < 0 || col < 0 || row >= qr->side || col >= qr->side)
        return;
    qr->dark[row * qr->side + col] = dark;
    qr->fixed[row * qr->side + col] = 1;
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static int distance(int a, int b)
{
    return a > b ? a - b : b - a;
}

/* Squares within squares around a middle; the ring at 2 is light, and beyond 3. */
static void put_square(struct sl_qr *qr, int row, int col, int reach)
{
    for (int r = row - reach; r <= row + reach; r++) {
        for (int c = col - reach; c <= col + reach; c++) {
            const int ring = larger(distance(r, row), distance(c, col));
            put_fixed(qr, r, c, reach == 2 ? ring != 1 : ring != 2 && ring != 4);
        }
    }
}

static void put_alignment(struct sl_qr *qr, const struct version *v)
{
    int count = 0;
    while (count < 3 && v->align[count] != 0)
        count++;
    for (int i = 0; i < count; i++) {
        for (int j = 0; j < count; j++) {
            const bool corner = (i == 0 && j == 0) || (i == 0 && j == count - 1) ||
                                (i == count - 1 && j == 0); /* there the finders are */
            if (!corner)
                put_square(qr, v->align[i], v->align[j], 2);
        }
    }
}

/* `bits` and as many check bits behind them as the divisor is long. */
static unsigned with_remainder(unsigned bits, unsigned divisor, int count)
{
    unsigned rest = bits;
    for (int i = 0; i < count; i++)
        rest = (rest << 1) ^ ((rest >> (count - 1)) * divisor);
    return bits << count | rest;
}

static void put_format(struct sl_qr *qr, int mask)
{
    const unsigned level_l = 1;
    const unsigned bits = with_remainder(level_l << 3 | (unsigned)mask, 0x537, 10) ^ 0x5412;
    const int side = qr->side;
    for (int i = 0; i < 15; i++) {
        const bool dark = (bits >> i & 1U) != 0;
        if (i < 8) {
            put_fixed(qr, i < 6 ? i : i + 1, 8, dark);
            put_fixed(qr, 8, side - 1 - i, dark);
        } else {
            put_fixed(qr, 8, i == 8 ? 7 : 14 - i, dark);
            put_fixed(qr, side - 15 + i, 8, dark);
        }
    }
    put_fixed(qr, side - 8, 8, true);
}

static void put_version(struct sl_qr *qr, int version)
{
    const unsigned bits = with_remainder((unsigned)version, 0x1F25, 12);
    for (int i = 0; version >= 7 && i < 18; i++) {
        const bool dark = (bits >> i & 1U) != 0;
        put_fixed(qr, i / 3, qr->side - 11 + i % 3, dark);
        put_fixed(qr, qr->side - 11 + i % 3, i / 3, dark);
    }
}

static void put_patterns(struct sl_qr *qr, int version)
{
    for (int i = 0; i < qr->side; i++) {
        put_fixed(qr, 6, i, i % 2 == 0);
        put_fixed(qr, i, 6, i % 2 == 0);
    }
    put_square(qr, 3, 3, 4);
    put_square(qr, 3, qr->side - 4, 4);
    put_square(qr, qr->side - 4, 3, 4);
    put_alignment(qr, &versions[version]);
    put_format(qr, 0);
    put_version(qr, version);
}

/* Up and down in pairs of columns, from the right. */
static void put_words(struct sl_qr *qr, const uint8_t *words, size_t count)
{
    size_t at = 0;
    for (int right = qr->side - 1; right >= 1; right -= 2) {
        right -= right == 6; /* the column of the timing pattern */
        const bool up = ((right + 1) & 2) == 0;
        for (int i = 0; i < 2 * qr->side; i++) {
            const int row = up ? qr->side - 1 - i / 2 : i / 2;
            const int place = row * qr->side + right - i % 2;
            if (qr->fixed[place] || at == 8 * count)
                continue;
            qr->dark[place] = (uint8_t)((unsigned)words[at / 8] >> (7 - at % 8) & 1U);
            at++;
        }
    }
}

static bool mask_at(int mask, int r, int c)
{
    switch (mask) {
    case 0:
        return (r + c) % 2 == 0;
    case 1:
        return r % 2 == 0;
    case 2:
        return c % 3 == 0;
    case 3:
        return (r + c) % 3 == 0;
    case 4:
        return (r / 2 + c / 3) % 2 == 0;
    case 5:
        return r * c % 2 + r * c % 3 == 0;
    case 6:
        return (r * c % 2 + r * c % 3) % 2 == 0;
    default:
        return ((r + c) % 2 + r * c % 3) % 2 == 0;
    }
}

/* Twice is not at all. */
static void apply_mask(struct sl_qr *qr, int mask)
{
    for (int i = 0; i < qr->side * qr->side; i++)
        qr->dark[i] ^= !qr->fixed[i] && mask_at(mask, i / qr->side, i % qr->side);
}

/* ---- which mask is read best ---- */

/* Runs of five and more, and what looks like a finder, in one row or column. */
static int line_penalty(const struct sl_qr *qr, int start, int step)
{
    int penalty = 0, run = 0;
    unsigned last = 0; /* the eleven latest modules */
    for (int i = 0; i < qr->side; i++) {
        const unsigned dark = qr->dark[start + i * step];
        run = i > 0 && dark == (last & 1U) ? run + 1 : 1;
        last = (last << 1 | dark) & 0x7FF;
        if (run >= 5)
            penalty += run == 5 ? 3 : 1;
        if (i >= 10 && (last == 0x5D0 || last == 0x05D))
            penalty += 40;
    }
    return penalty;
}

static int penalty_of(const struct sl_qr *qr)
{
    const int side = qr->side;
    int penalty = 0, dark = 0;
    for (int i = 0; i < side; i++)
        penalty += line_penalty(qr, i * side, 1) + line_penalty(qr, i, side);
    for (int r = 0; r < side; r++) {
        for (int c = 0; c < side; c++) {
            const uint8_t *at = &qr->dark[r * side + c];
            dark += at[0];
            if (r + 1 < side && c + 1 < side && at[0] == at[1] && at[0] == at[side] &&
                at[0] == at[side + 1])
                penalty += 3;
        }
    }
    return penalty + 10 * (distance(20 * dark, 10 * side * side) / (side * side));
}

static void choose_mask(struct sl_qr *qr)
{
    int best = 0, least = -1;
    for (int mask = 0; mask < MASKS; mask++) {
        put_format(qr, mask);
        apply_mask(qr, mask);
        const int penalty = penalty_of(qr);
        if (least < 0 || penalty < least) {
            least = penalty;
            best = mask;
        }
        apply_mask(qr, mask);
    }
    put_format(qr, best);
    apply_mask(qr, best);
}

/* ---- the whole ---- */

bool sl_qr_make(struct sl_qr *qr, const char *text, size_t len)
{
    const int version = len <= SL_QR_TEXT_MAX ? version_for(len) : 0;
    struct bits bits = {.count = 0};
    uint8_t words[WORDS_MAX] = {0};
    if (version == 0)
        return false;
    *qr = (struct sl_qr){.side = 17 + 4 * version};
    put_data(&bits, version, text, len);
    interleave(words, version, bits.bytes);
    put_patterns(qr, version);
    put_words(qr, words, versions[version].words);
    choose_mask(qr);
    return true;
}

bool sl_qr_is_dark(const struct sl_qr *qr, int row, int col)
{
    return row >= 0 && col >= 0 && row < qr->side && col < qr->side &&
           qr->dark[row * qr->side + col] != 0;
}
