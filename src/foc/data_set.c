/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/data_set.h"

#include <string.h>

#include "sluice/text.h"

#include "collate.h"

bool sl_data_set_has_authorizer(const struct sl_data_set *set)
{
    return !sl_address_is_zero(&set->authorizer);
}

bool sl_data_set_is_usable(const struct sl_data_set *set)
{
    return set->live && set->managed && sl_u256_is_zero(set->end_epoch) &&
           !sl_data_set_has_authorizer(set);
}

uint64_t sl_legacy_limit(uint64_t limit_on_chain)
{
    return limit_on_chain == 0 ? SL_ALL_LEGACY : limit_on_chain;
}

bool sl_data_set_is_legacy(struct sl_u256 id, uint64_t limit)
{
    return sl_u256_cmp(id, sl_u256(limit)) < 0;
}

bool sl_data_set_has_cdn(const struct sl_data_set *set)
{
    return !sl_u256_is_zero(set->cdn_rail) &&
           sl_metadata_get(set->metadata, set->metadata_count, SL_METADATA_CDN) != NULL;
}

bool sl_data_set_bytes(struct sl_u256 *out, const struct sl_data_set *set)
{
    return sl_u256_mul(out, set->leaves, sl_u256(SL_LEAF_BYTES));
}

void sl_metadata_filename(char out[static SL_METADATA_VALUE_BYTES + 1], const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    (void)sl_text_escape(out, SL_METADATA_VALUE_BYTES + 1, name, strlen(name));
}

const char *sl_metadata_get(const struct sl_metadata *entries, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(entries[i].key, key) == 0)
            return entries[i].value;
    }
    return NULL;
}

int sl_metadata_put(struct sl_metadata *entries, size_t *count, size_t most, const char *key,
                    const char *value, struct sl_err *err)
{
    for (size_t i = 0; i < *count; i++) {
        if (strcmp(entries[i].key, key) == 0) {
            entries[i].value = value;
            return SL_OK;
        }
    }
    if (*count >= most)
        return sl_err_set(err, SL_EFORMAT, "more than %zu metadata entries", most);
    entries[(*count)++] = (struct sl_metadata){.key = key, .value = value};
    return SL_OK;
}

/* How often the entry occurs: counting compares lists with repeated keys correctly. */
static size_t occurs(const struct sl_metadata *entry, const struct sl_metadata *list, size_t count)
{
    size_t times = 0;
    for (size_t i = 0; i < count; i++)
        times += strcmp(list[i].key, entry->key) == 0 && strcmp(list[i].value, entry->value) == 0;
    return times;
}

bool sl_metadata_equal(const struct sl_metadata *a, size_t a_count, const struct sl_metadata *b,
                       size_t b_count)
{
    if (a_count != b_count)
        return false;
    for (size_t i = 0; i < a_count; i++) {
        if (occurs(&a[i], a, a_count) != occurs(&a[i], b, b_count))
            return false;
    }
    return true;
}

int sl_metadata_combine(struct sl_metadata *out, size_t *out_count,
                        const struct sl_metadata *entries, size_t count, bool cdn,
                        const char *source, struct sl_err *err)
{
    const size_t most = SL_METADATA_DATA_SET_ENTRIES;
    const bool add_cdn = cdn && sl_metadata_get(entries, count, SL_METADATA_CDN) == NULL;
    const bool add_source = source != NULL && source[0] != '\0' &&
                            sl_metadata_get(entries, count, SL_METADATA_SOURCE) == NULL;
    int rc = SL_OK;
    *out_count = 0;
    for (size_t i = 0; rc == SL_OK && i < count; i++)
        rc = sl_metadata_put(out, out_count, most, entries[i].key, entries[i].value, err);
    if (rc == SL_OK && add_cdn)
        rc = sl_metadata_put(out, out_count, most, SL_METADATA_CDN, "", err);
    if (rc == SL_OK && add_source)
        rc = sl_metadata_put(out, out_count, most, SL_METADATA_SOURCE, source, err);
    return rc;
}

/* Insertion sort: there are few entries, and equal ones must keep their order. */
static void sort(struct sl_metadata *entries, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const struct sl_metadata entry = entries[i];
        size_t at = i;
        for (; at > 0 && sl_collate(entries[at - 1].key, entry.key) > 0; at--)
            entries[at] = entries[at - 1];
        entries[at] = entry;
    }
}

int sl_metadata_arrange(struct sl_metadata *entries, size_t count, size_t most, struct sl_err *err)
{
    const int rc = sl_eip712_metadata_check(entries, count, most, err);
    if (rc == SL_OK)
        sort(entries, count);
    return rc;
}
