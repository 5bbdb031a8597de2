/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * log.h - the log file. Layer: base. Any thread.
 *
 * One line per entry: "2026-01-31T23:59:59.999Z info engine: job=12 queued -> uploading". Hostile
 * bytes are escaped, and a line is cut at 4 KiB. The file is opened with O_APPEND and mode 0600,
 * and renamed to NAME.1 when it passes 8 MiB. The log never goes to a terminal. Without
 * sl_log_open(), every call does nothing.
 *
 * Ids have one form in every line, so that grep finds them all: job=12 part=3/8 commit=7 copy=1
 * provider=2 data-set=9 tx=0x... piece=bafk...; "name=" comes last, and the name ends the line.
 *
 * Secrets: each URL loses its user info, its query values, and the path before the part that the
 * protocol defines ("http://127.0.0.1:5701/.../pdp/ping"), because node URLs may have a key there.
 * sl_log_hide() removes further strings from all later lines. Never pass private keys or passwords.
 */
#ifndef SL_LOG_H
#define SL_LOG_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sluice/clock.h"
#include "sluice/err.h"

/* X(id, name): from rare to chatty. A level includes those above it. */
#define SL_LOG_LEVELS(X)                                                                           \
    X(SL_LOG_ERROR, "error")                                                                       \
    X(SL_LOG_WARN, "warn")                                                                         \
    X(SL_LOG_INFO, "info")   /* each request, each change of a job */                              \
    X(SL_LOG_DEBUG, "debug") /* heads and bodies, calls of the node, polling */                    \
    X(SL_LOG_TRACE, "trace") /* phases of a connection */

/* X(id, name, what it tells). The name stands in the line and in the setting log_level. */
#define SL_LOG_COMPONENTS(X)                                                                       \
    X(SL_LOG_NET, "net", "HTTP requests: method, URL, status, bytes, time")                        \
    X(SL_LOG_RPC, "rpc", "calls of the chain's nodes")                                             \
    X(SL_LOG_PROVIDER, "provider", "steps of the storage providers' API")                          \
    X(SL_LOG_COMMIT, "commit", "what is signed, sent, landed and abandoned")                       \
    X(SL_LOG_ENGINE, "engine", "states of jobs and parts, retries")                                \
    X(SL_LOG_JOURNAL, "journal", "the database")                                                   \
    X(SL_LOG_WATCH, "watch", "files found in watched folders")                                     \
    X(SL_LOG_FETCH, "fetch", "copies that are read back")                                          \
    X(SL_LOG_TUI, "tui", "the screen")                                                             \
    X(SL_LOG_CLI, "cli", "start and end of the program")                                           \
    X(SL_LOG_DEVNET, "devnet", "the local network")

#define SL_LOG_LEVEL_ENUM(id, name) id,
enum sl_log_level { SL_LOG_LEVELS(SL_LOG_LEVEL_ENUM) SL_LOG_LEVEL_COUNT };
#undef SL_LOG_LEVEL_ENUM

#define SL_LOG_COMPONENT_ENUM(id, name, text) id,
enum sl_log_component { SL_LOG_COMPONENTS(SL_LOG_COMPONENT_ENUM) SL_LOG_COMPONENT_COUNT };
#undef SL_LOG_COMPONENT_ENUM

/** The level of each component. Plain value. */
struct sl_log_levels {
    enum sl_log_level of[SL_LOG_COMPONENT_COUNT];
};

/** The same level for all. */
struct sl_log_levels sl_log_levels(enum sl_log_level level);

/**
 * Parse "info,net:debug,rpc:trace": a bare level sets every component, a later entry overrides an
 * earlier one; components that no entry sets get info. Errors: SL_EFORMAT, naming the word that is
 * wrong, with the nearest one.
 */
int sl_log_levels_parse(struct sl_log_levels *out, const char *text,
                        struct sl_err *err) SL_MUST_CHECK;

/** Open (again); `levels` and `clock` are copied. Errors: SL_EOVERFLOW (path), SL_EACCES (also when
 * it is no regular file), SL_ENOENT, SL_EIO. */
int sl_log_open(const char *path, const struct sl_log_levels *levels, const struct sl_clock *clock,
                struct sl_err *err) SL_MUST_CHECK;
/** Open a log file that another process owns: this process never renames it. */
int sl_log_open_beside(const char *path, const struct sl_log_levels *levels,
                       const struct sl_clock *clock, struct sl_err *err) SL_MUST_CHECK;
void sl_log_close(void);

/* Private to the macros below: how many levels of a component are on, 0 while no file is open. */
extern atomic_uint sl_log_on[SL_LOG_COMPONENT_COUNT];

/** Whether such a line would be written: one relaxed load. Use it before work that only a log line
 * needs. */
static inline bool sl_log_is_on(enum sl_log_level level, enum sl_log_component component)
{
    return (unsigned)level < atomic_load_explicit(&sl_log_on[component], memory_order_relaxed);
}

/** sl_log(level, component, fmt, ...): the arguments are evaluated only when the line is on. errno
 * stays as it is. */
#define sl_log(level, component, ...)                                                              \
    do {                                                                                           \
        if (sl_log_is_on(level, component))                                                        \
            sl_log_write(level, component, __VA_ARGS__);                                           \
    } while (0)

/** Write a line without checking its level; use sl_log() instead. */
void sl_log_write(enum sl_log_level level, enum sl_log_component component, const char *fmt, ...)
    SL_PRINTF(3, 4);

/** Begin every later line of this thread with this text, "job=12"; "" ends that. Cut at 95 bytes.
 */
void sl_log_about(const char *fmt, ...) SL_PRINTF(1, 2);

/** Replace this string in all later lines. Ignored when it is shorter than 8 bytes or longer than
 * 255. The last 32 distinct strings are kept. */
void sl_log_hide(const char *text, size_t len);

/** Hide the parts of a URL's path and query that look like keys. */
void sl_log_hide_url(const char *url);

/**
 * Copy `len` bytes of text and redact its URLs as described above. Writes at most cap - 1 bytes and
 * a NUL; returns the number of bytes.
 */
size_t sl_log_redact(char *out, size_t cap, const char *text, size_t len);

#endif
