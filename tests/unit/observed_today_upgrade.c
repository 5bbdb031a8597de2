/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The observed upgrade of a living network. What is locked depends on how many blocks went by, so
 * of it only the sums without time are compared.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devnet/chain/ledger_chain.h"
#include "support/test.h"
#include "unit/observed_today.h"

#define DO(text, fn)                                                                               \
    {                                                                                              \
        text, fn, NULL, NULL                                                                       \
    }
#define NOT(text, why)                                                                             \
    {                                                                                              \
        text, NULL, NULL, why                                                                      \
    }

#define PAYER_2 SESSION /* "client2" */

/* ---- data sets ---- */

static struct books books_of(struct story *s, uint64_t set)
{
    const uint64_t kept = s->set;
    s->set = set;
    const struct books books = story_books(s);
    s->set = kept;
    return books;
}

/* "set 3: rate .. lockupFixed .. reserve .. pending .. leafs .. pieces ..". */
static void set_is(struct story *s)
{
    const uint64_t set = strtoull(behind(s, "set "), NULL, 10);
    const struct books books = books_of(s, set);
    expect_units(s, ": rate ", books.rate);
    if (strstr(s->line, "lockupFixed ") != NULL)
        expect_amount(
            s, "lockupFixed ",
            story_word(s, &s->kit->at->pay, "getRail(uint256)",
                       story_word(s, sl_ledger_view(s->kit->ledger), "getDataSet(uint256)", set, 0)
                           .limb[0],
                       7));
    expect_amount(s, "reserve ", books.reserve);
    expect_amount(s, "pending ", books.pending);
    expect_number(s, "leafs ", books.leaves);
    if (strstr(s->line, "pieces ") != NULL)
        expect_number(s, "pieces ", books.pieces);
}

/* The leaves that the set of the line has in the next line about it. */
static uint64_t leaves_after(struct story *s, uint64_t set)
{
    char mark[32];
    snprintf(mark, sizeof mark, "set %llu: rate", (unsigned long long)set);
    for (size_t i = s->at + 1; s->lines[i] != NULL; i++) {
        if (strstr(s->lines[i], mark) != NULL)
            return strtoull(strstr(s->lines[i], "leafs ") + 6, NULL, 10);
    }
    fail_msg("no leaves: %s", s->line);
    return 0;
}

static void send_to_set(struct story *s, struct add *add, uint64_t set)
{
    s->set = set;
    add->set = set;
    add->leaves = leaves_after(s, set) - story_books(s).leaves;
    (void)story_add(s, add, true);
    expect_outcome(s);
}

/* ---- before ---- */

static void begin_before(struct story *s)
{
    story_network(s, SL_DEVNET_1_3, "500");
}

static void unknown_at_fwss(struct story *s)
{
    struct sl_abi_writer w = {0};
    sl_abi_call(&w, "thereIsNoSuchFunction()");
    expect_true(s, !kit_call(s->kit, STRANGER, &s->kit->at->fwss, sl_u256(0), &w));
    assert_int_equal(s->kit->result.data.len, 0);
}

/* Every piece of an add has one name here: that of the first or of the last one observed. */
static void create_named(struct story *s, size_t count, const char *name, uint64_t leaves)
{
    const struct kit_metadata named = {.entries = {{"name", name}}, .count = 1};
    struct add add = {.set = NEW_SET, .count = count, .form = FULL, .piece = &named};
    if (count == 3)
        add.bytes = 1000;
    else
        add.leaves = leaves;
    (void)story_add(s, &add, true);
    expect_outcome(s);
}

static void make_set_1(struct story *s)
{
    create_named(s, 3, "old-0.mkv", 0);
}

static void make_set_2(struct story *s)
{
    (void)story_create(s, NULL, 0, true);
    expect_outcome(s);
}

static void make_set_3(struct story *s)
{
    create_named(s, 40, "old-39.mkv", leaves_after(s, 3));
}

static void fund_second_payer(struct story *s, const char *amount, bool first)
{
    struct sl_abi_writer w = {0};
    struct sl_u256 value;
    const struct sl_address payer = kit_address(s->kit, PAYER_2);
    const struct sl_address *pay = &s->kit->at->pay, *usdfc = &s->kit->at->usdfc;
    assert_int_equal(sl_u256_parse_amount(&value, amount, strlen(amount), 18, NULL), SL_OK);
    assert_int_equal(sl_ledger_fund(s->kit->ledger, &payer, sl_u256(0), value, NULL), SL_OK);
    sl_abi_call(&w, "approve(address,uint256)");
    sl_abi_put_address(&w, pay);
    sl_abi_put_u256(&w, value);
    assert_true(kit_send(s->kit, PAYER_2, usdfc, sl_u256(0), &w));
    sl_abi_call(&w, "deposit(address,address,uint256)");
    sl_abi_put_address(&w, usdfc);
    sl_abi_put_address(&w, &payer);
    sl_abi_put_u256(&w, value);
    assert_true(kit_send(s->kit, PAYER_2, pay, sl_u256(0), &w));
    if (!first)
        return;
    sl_abi_call(&w, "setOperatorApproval(address,address,bool,uint256,uint256,uint256)");
    sl_abi_put_address(&w, usdfc);
    sl_abi_put_address(&w, &s->kit->at->fwss);
    sl_abi_put_bool(&w, true);
    sl_abi_put_u256(&w, sl_u256_max());
    sl_abi_put_u256(&w, sl_u256_max());
    sl_abi_put_u64(&w, 86400);
    assert_true(kit_send(s->kit, PAYER_2, pay, sl_u256(0), &w));
}

static void make_set_4(struct story *s)
{
    const struct add add = {.set = NEW_SET, .form = FULL, .bytes = 1000, .payer = PAYER_2};
    fund_second_payer(s, "0.2", true);
    (void)story_add(s, &add, true);
    expect_outcome(s);
}

static void compact_on_1_3(struct story *s)
{
    static const struct add add = {.set = 1, .form = COMPACT};
    (void)story_add(s, &add, false);
    expect_outcome(s);
}

static void both_accounts(struct story *s)
{
    expect_account(s, "account client ", CLIENT, "funds rate");
    expect_account(s, " client2 ", PAYER_2, "funds rate");
}

/* ---- names at the old View ---- */

/* The name of a piece as the file writes it: [["name"],["x"]] or [[],[]]. */
static void expect_name(struct story *s, uint64_t set, uint64_t piece, const char *want)
{
    struct sl_abi_writer w = {0};
    char is[100] = "[[],[]]";
    size_t key_len, value_len;
    sl_abi_call(&w, "getAllPieceMetadata(uint256,uint256)");
    sl_abi_put_u64(&w, set);
    sl_abi_put_u64(&w, piece);
    struct sl_abi_reader r = kit_view(s->kit, &s->kit->at->view, "(string[],string[])", &w);
    const size_t count = sl_abi_enter_list(&r);
    const char *key = count > 0 ? sl_abi_get_str(&r, &key_len) : "";
    sl_abi_leave(&r);
    (void)sl_abi_enter_list(&r);
    if (count > 0) {
        const char *value = sl_abi_get_str(&r, &value_len);
        snprintf(is, sizeof is, "[[\"%.*s\"],[\"%.*s\"]]", (int)key_len, key, (int)value_len,
                 value);
    }
    if (strncmp(is, want, strlen(is)) != 0)
        fail_msg("%s: %s", is, s->line);
}

/* "(set,piece) [..] names" up to three times in a line; set 1 has the name of its first piece at
 * all of them. */
static void names_are(struct story *s)
{
    for (const char *at = strchr(s->line, '('); at != NULL; at = strchr(at + 1, '(')) {
        char *end;
        const uint64_t set = strtoull(at + 1, &end, 10);
        const uint64_t piece = strtoull(end + 1, NULL, 10);
        const char *want = strstr(at, "[[");
        if (set == 1 && piece == 2)
            expect_name(s, set, piece, "[[\"name\"],[\"old-0.mkv\"]]");
        else
            expect_name(s, set, piece, want);
    }
    if (strstr(s->line, "getNextDataSetId ") != NULL)
        expect_number(s, "getNextDataSetId ",
                      story_word(s, &s->kit->at->pdp, "getNextDataSetId()", 0, 0).limb[0]);
}

static const struct fact before[] = {
    DO("CALL   PDPVerifier.legacyPieceStorageIdLimit()", expect_call),
    DO("CALL   View.getDataSetAuthorizer(1)", expect_call),
    DO("CALL   FWSS: unknown selector", unknown_at_fwss),
    DO("OK     set 1: create+add", make_set_1),
    DO("OK     set 2: create only", make_set_2),
    DO("OK     set 3: create+add", make_set_3),
    DO("OK     set 4: create+add", make_set_4),
    DO("REVERT add, compact form, on 1.3.1", compact_on_1_3),
    DO("  before set ", set_is),
    DO("  account client ", both_accounts),
    DO("  old View getAllPieceMetadata", names_are),
};

/* ---- the upgrade ---- */

#define AT_ONCE "the ledger exchanges both contracts at once"

static void add_in_between(struct story *s)
{
    static const struct kit_metadata between = {.entries = {{"name", "between.mkv"}}, .count = 1};
    struct add add = {.form = FULL, .piece = &between};
    send_to_set(s, &add, 1);
}

static void migrate(struct story *s)
{
    assert_int_equal(sl_ledger_migrate(s->kit->ledger, NULL), 1);
    expect_call(s);
}

static void view_is_another(struct story *s)
{
    const struct sl_u256 is = story_word(s, &s->kit->at->fwss, "viewContractAddress()", 0, 0);
    uint8_t word[SL_ABI_WORD];
    sl_u256_to_be(word, is);
    assert_memory_equal(word + 12, s->kit->at->view_today.bytes, SL_ADDRESS_BYTES);
    expect_true(s, !sl_address_equal(&s->kit->at->view, &s->kit->at->view_today));
    expect_true(s, sl_ledger_has_code(s->kit->ledger, &s->kit->at->view));
}

static const struct fact upgrade[] = {
    NOT("CALL   PDPVerifier 3.5.0 without migrate()", AT_ONCE),
    DO("OK     add to set 1 in that state", add_in_between),
    NOT("  events 0xf940e16e", AT_ONCE),
    DO("CALL   after migrate(): legacyPieceStorageIdLimit()", migrate),
    NOT("CALL   View.nextUpgrade()", "nothing announces a migration of the ledger"),
    NOT("CALL   FWSS.VERSION()", "the ledger is 1.5 after it: see the last scene"),
    DO("CALL   FWSS.viewContractAddress() is another one", view_is_another),
    DO("  old View 0x", view_is_another),
};

static const struct fact after[] = {
    DO("  after the upgrade set ", set_is),
    DO("  account client ", both_accounts),
    DO("  old View: getAllPieceMetadata", names_are),
    DO("CALL   new View: ", expect_call),
    DO("CALL   old View: ", expect_call),
};

/* ---- adds ---- */

/* "set N: add" or, of set 1, "legacy: add COUNT", of set 5, "compact: add COUNT". */
static void add_some(struct story *s)
{
    static const struct kit_metadata named = {.entries = {{"name", "new.mkv"}}, .count = 1};
    struct add add = {.form = COMPACT, .count = strtoul(behind(s, "add "), NULL, 10)};
    const uint64_t set = strstr(s->line, "legacy: ") != NULL ? 1
                         : strstr(s->line, "compact: ") != NULL
                             ? 5
                             : strtoull(behind(s, "set "), NULL, 10);
    if (strstr(s->line, "full arrays") != NULL) {
        add.form = FULL;
        add.piece = &named;
    }
    if (set == 4) {
        add.payer = PAYER_2;
        fund_second_payer(s, "0.1", false);
    }
    send_to_set(s, &add, set);
}

static struct sl_u256 difference(struct sl_u256 more, struct sl_u256 less)
{
    struct sl_u256 value = {0};
    assert_true(sl_u256_sub(&value, more, less));
    return value;
}

/* The account's rate rises by what the rail's does. */
static void money_after_add(struct story *s)
{
    const char *rate = strstr(behind(s, "account rate "), " -> ") + 4;
    struct sl_u256 want;
    expect_amount(s, "client funds -", difference(s->before.client_funds, s->after.client_funds));
    expect_units(s, "account rate ", s->before.client_rate);
    assert_int_equal(sl_u256_parse_dec(&want, rate, strlen(rate), NULL), SL_OK);
    expect_true(s, sl_u256_cmp(want, s->after.client_rate) == 0);
}

static void second_money_after_add(struct story *s)
{
    const struct sl_address payer = kit_address(s->kit, PAYER_2);
    const struct kit_account account = kit_account(s->kit, &payer);
    /* 0.3 were deposited, 0.0258 were the fees under 1.3 */
    expect_amount(s, "client2 funds -", difference(kit_dec("274200000000000000"), account.funds));
    const char *rate = strstr(behind(s, "account rate "), " -> ") + 4;
    struct sl_u256 want;
    assert_int_equal(sl_u256_parse_dec(&want, rate, strlen(rate), NULL), SL_OK);
    expect_true(s, sl_u256_cmp(want, account.rate) == 0);
}

static const struct add to_set_4 = {.set = 4, .form = COMPACT, .payer = PAYER_2};

static void add_without_money(struct story *s)
{
    (void)story_add(s, &to_set_4, false);
    expect_outcome(s);
}

static void too_little_is_available(struct story *s)
{
    const struct sl_address payer = kit_address(s->kit, PAYER_2);
    const struct kit_account account = kit_account(s->kit, &payer);
    const struct sl_u256 is = difference(account.funds, account.lockup);
    assert_true(sl_u256_cmp(is, kit_dec("77000000000000000")) < 0);
    expect_true(s, sl_u256_cmp(is, kit_dec("70000000000000000")) > 0);
}

static void what_the_add_needs(struct story *s)
{
    const struct books books = books_of(s, 4);
    const struct sl_u256 more = difference(sl_u256(UINT64_C(1388888888888)), books.rate);
    struct sl_u256 lockup = {0};
    assert_true(sl_u256_mul(&lockup, more, sl_u256(86400)));
    expect_amount(s, "reserve ", books.reserve);
    expect_units(s, "and rate ", more);
    expect_amount(s, "= ", lockup);
}

static void removal_without_money(struct story *s)
{
    static const uint64_t piece;
    (void)story_remove(s, 4, &piece, 1, SP1, PAYER_2, 0, false);
    expect_outcome(s);
}

static void end_without_money(struct story *s)
{
    if (strstr(s->line, "signature") != NULL)
        (void)story_terminate(s, 4, SP1, PAYER_2, 0, false);
    else
        (void)story_call(s, PAYER_2, &s->kit->at->fwss, "terminateService(uint256)", 4, 0, false);
    expect_outcome(s);
}

static const struct fact first_adds[] = {
    DO("OK     set ", add_some),
    DO("  client funds -", money_after_add),
    DO("  now set ", set_is),
    DO("  old View: getAllPieceMetadata(1,5)", names_are),
    DO("REVERT set 4 (payer with nothing to spare): add 1", add_without_money),
    DO("  client2 available ", too_little_is_available),
    DO("  reserve 0.0742 so the add needs", what_the_add_needs),
    DO("OK     set 4: removal of piece 0", removal_without_money),
    DO("OK     set 4: terminateService(id", end_without_money),
    DO("  client2 funds -", second_money_after_add),
};

static const struct fact legacy_adds[] = {
    DO("OK     legacy: add ", add_some),
    DO("  client funds -", money_after_add),
    DO("  now set ", set_is),
};

/* ---- a new data set ---- */

/* The next line about it is that after one piece more, whose ten leaves show in its rate. */
static void make_set_5(struct story *s)
{
    struct add add = {.set = NEW_SET, .form = COMPACT, .leaves = leaves_after(s, 5) - 10};
    (void)story_add(s, &add, true);
    expect_outcome(s);
}

static void set_5_is_compact(struct story *s)
{
    const uint64_t limit =
        story_word(s, &s->kit->at->pdp, "legacyPieceStorageIdLimit()", 0, 0).limb[0];
    expect_number(s, "id ", s->set);
    expect_number(s, "limit ", limit);
    expect_true(s, s->set >= limit);
}

/* The CIDs of both kinds of data sets come back; theirs are not known here. */
static void pieces_are_read(struct story *s)
{
    const struct sl_address *pdp = &s->kit->at->pdp;
    const uint64_t set = strtoull(strchr(s->line, '(') + 1, NULL, 10);
    if (strstr(s->line, "99999") != NULL) {
        assert_true(
            story_call(s, STRANGER, pdp, "getPieceCid(uint256,uint256)", set, 99999, false));
        expect_true(s, s->kit->result.data.len == 3 * (size_t)SL_ABI_WORD);
    } else if (strstr(s->line, "getPieceCid") != NULL) {
        assert_true(story_call(s, STRANGER, pdp, "getPieceCid(uint256,uint256)", set, 0, false));
        assert_memory_equal(s->kit->result.data.data + 3 * (size_t)SL_ABI_WORD, "\x01\x55\x91\x20",
                            4);
    } else if (strstr(s->line, "getPieceLeafCount") != NULL) {
        assert_true(
            story_call(s, STRANGER, pdp, "getPieceLeafCount(uint256,uint256)", set, 0, false));
        expect_number(s, "(1,0) \"", (uint8_t)s->kit->result.data.data[SL_ABI_WORD - 1]);
    } else {
        assert_true(story_call(s, STRANGER, pdp, "pieceLive(uint256,uint256)", set, 0, false));
        expect_true(s, s->kit->result.data.data[SL_ABI_WORD - 1] == 1);
    }
}

static void first_page(struct story *s)
{
    struct sl_abi_writer w = {0};
    sl_abi_call(&w, "getActivePiecesByCursor(uint256,uint256,uint256)");
    sl_abi_put_u64(&w, strtoull(strchr(s->line, '(') + 1, NULL, 10));
    sl_abi_put_u64(&w, 0);
    sl_abi_put_u64(&w, 2);
    struct sl_abi_reader r = kit_view(s->kit, &s->kit->at->pdp, "((bytes)[],uint256[],bool)", &w);
    sl_abi_skip(&r);
    assert_int_equal(sl_abi_enter_list(&r), 2);
    assert_int_equal(sl_abi_get_u64(&r), 0);
    assert_int_equal(sl_abi_get_u64(&r), 1);
    sl_abi_leave(&r);
    expect_true(s, sl_abi_get_bool(&r) && strstr(s->line, "[\"0\",\"1\"],true]") != NULL);
}

static const struct fact new_set[] = {
    DO("OK     set 5: create+add", make_set_5),
    DO("  id 5 limit 5", set_5_is_compact),
    DO("OK     compact: add ", add_some),
    DO("  client funds -", money_after_add),
    DO("  now set 5", set_is),
    DO("  getActivePiecesByCursor(", first_page),
    DO("  getPieceCid(", pieces_are_read),
    DO("  getPieceLeafCount(", pieces_are_read),
    DO("  pieceLive(", pieces_are_read),
};

/* ---- removals and periods ---- */

static void schedule(struct story *s)
{
    static const uint64_t pieces[] = {0, 1};
    s->set = strtoull(behind(s, "set "), NULL, 10);
    (void)story_remove(s, s->set, pieces, strstr(s->line, "of 0, 1") != NULL ? 2 : 1, SP1, CLIENT,
                       0, true);
    expect_outcome(s);
}

static void process(struct story *s)
{
    const char *count = strchr(behind(s, "processPieceDeletions("), ',') + 1;
    (void)story_process(s, s->set, strtoull(count, NULL, 10), SP1, true);
    expect_outcome(s);
}

static void period(struct story *s)
{
    s->set = strtoull(behind(s, "set "), NULL, 10);
    (void)story_period(s, s->set, true);
    expect_outcome(s);
}

static const struct fact old_removals[] = {
    DO("OK     set 1: schedulePieceDeletions", schedule),
    DO("  scheduled set 1", set_is),
    DO("OK     set 1: processPieceDeletions", process),
    DO("  old View: getAllPieceMetadata", names_are),
    DO("OK     set 1: nextProvingPeriod", period),
    DO("  proving set 1", set_is),
};

static const struct fact idle_period[] = {
    DO("OK     set 3: nextProvingPeriod", period),
    DO("  proving set 3", set_is),
};

/* Two data sets of 1.3 with three pieces each, the first of 32 leaves. */
static void begin_untouched(struct story *s)
{
    struct kit_piece pieces[] = {kit_piece(1000, 1), kit_piece(130, 2),
                                 kit_piece(story_bytes_of(153), 3)};
    const struct add add = {.set = NEW_SET, .form = FULL, .pieces = pieces, .count = 3};
    story_network(s, SL_DEVNET_1_3, "100");
    assert_true(story_add(s, &add, true));
    assert_true(story_add(s, &add, true));
    assert_int_equal(sl_ledger_migrate(s->kit->ledger, NULL), 1);
}

static const struct fact untouched[] = {
    DO("  before set ", set_is),
    DO("OK     set 1: nextProvingPeriod", period),
    DO("  nothing pending, after set 1", set_is),
    DO("OK     set 2: removal of piece 0", schedule),
    DO("  scheduled set 2", set_is),
    DO("OK     set 2: processPieceDeletions", process),
    DO("  processed set 2", set_is),
    DO("OK     set 2: nextProvingPeriod", period),
    DO("  after set 2", set_is),
};

static const struct fact header[] = {NOT("", "a header")};
static const struct scene head = {"== upgrade of a living network", NULL, header, 0};
static const struct scene scene_before = SCENE("-- before", begin_before, before);
static const struct scene scene_upgrade = SCENE("-- upgrade", NULL, upgrade);
static const struct scene scene_after = SCENE("-- after, nothing done yet", NULL, after);
static const struct scene scene_adds = SCENE("-- first add to old data sets", NULL, first_adds);
static const struct scene scene_legacy =
    SCENE("-- gas of adds to a legacy data set", NULL, legacy_adds);
static const struct scene scene_new = SCENE("-- new data set after the upgrade", NULL, new_set);
static const struct scene scene_removal =
    SCENE("-- removal of old pieces with stored metadata", NULL, old_removals);
static const struct scene scene_idle =
    SCENE("-- a proving period on an old data set", NULL, idle_period);
static const struct scene scene_untouched =
    SCENE("-- proving periods of data sets made under 1.3.1", begin_untouched, untouched);

const struct scene *const today_upgrade[] = {
    &head,      &scene_before,  &scene_upgrade, &scene_after,     &scene_adds, &scene_legacy,
    &scene_new, &scene_removal, &scene_idle,    &scene_untouched, NULL};
