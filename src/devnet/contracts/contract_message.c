/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "contracts/contract_message.h"

#include <stdlib.h>
#include <string.h>

#include "sluice/keccak.h"

#include "contracts/contract_session.h"

/* ---- lists ---- */

static void lists_free(struct sl_lists *lists)
{
    free(lists->spans);
    free(lists->ends);
    *lists = (struct sl_lists){0};
}

const struct sl_span *sl_lists_at(const struct sl_lists *lists, size_t i, size_t *count)
{
    static const struct sl_span none;
    *count = 0;
    if (i >= lists->list_count)
        return &none;
    const size_t begin = i == 0 ? 0 : lists->ends[i - 1];
    *count = lists->ends[i] - begin;
    return *count > 0 ? lists->spans + begin : &none;
}

static int add_span(struct sl_vm *vm, struct sl_lists *lists, struct sl_span span)
{
    if (lists->span_count == lists->span_room) {
        const size_t room = lists->span_room == 0 ? 16 : lists->span_room * 2;
        struct sl_span *spans = realloc(lists->spans, room * sizeof *spans);
        if (spans == NULL)
            return sl_err_set(vm->err, SL_ENOMEM, "out of memory");
        lists->spans = spans;
        lists->span_room = room;
    }
    lists->spans[lists->span_count++] = span;
    return SL_OK;
}

static int end_list(struct sl_vm *vm, struct sl_lists *lists)
{
    if (lists->list_count == lists->list_room) {
        const size_t room = lists->list_room == 0 ? 16 : lists->list_room * 2;
        size_t *ends = realloc(lists->ends, room * sizeof *ends);
        if (ends == NULL)
            return sl_err_set(vm->err, SL_ENOMEM, "out of memory");
        lists->ends = ends;
        lists->list_room = room;
    }
    lists->ends[lists->list_count++] = lists->span_count;
    return SL_OK;
}

static int read_list(struct sl_vm *vm, struct sl_lists *lists, struct sl_abi_reader *r)
{
    int rc = SL_OK;
    const size_t count = sl_abi_enter_list(r);
    for (size_t i = 0; rc == SL_OK && i < count && r->wrong == NULL; i++) {
        struct sl_span span;
        span.data = (const uint8_t *)sl_abi_get_str(r, &span.len);
        rc = add_span(vm, lists, span);
    }
    sl_abi_leave(r);
    return rc < 0 ? rc : end_list(vm, lists);
}

static int read_lists(struct sl_vm *vm, struct sl_lists *lists, struct sl_abi_reader *r)
{
    int rc = SL_OK;
    const size_t count = sl_abi_enter_list(r);
    for (size_t i = 0; rc == SL_OK && i < count && r->wrong == NULL; i++)
        rc = read_list(vm, lists, r);
    sl_abi_leave(r);
    return rc;
}

/* ---- payloads ---- */

static int end_reading(struct sl_vm *vm, const struct sl_abi_reader *r, int rc)
{
    if (rc < 0)
        return rc;
    return sl_abi_done(r, NULL) < 0 ? sl_vm_revert_empty(vm) : SL_OK;
}

int sl_create_payload_read(struct sl_vm *vm, struct sl_create_payload *out, struct sl_span data)
{
    struct sl_abi_reader r;
    *out = (struct sl_create_payload){0};
    sl_abi_read(&r, "(address,uint256,string[],string[],bytes)", data.data, data.len);
    out->payer = sl_abi_get_address(&r);
    out->client_id = sl_abi_get_u256(&r);
    int rc = read_list(vm, &out->keys, &r);
    if (rc == SL_OK)
        rc = read_list(vm, &out->values, &r);
    if (rc == SL_OK)
        out->signature.data = sl_abi_get_bytes(&r, &out->signature.len);
    return end_reading(vm, &r, rc);
}

void sl_create_payload_free(struct sl_create_payload *payload)
{
    lists_free(&payload->keys);
    lists_free(&payload->values);
}

int sl_contract_add_payload_read(struct sl_vm *vm, struct sl_contract_add_payload *out,
                                 struct sl_span data)
{
    struct sl_abi_reader r;
    *out = (struct sl_contract_add_payload){0};
    sl_abi_read(&r, "(uint256,string[][],string[][],bytes)", data.data, data.len);
    out->nonce = sl_abi_get_u256(&r);
    int rc = read_lists(vm, &out->keys, &r);
    if (rc == SL_OK)
        rc = read_lists(vm, &out->values, &r);
    if (rc == SL_OK)
        out->signature.data = sl_abi_get_bytes(&r, &out->signature.len);
    return end_reading(vm, &r, rc);
}

void sl_contract_add_payload_free(struct sl_contract_add_payload *payload)
{
    lists_free(&payload->keys);
    lists_free(&payload->values);
}

int sl_contract_signature_read(struct sl_vm *vm, struct sl_span *signature, struct sl_span data)
{
    struct sl_abi_reader r;
    sl_abi_read(&r, "(bytes)", data.data, data.len);
    signature->data = sl_abi_get_bytes(&r, &signature->len);
    return end_reading(vm, &r, SL_OK);
}

/* ---- hashes: a struct is keccak(type hash || its members as words) ---- */

#define TYPE_ENTRY "MetadataEntry(string key,string value)"
#define TYPE_CID   "Cid(bytes data)"
#define TYPE_PIECE "PieceMetadata(uint256 pieceIndex,MetadataEntry[] metadata)" TYPE_ENTRY

static void add_type(struct sl_keccak *hash, const char *type)
{
    uint8_t word[SL_HASH_BYTES];
    sl_keccak256(word, type, strlen(type));
    sl_keccak_init(hash);
    sl_keccak_add(hash, word, sizeof word);
}

static void add_message_type(struct sl_keccak *hash, enum sl_message message)
{
    uint8_t word[SL_HASH_BYTES];
    sl_message_type_hash(word, message);
    sl_keccak_init(hash);
    sl_keccak_add(hash, word, sizeof word);
}

static void add_u256(struct sl_keccak *hash, struct sl_u256 value)
{
    uint8_t word[SL_HASH_BYTES];
    sl_u256_to_be(word, value);
    sl_keccak_add(hash, word, sizeof word);
}

static void add_bytes(struct sl_keccak *hash, struct sl_span bytes)
{
    uint8_t word[SL_HASH_BYTES];
    sl_keccak256(word, bytes.data, bytes.len);
    sl_keccak_add(hash, word, sizeof word);
}

static int hash_entries(struct sl_vm *vm, uint8_t out[static SL_HASH_BYTES],
                        const struct sl_lists *keys, const struct sl_lists *values, size_t i)
{
    size_t key_count, value_count;
    const struct sl_span *key = sl_lists_at(keys, i, &key_count);
    const struct sl_span *value = sl_lists_at(values, i, &value_count);
    struct sl_keccak all, one;
    if (key_count != value_count)
        return sl_vm_revert(vm, "MetadataKeyAndValueLengthMismatch(uint256,uint256)", "ii",
                            (uint64_t)key_count, (uint64_t)value_count);
    sl_keccak_init(&all);
    for (size_t k = 0; k < key_count; k++) {
        add_type(&one, TYPE_ENTRY);
        add_bytes(&one, key[k]);
        add_bytes(&one, value[k]);
        sl_keccak_end(out, &one);
        sl_keccak_add(&all, out, SL_HASH_BYTES);
    }
    sl_keccak_end(out, &all);
    return SL_OK;
}

int sl_create_payload_hash(struct sl_vm *vm, uint8_t out[static SL_HASH_BYTES],
                           const struct sl_create_payload *payload, const struct sl_address *payee)
{
    struct sl_keccak hash;
    uint8_t word[SL_HASH_BYTES] = {0};
    uint8_t entries[SL_HASH_BYTES];
    const int rc = hash_entries(vm, entries, &payload->keys, &payload->values, 0);
    if (rc < 0)
        return rc;
    memcpy(word + sizeof word - sizeof payee->bytes, payee->bytes, sizeof payee->bytes);
    add_message_type(&hash, SL_MESSAGE_CREATE);
    add_u256(&hash, payload->client_id);
    sl_keccak_add(&hash, word, sizeof word);
    sl_keccak_add(&hash, entries, sizeof entries);
    sl_keccak_end(out, &hash);
    return SL_OK;
}

static int hash_piece_metadata(struct sl_vm *vm, uint8_t out[static SL_HASH_BYTES],
                               const struct sl_contract_add_payload *payload)
{
    struct sl_keccak all, one;
    if (payload->keys.list_count != payload->values.list_count)
        return sl_vm_revert_text(vm, "Keys/values array length mismatch");
    sl_keccak_init(&all);
    for (size_t i = 0; i < payload->keys.list_count; i++) {
        const int rc = hash_entries(vm, out, &payload->keys, &payload->values, i);
        if (rc < 0)
            return rc;
        add_type(&one, TYPE_PIECE);
        add_u256(&one, sl_u256(i));
        sl_keccak_add(&one, out, SL_HASH_BYTES);
        sl_keccak_end(out, &one);
        sl_keccak_add(&all, out, SL_HASH_BYTES);
    }
    sl_keccak_end(out, &all);
    return SL_OK;
}

static void hash_cids(uint8_t out[static SL_HASH_BYTES], const struct sl_span *cids, size_t count)
{
    struct sl_keccak all, one;
    sl_keccak_init(&all);
    for (size_t i = 0; i < count; i++) {
        add_type(&one, TYPE_CID);
        add_bytes(&one, cids[i]);
        sl_keccak_end(out, &one);
        sl_keccak_add(&all, out, SL_HASH_BYTES);
    }
    sl_keccak_end(out, &all);
}

int sl_contract_add_payload_hash(struct sl_vm *vm, uint8_t out[static SL_HASH_BYTES],
                                 const struct sl_contract_add_payload *payload,
                                 struct sl_u256 client_id, const struct sl_span *cids,
                                 size_t cid_count)
{
    struct sl_keccak hash;
    uint8_t metadata[SL_HASH_BYTES];
    const int rc = hash_piece_metadata(vm, metadata, payload);
    if (rc < 0)
        return rc;
    hash_cids(out, cids, cid_count);
    add_message_type(&hash, SL_MESSAGE_ADD);
    add_u256(&hash, client_id);
    add_u256(&hash, payload->nonce);
    sl_keccak_add(&hash, out, SL_HASH_BYTES);
    sl_keccak_add(&hash, metadata, sizeof metadata);
    sl_keccak_end(out, &hash);
    return SL_OK;
}

/* ---- who signed ---- */

int sl_contract_message_verify(struct sl_vm *vm, const struct sl_address *payer,
                               enum sl_message message,
                               const uint8_t struct_hash[static SL_HASH_BYTES],
                               struct sl_span signature, struct sl_address *signer)
{
    uint8_t hash[SL_HASH_BYTES];
    struct sl_u256 expiry;
    const struct sl_domain domain = sl_domain_storage(vm->chain_id, &vm->at->fwss);
    if (signature.len != SL_SIGNATURE_BYTES)
        return sl_vm_revert(vm, "InvalidSignatureLength(uint256,uint256)", "ii",
                            (uint64_t)SL_SIGNATURE_BYTES, (uint64_t)signature.len);
    const uint8_t v = signature.data[SL_SIGNATURE_BYTES - 1];
    if (v > 1 && v != 27 && v != 28)
        return sl_vm_revert(vm, "UnsupportedSignatureV(uint8)", "i", (uint64_t)v);
    sl_message_digest(hash, &domain, struct_hash);
    /* the chain's own recovery answers the zero address for what no key made */
    if (sl_key_recover(signer, signature.data, hash, NULL) < 0)
        *signer = (struct sl_address){{0}};
    if (sl_address_equal(signer, payer))
        return SL_OK;
    sl_message_type_hash(hash, message);
    const int rc = sl_contract_session_expiry(vm, payer, signer, hash, &expiry);
    if (rc < 0)
        return rc;
    if (sl_u256_cmp(expiry, sl_u256((uint64_t)vm->time_s)) < 0)
        return sl_vm_revert(vm, "InvalidSignature(address,address)", "aa", payer, signer);
    return SL_OK;
}
