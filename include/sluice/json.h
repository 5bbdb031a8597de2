/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * json.h - JSON: read through cJSON, written by a streaming writer. Layer: net.
 *
 * Reading is strict: exactly one value, no duplicate key in an object, a depth of at most 64, and a
 * tree of at most six times the text's size (256 KiB for short texts). Integers are returned only
 * if exact. All values read are borrowed from the tree.
 */
#ifndef SL_JSON_H
#define SL_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sluice/buf.h"
#include "sluice/err.h"

struct sl_json; /* a value in a tree */

/** Parse `len` bytes; *out is owned, free with sl_json_free(). Errors: SL_EFORMAT, SL_ENOMEM. */
int sl_json_parse(struct sl_json **out, const char *text, size_t len,
                  struct sl_err *err) SL_MUST_CHECK;
void sl_json_free(struct sl_json *root);

/** Member of an object by its exact key; NULL if `value` is NULL, no object, or has no such key. */
const struct sl_json *sl_json_get(const struct sl_json *value, const char *key);

/** The first element of an array or the first member of an object, and the next one; NULL at the
 * end. */
const struct sl_json *sl_json_first(const struct sl_json *value);
const struct sl_json *sl_json_next(const struct sl_json *value);
const char *sl_json_key(const struct sl_json *member);

bool sl_json_is_object(const struct sl_json *value); /* false for NULL, as all of these */
bool sl_json_is_array(const struct sl_json *value);
bool sl_json_is_null(const struct sl_json *value);
size_t sl_json_count(const struct sl_json *value);

/** The text of a string, NULL for other values. The parser refuses strings that contain a NUL. */
const char *sl_json_str(const struct sl_json *value);

/** True and *out for true and false; false for other values. */
bool sl_json_bool(const struct sl_json *value, bool *out);

/** True and *out for a whole number of 0 .. 2^53 - 1; false otherwise (also for strings). */
bool sl_json_u64(const struct sl_json *value, uint64_t *out);

/** True and *out for any finite number. */
bool sl_json_double(const struct sl_json *value, double *out);

/* ---- reading a large text value by value, without a tree of the whole ---- */

/** A value inside a text, borrowed. Zero: no value. */
struct sl_json_slice {
    const char *text;
    size_t len;
};

/** Iterates over the members of an object, or the elements of an array. */
struct sl_json_walk {
    const char *at;
    const char *end;
    char close; /* the bracket at its end */
    bool started;
};

/** Begin with a text that holds one object or array. Errors: SL_EFORMAT (another kind of value, a
 * token that breaks the rules, nested too deep). */
int sl_json_walk(struct sl_json_walk *walk, struct sl_json_slice text,
                 struct sl_err *err) SL_MUST_CHECK;

/** Returns 1 with the next member or element, or 0 at the end. `key` includes its quotes; in an
 * array it is empty. The inside of a value is checked only once the value is parsed or walked.
 * Errors: SL_EFORMAT. */
int sl_json_walk_next(struct sl_json_walk *walk, struct sl_json_slice *key,
                      struct sl_json_slice *value, struct sl_err *err) SL_MUST_CHECK;

/** A member to find. */
struct sl_json_member {
    const char *key; /* without escapes */
    struct sl_json_slice value;
};

/** Find these members of an object; ignore others. Errors: SL_EFORMAT (also: one of them occurs
 * twice). */
int sl_json_members(struct sl_json_member *members, size_t count, struct sl_json_slice object,
                    struct sl_err *err) SL_MUST_CHECK;

/* ---- writing: compact, one value; keys NULL inside arrays and for the outermost value ---- */

/** Zero-initialise; sl_jw_free() or take buf.data. A failure is sticky in buf.failed. */
struct sl_jw {
    struct sl_buf buf;
    bool comma; /* the next value needs one before it */
};

void sl_jw_object(struct sl_jw *w, const char *key);
void sl_jw_array(struct sl_jw *w, const char *key);
void sl_jw_end_object(struct sl_jw *w);
void sl_jw_end_array(struct sl_jw *w);
/** Invalid UTF-8 becomes U+FFFD; NULL is written as null. */
void sl_jw_str(struct sl_jw *w, const char *key, const char *text);
void sl_jw_strn(struct sl_jw *w, const char *key, const char *text, size_t len);
/** "0x" and two digits for each byte; borrowed, NULL when there are none. */
void sl_jw_hex(struct sl_jw *w, const char *key, const void *bytes, size_t len);
/** A JSON number up to 2^53 - 1, a decimal string above. */
void sl_jw_u64(struct sl_jw *w, const char *key, uint64_t value);
void sl_jw_i64(struct sl_jw *w, const char *key, int64_t value);
void sl_jw_double(struct sl_jw *w, const char *key, double value);
void sl_jw_bool(struct sl_jw *w, const char *key, bool value);
void sl_jw_null(struct sl_jw *w, const char *key);
void sl_jw_free(struct sl_jw *w);

#endif
