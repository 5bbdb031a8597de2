/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * contract_message.h - the payloads that clients sign, as the storage service reads and checks
 * them: any bytes, in the order in which they came. Source: protocol/signing.md sections 2 to 6.
 */
#ifndef SL_DEVNET_CONTRACT_MESSAGE_H
#define SL_DEVNET_CONTRACT_MESSAGE_H

#include "sluice/eip712.h"

#include "chain/ledger_vm.h"

/** Bytes of a payload, borrowed. */
struct sl_span {
    const uint8_t *data;
    size_t len;
};

/** string[] or string[][]: list i has the spans ends[i - 1] up to ends[i]. */
struct sl_lists {
    struct sl_span *spans;
    size_t span_count;
    size_t span_room;
    size_t *ends;
    size_t list_count;
    size_t list_room;
};

/** Where list i begins, and how many spans it has; none behind the last list. */
const struct sl_span *sl_lists_at(const struct sl_lists *lists, size_t i, size_t *count);

struct sl_create_payload {
    struct sl_address payer;
    struct sl_u256 client_id;
    struct sl_lists keys; /* one list */
    struct sl_lists values;
    struct sl_span signature;
};

struct sl_contract_add_payload {
    struct sl_u256 nonce;
    struct sl_lists keys; /* a list a piece */
    struct sl_lists values;
    struct sl_span signature;
};

/* Reading; what does not decode reverts without data. Free also after a failure. */
int sl_create_payload_read(struct sl_vm *vm, struct sl_create_payload *out,
                           struct sl_span data) SL_MUST_CHECK;
void sl_create_payload_free(struct sl_create_payload *payload);
int sl_contract_add_payload_read(struct sl_vm *vm, struct sl_contract_add_payload *out,
                                 struct sl_span data) SL_MUST_CHECK;
void sl_contract_add_payload_free(struct sl_contract_add_payload *payload);
/** The bytes inside a removal or termination payload. */
int sl_contract_signature_read(struct sl_vm *vm, struct sl_span *signature,
                               struct sl_span data) SL_MUST_CHECK;

/* Hashing; revert when keys and values differ in number. */
int sl_create_payload_hash(struct sl_vm *vm, uint8_t out[static SL_HASH_BYTES],
                           const struct sl_create_payload *payload,
                           const struct sl_address *payee) SL_MUST_CHECK;
int sl_contract_add_payload_hash(struct sl_vm *vm, uint8_t out[static SL_HASH_BYTES],
                                 const struct sl_contract_add_payload *payload,
                                 struct sl_u256 client_id, const struct sl_span *cids,
                                 size_t cid_count) SL_MUST_CHECK;

/** Whether the payer, or a session key of it that is good for `message`, signed the struct hash. */
int sl_contract_message_verify(struct sl_vm *vm, const struct sl_address *payer,
                               enum sl_message message,
                               const uint8_t struct_hash[static SL_HASH_BYTES],
                               struct sl_span signature, struct sl_address *signer) SL_MUST_CHECK;

#endif
