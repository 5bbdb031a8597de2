/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* names.h - reading the names of pieces from logs. Layer: foc, private. */
#ifndef SL_FOC_CHAIN_NAMES_H
#define SL_FOC_CHAIN_NAMES_H

#include "sluice/chain_logs.h"

#include "chain/logs.h"

/** The names and what they own; the public part comes first. */
struct sl_names_memory {
    struct sl_piece_names names;
    struct sl_arena arena;
};

/** Read what a JSON array of logs says about the pieces. Errors: SL_ENOMEM. */
int sl_names_read_logs(struct sl_piece_names *names, const struct sl_contracts *contracts,
                       const struct sl_json *logs, struct sl_err *err) SL_MUST_CHECK;

#endif
