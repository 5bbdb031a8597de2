/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * wallet_tx.h - the payer's own transactions: deposit, approve, withdraw, session keys,
 * termination. Layer: foc.
 *
 * A call is made (sl_wallet_tx_deposit() ...), tried without sending (sl_wallet_tx_try(): what it
 * would cost, and why it would fail), and sent (sl_wallet_tx_send()). The signed bytes are in the
 * journal before they leave; after a crash sl_wallet_tx_settle() finds out what became of them and
 * sends the same bytes again if nothing did. One nonce, one effect: whatever is sent for it, at
 * most one of it lands.
 *
 * One thread at a time; sl_chain_cancel() from another ends a wait. The node is hostile: what it
 * asks for fees is capped, what it says of contracts is compared with what is known, and only the
 * receipt of bytes that we signed counts.
 *
 * Source: docs/PROTOCOL.md "Transactions" and "Contracts".
 */
#ifndef SL_WALLET_TX_TX_H
#define SL_WALLET_TX_TX_H

#include "sluice/chain.h"
#include "sluice/journal.h"
#include "sluice/key.h"
#include "sluice/tx.h"

/* ---- calls ---- */

/** What a transaction does: free with sl_wallet_tx_call_free(). */
struct sl_wallet_tx_call {
    char what[SL_JOURNAL_TX_WHAT_BYTES]; /* for people: "deposit 5 USDFC" */
    struct sl_address to;
    struct sl_buf data;
};
void sl_wallet_tx_call_free(struct sl_wallet_tx_call *call);

/** What calls are made from; all of it borrowed. The view was read with SL_READ_MONEY. */
struct sl_wallet_tx_payer {
    const struct sl_network *network;
    const struct sl_contracts *contracts;
    const struct sl_chain_view *view;
    const struct sl_key *key; /* the payer's own, not a session key */
};

/**
 * Errors of all: SL_EMONEY (the account does not have it, with the sums), SL_EPROTO (the contracts
 * that the node names are not those of a network that we know), SL_ENOMEM.
 *
 * A deposit signs a permit for the token, good for an hour of the chain's time; with `approve` the
 * storage service is approved without limits in the same transaction. Errors also: SL_EREFUSED (the
 * token takes no permit that we could sign: sl_wallet_tx_allow() and sl_wallet_tx_deposit_allowed()
 * do), SL_EKEY.
 */
int sl_wallet_tx_deposit(struct sl_wallet_tx_call *out, const struct sl_wallet_tx_payer *payer,
                         struct sl_u256 amount, bool approve, struct sl_err *err) SL_MUST_CHECK;
/** Let FilecoinPay take `amount` of the token. */
int sl_wallet_tx_allow(struct sl_wallet_tx_call *out, const struct sl_wallet_tx_payer *payer,
                       struct sl_u256 amount, struct sl_err *err) SL_MUST_CHECK;
/** A deposit out of that allowance. */
int sl_wallet_tx_deposit_allowed(struct sl_wallet_tx_call *out,
                                 const struct sl_wallet_tx_payer *payer, struct sl_u256 amount,
                                 struct sl_err *err) SL_MUST_CHECK;
/** Approve the storage service without limits, or take the approval back. */
int sl_wallet_tx_approve(struct sl_wallet_tx_call *out, const struct sl_wallet_tx_payer *payer,
                         bool approved, struct sl_err *err) SL_MUST_CHECK;
/** From FilecoinPay back to the payer. Errors also: SL_EMONEY (locked, or the account in debt). */
int sl_wallet_tx_withdraw(struct sl_wallet_tx_call *out, const struct sl_wallet_tx_payer *payer,
                          struct sl_u256 amount, struct sl_err *err) SL_MUST_CHECK;

/** Let a session key sign for uploads (SL_MESSAGE_CREATE .. SL_MESSAGE_TERMINATE) until then. */
int sl_wallet_tx_login(struct sl_wallet_tx_call *out, const struct sl_wallet_tx_payer *payer,
                       const struct sl_address *session_key, uint64_t expiry_unix_s,
                       struct sl_err *err) SL_MUST_CHECK;
int sl_wallet_tx_revoke(struct sl_wallet_tx_call *out, const struct sl_wallet_tx_payer *payer,
                        const struct sl_address *session_key, struct sl_err *err) SL_MUST_CHECK;

/** End a data set without its provider: it is paid for until the lockup period has passed. */
int sl_wallet_tx_terminate(struct sl_wallet_tx_call *out, const struct sl_wallet_tx_payer *payer,
                           struct sl_u256 data_set_id, struct sl_err *err) SL_MUST_CHECK;

/* ---- sending ---- */

enum sl_wallet_tx_event {
    SL_WALLET_TX_SENT,       /* a node has it */
    SL_WALLET_TX_RESENT,     /* an earlier run's bytes are sent again */
    SL_WALLET_TX_FEE_RAISED, /* it was stuck: sent with higher fees, the same nonce */
    SL_WALLET_TX_IN_BLOCK,   /* waiting for the next epoch */
    SL_WALLET_TX_SETTLED     /* the journal knows what became of it: see tx->state */
};
typedef void (*sl_wallet_tx_event_fn)(void *ctx, enum sl_wallet_tx_event event,
                                      const struct sl_journal_tx *tx);

/** Who sends, and how patient it is. Everything borrowed; zeros give the ordinary times. */
struct sl_wallet_tx_sender {
    struct sl_chain *chain;
    struct sl_journal *journal; /* open for writing */
    const struct sl_key *key;
    const struct sl_address *account; /* whose key it is, where `key` may be NULL:
                                         sl_wallet_tx_try() needs no key */
    struct sl_clock clock;
    int64_t poll_ms;     /* between two looks; 0: 250 ms at first, then more, up to 4 s */
    int64_t stuck_ms;    /* not in a block after this: higher fees; its nonce used and no receipt
                            for this: another took it; 0: 5 min */
    int64_t patience_ms; /* then give up waiting, not the transaction; 0: 30 min */
    struct sl_u256 most_fee;     /* attoFIL a transaction may cost at most; 0: 1 FIL */
    sl_wallet_tx_event_fn event; /* may be NULL */
    void *event_ctx;
};

/** What a transaction may cost. */
struct sl_wallet_tx_cost {
    uint64_t gas;
    struct sl_u256 max_priority_fee; /* attoFIL a unit of gas */
    struct sl_u256 max_fee;          /* the same */
    struct sl_u256 most;             /* attoFIL at worst: gas * max_fee */
};

/** Let the node execute it without sending. Errors: SL_EREVERT, SL_EMONEY, SL_EKEY with the
 * contract's reason; SL_EMONEY (too little FIL, or fees over the cap); those of sl_rpc_call(). */
int sl_wallet_tx_try(struct sl_wallet_tx_cost *out, const struct sl_wallet_tx_sender *sender,
                     const struct sl_wallet_tx_call *call, struct sl_err *err) SL_MUST_CHECK;

/** What became of one that landed. */
struct sl_wallet_tx_result {
    uint8_t hash[SL_TX_HASH_BYTES];
    uint64_t block;
    struct sl_u256 fee; /* attoFIL; 0 when the node does not say */
};

/**
 * Sign, keep, send, and wait until it is in a block and an epoch has passed. Errors: SL_EREVERT,
 * SL_EMONEY, SL_EKEY (it landed without effect: the contract's reason), SL_EREFUSED (no node takes
 * it, or another transaction took its nonce), SL_EBUSY (not in a block yet, or an earlier one is
 * still open: sl_wallet_tx_settle() goes on), SL_ECANCELED (the same), those of journal and
 * sl_rpc_call().
 */
int sl_wallet_tx_send(struct sl_wallet_tx_result *out, const struct sl_wallet_tx_sender *sender,
                      const struct sl_wallet_tx_call *call, const struct sl_wallet_tx_cost *cost,
                      struct sl_err *err) SL_MUST_CHECK;

/**
 * Go on with what earlier runs left open for this key on this chain, oldest first, and wait for
 * its end. Returns how many were settled; what became of each is told by SL_WALLET_TX_SETTLED. One
 * that reverted or was replaced is settled too. Errors: as sl_wallet_tx_send(), but for those.
 */
int sl_wallet_tx_settle(const struct sl_wallet_tx_sender *sender, struct sl_err *err) SL_MUST_CHECK;

#endif
