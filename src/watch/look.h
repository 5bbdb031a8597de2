/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* look.h - walks folders, and looks at files that may be new or changed. Private to watch. */
#ifndef SL_WATCH_LOOK_H
#define SL_WATCH_LOOK_H

#include "watch_internal.h"

/** Check which watched folders exist, then walk all of them. */
void sl_watch_scan_all(struct sl_watch *watch);
/** Walk from a path down. */
void sl_watch_scan(struct sl_watch *watch, const char *path);
/** Check which watched folders appeared or disappeared. */
void sl_watch_check_roots(struct sl_watch *watch);
/** A file may be new or changed. */
void sl_watch_touch(struct sl_watch *watch, const char *path);
/** Hand out files that have been still for long enough. */
void sl_watch_settle(struct sl_watch *watch);

#endif
