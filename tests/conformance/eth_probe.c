/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Answers what tests/conformance/eth asks: a JSON object a line on stdin, {"kind": "tx", ...}, and
 * a line of results on stdout for each. A question that it cannot read ends it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/abi.h"
#include "sluice/eip712.h"
#include "sluice/hex.h"
#include "sluice/keccak.h"
#include "sluice/tx.h"

#include "support/abi_json.h"
#include "support/test.h"
#include "support/vectors.h"

enum { ENTRIES_MAX = 16, NUMBERS_MAX = 64 };

static void need(bool fine, const char *what)
{
    if (fine)
        return;
    fprintf(stderr, "eth_probe: %s\n", what);
    exit(1);
}

/* ---- questions ---- */

static const cJSON *get(const cJSON *object, const char *name)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, name);
    need(value != NULL, name);
    return value;
}

static const char *text_of(const cJSON *object, const char *name)
{
    const char *text = cJSON_GetStringValue(get(object, name));
    need(text != NULL, name);
    return text;
}

static struct sl_u256 number_of(const cJSON *value)
{
    struct sl_u256 number = sl_u256(0);
    const char *text = cJSON_GetStringValue(value);
    if (text == NULL)
        return sl_u256((uint64_t)cJSON_GetNumberValue(value));
    need(sl_u256_parse_dec(&number, text, strlen(text), NULL) == SL_OK, text);
    return number;
}

static struct sl_u256 number(const cJSON *object, const char *name)
{
    return number_of(get(object, name));
}

static uint64_t small(const cJSON *object, const char *name)
{
    uint64_t value = 0;
    need(sl_u256_to_u64(&value, number(object, name)), name);
    return value;
}

static struct sl_address address(const cJSON *object, const char *name)
{
    struct sl_address out;
    const char *text = text_of(object, name);
    need(sl_address_parse(&out, text, strlen(text), NULL) == SL_OK, text);
    return out;
}

static struct sl_key *key_of(const cJSON *object)
{
    struct sl_key *key = NULL;
    const char *text = text_of(object, "key");
    need(sl_key_from_hex(&key, text, strlen(text), NULL) == SL_OK, "key");
    return key;
}

static struct sl_domain domain_of(const cJSON *object)
{
    const cJSON *domain = get(object, "domain");
    return (struct sl_domain){text_of(domain, "name"), text_of(domain, "version"),
                              small(domain, "chainId"), address(domain, "verifyingContract")};
}

/* The name and version that the service signs with are ours to know. */
static struct sl_domain storage_of(const cJSON *object)
{
    const cJSON *domain = get(object, "domain");
    const struct sl_address proxy = address(domain, "verifyingContract");
    return sl_domain_storage(small(domain, "chainId"), &proxy);
}

static size_t metadata_of(struct sl_metadata entries[static ENTRIES_MAX], const cJSON *list)
{
    size_t count = 0;
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, list)
    {
        need(count < ENTRIES_MAX, "metadata");
        entries[count++] = (struct sl_metadata){text_of(one, "key"), text_of(one, "value")};
    }
    return count;
}

/* ---- answers ---- */

static void put_hex(cJSON *answer, const char *name, const void *bytes, size_t len)
{
    char *text = malloc(2 * len + 3);
    need(text != NULL, "memory");
    memcpy(text, "0x", 2);
    sl_hex_encode(text + 2, bytes, len);
    cJSON_AddStringToObject(answer, name, text);
    free(text);
}

static void put_buf(cJSON *answer, const char *name, struct sl_buf *buf)
{
    need(buf->failed == SL_OK, "memory");
    put_hex(answer, name, buf->data, buf->len);
    sl_buf_free(buf);
}

static void put_digest(cJSON *answer, const struct sl_domain *domain,
                       const uint8_t hash[static SL_HASH_BYTES])
{
    uint8_t digest[SL_HASH_BYTES];
    sl_message_digest(digest, domain, hash);
    put_hex(answer, "digest", digest, sizeof digest);
}

/* ---- messages ---- */

static void ask_create(cJSON *answer, const cJSON *q)
{
    uint8_t hash[SL_HASH_BYTES];
    struct sl_metadata entries[ENTRIES_MAX];
    struct sl_buf payload = {0};
    struct sl_key *key = key_of(q);
    const struct sl_domain domain = storage_of(q);
    const size_t count = metadata_of(entries, get(q, "metadata"));
    const struct sl_create_message create = {address(q, "payer"), address(q, "payee"),
                                             number(q, "clientDataSetId"), entries, count};
    sl_hash_create(hash, create.client_data_set_id, &create.payee, entries, count);
    put_digest(answer, &domain, hash);
    need(sl_payload_create(&payload, key, &domain, &create, NULL) == SL_OK, "create");
    put_buf(answer, "payload", &payload);
    sl_key_free(key);
}

struct pieces {
    struct sl_signed_piece list[SL_COMMIT_PIECES];
    struct sl_metadata metadata[SL_COMMIT_PIECES][ENTRIES_MAX];
    uint8_t *cids[SL_COMMIT_PIECES];
    size_t count;
};

static void read_pieces(struct pieces *pieces, const cJSON *list)
{
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, list)
    {
        const size_t i = pieces->count++;
        need(i < SL_COMMIT_PIECES, "pieces");
        struct sl_signed_piece *piece = &pieces->list[i];
        pieces->cids[i] = sl_vectors_hex(one, "cid", &piece->cid_len);
        piece->cid = pieces->cids[i];
        piece->metadata = pieces->metadata[i];
        piece->metadata_count = metadata_of(pieces->metadata[i], get(one, "metadata"));
    }
}

static void ask_add(cJSON *answer, const cJSON *q)
{
    uint8_t hash[SL_HASH_BYTES];
    struct sl_buf payload = {0};
    struct sl_key *key = key_of(q);
    const struct sl_domain domain = storage_of(q);
    struct pieces *pieces = calloc(1, sizeof *pieces);
    need(pieces != NULL, "memory");
    read_pieces(pieces, get(q, "pieces"));
    const struct sl_add_message add = {.client_data_set_id = number(q, "clientDataSetId"),
                                       .nonce = number(q, "nonce"),
                                       .pieces = pieces->list,
                                       .count = pieces->count};
    sl_hash_add(hash, &add);
    put_digest(answer, &domain, hash);
    need(sl_payload_add(&payload, key, &domain, &add, NULL) == SL_OK, "add");
    put_buf(answer, "payload", &payload);
    for (size_t i = 0; i < pieces->count; i++)
        free(pieces->cids[i]);
    free(pieces);
    sl_key_free(key);
}

static void ask_remove(cJSON *answer, const cJSON *q)
{
    uint8_t hash[SL_HASH_BYTES];
    struct sl_u256 ids[NUMBERS_MAX];
    size_t count = 0;
    const cJSON *one = NULL;
    struct sl_buf payload = {0};
    struct sl_key *key = key_of(q);
    const struct sl_domain domain = storage_of(q);
    const struct sl_u256 set = number(q, "clientDataSetId");
    cJSON_ArrayForEach(one, get(q, "pieceIds"))
    {
        need(count < NUMBERS_MAX, "pieceIds");
        ids[count++] = number_of(one);
    }
    sl_hash_remove(hash, set, ids, count);
    put_digest(answer, &domain, hash);
    need(sl_payload_remove(&payload, key, &domain, set, ids, count, NULL) == SL_OK, "remove");
    put_buf(answer, "payload", &payload);
    sl_key_free(key);
}

static void ask_terminate(cJSON *answer, const cJSON *q)
{
    uint8_t hash[SL_HASH_BYTES];
    struct sl_buf payload = {0};
    struct sl_key *key = key_of(q);
    const struct sl_domain domain = storage_of(q);
    const struct sl_u256 set = number(q, "dataSetId");
    sl_hash_terminate(hash, set);
    put_digest(answer, &domain, hash);
    need(sl_payload_terminate(&payload, key, &domain, set, NULL) == SL_OK, "terminate");
    put_buf(answer, "payload", &payload);
    sl_key_free(key);
}

static void ask_permit(cJSON *answer, const cJSON *q)
{
    uint8_t hash[SL_HASH_BYTES];
    uint8_t signature[SL_SIGNATURE_BYTES];
    struct sl_key *key = key_of(q);
    const struct sl_domain domain = domain_of(q);
    const struct sl_address owner = address(q, "owner");
    const struct sl_address spender = address(q, "spender");
    sl_hash_permit(hash, &owner, &spender, number(q, "value"), number(q, "nonce"),
                   number(q, "deadline"));
    put_digest(answer, &domain, hash);
    need(sl_message_sign(signature, key, &domain, hash, NULL) == SL_OK, "permit");
    put_hex(answer, "signature", signature, sizeof signature);
    sl_key_free(key);
}

/* ---- transactions ---- */

/* What viem signed is read back, and says who signed it. */
static void put_sender(cJSON *answer, const cJSON *q)
{
    struct sl_tx tx;
    struct sl_address sender;
    uint8_t hash[SL_TX_HASH_BYTES];
    char text[SL_ADDRESS_CHARS];
    size_t len;
    uint8_t *raw = sl_vectors_hex(q, "raw", &len);
    need(sl_tx_read(&tx, &sender, hash, raw, len, NULL) == SL_OK, "raw");
    sl_address_text(text, &sender);
    cJSON_AddStringToObject(answer, "sender", text);
    free(raw);
}

static void ask_tx(cJSON *answer, const cJSON *q)
{
    uint8_t hash[SL_TX_HASH_BYTES];
    struct sl_buf raw = {0};
    struct sl_key *key = key_of(q);
    struct sl_tx tx = {
        .chain_id = small(q, "chainId"),
        .nonce = small(q, "nonce"),
        .max_priority_fee = number(q, "maxPriorityFeePerGas"),
        .max_fee = number(q, "maxFeePerGas"),
        .gas_limit = small(q, "gas"),
        .to = address(q, "to"),
        .value = number(q, "value"),
    };
    uint8_t *data = sl_vectors_hex(q, "data", &tx.data_len);
    tx.data = data;
    need(sl_tx_sign(&raw, hash, &tx, key, NULL) == SL_OK, "tx");
    put_buf(answer, "raw", &raw);
    put_hex(answer, "hash", hash, sizeof hash);
    put_sender(answer, q);
    free(data);
    sl_key_free(key);
}

/* ---- the rest ---- */

static void ask_keccak(cJSON *answer, const cJSON *q)
{
    uint8_t hash[SL_KECCAK_BYTES];
    size_t len;
    uint8_t *data = sl_vectors_hex(q, "data", &len);
    sl_keccak256(hash, data, len);
    put_hex(answer, "hash", hash, sizeof hash);
    free(data);
}

static void ask_address(cJSON *answer, const cJSON *q)
{
    char text[SL_ADDRESS_CHARS];
    struct sl_key *key = key_of(q);
    sl_address_text(text, sl_key_address(key));
    cJSON_AddStringToObject(answer, "address", text);
    sl_key_free(key);
}

/* Writes the values, and reads them back out of what viem wrote. */
static void ask_abi(cJSON *answer, const cJSON *q)
{
    struct sl_abi_writer w = {0};
    struct sl_abi_reader r;
    size_t len;
    const cJSON *parameters = get(q, "parameters");
    char *types = sl_abi_json_types(parameters);
    uint8_t *encoded = sl_vectors_hex(q, "encoded", &len);
    sl_abi_values(&w, types);
    sl_abi_json_put(&w, parameters, get(q, "values"));
    need(sl_abi_end(&w, NULL) == SL_OK, types);
    put_hex(answer, "encoded", w.buf.data, w.buf.len);
    sl_abi_read(&r, types, encoded, len);
    sl_abi_json_expect(&r, parameters, get(q, "values"));
    need(sl_abi_done(&r, NULL) == SL_OK, types);
    sl_abi_free(&w);
    free(encoded);
    free(types);
}

static void ask_call(cJSON *answer, const cJSON *q)
{
    struct sl_abi_writer w = {0};
    const char *signature = text_of(q, "signature");
    sl_abi_call(&w, signature);
    sl_abi_json_put(&w, get(q, "parameters"), get(q, "values"));
    need(sl_abi_end(&w, NULL) == SL_OK, signature);
    put_hex(answer, "data", w.buf.data, w.buf.len);
    sl_abi_free(&w);
}

static const struct {
    const char *kind;
    void (*ask)(cJSON *answer, const cJSON *question);
} kinds[] = {
    {"create", ask_create},       {"add", ask_add},         {"remove", ask_remove},
    {"terminate", ask_terminate}, {"permit", ask_permit},   {"tx", ask_tx},
    {"keccak", ask_keccak},       {"address", ask_address}, {"abi", ask_abi},
    {"call", ask_call},
};

static void answer_line(const char *line)
{
    cJSON *question = cJSON_Parse(line);
    cJSON *answer = cJSON_CreateObject();
    need(question != NULL && answer != NULL, "a line is no JSON");
    const char *kind = text_of(question, "kind");
    size_t i = 0;
    while (i < sizeof kinds / sizeof kinds[0] && strcmp(kinds[i].kind, kind) != 0)
        i++;
    need(i < sizeof kinds / sizeof kinds[0], kind);
    kinds[i].ask(answer, question);
    char *text = cJSON_PrintUnformatted(answer);
    need(text != NULL && puts(text) >= 0 && fflush(stdout) == 0, "stdout");
    free(text);
    cJSON_Delete(answer);
    cJSON_Delete(question);
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, stdin) > 0)
        answer_line(line);
    free(line);
    return 0;
}
