/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdlib.h>
#include <string.h>

#include "chain/ask.h"
#include "chain/chain_internal.h"
#include "chain/run.h"

/* A page and what it owns; the public part comes first. */
struct page_memory {
    struct sl_piece_page page;
    struct sl_arena arena;
};

void sl_chain_piece_page_free(struct sl_piece_page *page)
{
    struct page_memory *memory = (struct page_memory *)page;
    if (memory == NULL)
        return;
    sl_arena_free(&memory->arena);
    free(memory);
}

static size_t ask_page(struct sl_multicall *calls, const struct sl_contracts *contracts,
                       struct sl_u256 data_set_id, uint64_t from, size_t limit)
{
    struct sl_abi_writer w = {0};
    sl_abi_call(&w, "getActivePiecesByCursor(uint256,uint256,uint256)");
    sl_abi_put_u256(&w, data_set_id);
    sl_abi_put_u64(&w, from);
    sl_abi_put_u64(&w, limit);
    return sl_multicall_add(calls, &contracts->verifier, &w);
}

/* Decode the CIDs; a foreign CID does not spoil the page. */
static void decode_cids(struct sl_chain_piece *pieces, size_t count, struct sl_abi_reader *r)
{
    for (size_t i = 0; i < count; i++) {
        size_t len;
        sl_abi_enter(r);
        const uint8_t *cid = sl_abi_get_bytes(r, &len);
        sl_abi_leave(r);
        pieces[i].known = sl_piece_parse_bytes(&pieces[i].piece, cid, len, NULL) == SL_OK;
        if (!pieces[i].known)
            memset(&pieces[i].piece, 0, sizeof pieces[i].piece);
    }
}

/* Decode the ids; false unless they ascend from `from` on, which paging relies on. */
static bool decode_piece_ids(struct sl_chain_piece *pieces, size_t count, uint64_t from,
                             struct sl_abi_reader *r)
{
    bool ascend = sl_abi_enter_list(r) == count;
    for (size_t i = 0; ascend && i < count; i++) {
        pieces[i].id = sl_abi_get_u64(r);
        ascend = pieces[i].id >= from && pieces[i].id != UINT64_MAX;
        from = pieces[i].id + 1;
    }
    sl_abi_leave(r);
    return ascend;
}

static int decode_pieces(struct page_memory *memory, const struct sl_multicall *calls, size_t index,
                         uint64_t from, size_t limit, struct sl_err *err)
{
    static const char what[] = "the data set's pieces";
    struct sl_piece_page *page = &memory->page;
    struct sl_abi_reader r;
    int rc = sl_decode_begin(&r, calls, index, "((bytes)[],uint256[],bool)", what, err);
    if (rc < 0)
        return rc;
    const size_t count = sl_abi_enter_list(&r);
    if (count > limit)
        return sl_err_set(err, SL_EPROTO, "%s: the node sent more than requested", what);
    page->pieces = sl_arena_alloc(&memory->arena, count, sizeof *page->pieces);
    if (page->pieces == NULL)
        return sl_err_set(err, SL_ENOMEM, "no memory for the pieces");
    decode_cids(page->pieces, count, &r);
    sl_abi_leave(&r);
    const bool ascend = decode_piece_ids(page->pieces, count, from, &r);
    page->count = count;
    page->more = sl_abi_get_bool(&r) && count > 0;
    page->next = count > 0 ? page->pieces[count - 1].id + 1 : from;
    rc = sl_decode_end(&r, what, err);
    if (rc == SL_OK && !ascend)
        rc = sl_err_set(err, SL_EPROTO, "%s: the ids do not ascend", what);
    return rc;
}

static int decode_removals(struct sl_piece_page *page, const struct sl_multicall *calls,
                           size_t index, struct sl_err *err)
{
    struct sl_abi_reader r;
    const int rc = sl_decode_begin(&r, calls, index, "(uint256[])", "scheduled removals", err);
    const size_t count = sl_abi_enter_list(&r);
    for (size_t i = 0; i < count; i++) {
        const struct sl_u256 id = sl_abi_get_u256(&r);
        for (size_t p = 0; p < page->count; p++) {
            if (sl_u256_cmp(id, sl_u256(page->pieces[p].id)) == 0)
                page->pieces[p].scheduled = true;
        }
    }
    sl_abi_leave(&r);
    return rc < 0 ? rc : sl_decode_end(&r, "scheduled removals", err);
}

/* Contracts since 1.4 keep no metadata of pieces. The former view still has that of older pieces.
 */
static const struct sl_address *view_of_metadata(const struct sl_chain *chain,
                                                 const struct sl_contracts *contracts)
{
    const struct sl_address *former = &chain->network.former_view;
    if (!contracts->is_compact)
        return &contracts->view;
    return sl_address_is_zero(former) || sl_address_equal(former, &contracts->view) ? NULL : former;
}

static int read_metadata(struct page_memory *memory, struct sl_chain *chain,
                         const struct sl_contracts *contracts, struct sl_u256 data_set_id,
                         struct sl_err *err)
{
    struct sl_piece_page *page = &memory->page;
    const struct sl_address *view = view_of_metadata(chain, contracts);
    struct sl_multicall calls = {.group = page->count};
    if (view == NULL || page->count == 0)
        return SL_OK;
    for (size_t i = 0; i < page->count; i++)
        sl_ask_two(&calls, view, "getAllPieceMetadata(uint256,uint256)", data_set_id,
                   sl_u256(page->pieces[i].id));
    int rc = sl_ask_run(&calls, chain, err);
    for (size_t i = 0; rc == SL_OK && i < page->count; i++) {
        struct sl_chain_piece *piece = &page->pieces[i];
        (void)sl_decode_metadata(&piece->metadata, &piece->metadata_count, &memory->arena, &calls,
                                 i, SL_METADATA_PIECE_ENTRIES, &rc);
        if (rc < 0)
            sl_err_set(err, rc, "no memory for the pieces");
        else if (piece->metadata_count == 0 && contracts->is_compact)
            piece->metadata = NULL; /* added since 1.4: its name is only in the logs */
    }
    sl_multicall_free(&calls);
    return rc;
}

static int read_page(struct page_memory *memory, struct sl_chain *chain, struct sl_u256 data_set_id,
                     uint64_t from, size_t limit, bool with_metadata, struct sl_err *err)
{
    const struct sl_contracts *contracts;
    struct sl_multicall calls = {0};
    int rc = sl_chain_contracts(chain, &contracts, err);
    if (rc < 0)
        return rc;
    const size_t page = ask_page(&calls, contracts, data_set_id, from, limit);
    const size_t removals =
        sl_ask_id(&calls, &contracts->verifier, "getScheduledRemovals(uint256)", data_set_id);
    rc = sl_ask_run(&calls, chain, err);
    if (rc == SL_OK)
        rc = decode_pieces(memory, &calls, page, from, limit, err);
    if (rc == SL_OK)
        rc = decode_removals(&memory->page, &calls, removals, err);
    sl_multicall_free(&calls);
    if (rc == SL_OK && with_metadata)
        rc = read_metadata(memory, chain, contracts, data_set_id, err);
    return rc;
}

int sl_chain_pieces(struct sl_piece_page **out, struct sl_chain *chain, struct sl_u256 data_set_id,
                    uint64_t from, size_t limit, bool with_metadata, struct sl_err *err)
{
    *out = NULL;
    if (limit < 1 || limit > SL_PIECE_PAGE)
        return sl_err_set(err, SL_EINVAL, "a page has 1 to %d pieces", SL_PIECE_PAGE);
    struct page_memory *memory = calloc(1, sizeof *memory);
    if (memory == NULL)
        return sl_err_set(err, SL_ENOMEM, "no memory for the pieces");
    const int rc = read_page(memory, chain, data_set_id, from, limit, with_metadata, err);
    if (rc < 0)
        sl_chain_piece_page_free(&memory->page);
    else
        *out = &memory->page;
    return rc;
}

/* ---- by CID ---- */

static void append_cid(struct sl_abi_writer *w, const struct sl_piece_id *piece)
{
    uint8_t cid[SL_PIECE_CID_BYTES];
    const size_t len = sl_piece_cid_bytes(cid, piece);
    sl_abi_open(w);
    sl_abi_put_bytes(w, cid, len);
    sl_abi_close(w);
}

int sl_chain_find_piece(uint64_t *out, size_t cap, struct sl_chain *chain,
                        struct sl_u256 data_set_id, const struct sl_piece_id *piece,
                        struct sl_err *err)
{
    const struct sl_contracts *contracts;
    struct sl_multicall calls = {0};
    struct sl_abi_writer w = {0};
    struct sl_abi_reader r;
    size_t count = 0;
    int rc = sl_chain_contracts(chain, &contracts, err);
    cap = cap < SL_PIECE_PAGE ? cap : SL_PIECE_PAGE;
    if (rc < 0 || cap == 0)
        return rc;
    sl_abi_call(&w, "findPieceIdsByCid(uint256,(bytes),uint256,uint256)");
    sl_abi_put_u256(&w, data_set_id);
    append_cid(&w, piece);
    sl_abi_put_u64(&w, 0);
    sl_abi_put_u64(&w, cap);
    sl_multicall_add(&calls, &contracts->verifier, &w);
    rc = sl_ask_run(&calls, chain, err);
    if (rc == SL_OK)
        rc = sl_decode_begin(&r, &calls, 0, "(uint256[])", "the piece's ids", err);
    if (rc == SL_OK) {
        const size_t listed = sl_abi_enter_list(&r);
        while (count < listed && count < cap)
            out[count++] = sl_abi_get_u64(&r);
        sl_abi_leave(&r);
        rc = sl_decode_end(&r, "the piece's ids", err);
    }
    sl_multicall_free(&calls);
    return rc < 0 ? rc : (int)count;
}

static bool decode_same(const struct sl_multicall *calls, size_t index,
                        const struct sl_piece_id *piece)
{
    uint8_t cid[SL_PIECE_CID_BYTES];
    const size_t cid_len = sl_piece_cid_bytes(cid, piece);
    struct sl_abi_reader r;
    size_t len;
    sl_multicall_read(&r, calls, index, "((bytes))");
    sl_abi_enter(&r);
    const uint8_t *found = sl_abi_get_bytes(&r, &len);
    sl_abi_leave(&r);
    return sl_abi_done(&r, NULL) == SL_OK && len == cid_len && memcmp(found, cid, len) == 0;
}

int sl_chain_are_pieces(struct sl_chain *chain, struct sl_u256 data_set_id, uint64_t first,
                        const struct sl_piece_id *pieces, size_t count, struct sl_err *err)
{
    const struct sl_contracts *contracts;
    struct sl_multicall calls = {0};
    bool same = true;
    int rc = sl_chain_contracts(chain, &contracts, err);
    for (size_t i = 0; rc == SL_OK && i < count; i++)
        sl_ask_two(&calls, &contracts->verifier, "getPieceCid(uint256,uint256)", data_set_id,
                   sl_u256(first + i));
    if (rc == SL_OK && count > 0)
        rc = sl_ask_run(&calls, chain, err);
    for (size_t i = 0; rc == SL_OK && i < count; i++)
        same = same && decode_same(&calls, i, &pieces[i]);
    sl_multicall_free(&calls);
    return rc < 0 ? rc : same;
}

/* ---- dry run ---- */

static int dry_add(struct sl_chain *chain, const struct sl_contracts *contracts,
                   const struct sl_dry_add *add, struct sl_u256 deposit, struct sl_err *err)
{
    static const struct sl_address none = {{0}};
    const bool is_new = sl_u256_is_zero(add->data_set_id);
    struct sl_abi_writer w = {0};
    struct sl_rpc_failure failure = {0};
    struct sl_buf result = {0};
    sl_abi_call(&w, "addPieces(uint256,address,(bytes)[],bytes)");
    sl_abi_put_u256(&w, add->data_set_id);
    sl_abi_put_address(&w, is_new ? &contracts->fwss : &none);
    sl_abi_open_list(&w, add->count);
    for (size_t i = 0; i < add->count; i++)
        append_cid(&w, &add->pieces[i]);
    sl_abi_close(&w);
    sl_abi_put_bytes(&w, add->extra_data, add->extra_data_len);
    int rc = sl_abi_end(&w, err);
    if (rc == SL_OK) {
        const struct sl_rpc_message message = {.from = &add->service_provider,
                                               .to = contracts->verifier,
                                               .data = (const uint8_t *)w.buf.data,
                                               .data_len = w.buf.len,
                                               .value = deposit};
        rc = sl_rpc_eth_call(chain->rpc, &message, &result, &failure, err);
    }
    if (rc < 0)
        rc = sl_ask_reason(&failure, rc, err);
    sl_buf_free(&result);
    sl_rpc_failure_free(&failure);
    sl_abi_free(&w);
    return rc;
}

int sl_chain_dry_add(struct sl_chain *chain, const struct sl_dry_add *add, struct sl_err *err)
{
    const struct sl_contracts *contracts;
    struct sl_multicall calls = {0};
    struct sl_u256 deposit = sl_u256(0);
    int rc = sl_chain_contracts(chain, &contracts, err);
    if (rc == SL_OK &&
        sl_u256_is_zero(add->data_set_id)) { /* the provider sends the deposit with a create */
        sl_multicall_add_plain(&calls, &contracts->verifier, "FIL_CLEANUP_DEPOSIT()");
        rc = sl_ask_run(&calls, chain, err);
        if (rc == SL_OK)
            rc = sl_decode_u256(&deposit, &calls, 0, "the cleanup deposit", err);
    }
    sl_multicall_free(&calls);
    return rc < 0 ? rc : dry_add(chain, contracts, add, deposit, err);
}
