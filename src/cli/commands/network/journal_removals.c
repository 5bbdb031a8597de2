/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "commands/network/journal_removals.h"

#include "sluice/journal_removal.h"

#include "output/output.h"

void sl_removal_record(const struct sl_config *config, const struct sl_clock *clock,
                       uint64_t chain_id, uint64_t data_set_id, const uint64_t *ids, size_t count)
{
    struct sl_journal *journal = NULL;
    struct sl_err err = {0};
    /* the writer's lock is not asked for: an upload may have it for days */
    int rc = sl_journal_open(&journal, config->paths.state, SL_JOURNAL_JOIN, clock, &err);
    if (rc == SL_ENOENT) /* nothing was uploaded from here */
        return;
    if (rc == SL_OK)
        rc = sl_journal_pieces_gone(journal, chain_id, data_set_id, ids, count, &err);
    sl_journal_close(journal);
    if (rc < 0)
        sl_notice("the journal still counts them as stored: %s; then run this command once more",
                  err.text);
}
