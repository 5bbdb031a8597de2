/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The observed network of today goes on: events, CIDs, replays, the authorizer, removals, the end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"

#include "devnet/chain/ledger_read.h"
#include "support/test.h"
#include "unit/observed.h"
#include "unit/observed_today.h"

#define DO(text, fn)                                                                               \
    {                                                                                              \
        text, fn, NULL, NULL                                                                       \
    }
#define WITH(text, fn, data)                                                                       \
    {                                                                                              \
        text, fn, data, NULL                                                                       \
    }
#define NOT(text, why)                                                                             \
    {                                                                                              \
        text, NULL, NULL, why                                                                      \
    }

/* ---- events ---- */

enum { EVENT_PIECES = 100, ALL_LEAVES = 26642, ROOT = 32 };

static const struct kit_metadata named = {.entries = {{"name", "a.bin"}}, .count = 1};

static struct kit_piece piece_of_hex(const char *hex, size_t digits)
{
    struct kit_piece piece = {.len = digits / 2};
    assert_true(piece.len <= sizeof piece.cid);
    assert_int_equal(sl_hex_decode(piece.cid, sizeof piece.cid, hex, digits, NULL), (int)piece.len);
    return piece;
}

/* Header and root as two words. */
static struct kit_piece piece_of_words(const char *hex)
{
    const size_t zeros = strspn(hex, "0") & ~(size_t)1;
    return piece_of_hex(hex + zeros, 4 * (size_t)ROOT - zeros);
}

static uint64_t leaves_of(const struct kit_piece *piece)
{
    uint64_t padding = 0;
    size_t at = 5;
    for (unsigned shift = 0;; shift += 7) {
        padding |= (uint64_t)(piece->cid[at] & 0x7f) << shift;
        if (piece->cid[at++] < 0x80)
            break;
    }
    return (UINT64_C(1) << piece->cid[at]) - padding * 128 / 127 / 32;
}

static struct kit_piece one_piece; /* the one that a scene speaks of */

static void add_the_piece(struct story *s, const struct kit_metadata *metadata, enum form form)
{
    const struct add add = {.pieces = &one_piece, .piece = metadata, .form = form};
    (void)story_add(s, &add, true);
    expect_outcome(s);
}

static void add_with_metadata(struct story *s)
{
    const char *cid = strstr(s->lines[s->at + 5], "0x") + 2;
    one_piece = piece_of_hex(cid, strlen(cid));
    add_the_piece(s, &named, FULL);
}

/* The length of the CID and its bytes stand in the words behind the offsets. */
static void add_without_metadata(struct story *s)
{
    enum { LENGTH_WORD = 4, WORD = 64 };
    const char *data = strstr(s->lines[s->at + 1], "data 0x") + 7;
    const size_t len = strtoul(
        (char[]){data[LENGTH_WORD * WORD + 62], data[LENGTH_WORD * WORD + 63], '\0'}, NULL, 16);
    one_piece = piece_of_hex(data + (size_t)(LENGTH_WORD + 1) * WORD, 2 * len);
    add_the_piece(s, NULL, COMPACT);
}

static void cid_of_the_piece(struct story *s)
{
    expect_hex(s, "CID bytes of that piece ", one_piece.cid, one_piece.len);
}

/* The log with the topics and the data of the line. */
static void log_is_there(struct story *s)
{
    const struct sl_ledger_receipt *receipt = &s->kit->receipt;
    const struct sl_address *by =
        strstr(s->line, "PDPVerifier") != NULL ? &s->kit->at->pdp : &s->kit->at->fwss;
    for (size_t i = 0; i < receipt->log_count; i++) {
        const struct sl_ledger_log *log = &receipt->logs[i];
        char topic[2 * SL_LEDGER_HASH_BYTES + 1];
        sl_hex_encode(topic, log->topics[0], SL_LEDGER_HASH_BYTES);
        if (strncmp(behind(s, "topics [\"0x"), topic, strlen(topic)) != 0)
            continue;
        expect_true(s, sl_address_equal(by, &log->address));
        const char *text = s->line;
        for (size_t k = 0; k < log->topic_count; k++) {
            sl_hex_encode(topic, log->topics[k], SL_LEDGER_HASH_BYTES);
            text = strstr(text, "\"0x") + 3;
            expect_true(s, strncmp(text, topic, strlen(topic)) == 0);
        }
        expect_hex(s, "data ", log->data, log->data_len);
        return;
    }
    fail_msg("no such log: %s", s->line);
}

static void order_of_events(struct story *s)
{
    expect_events(s, "in the transaction: ");
}

static struct kit_piece many[KIT_PIECES];

/* The first and the last of each event are known; one of the others has the leaves that are
 * missing to what is observed later. */
static void add_150(struct story *s)
{
    enum { COUNT = 150, FILLER = 50, REPLAYED = 5 };
    struct add add = {.pieces = many, .count = COUNT, .form = COMPACT};
    uint64_t leaves = 0;
    for (size_t i = 0; i < COUNT; i++)
        many[i] = kit_piece(130, 7000 + i);
    for (size_t event = 0; event < 2; event++) {
        const char *line = s->lines[s->at + 1 + event];
        const size_t first = event * EVENT_PIECES;
        many[first] = piece_of_words(strstr(line, "words 0..4 0x") + 13 + 3 * 64);
        many[event == 0 ? EVENT_PIECES - 1 : COUNT - 1] =
            piece_of_words(strstr(line, "last two words ") + 15);
    }
    for (size_t i = 0; i < COUNT; i++)
        leaves += i != FILLER ? leaves_of(&many[i]) : 0;
    many[FILLER] = kit_piece(story_bytes_of(ALL_LEAVES - REPLAYED - story_books(s).leaves - leaves),
                             7000 + FILLER);
    (void)story_add(s, &add, true);
    expect_outcome(s);
}

static void packed_event(struct story *s)
{
    const struct sl_ledger_receipt *receipt = &s->kit->receipt;
    uint8_t topic[SL_LEDGER_HASH_BYTES];
    sl_abi_topic(topic, "PiecesAddedV2(uint256,uint256,(bytes32,bytes32)[])");
    const size_t len = strtoul(behind(s, "data of "), NULL, 10);
    for (size_t i = 0; i < receipt->log_count; i++) {
        const struct sl_ledger_log *log = &receipt->logs[i];
        if (memcmp(log->topics[0], topic, sizeof topic) != 0 || log->data_len != len)
            continue;
        expect_hex(s, "topics [\"", log->topics[0], SL_LEDGER_HASH_BYTES);
        expect_hex(s, "words 0..4 ", log->data, 5 * (size_t)SL_ABI_WORD);
        expect_hex(s, "last two words ", log->data + len - 2 * SL_ABI_WORD, 2 * SL_ABI_WORD);
        return;
    }
    fail_msg("no such log: %s", s->line);
}

/* PieceAdded's third topic is the id of the piece. */
static void pieces_in_order(struct story *s)
{
    const struct sl_ledger_receipt *receipt = &s->kit->receipt;
    uint64_t id = strtoul(behind(s, "piece ids "), NULL, 10);
    uint8_t topic[SL_LEDGER_HASH_BYTES];
    size_t count = 0;
    sl_abi_topic(topic, "PieceAdded(uint256,uint256,(bytes),string[],string[])");
    for (size_t i = 0; i < receipt->log_count; i++) {
        const struct sl_ledger_log *log = &receipt->logs[i];
        struct sl_u256 is;
        if (memcmp(log->topics[0], topic, sizeof topic) != 0)
            continue;
        assert_true(sl_u256_from_be(&is, log->topics[2], SL_LEDGER_HASH_BYTES));
        expect_true(s, sl_u256_cmp(is, sl_u256(id++)) == 0);
        assert_memory_equal(log->data + 5 * (size_t)SL_ABI_WORD, many[count].cid, many[count].len);
        count++;
    }
    expect_number(s, "PieceAdded logs ", count);
    expect_number(s, "..", id - 1);
}

static void first_and_last(struct story *s)
{
    expect_hex(s, "first CID bytes ", many[0].cid, many[0].len);
    expect_hex(s, " last ", many[149].cid, many[149].len);
}

static void entries_give_cids(struct story *s)
{
    const struct sl_ledger_receipt *receipt = &s->kit->receipt;
    uint8_t topic[SL_LEDGER_HASH_BYTES];
    size_t count = 0;
    sl_abi_topic(topic, "PiecesAddedV2(uint256,uint256,(bytes32,bytes32)[])");
    for (size_t i = 0; i < receipt->log_count; i++) {
        const struct sl_ledger_log *log = &receipt->logs[i];
        if (memcmp(log->topics[0], topic, sizeof topic) != 0)
            continue;
        for (const uint8_t *at = log->data + 3 * (size_t)SL_ABI_WORD;
             at < log->data + log->data_len; at += 2 * (size_t)SL_ABI_WORD, count++) {
            size_t zeros = 0;
            while (at[zeros] == 0)
                zeros++;
            assert_int_equal(many[count].len, 2 * (size_t)SL_ABI_WORD - zeros);
            assert_memory_equal(at + zeros, many[count].cid, many[count].len);
        }
    }
    expect_number(s, "entries ", count);
}

static const struct fact events[] = {
    DO("OK     add 1 piece with metadata", add_with_metadata),
    DO("  log by PDPVerifier topics", log_is_there),
    DO("  log by FWSS topics", log_is_there),
    DO("  order of the events in the transaction", order_of_events),
    DO("  CID bytes of that piece", cid_of_the_piece),
    DO("OK     add 1 piece without metadata", add_without_metadata),
    DO("  PieceAdded topics", log_is_there),
    DO("OK     add 150 pieces", add_150),
    DO("  PiecesAddedV2 topics", packed_event),
    DO("  PieceAdded logs 150", pieces_in_order),
    DO("  first CID bytes", first_and_last),
    DO("  \"drop the leading zero bytes", entries_give_cids),
};

/* ---- CIDs ---- */

enum cid_form {
    V1,
    SHORTER,
    LONGER,
    NOTHING,
    THIRTY_ONE,
    MULTIBASE_BYTE,
    PADDED,
    NON_MINIMAL,
    ENDLESS,
    HEIGHT,
    TINY,
    ONE_BYTE,
    MULTIHASH_21
};
struct odd_cid {
    enum cid_form form;
    uint8_t height;
};

static void put_bytes(struct kit_piece *piece, size_t at, const void *bytes, size_t len)
{
    memcpy(piece->cid + at, bytes, len);
    piece->len = at + len > piece->len ? at + len : piece->len;
}

static struct kit_piece odd_piece(const struct odd_cid *odd)
{
    static const uint8_t version_1[] = {0x01, 0x81, 0xe2, 0x03, 0x92, 0x20, 0x20, 0x00};
    struct kit_piece tiny = kit_piece(127, 3), piece = kit_piece(1000, 3);
    switch (odd->form) {
    case V1:
        put_bytes(&piece, 0, version_1, sizeof version_1);
        piece.len = 39;
        break;
    case SHORTER:
        piece.len--;
        break;
    case LONGER:
        piece.cid[piece.len++] = 7;
        break;
    case NOTHING:
        piece.len = 0;
        break;
    case THIRTY_ONE:
        piece.len = 31;
        break;
    case MULTIBASE_BYTE:
        memmove(piece.cid + 1, piece.cid, piece.len++);
        piece.cid[0] = 0;
        break;
    case PADDED: /* 127 in a tree of four leaves */
        tiny.cid[5] = 127;
        return tiny;
    case NON_MINIMAL: /* 35 bytes behind the length: two of padding, the height, the root */
    case ENDLESS:
        tiny.cid[4] = 35;
        memmove(tiny.cid + 7, tiny.cid + 6, tiny.len - 6);
        tiny.len++;
        memcpy(tiny.cid + 5, odd->form == ENDLESS ? "\xff\xff" : "\x80", 2);
        return tiny;
    case HEIGHT:
        tiny.cid[6] = odd->height;
        return tiny;
    case TINY:
        return tiny;
    case ONE_BYTE:
        return kit_piece(1, 3);
    case MULTIHASH_21:
        tiny.cid[4] = 21;
        return tiny;
    }
    return piece;
}

static void try_cid(struct story *s)
{
    const struct kit_piece piece = odd_piece(story_fact()->data);
    const struct add add = {.pieces = &piece, .form = COMPACT};
    (void)story_add(s, &add, false);
    expect_outcome(s);
}

#define CID(text, ...) WITH(text, try_cid, (&(const struct odd_cid){__VA_ARGS__}))
static const struct fact cids[] = {
    CID("REVERT cid: PieceCIDv1 bytes", V1, 0),
    CID("REVERT cid: truncated by one byte", SHORTER, 0),
    CID("REVERT cid: one byte too many", LONGER, 0),
    CID("REVERT cid: empty", NOTHING, 0),
    CID("REVERT cid: 31 bytes", THIRTY_ONE, 0),
    CID("REVERT cid: leading 0x00", MULTIBASE_BYTE, 0),
    CID("REVERT cid: padding larger than the tree", PADDED, 0),
    CID("REVERT cid: padding with a non-minimal varint", NON_MINIMAL, 0),
    CID("REVERT cid: padding varint without end", ENDLESS, 0),
    CID("REVERT cid: height 51", HEIGHT, 51),
    CID("REVERT cid: height 50", HEIGHT, 50),
    CID("OK     cid: 127 bytes of data", TINY, 0),
    CID("OK     cid: 1 byte of data", ONE_BYTE, 0),
    CID("REVERT cid: zero digest length prefix", MULTIHASH_21, 0),
};

/* ---- replays and signatures ---- */

#define NONCE "17230503872916955633915016741250458037"

static void v_of_0_and_1(struct sl_buf *signature)
{
    signature->data[SL_SIGNATURE_BYTES - 1] = (char)(signature->data[SL_SIGNATURE_BYTES - 1] - 27);
}

static void send_add(struct story *s)
{
    (void)story_add(s, story_fact()->data, true);
    expect_outcome(s);
}

static void try_add(struct story *s)
{
    (void)story_add(s, story_fact()->data, false);
    expect_outcome(s);
}

static void nonce_is_kept(struct story *s)
{
    struct sl_abi_writer w = {0};
    const struct sl_address client = kit_address(s->kit, CLIENT);
    sl_abi_call(&w, "clientNonces(address,uint256)");
    sl_abi_put_address(&w, &client);
    sl_abi_put_u256(&w, kit_dec(NONCE));
    struct sl_abi_reader r = kit_view(s->kit, sl_ledger_view(s->kit->ledger), "(uint256)", &w);
    expect_units(s, "clientNonces(client, n) ", sl_abi_get_u256(&r));
}

static const struct add plain = {.form = COMPACT};
static const struct add replayed = {.form = COMPACT, .nonce = NONCE};
static const struct add replayed_full = {.form = FULL, .nonce = NONCE};
static const struct add by_stranger = {.form = COMPACT, .signer = STRANGER};
static const struct add with_small_v = {.form = COMPACT, .spoil = v_of_0_and_1};
static const struct add with_garbage = {.garbage = true};
static const struct add without_payload = {.no_payload = true};
static const struct add no_piece = {.form = COMPACT, .count = SIZE_MAX};
static const struct add to_nowhere = {.form = COMPACT, .set = 99};
static const struct add by_another = {.form = COMPACT, .sender = SP2};

static const struct fact replays[] = {
    WITH("OK     add (nonce n)", send_add, &replayed),
    WITH("REVERT the same extraData again", try_add, &replayed),
    WITH("REVERT other form, same nonce", try_add, &replayed_full),
    DO("clientNonces(client, n) ", nonce_is_kept),
    WITH("REVERT signed by a stranger", try_add, &by_stranger),
    WITH("OK     v as 0/1", try_add, &with_small_v),
    WITH("REVERT garbage extraData", try_add, &with_garbage),
    WITH("REVERT empty extraData", try_add, &without_payload),
    WITH("REVERT zero pieces", try_add, &no_piece),
    WITH("REVERT data set that does not exist", try_add, &to_nowhere),
    WITH("REVERT by another provider", try_add, &by_another),
};

/* ---- the authorizer ---- */

#define ONE_REFUSES "no contract of the ledger allows, answers or fails: an authorizer refuses"

static const struct sl_address nobody;

static void set_authorizer(struct story *s)
{
    const bool without_code = strstr(s->line, "without code") != NULL;
    const bool send = strncmp(s->line, "OK", 2) == 0;
    const struct sl_address stranger = kit_address(s->kit, STRANGER);
    const enum who from = strstr(s->line, "by stranger") != NULL ? STRANGER
                          : strstr(s->line, "by sp1") != NULL    ? SP1
                                                                 : CLIENT;
    const struct sl_address *authorizer = &s->kit->at->usdfc; /* some contract */
    if (without_code)
        authorizer = &stranger;
    if (strstr(s->line, "address 0)") != NULL)
        authorizer = &nobody;
    (void)story_authorizer(s, strtoul(behind(s, "(set "), NULL, 10), authorizer, from, send);
    expect_outcome(s);
}

static void authorizer_event(struct story *s)
{
    const struct sl_ledger_receipt *receipt = &s->kit->receipt;
    assert_int_equal(receipt->log_count, 1);
    const struct sl_ledger_log *log = &receipt->logs[0];
    assert_int_equal(log->topic_count, 3);
    expect_hex(s, "topics [\"", log->topics[0], SL_LEDGER_HASH_BYTES);
    expect_hex(s, "\",\"", log->topics[1], SL_LEDGER_HASH_BYTES);
    assert_memory_equal(log->topics[2] + 12, s->kit->at->usdfc.bytes, SL_ADDRESS_BYTES);
    assert_int_equal(log->data_len, 0);
}

static void authorizer_is_read(struct story *s)
{
    assert_true(story_call(s, STRANGER, sl_ledger_view(s->kit->ledger),
                           "getDataSetAuthorizer(uint256)", s->set, 0, false));
    assert_memory_equal(s->kit->result.data.data + 12, s->kit->at->usdfc.bytes, SL_ADDRESS_BYTES);
}

static void try_removal_of_0(struct story *s)
{
    static const uint64_t piece;
    (void)story_remove(s, s->set, &piece, 1, SP1, CLIENT, 0, false);
    expect_outcome(s);
}

static void try_signed_end(struct story *s)
{
    (void)story_terminate(s, s->set, SP1, CLIENT, 0, false);
    expect_outcome(s);
}

static void try_plain_end(struct story *s)
{
    (void)story_call(s, CLIENT, &s->kit->at->fwss, "terminateService(uint256)", s->set, 0, false);
    expect_outcome(s);
}

static const struct fact authorizers[] = {
    DO("REVERT setDataSetAuthorizer(", set_authorizer),
    DO("OK     setDataSetAuthorizer(set 1, AuthRefuse)", set_authorizer),
    DO("  DataSetAuthorizerSet topics", authorizer_event),
    DO("CALL     View.getDataSetAuthorizer(1)  returns 0x00000000000000000000000059b6",
       authorizer_is_read),
    WITH("REVERT   add signed by the payer, authorizer AuthRefuse", try_add, &plain),
    WITH("REVERT   add signed by a stranger, authorizer AuthRefuse", try_add, &by_stranger),
    DO("REVERT   removal signed by the payer, authorizer AuthRefuse", try_removal_of_0),
    DO("REVERT   terminate with the payer's signature, authorizer AuthRefuse", try_signed_end),
    NOT("OK     setDataSetAuthorizer(set 1, AuthRevert)", ONE_REFUSES),
    NOT("CALL     View.getDataSetAuthorizer(1)  returns 0x0000000000000000000000004ed7",
        ONE_REFUSES),
    NOT("REVERT   add signed by the payer, authorizer AuthRevert", ONE_REFUSES),
    NOT("REVERT   add signed by a stranger, authorizer AuthRevert", ONE_REFUSES),
    NOT("REVERT   removal signed by the payer, authorizer AuthRevert", ONE_REFUSES),
    NOT("REVERT   terminate with the payer's signature, authorizer AuthRevert", ONE_REFUSES),
    NOT("OK     setDataSetAuthorizer(set 1, AuthNothing)", ONE_REFUSES),
    NOT("CALL     View.getDataSetAuthorizer(1)  returns 0x000000000000000000000000c6e7",
        ONE_REFUSES),
    NOT("REVERT   add signed by the payer, authorizer AuthNothing", ONE_REFUSES),
    NOT("REVERT   add signed by a stranger, authorizer AuthNothing", ONE_REFUSES),
    NOT("REVERT   removal signed by the payer, authorizer AuthNothing", ONE_REFUSES),
    NOT("REVERT   terminate with the payer's signature, authorizer AuthNothing", ONE_REFUSES),
    NOT("OK     setDataSetAuthorizer(set 1, AuthAllow)", ONE_REFUSES),
    NOT("CALL     View.getDataSetAuthorizer(1)  returns 0x0000000000000000000000003aa5",
        ONE_REFUSES),
    NOT("OK       add signed by the payer, authorizer AuthAllow", ONE_REFUSES),
    NOT("OK       add signed by a stranger, authorizer AuthAllow", ONE_REFUSES),
    NOT("OK       removal signed by the payer, authorizer AuthAllow", ONE_REFUSES),
    NOT("OK       terminate with the payer's signature, authorizer AuthAllow", ONE_REFUSES),
    NOT("OK       terminateService(id) sent by the payer, authorizer AuthAllow", ONE_REFUSES),
    DO("OK       terminateService(id) sent by the payer, authorizer AuthRefuse", try_plain_end),
    DO("OK     setDataSetAuthorizer(set 1, address 0)", set_authorizer),
    DO("CALL     View.getDataSetAuthorizer(1)  returns 0x00000000000000000000000000", expect_call),
    WITH("OK       add signed by the payer gas", try_add, &plain),
};

static const struct scene scene_events = SCENE("-- events", NULL, events);
static const struct scene scene_cids = SCENE("-- CIDs", NULL, cids);
static const struct scene scene_replays = SCENE("-- replay and signatures", NULL, replays);
static const struct scene scene_authorizer = SCENE("-- authorizer", NULL, authorizers);

const struct scene *const today_later[] = {&scene_events, &scene_cids, &scene_replays,
                                           &scene_authorizer, NULL};
