/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "chain/money.h"

#include <string.h>

#include "chain/ask.h"
#include "chain/run.h"

static size_t ask_fil(struct sl_multicall *calls, const struct sl_contracts *contracts,
                      const struct sl_address *payer)
{
    return sl_ask_accounts(calls, &contracts->multicall3, "getEthBalance(address)", &payer, 1);
}

void sl_ask_money(struct sl_money_asked *asked, struct sl_multicall *calls,
                  const struct sl_contracts *contracts, const struct sl_address *payer)
{
    const struct sl_address *const token = &contracts->token;
    const struct sl_address *const of_account[] = {token, payer};
    const struct sl_address *const of_approval[] = {token, payer, &contracts->fwss};
    const struct sl_address *const of_allowance[] = {payer, &contracts->payments};
    asked->prices = sl_multicall_add_plain(calls, &contracts->view, "getPriceList()");
    asked->account =
        sl_ask_accounts(calls, &contracts->payments, "accounts(address,address)", of_account, 2);
    asked->approval = sl_ask_accounts(calls, &contracts->payments,
                                      "operatorApprovals(address,address,address)", of_approval, 3);
    asked->balance = sl_ask_accounts(calls, token, "balanceOf(address)", &payer, 1);
    asked->allowance = sl_ask_accounts(calls, token, "allowance(address,address)", of_allowance, 2);
    asked->nonce = sl_ask_accounts(calls, token, "nonces(address)", &payer, 1);
    asked->name = sl_multicall_add_plain(calls, token, "name()");
    asked->version = sl_multicall_add_plain(calls, token, "version()");
    asked->separator = sl_multicall_add_plain(calls, token, "DOMAIN_SEPARATOR()");
    asked->fil = ask_fil(calls, contracts, payer);
}

static int decode_prices(struct sl_prices *out, const struct sl_multicall *calls, size_t index,
                         struct sl_err *err)
{
    struct sl_u256 *const order[] = {&out->storage_per_tib_month,
                                     &out->data_set_per_month,
                                     &out->cdn_egress_per_tib,
                                     &out->cache_miss_egress_per_tib,
                                     &out->create_fee,
                                     &out->add_fee,
                                     &out->piece_fee,
                                     &out->remove_fee,
                                     &out->terminate_fee,
                                     &out->reserve_target,
                                     &out->reserve_threshold,
                                     &out->lockup_epochs,
                                     &out->cdn_lockup,
                                     &out->cache_miss_lockup,
                                     &out->cdn_lockup_epochs};
    static const size_t groups[] = {4, 5, 6};
    struct sl_abi_reader r;
    size_t at = 0;
    const int rc =
        sl_decode_begin(&r, calls, index,
                        "((address,(uint256,uint256,uint256,uint256),(uint256,uint256,uint256,"
                        "uint256,uint256),(uint256,uint256,uint256,uint256,uint256,uint256)))",
                        "the price list", err);
    sl_abi_enter(&r);
    out->token = sl_abi_get_address(&r);
    for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++) {
        sl_abi_enter(&r);
        for (size_t i = 0; i < groups[g]; i++)
            *order[at++] = sl_abi_get_u256(&r);
        sl_abi_leave(&r);
    }
    sl_abi_leave(&r);
    return rc < 0 ? rc : sl_decode_end(&r, "the price list", err);
}

int sl_chain_prices(struct sl_prices *out, struct sl_chain *chain, struct sl_err *err)
{
    const struct sl_contracts *contracts;
    struct sl_multicall calls = {0};
    int rc = sl_chain_contracts(chain, &contracts, err);
    if (rc == SL_OK) {
        sl_multicall_add_plain(&calls, &contracts->view, "getPriceList()");
        rc = sl_ask_run(&calls, chain, err);
    }
    if (rc == SL_OK)
        rc = decode_prices(out, &calls, 0, err);
    sl_multicall_free(&calls);
    return rc;
}

static int decode_account(struct sl_account *out, const struct sl_multicall *calls, size_t index,
                          struct sl_err *err)
{
    struct sl_abi_reader r;
    const int rc =
        sl_decode_begin(&r, calls, index, "(uint256,uint256,uint256,uint256)", "the account", err);
    out->funds = sl_abi_get_u256(&r);
    out->lockup = sl_abi_get_u256(&r);
    out->rate = sl_abi_get_u256(&r);
    out->settled_at = sl_abi_get_u256(&r);
    return rc < 0 ? rc : sl_decode_end(&r, "the account", err);
}

static int decode_approval(struct sl_approval *out, const struct sl_multicall *calls, size_t index,
                           struct sl_err *err)
{
    struct sl_abi_reader r;
    const int rc = sl_decode_begin(
        &r, calls, index, "(bool,uint256,uint256,uint256,uint256,uint256)", "the approval", err);
    out->approved = sl_abi_get_bool(&r);
    out->rate_allowance = sl_abi_get_u256(&r);
    out->lockup_allowance = sl_abi_get_u256(&r);
    out->rate_usage = sl_abi_get_u256(&r);
    out->lockup_usage = sl_abi_get_u256(&r);
    out->max_lockup_epochs = sl_abi_get_u256(&r);
    return rc < 0 ? rc : sl_decode_end(&r, "the approval", err);
}

/* A permit is possible only when we would sign for exactly the domain that the token checks. */
static bool decode_permits(struct sl_token *token, const struct sl_money_asked *asked,
                           const struct sl_multicall *calls, const struct sl_chain *chain)
{
    struct sl_abi_reader r;
    uint8_t ours[SL_HASH_BYTES];
    if (sl_decode_u256(&token->nonce, calls, asked->nonce, "", NULL) < 0 ||
        sl_decode_text(token->name, sizeof token->name, calls, asked->name, "", NULL) < 0 ||
        sl_decode_text(token->version, sizeof token->version, calls, asked->version, "", NULL) < 0)
        return false;
    const struct sl_domain domain = {.name = token->name,
                                     .version = token->version,
                                     .chain_id = chain->network.chain_id,
                                     .contract = chain->contracts.token};
    sl_domain_separator(ours, &domain);
    sl_multicall_read(&r, calls, asked->separator, "(bytes32)");
    const uint8_t *theirs = sl_abi_get_fixed(&r);
    return sl_abi_done(&r, NULL) == SL_OK && memcmp(theirs, ours, sizeof ours) == 0;
}

int sl_decode_money(struct sl_chain_view *view, const struct sl_money_asked *asked,
                    const struct sl_multicall *calls, const struct sl_chain *chain,
                    struct sl_err *err)
{
    struct sl_token *token = &view->token;
    int rc = decode_prices(&view->prices, calls, asked->prices, err);
    if (rc == SL_OK && !sl_address_equal(&view->prices.token, &chain->contracts.token))
        rc = sl_err_set(err, SL_EPROTO, "the prices are in another token than the payments");
    if (rc == SL_OK)
        rc = decode_account(&view->account, calls, asked->account, err);
    if (rc == SL_OK)
        rc = sl_account_state(&view->account_state, &view->account, sl_u256(view->epoch), err);
    if (rc == SL_OK)
        rc = decode_approval(&view->approval, calls, asked->approval, err);
    if (rc == SL_OK)
        rc = sl_decode_u256(&token->balance, calls, asked->balance, "the token's balance", err);
    if (rc == SL_OK)
        rc = sl_decode_u256(&token->allowance, calls, asked->allowance, "the token's allowance",
                            err);
    if (rc == SL_OK)
        rc = sl_decode_u256(&view->fil, calls, asked->fil, "the balance of FIL", err);
    token->permits = rc == SL_OK && decode_permits(token, asked, calls, chain);
    return rc;
}

#define SL_ABI_RAIL                                                                                \
    "(address,address,address,address,address,uint256,uint256,uint256,uint256,uint256,uint256,"    \
    "address)"

bool sl_decode_rail_rate(struct sl_u256 *rate, const struct sl_multicall *calls, size_t index)
{
    enum { PARTIES = 5, AFTER_RATE = 5 }; /* addresses before the rate; numbers behind it */
    struct sl_abi_reader r;
    sl_multicall_read(&r, calls, index, "(" SL_ABI_RAIL ")");
    sl_abi_enter(&r);
    for (int i = 0; i < PARTIES; i++)
        (void)sl_abi_get_address(&r);
    *rate = sl_abi_get_u256(&r);
    for (int i = 0; i < AFTER_RATE; i++)
        (void)sl_abi_get_u256(&r);
    (void)sl_abi_get_address(&r);
    sl_abi_leave(&r);
    const bool known = sl_abi_done(&r, NULL) == SL_OK;
    if (!known)
        *rate = sl_u256(0);
    return known;
}

void sl_ask_session(struct sl_money_asked *asked, struct sl_multicall *calls,
                    const struct sl_contracts *contracts, const struct sl_address *payer,
                    const struct sl_address *session_key)
{
    asked->session = calls->count;
    for (int message = 0; message < SL_MESSAGE_PERMIT; message++) {
        struct sl_abi_writer w = {0};
        uint8_t permission[SL_HASH_BYTES];
        sl_message_type_hash(permission, (enum sl_message)message);
        sl_abi_call(&w, "authorizationExpiry(address,address,bytes32)");
        sl_abi_put_address(&w, payer);
        sl_abi_put_address(&w, session_key);
        sl_abi_put_fixed(&w, permission, sizeof permission);
        sl_multicall_add(calls, &contracts->session_keys, &w);
    }
}

int sl_decode_session(struct sl_chain_view *view, const struct sl_money_asked *asked,
                      const struct sl_multicall *calls, struct sl_err *err)
{
    int rc = SL_OK;
    for (size_t i = 0; rc == SL_OK && i < SL_MESSAGE_PERMIT; i++)
        rc = sl_decode_u256(&view->session_expiry[i], calls, asked->session + i,
                            "the session key's expiry", err);
    return rc;
}
