/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What FilecoinPay asks about the rail of a data set. */
#include "contracts/fwss/contract_fwss_validator.h"

#include "contracts/fwss/contract_fwss.h"
#include "contracts/fwss/contract_fwss_store.h"

uint64_t sl_fwss_deadline_of(const struct sl_vm *vm, uint64_t activation, uint64_t period)
{
    return activation + (period + 1) * vm->period;
}

uint64_t sl_fwss_period_of(const struct sl_vm *vm, uint64_t activation, uint64_t epoch)
{
    return (epoch - activation - 1) / vm->period;
}

static int is_proven(struct sl_vm *vm, uint64_t id, uint64_t period)
{
    return sl_ledger_db_row(vm->db, vm->err,
                            "SELECT 1 FROM proven_period WHERE data_set = ? AND period = ?", "ii",
                            "", id, period);
}

/* Counts the proven epochs of from .. to. A period whose deadline is still to come may yet be
 * proven, so nothing behind its begin is settled. */
static int count_proven(struct sl_vm *vm, const struct sl_fwss_set *set, uint64_t from, uint64_t to,
                        uint64_t *proven, uint64_t *settle_to)
{
    *proven = 0;
    if (from < set->activation)
        from = set->activation;
    *settle_to = from;
    const uint64_t last = sl_fwss_period_of(vm, set->activation, to);
    for (uint64_t i = sl_fwss_period_of(vm, set->activation, from + 1); i <= last; i++) {
        const uint64_t deadline = sl_fwss_deadline_of(vm, set->activation, i);
        const uint64_t begin = deadline - vm->period;
        const int rc = is_proven(vm, set->id, i);
        if (rc < 0)
            return rc;
        if (rc == 1 || deadline < vm->epoch)
            *settle_to = to < deadline ? to : deadline;
        if (rc == 1)
            *proven += *settle_to - (begin > from ? begin : from);
    }
    return SL_OK;
}

static int load_of_rail(struct sl_vm *vm, uint64_t rail, struct sl_fwss_set *set)
{
    uint64_t id = 0;
    *set = (struct sl_fwss_set){0};
    const int rc = sl_ledger_db_row(vm->db, vm->err, "SELECT id FROM data_set WHERE pdp_rail = ?",
                                    "i", "i", rail, &id);
    return rc == 1 ? sl_fwss_load(vm, set, id) : rc;
}

int sl_fwss_validate(struct sl_vm *vm, uint64_t rail, struct sl_u256 amount, uint64_t from,
                     uint64_t to, struct sl_fwss_verdict *out)
{
    struct sl_fwss_set set;
    uint64_t proven;
    *out = (struct sl_fwss_verdict){.settle_to = to, .note = ""};
    int rc = load_of_rail(vm, rail, &set);
    if (rc < 0)
        return rc;
    if (rc == 0) {
        out->note = "Rail not associated with a data set";
        return SL_OK;
    }
    if (set.activation == 0 || to <= set.activation) {
        out->note = "No proving activity";
        return SL_OK;
    }
    rc = count_proven(vm, &set, from, to, &proven, &out->settle_to);
    if (rc < 0)
        return rc;
    if (proven == 0)
        out->note = "No proven epochs in the requested range";
    if (!sl_u256_muldiv(&out->amount, amount, sl_u256(proven), sl_u256(to - from)))
        return sl_vm_panic(vm, SL_VM_PANIC_OVERFLOW);
    return SL_OK;
}

int sl_fwss_rail_terminated(struct sl_vm *vm, uint64_t rail, const struct sl_address *caller,
                            uint64_t end_epoch)
{
    struct sl_fwss_set set;
    if (!sl_address_equal(caller, &vm->at->fwss))
        return sl_vm_revert(vm, "ServiceContractMustTerminateRail()", "");
    int rc = load_of_rail(vm, rail, &set);
    if (rc < 0)
        return rc;
    if (rc == 0)
        return sl_vm_revert(vm, "DataSetNotFoundForRail(uint256)", "i", rail);
    if (set.end_epoch != 0)
        return SL_OK;
    set.end_epoch = end_epoch;
    rc = sl_fwss_save(vm, &set);
    if (rc == SL_OK) /* then the provider cleans up */
        rc = sl_ledger_db_run(vm->db, vm->err,
                              "UPDATE data_set SET due = min(coalesce(due, ?1), ?1) WHERE id = ?2",
                              "ii", end_epoch + 1, set.id);
    if (rc < 0)
        return rc;
    return sl_vm_emit(vm, &vm->at->fwss, "PDPPaymentTerminated(uint256,uint256,uint256)", 1, "iii",
                      set.id, end_epoch, rail);
}
