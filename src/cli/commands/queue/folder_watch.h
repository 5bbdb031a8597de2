/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * folder_watch.h - watches folders for finished files, as settings and journal say. Private to cli.
 */
#ifndef SL_CLI_FOLDER_WATCH_H
#define SL_CLI_FOLDER_WATCH_H

#include "sluice/watch.h"

#include "setup/session.h"

/** Zero-initialise; sl_cli_folder_watch_close(). */
struct sl_cli_folder_watch {
    struct sl_watch *watch; /* NULL: no folder is watched */
    size_t folders;
};

/**
 * Watch `dirs` or, if there are none, the folders of the setting `watch`; without any, start
 * nothing. Skips sluice's own folders and files that the journal knows; a failed file is tried once
 * more. Errors: SL_ECONFIG, those of sl_watch_new() and of reading the journal.
 */
int sl_cli_folder_watch_open(struct sl_cli_folder_watch *f, const struct sl_session *session,
                             const char *const *dirs, size_t count,
                             struct sl_err *err) SL_MUST_CHECK;
void sl_cli_folder_watch_close(struct sl_cli_folder_watch *f);

/** Pass an event of the engine: a failed file that another attempt may complete is taken again when
 * it is seen again. */
void sl_cli_folder_watch_on_event(const struct sl_cli_folder_watch *f,
                                  const struct sl_event *event);

#endif
