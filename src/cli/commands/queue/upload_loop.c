/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "commands/queue/upload_loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "sluice/text.h"

#include "interrupt.h"
#include "output/output.h"

enum { PENDING_MAX = 64, AGAIN_MS = 2000 };

enum phase {
    LOADING, /* jobs of earlier runs are announced: ignore them */
    RUNNING,
    STOPPING,
    STOPPED,
};

struct upload {
    struct sl_session session;
    struct sl_feed *feed;
    struct sl_cli_job_groups *groups; /* NULL: deferred jobs wait for another command */
    bool postponed_noticed;
    bool in_group; /* the feed consists of jobs from the journal */
    size_t known;  /* jobs in `totals` when the feed began */
    bool all_sent;
    size_t sent;
    size_t pending; /* sent, and not yet walked to the end */
    int signal_fd;
    int64_t interrupt_ms; /* of the last SIGINT; 0: none */
    enum phase phase;
    bool cut;      /* stopped before everything was done */
    bool overpaid; /* a commit took more than promised */
    struct sl_cli_job_totals totals;
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
        sl_cli_job_totals_reject(&up->totals, err.code);
        sl_report_reject(&up->report, path, &err);
    }
}

/* ---- what comes back ---- */

static bool goes_on(const struct upload *up)
{
    return up->feed->endless || up->in_group;
}

/* A job that earlier runs ended or paused, announced once: ignore it. */
static bool is_old(const struct upload *up, const struct sl_job *job)
{
    const bool rests = sl_job_state_finished(job->state) || job->state == SL_JOB_PAUSED;
    return rests && goes_on(up) && job->changed_ms < up->session.started_ms;
}

static void on_job(struct upload *up, const struct sl_event *event)
{
    if (is_old(up, &event->job) ||
        (up->feed->has != NULL && !up->feed->has(up->feed, event->job.id)))
        return;
    bool ended = false;
    struct sl_job_totals_job *job = sl_cli_job_totals_on_event(&up->totals, event, &ended);
    if (job == NULL) {
        sl_err_set(&up->trouble, SL_ENOMEM, "out of memory");
        cut_short(up, SL_CMD_STOP_NOW);
        return;
    }
    if (sl_cli_job_totals_once(job, &event->job, SL_JOB_TOTALS_PARKED))
        sl_report_parked(&up->report, event);
    if (sl_cli_job_totals_once(job, &event->job, SL_JOB_TOTALS_SENT))
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

static void on_note(struct upload *up, const struct sl_event *event)
{
    up->overpaid = up->overpaid || event->err.code == SL_EMONEY;
    sl_report_clear(&up->report);
    if (!up->report.quiet)
        sl_notice("%s%s%s", event->path, event->path[0] != '\0' ? ": " : "", event->err.text);
}

static void on_limit(struct upload *up, const struct sl_event *event)
{
    char rate[SL_TEXT_SHORT];
    sl_text_rate(rate, event->count);
    sl_report_clear(&up->report);
    if (!up->report.quiet)
        sl_notice("limit %s%s", event->count > 0 ? rate : "off",
                  event->request_id != 0 ? " (slow mode)" : "");
}

/* The job's wish places copies in another way than this session does. */
static void on_postponed(struct upload *up, const struct sl_event *event)
{
    if (up->in_group) { /* its group has this placement, but options name another one */
        struct sl_err err = {0};
        sl_err_set(&err, SL_EREFUSED,
                   "missing copies are placed like the existing ones; leave out the "
                   "placement options, or place the file again with `sluice upload`");
        sl_cli_job_totals_reject(&up->totals, err.code);
        sl_report_reject(&up->report, event->path, &err);
        up->feed->jobs--;
    } else if (up->groups == NULL) {
        if (!up->postponed_noticed)
            sl_notice("%s, and perhaps other files, were queued with other options; continue "
                      "them with `sluice resume`",
                      event->path);
        up->postponed_noticed = true;
    } else if (up->phase != LOADING &&
               sl_cli_job_groups_add(up->groups, &event->job, &up->trouble) < 0) {
        cut_short(up, SL_CMD_STOP_NOW);
    }
}

static void on_event(struct upload *up, const struct sl_event *event)
{
    switch (event->type) {
    case SL_EVENT_JOB:
        if (up->phase != LOADING)
            on_job(up, event);
        break;
    case SL_EVENT_TX:
    case SL_EVENT_PART:
        if (up->phase != LOADING)
            sl_report_part(&up->report, event);
        break;
    case SL_EVENT_REJECTED:
        sl_cli_job_totals_reject(&up->totals, event->err.code);
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
        on_note(up, event);
        break;
    case SL_EVENT_LIMIT:
        on_limit(up, event);
        break;
    case SL_EVENT_DEFERRED:
        on_postponed(up, event);
        break;
    case SL_EVENT_GONE:
        sl_cli_job_totals_remove(&up->totals, event->job.id);
        break;
    }
}

static void read_events(struct upload *up)
{
    struct sl_event event;
    struct sl_progress progress;
    while (up->phase != STOPPED && sl_engine_next_event(up->session.engine, &event))
        on_event(up, &event);
    while (sl_engine_next_progress(up->session.engine, &progress))
        sl_cli_job_totals_on_progress(&up->totals, &progress);
}

/* ---- signals ---- */

static void on_interrupt(struct upload *up)
{
    const int64_t now_ms = sl_now_ms(&up->session.clock);
    if (up->interrupt_ms != 0 && now_ms - up->interrupt_ms <= AGAIN_MS)
        _exit(SL_EXIT_KILLED); /* the journal is safe against that */
    up->interrupt_ms = now_ms;
    sl_report_clear(&up->report);
    sl_notice("stopping; press Ctrl-C again to quit at once");
    cut_short(up, SL_CMD_STOP_NOW);
}

static void on_hangup(struct upload *up)
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

static void read_signals(struct upload *up)
{
    int signal;
    while ((signal = sl_cli_signals_next(up->signal_fd)) != 0) {
        if (signal == SIGINT)
            on_interrupt(up);
        else if (signal == SIGTERM)
            cut_short(up, SL_CMD_STOP_NOW);
        else if (signal == SIGHUP)
            on_hangup(up);
        else if (signal == SIGUSR2)
            toggle_slow(up);
    }
}

/* ---- the loop ---- */

/* A terminal that hung up takes no output either, but the user asked to continue in silence. */
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
    read_signals(up);
    read_events(up);
    send_paths(up);
    sl_report_tick(&up->report, &up->totals);
    if (has_no_reader(up) && up->phase < STOPPING)
        cut_short(up, SL_CMD_STOP_NOW);
    if (is_done(up))
        stop(up, SL_CMD_STOP_NOW);
}

/* Files that were given and are neither stored nor failed: open ones, and paths that were not
 * walked. */
static size_t left(const struct upload *up)
{
    return up->totals.open + up->pending + (up->feed != NULL ? up->feed->left(up->feed) : 0);
}

static enum sl_exit status_of(const struct upload *up, size_t rest)
{
    if (up->trouble.code != SL_OK)
        return sl_exit_of_code(up->trouble.code);
    enum sl_exit status =
        has_no_reader(up) ? SL_EXIT_SOME_FAILED : sl_cli_job_totals_exit(&up->totals);
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
        sl_notice("cannot write to standard output; stopped");
    return status_of(up, rest);
}

/* Run one session, for one feed. */
static int run_feed(struct upload *up, struct sl_feed *feed, const struct sl_args *args,
                    struct sl_err *err)
{
    up->feed = feed;
    up->in_group = feed->jobs > 0;
    up->report.reader = NULL; /* the previous session's reader is closed */
    const struct sl_session_options how = {.prices_follow = feed->prices,
                                           .run_earlier = feed->endless,
                                           .endless = feed->endless,
                                           .goes_on = up->in_group,
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
        up->report.of = sl_cli_upload_target_owner(&up->session.target);
    }
    up->phase = goes_on(up) ? RUNNING : LOADING;
    while (up->phase != STOPPED)
        turn(up);
    return SL_OK;
}

static enum sl_exit run_groups(struct upload *up, struct sl_feed *first, const struct sl_args *args)
{
    struct sl_err err = {0};
    struct sl_feed feed;
    int rc = up->signal_fd = sl_cli_signals_open(&err); /* before any thread starts */
    if (rc >= 0 && first != NULL)
        rc = run_feed(up, first, args, &err);
    bool more = first != NULL;
    while (rc >= 0 && !up->cut && up->groups != NULL && sl_cli_job_groups_next(up->groups, &feed)) {
        if (more)
            sl_session_close(&up->session);
        rc = run_feed(up, &feed, args, &err);
        more = true;
    }
    if (rc < 0 && up->totals.count == 0)
        return sl_exit_with(&err);
    if (rc < 0) /* earlier groups have already done something */
        up->trouble = err;
    return finish(up);
}

enum sl_exit sl_cli_upload_feed(struct sl_feed *feed, struct sl_cli_job_groups *groups,
                                const struct sl_args *args)
{
    struct upload up = {.signal_fd = -1, .groups = groups};
    const enum sl_exit status = run_groups(&up, feed, args);
    sl_session_close(&up.session);
    if (up.signal_fd >= 0)
        close(up.signal_fd);
    sl_cli_job_totals_free(&up.totals);
    return status;
}

/* ---- groups of jobs ---- */

int sl_cli_job_groups_add(struct sl_cli_job_groups *groups, const struct sl_job *job,
                          struct sl_err *err)
{
    if (groups->count == groups->room) {
        const size_t room = groups->room == 0 ? 64 : groups->room * 2;
        struct sl_job_group_item *jobs = realloc(groups->jobs, room * sizeof *jobs);
        if (jobs == NULL)
            return sl_err_set(err, SL_ENOMEM, "out of memory for the jobs of the journal");
        groups->jobs = jobs;
        groups->room = room;
    }
    groups->jobs[groups->count++] = (struct sl_job_group_item){
        .id = job->id, .wish_id = job->wish_id, .retry = sl_job_state_finished(job->state)};
    return SL_OK;
}

static int compare(const void *left, const void *right)
{
    const struct sl_job_group_item *a = left, *b = right;
    if (a->wish_id != b->wish_id)
        return a->wish_id < b->wish_id ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

static int send_all(struct sl_feed *feed, struct sl_session *session, struct sl_report *report,
                    struct sl_err *err)
{
    const struct sl_cli_job_groups *groups = feed->ctx;
    int rc = SL_OK;
    (void)report;
    for (size_t i = groups->from; i < groups->to && rc == SL_OK; i++)
        rc = sl_engine_send_job(session->engine,
                                groups->jobs[i].retry ? SL_CMD_RETRY : SL_CMD_RESUME,
                                groups->jobs[i].id, 0, err);
    return rc;
}

static const char *no_path(struct sl_feed *feed)
{
    (void)feed;
    return NULL;
}

/* By id within a group. */
static bool has_job(const struct sl_feed *feed, int64_t job_id)
{
    const struct sl_cli_job_groups *groups = feed->ctx;
    size_t low = groups->from, high = groups->to;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (groups->jobs[middle].id < job_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < groups->to && groups->jobs[low].id == job_id;
}

static size_t none_left(const struct sl_feed *feed)
{
    (void)feed;
    return 0;
}

bool sl_cli_job_groups_next(struct sl_cli_job_groups *groups, struct sl_feed *feed)
{
    groups->from = groups->to;
    if (groups->from == groups->count)
        return false;
    qsort(&groups->jobs[groups->from], groups->count - groups->from, sizeof *groups->jobs, compare);
    const int64_t wish_id = groups->jobs[groups->from].wish_id;
    while (groups->to < groups->count && groups->jobs[groups->to].wish_id == wish_id)
        groups->to++;
    *feed = (struct sl_feed){.fd = -1,
                             .jobs = groups->to - groups->from,
                             .wish_id = wish_id,
                             .ctx = groups,
                             .open = send_all,
                             .next = no_path,
                             .has = has_job,
                             .left = none_left};
    return true;
}

void sl_cli_job_groups_free(struct sl_cli_job_groups *groups)
{
    free(groups->jobs);
    *groups = (struct sl_cli_job_groups){0};
}
