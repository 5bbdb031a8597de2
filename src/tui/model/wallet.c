/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "model/wallet.h"

struct sl_missing sl_tui_wallet_missing(const struct sl_wallet *wallet)
{
    const struct sl_queue_price *price = &wallet->price;
    const bool priced = price->load.files > 0 && price->err.code == SL_OK;
    struct sl_missing out = {.approval = priced ? price->approval
                                                : wallet->approval == SL_WALLET_NOT_APPROVED,
                             .deposit = priced ? price->deposit : wallet->debt};
    if (!sl_u256_sub(&out.wallet, out.deposit, wallet->usdfc))
        out.wallet = sl_u256(0);
    return out;
}
