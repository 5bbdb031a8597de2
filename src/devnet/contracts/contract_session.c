/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* SessionKeyRegistry: which keys may sign for an account, and until when. */
#include "contracts/contract_session.h"

#include "chain/vm_call.h"
#include "contracts/contract_message.h"

int sl_contract_session_expiry(struct sl_vm *vm, const struct sl_address *identity,
                               const struct sl_address *signer,
                               const uint8_t permission[static SL_HASH_BYTES], struct sl_u256 *out)
{
    *out = sl_u256(0);
    const int rc = sl_ledger_db_row(
        vm->db, vm->err,
        "SELECT expiry FROM session_key WHERE identity = ? AND signer = ? AND permission = ?",
        "aah", "u", identity, signer, permission, out);
    return rc < 0 ? rc : SL_OK;
}

static int save_expiry(struct sl_frame *f, const struct sl_address *signer,
                       const uint8_t *permission, struct sl_u256 expiry)
{
    const int rc = sl_ledger_db_run(f->vm->db, f->vm->err,
                                    "INSERT OR REPLACE INTO session_key VALUES(?, ?, ?, ?)", "aahu",
                                    &f->sender, signer, permission, expiry);
    return rc < 0 ? rc : SL_OK;
}

/* The permissions and the origin are the arguments that are left. */
static int update(struct sl_frame *f, const struct sl_address *signer, struct sl_u256 expiry)
{
    struct sl_abi_writer data = {0};
    size_t len;
    int rc = SL_OK;
    sl_abi_values(&data, "(address,uint256,bytes32[],string)");
    sl_abi_put_address(&data, signer);
    sl_abi_put_u256(&data, expiry);
    const size_t count = sl_abi_enter_list(&f->args);
    sl_abi_open_list(&data, count);
    for (size_t i = 0; rc == SL_OK && i < count; i++) {
        const uint8_t *permission = sl_abi_get_fixed(&f->args);
        sl_abi_put_fixed(&data, permission, SL_HASH_BYTES);
        rc = save_expiry(f, signer, permission, expiry);
    }
    sl_abi_close(&data);
    sl_abi_leave(&f->args);
    const char *origin = sl_abi_get_str(&f->args, &len);
    sl_abi_put_strn(&data, origin, len);
    if (rc < 0) {
        sl_abi_free(&data);
        return rc;
    }
    return sl_vm_emit_data(f->vm, &f->vm->at->session_keys,
                           "AuthorizationsUpdated(address,address,uint256,bytes32[],string)", &data,
                           "a", &f->sender);
}

static int fn_login(struct sl_frame *f)
{
    const struct sl_address signer = sl_abi_get_address(&f->args);
    const struct sl_u256 expiry = sl_abi_get_u256(&f->args);
    return update(f, &signer, expiry);
}

static int fn_login_fund(struct sl_frame *f)
{
    const struct sl_address signer = sl_abi_get_address(&f->args);
    const struct sl_u256 expiry = sl_abi_get_u256(&f->args);
    const int rc = update(f, &signer, expiry);
    return rc < 0 ? rc : sl_vm_move_fil(f->vm, &f->vm->at->session_keys, &signer, f->value);
}

static int fn_revoke(struct sl_frame *f)
{
    const struct sl_address signer = sl_abi_get_address(&f->args);
    return update(f, &signer, sl_u256(0));
}

static int fn_expiry(struct sl_frame *f)
{
    struct sl_u256 expiry;
    const struct sl_address identity = sl_abi_get_address(&f->args);
    const struct sl_address signer = sl_abi_get_address(&f->args);
    const int rc =
        sl_contract_session_expiry(f->vm, &identity, &signer, sl_abi_get_fixed(&f->args), &expiry);
    sl_abi_put_u256(&f->out, expiry);
    return rc;
}

const struct sl_function sl_contract_session_functions[] = {
    {"login(address,uint256,bytes32[],string)", "()", SL_WRITE, fn_login},
    {"loginAndFund(address,uint256,bytes32[],string)", "()", SL_PAYABLE, fn_login_fund},
    {"revoke(address,bytes32[],string)", "()", SL_WRITE, fn_revoke},
    {"authorizationExpiry(address,address,bytes32)", "(uint256)", SL_VIEW, fn_expiry},
    {NULL, NULL, SL_VIEW, NULL},
};
