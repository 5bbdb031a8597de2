/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "settle.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM_FIRST = 256, AGAIN_MS = 1000 };

struct sl_candidate {
    struct sl_candidate *next_in_bucket;
    struct sl_candidate *next; /* by due time */
    uint64_t hash;
    int64_t due_ms;
    struct sl_file_mark file;
    char path[];
};

void sl_watch_settle_init(struct sl_settle *settle, int64_t settle_ms)
{
    *settle = (struct sl_settle){.settle_ms = settle_ms};
}

void sl_watch_settle_fini(struct sl_settle *settle)
{
    while (settle->first != NULL)
        sl_watch_settle_drop(settle);
    free(settle->buckets);
    settle->buckets = NULL;
}

static uint64_t hash_of(const char *path)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    for (; *path != '\0'; path++)
        hash = (hash ^ (unsigned char)*path) * UINT64_C(0x100000001B3);
    return hash ^ (hash >> 32);
}

static struct sl_candidate **bucket_of(const struct sl_settle *settle, uint64_t hash)
{
    return &settle->buckets[hash & (settle->room - 1)];
}

bool sl_watch_settle_has(const struct sl_settle *settle, const char *path)
{
    const uint64_t hash = hash_of(path);
    const struct sl_candidate *one = settle->room > 0 ? *bucket_of(settle, hash) : NULL;
    while (one != NULL && (one->hash != hash || strcmp(one->path, path) != 0))
        one = one->next_in_bucket;
    return one != NULL;
}

static bool grow(struct sl_settle *settle)
{
    if (settle->count < settle->room)
        return true;
    const size_t room = settle->room == 0 ? ROOM_FIRST : settle->room * 2;
    struct sl_candidate **buckets = calloc(room, sizeof(struct sl_candidate *));
    if (buckets == NULL)
        return settle->room > 0; /* longer chains will do */
    free(settle->buckets);
    settle->buckets = buckets;
    settle->room = room;
    for (struct sl_candidate *one = settle->first; one != NULL; one = one->next) {
        struct sl_candidate **at = bucket_of(settle, one->hash);
        one->next_in_bucket = *at;
        *at = one;
    }
    return true;
}

static void append(struct sl_settle *settle, struct sl_candidate *one, int64_t now_ms)
{
    one->due_ms = now_ms + settle->settle_ms;
    one->next = NULL;
    if (settle->last != NULL)
        settle->last->next = one;
    else
        settle->first = one;
    settle->last = one;
}

int sl_watch_settle_add(struct sl_settle *settle, const char *path, const struct sl_file_mark *file,
                        int64_t now_ms, struct sl_err *err)
{
    const size_t len = strlen(path) + 1;
    struct sl_candidate *one = grow(settle) ? malloc(sizeof *one + len) : NULL;
    if (one == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for a watched file");
    one->hash = hash_of(path);
    one->file = *file;
    memcpy(one->path, path, len);
    struct sl_candidate **at = bucket_of(settle, one->hash);
    one->next_in_bucket = *at;
    *at = one;
    settle->count++;
    append(settle, one, now_ms);
    return SL_OK;
}

int64_t sl_watch_settle_next_ms(const struct sl_settle *settle)
{
    return settle->first != NULL ? settle->first->due_ms : INT64_MAX;
}

const char *sl_watch_settle_due(const struct sl_settle *settle, int64_t now_ms)
{
    return sl_watch_settle_next_ms(settle) <= now_ms ? settle->first->path : NULL;
}

static struct sl_candidate *unlink_first(struct sl_settle *settle)
{
    struct sl_candidate *one = settle->first;
    settle->first = one->next;
    if (settle->first == NULL)
        settle->last = NULL;
    return one;
}

void sl_watch_settle_drop(struct sl_settle *settle)
{
    struct sl_candidate *one = unlink_first(settle);
    struct sl_candidate **at = bucket_of(settle, one->hash);
    while (*at != one)
        at = &(*at)->next_in_bucket;
    *at = one->next_in_bucket;
    settle->count--;
    free(one);
}

bool sl_watch_settle_is_still(struct sl_settle *settle, const struct sl_file_mark *file,
                              int64_t now_ms)
{
    if (sl_mark_same(&settle->first->file, file)) {
        sl_watch_settle_drop(settle);
        return true;
    }
    struct sl_candidate *one = unlink_first(settle);
    one->file = *file;
    append(settle, one, now_ms);
    return false;
}

/* Files behind it in the list wait at most as long. */
void sl_watch_settle_again(struct sl_settle *settle, int64_t now_ms)
{
    const int64_t less_ms = AGAIN_MS - settle->settle_ms;
    append(settle, unlink_first(settle), now_ms + (less_ms > 0 ? less_ms : 0));
}
