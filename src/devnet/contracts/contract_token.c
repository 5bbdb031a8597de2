/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "contracts/contract_token.h"

#include <string.h>

#include "sluice/eip712.h"

static const struct sl_address zero;

int sl_token_balance(struct sl_vm *vm, const struct sl_address *owner, struct sl_u256 *out)
{
    *out = sl_u256(0);
    const int rc = sl_ledger_db_row(vm->db, vm->err, "SELECT balance FROM token WHERE owner = ?",
                                    "a", "u", owner, out);
    return rc < 0 ? rc : SL_OK;
}

static int set_balance(struct sl_vm *vm, const struct sl_address *owner, struct sl_u256 balance)
{
    const int rc = sl_ledger_db_run(vm->db, vm->err,
                                    "INSERT INTO token(owner, balance) VALUES(?, ?)"
                                    " ON CONFLICT(owner) DO UPDATE SET balance = excluded.balance",
                                    "au", owner, balance);
    return rc < 0 ? rc : SL_OK;
}

static int credit(struct sl_vm *vm, const struct sl_address *to, struct sl_u256 amount)
{
    struct sl_u256 balance;
    int rc = sl_token_balance(vm, to, &balance);
    if (rc < 0)
        return rc;
    balance = sl_vm_add(vm, balance, amount);
    rc = sl_vm_sums(vm);
    return rc < 0 ? rc : set_balance(vm, to, balance);
}

int sl_token_mint(struct sl_vm *vm, const struct sl_address *to, struct sl_u256 amount)
{
    struct sl_u256 supply = {0};
    int rc = sl_ledger_db_row(vm->db, vm->err, "SELECT supply FROM chain", "", "u", &supply);
    if (rc < 0)
        return rc;
    supply = sl_vm_add(vm, supply, amount);
    if ((rc = sl_vm_sums(vm)) < 0)
        return rc;
    rc = sl_ledger_db_run(vm->db, vm->err, "UPDATE chain SET supply = ?", "u", supply);
    if (rc < 0 || (rc = credit(vm, to, amount)) < 0)
        return rc;
    return sl_vm_emit(vm, &vm->at->usdfc, "Transfer(address,address,uint256)", 2, "aau", &zero, to,
                      amount);
}

int sl_token_transfer(struct sl_vm *vm, const struct sl_address *from, const struct sl_address *to,
                      struct sl_u256 amount)
{
    struct sl_u256 balance, left;
    if (sl_address_is_zero(from))
        return sl_vm_revert(vm, "ERC20InvalidSender(address)", "a", from);
    if (sl_address_is_zero(to))
        return sl_vm_revert(vm, "ERC20InvalidReceiver(address)", "a", to);
    int rc = sl_token_balance(vm, from, &balance);
    if (rc < 0)
        return rc;
    if (!sl_u256_sub(&left, balance, amount))
        return sl_vm_revert(vm, "ERC20InsufficientBalance(address,uint256,uint256)", "auu", from,
                            balance, amount);
    if ((rc = set_balance(vm, from, left)) < 0 || (rc = credit(vm, to, amount)) < 0)
        return rc;
    return sl_vm_emit(vm, &vm->at->usdfc, "Transfer(address,address,uint256)", 2, "aau", from, to,
                      amount);
}

static int get_allowance(struct sl_vm *vm, const struct sl_address *owner,
                         const struct sl_address *spender, struct sl_u256 *out)
{
    *out = sl_u256(0);
    const int rc = sl_ledger_db_row(vm->db, vm->err,
                                    "SELECT amount FROM allowance WHERE owner = ? AND spender = ?",
                                    "aa", "u", owner, spender, out);
    return rc < 0 ? rc : SL_OK;
}

static int set_allowance(struct sl_vm *vm, const struct sl_address *owner,
                         const struct sl_address *spender, struct sl_u256 amount)
{
    const int rc =
        sl_ledger_db_run(vm->db, vm->err, "INSERT OR REPLACE INTO allowance VALUES(?, ?, ?)", "aau",
                         owner, spender, amount);
    return rc < 0 ? rc : SL_OK;
}

static int approve(struct sl_vm *vm, const struct sl_address *owner,
                   const struct sl_address *spender, struct sl_u256 amount)
{
    if (sl_address_is_zero(owner))
        return sl_vm_revert(vm, "ERC20InvalidApprover(address)", "a", owner);
    if (sl_address_is_zero(spender))
        return sl_vm_revert(vm, "ERC20InvalidSpender(address)", "a", spender);
    const int rc = set_allowance(vm, owner, spender, amount);
    if (rc < 0)
        return rc;
    return sl_vm_emit(vm, &vm->at->usdfc, "Approval(address,address,uint256)", 2, "aau", owner,
                      spender, amount);
}

int sl_token_transfer_from(struct sl_vm *vm, const struct sl_address *spender,
                           const struct sl_address *from, const struct sl_address *to,
                           struct sl_u256 amount)
{
    struct sl_u256 allowance, left;
    int rc = get_allowance(vm, from, spender, &allowance);
    if (rc < 0)
        return rc;
    if (!sl_u256_sub(&left, allowance, amount))
        return sl_vm_revert(vm, "ERC20InsufficientAllowance(address,uint256,uint256)", "auu",
                            spender, allowance, amount);
    /* an unlimited allowance is not used up */
    if (sl_u256_cmp(allowance, sl_u256_max()) != 0)
        rc = set_allowance(vm, from, spender, left);
    return rc < 0 ? rc : sl_token_transfer(vm, from, to, amount);
}

/* ---- permit ---- */

static struct sl_domain domain_of(const struct sl_vm *vm)
{
    return (struct sl_domain){.name = SL_TOKEN_NAME,
                              .version = SL_TOKEN_VERSION,
                              .chain_id = vm->chain_id,
                              .contract = vm->at->usdfc};
}

static int get_permits(struct sl_vm *vm, const struct sl_address *owner, uint64_t *out)
{
    *out = 0;
    const int rc = sl_ledger_db_row(vm->db, vm->err, "SELECT permits FROM token WHERE owner = ?",
                                    "a", "i", owner, out);
    return rc < 0 ? rc : SL_OK;
}

static int use_permit(struct sl_vm *vm, const struct sl_address *owner)
{
    const int rc = sl_ledger_db_run(vm->db, vm->err,
                                    "INSERT INTO token(owner, balance, permits) VALUES(?, ?, 1)"
                                    " ON CONFLICT(owner) DO UPDATE SET permits = permits + 1",
                                    "au", owner, sl_u256(0));
    return rc < 0 ? rc : SL_OK;
}

int sl_token_permit(struct sl_vm *vm, const struct sl_address *owner,
                    const struct sl_address *spender, struct sl_u256 amount,
                    struct sl_u256 deadline, uint8_t v, const uint8_t r[static 32],
                    const uint8_t s[static 32])
{
    uint8_t hash[SL_HASH_BYTES], signature[SL_SIGNATURE_BYTES];
    const struct sl_domain domain = domain_of(vm);
    struct sl_address signer;
    uint64_t nonce;
    if (sl_u256_cmp(deadline, sl_u256((uint64_t)vm->time_s)) < 0)
        return sl_vm_revert(vm, "ERC2612ExpiredSignature(uint256)", "u", deadline);
    int rc = get_permits(vm, owner, &nonce);
    if (rc < 0)
        return rc;
    sl_hash_permit(hash, owner, spender, amount, sl_u256(nonce), deadline);
    sl_message_digest(hash, &domain, hash);
    memcpy(signature, r, 32);
    memcpy(signature + 32, s, 32);
    signature[64] = v;
    if (!sl_signature_is_low(signature)) {
        struct sl_u256 high = {0};
        vm->overflowed |= !sl_u256_from_be(&high, s, 32);
        return sl_vm_revert(vm, "ECDSAInvalidSignatureS(bytes32)", "u", high);
    }
    if (v < 27 || sl_key_recover(&signer, signature, hash, NULL) < 0)
        return sl_vm_revert(vm, "ECDSAInvalidSignature()", "");
    if (!sl_address_equal(&signer, owner))
        return sl_vm_revert(vm, "ERC2612InvalidSigner(address,address)", "aa", &signer, owner);
    rc = use_permit(vm, owner);
    return rc < 0 ? rc : approve(vm, owner, spender, amount);
}

/* ---- functions ---- */

static int fn_balance_of(struct sl_frame *f)
{
    struct sl_u256 balance;
    const struct sl_address owner = sl_abi_get_address(&f->args);
    const int rc = sl_token_balance(f->vm, &owner, &balance);
    sl_abi_put_u256(&f->out, balance);
    return rc;
}

static int fn_allowance(struct sl_frame *f)
{
    struct sl_u256 amount;
    const struct sl_address owner = sl_abi_get_address(&f->args);
    const struct sl_address spender = sl_abi_get_address(&f->args);
    const int rc = get_allowance(f->vm, &owner, &spender, &amount);
    sl_abi_put_u256(&f->out, amount);
    return rc;
}

static int fn_approve(struct sl_frame *f)
{
    const struct sl_address spender = sl_abi_get_address(&f->args);
    const struct sl_u256 amount = sl_abi_get_u256(&f->args);
    sl_abi_put_bool(&f->out, true);
    return approve(f->vm, &f->sender, &spender, amount);
}

static int fn_transfer(struct sl_frame *f)
{
    const struct sl_address to = sl_abi_get_address(&f->args);
    const struct sl_u256 amount = sl_abi_get_u256(&f->args);
    sl_abi_put_bool(&f->out, true);
    return sl_token_transfer(f->vm, &f->sender, &to, amount);
}

static int fn_transfer_from(struct sl_frame *f)
{
    const struct sl_address from = sl_abi_get_address(&f->args);
    const struct sl_address to = sl_abi_get_address(&f->args);
    const struct sl_u256 amount = sl_abi_get_u256(&f->args);
    sl_abi_put_bool(&f->out, true);
    return sl_token_transfer_from(f->vm, &f->sender, &from, &to, amount);
}

static int fn_permit(struct sl_frame *f)
{
    const struct sl_address owner = sl_abi_get_address(&f->args);
    const struct sl_address spender = sl_abi_get_address(&f->args);
    const struct sl_u256 amount = sl_abi_get_u256(&f->args);
    const struct sl_u256 deadline = sl_abi_get_u256(&f->args);
    const struct sl_u256 v = sl_abi_get_u256(&f->args);
    const uint8_t *r = sl_abi_get_fixed(&f->args);
    const uint8_t *s = sl_abi_get_fixed(&f->args);
    if (v.limb[0] > UINT8_MAX || sl_u256_cmp(v, sl_u256(UINT8_MAX)) > 0)
        return sl_vm_revert_empty(f->vm);
    return sl_token_permit(f->vm, &owner, &spender, amount, deadline, (uint8_t)v.limb[0], r, s);
}

static int fn_nonces(struct sl_frame *f)
{
    uint64_t permits;
    const struct sl_address owner = sl_abi_get_address(&f->args);
    const int rc = get_permits(f->vm, &owner, &permits);
    sl_abi_put_u64(&f->out, permits);
    return rc;
}

static int fn_separator(struct sl_frame *f)
{
    uint8_t hash[SL_HASH_BYTES];
    const struct sl_domain domain = domain_of(f->vm);
    sl_domain_separator(hash, &domain);
    sl_abi_put_fixed(&f->out, hash, sizeof hash);
    return SL_OK;
}

static int fn_supply(struct sl_frame *f)
{
    struct sl_u256 supply = {0};
    const int rc =
        sl_ledger_db_row(f->vm->db, f->vm->err, "SELECT supply FROM chain", "", "u", &supply);
    sl_abi_put_u256(&f->out, supply);
    return rc < 0 ? rc : SL_OK;
}

static int fn_name(struct sl_frame *f)
{
    sl_abi_put_str(&f->out, SL_TOKEN_NAME);
    return SL_OK;
}

static int fn_symbol(struct sl_frame *f)
{
    sl_abi_put_str(&f->out, "USDFC");
    return SL_OK;
}

static int devnet_fn_version(struct sl_frame *f)
{
    sl_abi_put_str(&f->out, SL_TOKEN_VERSION);
    return SL_OK;
}

static int fn_decimals(struct sl_frame *f)
{
    sl_abi_put_u64(&f->out, 18);
    return SL_OK;
}

const struct sl_function sl_token_functions[] = {
    {"balanceOf(address)", "(uint256)", SL_VIEW, fn_balance_of},
    {"allowance(address,address)", "(uint256)", SL_VIEW, fn_allowance},
    {"approve(address,uint256)", "(bool)", SL_WRITE, fn_approve},
    {"transfer(address,uint256)", "(bool)", SL_WRITE, fn_transfer},
    {"transferFrom(address,address,uint256)", "(bool)", SL_WRITE, fn_transfer_from},
    {"permit(address,address,uint256,uint256,uint8,bytes32,bytes32)", "()", SL_WRITE, fn_permit},
    {"nonces(address)", "(uint256)", SL_VIEW, fn_nonces},
    {"DOMAIN_SEPARATOR()", "(bytes32)", SL_VIEW, fn_separator},
    {"totalSupply()", "(uint256)", SL_VIEW, fn_supply},
    {"name()", "(string)", SL_VIEW, fn_name},
    {"symbol()", "(string)", SL_VIEW, fn_symbol},
    {"version()", "(string)", SL_VIEW, devnet_fn_version},
    {"decimals()", "(uint8)", SL_VIEW, fn_decimals},
    {NULL, NULL, SL_VIEW, NULL},
};
