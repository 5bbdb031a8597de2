/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Rows of data sets. */
#include "contracts/pdp/contract_pdp_store.h"

#include "contracts/pdp/contract_pdp.h"

int sl_pdp_load(struct sl_vm *vm, struct sl_pdp_set *out, uint64_t id)
{
    *out = (struct sl_pdp_set){.id = id};
    const int rc = sl_ledger_db_row(
        vm->db, vm->err,
        "SELECT provider, listener, leaves, next_piece, next_challenge, challenge_range,"
        " last_proven FROM pdp_set WHERE id = ?",
        "i", "aaiiiii", id, &out->provider, &out->listener, &out->leaves, &out->next_piece,
        &out->next_challenge, &out->challenge_range, &out->last_proven);
    return rc;
}

int sl_pdp_save(struct sl_vm *vm, const struct sl_pdp_set *set)
{
    const int rc = sl_ledger_db_run(
        vm->db, vm->err,
        "UPDATE pdp_set SET leaves = ?, next_piece = ?, next_challenge = ?, challenge_range = ?,"
        " last_proven = ? WHERE id = ?",
        "iiiiii", set->leaves, set->next_piece, set->next_challenge, set->challenge_range,
        set->last_proven, set->id);
    return rc < 0 ? rc : SL_OK;
}

int sl_pdp_load_live(struct sl_vm *vm, struct sl_pdp_set *out, struct sl_u256 id)
{
    const int rc = sl_pdp_load(vm, out, sl_vm_id(id));
    if (rc < 0)
        return rc;
    return rc == 1 ? SL_OK : sl_vm_revert(vm, "DataSetNotLive()", "");
}

bool sl_pdp_has_listener(const struct sl_pdp_set *set)
{
    return !sl_address_is_zero(&set->listener);
}
