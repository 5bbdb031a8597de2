/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * provider.h - storage providers as the registry describes them. Layer: foc.
 *
 * A provider's capabilities are keys with byte strings that the provider wrote: hostile. An
 * incomplete or malformed list fails for that provider alone. Source: docs/PROTOCOL.md "Contracts";
 * proven by tests/data/vectors/capabilities.json.
 */
#ifndef SL_PROVIDER_H
#define SL_PROVIDER_H

#include <stddef.h>
#include <stdint.h>

#include "sluice/address.h"
#include "sluice/http.h"
#include "sluice/u256.h"

enum {
    SL_CAPABILITY_BYTES = 128, /* limit of the registry for a value */
    SL_CAPABILITY_MAX = 24,    /* limit of the registry for their number */
    SL_SERVICE_URL_BYTES = 256,
    SL_LOCATION_BYTES = 256
};

/** One entry; both borrowed. */
struct sl_capability {
    const char *key;
    const uint8_t *value;
    size_t value_len;
};

/** A provider's offer: a plain value, but for the peer id, which is borrowed. */
struct sl_offering {
    char service_url[SL_SERVICE_URL_BYTES]; /* as the provider wrote it: see sl_offering_url() */
    char location[SL_LOCATION_BYTES];       /* "C=US;ST=California;L=San Francisco"; hostile */
    struct sl_u256 min_piece_bytes;         /* numbers above 256 bits are sl_u256_max() */
    struct sl_u256 max_piece_bytes;
    struct sl_u256 price_per_tib_day; /* for information only: the service charges its own prices */
    struct sl_u256 min_proving_epochs;
    struct sl_address payment_token;
    bool ipni_piece;
    bool ipni_ipfs;
    const uint8_t *peer_id; /* NULL: none */
    size_t peer_id_len;
};

/** Decode an offer; if a key occurs twice, the last value counts. Errors: SL_EFORMAT (a required
 * key is missing, a number is empty, a text is too long or has a NUL). */
int sl_offering_decode(struct sl_offering *out, const struct sl_capability *list, size_t count,
                       struct sl_err *err) SL_MUST_CHECK;

/** The entries whose keys are not those of an offer, each key once; `out` has room for `count`
 * entries. Returns their number. */
size_t sl_capability_extras(struct sl_capability *out, const struct sl_capability *list,
                            size_t count);

/** The address in the last 20 bytes of a value, padded in front; zero if the value has more than 32
 * bytes. */
struct sl_address sl_capability_address(const uint8_t *value, size_t len);

enum { SL_CAPABILITY_TEXT = 320 }; /* room for SL_CAPABILITY_BYTES in decimal or base58, and NUL */

/** A big-endian number of up to SL_CAPABILITY_BYTES bytes in decimal. Errors: SL_EFORMAT. */
int sl_capability_decimal(char out[static SL_CAPABILITY_TEXT], const uint8_t *value, size_t len,
                          struct sl_err *err) SL_MUST_CHECK;

/** A peer id: "z" and base58btc. Errors: SL_EFORMAT (too long). */
int sl_peer_id_text(char out[static SL_CAPABILITY_TEXT], const uint8_t *id, size_t len,
                    struct sl_err *err) SL_MUST_CHECK;

/** The output of sl_offering_encode(); its entries borrow from this struct and from the inputs. */
struct sl_capability_list {
    struct sl_capability entries[SL_CAPABILITY_MAX];
    size_t count;
    uint8_t numbers[4][32];
    uint8_t token[SL_ADDRESS_BYTES];
};

/** Encode an offer for the registry, without the peer id. Errors: SL_EFORMAT (an extra has a key of
 * an offer or no value, or there are too many). */
int sl_offering_encode(struct sl_capability_list *out, const struct sl_offering *offering,
                       const struct sl_capability *extras, size_t extra_count,
                       struct sl_err *err) SL_MUST_CHECK;

/** The service URL, trimmed and checked with sl_url_resolve(). (sl_http_perform() decides about
 * plain http.) Errors: SL_EFORMAT. */
int sl_offering_url(char url[static SL_SERVICE_URL_BYTES], const struct sl_offering *offering,
                    struct sl_err *err) SL_MUST_CHECK;

/** A provider that stores pieces. Texts and the list are borrowed (sl_chain_view_free()). Name,
 * description and location are hostile: escape them for display. */
struct sl_provider {
    struct sl_u256 id;
    struct sl_address service_provider; /* sends the transactions */
    struct sl_address payee; /* receives the payments; signatures of data sets contain it */
    const char *name;
    const char *description;
    bool active;   /* the provider and its product */
    bool approved; /* approved by the storage service, and active */
    bool endorsed;
    struct sl_offering offering;
    const struct sl_capability *capabilities;
    size_t capability_count;
};

/** Whether the provider accepts pieces of `least` to `most` bytes. */
bool sl_foc_provider_takes(const struct sl_provider *provider, uint64_t least, uint64_t most);

/* ---- pings ---- */

/*
 * Which providers answer: pings sent in parallel.
 */

/** The outcome of one ping. */
struct sl_ping {
    int64_t took_ms;   /* duration of the last attempt */
    struct sl_err err; /* code 0: it answered */
};

/**
 * Ping all providers; out[i] belongs to providers[i]. A ping that fails quickly is tried three
 * times. Ends within some seconds in any case. `options`: HTTP rules; their times are replaced by
 * short ones. Errors: SL_ENOMEM.
 */
int sl_pings(struct sl_ping *out, const struct sl_provider *const *providers, size_t count,
             const struct sl_http_options *options, struct sl_err *err) SL_MUST_CHECK;

#endif
