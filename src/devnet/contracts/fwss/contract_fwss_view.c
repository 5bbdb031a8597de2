/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The StateView of the storage service. */
#include "contracts/fwss/contract_fwss_view.h"

#include "contracts/fwss/contract_fwss.h"
#include "contracts/fwss/contract_fwss_metadata.h"
#include "contracts/fwss/contract_fwss_store.h"
#include "contracts/fwss/contract_fwss_terms.h"

static int load_next(struct sl_frame *f, struct sl_fwss_set *set)
{
    const int rc = sl_fwss_load(f->vm, set, sl_vm_id(sl_abi_get_u256(&f->args)));
    return rc < 0 ? rc : SL_OK;
}

/* ---- data sets ---- */

static void append_set(struct sl_abi_writer *out, const struct sl_fwss_set *set, struct sl_u256 id)
{
    sl_abi_open(out);
    sl_abi_put_u64(out, set->pdp_rail);
    sl_abi_put_u64(out, set->cache_rail);
    sl_abi_put_u64(out, set->cdn_rail);
    sl_abi_put_address(out, &set->payer);
    sl_abi_put_address(out, &set->payee);
    sl_abi_put_address(out, &set->provider);
    sl_abi_put_u64(out, 0); /* commission */
    sl_abi_put_u256(out, set->client_id);
    sl_abi_put_u64(out, set->end_epoch);
    sl_abi_put_u64(out, set->provider_id);
    sl_abi_put_u256(out, set->pending);
    sl_abi_put_u256(out, set->reserve);
    sl_abi_put_u256(out, id);
    sl_abi_close(out);
}

static int fn_set(struct sl_frame *f)
{
    struct sl_fwss_set set;
    const struct sl_u256 id = sl_abi_get_u256(&f->args);
    const int rc = sl_fwss_load(f->vm, &set, sl_vm_id(id));
    append_set(&f->out, &set, id);
    return rc < 0 ? rc : SL_OK;
}

static int count_sets(struct sl_vm *vm, const struct sl_address *payer, uint64_t *count)
{
    *count = 0;
    const int rc = sl_ledger_db_row(
        vm->db, vm->err, "SELECT count(*) FROM client_set WHERE payer = ?", "a", "i", payer, count);
    return rc < 0 ? rc : SL_OK;
}

/* The ids of a client's data sets from a place on; infos: all that is known of each. */
static int append_sets(struct sl_frame *f, const struct sl_address *payer, uint64_t offset,
                       uint64_t limit, bool infos)
{
    struct sl_vm *vm = f->vm;
    sqlite3_stmt *rows = NULL;
    struct sl_fwss_set set;
    uint64_t total;
    int rc = count_sets(vm, payer, &total);
    if (rc < 0)
        return rc;
    const uint64_t left = offset < total ? total - offset : 0;
    const uint64_t count = limit == 0 || limit > left ? left : limit;
    rc = sl_ledger_db_walk(vm->db, &rows, vm->err,
                           "SELECT data_set FROM client_set WHERE payer = ? AND place >= ?"
                           " ORDER BY place LIMIT ?",
                           "aii", payer, offset, count);
    sl_abi_open_list(&f->out, count);
    while (rc >= 0 && (rc = sl_ledger_db_next(vm->db, rows, vm->err)) == 1) {
        const uint64_t id = sl_ledger_db_u64(rows, 0);
        if (infos) {
            rc = sl_fwss_load(vm, &set, id);
            append_set(&f->out, &set, sl_u256(id));
        } else {
            sl_abi_put_u64(&f->out, id);
        }
    }
    sl_abi_close(&f->out);
    return rc;
}

static int append_sets_page(struct sl_frame *f, bool infos)
{
    const struct sl_address payer = sl_abi_get_address(&f->args);
    const uint64_t offset = sl_vm_id(sl_abi_get_u256(&f->args));
    return append_sets(f, &payer, offset, sl_vm_id(sl_abi_get_u256(&f->args)), infos);
}

static int fn_sets(struct sl_frame *f)
{
    return append_sets_page(f, true);
}

static int fn_set_ids(struct sl_frame *f)
{
    return append_sets_page(f, false);
}

static int fn_all_sets(struct sl_frame *f)
{
    const struct sl_address payer = sl_abi_get_address(&f->args);
    return append_sets(f, &payer, 0, 0, true);
}

static int fn_all_set_ids(struct sl_frame *f)
{
    const struct sl_address payer = sl_abi_get_address(&f->args);
    return append_sets(f, &payer, 0, 0, false);
}

static int fn_sets_length(struct sl_frame *f)
{
    uint64_t count;
    const struct sl_address payer = sl_abi_get_address(&f->args);
    const int rc = count_sets(f->vm, &payer, &count);
    sl_abi_put_u64(&f->out, count);
    return rc;
}

static int fn_nonce(struct sl_frame *f)
{
    struct sl_u256 used_for = {0};
    const struct sl_address payer = sl_abi_get_address(&f->args);
    const struct sl_u256 nonce = sl_abi_get_u256(&f->args);
    const int rc = sl_ledger_db_row(
        f->vm->db, f->vm->err, "SELECT used_for FROM client_nonce WHERE payer = ? AND nonce = ?",
        "au", "u", &payer, nonce, &used_for);
    sl_abi_put_u256(&f->out, used_for);
    return rc < 0 ? rc : SL_OK;
}

static int fn_set_of_rail(struct sl_frame *f)
{
    uint64_t id = 0;
    const int rc =
        sl_ledger_db_row(f->vm->db, f->vm->err, "SELECT id FROM data_set WHERE pdp_rail = ?", "i",
                         "i", sl_vm_id(sl_abi_get_u256(&f->args)), &id);
    sl_abi_put_u64(&f->out, id);
    return rc < 0 ? rc : SL_OK;
}

static int fn_authorizer(struct sl_frame *f)
{
    struct sl_fwss_set set;
    const int rc = load_next(f, &set);
    sl_abi_put_address(&f->out, &set.authorizer);
    return rc;
}

static int fn_payer_and_rail(struct sl_frame *f)
{
    struct sl_fwss_set set;
    const int rc = load_next(f, &set);
    sl_abi_put_address(&f->out, &set.payer);
    sl_abi_put_u64(&f->out, set.pdp_rail);
    return rc;
}

/* ---- metadata ---- */

static int fn_set_metadata(struct sl_frame *f)
{
    const uint64_t id = sl_vm_id(sl_abi_get_u256(&f->args));
    return sl_fwss_append_metadata(f, id, SL_FWSS_OF_DATA_SET);
}

static int fn_one_set_metadata(struct sl_frame *f)
{
    const uint64_t id = sl_vm_id(sl_abi_get_u256(&f->args));
    return sl_fwss_append_one_metadata(f, id, SL_FWSS_OF_DATA_SET);
}

static int fn_piece_metadata(struct sl_frame *f)
{
    const uint64_t id = sl_vm_id(sl_abi_get_u256(&f->args));
    return sl_fwss_append_metadata(f, id, (int64_t)sl_vm_id(sl_abi_get_u256(&f->args)));
}

static int fn_one_piece_metadata(struct sl_frame *f)
{
    const uint64_t id = sl_vm_id(sl_abi_get_u256(&f->args));
    return sl_fwss_append_one_metadata(f, id, (int64_t)sl_vm_id(sl_abi_get_u256(&f->args)));
}

/* ---- proving ---- */

static int fn_status(struct sl_frame *f)
{
    struct sl_fwss_set set;
    const int rc = load_next(f, &set);
    sl_abi_put_u64(&f->out, set.activation != 0);
    return rc;
}

static int fn_activation(struct sl_frame *f)
{
    struct sl_fwss_set set;
    const int rc = load_next(f, &set);
    sl_abi_put_u64(&f->out, set.activation);
    return rc;
}

static int fn_deadline(struct sl_frame *f)
{
    struct sl_fwss_set set;
    const int rc = load_next(f, &set);
    sl_abi_put_u64(&f->out, set.deadline);
    return rc;
}

static int fn_proven(struct sl_frame *f)
{
    struct sl_fwss_set set;
    const int rc = load_next(f, &set);
    sl_abi_put_bool(&f->out, set.proven);
    return rc;
}

static int fn_proven_period(struct sl_frame *f)
{
    const uint64_t id = sl_vm_id(sl_abi_get_u256(&f->args));
    const int rc = sl_ledger_db_row(f->vm->db, f->vm->err,
                                    "SELECT 1 FROM proven_period WHERE data_set = ? AND period = ?",
                                    "ii", "", id, sl_vm_id(sl_abi_get_u256(&f->args)));
    sl_abi_put_bool(&f->out, rc == 1);
    return rc < 0 ? rc : SL_OK;
}

/* In this period, or in the one before it. */
static int fn_proven_recently(struct sl_frame *f)
{
    struct sl_vm *vm = f->vm;
    struct sl_fwss_set set;
    int rc = load_next(f, &set);
    if (rc < 0)
        return rc;
    bool proven = false;
    if (set.activation != 0 && vm->epoch > set.activation) {
        const uint64_t period = (vm->epoch - set.activation - 1) / vm->period;
        rc = period == 0 ? 0
                         : sl_ledger_db_row(vm->db, vm->err,
                                            "SELECT 1 FROM proven_period WHERE data_set = ?"
                                            " AND period = ?",
                                            "ii", "", set.id, period - 1);
        proven = rc == 1 || set.proven;
    }
    sl_abi_put_bool(&f->out, proven);
    return rc < 0 ? rc : SL_OK;
}

static int fn_next_window(struct sl_frame *f)
{
    const struct sl_vm *vm = f->vm;
    struct sl_fwss_set set;
    const struct sl_u256 id = sl_abi_get_u256(&f->args);
    const int rc = sl_fwss_load(f->vm, &set, sl_vm_id(id));
    if (rc < 0)
        return rc;
    if (set.deadline == 0 && set.activation == 0)
        return sl_vm_revert(f->vm, "ProvingPeriodNotInitialized(uint256)", "u", id);
    uint64_t deadline = set.deadline;
    if (deadline == 0) {
        const uint64_t least = vm->epoch + vm->period - set.activation;
        deadline = set.activation + (least + vm->period - 1) / vm->period * vm->period;
    } else if (vm->epoch <= deadline) {
        deadline += vm->period;
    } else {
        deadline += (1 + (vm->epoch - (deadline + 1)) / vm->period) * vm->period;
    }
    sl_abi_put_u64(&f->out, deadline - vm->window);
    return SL_OK;
}

static int fn_pdp_config(struct sl_frame *f)
{
    sl_abi_put_u64(&f->out, f->vm->period);
    sl_abi_put_u64(&f->out, f->vm->window);
    sl_abi_put_u64(&f->out, SL_FWSS_CHALLENGES);
    sl_abi_put_u64(&f->out, f->vm->epoch + f->vm->period - f->vm->window);
    return SL_OK;
}

/* ---- prices ---- */

static void append_amounts(struct sl_abi_writer *out, const uint64_t *amounts, size_t count)
{
    sl_abi_open(out);
    for (size_t i = 0; i < count; i++)
        sl_abi_put_u64(out, amounts[i]);
    sl_abi_close(out);
}

static int fn_price_list(struct sl_frame *f)
{
    const struct sl_fwss_terms *terms = sl_fwss_terms(f->profile);
    const uint64_t rates[] = {SL_FWSS_PRICE_PER_TIB_MONTH, terms->data_set_month,
                              SL_FWSS_EGRESS_PER_TIB, SL_FWSS_EGRESS_PER_TIB};
    const uint64_t fees[] = {SL_FWSS_CREATE_FEE, terms->add_fee, terms->piece_fee,
                             terms->remove_fee, terms->terminate_fee};
    const uint64_t lockups[] = {terms->reserve,     terms->replenish,     SL_FWSS_LOCKUP_PERIOD,
                                SL_FWSS_CDN_LOCKUP, SL_FWSS_CACHE_LOCKUP, SL_FWSS_CDN_PERIOD};
    sl_abi_open(&f->out);
    sl_abi_put_address(&f->out, &f->vm->at->usdfc);
    append_amounts(&f->out, rates, sizeof rates / sizeof rates[0]);
    append_amounts(&f->out, fees, sizeof fees / sizeof fees[0]);
    append_amounts(&f->out, lockups, sizeof lockups / sizeof lockups[0]);
    sl_abi_close(&f->out);
    return SL_OK;
}

static int fn_rates(struct sl_frame *f)
{
    sl_abi_put_u64(&f->out, SL_FWSS_PRICE_PER_TIB_MONTH);
    sl_abi_put_u64(&f->out, sl_fwss_terms(f->profile)->data_set_month);
    return SL_OK;
}

static int fn_size(struct sl_frame *f)
{
    struct sl_vm *vm = f->vm;
    const struct sl_u256 leaves = sl_abi_get_u256(&f->args);
    sl_abi_put_u256(&f->out, sl_u256_shr(sl_vm_mul(vm, leaves, sl_u256(32UL * 127)), 7));
    return sl_vm_sums(vm);
}

static int fn_commission(struct sl_frame *f)
{
    sl_abi_put_u64(&f->out, 0);
    return SL_OK;
}

static int fn_controller(struct sl_frame *f)
{
    sl_abi_put_address(&f->out, &f->vm->at->filbeam_controller);
    return SL_OK;
}

/* None is ever announced here. */
static int fn_next_upgrade(struct sl_frame *f)
{
    static const struct sl_address none;
    sl_abi_put_address(&f->out, &none);
    sl_abi_put_u64(&f->out, 0);
    return SL_OK;
}

/* ---- approved providers ---- */

static int count_approved(struct sl_frame *f, uint64_t *count)
{
    *count = 0;
    const int rc = sl_ledger_db_row(
        f->vm->db, f->vm->err, "SELECT count(*) FROM provider WHERE approved = 1", "", "i", count);
    return rc < 0 ? rc : SL_OK;
}

static int fn_approved(struct sl_frame *f)
{
    sqlite3_stmt *rows = NULL;
    uint64_t total;
    int rc = count_approved(f, &total);
    if (rc < 0)
        return rc;
    const uint64_t offset = sl_vm_id(sl_abi_get_u256(&f->args));
    const uint64_t limit = sl_vm_id(sl_abi_get_u256(&f->args));
    const uint64_t left = offset < total ? total - offset : 0;
    const uint64_t count = limit == 0 || limit > left ? left : limit;
    rc = sl_ledger_db_walk(f->vm->db, &rows, f->vm->err,
                           "SELECT id FROM provider WHERE approved = 1 ORDER BY id LIMIT ?"
                           " OFFSET ?",
                           "ii", count, offset);
    sl_abi_open_list(&f->out, count);
    while (rc >= 0 && (rc = sl_ledger_db_next(f->vm->db, rows, f->vm->err)) == 1)
        sl_abi_put_u64(&f->out, sl_ledger_db_u64(rows, 0));
    sl_abi_close(&f->out);
    return rc;
}

static int fn_approved_length(struct sl_frame *f)
{
    uint64_t count;
    const int rc = count_approved(f, &count);
    sl_abi_put_u64(&f->out, count);
    return rc;
}

static int fn_is_approved(struct sl_frame *f)
{
    const int rc = sl_ledger_db_row(f->vm->db, f->vm->err,
                                    "SELECT 1 FROM provider WHERE approved = 1 AND id = ?", "i", "",
                                    sl_vm_id(sl_abi_get_u256(&f->args)));
    sl_abi_put_bool(&f->out, rc == 1);
    return rc < 0 ? rc : SL_OK;
}

static int fn_service(struct sl_frame *f)
{
    sl_abi_put_address(&f->out, &f->vm->at->fwss);
    return SL_OK;
}

#define INFO                                                                                       \
    "(uint256,uint256,uint256,address,address,address,uint256,uint256,uint256,uint256,uint96,"     \
    "uint96,uint256)"

const struct sl_function sl_contract_view_functions[] = {
    {"getApprovedProviders(uint256,uint256)", "(uint256[])", SL_VIEW, fn_approved},
    {"getApprovedProvidersLength()", "(uint256)", SL_VIEW, fn_approved_length},
    {"isProviderApproved(uint256)", "(bool)", SL_VIEW, fn_is_approved},
    {"getClientDataSets(address,uint256,uint256)", "(" INFO "[])", SL_VIEW, fn_sets},
    {"getClientDataSets(address)", "(" INFO "[])", SL_VIEW, fn_all_sets},
    {"getClientDataSetsLength(address)", "(uint256)", SL_VIEW, fn_sets_length},
    {"clientDataSets(address,uint256,uint256)", "(uint256[])", SL_VIEW, fn_set_ids},
    {"clientDataSets(address)", "(uint256[])", SL_VIEW, fn_all_set_ids},
    {"clientNonces(address,uint256)", "(uint256)", SL_VIEW, fn_nonce},
    {"getDataSet(uint256)", "(" INFO ")", SL_VIEW, fn_set},
    {"getDataSetStatus(uint256)", "(uint8)", SL_VIEW, fn_status},
    {"getAllDataSetMetadata(uint256)", "(string[],string[])", SL_VIEW, fn_set_metadata},
    {"getDataSetMetadata(uint256,string)", "(bool,string)", SL_VIEW, fn_one_set_metadata},
    {"getPriceList()",
     "((address,(uint256,uint256,uint256,uint256),(uint256,uint256,uint256,uint256,uint256),"
     "(uint256,uint256,uint256,uint256,uint256,uint256)))",
     SL_VIEW, fn_price_list},
    {"getCurrentPricingRates()", "(uint256,uint256)", SL_VIEW, fn_rates},
    {"getPDPConfig()", "(uint64,uint256,uint256,uint256)", SL_VIEW, fn_pdp_config},
    {"nextPDPChallengeWindowStart(uint256)", "(uint256)", SL_VIEW, fn_next_window},
    {"provingDeadline(uint256)", "(uint256)", SL_VIEW, fn_deadline},
    {"provingActivationEpoch(uint256)", "(uint256)", SL_VIEW, fn_activation},
    {"provenThisPeriod(uint256)", "(bool)", SL_VIEW, fn_proven},
    {"provenPeriods(uint256,uint256)", "(bool)", SL_VIEW, fn_proven_period},
    {"railToDataSet(uint256)", "(uint256)", SL_VIEW, fn_set_of_rail},
    {"service()", "(address)", SL_VIEW, fn_service},
    {"getDataSetSizeInBytes(uint256)", "(uint256)", SL_VIEW, fn_size},
    {"serviceCommissionBps()", "(uint256)", SL_VIEW, fn_commission},
    {"filBeamControllerAddress()", "(address)", SL_VIEW, fn_controller},
    {"nextUpgrade()", "(address,uint96)", SL_VIEW, fn_next_upgrade},
    {NULL, NULL, SL_VIEW, NULL},
};

const struct sl_function sl_contract_view_1_3_functions[] = {
    {"getAllPieceMetadata(uint256,uint256)", "(string[],string[])", SL_VIEW, fn_piece_metadata},
    {"getPieceMetadata(uint256,uint256,string)", "(bool,string)", SL_VIEW, fn_one_piece_metadata},
    {NULL, NULL, SL_VIEW, NULL},
};

const struct sl_function sl_contract_view_today_functions[] = {
    {"getDataSetAuthorizer(uint256)", "(address)", SL_VIEW, fn_authorizer},
    {"getDataSetPayerAndRailId(uint256)", "(address,uint256)", SL_VIEW, fn_payer_and_rail},
    {"hasBeenProvenRecently(uint256)", "(bool)", SL_VIEW, fn_proven_recently},
    {NULL, NULL, SL_VIEW, NULL},
};
