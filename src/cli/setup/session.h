/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * session.h - what screen and upload share: settings, log, journal, network and engine. Private to
 * cli.
 */
#ifndef SL_CLI_SESSION_H
#define SL_CLI_SESSION_H

#include "sluice/clock.h"
#include "sluice/control.h"
#include "sluice/engine.h"
#include "sluice/journal_commit.h"

#include "setup/path_rules.h"
#include "setup/settings.h"
#include "setup/upload_target.h"

struct sl_session {
    struct sl_settings settings;
    struct sl_clock clock;
    struct sl_cli_path_rules rules;
    struct sl_cli_upload_target target;
    struct sl_engine *engine;
    struct sl_control_server *control; /* other processes see the engine through it; may be NULL */
    struct sl_journal *reader;         /* for data that events do not carry */
    int64_t started_ms;                /* Unix ms, before the journal was read */
};

struct sl_session_options {
    bool prices_follow; /* the caller checks the money for everything before it adds anything */
    bool run_earlier;   /* resume the jobs that earlier runs left */
    bool endless;       /* files may come at any time */
    bool follows;       /* the same, if the setting `watch` names folders */
    bool goes_on;       /* the run resumes only jobs of the journal whose wish is wish_id */
    int64_t wish_id;    /* from journal.h; 0: as in the settings */
    int signal_fd;      /* from interrupt.h: a signal ends a waiting start; -1: none */
    /** The path after `path` that is to be uploaded, the first for NULL; returns NULL after the
     * last. May be NULL itself. */
    const char *(*next_path)(void *ctx, const char *path);
    void *ctx;
};

/**
 * Create the folders (0700), open log and journal, open the upload target, start the engine. If the
 * node or the providers are unreachable, first queue the named files in the journal, then retry for
 * 30 seconds, with a message. Close with sl_session_close(), after a failure too. Errors: those of
 * the upload target, SL_EHELD, SL_EACCES, SL_ENOSPC, SL_EJOURNAL, SL_ENOMEM.
 */
int sl_session_open(struct sl_session *session, const struct sl_args *args,
                    const struct sl_session_options *how, struct sl_err *err) SL_MUST_CHECK;
void sl_session_close(struct sl_session *session);

#endif
