/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/manifest.h"

#include <stdlib.h>
#include <string.h>

#include "sluice/json.h"

/* ---- writing ---- */

static void put_cid(struct sl_jw *w, const struct sl_piece_id *piece)
{
    char cid[SL_PIECE_CID_CHARS];
    sl_piece_cid(cid, piece);
    sl_jw_str(w, "pieceCid", cid);
    sl_jw_u64(w, "size", piece->payload_bytes);
}

static void put_copy(struct sl_jw *w, const struct sl_copy *copy)
{
    sl_jw_object(w, NULL);
    sl_jw_str(w, "url", copy->url);
    if (copy->provider_id != 0)
        sl_jw_u64(w, "providerId", copy->provider_id);
    if (copy->data_set_id != 0) {
        sl_jw_u64(w, "dataSetId", copy->data_set_id);
        sl_jw_u64(w, "pieceId", copy->piece_id);
    }
    sl_jw_end_object(w);
}

static void put_part(struct sl_jw *w, const struct sl_wanted *wanted, size_t i)
{
    const struct sl_wanted_part *part = &wanted->parts[i];
    sl_jw_object(w, NULL);
    put_cid(w, &wanted->fetch_parts[i].piece);
    sl_jw_array(w, "copies");
    for (size_t k = 0; k < part->count; k++)
        put_copy(w, part->copies[k]);
    sl_jw_end_array(w);
    sl_jw_end_object(w);
}

void sl_manifest_begin(struct sl_buf *out, const char *network)
{
    struct sl_jw w = {0};
    sl_jw_str(&w, NULL, network);
    sl_buf_printf(out, "{\"manifest\":\"sluice\",\"v\":1,\"network\":%s,\"files\":[",
                  w.buf.data != NULL ? w.buf.data : "\"\"");
    sl_jw_free(&w);
}

void sl_manifest_add(struct sl_buf *out, const struct sl_manifest_entry *entry, bool first)
{
    struct sl_jw w = {0};
    sl_jw_object(&w, NULL);
    sl_jw_str(&w, "name", entry->name);
    if (entry->path != NULL)
        sl_jw_str(&w, "path", entry->path);
    put_cid(&w, &entry->wanted->file.whole);
    sl_jw_array(&w, "parts");
    for (size_t i = 0; i < entry->wanted->file.part_count; i++)
        put_part(&w, entry->wanted, i);
    sl_jw_end_array(&w);
    sl_jw_end_object(&w);
    sl_buf_str(out, first ? "\n" : ",\n");
    sl_buf_add(out, w.buf.data != NULL ? w.buf.data : "", w.buf.len);
    if (w.buf.failed < 0)
        out->failed = w.buf.failed;
    sl_jw_free(&w);
}

void sl_manifest_end(struct sl_buf *out)
{
    sl_buf_str(out, "\n]}\n");
}

/* ---- reading ---- */

static int bad(struct sl_err *err, const char *what)
{
    return sl_err_set(err, SL_EFORMAT, "%s", what);
}

static int read_cid(struct sl_piece_id *out, const struct sl_json *value, struct sl_err *err)
{
    const char *text = sl_json_str(sl_json_get(value, "pieceCid"));
    uint64_t size = 0;
    if (text == NULL)
        return bad(err, "no pieceCid");
    const int rc = sl_piece_parse(out, text, strlen(text), err);
    if (rc < 0)
        return rc;
    if (sl_json_get(value, "size") != NULL &&
        (!sl_json_u64(sl_json_get(value, "size"), &size) || size != out->payload_bytes))
        return bad(err, "its size is not that of its PieceCID");
    return SL_OK;
}

static uint64_t number_or_zero(const struct sl_json *value, const char *key)
{
    uint64_t number = 0;
    return sl_json_u64(sl_json_get(value, key), &number) ? number : 0;
}

static int read_copies(struct sl_manifest *out, const struct sl_json *list, struct sl_copy *copy,
                       struct sl_err *err)
{
    if (!sl_json_is_array(list) || sl_json_count(list) == 0)
        return bad(err, "a part without copies");
    for (const struct sl_json *at = sl_json_first(list); at != NULL; at = sl_json_next(at)) {
        copy->url = sl_json_str(sl_json_get(at, "url"));
        if (copy->url == NULL)
            return bad(err, "a copy without url");
        copy->provider_id = number_or_zero(at, "providerId");
        copy->data_set_id = number_or_zero(at, "dataSetId");
        copy->piece_id = number_or_zero(at, "pieceId");
        const int rc = sl_copies_add(&out->copies, copy, err);
        if (rc < 0)
            return rc;
    }
    return SL_OK;
}

static int read_parts(struct sl_manifest *out, const struct sl_json *file,
                      const struct sl_manifest_file *into, struct sl_err *err)
{
    const struct sl_json *list = sl_json_get(file, "parts");
    const size_t count = sl_json_count(list);
    if (!sl_json_is_array(list) || count == 0 || count > SL_MANIFEST_PARTS_MAX)
        return bad(err, "no parts, or too many");
    struct sl_copy copy = {
        .name = into->name, .in_whole = count > 1, .whole = into->whole, .parts = (uint32_t)count};
    for (const struct sl_json *at = sl_json_first(list); at != NULL; at = sl_json_next(at)) {
        copy.part++;
        int rc = read_cid(&copy.piece, at, err);
        if (rc == SL_OK && count == 1 && !sl_piece_id_equal(&copy.piece, &into->whole))
            rc = bad(err, "its only part is another piece");
        if (rc == SL_OK)
            rc = read_copies(out, sl_json_get(at, "copies"), &copy, err);
        if (rc < 0)
            return rc;
    }
    return SL_OK;
}

static int read_file(struct sl_manifest *out, const struct sl_json *file, struct sl_err *err)
{
    struct sl_manifest_file *into = &out->files[out->count];
    const char *name = sl_json_str(sl_json_get(file, "name"));
    if (name == NULL || !sl_name_is_below(name))
        return bad(err, "its name is not that of a file below a folder");
    into->name = strdup(name);
    if (into->name == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    out->count++;
    const int rc = read_cid(&into->whole, file, err);
    return rc < 0 ? rc : read_parts(out, file, into, err);
}

static int read_files(struct sl_manifest *out, const struct sl_json *root, struct sl_err *err)
{
    const char *kind = sl_json_str(sl_json_get(root, "manifest"));
    const struct sl_json *list = sl_json_get(root, "files");
    uint64_t version = 0;
    if (kind == NULL || strcmp(kind, "sluice") != 0 || !sl_json_is_array(list))
        return bad(err, "this is no manifest of sluice");
    if (!sl_json_u64(sl_json_get(root, "v"), &version) || version != 1)
        return bad(err, "a manifest of another version of sluice");
    const size_t count = sl_json_count(list);
    if (count > SL_MANIFEST_FILES_MAX)
        return bad(err, "too many files");
    const char *network = sl_json_str(sl_json_get(root, "network"));
    out->network = strdup(network != NULL ? network : "");
    out->files = calloc(count + 1, sizeof *out->files);
    if (out->files == NULL || out->network == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    for (const struct sl_json *at = sl_json_first(list); at != NULL; at = sl_json_next(at)) {
        const size_t number = out->count + 1;
        const int rc = read_file(out, at, err);
        if (rc < 0) {
            sl_err_ctx(err, "file %zu of the manifest", number);
            return rc;
        }
    }
    return SL_OK;
}

int sl_manifest_parse(struct sl_manifest *out, const char *text, size_t len, struct sl_err *err)
{
    struct sl_json *root = NULL;
    *out = (struct sl_manifest){0};
    int rc = sl_json_parse(&root, text, len, err);
    if (rc == SL_OK)
        rc = read_files(out, root, err);
    sl_json_free(root);
    return rc;
}

void sl_manifest_free(struct sl_manifest *manifest)
{
    for (size_t i = 0; i < manifest->count; i++)
        free(manifest->files[i].name);
    free(manifest->files);
    free(manifest->network);
    sl_copies_free(&manifest->copies);
    *manifest = (struct sl_manifest){0};
}
