/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "core/outbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { SLOTS = 256, KICK_EVERY = 64 };

struct sl_notice {
    struct sl_notice *next;
    enum sl_event_type type;
    uint64_t request_id;
    uint64_t count;
    uint64_t links;
    int64_t job_id;
    struct sl_err err;
    struct sl_note *note; /* owned; PART and DEFERRED only */
    char path[];
};

/* What PART and DEFERRED messages carry beyond the others. */
struct sl_note {
    struct sl_job job;
    struct sl_job_part part;
    const char *url;
};

int sl_outbox_init(struct sl_outbox *box, struct sl_err *err)
{
    *box = (struct sl_outbox){.fd = -1};
    box->dirty_tail = &box->dirty_head;
    box->notice_tail = &box->notice_head;
    pthread_mutex_init(&box->lock, NULL);
    const int rc = sl_ring_new(&box->ring, sizeof(struct sl_event), SLOTS, err);
    if (rc < 0)
        return rc;
    box->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return box->fd >= 0 ? SL_OK : sl_err_sys(err, errno, "make an eventfd");
}

static void pop_notice(struct sl_outbox *box)
{
    struct sl_notice *notice = box->notice_head;
    box->notice_head = notice->next;
    if (box->notice_head == NULL)
        box->notice_tail = &box->notice_head;
    free(notice->note);
    free(notice);
}

static void pop_task(struct sl_outbox *box)
{
    struct sl_task *task = box->dirty_head;
    box->dirty_head = task->next_dirty;
    if (box->dirty_head == NULL)
        box->dirty_tail = &box->dirty_head;
    task->dirty = false;
}

static void drop_parts(struct sl_outbox *box)
{
    struct sl_notice **at = &box->notice_head;
    while (*at != NULL) {
        struct sl_notice *notice = *at;
        if (notice->type != SL_EVENT_PART) {
            at = &notice->next;
            continue;
        }
        *at = notice->next;
        free(notice->note);
        free(notice);
    }
    box->notice_tail = at;
}

void sl_outbox_forget_tasks(struct sl_outbox *box)
{
    while (box->dirty_head != NULL)
        pop_task(box);
    drop_parts(box);
}

void sl_outbox_fini(struct sl_outbox *box)
{
    sl_outbox_forget_tasks(box);
    while (box->notice_head != NULL)
        pop_notice(box);
    sl_ring_free(box->ring);
    if (box->fd >= 0)
        close(box->fd);
    pthread_mutex_destroy(&box->lock);
}

void sl_outbox_task(struct sl_outbox *box, struct sl_task *task)
{
    if (task->dirty)
        return;
    task->dirty = true;
    task->next_dirty = NULL;
    *box->dirty_tail = task;
    box->dirty_tail = &task->next_dirty;
}

static int put_notice(struct sl_outbox *box, const struct sl_event *event, const char *path,
                      struct sl_note *note, struct sl_err *err)
{
    const size_t len = path != NULL ? strlen(path) : 0;
    struct sl_notice *notice = malloc(sizeof *notice + len + 1);
    if (notice == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for an event");
    notice->note = note;
    notice->next = NULL;
    notice->type = event->type;
    notice->request_id = event->request_id;
    notice->count = event->count;
    notice->links = event->links;
    notice->job_id = event->job.id;
    notice->err = event->err;
    if (len > 0)
        memcpy(notice->path, path, len);
    notice->path[len] = '\0';
    *box->notice_tail = notice;
    box->notice_tail = &notice->next;
    return SL_OK;
}

int sl_outbox_notice(struct sl_outbox *box, const struct sl_event *event, const char *path,
                     struct sl_err *err)
{
    return put_notice(box, event, path, NULL, err);
}

static int put_job(struct sl_outbox *box, enum sl_event_type type, const struct sl_task *task,
                   const struct sl_job_part *part, struct sl_err *err)
{
    const struct sl_event event = {.type = type, .job = {.id = task->id}};
    struct sl_note *note = calloc(1, sizeof *note);
    if (note == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for an event");
    sl_task_job(task, &note->job);
    if (part != NULL)
        note->part = *part;
    note->url = task->provider;
    const int rc = put_notice(box, &event, task->path, note, err);
    if (rc < 0)
        free(note);
    return rc;
}

int sl_outbox_part(struct sl_outbox *box, const struct sl_task *task,
                   const struct sl_job_part *part, struct sl_err *err)
{
    return put_job(box, SL_EVENT_PART, task, part, err);
}

int sl_outbox_deferred(struct sl_outbox *box, const struct sl_task *task, struct sl_err *err)
{
    return put_job(box, SL_EVENT_DEFERRED, task, NULL, err);
}

int sl_outbox_gone(struct sl_outbox *box, struct sl_task *task, struct sl_err *err)
{
    const struct sl_event gone = {.type = SL_EVENT_GONE, .job = {.id = task->id}};
    task->gone = true;
    return sl_outbox_notice(box, &gone, NULL, err);
}

static void copy_text(char *out, size_t cap, const char *text)
{
    const size_t len = strnlen(text, cap - 1);
    memcpy(out, text, len);
    out[len] = '\0';
}

/* Slots are used again: every field that the type does not fill is made empty. */
static void fill(struct sl_event *slot, enum sl_event_type type, const char *path, const char *url)
{
    slot->type = type;
    slot->request_id = 0;
    slot->count = 0;
    slot->links = 0;
    slot->job = (struct sl_job){0};
    slot->part = (struct sl_job_part){0};
    slot->err = (struct sl_err){0};
    copy_text(slot->path, sizeof slot->path, path);
    copy_text(slot->provider_url, sizeof slot->provider_url, url);
}

static void fill_task(struct sl_event *slot, const struct sl_task *task)
{
    fill(slot, SL_EVENT_JOB, task->path, task->provider);
    sl_task_job(task, &slot->job);
}

static void fill_notice(struct sl_event *slot, const struct sl_notice *notice)
{
    const struct sl_note *note = notice->note;
    fill(slot, notice->type, notice->path, note != NULL ? note->url : "");
    slot->request_id = notice->request_id;
    slot->count = notice->count;
    slot->links = notice->links;
    slot->job.id = notice->job_id;
    slot->err = notice->err;
    if (note != NULL) {
        slot->job = note->job;
        slot->part = note->part;
    }
}

/* Moves the oldest thing to say into the slot; false when there is none. */
static bool say(struct sl_outbox *box, struct sl_event *slot)
{
    /* a part before the file it makes whole */
    if (box->notice_head != NULL && box->notice_head->type == SL_EVENT_PART) {
        fill_notice(slot, box->notice_head);
        pop_notice(box);
        return true;
    }
    while (box->dirty_head != NULL) {
        const bool gone = box->dirty_head->gone;
        if (!gone)
            fill_task(slot, box->dirty_head);
        pop_task(box);
        if (!gone)
            return true;
    }
    if (box->notice_head != NULL) {
        fill_notice(slot, box->notice_head);
        pop_notice(box);
        return true;
    }
    if (box->idle) {
        fill(slot, SL_EVENT_IDLE, "", "");
        box->idle = false;
        return true;
    }
    return false;
}

static bool is_empty(const struct sl_outbox *box)
{
    return box->dirty_head == NULL && box->notice_head == NULL && !box->idle;
}

static void ring_bell(const struct sl_outbox *box)
{
    const uint64_t one = 1;
    (void)!write(box->fd, &one, sizeof one); /* full counter: readable all the same */
}

static void fill_ring(struct sl_outbox *box)
{
    bool sent = false;
    while (!is_empty(box)) {
        struct sl_event *slot = sl_ring_reserve(box->ring);
        if (slot == NULL)
            break;
        if (!say(box, slot))
            break; /* the slot was not committed: it is given again */
        sl_ring_commit(box->ring);
        sent = true;
    }
    if (sent)
        ring_bell(box);
}

bool sl_outbox_flush(struct sl_outbox *box)
{
    fill_ring(box);
    if (is_empty(box))
        return true;
    /* The face looks at `backlog` after it freed a slot, we look for slots after setting it: one of
     * the two sees the other. */
    pthread_mutex_lock(&box->lock);
    box->backlog = true;
    pthread_mutex_unlock(&box->lock);
    fill_ring(box);
    return is_empty(box);
}

static bool take_backlog(struct sl_outbox *box)
{
    pthread_mutex_lock(&box->lock);
    const bool backlog = box->backlog;
    box->backlog = false;
    pthread_mutex_unlock(&box->lock);
    return backlog;
}

static bool take(struct sl_outbox *box, struct sl_event *event)
{
    const struct sl_event *slot = sl_ring_peek(box->ring);
    if (slot == NULL)
        return false;
    *event = *slot;
    sl_ring_release(box->ring);
    return true;
}

/* The ring is empty: the bell rests, unless an event came in between. */
static void silence(struct sl_outbox *box)
{
    uint64_t count = 0;
    (void)!read(box->fd, &count, sizeof count);
    if (sl_ring_peek(box->ring) != NULL)
        ring_bell(box);
}

bool sl_outbox_next(struct sl_outbox *box, struct sl_event *event, bool *kick)
{
    *kick = false;
    const bool got = take(box, event);
    const bool empty = sl_ring_peek(box->ring) == NULL;
    if (empty)
        silence(box);
    if (empty || ++box->taken >= KICK_EVERY) {
        box->taken = 0;
        *kick = take_backlog(box);
    }
    return got;
}
