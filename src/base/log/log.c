/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/path.h"
#include "sluice/text.h"

enum {
    LINE_BYTES = 4096,
    FILE_BYTES = 8 << 20,
    ABOUT_BYTES = 96,
    SECRETS = 32,
    SECRET_LEAST_BYTES = 8,
    SECRET_BYTES = 256,
    TEXT_BYTES = LINE_BYTES + SECRET_BYTES, /* a secret that the cut would halve is found whole */
};

#define LEVEL_NAME(id, name)           name,
#define COMPONENT_NAME(id, name, text) name,
static const char *const level_names[] = {SL_LOG_LEVELS(LEVEL_NAME)};
static const char *const component_names[] = {SL_LOG_COMPONENTS(COMPONENT_NAME)};

atomic_uint sl_log_on[SL_LOG_COMPONENT_COUNT];

static _Thread_local char about[ABOUT_BYTES];

static struct {
    pthread_mutex_t lock;
    /* under lock */
    int fd;      /* -1: closed */
    bool beside; /* another process renames it */
    struct sl_clock clock;
    char secrets[SECRETS][SECRET_BYTES]; /* "": none */
    size_t next_secret;
    char path[SL_PATH_BYTES];
} the_log = {.lock = PTHREAD_MUTEX_INITIALIZER, .fd = -1};

/* Returns the descriptor or -1 with errno. */
static int open_file(const char *path)
{
    struct stat st;
    /* O_NONBLOCK: opening a FIFO must not wait for its reader */
    const int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
                        (mode_t)0600);
    if (fd < 0)
        return -1;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && fchmod(fd, (mode_t)0600) == 0)
        return fd;
    close(fd);
    errno = EACCES;
    return -1;
}

static int open_at(const char *path, bool beside, const struct sl_log_levels *levels,
                   const struct sl_clock *clock, struct sl_err *err)
{
    const size_t len = strlen(path);
    if (len >= sizeof the_log.path - 2) /* room for ".1" */
        return sl_err_set(err, SL_EOVERFLOW, "log file: path too long: %.80s...", path);
    const int fd = open_file(path);
    if (fd < 0)
        return sl_err_sys(err, errno, "log file %s", path);
    sl_log_close();
    pthread_mutex_lock(&the_log.lock);
    the_log.fd = fd;
    the_log.beside = beside;
    the_log.clock = *clock;
    memcpy(the_log.path, path, len + 1);
    for (size_t i = 0; i < SL_LOG_COMPONENT_COUNT; i++)
        atomic_store(&sl_log_on[i], (unsigned)levels->of[i] + 1);
    pthread_mutex_unlock(&the_log.lock);
    return SL_OK;
}

int sl_log_open(const char *path, const struct sl_log_levels *levels, const struct sl_clock *clock,
                struct sl_err *err)
{
    return open_at(path, false, levels, clock, err);
}

int sl_log_open_beside(const char *path, const struct sl_log_levels *levels,
                       const struct sl_clock *clock, struct sl_err *err)
{
    return open_at(path, true, levels, clock, err);
}

void sl_log_close(void)
{
    pthread_mutex_lock(&the_log.lock);
    for (size_t i = 0; i < SL_LOG_COMPONENT_COUNT; i++)
        atomic_store(&sl_log_on[i], 0);
    if (the_log.fd >= 0)
        close(the_log.fd);
    the_log.fd = -1;
    pthread_mutex_unlock(&the_log.lock);
}

/* Another process may share the file: it is renamed only while the path still names ours. */
static void turn_if_full(void)
{
    struct stat ours;
    struct stat named;
    char old[SL_PATH_BYTES];
    if (fstat(the_log.fd, &ours) != 0 || ours.st_size <= FILE_BYTES)
        return;
    snprintf(old, sizeof old, "%.*s.1", (int)sizeof old - 3, the_log.path);
    const bool is_named = stat(the_log.path, &named) == 0 && named.st_ino == ours.st_ino &&
                          named.st_dev == ours.st_dev;
    if (is_named && (the_log.beside || rename(the_log.path, old) != 0))
        return;
    const int fd = open_file(the_log.path);
    if (fd < 0)
        return; /* better the old file than none */
    close(the_log.fd);
    the_log.fd = fd;
}

/* ---- secrets ---- */

void sl_log_hide(const char *text, size_t len)
{
    if (len < SECRET_LEAST_BYTES || len >= SECRET_BYTES || memchr(text, '\0', len) != NULL)
        return;
    pthread_mutex_lock(&the_log.lock);
    size_t i = 0;
    while (i < SECRETS &&
           (strncmp(the_log.secrets[i], text, len) != 0 || the_log.secrets[i][len] != '\0'))
        i++;
    if (i == SECRETS) {
        char *secret = the_log.secrets[the_log.next_secret++ % SECRETS];
        memcpy(secret, text, len);
        secret[len] = '\0';
    }
    pthread_mutex_unlock(&the_log.lock);
}

/* Under the lock. As many asterisks as bytes: no text has to move. */
static void black_out(char *text)
{
    for (size_t i = 0; i < SECRETS && the_log.secrets[i][0] != '\0'; i++) {
        const size_t len = strlen(the_log.secrets[i]);
        for (char *at = text; (at = strstr(at, the_log.secrets[i])) != NULL; at += len)
            memset(at, '*', len);
    }
}

/* ---- lines ---- */

void sl_log_about(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    if (vsnprintf(about, sizeof about, fmt, args) < 0)
        about[0] = '\0';
    va_end(args);
}

static size_t line_of(char line[static LINE_BYTES], enum sl_log_level level,
                      enum sl_log_component component, char text[static TEXT_BYTES])
{
    char safe[TEXT_BYTES];
    char when[SL_RFC3339_CHARS];
    black_out(text);
    const size_t len = sl_log_redact(safe, sizeof safe, text, strlen(text));
    sl_rfc3339(when, sl_wall_ms(&the_log.clock));
    size_t n = (size_t)snprintf(line, LINE_BYTES, "%s %s %s: %s%s", when, level_names[level],
                                component_names[component], about, about[0] != '\0' ? " " : "");
    n += sl_text_escape(line + n, LINE_BYTES - n, safe, len);
    line[n] = '\n';
    return n + 1;
}

void sl_log_write(enum sl_log_level level, enum sl_log_component component, const char *fmt, ...)
{
    const int saved = errno; /* a log line must not change what the caller reports */
    char text[TEXT_BYTES];
    char line[LINE_BYTES];
    va_list args;
    va_start(args, fmt);
    if (vsnprintf(text, sizeof text, fmt, args) < 0)
        snprintf(text, sizeof text, "(a line that cannot be formatted)");
    va_end(args);
    pthread_mutex_lock(&the_log.lock);
    if (the_log.fd >= 0) {
        const size_t n = line_of(line, level, component, text);
        turn_if_full();
        /* one write: lines of several processes never mix; a full disk loses lines, not uploads */
        while (write(the_log.fd, line, n) < 0 && errno == EINTR)
            continue;
    }
    pthread_mutex_unlock(&the_log.lock);
    errno = saved;
}
