/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* contract_pdp_cid.h - PieceCIDs as the contract checks them. Private to devnet. */
#ifndef SL_DEVNET_CONTRACT_PDP_CID_H
#define SL_DEVNET_CONTRACT_PDP_CID_H

#include "contracts/pdp/contract_pdp.h"

/** Check a PieceCID v2 as the contract does and count its leaves. `index` is its place in the call.
 */
int sl_pdp_check_cid(struct sl_vm *vm, uint64_t *leaves, size_t index,
                     struct sl_span cid) SL_MUST_CHECK;

#endif
