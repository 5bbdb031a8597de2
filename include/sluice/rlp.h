/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * rlp.h - the serialisation of transactions: strings and lists. Layer: eth.
 *
 * Source: docs/PROTOCOL.md "Transactions"; proven by tests/data/vectors/tx.json. The reader accepts
 * only the canonical form, and refuses any other spelling of the same transaction.
 */
#ifndef SL_RLP_H
#define SL_RLP_H

#include <stddef.h>
#include <stdint.h>

#include "sluice/buf.h"
#include "sluice/u256.h"

/* ---- writing: appends to a buffer; its `failed` is checked once at the end ---- */

void sl_rlp_bytes(struct sl_buf *buf, const void *data, size_t len);
/** An integer: big-endian without leading zeros, zero is the empty string. */
void sl_rlp_u256(struct sl_buf *buf, struct sl_u256 value);
void sl_rlp_u64(struct sl_buf *buf, uint64_t value);

/** Everything written between the two becomes the content of a list. Lists nest. */
size_t sl_rlp_list(struct sl_buf *buf);
void sl_rlp_list_end(struct sl_buf *buf, size_t mark);

/* ---- reading ---- */

/** A cursor over bytes from outside; a plain value. */
struct sl_rlp {
    const uint8_t *at;
    size_t left;
};

/** The next item is a list: `inside` walks its content, `outside` goes on behind it.
 * Errors of all readers: SL_EFORMAT. */
int sl_rlp_read_list(struct sl_rlp *inside, struct sl_rlp *outside,
                     struct sl_err *err) SL_MUST_CHECK;
/** The next item is a string; *data is borrowed. */
int sl_rlp_read_bytes(const uint8_t **data, size_t *len, struct sl_rlp *from,
                      struct sl_err *err) SL_MUST_CHECK;
/** An integer of at most 32 bytes without leading zeros. */
int sl_rlp_read_u256(struct sl_u256 *out, struct sl_rlp *from, struct sl_err *err) SL_MUST_CHECK;
int sl_rlp_read_u64(uint64_t *out, struct sl_rlp *from, struct sl_err *err) SL_MUST_CHECK;

#endif
