/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The observed network of today: removals, and the end of a data set. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devnet/chain/ledger_read.h"
#include "support/test.h"
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

static uint64_t set_number(struct story *s, const struct sl_address *to, const char *signature)
{
    return story_word(s, to, signature, s->set, 0).limb[0];
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

/* ---- removals ---- */

enum { MOST_QUEUED = 2000 };
static uint64_t ids[MOST_QUEUED + 1];

void story_schedule(struct story *s, uint64_t first, size_t count, enum who sender, bool send)
{
    for (size_t i = 0; i < count; i++)
        ids[i] = first + i;
    (void)story_remove(s, s->set, ids, count, sender, CLIENT, 0, send);
    expect_outcome(s);
}

static void schedule_none(struct story *s)
{
    story_schedule(s, 0, 0, SP1, false);
}

static void schedule_unknown(struct story *s)
{
    story_schedule(s, story_books(s).pieces, 1, SP1, false);
}

static void schedule_by_another(struct story *s)
{
    story_schedule(s, 0, 1, SP2, false);
}

static void schedule_twice_in_one(struct story *s)
{
    ids[0] = ids[1] = 0;
    (void)story_remove(s, s->set, ids, 2, SP1, CLIENT, 0, false);
    expect_outcome(s);
}

/* The first ids that are not scheduled yet, but for 150: their ids were observed. */
static void schedule_some(struct story *s)
{
    const size_t count = strtoul(behind(s, "schedulePieceDeletions: "), NULL, 10);
    static const uint64_t next[] = {[1] = 0, [35] = 1, [36] = 36, [150] = 100};
    story_schedule(s, next[count], count, SP1, true);
}

static void schedule_again(struct story *s)
{
    story_schedule(s, 0, 1, SP1, false);
}

static void schedule_too_many(struct story *s)
{
    story_schedule(s, 250, MOST_QUEUED + 1 - 222, SP1, false);
}

static void books_and_events(struct story *s)
{
    const char *pending = behind(s, "pending ");
    struct sl_u256 want;
    expect_amount(s, "reserve ", s->before.reserve);
    expect_amount(s, " -> ", s->after.reserve);
    expect_amount(s, "pending ", s->before.pending);
    const char *then = strstr(pending, " -> ") + 4;
    assert_int_equal(sl_u256_parse_amount(&want, then, strspn(then, "0123456789."), 18, NULL),
                     SL_OK);
    expect_true(s, sl_u256_cmp(want, s->after.pending) == 0);
    expect_events(s, "events ");
}

/* One of the receipt's events of ids has so many of them; `first` when the line says it. */
static void ids_event(struct story *s)
{
    const struct sl_ledger_receipt *receipt = &s->kit->receipt;
    const size_t len = strtoul(behind(s, "data of "), NULL, 10);
    const char *first = strstr(s->line, ", first ");
    for (size_t i = 0; i < receipt->log_count; i++) {
        const struct sl_ledger_log *log = &receipt->logs[i];
        struct sl_u256 is;
        if (log->data_len != len)
            continue;
        assert_true(sl_u256_from_be(&is, log->data + 2 * (size_t)SL_ABI_WORD, SL_ABI_WORD));
        if (first != NULL)
            expect_number(s, ", first ", is.limb[0]);
        assert_true(sl_u256_from_be(&is, log->data + SL_ABI_WORD, SL_ABI_WORD));
        expect_number(s, " bytes, ", is.limb[0]);
        if (strstr(s->line, "topics") != NULL)
            expect_hex(s, "topics [\"", log->topics[0], SL_LEDGER_HASH_BYTES);
        return;
    }
    fail_msg("no such log: %s", s->line);
}

static size_t queued(struct story *s)
{
    struct sl_abi_writer w = {0};
    sl_abi_call(&w, "getScheduledRemovals(uint256)");
    sl_abi_put_u64(&w, s->set);
    struct sl_abi_reader r = kit_view(s->kit, &s->kit->at->pdp, "(uint256[])", &w);
    return sl_abi_enter_list(&r);
}

static void what_is_there(struct story *s)
{
    const struct books books = story_books(s);
    expect_number(s, "getScheduledRemovals ", queued(s));
    expect_number(s, " active ", books.pieces);
    expect_number(s, " leaf count ", books.leaves);
}

static void next_piece(struct story *s)
{
    expect_number(s, "getNextPieceId ", set_number(s, &s->kit->at->pdp, "getNextPieceId(uint256)"));
}

static void try_period(struct story *s)
{
    (void)story_period(s, s->set, false);
    expect_outcome(s);
}

/* processPieceDeletions(set, count) */
void do_process(struct story *s)
{
    const uint64_t set = strtoul(behind(s, "processPieceDeletions("), NULL, 10);
    const uint64_t count = strtoul(strchr(behind(s, "processPieceDeletions("), ',') + 1, NULL, 10);
    const bool another = strstr(s->line, "by another provider") != NULL;
    (void)story_process(s, set, count, another ? SP2 : SP1, strncmp(s->line, "OK", 2) == 0);
    expect_outcome(s);
}

static void events_alone(struct story *s)
{
    expect_events(s, "events ");
}

/* Which of the observed pieces were removed is not known, so the leaves that stay are not. */
static void after_processing(struct story *s)
{
    const struct books books = story_books(s);
    expect_number(s, "scheduled ", queued(s));
    expect_number(s, " active ", books.pieces);
    expect_true(s, books.leaves < s->before.leaves);
    expect_units(s, "rail rate ", books.rate);
    expect_amount(s, " pending ", books.pending);
    expect_number(s, " activation ", set_number(s, view_of(s), "provingActivationEpoch(uint256)"));
    expect_true(s, set_number(s, &s->kit->at->pdp, "getDataSetLastProvenEpoch(uint256)") ==
                       s->created);
}

static void send_period(struct story *s)
{
    (void)story_period(s, s->set, true);
    expect_outcome(s);
}

static void after_period(struct story *s)
{
    const struct books books = story_books(s);
    expect_true(s, sl_u256_cmp(books.rate, sl_u256(rate_of(books.leaves))) == 0);
    expect_amount(s, " pending ", books.pending);
    expect_amount(s, " reserve ", books.reserve);
    expect_true(s,
                set_number(s, view_of(s), "provingActivationEpoch(uint256)") == kit_epoch(s->kit));
    expect_true(s, set_number(s, &s->kit->at->pdp, "getDataSetLastProvenEpoch(uint256)") ==
                       s->created);
}

static const struct fact removals[] = {
    DO("REVERT schedulePieceDeletions: none", schedule_none),
    DO("REVERT schedulePieceDeletions: a piece id that does not exist", schedule_unknown),
    DO("REVERT schedulePieceDeletions: by another provider", schedule_by_another),
    DO("REVERT schedulePieceDeletions: the same id twice", schedule_twice_in_one),
    DO("OK     schedulePieceDeletions: ", schedule_some),
    DO("  reserve ", books_and_events),
    DO("REVERT schedulePieceDeletions: the same again", schedule_again),
    DO("  PiecesScheduledForRemoval topics", ids_event),
    DO("getScheduledRemovals ", what_is_there),
    DO("getNextPieceId ", next_piece),
    DO("REVERT schedulePieceDeletions: so many", schedule_too_many),
    DO("REVERT nextProvingPeriod with removals queued", try_period),
    DO("REVERT processPieceDeletions(", do_process),
    DO("OK     processPieceDeletions(", do_process),
    DO("  events ", events_alone),
    DO("  PiecesRemoved data of ", ids_event),
    DO("  after: scheduled 0", after_processing),
    DO("OK     nextProvingPeriod after they were processed", send_period),
    DO("  rail rate ", after_period),
};

/* ---- the end of a data set ---- */

/* Epochs until the end of payment; the file's network is at another epoch. */
static void end_state(struct story *s)
{
    const struct books books = story_books(s);
    const uint64_t end = set_word(s, 8).limb[0];
    const uint64_t told_end = strtoull(behind(s, "pdpEndEpoch "), NULL, 10);
    const uint64_t told_block = strtoull(behind(s, "block "), NULL, 10);
    if (told_end == 0)
        expect_true(s, end == 0);
    else
        expect_true(s, end - kit_epoch(s->kit) == told_end - told_block);
    expect_amount(s, "reserve ", books.reserve);
    expect_amount(s, "pending ", books.pending);
    /* the rate is that of leaves that are not known */
    expect_account(s, "account ", CLIENT, told_end == 0 ? "funds" : "funds rate");
}

static void end_by_payer(struct story *s)
{
    kit_fork(s->kit, &s->kept);
    (void)story_call(s, CLIENT, &s->kit->at->fwss, "terminateService(uint256)", s->set, 0, true);
    expect_outcome(s);
}

static void end_again(struct story *s)
{
    (void)story_call(s, CLIENT, &s->kit->at->fwss, "terminateService(uint256)", s->set, 0, false);
    expect_outcome(s);
}

static void add_after_end(struct story *s)
{
    static const struct add plain = {.form = COMPACT};
    (void)story_add(s, &plain, false);
    expect_outcome(s);
}

/* In the file the termination by the payer was undone before. */
static void end_by_signature(struct story *s)
{
    kit_unfork(s->kit, &s->kept);
    (void)story_terminate(s, s->set, SP1, CLIENT, 0, true);
    expect_outcome(s);
}

static void end_by_stranger(struct story *s)
{
    (void)story_terminate(s, s->set, STRANGER, CLIENT, 0, false);
    expect_outcome(s);
}

static void clear_authorizer(struct story *s)
{
    static const struct sl_address nobody;
    (void)story_authorizer(s, s->set, &nobody, CLIENT, false);
    expect_outcome(s);
}

#define TOP_UP "topUpLifecycleReserve(uint256,uint256)"

void do_top_up(struct story *s)
{
    const enum who from = strstr(s->line, "by a stranger") != NULL ? STRANGER : CLIENT;
    const bool beyond = strstr(s->line, "beyond") != NULL;
    (void)story_call(s, from, &s->kit->at->fwss, TOP_UP, s->set,
                     UINT64_C(100000000000000000) * (beyond ? 5 : 1),
                     strncmp(s->line, "OK", 2) == 0);
    expect_outcome(s);
}

static const struct fact ends[] = {
    DO("  before: pdpEndEpoch", end_state),
    DO("OK     terminateService(id) by the payer", end_by_payer),
    DO("  after: pdpEndEpoch", end_state),
    DO("REVERT the same again", end_again),
    DO("REVERT add afterwards", add_after_end),
    DO("OK     terminateService(id, signature) by the provider", end_by_signature),
    DO("  events ", events_alone),
    DO("REVERT terminateService(id, signature) by a stranger", end_by_stranger),
    DO("OK     setDataSetAuthorizer(0) after termination", clear_authorizer),
    DO("REVERT topUpLifecycleReserve after termination", do_top_up),
};

static const struct scene scene_removals = SCENE("-- removals (data set 1)", NULL, removals);
static const struct scene scene_ends = SCENE("-- termination", NULL, ends);

const struct scene *const today_removals[] = {&scene_removals, &scene_ends, NULL};
