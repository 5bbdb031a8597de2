/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A lane's access to the outside: the clock, a client for its provider, and its events. */
#include "lane/lane_io.h"

#include <string.h>
#include <time.h>

enum {
    POLLS_AN_EPOCH = 7, /* 4 s of 30 */
    POLL_MIN_MS = 20,
    BACKOFFS_AN_EPOCH = 15,
    BACKOFF_MOST_EPOCHS = 10,
};

/* ---- time ---- */

int64_t sl_lane_now_ms(const struct sl_lane *lane)
{
    return sl_now_ms(&lane->commit->options.clock);
}

int64_t sl_lane_poll_ms(const struct sl_lane *lane)
{
    const int64_t poll_ms = lane->commit->options.epoch_ms / POLLS_AN_EPOCH;
    return poll_ms > POLL_MIN_MS ? poll_ms : POLL_MIN_MS;
}

/* Half of it is chance: lanes and programs must not ask in step. */
int64_t sl_lane_backoff_ms(struct sl_lane *lane, int tries, int64_t least_ms)
{
    const int64_t epoch_ms = lane->commit->options.epoch_ms;
    const int64_t most_ms = BACKOFF_MOST_EPOCHS * epoch_ms;
    int64_t bound_ms = epoch_ms / BACKOFFS_AN_EPOCH + 1;
    uint32_t random;
    for (int i = 1; i < tries && bound_ms < most_ms; i++)
        bound_ms *= 2;
    if (bound_ms > most_ms)
        bound_ms = most_ms;
    sl_random(&random, sizeof random);
    const int64_t wait_ms = bound_ms / 2 + (int64_t)(random % (uint64_t)(bound_ms / 2 + 1));
    return wait_ms > least_ms ? wait_ms : least_ms;
}

void sl_lane_sleep_until(struct sl_lane *lane, int64_t until_ms)
{
    struct timespec until;
    if (until_ms == INT64_MAX) {
        pthread_cond_wait(&lane->wake, &lane->commit->lock);
        return;
    }
    const int64_t wait_ms = until_ms - sl_lane_now_ms(lane);
    if (wait_ms <= 0)
        return;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(wait_ms / 1000);
    until.tv_nsec += (long)(wait_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    (void)pthread_cond_timedwait(&lane->wake, &lane->commit->lock, &until);
}

int sl_lane_wait(struct sl_lane *lane, int64_t wait_ms, struct sl_err *err)
{
    struct sl_commit *commit = lane->commit;
    const int64_t until_ms = sl_lane_now_ms(lane) + wait_ms;
    pthread_mutex_lock(&commit->lock);
    while (!commit->quit && !lane->woken && sl_lane_now_ms(lane) < until_ms)
        sl_lane_sleep_until(lane, until_ms);
    lane->woken = false;
    const bool quit = commit->quit;
    pthread_mutex_unlock(&commit->lock);
    return quit ? sl_err_set(err, SL_ECANCELED, "stopped") : SL_OK;
}

/* ---- the provider's client ---- */

int sl_lane_client(struct sl_lane *lane, const char *url, struct sl_err *err)
{
    struct sl_commit *commit = lane->commit;
    struct sl_sp *sp = NULL;
    if (lane->sp != NULL && strcmp(lane->sp_url, url) == 0)
        return SL_OK;
    const size_t size = strlen(url) + 1;
    if (size > sizeof lane->sp_url)
        return sl_err_set(err, SL_EOVERFLOW, "the provider's URL is too long");
    const int rc = sl_sp_new(&sp, url, &commit->options.http, err);
    if (rc < 0)
        return rc;
    pthread_mutex_lock(&commit->lock);
    struct sl_sp *old = lane->sp;
    lane->sp = sp;
    memcpy(lane->sp_url, url, size);
    if (commit->quit)
        sl_sp_cancel(sp);
    pthread_mutex_unlock(&commit->lock);
    sl_sp_free(old);
    return SL_OK;
}

/* ---- events ---- */

void sl_lane_emit(struct sl_lane *lane, const struct sl_commit_event *event)
{
    struct sl_commit_event told = *event;
    told.copy = lane->copy;
    lane->commit->fn(lane->commit->fn_ctx, &told);
}
