/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A long queue: it is scanned, kept, commanded and told in bounded time and memory. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/rig.h"
#include "support/sanitized.h"
#include "support/test.h"

enum { FILES = SL_SANITIZED ? 3000 : 100000, PER_FOLDER = 1000 };

/* Links to one file: the cheapest way to many regular files. */
static void make_files(struct rig *rig)
{
    char seed[SL_PATH_BYTES];
    char path[SL_PATH_BYTES];
    snprintf(seed, sizeof seed, "%s/seed", rig->dir);
    sl_tmp_file(NULL, rig->dir, "seed", 200, 1);
    for (int i = 0; i < FILES; i++) {
        if (i % PER_FOLDER == 0) {
            snprintf(path, sizeof path, "%s/%04d", rig->media, i / PER_FOLDER);
            assert_int_equal(mkdir(path, 0700), 0);
        }
        snprintf(path, sizeof path, "%s/%04d/%04d", rig->media, i / PER_FOLDER, i % PER_FOLDER);
        if (i % 500 == 0) { /* an inode has only so many names */
            sl_tmp_file(NULL, rig->dir, "seed", 200, (uint64_t)i + 1);
            assert_int_equal(rename(seed, path), 0);
        } else {
            char first[SL_PATH_BYTES];
            const int at = i - i % 500;
            snprintf(first, sizeof first, "%s/%04d/%04d", rig->media, at / PER_FOLDER,
                     at % PER_FOLDER);
            assert_int_equal(link(first, path), 0);
        }
    }
}

/* What the face knows: the newest state of each job by id, and how many are paused. */
struct tally {
    unsigned char states[FILES + 1];
    int known;
    int paused;
    bool idle;
};

static void tally_job(struct tally *tally, const struct sl_job *job)
{
    assert_true(job->id > 0 && job->id <= FILES);
    unsigned char *state = &tally->states[job->id];
    tally->known += *state == SL_JOB_STATE_COUNT;
    tally->paused += (job->state == SL_JOB_PAUSED) - (*state == SL_JOB_PAUSED);
    *state = (unsigned char)job->state;
}

static void tally_restart(struct tally *tally)
{
    *tally = (struct tally){0};
    memset(tally->states, SL_JOB_STATE_COUNT, sizeof tally->states);
}

/* Takes events until all jobs are known and so many of them paused. */
static void tally_until(struct rig *rig, struct tally *tally, int paused, bool idle)
{
    struct sl_event event;
    for (;;) {
        while (sl_engine_next_event(rig->engine, &event)) {
            if (event.type == SL_EVENT_JOB)
                tally_job(tally, &event.job);
            if (event.type == SL_EVENT_SCANNED)
                assert_int_equal(event.count, FILES);
            tally->idle = event.type == SL_EVENT_IDLE;
        }
        if (tally->known == FILES && tally->paused == paused && (!idle || tally->idle))
            return;
        struct pollfd ready = {.fd = sl_engine_event_fd(rig->engine), .events = POLLIN};
        assert_int_equal(poll(&ready, 1, 60000), 1);
    }
}

static int64_t lap(const char *what, int64_t since_ms)
{
    const struct sl_clock clock = sl_clock_system();
    const int64_t now_ms = sl_now_ms(&clock);
    if (what != NULL)
        print_message("%d files: %s took %lld ms\n", FILES, what, (long long)(now_ms - since_ms));
    return now_ms;
}

static void a_long_queue_is_scanned_paused_resumed_and_loaded(void **state)
{
    (void)state;
    struct rig *rig = rig_new();
    struct tally *tally = malloc(sizeof *tally);
    assert_non_null(tally);
    tally_restart(tally);
    make_files(rig);
    rig_provider(rig);
    rig_provider_stop(rig); /* it is away: what is queued stays queued */
    rig->options.pause_hold_ms = 1000000;
    rig_engine(rig);
    int64_t at = lap(NULL, 0);
    rig_send(rig, SL_CMD_PAUSE_ALL, 0, 0);
    rig_add(rig, rig->media);
    tally_until(rig, tally, FILES, true);
    at = lap("the scan", at);
    rig_engine_stop(rig);
    at = lap("the stop", at);
    tally_restart(tally);
    rig_engine(rig);
    tally_until(rig, tally, FILES, true);
    at = lap("the load", at);
    rig_send(rig, SL_CMD_RESUME_ALL, 0, 0);
    tally_until(rig, tally, 0, false);
    at = lap("resuming all", at);
    rig_add(rig, rig->media); /* all known: none doubled */
    rig_send(rig, SL_CMD_PAUSE_ALL, 0, 0);
    tally_until(rig, tally, FILES, true);
    lap("pausing all", at);
    free(tally);
    rig_free(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_queue_is_scanned_paused_resumed_and_loaded),
    };
    return cmocka_run_group_tests_name("engine: queue", tests, NULL, NULL);
}
