/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* redact.h - which part of a URL a log line may show. Private to base. */
#ifndef SL_BASE_LOG_REDACT_H
#define SL_BASE_LOG_REDACT_H

#include <stddef.h>

/** The start of the only query that the protocol defines. */
#define SL_LOG_KNOWN_QUERY "?pieceCid=ba"

/** Where the part of a path begins that may be shown; the end of the path if there is none. */
size_t sl_log_shown_from(const char *path, size_t len);

#endif
