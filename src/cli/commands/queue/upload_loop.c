/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "commands/queue/upload_loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sluice/text.h"

#include "commands.h"
#include "commands/queue/path_list.h"
#include "commands/queue/wish_groups.h"
#include "output/output.h"
#include "signals.h"

enum { PENDING_MAX = 64, AGAIN_MS = 2000 };

enum phase {
    LOADING, /* what earlier runs left is being announced: none of it is ours */
    RUNNING,
    STOPPING,
    STOPPED,
};

struct upload {
    struct sl_session session;
    struct sl_feed *feed;
    struct sl_job_groups *groups; /* NULL: deferred jobs wait for another command */
    bool told_put_off;
    bool in_round; /* the feed consists of jobs from the journal */
    size_t known;  /* jobs in the tally when the feed began */
    bool all_sent;
    size_t sent;
    size_t pending; /* sent, and not yet walked to the end */
    int signal_fd;
    int64_t interrupt_ms; /* of the last SIGINT; 0: none */
    enum phase phase;
    bool cut;      /* stopped before everything was done */
    bool overpaid; /* a commit took more than promised */
    struct sl_job_totals totals;
    struct sl_report report;
    struct sl_err trouble;
};

static void stop(struct upload *up, enum sl_command_type how)
{
    struct sl_err err = {0};
    if (up->phase >= STOPPING && how != SL_CMD_STOP_NOW)
        return;
    up->phase = STOPPING;
    if (sl_engine_send_job(up->session.engine, how, 0, 0, &err) < 0) {
        up->trouble = err;
        up->phase = STOPPED; /* closing the session stops the engine as well */
    }
}

static void cut_short(struct upload *up, enum sl_command_type how)
{
    up->cut = true;
    stop(up, how);
}

/* ---- paths to the engine, a few at a time ---- */

static void send_paths(struct upload *up)
{
    while (up->phase == RUNNING && !up->all_sent && up->pending < PENDING_MAX) {
        const char *path = up->feed->next(up->feed);
        if (path == NULL) {
            up->all_sent = !up->feed->endless;
            break;
        }
        up->sent++;
        struct sl_err err = {0};
        if (sl_engine_send_found(up->session.engine, path, &up->feed->file, up->sent, &err) ==
            SL_OK) {
            up->pending++;
            continue;
        }
        sl_job_totals_reject(&up->totals, err.code);
        sl_report_reject(&up->report, path, &err);
    }
}

/* ---- what comes back ---- */

static bool goes_on(const struct upload *up)
{
    return up->feed->endless || up->in_round;
}

/* What earlier runs ended or paused, announced once: none of it is ours. */
static bool is_old(const struct upload *up, const struct sl_job *job)
{
    const bool rests = sl_job_state_finished(job->state) || job->state == SL_JOB_PAUSED;
    return rests && goes_on(up) && job->changed_ms < up->session.started_ms;
}

static void take_job(struct upload *up, const struct sl_event *event)
{
    if (is_old(up, &event->job) ||
        (up->feed->has != NULL && !up->feed->has(up->feed, event->job.id)))
        return;
    bool ended = false;
    struct sl_job_totals_job *job = sl_job_totals_on_event(&up->totals, event, &ended);
    if (job == NULL) {
        sl_err_set(&up->trouble, SL_ENOMEM, "out of memory");
        cut_short(up, SL_CMD_STOP_NOW);
        return;
    }
    if (sl_job_totals_once(job, &event->job, SL_JOB_TOTALS_PARKED))
        sl_report_parked(&up->report, event);
    if (sl_job_totals_once(job, &event->job, SL_JOB_TOTALS_SENT))
        sl_report_sent(&up->report, event);
    sl_report_copies(&up->report, job, event);
    if (ended) {
        sl_report_end(&up->report, event);
        if (up->feed->ended != NULL)
            up->feed->ended(up->feed, event);
    } else if (job->state == SL_JOB_WAITING) {
        sl_report_wait(&up->report, event);
    }
}

static void take_note(struct upload *up, const struct sl_event *event)
{
    up->overpaid = up->overpaid || event->err.code == SL_EMONEY;
    sl_report_clear(&up->report);
    if (!up->report.quiet)
        sl_notice("%s%s%s", event->path, event->path[0] != '\0' ? ": " : "", event->err.text);
}

static void take_limit(struct upload *up, const struct sl_event *event)
{
    char rate[SL_TEXT_SHORT];
    sl_text_rate(rate, event->count);
    sl_report_clear(&up->report);
    if (!up->report.quiet)
        sl_notice("limit %s%s", event->count > 0 ? rate : "off",
                  event->request_id != 0 ? " (slow mode)" : "");
}

/* The job's wish places copies in another way than this session does. */
static void put_off(struct upload *up, const struct sl_event *event)
{
    if (up->in_round) { /* its round has its wish, but options name another place */
        struct sl_err err = {0};
        sl_err_set(&err, SL_EREFUSED,
                   "copies that are missing go with those that are there: leave out the options "
                   "that place them, or place the file again with `sluice upload`");
        sl_job_totals_reject(&up->totals, err.code);
        sl_report_reject(&up->report, event->path, &err);
        up->feed->jobs--;
    } else if (up->groups == NULL) {
        if (!up->told_put_off)
            sl_notice(
                "%s was asked for with other options, and perhaps others: `sluice resume` goes "
                "on with them",
                event->path);
        up->told_put_off = true;
    } else if (up->phase != LOADING &&
               sl_job_groups_add(up->groups, &event->job, &up->trouble) < 0) {
        cut_short(up, SL_CMD_STOP_NOW);
    }
}

static void take_event(struct upload *up, const struct sl_event *event)
{
    switch (event->type) {
    case SL_EVENT_JOB:
        if (up->phase != LOADING)
            take_job(up, event);
        break;
    case SL_EVENT_TX:
    case SL_EVENT_PART:
        if (up->phase != LOADING)
            sl_report_part(&up->report, event);
        break;
    case SL_EVENT_REJECTED:
        sl_job_totals_reject(&up->totals, event->err.code);
        sl_report_reject(&up->report, event->path, &event->err);
        break;
    case SL_EVENT_SKIPPED:
        up->totals.skipped++;
        sl_report_skip(&up->report, event);
        break;
    case SL_EVENT_SCANNED:
        up->totals.links += event->links;
        up->pending--;
        break;
    case SL_EVENT_IDLE:
        if (up->phase == LOADING)
            up->phase = RUNNING;
        break;
    case SL_EVENT_TROUBLE:
        up->trouble = event->err;
        up->cut = true;
        break;
    case SL_EVENT_STOPPED:
        up->cut = up->cut || up->phase < STOPPING; /* --stop-at */
        up->phase = STOPPED;
        break;
    case SL_EVENT_NOTE:
        take_note(up, event);
        break;
    case SL_EVENT_LIMIT:
        take_limit(up, event);
        break;
    case SL_EVENT_DEFERRED:
        put_off(up, event);
        break;
    case SL_EVENT_GONE:
        sl_job_totals_remove(&up->totals, event->job.id);
        break;
    }
}

static void take_events(struct upload *up)
{
    struct sl_event event;
    struct sl_progress progress;
    while (up->phase != STOPPED && sl_engine_next_event(up->session.engine, &event))
        take_event(up, &event);
    while (sl_engine_next_progress(up->session.engine, &progress))
        sl_job_totals_on_progress(&up->totals, &progress);
}

/* ---- signals ---- */

static void take_interrupt(struct upload *up)
{
    const int64_t now_ms = sl_now_ms(&up->session.clock);
    if (up->interrupt_ms != 0 && now_ms - up->interrupt_ms <= AGAIN_MS)
        _exit(SL_EXIT_KILLED); /* the journal is safe against that */
    up->interrupt_ms = now_ms;
    sl_report_clear(&up->report);
    sl_notice("stopping; Ctrl-C again to leave at once");
    cut_short(up, SL_CMD_STOP_NOW);
}

static void take_hangup(struct upload *up)
{
    up->report.quiet = true;
    up->report.meter.shown = 0;
    if (up->session.settings.config.on_hangup == 1)
        cut_short(up, SL_CMD_STOP_DRAIN);
}

static void toggle_slow(struct upload *up)
{
    struct sl_err err = {0};
    if (sl_engine_send_job(up->session.engine, SL_CMD_SLOW, 0, -1, &err) < 0)
        sl_notice("%s", err.text);
}

static void take_signals(struct upload *up)
{
    int signal;
    while ((signal = sl_cli_signals_next(up->signal_fd)) != 0) {
        if (signal == SIGINT)
            take_interrupt(up);
        else if (signal == SIGTERM)
            cut_short(up, SL_CMD_STOP_NOW);
        else if (signal == SIGHUP)
            take_hangup(up);
        else if (signal == SIGUSR2)
            toggle_slow(up);
    }
}

/* ---- the loop ---- */

/* A terminal that hung up takes nothing either, but then going on in silence is what was asked. */
static bool has_no_reader(const struct upload *up)
{
    return up->report.broken && !up->report.quiet;
}

static bool is_done(const struct upload *up)
{
    return up->phase == RUNNING && up->all_sent && up->pending == 0 && up->totals.open == 0 &&
           up->totals.count >= up->known + up->feed->jobs;
}

static void turn(struct upload *up)
{
    struct pollfd fds[] = {
        {.fd = sl_engine_event_fd(up->session.engine), .events = POLLIN},
        {.fd = up->signal_fd, .events = POLLIN},
        {.fd = up->pending < PENDING_MAX ? up->feed->fd : -1, .events = POLLIN},
    };
    const int n = poll(fds, 3, sl_report_interval_ms(&up->report));
    if (n < 0 && errno != EINTR) {
        sl_err_sys(&up->trouble, errno, "wait for the engine");
        up->phase = STOPPED;
        return;
    }
    take_signals(up);
    take_events(up);
    send_paths(up);
    sl_report_tick(&up->report, &up->totals);
    if (has_no_reader(up) && up->phase < STOPPING)
        cut_short(up, SL_CMD_STOP_NOW);
    if (is_done(up))
        stop(up, SL_CMD_STOP_NOW);
}

/* Given, and neither stored nor failed: files that are open, and paths that were not walked. */
static size_t left(const struct upload *up)
{
    return up->totals.open + up->pending + (up->feed != NULL ? up->feed->left(up->feed) : 0);
}

static enum sl_exit status_of(const struct upload *up, size_t rest)
{
    if (up->trouble.code != SL_OK)
        return sl_exit_of_code(up->trouble.code);
    enum sl_exit status = has_no_reader(up) ? SL_EXIT_SOME_FAILED : sl_job_totals_exit(&up->totals);
    if (up->overpaid && status == SL_EXIT_OK)
        status = SL_EXIT_MONEY;
    return up->cut && rest > 0 ? SL_EXIT_WORK_LEFT : status;
}

static enum sl_exit finish(struct upload *up)
{
    const size_t rest = left(up);
    const bool broke = up->trouble.code != SL_OK;
    up->totals.links += up->feed != NULL ? up->feed->links : 0;
    sl_report_summary(&up->report, &up->totals, rest, status_of(up, rest),
                      broke ? &up->trouble : NULL);
    if (broke)
        return sl_exit_with(&up->trouble);
    if (has_no_reader(up)) /* unfinished work is reported even if the reader has left */
        sl_notice("standard output takes no more: stopped");
    return status_of(up, rest);
}

/* Run one session, for one feed. */
static int run_feed(struct upload *up, struct sl_feed *feed, const struct sl_args *args,
                    struct sl_err *err)
{
    up->feed = feed;
    up->in_round = feed->jobs > 0;
    up->report.reader = NULL; /* the previous session's reader is closed */
    const struct sl_session_how how = {.prices_follow = feed->prices,
                                       .run_earlier = feed->endless,
                                       .goes_on = up->in_round,
                                       .wish_id = feed->wish_id,
                                       .signal_fd = up->signal_fd,
                                       .next_path = feed->next_path,
                                       .ctx = feed->ctx};
    up->all_sent = false;
    up->known = up->totals.count;
    int rc = sl_session_open(&up->session, args, &how, err);
    if (rc >= 0 && up->report.started_ms == 0)
        sl_report_init(&up->report, args->json != NULL, &up->session.clock);
    if (rc >= 0 && feed->open != NULL)
        rc = feed->open(feed, &up->session, &up->report, err);
    if (rc < 0)
        return rc;
    if (up->session.target.network[0] != '\0') {
        up->report.reader = up->session.reader;
        up->report.of = sl_upload_target_owner(&up->session.target);
    }
    up->phase = goes_on(up) ? RUNNING : LOADING;
    while (up->phase != STOPPED)
        turn(up);
    return SL_OK;
}

static enum sl_exit run(struct upload *up, struct sl_feed *first, const struct sl_args *args)
{
    struct sl_err err = {0};
    struct sl_feed feed;
    int rc = up->signal_fd = sl_cli_signals_open(&err); /* before any thread starts */
    if (rc >= 0 && first != NULL)
        rc = run_feed(up, first, args, &err);
    bool more = first != NULL;
    while (rc >= 0 && !up->cut && up->groups != NULL && sl_job_groups_next(up->groups, &feed)) {
        if (more)
            sl_session_close(&up->session);
        rc = run_feed(up, &feed, args, &err);
        more = true;
    }
    if (rc < 0 && up->totals.count == 0)
        return sl_exit_with(&err);
    if (rc < 0) /* earlier rounds have already done something */
        up->trouble = err;
    return finish(up);
}

enum sl_exit sl_upload_feed(struct sl_feed *feed, struct sl_job_groups *groups,
                            const struct sl_args *args)
{
    struct upload up = {.signal_fd = -1, .groups = groups};
    const enum sl_exit status = run(&up, feed, args);
    sl_session_close(&up.session);
    if (up.signal_fd >= 0)
        close(up.signal_fd);
    sl_job_totals_free(&up.totals);
    return status;
}
