/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/metadata.h"

#include <string.h>
#include <strings.h>

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

int sl_eip712_metadata_check(const struct sl_metadata *entries, size_t count, size_t most,
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

/* ---- as users write it ---- */

static const struct reserved {
    const char *key;
    const char *instead;
} reserved[] = {
    {SL_METADATA_CDN, "use --with-cdn (with_cdn = yes), so that its price counts"},
    {SL_METADATA_SOURCE, "use --source NAME (source = NAME)"},
    {SL_METADATA_IPFS, "it makes the provider read pieces as CAR files, and sluice uploads none"},
    {SL_METADATA_ROOT, "it belongs to pieces of CAR files, and sluice uploads none"},
};

static int check_key(const char *key, struct sl_err *err)
{
    if (key[0] == '\0')
        return sl_err_set(err, SL_ECONFIG, "an entry has no key: write KEY=VALUE,...");
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++) {
        if (strcasecmp(key, reserved[i].key) == 0)
            return sl_err_set(err, SL_ECONFIG, "the key %s is reserved: %s", reserved[i].key,
                              reserved[i].instead);
    }
    return SL_OK;
}

/* Trim blanks at both ends. */
static char *trim(char *word)
{
    word += strspn(word, " ");
    for (size_t len = strlen(word); len > 0 && word[len - 1] == ' '; len--)
        word[len - 1] = '\0';
    return word;
}

static int read_entry(struct sl_metadata *out, char *word, struct sl_err *err)
{
    word = trim(word);
    char *equals = strchr(word, '=');
    if (equals == NULL)
        return sl_err_set(err, SL_ECONFIG, "no '=' in '%.60s': write KEY=VALUE,...", word);
    *equals = '\0';
    *out = (struct sl_metadata){.key = trim(word), .value = equals + 1};
    return check_key(out->key, err);
}

int sl_eip712_metadata_parse(struct sl_metadata *out, size_t *count, char *text, struct sl_err *err)
{
    char *word = trim(text);
    int rc = SL_OK;
    *count = 0;
    while (rc == SL_OK && word != NULL && (word[0] != '\0' || *count > 0)) {
        char *comma = strchr(word, ',');
        if (comma != NULL)
            *comma = '\0';
        if (*count == SL_METADATA_DATA_SET_ENTRIES)
            rc = sl_err_set(err, SL_ECONFIG,
                            "more than %d entries, which is all that a data set "
                            "can carry",
                            SL_METADATA_DATA_SET_ENTRIES);
        else
            rc = read_entry(&out[(*count)++], word, err);
        word = comma != NULL ? comma + 1 : NULL;
    }
    if (rc == SL_OK)
        rc = sl_eip712_metadata_check(out, *count, SL_METADATA_DATA_SET_ENTRIES, err);
    if (rc < 0 && err != NULL)
        err->code = SL_ECONFIG;
    return rc < 0 ? SL_ECONFIG : SL_OK;
}
