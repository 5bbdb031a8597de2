/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/tx.h"

#include <string.h>

#include "sluice/keccak.h"
#include "sluice/rlp.h"

enum { TYPE = 0x02 };

int sl_tx_chain_id_parse(uint64_t *out, const char *text, struct sl_err *err)
{
    struct sl_u256 id;
    const bool hex = strncmp(text, "0x", 2) == 0;
    const int rc = hex ? sl_u256_parse_hex(&id, text, strlen(text), NULL)
                       : sl_u256_parse_dec(&id, text, strlen(text), NULL);
    if (rc < 0 || !sl_u256_to_u64(out, id) || *out == 0)
        return sl_err_set(err, SL_EFORMAT, "'%.40s' is not the number of a chain", text);
    return SL_OK;
}

static void write_fields(struct sl_buf *buf, const struct sl_tx *tx)
{
    sl_rlp_u64(buf, tx->chain_id);
    sl_rlp_u64(buf, tx->nonce);
    sl_rlp_u256(buf, tx->max_priority_fee);
    sl_rlp_u256(buf, tx->max_fee);
    sl_rlp_u64(buf, tx->gas_limit);
    sl_rlp_bytes(buf, tx->to.bytes, sizeof tx->to.bytes);
    sl_rlp_u256(buf, tx->value);
    sl_rlp_bytes(buf, tx->data, tx->data_len);
    sl_rlp_list_end(buf, sl_rlp_list(buf)); /* the access list */
}

static void write_type(struct sl_buf *buf)
{
    const uint8_t type = TYPE;
    sl_buf_add(buf, &type, 1);
}

void sl_tx_unsigned(struct sl_buf *buf, const struct sl_tx *tx)
{
    write_type(buf);
    const size_t list = sl_rlp_list(buf);
    write_fields(buf, tx);
    sl_rlp_list_end(buf, list);
}

static int signing_hash(uint8_t out[static SL_DIGEST_BYTES], const struct sl_tx *tx,
                        struct sl_err *err)
{
    struct sl_buf buf = {.cap = SL_TX_MAX_BYTES};
    sl_tx_unsigned(&buf, tx);
    const int failed = buf.failed;
    if (failed == SL_OK)
        sl_keccak256(out, buf.data, buf.len);
    sl_buf_free(&buf);
    return failed == SL_OK
               ? SL_OK
               : sl_err_set(err, failed, "write a transaction: %s", sl_err_text(failed));
}

int sl_tx_sign(struct sl_buf *raw, uint8_t hash[static SL_TX_HASH_BYTES], const struct sl_tx *tx,
               const struct sl_key *key, struct sl_err *err)
{
    uint8_t digest[SL_DIGEST_BYTES];
    uint8_t signature[SL_SIGNATURE_BYTES] = {0};
    struct sl_u256 r;
    struct sl_u256 s;
    int rc = signing_hash(digest, tx, err);
    if (rc == SL_OK)
        rc = sl_key_sign(signature, key, digest, err);
    if (rc < 0)
        return rc;
    if (!sl_u256_from_be(&r, signature, 32) || !sl_u256_from_be(&s, signature + 32, 32))
        return sl_err_set(err, SL_EKEY, "the signature is out of range");
    const size_t start = raw->len;
    write_type(raw);
    const size_t list = sl_rlp_list(raw);
    write_fields(raw, tx);
    sl_rlp_u64(raw, signature[64] - 27U);
    sl_rlp_u256(raw, r);
    sl_rlp_u256(raw, s);
    sl_rlp_list_end(raw, list);
    if (raw->failed != SL_OK)
        return sl_err_set(err, raw->failed, "write a transaction: %s", sl_err_text(raw->failed));
    sl_keccak256(hash, raw->data + start, raw->len - start);
    return SL_OK;
}

static int read_to(struct sl_address *to, struct sl_rlp *from, struct sl_err *err)
{
    const uint8_t *bytes = NULL;
    size_t len = 0;
    const int rc = sl_rlp_read_bytes(&bytes, &len, from, err);
    if (rc < 0)
        return rc;
    if (len != sizeof to->bytes)
        return sl_err_set(err, SL_EFORMAT, "the recipient has %zu bytes", len);
    memcpy(to->bytes, bytes, sizeof to->bytes);
    return SL_OK;
}

static int read_no_access_list(struct sl_rlp *from, struct sl_err *err)
{
    struct sl_rlp inside;
    const int rc = sl_rlp_read_list(&inside, from, err);
    if (rc < 0)
        return rc;
    return inside.left == 0 ? SL_OK : sl_err_set(err, SL_EFORMAT, "the access list is not empty");
}

static int read_fields(struct sl_tx *tx, struct sl_rlp *from, struct sl_err *err)
{
    int rc = sl_rlp_read_u64(&tx->chain_id, from, err);
    if (rc == SL_OK)
        rc = sl_rlp_read_u64(&tx->nonce, from, err);
    if (rc == SL_OK)
        rc = sl_rlp_read_u256(&tx->max_priority_fee, from, err);
    if (rc == SL_OK)
        rc = sl_rlp_read_u256(&tx->max_fee, from, err);
    if (rc == SL_OK)
        rc = sl_rlp_read_u64(&tx->gas_limit, from, err);
    if (rc == SL_OK)
        rc = read_to(&tx->to, from, err);
    if (rc == SL_OK)
        rc = sl_rlp_read_u256(&tx->value, from, err);
    if (rc == SL_OK)
        rc = sl_rlp_read_bytes(&tx->data, &tx->data_len, from, err);
    if (rc == SL_OK)
        rc = read_no_access_list(from, err);
    return rc;
}

static int read_signature(uint8_t signature[static SL_SIGNATURE_BYTES], struct sl_rlp *from,
                          struct sl_err *err)
{
    uint64_t parity = 0;
    struct sl_u256 r;
    struct sl_u256 s;
    int rc = sl_rlp_read_u64(&parity, from, err);
    if (rc == SL_OK)
        rc = sl_rlp_read_u256(&r, from, err);
    if (rc == SL_OK)
        rc = sl_rlp_read_u256(&s, from, err);
    if (rc < 0)
        return rc;
    if (parity > 1)
        return sl_err_set(err, SL_EFORMAT, "the parity of the signature is neither 0 nor 1");
    if (from->left != 0)
        return sl_err_set(err, SL_EFORMAT, "more than twelve fields");
    sl_u256_to_be(signature, r);
    sl_u256_to_be(signature + 32, s);
    signature[64] = (uint8_t)(27 + parity);
    return sl_signature_is_low(signature)
               ? SL_OK
               : sl_err_set(err, SL_EKEY, "the signature is out of range or has a high s");
}

int sl_tx_read(struct sl_tx *tx, struct sl_address *sender, uint8_t hash[static SL_TX_HASH_BYTES],
               const uint8_t *raw, size_t len, struct sl_err *err)
{
    uint8_t signature[SL_SIGNATURE_BYTES];
    uint8_t digest[SL_DIGEST_BYTES];
    struct sl_tx got = {0};
    if (len > SL_TX_MAX_BYTES)
        return sl_err_set(err, SL_ETOOBIG, "a transaction of %zu bytes", len);
    if (len == 0 || raw[0] != TYPE)
        return sl_err_set(err, SL_EFORMAT, "not an EIP-1559 transaction");
    struct sl_rlp from = {raw + 1, len - 1};
    struct sl_rlp fields;
    int rc = sl_rlp_read_list(&fields, &from, err);
    if (rc == SL_OK && from.left != 0)
        rc = sl_err_set(err, SL_EFORMAT, "bytes behind the transaction");
    if (rc == SL_OK)
        rc = read_fields(&got, &fields, err);
    if (rc == SL_OK)
        rc = read_signature(signature, &fields, err);
    if (rc == SL_OK)
        rc = signing_hash(digest, &got, err);
    if (rc == SL_OK)
        rc = sl_key_recover(sender, signature, digest, err);
    if (rc < 0) {
        sl_err_ctx(err, "read a transaction");
        return rc;
    }
    sl_keccak256(hash, raw, len);
    *tx = got;
    return SL_OK;
}
