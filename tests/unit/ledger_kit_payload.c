/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What clients sign, right or wrong. */
#include <stdlib.h>
#include <string.h>

#include "sluice/keccak.h"
#include "sluice/piece.h"

#include "support/test.h"
#include "unit/ledger_kit.h"

struct kit_piece kit_piece(uint64_t bytes, uint64_t seed)
{
    struct sl_piece_id id = {.payload_bytes = bytes, .height = sl_piece_height(bytes)};
    struct kit_piece piece;
    sl_keccak256(id.root, &seed, sizeof seed);
    id.root[31] &= 0x3f;
    piece.len = sl_piece_cid_bytes(piece.cid, &id);
    return piece;
}

static void sign(struct ledger_kit *kit, struct sl_buf *out, const struct kit_payload *p,
                 enum who signer, const uint8_t *hash)
{
    uint8_t signature[SL_SIGNATURE_BYTES];
    struct sl_domain domain = sl_domain_storage(sl_ledger_chain_id(kit->ledger), &kit->at->fwss);
    if (p->chain_id != 0)
        domain.chain_id = p->chain_id;
    if (p->verifier != NULL)
        domain.contract = *p->verifier;
    assert_int_equal(sl_message_sign(signature, kit->keys[signer], &domain, hash, NULL), SL_OK);
    sl_buf_add(out, signature, sizeof signature);
    if (p->spoil != NULL)
        p->spoil(out);
}

static void put_texts(struct sl_abi_writer *w, const struct kit_metadata *m, bool values)
{
    static const struct kit_metadata none;
    const struct kit_metadata *from = m != NULL ? m : &none;
    const size_t count = from->count - (values ? from->values_missing : 0);
    sl_abi_open_list(w, count);
    for (size_t i = 0; i < count; i++)
        sl_abi_put_str(w, values ? from->entries[i].value : from->entries[i].key);
    sl_abi_close(w);
}

static void end_payload(struct sl_buf *out, struct sl_abi_writer *w, struct sl_buf *signature)
{
    sl_abi_put_bytes(w, signature->data, signature->len);
    assert_int_equal(sl_abi_end(w, NULL), SL_OK);
    sl_buf_add(out, w->buf.data, w->buf.len);
    sl_abi_free(w);
    sl_buf_free(signature);
}

void kit_create_payload(struct ledger_kit *kit, struct sl_buf *out, const struct kit_payload *p,
                        enum who sender)
{
    static const struct kit_metadata none;
    const struct kit_metadata *m = p->data_set != NULL ? p->data_set : &none;
    const enum who payer = p->payer != 0 ? p->payer : CLIENT;
    const struct sl_address payer_address = kit_address(kit, payer);
    const struct sl_address payee = kit_address(kit, p->payee != 0   ? p->payee
                                                     : sender == SP3 ? SP3_PAYEE
                                                                     : sender);
    uint8_t hash[SL_HASH_BYTES];
    struct sl_buf signature = {0};
    struct sl_abi_writer w = {0};
    sl_hash_create(hash, p->client_id, &payee, m->entries, m->count);
    sign(kit, &signature, p, p->create_signer != 0 ? p->create_signer : payer, hash);
    sl_abi_values(&w, "(address,uint256,string[],string[],bytes)");
    sl_abi_put_address(&w, &payer_address);
    sl_abi_put_u256(&w, p->client_id);
    put_texts(&w, m, false);
    put_texts(&w, m, true);
    end_payload(out, &w, &signature);
}

static void put_lists(struct sl_abi_writer *w, const struct kit_payload *p, bool values)
{
    const size_t wanted = values ? p->value_lists : p->key_lists;
    const size_t lists = p->no_piece_lists || wanted == SIZE_MAX ? 0
                         : wanted != 0                           ? wanted
                                                                 : p->count;
    sl_abi_open_list(w, lists);
    for (size_t i = 0; i < lists; i++)
        put_texts(w, i == 0 || !p->first_only ? p->piece : NULL, values);
    sl_abi_close(w);
}

void kit_add_payload(struct ledger_kit *kit, struct sl_buf *out, const struct kit_payload *p)
{
    struct sl_signed_piece pieces[KIT_PIECES] = {0};
    const struct kit_piece *from = p->signed_pieces != NULL ? p->signed_pieces : p->pieces;
    const struct sl_u256 id =
        sl_u256_is_zero(p->signed_client_id) ? p->client_id : p->signed_client_id;
    uint8_t hash[SL_HASH_BYTES];
    struct sl_buf signature = {0};
    struct sl_abi_writer w = {0};
    for (size_t i = 0; i < p->count; i++) {
        pieces[i] = (struct sl_signed_piece){.cid = from[i].cid, .cid_len = from[i].len};
        if (p->piece != NULL && (i == 0 || !p->first_only)) {
            pieces[i].metadata = p->piece->entries;
            pieces[i].metadata_count = p->piece->count;
        }
    }
    const struct sl_add_message add = {.client_data_set_id = id,
                                       .nonce = p->nonce,
                                       .pieces = pieces,
                                       .count = p->count,
                                       .compact = p->signed_compact};
    sl_hash_add(hash, &add);
    sign(kit, &signature, p, p->add_signer != 0 ? p->add_signer : CLIENT, hash);
    sl_abi_values(&w, "(uint256,string[][],string[][],bytes)");
    sl_abi_put_u256(&w, p->nonce);
    put_lists(&w, p, false);
    put_lists(&w, p, true);
    end_payload(out, &w, &signature);
}

void kit_put_create(struct ledger_kit *kit, struct sl_abi_writer *w, const struct kit_payload *p,
                    enum who sender)
{
    struct sl_buf payload = {0};
    kit_create_payload(kit, &payload, p, sender);
    sl_abi_call(w, "createDataSet(address,bytes)");
    sl_abi_put_address(w, &kit->at->fwss);
    sl_abi_put_bytes(w, payload.data, payload.len);
    sl_buf_free(&payload);
}

static void pack(struct sl_buf *out, struct sl_buf *create, struct sl_buf *add)
{
    struct sl_abi_writer w = {0};
    sl_abi_values(&w, "(bytes,bytes)");
    sl_abi_put_bytes(&w, create->data, create->len);
    sl_abi_put_bytes(&w, add->data, add->len);
    assert_int_equal(sl_abi_end(&w, NULL), SL_OK);
    sl_buf_add(out, w.buf.data, w.buf.len);
    sl_abi_free(&w);
}

void kit_put_add(struct ledger_kit *kit, struct sl_abi_writer *w, const struct kit_payload *p,
                 uint64_t set, const struct sl_address *listener, enum who sender)
{
    struct sl_buf create = {0}, add = {0}, both = {0};
    kit_add_payload(kit, &add, p);
    if (set == 0) {
        kit_create_payload(kit, &create, p, sender);
        pack(&both, &create, &add);
    }
    const struct sl_buf *payload = set == 0 ? &both : &add;
    sl_abi_call(w, "addPieces(uint256,address,(bytes)[],bytes)");
    sl_abi_put_u64(w, set);
    sl_abi_put_address(w, listener);
    sl_abi_open_list(w, p->count);
    for (size_t i = 0; i < p->count; i++) {
        sl_abi_open(w);
        sl_abi_put_bytes(w, p->pieces[i].cid, p->pieces[i].len);
        sl_abi_close(w);
    }
    sl_abi_close(w);
    sl_abi_put_bytes(w, payload->data, payload->len);
    sl_buf_free(&create);
    sl_buf_free(&add);
    sl_buf_free(&both);
}

static void authorize(struct ledger_kit *kit, struct sl_buf *out, enum who signer,
                      const uint8_t *hash, size_t least)
{
    static const struct kit_payload honest;
    struct sl_buf signature = {0};
    struct sl_abi_writer w = {0};
    sign(kit, &signature, &honest, signer, hash);
    sl_abi_values(&w, "(bytes)");
    end_payload(out, &w, &signature);
    while (out->len < least)
        sl_buf_add(out, "", 1);
}

void kit_remove_payload(struct ledger_kit *kit, struct sl_buf *out, enum who signer,
                        struct sl_u256 client_id, const uint64_t *pieces, size_t count,
                        size_t least)
{
    struct sl_u256 ids[KIT_PIECES];
    uint8_t hash[SL_HASH_BYTES];
    assert_true(count <= KIT_PIECES);
    for (size_t i = 0; i < count; i++)
        ids[i] = sl_u256(pieces[i]);
    sl_hash_remove(hash, client_id, ids, count);
    authorize(kit, out, signer, hash, least);
}

void kit_terminate_payload(struct ledger_kit *kit, struct sl_buf *out, enum who signer,
                           uint64_t set, size_t least)
{
    uint8_t hash[SL_HASH_BYTES];
    sl_hash_terminate(hash, sl_u256(set));
    authorize(kit, out, signer, hash, least);
}

void kit_put_remove(struct ledger_kit *kit, struct sl_abi_writer *w, struct sl_u256 client_id,
                    uint64_t set, const uint64_t *pieces, size_t count)
{
    struct sl_buf payload = {0};
    kit_remove_payload(kit, &payload, CLIENT, client_id, pieces, count, 0);
    sl_abi_call(w, "schedulePieceDeletions(uint256,uint256[],bytes)");
    sl_abi_put_u64(w, set);
    sl_abi_open_list(w, count);
    for (size_t i = 0; i < count; i++)
        sl_abi_put_u64(w, pieces[i]);
    sl_abi_close(w);
    sl_abi_put_bytes(w, payload.data, payload.len);
    sl_buf_free(&payload);
}
