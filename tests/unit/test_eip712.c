/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdlib.h>
#include <string.h>

#include "sluice/abi.h"
#include "sluice/eip712.h"
#include "sluice/hex.h"

#include "support/test.h"
#include "support/vectors.h"

enum { MOST_PIECES = 512, MOST_ENTRIES = 16 };

/* Everything that a case names, in our terms. */
struct message {
    struct sl_key *key;
    struct sl_domain domain;
    struct sl_create_message create;
    struct sl_add_message add;
    struct sl_metadata metadata[MOST_ENTRIES];
    struct sl_signed_piece pieces[MOST_PIECES];
    struct sl_metadata piece_metadata[MOST_PIECES][MOST_ENTRIES];
    uint8_t *cids[MOST_PIECES];
};

static cJSON *root;

static int load(void **state)
{
    (void)state;
    root = sl_vectors_load("eip712.json");
    return 0;
}

static int unload(void **state)
{
    (void)state;
    cJSON_Delete(root);
    return 0;
}

static const cJSON *get(const cJSON *object, const char *key)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
    assert_non_null(value);
    return value;
}

static struct sl_u256 number_of(const cJSON *value)
{
    struct sl_u256 number;
    const char *text = cJSON_GetStringValue(value);
    assert_non_null(text);
    assert_int_equal(sl_u256_parse_dec(&number, text, strlen(text), NULL), SL_OK);
    return number;
}

static struct sl_u256 number(const cJSON *object, const char *key)
{
    return number_of(get(object, key));
}

static struct sl_address address(const cJSON *object, const char *key)
{
    struct sl_address out;
    const char *text = sl_vectors_str(object, key);
    assert_int_equal(sl_address_parse(&out, text, strlen(text), NULL), SL_OK);
    return out;
}

static void assert_hex(const void *bytes, size_t len, const char *want)
{
    char *hex = malloc(2 * len + 3);
    assert_non_null(hex);
    memcpy(hex, "0x", 2);
    sl_hex_encode(hex + 2, bytes, len);
    assert_string_equal(hex, want);
    free(hex);
}

static size_t entries_of(struct sl_metadata *out, const cJSON *list)
{
    size_t n = 0;
    const cJSON *entry = NULL;
    cJSON_ArrayForEach(entry, list)
    {
        assert_true(n < MOST_ENTRIES);
        out[n].key = sl_vectors_str(entry, "key");
        out[n++].value = sl_vectors_str(entry, "value");
    }
    return n;
}

static void read_domain(struct message *m, const cJSON *domain)
{
    m->domain = (struct sl_domain){
        .name = sl_vectors_str(domain, "name"),
        .version = sl_vectors_str(domain, "version"),
        .chain_id = sl_vectors_u64(domain, "chainId"),
        .contract = address(domain, "verifyingContract"),
    };
}

static void read_create(struct message *m, const cJSON *message)
{
    m->create.client_data_set_id = number(message, "clientDataSetId");
    m->create.payee = address(message, "payee");
    m->create.metadata = m->metadata;
    m->create.metadata_count = entries_of(m->metadata, get(message, "metadata"));
}

/* A list for every piece, or none at all: then no piece has metadata. */
static const cJSON *take_metadata(struct message *m, size_t n, const cJSON *listed)
{
    struct sl_signed_piece *piece = &m->pieces[n];
    if (m->add.compact)
        return NULL;
    assert_non_null(listed);
    assert_int_equal(sl_u256_cmp(number(listed, "pieceIndex"), sl_u256(n)), 0);
    piece->metadata = m->piece_metadata[n];
    piece->metadata_count = entries_of(m->piece_metadata[n], get(listed, "metadata"));
    return listed->next;
}

static void read_add(struct message *m, const cJSON *message)
{
    size_t n = 0;
    const cJSON *cid = NULL;
    const cJSON *metadata = get(message, "pieceMetadata")->child;
    m->add.compact = metadata == NULL;
    cJSON_ArrayForEach(cid, get(message, "pieceData"))
    {
        struct sl_signed_piece *piece = &m->pieces[n];
        assert_true(n < MOST_PIECES);
        m->cids[n] = sl_vectors_hex(cid, "data", &piece->cid_len);
        piece->cid = m->cids[n];
        metadata = take_metadata(m, n, metadata);
        n++;
    }
    assert_null(metadata);
    m->add.client_data_set_id = number(message, "clientDataSetId");
    m->add.nonce = number(message, "nonce");
    m->add.pieces = m->pieces;
    m->add.count = n;
    /* Where a piece has metadata there is one form only, whatever the service would take. */
    for (size_t i = 0; i < n; i++)
        m->add.compact = m->add.compact || m->pieces[i].metadata_count > 0;
}

static void clear(struct message *m)
{
    for (size_t i = 0; i < MOST_PIECES; i++)
        free(m->cids[i]);
    sl_key_free(m->key);
}

static bool is(const cJSON *one_case, const char *type)
{
    return strcmp(sl_vectors_str(one_case, "primaryType"), type) == 0;
}

static size_t ids_of(struct sl_u256 *ids, size_t most, const cJSON *message)
{
    size_t n = 0;
    const cJSON *id = NULL;
    cJSON_ArrayForEach(id, get(message, "pieceIds"))
    {
        assert_true(n < most);
        ids[n++] = number_of(id);
    }
    return n;
}

/* Separator, struct hash, digest, signature: `part` has them all and the domain. */
static void check_hashes(struct message *m, const cJSON *part,
                         const uint8_t hash[static SL_HASH_BYTES])
{
    uint8_t out[SL_HASH_BYTES];
    uint8_t signature[SL_SIGNATURE_BYTES];
    sl_domain_separator(out, &m->domain);
    assert_hex(out, sizeof out, sl_vectors_str(part, "domainSeparator"));
    assert_hex(hash, SL_HASH_BYTES, sl_vectors_str(part, "structHash"));
    sl_message_digest(out, &m->domain, hash);
    assert_hex(out, sizeof out, sl_vectors_str(part, "digest"));
    assert_int_equal(sl_message_sign(signature, m->key, &m->domain, hash, NULL), SL_OK);
    assert_hex(signature, sizeof signature, sl_vectors_str(get(part, "signature"), "hex"));
}

static void check_payload(struct sl_buf *payload, int rc, const cJSON *part)
{
    assert_int_equal(rc, SL_OK);
    assert_hex(payload->data, payload->len, sl_vectors_str(part, "extraData"));
    sl_buf_clear(payload);
}

static void check_create(struct message *m, struct sl_buf *payload, const cJSON *part)
{
    uint8_t hash[SL_HASH_BYTES];
    read_domain(m, get(part, "domain"));
    read_create(m, get(part, "message"));
    sl_hash_create(hash, m->create.client_data_set_id, &m->create.payee, m->create.metadata,
                   m->create.metadata_count);
    check_hashes(m, part, hash);
    check_payload(payload, sl_payload_create(payload, m->key, &m->domain, &m->create, NULL), part);
}

static void check_add(struct message *m, struct sl_buf *payload, const cJSON *part)
{
    uint8_t hash[SL_HASH_BYTES];
    read_domain(m, get(part, "domain"));
    read_add(m, get(part, "message"));
    sl_hash_add(hash, &m->add);
    check_hashes(m, part, hash);
    check_payload(payload, sl_payload_add(payload, m->key, &m->domain, &m->add, NULL), part);
}

static void check_remove(struct message *m, struct sl_buf *payload, const cJSON *part)
{
    struct sl_u256 ids[128];
    uint8_t hash[SL_HASH_BYTES];
    const cJSON *message = get(part, "message");
    const size_t count = ids_of(ids, 128, message);
    const struct sl_u256 set = number(message, "clientDataSetId");
    read_domain(m, get(part, "domain"));
    sl_hash_remove(hash, set, ids, count);
    check_hashes(m, part, hash);
    check_payload(payload, sl_payload_remove(payload, m->key, &m->domain, set, ids, count, NULL),
                  part);
}

static void check_terminate(struct message *m, struct sl_buf *payload, const cJSON *part)
{
    uint8_t hash[SL_HASH_BYTES];
    const struct sl_u256 set = number(get(part, "message"), "dataSetId");
    read_domain(m, get(part, "domain"));
    sl_hash_terminate(hash, set);
    check_hashes(m, part, hash);
    check_payload(payload, sl_payload_terminate(payload, m->key, &m->domain, set, NULL), part);
}

static void check_permit(struct message *m, const cJSON *part)
{
    uint8_t hash[SL_HASH_BYTES];
    const cJSON *message = get(part, "message");
    const struct sl_address owner = address(message, "owner");
    const struct sl_address spender = address(message, "spender");
    read_domain(m, get(part, "domain"));
    sl_hash_permit(hash, &owner, &spender, number(message, "value"), number(message, "nonce"),
                   number(message, "deadline"));
    check_hashes(m, part, hash);
}

static void check_both(struct message *m, struct sl_buf *payload, const cJSON *one_case)
{
    check_create(m, payload, get(one_case, "createDataSet"));
    check_add(m, payload, get(one_case, "addPieces"));
    check_payload(payload,
                  sl_payload_create_and_add(payload, m->key, &m->domain, &m->create, &m->add, NULL),
                  one_case);
}

static void check_case(const cJSON *one_case)
{
    static struct message m;
    struct sl_buf payload = {0};
    const char *secret = sl_vectors_str(one_case, "privateKey");
    const cJSON *options = get(one_case, "options");
    memset(&m, 0, sizeof m);
    assert_int_equal(sl_key_from_hex(&m.key, secret, strlen(secret), NULL), SL_OK);
    if (sl_vectors_maybe(options, "payer") != NULL)
        m.create.payer = address(options, "payer");
    if (is(one_case, "CreateDataSet"))
        check_create(&m, &payload, one_case);
    else if (is(one_case, "AddPieces"))
        check_add(&m, &payload, one_case);
    else if (is(one_case, "CreateDataSet+AddPieces"))
        check_both(&m, &payload, one_case);
    else if (is(one_case, "SchedulePieceRemovals"))
        check_remove(&m, &payload, one_case);
    else if (is(one_case, "TerminateService"))
        check_terminate(&m, &payload, one_case);
    else if (is(one_case, "Permit"))
        check_permit(&m, one_case);
    else
        fail_msg("unknown message %s", sl_vectors_str(one_case, "primaryType"));
    sl_buf_free(&payload);
    clear(&m);
}

static void every_message_is_hashed_signed_and_packed_to_the_same_bytes(void **state)
{
    (void)state;
    const cJSON *one_case = NULL;
    cJSON_ArrayForEach(one_case, sl_vectors_list(root, "cases"))
    {
        check_case(one_case);
    }
}

/* Services before 1.4 know no other form. */
static void messages_without_metadata_have_a_full_form_too(void **state)
{
    (void)state;
    const cJSON *one_case = NULL;
    if (!cJSON_HasObjectItem(root, "fullForm"))
        return; /* made before the compact form: all cases are in full form */
    cJSON_ArrayForEach(one_case, sl_vectors_list(root, "fullForm"))
    {
        check_case(one_case);
    }
}

static void every_chain_has_its_separator(void **state)
{
    (void)state;
    const cJSON *row = NULL;
    cJSON_ArrayForEach(row, sl_vectors_list(root, "domains"))
    {
        uint8_t out[SL_HASH_BYTES];
        const struct sl_address proxy = address(row, "verifyingContract");
        const struct sl_domain domain = sl_domain_storage(sl_vectors_u64(row, "chainId"), &proxy);
        assert_string_equal(domain.name, sl_vectors_str(row, "name"));
        assert_string_equal(domain.version, sl_vectors_str(row, "version"));
        sl_domain_separator(out, &domain);
        assert_hex(out, sizeof out, sl_vectors_str(row, "domainSeparator"));
    }
}

static void types_and_session_permissions_have_their_hashes(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        const char *permission;
        enum sl_message message;
    } rows[] = {
        {"CreateDataSet", "CreateDataSetPermission", SL_MESSAGE_CREATE},
        {"AddPieces", "AddPiecesPermission", SL_MESSAGE_ADD},
        {"SchedulePieceRemovals", "SchedulePieceRemovalsPermission", SL_MESSAGE_REMOVE},
        {"TerminateService", "TerminateServicePermission", SL_MESSAGE_TERMINATE},
        {"Permit", NULL, SL_MESSAGE_PERMIT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t out[SL_HASH_BYTES];
        sl_message_type_hash(out, rows[i].message);
        assert_hex(out, sizeof out,
                   sl_vectors_str(get(get(root, "typeHashes"), rows[i].type), "typeHash"));
        if (rows[i].permission != NULL)
            assert_hex(out, sizeof out,
                       sl_vectors_str(get(root, "sessionKeyPermissions"), rows[i].permission));
    }
}

static void metadata_is_measured_in_bytes(void **state)
{
    (void)state;
    char key[SL_METADATA_KEY_BYTES + 2] = {0};
    char value[SL_METADATA_VALUE_BYTES + 3] = {0};
    struct sl_metadata one = {key, value};
    memset(key, 'k', SL_METADATA_KEY_BYTES);
    memset(value, 'v', SL_METADATA_VALUE_BYTES);
    assert_int_equal(sl_eip712_metadata_check(&one, 1, 1, NULL), SL_OK);
    key[SL_METADATA_KEY_BYTES] = 'k';
    assert_int_equal(sl_eip712_metadata_check(&one, 1, 1, NULL), SL_EFORMAT);
    key[SL_METADATA_KEY_BYTES] = '\0';
    /* 96 characters, 97 bytes */
    memcpy(value + SL_METADATA_VALUE_BYTES - 1, "\xc3\xa9", 2);
    assert_int_equal(sl_eip712_metadata_check(&one, 1, 1, NULL), SL_EFORMAT);
    const struct sl_metadata empty = {"", ""};
    assert_int_equal(sl_eip712_metadata_check(&empty, 1, 1, NULL), SL_OK);
}

static void metadata_keys_are_unique_and_few(void **state)
{
    (void)state;
    struct sl_metadata entries[] = {{"b", "1"}, {"a", "2"}, {"Z", "3"}, {"a", "4"}};
    assert_int_equal(sl_eip712_metadata_check(entries, 3, 3, NULL), SL_OK);
    assert_int_equal(sl_eip712_metadata_check(entries, 3, 2, NULL), SL_EFORMAT);
    assert_int_equal(sl_eip712_metadata_check(entries, 4, 10, NULL), SL_EFORMAT);
    assert_int_equal(sl_eip712_metadata_check(NULL, 0, 0, NULL), SL_OK);
}

static void a_new_data_set_and_its_pieces_have_numbers_of_their_own(void **state)
{
    (void)state;
    const struct sl_signed_piece piece = {.cid = (const uint8_t *)""};
    const struct sl_address proxy = {{1}};
    const struct sl_domain domain = sl_domain_storage(314159, &proxy);
    struct sl_add_message add = {
        .client_data_set_id = sl_u256(7), .nonce = sl_u256(7), .pieces = &piece, .count = 1};
    struct sl_create_message create = {.client_data_set_id = sl_u256(7)};
    struct sl_buf out = {0};
    struct sl_key *key = NULL;
    assert_int_equal(sl_key_generate(&key, NULL), SL_OK);
    assert_int_equal(sl_payload_create_and_add(&out, key, &domain, &create, &add, NULL), SL_EINVAL);
    add.nonce = sl_u256(8);
    assert_int_equal(sl_payload_create_and_add(&out, key, &domain, &create, &add, NULL), SL_OK);
    create.client_data_set_id = sl_u256(9);
    assert_int_equal(sl_payload_create_and_add(&out, key, &domain, &create, &add, NULL), SL_EINVAL);
    add.count = 0;
    assert_int_equal(sl_payload_add(&out, key, &domain, &add, NULL), SL_EFORMAT);
    sl_buf_free(&out);
    sl_key_free(key);
}

/* Fills a commit until one more piece is refused; returns the number that went in. Every payload is
 * as long as it was counted to be. */
static size_t fill(struct sl_add_message *add, const struct sl_create_message *create,
                   const struct sl_key *key)
{
    const struct sl_address proxy = {{1}};
    const struct sl_domain domain = sl_domain_storage(314159, &proxy);
    struct sl_add_size size;
    struct sl_buf out = {0};
    int rc = SL_OK;
    sl_add_size_init(&size, create, add->compact);
    for (add->count = 0; rc == SL_OK;) {
        sl_add_size_piece(&size, &add->pieces[add->count++]);
        sl_buf_clear(&out);
        rc = create == NULL ? sl_payload_add(&out, key, &domain, add, NULL)
                            : sl_payload_create_and_add(&out, key, &domain, create, add, NULL);
        if (rc == SL_OK) /* selector, 4 words, 2 lengths, 160 bytes a piece */
            assert_int_equal(sl_add_size_bytes(&size),
                             4 + 128 + 32 + 160 * add->count + 32 + out.len);
        assert_int_equal(sl_add_size_fits(&size, false), rc == SL_OK);
    }
    assert_int_equal(rc, SL_ETOOBIG);
    sl_buf_free(&out);
    return add->count - 1;
}

static void a_commit_holds_what_a_message_holds(void **state)
{
    (void)state;
    static struct sl_signed_piece pieces[MOST_PIECES];
    static const uint8_t cid[39];
    const struct sl_metadata entry = {SL_METADATA_SOURCE, "sluice"};
    struct sl_add_message add = {
        .client_data_set_id = sl_u256(7), .nonce = sl_u256(8), .pieces = pieces, .compact = true};
    const struct sl_create_message create = {
        .client_data_set_id = sl_u256(7), .metadata = &entry, .metadata_count = 1};
    struct sl_key *key = NULL;
    assert_int_equal(sl_key_generate(&key, NULL), SL_OK);
    for (size_t i = 0; i < MOST_PIECES; i++)
        pieces[i] = (struct sl_signed_piece){.cid = cid, .cid_len = sizeof cid};
    assert_int_equal(fill(&add, NULL, key), 404);
    assert_int_equal(fill(&add, &create, key), 400);
    add.compact = false;
    assert_int_equal(fill(&add, NULL, key), 224);
    add.compact = true;
    pieces[0].metadata = &entry; /* the others are listed for its sake */
    pieces[0].metadata_count = 1;
    assert_int_equal(fill(&add, NULL, key), 224);
    sl_key_free(key);
}

static void the_largest_create_payload_fits_the_contract(void **state)
{
    (void)state;
    static char keys[SL_METADATA_DATA_SET_ENTRIES][SL_METADATA_KEY_BYTES + 1];
    static char value[SL_METADATA_VALUE_BYTES + 1];
    struct sl_metadata entries[SL_METADATA_DATA_SET_ENTRIES];
    const struct sl_address proxy = {{1}};
    const struct sl_domain domain = sl_domain_storage(314159, &proxy);
    struct sl_buf out = {0};
    struct sl_key *key = NULL;
    memset(value, 'v', sizeof value - 1);
    for (size_t i = 0; i < SL_METADATA_DATA_SET_ENTRIES; i++) {
        memset(keys[i], 'k', sizeof keys[i] - 1);
        keys[i][0] = (char)('a' + i);
        entries[i] = (struct sl_metadata){keys[i], value};
    }
    const struct sl_create_message create = {.metadata = entries,
                                             .metadata_count = SL_METADATA_DATA_SET_ENTRIES};
    assert_int_equal(sl_key_generate(&key, NULL), SL_OK);
    assert_int_equal(sl_payload_create(&out, key, &domain, &create, NULL), SL_OK);
    assert_int_equal(out.len, 2912);
    sl_buf_free(&out);
    sl_key_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_message_is_hashed_signed_and_packed_to_the_same_bytes),
        cmocka_unit_test(messages_without_metadata_have_a_full_form_too),
        cmocka_unit_test(every_chain_has_its_separator),
        cmocka_unit_test(types_and_session_permissions_have_their_hashes),
        cmocka_unit_test(metadata_is_measured_in_bytes),
        cmocka_unit_test(metadata_keys_are_unique_and_few),
        cmocka_unit_test(a_new_data_set_and_its_pieces_have_numbers_of_their_own),
        cmocka_unit_test(a_commit_holds_what_a_message_holds),
        cmocka_unit_test(the_largest_create_payload_fits_the_contract),
    };
    return cmocka_run_group_tests_name("eip712", tests, load, unload);
}
