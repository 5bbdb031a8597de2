/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * What the lane's data set has and the journal knows nothing of: pieces of another machine, or of a
 * journal that is lost. They are there and paid for, so they are not signed for once more.
 *
 * Ids only grow and are never used again: what has one below `to` was looked at, or is of the
 * journal itself, and a data set that nobody else adds to costs one empty page a batch.
 */
#include <stdlib.h>
#include <string.h>

#include "sluice/log.h"

#include "inside.h"

enum { SEEN_MAX = 1 << 20 };

struct sl_seen_piece {
    struct sl_piece_id piece;
    uint64_t id;
};

void sl_seen_free(struct sl_seen *seen)
{
    free(seen->pieces);
    *seen = (struct sl_seen){0};
}

static int take_piece(struct sl_seen *seen, const struct sl_chain_piece *piece, struct sl_err *err)
{
    if (!piece->known || piece->scheduled) /* what is to be removed is as good as gone */
        return SL_OK;
    if (seen->count == SEEN_MAX)
        return sl_err_set(err, SL_EOVERFLOW, "the data set has more pieces than can be looked at");
    if (seen->count == seen->cap) {
        const size_t cap = seen->cap > 0 ? 2 * seen->cap : SL_PIECE_PAGE;
        struct sl_seen_piece *pieces = realloc(seen->pieces, cap * sizeof *pieces);
        if (pieces == NULL)
            return sl_err_set(err, SL_ENOMEM, "out of memory for the pieces of the data set");
        seen->pieces = pieces;
        seen->cap = cap;
    }
    seen->pieces[seen->count++] = (struct sl_seen_piece){.piece = piece->piece, .id = piece->id};
    return SL_OK;
}

/* 1: there are more. */
static int read_page(struct sl_lane *lane, struct sl_err *err)
{
    struct sl_seen *seen = &lane->seen;
    struct sl_piece_page *page = NULL;
    int rc =
        sl_chain_pieces(&page, lane->chain, seen->data_set, seen->to, SL_PIECE_PAGE, false, err);
    if (rc < 0 && sl_err_class_of(rc) == SL_CLASS_FATAL) /* a node that is behind, or odd */
        return sl_err_set(err, SL_EBUSY, "the node does not tell what is in the data set");
    if (rc < 0)
        return rc;
    for (size_t i = 0; rc == SL_OK && i < page->count; i++)
        rc = take_piece(seen, &page->pieces[i], err);
    const bool more = page->more;
    if (rc == SL_OK)
        seen->to = page->next;
    sl_piece_page_free(page);
    return rc < 0 ? rc : more;
}

static int look_on(struct sl_lane *lane, struct sl_err *err)
{
    struct sl_seen *seen = &lane->seen;
    int rc = SL_OK;
    if (sl_u256_cmp(seen->data_set, lane->target.data_set) != 0) {
        sl_seen_free(seen);
        rc = sl_journal_known_ids(lane->journal, lane->commit->options.network.chain_id,
                                  lane->target.shown.data_set_id, &seen->to, err);
        if (rc < 0)
            return rc;
        seen->data_set = lane->target.data_set;
    }
    do
        rc = read_page(lane, err);
    while (rc > 0);
    return rc;
}

static const struct sl_seen_piece *find(const struct sl_seen *seen, const struct sl_piece_id *piece)
{
    for (size_t i = 0; i < seen->count; i++) {
        if (sl_piece_id_equal(&seen->pieces[i].piece, piece))
            return &seen->pieces[i];
    }
    return NULL;
}

int sl_batch_ask_data_set(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    const struct sl_seen_piece *found[SL_COMMIT_PIECES];
    size_t count = 0;
    int rc = sl_u256_is_zero(lane->target.data_set) ? SL_OK : look_on(lane, err);
    for (size_t i = 0; rc == SL_OK && i < batch->record.count; i++) {
        found[count] = find(&lane->seen, &batch->record.pieces[i]);
        count += found[count] != NULL;
    }
    if (rc < 0 || count == 0)
        return rc;
    sl_batch_let_go(lane, batch); /* telling takes items out */
    sl_log(SL_LOG_INFO, "commit", "copy %u: %zu pieces are in the data set already", lane->copy + 1,
           count);
    for (size_t i = 0; rc == SL_OK && i < count; i++) {
        struct sl_batch there = {.record.count = 1, .record.pieces[0] = found[i]->piece};
        rc = sl_batch_note_landed(lane, &there, found[i]->id, err);
        if (rc == SL_OK)
            sl_lane_tell_all(lane, &there, SL_COMMIT_LANDED, NULL);
    }
    return rc < 0 ? rc : 1;
}
