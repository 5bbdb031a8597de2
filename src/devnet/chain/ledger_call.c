/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Which function a call means, with what it is undone, and what comes back. */
#include <inttypes.h>
#include <string.h>

#include "sluice/hex.h"

#include "chain/ledger_inside.h"

/* Plausible for Filecoin, where the least message costs some millions. */
#define GAS_BASE     UINT64_C(4000000)
#define GAS_BYTE     UINT64_C(1300)
#define GAS_WRITE    UINT64_C(6000000)
#define GAS_LOG      UINT64_C(900000)
#define GAS_LOG_BYTE UINT64_C(2600)

const struct sl_ledger_entry *sl_ledger_find(const struct sl_ledger *ledger,
                                             const struct sl_address *to, const uint8_t *data,
                                             size_t len, bool *is_contract)
{
    *is_contract = false;
    for (size_t i = 0; i < ledger->entry_count; i++) {
        const struct sl_ledger_entry *entry = &ledger->entries[i];
        if (!sl_address_equal(entry->contract, to))
            continue;
        *is_contract = true;
        if (len >= SL_ABI_SELECTOR && memcmp(entry->selector, data, SL_ABI_SELECTOR) == 0)
            return entry;
    }
    return NULL;
}

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

/* ---- the doors ---- */

void sl_ledger_result_free(struct sl_ledger_result *result)
{
    sl_buf_free(&result->data);
}

static int call(struct sl_ledger *ledger, uint64_t epoch, struct sl_ledger_result *out,
                const struct sl_ledger_message *m, struct sl_err *err)
{
    struct sl_u256 balance;
    int rc = sl_ledger_account(ledger, &m->from, &balance, NULL, err);
    if (rc < 0)
        return rc;
    if (sl_u256_cmp(balance, m->value) < 0)
        return sl_err_set(err, SL_EMONEY, "mpool push: not enough funds to execute transaction");
    struct sl_vm vm = sl_ledger_vm(ledger, epoch, err);
    rc = sl_vm_call(&vm, &out->data, &m->from, &m->to, m->value, m->data, m->data_len);
    out->reverted = rc == SL_EREVERT;
    out->gas = vm.gas;
    if (out->reverted) {
        sl_buf_clear(&out->data);
        sl_buf_add(&out->data, vm.revert.data, vm.revert.len);
        rc = out->data.failed != 0 ? sl_err_set(err, SL_ENOMEM, "out of memory") : SL_OK;
    }
    sl_vm_free(&vm);
    return rc;
}

static int estimate(struct sl_ledger *ledger, struct sl_ledger_result *out,
                    const struct sl_ledger_message *message, struct sl_err *err)
{
    const uint64_t epoch = ledger->head + 1;
    const int rc = sl_ledger_run_pending(ledger, epoch, &message->from, err);
    return rc < 0 ? rc : call(ledger, epoch, out, message, err);
}

/* Nothing of it is kept. */
static int dry_run(struct sl_ledger *ledger, struct sl_ledger_result *out,
                   const struct sl_ledger_message *message, bool on_pending, struct sl_err *err)
{
    sl_buf_clear(&out->data);
    if (message->data_len > SL_LEDGER_CALL_BYTES)
        return sl_err_set(err, SL_ETOOBIG, "the call has %zu bytes of data", message->data_len);
    sl_ledger_lock(ledger);
    int rc = sl_ledger_db_exec(&ledger->db, "BEGIN", err);
    if (rc == SL_OK) {
        rc = on_pending ? estimate(ledger, out, message, err)
                        : call(ledger, ledger->head, out, message, err);
        const int undone = sl_ledger_db_exec(&ledger->db, "ROLLBACK", err);
        rc = rc < 0 ? rc : undone;
    }
    sl_ledger_unlock(ledger);
    return rc;
}

int sl_ledger_call(struct sl_ledger *ledger, struct sl_ledger_result *out,
                   const struct sl_ledger_message *message, struct sl_err *err)
{
    return dry_run(ledger, out, message, false, err);
}

int sl_ledger_estimate(struct sl_ledger *ledger, struct sl_ledger_result *out,
                       const struct sl_ledger_message *message, struct sl_err *err)
{
    return dry_run(ledger, out, message, true, err);
}

static void add_hex(struct sl_buf *out, const uint8_t *data, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    sl_buf_str(out, "0x");
    for (size_t i = 0; i < len; i++) {
        sl_buf_add(out, &digits[data[i] >> 4], 1);
        sl_buf_add(out, &digits[data[i] & 0xf], 1);
    }
}

static void add_reason(struct sl_buf *out, const uint8_t *data, size_t len)
{
    struct sl_abi_reader r;
    uint8_t selector[SL_ABI_SELECTOR];
    sl_abi_selector(selector, "Error(string)");
    if (len == 0) {
        sl_buf_str(out, "none");
        return;
    }
    if (len > sizeof selector && memcmp(data, selector, sizeof selector) == 0) {
        size_t text_len;
        sl_abi_read(&r, "(string)", data + sizeof selector, len - sizeof selector);
        const char *text = sl_abi_get_str(&r, &text_len);
        if (sl_abi_done(&r, NULL) == SL_OK) {
            sl_buf_str(out, "Error(");
            sl_buf_add(out, text, text_len);
            sl_buf_str(out, ")");
            return;
        }
    }
    add_hex(out, data, len);
}

void sl_ledger_revert_text(struct sl_buf *out, const void *data, size_t len)
{
    sl_buf_str(out, "message execution failed (exit=[33], revert reason=[");
    add_reason(out, data, len);
    sl_buf_str(out, "], vm error=[message failed with backtrace:\n"
                    "00: f01001 (method 3844450837) -- contract reverted at 75 (33)\n"
                    "01: f01001 (method 6) -- contract reverted at 4535 (33)\n"
                    " (RetCode=33)])\n");
}
