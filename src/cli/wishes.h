/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* wishes.h - what was asked for jobs, between the settings and the journal. Private to cli. */
#ifndef SL_CLI_WISHES_H
#define SL_CLI_WISHES_H

#include "sluice/config.h"
#include "sluice/journal_wish.h"

#include "args.h"

/** Whether the command line says how many copies, or how they are placed. */
bool sl_wishes_name_copies(const struct sl_args *args);
bool sl_wishes_name_place(const struct sl_args *args);

/** As the settings say it. Errors: SL_ECONFIG (a text that is too long). */
int sl_wishes_of(struct sl_wish *wish, const struct sl_config *config,
                 struct sl_err *err) SL_MUST_CHECK;

/** Settings of a run for jobs that were asked for like this; what the command line names stays.
 * Errors: SL_ENOMEM, SL_ECONFIG. */
int sl_wishes_apply(struct sl_config *config, const struct sl_args *args,
                    const struct sl_wish *wish, struct sl_err *err) SL_MUST_CHECK;

/** Most copies that a job of this wish wants, by the journal: one that does not say so wants
 * `usual`. 0: there is no such job. */
int sl_wishes_most_copies(int *most, struct sl_journal *journal, int64_t wish_id, int usual,
                          struct sl_err *err) SL_MUST_CHECK;

#endif
