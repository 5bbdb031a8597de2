/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "setup/upload_target.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sluice/http.h"

#include "output/output.h"
#include "setup/devnet_open.h"
#include "setup/keys.h"
#include "setup/network.h"
#include "setup/placement.h"

enum {
    LOCAL_COPIES = 1, /* to spare the disk */
    USUAL_COPIES = 2,
    LOCAL_RESEND_EPOCHS = 10, /* the local network sends within one */
    LOCAL_SETTLE_EPOCHS = 60,
};

static bool is_local(const struct sl_cli_upload_target *target)
{
    return strcmp(target->network, "local") == 0;
}

/* ---- choosing ---- */

static int find_signer(struct sl_cli_upload_target *target, struct sl_err *err)
{
    const int rc = sl_keys_find(&target->signer, target->config, SL_KEYS_SIGN, err);
    if (rc == 0)
        return sl_err_set(err, SL_EKEY,
                          "uploading to %s needs a key, and none is set; create one with `sluice "
                          "wallet new`, import yours with `sluice wallet import`, or use --network "
                          "local",
                          target->network);
    return rc < 0 ? rc : SL_OK;
}

/* A single provider without a chain, for users who ask for exactly that. */
static int choose_no_network(struct sl_cli_upload_target *target, struct sl_err *err)
{
    const char *url = target->config->provider_url;
    if (url[0] == '\0')
        return sl_err_set(
            err, SL_ECONFIG,
            "network = none has no providers of its own; name one with --provider-url");
    target->network[0] = '\0';
    snprintf(target->url, sizeof target->url, "%s", url);
    return SL_OK;
}

int sl_cli_upload_target_choose(struct sl_cli_upload_target *target,
                                const struct sl_settings *settings, const struct sl_clock *clock,
                                struct sl_err *err)
{
    const struct sl_config *config = &settings->config;
    struct sl_placement placement;
    *target = (struct sl_cli_upload_target){
        .config = config, .clock = *clock, .limit_is_given = settings->limit_is_given};
    int rc = sl_placement_read(&placement, &(struct sl_commit_options){0}, config, false, err);
    if (rc < 0) /* checked before anything is created */
        return rc;
    rc = sl_cli_network_name(target->network, config, err);
    if (rc == SL_OK && strcmp(target->network, "none") == 0)
        return choose_no_network(target, err);
    if (rc < 0 || is_local(target))
        return rc;
    rc = sl_cli_network(&target->chain, config, err);
    if (rc == SL_OK)
        rc = sl_network_second(&(struct sl_network){0}, &target->chain, config->second_node, "",
                               err);
    if (rc == SL_OK)
        rc = find_signer(target, err);
    target->payer = target->signer.payer;
    return rc;
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
    return sl_err_set(err, SL_ECONFIG,
                      "metadata: with source and withCDN, that is more than the %d entries "
                      "that a data set can hold",
                      SL_METADATA_DATA_SET_ENTRIES);
}

int sl_placement_read(struct sl_placement *placement, struct sl_commit_options *options,
                      const struct sl_config *config, bool local, struct sl_err *err)
{
    options->copies = config->copies != 0 ? config->copies : local ? LOCAL_COPIES : USUAL_COPIES;
    options->with_cdn = config->with_cdn;
    options->source = config->source;
    options->metadata = placement->metadata;
    if (snprintf(placement->text, sizeof placement->text, "%s", config->metadata) >=
        (int)sizeof placement->text)
        return sl_err_set(err, SL_ECONFIG, "metadata: too long");
    int rc = sl_eip712_metadata_parse(placement->metadata, &options->metadata_count,
                                      placement->text, err);
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

int sl_cli_upload_target_check(const struct sl_settings *settings, struct sl_err *err)
{
    const struct sl_config *config = &settings->config;
    char where[SL_CONFIG_WHERE_BYTES];
    struct sl_placement placement;
    struct sl_network network;
    const char *key = "metadata";
    int rc = sl_placement_read(&placement, &(struct sl_commit_options){0}, config, false, err);
    if (rc == SL_OK && strcmp(config->network, "auto") != 0 &&
        strcmp(config->network, "local") != 0) {
        key = "network";
        rc = sl_cli_network(&network, config, err);
    }
    if (rc < 0) {
        sl_config_where(where, config, key, settings->file);
        sl_err_ctx(err, "%s", where);
    }
    return rc;
}

static struct sl_commit_options options_of(const struct sl_cli_upload_target *target)
{
    const struct sl_config *config = target->config;
    const bool local = is_local(target);
    const int64_t epoch_ms = local ? sl_devnet_epoch_ms(target->devnet) : config->network_epoch_ms;
    return (struct sl_commit_options){
        .network = target->chain,
        .key = local ? sl_devnet_key(target->devnet) : target->signer.key,
        .payer = target->payer,
        .epoch_ms = epoch_ms,
        .resend_ms = local ? LOCAL_RESEND_EPOCHS * epoch_ms : 0,
        .settle_ms = local ? LOCAL_SETTLE_EPOCHS * epoch_ms : 0,
        .hold_ms = config->hold_ms > 0 ? config->hold_ms : 1,
        .second_node = config->second_node,
        .asked = target->wish.asked,
        .prices_follow = target->prices_follow,
        .takes_odd_prices = target->limit_is_given,
        .http = sl_cli_rpc_options(config).http,
        .rpc = sl_cli_rpc_options(config),
        .clock = target->clock,
    };
}

/* Print what will happen: money and providers concern the user. */
static void notice_plan(const struct sl_cli_upload_target *target)
{
    const struct sl_commit *commit = target->commit;
    char payer[SL_ADDRESS_CHARS];
    if (sl_commit_warning(commit)[0] != '\0')
        sl_notice("warning: %s", sl_commit_warning(commit));
    if (is_local(target)) {
        sl_notice("network local, built in for trying sluice: nothing leaves this machine");
        sl_cli_devnet_warn_old(target->devnet, target->config);
        return;
    }
    sl_address_text(payer, &target->signer.payer);
    sl_notice("%s, paid by %s (%s)", target->network, payer, target->signer.source);
    for (size_t i = 0; i < sl_commit_copies(commit); i++) {
        const struct sl_commit_target *copy = sl_commit_target(commit, i);
        if (copy->service_url[0] == '\0')
            sl_notice("copy %zu: no provider is reachable yet", i + 1);
        else if (copy->data_set_id != 0)
            sl_notice("copy %zu: %s, data set %" PRIu64, i + 1, copy->name, copy->data_set_id);
        else
            sl_notice("copy %zu: %s", i + 1, copy->name);
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

static int use_provider(struct sl_commit_options *options, const struct sl_provider *provider,
                        const struct sl_cli_upload_target *target, struct sl_err *err)
{
    char id[SL_U256_DEC_CHARS];
    if (provider == NULL)
        return sl_err_set(err, SL_ECONFIG,
                          "provider_url: no provider of the network %s has this URL, so files "
                          "stored there could not be committed; `sluice providers` lists the "
                          "providers, and --provider N chooses one",
                          target->network);
    sl_u256_dec(id, provider->id);
    if (!sl_u256_is_zero(options->provider) && sl_u256_cmp(options->provider, provider->id) != 0)
        return sl_err_set(err, SL_ECONFIG,
                          "provider and provider_url name different providers; the URL is that of "
                          "provider %s",
                          id);
    options->provider = provider->id;
    return SL_OK;
}

/* Files stored there are committed there: the registry gives the provider's id. */
static int find_by_url(struct sl_commit_options *options, const struct sl_cli_upload_target *target,
                       struct sl_err *err)
{
    const struct sl_chain_wish wish = {.what = SL_READ_PROVIDERS};
    const char *url = target->config->provider_url;
    struct sl_chain *chain = NULL;
    struct sl_chain_view *view = NULL;
    if (url[0] == '\0')
        return SL_OK;
    int rc = sl_chain_new(&chain, &options->network, &options->rpc, err);
    if (rc == SL_OK)
        rc = sl_chain_read(&view, chain, &wish, err);
    if (rc == SL_OK)
        rc = use_provider(options, at_url(view, url), target, err);
    sl_chain_view_free(view);
    sl_chain_free(chain);
    return rc;
}

/* Open as many lanes as any job of this run can want. Jobs of the journal were promised their
 * copies, so the copies setting is not checked for them. */
static int save_placement(struct sl_cli_upload_target *target, struct sl_commit_options *options,
                          struct sl_journal *journal, struct sl_err *err)
{
    const struct sl_config *config = target->config;
    struct sl_wish wish;
    target->wish.copies = options->copies;
    int rc = sl_placement_from_config(&wish, config, err);
    if (config->provider_url[0] != '\0') /* by its id, which stays the same */
        sl_u256_dec(wish.provider, options->provider);
    if (rc == SL_OK)
        rc = sl_journal_put_wish(journal, &wish, &target->wish.id, err);
    if (rc == SL_OK)
        rc = sl_placement_most_copies(&options->lanes, journal, target->wish.id, options->copies,
                                      err);
    if (target->wish.goes_on)
        options->copies = 1;
    return rc;
}

static int open_commit(struct sl_cli_upload_target *target, struct sl_journal *journal,
                       struct sl_err *err)
{
    struct sl_placement placement;
    struct sl_commit_options options = options_of(target);
    int rc = sl_placement_read(&placement, &options, target->config, is_local(target), err);
    if (rc == SL_OK)
        rc = find_by_url(&options, target, err);
    if (rc == SL_OK)
        rc = save_placement(target, &options, journal, err);
    if (rc == SL_OK)
        rc = sl_commit_open(&target->commit, &options, journal, err);
    if (rc < 0)
        return rc;
    snprintf(target->url, sizeof target->url, "%s",
             sl_commit_target(target->commit, 0)->service_url);
    target->plan = target->commit;
    notice_plan(target);
    return SL_OK;
}

static int start_devnet(struct sl_cli_upload_target *target, struct sl_err *err)
{
    const int rc =
        sl_cli_devnet_start(&target->devnet, &target->chain, target->config, &target->clock, err);
    if (rc == SL_OK)
        target->payer = *sl_key_address(sl_devnet_key(target->devnet));
    return rc;
}

int sl_cli_upload_target_open(struct sl_cli_upload_target *target, struct sl_journal *journal,
                              struct sl_err *err)
{
    int rc = SL_OK;
    if (target->network[0] == '\0') {
        sl_notice("warning: network none: nothing is committed. Files stored at %s are in "
                  "no data set, and the provider deletes them after an hour or two",
                  target->url);
        return SL_OK;
    }
    if (is_local(target) && target->devnet == NULL)
        rc = start_devnet(target, err);
    return rc < 0 ? rc : open_commit(target, journal, err);
}

struct sl_copies_owner sl_cli_upload_target_owner(const struct sl_cli_upload_target *target)
{
    return (struct sl_copies_owner){.network = target->chain, .payer = target->payer};
}

void sl_cli_upload_target_close(struct sl_cli_upload_target *target)
{
    sl_commit_close(target->commit);
    sl_devnet_stop(target->devnet);
    sl_signer_free(&target->signer);
    *target = (struct sl_cli_upload_target){0};
}
