/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The engine against a small model of what must be true. The inputs are random: commands, results
 * of uploads, answers about pieces, and events of the commits (landed, failed, lost, late and
 * twice). Files share and repeat pieces, and the engine restarts in between.
 *
 * Everything runs on one thread in an order that the seed determines, so the seed repeats a
 * failure: MODEL_SEED in the environment is the seed of the first episode. The second test gives
 * the engine and the lanes threads of their own, for a thread sanitizer. There any order may occur,
 * and only the final states are compared. MODEL_STEPS sets the number of steps of the first test;
 * with MODEL_THREADS set, only the second test runs, for that number.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/driver.h"
#include "model/reference.h"
#include "model/world.h"
#include "support/test.h"

enum {
    STEPS_SHORT = 60000,
    STEPS_LONG = 1000000,
    THREADS_SHORT = 4000,
    THREADS_LONG = 100000,
    AN_EPISODE = 4000,
    REST_EVERY = 400,
    ROUNDS_MOST = 4000,
    PATIENCE_MS = 60000,
};

static enum { NOBODY, ENGINE, LANE } acting;
static bool nested;

/* ---- the engine's turn ---- */

static void hear(void)
{
    struct sl_event event;
    while (sl_engine_next_event(world.engine, &event))
        reference_hear(&event);
}

static void engine_acts(void)
{
    const int before = (int)acting;
    if (!world.threads) {
        acting = ENGINE;
        sl_mailbox_wake(&world.engine->box);
        (void)sl_engine_turn(world.engine);
        acting = before;
    }
    hear();
}

static void lane_has_turn(bool may_write)
{
    const int before = (int)acting;
    acting = LANE;
    (void)lane_acts(draw(COPIES), may_write);
    acting = before;
}

/* ---- people ---- */

static void send(enum sl_command_type type, int64_t job_id)
{
    struct sl_err err = {0};
    if (job_id != 0)
        reference_command(type, job_id);
    if (sl_engine_send_job(world.engine, type, job_id, 0, &err) < 0)
        broken_rule("%s", err.text);
}

static void send_any(void)
{
    static const enum sl_command_type types[] = {
        SL_CMD_PAUSE, SL_CMD_RESUME, SL_CMD_RESUME, SL_CMD_CANCEL, SL_CMD_RETRY,
        SL_CMD_RETRY, SL_CMD_RETRY,  SL_CMD_REMOVE, SL_CMD_PARTS,
    };
    const int64_t id = reference_any_job();
    if (id != 0)
        send(types[draw(sizeof types / sizeof types[0])], id);
}

static void add_any(void)
{
    char path[16];
    struct sl_err err = {0};
    path_of(path, (int)draw(PATHS));
    if (sl_engine_send_add(world.engine, path, world.step, &err) < 0)
        broken_rule("%s", err.text);
}

static void restart(void)
{
    engine_end();
    reference_restart();
    engine_begin();
    engine_acts();
}

static void cancel_any(void)
{
    const int64_t id = reference_any_job();
    if (id != 0)
        send(SL_CMD_CANCEL, id);
}

/* The engine owns the journal during its turn. */
void other_thread_acts(void)
{
    if (nested || world.kind || world.stopping || acting == NOBODY || world.engine == NULL ||
        draw(4) != 0)
        return;
    nested = true;
    if (acting == LANE) {
        if (draw(3) == 0)
            cancel_any();
        engine_acts();
    } else {
        lane_has_turn(false);
    }
    nested = false;
}

/* ---- a step ---- */

static void happens(uint64_t what)
{
    if (what < 28)
        engine_acts();
    else if (what < 46 && !world.threads && draw(world.sloth) == 0)
        lane_has_turn(true);
    else if (what < 60)
        (void)worker_ends();
    else if (what < 70)
        (void)parker_answers();
    else if (what < 75)
        (void)planner_goes_on();
    else if (what < 79)
        (void)scanner_finds();
    else if (what < 84)
        add_any();
    else if (what < 91)
        send_any();
    else if (what < 95)
        atomic_fetch_add(&world.fake.now_ms, (int64_t)draw(20000));
    else if (what < 98)
        (void)event_comes_late();
    else
        (void)provider_acts();
}

static void step(void)
{
    world_lock();
    world.step++;
    const uint64_t what = draw(100);
    const uint64_t rare = draw(600);
    if (rare > 575)
        change_file((int)draw(PATHS));
    world_unlock();
    if (rare == 0)
        restart();
    else if (rare == 2 || rare == 3)
        send(rare == 2 ? SL_CMD_PAUSE_ALL : SL_CMD_RESUME_ALL, 0);
    else
        happens(what);
}

/* ---- rest: from now on everything works ---- */

static bool all_act(void)
{
    bool any = false;
    while (scanner_finds() || planner_goes_on() || worker_ends() || parker_answers())
        any = true;
    for (size_t i = 0; i < COPIES && !world.threads; i++) {
        while (lane_acts(i, true))
            any = true;
    }
    atomic_fetch_add(&world.fake.now_ms, 60000);
    if (world.threads) {
        struct pollfd ready = {.fd = sl_engine_event_fd(world.engine), .events = POLLIN};
        sl_engine_wake(world.engine);
        (void)poll(&ready, 1, 1);
    }
    engine_acts();
    return any;
}

static void come_to_rest(void)
{
    int quiet = 0;
    const struct sl_clock clock = sl_clock_system();
    const int64_t until_ms = sl_now_ms(&clock) + PATIENCE_MS;
    if (world.threads)
        reference_ask();
    for (int round = 0; quiet < 4; round++) {
        const bool busy = all_act() || reference_live() > 0 || !reference_is_answered();
        quiet = busy ? 0 : quiet + 1;
        if (world.threads ? sl_now_ms(&clock) > until_ms : round > ROUNDS_MOST)
            break;
    }
    if (!world.blind)
        reference_at_rest();
    const struct sl_owners *needs = &world.engine->owners;
    if (!world.threads && !world.blind && (needs->count > 0 || needs->committing > 0))
        broken_rule("%zu pieces are still needed by somebody who is done", needs->count);
}

static void rest(void)
{
    world.kind = true;
    send(SL_CMD_RESUME_ALL, 0);
    come_to_rest();
    if (!world.blind && draw(2) == 0) {
        reference_retry_all();
        come_to_rest();
        reference_retry_all();
        come_to_rest();
        reference_all_confirmed();
    }
    world.kind = false;
}

static void look_into_the_journal(void)
{
    struct sl_err err = {0};
    struct sl_journal *journal = NULL;
    const struct sl_clock clock = sl_fake_clock(&world.fake);
    if (sl_journal_open(&journal, world.dir, SL_JOURNAL_READ, &clock, &err) < 0)
        broken_rule("%s", err.text);
    reference_check_owners(journal);
    sl_journal_close(journal);
}

static void episode(uint64_t seed, uint64_t steps, bool threads)
{
    world_begin(seed, threads);
    for (uint64_t i = 0; i < steps; i++) {
        step();
        if (i % REST_EVERY == REST_EVERY - 1)
            rest();
    }
    rest();
    engine_end();
    if (!world.blind)
        look_into_the_journal();
    world_end();
}

/* ---- how many steps, and where a run ended ---- */

static uint64_t number_of(const char *name, uint64_t usual)
{
    const char *text = getenv(name);
    return text != NULL ? strtoull(text, NULL, 10) : usual;
}

static void say_where(void)
{
    char text[96];
    const int length = snprintf(text, sizeof text, "\nseed %llu, step %llu: crashed\n",
                                (unsigned long long)world.seed, (unsigned long long)world.step);
    (void)!write(STDERR_FILENO, text, (size_t)length);
}

static void on_crash(int number)
{
    say_where();
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
void __sanitizer_set_death_callback(void (*fn)(void));
#endif

static void watch_for_crashes(void)
{
    (void)signal(SIGSEGV, on_crash); /* before cmocka installs its handler */
    (void)signal(SIGABRT, on_crash);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    __sanitizer_set_death_callback(say_where);
#endif
}

static void run(bool threads, uint64_t steps)
{
    uint64_t seed = number_of("MODEL_SEED", 1);
    watch_for_crashes();
    for (uint64_t done = 0; done < steps; seed++) {
        const uint64_t left = steps - done;
        const uint64_t now = left < AN_EPISODE ? left : AN_EPISODE;
        episode(seed, now, threads);
        done += now;
    }
    print_message("%llu steps\n", (unsigned long long)steps);
}

static void whatever_happens_every_owner_of_a_piece_learns_of_it(void **state)
{
    (void)state;
    const bool is_long = getenv("SLUICE_LONG") != NULL;
    if (getenv("MODEL_THREADS") == NULL)
        run(false, number_of("MODEL_STEPS", is_long ? STEPS_LONG : STEPS_SHORT));
}

static void the_same_holds_with_threads(void **state)
{
    (void)state;
    const uint64_t usual = getenv("SLUICE_LONG") != NULL ? THREADS_LONG : THREADS_SHORT;
    run(true, getenv("MODEL_THREADS") != NULL ? number_of("MODEL_STEPS", usual) : usual);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_happens_every_owner_of_a_piece_learns_of_it),
        cmocka_unit_test(the_same_holds_with_threads),
    };
    (void)setenv("TMPDIR", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", 0);
    return cmocka_run_group_tests_name("engine model", tests, NULL, NULL);
}
