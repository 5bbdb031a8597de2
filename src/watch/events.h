/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* events.h - reads the events of inotify. Private to watch. */
#ifndef SL_WATCH_EVENTS_H
#define SL_WATCH_EVENTS_H

#include "watch_internal.h"

void sl_watch_read_events(struct sl_watch *watch);

#endif
