/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "items.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct sl_note *make(enum sl_watch_kind kind, const char *path)
{
    const size_t len = strlen(path) + 1;
    struct sl_note *note = calloc(1, sizeof *note + len);
    if (note == NULL)
        return NULL;
    note->kind = kind;
    memcpy(note->path, path, len);
    return note;
}

static void raise_fd(int fd)
{
    const uint64_t one = 1;
    (void)!write(fd, &one, sizeof one); /* at its limit it is readable all the same */
}

static void push(struct sl_watch *watch, struct sl_note *note)
{
    if (note == NULL) {
        watch->broken = true;
        return;
    }
    pthread_mutex_lock(&watch->lock);
    while (watch->item_count >= SL_WATCH_ITEMS_MAX && !atomic_load(&watch->stop))
        pthread_cond_wait(&watch->space, &watch->lock);
    *watch->items_end = note;
    watch->items_end = &note->next;
    watch->item_count++;
    pthread_mutex_unlock(&watch->lock);
    raise_fd(watch->item_fd);
}

void sl_watch_push(struct sl_watch *watch, enum sl_watch_kind kind, const char *path,
                   const struct sl_err *err)
{
    struct sl_note *note = make(kind, path);
    if (note != NULL && err != NULL)
        note->err = *err;
    push(watch, note);
}

void sl_watch_push_file(struct sl_watch *watch, const char *path, const struct sl_file_mark *file)
{
    struct sl_note *note = make(SL_WATCH_FILE, path);
    if (note != NULL)
        note->file = *file;
    push(watch, note);
}

void sl_watch_push_links(struct sl_watch *watch, uint64_t links)
{
    struct sl_note *note = make(SL_WATCH_LINKS, "");
    if (note != NULL)
        note->links = links;
    push(watch, note);
}

bool sl_watch_next(struct sl_watch *watch, struct sl_watch_item *item)
{
    uint64_t count = 0;
    pthread_mutex_lock(&watch->lock);
    struct sl_note *note = watch->items;
    if (note != NULL) {
        watch->items = note->next;
        watch->item_count--;
        pthread_cond_signal(&watch->space);
    }
    if (watch->items == NULL) {
        watch->items_end = &watch->items;
        (void)!read(watch->item_fd, &count, sizeof count);
    }
    pthread_mutex_unlock(&watch->lock);
    if (note == NULL)
        return false;
    item->kind = note->kind;
    item->err = note->err;
    item->file = note->file;
    item->links = note->links;
    memcpy(item->path, note->path, strlen(note->path) + 1);
    free(note);
    return true;
}

void sl_watch_forget(struct sl_watch *watch, const char *path)
{
    struct sl_note *note = make(SL_WATCH_FILE, path);
    if (note == NULL)
        return; /* it is taken again when it changes */
    pthread_mutex_lock(&watch->lock);
    note->next = watch->forgotten;
    watch->forgotten = note;
    pthread_mutex_unlock(&watch->lock);
    raise_fd(watch->wake_fd);
}

struct sl_note *sl_watch_forgotten(struct sl_watch *watch)
{
    pthread_mutex_lock(&watch->lock);
    struct sl_note *list = watch->forgotten;
    watch->forgotten = NULL;
    pthread_mutex_unlock(&watch->lock);
    return list;
}

static void free_list(struct sl_note *list)
{
    for (struct sl_note *next = NULL; list != NULL; list = next) {
        next = list->next;
        free(list);
    }
}

void sl_watch_items_fini(struct sl_watch *watch)
{
    free_list(watch->items);
    free_list(watch->forgotten);
}
