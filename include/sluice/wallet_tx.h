/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * wallet_tx.h - transactions that the wallet sends itself: deposit, approve, withdraw, session
 * keys, termination. Layer: foc.
 *
 * Make a call (sl_wallet_tx_deposit() ...), try it without sending (sl_wallet_tx_try(): its cost,
 * or why it would fail), and send it (sl_wallet_tx_send()). The signed bytes are in the journal
 * before they leave. After a crash, sl_wallet_tx_settle() finds out whether they landed, and sends
 * the same bytes again if not. However many transactions are sent for one nonce, at most one of
 * them lands.
 *
 * One thread at a time; sl_chain_cancel() from another thread ends a wait. The node is hostile: its
 * fees are capped, its contract addresses are compared with known ones, and only the receipt of
 * bytes that sluice signed counts.
 *
 * Source: docs/PROTOCOL.md "Transactions" and "Contracts".
 */
#ifndef SL_WALLET_TX_H
#define SL_WALLET_TX_H

#include "sluice/chain.h"
#include "sluice/journal.h"
#include "sluice/key.h"
#include "sluice/tx.h"

/* ---- calls ---- */

/** The effect of a transaction. Free with sl_wallet_tx_call_free(). */
struct sl_wallet_tx_call {
    char what[SL_JOURNAL_TX_WHAT_BYTES]; /* for people: "deposit 5 USDFC" */
    struct sl_address to;
    struct sl_buf data;
};
void sl_wallet_tx_call_free(struct sl_wallet_tx_call *call);

/** The inputs of every call; all borrowed. Read the view with SL_READ_MONEY. */
struct sl_wallet_tx_payer {
    const struct sl_network *network;
    const struct sl_contracts *contracts;
    const struct sl_chain_view *view;
    const struct sl_key *key; /* the payer's key, not a session key */
};

/**
 * Errors of all calls: SL_EMONEY (the account has too little; the text has the amounts), SL_EPROTO
 * (the node names other contracts than those of the known network), SL_ENOMEM.
 *
 * A deposit signs a permit for the token, valid for one hour of chain time. With `approve`, the
 * same transaction approves the storage service without limits. Errors also: SL_EREFUSED (the token
 * does not accept a permit that sluice can sign: use sl_wallet_tx_allow() and
 * sl_wallet_tx_deposit_allowed()), SL_EKEY.
 */
int sl_wallet_tx_deposit(struct sl_wallet_tx_call *out, const struct sl_wallet_tx_payer *payer,
                         struct sl_u256 amount, bool approve, struct sl_err *err) SL_MUST_CHECK;
/** Let FilecoinPay take `amount` of the token. */
int sl_wallet_tx_allow(struct sl_wallet_tx_call *out, const struct sl_wallet_tx_payer *payer,
                       struct sl_u256 amount, struct sl_err *err) SL_MUST_CHECK;
/** Deposit from that allowance. */
int sl_wallet_tx_deposit_allowed(struct sl_wallet_tx_call *out,
                                 const struct sl_wallet_tx_payer *payer, struct sl_u256 amount,
                                 struct sl_err *err) SL_MUST_CHECK;
/** Approve the storage service without limits, or revoke the approval. */
int sl_wallet_tx_approve(struct sl_wallet_tx_call *out, const struct sl_wallet_tx_payer *payer,
                         bool approved, struct sl_err *err) SL_MUST_CHECK;
/** Withdraw from FilecoinPay to the payer. Errors also: SL_EMONEY (the amount is locked, or the
 * account is in debt). */
int sl_wallet_tx_withdraw(struct sl_wallet_tx_call *out, const struct sl_wallet_tx_payer *payer,
                          struct sl_u256 amount, struct sl_err *err) SL_MUST_CHECK;

/** Let a session key sign for uploads (SL_MESSAGE_CREATE .. SL_MESSAGE_TERMINATE) until it expires.
 */
int sl_wallet_tx_login(struct sl_wallet_tx_call *out, const struct sl_wallet_tx_payer *payer,
                       const struct sl_address *session_key, uint64_t expiry_unix_s,
                       struct sl_err *err) SL_MUST_CHECK;
int sl_wallet_tx_revoke(struct sl_wallet_tx_call *out, const struct sl_wallet_tx_payer *payer,
                        const struct sl_address *session_key, struct sl_err *err) SL_MUST_CHECK;

/** Terminate a data set without its provider. Payment ends after the lockup period. */
int sl_wallet_tx_terminate(struct sl_wallet_tx_call *out, const struct sl_wallet_tx_payer *payer,
                           struct sl_u256 data_set_id, struct sl_err *err) SL_MUST_CHECK;

/* ---- sending ---- */

enum sl_wallet_tx_event {
    SL_WALLET_TX_SENT,       /* a node has accepted it */
    SL_WALLET_TX_RESENT,     /* the bytes of an earlier run are sent again */
    SL_WALLET_TX_FEE_RAISED, /* it was stuck: sent again with higher fees and the same nonce */
    SL_WALLET_TX_IN_BLOCK,   /* waiting for the next epoch */
    SL_WALLET_TX_SETTLED     /* the journal has the outcome: see tx->state */
};
typedef void (*sl_wallet_tx_event_fn)(void *ctx, enum sl_wallet_tx_event event,
                                      const struct sl_journal_tx *tx);

/** The sender and its timing. Everything is borrowed; 0 selects the default times. */
struct sl_wallet_tx_sender {
    struct sl_chain *chain;
    struct sl_journal *journal; /* open for writing */
    const struct sl_key *key;
    const struct sl_address
        *account; /* the account of `key`; sl_wallet_tx_try() accepts it instead of a key */
    struct sl_clock clock;
    int64_t poll_ms;  /* between two polls; 0: 250 ms at first, rising to 4 s */
    int64_t stuck_ms; /* not in a block for this long: raise the fees; nonce used without a receipt
                         for this long: another transaction used it; 0: 5 min */
    int64_t patience_ms; /* stop waiting after this long; the transaction stays open; 0: 30 min */
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

/** Execute the call on the node without sending it. Errors: SL_EREVERT, SL_EMONEY, SL_EKEY with the
 * contract's reason; SL_EMONEY (too little FIL, or fees over the cap); those of sl_rpc_call(). */
int sl_wallet_tx_try(struct sl_wallet_tx_cost *out, const struct sl_wallet_tx_sender *sender,
                     const struct sl_wallet_tx_call *call, struct sl_err *err) SL_MUST_CHECK;

/** A transaction that landed. */
struct sl_wallet_tx_result {
    uint8_t hash[SL_TX_HASH_BYTES];
    uint64_t block;
    struct sl_u256 fee; /* attoFIL; 0 if the node does not say */
};

/**
 * Sign the call, write it to the journal, send it, and wait until it is in a block and an epoch has
 * passed. Errors: SL_EREVERT, SL_EMONEY, SL_EKEY (it landed without effect: the contract's reason),
 * SL_EREFUSED (no node accepts it, or another transaction used its nonce), SL_EBUSY (not in a block
 * yet, or an earlier transaction is still open: call sl_wallet_tx_settle()), SL_ECANCELED (the
 * same), those of the journal and of sl_rpc_call().
 */
int sl_wallet_tx_send(struct sl_wallet_tx_result *out, const struct sl_wallet_tx_sender *sender,
                      const struct sl_wallet_tx_call *call, const struct sl_wallet_tx_cost *cost,
                      struct sl_err *err) SL_MUST_CHECK;

/**
 * Settle the transactions that earlier runs left open for this key on this chain, oldest first:
 * wait for the outcome of each. Returns how many were settled; the event SL_WALLET_TX_SETTLED
 * reports each. A reverted or replaced transaction counts as settled. Other errors are those of
 * sl_wallet_tx_send().
 */
int sl_wallet_tx_settle(const struct sl_wallet_tx_sender *sender, struct sl_err *err) SL_MUST_CHECK;

#endif
