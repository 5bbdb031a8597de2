/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A batch of calls of the contracts that are in force when it is made. */
#include "chain/run.h"

#include "chain/ask.h"

enum { GROUP = 100 }; /* calls in one round trip, unless more belong together */

static int run(struct sl_multicall *calls, struct sl_chain *chain, struct sl_err *err)
{
    const int rc = sl_multicall_run(calls, chain->rpc, &chain->network.multicall3, err);
    if (rc < 0)
        sl_err_ctx(err, "reading the chain");
    return rc;
}

/* Run the calls and one more, for the view that is in force now. A node that does not say keeps the
 * one that is known. */
static int run_and_ask_view(struct sl_address *view, struct sl_multicall *calls,
                            struct sl_chain *chain, struct sl_err *err)
{
    const size_t group = calls->group;
    *view = chain->contracts.view;
    if (calls->count % group == 0) /* no round trip of its own for it */
        calls->group++;
    const size_t index =
        sl_multicall_add_plain(calls, &chain->network.fwss, "viewContractAddress()");
    const int rc = run(calls, chain, err);
    struct sl_address told;
    if (rc == SL_OK && sl_decode_address(&told, calls, index, "", NULL) == SL_OK &&
        !sl_address_is_zero(&told))
        *view = told;
    sl_multicall_drop_last(calls);
    calls->group = group;
    return rc;
}

/* The contracts were changed since they were read, or another node of the list is ahead: all that
 * was asked of the old view is asked of the new one. */
static int follow_view(struct sl_multicall *calls, struct sl_chain *chain, struct sl_err *err)
{
    const struct sl_contracts *contracts;
    const struct sl_address old = chain->contracts.view;
    chain->contracts_known = false;
    const int rc = sl_chain_contracts(chain, &contracts, err);
    if (rc == SL_OK)
        sl_multicall_redirect(calls, &old, &contracts->view);
    return rc;
}

int sl_ask_run(struct sl_multicall *calls, struct sl_chain *chain, struct sl_err *err)
{
    enum { TRIES = 3 };
    struct sl_address view;
    if (calls->group == 0)
        calls->group = GROUP;
    if (!chain->contracts_known || !sl_multicall_asks(calls, &chain->contracts.view))
        return run(calls, chain, err);
    for (int i = 0; i < TRIES; i++) {
        int rc = run_and_ask_view(&view, calls, chain, err);
        if (rc < 0 || sl_address_equal(&view, &chain->contracts.view))
            return rc;
        rc = follow_view(calls, chain, err);
        if (rc < 0)
            return rc;
    }
    return sl_err_set(err, SL_EPROTO,
                      "the nodes do not agree on the contracts of the storage service; try again, "
                      "or name one node with RPC_URL");
}
