/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* versions.c - finds files by name, and the newest of several with the same name. */
#include <stdlib.h>
#include <string.h>

#include "sluice/copies.h"

/* A version under construction: its copies are `refs[first]` and the `count - 1` after it. */
struct draft {
    struct sl_version version;
    size_t first;
    size_t count;
    const struct sl_copy *last; /* the copy in the highest data set, and there the highest piece */
};

struct work {
    struct sl_copies *copies;
    const char *name; /* NULL: all files */
    bool exactly;
    char on_chain[SL_METADATA_VALUE_BYTES + 1]; /* `name` as in metadata; "": it has folders */
    const struct sl_copy **refs;
    size_t count;
};

/* ---- copies with the name ---- */

static bool is_path(const char *name)
{
    return name[0] == '/';
}

static bool fits(const struct work *work, const char *name)
{
    if (work->name == NULL)
        return true;
    if (work->exactly)
        return is_path(name) && strcmp(name, work->name) == 0;
    if (is_path(name))
        return sl_copies_name_ends_with(name, work->name);
    return strcmp(name, work->name) == 0 || (name[0] != '\0' && strcmp(name, work->on_chain) == 0);
}

/* Take the copies of one file: those with a path, if there are any. */
static void add_file(struct work *work, const struct sl_copy *list, size_t count)
{
    bool has_path = false, has_name = false;
    for (size_t i = 0; i < count; i++) {
        has_path = has_path || is_path(list[i].name);
        has_name = has_name || list[i].name[0] != '\0';
    }
    for (size_t i = 0; i < count; i++) {
        const char *name = list[i].name;
        const bool counts = has_path ? is_path(name) : (name[0] != '\0' || !has_name);
        if (counts && fits(work, name))
            work->refs[work->count++] = &list[i];
    }
}

static void add_all(struct work *work)
{
    struct sl_piece_id cid;
    size_t at = 0, from = 0;
    work->count = 0;
    for (; sl_copies_next(&cid, work->copies, &at) == 1; from = at)
        add_file(work, work->copies->list + from, at - from);
}

/* ---- sorting ---- */

static const struct sl_piece_id *file_of(const struct sl_copy *copy)
{
    return copy->in_whole ? &copy->whole : &copy->piece;
}

static int compare_u64(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int compare_file(const struct sl_piece_id *a, const struct sl_piece_id *b)
{
    const int root = memcmp(a->root, b->root, sizeof a->root);
    if (root != 0)
        return root;
    const int bytes = compare_u64(a->payload_bytes, b->payload_bytes);
    return bytes != 0 ? bytes : (int)a->height - (int)b->height;
}

/* By name, then by file, then by position on the chain. */
static int compare_refs(const void *a_, const void *b_)
{
    const struct sl_copy *a = *(const struct sl_copy *const *)a_;
    const struct sl_copy *b = *(const struct sl_copy *const *)b_;
    int c = strcmp(a->name, b->name);
    if (c == 0)
        c = compare_file(file_of(a), file_of(b));
    if (c == 0)
        c = compare_u64(a->data_set_id, b->data_set_id);
    return c != 0 ? c : compare_u64(a->piece_id, b->piece_id);
}

static int compare_last(const struct draft *a, const struct draft *b)
{
    const int c = compare_u64(a->last->data_set_id, b->last->data_set_id);
    return c != 0 ? c : compare_u64(a->last->piece_id, b->last->piece_id);
}

/* By name, newest first, where that is a total order: see move_newest_first(). */
static int compare_drafts(const void *a_, const void *b_)
{
    const struct draft *a = a_, *b = b_;
    const int c = strcmp(a->version.name, b->version.name);
    if (c != 0)
        return c;
    if (a->version.serial != b->version.serial)
        return a->version.serial > b->version.serial ? -1 : 1;
    const int last = compare_last(b, a);
    return last != 0 ? last : compare_file(&a->version.cid, &b->version.cid);
}

/* Piece ids grow within a data set. Across two data sets, ids do not show which piece came first,
 * and either may lack a copy of one. So a data set with both decides, if there is one. */
static bool is_newer(const struct work *work, const struct draft *a, const struct draft *b)
{
    if (a->version.serial != b->version.serial)
        return a->version.serial > b->version.serial;
    size_t i = a->first, k = b->first;
    while (i < a->first + a->count && k < b->first + b->count) {
        const struct sl_copy *of_a = work->refs[i], *of_b = work->refs[k];
        const int c = compare_u64(of_a->data_set_id, of_b->data_set_id);
        if (c == 0 && of_a->data_set_id != 0 && of_a->piece_id != of_b->piece_id)
            return of_a->piece_id > of_b->piece_id;
        i += c <= 0;
        k += c >= 0;
    }
    return compare_last(a, b) > 0;
}

static void move_newest_first(const struct work *work, struct draft *list, size_t count)
{
    size_t newest = 0;
    for (size_t i = 1; i < count; i++) {
        if (is_newer(work, &list[i], &list[newest]))
            newest = i;
    }
    const struct draft first = list[newest];
    memmove(list + 1, list, newest * sizeof *list);
    list[0] = first;
}

/* ---- the list ---- */

static bool is_same(const struct sl_copy *a, const struct sl_copy *b)
{
    return strcmp(a->name, b->name) == 0 && compare_file(file_of(a), file_of(b)) == 0;
}

/* `refs` must be sorted. Returns the number of drafts. */
static size_t draft_all(const struct work *work, struct draft *out)
{
    size_t count = 0;
    for (size_t i = 0; i < work->count; i++) {
        const struct sl_copy *copy = work->refs[i];
        if (i == 0 || !is_same(copy, work->refs[i - 1]))
            out[count++] =
                (struct draft){.version = {.name = copy->name, .cid = *file_of(copy)}, .first = i};
        struct draft *draft = &out[count - 1];
        draft->count++;
        draft->last = copy;
        if (copy->serial >= draft->version.serial && copy->stored_ms != 0) {
            draft->version.serial = copy->serial;
            draft->version.stored_ms = copy->stored_ms;
        }
    }
    return count;
}

static size_t end_of(const struct draft *list, size_t count, size_t from)
{
    size_t end = from;
    while (end < count && strcmp(list[end].version.name, list[from].version.name) == 0)
        end++;
    return end;
}

static int build(struct sl_versions *out, struct work *work, struct sl_err *err)
{
    struct draft *drafts = calloc(work->count + 1, sizeof *drafts);
    out->list = calloc(work->count + 1, sizeof *out->list);
    if (drafts == NULL || out->list == NULL) {
        free(drafts);
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    }
    qsort(work->refs, work->count, sizeof(void *), compare_refs);
    const size_t count = draft_all(work, drafts);
    qsort(drafts, count, sizeof *drafts, compare_drafts);
    for (size_t i = 0, end; i < count; i = end) {
        end = end_of(drafts, count, i);
        move_newest_first(work, drafts + i, end - i);
        for (size_t k = i; k < end; k++)
            out->list[out->count++] = drafts[k].version;
    }
    free(drafts);
    return SL_OK;
}

int sl_versions_read(struct sl_versions *out, struct sl_copies *copies, const char *name,
                     struct sl_err *err)
{
    struct work work = {.copies = copies, .name = name, .exactly = true};
    *out = (struct sl_versions){0};
    work.refs = calloc(copies->count + 1, sizeof(void *));
    if (work.refs == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    if (name != NULL && strchr(name, '/') == NULL)
        sl_metadata_filename(work.on_chain, name);
    add_all(&work);
    if (work.count == 0 && name != NULL) {
        work.exactly = false;
        add_all(&work);
    }
    const int rc = build(out, &work, err);
    free(work.refs);
    return rc;
}

void sl_versions_free(struct sl_versions *versions)
{
    free(versions->list);
    *versions = (struct sl_versions){0};
}

size_t sl_versions_end(const struct sl_versions *versions, size_t from)
{
    size_t end = from;
    while (end < versions->count &&
           strcmp(versions->list[end].name, versions->list[from].name) == 0)
        end++;
    return end;
}

size_t sl_versions_names(const struct sl_versions *versions)
{
    size_t count = 0;
    for (size_t i = 0; i < versions->count; i = sl_versions_end(versions, i))
        count++;
    return count;
}
