/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* chain_view.h - what a provider reads from the contracts. Private to devnet. */
#ifndef SL_DEVNET_CHAIN_VIEW_H
#define SL_DEVNET_CHAIN_VIEW_H

#include "commit/commit.h"

/** What a create costs the provider. */
int sl_devnet_commit_deposit(struct sl_devnet *net, struct sl_u256 *out,
                             struct sl_err *err) SL_MUST_CHECK;

/** A view of one number or address: SL_OK with the first word, SL_EREVERT. */
int sl_devnet_view_word(struct sl_devnet *net, struct sl_u256 *out, const struct sl_address *to,
                        struct sl_abi_writer *w, struct sl_err *err) SL_MUST_CHECK;

/** The epoch at which the payment of a data set ends; 0 while it goes on. */
int sl_devnet_end_epoch(struct sl_devnet *net, uint64_t *epoch, uint64_t data_set,
                        struct sl_err *err) SL_MUST_CHECK;

#endif
