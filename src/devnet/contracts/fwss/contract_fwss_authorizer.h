/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* contract_fwss_authorizer.h - who may change a data set. Private to devnet. */
#ifndef SL_DEVNET_CONTRACT_FWSS_AUTHORIZER_H
#define SL_DEVNET_CONTRACT_FWSS_AUTHORIZER_H

#include "contracts/fwss/contract_fwss.h"

/** Reverts unless the payer, a session key of it, or the authorizer allows the operation. */
int sl_fwss_authorize(struct sl_vm *vm, const struct sl_fwss_set *set, enum sl_message message,
                      const uint8_t struct_hash[static SL_HASH_BYTES], struct sl_span signature,
                      struct sl_address *signer) SL_MUST_CHECK;
int sl_fwss_fn_set_authorizer(struct sl_frame *f) SL_MUST_CHECK;

#endif
