/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * journal_provider.h - storage providers: which ones failed, how long they are left alone, and
 * their current URLs. Layer: store.
 *
 * A provider that failed cools down for 5 minutes, doubled after each further failure, up to a day.
 * A success resets this. A failure during the cool-down belongs to work that began earlier, so it
 * counts as the same failure. Times are Unix ms. Errors of all: as journal.h.
 */
#ifndef SL_JOURNAL_PROVIDER_H
#define SL_JOURNAL_PROVIDER_H

#include "sluice/journal.h"
#include "sluice/u256.h"

#define SL_COOL_FIRST_MS INT64_C(300000)
#define SL_COOL_MOST_MS  INT64_C(86400000)

/** A plain value: a provider whose last use failed. */
struct sl_journal_provider {
    uint64_t chain_id;
    struct sl_u256 provider_id; /* of the registry */
    int64_t failures;           /* in a row, at least 1 */
    int64_t failed_ms;          /* when it last failed */
    int64_t cool_until_ms;
    struct sl_err err; /* of the last failure */
};

/** Whether the provider is cooling down at `wall_ms`. An end more than a day ahead does not count:
 * the clock was set back. */
bool sl_journal_provider_cools(const struct sl_journal_provider *provider, int64_t wall_ms);

/** Record that the provider failed now. */
int sl_journal_provider_failed(struct sl_journal *journal, uint64_t chain_id,
                               struct sl_u256 provider_id, const struct sl_err *why,
                               struct sl_err *err) SL_MUST_CHECK;

/** Record that the provider succeeded: drop its failures. */
int sl_journal_provider_succeeded(struct sl_journal *journal, uint64_t chain_id,
                                  struct sl_u256 provider_id, struct sl_err *err) SL_MUST_CHECK;

/** One of them, borrowed for the call. Non-zero stops. */
typedef int (*sl_journal_provider_fn)(void *ctx, const struct sl_journal_provider *provider);
/** The providers of a chain whose last use failed, cooling down or not, by the bytes of their ids.
 * Returns the callback's non-zero value, or 0. The callback must not change anything. */
int sl_journal_each_provider(struct sl_journal *journal, uint64_t chain_id,
                             sl_journal_provider_fn fn, void *ctx,
                             struct sl_err *err) SL_MUST_CHECK;

/**
 * The chain's registry now lists this provider at `url`. Jobs and commits that the journal has
 * under its id move to that URL. Jobs known only by the URL become this provider's. If another
 * provider of the chain had the URL, its jobs lose it: their URL is "" from now on. A URL names at
 * most one provider: the caller passes each URL once.
 */
int sl_journal_provider_is_at(struct sl_journal *journal, uint64_t chain_id,
                              struct sl_u256 provider_id, const char *url,
                              struct sl_err *err) SL_MUST_CHECK;

/** The id of the provider known at this URL, on any chain. Returns 1, or 0 when there is none. */
int sl_journal_provider_of(struct sl_journal *journal, const char *url, struct sl_u256 *provider_id,
                           struct sl_err *err) SL_MUST_CHECK;

#endif
