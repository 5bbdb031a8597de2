/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* commit.h - what commits and pulls share. Layer: foc, private. */
#ifndef SL_FOC_PROVIDER_COMMIT_H
#define SL_FOC_PROVIDER_COMMIT_H

#include "provider/sp_internal.h"

/** Keep what the refusal of `count` pieces says about their number, for sl_sp_most_pieces().
 * `refusal` is the code that the refusal was given. */
void sl_sp_note_fewer(struct sl_sp *sp, int refusal, size_t count);

#endif
