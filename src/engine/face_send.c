/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* face_send.c - what callers of any face share: commands and paths made ready. */
#include <stdlib.h>
#include <string.h>

#include "sluice/face.h"

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
