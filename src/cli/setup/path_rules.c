/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "setup/path_rules.h"

#include <stdlib.h>

static int guard(struct sl_cli_path_rules *rules, const struct sl_settings *settings,
                 struct sl_err *err)
{
    const struct sl_config *config = &settings->config;
    const char *const paths[] = {
        config->key_file,       config->keystore, settings->file, ".env",
        getenv("ETH_KEYSTORE"), /* NOLINT(concurrency-mt-unsafe): nothing sets it */
        getenv("ETH_PASSWORD"), /* NOLINT(concurrency-mt-unsafe): of other tools, its file */
    };
    return sl_guarded_new(&rules->guarded, &config->paths, paths, sizeof paths / sizeof paths[0],
                          err);
}

int sl_cli_path_rules_open(struct sl_cli_path_rules *rules, const struct sl_settings *settings,
                           const struct sl_args *args, struct sl_err *err)
{
    const char *follow = args->follow_links;
    rules->links = follow == NULL      ? SL_LINKS_NONE
                   : follow[0] != '\0' ? SL_LINKS_ALL
                                       : SL_LINKS_INSIDE;
    return guard(rules, settings, err);
}

void sl_cli_path_rules_close(struct sl_cli_path_rules *rules)
{
    sl_guarded_free(rules->guarded);
    *rules = (struct sl_cli_path_rules){0};
}

struct sl_walk_options sl_cli_path_rules_walk(const struct sl_cli_path_rules *rules,
                                              const struct sl_config *config)
{
    return (struct sl_walk_options){.links = rules->links,
                                    .include_hidden = config->hidden,
                                    .own = &config->paths,
                                    .guarded = rules->guarded};
}
