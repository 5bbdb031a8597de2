/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * log.h - the log file. Layer: base. Any thread.
 *
 * One line an entry: "2026-01-31T23:59:59.999Z info engine: text", hostile bytes escaped, cut at 2
 * KiB. The file is opened with O_APPEND and 0600 and turned to NAME.1 when it passes 8 MiB. Never a
 * secret, never to a terminal. Without sl_log_open() every call does nothing.
 */
#ifndef SL_LOG_H
#define SL_LOG_H

#include "sluice/clock.h"
#include "sluice/err.h"

enum sl_log_level { SL_LOG_ERROR, SL_LOG_WARN, SL_LOG_INFO, SL_LOG_DEBUG };

/** Open (again); `clock` is copied. Errors: SL_EOVERFLOW (path), SL_EACCES (also when it is no
 * regular file), SL_ENOENT, SL_EIO. */
int sl_log_open(const char *path, enum sl_log_level level, const struct sl_clock *clock,
                struct sl_err *err) SL_MUST_CHECK;
void sl_log_close(void);

/** `room` is the part of the program that speaks: "engine". */
void sl_log(enum sl_log_level level, const char *room, const char *fmt, ...) SL_PRINTF(3, 4);

#endif
