/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * data_set.h - a client's data sets as the chain describes them, and their metadata. Layer: foc.
 *
 * Plain values; texts and lists are borrowed from their creator (sl_chain_view_free()). Source:
 * docs/PROTOCOL.md "Contracts"; metadata is proven by tests/data/vectors/selection.json.
 */
#ifndef SL_DATA_SET_H
#define SL_DATA_SET_H

#include <stddef.h>
#include <stdint.h>

#include "sluice/address.h"
#include "sluice/eip712.h"
#include "sluice/u256.h"

enum { SL_LEAF_BYTES = 32 };

struct sl_data_set {
    struct sl_u256 id;
    struct sl_u256 provider_id;
    struct sl_u256 client_data_set_id; /* random id that signatures contain */
    struct sl_address payer;
    struct sl_address payee;
    struct sl_address service_provider;
    struct sl_u256 pdp_rail; /* 0: there is no such data set */
    struct sl_u256 cache_miss_rail;
    struct sl_u256 cdn_rail;
    struct sl_u256 commission_bps;
    struct sl_u256 end_epoch; /* 0: being paid for; else the epoch at which payment ends */
    struct sl_u256 pending_payments;
    struct sl_u256 reserve;   /* for fees */
    struct sl_u256 rail_rate; /* what the PDP rail pays an epoch now: a data set keeps a rate of old
                                 prices until its next add */
    bool rail_rate_known;     /* false: not read, or its rail has ended */
    struct sl_address authorizer;       /* contract that controls its pieces; zero: none */
    bool live;                          /* the verifier proves it */
    bool managed;                       /* its listener is our storage service */
    struct sl_u256 leaves;              /* of SL_LEAF_BYTES each; 0: empty */
    const struct sl_metadata *metadata; /* in the order of the chain */
    size_t metadata_count;
    bool metadata_known; /* false: not read, or in a form that sluice would not write */
};

/** Whether a contract controls its pieces. Such a data set ignores the payer's signature: its
 * contract decides about each operation. */
bool sl_data_set_has_authorizer(const struct sl_data_set *set);

/** Whether pieces can be added: live, managed, being paid for and without an authorizer. */
bool sl_data_set_is_usable(const struct sl_data_set *set);

/* Data sets with an id below a limit are legacy: the proof contract keeps their pieces in an older,
 * more expensive layout. These are the two ends of that limit. */
#define SL_ALL_COMPACT UINT64_C(0)
#define SL_ALL_LEGACY  UINT64_MAX

/** The limit from legacyPieceStorageIdLimit(). A contract that answers 0 has not migrated yet, so
 * all its data sets are legacy. For a contract without this function use SL_ALL_LEGACY. */
uint64_t sl_legacy_limit(uint64_t limit_on_chain);

/** Whether the data set with this id is below the limit; this never changes. */
bool sl_data_set_is_legacy(struct sl_u256 id, uint64_t limit);

/** Whether the CDN serves it: it has a CDN rail and the metadata says so. */
bool sl_data_set_has_cdn(const struct sl_data_set *set);

/** Its size in bytes, as prices count them. False if the size does not fit 256 bits. */
bool sl_data_set_bytes(struct sl_u256 *out, const struct sl_data_set *set) SL_MUST_CHECK;

/* ---- metadata ---- */

/* Keys of sluice's pieces, besides those in metadata.h. */
#define SL_METADATA_FILENAME "filename" /* file name without folders */
#define SL_METADATA_PART     "part"     /* for a part of a split file: "3/12" */
#define SL_METADATA_WHOLE    "whole"    /* for a part of a split file: PieceCID of the whole file */

/** The `filename` of the file at this path: its last component, printable, cut between characters
 * to the contract's limit in bytes. */
void sl_metadata_filename(char out[static SL_METADATA_VALUE_BYTES + 1], const char *path);

/** The value of `key`, or NULL. Borrowed from the entries. */
const char *sl_metadata_get(const struct sl_metadata *entries, size_t count, const char *key);

/**
 * Set `key`: replace its value, or append the entry. The array has room for `most` entries. Errors:
 * SL_EFORMAT (no room).
 */
int sl_metadata_put(struct sl_metadata *entries, size_t *count, size_t most, const char *key,
                    const char *value, struct sl_err *err) SL_MUST_CHECK;

/** Whether both have the same keys with the same values, byte for byte, in any order. */
bool sl_metadata_equal(const struct sl_metadata *a, size_t a_count, const struct sl_metadata *b,
                       size_t b_count);

/**
 * The metadata wanted for a data set: `entries`, withCDN if `cdn`, and `source` unless it is NULL
 * or empty. `entries` take precedence. `out` has room for SL_METADATA_DATA_SET_ENTRIES. Errors:
 * SL_EFORMAT (too many).
 */
int sl_metadata_combine(struct sl_metadata *out, size_t *out_count,
                        const struct sl_metadata *entries, size_t count, bool cdn,
                        const char *source, struct sl_err *err) SL_MUST_CHECK;

/**
 * Check against the limits in bytes (sl_eip712_metadata_check()) and sort as the JavaScript client
 * sorts, so that the same entries give the same signature: punctuation, digits, letters, a
 * lower-case letter before its upper-case one, accented letters behind their plain ones. Exact for
 * ASCII and for the Latin letters up to U+017F; other scripts follow in the order of their code
 * points (on the chain any order is valid).
 */
int sl_metadata_arrange(struct sl_metadata *entries, size_t count, size_t most,
                        struct sl_err *err) SL_MUST_CHECK;

#endif
