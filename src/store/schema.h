/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* schema.h - the tables of the journal, and the way from older versions. Private to the store. */
#ifndef SL_STORE_SCHEMA_H
#define SL_STORE_SCHEMA_H

#include "db.h"

/**
 * Refuse what is no journal or is of a newer sluice, and bring an older one up to date (writer).
 * Errors: SL_EJOURNAL, SL_ENOENT (reader, and nothing was ever written).
 */
int sl_schema_check(struct sl_journal *journal, struct sl_err *err) SL_MUST_CHECK;
int sl_schema_migrate(struct sl_journal *journal, struct sl_err *err) SL_MUST_CHECK;

#endif
