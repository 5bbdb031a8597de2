/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * What providers do by themselves, always in time: begin to prove when a data set has pieces, prove
 * when the challenge window opens, move on and settle when the period is over, delete what was
 * terminated once it is paid. Happens at the epoch when it is due, also when the blocks of that
 * time are made later; it leaves no transactions.
 */
#include "chain/ledger_prove.h"

#include "chain/ledger_internal.h"
#include "chain/ledger_state.h"
#include "chain/vm_call.h"
#include "contracts/fwss/contract_fwss.h"
#include "contracts/fwss/contract_fwss_proving.h"
#include "contracts/fwss/contract_fwss_store.h"
#include "contracts/pay/contract_pay.h"
#include "contracts/pay/contract_pay_settle.h"
#include "contracts/pdp/contract_pdp.h"
#include "contracts/pdp/contract_pdp_removal.h"
#include "contracts/pdp/contract_pdp_store.h"

/* What does not matter when it fails: a payer in debt cannot be settled further. */
static int try_settle(struct sl_vm *vm, uint64_t rail)
{
    struct sl_settlement settlement = {0};
    size_t mark;
    bool caught;
    int rc = sl_vm_try(vm, &mark);
    if (rc < 0)
        return rc;
    rc = sl_rail_settle(vm, rail, sl_u256(vm->epoch), &settlement);
    sl_buf_free(&settlement.note);
    return sl_vm_try_end(vm, mark, rc, &caught);
}

static int move_on(struct sl_vm *vm, struct sl_fwss_set *set, struct sl_pdp_set *pdp)
{
    const uint64_t deadline =
        set->deadline != 0 ? set->deadline + vm->period : vm->epoch + vm->period;
    int rc = set->deadline != 0 ? try_settle(vm, set->pdp_rail) : SL_OK;
    if (rc == SL_OK && vm->profile == SL_DEVNET_TODAY)
        rc = sl_pdp_process_removals(vm, pdp, UINT64_MAX);
    if (rc == SL_OK)
        rc = sl_pdp_next_period(vm, pdp, deadline - vm->window);
    if (rc == SL_OK)
        rc = sl_fwss_load(vm, set, set->id);
    return rc < 0 ? rc : SL_OK;
}

static int prove(struct sl_vm *vm, struct sl_fwss_set *set, struct sl_pdp_set *pdp)
{
    pdp->last_proven = vm->epoch;
    int rc = sl_pdp_save(vm, pdp);
    if (rc == SL_OK)
        rc = sl_fwss_proven(vm, set->id);
    set->proven = true;
    return rc;
}

static int clean_up(struct sl_vm *vm, const struct sl_fwss_set *set, struct sl_pdp_set *pdp)
{
    const int rc = try_settle(vm, set->pdp_rail);
    return rc < 0 ? rc : sl_pdp_delete(vm, pdp);
}

static int plan(struct sl_vm *vm, const struct sl_fwss_set *set, const struct sl_pdp_set *pdp)
{
    uint64_t due = UINT64_MAX;
    if (pdp->leaves > 0 && set->deadline != 0)
        due = set->proven ? set->deadline + 1 : set->deadline - vm->window;
    else if (pdp->leaves > 0)
        due = vm->epoch + 1;
    if (set->end_epoch != 0 && due > set->end_epoch)
        due = set->end_epoch + 1;
    if (due != UINT64_MAX)
        return sl_fwss_set_due(vm, set->id, due > vm->epoch ? due : vm->epoch + 1);
    const int rc = sl_ledger_db_run(vm->db, vm->err, "UPDATE data_set SET due = NULL WHERE id = ?",
                                    "i", set->id);
    return rc < 0 ? rc : SL_OK;
}

static int act(struct sl_vm *vm, uint64_t id)
{
    struct sl_fwss_set set;
    struct sl_pdp_set pdp;
    int rc = sl_fwss_load(vm, &set, id);
    if (rc < 0 || (rc = sl_pdp_load(vm, &pdp, id)) < 0)
        return rc;
    if (set.end_epoch != 0 && vm->epoch > set.end_epoch)
        return clean_up(vm, &set, &pdp);
    rc = SL_OK;
    if (pdp.leaves > 0 && (set.deadline == 0 || vm->epoch > set.deadline))
        rc = move_on(vm, &set, &pdp);
    else if (pdp.leaves > 0 && !set.proven && vm->epoch >= set.deadline - vm->window)
        rc = prove(vm, &set, &pdp);
    return rc < 0 ? rc : plan(vm, &set, &pdp);
}

static int act_or_wait(struct sl_vm *vm, uint64_t id)
{
    size_t mark;
    bool caught;
    int rc = sl_vm_try(vm, &mark);
    if (rc < 0)
        return rc;
    rc = act(vm, id);
    rc = sl_vm_try_end(vm, mark, rc, &caught);
    if (rc == SL_OK && caught)
        rc = sl_fwss_set_due(vm, id, vm->epoch + 1 + vm->period / 8);
    return rc;
}

int sl_ledger_prove(struct sl_ledger *ledger, uint64_t epoch, struct sl_err *err)
{
    uint64_t id = 0, due = 0;
    int rc = SL_OK;
    if (ledger->idle_providers)
        return rc;
    while ((rc = sl_ledger_db_row(&ledger->db, err,
                                  "SELECT id, due FROM data_set WHERE due <= ? ORDER BY due, id"
                                  " LIMIT 1",
                                  "i", "ii", epoch, &id, &due)) == 1) {
        struct sl_vm vm = sl_ledger_vm(ledger, due, err);
        rc = act_or_wait(&vm, id);
        sl_vm_free(&vm);
        if (rc < 0)
            return rc;
    }
    return rc;
}
