/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <string.h>

#include "sluice/base64.h"
#include "sluice/clock.h"
#include "sluice/copies.h"
#include "sluice/json.h"
#include "sluice/text.h"

static void append_cid(struct sl_jw *w, const struct sl_piece_id *piece)
{
    char cid[SL_PIECE_CID_CHARS];
    sl_piece_cid(cid, piece);
    sl_jw_str(w, "pieceCid", cid);
    sl_jw_u64(w, "size", piece->payload_bytes);
}

static void append_copy(struct sl_jw *w, const struct sl_copy *copy)
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

static void append_part(struct sl_jw *w, const struct sl_wanted *wanted, size_t i)
{
    const struct sl_wanted_part *part = &wanted->parts[i];
    sl_jw_object(w, NULL);
    append_cid(w, &wanted->fetch_parts[i].piece);
    sl_jw_array(w, "copies");
    for (size_t k = 0; k < part->count; k++)
        append_copy(w, part->copies[k]);
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

/* Write a name that every release accepts below a folder and shows unchanged. */
static void append_harmless(struct sl_buf *out, const char *name)
{
    const size_t len = strlen(name);
    for (size_t i = 0, n = 0; i < len; i += n) {
        int32_t code_point = -1;
        const bool starts = i == 0 || name[i - 1] == '/';
        n = sl_text_next(&code_point, name + i, len - i);
        if (starts && name[i] == '.')
            sl_buf_str(out, "_");
        if (code_point < ' ' || code_point == 0x7f)
            sl_buf_str(out, "_");
        else
            sl_buf_add(out, name + i, n);
    }
}

static void put_base64(struct sl_jw *w, const char *key, const char *bytes)
{
    struct sl_buf text = {0};
    sl_base64_encode(&text, bytes, strlen(bytes));
    sl_jw_str(w, key, text.data);
    if (text.failed < 0)
        w->buf.failed = text.failed;
    sl_buf_free(&text);
}

static void append_name(struct sl_jw *w, const char *key, const char *key_base64, const char *name)
{
    struct sl_buf harmless = {0};
    append_harmless(&harmless, name);
    if (harmless.data == NULL || harmless.failed < 0) {
        w->buf.failed = SL_ENOMEM;
        sl_buf_free(&harmless);
        return;
    }
    sl_jw_str(w, key, harmless.data);
    if (strcmp(harmless.data, name) != 0)
        put_base64(w, key_base64, name);
    sl_buf_free(&harmless);
}

static void append_path(struct sl_jw *w, const char *path)
{
    sl_jw_str(w, "path", path);
    if (!sl_text_is_utf8(path))
        put_base64(w, "pathBase64", path);
}

void sl_manifest_add(struct sl_buf *out, const struct sl_manifest_entry *entry, bool first)
{
    struct sl_jw w = {0};
    char stored[SL_RFC3339_CHARS];
    sl_jw_object(&w, NULL);
    append_name(&w, "name", "nameBase64", entry->name);
    if (entry->older_of != NULL)
        append_name(&w, "olderOf", "olderOfBase64", entry->older_of);
    if (entry->path != NULL)
        append_path(&w, entry->path);
    sl_rfc3339(stored, entry->stored_ms);
    if (entry->stored_ms != 0)
        sl_jw_str(&w, "storedAt", stored);
    append_cid(&w, &entry->wanted->file.whole);
    sl_jw_array(&w, "parts");
    for (size_t i = 0; i < entry->wanted->file.part_count; i++)
        append_part(&w, entry->wanted, i);
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
