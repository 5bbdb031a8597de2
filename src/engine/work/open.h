/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* open.h - how the file of a job is opened. Private to the engine. */
#ifndef SL_OPEN_H
#define SL_OPEN_H

#include "sluice/guarded.h"
#include "sluice/mark.h"

/**
 * Open the file of a job for reading; never waits on a FIFO. If a symbolic link is on its path, the
 * link must lead to the very file that was queued (`known`): anyone who may write into the folder
 * could have put the link there since. Returns the descriptor, owned. Errors: SL_ENOENT, SL_EACCES,
 * SL_ECHANGED (a link leads to another file), SL_EREFUSED (the file is `guarded`), SL_EIO.
 */
int sl_engine_job_file_open(const char *path, const struct sl_file_mark *known,
                            const struct sl_guarded *guarded, struct sl_err *err) SL_MUST_CHECK;

#endif
