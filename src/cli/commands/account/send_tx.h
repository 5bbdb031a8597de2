/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * send_tx.h - sends a transaction of the account's own from the command line: shows the sums, asks,
 * sends. Settles what an earlier run left open before it signs anything new. Private to cli.
 */
#ifndef SL_CLI_SEND_TX_H
#define SL_CLI_SEND_TX_H

#include "sluice/wallet_tx.h"

#include "args.h"
#include "setup/account_ctx.h"

struct sl_send_tx;

/** Build the next transaction from the present state of the chain. Returns 1 when another one has
 * to follow, 0 for the last. */
typedef int (*sl_send_tx_make_fn)(struct sl_wallet_tx_call *out, const struct sl_send_tx *sending,
                                  struct sl_err *err);
/** Print what the user has to know besides the transaction and its fee. */
typedef void (*sl_send_tx_describe_fn)(const struct sl_send_tx *sending,
                                       const struct sl_wallet_tx_call *call);

struct sl_send_tx {
    const struct sl_args *args;
    const struct sl_config *config;
    sl_send_tx_make_fn make;
    sl_send_tx_describe_fn say; /* may be NULL */
    void *ctx;
    bool keyless; /* `make` needs no key: a dry run asks for no password */
    /** How the text of the transaction begins. If an earlier run's transaction of this purpose has
     * landed only now, it counts as this one. */
    char purpose[SL_JOURNAL_TX_WHAT_BYTES];

    /* filled in by sl_send_tx_run() */
    struct sl_cli_account_ctx account;
    struct sl_wallet_tx_sender own;
    bool settling;
    bool done_earlier;
};

/** The account that calls are built for. */
struct sl_wallet_tx_payer sl_send_tx_payer(const struct sl_send_tx *sending);

/** Run all steps, after sl_confirm_check(). Errors: those of wallet_tx.h, SL_ECANCELED (the user
 * said no). */
int sl_send_tx_run(struct sl_send_tx *sending, struct sl_err *err) SL_MUST_CHECK;

#endif
