/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* taking.h - what of the paths that are named is taken: which links are followed, and which files
 * never are. Private to cli. */
#ifndef SL_CLI_TAKING_H
#define SL_CLI_TAKING_H

#include "sluice/guarded.h"
#include "sluice/walk.h"

#include "settings.h"

struct sl_taking {
    enum sl_links links;
    struct sl_guarded *guarded;
};

/** By settings and --follow-links, as files are there now; zero-initialise, sl_taking_close().
 * Errors: SL_ENOMEM, SL_EOVERFLOW. */
int sl_taking_open(struct sl_taking *taking, const struct sl_settings *settings,
                   const struct sl_args *args, struct sl_err *err) SL_MUST_CHECK;
void sl_taking_close(struct sl_taking *taking);

/** For a walk over what is to be uploaded; `stop`, `fn` and `ctx` are left to the caller. Borrows
 * all it is given. */
struct sl_walk_options sl_taking_walk(const struct sl_taking *taking,
                                      const struct sl_config *config);

#endif
