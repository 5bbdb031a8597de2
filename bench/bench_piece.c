/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * How fast PieceCIDs are made here, beside OpenSSL's SHA-256 on the same core in the same run.
 *
 *   bench_piece           the tables
 *   bench_piece FILE      hashes FILE with one thread and with all, prints seconds: see
 * scripts/bench
 *
 * What is compared runs in turns, ROUNDS times; every figure is the median of its rounds. Where one
 * thread works its processor time is taken, so that a busy machine does not count. Only the ratios
 * mean anything: the machine may be slow, but it is the same for both.
 */
#define OPENSSL_SUPPRESS_DEPRECATED /* the low-level calls are the fastest it has for 64 bytes */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/sha.h>

#include "sluice/piece.h"

#include "piece/kernel.h"

enum {
    ROUNDS = 11,
    ROW_NODES = 256, /* what the hasher hands to a kernel at once, at the leaves */
    ROWS = 400,
    MEMORY_BYTES = 64 << 20,
    BULK_BYTES = 16 << 10,
    MOST_TASKS = 16,
};

static uint8_t *memory; /* MEMORY_BYTES of noise */
static int file = -1;   /* the same, in the page cache */

static double now_s(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void die(const char *what)
{
    fprintf(stderr, "bench_piece: %s\n", what);
    exit(1);
}

struct task {
    const char *name;
    void (*run)(const struct task *task);
    const struct sl_kernel *kernel; /* NULL: the chosen one */
    size_t chunk_bytes;
    bool cached;      /* the same chunk over and over */
    unsigned threads; /* 0: as many as cores */
    double units;     /* of work in one run: nodes or bytes */
    double second;    /* median, after measure() */
};

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Runs all tasks in turns; the first round warms up and does not count. */
static void measure(struct task *tasks, size_t count)
{
    static double seconds[MOST_TASKS][ROUNDS];
    for (int round = -1; round < ROUNDS; round++) {
        for (size_t i = 0; i < count; i++) {
            sl_kernel_force(tasks[i].kernel);
            const clockid_t clock =
                tasks[i].threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC;
            const double start = now_s(clock);
            tasks[i].run(&tasks[i]);
            if (round >= 0)
                seconds[i][round] = now_s(clock) - start;
        }
    }
    sl_kernel_force(NULL);
    for (size_t i = 0; i < count; i++) {
        qsort(seconds[i], ROUNDS, sizeof(double), by_value);
        tasks[i].second = seconds[i][ROUNDS / 2];
    }
}

static double mb_per_s(const struct task *task)
{
    return task->units / task->second * 1e-6;
}

static double ns(const struct task *task)
{
    return task->second / task->units * 1e9;
}

/* --- nodes ------------------------------------------------------------------------------------ */

static void run_openssl_nodes(const struct task *task)
{
    (void)task;
    static uint8_t out[ROW_NODES * SL_NODE_BYTES];
    for (size_t i = 0; i < (size_t)ROWS * ROW_NODES; i++) {
        SHA256_CTX c;
        SHA256_Init(&c);
        SHA256_Update(&c, memory + i % ROW_NODES * 64, 64);
        SHA256_Final(out + i % ROW_NODES * SL_NODE_BYTES, &c);
    }
}

/* What a node costs OpenSSL at the very least: the start, its block, the padding block. */
static void run_openssl_transforms(const struct task *task)
{
    (void)task;
    static const uint8_t padding[64] = {0x80, [62] = 2};
    for (size_t i = 0; i < (size_t)ROWS * ROW_NODES; i++) {
        SHA256_CTX c;
        SHA256_Init(&c);
        SHA256_Transform(&c, memory + i % ROW_NODES * 64);
        SHA256_Transform(&c, padding);
    }
}

static void run_kernel(const struct task *task)
{
    static uint8_t out[ROW_NODES * SL_NODE_BYTES];
    for (size_t i = 0; i < ROWS; i++)
        task->kernel->nodes(out, memory, ROW_NODES);
}

static double kernel_table(void)
{
    const double nodes = (double)ROWS * ROW_NODES;
    struct task tasks[MOST_TASKS] = {
        {.name = "OpenSSL init + 2 transforms",
         .run = run_openssl_transforms,
         .threads = 1,
         .units = nodes},
        {.name = "OpenSSL init, update, final",
         .run = run_openssl_nodes,
         .threads = 1,
         .units = nodes},
    };
    size_t count = 2;
    for (const struct sl_kernel *const *k = sl_kernels(); *k != NULL; k++) {
        if ((*k)->usable())
            tasks[count++] = (struct task){
                .name = (*k)->name, .run = run_kernel, .kernel = *k, .threads = 1, .units = nodes};
        else
            printf("(this CPU has no %s)\n", (*k)->name);
    }
    measure(tasks, count);
    printf("%-32s %10s %10s\n", "one node, rows of 256", "ns", "ratio");
    for (size_t i = 0; i < count; i++)
        printf("%-32s %10.1f %10.2f\n", tasks[i].name, ns(&tasks[i]),
               tasks[i].second / tasks[0].second);
    for (size_t i = 2; i < count; i++) {
        if (strcmp(tasks[i].name, sl_piece_kernel()) == 0)
            return ns(&tasks[i]);
    }
    return 0;
}

/* --- payload ---------------------------------------------------------------------------------- */

static void run_bulk(const struct task *task)
{
    (void)task;
    uint8_t digest[32];
    for (size_t at = 0; at < MEMORY_BYTES; at += BULK_BYTES) {
        if (EVP_Digest(memory + at, BULK_BYTES, digest, NULL, EVP_sha256(), NULL) != 1)
            die("OpenSSL");
    }
}

static void run_memory(const struct task *task)
{
    struct sl_piece_hasher *hasher = sl_piece_hasher_new();
    struct sl_piece_id id;
    if (hasher == NULL)
        die("out of memory");
    for (size_t at = 0; at < MEMORY_BYTES; at += task->chunk_bytes) {
        const uint8_t *chunk = memory + (task->cached ? 0 : at);
        if (sl_piece_hasher_add(hasher, chunk, task->chunk_bytes, NULL) < 0)
            die("add");
    }
    if (sl_piece_hasher_finish(hasher, &id, NULL) < 0)
        die("finish");
    sl_piece_hasher_free(hasher);
}

static void run_file(const struct task *task)
{
    struct sl_piece_id id;
    if (sl_piece_of_fd_threads(&id, file, 0, 0, task->threads, NULL, NULL, NULL) < 0)
        die("file");
}

/* The same one thread, but measured like many. */
static void run_one_thread(const struct task *task)
{
    struct task one = *task;
    one.threads = 1;
    run_file(&one);
}

static void payload_table(double kernel_ns)
{
    const double bytes = MEMORY_BYTES;
    struct task tasks[] = {
        {"OpenSSL SHA-256, 16 KiB", run_bulk, .threads = 1, .units = bytes},
        {"memory, 1 MiB chunks", run_memory, .chunk_bytes = 1 << 20, .threads = 1, .units = bytes},
        {"memory, 64 KiB chunks", run_memory, .chunk_bytes = 64 << 10, .threads = 1,
         .units = bytes},
        {"memory, 4 KiB chunks", run_memory, .chunk_bytes = 4 << 10, .threads = 1, .units = bytes},
        {"cache, 256 KiB chunks", run_memory, .chunk_bytes = 256 << 10, .cached = true,
         .threads = 1, .units = bytes},
        {"file, one thread", run_file, .threads = 1, .units = bytes},
        {"file, one thread, by the clock", run_one_thread, .units = bytes},
        {"file, two threads", run_file, .threads = 2, .units = bytes},
        {"file, a thread a core", run_file, .threads = 0, .units = bytes},
    };
    enum { COUNT = sizeof tasks / sizeof tasks[0] };
    measure(tasks, COUNT);
    printf("\n%-32s %10s %10s %10s\n", "payload", "MB/s", "/ OpenSSL", "/ kernel");
    const double kernel_mb_per_s = 127 / (4 * kernel_ns) * 1e3;
    for (size_t i = 0; i < COUNT; i++)
        printf("%-32s %10.0f %10.2f %10.2f\n", tasks[i].name, mb_per_s(&tasks[i]),
               tasks[0].second / tasks[i].second, mb_per_s(&tasks[i]) / kernel_mb_per_s);
    printf("\n64 KiB chunks cost %.1f %% more than 1 MiB chunks\n",
           (tasks[2].second / tasks[1].second - 1) * 100);
    printf("two threads: %.2f x one; a thread a core (%ld): %.2f x one\n",
           tasks[6].second / tasks[7].second, sysconf(_SC_NPROCESSORS_ONLN),
           tasks[6].second / tasks[8].second);
}

/* --- setup ------------------------------------------------------------------------------------ */

static void make_memory(void)
{
    uint64_t s = 1;
    memory = malloc(MEMORY_BYTES);
    if (memory == NULL)
        die("out of memory");
    for (size_t i = 0; i < MEMORY_BYTES; i += sizeof s) {
        s ^= s << 13;
        s ^= s >> 7;
        s ^= s << 17;
        memcpy(memory + i, &s, sizeof s);
    }
}

static void make_file(void)
{
    char path[] = "/tmp/bench-piece-XXXXXX";
    file = mkstemp(path);
    if (file < 0 || unlink(path) != 0 || write(file, memory, MEMORY_BYTES) != MEMORY_BYTES)
        die("cannot write a temporary file");
}

static double hash_seconds(const char *path, unsigned threads, clockid_t clock,
                           char cid[static SL_PIECE_CID_CHARS])
{
    struct sl_piece_id id;
    struct sl_err err;
    const double start = now_s(clock);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || sl_piece_of_fd_threads(&id, fd, 0, 0, threads, NULL, NULL, &err) < 0)
        die("cannot hash the file");
    const double end = now_s(clock);
    close(fd);
    sl_piece_cid(cid, &id);
    return end - start;
}

/* "one": seconds of the processor; "all": of the clock, with a thread a core. */
static void hash_file(const char *path)
{
    char cid[SL_PIECE_CID_CHARS];
    struct rusage usage;
    (void)hash_seconds(path, 1, CLOCK_PROCESS_CPUTIME_ID, cid); /* warms up, and does not count */
    const double one = hash_seconds(path, 1, CLOCK_PROCESS_CPUTIME_ID, cid);
    getrusage(RUSAGE_SELF, &usage);
    printf("one %.6f %s\n", one, cid);
    printf("all %.6f %s\n", hash_seconds(path, 0, CLOCK_MONOTONIC, cid), cid);
    printf("peak_kib %ld\n", usage.ru_maxrss);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        hash_file(argv[1]);
        return 0;
    }
    make_memory();
    make_file();
    printf("kernel in use: %s\n\n", sl_piece_kernel());
    const double kernel_ns = kernel_table();
    payload_table(kernel_ns);
    return 0;
}
