/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The public functions of the module: open, start, add pieces, close. */
#include <stdlib.h>
#include <string.h>

#include "lane/gather.h"
#include "lane/items.h"
#include "lane/lane_io.h"
#include "lane/lanes.h"
#include "provider/asked.h"
#include "provider/choose.h"
#include "reuse/landed_copies.h"

enum {
    EPOCH_MS = 30000,
    HOLD_MS = 1800000,
    PATIENCE_EPOCHS =
        30, /* 15 min: a provider's handler takes 5 at most, its transaction some more */
    ATTEMPTS = 5,
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
static int copy_metadata(struct sl_commit *commit, const struct sl_commit_options *options,
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

static int copy_options(struct sl_commit *commit, const struct sl_commit_options *options,
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
    return rc == SL_OK ? copy_metadata(commit, options, err) : rc;
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
    int rc = copy_options(commit, options, err);
    if (rc == SL_OK)
        rc = sl_commit_choose(commit, err);
    if (rc < 0) {
        sl_commit_close(commit);
        return rc;
    }
    *out = commit;
    return SL_OK;
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

int sl_commit_start(struct sl_commit *commit, sl_commit_event_fn fn, void *ctx, struct sl_err *err)
{
    commit->fn = fn;
    commit->fn_ctx = ctx;
    return sl_lanes_start(commit, err);
}

/* ---- pieces ---- */

/* Report a piece that has landed at once. "Not landed" proves nothing yet: an earlier run's commit
 * may still land, so the lane looks again before it signs. */
static int add_to(struct sl_lane *lane, const struct sl_commit_piece *piece, unsigned copies,
                  struct sl_err *err)
{
    struct sl_commit *commit = lane->commit;
    struct sl_commit_event landed;
    if (sl_lane_join(lane, piece, &copies))
        return SL_OK;
    const int rc = sl_lane_has_landed(&landed, lane, commit->journal, &piece->piece, copies, err);
    if (rc < 0)
        return rc;
    if (rc == 1) {
        landed.serial = piece->serial;
        landed.copies = copies;
        sl_lane_emit(lane, &landed);
        return SL_OK;
    }
    struct sl_item *item = sl_item_new(piece, copies);
    if (item == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for a commit");
    item->leaves_ms = sl_lane_leaves_ms(lane, piece->parked_ms);
    pthread_mutex_lock(&commit->lock);
    *lane->tail = item;
    lane->tail = &item->next;
    pthread_cond_signal(&lane->wake);
    pthread_mutex_unlock(&commit->lock);
    return SL_OK;
}

int sl_commit_add(struct sl_commit *commit, const struct sl_commit_piece *piece, struct sl_err *err)
{
    const unsigned wanted = piece->copies > 0 ? piece->copies : (unsigned)commit->options.copies;
    const unsigned copies = wanted < commit->lane_count ? wanted : (unsigned)commit->lane_count;
    int rc = sl_eip712_metadata_check(piece->metadata, piece->metadata_count, ITEM_METADATA, err);
    for (unsigned i = 0; i < copies && rc == SL_OK; i++)
        rc = add_to(&commit->lanes[i], piece, copies, err);
    return rc;
}

bool sl_commit_forget(struct sl_commit *commit, const struct sl_piece_id *piece)
{
    bool free_to_go = true;
    pthread_mutex_lock(&commit->lock);
    for (size_t i = 0; i < commit->lane_count; i++) {
        const struct sl_item *item = sl_lane_find(&commit->lanes[i], piece);
        free_to_go = free_to_go && (item == NULL || !item->in_batch);
    }
    for (size_t i = 0; free_to_go && i < commit->lane_count; i++)
        (void)sl_lane_take_out(&commit->lanes[i], piece);
    pthread_mutex_unlock(&commit->lock);
    return free_to_go;
}

struct having {
    struct sl_commit *commit;
    struct sl_u256 at; /* the explicitly chosen provider; 0: any */
    bool has;
};

static int on_copy(void *ctx, const struct sl_journal_copy *copy)
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
    (void)!sl_journal_each_copy(commit->journal, piece, on_copy, &having, NULL);
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
