/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/text.h"

#include "commands.h"
#include "interrupt.h"
#include "lookup/copy_index.h"
#include "lookup/name_search.h"
#include "output/json_lines.h"
#include "output/output.h"
#include "setup/chain_open.h"

enum { COLUMNS = 5, COUNT_CHARS = 24, ENTRIES = 3 };

struct pieces {
    struct sl_cli_chain net;
    struct sl_u256 data_set_id;
    bool searches; /* search the logs for metadata that no other source has */
    uint64_t found;
    uint64_t unnamed; /* of those, whose metadata cannot be read */
    bool broken;      /* stdout failed */
    bool read_journal;
    struct sl_copies journal;
    /* Pieces of a page, or of all pages when the logs are searched, whose metadata the contract
     * does not keep: their labels from the journal, and log entries for the rest. */
    struct sl_copies bare;
    struct sl_piece_names *names;
    struct sl_name_search search;
    struct sl_interrupt interrupt;
    pthread_mutex_t lock; /* of `cancels` */
    struct sl_chain *cancels;
};

/* ---- metadata that the contract does not keep ---- */

/* Where the shown metadata of a piece comes from; NULL: the contract. */
struct shown {
    const struct sl_metadata *entries; /* NULL: nothing tells it */
    size_t count;
    const char *from;
    struct sl_metadata made[ENTRIES]; /* of a label in the journal */
    char part[COUNT_CHARS * 4];
    char whole[SL_PIECE_CID_CHARS];
};

static void add_entry(struct shown *out, const char *key, const char *value)
{
    out->made[out->count++] = (struct sl_metadata){.key = key, .value = value};
}

static void show_label(struct shown *out, const struct sl_copy *copy)
{
    out->from = "journal";
    out->entries = out->made;
    if (copy->name[0] != '\0')
        add_entry(out, SL_METADATA_FILENAME, sl_path_base(copy->name));
    if (!copy->in_whole)
        return;
    if (copy->divisor > 1)
        snprintf(out->part, sizeof out->part, "%" PRIu32 ".%" PRIu32 "-%" PRIu32 "/%" PRIu32,
                 copy->part, copy->index + 1, copy->divisor, copy->parts);
    else
        snprintf(out->part, sizeof out->part, "%" PRIu32 "/%" PRIu32, copy->part, copy->parts);
    sl_piece_cid(out->whole, &copy->whole);
    add_entry(out, SL_METADATA_PART, out->part);
    add_entry(out, SL_METADATA_WHOLE, out->whole);
}

static void describe(struct shown *out, const struct pieces *p, const struct sl_chain_piece *piece)
{
    *out = (struct shown){.entries = piece->metadata, .count = piece->metadata_count};
    if (piece->metadata != NULL || !piece->known)
        return;
    out->count = 0;
    const struct sl_piece_name *name =
        p->names != NULL ? sl_chain_piece_names_find(p->names, piece->id) : NULL;
    if (name != NULL && name->metadata != NULL && sl_piece_id_equal(&name->piece, &piece->piece)) {
        out->from = "logs";
        out->entries = name->metadata;
        out->count = name->metadata_count;
        return;
    }
    for (size_t i = 0; i < p->bare.count; i++) {
        const struct sl_copy *copy = &p->bare.list[i];
        if (!copy->unlabelled && copy->piece_id == piece->id) {
            show_label(out, copy);
            return;
        }
    }
}

static int keep_unnamed(struct pieces *p, const struct sl_piece_page *page, struct sl_err *err)
{
    int rc = SL_OK;
    for (size_t i = 0; rc == SL_OK && i < page->count; i++) {
        const struct sl_chain_piece *piece = &page->pieces[i];
        const struct sl_copy copy = {
            .piece = piece->piece, .unlabelled = true, .piece_id = piece->id};
        if (piece->metadata == NULL && piece->known)
            rc = sl_copies_add(&p->bare, &copy, err);
    }
    return rc;
}

static void drop_unnamed(struct pieces *p)
{
    sl_copies_free(&p->bare);
    sl_chain_piece_names_free(p->names);
    p->names = NULL;
}

/* Search receipts for names that the journal lacks, and the logs if asked to. */
static int find_names(struct pieces *p, struct sl_err *err)
{
    const char *state_dir = p->net.settings.config.paths.state;
    size_t left = 0, count = 0;
    int rc = SL_OK;
    if (p->bare.count == 0)
        return SL_OK;
    if (!p->read_journal)
        rc = sl_cli_copy_index_journal(&p->journal, state_dir, &p->net.clock, NULL, err);
    p->read_journal = true;
    if (rc == SL_OK)
        rc = sl_copies_label(&left, &p->bare, &p->journal, err);
    if (rc < 0 || left == 0)
        return rc;
    uint64_t *ids = calloc(p->bare.count, sizeof *ids);
    if (ids == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    for (size_t i = 0; i < p->bare.count; i++) {
        if (p->bare.list[i].unlabelled)
            ids[count++] = p->bare.list[i].piece_id;
    }
    rc = sl_chain_piece_names_new(&p->names, p->data_set_id, ids, count, err);
    free(ids);
    p->search.chain = p->net.chain;
    p->search.state_dir = state_dir;
    p->search.clock = p->net.clock;
    p->search.logs = p->searches;
    return rc < 0 ? rc : sl_name_search_find(p->names, &p->search, err);
}

/* ---- output ---- */

static bool print_piece_json(const struct pieces *p, const struct sl_chain_piece *piece,
                             const struct shown *shown)
{
    struct sl_jw w = {0};
    char cid[SL_PIECE_CID_CHARS];
    sl_cli_json_begin(&w, "piece", &p->net.clock);
    sl_cli_json_u256(&w, "dataSetId", p->data_set_id);
    sl_jw_u64(&w, "id", piece->id);
    if (piece->known) {
        sl_piece_cid(cid, &piece->piece);
        sl_jw_str(&w, "pieceCid", cid);
        sl_jw_u64(&w, "size", piece->piece.payload_bytes);
    }
    sl_jw_bool(&w, "scheduledForRemoval", piece->scheduled);
    if (shown->entries != NULL)
        sl_cli_json_metadata(&w, shown->entries, shown->count);
    if (shown->from != NULL)
        sl_jw_str(&w, "metadataFrom", shown->from);
    sl_cli_json_end(&w);
    const bool ok = sl_output(&w.buf);
    sl_jw_free(&w);
    return ok;
}

static void add_piece_row(struct sl_table *table, const struct sl_chain_piece *piece,
                          const struct shown *shown)
{
    char text[COUNT_CHARS], size[SL_TEXT_SHORT] = "?", cid[SL_PIECE_CID_CHARS] = "unknown form";
    struct sl_buf metadata = {0};
    if (piece->known) {
        sl_piece_cid(cid, &piece->piece);
        sl_text_size(size, piece->piece.payload_bytes);
    }
    snprintf(text, sizeof text, "%" PRIu64, piece->id);
    sl_table_cell(table, text);
    sl_table_cell(table, cid);
    sl_table_cell(table, size);
    sl_table_cell(table, piece->scheduled ? "removal" : "kept");
    if (shown->entries != NULL)
        sl_show_metadata(&metadata, shown->entries, shown->count);
    sl_table_cell(table, metadata.data != NULL ? metadata.data : "");
    sl_buf_free(&metadata);
}

static bool print_table(struct pieces *p, const struct sl_piece_page *page)
{
    static const char *const heads[COLUMNS] = {"ID", "PIECECID", "SIZE", "STATE", "METADATA"};
    struct sl_table table = {.columns = COLUMNS, .right = 1U | 4U};
    for (size_t i = 0; p->found == 0 && i < COLUMNS; i++)
        sl_table_cell(&table, heads[i]);
    for (size_t i = 0; i < page->count; i++) {
        struct shown shown;
        describe(&shown, p, &page->pieces[i]);
        p->unnamed += shown.entries == NULL;
        add_piece_row(&table, &page->pieces[i], &shown);
    }
    const bool ok = sl_table_print(&table);
    sl_table_free(&table);
    return ok;
}

static bool print_page(struct pieces *p, const struct sl_piece_page *page)
{
    bool ok = true;
    if (!p->net.json)
        return page->count == 0 || print_table(p, page);
    for (size_t i = 0; ok && i < page->count; i++) {
        struct shown shown;
        describe(&shown, p, &page->pieces[i]);
        p->unnamed += shown.entries == NULL;
        ok = print_piece_json(p, &page->pieces[i], &shown);
    }
    return ok;
}

/* ---- pages ---- */

/* Printed when it is there. */
static int print_one(struct pieces *p, const struct sl_piece_page *page, struct sl_err *err)
{
    int rc = SL_OK;
    if (!p->searches) {
        drop_unnamed(p);
        rc = keep_unnamed(p, page, err);
        if (rc == SL_OK)
            rc = find_names(p, err);
    }
    if (rc == SL_OK)
        p->broken = !print_page(p, page);
    p->found += page->count;
    return rc;
}

static int walk(struct pieces *p,
                int (*fn)(struct pieces *p, const struct sl_piece_page *page, struct sl_err *err),
                struct sl_err *err)
{
    uint64_t from = 0;
    bool more = true;
    int rc = SL_OK;
    while (rc == SL_OK && more && !p->broken) {
        struct sl_piece_page *page = NULL;
        rc = sl_chain_pieces(&page, p->net.chain, p->data_set_id, from, SL_PIECE_PAGE, true, err);
        if (rc < 0)
            break;
        rc = fn(p, page, err);
        more = page->more && page->next > from; /* treat a page that does not advance as the last */
        from = page->next;
        sl_chain_piece_page_free(page);
    }
    return rc;
}

/* A search needs the list of all pieces first. */
static int walk_all(struct pieces *p, struct sl_err *err)
{
    int rc = SL_OK;
    if (p->searches)
        rc = walk(p, keep_unnamed, err);
    if (rc == SL_OK && p->searches)
        rc = find_names(p, err);
    return rc < 0 ? rc : walk(p, print_one, err);
}

static int find_set(const struct pieces *p, struct sl_err *err)
{
    struct sl_chain_view *view = NULL;
    char text[SL_U256_DEC_CHARS];
    const int rc = sl_chain_read_data_sets(&view, p->net.chain, &p->data_set_id, 1, err);
    if (rc < 0)
        return rc;
    const size_t count = view->data_set_count;
    sl_chain_view_free(view);
    sl_u256_dec(text, p->data_set_id);
    return count > 0 ? SL_OK
                     : sl_err_set(err, SL_ENOTFOUND,
                                  "there is no data set %s; `sluice datasets` lists yours", text);
}

static enum sl_exit end(const struct pieces *p, int rc, const struct sl_err *err)
{
    if (rc < 0)
        return sl_exit_with(err);
    if (p->broken)
        return sl_exit_no_output();
    if (p->found == 0)
        sl_notice("this data set is empty");
    if (p->unnamed > 0)
        sl_notice("the metadata of %" PRIu64
                  " piece%s cannot be read: the storage contract keeps none; %suse `sluice "
                  "export` on the machine that stored the files",
                  p->unnamed, p->unnamed == 1 ? "" : "s",
                  p->searches ? "" : "use --search-logs to search the chain's logs, or ");
    return SL_EXIT_OK;
}

static void cancel(void *ctx)
{
    struct pieces *p = ctx;
    pthread_mutex_lock(&p->lock);
    if (p->cancels != NULL)
        sl_chain_cancel(p->cancels);
    pthread_mutex_unlock(&p->lock);
}

/* Only a search is long enough for Ctrl-C to leave a result. */
static int open_all(struct pieces *p, const struct sl_args *args, struct sl_err *err)
{
    p->searches = args->search_logs != NULL;
    int rc = p->searches ? sl_interrupt_open(&p->interrupt, cancel, p, err) : SL_OK;
    if (rc == SL_OK)
        rc = sl_cli_chain_open(&p->net, args, err);
    pthread_mutex_lock(&p->lock);
    p->cancels = p->net.chain;
    pthread_mutex_unlock(&p->lock);
    if (rc == SL_OK && sl_interrupt_came(&p->interrupt))
        rc = sl_err_set(err, SL_ECANCELED, "cancelled");
    return rc;
}

static void close_all(struct pieces *p)
{
    sl_interrupt_close(&p->interrupt);
    drop_unnamed(p);
    sl_name_search_free(&p->search);
    sl_copies_free(&p->journal);
    sl_cli_chain_close(&p->net);
    pthread_mutex_destroy(&p->lock);
}

enum sl_exit sl_run_pieces(const struct sl_args *args)
{
    struct pieces p = {.interrupt = {.signal_fd = -1, .stop_fd = -1}};
    struct sl_err err = {0};
    const char *id = args->operand_count == 1 ? args->operands[0] : "";
    if (sl_u256_parse_dec(&p.data_set_id, id, strlen(id), NULL) < 0) {
        sl_notice("pieces: give one data set number; `sluice datasets` lists yours");
        return SL_EXIT_USAGE;
    }
    pthread_mutex_init(&p.lock, NULL);
    int rc = open_all(&p, args, &err);
    if (rc == SL_OK)
        rc = find_set(&p, &err);
    if (rc == SL_OK)
        rc = walk_all(&p, &err);
    const enum sl_exit status = end(&p, rc, &err);
    close_all(&p);
    return status;
}
