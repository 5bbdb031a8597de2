/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* data_set_ctx.h - one data set of the account and its provider, for commands that change it
 * through that provider. Private to cli. */
#ifndef SL_CLI_DATA_SET_CTX_H
#define SL_CLI_DATA_SET_CTX_H

#include "sluice/chain.h"
#include "sluice/signer.h"
#include "sluice/sp.h"

#include "setup/account_ctx.h"

struct sl_cli_data_set_ctx {
    struct sl_cli_account_ctx
        account; /* its view has the payer's money, and the rights of a session key */
    struct sl_domain domain;
    struct sl_clock clock;
    struct sl_spend_limit limit; /* from the settings */
    uint64_t id;
    struct sl_chain_view *set_view;
    struct sl_chain_view *provider_view;
    const struct sl_data_set *set;      /* of set_view */
    const struct sl_provider *provider; /* of provider_view */
    struct sl_sp *sp;
};

/** Parse a data set number. Errors: SL_EUSAGE. */
int sl_cli_data_set_ctx_parse_id(uint64_t *out, const char *text, struct sl_err *err) SL_MUST_CHECK;

/**
 * Read the data set out->id with its account and provider. Close with sl_cli_data_set_ctx_close(),
 * after a failure too. Checks that a session key may sign `message`. A dry run has no key if its
 * keystore would need a password. Errors: SL_ENOTFOUND (no such data set, or its provider is
 * unknown), SL_EREFUSED (another account's or service's, or terminated), SL_EKEY (the session key
 * may not sign this), SL_EMONEY (to terminate: the account is in debt).
 */
int sl_cli_data_set_ctx_open(struct sl_cli_data_set_ctx *out, const struct sl_config *config,
                             enum sl_message message, bool dry_run,
                             struct sl_err *err) SL_MUST_CHECK;
void sl_cli_data_set_ctx_close(struct sl_cli_data_set_ctx *change);

/** Check a fee against the limit of the run. Errors: SL_EMONEY. */
int sl_cli_data_set_ctx_check_fee(const struct sl_cli_data_set_ctx *change, struct sl_u256 fee,
                                  struct sl_err *err) SL_MUST_CHECK;

/** "data set 3 at provider 1 (NAME)", not escaped yet. */
enum { SL_DATA_SET_CTX_NAME_BYTES = 256 };
void sl_cli_data_set_ctx_name(char out[static SL_DATA_SET_CTX_NAME_BYTES],
                              const struct sl_cli_data_set_ctx *change);

/**
 * Wait before the next look at the state of a request: shortly at first, then longer. Returns false
 * on timeout. *begun_ms is 0 at first.
 */
bool sl_cli_data_set_ctx_wait(struct sl_cli_data_set_ctx *change, int64_t *begun_ms);

#endif
