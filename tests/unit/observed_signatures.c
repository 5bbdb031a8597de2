/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Nonces that were used, signers that may not, signatures of odd forms. */
#include <stdlib.h>
#include <string.h>

#include "support/test.h"
#include "unit/observed.h"

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

/* ---- the first data set ---- */

static const struct kit_metadata of_the_first_set = {
    .entries = {{"source", "cclient"}, {"withIPFSIndexing", ""}}, .count = 2};
static const struct kit_metadata of_the_first_piece = {
    .entries = {{"ipfsRootCID", "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi"}},
    .count = 1};

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
    observed_expect_account(kit, CLIENT, "99974200000000000000", "98200002310009600",
                            "277777804514", 24);
    observed_expect_account(kit, SP1, "25671000000000000", "0", "0", 0);
    assert_int_equal(read_u64(kit, &kit->at->pdp, "dataSetLive(uint256)", 1), 1);
    assert_int_equal(read_u64(kit, &kit->at->pdp, "getActivePieceCount(uint256)", 1), 1);
    assert_int_equal(read_u64(kit, &kit->at->pdp, "getDataSetLeafCount(uint256)", 1), 32);
    observed_expect_found(kit);
    expect_pairs(kit, "getAllPieceMetadata(uint256,uint256)", &of_the_first_piece);
    expect_pairs(kit, "getAllDataSetMetadata(uint256)", &of_the_first_set);
    expect_data_set(kit);
}

/* ---- the cases ---- */

#define ERROR_USED   "ClientDataSetAlreadyRegistered(uint256)"
#define ERROR_SIGNER "InvalidSignature(address,address)"

static const struct observed_case cases[] = {
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
};

const struct observed_list observed_signatures = OBSERVED_LIST(cases);
