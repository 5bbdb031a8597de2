/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* wallet.h - the commands behind `sluice wallet`: a row and a function each. Private to cli. */
#ifndef SL_CLI_WALLET_H
#define SL_CLI_WALLET_H

#include "sluice/buf.h"
#include "sluice/clock.h"
#include "sluice/signer.h"

#include "output/exit.h"
#include "setup/settings.h"

/* X(name, what it is given, function, what it does) */
#define SL_WALLET_COMMANDS(X)                                                                      \
    X("status", "", sl_wallet_status, "what the wallet holds, and what is deposited and locked")   \
    X("deposit", "AMOUNT", sl_wallet_deposit,                                                      \
      "deposit USDFC for storage; the first time the storage service is approved too")             \
    X("approve", "", sl_wallet_approve,                                                            \
      "let the storage service lock and charge what is deposited")                                 \
    X("withdraw", "AMOUNT", sl_wallet_withdraw, "take back USDFC that is not locked")              \
    X("session", "status | login | revoke ADDRESS", sl_wallet_session,                             \
      "a second key that may sign for uploads until a day, and can move no money")                 \
    X("address", "", sl_wallet_address, "the address of your key, and where the key came from")    \
    X("import", "", sl_wallet_import,                                                              \
      "put a key into a new keystore: that of PRIVATE_KEY, .env or key_file, or one you type")     \
    X("new", "", sl_wallet_new, "make a new key and put it into a new keystore")

/** What such a function is called with; borrowed. */
struct sl_wallet_call {
    const struct sl_args *args;
    const struct sl_config *config;
    const char *const *operands; /* behind the command's name */
    size_t operand_count;
};

enum sl_exit sl_wallet_status(const struct sl_wallet_call *call);
enum sl_exit sl_wallet_deposit(const struct sl_wallet_call *call);
enum sl_exit sl_wallet_approve(const struct sl_wallet_call *call);
enum sl_exit sl_wallet_withdraw(const struct sl_wallet_call *call);
enum sl_exit sl_wallet_session(const struct sl_wallet_call *call);
enum sl_exit sl_wallet_address(const struct sl_wallet_call *call);
enum sl_exit sl_wallet_import(const struct sl_wallet_call *call);
enum sl_exit sl_wallet_new(const struct sl_wallet_call *call);

/** Print a signer: lines, or with --json an object. */
enum sl_exit sl_wallet_print(const struct sl_wallet_call *call, const struct sl_signer *signer);

/** The commands' part of the help. */
void sl_wallet_help(struct sl_buf *out);

/** The name of row `index`, NULL behind the last. */
const char *sl_wallet_name_at(size_t index);

#endif
