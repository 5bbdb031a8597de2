/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Trying, sending, and going on with what an earlier run left. */
#include <stdio.h>
#include <string.h>

#include "sluice/own_tx.h"
#include "sluice/revert.h"

#include "chain/ask.h"
#include "wallet/wallet_internal.h"

/* ---- trying ---- */

static const struct sl_address *sender_of(const struct sl_own *own)
{
    return own->key != NULL ? sl_key_address(own->key) : own->account;
}

static struct sl_rpc_message message_of(const struct sl_own *own, const struct sl_own_call *call)
{
    return (struct sl_rpc_message){.from = sender_of(own),
                                   .to = call->to,
                                   .data = (const uint8_t *)call->data.data,
                                   .data_len = call->data.len};
}

static int read_fil(struct sl_u256 *balance, const struct sl_own *own, struct sl_err *err)
{
    char address[SL_ADDRESS_CHARS];
    char params[SL_ADDRESS_CHARS + 16];
    struct sl_rpc_failure failure = {0};
    sl_address_text(address, sender_of(own));
    snprintf(params, sizeof params, "[\"%s\",\"latest\"]", address);
    const int rc =
        sl_rpc_quantity(sl_chain_rpc(own->chain), "eth_getBalance", params, balance, &failure, err);
    sl_rpc_failure_free(&failure);
    return rc;
}

/* An account that never held FIL is no actor: nodes cannot execute anything for it, and their words
 * for that help nobody. */
static int blame_empty_wallet(const struct sl_own *own, int rc, struct sl_err *err)
{
    char address[SL_ADDRESS_CHARS];
    struct sl_u256 balance;
    if ((rc != SL_EREFUSED && rc != SL_EREVERT) || read_fil(&balance, own, NULL) < 0 ||
        !sl_u256_is_zero(balance))
        return rc;
    sl_address_text(address, sender_of(own));
    return sl_err_set(err, SL_EMONEY,
                      "the wallet holds no FIL for the network's fee: send some FIL to %s",
                      address);
}

static bool has_reason(const struct sl_rpc_failure *failure)
{
    struct sl_revert revert;
    return sl_revert_decode(&revert, (const uint8_t *)failure->data.data, failure->data.len) ||
           (failure->message.len > 0 &&
            sl_revert_find(&revert, failure->message.data, failure->message.len));
}

static int simulate(const struct sl_own *own, const struct sl_rpc_message *message, uint64_t *gas,
                    struct sl_err *err)
{
    struct sl_rpc *rpc = sl_chain_rpc(own->chain);
    struct sl_rpc_failure failure = {0};
    struct sl_buf out = {0};
    int rc = sl_rpc_eth_call(rpc, message, &out, &failure, err);
    if (rc == SL_OK)
        rc = sl_rpc_estimate_gas(rpc, message, gas, &failure, err);
    if (rc < 0 && has_reason(&failure))
        rc = sl_rpc_reason(&failure, rc, err);
    else if (rc < 0)
        rc = blame_empty_wallet(own, rc, err);
    if (rc == SL_OK && *gas == 0)
        rc = sl_err_set(err, SL_EPROTO, "the node says that it takes no gas");
    sl_buf_free(&out);
    sl_rpc_failure_free(&failure);
    return rc;
}

static int check_fil(const struct sl_own *own, const struct sl_own_cost *cost, struct sl_err *err)
{
    char address[SL_ADDRESS_CHARS];
    char has[SL_U256_AMOUNT_CHARS];
    char most[SL_U256_AMOUNT_CHARS];
    struct sl_u256 balance;
    const int rc = read_fil(&balance, own, err);
    if (rc < 0 || sl_u256_cmp(balance, cost->most) >= 0)
        return rc;
    sl_address_text(address, sender_of(own));
    sl_u256_amount(has, balance, SL_TOKEN_DECIMALS, 6);
    sl_u256_amount(most, cost->most, SL_TOKEN_DECIMALS, 6);
    return sl_err_set(
        err, SL_EMONEY,
        "the network's fee may be %s FIL and the wallet holds %s: send some FIL to %s", most, has,
        address);
}

int sl_own_try(struct sl_own_cost *out, const struct sl_own *own, const struct sl_own_call *call,
               struct sl_err *err)
{
    const struct sl_rpc_message message = message_of(own, call);
    *out = (struct sl_own_cost){0};
    int rc = simulate(own, &message, &out->gas, err);
    if (rc == SL_OK)
        rc = sl_own_fees(out, own, err);
    if (rc == SL_OK)
        rc = sl_own_cap(out, own, err);
    if (rc == SL_OK)
        rc = check_fil(own, out, err);
    if (rc < 0)
        sl_err_ctx(err, "%s", call->what);
    return rc;
}

/* ---- the journal ---- */

struct gathering {
    const struct sl_own *own;
    struct sl_flight *flight;
    int rc;
};

static bool is_ours(const struct sl_own *own, const struct sl_journal_tx *tx)
{
    return tx->chain_id == sl_chain_network(own->chain)->chain_id &&
           memcmp(tx->sender, sl_key_address(own->key)->bytes, sizeof tx->sender) == 0;
}

/* Of the first nonce that is open, all that was signed for it. */
static int gather(void *ctx, const struct sl_journal_tx *tx, const void *raw, size_t len)
{
    struct gathering *gathering = ctx;
    struct sl_flight *flight = gathering->flight;
    if (!is_ours(gathering->own, tx) || (flight->count > 0 && flight->tx[0].nonce != tx->nonce) ||
        flight->count == SL_FLIGHT_MAX)
        return 0;
    struct sl_buf *bytes = &flight->raw[flight->count];
    flight->tx[flight->count++] = *tx;
    sl_buf_add(bytes, raw, len);
    gathering->rc = bytes->failed;
    return gathering->rc;
}

/* Returns 1 with a flight, 0 when nothing is open. */
static int find_open(struct sl_flight *flight, const struct sl_own *own, struct sl_err *err)
{
    struct gathering gathering = {.own = own, .flight = flight};
    *flight = (struct sl_flight){.unsent = true};
    const int rc = sl_journal_each_tx(own->journal, true, gather, &gathering, err);
    if (gathering.rc < 0)
        return sl_err_set(err, gathering.rc, "no memory for a transaction");
    return rc < 0 ? rc : flight->count > 0;
}

/* ---- sending ---- */

static int refuse_open(const struct sl_own *own, struct sl_err *err)
{
    struct sl_flight flight;
    int rc = find_open(&flight, own, err);
    if (rc == 1)
        rc = sl_err_set(err, SL_EBUSY, "an earlier transaction is still on its way: %s",
                        flight.tx[0].what);
    sl_flight_free(&flight);
    return rc;
}

int sl_own_send(struct sl_own_result *out, const struct sl_own *own, const struct sl_own_call *call,
                const struct sl_own_cost *cost, struct sl_err *err)
{
    struct sl_flight flight = {0};
    struct sl_tx tx = {.chain_id = sl_chain_network(own->chain)->chain_id,
                       .max_priority_fee = cost->max_priority_fee,
                       .max_fee = cost->max_fee,
                       .gas_limit = cost->gas,
                       .to = call->to,
                       .data = (const uint8_t *)call->data.data,
                       .data_len = call->data.len};
    *out = (struct sl_own_result){0};
    int rc = refuse_open(own, err);
    if (rc == SL_OK)
        rc = sl_own_nonce(&tx.nonce, own, true, err);
    if (rc == SL_OK)
        rc = sl_flight_sign(&flight, own, &tx, call->what, err);
    if (rc == SL_OK)
        rc = sl_flight_land(&flight, own, out, err);
    sl_flight_free(&flight);
    return rc;
}

/* ---- after a crash ---- */

static bool is_settled(const struct sl_flight *flight)
{
    for (size_t i = 0; i < flight->count; i++) {
        if (flight->tx[i].state == SL_JOURNAL_TX_SIGNED)
            return false;
    }
    return true;
}

int sl_own_settle(const struct sl_own *own, struct sl_err *err)
{
    int settled = 0;
    for (;;) {
        struct sl_flight flight;
        struct sl_own_result result;
        int rc = find_open(&flight, own, err);
        if (rc == 1) {
            sl_own_tell(own, SL_OWN_AGAIN, &flight.tx[0]);
            rc = sl_flight_land(&flight, own, &result, err);
            if (is_settled(&flight)) /* its end, good or bad, is no failure of settling */
                rc = 1;
        }
        sl_flight_free(&flight);
        if (rc != 1)
            return rc < 0 ? rc : settled;
        settled++;
    }
}
