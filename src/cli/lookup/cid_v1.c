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

void sl_cid_v1_add(struct sl_cid_v1 *older, const struct sl_piece_id *piece)
{
    if (memcmp(piece->root, older->root, sizeof older->root) != 0)
        return;
    for (size_t i = 0; i < older->count; i++) {
        if (sl_piece_id_equal(&older->pieces[i], piece))
            return;
    }
    if (older->count < SL_CID_V1_MAX)
        older->pieces[older->count++] = *piece;
}

int sl_cid_v1_pick(struct sl_piece_id *out, const struct sl_cid_v1 *older, const char *place,
                   const char *nothing, struct sl_err *err)
{
    if (older->count == 0)
        return sl_err_set(
            err, SL_ENOTFOUND,
            "a version 1 PieceCID has no size, and no piece with its root is known in "
            "%s: use the version 2 form (bafkzcib...)",
            place);
    *out = older->pieces[0];
    if (older->count == 1)
        return SL_OK;
    sl_notice("several pieces have the root of this version 1 PieceCID; use one of these:");
    for (size_t i = 0; i < older->count; i++) {
        char size[SL_TEXT_SHORT], cid[SL_PIECE_CID_CHARS];
        sl_text_size(size, older->pieces[i].payload_bytes);
        sl_piece_cid(cid, &older->pieces[i]);
        sl_notice("%7s  %s", size, cid);
    }
    return sl_err_set(err, SL_EUSAGE, "%s", nothing);
}
