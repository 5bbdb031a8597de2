/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* path_rules.h - which links are followed, and which files are never uploaded. Private to cli. */
#ifndef SL_CLI_PATH_RULES_H
#define SL_CLI_PATH_RULES_H

#include "sluice/guarded.h"
#include "sluice/walk.h"

#include "setup/settings.h"

struct sl_cli_path_rules {
    enum sl_links links;
    struct sl_guarded *guarded;
};

/** From the settings and --follow-links, with guarded files as they are now. Zero-initialise; close
 * with sl_cli_path_rules_close(). Errors: SL_ENOMEM, SL_EOVERFLOW. */
int sl_cli_path_rules_open(struct sl_cli_path_rules *rules, const struct sl_settings *settings,
                           const struct sl_args *args, struct sl_err *err) SL_MUST_CHECK;
void sl_cli_path_rules_close(struct sl_cli_path_rules *rules);

/** Options for a walk over files to upload; the caller sets `stop`, `fn` and `ctx`. Borrows its
 * arguments. */
struct sl_walk_options sl_cli_path_rules_walk(const struct sl_cli_path_rules *rules,
                                              const struct sl_config *config);

#endif
