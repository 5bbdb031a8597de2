/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Decides who may change a data set: its payer by signature, or a contract that the payer named. No
 * contract of this network approves a change. Source: protocol/today.md section 2. */
#include "contracts/fwss/contract_fwss_authorizer.h"

#include "chain/vm_call.h"
#include "contracts/fwss/contract_fwss.h"
#include "contracts/fwss/contract_fwss_store.h"

static int refuse(struct sl_vm *vm, const struct sl_fwss_set *set, enum sl_message message,
                  const uint8_t *struct_hash, struct sl_span signature)
{
    uint8_t hash[SL_HASH_BYTES];
    struct sl_u256 operation = {0}, digest = {0};
    const struct sl_domain domain = sl_domain_storage(vm->chain_id, &vm->at->fwss);
    sl_message_type_hash(hash, message);
    (void)!sl_u256_from_be(&operation, hash, sizeof hash);
    sl_message_digest(hash, &domain, struct_hash);
    (void)!sl_u256_from_be(&digest, hash, sizeof hash);
    return sl_vm_revert(vm, "Unauthorized(address,bytes32,bytes32,bytes)", "auut", &set->payer,
                        operation, digest, (const char *)signature.data, signature.len);
}

int sl_fwss_authorize(struct sl_vm *vm, const struct sl_fwss_set *set, enum sl_message message,
                      const uint8_t struct_hash[static SL_HASH_BYTES], struct sl_span signature,
                      struct sl_address *signer)
{
    if (!sl_address_is_zero(&set->authorizer))
        return refuse(vm, set, message, struct_hash, signature);
    return sl_contract_message_verify(vm, &set->payer, message, struct_hash, signature, signer);
}

int sl_fwss_fn_set_authorizer(struct sl_frame *f)
{
    struct sl_vm *vm = f->vm;
    struct sl_fwss_set set;
    const struct sl_u256 id = sl_abi_get_u256(&f->args);
    const struct sl_address authorizer = sl_abi_get_address(&f->args);
    int rc = sl_fwss_load(vm, &set, sl_vm_id(id));
    if (rc < 0)
        return rc;
    if (!sl_address_equal(&f->sender, &set.payer))
        return sl_vm_revert(vm, "OnlyDataSetPayer(uint256,address)", "ua", id, &f->sender);
    if (!sl_address_is_zero(&authorizer) && !sl_vm_has_code(vm, &authorizer))
        return sl_vm_revert(vm, "InvalidDataSetAuthorizer(address)", "a", &authorizer);
    rc = sl_ledger_db_run(vm->db, vm->err, "UPDATE data_set SET authorizer = ? WHERE id = ?", "ai",
                          &authorizer, set.id);
    if (rc < 0)
        return rc;
    return sl_vm_emit(vm, &vm->at->fwss, "DataSetAuthorizerSet(uint256,address)", 2, "ia", set.id,
                      &authorizer);
}
