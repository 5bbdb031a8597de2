/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * session.h - what screen and upload both stand on: settings, log, journal, the network and the
 * engine. Private to cli.
 */
#ifndef SL_CLI_SESSION_H
#define SL_CLI_SESSION_H

#include "sluice/clock.h"
#include "sluice/engine.h"
#include "sluice/localnet.h"

#include "settings.h"

struct sl_session {
    struct sl_settings settings;
    struct sl_clock clock;
    struct sl_localnet *localnet; /* NULL when the provider is another's */
    struct sl_engine *engine;
    int64_t started_ms; /* Unix ms, before the journal was read */
};

/**
 * Make the folders (0700), open log and journal, start the local network if it is the one, start
 * the engine. `run_earlier`: go on with what earlier runs left. Close with sl_session_close(),
 * after a failure too. Errors: SL_ECONFIG (also: a network this build cannot use), SL_EHELD,
 * SL_EACCES, SL_ENOSPC, SL_EJOURNAL, SL_ENET, SL_ENOMEM.
 */
int sl_session_open(struct sl_session *session, const struct sl_args *args, bool run_earlier,
                    struct sl_err *err) SL_MUST_CHECK;
void sl_session_close(struct sl_session *session);

/** The local network alone, for who has loaded the settings and wants no engine; nothing is done
 * when the settings name a provider. Errors: SL_EHELD (another sluice runs it), and as above. */
int sl_session_start_localnet(struct sl_session *session, struct sl_err *err) SL_MUST_CHECK;

#endif
