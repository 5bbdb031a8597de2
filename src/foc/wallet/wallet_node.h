/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * wallet_node.h - the questions that a wallet transaction asks of a node, one a function.
 * Layer: foc, private.
 *
 * Nothing that the node says is believed beyond its form.
 */
#ifndef SL_FOC_WALLET_NODE_H
#define SL_FOC_WALLET_NODE_H

#include "sluice/wallet_tx.h"

struct sl_wallet_node_receipt {
    bool ok; /* false: reverted */
    uint64_t block;
    struct sl_u256 fee; /* attoFIL; 0 when the node does not say */
};

/** The receipt of the transaction with that hash. Returns 1, or 0 while it is not in a block.
 * Errors: SL_EPROTO, those of sl_rpc_call(). */
int sl_wallet_node_receipt(struct sl_wallet_node_receipt *out,
                           const struct sl_wallet_tx_sender *sender,
                           const uint8_t hash[static SL_TX_HASH_BYTES],
                           struct sl_err *err) SL_MUST_CHECK;

/** The account's next nonce; `pending` also counts transactions that are not in a block yet. */
int sl_wallet_node_nonce(uint64_t *out, const struct sl_wallet_tx_sender *sender, bool pending,
                         struct sl_err *err) SL_MUST_CHECK;

/** The number of the newest block. */
int sl_wallet_node_head(uint64_t *out, const struct sl_wallet_tx_sender *sender,
                        struct sl_err *err) SL_MUST_CHECK;

/** The two fees that get a transaction into a block soon: max_fee is tip + 2 * the highest base fee
 * of the last hour. */
int sl_wallet_node_fees(struct sl_wallet_tx_cost *out, const struct sl_wallet_tx_sender *sender,
                        struct sl_err *err) SL_MUST_CHECK;

/** Computes cost->most from gas and max_fee. Errors: SL_EMONEY (more than the sender's most_fee).
 */
int sl_wallet_node_cap(struct sl_wallet_tx_cost *cost, const struct sl_wallet_tx_sender *sender,
                       struct sl_err *err) SL_MUST_CHECK;

enum sl_wallet_node_reply {
    SL_WALLET_NODE_ACCEPTED,
    SL_WALLET_NODE_UNCLEAR, /* a node may have it: *err says why this is not known */
    SL_WALLET_NODE_REJECTED /* the only node that was asked refused it and does not know it */
};

/** eth_sendRawTransaction. Errors: SL_ECANCELED, SL_ENOMEM. */
int sl_wallet_node_broadcast(enum sl_wallet_node_reply *reply,
                             const struct sl_wallet_tx_sender *sender, const void *raw, size_t len,
                             const uint8_t hash[static SL_TX_HASH_BYTES],
                             struct sl_err *err) SL_MUST_CHECK;

/** Why the message reverted in a block: a code (< 0) and the contract's reason. */
int sl_wallet_node_reason(const struct sl_wallet_tx_sender *sender,
                          const struct sl_rpc_message *message, uint64_t block, struct sl_err *err);

#endif
