/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* read.h - reads columns that several tables have. Private to the store. */
#ifndef SL_STORE_READ_H
#define SL_STORE_READ_H

#include "db.h"

/** Read the name of a state; false for an unknown one. */
bool sl_db_next_state(struct sl_db_call *call, enum sl_job_state *out);
/** Read a PieceCID or null; false for anything else. */
bool sl_db_next_piece(struct sl_db_call *call, bool *has_piece, struct sl_piece_id *piece);
/** Read a row of a statement over SL_DB_JOB_COLUMNS: 1 and *job, or 0 at the end. */
int sl_db_next_job(struct sl_db_call *call, struct sl_job *job, struct sl_err *err) SL_MUST_CHECK;
/** The job with this id, and its path: 1, or 0 when there is none. */
int sl_db_job(struct sl_journal *journal, int64_t id, struct sl_job *job,
              char path[static SL_PATH_BYTES], struct sl_err *err) SL_MUST_CHECK;
/** Read the four columns of an error; false if they hold something else. */
bool sl_db_next_error(struct sl_db_call *call, struct sl_err *out);

#endif
