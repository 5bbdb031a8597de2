/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * vectors.h - the golden vectors, read from the folder in SLUICE_VECTORS (default: the copy in
 * tests/data/vectors). No counts or names are built in: another set in the same formats must run.
 */
#ifndef SL_TEST_VECTORS_H
#define SL_TEST_VECTORS_H

#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

/** The parsed file; fails the test when it is missing or broken. Owned: cJSON_Delete(). */
cJSON *sl_vectors_load(const char *name);

/** The file as it is, for what the parser cannot show. Owned: free(). */
char *sl_vectors_text(const char *name, size_t *len);

/** An array member of `object`; fails the test when it is missing or empty. */
const cJSON *sl_vectors_list(const cJSON *object, const char *key);

/** A string member; fails the test when it is missing. */
const char *sl_vectors_str(const cJSON *object, const char *key);

/** A string member or NULL. */
const char *sl_vectors_maybe(const cJSON *object, const char *key);

/** A non-negative integer member, a JSON number or a decimal string. */
uint64_t sl_vectors_u64(const cJSON *object, const char *key);

/** A "0x..." or bare hex member as owned bytes (free()), its length in *len. */
uint8_t *sl_vectors_hex(const cJSON *object, const char *key, size_t *len);

/** How the cases of one SDK function are checked. */
struct sl_vector_fn {
    const char *fn;
    void (*check)(const cJSON *input, const cJSON *output);
};

/** Check every case of a file by its `fn`; fails the test for one that the table does not know. */
void sl_vectors_run(const char *name, const struct sl_vector_fn *functions, size_t count);

/**
 * The input bytes that {kind, seed, size} of a case describe, made piece by piece: xorshift, zeros,
 * ones, counter.
 */
struct sl_vector_bytes {
    int kind;
    uint64_t state;
    uint64_t at;
    uint64_t left;
    uint8_t word[8];
};
void sl_vector_bytes_init(struct sl_vector_bytes *gen, const cJSON *one_case);
/** Writes at most cap bytes, returns their number, 0 at the end. */
size_t sl_vector_bytes_next(struct sl_vector_bytes *gen, uint8_t *out, size_t cap);

#endif
