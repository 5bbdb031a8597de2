/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdlib.h>
#include <string.h>

#include "sluice/eip712.h"

static int check_entry(const struct sl_metadata *entry, struct sl_err *err)
{
    const size_t key = strlen(entry->key);
    const size_t value = strlen(entry->value);
    if (key > SL_METADATA_KEY_BYTES)
        return sl_err_set(err, SL_EFORMAT, "metadata key \"%.40s\" has %zu bytes, at most %d fit",
                          entry->key, key, SL_METADATA_KEY_BYTES);
    if (value > SL_METADATA_VALUE_BYTES)
        return sl_err_set(err, SL_EFORMAT,
                          "metadata \"%s\" has a value of %zu bytes, at most %d fit", entry->key,
                          value, SL_METADATA_VALUE_BYTES);
    return SL_OK;
}

int sl_metadata_check(const struct sl_metadata *entries, size_t count, size_t most,
                      struct sl_err *err)
{
    if (count > most)
        return sl_err_set(err, SL_EFORMAT, "%zu metadata entries, at most %zu fit", count, most);
    for (size_t i = 0; i < count; i++) {
        const int rc = check_entry(&entries[i], err);
        if (rc < 0)
            return rc;
        for (size_t j = 0; j < i; j++) {
            if (strcmp(entries[i].key, entries[j].key) == 0)
                return sl_err_set(err, SL_EFORMAT, "metadata key \"%s\" twice", entries[i].key);
        }
    }
    return SL_OK;
}

static int by_key(const void *a, const void *b)
{
    const struct sl_metadata *x = a;
    const struct sl_metadata *y = b;
    return strcmp(x->key, y->key);
}

void sl_metadata_sort(struct sl_metadata *entries, size_t count)
{
    if (count > 1)
        qsort(entries, count, sizeof entries[0], by_key);
}
