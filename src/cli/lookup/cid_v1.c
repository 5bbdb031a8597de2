/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "lookup/cid_v1.h"

#include <string.h>

#include "sluice/text.h"

#include "output/output.h"

bool sl_cid_v1_parse(struct sl_cid_v1 *out, const char *operand)
{
    *out = (struct sl_cid_v1){0};
    return sl_piece_parse_v1(out->root, operand, strlen(operand), NULL) == SL_OK;
}

void sl_cid_v1_add(struct sl_cid_v1 *v1, const struct sl_piece_id *piece)
{
    if (memcmp(piece->root, v1->root, sizeof v1->root) != 0)
        return;
    for (size_t i = 0; i < v1->count; i++) {
        if (sl_piece_id_equal(&v1->pieces[i], piece))
            return;
    }
    if (v1->count < SL_CID_V1_MAX)
        v1->pieces[v1->count++] = *piece;
}

int sl_cid_v1_pick(struct sl_piece_id *out, const struct sl_cid_v1 *v1, const char *place,
                   const char *nothing, struct sl_err *err)
{
    if (v1->count == 0)
        return sl_err_set(
            err, SL_ENOTFOUND,
            "a version 1 PieceCID has no size, and no piece with its root is known in "
            "%s: use the version 2 form (bafkzcib...)",
            place);
    *out = v1->pieces[0];
    if (v1->count == 1)
        return SL_OK;
    sl_notice("several pieces have the root of this version 1 PieceCID; use one of these:");
    for (size_t i = 0; i < v1->count; i++) {
        char size[SL_TEXT_SHORT], cid[SL_PIECE_CID_CHARS];
        sl_text_size(size, v1->pieces[i].payload_bytes);
        sl_piece_cid(cid, &v1->pieces[i]);
        sl_notice("%7s  %s", size, cid);
    }
    return sl_err_set(err, SL_EUSAGE, "%s", nothing);
}
