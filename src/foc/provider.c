/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/provider.h"

#include <string.h>

#include "sluice/http.h"

/* The keys of an offering. */
enum key {
    KEY_URL,
    KEY_MIN,
    KEY_MAX,
    KEY_PRICE,
    KEY_PROVING,
    KEY_LOCATION,
    KEY_TOKEN,
    KEY_REQUIRED, /* those above */
    KEY_PIECE = KEY_REQUIRED,
    KEY_IPFS,
    KEY_PEER,
    KEY_OLD_PEER,
    KEY_COUNT
};

static const char *const keys[KEY_COUNT] = {"serviceURL",
                                            "minPieceSizeInBytes",
                                            "maxPieceSizeInBytes",
                                            "storagePricePerTibPerDay",
                                            "minProvingPeriodInEpochs",
                                            "location",
                                            "paymentTokenAddress",
                                            "ipniPiece",
                                            "ipniIpfs",
                                            "ipniPeerId",
                                            "IPNIPeerID"};

static bool is_known(const char *key)
{
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (strcmp(keys[i], key) == 0)
            return true;
    }
    return false;
}

/* The last entry with this key. */
static const struct sl_capability *entry_of(const struct sl_capability *list, size_t count,
                                            const char *key)
{
    while (count-- > 0) {
        if (strcmp(list[count].key, key) == 0)
            return &list[count];
    }
    return NULL;
}

static int text(char *out, size_t cap, const struct sl_capability *entry, struct sl_err *err)
{
    if (entry->value_len >= cap)
        return sl_err_set(err, SL_EFORMAT, "the provider's %s is too long", entry->key);
    if (entry->value_len > 0 && memchr(entry->value, '\0', entry->value_len) != NULL)
        return sl_err_set(err, SL_EFORMAT, "the provider's %s is not text", entry->key);
    if (entry->value_len > 0)
        memcpy(out, entry->value, entry->value_len);
    out[entry->value_len] = '\0';
    return SL_OK;
}

static int number(struct sl_u256 *out, const struct sl_capability *entry, struct sl_err *err)
{
    const uint8_t *value = entry->value;
    size_t len = entry->value_len;
    if (len == 0)
        return sl_err_set(err, SL_EFORMAT, "the provider's %s is not a number", entry->key);
    for (; len > 32 && value[0] == 0; len--)
        value++;
    if (!sl_u256_from_be(out, value, len))
        *out = sl_u256_max();
    return SL_OK;
}

static bool flag(const struct sl_capability *entry)
{
    return entry != NULL && entry->value_len == 1 && entry->value[0] == 1;
}

struct sl_address sl_capability_address(const uint8_t *value, size_t len)
{
    struct sl_address out = {{0}};
    if (len > 32)
        return out;
    const size_t used = len < SL_ADDRESS_BYTES ? len : SL_ADDRESS_BYTES;
    if (used > 0)
        memcpy(out.bytes + SL_ADDRESS_BYTES - used, value + len - used, used);
    return out;
}

static void decode_optional(struct sl_offering *out, const struct sl_capability *const *found)
{
    const struct sl_capability *peer =
        found[KEY_PEER] != NULL ? found[KEY_PEER] : found[KEY_OLD_PEER];
    out->payment_token =
        sl_capability_address(found[KEY_TOKEN]->value, found[KEY_TOKEN]->value_len);
    out->ipni_piece = flag(found[KEY_PIECE]);
    out->ipni_ipfs = flag(found[KEY_IPFS]);
    if (peer == NULL)
        return;
    out->peer_id = peer->value_len > 0 ? peer->value : (const uint8_t *)"";
    out->peer_id_len = peer->value_len;
}

int sl_offering_decode(struct sl_offering *out, const struct sl_capability *list, size_t count,
                       struct sl_err *err)
{
    const struct sl_capability *found[KEY_COUNT];
    for (size_t i = 0; i < KEY_COUNT; i++) {
        found[i] = entry_of(list, count, keys[i]);
        if (found[i] == NULL && i < KEY_REQUIRED)
            return sl_err_set(err, SL_EFORMAT, "the provider lists no %s", keys[i]);
    }
    *out = (struct sl_offering){.peer_id = NULL};
    struct sl_u256 *const numbers[] = {[KEY_MIN] = &out->min_piece_bytes,
                                       [KEY_MAX] = &out->max_piece_bytes,
                                       [KEY_PRICE] = &out->price_per_tib_day,
                                       [KEY_PROVING] = &out->min_proving_epochs};
    int rc = text(out->service_url, sizeof out->service_url, found[KEY_URL], err);
    if (rc == SL_OK)
        rc = text(out->location, sizeof out->location, found[KEY_LOCATION], err);
    for (size_t i = KEY_MIN; rc == SL_OK && i <= KEY_PROVING; i++)
        rc = number(numbers[i], found[i], err);
    if (rc == SL_OK)
        decode_optional(out, found);
    return rc;
}

size_t sl_capability_extras(struct sl_capability *out, const struct sl_capability *list,
                            size_t count)
{
    size_t extras = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_known(list[i].key) || entry_of(list, i, list[i].key) != NULL)
            continue;
        out[extras++] = *entry_of(list, count, list[i].key);
    }
    return extras;
}

/* ---- writing ---- */

static void append(struct sl_capability_list *list, const char *key, const void *value, size_t len)
{
    list->entries[list->count++] =
        (struct sl_capability){.key = key, .value = value, .value_len = len};
}

/* Append a number without leading zero bytes; 0 is one byte. */
static void append_number(struct sl_capability_list *list, enum key key, uint8_t bytes[static 32],
                          struct sl_u256 value)
{
    size_t skip = 0;
    sl_u256_to_be(bytes, value);
    while (skip < 31 && bytes[skip] == 0)
        skip++;
    append(list, keys[key], bytes + skip, 32 - skip);
}

static int append_extras(struct sl_capability_list *list, const struct sl_capability *extras,
                         size_t count, struct sl_err *err)
{
    for (size_t i = 0; i < count; i++) {
        if (is_known(extras[i].key))
            return sl_err_set(err, SL_EFORMAT, "%s is a reserved key", extras[i].key);
        if (extras[i].value_len == 0)
            return sl_err_set(err, SL_EFORMAT, "%s has no value", extras[i].key);
        if (list->count == SL_CAPABILITY_MAX)
            return sl_err_set(err, SL_EFORMAT, "more than %d capabilities", SL_CAPABILITY_MAX);
        append(list, extras[i].key, extras[i].value, extras[i].value_len);
    }
    return SL_OK;
}

int sl_offering_encode(struct sl_capability_list *out, const struct sl_offering *offering,
                       const struct sl_capability *extras, size_t extra_count, struct sl_err *err)
{
    static const uint8_t yes[] = {1};
    out->count = 0;
    append(out, keys[KEY_URL], offering->service_url, strlen(offering->service_url));
    append_number(out, KEY_MIN, out->numbers[0], offering->min_piece_bytes);
    append_number(out, KEY_MAX, out->numbers[1], offering->max_piece_bytes);
    if (offering->ipni_piece)
        append(out, keys[KEY_PIECE], yes, sizeof yes);
    if (offering->ipni_ipfs)
        append(out, keys[KEY_IPFS], yes, sizeof yes);
    append_number(out, KEY_PRICE, out->numbers[2], offering->price_per_tib_day);
    append_number(out, KEY_PROVING, out->numbers[3], offering->min_proving_epochs);
    append(out, keys[KEY_LOCATION], offering->location, strlen(offering->location));
    memcpy(out->token, offering->payment_token.bytes, sizeof out->token);
    append(out, keys[KEY_TOKEN], out->token, sizeof out->token);
    return append_extras(out, extras, extra_count, err);
}

/* ---- texts ---- */

/* Write a big-endian number in another base, without leading zeros; "" for 0. */
static size_t in_base(char *out, size_t cap, const char *alphabet, const uint8_t *value, size_t len)
{
    const unsigned base = (unsigned)strlen(alphabet);
    uint8_t digits[SL_CAPABILITY_TEXT] = {0}; /* least significant first */
    size_t count = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned carry = value[i];
        for (size_t j = 0; j < count || carry > 0; j++) {
            carry += j < count ? 256U * digits[j] : 0;
            digits[j] = (uint8_t)(carry % base);
            carry /= base;
            count = j >= count ? j + 1 : count;
        }
    }
    for (size_t i = 0; i < count && i + 1 < cap; i++)
        out[i] = alphabet[digits[count - 1 - i]];
    out[count] = '\0';
    return count;
}

int sl_capability_decimal(char out[static SL_CAPABILITY_TEXT], const uint8_t *value, size_t len,
                          struct sl_err *err)
{
    if (len == 0 || len > SL_CAPABILITY_BYTES)
        return sl_err_set(err, SL_EFORMAT, "a number must have 1 to %d bytes", SL_CAPABILITY_BYTES);
    if (in_base(out, SL_CAPABILITY_TEXT, "0123456789", value, len) == 0)
        memcpy(out, "0", 2);
    return SL_OK;
}

int sl_peer_id_text(char out[static SL_CAPABILITY_TEXT], const uint8_t *id, size_t len,
                    struct sl_err *err)
{
    static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    size_t at = 0;
    if (len > SL_CAPABILITY_BYTES)
        return sl_err_set(err, SL_EFORMAT, "the peer id has %zu bytes, which is too many", len);
    out[at++] = 'z';
    for (size_t i = 0; i < len && id[i] == 0; i++)
        out[at++] = alphabet[0];
    in_base(out + at, SL_CAPABILITY_TEXT - at, alphabet, id, len);
    return SL_OK;
}

int sl_offering_url(char url[static SL_SERVICE_URL_BYTES], const struct sl_offering *offering,
                    struct sl_err *err)
{
    char resolved[SL_SERVICE_URL_BYTES + 16];
    const char *start = offering->service_url + strspn(offering->service_url, " \t\r\n");
    size_t len = strlen(start);
    while (len > 0 && strchr(" \t\r\n", start[len - 1]) != NULL)
        len--;
    memcpy(url, start, len);
    url[len] = '\0';
    const int rc = sl_url_resolve(resolved, sizeof resolved, url, "pdp/ping", err);
    if (rc < 0)
        sl_err_ctx(err, "the provider's address");
    return rc;
}

bool sl_foc_provider_takes(const struct sl_provider *provider, uint64_t least, uint64_t most)
{
    return sl_u256_cmp(sl_u256(least), provider->offering.min_piece_bytes) >= 0 &&
           sl_u256_cmp(sl_u256(most), provider->offering.max_piece_bytes) <= 0;
}
