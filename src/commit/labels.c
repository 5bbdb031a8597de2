/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The labels that the chain has for landed pieces: their names, and the file that each part belongs
 * to. A piece that the data set had before keeps the labels of the file that it was first stored
 * for. Newer contracts keep no labels. So only a query tells which files can be restored without a
 * journal.
 */
#include <string.h>

#include "sluice/journal_label.h"
#include "sluice/log.h"

#include "inside.h"

static void take_page(struct sl_journal_label *labels, const struct sl_journal_commit *record,
                      const struct sl_piece_page *page)
{
    for (size_t i = 0; i < page->count; i++) {
        const struct sl_chain_piece *piece = &page->pieces[i];
        const size_t place = (size_t)(piece->id - record->first_piece_id);
        if (place >= record->count || !piece->known || piece->metadata == NULL ||
            !sl_piece_id_equal(&piece->piece, &record->pieces[place]))
            continue;
        const struct sl_metadata *entries = piece->metadata;
        const size_t count = piece->metadata_count;
        labels[place] =
            (struct sl_journal_label){.name = sl_metadata_get(entries, count, SL_METADATA_FILENAME),
                                      .part = sl_metadata_get(entries, count, SL_METADATA_PART),
                                      .whole = sl_metadata_get(entries, count, SL_METADATA_WHOLE)};
    }
}

void sl_batch_note_labels(struct sl_lane *lane, const struct sl_batch *batch)
{
    const struct sl_journal_commit *record = &batch->record;
    struct sl_journal_label labels[SL_JOURNAL_COMMIT_PIECES] = {{0}};
    struct sl_piece_page *page = NULL;
    struct sl_err err = {0};
    int rc = sl_chain_pieces(&page, lane->chain, sl_u256(record->data_set_id),
                             record->first_piece_id, record->count, true, &err);
    if (rc == SL_OK) {
        take_page(labels, record, page);
        rc = sl_journal_set_labels(lane->journal, record, labels, &err);
    }
    if (rc < 0)
        sl_log(SL_LOG_WARN, SL_LOG_COMMIT,
               "copy %u: what the chain calls the pieces from id %llu of data set %llu on is not "
               "known, so their files count as needing this journal: %s",
               lane->copy + 1, (unsigned long long)record->first_piece_id,
               (unsigned long long)record->data_set_id, err.text);
    sl_piece_page_free(page);
}
