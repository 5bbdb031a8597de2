/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * lock.h - one writer per state folder. Private to the store.
 *
 * An open file lock (F_OFD_SETLK) on DIR/lock. The kernel releases it when the process ends,
 * however it ends. The file stays. The pid in it is for people; a leftover pid shows that its
 * process ended without closing the journal.
 */
#ifndef SL_LOCK_H
#define SL_LOCK_H

#include <stdbool.h>

#include "sluice/err.h"

/** Returns a descriptor >= 0 for sl_lock_release(). *unclean: the last holder did not release it.
 * Errors: SL_EHELD, SL_EACCES, SL_EIO ... */
int sl_lock_acquire(const char *dir, bool *unclean, struct sl_err *err) SL_MUST_CHECK;

/** A negative descriptor is allowed. */
void sl_lock_release(int fd);

#endif
