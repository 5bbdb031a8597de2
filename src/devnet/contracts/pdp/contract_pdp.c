/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "contracts/pdp/contract_pdp.h"

#include <stdlib.h>
#include <string.h>

#include "chain/vm_call.h"
#include "contracts/fwss/contract_fwss.h"
#include "contracts/pdp/contract_pdp_cid.h"
#include "contracts/pdp/contract_pdp_removal.h"
#include "contracts/pdp/contract_pdp_store.h"
#include "contracts/pdp/contract_pdp_view.h"

enum { ROOT_BYTES = 32 }; /* the end of every CID here */

static struct sl_u256 deposit(void)
{
    return sl_u256(UINT64_C(100000000000000000));
}

/* ---- rows ---- */

/* ---- creating ---- */

/* The storage service is the only contract here that listens. */
static int check_listener(struct sl_vm *vm, const struct sl_pdp_set *set)
{
    if (sl_pdp_has_listener(set) && !sl_address_equal(&set->listener, &vm->at->fwss))
        return sl_vm_revert_empty(vm);
    return SL_OK;
}

static int insert_set(struct sl_vm *vm, struct sl_pdp_set *set)
{
    int rc = sl_ledger_db_row(vm->db, vm->err, "SELECT next_set FROM chain", "", "i", &set->id);
    if (rc >= 0)
        rc = sl_ledger_db_run(vm->db, vm->err, "UPDATE chain SET next_set = next_set + 1", "");
    if (rc >= 0)
        rc = sl_ledger_db_run(vm->db, vm->err, "INSERT INTO pdp_set VALUES(?, ?, ?, 0, 0, 0, 0, ?)",
                              "iaai", set->id, &set->provider, &set->listener, set->last_proven);
    return rc < 0 ? rc : SL_OK;
}

static int create(struct sl_frame *f, struct sl_pdp_set *set, const struct sl_address *listener,
                  struct sl_span payload)
{
    struct sl_vm *vm = f->vm;
    *set =
        (struct sl_pdp_set){.provider = f->sender, .listener = *listener, .last_proven = vm->epoch};
    int rc = check_listener(vm, set);
    if (rc == SL_OK)
        rc = insert_set(vm, set);
    if (rc == SL_OK && sl_pdp_has_listener(set))
        rc = sl_fwss_created(vm, set->id, &set->provider, payload);
    if (rc < 0)
        return rc;
    return sl_vm_emit(vm, &vm->at->pdp, "DataSetCreated(uint256,address)", 2, "ia", set->id,
                      &set->provider);
}

static int keep_deposit(struct sl_frame *f)
{
    struct sl_u256 more;
    if (!sl_u256_sub(&more, f->value, deposit()))
        return sl_vm_revert(f->vm, "CleanupDepositRequired()", "");
    return sl_vm_move_fil(f->vm, &f->vm->at->pdp, &f->sender, more);
}

static int fn_create(struct sl_frame *f)
{
    struct sl_pdp_set set;
    struct sl_span payload;
    const struct sl_address listener = sl_abi_get_address(&f->args);
    payload.data = sl_abi_get_bytes(&f->args, &payload.len);
    const int rc = create(f, &set, &listener, payload);
    sl_abi_put_u64(&f->out, set.id);
    return rc < 0 ? rc : keep_deposit(f);
}

/* ---- adding ---- */

static int add_one(struct sl_vm *vm, struct sl_pdp_set *set, size_t index, struct sl_span cid)
{
    uint64_t leaves;
    int rc = sl_pdp_check_cid(vm, &leaves, index, cid);
    if (rc < 0)
        return rc;
    rc = sl_ledger_db_run(vm->db, vm->err, "INSERT INTO piece VALUES(?, ?, ?, ?)", "iiib", set->id,
                          set->next_piece, leaves, (const void *)cid.data, cid.len);
    set->next_piece++;
    set->leaves += leaves;
    return rc < 0 ? rc : SL_OK;
}

/* As many pieces as fit in an event; `cids` and `first` are those of the first of them. */
static int emit_packed(struct sl_vm *vm, uint64_t set, uint64_t first, const struct sl_span *cids,
                       size_t count)
{
    struct sl_abi_writer data = {0};
    sl_abi_values(&data, "(uint256,(bytes32,bytes32)[])");
    sl_abi_put_u64(&data, first);
    sl_abi_open_list(&data, count);
    for (size_t i = 0; i < count; i++) {
        uint8_t header[ROOT_BYTES] = {0};
        const size_t rest = cids[i].len - ROOT_BYTES; /* the CID was checked: it fits */
        memcpy(header + sizeof header - rest, cids[i].data, rest);
        sl_abi_open(&data);
        sl_abi_put_fixed(&data, header, sizeof header);
        sl_abi_put_fixed(&data, cids[i].data + rest, ROOT_BYTES);
        sl_abi_close(&data);
    }
    sl_abi_close(&data);
    return sl_vm_emit_data(vm, &vm->at->pdp, "PiecesAddedV2(uint256,uint256,(bytes32,bytes32)[])",
                           &data, "i", set);
}

static int emit_all_packed(struct sl_vm *vm, uint64_t set, uint64_t first,
                           const struct sl_span *cids, size_t count)
{
    int rc = SL_OK;
    for (size_t i = 0; rc == SL_OK && i < count; i += SL_PDP_EVENT_PIECES) {
        const size_t left = count - i;
        rc = emit_packed(vm, set, first + i, cids + i,
                         left < SL_PDP_EVENT_PIECES ? left : SL_PDP_EVENT_PIECES);
    }
    return rc;
}

static int emit_added(struct sl_vm *vm, uint64_t set, uint64_t first, const struct sl_span *cids,
                      size_t count)
{
    struct sl_abi_writer data = {0};
    if (vm->profile == SL_DEVNET_TODAY)
        return emit_all_packed(vm, set, first, cids, count);
    sl_abi_values(&data, "(uint256[],(bytes)[])");
    sl_abi_open_list(&data, count);
    for (size_t i = 0; i < count; i++)
        sl_abi_put_u64(&data, first + i);
    sl_abi_close(&data);
    sl_abi_open_list(&data, count);
    for (size_t i = 0; i < count; i++) {
        sl_abi_open(&data);
        sl_abi_put_bytes(&data, cids[i].data, cids[i].len);
        sl_abi_close(&data);
    }
    sl_abi_close(&data);
    return sl_vm_emit_data(vm, &vm->at->pdp, "PiecesAdded(uint256,uint256[],(bytes)[])", &data, "i",
                           set);
}

static int add_all(struct sl_vm *vm, struct sl_pdp_set *set, const struct sl_span *cids,
                   size_t count, struct sl_span payload)
{
    int rc = SL_OK;
    const uint64_t first = set->next_piece;
    for (size_t i = 0; rc == SL_OK && i < count; i++)
        rc = add_one(vm, set, i, cids[i]);
    if (rc == SL_OK)
        rc = sl_pdp_save(vm, set);
    if (rc == SL_OK)
        rc = emit_added(vm, set->id, first, cids, count);
    if (rc == SL_OK && sl_pdp_has_listener(set))
        rc = sl_fwss_pieces_added(vm, set, first, cids, count, payload);
    return rc;
}

static struct sl_span *read_cids(struct sl_abi_reader *args, size_t *count)
{
    *count = sl_abi_enter_list(args);
    struct sl_span *cids = calloc(*count + 1, sizeof *cids);
    for (size_t i = 0; cids != NULL && i < *count; i++) {
        sl_abi_enter(args);
        cids[i].data = sl_abi_get_bytes(args, &cids[i].len);
        sl_abi_leave(args);
    }
    sl_abi_leave(args);
    return cids;
}

static int create_and_add(struct sl_frame *f, const struct sl_address *listener,
                          const struct sl_span *cids, size_t count, struct sl_span payload)
{
    struct sl_abi_reader r;
    struct sl_span first, second;
    struct sl_pdp_set set;
    sl_abi_read(&r, "(bytes,bytes)", payload.data, payload.len);
    first.data = sl_abi_get_bytes(&r, &first.len);
    second.data = sl_abi_get_bytes(&r, &second.len);
    if (sl_abi_done(&r, NULL) < 0)
        return sl_vm_revert_empty(f->vm);
    if (sl_address_is_zero(listener))
        return sl_vm_revert_text(f->vm, "listener required for new dataset");
    int rc = create(f, &set, listener, first);
    if (rc == SL_OK && count > 0)
        rc = add_all(f->vm, &set, cids, count, second);
    sl_abi_put_u64(&f->out, set.id);
    return rc < 0 ? rc : keep_deposit(f);
}

static int add_to(struct sl_frame *f, struct sl_u256 id, const struct sl_address *listener,
                  const struct sl_span *cids, size_t count, struct sl_span payload)
{
    struct sl_vm *vm = f->vm;
    struct sl_pdp_set set;
    if (!sl_address_is_zero(listener))
        return sl_vm_revert_text(vm, "listener must be zero for existing dataset");
    if (!sl_u256_is_zero(f->value))
        return sl_vm_revert_text(vm, "no fee on add to existing dataset");
    const int rc = sl_pdp_load_live(vm, &set, id);
    if (rc < 0)
        return rc;
    if (!sl_address_equal(&set.provider, &f->sender))
        return sl_vm_revert_text(vm, "Only the storage provider can add pieces");
    if (count == 0)
        return sl_vm_revert_text(vm, "Must add at least one piece");
    sl_abi_put_u64(&f->out, set.next_piece);
    return add_all(vm, &set, cids, count, payload);
}

static int fn_add(struct sl_frame *f)
{
    size_t count;
    struct sl_span payload;
    const struct sl_u256 id = sl_abi_get_u256(&f->args);
    const struct sl_address listener = sl_abi_get_address(&f->args);
    struct sl_span *cids = read_cids(&f->args, &count);
    if (cids == NULL)
        return sl_err_set(f->vm->err, SL_ENOMEM, "out of memory");
    payload.data = sl_abi_get_bytes(&f->args, &payload.len);
    const int rc = sl_u256_is_zero(id) ? create_and_add(f, &listener, cids, count, payload)
                                       : add_to(f, id, &listener, cids, count, payload);
    free(cids);
    return rc;
}

/* ---- deleting ---- */

int sl_pdp_delete(struct sl_vm *vm, struct sl_pdp_set *set)
{
    int rc = sl_pdp_has_listener(set) ? sl_fwss_deleted(vm, set->id) : SL_OK;
    if (rc == SL_OK)
        rc = sl_vm_emit(vm, &vm->at->pdp, "DataSetDeleted(uint256,uint256)", 1, "ii", set->id,
                        set->leaves);
    if (rc >= 0)
        rc = sl_ledger_db_run(vm->db, vm->err, "DELETE FROM removal WHERE data_set = ?", "i",
                              set->id);
    if (rc >= 0)
        rc =
            sl_ledger_db_run(vm->db, vm->err, "DELETE FROM piece WHERE data_set = ?", "i", set->id);
    if (rc >= 0)
        rc = sl_ledger_db_run(vm->db, vm->err, "DELETE FROM pdp_set WHERE id = ?", "i", set->id);
    return rc < 0 ? rc : sl_vm_move_fil(vm, &vm->at->pdp, &set->provider, deposit());
}

/* ---- small views ---- */

static int fn_live(struct sl_frame *f)
{
    struct sl_pdp_set set;
    const int rc = sl_pdp_load(f->vm, &set, sl_vm_id(sl_abi_get_u256(&f->args)));
    sl_abi_put_bool(&f->out, rc == 1);
    return rc < 0 ? rc : SL_OK;
}

static int fn_listener(struct sl_frame *f)
{
    struct sl_pdp_set set;
    const int rc = sl_pdp_load_live(f->vm, &set, sl_abi_get_u256(&f->args));
    sl_abi_put_address(&f->out, &set.listener);
    return rc;
}

static int fn_provider(struct sl_frame *f)
{
    static const struct sl_address proposed; /* none: providers never change */
    struct sl_pdp_set set;
    const int rc = sl_pdp_load_live(f->vm, &set, sl_abi_get_u256(&f->args));
    sl_abi_put_address(&f->out, &set.provider);
    sl_abi_put_address(&f->out, &proposed);
    return rc;
}

static int fn_leaves(struct sl_frame *f)
{
    struct sl_pdp_set set;
    const int rc = sl_pdp_load_live(f->vm, &set, sl_abi_get_u256(&f->args));
    sl_abi_put_u64(&f->out, set.leaves);
    return rc;
}

static int fn_last_proven(struct sl_frame *f)
{
    struct sl_pdp_set set;
    const int rc = sl_pdp_load_live(f->vm, &set, sl_abi_get_u256(&f->args));
    sl_abi_put_u64(&f->out, set.last_proven);
    return rc;
}

static int fn_range(struct sl_frame *f)
{
    struct sl_pdp_set set;
    const int rc = sl_pdp_load_live(f->vm, &set, sl_abi_get_u256(&f->args));
    sl_abi_put_u64(&f->out, set.challenge_range);
    return rc;
}

static int load_found(struct sl_frame *f, struct sl_pdp_set *set)
{
    const int rc = sl_pdp_load(f->vm, set, sl_vm_id(sl_abi_get_u256(&f->args)));
    if (rc < 0)
        return rc;
    return rc == 1 ? SL_OK : sl_vm_revert(f->vm, "DataSetNotFound()", "");
}

static int fn_next_piece(struct sl_frame *f)
{
    struct sl_pdp_set set;
    const int rc = load_found(f, &set);
    sl_abi_put_u64(&f->out, set.next_piece);
    return rc;
}

static int fn_next_challenge(struct sl_frame *f)
{
    struct sl_pdp_set set;
    const int rc = load_found(f, &set);
    sl_abi_put_u64(&f->out, set.next_challenge);
    return rc;
}

static int fn_next_set(struct sl_frame *f)
{
    uint64_t next = 0;
    const int rc =
        sl_ledger_db_row(f->vm->db, f->vm->err, "SELECT next_set FROM chain", "", "i", &next);
    sl_abi_put_u64(&f->out, next);
    return rc < 0 ? rc : SL_OK;
}

static int fn_deposit(struct sl_frame *f)
{
    sl_abi_put_u256(&f->out, deposit());
    return SL_OK;
}

static int fn_max_removals(struct sl_frame *f)
{
    sl_abi_put_u64(&f->out, SL_PDP_MAX_REMOVALS);
    return SL_OK;
}

static int fn_finality(struct sl_frame *f)
{
    sl_abi_put_u64(&f->out, SL_PDP_CHALLENGE_FINALITY);
    return SL_OK;
}

static int fn_max_log2(struct sl_frame *f)
{
    sl_abi_put_u64(&f->out, 50);
    return SL_OK;
}

static int devnet_fn_version(struct sl_frame *f)
{
    sl_abi_put_str(&f->out, f->profile == SL_DEVNET_1_3 ? "3.4.0" : "3.5.0");
    return SL_OK;
}

static int fn_legacy_limit(struct sl_frame *f)
{
    sl_abi_put_u64(&f->out, f->vm->legacy_limit);
    return SL_OK;
}

#define PIECES "((bytes)[],uint256[],bool)"

const struct sl_function sl_pdp_functions[] = {
    {"VERSION()", "(string)", SL_VIEW, devnet_fn_version},
    {"dataSetLive(uint256)", "(bool)", SL_VIEW, fn_live},
    {"getDataSetListener(uint256)", "(address)", SL_VIEW, fn_listener},
    {"getDataSetStorageProvider(uint256)", "(address,address)", SL_VIEW, fn_provider},
    {"getDataSetLeafCount(uint256)", "(uint256)", SL_VIEW, fn_leaves},
    {"getDataSetLastProvenEpoch(uint256)", "(uint256)", SL_VIEW, fn_last_proven},
    {"getChallengeRange(uint256)", "(uint256)", SL_VIEW, fn_range},
    {"getActivePieceCount(uint256)", "(uint256)", SL_VIEW, sl_pdp_fn_count},
    {"getActivePieces(uint256,uint256,uint256)", PIECES, SL_VIEW, sl_pdp_fn_active},
    {"getActivePiecesByCursor(uint256,uint256,uint256)", PIECES, SL_VIEW, sl_pdp_fn_active_from},
    {"findPieceIdsByCid(uint256,(bytes),uint256,uint256)", "(uint256[])", SL_VIEW, sl_pdp_fn_find},
    {"getPieceCid(uint256,uint256)", "((bytes))", SL_VIEW, sl_pdp_fn_cid},
    {"getPieceLeafCount(uint256,uint256)", "(uint256)", SL_VIEW, sl_pdp_fn_piece_leaves},
    {"pieceLive(uint256,uint256)", "(bool)", SL_VIEW, sl_pdp_fn_piece_live},
    {"getScheduledRemovals(uint256)", "(uint256[])", SL_VIEW, sl_pdp_fn_removals},
    {"getNextPieceId(uint256)", "(uint256)", SL_VIEW, fn_next_piece},
    {"getNextChallengeEpoch(uint256)", "(uint256)", SL_VIEW, fn_next_challenge},
    {"getNextDataSetId()", "(uint64)", SL_VIEW, fn_next_set},
    {"getChallengeFinality()", "(uint256)", SL_VIEW, fn_finality},
    {"FIL_CLEANUP_DEPOSIT()", "(uint256)", SL_VIEW, fn_deposit},
    {"MAX_ENQUEUED_REMOVALS()", "(uint256)", SL_VIEW, fn_max_removals},
    {"MAX_PIECE_SIZE_LOG2()", "(uint256)", SL_VIEW, fn_max_log2},
    {"createDataSet(address,bytes)", "(uint256)", SL_PAYABLE, fn_create},
    {"addPieces(uint256,address,(bytes)[],bytes)", "(uint256)", SL_PAYABLE, fn_add},
    {"schedulePieceDeletions(uint256,uint256[],bytes)", "()", SL_WRITE, sl_pdp_fn_schedule},
    {NULL, NULL, SL_VIEW, NULL},
};

const struct sl_function sl_pdp_today_functions[] = {
    {"legacyPieceStorageIdLimit()", "(uint64)", SL_VIEW, fn_legacy_limit},
    {"processPieceDeletions(uint256,uint256)", "()", SL_WRITE, sl_pdp_fn_process},
    {"nextProvingPeriod(uint256,uint256,bytes)", "()", SL_WRITE, sl_pdp_fn_next_period},
    {NULL, NULL, SL_VIEW, NULL},
};
