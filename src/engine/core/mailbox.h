/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * mailbox.h - messages from any thread to the engine thread, in the order they were put.
 *
 * A mutex, a list and an eventfd: the engine waits on the descriptor and takes the whole list at
 * once. Putting never waits, except for the scanner, which is held while too many of its messages
 * are unread.
 */
#ifndef SL_MAILBOX_H
#define SL_MAILBOX_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "sluice/err.h"

enum sl_msg_kind {
    SL_MSG_COMMAND,  /* struct sl_msg_command, owned by the message */
    SL_MSG_SCAN,     /* struct sl_msg_scan, owned by the message */
    SL_MSG_PLANNED,  /* part of a worker: its file is not the one that was queued */
    SL_MSG_RESULT,   /* part of a worker: its upload has ended */
    SL_MSG_PARKED,   /* part of a struct sl_park_query: its outcome */
    SL_MSG_HASHED,   /* struct sl_hashed, owned by the message */
    SL_MSG_HASH_END, /* part of the planner: it hashes nothing any more */
    SL_MSG_PROBED,   /* part of the park poller: the provider was asked for a sign of life */
    SL_MSG_SILENT,   /* part of the park poller: who was asked about a piece does not answer */
    SL_MSG_SOUGHT,   /* part of the engine: another provider was looked for */
    SL_MSG_COMMIT,   /* struct sl_msg_commit, owned by the message */
    SL_MSG_BROKEN,   /* part of the engine: the scanner ran out of memory */
};

/** First member of every message. */
struct sl_msg {
    struct sl_msg *next;
    enum sl_msg_kind kind;
};

enum { SL_MAILBOX_BOUND = 1024 };

struct sl_mailbox {
    int fd; /* immutable: eventfd, readable while messages or a wake-up wait */
    pthread_mutex_t lock;
    pthread_cond_t room;
    /* under lock */
    struct sl_msg *head;
    struct sl_msg **tail;
    unsigned bounded; /* unread messages of sl_mailbox_put_bounded() */
    bool closed;
};

/** Errors: SL_EIO (no descriptor left). Undo with sl_mailbox_fini(), also after an error; unread
 * messages stay whose they are: take them first. */
int sl_mailbox_init(struct sl_mailbox *box, struct sl_err *err) SL_MUST_CHECK;
void sl_mailbox_fini(struct sl_mailbox *box);

/** Any thread: put a message the engine gets; never waits. */
void sl_mailbox_put(struct sl_mailbox *box, struct sl_msg *msg);

/** Any thread: as put, but waits while SL_MAILBOX_BOUND such messages are unread. False once
 * closed: the message was not taken. */
bool sl_mailbox_put_bounded(struct sl_mailbox *box, struct sl_msg *msg);

/** Refuse bounded messages from now on, and let go who waits. */
void sl_mailbox_close(struct sl_mailbox *box);

/** Any thread: end the engine's wait. */
void sl_mailbox_wake(const struct sl_mailbox *box);

/** Engine: wait for a message or wake-up, at most timeout_ms (< 0: for ever). */
void sl_mailbox_wait(const struct sl_mailbox *box, int64_t timeout_ms);

/** Engine: all messages, oldest first; NULL when there are none. */
struct sl_msg *sl_mailbox_take(struct sl_mailbox *box);

#endif
