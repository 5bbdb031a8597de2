/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* money.h - the part of a read that is about money and permissions. Layer: foc, private. */
#ifndef SL_FOC_CHAIN_MONEY_H
#define SL_FOC_CHAIN_MONEY_H

#include "sluice/multicall.h"

#include "chain/chain_internal.h"

/** Where the answers are in the batch. */
struct sl_money_asked {
    size_t prices;
    size_t account;
    size_t approval;
    size_t balance;
    size_t allowance;
    size_t nonce;
    size_t name;
    size_t version;
    size_t separator;
    size_t fil;
    size_t session;
};

void sl_ask_money(struct sl_money_asked *asked, struct sl_multicall *calls,
                  const struct sl_contracts *contracts, const struct sl_address *payer);
/** The view's epoch is known by then. */
int sl_decode_money(struct sl_chain_view *view, const struct sl_money_asked *asked,
                    const struct sl_multicall *calls, const struct sl_chain *chain,
                    struct sl_err *err) SL_MUST_CHECK;

/** What a rail pays an epoch, of getRail(). False for a rail that has ended: the contract refuses
 * to tell of it. */
bool sl_decode_rail_rate(struct sl_u256 *rate, const struct sl_multicall *calls, size_t index);

void sl_ask_session(struct sl_money_asked *asked, struct sl_multicall *calls,
                    const struct sl_contracts *contracts, const struct sl_address *payer,
                    const struct sl_address *session_key);
int sl_decode_session(struct sl_chain_view *view, const struct sl_money_asked *asked,
                      const struct sl_multicall *calls, struct sl_err *err) SL_MUST_CHECK;

#endif
