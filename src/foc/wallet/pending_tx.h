/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* pending_tx.h - one nonce until the journal knows its outcome. Layer: foc, private. */
#ifndef SL_FOC_PENDING_TX_H
#define SL_FOC_PENDING_TX_H

#include "sluice/wallet_tx.h"

enum { SL_PENDING_TX_MAX = 8 };

/** Everything that was signed for one nonce, oldest first; at most one of these transactions lands.
 * Zero-initialise, sl_pending_tx_free(). */
struct sl_pending_tx {
    struct sl_journal_tx tx[SL_PENDING_TX_MAX];
    struct sl_buf raw[SL_PENDING_TX_MAX];
    size_t count;
    bool unsent; /* no node has confirmed that it has the newest */
};
void sl_pending_tx_free(struct sl_pending_tx *pending);

/** Sign the transaction, write it to the journal, and append it as the newest. Nothing is sent. */
int sl_pending_tx_sign(struct sl_pending_tx *pending, const struct sl_wallet_tx_sender *sender,
                       const struct sl_tx *tx, const char *what, struct sl_err *err) SL_MUST_CHECK;

/** Send what is unsent and wait for the outcome; see sl_wallet_tx_send(). */
int sl_pending_tx_land(struct sl_pending_tx *pending, const struct sl_wallet_tx_sender *sender,
                       struct sl_wallet_tx_result *out, struct sl_err *err) SL_MUST_CHECK;

/** Call the sender's event function, if it has one. */
void sl_pending_tx_emit(const struct sl_wallet_tx_sender *sender, enum sl_wallet_tx_event event,
                        const struct sl_journal_tx *tx);

#endif
