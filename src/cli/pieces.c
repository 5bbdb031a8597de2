/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sluice/text.h"

#include "commands.h"
#include "exit.h"
#include "json_head.h"
#include "onchain.h"
#include "say.h"
#include "table.h"

enum { COLUMNS = 5, COUNT_CHARS = 24 };

struct pieces {
    struct sl_onchain on;
    struct sl_u256 data_set_id;
    uint64_t found;
    uint64_t unnamed; /* of those, whose metadata cannot be read */
    bool broken;      /* stdout took no more */
};

static bool print_json(const struct pieces *p, const struct sl_chain_piece *piece)
{
    struct sl_jw w = {0};
    char cid[SL_PIECE_CID_CHARS];
    sl_json_begin(&w, "piece", &p->on.clock);
    sl_json_u256(&w, "dataSetId", p->data_set_id);
    sl_jw_u64(&w, "id", piece->id);
    if (piece->known) {
        sl_piece_cid(cid, &piece->piece);
        sl_jw_str(&w, "pieceCid", cid);
        sl_jw_u64(&w, "size", piece->piece.payload_bytes);
    }
    sl_jw_bool(&w, "scheduledForRemoval", piece->scheduled);
    if (piece->metadata != NULL)
        sl_json_metadata(&w, piece->metadata, piece->metadata_count);
    sl_json_end(&w);
    const bool ok = sl_out(&w.buf);
    sl_jw_free(&w);
    return ok;
}

static void add_row(struct sl_table *table, const struct sl_chain_piece *piece)
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
    if (piece->metadata != NULL)
        sl_show_metadata(&metadata, piece->metadata, piece->metadata_count);
    sl_table_cell(table, metadata.data != NULL ? metadata.data : "");
    sl_buf_free(&metadata);
}

static bool print_table(const struct sl_piece_page *page, bool head)
{
    static const char *const heads[COLUMNS] = {"ID", "PIECECID", "SIZE", "STATE", "METADATA"};
    struct sl_table table = {.columns = COLUMNS, .right = 1U | 4U};
    for (size_t i = 0; head && i < COLUMNS; i++)
        sl_table_cell(&table, heads[i]);
    for (size_t i = 0; i < page->count; i++)
        add_row(&table, &page->pieces[i]);
    const bool ok = sl_table_print(&table);
    sl_table_free(&table);
    return ok;
}

static bool print_page(const struct pieces *p, const struct sl_piece_page *page)
{
    bool ok = true;
    if (!p->on.json)
        return page->count == 0 || print_table(page, p->found == 0);
    for (size_t i = 0; ok && i < page->count; i++)
        ok = print_json(p, &page->pieces[i]);
    return ok;
}

/* Page after page, each printed when it is there. */
static int walk(struct pieces *p, struct sl_err *err)
{
    uint64_t from = 0;
    bool more = true;
    int rc = SL_OK;
    while (rc == SL_OK && more && !p->broken) {
        struct sl_piece_page *page = NULL;
        rc = sl_chain_pieces(&page, p->on.chain, p->data_set_id, from, SL_PIECE_PAGE, true, err);
        if (rc < 0)
            break;
        p->broken = !print_page(p, page);
        p->found += page->count;
        for (size_t i = 0; i < page->count; i++)
            p->unnamed += page->pieces[i].metadata == NULL;
        more = page->more && page->next > from; /* a page that does not move on is the last */
        from = page->next;
        sl_piece_page_free(page);
    }
    return rc;
}

static int find_set(const struct pieces *p, struct sl_err *err)
{
    struct sl_chain_view *view = NULL;
    char text[SL_U256_DEC_CHARS];
    const int rc = sl_chain_read_data_sets(&view, p->on.chain, &p->data_set_id, 1, err);
    if (rc < 0)
        return rc;
    const size_t count = view->data_set_count;
    sl_chain_view_free(view);
    sl_u256_dec(text, p->data_set_id);
    return count > 0 ? SL_OK
                     : sl_err_set(err, SL_ENOTFOUND,
                                  "there is no data set %s: `sluice datasets` lists yours", text);
}

static enum sl_exit end(const struct pieces *p, int rc, const struct sl_err *err)
{
    if (rc < 0)
        return sl_exit_with(err);
    if (p->broken)
        return sl_exit_no_output();
    if (p->found == 0)
        sl_say("there is nothing in this data set");
    if (p->unnamed > 0)
        sl_say("the metadata of %" PRIu64 " piece%s cannot be read: the storage contract keeps "
               "none; `sluice export` on the machine that stored the files knows their names",
               p->unnamed, p->unnamed == 1 ? "" : "s");
    return SL_EXIT_OK;
}

enum sl_exit sl_run_pieces(const struct sl_args *args)
{
    struct pieces p = {0};
    struct sl_err err = {0};
    const char *id = args->operand_count == 1 ? args->operands[0] : "";
    if (sl_u256_parse_dec(&p.data_set_id, id, strlen(id), NULL) < 0) {
        sl_say("pieces takes the number of one data set: `sluice datasets` lists them");
        return SL_EXIT_USAGE;
    }
    int rc = sl_onchain_open(&p.on, args, &err);
    if (rc == SL_OK)
        rc = find_set(&p, &err);
    if (rc == SL_OK)
        rc = walk(&p, &err);
    const enum sl_exit status = end(&p, rc, &err);
    sl_onchain_close(&p.on);
    return status;
}
