/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "setup/placement.h"

#include <stdio.h>
#include <string.h>

/* ---- options on the command line ---- */

static bool names(const struct sl_args *args, const char *key)
{
    for (size_t i = 0; i < args->setting_count; i++) {
        if (strcmp(args->settings[i].key, key) == 0)
            return true;
    }
    return false;
}

bool sl_placement_names_copies(const struct sl_args *args)
{
    return names(args, "copies");
}

static const char *const place_keys[] = {"source", "metadata", "with_cdn", "provider", "data_set"};

bool sl_placement_names_place(const struct sl_args *args)
{
    bool named = names(args, "provider_url");
    for (size_t i = 0; i < sizeof place_keys / sizeof place_keys[0]; i++)
        named = named || names(args, place_keys[i]);
    return named;
}

struct sl_commit_asked sl_placement_asked(const struct sl_args *args,
                                          const struct sl_config *config)
{
    return (struct sl_commit_asked){.with_cdn = names(args, "with_cdn") && config->with_cdn,
                                    .source = names(args, "source"),
                                    .metadata = names(args, "metadata"),
                                    .place = names(args, "provider") || names(args, "data_set") ||
                                             names(args, "provider_url")};
}

struct sl_commit_asked sl_placement_asked_before(const struct sl_wish *wish)
{
    return (struct sl_commit_asked){.with_cdn = wish->with_cdn,
                                    .source = strcmp(wish->source, "sluice") != 0,
                                    .metadata = wish->metadata[0] != '\0',
                                    .place =
                                        wish->provider[0] != '\0' || wish->data_set[0] != '\0'};
}

/* ---- from settings to wishes and back ---- */

static int copy(char *out, size_t cap, const char *text, const char *key, struct sl_err *err)
{
    if (snprintf(out, cap, "%s", text) < (int)cap)
        return SL_OK;
    return sl_err_set(err, SL_ECONFIG, "%s: too long: %zu bytes at most", key, cap - 1);
}

int sl_placement_from_config(struct sl_wish *wish, const struct sl_config *config,
                             struct sl_err *err)
{
    *wish = (struct sl_wish){.with_cdn = config->with_cdn};
    int rc = copy(wish->source, sizeof wish->source, config->source, "source", err);
    if (rc == SL_OK)
        rc = copy(wish->metadata, sizeof wish->metadata, config->metadata, "metadata", err);
    if (rc == SL_OK)
        rc = copy(wish->provider, sizeof wish->provider, config->provider, "provider", err);
    if (rc == SL_OK)
        rc = copy(wish->data_set, sizeof wish->data_set, config->data_set, "data_set", err);
    return rc;
}

int sl_placement_apply(struct sl_config *config, const struct sl_args *args,
                       const struct sl_wish *wish, struct sl_err *err)
{
    const char *const values[] = {wish->source, wish->metadata, wish->with_cdn ? "yes" : "no",
                                  wish->provider, wish->data_set};
    /* a provider named now does not belong to a data set named earlier */
    const bool moved =
        names(args, "provider") || names(args, "data_set") || names(args, "provider_url");
    int rc = SL_OK;
    for (size_t i = 0; i < sizeof place_keys / sizeof place_keys[0] && rc == SL_OK; i++) {
        const char *key = place_keys[i];
        const bool is_place = strcmp(key, "provider") == 0 || strcmp(key, "data_set") == 0;
        if (!names(args, key) && !(moved && is_place))
            rc = sl_config_set(config, key, values[i], "the journal", err);
    }
    return rc;
}

/* ---- numbers of copies ---- */

struct most {
    int64_t wish_id;
    int usual;
    int most;
};

static int take_job(void *ctx, const struct sl_job *job, const char *path, const char *provider_url)
{
    struct most *most = ctx;
    const int wanted = job->copies.wanted > 0 ? job->copies.wanted : most->usual;
    (void)path;
    (void)provider_url;
    if ((job->wish_id == 0 || job->wish_id == most->wish_id) && wanted > most->most)
        most->most = wanted;
    return 0;
}

int sl_placement_most_copies(int *most, struct sl_journal *journal, int64_t wish_id, int usual,
                             struct sl_err *err)
{
    struct most walk = {.wish_id = wish_id, .usual = usual};
    const int rc = sl_journal_each(journal, take_job, &walk, err);
    *most = walk.most;
    return rc;
}
