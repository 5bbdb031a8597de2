/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "model/world.h"

#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/core/thread.h"
#include "model/reference.h"
#include "support/test.h"
#include "support/tmp.h"

struct world world;

/* ---- chance ---- */

uint64_t draw(uint64_t below)
{
    world_lock();
    world.random = world.random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    const uint64_t drawn = (world.random >> 33) % below;
    world_unlock();
    return drawn;
}

void world_lock(void)
{
    if (world.threads)
        pthread_mutex_lock(&world.lock);
}

void world_unlock(void)
{
    if (world.threads)
        pthread_mutex_unlock(&world.lock);
}

void broken_rule(const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    (void)fprintf(stderr, "seed %llu, step %llu: %s\n", (unsigned long long)world.seed,
                  (unsigned long long)world.step, text);
    (void)fflush(stderr);
    _exit(1);
}

/* ---- letters and files ---- */

struct sl_piece_id piece_of_letter(int letter)
{
    struct sl_piece_id piece = {.payload_bytes = MODEL_SHARD,
                                .height = sl_piece_height(MODEL_SHARD)};
    for (size_t i = 0; i < sizeof piece.root; i++)
        piece.root[i] = (uint8_t)((letter >> 8 * (i % 2)) + (int)i);
    piece.root[31] &= 0x3f;
    return piece;
}

int letter_of_piece(const struct sl_piece_id *piece)
{
    const int letter = piece->root[0] | (uint8_t)(piece->root[1] - 1) << 8;
    const struct sl_piece_id same = piece_of_letter(letter);
    return letter < LETTERS && sl_piece_id_equal(&same, piece) ? letter : -1;
}

void path_of(char out[static 16], int path)
{
    snprintf(out, 16, "/m/file-%d", path);
}

struct sl_file_mark mark_of(int version)
{
    const struct version *now = &world.versions[version];
    return (struct sl_file_mark){.size_bytes = (uint64_t)now->count * MODEL_SHARD,
                                 .mtime_ns = version,
                                 .device = 1,
                                 .inode = (uint64_t)now->path + 1};
}

/* Few letters at a time, so that they are shared and repeated; new letters appear gradually. */
void change_file(int path)
{
    enum { ALPHABET = 4 };
    if (world.version_count == VERSIONS || world.first_letter + ALPHABET >= LETTERS)
        return;
    struct version *version = &world.versions[world.version_count];
    version->path = path;
    version->count = 1 + (int)draw(WORD_MOST);
    for (int i = 0; i < version->count; i++)
        version->letters[i] = world.first_letter + (int)draw(ALPHABET);
    world.first_letter += (int)draw(2);
    world.now[path] = world.version_count++;
}

const struct version *version_of(const struct sl_file_mark *mark)
{
    return &world.versions[mark->mtime_ns];
}

/* ---- the engine's thread waits for its turn ---- */

static struct {
    void *(*fn)(void *);
    void *arg;
} started;

static void *gated(void *arg)
{
    (void)arg;
    while (!atomic_load(&world.gate))
        sched_yield();
    return started.fn(started.arg);
}

int sl_thread_start(pthread_t *out, void *(*fn)(void *), void *arg, struct sl_err *err)
{
    started.fn = fn;
    started.arg = arg;
    (void)err;
    assert_int_equal(pthread_create(out, NULL, gated, NULL), 0);
    return SL_OK;
}

/* ---- an engine ---- */

void world_begin(uint64_t seed, bool threads)
{
    world = (struct world){.seed = seed, .random = seed, .threads = threads, .version_count = 1};
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&world.lock, &attr);
    pthread_mutexattr_destroy(&attr);
    world.fake = (struct sl_fake_clock){1000, INT64_C(1700000000000)};
    world.blind = getenv("MODEL_ONLY_CRASHES") != NULL;
    world.sloth = 1 + draw(6);
    sl_tmp_make(world.dir);
    reference_begin();
    for (int i = 0; i < PATHS; i++)
        change_file(i);
    engine_begin();
}

void world_end(void)
{
    sl_tmp_remove(world.dir);
    pthread_mutex_destroy(&world.lock);
}

void engine_begin(void)
{
    struct sl_err err = {0};
    struct sl_journal *journal = NULL;
    const struct sl_engine_options options = {.provider_url = "http://provider.test/",
                                              .parallel = 3,
                                              .change_after_ms = INT64_MAX / 4,
                                              .split_bytes = MODEL_SHARD,
                                              .seed = world.seed,
                                              .run_earlier = true,
                                              .clock = sl_fake_clock(&world.fake)};
    struct sl_engine_options own = options;
    own.copies = draw(4) == 0 ? 1 : COPIES; /* for files that are added from now on */
    const struct sl_commit_options commit = {.copies = COPIES, .clock = options.clock, .seed = 1};
    workers_begin();
    atomic_store(&world.gate, world.threads);
    world.stopping = false;
    if (sl_journal_open(&journal, world.dir, SL_JOURNAL_WRITE, &options.clock, &err) < 0 ||
        sl_commit_open(&own.commit, &commit, journal, &err) < 0)
        broken_rule("%s", err.text);
    world_lock();
    world.commit = own.commit;
    world_unlock();
    if (sl_engine_start(&world.engine, &own, journal, &err) < 0)
        broken_rule("%s", err.text);
}

/* True when the engine has sent its last event. */
static bool hear_all(void)
{
    struct sl_event event;
    bool stopped = false;
    while (sl_engine_next_event(world.engine, &event)) {
        reference_hear(&event);
        stopped = stopped || event.type == SL_EVENT_STOPPED;
    }
    return stopped;
}

static void wait_for_events(void)
{
    struct pollfd ready = {.fd = sl_engine_event_fd(world.engine), .events = POLLIN};
    if (world.threads) {
        (void)poll(&ready, 1, 20);
        return;
    }
    sl_mailbox_wake(&world.engine->box);
    if (!sl_engine_turn(world.engine))
        (void)sl_outbox_flush(&world.engine->outbox);
}

void engine_end(void)
{
    world_lock();
    workers_stop();
    planner_stop();
    world.stopping = true;
    world_unlock();
    assert_int_equal(sl_engine_send_job(world.engine, SL_CMD_STOP_NOW, 0, 0, NULL), SL_OK);
    while (!hear_all())
        wait_for_events();
    atomic_store(&world.gate, true);
    sl_engine_free(world.engine);
    world.engine = NULL;
    world.commit = NULL;
}
