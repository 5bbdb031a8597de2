/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * lock.h - one writer a state folder. Private to the store.
 *
 * A lock of the open file (F_OFD_SETLK) on DIR/lock: the kernel takes it away when the process
 * ends, however it ends. The file stays; the pid inside is for people, and a pid that a process
 * left behind says that it ended without closing the journal.
 */
#ifndef SL_LOCK_H
#define SL_LOCK_H

#include <stdbool.h>

#include "sluice/err.h"

/** Returns a descriptor >= 0 for sl_lock_release(); *unclean: the last holder did not release it.
 * Errors: SL_EHELD, SL_EACCES, SL_EIO ... */
int sl_lock_take(const char *dir, bool *unclean, struct sl_err *err) SL_MUST_CHECK;

/** A negative descriptor is allowed. */
void sl_lock_release(int fd);

#endif
