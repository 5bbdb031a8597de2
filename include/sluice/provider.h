/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * provider.h - storage providers as the registry tells them. Layer: foc.
 *
 * A provider's capabilities are keys with byte strings that the provider wrote: hostile. Decoding
 * one that is incomplete or odd fails for that one alone.
 * Source: docs/PROTOCOL.md "Contracts"; proven by tests/data/vectors/capabilities.json.
 */
#ifndef SL_PROVIDER_H
#define SL_PROVIDER_H

#include <stddef.h>
#include <stdint.h>

#include "sluice/address.h"
#include "sluice/u256.h"

enum {
    SL_CAPABILITY_BYTES = 128, /* the registry's limit for a value */
    SL_CAPABILITY_MAX = 24,    /* and for their number */
    SL_SERVICE_URL_BYTES = 256,
    SL_LOCATION_BYTES = 256
};

/** One entry; both borrowed. */
struct sl_capability {
    const char *key;
    const uint8_t *value;
    size_t value_len;
};

/** What a provider offers; a plain value but for the peer id, which is borrowed. */
struct sl_offering {
    char service_url[SL_SERVICE_URL_BYTES]; /* as written by the provider: see sl_offering_url() */
    char location[SL_LOCATION_BYTES];       /* "C=US;ST=California;L=San Francisco"; hostile */
    struct sl_u256 min_piece_bytes;         /* numbers above 256 bits are sl_u256_max() */
    struct sl_u256 max_piece_bytes;
    struct sl_u256 price_per_tib_day; /* for information: the service charges its own prices */
    struct sl_u256 min_proving_epochs;
    struct sl_address payment_token;
    bool ipni_piece;
    bool ipni_ipfs;
    const uint8_t *peer_id; /* NULL: none */
    size_t peer_id_len;
};

/** Decode; of a key that occurs twice the last value counts. Errors: SL_EFORMAT (a required key is
 * missing, a number without digits, a text too long or with a NUL). */
int sl_offering_decode(struct sl_offering *out, const struct sl_capability *list, size_t count,
                       struct sl_err *err) SL_MUST_CHECK;

/** The entries of the list that are none of the keys above, each key once; `out` has room for
 * `count`. Returns their number. */
size_t sl_capability_extras(struct sl_capability *out, const struct sl_capability *list,
                            size_t count);

/** The last 20 bytes, padded in front; more than 32 bytes are no address: zero. */
struct sl_address sl_capability_address(const uint8_t *value, size_t len);

enum { SL_CAPABILITY_TEXT = 320 }; /* room for SL_CAPABILITY_BYTES in decimal or base58, and NUL */

/** A big-endian number of up to SL_CAPABILITY_BYTES bytes in decimal. Errors: SL_EFORMAT. */
int sl_capability_decimal(char out[static SL_CAPABILITY_TEXT], const uint8_t *value, size_t len,
                          struct sl_err *err) SL_MUST_CHECK;

/** A peer id: "z" and base58btc. Errors: SL_EFORMAT (too long). */
int sl_peer_id_text(char out[static SL_CAPABILITY_TEXT], const uint8_t *id, size_t len,
                    struct sl_err *err) SL_MUST_CHECK;

/** What sl_offering_encode() writes; the list borrows from it and from its inputs. */
struct sl_capability_list {
    struct sl_capability entries[SL_CAPABILITY_MAX];
    size_t count;
    uint8_t numbers[4][32];
    uint8_t token[SL_ADDRESS_BYTES];
};

/** The way back, for those who register: the peer id is not written. Errors: SL_EFORMAT (an extra
 * with a key of the above or without a value, too many). */
int sl_offering_encode(struct sl_capability_list *out, const struct sl_offering *offering,
                       const struct sl_capability *extras, size_t extra_count,
                       struct sl_err *err) SL_MUST_CHECK;

/** The service URL without the spaces around it, once it is sure that sl_url_resolve() takes it
 * (plain http is for sl_http_perform() to refuse). Errors: SL_EFORMAT. */
int sl_offering_url(char url[static SL_SERVICE_URL_BYTES], const struct sl_offering *offering,
                    struct sl_err *err) SL_MUST_CHECK;

/** A provider that stores pieces. Texts and the list are borrowed (sl_chain_free()); name,
 * description and location are hostile: escape them for display. */
struct sl_provider {
    struct sl_u256 id;
    struct sl_address service_provider; /* sends the transactions */
    struct sl_address payee;            /* is paid, and is named in the signature of a data set */
    const char *name;
    const char *description;
    bool active;   /* it and its product */
    bool approved; /* by the storage service, and active */
    bool endorsed;
    struct sl_offering offering;
    const struct sl_capability *capabilities;
    size_t capability_count;
};

/** Whether it takes pieces of every size from `least` to `most` bytes. */
bool sl_provider_takes(const struct sl_provider *provider, uint64_t least, uint64_t most);

#endif
