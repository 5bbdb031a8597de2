/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "setup/account_ctx.h"

#include "output/output.h"
#include "setup/keys.h"
#include "setup/network.h"
#include "setup/settings.h"

static enum sl_keys_for keys_for(enum sl_account_use use)
{
    if (use == SL_ACCOUNT_DRY_SIGN || use == SL_ACCOUNT_DRY_SPEND)
        return SL_KEYS_LOOK;
    return use == SL_ACCOUNT_READ ? SL_KEYS_ADDRESS : SL_KEYS_SIGN;
}

static int find_key(struct sl_cli_account_ctx *account, const struct sl_config *config,
                    enum sl_account_use use, struct sl_err *err)
{
    if (account->local.key != NULL) {
        account->signer = (struct sl_signer){.source = "the local network"};
        sl_signer_own(&account->signer, account->local.key);
        account->local.key = NULL; /* given to the signer */
        return SL_OK;
    }
    const bool spends = use == SL_ACCOUNT_SPEND || use == SL_ACCOUNT_DRY_SPEND;
    const int rc = sl_keys_find(&account->signer, config, keys_for(use), err);
    if (rc == 0)
        return sl_err_set(err, SL_EKEY,
                          "no key is set; create one with `sluice wallet new`, or import yours "
                          "with `sluice wallet import`");
    if (rc == 1 && account->signer.unnamed)
        return sl_err_set(err, SL_EKEY,
                          "%s does not name its address, and a dry run asks for no password; leave "
                          "out --dry-run: sluice asks before it sends anything",
                          account->signer.source);
    if (rc == 1 && spends && account->signer.session)
        return sl_err_set(err, SL_EKEY,
                          "a session key can only sign uploads; moving money needs the account's "
                          "own key");
    return rc < 0 ? rc : SL_OK;
}

int sl_cli_account_ctx_open(struct sl_cli_account_ctx *account, const struct sl_config *config,
                            enum sl_account_use use, struct sl_err *err)
{
    *account = (struct sl_cli_account_ctx){0};
    const struct sl_rpc_options options = sl_cli_rpc_patient_options(config);
    const struct sl_clock clock = sl_clock_system();
    sl_settings_join_log(config, &clock);
    int rc = sl_cli_devnet_open(&account->local, &account->network, config, err);
    if (rc == SL_OK)
        rc = find_key(account, config, use, err);
    if (rc == SL_OK)
        rc = sl_http_global_init(err);
    return rc < 0 ? rc : sl_chain_new(&account->chain, &account->network, &options, err);
}

void sl_cli_account_ctx_close(struct sl_cli_account_ctx *account)
{
    sl_chain_view_free(account->view);
    sl_chain_free(account->chain);
    sl_signer_free(&account->signer);
    sl_cli_devnet_close(&account->local);
}

int sl_cli_account_ctx_read(struct sl_cli_account_ctx *account, struct sl_err *err)
{
    const struct sl_chain_wish wish = {.what = SL_READ_MONEY, .payer = &account->signer.payer};
    sl_chain_view_free(account->view);
    account->view = NULL;
    int rc = sl_chain_contracts(account->chain, &account->contracts, err);
    if (rc == SL_OK)
        rc = sl_chain_read(&account->view, account->chain, &wish, err);
    if (rc == SL_OK && account->view->warning[0] != '\0')
        sl_notice("warning: %s", account->view->warning);
    return rc;
}

void sl_cli_account_ctx_print_signer(const struct sl_cli_account_ctx *account)
{
    char address[SL_ADDRESS_CHARS];
    sl_address_text(address, &account->signer.payer);
    sl_notice("%s, account %s (%s)", account->network.name, address, account->signer.source);
}

struct sl_u256 sl_cli_account_locked(const struct sl_chain_view *view)
{
    struct sl_u256 locked = view->account.funds;
    return sl_u256_sub(&locked, locked, view->account_state.available) ? locked : sl_u256(0);
}
