/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * due.h - what decides whether one more payload can be paid, as of one block. Layer: foc.
 *
 * One round trip reads the account, the prices and the amounts of the data set: between two round
 * trips, another machine with the same account could add pieces, empty the reserve, or spend the
 * available funds.
 *
 * Source: docs/PROTOCOL.md "Costs" and "Contracts".
 */
#ifndef SL_DUE_H
#define SL_DUE_H

#include "sluice/chain.h"

/** All borrowed for the call. */
struct sl_due_wish {
    const struct sl_address *payer;
    struct sl_u256 data_set; /* 0: the payload creates a new data set */
    struct sl_u256 pdp_rail; /* of that data set, which never changes its rail */
};

/**
 * Owned, sl_chain_view_free(). The view has only the epoch, what SL_READ_MONEY reads, and the data
 * set in data_sets[0]. data_set_count is 0 if no data set was wanted or the node does not know it.
 * The data set has its rail, fees, leaves and liveness, but no metadata; its rate is unknown if its
 * rail is not `pdp_rail`. Errors: those of all reads (chain.h).
 */
int sl_chain_read_due(struct sl_chain_view **out, struct sl_chain *chain,
                      const struct sl_due_wish *wish, struct sl_err *err) SL_MUST_CHECK;

#endif
