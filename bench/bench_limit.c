/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * How exactly a rate limit is kept over 30 s, how smooth it is, and how soon a change holds: four
 * uploads to the embedded provider, counted as bytes are given to the kernel.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sluice/devnet.h"
#include "sluice/engine.h"

enum { FILES = 4, SPAN_MS = 120000, WINDOW_MS = 100, LOOK_MS = 10 };

static const uint64_t file_bytes =
    130000000; /* soon enough for the request limit at any rate here */

static struct {
    struct sl_devnet *net;
    struct sl_engine *engine;
    struct sl_clock clock;
    char dir[64];
    int64_t start_ms;
    uint64_t sent[FILES + 1]; /* by job */
    uint64_t by_ms[SPAN_MS];  /* given to the kernel in each millisecond */
} bench;

static void fail(const char *what, const struct sl_err *err)
{
    fprintf(stderr, "%s: %s\n", what, err->text);
    exit(1);
}

static int64_t now(void)
{
    return sl_now_ms(&bench.clock) - bench.start_ms;
}

static void take_progress(void)
{
    struct sl_progress progress;
    struct sl_event event;
    while (sl_engine_next_event(bench.engine, &event)) {
    }
    while (sl_engine_next_progress(bench.engine, &progress)) {
        const int64_t at = progress.at_ms - bench.start_ms;
        uint64_t *sent = &bench.sent[progress.job_id % (FILES + 1)];
        if (at >= 0 && at < SPAN_MS && progress.sent_bytes > *sent)
            bench.by_ms[at] += progress.sent_bytes - *sent;
        if (progress.sent_bytes > *sent)
            *sent = progress.sent_bytes;
    }
}

static void run_until(int64_t end_ms)
{
    while (now() < end_ms) {
        struct pollfd ready = {.fd = sl_engine_event_fd(bench.engine), .events = POLLIN};
        (void)poll(&ready, 1, LOOK_MS);
        take_progress();
    }
}

static uint64_t between(int64_t from, int64_t to)
{
    uint64_t sum = 0;
    for (int64_t ms = from; ms < to; ms++)
        sum += bench.by_ms[ms];
    return sum;
}

static void set_limit(int bytes_per_s)
{
    struct sl_err err = {0};
    if (sl_engine_send_job(bench.engine, SL_CMD_LIMIT, 0, bytes_per_s, &err) < 0)
        fail("limit", &err);
}

static void open_all(int limit)
{
    struct sl_err err = {0};
    struct sl_journal *journal = NULL;
    char path[128];
    bench.clock = sl_clock_system();
    snprintf(bench.dir, sizeof bench.dir, "/tmp/sluice-bench-XXXXXX");
    if (mkdtemp(bench.dir) == NULL || sl_http_global_init(&err) < 0)
        fail("prepare", &err);
    snprintf(path, sizeof path, "%s/sp", bench.dir);
    const struct sl_devnet_options net = {.dir = path, .clock = bench.clock};
    if (sl_devnet_start(&bench.net, &net, &err) < 0)
        fail("provider", &err);
    snprintf(path, sizeof path, "%s/state", bench.dir);
    if (sl_journal_open(&journal, path, SL_JOURNAL_WRITE, &bench.clock, &err) < 0)
        fail("journal", &err);
    struct sl_engine_options options = {
        .provider_url = sl_devnet_url(bench.net), .parallel = FILES, .clock = bench.clock};
    options.limit.count = 1;
    options.limit.rows[0].bytes_per_s = (uint64_t)limit;
    bench.start_ms = sl_now_ms(&bench.clock);
    if (sl_engine_start(&bench.engine, &options, journal, &err) < 0)
        fail("engine", &err);
    for (int i = 0; i < FILES; i++) {
        snprintf(path, sizeof path, "%s/%d.bin", bench.dir, i);
        const int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
        if (fd < 0 || ftruncate(fd, (off_t)file_bytes + i) != 0 || close(fd) != 0 ||
            sl_engine_send_add(bench.engine, path, 1, &err) < 0)
            fail("file", &err);
    }
}

static void close_all(void)
{
    char command[128];
    sl_engine_free(bench.engine);
    sl_devnet_stop(bench.net);
    snprintf(command, sizeof command, "rm -rf '%s'", bench.dir);
    if (system(command) != 0) /* NOLINT: a bench on its own folder */
        fprintf(stderr, "left behind: %s\n", bench.dir);
}

static void show_accuracy(int64_t from, int64_t to, int limit)
{
    const double is = (double)between(from, to) * 1000 / (double)(to - from);
    uint64_t most = 0;
    for (int64_t ms = from; ms + WINDOW_MS <= to; ms++) {
        const uint64_t window = between(ms, ms + WINDOW_MS);
        most = window > most ? window : most;
    }
    printf("limit %5.1f MB/s, %d uploads, %2" PRId64 " s: %.3f MB/s, off by %+.2f %%; the fullest "
           "%d ms hold %.2f of their share\n",
           limit / 1e6, FILES, (to - from) / 1000, is / 1e6, (is / limit - 1) * 100, WINDOW_MS,
           (double)most * 1000 / WINDOW_MS / limit);
}

static void show_shares(const uint64_t *before)
{
    printf("shares:");
    uint64_t all = 0;
    for (int i = 0; i <= FILES; i++)
        all += bench.sent[i] - before[i];
    for (int i = 1; i <= FILES; i++)
        printf(" %.1f %%", (double)(bench.sent[i] - before[i]) * 100 / (double)all);
    printf("\n");
}

/* The first moment from which on a window of 100 ms holds what the new limit gives, within 15 %. */
static void change(int from, int to)
{
    const int64_t at = now();
    set_limit(to);
    run_until(at + 2000);
    const double wanted = (double)to * WINDOW_MS / 1000;
    int64_t ms = at;
    for (; ms < at + 1500; ms++) {
        const double part = (double)between(ms, ms + WINDOW_MS) / wanted;
        if (part > 0.85 && part < 1.15)
            break;
    }
    printf("%5.1f -> %5.1f MB/s: holds after %" PRId64 " ms\n", from / 1e6, to / 1e6, ms - at);
}

int main(void)
{
    enum { SLOW = 2000000, MIDDLE = 10000000, FAST = 40000000 };
    uint64_t before[FILES + 1];
    open_all(MIDDLE);
    run_until(1000);
    memcpy(before, bench.sent, sizeof before);
    run_until(31000);
    show_accuracy(1000, 31000, MIDDLE);
    show_shares(before);
    change(MIDDLE, SLOW);
    change(SLOW, FAST);
    change(FAST, MIDDLE);
    change(MIDDLE, 300000);
    change(300000, MIDDLE);
    const int64_t at = now();
    run_until(at + 5000);
    show_accuracy(at, at + 5000, MIDDLE);
    printf("progress records lost: %" PRIu64 "\n", sl_engine_dropped(bench.engine));
    close_all();
    return 0;
}
