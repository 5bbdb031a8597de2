/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * `sluice resume`, `retry`, `cancel` and `forget`: work on jobs of earlier runs by their numbers.
 * The first two upload like `upload`, the others change only the journal.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "sluice/log.h"

#include "args.h"
#include "commands.h"
#include "commands/queue/cancelled_onchain.h"
#include "commands/queue/upload_loop.h"
#include "output/output.h"
#include "setup/settings.h"

/* ---- the numbers ---- */

struct chosen {
    const struct sl_args *args;
    bool (*fits)(const struct sl_job *job); /* states that the command applies to */
    struct sl_cli_job_groups jobs;
    bool *known;   /* for each operand: such a job exists */
    int64_t unfit; /* the first named job that it does not apply to; 0: none */
    enum sl_job_state unfit_state;
};

static int select_job(void *ctx, const struct sl_job *job, const char *path, const char *provider)
{
    struct chosen *chosen = ctx;
    const bool named = sl_args_name_id(chosen->args, chosen->known, job->id);
    (void)path;
    (void)provider;
    if (!named && chosen->args->operand_count > 0)
        return 0;
    if (!chosen->fits(job)) {
        if (named && chosen->unfit == 0) {
            chosen->unfit = job->id;
            chosen->unfit_state = job->state;
        }
        return 0;
    }
    return sl_cli_job_groups_add(&chosen->jobs, job, NULL);
}

/* Errors: SL_ENOENT (no such job), SL_EREFUSED (the command does not apply to a job). */
static int choose(struct chosen *chosen, struct sl_journal *journal, struct sl_err *err)
{
    const struct sl_args *args = chosen->args;
    chosen->known = calloc(args->operand_count + 1, sizeof *chosen->known);
    const int rc =
        chosen->known == NULL ? SL_ENOMEM : sl_journal_each(journal, select_job, chosen, err);
    if (rc == SL_ENOMEM)
        return sl_err_set(err, rc, "out of memory");
    if (rc < 0)
        return rc;
    if (sl_args_check_known(args, chosen->known, err) < 0)
        return SL_ENOENT;
    if (chosen->unfit != 0)
        return sl_err_set(err, SL_EREFUSED,
                          "job %" PRId64 " is %s, so this command does not apply to it",
                          chosen->unfit, sl_job_state_word(chosen->unfit_state));
    return SL_OK;
}

/* ---- resume and retry ---- */

static bool is_unfinished(const struct sl_job *job)
{
    return !sl_job_state_finished(job->state);
}

static bool can_be_retried(const struct sl_job *job)
{
    return job->state == SL_JOB_FAILED || job->state == SL_JOB_CANCELLED ||
           sl_job_missing_copies(job) > 0;
}

/* Read the journal before anything is started: without work, no network is needed. */
static int choose_from(struct chosen *chosen, struct sl_err *err)
{
    struct sl_settings settings;
    struct sl_journal *journal = NULL;
    const struct sl_clock clock = sl_clock_system();
    int rc = sl_args_check_ids(chosen->args, err);
    if (rc < 0)
        return rc;
    rc = sl_settings_load(&settings, chosen->args, err);
    if (rc == SL_OK)
        rc = sl_journal_open(&journal, settings.config.paths.state, SL_JOURNAL_READ, &clock, err);
    if (rc == SL_OK)
        rc = choose(chosen, journal, err);
    else if (rc == SL_ENOENT && chosen->args->operand_count == 0)
        rc = SL_OK;
    sl_journal_close(journal);
    sl_settings_free(&settings);
    return rc;
}

static enum sl_exit go_on(const struct sl_args *args, bool (*fits)(const struct sl_job *job),
                          const char *nothing)
{
    struct sl_err err = {0};
    struct chosen chosen = {.args = args, .fits = fits};
    enum sl_exit status = SL_EXIT_OK;
    if (choose_from(&chosen, &err) < 0)
        status = sl_exit_with(&err);
    else if (chosen.jobs.count == 0)
        sl_notice("%s", nothing);
    else
        status = sl_cli_upload_feed(NULL, &chosen.jobs, args);
    sl_cli_job_groups_free(&chosen.jobs);
    free(chosen.known);
    return status;
}

enum sl_exit sl_run_resume(const struct sl_args *args)
{
    return go_on(args, is_unfinished, "nothing is unfinished");
}

enum sl_exit sl_run_retry(const struct sl_args *args)
{
    return go_on(args, can_be_retried, "nothing has failed");
}

/* ---- cancel and forget ---- */

static bool is_on_its_way(const struct sl_job *job)
{
    return job->state == SL_JOB_PARKED || job->state == SL_JOB_COMMITTING;
}

static bool can_be_cancelled(const struct sl_job *job)
{
    return is_unfinished(job) && !is_on_its_way(job);
}

static bool can_be_forgotten(const struct sl_job *job)
{
    return !is_on_its_way(job);
}

struct cancelling {
    int64_t id;
    struct sl_job job; /* id 0: not found */
    char path[SL_PATH_BYTES];
};

static int find_job(void *ctx, const struct sl_job *job, const char *path, const char *provider)
{
    struct cancelling *cancelling = ctx;
    (void)provider;
    if (job->id != cancelling->id)
        return 0;
    cancelling->job = *job;
    (void)snprintf(cancelling->path, sizeof cancelling->path, "%s", path);
    return 1;
}

static int cancel(struct sl_journal *journal, int64_t id, struct sl_err *err)
{
    struct cancelling cancelling = {.id = id};
    const int rc = sl_journal_each(journal, find_job, &cancelling, err);
    if (rc < 0)
        return rc;
    cancelling.job.state = SL_JOB_CANCELLED;
    cancelling.job.next_try_ms = 0;
    return sl_journal_update(journal, &cancelling.job, NULL, err);
}

static int change_all(const struct chosen *chosen, struct sl_journal *journal,
                      int (*change)(struct sl_journal *journal, int64_t id, struct sl_err *err),
                      struct sl_err *err)
{
    int rc = sl_journal_txn_begin(journal, err);
    for (size_t i = 0; i < chosen->jobs.count && rc == SL_OK; i++)
        rc = change(journal, chosen->jobs.jobs[i].id, err);
    if (rc == SL_OK)
        rc = sl_journal_txn_commit(journal, err);
    sl_journal_txn_rollback(journal);
    for (size_t i = 0; i < chosen->jobs.count && rc == SL_OK; i++)
        sl_log(SL_LOG_INFO, SL_LOG_CLI, "job=%lld changed by sluice %s",
               (long long)chosen->jobs.jobs[i].id, sl_command_name(chosen->args->command));
    return rc;
}

/* Print which of their pieces are on chain, and how to remove them. */
static int notice_onchain(const struct chosen *chosen, struct sl_journal *journal,
                          struct sl_err *err)
{
    struct sl_buf out = {0};
    int rc = SL_OK;
    for (size_t i = 0; i < chosen->jobs.count && rc >= 0; i++) {
        struct cancelling cancelling = {.id = chosen->jobs.jobs[i].id};
        rc = sl_journal_each(journal, find_job, &cancelling, err);
        if (rc >= 0 && cancelling.job.state == SL_JOB_CANCELLED)
            rc = sl_cancelled_onchain_text(&out, journal, &cancelling.job, cancelling.path, err);
    }
    if (rc >= 0 && out.len > 0 && !sl_output(&out))
        rc = sl_err_set(err, SL_EIO, "cannot write to standard output; stopped");
    sl_buf_free(&out);
    return rc < 0 ? rc : SL_OK;
}

static enum sl_exit change(const struct sl_args *args, bool (*fits)(const struct sl_job *job),
                           int (*fn)(struct sl_journal *journal, int64_t id, struct sl_err *err),
                           const char *done)
{
    struct sl_err err = {0};
    struct sl_settings settings;
    struct sl_journal *journal = NULL;
    struct chosen chosen = {.args = args, .fits = fits};
    const struct sl_clock clock = sl_clock_system();
    if (args->operand_count == 0) {
        sl_notice("%s: give job numbers; `sluice status` lists them",
                  sl_command_name(args->command));
        return SL_EXIT_USAGE;
    }
    if (sl_args_check_ids(args, &err) < 0)
        return sl_exit_with(&err);
    int rc = sl_settings_load(&settings, args, &err);
    if (rc == SL_OK)
        rc = sl_journal_open(&journal, settings.config.paths.state, SL_JOURNAL_WRITE, &clock, &err);
    if (rc == SL_OK)
        sl_settings_join_log(&settings.config, &clock);
    if (rc == SL_OK)
        rc = choose(&chosen, journal, &err);
    if (rc == SL_OK)
        rc = change_all(&chosen, journal, fn, &err);
    if (rc == SL_OK)
        sl_notice("%zu %s", chosen.jobs.count, done);
    if (rc == SL_OK)
        rc = notice_onchain(&chosen, journal, &err);
    sl_cli_job_groups_free(&chosen.jobs);
    free(chosen.known);
    sl_journal_close(journal);
    sl_settings_free(&settings);
    return rc < 0 ? sl_exit_with(&err) : SL_EXIT_OK;
}

enum sl_exit sl_run_cancel(const struct sl_args *args)
{
    return change(args, can_be_cancelled, cancel, "cancelled; nothing more is sent");
}

enum sl_exit sl_run_forget(const struct sl_args *args)
{
    return change(args, can_be_forgotten, sl_journal_remove,
                  "forgotten; files and stored data stay as they are");
}
