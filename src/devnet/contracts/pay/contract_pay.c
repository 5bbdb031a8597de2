/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The functions of FilecoinPay as callers see them. */
#include "contracts/pay/contract_pay.h"

#include "chain/vm_call.h"
#include "contracts/contract_token.h"
#include "contracts/pay/contract_pay_account.h"
#include "contracts/pay/contract_pay_rail.h"
#include "contracts/pay/contract_pay_settle.h"

static int check_not_zero(struct sl_vm *vm, const struct sl_address *address, const char *name)
{
    if (sl_address_is_zero(address))
        return sl_vm_revert(vm, "ZeroAddressNotAllowed(string)", "s", name);
    return SL_OK;
}

/* ---- money in and out ---- */

static int record(struct sl_vm *vm, const struct sl_address *token, const struct sl_address *from,
                  const struct sl_address *to, struct sl_u256 amount)
{
    const int rc = sl_pay_credit(vm, token, to, amount);
    if (rc < 0)
        return rc;
    return sl_vm_emit(vm, &vm->at->pay, "DepositRecorded(address,address,address,uint256)", 3,
                      "aaau", token, from, to, amount);
}

static int charge_deposit(struct sl_frame *f, const struct sl_address *token, struct sl_u256 amount)
{
    struct sl_vm *vm = f->vm;
    if (sl_address_is_zero(token)) {
        if (sl_u256_cmp(f->value, amount) != 0)
            return sl_vm_revert(vm, "MustSendExactNativeAmount(uint256,uint256)", "uu", amount,
                                f->value);
        return SL_OK;
    }
    if (!sl_u256_is_zero(f->value))
        return sl_vm_revert(vm, "NativeTokenNotAccepted(uint256)", "u", f->value);
    if (!sl_address_equal(token, &vm->at->usdfc))
        return sl_vm_revert_empty(vm);
    return sl_token_transfer_from(vm, &vm->at->pay, &f->sender, &vm->at->pay, amount);
}

static int fn_deposit(struct sl_frame *f)
{
    const struct sl_address token = sl_abi_get_address(&f->args);
    const struct sl_address to = sl_abi_get_address(&f->args);
    const struct sl_u256 amount = sl_abi_get_u256(&f->args);
    int rc = check_not_zero(f->vm, &to, "to");
    if (rc == SL_OK)
        rc = sl_pay_settle_before(f->vm, &token, &to, false);
    if (rc == SL_OK)
        rc = charge_deposit(f, &token, amount);
    if (rc == SL_OK)
        rc = record(f->vm, &token, &f->sender, &to, amount);
    return rc < 0 ? rc : sl_pay_settle_after(f->vm, &token, &to, false);
}

struct permit {
    struct sl_address token;
    struct sl_address to;
    struct sl_u256 amount;
    struct sl_u256 deadline;
    struct sl_u256 v;
    const uint8_t *r;
    const uint8_t *s;
};

static struct permit get_permit(struct sl_abi_reader *args)
{
    struct permit p;
    p.token = sl_abi_get_address(args);
    p.to = sl_abi_get_address(args);
    p.amount = sl_abi_get_u256(args);
    p.deadline = sl_abi_get_u256(args);
    p.v = sl_abi_get_u256(args);
    p.r = sl_abi_get_fixed(args);
    p.s = sl_abi_get_fixed(args);
    return p;
}

static int deposit_permitted(struct sl_vm *vm, const struct permit *p)
{
    const struct sl_address *pay = &vm->at->pay;
    if (sl_address_is_zero(&p->token))
        return sl_vm_revert(vm, "NativeTokenNotSupported()", "");
    if (!sl_address_equal(&p->token, &vm->at->usdfc) || sl_u256_cmp(p->v, sl_u256(UINT8_MAX)) > 0)
        return sl_vm_revert_empty(vm);
    int rc =
        sl_token_permit(vm, &p->to, pay, p->amount, p->deadline, (uint8_t)p->v.limb[0], p->r, p->s);
    if (rc == SL_OK)
        rc = sl_token_transfer_from(vm, pay, &p->to, pay, p->amount);
    return rc < 0 ? rc : record(vm, &p->token, &p->to, &p->to, p->amount);
}

static int fn_deposit_permit(struct sl_frame *f)
{
    const struct permit p = get_permit(&f->args);
    int rc = check_not_zero(f->vm, &p.to, "to");
    if (rc == SL_OK)
        rc = sl_pay_settle_before(f->vm, &p.token, &p.to, false);
    if (rc == SL_OK)
        rc = deposit_permitted(f->vm, &p);
    return rc < 0 ? rc : sl_pay_settle_after(f->vm, &p.token, &p.to, false);
}

static int withdraw(struct sl_frame *f, const struct sl_address *token, const struct sl_address *to,
                    struct sl_u256 amount)
{
    struct sl_vm *vm = f->vm;
    struct sl_pay_account account;
    int rc = sl_pay_load(vm, &account, token, &f->sender);
    if (rc < 0)
        return rc;
    const struct sl_u256 available = sl_vm_sub(vm, account.funds, account.lockup);
    if (sl_u256_cmp(amount, available) > 0)
        return sl_vm_revert(vm, "InsufficientUnlockedFunds(uint256,uint256)", "uu", available,
                            amount);
    account.funds = sl_vm_sub(vm, account.funds, amount);
    if ((rc = sl_pay_save(vm, &account)) < 0)
        return rc;
    if (sl_address_is_zero(token))
        rc = sl_vm_move_fil(vm, &vm->at->pay, to, amount);
    else if (sl_address_equal(token, &vm->at->usdfc))
        rc = sl_token_transfer(vm, &vm->at->pay, to, amount);
    else
        rc = sl_vm_revert_empty(vm);
    if (rc < 0)
        return rc;
    return sl_vm_emit(vm, &vm->at->pay, "WithdrawRecorded(address,address,address,uint256)", 3,
                      "aaau", token, &f->sender, to, amount);
}

static int withdraw_settled(struct sl_frame *f, const struct sl_address *token,
                            const struct sl_address *to, struct sl_u256 amount)
{
    int rc = sl_pay_settle_before(f->vm, token, &f->sender, true);
    if (rc == SL_OK)
        rc = withdraw(f, token, to, amount);
    return rc < 0 ? rc : sl_pay_settle_after(f->vm, token, &f->sender, true);
}

static int fn_withdraw(struct sl_frame *f)
{
    const struct sl_address token = sl_abi_get_address(&f->args);
    return withdraw_settled(f, &token, &f->sender, sl_abi_get_u256(&f->args));
}

static int fn_withdraw_to(struct sl_frame *f)
{
    const struct sl_address token = sl_abi_get_address(&f->args);
    const struct sl_address to = sl_abi_get_address(&f->args);
    const struct sl_u256 amount = sl_abi_get_u256(&f->args);
    const int rc = check_not_zero(f->vm, &to, "to");
    return rc < 0 ? rc : withdraw_settled(f, &token, &to, amount);
}

/* ---- operators ---- */

static int save_approval(struct sl_vm *vm, const struct sl_pay_approval *a)
{
    const int rc = sl_pay_save_approval(vm, a);
    if (rc < 0)
        return rc;
    return sl_vm_emit(
        vm, &vm->at->pay,
        "OperatorApprovalUpdated(address,address,address,bool,uint256,uint256,uint256)", 3,
        "aaabuuu", &a->token, &a->client, &a->operator,(int) a->approved, a->rate_allowance,
        a->lockup_allowance, a->max_period);
}

/* Allowances are set to what is given, also below what is in use. */
static int set_approval(struct sl_frame *f, const struct sl_address *token,
                        const struct sl_address *operator, bool approved)
{
    struct sl_pay_approval approval;
    const int rc = sl_pay_load_approval(f->vm, &approval, token, &f->sender, operator);
    approval.approved = approved;
    approval.rate_allowance = sl_abi_get_u256(&f->args);
    approval.lockup_allowance = sl_abi_get_u256(&f->args);
    approval.max_period = sl_abi_get_u256(&f->args);
    return rc < 0 ? rc : save_approval(f->vm, &approval);
}

static int fn_set_approval(struct sl_frame *f)
{
    const struct sl_address token = sl_abi_get_address(&f->args);
    const struct sl_address operator= sl_abi_get_address(&f->args);
    const bool approved = sl_abi_get_bool(&f->args);
    const int rc = check_not_zero(f->vm, &operator, "operator");
    return rc < 0 ? rc : set_approval(f, &token, &operator, approved);
}

static int increase_approval(struct sl_frame *f, const struct sl_address *token,
                             const struct sl_address *operator)
{
    struct sl_pay_approval approval;
    const int rc = sl_pay_load_approval(f->vm, &approval, token, &f->sender, operator);
    const struct sl_u256 rate = sl_abi_get_u256(&f->args);
    const struct sl_u256 lockup = sl_abi_get_u256(&f->args);
    if (rc < 0)
        return rc;
    if (!approval.approved)
        return sl_vm_revert(f->vm, "OperatorNotApproved(address,address)", "aa",
                            &f->sender, operator);
    approval.rate_allowance = sl_vm_add(f->vm, approval.rate_allowance, rate);
    approval.lockup_allowance = sl_vm_add(f->vm, approval.lockup_allowance, lockup);
    return save_approval(f->vm, &approval);
}

static int fn_increase_approval(struct sl_frame *f)
{
    const struct sl_address token = sl_abi_get_address(&f->args);
    const struct sl_address operator= sl_abi_get_address(&f->args);
    const int rc = check_not_zero(f->vm, &operator, "operator");
    return rc < 0 ? rc : increase_approval(f, &token, &operator);
}

static int deposit_and(struct sl_frame *f,
                       int (*approve)(struct sl_frame *, const struct sl_address *,
                                      const struct sl_address *))
{
    struct sl_vm *vm = f->vm;
    const struct permit p = get_permit(&f->args);
    const struct sl_address operator= sl_abi_get_address(&f->args);
    int rc = check_not_zero(vm, &operator, "operator");
    if (rc == SL_OK)
        rc = check_not_zero(vm, &p.to, "to");
    if (rc == SL_OK && !sl_address_equal(&p.to, &f->sender))
        rc = sl_vm_revert(vm, "SignerMustBeMsgSender(address,address)", "aa", &f->sender, &p.to);
    if (rc == SL_OK)
        rc = sl_pay_settle_before(vm, &p.token, &p.to, false);
    if (rc == SL_OK)
        rc = approve(f, &p.token, &operator);
    if (rc == SL_OK)
        rc = deposit_permitted(vm, &p);
    return rc < 0 ? rc : sl_pay_settle_after(vm, &p.token, &p.to, false);
}

static int approve_operator(struct sl_frame *f, const struct sl_address *token,
                            const struct sl_address *operator)
{
    return set_approval(f, token, operator, true);
}

static int fn_deposit_approve(struct sl_frame *f)
{
    return deposit_and(f, approve_operator);
}

static int fn_deposit_increase(struct sl_frame *f)
{
    return deposit_and(f, increase_approval);
}

/* ---- settling ---- */

static void append_settlement(struct sl_abi_writer *out, struct sl_settlement *settlement)
{
    sl_abi_put_u256(out, settlement->total);
    sl_abi_put_u256(out, settlement->net);
    sl_abi_put_u64(out, 0); /* the operator's commission */
    sl_abi_put_u256(out, settlement->fee);
    sl_abi_put_u64(out, settlement->settled_to);
    sl_abi_put_strn(out, settlement->note.data != NULL ? settlement->note.data : "",
                    settlement->note.len);
    sl_buf_free(&settlement->note);
}

static int fn_settle(struct sl_frame *f)
{
    struct sl_settlement settlement = {0};
    const uint64_t id = sl_vm_id(sl_abi_get_u256(&f->args));
    const int rc = sl_rail_settle(f->vm, id, sl_abi_get_u256(&f->args), &settlement);
    append_settlement(&f->out, &settlement);
    return rc;
}

static int fn_settle_unproven(struct sl_frame *f)
{
    struct sl_settlement settlement = {0};
    const uint64_t id = sl_vm_id(sl_abi_get_u256(&f->args));
    const int rc = sl_rail_settle_unproven(f->vm, id, &f->sender, &settlement);
    append_settlement(&f->out, &settlement);
    return rc;
}

/* ---- views ---- */

static int fn_accounts(struct sl_frame *f)
{
    struct sl_pay_account account;
    const struct sl_address token = sl_abi_get_address(&f->args);
    const struct sl_address owner = sl_abi_get_address(&f->args);
    const int rc = sl_pay_load(f->vm, &account, &token, &owner);
    sl_abi_put_u256(&f->out, account.funds);
    sl_abi_put_u256(&f->out, account.lockup);
    sl_abi_put_u256(&f->out, account.rate);
    sl_abi_put_u64(&f->out, account.settled_at);
    return rc;
}

static int fn_account_if_settled(struct sl_frame *f)
{
    struct sl_pay_account account;
    struct sl_u256 until, available;
    const struct sl_address token = sl_abi_get_address(&f->args);
    const struct sl_address owner = sl_abi_get_address(&f->args);
    const int rc = sl_pay_load(f->vm, &account, &token, &owner);
    sl_pay_peek(f->vm, &account, &until, &available);
    sl_abi_put_u256(&f->out, until);
    sl_abi_put_u256(&f->out, account.funds);
    sl_abi_put_u256(&f->out, available);
    sl_abi_put_u256(&f->out, account.rate);
    return rc < 0 ? rc : sl_vm_sums(f->vm);
}

static int fn_approvals(struct sl_frame *f)
{
    struct sl_pay_approval approval;
    const struct sl_address token = sl_abi_get_address(&f->args);
    const struct sl_address client = sl_abi_get_address(&f->args);
    const struct sl_address operator= sl_abi_get_address(&f->args);
    const int rc = sl_pay_load_approval(f->vm, &approval, &token, &client, &operator);
    sl_abi_put_bool(&f->out, approval.approved);
    sl_abi_put_u256(&f->out, approval.rate_allowance);
    sl_abi_put_u256(&f->out, approval.lockup_allowance);
    sl_abi_put_u256(&f->out, approval.rate_usage);
    sl_abi_put_u256(&f->out, approval.lockup_usage);
    sl_abi_put_u256(&f->out, approval.max_period);
    return rc;
}

static int fn_rail(struct sl_frame *f)
{
    struct sl_rail rail;
    const int rc = sl_rail_load(f->vm, &rail, sl_vm_id(sl_abi_get_u256(&f->args)));
    sl_abi_open(&f->out);
    sl_abi_put_address(&f->out, &rail.token);
    sl_abi_put_address(&f->out, &rail.payer);
    sl_abi_put_address(&f->out, &rail.payee);
    sl_abi_put_address(&f->out, &rail.operator);
    sl_abi_put_address(&f->out, &rail.validator);
    sl_abi_put_u256(&f->out, rail.rate);
    sl_abi_put_u64(&f->out, rail.period);
    sl_abi_put_u256(&f->out, rail.fixed);
    sl_abi_put_u64(&f->out, rail.settled_to);
    sl_abi_put_u64(&f->out, rail.end_epoch);
    sl_abi_put_u64(&f->out, 0); /* commission */
    sl_abi_put_address(&f->out, &rail.recipient);
    sl_abi_close(&f->out);
    return rc;
}

static int fn_queue_size(struct sl_frame *f)
{
    uint64_t count = 0;
    const int rc = sl_ledger_db_row(f->vm->db, f->vm->err,
                                    "SELECT count(*) FROM rail_change, rail ON rail.id = rail"
                                    " WHERE rail = ? AND active = 1",
                                    "i", "i", sl_vm_id(sl_abi_get_u256(&f->args)), &count);
    sl_abi_put_u64(&f->out, count);
    return rc < 0 ? rc : SL_OK;
}

/* The rows offset .. offset + limit count finalized rails, but list the others alone. */
#define PAGE(who)                                                                                  \
    " FROM (SELECT id, active, end_epoch FROM rail WHERE " who                                     \
    " = ?1 AND token = ?2 ORDER BY id LIMIT ?4 OFFSET ?3) WHERE active = 1 ORDER BY id"

static int append_rails(struct sl_frame *f, const struct sl_address *who,
                        const struct sl_address *token, const char *count_sql, const char *list_sql,
                        uint64_t offset, uint64_t limit)
{
    struct sl_vm *vm = f->vm;
    sqlite3_stmt *rows = NULL;
    uint64_t count = 0;
    int rc = sl_ledger_db_row(vm->db, vm->err, count_sql, "aaii", "i", who, token, offset, limit,
                              &count);
    if (rc < 0)
        return rc;
    rc = sl_ledger_db_walk(vm->db, &rows, vm->err, list_sql, "aaii", who, token, offset, limit);
    sl_abi_open_list(&f->out, count);
    while (rc >= 0 && (rc = sl_ledger_db_next(vm->db, rows, vm->err)) == 1) {
        const uint64_t end_epoch = sl_ledger_db_u64(rows, 1);
        sl_abi_open(&f->out);
        sl_abi_put_u64(&f->out, sl_ledger_db_u64(rows, 0));
        sl_abi_put_bool(&f->out, end_epoch > 0);
        sl_abi_put_u64(&f->out, end_epoch);
        sl_abi_close(&f->out);
    }
    sl_abi_close(&f->out);
    return rc;
}

static int append_rail_page(struct sl_frame *f, const struct sl_address *who,
                            const struct sl_address *token, const char *total_sql,
                            const char *count_sql, const char *list_sql)
{
    uint64_t total = 0;
    const uint64_t offset = sl_vm_id(sl_abi_get_u256(&f->args));
    uint64_t limit = sl_vm_id(sl_abi_get_u256(&f->args));
    int rc = sl_ledger_db_row(f->vm->db, f->vm->err, total_sql, "aa", "i", who, token, &total);
    if (rc < 0)
        return rc;
    if (limit == 0 || offset >= total || limit > total - offset)
        limit = offset < total ? total - offset : 0;
    rc = append_rails(f, who, token, count_sql, list_sql, offset, limit);
    sl_abi_put_u64(&f->out, offset < total ? offset + limit : total);
    sl_abi_put_u64(&f->out, total);
    return rc;
}

static int fn_payer_rails(struct sl_frame *f)
{
    const struct sl_address who = sl_abi_get_address(&f->args);
    const struct sl_address token = sl_abi_get_address(&f->args);
    return append_rail_page(f, &who, &token,
                            "SELECT count(*) FROM rail WHERE payer = ? AND token = ?",
                            "SELECT count(*)" PAGE("payer"), "SELECT id, end_epoch" PAGE("payer"));
}

static int fn_payee_rails(struct sl_frame *f)
{
    const struct sl_address who = sl_abi_get_address(&f->args);
    const struct sl_address token = sl_abi_get_address(&f->args);
    return append_rail_page(f, &who, &token,
                            "SELECT count(*) FROM rail WHERE payee = ? AND token = ?",
                            "SELECT count(*)" PAGE("payee"), "SELECT id, end_epoch" PAGE("payee"));
}

static int fn_terminate(struct sl_frame *f)
{
    return sl_rail_terminate(f->vm, sl_vm_id(sl_abi_get_u256(&f->args)), &f->sender);
}

static int fn_numerator(struct sl_frame *f)
{
    sl_abi_put_u64(&f->out, 1);
    return SL_OK;
}

static int fn_denominator(struct sl_frame *f)
{
    sl_abi_put_u64(&f->out, SL_PAY_FEE_DIVISOR);
    return SL_OK;
}

#define PERMIT_ARGS "address,address,uint256,uint256,uint8,bytes32,bytes32"
#define SETTLED     "(uint256,uint256,uint256,uint256,uint256,string)"
#define RAIL_PAGE   "((uint256,bool,uint256)[],uint256,uint256)"

const struct sl_function sl_pay_functions[] = {
    {"accounts(address,address)", "(uint256,uint256,uint256,uint256)", SL_VIEW, fn_accounts},
    {"getAccountInfoIfSettled(address,address)", "(uint256,uint256,uint256,uint256)", SL_VIEW,
     fn_account_if_settled},
    {"operatorApprovals(address,address,address)", "(bool,uint256,uint256,uint256,uint256,uint256)",
     SL_VIEW, fn_approvals},
    {"getRail(uint256)",
     "((address,address,address,address,address,uint256,uint256,uint256,uint256,uint256,uint256,"
     "address))",
     SL_VIEW, fn_rail},
    {"getRailsForPayerAndToken(address,address,uint256,uint256)", RAIL_PAGE, SL_VIEW,
     fn_payer_rails},
    {"getRailsForPayeeAndToken(address,address,uint256,uint256)", RAIL_PAGE, SL_VIEW,
     fn_payee_rails},
    {"getRateChangeQueueSize(uint256)", "(uint256)", SL_VIEW, fn_queue_size},
    {"NETWORK_FEE_NUMERATOR()", "(uint256)", SL_VIEW, fn_numerator},
    {"NETWORK_FEE_DENOMINATOR()", "(uint256)", SL_VIEW, fn_denominator},
    {"deposit(address,address,uint256)", "()", SL_PAYABLE, fn_deposit},
    {"depositWithPermit(" PERMIT_ARGS ")", "()", SL_WRITE, fn_deposit_permit},
    {"depositWithPermitAndApproveOperator(" PERMIT_ARGS ",address,uint256,uint256,uint256)", "()",
     SL_WRITE, fn_deposit_approve},
    {"depositWithPermitAndIncreaseOperatorApproval(" PERMIT_ARGS ",address,uint256,uint256)", "()",
     SL_WRITE, fn_deposit_increase},
    {"setOperatorApproval(address,address,bool,uint256,uint256,uint256)", "()", SL_WRITE,
     fn_set_approval},
    {"increaseOperatorApproval(address,address,uint256,uint256)", "()", SL_WRITE,
     fn_increase_approval},
    {"withdraw(address,uint256)", "()", SL_WRITE, fn_withdraw},
    {"withdrawTo(address,address,uint256)", "()", SL_WRITE, fn_withdraw_to},
    {"settleRail(uint256,uint256)", SETTLED, SL_WRITE, fn_settle},
    {"settleTerminatedRailWithoutValidation(uint256)", SETTLED, SL_WRITE, fn_settle_unproven},
    {"terminateRail(uint256)", "()", SL_WRITE, fn_terminate},
    {NULL, NULL, SL_VIEW, NULL},
};
