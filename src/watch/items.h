/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* items.h - hands items from the thread of the watch to its reader. Private to watch. */
#ifndef SL_WATCH_ITEMS_H
#define SL_WATCH_ITEMS_H

#include "watch_internal.h"

/** Add an item. Waits while too many are unread; the item is lost if the watch ends. */
void sl_watch_push(struct sl_watch *watch, enum sl_watch_kind kind, const char *path,
                   const struct sl_err *err);
void sl_watch_push_file(struct sl_watch *watch, const char *path, const struct sl_file_mark *file);
void sl_watch_push_links(struct sl_watch *watch, uint64_t links);
/** The paths passed to sl_watch_forget() so far; owned. */
struct sl_note *sl_watch_forgotten(struct sl_watch *watch);
void sl_watch_items_fini(struct sl_watch *watch);

#endif
