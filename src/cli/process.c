/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* pthread_setattr_default_np. NOLINTNEXTLINE(bugprone-reserved-identifier): glibc's name */
#define _GNU_SOURCE
#include "process.h"

#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/locale.h"

/* below the 2 MiB of a huge page, which would otherwise back every stack that is touched */
enum { STACK_BYTES = 1024 * 1024, FILES = 8192 };

/* A file opened while stdout is closed would become stdout. Open the replacement for a closed
 * stream in the wrong direction, so that using it still fails. */
static void open_missing_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0) /* the lowest free one, so open() returns it */
            (void)open("/dev/null", (fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) | O_CLOEXEC);
    }
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

/* The built-in network alone needs a descriptor for each connection, and shells start with 1024. */
static void raise_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= FILES)
        return;
    limit.rlim_cur = limit.rlim_max < FILES ? limit.rlim_max : FILES;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

static mode_t umask_of_user = S_IRWXG | S_IRWXO;

unsigned sl_process_file_mode(void)
{
    return (S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH) & ~umask_of_user;
}

void sl_process_prepare(void)
{
    open_missing_streams();
    umask_of_user = umask(S_IRWXG | S_IRWXO);
    sl_locale_set();
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL); /* write() then fails with EFBIG */
    raise_files();
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): no thread yet */
    mallopt(M_ARENA_MAX, 2);
    small_threads();
}
