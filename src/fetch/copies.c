/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/copies.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- the list ---- */

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

static const char *keep_name(struct sl_copies *copies, const char *name)
{
    if (copies->name_count > 0 && strcmp(copies->names[copies->name_count - 1], name) == 0)
        return copies->names[copies->name_count - 1];
    if (copies->name_count == copies->name_room) {
        const size_t room = copies->name_room > 0 ? copies->name_room * 2 : 16;
        char **names = realloc(copies->names, room * sizeof *names);
        if (names == NULL)
            return NULL;
        copies->names = names;
        copies->name_room = room;
    }
    char *own = strdup(name);
    if (own != NULL)
        copies->names[copies->name_count++] = own;
    return own;
}

static int make_place(struct sl_copies *copies)
{
    if (copies->count < copies->room)
        return SL_OK;
    const size_t room = copies->room > 0 ? copies->room * 2 : 16;
    struct sl_copy *list = realloc(copies->list, room * sizeof *list);
    if (list == NULL)
        return SL_ENOMEM;
    copies->list = list;
    copies->room = room;
    return SL_OK;
}

int sl_copies_add(struct sl_copies *copies, const struct sl_copy *copy, struct sl_err *err)
{
    const char *name = keep_name(copies, or_empty(copy->name));
    char *url = strdup(or_empty(copy->url));
    if (name == NULL || url == NULL || make_place(copies) < 0) {
        free(url);
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    }
    struct sl_copy *out = &copies->list[copies->count];
    *out = *copy;
    out->name = name;
    out->url = url;
    out->order = copies->count++;
    copies->arranged = false;
    return SL_OK;
}

void sl_copies_free(struct sl_copies *copies)
{
    for (size_t i = 0; i < copies->count; i++)
        free((char *)copies->list[i].url);
    for (size_t i = 0; i < copies->name_count; i++)
        free(copies->names[i]);
    free(copies->names);
    free(copies->list);
    *copies = (struct sl_copies){0};
}

/* ---- metadata ---- */

enum { DIVISOR_MAX = 1 << 16 };

static bool read_count(uint32_t *out, const char **at)
{
    const size_t digits = strspn(*at, "0123456789");
    if (digits == 0 || digits > 7 || **at == '0')
        return false;
    *out = (uint32_t)strtoul(*at, NULL, 10);
    *at += digits;
    return true;
}

/* ".2-4": the second of four. */
static bool read_fraction(uint32_t *index, uint32_t *divisor, const char **at)
{
    *index = 0;
    *divisor = 1;
    if (**at != '.')
        return true;
    (*at)++;
    if (!read_count(index, at) || *(*at)++ != '-' || !read_count(divisor, at))
        return false;
    (*index)--;
    return *divisor >= 2 && *divisor <= DIVISOR_MAX && (*divisor & (*divisor - 1)) == 0 &&
           *index < *divisor;
}

bool sl_copy_label(struct sl_copy *copy, const char *label)
{
    const char *at = label;
    return read_count(&copy->part, &at) && read_fraction(&copy->index, &copy->divisor, &at) &&
           *at++ == '/' && read_count(&copy->parts, &at) && *at == '\0' &&
           copy->part <= copy->parts;
}

void sl_copy_describe(struct sl_copy *copy, const struct sl_metadata *entries, size_t count)
{
    const char *name = sl_metadata_get(entries, count, SL_METADATA_FILENAME);
    const char *part = sl_metadata_get(entries, count, SL_METADATA_PART);
    const char *whole = sl_metadata_get(entries, count, SL_METADATA_WHOLE);
    copy->name = or_empty(name);
    copy->in_whole = part != NULL && whole != NULL && sl_copy_label(copy, part) &&
                     sl_piece_parse(&copy->whole, whole, strlen(whole), NULL) == SL_OK;
}

/* ---- files ---- */

static const struct sl_piece_id *file_of(const struct sl_copy *copy)
{
    return copy->in_whole ? &copy->whole : &copy->piece;
}

static int compare_id(const struct sl_piece_id *a, const struct sl_piece_id *b)
{
    const int root = memcmp(a->root, b->root, sizeof a->root);
    if (root != 0)
        return root;
    if (a->payload_bytes != b->payload_bytes)
        return a->payload_bytes < b->payload_bytes ? -1 : 1;
    return (a->height > b->height) - (a->height < b->height);
}

static int compare_u64(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* Where it begins and ends in its file, in fractions of a part: an order, not bytes. */
static uint64_t begin_of(const struct sl_copy *copy)
{
    const uint64_t step = copy->divisor > 1 ? DIVISOR_MAX / copy->divisor : DIVISOR_MAX;
    return ((uint64_t)copy->part - 1) * DIVISOR_MAX + copy->index * step;
}

static uint64_t end_of(const struct sl_copy *copy)
{
    return begin_of(copy) + (copy->divisor > 1 ? DIVISOR_MAX / copy->divisor : DIVISOR_MAX);
}

/* By file, and within it by its number of parts, place, size (the larger first) and preference. */
static int compare(const void *a_, const void *b_)
{
    const struct sl_copy *a = a_, *b = b_;
    int c = compare_id(file_of(a), file_of(b));
    if (c == 0)
        c = (int)a->in_whole - (int)b->in_whole;
    if (c == 0 && a->in_whole)
        c = compare_u64(a->parts, b->parts);
    if (c == 0 && a->in_whole)
        c = compare_u64(begin_of(a), begin_of(b));
    if (c == 0 && a->in_whole)
        c = compare_u64(end_of(b), end_of(a));
    return c != 0 ? c : compare_u64(a->order, b->order);
}

static void arrange(struct sl_copies *copies)
{
    if (!copies->arranged && copies->count > 1)
        qsort(copies->list, copies->count, sizeof *copies->list, compare);
    copies->arranged = true;
}

int sl_copies_next(struct sl_piece_id *out, struct sl_copies *copies, size_t *at)
{
    arrange(copies);
    if (*at >= copies->count)
        return 0;
    *out = *file_of(&copies->list[*at]);
    while (*at < copies->count && compare_id(out, file_of(&copies->list[*at])) == 0)
        (*at)++;
    return 1;
}

/* ---- labels from other copies ---- */

static int compare_u32(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

/* By piece, then by what it is called and where in which file it is. */
static int compare_labels(const void *a_, const void *b_)
{
    const struct sl_copy *a = a_, *b = b_;
    int c = compare_id(&a->piece, &b->piece);
    if (c == 0)
        c = strcmp(a->name, b->name);
    if (c == 0)
        c = (int)a->in_whole - (int)b->in_whole;
    if (c != 0 || !a->in_whole)
        return c;
    c = compare_id(&a->whole, &b->whole);
    if (c == 0)
        c = compare_u32(a->parts, b->parts);
    if (c == 0)
        c = compare_u32(a->part, b->part);
    if (c == 0)
        c = compare_u32(a->divisor, b->divisor);
    return c != 0 ? c : compare_u32(a->index, b->index);
}

/* Each label of each piece once, sorted. NULL: out of memory. */
static struct sl_copy *all_labels(const struct sl_copies *from, size_t *count)
{
    size_t kept = 0;
    struct sl_copy *out = calloc(from->count + 1, sizeof *out);
    *count = 0;
    if (out == NULL)
        return NULL;
    for (size_t i = 0; i < from->count; i++) {
        const struct sl_copy *copy = &from->list[i];
        if (!copy->unlabelled && (copy->in_whole || copy->name[0] != '\0'))
            out[(*count)++] = *copy;
    }
    qsort(out, *count, sizeof *out, compare_labels);
    for (size_t i = 0; i < *count; i++) {
        if (kept == 0 || compare_labels(&out[kept - 1], &out[i]) != 0)
            out[kept++] = out[i];
    }
    *count = kept;
    return out;
}

static size_t first_label(const struct sl_copy *labels, size_t count, const struct sl_piece_id *of)
{
    size_t low = 0, high = count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (compare_id(&labels[middle].piece, of) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int label_copy(struct sl_copies *copies, size_t i, const struct sl_copy *labels,
                      size_t count, struct sl_err *err)
{
    const struct sl_copy bare = copies->list[i];
    bool first = true;
    for (size_t at = first_label(labels, count, &bare.piece);
         at < count && compare_id(&labels[at].piece, &bare.piece) == 0; at++, first = false) {
        struct sl_copy copy = labels[at];
        copy.url = bare.url;
        copy.provider_id = bare.provider_id;
        copy.data_set_id = bare.data_set_id;
        copy.piece_id = bare.piece_id;
        if (!first) {
            const int rc = sl_copies_add(copies, &copy, err);
            if (rc < 0)
                return rc;
            continue;
        }
        copy.name = keep_name(copies, copy.name);
        copy.order = bare.order;
        if (copy.name == NULL)
            return sl_err_set(err, SL_ENOMEM, "out of memory");
        copies->list[i] = copy;
        copies->arranged = false;
    }
    return SL_OK;
}

int sl_copies_label(size_t *left, struct sl_copies *copies, const struct sl_copies *from,
                    struct sl_err *err)
{
    size_t label_count;
    const size_t count = copies->count; /* what is added has labels */
    const struct sl_piece_id *last = NULL;
    int rc = SL_OK;
    *left = 0;
    struct sl_copy *labels = all_labels(from, &label_count);
    if (labels == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    for (size_t i = 0; rc == SL_OK && i < count; i++) {
        if (copies->list[i].unlabelled)
            rc = label_copy(copies, i, labels, label_count, err);
    }
    free(labels);
    arrange(copies);
    for (size_t i = 0; i < copies->count; i++) {
        const struct sl_copy *copy = &copies->list[i];
        if (!copy->unlabelled)
            continue;
        *left += last == NULL || compare_id(last, &copy->piece) != 0;
        last = &copy->piece;
    }
    return rc;
}

/* ---- putting one together ---- */

static int make_room(struct sl_wanted *out, size_t parts, struct sl_err *err)
{
    out->parts = calloc(parts + 1, sizeof *out->parts);
    out->fetch_parts = calloc(parts + 1, sizeof *out->fetch_parts);
    if (out->parts == NULL || out->fetch_parts == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    out->file.parts = out->fetch_parts;
    out->file.part_count = parts;
    return SL_OK;
}

static bool has_url(const struct sl_wanted_part *part, const char *url)
{
    for (size_t i = 0; i < part->count; i++) {
        if (part->urls[i] != NULL && strcmp(part->urls[i], url) == 0)
            return true;
    }
    return false;
}

static int add_copy(struct sl_wanted *out, size_t i, const struct sl_copy *copy, size_t most,
                    struct sl_err *err)
{
    struct sl_wanted_part *part = &out->parts[i];
    if (part->copies == NULL) {
        part->copies = calloc(most, sizeof(void *));
        part->urls = calloc(most, sizeof(void *));
        if (part->copies == NULL || part->urls == NULL)
            return sl_err_set(err, SL_ENOMEM, "out of memory");
        out->fetch_parts[i].piece = copy->piece;
    }
    if (!sl_piece_id_equal(&out->fetch_parts[i].piece, &copy->piece) || has_url(part, copy->url))
        return SL_OK;
    part->copies[part->count] = copy;
    part->urls[part->count++] = copy->url;
    out->fetch_parts[i].urls = part->urls;
    out->fetch_parts[i].url_count = part->count;
    return SL_OK;
}

/* Copies of one piece among some, alone or parts of something. */
static int one_piece(struct sl_wanted *out, const struct sl_copy *list, size_t count,
                     const struct sl_piece_id *cid, bool in_whole, struct sl_err *err)
{
    size_t most = 0;
    for (size_t i = 0; i < count; i++)
        most += list[i].in_whole == in_whole && sl_piece_id_equal(&list[i].piece, cid);
    if (most == 0)
        return 0;
    int rc = make_room(out, 1, err);
    for (size_t i = 0; rc == SL_OK && i < count; i++) {
        if (list[i].in_whole != in_whole || !sl_piece_id_equal(&list[i].piece, cid))
            continue;
        rc = add_copy(out, 0, &list[i], most, err);
        if (out->name[0] == '\0' && !in_whole)
            out->name = list[i].name;
    }
    return rc < 0 ? rc : 1;
}

static bool same_place(const struct sl_copy *a, const struct sl_copy *b)
{
    return begin_of(a) == begin_of(b) && end_of(a) == end_of(b);
}

/* Going through the copies of a file from its first byte on. */
struct cursor {
    const struct sl_copy *list;
    size_t total;
    size_t i;
    uint64_t at; /* as begin_of() counts */
};

/* The copies of what comes next, *count of them, the largest piece that there is; NULL: missing. */
static const struct sl_copy *next_part(struct cursor *cursor, size_t *count)
{
    const struct sl_copy *list = cursor->list;
    while (cursor->i < cursor->total && begin_of(&list[cursor->i]) < cursor->at)
        cursor->i++;
    if (cursor->i == cursor->total || begin_of(&list[cursor->i]) != cursor->at)
        return NULL;
    const struct sl_copy *first = &list[cursor->i];
    *count = 0;
    while (cursor->i < cursor->total && same_place(first, &list[cursor->i])) {
        cursor->i++;
        (*count)++;
    }
    cursor->at = end_of(first);
    return first;
}

/* How many parts it takes from the first byte to the last; 0 when one is missing. */
static size_t count_parts(const struct sl_copy *list, size_t total, struct sl_err *err)
{
    struct cursor cursor = {.list = list, .total = total};
    size_t parts = 0, count;
    uint64_t bytes = 0;
    while (bytes < list[0].whole.payload_bytes) {
        const struct sl_copy *part = next_part(&cursor, &count);
        if (part == NULL) {
            (void)sl_err_set(err, SL_ENOTFOUND,
                             "part %" PRIu64 " of %" PRIu32 " of it is not known",
                             cursor.at / DIVISOR_MAX + 1, list[0].parts);
            return 0;
        }
        bytes += part->piece.payload_bytes;
        parts++;
    }
    return parts;
}

/* `list` has all copies that claim to be one of `total` parts. 1: all parts are there, and their
 * roots prove that they are the file, unless no proof is required. */
static int assemble(struct sl_wanted *out, const struct sl_copy *list, size_t total, bool proven,
                    struct sl_err *err)
{
    struct cursor cursor = {.list = list, .total = total};
    const size_t parts = count_parts(list, total, err);
    if (parts == 0)
        return 0;
    int rc = make_room(out, parts, err);
    for (size_t i = 0; rc == SL_OK && i < parts; i++) {
        size_t count = 0;
        const struct sl_copy *part = next_part(&cursor, &count);
        for (size_t k = 0; rc == SL_OK && k < count; k++)
            rc = add_copy(out, i, &part[k], count, err);
        if (rc == SL_OK && out->name[0] == '\0')
            out->name = part->name;
    }
    if (rc < 0)
        return rc;
    rc = sl_fetch_check_parts(&out->file, err);
    return rc == SL_OK || (rc == 1 && !proven);
}

/* `list` has the copies of one file. Uploads that cut it differently are looked at one by one. */
static int whole(struct sl_wanted *out, const struct sl_copy *list, size_t count,
                 const struct sl_piece_id *cid, bool proven, struct sl_err *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < count;) {
        size_t same = 1;
        while (i + same < count && list[i + same].in_whole == list[i].in_whole &&
               list[i + same].parts == list[i].parts)
            same++;
        if (list[i].in_whole) {
            sl_wanted_free(out);
            out->file.whole = *cid;
            rc = assemble(out, list + i, same, proven, err);
        }
        i += same;
    }
    return rc;
}

/* Where the copies of a file begin in the arranged list, and how many there are. */
static size_t find_file(const struct sl_copies *copies, const struct sl_piece_id *cid,
                        size_t *count)
{
    size_t low = 0, high = copies->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (compare_id(file_of(&copies->list[middle]), cid) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *count = 0;
    while (low + *count < copies->count &&
           compare_id(file_of(&copies->list[low + *count]), cid) == 0)
        (*count)++;
    return low;
}

int sl_copies_file(struct sl_wanted *out, struct sl_copies *copies, const struct sl_piece_id *cid,
                   struct sl_err *err)
{
    size_t count;
    arrange(copies);
    *out = (struct sl_wanted){.name = "", .file.whole = *cid};
    (void)sl_err_set(err, SL_ENOTFOUND, "nothing is known of it");
    const size_t first = find_file(copies, cid, &count);
    int rc = count > 0 ? one_piece(out, copies->list + first, count, cid, false, err) : 0;
    for (int proven = 1; rc == 0 && count > 0 && proven >= 0; proven--)
        rc = whole(out, copies->list + first, count, cid, proven == 1, err);
    if (rc == 0) { /* a part of something, asked for by itself */
        struct sl_wanted part = {.name = "", .file.whole = *cid};
        rc = one_piece(&part, copies->list, copies->count, cid, true, err);
        if (rc != 0) {
            sl_wanted_free(out);
            *out = part;
        }
    }
    if (rc <= 0)
        sl_wanted_free(out);
    return rc;
}

void sl_wanted_free(struct sl_wanted *wanted)
{
    for (size_t i = 0; wanted->parts != NULL && i < wanted->file.part_count; i++) {
        free(wanted->parts[i].copies);
        free(wanted->parts[i].urls);
    }
    free(wanted->parts);
    free(wanted->fetch_parts);
    *wanted = (struct sl_wanted){.name = ""};
}
