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

static int init_channel(struct sl_outbox_channel *channel, struct sl_err *err)
{
    const int rc = sl_ring_new(&channel->ring, sizeof(struct sl_event), SLOTS, err);
    if (rc < 0)
        return rc;
    channel->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return channel->fd >= 0 ? SL_OK : sl_err_sys(err, errno, "make an eventfd");
}

int sl_outbox_init(struct sl_outbox *box, unsigned faces, struct sl_err *err)
{
    int rc = SL_OK;
    *box = (struct sl_outbox){.count = faces};
    for (unsigned i = 0; i < faces; i++) {
        struct sl_outbox_channel *channel = &box->channels[i];
        channel->fd = -1;
        channel->user = i;
        channel->dirty_tail = &channel->dirty_head;
        channel->notice_tail = &channel->notice_head;
        pthread_mutex_init(&channel->lock, NULL);
    }
    for (unsigned i = 0; rc == SL_OK && i < faces; i++)
        rc = init_channel(&box->channels[i], err);
    return rc;
}

static void pop_notice(struct sl_outbox_channel *channel)
{
    struct sl_notice *notice = channel->notice_head;
    channel->notice_head = notice->next;
    if (channel->notice_head == NULL)
        channel->notice_tail = &channel->notice_head;
    free(notice->note);
    free(notice);
}

static unsigned bit(const struct sl_outbox_channel *channel)
{
    return 1U << channel->user;
}

static void pop_task(struct sl_outbox_channel *channel)
{
    struct sl_task *task = channel->dirty_head;
    channel->dirty_head = task->next_dirty[channel->user];
    if (channel->dirty_head == NULL)
        channel->dirty_tail = &channel->dirty_head;
    task->dirty = (uint8_t)(task->dirty & ~bit(channel));
}

static void drop_parts(struct sl_outbox_channel *channel)
{
    struct sl_notice **at = &channel->notice_head;
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
    channel->notice_tail = at;
}

static void forget_tasks(struct sl_outbox_channel *channel)
{
    while (channel->dirty_head != NULL)
        pop_task(channel);
    drop_parts(channel);
}

void sl_outbox_forget_tasks(struct sl_outbox *box)
{
    for (unsigned i = 0; i < box->count; i++)
        forget_tasks(&box->channels[i]);
}

void sl_outbox_fini(struct sl_outbox *box)
{
    for (unsigned i = 0; i < box->count; i++) {
        struct sl_outbox_channel *channel = &box->channels[i];
        forget_tasks(channel);
        while (channel->notice_head != NULL)
            pop_notice(channel);
        sl_ring_free(channel->ring);
        if (channel->fd >= 0)
            close(channel->fd);
        pthread_mutex_destroy(&channel->lock);
    }
}

void sl_outbox_task(struct sl_outbox *box, struct sl_task *task)
{
    for (unsigned i = 0; i < box->count; i++) {
        struct sl_outbox_channel *channel = &box->channels[i];
        if ((task->dirty & bit(channel)) != 0)
            continue;
        task->dirty = (uint8_t)(task->dirty | bit(channel));
        task->next_dirty[i] = NULL;
        *channel->dirty_tail = task;
        channel->dirty_tail = &task->next_dirty[i];
    }
}

void sl_outbox_idle(struct sl_outbox *box, bool idle)
{
    for (unsigned i = 0; i < box->count; i++)
        box->channels[i].idle = idle; /* not yet sent and no longer true: not sent */
}

static int put_in_channel(struct sl_outbox_channel *channel, const struct sl_event *event,
                          const char *path, const struct sl_note *note, struct sl_err *err)
{
    const size_t len = path != NULL ? strlen(path) : 0;
    struct sl_notice *notice = malloc(sizeof *notice + len + 1);
    struct sl_note *own = note != NULL ? malloc(sizeof *own) : NULL;
    if (notice == NULL || (note != NULL && own == NULL)) {
        free(notice);
        free(own);
        return sl_err_set(err, SL_ENOMEM, "out of memory for an event");
    }
    if (note != NULL)
        *own = *note;
    notice->note = own;
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
    *channel->notice_tail = notice;
    channel->notice_tail = &notice->next;
    return SL_OK;
}

/* What became of an ADD is for the face that asked. */
static bool is_for(const struct sl_outbox_channel *channel, const struct sl_event *event)
{
    const bool of_others = (event->request_id & SL_REQUEST_OF_OTHERS) != 0;
    const bool of_request = event->type == SL_EVENT_REJECTED || event->type == SL_EVENT_SKIPPED ||
                            event->type == SL_EVENT_SCANNED;
    return !of_request || of_others == (channel->user == SL_FACE_OTHERS);
}

static int put_notice(struct sl_outbox *box, const struct sl_event *event, const char *path,
                      const struct sl_note *note, struct sl_err *err)
{
    int rc = SL_OK;
    for (unsigned i = 0; i < box->count; i++) {
        if (is_for(&box->channels[i], event) &&
            put_in_channel(&box->channels[i], event, path, note, err) < 0)
            rc = SL_ENOMEM;
    }
    return rc;
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
    struct sl_note note = {.url = task->provider};
    sl_task_job(task, &note.job);
    if (part != NULL)
        note.part = *part;
    return put_notice(box, &event, task->path, &note, err);
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
static bool fill_next(struct sl_outbox_channel *channel, struct sl_event *slot)
{
    /* a part before the file it makes whole */
    if (channel->notice_head != NULL && channel->notice_head->type == SL_EVENT_PART) {
        fill_notice(slot, channel->notice_head);
        pop_notice(channel);
        return true;
    }
    while (channel->dirty_head != NULL) {
        const bool gone = channel->dirty_head->gone;
        if (!gone)
            fill_task(slot, channel->dirty_head);
        pop_task(channel);
        if (!gone)
            return true;
    }
    if (channel->notice_head != NULL) {
        fill_notice(slot, channel->notice_head);
        pop_notice(channel);
        return true;
    }
    if (channel->idle) {
        fill(slot, SL_EVENT_IDLE, "", "");
        channel->idle = false;
        return true;
    }
    return false;
}

static bool is_empty(const struct sl_outbox_channel *channel)
{
    return channel->dirty_head == NULL && channel->notice_head == NULL && !channel->idle;
}

static void ring_bell(const struct sl_outbox_channel *channel)
{
    const uint64_t one = 1;
    (void)!write(channel->fd, &one, sizeof one); /* a full counter is still readable */
}

static void fill_ring(struct sl_outbox_channel *channel)
{
    bool sent = false;
    while (!is_empty(channel)) {
        struct sl_event *slot = sl_ring_reserve(channel->ring);
        if (slot == NULL)
            break;
        if (!fill_next(channel, slot))
            break; /* the slot was not committed: it is given again */
        sl_ring_commit(channel->ring);
        sent = true;
    }
    if (sent)
        ring_bell(channel);
}

static bool flush(struct sl_outbox_channel *channel)
{
    fill_ring(channel);
    if (is_empty(channel))
        return true;
    /* The face looks at `backlog` after it freed a slot, we look for slots after setting it: one of
     * the two sees the other. */
    pthread_mutex_lock(&channel->lock);
    channel->backlog = true;
    pthread_mutex_unlock(&channel->lock);
    fill_ring(channel);
    return is_empty(channel);
}

bool sl_outbox_flush(struct sl_outbox *box)
{
    bool own = true;
    for (unsigned i = 0; i < box->count; i++) {
        const bool all = flush(&box->channels[i]);
        own = i == SL_FACE_OWN ? all : own;
    }
    return own;
}

static bool take_backlog(struct sl_outbox_channel *channel)
{
    pthread_mutex_lock(&channel->lock);
    const bool backlog = channel->backlog;
    channel->backlog = false;
    pthread_mutex_unlock(&channel->lock);
    return backlog;
}

static bool take(struct sl_outbox_channel *channel, struct sl_event *event)
{
    const struct sl_event *slot = sl_ring_peek(channel->ring);
    if (slot == NULL)
        return false;
    *event = *slot;
    sl_ring_release(channel->ring);
    return true;
}

/* The ring is empty: the bell rests, unless an event came in between. */
static void silence(struct sl_outbox_channel *channel)
{
    uint64_t count = 0;
    (void)!read(channel->fd, &count, sizeof count);
    if (sl_ring_peek(channel->ring) != NULL)
        ring_bell(channel);
}

bool sl_outbox_next(struct sl_outbox *box, enum sl_face_user user, struct sl_event *event,
                    bool *kick)
{
    struct sl_outbox_channel *channel = &box->channels[user];
    *kick = false;
    const bool got = take(channel, event);
    const bool empty = sl_ring_peek(channel->ring) == NULL;
    if (empty)
        silence(channel);
    if (empty || ++channel->taken >= KICK_EVERY) {
        channel->taken = 0;
        *kick = take_backlog(channel);
    }
    return got;
}
