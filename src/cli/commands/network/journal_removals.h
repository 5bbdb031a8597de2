/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* journal_removals.h - the journal is told what was removed from a data set, for commands that do
 * that. Private to cli. */
#ifndef SL_CLI_JOURNAL_REMOVALS_H
#define SL_CLI_JOURNAL_REMOVALS_H

#include "sluice/clock.h"
#include "sluice/config.h"

/**
 * These pieces of the data set are gone, or all when `ids` is NULL: a file that is added again is
 * stored again. Beside a sluice that runs, which knows at once. Nothing to do without a journal;
 * what fails is said, with what to do, for on chain it is done.
 */
void sl_removal_record(const struct sl_config *config, const struct sl_clock *clock,
                       uint64_t chain_id, uint64_t data_set_id, const uint64_t *ids, size_t count);

#endif
