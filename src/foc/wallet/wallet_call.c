/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The calls of own transactions, with the checks that need no node. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sluice/abi.h"
#include "sluice/wallet_tx.h"

enum { PERMIT_S = 3600 };

static const char origin[] = "sluice";

void sl_wallet_tx_call_free(struct sl_wallet_tx_call *call)
{
    sl_buf_free(&call->data);
    *call = (struct sl_wallet_tx_call){0};
}

/* ---- the contracts ---- */

/* The contracts that money is entrusted to, where they are known: a node that names others wants to
 * be given it. They are no proxies and do not change with releases of the storage service. */
static const struct known {
    uint64_t chain_id;
    const char *payments;
    const char *token;
    const char *session_keys;
} known[] = {
    {314, "0x23b1e018F08BB982348b15a86ee926eEBf7F4DAa",
     "0x80B98d3aa09ffff255c3ba4A241111Ff1262F045", "0x74FD50525A958aF5d484601E252271f9625231aB"},
    {314159, "0x09a0fDc2723fAd1A7b8e3e00eE5DF73841df55a0",
     "0xb3042734b608a1B16e9e86B374A3f3e389B4cDf0", "0x518411c2062E119Aaf7A8B12A2eDf9a939347655"},
};

static int check_one(const struct sl_address *told, const char *text, const char *what,
                     struct sl_err *err)
{
    struct sl_address expected;
    char got[SL_ADDRESS_CHARS];
    int rc = sl_address_parse(&expected, text, strlen(text), err);
    if (rc < 0 || sl_address_equal(told, &expected))
        return rc;
    sl_address_text(got, told);
    return sl_err_set(err, SL_EPROTO,
                      "the node says that %s is at %s, but it is at %s: nothing was signed, use "
                      "another rpc_url",
                      what, got, text);
}

static int check_contracts(const struct sl_wallet_tx_payer *payer, struct sl_err *err)
{
    const struct sl_contracts *contracts = payer->contracts;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].chain_id != payer->network->chain_id)
            continue;
        int rc = check_one(&contracts->payments, known[i].payments, "FilecoinPay", err);
        if (rc == SL_OK)
            rc = check_one(&contracts->token, known[i].token, "USDFC", err);
        if (rc == SL_OK)
            rc = check_one(&contracts->session_keys, known[i].session_keys,
                           "the registry of session keys", err);
        return rc;
    }
    return SL_OK;
}

/* ---- sums ---- */

/* All digits: what is signed is what is read. */
static void exact(char out[static SL_U256_AMOUNT_CHARS], struct sl_u256 amount)
{
    sl_u256_amount(out, amount, SL_TOKEN_DECIMALS, SL_TOKEN_DECIMALS);
}

static void say_amount(struct sl_wallet_tx_call *call, const char *before, struct sl_u256 amount,
                       const char *behind)
{
    char text[SL_U256_AMOUNT_CHARS];
    exact(text, amount);
    snprintf(call->what, sizeof call->what, "%s %.50s USDFC%s", before, text, behind);
}

static int check_balance(const struct sl_wallet_tx_payer *payer, struct sl_u256 amount,
                         struct sl_err *err)
{
    char has[SL_U256_AMOUNT_CHARS];
    char wants[SL_U256_AMOUNT_CHARS];
    if (sl_u256_cmp(payer->view->token.balance, amount) >= 0)
        return SL_OK;
    exact(has, payer->view->token.balance);
    exact(wants, amount);
    return sl_err_set(err, SL_EMONEY, "the wallet holds %s USDFC, the deposit needs %s", has,
                      wants);
}

static int check_available(const struct sl_wallet_tx_payer *payer, struct sl_u256 amount,
                           struct sl_err *err)
{
    const struct sl_account_state *state = &payer->view->account_state;
    char has[SL_U256_AMOUNT_CHARS];
    char wants[SL_U256_AMOUNT_CHARS];
    if (!sl_u256_is_zero(state->debt)) {
        exact(wants, state->debt);
        return sl_err_set(err, SL_EMONEY,
                          "the account owes %s USDFC: nothing can be withdrawn until that is "
                          "deposited",
                          wants);
    }
    if (sl_u256_cmp(state->available, amount) >= 0)
        return SL_OK;
    exact(has, state->available);
    exact(wants, amount);
    return sl_err_set(err, SL_EMONEY, "%s USDFC can be withdrawn, not %s: the rest is locked", has,
                      wants);
}

/* ---- making them ---- */

static int begin(struct sl_wallet_tx_call *out, const struct sl_wallet_tx_payer *payer,
                 struct sl_err *err)
{
    *out = (struct sl_wallet_tx_call){0};
    return check_contracts(payer, err);
}

/* One that takes the amount out of the wallet. */
static int begin_paid(struct sl_wallet_tx_call *out, const struct sl_wallet_tx_payer *payer,
                      struct sl_u256 amount, struct sl_err *err)
{
    const int rc = begin(out, payer, err);
    return rc < 0 ? rc : check_balance(payer, amount, err);
}

static int begin_session(struct sl_wallet_tx_call *out, const struct sl_wallet_tx_payer *payer,
                         const char *verb, const struct sl_address *key, struct sl_err *err)
{
    char text[SL_ADDRESS_CHARS];
    const int rc = begin(out, payer, err);
    sl_address_text(text, key);
    snprintf(out->what, sizeof out->what, "%s session key %s", verb, text);
    return rc;
}

/* Ends the writer into the call. */
static int finish(struct sl_wallet_tx_call *out, const struct sl_address *to,
                  struct sl_abi_writer *w, struct sl_err *err)
{
    const int rc = sl_abi_end(w, err);
    if (rc < 0) {
        sl_abi_free(w);
        return rc;
    }
    out->to = *to;
    out->data = w->buf; /* given away */
    return SL_OK;
}

static int sign_permit(uint8_t signature[static SL_SIGNATURE_BYTES],
                       const struct sl_wallet_tx_payer *payer, struct sl_u256 amount,
                       struct sl_u256 deadline, struct sl_err *err)
{
    const struct sl_token *token = &payer->view->token;
    const struct sl_domain domain = {.name = token->name,
                                     .version = token->version,
                                     .chain_id = payer->network->chain_id,
                                     .contract = payer->contracts->token};
    uint8_t hash[SL_HASH_BYTES];
    if (!token->permits)
        return sl_err_set(err, SL_EREFUSED,
                          "the token takes no permit that could be signed for it");
    sl_hash_permit(hash, sl_key_address(payer->key), &payer->contracts->payments, amount,
                   token->nonce, deadline);
    return sl_message_sign(signature, payer->key, &domain, hash, err);
}

static void append_permit(struct sl_abi_writer *w, const struct sl_wallet_tx_payer *payer,
                          struct sl_u256 amount, struct sl_u256 deadline,
                          const uint8_t signature[static SL_SIGNATURE_BYTES])
{
    sl_abi_put_address(w, &payer->contracts->token);
    sl_abi_put_address(w, sl_key_address(payer->key));
    sl_abi_put_u256(w, amount);
    sl_abi_put_u256(w, deadline);
    sl_abi_put_u64(w, signature[SL_SIGNATURE_BYTES - 1]);
    sl_abi_put_fixed(w, signature, 32);
    sl_abi_put_fixed(w, signature + 32, 32);
}

int sl_wallet_tx_deposit(struct sl_wallet_tx_call *out, const struct sl_wallet_tx_payer *payer,
                         struct sl_u256 amount, bool approve, struct sl_err *err)
{
    uint8_t signature[SL_SIGNATURE_BYTES] = {0};
    struct sl_abi_writer w = {0};
    const struct sl_u256 deadline = sl_u256(payer->view->unix_s + PERMIT_S);
    int rc = begin_paid(out, payer, amount, err);
    if (rc == SL_OK)
        rc = sign_permit(signature, payer, amount, deadline, err);
    if (rc < 0)
        return rc;
    say_amount(out, "deposit", amount, approve ? " and approve the service" : "");
    if (!approve) {
        sl_abi_call(&w, "depositWithPermit(address,address,uint256,uint256,uint8,bytes32,bytes32)");
        append_permit(&w, payer, amount, deadline, signature);
        return finish(out, &payer->contracts->payments, &w, err);
    }
    sl_abi_call(&w, "depositWithPermitAndApproveOperator(address,address,uint256,uint256,uint8,"
                    "bytes32,bytes32,address,uint256,uint256,uint256)");
    append_permit(&w, payer, amount, deadline, signature);
    sl_abi_put_address(&w, &payer->contracts->fwss);
    sl_abi_put_u256(&w, sl_u256_max());
    sl_abi_put_u256(&w, sl_u256_max());
    sl_abi_put_u256(&w, payer->view->prices.lockup_epochs);
    return finish(out, &payer->contracts->payments, &w, err);
}

int sl_wallet_tx_allow(struct sl_wallet_tx_call *out, const struct sl_wallet_tx_payer *payer,
                       struct sl_u256 amount, struct sl_err *err)
{
    struct sl_abi_writer w = {0};
    const int rc = begin_paid(out, payer, amount, err);
    if (rc < 0)
        return rc;
    say_amount(out, "allow FilecoinPay to take", amount, "");
    sl_abi_call(&w, "approve(address,uint256)");
    sl_abi_put_address(&w, &payer->contracts->payments);
    sl_abi_put_u256(&w, amount);
    return finish(out, &payer->contracts->token, &w, err);
}

int sl_wallet_tx_deposit_allowed(struct sl_wallet_tx_call *out,
                                 const struct sl_wallet_tx_payer *payer, struct sl_u256 amount,
                                 struct sl_err *err)
{
    struct sl_abi_writer w = {0};
    const int rc = begin_paid(out, payer, amount, err);
    if (rc < 0)
        return rc;
    say_amount(out, "deposit", amount, "");
    sl_abi_call(&w, "deposit(address,address,uint256)");
    sl_abi_put_address(&w, &payer->contracts->token);
    sl_abi_put_address(&w, sl_key_address(payer->key));
    sl_abi_put_u256(&w, amount);
    return finish(out, &payer->contracts->payments, &w, err);
}

int sl_wallet_tx_approve(struct sl_wallet_tx_call *out, const struct sl_wallet_tx_payer *payer,
                         bool approved, struct sl_err *err)
{
    struct sl_abi_writer w = {0};
    const struct sl_u256 limit = approved ? sl_u256_max() : sl_u256(0);
    const int rc = begin(out, payer, err);
    if (rc < 0)
        return rc;
    snprintf(out->what, sizeof out->what, "%s",
             approved ? "approve the service" : "take the service's approval back");
    sl_abi_call(&w, "setOperatorApproval(address,address,bool,uint256,uint256,uint256)");
    sl_abi_put_address(&w, &payer->contracts->token);
    sl_abi_put_address(&w, &payer->contracts->fwss);
    sl_abi_put_bool(&w, approved);
    sl_abi_put_u256(&w, limit);
    sl_abi_put_u256(&w, limit);
    sl_abi_put_u256(&w, approved ? payer->view->prices.lockup_epochs : sl_u256(0));
    return finish(out, &payer->contracts->payments, &w, err);
}

int sl_wallet_tx_withdraw(struct sl_wallet_tx_call *out, const struct sl_wallet_tx_payer *payer,
                          struct sl_u256 amount, struct sl_err *err)
{
    struct sl_abi_writer w = {0};
    int rc = begin(out, payer, err);
    if (rc == SL_OK)
        rc = check_available(payer, amount, err);
    if (rc < 0)
        return rc;
    say_amount(out, "withdraw", amount, "");
    sl_abi_call(&w, "withdraw(address,uint256)");
    sl_abi_put_address(&w, &payer->contracts->token);
    sl_abi_put_u256(&w, amount);
    return finish(out, &payer->contracts->payments, &w, err);
}

/* ---- session keys and termination ---- */

static void append_permissions(struct sl_abi_writer *w)
{
    sl_abi_open_list(w, SL_MESSAGE_PERMIT);
    for (int message = 0; message < SL_MESSAGE_PERMIT; message++) {
        uint8_t permission[SL_HASH_BYTES];
        sl_message_type_hash(permission, (enum sl_message)message);
        sl_abi_put_fixed(w, permission, sizeof permission);
    }
    sl_abi_close(w);
    sl_abi_put_str(w, origin);
}

int sl_wallet_tx_login(struct sl_wallet_tx_call *out, const struct sl_wallet_tx_payer *payer,
                       const struct sl_address *session_key, uint64_t expiry_unix_s,
                       struct sl_err *err)
{
    struct sl_abi_writer w = {0};
    const int rc = begin_session(out, payer, "log in", session_key, err);
    if (rc < 0)
        return rc;
    sl_abi_call(&w, "login(address,uint256,bytes32[],string)");
    sl_abi_put_address(&w, session_key);
    sl_abi_put_u64(&w, expiry_unix_s);
    append_permissions(&w);
    return finish(out, &payer->contracts->session_keys, &w, err);
}

int sl_wallet_tx_revoke(struct sl_wallet_tx_call *out, const struct sl_wallet_tx_payer *payer,
                        const struct sl_address *session_key, struct sl_err *err)
{
    struct sl_abi_writer w = {0};
    const int rc = begin_session(out, payer, "revoke", session_key, err);
    if (rc < 0)
        return rc;
    sl_abi_call(&w, "revoke(address,bytes32[],string)");
    sl_abi_put_address(&w, session_key);
    append_permissions(&w);
    return finish(out, &payer->contracts->session_keys, &w, err);
}

int sl_wallet_tx_terminate(struct sl_wallet_tx_call *out, const struct sl_wallet_tx_payer *payer,
                           struct sl_u256 data_set_id, struct sl_err *err)
{
    char id[SL_U256_DEC_CHARS];
    struct sl_abi_writer w = {0};
    const int rc = begin(out, payer, err);
    if (rc < 0)
        return rc;
    sl_u256_dec(id, data_set_id);
    snprintf(out->what, sizeof out->what, "terminate data set %s", id);
    sl_abi_call(&w, "terminateService(uint256)");
    sl_abi_put_u256(&w, data_set_id);
    return finish(out, &payer->contracts->fwss, &w, err);
}
