/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* cancelled_onchain.h - the pieces of a cancelled or deleted file that are still on chain, and how
 * to remove them. Private to cli. */
#ifndef SL_CLI_CANCELLED_ONCHAIN_H
#define SL_CLI_CANCELLED_ONCHAIN_H

#include "sluice/buf.h"
#include "sluice/journal_commit.h"

/**
 * For people: each part with its data set and piece, and a `sluice rm` for each data set. A piece
 * that another job needs is named, but not offered for removal. Nothing is added when nothing of
 * the job is on chain, or on its way there. Errors: those of the journal, SL_ENOMEM.
 */
int sl_cancelled_onchain_text(struct sl_buf *out, struct sl_journal *journal,
                              const struct sl_job *job, const char *path,
                              struct sl_err *err) SL_MUST_CHECK;

#endif
