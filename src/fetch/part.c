/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* part.c - whose bytes to take, whom to blame, and what comes next. All under the run's lock. */
#include "part.h"

#include <string.h>

#include "sluice/log.h"

#include "file.h"

/* Little by little is no progress: what brings less than this before it breaks has failed. */
#define PROGRESS_BYTES (UINT64_C(64) << 10)

void sl_fetch_run_fail(struct sl_run *run, const struct sl_err *why)
{
    if (!run->over)
        run->err = *why;
    run->over = true;
    pthread_cond_broadcast(&run->changed);
}

/* ---- choosing ---- */

/* Smaller is better. */
static long rank(const struct sl_origin *origin)
{
    return (long)(origin->failures + origin->wrong) * 2 + (origin->state == SL_ORIGIN_TROUBLE);
}

static bool choose(size_t *out, const struct sl_part *part)
{
    bool found = false;
    for (size_t i = 0; i < part->want->url_count; i++) {
        const struct sl_origin *at = &part->origins[i];
        if (at->state == SL_ORIGIN_OUT || (found && rank(at) >= rank(&part->origins[*out])))
            continue;
        *out = i;
        found = true;
    }
    return found;
}

bool sl_fetch_part_has_untried(const struct sl_part *part)
{
    for (size_t i = 0; i < part->want->url_count; i++) {
        const struct sl_origin *at = &part->origins[i];
        if (i != part->current && at->state != SL_ORIGIN_OUT && at->failures + at->wrong == 0)
            return true;
    }
    return false;
}

/* What is said when nobody is left: wrong bytes before all, then what may pass, then the rest. */
static int weight(const struct sl_err *err)
{
    if (err->code == SL_EMISMATCH)
        return 4;
    if (err->code == SL_ENOTFOUND)
        return 1;
    return sl_err_class_of(err->code) == SL_CLASS_RETRY ? 3 : 2;
}

/* Scheme, host and port are enough for people. */
static int place_length(const char *url)
{
    const char *at = strstr(url, "://");
    const size_t len = at == NULL ? strlen(url) : (size_t)(at + 3 - url) + strcspn(at + 3, "/");
    return len < 80 ? (int)len : 80;
}

static void give_up(struct sl_run *run, const struct sl_part *part)
{
    const struct sl_origin *worst = &part->origins[0];
    for (size_t i = 1; i < part->want->url_count; i++) {
        if (weight(&part->origins[i].err) > weight(&worst->err))
            worst = &part->origins[i];
    }
    struct sl_err err = worst->err;
    char cid[SL_PIECE_CID_CHARS];
    sl_piece_cid(cid, &part->want->piece);
    sl_err_ctx(&err, "%.*s", place_length(worst->url), worst->url);
    if (run->part_count > 1)
        sl_err_ctx(&err, "part %zu of %zu (%.20s...)", (size_t)(part - run->parts) + 1,
                   run->part_count, cid);
    sl_fetch_run_fail(run, &err);
}

/* Whether asking again makes no sense. */
static bool is_final(const struct sl_err *why)
{
    if (why->code == SL_EMISMATCH) /* of its size */
        return true;
    if (why->code == SL_ENOTFOUND || why->code == SL_ECONFIG || why->code == SL_EFORMAT)
        return true;
    return why->code == SL_EREFUSED && why->detail >= 300 && why->detail < 500;
}

/* ---- beginning ---- */

static void begin(struct sl_run *run, struct sl_part *part)
{
    size_t first = 0;
    if (!choose(&first, part)) {
        give_up(run, part);
        return;
    }
    part->current = first;
    sl_log(SL_LOG_INFO, SL_LOG_FETCH, "part=%zu/%zu is tried at %s",
           (size_t)(part - run->parts) + 1, run->part_count, part->want->urls[first]);
    part->ready = true;
    pthread_cond_broadcast(&run->changed);
}

static struct sl_segment *open_segment(struct sl_part *part)
{
    for (size_t i = 0; i < part->segment_count; i++) {
        if (part->segments[i].state == SL_SEGMENT_OPEN)
            return &part->segments[i];
    }
    return NULL;
}

struct sl_task sl_fetch_part_task(struct sl_run *run, struct sl_part *part)
{
    struct sl_task task = {.kind = SL_TASK_NONE, .part = part};
    if (part->done || part->switching)
        return task;
    if (!part->ready && part->want->url_count == 1)
        begin(run, part);
    if (!part->ready && part->asked < part->want->url_count) {
        part->asking++;
        task.kind = SL_TASK_ASK;
        task.origin = part->asked++;
    } else if (part->ready && (task.segment = open_segment(part)) != NULL) {
        task.kind = SL_TASK_GET;
        task.segment->state = SL_SEGMENT_RUNNING;
        part->running++;
    }
    return task;
}

void sl_fetch_part_answered(struct sl_run *run, struct sl_part *part, size_t origin,
                            const struct sl_err *why)
{
    struct sl_origin *at = &part->origins[origin];
    part->asking--;
    if (why->code == SL_OK) {
        at->state = SL_ORIGIN_THERE;
    } else {
        at->err = *why;
        /* some that serve a piece refuse to be asked, or count wrongly then */
        const bool out = is_final(why) && why->code != SL_EREFUSED && why->code != SL_EMISMATCH;
        at->state = out ? SL_ORIGIN_OUT : SL_ORIGIN_TROUBLE;
    }
    const bool all_asked = part->asked == part->want->url_count && part->asking == 0;
    const bool is_best = at->state == SL_ORIGIN_THERE && at->failures == 0;
    if (part->ready || run->over || (!is_best && !all_asked))
        return;
    if (is_best) {
        part->current = origin;
        sl_log(SL_LOG_INFO, SL_LOG_FETCH, "part=%zu/%zu is tried at %s",
               (size_t)(part - run->parts) + 1, run->part_count, part->want->urls[origin]);
        part->ready = true;
        pthread_cond_broadcast(&run->changed);
    } else {
        begin(run, part);
    }
}

/* ---- what came ---- */

static void start_over(struct sl_run *run, struct sl_part *part)
{
    for (size_t i = 0; i < part->segment_count; i++) {
        struct sl_segment *segment = &part->segments[i];
        atomic_fetch_sub(&run->have_bytes, segment->have);
        segment->have = 0;
        segment->state = SL_SEGMENT_OPEN;
        sl_fetch_file_note(run, segment);
    }
    part->segments_done = 0;
    part->mixed = false;
    part->switching = false;
    size_t next = 0;
    if (!choose(&next, part)) {
        give_up(run, part);
        return;
    }
    part->current = next;
    sl_log(SL_LOG_INFO, SL_LOG_FETCH, "part=%zu/%zu starts over at %s",
           (size_t)(part - run->parts) + 1, run->part_count, part->want->urls[next]);
    pthread_cond_broadcast(&run->changed);
}

static bool is_the_piece(const struct sl_run *run, const struct sl_part *part)
{
    struct sl_piece_id all = part->roots[0];
    if (part->segment_count > 1 &&
        sl_piece_combine(&all, part->roots, part->segment_count, run->segment_bytes, NULL) < 0)
        return false;
    return sl_piece_id_equal(&all, &part->want->piece);
}

static void blame(struct sl_part *part)
{
    struct sl_origin *origin = &part->origins[part->current];
    (void)sl_err_set(&origin->err, SL_EMISMATCH, "the bytes that came are not those of the piece");
    sl_log(SL_LOG_WARN, SL_LOG_FETCH, "%s: %s", origin->url, origin->err.text);
    origin->wrong++;
    if (origin->wrong >= SL_WRONG_MAX)
        origin->state = SL_ORIGIN_OUT;
}

static void judge(struct sl_run *run, struct sl_part *part)
{
    if (is_the_piece(run, part)) {
        part->done = true;
        sl_log(SL_LOG_INFO, SL_LOG_FETCH, "part=%zu/%zu verified, from %s",
               (size_t)(part - run->parts) + 1, run->part_count, part->want->urls[part->current]);
        run->from = part->want->urls[part->current];
        run->parts_done++;
        run->over = run->over || run->parts_done == run->part_count;
        pthread_cond_broadcast(&run->changed);
        return;
    }
    run->failures++;
    if (part->mixed)
        part->pure = true;
    else
        blame(part);
    start_over(run, part);
}

void sl_fetch_part_received(struct sl_run *run, struct sl_part *part, struct sl_segment *segment)
{
    segment->state = SL_SEGMENT_DONE;
    part->running--;
    part->segments_done++;
    part->origins[part->current].failures = 0;
    if (part->segments_done == part->segment_count)
        judge(run, part);
    else if (part->switching && part->running == 0)
        start_over(run, part);
}

void sl_fetch_part_leave(struct sl_run *run, struct sl_part *part, struct sl_segment *segment)
{
    segment->state = SL_SEGMENT_OPEN;
    part->running--;
    if (part->switching && part->running == 0 && !run->over)
        start_over(run, part);
    pthread_cond_broadcast(&run->changed);
}

/* ---- what did not ---- */

/* Half of it is chance, so that many who lost the same server do not come back as one. */
static int64_t backoff_ms(struct sl_run *run, int failures)
{
    const struct sl_fetch_options *options = &run->fetch->options;
    int64_t ms = options->retry_base_ms;
    for (int i = 1; i < failures && ms < options->retry_cap_ms; i++)
        ms *= 2;
    if (ms > options->retry_cap_ms)
        ms = options->retry_cap_ms;
    run->random ^= run->random << 13;
    run->random ^= run->random >> 7;
    run->random ^= run->random << 17;
    return ms / 2 + (int64_t)(run->random % (uint64_t)(ms / 2 + 1));
}

/* What others are at right now is theirs: it counts as some. */
static bool has_bytes(const struct sl_part *part, const struct sl_segment *own)
{
    for (size_t i = 0; i < part->segment_count; i++) {
        const struct sl_segment *at = &part->segments[i];
        if (at->state == SL_SEGMENT_RUNNING && at != own)
            return true;
        if (at->have > 0)
            return true;
    }
    return false;
}

static bool is_slow(const struct sl_err *why)
{
    return why->code == SL_ESTALLED && why->detail == SL_HTTP_TOO_SLOW;
}

/* An address slow for one part is slow for all: they try it last. */
static void note_slow(struct sl_run *run, const struct sl_origin *slow)
{
    const int len = place_length(slow->url);
    for (size_t i = 0; i < run->part_count; i++) {
        struct sl_part *part = &run->parts[i];
        for (size_t k = 0; k < part->want->url_count; k++) {
            struct sl_origin *at = &part->origins[k];
            if (at->failures == 0 && place_length(at->url) == len &&
                strncmp(at->url, slow->url, (size_t)len) == 0)
                at->failures = 1;
        }
        if (part->ready && !part->done && part->running == 0 && !has_bytes(part, NULL))
            (void)choose(&part->current, part);
    }
}

static void count_failure(struct sl_run *run, struct sl_origin *origin, uint64_t moved,
                          const struct sl_err *why)
{
    run->failures++;
    if (is_slow(why)) { /* it works, so it is never given up; others are tried first */
        origin->failures = 1;
        origin->err = *why;
        note_slow(run, origin);
        return;
    }
    if (moved >= PROGRESS_BYTES)
        origin->failures = 0;
    origin->failures++;
    origin->err = *why;
    if (is_final(why) || origin->failures >= run->fetch->options.max_attempts)
        origin->state = SL_ORIGIN_OUT;
}

int64_t sl_fetch_part_failed(struct sl_run *run, struct sl_part *part,
                             const struct sl_segment *segment, size_t origin, uint64_t moved,
                             const struct sl_err *why)
{
    struct sl_origin *failed = &part->origins[origin];
    size_t next = 0;
    count_failure(run, failed, moved, why);
    if (run->over || part->switching)
        return -1;
    if (part->current != origin) /* another worker has seen to it */
        return 0;
    if (!choose(&next, part)) {
        give_up(run, part);
        return -1;
    }
    if (part->pure && failed->state != SL_ORIGIN_OUT)
        next = origin;
    if (next != origin && part->pure) {
        part->switching = true;
        return -1;
    }
    if (next != origin && has_bytes(part, segment))
        part->mixed = true;
    part->current = next;
    const int before = part->origins[next].failures;
    const int64_t wait_ms = before > 0 ? backoff_ms(run, before) : 0;
    return next == origin && why->wait_ms > wait_ms ? why->wait_ms : wait_ms;
}
