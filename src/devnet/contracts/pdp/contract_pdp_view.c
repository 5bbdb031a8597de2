/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* PDPVerifier's views of pieces. */
#include "contracts/pdp/contract_pdp_view.h"

#include "contracts/pdp/contract_pdp.h"
#include "contracts/pdp/contract_pdp_store.h"

/* A page allocates memory for its limit on chain; far above that a call cannot be paid. */
enum { MOST_LIMIT = 1000000 };

static int count_pieces(struct sl_vm *vm, uint64_t set, uint64_t *count)
{
    *count = 0;
    const int rc = sl_ledger_db_row(
        vm->db, vm->err, "SELECT count(*) FROM piece WHERE data_set = ?", "i", "i", set, count);
    return rc < 0 ? rc : SL_OK;
}

int sl_pdp_fn_count(struct sl_frame *f)
{
    struct sl_pdp_set set;
    uint64_t count = 0;
    int rc = sl_pdp_load_live(f->vm, &set, sl_abi_get_u256(&f->args));
    if (rc == SL_OK)
        rc = count_pieces(f->vm, set.id, &count);
    sl_abi_put_u64(&f->out, count);
    return rc;
}

/* The pieces from one id on, at most `count` of them and so many there are: CIDs, then ids. */
static int append_pieces(struct sl_frame *f, uint64_t set, uint64_t start, uint64_t count)
{
    struct sl_vm *vm = f->vm;
    sqlite3_stmt *rows = NULL;
    int rc = SL_OK;
    for (int column = 0; rc >= 0 && column < 2; column++) {
        rc = sl_ledger_db_walk(
            vm->db, &rows, vm->err,
            "SELECT cid, id FROM piece WHERE data_set = ? AND id >= ? ORDER BY id LIMIT ?", "iii",
            set, start, count);
        sl_abi_open_list(&f->out, count);
        while (rc >= 0 && (rc = sl_ledger_db_next(vm->db, rows, vm->err)) == 1) {
            if (column == 0) {
                size_t len;
                const void *cid = sl_ledger_db_blob(rows, 0, &len);
                sl_abi_open(&f->out);
                sl_abi_put_bytes(&f->out, cid, len);
                sl_abi_close(&f->out);
            } else {
                sl_abi_put_u64(&f->out, sl_ledger_db_u64(rows, 1));
            }
        }
        sl_abi_close(&f->out);
    }
    return rc;
}

static int append_page(struct sl_frame *f, uint64_t set, uint64_t start, uint64_t limit)
{
    uint64_t there = 0;
    int rc = sl_ledger_db_row(f->vm->db, f->vm->err,
                              "SELECT count(*) FROM (SELECT 1 FROM piece WHERE data_set = ?"
                              " AND id >= ? LIMIT ?)",
                              "iii", "i", set, start, limit + 1, &there);
    if (rc < 0)
        return rc;
    rc = append_pieces(f, set, start, there < limit ? there : limit);
    sl_abi_put_bool(&f->out, there > limit);
    return rc;
}

static int read_limit(struct sl_frame *f, uint64_t *limit)
{
    *limit = sl_vm_id(sl_abi_get_u256(&f->args));
    if (*limit == 0)
        return sl_vm_revert_text(f->vm, "Limit must be greater than 0");
    return *limit > MOST_LIMIT ? sl_vm_revert_empty(f->vm) : SL_OK;
}

int sl_pdp_fn_active_from(struct sl_frame *f)
{
    struct sl_pdp_set set;
    uint64_t limit = 0;
    int rc = sl_pdp_load_live(f->vm, &set, sl_abi_get_u256(&f->args));
    if (rc < 0)
        return rc;
    const uint64_t start = sl_vm_id(sl_abi_get_u256(&f->args));
    rc = read_limit(f, &limit);
    return rc < 0 ? rc : append_page(f, set.id, start, limit);
}

int sl_pdp_fn_active(struct sl_frame *f)
{
    struct sl_pdp_set set;
    uint64_t limit = 0;
    uint64_t start = INT64_MAX;
    int rc = sl_pdp_load_live(f->vm, &set, sl_abi_get_u256(&f->args));
    if (rc < 0)
        return rc;
    const uint64_t offset = sl_vm_id(sl_abi_get_u256(&f->args));
    if ((rc = read_limit(f, &limit)) < 0)
        return rc;
    rc = sl_ledger_db_row(f->vm->db, f->vm->err,
                          "SELECT id FROM piece WHERE data_set = ? ORDER BY id LIMIT 1 OFFSET ?",
                          "ii", "i", set.id, offset, &start);
    return rc < 0 ? rc : append_page(f, set.id, start, limit);
}

static int append_found(struct sl_frame *f, uint64_t set, struct sl_span cid, uint64_t start,
                        uint64_t limit)
{
    struct sl_vm *vm = f->vm;
    sqlite3_stmt *rows = NULL;
    uint64_t count = 0;
    int rc = sl_ledger_db_row(
        vm->db, vm->err, "SELECT count(*) FROM piece WHERE data_set = ? AND cid = ? AND id >= ?",
        "ibi", "i", set, (const void *)cid.data, cid.len, start, &count);
    if (rc < 0)
        return rc;
    count = count < limit ? count : limit;
    rc = sl_ledger_db_walk(vm->db, &rows, vm->err,
                           "SELECT id FROM piece WHERE data_set = ? AND cid = ? AND id >= ?"
                           " ORDER BY id LIMIT ?",
                           "ibii", set, (const void *)cid.data, cid.len, start, count);
    sl_abi_open_list(&f->out, count);
    while (rc >= 0 && (rc = sl_ledger_db_next(vm->db, rows, vm->err)) == 1)
        sl_abi_put_u64(&f->out, sl_ledger_db_u64(rows, 0));
    sl_abi_close(&f->out);
    return rc;
}

int sl_pdp_fn_find(struct sl_frame *f)
{
    struct sl_pdp_set set;
    struct sl_span cid;
    uint64_t limit = 0;
    int rc = sl_pdp_load_live(f->vm, &set, sl_abi_get_u256(&f->args));
    if (rc < 0)
        return rc;
    sl_abi_enter(&f->args);
    cid.data = sl_abi_get_bytes(&f->args, &cid.len);
    sl_abi_leave(&f->args);
    const uint64_t start = sl_vm_id(sl_abi_get_u256(&f->args));
    rc = read_limit(f, &limit);
    return rc < 0 ? rc : append_found(f, set.id, cid, start, limit);
}

int sl_pdp_fn_cid(struct sl_frame *f)
{
    struct sl_pdp_set set;
    sqlite3_stmt *row = NULL;
    size_t len = 0;
    const void *cid = "";
    int rc = sl_pdp_load_live(f->vm, &set, sl_abi_get_u256(&f->args));
    if (rc == SL_OK)
        rc = sl_ledger_db_walk(f->vm->db, &row, f->vm->err,
                               "SELECT cid FROM piece WHERE data_set = ? AND id = ?", "ii", set.id,
                               sl_vm_id(sl_abi_get_u256(&f->args)));
    if (rc < 0)
        return rc;
    if ((rc = sl_ledger_db_next(f->vm->db, row, f->vm->err)) == 1)
        cid = sl_ledger_db_blob(row, 0, &len);
    sl_abi_open(&f->out);
    sl_abi_put_bytes(&f->out, cid, len);
    sl_abi_close(&f->out);
    if (rc == 1)
        sqlite3_reset(row);
    return rc < 0 ? rc : SL_OK;
}

static int piece_leaves(struct sl_vm *vm, uint64_t set, struct sl_u256 piece, uint64_t *leaves)
{
    *leaves = 0;
    const int rc =
        sl_ledger_db_row(vm->db, vm->err, "SELECT leaves FROM piece WHERE data_set = ? AND id = ?",
                         "ii", "i", set, sl_vm_id(piece), leaves);
    return rc < 0 ? rc : SL_OK;
}

int sl_pdp_fn_piece_leaves(struct sl_frame *f)
{
    struct sl_pdp_set set;
    uint64_t leaves = 0;
    int rc = sl_pdp_load_live(f->vm, &set, sl_abi_get_u256(&f->args));
    if (rc == SL_OK)
        rc = piece_leaves(f->vm, set.id, sl_abi_get_u256(&f->args), &leaves);
    sl_abi_put_u64(&f->out, leaves);
    return rc;
}

int sl_pdp_fn_piece_live(struct sl_frame *f)
{
    struct sl_pdp_set set;
    uint64_t leaves = 0;
    int rc = sl_pdp_load(f->vm, &set, sl_vm_id(sl_abi_get_u256(&f->args)));
    if (rc == 1)
        rc = piece_leaves(f->vm, set.id, sl_abi_get_u256(&f->args), &leaves);
    sl_abi_put_bool(&f->out, leaves > 0);
    return rc < 0 ? rc : SL_OK;
}

int sl_pdp_fn_removals(struct sl_frame *f)
{
    struct sl_vm *vm = f->vm;
    struct sl_pdp_set set;
    sqlite3_stmt *rows = NULL;
    uint64_t count = 0;
    int rc = sl_pdp_load_live(vm, &set, sl_abi_get_u256(&f->args));
    if (rc == SL_OK)
        rc = sl_ledger_db_row(vm->db, vm->err, "SELECT count(*) FROM removal WHERE data_set = ?",
                              "i", "i", set.id, &count);
    if (rc < 0)
        return rc;
    rc = sl_ledger_db_walk(vm->db, &rows, vm->err,
                           "SELECT piece FROM removal WHERE data_set = ? ORDER BY id", "i", set.id);
    sl_abi_open_list(&f->out, count);
    while (rc >= 0 && (rc = sl_ledger_db_next(vm->db, rows, vm->err)) == 1)
        sl_abi_put_u64(&f->out, sl_ledger_db_u64(rows, 0));
    sl_abi_close(&f->out);
    return rc;
}
