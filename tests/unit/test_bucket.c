/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "engine/policy/bucket.h"
#include "engine/policy/limits.h"
#include "engine/policy/throttle.h"
#include "support/test.h"

enum { STREAMS = 8, CHUNK = 65536, WINDOW_MS = 100, SECONDS = 30 };

/* Streams over a socket that always takes; time goes on in steps, some of them late. */
struct world {
    struct sl_bucket total;
    struct sl_throttle streams[STREAMS];
    int count;
    int64_t now_ms;
    int64_t wake_ms[STREAMS];
    uint64_t sent[STREAMS];
    uint64_t by_ms[SECONDS * 1000 + 1000]; /* all bytes of each millisecond */
    uint64_t all;
    unsigned random;
};

static void begin(struct world *w, int count, uint64_t rate)
{
    *w = (struct world){.count = count, .now_ms = 0, .random = 1};
    sl_bucket_init(&w->total);
    sl_bucket_set(&w->total, rate, 0);
    for (int i = 0; i < count; i++)
        sl_throttle_init(&w->streams[i], &w->total);
}

static void end(struct world *w)
{
    for (int i = 0; i < w->count; i++)
        sl_throttle_fini(&w->streams[i]);
    sl_bucket_fini(&w->total);
}

static void run_stream(struct world *w, int i, size_t chunk)
{
    int64_t wait_ms = 0;
    size_t room;
    while ((room = sl_throttle_room(&w->streams[i], chunk, w->now_ms, &wait_ms)) > 0) {
        sl_throttle_use(&w->streams[i], room);
        w->sent[i] += room;
        w->all += room;
        w->by_ms[w->now_ms] += room;
    }
    assert_true(wait_ms > 0);
    w->wake_ms[i] = w->now_ms + wait_ms;
}

/* As timers fire: who is due first comes first. -1: nobody is due. */
static int next_stream(const struct world *w)
{
    int best = -1;
    for (int i = 0; i < w->count; i++) {
        if (w->wake_ms[i] <= w->now_ms && (best < 0 || w->wake_ms[i] < w->wake_ms[best]))
            best = i;
    }
    return best;
}

/* Up to `late_ms` late each time. */
static void run(struct world *w, int64_t until_ms, unsigned late_ms)
{
    while (w->now_ms < until_ms) {
        for (int i = next_stream(w); i >= 0; i = next_stream(w))
            run_stream(w, i, CHUNK);
        w->random = w->random * 1103515245u + 12345u;
        w->now_ms += 1 + (late_ms > 0 ? (w->random >> 16) % late_ms : 0);
    }
}

static void wake(struct world *w)
{
    for (int i = 0; i < w->count; i++)
        w->wake_ms[i] = w->now_ms;
}

static void assert_near(uint64_t is, uint64_t wanted, double part)
{
    const double off = (double)is / (double)wanted - 1;
    if (off > part || off < -part)
        fail_msg("%llu is not within %.2f %% of %llu", (unsigned long long)is, part * 100,
                 (unsigned long long)wanted);
}

/* No window of 100 ms holds more than twice its share. */
static void assert_smooth(const struct world *w, uint64_t rate)
{
    uint64_t window = 0;
    for (int64_t ms = 0; ms < w->now_ms; ms++) {
        window += w->by_ms[ms];
        if (ms >= WINDOW_MS)
            window -= w->by_ms[ms - WINDOW_MS];
        assert_true(window <= 2 * rate * WINDOW_MS / 1000 + 2);
    }
}

static void a_rate_is_kept_whatever_it_is(void **state)
{
    (void)state;
    static const uint64_t rates[] = {1000, 30000, 500000, 2000000, 90000000, 2000000000};
    static struct world w;
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        for (int count = 1; count <= STREAMS; count += STREAMS - 1) {
            begin(&w, count, rates[i]);
            run(&w, SECONDS * 1000, 0);
            assert_near(w.all, rates[i] * SECONDS, 0.01);
            assert_smooth(&w, rates[i]);
            end(&w);
        }
    }
}

static void late_wakeups_cost_no_rate(void **state)
{
    (void)state;
    static struct world w;
    begin(&w, 3, 5000000);
    run(&w, SECONDS * 1000, 30);
    assert_near(w.all, (uint64_t)5000000 * SECONDS, 0.01);
    assert_smooth(&w, 5000000);
    end(&w);
}

static void streams_share_alike(void **state)
{
    (void)state;
    static const uint64_t rates[] = {20000, 3000000, 400000000};
    static struct world w;
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        begin(&w, STREAMS, rates[i]);
        run(&w, 10000, 10);
        for (int k = 0; k < STREAMS; k++)
            assert_near(w.sent[k], w.all / STREAMS, 0.03); /* a turn more or less */
        end(&w);
    }
}

static void what_one_leaves_the_others_get(void **state)
{
    (void)state;
    static struct world w;
    begin(&w, 4, 4000000);
    sl_bucket_set(&w.streams[0].own, 100000, 0);
    run(&w, 10000, 0);
    assert_near(w.sent[0], 100000 * 10, 0.02);
    assert_near(w.all, (uint64_t)4000000 * 10, 0.02);
    end(&w);
}

static void a_change_holds_at_once(void **state)
{
    (void)state;
    static struct world w;
    begin(&w, STREAMS, 10000);
    run(&w, 1000, 0);
    assert_true(sl_bucket_set(&w.total, 8000000, w.now_ms));
    assert_false(sl_bucket_set(&w.total, 8000000, w.now_ms));
    wake(&w); /* as the engine does */
    uint64_t before = w.all;
    run(&w, 1200, 0);
    assert_near(w.all - before, 8000000 / 5, 0.3);
    assert_true(sl_bucket_set(&w.total, 10000, w.now_ms));
    wake(&w);
    before = w.all;
    run(&w, 3200, 0);
    assert_near(w.all - before, 10000 * 2, 0.1);
    end(&w);
}

static void changing_it_often_gives_nothing_for_nothing(void **state)
{
    (void)state;
    static struct world w;
    begin(&w, 2, 1000000);
    for (int i = 1; i <= 1000; i++) {
        sl_bucket_set(&w.total, 1000000 + (uint64_t)(i % 2), w.now_ms);
        wake(&w);
        run(&w, i * 10, 0);
    }
    assert_true(w.all <= 1000000 * 10 + 100000);
    end(&w);
}

static void no_limit_is_no_limit(void **state)
{
    (void)state;
    struct sl_bucket total;
    struct sl_throttle throttle;
    int64_t wait_ms = 0;
    sl_bucket_init(&total);
    sl_throttle_init(&throttle, &total);
    assert_int_equal(sl_throttle_room(&throttle, CHUNK, 5, &wait_ms), CHUNK);
    sl_bucket_set(&total, 1000, 5);
    assert_int_equal(sl_throttle_room(&throttle, CHUNK, 5, &wait_ms), 25); /* 25 ms of it */
    sl_throttle_use(&throttle, 25);
    assert_int_equal(sl_throttle_room(&throttle, CHUNK, 5, &wait_ms), 0);
    atomic_store(&throttle.exempt, true);
    assert_int_equal(sl_throttle_room(&throttle, CHUNK, 5, &wait_ms), CHUNK);
    atomic_store(&throttle.exempt, false);
    sl_bucket_set(&total, 0, 5);
    assert_int_equal(sl_throttle_room(&throttle, CHUNK, 5, &wait_ms), CHUNK);
    sl_throttle_fini(&throttle);
    sl_bucket_fini(&total);
}

static void a_limit_that_breaks_a_stream_is_known(void **state)
{
    (void)state;
    assert_false(sl_limit_is_too_low(1000000, 0, 1));
    assert_false(sl_limit_is_too_low(1800000000, 1000000, 1800000));
    assert_true(sl_limit_is_too_low(1800000001, 1000000, 1800000));
    assert_true(sl_limit_is_too_low(1, 1000000000, 0));
    assert_true(sl_limit_is_too_low(UINT64_MAX, 2000000000, 1800000));
    const uint64_t needed = sl_limit_needed(1065353216, 1800000);
    assert_false(sl_limit_is_too_low(1065353216, needed, 1800000 * 4 / 5));
    assert_true(sl_limit_is_too_low(1065353216, needed, 1800000 * 3 / 4));
    assert_int_equal(sl_limit_needed(5, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rate_is_kept_whatever_it_is),
        cmocka_unit_test(late_wakeups_cost_no_rate),
        cmocka_unit_test(streams_share_alike),
        cmocka_unit_test(what_one_leaves_the_others_get),
        cmocka_unit_test(a_change_holds_at_once),
        cmocka_unit_test(changing_it_often_gives_nothing_for_nothing),
        cmocka_unit_test(no_limit_is_no_limit),
        cmocka_unit_test(a_limit_that_breaks_a_stream_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
