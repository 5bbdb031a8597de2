/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * due.h - what decides whether one more payload can be paid, all as of one block. Layer: foc.
 *
 * The account, the prices and the data set's own sums in one round trip: between two trips another
 * machine of the same account could add pieces, empty the reserve, or spend what is available.
 *
 * Source: docs/PROTOCOL.md "Costs" and "Contracts".
 */
#ifndef SL_DUE_H
#define SL_DUE_H

#include "sluice/chain.h"

/** All borrowed for the call. */
struct sl_due_wish {
    const struct sl_address *payer;
    struct sl_u256 data_set; /* 0: the payload makes a new one */
    struct sl_u256 pdp_rail; /* of that data set; it keeps its rail for ever */
};

/**
 * Owned by the caller, sl_chain_view_free(): of the view only the epoch, what SL_READ_MONEY reads,
 * and the data set are filled in. The data set is data_sets[0], without metadata; data_set_count is
 * 0 when none was asked for, or when the node does not know it. Of the data set rail, fees, leaves
 * and whether it is live are read; a rail that is not `pdp_rail` has no known rate. Errors: those
 * of all reads (chain.h).
 */
int sl_chain_read_due(struct sl_chain_view **out, struct sl_chain *chain,
                      const struct sl_due_wish *wish, struct sl_err *err) SL_MUST_CHECK;

#endif
