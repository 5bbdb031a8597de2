/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* http_head.h - the lines above a response's body. Layer: net, private. Source: RFC 9110, 9112. */
#ifndef SL_NET_HTTP_HEAD_H
#define SL_NET_HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sluice/http.h"

enum { SL_HTTP_HEAD_BYTES = 65536 }; /* most bytes of all lines, interim answers included */

/** What the lines said so far. */
struct sl_http_head {
    int status;        /* of the last status line; 0 before */
    bool ended;        /* the empty line of a final answer (200 and above) has come */
    bool chunked;      /* a Transfer-Encoding was given: the length is the framing's */
    size_t seen_bytes; /* of all lines */
};

/** Forget an earlier answer, keep the memory of the body. */
void sl_http_response_reset(struct sl_http_response *response);

/**
 * One line as it came, with its line end: a status line starts a new answer. Lines behind the end
 * (trailers) are ignored. A value that does not fit its field or holds control bytes counts as not
 * given. Errors: SL_EPROTO (too many bytes, a status that HTTP does not have).
 */
int sl_http_head_line(struct sl_http_head *head, struct sl_http_response *response,
                      const char *line, size_t len, int64_t wall_ms,
                      struct sl_err *err) SL_MUST_CHECK;

/** Retry-After as ms from now: seconds or an HTTP date; 0 for the past, at most one hour, -1 when
 * it is neither. */
int64_t sl_http_retry_after_ms(const char *value, int64_t wall_ms);

#endif
