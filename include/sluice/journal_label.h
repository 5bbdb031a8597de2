/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * journal_label.h - what the chain says of pieces that have landed, and so which files come back
 * without this journal. Layer: store.
 *
 * A file comes back from the account's key alone, content and file name, when some copy of each
 * piece that it needs is labelled on chain for this very file: one piece with its `filename`, a
 * part with `filename`, `part` and `whole` of this file. It does not when a piece was stored for
 * another file first, when the name was cut or escaped to fit, when the file needs one piece twice,
 * or when the contracts of the network have no getter for labels. Folders are not on chain.
 * Errors of all: as journal.h.
 */
#ifndef SL_JOURNAL_LABEL_H
#define SL_JOURNAL_LABEL_H

#include "sluice/journal_commit.h"

/** As the chain has them; NULL: it does not tell. Borrowed for the call. */
struct sl_journal_label {
    const char *name;
    const char *part;
    const char *whole;
};

/** Keep the labels of the pieces of a commit, in their order: commit->count of them. On disk when
 * it returns 0, outside of a transaction. */
int sl_journal_set_labels(struct sl_journal *journal, const struct sl_journal_commit *commit,
                          const struct sl_journal_label *labels, struct sl_err *err) SL_MUST_CHECK;

/** Whether the file of a job comes back from the key alone: 1, or 0 when this journal is needed. */
int sl_journal_is_labelled(struct sl_journal *journal, const struct sl_job *job, const char *path,
                           struct sl_err *err) SL_MUST_CHECK;

#endif
