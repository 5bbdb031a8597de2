/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* contract_fwss_metadata.h - metadata of data sets and pieces. Private to devnet. */
#ifndef SL_DEVNET_CONTRACT_FWSS_METADATA_H
#define SL_DEVNET_CONTRACT_FWSS_METADATA_H

#include "contracts/fwss/contract_fwss.h"

/** Check and keep the pairs of one list for a piece (or SL_FWSS_OF_DATA_SET). Today's contract
 * keeps none of a piece. */
int sl_fwss_keep_metadata(struct sl_vm *vm, uint64_t id, int64_t piece, size_t most,
                          const struct sl_lists *keys, const struct sl_lists *values,
                          size_t list) SL_MUST_CHECK;

/** Returns 1 when the data set is stored with a CDN, else 0. */
int sl_fwss_has_cdn(struct sl_vm *vm, uint64_t id) SL_MUST_CHECK;

/** Puts string[] of keys, then string[] of values. */
int sl_fwss_append_metadata(struct sl_frame *f, uint64_t id, int64_t piece) SL_MUST_CHECK;

/** Puts (bool, string) of the key that is the next argument. */
int sl_fwss_append_one_metadata(struct sl_frame *f, uint64_t id, int64_t piece) SL_MUST_CHECK;

/** Put two lists of strings that came in a payload. */
void sl_fwss_append_lists(struct sl_abi_writer *out, const struct sl_lists *keys,
                          const struct sl_lists *values, size_t list);

#endif
