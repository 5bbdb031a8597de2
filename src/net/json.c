/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "json_scan.h"

/* struct sl_json is cJSON under another name: the public header shows no cJSON. */
static const cJSON *inner(const struct sl_json *value)
{
    return (const cJSON *)value;
}

static const struct sl_json *outer(const cJSON *item)
{
    return (const struct sl_json *)item;
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted, so that an object of a hundred thousand keys costs no more than its text. */
static int refuse_duplicates(const cJSON *object, struct sl_err *err)
{
    const size_t count = (size_t)cJSON_GetArraySize(object);
    if (count < 2)
        return 0;
    const char **keys = calloc(count, sizeof *keys);
    if (keys == NULL)
        return sl_err_set(err, SL_ENOMEM, "JSON: out of memory");
    size_t n = 0;
    for (const cJSON *item = object->child; item != NULL && n < count; item = item->next)
        keys[n++] = item->string;
    qsort(keys, n, sizeof *keys, compare_keys);
    int rc = 0;
    for (size_t i = 1; i < n && rc == 0; i++) {
        if (strcmp(keys[i - 1], keys[i]) == 0)
            rc = sl_err_set(err, SL_EFORMAT, "JSON: the key '%.40s' occurs twice in an object",
                            keys[i]);
    }
    free(keys);
    return rc;
}

/* Depth first without recursion; the scan has capped the depth. */
static int check_objects(const cJSON *root, struct sl_err *err)
{
    const cJSON *path[SL_JSON_DEPTH_MAX + 1];
    int depth = 0;
    path[0] = root;
    while (depth >= 0) {
        const cJSON *item = path[depth];
        if (item == NULL) {
            depth--;
            continue;
        }
        path[depth] = depth == 0 ? NULL : item->next;
        if (cJSON_IsObject(item)) {
            const int rc = refuse_duplicates(item, err);
            if (rc < 0)
                return rc;
        }
        if (item->child != NULL && depth < SL_JSON_DEPTH_MAX)
            path[++depth] = item->child;
    }
    return 0;
}

static bool only_space(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
        at++;
    return at == end;
}

int sl_json_parse(struct sl_json **out, const char *text, size_t len, struct sl_err *err)
{
    *out = NULL;
    size_t tree_bytes = 0;
    int rc = sl_json_scan(&tree_bytes, text, len, err);
    if (rc < 0)
        return rc;
    if (!sl_json_tree_fits(tree_bytes, len))
        return sl_err_set(err, SL_EFORMAT, "JSON: too many values for %zu bytes of text", len);
    const char *end = text;
    cJSON *root = cJSON_ParseWithLengthOpts(text, len, &end, 0);
    if (root == NULL)
        return sl_err_set(err, SL_EFORMAT, "JSON: broken at byte %zu",
                          end != NULL ? (size_t)(end - text) : 0);
    if (only_space(end, text + len))
        rc = check_objects(root, err);
    else
        rc = sl_err_set(err, SL_EFORMAT, "JSON: more text after the value, at byte %zu",
                        (size_t)(end - text));
    if (rc < 0) {
        cJSON_Delete(root);
        return rc;
    }
    *out = (struct sl_json *)root;
    return 0;
}

void sl_json_free(struct sl_json *root)
{
    cJSON_Delete((cJSON *)root);
}

const struct sl_json *sl_json_get(const struct sl_json *value, const char *key)
{
    if (!sl_json_is_object(value))
        return NULL;
    return outer(cJSON_GetObjectItemCaseSensitive(inner(value), key));
}

const struct sl_json *sl_json_first(const struct sl_json *value)
{
    return value != NULL ? outer(inner(value)->child) : NULL;
}

const struct sl_json *sl_json_next(const struct sl_json *value)
{
    return value != NULL ? outer(inner(value)->next) : NULL;
}

const char *sl_json_key(const struct sl_json *member)
{
    return member != NULL ? inner(member)->string : NULL;
}

bool sl_json_is_object(const struct sl_json *value)
{
    return cJSON_IsObject(inner(value)) != 0;
}

bool sl_json_is_array(const struct sl_json *value)
{
    return cJSON_IsArray(inner(value)) != 0;
}

bool sl_json_is_null(const struct sl_json *value)
{
    return cJSON_IsNull(inner(value)) != 0;
}

size_t sl_json_count(const struct sl_json *value)
{
    return value != NULL ? (size_t)cJSON_GetArraySize(inner(value)) : 0;
}

const char *sl_json_str(const struct sl_json *value)
{
    return cJSON_IsString(inner(value)) ? inner(value)->valuestring : NULL;
}

bool sl_json_bool(const struct sl_json *value, bool *out)
{
    if (!cJSON_IsBool(inner(value)))
        return false;
    *out = cJSON_IsTrue(inner(value)) != 0;
    return true;
}

bool sl_json_u64(const struct sl_json *value, uint64_t *out)
{
    double number = 0;
    if (!sl_json_double(value, &number) || number < 0 || number > 9007199254740991.0 ||
        (double)(uint64_t)number != number)
        return false;
    *out = (uint64_t)number;
    return true;
}

bool sl_json_double(const struct sl_json *value, double *out)
{
    if (!cJSON_IsNumber(inner(value)) || !isfinite(inner(value)->valuedouble))
        return false;
    *out = inner(value)->valuedouble;
    return true;
}
