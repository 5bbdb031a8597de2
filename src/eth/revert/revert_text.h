/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* revert_text.h - the text for an error and its arguments. Private to eth. */
#ifndef SL_ETH_REVERT_TEXT_H
#define SL_ETH_REVERT_TEXT_H

#include "sluice/revert.h"

#include "revert/revert_table.h"

/** Fill revert->text from the row's sentence, or from name and arguments. False when the arguments
 * do not fit the signature; nothing is written then. */
bool sl_revert_write_text(struct sl_revert *revert, const struct sl_revert_row *row);

#endif
