/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "screen/answers.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct sl_answer_node {
    struct sl_answer_node *next;
    struct sl_answer answer;
};

int sl_answers_open(struct sl_answers *answers, struct sl_err *err)
{
    *answers = (struct sl_answers){.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (answers->fd < 0)
        return sl_err_sys(err, errno, "make an eventfd");
    pthread_mutex_init(&answers->lock, NULL);
    answers->last = &answers->first;
    return SL_OK;
}

void sl_answers_close(struct sl_answers *answers)
{
    while (answers->first != NULL) {
        struct sl_answer_node *next = answers->first->next;
        free(answers->first);
        answers->first = next;
    }
    pthread_mutex_destroy(&answers->lock);
    close(answers->fd);
}

/* A newer word on how far a file is takes the place of the one before, if nobody took that yet. */
static bool replaces(const struct sl_answer_node *node, const struct sl_answer *answer)
{
    return node->answer.type == SL_ANSWER_VERIFY && answer->type == SL_ANSWER_VERIFY &&
           node->answer.verify.job_id == answer->verify.job_id &&
           node->answer.verify.state == SL_VERIFY_RUNS;
}

static bool replace_newest(struct sl_answers *answers, const struct sl_answer *answer)
{
    struct sl_answer_node *node = answers->newest;
    if (answers->first == NULL || !replaces(node, answer))
        return false;
    node->answer = *answer;
    return true;
}

void sl_answers_post(struct sl_answers *answers, const struct sl_answer *answer)
{
    struct sl_answer_node *node = malloc(sizeof *node);
    if (node == NULL)
        return;
    *node = (struct sl_answer_node){.answer = *answer};
    pthread_mutex_lock(&answers->lock);
    const bool replaced = replace_newest(answers, answer);
    if (!replaced) {
        *answers->last = answers->newest = node;
        answers->last = &node->next;
        (void)eventfd_write(answers->fd, 1);
    }
    pthread_mutex_unlock(&answers->lock);
    if (replaced)
        free(node);
}

bool sl_answers_next(struct sl_answers *answers, struct sl_answer *out)
{
    eventfd_t count;
    pthread_mutex_lock(&answers->lock);
    struct sl_answer_node *node = answers->first;
    if (node != NULL) {
        answers->first = node->next;
        if (answers->first == NULL)
            answers->last = &answers->first;
    } else {
        (void)eventfd_read(answers->fd, &count);
    }
    pthread_mutex_unlock(&answers->lock);
    if (node == NULL)
        return false;
    *out = node->answer;
    free(node);
    return true;
}
