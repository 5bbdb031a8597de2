/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* pthread_setattr_default_np. NOLINTNEXTLINE(bugprone-reserved-identifier): glibc's name */
#define _GNU_SOURCE
#include "process.h"

#include <fcntl.h>
#include <locale.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

/* below the 2 MiB of a huge page, which would otherwise back every stack that is touched */
enum { STACK_BYTES = 1024 * 1024 };

/* A file opened while stdout is closed would become stdout. */
static void open_missing_streams(void)
{
    int fd;
    do {
        fd = open("/dev/null", O_RDWR);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

static void small_threads(void)
{
    pthread_attr_t attr;
    if (pthread_attr_init(&attr) != 0)
        return;
    if (pthread_attr_setstacksize(&attr, STACK_BYTES) == 0)
        (void)pthread_setattr_default_np(&attr);
    pthread_attr_destroy(&attr);
}

void sl_process_prepare(void)
{
    open_missing_streams();
    umask(S_IRWXG | S_IRWXO);
    /* never LC_ALL: a comma in numbers. NOLINTNEXTLINE(concurrency-mt-unsafe): no thread yet */
    (void)setlocale(LC_CTYPE, "");
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, NULL);
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): no thread yet */
    mallopt(M_ARENA_MAX, 2);
    small_threads();
}
