/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <string.h>

#include "sluice/abi.h"
#include "sluice/eip712.h"

#define WORD      ((size_t)SL_ABI_WORD)
#define SIGNATURE (4 * WORD)                   /* its length, then 65 bytes, padded */
#define CALL      (SL_ABI_SELECTOR + 4 * WORD) /* data set, listener, two offsets */

static size_t padded(size_t len)
{
    return (len + WORD - 1) / WORD * WORD;
}

/* A string in a list: its offset, its length and its bytes. */
static size_t text_bytes(const char *text)
{
    return 2 * WORD + padded(strlen(text));
}

static size_t keys_bytes(const struct sl_metadata *entries, size_t count)
{
    size_t bytes = WORD;
    for (size_t i = 0; i < count; i++)
        bytes += text_bytes(entries[i].key);
    return bytes;
}

static size_t values_bytes(const struct sl_metadata *entries, size_t count)
{
    size_t bytes = WORD;
    for (size_t i = 0; i < count; i++)
        bytes += text_bytes(entries[i].value);
    return bytes;
}

void sl_add_size_init(struct sl_add_size *size, const struct sl_create_message *create,
                      bool compact)
{
    *size = (struct sl_add_size){.listed = !compact};
    if (create != NULL) /* payer, id and three offsets, then the lists and the signature */
        size->create_bytes = 5 * WORD + keys_bytes(create->metadata, create->metadata_count) +
                             values_bytes(create->metadata, create->metadata_count) + SIGNATURE;
}

void sl_add_size_piece(struct sl_add_size *size, const struct sl_signed_piece *piece)
{
    size->pieces++;
    size->piece_bytes += 3 * WORD + padded(piece->cid_len); /* two offsets and a length */
    size->key_bytes += WORD + keys_bytes(piece->metadata, piece->metadata_count);
    size->value_bytes += WORD + values_bytes(piece->metadata, piece->metadata_count);
    if (piece->metadata_count > 0)
        size->listed = true; /* one entry makes every piece be listed, earlier ones too */
}

/* The signed payload: both forms are whole words, so nothing in it is padded. */
static size_t payload_bytes(const struct sl_add_size *size)
{
    const size_t lists = 2 * WORD + (size->listed ? size->key_bytes + size->value_bytes : 0);
    const size_t add = 4 * WORD + lists + SIGNATURE; /* nonce and three offsets */
    return size->create_bytes == 0 ? add : 2 * WORD + WORD + size->create_bytes + WORD + add;
}

size_t sl_add_size_bytes(const struct sl_add_size *size)
{
    return CALL + WORD + size->piece_bytes + WORD + payload_bytes(size);
}

bool sl_add_size_fits(const struct sl_add_size *size, bool legacy)
{
    return size->pieces > 0 && sl_add_size_bytes(size) <= SL_ADD_CALLDATA_BYTES &&
           (!legacy || size->pieces <= SL_ADD_LEGACY_PIECES);
}
