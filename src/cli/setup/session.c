/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "setup/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/http.h"
#include "sluice/log.h"

#include "output/output.h"
#include "setup/logging.h"
#include "setup/network.h"
#include "setup/patience.h"
#include "setup/placement.h"
#include "setup/queue_offline.h"

enum { FOLDER_MODE = 0700 };

static int make_folders(const struct sl_paths *paths, struct sl_err *err)
{
    int rc = sl_path_make(paths->state, FOLDER_MODE, err);
    if (rc == SL_OK)
        rc = sl_path_make(paths->data, FOLDER_MODE, err);
    if (rc != SL_ENOENT && rc != SL_EACCES)
        return rc;
    sl_err_ctx(err, "keep the journal (--state-dir DIR: elsewhere)");
    if (err != NULL)
        err->code = SL_ECONFIG; /* not about the files to upload */
    return SL_ECONFIG;
}

static void note_journal(const struct sl_journal *journal)
{
    if (sl_journal_came_from(journal) > 0)
        sl_log(SL_LOG_INFO, SL_LOG_JOURNAL, "brought up to date from schema version %lld",
               (long long)sl_journal_came_from(journal));
}

static int bad_setting(const char *key, struct sl_err *err)
{
    sl_err_ctx(err, "%s", key);
    if (err != NULL)
        err->code = SL_ECONFIG;
    return SL_ECONFIG;
}

static int take_limits(struct sl_engine_options *options, const struct sl_config *config,
                       struct sl_err *err)
{
    int minute = -1;
    if (sl_timetable_parse(&options->limit, config->limit, err) < 0)
        return bad_setting("limit", err);
    if (sl_rate_parse(&options->slow_bytes_per_s, config->slow_limit, err) < 0)
        return bad_setting("slow_limit", err);
    if (config->stop_at[0] != '\0' && sl_day_minute_parse(&minute, config->stop_at, err) < 0)
        return bad_setting("stop_at", err);
    options->stop_at_minute = minute + 1;
    return SL_OK;
}

static int start_engine(struct sl_session *session, struct sl_journal *journal,
                        const struct sl_args *args, const struct sl_session_how *how,
                        struct sl_err *err)
{
    const struct sl_config *config = &session->settings.config;
    struct sl_engine_options options = {
        .provider_url = session->target.url,
        .commit = session->target.commit,
        .parallel = config->parallel,
        .max_attempts = config->max_attempts,
        .split_bytes = config->split,
        .request_limit_ms = config->request_limit_ms,
        .force = args->force != NULL,
        .copies = session->target.wish.copies,
        .copies_named = sl_placement_names_copies(args),
        .wish_id = session->target.wish.id,
        .wish_named = how->goes_on || sl_placement_names_place(args),
        .run_earlier = how->run_earlier,
        .shared = true,
        .include_hidden = config->hidden,
        .links = session->rules.links,
        .own = &config->paths,
        .guarded = session->rules.guarded,
        .http = sl_cli_http_options(config),
        .clock = session->clock,
    };
    const int rc = take_limits(&options, config, err);
    if (rc < 0) {
        sl_journal_close(journal);
        return rc;
    }
    session->target.commit = NULL; /* the engine's from here on */
    return sl_engine_start(&session->engine, &options, journal, err);
}

/* A folder that can hold no socket is no reason not to upload. */
static void share_engine(struct sl_session *session)
{
    char account[SL_ADDRESS_CHARS] = "";
    struct sl_err err = {0};
    const char *network = session->target.network;
    if (!sl_address_is_zero(&session->target.payer))
        sl_address_text(account, &session->target.payer);
    const struct sl_control_options options = {
        .state_dir = session->settings.config.paths.state,
        .network = network[0] != '\0' ? network : "none",
        .account = account,
        .face = sl_engine_face(session->engine, SL_FACE_OTHERS),
        .board = sl_engine_board(session->engine),
        .clock = session->clock,
    };
    if (sl_control_start(&session->control, &options, &err) < 0)
        sl_log(SL_LOG_WARN, SL_LOG_CLI, "no other sluice can look at this one: %s", err.text);
}

/* Resumed jobs keep their placement, whatever the settings say now. */
static int take_wish(struct sl_session *session, struct sl_journal *journal,
                     const struct sl_args *args, const struct sl_session_how *how,
                     struct sl_err *err)
{
    struct sl_wish kept;
    session->target.wish.goes_on = how->goes_on && !sl_placement_names_copies(args);
    session->target.wish.asked = sl_placement_asked(args, &session->settings.config);
    if (how->wish_id == 0)
        return SL_OK;
    const int rc = sl_journal_wish(journal, how->wish_id, &kept, err);
    if (rc == 1 && !sl_placement_names_place(args))
        session->target.wish.asked = sl_placement_asked_before(&kept);
    return rc == 1 ? sl_placement_apply(&session->settings.config, args, &kept, err) : rc;
}

/* Named files must not be lost if this run never begins. */
static int keep_named(struct sl_session *session, struct sl_journal *journal,
                      const struct sl_session_how *how, const struct sl_err *why,
                      struct sl_err *err)
{
    int64_t kept = 0;
    if (how->next_path != NULL)
        kept = sl_queue_offline(journal, session, how->next_path, how->ctx, err);
    if (kept < 0)
        return (int)kept;
    sl_notice("%s; trying again for half a minute%s", why->text,
              kept > 0 ? " (what was named is queued: `sluice resume` goes on with it)" : "");
    return SL_OK;
}

static int open_uplink(struct sl_session *session, struct sl_journal *journal,
                       const struct sl_session_how *how, struct sl_err *err)
{
    struct sl_patience patience = {.clock = session->clock, .signal_fd = how->signal_fd};
    for (;;) {
        struct sl_err why = {0};
        int rc = sl_upload_target_open(&session->target, journal, &why);
        if (rc < 0 && sl_patience_fits(rc)) {
            if (patience.tries == 0)
                rc = keep_named(session, journal, how, &why, err);
            if (rc == SL_OK || patience.tries > 0)
                rc = sl_patience_wait(&patience, err);
            if (rc == 1)
                continue;
            if (rc < 0)
                return rc;
            rc = why.code;
        }
        if (rc < 0 && err != NULL)
            *err = why;
        return rc;
    }
}

int sl_session_open(struct sl_session *session, const struct sl_args *args,
                    const struct sl_session_how *how, struct sl_err *err)
{
    *session = (struct sl_session){.clock = sl_clock_system()};
    const struct sl_config *config = &session->settings.config;
    int rc = sl_settings_load(&session->settings, args, err);
    if (rc == SL_OK)
        rc = sl_upload_target_choose(&session->target, &session->settings, &session->clock, err);
    if (rc == SL_OK)
        rc = take_limits(&(struct sl_engine_options){0}, config, err); /* before anything is made */
    if (rc == SL_OK)
        rc = make_folders(&config->paths, err);
    /* the journal before the log: who does not hold the folder must not turn its log */
    struct sl_journal *journal = NULL;
    session->started_ms = sl_wall_ms(&session->clock);
    if (rc == SL_OK)
        rc = sl_journal_open(&journal, config->paths.state, SL_JOURNAL_WRITE, &session->clock, err);
    if (rc == SL_OK)
        rc = sl_logging_open(config, &session->clock, err);
    if (rc == SL_OK)
        note_journal(journal);
    if (rc == SL_OK)
        rc = sl_http_global_init(err);
    if (rc == SL_OK)
        rc = take_wish(session, journal, args, how, err);
    session->target.prices_follow = how->prices_follow;
    if (rc == SL_OK)
        rc = sl_path_rules_open(&session->rules, &session->settings, args, err);
    if (rc == SL_OK)
        rc = open_uplink(session, journal, how, err);
    if (rc == SL_OK)
        rc = sl_journal_open(&session->reader, config->paths.state, SL_JOURNAL_READ,
                             &session->clock, err);
    if (rc < 0) {
        sl_commit_close(session->target.commit);
        session->target.commit = NULL;
        sl_journal_close(journal);
        return rc;
    }
    rc = start_engine(session, journal, args, how, err);
    if (rc == SL_OK)
        share_engine(session);
    return rc;
}

void sl_session_close(struct sl_session *session)
{
    sl_control_stop(session->control);
    sl_engine_free(session->engine);
    sl_journal_close(session->reader);
    sl_upload_target_close(&session->target);
    sl_log(SL_LOG_INFO, SL_LOG_CLI, "sluice ends");
    sl_log_close();
    sl_path_rules_close(&session->rules);
    sl_settings_free(&session->settings);
    *session = (struct sl_session){0};
}
