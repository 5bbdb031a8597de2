/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* names.h - what programs name while they download. Private to watch. */
#ifndef SL_WATCH_NAMES_H
#define SL_WATCH_NAMES_H

#include <stdbool.h>

/** Whether the last component of the path, or a folder between `root` and it, has a name of
 * something unfinished. `path` is below `root`. */
bool sl_names_unfinished(const char *root, const char *path);

/** Whether a program keeps its notes about the file beside it, because it is unfinished (PATH.aria2
 * and the like), or the file is such notes. */
bool sl_names_have_notes(const char *path);

#endif
