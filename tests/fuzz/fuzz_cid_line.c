/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A line of a list that is understood is understood the same when it is written anew. */
#include <stdlib.h>
#include <string.h>

#include "cli/commands/library/cid_line.h"
#include "cli/output/output.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Half of the inputs get a PieceCID in front, so that names are reached. */
static void make_line(struct sl_buf *out, const uint8_t *data, size_t len)
{
    static const struct sl_piece_id id = {1000, 5, {1}};
    char cid[SL_PIECE_CID_CHARS];
    sl_piece_cid(cid, &id);
    if (len > 0 && data[0] % 2 == 1)
        sl_buf_printf(out, "%s%s  ", data[0] % 4 == 1 ? "\\" : "", cid);
    if (len > 0)
        sl_buf_add(out, data + 1, len - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct sl_cid_line one, two;
    struct sl_buf line = {0}, again = {0};
    char cid[SL_PIECE_CID_CHARS];
    make_line(&line, data, len);
    if (line.data == NULL || sl_cid_line_parse(&one, line.data, line.len, NULL) < 0)
        goto out;
    if (one.v1)
        sl_piece_cid_v1(cid, one.piece.root);
    else
        sl_piece_cid(cid, &one.piece);
    sl_output_cid_line(&again, cid, one.path);
    if (again.failed < 0 || sl_cid_line_parse(&two, again.data, again.len - 1, NULL) < 0 ||
        strcmp(one.path, two.path) != 0 ||
        memcmp(one.piece.root, two.piece.root, SL_PIECE_ROOT_BYTES) != 0)
        abort();
out:
    sl_buf_free(&line);
    sl_buf_free(&again);
    return 0;
}
