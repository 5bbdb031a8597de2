/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What a provider reads from the contracts. */
#include "commit/chain_view.h"

#include "sluice/abi.h"

#include "chain/ledger_call.h"
#include "commit/commit.h"

int sl_devnet_view_word(struct sl_devnet *net, struct sl_u256 *out, const struct sl_address *to,
                        struct sl_abi_writer *w, struct sl_err *err)
{
    struct sl_ledger_result result = {0};
    int rc = sl_abi_end(w, err);
    const struct sl_ledger_message message = {
        .to = *to, .data = (const uint8_t *)w->buf.data, .data_len = w->buf.len};
    if (rc == SL_OK)
        rc = sl_ledger_call(net->ledger, &result, &message, err);
    if (rc == SL_OK && (result.reverted || result.data.len < SL_ABI_WORD ||
                        !sl_u256_from_be(out, (const uint8_t *)result.data.data, SL_ABI_WORD)))
        rc = sl_err_set(err, SL_EREVERT, "the contract does not answer");
    sl_ledger_result_free(&result);
    sl_abi_free(w);
    return rc;
}

int sl_devnet_commit_deposit(struct sl_devnet *net, struct sl_u256 *out, struct sl_err *err)
{
    struct sl_abi_writer w = {0};
    sl_abi_call(&w, "FIL_CLEANUP_DEPOSIT()");
    return sl_devnet_view_word(net, out, &sl_ledger_contracts(net->ledger)->pdp, &w, err);
}

int sl_devnet_end_epoch(struct sl_devnet *net, uint64_t *epoch, uint64_t data_set,
                        struct sl_err *err)
{
    struct sl_abi_writer w = {0};
    struct sl_ledger_result result = {0};
    sl_abi_call(&w, "getDataSet(uint256)");
    sl_abi_put_u64(&w, data_set);
    int rc = sl_abi_end(&w, err);
    const struct sl_ledger_message call = {.to = sl_ledger_contracts(net->ledger)->view,
                                           .data = (const uint8_t *)w.buf.data,
                                           .data_len = w.buf.len};
    if (rc == SL_OK)
        rc = sl_ledger_call(net->ledger, &result, &call, err);
    if (rc == SL_OK) {
        struct sl_abi_reader r;
        sl_abi_read(&r, "(uint256,uint256,uint256,address,address,address,uint256,uint256,uint256)",
                    (const uint8_t *)result.data.data, result.data.len);
        for (int i = 0; i < 8; i++)
            sl_abi_skip(&r);
        *epoch = sl_abi_get_u64(&r);
        rc = sl_abi_done(&r, err);
    }
    sl_ledger_result_free(&result);
    sl_abi_free(&w);
    return rc;
}
