/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "reader.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

int sl_reader_init(struct sl_reader *reader, int fd, struct sl_err *err)
{
    reader->fd = fd;
    reader->hasher = sl_piece_hasher_new();
    reader->chunk = malloc(SL_CHUNK_BYTES);
    if (reader->hasher == NULL || reader->chunk == NULL)
        return sl_err_set(err, SL_ENOMEM, "no memory for the hasher");
    return SL_OK;
}

void sl_reader_fini(struct sl_reader *reader)
{
    free(reader->chunk);
    sl_piece_hasher_free(reader->hasher);
}

/* Reads `want` bytes, fewer at the end of the file; *got says how many. */
static int read_chunk(const struct sl_reader *reader, uint64_t offset, size_t want, size_t *got,
                      struct sl_err *err)
{
    *got = 0;
    while (*got < want) {
        const uint64_t at = offset + *got;
        const ssize_t n = pread(reader->fd, reader->chunk + *got, want - *got, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return sl_err_sys(err, errno, "read at byte %" PRIu64, at);
        if (n == 0)
            break;
        *got += (size_t)n;
    }
    return SL_OK;
}

int sl_reader_hash(struct sl_reader *reader, struct sl_piece_id *out, uint64_t offset,
                   uint64_t limit_bytes, sl_reader_fn fn, void *ctx, struct sl_err *err)
{
    sl_piece_hasher_reset(reader->hasher);
    while (limit_bytes > 0) {
        const size_t want = limit_bytes < SL_CHUNK_BYTES ? (size_t)limit_bytes : SL_CHUNK_BYTES;
        size_t got = 0;
        int rc = read_chunk(reader, offset, want, &got, err);
        if (rc == SL_OK)
            rc = sl_piece_hasher_add(reader->hasher, reader->chunk, got, err);
        if (rc == SL_OK && got > 0)
            rc = fn(ctx, got, err);
        if (rc < 0)
            return rc;
        if (got < want)
            break;
        offset += got;
        limit_bytes -= got;
    }
    return sl_piece_hasher_finish(reader->hasher, out, err);
}
