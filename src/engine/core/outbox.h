/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * outbox.h - delivers events to the faces. Events may be late but are never wrong, and the engine
 * never waits for a face.
 *
 * Each face has a ring of whole events and an eventfd that is readable while the ring holds some.
 * Events that do not fit stay with the engine, on two lists. Changed tasks are listed once and sent
 * with their newest state. Other events keep their order and follow the tasks that changed before
 * them. The face asks for more (`kick`) when it has taken some. A slow face delays neither the
 * engine nor another face.
 */
#ifndef SL_OUTBOX_H
#define SL_OUTBOX_H

#include <pthread.h>

#include "sluice/face.h"
#include "sluice/ring.h"

#include "jobs/tasks.h"

/* Events for one face. */
struct sl_outbox_channel {
    int fd; /* immutable */
    struct sl_ring *ring;
    /* engine thread only */
    unsigned user; /* enum sl_face_user */
    struct sl_task *dirty_head;
    struct sl_task **dirty_tail;
    struct sl_notice *notice_head;
    struct sl_notice **notice_tail;
    bool idle; /* to be announced behind everything else, if it still holds */
    /* under lock */
    pthread_mutex_t lock;
    bool backlog; /* something found no slot */
    /* face only */
    unsigned taken;
};

struct sl_outbox {
    struct sl_outbox_channel channels[SL_FACES];
    unsigned count; /* of faces: 1 is SL_FACE_OWN alone */
};

/** Errors: SL_ENOMEM, SL_EIO. Undo with sl_outbox_fini(), also after an error. */
int sl_outbox_init(struct sl_outbox *box, unsigned faces, struct sl_err *err) SL_MUST_CHECK;
void sl_outbox_fini(struct sl_outbox *box);

/* ---- engine thread ---- */

/** The task changed: it will be sent. */
void sl_outbox_task(struct sl_outbox *box, struct sl_task *task);

/** The task's wish differs from how this run places copies. Errors: SL_ENOMEM. */
int sl_outbox_deferred(struct sl_outbox *box, const struct sl_task *task,
                       struct sl_err *err) SL_MUST_CHECK;

/** The task was retired: it is announced no more, and its end is. Errors: SL_ENOMEM. */
int sl_outbox_gone(struct sl_outbox *box, struct sl_task *task, struct sl_err *err) SL_MUST_CHECK;

/** Another event; reads type, request_id, count, job.id, err; `path` may be NULL. Errors:
 * SL_ENOMEM. */
int sl_outbox_notice(struct sl_outbox *box, const struct sl_event *event, const char *path,
                     struct sl_err *err) SL_MUST_CHECK;

/** A PART event: job, part, path and the provider's URL, which outlives the outbox. Errors:
 * SL_ENOMEM. */
int sl_outbox_part(struct sl_outbox *box, const struct sl_task *task,
                   const struct sl_job_part *part, struct sl_err *err) SL_MUST_CHECK;

/** Whether the engine is idle has changed. */
void sl_outbox_idle(struct sl_outbox *box, bool idle);

/** What was changed but never committed is not sent: forget the changed tasks and their parts. */
void sl_outbox_forget_tasks(struct sl_outbox *box);

/** Send what finds a slot. True when nothing is left for SL_FACE_OWN. */
bool sl_outbox_flush(struct sl_outbox *box);

/* ---- the face `user` ---- */

/** Take the next event; false when there is none. *kick: wake the engine, it has more. */
bool sl_outbox_next(struct sl_outbox *box, enum sl_face_user user, struct sl_event *event,
                    bool *kick);

#endif
