/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* `sluice watch`: uploads files of folders as they are finished. */
#include <stdio.h>

#include "commands.h"
#include "commands/queue/folder_watch.h"
#include "commands/queue/upload_loop.h"
#include "output/output.h"

struct watching {
    const struct sl_args *args;
    struct sl_cli_folder_watch watched;
    struct sl_report *report;
    struct sl_watch_item item; /* the one that was given last */
};

/* ---- the feed ---- */

static int open_watch(struct sl_feed *feed, struct sl_session *session, struct sl_report *report,
                      struct sl_err *err)
{
    struct watching *w = feed->ctx;
    w->report = report;
    const int rc = sl_cli_folder_watch_open(&w->watched, session, w->args->operands,
                                            w->args->operand_count, err);
    if (rc >= 0 && w->watched.folders == 0)
        return sl_err_set(err, SL_EUSAGE,
                          "watch: give a folder, or set `watch = DIR` in config.ini");
    feed->fd = w->watched.watch != NULL ? sl_watch_fd(w->watched.watch) : -1;
    return rc;
}

static void notice_path(const struct watching *w, const char *path, const char *text)
{
    sl_report_clear(w->report);
    if (!w->report->quiet)
        sl_notice("%s%s%s", path, path[0] != '\0' ? ": " : "", text);
}

static void notice_links(const struct watching *w)
{
    char text[96];
    (void)snprintf(text, sizeof text, "%llu link%s not followed; use --follow-links to follow them",
                   (unsigned long long)w->item.links, w->item.links == 1 ? "" : "s");
    notice_path(w, "", text);
}

static const char *next_found(struct sl_feed *feed)
{
    struct watching *w = feed->ctx;
    while (sl_watch_next(w->watched.watch, &w->item)) {
        if (w->item.kind == SL_WATCH_FILE) {
            feed->file = w->item.file;
            return w->item.path;
        }
        if (w->item.kind == SL_WATCH_LINKS) {
            feed->links += w->item.links;
            notice_links(w);
            continue;
        }
        notice_path(w, w->item.path,
                    w->item.kind == SL_WATCH_READY ? "watching" : w->item.err.text);
    }
    return NULL;
}

static void file_ended(struct sl_feed *feed, const struct sl_event *event)
{
    const struct watching *w = feed->ctx;
    sl_cli_folder_watch_on_event(&w->watched, event);
}

static size_t none_left(const struct sl_feed *feed)
{
    (void)feed;
    return 0; /* what was not taken yet is found by the next run */
}

enum sl_exit sl_run_watch(const struct sl_args *args)
{
    if (args->follow_links != NULL && args->follow_links[0] != '\0') {
        sl_notice("watch: --follow-links=outside is refused: anyone who can write to these "
                  "folders could publish any file of yours (--follow-links stays inside)");
        return SL_EXIT_USAGE;
    }
    static struct watching w; /* has a path: too large for the stack */
    w = (struct watching){.args = args};
    struct sl_feed feed = {.endless = true,
                           .fd = -1,
                           .ctx = &w,
                           .open = open_watch,
                           .next = next_found,
                           .ended = file_ended,
                           .left = none_left};
    const enum sl_exit status = sl_cli_upload_feed(&feed, NULL, args);
    sl_cli_folder_watch_close(&w.watched);
    return status;
}
