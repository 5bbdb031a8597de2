/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Any bytes as the twelve fields of a transaction, and as the values of well-formed ones with any
 * signature: what is read is what was written, and the one spelling of itself.
 */
#include <stdlib.h>
#include <string.h>

#include "sluice/rlp.h"
#include "sluice/tx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
    if (!ok)
        abort();
}

/* The next `len` bytes of the input, zeros behind its end. */
struct input {
    const uint8_t *at;
    size_t left;
};

static void take(void *out, struct input *in, size_t len)
{
    const size_t have = in->left < len ? in->left : len;
    memset(out, 0, len);
    if (have > 0)
        memcpy(out, in->at, have);
    in->at += have;
    in->left -= have;
}

static uint64_t take_u64(struct input *in)
{
    uint64_t value;
    take(&value, in, sizeof value);
    return value;
}

/* Of any width: shifted by a byte of the input. */
static struct sl_u256 take_u256(struct input *in)
{
    uint8_t bytes[32];
    uint8_t shown;
    take(&shown, in, 1);
    take(bytes, in, sizeof bytes);
    memset(bytes, 0, shown % 33);
    struct sl_u256 value;
    check(sl_u256_from_be(&value, bytes, sizeof bytes));
    return value;
}

static void take_tx(struct sl_tx *tx, struct input *in)
{
    tx->chain_id = take_u64(in);
    tx->nonce = take_u64(in);
    tx->max_priority_fee = take_u256(in);
    tx->max_fee = take_u256(in);
    tx->gas_limit = take_u64(in);
    take(tx->to.bytes, in, sizeof tx->to.bytes);
    tx->value = take_u256(in);
}

/* The fields of an unsigned one, without type byte and head of the list. */
static struct sl_rlp fields_of(const struct sl_buf *bytes)
{
    struct sl_rlp from = {(const uint8_t *)bytes->data + 1, bytes->len - 1};
    struct sl_rlp fields;
    check(sl_rlp_read_list(&fields, &from, NULL) == SL_OK && from.left == 0);
    return fields;
}

/* Whatever is accepted starts with exactly what we would have written for it. */
static bool check_read(struct sl_tx *got, const struct sl_buf *raw)
{
    struct sl_address sender;
    struct sl_buf again = {0};
    uint8_t hash[SL_TX_HASH_BYTES];
    if (sl_tx_read(got, &sender, hash, (const uint8_t *)raw->data, raw->len, NULL) < 0)
        return false;
    sl_tx_unsigned(&again, got);
    const struct sl_rlp mine = fields_of(&again);
    const struct sl_rlp theirs = fields_of(raw);
    check(theirs.left > mine.left && memcmp(theirs.at, mine.at, mine.left) == 0);
    sl_buf_free(&again);
    return true;
}

static void any_fields(const uint8_t *data, size_t size)
{
    struct sl_tx tx;
    struct sl_buf raw = {0};
    sl_buf_add(&raw, "\x02", 1);
    const size_t list = sl_rlp_list(&raw);
    if (size > 0)
        sl_buf_add(&raw, data, size);
    sl_rlp_list_end(&raw, list);
    (void)check_read(&tx, &raw);
    sl_buf_free(&raw);
}

static void any_values(struct input in)
{
    struct sl_tx tx = {0};
    struct sl_tx got;
    struct sl_buf raw = {0};
    struct sl_buf plain = {0};
    uint8_t parity;
    take_tx(&tx, &in);
    take(&parity, &in, 1);
    const struct sl_u256 r = take_u256(&in);
    const struct sl_u256 s = take_u256(&in);
    tx.data = in.at;
    tx.data_len = in.left;
    sl_tx_unsigned(&plain, &tx);
    const struct sl_rlp fields = fields_of(&plain);
    sl_buf_add(&raw, "\x02", 1);
    const size_t list = sl_rlp_list(&raw);
    sl_buf_add(&raw, fields.at, fields.left);
    sl_rlp_u64(&raw, parity & 1);
    sl_rlp_u256(&raw, r);
    sl_rlp_u256(&raw, s);
    sl_rlp_list_end(&raw, list);
    if (check_read(&got, &raw)) {
        check(got.chain_id == tx.chain_id && got.nonce == tx.nonce);
        check(sl_u256_cmp(got.value, tx.value) == 0 && got.data_len == tx.data_len);
        check(tx.data_len == 0 || memcmp(got.data, tx.data, tx.data_len) == 0);
    }
    sl_buf_free(&raw);
    sl_buf_free(&plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    if ((data[0] & 1) != 0)
        any_fields(data + 1, size - 1);
    else
        any_values((struct input){data + 1, size - 1});
    return 0;
}
