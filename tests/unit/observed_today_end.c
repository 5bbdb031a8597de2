/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The observed network of today ends: sums, session keys, other calls. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devnet/chain/ledger_chain.h"
#include "devnet/chain/ledger_mempool.h"
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

/* ---- small ---- */

static const struct sl_address *view_of(struct story *s)
{
    return sl_ledger_view(s->kit->ledger);
}

static struct sl_u256 set_word(struct story *s, size_t at)
{
    return story_word(s, view_of(s), "getDataSet(uint256)", s->set, at);
}

/* 2.5 USDFC a TiB and 0.12 a data set in a month of 86,400 epochs. */
static uint64_t rate_of(uint64_t leaves)
{
    struct sl_u256 rate;
    const uint64_t bytes = leaves * 32 * 127 / 128;
    assert_true(sl_u256_muldiv(&rate, sl_u256(bytes), sl_u256(UINT64_C(2500000000000000000)),
                               sl_u256((UINT64_C(1) << 40) * 86400)));
    return rate.limb[0] + UINT64_C(1388888888888);
}

/* ---- sums ---- */

static const struct kit_metadata with_cdn = {.entries = {{"withCDN", ""}}, .count = 1};

static void create_and_add_for(struct story *s)
{
    char amount[SL_U256_AMOUNT_CHARS];
    struct sl_u256 deposit;
    struct kit_piece pieces[40];
    struct add add = {.set = NEW_SET, .form = COMPACT, .pieces = pieces, .count = 1};
    const char *text = behind(s, "deposit ");
    const bool less = strstr(s->line, "minus one unit") != NULL;
    if (strstr(s->line, "3 pieces of 1000") != NULL) {
        pieces[0] = kit_piece(1000, 1);
        pieces[1] = kit_piece(127, 2);
        pieces[2] = kit_piece(5000000, 3);
        add.count = 3;
    } else if (strstr(s->line, "40 pieces of 130") != NULL) {
        for (size_t i = 0; i < 40; i++)
            pieces[i] = kit_piece(130, i);
        add.count = 40;
    } else {
        pieces[0] = kit_piece(1048576, 1);
    }
    if (strstr(s->line, "withCDN") != NULL)
        add.data_set = &with_cdn;
    assert_int_equal(sl_u256_parse_amount(&deposit, text, strspn(text, "0123456789."), 18, NULL),
                     SL_OK);
    assert_true(!less || sl_u256_sub(&deposit, deposit, sl_u256(1)));
    sl_u256_amount(amount, deposit, 18, 18);
    story_network(s, SL_DEVNET_TODAY, amount);
    (void)story_add(s, &add, !less);
    expect_outcome(s);
}

static void sums_after(struct story *s)
{
    const struct books books = story_books(s);
    expect_number(s, "leafs ", books.leaves);
    expect_number(s, "(computed ", books.leaves);
    expect_units(s, ", rate ", books.rate);
    expect_true(s, sl_u256_cmp(books.rate, sl_u256(rate_of(books.leaves))) == 0);
    expect_amount(s, "reserve ", books.reserve);
    expect_account(s, "account ", CLIENT, "funds lock rate avail");
}

static const struct fact sums[] = {
    DO("REVERT create-and-add, ", create_and_add_for),
    DO("OK     create-and-add, ", create_and_add_for),
    DO("  leafs ", sums_after),
};

/* ---- the buffer ---- */

/* A data set of 1 MiB whose payer has nothing left, then the deposit in the next block. */
static void begin_buffer(struct story *s)
{
    const struct add add = {.set = NEW_SET, .form = COMPACT, .bytes = 1048576};
    story_network(s, SL_DEVNET_TODAY, "0.6200023842561344");
    assert_true(story_add(s, &add, true));
    s->created = kit_epoch(s->kit);
    assert_true(kit_deposit(s->kit, sl_u256(UINT64_C(9328976697625))));
}

static struct sl_u256 available(struct story *s)
{
    struct sl_abi_writer w = {0};
    const struct sl_address client = kit_address(s->kit, CLIENT);
    sl_abi_call(&w, "getAccountInfoIfSettled(address,address)");
    sl_abi_put_address(&w, &s->kit->at->usdfc);
    sl_abi_put_address(&w, &client);
    struct sl_abi_reader r =
        kit_view(s->kit, &s->kit->at->pay, "(uint256,uint256,uint256,uint256)", &w);
    sl_abi_skip(&r);
    sl_abi_skip(&r);
    return sl_abi_get_u256(&r);
}

/* There a call sees the state of a block and the number of the next. */
static void add_later(struct story *s)
{
    const struct add add = {.form = COMPACT, .bytes = 1048576};
    const uint64_t later = strtoull(strchr(behind(s, "on top of block "), '(') + 1, NULL, 10);
    while (kit_epoch(s->kit) < s->created + later - 1)
        kit_tick(s->kit);
    expect_units(s, " available ", available(s));
    kit_tick(s->kit);
    (void)story_add(s, &add, false);
    expect_outcome(s);
}

static const struct fact buffers[] = {
    DO("OK     deposit of ", add_later),
    DO("REVERT deposit of ", add_later),
};

/* ---- session keys ---- */

static void begin_sessions(struct story *s)
{
    story_network(s, SL_DEVNET_TODAY, "100");
}

static void create_for_session(struct story *s)
{
    const struct add add = {.set = NEW_SET, .form = COMPACT, .bytes = 2000};
    (void)story_add(s, &add, true);
    expect_outcome(s);
    observed_log_in(s->kit);
}

static void try_add(struct story *s)
{
    (void)story_add(s, story_fact()->data, false);
    expect_outcome(s);
}

static void session_removal(struct story *s)
{
    static const uint64_t piece;
    (void)story_remove(s, s->set, &piece, 1, SP1, SESSION, 0, false);
    expect_outcome(s);
}

static const struct add by_session = {.form = COMPACT, .signer = SESSION};
static const struct add created_by_session = {.set = NEW_SET, .form = COMPACT, .signer = SESSION};

static const struct fact sessions[] = {
    DO("OK     create+add by the payer", create_for_session),
    WITH("OK     add signed by a session key", try_add, &by_session),
    WITH("REVERT create signed by that key", try_add, &created_by_session),
    DO("REVERT removal signed by that key", session_removal),
};

/* ---- other calls of the payer ---- */

static void reserve_is(struct story *s)
{
    expect_amount(s, "reserve ", story_books(s).reserve);
}

static void top_up_cdn(struct story *s)
{
    struct sl_abi_writer w = {0};
    const bool none = strstr(s->line, "without CDN") != NULL;
    const enum who from = strstr(s->line, "by a stranger") != NULL ? STRANGER : CLIENT;
    const struct sl_u256 value = sl_u256(0);
    sl_abi_call(&w, "topUpCDNPaymentRails(uint256,uint256,uint256)");
    sl_abi_put_u64(&w, none ? 1 : 2);
    sl_abi_put_u64(&w, none ? 1 : UINT64_C(200000000000000000));
    sl_abi_put_u64(&w, none ? 1 : UINT64_C(100000000000000000));
    if (strncmp(s->line, "OK", 2) == 0)
        (void)kit_send(s->kit, from, &s->kit->at->fwss, value, &w);
    else
        (void)kit_call(s->kit, from, &s->kit->at->fwss, value, &w);
    expect_outcome(s);
}

static void create_with_cdn(struct story *s)
{
    (void)story_create(s, &with_cdn, 0, true);
    expect_outcome(s);
}

/* An amount of a rail against the next one of the line. */
static const char *expect_rail(struct story *s, const char *text, uint64_t rail, size_t word,
                               unsigned decimals)
{
    struct sl_u256 want;
    const size_t len = strspn(text, "0123456789.");
    assert_int_equal(sl_u256_parse_amount(&want, text, len, decimals, NULL), SL_OK);
    const struct sl_u256 is = story_word(s, &s->kit->at->pay, "getRail(uint256)", rail, word);
    expect_true(s, sl_u256_cmp(is, want) == 0);
    return text + len + strspn(text + len, " ");
}

enum { RAIL_PERIOD = 6, RAIL_FIXED = 7 };

static void rails(struct story *s)
{
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(set_word(s, i).limb[0], 2 + i);
    const char *text = behind(s, "lockupFixed ");
    for (uint64_t rail = 2; rail <= 4; rail++)
        text = expect_rail(s, text, rail, RAIL_FIXED, 18);
    text = expect_rail(s, behind(s, "periods "), 2, RAIL_PERIOD, 0);
    (void)expect_rail(s, text, 3, RAIL_PERIOD, 0);
}

static void topped_up(struct story *s)
{
    const char *text = expect_rail(s, behind(s, "lockupFixed "), 3, RAIL_FIXED, 18);
    (void)expect_rail(s, text, 4, RAIL_FIXED, 18);
}

static void end_cdn_by_payer(struct story *s)
{
    (void)story_call(s, CLIENT, &s->kit->at->fwss, "terminateCDNService(uint256)", s->set, 0,
                     false);
    expect_outcome(s);
}

static void end_cdn(struct story *s)
{
    struct sl_abi_writer w = {0};
    uint8_t hash[SL_LEDGER_HASH_BYTES];
    sl_abi_call(&w, "terminateCDNService(uint256)");
    sl_abi_put_u64(&w, s->set);
    assert_int_equal(sl_abi_end(&w, NULL), SL_OK);
    const struct sl_ledger_message m = {.from = s->kit->at->filbeam_controller,
                                        .to = s->kit->at->fwss,
                                        .data = (const uint8_t *)w.buf.data,
                                        .data_len = w.buf.len};
    assert_int_equal(sl_ledger_fund(s->kit->ledger, &m.from, kit_deposit_fil, sl_u256(0), NULL),
                     SL_OK);
    assert_int_equal(sl_ledger_send(s->kit->ledger, hash, &m, NULL), SL_OK);
    kit_tick(s->kit);
    assert_int_equal(sl_ledger_receipt(s->kit->ledger, &s->kit->receipt, hash, NULL), 1);
    expect_true(s, s->kit->receipt.ok);
    sl_abi_free(&w);
}

static void without_cdn(struct story *s)
{
    expect_number(s, "rails afterwards ", set_word(s, 1).limb[0]);
    expect_number(s, "rails afterwards 3 ", set_word(s, 2).limb[0]);
    struct sl_abi_writer w = {0};
    sl_abi_call(&w, "getAllDataSetMetadata(uint256)");
    sl_abi_put_u64(&w, s->set);
    struct sl_abi_reader r = kit_view(s->kit, view_of(s), "(string[],string[])", &w);
    assert_int_equal(sl_abi_enter_list(&r), 0);
    s->set = 1; /* the next scene is about the first again */
}

static const struct fact others[] = {
    DO("REVERT topUpLifecycleReserve(1, 0.1)", do_top_up),
    DO("OK     topUpLifecycleReserve(1, 0.1)", do_top_up),
    DO("  reserve ", reserve_is),
    DO("REVERT topUpCDNPaymentRails", top_up_cdn),
    DO("OK     create with withCDN", create_with_cdn),
    DO("  rails 2 3 4 ", rails),
    DO("OK     topUpCDNPaymentRails by the payer", top_up_cdn),
    DO("  lockupFixed ", topped_up),
    DO("REVERT terminateCDNService by the payer", end_cdn_by_payer),
    DO("OK     terminateCDNService by the FilBeam controller", end_cdn),
    DO("  rails afterwards ", without_cdn),
};

/* ---- removals and what is read later ---- */

enum { FIVE = 5 };
static struct kit_piece five[FIVE];

static void add_five(struct story *s)
{
    static const uint64_t bytes[FIVE] = {127, 128, 1000, 65536, 300000};
    const struct add add = {.pieces = five, .count = FIVE, .form = COMPACT};
    for (size_t i = 0; i < FIVE; i++)
        five[i] = kit_piece(bytes[i], 50 + i);
    (void)story_add(s, &add, true);
    expect_outcome(s);
}

static void cids_and_leaves(struct story *s)
{
    const struct sl_address *pdp = &s->kit->at->pdp;
    const char *text = behind(s, "getPieceLeafCount ");
    for (uint64_t i = 0; i < FIVE; i++) {
        char *end;
        assert_true(
            story_call(s, STRANGER, pdp, "getPieceLeafCount(uint256,uint256)", 1, i + 1, false));
        struct sl_u256 is;
        assert_true(sl_u256_from_be(&is, (const uint8_t *)s->kit->result.data.data, SL_ABI_WORD));
        assert_int_equal(is.limb[0], strtoull(text, &end, 10));
        text = end;
        assert_true(story_call(s, STRANGER, pdp, "getPieceCid(uint256,uint256)", 1, i + 1, false));
        assert_memory_equal(s->kit->result.data.data + 3 * (size_t)SL_ABI_WORD, five[i].cid,
                            five[i].len);
    }
}

static void schedule_two(struct story *s)
{
    story_schedule(s, 1, 2, SP1, true);
}

/* The numbers of a list in the line, quoted, against one that the verifier answers. */
static void expect_list(struct story *s, const char *mark, struct sl_abi_reader *r)
{
    struct sl_buf is = {0};
    const size_t count = sl_abi_enter_list(r);
    for (size_t i = 0; i < count; i++)
        sl_buf_printf(&is, "%s\"%llu\"", i > 0 ? "," : "[", (unsigned long long)sl_abi_get_u64(r));
    sl_abi_leave(r);
    sl_buf_str(&is, "]");
    const char *want = behind(s, mark);
    expect_true(s, strncmp(want, is.data, is.len) == 0);
    sl_buf_free(&is);
}

static void expect_scheduled(struct story *s)
{
    struct sl_abi_writer w = {0};
    sl_abi_call(&w, "getScheduledRemovals(uint256)");
    sl_abi_put_u64(&w, s->set);
    struct sl_abi_reader r = kit_view(s->kit, &s->kit->at->pdp, "(uint256[])", &w);
    expect_list(s, "getScheduledRemovals ", &r);
}

static bool is_live(struct story *s, uint64_t piece)
{
    assert_true(story_call(s, STRANGER, &s->kit->at->pdp, "pieceLive(uint256,uint256)", s->set,
                           piece, false));
    return s->kit->result.data.data[SL_ABI_WORD - 1] == 1;
}

static void scheduled_two(struct story *s)
{
    struct sl_abi_writer w = {0};
    expect_scheduled(s);
    expect_true(s, is_live(s, 1));
    sl_abi_call(&w, "getActivePiecesByCursor(uint256,uint256,uint256)");
    sl_abi_put_u64(&w, s->set);
    sl_abi_put_u64(&w, 0);
    sl_abi_put_u64(&w, 10);
    struct sl_abi_reader r = kit_view(s->kit, &s->kit->at->pdp, "((bytes)[],uint256[],bool)", &w);
    sl_abi_skip(&r);
    expect_list(s, " ids ", &r);
}

/* The first piece once more. */
static struct kit_piece first_piece(struct story *s)
{
    struct kit_piece piece = {0};
    assert_true(story_call(s, STRANGER, &s->kit->at->pdp, "getPieceCid(uint256,uint256)", s->set, 0,
                           false));
    const struct sl_buf *data = &s->kit->result.data;
    piece.len = (uint8_t)data->data[3 * SL_ABI_WORD - 1];
    memcpy(piece.cid, data->data + 3 * (size_t)SL_ABI_WORD, piece.len);
    return piece;
}

static void add_the_first_again(struct story *s)
{
    const struct kit_piece piece = first_piece(s);
    const struct add add = {.pieces = &piece, .form = COMPACT};
    (void)story_add(s, &add, true);
    expect_outcome(s);
}

static void fee_was_paid(struct story *s)
{
    expect_amount(s, "pending ", s->after.pending);
    expect_amount(s, "reserve ", s->after.reserve);
}

static void one_is_gone(struct story *s)
{
    expect_scheduled(s);
    expect_true(s, !is_live(s, 2));
    assert_true(story_call(s, STRANGER, &s->kit->at->pdp, "getPieceCid(uint256,uint256)", s->set, 2,
                           false));
    assert_int_equal(s->kit->result.data.len, 3 * SL_ABI_WORD);
    expect_units(s, " rate ", story_books(s).rate);
}

static void schedule_gone(struct story *s)
{
    story_schedule(s, 2, 1, SP1, false);
}

static void found_twice(struct story *s)
{
    struct sl_abi_writer w = {0};
    const struct kit_piece piece = first_piece(s);
    sl_abi_call(&w, "findPieceIdsByCid(uint256,(bytes),uint256,uint256)");
    sl_abi_put_u64(&w, s->set);
    sl_abi_open(&w);
    sl_abi_put_bytes(&w, piece.cid, piece.len);
    sl_abi_close(&w);
    sl_abi_put_u64(&w, 0);
    sl_abi_put_u64(&w, 10);
    struct sl_abi_reader r = kit_view(s->kit, &s->kit->at->pdp, "(uint256[])", &w);
    expect_list(s, "stored twice ", &r);
}

static const struct fact later_reads[] = {
    DO("OK     add 5 pieces", add_five),
    DO("  getPieceCid gives the CID bytes", cids_and_leaves),
    DO("OK     schedulePieceDeletions of 1, 2", schedule_two),
    DO("  getScheduledRemovals [\"1\",\"2\"]", scheduled_two),
    DO("OK     add while removals are queued", add_the_first_again),
    DO("  pending 0 reserve", fee_was_paid),
    DO("OK     processPieceDeletions(1, 1)", do_process),
    DO("  getScheduledRemovals [\"1\"] ", one_is_gone),
    DO("REVERT schedulePieceDeletions of the removed piece 2", schedule_gone),
    DO("  findPieceIdsByCid of the piece stored twice", found_twice),
};

/* ---- a payer in want of money ---- */

static void begin_want(struct story *s)
{
    story_network(s, SL_DEVNET_TODAY, "3");
}

static void create_150(struct story *s)
{
    const struct add add = {.set = NEW_SET, .count = 150, .form = COMPACT, .leaves = 1368};
    (void)story_add(s, &add, true);
    expect_outcome(s);
}

/* What is more than 0.4 USDFC goes back to the wallet after it. */
static void little_is_left(struct story *s)
{
    struct sl_abi_writer w = {0};
    struct sl_u256 amount;
    expect_amount(s, "reserve ", story_books(s).reserve);
    expect_account(s, "account ", CLIENT, "funds lock rate avail");
    assert_true(sl_u256_sub(&amount, available(s), kit_dec("400000000000000000")));
    sl_abi_call(&w, "withdraw(address,uint256)");
    sl_abi_put_address(&w, &s->kit->at->usdfc);
    sl_abi_put_u256(&w, amount);
    assert_true(kit_send(s->kit, CLIENT, &s->kit->at->pay, sl_u256(0), &w));
}

static void remove_one(struct story *s)
{
    story_schedule(s, 0, 1, SP1, false);
}

static const struct add forty_more = {.count = 40, .form = COMPACT};
static const struct add one_more = {.form = COMPACT};

static const struct fact wants[] = {
    DO("OK     create+add of 150 pieces", create_150),
    DO("  reserve ", little_is_left),
    WITH("OK       add of 40 more with 0.4 available", try_add, &forty_more),
    WITH("OK       add of 1 more with 0.4 available", try_add, &one_more),
    DO("OK       removal", remove_one),
    DO("REVERT   topUpLifecycleReserve by the payer beyond", do_top_up),
};

static const struct scene scene_sums = SCENE("-- sums of the SDK", NULL, sums);
static const struct scene scene_buffer = SCENE("-- the buffer of 5 epochs", begin_buffer, buffers);
static const struct scene scene_sessions = SCENE("-- session keys", begin_sessions, sessions);
static const struct scene scene_others = SCENE("-- other calls of the payer", NULL, others);
static const struct scene scene_reads = SCENE("-- removals and later reads", NULL, later_reads);
static const struct scene scene_want = SCENE("-- payer in want of money", begin_want, wants);

const struct scene *const today_end[] = {
    &scene_sums, &scene_buffer, &scene_sessions, &scene_others, &scene_reads, &scene_want, NULL};
