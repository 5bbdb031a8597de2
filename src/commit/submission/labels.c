/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The labels that the chain has for landed pieces: their names, and the file that each part belongs
 * to. A piece that the data set had before keeps the labels of the file that it was first stored
 * for. So only a query tells which files can be restored without a journal.
 *
 * The receipt of the transaction has the labels of the whole batch, whatever the contracts keep.
 * Without it the contracts are asked: those before 1.4 keep them.
 */
#include "submission/labels.h"

#include <string.h>

#include "sluice/chain_logs.h"
#include "sluice/journal_commit.h"
#include "sluice/log.h"

static struct sl_journal_label label_of(const struct sl_metadata *entries, size_t count)
{
    return (struct sl_journal_label){.name = sl_metadata_get(entries, count, SL_METADATA_FILENAME),
                                     .part = sl_metadata_get(entries, count, SL_METADATA_PART),
                                     .whole = sl_metadata_get(entries, count, SL_METADATA_WHOLE)};
}

/* ---- the receipt ---- */

/* True when it tells of every piece. */
static bool read_receipt_labels(struct sl_journal_label *labels,
                                const struct sl_journal_commit *record,
                                const struct sl_piece_names *names)
{
    bool all = true;
    for (size_t i = 0; i < record->count; i++) {
        const struct sl_piece_name *name =
            sl_chain_piece_names_find(names, record->first_piece_id + i);
        const bool tells = name != NULL && name->known && name->metadata != NULL &&
                           sl_piece_id_equal(&name->piece, &record->pieces[i]);
        if (tells)
            labels[i] = label_of(name->metadata, name->metadata_count);
        all = all && tells;
    }
    return all;
}

enum { PAGES = (SL_JOURNAL_COMMIT_PIECES + SL_PIECE_PAGE - 1) / SL_PIECE_PAGE };

/* What the labels borrow from. */
struct source {
    struct sl_piece_names *names;
    struct sl_piece_page *pages[PAGES];
};

/* 1: all labels are known. */
static int ask_receipt(struct sl_journal_label *labels, struct source *source, struct sl_lane *lane,
                       const struct sl_journal_commit *record, struct sl_err *err)
{
    uint64_t ids[SL_JOURNAL_COMMIT_PIECES];
    if (record->tx[0] == '\0')
        return 0;
    for (size_t i = 0; i < record->count; i++)
        ids[i] = record->first_piece_id + i;
    int rc = sl_chain_piece_names_new(&source->names, sl_u256(record->data_set_id), ids,
                                      record->count, err);
    if (rc == SL_OK)
        rc = sl_chain_names_of_tx(source->names, lane->chain, record->tx, err);
    return rc == 1 ? read_receipt_labels(labels, record, source->names) : rc;
}

/* ---- the contracts ---- */

static void read_page_labels(struct sl_journal_label *labels,
                             const struct sl_journal_commit *record,
                             const struct sl_piece_page *page)
{
    for (size_t i = 0; i < page->count; i++) {
        const struct sl_chain_piece *piece = &page->pieces[i];
        const size_t place = (size_t)(piece->id - record->first_piece_id);
        if (place < record->count && piece->known && piece->metadata != NULL &&
            sl_piece_id_equal(&piece->piece, &record->pieces[place]))
            labels[place] = label_of(piece->metadata, piece->metadata_count);
    }
}

static int ask_contracts(struct sl_journal_label *labels, struct source *source,
                         struct sl_lane *lane, const struct sl_journal_commit *record,
                         struct sl_err *err)
{
    int rc = SL_OK;
    for (size_t i = 0; rc == SL_OK && i * SL_PIECE_PAGE < record->count; i++) {
        const size_t done = i * SL_PIECE_PAGE, left = record->count - done;
        rc = sl_chain_pieces(&source->pages[i], lane->chain, sl_u256(record->data_set_id),
                             record->first_piece_id + done,
                             left < SL_PIECE_PAGE ? left : SL_PIECE_PAGE, true, err);
        if (rc == SL_OK)
            read_page_labels(labels, record, source->pages[i]);
    }
    return rc;
}

void sl_batch_note_labels(struct sl_lane *lane, const struct sl_batch *batch)
{
    const struct sl_journal_commit *record = &batch->record;
    struct sl_journal_label labels[SL_JOURNAL_COMMIT_PIECES] = {{0}};
    struct source source = {0};
    struct sl_err err = {0};
    int rc = ask_receipt(labels, &source, lane, record, &err);
    if (rc == 0 || (rc < 0 && rc != SL_ECANCELED && rc != SL_ENOMEM))
        rc = ask_contracts(labels, &source, lane, record, &err);
    if (rc >= 0)
        rc = sl_journal_set_labels(lane->journal, record, labels, &err);
    if (rc < 0)
        sl_log(SL_LOG_WARN, SL_LOG_COMMIT,
               "copy %u: the labels of the pieces from id %llu of data set %llu on are "
               "unknown, so their files count as needing this journal: %s",
               lane->copy + 1, (unsigned long long)record->first_piece_id,
               (unsigned long long)record->data_set_id, err.text);
    for (size_t i = 0; i < PAGES; i++)
        sl_chain_piece_page_free(source.pages[i]);
    sl_chain_piece_names_free(source.names);
}
