/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "uplink.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/http.h"

#include "keys.h"
#include "onchain.h"
#include "say.h"
#include "which_network.h"
#include "wishes.h"

enum {
    PORT_FILE_BYTES = 16,
    LOCAL_COPIES = 1, /* to spare the disk */
    USUAL_COPIES = 2,
    LOCAL_RESEND_EPOCHS = 10, /* the local network sends within one */
    LOCAL_SETTLE_EPOCHS = 60,
};

static bool is_local(const struct sl_uplink *uplink)
{
    return strcmp(uplink->network, "local") == 0;
}

/* ---- choosing ---- */

static int find_signer(struct sl_uplink *uplink, struct sl_err *err)
{
    const int rc = sl_keys_find(&uplink->signer, uplink->config, SL_KEYS_SIGN, err);
    if (rc == 0)
        return sl_err_set(err, SL_EKEY,
                          "uploading to %s needs a key, and none is set: `sluice wallet new` makes "
                          "one, `sluice wallet import` takes yours; --network local needs none",
                          uplink->network);
    return rc < 0 ? rc : SL_OK;
}

/* A single provider without a chain, for users who ask for exactly that. */
static int choose_no_network(struct sl_uplink *uplink, struct sl_err *err)
{
    const char *url = uplink->config->provider_url;
    if (url[0] == '\0')
        return sl_err_set(
            err, SL_ECONFIG,
            "network = none has no providers of its own: name one with --provider-url");
    uplink->network[0] = '\0';
    snprintf(uplink->url, sizeof uplink->url, "%s", url);
    return SL_OK;
}

int sl_uplink_choose(struct sl_uplink *uplink, const struct sl_settings *settings,
                     const struct sl_clock *clock, struct sl_err *err)
{
    const struct sl_config *config = &settings->config;
    struct sl_wishes wishes;
    *uplink = (struct sl_uplink){
        .config = config, .clock = *clock, .limit_is_given = settings->limit_is_given};
    int rc = sl_wishes_read(&wishes, &(struct sl_commit_options){0}, config, false, err);
    if (rc < 0) /* checked before anything is created */
        return rc;
    rc = sl_which_network(uplink->network, config, err);
    if (rc == SL_OK && strcmp(uplink->network, "none") == 0)
        return choose_no_network(uplink, err);
    if (rc < 0 || is_local(uplink))
        return rc;
    rc = sl_onchain_network(&uplink->chain, config, err);
    if (rc == SL_OK)
        rc = sl_network_second(&(struct sl_network){0}, &uplink->chain, config->second_node, "",
                               err);
    if (rc == SL_OK)
        rc = find_signer(uplink, err);
    uplink->payer = uplink->signer.payer;
    return rc;
}

/* ---- the local network ---- */

/* The port of last time: journal and chain know a provider by its URL, so the local one keeps its
 * own. */
static uint16_t read_port(const char *path)
{
    char *text = NULL;
    size_t len = 0;
    if (sl_file_read(&text, &len, path, PORT_FILE_BYTES, NULL) < 0)
        return 0;
    char *end;
    const long port = strtol(text, &end, 10);
    const bool good =
        len > 0 && *end == '\n' && port > 0 && port <= UINT16_MAX - SL_LOCALNET_PROVIDERS_MAX;
    free(text);
    return good ? (uint16_t)port : 0;
}

static int keep_port(const struct sl_localnet *localnet, const char *path, struct sl_err *err)
{
    const long port = strtol(strrchr(sl_localnet_url(localnet), ':') + 1, NULL, 10);
    char line[PORT_FILE_BYTES];
    const int n = snprintf(line, sizeof line, "%ld\n", port);
    return sl_file_write_atomic(path, line, (size_t)n, 0600, err);
}

static int start_on_port(struct sl_uplink *uplink, struct sl_localnet_options *options,
                         const char *port_file, struct sl_err *err)
{
    struct sl_err why = {0};
    options->port = read_port(port_file);
    int rc = sl_localnet_start(&uplink->localnet, options, &why);
    if (rc == SL_OK && options->port != 0)
        return SL_OK;
    if (rc == SL_ENET && options->port != 0) { /* somebody else took it meanwhile */
        options->port = 0;
        rc = sl_localnet_start(&uplink->localnet, options, &why);
    }
    if (rc == SL_OK)
        return keep_port(uplink->localnet, port_file, err);
    if (err != NULL)
        *err = why;
    return rc;
}

static int take_localnet(struct sl_uplink *uplink, struct sl_err *err)
{
    const int rc = sl_localnet_network(uplink->localnet, &uplink->chain, err);
    if (rc == SL_OK)
        uplink->payer = *sl_key_address(sl_localnet_key(uplink->localnet));
    return rc;
}

int sl_uplink_attach_localnet(struct sl_uplink *uplink, struct sl_err *err)
{
    char dir[SL_PATH_BYTES];
    int rc = sl_path_join(dir, sizeof dir, uplink->config->paths.data, "local", err);
    if (rc == SL_OK)
        rc = sl_localnet_attach(&uplink->localnet, dir, err);
    return rc == SL_OK ? take_localnet(uplink, err) : rc;
}

int sl_uplink_start_localnet(struct sl_uplink *uplink, struct sl_err *err)
{
    const struct sl_config *config = uplink->config;
    char dir[SL_PATH_BYTES], port_file[SL_PATH_BYTES];
    int rc = sl_path_join(dir, sizeof dir, config->paths.data, "local", err);
    if (rc == SL_OK)
        rc = sl_path_join(port_file, sizeof port_file, config->paths.data, "local.port", err);
    if (rc < 0)
        return rc;
    const struct sl_localnet_chain chain = {.epoch_ms = config->local_epoch_ms,
                                            .watch_delay_ms = -1};
    struct sl_localnet_options options = {
        .dir = dir,
        .chain = &chain,
        .park_delay_ms = config->local_park_delay_ms,
        .min_free_bytes = config->local_min_free,
        .request_limit_ms = config->request_limit_ms,
        .faults = config->local_faults,
        .is_private = true,
        .clock = uplink->clock,
    };
    rc = start_on_port(uplink, &options, port_file, err);
    return rc == SL_OK ? take_localnet(uplink, err) : rc;
}

/* ---- commits ---- */

static int read_number(struct sl_u256 *out, const char *text, const char *key, struct sl_err *err)
{
    if (text[0] == '\0' || sl_u256_parse_dec(out, text, strlen(text), NULL) == SL_OK)
        return SL_OK;
    return sl_err_set(err, SL_ECONFIG, "%s: not a number: %.40s", key, text);
}

/* Together with the metadata that options add, it must fit in a data set. */
static int check_metadata(const struct sl_commit_options *options, struct sl_err *err)
{
    struct sl_metadata all[SL_METADATA_DATA_SET_ENTRIES];
    size_t count;
    if (sl_metadata_combine(all, &count, options->metadata, options->metadata_count,
                            options->with_cdn, options->source, err) == SL_OK)
        return SL_OK;
    return sl_err_set(
        err, SL_ECONFIG,
        "metadata: with source and withCDN that is more than %d entries, which is all "
        "that a data set can carry",
        SL_METADATA_DATA_SET_ENTRIES);
}

int sl_wishes_read(struct sl_wishes *wishes, struct sl_commit_options *options,
                   const struct sl_config *config, bool local, struct sl_err *err)
{
    options->copies = config->copies != 0 ? config->copies : local ? LOCAL_COPIES : USUAL_COPIES;
    options->with_cdn = config->with_cdn;
    options->source = config->source;
    options->metadata = wishes->metadata;
    if (snprintf(wishes->text, sizeof wishes->text, "%s", config->metadata) >=
        (int)sizeof wishes->text)
        return sl_err_set(err, SL_ECONFIG, "metadata: too long");
    int rc = sl_metadata_parse(wishes->metadata, &options->metadata_count, wishes->text, err);
    if (rc == SL_OK)
        rc = check_metadata(options, err);
    if (rc == SL_OK)
        rc = read_number(&options->provider, config->provider, "provider", err);
    if (rc == SL_OK)
        rc = read_number(&options->data_set, config->data_set, "data_set", err);
    if (rc == SL_OK)
        rc = sl_spend_limit_read(&options->limit, config->max_spend, err);
    return rc;
}

int sl_uplink_check(const struct sl_settings *settings, struct sl_err *err)
{
    const struct sl_config *config = &settings->config;
    char where[SL_CONFIG_WHERE_BYTES];
    struct sl_wishes wishes;
    struct sl_network network;
    const char *key = "metadata";
    int rc = sl_wishes_read(&wishes, &(struct sl_commit_options){0}, config, false, err);
    if (rc == SL_OK && strcmp(config->network, "auto") != 0 &&
        strcmp(config->network, "local") != 0) {
        key = "network";
        rc = sl_onchain_network(&network, config, err);
    }
    if (rc < 0) {
        sl_config_where(where, config, key, settings->file);
        sl_err_ctx(err, "%s", where);
    }
    return rc;
}

static struct sl_commit_options options_of(const struct sl_uplink *uplink)
{
    const struct sl_config *config = uplink->config;
    const bool local = is_local(uplink);
    const int64_t epoch_ms =
        local ? sl_localnet_epoch_ms(uplink->localnet) : config->network_epoch_ms;
    return (struct sl_commit_options){
        .network = uplink->chain,
        .key = local ? sl_localnet_key(uplink->localnet) : uplink->signer.key,
        .payer = uplink->payer,
        .epoch_ms = epoch_ms,
        .resend_ms = local ? LOCAL_RESEND_EPOCHS * epoch_ms : 0,
        .settle_ms = local ? LOCAL_SETTLE_EPOCHS * epoch_ms : 0,
        .hold_ms = config->hold_ms > 0 ? config->hold_ms : 1,
        .second_node = config->second_node,
        .asked = uplink->wish.asked,
        .prices_follow = uplink->prices_follow,
        .takes_odd_prices = uplink->limit_is_given,
        .http = sl_onchain_options(config).http,
        .rpc = sl_onchain_options(config),
        .clock = uplink->clock,
    };
}

void sl_uplink_say_old(const struct sl_uplink *uplink)
{
    struct sl_buf dir = {0};
    if (uplink->localnet == NULL || sl_localnet_profile_of(uplink->localnet) != SL_LOCALNET_1_3)
        return;
    sl_name_escape(&dir, uplink->config->paths.data);
    sl_say("the local network was made with the contracts of 1.3 and keeps them; run `sluice serve "
           "--migrate --dir %s/local` once to bring it to today's",
           dir.data != NULL ? dir.data : "");
    sl_buf_free(&dir);
}

/* What will happen, before it happens: money and providers are a person's business. */
static void say_plan(const struct sl_uplink *uplink)
{
    const struct sl_commit *commit = uplink->commit;
    char payer[SL_ADDRESS_CHARS];
    if (sl_commit_warning(commit)[0] != '\0')
        sl_say("warning: %s", sl_commit_warning(commit));
    if (is_local(uplink)) {
        sl_say("network local, built in for trying things out: nothing leaves this machine");
        sl_uplink_say_old(uplink);
        return;
    }
    sl_address_text(payer, &uplink->signer.payer);
    sl_say("%s, paid by %s (%s)", uplink->network, payer, uplink->signer.source);
    for (size_t i = 0; i < sl_commit_copies(commit); i++) {
        const struct sl_commit_target *target = sl_commit_target(commit, i);
        if (target->service_url[0] == '\0')
            sl_say("copy %zu: no provider answers yet", i + 1);
        else if (target->data_set_id != 0)
            sl_say("copy %zu: %s, data set %" PRIu64, i + 1, target->name, target->data_set_id);
        else
            sl_say("copy %zu: %s", i + 1, target->name);
    }
}

/* ---- a provider by its URL ---- */

static const struct sl_provider *at_url(const struct sl_chain_view *view, const char *url)
{
    for (size_t i = 0; i < view->provider_count; i++) {
        char has[SL_SERVICE_URL_BYTES];
        if (sl_offering_url(has, &view->providers[i].offering, NULL) == SL_OK &&
            sl_url_same(has, url))
            return &view->providers[i];
    }
    return NULL;
}

static int take_provider(struct sl_commit_options *options, const struct sl_provider *provider,
                         const struct sl_uplink *uplink, struct sl_err *err)
{
    char id[SL_U256_DEC_CHARS];
    if (provider == NULL)
        return sl_err_set(err, SL_ECONFIG,
                          "provider_url: no provider of the network %s has this address, and what "
                          "is stored at it could never be committed: `sluice providers` lists "
                          "those there are, --provider N names one",
                          uplink->network);
    sl_u256_dec(id, provider->id);
    if (!sl_u256_is_zero(options->provider) && sl_u256_cmp(options->provider, provider->id) != 0)
        return sl_err_set(err, SL_ECONFIG,
                          "provider and provider_url name different providers: the address is that "
                          "of provider %s",
                          id);
    options->provider = provider->id;
    return SL_OK;
}

/* Files stored there are committed there: the registry gives the provider's id. */
static int find_by_url(struct sl_commit_options *options, const struct sl_uplink *uplink,
                       struct sl_err *err)
{
    const struct sl_chain_wish wish = {.what = SL_READ_PROVIDERS};
    const char *url = uplink->config->provider_url;
    struct sl_chain *chain = NULL;
    struct sl_chain_view *view = NULL;
    if (url[0] == '\0')
        return SL_OK;
    int rc = sl_chain_new(&chain, &options->network, &options->rpc, err);
    if (rc == SL_OK)
        rc = sl_chain_read(&view, chain, &wish, err);
    if (rc == SL_OK)
        rc = take_provider(options, at_url(view, url), uplink, err);
    sl_chain_view_free(view);
    sl_chain_free(chain);
    return rc;
}

/* Open as many lanes as any job of this run can want. Jobs of the journal were promised their
 * copies, so the copies setting is not checked for them. */
static int take_wish(struct sl_uplink *uplink, struct sl_commit_options *options,
                     struct sl_journal *journal, struct sl_err *err)
{
    const struct sl_config *config = uplink->config;
    struct sl_wish wish;
    uplink->wish.copies = options->copies;
    int rc = sl_wishes_of(&wish, config, err);
    if (config->provider_url[0] != '\0') /* by its id, which stays the same */
        sl_u256_dec(wish.provider, options->provider);
    if (rc == SL_OK)
        rc = sl_journal_put_wish(journal, &wish, &uplink->wish.id, err);
    if (rc == SL_OK)
        rc = sl_wishes_most_copies(&options->lanes, journal, uplink->wish.id, options->copies, err);
    if (uplink->wish.goes_on)
        options->copies = 1;
    return rc;
}

static int open_commit(struct sl_uplink *uplink, struct sl_journal *journal, struct sl_err *err)
{
    struct sl_wishes wishes;
    struct sl_commit_options options = options_of(uplink);
    int rc = sl_wishes_read(&wishes, &options, uplink->config, is_local(uplink), err);
    if (rc == SL_OK)
        rc = find_by_url(&options, uplink, err);
    if (rc == SL_OK)
        rc = take_wish(uplink, &options, journal, err);
    if (rc == SL_OK)
        rc = sl_commit_open(&uplink->commit, &options, journal, err);
    if (rc < 0)
        return rc;
    snprintf(uplink->url, sizeof uplink->url, "%s",
             sl_commit_target(uplink->commit, 0)->service_url);
    uplink->plan = uplink->commit;
    say_plan(uplink);
    return SL_OK;
}

int sl_uplink_open(struct sl_uplink *uplink, struct sl_journal *journal, struct sl_err *err)
{
    int rc = SL_OK;
    if (uplink->network[0] == '\0') {
        sl_say(
            "warning: network none: nothing is committed. What is stored at %s is in no data set, "
            "and the provider deletes it after an hour or two",
            uplink->url);
        return SL_OK;
    }
    if (is_local(uplink) && uplink->localnet == NULL)
        rc = sl_uplink_start_localnet(uplink, err);
    return rc < 0 ? rc : open_commit(uplink, journal, err);
}

struct sl_landed_of sl_uplink_copies(const struct sl_uplink *uplink)
{
    return (struct sl_landed_of){.network = uplink->chain, .payer = uplink->payer};
}

void sl_uplink_close(struct sl_uplink *uplink)
{
    sl_commit_close(uplink->commit);
    sl_localnet_stop(uplink->localnet);
    sl_signer_free(&uplink->signer);
    *uplink = (struct sl_uplink){0};
}
