/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The thread that fetches: one piece after the other, verified while it is stored. */
#include "provider/pull_work.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sluice/http.h"
#include "sluice/log.h"

#include "network.h"
#include "pieces/sql.h"
#include "provider/profile.h"

enum { TRIES = 3, LOOK_AGAIN_MS = 1000 };

#define FIRST_WAIT_MS  INT64_C(30000)
#define SECOND_WAIT_MS INT64_C(120000)
#define IDLE_MS        INT64_C(120000)

struct sl_devnet_pulls {
    /* immutable */
    struct sl_devnet_provider *provider;
    struct sl_http *http; /* the thread's; others may cancel */
    pthread_t thread;

    pthread_mutex_t lock;
    pthread_cond_t wake;
    /* under lock */
    bool stopping;
    bool woken;
};

struct work {
    int64_t pull;
    char cid[SL_PIECE_CID_CHARS];
    char source[SL_DEVNET_PULL_SOURCE_CHARS];
    struct sl_piece_id id;
    int tries;
};

/* ---- the queue ---- */

static int next_work(struct sl_devnet_pulls *pulls, struct work *out, struct sl_err *err)
{
    struct sl_devnet_piece_store *store = pulls->provider->store;
    sqlite3_stmt *statement = NULL;
    sqlite3 *db = sl_devnet_piece_store_lock(store);
    int rc = sl_devnet_sql_prepare(&statement, db, err,
                                   "SELECT pull, cid, source, tries FROM pull_piece"
                                   " WHERE status < ? AND next_ms <= ? ORDER BY next_ms LIMIT 1",
                                   "ii", (int64_t)SL_DEVNET_PULL_COMPLETE,
                                   sl_wall_ms(&pulls->provider->net->clock));
    if (rc == SL_OK)
        rc = sl_devnet_sql_step(db, statement, err);
    if (rc == 1) {
        out->pull = sqlite3_column_int64(statement, 0);
        snprintf(out->cid, sizeof out->cid, "%s", (const char *)sqlite3_column_text(statement, 1));
        snprintf(out->source, sizeof out->source, "%s",
                 (const char *)sqlite3_column_text(statement, 2));
        out->tries = sqlite3_column_int(statement, 3);
        const int parsed = sl_piece_parse(&out->id, out->cid, strlen(out->cid), err);
        rc = parsed < 0 ? parsed : 1;
    }
    sqlite3_finalize(statement);
    sl_devnet_piece_store_unlock(store);
    return rc;
}

static void set_status(struct sl_devnet_pulls *pulls, const struct work *work,
                       enum sl_devnet_pull_status status, int64_t wait_ms)
{
    struct sl_err err;
    sqlite3 *db = sl_devnet_piece_store_lock(pulls->provider->store);
    if (sl_devnet_sql_run(db, &err,
                          "UPDATE pull_piece SET status = ?, tries = ?, next_ms = ?"
                          " WHERE pull = ? AND cid = ? AND source = ?",
                          "iiiitt", (int64_t)status, (int64_t)work->tries,
                          sl_wall_ms(&pulls->provider->net->clock) + wait_ms, work->pull, work->cid,
                          work->source) < 0)
        sl_log(SL_LOG_ERROR, SL_LOG_DEVNET, "pull: %s", err.text);
    sl_devnet_piece_store_unlock(pulls->provider->store);
}

/* ---- one piece ---- */

struct sink {
    struct sl_devnet_body_writer writer;
    uint64_t most_bytes;
};

static int on_data(void *ctx, const void *data, size_t len, struct sl_err *err)
{
    struct sink *sink = ctx;
    if (sink->writer.received_bytes + len > sink->most_bytes)
        return sl_err_set(err, SL_EMISMATCH, "more bytes than the PieceCID says");
    return sl_devnet_body_writer_add(&sink->writer, data, len, err);
}

static int download(struct sl_devnet_pulls *pulls, const struct work *work, struct sink *sink,
                    struct sl_err *err)
{
    struct sl_http_response response = {0};
    const struct sl_http_request request = {.method = "GET",
                                            .url = work->source,
                                            .write = on_data,
                                            .write_ctx = sink,
                                            .stall_ms = IDLE_MS};
    int rc = sl_http_perform(pulls->http, &request, &response, err);
    if (rc == SL_OK && response.status != 200)
        rc = sl_http_status_err(&response, "pull", err);
    sl_http_response_free(&response);
    return rc;
}

static int store(struct sl_devnet_pulls *pulls, const struct work *work, struct sink *sink,
                 struct sl_err *err)
{
    struct sl_piece_id got;
    int rc = sl_devnet_body_writer_hash(&sink->writer, &got, err);
    if (rc == SL_OK && !sl_piece_id_equal(&got, &work->id))
        rc = sl_err_set(err, SL_EMISMATCH, "the bytes have another PieceCID");
    if (rc == SL_OK)
        rc = sl_devnet_body_writer_sync(&sink->writer, err);
    return rc == SL_OK
               ? sl_devnet_piece_store_add_file(pulls->provider->store, &got, sink->writer.path,
                                                sl_devnet_park_ms(pulls->provider), err)
               : rc;
}

static int fetch(struct sl_devnet_pulls *pulls, const struct work *work, struct sl_err *err)
{
    char tmp[SL_PATH_BYTES];
    struct sink sink = {.most_bytes = work->id.payload_bytes};
    const int stored = sl_devnet_piece_store_refer(pulls->provider->store, work->id.root,
                                                   sl_devnet_park_ms(pulls->provider), err);
    if (stored != 0)
        return stored < 0 ? stored : SL_OK;
    int rc = sl_path_join(tmp, sizeof tmp, pulls->provider->dir, "tmp", err);
    if (rc == SL_OK)
        rc = sl_devnet_body_writer_begin(&sink.writer, &pulls->provider->space, tmp,
                                         work->id.payload_bytes, err);
    if (rc == SL_OK)
        rc = download(pulls, work, &sink, err);
    if (rc == SL_OK)
        rc = store(pulls, work, &sink, err);
    sl_devnet_body_writer_end(&sink.writer);
    return rc;
}

/* Of the source's answers only these may be other ones next time. */
static bool may_pass(const struct sl_err *err)
{
    if (err->code == SL_ESERVER || err->code == SL_EBUSY)
        return err->detail == 429 || err->detail == 500;
    return err->code == SL_ENET || err->code == SL_ESTALLED || err->code == SL_ENOSPC;
}

static void work_on(struct sl_devnet_pulls *pulls, struct work *work)
{
    struct sl_err err = {0};
    work->tries++;
    set_status(pulls, work, work->tries > 1 ? SL_DEVNET_PULL_RETRYING : SL_DEVNET_PULL_IN_PROGRESS,
               FIRST_WAIT_MS);
    const int rc = fetch(pulls, work, &err);
    if (rc == SL_ECANCELED) {
        work->tries--; /* the next run begins it anew */
        set_status(pulls, work, SL_DEVNET_PULL_PENDING, 0);
    } else if (rc == SL_OK) {
        set_status(pulls, work, SL_DEVNET_PULL_COMPLETE, 0);
    } else if (may_pass(&err) && work->tries < TRIES) {
        set_status(pulls, work, SL_DEVNET_PULL_RETRYING,
                   work->tries == 1 ? FIRST_WAIT_MS : SECOND_WAIT_MS);
    } else {
        sl_log(SL_LOG_WARN, SL_LOG_DEVNET, "pull %s: %s", work->cid, err.text);
        set_status(pulls, work, SL_DEVNET_PULL_FAILED, 0);
    }
}

/* ---- the thread ---- */

/* Until somebody wakes it, or a while; true when it must end. */
static bool rest(struct sl_devnet_pulls *pulls, bool idle)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += LOOK_AGAIN_MS / 1000;
    pthread_mutex_lock(&pulls->lock);
    while (idle && !pulls->stopping && !pulls->woken &&
           pthread_cond_timedwait(&pulls->wake, &pulls->lock, &until) != ETIMEDOUT)
        ;
    pulls->woken = false;
    const bool stopping = pulls->stopping;
    pthread_mutex_unlock(&pulls->lock);
    return stopping;
}

static void *run(void *ctx)
{
    struct sl_devnet_pulls *pulls = ctx;
    int found = 0;
    while (!rest(pulls, found <= 0)) {
        struct work work = {0};
        struct sl_err err;
        found = next_work(pulls, &work, &err);
        if (found > 0)
            work_on(pulls, &work);
        else if (found < 0)
            sl_log(SL_LOG_ERROR, SL_LOG_DEVNET, "pull: %s", err.text);
    }
    return NULL;
}

static struct sl_devnet_pulls *pulls_new(struct sl_devnet_provider *provider)
{
    struct sl_devnet_pulls *pulls = calloc(1, sizeof *pulls);
    if (pulls == NULL)
        return NULL;
    pthread_condattr_t attr;
    pulls->provider = provider;
    pthread_mutex_init(&pulls->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&pulls->wake, &attr);
    pthread_condattr_destroy(&attr);
    return pulls;
}

static void pulls_free(struct sl_devnet_pulls *pulls)
{
    sl_http_free(pulls->http);
    pthread_cond_destroy(&pulls->wake);
    pthread_mutex_destroy(&pulls->lock);
    free(pulls);
}

int sl_devnet_pulls_start(struct sl_devnet_provider *provider, struct sl_err *err)
{
    struct sl_devnet_pulls *pulls = pulls_new(provider);
    if (pulls == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    const struct sl_http_options options = {.clock = provider->net->clock};
    int rc = sl_http_new(&pulls->http, &options, err);
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (rc == SL_OK) {
        const int failed = pthread_create(&pulls->thread, NULL, run, pulls);
        rc = failed == 0 ? SL_OK : sl_err_sys(err, failed, "start a provider's thread");
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (rc < 0)
        pulls_free(pulls);
    else
        provider->pulls = pulls;
    return rc;
}

void sl_devnet_pulls_wake(struct sl_devnet_provider *provider)
{
    struct sl_devnet_pulls *pulls = provider->pulls;
    pthread_mutex_lock(&pulls->lock);
    pulls->woken = true;
    pthread_cond_signal(&pulls->wake);
    pthread_mutex_unlock(&pulls->lock);
}

void sl_devnet_pulls_stop(struct sl_devnet_provider *provider)
{
    struct sl_devnet_pulls *pulls = provider->pulls;
    if (pulls == NULL)
        return;
    sl_http_cancel(pulls->http);
    pthread_mutex_lock(&pulls->lock);
    pulls->stopping = true;
    pthread_cond_signal(&pulls->wake);
    pthread_mutex_unlock(&pulls->lock);
    pthread_join(pulls->thread, NULL);
    pulls_free(pulls);
    provider->pulls = NULL;
}
