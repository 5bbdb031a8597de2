/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* contract_pdp.h - PDPVerifier 3.5.0 or 3.4.0: data sets, their pieces, what is scheduled for
 * removal. */
#ifndef SL_DEVNET_CONTRACT_PDP_H
#define SL_DEVNET_CONTRACT_PDP_H

#include "chain/contract_message.h"
#include "chain/ledger_vm.h"

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

/** Returns 1, or 0 when there is none. */
int sl_pdp_load(struct sl_vm *vm, struct sl_pdp_set *out, uint64_t id) SL_MUST_CHECK;
int sl_pdp_save(struct sl_vm *vm, const struct sl_pdp_set *set) SL_MUST_CHECK;
/** Reverts unless the set is there. */
int sl_pdp_load_live(struct sl_vm *vm, struct sl_pdp_set *out, struct sl_u256 id) SL_MUST_CHECK;

/** Check a PieceCID v2 as the contract does and count its leaves. `index` is its place in the call.
 */
int sl_pdp_check_cid(struct sl_vm *vm, uint64_t *leaves, size_t index,
                     struct sl_span cid) SL_MUST_CHECK;

bool sl_pdp_has_listener(const struct sl_pdp_set *set);

/** Remove as many of the scheduled pieces as wait, `most` at most, the newest first. */
int sl_pdp_process_removals(struct sl_vm *vm, struct sl_pdp_set *set, uint64_t most) SL_MUST_CHECK;
/** What providers do by themselves: the next challenge is set (0: none). Until 3.4 the removals are
 * applied; since 3.5 it reverts while some wait. */
int sl_pdp_next_period(struct sl_vm *vm, struct sl_pdp_set *set,
                       uint64_t challenge_epoch) SL_MUST_CHECK;
/** Delete a set and all its pieces; its deposit goes to the provider. */
int sl_pdp_delete(struct sl_vm *vm, struct sl_pdp_set *set) SL_MUST_CHECK;

/** The 0.1 FIL that come with a new data set. */
struct sl_u256 sl_pdp_deposit(void);

/* Functions (contract_pdp_removal.c). */
int sl_pdp_fn_schedule(struct sl_frame *f) SL_MUST_CHECK;
int sl_pdp_fn_process(struct sl_frame *f) SL_MUST_CHECK;
int sl_pdp_fn_next_period(struct sl_frame *f) SL_MUST_CHECK;

/* The views (contract_pdp_view.c). */
int sl_pdp_fn_count(struct sl_frame *f) SL_MUST_CHECK;
int sl_pdp_fn_active(struct sl_frame *f) SL_MUST_CHECK;
int sl_pdp_fn_active_from(struct sl_frame *f) SL_MUST_CHECK;
int sl_pdp_fn_find(struct sl_frame *f) SL_MUST_CHECK;
int sl_pdp_fn_cid(struct sl_frame *f) SL_MUST_CHECK;
int sl_pdp_fn_piece_leaves(struct sl_frame *f) SL_MUST_CHECK;
int sl_pdp_fn_piece_live(struct sl_frame *f) SL_MUST_CHECK;
int sl_pdp_fn_removals(struct sl_frame *f) SL_MUST_CHECK;

#endif
