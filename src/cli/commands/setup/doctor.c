/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* `sluice doctor`: checks everything that an upload needs. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sluice/chain.h"
#include "sluice/http.h"
#include "sluice/provider.h"

#include "commands.h"
#include "commands/account/cost_plan.h"
#include "commands/setup/bundle.h"
#include "output/json_lines.h"
#include "output/output.h"
#include "setup/appearance.h"
#include "setup/chain_open.h"
#include "setup/keys.h"
#include "setup/network.h"
#include "setup/settings.h"
#include "setup/upload_target.h"

enum { TEXT_BYTES = 1024 };

enum mark { MARK_OK, MARK_WARN, MARK_FAIL };

struct doctor {
    struct sl_cli_chain net;
    struct sl_chain_view *view;
    struct sl_address payer;
    bool has_payer;
    struct sl_address session;
    bool is_session; /* a session key signs for that payer */
    bool broken;     /* stdout failed */
    int code;        /* of the first that failed */
};

/* One line; `remedy` is what to do, or NULL. */
static void report(struct doctor *d, enum mark mark, const char *what, const char *remedy,
                   const char *fmt, ...) SL_PRINTF(5, 6);

static void report(struct doctor *d, enum mark mark, const char *what, const char *remedy,
                   const char *fmt, ...)
{
    static const char *const marks[] = {"ok", "warn", "fail"};
    char text[TEXT_BYTES];
    va_list list;
    struct sl_jw w = {0};
    va_start(list, fmt);
    vsnprintf(text, sizeof text, fmt, list);
    va_end(list);
    if (d->net.json) {
        sl_cli_json_begin(&w, "check", &d->net.clock);
        sl_jw_str(&w, "check", what);
        sl_jw_str(&w, "result", marks[mark]);
        sl_jw_str(&w, "message", text);
        if (remedy != NULL)
            sl_jw_str(&w, "remedy", remedy);
        sl_cli_json_end(&w);
    } else {
        sl_buf_printf(&w.buf, "%-5s %-10s ", marks[mark], what);
        sl_output_escape(&w.buf, text);
        if (remedy != NULL)
            sl_buf_printf(&w.buf, "\n                 -> %s", remedy);
        sl_buf_str(&w.buf, "\n");
    }
    d->broken = d->broken || !sl_output(&w.buf);
    sl_jw_free(&w);
}

static void fail(struct doctor *d, const char *what, const char *remedy, const struct sl_err *err)
{
    if (d->code == SL_OK)
        d->code = err->code;
    report(d, MARK_FAIL, what, remedy, "%s", err->text);
}

/* ---- this machine ---- */

static void check_appearance(struct doctor *d)
{
    struct sl_err err = {0};
    char note[SL_TUI_NOTE_BYTES];
    if (sl_appearance_check(&d->net.settings, note, &err) < 0)
        fail(d, "screen", "fix the named line or setting", &err);
    else if (note[0] != '\0')
        report(d, MARK_WARN, "screen", "remove that line from the theme", "%s", note);
    else
        report(d, MARK_OK, "screen", NULL, "keys, and theme %s", d->net.settings.config.theme);
}

/* Old names go on working: a warning does not change the exit status. */
static void check_names(struct doctor *d)
{
    struct sl_buf text = {0};
    sl_config_add_renamed(&text, &d->net.settings.config, d->net.settings.file);
    for (const char *line = text.data; line != NULL && *line != '\0'; line = strchr(line, '\n') + 1)
        report(d, MARK_WARN, "config", "use the new name: the old one still works", "%.*s",
               (int)strcspn(line, "\n"), line);
    sl_buf_free(&text);
}

static bool check_config(struct doctor *d, const struct sl_args *args)
{
    struct sl_err err = {0};
    if (sl_settings_load(&d->net.settings, args, &err) < 0) {
        fail(d, "config", "fix the named setting", &err);
        return false;
    }
    const struct sl_clock clock = sl_clock_system();
    sl_settings_join_log(&d->net.settings.config, &clock);
    const char *file = d->net.settings.file;
    if (access(file, R_OK) == 0)
        report(d, MARK_OK, "config", NULL, "%s", file);
    else
        report(d, MARK_OK, "config", NULL, "defaults: there is no %s", file);
    check_names(d);
    check_appearance(d);
    if (sl_cli_devnet_open(&d->net.local, &d->net.network, &d->net.settings.config, &err) < 0) {
        fail(d, "network", "set network to calibration or mainnet, and RPC_URL to a node's URL",
             &err);
        return false;
    }
    report(d, MARK_OK, "network", NULL, "%s, chain %" PRIu64, d->net.network.name,
           d->net.network.chain_id);
    if (sl_cli_upload_target_check(&d->net.settings, &err) < 0) {
        fail(d, "config", "fix the named setting", &err);
        return false;
    }
    return true;
}

/*
 * A keystore stays locked: its file names the account, so no password is needed to read its money.
 */
static void read_signer(struct doctor *d, const struct sl_signer *signer,
                        const struct sl_args *args)
{
    char address[SL_ADDRESS_CHARS];
    sl_address_text(address, &signer->payer);
    if (signer->unnamed)
        report(d, MARK_WARN, "key", "give the account with --address 0x...",
               "%s does not name its address, so its money cannot be read", signer->source);
    else
        report(d, MARK_OK, "key", NULL, "%s from %s", address, signer->source);
    if (signer->exposed)
        report(d, MARK_WARN, "key", "chmod 600 the file", "others can read the %s", signer->source);
    d->payer = signer->payer;
    d->has_payer = !signer->unnamed;
    d->session = signer->address;
    d->is_session = signer->session && args->address == NULL;
}

static void check_key(struct doctor *d, const struct sl_args *args)
{
    struct sl_signer signer;
    struct sl_err err = {0};
    const struct sl_config *config = &d->net.settings.config;
    const bool local = d->net.local.key != NULL;
    const int rc = local ? 0 : sl_keys_find(&signer, config, SL_KEYS_LOOK, &err);
    if (local) {
        d->payer = *sl_key_address(d->net.local.key);
        d->has_payer = true;
        report(d, MARK_OK, "key", NULL, "the local network has its own key");
    } else if (rc < 0) {
        fail(d, "key", NULL, &err);
    } else if (rc == 1) {
        read_signer(d, &signer, args);
        sl_signer_free(&signer);
    } else {
        report(d, MARK_WARN, "key", "sluice wallet new, or sluice wallet import", "no key is set");
    }
    if (args->address == NULL)
        return;
    d->has_payer = sl_cli_chain_payer(&d->payer, &d->net, args, &err) == SL_OK;
    if (!d->has_payer)
        fail(d, "address", "give 0x and 40 hex digits", &err);
}

/* ---- nodes ---- */

/* The part after the host may be a secret of the node's owner. */
static int host_len(const char *url)
{
    const char *host = strstr(url, "://");
    return (int)(host != NULL ? (size_t)(host - url) + 3 + strcspn(host + 3, "/?#") : 0);
}

static int ask_node(struct doctor *d, const char *url, struct sl_err *err)
{
    struct sl_rpc_options options = sl_cli_rpc_patient_options(&d->net.settings.config);
    struct sl_rpc_failure failure = {0};
    struct sl_rpc *rpc = NULL;
    struct sl_u256 chain_id;
    options.urls = &url;
    options.url_count = 1;
    options.chain_id = d->net.network.chain_id;
    options.rounds = 1;
    int rc = sl_rpc_new(&rpc, &options, err);
    if (rc == SL_OK)
        rc = sl_rpc_quantity(rpc, "eth_chainId", "[]", &chain_id, &failure, err);
    sl_rpc_failure_free(&failure);
    sl_rpc_free(rpc);
    return rc;
}

static bool check_nodes(struct doctor *d)
{
    size_t good = 0;
    struct sl_err err = {0};
    for (size_t i = 0; i < d->net.network.url_count; i++) {
        const char *url = d->net.network.urls[i];
        err = (struct sl_err){0};
        if (ask_node(d, url, &err) == SL_OK) {
            report(d, MARK_OK, "node", NULL, "%.*s", host_len(url), url);
            good++;
        } else {
            report(d, MARK_WARN, "node", NULL, "%.*s: %s", host_len(url), url, err.text);
        }
    }
    if (good == 0)
        fail(d, "nodes", "set RPC_URL to a node of this network, or try again later", &err);
    return good > 0;
}

static const char *version_text(const char *version)
{
    return version[0] != '\0' ? version : "of unknown version";
}

static bool check_contracts(struct doctor *d)
{
    struct sl_err err = {0};
    const struct sl_contracts *contracts = NULL;
    const struct sl_chain_wish wish = {
        .what = SL_READ_PROVIDERS | (d->has_payer ? SL_READ_MONEY | SL_READ_DATA_SETS : 0U) |
                (d->is_session ? SL_READ_SESSION : 0U),
        .payer = d->has_payer ? &d->payer : NULL,
        .session_key = d->is_session ? &d->session : NULL};
    const struct sl_rpc_options options = sl_cli_rpc_patient_options(&d->net.settings.config);
    int rc = sl_chain_new(&d->net.chain, &d->net.network, &options, &err);
    if (rc == SL_OK)
        rc = sl_chain_contracts(d->net.chain, &contracts, &err);
    if (rc == SL_OK)
        rc = sl_chain_read(&d->view, d->net.chain, &wish, &err);
    if (rc < 0 || contracts == NULL) {
        fail(d, "contracts", "try another node with RPC_URL", &err);
        return false;
    }
    if (d->view->warning[0] != '\0')
        report(d, MARK_WARN, "contracts", NULL, "%s", d->view->warning);
    report(d, MARK_OK, "contracts", NULL, "storage service %s, verifier %s",
           version_text(contracts->fwss_version), version_text(contracts->verifier_version));
    return true;
}

/* ---- providers ---- */

static size_t approved_of(const struct doctor *d, const struct sl_provider **out)
{
    size_t count = 0;
    for (size_t i = 0; i < d->view->provider_count; i++) {
        if (d->view->providers[i].approved)
            out[count++] = &d->view->providers[i];
    }
    return count;
}

static void report_pings(struct doctor *d, const struct sl_provider *const *list,
                         const struct sl_ping *pings, size_t count)
{
    size_t first = 0; /* providers that may take the first copy */
    for (size_t i = 0; i < count; i++) {
        const bool alive = pings[i].err.code == SL_OK;
        first += alive && (list[i]->endorsed || !sl_network_endorses(&d->net.network));
        if (alive)
            report(d, MARK_OK, "provider", NULL, "%s: %" PRId64 " ms", list[i]->name,
                   pings[i].took_ms);
        else
            report(d, MARK_WARN, "provider", NULL, "%s: %s", list[i]->name, pings[i].err.text);
    }
    if (first == 0)
        fail(d, "providers", "try again later",
             &(struct sl_err){.code = SL_ENET,
                              .text = "no endorsed provider is reachable for the first copy"});
}

static void ping_and_report(struct doctor *d, const struct sl_provider **list,
                            struct sl_ping *pings)
{
    struct sl_err err = {0};
    const struct sl_rpc_options options = sl_cli_rpc_patient_options(&d->net.settings.config);
    const size_t count = approved_of(d, list);
    if (sl_pings(pings, list, count, &options.http, &err) < 0)
        fail(d, "providers", NULL, &err);
    else
        report_pings(d, list, pings, count);
}

static void check_providers(struct doctor *d)
{
    const struct sl_provider **list = calloc(d->view->provider_count + 1, sizeof(void *));
    struct sl_ping *pings = calloc(d->view->provider_count + 1, sizeof *pings);
    if (list != NULL && pings != NULL)
        ping_and_report(d, list, pings);
    else
        fail(d, "providers", NULL, &(struct sl_err){.code = SL_ENOMEM, .text = "out of memory"});
    free(pings);
    free(list);
}

/* ---- money ---- */

/* The cost of the smallest upload, with the copies and the CDN setting of the configuration. */
static int can_pay(struct doctor *d, struct sl_err *err)
{
    const struct sl_config *config = &d->net.settings.config;
    struct sl_cli_cost_load load = {.split_bytes = config->split};
    struct sl_cli_cost_plan plan;
    struct sl_cli_provider_cooldown cooldown = {0};
    int rc = sl_cli_cost_load_add(&load, SL_PIECE_MIN_BYTES, err);
    if (rc == SL_OK)
        rc = sl_cli_provider_cooldown_read(&cooldown, config, d->net.network.chain_id,
                                           &d->net.clock, err);
    if (rc == SL_OK)
        rc = sl_cli_cost_plan_make(&plan, config, &d->payer, d->view, &cooldown, &load,
                                   &d->net.network, err);
    if (rc == SL_OK && plan.is_doubtful)
        report(d, MARK_WARN, "prices", "try another node with --rpc-url",
               "the node says that %s is %s, but this release expects %s", plan.doubt.name,
               plan.doubt.told, plan.doubt.other);
    if (rc == SL_OK)
        rc = sl_funds_check(d->view, &plan.costs, err);
    sl_cli_provider_cooldown_free(&cooldown);
    return rc;
}

static void check_money(struct doctor *d)
{
    struct sl_err err = {0};
    char fil[SL_U256_AMOUNT_CHARS], wallet[SL_COST_CHARS], available[SL_COST_CHARS];
    const struct sl_account_state *state = &d->view->account_state;
    sl_u256_amount(fil, d->view->fil, SL_TOKEN_DECIMALS, 4);
    sl_cost_text(wallet, d->view->token.balance);
    sl_cost_text(available, state->available);
    if (sl_u256_is_zero(d->view->fil))
        report(d, MARK_WARN, "FIL", "send some FIL to the address",
               "no FIL; transactions need it for gas");
    else
        report(d, MARK_OK, "FIL", NULL, "%s FIL", fil);
    const int rc = can_pay(d, &err);
    if (rc == SL_EMONEY)
        fail(d, "account", NULL, &err);
    else if (rc < 0)
        report(d, MARK_WARN, "account", NULL, "%s available; an upload cannot be priced: %s",
               available, err.text);
    else
        report(d, MARK_OK, "account", NULL, "%s available, %s in the wallet", available, wallet);
    if (sl_approval_is_unlimited(&d->view->approval, d->view->prices.lockup_epochs))
        report(d, MARK_OK, "allowance", NULL, "the storage service may charge the account");
    else
        report(d, MARK_WARN, "allowance", "sluice wallet approve",
               "the storage service may not charge the account, or only within limits");
}

static void check_session(struct doctor *d)
{
    enum { SOON_S = 86400 };
    const uint64_t now_s = d->view->unix_s;
    const char *remedy = "sluice wallet session login ADDRESS, with the account's own key";
    if (!sl_chain_session_allows(d->view, now_s + SL_SESSION_MARGIN_S))
        fail(d, "session", remedy,
             &(struct sl_err){.code = SL_EKEY,
                              .text = "the session key may not sign uploads, or has expired"});
    else if (!sl_chain_session_allows(d->view, now_s + SOON_S))
        report(d, MARK_WARN, "session", remedy, "the session key expires within a day");
    else
        report(d, MARK_OK, "session", NULL, "the session key may sign uploads");
}

static void check_all(struct doctor *d, const struct sl_args *args)
{
    struct sl_err err = {0};
    if (!check_config(d, args))
        return;
    check_key(d, args);
    if (sl_http_global_init(&err) < 0) {
        fail(d, "nodes", NULL, &err);
        return;
    }
    if (!check_nodes(d) || !check_contracts(d))
        return;
    if (args->no_ping == NULL)
        check_providers(d);
    if (d->has_payer)
        check_money(d);
    if (d->is_session)
        check_session(d);
}

enum sl_exit sl_run_doctor(const struct sl_args *args)
{
    struct doctor d = {.net = {.clock = sl_clock_system(), .json = args->json != NULL}};
    if (args->operand_count > 0) {
        sl_notice("doctor: unexpected argument '%s'", args->operands[0]);
        return SL_EXIT_USAGE;
    }
    if (args->bundle != NULL)
        return sl_run_bundle(args);
    if (args->force != NULL || args->names != NULL) {
        sl_notice("doctor: --%s works only with --bundle", args->force != NULL ? "force" : "names");
        return SL_EXIT_USAGE;
    }
    check_all(&d, args);
    sl_chain_view_free(d.view);
    sl_cli_chain_close(&d.net);
    return d.broken ? sl_exit_no_output() : sl_exit_of_code(d.code);
}
