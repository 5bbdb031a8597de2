/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* live_progress.h - how far the files of a running sluice are, which no journal says. Private to
 * cli. */
#ifndef SL_CLI_LIVE_PROGRESS_H
#define SL_CLI_LIVE_PROGRESS_H

#include "sluice/board.h"

/** Zero-initialise. */
struct sl_live_progress {
    struct sl_progress newest[SL_BOARD_SLOTS];
    size_t count;
};

/** Ask the sluice that runs in this state folder, if there is one. It can only know less. */
void sl_live_progress_read(struct sl_live_progress *live, const char *state_dir);
/** The byte counts of a job that uploads or is hashed now; NULL: not known. */
const struct sl_progress *sl_live_progress_find(const struct sl_live_progress *live,
                                                const struct sl_job *job);
/** Whole per cent of what the peer acknowledged, or of what was hashed before; below 100, which
 * only the provider's answer means. */
unsigned sl_live_progress_percent(const struct sl_progress *progress, const struct sl_job *job);

#endif
