/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* folder_watch.h - folders whose finished files are uploaded, as the settings and the journal say.
 * Private to cli. */
#ifndef SL_CLI_FOLDER_WATCH_H
#define SL_CLI_FOLDER_WATCH_H

#include "sluice/watch.h"

#include "setup/session.h"

/** Zero-initialise; sl_folder_watch_close(). */
struct sl_folder_watch {
    struct sl_watch *watch; /* NULL: no folder is followed */
    size_t folders;
};

/**
 * Follow `dirs` or, when there are none, the folders of the setting `watch`; with neither nothing
 * is started. Left out are sluice's own folders and what the journal knows; a failed file is tried
 * once more. Errors: SL_ECONFIG, those of sl_watch_new() and of reading the journal.
 */
int sl_folder_watch_open(struct sl_folder_watch *watched, const struct sl_session *session,
                         const char *const *dirs, size_t count, struct sl_err *err) SL_MUST_CHECK;
void sl_folder_watch_close(struct sl_folder_watch *watched);

/** The engine told this of a file: one that failed, and may do better, is taken again when it is
 * seen again. */
void sl_folder_watch_on_event(const struct sl_folder_watch *watched, const struct sl_event *event);

#endif
