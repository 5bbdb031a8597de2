/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * cid_v1.h - operands that are PieceCIDs of version 1 (baga6ea4seaq...). Private to cli.
 *
 * Such a PieceCID is the root of a piece without its size. Files that differ only in zeros at the
 * end can have one root, so the piece is found among those that are known: exactly one of them has
 * to fit.
 */
#ifndef SL_CLI_CID_V1_H
#define SL_CLI_CID_V1_H

#include "sluice/piece.h"

enum { SL_CID_V1_MAX = 32 };

/** Plain value, filled in by sl_cid_v1_parse() and sl_cid_v1_add(). */
struct sl_cid_v1 {
    uint8_t root[SL_PIECE_ROOT_BYTES];
    struct sl_piece_id pieces[SL_CID_V1_MAX]; /* known ones with this root, each once */
    size_t count;
};

/** Whether the operand is a PieceCID of version 1; no piece is known then. */
bool sl_cid_v1_parse(struct sl_cid_v1 *out, const char *operand);

/** Take a known piece, if it has the root. */
void sl_cid_v1_add(struct sl_cid_v1 *v1, const struct sl_piece_id *piece);

/**
 * The one piece that was seen. Several are listed on stderr. `place`: what was searched, after
 * "in"; `nothing`: "nothing was got". Errors: SL_ENOTFOUND (none), SL_EUSAGE (several).
 */
int sl_cid_v1_pick(struct sl_piece_id *out, const struct sl_cid_v1 *v1, const char *place,
                   const char *nothing, struct sl_err *err) SL_MUST_CHECK;

#endif
