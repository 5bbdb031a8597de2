/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* notes.h - lines of the log about a batch. Layer: commit, private. */
#ifndef SL_COMMIT_NOTES_H
#define SL_COMMIT_NOTES_H

#include "commit_internal.h"

/** Until sl_log_about("%s", ""), this thread's log lines in all components name this batch. */
void sl_batch_about(const struct sl_batch *batch);
/** Log "signed", "sent", "landed"; sl_batch_about() too. `why` may be NULL. */
void sl_batch_note(const struct sl_batch *batch, const char *what, const struct sl_err *why);

#endif
