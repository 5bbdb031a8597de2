/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The first half of the observed network of today: getters, money, metadata, limits, fees. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/json.h"
#include "sluice/keccak.h"

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

#define HOW  "how the observation was made"
#define CODE "about the code of the real contracts"
#define V1_4 "the ledger is 1.5: see the scene of its dispatcher"
#define SDK  "the SDK was not run against the ledger here"

static const struct fact preamble[] = {
    NOT("Facts seen on a local EVM", HOW),
    NOT("Gas is EVM gas", HOW),
    NOT("FWSS 1.4.0: source put together", CODE),
    NOT("  same length", CODE),
    NOT("  keccak256 of our code", CODE),
    NOT("  constants read in mainnet's code", "asserted with the price list and the limits below"),
    NOT("  The two libraries", CODE),
    NOT("PDPVerifier 3.5.0: ", HOW),
    NOT("The ABI files", "about files that are no part of this tree"),
    NOT("SDK main", SDK),
    NOT("Golden vectors", "the golden vectors have tests of their own"),
};

/* ---- getters ---- */

static void begin_getters(struct story *s)
{
    story_network(s, SL_DEVNET_TODAY, "1");
    kit_skip(s->kit, 22 - kit_epoch(s->kit)); /* getPDPConfig() looks ahead from there */
}

static void price_list(struct story *s)
{
    struct sl_json *root = NULL;
    const char *list = behind(s, "words ");
    struct sl_u256 is, want;
    size_t i = 0;
    assert_true(
        story_call(s, STRANGER, sl_ledger_view(s->kit->ledger), "getPriceList()", 0, 0, false));
    assert_int_equal(s->kit->result.data.len, 16 * SL_ABI_WORD);
    assert_int_equal(sl_json_parse(&root, list, strlen(list), NULL), SL_OK);
    for (const struct sl_json *at = sl_json_first(root); at != NULL; at = sl_json_next(at), i++) {
        const uint8_t *word = (const uint8_t *)s->kit->result.data.data + i * SL_ABI_WORD;
        if (i == 0) {
            assert_memory_equal(word + 12, s->kit->at->usdfc.bytes, SL_ADDRESS_BYTES);
            continue;
        }
        const char *text = sl_json_str(at);
        assert_int_equal(sl_u256_parse_dec(&want, text, strlen(text), NULL), SL_OK);
        assert_true(sl_u256_from_be(&is, word, SL_ABI_WORD));
        expect_true(s, sl_u256_cmp(is, want) == 0);
    }
    assert_int_equal(i, 16);
    sl_json_free(root);
}

static void unknown_function(struct story *s)
{
    struct sl_abi_writer w = {0};
    const bool at_view = strstr(s->line, "View") != NULL;
    sl_abi_call(&w, "thereIsNoSuchFunction()");
    expect_true(s, !kit_call(s->kit, STRANGER,
                             at_view ? sl_ledger_view(s->kit->ledger) : &s->kit->at->pdp,
                             sl_u256(0), &w));
    assert_int_equal(s->kit->result.data.len, 0);
}

static void put_probe(struct sl_abi_writer *w, const struct sl_address *to, const char *signature,
                      size_t arguments)
{
    struct sl_abi_writer inner = {0};
    sl_abi_call(&inner, signature);
    for (size_t i = 0; i < arguments; i++)
        sl_abi_put_u64(&inner, 1 - i);
    assert_int_equal(sl_abi_end(&inner, NULL), SL_OK);
    sl_abi_open(w);
    sl_abi_put_address(w, to);
    sl_abi_put_bool(w, true);
    sl_abi_put_bytes(w, inner.buf.data, inner.buf.len);
    sl_abi_close(w);
    sl_abi_free(&inner);
}

static void many_probes(struct story *s)
{
    struct sl_abi_writer w = {0};
    struct sl_buf is = {0};
    const struct sl_address stranger = kit_address(s->kit, STRANGER);
    const struct sl_address *view = sl_ledger_view(s->kit->ledger);
    sl_abi_call(&w, "aggregate3((address,bool,bytes)[])");
    sl_abi_open_list(&w, 5);
    put_probe(&w, view, "getPriceList()", 0);
    put_probe(&w, &s->kit->at->pdp, "legacyPieceStorageIdLimit()", 0);
    put_probe(&w, view, "getDataSetAuthorizer(uint256)", 1);
    put_probe(&w, view, "getAllPieceMetadata(uint256,uint256)", 2);
    put_probe(&w, &stranger, "getPriceList()", 0);
    sl_abi_close(&w);
    struct sl_abi_reader r = kit_view(s->kit, &s->kit->at->multicall3, "((bool,bytes)[])", &w);
    const size_t count = sl_abi_enter_list(&r);
    for (size_t i = 0; i < count; i++) {
        size_t len;
        sl_abi_enter(&r);
        const bool ok = sl_abi_get_bool(&r);
        (void)sl_abi_get_bytes(&r, &len);
        sl_abi_leave(&r);
        sl_buf_printf(&is, "%s[%s,\"%zu bytes\"]", i > 0 ? "," : "[", ok ? "true" : "false", len);
    }
    sl_buf_str(&is, "]");
    assert_string_equal(is.data, behind(s, "without code: "));
    sl_buf_free(&is);
}

static const struct fact getters[] = {
    DO("getPriceList words", price_list),
    DO("CALL ", expect_call),
    NOT("CALL   FWSS.VERSION()", V1_4),
    DO("CALL   View: unknown selector", unknown_function),
    NOT("CALL   FWSS proxy: ", V1_4),
    DO("CALL   PDPVerifier proxy: unknown selector", unknown_function),
    DO("aggregate3(allowFailure)", many_probes),
};

/* ---- money at creation ---- */

static const struct kit_metadata with_cdn = {.entries = {{"withCDN", ""}}, .count = 1};

static void begin_money(struct story *s)
{
    story_network(s, SL_DEVNET_TODAY, "1");
}

static const struct kit_metadata *metadata_of(const struct story *s)
{
    return strstr(s->line, "withCDN") != NULL ? &with_cdn : NULL;
}

/* A network whose client has the amount of the line. */
static void create_with_available(struct story *s)
{
    char amount[SL_U256_AMOUNT_CHARS];
    struct sl_u256 value;
    const char *text = strpbrk(behind(s, "available "), "0123456789");
    const bool less = strstr(s->line, "minus one unit") != NULL;
    assert_int_equal(sl_u256_parse_amount(&value, text, strspn(text, "0123456789."), 18, NULL),
                     SL_OK);
    assert_true(!less || sl_u256_sub(&value, value, sl_u256(1)));
    sl_u256_amount(amount, value, 18, 18);
    story_network(s, SL_DEVNET_TODAY, amount);
    (void)story_create(s, metadata_of(s), 0, !less);
    expect_outcome(s);
}

static void deposit_exactly(struct story *s, const char *amount, uint64_t less)
{
    struct sl_u256 value;
    assert_int_equal(sl_u256_parse_amount(&value, amount, strlen(amount), 18, NULL), SL_OK);
    assert_true(sl_u256_sub(&value, value, sl_u256(less)));
    assert_true(kit_deposit(s->kit, value));
}

static const struct add one_mebibyte = {.bytes = 1048576, .form = COMPACT};

static void add_a_mebibyte(struct story *s)
{
    (void)story_add(s, &one_mebibyte, false);
    expect_outcome(s);
}

static void add_with_one_unit_less(struct story *s)
{
    deposit_exactly(s, "0.0000023842561344", 1);
    add_a_mebibyte(s);
}

static void add_with_enough(struct story *s)
{
    assert_true(kit_deposit(s->kit, sl_u256(1)));
    (void)story_add(s, &one_mebibyte, true);
    expect_outcome(s);
}

static void account_after(struct story *s)
{
    expect_account(s, "account after ", CLIENT, "funds lock rate avail");
    if (strstr(s->line, " reserve ") == NULL)
        return;
    const struct books books = story_books(s);
    expect_units(s, "} rate ", books.rate);
    expect_units(s, " reserve ", books.reserve);
}

/* "rateAllowance 1,388": the limit without its commas. */
static struct sl_u256 limit_of(struct story *s, const char *mark)
{
    char digits[64];
    size_t n = 0;
    const char *text = behind(s, mark);
    for (; (*text >= '0' && *text <= '9') || *text == ','; text++) {
        if (*text != ',')
            digits[n++] = *text;
    }
    digits[n] = '\0';
    return kit_dec(digits);
}

static void create_with_approval(struct story *s)
{
    struct sl_u256 rate = sl_u256_max(), lockup = sl_u256_max();
    uint64_t period = 86400;
    const bool approved = strstr(s->line, "not approved") == NULL;
    story_network(s, SL_DEVNET_TODAY, "100");
    if (strstr(s->line, "rateAllowance ") != NULL)
        rate = limit_of(s, "rateAllowance ");
    if (strstr(s->line, "lockupAllowance ") != NULL) {
        lockup = sl_u256(UINT64_C(620000000000000000));
        if (strstr(s->line, "minus one unit") != NULL)
            assert_true(sl_u256_sub(&lockup, lockup, sl_u256(1)));
    }
    if (strstr(s->line, "maxLockupPeriod 86399") != NULL)
        period = 86399;
    assert_true(kit_approve(s->kit, approved, rate, lockup, period));
    (void)story_create(s, NULL, 0, false);
    expect_outcome(s);
}

static const struct fact money[] = {
    DO("REVERT createDataSet: available ", create_with_available),
    DO("OK     createDataSet: available exactly ", create_with_available),
    DO("  account after ", account_after),
    DO("  data set ", expect_data_set),
    DO("REVERT then add of one piece of 1,048,576 bytes", add_a_mebibyte),
    DO("REVERT the same, 0.0000023842561344 minus one unit", add_with_one_unit_less),
    DO("OK       the same, that one unit more", add_with_enough),
    DO("REVERT createDataSet: rateAllowance", create_with_approval),
    DO("OK     createDataSet: rateAllowance", create_with_approval),
    DO("REVERT createDataSet: lockupAllowance", create_with_approval),
    DO("OK     createDataSet: lockupAllowance", create_with_approval),
    DO("REVERT createDataSet: maxLockupPeriod 86399", create_with_approval),
    DO("REVERT createDataSet: not approved", create_with_approval),
};

/* ---- forms of the metadata ---- */

static const struct kit_metadata indexed = {
    .entries = {{"source", "cclient"}, {"withIPFSIndexing", ""}}, .count = 2};
static const struct kit_metadata named = {.entries = {{"name", "a.bin"}}, .count = 1};
static const struct kit_metadata three_keys = {.entries = {{"a", "1"}, {"b", "2"}, {"c", "3"}},
                                               .count = 3};
static const struct kit_metadata four_keys = {
    .entries = {{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}}, .count = 4};
static const struct kit_metadata key_32 = {.entries = {{K32, "v"}}, .count = 1};
static const struct kit_metadata key_33 = {.entries = {{K32 "x", "v"}}, .count = 1};
static const struct kit_metadata value_96 = {.entries = {{"k", V96}}, .count = 1};
static const struct kit_metadata value_97 = {.entries = {{"k", V96 "x"}}, .count = 1};
#define E8 "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"
static const struct kit_metadata key_of_34 = {.entries = {{E8 E8 "\u00e9", "v"}}, .count = 1};
static const struct kit_metadata twice = {.entries = {{"k", "1"}, {"k", "2"}}, .count = 2};
static const struct kit_metadata twice_empty_first = {.entries = {{"k", ""}, {"k", "2"}},
                                                      .count = 2};
static const struct kit_metadata twice_empty = {.entries = {{"k", ""}, {"k", ""}}, .count = 2};
static const struct kit_metadata first_and_third = {.entries = {{"k", "1"}, {"b", "2"}, {"k", "3"}},
                                                    .count = 3};
static const struct kit_metadata empty_key = {.entries = {{"", "v"}}, .count = 1};
static const struct kit_metadata empty_key_twice = {.entries = {{"", "v"}, {"", "w"}}, .count = 2};
static const struct kit_metadata no_value = {
    .entries = {{"k", "v"}}, .count = 1, .values_missing = 1};
static const struct kit_metadata eleven_keys = {.entries = {{"a", "1"},
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

static void begin_forms(struct story *s)
{
    story_network(s, SL_DEVNET_TODAY, "500");
}

static void funded(struct story *s)
{
    const struct sl_address client = kit_address(s->kit, CLIENT);
    expect_true(
        s, sl_u256_cmp(kit_account(s->kit, &client).funds, kit_dec("500000000000000000000")) == 0);
}

static void create_and_add(struct story *s)
{
    const struct add add = {
        .set = NEW_SET, .form = COMPACT, .bytes = 1000, .client_id = 1001, .data_set = &indexed};
    (void)story_add(s, &add, true);
    expect_outcome(s);
}

static void created_with_events(struct story *s)
{
    expect_number(s, "data set ", s->set);
    expect_events(s, "events: ");
}

static void both_accounts(struct story *s)
{
    expect_account(s, "account ", CLIENT, "funds lock rate avail");
    expect_account(s, "sp1 ", SP1, "funds lock rate avail");
}

static void try_add(struct story *s)
{
    (void)story_add(s, story_fact()->data, false);
    expect_outcome(s);
}

static void try_create(struct story *s)
{
    (void)story_create(s, story_fact()->data, 0, false);
    expect_outcome(s);
}

static void empty_hash(struct story *s)
{
    uint8_t hash[SL_HASH_BYTES];
    sl_keccak256(hash, "", 0);
    expect_hex(s, "keccak256(\"\") = ", hash, sizeof hash);
}

static const struct add compact_one = {.form = COMPACT};
static const struct add full_one = {.form = FULL};
static const struct add signed_compact = {.form = SIGNED_COMPACT};
static const struct add sent_compact = {.form = SENT_COMPACT};
static const struct add first_named = {
    .count = 3, .form = FULL, .piece = &named, .first_only = true};
static const struct add only_one_list = {.count = 3,
                                         .form = FULL,
                                         .piece = &named,
                                         .first_only = true,
                                         .key_lists = 1,
                                         .value_lists = 1};
static const struct add no_keys = {.count = 3, .form = FULL, .key_lists = SIZE_MAX};
static const struct add no_values = {.count = 3, .form = FULL, .value_lists = SIZE_MAX};
static const struct add two_lists = {.count = 3, .form = FULL, .key_lists = 2, .value_lists = 2};
static const struct add four_lists = {.count = 3, .form = FULL, .key_lists = 4, .value_lists = 4};
#define NAMED_ADD(name, metadata) static const struct add name = {.form = FULL, .piece = metadata}
NAMED_ADD(add_three_keys, &three_keys);
NAMED_ADD(add_four_keys, &four_keys);
NAMED_ADD(add_key_32, &key_32);
NAMED_ADD(add_key_33, &key_33);
NAMED_ADD(add_value_96, &value_96);
NAMED_ADD(add_value_97, &value_97);
NAMED_ADD(add_key_of_34, &key_of_34);
NAMED_ADD(add_twice, &twice);
NAMED_ADD(add_twice_empty_first, &twice_empty_first);
NAMED_ADD(add_twice_empty, &twice_empty);
NAMED_ADD(add_first_and_third, &first_and_third);
NAMED_ADD(add_empty_key, &empty_key);
NAMED_ADD(add_empty_key_twice, &empty_key_twice);
NAMED_ADD(add_no_value, &no_value);
static const struct add two_alike = {.count = 2, .form = FULL, .piece = &named};

static const struct fact forms[] = {
    DO("fund by SDK 1.1.1", funded),
    DO("OK     create+add, 1 piece, compact form", create_and_add),
    DO("data set 1; events: ", created_with_events),
    DO("account {", both_accounts),
    DO("data set {", expect_data_set),
    DO("CALL   View.", expect_call),
    WITH("OK     add, 1 piece: signed pieceMetadata []", try_add, &compact_one),
    WITH("OK     add, 1 piece: signed [ {0,[]} ]", try_add, &full_one),
    WITH("REVERT add, 1 piece: signed compact, payload old form", try_add, &signed_compact),
    WITH("REVERT add, 1 piece: signed old form, payload compact", try_add, &sent_compact),
    DO("hash of the empty pieceMetadata array", empty_hash),
    WITH("OK     add, 3 pieces, one with metadata", try_add, &first_named),
    WITH("REVERT add, 3 pieces: arrays only for the one piece", try_add, &only_one_list),
    WITH("REVERT add, 3 pieces: keys [] , values 3", try_add, &no_keys),
    WITH("REVERT add, 3 pieces: keys 3 empty, values []", try_add, &no_values),
    WITH("REVERT add, 3 pieces: keys 2 empty", try_add, &two_lists),
    WITH("REVERT add, 3 pieces: keys 4 empty", try_add, &four_lists),
    WITH("OK     piece metadata: 3 keys", try_add, &add_three_keys),
    WITH("REVERT piece metadata: 4 keys", try_add, &add_four_keys),
    WITH("OK     piece metadata: key of 32 bytes", try_add, &add_key_32),
    WITH("REVERT piece metadata: key of 33 bytes", try_add, &add_key_33),
    WITH("OK     piece metadata: value of 96 bytes", try_add, &add_value_96),
    WITH("REVERT piece metadata: value of 97 bytes", try_add, &add_value_97),
    WITH("REVERT piece metadata: key 17 two-byte", try_add, &add_key_of_34),
    WITH("REVERT piece metadata: same key twice  ", try_add, &add_twice),
    WITH("REVERT piece metadata: same key twice, first value empty", try_add,
         &add_twice_empty_first),
    WITH("REVERT piece metadata: same key twice, both values empty", try_add, &add_twice_empty),
    WITH("REVERT piece metadata: keys 1 and 3 equal", try_add, &add_first_and_third),
    WITH("OK     piece metadata: empty key", try_add, &add_empty_key),
    WITH("REVERT piece metadata: empty key twice", try_add, &add_empty_key_twice),
    WITH("REVERT piece metadata: one key, no value", try_add, &add_no_value),
    WITH("OK     piece metadata: the same key in different pieces", try_add, &two_alike),
    WITH("REVERT data set metadata: same key twice", try_create, &twice),
    WITH("OK     data set metadata: same key twice, first value empty", try_create,
         &twice_empty_first),
    WITH("REVERT data set metadata: 11 keys", try_create, &eleven_keys),
    WITH("OK     data set metadata: 10 keys of 32", try_create, &ten_full),
};

/* ---- limits of extraData ---- */

static size_t bytes_of(struct story *s)
{
    return strtoul(behind(s, " of "), NULL, 10);
}

static void padded_create(struct story *s)
{
    (void)story_create(s, NULL, bytes_of(s), false);
    expect_outcome(s);
}

static void padded_removal(struct story *s)
{
    static const uint64_t piece;
    (void)story_remove(s, s->set, &piece, 1, SP1, CLIENT, bytes_of(s), false);
    expect_outcome(s);
}

static void padded_termination(struct story *s)
{
    (void)story_terminate(s, s->set, SP1, CLIENT, bytes_of(s), false);
    expect_outcome(s);
}

static const struct fact limits[] = {
    DO("OK     createDataSet: createPayload", padded_create),
    DO("REVERT createDataSet: createPayload", padded_create),
    DO("OK     schedulePieceDeletions: extraData", padded_removal),
    DO("REVERT schedulePieceDeletions: extraData", padded_removal),
    DO("OK     terminateService(id, extraData", padded_termination),
    DO("REVERT terminateService(id, extraData", padded_termination),
};

/* ---- fees ---- */

static const struct kit_metadata one_pair = {.entries = {{"name", "01234567890123456789"}},
                                             .count = 1};
static const struct kit_metadata three_full = {
    .entries = {{"a123456789abcdef0123456789abcdef", V96},
                {"b123456789abcdef0123456789abcdef", V96},
                {"c123456789abcdef0123456789abcdef", V96}},
    .count = 3};

/* The line behind it says how many leaves there are then. */
static void add_many(struct story *s)
{
    const char *next = s->lines[s->at + 1];
    struct add add = {.count = strtoul(behind(s, "add "), NULL, 10), .form = COMPACT};
    add.leaves = strtoul(strstr(next, "leafs ") + 6, NULL, 10) - story_books(s).leaves;
    if (strstr(s->line, "old form") != NULL)
        add.form = FULL;
    if (strstr(s->line, "each one pair") != NULL)
        add.piece = &one_pair;
    if (strstr(s->line, "each 3 full pairs") != NULL)
        add.piece = &three_full;
    if (add.piece != NULL)
        add.form = FULL;
    (void)story_add(s, &add, true);
    expect_outcome(s);
}

static struct sl_u256 difference(struct sl_u256 more, struct sl_u256 less)
{
    struct sl_u256 value = {0};
    assert_true(sl_u256_sub(&value, more, less));
    return value;
}

static void books_after(struct story *s)
{
    const struct books *before = &s->before, *after = &s->after;
    const char *pending = behind(s, "pending ");
    expect_amount(s, "reserve ", before->reserve);
    expect_amount(s, " -> ", after->reserve);
    expect_amount(s, "pending ", before->pending);
    assert_non_null(strstr(pending, "-> 0,"));
    assert_true(sl_u256_is_zero(after->pending));
    expect_amount(s, "client funds -", difference(before->client_funds, after->client_funds));
    expect_amount(s, "sp funds +", difference(after->provider_funds, before->provider_funds));
    expect_units(s, ", rate ", after->rate);
    expect_number(s, "leafs ", after->leaves);
}

static void create_and_add_401(struct story *s)
{
    const struct add add = {.set = NEW_SET, .count = 401, .form = COMPACT};
    (void)story_add(s, &add, false);
    expect_outcome(s);
}

static const struct fact fees[] = {
    DO("OK     add ", add_many),
    DO("  reserve ", books_after),
    DO("OK     create+add, 401 pieces", create_and_add_401),
};

static const struct scene before = SCENE("", NULL, preamble);
static const struct fact none[] = {NOT("", "a header")};
static const struct scene head = {"== profile v1.4", NULL, none, 0};
static const struct scene scene_getters = SCENE("-- getters", begin_getters, getters);
static const struct scene scene_money = SCENE("-- money at creation", begin_money, money);
static const struct scene scene_forms = SCENE("-- create and add, forms", begin_forms, forms);
static const struct scene scene_limits = SCENE("-- extraData limits", NULL, limits);
static const struct scene scene_fees = SCENE("-- fees, reserve and gas", NULL, fees);

const struct scene *const today_v1_4[] = {&head,         &scene_getters, &scene_money, &scene_forms,
                                          &scene_limits, &scene_fees,    &before,      NULL};
