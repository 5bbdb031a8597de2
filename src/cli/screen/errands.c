/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "screen/errands.h"

#include <string.h>

static void send(void *ctx, const struct sl_errand *errand)
{
    struct sl_runners *runners = ctx;
    switch (errand->type) {
    case SL_ERRAND_WALLET:
    case SL_ERRAND_PRICE:
        sl_account_reader_ask(runners->account, errand);
        break;
    case SL_ERRAND_VERIFY:
        sl_verify_worker_add(runners->verify, errand);
        break;
    case SL_ERRAND_STOP:
        sl_verify_worker_stop(runners->verify, errand->job_id);
        break;
    case SL_ERRAND_TRY_PAY:
    case SL_ERRAND_PAY:
        sl_deposit_worker_ask(runners->deposit, errand);
        break;
    }
}

static bool answer(void *ctx, struct sl_answer *out)
{
    struct sl_runners *runners = ctx;
    return sl_answers_next(&runners->answers, out);
}

/* What is in the list as it is now stays as the person left it: paused, cancelled, done. What
 * failed is tried again. */
static bool is_known(const struct sl_runners *runners, const struct sl_watch_item *item)
{
    struct sl_job job;
    if (sl_journal_find_path(runners->session->reader, item->path, &job, NULL) != 1)
        return false;
    const bool stopped = job.state == SL_JOB_PAUSED || job.state == SL_JOB_CANCELLED;
    return job.state != SL_JOB_FAILED && (stopped ? sl_file_mark_alike(&job.file, &item->file)
                                                  : sl_file_mark_equal(&job.file, &item->file));
}

static bool found(void *ctx, struct sl_found *out)
{
    struct sl_runners *runners = ctx;
    struct sl_watch_item *item = &runners->item;
    while (sl_watch_next(runners->watched.watch, item)) {
        if (item->kind == SL_WATCH_READY || item->kind == SL_WATCH_LINKS ||
            (item->kind == SL_WATCH_FILE && is_known(runners, item)))
            continue;
        out->note = item->kind == SL_WATCH_NOTE;
        out->err = item->err;
        out->file = item->file;
        memcpy(out->path, item->path, sizeof out->path);
        return true;
    }
    return false;
}

static void event(void *ctx, const struct sl_event *told)
{
    const struct sl_runners *runners = ctx;
    sl_folder_watch_on_event(&runners->watched, told);
}

static struct sl_errands door_of(struct sl_runners *runners)
{
    const struct sl_watch *watch = runners->watched.watch;
    return (struct sl_errands){.ctx = runners,
                               .answer_fd = runners->answers.fd,
                               .send = send,
                               .answer = answer,
                               .folders = runners->watched.folders,
                               .found_fd = watch != NULL ? sl_watch_fd(watch) : -1,
                               .found = found,
                               .event = event};
}

int sl_errands_open(struct sl_runners *runners, const struct sl_session *session,
                    struct sl_err *err)
{
    int rc = sl_answers_open(&runners->answers, err);
    runners->open = rc == SL_OK;
    runners->session = session;
    if (rc == SL_OK)
        rc = sl_account_reader_open(&runners->account, &session->target, &runners->answers, err);
    if (rc == SL_OK)
        rc = sl_verify_worker_open(&runners->verify, session, &runners->answers, err);
    if (rc == SL_OK)
        rc = sl_deposit_worker_open(&runners->deposit, session, &runners->answers, err);
    if (rc == SL_OK)
        rc = sl_folder_watch_open(&runners->watched, session, NULL, 0, err);
    runners->door = door_of(runners);
    return rc;
}

void sl_errands_close(struct sl_runners *runners)
{
    sl_folder_watch_close(&runners->watched);
    sl_account_reader_close(runners->account);
    sl_verify_worker_close(runners->verify);
    sl_deposit_worker_close(runners->deposit);
    if (runners->open)
        sl_answers_close(&runners->answers);
    *runners = (struct sl_runners){0};
}
