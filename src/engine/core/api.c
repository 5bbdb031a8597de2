/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* api.c - what a screen or a reporter calls from its own thread. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/engine_internal.h"

/* ---- commands ---- */

/* Absolute, without empty and "." parts, so that one file has one name. ".." stays: what it means
 * depends on links. */
int sl_engine_path(char out[static SL_PATH_BYTES], const char *path, struct sl_err *err)
{
    size_t len = 0;
    out[0] = '\0';
    if (path[0] != '/') {
        if (getcwd(out, SL_PATH_BYTES) == NULL)
            return sl_err_sys(err, errno, "find the working directory");
        len = strlen(out);
        len -= len == 1; /* "/" */
    }
    while (*path != '\0') {
        const size_t part = strcspn(path, "/");
        if (part > 0 && !(part == 1 && path[0] == '.')) {
            if (len + 1 + part >= SL_PATH_BYTES)
                return sl_err_set(err, SL_EOVERFLOW, "path too long: %.80s...", path);
            out[len++] = '/';
            memcpy(out + len, path, part);
            len += part;
        }
        path += part;
        path += *path == '/';
    }
    if (len == 0)
        out[len++] = '/';
    out[len] = '\0';
    return SL_OK;
}

/* The path stands apart so that callers without one need no struct sl_command of 4 KiB. */
struct brief {
    enum sl_command_type type;
    int64_t job_id;
    uint64_t request_id;
    int number;
    struct sl_file_mark file;
};

static int post(struct sl_engine *engine, struct brief command, const char *path,
                struct sl_err *err)
{
    const size_t len = strlen(path) + 1;
    struct sl_msg_command *msg = malloc(sizeof *msg + len);
    if (msg == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for a command");
    msg->msg.kind = SL_MSG_COMMAND;
    msg->type = command.type;
    msg->job_id = command.job_id;
    msg->request_id = command.request_id;
    msg->number = command.number;
    msg->file = command.file;
    memcpy(msg->path, path, len);
    sl_mailbox_put(&engine->box, &msg->msg);
    return SL_OK;
}

int sl_engine_send_found(struct sl_engine *engine, const char *path,
                         const struct sl_file_mark *file, uint64_t request_id, struct sl_err *err)
{
    char clean[SL_PATH_BYTES];
    const struct brief add = {.type = SL_CMD_ADD, .request_id = request_id, .file = *file};
    if (path[0] == '\0')
        return sl_err_set(err, SL_EUSAGE, "an empty path names no file");
    const int rc = sl_engine_path(clean, path, err);
    return rc < 0 ? rc : post(engine, add, clean, err);
}

int sl_engine_send_add(struct sl_engine *engine, const char *path, uint64_t request_id,
                       struct sl_err *err)
{
    return sl_engine_send_found(engine, path, &(struct sl_file_mark){0}, request_id, err);
}

int sl_engine_send_job(struct sl_engine *engine, enum sl_command_type type, int64_t job_id,
                       int number, struct sl_err *err)
{
    return post(engine, (struct brief){.type = type, .job_id = job_id, .number = number}, "", err);
}

int sl_engine_send(struct sl_engine *engine, const struct sl_command *command, struct sl_err *err)
{
    if (command->type == SL_CMD_ADD)
        return sl_engine_send_found(engine, command->path, &command->file, command->request_id,
                                    err);
    return sl_engine_send_job(engine, command->type, command->job_id, command->number, err);
}

void sl_engine_wake(struct sl_engine *engine)
{
    atomic_store(&engine->ticked, true);
    sl_mailbox_wake(&engine->box);
}

/* ---- events and progress ---- */

int sl_engine_event_fd(const struct sl_engine *engine)
{
    return engine->outbox.channels[SL_FACE_OWN].fd;
}

static bool next_event(struct sl_engine *engine, enum sl_face_user user, struct sl_event *event)
{
    bool kick = false;
    const bool got = sl_outbox_next(&engine->outbox, user, event, &kick);
    if (kick)
        sl_mailbox_wake(&engine->box);
    return got;
}

bool sl_engine_next_event(struct sl_engine *engine, struct sl_event *event)
{
    return next_event(engine, SL_FACE_OWN, event);
}

/* One a worker, and the planner's. */
static struct sl_ring *ring_at(const struct sl_engine *engine, unsigned at)
{
    return at < SL_SLOTS ? engine->workers[at].upload.ring : sl_planner_ring(engine->planner);
}

bool sl_engine_next_progress(struct sl_engine *engine, struct sl_progress *progress)
{
    for (unsigned tried = 0; tried <= SL_SLOTS; tried++) {
        if (sl_ring_pop(ring_at(engine, engine->next_ring % (SL_SLOTS + 1)), progress))
            return true;
        engine->next_ring++;
    }
    return false;
}

uint64_t sl_engine_dropped(const struct sl_engine *engine)
{
    uint64_t dropped = 0;
    for (unsigned i = 0; i <= SL_SLOTS; i++)
        dropped += sl_ring_dropped(ring_at(engine, i));
    return dropped;
}

struct sl_board *sl_engine_board(const struct sl_engine *engine)
{
    return engine->board;
}

/* ---- the faces ---- */

static const struct sl_engine_face *own(const struct sl_face *face)
{
    return (const struct sl_engine_face *)(const void *)face; /* its first member */
}

static int face_send(struct sl_face *face, const struct sl_command *command, struct sl_err *err)
{
    return sl_engine_send(own(face)->engine, command, err);
}

static int face_event_fd(const struct sl_face *face)
{
    return own(face)->engine->outbox.channels[own(face)->user].fd;
}

static bool face_next_event(struct sl_face *face, struct sl_event *event)
{
    return next_event(own(face)->engine, own(face)->user, event);
}

static bool face_next_progress(struct sl_face *face, struct sl_progress *progress)
{
    return own(face)->user == SL_FACE_OWN && sl_engine_next_progress(own(face)->engine, progress);
}

struct sl_face *sl_engine_face(struct sl_engine *engine, enum sl_face_user user)
{
    static const struct sl_face_ops ops = {.send = face_send,
                                           .event_fd = face_event_fd,
                                           .next_event = face_next_event,
                                           .next_progress = face_next_progress};
    engine->faces[user] = (struct sl_engine_face){.face.ops = &ops, .engine = engine, .user = user};
    return &engine->faces[user].face;
}

/* ---- any face ---- */

int sl_face_send(struct sl_face *face, const struct sl_command *command, struct sl_err *err)
{
    return face->ops->send(face, command, err);
}

int sl_face_event_fd(const struct sl_face *face)
{
    return face->ops->event_fd(face);
}

bool sl_face_next_event(struct sl_face *face, struct sl_event *event)
{
    return face->ops->next_event(face, event);
}

bool sl_face_next_progress(struct sl_face *face, struct sl_progress *progress)
{
    return face->ops->next_progress(face, progress);
}

int sl_face_send_job(struct sl_face *face, enum sl_command_type type, int64_t job_id, int number,
                     struct sl_err *err)
{
    struct sl_command command;
    command.type = type;
    command.job_id = job_id;
    command.request_id = 0;
    command.number = number;
    command.file = (struct sl_file_mark){0};
    command.path[0] = '\0'; /* the other 4 KiB are not read */
    return sl_face_send(face, &command, err);
}

int sl_face_send_found(struct sl_face *face, const char *path, const struct sl_file_mark *file,
                       uint64_t request_id, struct sl_err *err)
{
    if (path[0] == '\0')
        return sl_err_set(err, SL_EUSAGE, "an empty path names no file");
    struct sl_command *command = calloc(1, sizeof *command);
    if (command == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for a command");
    command->type = SL_CMD_ADD;
    command->request_id = request_id;
    command->file = *file;
    int rc = sl_engine_path(command->path, path, err);
    if (rc == SL_OK)
        rc = sl_face_send(face, command, err);
    free(command);
    return rc;
}

int sl_face_send_add(struct sl_face *face, const char *path, uint64_t request_id,
                     struct sl_err *err)
{
    return sl_face_send_found(face, path, &(struct sl_file_mark){0}, request_id, err);
}
