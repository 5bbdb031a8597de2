/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "jobs/owners.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_BUCKETS = 64, FIRST_NEWS = 16, KINDS = SL_NEED_COMMITS + 1 };

/* A piece and its owners, sorted by job and part. */
struct sl_owned_piece {
    struct sl_owned_piece *next; /* next piece in the same bucket */
    struct sl_piece_id piece;
    struct sl_need *list;
    size_t count;
    size_t cap;
    size_t of_kind[KINDS];
    struct sl_err why; /* why a copy is missing; code 0: none is */
};

/* ---- the table ---- */

/* A root is the output of a hash, so any of its bytes serve as hash value. */
static size_t bucket_of(const struct sl_owners *owners, const struct sl_piece_id *piece)
{
    size_t hash;
    memcpy(&hash, piece->root, sizeof hash);
    return hash & (owners->bucket_count - 1);
}

static void link_in(struct sl_owners *owners, struct sl_owned_piece *needed)
{
    struct sl_owned_piece **head = &owners->buckets[bucket_of(owners, &needed->piece)];
    needed->next = *head;
    *head = needed;
}

static bool grow(struct sl_owners *owners)
{
    struct sl_owners bigger = *owners;
    bigger.bucket_count = owners->bucket_count == 0 ? FIRST_BUCKETS : 2 * owners->bucket_count;
    /* pointers. NOLINTNEXTLINE(bugprone-sizeof-expression) */
    bigger.buckets = (struct sl_owned_piece **)calloc(bigger.bucket_count, sizeof *bigger.buckets);
    if (bigger.buckets == NULL)
        return false;
    for (size_t i = 0; i < owners->bucket_count; i++) {
        struct sl_owned_piece *next = NULL;
        for (struct sl_owned_piece *needed = owners->buckets[i]; needed != NULL; needed = next) {
            next = needed->next;
            link_in(&bigger, needed);
        }
    }
    free((void *)owners->buckets);
    *owners = bigger;
    return true;
}

static struct sl_owned_piece *look_up(const struct sl_owners *owners,
                                      const struct sl_piece_id *piece)
{
    if (owners->bucket_count == 0)
        return NULL;
    struct sl_owned_piece *needed = owners->buckets[bucket_of(owners, piece)];
    while (needed != NULL && !sl_piece_id_equal(&needed->piece, piece))
        needed = needed->next;
    return needed;
}

static struct sl_owned_piece *look_up_or_add(struct sl_owners *owners,
                                             const struct sl_piece_id *piece)
{
    struct sl_owned_piece *needed = look_up(owners, piece);
    if (needed != NULL)
        return needed;
    if (owners->count >= owners->bucket_count && !grow(owners))
        return NULL;
    needed = calloc(1, sizeof *needed);
    if (needed == NULL)
        return NULL;
    needed->piece = *piece;
    link_in(owners, needed);
    owners->count++;
    return needed;
}

static void free_needed(struct sl_owned_piece *needed)
{
    free(needed->list);
    free(needed);
}

static void drop_if_empty(struct sl_owners *owners, struct sl_owned_piece *needed)
{
    if (needed->count > 0)
        return;
    struct sl_owned_piece **at = &owners->buckets[bucket_of(owners, &needed->piece)];
    while (*at != needed)
        at = &(*at)->next;
    *at = needed->next;
    owners->count--;
    free_needed(needed);
}

void sl_owners_free(struct sl_owners *owners)
{
    for (size_t i = 0; i < owners->bucket_count; i++) {
        struct sl_owned_piece *next = NULL;
        for (struct sl_owned_piece *needed = owners->buckets[i]; needed != NULL; needed = next) {
            next = needed->next;
            free_needed(needed);
        }
    }
    free((void *)owners->buckets);
    free(owners->news);
    *owners = (struct sl_owners){0};
}

/* ---- owners of one piece ---- */

static int compare(struct sl_owner a, struct sl_owner b)
{
    if (a.job_id != b.job_id)
        return a.job_id < b.job_id ? -1 : 1;
    return a.part < b.part ? -1 : a.part > b.part;
}

/* The owner's index, or the index to insert it at. */
static size_t place_of(const struct sl_owned_piece *needed, struct sl_owner owner)
{
    size_t from = 0;
    size_t to = needed->count;
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        if (compare(needed->list[middle].owner, owner) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static struct sl_need *entry_of(const struct sl_owned_piece *needed, struct sl_owner owner)
{
    if (needed == NULL)
        return NULL;
    const size_t at = place_of(needed, owner);
    const bool there = at < needed->count && compare(needed->list[at].owner, owner) == 0;
    return there ? &needed->list[at] : NULL;
}

static bool make_room(struct sl_owned_piece *needed)
{
    if (needed->count < needed->cap)
        return true;
    const size_t cap = needed->cap == 0 ? 1 : 2 * needed->cap;
    struct sl_need *list = realloc(needed->list, cap * sizeof *list);
    if (list == NULL)
        return false;
    needed->list = list;
    needed->cap = cap;
    return true;
}

static void count(struct sl_owners *owners, struct sl_owned_piece *needed, enum sl_need_kind kind,
                  bool more)
{
    needed->of_kind[kind] += more ? 1 : (size_t)-1;
    if (kind == SL_NEED_COMMITS)
        owners->committing += more ? 1 : (size_t)-1;
}

static bool insert(struct sl_owners *owners, struct sl_owned_piece *needed, struct sl_need need)
{
    const size_t at = place_of(needed, need.owner);
    if (!make_room(needed))
        return false;
    memmove(&needed->list[at + 1], &needed->list[at],
            (needed->count - at) * sizeof needed->list[0]);
    needed->list[at] = need;
    needed->count++;
    count(owners, needed, need.kind, true);
    return true;
}

int sl_owners_put(struct sl_owners *owners, const struct sl_piece_id *piece, struct sl_owner owner,
                  enum sl_need_kind kind)
{
    const struct sl_need need = {
        .owner = owner, .kind = kind, .serial = kind == SL_NEED_COMMITS ? ++owners->serial : 0};
    struct sl_owned_piece *needed = look_up_or_add(owners, piece);
    if (needed == NULL)
        return SL_ENOMEM;
    struct sl_need *entry = entry_of(needed, owner);
    if (entry == NULL) {
        const bool done = insert(owners, needed, need);
        drop_if_empty(owners, needed);
        return done ? SL_OK : SL_ENOMEM;
    }
    count(owners, needed, entry->kind, false);
    count(owners, needed, kind, true);
    *entry = need;
    return SL_OK;
}

void sl_owners_remove(struct sl_owners *owners, const struct sl_piece_id *piece,
                      struct sl_owner owner)
{
    struct sl_owned_piece *needed = look_up(owners, piece);
    const struct sl_need *entry = entry_of(needed, owner);
    if (entry == NULL)
        return;
    const size_t at = (size_t)(entry - needed->list);
    count(owners, needed, entry->kind, false);
    needed->count--;
    memmove(&needed->list[at], &needed->list[at + 1],
            (needed->count - at) * sizeof needed->list[0]);
    drop_if_empty(owners, needed);
}

bool sl_owners_find(const struct sl_owners *owners, const struct sl_piece_id *piece,
                    struct sl_owner owner, struct sl_need *out)
{
    const struct sl_need *entry = entry_of(look_up(owners, piece), owner);
    if (entry != NULL)
        *out = *entry;
    return entry != NULL;
}

bool sl_owners_next(const struct sl_owners *owners, const struct sl_piece_id *piece,
                    struct sl_owner *owner)
{
    const struct sl_owned_piece *needed = look_up(owners, piece);
    if (needed == NULL)
        return false;
    size_t at = place_of(needed, *owner);
    at += at < needed->count && compare(needed->list[at].owner, *owner) == 0;
    if (at == needed->count)
        return false;
    *owner = needed->list[at].owner;
    return true;
}

bool sl_owners_is_brought(const struct sl_owners *owners, const struct sl_piece_id *piece)
{
    const struct sl_owned_piece *needed = look_up(owners, piece);
    return needed != NULL && needed->of_kind[SL_NEED_BRINGS] > 0;
}

/* ---- how its copies ended ---- */

/* Only the first end of a copy counts, unless the copy is on chain after all. */
static bool is_new(const struct sl_need *need, const struct sl_copy_end *end)
{
    const uint32_t bit = UINT32_C(1) << end->copy;
    if (need->kind != SL_NEED_COMMITS)
        return false;
    return end->landed ? (need->landed & bit) == 0
                       : (need->ended & bit) == 0 && end->serial >= need->serial;
}

bool sl_owners_end_copy(struct sl_owners *owners, const struct sl_piece_id *piece,
                        struct sl_owner owner, const struct sl_copy_end *end, struct sl_need *out,
                        struct sl_err *why)
{
    struct sl_owned_piece *needed = look_up(owners, piece);
    struct sl_need *need = entry_of(needed, owner);
    if (need == NULL || !is_new(need, end))
        return false;
    need->ended |= UINT32_C(1) << end->copy;
    if (end->landed)
        need->landed |= UINT32_C(1) << end->copy;
    else
        needed->why = *end->why;
    *out = *need;
    *why = needed->why;
    return true;
}

int sl_owners_queue_news(struct sl_owners *owners, const struct sl_piece_id *piece, bool listed)
{
    const struct sl_owned_piece *needed = look_up(owners, piece);
    if (needed == NULL || needed->of_kind[SL_NEED_WAITS] == 0)
        return SL_OK;
    if (owners->news_count == owners->news_cap) {
        const size_t cap = owners->news_cap == 0 ? FIRST_NEWS : 2 * owners->news_cap;
        struct sl_owner_news *news = realloc(owners->news, cap * sizeof *news);
        if (news == NULL)
            return SL_ENOMEM;
        owners->news = news;
        owners->news_cap = cap;
    }
    owners->news[owners->news_count++] = (struct sl_owner_news){*piece, listed};
    return SL_OK;
}

bool sl_owners_next_news(struct sl_owners *owners, struct sl_owner_news *out)
{
    if (owners->news_count == 0)
        return false;
    *out = owners->news[0];
    owners->news_count--;
    memmove(&owners->news[0], &owners->news[1], owners->news_count * sizeof owners->news[0]);
    return true;
}
