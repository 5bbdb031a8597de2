/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Rows of data sets. */
#include "contracts/fwss/contract_fwss_store.h"

#include "contracts/fwss/contract_fwss.h"

int sl_fwss_load(struct sl_vm *vm, struct sl_fwss_set *out, uint64_t id)
{
    uint64_t proven = 0, scheduled = 0;
    *out = (struct sl_fwss_set){.id = id};
    const int rc = sl_ledger_db_row(
        vm->db, vm->err,
        "SELECT pdp_rail, cache_rail, cdn_rail, payer, payee, provider, provider_id, client_id,"
        " end_epoch, pending, reserve, activation, deadline, proven, scheduled, authorizer"
        " FROM data_set WHERE id = ?",
        "i", "iiiaaaiuiuuiiiia", id, &out->pdp_rail, &out->cache_rail, &out->cdn_rail, &out->payer,
        &out->payee, &out->provider, &out->provider_id, &out->client_id, &out->end_epoch,
        &out->pending, &out->reserve, &out->activation, &out->deadline, &proven, &scheduled,
        &out->authorizer);
    out->proven = proven != 0;
    out->scheduled = scheduled != 0;
    return rc;
}

int sl_fwss_save(struct sl_vm *vm, const struct sl_fwss_set *set)
{
    int rc = sl_vm_sums(vm);
    if (rc == SL_OK)
        rc = sl_ledger_db_run(
            vm->db, vm->err,
            "UPDATE data_set SET pdp_rail = ?, cache_rail = ?, cdn_rail = ?, end_epoch = ?,"
            " pending = ?, reserve = ?, activation = ?, deadline = ?, proven = ?, scheduled = ?"
            " WHERE id = ?",
            "iiiiuuiiiii", set->pdp_rail, set->cache_rail, set->cdn_rail, set->end_epoch,
            set->pending, set->reserve, set->activation, set->deadline, (uint64_t)set->proven,
            (uint64_t)set->scheduled, set->id);
    return rc < 0 ? rc : SL_OK;
}

int sl_fwss_set_due(struct sl_vm *vm, uint64_t id, uint64_t epoch)
{
    const int rc = sl_ledger_db_run(vm->db, vm->err, "UPDATE data_set SET due = ? WHERE id = ?",
                                    "ii", epoch, id);
    return rc < 0 ? rc : SL_OK;
}
