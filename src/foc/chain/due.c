/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/chain.h"

#include "chain/ask.h"
#include "chain/data_sets.h"
#include "chain/money.h"
#include "chain/run.h"
#include "chain/view.h"

/* The index of each answer in the batch. */
struct asked {
    size_t epoch;
    struct sl_money_asked money;
    size_t set;
    size_t live;
    size_t listener;
    size_t leaves;
    size_t rail;
};

static bool wants_set(const struct sl_due_wish *wish)
{
    return !sl_u256_is_zero(wish->data_set);
}

static void ask(struct asked *asked, struct sl_multicall *calls,
                const struct sl_contracts *contracts, const struct sl_due_wish *wish)
{
    asked->epoch = sl_multicall_add_plain(calls, &contracts->multicall3, "getBlockNumber()");
    sl_ask_money(&asked->money, calls, contracts, wish->payer);
    if (!wants_set(wish))
        return;
    asked->set = sl_ask_id(calls, &contracts->view, "getDataSet(uint256)", wish->data_set);
    asked->live = sl_ask_id(calls, &contracts->verifier, "dataSetLive(uint256)", wish->data_set);
    asked->listener =
        sl_ask_id(calls, &contracts->verifier, "getDataSetListener(uint256)", wish->data_set);
    asked->leaves =
        sl_ask_id(calls, &contracts->verifier, "getDataSetLeafCount(uint256)", wish->data_set);
    asked->rail = sl_ask_id(calls, &contracts->payments, "getRail(uint256)", wish->pdp_rail);
}

/* For a data set that the verifier does not know, the details stay false and 0. */
static void decode_details(struct sl_data_set *set, const struct asked *asked,
                           const struct sl_multicall *calls, const struct sl_contracts *contracts,
                           const struct sl_due_wish *wish)
{
    struct sl_abi_reader r;
    struct sl_address listener;
    sl_multicall_read(&r, calls, asked->live, "(bool)");
    set->live = sl_abi_get_bool(&r);
    set->managed = sl_decode_address(&listener, calls, asked->listener, "", NULL) == SL_OK &&
                   sl_address_equal(&listener, &contracts->fwss);
    if (sl_decode_u256(&set->leaves, calls, asked->leaves, "", NULL) < 0)
        set->leaves = sl_u256(0);
    if (sl_u256_cmp(set->pdp_rail, wish->pdp_rail) == 0)
        set->rail_rate_known = sl_decode_rail_rate(&set->rail_rate, calls, asked->rail);
}

static int decode_set(struct sl_view_memory *memory, const struct asked *asked,
                      const struct sl_multicall *calls, const struct sl_contracts *contracts,
                      const struct sl_due_wish *wish, struct sl_err *err)
{
    static const char what[] = "the data set";
    struct sl_abi_reader r;
    int rc = sl_decode_begin(&r, calls, asked->set, "(" SL_ABI_DATA_SET ")", what, err);
    if (rc == SL_OK)
        rc = sl_decode_data_set(memory, &r, err);
    if (rc == SL_OK)
        rc = sl_decode_end(&r, what, err);
    if (rc < 0 || memory->view.data_set_count == 0)
        return rc;
    if (sl_u256_cmp(memory->view.data_sets[0].id, wish->data_set) != 0)
        return sl_err_set(err, SL_EPROTO, "%s: the node answered for another data set", what);
    decode_details(&memory->view.data_sets[0], asked, calls, contracts, wish);
    return SL_OK;
}

static int read_due(struct sl_view_memory *memory, struct sl_chain *chain,
                    const struct sl_due_wish *wish, struct sl_err *err)
{
    const struct sl_contracts *contracts;
    struct sl_multicall calls = {0};
    struct asked asked;
    int rc = sl_chain_contracts(chain, &contracts, err);
    if (rc < 0)
        return rc;
    ask(&asked, &calls, contracts, wish);
    rc = sl_ask_run(&calls, chain, err);
    if (rc == SL_OK)
        rc = sl_decode_u64(&memory->view.epoch, &calls, asked.epoch, "the epoch", err);
    if (rc == SL_OK)
        rc = sl_decode_money(&memory->view, &asked.money, &calls, chain, err);
    if (rc == SL_OK && wants_set(wish))
        rc = decode_set(memory, &asked, &calls, contracts, wish, err);
    sl_multicall_free(&calls);
    return rc;
}

int sl_chain_read_due(struct sl_chain_view **out, struct sl_chain *chain,
                      const struct sl_due_wish *wish, struct sl_err *err)
{
    *out = NULL;
    struct sl_view_memory *memory = sl_chain_view_new(err);
    if (memory == NULL)
        return SL_ENOMEM;
    const int rc = read_due(memory, chain, wish, err);
    if (rc < 0)
        sl_chain_view_free(&memory->view);
    else
        *out = &memory->view;
    return rc;
}
