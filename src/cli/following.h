/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* following.h - folders whose finished files are uploaded, as the settings and the journal say.
 * Private to cli. */
#ifndef SL_CLI_FOLLOWING_H
#define SL_CLI_FOLLOWING_H

#include "sluice/watch.h"

#include "session.h"

/** Zero-initialise; sl_following_close(). */
struct sl_following {
    struct sl_watch *watch; /* NULL: no folder is followed */
    size_t folders;
};

/**
 * Follow `dirs` or, when there are none, the folders of the setting `watch`; with neither nothing
 * is started. Left out are sluice's own folders and what the journal knows; a failed file is tried
 * once more. Errors: SL_ECONFIG, those of sl_watch_new() and of reading the journal.
 */
int sl_following_open(struct sl_following *following, const struct sl_session *session,
                      const char *const *dirs, size_t count, struct sl_err *err) SL_MUST_CHECK;
void sl_following_close(struct sl_following *following);

/** Whether the setting `watch` names a folder. */
bool sl_following_is_set(const struct sl_config *config);

/** The engine told this of a file: one that failed, and may do better, is taken again when it is
 * seen again. */
void sl_following_event(const struct sl_following *following, const struct sl_event *event);

#endif
