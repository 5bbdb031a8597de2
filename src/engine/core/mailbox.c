/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "core/mailbox.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

int sl_mailbox_init(struct sl_mailbox *box, struct sl_err *err)
{
    *box = (struct sl_mailbox){.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    const int why = errno;
    pthread_mutex_init(&box->lock, NULL);
    pthread_cond_init(&box->room, NULL);
    box->tail = &box->head;
    return box->fd >= 0 ? SL_OK : sl_err_sys(err, why, "make an eventfd");
}

void sl_mailbox_fini(struct sl_mailbox *box)
{
    pthread_cond_destroy(&box->room);
    pthread_mutex_destroy(&box->lock);
    if (box->fd >= 0)
        close(box->fd);
}

void sl_mailbox_wake(const struct sl_mailbox *box)
{
    const uint64_t one = 1;
    /* the only failure is a counter at its limit, which is as readable as can be */
    (void)!write(box->fd, &one, sizeof one);
}

static bool append(struct sl_mailbox *box, struct sl_msg *msg)
{
    const bool was_empty = box->head == NULL;
    msg->next = NULL;
    *box->tail = msg;
    box->tail = &msg->next;
    return was_empty;
}

void sl_mailbox_put(struct sl_mailbox *box, struct sl_msg *msg)
{
    pthread_mutex_lock(&box->lock);
    const bool first = append(box, msg);
    pthread_mutex_unlock(&box->lock);
    if (first)
        sl_mailbox_wake(box);
}

bool sl_mailbox_put_bounded(struct sl_mailbox *box, struct sl_msg *msg)
{
    bool first = false;
    pthread_mutex_lock(&box->lock);
    while (box->bounded >= SL_MAILBOX_BOUND && !box->closed)
        pthread_cond_wait(&box->room, &box->lock);
    const bool taken = !box->closed;
    if (taken) {
        box->bounded++;
        first = append(box, msg);
    }
    pthread_mutex_unlock(&box->lock);
    if (first)
        sl_mailbox_wake(box);
    return taken;
}

void sl_mailbox_close(struct sl_mailbox *box)
{
    pthread_mutex_lock(&box->lock);
    box->closed = true;
    pthread_cond_broadcast(&box->room);
    pthread_mutex_unlock(&box->lock);
}

void sl_mailbox_wait(const struct sl_mailbox *box, int64_t timeout_ms)
{
    struct pollfd ready = {.fd = box->fd, .events = POLLIN};
    const int wait = timeout_ms < 0 ? -1 : timeout_ms > INT_MAX ? INT_MAX : (int)timeout_ms;
    uint64_t count = 0;
    if (poll(&ready, 1, wait) > 0)
        (void)!read(box->fd, &count, sizeof count);
}

struct sl_msg *sl_mailbox_take(struct sl_mailbox *box)
{
    pthread_mutex_lock(&box->lock);
    struct sl_msg *list = box->head;
    box->head = NULL;
    box->tail = &box->head;
    if (box->bounded > 0) {
        box->bounded = 0;
        pthread_cond_broadcast(&box->room);
    }
    pthread_mutex_unlock(&box->lock);
    return list;
}
