/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Struct hashes: keccak-256 over the type hash and one word a member. */
#include "sluice/eip712.h"

#include <stdlib.h>
#include <string.h>

#include "sluice/keccak.h"

#define ENTRY_TYPE "MetadataEntry(string key,string value)"
#define CID_TYPE   "Cid(bytes data)"
#define PIECE_TYPE "PieceMetadata(uint256 pieceIndex,MetadataEntry[] metadata)"

static const char domain_type[] =
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";

/* A type is followed by the types it uses, in alphabetical order. */
static const char *const message_types[SL_MESSAGE_COUNT] = {
    [SL_MESSAGE_CREATE] =
        "CreateDataSet(uint256 clientDataSetId,address payee,MetadataEntry[] metadata)" ENTRY_TYPE,
    [SL_MESSAGE_ADD] = "AddPieces(uint256 clientDataSetId,uint256 nonce,Cid[] pieceData,"
                       "PieceMetadata[] pieceMetadata)" CID_TYPE ENTRY_TYPE PIECE_TYPE,
    [SL_MESSAGE_REMOVE] = "SchedulePieceRemovals(uint256 clientDataSetId,uint256[] pieceIds)",
    [SL_MESSAGE_TERMINATE] = "TerminateService(uint256 dataSetId)",
    [SL_MESSAGE_PERMIT] =
        "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)",
};

struct sl_domain sl_domain_storage(uint64_t chain_id, const struct sl_address *proxy)
{
    return (struct sl_domain){"FilecoinWarmStorageService", "1", chain_id, *proxy};
}

/* ---- one member each ---- */

static void add_hash_of(struct sl_keccak *hash, const void *data, size_t len)
{
    uint8_t word[SL_HASH_BYTES];
    sl_keccak256(word, data, len);
    sl_keccak_add(hash, word, sizeof word);
}

static void add_text(struct sl_keccak *hash, const char *text)
{
    add_hash_of(hash, text, strlen(text));
}

static void add_number(struct sl_keccak *hash, struct sl_u256 value)
{
    uint8_t word[SL_HASH_BYTES];
    sl_u256_to_be(word, value);
    sl_keccak_add(hash, word, sizeof word);
}

static void add_address(struct sl_keccak *hash, const struct sl_address *address)
{
    uint8_t word[SL_HASH_BYTES] = {0};
    memcpy(word + sizeof word - SL_ADDRESS_BYTES, address->bytes, SL_ADDRESS_BYTES);
    sl_keccak_add(hash, word, sizeof word);
}

static void begin(struct sl_keccak *hash, const char *type)
{
    sl_keccak_init(hash);
    add_text(hash, type);
}

static void add_end(struct sl_keccak *hash, struct sl_keccak *member)
{
    uint8_t word[SL_HASH_BYTES];
    sl_keccak_end(word, member);
    sl_keccak_add(hash, word, sizeof word);
}

/* ---- arrays: the hash of the hashes of their elements ---- */

static void add_entries(struct sl_keccak *hash, const struct sl_metadata *entries, size_t count)
{
    struct sl_keccak list;
    sl_keccak_init(&list);
    for (size_t i = 0; i < count; i++) {
        struct sl_keccak entry;
        begin(&entry, ENTRY_TYPE);
        add_text(&entry, entries[i].key);
        add_text(&entry, entries[i].value);
        add_end(&list, &entry);
    }
    add_end(hash, &list);
}

static void add_cids(struct sl_keccak *hash, const struct sl_signed_piece *pieces, size_t count)
{
    struct sl_keccak list;
    sl_keccak_init(&list);
    for (size_t i = 0; i < count; i++) {
        struct sl_keccak cid;
        begin(&cid, CID_TYPE);
        add_hash_of(&cid, pieces[i].cid, pieces[i].cid_len);
        add_end(&list, &cid);
    }
    add_end(hash, &list);
}

static void add_piece_metadata(struct sl_keccak *hash, const struct sl_signed_piece *pieces,
                               size_t count)
{
    struct sl_keccak list;
    sl_keccak_init(&list);
    for (size_t i = 0; i < count; i++) {
        struct sl_keccak piece;
        begin(&piece, PIECE_TYPE ENTRY_TYPE);
        add_number(&piece, sl_u256(i));
        add_entries(&piece, pieces[i].metadata, pieces[i].metadata_count);
        add_end(&list, &piece);
    }
    add_end(hash, &list);
}

/* ---- messages ---- */

void sl_message_type_hash(uint8_t out[static SL_HASH_BYTES], enum sl_message message)
{
    sl_keccak256(out, message_types[message], strlen(message_types[message]));
}

void sl_domain_separator(uint8_t out[static SL_HASH_BYTES], const struct sl_domain *domain)
{
    struct sl_keccak hash;
    begin(&hash, domain_type);
    add_text(&hash, domain->name);
    add_text(&hash, domain->version);
    add_number(&hash, sl_u256(domain->chain_id));
    add_address(&hash, &domain->contract);
    sl_keccak_end(out, &hash);
}

void sl_message_digest(uint8_t out[static SL_HASH_BYTES], const struct sl_domain *domain,
                       const uint8_t struct_hash[static SL_HASH_BYTES])
{
    uint8_t bytes[2 + 2 * SL_HASH_BYTES] = {0x19, 0x01};
    sl_domain_separator(bytes + 2, domain);
    memcpy(bytes + 2 + SL_HASH_BYTES, struct_hash, SL_HASH_BYTES);
    sl_keccak256(out, bytes, sizeof bytes);
}

void sl_hash_create(uint8_t out[static SL_HASH_BYTES], struct sl_u256 client_data_set_id,
                    const struct sl_address *payee, const struct sl_metadata *metadata,
                    size_t count)
{
    struct sl_keccak hash;
    begin(&hash, message_types[SL_MESSAGE_CREATE]);
    add_number(&hash, client_data_set_id);
    add_address(&hash, payee);
    add_entries(&hash, metadata, count);
    sl_keccak_end(out, &hash);
}

bool sl_add_size_is_compact(const struct sl_add_message *add)
{
    if (!add->compact)
        return false;
    for (size_t i = 0; i < add->count; i++) {
        if (add->pieces[i].metadata_count > 0)
            return false;
    }
    return true;
}

void sl_hash_add(uint8_t out[static SL_HASH_BYTES], const struct sl_add_message *add)
{
    struct sl_keccak hash;
    begin(&hash, message_types[SL_MESSAGE_ADD]);
    add_number(&hash, add->client_data_set_id);
    add_number(&hash, add->nonce);
    add_cids(&hash, add->pieces, add->count);
    add_piece_metadata(&hash, add->pieces, sl_add_size_is_compact(add) ? 0 : add->count);
    sl_keccak_end(out, &hash);
}

void sl_hash_remove(uint8_t out[static SL_HASH_BYTES], struct sl_u256 client_data_set_id,
                    const struct sl_u256 *piece_ids, size_t count)
{
    struct sl_keccak hash;
    struct sl_keccak ids;
    sl_keccak_init(&ids);
    for (size_t i = 0; i < count; i++)
        add_number(&ids, piece_ids[i]);
    begin(&hash, message_types[SL_MESSAGE_REMOVE]);
    add_number(&hash, client_data_set_id);
    add_end(&hash, &ids);
    sl_keccak_end(out, &hash);
}

void sl_hash_terminate(uint8_t out[static SL_HASH_BYTES], struct sl_u256 data_set_id)
{
    struct sl_keccak hash;
    begin(&hash, message_types[SL_MESSAGE_TERMINATE]);
    add_number(&hash, data_set_id);
    sl_keccak_end(out, &hash);
}

void sl_hash_permit(uint8_t out[static SL_HASH_BYTES], const struct sl_address *owner,
                    const struct sl_address *spender, struct sl_u256 value, struct sl_u256 nonce,
                    struct sl_u256 deadline_unix_s)
{
    struct sl_keccak hash;
    begin(&hash, message_types[SL_MESSAGE_PERMIT]);
    add_address(&hash, owner);
    add_address(&hash, spender);
    add_number(&hash, value);
    add_number(&hash, nonce);
    add_number(&hash, deadline_unix_s);
    sl_keccak_end(out, &hash);
}

int sl_message_sign(uint8_t signature[static SL_SIGNATURE_BYTES], const struct sl_key *key,
                    const struct sl_domain *domain, const uint8_t struct_hash[static SL_HASH_BYTES],
                    struct sl_err *err)
{
    uint8_t digest[SL_HASH_BYTES];
    sl_message_digest(digest, domain, struct_hash);
    return sl_key_sign(signature, key, digest, err);
}
