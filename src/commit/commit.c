/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The door: open, start, pieces in, and the end. */
#include <stdlib.h>
#include <string.h>

#include "commit_internal.h"

enum {
    EPOCH_MS = 30000,
    GATHER_MS = 20000,
    HOLD_MS = SL_SP_PARKED_LIVES_MS / 3, /* the previous run may have waited just as long */
    PATIENCE_EPOCHS =
        30, /* 15 min: a provider's handler takes 5 at most, its transaction some more */
    ATTEMPTS = 5,
    JOURNAL_MS = 2000, /* another program may have it locked */
};

/* ---- open and close ---- */

static int64_t or_else(int64_t value, int64_t usual)
{
    return value != 0 ? value : usual;
}

static int copy_text(const char **out, char **owner, const char *text, struct sl_err *err)
{
    *out = NULL;
    if (text == NULL)
        return SL_OK;
    *out = *owner = strdup(text);
    return *owner != NULL ? SL_OK : sl_err_set(err, SL_ENOMEM, "out of memory for the commits");
}

static void fill_defaults(struct sl_commit_options *options)
{
    options->epoch_ms = or_else(options->epoch_ms, EPOCH_MS);
    options->gather_ms = or_else(options->gather_ms, GATHER_MS);
    options->hold_ms = or_else(options->hold_ms, HOLD_MS);
    options->resend_ms = or_else(options->resend_ms, PATIENCE_EPOCHS * options->epoch_ms);
    options->settle_ms = or_else(options->settle_ms, PATIENCE_EPOCHS * options->epoch_ms);
    options->attempts = options->attempts > 0 ? options->attempts : ATTEMPTS;
    while (options->seed == 0)
        sl_random(&options->seed, sizeof options->seed);
    if (options->copies < 1)
        options->copies = 1;
    if (options->copies > SL_COPIES_MAX)
        options->copies = SL_COPIES_MAX;
    if (options->lanes < options->copies)
        options->lanes = options->copies;
    if (options->lanes > SL_COPIES_MAX)
        options->lanes = SL_COPIES_MAX;
}

/* What every data set of ours has to have, in an order of its own. */
static int take_metadata(struct sl_commit *commit, const struct sl_commit_options *options,
                         struct sl_err *err)
{
    int rc = sl_metadata_combine(commit->metadata, &commit->metadata_count, options->metadata,
                                 options->metadata_count, options->with_cdn, options->source, err);
    if (rc == SL_OK)
        rc = sl_metadata_arrange(commit->metadata, commit->metadata_count,
                                 SL_METADATA_DATA_SET_ENTRIES, err);
    for (size_t i = 0; rc == SL_OK && i < commit->metadata_count; i++) {
        struct sl_metadata *entry = &commit->metadata[i];
        rc = copy_text(&entry->key, &commit->texts[2 * i], entry->key, err);
        if (rc == SL_OK)
            rc = copy_text(&entry->value, &commit->texts[2 * i + 1], entry->value, err);
    }
    if (rc < 0)
        sl_err_ctx(err, "metadata of the data set");
    return rc;
}

static int take_options(struct sl_commit *commit, const struct sl_commit_options *options,
                        struct sl_err *err)
{
    struct sl_commit_options *own = &commit->options;
    *own = *options;
    fill_defaults(own);
    int rc = copy_text(&own->http.ca_file, &commit->ca_file, options->http.ca_file, err);
    if (rc == SL_OK)
        rc = copy_text(&own->http.user_agent, &commit->user_agent, options->http.user_agent, err);
    if (rc == SL_OK)
        rc = copy_text(&own->second_node, &commit->second_node, options->second_node, err);
    own->rpc.http = own->http;
    return rc == SL_OK ? take_metadata(commit, options, err) : rc;
}

int sl_commit_open(struct sl_commit **out, const struct sl_commit_options *options,
                   struct sl_journal *journal, struct sl_err *err)
{
    struct sl_commit *commit = calloc(1, sizeof *commit);
    if (commit == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for the commits");
    commit->journal = journal;
    commit->expect = true;
    pthread_mutex_init(&commit->lock, NULL);
    int rc = take_options(commit, options, err);
    if (rc == SL_OK)
        rc = sl_commit_choose(commit, err);
    if (rc < 0) {
        sl_commit_close(commit);
        return rc;
    }
    *out = commit;
    return SL_OK;
}

static void stop_lane(struct sl_lane *lane)
{
    struct sl_commit *commit = lane->commit;
    pthread_mutex_lock(&commit->lock);
    if (lane->sp != NULL)
        sl_sp_cancel(lane->sp);
    if (lane->chain != NULL)
        sl_chain_cancel(lane->chain);
    if (lane->second != NULL)
        sl_chain_cancel(lane->second);
    pthread_cond_signal(&lane->wake);
    pthread_mutex_unlock(&commit->lock);
}

static void free_lane(struct sl_lane *lane)
{
    if (lane->running) {
        pthread_join(lane->thread, NULL);
        pthread_cond_destroy(&lane->wake);
    }
    lane->running = false;
    sl_sp_free(lane->sp);
    lane->sp = NULL;
    sl_chain_free(lane->chain);
    lane->chain = NULL;
    sl_journal_close(lane->journal);
    lane->journal = NULL;
    sl_orphans_free(lane);
    sl_onchain_pieces_free(&lane->onchain);
    while (lane->items != NULL) {
        struct sl_item *next = lane->items->next;
        free(lane->items);
        lane->items = next;
    }
}

void sl_lanes_stop(struct sl_commit *commit)
{
    pthread_mutex_lock(&commit->lock);
    commit->quit = true;
    pthread_mutex_unlock(&commit->lock);
    for (size_t i = 0; i < commit->lane_count; i++) {
        if (commit->lanes[i].running)
            stop_lane(&commit->lanes[i]);
    }
    for (size_t i = 0; i < commit->lane_count; i++)
        free_lane(&commit->lanes[i]);
}

void sl_commit_close(struct sl_commit *commit)
{
    if (commit == NULL)
        return;
    sl_lanes_stop(commit);
    for (size_t i = 0; i < sizeof commit->texts / sizeof commit->texts[0]; i++)
        free(commit->texts[i]);
    free(commit->fits);
    free(commit->ca_file);
    free(commit->user_agent);
    free(commit->second_node);
    pthread_mutex_destroy(&commit->lock);
    free(commit);
}

size_t sl_commit_copies(const struct sl_commit *commit)
{
    return commit->lane_count;
}

const struct sl_commit_target *sl_commit_target(const struct sl_commit *commit, size_t copy)
{
    return &commit->lanes[copy].target.shown;
}

const char *sl_commit_warning(const struct sl_commit *commit)
{
    return commit->warning;
}

/* ---- start ---- */

static int patience_ms(int64_t epoch_ms)
{
    return epoch_ms < JOURNAL_MS ? (int)epoch_ms : JOURNAL_MS;
}

static int start_lane(struct sl_lane *lane, struct sl_err *err)
{
    pthread_condattr_t attr;
    lane->woken = false;
    lane->provider_silent_since_ms = 0;
    int rc = sl_journal_open_beside(&lane->journal, lane->commit->journal, err);
    if (rc == SL_OK)
        rc = sl_commit_chain(&lane->chain, lane->commit, err);
    if (rc < 0)
        return rc;
    /* the end of the commits does not wait for longer; the lane itself tries again */
    sl_journal_set_patience(lane->journal, patience_ms(lane->commit->options.epoch_ms));
    lane->tail = &lane->items;
    lane->most = SL_COMMIT_PIECES;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&lane->wake, &attr);
    pthread_condattr_destroy(&attr);
    const int failed = pthread_create(&lane->thread, NULL, sl_lane_main, lane);
    if (failed != 0) {
        pthread_cond_destroy(&lane->wake);
        return sl_err_sys(err, failed, "start a thread");
    }
    lane->running = true;
    return SL_OK;
}

int sl_lanes_start(struct sl_commit *commit, struct sl_err *err)
{
    int rc = SL_OK;
    commit->quit = false;
    for (size_t i = 0; i < commit->lane_count && rc == SL_OK; i++)
        rc = start_lane(&commit->lanes[i], err);
    return rc;
}

int sl_commit_start(struct sl_commit *commit, sl_commit_event_fn fn, void *ctx, struct sl_err *err)
{
    commit->fn = fn;
    commit->fn_ctx = ctx;
    return sl_lanes_start(commit, err);
}

/* ---- items ---- */

void sl_commit_tell(struct sl_lane *lane, const struct sl_commit_event *event)
{
    struct sl_commit_event told = *event;
    told.copy = lane->copy;
    lane->commit->fn(lane->commit->fn_ctx, &told);
}

/* Call with the lock held. NULL if the lane has no such piece. */
static struct sl_item *find(const struct sl_lane *lane, const struct sl_piece_id *piece)
{
    struct sl_item *item = lane->items;
    while (item != NULL && !sl_piece_id_equal(&item->piece, piece))
        item = item->next;
    return item;
}

/* Call with the lock held. */
static uint64_t take_out(struct sl_lane *lane, const struct sl_piece_id *piece)
{
    struct sl_item **at = &lane->items;
    while (*at != NULL && !sl_piece_id_equal(&(*at)->piece, piece))
        at = &(*at)->next;
    struct sl_item *item = *at;
    if (item == NULL)
        return 0;
    const uint64_t serial = item->serial;
    *at = item->next;
    if (lane->tail == &item->next)
        lane->tail = at;
    free(item);
    return serial;
}

uint64_t sl_lane_drop(struct sl_lane *lane, const struct sl_piece_id *piece)
{
    pthread_mutex_lock(&lane->commit->lock);
    const uint64_t serial = take_out(lane, piece);
    pthread_mutex_unlock(&lane->commit->lock);
    return serial;
}

static size_t texts_size(const struct sl_commit_piece *piece)
{
    size_t size = strlen(piece->url) + 1;
    for (size_t i = 0; i < piece->metadata_count; i++)
        size += strlen(piece->metadata[i].key) + strlen(piece->metadata[i].value) + 2;
    return size;
}

static const char *append(char **at, const char *text)
{
    const size_t size = strlen(text) + 1;
    const char *copy = memcpy(*at, text, size);
    *at += size;
    return copy;
}

static struct sl_item *make_item(const struct sl_commit_piece *piece, unsigned copies,
                                 int64_t now_ms)
{
    struct sl_item *item = malloc(sizeof *item + texts_size(piece));
    if (item == NULL)
        return NULL;
    *item = (struct sl_item){.piece = piece->piece,
                             .metadata_count = piece->metadata_count,
                             .serial = piece->serial,
                             .added_ms = now_ms,
                             .copies = copies};
    char *at = (char *)(item + 1);
    item->url = append(&at, piece->url);
    for (size_t i = 0; i < piece->metadata_count; i++) {
        item->metadata[i].key = append(&at, piece->metadata[i].key);
        item->metadata[i].value = append(&at, piece->metadata[i].value);
    }
    return item;
}

/* ---- pieces ---- */

bool sl_lane_drop_wanted(struct sl_lane *lane, const struct sl_piece_id *piece, unsigned copies,
                         uint64_t *serial)
{
    pthread_mutex_lock(&lane->commit->lock);
    const struct sl_item *item = find(lane, piece);
    const bool good = item == NULL || item->copies <= copies;
    *serial = good ? take_out(lane, piece) : 0;
    pthread_mutex_unlock(&lane->commit->lock);
    return good;
}

/* True when the lane has the piece already; its end then answers the new add. *copies: the most
 * copies that any of its adds wants. */
static bool join(struct sl_lane *lane, const struct sl_commit_piece *piece, unsigned *copies)
{
    struct sl_commit *commit = lane->commit;
    pthread_mutex_lock(&commit->lock);
    struct sl_item *there = find(lane, &piece->piece);
    if (there != NULL && *copies < there->copies)
        *copies = there->copies;
    if (there != NULL && !there->in_batch && strcmp(there->url, piece->url) != 0) {
        (void)take_out(lane, &piece->piece); /* another provider has the bytes now */
        there = NULL;
    }
    if (there != NULL) {
        there->serial = piece->serial;
        there->copies = *copies;
    }
    const bool joined = there != NULL;
    pthread_mutex_unlock(&commit->lock);
    return joined;
}

/* Report a piece that has landed at once. "Not landed" proves nothing yet: an earlier run's commit
 * may still land, so the lane looks again before it signs. */
static int add_to(struct sl_lane *lane, const struct sl_commit_piece *piece, unsigned copies,
                  struct sl_err *err)
{
    struct sl_commit *commit = lane->commit;
    struct sl_commit_event landed;
    if (join(lane, piece, &copies))
        return SL_OK;
    const int rc = sl_lane_has_landed(&landed, lane, commit->journal, &piece->piece, copies, err);
    if (rc < 0)
        return rc;
    if (rc == 1) {
        landed.serial = piece->serial;
        landed.copies = copies;
        sl_commit_tell(lane, &landed);
        return SL_OK;
    }
    struct sl_item *item = make_item(piece, copies, sl_lane_now_ms(lane));
    if (item == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for a commit");
    pthread_mutex_lock(&commit->lock);
    *lane->tail = item;
    lane->tail = &item->next;
    lane->last_added_ms = item->added_ms;
    pthread_cond_signal(&lane->wake);
    pthread_mutex_unlock(&commit->lock);
    return SL_OK;
}

int sl_commit_add(struct sl_commit *commit, const struct sl_commit_piece *piece, struct sl_err *err)
{
    const unsigned wanted = piece->copies > 0 ? piece->copies : (unsigned)commit->options.copies;
    const unsigned copies = wanted < commit->lane_count ? wanted : (unsigned)commit->lane_count;
    int rc = sl_metadata_check(piece->metadata, piece->metadata_count, ITEM_METADATA, err);
    for (unsigned i = 0; i < copies && rc == SL_OK; i++)
        rc = add_to(&commit->lanes[i], piece, copies, err);
    return rc;
}

bool sl_commit_forget(struct sl_commit *commit, const struct sl_piece_id *piece)
{
    bool free_to_go = true;
    pthread_mutex_lock(&commit->lock);
    for (size_t i = 0; i < commit->lane_count; i++) {
        const struct sl_item *item = find(&commit->lanes[i], piece);
        free_to_go = free_to_go && (item == NULL || !item->in_batch);
    }
    for (size_t i = 0; free_to_go && i < commit->lane_count; i++)
        (void)take_out(&commit->lanes[i], piece);
    pthread_mutex_unlock(&commit->lock);
    return free_to_go;
}

struct having {
    struct sl_commit *commit;
    struct sl_u256 at; /* the explicitly chosen provider; 0: any */
    bool has;
};

static int take_any(void *ctx, const struct sl_journal_copy *copy)
{
    struct having *having = ctx;
    having->has =
        (sl_u256_is_zero(having->at) || sl_u256_cmp(copy->provider_id, having->at) == 0) &&
        sl_commit_counts(having->commit, copy);
    return having->has;
}

bool sl_commit_has(struct sl_commit *commit, const struct sl_piece_id *piece)
{
    struct having having = {.commit = commit};
    pthread_mutex_lock(&commit->lock);
    if (sl_commit_asks_place(commit))
        having.at = commit->now[0];
    pthread_mutex_unlock(&commit->lock);
    (void)!sl_journal_each_copy(commit->journal, piece, take_any, &having, NULL);
    return having.has;
}

static void wake_all(struct sl_commit *commit)
{
    for (size_t i = 0; i < commit->lane_count; i++) {
        if (commit->lanes[i].running)
            pthread_cond_signal(&commit->lanes[i].wake);
    }
}

void sl_commit_expect(struct sl_commit *commit, bool more)
{
    pthread_mutex_lock(&commit->lock);
    if (commit->expect != more) {
        commit->expect = more;
        wake_all(commit);
    }
    pthread_mutex_unlock(&commit->lock);
}

void sl_commit_wake(struct sl_commit *commit)
{
    pthread_mutex_lock(&commit->lock);
    for (size_t i = 0; i < commit->lane_count; i++)
        commit->lanes[i].woken = true;
    wake_all(commit);
    pthread_mutex_unlock(&commit->lock);
}
