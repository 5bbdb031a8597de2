/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* watch.c - `sluice watch`: uploads what becomes finished in folders. */
#include "sluice/watch.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "say.h"
#include "upload.h"

struct watching {
    const struct sl_args *args;
    struct sl_watch *watch;
    struct sl_report *report;
    struct sl_watch_item item; /* the one that was given last */
};

/* ---- what earlier runs did ---- */

/* A failed file is tried once more; what is unfinished is under way already. */
static int know(void *ctx, const struct sl_job *job, const char *path, const char *provider_url)
{
    const struct watching *w = ctx;
    (void)provider_url;
    if (job->state == SL_JOB_FAILED)
        return 0;
    return sl_watch_know(w->watch, path, &job->file, NULL);
}

static int read_journal(struct watching *w, const struct sl_session *session, struct sl_err *err)
{
    struct sl_journal *journal = NULL;
    int rc = sl_journal_open(&journal, session->settings.config.paths.state, SL_JOURNAL_READ,
                             &session->clock, err);
    if (rc >= 0)
        rc = sl_journal_each(journal, know, w, err);
    if (rc == SL_ENOMEM)
        sl_err_set(err, rc, "out of memory for what is in the journal");
    sl_journal_close(journal);
    return rc;
}

/* ---- folders ---- */

static int add_folder(struct watching *w, const char *name, struct sl_err *err)
{
    char home[SL_PATH_BYTES], path[SL_PATH_BYTES];
    int rc = sl_path_expand_home(home, name, err);
    if (rc < 0)
        return rc;
    if (home[0] == '/')
        return sl_watch_add(w->watch, home, err);
    if (getcwd(path, sizeof path) == NULL)
        return sl_err_sys(err, errno, "find the working directory");
    char whole[SL_PATH_BYTES];
    rc = sl_path_join(whole, sizeof whole, path, home, err);
    return rc < 0 ? rc : sl_watch_add(w->watch, whole, err);
}

/* Those of the command line, else those of the settings, a colon between. */
static int add_folders(struct watching *w, const char *settings, struct sl_err *err)
{
    int rc = SL_OK;
    size_t count = 0;
    for (size_t i = 0; rc >= 0 && i < w->args->operand_count; i++, count++)
        rc = add_folder(w, w->args->operands[i], err);
    for (const char *at = settings; rc >= 0 && w->args->operand_count == 0 && *at != '\0';) {
        char name[SL_PATH_BYTES];
        const size_t len = strcspn(at, ":");
        if (len >= sizeof name)
            return sl_err_set(err, SL_ECONFIG, "watch: path too long");
        memcpy(name, at, len);
        name[len] = '\0';
        if (len > 0)
            rc = add_folder(w, name, err);
        count += len > 0;
        at += len + (at[len] == ':');
    }
    if (rc >= 0 && count == 0)
        return sl_err_set(err, SL_EUSAGE,
                          "watch needs a folder (or `watch = DIR` in the settings)");
    return rc;
}

/* ---- the feed ---- */

static int open_watch(struct sl_feed *feed, struct sl_session *session, struct sl_report *report,
                      struct sl_err *err)
{
    struct watching *w = feed->ctx;
    const struct sl_config *config = &session->settings.config;
    const struct sl_watch_options options = {.settle_ms = config->settle_ms,
                                             .rescan_ms = config->rescan_ms,
                                             .include_hidden = config->hidden,
                                             .include_temp = config->temp_names,
                                             .clock = session->clock};
    w->report = report;
    int rc = sl_watch_new(&w->watch, &options, err);
    if (rc >= 0)
        rc = add_folders(w, config->watch, err);
    if (rc >= 0)
        rc = sl_watch_skip(w->watch, config->paths.state, err);
    if (rc >= 0)
        rc = sl_watch_skip(w->watch, config->paths.data, err);
    if (rc >= 0)
        rc = read_journal(w, session, err);
    if (rc >= 0)
        rc = sl_watch_start(w->watch, err);
    feed->fd = w->watch != NULL ? sl_watch_fd(w->watch) : -1;
    return rc;
}

static void say(const struct watching *w, const char *path, const char *text)
{
    sl_report_clear(w->report);
    if (!w->report->quiet)
        sl_say("%s%s%s", path, path[0] != '\0' ? ": " : "", text);
}

static const char *next_found(struct sl_feed *feed)
{
    struct watching *w = feed->ctx;
    while (sl_watch_next(w->watch, &w->item)) {
        if (w->item.kind == SL_WATCH_FILE)
            return w->item.path;
        say(w, w->item.path, w->item.kind == SL_WATCH_READY ? "watching" : w->item.err.text);
    }
    return NULL;
}

/* What another try may help, and what went away with its folder, is taken again when it is seen
 * again. */
static void file_ended(struct sl_feed *feed, const struct sl_event *event)
{
    const struct watching *w = feed->ctx;
    const int code = event->job.err.code;
    if (event->job.state != SL_JOB_FAILED)
        return;
    if (code == SL_ENOENT || sl_err_class_of(code) == SL_CLASS_RETRY)
        sl_watch_forget(w->watch, event->path);
}

static size_t none_left(const struct sl_feed *feed)
{
    (void)feed;
    return 0; /* what was not taken yet is found by the next run */
}

enum sl_exit sl_run_watch(const struct sl_args *args)
{
    static struct watching w; /* with a path: not for the stack */
    w = (struct watching){.args = args};
    struct sl_feed feed = {.endless = true,
                           .fd = -1,
                           .ctx = &w,
                           .open = open_watch,
                           .next = next_found,
                           .ended = file_ended,
                           .left = none_left};
    const enum sl_exit status = sl_upload_feed(&feed, args);
    sl_watch_free(w.watch);
    return status;
}
