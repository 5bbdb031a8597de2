/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* run.h - the workers of one fetch, from the first request to the verified end. Private to fetch.
 */
#ifndef SL_FETCH_RUN_H
#define SL_FETCH_RUN_H

#include "fetch_internal.h"

/** Lay out parts and segments. Free with sl_fetch_run_fini(), after a failure too. Errors:
 * SL_ENOMEM, SL_EFORMAT (no part, no address). */
int sl_fetch_run_init(struct sl_run *run, struct sl_fetch *fetch, const struct sl_fetch_part *parts,
                      size_t count, struct sl_err *err) SL_MUST_CHECK;
void sl_fetch_run_fini(struct sl_run *run);

/** Work until everything is verified, a part cannot be fetched, or the run is cancelled. */
int sl_fetch_run_all(struct sl_run *run, struct sl_fetch_result *result,
                     struct sl_err *err) SL_MUST_CHECK;

#endif
