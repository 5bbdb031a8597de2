/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "sluice/provider.h"

#include "commands.h"
#include "output/json_lines.h"
#include "output/output.h"
#include "setup/chain_open.h"
#include "setup/network.h"
#include "setup/provider_cooldown.h"

enum { COLUMNS = 9, PING_CHARS = 32 };

struct providers {
    struct sl_cli_chain net;
    struct sl_chain_view *view;
    const struct sl_provider **approved; /* NULL behind the last */
    struct sl_ping *pings;               /* NULL: not asked */
    struct sl_cli_provider_cooldown cooldown;
    size_t count;
};

static int read_all(struct providers *p, struct sl_err *err)
{
    const struct sl_chain_wish wish = {.what = SL_READ_PROVIDERS};
    const int rc = sl_chain_read(&p->view, p->net.chain, &wish, err);
    if (rc < 0)
        return rc;
    p->approved = calloc(p->view->provider_count + 1, sizeof(struct sl_provider *));
    if (p->approved == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    for (size_t i = 0; i < p->view->provider_count; i++) {
        if (p->view->providers[i].approved)
            p->approved[p->count++] = &p->view->providers[i];
    }
    return SL_OK;
}

static int ping_all(struct providers *p, struct sl_err *err)
{
    const struct sl_rpc_options options = sl_cli_rpc_options(&p->net.settings.config);
    p->pings = calloc(p->count + 1, sizeof *p->pings);
    if (p->pings == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    return sl_pings(p->pings, p->approved, p->count, &options.http, err);
}

/* ---- JSON ---- */

static void add_ping(struct sl_jw *w, const struct sl_ping *ping)
{
    sl_jw_bool(w, "alive", ping->err.code == SL_OK);
    if (ping->err.code == SL_OK)
        sl_jw_i64(w, "pingMs", ping->took_ms);
    else
        sl_jw_str(w, "message", ping->err.text);
}

static void add_cooldown(struct sl_jw *w, const struct sl_journal_provider *cooldown)
{
    if (cooldown == NULL)
        return;
    sl_jw_object(w, "cooling");
    sl_jw_i64(w, "failures", cooldown->failures);
    sl_cli_json_time(w, "until", cooldown->cool_until_ms);
    sl_jw_str(w, "code", sl_err_name(cooldown->err.code));
    sl_jw_str(w, "message", cooldown->err.text);
    sl_jw_end_object(w);
}

static bool print_provider_json(const struct providers *p, size_t i)
{
    struct sl_jw w = {0};
    char address[SL_ADDRESS_CHARS];
    const struct sl_provider *one = p->approved[i];
    sl_cli_json_begin(&w, "provider", &p->net.clock);
    sl_cli_json_u256(&w, "id", one->id);
    sl_jw_str(&w, "name", one->name);
    sl_jw_str(&w, "description", one->description);
    sl_jw_str(&w, "serviceUrl", one->offering.service_url);
    sl_jw_str(&w, "location", one->offering.location);
    sl_jw_bool(&w, "endorsed", one->endorsed);
    sl_address_text(address, &one->service_provider);
    sl_jw_str(&w, "serviceProvider", address);
    sl_address_text(address, &one->payee);
    sl_jw_str(&w, "payee", address);
    sl_cli_json_u256(&w, "minPieceBytes", one->offering.min_piece_bytes);
    sl_cli_json_u256(&w, "maxPieceBytes", one->offering.max_piece_bytes);
    sl_cli_json_amount(&w, "pricePerTibDay", one->offering.price_per_tib_day);
    if (p->pings != NULL)
        add_ping(&w, &p->pings[i]);
    add_cooldown(&w, sl_cli_provider_cooldown_find(&p->cooldown, one->id));
    sl_cli_json_end(&w);
    const bool ok = sl_output(&w.buf);
    sl_jw_free(&w);
    return ok;
}

/* ---- text ---- */

static const char *standing_of(const struct sl_provider *one, bool in_cooldown)
{
    if (one->endorsed)
        return in_cooldown ? "endorsed, cooling" : "endorsed";
    return in_cooldown ? "approved, cooling" : "approved";
}

static void add_provider_row(struct sl_table *table, const struct sl_provider *one,
                             const struct sl_ping *ping, bool in_cooldown)
{
    char text[SL_U256_DEC_CHARS], size[SL_SHOWN_SIZE_CHARS], price[SL_COST_CHARS];
    char shown[PING_CHARS] = "-";
    sl_u256_dec(text, one->id);
    sl_table_cell(table, text);
    sl_table_cell(table, one->name);
    sl_table_cell(table, standing_of(one, in_cooldown));
    if (ping != NULL && ping->err.code == SL_OK)
        snprintf(shown, sizeof shown, "%" PRId64 " ms", ping->took_ms);
    else if (ping != NULL)
        snprintf(shown, sizeof shown, "no answer");
    sl_table_cell(table, shown);
    sl_show_size(size, one->offering.min_piece_bytes);
    sl_table_cell(table, size);
    sl_show_size(size, one->offering.max_piece_bytes);
    sl_table_cell(table, size);
    sl_cost_text(price, one->offering.price_per_tib_day);
    sl_table_cell(table, price);
    sl_table_cell(table, one->offering.location);
    sl_table_cell(table, one->offering.service_url);
}

static bool print_table(const struct providers *p)
{
    static const char *const heads[COLUMNS] = {"ID",   "NAME",    "STANDING", "PING", "LEAST",
                                               "MOST", "TIB/DAY", "LOCATION", "URL"};
    struct sl_table table = {.columns = COLUMNS, .right = 1U | 8U | 16U | 32U | 64U};
    for (size_t i = 0; i < COLUMNS; i++)
        sl_table_cell(&table, heads[i]);
    for (size_t i = 0; p->approved[i] != NULL; i++)
        add_provider_row(&table, p->approved[i], p->pings != NULL ? &p->pings[i] : NULL,
                         sl_cli_provider_cooldown_find(&p->cooldown, p->approved[i]->id) != NULL);
    const bool ok = sl_table_print(&table);
    sl_table_free(&table);
    return ok;
}

/* Print which providers uploads avoid for a while, and why. */
static void notice_cooldown(const struct providers *p)
{
    for (size_t i = 0; i < p->cooldown.count; i++) {
        char id[SL_U256_DEC_CHARS], until[SL_LOCAL_TIME_CHARS];
        const struct sl_journal_provider *one = &p->cooldown.list[i];
        sl_u256_dec(id, one->provider_id);
        sl_local_time(until, one->cool_until_ms);
        sl_notice("provider %s is in cooldown until %s local time; it failed %" PRId64 " times: %s",
                  id, until, one->failures, one->err.text);
    }
}

static enum sl_exit print_providers(const struct providers *p)
{
    bool ok = true;
    if (!p->net.json)
        notice_cooldown(p);
    if (p->view->warning[0] != '\0')
        sl_notice("warning: %s", p->view->warning);
    if (p->view->odd_providers > 0)
        sl_notice("warning: %zu providers cannot be read from the registry and are left out",
                  p->view->odd_providers);
    if (p->count == 0)
        sl_notice("this network has no approved provider");
    for (size_t i = 0; p->net.json && ok && p->approved[i] != NULL; i++)
        ok = print_provider_json(p, i);
    if (!p->net.json && p->count > 0)
        ok = print_table(p);
    return ok ? SL_EXIT_OK : sl_exit_no_output();
}

enum sl_exit sl_run_providers(const struct sl_args *args)
{
    struct providers p = {0};
    struct sl_err err = {0};
    if (args->operand_count > 0) {
        sl_notice("providers: unexpected argument '%s'", args->operands[0]);
        return SL_EXIT_USAGE;
    }
    int rc = sl_cli_chain_open(&p.net, args, &err);
    if (rc == SL_OK)
        rc = read_all(&p, &err);
    if (rc == SL_OK)
        rc = sl_cli_provider_cooldown_read(&p.cooldown, &p.net.settings.config,
                                           p.net.network.chain_id, &p.net.clock, &err);
    if (rc == SL_OK && args->no_ping == NULL)
        rc = ping_all(&p, &err);
    const enum sl_exit status = rc < 0 ? sl_exit_with(&err) : print_providers(&p);
    free(p.pings);
    free(p.approved);
    sl_cli_provider_cooldown_free(&p.cooldown);
    sl_chain_view_free(p.view);
    sl_cli_chain_close(&p.net);
    return status;
}
