/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "sluice/piece.h"

enum { CHUNK_BYTES = 127 * 2048 }; /* whole blocks of the hasher; fits in the second cache */

struct reader {
    int fd;
    uint64_t at;
    uint64_t left; /* UINT64_MAX: to the end */
};

/* Reads up to one chunk; *len is 0 at the end. */
static int read_chunk(struct reader *r, uint8_t *chunk, size_t *len, struct sl_err *err)
{
    const size_t want = r->left < CHUNK_BYTES ? (size_t)r->left : CHUNK_BYTES;
    size_t got = 0;
    while (got < want) {
        const ssize_t n = pread(r->fd, chunk + got, want - got, (off_t)(r->at + got));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return sl_err_sys(err, errno, "read at byte %" PRIu64, r->at + got);
        if (n == 0)
            break;
        got += (size_t)n;
    }
    r->at += got;
    if (r->left != UINT64_MAX)
        r->left -= got;
    *len = got;
    return SL_OK;
}

static int hash_all(struct sl_piece_hasher *hasher, struct reader *r, uint8_t *chunk,
                    sl_piece_progress_fn cancel, void *ctx, struct sl_err *err)
{
    uint64_t total = 0;
    for (;;) {
        size_t len = 0;
        int rc = read_chunk(r, chunk, &len, err);
        if (rc < 0 || len == 0)
            return rc;
        rc = sl_piece_hasher_add(hasher, chunk, len, err);
        if (rc < 0)
            return rc;
        total += len;
        if (cancel != NULL && cancel(ctx, total))
            return sl_err_set(err, SL_ECANCELED, "cancelled");
    }
}

int sl_piece_of_fd(struct sl_piece_id *out, int fd, uint64_t offset, uint64_t limit_bytes,
                   sl_piece_progress_fn cancel, void *ctx, struct sl_err *err)
{
    struct reader r = {fd, offset, limit_bytes != 0 ? limit_bytes : UINT64_MAX};
    struct sl_piece_hasher *hasher = sl_piece_hasher_new();
    uint8_t *chunk = malloc(CHUNK_BYTES);
    int rc;
    if (hasher == NULL || chunk == NULL)
        rc = sl_err_set(err, SL_ENOMEM, "no memory for the hasher");
    else
        rc = hash_all(hasher, &r, chunk, cancel, ctx, err);
    if (rc == SL_OK)
        rc = sl_piece_hasher_finish(hasher, out, err);
    free(chunk);
    sl_piece_hasher_free(hasher);
    return rc;
}
