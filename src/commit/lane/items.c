/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The pieces of a lane that wait for their copy. */
#include "lane/items.h"

#include <stdlib.h>
#include <string.h>

#include "lane/lane_io.h"

/* Call with the lock held. NULL if the lane has no such piece. */
struct sl_item *sl_lane_find(const struct sl_lane *lane, const struct sl_piece_id *piece)
{
    struct sl_item *item = lane->items;
    while (item != NULL && !sl_piece_id_equal(&item->piece, piece))
        item = item->next;
    return item;
}

/* Call with the lock held. */
uint64_t sl_lane_take_out(struct sl_lane *lane, const struct sl_piece_id *piece)
{
    struct sl_item **at = &lane->items;
    while (*at != NULL && !sl_piece_id_equal(&(*at)->piece, piece))
        at = &(*at)->next;
    struct sl_item *item = *at;
    if (item == NULL)
        return 0;
    const uint64_t serial = item->serial;
    *at = item->next;
    if (lane->tail == &item->next)
        lane->tail = at;
    free(item);
    return serial;
}

uint64_t sl_lane_drop(struct sl_lane *lane, const struct sl_piece_id *piece)
{
    pthread_mutex_lock(&lane->commit->lock);
    const uint64_t serial = sl_lane_take_out(lane, piece);
    pthread_mutex_unlock(&lane->commit->lock);
    return serial;
}

bool sl_lane_drop_wanted(struct sl_lane *lane, const struct sl_piece_id *piece, unsigned copies,
                         uint64_t *serial)
{
    pthread_mutex_lock(&lane->commit->lock);
    const struct sl_item *item = sl_lane_find(lane, piece);
    const bool good = item == NULL || item->copies <= copies;
    *serial = good ? sl_lane_take_out(lane, piece) : 0;
    pthread_mutex_unlock(&lane->commit->lock);
    return good;
}

static size_t texts_size(const struct sl_commit_piece *piece)
{
    size_t size = strlen(piece->url) + 1;
    for (size_t i = 0; i < piece->metadata_count; i++)
        size += strlen(piece->metadata[i].key) + strlen(piece->metadata[i].value) + 2;
    return size;
}

static const char *append(char **at, const char *text)
{
    const size_t size = strlen(text) + 1;
    const char *copy = memcpy(*at, text, size);
    *at += size;
    return copy;
}

struct sl_item *sl_item_new(const struct sl_commit_piece *piece, unsigned copies)
{
    struct sl_item *item = malloc(sizeof *item + texts_size(piece));
    if (item == NULL)
        return NULL;
    *item = (struct sl_item){.piece = piece->piece,
                             .metadata_count = piece->metadata_count,
                             .serial = piece->serial,
                             .copies = copies};
    char *at = (char *)(item + 1);
    item->url = append(&at, piece->url);
    for (size_t i = 0; i < piece->metadata_count; i++) {
        item->metadata[i].key = append(&at, piece->metadata[i].key);
        item->metadata[i].value = append(&at, piece->metadata[i].value);
    }
    return item;
}

/* True when the lane has the piece already; its end then answers the new add. *copies: the most
 * copies that any of its adds wants. */
bool sl_lane_join(struct sl_lane *lane, const struct sl_commit_piece *piece, unsigned *copies)
{
    struct sl_commit *commit = lane->commit;
    pthread_mutex_lock(&commit->lock);
    struct sl_item *there = sl_lane_find(lane, &piece->piece);
    if (there != NULL && *copies < there->copies)
        *copies = there->copies;
    if (there != NULL && !there->in_batch && strcmp(there->url, piece->url) != 0) {
        (void)sl_lane_take_out(lane, &piece->piece); /* another provider has the bytes now */
        there = NULL;
    }
    if (there != NULL) {
        there->serial = piece->serial;
        there->copies = *copies;
    }
    const bool joined = there != NULL;
    pthread_mutex_unlock(&commit->lock);
    return joined;
}

void sl_lane_emit_all(struct sl_lane *lane, const struct sl_batch *batch,
                      enum sl_commit_event_type type, const struct sl_err *err)
{
    const struct sl_journal_commit *record = &batch->record;
    struct sl_commit_event event = {.type = type, .batch = (unsigned)record->count};
    if (err != NULL)
        event.err = *err;
    memcpy(event.tx, record->tx, sizeof event.tx);
    event.data_set_id = record->data_set_id;
    for (size_t i = 0; i < record->count; i++) {
        event.piece = record->pieces[i];
        event.piece_id = record->first_piece_id + i;
        if (type == SL_COMMIT_LANDED || type == SL_COMMIT_FAILED)
            event.serial = sl_lane_drop(lane, &event.piece);
        sl_lane_emit(lane, &event);
    }
}

/* End an item of the batch; the batch no longer contains it. */
void sl_lane_end_item(struct sl_lane *lane, struct sl_batch *batch, size_t at,
                      enum sl_commit_event_type type, const struct sl_err *err)
{
    struct sl_commit_event event = {.type = type, .piece = batch->items[at]->piece, .err = *err};
    batch->items[at] = NULL;
    event.serial = sl_lane_drop(lane, &event.piece);
    sl_lane_emit(lane, &event);
}
