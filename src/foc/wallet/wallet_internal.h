/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* own.h - what the files of own transactions share. Layer: foc, private. */
#ifndef SL_FOC_OWN_H
#define SL_FOC_OWN_H

#include "sluice/own_tx.h"

/* ---- what the node says (own_node.c) ---- */

struct sl_own_receipt {
    bool ok; /* false: reverted */
    uint64_t block;
    struct sl_u256 fee; /* attoFIL; 0 when not told */
};

/** Of the transaction of that hash. Returns 1, or 0 while it is in no block. Errors: SL_EPROTO,
 * those of sl_rpc_call(). */
int sl_own_receipt(struct sl_own_receipt *out, const struct sl_own *own,
                   const uint8_t hash[static SL_TX_HASH_BYTES], struct sl_err *err) SL_MUST_CHECK;

/** Whether the node knows the transaction, in a block or not: 1 or 0. */
int sl_own_is_known(const struct sl_own *own, const uint8_t hash[static SL_TX_HASH_BYTES],
                    struct sl_err *err) SL_MUST_CHECK;

/** The next nonce of an account, with `pending` after what waits. */
int sl_own_nonce(uint64_t *out, const struct sl_own *own, bool pending,
                 struct sl_err *err) SL_MUST_CHECK;

/** The number of the newest block. */
int sl_own_head(uint64_t *out, const struct sl_own *own, struct sl_err *err) SL_MUST_CHECK;

/** What is a fitting fee now: tip + 2 * the highest base fee of the last hour. */
int sl_own_fees(struct sl_own_cost *out, const struct sl_own *own,
                struct sl_err *err) SL_MUST_CHECK;

/** cost->most from gas and fee. Errors: SL_EMONEY (over what a transaction may cost). */
int sl_own_cap(struct sl_own_cost *cost, const struct sl_own *own,
               struct sl_err *err) SL_MUST_CHECK;

enum sl_own_reply { SL_OWN_TAKEN, SL_OWN_LOST, SL_OWN_TURNED_AWAY };

/** eth_sendRawTransaction. LOST: it may have it or not (*err says why); TURNED_AWAY: the only node
 * that was asked refused it, and does not know it. Errors: SL_ECANCELED, SL_ENOMEM. */
int sl_own_broadcast(enum sl_own_reply *reply, const struct sl_own *own, const void *raw,
                     size_t len, const uint8_t hash[static SL_TX_HASH_BYTES],
                     struct sl_err *err) SL_MUST_CHECK;

/** Why the message reverted in a block: a code (< 0) and the contract's reason. */
int sl_own_reason(const struct sl_own *own, const struct sl_rpc_message *message, uint64_t block,
                  struct sl_err *err);

/* ---- one nonce (own_flight.c) ---- */

enum { SL_FLIGHT_MAX = 8 };

/** All that was signed for one nonce, oldest first; at most one of it lands. Zero-initialise,
 * sl_flight_free(). */
struct sl_flight {
    struct sl_journal_tx tx[SL_FLIGHT_MAX];
    struct sl_buf raw[SL_FLIGHT_MAX];
    size_t count;
    bool unsent; /* no node has confirmed that it has the newest */
};
void sl_flight_free(struct sl_flight *flight);

/** Sign, write to the journal, and make it the newest of the flight. Nothing is sent. */
int sl_flight_sign(struct sl_flight *flight, const struct sl_own *own, const struct sl_tx *tx,
                   const char *what, struct sl_err *err) SL_MUST_CHECK;

/** Send what was not sent, and wait for its end; see sl_own_send(). */
int sl_flight_land(struct sl_flight *flight, const struct sl_own *own, struct sl_own_result *out,
                   struct sl_err *err) SL_MUST_CHECK;

void sl_own_tell(const struct sl_own *own, enum sl_own_event event, const struct sl_journal_tx *tx);

#endif
