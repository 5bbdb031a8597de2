/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* provider_cooldown.h - which providers the journal says are left alone for a while. Private to
 * cli. */
#ifndef SL_CLI_PROVIDER_COOLDOWN_H
#define SL_CLI_PROVIDER_COOLDOWN_H

#include "sluice/journal_provider.h"

#include "setup/settings.h"

/** Zero-initialise, free with sl_provider_cooldown_free(). */
struct sl_provider_cooldown {
    struct sl_journal_provider *list;
    size_t count;
    struct sl_u256 *ids; /* of the list: what a selection avoids */
};

/**
 * Those of a chain that cool now, by what earlier uploads wrote; nothing is made or changed. A
 * journal that is not there, is older than such notes, or cannot be read, knows of none. Errors:
 * SL_ENOMEM, SL_EJOURNAL (these notes are damaged).
 */
int sl_provider_cooldown_read(struct sl_provider_cooldown *out, const struct sl_config *config,
                              uint64_t chain_id, const struct sl_clock *clock,
                              struct sl_err *err) SL_MUST_CHECK;
void sl_provider_cooldown_free(struct sl_provider_cooldown *cooldown);

/** What is known of a provider, NULL when it does not cool. Borrowed. */
const struct sl_journal_provider *
sl_provider_cooldown_find(const struct sl_provider_cooldown *cooldown, struct sl_u256 provider_id);

#endif
