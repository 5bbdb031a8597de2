/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * selection.h - the choice of a provider and a data set for pieces. Layer: foc.
 *
 * A data set is reused if it is usable and has exactly the wanted metadata. Among several, compact
 * data sets come before legacy ones (sl_data_set_is_legacy()), then those with pieces, then the
 * oldest; a legacy data set still comes before a new one. Every copy goes to another provider, the
 * first one to an endorsed provider. Providers to avoid come last. Nothing is read and no request
 * is sent: the caller says which provider is alive.
 *
 * Source: docs/PROTOCOL.md "Selection"; proven by tests/data/vectors/selection.json.
 */
#ifndef SL_SELECTION_H
#define SL_SELECTION_H

#include "sluice/data_set.h"
#include "sluice/provider.h"

enum { SL_COPIES_MAX = 16 };

/** The candidates and the requirements. Everything is borrowed. */
struct sl_selection {
    const struct sl_provider *providers; /* in the order of the registry */
    size_t provider_count;
    const struct sl_data_set *data_sets; /* the client's data sets, in any order */
    size_t data_set_count;
    const struct sl_metadata *metadata; /* the metadata that the data set must have */
    size_t metadata_count;
    uint64_t legacy_limit; /* ids below are legacy, as sl_legacy_limit() tells; SL_ALL_COMPACT and
                              SL_ALL_LEGACY make no difference between data sets */
    uint64_t least_bytes;  /* sizes of the pieces; both 0: any */
    uint64_t most_bytes;
    const struct sl_u256 *avoid; /* ids of providers that failed lately: they come last, even with a
                                    matching data set */
    size_t avoid_count;
    const struct sl_u256 *prefer; /* ids of providers that come first among those without a matching
                                     data set, the most wanted first */
    size_t prefer_count;
    uint64_t seed; /* not 0: shuffles the providers without a matching data set by this number, so
                      that clients spread over them; 0: the order of the registry */
};

/** A provider and its data set (NULL: a new one). Borrowed from the selection. */
struct sl_choice {
    const struct sl_provider *provider;
    const struct sl_data_set *data_set;
};

/** The matching data sets, best first: at most `cap` pointers into the selection. Returns their
 * number. */
size_t sl_select_data_sets(const struct sl_data_set **out, size_t cap,
                           const struct sl_selection *selection);

/**
 * The approved (with `endorsed_only`: and endorsed) providers in order of preference, each once,
 * without those of `used`: first those with a data set to use again, then those of `prefer`, then
 * the others, and in the same order once more those to be avoided. At most `cap`. Returns their
 * number, or SL_ENOMEM.
 */
int sl_select_ranked(struct sl_choice *out, size_t cap, const struct sl_selection *selection,
                     bool endorsed_only, const struct sl_u256 *used, size_t used_count,
                     struct sl_err *err) SL_MUST_CHECK;

/** Whether a provider answers; called for each provider in order of preference. */
typedef bool (*sl_alive_fn)(void *ctx, const struct sl_provider *provider);

/**
 * Choose for `copies` (1 .. SL_COPIES_MAX) copies; fewer when providers run out. Returns their
 * number. Errors: SL_ENOTFOUND (no endorsed provider for the first), SL_EINVAL, SL_ENOMEM.
 */
int sl_select_copies(struct sl_choice *out, size_t copies, const struct sl_selection *selection,
                     sl_alive_fn alive, void *ctx, struct sl_err *err) SL_MUST_CHECK;

/** Choose another approved provider, not in `used`, for a copy that failed. Errors: SL_ENOTFOUND
 * (none is left), SL_ENOMEM. */
int sl_select_another(struct sl_choice *out, const struct sl_selection *selection,
                      const struct sl_u256 *used, size_t used_count, sl_alive_fn alive, void *ctx,
                      struct sl_err *err) SL_MUST_CHECK;

/** Choose the provider that the user named, endorsed or not. Errors: SL_ENOTFOUND (unknown),
 * SL_EREFUSED (not approved), SL_ETOOBIG, SL_ETOOSMALL (does not accept these pieces), SL_ENOMEM.
 */
int sl_select_provider(struct sl_choice *out, const struct sl_selection *selection,
                       struct sl_u256 provider_id, struct sl_err *err) SL_MUST_CHECK;

/** Choose the data set that the user named, whatever its metadata. Errors: SL_ENOTFOUND (unknown,
 * or its provider is), SL_EREFUSED (not live, terminated, controlled by an authorizer, or of
 * another service or payer), SL_ETOOBIG, SL_ETOOSMALL. */
int sl_select_data_set(struct sl_choice *out, const struct sl_selection *selection,
                       struct sl_u256 data_set_id, const struct sl_address *payer,
                       struct sl_err *err) SL_MUST_CHECK;

#endif
