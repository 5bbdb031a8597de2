/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "setup/chain_open.h"

#include <stdio.h>
#include <string.h>

#include "sluice/http.h"
#include "sluice/text.h"

#include "output/output.h"
#include "setup/keys.h"
#include "setup/network_name.h"
#include "setup/reach.h"

/* One question to a node is short: what takes longer than this is tried again. */
enum { TRY_MS = 10000, PATIENCE_MS = 5000, BACKOFF_CAP_MS = 1000 };

static const char no_key[] =
    "no key is set, so whose account is meant? Name it with --address 0x..., or see `sluice wallet "
    "new`";

static const char *or_else(const char *first, const char *second)
{
    return first[0] != '\0' ? first : second;
}

/* What a network that is not built in lacks. */
static int describe(struct sl_network *out, const struct sl_network_texts *texts,
                    struct sl_err *err)
{
    const int rc = sl_network_define(out, texts, err);
    if (rc < 0)
        sl_err_ctx(
            err,
            "'%.32s' is not built in (mainnet and calibration are), and rpc_url, network_chain_id and fwss do not describe it",
            texts->name);
    return rc;
}

int sl_cli_network(struct sl_network *out, const struct sl_config *config, struct sl_err *err)
{
    char name[SL_NETWORK_NAME_BYTES];
    char variable[SL_NETWORK_URL_BYTES * 2] = "";
    int rc = sl_cli_network_name(name, config, err);
    if (rc == SL_OK)
        rc = sl_keys_rpc_url(variable, sizeof variable, err);
    const char *url = or_else(config->rpc_url, variable);
    const struct sl_network_texts texts = {.name = name,
                                           .rpc_url = url,
                                           .chain_id = config->network_chain_id,
                                           .fwss = config->fwss,
                                           .endorsements = config->endorsements};
    if (rc < 0)
        return rc;
    if (strcmp(name, "local") == 0)
        return sl_err_set(
            err, SL_ECONFIG,
            "the network `local` has no chain to ask: name another with --network "
            "(calibration, mainnet, or one that rpc_url, network_chain_id and fwss describe)");
    if (sl_network_find(out, name, NULL) < 0)
        return describe(out, &texts, err);
    return url[0] != '\0' ? sl_network_use_rpc(out, url, err) : SL_OK;
}

struct sl_rpc_options sl_cli_rpc_options(const struct sl_config *config)
{
    const int64_t stall_ms = config->stall_ms;
    return (struct sl_rpc_options){
        .timeout_ms = stall_ms < TRY_MS ? stall_ms : TRY_MS,
        .http = sl_cli_http_options(config),
    };
}

struct sl_rpc_options sl_cli_rpc_patient_options(const struct sl_config *config)
{
    struct sl_rpc_options options = sl_cli_rpc_options(config);
    options.patience_ms = PATIENCE_MS;
    options.backoff_cap_ms = BACKOFF_CAP_MS;
    return options;
}

int sl_cli_chain_open(struct sl_cli_chain *net, const struct sl_args *args, struct sl_err *err)
{
    *net = (struct sl_cli_chain){.clock = sl_clock_system(), .json = args->json != NULL};
    int rc = sl_settings_load(&net->settings, args, err);
    if (rc == SL_OK)
        rc = sl_cli_devnet_open(&net->local, &net->network, &net->settings.config, err);
    if (rc == SL_OK)
        rc = sl_http_global_init(err);
    if (rc < 0)
        return rc;
    const struct sl_rpc_options options = sl_cli_rpc_patient_options(&net->settings.config);
    return sl_chain_new(&net->chain, &net->network, &options, err);
}

void sl_cli_chain_close(struct sl_cli_chain *net)
{
    sl_chain_free(net->chain);
    sl_cli_devnet_close(&net->local);
    sl_settings_free(&net->settings);
}

int sl_cli_chain_payer(struct sl_address *out, const struct sl_cli_chain *net,
                       const struct sl_args *args, struct sl_err *err)
{
    struct sl_signer signer;
    if (args->address != NULL) {
        if (sl_address_parse(out, args->address, strlen(args->address), err) == SL_OK)
            return SL_OK;
        sl_err_ctx(err, "--address");
        if (err != NULL)
            err->code = SL_EUSAGE;
        return SL_EUSAGE;
    }
    if (net->local.key != NULL) {
        *out = *sl_key_address(net->local.key);
        return SL_OK;
    }
    const int rc = sl_keys_find(&signer, &net->settings.config, SL_KEYS_ADDRESS, err);
    if (rc == 0)
        return sl_err_set(err, SL_EKEY, "%s", no_key);
    if (rc < 0)
        return rc;
    *out = signer.payer;
    sl_signer_free(&signer);
    return SL_OK;
}

void sl_json_amount(struct sl_jw *w, const char *key, struct sl_u256 value)
{
    char text[SL_U256_DEC_CHARS];
    sl_u256_dec(text, value);
    sl_jw_str(w, key, text);
}

void sl_json_u256(struct sl_jw *w, const char *key, struct sl_u256 value)
{
    uint64_t small;
    if (sl_u256_to_u64(&small, value))
        sl_jw_u64(w, key, small);
    else
        sl_json_amount(w, key, value);
}

void sl_json_metadata(struct sl_jw *w, const struct sl_metadata *entries, size_t count)
{
    sl_jw_object(w, "metadata");
    for (size_t i = 0; i < count; i++)
        sl_jw_str(w, entries[i].key, entries[i].value);
    sl_jw_end_object(w);
}

void sl_show_size(char out[static SL_SHOWN_SIZE_CHARS], struct sl_u256 bytes)
{
    char text[SL_TEXT_SHORT];
    uint64_t small;
    if (!sl_u256_to_u64(&small, bytes)) {
        snprintf(out, SL_SHOWN_SIZE_CHARS, "huge");
        return;
    }
    sl_text_size(text, small);
    snprintf(out, SL_SHOWN_SIZE_CHARS, "%s", text);
}

void sl_show_metadata(struct sl_buf *out, const struct sl_metadata *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        sl_buf_str(out, i > 0 ? " " : "");
        sl_output_escape(out, entries[i].key);
        if (entries[i].value[0] == '\0')
            continue;
        sl_buf_str(out, "=");
        sl_output_escape(out, entries[i].value);
    }
}
