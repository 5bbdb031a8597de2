/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/job.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

static const struct row {
    const char *name;
    const char *sign;
    const char *ascii_sign;
    bool finished;
    const char *word;
} rows[SL_JOB_STATE_COUNT] = {
#define SL_JOB_ROW(id, name, sign, ascii, finished, word)                                          \
    [id] = {name, sign, ascii, finished, word},
    SL_JOB_STATES(SL_JOB_ROW)
#undef SL_JOB_ROW
};

const char *sl_job_state_name(enum sl_job_state state)
{
    return rows[state].name;
}

const char *sl_job_state_word(enum sl_job_state state)
{
    return rows[state].word;
}

const char *sl_job_state_sign(enum sl_job_state state, bool ascii)
{
    return ascii ? rows[state].ascii_sign : rows[state].sign;
}

bool sl_job_state_finished(enum sl_job_state state)
{
    return rows[state].finished;
}

bool sl_job_state_delivered(enum sl_job_state state)
{
    return state == SL_JOB_ACCEPTED || state == SL_JOB_STORED || state == SL_JOB_PARKED ||
           state == SL_JOB_COMMITTING || state == SL_JOB_CONFIRMED;
}

enum sl_job_state sl_job_state_of_name(const char *name)
{
    for (int i = 0; i < SL_JOB_STATE_COUNT; i++) {
        if (strcmp(rows[i].name, name) == 0)
            return (enum sl_job_state)i;
    }
    return SL_JOB_STATE_COUNT;
}

uint8_t sl_job_missing_copies(const struct sl_job *job)
{
    const struct sl_job_copies *copies = &job->copies;
    const bool missing = job->state == SL_JOB_CONFIRMED && copies->landed < copies->wanted;
    return missing ? (uint8_t)(copies->wanted - copies->landed) : 0;
}

/* ---- parts ---- */

int sl_job_part_child_id(int id, int divisor, int index)
{
    const int number = id & ((1 << SL_PART_SUB_SHIFT) - 1);
    const int above = id >> SL_PART_SUB_SHIFT;
    const int64_t sub = (int64_t)(above != 0 ? above : 1) * divisor + index;
    return sub > INT_MAX >> SL_PART_SUB_SHIFT ? 0 : ((int)sub << SL_PART_SUB_SHIFT) | number;
}

void sl_job_part_label(char out[static SL_PART_LABEL_CHARS], const struct sl_job *job, int part_id)
{
    const int number = part_id & ((1 << SL_PART_SUB_SHIFT) - 1);
    const int sub = part_id >> SL_PART_SUB_SHIFT;
    const uint64_t shard = job->shard_bytes > 0 ? job->shard_bytes : 1;
    const unsigned long long count =
        job->file.size_bytes / shard + (job->file.size_bytes % shard != 0);
    int divisor = 1;
    while (divisor <= sub / 2)
        divisor *= 2;
    if (sub == 0)
        snprintf(out, SL_PART_LABEL_CHARS, "%d/%llu", number, count);
    else
        snprintf(out, SL_PART_LABEL_CHARS, "%d.%d-%d/%llu", number, sub - divisor + 1, divisor,
                 count);
}

/* ---- ranks ---- */

static const int64_t places = INT64_C(1) << 40;

int64_t sl_rank_place(int64_t rank)
{
    const int64_t place = rank % places;
    return place < 0 ? place + places : place;
}

int sl_rank_priority(int64_t rank)
{
    const int64_t priority = (sl_rank_place(rank) - rank) / places;
    return priority > SL_PRIORITY_MAX    ? SL_PRIORITY_MAX
           : priority < -SL_PRIORITY_MAX ? -SL_PRIORITY_MAX
                                         : (int)priority;
}

int64_t sl_rank_of(int priority, int64_t place)
{
    if (priority > SL_PRIORITY_MAX)
        priority = SL_PRIORITY_MAX;
    if (priority < -SL_PRIORITY_MAX)
        priority = -SL_PRIORITY_MAX;
    return place - priority * places;
}
