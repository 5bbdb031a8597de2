/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Open addressing with linear probing; the key is a part of the root, which is a hash already. */
#include "piece_index.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SIZE = 256 };

struct sl_piece_index_slot {
    uint64_t key; /* 0: free */
    uint64_t id;
};

static uint64_t key_of(const struct sl_piece_id *piece)
{
    uint64_t key;
    memcpy(&key, piece->root, sizeof key);
    return key != 0 ? key : 1;
}

static void put(struct sl_piece_index_slot *slots, size_t size, struct sl_piece_index_slot slot)
{
    size_t at = (size_t)slot.key & (size - 1);
    while (slots[at].key != 0)
        at = (at + 1) & (size - 1);
    slots[at] = slot;
}

static int grow(struct sl_piece_index *index, struct sl_err *err)
{
    const size_t size = index->size == 0 ? FIRST_SIZE : index->size * 2;
    struct sl_piece_index_slot *slots = calloc(size, sizeof *slots);
    if (slots == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for the pieces of the data set");
    for (size_t i = 0; i < index->size; i++) {
        if (index->slots[i].key != 0)
            put(slots, size, index->slots[i]);
    }
    free(index->slots);
    index->slots = slots;
    index->size = size;
    return SL_OK;
}

int sl_commit_piece_index_add(struct sl_piece_index *index, const struct sl_piece_id *piece,
                              uint64_t id, struct sl_err *err)
{
    if (4 * (index->count + 1) > 3 * index->size) {
        const int rc = grow(index, err);
        if (rc < 0)
            return rc;
    }
    put(index->slots, index->size, (struct sl_piece_index_slot){.key = key_of(piece), .id = id});
    index->count++;
    return SL_OK;
}

bool sl_commit_piece_index_next(uint64_t *id, size_t *at, const struct sl_piece_index *index,
                                const struct sl_piece_id *piece)
{
    const uint64_t key = key_of(piece);
    while (index->size > 0) { /* some slot is free, so this ends */
        const struct sl_piece_index_slot *slot =
            &index->slots[((size_t)key + *at) & (index->size - 1)];
        if (slot->key == 0)
            return false;
        ++*at;
        if (slot->key != key)
            continue;
        *id = slot->id;
        return true;
    }
    return false;
}

void sl_commit_piece_index_free(struct sl_piece_index *index)
{
    free(index->slots);
    *index = (struct sl_piece_index){0};
}
