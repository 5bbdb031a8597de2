/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Multicall3: runs many calls in one; each may fail on its own. */
#include "contracts/contract_multicall.h"

#include "chain/ledger_vm.h"
#include "chain/vm_call.h"

static int append_result(struct sl_frame *f, bool ok, const struct sl_buf *answer)
{
    sl_abi_open(&f->out);
    sl_abi_put_bool(&f->out, ok);
    sl_abi_put_bytes(&f->out, answer->data != NULL ? answer->data : "", answer->len);
    sl_abi_close(&f->out);
    return SL_OK;
}

static int call_one(struct sl_frame *f)
{
    struct sl_vm *vm = f->vm;
    struct sl_buf answer = {.cap = SL_VM_ANSWER_BYTES};
    size_t len;
    sl_abi_enter(&f->args);
    const struct sl_address target = sl_abi_get_address(&f->args);
    const bool may_fail = sl_abi_get_bool(&f->args);
    const uint8_t *data = sl_abi_get_bytes(&f->args, &len);
    sl_abi_leave(&f->args);
    int rc = sl_vm_call(vm, &answer, &vm->at->multicall3, &target, sl_u256(0), data, len);
    if (rc == SL_OK)
        rc = append_result(f, true, &answer);
    else if (rc == SL_EREVERT && may_fail)
        rc = append_result(f, false, &vm->revert);
    else if (rc == SL_EREVERT)
        rc = sl_vm_revert_text(vm, "Multicall3: call failed");
    sl_buf_free(&answer);
    return rc;
}

static int fn_aggregate3(struct sl_frame *f)
{
    int rc = SL_OK;
    const size_t count = sl_abi_enter_list(&f->args);
    sl_abi_open_list(&f->out, count);
    for (size_t i = 0; rc == SL_OK && i < count; i++)
        rc = call_one(f);
    sl_abi_close(&f->out);
    sl_abi_leave(&f->args);
    return rc;
}

static int fn_block_number(struct sl_frame *f)
{
    sl_abi_put_u64(&f->out, f->vm->epoch);
    return SL_OK;
}

static int fn_balance(struct sl_frame *f)
{
    struct sl_u256 balance = {0};
    const struct sl_address owner = sl_abi_get_address(&f->args);
    const int rc =
        sl_ledger_db_row(f->vm->db, f->vm->err, "SELECT fil FROM account WHERE address = ?", "a",
                         "u", &owner, &balance);
    sl_abi_put_u256(&f->out, balance);
    return rc < 0 ? rc : SL_OK;
}

static int fn_timestamp(struct sl_frame *f)
{
    sl_abi_put_u64(&f->out, (uint64_t)f->vm->time_s);
    return SL_OK;
}

static int fn_chain_id(struct sl_frame *f)
{
    sl_abi_put_u64(&f->out, f->vm->chain_id);
    return SL_OK;
}

const struct sl_function sl_contract_multicall_functions[] = {
    {"aggregate3((address,bool,bytes)[])", "((bool,bytes)[])", SL_PAYABLE, fn_aggregate3},
    {"getBlockNumber()", "(uint256)", SL_VIEW, fn_block_number},
    {"getEthBalance(address)", "(uint256)", SL_VIEW, fn_balance},
    {"getCurrentBlockTimestamp()", "(uint256)", SL_VIEW, fn_timestamp},
    {"getChainId()", "(uint256)", SL_VIEW, fn_chain_id},
    {NULL, NULL, SL_VIEW, NULL},
};
