/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* placement.h - converts the placement of copies between settings, journal and options of a commit.
 * Private to cli. */
#ifndef SL_CLI_PLACEMENT_H
#define SL_CLI_PLACEMENT_H

#include "sluice/commit.h"
#include "sluice/config.h"
#include "sluice/journal.h"

#include "args.h"

/** Whether the command line names the number of copies, or their placement. */
bool sl_placement_names_copies(const struct sl_args *args);
bool sl_placement_names_place(const struct sl_args *args);

/** The placement options that the command line names. */
struct sl_commit_asked sl_placement_asked(const struct sl_args *args,
                                          const struct sl_config *config);
/** The explicit part of a job's placement: everything that differs from the defaults. */
struct sl_commit_asked sl_placement_asked_before(const struct sl_wish *wish);

/** The placement that the settings ask for. Errors: SL_ECONFIG (a text is too long). */
int sl_placement_from_config(struct sl_wish *wish, const struct sl_config *config,
                             struct sl_err *err) SL_MUST_CHECK;

/** Change the settings of a run to this placement; options on the command line stay. Errors:
 * SL_ENOMEM, SL_ECONFIG. */
int sl_placement_apply(struct sl_config *config, const struct sl_args *args,
                       const struct sl_wish *wish, struct sl_err *err) SL_MUST_CHECK;

/** The largest number of copies of any job with this placement, according to the journal; a job
 * without a number wants `usual`. 0: there is no such job. */
int sl_placement_most_copies(int *most, struct sl_journal *journal, int64_t wish_id, int usual,
                             struct sl_err *err) SL_MUST_CHECK;

#endif
