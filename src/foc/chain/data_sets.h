/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* data_sets.h - a data set as the contracts encode it, and its details. Layer: foc, private. */
#ifndef SL_FOC_CHAIN_DATA_SETS_H
#define SL_FOC_CHAIN_DATA_SETS_H

#include "sluice/abi.h"

#include "chain/chain_internal.h"

#define SL_ABI_DATA_SET                                                                            \
    "(uint256,uint256,uint256,address,address,address,uint256,uint256,uint256,uint256,uint96,"     \
    "uint96,uint256)"

/** The reader stands at a data set's 13 words. Appends the data set to the view. */
int sl_decode_data_set(struct sl_view_memory *memory, struct sl_abi_reader *r,
                       struct sl_err *err) SL_MUST_CHECK;

/** Sort the data sets, drop repeated ones, and read what their list does not contain. */
int sl_read_set_details(struct sl_view_memory *memory, struct sl_chain *chain,
                        struct sl_err *err) SL_MUST_CHECK;

#endif
