/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* places.h - updates the journal when a provider has a new URL. Layer: commit, private. */
#ifndef SL_COMMIT_PLACES_H
#define SL_COMMIT_PLACES_H

#include "commit_internal.h"

/** Store in the journal the URLs that the registry lists for the providers. */
int sl_commit_note_places(const struct sl_commit *commit, const struct sl_chain_view *view,
                          struct sl_err *err) SL_MUST_CHECK;

#endif
