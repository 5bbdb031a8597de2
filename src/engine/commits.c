/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* From "the provider lists it" to "it is on chain": what is given to the commits, and what they
 * tell. */
#include <stdlib.h>
#include <string.h>

#include "sluice/text.h"

#include "inside.h"

static int count_bits(uint32_t bits)
{
    int count = 0;
    for (; bits != 0; bits &= bits - 1)
        count++;
    return count;
}

static uint32_t all_copies(const struct sl_engine *engine)
{
    return (UINT32_C(1) << sl_commit_copies(engine->commit)) - 1;
}

static void out_of_memory(struct sl_engine *engine)
{
    struct sl_err err = {0};
    sl_err_set(&err, SL_ENOMEM, "out of memory for a commit");
    sl_engine_break(engine, &err);
}

/* ---- to the commits ---- */

/* The name as it can stand in metadata: printable, whole characters, within the contract's bytes.
 */
static void name_of(char out[static SL_METADATA_VALUE_BYTES + 1], const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    (void)sl_text_escape(out, SL_METADATA_VALUE_BYTES + 1, name, strlen(name));
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
    name_of(labels->name, task->path);
    labels->entries[0] = (struct sl_metadata){.key = SL_METADATA_FILENAME, .value = labels->name};
    labels->count = 1;
    if (part == NULL)
        return;
    sl_task_job(task, &job);
    sl_part_label(labels->part, &job, part->id);
    sl_piece_cid(labels->whole, &task->piece);
    labels->entries[1] = (struct sl_metadata){.key = SL_METADATA_PART, .value = labels->part};
    labels->entries[2] = (struct sl_metadata){.key = SL_METADATA_WHOLE, .value = labels->whole};
    labels->count = task->has_piece ? 3 : 2; /* not while a part of it is hashed again */
}

void sl_engine_await(struct sl_engine *engine, struct sl_task *task, const struct sl_part *part)
{
    struct labels labels;
    struct sl_err err = {0};
    label(&labels, task, part);
    const struct sl_commit_piece piece = {.piece = part != NULL ? sl_part_piece(part) : task->piece,
                                          .url = task->provider[0] != '\0' ? task->provider
                                                                           : engine->url,
                                          .metadata = labels.entries,
                                          .metadata_count = labels.count};
    if (task->copies_wanted == 0 || part == NULL)
        task->copies_landed = 0;
    task->copies_wanted = (uint8_t)sl_commit_copies(engine->commit);
    struct sl_await *await =
        sl_awaits_put(&engine->awaits, &piece.piece, task->id, part != NULL ? part->id : 0);
    if (await == NULL) {
        out_of_memory(engine);
        return;
    }
    if (part == NULL || task->await == NULL)
        task->await = await;
    if (sl_commit_add(engine->commit, &piece, &err) < 0)
        sl_engine_break(engine, &err);
}

static void unawait(struct sl_engine *engine, struct sl_task *task, const struct sl_piece_id *piece,
                    int part)
{
    if (task->await != NULL &&
        task->await == sl_awaits_find(&engine->awaits, piece, task->id, part))
        task->await = NULL;
    sl_awaits_remove(&engine->awaits, piece, task->id, part);
}

void sl_engine_unawait_part(struct sl_engine *engine, struct sl_task *task,
                            const struct sl_part *part)
{
    const struct sl_piece_id piece = sl_part_piece(part);
    if (part->has_piece)
        unawait(engine, task, &piece, part->id);
}

void sl_engine_unawait(struct sl_engine *engine, struct sl_task *task)
{
    if (engine->awaits.count == 0)
        return;
    if (task->split == NULL && task->has_piece)
        unawait(engine, task, &task->piece, 0);
    for (uint32_t i = 0; task->split != NULL && i < task->split->count; i++)
        sl_engine_unawait_part(engine, task, &task->split->parts[i]);
}

/* One that another job waits for is committed for that one. */
static bool take_back(struct sl_engine *engine, const struct sl_piece_id *piece)
{
    const struct sl_await *await = sl_awaits_of(&engine->awaits, piece, NULL);
    const bool shared = await != NULL && sl_awaits_of(&engine->awaits, piece, await) != NULL;
    return await == NULL || shared || sl_commit_forget(engine->commit, piece);
}

bool sl_engine_uncommit(struct sl_engine *engine, struct sl_task *task)
{
    if (task->split == NULL)
        return !task->has_piece || take_back(engine, &task->piece);
    for (uint32_t i = 0; i < task->split->count; i++) {
        const struct sl_part *part = &task->split->parts[i];
        const struct sl_piece_id piece = sl_part_piece(part);
        if (part->has_piece)
            (void)take_back(engine, &piece); /* what is on its way is told with the reason */
    }
    return true;
}

bool sl_engine_on_chain(struct sl_engine *engine, struct sl_task *task)
{
    if (task->shard_bytes == 0)
        return sl_commit_has(engine->commit, &task->piece);
    if (!sl_task_parts(engine, task))
        return false;
    for (uint32_t i = 0; i < task->split->count; i++) {
        const struct sl_piece_id piece = sl_part_piece(&task->split->parts[i]);
        if (!sl_commit_has(engine->commit, &piece))
            return false;
    }
    return true;
}

bool sl_engine_recommit(struct sl_engine *engine, struct sl_task *task)
{
    if (engine->commit == NULL)
        return false;
    if (task->shard_bytes > 0)
        return sl_parts_recommit(engine, task);
    return sl_engine_on_chain(engine, task) && sl_task_step(engine, task, SL_IN_VERIFY);
}

void sl_engine_expect(struct sl_engine *engine)
{
    const size_t *live = engine->live;
    if (engine->commit == NULL)
        return;
    const bool more =
        engine->phase == SL_RUNNING &&
        (engine->requests != NULL || live[SL_JOB_QUEUED] + live[SL_JOB_HASHING] +
                                             live[SL_JOB_UPLOADING] + live[SL_JOB_ACCEPTED] >
                                         0);
    if (more == engine->expecting)
        return;
    engine->expecting = more;
    sl_commit_expect(engine->commit, more);
}

/* ---- from the commits ---- */

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

static void note_landed(struct sl_task *task, struct sl_await *await,
                        const struct sl_commit_event *event)
{
    const bool first = await->part == 0 || await->part == 1;
    await->landed |= UINT32_C(1) << event->copy;
    if (await->part == 0)
        task->copies_landed = (uint8_t)count_bits(await->landed);
    if (task->data_set_id == 0 || (event->copy == 0 && first)) {
        task->data_set_id = event->data_set_id;
        task->chain_piece_id = event->piece_id;
    }
}

/* Every copy has ended. One is enough to be safe; why others are missing stays with the job. */
static void finish(struct sl_engine *engine, struct sl_task *task, const struct sl_err *err)
{
    struct sl_err why = *err;
    if (task->copies_landed == 0 && err->code == SL_EALIKE) {
        sl_engine_unawait(engine, task); /* it is of the whole, which is no piece any more */
        if (sl_task_cut_apart(engine, task, &why) == SL_OK) {
            (void)sl_task_step(engine, task, SL_IN_MISSING);
            return;
        }
    }
    if (task->copies_landed == 0) {
        sl_task_blame(task, &why);
        (void)sl_task_step(engine, task, SL_IN_FAIL);
        return;
    }
    if (!sl_task_step(engine, task, SL_IN_CONFIRM) || task->copies_landed == task->copies_wanted)
        return;
    sl_err_ctx(&why, "%d of %d copies", task->copies_landed, task->copies_wanted);
    sl_task_blame(task, &why);
    sl_task_save(engine, task);
}

static void end_copy(struct sl_engine *engine, struct sl_task *task, struct sl_await *await,
                     const struct sl_commit_event *event)
{
    await->ended |= UINT32_C(1) << event->copy;
    if (event->type == SL_COMMIT_LANDED)
        note_landed(task, await, event);
    if (event->type == SL_COMMIT_FAILED)
        await->why = event->err;
    if (await->ended != all_copies(engine)) {
        sl_task_save(engine, task);
        return;
    }
    const struct sl_err why = await->why; /* the entry does not outlive the state */
    const int landed = count_bits(await->landed);
    if (await->part == 0)
        finish(engine, task, &why);
    else
        sl_parts_committed(engine, task, await->part, landed, &why);
}

static void is_gathered(struct sl_engine *engine, struct sl_task *task, struct sl_await *await,
                        unsigned batch)
{
    await->batch = (uint16_t)batch;
    if (!sl_task_step(engine, task, SL_IN_GATHERED)) /* of a file in parts: others are not there */
        sl_outbox_task(&engine->outbox, task);
}

static void is_lost(struct sl_engine *engine, struct sl_task *task, const struct sl_await *await)
{
    if (await->part != 0) {
        sl_parts_lost(engine, task, await->part);
        return;
    }
    task->attempts = 0;
    (void)sl_task_step(engine, task, SL_IN_MISSING);
}

static void apply(struct sl_engine *engine, struct sl_task *task, struct sl_await *await,
                  const struct sl_commit_event *event)
{
    switch (event->type) {
    case SL_COMMIT_GATHERED:
        is_gathered(engine, task, await, event->batch);
        break;
    case SL_COMMIT_SENT:
        if (event->copy == 0 || await->tx[0] == '\0')
            memcpy(await->tx, event->tx, sizeof await->tx);
        sl_outbox_task(&engine->outbox, task);
        break;
    case SL_COMMIT_AWAY:
        sl_engine_close_gate(engine, &event->err);
        break;
    case SL_COMMIT_NOTE:
        break;
    case SL_COMMIT_LOST:
        is_lost(engine, task, await);
        break;
    case SL_COMMIT_LANDED:
    case SL_COMMIT_FAILED:
        end_copy(engine, task, await, event);
        break;
    }
}

static void say(struct sl_engine *engine, const struct sl_err *err)
{
    struct sl_event event = {.type = SL_EVENT_NOTE, .err = *err};
    sl_engine_say(engine, &event, NULL);
}

void sl_engine_committed(struct sl_engine *engine, const struct sl_msg_commit *msg)
{
    if (msg->event.type == SL_COMMIT_NOTE)
        say(engine, &msg->event.err);
    struct sl_await *await = sl_awaits_of(&engine->awaits, &msg->event.piece, NULL);
    while (await != NULL) {
        struct sl_await *next = sl_awaits_of(&engine->awaits, &msg->event.piece, await);
        struct sl_task *task = sl_tasks_by_id(&engine->tasks, await->job_id);
        if (task != NULL)
            apply(engine, task, await, &msg->event);
        await = next;
    }
}
