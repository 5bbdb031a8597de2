/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * face.h - one way to steer an engine and to see what it does. Layer: engine.
 *
 * A screen or a reporter uses a face and does not know where its engine runs: in this process
 * (sl_engine_face()), or in another process of the same user (sl_control_face()). Each face has one
 * user, on one thread.
 */
#ifndef SL_FACE_H
#define SL_FACE_H

#include "sluice/engine.h"

/** Whom a face of an engine serves. */
enum sl_face_user {
    SL_FACE_OWN,    /* the process of the engine: a screen or a reporter */
    SL_FACE_OTHERS, /* other processes, through a socket */
    SL_FACES
};

struct sl_face;

struct sl_face_ops {
    int (*send)(struct sl_face *face, const struct sl_command *command, struct sl_err *err);
    int (*event_fd)(const struct sl_face *face);
    bool (*next_event)(struct sl_face *face, struct sl_event *event);
    bool (*next_progress)(struct sl_face *face, struct sl_progress *progress);
};

/** Embedded in what implements it. */
struct sl_face {
    const struct sl_face_ops *ops;
};

/** A face of an engine of this process; borrowed from the engine. What one face adds is answered to
 * that face alone (REJECTED, SKIPPED, SCANNED): requests of SL_FACE_OTHERS have the bit
 * SL_REQUEST_OF_OTHERS in their ids. SL_FACE_OTHERS has no progress: that is on the engine's board.
 * It needs sl_engine_options.shared. */
struct sl_face *sl_engine_face(struct sl_engine *engine, enum sl_face_user user);
#define SL_REQUEST_OF_OTHERS (UINT64_C(1) << 63)

/** Send a command; never blocks. A command that makes no sense in the job's state does nothing.
 * Errors: SL_ENOMEM; SL_EOVERFLOW (path too long); SL_ENET (the engine's process is gone). */
int sl_face_send(struct sl_face *face, const struct sl_command *command,
                 struct sl_err *err) SL_MUST_CHECK;
/** sl_face_send() for a command without a path. */
int sl_face_send_job(struct sl_face *face, enum sl_command_type type, int64_t job_id, int number,
                     struct sl_err *err) SL_MUST_CHECK;
/** ADD a path, made absolute against the working directory of this process. Errors also:
 * SL_EUSAGE ("" is not a path). */
int sl_face_send_add(struct sl_face *face, const char *path, uint64_t request_id,
                     struct sl_err *err) SL_MUST_CHECK;
/** ADD a file that was found with this mark in a folder. A symbolic link in its place is not
 * followed. */
int sl_face_send_found(struct sl_face *face, const char *path, const struct sl_file_mark *file,
                       uint64_t request_id, struct sl_err *err) SL_MUST_CHECK;

/** A descriptor that is readable while events wait: for poll(). Progress does not make it
 * readable. */
int sl_face_event_fd(const struct sl_face *face);
/** The next event; false: there is none now. */
bool sl_face_next_event(struct sl_face *face, struct sl_event *event);
/** The next progress record; false: there is none now. */
bool sl_face_next_progress(struct sl_face *face, struct sl_progress *progress);

#endif
