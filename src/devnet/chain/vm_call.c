/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Runs a call: finds the function, undoes changes after a revert, and returns the result. */
#include "chain/vm_call.h"

#include <string.h>

#include "chain/ledger_internal.h"
#include "chain/ledger_state.h"

/* Plausible for Filecoin, where the least message costs some millions. */
#define GAS_BASE     UINT64_C(4000000)
#define GAS_BYTE     UINT64_C(1300)
#define GAS_WRITE    UINT64_C(6000000)
#define GAS_LOG      UINT64_C(900000)
#define GAS_LOG_BYTE UINT64_C(2600)

bool sl_vm_has_code(const struct sl_vm *vm, const struct sl_address *address)
{
    bool is_contract;
    (void)sl_ledger_find(vm->ledger, address, NULL, 0, &is_contract);
    return is_contract;
}

bool sl_vm_selector(const struct sl_vm *vm, const struct sl_address *contract, size_t index,
                    uint8_t out[static SL_ABI_SELECTOR])
{
    const struct sl_ledger *ledger = vm->ledger;
    for (size_t i = 0; i < ledger->entry_count; i++) {
        const struct sl_ledger_entry *entry = &ledger->entries[i];
        if (!sl_address_equal(entry->contract, contract) || index-- > 0)
            continue;
        memcpy(out, entry->selector, SL_ABI_SELECTOR);
        return true;
    }
    return false;
}

/* Since 1.5 the storage service looks every selector up; other contracts just revert. */
static int unknown_function(struct sl_vm *vm, const struct sl_address *to, const uint8_t *data,
                            size_t len)
{
    uint8_t word[SL_ABI_WORD] = {0};
    struct sl_u256 selector = {0};
    if (vm->profile != SL_DEVNET_TODAY || !sl_address_equal(to, &vm->at->fwss))
        return sl_vm_revert_empty(vm);
    if (len > 0)
        memcpy(word, data, len < SL_ABI_SELECTOR ? len : SL_ABI_SELECTOR);
    (void)!sl_u256_from_be(&selector, word, sizeof word);
    return sl_vm_revert(vm, "FunctionNotFound(bytes4)", "u", selector);
}

int sl_vm_try(struct sl_vm *vm, size_t *mark)
{
    *mark = vm->log_count;
    return sl_ledger_db_exec(vm->db, "SAVEPOINT call", vm->err);
}

static void drop_logs(struct sl_vm *vm, size_t mark)
{
    while (vm->log_count > mark)
        vm->log_bytes.len -= vm->logs[--vm->log_count].data_len;
}

int sl_vm_try_end(struct sl_vm *vm, size_t mark, int rc, bool *caught)
{
    *caught = rc == SL_EREVERT;
    if (rc == SL_OK)
        return sl_ledger_db_exec(vm->db, "RELEASE call", vm->err);
    drop_logs(vm, mark);
    vm->overflowed = false;
    const int undone = sl_ledger_db_exec(vm->db, "ROLLBACK TO call; RELEASE call", vm->err);
    if (undone < 0)
        return undone;
    return *caught ? SL_OK : rc;
}

int sl_vm_move_fil(struct sl_vm *vm, const struct sl_address *from, const struct sl_address *to,
                   struct sl_u256 amount)
{
    struct sl_u256 balance;
    if (sl_u256_is_zero(amount))
        return SL_OK;
    int rc = sl_ledger_account(vm->ledger, from, &balance, NULL, vm->err);
    if (rc < 0)
        return rc;
    if (!sl_u256_sub(&balance, balance, amount))
        return sl_vm_revert_empty(vm);
    if ((rc = sl_ledger_set_fil(vm->ledger, from, balance, vm->err)) < 0 ||
        (rc = sl_ledger_account(vm->ledger, to, &balance, NULL, vm->err)) < 0)
        return rc;
    balance = sl_vm_add(vm, balance, amount);
    rc = sl_vm_sums(vm);
    return rc < 0 ? rc : sl_ledger_set_fil(vm->ledger, to, balance, vm->err);
}

/* Solidity decodes all arguments before the function begins, so what does not fit reverts first. */
static void read_all(struct sl_abi_reader *r)
{
    size_t len;
    for (;;) {
        switch (sl_abi_next(r)) {
        case SL_ABI_NONE:
            if (r->depth <= 1)
                return;
            sl_abi_leave(r);
            break;
        case SL_ABI_UINT:
            (void)sl_abi_get_u256(r);
            break;
        case SL_ABI_ADDRESS:
            (void)sl_abi_get_address(r);
            break;
        case SL_ABI_BOOL:
            (void)sl_abi_get_bool(r);
            break;
        case SL_ABI_FIXED:
            (void)sl_abi_get_fixed(r);
            break;
        case SL_ABI_BYTES:
            (void)sl_abi_get_bytes(r, &len);
            break;
        case SL_ABI_STRING:
            (void)sl_abi_get_str(r, &len);
            break;
        case SL_ABI_TUPLE:
            sl_abi_enter(r);
            break;
        case SL_ABI_LIST:
            (void)sl_abi_enter_list(r);
            break;
        }
    }
}

static int run_function(struct sl_frame *frame, const struct sl_function *function,
                        const uint8_t *data, size_t len, struct sl_buf *out)
{
    struct sl_vm *vm = frame->vm;
    sl_abi_read(&frame->args, function->signature, data, len);
    read_all(&frame->args);
    if (sl_abi_done(&frame->args, NULL) < 0)
        return sl_vm_revert_empty(vm);
    sl_abi_read(&frame->args, function->signature, data, len);
    frame->out.buf.cap = SL_VM_ANSWER_BYTES;
    sl_abi_values(&frame->out, function->returns);
    int rc = function->run(frame);
    if (rc == SL_OK)
        rc = sl_abi_done(&frame->args, vm->err);
    if (rc == SL_OK)
        rc = sl_abi_end(&frame->out, vm->err);
    if (rc == SL_OK)
        sl_buf_add(out, frame->out.buf.data, frame->out.buf.len);
    if (rc == SL_OK && out->failed != 0)
        rc = sl_err_set(vm->err, SL_ENOMEM, "out of memory");
    sl_abi_free(&frame->out);
    return rc;
}

static int enter(struct sl_vm *vm, struct sl_buf *out, const struct sl_address *sender,
                 const struct sl_address *to, struct sl_u256 value, const uint8_t *data, size_t len)
{
    bool is_contract;
    struct sl_frame frame = {.vm = vm, .sender = *sender, .value = value};
    const struct sl_ledger_entry *entry = sl_ledger_find(vm->ledger, to, data, len, &is_contract);
    if (entry == NULL && is_contract)
        return unknown_function(vm, to, data, len);
    if (entry != NULL)
        frame.profile = entry->profile;
    if (entry != NULL && entry->function->kind != SL_PAYABLE && !sl_u256_is_zero(value))
        return sl_vm_revert_empty(vm);
    const int rc = sl_vm_move_fil(vm, sender, to, value);
    if (rc < 0 || entry == NULL)
        return rc;
    return run_function(&frame, entry->function, data + SL_ABI_SELECTOR, len - SL_ABI_SELECTOR,
                        out);
}

int sl_vm_call(struct sl_vm *vm, struct sl_buf *out, const struct sl_address *sender,
               const struct sl_address *to, struct sl_u256 value, const uint8_t *data, size_t len)
{
    bool is_contract, caught;
    size_t mark;
    if (vm->depth >= SL_VM_DEPTH)
        return sl_vm_revert_empty(vm);
    const struct sl_ledger_entry *entry = sl_ledger_find(vm->ledger, to, data, len, &is_contract);
    const bool writes =
        !sl_u256_is_zero(value) || (entry != NULL && entry->function->kind != SL_VIEW);
    vm->gas += GAS_BASE / (vm->depth > 0 ? 4 : 1) + GAS_BYTE * len + (writes ? GAS_WRITE : 0);
    int rc = writes ? sl_vm_try(vm, &mark) : SL_OK;
    if (rc < 0)
        return rc;
    vm->depth++;
    const size_t logs = vm->log_count;
    const size_t log_bytes = vm->log_bytes.len;
    rc = enter(vm, out, sender, to, value, data, len);
    vm->gas += GAS_LOG * (vm->log_count - logs) + GAS_LOG_BYTE * (vm->log_bytes.len - log_bytes);
    vm->depth--;
    if (!writes)
        return rc;
    rc = sl_vm_try_end(vm, mark, rc, &caught);
    return rc == SL_OK && caught ? SL_EREVERT : rc;
}
