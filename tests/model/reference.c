/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "model/reference.h"

#include <stdlib.h>
#include <string.h>

#include "model/world.h"

enum { JOBS = 16384, RECENT = 24, TRIES = 8 };

static struct job {
    bool known;
    bool gone;
    bool remove_asked;
    bool cancel_asked;
    enum sl_job_state
        state; /* as last reported; SL_JOB_STATE_COUNT: not since the engine started */
    int version;
    int copies;
    int wanted;
    char whole[SL_PIECE_CID_CHARS]; /* its PieceCID as last reported */
    uint64_t since;                 /* tick at which the job began, or began again */
    uint64_t excused_at;            /* tick at which a failure was injected for it */
    uint64_t given_at[WORD_MOST];   /* tick at which the commits last received a part */
} jobs[JOBS];

static int64_t last_id;
static int64_t asked; /* a job whose transaction was asked for and not told; 0: none */

static struct job *job_of(int64_t id)
{
    if (id <= 0 || id >= JOBS)
        broken_rule("there is no job %lld", (long long)id);
    if (id > last_id)
        last_id = id;
    return &jobs[id];
}

void reference_begin(void)
{
    memset(jobs, 0, sizeof jobs);
    last_id = 0;
    asked = 0;
}

void reference_restart(void)
{
    world_lock();
    for (int64_t id = 1; id <= last_id; id++)
        jobs[id].state = SL_JOB_STATE_COUNT;
    world_unlock();
}

void reference_excuse(int64_t job_id)
{
    job_of(job_id)->excused_at = ++world.tick;
}

static void begin_again(struct job *job)
{
    if (job->state == SL_JOB_FAILED || job->state == SL_JOB_CANCELLED)
        job->since = ++world.tick;
}

void reference_command(enum sl_command_type type, int64_t job_id)
{
    world_lock();
    struct job *job = job_of(job_id);
    job->cancel_asked = job->cancel_asked || type == SL_CMD_CANCEL;
    job->remove_asked = job->remove_asked || type == SL_CMD_REMOVE;
    if (type == SL_CMD_RETRY)
        begin_again(job);
    world_unlock();
}

/* The newest job. */
static struct job *job_of_path(const char *path)
{
    char name[16];
    for (int64_t id = last_id; id > 0; id--) {
        path_of(name, world.versions[jobs[id].version].path);
        if (jobs[id].known && !jobs[id].gone && strcmp(name, path) == 0)
            return &jobs[id];
    }
    return NULL;
}

void reference_added(const char *path)
{
    struct job *job = job_of_path(path);
    if (job != NULL)
        begin_again(job);
}

/* As far as known: an engine that has just started has not reported all jobs. */
static bool is_live(const struct job *job)
{
    return job->state == SL_JOB_STATE_COUNT || !sl_job_state_finished(job->state);
}

static bool may_be(const struct job *job, const char *name, const char *whole, int part, int letter)
{
    const struct version *version = &world.versions[job->version];
    char path[16];
    path_of(path, version->path);
    return job->known && strcmp(path + strlen("/m/"), name) == 0 && part <= version->count &&
           version->letters[part - 1] == letter && (whole != NULL) == (version->count > 1) &&
           (whole == NULL || strcmp(whole, job->whole) == 0);
}

/* Files of one path and content may have several jobs, and it is not known which one was given:
 * then the first time counts for each. */
void reference_given(const char *name, const char *whole, int part, int letter)
{
    int live = 0;
    ++world.tick;
    for (int64_t id = last_id; id > 0; id--)
        live += may_be(&jobs[id], name, whole, part, letter) && is_live(&jobs[id]);
    for (int64_t id = last_id; id > 0; id--) {
        uint64_t *given_at = &jobs[id].given_at[part - 1];
        if (may_be(&jobs[id], name, whole, part, letter) &&
            (*given_at == 0 || (live == 1 && is_live(&jobs[id]))))
            *given_at = world.tick;
    }
}

/* An earlier job of the same file stands for it. */
static bool has_earlier(const struct job *job)
{
    const struct version *mine = &world.versions[job->version];
    for (const struct job *other = job - 1; other > jobs; other--) {
        const struct version *version = &world.versions[other->version];
        if (other->known && !other->gone && version->path == mine->path &&
            version->count == mine->count &&
            memcmp(version->letters, mine->letters, sizeof mine->letters) == 0)
            return true;
    }
    return false;
}

/* ---- what may be true ---- */

static int copies_of(int letter)
{
    int copies = 0;
    for (int i = 0; i < COPIES; i++)
        copies += world.letters[letter].landed[i] > 0;
    return copies;
}

static void expect_on_chain(int64_t id, const struct sl_job *told)
{
    const struct version *version = &world.versions[told->file.mtime_ns];
    int least = COPIES;
    for (int i = 0; i < version->count; i++) {
        const int copies = copies_of(version->letters[i]);
        least = copies < least ? copies : least;
    }
    if (told->copies.landed < 1 || told->copies.landed > least)
        broken_rule("job %lld is confirmed with %d copies, one of its pieces is on chain %d times",
                    (long long)id, told->copies.landed, least);
}

/* A piece of the job was given up in every copy since the commits received it for this job. */
static bool was_given_up(const struct job *job)
{
    const struct version *version = &world.versions[job->version];
    for (int i = 0; i < version->count; i++) {
        const uint64_t *failed_at = world.letters[version->letters[i]].failed_at;
        bool all = job->given_at[i] > 0;
        for (int copy = 0; copy < job->wanted; copy++)
            all = all && failed_at[copy] > job->given_at[i];
        if (all)
            return true;
    }
    return false;
}

static void hear_job(const struct sl_job *told)
{
    struct job *job = job_of(told->id);
    const enum sl_job_state before = job->state;
    const bool is_new = !job->known;
    if (job->gone && !world.blind)
        broken_rule("job %lld is gone, and told of", (long long)told->id);
    if (is_new)
        job->since = ++world.tick;
    job->known = true;
    job->state = told->state;
    job->version = (int)told->file.mtime_ns;
    job->copies = told->copies.landed;
    job->wanted = told->copies.wanted;
    if (told->has_piece)
        sl_piece_cid(job->whole, &told->piece);
    if (world.threads || world.blind || is_new || before == told->state ||
        before == SL_JOB_STATE_COUNT)
        return;
    if (told->state == SL_JOB_CONFIRMED)
        expect_on_chain(told->id, told);
    if (told->state == SL_JOB_CANCELLED && !job->cancel_asked)
        broken_rule("job %lld is cancelled, unasked", (long long)told->id);
    if (told->state == SL_JOB_FAILED && job->excused_at < job->since && !was_given_up(job))
        broken_rule("job %lld failed for nothing that happened to it: %s", (long long)told->id,
                    told->err.text);
    if (told->state == SL_JOB_STORED)
        broken_rule("job %lld is stored, with commits", (long long)told->id);
}

static void hear_part(const struct sl_event *event)
{
    const struct version *version = &world.versions[event->job.file.mtime_ns];
    const int at = event->part.id - 1;
    if (!world.threads && !world.blind && event->part.state == SL_JOB_CONFIRMED &&
        (at >= version->count || copies_of(version->letters[at]) == 0))
        broken_rule("part %d of job %lld is confirmed, and not on chain", event->part.id,
                    (long long)event->job.id);
}

static void hear_event(const struct sl_event *event)
{
    if (event->type == SL_EVENT_JOB)
        hear_job(&event->job);
    if (event->type == SL_EVENT_PART)
        hear_part(event);
    if (asked == event->job.id && (event->type == SL_EVENT_TX || event->type == SL_EVENT_GONE))
        asked = 0;
    if (event->type != SL_EVENT_GONE)
        return;
    struct job *job = job_of(event->job.id);
    job->gone = true;
    if (!world.blind && !job->remove_asked && !has_earlier(job))
        broken_rule("job %lld is gone, unasked", (long long)event->job.id);
}

void reference_hear(const struct sl_event *event)
{
    if (event->type == SL_EVENT_TROUBLE)
        broken_rule("the engine is in trouble: %s", event->err.text);
    world_lock();
    hear_event(event);
    world_unlock();
}

/* ---- all jobs ---- */

static bool is_there(const struct job *job)
{
    return job->known && !job->gone;
}

int64_t reference_any_job(void)
{
    world_lock();
    const int64_t from = last_id > RECENT ? last_id - RECENT : 0;
    const bool live = draw(2) == 0;
    int64_t there = 0;
    for (int tries = 0; tries < TRIES && last_id > 0; tries++) {
        const int64_t id = from + 1 + (int64_t)draw((uint64_t)(last_id - from));
        const enum sl_job_state state = jobs[id].state;
        if (!is_there(&jobs[id]) || state == SL_JOB_STATE_COUNT)
            continue;
        there = id;
        if (live ? !sl_job_state_finished(state) : state != SL_JOB_CONFIRMED)
            break;
    }
    world_unlock();
    return there;
}

int reference_live(void)
{
    int live = 0;
    world_lock();
    for (int64_t id = 1; id <= last_id; id++)
        live += is_there(&jobs[id]) && is_live(&jobs[id]);
    world_unlock();
    return live;
}

/* ---- at rest ---- */

void reference_ask(void)
{
    world_lock();
    asked = last_id;
    while (asked > 0 && !is_there(&jobs[asked]))
        asked--;
    const int64_t id = asked;
    world_unlock();
    if (id > 0 && sl_engine_send_job(world.engine, SL_CMD_TX, id, 0, NULL) < 0)
        broken_rule("out of memory");
}

bool reference_is_answered(void)
{
    world_lock();
    const bool answered = asked == 0;
    world_unlock();
    return answered;
}

void reference_at_rest(void)
{
    for (int64_t id = 1; id <= last_id; id++) {
        if (is_there(&jobs[id]) && jobs[id].state == SL_JOB_STATE_COUNT)
            broken_rule("job %lld is lost by a restart", (long long)id);
        if (is_there(&jobs[id]) && !sl_job_state_finished(jobs[id].state))
            broken_rule("job %lld is left %s", (long long)id, sl_job_state_name(jobs[id].state));
    }
}

void reference_retry_all(void)
{
    for (int64_t id = 1; id <= last_id; id++) {
        if (!is_there(&jobs[id]) ||
            (jobs[id].state == SL_JOB_CONFIRMED && jobs[id].copies == jobs[id].wanted))
            continue;
        reference_command(SL_CMD_RETRY, id);
        if (sl_engine_send_job(world.engine, SL_CMD_RETRY, id, 0, NULL) < 0)
            broken_rule("out of memory");
    }
}

void reference_all_confirmed(void)
{
    for (int64_t id = 1; id <= last_id; id++) {
        const struct job *job = &jobs[id];
        if (is_there(job) && (job->state != SL_JOB_CONFIRMED || job->copies != job->wanted))
            broken_rule("job %lld is %s with %d copies after all went well", (long long)id,
                        sl_job_state_name(job->state), job->copies);
    }
}

/* ---- the journal ---- */

struct owners {
    int letter;
    int count;
};

static int check_owner(void *ctx, const struct sl_journal_owner *owner, const char *path)
{
    struct owners *owners = ctx;
    const struct version *version = &world.versions[owner->job.file.mtime_ns];
    const int at = owner->part > 0 ? owner->part - 1 : 0;
    char name[16];
    path_of(name, version->path);
    if (strcmp(name, path) != 0 || at >= version->count ||
        (owner->part == 0) != (version->count == 1) || version->letters[at] != owners->letter)
        broken_rule("part %d of %s does not need piece %d", owner->part, path, owners->letter);
    owners->count += owner->state == SL_JOB_CONFIRMED;
    return 0;
}

static int count_needs(int letter)
{
    int count = 0;
    for (int64_t id = 1; id <= last_id; id++) {
        const struct version *version = &world.versions[jobs[id].version];
        for (int i = 0;
             is_there(&jobs[id]) && jobs[id].state == SL_JOB_CONFIRMED && i < version->count; i++)
            count += version->letters[i] == letter;
    }
    return count;
}

void reference_check_owners(struct sl_journal *journal)
{
    struct sl_err err = {0};
    for (int letter = 0; letter < world.first_letter + 5; letter++) {
        struct owners owners = {.letter = letter};
        const struct sl_piece_id piece = piece_of_letter(letter);
        if (sl_journal_each_owner(journal, &piece, check_owner, &owners, &err) != 0)
            broken_rule("%s", err.text);
        if (owners.count < count_needs(letter))
            broken_rule(
                "piece %d has %d confirmed owners in the journal, %d files and parts need it",
                letter, owners.count, count_needs(letter));
    }
}
