/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the log tells about jobs and their parts: the lines that grep job=12 finds. */
#include "core/job_log.h"

#include "sluice/log.h"

static const char *name_of(enum sl_job_state state)
{
    return state != SL_JOB_STATE_COUNT ? sl_job_state_name(state) : "new";
}

/* " data-set=3 tx=0x...", as far as they are known. */
static void add_chain(struct sl_buf *out, const struct sl_job *job)
{
    if (job->copies.wanted > 0)
        sl_buf_printf(out, " copies=%u/%u", job->copies.landed, job->copies.wanted);
    if (job->copies.data_set_id != 0)
        sl_buf_printf(out, " data-set=%llu", (unsigned long long)job->copies.data_set_id);
    if (job->copies.tx[0] != '\0')
        sl_buf_printf(out, " tx=%s", job->copies.tx);
}

/* Why it failed, and when it is tried again. */
static void add_reason(struct sl_buf *out, const struct sl_engine *engine, const struct sl_job *job)
{
    const int64_t wait_ms = job->next_try_ms - sl_wall_ms(&engine->options.clock);
    if (job->err.code != SL_OK)
        sl_buf_printf(out, ": %s", job->err.text);
    if (job->state == SL_JOB_WAITING)
        sl_buf_printf(out, "; next try in %lld ms, attempt %d of %d",
                      (long long)(wait_ms > 0 ? wait_ms : 0), job->attempts + 1,
                      engine->options.max_attempts);
}

void sl_task_note(const struct sl_engine *engine, const struct sl_task *task,
                  enum sl_job_state from, const char *why)
{
    struct sl_job job;
    struct sl_buf text = {0};
    if (!sl_log_is_on(SL_LOG_INFO, SL_LOG_ENGINE))
        return;
    sl_task_job(task, &job);
    add_chain(&text, &job);
    sl_buf_printf(&text, " (%s)", why);
    add_reason(&text, engine, &job);
    sl_log(SL_LOG_INFO, SL_LOG_ENGINE, "job=%lld %s -> %s bytes=%llu%s name=%s", (long long)job.id,
           name_of(from), name_of(job.state), (unsigned long long)job.file.size_bytes,
           text.failed == SL_OK ? text.data : "", task->path);
    sl_buf_free(&text);
}

void sl_part_note(const struct sl_task *task, const struct sl_part *part, enum sl_job_state from,
                  const char *why)
{
    char label[SL_PART_LABEL_CHARS];
    if (!sl_log_is_on(SL_LOG_DEBUG, SL_LOG_ENGINE))
        return;
    sl_task_part_label(label, task, part->id);
    sl_log(SL_LOG_DEBUG, SL_LOG_ENGINE, "job=%lld part=%s %s -> %s bytes=%lu (%s)",
           (long long)task->id, label, name_of(from), name_of((enum sl_job_state)part->state),
           (unsigned long)part->size_bytes, why);
}

void sl_task_note_copy(const struct sl_task *task, const struct sl_commit_event *event)
{
    const unsigned long long data_set = event->data_set_id;
    const unsigned long long piece_id = event->piece_id;
    const long long id = task->id;
    if (event->type == SL_COMMIT_SENT)
        sl_log(SL_LOG_INFO, SL_LOG_ENGINE, "job=%lld copy=%u sent tx=%s", id, event->copy + 1,
               event->tx);
    else if (event->type == SL_COMMIT_LANDED)
        sl_log(SL_LOG_INFO, SL_LOG_ENGINE,
               "job=%lld copy=%u landed data-set=%llu piece-id=%llu "
               "tx=%s",
               id, event->copy + 1, data_set, piece_id, event->tx);
    else if (event->type == SL_COMMIT_FAILED || event->type == SL_COMMIT_LOST)
        sl_log(SL_LOG_INFO, SL_LOG_ENGINE, "job=%lld copy=%u %s: %s", id, event->copy + 1,
               event->type == SL_COMMIT_LOST ? "bytes lost" : "failed", event->err.text);
}
