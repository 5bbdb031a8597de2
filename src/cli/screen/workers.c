/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "screen/workers.h"

#include <string.h>

static void on_errand(void *ctx, const struct sl_errand *errand)
{
    struct sl_cli_screen_workers *workers = ctx;
    switch (errand->type) {
    case SL_ERRAND_WALLET:
    case SL_ERRAND_PRICE:
        sl_cli_account_reader_ask(workers->account, errand);
        break;
    case SL_ERRAND_VERIFY:
        sl_verify_worker_add(workers->verify, errand);
        break;
    case SL_ERRAND_STOP:
        sl_verify_worker_stop(workers->verify, errand->job_id);
        break;
    case SL_ERRAND_TRY_PAY:
    case SL_ERRAND_PAY:
        sl_deposit_worker_ask(workers->deposit, errand);
        break;
    }
}

static bool answer(void *ctx, struct sl_answer *out)
{
    struct sl_cli_screen_workers *workers = ctx;
    return sl_answers_next(&workers->answers, out);
}

/* Whether the queue has this file as it is now. Then the user's choice stays: paused, cancelled or
 * done. Failed files are tried again. */
static bool is_in_queue(const struct sl_cli_screen_workers *workers,
                        const struct sl_watch_item *item)
{
    struct sl_job job;
    if (sl_journal_find_path(workers->session->reader, item->path, &job, NULL) != 1)
        return false;
    const bool stopped = job.state == SL_JOB_PAUSED || job.state == SL_JOB_CANCELLED;
    return job.state != SL_JOB_FAILED && (stopped ? sl_file_mark_alike(&job.file, &item->file)
                                                  : sl_file_mark_equal(&job.file, &item->file));
}

static bool found(void *ctx, struct sl_found *out)
{
    struct sl_cli_screen_workers *workers = ctx;
    struct sl_watch_item *item = &workers->item;
    while (sl_watch_next(workers->folders.watch, item)) {
        if (item->kind == SL_WATCH_READY || item->kind == SL_WATCH_LINKS ||
            (item->kind == SL_WATCH_FILE && is_in_queue(workers, item)))
            continue;
        out->note = item->kind == SL_WATCH_NOTE;
        out->err = item->err;
        out->file = item->file;
        memcpy(out->path, item->path, sizeof out->path);
        return true;
    }
    return false;
}

static void pass_event(void *ctx, const struct sl_event *event)
{
    const struct sl_cli_screen_workers *workers = ctx;
    sl_cli_folder_watch_on_event(&workers->folders, event);
}

static struct sl_errands errands_of(struct sl_cli_screen_workers *workers)
{
    const struct sl_watch *watch = workers->folders.watch;
    return (struct sl_errands){.ctx = workers,
                               .answer_fd = workers->answers.fd,
                               .send = on_errand,
                               .answer = answer,
                               .folders = workers->folders.folders,
                               .found_fd = watch != NULL ? sl_watch_fd(watch) : -1,
                               .found = found,
                               .event = pass_event};
}

int sl_cli_screen_workers_open(struct sl_cli_screen_workers *workers,
                               const struct sl_session *session, struct sl_err *err)
{
    int rc = sl_answers_open(&workers->answers, err);
    workers->open = rc == SL_OK;
    workers->session = session;
    if (rc == SL_OK)
        rc =
            sl_cli_account_reader_open(&workers->account, &session->target, &workers->answers, err);
    if (rc == SL_OK)
        rc = sl_verify_worker_open(&workers->verify, session, &workers->answers, err);
    if (rc == SL_OK)
        rc = sl_deposit_worker_open(&workers->deposit, session, &workers->answers, err);
    if (rc == SL_OK)
        rc = sl_cli_folder_watch_open(&workers->folders, session, NULL, 0, err);
    workers->errands = errands_of(workers);
    return rc;
}

void sl_cli_screen_workers_close(struct sl_cli_screen_workers *workers)
{
    sl_cli_folder_watch_close(&workers->folders);
    sl_cli_account_reader_close(workers->account);
    sl_verify_worker_close(workers->verify);
    sl_deposit_worker_close(workers->deposit);
    if (workers->open)
        sl_answers_close(&workers->answers);
    *workers = (struct sl_cli_screen_workers){0};
}
