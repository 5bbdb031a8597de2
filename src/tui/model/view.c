/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "model/view.h"

#include <stdlib.h>
#include <string.h>

const char *sl_view_sort_name(enum sl_sort sort)
{
    static const char *const names[SL_SORT_COUNT] = {"queue", "state", "name", "size"};
    return names[sort];
}

const char *sl_view_show_name(int show)
{
    if (show < 0)
        return show == SL_SHOW_ALL ? "all" : "active";
    return sl_job_state_name((enum sl_job_state)show);
}

static bool passes(const struct sl_model *model, const struct sl_row *row)
{
    if (model->view.show == SL_SHOW_ACTIVE)
        return row->state == SL_JOB_UPLOADING || row->state == SL_JOB_ACCEPTED ||
               row->state == SL_JOB_HASHING || row->state == SL_JOB_WAITING;
    return model->view.show == SL_SHOW_ALL || (int)row->state == model->view.show;
}

/* ---- order ---- */

static int by_id(const struct sl_row *a, const struct sl_row *b)
{
    return (a->id > b->id) - (a->id < b->id);
}

static int by_rank(const struct sl_row *a, const struct sl_row *b)
{
    const int order = (a->rank > b->rank) - (a->rank < b->rank);
    return order != 0 ? order : by_id(a, b);
}

/* The states that need attention come first. */
static int urgency(enum sl_job_state state)
{
    static const int place[SL_JOB_STATE_COUNT] = {
        [SL_JOB_UPLOADING] = 0,  [SL_JOB_ACCEPTED] = 1,   [SL_JOB_PARKED] = 2,
        [SL_JOB_COMMITTING] = 3, [SL_JOB_WAITING] = 4,    [SL_JOB_FAILED] = 5,
        [SL_JOB_PAUSED] = 6,     [SL_JOB_QUEUED] = 7,     [SL_JOB_STORED] = 8,
        [SL_JOB_CONFIRMED] = 9,  [SL_JOB_CANCELLED] = 10, [SL_JOB_HASHING] = 0,
        [SL_JOB_DELETED] = 11};
    return place[state];
}

static const struct sl_row *row_of(const void *slot)
{
    return *(const struct sl_row *const *)slot;
}

static int compare_queue(const void *a, const void *b)
{
    return by_rank(row_of(a), row_of(b));
}

static int compare_state(const void *a, const void *b)
{
    const int order = urgency(row_of(a)->state) - urgency(row_of(b)->state);
    return order != 0 ? order : by_rank(row_of(a), row_of(b));
}

static int compare_name(const void *a, const void *b)
{
    const struct sl_row *left = row_of(a), *right = row_of(b);
    const int order = strcmp(left->path + left->name_at, right->path + right->name_at);
    return order != 0 ? order : by_id(left, right);
}

static int compare_size(const void *a, const void *b)
{
    const struct sl_row *left = row_of(a), *right = row_of(b);
    const int order =
        (left->size_bytes < right->size_bytes) - (left->size_bytes > right->size_bytes);
    return order != 0 ? order : by_id(left, right);
}

static int (*const comparators[SL_SORT_COUNT])(const void *, const void *) = {
    compare_queue, compare_state, compare_name, compare_size};

/* ---- the list of rows shown ---- */

static bool reserve(struct sl_model *model, size_t count)
{
    if (count <= model->view.cap)
        return true;
    const size_t cap = count < 64 ? 64 : count * 2;
    struct sl_row **view = realloc(model->view.rows, cap * sizeof(struct sl_row *));
    if (view == NULL)
        return false;
    model->view.rows = view;
    model->view.cap = cap;
    return true;
}

static void rebuild(struct sl_model *model)
{
    const struct sl_rows *rows = &model->rows;
    model->view.count = 0;
    const bool fits =
        reserve(model, rows->count); /* out of memory: an empty list, built again later */
    for (size_t i = 0; i < rows->count; i++) {
        rows->list[i]->view_at = SL_NOT_SHOWN;
        if (fits && passes(model, rows->list[i]))
            model->view.rows[model->view.count++] = rows->list[i];
    }
    if (model->view.count > 1)
        qsort(model->view.rows, model->view.count, sizeof(struct sl_row *),
              comparators[model->view.sort]);
    for (size_t i = 0; i < model->view.count; i++)
        model->view.rows[i]->view_at = (uint32_t)i;
    model->view.stale = !fits;
}

/* Keep the selected row on the screen. Fill the screen if there are enough rows. */
static void settle_scroll(struct sl_model *model)
{
    const size_t page = model->view.page > 0 ? model->view.page : 1;
    const size_t above = model->selection.follow && page > 4 ? 2 : 0;
    if (model->selection.at < model->view.top + above)
        model->view.top = model->selection.at > above ? model->selection.at - above : 0;
    if (model->selection.at >= model->view.top + page)
        model->view.top = model->selection.at - page + 1 + (model->selection.follow ? page / 2 : 0);
    if (model->view.top > model->selection.at)
        model->view.top = model->selection.at;
    if (model->view.top + page > model->view.count)
        model->view.top = model->view.count > page ? model->view.count - page : 0;
}

void sl_view_select(struct sl_model *model, size_t place)
{
    if (model->view.count == 0) {
        model->selection.at = model->view.top = 0;
        return;
    }
    model->selection.at = place < model->view.count ? place : model->view.count - 1;
    model->selection.id = model->view.rows[model->selection.at]->id;
    settle_scroll(model);
    model->changed = true;
}

void sl_view_update(struct sl_model *model)
{
    if (model->view.stale) {
        rebuild(model);
        const struct sl_row *row = sl_rows_find(&model->rows, model->selection.id);
        const bool kept = row != NULL && row->view_at != SL_NOT_SHOWN;
        sl_view_select(model, kept ? row->view_at : model->selection.at);
    }
    settle_scroll(model);
}

void sl_view_append(struct sl_model *model, struct sl_row *row)
{
    if (!passes(model, row))
        return;
    const struct sl_row *last =
        model->view.count > 0 ? model->view.rows[model->view.count - 1] : NULL;
    const bool in_order = !model->view.stale && (model->view.count == 0 ||
                                                 comparators[model->view.sort](&last, &row) < 0);
    if (!in_order || !reserve(model, model->view.count + 1)) {
        model->view.stale = true;
        return;
    }
    row->view_at = (uint32_t)model->view.count;
    model->view.rows[model->view.count++] = row;
    if (model->view.count == 1)
        sl_view_select(model, 0);
}

struct sl_row *sl_view_row(const struct sl_model *model)
{
    return model->view.count > 0 ? model->view.rows[model->selection.at] : NULL;
}

void sl_view_move(struct sl_model *model, long by)
{
    const size_t down = by > 0 ? (size_t)by : 0, up = by < 0 ? (size_t)-by : 0;
    model->selection.follow = false;
    sl_view_select(model, model->selection.at + down > up ? model->selection.at + down - up : 0);
}

bool sl_view_marked(const struct sl_model *model, size_t place)
{
    if (model->view.rows[place]->marked)
        return true;
    const struct sl_row *begin = sl_rows_find(&model->rows, model->selection.range_id);
    if (model->selection.range_id == 0 || begin == NULL || begin->view_at == SL_NOT_SHOWN)
        return false;
    const size_t from = begin->view_at;
    return from < model->selection.at ? place >= from && place <= model->selection.at
                                      : place >= model->selection.at && place <= from;
}

/* ---- search ---- */

static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static bool begins_with(const char *text, const char *needle)
{
    while (*needle != '\0' && lower(*text) == lower(*needle)) {
        text++;
        needle++;
    }
    return *needle == '\0';
}

bool sl_view_matches(const struct sl_model *model, const struct sl_row *row)
{
    if (model->view.needle[0] == '\0')
        return false;
    for (const char *at = row->path; *at != '\0'; at++) {
        if (begins_with(at, model->view.needle))
            return true;
    }
    return false;
}

bool sl_view_search(struct sl_model *model, int step, bool here)
{
    const size_t count = model->view.count;
    for (size_t i = here ? 0 : 1; i <= count && count > 0; i++) {
        const size_t offset = step > 0 ? i : count - i % count;
        const size_t place = (model->selection.at + offset) % count;
        if (sl_view_matches(model, model->view.rows[place])) {
            model->selection.follow = false;
            sl_view_select(model, place);
            return true;
        }
    }
    return false;
}
