/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* account_ctx.h - a key, its network, and its money on the chain. Private to cli. */
#ifndef SL_CLI_ACCOUNT_CTX_H
#define SL_CLI_ACCOUNT_CTX_H

#include "sluice/chain.h"
#include "sluice/signer.h"

#include "setup/devnet_open.h"
#include "setup/settings.h"

struct sl_cli_account_ctx {
    struct sl_signer signer;
    struct sl_network network;
    struct sl_cli_devnet local; /* the local network, if selected: its key is the signer's */
    struct sl_chain *chain;
    const struct sl_contracts *contracts; /* of the chain */
    struct sl_chain_view *view;           /* SL_READ_MONEY; NULL before sl_cli_account_ctx_read() */
};

/** What the key is needed for. */
enum sl_account_use {
    SL_ACCOUNT_READ, /* read the account: the signer may have no key (a keystore stays locked) */
    SL_ACCOUNT_SIGN,
    SL_ACCOUNT_SPEND,    /* move money: a session key is refused */
    SL_ACCOUNT_DRY_SIGN, /* dry run of SIGN: asks for no password, and the signer may have no key */
    SL_ACCOUNT_DRY_SPEND /* dry run of SPEND */
};

/** Find network and key; nothing is sent. Close with sl_cli_account_ctx_close(), after a failure
 * too. Errors: SL_ECONFIG, SL_EKEY (also: no key is set; a dry run, and the keystore does not name
 * its address). */
int sl_cli_account_ctx_open(struct sl_cli_account_ctx *account, const struct sl_config *config,
                            enum sl_account_use use, struct sl_err *err) SL_MUST_CHECK;
void sl_cli_account_ctx_close(struct sl_cli_account_ctx *account);

/** Read the chain, again if it was read before; prints warnings of the view. */
int sl_cli_account_ctx_read(struct sl_cli_account_ctx *account, struct sl_err *err) SL_MUST_CHECK;

/** Print which account signs and where its key comes from; call before anything is signed. */
void sl_cli_account_ctx_print_signer(const struct sl_cli_account_ctx *account);

/** The part of the deposit that cannot be withdrawn now. */
struct sl_u256 sl_cli_account_locked(const struct sl_chain_view *view);

#endif
