/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * lanes.c - the lanes of the commits. Their lists and their events are real; the providers and the
 * chain behind them are simulated. Whenever a lane releases the commits' lock, the engine may run
 * before the lane goes on, and the other way round, as with two threads.
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lane/items.h"
#include "lane/lane_io.h"
#include "model/driver.h"
#include "model/reference.h"
#include "model/world.h"
#include "reuse/reuse.h"
#include "submission/batch.h"
#include "support/test.h"

enum { BATCH_MOST = 3 };

int __real_pthread_mutex_unlock(pthread_mutex_t *mutex);
int __wrap_pthread_mutex_unlock(pthread_mutex_t *mutex);
void __real_sl_engine_on_commit(void *ctx, const struct sl_commit_event *event);
void __wrap_sl_engine_on_commit(void *ctx, const struct sl_commit_event *event);
int __wrap_sl_commit_choose(struct sl_commit *commit, struct sl_err *err);
int __wrap_sl_commit_chain(struct sl_chain **out, const struct sl_commit *commit,
                           struct sl_err *err);
void *__wrap_sl_lane_main(void *arg);
int __real_sl_commit_add(struct sl_commit *commit, const struct sl_commit_piece *piece,
                         struct sl_err *err);
int __wrap_sl_commit_add(struct sl_commit *commit, const struct sl_commit_piece *piece,
                         struct sl_err *err);

/* The batch that a lane has gathered. */
static struct play {
    struct sl_batch batch;
    bool is_sent;
} plays[COPIES];

static struct sl_commit_event late[LATE_MOST];
static size_t late_count;

/* ---- opening ---- */

int __wrap_sl_commit_choose(struct sl_commit *commit, struct sl_err *err)
{
    (void)err;
    memset(plays, 0, sizeof plays);
    late_count = 0;
    for (unsigned i = 0; i < COPIES; i++) {
        struct sl_lane *lane = &commit->lanes[i];
        lane->commit = commit;
        lane->copy = i;
        lane->tail = &lane->items;
        lane->target.provider_id = commit->now[i] = sl_u256(i + 1);
        lane->target.data_set = sl_u256(i + 1);
        lane->target.shown.data_set_id = i + 1;
        (void)snprintf(lane->target.shown.service_url, sizeof lane->target.shown.service_url,
                       "http://provider.test/");
        commit->lane_count++;
    }
    return SL_OK;
}

int __wrap_sl_commit_chain(struct sl_chain **out, const struct sl_commit *commit,
                           struct sl_err *err)
{
    (void)commit;
    (void)err;
    *out = NULL;
    return SL_OK;
}

/* ---- the other thread ---- */

int __wrap_pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    const int rc = __real_pthread_mutex_unlock(mutex);
    if (!world.threads && world.commit != NULL && mutex == &world.commit->lock)
        other_thread_acts();
    return rc;
}

void __wrap_sl_engine_on_commit(void *ctx, const struct sl_commit_event *event)
{
    world_lock();
    if (late_count < LATE_MOST)
        late[late_count++] = *event;
    else
        late[draw(LATE_MOST)] = *event;
    world_unlock();
    __real_sl_engine_on_commit(ctx, event);
}

bool event_comes_late(void)
{
    world_lock();
    const bool any = late_count > 0;
    const struct sl_commit_event event = any ? late[draw(late_count)] : (struct sl_commit_event){0};
    world_unlock();
    if (any)
        __real_sl_engine_on_commit(world.engine, &event);
    return any;
}

/* ---- what the commits receive ---- */

static const char *value_of(const struct sl_commit_piece *piece, const char *key)
{
    for (size_t i = 0; i < piece->metadata_count; i++) {
        if (strcmp(piece->metadata[i].key, key) == 0)
            return piece->metadata[i].value;
    }
    return NULL;
}

int __wrap_sl_commit_add(struct sl_commit *commit, const struct sl_commit_piece *piece,
                         struct sl_err *err)
{
    const char *part = value_of(piece, SL_METADATA_PART);
    world_lock();
    reference_given(value_of(piece, SL_METADATA_FILENAME), value_of(piece, SL_METADATA_WHOLE),
                    part != NULL ? atoi(part) : 1, letter_of_piece(&piece->piece));
    world_unlock();
    return __real_sl_commit_add(commit, piece, err);
}

/* ---- one lane ---- */

static void gather(struct sl_lane *lane, struct play *play)
{
    struct sl_journal_commit *record = &play->batch.record;
    const uint64_t most = world.kind ? BATCH_MOST : 1 + draw(BATCH_MOST);
    *play = (struct play){0};
    pthread_mutex_lock(&lane->commit->lock);
    for (struct sl_item *item = lane->items; item != NULL && record->count < most;
         item = item->next) {
        play->batch.items[record->count] = item;
        record->pieces[record->count++] = item->piece;
        item->in_batch = true;
    }
    __real_pthread_mutex_unlock(&lane->commit->lock);
    if (record->count == 0)
        return;
    struct sl_err err = {0};
    const enum sl_step step = sl_reuse_check(lane, &play->batch, SL_REUSE_JOURNAL, &err);
    if (step == SL_STEP_FAILED)
        broken_rule("%s", err.text);
    if (step == SL_STEP_REGATHER)
        record->count = 0;
    else
        sl_lane_emit_all(lane, &play->batch, SL_COMMIT_GATHERED, NULL);
}

static void send(struct sl_lane *lane, struct play *play)
{
    struct sl_commit_event event = {.type = SL_COMMIT_SENT, .tx = "0xabc"};
    for (size_t i = 0; i < play->batch.record.count; i++) {
        event.piece = play->batch.record.pieces[i];
        sl_lane_emit(lane, &event);
    }
    play->is_sent = true;
}

static void note(const struct sl_lane *lane, const struct sl_journal_commit *record, bool landed)
{
    world_lock();
    for (size_t i = 0; i < record->count; i++) {
        const int at = letter_of_piece(&record->pieces[i]);
        if (at < 0)
            broken_rule("a commit names a piece that no file has");
        struct letter *letter = &world.letters[at];
        if (!landed)
            letter->failed_at[lane->copy] = ++world.tick;
        else if (++letter->landed[lane->copy] > 1 && !world.blind)
            broken_rule("piece %d is paid for twice in copy %u", at, lane->copy);
    }
    world_unlock();
}

static void land(struct sl_lane *lane, struct play *play)
{
    static atomic_ullong next_id;
    struct sl_journal_commit *record = &play->batch.record;
    struct sl_err err = {0};
    record->copy = lane->copy;
    record->provider_id = lane->target.provider_id;
    record->data_set_id = lane->copy + 1;
    record->nonce = record->client_data_set_id = sl_u256(atomic_fetch_add(&next_id, 64) + 1);
    int rc = sl_journal_put_commit(lane->journal, record, "signed", 6, &err);
    record->state = SL_JOURNAL_COMMIT_LANDED;
    record->first_piece_id = atomic_load(&next_id);
    if (rc == SL_OK)
        rc = sl_journal_update_commit(lane->journal, record, &err);
    if (rc < 0)
        broken_rule("%s", err.text);
    note(lane, record, true);
    /* pieces found in a data set, or from an earlier run, land while their items are in no batch */
    struct sl_batch landed = play->batch;
    if (draw(2) == 0)
        sl_batch_let_go(lane, &play->batch);
    sl_lane_emit_all(lane, &landed, SL_COMMIT_LANDED, NULL);
    record->count = 0;
}

static void fail_all(struct sl_lane *lane, struct play *play)
{
    struct sl_err err = {0};
    sl_err_set(&err, SL_EREFUSED, "the commit was made to fail");
    note(lane, &play->batch.record, false);
    sl_lane_emit_all(lane, &play->batch, SL_COMMIT_FAILED, &err);
    play->batch.record.count = 0;
}

static void lose(struct sl_lane *lane, struct play *play)
{
    struct sl_commit_event event = {.type = SL_COMMIT_LOST};
    sl_err_set(&event.err, SL_ENOTFOUND, "the provider was made to lose it");
    for (size_t i = 0; i < play->batch.record.count; i++) {
        event.piece = play->batch.record.pieces[i];
        world_lock();
        struct letter *letter = &world.letters[letter_of_piece(&event.piece)];
        if (letter->landed[0] + letter->landed[1] == 0)
            letter->accepted = letter->listed = false;
        world_unlock();
        event.serial = sl_lane_drop(lane, &event.piece);
        sl_lane_emit(lane, &event);
    }
    play->batch.record.count = 0;
}

/* An event that ends nothing: the provider does not answer, or there is a note. */
static void tell_something(struct sl_lane *lane, const struct play *play)
{
    struct sl_commit_event event = {.type = draw(2) == 0 ? SL_COMMIT_AWAY : SL_COMMIT_NOTE,
                                    .piece = play->batch.record.pieces[0]};
    sl_err_set(&event.err, SL_ENET, "the provider was made to be silent");
    sl_lane_emit(lane, &event);
}

static void go_on(struct sl_lane *lane, struct play *play, bool may_write)
{
    const uint64_t what = world.kind ? 0 : draw(12);
    if (!play->is_sent && !world.kind && draw(3) != 0)
        send(lane, play);
    else if (what < 6 && may_write)
        land(lane, play);
    else if (what < 8 && !world.kind)
        fail_all(lane, play);
    else if (what < 10 && !world.kind)
        lose(lane, play);
    else if (what < 11 && !world.kind)
        tell_something(lane, play);
    else if (!world.kind) {
        sl_batch_let_go(lane, &play->batch);
        play->batch.record.count = 0;
    }
}

bool lane_acts(size_t lane, bool may_write)
{
    struct play *play = &plays[lane];
    struct sl_lane *it = &world.commit->lanes[lane];
    if (play->batch.record.count == 0)
        gather(it, play);
    else
        go_on(it, play, may_write);
    return play->batch.record.count > 0;
}

void *__wrap_sl_lane_main(void *arg)
{
    struct sl_lane *lane = arg;
    struct sl_commit *commit = lane->commit;
    bool quit = !world.threads;
    while (!quit) {
        (void)lane_acts(lane->copy, true);
        sched_yield();
        pthread_mutex_lock(&commit->lock);
        while (!commit->quit && lane->items == NULL)
            pthread_cond_wait(&lane->wake, &commit->lock);
        quit = commit->quit;
        pthread_mutex_unlock(&commit->lock);
    }
    return NULL;
}
