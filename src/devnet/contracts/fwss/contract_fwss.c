/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Data sets: created, filled, scheduled for removal, deleted. */
#include "contracts/fwss/contract_fwss.h"

#include <string.h>

#include "contracts/contract_registry.h"
#include "contracts/fwss/contract_fwss_authorizer.h"
#include "contracts/fwss/contract_fwss_metadata.h"
#include "contracts/fwss/contract_fwss_rail.h"
#include "contracts/fwss/contract_fwss_store.h"
#include "contracts/fwss/contract_fwss_terms.h"
#include "contracts/pay/contract_pay.h"

/* ---- rows ---- */

static int insert_set(struct sl_vm *vm, const struct sl_fwss_set *set)
{
    int rc = sl_ledger_db_run(
        vm->db, vm->err,
        "INSERT INTO data_set(id, pdp_rail, cache_rail, cdn_rail, payer, payee, provider,"
        " provider_id, client_id, end_epoch, pending, reserve)"
        " VALUES(?1, -?1, 0, 0, ?, ?, ?, ?, ?, 0, ?, ?)",
        "iaaaiuuu", set->id, &set->payer, &set->payee, &set->provider, set->provider_id,
        set->client_id, set->pending, set->reserve);
    if (rc >= 0)
        rc = sl_ledger_db_run(vm->db, vm->err,
                              "INSERT INTO client_set VALUES(?1, (SELECT count(*) FROM client_set"
                              " WHERE payer = ?1), ?2)",
                              "ai", &set->payer, set->id);
    return rc < 0 ? rc : SL_OK;
}

/* ---- nonces: one space for new sets and for adds ---- */

static int use_nonce(struct sl_vm *vm, const struct sl_address *payer, struct sl_u256 nonce,
                     struct sl_u256 used_for)
{
    const int rc =
        sl_ledger_db_run(vm->db, vm->err, "INSERT OR IGNORE INTO client_nonce VALUES(?, ?, ?)",
                         "auu", payer, nonce, used_for);
    if (rc == 0)
        return sl_vm_revert(vm, "ClientDataSetAlreadyRegistered(uint256)", "u", nonce);
    return rc < 0 ? rc : SL_OK;
}

static int check_payload(struct sl_vm *vm, struct sl_span payload, size_t most)
{
    if (payload.len == 0)
        return sl_vm_revert(vm, "ExtraDataRequired()", "");
    if (payload.len > most)
        return sl_vm_revert(vm, "ExtraDataTooLarge(uint256,uint256)", "ii", (uint64_t)payload.len,
                            (uint64_t)most);
    return SL_OK;
}

/* ---- creating ---- */

static int check_create(struct sl_vm *vm, struct sl_fwss_set *set,
                        const struct sl_create_payload *p)
{
    if (sl_address_is_zero(&p->payer))
        return sl_vm_revert(vm, "ZeroAddress(uint8)", "i", (uint64_t)6);
    int rc = sl_registry_find(vm, &set->provider, &set->provider_id, &set->payee);
    if (rc < 0)
        return rc;
    if (set->provider_id == 0)
        return sl_vm_revert(vm, "ProviderNotRegistered(address)", "a", &set->provider);
    return use_nonce(vm, &p->payer, p->client_id, sl_u256(set->id));
}

static int verify_create(struct sl_vm *vm, const struct sl_fwss_set *set,
                         const struct sl_create_payload *p)
{
    uint8_t hash[SL_HASH_BYTES];
    struct sl_address signer;
    const int rc = sl_create_payload_hash(vm, hash, p, &set->payee);
    if (rc < 0)
        return rc;
    return sl_contract_message_verify(vm, &p->payer, SL_MESSAGE_CREATE, hash, p->signature,
                                      &signer);
}

static bool wants_cdn(const struct sl_create_payload *p)
{
    for (size_t i = 0; i < p->keys.span_count; i++) {
        if (p->keys.spans[i].len == 7 && memcmp(p->keys.spans[i].data, "withCDN", 7) == 0)
            return true;
    }
    return false;
}

static int emit_created(struct sl_vm *vm, const struct sl_fwss_set *set,
                        const struct sl_create_payload *p)
{
    struct sl_abi_writer data = {0};
    sl_abi_values(&data, "(uint256,uint256,uint256,address,address,address,string[],string[])");
    sl_abi_put_u64(&data, set->pdp_rail);
    sl_abi_put_u64(&data, set->cache_rail);
    sl_abi_put_u64(&data, set->cdn_rail);
    sl_abi_put_address(&data, &set->payer);
    sl_abi_put_address(&data, &set->provider);
    sl_abi_put_address(&data, &set->payee);
    sl_fwss_append_lists(&data, &p->keys, &p->values, 0);
    return sl_vm_emit_data(vm, &vm->at->fwss,
                           "DataSetCreated(uint256,uint256,uint256,uint256,uint256,address,address,"
                           "address,string[],string[])",
                           &data, "ii", set->id, set->provider_id);
}

static int create(struct sl_vm *vm, struct sl_fwss_set *set, const struct sl_create_payload *p)
{
    int rc = check_create(vm, set, p);
    if (rc == SL_OK)
        rc = verify_create(vm, set, p);
    if (rc < 0)
        return rc;
    set->payer = p->payer;
    set->client_id = p->client_id;
    set->reserve = sl_u256(sl_fwss_terms(vm->profile)->reserve);
    set->pending = sl_u256(SL_FWSS_CREATE_FEE);
    rc = insert_set(vm, set);
    if (rc == SL_OK)
        rc = sl_fwss_keep_metadata(vm, set->id, SL_FWSS_OF_DATA_SET, SL_METADATA_DATA_SET_ENTRIES,
                                   &p->keys, &p->values, 0);
    if (rc == SL_OK)
        rc = sl_fwss_create_rails(vm, set, wants_cdn(p));
    if (rc == SL_OK)
        rc = sl_fwss_save(vm, set);
    return rc < 0 ? rc : emit_created(vm, set, p);
}

int sl_fwss_created(struct sl_vm *vm, uint64_t id, const struct sl_address *provider,
                    struct sl_span payload)
{
    struct sl_create_payload p;
    struct sl_fwss_set set = {.id = id, .provider = *provider};
    int rc = check_payload(vm, payload, sl_fwss_terms(vm->profile)->create_bytes);
    if (rc < 0)
        return rc;
    rc = sl_create_payload_read(vm, &p, payload);
    if (rc == SL_OK)
        rc = create(vm, &set, &p);
    sl_create_payload_free(&p);
    return rc;
}

/* ---- adding ---- */

static int emit_piece(struct sl_vm *vm, uint64_t id, uint64_t piece, struct sl_span cid,
                      const struct sl_contract_add_payload *p, size_t i)
{
    struct sl_abi_writer data = {0};
    sl_abi_values(&data, "((bytes),string[],string[])");
    sl_abi_open(&data);
    sl_abi_put_bytes(&data, cid.data, cid.len);
    sl_abi_close(&data);
    sl_fwss_append_lists(&data, &p->keys, &p->values, i);
    return sl_vm_emit_data(vm, &vm->at->fwss,
                           "PieceAdded(uint256,uint256,(bytes),string[],string[])", &data, "ii", id,
                           piece);
}

/* The set of a rail that is paid on. */
static int load_paid(struct sl_vm *vm, struct sl_fwss_set *set, uint64_t id)
{
    const int rc = sl_fwss_load(vm, set, id);
    if (rc < 0)
        return rc;
    if (rc == 0)
        return sl_vm_revert(vm, "InvalidDataSetId(uint256)", "i", id);
    if (set->end_epoch != 0)
        return sl_vm_revert(vm, "DataSetPaymentAlreadyTerminated(uint256)", "i", id);
    return SL_OK;
}

static int check_counts(struct sl_vm *vm, const struct sl_contract_add_payload *p, size_t count)
{
    const size_t lists[] = {p->keys.list_count, p->values.list_count};
    if (vm->profile == SL_DEVNET_TODAY && lists[0] == 0 && lists[1] == 0)
        return SL_OK; /* the compact form: no piece has any */
    for (size_t i = 0; i < 2; i++) {
        if (lists[i] != count)
            return sl_vm_revert(vm, "MetadataArrayCountMismatch(uint256,uint256)", "ii",
                                (uint64_t)lists[i], (uint64_t)count);
    }
    return SL_OK;
}

/* The nonce remembers the data set below, and the piece id after the last one above 128 bits. */
static struct sl_u256 nonce_value(uint64_t next_piece, uint64_t id)
{
    return (struct sl_u256){{id, 0, next_piece, 0}};
}

static int verify_add(struct sl_vm *vm, const struct sl_fwss_set *set,
                      const struct sl_contract_add_payload *p, uint64_t first,
                      const struct sl_span *cids, size_t count)
{
    uint8_t hash[SL_HASH_BYTES];
    struct sl_address signer;
    int rc = use_nonce(vm, &set->payer, p->nonce, nonce_value(first + count, set->id));
    if (rc == SL_OK)
        rc = check_counts(vm, p, count);
    if (rc == SL_OK)
        rc = sl_contract_add_payload_hash(vm, hash, p, set->client_id, cids, count);
    if (rc < 0)
        return rc;
    return sl_fwss_authorize(vm, set, SL_MESSAGE_ADD, hash, p->signature, &signer);
}

static int add(struct sl_vm *vm, struct sl_fwss_set *set, const struct sl_pdp_set *pdp,
               const struct sl_contract_add_payload *p, uint64_t first, const struct sl_span *cids,
               size_t count)
{
    const struct sl_fwss_terms *terms = sl_fwss_terms(vm->profile);
    int rc = verify_add(vm, set, p, first, cids, count);
    if (rc < 0)
        return rc;
    set->pending = sl_vm_add(vm, set->pending, sl_u256(terms->add_fee + count * terms->piece_fee));
    rc = sl_fwss_update_rate(vm, set, pdp->leaves, false);
    if (rc == SL_OK)
        rc = sl_fwss_save(vm, set);
    for (size_t i = 0; rc == SL_OK && i < count; i++) {
        rc = sl_fwss_keep_metadata(vm, set->id, (int64_t)(first + i), SL_METADATA_PIECE_ENTRIES,
                                   &p->keys, &p->values, i);
        if (rc == SL_OK)
            rc = emit_piece(vm, set->id, first + i, cids[i], p, i);
    }
    /* the provider starts to prove with the next block */
    if (rc == SL_OK && set->deadline == 0)
        rc = sl_fwss_set_due(vm, set->id, vm->epoch + 1);
    return rc;
}

int sl_fwss_pieces_added(struct sl_vm *vm, const struct sl_pdp_set *pdp, uint64_t first,
                         const struct sl_span *cids, size_t count, struct sl_span payload)
{
    struct sl_fwss_set set;
    struct sl_contract_add_payload p;
    int rc = load_paid(vm, &set, pdp->id);
    if (rc == SL_OK)
        rc = check_payload(vm, payload, SIZE_MAX);
    if (rc < 0)
        return rc;
    rc = sl_contract_add_payload_read(vm, &p, payload);
    if (rc == SL_OK)
        rc = add(vm, &set, pdp, &p, first, cids, count);
    sl_contract_add_payload_free(&p);
    return rc;
}

/* ---- removing ---- */

static int check_not_ended(struct sl_vm *vm, const struct sl_fwss_set *set)
{
    if (set->end_epoch != 0 && vm->epoch > set->end_epoch)
        return sl_vm_revert(vm, "DataSetPaymentBeyondEndEpoch(uint256,uint256,uint256)", "iii",
                            set->id, set->end_epoch, vm->epoch);
    return SL_OK;
}

static int verify_removal(struct sl_vm *vm, const struct sl_fwss_set *set,
                          const struct sl_u256 *pieces, size_t count, struct sl_span payload)
{
    uint8_t hash[SL_HASH_BYTES];
    struct sl_address signer;
    struct sl_span signature = {0};
    int rc = check_payload(vm, payload, sl_fwss_terms(vm->profile)->signature_bytes);
    if (rc == SL_OK)
        rc = sl_contract_signature_read(vm, &signature, payload);
    if (rc < 0)
        return rc;
    sl_hash_remove(hash, set->client_id, pieces, count);
    return sl_fwss_authorize(vm, set, SL_MESSAGE_REMOVE, hash, signature, &signer);
}

static int load_registered(struct sl_vm *vm, struct sl_fwss_set *set, uint64_t id)
{
    const int rc = sl_fwss_load(vm, set, id);
    return rc == 0 ? sl_vm_revert(vm, "DataSetNotRegistered(uint256)", "i", id) : rc;
}

int sl_fwss_scheduled(struct sl_vm *vm, uint64_t id, const struct sl_u256 *pieces, size_t count,
                      struct sl_span payload)
{
    struct sl_fwss_set set;
    int rc = load_registered(vm, &set, id);
    if (rc < 0)
        return rc;
    if ((rc = check_not_ended(vm, &set)) < 0 ||
        (rc = verify_removal(vm, &set, pieces, count, payload)) < 0)
        return rc;
    set.pending = sl_vm_add(vm, set.pending, sl_u256(sl_fwss_terms(vm->profile)->remove_fee));
    set.scheduled = true;
    rc = sl_fwss_replenish(vm, &set);
    return rc < 0 ? rc : sl_fwss_save(vm, &set);
}

/* ---- deleting ---- */

/* On chain the last of the list takes the place of the deleted one. */
static int leave_client(struct sl_vm *vm, const struct sl_fwss_set *set)
{
    uint64_t place = 0, last = 0, last_set = 0;
    int rc = sl_ledger_db_row(vm->db, vm->err, "SELECT place FROM client_set WHERE data_set = ?",
                              "i", "i", set->id, &place);
    if (rc >= 0)
        rc = sl_ledger_db_row(vm->db, vm->err,
                              "SELECT place, data_set FROM client_set WHERE payer = ?"
                              " ORDER BY place DESC LIMIT 1",
                              "a", "ii", &set->payer, &last, &last_set);
    if (rc >= 0)
        rc = sl_ledger_db_run(vm->db, vm->err, "DELETE FROM client_set WHERE data_set = ?", "i",
                              set->id);
    if (rc >= 0 && last_set != set->id)
        rc = sl_ledger_db_run(vm->db, vm->err, "UPDATE client_set SET place = ? WHERE data_set = ?",
                              "ii", place, last_set);
    return rc < 0 ? rc : SL_OK;
}

static int check_settled(struct sl_vm *vm, const struct sl_fwss_set *set)
{
    uint64_t settled_to = 0, end_epoch = 0;
    if (vm->epoch < set->end_epoch)
        return sl_vm_revert(vm, "PaymentRailsNotFinalized(uint256,uint256)", "ii", set->id,
                            set->end_epoch);
    const int rc = sl_ledger_db_row(
        vm->db, vm->err, "SELECT settled_to, end_epoch FROM rail WHERE id = ? AND active = 1", "i",
        "ii", set->pdp_rail, &settled_to, &end_epoch);
    if (rc == 1 && settled_to < end_epoch)
        return sl_vm_revert(vm, "RailNotFullySettled(uint256,uint256,uint256)", "iii",
                            set->pdp_rail, settled_to, end_epoch);
    return rc < 0 ? rc : SL_OK;
}

int sl_fwss_deleted(struct sl_vm *vm, uint64_t id)
{
    struct sl_fwss_set set;
    int rc = load_registered(vm, &set, id);
    if (rc < 0)
        return rc;
    rc = check_settled(vm, &set);
    if (rc == SL_OK && set.cdn_rail != 0)
        rc = sl_fwss_terminate_cdn(vm, &set, &vm->at->pdp);
    if (rc == SL_OK)
        rc = leave_client(vm, &set);
    if (rc >= 0)
        rc = sl_ledger_db_run(vm->db, vm->err, "DELETE FROM proven_period WHERE data_set = ?", "i",
                              id);
    if (rc >= 0)
        rc = sl_ledger_db_run(vm->db, vm->err, "DELETE FROM metadata WHERE data_set = ?", "i", id);
    if (rc >= 0)
        rc = sl_ledger_db_run(vm->db, vm->err, "DELETE FROM data_set WHERE id = ?", "i", id);
    return rc < 0 ? rc : SL_OK;
}
