/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* vm_call.h - calls of contracts from contracts and from outside. Private to devnet. */
#ifndef SL_DEVNET_VM_CALL_H
#define SL_DEVNET_VM_CALL_H

#include "chain/ledger_vm.h"

/**
 * Call the contract or account at `to`: moves the value, runs the function, appends what it returns
 * to *out. After a revert nothing of it remains but vm->revert.
 */
int sl_vm_call(struct sl_vm *vm, struct sl_buf *out, const struct sl_address *sender,
               const struct sl_address *to, struct sl_u256 value, const uint8_t *data,
               size_t len) SL_MUST_CHECK;

/** Whether a contract stands there. */
bool sl_vm_has_code(const struct sl_vm *vm, const struct sl_address *address);

/** The selector of function `index` (from 0) of a contract; false behind the last. */
bool sl_vm_selector(const struct sl_vm *vm, const struct sl_address *contract, size_t index,
                    uint8_t out[static SL_ABI_SELECTOR]);

/** try { } catch { } around calls: begin, work, then end() with the result: a revert is undone and
 * becomes SL_OK with *caught. */
int sl_vm_try(struct sl_vm *vm, size_t *mark) SL_MUST_CHECK;
int sl_vm_try_end(struct sl_vm *vm, size_t mark, int rc, bool *caught) SL_MUST_CHECK;

/** Move FIL between accounts; reverts with no data when there is not enough. */
int sl_vm_move_fil(struct sl_vm *vm, const struct sl_address *from, const struct sl_address *to,
                   struct sl_u256 amount) SL_MUST_CHECK;

#endif
