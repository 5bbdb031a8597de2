/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Removals of pieces: the client schedules them, the provider carries them out. */
#include "contracts/pdp/contract_pdp_removal.h"

#include <stdlib.h>

#include "contracts/fwss/contract_fwss.h"
#include "contracts/fwss/contract_fwss_proving.h"
#include "contracts/pdp/contract_pdp_store.h"

/* ---- removing ---- */

static int schedule_one(struct sl_vm *vm, const struct sl_pdp_set *set, struct sl_u256 piece)
{
    const uint64_t id = sl_vm_id(piece);
    if (id >= set->next_piece)
        return sl_vm_revert_text(vm, "Can only schedule removal of existing pieces");
    int rc = sl_ledger_db_row(vm->db, vm->err, "SELECT 1 FROM piece WHERE data_set = ? AND id = ?",
                              "ii", "", set->id, id);
    if (rc == 0)
        return sl_vm_revert_text(vm, "Can only schedule removal of live pieces");
    if (rc >= 0)
        rc = sl_ledger_db_run(vm->db, vm->err,
                              "INSERT OR IGNORE INTO removal(data_set, piece) VALUES(?, ?)", "ii",
                              set->id, id);
    if (rc == 0)
        return sl_vm_revert_text(vm, "Piece ID already scheduled for removal");
    return rc < 0 ? rc : SL_OK;
}

static int check_scheduling(struct sl_frame *f, struct sl_pdp_set *set, struct sl_u256 id,
                            size_t count)
{
    struct sl_vm *vm = f->vm;
    uint64_t waiting = 0;
    int rc = sl_pdp_load_live(vm, set, id);
    if (rc < 0)
        return rc;
    if (!sl_address_equal(&set->provider, &f->sender))
        return sl_vm_revert_text(vm, "Only the storage provider can schedule removal of pieces");
    if (count == 0 && vm->profile == SL_DEVNET_TODAY)
        return sl_vm_revert(vm, "EmptyRemovalBatch()", "");
    rc = sl_ledger_db_row(vm->db, vm->err, "SELECT count(*) FROM removal WHERE data_set = ?", "i",
                          "i", set->id, &waiting);
    if (rc >= 0 && count + waiting > SL_PDP_MAX_REMOVALS)
        return sl_vm_revert_text(vm, "Too many removals wait for next proving period to schedule");
    return rc < 0 ? rc : SL_OK;
}

static int emit_some(struct sl_vm *vm, const char *event, uint64_t set,
                     const struct sl_u256 *pieces, size_t count)
{
    struct sl_abi_writer data = {0};
    sl_abi_values(&data, "(uint256[])");
    sl_abi_open_list(&data, count);
    for (size_t i = 0; i < count; i++)
        sl_abi_put_u256(&data, pieces[i]);
    sl_abi_close(&data);
    return sl_vm_emit_data(vm, &vm->at->pdp, event, &data, "i", set);
}

/* Since 3.5 an event has so many ids at most. */
static int emit_pieces(struct sl_vm *vm, const char *event, uint64_t set,
                       const struct sl_u256 *pieces, size_t count)
{
    const size_t most = vm->profile == SL_DEVNET_TODAY ? SL_PDP_EVENT_PIECES : SIZE_MAX;
    int rc = SL_OK;
    for (size_t i = 0; rc == SL_OK && i < count;) {
        const size_t some = count - i < most ? count - i : most;
        rc = emit_some(vm, event, set, pieces + i, some);
        i += some;
    }
    return rc;
}

int sl_pdp_fn_schedule(struct sl_frame *f)
{
    struct sl_pdp_set set;
    struct sl_span payload;
    const struct sl_u256 id = sl_abi_get_u256(&f->args);
    const size_t count = sl_abi_enter_list(&f->args);
    struct sl_u256 *pieces = calloc(count + 1, sizeof *pieces);
    if (pieces == NULL)
        return sl_err_set(f->vm->err, SL_ENOMEM, "out of memory");
    int rc = check_scheduling(f, &set, id, count);
    for (size_t i = 0; rc == SL_OK && i < count; i++) {
        pieces[i] = sl_abi_get_u256(&f->args);
        rc = schedule_one(f->vm, &set, pieces[i]);
    }
    sl_abi_leave(&f->args);
    payload.data = sl_abi_get_bytes(&f->args, &payload.len);
    if (rc == SL_OK)
        rc = emit_pieces(f->vm, "PiecesScheduledForRemoval(uint256,uint256[])", set.id, pieces,
                         count);
    if (rc == SL_OK && sl_pdp_has_listener(&set))
        rc = sl_fwss_scheduled(f->vm, set.id, pieces, count, payload);
    free(pieces);
    return rc;
}

/* ---- what providers do ---- */

static int count_removals(struct sl_vm *vm, uint64_t set, uint64_t *count)
{
    *count = 0;
    const int rc = sl_ledger_db_row(
        vm->db, vm->err, "SELECT count(*) FROM removal WHERE data_set = ?", "i", "i", set, count);
    return rc < 0 ? rc : SL_OK;
}

/* The pieces that wait longest, or the newest first. */
static int list_removals(struct sl_vm *vm, uint64_t set, struct sl_u256 *out, uint64_t count)
{
    sqlite3_stmt *rows = NULL;
    uint64_t i = 0;
    int rc = sl_ledger_db_walk(vm->db, &rows, vm->err,
                               "SELECT piece FROM removal WHERE data_set = ?"
                               " ORDER BY CASE WHEN ? THEN -id ELSE id END LIMIT ?",
                               "iii", set, (uint64_t)(vm->profile == SL_DEVNET_TODAY), count);
    while (rc >= 0 && (rc = sl_ledger_db_next(vm->db, rows, vm->err)) == 1 && i < count)
        out[i++] = sl_u256(sl_ledger_db_u64(rows, 0));
    return rc;
}

static int remove_one(struct sl_vm *vm, struct sl_pdp_set *set, uint64_t piece)
{
    uint64_t leaves = 0;
    int rc =
        sl_ledger_db_row(vm->db, vm->err, "SELECT leaves FROM piece WHERE data_set = ? AND id = ?",
                         "ii", "i", set->id, piece, &leaves);
    set->leaves -= leaves;
    if (rc >= 0)
        rc = sl_ledger_db_run(vm->db, vm->err, "DELETE FROM piece WHERE data_set = ? AND id = ?",
                              "ii", set->id, piece);
    if (rc >= 0)
        rc = sl_ledger_db_run(vm->db, vm->err,
                              "DELETE FROM removal WHERE data_set = ? AND piece = ?", "ii", set->id,
                              piece);
    return rc < 0 ? rc : SL_OK;
}

static int apply_removals(struct sl_vm *vm, struct sl_pdp_set *set, uint64_t count)
{
    struct sl_u256 *pieces = calloc(count + 1, sizeof *pieces);
    if (pieces == NULL)
        return sl_err_set(vm->err, SL_ENOMEM, "out of memory");
    int rc = list_removals(vm, set->id, pieces, count);
    if (rc >= 0)
        rc = emit_pieces(vm, "PiecesRemoved(uint256,uint256[])", set->id, pieces, count);
    for (uint64_t i = 0; rc == SL_OK && i < count; i++)
        rc = remove_one(vm, set, pieces[i].limb[0]);
    free(pieces);
    return rc;
}

int sl_pdp_process_removals(struct sl_vm *vm, struct sl_pdp_set *set, uint64_t most)
{
    uint64_t waiting;
    int rc = count_removals(vm, set->id, &waiting);
    if (rc == SL_OK)
        rc = apply_removals(vm, set, waiting < most ? waiting : most);
    return rc < 0 ? rc : sl_pdp_save(vm, set);
}

static int load_as_provider(struct sl_frame *f, struct sl_pdp_set *set)
{
    const int rc = sl_pdp_load_live(f->vm, set, sl_abi_get_u256(&f->args));
    if (rc < 0)
        return rc;
    if (!sl_address_equal(&set->provider, &f->sender))
        return sl_vm_revert(f->vm, "OnlyStorageProvider()", "");
    return SL_OK;
}

int sl_pdp_fn_process(struct sl_frame *f)
{
    struct sl_pdp_set set;
    uint64_t waiting;
    int rc = load_as_provider(f, &set);
    if (rc < 0 || (rc = count_removals(f->vm, set.id, &waiting)) < 0)
        return rc;
    const uint64_t count = sl_vm_id(sl_abi_get_u256(&f->args));
    if (count == 0)
        return sl_vm_revert(f->vm, "EmptyRemovalBatch()", "");
    if (count > waiting)
        return sl_vm_revert(f->vm, "InvalidPieceDeletionBatch()", "");
    return sl_pdp_process_removals(f->vm, &set, count);
}

int sl_pdp_fn_next_period(struct sl_frame *f)
{
    struct sl_pdp_set set;
    const int rc = load_as_provider(f, &set);
    return rc < 0 ? rc : sl_pdp_next_period(f->vm, &set, sl_vm_id(sl_abi_get_u256(&f->args)));
}

/* Until 3.5 the period itself removes what waits. */
static int end_removals(struct sl_vm *vm, struct sl_pdp_set *set)
{
    uint64_t waiting;
    const int rc = count_removals(vm, set->id, &waiting);
    if (rc < 0 || waiting == 0)
        return rc;
    if (vm->profile == SL_DEVNET_TODAY)
        return sl_vm_revert(vm, "PendingPieceDeletions(uint256)", "i", waiting);
    return apply_removals(vm, set, waiting);
}

int sl_pdp_next_period(struct sl_vm *vm, struct sl_pdp_set *set, uint64_t challenge_epoch)
{
    int rc = end_removals(vm, set);
    if (rc < 0)
        return rc;
    set->challenge_range = set->leaves;
    set->next_challenge = challenge_epoch;
    if (set->leaves == 0) {
        set->last_proven = vm->epoch;
        set->next_challenge = 0;
        rc = sl_vm_emit(vm, &vm->at->pdp, "DataSetEmpty(uint256)", 1, "i", set->id);
    }
    if (rc == SL_OK)
        rc = sl_pdp_save(vm, set);
    if (rc == SL_OK && sl_pdp_has_listener(set))
        rc = sl_fwss_next_period(vm, set->id, set->next_challenge, set->leaves);
    if (rc < 0)
        return rc;
    return sl_vm_emit(vm, &vm->at->pdp, "NextProvingPeriod(uint256,uint256,uint256)", 1, "iii",
                      set->id, challenge_epoch, set->leaves);
}
