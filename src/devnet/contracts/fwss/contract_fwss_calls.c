/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The functions of the storage service itself; its views stand at another address. */
#include "contracts/fwss/contract_fwss_calls.h"

#include <string.h>

#include "chain/vm_call.h"
#include "contracts/fwss/contract_fwss.h"
#include "contracts/fwss/contract_fwss_authorizer.h"
#include "contracts/fwss/contract_fwss_metadata.h"
#include "contracts/fwss/contract_fwss_rail.h"
#include "contracts/fwss/contract_fwss_store.h"
#include "contracts/fwss/contract_fwss_terms.h"
#include "contracts/pay/contract_pay.h"
#include "contracts/pay/contract_pay_rail.h"
#include "contracts/pdp/contract_pdp_store.h"

/* ---- termination ---- */

/* With a payload the provider ends the service at once, as the payer signed; without, the payer or
 * the provider ends it after the lockup period. */
static int find_approver(struct sl_frame *f, struct sl_fwss_set *set, struct sl_span payload,
                         struct sl_address *approver)
{
    struct sl_vm *vm = f->vm;
    uint8_t hash[SL_HASH_BYTES];
    struct sl_span signature;
    *approver = f->sender;
    if (payload.len == 0) {
        if (!sl_address_equal(&f->sender, &set->payer) &&
            !sl_address_equal(&f->sender, &set->provider))
            return sl_vm_revert(vm, "CallerNotPayerOrPayee(uint256,address,address,address)",
                                "iaaa", set->id, &set->payer, &set->provider, &f->sender);
        return SL_OK;
    }
    if (!sl_address_equal(&f->sender, &set->provider))
        return sl_vm_revert(vm, "CallerNotServiceProvider(uint256,address,address)", "iaa", set->id,
                            &set->provider, &f->sender);
    const struct sl_fwss_terms *terms = sl_fwss_terms(vm->profile);
    if (payload.len > terms->signature_bytes)
        return sl_vm_revert(vm, "ExtraDataTooLarge(uint256,uint256)", "ii", (uint64_t)payload.len,
                            (uint64_t)terms->signature_bytes);
    const int rc = sl_contract_signature_read(vm, &signature, payload);
    if (rc < 0)
        return rc;
    sl_hash_terminate(hash, sl_u256(set->id));
    set->pending = sl_vm_add(vm, set->pending, sl_u256(terms->terminate_fee));
    return sl_fwss_authorize(vm, set, SL_MESSAGE_TERMINATE, hash, signature, approver);
}

static int flush_fees(struct sl_vm *vm, struct sl_fwss_set *set, bool ends_now)
{
    struct sl_pdp_set pdp;
    if (sl_u256_is_zero(set->pending))
        return SL_OK;
    int rc = sl_pdp_load_live(vm, &pdp, sl_u256(set->id));
    if (rc == SL_OK)
        rc = sl_fwss_update_rate(vm, set, pdp.leaves, ends_now);
    return rc < 0 ? rc : sl_fwss_save(vm, set);
}

static int terminate(struct sl_frame *f, struct sl_u256 id, struct sl_span payload)
{
    struct sl_vm *vm = f->vm;
    struct sl_fwss_set set;
    struct sl_address approver;
    int rc = sl_fwss_load(vm, &set, sl_vm_id(id));
    if (rc < 0)
        return rc;
    if (rc == 0)
        return sl_vm_revert(vm, "InvalidDataSetId(uint256)", "u", id);
    if (set.end_epoch != 0)
        return sl_vm_revert(vm, "DataSetPaymentAlreadyTerminated(uint256)", "u", id);
    rc = find_approver(f, &set, payload, &approver);
    if (rc == SL_OK)
        rc = flush_fees(vm, &set, payload.len > 0);
    if (rc == SL_OK)
        rc = sl_rail_terminate(vm, set.pdp_rail, &vm->at->fwss);
    if (rc < 0)
        return rc;
    return sl_vm_emit(vm, &vm->at->fwss,
                      "ServiceTerminated(address,uint256,uint256,uint256,uint256)", 2, "aiiii",
                      &approver, set.id, set.pdp_rail, set.cache_rail, set.cdn_rail);
}

static int fn_terminate(struct sl_frame *f)
{
    return terminate(f, sl_abi_get_u256(&f->args), (struct sl_span){0});
}

static int fn_terminate_signed(struct sl_frame *f)
{
    struct sl_span payload;
    const struct sl_u256 id = sl_abi_get_u256(&f->args);
    payload.data = sl_abi_get_bytes(&f->args, &payload.len);
    return terminate(f, id, payload);
}

/* ---- top-ups ---- */

static int load_as_payer(struct sl_frame *f, struct sl_fwss_set *set, struct sl_u256 id)
{
    const int rc = sl_fwss_load(f->vm, set, sl_vm_id(id));
    if (rc < 0)
        return rc;
    if (rc == 0)
        return sl_vm_revert(f->vm, "InvalidDataSetId(uint256)", "u", id);
    if (!sl_address_equal(&f->sender, &set->payer))
        return sl_vm_revert(f->vm, "CallerNotPayer(uint256,address,address)", "uaa", id,
                            &set->payer, &f->sender);
    return SL_OK;
}

static int fn_top_up_reserve(struct sl_frame *f)
{
    struct sl_vm *vm = f->vm;
    struct sl_fwss_set set;
    const struct sl_u256 id = sl_abi_get_u256(&f->args);
    const struct sl_u256 amount = sl_u256_low(sl_abi_get_u256(&f->args), 96); /* as it is cast */
    int rc = load_as_payer(f, &set, id);
    if (rc < 0)
        return rc;
    if (set.end_epoch != 0)
        return sl_vm_revert(vm, "DataSetPaymentAlreadyTerminated(uint256)", "u", id);
    set.reserve = sl_vm_add(vm, set.reserve, amount);
    if (!sl_u256_is_zero(sl_u256_shr(set.reserve, 96)))
        return sl_vm_panic(vm, SL_VM_PANIC_OVERFLOW);
    rc = sl_rail_lockup(vm, set.pdp_rail, &vm->at->fwss, SL_FWSS_LOCKUP_PERIOD, set.reserve);
    return rc < 0 ? rc : sl_fwss_save(vm, &set);
}

static int top_up_cdn(struct sl_vm *vm, const struct sl_fwss_set *set, struct sl_u256 cdn_more,
                      struct sl_u256 cache_more)
{
    struct sl_rail cdn, cache;
    int rc = sl_rail_load(vm, &cdn, set->cdn_rail);
    if (rc < 0 || (rc = sl_rail_load(vm, &cache, set->cache_rail)) < 0)
        return rc;
    if (cdn.end_epoch != 0)
        return sl_vm_revert(vm, "CDNPaymentAlreadyTerminated(uint256)", "i", set->id);
    if (cache.end_epoch != 0)
        return sl_vm_revert(vm, "CacheMissPaymentAlreadyTerminated(uint256)", "i", set->id);
    if (sl_u256_is_zero(cdn_more) && sl_u256_is_zero(cache_more))
        return sl_vm_revert(vm, "InvalidTopUpAmount(uint256)", "i", set->id);
    const struct sl_u256 cdn_all = sl_vm_add(vm, cdn.fixed, cdn_more);
    const struct sl_u256 cache_all = sl_vm_add(vm, cache.fixed, cache_more);
    rc = sl_vm_sums(vm);
    if (rc == SL_OK)
        rc = sl_rail_lockup(vm, cdn.id, &vm->at->fwss, SL_FWSS_CDN_PERIOD, cdn_all);
    if (rc == SL_OK)
        rc = sl_rail_lockup(vm, cache.id, &vm->at->fwss, SL_FWSS_CDN_PERIOD, cache_all);
    if (rc < 0)
        return rc;
    return sl_vm_emit(vm, &vm->at->fwss,
                      "CDNPaymentRailsToppedUp(uint256,uint256,uint256,uint256,uint256)", 1,
                      "iuuuu", set->id, cdn_more, cdn_all, cache_more, cache_all);
}

static int fn_top_up_cdn(struct sl_frame *f)
{
    struct sl_fwss_set set;
    const struct sl_u256 id = sl_abi_get_u256(&f->args);
    const struct sl_u256 cdn_more = sl_abi_get_u256(&f->args);
    const struct sl_u256 cache_more = sl_abi_get_u256(&f->args);
    int rc = load_as_payer(f, &set, id);
    if (rc < 0 || (rc = sl_fwss_has_cdn(f->vm, set.id)) < 0)
        return rc;
    if (rc == 0)
        return sl_vm_revert(f->vm, "FilBeamServiceNotConfigured(uint256)", "u", id);
    return top_up_cdn(f->vm, &set, cdn_more, cache_more);
}

/* ---- the end of a CDN ---- */

static int fn_terminate_cdn(struct sl_frame *f)
{
    struct sl_vm *vm = f->vm;
    struct sl_fwss_set set;
    const struct sl_u256 id = sl_abi_get_u256(&f->args);
    if (!sl_address_equal(&f->sender, &vm->at->filbeam_controller))
        return sl_vm_revert(vm, "OnlyFilBeamControllerAllowed(address,address)", "aa",
                            &vm->at->filbeam_controller, &f->sender);
    int rc = sl_fwss_load(vm, &set, sl_vm_id(id));
    if (rc < 0 || (rc = sl_fwss_has_cdn(vm, set.id)) < 0)
        return rc;
    if (rc == 0)
        return sl_vm_revert(vm, "FilBeamServiceNotConfigured(uint256)", "u", id);
    rc = sl_ledger_db_run(vm->db, vm->err,
                          "DELETE FROM metadata WHERE data_set = ? AND piece = -1"
                          " AND name = x'7769746843444e'",
                          "i", set.id);
    return rc < 0 ? rc : sl_fwss_terminate_cdn(vm, &set, &f->sender);
}

/* ---- getters ---- */

static int return_address(struct sl_frame *f, const struct sl_address *address)
{
    sl_abi_put_address(&f->out, address);
    return SL_OK;
}

static int fn_view(struct sl_frame *f)
{
    const struct sl_ledger_contracts *at = f->vm->at;
    return return_address(f, f->vm->migrated ? &at->view_today : &at->view);
}

static int fn_pdp(struct sl_frame *f)
{
    return return_address(f, &f->vm->at->pdp);
}

static int fn_pay(struct sl_frame *f)
{
    return return_address(f, &f->vm->at->pay);
}

static int fn_usdfc(struct sl_frame *f)
{
    return return_address(f, &f->vm->at->usdfc);
}

static int fn_registry(struct sl_frame *f)
{
    return return_address(f, &f->vm->at->registry);
}

static int fn_session_keys(struct sl_frame *f)
{
    return return_address(f, &f->vm->at->session_keys);
}

static int fn_filbeam(struct sl_frame *f)
{
    return return_address(f, &f->vm->at->filbeam);
}

static int devnet_fn_version(struct sl_frame *f)
{
    sl_abi_put_str(&f->out, sl_fwss_terms(f->profile)->version);
    return SL_OK;
}

static int fn_name(struct sl_frame *f)
{
    sl_abi_put_str(&f->out, "Filecoin Warm Storage Service");
    return SL_OK;
}

static int fn_domain(struct sl_frame *f)
{
    static const uint8_t fields = 0x0f; /* name, version, chain id, contract */
    static const uint8_t salt[SL_HASH_BYTES];
    const struct sl_domain domain = sl_domain_storage(f->vm->chain_id, &f->vm->at->fwss);
    sl_abi_put_fixed(&f->out, &fields, 1);
    sl_abi_put_str(&f->out, domain.name);
    sl_abi_put_str(&f->out, domain.version);
    sl_abi_put_u64(&f->out, domain.chain_id);
    sl_abi_put_address(&f->out, &domain.contract);
    sl_abi_put_fixed(&f->out, salt, sizeof salt);
    sl_abi_open_list(&f->out, 0);
    sl_abi_close(&f->out);
    return SL_OK;
}

static int fn_service_price(struct sl_frame *f)
{
    sl_abi_open(&f->out);
    sl_abi_put_u64(&f->out, SL_FWSS_PRICE_PER_TIB_MONTH);
    sl_abi_put_u64(&f->out, SL_FWSS_EGRESS_PER_TIB);
    sl_abi_put_u64(&f->out, SL_FWSS_EGRESS_PER_TIB);
    sl_abi_put_address(&f->out, &f->vm->at->usdfc);
    sl_abi_put_u64(&f->out, SL_FWSS_MONTH);
    sl_abi_put_u64(&f->out, sl_fwss_terms(f->profile)->data_set_month);
    sl_abi_close(&f->out);
    return SL_OK;
}

static int fn_rates(struct sl_frame *f)
{
    sl_abi_put_u64(&f->out, 0); /* a commission */
    sl_abi_put_u64(&f->out, SL_FWSS_PRICE_PER_TIB_MONTH);
    return SL_OK;
}

/* ---- the dispatcher of 1.5 ---- */

static bool is_function_of(const struct sl_vm *vm, const struct sl_address *contract,
                           const uint8_t *selector)
{
    uint8_t one[SL_ABI_SELECTOR];
    for (size_t i = 0; sl_vm_selector(vm, contract, i, one); i++) {
        if (memcmp(one, selector, sizeof one) == 0)
            return true;
    }
    return false;
}

/* The View's getters are a module, the rest stands in the proxy itself. */
static int fn_implementation(struct sl_frame *f)
{
    static const struct sl_address none;
    const struct sl_vm *vm = f->vm;
    const struct sl_address *view = vm->migrated ? &vm->at->view_today : &vm->at->view;
    const uint8_t *selector = sl_abi_get_fixed(&f->args);
    const struct sl_address *module = &none;
    if (is_function_of(vm, view, selector))
        module = view;
    else if (is_function_of(vm, &vm->at->fwss, selector))
        module = &vm->at->fwss;
    return return_address(f, module);
}

static int fn_selectors(struct sl_frame *f)
{
    uint8_t one[SL_ABI_SELECTOR];
    size_t count = 0;
    while (sl_vm_selector(f->vm, &f->vm->at->fwss, count, one))
        count++;
    sl_abi_open_list(&f->out, count);
    for (size_t i = 0; sl_vm_selector(f->vm, &f->vm->at->fwss, i, one); i++)
        sl_abi_put_fixed(&f->out, one, sizeof one);
    sl_abi_close(&f->out);
    return SL_OK;
}

const struct sl_function sl_fwss_functions[] = {
    {"VERSION()", "(string)", SL_VIEW, devnet_fn_version},
    {"name()", "(string)", SL_VIEW, fn_name},
    {"viewContractAddress()", "(address)", SL_VIEW, fn_view},
    {"pdpVerifierAddress()", "(address)", SL_VIEW, fn_pdp},
    {"paymentsContractAddress()", "(address)", SL_VIEW, fn_pay},
    {"usdfcTokenAddress()", "(address)", SL_VIEW, fn_usdfc},
    {"serviceProviderRegistry()", "(address)", SL_VIEW, fn_registry},
    {"sessionKeyRegistry()", "(address)", SL_VIEW, fn_session_keys},
    {"filBeamBeneficiaryAddress()", "(address)", SL_VIEW, fn_filbeam},
    {"eip712Domain()", "(bytes1,string,string,uint256,address,bytes32,uint256[])", SL_VIEW,
     fn_domain},
    {"getServicePrice()", "((uint256,uint256,uint256,address,uint256,uint256))", SL_VIEW,
     fn_service_price},
    {"getEffectiveRates()", "(uint256,uint256)", SL_VIEW, fn_rates},
    {"terminateCDNService(uint256)", "()", SL_WRITE, fn_terminate_cdn},
    {"terminateService(uint256)", "()", SL_WRITE, fn_terminate},
    {"terminateService(uint256,bytes)", "()", SL_WRITE, fn_terminate_signed},
    {"topUpCDNPaymentRails(uint256,uint256,uint256)", "()", SL_WRITE, fn_top_up_cdn},
    {"topUpLifecycleReserve(uint256,uint256)", "()", SL_WRITE, fn_top_up_reserve},
    {NULL, NULL, SL_VIEW, NULL},
};

const struct sl_function sl_fwss_today_functions[] = {
    {"implementation(bytes4)", "(address)", SL_VIEW, fn_implementation},
    {"selectors()", "(bytes4[])", SL_VIEW, fn_selectors},
    {"setDataSetAuthorizer(uint256,address)", "()", SL_WRITE, sl_fwss_fn_set_authorizer},
    {NULL, NULL, SL_VIEW, NULL},
};
