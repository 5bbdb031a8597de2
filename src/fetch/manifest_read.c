/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* manifest_read.c - reads an untrusted manifest part by part, without building a tree of the whole.
 */
#include <stdlib.h>
#include <string.h>

#include "sluice/base64.h"
#include "sluice/clock.h"
#include "sluice/copies.h"
#include "sluice/json.h"
#include "sluice/path.h"

static int bad(struct sl_err *err, const char *what)
{
    return sl_err_set(err, SL_EFORMAT, "%s", what);
}

/* ---- single values ---- */

/* NULL when it is not a string; owned. */
static char *string_of(struct sl_json_slice slice)
{
    struct sl_json *value = NULL;
    char *out = NULL;
    if (slice.text != NULL && sl_json_parse(&value, slice.text, slice.len, NULL) == SL_OK &&
        sl_json_str(value) != NULL)
        out = strdup(sl_json_str(value));
    sl_json_free(value);
    return out;
}

static bool number_of(uint64_t *out, struct sl_json_slice slice)
{
    struct sl_json *value = NULL;
    const bool is_one = slice.text != NULL &&
                        sl_json_parse(&value, slice.text, slice.len, NULL) == SL_OK &&
                        sl_json_u64(value, out);
    sl_json_free(value);
    return is_one;
}

/* The bytes of a name, from its base64 if there is one. Owned; NULL: not a name below a folder. */
static char *name_of(struct sl_json_slice plain, struct sl_json_slice base64)
{
    struct sl_buf bytes = {.cap = SL_PATH_BYTES};
    char *text = string_of(base64.text != NULL ? base64 : plain);
    if (text != NULL && base64.text != NULL) {
        const bool good = sl_base64_decode(&bytes, text, NULL) == SL_OK && bytes.len > 0 &&
                          strlen(bytes.data) == bytes.len;
        free(text);
        text = good ? strdup(bytes.data) : NULL;
    }
    sl_buf_free(&bytes);
    if (text != NULL && sl_copies_name_is_below(text))
        return text;
    free(text);
    return NULL;
}

/* `size` may be missing. */
static int check_size(const struct sl_piece_id *piece, struct sl_json_slice size,
                      struct sl_err *err)
{
    uint64_t bytes = 0;
    if (size.text == NULL || (number_of(&bytes, size) && bytes == piece->payload_bytes))
        return SL_OK;
    return bad(err, "its size is not that of its PieceCID");
}

static int read_cid(struct sl_piece_id *out, struct sl_json_slice cid, struct sl_json_slice size,
                    struct sl_err *err)
{
    char *text = string_of(cid);
    int rc = text == NULL ? bad(err, "no pieceCid") : sl_piece_parse(out, text, strlen(text), err);
    free(text);
    return rc < 0 ? rc : check_size(out, size, err);
}

/* ---- a part ---- */

/* ".../piece/CID", or the CDN's "https://ACCOUNT.DOMAIN/CID": a manifest cannot cause any other
 * request. */
static bool is_of_piece(const char *url, const struct sl_piece_id *piece)
{
    char v2[SL_PIECE_CID_CHARS], v1[SL_PIECE_V1_CHARS];
    const char *last = strrchr(url, '/');
    sl_piece_cid(v2, piece);
    sl_piece_cid_v1(v1, piece->root);
    if (last == NULL || (strcmp(last + 1, v2) != 0 && strcmp(last + 1, v1) != 0))
        return false;
    const size_t before = (size_t)(last - url);
    if (strcspn(url, "?#") < before)
        return false;
    if (before >= 6 && strncmp(last - 6, "/piece", 6) == 0)
        return true;
    return strncmp(url, "https://", 8) == 0 && strchr(url + 8, '/') == last;
}

static uint64_t number_or_zero(const struct sl_json *value, const char *key)
{
    uint64_t number = 0;
    return sl_json_u64(sl_json_get(value, key), &number) ? number : 0;
}

static int read_copies(struct sl_manifest *out, const struct sl_json *list, struct sl_copy *copy,
                       struct sl_err *err)
{
    const size_t count = sl_json_count(list);
    if (!sl_json_is_array(list) || count == 0 || count > SL_MANIFEST_COPIES_MAX)
        return bad(err, "a part without copies, or with too many");
    for (const struct sl_json *at = sl_json_first(list); at != NULL; at = sl_json_next(at)) {
        copy->url = sl_json_str(sl_json_get(at, "url"));
        if (copy->url == NULL)
            return bad(err, "a copy without url");
        copy->provider_id = number_or_zero(at, "providerId");
        copy->data_set_id = number_or_zero(at, "dataSetId");
        copy->piece_id = number_or_zero(at, "pieceId");
        const bool asked = is_of_piece(copy->url, &copy->piece);
        out->left_out += !asked;
        const int rc = asked ? sl_copies_add(&out->copies, copy, err) : SL_OK;
        if (rc < 0)
            return rc;
    }
    return SL_OK;
}

static int read_part(struct sl_manifest *out, struct sl_json_slice slice, struct sl_copy *copy,
                     struct sl_err *err)
{
    enum { CID, SIZE, COPIES, COUNT };
    struct sl_json_member at[COUNT] = {{.key = "pieceCid"}, {.key = "size"}, {.key = "copies"}};
    struct sl_json *copies = NULL;
    int rc = sl_json_members(at, COUNT, slice, err);
    if (rc == SL_OK)
        rc = read_cid(&copy->piece, at[CID].value, at[SIZE].value, err);
    if (rc == SL_OK && !copy->in_whole && !sl_piece_id_equal(&copy->piece, &copy->whole))
        rc = bad(err, "its only part is another piece");
    if (rc == SL_OK && at[COPIES].value.text == NULL)
        rc = bad(err, "a part without copies");
    if (rc == SL_OK)
        rc = sl_json_parse(&copies, at[COPIES].value.text, at[COPIES].value.len, err);
    if (rc == SL_OK)
        rc = read_copies(out, copies, copy, err);
    sl_json_free(copies);
    return rc;
}

/* How many elements an array has. Errors: it is not an array. */
static int count_of(size_t *out, struct sl_json_slice array, struct sl_err *err)
{
    struct sl_json_walk walk;
    struct sl_json_slice key, value;
    *out = 0;
    if (array.text == NULL || array.text[0] != '[')
        return bad(err, "no list");
    int rc = sl_json_walk(&walk, array, err);
    while (rc == SL_OK && (rc = sl_json_walk_next(&walk, &key, &value, err)) == 1) {
        (*out)++;
        rc = SL_OK;
    }
    return rc;
}

static int read_parts(struct sl_manifest *out, struct sl_json_slice parts,
                      const struct sl_manifest_file *into, struct sl_err *err)
{
    struct sl_json_walk walk;
    struct sl_json_slice key, value;
    size_t count = 0;
    if (count_of(&count, parts, NULL) < 0 || count == 0 || count > SL_MANIFEST_PARTS_MAX)
        return bad(err, "no parts, or too many");
    struct sl_copy copy = {
        .name = into->name, .in_whole = count > 1, .whole = into->whole, .parts = (uint32_t)count};
    int rc = sl_json_walk(&walk, parts, err);
    while (rc == SL_OK && (rc = sl_json_walk_next(&walk, &key, &value, err)) == 1) {
        copy.part++;
        rc = read_part(out, value, &copy, err);
    }
    return rc;
}

/* ---- a file ---- */

static struct sl_manifest_file *add_file(struct sl_manifest *out)
{
    if (out->count == out->room) {
        const size_t room = out->room > 0 ? out->room * 2 : 64;
        struct sl_manifest_file *files = realloc(out->files, room * sizeof *files);
        if (files == NULL)
            return NULL;
        out->files = files;
        out->room = room;
    }
    out->files[out->count] = (struct sl_manifest_file){0};
    return &out->files[out->count++];
}

static int read_file(struct sl_manifest *out, struct sl_json_slice slice, struct sl_err *err)
{
    enum { NAME, NAME64, OLDER, OLDER64, STORED, CID, SIZE, PARTS, COUNT };
    struct sl_json_member at[COUNT] = {
        {.key = "name"},     {.key = "nameBase64"}, {.key = "olderOf"}, {.key = "olderOfBase64"},
        {.key = "storedAt"}, {.key = "pieceCid"},   {.key = "size"},    {.key = "parts"}};
    struct sl_manifest_file *into = add_file(out);
    if (into == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    int rc = sl_json_members(at, COUNT, slice, err);
    if (rc < 0)
        return rc;
    into->name = name_of(at[NAME].value, at[NAME64].value);
    if (at[OLDER].value.text != NULL)
        into->older_of = name_of(at[OLDER].value, at[OLDER64].value);
    if (into->name == NULL || (at[OLDER].value.text != NULL && into->older_of == NULL))
        return bad(err, "its name is not that of a file below a folder");
    char *stored = string_of(at[STORED].value);
    if (stored != NULL && !sl_rfc3339_parse(&into->stored_ms, stored))
        into->stored_ms = 0;
    free(stored);
    rc = read_cid(&into->whole, at[CID].value, at[SIZE].value, err);
    return rc < 0 ? rc : read_parts(out, at[PARTS].value, into, err);
}

/* ---- the whole manifest ---- */

static int check_kind(struct sl_json_slice kind, struct sl_json_slice version,
                      struct sl_json_slice files, struct sl_err *err)
{
    char *text = string_of(kind);
    uint64_t number = 0;
    int rc = SL_OK;
    if (text == NULL || strcmp(text, "sluice") != 0 || files.text == NULL || files.text[0] != '[')
        rc = bad(err, "this is not a manifest of sluice");
    else if (!number_of(&number, version) || number != 1)
        rc = bad(err, "a manifest of another version of sluice");
    free(text);
    return rc;
}

static int read_files(struct sl_manifest *out, struct sl_json_slice files, struct sl_err *err)
{
    struct sl_json_walk walk;
    struct sl_json_slice key, value;
    int rc = sl_json_walk(&walk, files, err);
    while (rc == SL_OK && (rc = sl_json_walk_next(&walk, &key, &value, err)) == 1) {
        if (out->count == SL_MANIFEST_FILES_MAX)
            return bad(err, "too many files");
        rc = read_file(out, value, err);
        if (rc < 0)
            sl_err_ctx(err, "file %zu of the manifest", out->count);
    }
    return rc;
}

int sl_manifest_parse(struct sl_manifest *out, const char *text, size_t len, struct sl_err *err)
{
    enum { KIND, VERSION, NETWORK, FILES, COUNT };
    struct sl_json_member at[COUNT] = {
        {.key = "manifest"}, {.key = "v"}, {.key = "network"}, {.key = "files"}};
    *out = (struct sl_manifest){0};
    int rc = sl_json_members(at, COUNT, (struct sl_json_slice){.text = text, .len = len}, err);
    if (rc == SL_OK)
        rc = check_kind(at[KIND].value, at[VERSION].value, at[FILES].value, err);
    if (rc < 0)
        return rc;
    out->network = string_of(at[NETWORK].value);
    if (out->network == NULL)
        out->network = strdup("");
    if (out->network == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    return read_files(out, at[FILES].value, err);
}

void sl_manifest_free(struct sl_manifest *manifest)
{
    for (size_t i = 0; i < manifest->count; i++) {
        free(manifest->files[i].name);
        free(manifest->files[i].older_of);
    }
    free(manifest->files);
    free(manifest->network);
    sl_copies_free(&manifest->copies);
    *manifest = (struct sl_manifest){0};
}
