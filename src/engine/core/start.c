/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* start.c - from options and a journal to a running engine, and back. */
#include <stdlib.h>
#include <string.h>

#include "sluice/journal.h"

#include "core/add_results.h"
#include "core/engine.h"
#include "core/engine_internal.h"
#include "core/thread.h"
#include "core/transaction.h"
#include "jobs/commit_waiters.h"
#include "jobs/job.h"
#include "policy/limits.h"

static int or_default(int value, int fallback)
{
    return value > 0 ? value : fallback;
}

static int64_t or_default_ms(int64_t value, int64_t fallback)
{
    return value > 0 ? value : fallback;
}

static int copy_text(char **out, const char *text, struct sl_err *err)
{
    *out = text != NULL ? strdup(text) : NULL;
    return text == NULL || *out != NULL ? SL_OK : sl_err_set(err, SL_ENOMEM, "out of memory");
}

static int copy_options(struct sl_engine *engine, const struct sl_engine_options *from,
                        struct sl_err *err)
{
    struct sl_engine_options *to = &engine->options;
    *to = *from;
    to->parallel = or_default(from->parallel, SL_PARALLEL_DEFAULT);
    to->max_attempts = or_default(from->max_attempts, 5);
    to->retry_base_ms = or_default_ms(from->retry_base_ms, 2000);
    to->retry_cap_ms = or_default_ms(from->retry_cap_ms, INT64_C(300000));
    to->park_poll_ms = or_default_ms(from->park_poll_ms, 1000);
    to->park_timeout_ms = or_default_ms(from->park_timeout_ms, INT64_C(300000));
    to->pause_hold_ms = or_default_ms(from->pause_hold_ms, INT64_C(300000));
    to->change_after_ms = or_default_ms(from->change_after_ms, INT64_C(120000));
    to->say_after_ms = or_default_ms(from->say_after_ms, INT64_C(20000));
    to->request_limit_ms = or_default_ms(from->request_limit_ms, INT64_C(1800000));
    if (to->split_least_bytes == 0)
        to->split_least_bytes = SL_PIECE_MIN_BYTES << 13;
    if (engine->commit != NULL && to->copies <= 0)
        to->copies = (int)sl_commit_copies(engine->commit);
    engine->parallel = to->parallel > SL_PARALLEL_MAX ? SL_PARALLEL_MAX : to->parallel;
    engine->random = from->seed;
    if (engine->random == 0)
        sl_random(&engine->random, sizeof engine->random);
    int rc = copy_text(&engine->ca_file, from->http.ca_file, err);
    if (rc >= 0)
        rc = copy_text(&engine->user_agent, from->http.user_agent, err);
    to->http.ca_file = engine->ca_file;
    to->http.user_agent = engine->user_agent;
    return rc;
}

static int take_url(struct sl_engine *engine, const char *url, struct sl_err *err)
{
    char ping[SL_URL_BYTES];
    const int rc = sl_url_resolve(ping, sizeof ping, url, "pdp/ping", err);
    if (rc < 0) {
        sl_err_ctx(err, "provider URL");
        return rc;
    }
    if (strlen(url) >= SL_URL_BYTES)
        return sl_err_set(err, SL_EFORMAT, "provider URL: too long");
    engine->url = sl_tasks_provider(&engine->tasks, url);
    engine->options.provider_url = engine->url;
    return engine->url != NULL ? SL_OK : sl_err_set(err, SL_ENOMEM, "out of memory");
}

static int make_workers(struct sl_engine *engine, struct sl_err *err)
{
    engine->workers = calloc(SL_SLOTS, sizeof *engine->workers);
    if (engine->workers == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for the workers");
    int rc = SL_OK;
    for (int i = 0; i < SL_SLOTS && rc >= 0; i++) {
        rc = sl_worker_init(&engine->workers[i], &engine->box, &engine->options.clock,
                            &engine->limits.total, err);
        engine->workers[i].limit_ms = engine->options.request_limit_ms;
        engine->workers[i].upload.guarded = engine->options.guarded;
        engine->workers[i].upload.board = engine->board;
        engine->workers[i].upload.board_slot = (unsigned)i;
    }
    return rc;
}

/* The journal alone says what to do next. */
static int load(struct sl_engine *engine, struct sl_err *err)
{
    int rc = sl_journal_prune_refused(engine->journal, err);
    engine->refused_count = rc > 0;
    if (rc >= 0)
        rc = sl_journal_each(engine->journal, sl_task_load, engine, err);
    if (rc == SL_ENOMEM)
        sl_err_set(err, rc, "out of memory for the jobs of the journal");
    if (rc < 0)
        return rc;
    const struct sl_park_poller_options poller = {.url = engine->url,
                                                  .poll_ms = engine->options.park_poll_ms,
                                                  .timeout_ms = engine->options.park_timeout_ms,
                                                  .silence_ms = engine->options.change_after_ms,
                                                  .http = engine->options.http,
                                                  .clock = engine->options.clock};
    rc = sl_park_poller_start(&engine->poller, &poller, &engine->box, err);
    if (rc >= 0 && engine->commit != NULL)
        rc = sl_commit_start(engine->commit, sl_engine_on_commit, engine, err);
    if (rc >= 0)
        rc = sl_planner_start(&engine->planner, &engine->box, &engine->options.clock, err);
    if (rc >= 0 && engine->board != NULL)
        sl_planner_share(engine->planner, engine->board, SL_BOARD_SLOTS - 1);
    if (rc >= 0)
        rc = sl_journal_rate(engine->journal, engine->url, &engine->rate_bytes_per_s, err);
    if (rc < 0)
        return rc;
    sl_tasks_settle(engine);
    rc = sl_engine_txn_commit(engine);
    if (rc < 0 && err != NULL)
        *err = engine->broken;
    return rc;
}

/* All that destroy() relies on, even after a failure. */
static int make_parts(struct sl_engine *engine, bool shared, struct sl_err *err)
{
    sl_bucket_init(&engine->limits.total);
    int rc = sl_mailbox_init(&engine->box, err);
    const int outbox_rc =
        sl_outbox_init(&engine->outbox, shared ? SL_FACES : 1, rc < 0 ? NULL : err);
    rc = rc < 0 ? rc : outbox_rc;
    if (rc >= 0 && shared)
        rc = sl_board_new(&engine->board, err);
    const int tasks_rc = sl_tasks_init(&engine->tasks, rc < 0 ? NULL : err);
    rc = rc < 0 ? rc : tasks_rc;
    return rc < 0 ? rc : sl_timers_reserve(&engine->timers, SL_TIMERS_MORE, err);
}

static int start(struct sl_engine *engine, const struct sl_engine_options *options,
                 struct sl_err *err)
{
    int rc = make_parts(engine, options->shared, err);
    if (rc >= 0)
        rc = copy_options(engine, options, err);
    if (rc >= 0)
        sl_engine_limits_start(engine);
    if (rc >= 0)
        rc = make_workers(engine, err);
    if (rc >= 0)
        rc = take_url(engine, options->provider_url, err);
    if (rc >= 0)
        rc = load(engine, err);
    const struct sl_walk_options walk = {.include_hidden = options->include_hidden,
                                         .own = options->own,
                                         .guarded = options->guarded,
                                         .links = options->links,
                                         .fn = sl_engine_scanned,
                                         .ctx = engine};
    if (rc >= 0)
        rc = sl_scanner_start(&engine->scanner, &walk, err);
    sl_mailbox_wake(&engine->box); /* the first turn has the loaded jobs to announce */
    if (rc >= 0)
        rc = sl_thread_start(&engine->thread, sl_engine_main, engine, err);
    return rc;
}

static void free_requests(struct sl_engine *engine)
{
    while (engine->requests != NULL) {
        struct sl_request *next = engine->requests->next;
        free(engine->requests);
        engine->requests = next;
    }
}

/* Of a whole engine whose thread has ended, or of what a failed start left. */
static void destroy(struct sl_engine *engine)
{
    sl_mailbox_close(&engine->box);
    sl_scanner_stop(engine->scanner);
    sl_park_poller_stop(engine->poller);
    sl_commit_close(engine->commit);
    sl_planner_stop(engine->planner);
    for (int i = 0; engine->workers != NULL && i < SL_SLOTS; i++)
        sl_worker_stop(&engine->workers[i]);
    /* unread messages are parts of those who sent them */
    sl_engine_discard(sl_mailbox_take(&engine->box));
    sl_park_poller_free(engine->poller);
    sl_planner_free(engine->planner);
    for (int i = 0; engine->workers != NULL && i < SL_SLOTS; i++)
        sl_worker_fini(&engine->workers[i]);
    free(engine->workers);
    sl_bucket_fini(&engine->limits.total);
    sl_outbox_fini(&engine->outbox);
    sl_board_free(engine->board);
    sl_heap_free(&engine->queue);
    sl_heap_free(&engine->to_hash);
    sl_timers_free(&engine->timers);
    sl_owners_free(&engine->owners);
    sl_tasks_fini(&engine->tasks);
    free_requests(engine);
    sl_mailbox_fini(&engine->box);
    sl_journal_close(engine->journal);
    free(engine->ca_file);
    free(engine->user_agent);
    free(engine);
}

int sl_engine_start(struct sl_engine **out, const struct sl_engine_options *options,
                    struct sl_journal *journal, struct sl_err *err)
{
    struct sl_engine *engine = calloc(1, sizeof *engine);
    if (engine == NULL) {
        sl_commit_close(options->commit);
        sl_journal_close(journal);
        return sl_err_set(err, SL_ENOMEM, "out of memory for the engine");
    }
    engine->journal = journal;
    engine->commit = options->commit;
    engine->on_message = sl_engine_apply;
    const int rc = start(engine, options, err);
    if (rc < 0) {
        destroy(engine);
        return rc;
    }
    *out = engine;
    return SL_OK;
}

void sl_engine_free(struct sl_engine *engine)
{
    if (engine == NULL)
        return;
    atomic_store(&engine->quit, true);
    sl_mailbox_wake(&engine->box);
    pthread_join(engine->thread, NULL);
    destroy(engine);
}
