/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * contract_fwss.h - FilecoinWarmStorageService 1.5.0 or 1.3.1: whose data set it is, who may change
 * it, what it costs. Listens to PDPVerifier, operates and validates the rails of FilecoinPay.
 */
#ifndef SL_DEVNET_CONTRACT_FWSS_H
#define SL_DEVNET_CONTRACT_FWSS_H

#include "chain/contract_message.h"
#include "contracts/contract_pdp.h"

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

const struct sl_fwss_terms *sl_fwss_terms(enum sl_devnet_profile profile);

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

/** Returns 1, or 0 when there is none (*out is zero but for its id). */
int sl_fwss_load(struct sl_vm *vm, struct sl_fwss_set *out, uint64_t id) SL_MUST_CHECK;
int sl_fwss_save(struct sl_vm *vm, const struct sl_fwss_set *set) SL_MUST_CHECK;
/** When the provider has to look at the set again. */
int sl_fwss_set_due(struct sl_vm *vm, uint64_t id, uint64_t epoch) SL_MUST_CHECK;

/* ---- what PDPVerifier tells ---- */

int sl_fwss_created(struct sl_vm *vm, uint64_t id, const struct sl_address *provider,
                    struct sl_span payload) SL_MUST_CHECK;
int sl_fwss_pieces_added(struct sl_vm *vm, const struct sl_pdp_set *pdp, uint64_t first,
                         const struct sl_span *cids, size_t count,
                         struct sl_span payload) SL_MUST_CHECK;
int sl_fwss_scheduled(struct sl_vm *vm, uint64_t id, const struct sl_u256 *pieces, size_t count,
                      struct sl_span payload) SL_MUST_CHECK;
int sl_fwss_next_period(struct sl_vm *vm, uint64_t id, uint64_t challenge_epoch,
                        uint64_t leaves) SL_MUST_CHECK;
int sl_fwss_deleted(struct sl_vm *vm, uint64_t id) SL_MUST_CHECK;
/** The provider proved in this period. */
int sl_fwss_proven(struct sl_vm *vm, uint64_t id) SL_MUST_CHECK;

/* ---- what FilecoinPay asks ---- */

struct sl_fwss_verdict {
    struct sl_u256 amount;
    uint64_t settle_to;
    const char *note; /* static */
};

/** How much of `amount` for the epochs from .. to is due: what was proven. */
int sl_fwss_validate(struct sl_vm *vm, uint64_t rail, struct sl_u256 amount, uint64_t from,
                     uint64_t to, struct sl_fwss_verdict *out) SL_MUST_CHECK;
int sl_fwss_rail_terminated(struct sl_vm *vm, uint64_t rail, const struct sl_address *caller,
                            uint64_t end_epoch) SL_MUST_CHECK;

/* ---- rails (contract_fwss_rail.c) ---- */

int sl_fwss_create_rails(struct sl_vm *vm, struct sl_fwss_set *set, bool cdn) SL_MUST_CHECK;
/** Pay the pending fees and set the rate for so many leaves; `ends_now` gives the reserve back. */
int sl_fwss_update_rate(struct sl_vm *vm, struct sl_fwss_set *set, uint64_t leaves,
                        bool ends_now) SL_MUST_CHECK;
/** Fill the reserve up when it runs low. */
int sl_fwss_replenish(struct sl_vm *vm, struct sl_fwss_set *set) SL_MUST_CHECK;
int sl_fwss_terminate_cdn(struct sl_vm *vm, const struct sl_fwss_set *set,
                          const struct sl_address *caller) SL_MUST_CHECK;

/* ---- who decides (contract_fwss_authorizer.c) ---- */

/** Reverts unless the payer, a session key of it, or the authorizer allows the operation. */
int sl_fwss_authorize(struct sl_vm *vm, const struct sl_fwss_set *set, enum sl_message message,
                      const uint8_t struct_hash[static SL_HASH_BYTES], struct sl_span signature,
                      struct sl_address *signer) SL_MUST_CHECK;
int sl_fwss_fn_set_authorizer(struct sl_frame *f) SL_MUST_CHECK;

/* ---- metadata (contract_fwss_metadata.c) ---- */

/** Check and keep the pairs of one list for a piece (or SL_FWSS_OF_DATA_SET). Today's contract
 * keeps none of a piece. */
int sl_fwss_keep_metadata(struct sl_vm *vm, uint64_t id, int64_t piece, size_t most,
                          const struct sl_lists *keys, const struct sl_lists *values,
                          size_t list) SL_MUST_CHECK;
/** Returns 1 when the data set is stored with a CDN, else 0. */
int sl_fwss_has_cdn(struct sl_vm *vm, uint64_t id) SL_MUST_CHECK;
/** Puts string[] of keys, then string[] of values. */
int sl_fwss_append_metadata(struct sl_frame *f, uint64_t id, int64_t piece) SL_MUST_CHECK;
/** Puts (bool, string) of the key that is the next argument. */
int sl_fwss_append_one_metadata(struct sl_frame *f, uint64_t id, int64_t piece) SL_MUST_CHECK;
/** Put two lists of strings that came in a payload. */
void sl_fwss_append_lists(struct sl_abi_writer *out, const struct sl_lists *keys,
                          const struct sl_lists *values, size_t list);

/** Epoch `period` (from 0) of a data set's proving ends. */
uint64_t sl_fwss_deadline_of(const struct sl_vm *vm, uint64_t activation, uint64_t period);

#endif
