/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "commands/queue/folder_watch.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* ---- what earlier runs did ---- */

/* Try a failed file once more; unfinished files are already under way. */
static int know(void *ctx, const struct sl_job *job, const char *path, const char *provider_url)
{
    const struct sl_cli_folder_watch *f = ctx;
    (void)provider_url;
    if (job->state == SL_JOB_FAILED)
        return 0;
    return sl_watch_know(f->watch, path, &job->file, NULL);
}

static int read_journal(struct sl_cli_folder_watch *f, const struct sl_session *session,
                        struct sl_err *err)
{
    struct sl_journal *journal = NULL;
    int rc = sl_journal_open(&journal, session->settings.config.paths.state, SL_JOURNAL_READ,
                             &session->clock, err);
    if (rc >= 0)
        rc = sl_journal_each(journal, know, f, err);
    if (rc == SL_ENOMEM)
        sl_err_set(err, rc, "out of memory for what is in the journal");
    sl_journal_close(journal);
    return rc;
}

/* ---- folders ---- */

static int add_folder(struct sl_cli_folder_watch *f, const char *name, struct sl_err *err)
{
    char home[SL_PATH_BYTES], path[SL_PATH_BYTES];
    int rc = sl_path_expand_home(home, name, err);
    f->folders++;
    if (rc < 0)
        return rc;
    if (home[0] == '/')
        return sl_watch_add(f->watch, home, err);
    if (getcwd(path, sizeof path) == NULL)
        return sl_err_sys(err, errno, "find the working directory");
    char whole[SL_PATH_BYTES];
    rc = sl_path_join(whole, sizeof whole, path, home, err);
    return rc < 0 ? rc : sl_watch_add(f->watch, whole, err);
}

/* Folders of the settings are separated by colons. */
static int add_listed(struct sl_cli_folder_watch *f, const char *list, struct sl_err *err)
{
    int rc = SL_OK;
    for (const char *at = list; rc >= 0 && *at != '\0';) {
        char name[SL_PATH_BYTES];
        const size_t len = strcspn(at, ":");
        if (len >= sizeof name)
            return sl_err_set(err, SL_ECONFIG, "watch: path too long");
        memcpy(name, at, len);
        name[len] = '\0';
        if (len > 0)
            rc = add_folder(f, name, err);
        at += len + (at[len] == ':');
    }
    return rc;
}

static bool names_none(const char *list, size_t count)
{
    return count == 0 && list[strspn(list, ":")] == '\0';
}

/* ---- public functions ---- */

int sl_cli_folder_watch_open(struct sl_cli_folder_watch *f, const struct sl_session *session,
                             const char *const *dirs, size_t count, struct sl_err *err)
{
    const struct sl_config *config = &session->settings.config;
    const struct sl_watch_options options = {.settle_ms = config->settle_ms,
                                             .rescan_ms = config->rescan_ms,
                                             .include_hidden = config->hidden,
                                             .include_temp = config->temp_names,
                                             .follow_links = session->rules.links != SL_LINKS_NONE,
                                             .guarded = session->rules.guarded,
                                             .clock = session->clock};
    if (names_none(config->watch, count))
        return SL_OK;
    int rc = sl_watch_new(&f->watch, &options, err);
    for (size_t i = 0; rc >= 0 && i < count; i++)
        rc = add_folder(f, dirs[i], err);
    if (rc >= 0 && count == 0)
        rc = add_listed(f, config->watch, err);
    if (rc >= 0)
        rc = sl_watch_skip(f->watch, config->paths.state, err);
    if (rc >= 0)
        rc = sl_watch_skip(f->watch, config->paths.data, err);
    if (rc >= 0)
        rc = read_journal(f, session, err);
    return rc < 0 ? rc : sl_watch_start(f->watch, err);
}

void sl_cli_folder_watch_close(struct sl_cli_folder_watch *f)
{
    sl_watch_free(f->watch);
    *f = (struct sl_cli_folder_watch){0};
}

/* A file is looked at again if another attempt may help, if it vanished with its folder, or if it
 * was written to after all. */
void sl_cli_folder_watch_on_event(const struct sl_cli_folder_watch *f, const struct sl_event *event)
{
    const int code = event->job.err.code;
    if (f->watch == NULL || event->type != SL_EVENT_JOB || event->job.state != SL_JOB_FAILED)
        return;
    if (code == SL_ENOENT || code == SL_ECHANGED || sl_err_class_of(code) == SL_CLASS_RETRY)
        sl_watch_forget(f->watch, event->path);
}
