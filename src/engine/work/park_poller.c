/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "work/park_poller.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sluice/log.h"

#include "core/thread.h"

struct sl_park_poller {
    /* immutable */
    struct sl_park_poller_options options;
    struct sl_mailbox *box;
    pthread_t thread;

    /* engine thread only */
    bool running;

    /* poller's thread only */
    const char *sp_url; /* the provider that `sp` talks to */
    struct sl_probed probed;

    struct sl_msg silent_msg;  /* while it is not `silent_told`, else the engine's */
    struct sl_silence silence; /* the same */
    atomic_bool silent_told;

    pthread_mutex_t lock;
    pthread_cond_t wake;
    /* under lock */
    struct sl_heap heap; /* of sl_park_query, by the time of the next question */
    struct sl_sp *sp;    /* used by the park poller thread alone, but cancelled from outside */
    const char *url;     /* who is probed */
    int64_t probe_at_ms; /* 0: no probe wanted */
    bool quit;
};

static struct sl_park_query *parked_of(struct sl_heap_node *node)
{
    return (struct sl_park_query *)(void *)((char *)node - offsetof(struct sl_park_query, node));
}

/* ---- asking; without the lock ---- */

static void set_client(struct sl_park_poller *poller, struct sl_sp *sp, const char *url)
{
    pthread_mutex_lock(&poller->lock);
    struct sl_sp *old = poller->sp;
    poller->sp = sp;
    if (poller->quit && sp != NULL)
        sl_sp_cancel(sp);
    pthread_mutex_unlock(&poller->lock);
    poller->sp_url = url;
    sl_sp_free(old);
}

/* One connection: nearly all questions go to one provider, and URLs are compared by pointer. */
static int client_for(struct sl_park_poller *poller, const char *url, struct sl_err *err)
{
    if (poller->sp != NULL && poller->sp_url == url)
        return SL_OK;
    struct sl_sp *sp = NULL;
    const int rc = sl_sp_new(&sp, url, &poller->options.http, err);
    if (rc >= 0)
        set_client(poller, sp, url);
    return rc;
}

/* The provider is silent. The engine may not know that when it uploads nothing. */
static void tell_silence(struct sl_park_poller *poller, const struct sl_park_query *parked)
{
    if (atomic_load(&poller->silent_told))
        return;
    poller->silence = (struct sl_silence){
        .url = parked->url, .since_ms = parked->silent_since_ms, .err = parked->err};
    poller->silent_msg.kind = SL_MSG_SILENT;
    atomic_store(&poller->silent_told, true);
    sl_mailbox_put(poller->box, &poller->silent_msg);
}

struct sl_silence sl_park_poller_silence(struct sl_park_poller *poller, const struct sl_msg *msg)
{
    (void)msg;
    const struct sl_silence silence = poller->silence;
    atomic_store(&poller->silent_told, false);
    return silence;
}

static void note_silence(const struct sl_park_poller *poller, struct sl_park_query *parked, int rc)
{
    if (rc != SL_ENET && rc != SL_ESTALLED)
        parked->silent_since_ms = 0;
    else if (parked->silent_since_ms == 0)
        parked->silent_since_ms = sl_now_ms(&poller->options.clock);
}

static int ask(struct sl_park_poller *poller, struct sl_park_query *parked)
{
    int rc = client_for(poller, parked->url, &parked->err);
    if (rc >= 0)
        rc = sl_sp_find(poller->sp, &parked->piece, &parked->err);
    note_silence(poller, parked, rc);
    if (parked->silent_since_ms != 0)
        tell_silence(poller, parked);
    return rc;
}

static void give_back(struct sl_park_poller *poller, struct sl_park_query *parked,
                      enum sl_park_query_outcome outcome)
{
    parked->outcome = outcome;
    parked->msg.kind = SL_MSG_PARKED;
    sl_mailbox_put(poller->box, &parked->msg);
}

static void too_late(const struct sl_park_poller *poller, struct sl_park_query *parked, int rc)
{
    if (rc == 0 && parked->verify)
        sl_err_set(&parked->err, SL_ENOTFOUND, "the provider no longer has the piece");
    else if (rc == 0)
        sl_err_set(&parked->err, SL_ESERVER,
                   "the provider accepted the piece but did not list it within %lld s",
                   (long long)(poller->options.timeout_ms / 1000));
}

/* A question costs the provider little, yet a slow one is asked less and less often. */
static int64_t next_interval(const struct sl_park_poller *poller, int64_t interval_ms)
{
    const int64_t most = poller->options.poll_ms * 4;
    const int64_t next = interval_ms + interval_ms / 4 + 1;
    return next < most ? next : most;
}

/* Whether the provider counts as gone. For the current upload provider, provider_health.h decides
 * that instead. */
static bool is_gone(struct sl_park_poller *poller, const struct sl_park_query *parked,
                    int64_t now_ms)
{
    pthread_mutex_lock(&poller->lock);
    const bool probed = poller->url == parked->url;
    pthread_mutex_unlock(&poller->lock);
    return !probed && parked->silent_since_ms != 0 &&
           now_ms - parked->silent_since_ms >= poller->options.silence_ms;
}

/* True when the question is answered and was given back. */
static bool settle(struct sl_park_poller *poller, struct sl_park_query *parked)
{
    if (atomic_load(&parked->dropped)) {
        give_back(poller, parked, SL_PARK_QUERY_MISSING);
        return true;
    }
    const int rc = ask(poller, parked);
    const int64_t now_ms = sl_now_ms(&poller->options.clock);
    if (rc < 0 && sl_err_class_of(rc) == SL_CLASS_RETRY)
        parked->deadline_ms += now_ms - parked->asked_ms;
    parked->asked_ms = now_ms;
    if (rc > 0) {
        give_back(poller, parked, SL_PARK_QUERY_FOUND);
        return true;
    }
    if (is_gone(poller, parked, now_ms)) {
        give_back(poller, parked, SL_PARK_QUERY_GONE);
        return true;
    }
    if (now_ms >= parked->deadline_ms || (rc == 0 && parked->verify)) {
        too_late(poller, parked, rc);
        give_back(poller, parked, SL_PARK_QUERY_MISSING);
        return true;
    }
    parked->interval_ms = next_interval(poller, parked->interval_ms);
    return false;
}

static void probe(struct sl_park_poller *poller)
{
    struct sl_probed *probed = &poller->probed;
    probed->err = (struct sl_err){0};
    pthread_mutex_lock(&poller->lock);
    const char *url = poller->url;
    pthread_mutex_unlock(&poller->lock);
    probed->rc = client_for(poller, url, &probed->err);
    if (probed->rc >= 0)
        probed->rc = sl_sp_ping(poller->sp, &probed->err);
    probed->msg.kind = SL_MSG_PROBED;
    sl_mailbox_put(poller->box, &probed->msg);
}

/* ---- the thread; with the lock ---- */

static int64_t next_time(const struct sl_park_poller *poller)
{
    const struct sl_heap_node *top = sl_heap_top(&poller->heap);
    int64_t at_ms = top != NULL ? top->key : INT64_MAX;
    if (poller->probe_at_ms != 0 && poller->probe_at_ms < at_ms)
        at_ms = poller->probe_at_ms;
    return at_ms;
}

static void wait_until(struct sl_park_poller *poller, int64_t at_ms, int64_t now_ms)
{
    if (at_ms == INT64_MAX) {
        pthread_cond_wait(&poller->wake, &poller->lock);
        return;
    }
    const int64_t wait_ms = at_ms - now_ms;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(wait_ms / 1000);
    until.tv_nsec += (long)(wait_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    (void)pthread_cond_timedwait(&poller->wake, &poller->lock, &until);
}

static void do_probe(struct sl_park_poller *poller)
{
    poller->probe_at_ms = 0;
    pthread_mutex_unlock(&poller->lock);
    sl_log_about("%s", "");
    probe(poller);
    pthread_mutex_lock(&poller->lock);
}

static void do_question(struct sl_park_poller *poller, struct sl_heap_node *node)
{
    struct sl_park_query *parked = parked_of(node);
    sl_heap_remove(&poller->heap, node); /* its place stays reserved */
    pthread_mutex_unlock(&poller->lock);
    sl_log_about("job=%lld", (long long)parked->job_id);
    const bool settled = settle(poller, parked);
    pthread_mutex_lock(&poller->lock);
    if (!settled)
        sl_heap_push(&poller->heap, node, parked->asked_ms + parked->interval_ms);
}

static void *parker_main(void *arg)
{
    struct sl_park_poller *poller = arg;
    pthread_mutex_lock(&poller->lock);
    while (!poller->quit) {
        const int64_t now_ms = sl_now_ms(&poller->options.clock);
        const int64_t at_ms = next_time(poller);
        if (at_ms > now_ms)
            wait_until(poller, at_ms, now_ms);
        else if (at_ms == poller->probe_at_ms)
            do_probe(poller);
        else
            do_question(poller, sl_heap_top(&poller->heap));
    }
    pthread_mutex_unlock(&poller->lock);
    return NULL;
}

/* ---- the engine's side ---- */

static void init_sync(struct sl_park_poller *poller)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&poller->wake, &attr);
    pthread_condattr_destroy(&attr);
    pthread_mutex_init(&poller->lock, NULL);
}

void sl_park_poller_free(struct sl_park_poller *poller)
{
    if (poller == NULL)
        return;
    sl_park_poller_stop(poller);
    struct sl_heap_node *node = NULL;
    while ((node = sl_heap_top(&poller->heap)) != NULL) {
        sl_heap_remove(&poller->heap, node);
        free(parked_of(node));
    }
    sl_heap_free(&poller->heap);
    sl_sp_free(poller->sp);
    pthread_cond_destroy(&poller->wake);
    pthread_mutex_destroy(&poller->lock);
    free(poller);
}

int sl_park_poller_start(struct sl_park_poller **out, const struct sl_park_poller_options *options,
                         struct sl_mailbox *box, struct sl_err *err)
{
    struct sl_park_poller *poller = calloc(1, sizeof *poller);
    if (poller == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for a thread");
    poller->options = *options;
    poller->box = box;
    poller->url = options->url;
    atomic_init(&poller->silent_told, false);
    init_sync(poller);
    const int rc = sl_thread_start(&poller->thread, parker_main, poller, err);
    if (rc < 0) {
        sl_park_poller_free(poller);
        return rc;
    }
    poller->running = true;
    *out = poller;
    return SL_OK;
}

void sl_park_poller_stop(struct sl_park_poller *poller)
{
    if (poller == NULL || !poller->running)
        return;
    poller->running = false;
    pthread_mutex_lock(&poller->lock);
    poller->quit = true;
    if (poller->sp != NULL)
        sl_sp_cancel(poller->sp);
    pthread_cond_signal(&poller->wake);
    pthread_mutex_unlock(&poller->lock);
    pthread_join(poller->thread, NULL);
}

int sl_park_poller_add(struct sl_park_poller *poller, struct sl_park_query *parked,
                       struct sl_err *err)
{
    const int64_t now_ms = sl_now_ms(&poller->options.clock);
    parked->asked_ms = now_ms;
    parked->deadline_ms = now_ms + poller->options.timeout_ms;
    parked->interval_ms = poller->options.poll_ms / 4 + 1;
    pthread_mutex_lock(&poller->lock);
    /* one more than it holds: the park poller may have one in its hands, and puts it back */
    const int rc = sl_heap_reserve(&poller->heap, poller->heap.count + 2, err);
    if (rc >= 0) {
        /* newer providers list a piece as soon as they have accepted it; one that we have left has
           had its time */
        const bool at_once = parked->verify || parked->url == poller->url;
        sl_heap_push(&poller->heap, &parked->node, at_once ? now_ms : now_ms + parked->interval_ms);
        pthread_cond_signal(&poller->wake);
    }
    pthread_mutex_unlock(&poller->lock);
    if (rc < 0)
        free(parked);
    return rc;
}

void sl_park_poller_probe(struct sl_park_poller *poller, int64_t at_ms)
{
    pthread_mutex_lock(&poller->lock);
    poller->probe_at_ms = at_ms != 0 ? at_ms : 1;
    pthread_cond_signal(&poller->wake);
    pthread_mutex_unlock(&poller->lock);
}

void sl_park_poller_turn_to(struct sl_park_poller *poller, const char *url)
{
    pthread_mutex_lock(&poller->lock);
    poller->url = url;
    poller->probe_at_ms = 0; /* the pending probe was for the previous provider */
    pthread_mutex_unlock(&poller->lock);
}

void sl_park_poller_wake(struct sl_park_poller *poller)
{
    pthread_mutex_lock(&poller->lock);
    pthread_cond_signal(&poller->wake);
    pthread_mutex_unlock(&poller->lock);
}
