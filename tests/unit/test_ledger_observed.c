/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * What the real contracts answered, case by case and in their order: the same outcome, the same
 * error with the same values, the same balances. Source: protocol/observed/contracts.txt; figures
 * of gas are of another machine and not compared. A value that came out of random bytes is a "*".
 * The sizes of the observed pieces are not known: those here have as many leaves altogether, at
 * times that give the same balances.
 */
#include <stdlib.h>
#include <string.h>

#include "support/test.h"
#include "unit/ledger_kit.h"

#define FIRST_SET   UINT64_C(1001) /* the client's ids of the two data sets that stay */
#define SECOND_SET  UINT64_C(8001)
#define USED_NONCE  UINT64_C(3001)
#define DEPOSIT     "100000000000000000000"
#define EMPTY_ERROR ""

enum action { CREATE_AND_ADD, CREATE_EMPTY, ADD };
enum payload_kind { BUILT, NO_BYTES, GARBAGE };
enum cid_kind { GOOD, VERSION_1, TRUNCATED, MULTIBASE, TOO_PADDED, HEIGHT_51 };

struct test_case {
    const char *name;
    enum action action;
    bool send; /* also as a transaction; else a dry run alone */
    enum who sender;
    enum who create_signer, add_signer, payee;
    uint64_t client_id, nonce; /* 0: never used before */
    bool zero_nonce;
    uint64_t set;           /* of an add; 0: the first */
    uint64_t signed_client; /* another data set was signed */
    bool other_pieces, other_chain, other_verifier;
    size_t pieces; /* 0: one; SIZE_MAX: none */
    bool same_twice;
    uint64_t bytes; /* of every piece; 0: 1000 */
    uint64_t step;  /* each piece is so much larger */
    enum cid_kind cid;
    enum payload_kind payload;
    bool no_value, a_value, no_listener;
    void (*spoil)(struct sl_buf *signature);
    const struct kit_metadata *data_set, *piece;
    bool no_piece_lists;
    void (*before)(struct ledger_kit *kit); /* on a copy of the chain */
    void (*after)(struct ledger_kit *kit);  /* what was read then */
    const char *error;                      /* NULL: it went well */
    const char *args;
};

/* ---- what is done to signatures ---- */

static void spoil_v_small(struct sl_buf *s)
{
    s->data[64] = (char)(s->data[64] - 27);
}

static void spoil_v_29(struct sl_buf *s)
{
    s->data[64] = 29;
}

static void spoil_flip(struct sl_buf *s)
{
    s->data[64] = (char)(s->data[64] == 27 ? 28 : 27);
}

static void spoil_high(struct sl_buf *s)
{
    struct sl_u256 order, low;
    assert_int_equal(sl_u256_parse_hex(&order,
                                       "0xfffffffffffffffffffffffffffffffe"
                                       "baaedce6af48a03bbfd25e8cd0364141",
                                       66, NULL),
                     SL_OK);
    assert_true(sl_u256_from_be(&low, (const uint8_t *)s->data + 32, 32));
    assert_true(sl_u256_sub(&low, order, low));
    sl_u256_to_be((uint8_t *)s->data + 32, low);
    spoil_flip(s);
}

static void spoil_64(struct sl_buf *s)
{
    s->len = 64;
}

static void spoil_zero(struct sl_buf *s)
{
    memset(s->data, 0, s->len);
}

/* ---- metadata ---- */

#define K32 "0123456789abcdef0123456789abcdef"
#define V96                                                                                         \
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abc" \
    "def"
#define V49 "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"

static const struct kit_metadata of_the_first_set = {
    .entries = {{"source", "cclient"}, {"withIPFSIndexing", ""}}, .count = 2};
static const struct kit_metadata of_the_first_piece = {
    .entries = {{"ipfsRootCID", "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi"}},
    .count = 1};
static const struct kit_metadata three_full = {
    .entries = {{"a123456789abcdef0123456789abcdef", V96},
                {"b123456789abcdef0123456789abcdef", V96},
                {"c123456789abcdef0123456789abcdef", V96}},
    .count = 3};
static const struct kit_metadata ten_full = {.entries = {{"a123456789abcdef0123456789abcdef", V96},
                                                         {"b123456789abcdef0123456789abcdef", V96},
                                                         {"c123456789abcdef0123456789abcdef", V96},
                                                         {"d123456789abcdef0123456789abcdef", V96},
                                                         {"e123456789abcdef0123456789abcdef", V96},
                                                         {"f123456789abcdef0123456789abcdef", V96},
                                                         {"g123456789abcdef0123456789abcdef", V96},
                                                         {"h123456789abcdef0123456789abcdef", V96},
                                                         {"i123456789abcdef0123456789abcdef", V96},
                                                         {"j123456789abcdef0123456789abcdef", V96}},
                                             .count = 10};
static const struct kit_metadata three = {.entries = {{"a", "1"}, {"b", "2"}, {"c", "3"}},
                                          .count = 3};
static const struct kit_metadata four = {
    .entries = {{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}}, .count = 4};
static const struct kit_metadata eleven = {.entries = {{"a", "1"},
                                                       {"b", "1"},
                                                       {"c", "1"},
                                                       {"d", "1"},
                                                       {"e", "1"},
                                                       {"f", "1"},
                                                       {"g", "1"},
                                                       {"h", "1"},
                                                       {"i", "1"},
                                                       {"j", "1"},
                                                       {"k", "1"}},
                                           .count = 11};
static const struct kit_metadata ten = {.entries = {{"a", "1"},
                                                    {"b", "1"},
                                                    {"c", "1"},
                                                    {"d", "1"},
                                                    {"e", "1"},
                                                    {"f", "1"},
                                                    {"g", "1"},
                                                    {"h", "1"},
                                                    {"i", "1"},
                                                    {"j", "1"}},
                                        .count = 10};
static const struct kit_metadata key_32 = {.entries = {{K32, "v"}}, .count = 1};
static const struct kit_metadata key_33 = {.entries = {{K32 "x", "v"}}, .count = 1};
static const struct kit_metadata value_96 = {.entries = {{"k", V96}}, .count = 1};
static const struct kit_metadata value_97 = {.entries = {{"k", V96 "x"}}, .count = 1};
static const struct kit_metadata value_98 = {.entries = {{"k", V49 V49 V49 V49 V49 V49 V49}},
                                             .count = 1};
static const struct kit_metadata empty_value = {.entries = {{"k", ""}}, .count = 1};
static const struct kit_metadata empty_key = {.entries = {{"", "v"}}, .count = 1};
static const struct kit_metadata twice = {.entries = {{"k", "1"}, {"k", "2"}}, .count = 2};
static const struct kit_metadata twice_empty = {.entries = {{"k", ""}, {"k", "2"}}, .count = 2};
static const struct kit_metadata no_values = {
    .entries = {{"k", "v"}}, .count = 1, .values_missing = 1};
static const struct kit_metadata with_cdn = {.entries = {{"withCDN", ""}}, .count = 1};
/* six values of 608 bytes: the payload comes to 4,448 */
#define V608 V96 V96 V96 V96 V96 V96 "0123456789abcdef0123456789abcdef"
static const struct kit_metadata huge = {
    .entries = {{"a", V608}, {"b", V608}, {"c", V608}, {"d", V608}, {"e", V608}, {"f", V96}},
    .count = 6};

/* ---- states of a copy of the chain ---- */

static void revoke_operator(struct ledger_kit *kit)
{
    assert_true(kit_approve(kit, false, sl_u256(0), sl_u256(0), 0));
}

static void no_rate(struct ledger_kit *kit)
{
    assert_true(kit_approve(kit, true, sl_u256(0), sl_u256_max(), 86400));
}

static void no_lockup(struct ledger_kit *kit)
{
    assert_true(kit_approve(kit, true, sl_u256_max(), sl_u256(0), 86400));
}

static void short_period(struct ledger_kit *kit)
{
    assert_true(kit_approve(kit, true, sl_u256_max(), sl_u256_max(), 86399));
}

static void little_rate(struct ledger_kit *kit)
{
    assert_true(kit_approve(kit, true, sl_u256(UINT64_C(400000000000)), sl_u256_max(), 86400));
}

/* Withdraws all but 0.1 USDFC of what is free; eleven epochs later the case was run. */
static void little_money(struct ledger_kit *kit)
{
    struct sl_abi_writer w = {0};
    const struct sl_address client = kit_address(kit, CLIENT);
    struct sl_u256 amount;
    sl_abi_call(&w, "getAccountInfoIfSettled(address,address)");
    sl_abi_put_address(&w, &kit->at->usdfc);
    sl_abi_put_address(&w, &client);
    struct sl_abi_reader r = kit_view(kit, &kit->at->pay, "(uint256,uint256,uint256,uint256)", &w);
    (void)sl_abi_get_u256(&r);
    (void)sl_abi_get_u256(&r);
    amount = sl_abi_get_u256(&r);
    assert_true(sl_u256_sub(&amount, amount, sl_u256(UINT64_C(100000000000000000))));
    sl_abi_call(&w, "withdraw(address,uint256)");
    sl_abi_put_address(&w, &kit->at->usdfc);
    sl_abi_put_u256(&w, amount);
    assert_true(kit_send(kit, CLIENT, &kit->at->pay, sl_u256(0), &w));
    kit_skip(kit, 10);
}

static void put_permissions(struct sl_abi_writer *w)
{
    uint8_t hash[SL_HASH_BYTES];
    sl_message_type_hash(hash, SL_MESSAGE_ADD);
    sl_abi_open_list(w, 1);
    sl_abi_put_fixed(w, hash, sizeof hash);
    sl_abi_close(w);
    sl_abi_put_str(w, "test");
}

static void login(struct ledger_kit *kit, int64_t seconds)
{
    struct sl_abi_writer w = {0};
    struct sl_ledger_block block;
    const struct sl_address session = kit_address(kit, SESSION);
    assert_int_equal(sl_ledger_block(kit->ledger, &block, SL_LEDGER_PENDING, NULL), 1);
    sl_abi_call(&w, "login(address,uint256,bytes32[],string)");
    sl_abi_put_address(&w, &session);
    sl_abi_put_u64(&w, (uint64_t)(block.timestamp_s + seconds));
    put_permissions(&w);
    assert_true(kit_send(kit, CLIENT, &kit->at->session_keys, sl_u256(0), &w));
}

static void revoke_session(struct ledger_kit *kit)
{
    struct sl_abi_writer w = {0};
    const struct sl_address session = kit_address(kit, SESSION);
    sl_abi_call(&w, "revoke(address,bytes32[],string)");
    sl_abi_put_address(&w, &session);
    put_permissions(&w);
    assert_true(kit_send(kit, CLIENT, &kit->at->session_keys, sl_u256(0), &w));
}

static void expire_session(struct ledger_kit *kit)
{
    login(kit, 3);
    kit_skip(kit, 3); /* an epoch is a second here */
}

/* ---- what was read in between ---- */

static void expect_account(struct ledger_kit *kit, enum who who, const char *funds,
                           const char *lockup, const char *rate, uint64_t settled_at)
{
    const struct sl_address owner = kit_address(kit, who);
    const struct kit_account a = kit_account(kit, &owner);
    char text[SL_U256_DEC_CHARS];
    sl_u256_dec(text, a.funds);
    assert_string_equal(text, funds);
    sl_u256_dec(text, a.rate);
    assert_string_equal(text, rate);
    sl_u256_dec(text, a.lockup);
    assert_string_equal(text, lockup);
    assert_int_equal(a.settled_at, settled_at);
}

static void expect_pairs(struct ledger_kit *kit, const char *call, const struct kit_metadata *want)
{
    struct sl_abi_writer w = {0};
    sl_abi_call(&w, call);
    sl_abi_put_u64(&w, 1);
    if (strstr(call, "Piece") != NULL)
        sl_abi_put_u64(&w, 0);
    struct sl_abi_reader r = kit_view(kit, &kit->at->view, "(string[],string[])", &w);
    for (int values = 0; values < 2; values++) {
        assert_int_equal(sl_abi_enter_list(&r), want->count);
        for (size_t i = 0; i < want->count; i++) {
            size_t len;
            const char *is = sl_abi_get_str(&r, &len);
            const char *text = values ? want->entries[i].value : want->entries[i].key;
            assert_int_equal(len, strlen(text));
            assert_memory_equal(is, text, len);
        }
        sl_abi_leave(&r);
    }
    assert_int_equal(sl_abi_done(&r, NULL), SL_OK);
}

static uint64_t read_u64(struct ledger_kit *kit, const struct sl_address *at, const char *call,
                         uint64_t set)
{
    struct sl_abi_writer w = {0};
    sl_abi_call(&w, call);
    sl_abi_put_u64(&w, set);
    struct sl_abi_reader r = kit_view(kit, at, "(uint256)", &w);
    return sl_abi_get_u64(&r);
}

static void expect_found(struct ledger_kit *kit)
{
    struct sl_abi_writer w = {0};
    const struct kit_piece piece = kit_piece(1000, 1);
    sl_abi_call(&w, "findPieceIdsByCid(uint256,(bytes),uint256,uint256)");
    sl_abi_put_u64(&w, 1);
    sl_abi_open(&w);
    sl_abi_put_bytes(&w, piece.cid, piece.len);
    sl_abi_close(&w);
    sl_abi_put_u64(&w, 0);
    sl_abi_put_u64(&w, 1);
    struct sl_abi_reader r = kit_view(kit, &kit->at->pdp, "(uint256[])", &w);
    assert_int_equal(sl_abi_enter_list(&r), 1);
    assert_int_equal(sl_abi_get_u64(&r), 0);
}

static void expect_events(struct ledger_kit *kit)
{
    static const char *const events[] = {
        "RailCreated(uint256,address,address,address,address,address,address,uint256)",
        "AccountLockupSettled(address,address,uint256,uint256,uint256)",
        "RailLockupModified(uint256,uint256,uint256,uint256,uint256)",
        ("DataSetCreated(uint256,uint256,uint256,uint256,uint256,address,address,address,string[],"
         "string[])"),
        "DataSetCreated(uint256,address)",
        "PiecesAdded(uint256,uint256[],(bytes)[])",
        "RailRateModified(uint256,uint256,uint256)",
        "RailOneTimePaymentProcessed(uint256,uint256,uint256,uint256)",
        "RailRateUpdated(uint256,uint256,uint256)",
        "PieceAdded(uint256,uint256,(bytes),string[],string[])"};
    const size_t count = sizeof events / sizeof events[0];
    assert_int_equal(kit->receipt.log_count, count);
    for (size_t i = 0; i < count; i++) {
        uint8_t topic[SL_ABI_WORD];
        sl_abi_topic(topic, events[i]);
        assert_memory_equal(kit->receipt.logs[i].topics[0], topic, sizeof topic);
    }
}

/* Word 7, 10, 11 of getDataSet: what the client chose, fees that wait, the reserve. */
static void expect_data_set(struct ledger_kit *kit)
{
    static const char *const words[] = {
        "1", "0", "0", NULL, NULL, NULL, "0", "1001", "0", "1", "0", "74200000000000000", "1"};
    struct sl_abi_writer w = {0};
    sl_abi_call(&w, "getDataSet(uint256)");
    sl_abi_put_u64(&w, 1);
    assert_true(kit_call(kit, CLIENT, &kit->at->view, sl_u256(0), &w));
    assert_int_equal(kit->result.data.len, 13 * SL_ABI_WORD);
    for (size_t i = 0; i < 13; i++) {
        struct sl_u256 value;
        char text[SL_U256_DEC_CHARS];
        const uint8_t *word = (const uint8_t *)kit->result.data.data + i * SL_ABI_WORD;
        const struct sl_address who = kit_address(kit, i == 3 ? CLIENT : SP1);
        if (words[i] == NULL) {
            assert_memory_equal(word + 12, who.bytes, SL_ADDRESS_BYTES);
            continue;
        }
        assert_true(sl_u256_from_be(&value, word, SL_ABI_WORD));
        sl_u256_dec(text, value);
        assert_string_equal(text, words[i]);
    }
}

static void after_first(struct ledger_kit *kit)
{
    expect_events(kit);
    expect_account(kit, CLIENT, "99974200000000000000", "98200002310009600", "277777804514", 24);
    expect_account(kit, SP1, "25671000000000000", "0", "0", 0);
    assert_int_equal(read_u64(kit, &kit->at->pdp, "dataSetLive(uint256)", 1), 1);
    assert_int_equal(read_u64(kit, &kit->at->pdp, "getActivePieceCount(uint256)", 1), 1);
    assert_int_equal(read_u64(kit, &kit->at->pdp, "getDataSetLeafCount(uint256)", 1), 32);
    expect_found(kit);
    expect_pairs(kit, "getAllPieceMetadata(uint256,uint256)", &of_the_first_piece);
    expect_pairs(kit, "getAllDataSetMetadata(uint256)", &of_the_first_set);
    expect_data_set(kit);
}

static void log_in_for_long(struct ledger_kit *kit)
{
    login(kit, 3600);
}

/* ---- the cases ---- */

#define ERROR_USED    "ClientDataSetAlreadyRegistered(uint256)"
#define ERROR_SIGNER  "InvalidSignature(address,address)"
#define ERROR_TEXT    "Error(string)"
#define ERROR_KEYS    "TooManyMetadataKeys(uint256,uint256)"
#define ERROR_KEY     "MetadataKeyExceedsMaxLength(uint256,uint256,uint256)"
#define ERROR_VALUE   "MetadataValueExceedsMaxLength(uint256,uint256,uint256)"
#define ERROR_TWICE   "DuplicateMetadataKey(uint256,string)"
#define ERROR_RATE    "OperatorRateAllowanceExceeded(uint256,uint256)"
#define ERROR_FUNDS   "InsufficientLockupFunds(address,uint256,uint256)"
#define ERROR_INDEXED "IndexedError(uint256,string)"

static const struct test_case without_money[] = {
    {.name = "create+add: payer without any deposit",
     .error = ERROR_FUNDS,
     .args = "@client,124000000000000000,0"},
};

static const struct test_case cases[] = {
    {.name = "create+add: happy path, 1 piece with metadata",
     .send = true,
     .client_id = FIRST_SET,
     .nonce = 2001,
     .data_set = &of_the_first_set,
     .piece = &of_the_first_piece,
     .after = after_first},
    {.name = "create+add: same extraData again",
     .client_id = FIRST_SET,
     .nonce = 2001,
     .data_set = &of_the_first_set,
     .piece = &of_the_first_piece,
     .error = ERROR_USED,
     .args = "1001"},
    {.name = "add: happy path, 1 piece no metadata",
     .action = ADD,
     .send = true,
     .nonce = USED_NONCE,
     .bytes = 254},
    {.name = "add: replay of the very same extraData",
     .action = ADD,
     .nonce = USED_NONCE,
     .bytes = 254,
     .error = ERROR_USED,
     .args = "3001"},
    {.name = "add: new pieces, used nonce",
     .action = ADD,
     .nonce = USED_NONCE,
     .bytes = 600,
     .error = ERROR_USED,
     .args = "3001"},
    {.name = "add: nonce equal to a used clientDataSetId",
     .action = ADD,
     .nonce = FIRST_SET,
     .error = ERROR_USED,
     .args = "1001"},
    {.name = "create: clientDataSetId equal to a used add nonce",
     .action = CREATE_EMPTY,
     .client_id = USED_NONCE,
     .error = ERROR_USED,
     .args = "3001"},
    {.name = "create+add: add nonce equal to the clientDataSetId of the same call",
     .client_id = 4001,
     .nonce = 4001,
     .error = ERROR_USED,
     .args = "4001"},
    {.name = "add: nonce 0", .action = ADD, .zero_nonce = true},
    {.name = "add: same piece CID a second time in the same data set", .action = ADD},
    {.name = "add: same piece CID twice in one call",
     .action = ADD,
     .pieces = 2,
     .same_twice = true},
    {.name = "add: signed by a stranger",
     .action = ADD,
     .add_signer = STRANGER,
     .error = ERROR_SIGNER,
     .args = "@client,@stranger"},
    {.name = "create+add: payer field is client, signed by stranger",
     .create_signer = STRANGER,
     .add_signer = STRANGER,
     .error = ERROR_SIGNER,
     .args = "@client,@stranger"},
    {.name = "create+add: payee signed is not the provider payee",
     .payee = STRANGER,
     .error = ERROR_SIGNER,
     .args = "@client,*"},
    {.name = "create+add: signed for sp1, sent by sp2",
     .payee = SP1,
     .sender = SP2,
     .error = ERROR_SIGNER,
     .args = "@client,*"},
    {.name = "add: clientDataSetId of another data set",
     .action = ADD,
     .signed_client = 777,
     .error = ERROR_SIGNER,
     .args = "@client,*"},
    {.name = "add: other piece than signed",
     .action = ADD,
     .other_pieces = true,
     .error = ERROR_SIGNER,
     .args = "@client,*"},
    {.name = "add: wrong chain id in domain",
     .action = ADD,
     .other_chain = true,
     .error = ERROR_SIGNER,
     .args = "@client,*"},
    {.name = "add: wrong verifying contract in domain",
     .action = ADD,
     .other_verifier = true,
     .error = ERROR_SIGNER,
     .args = "@client,*"},
    {.name = "signature: v as 27/28 (usual)", .action = ADD},
    {.name = "signature: v as 0/1", .action = ADD, .spoil = spoil_v_small},
    {.name = "signature: v as 29",
     .action = ADD,
     .spoil = spoil_v_29,
     .error = "UnsupportedSignatureV(uint8)",
     .args = "29"},
    {.name = "signature: high-s form", .action = ADD, .spoil = spoil_high},
    {.name = "signature: 64 bytes",
     .action = ADD,
     .spoil = spoil_64,
     .error = "InvalidSignatureLength(uint256,uint256)",
     .args = "65,64"},
    {.name = "signature: flipped v",
     .action = ADD,
     .spoil = spoil_flip,
     .error = ERROR_SIGNER,
     .args = "@client,*"},
    {.name = "signature: 65 zero bytes",
     .action = ADD,
     .spoil = spoil_zero,
     .error = ERROR_SIGNER,
     .args = "@client,@zero"},
    {.name = "add: empty extraData",
     .action = ADD,
     .payload = NO_BYTES,
     .error = "ExtraDataRequired()",
     .args = ""},
    {.name = "add: garbage extraData", .action = ADD, .payload = GARBAGE, .error = EMPTY_ERROR},
    {.name = "add: zero pieces",
     .action = ADD,
     .pieces = SIZE_MAX,
     .error = ERROR_TEXT,
     .args = "Must add at least one piece"},
    {.name = "add: with FIL value",
     .action = ADD,
     .a_value = true,
     .error = ERROR_TEXT,
     .args = "no fee on add to existing dataset"},
    {.name = "add: by another provider",
     .action = ADD,
     .sender = SP2,
     .error = ERROR_TEXT,
     .args = "Only the storage provider can add pieces"},
    {.name = "add: data set that does not exist",
     .action = ADD,
     .set = 99,
     .error = "DataSetNotLive()",
     .args = ""},
    {.name = "create+add: no cleanup deposit",
     .no_value = true,
     .error = "CleanupDepositRequired()",
     .args = ""},
    {.name = "create+add: listener zero",
     .no_listener = true,
     .error = ERROR_TEXT,
     .args = "listener required for new dataset"},
    {.name = "create+add: caller not in the provider registry",
     .sender = STRANGER,
     .error = "ProviderNotRegistered(address)",
     .args = "@stranger"},
    {.name = "create+add: provider registered but not approved", .sender = SP3},
    {.name = "create+add: payee signed = serviceProvider, its payee is another",
     .sender = SP3,
     .payee = SP3,
     .error = ERROR_SIGNER,
     .args = "@client,*"},
    {.name = "create+add: zero pieces", .pieces = SIZE_MAX},
    {.name = "createDataSet: empty data set", .action = CREATE_EMPTY},
    {.name = "cid: PieceCIDv1 bytes",
     .action = ADD,
     .cid = VERSION_1,
     .error = ERROR_TEXT,
     .args = "Cid must be CommPv2"},
    {.name = "cid: truncated by one byte",
     .action = ADD,
     .cid = TRUNCATED,
     .error = ERROR_TEXT,
     .args = "CommPv2 multihash length does not match data length"},
    {.name = "cid: with leading 0x00 multibase byte",
     .action = ADD,
     .cid = MULTIBASE,
     .error = ERROR_TEXT,
     .args = "Cid must be CommPv2"},
    {.name = "cid: padding larger than the tree",
     .action = ADD,
     .cid = TOO_PADDED,
     .error = ERROR_INDEXED,
     .args = "0,Padding is too large"},
    {.name = "cid: height 51",
     .action = ADD,
     .cid = HEIGHT_51,
     .error = ERROR_INDEXED,
     .args = "0,Piece size must be less than 2^50"},
    {.name = "cid: tiny piece, 127 bytes", .action = ADD, .bytes = 127},
    {.name = "cid: 1 byte of data", .action = ADD, .bytes = 1},
    {.name = "add: 2 pieces, no metadata",
     .action = ADD,
     .send = true,
     .pieces = 2,
     .bytes = 300,
     .step = 1},
    {.name = "add: 40 pieces, no metadata",
     .action = ADD,
     .send = true,
     .pieces = 40,
     .bytes = 128,
     .step = 1},
    {.name = "add: 41 pieces, no metadata",
     .action = ADD,
     .send = true,
     .pieces = 41,
     .bytes = 320,
     .step = 1},
    {.name = "add: 42 pieces, no metadata",
     .action = ADD,
     .send = true,
     .pieces = 42,
     .bytes = 350,
     .step = 1},
    {.name = "add: 64 pieces, no metadata", .action = ADD, .pieces = 64},
    {.name = "add: 100 pieces, no metadata", .action = ADD, .pieces = 100},
    {.name = "add: 40 pieces, each 3 keys of 32 and values of 96",
     .action = ADD,
     .send = true,
     .pieces = 40,
     .bytes = 320,
     .step = 1,
     .piece = &three_full},
    {.name = "create+add: 40 pieces, each 3 full keys, 10 full data set keys",
     .send = true,
     .client_id = SECOND_SET,
     .pieces = 40,
     .bytes = 500,
     .step = 1,
     .data_set = &ten_full,
     .piece = &three_full},
    {.name = "piece metadata: 3 keys", .action = ADD, .piece = &three},
    {.name = "piece metadata: 4 keys",
     .action = ADD,
     .piece = &four,
     .error = ERROR_KEYS,
     .args = "3,4"},
    {.name = "piece metadata: key of 32 bytes", .action = ADD, .piece = &key_32},
    {.name = "piece metadata: key of 33 bytes",
     .action = ADD,
     .piece = &key_33,
     .error = ERROR_KEY,
     .args = "0,32,33"},
    {.name = "piece metadata: value of 96 bytes", .action = ADD, .piece = &value_96},
    {.name = "piece metadata: value of 97 bytes",
     .action = ADD,
     .piece = &value_97,
     .error = ERROR_VALUE,
     .args = "0,96,97"},
    {.name = "piece metadata: value of 49 two-byte characters",
     .action = ADD,
     .piece = &value_98,
     .error = ERROR_VALUE,
     .args = "0,96,98"},
    {.name = "piece metadata: empty value", .action = ADD, .piece = &empty_value},
    {.name = "piece metadata: empty key", .action = ADD, .piece = &empty_key},
    {.name = "piece metadata: same key twice",
     .action = ADD,
     .piece = &twice,
     .error = ERROR_TWICE,
     .args = "1,k"},
    {.name = "piece metadata: same key twice, first value empty",
     .action = ADD,
     .piece = &twice_empty},
    {.name = "piece metadata: arrays shorter than the piece list",
     .action = ADD,
     .no_piece_lists = true,
     .error = "MetadataArrayCountMismatch(uint256,uint256)",
     .args = "0,1"},
    {.name = "piece metadata: one key, no value",
     .action = ADD,
     .piece = &no_values,
     .error = "MetadataKeyAndValueLengthMismatch(uint256,uint256)",
     .args = "1,0"},
    {.name = "data set metadata: 10 keys", .data_set = &ten},
    {.name = "data set metadata: 11 keys",
     .data_set = &eleven,
     .error = ERROR_KEYS,
     .args = "10,11"},
    {.name = "data set metadata: key of 33 bytes",
     .data_set = &key_33,
     .error = ERROR_KEY,
     .args = "0,32,33"},
    {.name = "data set metadata: value of 97 bytes",
     .data_set = &value_97,
     .error = ERROR_VALUE,
     .args = "0,96,97"},
    {.name = "data set metadata: same key twice",
     .data_set = &twice,
     .error = ERROR_TWICE,
     .args = "3,k"},
    {.name = "data set metadata: withCDN", .data_set = &with_cdn},
    {.name = "createDataSet: createPayload of 4448 bytes",
     .action = CREATE_EMPTY,
     .data_set = &huge,
     .error = "ExtraDataTooLarge(uint256,uint256)",
     .args = "4448,4096",
     .after = log_in_for_long},
    {.name = "session key: addPieces permission, add", .action = ADD, .add_signer = SESSION},
    {.name = "session key: addPieces permission only, create+add",
     .create_signer = SESSION,
     .add_signer = SESSION,
     .error = ERROR_SIGNER,
     .args = "@client,@session"},
    {.name = "session key: after revoke",
     .action = ADD,
     .add_signer = SESSION,
     .before = revoke_session,
     .error = ERROR_SIGNER,
     .args = "@client,@session"},
    {.name = "session key: expired",
     .action = ADD,
     .add_signer = SESSION,
     .before = expire_session,
     .error = ERROR_SIGNER,
     .args = "@client,@session"},
    {.name = "money: operator approval withdrawn, create+add",
     .before = revoke_operator,
     .error = "OperatorNotApproved(address,address)",
     .args = "@client,@fwss"},
    {.name = "money: operator approval withdrawn, add to existing",
     .action = ADD,
     .bytes = 2000,
     .before = revoke_operator,
     .error = ERROR_RATE,
     .args = "0,555557585074"},
    {.name = "money: rate allowance 0, create+add",
     .before = no_rate,
     .error = "InsufficientRateAllowance(address,address,uint256,uint256,uint256)",
     .args = "@client,@fwss,0,555557532441,277777777777"},
    {.name = "money: lockup allowance 0, create+add",
     .before = no_lockup,
     .error = "InsufficientLockupAllowance(address,address,uint256,uint256,uint256)",
     .args = "@client,@fwss,0,131900170802902400,124000000000000000"},
    {.name = "money: max lockup period 86399, create+add",
     .before = short_period,
     .error = "InsufficientMaxLockupPeriod(address,address,uint256,uint256)",
     .args = "@client,@fwss,86399,86400"},
    {.name = "money: add of a 64 TiB piece with 100 USDFC deposited",
     .action = ADD,
     .bytes = UINT64_C(127) << 39,
     .error = ERROR_TEXT,
     .args = "invariant failure: insufficient funds to cover lockup after function execution"},
    {.name = "money: add of a 1 GiB piece above the rate allowance",
     .action = ADD,
     .bytes = 1065353216,
     .before = little_rate,
     .error = ERROR_RATE,
     .args = "400000000000,583593791280"},
    {.name = "money: 0.1 USDFC free, create+add",
     .before = little_money,
     .error = ERROR_FUNDS,
     .args = "@client,124000000000000000,99993888867143149"},
    {.name = "money: 0.1 USDFC free, add a small piece to existing set",
     .action = ADD,
     .before = little_money},
};

static const struct test_case after_termination[] = {
    {.name = "add: to a data set whose service was terminated",
     .action = ADD,
     .error = "DataSetPaymentAlreadyTerminated(uint256)",
     .args = "1"},
};

/* ---- running ---- */

static uint64_t next_number = 100000;

static struct kit_piece piece_of(const struct test_case *c, size_t i)
{
    const uint64_t bytes = (c->bytes != 0 ? c->bytes : 1000) + i * c->step;
    struct kit_piece p = kit_piece(bytes, c->same_twice ? 1 : i + 1);
    static const uint8_t version_1[] = {0x01, 0x81, 0xe2, 0x03, 0x92, 0x20, 0x20, 0x00};
    switch (c->cid) {
    case GOOD:
        break;
    case VERSION_1:
        memcpy(p.cid, version_1, sizeof version_1);
        p.len = 39;
        break;
    case TRUNCATED:
        p.len--;
        break;
    case MULTIBASE:
        memmove(p.cid + 1, p.cid, p.len);
        p.cid[0] = 0;
        p.len++;
        break;
    case TOO_PADDED: /* 127 in a tree of four leaves */
        p = kit_piece(127, 1);
        p.cid[5] = 127;
        break;
    case HEIGHT_51:
        p = kit_piece(127, 1);
        p.cid[6] = 51;
        break;
    }
    return p;
}

static void put_case(struct ledger_kit *kit, struct sl_abi_writer *w, const struct test_case *c,
                     const struct kit_payload *p, enum who sender)
{
    static const struct sl_address nobody;
    const uint64_t set = c->action == ADD ? (c->set != 0 ? c->set : 1) : 0;
    const bool listens = c->action != ADD && !c->no_listener;
    if (c->action == CREATE_EMPTY) {
        kit_put_create(kit, w, p, sender);
        return;
    }
    if (c->payload == BUILT) {
        kit_put_add(kit, w, p, set, listens ? &kit->at->fwss : &nobody, sender);
        return;
    }
    sl_abi_call(w, "addPieces(uint256,address,(bytes)[],bytes)");
    sl_abi_put_u64(w, set);
    sl_abi_put_address(w, &nobody);
    sl_abi_open_list(w, 1);
    sl_abi_open(w);
    sl_abi_put_bytes(w, p->pieces[0].cid, p->pieces[0].len);
    sl_abi_close(w);
    sl_abi_close(w);
    sl_abi_put_bytes(w,
                     "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
                     "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
                     c->payload == GARBAGE ? 32 : 0);
}

static bool do_case(struct ledger_kit *kit, const struct test_case *c)
{
    struct kit_piece pieces[KIT_PIECES], others[KIT_PIECES];
    struct sl_abi_writer w = {0};
    const enum who sender = c->sender != 0 ? c->sender : SP1;
    struct kit_payload p = {.create_signer = c->create_signer,
                            .add_signer = c->add_signer,
                            .payee = c->payee,
                            .pieces = pieces,
                            .count = c->pieces == SIZE_MAX ? 0
                                     : c->pieces != 0      ? c->pieces
                                                           : 1,
                            .data_set = c->data_set,
                            .piece = c->piece,
                            .no_piece_lists = c->no_piece_lists,
                            .spoil = c->spoil};
    for (size_t i = 0; i < p.count; i++) {
        pieces[i] = piece_of(c, i);
        others[i] = kit_piece(700, i + 1000);
    }
    const uint64_t id = c->action == ADD ? FIRST_SET : c->client_id;
    p.client_id = sl_u256(id != 0 ? id : next_number++);
    p.nonce = sl_u256(c->nonce != 0 || c->zero_nonce ? c->nonce : next_number++);
    p.signed_client_id = sl_u256(c->signed_client);
    p.signed_pieces = c->other_pieces ? others : NULL;
    p.chain_id = c->other_chain ? 314159 : 0;
    p.verifier = c->other_verifier ? &kit->at->pdp : NULL;
    put_case(kit, &w, c, &p, sender);
    const bool pays = (c->action != ADD && !c->no_value) || c->a_value;
    const struct sl_u256 value = pays ? kit_deposit_fil : sl_u256(0);
    return c->send ? kit_send(kit, sender, &kit->at->pdp, value, &w)
                   : kit_call(kit, sender, &kit->at->pdp, value, &w);
}

/* Returns whether it was as observed. */
static bool run_case(struct ledger_kit *kit, const struct test_case *c)
{
    struct ledger_kit kept;
    if (c->before != NULL) {
        kit_fork(kit, &kept);
        c->before(kit);
    }
    const bool ok = do_case(kit, c);
    bool equal = c->error == NULL && ok;
    if (!equal)
        equal = kit_reverted(kit, c->error != NULL ? c->error : "success",
                             c->args != NULL ? c->args : "");
    if (!equal)
        print_error("not as observed: %s\n", c->name);
    if (c->after != NULL)
        c->after(kit);
    if (c->before != NULL)
        kit_unfork(kit, &kept);
    return equal;
}

static size_t run_all(struct ledger_kit *kit, const struct test_case *list, size_t count)
{
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++)
        wrong += !run_case(kit, &list[i]);
    return wrong;
}

static void remove_piece_0(struct ledger_kit *kit)
{
    static const uint64_t piece;
    struct sl_abi_writer w = {0};
    kit_put_remove(kit, &w, sl_u256(FIRST_SET), 1, &piece, 1);
    assert_true(kit_send(kit, SP1, &kit->at->pdp, sl_u256(0), &w));
    sl_abi_call(&w, "getScheduledRemovals(uint256)");
    sl_abi_put_u64(&w, 1);
    struct sl_abi_reader r = kit_view(kit, &kit->at->pdp, "(uint256[])", &w);
    assert_int_equal(sl_abi_enter_list(&r), 1);
    assert_int_equal(sl_abi_get_u64(&r), 0);
    expect_found(kit);
    kit_put_remove(kit, &w, sl_u256(FIRST_SET), 1, &piece, 1);
    assert_false(kit_call(kit, SP1, &kit->at->pdp, sl_u256(0), &w));
    assert_true(kit_reverted(kit, ERROR_TEXT, "Piece ID already scheduled for removal"));
}

static void terminate_set_1(struct ledger_kit *kit)
{
    struct sl_abi_writer w = {0};
    sl_abi_call(&w, "terminateService(uint256)");
    sl_abi_put_u64(&w, 1);
    assert_true(kit_send(kit, CLIENT, &kit->at->fwss, sl_u256(0), &w));
    assert_int_equal(kit_epoch(kit), 36);
    sl_abi_call(&w, "getDataSet(uint256)");
    sl_abi_put_u64(&w, 1);
    assert_true(kit_call(kit, CLIENT, &kit->at->view, sl_u256(0), &w));
    struct sl_u256 end;
    assert_true(sl_u256_from_be(&end, (const uint8_t *)kit->result.data.data + 8 * SL_ABI_WORD,
                                SL_ABI_WORD));
    assert_int_equal(end.limb[0], 86436);
}

#define RUN_ALL(kit, list) run_all(kit, list, sizeof(list) / sizeof(list)[0])

static void every_observed_case_comes_out_as_observed(void **state)
{
    struct ledger_kit *kit = *state;
    size_t wrong = RUN_ALL(kit, without_money);
    kit_skip(kit, 22);
    assert_true(kit_deposit(kit, kit_dec(DEPOSIT)));
    expect_account(kit, CLIENT, DEPOSIT, "0", "0", 23);
    wrong += RUN_ALL(kit, cases);
    kit_skip(kit, 34 - kit_epoch(kit));
    remove_piece_0(kit);
    terminate_set_1(kit);
    wrong += RUN_ALL(kit, after_termination);
    expect_account(kit, CLIENT, "99881900000000000000", "129904893038411330", "277778338421", 36);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_observed_case_comes_out_as_observed, ledger_kit_setup,
                                        ledger_kit_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
