/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* data_set_ctx.h - one data set of ours and the provider that keeps it, for commands that change it
 * through that provider. Private to cli. */
#ifndef SL_CLI_DATA_SET_CTX_H
#define SL_CLI_DATA_SET_CTX_H

#include "sluice/chain.h"
#include "sluice/signer.h"
#include "sluice/sp.h"

#include "setup/account_ctx.h"

struct sl_data_set_ctx {
    struct sl_account_ctx
        account; /* its view: the money of the payer, and of a session key its rights */
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

/** The number of a data set as typed. Errors: SL_EUSAGE. */
int sl_data_set_ctx_parse_id(uint64_t *out, const char *text, struct sl_err *err) SL_MUST_CHECK;

/**
 * Read all of it; out->id is filled in. Close with sl_data_set_ctx_close(), after a failure too.
 * With a session key its right to sign `message` is looked at. A dry run has no key when that of a
 * keystore would take a password. Errors: SL_ENOTFOUND (no such data set, or its provider is not
 * known), SL_EREFUSED (of another account or service, or over), SL_EKEY (the session key may not),
 * SL_EMONEY (to terminate: the account is in debt).
 */
int sl_data_set_ctx_open(struct sl_data_set_ctx *out, const struct sl_config *config,
                         enum sl_message message, bool dry_run, struct sl_err *err) SL_MUST_CHECK;
void sl_data_set_ctx_close(struct sl_data_set_ctx *change);

/** Whether the run's limit allows a fee. Errors: SL_EMONEY. */
int sl_data_set_ctx_check_fee(const struct sl_data_set_ctx *change, struct sl_u256 fee,
                              struct sl_err *err) SL_MUST_CHECK;

/** "data set 3 at provider 1 (NAME)", escaped when it is said. */
enum { SL_DATA_SET_CTX_NAME_BYTES = 256 };
void sl_data_set_ctx_name(char out[static SL_DATA_SET_CTX_NAME_BYTES],
                          const struct sl_data_set_ctx *change);

/**
 * Wait between two looks at what became of a request: shortly at first, then longer. False when it
 * has taken too long. *begun_ms is 0 at first.
 */
bool sl_data_set_ctx_wait(struct sl_data_set_ctx *change, int64_t *begun_ms);

#endif
