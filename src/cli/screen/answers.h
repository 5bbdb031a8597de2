/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* answers.h - what threads have to tell the screen, in order, as plain values. Private to cli. */
#ifndef SL_CLI_ANSWERS_H
#define SL_CLI_ANSWERS_H

#include <pthread.h>

#include "sluice/errands.h"

struct sl_answer_node;

struct sl_answers {
    int fd; /* readable while there are any */
    pthread_mutex_t lock;
    struct sl_answer_node *first;
    struct sl_answer_node **last;
    struct sl_answer_node *newest; /* counts while there is a first */
};

/** Close with sl_answers_close() when it succeeded. Errors: those of eventfd(). */
int sl_answers_open(struct sl_answers *answers, struct sl_err *err) SL_MUST_CHECK;
void sl_answers_close(struct sl_answers *answers);

/** Any thread; copied. Without memory it is lost: whoever waits for it asks again. */
void sl_answers_post(struct sl_answers *answers, const struct sl_answer *answer);

/** The screen's thread: the next one, false when there is none now. */
bool sl_answers_next(struct sl_answers *answers, struct sl_answer *out);

#endif
