/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Describes the running network to people, and to client libraries as devnet-info.json. The file
 * has version 1 of its format; container names in it are "sluice". */
#include "devnet_info.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/secret.h"

#include "network.h"

enum { FILE_BYTES = 64 * 1024, KEY_BYTES = 128 };

static void append_address(struct sl_jw *w, const char *key, const struct sl_address *address)
{
    char text[SL_ADDRESS_CHARS];
    sl_address_text(text, address);
    sl_jw_str(w, key, text);
}

static void append_f4(struct sl_jw *w, const char *key, const struct sl_address *address)
{
    char text[SL_ADDRESS_F4_CHARS];
    sl_address_f4(text, address, true);
    sl_jw_str(w, key, text);
}

static uint64_t port_of(const char *url)
{
    uint64_t port = 0;
    for (const char *at = strrchr(url, ':') + 1; *at >= '0' && *at <= '9'; at++)
        port = port * 10 + (uint64_t)(*at - '0');
    return port;
}

static void append_contracts(struct sl_jw *w, const struct sl_ledger_contracts *at,
                             const struct sl_address *view)
{
    sl_jw_object(w, "contracts");
    append_address(w, "multicall3_addr", &at->multicall3);
    append_address(w, "mockusdfc_addr", &at->usdfc);
    append_address(w, "fwss_service_proxy_addr", &at->fwss);
    append_address(w, "fwss_state_view_addr", view);
    append_address(w, "fwss_impl_addr", &at->fwss);
    append_address(w, "pdp_verifier_proxy_addr", &at->pdp);
    append_address(w, "pdp_verifier_impl_addr", &at->pdp);
    append_address(w, "service_provider_registry_proxy_addr", &at->registry);
    append_address(w, "service_provider_registry_impl_addr", &at->registry);
    append_address(w, "filecoin_pay_v1_addr", &at->pay);
    append_address(w, "endorsements_addr", &at->endorsements);
    append_address(w, "session_key_registry_addr", &at->session_keys);
    sl_jw_end_object(w);
}

static void append_container(struct sl_jw *w, const char *name)
{
    sl_jw_str(w, "container_id", name);
    sl_jw_str(w, "container_name", name);
}

static void append_provider(struct sl_jw *w, const struct sl_devnet_provider *provider)
{
    sl_jw_object(w, NULL);
    sl_jw_u64(w, "provider_id", provider->id);
    append_address(w, "eth_addr", &provider->address);
    append_f4(w, "native_addr", &provider->address);
    sl_jw_str(w, "pdp_service_url", provider->server.url);
    append_container(w, "sluice");
    sl_jw_bool(w, "is_approved", provider->approved);
    sl_jw_bool(w, "is_endorsed", provider->endorsed);
    sl_jw_object(w,
                 "yugabyte"); /* the database of a real one: the file wants to know where it is */
    sl_jw_str(w, "web_ui_url", provider->server.url);
    sl_jw_u64(w, "master_rpc_port", port_of(provider->server.url));
    sl_jw_u64(w, "ysql_port", port_of(provider->server.url));
    sl_jw_end_object(w);
    sl_jw_end_object(w);
}

static void append_node(struct sl_jw *w, const struct sl_devnet *net)
{
    sl_jw_object(w, "lotus");
    sl_jw_str(w, "host_rpc_url", net->rpc_url);
    append_container(w, "sluice");
    sl_jw_end_object(w);
    sl_jw_object(w, "lotus_miner");
    append_container(w, "sluice");
    sl_jw_u64(w, "api_port", port_of(net->node.url));
    sl_jw_end_object(w);
}

static void append_user(struct sl_jw *w, const struct sl_devnet *net, const char *key)
{
    sl_jw_array(w, "users");
    sl_jw_object(w, NULL);
    sl_jw_str(w, "name", "USER_1");
    append_address(w, "evm_addr", sl_key_address(net->client));
    append_f4(w, "native_addr", sl_key_address(net->client));
    sl_jw_str(w, "private_key_hex", key);
    sl_jw_end_object(w);
    sl_jw_end_array(w);
}

static void append_info(struct sl_jw *w, const struct sl_devnet *net, const char *key)
{
    char started[SL_RFC3339_CHARS];
    sl_rfc3339(started, net->start_ms);
    sl_jw_object(w, NULL);
    sl_jw_u64(w, "version", 1);
    sl_jw_object(w, "info");
    sl_jw_str(w, "run_id", "sluice");
    sl_jw_str(w, "start_time", started);
    sl_jw_str(w, "startup_duration", "0s");
    append_user(w, net, key);
    append_contracts(w, sl_ledger_contracts(net->ledger), sl_ledger_view(net->ledger));
    append_node(w, net);
    sl_jw_array(w, "pdp_sps");
    for (size_t i = 0; i < net->provider_count; i++)
        append_provider(w, &net->providers[i]);
    sl_jw_end_array(w);
    sl_jw_end_object(w);
    sl_jw_end_object(w);
}

/* "0x" and the digits of DIR/key. */
static int read_key(char out[static KEY_BYTES], const struct sl_devnet *net, struct sl_err *err)
{
    char path[SL_PATH_BYTES];
    char *text = NULL;
    size_t len = 0;
    int rc = sl_path_join(path, sizeof path, net->dir, "key", err);
    if (rc == SL_OK)
        rc = sl_file_read(&text, &len, path, KEY_BYTES - 3, err);
    if (rc < 0 || text == NULL)
        return rc;
    const char *digits = strncmp(text, "0x", 2) == 0 ? text + 2 : text;
    snprintf(out, KEY_BYTES, "0x%.*s", (int)strcspn(digits, "\n"), digits);
    sl_wipe(text, len);
    free(text);
    return SL_OK;
}

int sl_devnet_info_write(struct sl_devnet *net, struct sl_err *err)
{
    char key[KEY_BYTES];
    int rc = read_key(key, net, err);
    if (rc < 0)
        return rc;
    struct sl_jw w = {.buf.cap = FILE_BYTES};
    append_info(&w, net, key);
    sl_buf_str(&w.buf, "\n");
    rc = w.buf.failed;
    if (rc == SL_OK)
        rc = sl_file_write_atomic(net->info_path, w.buf.data, w.buf.len, 0600, err);
    else
        sl_err_set(err, rc, "describe the local network");
    if (w.buf.data != NULL)
        sl_wipe(w.buf.data, w.buf.len);
    sl_wipe(key, sizeof key);
    sl_jw_free(&w);
    return rc;
}

/* ---- the way back ---- */

static int read_address(struct sl_address *out, const struct sl_json *object, const char *key,
                        struct sl_err *err)
{
    const char *text = sl_json_str(sl_json_get(object, key));
    if (text != NULL && sl_address_parse(out, text, strlen(text), NULL) == SL_OK)
        return SL_OK;
    return sl_err_set(err, SL_EFORMAT, "%s is missing", key);
}

static int read_provider(struct sl_devnet *net, const struct sl_json *at, struct sl_err *err)
{
    struct sl_devnet_provider *provider = &net->providers[net->provider_count];
    const char *url = sl_json_str(sl_json_get(at, "pdp_service_url"));
    if (url == NULL || strlen(url) >= sizeof provider->server.url ||
        !sl_json_u64(sl_json_get(at, "provider_id"), &provider->id))
        return sl_err_set(err, SL_EFORMAT, "a provider without number or URL");
    snprintf(provider->server.url, sizeof provider->server.url, "%s", url);
    net->provider_count++;
    return SL_OK;
}

static int read_providers(struct sl_devnet *net, const struct sl_json *list, struct sl_err *err)
{
    int rc = SL_OK;
    net->providers = calloc(SL_DEVNET_PROVIDERS_MAX, sizeof net->providers[0]);
    if (net->providers == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    for (const struct sl_json *at = sl_json_first(list); at != NULL && rc == SL_OK;
         at = sl_json_next(at))
        rc = net->provider_count < SL_DEVNET_PROVIDERS_MAX
                 ? read_provider(net, at, err)
                 : sl_err_set(err, SL_EFORMAT, "more than %d providers", SL_DEVNET_PROVIDERS_MAX);
    if (rc == SL_OK && net->provider_count == 0)
        rc = sl_err_set(err, SL_EFORMAT, "pdp_sps is missing");
    return rc;
}

static int parse_info(struct sl_devnet *net, const struct sl_json *root, struct sl_err *err)
{
    const struct sl_json *info = sl_json_get(root, "info");
    const struct sl_json *at = sl_json_get(info, "contracts");
    const struct sl_json *user = sl_json_first(sl_json_get(info, "users"));
    const char *url = sl_json_str(sl_json_get(sl_json_get(info, "lotus"), "host_rpc_url"));
    const char *digits = sl_json_str(sl_json_get(user, "private_key_hex"));
    struct sl_network *out = &net->reach;
    *out = (struct sl_network){.name = "local", .chain_id = SL_LEDGER_CHAIN_ID, .testnet = true};
    out->former_view = sl_ledger_first_view(out->chain_id);
    int rc = read_address(&out->fwss, at, "fwss_service_proxy_addr", err);
    if (rc == SL_OK)
        rc = read_address(&out->endorsements, at, "endorsements_addr", err);
    if (rc == SL_OK)
        rc = read_address(&out->multicall3, at, "multicall3_addr", err);
    if (rc == SL_OK)
        rc = sl_network_use_rpc(out, url != NULL ? url : "", err);
    if (rc == SL_OK)
        rc = read_providers(net, sl_json_get(info, "pdp_sps"), err);
    if (rc == SL_OK)
        rc = sl_key_from_hex(&net->client, digits != NULL ? digits : "",
                             digits != NULL ? strlen(digits) : 0, err);
    if (rc == SL_OK)
        snprintf(net->rpc_url, sizeof net->rpc_url, "%s", url);
    return rc;
}

int sl_devnet_info_read(struct sl_devnet *net, struct sl_err *err)
{
    char *text = NULL;
    size_t len = 0;
    struct sl_json *root = NULL;
    int rc = sl_file_read(&text, &len, net->info_path, FILE_BYTES, err);
    if (rc < 0 || text == NULL)
        return rc;
    rc = sl_json_parse(&root, text, len, err);
    if (rc == SL_OK)
        rc = parse_info(net, root, err);
    if (rc < 0)
        sl_err_ctx(err, "%s", net->info_path);
    sl_json_free(root);
    sl_wipe(text, len);
    free(text);
    return rc;
}

/* ---- to people ---- */

static void describe_chain(const struct sl_devnet *net, struct sl_jw *w)
{
    const struct sl_ledger_contracts *at = sl_ledger_contracts(net->ledger);
    sl_jw_str(w, "rpcUrl", net->rpc_url);
    sl_jw_u64(w, "chainId", sl_ledger_chain_id(net->ledger));
    sl_jw_i64(w, "epochMs", net->epoch_ms);
    sl_jw_str(w, "profile", net->profile == SL_DEVNET_1_3 ? "1.3" : "today");
    sl_jw_object(w, "addresses");
    append_address(w, "fwss", &at->fwss);
    append_address(w, "fwssView", sl_ledger_view(net->ledger));
    append_address(w, "pdpVerifier", &at->pdp);
    append_address(w, "filecoinPay", &at->pay);
    append_address(w, "usdfc", &at->usdfc);
    append_address(w, "serviceProviderRegistry", &at->registry);
    append_address(w, "endorsements", &at->endorsements);
    append_address(w, "sessionKeyRegistry", &at->session_keys);
    append_address(w, "multicall3", &at->multicall3);
    sl_jw_end_object(w);
    append_address(w, "client", sl_key_address(net->client));
    sl_jw_str(w, "devnetInfo", net->info_path);
}

void sl_devnet_describe(const struct sl_devnet *net, struct sl_jw *w)
{
    if (net->ledger != NULL)
        describe_chain(net, w);
    sl_jw_array(w, "providers");
    for (size_t i = 0; i < net->provider_count; i++) {
        const struct sl_devnet_provider *provider = &net->providers[i];
        sl_jw_object(w, NULL);
        sl_jw_u64(w, "id", provider->id);
        sl_jw_str(w, "url", provider->server.url);
        append_address(w, "address", &provider->address);
        sl_jw_bool(w, "approved", provider->approved);
        sl_jw_bool(w, "endorsed", provider->endorsed);
        sl_jw_end_object(w);
    }
    sl_jw_end_array(w);
}
