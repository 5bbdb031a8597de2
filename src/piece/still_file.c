/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/mark.h"
#include "sluice/piece.h"

int sl_piece_of_still_file(struct sl_piece_id *out, int fd, unsigned threads,
                           sl_piece_progress_fn cancel, void *ctx, struct sl_err *err)
{
    struct sl_file_mark mark;
    int rc = sl_file_mark_begin(&mark, fd, err);
    if (rc == SL_OK)
        rc = sl_piece_of_fd_threads(out, fd, 0, 0, threads, cancel, ctx, err);
    return rc == SL_OK ? sl_file_mark_end(&mark, fd, err) : rc;
}
