/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Proving periods. */
#include "contracts/fwss/contract_fwss_proving.h"

#include "contracts/fwss/contract_fwss.h"
#include "contracts/fwss/contract_fwss_rail.h"
#include "contracts/fwss/contract_fwss_store.h"
#include "contracts/fwss/contract_fwss_validator.h"

static int drop_metadata(struct sl_vm *vm, uint64_t id)
{
    const int rc = sl_ledger_db_run(vm->db, vm->err,
                                    "DELETE FROM metadata WHERE data_set = ?1 AND piece >= 0"
                                    " AND piece NOT IN (SELECT id FROM piece WHERE data_set = ?1)",
                                    "i", id);
    return rc < 0 ? rc : SL_OK;
}

static void move_deadline(const struct sl_vm *vm, struct sl_fwss_set *set, uint64_t challenge)
{
    if (challenge == 0) {
        set->deadline = 0;
        return;
    }
    if (set->activation == 0)
        set->activation = vm->epoch;
    if (set->deadline != 0)
        set->deadline += vm->period;
    while (set->deadline <= vm->epoch)
        set->deadline =
            set->deadline == 0
                ? sl_fwss_deadline_of(vm, set->activation,
                                      vm->epoch == set->activation
                                          ? 0
                                          : sl_fwss_period_of(vm, set->activation, vm->epoch))
                : set->deadline + vm->period;
}

static int check_period(struct sl_vm *vm, const struct sl_fwss_set *set, uint64_t challenge)
{
    const uint64_t first = vm->epoch + vm->period;
    if (challenge != 0 && set->deadline == 0 &&
        (challenge < first - vm->window || challenge > first))
        return sl_vm_revert(vm, "InvalidChallengeEpoch(uint256,uint256,uint256,uint256)", "iiii",
                            set->id, first - vm->window, first, challenge);
    if (set->deadline != 0 && vm->epoch <= set->deadline - vm->period)
        return sl_vm_revert(vm, "NextProvingPeriodAlreadyCalled(uint256,uint256,uint256)", "iii",
                            set->id, set->deadline - vm->period, vm->epoch);
    return SL_OK;
}

int sl_fwss_next_period(struct sl_vm *vm, uint64_t id, uint64_t challenge_epoch, uint64_t leaves)
{
    struct sl_fwss_set set;
    int rc = sl_fwss_load(vm, &set, id);
    if (rc < 0)
        return rc;
    if (set.end_epoch != 0 && vm->epoch > set.end_epoch)
        return sl_vm_revert(vm, "DataSetPaymentBeyondEndEpoch(uint256,uint256,uint256)", "iii", id,
                            set.end_epoch, vm->epoch);
    if ((rc = check_period(vm, &set, challenge_epoch)) < 0)
        return rc;
    if (set.deadline != 0 && !set.proven) {
        rc = sl_vm_emit(vm, &vm->at->fwss, "FaultRecord(uint256,uint256,uint256)", 1, "iii", id,
                        (uint64_t)1, set.deadline);
        if (rc < 0)
            return rc;
    }
    move_deadline(vm, &set, challenge_epoch);
    set.proven = false;
    const bool removed = set.scheduled;
    set.scheduled = false;
    rc = removed ? drop_metadata(vm, id) : SL_OK;
    if (rc == SL_OK && (removed || !sl_u256_is_zero(set.pending)))
        rc = sl_fwss_update_rate(vm, &set, leaves, false);
    return rc < 0 ? rc : sl_fwss_save(vm, &set);
}

int sl_fwss_proven(struct sl_vm *vm, uint64_t id)
{
    struct sl_fwss_set set;
    int rc = sl_fwss_load(vm, &set, id);
    if (rc < 0)
        return rc;
    set.proven = true;
    rc = sl_ledger_db_run(vm->db, vm->err, "INSERT OR IGNORE INTO proven_period VALUES(?, ?)", "ii",
                          id, sl_fwss_period_of(vm, set.activation, vm->epoch));
    return rc < 0 ? rc : sl_fwss_save(vm, &set);
}
