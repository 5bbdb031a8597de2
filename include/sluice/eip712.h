/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * eip712.h - the messages that a wallet signs for providers, and the payloads that carry them.
 * Layer: eth.
 *
 * First the hashes, which a ledger recomputes to check a payload; then the payloads, each of which
 * is signed in one call. Source: docs/PROTOCOL.md "Signing"; proven by
 * tests/data/vectors/eip712.json.
 */
#ifndef SL_EIP712_H
#define SL_EIP712_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sluice/address.h"
#include "sluice/buf.h"
#include "sluice/key.h"
#include "sluice/metadata.h"
#include "sluice/u256.h"

/** Which contract on which chain a signature is for; the texts are borrowed. */
struct sl_domain {
    const char *name;
    const char *version;
    uint64_t chain_id;
    struct sl_address contract;
};

/** The storage service: name and version are its own, `proxy` is its proxy on that chain. */
struct sl_domain sl_domain_storage(uint64_t chain_id, const struct sl_address *proxy);

/* ---- hashes ---- */

/* SL_COMMIT_PIECES: the most pieces of one add. With metadata fewer fit (eip712.h), and older
 * providers and contracts accept only SL_COMMIT_OLD_PIECES. */
enum { SL_HASH_BYTES = 32, SL_COMMIT_PIECES = 404, SL_COMMIT_OLD_PIECES = 40 };

/** A piece to add; everything is borrowed. */
struct sl_signed_piece {
    const uint8_t *cid; /* the binary PieceCID v2 */
    size_t cid_len;
    const struct sl_metadata *metadata;
    size_t metadata_count;
};

/** Pieces for a data set; everything is borrowed. */
struct sl_add_message {
    struct sl_u256 client_data_set_id; /* the random one chosen at creation, not the id on chain */
    struct sl_u256 nonce;              /* random, never used by this payer before */
    const struct sl_signed_piece *pieces;
    size_t count;
    bool compact; /* the storage service is 1.4 or later: when no piece has metadata, list none */
};

/** Whether message and payload omit the metadata lists: the service allows it, and no piece has
 * metadata. */
bool sl_add_size_is_compact(const struct sl_add_message *add);

/** The messages by name: also the permissions that a session key is given (SL_MESSAGE_CREATE ..
 * SL_MESSAGE_TERMINATE, in the order in which a login lists them). */
enum sl_message {
    SL_MESSAGE_CREATE,
    SL_MESSAGE_ADD,
    SL_MESSAGE_REMOVE,
    SL_MESSAGE_TERMINATE,
    SL_MESSAGE_PERMIT,
    SL_MESSAGE_COUNT
};

void sl_message_type_hash(uint8_t out[static SL_HASH_BYTES], enum sl_message message);

void sl_domain_separator(uint8_t out[static SL_HASH_BYTES], const struct sl_domain *domain);

/** What is signed: the hash of separator and struct hash. */
void sl_message_digest(uint8_t out[static SL_HASH_BYTES], const struct sl_domain *domain,
                       const uint8_t struct_hash[static SL_HASH_BYTES]);

/** CreateDataSet. `payee` is the provider's payee in the registry. */
void sl_hash_create(uint8_t out[static SL_HASH_BYTES], struct sl_u256 client_data_set_id,
                    const struct sl_address *payee, const struct sl_metadata *metadata,
                    size_t count);
/** AddPieces, in the form that sl_add_size_is_compact() returns. The contract hashes what the
 * payload contains, so it refuses a payload of the other form. */
void sl_hash_add(uint8_t out[static SL_HASH_BYTES], const struct sl_add_message *add);
/** SchedulePieceRemovals. */
void sl_hash_remove(uint8_t out[static SL_HASH_BYTES], struct sl_u256 client_data_set_id,
                    const struct sl_u256 *piece_ids, size_t count);
/** TerminateService: `data_set_id` is the id on chain. */
void sl_hash_terminate(uint8_t out[static SL_HASH_BYTES], struct sl_u256 data_set_id);
/** Permit of EIP-2612; the domain is the token's (read its name and version on chain). */
void sl_hash_permit(uint8_t out[static SL_HASH_BYTES], const struct sl_address *owner,
                    const struct sl_address *spender, struct sl_u256 value, struct sl_u256 nonce,
                    struct sl_u256 deadline_unix_s);

/** Sign digest(domain, struct_hash). Errors: SL_EKEY. */
int sl_message_sign(uint8_t signature[static SL_SIGNATURE_BYTES], const struct sl_key *key,
                    const struct sl_domain *domain, const uint8_t struct_hash[static SL_HASH_BYTES],
                    struct sl_err *err) SL_MUST_CHECK;

/* ---- payloads ("extraData") ---- */

/** A new data set. `payer` is the account that pays, also when a session key signs. */
struct sl_create_message {
    struct sl_address payer;
    struct sl_address payee;
    struct sl_u256 client_data_set_id;
    const struct sl_metadata *metadata;
    size_t metadata_count;
};

/**
 * Sign and append the payload to `out`. Metadata and the size of the whole message (eip712.h) are
 * checked first.
 * Errors of all: SL_EFORMAT (metadata, no piece), SL_ETOOBIG (more than a message holds), SL_EKEY,
 * SL_ENOMEM.
 * A create payload that passes the metadata rules stays below the 4096 bytes of the contract.
 */
int sl_payload_create(struct sl_buf *out, const struct sl_key *key, const struct sl_domain *domain,
                      const struct sl_create_message *create, struct sl_err *err) SL_MUST_CHECK;
int sl_payload_add(struct sl_buf *out, const struct sl_key *key, const struct sl_domain *domain,
                   const struct sl_add_message *add, struct sl_err *err) SL_MUST_CHECK;
/** Both messages have the same client_data_set_id but different nonces: else SL_EINVAL. */
int sl_payload_create_and_add(struct sl_buf *out, const struct sl_key *key,
                              const struct sl_domain *domain,
                              const struct sl_create_message *create,
                              const struct sl_add_message *add, struct sl_err *err) SL_MUST_CHECK;
int sl_payload_remove(struct sl_buf *out, const struct sl_key *key, const struct sl_domain *domain,
                      struct sl_u256 client_data_set_id, const struct sl_u256 *piece_ids,
                      size_t count, struct sl_err *err) SL_MUST_CHECK;
int sl_payload_terminate(struct sl_buf *out, const struct sl_key *key,
                         const struct sl_domain *domain, struct sl_u256 data_set_id,
                         struct sl_err *err) SL_MUST_CHECK;

/* ---- the size of a message ---- */

/*
 * How many pieces fit into one message to the chain.
 *
 * A provider sends addPieces() of PDPVerifier as one Filecoin message of at most 64 KiB. Its
 * calldata has a fixed part, the pieces, and the signed payload with the metadata of the pieces. If
 * the call also creates a data set, it carries that payload too. These functions compute the size
 * of the calldata before anything is signed, so that a batch ends before the provider would refuse
 * it.
 *
 * A growing batch keeps one struct sl_add_size and checks it after each piece, so each piece costs
 * one step. Pure functions, any thread.
 *
 * Source: docs/PROTOCOL.md "Payloads"; proven by tests/data/vectors/batch.json.
 */

enum {
    /* The calldata, selector included, that a message holds: 64 KiB without its envelope. */
    SL_ADD_CALLDATA_BYTES = 64 * 1024 - 288,
    /* The pieces that an add to a legacy data set pays gas for. */
    SL_ADD_LEGACY_PIECES = 80
};

/** A message in the making; the caller owns it and only reads `pieces`. */
struct sl_add_size {
    size_t pieces;
    size_t piece_bytes;  /* of the list of PieceCIDs */
    size_t key_bytes;    /* of the lists of metadata keys, when they are listed */
    size_t value_bytes;  /* of the lists of metadata values, likewise */
    size_t create_bytes; /* of the payload for a new data set; 0: an existing one */
    bool listed;         /* every piece has its metadata list, though it may be empty */
};

/**
 * Begin a message without pieces. `create` is the data set that the same message makes (its
 * metadata counts), NULL for pieces of an existing one. `compact`: see struct sl_add_message.
 */
void sl_add_size_init(struct sl_add_size *size, const struct sl_create_message *create,
                      bool compact);

/** Count one more piece. Only its length and its metadata matter, in bytes. */
void sl_add_size_piece(struct sl_add_size *size, const struct sl_signed_piece *piece);

/** Bytes of calldata, selector and signatures included. */
size_t sl_add_size_bytes(const struct sl_add_size *size);

/** Whether providers and chain take the message: at least one piece, at most SL_ADD_CALLDATA_BYTES,
 * and for a legacy data set (sl_data_set_is_legacy()) at most SL_ADD_LEGACY_PIECES. */
bool sl_add_size_fits(const struct sl_add_size *size, bool legacy);

#endif
