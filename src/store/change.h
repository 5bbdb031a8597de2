/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* change.h - what several changes of the journal share. Private to the store. */
#ifndef SL_STORE_CHANGE_H
#define SL_STORE_CHANGE_H

#include "db.h"

/** Bind the four columns of an error. */
void sl_db_error(struct sl_db_call *call, const struct sl_err *why);

/** Begin a change that is written as a whole or not at all, inside a transaction or on its own. */
int sl_db_begin_change(struct sl_journal *journal, struct sl_err *err) SL_MUST_CHECK;
/** Keep the change if rc >= 0, undo it otherwise. Returns rc, or the error of keeping it. */
int sl_db_end_change(struct sl_journal *journal, int rc, struct sl_err *err) SL_MUST_CHECK;

/** Store the provider if it is new. *id is its row, 0 for none (NULL or ""). */
int sl_db_provider(struct sl_journal *journal, const char *url, int64_t *id,
                   struct sl_err *err) SL_MUST_CHECK;

#endif
