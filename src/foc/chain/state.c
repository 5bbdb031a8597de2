/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <string.h>

#include "chain/ask.h"
#include "chain/run.h"

/* ---- nonces ---- */

static int decode_use(struct sl_nonce_use *out, const struct sl_multicall *calls, size_t index,
                      struct sl_err *err)
{
    struct sl_u256 value;
    const int rc = sl_decode_u256(&value, calls, index, "the nonce", err);
    if (rc < 0)
        return rc;
    *out = (struct sl_nonce_use){.used = !sl_u256_is_zero(value),
                                 .data_set_id = sl_u256_low(value, 128)};
    if (!sl_u256_to_u64(&out->next_piece_id, sl_u256_shr(value, 128)))
        return sl_err_set(err, SL_EPROTO, "the nonce: not such a piece id");
    return SL_OK;
}

int sl_chain_nonces(struct sl_nonce_use *out, uint64_t *unix_s, struct sl_chain *chain,
                    const struct sl_address *payer, const struct sl_u256 *nonces, size_t count,
                    struct sl_err *err)
{
    const struct sl_contracts *contracts;
    struct sl_multicall calls = {0};
    uint64_t time_s = 0;
    int rc = sl_chain_contracts(chain, &contracts, err);
    if (rc == SL_OK)
        sl_multicall_add_plain(&calls, &contracts->multicall3, "getCurrentBlockTimestamp()");
    for (size_t i = 0; rc == SL_OK && i < count; i++) {
        struct sl_abi_writer w = {0};
        sl_abi_call(&w, "clientNonces(address,uint256)");
        sl_abi_put_address(&w, payer);
        sl_abi_put_u256(&w, nonces[i]);
        sl_multicall_add(&calls, &contracts->view, &w);
    }
    if (rc == SL_OK)
        rc = sl_ask_run(&calls, chain, err);
    if (rc == SL_OK)
        rc = sl_decode_u64(&time_s, &calls, 0, "the time", err);
    for (size_t i = 0; rc == SL_OK && i < count; i++)
        rc = decode_use(&out[i], &calls, 1 + i, err);
    sl_multicall_free(&calls);
    if (rc == SL_OK && unix_s != NULL)
        *unix_s = time_s;
    return rc;
}

/* ---- proving ---- */

enum {
    LIVE,
    LAST,
    NEXT,
    DEADLINE,
    PROVEN,
    PIECES,
    LEAVES,
    ASKED,
    FIRST = 2,
    GROUP = 25 * ASKED + FIRST
};

static void ask_proving(struct sl_multicall *calls, const struct sl_contracts *contracts,
                        struct sl_u256 id)
{
    const struct sl_address *const verifier = &contracts->verifier;
    const struct sl_address *const view = &contracts->view;
    sl_ask_id(calls, verifier, "dataSetLive(uint256)", id);
    sl_ask_id(calls, verifier, "getDataSetLastProvenEpoch(uint256)", id);
    sl_ask_id(calls, verifier, "getNextChallengeEpoch(uint256)", id);
    sl_ask_id(calls, view, "provingDeadline(uint256)", id);
    sl_ask_id(calls, view, "provenThisPeriod(uint256)", id);
    sl_ask_id(calls, verifier, "getActivePieceCount(uint256)", id);
    sl_ask_id(calls, verifier, "getDataSetLeafCount(uint256)", id);
}

static bool decode_flag(const struct sl_multicall *calls, size_t index)
{
    struct sl_abi_reader r;
    sl_multicall_read(&r, calls, index, "(bool)");
    const bool value = sl_abi_get_bool(&r);
    return value && sl_abi_done(&r, NULL) == SL_OK;
}

/* An epoch; 2^256 - 1 (a set that is cleaned up) is none. */
static int decode_epoch(uint64_t *out, const struct sl_multicall *calls, size_t index,
                        struct sl_err *err)
{
    struct sl_u256 value;
    const int rc = sl_decode_u256(&value, calls, index, "proving", err);
    if (rc < 0)
        return rc;
    if (!sl_u256_to_u64(out, value))
        *out = 0;
    return SL_OK;
}

/* After its deadline a period that was proven leaves the provider the next one to go on. */
static enum sl_proving_state state_of(const struct sl_proving *proving, bool proven, uint64_t epoch,
                                      uint64_t period)
{
    if (proving->deadline == 0 || proving->next_due == 0)
        return SL_PROVING_NONE;
    if (epoch > proving->deadline && epoch - proving->deadline > (proven ? period : 0))
        return SL_PROVING_OVERDUE;
    return proven ? SL_PROVING_DONE : SL_PROVING_DUE;
}

static int decode_proving(struct sl_proving *out, const struct sl_multicall *calls, size_t first,
                          uint64_t epoch, uint64_t period, struct sl_err *err)
{
    *out = (struct sl_proving){.state = SL_PROVING_GONE};
    if (!decode_flag(calls, first + LIVE))
        return SL_OK;
    int rc = decode_epoch(&out->last_proven, calls, first + LAST, err);
    if (rc == SL_OK)
        rc = decode_epoch(&out->next_due, calls, first + NEXT, err);
    if (rc == SL_OK)
        rc = decode_epoch(&out->deadline, calls, first + DEADLINE, err);
    if (rc == SL_OK)
        rc = sl_decode_u64(&out->piece_count, calls, first + PIECES, "the number of pieces", err);
    if (rc == SL_OK)
        rc = sl_decode_u256(&out->leaves, calls, first + LEAVES, "the size", err);
    if (rc == SL_OK)
        out->state = state_of(out, decode_flag(calls, first + PROVEN), epoch, period);
    return rc;
}

static int decode_period(uint64_t *out, const struct sl_multicall *calls, size_t index,
                         struct sl_err *err)
{
    struct sl_abi_reader r;
    const int rc = sl_decode_begin(&r, calls, index, "(uint64,uint256,uint256,uint256)",
                                   "the proving period", err);
    *out = sl_abi_get_u64(&r);
    for (int i = 0; i < 3; i++)
        sl_abi_skip(&r);
    return rc < 0 ? rc : sl_decode_end(&r, "the proving period", err);
}

int sl_chain_proving(struct sl_proving *out, uint64_t *epoch, struct sl_chain *chain,
                     const struct sl_u256 *ids, size_t count, struct sl_err *err)
{
    const struct sl_contracts *contracts;
    struct sl_multicall calls = {.group = GROUP};
    uint64_t period = 0;
    int rc = sl_chain_contracts(chain, &contracts, err);
    if (rc < 0)
        return rc;
    sl_multicall_add_plain(&calls, &contracts->multicall3, "getBlockNumber()");
    sl_multicall_add_plain(&calls, &contracts->view, "getPDPConfig()");
    for (size_t i = 0; i < count; i++)
        ask_proving(&calls, contracts, ids[i]);
    rc = sl_ask_run(&calls, chain, err);
    if (rc == SL_OK)
        rc = sl_decode_u64(epoch, &calls, 0, "the epoch", err);
    if (rc == SL_OK)
        rc = decode_period(&period, &calls, 1, err);
    for (size_t i = 0; rc == SL_OK && i < count; i++)
        rc = decode_proving(&out[i], &calls, FIRST + i * ASKED, *epoch, period, err);
    sl_multicall_free(&calls);
    return rc;
}
