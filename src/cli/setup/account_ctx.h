/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* account_ctx.h - a key, its network, and what the chain says of its money. Private to cli. */
#ifndef SL_CLI_ACCOUNT_CTX_H
#define SL_CLI_ACCOUNT_CTX_H

#include "sluice/chain.h"
#include "sluice/signer.h"

#include "setup/devnet_open.h"
#include "setup/settings.h"

struct sl_purse {
    struct sl_signer signer;
    struct sl_network network;
    struct sl_local_chain local; /* when it is that one: its key is the signer's */
    struct sl_chain *chain;
    const struct sl_contracts *contracts; /* of the chain */
    struct sl_chain_view *view;           /* SL_READ_MONEY; NULL before sl_purse_read() */
};

/** What the key is needed for. */
enum sl_purse_use {
    SL_PURSE_LOOKS, /* only the account: the signer may have no key (a keystore stays locked) */
    SL_PURSE_SIGNS,
    SL_PURSE_SPENDS,      /* a session key is refused */
    SL_PURSE_TRIES,       /* a dry run of what signs: no password is asked for, and the signer may
                             have no key */
    SL_PURSE_TRIES_SPENDS /* the same of what spends */
};

/** Find network and key; nothing is sent. Close with sl_purse_close(), after a failure too.
 * Errors: SL_ECONFIG, SL_EKEY (also: no key is set; a dry run, and the keystore does not name its
 * address). */
int sl_purse_open(struct sl_purse *purse, const struct sl_config *config, enum sl_purse_use use,
                  struct sl_err *err) SL_MUST_CHECK;
void sl_purse_close(struct sl_purse *purse);

/** Read the chain, anew if it was read before; warnings of the view are said. */
int sl_purse_read(struct sl_purse *purse, struct sl_err *err) SL_MUST_CHECK;

/** Say which account signs and where its key came from; call before anything is signed. */
void sl_purse_say_who(const struct sl_purse *purse);

/** What of the deposit cannot be withdrawn now. */
struct sl_u256 sl_purse_locked(const struct sl_chain_view *view);

/** All digits of a sum: "5.25". */
void sl_purse_exact(char out[static SL_U256_AMOUNT_CHARS], struct sl_u256 amount);

#endif
