/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* transfer.h - one request for a range of a piece. Call without the lock. Private to fetch. */
#ifndef SL_FETCH_TRANSFER_H
#define SL_FETCH_TRANSFER_H

#include "fetch_internal.h"

struct sl_transfer {
    struct sl_run *run;
    struct sl_http *http;
    struct sl_http_response *response;
    struct sl_piece_hasher *hasher;
    const struct sl_part *part;
    struct sl_segment *segment;
    const char *url;
    char etag[SL_ETAG_BYTES]; /* in: known before; out: what this answer said */
    uint64_t moved;           /* bytes of the segment that this transfer brought */
    bool local_failure;       /* it was our own disk */
    bool may_leave;           /* another address is untried: a slow one may be left */
    /* of the running answer */
    bool judged;
    bool enough;   /* all of the segment is there; what follows is not wanted */
    uint64_t skip; /* bytes of the answer that come before what is wanted */
};

/** GET what is missing of the segment. 0 when it is complete. */
int sl_transfer_get(struct sl_transfer *t, struct sl_err *err) SL_MUST_CHECK;

/** HEAD: 0 when the address has a piece of this size. */
int sl_transfer_ask(struct sl_run *run, struct sl_http *http, struct sl_http_response *response,
                    const char *url, uint64_t bytes, struct sl_err *err) SL_MUST_CHECK;

/** Read a Content-Range of one range: "bytes FIRST-LAST/TOTAL", TOTAL may be "*" (UINT64_MAX). */
bool sl_content_range_parse(uint64_t *first, uint64_t *last, uint64_t *total, const char *text);

/** Check that an answer to a GET of a range has these bytes; *skip: how many come before them (a
 * server may send all). Errors: SL_EMISMATCH (another size), SL_EPROTO, those of the status. */
int sl_answer_check(uint64_t *skip, const struct sl_http_response *response, uint64_t first,
                    uint64_t total, struct sl_err *err) SL_MUST_CHECK;

#endif
