/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "jobs/owners.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_BUCKETS = 64, FIRST_NEWS = 16, KINDS = SL_NEED_COMMITS + 1 };

/* A piece and its owners, sorted by job and part. */
struct sl_needed {
    struct sl_needed *next; /* next piece in the same bucket */
    struct sl_piece_id piece;
    struct sl_need *list;
    size_t count;
    size_t cap;
    size_t of_kind[KINDS];
    struct sl_err why; /* why a copy is missing; code 0: none is */
};

/* ---- the table ---- */

/* A root is the output of a hash, so any of its bytes serve as hash value. */
static size_t bucket_of(const struct sl_needs *needs, const struct sl_piece_id *piece)
{
    size_t hash;
    memcpy(&hash, piece->root, sizeof hash);
    return hash & (needs->bucket_count - 1);
}

static void link_in(struct sl_needs *needs, struct sl_needed *needed)
{
    struct sl_needed **head = &needs->buckets[bucket_of(needs, &needed->piece)];
    needed->next = *head;
    *head = needed;
}

static bool grow(struct sl_needs *needs)
{
    struct sl_needs bigger = *needs;
    bigger.bucket_count = needs->bucket_count == 0 ? FIRST_BUCKETS : 2 * needs->bucket_count;
    /* pointers. NOLINTNEXTLINE(bugprone-sizeof-expression) */
    bigger.buckets = (struct sl_needed **)calloc(bigger.bucket_count, sizeof *bigger.buckets);
    if (bigger.buckets == NULL)
        return false;
    for (size_t i = 0; i < needs->bucket_count; i++) {
        struct sl_needed *next = NULL;
        for (struct sl_needed *needed = needs->buckets[i]; needed != NULL; needed = next) {
            next = needed->next;
            link_in(&bigger, needed);
        }
    }
    free((void *)needs->buckets);
    *needs = bigger;
    return true;
}

static struct sl_needed *look_up(const struct sl_needs *needs, const struct sl_piece_id *piece)
{
    if (needs->bucket_count == 0)
        return NULL;
    struct sl_needed *needed = needs->buckets[bucket_of(needs, piece)];
    while (needed != NULL && !sl_piece_id_equal(&needed->piece, piece))
        needed = needed->next;
    return needed;
}

static struct sl_needed *look_up_or_add(struct sl_needs *needs, const struct sl_piece_id *piece)
{
    struct sl_needed *needed = look_up(needs, piece);
    if (needed != NULL)
        return needed;
    if (needs->count >= needs->bucket_count && !grow(needs))
        return NULL;
    needed = calloc(1, sizeof *needed);
    if (needed == NULL)
        return NULL;
    needed->piece = *piece;
    link_in(needs, needed);
    needs->count++;
    return needed;
}

static void free_needed(struct sl_needed *needed)
{
    free(needed->list);
    free(needed);
}

static void drop_if_empty(struct sl_needs *needs, struct sl_needed *needed)
{
    if (needed->count > 0)
        return;
    struct sl_needed **at = &needs->buckets[bucket_of(needs, &needed->piece)];
    while (*at != needed)
        at = &(*at)->next;
    *at = needed->next;
    needs->count--;
    free_needed(needed);
}

void sl_needs_free(struct sl_needs *needs)
{
    for (size_t i = 0; i < needs->bucket_count; i++) {
        struct sl_needed *next = NULL;
        for (struct sl_needed *needed = needs->buckets[i]; needed != NULL; needed = next) {
            next = needed->next;
            free_needed(needed);
        }
    }
    free((void *)needs->buckets);
    free(needs->news);
    *needs = (struct sl_needs){0};
}

/* ---- owners of one piece ---- */

static int compare(struct sl_owner a, struct sl_owner b)
{
    if (a.job_id != b.job_id)
        return a.job_id < b.job_id ? -1 : 1;
    return a.part < b.part ? -1 : a.part > b.part;
}

/* The owner's index, or the index to insert it at. */
static size_t place_of(const struct sl_needed *needed, struct sl_owner owner)
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

static struct sl_need *entry_of(const struct sl_needed *needed, struct sl_owner owner)
{
    if (needed == NULL)
        return NULL;
    const size_t at = place_of(needed, owner);
    const bool there = at < needed->count && compare(needed->list[at].owner, owner) == 0;
    return there ? &needed->list[at] : NULL;
}

static bool make_room(struct sl_needed *needed)
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

static void count(struct sl_needs *needs, struct sl_needed *needed, enum sl_need_kind kind,
                  bool more)
{
    needed->of_kind[kind] += more ? 1 : (size_t)-1;
    if (kind == SL_NEED_COMMITS)
        needs->committing += more ? 1 : (size_t)-1;
}

static bool insert(struct sl_needs *needs, struct sl_needed *needed, struct sl_need need)
{
    const size_t at = place_of(needed, need.owner);
    if (!make_room(needed))
        return false;
    memmove(&needed->list[at + 1], &needed->list[at],
            (needed->count - at) * sizeof needed->list[0]);
    needed->list[at] = need;
    needed->count++;
    count(needs, needed, need.kind, true);
    return true;
}

int sl_needs_put(struct sl_needs *needs, const struct sl_piece_id *piece, struct sl_owner owner,
                 enum sl_need_kind kind)
{
    const struct sl_need need = {
        .owner = owner, .kind = kind, .serial = kind == SL_NEED_COMMITS ? ++needs->serial : 0};
    struct sl_needed *needed = look_up_or_add(needs, piece);
    if (needed == NULL)
        return SL_ENOMEM;
    struct sl_need *entry = entry_of(needed, owner);
    if (entry == NULL) {
        const bool done = insert(needs, needed, need);
        drop_if_empty(needs, needed);
        return done ? SL_OK : SL_ENOMEM;
    }
    count(needs, needed, entry->kind, false);
    count(needs, needed, kind, true);
    *entry = need;
    return SL_OK;
}

void sl_needs_remove(struct sl_needs *needs, const struct sl_piece_id *piece, struct sl_owner owner)
{
    struct sl_needed *needed = look_up(needs, piece);
    const struct sl_need *entry = entry_of(needed, owner);
    if (entry == NULL)
        return;
    const size_t at = (size_t)(entry - needed->list);
    count(needs, needed, entry->kind, false);
    needed->count--;
    memmove(&needed->list[at], &needed->list[at + 1],
            (needed->count - at) * sizeof needed->list[0]);
    drop_if_empty(needs, needed);
}

bool sl_needs_find(const struct sl_needs *needs, const struct sl_piece_id *piece,
                   struct sl_owner owner, struct sl_need *out)
{
    const struct sl_need *entry = entry_of(look_up(needs, piece), owner);
    if (entry != NULL)
        *out = *entry;
    return entry != NULL;
}

size_t sl_needs_owners(const struct sl_needs *needs, const struct sl_piece_id *piece,
                       struct sl_owner after, struct sl_owner *out, size_t most)
{
    const struct sl_needed *needed = look_up(needs, piece);
    size_t copied = 0;
    if (needed == NULL)
        return 0;
    size_t at = place_of(needed, after);
    at += at < needed->count && compare(needed->list[at].owner, after) == 0;
    for (; at < needed->count && copied < most; at++)
        out[copied++] = needed->list[at].owner;
    return copied;
}

bool sl_needs_is_brought(const struct sl_needs *needs, const struct sl_piece_id *piece)
{
    const struct sl_needed *needed = look_up(needs, piece);
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

bool sl_needs_end_copy(struct sl_needs *needs, const struct sl_piece_id *piece,
                       struct sl_owner owner, const struct sl_copy_end *end, struct sl_need *out,
                       struct sl_err *why)
{
    struct sl_needed *needed = look_up(needs, piece);
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

int sl_needs_tell(struct sl_needs *needs, const struct sl_piece_id *piece, bool listed)
{
    const struct sl_needed *needed = look_up(needs, piece);
    if (needed == NULL || needed->of_kind[SL_NEED_WAITS] == 0)
        return SL_OK;
    if (needs->news_count == needs->news_cap) {
        const size_t cap = needs->news_cap == 0 ? FIRST_NEWS : 2 * needs->news_cap;
        struct sl_need_news *news = realloc(needs->news, cap * sizeof *news);
        if (news == NULL)
            return SL_ENOMEM;
        needs->news = news;
        needs->news_cap = cap;
    }
    needs->news[needs->news_count++] = (struct sl_need_news){*piece, listed};
    return SL_OK;
}

bool sl_needs_next_news(struct sl_needs *needs, struct sl_need_news *out)
{
    if (needs->news_count == 0)
        return false;
    *out = needs->news[0];
    needs->news_count--;
    memmove(&needs->news[0], &needs->news[1], needs->news_count * sizeof needs->news[0]);
    return true;
}
