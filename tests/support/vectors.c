/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "support/vectors.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"
#include "sluice/path.h"

#include "support/test.h"

char *sl_vectors_text(const char *name, size_t *len)
{
    const char *dir = getenv("SLUICE_VECTORS");
    char path[SL_PATH_BYTES];
    struct sl_err err = {0};
    char *text = NULL;
    snprintf(path, sizeof path, "%s/%s", dir != NULL && dir[0] != '\0' ? dir : SL_VECTORS_DEFAULT,
             name);
    if (sl_file_read(&text, len, path, (size_t)256 << 20, &err) < 0)
        fail_msg("%s", err.text);
    return text;
}

cJSON *sl_vectors_load(const char *name)
{
    size_t len = 0;
    char *text = sl_vectors_text(name, &len);
    cJSON *root = cJSON_ParseWithLength(text, len);
    free(text);
    if (root == NULL)
        fail_msg("%s is not JSON", name);
    return root;
}

const cJSON *sl_vectors_list(const cJSON *object, const char *key)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(object, key);
    if (!cJSON_IsArray(list) || list->child == NULL)
        fail_msg("vectors: '%s' is no list, or an empty one", key);
    return list;
}

const char *sl_vectors_maybe(const cJSON *object, const char *key)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
}

const char *sl_vectors_str(const cJSON *object, const char *key)
{
    const char *text = sl_vectors_maybe(object, key);
    if (text == NULL)
        fail_msg("vectors: no text '%s'", key);
    return text;
}

uint64_t sl_vectors_u64(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    if (cJSON_IsString(item)) {
        char *end = NULL;
        const uint64_t value = strtoull(item->valuestring, &end, 10);
        assert_true(end != item->valuestring && *end == '\0');
        return value;
    }
    if (!cJSON_IsNumber(item) || item->valuedouble < 0 || item->valuedouble > 9007199254740991.0)
        fail_msg("vectors: no whole number '%s'", key);
    return (uint64_t)item->valuedouble;
}

uint8_t *sl_vectors_hex(const cJSON *object, const char *key, size_t *len)
{
    const char *text = sl_vectors_str(object, key);
    const size_t cap = strlen(text) / 2 + 1;
    uint8_t *bytes = malloc(cap);
    assert_non_null(bytes);
    const int n = sl_hex_decode(bytes, cap, text, strlen(text), NULL);
    if (n < 0)
        fail_msg("vectors: '%s' is not hex", key);
    *len = (size_t)n;
    return bytes;
}

enum { KIND_XORSHIFT, KIND_ZEROS, KIND_ONES, KIND_COUNTER };

void sl_vector_bytes_init(struct sl_vector_bytes *gen, const cJSON *one_case)
{
    static const char *const kinds[] = {"xorshift", "zeros", "ones", "counter"};
    const char *kind = sl_vectors_str(one_case, "kind");
    memset(gen, 0, sizeof *gen);
    while (gen->kind < 4 && strcmp(kinds[gen->kind], kind) != 0)
        gen->kind++;
    if (gen->kind == 4)
        fail_msg("vectors: unknown kind '%s'", kind);
    if (gen->kind == KIND_XORSHIFT)
        gen->state = sl_vectors_u64(one_case, "seed");
    gen->left = sl_vectors_u64(one_case, "size");
}

static void next_word(struct sl_vector_bytes *gen)
{
    uint64_t s = gen->state;
    s ^= s >> 12;
    s ^= s << 25;
    s ^= s >> 27;
    gen->state = s;
    const uint64_t word = s * UINT64_C(0x2545F4914F6CDD1D);
    for (unsigned i = 0; i < 8; i++)
        gen->word[i] = (uint8_t)(word >> (8 * i));
}

static uint8_t next_byte(struct sl_vector_bytes *gen)
{
    switch (gen->kind) {
    case KIND_XORSHIFT:
        if (gen->at % 8 == 0)
            next_word(gen);
        return gen->word[gen->at % 8];
    case KIND_ONES:
        return 0xff;
    case KIND_COUNTER:
        return (uint8_t)gen->at;
    default:
        return 0;
    }
}

size_t sl_vector_bytes_next(struct sl_vector_bytes *gen, uint8_t *out, size_t cap)
{
    const size_t n = gen->left < cap ? (size_t)gen->left : cap;
    for (size_t i = 0; i < n;) {
        if (gen->kind == KIND_XORSHIFT && gen->at % 8 == 0 && n - i >= 8) {
            next_word(gen); /* whole words: inputs have up to a gigabyte */
            memcpy(out + i, gen->word, 8);
            gen->at += 8;
            i += 8;
        } else {
            out[i++] = next_byte(gen);
            gen->at++;
        }
    }
    gen->left -= n;
    return n;
}

void sl_vectors_run(const char *name, const struct sl_vector_fn *functions, size_t count)
{
    cJSON *root = sl_vectors_load(name);
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, sl_vectors_list(root, "cases"))
    {
        const char *fn = sl_vectors_str(one, "fn");
        size_t i = 0;
        while (i < count && strcmp(functions[i].fn, fn) != 0)
            i++;
        if (i == count)
            fail_msg("no function for %s", fn);
        print_message("%s\n", sl_vectors_str(one, "id"));
        functions[i].check(cJSON_GetObjectItemCaseSensitive(one, "input"),
                           cJSON_GetObjectItemCaseSensitive(one, "output"));
    }
    cJSON_Delete(root);
}
