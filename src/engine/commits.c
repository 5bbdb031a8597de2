/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* From "the provider lists it" to "it is on chain": what is given to the commits, and what they
 * tell. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "inside.h"

enum { OWNERS = 64 };

static int count_bits(uint32_t bits)
{
    int count = 0;
    for (; bits != 0; bits &= bits - 1)
        count++;
    return count;
}

static uint32_t all_copies(const struct sl_engine *engine, const struct sl_task *task)
{
    return (UINT32_C(1) << sl_task_copies(engine, task)) - 1;
}

static void out_of_memory(struct sl_engine *engine)
{
    struct sl_err err = {0};
    sl_err_set(&err, SL_ENOMEM, "out of memory for a commit");
    sl_engine_break(engine, &err);
}

/* ---- to the commits ---- */

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

void sl_engine_await(struct sl_engine *engine, struct sl_task *task, const struct sl_part *part)
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
                                    .copies = sl_task_copies(engine, task)};
    const struct sl_owner owner = {task->id, part != NULL ? part->id : 0};
    if (sl_needs_put(&engine->needs, &piece.piece, owner, SL_NEED_COMMITS) < 0) {
        out_of_memory(engine);
        return;
    }
    piece.serial = engine->needs.serial;
    if (sl_commit_add(engine->commit, &piece, &err) < 0)
        sl_engine_break(engine, &err);
}

void sl_engine_unawait(struct sl_engine *engine, struct sl_task *task)
{
    if (task->has_piece)
        sl_needs_remove(&engine->needs, &task->piece, (struct sl_owner){task->id, 0});
}

/* The first owner in another file whose piece the commits have. */
static struct sl_task *other_owner(struct sl_engine *engine, const struct sl_piece_id *piece,
                                   int64_t but_job_id, const struct sl_part **part)
{
    struct sl_owner owners[OWNERS];
    struct sl_owner after = {0};
    struct sl_need need;
    size_t count;
    while ((count = sl_needs_owners(&engine->needs, piece, after, owners, OWNERS)) > 0) {
        for (size_t i = 0; i < count; i++) {
            struct sl_task *task = sl_tasks_by_id(&engine->tasks, owners[i].job_id);
            if (task == NULL || task->id == but_job_id ||
                !sl_needs_find(&engine->needs, piece, owners[i], &need) ||
                need.kind != SL_NEED_COMMITS)
                continue;
            *part = task->split != NULL ? sl_split_find(task->split, owners[i].part) : NULL;
            if ((*part != NULL) == (owners[i].part != 0))
                return task;
        }
        after = owners[count - 1];
    }
    return NULL;
}

/* Take a piece back from the commits, unless another file needs it: then it is committed for that
 * file, under that file's name. */
static bool take_back(struct sl_engine *engine, int64_t job_id, const struct sl_piece_id *piece)
{
    const struct sl_part *part = NULL;
    struct sl_task *other = other_owner(engine, piece, job_id, &part);
    const bool taken = sl_commit_forget(engine->commit, piece);
    if (taken && other != NULL)
        sl_engine_await(engine, other, part);
    return taken || other != NULL;
}

/* Step each part of the file that needs the piece with SL_IN_VERIFY: the commits will report
 * nothing more about these parts. */
static void is_taken_back(struct sl_engine *engine, struct sl_task *task,
                          const struct sl_piece_id *piece)
{
    struct sl_owner owner = {task->id, 0};
    while (sl_needs_owners(&engine->needs, piece, owner, &owner, 1) == 1 &&
           owner.job_id == task->id) {
        struct sl_part *part = sl_split_find(task->split, owner.part);
        if (part != NULL && part->state == SL_JOB_STORED)
            (void)sl_part_step(engine, task, part, SL_IN_VERIFY);
    }
}

bool sl_engine_uncommit(struct sl_engine *engine, struct sl_task *task)
{
    const bool committing = task->state == SL_JOB_PARKED || task->state == SL_JOB_COMMITTING;
    bool any = false;
    if (task->split == NULL)
        return !committing || take_back(engine, task->id, &task->piece);
    for (uint32_t i = 0; i < task->split->count; i++) {
        const struct sl_part *part = &task->split->parts[i];
        const struct sl_piece_id piece = sl_part_piece(part);
        /* a part whose transaction is already on its way stays; its end comes with the reason */
        if (part->state != SL_JOB_STORED || !take_back(engine, task->id, &piece))
            continue;
        is_taken_back(engine, task, &piece);
        any = true;
    }
    return any || !committing;
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

static void note_landed(const struct sl_engine *engine, struct sl_task *task,
                        const struct sl_need *need, const struct sl_commit_event *event)
{
    const bool first = need->owner.part == 0 || need->owner.part == 1;
    if (need->owner.part == 0)
        task->copies_landed = (uint8_t)count_bits(need->landed & all_copies(engine, task));
    if (task->data_set_id == 0 || (event->copy == 0 && first)) {
        task->data_set_id = event->data_set_id;
        task->chain_piece_id = event->piece_id;
    }
}

/* SL_OK, SL_ENOENT or SL_ECHANGED. A file that cannot be looked at may still be the same. */
static int look_at_file(const struct sl_task *task)
{
    struct stat st;
    if (stat(task->path, &st) != 0)
        return errno == ENOENT || errno == ENOTDIR ? SL_ENOENT : SL_OK;
    const struct sl_file_mark now = sl_file_mark_on(&st, sl_path_makes_up_ctime(task->path));
    return S_ISREG(st.st_mode) && sl_file_mark_alike(&task->file, &now) ? SL_OK : SL_ECHANGED;
}

/* A copy whose source the provider has lost can come from the file alone. When the file is gone
 * too, the code has to say that another run makes no difference. */
void sl_task_blame_copies(struct sl_engine *engine, struct sl_task *task, const struct sl_err *err)
{
    struct sl_err why = *err;
    const bool lost = err->code == SL_EMISMATCH && err->detail == SL_COMMIT_SOURCE_LOST;
    const int code = lost ? look_at_file(task) : SL_OK;
    if (code != SL_OK)
        (void)sl_err_set(&why, code, "the file %s, and %s",
                         code == SL_ENOENT ? "is gone" : "has changed", err->text);
    sl_err_ctx(&why, "%d of %d copies", task->copies_landed, task->copies_wanted);
    sl_task_blame(task, &why);
    sl_task_save(engine, task);
}

/* Every copy has ended. One is enough to be safe; why others are missing stays with the job. */
static void finish(struct sl_engine *engine, struct sl_task *task, const struct sl_err *err)
{
    struct sl_err why = *err;
    if (task->copies_landed == 0 && err->code == SL_EALIKE) {
        sl_engine_unawait(engine, task); /* the whole file is no longer one piece */
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
    sl_task_blame_copies(engine, task, &why);
}

static void end_copy(struct sl_engine *engine, struct sl_task *task, struct sl_owner owner,
                     const struct sl_commit_event *event)
{
    const struct sl_copy_end end = {.copy = event->copy,
                                    .landed = event->type == SL_COMMIT_LANDED,
                                    .serial = event->serial,
                                    .why = &event->err};
    const uint32_t all = all_copies(engine, task);
    struct sl_need need;
    struct sl_err why;
    /* a copy that landed elsewhere may count as copy 0 for one copy, and as copy 1 for two */
    if (end.landed && event->copies != 0 && event->copies < sl_task_copies(engine, task))
        return;
    if (!sl_needs_end_copy(&engine->needs, &event->piece, owner, &end, &need, &why))
        return;
    if (end.landed)
        note_landed(engine, task, &need, event);
    if ((need.ended & all) != all)
        sl_task_save(engine, task);
    else if (owner.part == 0)
        finish(engine, task, &why);
    else
        sl_parts_committed(engine, task, owner.part, count_bits(need.landed & all), &why);
}

static struct sl_underway *underway(struct sl_engine *engine, struct sl_task *task)
{
    if (task->underway == NULL)
        task->underway = calloc(1, sizeof *task->underway);
    if (task->underway == NULL)
        out_of_memory(engine);
    return task->underway;
}

static void is_gathered(struct sl_engine *engine, struct sl_task *task, unsigned batch)
{
    struct sl_underway *now = underway(engine, task);
    if (now != NULL)
        now->batch = (uint16_t)batch;
    if (!sl_task_step(engine, task, SL_IN_GATHERED)) /* of a file in parts: others are not there */
        sl_outbox_task(&engine->outbox, task);
}

static void is_sent(struct sl_engine *engine, struct sl_task *task,
                    const struct sl_commit_event *event)
{
    struct sl_underway *now = underway(engine, task);
    if (now != NULL && (event->copy == 0 || now->tx[0] == '\0'))
        memcpy(now->tx, event->tx, sizeof now->tx);
    sl_outbox_task(&engine->outbox, task);
}

static void is_lost(struct sl_engine *engine, struct sl_task *task, struct sl_owner owner)
{
    if (owner.part != 0) {
        sl_parts_lost(engine, task, owner.part);
        return;
    }
    task->attempts = 0;
    (void)sl_task_step(engine, task, SL_IN_MISSING);
}

static void tell(struct sl_engine *engine, struct sl_owner owner,
                 const struct sl_commit_event *event)
{
    struct sl_task *task = sl_tasks_by_id(&engine->tasks, owner.job_id);
    struct sl_need need;
    if (task == NULL || !sl_needs_find(&engine->needs, &event->piece, owner, &need) ||
        need.kind != SL_NEED_COMMITS)
        return;
    sl_task_note_copy(task, event);
    switch (event->type) {
    case SL_COMMIT_GATHERED:
        is_gathered(engine, task, event->batch);
        break;
    case SL_COMMIT_SENT:
        is_sent(engine, task, event);
        break;
    case SL_COMMIT_AWAY:
        sl_engine_close_gate(engine, &event->err);
        break;
    case SL_COMMIT_NOTE:
        break;
    case SL_COMMIT_LOST:
        if (event->serial >= need.serial)
            is_lost(engine, task, owner);
        break;
    case SL_COMMIT_LANDED:
    case SL_COMMIT_FAILED:
        end_copy(engine, task, owner, event);
        break;
    }
}

static void say(struct sl_engine *engine, const struct sl_err *err)
{
    struct sl_event event = {.type = SL_EVENT_NOTE, .err = *err};
    sl_engine_say(engine, &event, NULL);
}

/* A step for one owner may change the needs of the others, so each owner is looked up when its turn
 * comes. */
void sl_engine_committed(struct sl_engine *engine, const struct sl_msg_commit *msg)
{
    const struct sl_commit_event *event = &msg->event;
    struct sl_owner owners[OWNERS];
    struct sl_owner after = {0};
    size_t count;
    if (event->type == SL_COMMIT_NOTE) {
        say(engine, &event->err);
        return;
    }
    while ((count = sl_needs_owners(&engine->needs, &event->piece, after, owners, OWNERS)) > 0) {
        for (size_t i = 0; i < count; i++)
            tell(engine, owners[i], event);
        after = owners[count - 1];
    }
}
