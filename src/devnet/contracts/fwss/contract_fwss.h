/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * contract_fwss.h - FilecoinWarmStorageService 1.5.0 or 1.3.1: the owner of each data set, who may
 * change it, and its costs. Listens to PDPVerifier, operates and validates the rails of
 * FilecoinPay.
 */
#ifndef SL_DEVNET_CONTRACT_FWSS_H
#define SL_DEVNET_CONTRACT_FWSS_H

#include "contracts/contract_message.h"
#include "contracts/pdp/contract_pdp.h"

/* Prices and fees in attoUSDFC, periods in epochs. */
#define SL_FWSS_PRICE_PER_TIB_MONTH UINT64_C(2500000000000000000)
#define SL_FWSS_EGRESS_PER_TIB      UINT64_C(7000000000000000000)
#define SL_FWSS_CREATE_FEE          UINT64_C(25000000000000000)
#define SL_FWSS_CDN_LOCKUP          UINT64_C(700000000000000000)
#define SL_FWSS_CACHE_LOCKUP        UINT64_C(300000000000000000)
enum {
    SL_FWSS_MONTH = 86400,
    SL_FWSS_LOCKUP_PERIOD = 86400,
    SL_FWSS_CDN_PERIOD = 14400,
    SL_FWSS_CHALLENGES = 5,
};

/** What differs from one version to the other; in attoUSDFC and bytes. */
struct sl_fwss_terms {
    const char *version;
    uint64_t data_set_month; /* of a data set with pieces, whatever its size */
    uint64_t add_fee;        /* of a call */
    uint64_t piece_fee;
    uint64_t remove_fee;
    uint64_t terminate_fee;
    uint64_t reserve; /* for fees, filled up when less than `replenish` is left */
    uint64_t replenish;
    size_t create_bytes;    /* most of a payload */
    size_t signature_bytes; /* most of that of a removal or a termination */
};

#define SL_FWSS_OF_DATA_SET (-1) /* the piece of metadata that belongs to the whole set */

struct sl_fwss_set {
    uint64_t id;
    uint64_t pdp_rail;
    uint64_t cache_rail;
    uint64_t cdn_rail;
    struct sl_address payer;
    struct sl_address payee;
    struct sl_address provider;
    uint64_t provider_id;
    struct sl_u256 client_id;
    uint64_t end_epoch;           /* 0: paid on */
    struct sl_u256 pending;       /* fees not paid yet */
    struct sl_u256 reserve;       /* for fees, locked on the rail */
    uint64_t activation;          /* epoch of the first proving period, 0: none yet */
    uint64_t deadline;            /* of this period, 0: none */
    bool proven;                  /* in this period */
    bool scheduled;               /* removals, in this period */
    struct sl_address authorizer; /* decides in the payer's place; zero: none */
};

/* ---- what PDPVerifier tells ---- */

int sl_fwss_created(struct sl_vm *vm, uint64_t id, const struct sl_address *provider,
                    struct sl_span payload) SL_MUST_CHECK;
int sl_fwss_pieces_added(struct sl_vm *vm, const struct sl_pdp_set *pdp, uint64_t first,
                         const struct sl_span *cids, size_t count,
                         struct sl_span payload) SL_MUST_CHECK;
int sl_fwss_scheduled(struct sl_vm *vm, uint64_t id, const struct sl_u256 *pieces, size_t count,
                      struct sl_span payload) SL_MUST_CHECK;
int sl_fwss_deleted(struct sl_vm *vm, uint64_t id) SL_MUST_CHECK;

/* ---- what FilecoinPay asks ---- */

struct sl_fwss_verdict {
    struct sl_u256 amount;
    uint64_t settle_to;
    const char *note; /* static */
};

#endif
