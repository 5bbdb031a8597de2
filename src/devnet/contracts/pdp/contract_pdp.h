/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* contract_pdp.h - PDPVerifier 3.5.0 or 3.4.0: data sets, their pieces, what is scheduled for
 * removal. */
#ifndef SL_DEVNET_CONTRACT_PDP_H
#define SL_DEVNET_CONTRACT_PDP_H

#include "chain/ledger_vm.h"
#include "contracts/contract_message.h"

enum {
    SL_PDP_MAX_REMOVALS = 2000,
    SL_PDP_CHALLENGE_FINALITY = 10,
    SL_PDP_EVENT_PIECES = 100, /* most in one event since 3.5 */
};

struct sl_pdp_set {
    uint64_t id;
    struct sl_address provider;
    struct sl_address listener;
    uint64_t leaves;
    uint64_t next_piece;
    uint64_t next_challenge;
    uint64_t challenge_range;
    uint64_t last_proven;
};

/** Delete a set and all its pieces; its deposit goes to the provider. */
int sl_pdp_delete(struct sl_vm *vm, struct sl_pdp_set *set) SL_MUST_CHECK;

extern const struct sl_function sl_pdp_today_functions[];
extern const struct sl_function sl_pdp_functions[];

#endif
