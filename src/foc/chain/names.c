/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The pieces whose names are wanted, and what the logs say about them. */
#include "chain/names.h"

#include <stdlib.h>
#include <string.h>

static int compare_ids(const void *a_, const void *b_)
{
    const struct sl_piece_name *a = a_, *b = b_;
    return (a->id > b->id) - (a->id < b->id);
}

int sl_chain_piece_names_new(struct sl_piece_names **out, struct sl_u256 data_set_id,
                             const uint64_t *ids, size_t count, struct sl_err *err)
{
    struct sl_names_memory *memory = calloc(1, sizeof *memory);
    struct sl_piece_name *pieces = calloc(count + 1, sizeof *pieces);
    size_t kept = 0;
    *out = NULL;
    if (memory == NULL || pieces == NULL) {
        free(memory);
        free(pieces);
        return sl_err_set(err, SL_ENOMEM, "no memory for the names of pieces");
    }
    for (size_t i = 0; i < count; i++)
        pieces[i].id = ids[i];
    qsort(pieces, count, sizeof *pieces, compare_ids);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || pieces[kept - 1].id != pieces[i].id)
            pieces[kept++].id = pieces[i].id;
    }
    memory->names =
        (struct sl_piece_names){.data_set_id = data_set_id, .pieces = pieces, .count = kept};
    *out = &memory->names;
    return SL_OK;
}

void sl_chain_piece_names_free(struct sl_piece_names *names)
{
    struct sl_names_memory *memory = (struct sl_names_memory *)names;
    if (memory == NULL)
        return;
    sl_arena_free(&memory->arena);
    free(names->pieces);
    free(memory);
}

const struct sl_piece_name *sl_chain_piece_names_find(const struct sl_piece_names *names,
                                                      uint64_t id)
{
    const struct sl_piece_name key = {.id = id};
    return bsearch(&key, names->pieces, names->count, sizeof key, compare_ids);
}

/* ---- one log ---- */

/* The state of one pass over logs. */
struct log_reader {
    struct sl_names_memory *memory;
    const struct sl_address *fwss;
    uint8_t topic[SL_ABI_WORD];
    struct sl_piece_added added;
    struct sl_err *err;
};

static int keep_metadata(struct sl_piece_name *piece, const struct sl_piece_added *added,
                         struct sl_arena *arena, struct sl_err *err)
{
    size_t count = 0;
    struct sl_metadata *entries = sl_arena_alloc(arena, added->entries, sizeof *entries);
    bool good = entries != NULL;
    for (size_t i = 0; good && i < added->entries; i++) {
        const char *key = sl_arena_text(arena, added->keys[i], strlen(added->keys[i]));
        const char *value = sl_arena_text(arena, added->values[i], strlen(added->values[i]));
        good = key != NULL && value != NULL;
        if (good)
            (void)!sl_metadata_put(entries, &count, added->entries, key, value, NULL);
    }
    if (!good)
        return sl_err_set(err, SL_ENOMEM, "no memory for the names of pieces");
    piece->metadata = entries;
    piece->metadata_count = count;
    return SL_OK;
}

/* Skip a log that is malformed, from another contract or data set, or about a piece that is not
 * wanted. A piece is added once, so a second log counts only if the first was unreadable. */
static int read_log(void *ctx, const struct sl_chain_log *log)
{
    struct log_reader *reader = ctx;
    struct sl_piece_names *names = &reader->memory->names;
    if (!sl_chain_log_is(log, reader->fwss, reader->topic) ||
        sl_chain_log_piece_added(&reader->added, &log->log, NULL) < 0 ||
        sl_u256_cmp(reader->added.data_set_id, names->data_set_id) != 0)
        return SL_OK;
    struct sl_piece_name *piece =
        (struct sl_piece_name *)sl_chain_piece_names_find(names, reader->added.piece_id);
    if (piece == NULL || (piece->known && piece->metadata != NULL))
        return SL_OK;
    names->seen += !piece->seen;
    piece->seen = true;
    piece->known = sl_piece_parse_bytes(&piece->piece, reader->added.cid, reader->added.cid_len,
                                        NULL) == SL_OK;
    if (!piece->known)
        memset(&piece->piece, 0, sizeof piece->piece);
    if (!piece->known || !reader->added.metadata_known)
        return SL_OK;
    return keep_metadata(piece, &reader->added, &reader->memory->arena, reader->err);
}

int sl_names_read_logs(struct sl_piece_names *names, const struct sl_contracts *contracts,
                       const struct sl_json *logs, struct sl_err *err)
{
    struct log_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return sl_err_set(err, SL_ENOMEM, "no memory for a log");
    reader->memory = (struct sl_names_memory *)names;
    reader->fwss = &contracts->fwss;
    reader->err = err;
    sl_event_topic(reader->topic, SL_EVENT_PIECE_ADDED);
    const int rc = sl_chain_logs_each(logs, read_log, reader, err);
    free(reader);
    return rc;
}

int sl_chain_names_of_tx(struct sl_piece_names *names, struct sl_chain *chain, const char *tx,
                         struct sl_err *err)
{
    const struct sl_contracts *contracts;
    const struct sl_json *logs = NULL;
    struct sl_json *answer = NULL;
    int rc = sl_chain_contracts(chain, &contracts, err);
    if (rc == SL_OK)
        rc = sl_chain_receipt(&answer, &logs, chain, tx, err);
    if (rc == 1) {
        rc = sl_names_read_logs(names, contracts, logs, err);
        rc = rc < 0 ? rc : 1;
    }
    sl_json_free(answer);
    return rc;
}
