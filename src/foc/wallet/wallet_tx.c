/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Trying, sending, and going on with what an earlier run left. */
#include "sluice/wallet_tx.h"

#include <stdio.h>
#include <string.h>

#include "sluice/revert.h"

#include "chain/ask.h"
#include "wallet/pending_tx.h"
#include "wallet/wallet_node.h"

/* ---- trying ---- */

static const struct sl_address *sender_of(const struct sl_wallet_tx_sender *sender)
{
    return sender->key != NULL ? sl_key_address(sender->key) : sender->account;
}

static struct sl_rpc_message message_of(const struct sl_wallet_tx_sender *sender,
                                        const struct sl_wallet_tx_call *call)
{
    return (struct sl_rpc_message){.from = sender_of(sender),
                                   .to = call->to,
                                   .data = (const uint8_t *)call->data.data,
                                   .data_len = call->data.len};
}

static int read_fil(struct sl_u256 *balance, const struct sl_wallet_tx_sender *sender,
                    struct sl_err *err)
{
    char address[SL_ADDRESS_CHARS];
    char params[SL_ADDRESS_CHARS + 16];
    struct sl_rpc_failure failure = {0};
    sl_address_text(address, sender_of(sender));
    snprintf(params, sizeof params, "[\"%s\",\"latest\"]", address);
    const int rc = sl_rpc_quantity(sl_chain_rpc(sender->chain), "eth_getBalance", params, balance,
                                   &failure, err);
    sl_rpc_failure_free(&failure);
    return rc;
}

/* An account that never held FIL is no actor: nodes cannot execute anything for it, and their words
 * for that help nobody. */
static int blame_empty_wallet(const struct sl_wallet_tx_sender *sender, int rc, struct sl_err *err)
{
    char address[SL_ADDRESS_CHARS];
    struct sl_u256 balance;
    if ((rc != SL_EREFUSED && rc != SL_EREVERT) || read_fil(&balance, sender, NULL) < 0 ||
        !sl_u256_is_zero(balance))
        return rc;
    sl_address_text(address, sender_of(sender));
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

static int simulate(const struct sl_wallet_tx_sender *sender, const struct sl_rpc_message *message,
                    uint64_t *gas, struct sl_err *err)
{
    struct sl_rpc *rpc = sl_chain_rpc(sender->chain);
    struct sl_rpc_failure failure = {0};
    struct sl_buf out = {0};
    int rc = sl_rpc_eth_call(rpc, message, &out, &failure, err);
    if (rc == SL_OK)
        rc = sl_rpc_estimate_gas(rpc, message, gas, &failure, err);
    if (rc < 0 && has_reason(&failure))
        rc = sl_ask_reason(&failure, rc, err);
    else if (rc < 0)
        rc = blame_empty_wallet(sender, rc, err);
    if (rc == SL_OK && *gas == 0)
        rc = sl_err_set(err, SL_EPROTO, "the node says that it takes no gas");
    sl_buf_free(&out);
    sl_rpc_failure_free(&failure);
    return rc;
}

static int check_fil(const struct sl_wallet_tx_sender *sender, const struct sl_wallet_tx_cost *cost,
                     struct sl_err *err)
{
    char address[SL_ADDRESS_CHARS];
    char has[SL_U256_AMOUNT_CHARS];
    char most[SL_U256_AMOUNT_CHARS];
    struct sl_u256 balance;
    const int rc = read_fil(&balance, sender, err);
    if (rc < 0 || sl_u256_cmp(balance, cost->most) >= 0)
        return rc;
    sl_address_text(address, sender_of(sender));
    sl_u256_amount(has, balance, SL_TOKEN_DECIMALS, 6);
    sl_u256_amount(most, cost->most, SL_TOKEN_DECIMALS, 6);
    return sl_err_set(
        err, SL_EMONEY,
        "the network's fee may be %s FIL and the wallet holds %s: send some FIL to %s", most, has,
        address);
}

int sl_wallet_tx_try(struct sl_wallet_tx_cost *out, const struct sl_wallet_tx_sender *sender,
                     const struct sl_wallet_tx_call *call, struct sl_err *err)
{
    const struct sl_rpc_message message = message_of(sender, call);
    *out = (struct sl_wallet_tx_cost){0};
    int rc = simulate(sender, &message, &out->gas, err);
    if (rc == SL_OK)
        rc = sl_wallet_node_fees(out, sender, err);
    if (rc == SL_OK)
        rc = sl_wallet_node_cap(out, sender, err);
    if (rc == SL_OK)
        rc = check_fil(sender, out, err);
    if (rc < 0)
        sl_err_ctx(err, "%s", call->what);
    return rc;
}

/* ---- the journal ---- */

struct gathering {
    const struct sl_wallet_tx_sender *sender;
    struct sl_pending_tx *pending;
    int rc;
};

static bool is_ours(const struct sl_wallet_tx_sender *sender, const struct sl_journal_tx *tx)
{
    return tx->chain_id == sl_chain_network(sender->chain)->chain_id &&
           memcmp(tx->sender, sl_key_address(sender->key)->bytes, sizeof tx->sender) == 0;
}

/* Of the first nonce that is open, all that was signed for it. */
static int gather(void *ctx, const struct sl_journal_tx *tx, const void *raw, size_t len)
{
    struct gathering *gathering = ctx;
    struct sl_pending_tx *pending = gathering->pending;
    if (!is_ours(gathering->sender, tx) ||
        (pending->count > 0 && pending->tx[0].nonce != tx->nonce) ||
        pending->count == SL_PENDING_TX_MAX)
        return 0;
    struct sl_buf *bytes = &pending->raw[pending->count];
    pending->tx[pending->count++] = *tx;
    sl_buf_add(bytes, raw, len);
    gathering->rc = bytes->failed;
    return gathering->rc;
}

/* Returns 1 with a pending, 0 when nothing is open. */
static int find_open(struct sl_pending_tx *pending, const struct sl_wallet_tx_sender *sender,
                     struct sl_err *err)
{
    struct gathering gathering = {.sender = sender, .pending = pending};
    *pending = (struct sl_pending_tx){.unsent = true};
    const int rc = sl_journal_each_tx(sender->journal, true, gather, &gathering, err);
    if (gathering.rc < 0)
        return sl_err_set(err, gathering.rc, "no memory for a transaction");
    return rc < 0 ? rc : pending->count > 0;
}

/* ---- sending ---- */

static int refuse_open(const struct sl_wallet_tx_sender *sender, struct sl_err *err)
{
    struct sl_pending_tx pending;
    int rc = find_open(&pending, sender, err);
    if (rc == 1)
        rc = sl_err_set(err, SL_EBUSY, "an earlier transaction is still on its way: %s",
                        pending.tx[0].what);
    sl_pending_tx_free(&pending);
    return rc;
}

int sl_wallet_tx_send(struct sl_wallet_tx_result *out, const struct sl_wallet_tx_sender *sender,
                      const struct sl_wallet_tx_call *call, const struct sl_wallet_tx_cost *cost,
                      struct sl_err *err)
{
    struct sl_pending_tx pending = {0};
    struct sl_tx tx = {.chain_id = sl_chain_network(sender->chain)->chain_id,
                       .max_priority_fee = cost->max_priority_fee,
                       .max_fee = cost->max_fee,
                       .gas_limit = cost->gas,
                       .to = call->to,
                       .data = (const uint8_t *)call->data.data,
                       .data_len = call->data.len};
    *out = (struct sl_wallet_tx_result){0};
    int rc = refuse_open(sender, err);
    if (rc == SL_OK)
        rc = sl_wallet_node_nonce(&tx.nonce, sender, true, err);
    if (rc == SL_OK)
        rc = sl_pending_tx_sign(&pending, sender, &tx, call->what, err);
    if (rc == SL_OK)
        rc = sl_pending_tx_land(&pending, sender, out, err);
    sl_pending_tx_free(&pending);
    return rc;
}

/* ---- after a crash ---- */

static bool is_settled(const struct sl_pending_tx *pending)
{
    for (size_t i = 0; i < pending->count; i++) {
        if (pending->tx[i].state == SL_JOURNAL_TX_SIGNED)
            return false;
    }
    return true;
}

int sl_wallet_tx_settle(const struct sl_wallet_tx_sender *sender, struct sl_err *err)
{
    int settled = 0;
    for (;;) {
        struct sl_pending_tx pending;
        struct sl_wallet_tx_result result;
        int rc = find_open(&pending, sender, err);
        if (rc == 1) {
            sl_pending_tx_emit(sender, SL_WALLET_TX_RESENT, &pending.tx[0]);
            rc = sl_pending_tx_land(&pending, sender, &result, err);
            if (is_settled(&pending)) /* its end, good or bad, is no failure of settling */
                rc = 1;
        }
        sl_pending_tx_free(&pending);
        if (rc != 1)
            return rc < 0 ? rc : settled;
        settled++;
    }
}
