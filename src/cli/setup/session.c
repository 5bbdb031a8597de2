/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "setup/session.h"

#include <poll.h>
#include <signal.h>
#include <string.h>

#include "sluice/http.h"
#include "sluice/log.h"
#include "sluice/walk.h"

#include "interrupt.h"
#include "output/output.h"
#include "setup/network.h"
#include "setup/placement.h"
#include "setup/settings.h"

enum { FOLDER_MODE = 0700 };

static int make_folders(const struct sl_paths *paths, struct sl_err *err)
{
    int rc = sl_path_make(paths->state, FOLDER_MODE, err);
    if (rc == SL_OK)
        rc = sl_path_make(paths->data, FOLDER_MODE, err);
    if (rc != SL_ENOENT && rc != SL_EACCES)
        return rc;
    sl_err_ctx(err, "create the journal (use --state-dir DIR to keep it elsewhere)");
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

static int read_limits(struct sl_engine_options *options, const struct sl_config *config,
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

/* Of the setting `watch`: colons alone name none. */
static bool names_folders(const char *list)
{
    return list[strspn(list, ":")] != '\0';
}

static int start_engine(struct sl_session *session, struct sl_journal *journal,
                        const struct sl_args *args, const struct sl_session_options *how,
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
        .endless = how->endless || (how->follows && names_folders(config->watch)),
        .shared = true,
        .include_hidden = config->hidden,
        .links = session->rules.links,
        .own = &config->paths,
        .guarded = session->rules.guarded,
        .http = sl_cli_http_options(config),
        .clock = session->clock,
    };
    const int rc = read_limits(&options, config, err);
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
static int read_placement(struct sl_session *session, struct sl_journal *journal,
                          const struct sl_args *args, const struct sl_session_options *how,
                          struct sl_err *err)
{
    struct sl_wish queued;
    session->target.wish.goes_on = how->goes_on && !sl_placement_names_copies(args);
    session->target.wish.asked = sl_placement_asked(args, &session->settings.config);
    if (how->wish_id == 0)
        return SL_OK;
    const int rc = sl_journal_wish(journal, how->wish_id, &queued, err);
    if (rc == 1 && !sl_placement_names_place(args))
        session->target.wish.asked = sl_placement_asked_before(&queued);
    return rc == 1 ? sl_placement_apply(&session->settings.config, args, &queued, err) : rc;
}

/* ---- a start that has to wait ---- */

struct queue {
    struct sl_journal *journal;
    const struct sl_session *session;
    int64_t rank; /* rank of the last file queued */
    int64_t count;
    struct sl_err err;
};

static int on_rank(void *ctx, const struct sl_job *job, const char *path, const char *provider)
{
    struct queue *queue = ctx;
    (void)path;
    (void)provider;
    if (sl_rank_place(job->rank) > queue->rank)
        queue->rank = sl_rank_place(job->rank);
    return 0;
}

/* 1: the journal has a job of this path that is not stored yet, or that is stored with the same
 * mark. */
static int is_queued(struct queue *queue, const char *path, const struct sl_file_mark *file)
{
    struct sl_job job;
    const int rc = sl_journal_find_path(queue->journal, path, &job, &queue->err);
    const bool done = rc == 1 && (job.state == SL_JOB_STORED || job.state == SL_JOB_CONFIRMED);
    return rc == 1 ? !done || sl_file_mark_equal(&job.file, file) : rc;
}

static int queue_file(void *ctx, const struct sl_scan_item *item)
{
    struct queue *queue = ctx;
    const struct sl_cli_upload_target *target = &queue->session->target;
    char path[SL_PATH_BYTES];
    if (item->kind != SL_SCAN_FILE || item->file.size_bytes < SL_PIECE_MIN_BYTES ||
        sl_engine_path(path, item->path, NULL) < 0)
        return 0;
    int rc = is_queued(queue, path, &item->file);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    struct sl_job job = {.state = SL_JOB_QUEUED,
                         .rank = queue->rank + 1,
                         .file = item->file,
                         .copies.wanted = (uint8_t)target->wish.copies,
                         .wish_id = target->wish.id};
    rc = sl_journal_add(queue->journal, &job, path, &queue->err);
    if (rc < 0)
        return rc;
    queue->rank++;
    queue->count++;
    return 0;
}

static void walk_all(struct queue *queue, const char *(*next)(void *ctx, const char *path),
                     void *ctx)
{
    const struct sl_session *session = queue->session;
    struct sl_walk_options options =
        sl_cli_path_rules_walk(&session->rules, &session->settings.config);
    atomic_bool stop = false;
    options.stop = &stop;
    options.fn = queue_file;
    options.ctx = queue;
    const char *path = NULL;
    while (queue->err.code == SL_OK && (path = next(ctx, path)) != NULL) {
        if (path[0] != '\0' && strlen(path) < SL_PATH_BYTES)
            sl_walk(&options, path, 0);
    }
}

/* Queue the files at these paths, with folders walked. Files that the journal knows already are
 * skipped. Returns how many were queued, or an error of the journal. Paths that cannot be queued
 * are reported by the next run. */
static int64_t queue_offline(struct sl_journal *journal, const struct sl_session *session,
                             const char *(*next)(void *ctx, const char *path), void *ctx,
                             struct sl_err *err)
{
    struct queue queue = {.journal = journal, .session = session};
    int rc = sl_journal_each(journal, on_rank, &queue, err);
    if (rc == SL_OK)
        rc = sl_journal_txn_begin(journal, err);
    if (rc < 0)
        return rc;
    walk_all(&queue, next, ctx);
    rc = queue.err.code;
    if (rc < 0 && err != NULL)
        *err = queue.err;
    if (rc == SL_OK)
        rc = sl_journal_txn_commit(journal, err);
    sl_journal_txn_rollback(journal);
    return rc < 0 ? rc : queue.count;
}

/* Named files must not be lost if this run never begins. */
static int queue_named(struct sl_session *session, struct sl_journal *journal,
                       const struct sl_session_options *how, const struct sl_err *why,
                       struct sl_err *err)
{
    int64_t queued = 0;
    if (how->next_path != NULL)
        queued = queue_offline(journal, session, how->next_path, how->ctx, err);
    if (queued < 0)
        return (int)queued;
    sl_notice("%s; retrying for 30 seconds%s", why->text,
              queued > 0 ? " (your files are queued; `sluice resume` continues them)" : "");
    return SL_OK;
}

struct retry {
    struct sl_clock clock;
    int signal_fd;    /* from interrupt.h: SIGINT and SIGTERM end the wait; -1: signals keep their
                         default action */
    int64_t until_ms; /* 0: nothing has failed yet */
    int tries;
};

enum { RETRY_MS = 30000, FIRST_MS = 500, MOST_MS = 5000 };

/* Whether a retry may succeed within seconds: a network, node or provider is away. */
static bool may_pass(int code)
{
    return code == SL_ENET || code == SL_ESTALLED || code == SL_EBUSY || code == SL_ESERVER;
}

static bool is_stopped(const struct retry *retry)
{
    int signal;
    while (retry->signal_fd >= 0 && (signal = sl_cli_signals_next(retry->signal_fd)) != 0) {
        if (signal == SIGINT || signal == SIGTERM)
            return true;
    }
    return false;
}

/* Call after a failure that may pass. 1: retry now. 0: the time is over. SL_ECANCELED after a
 * signal. The first call starts the 30 s. */
static int wait_for_retry(struct retry *retry, struct sl_err *err)
{
    const int64_t now_ms = sl_now_ms(&retry->clock);
    int64_t wait_ms = FIRST_MS;
    if (retry->until_ms == 0)
        retry->until_ms = now_ms + RETRY_MS;
    if (now_ms >= retry->until_ms)
        return 0;
    for (int i = 0; i < retry->tries && wait_ms < MOST_MS; i++)
        wait_ms *= 2;
    retry->tries++;
    struct pollfd fd = {.fd = retry->signal_fd, .events = POLLIN};
    const int64_t end_ms = now_ms + (wait_ms < MOST_MS ? wait_ms : MOST_MS);
    for (int64_t left_ms = end_ms - now_ms; left_ms > 0;
         left_ms = end_ms - sl_now_ms(&retry->clock)) {
        (void)poll(&fd, 1, (int)left_ms);
        if (is_stopped(retry))
            return sl_err_set(err, SL_ECANCELED, "stopped before the start");
    }
    return 1;
}

static int open_target(struct sl_session *session, struct sl_journal *journal,
                       const struct sl_session_options *how, struct sl_err *err)
{
    struct retry retry = {.clock = session->clock, .signal_fd = how->signal_fd};
    for (;;) {
        struct sl_err why = {0};
        int rc = sl_cli_upload_target_open(&session->target, journal, &why);
        if (rc < 0 && may_pass(rc)) {
            if (retry.tries == 0)
                rc = queue_named(session, journal, how, &why, err);
            if (rc == SL_OK || retry.tries > 0)
                rc = wait_for_retry(&retry, err);
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
                    const struct sl_session_options *how, struct sl_err *err)
{
    *session = (struct sl_session){.clock = sl_clock_system()};
    const struct sl_config *config = &session->settings.config;
    int rc = sl_settings_load(&session->settings, args, err);
    if (rc == SL_OK)
        sl_settings_say_renamed(&session->settings);
    if (rc == SL_OK)
        rc =
            sl_cli_upload_target_choose(&session->target, &session->settings, &session->clock, err);
    if (rc == SL_OK)
        rc = read_limits(&(struct sl_engine_options){0}, config,
                         err); /* before anything is created */
    if (rc == SL_OK)
        rc = make_folders(&config->paths, err);
    /* open the journal before the log: only the holder of the folder may rotate its log */
    struct sl_journal *journal = NULL;
    session->started_ms = sl_wall_ms(&session->clock);
    if (rc == SL_OK)
        rc = sl_journal_open(&journal, config->paths.state, SL_JOURNAL_WRITE, &session->clock, err);
    if (rc == SL_OK)
        rc = sl_settings_open_log(config, &session->clock, err);
    if (rc == SL_OK)
        note_journal(journal);
    if (rc == SL_OK)
        rc = sl_http_global_init(err);
    if (rc == SL_OK)
        rc = read_placement(session, journal, args, how, err);
    session->target.prices_follow = how->prices_follow;
    if (rc == SL_OK)
        rc = sl_cli_path_rules_open(&session->rules, &session->settings, args, err);
    if (rc == SL_OK)
        rc = open_target(session, journal, how, err);
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
    sl_cli_upload_target_close(&session->target);
    sl_log(SL_LOG_INFO, SL_LOG_CLI, "sluice ends");
    sl_log_close();
    sl_cli_path_rules_close(&session->rules);
    sl_settings_free(&session->settings);
    *session = (struct sl_session){0};
}
