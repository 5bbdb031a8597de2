/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * What an add really took, from the events of its receipt. Only rails of the data set count: those
 * that the storage service names for it in the same receipt.
 */
#include <string.h>

#include "chain/logs.h"
#include "signed_amount.h"

enum { RAILS_MAX = 4 }; /* storage, CDN, CDN cache misses */

struct adding {
    const struct sl_contracts *contracts;
    struct sl_u256 data_set;
    struct sl_u256 lockup_epochs;
    struct sl_u256 rails[RAILS_MAX];
    size_t rail_count;
    struct sl_signed_amount locked;
    struct sl_signed_amount fees;
};

/* ---- one event ---- */

static bool is_named(const struct sl_chain_log *event, const struct sl_address *from,
                     const char *name)
{
    uint8_t topic[SL_ABI_WORD];
    sl_abi_topic(topic, name);
    return sl_chain_log_is(event, from, topic);
}

/* Word `index` of the data; 0 past its end. */
static struct sl_u256 word(const struct sl_chain_log *event, size_t index)
{
    struct sl_u256 out = sl_u256(0);
    if ((index + 1) * SL_ABI_WORD <= event->log.data_len)
        (void)!sl_u256_from_be(&out, event->data + index * SL_ABI_WORD, SL_ABI_WORD);
    return out;
}

/* The rail or data set that it is about. */
static struct sl_u256 about(const struct sl_chain_log *event)
{
    return sl_chain_log_topic(event, 1);
}

/* ---- rails ---- */

static bool is_ours(const struct adding *adding, struct sl_u256 rail)
{
    for (size_t i = 0; i < adding->rail_count; i++) {
        if (sl_u256_cmp(adding->rails[i], rail) == 0)
            return true;
    }
    return false;
}

static void add_rail(struct adding *adding, struct sl_u256 rail)
{
    if (!sl_u256_is_zero(rail) && !is_ours(adding, rail) && adding->rail_count < RAILS_MAX)
        adding->rails[adding->rail_count++] = rail;
}

static int find_rails(void *ctx, const struct sl_chain_log *event)
{
    struct adding *adding = ctx;
    const struct sl_address *fwss = &adding->contracts->fwss;
    if (sl_u256_cmp(about(event), adding->data_set) != 0)
        return SL_OK;
    if (is_named(event, fwss, "RailRateUpdated(uint256,uint256,uint256)"))
        add_rail(adding, word(event, 0));
    if (is_named(event, fwss,
                 "DataSetCreated(uint256,uint256,uint256,uint256,uint256,address,address,address,"
                 "string[],string[])")) {
        for (size_t i = 0; i < 3; i++)
            add_rail(adding, word(event, i));
    }
    return SL_OK;
}

/* ---- sums ---- */

static struct sl_u256 growth(struct sl_u256 before, struct sl_u256 after)
{
    struct sl_u256 more = sl_u256(0);
    return sl_u256_sub(&more, after, before) ? more : sl_u256(0);
}

static int add_up(void *ctx, const struct sl_chain_log *event)
{
    struct adding *adding = ctx;
    const struct sl_address *pay = &adding->contracts->payments;
    if (!is_ours(adding, about(event)))
        return SL_OK;
    if (is_named(event, pay, "RailLockupModified(uint256,uint256,uint256,uint256,uint256)")) {
        sl_signed_amount_add(&adding->locked, growth(word(event, 2), word(event, 3)));
    } else if (is_named(event, pay, "RailRateModified(uint256,uint256,uint256)")) {
        sl_signed_amount_add_product(&adding->locked, growth(word(event, 0), word(event, 1)),
                                     adding->lockup_epochs);
    } else if (is_named(event, pay,
                        "RailOneTimePaymentProcessed(uint256,uint256,uint256,uint256)")) {
        for (size_t i = 0; i < 3; i++) /* to the payee, to the operator, to the network */
            sl_signed_amount_add(&adding->fees, word(event, i));
    }
    return SL_OK;
}

static int read_logs(struct sl_tx_paid *out, struct adding *adding, const struct sl_json *logs,
                     struct sl_err *err)
{
    int rc = sl_chain_logs_each(logs, find_rails, adding, err);
    if (rc == SL_OK)
        rc = sl_chain_logs_each(logs, add_up, adding, err);
    if (rc < 0)
        return rc;
    out->locked = adding->locked.plus;
    out->fees = adding->fees.plus;
    if (adding->locked.overflow || adding->fees.overflow)
        return sl_err_set(err, SL_EPROTO, "the receipt names sums that cannot be");
    return adding->rail_count > 0;
}

int sl_chain_paid(struct sl_tx_paid *out, struct sl_chain *chain, const char *tx,
                  struct sl_u256 data_set_id, struct sl_u256 lockup_epochs, struct sl_err *err)
{
    struct adding adding = {.data_set = data_set_id, .lockup_epochs = lockup_epochs};
    struct sl_json *answer = NULL;
    const struct sl_json *logs = NULL;
    *out = (struct sl_tx_paid){.locked = sl_u256(0)};
    int rc = sl_chain_contracts(chain, &adding.contracts, err);
    if (rc == SL_OK)
        rc = sl_chain_receipt(&answer, &logs, chain, tx, err);
    if (rc == 1)
        rc = read_logs(out, &adding, logs, err);
    sl_json_free(answer);
    return rc;
}
