/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * add_size.h - how many pieces fit into one message to the chain. Layer: eth.
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
#ifndef SL_ADD_SIZE_H
#define SL_ADD_SIZE_H

#include "sluice/eip712.h"

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
