/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The payloads that a provider passes on to the storage service (docs/PROTOCOL.md "Payloads"). */
#include "sluice/abi.h"
#include "sluice/eip712.h"

/* Takes what a writer made over into `out` and frees the writer. */
static int finish(struct sl_buf *out, struct sl_abi_writer *w, struct sl_err *err)
{
    int rc = sl_abi_end(w, err);
    if (rc == SL_OK) {
        sl_buf_add(out, w->buf.data, w->buf.len);
        if (out->failed != SL_OK)
            rc = sl_err_set(err, out->failed, "write a payload: %s", sl_err_text(out->failed));
    }
    sl_abi_free(w);
    return rc;
}

static void append_keys(struct sl_abi_writer *w, const struct sl_metadata *entries, size_t count)
{
    sl_abi_open_list(w, count);
    for (size_t i = 0; i < count; i++)
        sl_abi_put_str(w, entries[i].key);
    sl_abi_close(w);
}

static void append_values(struct sl_abi_writer *w, const struct sl_metadata *entries, size_t count)
{
    sl_abi_open_list(w, count);
    for (size_t i = 0; i < count; i++)
        sl_abi_put_str(w, entries[i].value);
    sl_abi_close(w);
}

int sl_payload_create(struct sl_buf *out, const struct sl_key *key, const struct sl_domain *domain,
                      const struct sl_create_message *create, struct sl_err *err)
{
    uint8_t hash[SL_HASH_BYTES];
    uint8_t signature[SL_SIGNATURE_BYTES];
    struct sl_abi_writer w = {0};
    int rc = sl_eip712_metadata_check(create->metadata, create->metadata_count,
                                      SL_METADATA_DATA_SET_ENTRIES, err);
    if (rc < 0)
        return rc;
    sl_hash_create(hash, create->client_data_set_id, &create->payee, create->metadata,
                   create->metadata_count);
    rc = sl_message_sign(signature, key, domain, hash, err);
    if (rc < 0)
        return rc;
    sl_abi_values(&w, "(address payer,uint256 clientDataSetId,string[] keys,string[] values,"
                      "bytes signature)");
    sl_abi_put_address(&w, &create->payer);
    sl_abi_put_u256(&w, create->client_data_set_id);
    append_keys(&w, create->metadata, create->metadata_count);
    append_values(&w, create->metadata, create->metadata_count);
    sl_abi_put_bytes(&w, signature, sizeof signature);
    return finish(out, &w, err);
}

/* `create` is NULL for pieces of an existing data set. */
static int check_size(const struct sl_add_message *add, const struct sl_create_message *create,
                      struct sl_err *err)
{
    struct sl_add_size size;
    sl_add_size_init(&size, create, add->compact);
    for (size_t i = 0; i < add->count; i++)
        sl_add_size_piece(&size, &add->pieces[i]);
    if (sl_add_size_bytes(&size) <= SL_ADD_CALLDATA_BYTES)
        return SL_OK;
    return sl_err_set(err, SL_ETOOBIG, "%zu pieces take %zu bytes in one commit, at most %d fit",
                      add->count, sl_add_size_bytes(&size), SL_ADD_CALLDATA_BYTES);
}

static int check_pieces(const struct sl_add_message *add, struct sl_err *err)
{
    if (add->count == 0)
        return sl_err_set(err, SL_EFORMAT, "no piece to add");
    for (size_t i = 0; i < add->count; i++) {
        const int rc = sl_eip712_metadata_check(
            add->pieces[i].metadata, add->pieces[i].metadata_count, SL_METADATA_PIECE_ENTRIES, err);
        if (rc < 0)
            return rc;
    }
    return check_size(add, NULL, err);
}

int sl_payload_add(struct sl_buf *out, const struct sl_key *key, const struct sl_domain *domain,
                   const struct sl_add_message *add, struct sl_err *err)
{
    uint8_t hash[SL_HASH_BYTES];
    uint8_t signature[SL_SIGNATURE_BYTES];
    struct sl_abi_writer w = {0};
    int rc = check_pieces(add, err);
    if (rc < 0)
        return rc;
    const size_t lists = sl_add_size_is_compact(add) ? 0 : add->count;
    sl_hash_add(hash, add);
    rc = sl_message_sign(signature, key, domain, hash, err);
    if (rc < 0)
        return rc;
    sl_abi_values(&w, "(uint256 nonce,string[][] keys,string[][] values,bytes signature)");
    sl_abi_put_u256(&w, add->nonce);
    sl_abi_open_list(&w, lists);
    for (size_t i = 0; i < lists; i++)
        append_keys(&w, add->pieces[i].metadata, add->pieces[i].metadata_count);
    sl_abi_close(&w);
    sl_abi_open_list(&w, lists);
    for (size_t i = 0; i < lists; i++)
        append_values(&w, add->pieces[i].metadata, add->pieces[i].metadata_count);
    sl_abi_close(&w);
    sl_abi_put_bytes(&w, signature, sizeof signature);
    return finish(out, &w, err);
}

int sl_payload_create_and_add(struct sl_buf *out, const struct sl_key *key,
                              const struct sl_domain *domain,
                              const struct sl_create_message *create,
                              const struct sl_add_message *add, struct sl_err *err)
{
    struct sl_buf first = {0};
    struct sl_buf second = {0};
    struct sl_abi_writer w = {0};
    if (sl_u256_cmp(create->client_data_set_id, add->client_data_set_id) != 0)
        return sl_err_set(err, SL_EINVAL, "a new data set and pieces for another one");
    if (sl_u256_cmp(create->client_data_set_id, add->nonce) == 0)
        return sl_err_set(err, SL_EINVAL, "data set id and nonce must differ");
    int rc = check_size(add, create, err);
    if (rc == SL_OK)
        rc = sl_payload_create(&first, key, domain, create, err);
    if (rc == SL_OK)
        rc = sl_payload_add(&second, key, domain, add, err);
    if (rc == SL_OK) {
        sl_abi_values(&w, "(bytes create,bytes add)");
        sl_abi_put_bytes(&w, first.data, first.len);
        sl_abi_put_bytes(&w, second.data, second.len);
        rc = finish(out, &w, err);
    }
    sl_buf_free(&first);
    sl_buf_free(&second);
    return rc;
}

/* A payload that is a signature and nothing else. */
static int signature_only(struct sl_buf *out, const struct sl_key *key,
                          const struct sl_domain *domain, const uint8_t hash[static SL_HASH_BYTES],
                          struct sl_err *err)
{
    uint8_t signature[SL_SIGNATURE_BYTES];
    struct sl_abi_writer w = {0};
    const int rc = sl_message_sign(signature, key, domain, hash, err);
    if (rc < 0)
        return rc;
    sl_abi_values(&w, "(bytes signature)");
    sl_abi_put_bytes(&w, signature, sizeof signature);
    return finish(out, &w, err);
}

int sl_payload_remove(struct sl_buf *out, const struct sl_key *key, const struct sl_domain *domain,
                      struct sl_u256 client_data_set_id, const struct sl_u256 *piece_ids,
                      size_t count, struct sl_err *err)
{
    uint8_t hash[SL_HASH_BYTES];
    sl_hash_remove(hash, client_data_set_id, piece_ids, count);
    return signature_only(out, key, domain, hash, err);
}

int sl_payload_terminate(struct sl_buf *out, const struct sl_key *key,
                         const struct sl_domain *domain, struct sl_u256 data_set_id,
                         struct sl_err *err)
{
    uint8_t hash[SL_HASH_BYTES];
    sl_hash_terminate(hash, data_set_id);
    return signature_only(out, key, domain, hash, err);
}
