/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "model/view.h"

#include <stdlib.h>
#include <string.h>

const char *sl_sort_name(enum sl_sort sort)
{
    static const char *const names[SL_SORT_COUNT] = {"queue", "state", "name", "size"};
    return names[sort];
}

const char *sl_show_name(int show)
{
    if (show < 0)
        return show == SL_SHOW_ALL ? "all" : "active";
    return sl_job_state_name((enum sl_job_state)show);
}

static bool passes(const struct sl_model *model, const struct sl_row *row)
{
    if (model->show == SL_SHOW_ACTIVE)
        return row->state == SL_JOB_UPLOADING || row->state == SL_JOB_ACCEPTED ||
               row->state == SL_JOB_HASHING || row->state == SL_JOB_WAITING;
    return model->show == SL_SHOW_ALL || (int)row->state == model->show;
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

/* What needs eyes first. */
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
    if (count <= model->view_cap)
        return true;
    const size_t cap = count < 64 ? 64 : count * 2;
    struct sl_row **view = realloc(model->view, cap * sizeof(struct sl_row *));
    if (view == NULL)
        return false;
    model->view = view;
    model->view_cap = cap;
    return true;
}

static void rebuild(struct sl_model *model)
{
    const struct sl_rows *rows = &model->rows;
    model->view_count = 0;
    const bool fits = reserve(model, rows->count); /* else: an empty list, tried again */
    for (size_t i = 0; i < rows->count; i++) {
        rows->list[i]->view_at = SL_NOT_SHOWN;
        if (fits && passes(model, rows->list[i]))
            model->view[model->view_count++] = rows->list[i];
    }
    if (model->view_count > 1)
        qsort(model->view, model->view_count, sizeof(struct sl_row *), comparators[model->sort]);
    for (size_t i = 0; i < model->view_count; i++)
        model->view[i]->view_at = (uint32_t)i;
    model->view_stale = !fits;
}

/* Keep the selected row on the screen, and the screen full where there are rows. */
static void settle_scroll(struct sl_model *model)
{
    const size_t page = model->page > 0 ? model->page : 1;
    const size_t above = model->follow && page > 4 ? 2 : 0;
    if (model->selected < model->top + above)
        model->top = model->selected > above ? model->selected - above : 0;
    if (model->selected >= model->top + page)
        model->top = model->selected - page + 1 + (model->follow ? page / 2 : 0);
    if (model->top > model->selected)
        model->top = model->selected;
    if (model->top + page > model->view_count)
        model->top = model->view_count > page ? model->view_count - page : 0;
}

void sl_view_select(struct sl_model *model, size_t place)
{
    if (model->view_count == 0) {
        model->selected = model->top = 0;
        return;
    }
    model->selected = place < model->view_count ? place : model->view_count - 1;
    model->selected_id = model->view[model->selected]->id;
    settle_scroll(model);
    model->changed = true;
}

void sl_view_update(struct sl_model *model)
{
    if (model->view_stale) {
        rebuild(model);
        const struct sl_row *row = sl_rows_find(&model->rows, model->selected_id);
        const bool kept = row != NULL && row->view_at != SL_NOT_SHOWN;
        sl_view_select(model, kept ? row->view_at : model->selected);
    }
    settle_scroll(model);
}

void sl_view_append(struct sl_model *model, struct sl_row *row)
{
    if (!passes(model, row))
        return;
    const struct sl_row *last = model->view_count > 0 ? model->view[model->view_count - 1] : NULL;
    const bool in_order =
        !model->view_stale && (model->view_count == 0 || comparators[model->sort](&last, &row) < 0);
    if (!in_order || !reserve(model, model->view_count + 1)) {
        model->view_stale = true;
        return;
    }
    row->view_at = (uint32_t)model->view_count;
    model->view[model->view_count++] = row;
    if (model->view_count == 1)
        sl_view_select(model, 0);
}

struct sl_row *sl_view_row(const struct sl_model *model)
{
    return model->view_count > 0 ? model->view[model->selected] : NULL;
}

void sl_view_move(struct sl_model *model, long by)
{
    const size_t down = by > 0 ? (size_t)by : 0, up = by < 0 ? (size_t)-by : 0;
    model->follow = false;
    sl_view_select(model, model->selected + down > up ? model->selected + down - up : 0);
}

bool sl_view_marked(const struct sl_model *model, size_t place)
{
    if (model->view[place]->marked)
        return true;
    const struct sl_row *begin = sl_rows_find(&model->rows, model->range_id);
    if (model->range_id == 0 || begin == NULL || begin->view_at == SL_NOT_SHOWN)
        return false;
    const size_t from = begin->view_at;
    return from < model->selected ? place >= from && place <= model->selected
                                  : place >= model->selected && place <= from;
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
    if (model->needle[0] == '\0')
        return false;
    for (const char *at = row->path; *at != '\0'; at++) {
        if (begins_with(at, model->needle))
            return true;
    }
    return false;
}

bool sl_view_search(struct sl_model *model, int step, bool here)
{
    const size_t count = model->view_count;
    for (size_t i = here ? 0 : 1; i <= count && count > 0; i++) {
        const size_t offset = step > 0 ? i : count - i % count;
        const size_t place = (model->selected + offset) % count;
        if (sl_view_matches(model, model->view[place])) {
            model->follow = false;
            sl_view_select(model, place);
            return true;
        }
    }
    return false;
}
