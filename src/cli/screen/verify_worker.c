/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "screen/verify_worker.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lookup/copy_check.h"
#include "lookup/copy_index.h"
#include "lookup/lookup.h"

enum { PROGRESS_MS = 250 };

/* A file to verify. */
struct wait {
    struct wait *next;
    int64_t job_id;
    struct sl_piece_id piece;
    char path[]; /* of the local file */
};

struct sl_verify_worker {
    const struct sl_session *session;
    struct sl_answers *answers;
    pthread_t thread;

    /* the thread's: of the file it is at */
    struct sl_answer answer;
    struct sl_check_run check;
    enum sl_verify_state result; /* the result so far */
    uint64_t before_bytes;       /* of what was looked at before: the local file, other copies */
    int64_t posted_ms;

    atomic_bool over; /* the file it is at is to be left */

    pthread_mutex_t lock;
    pthread_cond_t wake;
    /* under the lock */
    bool quit;
    struct wait *first;
    int64_t running; /* job; 0: none */
    struct sl_fetch *fetch;
};

/* ---- results ---- */

static void post(struct sl_verify_worker *worker)
{
    worker->posted_ms = sl_now_ms(&worker->session->clock);
    sl_answers_post(worker->answers, &worker->answer);
}

static void post_progress(struct sl_verify_worker *worker, uint64_t bytes)
{
    struct sl_verify *verify = &worker->answer.verify;
    const uint64_t done = worker->before_bytes + bytes;
    verify->done_bytes = done < verify->total_bytes ? done : verify->total_bytes;
    if (sl_now_ms(&worker->session->clock) - worker->posted_ms >= PROGRESS_MS)
        post(worker);
}

/* Add a problem; the worst one decides. */
static void add_trouble(struct sl_verify_worker *worker, enum sl_verify_state state,
                        const char *what)
{
    struct sl_verify *verify = &worker->answer.verify;
    const size_t at = strlen(verify->why);
    snprintf(verify->why + at, sizeof verify->why - at, "%s%s", at > 0 ? "; " : "", what);
    if (worker->result != SL_VERIFY_BAD)
        worker->result = state;
}

/* ---- callbacks of copy_check.h ---- */

static bool is_over(void *ctx)
{
    struct sl_verify_worker *worker = ctx;
    return atomic_load(&worker->over);
}

static void begin(void *ctx, const struct sl_copy *copy)
{
    struct sl_verify_worker *worker = ctx;
    (void)copy;
    worker->answer.verify.at++;
    post(worker);
}

static void hashed(void *ctx, uint64_t bytes)
{
    post_progress(ctx, bytes);
}

static void received(void *ctx, const struct sl_fetch_progress *progress)
{
    struct sl_verify_worker *worker = ctx;
    post_progress(worker, worker->check.passed_bytes + progress->have_bytes);
}

static void local_trouble(struct sl_verify_worker *worker, const struct sl_verdict *verdict)
{
    char text[SL_VERIFY_WHY_BYTES];
    if (verdict->result == SL_CHECK_DIFFERS) {
        add_trouble(worker, SL_VERIFY_BAD, "the local file differs");
        return;
    }
    snprintf(text, sizeof text, "the local file: %s", verdict->err.text);
    add_trouble(worker, SL_VERIFY_UNCLEAR, text);
}

static void copy_trouble(struct sl_verify_worker *worker, const struct sl_wanted *wanted,
                         const struct sl_verdict *verdict)
{
    char text[SL_VERIFY_WHY_BYTES];
    const char *at = strstr(verdict->copy->url, "://");
    const char *url = at != NULL ? at + 3 : verdict->copy->url;
    const int host = (int)strcspn(url, "/");
    const char *name = sl_check_name(verdict->result);
    if (verdict->result == SL_CHECK_OK)
        snprintf(text, sizeof text, "%.*s has %zu of %zu parts", host, url, verdict->parts,
                 wanted->file.part_count);
    else if (verdict->result == SL_CHECK_UNREACHABLE)
        snprintf(text, sizeof text, "%.*s %s: %s", host, url, name, verdict->err.text);
    else
        snprintf(text, sizeof text, "%.*s %s", host, url, name);
    add_trouble(worker, verdict->result == SL_CHECK_UNREACHABLE ? SL_VERIFY_UNCLEAR : SL_VERIFY_BAD,
                text);
}

static void one_done(void *ctx, const struct sl_wanted *wanted, const struct sl_verdict *verdict)
{
    struct sl_verify_worker *worker = ctx;
    const bool whole = verdict->copy == NULL || verdict->parts == wanted->file.part_count;
    worker->before_bytes += wanted->file.whole.payload_bytes;
    if (verdict->result == SL_CHECK_OK && whole)
        worker->answer.verify.good += verdict->copy != NULL;
    else if (verdict->copy == NULL)
        local_trouble(worker, verdict);
    else
        copy_trouble(worker, wanted, verdict);
}

/* ---- one file ---- */

static void check(struct sl_verify_worker *worker, const struct wait *wait,
                  const struct sl_wanted *wanted)
{
    struct sl_verify *verify = &worker->answer.verify;
    const bool local = sl_check_is_file(wait->path);
    verify->copies = (unsigned)sl_check_count(wanted);
    verify->total_bytes = wanted->file.whole.payload_bytes * (verify->copies + (local ? 1U : 0U));
    post(worker);
    if (local)
        sl_check_local(&worker->check, wanted, wait->path);
    sl_check_copies(&worker->check, wanted, -1);
    if (!local && worker->result == SL_VERIFY_GOOD)
        add_trouble(worker, SL_VERIFY_GOOD, "the local file no longer exists");
}

/* What may be cancelled from outside. */
static void set_fetch(struct sl_verify_worker *worker, struct sl_fetch *fetch)
{
    pthread_mutex_lock(&worker->lock);
    worker->fetch = fetch;
    pthread_mutex_unlock(&worker->lock);
}

static int download(struct sl_verify_worker *worker, const struct wait *wait,
                    const struct sl_wanted *wanted, struct sl_err *err)
{
    const struct sl_fetch_options options =
        sl_lookup_fetch_options(&worker->session->settings.config);
    struct sl_fetch *fetch = NULL;
    const int rc = sl_fetch_new(&fetch, &options, err);
    if (rc < 0)
        return rc;
    worker->check = (struct sl_check_run){.fetch = fetch,
                                          .is_over = is_over,
                                          .on_begin = begin,
                                          .on_hashed = hashed,
                                          .on_verdict = one_done,
                                          .ctx = worker};
    sl_fetch_watch(fetch, received, worker, PROGRESS_MS);
    set_fetch(worker, fetch);
    check(worker, wait, wanted);
    set_fetch(worker, NULL);
    sl_fetch_free(fetch);
    return SL_OK;
}

static int find_and_check(struct sl_verify_worker *worker, const struct wait *wait,
                          struct sl_err *err)
{
    const struct sl_session *session = worker->session;
    struct sl_copies copies = {0};
    struct sl_wanted wanted = {0};
    int rc = sl_cli_copy_index_job(&copies, session->settings.config.paths.state, &session->clock,
                                   session->target.devnet, wait->job_id, err);
    if (rc == SL_OK)
        rc = sl_copies_file(&wanted, &copies, &wait->piece, err);
    if (rc == 1) {
        rc = download(worker, wait, &wanted, err);
        sl_wanted_free(&wanted);
    } else if (rc == 0) {
        rc = SL_ENOTFOUND;
    }
    sl_copies_free(&copies);
    return rc;
}

static void verify_file(struct sl_verify_worker *worker, const struct wait *wait)
{
    struct sl_verify *verify = &worker->answer.verify;
    struct sl_err err = {0};
    worker->answer = (struct sl_answer){.type = SL_ANSWER_VERIFY};
    worker->result = SL_VERIFY_GOOD;
    worker->before_bytes = 0;
    verify->job_id = wait->job_id;
    verify->state = SL_VERIFY_RUNS;
    if (find_and_check(worker, wait, &err) < 0)
        add_trouble(worker, SL_VERIFY_UNCLEAR, err.text);
    verify->state = is_over(worker) ? SL_VERIFY_STOPPED : worker->result;
    verify->ended_ms = sl_wall_ms(&worker->session->clock);
    post(worker);
}

/* ---- the thread ---- */

static struct wait *take_next(struct sl_verify_worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    worker->running = 0;
    while (!worker->quit && worker->first == NULL)
        pthread_cond_wait(&worker->wake, &worker->lock);
    struct wait *wait = worker->quit ? NULL : worker->first;
    if (wait != NULL) {
        worker->first = wait->next;
        worker->running = wait->job_id;
        atomic_store(&worker->over, false);
    }
    pthread_mutex_unlock(&worker->lock);
    return wait;
}

static void *run_verifications(void *arg)
{
    struct sl_verify_worker *worker = arg;
    struct wait *wait;
    while ((wait = take_next(worker)) != NULL) {
        verify_file(worker, wait);
        free(wait);
    }
    return NULL;
}

/* ---- public functions ---- */

static void answer_at_once(struct sl_verify_worker *worker, int64_t job_id,
                           enum sl_verify_state state, const char *why)
{
    struct sl_answer answer = {.type = SL_ANSWER_VERIFY,
                               .verify = {.job_id = job_id,
                                          .state = state,
                                          .ended_ms = sl_wall_ms(&worker->session->clock)}};
    snprintf(answer.verify.why, sizeof answer.verify.why, "%s", why);
    sl_answers_post(worker->answers, &answer);
}

void sl_verify_worker_add(struct sl_verify_worker *worker, const struct sl_errand *errand)
{
    const size_t len = strlen(errand->path);
    struct wait *wait = malloc(sizeof *wait + len + 1);
    if (wait == NULL) {
        answer_at_once(worker, errand->job_id, SL_VERIFY_UNCLEAR, "out of memory");
        return;
    }
    *wait = (struct wait){.job_id = errand->job_id, .piece = errand->piece};
    memcpy(wait->path, errand->path, len + 1);
    pthread_mutex_lock(&worker->lock);
    struct wait **at = &worker->first;
    while (*at != NULL && (*at)->job_id != wait->job_id)
        at = &(*at)->next;
    const bool known =
        *at != NULL || (worker->running == wait->job_id && !atomic_load(&worker->over));
    if (!known)
        *at = wait;
    pthread_cond_signal(&worker->wake);
    pthread_mutex_unlock(&worker->lock);
    if (known)
        free(wait);
}

void sl_verify_worker_stop(struct sl_verify_worker *worker, int64_t job_id)
{
    pthread_mutex_lock(&worker->lock);
    struct wait **at = &worker->first;
    while (*at != NULL && (*at)->job_id != job_id)
        at = &(*at)->next;
    struct wait *waits = *at;
    if (waits != NULL) {
        *at = waits->next;
    } else if (worker->running == job_id) {
        atomic_store(&worker->over, true);
        if (worker->fetch != NULL)
            sl_fetch_cancel(worker->fetch);
    }
    pthread_mutex_unlock(&worker->lock);
    if (waits != NULL)
        answer_at_once(worker, job_id, SL_VERIFY_STOPPED, "");
    free(waits);
}

int sl_verify_worker_open(struct sl_verify_worker **out, const struct sl_session *session,
                          struct sl_answers *answers, struct sl_err *err)
{
    struct sl_verify_worker *worker = calloc(1, sizeof *worker);
    *out = NULL;
    if (worker == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    worker->session = session;
    worker->answers = answers;
    pthread_mutex_init(&worker->lock, NULL);
    pthread_cond_init(&worker->wake, NULL);
    if (pthread_create(&worker->thread, NULL, run_verifications, worker) != 0) {
        pthread_cond_destroy(&worker->wake);
        pthread_mutex_destroy(&worker->lock);
        free(worker);
        return sl_err_set(err, SL_ENOMEM, "no thread could be started");
    }
    *out = worker;
    return SL_OK;
}

void sl_verify_worker_close(struct sl_verify_worker *worker)
{
    if (worker == NULL)
        return;
    pthread_mutex_lock(&worker->lock);
    worker->quit = true;
    atomic_store(&worker->over, true);
    if (worker->fetch != NULL)
        sl_fetch_cancel(worker->fetch);
    pthread_cond_signal(&worker->wake);
    pthread_mutex_unlock(&worker->lock);
    pthread_join(worker->thread, NULL);
    while (worker->first != NULL) {
        struct wait *next = worker->first->next;
        free(worker->first);
        worker->first = next;
    }
    pthread_cond_destroy(&worker->wake);
    pthread_mutex_destroy(&worker->lock);
    free(worker);
}
