/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "model/rows.h"

#include <stdlib.h>
#include <string.h>

#include "sluice/path.h"
#include "sluice/sp.h"

static size_t slot_of(int64_t id, size_t size)
{
    const uint64_t mixed = (uint64_t)id * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(mixed >> 32) & (size - 1);
}

/* The slot of the id, or the free slot where it belongs. */
static size_t probe(const struct sl_rows *rows, int64_t id)
{
    size_t i = slot_of(id, rows->table_size);
    while (rows->table[i] != NULL && rows->table[i]->id != id)
        i = (i + 1) & (rows->table_size - 1);
    return i;
}

struct sl_row *sl_rows_find(const struct sl_rows *rows, int64_t id)
{
    return rows->table_size == 0 ? NULL : rows->table[probe(rows, id)];
}

static bool grow_table(struct sl_rows *rows)
{
    if ((rows->count + 1) * 2 <= rows->table_size)
        return true;
    struct sl_rows bigger = *rows;
    bigger.table_size = rows->table_size == 0 ? 64 : rows->table_size * 2;
    bigger.table = calloc(bigger.table_size, sizeof(struct sl_row *));
    if (bigger.table == NULL)
        return false;
    for (size_t i = 0; i < rows->count; i++)
        bigger.table[probe(&bigger, rows->list[i]->id)] = rows->list[i];
    free(rows->table);
    rows->table = bigger.table;
    rows->table_size = bigger.table_size;
    return true;
}

static bool grow_list(struct sl_rows *rows)
{
    if (rows->count < rows->cap)
        return true;
    const size_t cap = rows->cap == 0 ? 64 : rows->cap * 2;
    struct sl_row **list = realloc(rows->list, cap * sizeof(struct sl_row *));
    if (list == NULL)
        return false;
    rows->list = list;
    rows->cap = cap;
    return true;
}

struct sl_row *sl_rows_add(struct sl_rows *rows, int64_t id, const char *path)
{
    const size_t len = strlen(path);
    if (!grow_table(rows) || !grow_list(rows))
        return NULL;
    struct sl_row *row = calloc(1, sizeof *row + len + 1);
    if (row == NULL)
        return NULL;
    memcpy(row->path, path, len + 1);
    row->path_len = (uint32_t)len;
    row->name_at = (uint32_t)(sl_path_base(row->path) - row->path);
    row->id = id;
    row->state = SL_JOB_STATE_COUNT; /* no event yet */
    row->view_at = SL_NOT_SHOWN;
    row->at = (uint32_t)rows->count;
    rows->list[rows->count++] = row;
    rows->table[probe(rows, id)] = row;
    return row;
}

/* Close the gap that a removed entry leaves in its run of the table. */
static void table_remove(struct sl_rows *rows, size_t hole)
{
    const size_t mask = rows->table_size - 1;
    rows->table[hole] = NULL;
    for (size_t i = (hole + 1) & mask; rows->table[i] != NULL; i = (i + 1) & mask) {
        struct sl_row *moved = rows->table[i];
        rows->table[i] = NULL;
        rows->table[probe(rows, moved->id)] = moved;
    }
}

bool sl_row_is_stored(const struct sl_row *row)
{
    return row->has_piece && (row->state == SL_JOB_CONFIRMED || row->state == SL_JOB_STORED);
}

bool sl_row_url(char out[static SL_ROW_URL_BYTES], const struct sl_row *row)
{
    const bool there = row->has_piece && row->provider != NULL && row->parts == 0 &&
                       sl_job_state_delivered(row->state) && row->state != SL_JOB_ACCEPTED;
    return there &&
           sl_sp_retrieval_url(out, SL_ROW_URL_BYTES, row->provider, &row->piece, NULL) == SL_OK;
}

bool sl_row_is_checked(const struct sl_row *row)
{
    return row->check != NULL && row->check->state <= SL_VERIFY_RUNS;
}

int sl_row_check_percent(const struct sl_check *check)
{
    const double total = (double)check->total_bytes;
    const int percent = total > 0 ? (int)((double)check->done_bytes * 100.0 / total) : 0;
    return check->state > SL_VERIFY_RUNS ? 100 : percent > 99 ? 99 : percent;
}

void sl_row_drop_check(struct sl_row *row)
{
    if (row->check != NULL)
        free(row->check->why);
    free(row->check);
    row->check = NULL;
}

static void free_row(struct sl_row *row)
{
    sl_row_drop_check(row);
    free(row->live);
    free(row->tx);
    free(row->why);
    free(row->steps);
    free(row);
}

void sl_rows_remove(struct sl_rows *rows, struct sl_row *row)
{
    table_remove(rows, probe(rows, row->id));
    struct sl_row *last = rows->list[--rows->count];
    rows->list[row->at] = last;
    last->at = row->at;
    free_row(row);
}

const char *sl_rows_provider(struct sl_rows *rows, const char *url)
{
    if (url[0] == '\0')
        return NULL;
    for (struct sl_provider *p = rows->providers; p != NULL; p = p->next) {
        if (strcmp(p->url, url) == 0)
            return p->url;
    }
    const size_t len = strlen(url);
    struct sl_provider *fresh = calloc(1, sizeof *fresh + len + 1);
    if (fresh == NULL)
        return NULL;
    memcpy(fresh->url, url, len + 1);
    fresh->next = rows->providers;
    rows->providers = fresh;
    return fresh->url;
}

void sl_rows_fini(struct sl_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        free_row(rows->list[i]);
    free(rows->list);
    free(rows->table);
    while (rows->providers != NULL) {
        struct sl_provider *next = rows->providers->next;
        free(rows->providers);
        rows->providers = next;
    }
    *rows = (struct sl_rows){0};
}

void sl_row_step(struct sl_row *row)
{
    if (row->steps == NULL)
        row->steps = calloc(SL_STEPS_MAX, sizeof *row->steps);
    if (row->steps == NULL)
        return; /* the row shows its state even without a history */
    if (row->step_count == SL_STEPS_MAX) {
        memmove(&row->steps[1], &row->steps[2], (SL_STEPS_MAX - 2) * sizeof *row->steps);
        row->step_count--;
    }
    row->steps[row->step_count++] = (struct sl_step){
        .at_ms = row->changed_ms,
        .state = (uint8_t)row->state,
        .attempts = (uint8_t)(row->attempts < UINT8_MAX ? row->attempts : UINT8_MAX)};
}

uint64_t sl_row_done_bytes(const struct sl_row *row)
{
    const uint64_t size = row->size_bytes;
    if (sl_job_state_delivered(row->state))
        return size;
    const bool holds = row->state == SL_JOB_UPLOADING || row->state == SL_JOB_PAUSED;
    if (!holds || row->live == NULL)
        return row->sent_bytes < size ? row->sent_bytes : size; /* parts that arrived stay stored */
    return row->live->acked_bytes < size ? row->live->acked_bytes : size;
}

int sl_row_percent(const struct sl_row *row)
{
    if (sl_job_state_delivered(row->state))
        return 100;
    const double size = (double)row->size_bytes;
    uint64_t done = sl_row_done_bytes(row);
    if (row->state == SL_JOB_HASHING)
        done = row->live != NULL ? row->live->hashed_bytes : 0;
    const int percent = size > 0 ? (int)((double)done * 100.0 / size) : 0;
    return percent > 99 ? 99 : percent;
}
