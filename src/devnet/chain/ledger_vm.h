/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * ledger_vm.h - what runs a contract: who calls, in which block, what it answers, why it reverts.
 *
 * A contract function reads frame->args (already checked to fit its types) and writes frame->out.
 * It returns SL_OK, SL_EREVERT after one of the sl_vm_revert functions, or another SL_E* when the
 * node itself failed. Contracts call each other as C functions and hand these results on. Sums that
 * do not fit are sticky: sl_vm_add() and its kin remember it, sl_vm_sums() turns it into the panic
 * that the chain answers; no state may be written before it was asked.
 */
#ifndef SL_DEVNET_LEDGER_VM_H
#define SL_DEVNET_LEDGER_VM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sluice/abi.h"

#include "chain/ledger.h"
#include "chain/ledger_db.h"

enum {
    SL_VM_PANIC_OVERFLOW = 0x11,
    SL_VM_PANIC_ENUM = 0x21,
    SL_VM_PANIC_INDEX = 0x32,
    SL_VM_DEPTH = 8, /* Multicall3 inside Multicall3 */
    SL_VM_ANSWER_BYTES = 16 << 20,
};

struct sl_vm {
    struct sl_ledger *ledger;
    struct sl_ledger_db *db;
    const struct sl_ledger_contracts *at;
    struct sl_err *err; /* why the node failed */
    uint64_t chain_id;
    uint64_t epoch;  /* block.number */
    int64_t time_s;  /* block.timestamp */
    uint64_t period; /* proving period in epochs */
    uint64_t window; /* challenge window in epochs */
    enum sl_devnet_profile profile;
    bool migrated;
    uint64_t legacy_limit; /* 0: of 1.3 */
    struct sl_buf revert;  /* data of the revert */
    struct sl_ledger_log *logs;
    size_t log_count;
    size_t log_room;
    struct sl_buf log_bytes; /* data_len bytes of each log, one behind the other */
    uint64_t gas;
    bool overflowed;
    int depth;
};

void sl_vm_free(struct sl_vm *vm);

/** A call of a contract function from outside or through Multicall3. */
struct sl_frame {
    struct sl_vm *vm;
    struct sl_address sender;
    struct sl_u256 value;
    enum sl_devnet_profile profile; /* of the code that runs */
    struct sl_abi_reader args;
    struct sl_abi_writer out;
};

enum sl_function_kind { SL_VIEW, SL_WRITE, SL_PAYABLE };

struct sl_function {
    const char *signature; /* "name(types)" */
    const char *returns;   /* "(types)" */
    enum sl_function_kind kind;
    int (*run)(struct sl_frame *frame);
};

/* ---- reverts: all return SL_EREVERT ---- */

/**
 * A custom error. One letter of `types` an argument: 'i' uint64_t, 'u' struct sl_u256, 'a' const
 * struct sl_address *, 'b' bool (as int); strings: 's' const char *, 't' const char * and size_t.
 */
int sl_vm_revert(struct sl_vm *vm, const char *signature, const char *types, ...);
int sl_vm_revert_text(struct sl_vm *vm, const char *text);
int sl_vm_revert_empty(struct sl_vm *vm);
int sl_vm_panic(struct sl_vm *vm, uint64_t code);

/* ---- sums ---- */

struct sl_u256 sl_vm_add(struct sl_vm *vm, struct sl_u256 a, struct sl_u256 b);
struct sl_u256 sl_vm_sub(struct sl_vm *vm, struct sl_u256 a, struct sl_u256 b);
struct sl_u256 sl_vm_mul(struct sl_vm *vm, struct sl_u256 a, struct sl_u256 b);
/** SL_OK, or the panic when a sum since the last time did not fit. */
int sl_vm_sums(struct sl_vm *vm) SL_MUST_CHECK;

/** An id or an epoch of a caller as an integer; what is too large to exist becomes INT64_MAX. */
uint64_t sl_vm_id(struct sl_u256 value);

/* ---- events ---- */

/** An event of static values; the first `indexed` letters ('i', 'u', 'a', 'b') are topics. */
int sl_vm_emit(struct sl_vm *vm, const struct sl_address *from, const char *signature,
               size_t indexed, const char *types, ...) SL_MUST_CHECK;

/** An event whose data somebody wrote: topics by letters as above. Frees the writer. */
int sl_vm_emit_data(struct sl_vm *vm, const struct sl_address *from, const char *signature,
                    struct sl_abi_writer *data, const char *types, ...) SL_MUST_CHECK;

#endif
