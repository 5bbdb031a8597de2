/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* names.h - the names that programs give to unfinished downloads. Private to watch. */
#ifndef SL_WATCH_NAMES_H
#define SL_WATCH_NAMES_H

#include <stdbool.h>

/** Whether the last component of the path, or a folder between `root` and it, has the name of an
 * unfinished download. `path` is below `root`. */
bool sl_watch_names_unfinished(const char *root, const char *path);

/** Whether the file is unfinished because a program keeps notes about it beside it (PATH.aria2 and
 * the like), or whether it is itself such notes. */
bool sl_watch_names_have_notes(const char *path);

#endif
