/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * contract_token.h - USDFC as other contracts use it: an ERC-20 with EIP-2612, errors as
 * OpenZeppelin 5 has them (those of the real token are not known).
 */
#ifndef SL_DEVNET_CONTRACT_TOKEN_H
#define SL_DEVNET_CONTRACT_TOKEN_H

#include "chain/ledger_vm.h"

#define SL_TOKEN_NAME    "USD for Filecoin Community"
#define SL_TOKEN_VERSION "1"

int sl_token_balance(struct sl_vm *vm, const struct sl_address *owner,
                     struct sl_u256 *out) SL_MUST_CHECK;
int sl_token_transfer(struct sl_vm *vm, const struct sl_address *from, const struct sl_address *to,
                      struct sl_u256 amount) SL_MUST_CHECK;
/** `spender` moves it within its allowance. */
int sl_token_transfer_from(struct sl_vm *vm, const struct sl_address *spender,
                           const struct sl_address *from, const struct sl_address *to,
                           struct sl_u256 amount) SL_MUST_CHECK;
/** v, r and s as the arguments of permit(). */
int sl_token_permit(struct sl_vm *vm, const struct sl_address *owner,
                    const struct sl_address *spender, struct sl_u256 amount,
                    struct sl_u256 deadline, uint8_t v, const uint8_t r[static 32],
                    const uint8_t s[static 32]) SL_MUST_CHECK;
/** New tokens out of nothing. */
int sl_token_mint(struct sl_vm *vm, const struct sl_address *to,
                  struct sl_u256 amount) SL_MUST_CHECK;

extern const struct sl_function sl_token_functions[];

#endif
