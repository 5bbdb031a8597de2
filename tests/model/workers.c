/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* workers.c - the upload slots. */
#include <string.h>

#include "engine/work/worker.h"
#include "model/reference.h"
#include "model/world.h"
#include "support/test.h"

static struct {
    struct sl_worker *first;
    bool runs[SL_SLOTS];
    bool cancelled[SL_SLOTS];
} workers;

static size_t slot_of(const struct sl_worker *worker)
{
    return (size_t)(worker - workers.first);
}

int sl_worker_init(struct sl_worker *worker, struct sl_mailbox *box, const struct sl_clock *clock,
                   struct sl_bucket *total, struct sl_err *err)
{
    (void)err;
    if (workers.first == NULL)
        workers.first = worker;
    sl_throttle_init(&worker->upload.throttle, total);
    worker->box = box;
    worker->upload.clock = *clock;
    atomic_init(&worker->upload.hold, false);
    atomic_init(&worker->upload.moved_ms, 0);
    return SL_OK;
}

void sl_worker_stop(struct sl_worker *worker)
{
    assert_false(worker->busy);
}

void sl_worker_fini(struct sl_worker *worker)
{
    if (worker->box == NULL)
        return;
    sl_total_unref(worker->upload.total);
    sl_throttle_fini(&worker->upload.throttle);
}

struct sl_worker *sl_worker_of_result(struct sl_msg *result)
{
    return (struct sl_worker *)(void *)((char *)result - offsetof(struct sl_worker, result));
}

int sl_worker_start(struct sl_worker *worker, const char *url, const struct sl_http_options *http,
                    struct sl_err *err)
{
    (void)http;
    (void)err;
    worker->url = url;
    return SL_OK;
}

void sl_worker_assign(struct sl_worker *worker, struct sl_task *task)
{
    struct sl_upload *up = &worker->upload;
    assert_true(!worker->busy && worker->task == NULL);
    worker->task = task;
    worker->busy = true;
    worker->assigned = true;
    worker->held = false;
    up->job_id = task->id;
    up->attempt = task->attempts;
    up->file = task->file;
    up->part = 0;
    up->has_piece = task->has_piece;
    up->piece = task->piece;
}

void sl_worker_assign_part(struct sl_worker *worker, struct sl_task *task,
                           const struct sl_part *part)
{
    struct sl_upload *up = &worker->upload;
    sl_worker_assign(worker, task);
    up->part = part->id;
    up->offset_bytes = part->offset_bytes;
    up->size_bytes = part->size_bytes;
    up->has_piece = true;
    up->piece = sl_part_piece(part);
    up->total = sl_total_ref(task->split->total);
}

/* A part is sent for one owner at a time, and not while the provider is about to list it. */
static void expect_alone(const struct sl_worker *worker)
{
    const struct sl_piece_id *piece = &worker->upload.piece;
    for (size_t i = 0; i < SL_SLOTS; i++) {
        const struct sl_worker *other = &workers.first[i];
        if (other != worker && workers.runs[i] && !workers.cancelled[i] && !other->held &&
            other->task != NULL && other->upload.part != 0 &&
            sl_piece_id_equal(&other->upload.piece, piece))
            broken_rule("a piece is sent for jobs %lld and %lld at once",
                        (long long)other->upload.job_id, (long long)worker->upload.job_id);
    }
    if (is_asked_about(piece))
        broken_rule("a piece that was just sent is sent again for job %lld",
                    (long long)worker->upload.job_id);
}

void sl_worker_launch(struct sl_worker *worker)
{
    world_lock();
    worker->assigned = false;
    if (worker->upload.part != 0 && !world.blind)
        expect_alone(worker);
    workers.runs[slot_of(worker)] = true;
    workers.cancelled[slot_of(worker)] = false;
    world_unlock();
}

void sl_worker_revoke(struct sl_worker *worker)
{
    broken_rule("a turn could not be committed for job %lld", (long long)worker->upload.job_id);
}

void sl_worker_hold(struct sl_worker *worker)
{
    worker->held = true;
}

void sl_worker_unhold(struct sl_worker *worker)
{
    worker->held = false;
}

/* Moving bytes count while they move; the engine subtracts failed ones. */
static void count_bytes(struct sl_upload *up, uint64_t bytes)
{
    up->counted_sent = up->counted_acked = up->acked_bytes = bytes;
    if (up->total != NULL)
        sl_total_add(up->total, bytes, bytes);
}

static void fail_upload(struct sl_worker *worker, int code)
{
    struct sl_upload *up = &worker->upload;
    count_bytes(up, code == SL_ECANCELED ? 0 : draw(3) * MODEL_SHARD / 8);
    worker->rc = sl_err_set(&worker->err, code, "the upload was made to fail");
}

static void succeed(struct sl_worker *worker)
{
    struct sl_upload *up = &worker->upload;
    const struct version *file = version_of(&up->file);
    const int at = up->part != 0 ? (int)(up->offset_bytes / MODEL_SHARD) : 0;
    struct letter *letter = &world.letters[file->letters[at]];
    const struct sl_piece_id piece = piece_of_letter(file->letters[at]);
    if (up->part != 0 && !sl_piece_id_equal(&up->piece, &piece))
        broken_rule("part %d of job %lld has another piece", up->part, (long long)up->job_id);
    up->there = up->has_piece && letter->listed;
    up->has_piece = true;
    up->piece = piece;
    letter->accepted = true;
    worker->rc = SL_OK;
    count_bytes(up, up->part != 0 ? up->size_bytes : up->file.size_bytes);
}

/* A file of one piece reports its change before sending; a part reports it afterwards. */
static void find_changed(struct sl_worker *worker, const struct sl_file_mark *now)
{
    struct sl_upload *up = &worker->upload;
    fail_upload(worker, SL_ECHANGED);
    reference_excuse(up->job_id);
    up->changed = up->part != 0;
    up->has_piece = false;
    up->file = *now;
    if (up->part != 0)
        return;
    worker->planned.msg.kind = SL_MSG_PLANNED;
    worker->planned.job_id = up->job_id;
    worker->planned.file = *now;
    sl_mailbox_put(worker->box, &worker->planned.msg);
}

/* Call with the lock held. */
static void end_upload(struct sl_worker *worker)
{
    static const int codes[] = {SL_ENET, SL_ESERVER, SL_ESTALLED, SL_EREFUSED};
    struct sl_upload *up = &worker->upload;
    const size_t slot = slot_of(worker);
    const struct sl_file_mark now = mark_of(world.now[version_of(&up->file)->path]);
    worker->err = (struct sl_err){0};
    up->reached = world.kind || draw(20) != 0;
    up->changed = up->there = up->too_slow = false;
    if (workers.cancelled[slot] && draw(4) != 0) {
        fail_upload(worker, SL_ECANCELED);
    } else if (!sl_file_mark_equal(&now, &up->file)) {
        find_changed(worker, &now);
    } else if (!world.kind && draw(5) == 0) {
        fail_upload(worker, codes[draw(4)]);
        reference_excuse(up->job_id);
    } else {
        succeed(worker);
    }
    workers.runs[slot] = false;
    worker->result.kind = SL_MSG_RESULT;
    sl_mailbox_put(worker->box, &worker->result);
}

void sl_worker_abort(struct sl_worker *worker)
{
    world_lock();
    worker->held = false;
    workers.cancelled[slot_of(worker)] = true;
    if (world.stopping && workers.runs[slot_of(worker)])
        end_upload(worker);
    world_unlock();
}

void sl_worker_let_go(struct sl_worker *worker)
{
    worker->task->slot = SL_NO_SLOT;
    worker->task = NULL;
    sl_worker_abort(worker);
}

void workers_begin(void)
{
    memset(workers.runs, 0, sizeof workers.runs);
    workers.first = NULL;
}

void workers_stop(void)
{
    for (size_t i = 0; i < SL_SLOTS; i++) {
        if (workers.runs[i] && workers.cancelled[i])
            end_upload(&workers.first[i]);
    }
}

bool worker_ends(void)
{
    size_t running[SL_SLOTS], count = 0;
    world_lock();
    for (size_t i = 0; i < SL_SLOTS; i++) {
        if (workers.runs[i] && (world.threads || !workers.first[i].held || draw(8) == 0))
            running[count++] = i;
    }
    if (count > 0)
        end_upload(&workers.first[running[draw(count)]]);
    world_unlock();
    return count > 0;
}
