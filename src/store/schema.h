/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* schema.h - the tables of the journal, and migrations from older versions. Private to the store.
 */
#ifndef SL_STORE_SCHEMA_H
#define SL_STORE_SCHEMA_H

#include "db.h"

/**
 * Refuse a file that is not a journal or is from a newer sluice; migrate an older one (writer).
 * Errors: SL_EJOURNAL, SL_ENOENT (reader, and nothing was ever written).
 */
int sl_schema_check(struct sl_journal *journal, struct sl_err *err) SL_MUST_CHECK;
int sl_schema_migrate(struct sl_journal *journal, struct sl_err *err) SL_MUST_CHECK;

#endif
