/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* commit_waiters.c - the files and parts that wait for the commits: what they are given. */
#include "jobs/commit_waiters.h"

#include <stdlib.h>

#include "core/transaction.h"
#include "jobs/copies.h"

static void out_of_memory(struct sl_engine *engine)
{
    struct sl_err err = {0};
    sl_err_set(&err, SL_ENOMEM, "out of memory for a commit");
    sl_engine_break(engine, &err);
}

/* "filename", and for a part which one it is and of which file. */
struct labels {
    char name[SL_METADATA_VALUE_BYTES + 1];
    char part[SL_PART_LABEL_CHARS];
    char whole[SL_PIECE_CID_CHARS];
    struct sl_metadata entries[SL_METADATA_PIECE_ENTRIES];
    size_t count;
};

static void label(struct labels *labels, const struct sl_task *task, const struct sl_part *part)
{
    struct sl_job job;
    sl_metadata_filename(labels->name, task->path);
    labels->entries[0] = (struct sl_metadata){.key = SL_METADATA_FILENAME, .value = labels->name};
    labels->count = 1;
    if (part == NULL)
        return;
    sl_task_job(task, &job);
    sl_job_part_label(labels->part, &job, part->id);
    sl_piece_cid(labels->whole, &task->piece);
    labels->entries[1] = (struct sl_metadata){.key = SL_METADATA_PART, .value = labels->part};
    labels->entries[2] = (struct sl_metadata){.key = SL_METADATA_WHOLE, .value = labels->whole};
    labels->count = task->has_piece ? 3 : 2; /* not while a part of it is hashed again */
}

void sl_task_await_commit(struct sl_engine *engine, struct sl_task *task,
                          const struct sl_part *part)
{
    struct labels labels;
    struct sl_err err = {0};
    label(&labels, task, part);
    if (part == NULL)
        task->copies_landed = 0;
    if (task->copies_wanted == 0) { /* from a run that committed nothing */
        task->copies_landed = 0;
        task->copies_wanted = (uint8_t)engine->options.copies;
    }
    struct sl_commit_piece piece = {.piece = part != NULL ? sl_part_piece(part) : task->piece,
                                    .url = task->provider[0] != '\0' ? task->provider : engine->url,
                                    .metadata = labels.entries,
                                    .metadata_count = labels.count,
                                    .parked_ms = part == NULL || part->verify ? task->parked_ms : 0,
                                    .copies = sl_task_copies(engine, task)};
    const struct sl_owner owner = {task->id, part != NULL ? part->id : 0};
    if (sl_owners_put(&engine->owners, &piece.piece, owner, SL_NEED_COMMITS) < 0) {
        out_of_memory(engine);
        return;
    }
    piece.serial = engine->owners.serial;
    if (sl_commit_add(engine->commit, &piece, &err) < 0)
        sl_engine_break(engine, &err);
}

void sl_task_unawait_commit(struct sl_engine *engine, struct sl_task *task)
{
    if (task->has_piece)
        sl_owners_remove(&engine->owners, &task->piece, (struct sl_owner){task->id, 0});
}

/* A file that waits for another attempt is on its way too; how long others wait for it is bounded
 * by `hold`. */
static bool has_more_to_come(const struct sl_engine *engine)
{
    const size_t *live = engine->live;
    if (engine->phase != SL_RUNNING)
        return false;
    return engine->requests != NULL || (engine->options.endless && !engine->paused_all) ||
           live[SL_JOB_QUEUED] + live[SL_JOB_HASHING] + live[SL_JOB_UPLOADING] +
                   live[SL_JOB_ACCEPTED] + live[SL_JOB_WAITING] >
               0;
}

void sl_engine_expect(struct sl_engine *engine)
{
    if (engine->commit == NULL)
        return;
    const bool more = has_more_to_come(engine);
    if (more == engine->expecting)
        return;
    engine->expecting = more;
    sl_commit_expect(engine->commit, more);
}

void sl_engine_on_commit(void *ctx, const struct sl_commit_event *event)
{
    struct sl_engine *engine = ctx;
    struct sl_msg_commit *msg = malloc(sizeof *msg);
    if (msg == NULL) { /* the engine stops, and the journal tells the next run */
        atomic_store(&engine->deaf, true);
        sl_mailbox_wake(&engine->box);
        return;
    }
    msg->msg.kind = SL_MSG_COMMIT;
    msg->event = *event;
    sl_mailbox_put(&engine->box, &msg->msg);
}
