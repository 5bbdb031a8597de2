/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "sluice/provider.h"
#include "sluice/sp.h"

enum {
    WORKERS = 8,
    ONE_MS = 3000,
    ALL_S = 10,
    TRIES = 3,
    AGAIN_MS = 250, /* then twice that */
    QUICK_MS = 500  /* a slower failure is not retried: other providers are waiting */
};

struct pings {
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t done;
    const struct sl_provider *const *providers;
    struct sl_ping *out;
    const struct sl_http_options *options;
    struct sl_sp *running[WORKERS];
    size_t count;
    size_t next;
    size_t left; /* workers */
    bool over;   /* time is up */
};

struct worker {
    struct pings *pings;
    pthread_t thread;
    size_t index;
};

/* Whether there is time for one more ping; from here on the ping can be cancelled. */
static bool enter(struct worker *w, struct sl_sp *sp)
{
    pthread_mutex_lock(&w->pings->lock);
    const bool over = w->pings->over;
    w->pings->running[w->index] = over ? NULL : sp;
    pthread_mutex_unlock(&w->pings->lock);
    return !over;
}

static void leave(struct worker *w)
{
    pthread_mutex_lock(&w->pings->lock);
    w->pings->running[w->index] = NULL;
    pthread_mutex_unlock(&w->pings->lock);
}

/* One broken connection does not mean that the provider is down. Skipping the provider for it may
 * cost a new data set elsewhere. */
static int ask(struct sl_sp *sp, struct sl_ping *out)
{
    const struct sl_clock clock = sl_clock_system();
    int rc = SL_OK;
    for (int tries = 1; rc >= 0; tries++) {
        const int64_t start_ms = sl_now_ms(&clock);
        out->err = (struct sl_err){0};
        rc = sl_sp_ping(sp, &out->err);
        out->took_ms = sl_now_ms(&clock) - start_ms;
        if (rc == SL_OK || tries == TRIES || out->took_ms > QUICK_MS ||
            sl_err_class_of(rc) != SL_CLASS_RETRY)
            return rc;
        rc = sl_sp_wait(sp, (int64_t)AGAIN_MS * tries, &out->err);
    }
    return rc;
}

static void ping(struct worker *w, size_t i)
{
    struct sl_ping *out = &w->pings->out[i];
    char url[SL_SERVICE_URL_BYTES];
    struct sl_sp *sp = NULL;
    int rc = sl_offering_url(url, &w->pings->providers[i]->offering, &out->err);
    if (rc == SL_OK)
        rc = sl_sp_new(&sp, url, w->pings->options, &out->err);
    if (rc == SL_OK)
        rc = enter(w, sp) ? ask(sp, out) : SL_ECANCELED;
    leave(w);
    if (rc == SL_ECANCELED)
        (void)sl_err_set(&out->err, SL_ENET, "no answer in time");
    sl_sp_free(sp);
}

static bool next_index(struct pings *p, size_t *i)
{
    pthread_mutex_lock(&p->lock);
    *i = p->next;
    const bool more = p->next < p->count;
    p->next += more;
    pthread_mutex_unlock(&p->lock);
    return more;
}

static void *work(void *arg)
{
    struct worker *w = arg;
    size_t i;
    while (next_index(w->pings, &i))
        ping(w, i);
    pthread_mutex_lock(&w->pings->lock);
    w->pings->left--;
    pthread_cond_signal(&w->pings->done);
    pthread_mutex_unlock(&w->pings->lock);
    return NULL;
}

static void wait_for_all(struct pings *p)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ALL_S;
    pthread_mutex_lock(&p->lock);
    while (p->left > 0 && pthread_cond_timedwait(&p->done, &p->lock, &until) != ETIMEDOUT)
        ;
    p->over = true;
    for (size_t i = 0; i < WORKERS; i++) {
        if (p->running[i] != NULL)
            sl_sp_cancel(p->running[i]);
    }
    pthread_mutex_unlock(&p->lock);
}

static size_t start(struct pings *p, struct worker workers[static WORKERS])
{
    size_t started = 0;
    p->left = p->count < WORKERS ? p->count : WORKERS;
    const size_t wanted = p->left;
    while (started < wanted) {
        workers[started] = (struct worker){.pings = p, .index = started};
        if (pthread_create(&workers[started].thread, NULL, work, &workers[started]) != 0)
            break;
        started++;
    }
    pthread_mutex_lock(&p->lock);
    p->left -= wanted - started;
    pthread_mutex_unlock(&p->lock);
    return started;
}

int sl_pings(struct sl_ping *out, const struct sl_provider *const *providers, size_t count,
             const struct sl_http_options *options, struct sl_err *err)
{
    struct sl_http_options quick = *options;
    struct worker workers[WORKERS];
    pthread_condattr_t attr;
    quick.connect_timeout_ms = ONE_MS;
    quick.stall_ms = ONE_MS;
    struct pings p = {.providers = providers, .out = out, .count = count, .options = &quick};
    pthread_mutex_init(&p.lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&p.done, &attr);
    pthread_condattr_destroy(&attr);
    const size_t started = start(&p, workers);
    if (started > 0)
        wait_for_all(&p);
    for (size_t i = 0; i < started; i++)
        pthread_join(workers[i].thread, NULL);
    pthread_cond_destroy(&p.done);
    pthread_mutex_destroy(&p.lock);
    if (started == 0 && count > 0)
        return sl_err_set(err, SL_ENOMEM, "no thread could be started");
    return SL_OK;
}
