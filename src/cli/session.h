/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * session.h - what screen and upload both stand on: settings, log, journal, the network and the
 * engine. Private to cli.
 */
#ifndef SL_CLI_SESSION_H
#define SL_CLI_SESSION_H

#include "sluice/clock.h"
#include "sluice/engine.h"
#include "sluice/journal_commit.h"

#include "settings.h"
#include "taking.h"
#include "uplink.h"

struct sl_session {
    struct sl_settings settings;
    struct sl_clock clock;
    struct sl_taking taking;
    struct sl_uplink uplink;
    struct sl_engine *engine;
    struct sl_journal *reader; /* for what events do not carry */
    int64_t started_ms;        /* Unix ms, before the journal was read */
};

struct sl_session_how {
    bool prices_follow; /* the caller looks at the money for all before it adds anything */
    bool run_earlier;   /* go on with what earlier runs left */
    bool goes_on; /* the run is for jobs of the journal alone, which were asked for like wish_id */
    int64_t wish_id; /* of journal_wish.h; 0: as the settings say */
    int signal_fd;   /* of signals.h, -1: none: a signal that ends a start that waits */
    /** The next path that is to be uploaded, the first for NULL; NULL: none. May be NULL itself. */
    const char *(*next_path)(void *ctx, const char *path);
    void *ctx;
};

/**
 * Make the folders (0700), open log and journal, open the uplink (uplink.h), start the engine. When
 * node or providers are away it waits and tries again for half a minute, says so, and what was
 * named is queued in the journal before that. Close with sl_session_close(), after a failure too.
 * Errors: those of the uplink, SL_EHELD, SL_EACCES, SL_ENOSPC, SL_EJOURNAL, SL_ENOMEM.
 */
int sl_session_open(struct sl_session *session, const struct sl_args *args,
                    const struct sl_session_how *how, struct sl_err *err) SL_MUST_CHECK;
void sl_session_close(struct sl_session *session);

#endif
