/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Pieces in the lane's data set that the journal does not know: another machine added them, or an
 * earlier journal was lost. They are stored and paid for, so the lane does not sign them again.
 *
 * Piece ids only grow and are never used again. A piece with an id below `to` was read already, or
 * comes from this journal. If no other client adds to the data set, each batch costs one empty
 * page.
 */
#include "reuse/onchain_pieces.h"

#include "lane/items.h"
#include "submission/batch.h"

void sl_onchain_pieces_free(struct sl_onchain_pieces *seen)
{
    sl_commit_piece_index_free(&seen->pieces);
    *seen = (struct sl_onchain_pieces){0};
}

static int index_page(struct sl_onchain_pieces *seen, const struct sl_piece_page *page,
                      struct sl_err *err)
{
    int rc = SL_OK;
    for (size_t i = 0; rc == SL_OK && i < page->count; i++) {
        const struct sl_chain_piece *piece = &page->pieces[i];
        if (piece->known && !piece->scheduled) /* what is to be removed is as good as gone */
            rc = sl_commit_piece_index_add(&seen->pieces, &piece->piece, piece->id, err);
    }
    return rc;
}

/* 1: there are more. */
static int read_page(struct sl_lane *lane, struct sl_err *err)
{
    struct sl_onchain_pieces *seen = &lane->onchain;
    struct sl_piece_page *page = NULL;
    int rc =
        sl_chain_pieces(&page, lane->chain, seen->data_set, seen->to, SL_PIECE_PAGE, false, err);
    if (rc < 0 && sl_err_class_of(rc) == SL_CLASS_FATAL) /* a node that is behind, or odd */
        return sl_err_set(err, SL_EBUSY, "the node does not report the pieces of the data set");
    if (rc < 0)
        return rc;
    rc = index_page(seen, page, err);
    const bool more = page->more;
    if (rc == SL_OK)
        seen->to = page->next;
    sl_chain_piece_page_free(page);
    return rc < 0 ? rc : more;
}

static int look_on(struct sl_lane *lane, struct sl_err *err)
{
    struct sl_onchain_pieces *seen = &lane->onchain;
    int rc = SL_OK;
    if (sl_u256_cmp(seen->data_set, lane->target.data_set) != 0) {
        sl_onchain_pieces_free(seen);
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

/* Whether it is there now: it may have been removed since it was seen. */
static int is_there(struct sl_lane *lane, const struct sl_piece_id *piece, uint64_t id,
                    struct sl_err *err)
{
    struct sl_piece_page *page = NULL;
    const int rc = sl_chain_pieces(&page, lane->chain, lane->target.data_set, id, 1, false, err);
    if (rc < 0)
        return rc;
    const bool there = page->count == 1 && page->pieces[0].id == id && page->pieces[0].known &&
                       !page->pieces[0].scheduled &&
                       sl_piece_id_equal(&page->pieces[0].piece, piece);
    sl_chain_piece_page_free(page);
    return there;
}

/* 1: the piece is in the data set now, and *id is its id. */
static int find(uint64_t *id, struct sl_lane *lane, const struct sl_piece_id *piece,
                struct sl_err *err)
{
    size_t at = 0;
    int rc = 0;
    while (rc == 0 && sl_commit_piece_index_next(id, &at, &lane->onchain.pieces, piece))
        rc = is_there(lane, piece, *id, err);
    return rc;
}

/* Kept in the journal, and told. */
static int record_piece(struct sl_lane *lane, const struct sl_piece_id *piece, uint64_t id,
                        struct sl_err *err)
{
    struct sl_batch there = {.record.count = 1, .record.pieces[0] = *piece};
    const int rc = sl_batch_note_landed(lane, &there, id, err);
    if (rc == SL_OK)
        sl_lane_emit_all(lane, &there, SL_COMMIT_LANDED, NULL);
    return rc;
}

/* What this lane has added itself is known. */
void sl_onchain_pieces_skip(struct sl_onchain_pieces *seen, const struct sl_journal_commit *landed)
{
    if (sl_u256_cmp(seen->data_set, sl_u256(landed->data_set_id)) == 0 &&
        seen->to == landed->first_piece_id)
        seen->to += landed->count;
}

enum sl_step sl_batch_ask_data_set(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    const struct sl_journal_commit asked = batch->record;
    bool any = false;
    uint64_t id;
    int rc = sl_u256_is_zero(lane->target.data_set) ? SL_OK : look_on(lane, err);
    for (size_t i = 0; rc == SL_OK && i < asked.count; i++) {
        rc = sl_u256_is_zero(lane->target.data_set) ? 0 : find(&id, lane, &asked.pieces[i], err);
        if (rc != 1)
            continue;
        if (!any)
            sl_batch_let_go(lane, batch); /* telling takes items out */
        any = true;
        rc = record_piece(lane, &asked.pieces[i], id, err);
    }
    if (rc < 0)
        return SL_STEP_FAILED;
    return any ? SL_STEP_REGATHER : SL_STEP_PROCEED;
}
