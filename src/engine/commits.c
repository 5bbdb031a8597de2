/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* From "the provider lists it" to "it is on chain": what is given to the commits, and what they
 * tell. */
#include <stdlib.h>
#include <string.h>

#include "sluice/text.h"

#include "inside.h"

#define FILENAME "filename"

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

void sl_engine_piece_parked(struct sl_engine *engine, struct sl_task *task)
{
    if (engine->commit == NULL) {
        (void)sl_task_step(engine, task, SL_IN_FOUND);
        return;
    }
    (void)sl_task_step(engine, task, SL_IN_COMMIT);
}

void sl_engine_await(struct sl_engine *engine, struct sl_task *task)
{
    char name[SL_METADATA_VALUE_BYTES + 1];
    struct sl_err err = {0};
    const struct sl_metadata metadata = {.key = FILENAME, .value = name};
    const struct sl_commit_piece piece = {.piece = task->piece,
                                          .url = task->provider[0] != '\0' ? task->provider
                                                                           : engine->url,
                                          .metadata = &metadata,
                                          .metadata_count = 1};
    name_of(name, task->path);
    task->copies_wanted = (uint8_t)sl_commit_copies(engine->commit);
    task->copies_landed = 0;
    task->await = sl_awaits_put(&engine->awaits, &task->piece, task->id, 0);
    if (task->await == NULL) {
        out_of_memory(engine);
        return;
    }
    if (sl_commit_add(engine->commit, &piece, &err) < 0)
        sl_engine_break(engine, &err);
}

void sl_engine_unawait(struct sl_engine *engine, struct sl_task *task)
{
    task->await = NULL;
    sl_awaits_remove(&engine->awaits, &task->piece, task->id, 0);
}

bool sl_engine_uncommit(struct sl_engine *engine, struct sl_task *task)
{
    const struct sl_await *await = sl_awaits_of(&engine->awaits, &task->piece, NULL);
    const bool shared = await != NULL && sl_awaits_of(&engine->awaits, &task->piece, await) != NULL;
    /* one that another job waits for is committed for that one */
    return engine->commit == NULL || shared || sl_commit_forget(engine->commit, &task->piece);
}

bool sl_engine_recommit(struct sl_engine *engine, struct sl_task *task)
{
    if (engine->commit == NULL || !sl_commit_has(engine->commit, &task->piece))
        return false;
    return sl_task_step(engine, task, SL_IN_VERIFY);
}

void sl_engine_expect(struct sl_engine *engine)
{
    const size_t *live = engine->live;
    if (engine->commit == NULL)
        return;
    const bool more = engine->phase == SL_RUNNING &&
                      (engine->requests != NULL ||
                       live[SL_JOB_QUEUED] + live[SL_JOB_UPLOADING] + live[SL_JOB_ACCEPTED] > 0);
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
    await->landed |= UINT32_C(1) << event->copy;
    task->copies_landed = (uint8_t)count_bits(await->landed);
    if (event->copy == 0 || task->data_set_id == 0) {
        task->data_set_id = event->data_set_id;
        task->chain_piece_id = event->piece_id;
    }
}

/* Every copy has ended. One is enough to be safe; why others are missing stays with the job. */
static void finish(struct sl_engine *engine, struct sl_task *task, const struct sl_err *err)
{
    struct sl_err why = *err;
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
    finish(engine, task, &why);
}

static void apply(struct sl_engine *engine, struct sl_task *task, struct sl_await *await,
                  const struct sl_commit_event *event)
{
    switch (event->type) {
    case SL_COMMIT_GATHERED:
        await->batch = (uint16_t)event->batch;
        if (!sl_task_step(engine, task, SL_IN_GATHERED))
            sl_outbox_task(&engine->outbox, task);
        break;
    case SL_COMMIT_SENT:
        if (event->copy == 0 || await->tx[0] == '\0')
            memcpy(await->tx, event->tx, sizeof await->tx);
        sl_outbox_task(&engine->outbox, task);
        break;
    case SL_COMMIT_LOST:
        task->attempts = 0;
        (void)sl_task_step(engine, task, SL_IN_MISSING);
        break;
    case SL_COMMIT_LANDED:
    case SL_COMMIT_FAILED:
        end_copy(engine, task, await, event);
        break;
    }
}

void sl_engine_committed(struct sl_engine *engine, const struct sl_msg_commit *msg)
{
    struct sl_await *await = sl_awaits_of(&engine->awaits, &msg->event.piece, NULL);
    while (await != NULL) {
        struct sl_await *next = sl_awaits_of(&engine->awaits, &msg->event.piece, await);
        struct sl_task *task = sl_tasks_by_id(&engine->tasks, await->job_id);
        if (task != NULL)
            apply(engine, task, await, &msg->event);
        await = next;
    }
}
