/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The parts of scripts/bench-upload, which compares an upload of sluice with `curl -T`.
 *
 *   bench_upload sink ADDRESS            a provider that says yes to everything and keeps nothing;
 *                                        prints its port, serves until it is killed
 *   bench_upload put URL FILE [CAFILE]   one upload as a worker of the engine does it, hashed;
 * prints its seconds bench_upload run COMMAND...          runs it, then prints: processor seconds,
 * peak KiB
 */
#define _GNU_SOURCE    /* MSG_TRUNC of TCP, wait4(), strcasestr().                                 \
                          NOLINT(bugprone-reserved-identifier) */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sluice/engine.h"

#include "work/upload.h"

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "bench_upload: %s\n", what);
    exit(1);
}

/* ---- the sink ---- */

enum { HEAD_BYTES = 16384, DISCARD_BYTES = 1 << 20 };

static const char uuid[] = "123e4567-e89b-42d3-a456-426614174000";

static bool say(int fd, const char *text)
{
    return send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text);
}

/* Reads to the end of a head; *body is the number of bytes of the body that came with it. */
static bool read_head(int fd, char head[static HEAD_BYTES], uint64_t *body)
{
    size_t len = 0;
    while (len + 1 < HEAD_BYTES) {
        const ssize_t n = recv(fd, head + len, HEAD_BYTES - 1 - len, 0);
        if (n <= 0)
            return false;
        len += (size_t)n;
        head[len] = '\0';
        const char *end = strstr(head, "\r\n\r\n");
        if (end != NULL) {
            *body = len - (size_t)(end + 4 - head);
            return true;
        }
    }
    return false;
}

/* The kernel drops the bytes itself: they are not even copied. */
static bool discard(int fd, uint64_t bytes)
{
    while (bytes > 0) {
        const size_t want = bytes < DISCARD_BYTES ? (size_t)bytes : DISCARD_BYTES;
        const ssize_t n = recv(fd, NULL, want, MSG_TRUNC);
        if (n <= 0)
            return false;
        bytes -= (uint64_t)n;
    }
    return true;
}

static bool answer(int fd, const char *head)
{
    char text[512];
    if (strncmp(head, "PUT", 3) == 0)
        return say(fd, "HTTP/1.1 204 No Content\r\n\r\n");
    if (strncmp(head, "POST /pdp/piece/uploads ", 24) != 0)
        return say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    snprintf(text, sizeof text,
             "HTTP/1.1 201 Created\r\nLocation: /pdp/piece/uploads/%s\r\n"
             "Content-Length: 0\r\n\r\n",
             uuid);
    return say(fd, text);
}

static void *serve(void *arg)
{
    const int fd = *(int *)arg;
    static _Thread_local char head[HEAD_BYTES];
    uint64_t have = 0;
    free(arg);
    while (read_head(fd, head, &have)) {
        const char *length = strcasestr(head, "\r\nContent-Length:");
        const uint64_t body = length != NULL ? strtoull(length + 17, NULL, 10) : 0;
        if (strcasestr(head, "\r\nExpect:") != NULL && !say(fd, "HTTP/1.1 100 Continue\r\n\r\n"))
            break;
        if (body < have || !discard(fd, body - have) || !answer(fd, head))
            break;
    }
    close(fd);
    return NULL;
}

static void sink(const char *address)
{
    struct sockaddr_in addr = {.sin_family = AF_INET};
    socklen_t len = sizeof addr;
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (inet_pton(AF_INET, address, &addr.sin_addr) != 1 || listener < 0 ||
        bind(listener, (struct sockaddr *)&addr, sizeof addr) != 0 || listen(listener, 16) != 0 ||
        getsockname(listener, (struct sockaddr *)&addr, &len) != 0)
        die("cannot listen");
    printf("%d\n", ntohs(addr.sin_port));
    fflush(stdout);
    for (;;) {
        pthread_t thread;
        int *fd = malloc(sizeof *fd);
        if (fd == NULL || (*fd = accept(listener, NULL, NULL)) < 0)
            die("accept");
        const int one = 1;
        (void)setsockopt(*fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (pthread_create(&thread, NULL, serve, fd) != 0)
            die("no thread");
        pthread_detach(thread);
    }
}

/* ---- sluice's side ---- */

static void planned(void *ctx)
{
    (void)ctx;
}

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void put(const char *url, const char *path, const char *ca_file)
{
    struct sl_err err = {0};
    const struct sl_http_options options = {.allow_http = true, .ca_file = ca_file};
    static struct sl_upload up = {.planned = planned, .job_id = 1, .attempt = 1};
    up.source.fd = -1;
    up.clock = sl_clock_system();
    snprintf(up.path, sizeof up.path, "%s", path);
    if (sl_http_global_init(&err) < 0 || sl_sp_new(&up.sp, url, &options, &err) < 0 ||
        sl_ring_new(&up.ring, sizeof(struct sl_progress), 128, &err) < 0)
        die(err.text);
    const double start = now_s();
    if (sl_engine_upload_run(&up, &err) < 0)
        die(err.text);
    printf("%.6f\n", now_s() - start);
    sl_source_fini(&up.source);
    sl_sp_free(up.sp);
    sl_ring_free(up.ring);
}

/* ---- what a command costs ---- */

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec * 1e-6;
}

static int run(char **argv)
{
    extern char **environ;
    pid_t child = -1;
    int status = 0;
    struct rusage usage;
    if (posix_spawnp(&child, argv[0], NULL, NULL, argv, environ) != 0 ||
        wait4(child, &status, 0, &usage) != child)
        die("cannot run it");
    printf("%.6f %ld\n", seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss);
    return status == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "sink") == 0)
        sink(argv[2]);
    else if (argc >= 4 && strcmp(argv[1], "put") == 0)
        put(argv[2], argv[3], argc > 4 ? argv[4] : NULL);
    else if (argc >= 3 && strcmp(argv[1], "run") == 0)
        return run(argv + 2);
    else
        die("sink ADDRESS, put URL FILE [CAFILE], run COMMAND...");
    return 0;
}
