/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "awaits.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_BUCKETS = 64 };

/* A root is the output of a hash: any of its bytes will do. */
static size_t bucket_of(const struct sl_awaits *awaits, const struct sl_piece_id *piece)
{
    size_t hash;
    memcpy(&hash, piece->root, sizeof hash);
    return hash & (awaits->bucket_count - 1);
}

static void link_in(struct sl_awaits *awaits, struct sl_await *await)
{
    struct sl_await **head = &awaits->buckets[bucket_of(awaits, &await->piece)];
    await->next = *head;
    *head = await;
}

static bool grow(struct sl_awaits *awaits)
{
    struct sl_awaits bigger = *awaits;
    bigger.bucket_count = awaits->bucket_count == 0 ? FIRST_BUCKETS : 2 * awaits->bucket_count;
    /* pointers. NOLINTNEXTLINE(bugprone-sizeof-expression) */
    bigger.buckets = (struct sl_await **)calloc(bigger.bucket_count, sizeof *bigger.buckets);
    if (bigger.buckets == NULL)
        return false;
    for (size_t i = 0; i < awaits->bucket_count; i++) {
        struct sl_await *next = NULL;
        for (struct sl_await *await = awaits->buckets[i]; await != NULL; await = next) {
            next = await->next;
            link_in(&bigger, await);
        }
    }
    free((void *)awaits->buckets);
    *awaits = bigger;
    return true;
}

struct sl_await *sl_awaits_of(const struct sl_awaits *awaits, const struct sl_piece_id *piece,
                              const struct sl_await *after)
{
    struct sl_await *await = NULL;
    if (after != NULL)
        await = after->next;
    else if (awaits->bucket_count > 0)
        await = awaits->buckets[bucket_of(awaits, piece)];
    while (await != NULL && !sl_piece_id_equal(&await->piece, piece))
        await = await->next;
    return await;
}

struct sl_await *sl_awaits_find(const struct sl_awaits *awaits, const struct sl_piece_id *piece,
                                int64_t job_id, int part)
{
    struct sl_await *await = sl_awaits_of(awaits, piece, NULL);
    while (await != NULL && (await->job_id != job_id || await->part != part))
        await = sl_awaits_of(awaits, piece, await);
    return await;
}

struct sl_await *sl_awaits_put(struct sl_awaits *awaits, const struct sl_piece_id *piece,
                               int64_t job_id, int part)
{
    struct sl_await *await = sl_awaits_find(awaits, piece, job_id, part);
    if (await != NULL)
        return await;
    if (awaits->count >= awaits->bucket_count && !grow(awaits))
        return NULL;
    await = calloc(1, sizeof *await);
    if (await == NULL)
        return NULL;
    await->piece = *piece;
    await->job_id = job_id;
    await->part = part;
    link_in(awaits, await);
    awaits->count++;
    return await;
}

void sl_awaits_remove(struct sl_awaits *awaits, const struct sl_piece_id *piece, int64_t job_id,
                      int part)
{
    struct sl_await *await = sl_awaits_find(awaits, piece, job_id, part);
    if (await == NULL)
        return;
    struct sl_await **at = &awaits->buckets[bucket_of(awaits, piece)];
    while (*at != await)
        at = &(*at)->next;
    *at = await->next;
    awaits->count--;
    free(await);
}

void sl_awaits_free(struct sl_awaits *awaits)
{
    for (size_t i = 0; i < awaits->bucket_count; i++) {
        struct sl_await *next = NULL;
        for (struct sl_await *await = awaits->buckets[i]; await != NULL; await = next) {
            next = await->next;
            free(await);
        }
    }
    free((void *)awaits->buckets);
    *awaits = (struct sl_awaits){0};
}
