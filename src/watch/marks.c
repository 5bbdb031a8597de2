/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "marks.h"

#include <stdlib.h>

#include "sluice/path.h"

enum { ROOM_FIRST = 1024 };

void sl_watch_marks_init(struct sl_marks *marks)
{
    *marks = (struct sl_marks){0};
    sl_random(&marks->seed, sizeof marks->seed);
}

void sl_watch_marks_fini(struct sl_marks *marks)
{
    free(marks->places);
    marks->places = NULL;
}

bool sl_mark_same(const struct sl_file_mark *a, const struct sl_file_mark *b)
{
    return sl_file_mark_alike(a, b) && a->ctime_ns == b->ctime_ns;
}

/* FNV-1a with a seed, mixed once more; never 0. */
static uint64_t hash_of(const struct sl_marks *marks, const char *path)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325) ^ marks->seed;
    for (; *path != '\0'; path++)
        hash = (hash ^ (unsigned char)*path) * UINT64_C(0x100000001B3);
    hash = (hash ^ (hash >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    hash ^= hash >> 31;
    return hash != 0 ? hash : 1;
}

/* Where the hash is, or would be put. */
static struct sl_known *place_of(const struct sl_marks *marks, uint64_t hash)
{
    size_t at = (size_t)hash & (marks->room - 1);
    while (marks->places[at].path_hash != 0 && marks->places[at].path_hash != hash)
        at = (at + 1) & (marks->room - 1);
    return &marks->places[at];
}

static int grow(struct sl_marks *marks, struct sl_err *err)
{
    struct sl_marks wider = *marks;
    if (marks->room > 0 && marks->count < marks->room - marks->room / 4)
        return SL_OK;
    wider.room = marks->room == 0 ? ROOM_FIRST : marks->room * 2;
    wider.places = calloc(wider.room, sizeof *wider.places);
    if (wider.places == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for the reported files");
    for (size_t i = 0; i < marks->room; i++) {
        if (marks->places[i].path_hash != 0)
            *place_of(&wider, marks->places[i].path_hash) = marks->places[i];
    }
    free(marks->places);
    *marks = wider;
    return SL_OK;
}

int sl_watch_marks_add(struct sl_marks *marks, const char *path, const struct sl_file_mark *file,
                       struct sl_err *err)
{
    const int rc = grow(marks, err);
    if (rc < 0)
        return rc;
    const uint64_t hash = hash_of(marks, path);
    struct sl_known *place = place_of(marks, hash);
    marks->count += place->path_hash == 0;
    *place = (struct sl_known){hash, file->size_bytes, file->mtime_ns, file->inode, file->ctime_ns};
    return SL_OK;
}

bool sl_watch_marks_has(const struct sl_marks *marks, const char *path,
                        const struct sl_file_mark *file)
{
    if (marks->room == 0)
        return false;
    const struct sl_known *place = place_of(marks, hash_of(marks, path));
    return place->path_hash != 0 && place->size_bytes == file->size_bytes &&
           place->mtime_ns == file->mtime_ns && place->inode == file->inode &&
           place->ctime_ns == file->ctime_ns;
}
