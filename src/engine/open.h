/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* open.h - how a file of a job is opened. Private to the engine. */
#ifndef SL_OPEN_H
#define SL_OPEN_H

#include "sluice/guarded.h"
#include "sluice/mark.h"

/**
 * Open the file of a job to read it; never waits on a FIFO. When a symbolic link is on its path it
 * has to be the very file that was queued (`known`): whoever may write into the folder could have
 * put the link there since. Returns the descriptor, owned. Errors: SL_ENOENT, SL_EACCES,
 * SL_ECHANGED (a link leads to another file), SL_EREFUSED (one of `guarded`), SL_EIO.
 */
int sl_job_file_open(const char *path, const struct sl_file_mark *known,
                     const struct sl_guarded *guarded, struct sl_err *err) SL_MUST_CHECK;

#endif
