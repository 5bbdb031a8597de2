/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * tx.h - EIP-1559 transactions: signed, and read back with their sender. Layer: eth.
 *
 * Source: docs/PROTOCOL.md "Transactions"; proven by tests/data/vectors/tx.json. The access list is
 * always empty (Filecoin requires it).
 */
#ifndef SL_TX_H
#define SL_TX_H

#include <stddef.h>
#include <stdint.h>

#include "sluice/address.h"
#include "sluice/buf.h"
#include "sluice/key.h"
#include "sluice/u256.h"

enum { SL_TX_HASH_BYTES = 32, SL_TX_MAX_BYTES = 1 << 20 };

/** A plain value; `data` is borrowed. */
struct sl_tx {
    uint64_t chain_id;
    uint64_t nonce;
    struct sl_u256 max_priority_fee; /* attoFIL a unit of gas */
    struct sl_u256 max_fee;          /* attoFIL a unit of gas */
    uint64_t gas_limit;
    struct sl_address to;
    struct sl_u256 value; /* attoFIL */
    const uint8_t *data;
    size_t data_len;
};

/** Parse a chain id as a person writes it: decimal, or "0x..."; not 0. Errors: SL_EFORMAT. */
int sl_tx_chain_id_parse(uint64_t *out, const char *text, struct sl_err *err) SL_MUST_CHECK;

/** Append the bytes that are hashed for the signature: 0x02 and the nine fields. */
void sl_tx_unsigned(struct sl_buf *buf, const struct sl_tx *tx);

/**
 * Append the signed transaction, ready for eth_sendRawTransaction, and write its hash.
 * Errors: SL_EKEY, SL_ENOMEM, SL_EOVERFLOW (larger than SL_TX_MAX_BYTES or the buffer's cap).
 */
int sl_tx_sign(struct sl_buf *raw, uint8_t hash[static SL_TX_HASH_BYTES], const struct sl_tx *tx,
               const struct sl_key *key, struct sl_err *err) SL_MUST_CHECK;

/**
 * Read a signed transaction: fields (tx->data points into `raw`), sender and hash. Strict: type 2,
 * canonical RLP without trailing bytes, a recipient, an empty access list, and a low s. Errors:
 * SL_EFORMAT, SL_EKEY (the signature), SL_ETOOBIG.
 */
int sl_tx_read(struct sl_tx *tx, struct sl_address *sender, uint8_t hash[static SL_TX_HASH_BYTES],
               const uint8_t *raw, size_t len, struct sl_err *err) SL_MUST_CHECK;

#endif
