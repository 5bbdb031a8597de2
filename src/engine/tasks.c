/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "tasks.h"

#include <stdlib.h>
#include <string.h>

#include "sluice/path.h"

#include "plan.h"
#include "split.h"

struct sl_provider {
    struct sl_provider *next;
    char url[];
};

enum { FIRST_BUCKETS = 256 };

/* Names are anybody's: a random seed keeps them from piling up in one chain. */
static uint64_t hash_path(uint64_t seed, const char *path)
{
    uint64_t h = seed ^ UINT64_C(0xcbf29ce484222325);
    for (const char *p = path; *p != '\0'; p++) {
        h ^= (uint8_t)*p;
        h *= UINT64_C(0x9E3779B97F4A7C15);
        h ^= h >> 29;
    }
    return h;
}

static size_t id_bucket(const struct sl_tasks *tasks, int64_t id)
{
    return (size_t)id & (tasks->buckets - 1);
}

static size_t path_bucket(const struct sl_tasks *tasks, uint64_t hash)
{
    return (size_t)(hash >> 7) & (tasks->buckets - 1);
}

static void link_in(struct sl_tasks *tasks, struct sl_task *task)
{
    struct sl_task **head = &tasks->by_id[id_bucket(tasks, task->id)];
    task->next_id = *head;
    *head = task;
    head = &tasks->by_path[path_bucket(tasks, task->path_hash)];
    task->next_path = *head;
    *head = task;
}

static int grow(struct sl_tasks *tasks, size_t buckets, struct sl_err *err)
{
    struct sl_tasks bigger = *tasks;
    bigger.buckets = buckets;
    bigger.by_id = (struct sl_task **)calloc(buckets, sizeof(struct sl_task *));
    bigger.by_path = (struct sl_task **)calloc(buckets, sizeof(struct sl_task *));
    if (bigger.by_id == NULL || bigger.by_path == NULL) {
        free((void *)bigger.by_id);
        free((void *)bigger.by_path);
        return sl_err_set(err, SL_ENOMEM, "out of memory for the list of jobs");
    }
    for (size_t i = 0; i < tasks->buckets; i++) {
        struct sl_task *next = NULL;
        for (struct sl_task *task = tasks->by_id[i]; task != NULL; task = next) {
            next = task->next_id;
            link_in(&bigger, task);
        }
    }
    free((void *)tasks->by_id);
    free((void *)tasks->by_path);
    tasks->by_id = bigger.by_id;
    tasks->by_path = bigger.by_path;
    tasks->buckets = buckets;
    return SL_OK;
}

int sl_tasks_init(struct sl_tasks *tasks, struct sl_err *err)
{
    *tasks = (struct sl_tasks){0};
    sl_random(&tasks->seed, sizeof tasks->seed);
    return grow(tasks, FIRST_BUCKETS, err);
}

void sl_tasks_fini(struct sl_tasks *tasks)
{
    for (size_t i = 0; i < tasks->buckets; i++) {
        struct sl_task *next = NULL;
        for (struct sl_task *task = tasks->by_id[i]; task != NULL; task = next) {
            next = task->next_id;
            sl_task_free(task);
        }
    }
    while (tasks->providers != NULL) {
        struct sl_provider *next = tasks->providers->next;
        free(tasks->providers);
        tasks->providers = next;
    }
    free((void *)tasks->by_id);
    free((void *)tasks->by_path);
    *tasks = (struct sl_tasks){0};
}

struct sl_task *sl_task_new(const struct sl_job *job, const char *path)
{
    const size_t len = strlen(path) + 1;
    struct sl_task *task = calloc(1, sizeof *task + len);
    if (task == NULL)
        return NULL;
    memcpy(task->path, path, len);
    task->id = job->id;
    task->rank = job->rank;
    task->added_ms = job->added_ms;
    task->changed_ms = job->changed_ms;
    task->next_try_ms = job->next_try_ms;
    task->file = job->file;
    task->piece = job->piece;
    task->shard_bytes = job->shard_bytes;
    task->limit_bytes_per_s = job->limit_bytes_per_s;
    task->provider = "";
    task->attempts = job->attempts;
    task->slot = SL_NO_SLOT;
    task->state = (uint8_t)job->state;
    task->has_piece = job->has_piece;
    task->already_stored = job->already_stored;
    task->copies_wanted = job->copies.wanted;
    task->copies_landed = job->copies.landed;
    task->wish_id = job->wish_id;
    task->data_set_id = job->copies.data_set_id;
    task->chain_piece_id = job->copies.piece_id;
    sl_task_blame(task, job->err.code != SL_OK ? &job->err : NULL);
    return task;
}

void sl_task_free(struct sl_task *task)
{
    if (task == NULL)
        return;
    sl_split_free(task->split);
    free(task->underway);
    free(task->err);
    free(task);
}

int sl_tasks_add(struct sl_tasks *tasks, struct sl_task *task, struct sl_err *err)
{
    if (tasks->count >= tasks->buckets) {
        const int rc = grow(tasks, tasks->buckets * 2, err);
        if (rc < 0)
            return rc;
    }
    task->path_hash = hash_path(tasks->seed, task->path);
    link_in(tasks, task);
    tasks->count++;
    return SL_OK;
}

void sl_tasks_remove(struct sl_tasks *tasks, struct sl_task *task)
{
    struct sl_task **at = &tasks->by_id[id_bucket(tasks, task->id)];
    while (*at != task)
        at = &(*at)->next_id;
    *at = task->next_id;
    at = &tasks->by_path[path_bucket(tasks, task->path_hash)];
    while (*at != task)
        at = &(*at)->next_path;
    *at = task->next_path;
    tasks->count--;
}

struct sl_task *sl_tasks_by_id(const struct sl_tasks *tasks, int64_t id)
{
    struct sl_task *task = tasks->by_id[id_bucket(tasks, id)];
    while (task != NULL && task->id != id)
        task = task->next_id;
    return task;
}

/* The newest task of the path whose id is smaller. */
static struct sl_task *newest_below(const struct sl_tasks *tasks, const char *path, uint64_t hash,
                                    int64_t id)
{
    struct sl_task *newest = NULL;
    struct sl_task *task = tasks->by_path[path_bucket(tasks, hash)];
    for (; task != NULL; task = task->next_path) {
        if (task->path_hash == hash && task->id < id && strcmp(task->path, path) == 0 &&
            (newest == NULL || task->id > newest->id))
            newest = task;
    }
    return newest;
}

struct sl_task *sl_tasks_by_path(const struct sl_tasks *tasks, const char *path)
{
    return newest_below(tasks, path, hash_path(tasks->seed, path), INT64_MAX);
}

struct sl_task *sl_tasks_older(const struct sl_tasks *tasks, const struct sl_task *task)
{
    return newest_below(tasks, task->path, task->path_hash, task->id);
}

const char *sl_tasks_provider(struct sl_tasks *tasks, const char *url)
{
    if (url[0] == '\0')
        return "";
    for (struct sl_provider *known = tasks->providers; known != NULL; known = known->next) {
        if (strcmp(known->url, url) == 0)
            return known->url;
    }
    const size_t len = strlen(url) + 1;
    struct sl_provider *provider = malloc(sizeof *provider + len);
    if (provider == NULL)
        return NULL;
    memcpy(provider->url, url, len);
    provider->next = tasks->providers;
    tasks->providers = provider;
    return provider->url;
}

bool sl_tasks_some(struct sl_tasks *tasks, size_t *bucket, size_t budget, sl_task_fn fn, void *ctx)
{
    size_t done = 0;
    for (; *bucket < tasks->buckets && done < budget; ++*bucket) {
        struct sl_task *task = tasks->by_id[*bucket];
        for (; task != NULL; task = task->next_id, done++)
            fn(ctx, task);
    }
    return *bucket >= tasks->buckets;
}

void sl_tasks_each(struct sl_tasks *tasks, sl_task_fn fn, void *ctx)
{
    size_t bucket = 0;
    (void)sl_tasks_some(tasks, &bucket, SIZE_MAX, fn, ctx);
}

/* What was not read from the journal is finished, and whole if it is stored. */
static void add_parts(const struct sl_task *task, struct sl_job *job)
{
    const struct sl_split *split = task->split;
    if (task->shard_bytes == 0)
        return;
    if (split == NULL) {
        job->parts = (uint32_t)sl_plan_count(task->file.size_bytes, task->shard_bytes);
        const bool whole = sl_job_state_delivered((enum sl_job_state)task->state);
        job->parts_stored = whole ? job->parts : 0;
        job->sent_bytes = whole ? task->file.size_bytes : 0;
        return;
    }
    job->parts = split->count;
    job->parts_stored = split->in_state[SL_JOB_STORED] + split->in_state[SL_JOB_CONFIRMED];
    job->sent_bytes = atomic_load(&split->total->acked_bytes);
}

void sl_task_job(const struct sl_task *task, struct sl_job *job)
{
    *job = (struct sl_job){
        .id = task->id,
        .state = (enum sl_job_state)task->state,
        .rank = task->rank,
        .file = task->file,
        .added_ms = task->added_ms,
        .changed_ms = task->changed_ms,
        .next_try_ms = task->next_try_ms,
        .attempts = task->attempts,
        .has_piece = task->has_piece,
        .already_stored = task->already_stored,
        .piece = task->piece,
        .copies = {.wanted = task->copies_wanted,
                   .landed = task->copies_landed,
                   .data_set_id = task->data_set_id,
                   .piece_id = task->chain_piece_id},
        .wish_id = task->wish_id,
        .shard_bytes = task->shard_bytes,
        .limit_bytes_per_s = task->limit_bytes_per_s,
    };
    add_parts(task, job);
    job->held = task->state == SL_JOB_PAUSED &&
                (task->slot != SL_NO_SLOT ||
                 (task->split != NULL && task->split->in_state[SL_JOB_UPLOADING] > 0));
    if (task->err != NULL)
        job->err = *task->err;
    if (task->underway != NULL) {
        job->copies.batch = task->underway->batch;
        memcpy(job->copies.tx, task->underway->tx, sizeof job->copies.tx);
    }
}

void sl_task_part_label(char out[static SL_PART_LABEL_CHARS], const struct sl_task *task,
                        int part_id)
{
    struct sl_job job;
    sl_task_job(task, &job);
    sl_job_part_label(out, &job, part_id);
}

void sl_task_blame(struct sl_task *task, const struct sl_err *err)
{
    if (err == NULL) {
        free(task->err);
        task->err = NULL;
        return;
    }
    if (task->err == NULL)
        task->err = malloc(sizeof *task->err);
    if (task->err != NULL)
        *task->err = *err;
}
