/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <fcntl.h>

#include "sluice/piece.h"

#include "reader.h"

struct progress {
    sl_piece_progress_fn cancel;
    void *ctx;
    uint64_t hashed_bytes;
};

static int on_chunk(void *ctx, size_t chunk_bytes, struct sl_err *err)
{
    struct progress *p = ctx;
    p->hashed_bytes += chunk_bytes;
    if (p->cancel != NULL && p->cancel(p->ctx, p->hashed_bytes))
        return sl_err_set(err, SL_ECANCELED, "cancelled");
    return SL_OK;
}

int sl_piece_of_fd(struct sl_piece_id *out, int fd, uint64_t offset, uint64_t limit_bytes,
                   sl_piece_progress_fn cancel, void *ctx, struct sl_err *err)
{
    struct sl_reader reader;
    struct progress progress = {cancel, ctx, 0};
    /* a hint: a file that takes none is read without */
    (void)posix_fadvise(fd, (off_t)offset, (off_t)limit_bytes, POSIX_FADV_SEQUENTIAL);
    int rc = sl_reader_init(&reader, fd, err);
    if (rc == SL_OK)
        rc = sl_reader_hash(&reader, out, offset, limit_bytes != 0 ? limit_bytes : UINT64_MAX,
                            on_chunk, &progress, err);
    sl_reader_fini(&reader);
    return rc;
}
