/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * scan.h - the scanner thread: walks folders (sluice/walk.h) and reports files, oldest request
 * first. Private to the engine.
 */
#ifndef SL_SCAN_H
#define SL_SCAN_H

#include "sluice/walk.h"

struct sl_scanner;

/** The options are copied, `stop` is the scanner's own. Owned, end with sl_scanner_stop(). Errors:
 * SL_ENOMEM, SL_EIO (no thread). */
int sl_scanner_start(struct sl_scanner **out, const struct sl_walk_options *options,
                     struct sl_err *err) SL_MUST_CHECK;

/**
 * Any thread: walk an absolute path after the earlier requests. Errors: SL_ENOMEM, SL_EOVERFLOW
 * (SL_PATH_BYTES or longer), SL_EINVAL (not absolute).
 */
int sl_scanner_add(struct sl_scanner *scanner, const char *path, uint64_t request_id,
                   struct sl_err *err) SL_MUST_CHECK;

/** Abandon what is left, join, free. The callback must be able to return. NULL allowed. */
void sl_scanner_stop(struct sl_scanner *scanner);

#endif
