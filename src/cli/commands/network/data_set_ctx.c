/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "commands/network/data_set_ctx.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "output/output.h"
#include "setup/network.h"

enum { FIRST_WAIT_MS = 250, LONG_WAIT_MS = 4000, PATIENCE_MS = 300000 };

int sl_cli_data_set_ctx_parse_id(uint64_t *out, const char *text, struct sl_err *err)
{
    struct sl_u256 value;
    if (sl_u256_parse_dec(&value, text, strlen(text), NULL) < 0 || !sl_u256_to_u64(out, value))
        return sl_err_set(err, SL_EUSAGE,
                          "'%.40s' is not a data set number; `sluice datasets` lists yours", text);
    return SL_OK;
}

static int check_set(const struct sl_cli_data_set_ctx *change, struct sl_err *err)
{
    const struct sl_data_set *set = change->set;
    const char *why = NULL;
    if (!sl_address_equal(&set->payer, &change->account.signer.payer))
        why = "it belongs to another account";
    else if (!sl_u256_is_zero(set->end_epoch))
        why = "it is already terminated";
    else if (!set->live)
        why = "it no longer exists";
    else if (!set->managed)
        why = "it belongs to another storage service";
    return why == NULL ? SL_OK
                       : sl_err_set(err, SL_EREFUSED, "data set %" PRIu64 ": %s", change->id, why);
}

static int find_set(struct sl_cli_data_set_ctx *change, struct sl_err *err)
{
    const struct sl_u256 id = sl_u256(change->id);
    int rc = sl_chain_read_data_sets(&change->set_view, change->account.chain, &id, 1, err);
    if (rc < 0)
        return rc;
    if (change->set_view->data_set_count == 0)
        return sl_err_set(err, SL_ENOTFOUND,
                          "there is no data set %" PRIu64 "; `sluice datasets` lists yours",
                          change->id);
    change->set = &change->set_view->data_sets[0];
    rc = check_set(change, err);
    if (rc < 0)
        return rc;
    rc = sl_chain_read_providers(&change->provider_view, change->account.chain,
                                 &change->set->provider_id, 1, err);
    if (rc == SL_OK && change->provider_view->provider_count == 0)
        rc = sl_err_set(err, SL_ENOTFOUND, "the provider of data set %" PRIu64 " is not known",
                        change->id);
    if (rc == SL_OK)
        change->provider = &change->provider_view->providers[0];
    return rc;
}

static int read_money(struct sl_cli_data_set_ctx *change, enum sl_message message,
                      struct sl_err *err)
{
    struct sl_cli_account_ctx *account = &change->account;
    const struct sl_chain_wish wish = {
        .what = SL_READ_MONEY | (account->signer.session ? SL_READ_SESSION : 0U),
        .payer = &account->signer.payer,
        .session_key = account->signer.session ? &account->signer.address : NULL};
    int rc = sl_chain_contracts(account->chain, &account->contracts, err);
    if (rc == SL_OK)
        rc = sl_chain_read(&account->view, account->chain, &wish, err);
    if (rc < 0)
        return rc;
    if (account->view->warning[0] != '\0')
        sl_notice("warning: %s", account->view->warning);
    if (account->signer.session &&
        sl_u256_cmp(account->view->session_expiry[message], sl_u256(account->view->unix_s)) < 0)
        return sl_err_set(err, SL_EKEY,
                          "the session key may not sign this, or has expired; see `sluice wallet "
                          "session status`");
    if (message == SL_MESSAGE_TERMINATE && !sl_u256_is_zero(account->view->account_state.debt))
        return sl_err_set(err, SL_EMONEY,
                          "the account is in debt, so nothing can be terminated; pay first with "
                          "`sluice wallet deposit AMOUNT`");
    return SL_OK;
}

int sl_cli_data_set_ctx_open(struct sl_cli_data_set_ctx *out, const struct sl_config *config,
                             enum sl_message message, bool dry_run, struct sl_err *err)
{
    char url[SL_SERVICE_URL_BYTES];
    const struct sl_rpc_options options = sl_cli_rpc_options(config);
    int rc = sl_spend_limit_read(&out->limit, config->max_spend, err);
    if (rc == SL_OK)
        rc = sl_cli_account_ctx_open(&out->account, config,
                                     dry_run ? SL_ACCOUNT_DRY_SIGN : SL_ACCOUNT_SIGN, err);
    out->clock = sl_clock_system();
    if (rc == SL_OK)
        rc = read_money(out, message, err);
    if (rc == SL_OK)
        rc = find_set(out, err);
    if (rc == SL_OK)
        rc = sl_offering_url(url, &out->provider->offering, err);
    if (rc == SL_OK)
        rc = sl_sp_new(&out->sp, url, &options.http, err);
    if (rc == SL_OK)
        out->domain = sl_domain_storage(out->account.network.chain_id, &out->account.network.fwss);
    if (rc == SL_OK)
        sl_cli_account_ctx_print_signer(&out->account);
    return rc;
}

void sl_cli_data_set_ctx_close(struct sl_cli_data_set_ctx *change)
{
    sl_sp_free(change->sp);
    sl_chain_view_free(change->provider_view);
    sl_chain_view_free(change->set_view);
    sl_cli_account_ctx_close(&change->account);
}

int sl_cli_data_set_ctx_check_fee(const struct sl_cli_data_set_ctx *change, struct sl_u256 fee,
                                  struct sl_err *err)
{
    char text[SL_COST_CHARS], most[SL_COST_CHARS];
    if (sl_spend_allows(&change->limit, fee))
        return SL_OK;
    sl_cost_text(text, fee);
    sl_cost_text(most, change->limit.most);
    return sl_err_set(err, SL_EMONEY, "the fee is %s, more than max_spend = %s; raise max_spend",
                      text, most);
}

void sl_cli_data_set_ctx_name(char out[static SL_DATA_SET_CTX_NAME_BYTES],
                              const struct sl_cli_data_set_ctx *change)
{
    char provider[SL_U256_DEC_CHARS];
    sl_u256_dec(provider, change->set->provider_id);
    snprintf(out, SL_DATA_SET_CTX_NAME_BYTES, "data set %" PRIu64 " at provider %s (%.100s)",
             change->id, provider, change->provider->name);
}

bool sl_cli_data_set_ctx_wait(struct sl_cli_data_set_ctx *change, int64_t *begun_ms)
{
    const int64_t now_ms = sl_now_ms(&change->clock);
    if (*begun_ms == 0)
        *begun_ms = now_ms;
    const int64_t passed_ms = now_ms - *begun_ms;
    if (passed_ms > PATIENCE_MS)
        return false;
    const int64_t wait_ms = passed_ms < FIRST_WAIT_MS  ? FIRST_WAIT_MS
                            : passed_ms > LONG_WAIT_MS ? LONG_WAIT_MS
                                                       : passed_ms;
    return sl_sp_wait(change->sp, wait_ms, NULL) == SL_OK;
}
