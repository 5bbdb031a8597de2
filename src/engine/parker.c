/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "parker.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "thread.h"

struct sl_parker {
    /* immutable */
    struct sl_parker_options options;
    struct sl_mailbox *box;
    pthread_t thread;

    /* engine thread only */
    bool running;

    /* parker thread only */
    const char *sp_url; /* whom `sp` talks to */
    struct sl_probed probed;

    struct sl_msg silent_msg;  /* while it is not `silent_told`, else the engine's */
    struct sl_silence silence; /* the same */
    atomic_bool silent_told;

    pthread_mutex_t lock;
    pthread_cond_t wake;
    /* under lock */
    struct sl_heap heap; /* of sl_parked, by the time of the next question */
    struct sl_sp *sp;    /* used by the parker thread alone, but cancelled from outside */
    const char *url;     /* who is probed */
    int64_t probe_at_ms; /* 0: no probe wanted */
    bool quit;
};

static struct sl_parked *parked_of(struct sl_heap_node *node)
{
    return (struct sl_parked *)(void *)((char *)node - offsetof(struct sl_parked, node));
}

/* ---- asking; without the lock ---- */

static void set_client(struct sl_parker *parker, struct sl_sp *sp, const char *url)
{
    pthread_mutex_lock(&parker->lock);
    struct sl_sp *old = parker->sp;
    parker->sp = sp;
    if (parker->quit && sp != NULL)
        sl_sp_cancel(sp);
    pthread_mutex_unlock(&parker->lock);
    parker->sp_url = url;
    sl_sp_free(old);
}

/* One connection: nearly all questions go to one provider, and URLs are compared by pointer. */
static int client_for(struct sl_parker *parker, const char *url, struct sl_err *err)
{
    if (parker->sp != NULL && parker->sp_url == url)
        return SL_OK;
    struct sl_sp *sp = NULL;
    const int rc = sl_sp_new(&sp, url, &parker->options.http, err);
    if (rc >= 0)
        set_client(parker, sp, url);
    return rc;
}

/* Nobody there: the engine may not know, when nothing is being uploaded. */
static void tell_silence(struct sl_parker *parker, const struct sl_parked *parked)
{
    if (atomic_load(&parker->silent_told))
        return;
    parker->silence =
        (struct sl_silence){.url = parked->url, .since_ms = parked->silent_ms, .err = parked->err};
    parker->silent_msg.kind = SL_MSG_SILENT;
    atomic_store(&parker->silent_told, true);
    sl_mailbox_put(parker->box, &parker->silent_msg);
}

struct sl_silence sl_parker_silence(struct sl_parker *parker, const struct sl_msg *msg)
{
    (void)msg;
    const struct sl_silence silence = parker->silence;
    atomic_store(&parker->silent_told, false);
    return silence;
}

static void note_silence(const struct sl_parker *parker, struct sl_parked *parked, int rc)
{
    if (rc != SL_ENET && rc != SL_ESTALLED)
        parked->silent_ms = 0;
    else if (parked->silent_ms == 0)
        parked->silent_ms = sl_now_ms(&parker->options.clock);
}

static int ask(struct sl_parker *parker, struct sl_parked *parked)
{
    int rc = client_for(parker, parked->url, &parked->err);
    if (rc >= 0)
        rc = sl_sp_find(parker->sp, &parked->piece, &parked->err);
    note_silence(parker, parked, rc);
    if (parked->silent_ms != 0)
        tell_silence(parker, parked);
    return rc;
}

static void give_back(struct sl_parker *parker, struct sl_parked *parked,
                      enum sl_parked_outcome outcome)
{
    parked->outcome = outcome;
    parked->msg.kind = SL_MSG_PARKED;
    sl_mailbox_put(parker->box, &parked->msg);
}

static void too_late(const struct sl_parker *parker, struct sl_parked *parked, int rc)
{
    if (rc == 0 && parked->verify)
        sl_err_set(&parked->err, SL_ENOTFOUND, "the provider no longer has it");
    else if (rc == 0)
        sl_err_set(&parked->err, SL_ESERVER,
                   "the provider accepted it but did not list it within %lld s",
                   (long long)(parker->options.timeout_ms / 1000));
}

/* A question costs the provider little, yet a slow one is asked less and less often. */
static int64_t next_interval(const struct sl_parker *parker, int64_t interval_ms)
{
    const int64_t most = parker->options.poll_ms * 4;
    const int64_t next = interval_ms + interval_ms / 4 + 1;
    return next < most ? next : most;
}

/* Whether the provider counts as gone. For the current upload provider, trouble.h decides that
 * instead. */
static bool is_gone(struct sl_parker *parker, const struct sl_parked *parked, int64_t now_ms)
{
    pthread_mutex_lock(&parker->lock);
    const bool probed = parker->url == parked->url;
    pthread_mutex_unlock(&parker->lock);
    return !probed && parked->silent_ms != 0 &&
           now_ms - parked->silent_ms >= parker->options.silence_ms;
}

/* True when the question is answered and was given back. */
static bool settle(struct sl_parker *parker, struct sl_parked *parked)
{
    if (atomic_load(&parked->dropped)) {
        give_back(parker, parked, SL_PARKED_MISSING);
        return true;
    }
    const int rc = ask(parker, parked);
    const int64_t now_ms = sl_now_ms(&parker->options.clock);
    if (rc < 0 && sl_err_class_of(rc) == SL_CLASS_RETRY)
        parked->deadline_ms += now_ms - parked->asked_ms;
    parked->asked_ms = now_ms;
    if (rc > 0) {
        give_back(parker, parked, SL_PARKED_FOUND);
        return true;
    }
    if (is_gone(parker, parked, now_ms)) {
        give_back(parker, parked, SL_PARKED_GONE);
        return true;
    }
    if (now_ms >= parked->deadline_ms || (rc == 0 && parked->verify)) {
        too_late(parker, parked, rc);
        give_back(parker, parked, SL_PARKED_MISSING);
        return true;
    }
    parked->interval_ms = next_interval(parker, parked->interval_ms);
    return false;
}

static void probe(struct sl_parker *parker)
{
    struct sl_probed *probed = &parker->probed;
    probed->err = (struct sl_err){0};
    pthread_mutex_lock(&parker->lock);
    const char *url = parker->url;
    pthread_mutex_unlock(&parker->lock);
    probed->rc = client_for(parker, url, &probed->err);
    if (probed->rc >= 0)
        probed->rc = sl_sp_ping(parker->sp, &probed->err);
    probed->msg.kind = SL_MSG_PROBED;
    sl_mailbox_put(parker->box, &probed->msg);
}

/* ---- the thread; with the lock ---- */

static int64_t next_time(const struct sl_parker *parker)
{
    const struct sl_heap_node *top = sl_heap_top(&parker->heap);
    int64_t at_ms = top != NULL ? top->key : INT64_MAX;
    if (parker->probe_at_ms != 0 && parker->probe_at_ms < at_ms)
        at_ms = parker->probe_at_ms;
    return at_ms;
}

static void wait_until(struct sl_parker *parker, int64_t at_ms, int64_t now_ms)
{
    if (at_ms == INT64_MAX) {
        pthread_cond_wait(&parker->wake, &parker->lock);
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
    (void)pthread_cond_timedwait(&parker->wake, &parker->lock, &until);
}

static void do_probe(struct sl_parker *parker)
{
    parker->probe_at_ms = 0;
    pthread_mutex_unlock(&parker->lock);
    probe(parker);
    pthread_mutex_lock(&parker->lock);
}

static void do_question(struct sl_parker *parker, struct sl_heap_node *node)
{
    struct sl_parked *parked = parked_of(node);
    sl_heap_remove(&parker->heap, node); /* its room stays reserved */
    pthread_mutex_unlock(&parker->lock);
    const bool settled = settle(parker, parked);
    pthread_mutex_lock(&parker->lock);
    if (!settled)
        sl_heap_push(&parker->heap, node, parked->asked_ms + parked->interval_ms);
}

static void *parker_main(void *arg)
{
    struct sl_parker *parker = arg;
    pthread_mutex_lock(&parker->lock);
    while (!parker->quit) {
        const int64_t now_ms = sl_now_ms(&parker->options.clock);
        const int64_t at_ms = next_time(parker);
        if (at_ms > now_ms)
            wait_until(parker, at_ms, now_ms);
        else if (at_ms == parker->probe_at_ms)
            do_probe(parker);
        else
            do_question(parker, sl_heap_top(&parker->heap));
    }
    pthread_mutex_unlock(&parker->lock);
    return NULL;
}

/* ---- the engine's side ---- */

static void init_sync(struct sl_parker *parker)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&parker->wake, &attr);
    pthread_condattr_destroy(&attr);
    pthread_mutex_init(&parker->lock, NULL);
}

void sl_parker_free(struct sl_parker *parker)
{
    if (parker == NULL)
        return;
    sl_parker_stop(parker);
    struct sl_heap_node *node = NULL;
    while ((node = sl_heap_top(&parker->heap)) != NULL) {
        sl_heap_remove(&parker->heap, node);
        free(parked_of(node));
    }
    sl_heap_free(&parker->heap);
    sl_sp_free(parker->sp);
    pthread_cond_destroy(&parker->wake);
    pthread_mutex_destroy(&parker->lock);
    free(parker);
}

int sl_parker_start(struct sl_parker **out, const struct sl_parker_options *options,
                    struct sl_mailbox *box, struct sl_err *err)
{
    struct sl_parker *parker = calloc(1, sizeof *parker);
    if (parker == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for a thread");
    parker->options = *options;
    parker->box = box;
    parker->url = options->url;
    atomic_init(&parker->silent_told, false);
    init_sync(parker);
    const int rc = sl_thread_start(&parker->thread, parker_main, parker, err);
    if (rc < 0) {
        sl_parker_free(parker);
        return rc;
    }
    parker->running = true;
    *out = parker;
    return SL_OK;
}

void sl_parker_stop(struct sl_parker *parker)
{
    if (parker == NULL || !parker->running)
        return;
    parker->running = false;
    pthread_mutex_lock(&parker->lock);
    parker->quit = true;
    if (parker->sp != NULL)
        sl_sp_cancel(parker->sp);
    pthread_cond_signal(&parker->wake);
    pthread_mutex_unlock(&parker->lock);
    pthread_join(parker->thread, NULL);
}

int sl_parker_add(struct sl_parker *parker, struct sl_parked *parked, struct sl_err *err)
{
    const int64_t now_ms = sl_now_ms(&parker->options.clock);
    parked->asked_ms = now_ms;
    parked->deadline_ms = now_ms + parker->options.timeout_ms;
    parked->interval_ms = parker->options.poll_ms / 4 + 1;
    pthread_mutex_lock(&parker->lock);
    /* one more than it holds: the parker may have one in its hands, and puts it back */
    const int rc = sl_heap_reserve(&parker->heap, parker->heap.count + 2, err);
    if (rc >= 0) {
        /* newer providers list a piece as soon as they have accepted it; one that we have left has
           had its time */
        const bool at_once = parked->verify || parked->url == parker->url;
        sl_heap_push(&parker->heap, &parked->node, at_once ? now_ms : now_ms + parked->interval_ms);
        pthread_cond_signal(&parker->wake);
    }
    pthread_mutex_unlock(&parker->lock);
    if (rc < 0)
        free(parked);
    return rc;
}

void sl_parker_probe(struct sl_parker *parker, int64_t at_ms)
{
    pthread_mutex_lock(&parker->lock);
    parker->probe_at_ms = at_ms != 0 ? at_ms : 1;
    pthread_cond_signal(&parker->wake);
    pthread_mutex_unlock(&parker->lock);
}

void sl_parker_turn_to(struct sl_parker *parker, const char *url)
{
    pthread_mutex_lock(&parker->lock);
    parker->url = url;
    parker->probe_at_ms = 0; /* that was about the one of before */
    pthread_mutex_unlock(&parker->lock);
}

void sl_parker_wake(struct sl_parker *parker)
{
    pthread_mutex_lock(&parker->lock);
    pthread_cond_signal(&parker->wake);
    pthread_mutex_unlock(&parker->lock);
}
