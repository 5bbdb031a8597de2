/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Pays for past epochs: one segment of constant rate after the other, as far as the storage service
 * confirms the proofs. */
#include "contracts/pay/contract_pay_settle.h"

#include "contracts/fwss/contract_fwss.h"
#include "contracts/fwss/contract_fwss_validator.h"
#include "contracts/pay/contract_pay.h"
#include "contracts/pay/contract_pay_account.h"
#include "contracts/pay/contract_pay_rail.h"

struct settling {
    struct sl_rail rail;
    struct sl_pay_account payer;
    bool vouched; /* ask the validator */
    struct sl_settlement *out;
};

static void add_note(struct sl_buf *note, const char *text)
{
    if (text[0] == '\0')
        return;
    if (note->len > 0)
        sl_buf_str(note, "; ");
    sl_buf_str(note, text);
}

static int ask_validator(struct sl_vm *vm, struct settling *s, struct sl_fwss_verdict *verdict,
                         uint64_t to, struct sl_u256 rate)
{
    const uint64_t from = s->rail.settled_to;
    const int rc = sl_fwss_validate(vm, s->rail.id, verdict->amount, from, to, verdict);
    if (rc < 0)
        return rc;
    const struct sl_u256 most = sl_vm_mul(vm, rate, sl_u256(verdict->settle_to - from));
    if (sl_u256_cmp(verdict->amount, most) > 0)
        return sl_vm_revert(vm, "ValidatorModifiedAmountExceedsMaximum(uint256,uint256,uint256)",
                            "iuu", s->rail.id, most, verdict->amount);
    return SL_OK;
}

static int charge_segment(struct sl_vm *vm, struct settling *s,
                          const struct sl_fwss_verdict *verdict, struct sl_u256 rate)
{
    struct sl_rail *rail = &s->rail;
    const struct sl_u256 unlocked =
        sl_vm_mul(vm, rate, sl_u256(verdict->settle_to - rail->settled_to));
    if (sl_u256_cmp(s->payer.funds, verdict->amount) < 0)
        return sl_vm_revert(vm, "InsufficientFundsForSettlement(address,address,uint256,uint256)",
                            "aauu", &rail->token, &rail->payer, verdict->amount, s->payer.funds);
    if (sl_u256_cmp(s->payer.lockup, unlocked) < 0)
        return sl_vm_revert(vm, "InsufficientLockupForSettlement(address,address,uint256,uint256)",
                            "aauu", &rail->token, &rail->payer, s->payer.lockup, unlocked);
    s->payer.funds = sl_vm_sub(vm, s->payer.funds, verdict->amount);
    s->payer.lockup = sl_vm_sub(vm, s->payer.lockup, unlocked);
    rail->settled_to = verdict->settle_to;
    if (sl_u256_cmp(s->payer.lockup, s->payer.funds) > 0)
        return sl_vm_revert(vm, "LockupExceedsFundsInvariant(address,address,uint256,uint256)",
                            "aauu", &rail->token, &rail->payer, s->payer.lockup, s->payer.funds);
    s->out->total = sl_vm_add(vm, s->out->total, verdict->amount);
    return sl_vm_sums(vm);
}

static int settle_segment(struct sl_vm *vm, struct settling *s, uint64_t to, struct sl_u256 rate,
                          const char **note)
{
    struct sl_fwss_verdict verdict = {.settle_to = to, .note = ""};
    if (sl_u256_is_zero(rate)) {
        s->rail.settled_to = to;
        *note = "Zero rate payment rail";
        return SL_OK;
    }
    verdict.amount = sl_vm_mul(vm, rate, sl_u256(to - s->rail.settled_to));
    int rc = sl_vm_sums(vm);
    if (rc == SL_OK && s->vouched && !sl_address_is_zero(&s->rail.validator))
        rc = ask_validator(vm, s, &verdict, to, rate);
    *note = verdict.note;
    return rc < 0 ? rc : charge_segment(vm, s, &verdict, rate);
}

/* The oldest remembered rate, until when it held. Returns 1 or 0. */
static int peek_change(struct sl_vm *vm, const struct settling *s, uint64_t *until,
                       struct sl_u256 *rate)
{
    return sl_ledger_db_row(
        vm->db, vm->err,
        "SELECT until, rate FROM rail_change WHERE rail = ? ORDER BY until LIMIT 1", "i", "iu",
        s->rail.id, until, rate);
}

static int drop_change(struct sl_vm *vm, const struct settling *s, uint64_t until)
{
    const int rc =
        sl_ledger_db_run(vm->db, vm->err, "DELETE FROM rail_change WHERE rail = ? AND until = ?",
                         "ii", s->rail.id, until);
    return rc < 0 ? rc : SL_OK;
}

/* One segment of several. Returns 1 when it was settled to its end. */
static int next_segment(struct sl_vm *vm, struct settling *s, uint64_t target)
{
    uint64_t until = target, boundary = target;
    struct sl_u256 rate = s->rail.rate;
    const char *note = "";
    const int change = peek_change(vm, s, &until, &rate);
    if (change == 1 && until < boundary)
        boundary = until;
    int rc = change < 0 ? change : settle_segment(vm, s, boundary, rate, &note);
    if (rc < 0)
        return rc;
    if (!sl_u256_is_zero(rate))
        add_note(&s->out->note, note);
    if (s->rail.settled_to < boundary)
        return 0;
    rc = change == 1 && boundary >= until ? drop_change(vm, s, until) : SL_OK;
    return rc < 0 ? rc : 1;
}

static int settle_to(struct sl_vm *vm, struct settling *s, uint64_t target)
{
    uint64_t until;
    struct sl_u256 rate;
    const uint64_t start = s->rail.settled_to;
    int rc = peek_change(vm, s, &until, &rate);
    if (rc < 0)
        return rc;
    if (rc == 0) {
        const char *note = "";
        rc = settle_segment(vm, s, target, s->rail.rate, &note);
        add_note(&s->out->note, note);
        if (rc == SL_OK && s->rail.settled_to <= start)
            return sl_vm_revert(vm, "NoProgressInSettlement(uint256,uint256,uint256)", "iii",
                                s->rail.id, start + 1, s->rail.settled_to);
        return rc;
    }
    rc = 1;
    while (rc == 1 && s->rail.settled_to < target)
        rc = next_segment(vm, s, target);
    return rc < 0 ? rc : SL_OK;
}

/* Give back what the rail still locks; from now on it cannot be found. */
static int finalize(struct sl_vm *vm, struct settling *s)
{
    struct sl_rail *rail = &s->rail;
    struct sl_pay_approval approval;
    if (sl_u256_cmp(s->payer.lockup, rail->fixed) < 0)
        return sl_vm_revert(vm,
                            "LockupInconsistencyDuringRailFinalization(uint256,address,address,"
                            "uint256,uint256)",
                            "iaauu", rail->id, &rail->token, &rail->payer, rail->fixed,
                            s->payer.lockup);
    s->payer.lockup = sl_vm_sub(vm, s->payer.lockup, rail->fixed);
    int rc = sl_pay_load_approval(vm, &approval, &rail->token, &rail->payer, &rail->operator);
    if (rc < 0)
        return rc;
    const struct sl_u256 locked =
        sl_vm_add(vm, rail->fixed, sl_vm_mul(vm, rail->rate, sl_u256(rail->period)));
    rc = sl_pay_use_lockup(vm, &approval, locked, sl_u256(0));
    if (rc == SL_OK)
        rc = sl_pay_save_approval(vm, &approval);
    if (rc == SL_OK)
        rc = sl_ledger_db_run(vm->db, vm->err, "UPDATE rail SET active = 0 WHERE id = ?", "i",
                              rail->id);
    return rc < 0 ? rc : sl_vm_emit(vm, &vm->at->pay, "RailFinalized(uint256)", 1, "i", rail->id);
}

static int pay_out(struct sl_vm *vm, struct settling *s)
{
    struct sl_settlement *out = s->out;
    const struct sl_rail *rail = &s->rail;
    int rc = sl_rail_save(vm, rail);
    if (rc == SL_OK)
        rc = sl_pay_save(vm, &s->payer);
    if (rc == SL_OK && !sl_u256_is_zero(out->total)) {
        rc = sl_pay_charge_fee(vm, &rail->token, out->total, &out->net, &out->fee);
        if (rc == SL_OK)
            rc = sl_pay_credit(vm, &rail->token, &rail->payee, out->net);
        if (rc == SL_OK)
            rc = sl_pay_load(vm, &s->payer, &rail->token, &rail->payer);
    }
    if (rc == SL_OK && rail->end_epoch != 0 && rail->settled_to >= rail->end_epoch) {
        rc = finalize(vm, s);
        sl_buf_str(&out->note, "terminated rail fully settled and finalized.");
        if (rc == SL_OK)
            rc = sl_pay_save(vm, &s->payer);
    }
    if (rc < 0)
        return rc;
    out->settled_to = rail->settled_to;
    return sl_vm_emit(vm, &vm->at->pay,
                      "RailSettled(uint256,uint256,uint256,uint256,uint256,uint256)", 1, "iuuiui",
                      rail->id, out->total, out->net, (uint64_t)0, out->fee, out->settled_to);
}

static int settle(struct sl_vm *vm, struct settling *s, struct sl_u256 until)
{
    struct sl_rail *rail = &s->rail;
    struct sl_settlement *out = s->out;
    if (sl_u256_cmp(until, sl_u256(vm->epoch)) > 0)
        return sl_vm_revert(vm, "CannotSettleFutureEpochs(uint256,uint256,uint256)", "iui",
                            rail->id, until, vm->epoch);
    out->settled_to = rail->settled_to;
    if (rail->end_epoch != 0 && rail->settled_to >= rail->end_epoch) {
        sl_buf_str(&out->note, "rail fully settled and finalized");
        const int rc = finalize(vm, s);
        return rc < 0 ? rc : sl_pay_save(vm, &s->payer);
    }
    const uint64_t most = rail->end_epoch != 0 ? rail->end_epoch : s->payer.settled_at;
    const uint64_t target = sl_u256_min_of(until, sl_u256(most)).limb[0];
    if (rail->settled_to >= target) {
        sl_buf_printf(&out->note, "already settled up to epoch %llu", (unsigned long long)target);
        return SL_OK;
    }
    const int rc = settle_to(vm, s, target);
    return rc < 0 ? rc : pay_out(vm, s);
}

static int settle_rail(struct sl_vm *vm, struct settling *s, struct sl_u256 until)
{
    int rc = sl_pay_settle_before(vm, &s->rail.token, &s->rail.payer, false);
    if (rc == SL_OK)
        rc = sl_pay_load(vm, &s->payer, &s->rail.token, &s->rail.payer);
    if (rc == SL_OK)
        rc = settle(vm, s, until);
    if (rc == SL_OK && s->out->note.failed != 0)
        rc = sl_err_set(vm->err, SL_ENOMEM, "out of memory");
    return rc < 0 ? rc : sl_pay_settle_after(vm, &s->rail.token, &s->rail.payer, false);
}

int sl_rail_settle(struct sl_vm *vm, uint64_t id, struct sl_u256 until, struct sl_settlement *out)
{
    struct settling s = {.vouched = true, .out = out};
    const int rc = sl_rail_load(vm, &s.rail, id);
    return rc < 0 ? rc : settle_rail(vm, &s, until);
}

int sl_rail_settle_unproven(struct sl_vm *vm, uint64_t id, const struct sl_address *caller,
                            struct sl_settlement *out)
{
    struct settling s = {.vouched = false, .out = out};
    const int rc = sl_rail_load(vm, &s.rail, id);
    if (rc < 0)
        return rc;
    if (s.rail.end_epoch == 0)
        return sl_vm_revert(vm, "RailNotTerminated(uint256)", "i", id);
    if (!sl_address_equal(caller, &s.rail.payer))
        return sl_vm_revert(vm, "OnlyRailClientAllowed(address,address)", "aa", &s.rail.payer,
                            caller);
    if (vm->epoch <= s.rail.end_epoch)
        return sl_vm_revert(vm, "CannotSettleTerminatedRailBeforeMaxEpoch(uint256,uint256,uint256)",
                            "iii", id, s.rail.end_epoch + 1, vm->epoch);
    return settle_rail(vm, &s, sl_u256(s.rail.end_epoch));
}
