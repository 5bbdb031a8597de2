/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* contract_session.h - the registry of session keys. Private to devnet. */
#ifndef SL_DEVNET_CONTRACT_SESSION_H
#define SL_DEVNET_CONTRACT_SESSION_H

#include "chain/ledger_vm.h"
#include "contracts/contract_message.h"

/** Until when a session key may sign a kind of message: Unix seconds, 0 for never. */
int sl_contract_session_expiry(struct sl_vm *vm, const struct sl_address *identity,
                               const struct sl_address *signer,
                               const uint8_t permission[static SL_HASH_BYTES],
                               struct sl_u256 *out) SL_MUST_CHECK;
extern const struct sl_function sl_contract_session_functions[];

#endif
