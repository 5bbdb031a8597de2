/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* provider_cooldown.h - providers in cooldown, according to the journal. Private to cli. */
#ifndef SL_CLI_PROVIDER_COOLDOWN_H
#define SL_CLI_PROVIDER_COOLDOWN_H

#include "sluice/journal.h"

#include "setup/settings.h"

/** Zero-initialise, free with sl_cli_provider_cooldown_free(). */
struct sl_cli_provider_cooldown {
    struct sl_journal_provider *list;
    size_t count;
    struct sl_u256 *ids; /* ids of the list, for a selection to avoid */
};

/**
 * Read the providers of a chain that are in cooldown now; changes nothing. Without a journal, with
 * an earlier schema or an unreadable journal, the list is empty. Errors: SL_ENOMEM, SL_EJOURNAL
 * (the entries are damaged).
 */
int sl_cli_provider_cooldown_read(struct sl_cli_provider_cooldown *out,
                                  const struct sl_config *config, uint64_t chain_id,
                                  const struct sl_clock *clock, struct sl_err *err) SL_MUST_CHECK;
void sl_cli_provider_cooldown_free(struct sl_cli_provider_cooldown *cooldown);

/** The cooldown of a provider, NULL if it has none. Borrowed. */
const struct sl_journal_provider *
sl_cli_provider_cooldown_find(const struct sl_cli_provider_cooldown *cooldown,
                              struct sl_u256 provider_id);

#endif
