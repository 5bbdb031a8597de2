/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "errands.h"

static void send(void *ctx, const struct sl_errand *errand)
{
    struct sl_runners *runners = ctx;
    switch (errand->type) {
    case SL_ERRAND_WALLET:
    case SL_ERRAND_PRICE:
        sl_account_ask(runners->account, errand);
        break;
    case SL_ERRAND_VERIFY:
        sl_checker_add(runners->checker, errand);
        break;
    case SL_ERRAND_STOP:
        sl_checker_stop(runners->checker, errand->job_id);
        break;
    }
}

static bool answer(void *ctx, struct sl_answer *out)
{
    struct sl_runners *runners = ctx;
    return sl_answers_next(&runners->answers, out);
}

int sl_errands_open(struct sl_runners *runners, const struct sl_session *session,
                    struct sl_err *err)
{
    int rc = sl_answers_open(&runners->answers, err);
    runners->open = rc == SL_OK;
    if (rc == SL_OK)
        rc = sl_account_open(&runners->account, &session->uplink, &runners->answers, err);
    if (rc == SL_OK)
        rc = sl_checker_open(&runners->checker, session, &runners->answers, err);
    runners->door = (struct sl_errands){
        .ctx = runners, .answer_fd = runners->answers.fd, .send = send, .answer = answer};
    return rc;
}

void sl_errands_close(struct sl_runners *runners)
{
    sl_account_close(runners->account);
    sl_checker_close(runners->checker);
    if (runners->open)
        sl_answers_close(&runners->answers);
    *runners = (struct sl_runners){0};
}
