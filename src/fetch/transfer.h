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
    bool local_failure;       /* the local disk failed */
    bool may_leave;           /* another address is untried, so a slow one may be dropped */
    /* of the running answer */
    bool judged;
    bool enough;   /* the segment is complete; ignore further bytes */
    uint64_t skip; /* bytes of the answer that precede the wanted ones */
};

/** GET the missing bytes of the segment. 0 when it is complete. */
int sl_transfer_get(struct sl_transfer *t, struct sl_err *err) SL_MUST_CHECK;

/** HEAD: 0 when the address has a piece of this size. */
int sl_transfer_ask(struct sl_run *run, struct sl_http *http, struct sl_http_response *response,
                    const char *url, uint64_t bytes, struct sl_err *err) SL_MUST_CHECK;

/** Check that the answer to a GET has the requested range. *skip: how many bytes precede it, since
 * a server may send the whole piece. Errors: SL_EMISMATCH (another size), SL_EPROTO, those of the
 * status. */
int sl_answer_check(uint64_t *skip, const struct sl_http_response *response, uint64_t first,
                    uint64_t total, struct sl_err *err) SL_MUST_CHECK;

#endif
