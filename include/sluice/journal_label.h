/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * journal_label.h - the labels that the chain has for landed pieces, and so which files can be
 * restored without this journal. Layer: store.
 *
 * A file can be restored with the account's key alone, content and file name, if the chain labels
 * some copy of each of its pieces for this very file. A single piece needs its `filename`; a part
 * needs `filename`, `part` and `whole` of this file. It cannot be restored so if a piece was first
 * stored for another file, if the name was cut or escaped to fit, if the file needs one piece
 * twice, or if the labels could not be read when the piece had landed. Folders are not on chain.
 * Errors of all: as journal.h.
 */
#ifndef SL_JOURNAL_LABEL_H
#define SL_JOURNAL_LABEL_H

#include "sluice/journal_commit.h"

/** The labels on chain; NULL: the chain has none. Borrowed for the call. */
struct sl_journal_label {
    const char *name;
    const char *part;
    const char *whole;
};

/** Store the labels of a commit's pieces, in the order of the pieces: commit->count of them. On
 * disk when it returns 0, outside of a transaction. */
int sl_journal_set_labels(struct sl_journal *journal, const struct sl_journal_commit *commit,
                          const struct sl_journal_label *labels, struct sl_err *err) SL_MUST_CHECK;

/** Whether the file of a job can be restored with the key alone: 1; 0: this journal is needed. */
int sl_journal_is_labelled(struct sl_journal *journal, const struct sl_job *job, const char *path,
                           struct sl_err *err) SL_MUST_CHECK;

#endif
