/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * send_tx.h - the payer's own transactions on the command line: the sums first, then a question,
 * then the transaction. What an earlier run left open is settled before anything new is signed.
 * Private to cli.
 */
#ifndef SL_CLI_SEND_TX_H
#define SL_CLI_SEND_TX_H

#include "sluice/wallet_tx.h"

#include "args.h"
#include "setup/account_ctx.h"

struct sl_send_tx;

/** The next transaction, by what the chain says now. Returns 1 when another has to follow it, 0
 * when it is the last. */
typedef int (*sl_send_tx_make_fn)(struct sl_wallet_tx_call *out, const struct sl_send_tx *sending,
                                  struct sl_err *err);
/** What a person has to know beside the transaction and its fee. */
typedef void (*sl_send_tx_describe_fn)(const struct sl_send_tx *sending,
                                       const struct sl_wallet_tx_call *call);

struct sl_send_tx {
    const struct sl_args *args;
    const struct sl_config *config;
    sl_send_tx_make_fn make;
    sl_send_tx_describe_fn say; /* may be NULL */
    void *ctx;
    bool keyless; /* `make` needs no key: a dry run asks for no password */
    /** How the text of the transaction begins: an earlier run's of this purpose that has landed
     * only now was meant by this one too. */
    char purpose[SL_JOURNAL_TX_WHAT_BYTES];

    /* filled in by sl_send_tx_run() */
    struct sl_account_ctx account;
    struct sl_wallet_tx_sender own;
    bool settling;
    bool done_earlier;
};

/** What calls are made from. */
struct sl_wallet_tx_payer sl_send_tx_payer(const struct sl_send_tx *sending);

/** The whole of it. Consent was checked before (consent.h). Errors: those of own_tx.h,
 * SL_ECANCELED (no consent). */
int sl_send_tx_run(struct sl_send_tx *sending, struct sl_err *err) SL_MUST_CHECK;

#endif
