/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* `sluice rm DATASET PIECE...`: schedules the removal of pieces through their provider. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "commands/network/data_set_ctx.h"
#include "commands/network/removal.h"
#include "lookup/cid_v1.h"
#include "output/json_lines.h"
#include "output/output.h"

enum { PIECES_MAX = 10000 };

struct rm {
    const struct sl_args *args;
    struct sl_settings settings;
    struct sl_cli_data_set_ctx change;
    struct sl_removal removal;
    struct sl_chain_piece *pieces; /* each once, in the order they were named */
    size_t count;
};

/* ---- which pieces ---- */

static void record_removal(struct rm *rm, const uint64_t *ids, size_t count)
{
    sl_removal_record(&rm->settings.config, &rm->change.clock, rm->change.account.network.chain_id,
                      rm->change.id, ids, count);
}

/* Ask the provider which piece it has under this id. */
static int ask_provider(struct rm *rm, const struct sl_chain_piece *piece, struct sl_err *err)
{
    const int rc =
        piece->known ? sl_sp_has_piece(rm->change.sp, rm->change.id, piece->id, &piece->piece, err)
                     : 1;
    if (rc == SL_EMISMATCH)
        return sl_err_set(err, SL_EPROTO,
                          "node and provider name different pieces under number %" PRIu64
                          "; nothing was signed. Try another node with --rpc-url",
                          piece->id);
    return rc < 0 ? rc : SL_OK;
}

/* A piece that is already scheduled needs only to be recorded here. */
static int add_piece(struct rm *rm, const struct sl_chain_piece *piece, struct sl_err *err)
{
    int rc = sl_removal_check_piece(&rm->removal, piece, err);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < rm->count; i++) {
        if (rm->pieces[i].id == piece->id)
            return SL_OK;
    }
    if (piece->scheduled) {
        sl_notice("piece %" PRIu64 " is already scheduled for removal", piece->id);
        if (rm->args->dry_run == NULL)
            record_removal(rm, &piece->id, 1);
        return SL_OK;
    }
    rc = sl_removal_add_piece(&rm->removal, piece, err);
    if (rc == SL_OK)
        rc = ask_provider(rm, piece, err);
    if (rc < 0)
        return rc;
    if (rm->count == PIECES_MAX)
        return sl_err_set(err, SL_EUSAGE, "at most %d pieces can be removed at once", PIECES_MAX);
    struct sl_chain_piece *more = realloc(rm->pieces, (rm->count + 1) * sizeof *more);
    if (more == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    rm->pieces = more;
    rm->pieces[rm->count] = *piece;
    rm->pieces[rm->count++].metadata = NULL; /* the metadata belongs to the page */
    return SL_OK;
}

/* Returns 1 and the page with the piece of that id, or 0 and NULL when the data set has no such
 * piece. */
static int read_piece(struct sl_piece_page **page, struct rm *rm, uint64_t id, bool with_metadata,
                      struct sl_err *err)
{
    const int rc = sl_chain_pieces(page, rm->change.account.chain, sl_u256(rm->change.id), id, 1,
                                   with_metadata, err);
    if (rc < 0 || ((*page)->count > 0 && (*page)->pieces[0].id == id))
        return rc < 0 ? rc : 1;
    sl_chain_piece_page_free(*page);
    *page = NULL;
    return 0;
}

/* `named`: the piece that the user named by PieceCID; NULL: named by its id. */
static int add_id(struct rm *rm, uint64_t id, const struct sl_piece_id *named, struct sl_err *err)
{
    struct sl_piece_page *page = NULL;
    int rc = read_piece(&page, rm, id, true, err);
    if (rc == 0)
        return sl_err_set(err, SL_ENOTFOUND, "data set %" PRIu64 " has no piece %" PRIu64,
                          rm->change.id, id);
    if (rc < 0)
        return rc;
    const struct sl_chain_piece *piece = &page->pieces[0];
    if (named != NULL && (!piece->known || !sl_piece_id_equal(&piece->piece, named)))
        rc = sl_err_set(err, SL_EPROTO,
                        "the node names piece %" PRIu64
                        ", which was not asked for; nothing was signed. Try another node with "
                        "--rpc-url",
                        id);
    else
        rc = add_piece(rm, piece, err);
    sl_chain_piece_page_free(page);
    return rc;
}

/* The contract cannot find a piece by its root alone, so read all of them. */
static int find_cid_v1(struct rm *rm, struct sl_piece_id *out, struct sl_cid_v1 *v1,
                       struct sl_err *err)
{
    uint64_t from = 0;
    bool more = true;
    while (more) {
        struct sl_piece_page *page = NULL;
        const int rc = sl_chain_pieces(&page, rm->change.account.chain, sl_u256(rm->change.id),
                                       from, SL_PIECE_PAGE, false, err);
        if (rc < 0)
            return rc;
        for (size_t i = 0; i < page->count; i++) {
            if (page->pieces[i].known)
                sl_cid_v1_add(v1, &page->pieces[i].piece);
        }
        more = page->more && page->next > from; /* treat a page that does not advance as the last */
        from = page->next;
        sl_chain_piece_page_free(page);
    }
    return sl_cid_v1_pick(out, v1, "the data set", "nothing was removed", err);
}

static int parse_cid(struct rm *rm, struct sl_piece_id *out, const char *word, struct sl_err *err)
{
    struct sl_cid_v1 v1;
    if (sl_cid_v1_parse(&v1, word))
        return find_cid_v1(rm, out, &v1, err);
    const int rc = sl_piece_parse(out, word, strlen(word), err);
    if (rc == SL_OK)
        return SL_OK;
    sl_err_ctx(err, "'%.80s' is neither the number nor the PieceCID of a piece", word);
    if (err != NULL)
        err->code = SL_EUSAGE;
    return SL_EUSAGE;
}

/* A PieceCID may be in the data set more than once; remove all of them. */
static int add_cid(struct rm *rm, const char *word, struct sl_err *err)
{
    struct sl_piece_id piece;
    uint64_t ids[SL_PIECE_PAGE];
    int rc = parse_cid(rm, &piece, word, err);
    if (rc < 0)
        return rc;
    const int found = sl_chain_find_piece(ids, SL_PIECE_PAGE, rm->change.account.chain,
                                          sl_u256(rm->change.id), &piece, err);
    if (found == 0)
        return sl_err_set(err, SL_ENOTFOUND, "data set %" PRIu64 " has no piece %.80s",
                          rm->change.id, word);
    rc = found < 0 ? found : SL_OK;
    for (int i = 0; i < found && rc == SL_OK; i++)
        rc = add_id(rm, ids[i], &piece, err);
    return rc;
}

static int find_pieces(struct rm *rm, struct sl_err *err)
{
    int rc = SL_OK;
    for (size_t i = 1; i < rm->args->operand_count && rc == SL_OK; i++) {
        const char *word = rm->args->operands[i];
        struct sl_u256 value;
        uint64_t id;
        if (sl_u256_parse_dec(&value, word, strlen(word), NULL) == SL_OK &&
            sl_u256_to_u64(&id, value))
            rc = add_id(rm, id, NULL, err);
        else
            rc = add_cid(rm, word, err);
    }
    return rc;
}

/* ---- the sums ---- */

static void notice_piece(const struct sl_chain_piece *piece)
{
    char cid[SL_PIECE_CID_CHARS] = "of an unknown form", size[SL_SHOWN_SIZE_CHARS] = "";
    if (piece->known) {
        sl_piece_cid(cid, &piece->piece);
        sl_show_size(size, sl_u256(piece->piece.payload_bytes));
    }
    sl_notice("  piece %" PRIu64 "  %s  %s", piece->id, cid, size);
}

static int notice_removal(const struct rm *rm, struct sl_err *err)
{
    char name[SL_DATA_SET_CTX_NAME_BYTES], fee[SL_COST_CHARS];
    struct sl_u256 sum;
    const uint64_t calls = (rm->count + SL_DELETE_PIECES - 1) / SL_DELETE_PIECES;
    if (!sl_u256_mul(&sum, rm->change.account.view->prices.remove_fee, sl_u256(calls)))
        return sl_err_set(err, SL_EOVERFLOW, "the fee exceeds 256 bits");
    sl_cli_data_set_ctx_name(name, &rm->change);
    sl_cost_text(fee, sum);
    sl_notice("on %s: remove %zu piece%s of %s", rm->change.account.network.name, rm->count,
              rm->count == 1 ? "" : "s", name);
    for (size_t i = 0; i < rm->count; i++)
        notice_piece(&rm->pieces[i]);
    sl_notice("fee: %s, from the reserve of the data set", fee);
    sl_notice("they are removed at the next proving period, are paid for until then, "
              "and cannot be restored");
    return sl_cli_data_set_ctx_check_fee(&rm->change, sum, err);
}

/* ---- sending ---- */

struct batch {
    const struct sl_chain_piece *pieces;
    size_t count;
    char tx[SL_TX_HASH_CHARS];
};

static int print_removed(const struct rm *rm, const struct batch *batch, struct sl_err *err)
{
    struct sl_buf out = {0};
    const bool dry_run = rm->args->dry_run != NULL;
    if (rm->args->json != NULL) {
        struct sl_jw w = {0};
        sl_cli_json_begin(&w, "removal", &rm->change.clock);
        sl_jw_u64(&w, "dataSetId", rm->change.id);
        sl_jw_array(&w, "pieceIds");
        for (size_t i = 0; i < batch->count; i++)
            sl_jw_u64(&w, NULL, batch->pieces[i].id);
        sl_jw_end_array(&w);
        sl_jw_bool(&w, "dryRun", dry_run);
        if (!dry_run)
            sl_jw_str(&w, "txHash", batch->tx);
        sl_cli_json_end(&w);
        out = w.buf;
    } else {
        for (size_t i = 0; i < batch->count; i++)
            sl_buf_printf(&out, "piece %" PRIu64 ": %s\n", batch->pieces[i].id,
                          dry_run ? "would be removed, nothing was sent" : "scheduled for removal");
    }
    const bool ok = sl_output(&out);
    sl_buf_free(&out);
    return ok ? SL_OK : sl_err_set(err, SL_EIO, "cannot write to standard output; stopped");
}

/* Wait until the chain lists the last piece of the batch as scheduled, or no longer lists it. The
 * request was sent, so an error of the node ends only the wait. */
static int await(struct rm *rm, const struct batch *batch, struct sl_err *err)
{
    const uint64_t last = batch->pieces[batch->count - 1].id;
    int64_t begun_ms = 0;
    do {
        struct sl_piece_page *page = NULL;
        const int rc = read_piece(&page, rm, last, false, err);
        const bool scheduled = rc == 1 && page->pieces[0].scheduled;
        sl_chain_piece_page_free(page);
        if (rc == SL_ECANCELED || rc == SL_ENOMEM)
            return rc;
        if (rc == 0 || scheduled)
            return SL_OK;
    } while (sl_cli_data_set_ctx_wait(&rm->change, &begun_ms));
    return sl_err_set(err, SL_EBUSY,
                      "the removal was sent (%s) but is not on the chain yet; run the command "
                      "again to check",
                      batch->tx);
}

static int send(struct rm *rm, struct batch *batch, struct sl_err *err)
{
    struct sl_cli_data_set_ctx *change = &rm->change;
    uint64_t ids[SL_DELETE_PIECES];
    struct sl_u256 signed_ids[SL_DELETE_PIECES];
    struct sl_buf extra = {0};
    for (size_t i = 0; i < batch->count; i++) {
        ids[i] = batch->pieces[i].id;
        signed_ids[i] = sl_u256(ids[i]);
    }
    int rc = sl_payload_remove(&extra, change->account.signer.key, &change->domain,
                               change->set->client_data_set_id, signed_ids, batch->count, err);
    if (rc == SL_OK)
        rc = sl_sp_remove(change->sp, change->id, ids, batch->count, (const uint8_t *)extra.data,
                          extra.len, batch->tx, err);
    sl_buf_free(&extra);
    if (rc == 1) /* no payload of this kind has a nonce */
        rc = sl_err_set(err, SL_EPROTO, "the provider sent an invalid answer");
    if (rc == SL_OK)
        rc = await(rm, batch, err);
    if (rc == SL_OK)
        record_removal(rm, ids, batch->count);
    return rc;
}

static int send_all(struct rm *rm, struct sl_err *err)
{
    int rc = SL_OK;
    for (size_t at = 0; at < rm->count && rc == SL_OK; at += SL_DELETE_PIECES) {
        struct batch batch = {.pieces = rm->pieces + at, .count = rm->count - at};
        if (batch.count > SL_DELETE_PIECES)
            batch.count = SL_DELETE_PIECES;
        if (rm->args->dry_run == NULL)
            rc = send(rm, &batch, err);
        if (rc == SL_OK)
            rc = print_removed(rm, &batch, err);
        else if (rc == SL_EBUSY && at > 0)
            sl_notice("the first %zu are scheduled; the others follow", at);
    }
    return rc;
}

/* Show what files lose, and check that the user agrees. */
static int check_losses(struct rm *rm, struct sl_err *err)
{
    uint64_t *ids = calloc(rm->count, sizeof *ids);
    if (ids == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    for (size_t i = 0; i < rm->count; i++)
        ids[i] = rm->pieces[i].id;
    int rc = sl_removal_find_losses(&rm->removal, rm->change.account.chain, ids, rm->count, err);
    free(ids);
    if (rc < 0)
        return rc;
    sl_removal_notice(&rm->removal);
    rc = sl_removal_print(&rm->removal, rm->args, err);
    return rc < 0 ? rc : sl_removal_check_allowed(&rm->removal, rm->args, err);
}

static int open_set(struct rm *rm, struct sl_err *err)
{
    const struct sl_config *config = &rm->settings.config;
    int rc = sl_cli_data_set_ctx_open(&rm->change, config, SL_MESSAGE_REMOVE,
                                      rm->args->dry_run != NULL, err);
    if (rc == SL_OK)
        rc = sl_removal_open(&rm->removal, config, rm->args, rm->change.account.network.chain_id,
                             rm->change.id, err);
    return rc < 0 ? rc : sl_removal_check_set(&rm->removal, rm->change.set, err);
}

static int remove_pieces(struct rm *rm, struct sl_err *err)
{
    int rc = sl_cli_data_set_ctx_parse_id(&rm->change.id, rm->args->operands[0], err);
    if (rc == SL_OK)
        rc = sl_confirm_check(rm->args, "before something is deleted", err);
    if (rc == SL_OK)
        rc = sl_settings_load(&rm->settings, rm->args, err);
    if (rc == SL_OK)
        rc = open_set(rm, err);
    if (rc == SL_OK)
        rc = find_pieces(rm, err);
    if (rc < 0 || rm->count == 0)
        return rc;
    rc = notice_removal(rm, err);
    if (rc == SL_OK)
        rc = check_losses(rm, err);
    if (rc == SL_OK && rm->args->dry_run == NULL)
        rc = sl_confirm_ask(rm->args, err);
    return rc < 0 ? rc : send_all(rm, err);
}

enum sl_exit sl_run_rm(const struct sl_args *args)
{
    struct rm rm = {.args = args};
    struct sl_err err = {0};
    if (args->operand_count < 2) {
        sl_notice("rm: give a data set and its pieces; `sluice pieces DATASET` lists them");
        return SL_EXIT_USAGE;
    }
    const int rc = remove_pieces(&rm, &err);
    free(rm.pieces);
    sl_removal_close(&rm.removal);
    sl_cli_data_set_ctx_close(&rm.change);
    sl_settings_free(&rm.settings);
    return rc < 0 ? sl_exit_with(&err) : SL_EXIT_OK;
}
